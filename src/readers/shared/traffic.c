#include "readers/shared/traffic.h"

#include <stdio.h>

#include "readers/shared/traffic_parts.h"

#define BID_ROWS 200
#define BID_BYTES ((size_t)256 << 10)
#define HEADER_CELLS ((size_t)4 << 20) /* compared with headers in one file */
#define REJECTED_SAID 1000
#define SCRATCH_CEILING ((size_t)128 << 20)

/* --- headers --- */

static const struct lm_layout *best_layout(const struct lm_layout *l, size_t n, const struct lm_rows_row *row, bool own,
                                           size_t *ret_known)
{
    const struct lm_layout *best = NULL;
    *ret_known = 0;
    for (size_t i = 0; i < n; i++) {
        size_t known = lm_layout_fits(&l[i], row->cells, row->n, own);
        if (known > *ret_known) {
            *ret_known = known;
            best = &l[i];
        }
    }
    return best;
}

lm_err traffic_header(struct traffic *t, const struct lm_rows_row *row, bool *ret_is)
{
    size_t known;
    *ret_is = false;
    if (row->n < 2 || row->n > t->header_budget)
        return LM_OK;
    t->header_budget -= row->n;
    const struct lm_layout *l = best_layout(t->layouts, t->n_layouts, row, t->own, &known);
    if (l == NULL)
        return LM_OK;
    lm_err err = lm_layout_bind(t->ctx->file, l, row->cells, row->n, &t->bound);
    if (err != LM_OK)
        return err;
    t->is_bound = *ret_is = true;
    t->n_sections++;
    return LM_OK;
}

static size_t best_in_head(struct lm_arena *a, const struct lm_layout *l, size_t n, bool own, struct lm_str head)
{
    struct lm_rows rows;
    size_t best = 0;
    bool done = false;
    if (!lm_str_starts(head, LM_STR("PK"))) /* of a workbook the directory at the end is needed */
        head = lm_str_take(head, BID_BYTES);
    if (lm_rows_open(&rows, a, head, NULL) != LM_OK)
        return 0;
    for (int i = 0; i < BID_ROWS && best == 0 && !done; i++) {
        struct lm_rows_row row;
        if (lm_rows_next(&rows, a, &row, &done, NULL) != LM_OK)
            break;
        if (!done && !row.bad)
            (void)best_layout(l, n, &row, own, &best);
    }
    lm_rows_close(&rows);
    if (best != 0 || lm_rows_open(&rows, a, head, NULL) != LM_OK)
        return best;
    best = traffic_list_fits(a, l, n, own, &rows);
    lm_rows_close(&rows);
    return best;
}

static int bits_of(size_t known)
{
    return known > 0 ? 16 + 8 * (int)(known < 32 ? known : 32) : 0;
}

int lm_traffic_bid(struct lm_str head, struct lm_str prefix)
{
    struct lm_arena a;
    struct lm_layout *l;
    size_t n = 0, best = 0;
    if (!lm_rows_possible(head))
        return 0;
    lm_arena_init(&a, SCRATCH_CEILING);
    if (lm_layouts_embedded(&a, prefix, &l, &n) == LM_OK)
        best = best_in_head(&a, l, n, false, head);
    lm_arena_free(&a);
    return bits_of(best);
}

int lm_traffic_bid_map(struct lm_str head, struct lm_str map)
{
    struct lm_arena a;
    struct lm_layout l;
    size_t best = 0;
    if (!lm_rows_possible(head))
        return 0;
    lm_arena_init(&a, SCRATCH_CEILING);
    if (lm_layout_parse(&a, LM_STR("--map"), map, &l, NULL) == LM_OK)
        best = best_in_head(&a, &l, 1, true, head);
    lm_arena_free(&a);
    return bits_of(best);
}

/* --- the walk --- */

static lm_err reject(struct traffic *t, const struct lm_locator *at, const char *why)
{
    t->rejected++;
    if (t->rejected <= REJECTED_SAID)
        return lm_sink_problem(t->sink, LM_PROBLEM_REJECTED, 1, *at, "%s", why);
    if (t->rejected_over++ == 0)
        t->rejected_at = *at;
    return LM_OK;
}

lm_err traffic_told_of_section(struct traffic *t, const struct lm_rows_row *row)
{
    const struct lm_binding *b = &t->bound;
    lm_err err = LM_OK;
    for (size_t i = 0; i < b->n_columns && err == LM_OK; i++)
        if (lm_table_protected(row->cells[i]))
            err = lm_sink_problem(t->sink, LM_PROBLEM_ALTERED, 0, row->at,
                                  "column %zu is of a kind that is not kept (race, religion, politics, citizenship, birthplace and "
                                  "the like); its cells are left out", i + 1);
    if (err == LM_OK && b->unknown != 0) {
        char list[120];
        size_t n = 0, k = 0;
        for (size_t i = 0; i < b->n_columns && n < sizeof list - 24; i++)
            if (b->in_map[i] == 0 && b->means[i] == LM_MEANS_CONTENT && row->cells[i].n != 0)
                n += (size_t)snprintf(list + n, sizeof list - n, "%s%zu", k++ != 0 ? ", " : "", i + 1);
        err = lm_sink_problem(t->sink, LM_PROBLEM_DOUBTED, 0, row->at,
                              "%zu columns of the header are not in the map (%s%s): kept beside each record, as content",
                              b->unknown, list, k < b->unknown ? " …" : "");
    }
    if (err == LM_OK && b->layout->note.n != 0 && t->n_sections == 1)
        err = lm_sink_problem(t->sink, LM_PROBLEM_DOUBTED, 0, row->at, "%.*s", LM_STR_ARG(b->layout->note));
    if (err == LM_OK && traffic_section(t)->says_utc && b->layout->zone.state == LM_CELL_ZONE_NONE
        && b->header_zone.state == LM_CELL_ZONE_NONE)
        err = lm_sink_problem(t->sink, LM_PROBLEM_DOUBTED, 0, row->at,
                              "times are taken as UTC, because a line above the header says so");
    return err;
}

static bool is_repeated(const struct traffic *t, const struct lm_rows_row *row)
{
    const struct lm_binding *b = &t->bound;
    size_t same = 0;
    for (size_t i = 0; i < row->n && i < b->n_columns; i++)
        same += row->cells[i].n != 0 && lm_str_eq(row->cells[i], b->names[i]);
    return same > 1 && same + 1 >= b->matched;
}

/* No moment and no number in it. */
bool traffic_header_first(const struct traffic *t, const struct lm_rows_row *row)
{
    size_t digits = 0;
    if (!t->is_bound || !t->bound.layout->of_accounts)
        return false;
    for (size_t i = 0; i < row->n; i++)
        for (size_t k = 0; k < row->cells[i].n && digits < 4; k++)
            digits += row->cells[i].p[k] >= '0' && row->cells[i].p[k] <= '9';
    return digits < 4;
}

static lm_err take_row(struct traffic *t, const struct lm_rows_row *row)
{
    struct traffic_row r;
    enum traffic_what what = TRAFFIC_NOTE;
    const char *why = NULL;
    bool header = false;
    bool of_accounts = t->is_bound && t->bound.layout->of_accounts;
    lm_err err = LM_OK;
    if (traffic_header_first(t, row))
        err = traffic_header(t, row, &header);
    if (err != LM_OK || header)
        return err != LM_OK ? err : traffic_told_of_section(t, row);
    if (t->is_bound) {
        err = of_accounts ? traffic_account_row(t, row, NULL, &what, &why) : traffic_read_row(t, row, &r, &what, &why);
        if (err != LM_OK || what == TRAFFIC_RECORD) {
            t->records++;
            return err != LM_OK || of_accounts ? err : traffic_take(t, &r);
        }
    }
    bool repeated = err == LM_OK && t->is_bound && is_repeated(t, row);
    if (err == LM_OK)
        err = traffic_header(t, row, &header);
    if (err != LM_OK || repeated)
        return err;
    if (header)
        return traffic_told_of_section(t, row);
    if (!t->is_bound) {
        if (t->unread++ == 0)
            t->unread_at = row->at;
        return LM_OK;
    }
    return what == TRAFFIC_NOTE ? traffic_doubt(t, DOUBT_NOTES, &row->at) : reject(t, &row->at, why);
}

/* A sheet has headers of its own. One without any, beside others that have one, is not passed over in silence. */
static lm_err end_sheet(struct traffic *t, uint32_t next)
{
    uint64_t unread = t->is_bound ? 0 : t->unread;
    t->sheet = next;
    t->unread = 0;
    t->is_bound = false;
    if (unread == 0 || t->unread_at.kind != LM_LOCATOR_SHEET)
        return LM_OK;
    return lm_sink_problem(t->sink, LM_PROBLEM_DOUBTED, 0, t->unread_at,
                           "no row of this sheet holds the names of the columns: its %llu rows are not read",
                           (unsigned long long)unread);
}

static lm_err walk(struct traffic *t)
{
    bool done = false;
    for (;;) {
        struct lm_rows_row row;
        lm_arena_reset(&t->scratch);
        lm_err err = lm_rows_next(&t->rows, &t->scratch, &row, &done, t->ctx->error);
        if (err == LM_OK && (done || row.sheet != t->sheet))
            err = end_sheet(t, done ? 0 : row.sheet);
        if (err != LM_OK || done)
            return err;
        if (!row.bad)
            err = take_row(t, &row);
        else if (t->is_bound)
            err = reject(t, &row.at, row.reason);
        if (err != LM_OK)
            return err;
    }
}

static lm_err finish(struct traffic *t, lm_err walked)
{
    lm_err err = walked;
    if (walked == LM_OK || walked == LM_EINPUT || walked == LM_ELIMIT)
        err = traffic_flush(t);
    if (walked == LM_OK && err == LM_OK && t->n_sections == 0)
        err = traffic_list(t);
    if (err == LM_OK)
        err = traffic_tell_doubts(t);
    if (err == LM_OK && t->rejected_over != 0)
        err = lm_sink_problem(t->sink, LM_PROBLEM_REJECTED, t->rejected_over, t->rejected_at,
                              "%llu more rows could not be read, the first here", (unsigned long long)t->rejected_over);
    if (err != LM_OK || walked != LM_OK)
        return err != LM_OK ? err : walked;
    if (t->n_sections == 0) {
        (void)lm_fail(t->ctx->error, LM_EINPUT, t->own ? "no row holds the names of the map's columns"
                                                       : "no row holds the names of the columns of a known layout");
        lm_fail_hint(t->ctx->error, "lastmile import --map-template FILE makes a map to start from; --map says what the columns mean");
        return LM_EINPUT;
    }
    return t->records == 0 && t->rejected == 0 ? t->sink->empty(t->sink) : LM_OK;
}

static lm_err read_twice(struct traffic *t)
{
    struct lm_str bytes = t->ctx->in->bytes;
    lm_err err = lm_rows_open(&t->rows, t->ctx->file, bytes, t->ctx->error);
    if (err != LM_OK)
        return err;
    t->header_budget = HEADER_CELLS;
    err = traffic_survey(t);
    lm_rows_close(&t->rows);
    if (err != LM_OK)
        return err;
    err = lm_rows_open(&t->rows, t->ctx->file, bytes, t->ctx->error);
    if (err != LM_OK)
        return err;
    t->header_budget = HEADER_CELLS;
    t->sheet = 0;
    err = finish(t, walk(t));
    lm_rows_close(&t->rows);
    return err;
}

lm_err lm_traffic_read(struct lm_read *ctx, struct lm_sink *sink, const struct lm_layout *layouts, size_t n_layouts, bool own)
{
    struct traffic *t = lm_arena_alloc(ctx->file, sizeof *t);
    if (t == NULL)
        return LM_ENOMEM;
    *t = (struct traffic){ .ctx = ctx, .sink = sink, .layouts = layouts, .n_layouts = n_layouts, .own = own };
    t->pending = lm_arena_array(ctx->file, TRAFFIC_PENDING, sizeof *t->pending);
    if (t->pending == NULL)
        return LM_ENOMEM;
    lm_arena_init(&t->scratch, SCRATCH_CEILING);
    lm_buf_init(&t->raw, TRAFFIC_RAW_CEILING);
    lm_buf_init(&t->joined, 4 * TRAFFIC_RAW_CEILING);
    lm_map_init(&t->devices, ctx->file);
    lm_err err = read_twice(t);
    lm_buf_free(&t->raw);
    lm_buf_free(&t->joined);
    lm_arena_free(&t->scratch);
    return err;
}
