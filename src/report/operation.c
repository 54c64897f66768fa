#include "report/operation.h"

#include <stdio.h>
#include <stdlib.h>

struct report {
    struct lm_arena *a;
    const struct lm_rollup *r;
    const struct lm_rollup_options *options;
    struct lm_document *d;
    bool *shown;   /* of each figure: a number of it stands in the report */
    size_t most_ranges;
    struct lm_buf text;
};

/* --- figures as text --- */

static struct lm_str kept(struct report *x)
{
    struct lm_str s = lm_arena_copy(x->a, lm_buf_str(&x->text));
    x->d->failed |= x->text.failed || s.p == NULL;
    lm_buf_clear(&x->text);
    return s;
}

static const char *spoken(enum lm_qualifier q)
{
    static const char *const words[] = { "", "nearly ", "about ", "more than ", "at least " };
    return (size_t)q < sizeof words / sizeof words[0] ? words[q] : "? ";
}

/* "more than 12,000 pills"; "11.36 %" for a purity. */
static struct lm_str value_of(struct report *x, const struct lm_figure *f, bool with_unit)
{
    if (f->refused)
        return LM_STR("refused");
    lm_buf_put(&x->text, lm_str(spoken(f->qualifier)));
    if (f->unit == LM_UNIT_NONE) {
        char percent[LM_QUANTITY_TEXT];
        lm_buf_put(&x->text, lm_str(lm_quantity_format(f->base * 100, LM_UNIT_G, percent)));
        lm_buf_put(&x->text, LM_STR(" %"));
        return kept(x);
    }
    lm_buf_grouped(&x->text, f->value);
    if (with_unit && f->unit != LM_UNIT_COUNT)
        lm_buf_printf(&x->text, " %s", lm_unit_word(f->unit));
    return kept(x);
}

/* The anchor of the figure's rows; from now on they are listed. */
static const char *link_of(struct report *x, const struct lm_figure *f)
{
    size_t at = (size_t)(f - x->r->figures);
    struct lm_str s = lm_arena_printf(x->a, "rows-%zu", at + 1);
    x->d->failed |= s.p == NULL;
    x->shown[at] = true;
    return s.p;
}

static void number_cell(struct report *x, const struct lm_figure *f, bool with_unit)
{
    lm_doc_cell(x->d, f != NULL ? value_of(x, f, with_unit) : LM_STR(""));
    if (f != NULL)
        lm_doc_link(x->d, link_of(x, f));
}

static bool is_by(const struct lm_figure *f, enum lm_rollup_by by)
{
    return f->by != NULL && strcmp(f->by, lm_rollup_by_word(by)) == 0;
}

static const struct lm_figure *find(const struct report *x, enum lm_rollup_by by, struct lm_str place, const char *name)
{
    for (size_t i = 0; i < x->r->n_figures; i++) {
        const struct lm_figure *f = &x->r->figures[i];
        if (is_by(f, by) && lm_str_eq_nocase(f->place, place) && lm_str_eq(f->name, lm_str(name)))
            return f;
    }
    return NULL;
}

/* Doses prefer the laboratory where it has spoken at that place, and are the rule's elsewhere. */
#define DOSES "doses"
static const struct lm_figure *best(const struct report *x, enum lm_rollup_by by, struct lm_str place, const char *name)
{
    const struct lm_figure *f = strcmp(name, DOSES) == 0 ? find(x, by, place, "doses_preferred") : NULL;
    return f != NULL ? f : find(x, by, place, name);
}

/* --- totals --- */

static void totals(struct report *x)
{
    static const struct lm_doc_column columns[] = {
        { "figure", false, 22, false }, { "value", true, 18, false },       { "rows", true, 6, false },
        { "set aside", true, 7, false }, { "what it says", false, 34, false },
    };
    lm_doc_heading(x->d, 2, "Totals");
    lm_doc_paragraph(x->d, "Each thing is counted once. A value without a word before it is exact. A number leads to its rows.");
    lm_doc_table(x->d, "totals", LM_STR(""), columns, 5);
    for (size_t i = 0; i < x->r->n_figures; i++) {
        const struct lm_figure *f = &x->r->figures[i];
        if (!is_by(f, LM_ROLLUP_WHOLE))
            continue;
        lm_doc_cell(x->d, f->name);
        number_cell(x, f, true);
        lm_doc_cellf(x->d, "%zu", f->n_rows);
        lm_doc_cellf(x->d, "%zu", f->n_set_aside);
        if (f->rule_object != NULL && f->has_range)
            lm_doc_cellf(x->d, "rule %.*s (%.*s); over the rules in force %lld to %lld. %.*s", LM_STR_ARG(f->rule),
                         LM_STR_ARG(f->rule_object->basis), (long long)f->low, (long long)f->high, LM_STR_ARG(f->note));
        else
            lm_doc_cell(x->d, f->note);
    }
    lm_doc_note(x->d, "%s", LM_DOSE_CAUTION);
}

/* --- along one dimension --- */

struct series {
    const struct lm_figure **v;
    size_t n;
};

/* The figure of that name at each place along `by`, in the order of the roll-up. */
static struct series series_of(struct report *x, enum lm_rollup_by by, const char *name)
{
    struct series s = { lm_arena_array(x->a, x->r->n_figures, sizeof(void *)), 0 };
    x->d->failed |= s.v == NULL;
    for (size_t i = 0; s.v != NULL && i < x->r->n_figures; i++) {
        const struct lm_figure *f = &x->r->figures[i], *g;
        if (!is_by(f, by) || (i != 0 && is_by(f - 1, by) && lm_str_eq(f[-1].place, f->place)))
            continue; /* one look at each place */
        g = best(x, by, f->place, name);
        if (g != NULL && !g->refused)
            s.v[s.n++] = g;
    }
    return s;
}

static double greatest(const struct series *s)
{
    double max = 0;
    for (size_t i = 0; i < s->n; i++)
        max = (double)s->v[i]->base > max ? (double)s->v[i]->base : max;
    return max > 0 ? max : 1;
}

static void bars(struct report *x, const struct series *s, const char *title)
{
    struct lm_doc_bar *v = lm_arena_array(x->a, s->n, sizeof *v);
    double max = greatest(s);
    x->d->failed |= v == NULL;
    for (size_t i = 0; v != NULL && i < s->n; i++) {
        struct lm_str label = s->v[i]->place;
        const char *colon = memchr(s->v[i]->name.p, ':', s->v[i]->name.n);
        if (colon != NULL)
            label = lm_str_skip(s->v[i]->name, (size_t)(colon - s->v[i]->name.p) + 1);
        v[i] = (struct lm_doc_bar){ label, value_of(x, s->v[i], true), (double)s->v[i]->base / max, link_of(x, s->v[i]) };
    }
    if (v != NULL)
        lm_doc_bars(x->d, title, v, s->n);
}

/* Months since the year 0 of "2022-05"; -1: not a month. */
static int month_number(struct lm_str s)
{
    int32_t day;
    char text[LM_WHEN_TEXT];
    (void)snprintf(text, sizeof text, "%.*s-01", LM_STR_ARG(lm_str_take(s, 7)));
    if (s.n != 7 || !lm_day_parse(lm_str(text), &day))
        return -1;
    return ((s.p[0] - '0') * 1000 + (s.p[1] - '0') * 100 + (s.p[2] - '0') * 10 + (s.p[3] - '0')) * 12
           + (s.p[5] - '0') * 10 + (s.p[6] - '0') - 1;
}

/* Months in between without rows stand there as 0, so that the eye is not deceived. */
#define MONTHS_MOST 240
static void month_bars(struct report *x, const struct series *s, const char *title)
{
    struct lm_doc_bar *v = lm_arena_array(x->a, s->n + MONTHS_MOST, sizeof *v);
    double max = greatest(s);
    size_t n = 0, gaps = 0;
    x->d->failed |= v == NULL;
    for (size_t i = 0; v != NULL && i < s->n; i++) {
        int before = i != 0 ? month_number(s->v[i - 1]->place) : -1, now = month_number(s->v[i]->place);
        for (int m = before + 1; before >= 0 && m < now && gaps < MONTHS_MOST; m++, gaps++)
            v[n++] = (struct lm_doc_bar){ .label = lm_arena_printf(x->a, "%04d-%02d", m / 12, m % 12 + 1), .value = LM_STR("0") };
        v[n++] = (struct lm_doc_bar){ s->v[i]->place, value_of(x, s->v[i], true), (double)s->v[i]->base / max,
                                      link_of(x, s->v[i]) };
    }
    if (v != NULL)
        lm_doc_bars(x->d, title, v, n);
}

static void months(struct report *x)
{
    const char *const names[] = { "investigations", "arrests", "pills", "powder", "meth", DOSES, "overdoses" };
    lm_doc_heading(x->d, 2, "By month");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct series s = series_of(x, LM_ROLLUP_MONTH, names[i]);
        char title[80];
        if (s.n == 0)
            continue;
        (void)snprintf(title, sizeof title, "%s by month", names[i]);
        lm_doc_heading(x->d, 3, "%s", names[i]);
        month_bars(x, &s, title);
    }
}

/* --- by division --- */

static void map(struct report *x, const char *name)
{
    struct series s = series_of(x, LM_ROLLUP_DIVISION, name);
    struct lm_map_value *v = lm_arena_array(x->a, s.n, sizeof *v);
    bool unit = strcmp(name, DOSES) != 0; /* the heading has that word, and a tile no room for it */
    char title[80];
    if (s.n == 0 || v == NULL)
        return;
    for (size_t i = 0; i < s.n; i++)
        v[i] = (struct lm_map_value){ s.v[i]->place, value_of(x, s.v[i], unit), (double)s.v[i]->base / greatest(&s),
                                      link_of(x, s.v[i]) };
    (void)snprintf(title, sizeof title, "%s by division", name);
    lm_doc_heading(x->d, 3, "%s", name);
    lm_doc_division_map(x->d, title, v, s.n);
}

/* One row for each place along `by`, one column for each of names. */
static void matrix(struct report *x, enum lm_rollup_by by, const char *id, const struct lm_doc_column *columns, size_t n)
{
    lm_doc_table(x->d, id, LM_STR(""), columns, n);
    for (size_t i = 0; i < x->r->n_figures; i++) {
        const struct lm_figure *f = &x->r->figures[i];
        bool first = i == 0 || !is_by(&x->r->figures[i - 1], by) || !lm_str_eq(x->r->figures[i - 1].place, f->place);
        if (!is_by(f, by) || !first)
            continue;
        lm_doc_cell(x->d, f->place);
        for (size_t c = 1; c < n; c++)
            number_cell(x, best(x, by, f->place, columns[c].title), true);
    }
}

static void divisions(struct report *x)
{
    struct lm_doc_column *columns = lm_arena_array(x->a, 10, sizeof *columns);
    const char *const names[] = { "division", "investigations", "arrests", "pills", "powder", "meth", "firearms", "money",
                                  DOSES, "overdoses" };
    if (columns == NULL)
        return;
    for (size_t i = 0; i < 10; i++)
        columns[i] = (struct lm_doc_column){ names[i], i != 0, i == 0 ? 14 : 10, false };
    lm_doc_heading(x->d, 2, "By division");
    lm_doc_paragraph(x->d, "One square for each of DEA's field divisions, about where it lies; darker is more. Other divisions stand "
                           "under them. The parts add up to the whole.");
    map(x, "investigations");
    map(x, DOSES);
    lm_doc_heading(x->d, 3, "Figures");
    matrix(x, LM_ROLLUP_DIVISION, "divisions", columns, 10);
}

/* --- platforms, cartels, organisations --- */

/* Figures of the whole named stem:kind. */
static void kinds(struct report *x, const char *stem, const char *title)
{
    struct series s = { lm_arena_array(x->a, x->r->n_figures, sizeof(void *)), 0 };
    size_t n = strlen(stem);
    x->d->failed |= s.v == NULL;
    for (size_t i = 0; s.v != NULL && i < x->r->n_figures; i++) {
        const struct lm_figure *f = &x->r->figures[i];
        if (is_by(f, LM_ROLLUP_WHOLE) && f->name.n > n && f->name.p[n] == ':' && lm_str_eq(lm_str_take(f->name, n), lm_str(stem)))
            s.v[s.n++] = f;
    }
    if (s.n == 0)
        return;
    lm_doc_heading(x->d, 3, "%s", title);
    bars(x, &s, title);
}

static void flags(struct report *x)
{
    lm_doc_heading(x->d, 2, "Platforms, cartels, organisations");
    lm_doc_paragraph(x->d, "Investigations, each once at each of its platforms: platforms overlap and are not added. Measures of "
                           "organisations are entered by a person.");
    kinds(x, "platform", "Investigations by platform");
    kinds(x, "cartel", "Investigations by cartel");
    kinds(x, "organizations", "Organisations by measure, and by measure and scope");
}

/* --- links --- */

static void links(struct report *x)
{
    static const struct lm_doc_column profile[] = { { "profile", false, 12, false }, { "seizures", false, 50, false } };
    static const struct lm_doc_column firearm[] = { { "firearm", false, 12, false }, { "what is said", false, 50, false },
                                                    { "row", false, 20, false } };
    if (x->r->n_profiles == 0 && x->r->n_firearm_ties == 0)
        return;
    lm_doc_heading(x->d, 2, "Laboratory and firearms");
    if (x->r->n_profiles != 0) {
        lm_doc_paragraph(x->d, "Seizures are linked on the laboratory's profile id alone.");
        lm_doc_table(x->d, "profiles", LM_STR(""), profile, 2);
    }
    for (size_t i = 0; i < x->r->n_profiles; i++) {
        const struct lm_profile_link *p = &x->r->profiles[i];
        for (size_t k = 0; k < p->n_seizures && k < 40; k++)
            lm_buf_printf(&x->text, "%s%.*s", k != 0 ? ", " : "", LM_STR_ARG(p->seizures[k]));
        if (p->n_seizures > 40)
            lm_buf_printf(&x->text, ", and %zu more", p->n_seizures - 40);
        if (p->several_agencies)
            lm_buf_put(&x->text, LM_STR(" (stated by different agencies: ask whether one laboratory gave it)"));
        lm_doc_cell(x->d, p->profile);
        lm_doc_cell(x->d, kept(x));
    }
    if (x->r->n_firearm_ties == 0)
        return;
    lm_doc_paragraph(x->d, "A NIBIN lead is not a hit, and eTrace names the first retail purchaser, not the possessor.");
    lm_doc_table(x->d, "firearms", LM_STR(""), firearm, 3);
    for (size_t i = 0; i < x->r->n_firearm_ties; i++) {
        const struct lm_firearm_tie *t = &x->r->firearm_ties[i];
        lm_doc_cell(x->d, t->firearm);
        lm_doc_cellf(x->d, "%s%.*s", lm_firearm_link_said(t->kind) + 2, LM_STR_ARG(t->linked_to));
        lm_doc_cell(x->d, t->row);
    }
}

/* --- set aside, notes, rules --- */

static void set_aside(struct report *x)
{
    static const struct lm_doc_column columns[] = { { "row", false, 20, false }, { "counted instead", false, 20, false },
                                                    { "why", false, 50, false } };
    static const struct lm_doc_column notes[] = { { "row", false, 20, false }, { "note", false, 70, false } };
    lm_doc_heading(x->d, 2, "Set aside");
    lm_doc_table(x->d, "set_aside", LM_STR(""), columns, 3);
    for (size_t i = 0; i < x->r->n_set_aside; i++) {
        lm_doc_cell(x->d, x->r->set_aside[i].row);
        lm_doc_cell(x->d, x->r->set_aside[i].kept);
        lm_doc_cell(x->d, x->r->set_aside[i].because);
    }
    if (x->r->n_notes == 0)
        return;
    lm_doc_heading(x->d, 2, "To be looked at");
    lm_doc_table(x->d, "notes", LM_STR(""), notes, 2);
    for (size_t i = 0; i < x->r->n_notes; i++) {
        lm_doc_cell(x->d, x->r->notes[i].row);
        lm_doc_cell(x->d, x->r->notes[i].because);
    }
}

static void dose_rules(struct report *x)
{
    static const struct lm_doc_column columns[] = { { "rule", false, 14, false }, { "doses", false, 22, false },
                                                    { "basis", false, 10, false }, { "source", false, 50, false } };
    lm_doc_heading(x->d, 2, "Dose rules in force");
    lm_doc_table(x->d, "rules", LM_STR(""), columns, 4);
    for (size_t i = 0; i < x->options->rules->n; i++) {
        const struct lm_dose_rule *r = &x->options->rules->rules[i];
        lm_doc_cellf(x->d, "%.*s%s", LM_STR_ARG(r->id), r == x->options->rule ? " (chosen)" : "");
        lm_doc_cell(x->d, r->title);
        lm_doc_cell(x->d, r->basis);
        lm_doc_cell(x->d, r->source);
    }
}

/* --- the rows of every number --- */

/* "seizures.csv row 7 (byte 572)" as file and number; false: the reference stands for itself. */
static bool split(struct lm_str ref, struct lm_str *file, uint64_t *row)
{
    size_t at = ref.n;
    while (at >= 5 && !(at + 5 <= ref.n && memcmp(ref.p + at, " row ", 5) == 0))
        at--;
    if (at < 5)
        return false;
    *file = lm_str_take(ref, at);
    *row = 0;
    size_t i = at + 5;
    for (; i < ref.n && ref.p[i] >= '0' && ref.p[i] <= '9' && *row < UINT64_MAX / 10 - 1; i++)
        *row = 10 * *row + (uint64_t)(ref.p[i] - '0');
    return i > at + 5 && (i == ref.n || ref.p[i] == ' ');
}

/* "seizures.csv rows 2-9, 12; money.csv row 4": runs of rows that follow each other in one file. */
static struct lm_str ranges(struct report *x, const struct lm_str *rows, size_t n)
{
    struct lm_str file = { NULL, 0 };
    size_t runs = 0;
    for (size_t i = 0; i < n;) {
        struct lm_str f = { NULL, 0 };
        uint64_t first = 0, last, next;
        size_t from = i;
        bool numbered = split(rows[i], &f, &first);
        last = first;
        for (i++; numbered && i < n; i++) {
            struct lm_str g;
            if (!split(rows[i], &g, &next) || next != last + 1 || !lm_str_eq(f, g))
                break;
            last = next;
        }
        if (x->most_ranges != 0 && runs == x->most_ranges) {
            lm_buf_printf(&x->text, ", and %zu more rows", n - from);
            break;
        }
        if (!numbered)
            lm_buf_printf(&x->text, "%s%.*s", runs != 0 ? "; " : "", LM_STR_ARG(rows[from]));
        else if (runs != 0 && lm_str_eq(f, file))
            lm_buf_printf(&x->text, ", %llu", (unsigned long long)first);
        else
            lm_buf_printf(&x->text, "%s%.*s row%s %llu", runs != 0 ? "; " : "", LM_STR_ARG(f), n > 1 ? "s" : "",
                          (unsigned long long)first);
        if (numbered && last != first)
            lm_buf_printf(&x->text, "-%llu", (unsigned long long)last);
        file = numbered ? f : (struct lm_str){ NULL, 0 };
        runs++;
    }
    return kept(x);
}

static void row_lists(struct report *x)
{
    static const struct lm_doc_column columns[] = { { "figure", false, 18, false }, { "value", true, 12, false },
                                                    { "rows that are counted", false, 50, false },
                                                    { "set aside because of them", false, 20, false } };
    lm_doc_heading(x->d, 2, "The rows of every number");
    lm_doc_table(x->d, "rows", LM_STR(""), columns, 4);
    for (size_t i = 0; i < x->r->n_figures; i++) {
        const struct lm_figure *f = &x->r->figures[i];
        if (!x->shown[i])
            continue;
        if (is_by(f, LM_ROLLUP_WHOLE))
            lm_doc_cell(x->d, f->name);
        else
            lm_doc_cellf(x->d, "%s %.*s: %.*s", f->by, LM_STR_ARG(f->place), LM_STR_ARG(f->name));
        lm_doc_anchor(x->d, link_of(x, f));
        lm_doc_cell(x->d, value_of(x, f, true));
        lm_doc_cell(x->d, ranges(x, f->rows, f->n_rows));
        lm_doc_cell(x->d, ranges(x, f->set_aside, f->n_set_aside));
    }
}

lm_err lm_operation_document(struct lm_arena *a, const struct lm_rollup *r, const struct lm_rollup_options *options,
                             struct lm_str scope, size_t most_ranges, struct lm_document *ret, struct lm_error *e)
{
    char day[LM_WHEN_TEXT] = "no row states a day";
    struct report x = { .a = a, .r = r, .options = options, .d = ret, .most_ranges = most_ranges,
                        .shown = lm_arena_array(a, r->n_figures, sizeof(bool)) };
    if (x.shown == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_document_init(ret, a);
    lm_buf_init(&x.text, (size_t)256 << 20);
    if (r->last_day != LM_DAY_NONE) {
        (void)lm_day_format(r->last_day, day);
        ret->made = (struct lm_when){ (int64_t)r->last_day * 86400 * LM_SECOND_US, 0, LM_TIME_UTC };
    }
    ret->title = LM_STR("Operation report");
    ret->subtitle = lm_arena_printf(a, "%.*s; data cut-off, the latest day that a row states: %s", LM_STR_ARG(scope), day);
    ret->foot = lm_arena_printf(a, "Operation report; %.*s; data cut-off %s. %s", LM_STR_ARG(scope), day,
                                "A dose count is an estimate under the rule named beside it.");
    ret->failed |= ret->subtitle.p == NULL || ret->foot.p == NULL;
    totals(&x);
    months(&x);
    divisions(&x);
    flags(&x);
    links(&x);
    set_aside(&x);
    dose_rules(&x);
    row_lists(&x);
    lm_buf_free(&x.text);
    return ret->failed ? lm_fail(e, LM_ENOMEM, "out of memory") : LM_OK;
}
