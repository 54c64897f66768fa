#include "resolve/record.h"

#include <stdlib.h>

#include "base/map.h"
#include "resolve/sort.h"

#define FIRST_ROWS 1024
#define SOURCE_BIT ((uint64_t)1 << 63)

uint64_t lm_stable_hash(struct lm_str s, uint64_t seed)
{
    return lm_hash64(s, seed ^ 0x5bd1e995u);
}

void lm_records_init(struct lm_records *r, const struct lm_field *fields, uint32_t n_fields, uint64_t seed, struct lm_folder *folder)
{
    *r = (struct lm_records){ .n_fields = n_fields, .seed = seed, .folder = folder };
    for (uint32_t f = 0; f < n_fields; f++) {
        r->fields[f] = fields[f];
        lm_values_init(&r->values[f]);
    }
}

void lm_records_free(struct lm_records *r)
{
    for (uint32_t f = 0; f < r->n_fields; f++) {
        lm_values_free(&r->values[f]);
        free(r->count[f]);
    }
    free(r->cells);
    free(r->origin);
    free(r->order);
    *r = (struct lm_records){ .n_fields = 0 };
}

static lm_err more_rows(struct lm_records *r)
{
    uint32_t cap = r->cap == 0 ? FIRST_ROWS : r->cap + r->cap / 2;
    uint32_t *cells = realloc(r->cells, ((size_t)cap * r->n_fields + 1) * sizeof *cells);
    if (cells != NULL)
        r->cells = cells;
    uint64_t *order = cells != NULL ? realloc(r->order, cap * sizeof *order) : NULL;
    if (order == NULL)
        return LM_ENOMEM;
    r->order = order;
    r->cap = cap;
    return LM_OK;
}

lm_err lm_records_add(struct lm_records *r, unsigned source, uint64_t tie, const struct lm_str *cells)
{
    char form[LM_FORM_TEXT_MAX];
    uint64_t hash = tie * 0x9e3779b97f4a7c15u ^ r->seed;
    lm_err err = LM_OK;
    if (r->n >= LM_RECORDS_MOST)
        return LM_ELIMIT;
    if (r->n == r->cap)
        err = more_rows(r);
    uint32_t *row = r->cells + (size_t)r->n * r->n_fields;
    for (uint32_t f = 0; err == LM_OK && f < r->n_fields; f++) {
        struct lm_folded folded = lm_fold_cell(r->folder, r->fields[f].kind, r->fields[f].how[source != 0], cells[f], form);
        struct lm_str value = { form, folded.n };
        r->n_cut[f] += folded.cut;
        r->n_not_utf8[f] += folded.not_utf8;
        err = lm_values_put(lm_field_values(r, f), value, &row[f]);
        hash = (hash ^ lm_stable_hash(value, f)) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 33;
    }
    if (err != LM_OK)
        return err;
    r->order[r->n++] = source != 0 ? hash | SOURCE_BIT : hash & ~SOURCE_BIT;
    r->n_first += source == 0;
    return LM_OK;
}

static lm_err put_in_order(struct lm_records *r)
{
    size_t row_bytes = r->n_fields * sizeof *r->cells;
    uint32_t *cells = malloc((size_t)r->n * row_bytes + 1);
    r->origin = malloc(((size_t)r->n + 1) * sizeof *r->origin);
    lm_err err = cells != NULL && r->origin != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t i = 0; err == LM_OK && i < r->n; i++)
        r->origin[i] = i;
    if (err == LM_OK)
        err = lm_sort_keys(r->order, r->origin, r->n);
    if (err != LM_OK) {
        free(cells);
        return err;
    }
    for (uint32_t i = 0; i < r->n; i++)
        memcpy(cells + (size_t)i * r->n_fields, r->cells + (size_t)r->origin[i] * r->n_fields, row_bytes);
    free(r->cells);
    free(r->order);
    r->cells = cells;
    r->order = NULL;
    r->cap = r->n;
    return LM_OK;
}

static lm_err count_values(struct lm_records *r)
{
    for (uint32_t f = 0; f < r->n_fields; f++) {
        r->count[f] = calloc((size_t)lm_field_values(r, f)->n + 1, sizeof *r->count[f]);
        if (r->count[f] == NULL)
            return LM_ENOMEM;
    }
    for (uint32_t i = 0; i < r->n; i++) {
        const uint32_t *row = lm_record(r, i);
        for (uint32_t f = 0; f < r->n_fields; f++)
            r->count[f][row[f]]++;
    }
    for (uint32_t f = 0; f < r->n_fields; f++) {
        r->given[f] = r->n - r->count[f][0];
        r->count[f][0] = 0;
    }
    return LM_OK;
}

static enum lm_word_cut cut_of(enum lm_field_kind kind)
{
    switch (kind) {
    case LM_FIELD_GIVEN:
    case LM_FIELD_SURNAME:
    case LM_FIELD_WORDS: return LM_CUT_BLANKS;
    case LM_FIELD_TEXT: return LM_CUT_SET;
    case LM_FIELD_EMAIL: return LM_CUT_DOMAIN;
    case LM_FIELD_DATE: return LM_CUT_DATE;
    case LM_FIELD_CODE: return LM_CUT_CODE;
    case LM_FIELD_NUMBER: break;
    }
    return LM_CUT_NONE;
}

/* Signs the values of a group, which several fields may share. */
static lm_err sign(struct lm_records *r, uint32_t group, enum lm_field_kind kind)
{
    struct lm_values *v = &r->values[group];
    uint64_t *records = calloc((size_t)v->n + 1, sizeof *records);
    if (records == NULL)
        return LM_ENOMEM;
    for (uint32_t f = 0; f < r->n_fields; f++)
        for (uint32_t id = 1; r->fields[f].group == group && id <= v->n; id++)
            records[id] += r->count[f][id];
    lm_err err = lm_values_sign(v, cut_of(kind), records);
    free(records);
    return err;
}

lm_err lm_records_seal(struct lm_records *r)
{
    bool sealed[LM_FIELDS_MOST] = { false };
    lm_err err = LM_OK;
    for (uint32_t f = 0; err == LM_OK && f < r->n_fields; f++) {
        if (!sealed[r->fields[f].group])
            err = lm_values_seal(lm_field_values(r, f), cut_of(r->fields[f].kind));
        sealed[r->fields[f].group] = true;
    }
    if (err == LM_OK)
        err = put_in_order(r);
    if (err == LM_OK)
        err = count_values(r);
    for (uint32_t f = 0; err == LM_OK && f < r->n_fields; f++) {
        if (sealed[r->fields[f].group])
            err = sign(r, r->fields[f].group, r->fields[f].kind);
        sealed[r->fields[f].group] = false;
    }
    return err;
}

/* --- later --- */

lm_err lm_records_reopen(struct lm_records *r, struct lm_folder *folder)
{
    lm_err err = LM_OK;
    r->folder = folder;
    for (uint32_t f = 0; f < r->n_fields && err == LM_OK; f++)
        if (lm_field_values(r, f)->slots == NULL)
            err = lm_values_reopen(lm_field_values(r, f));
    return err;
}

static lm_err more_kept(struct lm_records *r)
{
    uint32_t cap = r->cap + r->cap / 16 + FIRST_ROWS;
    uint32_t *cells = realloc(r->cells, (size_t)cap * r->n_fields * sizeof *cells);
    if (cells != NULL)
        r->cells = cells;
    uint32_t *origin = cells != NULL ? realloc(r->origin, (size_t)cap * sizeof *origin) : NULL;
    if (origin == NULL)
        return LM_ENOMEM;
    r->origin = origin;
    r->cap = cap;
    return LM_OK;
}

lm_err lm_records_append(struct lm_records *r, uint32_t known, const struct lm_str *cells)
{
    char form[LM_FORM_TEXT_MAX];
    if (r->n >= LM_RECORDS_MOST)
        return LM_ELIMIT;
    lm_err err = r->n >= r->cap ? more_kept(r) : LM_OK;
    uint32_t *row = r->cells + (size_t)r->n * r->n_fields;
    for (uint32_t f = 0; err == LM_OK && f < r->n_fields; f++) {
        struct lm_values *v = lm_field_values(r, f);
        enum lm_field_kind kind = r->fields[f].kind;
        struct lm_str value = { form, lm_fold_cell(r->folder, kind, r->fields[f].how[0], cells[f], form).n };
        if ((known >> f & 1) != 0)
            row[f] = lm_values_find(v, value);
        else
            err = lm_values_append(v, cut_of(kind), value, &row[f]);
    }
    return err;
}

void lm_records_keep(struct lm_records *r)
{
    r->origin[r->n] = r->n;
    r->n++;
    r->n_first++;
}
