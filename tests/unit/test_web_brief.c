/* The brief over a real workspace: who may be named, what counts, same bytes, warnings, hostile text, cancelling. */
#include "store_fixture.h"

#include "lastmile/brief.h"
#include "store/summary.h"

#define NAME "Carlos Nombre"

static const struct lm_filter filter = { { "I1", 2 }, { "test", 4 } };

struct rendered {
    struct lm_arena arena;
    struct lm_buf text, json;
};

static void render_with(struct fx *x, struct rendered *r)
{
    const struct lm_brief *brief = NULL;
    struct lm_brief_wish wish = { .parts = LM_BRIEF_ALL };
    struct lm_json_out o;
    lm_arena_init(&r->arena, 0);
    lm_buf_init(&r->text, 1 << 20);
    lm_buf_init(&r->json, 1 << 20);
    OK(lm_brief_make(&r->arena, x->st, &filter, &wish, &brief, e));
    lm_brief_text(brief, &r->text);
    lm_json_out_init(&o, &r->json);
    lm_brief_json(brief, &o, UINT64_MAX);
    lm_buf_putc(&r->text, '\0');
    lm_buf_putc(&r->json, '\0');
    assert_false(r->text.failed || r->json.failed);
}

static void drop(struct rendered *r)
{
    lm_buf_free(&r->text);
    lm_buf_free(&r->json);
    lm_arena_free(&r->arena);
}

static void has(const struct lm_buf *b, const char *what)
{
    if (strstr(b->p, what) == NULL)
        fail_msg("not there: %s\nin: %s", what, b->p);
}

static void has_not(const struct lm_buf *b, const char *what)
{
    if (strstr(b->p, what) != NULL)
        fail_msg("should not be there: %s\nin: %s", what, b->p);
}

/* A group in which only one account writes, known by a name alone; and a direct chat of its own beside it. */
static void fill(struct fx *x, const char *authority, const char *bytes)
{
    struct lm_account_ref centre = fx_name(LM_PLATFORM_WHATSAPP, NAME),
                          ends[] = { fx_native(LM_PLATFORM_WHATSAPP, "+13035550101", "Ana"),
                                     fx_native(LM_PLATFORM_WHATSAPP, "+13035550102", "Beto"),
                                     fx_native(LM_PLATFORM_WHATSAPP, "+13035550103", "Chuy") };
    fx_begin(x, authority, bytes, "");
    struct lm_fact f = fx_message(centre, ends, 3, 1, "uno");
    (void)fx_put(x, 10, &f);
    f = fx_message(centre, ends, 3, 2, "dos");
    f.event.at.quality = LM_TIME_LOCAL;
    (void)fx_put(x, 20, &f);
    f = fx_message(ends[2], &ends[1], 1, 3, "tres");
    f.event.thread.native = LM_STR("t2");
    f.event.at = (struct lm_when){ .quality = LM_TIME_NONE };
    (void)fx_put(x, 30, &f);
    (void)fx_end(x);
}

static void a_ranking_names_nobody(void **state)
{
    struct fx x;
    struct rendered r;
    (void)state;
    fx_usual(&x);
    fill(&x, "A1", "one");
    render_with(&x, &r);
    has(&r.text, "(display name only)");
    has(&r.json, "\"standing\":\"unassessed\"");
    has(&r.json, "\"largest_after\":2");
    has_not(&r.text, NAME);
    has_not(&r.json, NAME);
    has_not(&r.text, "Ana");
    has(&r.text, "never guilt or rank");
    has(&r.text, "4 accounts, 4 pairs in contact by 7 messages and calls; 1 piece, the largest with 4 accounts.");
    drop(&r);
    fx_remove(&x);
}

/* The end of a path says which thread it is. */
static void a_long_path_keeps_its_end(void **state)
{
    struct fx x;
    struct rendered r;
    (void)state;
    fx_usual(&x);
    fx_begin(&x, "A1", "one", "");
    struct lm_source s = { .exhibit = x.exhibit, .path = LM_STR("your_activity/messages/inbox/someone_with_a_name_18/message_1.json"),
                           .bytes = 3, .reader = LM_STR("test") };
    assert_int_equal(lm_sha256_of(LM_STR("other"), &s.sha256), LM_OK);
    OK(lm_import_source(x.im, &s, &x.source, e));
    struct lm_counts counts;
    OK(lm_import_source_end(x.im, x.source, LM_SOURCE_EMPTY, &counts, e));
    OK(lm_import_end(x.im, &counts, e));
    render_with(&x, &r);
    has(&r.text, "\nyour_activity…h_a_name_18/message_1.json ");
    has(&r.text, "  empty\n");
    has(&r.json, "inbox/someone_with_a_name_18/message_1.json");
    drop(&r);
    fx_remove(&x);
}

static void the_rows_of_an_account(void **state)
{
    struct fx x;
    struct lm_arena a;
    struct lm_buf b;
    struct lm_json_out o;
    (void)state;
    fx_usual(&x);
    fill(&x, "A1", "one");
    int64_t centre = fx_sql(&x, "SELECT id FROM account WHERE form = 2");
    lm_arena_init(&a, 0);
    lm_buf_init(&b, 1 << 20);
    lm_json_out_init(&o, &b);
    lm_json_object(&o);
    OK(lm_brief_account(&a, x.st, &filter, centre, 2, 1, &o, e));
    lm_json_object_end(&o);
    lm_buf_putc(&b, '\0');
    has(&b, "\"total\":3}");
    has(&b, "\"with\":\"+13035550102\",\"direction\":\"out\",\"kind\":\"message\",\"month\":\"2023-05\",\"contacts\":2");
    has(&b, "+13035550103");
    has_not(&b, "+13035550101"); /* on the page before */
    has_not(&b, NAME);
    lm_buf_clear(&b);
    FAILS(LM_ENOTFOUND, lm_brief_account(&a, x.st, &filter, 999, 2, 0, &o, e));
    lm_buf_free(&b);
    lm_arena_free(&a);
    fx_remove(&x);
}

static void same_workspace_same_bytes(void **state)
{
    struct fx x;
    struct rendered one, two;
    (void)state;
    fx_usual(&x);
    fill(&x, "A1", "one");
    render_with(&x, &one);
    OK(lm_store_audit(x.st, "test.look", LM_STR("something between"), "done", e));
    render_with(&x, &two);
    assert_string_equal(one.text.p, two.text.p);
    assert_string_equal(one.json.p, two.json.p);
    drop(&one);
    drop(&two);
    fx_remove(&x);
}

static void what_is_not_in_reach_does_not_count(void **state)
{
    struct fx x;
    struct lm_summary y;
    (void)state;
    fx_usual(&x);
    fx_investigation(&x, "I2");
    fx_authority(&x, "I2", "A2", LM_REACH_CONTENT);
    fill(&x, "A1", "one");
    fill(&x, "A2", "two");
    OK(lm_store_summary(x.st, &filter, &y, e));
    assert_int_equal(y.events, 3);
    assert_int_equal(y.events_local, 1);
    assert_int_equal(y.events_undated, 1);
    assert_int_equal(y.last.us - y.first.us, 60 * LM_SECOND_US);
    assert_int_equal(y.first.quality, LM_TIME_UTC);
    assert_int_equal(y.last.quality, LM_TIME_LOCAL);
    struct lm_audit_head head;
    OK(lm_store_head(x.st, &head, e));
    assert_int_equal(strlen(head.hex), 64);
    assert_int_equal((int64_t)head.entries, fx_sql(&x, "SELECT max(seq) FROM audit"));
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("withdrawn"), e));
    OK(lm_store_summary(x.st, &filter, &y, e));
    assert_int_equal(y.events, 0);
    struct lm_filter nobody = { LM_STR("I9"), LM_STR("test") };
    FAILS(LM_ENOTFOUND, lm_store_summary(x.st, &nobody, &y, e));
    fx_remove(&x);
}

static void it_warns(void **state)
{
    struct fx x;
    struct rendered r;
    (void)state;
    fx_usual(&x);
    render_with(&x, &r);
    has(&r.text, "No data held is not no contact.");
    has(&r.text, "No account stands between two others in the data held.");
    has(&r.text, "Data cut-off: no dated event");
    has_not(&r.text, "supplies");
    drop(&r);
    fill(&x, "A1", "one");
    render_with(&x, &r);
    has(&r.json, "The exhibit chat.txt (SHA-256 ");
    has(&r.json, "supplies 4 of 4 pairs in contact (100 %)");
    has(&r.json, "\"name\":\"chat.txt\",\"pairs\":4,\"contacts\":7}");
    has(&r.text, "1 of 3 events state a wall clock without its zone");
    has(&r.text, "1 of 3 events state no time");
    has(&r.json, "\"code\":\"one_device\"");
    drop(&r);
    fx_remove(&x);
}

static void a_terminal_does_not_obey_evidence(void **state)
{
    struct fx x;
    struct rendered r;
    struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "\x1b]0;owned\x07id", ""),
                          ends[] = { fx_native(LM_PLATFORM_WHATSAPP, "p\xe2\x80\xaeq", ""),
                                     fx_native(LM_PLATFORM_WHATSAPP, "x\xc2\x9b" "31m", "") };
    (void)state;
    fx_usual(&x);
    fx_begin(&x, "A1", "one", "");
    struct lm_fact f = fx_message(a, ends, 2, 1, "uno");
    (void)fx_put(&x, 10, &f);
    (void)fx_end(&x);
    render_with(&x, &r);
    has(&r.text, "owned");
    has_not(&r.text, "\x1b");
    has_not(&r.text, "\x07");
    has_not(&r.text, "\xe2\x80\xae");
    has_not(&r.text, "\xc2\x9b");
    drop(&r);
    fx_remove(&x);
}

static void it_can_be_stopped(void **state)
{
    struct fx x;
    struct lm_arena a;
    const struct lm_brief *brief = NULL;
    static const atomic_bool stop = true;
    struct lm_brief_wish wish = { .parts = LM_BRIEF_ALL, .cancel = &stop };
    (void)state;
    fx_usual(&x);
    fill(&x, "A1", "one");
    lm_arena_init(&a, 0);
    FAILS(LM_ECANCELLED, lm_brief_make(&a, x.st, &filter, &wish, &brief, e));
    assert_null(brief);
    lm_arena_free(&a);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ranking_names_nobody),
        cmocka_unit_test(a_long_path_keeps_its_end),
        cmocka_unit_test(the_rows_of_an_account),
        cmocka_unit_test(same_workspace_same_bytes),
        cmocka_unit_test(what_is_not_in_reach_does_not_count),
        cmocka_unit_test(it_warns),
        cmocka_unit_test(a_terminal_does_not_obey_evidence),
        cmocka_unit_test(it_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
