#include "resolve/linkage.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/compete.h"
#include "resolve/related.h"
#include "resolve/sort.h"

#define RANDOM_MOST 400000u
#define SAMPLE_LOOKS 16e6  /* pairs looked at for the sample */
#define SAMPLE_FLOOR -8.0f /* bits: candidates that could be more likely than this take part in learning */
#define CONTESTS 2
#define SURE 3.0f          /* bits: records are counted as one person from here on */
#define EDGES_MOST ((uint64_t)1 << 31)

/* What one thread has of its own. */
struct hand {
    struct lm_comparer *comparer;
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
    struct lm_comparer *comparer; /* of the first hand */
    struct lm_sample candidates, random;
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
    if (!lm_pair_above(h->comparer, a, b, k->floor, &bits))
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

static lm_err run_candidates(struct linking *k, uint32_t every)
{
    struct lm_candidates c = { .records = k->r, .between = k->wish->between, .every = every,
                               .workers = k->workers, .effort = k->wish->effort, .ctx = k, .look = look };
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
        if (k->hands[w].comparer != NULL) {
            struct lm_comparer_counts n = lm_comparer_counts(k->hands[w].comparer);
            k->l.n_metrics += n.metrics;
            k->l.n_compared += n.compared;
        }
        lm_comparer_close(k->hands[w].comparer);
        k->hands[w].comparer = NULL;
    }
    k->comparer = NULL;
}

/* Comparers for the model as it is. */
static lm_err reopen(struct linking *k)
{
    lm_err err = LM_OK;
    close_comparers(k);
    for (unsigned w = 0; w < lm_workers_count(k->workers) && err == LM_OK; w++)
        err = lm_comparer_open(k->r, &k->l.model, &k->hands[w].comparer);
    k->comparer = k->hands[0].comparer;
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

static lm_err draw_candidates(struct linking *k)
{
    struct lm_edge *edges = NULL;
    uint64_t n = 0, possible = lm_candidates_possible(k->r, k->wish->between);
    bool all = possible <= LM_ALL_PAIRS_MOST;
    double looks = all ? (double)possible : (double)LM_CANDIDATES_EACH * k->r->n;
    uint32_t every = looks > SAMPLE_LOOKS ? (uint32_t)ceil(2 * looks / SAMPLE_LOOKS) : 1;
    k->floor = SAMPLE_FLOOR;
    lm_err err = run_candidates(k, every);
    if (err == LM_OK)
        err = gather(k, &edges, &n);
    k->candidates.most = UINT32_MAX;
    for (uint64_t i = 0; err == LM_OK && i < n; i++)
        err = lm_sample_add(&k->candidates, edges[i].a, edges[i].b) ? LM_OK : LM_ENOMEM;
    free(edges);
    double share = 1.0 / every;
    k->candidates.each = 1 / (2 * share - share * share); /* one of both is in the sample */
    return err;
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

/* Records that are surely one person, so that a value counts once for each person. */
static lm_err count_persons(struct linking *k)
{
    uint32_t *person = malloc(((size_t)k->r->n + 1) * sizeof *person);
    if (person == NULL)
        return LM_ENOMEM;
    lm_sets_init(person, k->r->n);
    for (uint64_t i = 0; i < k->l.n_edges; i++)
        if (k->l.edges[i].bits >= SURE)
            (void)lm_sets_join(person, k->l.edges[i].a, k->l.edges[i].b);
    for (uint32_t i = 0; i < k->r->n; i++)
        person[i] = lm_set_of(person, i);
    lm_err err = lm_model_count(&k->l.model, k->r, person);
    free(person);
    return err;
}

static lm_err weigh_again(struct linking *k)
{
    float *bits = malloc((k->l.n_edges + 1) * sizeof *bits);
    if (bits == NULL)
        return LM_ENOMEM;
    for (uint64_t i = 0; i < k->l.n_edges; i++)
        k->l.edges[i].bits = lm_pair_bits(k->comparer, k->l.edges[i].a, k->l.edges[i].b, NULL);
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
        err = run_candidates(k, 1);
    if (err == LM_OK)
        err = gather(k, &k->l.edges, &k->l.n_edges);
    lm_candidates_forget(k->parts);
    k->parts = NULL;
    if (err == LM_OK)
        err = count_persons(k);
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
