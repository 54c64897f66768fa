#include "resolve/linkage.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/compete.h"
#include "resolve/related.h"
#include "resolve/sort.h"

#define RANDOM_MOST 400000u
#define SAMPLE_MOST 4000000u
#define SAMPLE_LOOKS 16e6  /* pairs looked at for the sample */
#define SAMPLE_FLOOR -8.0f /* bits: candidates that could be more likely than this take part in learning */
#define CONTESTS 2
#define SURE 3.0f          /* bits: records are counted as one person from here on */
#define EDGES_MOST ((uint64_t)1 << 31)

struct linking {
    struct lm_records *r;
    const struct lm_linkage_wish *wish;
    struct lm_linkage l;
    struct lm_comparer *comparer;
    struct lm_sample candidates, random;
    uint32_t every; /* one in so many records is looked at while sampling */
    bool sampling;
    float floor;
    uint64_t cap;
};

/* --- pairs --- */

static lm_err keep_edge(struct linking *k, uint32_t a, uint32_t b, float bits)
{
    if (k->l.n_edges == k->cap) {
        uint64_t cap = k->cap == 0 ? 4096 : k->cap * 2;
        struct lm_edge *grown = cap <= EDGES_MOST ? realloc(k->l.edges, cap * sizeof *grown) : NULL;
        if (grown == NULL)
            return LM_ENOMEM;
        k->l.edges = grown;
        k->cap = cap;
    }
    k->l.edges[k->l.n_edges++] = (struct lm_edge){ a, b, bits };
    return LM_OK;
}

static lm_err look(struct linking *k, uint32_t a, uint32_t b)
{
    if (a > b) {
        uint32_t t = a;
        a = b;
        b = t;
    }
    if (k->sampling && a % k->every != 0 && b % k->every != 0)
        return LM_OK;
    float bits;
    if (!lm_pair_above(k->comparer, a, b, k->floor, &bits))
        return LM_OK;
    if (!k->sampling)
        return keep_edge(k, a, b, bits);
    (void)lm_sample_add(&k->candidates, a, b);
    return LM_OK;
}

static lm_err look_at_row(struct linking *k, const uint32_t *block, uint32_t i, uint32_t from, uint32_t to)
{
    lm_err err = LM_OK;
    for (uint32_t j = from; j < to && err == LM_OK; j++)
        err = block == NULL ? look(k, i, j) : look(k, block[i], block[j]);
    return err;
}

/* All pairs of a block, or of all records. */
static lm_err take(void *ctx, const uint32_t *block, uint32_t n)
{
    struct linking *k = ctx;
    bool all = block == NULL;
    uint32_t end = all ? k->r->n : n, first = k->r->n_first;
    lm_err err = LM_OK;
    if (k->wish->between && !all)
        for (first = 0; first < n && block[first] < k->r->n_first;)
            first++;
    for (uint32_t i = 0; i < (k->wish->between ? first : end) && err == LM_OK; i++) {
        if (lm_cancelled(k->wish->effort))
            return LM_ECANCELLED;
        err = look_at_row(k, block, i, k->wish->between ? first : i + 1, end);
    }
    return err;
}

static lm_err all_candidates(struct linking *k)
{
    struct lm_candidates c = { .records = k->r, .between = k->wish->between, .blocks_only = k->wish->blocks_only,
                               .every = k->sampling ? k->every : 1, .ctx = k, .take = take };
    return lm_candidates_run(&c, &k->l.counts);
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

/* A pair that came up more than once is kept once. */
static lm_err drop_repeats(struct linking *k)
{
    uint64_t n = 0, m = k->l.n_edges;
    struct lm_edge *e = k->l.edges;
    if (k->l.counts.all_pairs || m == 0)
        return LM_OK;
    qsort(e, m, sizeof *e, by_pair);
    for (uint64_t i = 0; i < m; i++)
        if (n == 0 || by_pair(&e[n - 1], &e[i]) != 0)
            e[n++] = e[i];
    k->l.n_edges = n;
    return LM_OK;
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

static lm_err reopen(struct linking *k)
{
    if (k->comparer != NULL) {
        struct lm_comparer_counts n = lm_comparer_counts(k->comparer);
        k->l.n_metrics += n.metrics;
        k->l.n_compared += n.compared;
    }
    lm_comparer_close(k->comparer);
    k->comparer = NULL;
    return lm_comparer_open(k->r, &k->l.model, &k->comparer);
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

static bool all_at_once(const struct linking *k)
{
    return !k->wish->blocks_only && k->l.model.pairs <= (double)LM_ALL_PAIRS_MOST;
}

static lm_err learn_first(struct linking *k)
{
    double looks = all_at_once(k) ? k->l.model.pairs : (double)LM_CANDIDATES_EACH * k->r->n;
    k->sampling = true;
    k->every = looks > SAMPLE_LOOKS ? (uint32_t)ceil(2 * looks / SAMPLE_LOOKS) : 1;
    k->floor = SAMPLE_FLOOR;
    k->candidates.most = SAMPLE_MOST;
    lm_err err = lm_model_ready(&k->l.model, k->r);
    if (err == LM_OK)
        err = reopen(k);
    if (err == LM_OK)
        err = all_candidates(k);
    if (err != LM_OK)
        return err;
    err = lm_sample_sort(&k->candidates);
    if (err != LM_OK)
        return err;
    double share = 1.0 / k->every;
    k->candidates.each = 1 / (2 * share - share * share); /* one of both is in the sample */
    draw_random(k);
    k->sampling = false;
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

lm_err lm_link(struct lm_records *r, const struct lm_linkage_wish *wish, struct lm_linkage *ret, struct lm_error *e)
{
    struct linking k = { .r = r, .wish = wish };
    lm_err err = lm_model_init(&k.l.model, r, wish->between);
    if (err == LM_OK)
        err = learn_first(&k);
    k.floor = LM_LINKAGE_THRESHOLD - LM_LINKAGE_BELOW;
    if (err == LM_OK)
        err = reopen(&k);
    if (err == LM_OK)
        err = all_candidates(&k);
    if (err == LM_OK)
        err = drop_repeats(&k);
    if (err == LM_OK)
        err = count_persons(&k);
    if (err == LM_OK)
        err = learn(&k);
    if (err == LM_OK)
        err = reopen(&k);
    if (err == LM_OK)
        err = weigh_again(&k);
    if (err == LM_OK && k.l.n_edges > 0)
        qsort(k.l.edges, k.l.n_edges, sizeof *k.l.edges, by_bits);
    lm_comparer_close(k.comparer);
    lm_sample_free(&k.candidates);
    lm_sample_free(&k.random);
    if (err != LM_OK) {
        lm_linkage_free(&k.l);
        return lm_fail(e, err, err == LM_ECANCELLED ? "cancelled" : "no memory to compare the records");
    }
    *ret = k.l;
    return LM_OK;
}

void lm_linkage_free(struct lm_linkage *l)
{
    lm_model_free(&l->model);
    free(l->edges);
    *l = (struct lm_linkage){ .n_edges = 0 };
}
