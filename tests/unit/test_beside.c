/* test_beside.c - media beside a database: where they are looked for, what the note says, and when the looking ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "readers/shared/beside.h"

#define HASH "sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" /* of "hello" */

struct exhibit {
    const char *there; /* the only file, as the reader asks for it */
    struct lm_str bytes;
    size_t asked;
    char last[256];
};

static lm_err sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret)
{
    struct exhibit *x = in->user;
    x->asked++;
    assert_true(path.n < sizeof x->last);
    memcpy(x->last, path.p, path.n);
    x->last[path.n] = '\0';
    if (x->there == NULL || !lm_str_eq(path, lm_str(x->there)))
        return LM_ENOTFOUND;
    *ret = x->bytes;
    return LM_OK;
}

static struct lm_arena arena;

static struct lm_attachment look(struct lm_beside *b, const char *name)
{
    struct lm_attachment a = { .name = lm_str(name), .bytes = -1 };
    assert_int_equal(lm_beside_hash_as(b, &arena, a.name, &a), LM_OK);
    return a;
}

static void found_from_any_folder_above(void **state)
{
    (void)state;
    static const char *const prefixes[] = { "", "WhatsApp/", NULL };
    struct exhibit x = { .there = "../../WhatsApp/Media/a.jpg", .bytes = LM_STR("hello") };
    struct lm_input in = { .path = LM_STR("phone/com.whatsapp/databases/msgstore.db"), .sibling = sibling, .user = &x };
    struct lm_beside b;
    lm_beside_init(&b, &in, prefixes);
    assert_string_equal(look(&b, "Media/a.jpg").note.p, HASH);
    assert_int_equal(x.asked, 6);
    assert_string_equal(look(&b, "Media/a.jpg").note.p, HASH); /* there first */
    assert_int_equal(x.asked, 7);
    assert_int_equal(look(&b, "Media/gone.jpg").note.n, 0); /* nothing is said */
    struct lm_attachment a = { .name = LM_STR("/Media/a.jpg"), .note = LM_STR("voice") };
    assert_int_equal(lm_beside_hash_as(&b, &arena, a.name, &a), LM_OK);
    assert_string_equal(a.note.p, "voice; " HASH);
    assert_string_equal(look(&b, "~/Media/a.jpg").note.p, HASH);
    x.there = "../app_parts/p1.mms"; /* of an absolute name the end */
    assert_string_equal(look(&b, "/data/user/0/org.example/app_parts/p1.mms").note.p, HASH);
}

static void names_that_lead_elsewhere_are_not_looked_for(void **state)
{
    (void)state;
    static const char *const names[] = { "", "/", "../../etc/passwd", "a/../../b", "https://example.org/a.jpg", "Media/" };
    struct exhibit x = { .there = NULL };
    struct lm_input in = { .path = LM_STR("a/b.db"), .sibling = sibling, .user = &x };
    struct lm_beside b;
    lm_beside_init(&b, &in, NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(look(&b, names[i]).note.n, 0);
    assert_int_equal(x.asked, 0);
}

static void the_looking_ends(void **state)
{
    (void)state;
    struct exhibit x = { .there = NULL };
    struct lm_input in = { .path = LM_STR("b.db"), .sibling = sibling, .user = &x };
    struct lm_beside b;
    lm_beside_init(&b, &in, NULL);
    for (size_t i = 0; i < LM_BESIDE_MISSES + 10; i++)
        (void)look(&b, "a.jpg");
    assert_int_equal(x.asked, LM_BESIDE_MISSES);
    x = (struct exhibit){ .there = "a.jpg", .bytes = LM_STR("hello") };
    lm_beside_init(&b, &in, NULL);
    b.bytes = LM_BESIDE_BYTES - 4;
    assert_string_equal(look(&b, "a.jpg").note.p, "in the exhibit, not hashed here");
    b.asked = LM_BESIDE_ASKED;
    assert_int_equal(look(&b, "a.jpg").note.n, 0);
    assert_int_equal(b.passed, 1); /* told, since others were found */
    in.sibling = NULL; /* no neighbours at all */
    lm_beside_init(&b, &in, NULL);
    assert_int_equal(look(&b, "a.jpg").note.n, 0);
}

/* --- a reader behind the sink --- */

static const struct lm_attachment given[] = { { .name = { "a.jpg", 5 }, .bytes = -1 }, { .name = { "a.jpg", 5 }, .note = { "sha256 of old", 13 } },
                                              { .note = { "no name", 7 } } };

static lm_err read_one(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_fact f[2] = { { .kind = LM_FACT_IDENTIFIER }, { .kind = LM_FACT_EVENT, .event = { .attachments = given, .n_attachments = 3 } } };
    struct lm_entry e = { .records = &(struct lm_locator){ 0 }, .n_records = 1, .facts = f, .n_facts = 2 };
    (void)ctx;
    lm_err err = sink->entry(sink, &e);
    assert_ptr_equal(f[1].event.attachments, given); /* the reader's own are left alone */
    return err;
}

static size_t entries;

static lm_err see(struct lm_sink *sink, const struct lm_entry *e)
{
    const struct lm_attachment *a = e->facts[1].event.attachments;
    (void)sink;
    entries++;
    assert_int_equal(e->n_facts, 2);
    assert_int_equal(e->facts[1].event.n_attachments, 3);
    assert_string_equal(a[0].note.p, HASH);
    assert_string_equal(a[1].note.p, "sha256 of old");
    assert_string_equal(a[2].note.p, "no name");
    return LM_OK;
}

static void a_reader_behind_the_sink(void **state)
{
    (void)state;
    struct exhibit x = { .there = "a.jpg", .bytes = LM_STR("hello") };
    struct lm_input in = { .path = LM_STR("b.db"), .sibling = sibling, .user = &x };
    struct lm_read ctx = { .in = &in };
    struct lm_reader reader = { .name = "x", .read = read_one };
    struct lm_sink sink = { .entry = see };
    assert_int_equal(lm_beside_read(&reader, &ctx, &sink), LM_OK);
    assert_int_equal(entries, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_from_any_folder_above),
        cmocka_unit_test(names_that_lead_elsewhere_are_not_looked_for),
        cmocka_unit_test(the_looking_ends),
        cmocka_unit_test(a_reader_behind_the_sink),
    };
    lm_arena_init(&arena, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lm_arena_free(&arena);
    return failed;
}
