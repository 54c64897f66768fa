/* How looks read: entry first, rows streamed from a snapshot, pages, one statement for a search, cancelling. */
#include "store_fixture.h"

#include <malloc.h>
#include <pthread.h>
#include <time.h>

#include "store/db.h"
#include "store/summary.h"

static const struct lm_filter filter = { { "I1", 2 }, { "test", 4 } };

/* n messages in one thread, minutes shuffled by a fixed rule, every 10th undated; "hielo" in each, "rara" in every 7th. */
static void fill(struct fx *x, const char *authority, const char *bytes, size_t n, const char *more)
{
    struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "+13035550101", "Ana"),
                          b = fx_native(LM_PLATFORM_WHATSAPP, "+13035550102", "Beto");
    struct lm_buf text;
    lm_buf_init(&text, 1 << 20);
    fx_begin(x, authority, bytes, "");
    for (size_t i = 0; i < n; i++) {
        lm_buf_clear(&text);
        lm_buf_printf(&text, "hielo %zu%s%s", i, i % 7 == 0 ? " rara" : "", more);
        struct lm_fact f = fx_message(i % 2 ? a : b, i % 2 ? &b : &a, 1, (int64_t)(i * 7919 % 101), "");
        f.event.text = lm_buf_str(&text);
        if (i % 10 == 9)
            f.event.at = (struct lm_when){ .quality = LM_TIME_NONE };
        (void)fx_put(x, i * 10, &f);
    }
    (void)fx_end(x);
    lm_buf_free(&text);
}

static int64_t entries_with(const struct fx *x, const char *words)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM audit WHERE instr(entry, CAST('%s' AS BLOB)) > 0", words);
    return fx_sql(x, sql);
}

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- nobody waits --- */

struct amid { /* what happens in the middle of a look */
    struct fx *x;
    const char *action;
    uint64_t rows, until; /* until: stops after so many; 0: never */
};

static lm_err each_edge(void *user, const struct lm_edge_row *row);

/* The entry is there, and somebody else reads and writes without waiting. */
static lm_err look_around(struct amid *m)
{
    struct lm_store *other;
    if (m->rows++ != 0)
        return m->until != 0 && m->rows > m->until ? LM_ELIMIT : LM_OK;
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT seq FROM audit WHERE instr(entry, CAST('%s' AS BLOB)) > 0"
                                    " AND instr(entry, CAST('purpose: test' AS BLOB)) > 0 ORDER BY seq DESC", m->action);
    assert_int_equal(fx_sql(m->x, sql), fx_sql(m->x, "SELECT max(seq) FROM audit"));
    int64_t start = now_ms();
    OK(lm_store_open(m->x->path, LM_STORE_READ, "beto", &other, e));
    OK(lm_store_audit(other, "meanwhile", LM_STR("something"), "done", e));
    uint64_t left;
    struct amid none = { .rows = 1 };
    OK(lm_store_edges(other, &filter, each_edge, &none, &left, e));
    lm_store_close(other);
    assert_true(now_ms() - start < 3000); /* a wait is 5 s, and then an error */
    FAILS(LM_EINTERNAL, lm_store_edges(m->x->st, &filter, each_edge, &none, &left, e));
    return LM_OK;
}

static lm_err each_hit(void *user, const struct lm_hit *h)
{
    (void)h;
    return look_around(user);
}

static lm_err each_thread(void *user, const struct lm_thread_row *t)
{
    (void)t;
    return look_around(user);
}

static lm_err each_edge(void *user, const struct lm_edge_row *row)
{
    (void)row;
    return look_around(user);
}

static void a_look_keeps_nobody_waiting(void **state)
{
    (void)state;
    struct fx x;
    uint64_t total;
    fx_usual(&x);
    fill(&x, "A1", "one", 30, "");
    int64_t thread = fx_sql(&x, "SELECT id FROM thread");
    struct lm_search s = { .query = LM_STR("hielo"), .limit = 20 };
    struct amid m = { &x, .action = "search" };
    OK(lm_store_search(x.st, &filter, &s, each_hit, &m, &total, e));
    assert_int_equal(m.rows, 20);
    m = (struct amid){ &x, .action = "thread" };
    OK(lm_store_thread(x.st, &filter, thread, 0, 0, each_hit, &m, &total, e));
    assert_int_equal(m.rows, 30);
    m = (struct amid){ &x, .action = "threads" };
    OK(lm_store_threads(x.st, &filter, each_thread, &m, e));
    m = (struct amid){ &x, .action = "edges" };
    OK(lm_store_edges(x.st, &filter, each_edge, &m, &total, e));
    assert_int_equal(m.rows, 3);
    assert_int_equal(entries_with(&x, "meanwhile"), 4);
    fx_remove(&x);
}

static void the_end_of_a_look_is_an_entry_too(void **state)
{
    (void)state;
    struct fx x;
    uint64_t total = 77;
    char words[64];
    fx_usual(&x);
    fill(&x, "A1", "one", 30, "");
    int64_t thread = fx_sql(&x, "SELECT id FROM thread");
    struct lm_search s = { .query = LM_STR("hielo"), .limit = 20 };
    struct amid m = { .rows = 1 };
    OK(lm_store_search(x.st, &filter, &s, each_hit, &m, &total, e));
    (void)snprintf(words, sizeof words, "look %lld", (long long)fx_sql(&x, "SELECT max(seq) - 1 FROM audit"));
    assert_int_equal(entries_with(&x, words), 1);
    assert_int_equal(entries_with(&x, "asked"), 1);
    assert_int_equal(entries_with(&x, "found 30, returned 20"), 1);
    m = (struct amid){ .rows = 1, .until = 5 };
    assert_int_equal(lm_store_thread(x.st, &filter, thread, 0, 0, each_hit, &m, &total, NULL), LM_ELIMIT);
    assert_int_equal(total, 30); /* as the search left it */
    assert_int_equal(entries_with(&x, "failed: limit, after 5 rows"), 1);
    struct lm_verify v;
    OK(lm_store_verify(x.st, LM_STR(""), &v, NULL, NULL, e));
    assert_true(v.audit_ok);
    fx_remove(&x);
}

/* --- pages --- */

#define MOST 400

struct pages {
    int64_t ids[MOST];
    size_t n;
};

static lm_err take_id(void *user, const struct lm_hit *h)
{
    struct pages *p = user;
    assert_true(p->n < MOST);
    p->ids[p->n++] = h->event;
    return LM_OK;
}

/* The ids of a query through a connection of its own. */
static size_t sql_ids(const struct fx *x, const char *sql, int64_t ids[MOST])
{
    sqlite3 *db;
    sqlite3_stmt *q;
    size_t n = 0;
    assert_int_equal(sqlite3_open(x->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW && n < MOST)
        ids[n++] = sqlite3_column_int64(q, 0);
    assert_int_equal(sqlite3_finalize(q), SQLITE_OK);
    (void)sqlite3_close(db);
    return n;
}

static void page_through(struct fx *x, int64_t thread, uint64_t limit, struct pages *p, uint64_t n)
{
    uint64_t total = limit;
    p->n = 0;
    for (uint64_t at = 0; at < total; at += limit) {
        OK(lm_store_thread(x->st, &filter, thread, limit, at, take_id, p, &total, e));
        assert_int_equal(total, n);
    }
}

static void pages_of_a_conversation(void **state)
{
    (void)state;
    struct fx x;
    int64_t want[MOST];
    struct pages p = { .n = 0 };
    uint64_t total;
    fx_usual(&x);
    fill(&x, "A1", "one", 300, "");
    int64_t thread = fx_sql(&x, "SELECT id FROM thread");
    for (int hides = 0; hides < 2; hides++) {
        size_t n = sql_ids(&x, "SELECT e.id FROM event e WHERE NOT EXISTS (SELECT 1 FROM review v WHERE v.event = e.id)"
                               " ORDER BY at_us IS NULL, at_us, id", want);
        assert_int_equal(n, hides ? 297 : 300);
        for (uint64_t limit = 7; limit <= 400; limit = limit * 4 + 1) {
            page_through(&x, thread, limit, &p, n);
            assert_int_equal(p.n, n);
            assert_memory_equal(p.ids, want, n * sizeof *want);
        }
        p.n = 0;
        OK(lm_store_thread(x.st, &filter, thread, 0, 295, take_id, &p, &total, e)); /* undated ones only */
        assert_int_equal(p.n, n - 295);
        assert_memory_equal(p.ids, want + 295, p.n * sizeof *want);
        p.n = 0;
        OK(lm_store_thread(x.st, &filter, thread, 5, INT64_MAX, take_id, &p, &total, e));
        assert_int_equal(p.n, 0);
        for (size_t i = 0; i < n; i += 37) { /* the page that holds an event */
            struct lm_thread_page page = { .limit = 9, .event = want[i] };
            p.n = 0;
            OK(lm_store_thread_page(x.st, &filter, thread, &page, take_id, &p, e));
            assert_int_equal(page.offset, i - i % 9);
            assert_memory_equal(p.ids, want + page.offset, p.n * sizeof *want);
        }
        struct lm_thread_page page = { .limit = 9, .event = 9999 };
        FAILS(LM_ENOTFOUND, lm_store_thread_page(x.st, &filter, thread, &page, take_id, &p, e));
        assert_true(fx_tamper(&x, "INSERT OR IGNORE INTO review SELECT id, 'privileged', 'ana', 0, NULL FROM event"
                                  " WHERE id IN (1, 150, 300)"));
        page.event = 150;
        FAILS(LM_ENOTFOUND, lm_store_thread_page(x.st, &filter, thread, &page, take_id, &p, e));
    }
    fx_remove(&x);
}

static void pages_of_a_search(void **state)
{
    (void)state;
    struct fx x;
    int64_t want[MOST];
    uint64_t total = 1;
    fx_usual(&x);
    fill(&x, "A1", "one", 300, "");
    size_t n = sql_ids(&x, "SELECT id FROM event ORDER BY at_us IS NULL, at_us, id", want);
    for (uint64_t limit = 7; limit <= 400; limit = limit * 4 + 1) {
        struct pages p = { .n = 0 };
        for (struct lm_search s = { LM_STR("hielo"), limit, 0 }; s.offset < total; s.offset += limit) {
            OK(lm_store_search(x.st, &filter, &s, take_id, &p, &total, e));
            assert_int_equal(total, n);
        }
        assert_int_equal(p.n, n);
        assert_memory_equal(p.ids, want, n * sizeof *want);
    }
    fx_remove(&x);
}

/* Memory that is in use, as the C library counts it (nothing under a sanitizer). */
static size_t in_use(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

struct growth {
    uint64_t rows;
    size_t first, most;
};

static lm_err measure(void *user, const struct lm_hit *h)
{
    struct growth *g = user;
    assert_true(h->text.n > 2000);
    if (++g->rows == 10)
        g->first = in_use();
    else if (g->rows > 10 && in_use() > g->most)
        g->most = in_use();
    return LM_OK;
}

static void a_look_holds_no_more_than_a_row(void **state)
{
    (void)state;
    struct fx x;
    struct growth g = { 0 };
    uint64_t total;
    static char more[2048];
    memset(more, 'a', sizeof more - 1);
    fx_usual(&x);
    fill(&x, "A1", "one", 4000, more);
    int64_t thread = fx_sql(&x, "SELECT id FROM thread");
    fx_close(&x);
    OK(lm_store_open(x.path, LM_STORE_READ, "ana", &x.st, e));
    assert_int_equal(sqlite3_exec(x.st->db, "PRAGMA cache_size=50", NULL, NULL, NULL), SQLITE_OK);
    OK(lm_store_thread(x.st, &filter, thread, 0, 0, measure, &g, &total, e));
    assert_int_equal(g.rows, 4000);
    print_message("# %zu bytes in use at row 10, at most %zu later; texts of %zu bytes\n", g.first, g.most,
                  (size_t)4000 * 2048);
    assert_true(g.most < g.first + ((size_t)1 << 20)); /* SQLite takes and gives back pages */
    fx_remove(&x);
}

/* How often statements over events sorted, and how far they walked without an index. */
static int on_profile(unsigned type, void *user, void *p, void *x)
{
    int *n = user;
    (void)type;
    (void)x;
    if (strstr(sqlite3_sql(p), "FROM event e") == NULL)
        return 0;
    n[2]++;
    n[0] += sqlite3_stmt_status(p, SQLITE_STMTSTATUS_SORT, 0);
    n[1] += sqlite3_stmt_status(p, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
    return 0;
}

static void a_page_is_read_from_the_index(void **state)
{
    (void)state;
    struct fx x;
    struct pages p = { .n = 0 };
    uint64_t total;
    int n[3] = { 0 };
    fx_usual(&x);
    fill(&x, "A1", "one", 300, "");
    assert_int_equal(sqlite3_trace_v2(x.st->db, SQLITE_TRACE_PROFILE, on_profile, n), SQLITE_OK);
    OK(lm_store_thread(x.st, &filter, 1, 1, 200, take_id, &p, &total, e));
    OK(lm_store_thread(x.st, &filter, 1, 20, 260, take_id, &p, &total, e));
    assert_int_equal(n[0], 0);
    assert_int_equal(n[1], 0);
    assert_true(n[2] > 25); /* they were seen */
    (void)sqlite3_trace_v2(x.st->db, 0, NULL, NULL);
    fx_remove(&x);
}

/* --- one statement for a search --- */

struct traced {
    unsigned matches, prepared;
};

static int on_statement(unsigned type, void *user, void *p, void *x)
{
    struct traced *t = user;
    (void)p;
    if (type == SQLITE_TRACE_STMT && strstr(x, "MATCH") != NULL && strncmp(x, "--", 2) != 0)
        t->matches++;
    return 0;
}

static int on_prepare(void *user, int action, const char *a, const char *b, const char *c, const char *d)
{
    struct traced *t = user;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    t->prepared += action == SQLITE_SELECT;
    return SQLITE_OK;
}

static lm_err has_why(void *user, const struct lm_hit *h)
{
    (void)user;
    assert_true(h->why.n != 0);
    return LM_OK;
}

static struct traced trace_search(struct fx *x, uint64_t limit)
{
    struct traced t = { 0 };
    uint64_t total;
    struct lm_search s = { LM_STR("hielo 3035550101 rara"), limit, 0 };
    assert_int_equal(sqlite3_trace_v2(x->st->db, SQLITE_TRACE_STMT, on_statement, &t), SQLITE_OK);
    assert_int_equal(sqlite3_set_authorizer(x->st->db, on_prepare, &t), SQLITE_OK);
    OK(lm_store_search(x->st, &filter, &s, has_why, NULL, &total, e));
    assert_int_equal(total, 43);
    (void)sqlite3_trace_v2(x->st->db, 0, NULL, NULL);
    (void)sqlite3_set_authorizer(x->st->db, NULL, NULL);
    return t;
}

static void a_search_matches_once(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    fill(&x, "A1", "one", 300, "");
    struct traced few = trace_search(&x, 1), many = trace_search(&x, 40);
    assert_int_equal(few.matches, 1);
    assert_int_equal(many.matches, 1);
    assert_int_equal(few.prepared, many.prepared); /* not one more per hit */
    fx_remove(&x);
}

static void every_mix_of_terms(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        uint64_t n;
    } list[] = { { "rara", 43 }, { "rara hielo", 43 }, { "3035550101", 300 }, { "rara +13035550101 (303) 555-0102", 43 },
                 { "\"hielo 7 rara\" 3035550101", 1 }, { "@nobody hielo", 0 }, { "hielo @nobody", 0 },
                 { "\xf0\x9f\x94\x8c", 0 }, { "\xf0\x9f\x94\x8c rara", 0 }, { "3035550101 \xf0\x9f\x94\x8c", 0 },
                 { "3035550199", 0 }, { "rara 3035550199", 0 }, { "nada 3035550101", 0 } };
    struct fx x;
    fx_usual(&x);
    fill(&x, "A1", "one", 300, "");
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        struct lm_search s = { lm_str(list[i].query), 50, 0 };
        uint64_t total = 999;
        OK(lm_store_search(x.st, &filter, &s, has_why, NULL, &total, e));
        if (total != list[i].n)
            print_message("# %s\n", list[i].query);
        assert_int_equal(total, list[i].n);
    }
    fx_remove(&x);
}

/* --- how sources state their times --- */

static lm_err take_row(void *user, const struct lm_thread_row *t)
{
    struct lm_thread_row *r = user;
    *r = *t;
    return LM_OK;
}

static lm_err take_edge(void *user, const struct lm_edge_row *row)
{
    struct lm_edge_row *r = user;
    *r = *row;
    return LM_OK;
}

static void moments_keep_their_quality(void **state)
{
    (void)state;
    struct fx x;
    struct lm_thread_row t;
    struct lm_edge_row edge = { 0 };
    struct lm_summary y;
    uint64_t left;
    struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "+13035550101", "Ana"),
                          b = fx_native(LM_PLATFORM_WHATSAPP, "+13035550102", "Beto");
    fx_usual(&x);
    fx_begin(&x, "A1", "one", "");
    struct lm_fact f = fx_message(a, &b, 1, 1, "uno");
    f.event.at.quality = LM_TIME_LOCAL;
    (void)fx_put(&x, 10, &f);
    f = fx_message(a, &b, 1, 9, "dos");
    f.event.at.quality = LM_TIME_ZONE;
    f.event.at.offset_s = -6 * 3600;
    (void)fx_put(&x, 20, &f);
    f = fx_message(a, &b, 1, 0, "tres");
    f.event.thread.native = LM_STR("t2");
    f.event.at = (struct lm_when){ .quality = LM_TIME_NONE };
    (void)fx_put(&x, 30, &f);
    (void)fx_end(&x);
    int64_t first = fx_sql(&x, "SELECT min(id) FROM thread"), second = fx_sql(&x, "SELECT max(id) FROM thread");
    OK(lm_store_thread_row(x.st, &filter, first, take_row, &t, e));
    assert_int_equal(t.events, 2);
    assert_int_equal(t.first.quality, LM_TIME_LOCAL);
    assert_int_equal(t.last.quality, LM_TIME_ZONE);
    assert_int_equal(t.last.offset_s, -6 * 3600);
    OK(lm_store_thread_row(x.st, &filter, second, take_row, &t, e));
    assert_int_equal(t.first.quality, LM_TIME_NONE);
    assert_int_equal(t.last.quality, LM_TIME_NONE);
    FAILS(LM_ENOTFOUND, lm_store_thread_row(x.st, &filter, 999, take_row, &t, e));
    OK(lm_store_summary(x.st, &filter, &y, e));
    assert_int_equal(y.events_local, 1);
    assert_int_equal(y.first.quality, LM_TIME_LOCAL);
    assert_int_equal(y.last.quality, LM_TIME_ZONE);
    int64_t account = fx_sql(&x, "SELECT min(id) FROM account");
    OK(lm_store_account_edges(x.st, &filter, account, take_edge, &edge, e)); /* the dated month comes last */
    assert_int_equal(edge.first.quality, LM_TIME_LOCAL);
    assert_int_equal(edge.last.quality, LM_TIME_ZONE);
    assert_int_equal(edge.last.offset_s, -6 * 3600);
    OK(lm_store_edges(x.st, &filter, take_edge, &edge, &left, e));
    assert_int_not_equal(edge.first.quality, LM_TIME_UTC); /* claims no zone */
    fx_remove(&x);
}

static void a_row_of_another_investigation_is_denied(void **state)
{
    (void)state;
    struct fx x;
    struct lm_thread_row t;
    fx_usual(&x);
    fx_investigation(&x, "I2");
    fill(&x, "A1", "one", 3, "");
    struct lm_filter other = { LM_STR("I2"), LM_STR("curious") };
    int64_t thread = fx_sql(&x, "SELECT id FROM thread"), before = fx_sql(&x, "SELECT max(seq) FROM audit");
    FAILS(LM_EDENIED, lm_store_thread_row(x.st, &other, thread, take_row, &t, e));
    assert_int_equal(entries_with(&x, "denied"), 1);
    assert_int_equal(fx_sql(&x, "SELECT max(seq) FROM audit"), before + 1); /* one entry says it all */
    fx_remove(&x);
}

/* --- looks across all investigations --- */

static lm_err count_op_row(void *user, const struct lm_op_row *row, struct lm_str reference)
{
    size_t *n = user;
    (void)row;
    (void)reference;
    ++*n;
    return LM_OK;
}

static void a_look_across_all_names_each(void **state)
{
    (void)state;
    struct fx x;
    size_t n = 0;
    fx_usual(&x);
    struct lm_filter all = { .purpose = LM_STR("yearly report") };
    OK(lm_store_op_rows(x.st, &all, count_op_row, &n, e));
    assert_int_equal(entries_with(&x, "investigation I1; purpose: yearly report"), 1);
    assert_true(fx_tamper(&x, "INSERT INTO investigation(code, title, added_us, added_by) WITH RECURSIVE n(i) AS"
                              " (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 899)" /* more than one entry holds */
                              " SELECT printf('CASE-%03d', i), 't', 0, 'ana' FROM n"));
    int64_t before = fx_sql(&x, "SELECT max(seq) FROM audit");
    all.purpose = LM_STR("again");
    OK(lm_store_op_rows(x.st, &all, count_op_row, &n, e));
    assert_int_equal(entries_with(&x, "purpose: again"), fx_sql(&x, "SELECT max(seq) FROM audit") - before);
    char sql[160];
    for (int i = 0; i < 900; i += 29) {
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM audit WHERE seq > %lld AND instr(entry,"
                                        " CAST('CASE-%03d' AS BLOB)) > 0", (long long)before, i);
        assert_int_equal(fx_sql(&x, sql), 1);
    }
    struct lm_filter unknown = { LM_STR("I9"), LM_STR("x") };
    FAILS(LM_ENOTFOUND, lm_store_op_rows(x.st, &unknown, count_op_row, &n, e));
    struct lm_search s = { .query = LM_STR("hielo") };
    uint64_t total;
    FAILS(LM_ENOTFOUND, lm_store_search(x.st, &all, &s, has_why, NULL, &total, e)); /* content is never looked at across */
    fx_remove(&x);
}

/* --- a statement that takes long --- */

#define ENDLESS " AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "

struct meanwhile { /* another process, in effect: it writes, then the long look is cancelled */
    const char *path;
    atomic_bool cancel;
    lm_err err;
    int64_t took_ms;
};

static void *write_then_cancel(void *user)
{
    struct meanwhile *m = user;
    struct lm_store *other;
    struct timespec nap = { 0, 50 * 1000 * 1000 };
    (void)nanosleep(&nap, NULL);
    int64_t start = now_ms();
    m->err = lm_store_open(m->path, LM_STORE_READ, "beto", &other, NULL);
    if (m->err == LM_OK) {
        m->err = lm_store_audit(other, "meanwhile", LM_STR("something"), "done", NULL);
        lm_store_close(other);
    }
    m->took_ms = now_ms() - start;
    atomic_store(&m->cancel, true);
    return NULL;
}

static lm_err look_for_ever(struct fx *x, int which, struct lm_error *e)
{
    struct lm_search s = { .query = LM_STR("hielo"), .limit = 20 };
    struct amid m = { .rows = 1 };
    uint64_t n;
    switch (which) {
    case 0:
        return lm_store_search(x->st, &filter, &s, each_hit, &m, &n, e);
    case 1:
        return lm_store_thread(x->st, &filter, 1, 0, 0, each_hit, &m, &n, e);
    case 2:
        return lm_store_threads(x->st, &filter, each_thread, &m, e);
    default:
        return lm_store_edges(x->st, &filter, each_edge, &m, &n, e);
    }
}

static void a_long_look_lets_others_write(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    fill(&x, "A1", "one", 3, "");
    assert_true(fx_tamper(&x, "DROP TABLE review; CREATE VIEW review" ENDLESS
                              "SELECT i AS event, iif(i < 0, 'held', '') AS state FROM n"));
    (void)alarm(60); /* without a way out the test would never end */
    for (int i = 0; i < 4; i++) {
        struct meanwhile m = { .path = x.path, .err = LM_EINTERNAL };
        pthread_t thread;
        lm_store_set_cancel(x.st, &m.cancel);
        assert_int_equal(pthread_create(&thread, NULL, write_then_cancel, &m), 0);
        FAILS(LM_ECANCELLED, look_for_ever(&x, i, e));
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(m.err, LM_OK);
        assert_true(m.took_ms < 3000);
    }
    (void)alarm(0);
    assert_int_equal(entries_with(&x, "failed: cancelled, after 0 rows"), 4);
    fx_remove(&x);
}

static void one_long_statement_is_cancelled(void **state)
{
    (void)state;
    struct fx x;
    struct meanwhile w = { .err = LM_EINTERNAL };
    pthread_t thread;
    fx_usual(&x);
    fill(&x, "A1", "one", 3, "");
    /* a sum without an end */
    assert_true(fx_tamper(&x, "DROP TABLE contact_left_out; CREATE VIEW contact_left_out" ENDLESS
                              "SELECT 1 AS source, 0 AS events FROM n"));
    (void)alarm(60);
    w.path = x.path;
    lm_store_set_cancel(x.st, &w.cancel);
    assert_int_equal(pthread_create(&thread, NULL, write_then_cancel, &w), 0);
    FAILS(LM_ECANCELLED, look_for_ever(&x, 3, e));
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(entries_with(&x, "failed: cancelled, after 0 rows"), 1);
    struct lm_summary y;
    FAILS(LM_ECANCELLED, lm_store_summary(x.st, &filter, &y, e)); /* still up: nothing is read, changes are written */
    OK(lm_store_audit(x.st, "test", LM_STR("a change"), "done", e));
    lm_store_set_cancel(x.st, NULL);
    OK(lm_store_summary(x.st, &filter, &y, e));
    assert_int_equal(y.events, 3);
    (void)alarm(0);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_look_keeps_nobody_waiting),
        cmocka_unit_test(the_end_of_a_look_is_an_entry_too),
        cmocka_unit_test(pages_of_a_conversation),
        cmocka_unit_test(pages_of_a_search),
        cmocka_unit_test(a_page_is_read_from_the_index),
        cmocka_unit_test(a_look_holds_no_more_than_a_row),
        cmocka_unit_test(a_search_matches_once),
        cmocka_unit_test(every_mix_of_terms),
        cmocka_unit_test(moments_keep_their_quality),
        cmocka_unit_test(a_row_of_another_investigation_is_denied),
        cmocka_unit_test(a_look_across_all_names_each),
        cmocka_unit_test(a_long_look_lets_others_write),
        cmocka_unit_test(one_long_statement_is_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
