#include "rollup/published.h"

#include <stdarg.h>
#include <stdio.h>

#include "readers/operation_csv_table.h"
#include "rollup/internal.h"

enum column { PLACE, FIGURE, VALUE, UNIT, QUALIFIER, SOURCE, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {
    "place", "figure", "value", "unit", "qualifier", "source"
};

#define ROWS_MAX 500000
#define INPUTS_MAX 1000 /* pills and powder figures of one place, from all sources */

struct table {
    struct lm_arena *a;
    struct lm_error *e;
    const struct lm_rollup_options *options;
    uint32_t at[N_COLUMNS];
    size_t n_columns;
    struct lm_map seen; /* exact claims; places; place × figure */
    struct lm_buf key;
    struct lm_figure *v;      /* as printed, in the order of the file */
    struct lm_str *place_key; /* folded place of each */
    size_t n, cap, cap_keys;
    struct lm_published_problem *problems;
    size_t n_problems, cap_problems;
    struct work w; /* notes and what is set aside */
};

static lm_err no_memory(struct table *t)
{
    return lm_fail(t->e, LM_ENOMEM, "out of memory");
}

static lm_err problem(struct table *t, enum lm_problem_kind kind, struct lm_locator at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static lm_err problem(struct table *t, enum lm_problem_kind kind, struct lm_locator at, const char *fmt, ...)
{
    char text[240];
    va_list ap;
    if (t->n_problems >= ROWS_MAX)
        return lm_fail(t->e, LM_ELIMIT, "more than %d rows cannot be read", ROWS_MAX);
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct lm_published_problem *v =
        lm_arena_grow(t->a, t->problems, t->n_problems, &t->cap_problems, sizeof *v);
    struct lm_str reason = lm_arena_copy(t->a, lm_str(text));
    if (v == NULL || reason.p == NULL)
        return no_memory(t);
    t->problems = v;
    v[t->n_problems++] = (struct lm_published_problem){ kind, at, reason };
    return LM_OK;
}

/* --- header --- */

static lm_err columns(struct table *t, const struct lm_table_row *row)
{
    for (size_t i = 0; i < N_COLUMNS; i++)
        t->at[i] = LM_CSV_MAX_CELLS;
    t->n_columns = row->row.n;
    for (size_t i = 0; i < row->row.n; i++) {
        char name[LM_TABLE_NAME];
        struct lm_str shown = lm_str_take(lm_str_trim(row->row.cells[i]), 60);
        if (lm_table_protected(row->row.cells[i]))
            return lm_fail(t->e, LM_EINPUT, "the column \"%.*s\" is refused, and the file with it",
                           LM_STR_ARG(shown));
        lm_table_name(row->row.cells[i], name);
        size_t c = 0;
        while (c < N_COLUMNS && strcmp(name, column_names[c]) != 0)
            c++;
        if (c == N_COLUMNS) {
            char where[LM_LOCATOR_TEXT];
            struct lm_str ref = lm_arena_copy(t->a, lm_str(lm_locator_format(&row->at, where)));
            lm_err err = ref.p == NULL ? no_memory(t)
                                       : lm_rollup_note(&t->w, ref, "the column \"%.*s\" is not read",
                                                        LM_STR_ARG(shown));
            if (err != LM_OK)
                return err;
            continue;
        }
        if (t->at[c] != LM_CSV_MAX_CELLS)
            return lm_fail(t->e, LM_EINPUT, "the column \"%s\" stands there twice", column_names[c]);
        t->at[c] = (uint32_t)i;
    }
    for (size_t c = 0; c < N_COLUMNS; c++)
        if (t->at[c] == LM_CSV_MAX_CELLS)
            return lm_fail(t->e, LM_EINPUT,
                           "the column \"%s\" is missing; a table of published figures has "
                           "place,figure,value,unit,qualifier,source",
                           column_names[c]);
    return LM_OK;
}

static lm_err header(struct table *t, struct lm_table *in)
{
    struct lm_table_row row;
    bool done = false;
    char where[LM_LOCATOR_TEXT];
    lm_err err = lm_table_next(in, 0, &row, &done);
    if (err != LM_OK)
        return no_memory(t);
    if (done)
        return lm_fail(t->e, LM_EINPUT, "the file has no header row");
    err = row.bad ? lm_fail(t->e, LM_EINPUT, "the header cannot be read: %s", row.reason) : columns(t, &row);
    if (err == LM_EINPUT && t->e != NULL)
        lm_fail_at(t->e, "", "%s", lm_locator_format(&row.at, where));
    return err;
}

/* --- one row --- */

static const struct {
    const char *name;
    enum lm_dimension dimension;
    const char *units;
} known_figures[] = {
    { "investigations", LM_DIMENSION_COUNT, "count" },
    { "arrests", LM_DIMENSION_COUNT, "count" },
    { "firearms", LM_DIMENSION_COUNT, "count" },
    { "overdoses", LM_DIMENSION_COUNT, "count" },
    { "deaths", LM_DIMENSION_COUNT, "count" },
    { "social_media", LM_DIMENSION_COUNT, "count" },
    { "encrypted", LM_DIMENSION_COUNT, "count" },
    { "social_media_or_encrypted", LM_DIMENSION_COUNT, "count" },
    { "sinaloa", LM_DIMENSION_COUNT, "count" },
    { "jalisco", LM_DIMENSION_COUNT, "count" },
    { "pills", LM_DIMENSION_COUNT, "pills" },
    { "doses", LM_DIMENSION_COUNT, "doses" },
    { "powder", LM_DIMENSION_MASS, "lb, kg, oz, g, mg" },
    { "meth", LM_DIMENSION_MASS, "lb, kg, oz, g, mg" },
    { "money", LM_DIMENSION_MONEY, "USD" },
    { "currency", LM_DIMENSION_MONEY, "USD" },
    { "assets", LM_DIMENSION_MONEY, "USD" },
    { "proceeds", LM_DIMENSION_MONEY, "USD" },
};

/* The printed decimal as a JSON number: "$1,800,000.50" is 1800000.50; digits are not changed. */
static struct lm_str plain_number(struct lm_arena *a, struct lm_str s)
{
    char *out = lm_arena_alloc(a, s.n + 2);
    size_t n = 0;
    if (out == NULL)
        return (struct lm_str){ NULL, 0 };
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool next_is_digit = i + 1 < s.n && ((s.p[i + 1] >= '0' && s.p[i + 1] <= '9') || s.p[i + 1] == ',');
        if (c == '.' && n == 0)
            out[n++] = '0';
        if ((c >= '0' && c <= '9') || c == '.')
            if (!(c == '0' && n == 0 && next_is_digit)) /* JSON has no leading zeros */
                out[n++] = c;
    }
    return (struct lm_str){ out, n };
}

/* Fills what the cells say; false with `why` when the row cannot be read. */
static bool parse(struct table *t, const struct lm_str *cells, struct lm_figure *f, char why[200])
{
    struct lm_error e = { 0 };
    struct lm_quantity q;
    char word[LM_TABLE_NAME], name[LM_TABLE_NAME];
    enum lm_unit unit = LM_UNIT_NONE;
    enum lm_qualifier qualifier = LM_QUALIFIER_EXACT;
    struct lm_str unit_text = lm_str_trim(cells[t->at[UNIT]]), q_text = lm_str_trim(cells[t->at[QUALIFIER]]);
    lm_table_name(cells[t->at[FIGURE]], name);
    lm_table_name(q_text, word);
    f->place = lm_str_trim(cells[t->at[PLACE]]);
    f->source = lm_str_trim(cells[t->at[SOURCE]]);
    why[0] = '\0';
    if (f->place.n == 0 || name[0] == '\0')
        (void)snprintf(why, 200, "the row names no %s", f->place.n == 0 ? "place" : "figure");
    else if (unit_text.n == 0)
        (void)snprintf(why, 200,
                       "the figure has no unit; the units are lb, kg, oz, g, mg, pills, USD, count, doses");
    else if (!lm_unit_parse(unit_text, &unit) || unit == LM_UNIT_NONE)
        (void)snprintf(why, 200, "the unit is none of lb, kg, oz, g, mg, pills, USD, count, doses");
    else if (q_text.n != 0 && !lm_qualifier_parse(lm_str(word), &qualifier))
        (void)snprintf(why, 200, "the qualifier is none of exact, nearly, about, more_than, at_least");
    else if (lm_quantity_parse(cells[t->at[VALUE]], unit, qualifier, &q, &e) != LM_OK)
        (void)snprintf(why, 200, "%.190s", e.message);
    for (size_t i = 0; why[0] == '\0' && i < sizeof known_figures / sizeof known_figures[0]; i++)
        if (strcmp(name, known_figures[i].name) == 0 && q.dimension != known_figures[i].dimension)
            (void)snprintf(why, 200, "the unit of %s is one of: %s", name, known_figures[i].units);
    if (why[0] != '\0')
        return false;
    f->name = lm_arena_copy(t->a, lm_str(name));
    f->unit = unit;
    f->qualifier = qualifier;
    f->base = q.value;
    f->value = plain_number(t->a, q.original);
    return true;
}

static bool put_key(struct table *t, const char *rule, const struct lm_figure *f, bool whole_claim)
{
    lm_buf_clear(&t->key);
    lm_buf_printf(&t->key, "%s", rule);
    struct lm_str parts[] = { f->place, f->name, f->source };
    for (size_t i = 0; i < (whole_claim ? 3u : 2u); i++) {
        size_t from = t->key.n;
        (void)lm_rollup_fold(&t->key, parts[i]);
        lm_buf_printf(&t->key, "|%zu", t->key.n - from);
    }
    if (whole_claim)
        lm_buf_printf(&t->key, "|%lld|%d|%d", (long long)f->base, (int)f->unit, (int)f->qualifier);
    return !t->key.failed;
}

/* The same claim again is set aside; another claim for the same place and figure is noted. *ret_kept: false
 * for the former. */
static lm_err compare_with_earlier(struct table *t, const struct lm_figure *f, bool *ret_kept)
{
    uint64_t *earlier;
    bool fresh;
    struct asides *l = &t->w.asides;
    if (!put_key(t, "claim|", f, true)
        || lm_map_put(&t->seen, lm_buf_str(&t->key), t->n, &earlier, &fresh) != LM_OK)
        return no_memory(t);
    *ret_kept = fresh;
    if (!fresh) {
        const struct lm_figure *kept = &t->v[*earlier];
        struct lm_set_aside *v = lm_arena_grow(t->a, l->v, l->n, &l->cap, sizeof *v);
        struct lm_str because = lm_arena_printf(
            t->a, "the same claim from the same source already stands in %.*s", LM_STR_ARG(kept->rows[0]));
        if (v == NULL || because.p == NULL)
            return no_memory(t);
        l->v = v;
        v[l->n++] = (struct lm_set_aside){ f->rows[0], kept->rows[0], "same_claim", because };
        return LM_OK;
    }
    if (!put_key(t, "figure|", f, false)
        || lm_map_put(&t->seen, lm_buf_str(&t->key), t->n, &earlier, &fresh) != LM_OK)
        return no_memory(t);
    if (fresh)
        return LM_OK;
    const struct lm_figure *other = &t->v[*earlier];
    bool same_source = lm_str_eq_nocase(other->source, f->source);
    return lm_rollup_note(
        &t->w, f->rows[0], "%s for this figure, also in %.*s; they stand side by side and are not added",
        same_source ? "the same source has another value" : "another source", LM_STR_ARG(other->rows[0]));
}

static lm_err keep(struct table *t, struct lm_figure *f, struct lm_locator at)
{
    char where[LM_LOCATOR_TEXT];
    struct lm_str *row = lm_arena_alloc(t->a, sizeof *row);
    bool kept = false;
    if (row == NULL)
        return no_memory(t);
    *row = lm_arena_copy(t->a, lm_str(lm_locator_format(&at, where)));
    f->place = lm_arena_copy(t->a, f->place);
    f->source = lm_arena_copy(t->a, f->source);
    f->rows = row;
    f->n_rows = 1;
    f->agrees = -1;
    if (row->p == NULL || f->place.p == NULL || f->source.p == NULL || f->name.p == NULL
        || f->value.p == NULL)
        return no_memory(t);
    lm_err err = compare_with_earlier(t, f, &kept);
    if (err != LM_OK || !kept)
        return err;
    struct lm_figure *v = lm_arena_grow(t->a, t->v, t->n, &t->cap, sizeof *v);
    struct lm_str *keys = lm_arena_grow(t->a, t->place_key, t->n, &t->cap_keys, sizeof *keys);
    lm_buf_clear(&t->key);
    if (v == NULL || keys == NULL || !lm_rollup_fold(&t->key, f->place))
        return no_memory(t);
    t->v = v;
    t->place_key = keys;
    keys[t->n] = lm_arena_copy(t->a, lm_buf_str(&t->key));
    v[t->n++] = *f;
    return LM_OK;
}

static lm_err read_rows(struct table *t, struct lm_table *in)
{
    lm_err err = header(t, in);
    while (err == LM_OK) {
        struct lm_table_row row;
        struct lm_figure f = { 0 };
        bool done = false;
        char why[200];
        if (lm_table_next(in, t->n_columns, &row, &done) != LM_OK)
            return no_memory(t);
        if (done)
            return LM_OK;
        if (t->n >= ROWS_MAX)
            return lm_fail(t->e, LM_ELIMIT, "more than %d figures", ROWS_MAX);
        if (row.bad) {
            err = problem(t, LM_PROBLEM_REJECTED, row.at, "%s", row.reason);
            continue;
        }
        if (row.reason[0] != '\0')
            err = problem(t, LM_PROBLEM_DOUBTED, row.at, "%s", row.reason);
        if (err == LM_OK)
            err = parse(t, row.row.cells, &f, why) ? keep(t, &f, row.at)
                                                   : problem(t, LM_PROBLEM_REJECTED, row.at, "%s", why);
    }
    return err;
}

/* --- doses --- */

struct inputs {
    const struct lm_figure *pills, *powder;
    bool several; /* one source with two values: nothing can be computed */
};

static void range(const struct lm_rollup_options *o, const struct inputs *in, struct lm_figure *f)
{
    int64_t pills = in->pills != NULL ? in->pills->base : 0,
            powder = in->powder != NULL ? in->powder->base : 0;
    for (size_t r = 0; r < o->rules->n; r++) {
        const struct lm_dose_rule *rule = &o->rules->rules[r];
        lm_dose_sum sum = 0;
        int64_t whole;
        if (!lm_dose_covers(rule, in->pills != NULL, in->powder != NULL))
            continue;
        if (!lm_dose_add(rule, pills, powder, &sum) || !lm_dose_whole(sum, rule->ug_per_dose, &whole)) {
            f->has_range = false;
            return;
        }
        f->low = !f->has_range || whole < f->low ? whole : f->low;
        f->high = !f->has_range || whole > f->high ? whole : f->high;
        f->has_range = true;
    }
}

/* Everything of the figure but the comparison. */
static lm_err compute(struct table *t, const struct inputs *in, struct lm_figure *f)
{
    const struct lm_dose_rule *rule = t->options->rule;
    const struct lm_figure *any = in->pills != NULL ? in->pills : in->powder;
    char text[LM_QUANTITY_TEXT];
    lm_dose_sum sum = 0;
    struct lm_str *rows = lm_arena_array(t->a, 2, sizeof *rows);
    if (rows == NULL)
        return no_memory(t);
    *f = (struct lm_figure){ .place = any->place,
                             .name = LM_STR("doses"),
                             .unit = LM_UNIT_DOSES,
                             .rule = rule->id,
                             .rule_object = rule,
                             .source = rule->source,
                             .rows = rows,
                             .agrees = -1 };
    f->qualifier = in->pills != NULL && in->powder != NULL
                       ? lm_qualifier_join(in->pills->qualifier, in->powder->qualifier)
                       : any->qualifier;
    if (in->pills != NULL)
        rows[f->n_rows++] = in->pills->rows[0];
    if (in->powder != NULL)
        rows[f->n_rows++] = in->powder->rows[0];
    const char *why = in->several        ? "refused: one source has two values for pills or for powder"
                      : rule->laboratory ? "refused: published figures come with no laboratory result"
                      : !lm_dose_covers(rule, in->pills != NULL, in->powder != NULL)
                          ? "refused: the rule says nothing of what is published here"
                          : NULL;
    if (why == NULL
        && (!lm_dose_add(rule, in->pills != NULL ? in->pills->base : 0,
                         in->powder != NULL ? in->powder->base : 0, &sum)
            || !lm_dose_whole(sum, rule->ug_per_dose, &f->base)))
        why = "refused: the doses are too many for exact arithmetic";
    if (why != NULL) {
        f->refused = true;
        f->note = lm_str(why);
        return LM_OK;
    }
    range(t->options, in, f);
    f->value = lm_arena_copy(t->a, lm_str(lm_quantity_format(f->base, LM_UNIT_DOSES, text)));
    f->exact = lm_dose_fraction(t->a, sum, rule->ug_per_dose);
    if (in->pills == NULL || in->powder == NULL)
        f->note = in->pills == NULL ? LM_STR("no pills are published: doses of the powder only")
                                    : LM_STR("no powder is published: doses of the pills only");
    else if (!lm_str_eq_nocase(in->pills->source, in->powder->source))
        f->note = LM_STR("pills and powder come from two sources");
    return f->value.p != NULL && f->exact.p != NULL ? LM_OK : no_memory(t);
}

/* One place: the figures i with place_key equal to that of `first`, chained by next. */
struct place {
    struct table *t;
    const uint32_t *next;
    uint32_t first;
};

static struct inputs inputs_of(const struct place *p, const struct lm_str *source)
{
    struct inputs in = { 0 };
    for (uint32_t i = p->first; i != ROW_NONE; i = p->next[i]) {
        const struct lm_figure *f = &p->t->v[i];
        bool pills = lm_str_eq(f->name, LM_STR("pills")), powder = lm_str_eq(f->name, LM_STR("powder"));
        if ((!pills && !powder) || (source != NULL && !lm_str_eq_nocase(f->source, *source)))
            continue;
        const struct lm_figure **slot = pills ? &in.pills : &in.powder;
        in.several = in.several || *slot != NULL;
        *slot = *slot != NULL ? *slot : f;
    }
    return in;
}

/* Holds f against the place's published doses: those of the same source first, else the only ones. */
static void hold_against(const struct place *p, const struct inputs *in, struct lm_figure *f)
{
    const struct lm_figure *own = NULL, *only = NULL, *any = in->powder != NULL ? in->powder : in->pills;
    size_t n = 0;
    for (uint32_t i = p->first; i != ROW_NONE; i = p->next[i]) {
        const struct lm_figure *d = &p->t->v[i];
        if (!lm_str_eq(d->name, LM_STR("doses")))
            continue;
        n++;
        only = d;
        if (own == NULL && lm_str_eq_nocase(d->source, any->source))
            own = d;
    }
    f->published = own != NULL ? own : n == 1 ? only : NULL;
    if (f->published != NULL && !f->refused && in->pills != NULL && in->powder != NULL)
        f->agrees = lm_value_agrees(f->base, f->published->base, f->published->qualifier);
}

static lm_err place_doses(const struct place *p, struct lm_figure *out, size_t *n)
{
    size_t n_inputs = 0;
    struct inputs all = inputs_of(p, NULL);
    for (uint32_t i = p->first; i != ROW_NONE; i = p->next[i])
        n_inputs +=
            lm_str_eq(p->t->v[i].name, LM_STR("pills")) || lm_str_eq(p->t->v[i].name, LM_STR("powder"));
    if (n_inputs > INPUTS_MAX)
        return lm_fail(p->t->e, LM_ELIMIT, "one place has more than %d figures for pills and powder",
                       INPUTS_MAX);
    if (all.pills == NULL && all.powder == NULL)
        return LM_OK;
    if (!all.several) {
        lm_err err = compute(p->t, &all, &out[*n]);
        if (err == LM_OK)
            hold_against(p, &all, &out[(*n)++]);
        return err;
    }
    for (uint32_t i = p->first; i != ROW_NONE; i = p->next[i]) {
        const struct lm_figure *f = &p->t->v[i];
        bool pills = lm_str_eq(f->name, LM_STR("pills"));
        if (!pills && !lm_str_eq(f->name, LM_STR("powder")))
            continue;
        struct inputs in = inputs_of(p, &f->source);
        if (f != (in.pills != NULL ? in.pills : in.powder))
            continue; /* once for each source, at its first input */
        lm_err err = compute(p->t, &in, &out[*n]);
        if (err != LM_OK)
            return err;
        hold_against(p, &in, &out[(*n)++]);
    }
    return LM_OK;
}

/* Place by place in the order of first appearance; the computed doses stand before the published ones. */
static lm_err arrange(struct table *t)
{
    uint32_t *next = lm_arena_array(t->a, t->n, sizeof *next),
             *last = lm_arena_array(t->a, t->n, sizeof *last);
    struct lm_figure *out = lm_arena_array(t->a, 2 * t->n, sizeof *out);
    struct lm_map places;
    size_t n = 0;
    lm_map_init(&places, t->a);
    if (next == NULL || last == NULL || out == NULL)
        return no_memory(t);
    for (uint32_t i = 0; i < t->n; i++) {
        uint64_t *first;
        bool fresh;
        if (lm_map_put(&places, t->place_key[i], i, &first, &fresh) != LM_OK)
            return no_memory(t);
        next[i] = ROW_NONE;
        if (!fresh)
            next[last[*first]] = i;
        last[*first] = i;
    }
    for (size_t k = 0; k < places.n; k++) {
        struct place p = { t, next, (uint32_t)places.entries[k].value };
        for (uint32_t i = p.first; i != ROW_NONE; i = next[i])
            if (!lm_str_eq(t->v[i].name, LM_STR("doses")))
                out[n++] = t->v[i];
        lm_err err = place_doses(&p, out, &n);
        if (err != LM_OK)
            return err;
        for (uint32_t i = p.first; i != ROW_NONE; i = next[i])
            if (lm_str_eq(t->v[i].name, LM_STR("doses")))
                out[n++] = t->v[i];
    }
    t->v = out;
    t->n = n;
    return LM_OK;
}

lm_err lm_published_read(struct lm_arena *a, struct lm_str text, const struct lm_rollup_options *options,
                         struct lm_published *ret, struct lm_error *e)
{
    struct lm_table in;
    struct table *t = lm_arena_alloc(a, sizeof *t);
    if (t == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *t = (struct table){ .a = a, .e = e, .options = options, .w = { .a = a, .e = e, .options = options } };
    lm_map_init(&t->seen, a);
    lm_buf_init(&t->key, (size_t)64 << 20);
    lm_table_init(&in, text);
    lm_err err = read_rows(t, &in);
    if (err == LM_OK)
        err = arrange(t);
    lm_table_free(&in);
    lm_buf_free(&t->key);
    if (err != LM_OK)
        return err;
    *ret = (struct lm_published){
        .rollup = { t->v, t->n, t->w.asides.v, t->w.asides.n, t->w.notes.v, t->w.notes.n },
        .problems = t->problems,
        .n_problems = t->n_problems,
    };
    return LM_OK;
}
