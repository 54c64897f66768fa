/* What a provider says of one account, line by line: see traffic_parts.h.
 *
 *     Account created,2024-05-01 10:00 UTC
 *     Last seen,2025-03-01 12:00 UTC
 *
 * The lines become one row whose header they are; a name that comes again begins the next row, about the same
 * account unless it says another. Each line is a record with its own place. */
#include "readers/shared/traffic_parts.h"

#define MAX_LINES 4096
#define LOOK_LINES 200

struct line {
    struct lm_str name, value;
    struct lm_locator at;
    uint32_t sheet;
    bool altered;
};

struct lines {
    struct line *items;
    size_t n, cap;
    uint64_t over, bare; /* beyond the ceiling; without a value */
    struct lm_locator over_at, bare_at;
};

/* The first cell with something in it, and what stands behind it. */
static lm_err take(struct lm_arena *a, struct lines *l, const struct lm_rows_row *row, size_t limit)
{
    struct line x = { .at = row->at, .sheet = row->sheet, .altered = row->altered };
    size_t i = 0;
    while (i < row->n && row->cells[i].n == 0)
        i++;
    x.name = i < row->n ? row->cells[i] : x.name;
    for (i++; i < row->n; i++)
        if (row->cells[i].n != 0)
            x.value = x.value.n == 0
                          ? row->cells[i]
                          : lm_arena_printf(a, "%.*s; %.*s", LM_STR_ARG(x.value), LM_STR_ARG(row->cells[i]));
    if (x.name.n != 0 && x.value.n == 0) {
        l->bare_at = l->bare++ == 0 ? x.at : l->bare_at;
        return LM_OK;
    }
    if (l->n == limit) {
        l->over_at = l->over++ == 0 ? x.at : l->over_at;
        return LM_OK;
    }
    struct line *grown = lm_arena_grow(a, l->items, l->n, &l->cap, sizeof x);
    if (grown == NULL)
        return LM_ENOMEM;
    l->items = grown;
    x.name = lm_arena_copy(a, x.name);
    x.value = lm_arena_copy(a, x.value);
    x.at.name = x.at.name.n != 0 ? lm_arena_copy(a, x.at.name) : x.at.name;
    l->items[l->n++] = x;
    return x.name.p != NULL && x.value.p != NULL && (x.at.name.n == 0 || x.at.name.p != NULL) ? LM_OK
                                                                                              : LM_ENOMEM;
}

static lm_err collect(struct lm_arena *a, struct lm_rows *rows, size_t limit, bool whole, struct lines *l,
                      struct lm_error *e)
{
    struct lm_arena row_arena;
    bool done = false;
    lm_err err = LM_OK;
    lm_arena_init(&row_arena, (size_t)128 << 20);
    while (err == LM_OK && (whole || l->n < limit)) {
        struct lm_rows_row row;
        lm_arena_reset(&row_arena);
        err = lm_rows_next(rows, &row_arena, &row, &done, e);
        if (err != LM_OK || done)
            break;
        if (!row.bad)
            err = take(a, l, &row, limit);
    }
    lm_arena_free(&row_arena);
    return err;
}

static const struct lm_layout *best_layout(struct lm_arena *a, const struct lm_layout *l, size_t n, bool own,
                                           const struct lines *x, size_t *ret_known)
{
    struct lm_str *names = lm_arena_array(a, x->n + 1, sizeof *names);
    const struct lm_layout *best = NULL;
    *ret_known = 0;
    for (size_t i = 0; names != NULL && i < x->n; i++)
        names[i] = x->items[i].name;
    for (size_t i = 0; names != NULL && i < n; i++) {
        size_t known = l[i].of_accounts ? lm_layout_fits(&l[i], names, x->n, own) : 0;
        if (known > *ret_known) {
            *ret_known = known;
            best = &l[i];
        }
    }
    return best;
}

size_t traffic_list_fits(struct lm_arena *a, const struct lm_layout *l, size_t n, bool own,
                         struct lm_rows *rows)
{
    struct lines x = { .n = 0 };
    size_t known = 0;
    bool any = false;
    for (size_t i = 0; i < n; i++)
        any = any || l[i].of_accounts;
    if (any && collect(a, rows, LOOK_LINES, false, &x, NULL) != LM_ENOMEM)
        (void)best_layout(a, l, n, own, &x, &known);
    return known;
}

/* Lines from..to as one row. */
static lm_err take_group(struct traffic *t, const struct lm_layout *layout, const struct lines *x,
                         size_t from, size_t to)
{
    size_t n = to - from;
    struct lm_arena *a = t->ctx->file;
    struct lm_str *names = lm_arena_array(a, n, sizeof *names), *cells = lm_arena_array(a, n, sizeof *cells);
    struct lm_locator *places = lm_arena_array(a, n, sizeof *places);
    enum traffic_what what = TRAFFIC_NOTE;
    const char *why;
    if (names == NULL || cells == NULL || places == NULL)
        return LM_ENOMEM;
    struct lm_rows_row header = { .cells = names, .n = n, .reason = "", .at = x->items[from].at },
                       row = { .cells = cells, .n = n, .reason = "", .at = header.at };
    for (size_t i = 0; i < n; i++) {
        names[i] = x->items[from + i].name;
        cells[i] = x->items[from + i].value;
        places[i] = x->items[from + i].at;
        row.altered = row.altered || x->items[from + i].altered;
    }
    lm_arena_reset(&t->scratch);
    lm_err err = lm_layout_bind(a, layout, names, n, &t->bound);
    if (t->n_sections == 0) {
        t->n_sections = 1;
        *traffic_section(t) = (struct traffic_section){ .orders = 7 };
    }
    if (err == LM_OK && (from == 0 || t->bound.refused != 0))
        err = traffic_told_of_section(t, &header);
    if (err == LM_OK && from == 0)
        for (size_t i = 0; i < x->n; i++) {
            struct lm_rows_row one = { .cells = &x->items[i].value, .n = 1, .reason = "" };
            struct lm_binding whole = t->bound;
            if (lm_layout_bind(&t->scratch, layout, &x->items[i].name, 1, &t->bound) != LM_OK)
                return LM_ENOMEM;
            traffic_account_orders(t, &one);
            t->bound = whole;
        }
    if (err == LM_OK)
        err = traffic_account_row(t, &row, places, &what, &why);
    t->records += what == TRAFFIC_RECORD;
    if (err == LM_OK && what == TRAFFIC_NOTE)
        for (size_t i = 0; i < n && err == LM_OK; i++)
            err = traffic_doubt(t, DOUBT_NOTES, &places[i]);
    if (err == LM_OK && t->last_account.native.n != 0) {
        t->last_account.native = lm_arena_copy(a, t->last_account.native);
        t->last_account.display = t->last_account.display.n != 0 ? lm_arena_copy(a, t->last_account.display)
                                                                 : t->last_account.display;
        err = t->last_account.native.p != NULL ? LM_OK : LM_ENOMEM;
    }
    return err;
}

static bool begins_anew(const struct lines *x, size_t from, size_t at)
{
    char room[LM_LAYOUT_KEY], other[LM_LAYOUT_KEY];
    if (x->items[at].sheet != x->items[from].sheet)
        return true;
    struct lm_str key = lm_layout_key(x->items[at].name, room);
    for (size_t i = from; i < at; i++)
        if (lm_str_eq(key, lm_layout_key(x->items[i].name, other)))
            return true;
    return at - from == LM_LAYOUT_MAX_COLUMNS;
}

static lm_err all_groups(struct traffic *t, const struct lm_layout *layout, const struct lines *x)
{
    lm_err err = LM_OK;
    for (size_t from = 0, to; from < x->n && err == LM_OK; from = to) {
        for (to = from + 1; to < x->n && !begins_anew(x, from, to); to++)
            ;
        err = take_group(t, layout, x, from, to);
    }
    if (err == LM_OK && x->bare != 0)
        err = lm_sink_problem(t->sink, LM_PROBLEM_DOUBTED, 0, x->bare_at,
                              "%llu lines have nothing beside their name; not records, the first here",
                              (unsigned long long)x->bare);
    if (err == LM_OK && x->over != 0)
        err = lm_sink_problem(t->sink, LM_PROBLEM_REJECTED, x->over, x->over_at,
                              "lines beyond the %dth of a list are not read", MAX_LINES);
    return err;
}

lm_err traffic_list(struct traffic *t)
{
    struct lines x = { .n = 0 };
    struct lm_rows rows;
    size_t known = 0;
    bool any = false;
    for (size_t i = 0; i < t->n_layouts; i++)
        any = any || t->layouts[i].of_accounts;
    if (!any)
        return LM_OK;
    lm_err err = lm_rows_open(&rows, t->ctx->file, t->ctx->in->bytes, t->ctx->error);
    if (err != LM_OK)
        return err;
    err = collect(t->ctx->file, &rows, MAX_LINES, true, &x, t->ctx->error);
    lm_rows_close(&rows);
    const struct lm_layout *layout =
        err == LM_OK ? best_layout(t->ctx->file, t->layouts, t->n_layouts, t->own, &x, &known) : NULL;
    return layout != NULL ? all_groups(t, layout, &x) : err;
}
