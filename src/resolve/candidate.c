#include "resolve/candidate.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/part.h"
#include "resolve/sort.h"

#define BLOCK_MOST 2000        /* records of a block that is taken as it is */
#define SINGLE_SHARE 0.25      /* of all pairs go to single parts */
#define HOPELESS 400.0         /* two parts that would cost so many times their share are not tried */
#define KEYS_MOST 160u
#define FILTER_BITS ((size_t)1 << 24)

struct run {
    const struct lm_candidates *c;
    const struct lm_records *r;
    struct lm_part parts[LM_PARTS_MOST];
    uint32_t n_parts;
    uint64_t *keys; /* scratch: n of each */
    uint32_t *ids;
    uint8_t *filter; /* sampling: keys of the records that are sampled */
    struct lm_candidate_counts counts;
};

struct pair_of_parts {
    uint8_t i, j;
    float holds;
    double cost;
};

uint64_t lm_candidates_possible(const struct lm_candidates *c)
{
    uint64_t n = c->records->n, first = c->records->n_first;
    return c->between ? first * (n - first) : n * (n - (n > 0)) / 2;
}

/* --- blocks --- */

/* Pairs in a block of records that ascend. */
static uint64_t cost_of(const struct run *x, const uint32_t *ids, uint32_t n)
{
    if (!x->c->between)
        return (uint64_t)n * (n - 1) / 2;
    uint32_t from = 0, to = n;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (ids[mid] < x->r->n_first)
            from = mid + 1;
        else
            to = mid;
    }
    return (uint64_t)from * (n - from);
}

/* The size up to which all blocks together cost no more than share. While sampling, a block that is seen stands for those that are not. */
static uint32_t affordable(const struct run *x, uint32_t n, double share)
{
    double cost[BLOCK_MOST + 1] = { 0 }, sum = 0;
    uint32_t size = 2;
    for (uint32_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && x->keys[j] == x->keys[i]; j++)
            continue;
        if (j - i >= 2 && j - i <= BLOCK_MOST)
            cost[j - i] += (double)cost_of(x, x->ids + i, j - i) / (1 - pow(1 - 1.0 / x->c->every, j - i));
    }
    while (size <= BLOCK_MOST && (sum += cost[size]) <= share)
        size++;
    return size > 2 ? size - 1 : 2;
}

static lm_err take(struct run *x, const uint32_t *ids, uint32_t n)
{
    x->counts.n_pairs += cost_of(x, ids, n);
    return x->c->take(x->c->ctx, ids, n);
}

/* Records with a key that a sampled record has, too. */
static uint32_t keep_sampled(struct run *x, uint32_t n)
{
    uint32_t kept = 0;
    memset(x->filter, 0, FILTER_BITS / 8);
    for (uint32_t i = 0; i < n; i++)
        if (x->ids[i] % x->c->every == 0) {
            size_t bit = (x->keys[i] * 0x9e3779b97f4a7c15u) >> 40;
            x->filter[bit / 8] |= (uint8_t)(1u << bit % 8);
        }
    for (uint32_t i = 0; i < n; i++) {
        size_t bit = (x->keys[i] * 0x9e3779b97f4a7c15u) >> 40;
        if ((x->filter[bit / 8] >> bit % 8 & 1) != 0) {
            x->keys[kept] = x->keys[i];
            x->ids[kept++] = x->ids[i];
        }
    }
    return kept;
}

static lm_err sorted(struct run *x, uint32_t *n)
{
    if (x->c->every > 1)
        *n = keep_sampled(x, *n);
    x->counts.n_keys++;
    return lm_sort_keys(x->keys, x->ids, *n);
}

/* --- one part --- */

static lm_err run_single(struct run *x, struct lm_part *p, double share)
{
    uint32_t n = 0;
    double alike = 0;
    for (uint32_t i = 0; i < x->r->n; i++)
        if (p->key[i] != 0) {
            x->keys[n] = p->key[i];
            x->ids[n++] = i;
        }
    lm_err err = sorted(x, &n);
    if (err != LM_OK)
        return err;
    uint32_t most = affordable(x, n, share);
    for (uint32_t i = 0, j; i < n && err == LM_OK; i = j) {
        for (j = i + 1; j < n && x->keys[j] == x->keys[i]; j++)
            continue;
        alike += (double)(j - i) * (j - i - 1);
        if (j - i > most)
            continue;
        if (j - i > 1)
            err = take(x, x->ids + i, j - i);
        for (uint32_t k = i; k < j; k++) /* these need no second part */
            p->key[x->ids[k]] = 0;
    }
    p->alike = x->r->n > 1 ? alike / ((double)x->r->n * (x->r->n - 1)) : 0;
    return err;
}

/* --- two parts, and three --- */

static uint64_t together(uint32_t p, uint32_t q)
{
    /* the same for (p, q) and (q, p): parts of one group may be swapped */
    uint64_t low = p < q ? p : q, high = p < q ? q : p;
    uint64_t h = (low << 32 | high) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 31;
}

static int by_key(const void *a, const void *b)
{
    const uint64_t *p = a, *q = b;
    if (p[0] != q[0])
        return p[0] < q[0] ? -1 : 1;
    return (p[1] > q[1]) - (p[1] < q[1]);
}

/* A block that is too large, by each other part. */
static lm_err split(struct run *x, const struct pair_of_parts *pair, const uint32_t *ids, uint32_t n, uint32_t most)
{
    uint64_t *v = malloc((size_t)n * 2 * sizeof *v);
    uint32_t *block = malloc((size_t)n * sizeof *block);
    lm_err err = v != NULL && block != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t t = 0; t < x->n_parts && err == LM_OK; t++) {
        uint32_t m = 0, f = x->parts[t].field;
        if (f == x->parts[pair->i].field || f == x->parts[pair->j].field)
            continue;
        for (uint32_t k = 0; k < n; k++)
            if (x->parts[t].key[ids[k]] != 0) {
                v[2 * (size_t)m] = x->parts[t].key[ids[k]];
                v[2 * (size_t)m++ + 1] = ids[k];
            }
        if (m > 1)
            qsort(v, m, 2 * sizeof *v, by_key);
        for (uint32_t i = 0, j; i < m && err == LM_OK; i = j) {
            for (j = i; j < m && v[2 * (size_t)j] == v[2 * (size_t)i]; j++)
                block[j - i] = (uint32_t)v[2 * (size_t)j + 1];
            if (j - i > 1 && j - i <= most)
                err = take(x, block, j - i);
            else if (j - i > most)
                x->counts.n_too_large += j - i;
        }
    }
    free(v);
    free(block);
    return err;
}

static lm_err run_pair(struct run *x, const struct pair_of_parts *pair, double share)
{
    const uint32_t *p = x->parts[pair->i].key, *q = x->parts[pair->j].key;
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->r->n; i++)
        if (p[i] != 0 && q[i] != 0 && p[i] != q[i]) {
            x->keys[n] = together(p[i], q[i]);
            x->ids[n++] = i;
        }
    lm_err err = sorted(x, &n);
    uint32_t most = err == LM_OK ? affordable(x, n, share) : 0;
    for (uint32_t i = 0, j; i < n && err == LM_OK; i = j) {
        for (j = i + 1; j < n && x->keys[j] == x->keys[i]; j++)
            continue;
        if (j - i > 1 && j - i <= most)
            err = take(x, x->ids + i, j - i);
        else if (j - i > most)
            err = split(x, pair, x->ids + i, j - i, most);
    }
    return err;
}

static int by_worth(const void *a, const void *b)
{
    const struct pair_of_parts *p = a, *q = b;
    if (p->holds != q->holds)
        return p->holds > q->holds ? -1 : 1;
    return p->i != q->i ? (p->i > q->i) - (p->i < q->i) : (p->j > q->j) - (p->j < q->j);
}

/* Two parts of different fields that are not hopeless, those that hold more often first. */
static uint32_t choose_pairs(const struct run *x, struct pair_of_parts *pairs, double share)
{
    double all = (double)lm_candidates_possible(x->c);
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n_parts; i++)
        for (uint32_t j = i + 1; j < x->n_parts; j++) {
            struct pair_of_parts p = { (uint8_t)i, (uint8_t)j, x->parts[i].holds * x->parts[j].holds, 0 };
            p.cost = all * x->parts[i].alike * x->parts[j].alike;
            if (x->parts[i].field != x->parts[j].field && p.cost <= HOPELESS * share)
                pairs[n++] = p;
        }
    qsort(pairs, n, sizeof *pairs, by_worth);
    return n < KEYS_MOST ? n : KEYS_MOST;
}

static lm_err run_all(struct run *x)
{
    struct pair_of_parts *pairs = calloc((size_t)LM_PARTS_MOST * LM_PARTS_MOST, sizeof *pairs);
    double budget = fmax((double)LM_CANDIDATES_EACH * x->r->n, LM_CANDIDATES_LEAST);
    lm_err err = pairs != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t k = 0; k < x->n_parts && err == LM_OK; k++) {
        err = lm_part_keys(x->r, &x->parts[k], x->parts[k].key);
        if (err == LM_OK)
            err = run_single(x, &x->parts[k], budget * SINGLE_SHARE / x->n_parts);
    }
    uint32_t n = err == LM_OK ? choose_pairs(x, pairs, budget * (1 - SINGLE_SHARE) / KEYS_MOST) : 0;
    for (uint32_t k = 0; k < n && err == LM_OK; k++)
        err = run_pair(x, &pairs[k], budget * (1 - SINGLE_SHARE) / n);
    free(pairs);
    return err;
}

static void find_largest(struct run *x)
{
    for (uint32_t f = 0; f < x->r->n_fields; f++)
        for (uint32_t v = 1; v <= x->r->values[x->r->fields[f].group].n; v++)
            if ((x->r->fields[f].kind == LM_FIELD_CODE || x->r->fields[f].kind == LM_FIELD_EMAIL) && x->r->count[f][v] > x->counts.largest) {
                x->counts.largest = x->r->count[f][v];
                x->counts.largest_field = f;
            }
}

static lm_err run_blocks(struct run *x)
{
    size_t n = (size_t)x->r->n + 1;
    x->n_parts = lm_parts_of(x->r, x->parts);
    x->keys = malloc(n * sizeof *x->keys);
    x->ids = malloc(n * sizeof *x->ids);
    x->filter = malloc(FILTER_BITS / 8);
    lm_err err = x->keys != NULL && x->ids != NULL && x->filter != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t k = 0; k < x->n_parts && err == LM_OK; k++) {
        x->parts[k].key = malloc(n * sizeof *x->parts[k].key);
        err = x->parts[k].key != NULL ? LM_OK : LM_ENOMEM;
    }
    if (err == LM_OK)
        err = run_all(x);
    for (uint32_t k = 0; k < x->n_parts; k++)
        free(x->parts[k].key);
    free(x->keys);
    free(x->ids);
    free(x->filter);
    return err;
}

lm_err lm_candidates_run(const struct lm_candidates *c, struct lm_candidate_counts *ret)
{
    struct run x = { .c = c, .r = c->records };
    uint64_t possible = lm_candidates_possible(c);
    lm_err err;
    find_largest(&x);
    x.counts.all_pairs = !c->blocks_only && possible <= LM_ALL_PAIRS_MOST;
    if (x.counts.all_pairs) {
        x.counts.n_pairs = possible;
        err = c->take(c->ctx, NULL, 0);
    } else {
        err = run_blocks(&x);
    }
    if (err == LM_OK)
        *ret = x.counts;
    return err;
}
