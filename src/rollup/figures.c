/* figures.c - from sums to figures: values as exact decimals, the rows by their references, the order of
 * print. */
#include <stdlib.h>

#include "rollup/internal.h"

/* Order of print; a name with a kind ("firearms:rifle") follows the bare one. */
static const char *const catalogue[] = {
    "investigations",   "arrests",         "charges",
    "pills",            "powder",          "doses",
    "doses_laboratory", "doses_preferred", "meth",
    "mass",             "count",           "seizures",
    "gross",            "units",           "net",
    "purity",           "pill_presses",    "firearms",
    "nibin_leads",      "nibin_hits",      "first_purchasers",
    "money",            "currency",        "assets",
    "proceeds",         "overdoses",       "deaths",
    "overdoses_linked", "deaths_linked",   "social_media",
    "encrypted",        "social_media_or_encrypted",
    "cartel",           "platform",        "organizations",
};

static size_t catalogue_place(struct lm_str name)
{
    size_t n = sizeof catalogue / sizeof catalogue[0];
    const char *colon = name.n != 0 ? memchr(name.p, ':', name.n) : NULL;
    struct lm_str stem = colon != NULL ? lm_str_take(name, (size_t)(colon - name.p)) : name;
    for (size_t i = 0; i < n; i++)
        if (lm_str_eq(stem, lm_str(catalogue[i])))
            return i;
    return n;
}

static size_t by_place(const char *by)
{
    enum lm_rollup_by v;
    return lm_rollup_by_parse(lm_str(by), &v) ? v : LM_ROLLUP_N_BY;
}

static int order(const void *pa, const void *pb)
{
    const struct lm_figure *a = pa, *b = pb;
    size_t ia = by_place(a->by), ib = by_place(b->by);
    if (ia != ib)
        return ia < ib ? -1 : 1;
    bool na = lm_str_eq(a->place, LM_STR("not stated")), nb = lm_str_eq(b->place, LM_STR("not stated"));
    if (na != nb)
        return na ? 1 : -1;
    int c = lm_str_cmp(a->place, b->place);
    if (c != 0)
        return c;
    ia = catalogue_place(a->name);
    ib = catalogue_place(b->name);
    return ia != ib ? (ia < ib ? -1 : 1) : lm_str_cmp(a->name, b->name);
}

/* --- parts of a figure --- */

struct maker {
    struct work *w;
    struct lm_figure *v;
    size_t n;
    bool failed; /* no memory */
};

static const struct lm_str *references(struct maker *m, const uint32_t *rows, size_t n, const uint32_t *more,
                                       size_t n_more)
{
    struct lm_str *out = lm_arena_array(m->w->a, n + n_more, sizeof *out);
    m->failed |= out == NULL;
    for (size_t i = 0; out != NULL && i < n + n_more; i++)
        out[i] = m->w->rows.v[i < n ? rows[i] : more[i - n]].ref;
    return out;
}

static void set_value(struct maker *m, struct lm_figure *f, int64_t value, enum lm_unit unit)
{
    char text[LM_QUANTITY_TEXT];
    f->base = value;
    f->unit = unit;
    f->value = lm_arena_copy(m->w->a, lm_str(lm_quantity_format(value, unit, text)));
    m->failed |= f->value.p == NULL;
}

/* What is set aside because of the rows of a figure, in row order of those. */
static void add_set_aside(struct maker *m, struct lm_figure *f, const uint32_t *rows, size_t n)
{
    const struct held_row *v = m->w->rows.v;
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        for (uint32_t a = v[rows[i]].aside_head; a != ROW_NONE; a = v[a].aside_next)
            k++;
    struct lm_str *out = k != 0 ? lm_arena_array(m->w->a, k, sizeof *out) : NULL;
    m->failed |= k != 0 && out == NULL;
    f->set_aside = out;
    for (size_t i = 0; out != NULL && i < n; i++)
        for (uint32_t a = v[rows[i]].aside_head; a != ROW_NONE; a = v[a].aside_next)
            out[f->n_set_aside++] = v[a].ref;
}

/* Purity in parts per million of the mass that was tested; parts add up as fractions. */
static void purity(struct maker *m, struct lm_figure *f, const struct sum *s)
{
    char low[LM_QUANTITY_TEXT], high[LM_QUANTITY_TEXT];
    int64_t mean = (int64_t)(s->ug_ppm / s->ug);
    f->base = mean;
    f->unit = LM_UNIT_NONE;
    /* a share of one has the millionths that a gram has in micrograms */
    f->value = lm_arena_copy(m->w->a, lm_str(lm_quantity_format(mean, LM_UNIT_G, low)));
    f->exact = lm_rollup_fraction(m->w->a, s->ug_ppm, s->ug);
    f->note = lm_arena_printf(m->w->a, "mean by mass of %zu results, from %s to %s", s->n_rows,
                              lm_quantity_format(s->low_ppm, LM_UNIT_G, low),
                              lm_quantity_format(s->high_ppm, LM_UNIT_G, high));
    m->failed |= f->value.p == NULL || f->exact.p == NULL || f->note.p == NULL;
}

static void refuse(struct lm_figure *f, struct lm_str why)
{
    f->refused = true;
    f->value = f->exact = (struct lm_str){ NULL, 0 };
    f->has_range = false;
    f->note = why;
}

static struct lm_str money_note(unsigned kinds)
{
    static const char *const notes[8] = {
        "",
        "adds assets only",
        "adds currency only",
        "adds assets and currency",
        "adds proceeds only",
        "adds assets and proceeds",
        "adds currency and proceeds",
        "adds assets, currency and proceeds",
    };
    return lm_str(notes[kinds & 7]);
}

static void plain_figure(struct maker *m, const struct sum *s)
{
    struct lm_figure *f = &m->v[m->n];
    if (s->n_rows == 0)
        return; /* a flag that nobody states */
    *f = (struct lm_figure){ .by = lm_rollup_by_word(s->by),
                             .place = s->key_place,
                             .name = s->name,
                             .qualifier = s->qualifier,
                             .n_rows = s->n_rows,
                             .agrees = -1 };
    f->rows = references(m, s->rows, s->n_rows, NULL, 0);
    add_set_aside(m, f, s->rows, s->n_rows);
    set_value(m, f, s->value, s->unit);
    if (s->ug != 0)
        purity(m, f, s);
    if (s->overflow)
        refuse(f, LM_STR("refused: the sum is too large for exact arithmetic"));
    else if (s->kinds != 0)
        f->note = money_note(s->kinds);
    else if (s->unstated != 0) {
        f->qualifier = LM_QUALIFIER_AT_LEAST;
        f->note = lm_arena_printf(m->w->a, "%u of the investigations do not say", s->unstated);
        m->failed |= f->note.p == NULL;
    }
    m->n++;
}

/* --- doses --- */

static void widen(struct lm_figure *f, lm_dose_sum sum, int64_t ug_per_dose)
{
    int64_t whole;
    if (!lm_dose_whole(sum, ug_per_dose, &whole)) {
        refuse(f, LM_STR("refused: the doses of one of the rules are too many for exact arithmetic"));
        return;
    }
    f->low = !f->has_range || whole < f->low ? whole : f->low;
    f->high = !f->has_range || whole > f->high ? whole : f->high;
    f->has_range = true;
}

static struct lm_figure *dose_figure(struct maker *m, const struct dose_sum *d, const char *name,
                                     lm_dose_sum sum, const struct lm_dose_rule *rule, enum lm_qualifier q)
{
    struct lm_figure *f = &m->v[m->n++];
    int64_t whole = 0;
    *f = (struct lm_figure){ .by = lm_rollup_by_word(d->by),
                             .place = d->key_place,
                             .name = lm_str(name),
                             .unit = LM_UNIT_DOSES,
                             .qualifier = q,
                             .rule = rule->id,
                             .rule_object = rule,
                             .agrees = -1 };
    if (d->overflow || !lm_dose_whole(sum, rule->ug_per_dose, &whole)) {
        refuse(f, LM_STR("refused: the doses are too many for exact arithmetic"));
        return f;
    }
    set_value(m, f, whole, LM_UNIT_DOSES);
    f->exact = lm_dose_fraction(m->w->a, sum, rule->ug_per_dose);
    m->failed |= f->exact.p == NULL;
    return f;
}

static void range_over(struct lm_figure *f, const struct lm_dose_rules *rules, const bool *says,
                       const lm_dose_sum *sums)
{
    for (size_t r = 0; r < rules->n && !f->refused; r++)
        if (says[r])
            widen(f, sums[r], rules->rules[r].ug_per_dose);
}

/* The laboratory's figure, and the one that takes the laboratory's word where there is one and the rule
 * elsewhere. */
static void with_laboratory(struct maker *m, const struct dose_sum *d, const struct lm_dose_rule *rule,
                            const struct lm_dose_rule *laboratory, lm_dose_sum preferred)
{
    const struct lm_dose_rules *rules = m->w->options->rules;
    struct lm_figure *f = dose_figure(m, d, rule->laboratory ? "doses" : "doses_laboratory", d->laboratory,
                                      laboratory, d->laboratory_qualifier);
    f->rows =
        d->laboratory_rows != NULL ? references(m, d->laboratory_rows, d->n_laboratory_rows, NULL, 0) : NULL;
    f->n_rows = d->n_laboratory_rows;
    if (d->laboratory_rows != NULL)
        add_set_aside(m, f, d->laboratory_rows, d->n_laboratory_rows);
    if (!f->refused) {
        widen(f, d->laboratory, laboratory->ug_per_dose);
        range_over(f, rules, d->covered_rule_says, d->covered_by_rule);
        f->note = lm_arena_printf(m->w->a, "covers %u of %u seizures", d->n_covered, d->n_seizures);
        m->failed |= f->note.p == NULL;
    }
    if (rule->laboratory)
        return;
    f = dose_figure(m, d, "doses_preferred", preferred, rule,
                    lm_qualifier_join(d->qualifier, d->laboratory_qualifier));
    f->rows = references(m, d->rows, d->n_rows, d->laboratory_rows, d->n_laboratory_rows);
    add_set_aside(m, f, d->rows, d->n_rows);
    f->n_rows = d->n_rows + d->n_laboratory_rows;
    f->rule = lm_arena_printf(m->w->a, "laboratory, else %.*s", LM_STR_ARG(rule->id));
    m->failed |= f->rule.p == NULL;
    if (f->refused)
        return;
    f->note = lm_arena_printf(m->w->a, "the laboratory for %u of %u seizures", d->n_covered, d->n_seizures);
    m->failed |= f->note.p == NULL;
    widen(f, preferred, rule->ug_per_dose);
    range_over(f, rules, d->rule_says, d->by_rule);
}

static void dose_figures(struct maker *m, const struct dose_sum *d)
{
    const struct lm_rollup_options *o = m->w->options;
    const struct lm_dose_rule *laboratory = lm_dose_rule_find(o->rules, LM_STR(LM_DOSE_RULE_LABORATORY));
    size_t at = (size_t)(o->rule - o->rules->rules);
    lm_dose_sum preferred = d->by_rule[at] - d->covered_by_rule[at] + d->laboratory;
    if (!o->rule->laboratory && d->rule_says[at]) {
        struct lm_figure *f = dose_figure(m, d, "doses", d->by_rule[at], o->rule, d->qualifier);
        f->rows = references(m, d->rows, d->n_rows, NULL, 0);
        add_set_aside(m, f, d->rows, d->n_rows);
        f->n_rows = d->n_rows;
        if (!f->refused) {
            range_over(f, o->rules, d->rule_says, d->by_rule);
            if (d->n_covered != 0 && !f->refused)
                widen(f, preferred, o->rule->ug_per_dose);
        }
    }
    if (d->n_covered != 0 && laboratory != NULL)
        with_laboratory(m, d, o->rule, laboratory, preferred);
}

lm_err lm_rollup_figures(struct work *w, struct sum *sums, size_t n_sums, struct dose_sum *doses,
                         size_t n_doses, struct lm_rollup *ret)
{
    struct maker m = { .w = w, .v = lm_arena_array(w->a, n_sums + 3 * n_doses, sizeof(struct lm_figure)) };
    m.failed = m.v == NULL;
    for (size_t i = 0; !m.failed && i < n_sums; i++)
        plain_figure(&m, &sums[i]);
    for (size_t i = 0; !m.failed && i < n_doses; i++)
        dose_figures(&m, &doses[i]);
    if (m.failed)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    if (m.n != 0)
        qsort(m.v, m.n, sizeof *m.v, order);
    *ret = (struct lm_rollup){ .figures = m.v,
                               .n_figures = m.n,
                               .set_aside = w->asides.v,
                               .n_set_aside = w->asides.n,
                               .notes = w->notes.v,
                               .n_notes = w->notes.n };
    return LM_OK;
}
