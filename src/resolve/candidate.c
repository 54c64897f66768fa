#include "resolve/candidate.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/part.h"
#include "resolve/sort.h"

#define BLOCK_MOST 2000        /* records of a block that is taken as it is */
#define SINGLE_SHARE 0.25      /* of all pairs go to single parts */
#define HOPELESS 400.0         /* two parts that would cost so many times their share are not tried */
#define KEYS_MOST 160u
#define FILTER_BITS 24         /* sampling: 2^24 bits say which keys sampled records have */
#define LARGE_BITS 18          /* of each key: 2^18 bits say which blocks were too large */
#define ROWS_OF_ALL 64u        /* records of a chunk when all pairs are taken */

struct lm_candidate_parts {
    struct lm_part part[LM_PARTS_MOST];
    uint32_t n;
    uint32_t *keys;    /* [record · n + part] */
    uint64_t *handled; /* [record] bits: the block of this part was taken, it needs no second part */
};

struct block {
    uint32_t at, n;
};

struct key_of_two {
    uint8_t i, j;
    float holds;
    uint64_t bits;       /* both parts */
    uint8_t *too_large;
};

struct run {
    const struct lm_candidates *c;
    const struct lm_records *r;
    struct lm_candidate_parts *p;
    struct key_of_two *two; /* in the order in which they are tried */
    uint32_t n_two, at_two; /* at_two: the one at work; while single parts are: 0 */
    uint32_t single;        /* the part at work; n when two are */
    uint64_t *keys;         /* scratch: n of each */
    uint32_t *ids;
    uint8_t *filter;
    struct block *blocks;
    uint32_t n_blocks, cap_blocks;
    uint32_t *chunks;       /* where in blocks each chunk begins */
    uint32_t n_chunks;
    uint32_t most;          /* size of a block that is taken as it is */
    struct tally {
        uint64_t n_pairs, n_too_large;
        lm_err err;
    } tally[LM_WORKERS_MAX];
    struct lm_candidate_counts counts;
};

uint64_t lm_candidates_possible(const struct lm_records *r, bool between)
{
    uint64_t n = r->n, first = r->n_first;
    return between ? first * (n - first) : n * (n - (n > 0)) / 2;
}

/* --- parts --- */

lm_err lm_candidates_prepare(const struct lm_records *r, struct lm_candidate_parts **ret)
{
    struct lm_candidate_parts *p = calloc(1, sizeof *p);
    if (p == NULL)
        return LM_ENOMEM;
    p->n = lm_parts_of(r, p->part);
    p->keys = malloc(((size_t)r->n * p->n + 1) * sizeof *p->keys);
    p->handled = malloc(((size_t)r->n + 1) * sizeof *p->handled);
    lm_err err = p->keys != NULL && p->handled != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t k = 0; k < p->n && err == LM_OK; k++)
        err = lm_part_keys(r, &p->part[k], p->keys + k, p->n);
    if (err == LM_OK)
        *ret = p;
    else
        lm_candidates_forget(p);
    return err;
}

void lm_candidates_forget(struct lm_candidate_parts *p)
{
    if (p == NULL)
        return;
    free(p->keys);
    free(p->handled);
    free(p);
}

static const uint32_t *keys_of(const struct run *x, uint32_t record)
{
    return x->p->keys + (size_t)record * x->p->n;
}

/* --- has it been given already? --- */

static uint64_t together(uint32_t p, uint32_t q)
{
    /* the same for (p, q) and (q, p): parts of one group may be swapped */
    uint64_t low = p < q ? p : q, high = p < q ? q : p;
    uint64_t h = (low << 32 | high) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 31;
}

static size_t large_bit(uint64_t key)
{
    return (key * 0xff51afd7ed558ccdu) >> (64 - LARGE_BITS);
}

/* Parts that are equal, as bits. */
static uint64_t equal_parts(const struct run *x, uint32_t a, uint32_t b)
{
    const uint32_t *p = keys_of(x, a), *q = keys_of(x, b);
    uint64_t equal = 0;
    for (uint32_t k = 0; k < x->p->n; k++)
        equal |= (uint64_t)(p[k] == q[k] && p[k] != 0) << k;
    return equal;
}

static bool given_before(const struct run *x, uint32_t a, uint32_t b)
{
    uint64_t equal = equal_parts(x, a, b), handled = equal & x->p->handled[a];
    if (x->single < x->p->n)
        return (handled & (((uint64_t)1 << x->single) - 1)) != 0;
    if (handled != 0)
        return true;
    for (uint32_t k = 0; k < x->at_two; k++) {
        const struct key_of_two *t = &x->two[k];
        if ((equal & t->bits) != t->bits)
            continue;
        size_t bit = large_bit(together(keys_of(x, a)[t->i], keys_of(x, a)[t->j]));
        if ((t->too_large[bit / 8] >> bit % 8 & 1) == 0)
            return true;
    }
    return false;
}

/* --- blocks --- */

static uint32_t first_of_second(const struct run *x, const uint32_t *ids, uint32_t n)
{
    uint32_t from = 0, to = n;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (ids[mid] < x->r->n_first)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

/* Pairs in a block of records that ascend. */
static uint64_t cost_of(const struct run *x, const uint32_t *ids, uint32_t n)
{
    uint32_t first = x->c->between ? first_of_second(x, ids, n) : 0;
    return x->c->between ? (uint64_t)first * (n - first) : (uint64_t)n * (n - 1) / 2;
}

/* The pairs of a block that are new. */
static void pairs_of(struct run *x, unsigned worker, const uint32_t *ids, uint32_t n)
{
    struct tally *t = &x->tally[worker];
    uint32_t every = x->c->every, first = x->c->between ? first_of_second(x, ids, n) : n;
    for (uint32_t i = 0; i < first && t->err == LM_OK; i++) {
        bool sampled = ids[i] % every == 0;
        for (uint32_t j = x->c->between ? first : i + 1; j < n && t->err == LM_OK; j++) {
            if ((!sampled && ids[j] % every != 0) || given_before(x, ids[i], ids[j]))
                continue;
            t->n_pairs++;
            t->err = x->c->look(x->c->ctx, worker, ids[i], ids[j]);
        }
    }
}

static int by_key(const void *a, const void *b)
{
    const uint64_t *p = a, *q = b;
    if (p[0] != q[0])
        return p[0] < q[0] ? -1 : 1;
    return (p[1] > q[1]) - (p[1] < q[1]);
}

/* A block that is too large, by each third part. */
static lm_err split(struct run *x, unsigned worker, const uint32_t *ids, uint32_t n)
{
    const struct key_of_two *two = &x->two[x->at_two];
    uint64_t *v = malloc((size_t)n * 2 * sizeof *v);
    uint32_t *block = malloc((size_t)n * sizeof *block);
    lm_err err = v != NULL && block != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t t = 0; t < x->p->n && err == LM_OK; t++) {
        uint32_t m = 0, f = x->p->part[t].field;
        if (f == x->p->part[two->i].field || f == x->p->part[two->j].field)
            continue;
        for (uint32_t k = 0; k < n; k++)
            if (keys_of(x, ids[k])[t] != 0 && (x->p->handled[ids[k]] >> t & 1) == 0) {
                v[2 * (size_t)m] = keys_of(x, ids[k])[t];
                v[2 * (size_t)m++ + 1] = ids[k];
            }
        if (m > 1)
            qsort(v, m, 2 * sizeof *v, by_key);
        for (uint32_t i = 0, j; i < m; i = j) {
            for (j = i; j < m && v[2 * (size_t)j] == v[2 * (size_t)i]; j++)
                block[j - i] = (uint32_t)v[2 * (size_t)j + 1];
            if (j - i > 1 && j - i <= x->most)
                pairs_of(x, worker, block, j - i);
            else if (j - i > x->most)
                x->tally[worker].n_too_large += j - i;
        }
    }
    free(v);
    free(block);
    return err;
}

static void work(void *ctx, unsigned worker, uint32_t chunk)
{
    struct run *x = ctx;
    for (uint32_t k = x->chunks[chunk]; k < x->chunks[chunk + 1] && x->tally[worker].err == LM_OK; k++) {
        const struct block *b = &x->blocks[k];
        if (b->n <= x->most)
            pairs_of(x, worker, x->ids + b->at, b->n);
        else
            x->tally[worker].err = split(x, worker, x->ids + b->at, b->n);
        if (lm_cancelled(x->c->effort))
            x->tally[worker].err = LM_ECANCELLED;
    }
}

static void nothing(void *ctx, uint32_t chunk)
{
    (void)ctx;
    (void)chunk;
}

static lm_err first_error(const struct run *x)
{
    for (unsigned w = 0; w < LM_WORKERS_MAX; w++)
        if (x->tally[w].err != LM_OK)
            return x->tally[w].err;
    return LM_OK;
}

static lm_err add_block(struct run *x, uint32_t at, uint32_t n)
{
    if (x->n_blocks == x->cap_blocks) {
        uint32_t cap = x->cap_blocks == 0 ? 4096 : x->cap_blocks * 2;
        struct block *blocks = realloc(x->blocks, cap * sizeof *blocks);
        if (blocks != NULL)
            x->blocks = blocks;
        uint32_t *chunks = blocks != NULL ? realloc(x->chunks, ((size_t)cap + 1) * sizeof *chunks) : NULL;
        if (chunks == NULL)
            return LM_ENOMEM;
        x->chunks = chunks;
        x->cap_blocks = cap;
    }
    x->blocks[x->n_blocks++] = (struct block){ at, n };
    return LM_OK;
}

/* The blocks that were added, in chunks of about the same cost. */
static lm_err work_off(struct run *x)
{
    uint64_t cost = 0;
    x->n_chunks = 0;
    for (uint32_t k = 0; k < x->n_blocks; k++) {
        if (cost == 0)
            x->chunks[x->n_chunks++] = k;
        cost += (uint64_t)x->blocks[k].n * x->blocks[k].n;
        if (cost > 200000)
            cost = 0;
    }
    if (x->n_chunks == 0)
        return LM_OK;
    x->chunks[x->n_chunks] = x->n_blocks;
    lm_workers_run(x->c->workers, x->n_chunks, false, (struct lm_work){ .work = work, .merge = nothing, .ctx = x });
    x->n_blocks = 0;
    return first_error(x);
}

/* --- keys --- */

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

static size_t filter_bit(uint64_t key)
{
    return (key * 0x9e3779b97f4a7c15u) >> (64 - FILTER_BITS);
}

/* Records with a key that a sampled record has, too. */
static uint32_t keep_sampled(struct run *x, uint32_t n)
{
    uint32_t kept = 0;
    memset(x->filter, 0, (size_t)1 << (FILTER_BITS - 3));
    for (uint32_t i = 0; i < n; i++)
        if (x->ids[i] % x->c->every == 0) {
            size_t bit = filter_bit(x->keys[i]);
            x->filter[bit / 8] |= (uint8_t)(1u << bit % 8);
        }
    for (uint32_t i = 0; i < n; i++) {
        size_t bit = filter_bit(x->keys[i]);
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

static lm_err run_single(struct run *x, struct lm_part *p, double share)
{
    uint32_t n = 0, part = x->single;
    double alike = 0;
    for (uint32_t i = 0; i < x->r->n; i++)
        if (keys_of(x, i)[part] != 0) {
            x->keys[n] = keys_of(x, i)[part];
            x->ids[n++] = i;
        }
    lm_err err = sorted(x, &n);
    if (err != LM_OK)
        return err;
    x->most = affordable(x, n, share);
    for (uint32_t i = 0, j; i < n && err == LM_OK; i = j) {
        for (j = i + 1; j < n && x->keys[j] == x->keys[i]; j++)
            continue;
        alike += (double)(j - i) * (j - i - 1);
        if (j - i > x->most)
            continue;
        if (j - i > 1)
            err = add_block(x, i, j - i);
        for (uint32_t k = i; k < j; k++)
            x->p->handled[x->ids[k]] |= (uint64_t)1 << part;
    }
    p->alike = x->r->n > 1 ? alike / ((double)x->r->n * (x->r->n - 1)) : 0;
    return err == LM_OK ? work_off(x) : err;
}

static lm_err run_two(struct run *x, struct key_of_two *t, double share)
{
    uint32_t n = 0;
    t->too_large = calloc((size_t)1 << (LARGE_BITS - 3), 1);
    if (t->too_large == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i < x->r->n; i++) {
        const uint32_t *k = keys_of(x, i);
        if (k[t->i] != 0 && k[t->j] != 0 && k[t->i] != k[t->j] && (x->p->handled[i] & t->bits) == 0) {
            x->keys[n] = together(k[t->i], k[t->j]);
            x->ids[n++] = i;
        }
    }
    lm_err err = sorted(x, &n);
    x->most = err == LM_OK ? affordable(x, n, share) : 0;
    for (uint32_t i = 0, j; i < n && err == LM_OK; i = j) {
        for (j = i + 1; j < n && x->keys[j] == x->keys[i]; j++)
            continue;
        if (j - i > 1)
            err = add_block(x, i, j - i);
        if (j - i > x->most) {
            size_t bit = large_bit(x->keys[i]);
            t->too_large[bit / 8] |= (uint8_t)(1u << bit % 8);
        }
    }
    return err == LM_OK ? work_off(x) : err;
}

static int by_worth(const void *a, const void *b)
{
    const struct key_of_two *p = a, *q = b;
    if (p->holds != q->holds)
        return p->holds > q->holds ? -1 : 1;
    return p->i != q->i ? (p->i > q->i) - (p->i < q->i) : (p->j > q->j) - (p->j < q->j);
}

/* Two parts of different fields that are not hopeless, those that hold more often first. */
static lm_err choose_two(struct run *x, double share)
{
    double all = (double)lm_candidates_possible(x->r, x->c->between);
    const struct lm_part *p = x->p->part;
    x->two = calloc((size_t)LM_PARTS_MOST * LM_PARTS_MOST, sizeof *x->two);
    if (x->two == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i < x->p->n; i++)
        for (uint32_t j = i + 1; j < x->p->n; j++)
            if (p[i].field != p[j].field && all * p[i].alike * p[j].alike <= HOPELESS * share)
                x->two[x->n_two++] = (struct key_of_two){ .i = (uint8_t)i, .j = (uint8_t)j, .holds = p[i].holds * p[j].holds,
                                                          .bits = (uint64_t)1 << i | (uint64_t)1 << j };
    if (x->n_two > 0)
        qsort(x->two, x->n_two, sizeof *x->two, by_worth);
    x->n_two = x->n_two < KEYS_MOST ? x->n_two : KEYS_MOST;
    return LM_OK;
}

static lm_err run_keys(struct run *x)
{
    double budget = fmax((double)LM_CANDIDATES_EACH * x->r->n, LM_CANDIDATES_LEAST);
    lm_err err = LM_OK;
    memset(x->p->handled, 0, (size_t)x->r->n * sizeof *x->p->handled);
    for (x->single = 0; x->single < x->p->n && err == LM_OK; x->single++)
        err = run_single(x, &x->p->part[x->single], budget * SINGLE_SHARE / x->p->n);
    if (err == LM_OK)
        err = choose_two(x, budget * (1 - SINGLE_SHARE) / KEYS_MOST);
    for (x->at_two = 0; x->at_two < x->n_two && err == LM_OK; x->at_two++)
        err = run_two(x, &x->two[x->at_two], budget * (1 - SINGLE_SHARE) / x->n_two);
    return err;
}

static lm_err run_blocks(struct run *x)
{
    size_t n = (size_t)x->r->n + 1;
    x->keys = malloc(n * sizeof *x->keys);
    x->ids = malloc(n * sizeof *x->ids);
    x->filter = malloc((size_t)1 << (FILTER_BITS - 3));
    lm_err err = x->keys != NULL && x->ids != NULL && x->filter != NULL ? run_keys(x) : LM_ENOMEM;
    for (uint32_t k = 0; k < x->n_two; k++)
        free(x->two[k].too_large);
    free(x->two);
    free(x->keys);
    free(x->ids);
    free(x->filter);
    free(x->blocks);
    free(x->chunks);
    return err;
}

/* --- all pairs --- */

static void work_all(void *ctx, unsigned worker, uint32_t chunk)
{
    struct run *x = ctx;
    struct tally *t = &x->tally[worker];
    uint32_t every = x->c->every, end = x->c->between ? x->r->n_first : x->r->n;
    for (uint32_t i = chunk * ROWS_OF_ALL; i < end && i < (chunk + 1) * ROWS_OF_ALL && t->err == LM_OK; i++) {
        if (lm_cancelled(x->c->effort))
            t->err = LM_ECANCELLED;
        for (uint32_t j = x->c->between ? x->r->n_first : i + 1; j < x->r->n && t->err == LM_OK; j++) {
            if (i % every != 0 && j % every != 0)
                continue;
            t->n_pairs++;
            t->err = x->c->look(x->c->ctx, worker, i, j);
        }
    }
}

static lm_err run_all(struct run *x)
{
    uint32_t end = x->c->between ? x->r->n_first : x->r->n;
    lm_workers_run(x->c->workers, end / ROWS_OF_ALL + 1, false, (struct lm_work){ .work = work_all, .merge = nothing, .ctx = x });
    return first_error(x);
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

lm_err lm_candidates_run(const struct lm_candidates *c, struct lm_candidate_parts *parts, struct lm_candidate_counts *ret)
{
    struct run *x = calloc(1, sizeof *x);
    if (x == NULL)
        return LM_ENOMEM;
    x->c = c;
    x->r = c->records;
    x->p = parts;
    find_largest(x);
    x->counts.all_pairs = lm_candidates_possible(c->records, c->between) <= LM_ALL_PAIRS_MOST;
    lm_err err = x->counts.all_pairs ? run_all(x) : run_blocks(x);
    for (unsigned w = 0; w < LM_WORKERS_MAX; w++) {
        x->counts.n_pairs += x->tally[w].n_pairs;
        x->counts.n_too_large += x->tally[w].n_too_large;
    }
    if (err == LM_OK)
        *ret = x->counts;
    free(x);
    return err;
}
