/* What a request asks of the store: each thing once, and only what its screen shows; and it stops when its time is up. */
#include "store_fixture.h"

#include "lastmile/brief.h"
#include "store/db.h"
#include "web/screens.h"

static const struct lm_filter filter = { { "I1", 2 }, { "test", 4 } };

static void fill(struct fx *x)
{
    struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "+13035550101", "Ana"),
                          b = fx_native(LM_PLATFORM_WHATSAPP, "+13035550102", "Beto");
    fx_usual(x);
    fx_begin(x, "A1", "one", "");
    for (uint64_t i = 0; i < 25; i++) {
        struct lm_fact f = fx_message(a, &b, 1, (int64_t)i, "hielo");
        f.event.at.quality = LM_TIME_LOCAL;
        f.event.thread.native = i < 20 ? LM_STR("t1") : LM_STR("t2");
        (void)fx_put(x, i * 10, &f);
    }
    (void)fx_end(x);
}

struct traced {
    unsigned all_events, lists;
};

static int on_statement(unsigned type, void *user, void *p, void *x)
{
    struct traced *t = user;
    (void)p;
    if (type == SQLITE_TRACE_STMT) {
        t->all_events += strstr(x, "FROM event e WHERE e.source IN") != NULL || strstr(x, "FROM event e JOIN source") != NULL;
        t->lists += strstr(x, "FROM thread t JOIN exhibit x") != NULL && strstr(x, "ORDER BY t.id") != NULL;
    }
    return 0;
}

static struct traced trace_brief(struct fx *x, unsigned parts)
{
    struct traced t = { 0 };
    struct lm_arena a;
    const struct lm_brief *brief;
    struct lm_brief_wish wish = { .parts = parts };
    lm_arena_init(&a, 0);
    assert_int_equal(sqlite3_trace_v2(x->st->db, SQLITE_TRACE_STMT, on_statement, &t), SQLITE_OK);
    OK(lm_brief_make(&a, x->st, &filter, &wish, &brief, e));
    (void)sqlite3_trace_v2(x->st->db, 0, NULL, NULL);
    lm_arena_free(&a);
    return t;
}

static void events_are_counted_when_they_are_shown(void **state)
{
    (void)state;
    struct fx x;
    fill(&x);
    assert_int_equal(trace_brief(&x, LM_BRIEF_LEDGER).all_events, 0);
    assert_int_equal(trace_brief(&x, LM_BRIEF_TOTALS).all_events, 0);
    assert_int_equal(trace_brief(&x, LM_BRIEF_RECORDS).all_events, 1);
    assert_int_equal(trace_brief(&x, LM_BRIEF_ALL).all_events, 1);
    fx_remove(&x);
}

struct asked {
    struct lm_web_options options;
    struct lm_request r;
    struct lm_json_out o;
};

static void start(struct fx *x, struct asked *w)
{
    memset(w, 0, sizeof *w);
    w->options = (struct lm_web_options){ .workspace = x->path, .actor = "ana", .investigation = LM_STR("I1"),
                                          .purpose = LM_STR("test") };
    w->r.options = &w->options;
    lm_arena_init(&w->r.a, 0);
    lm_buf_init(&w->r.out, 1 << 20);
    lm_json_out_init(&w->o, &w->r.out);
}

static void finish(struct asked *w)
{
    lm_store_close(w->r.store);
    lm_buf_free(&w->r.out);
    lm_arena_free(&w->r.a);
}

static void param(struct asked *w, const char *name, const char *value)
{
    w->r.params[w->r.n_params++] = (struct lm_param){ lm_str(name), lm_str(value) };
}

static struct traced trace(struct asked *w, lm_err (*answer)(struct lm_request *r, struct lm_json_out *o))
{
    struct traced t = { 0 };
    struct lm_store *st;
    assert_int_equal(lm_request_store(&w->r, &st), LM_OK);
    assert_int_equal(sqlite3_trace_v2(st->db, SQLITE_TRACE_STMT, on_statement, &t), SQLITE_OK);
    assert_int_equal(answer(&w->r, &w->o), LM_OK);
    (void)sqlite3_trace_v2(st->db, 0, NULL, NULL);
    lm_buf_putc(&w->r.out, '\0');
    return t;
}

static void has(const struct asked *w, const char *what)
{
    if (strstr(w->r.out.p, what) == NULL)
        fail_msg("not there: %s\nin: %s", what, w->r.out.p);
}

static void a_session_counts_once(void **state)
{
    (void)state;
    struct fx x;
    struct asked w;
    fill(&x);
    start(&x, &w);
    assert_int_equal(trace(&w, lm_web_session).all_events, 1);
    has(&w, "\"cutoff\":\"2023-05-02T04:24:00\","); /* a wall clock: no Z */
    has(&w, "\"events\":25");
    finish(&w);
    fx_remove(&x);
}

static void a_page_asks_for_one_thread(void **state)
{
    (void)state;
    struct fx x;
    struct asked w;
    char text[48];
    fill(&x);
    start(&x, &w);
    param(&w, "id", "1");
    param(&w, "limit", "7");
    param(&w, "event", "10");
    struct traced t = trace(&w, lm_web_thread);
    assert_int_equal(t.lists, 0);
    has(&w, "\"offset\":7,\"total\":20,");
    has(&w, "\"first\":\"2023-05-02T04:00:00\",\"last\":\"2023-05-02T04:19:00\"");
    for (int i = 8; i <= 14; i++) {
        (void)snprintf(text, sizeof text, "\"event\":%d,", i);
        has(&w, text);
    }
    assert_null(strstr(w.r.out.p, "\"event\":7,"));
    assert_null(strstr(w.r.out.p, "\"event\":15,"));
    finish(&w);
    fx_remove(&x);
}

static void a_request_out_of_time_stops_its_looks(void **state)
{
    (void)state;
    lm_err (*const answers[])(struct lm_request *r, struct lm_json_out *o) = {
        lm_web_search, lm_web_threads, lm_web_thread, lm_web_session, lm_web_brief, lm_web_account };
    struct fx x;
    fill(&x);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct asked w;
        start(&x, &w);
        param(&w, "q", "hielo");
        param(&w, "id", "1");
        param(&w, "account", "1");
        atomic_store(&w.r.cancel, true);
        assert_int_equal(answers[i](&w.r, &w.o), LM_ECANCELLED);
        finish(&w);
    }
    /* before the first row of the first three: the store was told, not only the page; the others begin without an entry */
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM audit WHERE instr(entry, CAST('failed: cancelled, after 0 rows' AS"
                                " BLOB)) > 0"), 3);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_counted_when_they_are_shown),
        cmocka_unit_test(a_session_counts_once),
        cmocka_unit_test(a_page_asks_for_one_thread),
        cmocka_unit_test(a_request_out_of_time_stops_its_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
