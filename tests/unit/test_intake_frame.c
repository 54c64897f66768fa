#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "intake/frame.h"
#include "golden/fact_json.h"

/* LM_STR is not a constant expression */
#define S(z) { z, sizeof(z) - 1 }

static const struct lm_account_ref people[] = {
    { LM_PLATFORM_WHATSAPP, LM_ACCOUNT_NATIVE, S("+13035550101"), S("Ana María") },
    { LM_PLATFORM_WHATSAPP, LM_ACCOUNT_NAME, { NULL, 0 }, S("B 🐟") },
    { LM_PLATFORM_WHATSAPP, LM_ACCOUNT_OWNER, { NULL, 0 }, { NULL, 0 } },
};

static void fill(struct lm_fact facts[3])
{
    static const struct lm_attachment attachments[] = {
        { S("IMG-1.jpg"), S("image/jpeg"), 1234, { NULL, 0 } },
        { S("x"), { NULL, 0 }, -1, S("not included") },
    };
    static const struct lm_reaction reactions[] = { { { LM_PLATFORM_WHATSAPP, LM_ACCOUNT_NAME, { NULL, 0 }, S("C") }, S("👍") } };
    static const struct lm_edit edits[] = { { { 1, 0, LM_TIME_UTC }, S("earlier") }, { { 0 }, S("earliest") } };
    facts[0] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = {
        .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_WHATSAPP, .flags = LM_EVENT_EDITED | LM_EVENT_PAYMENT_HINT,
        .at = { INT64_C(1700000000123456), -21600, LM_TIME_ZONE }, .native_id = LM_STR("id-1"), .detail = LM_STR("text"),
        .thread = { LM_STR("t1"), LM_STR("title"), LM_THREAD_GROUP }, .from = people[0], .to = people + 1, .n_to = 2,
        .text = LM_STR("four at nine\nand \"more\""), .duration_s = 0, .has_amount = true,
        .amount = { -150, "USD", 2 }, .reply_to = LM_STR("id-0"), .has_place = true, .latitude = 39.73915,
        .longitude = -104.9847, .attachments = attachments, .n_attachments = 2, .reactions = reactions,
        .n_reactions = 1, .edits = edits, .n_edits = 2, .raw = LM_STR("{\"k\":1}") } };
    facts[1] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = {
        .account = people[0], .type = LM_IDENTIFIER_PHONE, .value = LM_STR("(303) 555-0101"),
        .basis = LM_STR("own_profile"), .at = { -5, 0, LM_TIME_LOCAL } } };
    facts[2] = (struct lm_fact){ .kind = LM_FACT_OP_ROW, .op_row = {
        .table = LM_OP_LAB_RESULT, .id = LM_STR("L-1"), .investigation = LM_STR("I-1"), .operation = LM_STR("op"),
        .agency = LM_STR("ag"), .division = LM_STR("dv"), .city = LM_STR("ct"), .state = LM_STR("CO"), .day = LM_DAY_NONE,
        .drug = LM_STR("fentanyl"), .form = LM_STR("pills"), .kind = LM_STR("k"),
        .amount = { LM_DIMENSION_MASS, INT64_MAX, LM_UNIT_LB, LM_QUALIFIER_NEARLY, LM_STR("3,300") },
        .net = { 0 }, .purity_ppm = 1000000, .ug_per_pill = -1, .seizure = LM_STR("S"), .profile = LM_STR("P"),
        .exhibit_number = LM_STR("X"), .cartel = LM_STR("c"), .platforms = 6, .social_media = -1, .encrypted = 1,
        .fatal = true, .note = LM_STR("n") } };
}

static const struct lm_locator records[] = {
    { LM_LOCATOR_BYTES, 12, 34, { NULL, 0 } }, { LM_LOCATOR_TABLE, 7, 0, S("message") }, { 0 },
};

static struct lm_str as_json(const struct lm_entry *e, struct lm_buf *b)
{
    lm_buf_init(b, 1 << 20);
    lm_entry_to_json(e, b);
    assert_false(b->failed);
    return lm_buf_str(b);
}

static void encode_all(struct lm_frame_out *o)
{
    struct lm_fact facts[3];
    fill(facts);
    struct lm_entry e = { records, 3, facts, 3 };
    lm_frame_out_init(o, -1, 1 << 20);
    assert_int_equal(lm_frame_put_entry(o, &e), LM_OK);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct lm_frame_out o;
    struct lm_arena a;
    struct lm_frame f;
    size_t used;
    struct lm_fact facts[3];
    fill(facts);
    encode_all(&o);
    lm_arena_init(&a, 0);
    assert_int_equal(lm_frame_decode(&a, lm_buf_str(&o.buf), 1 << 20, &f, &used), LM_OK);
    assert_int_equal(used, o.buf.n);
    assert_int_equal(f.type, LM_FRAME_ENTRY);
    struct lm_buf want, got;
    struct lm_entry e = { records, 3, facts, 3 };
    struct lm_str w = as_json(&e, &want), g = as_json(&f.entry.entry, &got);
    assert_int_equal(w.n, g.n);
    assert_memory_equal(w.p, g.p, w.n);
    /* members that the JSON form may leave out */
    const struct lm_op_row *r = &f.entry.entry.facts[2].op_row;
    assert_int_equal(r->amount.value, INT64_MAX);
    assert_int_equal(r->amount.qualifier, LM_QUALIFIER_NEARLY);
    assert_int_equal(r->net.dimension, LM_DIMENSION_NONE);
    assert_int_equal(r->day, LM_DAY_NONE);
    assert_int_equal(r->social_media, -1);
    assert_true(r->fatal);
    assert_true(lm_str_eq(r->note, LM_STR("n")));
    assert_true(lm_str_eq(r->id, LM_STR("L-1")));
    assert_int_equal(f.entry.entry.facts[0].event.duration_s, 0);
    assert_true(f.entry.entry.facts[0].event.latitude == 39.73915);
    lm_buf_free(&want);
    lm_buf_free(&got);
    lm_arena_free(&a);
    lm_frame_out_free(&o);
}

/* Every prefix asks for more, and never reads beyond what is there (under a sanitizer: an exact block). */
static void test_prefixes(void **state)
{
    (void)state;
    struct lm_frame_out o;
    struct lm_arena a;
    encode_all(&o);
    lm_arena_init(&a, 0);
    for (size_t n = 0; n < o.buf.n; n++) {
        char *exact = malloc(n != 0 ? n : 1);
        assert_non_null(exact);
        memcpy(exact, o.buf.p, n);
        struct lm_frame f;
        size_t used = 99;
        assert_int_equal(lm_frame_decode(&a, (struct lm_str){ exact, n }, 1 << 20, &f, &used), LM_OK);
        assert_int_equal(used, 0);
        free(exact);
    }
    lm_arena_free(&a);
    lm_frame_out_free(&o);
}

/* A payload cut short or with something after it is refused, whatever the place of the cut. */
static void test_wrong_lengths(void **state)
{
    (void)state;
    struct lm_frame_out o;
    struct lm_arena a;
    encode_all(&o);
    lm_arena_init(&a, 0);
    for (size_t n = 0; n < o.buf.n - LM_FRAME_HEADER_BYTES; n++) {
        char *cut = malloc(o.buf.n);
        struct lm_frame f;
        size_t used;
        assert_non_null(cut);
        memcpy(cut, o.buf.p, o.buf.n);
        for (int i = 0; i < 4; i++)
            cut[i] = (char)(n >> 8 * i);
        assert_int_equal(lm_frame_decode(&a, (struct lm_str){ cut, LM_FRAME_HEADER_BYTES + n }, 1 << 20, &f, &used),
                         LM_EINPUT);
        free(cut);
    }
    lm_arena_free(&a);
    lm_frame_out_free(&o);
}

static lm_err decode_raw(const char *payload, size_t n, int type)
{
    char raw[64];
    struct lm_arena a;
    struct lm_frame f;
    size_t used;
    assert_true(n + LM_FRAME_HEADER_BYTES <= sizeof raw);
    raw[0] = (char)n;
    raw[1] = raw[2] = raw[3] = 0;
    raw[4] = (char)type;
    memcpy(raw + 5, payload, n);
    lm_arena_init(&a, 1 << 20);
    lm_err err = lm_frame_decode(&a, (struct lm_str){ raw, n + 5 }, 1 << 20, &f, &used);
    lm_arena_free(&a);
    return err;
}
#define RAW(type, bytes) decode_raw(bytes, sizeof(bytes) - 1, type)

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(RAW(0, ""), LM_EINPUT);                       /* no such type */
    assert_int_equal(RAW(LM_FRAME_MEMBER_END + 1, ""), LM_EINPUT);
    assert_int_equal(RAW(LM_FRAME_EMPTY, ""), LM_OK);
    assert_int_equal(RAW(LM_FRAME_EMPTY, "x"), LM_EINPUT);         /* something after it */
    assert_int_equal(RAW(LM_FRAME_READY, "\1\1\0\1"), LM_OK);
    assert_int_equal(RAW(LM_FRAME_READY, "\1\1\2\1"), LM_EINPUT);  /* not a boolean */
    assert_int_equal(RAW(LM_FRAME_PROBLEM, "\1\0\0\2ab"), LM_OK);
    assert_int_equal(RAW(LM_FRAME_PROBLEM, "\1\0\0\2\xff\xff"), LM_EINPUT); /* not UTF-8 */
    assert_int_equal(RAW(LM_FRAME_PROBLEM, "\0\0\0\1a"), LM_EINPUT);        /* rejected, but no record */
    assert_int_equal(RAW(LM_FRAME_PROBLEM, "\1\1\0\1a"), LM_EINPUT);        /* records, but not rejected */
    assert_int_equal(RAW(LM_FRAME_PROBLEM, "\4\0\0\1a"), LM_EINPUT);        /* no such kind */
    assert_int_equal(RAW(LM_FRAME_PROBLEM, "\1\0\0\x7f" "a"), LM_EINPUT);   /* text longer than the frame */
    assert_int_equal(RAW(LM_FRAME_END, "\0\0\0\0"), LM_OK);
    assert_int_equal(RAW(LM_FRAME_END, "\x20\0\0\0"), LM_EINPUT);           /* no such code */
    assert_int_equal(RAW(LM_FRAME_ENTRY, "\0\0"), LM_EINPUT);               /* no record */
    assert_int_equal(RAW(LM_FRAME_ENTRY, "\1\0\0"), LM_EINPUT);             /* no fact */
    assert_int_equal(RAW(LM_FRAME_ENTRY, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0"), LM_EINPUT); /* 2^64-1 records */
    assert_int_equal(RAW(LM_FRAME_ENTRY, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\0"), LM_EINPUT); /* no varint */
    assert_int_equal(RAW(LM_FRAME_MEMBER, "\0\0\2\xff\xfe"), LM_OK);        /* names are bytes */
    char huge[5] = { 0, 0, 0, 1, LM_FRAME_ENTRY };                          /* 16 MiB announced, 1 MiB allowed */
    struct lm_arena a;
    struct lm_frame f;
    size_t used;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_frame_decode(&a, (struct lm_str){ huge, 5 }, 1 << 20, &f, &used), LM_ELIMIT);
    lm_arena_free(&a);
}

static void test_oversize_is_not_sent(void **state)
{
    (void)state;
    struct lm_frame_out o;
    static char text[5000];
    memset(text, 'a', sizeof text);
    lm_frame_out_init(&o, -1, 1000);
    struct lm_problem p = { .kind = LM_PROBLEM_LOST, .reason = { text, sizeof text } };
    assert_int_equal(lm_frame_put_empty(&o), LM_OK);
    assert_int_equal(lm_frame_put_problem(&o, &p), LM_ELIMIT);
    assert_int_equal(lm_frame_put_empty(&o), LM_OK);
    assert_int_equal(o.buf.n, 2 * LM_FRAME_HEADER_BYTES);
    lm_frame_out_free(&o);
}

static void test_place_outside_the_globe(void **state)
{
    (void)state;
    struct lm_frame_out o;
    struct lm_fact facts[3];
    struct lm_arena a;
    struct lm_frame f;
    size_t used;
    fill(facts);
    facts[0].event.latitude = 91;
    struct lm_entry e = { records, 1, facts, 1 };
    lm_frame_out_init(&o, -1, 1 << 20);
    assert_int_equal(lm_frame_put_entry(&o, &e), LM_OK);
    lm_arena_init(&a, 0);
    assert_int_equal(lm_frame_decode(&a, lm_buf_str(&o.buf), 1 << 20, &f, &used), LM_OK);
    assert_false(f.entry.entry.facts[0].event.has_place);
    lm_arena_free(&a);
    lm_frame_out_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_prefixes), cmocka_unit_test(test_wrong_lengths),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_oversize_is_not_sent),
        cmocka_unit_test(test_place_outside_the_globe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
