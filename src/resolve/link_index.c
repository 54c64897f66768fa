#include "resolve/link_index.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/bucket.h"
#include "resolve/part.h"

#define PLACE_SIZE 8u /* about so many records for each place of `at` */

/* Records in order of a key; those whose highest bits are h are ids[at[h]] … ids[at[h + 1]]. */
struct ordered {
    uint32_t *ids, *at;
    unsigned bits;
};

struct entry {
    uint32_t key, record, next; /* next: 1 + its place; 0: the last */
};

struct lm_link_index {
    struct lm_records *r;
    struct lm_model *m;
    const struct lm_candidate_counts *counts;
    struct lm_candidate_parts *parts;
    struct lm_comparer *comparer;
    uint32_t first_later;
    struct ordered ordered[LM_KEYS_MOST];
    /* kept later */
    struct entry *entries;
    uint32_t n_entries, cap_entries;
    uint32_t *heads;
    unsigned head_bits;
    /* the model's values */
    uint32_t known; /* fields with a few values only */
    uint32_t filled[LM_FIELDS_MOST], cap[LM_FIELDS_MOST];
    float new_bits[LM_FIELDS_MOST]; /* of a value that nobody had */
    /* at work */
    struct lm_cell *rows, row[LM_FIELDS_MOST];
    uint32_t block[LM_BLOCK_MOST];
    uint32_t *candidates, n_candidates, cap_candidates;
    struct lm_found *found;
    uint32_t cap_found;
    bool pending;
};

/* --- opening --- */

static uint32_t key_of(const struct lm_link_index *x, uint32_t k, uint32_t record)
{
    return lm_key_sum(x->parts, &x->counts->keys[k], lm_record(x->r, record));
}

static uint32_t place_of(const struct ordered *o, uint32_t key)
{
    return (uint32_t)((uint64_t)key >> (32 - o->bits));
}

/* Of a sorted bucket, where each place begins. */
static lm_err keep_order(const struct lm_buckets *b, struct ordered *o)
{
    uint32_t places;
    while (o->bits < 30 && b->n >> o->bits > PLACE_SIZE)
        o->bits++;
    places = UINT32_C(1) << o->bits;
    o->ids = malloc(((size_t)b->n + 1) * sizeof *o->ids);
    o->at = calloc((size_t)places + 1, sizeof *o->at);
    if (o->ids == NULL || o->at == NULL)
        return LM_ENOMEM;
    memcpy(o->ids, b->ids, (size_t)b->n * sizeof *o->ids);
    for (uint32_t i = 0; i < b->n; i++)
        o->at[place_of(o, b->keys[i]) + 1]++;
    for (uint32_t h = 0; h < places; h++)
        o->at[h + 1] += o->at[h];
    return LM_OK;
}

/* As the linkage did: records of a block of one part that is small enough are in no later block. */
static lm_err order_by(struct lm_link_index *x, uint32_t k, struct lm_buckets *b)
{
    const struct lm_key *key = &x->counts->keys[k];
    lm_buckets_begin(b);
    for (uint32_t i = 0; i < x->r->n; i++) {
        uint32_t sum = key_of(x, k, i);
        if (sum != 0 && !lm_key_taken(x->parts, key, lm_record(x->r, i)))
            lm_buckets_put(b, sum, i);
    }
    lm_buckets_scatter(b);
    for (uint32_t n = 0; n < b->n_buckets; n++) {
        lm_buckets_sort(b, n);
        for (uint32_t i = b->at[n], j; key->n == 1 && i < b->at[n + 1]; i = j) {
            j = lm_bucket_block(b, i, b->at[n + 1]);
            for (uint32_t t = i; t < j && j - i <= x->counts->most[k]; t++)
                lm_part_take(x->parts, key->part[0], lm_record(x->r, b->ids[t]));
        }
    }
    return keep_order(b, &x->ordered[k]);
}

static lm_err order_all(struct lm_link_index *x)
{
    struct lm_buckets b;
    lm_err err = lm_buckets_open(x->r->n, &b);
    if (err != LM_OK)
        return err;
    lm_parts_reset(x->r, x->parts);
    for (uint32_t k = 0; k < x->counts->n_keys && err == LM_OK; k++)
        err = order_by(x, k, &b);
    lm_buckets_close(&b);
    return err;
}

static void open_model(struct lm_link_index *x)
{
    for (uint32_t f = 0; f < x->r->n_fields; f++) {
        x->filled[f] = x->cap[f] = lm_field_values(x->r, f)->n;
        x->new_bits[f] = x->m->log_m[f][LM_LEVEL_EQUAL] - (float)log2(x->m->unseen[f] / x->m->persons[f]);
        if (x->m->category[f] != NULL)
            x->known |= UINT32_C(1) << f;
        else
            x->m->best[f] = fmaxf(x->m->best[f], x->new_bits[f]);
    }
}

lm_err lm_link_index_open(struct lm_records *r, struct lm_linkage *l, struct lm_folder *folder, struct lm_link_index **ret)
{
    if (l->model.between)
        return LM_EUSAGE;
    struct lm_link_index *x = calloc(1, sizeof *x);
    if (x == NULL)
        return LM_ENOMEM;
    x->r = r;
    x->m = &l->model;
    x->counts = &l->counts;
    x->first_later = r->n;
    x->head_bits = 10;
    open_model(x);
    x->rows = malloc((size_t)LM_BLOCK_MOST * r->n_fields * sizeof *x->rows);
    x->heads = calloc((size_t)1 << x->head_bits, sizeof *x->heads);
    lm_err err = x->rows != NULL && x->heads != NULL ? lm_candidates_prepare(r, &x->parts) : LM_ENOMEM;
    if (err == LM_OK)
        err = order_all(x);
    if (err == LM_OK)
        err = lm_comparer_open(r, x->m, &x->comparer);
    if (err == LM_OK)
        err = lm_records_reopen(r, folder);
    if (err == LM_OK)
        *ret = x;
    else
        lm_link_index_close(x);
    return err;
}

void lm_link_index_close(struct lm_link_index *x)
{
    if (x == NULL)
        return;
    for (uint32_t k = 0; k < LM_KEYS_MOST; k++) {
        free(x->ordered[k].ids);
        free(x->ordered[k].at);
    }
    lm_comparer_close(x->comparer);
    lm_candidates_forget(x->parts);
    free(x->entries);
    free(x->heads);
    free(x->rows);
    free(x->candidates);
    free(x->found);
    free(x);
}

/* --- the new record's values --- */

static lm_err extend_model(struct lm_link_index *x)
{
    for (uint32_t f = 0; f < x->r->n_fields; f++) {
        uint32_t n = lm_field_values(x->r, f)->n;
        if (n > x->cap[f]) {
            uint32_t cap = n + n / 8 + 64;
            uint32_t *holders = realloc(x->m->holders[f], ((size_t)cap + 1) * sizeof *holders);
            if (holders != NULL)
                x->m->holders[f] = holders;
            float *bits = holders != NULL ? realloc(x->m->equal_bits[f], ((size_t)cap + 1) * sizeof *bits) : NULL;
            if (bits == NULL)
                return LM_ENOMEM;
            x->m->equal_bits[f] = bits;
            x->cap[f] = cap;
        }
        for (uint32_t v = x->filled[f] + 1; v <= n; v++) {
            x->m->holders[f][v] = 1;
            x->m->equal_bits[f][v] = x->new_bits[f];
        }
        x->filled[f] = n;
    }
    return LM_OK;
}

/* --- blocks --- */

/* Kept later, as one table of all keys. */
static uint32_t mixed(uint32_t k, uint32_t key)
{
    return key ^ (k + 1) * UINT32_C(0x85ebca6b);
}

static uint32_t *head_of(const struct lm_link_index *x, uint32_t key)
{
    return x->heads + (key * UINT32_C(0x9e3779b1) >> (32 - x->head_bits));
}

/* The first of the records in order whose key is not below this one. */
static uint32_t first_not_below(const struct lm_link_index *x, uint32_t k, uint32_t key, uint32_t from, uint32_t to)
{
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (key_of(x, k, x->ordered[k].ids[mid]) < key)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

/* Records with this key, up to `most`; more than that: 0. */
static uint32_t block_of(struct lm_link_index *x, uint32_t k, uint32_t key, uint32_t most)
{
    const struct ordered *o = &x->ordered[k];
    uint32_t place = place_of(o, key), end = o->at[place + 1], n = 0, at = mixed(k, key);
    for (uint32_t i = first_not_below(x, k, key, o->at[place], end); i < end && key_of(x, k, o->ids[i]) == key; i++) {
        if (n == most)
            return 0;
        x->block[n++] = o->ids[i];
    }
    for (uint32_t e = *head_of(x, at); e != 0; e = x->entries[e - 1].next) {
        if (x->entries[e - 1].key != at)
            continue;
        if (n == most)
            return 0;
        x->block[n++] = x->entries[e - 1].record;
    }
    return n;
}

static lm_err look_at(struct lm_link_index *x, const uint32_t *ids, uint32_t n, float floor)
{
    if (x->cap_candidates - x->n_candidates < n) {
        uint32_t cap = x->n_candidates + x->n_candidates / 2 + n;
        uint32_t *grown = realloc(x->candidates, cap * sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        x->candidates = grown;
        x->cap_candidates = cap;
    }
    lm_comparer_rows(x->comparer, ids, n, x->rows);
    for (uint32_t i = 0; i < n; i++)
        if (lm_rows_reach(x->comparer, x->rows + (size_t)i * x->r->n_fields, x->row, floor))
            x->candidates[x->n_candidates++] = ids[i];
    return LM_OK;
}

static lm_err look_at_all(struct lm_link_index *x, float floor)
{
    lm_err err = LM_OK;
    for (uint32_t i = 0, n; i < x->r->n && err == LM_OK; i += n) {
        for (n = 0; n < LM_BLOCK_MOST && i + n < x->r->n; n++)
            x->block[n] = i + n;
        err = look_at(x, x->block, n, floor);
    }
    return err;
}

/* Whether a record has key k. *ret_whole: its block was taken whole. */
static bool has_key(const struct lm_link_index *x, uint32_t k, const uint32_t *row, uint32_t *ret_key, bool *ret_whole)
{
    const struct lm_key *key = &x->counts->keys[k];
    bool taken = lm_key_taken(x->parts, key, row);
    *ret_key = lm_key_sum(x->parts, key, row);
    *ret_whole = taken && key->n == 1;
    return *ret_key != 0 && (key->n == 1 || !taken);
}

static lm_err look_at_blocks(struct lm_link_index *x, uint32_t block, float floor)
{
    const uint32_t *row = lm_record(x->r, x->r->n);
    lm_err err = LM_OK;
    for (uint32_t k = 0; k < x->counts->n_keys && err == LM_OK; k++) {
        uint32_t key, most = x->counts->most[k] > block ? x->counts->most[k] : block;
        bool whole;
        if (!has_key(x, k, row, &key, &whole))
            continue;
        most = whole || most > LM_BLOCK_MOST ? LM_BLOCK_MOST : most;
        err = look_at(x, x->block, block_of(x, k, key, most), floor);
    }
    return err;
}

/* --- answers --- */

static int by_record(const void *p, const void *q)
{
    uint32_t a = *(const uint32_t *)p, b = *(const uint32_t *)q;
    return (a > b) - (a < b);
}

static int best_first(const void *p, const void *q)
{
    const struct lm_found *a = p, *b = q;
    return a->bits != b->bits ? (a->bits < b->bits) - (a->bits > b->bits) : (a->record > b->record) - (a->record < b->record);
}

static lm_err compare(struct lm_link_index *x, float floor, uint32_t *ret_n)
{
    uint32_t n = 0;
    if (x->cap_found < x->n_candidates) {
        struct lm_found *grown = realloc(x->found, x->cap_candidates * sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        x->found = grown;
        x->cap_found = x->cap_candidates;
    }
    if (x->n_candidates > 0)
        qsort(x->candidates, x->n_candidates, sizeof *x->candidates, by_record);
    for (uint32_t i = 0; i < x->n_candidates; i++) {
        uint32_t record = x->candidates[i];
        float bits;
        if ((i == 0 || x->candidates[i - 1] != record) && lm_pair_above(x->comparer, record, x->r->n, floor, &bits) && bits >= floor)
            x->found[n++] = (struct lm_found){ record, bits };
    }
    if (n > 0)
        qsort(x->found, n, sizeof *x->found, best_first);
    *ret_n = n;
    return LM_OK;
}

lm_err lm_link_index_find(struct lm_link_index *x, const struct lm_str *cells, uint32_t block, float floor, const struct lm_found **ret,
                          uint32_t *ret_n)
{
    uint32_t n = 0;
    x->n_candidates = 0;
    lm_err err = lm_records_append(x->r, x->known, cells);
    if (err == LM_OK)
        err = extend_model(x);
    if (err == LM_OK)
        err = lm_parts_extend(x->r, x->parts);
    if (err != LM_OK)
        return err;
    lm_comparer_rows(x->comparer, &x->r->n, 1, x->row);
    err = x->counts->all_pairs ? look_at_all(x, floor) : look_at_blocks(x, block, floor);
    if (err == LM_OK)
        err = compare(x, floor, &n);
    if (err != LM_OK)
        return err;
    x->pending = true;
    *ret = x->found;
    *ret_n = n;
    return LM_OK;
}

/* --- keeping --- */

static lm_err more_heads(struct lm_link_index *x)
{
    if (x->head_bits == 31)
        return LM_ELIMIT;
    uint32_t *heads = calloc((size_t)1 << (x->head_bits + 1), sizeof *heads);
    if (heads == NULL)
        return LM_ENOMEM;
    free(x->heads);
    x->heads = heads;
    x->head_bits++;
    for (uint32_t e = 0; e < x->n_entries; e++) {
        uint32_t *head = head_of(x, x->entries[e].key);
        x->entries[e].next = *head;
        *head = e + 1;
    }
    return LM_OK;
}

static lm_err more_entries(struct lm_link_index *x)
{
    uint64_t cap = (uint64_t)x->cap_entries + x->cap_entries / 2 + 1024;
    struct entry *grown = cap < UINT32_MAX ? realloc(x->entries, cap * sizeof *grown) : NULL;
    if (grown == NULL)
        return cap < UINT32_MAX ? LM_ENOMEM : LM_ELIMIT;
    x->entries = grown;
    x->cap_entries = (uint32_t)cap;
    return LM_OK;
}

lm_err lm_link_index_keep(struct lm_link_index *x)
{
    const uint32_t *row = lm_record(x->r, x->r->n);
    if (!x->pending)
        return LM_EUSAGE;
    for (uint32_t k = 0; k < x->counts->n_keys; k++) {
        uint32_t key;
        bool whole;
        if (!has_key(x, k, row, &key, &whole))
            continue;
        lm_err err = x->n_entries == x->cap_entries ? more_entries(x) : LM_OK;
        if (err == LM_OK && x->n_entries >> x->head_bits != 0)
            err = more_heads(x);
        if (err != LM_OK)
            return err;
        uint32_t at = mixed(k, key), *head = head_of(x, at);
        x->entries[x->n_entries] = (struct entry){ at, x->r->n, *head };
        *head = ++x->n_entries;
    }
    lm_records_keep(x->r);
    x->pending = false;
    return LM_OK;
}
