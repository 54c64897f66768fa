#include "rollup/rollup.h"

#include <stdio.h>

#include "rollup/internal.h"

#define NOT_STATED LM_STR("not stated")
#define MAX_PLACES 34 /* of one row along one `by`: every platform, at most */

static const char *const by_words[LM_ROLLUP_N_BY] = { "whole", "operation", "division", "agency",
                                                      "month", "cartel",    "platform", "city" };

const char *lm_rollup_by_word(enum lm_rollup_by by)
{
    return (size_t)by < LM_ROLLUP_N_BY ? by_words[by] : "?";
}

bool lm_rollup_by_parse(struct lm_str word, enum lm_rollup_by *ret)
{
    for (size_t i = 0; i < LM_ROLLUP_N_BY; i++) {
        if (lm_str_eq(word, lm_str(by_words[i]))) {
            *ret = (enum lm_rollup_by)i;
            return true;
        }
    }
    return false;
}

/* --- rows into memory --- */

static bool copy_row(struct lm_arena *a, const struct lm_rollup_row *in, bool stable, struct held_row *out)
{
    *out = (struct held_row){ .op = in->op,
                              .ref = in->ref,
                              .same_as = ROW_NONE,
                              .next_same = ROW_NONE,
                              .investigation = ROW_NONE,
                              .aside_head = ROW_NONE,
                              .aside_next = ROW_NONE };
    struct lm_op_row *o = &out->op;
    struct lm_str *slices[] = {
        &out->ref,    &o->id,      &o->investigation, &o->operation,      &o->agency,
        &o->division, &o->city,    &o->state,         &o->drug,           &o->form,
        &o->kind,     &o->seizure, &o->profile,       &o->exhibit_number, &o->cartel
    };
    for (size_t i = 0; i < sizeof slices / sizeof slices[0]; i++) {
        struct lm_str s = lm_str_trim(*slices[i]);
        *slices[i] = s.n == 0 ? (struct lm_str){ NULL, 0 } : stable ? s : lm_arena_copy(a, s);
        if (s.n != 0 && slices[i]->p == NULL)
            return false;
    }
    o->note = o->amount.original = o->net.original = (struct lm_str){ NULL, 0 };
    out->agency = o->agency;
    out->division = o->division;
    out->operation = o->operation;
    return true;
}

static lm_err load(struct work *w, struct lm_rollup_rows *rows)
{
    struct rows *held = &w->rows;
    held->v = rows->n != 0 ? lm_arena_array(w->a, rows->n, sizeof *held->v) : NULL;
    held->cap = held->v != NULL ? rows->n : 0;
    for (bool done = false;;) {
        struct lm_rollup_row row;
        lm_err err = rows->next(rows, &row, &done, w->e);
        if (err != LM_OK || done)
            return err;
        if (held->n == INT32_MAX)
            return lm_fail(w->e, LM_ELIMIT, "more than %d rows", INT32_MAX);
        size_t cap = held->cap;
        struct held_row *v = lm_arena_grow(w->a, held->v, held->n, &cap, sizeof *v);
        if (v == NULL || !copy_row(w->a, &row, rows->stable, &v[held->n]))
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        held->v = v;
        held->cap = (uint32_t)cap;
        held->n++;
    }
}

/* --- sums --- */

struct tally {
    struct work *w;
    struct lm_map map;
    struct lm_buf key;
    struct sum *sums;
    size_t n_sums, cap_sums;
    struct dose_sum *doses;
    size_t n_doses, cap_doses;
    struct lab_answer *answers;
    uint32_t *lab_next;
    /* the row at hand */
    uint32_t row;
    enum lm_rollup_by by;
    struct lm_str place;
    char text[64];
};

static lm_err no_memory(struct tally *t)
{
    return lm_fail(t->w->e, LM_ENOMEM, "out of memory");
}

static bool add_ref(struct lm_arena *a, uint32_t **rows, size_t *n, size_t *cap, uint32_t row)
{
    if (*n != 0 && (*rows)[*n - 1] == row)
        return true;
    uint32_t *v = lm_arena_grow(a, *rows, *n, cap, sizeof *v);
    if (v == NULL)
        return false;
    *rows = v;
    v[(*n)++] = row;
    return true;
}

/* The sum of this place and name; NULL without memory. kind follows a colon in the name when not empty. */
static struct sum *find_sum(struct tally *t, const char *name, struct lm_str kind, enum lm_unit unit)
{
    uint64_t *at;
    bool fresh;
    lm_buf_clear(&t->key);
    lm_buf_putc(&t->key, 's');
    lm_buf_putc(&t->key, (char)t->by);
    lm_buf_put(&t->key, lm_str(name));
    lm_buf_putc(&t->key, '\0');
    if (kind.n != 0)
        (void)lm_rollup_fold(&t->key, kind);
    lm_buf_putc(&t->key, '\0');
    (void)lm_rollup_fold(&t->key, t->place);
    if (t->key.failed || lm_map_put(&t->map, lm_buf_str(&t->key), t->n_sums, &at, &fresh) != LM_OK)
        return NULL;
    if (!fresh)
        return &t->sums[*at];
    struct sum *v = lm_arena_grow(t->w->a, t->sums, t->n_sums, &t->cap_sums, sizeof *v);
    struct lm_str place = lm_arena_copy(t->w->a, t->place);
    lm_buf_clear(&t->key);
    lm_buf_printf(&t->key, "%s%s", name, kind.n != 0 ? ":" : "");
    (void)lm_rollup_fold(&t->key, kind);
    struct lm_str full = lm_arena_copy(t->w->a, lm_buf_str(&t->key));
    if (v == NULL || place.p == NULL || full.p == NULL || t->key.failed)
        return NULL;
    t->sums = v;
    v[t->n_sums] = (struct sum){ .key_place = place, .name = full, .by = t->by, .unit = unit };
    return &v[t->n_sums++];
}

static lm_err add_to(struct tally *t, struct sum *s, int64_t value, enum lm_qualifier q, uint32_t row)
{
    if (s == NULL)
        return no_memory(t);
    s->qualifier = s->n_rows == 0 ? q : lm_qualifier_join(s->qualifier, q);
    s->overflow |= !lm_checked_add(s->value, value, &s->value);
    return add_ref(t->w->a, &s->rows, &s->n_rows, &s->cap_rows, row) ? LM_OK : no_memory(t);
}

static lm_err add(struct tally *t, const char *name, struct lm_str kind, enum lm_unit unit, int64_t value,
                  enum lm_qualifier q)
{
    return add_to(t, find_sum(t, name, kind, unit), value, q, t->row);
}

/* --- investigations: flags are unions over everything that was said of one --- */

static int flag_of(const struct lm_op_row *o, bool social)
{
    int said = social ? o->social_media : o->encrypted;
    for (unsigned p = 0; p < 32; p++)
        if ((o->platforms >> p & 1) != 0
            && (social ? lm_platform_is_social((enum lm_platform)p)
                       : lm_platform_is_encrypted((enum lm_platform)p)))
            said = 1;
    return said;
}

static lm_err flag(struct tally *t, const char *name, bool social, bool encrypted)
{
    const struct held_row *rows = t->w->rows.v;
    struct sum *s = find_sum(t, name, LM_STR(""), LM_UNIT_COUNT);
    bool yes = false, stated = true;
    if (s == NULL)
        return no_memory(t);
    for (uint32_t i = t->row; i != ROW_NONE; i = rows[i].next_same) {
        int a = social ? flag_of(&rows[i].op, true) : 0, b = encrypted ? flag_of(&rows[i].op, false) : 0;
        stated = stated && a >= 0 && b >= 0;
        if (a != 1 && b != 1)
            continue;
        if (add_to(t, s, yes ? 0 : 1, LM_QUALIFIER_EXACT, i) != LM_OK)
            return LM_ENOMEM;
        yes = true;
    }
    s->unstated += !yes && !stated;
    return LM_OK;
}

static uint32_t platforms_of(const struct work *w, uint32_t row)
{
    uint32_t bits = 0;
    for (uint32_t i = row; i != ROW_NONE; i = w->rows.v[i].next_same)
        bits |= w->rows.v[i].op.platforms;
    return bits;
}

static struct lm_str cartel_of(const struct work *w, uint32_t row)
{
    for (uint32_t i = row; i != ROW_NONE; i = w->rows.v[i].next_same)
        if (w->rows.v[i].op.cartel.n != 0)
            return w->rows.v[i].op.cartel;
    return (struct lm_str){ NULL, 0 };
}

static lm_err investigation(struct tally *t)
{
    lm_err err = add(t, "investigations", LM_STR(""), LM_UNIT_COUNT, 1, LM_QUALIFIER_EXACT);
    struct lm_str cartel = cartel_of(t->w, t->row);
    uint32_t platforms = platforms_of(t->w, t->row);
    if (err == LM_OK)
        err = flag(t, "social_media", true, false);
    if (err == LM_OK)
        err = flag(t, "encrypted", false, true);
    if (err == LM_OK)
        err = flag(t, "social_media_or_encrypted", true, true);
    if (err == LM_OK && cartel.n != 0)
        err = add(t, "cartel", cartel, LM_UNIT_COUNT, 1, LM_QUALIFIER_EXACT);
    for (unsigned p = 1; err == LM_OK && p < 32; p++)
        if ((platforms >> p & 1) != 0)
            err = add(t, "platform", lm_str(lm_platform_word((enum lm_platform)p)), LM_UNIT_COUNT, 1,
                      LM_QUALIFIER_EXACT);
    return err;
}

/* --- doses --- */

static struct dose_sum *find_doses(struct tally *t)
{
    uint64_t *at;
    bool fresh;
    lm_buf_clear(&t->key);
    lm_buf_printf(&t->key, "d%d|", (int)t->by);
    (void)lm_rollup_fold(&t->key, t->place);
    if (t->key.failed || lm_map_put(&t->map, lm_buf_str(&t->key), t->n_doses, &at, &fresh) != LM_OK)
        return NULL;
    if (!fresh)
        return &t->doses[*at];
    struct dose_sum *v = lm_arena_grow(t->w->a, t->doses, t->n_doses, &t->cap_doses, sizeof *v);
    struct lm_str place = lm_arena_copy(t->w->a, t->place);
    if (v == NULL || place.p == NULL)
        return NULL;
    t->doses = v;
    v[t->n_doses] = (struct dose_sum){ .key_place = place, .by = t->by };
    return &v[t->n_doses++];
}

static lm_err covered(struct tally *t, struct dose_sum *d, const struct lab_answer *lab)
{
    d->laboratory_qualifier =
        d->n_covered == 0 ? lab->qualifier : lm_qualifier_join(d->laboratory_qualifier, lab->qualifier);
    d->n_covered++;
    d->overflow |= lab->overflow || __builtin_add_overflow(d->laboratory, lab->sum, &d->laboratory);
    for (uint32_t i = lab->first_row; i != ROW_NONE; i = t->lab_next[i])
        if (t->answers[i].answered
            && !add_ref(t->w->a, &d->laboratory_rows, &d->n_laboratory_rows, &d->cap_laboratory_rows, i))
            return no_memory(t);
    return LM_OK;
}

static lm_err seizure_doses(struct tally *t, int64_t pills, int64_t powder_ug, enum lm_qualifier q)
{
    const struct lm_dose_rules *rules = t->w->options->rules;
    const struct lab_answer *lab = &t->answers[t->row];
    bool has_pills = pills >= 0, has_powder = powder_ug >= 0;
    struct dose_sum *d = find_doses(t);
    if (d == NULL || !add_ref(t->w->a, &d->rows, &d->n_rows, &d->cap_rows, t->row))
        return no_memory(t);
    d->qualifier = d->n_seizures == 0 ? q : lm_qualifier_join(d->qualifier, q);
    d->n_seizures++;
    for (size_t r = 0; r < rules->n; r++) {
        const struct lm_dose_rule *rule = &rules->rules[r];
        if (!lm_dose_covers(rule, has_pills, has_powder))
            continue;
        lm_dose_sum one = 0;
        d->overflow |= !lm_dose_add(rule, has_pills ? pills : 0, has_powder ? powder_ug : 0, &one)
                       || __builtin_add_overflow(d->by_rule[r], one, &d->by_rule[r]);
        d->rule_says[r] = true;
        if (lab->answered) {
            d->overflow |= __builtin_add_overflow(d->covered_by_rule[r], one, &d->covered_by_rule[r]);
            d->covered_rule_says[r] = true;
        }
    }
    return lab->answered ? covered(t, d, lab) : LM_OK;
}

/* --- the other tables --- */

static void charge_key(struct lm_buf *key, struct lm_str arrest, struct lm_str investigation)
{
    lm_buf_putc(key, 'c');
    (void)lm_rollup_fold(key, arrest);
    lm_buf_putc(key, '\0');
    (void)lm_rollup_fold(key, investigation);
}

/* Which arrests the table of charges names. */
static lm_err name_arrests(struct tally *t)
{
    for (uint32_t i = 0; i < t->w->rows.n; i++) {
        const struct lm_op_row *o = &t->w->rows.v[i].op;
        uint64_t *at;
        if (o->table != LM_OP_CHARGE || o->seizure.n == 0)
            continue;
        lm_buf_clear(&t->key);
        charge_key(&t->key, o->seizure, o->investigation);
        if (t->key.failed || lm_map_put(&t->map, lm_buf_str(&t->key), i, &at, NULL) != LM_OK)
            return no_memory(t);
    }
    return LM_OK;
}

static lm_err fentanyl(struct tally *t, const struct lm_op_row *o, bool pills)
{
    const struct lm_quantity *q = &o->amount;
    bool mass = q->dimension == LM_DIMENSION_MASS;
    bool weighed_pills = mass && lm_rollup_is_pill_form(o->form), loose_count = !mass && !pills;
    lm_err err;
    if (weighed_pills)
        err = add(t, "mass:fentanyl pills", LM_STR(""), LM_UNIT_KG, q->value, q->qualifier);
    else if (loose_count)
        err = add(t, "count:fentanyl", LM_STR(""), LM_UNIT_COUNT, q->value, q->qualifier);
    else
        err = add(t, mass ? "powder" : "pills", LM_STR(""), mass ? LM_UNIT_KG : LM_UNIT_PILLS, q->value,
                  q->qualifier);
    if (err != LM_OK || ((weighed_pills || loose_count) && !t->answers[t->row].answered))
        return err;
    bool ruled = !weighed_pills && !loose_count;
    return seizure_doses(t, ruled && !mass ? q->value : -1, ruled && mass ? q->value : -1, q->qualifier);
}

/* What the laboratory weighed of one seizure: net mass, and purity as mass times purity over mass, so that parts add. */
static lm_err weighed(struct tally *t, struct lm_str kind)
{
    lm_err err = LM_OK;
    for (uint32_t i = t->answers[t->row].first_row; err == LM_OK && i != ROW_NONE; i = t->lab_next[i]) {
        const struct lm_op_row *lab = &t->w->rows.v[i].op;
        const struct lm_quantity *mass = lab->net.dimension == LM_DIMENSION_MASS ? &lab->net : &lab->amount;
        if (lab->net.dimension == LM_DIMENSION_MASS)
            err = add_to(t, find_sum(t, "net", kind, LM_UNIT_KG), lab->net.value, lab->net.qualifier, i);
        if (err != LM_OK || lab->purity_ppm < 0 || mass->dimension != LM_DIMENSION_MASS || mass->value <= 0)
            continue;
        struct sum *s = find_sum(t, "purity", kind, LM_UNIT_NONE);
        err = add_to(t, s, 0, mass->qualifier, i);
        if (err != LM_OK)
            return err;
        s->low_ppm = s->ug == 0 || lab->purity_ppm < s->low_ppm ? lab->purity_ppm : s->low_ppm;
        s->high_ppm = s->ug == 0 || lab->purity_ppm > s->high_ppm ? lab->purity_ppm : s->high_ppm;
        s->ug += (uint64_t)mass->value;
        s->ug_ppm += (lm_dose_sum)(uint64_t)mass->value * (uint64_t)lab->purity_ppm;
    }
    return err;
}

/* The seizure by drug and form: how many, gross mass or count, what the laboratory weighed. */
static lm_err drug_and_form(struct tally *t, const struct lm_op_row *o, struct lm_str drug, bool pills)
{
    const struct lm_quantity *q = &o->amount;
    bool mass = q->dimension == LM_DIMENSION_MASS;
    struct lm_str form = o->form.n != 0 ? o->form : pills && !mass ? LM_STR("pills") : LM_STR("form not stated");
    struct lm_str kind = lm_arena_printf(t->w->a, "%.*s, %.*s", LM_STR_ARG(drug), LM_STR_ARG(form));
    if (kind.p == NULL)
        return no_memory(t);
    lm_err err = add(t, "seizures", LM_STR(""), LM_UNIT_COUNT, 1, LM_QUALIFIER_EXACT);
    if (err == LM_OK)
        err = add(t, "seizures", kind, LM_UNIT_COUNT, 1, LM_QUALIFIER_EXACT);
    if (err == LM_OK)
        err = add(t, mass ? "gross" : "units", kind, mass ? LM_UNIT_KG : LM_UNIT_COUNT, q->value, q->qualifier);
    return err == LM_OK ? weighed(t, kind) : err;
}

static lm_err seizure(struct tally *t, const struct lm_op_row *o)
{
    const struct lm_quantity *q = &o->amount;
    bool pills =
        q->unit == LM_UNIT_PILLS || (q->dimension == LM_DIMENSION_COUNT && lm_rollup_is_pill_form(o->form));
    struct lm_str drug = o->drug.n != 0 ? o->drug : NOT_STATED;
    lm_err err = drug_and_form(t, o, drug, pills);
    if (err != LM_OK)
        return err;
    if (lm_rollup_is_fentanyl(o->drug))
        return fentanyl(t, o, pills);
    if (q->dimension == LM_DIMENSION_MASS && lm_rollup_is_meth(o->drug))
        return add(t, "meth", LM_STR(""), LM_UNIT_KG, q->value, q->qualifier);
    if (q->dimension == LM_DIMENSION_MASS)
        return add(t, "mass", drug, LM_UNIT_KG, q->value, q->qualifier);
    return add(t, pills ? "pills" : "count", drug, pills ? LM_UNIT_PILLS : LM_UNIT_COUNT, q->value,
               q->qualifier);
}

static lm_err money(struct tally *t, const struct lm_op_row *o)
{
    static const char *const kinds[] = { "assets", "currency", "proceeds" };
    for (size_t i = 0; i < 3; i++) {
        if (!lm_str_eq_nocase(o->kind, lm_str(kinds[i])))
            continue;
        lm_err err = add(t, kinds[i], LM_STR(""), LM_UNIT_USD, o->amount.value, o->amount.qualifier);
        struct sum *total = err == LM_OK ? find_sum(t, "money", LM_STR(""), LM_UNIT_USD) : NULL;
        if (total == NULL)
            return no_memory(t);
        total->kinds |= 1u << i;
        return add_to(t, total, o->amount.value, o->amount.qualifier, t->row);
    }
    return add(t, "money", o->kind.n != 0 ? o->kind : NOT_STATED, LM_UNIT_USD, o->amount.value,
               o->amount.qualifier);
}

static lm_err counted(struct tally *t, const char *name, const struct lm_op_row *o, bool by_kind)
{
    bool stated = o->amount.dimension == LM_DIMENSION_COUNT;
    int64_t n = stated ? o->amount.value : 1;
    enum lm_qualifier q = stated ? o->amount.qualifier : LM_QUALIFIER_EXACT;
    lm_err err = add(t, name, LM_STR(""), LM_UNIT_COUNT, n, q);
    if (err == LM_OK && by_kind)
        err = add(t, name, o->kind.n != 0 ? o->kind : NOT_STATED, LM_UNIT_COUNT, n, q);
    return err;
}

/* A charge that no row of the table of charges carries further is counted where the arrest states it. */
static lm_err arrest(struct tally *t, const struct lm_op_row *o)
{
    lm_err err = counted(t, "arrests", o, false);
    if (err != LM_OK || o->kind.n == 0)
        return err;
    /* the table of charges names the investigation too, or none */
    const struct lm_str of[] = { o->investigation, { NULL, 0 } };
    for (size_t i = 0; i < 2 && o->id.n != 0; i++) {
        lm_buf_clear(&t->key);
        charge_key(&t->key, o->id, of[i]);
        if (t->key.failed)
            return no_memory(t);
        if (lm_map_get(&t->map, lm_buf_str(&t->key)) != NULL)
            return LM_OK;
    }
    return counted(t, "charges", o, true);
}

static lm_err overdose(struct tally *t, const struct lm_op_row *o)
{
    static const char *const names[] = { "overdoses", "deaths", "overdoses_linked", "deaths_linked" };
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < 4; i++)
        if ((i % 2 == 0 || o->fatal) && (i < 2 || o->seizure.n != 0))
            err = add(t, names[i], LM_STR(""), LM_UNIT_COUNT, 1, LM_QUALIFIER_EXACT);
    return err;
}

static lm_err organization(struct tally *t, const struct lm_op_row *o)
{
    struct lm_str both = lm_arena_printf(t->w->a, "%.*s, %.*s", LM_STR_ARG(o->kind), LM_STR_ARG(o->form));
    if (both.p == NULL)
        return no_memory(t);
    lm_err err = add(t, "organizations", o->kind, LM_UNIT_COUNT, 1, LM_QUALIFIER_EXACT);
    return err == LM_OK ? add(t, "organizations", both, LM_UNIT_COUNT, 1, LM_QUALIFIER_EXACT) : err;
}

static lm_err firearm_link(struct tally *t, const struct lm_op_row *o)
{
    static const char *const names[] = { "nibin_leads", "nibin_hits", "first_purchasers" };
    enum lm_firearm_link kind;
    if (!lm_firearm_link_parse(o->kind, &kind))
        return LM_OK;
    return add(t, names[kind], LM_STR(""), LM_UNIT_COUNT, 1, LM_QUALIFIER_EXACT);
}

static lm_err one_place(struct tally *t)
{
    const struct lm_op_row *o = &t->w->rows.v[t->row].op;
    switch (o->table) {
    case LM_OP_INVESTIGATION:
        return investigation(t);
    case LM_OP_SEIZURE:
        return seizure(t, o);
    case LM_OP_MONEY:
        return money(t, o);
    case LM_OP_FIREARM:
        return counted(t, "firearms", o, true);
    case LM_OP_ARREST:
        return arrest(t, o);
    case LM_OP_OVERDOSE:
        return overdose(t, o);
    case LM_OP_CHARGE:
        return counted(t, "charges", o, true);
    case LM_OP_PILL_PRESS:
        return counted(t, "pill_presses", o, o->kind.n != 0);
    case LM_OP_ORGANIZATION:
        return organization(t, o);
    case LM_OP_FIREARM_LINK:
        return firearm_link(t, o);
    case LM_OP_LAB_RESULT:
        break;
    }
    return LM_OK;
}

/* --- places --- */

static struct lm_str month_of(struct tally *t, int32_t day)
{
    if (day == LM_DAY_NONE)
        return NOT_STATED;
    return lm_str_take(lm_str(lm_day_format(day, t->text)), sizeof "2023-05" - 1);
}

static struct lm_str city_of(struct tally *t, const struct lm_op_row *o)
{
    if (o->city.n == 0)
        return NOT_STATED;
    return o->state.n == 0
               ? o->city
               : lm_arena_printf(t->w->a, "%.*s, %.*s", LM_STR_ARG(o->city), LM_STR_ARG(o->state));
}

/* The places of the row along `by`: one, but for platforms. Returns how many. */
static size_t places(struct tally *t, struct lm_str out[MAX_PLACES])
{
    const struct held_row *r = &t->w->rows.v[t->row];
    uint32_t inv = r->investigation, bits;
    size_t n = 0;
    struct lm_str one = { NULL, 0 };
    switch (t->by) {
    case LM_ROLLUP_WHOLE:
        one = LM_STR("whole");
        break;
    case LM_ROLLUP_OPERATION:
        one = r->operation;
        break;
    case LM_ROLLUP_DIVISION:
        one = r->division;
        break;
    case LM_ROLLUP_AGENCY:
        one = r->agency;
        break;
    case LM_ROLLUP_MONTH:
        one = month_of(t, r->op.day);
        break;
    case LM_ROLLUP_CARTEL:
        one = inv != ROW_NONE ? cartel_of(t->w, inv) : one;
        break;
    case LM_ROLLUP_PLATFORM:
        bits = inv != ROW_NONE ? platforms_of(t->w, inv) : 0;
        for (unsigned p = 1; p < 32; p++)
            if ((bits >> p & 1) != 0)
                out[n++] = lm_str(lm_platform_word((enum lm_platform)p));
        break;
    case LM_ROLLUP_CITY:
        one = city_of(t, &r->op);
        break;
    case LM_ROLLUP_N_BY:
        break;
    }
    if (n == 0)
        out[n++] = one.n != 0 ? one : NOT_STATED;
    return n;
}

/* Rows whose quantity is not of the sort that their table holds are told, not counted. */
static bool countable(const struct lm_op_row *o)
{
    enum lm_dimension d = o->amount.dimension;
    bool positive = d == LM_DIMENSION_NONE || o->amount.value >= 0;
    switch (o->table) {
    case LM_OP_SEIZURE:
        return positive && (d == LM_DIMENSION_MASS || d == LM_DIMENSION_COUNT);
    case LM_OP_MONEY:
        return positive && d == LM_DIMENSION_MONEY;
    case LM_OP_FIREARM:
    case LM_OP_ARREST:
    case LM_OP_CHARGE:
    case LM_OP_PILL_PRESS:
        return positive && (d == LM_DIMENSION_NONE || d == LM_DIMENSION_COUNT);
    case LM_OP_INVESTIGATION:
    case LM_OP_LAB_RESULT:
    case LM_OP_OVERDOSE:
    case LM_OP_ORGANIZATION:
    case LM_OP_FIREARM_LINK:
        break;
    }
    return true;
}

/* Tablets in the words of powder, or the other way round: counted by its unit, and told. */
static lm_err mixed_units(struct work *w, const struct held_row *r)
{
    const struct lm_op_row *o = &r->op;
    if (o->table != LM_OP_SEIZURE || o->form.n == 0 || lm_rollup_is_pill_form(o->form) || o->amount.unit != LM_UNIT_PILLS)
        return LM_OK;
    return lm_rollup_note(w, r->ref, "the form is \"%.*s\" but the quantity is in pills: counted as pills",
                          LM_STR_ARG(lm_str_take(o->form, 40)));
}

static lm_err tally_rows(struct tally *t)
{
    struct work *w = t->w;
    unsigned dimensions = w->options->by | 1u << LM_ROLLUP_WHOLE;
    for (uint32_t i = 0; i < w->rows.n; i++) {
        lm_err err = LM_OK;
        if (w->rows.v[i].same_as != ROW_NONE)
            continue;
        if (!countable(&w->rows.v[i].op)) {
            err = lm_rollup_note(w, w->rows.v[i].ref,
                                 "the row is not counted: its quantity is not of the sort that "
                                 "its table holds");
            if (err != LM_OK)
                return err;
            continue;
        }
        t->row = i;
        err = mixed_units(w, &w->rows.v[i]);
        for (int by = 0; by < LM_ROLLUP_N_BY && err == LM_OK; by++) {
            struct lm_str at[MAX_PLACES];
            t->by = (enum lm_rollup_by)by;
            size_t n = (dimensions >> by & 1) != 0 ? places(t, at) : 0;
            for (size_t k = 0; err == LM_OK && k < n; k++) {
                t->place = at[k];
                err = one_place(t);
            }
        }
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

lm_err lm_rollup_run(struct lm_arena *a, struct lm_rollup_rows *rows, const struct lm_rollup_options *options,
                     struct lm_rollup *ret, struct lm_error *e)
{
    struct work w = { .a = a, .e = e, .options = options };
    struct tally t = { .w = &w };
    lm_err err = load(&w, rows);
    if (err == LM_OK)
        err = lm_rollup_set_aside(&w);
    if (err != LM_OK)
        return err;
    t.answers = lm_arena_array(a, w.rows.n, sizeof *t.answers);
    t.lab_next = lm_arena_array(a, w.rows.n, sizeof *t.lab_next);
    if (t.answers == NULL || t.lab_next == NULL)
        return no_memory(&t);
    err = lm_rollup_laboratory(&w, t.answers, t.lab_next);
    if (err != LM_OK)
        return err;
    lm_map_init(&t.map, a);
    lm_buf_init(&t.key, (size_t)64 << 20);
    err = name_arrests(&t);
    if (err == LM_OK)
        err = tally_rows(&t);
    lm_buf_free(&t.key);
    struct lm_rollup r;
    if (err == LM_OK)
        err = lm_rollup_figures(&w, t.sums, t.n_sums, t.doses, t.n_doses, &r);
    if (err == LM_OK)
        err = lm_rollup_links(&w, t.answers, t.lab_next, &r);
    r.last_day = LM_DAY_NONE;
    for (uint32_t i = 0; err == LM_OK && i < w.rows.n; i++) {
        int32_t day = w.rows.v[i].op.day;
        r.last_day = day != LM_DAY_NONE && (r.last_day == LM_DAY_NONE || day > r.last_day) ? day : r.last_day;
    }
    if (err == LM_OK)
        *ret = r;
    return err;
}
