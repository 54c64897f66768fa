#include "readers/shared/db_read.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/utf8.h"

#define LATEST_US (INT64_C(7258118400) * LM_SECOND_US) /* 2200 */
#define COCOA_S INT64_C(978307200)
#define NANOSECONDS_FROM 100000000000.0 /* seconds since 2001 reach this in the year 5169 */
#define MAX_RAW_BLOB 1024
#define RANGE_TEXT 120

static lm_err no_memory(struct lm_dbread *r)
{
    return lm_fail(r->ctx->error, LM_ENOMEM, "out of memory");
}

/* --- the file --- */

static struct lm_str file_name(const struct lm_input *in)
{
    const char *slash = in->path.n != 0 ? memrchr(in->path.p, '/', in->path.n) : NULL;
    return slash != NULL ? lm_str_skip(in->path, (size_t)(slash - in->path.p) + 1) : in->path;
}

bool lm_dbread_named(const struct lm_input *in, const char *name)
{
    return lm_str_is_nocase(file_name(in), name);
}

/* A file beside the input, whose name is the input's with something behind it. */
static lm_err beside(const struct lm_input *in, const char *suffix, struct lm_str *ret)
{
    char name[512];
    struct lm_str own = file_name(in), bytes;
    int n = snprintf(name, sizeof name, "%.*s%s", LM_STR_ARG(own), suffix);
    if (own.n == 0 || n < 0 || (size_t)n >= sizeof name)
        return LM_OK;
    lm_err err = lm_input_sibling(in, lm_str(name), &bytes);
    if (err == LM_OK)
        *ret = bytes;
    return err == LM_ENOTFOUND || err == LM_ELIMIT ? LM_OK : err;
}

uint32_t lm_dbread_peek(const struct lm_input *in, struct lm_str head, const char *const names[], size_t n)
{
    struct lm_evdb_files f = { .main = head };
    if (!lm_evdb_is_sqlite(head) || beside(in, "-wal", &f.wal) != LM_OK)
        return 0;
    return lm_evdb_peek(&f, names, n);
}

static lm_err tell_files(struct lm_dbread *r)
{
    const struct lm_evdb_state *s = lm_evdb_state(r->db);
    const struct lm_locator whole = { 0 };
    lm_err err = LM_OK;
    r->lost = s->pages_missing != 0 || s->wal_damaged || s->schema_damaged;
    if (s->pages_missing != 0)
        err = lm_dbread_notice(r, LM_PROBLEM_LOST, whole, "the file ends early: %" PRIu64 " of %" PRIu64 " pages are not there",
                               s->pages_missing, s->pages);
    if (err == LM_OK && s->schema_damaged)
        err = lm_dbread_notice(r, LM_PROBLEM_LOST, whole, "the list of tables is damaged: some may not be seen");
    if (err == LM_OK && s->wal_damaged)
        err = lm_dbread_notice(r, LM_PROBLEM_LOST, whole, "the -wal beside the file is damaged and not read");
    if (err == LM_OK && s->wal_unread != 0)
        err = lm_dbread_notice(r, LM_PROBLEM_DOUBTED, whole, "the -wal beside the file ends in a transaction that is not complete:"
                               " %" PRIu64 " pages are not read", s->wal_unread);
    if (err == LM_OK && s->journal_rolled_back)
        err = lm_dbread_notice(r, LM_PROBLEM_DOUBTED, whole, "a transaction was being written: read as it was before, by the -journal"
                               " beside the file");
    if (err == LM_OK && s->journal_ignored)
        err = lm_dbread_notice(r, LM_PROBLEM_DOUBTED, whole, "a transaction was being written: the journal is too large to undo it, and"
                               " is read half written");
    return err;
}

lm_err lm_dbread_open(struct lm_dbread *r, struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_evdb_files f = { .main = ctx->in->bytes };
    *r = (struct lm_dbread){ .ctx = ctx, .sink = sink };
    lm_buf_init(&r->raw, LM_DBREAD_MAX_RAW);
    lm_err err = beside(ctx->in, "-wal", &f.wal);
    if (err == LM_OK)
        err = beside(ctx->in, "-journal", &f.journal);
    if (err == LM_OK)
        err = lm_evdb_open(ctx->file, &f, &r->db, ctx->error);
    return err == LM_OK ? tell_files(r) : err;
}

bool lm_dbread_looks_encrypted(struct lm_str bytes)
{
    bool seen[256] = { false };
    size_t different = 0;
    struct lm_str page = lm_str_take(bytes, 4096);
    if (bytes.n < 4096 || bytes.n % 1024 != 0)
        return false;
    page = lm_str_skip(page, 32);
    for (size_t i = 0; i < page.n; i++) {
        unsigned char c = (unsigned char)page.p[i];
        different += !seen[c];
        seen[c] = true;
    }
    return different > 240; /* of noise all 256, but for one file in some millions */
}

lm_err lm_dbread_encrypted(struct lm_read *ctx, struct lm_sink *sink, const char *whose)
{
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = 0, .b = ctx->in->bytes.n };
    lm_err err = lm_sink_problem(sink, LM_PROBLEM_LOST, 0, at, "encrypted, not read: a database of %s (SQLCipher)", whose);
    return err == LM_OK ? lm_fail(ctx->error, LM_EINPUT, "encrypted, not read") : err;
}

lm_err lm_dbread_finish(struct lm_dbread *r, lm_err e)
{
    if (e == LM_OK && r->db != NULL && lm_evdb_state(r->db)->links_cut)
        e = lm_dbread_notice(r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "one row has more than %zu rows of another table that belong to it:"
                             " those beyond are not told with it", LM_EVDB_LINKS);
    lm_evdb_close(r->db);
    r->db = NULL;
    lm_buf_free(&r->raw);
    if (e == LM_OK && r->records == 0 && !r->lost)
        e = r->sink->empty(r->sink);
    if (e == LM_ENOMEM && r->ctx->error != NULL && r->ctx->error->code != LM_ENOMEM)
        (void)no_memory(r);
    return e;
}

static lm_err swallow_entry(struct lm_sink *sink, const struct lm_entry *e)
{
    (void)sink;
    (void)e;
    return LM_OK;
}

static lm_err swallow_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    (void)sink;
    (void)p;
    return LM_OK;
}

static lm_err swallow_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

lm_err lm_dbread_beside(struct lm_dbread *r, const char *name, lm_err (*read)(struct lm_dbread *other, void *user), void *user)
{
    struct lm_sink nobody = { swallow_entry, swallow_problem, swallow_empty };
    struct lm_evdb_files f = { 0 };
    struct lm_error ignored = { 0 };
    struct lm_dbread other = { .ctx = r->ctx, .sink = &nobody };
    char with_suffix[256];
    if (lm_input_sibling(r->ctx->in, lm_str(name), &f.main) != LM_OK)
        return LM_OK;
    int n = snprintf(with_suffix, sizeof with_suffix, "%s-wal", name);
    if (n > 0 && (size_t)n < sizeof with_suffix)
        (void)lm_input_sibling(r->ctx->in, lm_str(with_suffix), &f.wal);
    n = snprintf(with_suffix, sizeof with_suffix, "%s-journal", name);
    if (n > 0 && (size_t)n < sizeof with_suffix)
        (void)lm_input_sibling(r->ctx->in, lm_str(with_suffix), &f.journal);
    lm_err err = lm_evdb_open(r->ctx->file, &f, &other.db, &ignored);
    if (err != LM_OK)
        return err == LM_ENOMEM ? no_memory(r) : LM_OK;
    err = read(&other, user);
    lm_evdb_close(other.db);
    return err;
}

struct lm_locator lm_dbread_place(const struct lm_evdb_table *t, int64_t rowid)
{
    return (struct lm_locator){ .kind = LM_LOCATOR_TABLE, .name = lm_evdb_table_name(t), .a = (uint64_t)rowid };
}

lm_err lm_dbread_table(struct lm_dbread *r, const char *name, const char *const columns[], size_t n,
                       struct lm_evdb_table **ret)
{
    struct lm_error why = { 0 };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_evdb_table_open(r->db, name, columns, n, &t, &why);
    if (err == LM_ENOMEM)
        return no_memory(r);
    *ret = err == LM_OK ? t : NULL;
    if (err == LM_OK || err == LM_ENOTFOUND)
        return LM_OK;
    r->lost = true;
    return lm_dbread_notice(r, LM_PROBLEM_LOST, (struct lm_locator){ 0 }, "%s", why.message);
}

lm_err lm_dbread_expect(struct lm_dbread *r, const struct lm_evdb_table *t, const char *const columns[], const size_t expected[], size_t n)
{
    struct lm_buf names;
    lm_err err = LM_OK;
    lm_buf_init(&names, 512);
    for (size_t i = 0; t != NULL && i < n; i++)
        if (!lm_evdb_has_column(t, expected[i]))
            lm_buf_printf(&names, "%s%s", names.n != 0 ? ", " : "", columns[expected[i]]);
    if (names.n != 0)
        err = lm_dbread_notice(r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "table %.*s has no column %.*s: perhaps another version of the app",
                               LM_STR_ARG(lm_evdb_table_name(t)), LM_STR_ARG(lm_buf_str(&names)));
    lm_buf_free(&names);
    return err;
}

/* --- walking --- */

/* Rowids that are not there. */
struct gaps {
    int64_t next; /* the smallest that has not been seen */
    int64_t first;
    uint64_t missing, ranges, shown;
    char text[RANGE_TEXT];
    size_t n;
};

static void add_gap(struct gaps *g, int64_t from, int64_t to)
{
    char one[64];
    if (to < from)
        return;
    if (g->missing == 0)
        g->first = from;
    g->missing += (uint64_t)to - (uint64_t)from + 1;
    g->ranges++;
    int k = from == to ? snprintf(one, sizeof one, "%s%" PRId64, g->n != 0 ? ", " : "", from)
                       : snprintf(one, sizeof one, "%s%" PRId64 "\xe2\x80\x93%" PRId64, g->n != 0 ? ", " : "", from, to);
    if (g->shown + 1 == g->ranges && k > 0 && g->n + (size_t)k < sizeof g->text) {
        memcpy(g->text + g->n, one, (size_t)k + 1);
        g->n += (size_t)k;
        g->shown++;
    }
}

static void seen(struct gaps *g, int64_t first, int64_t last)
{
    if (last < 1)
        return; /* below 1 nothing is numbered by SQLite itself */
    if (first > g->next)
        add_gap(g, g->next, first - 1);
    g->next = last == INT64_MAX ? last : last + 1;
}

static lm_err tell_gaps(struct lm_dbread *r, const struct lm_evdb_table *t, struct gaps *g, int64_t highest)
{
    if (highest < 0)
        return LM_OK;
    if (highest >= g->next && g->next < INT64_MAX)
        add_gap(g, g->next, highest);
    if (g->missing == 0)
        return LM_OK;
    char more[48] = "";
    if (g->shown < g->ranges)
        (void)snprintf(more, sizeof more, " and %" PRIu64 " more ranges", g->ranges - g->shown);
    return lm_dbread_notice(r, LM_PROBLEM_DOUBTED, lm_dbread_place(t, g->first), "%s %s%s %s missing (%" PRIu64 " in all): %sdeleted, or "
                            "never written", g->missing == 1 ? "row" : "rows", g->text, more, g->missing == 1 ? "is" : "are",
                            g->missing, r->lost ? "lost with what is damaged, " : "");
}

static lm_err tell_lost(struct lm_dbread *r, const struct lm_evdb_table *t, int64_t first, int64_t last)
{
    struct lm_locator at = lm_dbread_place(t, first < 0 ? 0 : first);
    r->lost = true;
    if (last == INT64_MAX && first == INT64_MIN)
        return lm_dbread_notice(r, LM_PROBLEM_LOST, at, "the table is damaged: no row can be read");
    if (last == INT64_MAX)
        return lm_dbread_notice(r, LM_PROBLEM_LOST, at, "a damaged page: whatever rows had the numbers from %" PRId64 " on", first);
    if (first == INT64_MIN)
        return lm_dbread_notice(r, LM_PROBLEM_LOST, at, "a damaged page: whatever rows had the numbers up to %" PRId64, last);
    return lm_dbread_notice(r, LM_PROBLEM_LOST, at, "a damaged page: whatever rows had the numbers %" PRId64 " to %" PRId64, first, last);
}

static void begin_record(struct lm_dbread *r, const struct lm_evdb_table *t, int64_t rowid)
{
    lm_arena_reset(r->ctx->record);
    lm_buf_clear(&r->raw);
    r->at = lm_dbread_place(t, rowid);
    r->emitted = r->altered = r->raw_over = false;
    r->rejected = r->doubted = NULL;
}

static lm_err walk(struct lm_dbread *r, struct lm_evdb_table *t, bool records, int64_t highest, lm_dbread_row one, void *user)
{
    struct gaps g = { .next = 1 };
    enum lm_evdb_step s = LM_EVDB_ROW;
    int64_t first = 0, last = 0;
    lm_err err = LM_OK;
    if (t == NULL)
        return LM_OK;
    lm_evdb_rewind(t);
    for (;;) {
        err = lm_evdb_next(t, &s, &first, &last);
        if (err != LM_OK || s == LM_EVDB_END)
            break;
        seen(&g, first, last);
        begin_record(r, t, first);
        if (s == LM_EVDB_ROW)
            err = one(r, t, first, user);
        else if (s == LM_EVDB_LOST_RANGE || !records)
            err = tell_lost(r, t, first, last);
        else
            lm_dbread_reject(r, "the row is damaged: its values cannot be read");
        if (err == LM_OK && records && s != LM_EVDB_LOST_RANGE && !r->emitted)
            err = lm_dbread_emit(r, NULL, 0);
        if (err != LM_OK)
            return err;
    }
    if (err == LM_ENOMEM)
        return no_memory(r);
    return err == LM_OK && records ? tell_gaps(r, t, &g, highest) : err;
}

lm_err lm_dbread_records(struct lm_dbread *r, struct lm_evdb_table *t, int64_t highest, lm_dbread_row one, void *user)
{
    return walk(r, t, true, highest, one, user);
}

lm_err lm_dbread_rows(struct lm_dbread *r, struct lm_evdb_table *t, lm_dbread_row one, void *user)
{
    return walk(r, t, false, 0, one, user);
}

struct search {
    const char *name;
    int64_t value;
};

static lm_err on_sequence(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct search *s = user;
    (void)r;
    (void)rowid;
    if (lm_str_is_nocase(lm_evdb_bytes(t, 0), s->name))
        s->value = lm_dbread_int(t, 1);
    return LM_OK;
}

lm_err lm_dbread_highest(struct lm_dbread *r, const char *table, const char *entity, int64_t *ret)
{
    static const char *const sequence[] = { "name", "seq" }, *const core_data[] = { "Z_NAME", "Z_MAX" };
    struct search s = { entity != NULL ? entity : table, 0 };
    struct lm_evdb_table *t = NULL;
    lm_err err = entity != NULL ? lm_dbread_table(r, "Z_PRIMARYKEY", core_data, 2, &t)
                                : lm_dbread_table(r, "sqlite_sequence", sequence, 2, &t);
    if (err == LM_OK)
        err = lm_dbread_rows(r, t, on_sequence, &s);
    if (err == LM_OK)
        *ret = s.value;
    return err;
}

lm_err lm_dbread_table_records(struct lm_dbread *r, const char *name, const char *entity, const char *const columns[], size_t n, lm_dbread_row one,
                               void *user)
{
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    lm_err err = lm_dbread_table(r, name, columns, n, &t);
    if (err == LM_OK)
        err = lm_dbread_highest(r, name, entity, &highest);
    return err == LM_OK ? lm_dbread_records(r, t, highest, one, user) : err;
}

lm_err lm_dbread_table_rows(struct lm_dbread *r, const char *name, const char *const columns[], size_t n, lm_dbread_row one, void *user)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(r, name, columns, n, &t);
    return err == LM_OK ? lm_dbread_rows(r, t, one, user) : err;
}

static lm_err pass_row(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    (void)r;
    (void)t;
    (void)rowid;
    (void)user;
    return LM_OK;
}

lm_err lm_dbread_index(struct lm_dbread *r, struct lm_evdb_table *t, size_t key, size_t value, struct lm_evdb_index *ret)
{
    *ret = (struct lm_evdb_index){ 0 };
    lm_err err = t != NULL ? lm_evdb_index(r->ctx->file, t, key, value, ret) : LM_OK;
    if (err == LM_OK && ret->damaged)
        err = walk(r, t, false, 0, pass_row, NULL);
    return err == LM_ENOMEM ? no_memory(r) : err;
}

/* --- values --- */

lm_err lm_dbread_push(struct lm_dbread *r, void **items, size_t n, size_t *cap, size_t size)
{
    if (n >= LM_DBREAD_MAX_LIST) {
        lm_dbread_doubt(r, "a list of more than 4096 items is cut");
        return LM_ELIMIT;
    }
    void *grown = lm_arena_grow(r->ctx->record, *items, n, cap, size);
    if (grown == NULL)
        return no_memory(r);
    *items = grown;
    return LM_OK;
}

lm_err lm_dbread_text(struct lm_dbread *r, struct lm_arena *a, const struct lm_evdb_table *t, size_t column, struct lm_str *ret)
{
    struct lm_str s = lm_evdb_bytes(t, column), own = { NULL, 0 };
    if (s.n != 0) {
        bool clean = lm_utf8_is_text(s);
        r->altered = r->altered || !clean;
        own = clean ? lm_arena_copy(a, s) : lm_utf8_repaired(a, s, NULL);
        if (own.p == NULL)
            return no_memory(r);
    }
    *ret = own;
    return LM_OK;
}

int64_t lm_dbread_int(const struct lm_evdb_table *t, size_t column)
{
    int64_t v = 0;
    (void)lm_evdb_i64(t, column, &v);
    return v;
}

struct lm_when lm_dbread_when(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, enum lm_dbread_epoch epoch)
{
    struct lm_when w = { .quality = LM_TIME_NONE };
    int64_t whole = 0;
    double d = 0;
    bool integer = lm_evdb_i64(t, column, &whole);
    if ((!integer && !lm_evdb_double(t, column, &d)) || (integer && whole == 0))
        return w;
    d = integer ? (double)whole : d;
    bool nano = epoch == LM_EPOCH_COCOA && fabs(d) >= NANOSECONDS_FROM;
    double us = epoch == LM_EPOCH_UNIX_MS ? d * 1e3 : nano ? d / 1e3 : d * 1e6;
    if (epoch == LM_EPOCH_COCOA_S || epoch == LM_EPOCH_COCOA)
        us += (double)(COCOA_S * LM_SECOND_US);
    if (us <= 0 || us >= (double)LATEST_US) {
        lm_dbread_doubt(r, "a time before 1970 or after 2200 is left out");
        return w;
    }
    w.quality = LM_TIME_UTC;
    if (nano && integer) /* exactly: a double holds 53 bits */
        w.us = whole / 1000 + COCOA_S * LM_SECOND_US;
    else
        w.us = (int64_t)floor(us + 0.5);
    return w;
}

/* --- the record in hand --- */

void lm_dbread_reject(struct lm_dbread *r, const char *why)
{
    r->rejected = r->rejected != NULL ? r->rejected : why;
}

void lm_dbread_doubt(struct lm_dbread *r, const char *why)
{
    r->doubted = r->doubted != NULL ? r->doubted : why;
}

void lm_dbread_pass(struct lm_dbread *r)
{
    r->emitted = true;
}

static void put_value(struct lm_json_out *o, const struct lm_evdb_table *t, size_t column)
{
    static const char digits[] = "0123456789abcdef";
    enum lm_evdb_type type = lm_evdb_type(t, column);
    struct lm_str s = { NULL, 0 };
    int64_t i = 0;
    double d = 0;
    char hex[2 * MAX_RAW_BLOB];
    if (type == LM_EVDB_TEXT || type == LM_EVDB_BLOB)
        s = lm_evdb_bytes(t, column);
    switch (type) {
    case LM_EVDB_INTEGER:
        (void)lm_evdb_i64(t, column, &i);
        lm_json_i64(o, i);
        break;
    case LM_EVDB_REAL:
        if (lm_evdb_double(t, column, &d))
            lm_json_double(o, d);
        else
            lm_json_null(o);
        break;
    case LM_EVDB_TEXT:
        lm_json_str(o, s);
        break;
    case LM_EVDB_BLOB:
        for (size_t k = 0; k < s.n && k < MAX_RAW_BLOB; k++) {
            hex[2 * k] = digits[(unsigned char)s.p[k] >> 4];
            hex[2 * k + 1] = digits[s.p[k] & 15];
        }
        lm_json_object(o);
        lm_json_kv_u64(o, "bytes", s.n);
        lm_json_kv_str(o, s.n <= MAX_RAW_BLOB ? "hex" : "first_hex", (struct lm_str){ hex, 2 * (s.n < MAX_RAW_BLOB ? s.n : MAX_RAW_BLOB) });
        lm_json_object_end(o);
        break;
    case LM_EVDB_NULL:
        lm_json_null(o);
        break;
    }
}

/* Takes back what does not fit, so that the rest stays one JSON object. */
static bool open_raw(struct lm_dbread *r, struct lm_buf *ret_before, struct lm_json_out *ret_out)
{
    if (r->raw_over)
        return false;
    if (r->raw.n == 0) {
        lm_json_out_init(&r->raw_out, &r->raw);
        lm_json_object(&r->raw_out);
    }
    *ret_before = r->raw;
    *ret_out = r->raw_out;
    return true;
}

static void close_raw(struct lm_dbread *r, const struct lm_buf *before, const struct lm_json_out *out)
{
    if (!r->raw.failed && r->raw.n + 1 < LM_DBREAD_MAX_RAW)
        return;
    r->raw.n = before->n;
    r->raw.failed = false;
    r->raw_out = *out;
    r->raw_over = true;
    lm_dbread_doubt(r, "columns that are not understood are too large to be kept");
}

static bool says_nothing(const struct lm_evdb_table *t, size_t column)
{
    enum lm_evdb_type type = lm_evdb_type(t, column);
    double d;
    if (type == LM_EVDB_INTEGER || type == LM_EVDB_REAL)
        return lm_evdb_double(t, column, &d) && d == 0;
    return lm_evdb_bytes(t, column).n == 0;
}

void lm_dbread_raw_column(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, const char *key)
{
    struct lm_buf before;
    struct lm_json_out out;
    if (says_nothing(t, column) || !open_raw(r, &before, &out))
        return;
    lm_json_key(&r->raw_out, key);
    put_value(&r->raw_out, t, column);
    close_raw(r, &before, &out);
}

void lm_dbread_raw_text(struct lm_dbread *r, const char *key, struct lm_str text)
{
    struct lm_buf before;
    struct lm_json_out out;
    if (text.n == 0 || !open_raw(r, &before, &out))
        return;
    lm_json_kv_str(&r->raw_out, key, text);
    close_raw(r, &before, &out);
}

void lm_dbread_raw_value(struct lm_dbread *r, const char *key, struct lm_str json)
{
    struct lm_buf before;
    struct lm_json_out out;
    if (json.n == 0 || !open_raw(r, &before, &out))
        return;
    lm_json_key(&r->raw_out, key);
    lm_json_value(&r->raw_out, json);
    close_raw(r, &before, &out);
}

void lm_dbread_raw_tree(struct lm_dbread *r, const char *key, const struct lm_jnode *object)
{
    struct lm_buf before;
    struct lm_json_out out;
    bool any = false;
    for (const struct lm_jnode *n = object != NULL ? object->first : NULL; n != NULL; n = n->next)
        any |= !n->taken;
    if (!any || !open_raw(r, &before, &out))
        return;
    if (key != NULL) {
        lm_json_key(&r->raw_out, key);
        lm_json_object(&r->raw_out);
    }
    lm_jtree_rest(&r->raw_out, object);
    if (key != NULL)
        lm_json_object_end(&r->raw_out);
    close_raw(r, &before, &out);
}

void lm_dbread_raw_as(struct lm_dbread *r, const struct lm_evdb_table *t, const char *prefix)
{
    size_t unknown = lm_evdb_unknown_columns(t), first = lm_evdb_unknown_first(t);
    char key[256];
    int before = snprintf(key, sizeof key - 64, "%s%s", prefix, prefix[0] != '\0' ? "." : "");
    size_t n = before > 0 ? strlen(key) : 0;
    for (size_t c = first; c < first + unknown; c++) {
        if (says_nothing(t, c))
            continue;
        struct lm_str name = lm_str_take(lm_evdb_column_name(t, c), sizeof key - 1 - n);
        memcpy(key + n, name.p, name.n); /* a column has one */
        key[n + name.n] = '\0';
        key[lm_utf8_valid_prefix(lm_str(key))] = '\0';
        lm_dbread_raw_column(r, t, c, key);
    }
}

void lm_dbread_raw(struct lm_dbread *r, const struct lm_evdb_table *t, bool prefixed)
{
    char name[128];
    (void)snprintf(name, sizeof name, "%.*s", prefixed ? (int)lm_evdb_table_name(t).n : 0, lm_evdb_table_name(t).p);
    lm_dbread_raw_as(r, t, name);
}

struct lm_str lm_dbread_raw_done(struct lm_dbread *r)
{
    if (r->raw.n == 0)
        return (struct lm_str){ NULL, 0 };
    lm_json_object_end(&r->raw_out);
    return lm_buf_str(&r->raw);
}

lm_err lm_dbread_emit(struct lm_dbread *r, const struct lm_fact *facts, size_t n)
{
    lm_err err = LM_OK;
    if (n == 0)
        lm_dbread_reject(r, "the row says nothing that has a meaning here");
    r->emitted = true;
    r->records++;
    if (r->rejected != NULL)
        return lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, 1, r->at, "%s", r->rejected);
    if (r->altered)
        err = lm_dbread_notice(r, LM_PROBLEM_ALTERED, r->at, "bytes that are not text in UTF-8 became U+FFFD");
    if (err == LM_OK && r->doubted != NULL)
        err = lm_dbread_notice(r, LM_PROBLEM_DOUBTED, r->at, "%s", r->doubted);
    struct lm_entry entry = { .records = &r->at, .n_records = 1, .facts = facts, .n_facts = n };
    return err == LM_OK ? r->sink->entry(r->sink, &entry) : err;
}
