#include "resolve/linkage.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/compete.h"
#include "resolve/follow.h"
#include "resolve/related.h"
#include "resolve/sort.h"

#define RANDOM_MOST 400000u
#define SAMPLE_RECORDS 266000u /* among which candidates are sampled */
#define SAMPLE_MATCHES 5000u
#define SAMPLE_FLOOR -8.0f   /* bits: candidates that could be more likely than this take part in learning */
#define SAMPLE_EDGES 300000u /* about so many pairs of those found take part in learning again */
#define KNOWN_BITS 0.0f      /* bits: pairs that candidates should find */
#define CONTESTS 2
#define SURE 3.0f          /* bits: records are counted as one person from here on */
#define EDGES_MOST ((uint64_t)1 << 31)

/* What one thread has of its own. */
struct hand {
    struct lm_edge *edges;
    uint64_t n, cap;
};

struct linking {
    struct lm_records *r;
    const struct lm_linkage_wish *wish;
    struct lm_linkage l;
    struct lm_workers *workers;
    struct lm_candidate_parts *parts;
    struct hand hands[LM_WORKERS_MAX];
    struct lm_comparer *comparers[LM_WORKERS_MAX];
    struct lm_comparer *comparer; /* the first */
    struct lm_sample candidates, random;
    uint32_t *known_a, *known_b; /* likely pairs of the sample */
    uint32_t n_known;
    float floor;
};

/* --- pairs --- */

static lm_err keep_edge(struct hand *h, uint32_t a, uint32_t b, float bits)
{
    if (h->n == h->cap) {
        uint64_t cap = h->cap == 0 ? 4096 : h->cap + h->cap / 2;
        struct lm_edge *grown = cap <= EDGES_MOST ? realloc(h->edges, cap * sizeof *grown) : NULL;
        if (grown == NULL)
            return LM_ENOMEM;
        h->edges = grown;
        h->cap = cap;
    }
    h->edges[h->n++] = (struct lm_edge){ a, b, bits };
    return LM_OK;
}

static lm_err look(void *ctx, unsigned worker, uint32_t a, uint32_t b)
{
    struct linking *k = ctx;
    struct hand *h = &k->hands[worker];
    float bits;
    if (!lm_pair_above(k->comparers[worker], a, b, k->floor, &bits))
        return LM_OK;
    return keep_edge(h, a, b, bits);
}

static int by_pair(const void *x, const void *y)
{
    const struct lm_edge *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

static int by_bits(const void *x, const void *y)
{
    const struct lm_edge *p = x, *q = y;
    if (p->bits != q->bits)
        return p->bits > q->bits ? -1 : 1;
    return by_pair(x, y);
}

/* What all hands have found, in ascending order of the pair, each pair once. */
static lm_err gather(struct linking *k, struct lm_edge **ret, uint64_t *ret_n)
{
    struct hand *first = &k->hands[0];
    uint64_t n = 0, all = 0;
    for (unsigned w = 0; w < LM_WORKERS_MAX; w++)
        all += k->hands[w].n;
    struct lm_edge *e = realloc(first->edges, (all + 1) * sizeof *e);
    if (e == NULL)
        return LM_ENOMEM;
    first->edges = NULL;
    all = first->n;
    first->n = first->cap = 0;
    for (unsigned w = 1; w < LM_WORKERS_MAX; w++) {
        struct hand *h = &k->hands[w];
        if (h->n > 0)
            memcpy(e + all, h->edges, h->n * sizeof *e);
        all += h->n;
        free(h->edges);
        h->edges = NULL;
        h->n = h->cap = 0;
    }
    lm_err err = lm_edges_sort(e, all);
    for (uint64_t i = 0; err == LM_OK && i < all; i++)
        if (n == 0 || by_pair(&e[n - 1], &e[i]) != 0)
            e[n++] = e[i];
    if (err != LM_OK) {
        free(e);
        return err;
    }
    *ret = e;
    *ret_n = n;
    return LM_OK;
}

static lm_err run_candidates(struct linking *k, const uint32_t every[2])
{
    struct lm_candidates c = { .records = k->r,
                               .between = k->wish->between,
                               .every = { every[0], every[1] },
                               .known_a = k->known_a,
                               .known_b = k->known_b,
                               .n_known = k->n_known,
                               .workers = k->workers,
                               .effort = k->wish->effort,
                               .comparers = k->comparers,
                               .floor = k->floor,
                               .ctx = k,
                               .look = look };
    return lm_candidates_run(&c, k->parts, &k->l.counts);
}

/* --- learning --- */

/* Records stand in an order of their own hash: those that are a fixed step apart are as good as drawn at random. */
static void draw_random(struct linking *k)
{
    uint64_t n = k->r->n, first = k->wish->between ? k->r->n_first : n, second = k->wish->between ? n - first : n;
    uint64_t want = (uint64_t)fmin(k->l.model.pairs, RANDOM_MOST);
    k->random.most = RANDOM_MOST;
    for (uint64_t step = 1; k->random.n < want && step < second; step++)
        for (uint64_t i = 0; i < first && k->random.n < want; i++) {
            uint64_t j = k->wish->between ? first + (i + step) % second : i + step;
            if (j < n && i != j)
                (void)lm_sample_add(&k->random, (uint32_t)i, (uint32_t)j);
        }
}

static void close_comparers(struct linking *k)
{
    for (unsigned w = 0; w < LM_WORKERS_MAX; w++) {
        if (k->comparers[w] != NULL) {
            struct lm_comparer_counts n = lm_comparer_counts(k->comparers[w]);
            k->l.n_metrics += n.metrics;
            k->l.n_compared += n.compared;
        }
        lm_comparer_close(k->comparers[w]);
        k->comparers[w] = NULL;
    }
    k->comparer = NULL;
}

/* Comparers for the model as it is. */
static lm_err reopen(struct linking *k)
{
    lm_err err = LM_OK;
    close_comparers(k);
    for (unsigned w = 0; w < lm_workers_count(k->workers) && err == LM_OK; w++)
        err = lm_comparer_open(k->r, &k->l.model, &k->comparers[w]);
    k->comparer = k->comparers[0];
    return err;
}

static lm_err compete(struct linking *k, const struct lm_edge *edges, uint64_t n, float *bits)
{
    struct lm_contest t = { .records = k->r, .prior_bits = k->l.model.prior_bits };
    lm_err err = k->wish->between ? lm_find_single(k->comparer, &t, edges, n) : LM_OK;
    if (err == LM_OK)
        err = lm_compete(k->comparer, &t, edges, n, bits);
    k->l.single[0] = t.single[0];
    k->l.single[1] = t.single[1];
    return err;
}

/* What the pairs of the sample lose in the competition, under the model as it is. */
static lm_err contest(struct linking *k)
{
    struct lm_sample *s = &k->candidates;
    struct lm_edge *edges = malloc(((size_t)s->n + 1) * sizeof *edges);
    if (s->offset == NULL)
        s->offset = malloc(((size_t)s->n + 1) * sizeof *s->offset);
    lm_err err = edges != NULL && s->offset != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t i = 0; err == LM_OK && i < s->n; i++)
        edges[i] = (struct lm_edge){ s->a[i], s->b[i], lm_pair_bits(k->comparer, s->a[i], s->b[i], NULL) };
    if (err == LM_OK)
        err = compete(k, edges, s->n, s->offset);
    for (uint32_t i = 0; err == LM_OK && i < s->n; i++)
        s->offset[i] -= edges[i].bits;
    free(edges);
    return err;
}

static lm_err learn(struct linking *k)
{
    lm_err err = lm_model_ready(&k->l.model, k->r);
    if (err == LM_OK)
        err = reopen(k);
    if (err == LM_OK)
        err = lm_sample_compare(&k->candidates, k->r, k->comparer);
    if (err == LM_OK)
        err = lm_sample_compare(&k->random, k->r, k->comparer);
    if (err == LM_OK)
        err = lm_model_learn(&k->l.model, k->r, &k->candidates, &k->random, LM_LEARN_ROUNDS);
    if (err == LM_OK)
        err = lm_find_following(&k->l.model, k->r, k->comparer);
    for (unsigned i = 0; err == LM_OK && i < CONTESTS; i++) {
        err = lm_find_related(&k->l.model, k->r, &k->candidates);
        if (err == LM_OK)
            err = lm_model_ready(&k->l.model, k->r);
        if (err == LM_OK)
            err = contest(k);
        if (err == LM_OK)
            err = lm_model_learn(&k->l.model, k->r, &k->candidates, &k->random, LM_LEARN_ROUNDS);
    }
    return err;
}

/* Which records are drawn, by source: enough for SAMPLE_MATCHES pairs of one person, if one record in five has another; of a source
 * that is much smaller than the other, all. */
static void choose_every(const struct linking *k, uint32_t every[2])
{
    uint32_t first = k->r->n_first, second = k->r->n - first, most = (uint32_t)sqrt(k->r->n / (5.0 * SAMPLE_MATCHES)) + 1;
    every[0] = every[1] = k->r->n / SAMPLE_RECORDS + 1;
    every[0] = every[1] = every[0] < most ? every[0] : most;
    if (!k->wish->between)
        return;
    uint32_t half = SAMPLE_RECORDS / 2, small = first < second ? first : second, large = first < second ? second : first;
    every[first < second ? 0 : 1] = small / half + 1;
    every[first < second ? 1 : 0] = large / (small < half ? SAMPLE_RECORDS - small : half) + 1;
}

static lm_err draw_candidates(struct linking *k)
{
    struct lm_edge *edges = NULL;
    uint64_t n = 0;
    uint32_t every[2];
    choose_every(k, every);
    k->floor = SAMPLE_FLOOR;
    lm_err err = run_candidates(k, every);
    if (err == LM_OK)
        err = gather(k, &edges, &n);
    k->candidates.most = UINT32_MAX;
    for (uint64_t i = 0; err == LM_OK && i < n; i++)
        err = lm_sample_add(&k->candidates, edges[i].a, edges[i].b) ? LM_OK : LM_ENOMEM;
    free(edges);
    k->candidates.each = k->wish->between ? (double)every[0] * every[1] : (double)every[0] * every[0];
    return err;
}

/* Pairs of the sample that are likely, for the choice of keys. */
static lm_err keep_known(struct linking *k)
{
    const struct lm_sample *s = &k->candidates;
    k->known_a = malloc(((size_t)s->n + 1) * sizeof *k->known_a);
    k->known_b = malloc(((size_t)s->n + 1) * sizeof *k->known_b);
    if (k->known_a == NULL || k->known_b == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i < s->n; i++)
        if (lm_pair_bits(k->comparer, s->a[i], s->b[i], NULL) + s->offset[i] >= KNOWN_BITS) {
            k->known_a[k->n_known] = s->a[i];
            k->known_b[k->n_known++] = s->b[i];
        }
    return LM_OK;
}

static lm_err learn_first(struct linking *k)
{
    lm_err err = lm_model_ready(&k->l.model, k->r);
    if (err == LM_OK)
        err = reopen(k);
    if (err == LM_OK)
        err = draw_candidates(k);
    if (err != LM_OK)
        return err;
    draw_random(k);
    return learn(k);
}

/* Sets of records that edges of so many bits join. */
static uint32_t *sets_of(const struct linking *k, float bits)
{
    uint32_t *set = malloc(((size_t)k->r->n + 1) * sizeof *set);
    if (set == NULL)
        return NULL;
    lm_sets_init(set, k->r->n);
    for (uint64_t i = 0; i < k->l.n_edges; i++)
        if (k->l.edges[i].bits >= bits)
            (void)lm_sets_join(set, k->l.edges[i].a, k->l.edges[i].b);
    for (uint32_t i = 0; i < k->r->n; i++)
        set[i] = lm_set_of(set, i);
    return set;
}

/* Records that are surely one person, so that a value counts once for each person. */
static lm_err count_persons(struct linking *k)
{
    uint32_t *person = sets_of(k, SURE);
    lm_err err = person != NULL ? lm_model_count(&k->l.model, k->r, person) : LM_ENOMEM;
    free(person);
    return err;
}

/* A sample of the pairs that were found: all pairs of a record and of what it is joined with, so that they
 * compete as they will. */
static lm_err draw_found(struct linking *k)
{
    uint32_t every = (uint32_t)(k->l.n_edges / SAMPLE_EDGES) + 1;
    uint32_t *set = sets_of(k, LM_RIVAL_BITS);
    lm_err err = set != NULL ? LM_OK : LM_ENOMEM;
    lm_sample_free(&k->candidates);
    k->candidates.most = UINT32_MAX;
    k->candidates.each = every;
    for (uint64_t i = 0; err == LM_OK && i < k->l.n_edges; i++)
        if (set[k->l.edges[i].a] % every == 0)
            err = lm_sample_add(&k->candidates, k->l.edges[i].a, k->l.edges[i].b) ? LM_OK : LM_ENOMEM;
    free(set);
    return err;
}

#define RECORDS_AHEAD 24 /* edges: their records are fetched, then what is known of the values */
#define VALUES_AHEAD 8

static void fetch_ahead(const struct linking *k, uint64_t i)
{
    if (i + RECORDS_AHEAD < k->l.n_edges)
        lm_record_ahead(k->r, k->l.edges[i + RECORDS_AHEAD].b);
    if (i + VALUES_AHEAD < k->l.n_edges)
        lm_comparer_ahead(k->comparer, k->l.edges[i + VALUES_AHEAD].b);
}

static lm_err weigh_again(struct linking *k)
{
    float *bits = malloc((k->l.n_edges + 1) * sizeof *bits);
    if (bits == NULL)
        return LM_ENOMEM;
    for (uint64_t i = 0; i < k->l.n_edges; i++) {
        fetch_ahead(k, i);
        k->l.edges[i].bits = lm_pair_bits(k->comparer, k->l.edges[i].a, k->l.edges[i].b, NULL);
    }
    lm_err err = compete(k, k->l.edges, k->l.n_edges, bits);
    for (uint64_t i = 0; err == LM_OK && i < k->l.n_edges; i++)
        k->l.edges[i].bits = bits[i];
    free(bits);
    return err;
}

static lm_err link_all(struct linking *k)
{
    lm_err err = lm_model_init(&k->l.model, k->r, k->wish->between);
    if (err == LM_OK)
        err = lm_candidates_prepare(k->r, &k->parts);
    if (err == LM_OK)
        err = learn_first(k);
    k->floor = LM_LINKAGE_THRESHOLD - LM_LINKAGE_BELOW;
    if (err == LM_OK)
        err = reopen(k);
    if (err == LM_OK)
        err = keep_known(k);
    if (err == LM_OK)
        err = run_candidates(k, (const uint32_t[]){ 1, 1 });
    if (err == LM_OK)
        err = gather(k, &k->l.edges, &k->l.n_edges);
    lm_candidates_forget(k->parts);
    k->parts = NULL;
    if (err == LM_OK)
        err = count_persons(k);
    if (err == LM_OK)
        err = draw_found(k);
    if (err == LM_OK)
        err = learn(k);
    if (err == LM_OK)
        err = reopen(k);
    if (err == LM_OK)
        err = weigh_again(k);
    if (err == LM_OK && k->l.n_edges > 0)
        qsort(k->l.edges, k->l.n_edges, sizeof *k->l.edges, by_bits);
    return err;
}

lm_err lm_link(struct lm_records *r, const struct lm_linkage_wish *wish, struct lm_linkage *ret, struct lm_error *e)
{
    struct linking *k = calloc(1, sizeof *k);
    struct lm_arena a;
    lm_arena_init(&a, 0);
    if (k != NULL) {
        k->r = r;
        k->wish = wish;
    }
    lm_err err = k != NULL ? lm_workers_open(&a, wish->effort, &k->workers) : LM_ENOMEM;
    if (err == LM_OK) {
        err = link_all(k);
        close_comparers(k);
        lm_candidates_forget(k->parts);
        lm_sample_free(&k->candidates);
        lm_sample_free(&k->random);
        free(k->known_a);
        free(k->known_b);
        for (unsigned w = 0; w < LM_WORKERS_MAX; w++)
            free(k->hands[w].edges);
        if (err == LM_OK)
            *ret = k->l;
        else
            lm_linkage_free(&k->l);
        lm_workers_close(k->workers);
    }
    free(k);
    lm_arena_free(&a);
    return err == LM_OK ? err : lm_fail(e, err, err == LM_ECANCELLED ? "cancelled" : "no memory to compare the records");
}

void lm_linkage_free(struct lm_linkage *l)
{
    lm_model_free(&l->model);
    free(l->edges);
    *l = (struct lm_linkage){ .n_edges = 0 };
}
