#include "resolve/candidate.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/bucket.h"
#include "resolve/choose.h"
#include "resolve/part.h"

#define LARGE_BITS 20        /* of each key: 2^20 bits say which blocks were too large */
#define CHEAP_PAIRS 1000000u /* that cost next to nothing, however little they bring */
#define ROWS_OF_ALL 64u      /* records of a chunk when all pairs are taken */
#define COLUMNS_OF_ALL 512u

struct tried {
    struct lm_key key;
    uint8_t *too_large;
};

/* What one thread has of its own. */
struct hand {
    struct lm_cell *rows;
    uint64_t cost[LM_BLOCK_MOST + 1]; /* pairs in blocks of each size */
    uint64_t n_pairs, n_too_large;
    lm_err err;
};

struct run {
    const struct lm_candidates *c;
    const struct lm_records *r;
    struct lm_candidate_parts *p;
    struct tried tried[LM_KEYS_MOST];
    uint32_t n_tried; /* the last one is at work */
    struct lm_buckets blocks;
    uint32_t most; /* size of a block that is taken */
    struct hand *hands;
    struct lm_candidate_counts counts;
};

uint64_t lm_candidates_possible(const struct lm_records *r, bool between)
{
    uint64_t n = r->n, first = r->n_first;
    return between ? first * (n - first) : n * (n - (n > 0)) / 2;
}

static uint32_t every_of(const struct run *x, uint32_t record)
{
    return x->c->every[record >= x->r->n_first];
}

/* --- has it been given already? --- */

static size_t large_bit(uint32_t key)
{
    return (key * UINT32_C(0x9e3779b1)) >> (32 - LARGE_BITS);
}

static bool is_large(const struct tried *t, uint32_t key)
{
    size_t bit = large_bit(key);
    return (__atomic_load_n(&t->too_large[bit / 8], __ATOMIC_RELAXED) >> bit % 8 & 1) != 0;
}

/* Whether two records have an equal part. */
static bool part_equal(const struct run *x, uint32_t part, const uint32_t *a, const uint32_t *b)
{
    uint32_t f = x->p->part[part].field;
    if (a[f] == 0 || b[f] == 0)
        return false;
    uint32_t key = lm_part_key(x->p, part, a);
    return key != 0 && (a[f] == b[f] || key == lm_part_key(x->p, part, b));
}

static bool given_before(const struct run *x, uint32_t a, uint32_t b)
{
    const uint32_t *ra = lm_record(x->r, a), *rb = lm_record(x->r, b);
    uint64_t known = 0, equal = 0;
    for (uint32_t k = 0; k + 1 < x->n_tried; k++) {
        const struct tried *t = &x->tried[k];
        bool all = true;
        for (uint32_t i = 0; i < t->key.n && all; i++) {
            uint32_t part = t->key.part[i];
            uint64_t bit = (uint64_t)1 << part;
            if ((known & bit) == 0)
                equal |= part_equal(x, part, ra, rb) ? bit : 0;
            known |= bit;
            all = (equal & bit) != 0;
        }
        if (all && !is_large(t, lm_key_sum(x->p, &t->key, ra)))
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

static lm_err look(const struct run *x, unsigned worker, uint32_t a, uint32_t b)
{
    return x->c->look(x->c->ctx, worker, a, b);
}

/* The pairs of a block that may reach the floor and are new. */
static lm_err pairs_of(struct run *x, unsigned worker, const uint32_t *ids, uint32_t n)
{
    struct hand *h = &x->hands[worker];
    const struct lm_comparer *c = x->c->comparers[worker];
    size_t width = x->r->n_fields;
    uint32_t first = x->c->between ? first_of_second(x, ids, n) : n;
    if (first == 0 || (x->c->between && first == n))
        return LM_OK;
    lm_comparer_rows(c, ids, n, h->rows);
    for (uint32_t i = 0; i < first; i++)
        for (uint32_t j = x->c->between ? first : i + 1; j < n; j++) {
            h->n_pairs++;
            if (!lm_rows_reach(c, h->rows + i * width, h->rows + j * width, x->c->floor)
                || given_before(x, ids[i], ids[j]))
                continue;
            lm_err err = look(x, worker, ids[i], ids[j]);
            if (err != LM_OK)
                return err;
        }
    return LM_OK;
}

static void nothing(void *ctx, uint32_t chunk)
{
    (void)ctx;
    (void)chunk;
}

static void sort_bucket(void *ctx, unsigned worker, uint32_t bucket)
{
    struct run *x = ctx;
    const uint32_t end = x->blocks.at[bucket + 1];
    lm_buckets_sort(&x->blocks, bucket);
    for (uint32_t i = x->blocks.at[bucket], j; i < end; i = j) {
        j = lm_bucket_block(&x->blocks, i, end);
        if (j - i >= 2 && j - i <= LM_BLOCK_MOST)
            x->hands[worker].cost[j - i] += cost_of(x, x->blocks.ids + i, j - i);
    }
}

#define ROWS_AHEAD 24 /* places in a bucket */
#define CELLS_AHEAD 8

/* Memory answers slowly, and several questions at once. */
static void fetch_ahead(const struct run *x, unsigned worker, uint32_t i, uint32_t end)
{
    const struct lm_buckets *b = &x->blocks;
    if (i + ROWS_AHEAD < end)
        lm_record_ahead(x->r, b->ids[i + ROWS_AHEAD]);
    uint32_t k = i + CELLS_AHEAD;
    if (k + 1 < end && (b->keys[k] == b->keys[k + 1] || b->keys[k] == b->keys[k - 1]))
        lm_comparer_ahead(x->c->comparers[worker], b->ids[k]);
}

static void work_bucket(void *ctx, unsigned worker, uint32_t bucket)
{
    struct run *x = ctx;
    struct hand *h = &x->hands[worker];
    const struct lm_buckets *b = &x->blocks;
    const struct tried *t = &x->tried[x->n_tried - 1];
    const uint32_t end = b->at[bucket + 1], part = t->key.part[0];
    if (lm_cancelled(x->c->effort))
        h->err = LM_ECANCELLED;
    for (uint32_t i = b->at[bucket], j; i < end && h->err == LM_OK; i = j) {
        j = lm_bucket_block(b, i, end);
        for (uint32_t k = i; k < j && j - i <= x->most; k++)
            fetch_ahead(x, worker, k, end);
        if (j - i > x->most) {
            size_t bit = large_bit(b->keys[i]);
            __atomic_fetch_or(&t->too_large[bit / 8], (uint8_t)(1u << bit % 8), __ATOMIC_RELAXED);
            h->n_too_large += t->key.n == LM_KEY_PARTS ? j - i : 0;
            continue;
        }
        if (j - i > 1)
            h->err = pairs_of(x, worker, b->ids + i, j - i);
        for (uint32_t k = i; t->key.n == 1 && k < j; k++)
            lm_part_take(x->p, part, lm_record(x->r, b->ids[k]));
    }
}

static lm_err first_error(const struct run *x)
{
    for (unsigned w = 0; w < lm_workers_count(x->c->workers); w++)
        if (x->hands[w].err != LM_OK)
            return x->hands[w].err;
    return LM_OK;
}

/* --- keys --- */

/* The size up to which all blocks together cost no more than share. */
static uint32_t affordable(const struct run *x, double share)
{
    double sum = 0;
    uint32_t size = 2;
    for (; size <= LM_BLOCK_MOST; size++) {
        for (unsigned w = 0; w < lm_workers_count(x->c->workers); w++)
            sum += (double)x->hands[w].cost[size];
        if (sum > share)
            break;
    }
    return size > 2 ? size - 1 : 2;
}

static lm_err run_key(struct run *x, const struct lm_key *key, double share)
{
    struct tried *t = &x->tried[x->n_tried++];
    *t = (struct tried){ .key = *key, .too_large = calloc((size_t)1 << (LARGE_BITS - 3), 1) };
    if (t->too_large == NULL)
        return LM_ENOMEM;
    lm_buckets_begin(&x->blocks);
    for (uint32_t i = 0; i < x->r->n; i++) {
        const uint32_t *row = lm_record(x->r, i);
        if (i + ROWS_AHEAD < x->r->n)
            lm_key_ahead(x->p, key, lm_record(x->r, i + ROWS_AHEAD));
        uint32_t k = i % every_of(x, i) == 0 ? lm_key_sum(x->p, key, row) : 0;
        if (k != 0 && !lm_key_taken(x->p, key, row))
            lm_buckets_put(&x->blocks, k, i);
    }
    lm_buckets_scatter(&x->blocks);
    for (unsigned w = 0; w < lm_workers_count(x->c->workers); w++)
        memset(x->hands[w].cost, 0, sizeof x->hands[w].cost);
    lm_workers_run(x->c->workers, x->blocks.n_buckets, false,
                   (struct lm_work){ .work = sort_bucket, .merge = nothing, .ctx = x });
    x->most = affordable(x, share);
    x->counts.keys[x->n_tried - 1] = *key;
    x->counts.most[x->n_tried - 1] = x->most;
    lm_workers_run(x->c->workers, x->blocks.n_buckets, false,
                   (struct lm_work){ .work = work_bucket, .merge = nothing, .ctx = x });
    return first_error(x);
}

/* Whether the pairs of a record were given by the key that has just run. */
static bool was_taken(void *ctx, uint32_t record)
{
    const struct run *x = ctx;
    const struct tried *t = &x->tried[x->n_tried - 1];
    const uint32_t *row = lm_record(x->r, record);
    uint32_t key = lm_key_sum(x->p, &t->key, row);
    return key != 0 && !is_large(t, key);
}

static uint32_t sampled(const struct run *x)
{
    uint32_t first = x->r->n_first, second = x->r->n - first;
    return first / x->c->every[0] + second / x->c->every[1] + 2;
}

static uint64_t pairs_so_far(const struct run *x)
{
    uint64_t n = 0;
    for (unsigned w = 0; w < lm_workers_count(x->c->workers); w++)
        n += x->hands[w].n_pairs;
    return n;
}

static lm_err run_keys(struct run *x)
{
    double n = sampled(x), share = fmax(LM_CANDIDATES_EACH * n, LM_CANDIDATES_LEAST);
    struct lm_chooser *chooser = NULL;
    struct lm_key key;
    lm_parts_reset(x->r, x->p);
    lm_err err = lm_chooser_open(x->c, x->p, n, 2 * share / n, &chooser);
    while (err == LM_OK && x->n_tried < LM_KEYS_MOST
           && lm_chooser_next(chooser, pairs_so_far(x) < CHEAP_PAIRS, &key)) {
        err = run_key(x, &key, share);
        if (err == LM_OK)
            lm_chooser_tell(chooser, &key, was_taken, x);
    }
    x->counts.n_keys = x->n_tried;
    lm_chooser_close(chooser);
    return err;
}

static lm_err run_blocks(struct run *x)
{
    lm_err err = lm_buckets_open(sampled(x), &x->blocks);
    if (err == LM_OK)
        err = run_keys(x);
    for (uint32_t k = 0; k < x->n_tried; k++)
        free(x->tried[k].too_large);
    lm_buckets_close(&x->blocks);
    return err;
}

/* --- all pairs --- */

static lm_err tile_of_all(struct run *x, unsigned worker, uint32_t a, uint32_t to_a, uint32_t b,
                          uint32_t to_b)
{
    struct hand *h = &x->hands[worker];
    const struct lm_comparer *c = x->c->comparers[worker];
    size_t width = x->r->n_fields;
    uint32_t ids[ROWS_OF_ALL + COLUMNS_OF_ALL] = { 0 }, n = 0;
    for (uint32_t i = a; i < to_a; i++)
        ids[n++] = i;
    for (uint32_t j = b; j < to_b; j++)
        ids[n++] = j;
    lm_comparer_rows(c, ids, n, h->rows);
    for (uint32_t i = a; i < to_a; i++)
        for (uint32_t j = x->c->between || b > i ? b : i + 1; j < to_b; j++) {
            h->n_pairs++;
            if (!lm_rows_reach(c, h->rows + (i - a) * width, h->rows + (to_a - a + j - b) * width,
                               x->c->floor))
                continue;
            lm_err err = look(x, worker, i, j);
            if (err != LM_OK)
                return err;
        }
    return LM_OK;
}

static void work_all(void *ctx, unsigned worker, uint32_t chunk)
{
    struct run *x = ctx;
    struct hand *h = &x->hands[worker];
    uint32_t n_a = x->c->between ? x->r->n_first : x->r->n, a = chunk * ROWS_OF_ALL,
             to_a = n_a - a < ROWS_OF_ALL ? n_a : a + ROWS_OF_ALL;
    for (uint32_t b = x->c->between ? x->r->n_first : a; b < x->r->n && h->err == LM_OK;
         b += COLUMNS_OF_ALL) {
        h->err =
            tile_of_all(x, worker, a, to_a, b, x->r->n - b < COLUMNS_OF_ALL ? x->r->n : b + COLUMNS_OF_ALL);
        if (lm_cancelled(x->c->effort))
            h->err = LM_ECANCELLED;
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

static lm_err open_hands(struct run *x)
{
    unsigned n = lm_workers_count(x->c->workers);
    lm_err err = LM_OK;
    x->hands = calloc(n, sizeof *x->hands);
    for (unsigned w = 0; x->hands != NULL && w < n; w++) {
        x->hands[w].rows = malloc((size_t)LM_BLOCK_MOST * x->r->n_fields * sizeof *x->hands[w].rows);
        if (x->hands[w].rows == NULL)
            err = LM_ENOMEM;
    }
    return x->hands != NULL ? err : LM_ENOMEM;
}

lm_err lm_candidates_run(const struct lm_candidates *c, struct lm_candidate_parts *parts,
                         struct lm_candidate_counts *ret)
{
    struct run *x = calloc(1, sizeof *x);
    if (x == NULL)
        return LM_ENOMEM;
    x->c = c;
    x->r = c->records;
    x->p = parts;
    find_largest(x);
    x->counts.all_pairs = lm_candidates_possible(c->records, c->between) <= LM_ALL_PAIRS_MOST;
    lm_err err = open_hands(x);
    if (err == LM_OK)
        err = x->counts.all_pairs ? run_all(x) : run_blocks(x);
    for (unsigned w = 0; x->hands != NULL && w < lm_workers_count(c->workers); w++) {
        x->counts.n_pairs += x->hands[w].n_pairs;
        x->counts.n_too_large += x->hands[w].n_too_large;
        free(x->hands[w].rows);
    }
    free(x->hands);
    if (err == LM_OK)
        *ret = x->counts;
    free(x);
    return err;
}
