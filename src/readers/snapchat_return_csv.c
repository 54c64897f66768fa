/* snapchat_return_csv.c - the tables that Snapchat returns to legal process.
 *
 * A file is a banner, then sections: a legend (one quoted cell of many lines, or bare lines) between a line of ----- and a line of
 * =====, then a header and its rows. Lines of ----- may be missing; a file without a record says so in its banner.
 */
#include "readers/snapchat_return_csv.h"

#include "base/utf8.h"

#define LOOKAHEAD ((size_t)64 << 10)
#define RULE 15 /* characters in a line of ----- or ===== */

static struct lm_str stem_of(struct lm_str path)
{
    size_t from = path.n;
    while (from > 0 && path.p[from - 1] != '/')
        from--;
    struct lm_str s = lm_str_skip(path, from);
    size_t n = 0;
    while (n < s.n && s.p[n] != '.')
        n++;
    return lm_str_take(s, n);
}

static bool is_rule(struct lm_str cell, char c)
{
    struct lm_str s = lm_str_trim(cell);
    size_t n = 0;
    while (n < s.n && s.p[n] == c)
        n++;
    return n == s.n && n >= RULE;
}

/* One line of a table is a rule of c: its first cell is, and nothing else is in it. */
static bool rule_row(const struct lm_csv_row *row, char c)
{
    if (!is_rule(row->cells[0], c))
        return false;
    for (size_t i = 1; i < row->n; i++)
        if (lm_str_trim(row->cells[i]).n != 0)
            return false;
    return true;
}

/* Target username "X" is associated with User ID "Y" */
static bool banner(struct lm_str s, struct lm_str *ret_name, struct lm_str *ret_id)
{
    static const char *const marks[2] = { "Target username \"", "User ID \"" };
    struct lm_str found[2];
    for (size_t k = 0; k < 2; k++) {
        size_t at = lm_str_find(s, lm_str(marks[k]));
        if (at == SIZE_MAX)
            return false;
        s = lm_str_skip(s, at + strlen(marks[k]));
        const char *end = s.n != 0 ? memchr(s.p, '"', s.n) : NULL;
        if (end == NULL)
            return false;
        found[k] = lm_str_trim(lm_str_take(s, (size_t)(end - s.p)));
    }
    *ret_name = found[0];
    *ret_id = found[1];
    return found[0].n != 0 || found[1].n != 0;
}

static bool says_nothing_found(struct lm_str s)
{
    return lm_str_find(s, LM_STR("NO RESPONSIVE DATA FOUND")) != SIZE_MAX || lm_str_find(s, LM_STR("No responsive data found")) != SIZE_MAX;
}

/* --- bid --- */

static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_csv csv;
    struct lm_csv_row row;
    struct lm_str name, id;
    bool done = false, after_rule = false, target = false, nothing = false;
    int known = 0;
    (void)in;
    if (head.n == 0 || memchr(head.p, '\0', head.n) != NULL || lm_str_starts(head, LM_STR("PK\3\4")))
        return 0;
    if (lm_str_find(head, LM_STR("===============")) == SIZE_MAX && lm_str_find(head, LM_STR("Target username")) == SIZE_MAX)
        return 0;
    lm_csv_init(&csv, head, ',');
    while (known == 0 && lm_csv_next(&csv, &row, &done) == LM_OK && !done) {
        if (after_rule && (row.n > 1 || lm_str_trim(row.cells[0]).n != 0)) {
            known = snap_known_columns(row.cells, row.n);
            after_rule = false;
        }
        after_rule = after_rule || rule_row(&row, '=');
        target = target || banner(row.cells[0], &name, &id);
        nothing = nothing || says_nothing_found(row.cells[0]);
    }
    lm_csv_free(&csv);
    bool list = known == 0 && lm_str_starts(stem_of(in->path), LM_STR("friend")) && lm_str_find(head, LM_STR("===============")) != SIZE_MAX;
    if (target)
        return known > 0 || nothing || list ? 64 + 8 * (known < 16 ? known : 16) : 40;
    if (list)
        return 24;
    return known >= 2 ? 32 + 8 * (known < 16 ? known : 16) : 0;
}

/* --- the walk --- */

enum state { LEGEND, HEADER, ROWS, MEMBER_ROWS };

/* Cells trimmed and made text. False without memory. */
static bool take_cells(struct snap *s, const struct lm_csv_row *row)
{
    struct lm_str *cells = lm_arena_array(s->a, row->n, sizeof *cells);
    bool text = lm_utf8_is_text((struct lm_str){ s->table.csv.in.p + row->at, (size_t)(row->end - row->at) });
    s->altered = false;
    if (cells == NULL)
        return false;
    for (size_t i = 0; i < row->n; i++) {
        struct lm_str c = lm_str_trim(row->cells[i]);
        const char *in = s->table.csv.in.p;
        if (!text && !lm_utf8_is_text(c)) {
            c = lm_utf8_repaired(s->a, c, NULL);
            s->altered = true;
        } else if (c.n != 0 && (c.p < in || c.p > in + s->table.csv.in.n)) {
            c = lm_arena_copy(s->a, c); /* of the codec's buffer: a message may wait for its further rows */
        }
        if (c.p == NULL && c.n != 0)
            return false;
        cells[i] = c;
    }
    s->cells = cells;
    s->n_cells = row->n;
    return true;
}

/* Does the next line that is not empty hold a rule of =====, so that the row before it is a legend? */
static bool rule_follows(const struct lm_csv *csv)
{
    struct lm_str s = lm_str_skip(csv->in, csv->pos);
    while (s.n != 0 && (s.p[0] == '\n' || s.p[0] == '\r' || s.p[0] == ' '))
        s = lm_str_skip(s, 1);
    if (s.n != 0 && s.p[0] == '"')
        s = lm_str_skip(s, 1);
    return lm_str_starts(s, LM_STR("==============="));
}

static lm_err tell_refused(struct snap *s, const struct snap_section *x)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->refused[i] && !s->told_refused) {
            s->told_refused = true;
            return lm_sink_problem(s->sink, LM_PROBLEM_DOUBTED, 0, s->at,
                                   "column %zu is of a kind that no file may bring; it is not read", i + 1);
        }
    return LM_OK;
}

/* Calls have a header each: the same bytes mean the same. */
static lm_err header(struct snap *s, struct snap_section *x, bool members, const struct lm_csv_row *row)
{
    struct lm_str bytes = { s->table.csv.in.p + row->at, (size_t)(row->end - row->at) };
    lm_err e = members ? LM_OK : snap_flush(s);
    s->sections++;
    if (e != LM_OK)
        return e;
    if (x->header.n != 0 && lm_str_eq(x->header, bytes))
        return LM_OK;
    e = snap_section_read(s->ctx->file, s->stem, members, s->cells, s->n_cells, x);
    x->header = bytes;
    return e != LM_OK ? lm_fail(s->ctx->error, e, "out of memory") : tell_refused(s, x);
}

static bool blank_cells(const struct snap *s)
{
    for (size_t i = 0; i < s->n_cells; i++)
        if (s->cells[i].n != 0)
            return false;
    return true;
}

static lm_err data_row(struct snap *s, enum state *state, const struct snap_section *x)
{
    if (blank_cells(s))
        return LM_OK;
    if (s->n_cells == 1 && (x->n > 1 || rule_follows(&s->table.csv))) {
        if (says_nothing_found(s->cells[0]))
            return LM_OK;
        if (rule_follows(&s->table.csv)) {
            *state = LEGEND;
            return LM_OK;
        }
        return snap_doubt(s, SNAP_D_NOTES);
    }
    lm_err e = s->n_cells != x->n ? snap_doubt(s, SNAP_D_CELLS) : LM_OK;
    if (e == LM_OK && s->altered)
        e = lm_sink_problem(s->sink, LM_PROBLEM_ALTERED, 0, s->at, "bytes that are not UTF-8 became U+FFFD");
    s->records++;
    return e != LM_OK ? e : snap_row(s, x);
}

static lm_err good_row(struct snap *s, enum state *state, const struct lm_csv_row *row)
{
    struct lm_str name, id;
    if (!take_cells(s, row))
        return lm_fail(s->ctx->error, LM_ENOMEM, "out of memory");
    if (rule_row(row, '=')) {
        *state = HEADER;
        return LM_OK;
    }
    if (rule_row(row, '-')) {
        *state = LEGEND;
        return LM_OK;
    }
    switch (*state) {
    case LEGEND:
        if (row->n >= 2 && s->section.kind == SNAP_CALL && s->section.n != 0 && snap_is_member_header(s->cells, s->n_cells)) {
            *state = MEMBER_ROWS;
            return header(s, &s->member, true, row);
        }
        if (!banner(s->cells[0], &name, &id) || lm_str_eq(name.n != 0 ? name : id, s->owner.native))
            return LM_OK;
        lm_err e = snap_flush(s); /* another target in the same file */
        s->owner = lm_snapchat_account(name, id);
        s->owner.native = lm_arena_copy(s->ctx->file, s->owner.native);
        return e == LM_OK && s->owner.native.p == NULL ? lm_fail(s->ctx->error, LM_ENOMEM, "out of memory") : e;
    case HEADER:
        if (blank_cells(s))
            return LM_OK;
        *state = ROWS;
        return header(s, &s->section, false, row);
    case ROWS:
        return data_row(s, state, &s->section);
    case MEMBER_ROWS:
        return data_row(s, state, &s->member);
    }
    return LM_OK;
}

static lm_err bad_row(struct snap *s, enum state state, const struct lm_table_row *row)
{
    if (state == ROWS || state == MEMBER_ROWS) {
        s->records++;
        return lm_sink_problem(s->sink, LM_PROBLEM_REJECTED, 1, row->at, "%s", row->reason);
    }
    return lm_sink_problem(s->sink, LM_PROBLEM_DOUBTED, 0, row->at, "%s", row->reason);
}

static lm_err walk(struct snap *s)
{
    enum state state = LEGEND;
    lm_err e = LM_OK;
    while (e == LM_OK) {
        struct lm_table_row row;
        bool done = false;
        if (s->n_pending == 0)
            lm_arena_reset(s->a);
        e = lm_table_next(&s->table, 0, &row, &done);
        if (e != LM_OK)
            return lm_fail(s->ctx->error, e, "out of memory");
        if (done)
            return snap_flush(s);
        s->at = row.at;
        s->end = row.row.end;
        if (row.bad) {
            e = bad_row(s, state, &row);
            continue;
        }
        if (row.reason[0] != '\0' && (state == ROWS || state == MEMBER_ROWS))
            e = snap_doubt(s, SNAP_D_QUOTES);
        if (e == LM_OK)
            e = good_row(s, &state, &row.row);
    }
    return e;
}

/* --- the owner, from the neighbour that names him --- */

static lm_err owner_beside(struct snap *s)
{
    struct lm_str bytes, name, id;
    struct lm_csv csv;
    struct lm_csv_row row;
    bool done = false;
    if (lm_input_sibling(s->ctx->in, LM_STR("subscriber_info.csv"), &bytes) != LM_OK)
        return LM_OK;
    lm_csv_init(&csv, lm_str_take(bytes, LOOKAHEAD), ',');
    lm_err e = LM_OK;
    for (int i = 0; i < 64 && e == LM_OK && s->owner.native.n == 0 && lm_csv_next(&csv, &row, &done) == LM_OK && !done; i++) {
        if (banner(row.cells[0], &name, &id) && lm_utf8_is_text(name) && lm_utf8_is_text(id)) {
            struct lm_account_ref a = lm_snapchat_account(name, id);
            a.native = lm_arena_copy(s->ctx->file, a.native);
            e = a.native.p == NULL ? LM_ENOMEM : LM_OK;
            s->owner = a;
        }
    }
    lm_csv_free(&csv);
    return e;
}

/* A banner may stand anywhere above the first rows: it is looked for before they are read. */
static lm_err find_owner(struct snap *s)
{
    struct lm_csv csv;
    struct lm_csv_row row;
    struct lm_str name, id;
    bool done = false;
    s->owner = (struct lm_account_ref){ .platform = LM_PLATFORM_SNAPCHAT, .form = LM_ACCOUNT_OWNER };
    lm_csv_init(&csv, lm_str_take(s->ctx->in->bytes, LOOKAHEAD), ',');
    bool found = false;
    while (!found && lm_csv_next(&csv, &row, &done) == LM_OK && !done && !rule_row(&row, '='))
        found = banner(row.cells[0], &name, &id) && lm_utf8_is_text(name) && lm_utf8_is_text(id);
    if (found) {
        s->owner = lm_snapchat_account(name, id);
        s->owner.native = lm_arena_copy(s->ctx->file, s->owner.native);
    }
    lm_csv_free(&csv);
    if (found)
        return s->owner.native.p == NULL ? LM_ENOMEM : LM_OK;
    return owner_beside(s);
}

static lm_err tell_doubts(struct snap *s)
{
    lm_err e = LM_OK;
    for (size_t i = 0; e == LM_OK && i < SNAP_N_DOUBTS; i++)
        if (s->doubts[i] > SNAP_SAID)
            e = lm_sink_problem(s->sink, LM_PROBLEM_DOUBTED, 0, s->doubt_at[i], "the same of %llu further rows, the first of them here",
                                (unsigned long long)(s->doubts[i] - SNAP_SAID));
    return e;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct snap *s = lm_arena_alloc(ctx->file, sizeof *s);
    if (s == NULL || (s->pending = lm_arena_array(ctx->file, SNAP_MAX_PENDING, sizeof *s->pending)) == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "out of memory");
    s->ctx = ctx;
    s->sink = sink;
    s->stem = stem_of(ctx->in->path);
    s->a = ctx->record;
    lm_buf_init(&s->raw, SNAP_MAX_RAW + 256);
    lm_arena_init(&s->spare, 0);
    lm_err e = find_owner(s);
    if (e != LM_OK)
        return lm_fail(ctx->error, e, "out of memory");
    lm_table_init(&s->table, ctx->in->bytes);
    s->table.csv.separator = ',';
    e = walk(s);
    lm_table_free(&s->table);
    lm_buf_free(&s->raw);
    lm_arena_free(&s->spare);
    if (e == LM_OK)
        e = tell_doubts(s);
    if (e != LM_OK || s->records != 0)
        return e;
    if (s->sections != 0 || says_nothing_found(lm_str_take(ctx->in->bytes, LOOKAHEAD)))
        return sink->empty(sink);
    return lm_fail(ctx->error, LM_EINPUT, "no table: no line of ===== with a header behind it");
}

const struct lm_reader lm_reader_snapchat_return_csv = {
    .name = "snapchat_return_csv",
    .title = "Snapchat return to legal process, CSV",
    .reference = "column names as RLEAPP reads them (scripts/artifacts/snap*.py, 2024-06 to 2026-07), checked 2026-11; no document of Snap's",
    .tested_on = "our own files only",
    .lookahead = LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
