#include "resolve/part.h"

#include <stdlib.h>

#include "base/map.h"

#define LETTERS 3
#define HALF_LEAST 6     /* bytes of a code that has halves */
#define MANY_WORDS 0.05  /* share of records with several words that makes words worth a key */

static bool has_words(const struct lm_records *r, uint32_t f)
{
    const struct lm_values *v = &r->values[r->fields[f].group];
    uint64_t several = 0;
    for (uint32_t id = 1; id <= v->n; id++)
        if ((v->signature[id] & LM_SIGN_SEVERAL) != 0)
            several += r->count[f][id];
    return (double)several >= MANY_WORDS * (double)r->given[f] && several > 0;
}

static void add(struct lm_candidate_parts *p, uint32_t field, unsigned piece)
{
    if (p->n < LM_PARTS_MOST)
        p->part[p->n++] = (struct lm_part){ .field = (uint8_t)field, .piece = (uint8_t)piece };
}

static void list_parts(const struct lm_records *r, struct lm_candidate_parts *p)
{
    for (uint32_t f = 0; f < r->n_fields; f++) {
        enum lm_field_kind kind = r->fields[f].kind;
        add(p, f, LM_PIECE_WHOLE);
        switch (kind) {
        case LM_FIELD_GIVEN:
        case LM_FIELD_SURNAME:
        case LM_FIELD_WORDS:
        case LM_FIELD_CODE:
            add(p, f, LM_PIECE_HEAD);
            add(p, f, LM_PIECE_TAIL);
            for (unsigned k = 0; kind != LM_FIELD_CODE && k < 2 && has_words(r, f); k++)
                add(p, f, LM_PIECE_WORD + k);
            break;
        case LM_FIELD_TEXT:
            for (unsigned k = 0; k < LM_PIECE_WORDS; k++)
                add(p, f, LM_PIECE_WORD + k);
            break;
        case LM_FIELD_EMAIL:
            add(p, f, LM_PIECE_HEAD);
            break;
        case LM_FIELD_DATE:
            add(p, f, LM_PIECE_YEAR_MONTH);
            add(p, f, LM_PIECE_MONTH_DAY);
            add(p, f, LM_PIECE_YEAR_DAY);
            break;
        case LM_FIELD_NUMBER:
            break;
        }
    }
}

static struct lm_str local_part(struct lm_str s)
{
    size_t i = s.n;
    while (i > 0 && s.p[i - 1] != '@')
        i--;
    return i > 0 ? lm_str_take(s, i - 1) : s;
}

/* The k-th rarest of the words, or of a few words the k-th. */
static struct lm_str word_of(const struct lm_values *v, uint32_t id, unsigned k, bool rarest)
{
    const uint32_t *words;
    uint32_t n = lm_value_words(v, id, &words), taken[LM_PIECE_WORDS] = { 0 };
    const struct lm_str none = { NULL, 0 };
    if (!rarest)
        return n > 1 && k < n ? lm_value(v->word_values, words[k]) : none;
    for (unsigned round = 0; round <= k; round++) {
        uint32_t best = 0;
        for (uint32_t i = 0; i < n; i++) {
            bool used = false;
            for (unsigned t = 0; t < round; t++)
                used |= taken[t] == words[i];
            float p = v->word_values->rarity[words[i]], q = best != 0 ? v->word_values->rarity[best] : -1;
            if (!used && (p > q || (p == q && lm_str_cmp(lm_value(v->word_values, words[i]), lm_value(v->word_values, best)) < 0)))
                best = words[i];
        }
        taken[round] = best;
    }
    return lm_value(v->word_values, taken[k]);
}

static struct lm_str piece_of(const struct lm_values *v, const struct lm_part *p, enum lm_field_kind kind, uint32_t id, char out[8])
{
    struct lm_str s = lm_value(v, id);
    const struct lm_str none = { NULL, 0 };
    bool code = kind == LM_FIELD_CODE;
    switch (p->piece) {
    case LM_PIECE_WHOLE:
        return s;
    case LM_PIECE_HEAD:
        if (kind == LM_FIELD_EMAIL)
            return local_part(s);
        if (code && s.n < HALF_LEAST)
            return none;
        return s.n > LETTERS ? lm_str_take(s, code ? s.n / 2 : LETTERS) : none;
    case LM_PIECE_TAIL:
        if (code && s.n < HALF_LEAST)
            return none;
        return s.n > LETTERS ? lm_str_skip(s, code ? s.n / 2 : s.n - LETTERS) : none;
    case LM_PIECE_YEAR_MONTH:
        return lm_str_take(s, 6);
    case LM_PIECE_MONTH_DAY:
        return lm_str_skip(s, 4);
    case LM_PIECE_YEAR_DAY:
        if (s.n != 8)
            return none;
        memcpy(out, s.p, 4);
        memcpy(out + 4, s.p + 6, 2);
        return (struct lm_str){ out, 6 };
    default:
        return word_of(v, id, p->piece - LM_PIECE_WORD, kind == LM_FIELD_TEXT);
    }
}

/* Pieces that may be equal have the same hash wherever they stand: in any field of a group, as any word. */
static uint32_t hash_of(const struct lm_part *p, uint32_t group, struct lm_str s)
{
    unsigned sort = p->piece >= LM_PIECE_WORD ? LM_PIECE_WORD : p->piece;
    uint64_t h = s.n == 0 ? 0 : lm_stable_hash(s, (uint64_t)group << 8 | sort);
    uint32_t k = (uint32_t)(h ^ h >> 32);
    return s.n != 0 && k == 0 ? 1 : k;
}

static uint32_t values_of(const struct lm_records *r, const struct lm_part *p)
{
    return r->values[r->fields[p->field].group].n;
}

/* *ret_any: some value from the `from`-th on has such a piece. */
static void fill_table(const struct lm_records *r, const struct lm_part *p, uint32_t from, uint32_t *table, bool *ret_any)
{
    uint32_t group = r->fields[p->field].group;
    const struct lm_values *v = &r->values[group];
    char out[8];
    *ret_any = false;
    for (uint32_t id = from; id <= v->n; id++) {
        table[id] = hash_of(p, group, piece_of(v, p, r->fields[p->field].kind, id, out));
        *ret_any |= table[id] != 0;
    }
}

/* The table of a part that no earlier part has. */
static lm_err make_table(const struct lm_records *r, const struct lm_part *p, uint32_t **ret, bool *ret_any)
{
    uint32_t *table = malloc(((size_t)values_of(r, p) + 1) * sizeof *table);
    if (table == NULL)
        return LM_ENOMEM;
    table[0] = 0;
    fill_table(r, p, 1, table, ret_any);
    *ret = table;
    return LM_OK;
}

/* The earlier part with the same table; n: none. */
static uint32_t same_table(const struct lm_records *r, const struct lm_candidate_parts *p, uint32_t n,
                           const struct lm_part *q)
{
    for (uint32_t i = 0; i < n; i++)
        if (p->part[i].piece == q->piece && r->fields[p->part[i].field].group == r->fields[q->field].group)
            return i;
    return n;
}

lm_err lm_candidates_prepare(const struct lm_records *r, struct lm_candidate_parts **ret)
{
    struct lm_candidate_parts *p = calloc(1, sizeof *p);
    lm_err err = p != NULL ? LM_OK : LM_ENOMEM;
    uint32_t all = 0, n = 0;
    if (err == LM_OK) {
        list_parts(r, p);
        all = p->n;
    }
    for (uint32_t k = 0; k < all && err == LM_OK; k++) {
        struct lm_part q = p->part[k];
        uint32_t same = same_table(r, p, n, &q);
        bool any = same < n;
        q.table = any ? p->part[same].table : (uint8_t)p->n_tables;
        if (!any)
            err = make_table(r, &q, &p->table[p->n_tables], &any);
        if (err == LM_OK && !any) {
            free(p->table[p->n_tables]);
            p->table[p->n_tables] = NULL;
        } else if (err == LM_OK) {
            p->n_tables += q.table == p->n_tables;
            p->filled[q.table] = p->cap[q.table] = values_of(r, &q);
            p->taken[n] = malloc(((size_t)values_of(r, &q) / 64 + 1) * sizeof *p->taken[n]);
            err = p->taken[n] != NULL ? LM_OK : LM_ENOMEM;
            p->part[n++] = q;
        }
    }
    if (err != LM_OK) {
        lm_candidates_forget(p);
        return err;
    }
    p->n = n;
    *ret = p;
    return LM_OK;
}

void lm_parts_reset(const struct lm_records *r, struct lm_candidate_parts *p)
{
    for (uint32_t k = 0; k < p->n; k++)
        memset(p->taken[k], 0, ((size_t)values_of(r, &p->part[k]) / 64 + 1) * sizeof *p->taken[k]);
}

/* Room for more values in a table, and in what is taken of the parts that share it. */
static lm_err more_parts(struct lm_candidate_parts *p, uint32_t table, uint32_t n)
{
    uint32_t cap = n + n / 8 + 64;
    uint32_t *grown = realloc(p->table[table], ((size_t)cap + 1) * sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    p->table[table] = grown;
    for (uint32_t k = 0; k < p->n; k++) {
        if (p->part[k].table != table)
            continue;
        size_t before = (size_t)p->cap[table] / 64 + 1, after = (size_t)cap / 64 + 1;
        uint64_t *taken = realloc(p->taken[k], after * sizeof *taken);
        if (taken == NULL)
            return LM_ENOMEM;
        memset(taken + before, 0, (after - before) * sizeof *taken);
        p->taken[k] = taken;
    }
    p->cap[table] = cap;
    return LM_OK;
}

lm_err lm_parts_extend(const struct lm_records *r, struct lm_candidate_parts *p)
{
    for (uint32_t k = 0; k < p->n; k++) {
        uint32_t t = p->part[k].table, n = values_of(r, &p->part[k]);
        bool any;
        if (p->filled[t] == n)
            continue;
        if (n > p->cap[t] && more_parts(p, t, n) != LM_OK)
            return LM_ENOMEM;
        fill_table(r, &p->part[k], p->filled[t] + 1, p->table[t], &any);
        p->filled[t] = n;
    }
    return LM_OK;
}

void lm_candidates_forget(struct lm_candidate_parts *p)
{
    for (uint32_t k = 0; p != NULL && k < LM_PARTS_MOST; k++) {
        free(p->table[k]);
        free(p->taken[k]);
    }
    free(p);
}
