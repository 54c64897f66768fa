/* Threads: the list, one row of it, one conversation.
 *
 * All events of a thread come from one exhibit, and so lie under its one authority (lm_intern_thread, lm_import_source):
 * whether a thread may be read is asked once, and pages and counts are taken from the index event_thread(thread, at_us)
 * alone, without the events. lm_look_hit asks each event again before anything of it goes out.
 */
#include <stdio.h>

#include "store/look.h"

#define DATED " AND e.at_us IS NOT NULL"
#define UNDATED " AND e.at_us IS NULL"
#define OF_THREAD "FROM event e INDEXED BY event_thread WHERE e.thread = ?1"

/* What is asked of one thread; each has a second wording for workspaces in which review keeps something back. */
enum { N_DATED, N_UNDATED, FIRST, LAST, PAGE_DATED, PAGE_UNDATED, EARLIER, AT_ONCE, QUERIES };
#define BOTH(start, end) { start end, start " AND" LM_LOOK_REVIEWED end }
#define WHEN "SELECT e.at_us, e.offset_s, e.quality "
static const char *const queries[QUERIES][2] = {
    [N_DATED] = BOTH("SELECT count(*) " OF_THREAD DATED, ""),
    [N_UNDATED] = BOTH("SELECT count(*) " OF_THREAD UNDATED, ""),
    [FIRST] = BOTH(WHEN OF_THREAD DATED, " ORDER BY e.at_us, e.id LIMIT 1"),
    [LAST] = BOTH(WHEN OF_THREAD DATED, " ORDER BY e.at_us DESC, e.id DESC LIMIT 1"),
    [PAGE_DATED] = BOTH("SELECT e.id " OF_THREAD DATED, " ORDER BY e.at_us, e.id LIMIT ?2 OFFSET ?3"),
    [PAGE_UNDATED] = BOTH("SELECT e.id " OF_THREAD UNDATED, " ORDER BY e.id LIMIT ?2 OFFSET ?3"),
    /* before the moment ?2; of the same moment (or of none), and read before the event ?3 */
    [EARLIER] = BOTH("SELECT count(*) " OF_THREAD " AND e.at_us < ?2", ""),
    [AT_ONCE] = BOTH("SELECT count(*) " OF_THREAD " AND e.at_us IS ?2 AND e.id < ?3", ""),
};

struct threads {
    struct lm_look look;
    sqlite3_stmt *q[QUERIES];
};

static lm_err begin(struct lm_store *st, const struct lm_filter *f, const struct lm_look_at *at, struct threads *t,
                    struct lm_error *e)
{
    for (int i = 0; i < QUERIES; i++)
        t->q[i] = NULL;
    return lm_look_begin(st, f, at, &t->look, e);
}

static lm_err end(struct threads *t, const char *outcome, lm_err err, struct lm_error *e)
{
    for (int i = 0; i < QUERIES; i++)
        (void)sqlite3_finalize(t->q[i]);
    return t->look.reading ? lm_look_end(&t->look, outcome, err, e) : err;
}

/* A query of the thread, prepared once; bound to it and ready to step. */
static lm_err ask(struct threads *t, int which, int64_t thread, sqlite3_stmt **ret, struct lm_error *e)
{
    if (t->q[which] == NULL) {
        lm_err err = lm_db_prepare(t->look.st, queries[which][t->look.hides], &t->q[which], e);
        if (err != LM_OK)
            return err;
    }
    (void)sqlite3_reset(t->q[which]);
    (void)sqlite3_bind_int64(t->q[which], 1, thread);
    *ret = t->q[which];
    return LM_OK;
}

static lm_err count(struct threads *t, int which, int64_t thread, uint64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q;
    bool row = false;
    lm_err err = ask(t, which, thread, &q, e);
    if (err == LM_OK)
        err = lm_db_step(t->look.st, q, &row, e);
    if (err != LM_OK)
        return err;
    *ret = (uint64_t)sqlite3_column_int64(q, 0);
    (void)sqlite3_reset(q);
    return LM_OK;
}

static lm_err moment(struct threads *t, int which, int64_t thread, struct lm_when *ret, struct lm_error *e)
{
    sqlite3_stmt *q;
    bool row = false;
    lm_err err = ask(t, which, thread, &q, e);
    if (err == LM_OK)
        err = lm_db_step(t->look.st, q, &row, e);
    if (err != LM_OK)
        return err;
    *ret = row ? lm_look_when(q, 0) : (struct lm_when){ .quality = LM_TIME_NONE };
    (void)sqlite3_reset(q);
    return LM_OK;
}

/* --- the list --- */

#define ROW                                                                                                  \
    "SELECT t.id, t.platform, t.kind, t.native, x.sha256, y.path FROM thread t JOIN exhibit x ON x.id = t.exhibit"  \
    " JOIN authority a ON a.id = x.authority JOIN source y ON y.id = t.source WHERE" LM_LOOK_LIVE

/* The row on which q stands; r->events 0: nothing of the thread is returned. */
static lm_err thread_row(struct threads *t, sqlite3_stmt *q, struct lm_thread_row *r, struct lm_error *e)
{
    struct lm_sha256 exhibit;
    uint64_t undated = 0;
    if (!lm_db_sha256(q, 4, &exhibit))
        return lm_fail(e, LM_EDAMAGED, "an exhibit without a hash");
    *r = (struct lm_thread_row){
        .id = sqlite3_column_int64(q, 0),
        .platform = (enum lm_platform)sqlite3_column_int(q, 1),
        .kind = (enum lm_thread_kind)sqlite3_column_int(q, 2),
        .native = lm_db_str(q, 3),
        .exhibit = lm_str(lm_sha256_hex(&exhibit, t->look.hex)),
        .source = lm_db_str(q, 5),
    };
    lm_look_forget(&t->look);
    lm_err err = count(t, N_DATED, r->id, &r->events, e);
    if (err == LM_OK)
        err = count(t, N_UNDATED, r->id, &undated, e);
    r->events += undated;
    if (err == LM_OK)
        err = moment(t, FIRST, r->id, &r->first, e);
    if (err == LM_OK)
        err = moment(t, LAST, r->id, &r->last, e);
    if (err == LM_OK)
        err = lm_look_title(&t->look, r->id, &r->title, e);
    return err != LM_OK ? err : lm_look_native(&t->look, r->id, r->native, &r->native, e);
}

/* Rows of the statement, in its order; takes q. */
static lm_err give_rows(struct threads *t, sqlite3_stmt *q, lm_err (*each)(void *user, const struct lm_thread_row *t),
                        void *user, struct lm_error *e)
{
    lm_err err;
    bool row = false;
    (void)sqlite3_bind_int64(q, 1, t->look.investigation);
    while ((err = lm_db_step(t->look.st, q, &row, e)) == LM_OK && row) {
        struct lm_thread_row r;
        if ((err = thread_row(t, q, &r, e)) != LM_OK)
            break;
        if (r.events == 0)
            continue;
        t->look.n_given++;
        if ((err = each(user, &r)) != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_threads(struct lm_store *st, const struct lm_filter *f,
                        lm_err (*each)(void *user, const struct lm_thread_row *t), void *user, struct lm_error *e)
{
    struct threads t;
    char outcome[48];
    sqlite3_stmt *q = NULL;
    lm_err err = begin(st, f, &(struct lm_look_at){ .action = "threads" }, &t, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, ROW " ORDER BY t.id", &q, e);
    if (err == LM_OK)
        err = give_rows(&t, q, each, user, e);
    (void)snprintf(outcome, sizeof outcome, "returned %llu", (unsigned long long)t.look.n_given);
    err = end(&t, outcome, err, e);
    lm_look_free(&t.look);
    return err;
}

lm_err lm_store_thread_row(struct lm_store *st, const struct lm_filter *f, int64_t thread,
                           lm_err (*each)(void *user, const struct lm_thread_row *t), void *user, struct lm_error *e)
{
    struct threads t;
    char detail[48];
    sqlite3_stmt *q = NULL;
    (void)snprintf(detail, sizeof detail, "thread %lld, its row in the list", (long long)thread);
    struct lm_look_at at = { .action = "threads", .detail = lm_str(detail), .thread = thread, .outcome = "returned" };
    lm_err err = begin(st, f, &at, &t, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, ROW " AND t.id = ?2", &q, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(q, 2, thread);
        err = give_rows(&t, q, each, user, e);
    }
    if (err == LM_OK && t.look.n_given == 0)
        err = lm_fail(e, LM_ENOTFOUND, "nothing of thread %lld is returned", (long long)thread);
    err = end(&t, NULL, err, e);
    lm_look_free(&t.look);
    return err;
}

/* --- one conversation --- */

/* Events of one range, from *offset on, at most *limit of them; both are less afterwards. n: how many the range has. */
static lm_err give_range(struct threads *t, int which, int64_t thread, uint64_t n, uint64_t *limit, uint64_t *offset,
                         lm_err (*each)(void *user, const struct lm_hit *event), void *user, struct lm_error *e)
{
    sqlite3_stmt *q;
    bool row = false;
    if (*offset >= n || *limit == 0) {
        *offset -= *offset < n ? *offset : n;
        return LM_OK;
    }
    lm_err err = ask(t, which, thread, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 2, (int64_t)*limit);
    (void)sqlite3_bind_int64(q, 3, (int64_t)*offset);
    *offset = 0;
    while ((err = lm_db_step(t->look.st, q, &row, e)) == LM_OK && row) {
        struct lm_hit h;
        err = lm_look_hit(&t->look, sqlite3_column_int64(q, 0), &h, NULL, e);
        if (err == LM_OK) {
            --*limit;
            t->look.n_given++;
            err = each(user, &h);
        }
        if (err != LM_OK)
            break;
    }
    (void)sqlite3_reset(q);
    return err;
}

/* The number of events before this one; LM_ENOTFOUND when the thread does not return it. n_dated: of the thread. */
static lm_err place(struct threads *t, int64_t thread, int64_t event, uint64_t n_dated, uint64_t *ret,
                    struct lm_error *e)
{
    sqlite3_stmt *find = NULL, *earlier, *at_once;
    bool row = false;
    uint64_t n = 0;
    lm_err err = lm_db_prepare(t->look.st, "SELECT e.at_us FROM event e WHERE e.id = ?1 AND e.thread = ?2 AND"
                                           LM_LOOK_REVIEWED, &find, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(find, 1, event);
    (void)sqlite3_bind_int64(find, 2, thread);
    err = lm_db_step(t->look.st, find, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_ENOTFOUND, "no event %lld in this thread", (long long)event);
    if (err == LM_OK)
        err = ask(t, EARLIER, thread, &earlier, e);
    if (err == LM_OK)
        err = ask(t, AT_ONCE, thread, &at_once, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_value(earlier, 2, sqlite3_column_value(find, 0));
        (void)sqlite3_bind_value(at_once, 2, sqlite3_column_value(find, 0));
        (void)sqlite3_bind_int64(at_once, 3, event);
        *ret = sqlite3_column_type(find, 0) == SQLITE_NULL ? n_dated : 0;
        err = count(t, EARLIER, thread, &n, e);
        *ret += n;
    }
    if (err == LM_OK)
        err = count(t, AT_ONCE, thread, &n, e);
    *ret += n;
    (void)sqlite3_finalize(find);
    return err;
}

static lm_err read_thread(struct threads *t, int64_t thread, struct lm_thread_page *page,
                          lm_err (*each)(void *user, const struct lm_hit *event), void *user, struct lm_error *e)
{
    uint64_t dated = 0, undated = 0, limit = page->limit == 0 || page->limit > INT64_MAX ? INT64_MAX : page->limit;
    lm_err err = count(t, N_DATED, thread, &dated, e);
    if (err == LM_OK)
        err = count(t, N_UNDATED, thread, &undated, e);
    if (err == LM_OK && page->event != 0) {
        err = place(t, thread, page->event, dated, &page->offset, e);
        page->offset -= page->offset % limit;
    }
    uint64_t offset = page->offset;
    if (err == LM_OK)
        err = give_range(t, PAGE_DATED, thread, dated, &limit, &offset, each, user, e);
    if (err == LM_OK)
        err = give_range(t, PAGE_UNDATED, thread, undated, &limit, &offset, each, user, e);
    page->total = dated + undated;
    return err;
}

lm_err lm_store_thread_page(struct lm_store *st, const struct lm_filter *f, int64_t thread,
                            struct lm_thread_page *page, lm_err (*each)(void *user, const struct lm_hit *event),
                            void *user, struct lm_error *e)
{
    struct threads t;
    struct lm_thread_page p = *page;
    char outcome[64], detail[48];
    (void)snprintf(detail, sizeof detail, "thread %lld", (long long)thread);
    struct lm_look_at at = { .action = "thread", .detail = lm_str(detail), .thread = thread };
    lm_err err = begin(st, f, &at, &t, e);
    if (err == LM_OK)
        err = read_thread(&t, thread, &p, each, user, e);
    (void)snprintf(outcome, sizeof outcome, "returned %llu of %llu", (unsigned long long)t.look.n_given,
                   (unsigned long long)p.total);
    err = end(&t, outcome, err, e);
    if (err == LM_OK)
        *page = p;
    lm_look_free(&t.look);
    return err;
}

lm_err lm_store_thread(struct lm_store *st, const struct lm_filter *f, int64_t thread, uint64_t limit, uint64_t offset,
                       lm_err (*each)(void *user, const struct lm_hit *event), void *user, uint64_t *ret_total,
                       struct lm_error *e)
{
    struct lm_thread_page page = { .limit = limit, .offset = offset };
    lm_err err = lm_store_thread_page(st, f, thread, &page, each, user, e);
    if (err == LM_OK)
        *ret_total = page.total;
    return err;
}
