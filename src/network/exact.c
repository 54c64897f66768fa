#include "network/exact.h"

#define NONE UINT32_MAX

static uint64_t product(uint64_t x, uint64_t y)
{
    uint64_t r;
    return __builtin_mul_overflow(x, y, &r) ? UINT64_MAX : r;
}

uint64_t lm_sets_of(uint32_t n, uint32_t k)
{
    if (k > n)
        return 0;
    k = k < n - k ? k : n - k;
    uint64_t r = 1;
    for (uint32_t i = 0; i < k && r != UINT64_MAX; i++) {
        r = product(r, n - i);
        r = r == UINT64_MAX ? r : r / (i + 1);
    }
    return r;
}

uint64_t lm_exact_work(const struct lm_graph *g, const struct lm_exact_wish *wish)
{
    uint64_t each = (uint64_t)g->n + 2 * g->n_pairs;
    uint32_t k = wish->goal == LM_GOAL_CITIES ? wish->k : wish->k - 1;
    uint64_t sets = k == 0 ? 1 : lm_sets_of(g->n, k);
    return product(sets, each);
}

/* A set and what it is worth: less is better, from the first number to the last. */
struct worth {
    uint64_t value;
    double cost;
    uint64_t pairs; /* LCC when the goal is pairs: the other of the two */
};

static bool better(const struct worth *x, const struct worth *y)
{
    if (x->value != y->value)
        return x->value < y->value;
    if (x->cost != y->cost)
        return x->cost < y->cost;
    return x->pairs < y->pairs;
}

struct best {
    struct worth worth;
    uint64_t sets;
    bool any;
    uint32_t *vertex;
};

/* Scratch of one thread. In `sum_…[v]`: over the pieces that v alone cuts off; `…_below[v]`: of v's subtree.
 */
struct walker {
    bool *gone;
    uint32_t *found, *low, *parent, *arc, *of;
    uint32_t *below, *sum, *most;
    uint64_t *pairs;
    uint32_t *sources, *customers, *both;
    uint32_t *sum_sources, *sum_customers, *sum_both;
    uint64_t *reach;
    uint32_t *set;
    struct lm_measurer *measurer;
    struct best *best; /* of the chunk at hand */
};

struct tally {
    uint32_t n, sources, customers, both;
};

struct search {
    const struct lm_graph *g;
    const struct lm_exact_wish *wish;
    const struct lm_effort *effort;
    struct walker walker[LM_WORKERS_MAX];
    struct best slot[LM_WORKERS_SLOTS], best;
    struct tally *whole[LM_WORKERS_MAX]; /* by component */
};

static uint64_t pairs_of(uint64_t n)
{
    return n == 0 ? 0 : n * (n - 1) / 2;
}

static void enter(struct search *s, struct walker *w, uint32_t v, uint32_t parent, uint32_t number)
{
    const struct lm_node_data *d = s->wish->nodes;
    w->found[v] = w->low[v] = number;
    w->parent[v] = parent;
    w->arc[v] = s->g->near.at[v];
    w->below[v] = 1;
    w->sum[v] = w->most[v] = 0;
    w->pairs[v] = 0;
    if (s->wish->goal == LM_GOAL_REACH) {
        w->sources[v] = d->source[v];
        w->customers[v] = d->customer[v];
        w->both[v] = d->source[v] && d->customer[v];
        w->sum_sources[v] = w->sum_customers[v] = w->sum_both[v] = 0;
        w->reach[v] = 0;
    }
}

/* v is done: its parent learns what hangs below v. */
static void leave(struct search *s, struct walker *w, uint32_t v)
{
    uint32_t up = w->parent[v], n = w->below[v];
    bool reach = s->wish->goal == LM_GOAL_REACH;
    if (up == NONE)
        return;
    if (w->low[v] < w->low[up])
        w->low[up] = w->low[v];
    w->below[up] += n;
    if (reach) {
        w->sources[up] += w->sources[v];
        w->customers[up] += w->customers[v];
        w->both[up] += w->both[v];
    }
    if (w->low[v] < w->found[up])
        return;
    w->sum[up] += n;
    w->pairs[up] += pairs_of(n);
    if (n > w->most[up])
        w->most[up] = n;
    if (reach) {
        w->sum_sources[up] += w->sources[v];
        w->sum_customers[up] += w->customers[v];
        w->sum_both[up] += w->both[v];
        w->reach[up] += (uint64_t)w->sources[v] * w->customers[v] - w->both[v];
    }
}

/* Searches the component of root; returns the next number. */
static uint32_t dive(struct search *s, struct walker *w, uint32_t root, uint32_t number, uint32_t component)
{
    uint32_t v = root;
    enter(s, w, v, NONE, number++);
    w->of[v] = component;
    while (v != NONE) {
        uint32_t j = w->arc[v], end = s->g->near.at[v + 1];
        for (; j < end; j++) {
            uint32_t x = s->g->near.to[j];
            if (w->gone[x])
                continue;
            if (w->found[x] == 0)
                break;
            if (x != w->parent[v] && w->found[x] < w->low[v])
                w->low[v] = w->found[x];
        }
        if (j < end) {
            uint32_t x = s->g->near.to[j];
            w->arc[v] = j + 1;
            enter(s, w, x, v, number++);
            w->of[x] = component;
            v = x;
        } else {
            w->arc[v] = j;
            leave(s, w, v);
            v = w->parent[v];
        }
    }
    return number;
}

static void offer(struct walker *w, const struct worth *x, uint32_t k, uint32_t last)
{
    struct best *b = w->best;
    if (b->any && !better(x, &b->worth))
        return;
    b->any = true;
    b->worth = *x;
    memcpy(b->vertex, w->set, (k - 1) * sizeof *b->vertex);
    b->vertex[k - 1] = last;
}

/* The set in w->set[0 … k - 2] is gone: every later vertex is tried as the last of k. */
static void try_last(struct search *s, struct walker *w, uint32_t worker, uint32_t from, double cost)
{
    const struct lm_node_data *d = s->wish->nodes;
    struct tally *whole = s->whole[worker];
    uint32_t n = s->g->n, number = 1, parts = 0, largest = 0, second = 0;
    uint64_t pairs = 0, reach = 0;
    memset(w->found, 0, n * sizeof *w->found);
    for (uint32_t v = 0; v < n; v++) {
        if (w->gone[v] || w->found[v] != 0)
            continue;
        number = dive(s, w, v, number, parts);
        struct tally *t = &whole[parts++];
        *t = (struct tally){ .n = w->below[v] };
        if (s->wish->goal == LM_GOAL_REACH) {
            *t = (struct tally){ t->n, w->sources[v], w->customers[v], w->both[v] };
            reach += (uint64_t)t->sources * t->customers - t->both;
        }
        pairs += pairs_of(t->n);
        second = t->n > largest ? largest : t->n > second ? t->n : second;
        largest = t->n > largest ? t->n : largest;
    }
    for (uint32_t v = from; v < n; v++) {
        if (w->gone[v])
            continue;
        const struct tally *t = &whole[w->of[v]];
        uint32_t rest = t->n - 1 - w->sum[v], lcc = t->n == largest ? second : largest;
        lcc = w->most[v] > lcc ? w->most[v] : lcc;
        lcc = rest > lcc ? rest : lcc;
        uint64_t left = pairs - pairs_of(t->n) + w->pairs[v] + pairs_of(rest);
        struct worth x = { lcc, cost + lm_cost_of(d, v), left };
        if (s->wish->goal == LM_GOAL_PAIRS) {
            x.value = left;
            x.pairs = lcc;
        } else if (s->wish->goal == LM_GOAL_REACH) {
            bool both = d->source[v] && d->customer[v];
            uint64_t sources = t->sources - d->source[v] - w->sum_sources[v];
            uint64_t customers = t->customers - d->customer[v] - w->sum_customers[v];
            x.value = reach - ((uint64_t)t->sources * t->customers - t->both) + w->reach[v]
                      + sources * customers - (t->both - both - w->sum_both[v]);
        }
        offer(w, &x, s->wish->k, v);
        w->best->sets++;
    }
}

static void try_last_by_measuring(struct search *s, struct walker *w, uint32_t from, double cost)
{
    for (uint32_t v = from; v < s->g->n; v++) {
        w->gone[v] = true;
        struct lm_left l = lm_left_after(w->measurer, w->gone);
        struct worth x = { lm_left_value(&l, s->wish->goal), cost + lm_cost_of(s->wish->nodes, v), l.pairs };
        offer(w, &x, s->wish->k, v);
        w->best->sets++;
        w->gone[v] = false;
    }
}

/* All ways to fill set[depth …] from vertices from `from` on. */
static void fill(struct search *s, uint32_t worker, uint32_t depth, uint32_t from, double cost)
{
    struct walker *w = &s->walker[worker];
    uint32_t k = s->wish->k;
    if (depth + 1 == k) {
        if (s->wish->goal == LM_GOAL_CITIES)
            try_last_by_measuring(s, w, from, cost);
        else
            try_last(s, w, worker, from, cost);
        return;
    }
    for (uint32_t v = from; v + (k - depth) <= s->g->n && !lm_cancelled(s->effort); v++) {
        w->set[depth] = v;
        w->gone[v] = true;
        fill(s, worker, depth + 1, v + 1, cost + lm_cost_of(s->wish->nodes, v));
        w->gone[v] = false;
    }
}

static void work(void *ctx, unsigned worker, uint32_t first)
{
    struct search *s = ctx;
    struct walker *w = &s->walker[worker];
    w->best = &s->slot[first % LM_WORKERS_SLOTS];
    w->best->any = false;
    w->best->sets = 0;
    if (s->wish->k == 1) {
        fill(s, worker, 0, 0, 0);
        return;
    }
    w->set[0] = first;
    w->gone[first] = true;
    fill(s, worker, 1, first + 1, lm_cost_of(s->wish->nodes, first));
    w->gone[first] = false;
}

static void merge(void *ctx, uint32_t first)
{
    struct search *s = ctx;
    struct best *b = &s->slot[first % LM_WORKERS_SLOTS];
    s->best.sets += b->sets;
    if (!b->any || (s->best.any && !better(&b->worth, &s->best.worth)))
        return;
    s->best.any = true;
    s->best.worth = b->worth;
    memcpy(s->best.vertex, b->vertex, s->wish->k * sizeof *b->vertex);
}

static lm_err open_walker(struct lm_arena *a, const struct search *s, struct walker *w,
                          struct tally **ret_whole)
{
    size_t n = s->g->n;
    uint32_t **const words[] = {
        &w->found,       &w->low,           &w->parent,   &w->arc,     &w->of,
        &w->below,       &w->sum,           &w->most,     &w->sources, &w->both,
        &w->sum_sources, &w->sum_customers, &w->sum_both, &w->set,     &w->customers
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if ((*words[i] = lm_arena_array(a, n, sizeof(uint32_t))) == NULL)
            return LM_ENOMEM;
    w->gone = lm_arena_array(a, n, sizeof *w->gone);
    w->pairs = lm_arena_array(a, n, sizeof *w->pairs);
    w->reach = lm_arena_array(a, n, sizeof *w->reach);
    *ret_whole = lm_arena_array(a, n, sizeof **ret_whole);
    if (w->gone == NULL || w->pairs == NULL || w->reach == NULL || *ret_whole == NULL)
        return LM_ENOMEM;
    return lm_measurer_open(a, s->g, s->wish->nodes, &w->measurer);
}

static lm_err run(struct search *s, struct lm_arena *tmp, struct lm_workers **workers)
{
    uint32_t k = s->wish->k;
    lm_err err = lm_workers_open(tmp, s->effort, workers);
    for (unsigned i = 0; err == LM_OK && i < lm_workers_count(*workers); i++)
        err = open_walker(tmp, s, &s->walker[i], &s->whole[i]);
    for (int i = 0; err == LM_OK && i < LM_WORKERS_SLOTS; i++)
        if ((s->slot[i].vertex = lm_arena_array(tmp, k, sizeof(uint32_t))) == NULL)
            err = LM_ENOMEM;
    if (err != LM_OK)
        return err;
    lm_workers_run(*workers, k == 1 ? 1 : s->g->n - k + 1, lm_exact_work(s->g, s->wish) < 100000,
                   (struct lm_work){ .work = work, .merge = merge, .ctx = s });
    return lm_cancelled(s->effort) ? LM_ECANCELLED : LM_OK;
}

lm_err lm_exact_enumerate(struct lm_arena *a, const struct lm_graph *g, const struct lm_exact_wish *wish,
                          const struct lm_effort *effort, struct lm_exact_set *ret, struct lm_error *e)
{
    struct lm_arena tmp;
    struct lm_workers *workers = NULL;
    struct lm_measurer *m;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    struct search *s = lm_arena_alloc(&tmp, sizeof *s);
    bool *gone = lm_arena_array(&tmp, g->n, sizeof *gone);
    uint32_t *vertex = lm_arena_array(a, wish->k, sizeof *vertex);
    lm_err err =
        s != NULL && gone != NULL && vertex != NULL ? lm_measurer_open(&tmp, g, wish->nodes, &m) : LM_ENOMEM;
    struct lm_exact_set r = { .vertex = vertex, .n = wish->k };
    if (err == LM_OK) {
        *s = (struct search){ .g = g, .wish = wish, .effort = effort, .best.vertex = vertex };
        err = run(s, &tmp, &workers);
    }
    lm_workers_close(workers);
    if (err == LM_OK) {
        for (uint32_t i = 0; i < wish->k; i++)
            gone[vertex[i]] = true;
        r.left = lm_left_after(m, gone);
        r.sets = s->best.sets;
    }
    lm_arena_free(&tmp);
    if (err == LM_ECANCELLED)
        return lm_fail(e, err, "the enumeration was cancelled");
    if (err != LM_OK)
        return lm_fail(e, err, "no memory for the sets of %u vertices", g->n);
    *ret = r;
    return LM_OK;
}

#define ROUNDS_MAX 50

/* One round over all places; true when something changed. w->set and worth are those of the set so far. */
static bool improve_round(struct search *s, struct walker *w, uint32_t *set, struct worth *worth,
                          uint64_t *sets)
{
    uint32_t k = s->wish->k;
    bool changed = false;
    for (uint32_t place = 0; place < k && !lm_cancelled(s->effort); place++) {
        double cost = 0;
        w->best->any = false;
        w->best->sets = 0;
        for (uint32_t i = 0, n = 0; i < k; i++)
            if (i != place) {
                w->set[n++] = set[i];
                w->gone[set[i]] = true;
                cost += lm_cost_of(s->wish->nodes, set[i]);
            }
        if (s->wish->goal == LM_GOAL_CITIES)
            try_last_by_measuring(s, w, 0, cost);
        else
            try_last(s, w, 0, 0, cost);
        for (uint32_t i = 0; i < k; i++)
            w->gone[set[i]] = false;
        *sets += w->best->sets;
        if (better(&w->best->worth, worth)) {
            *worth = w->best->worth;
            set[place] = w->best->vertex[k - 1];
            changed = true;
        }
    }
    return changed;
}

lm_err lm_exact_improve(struct lm_arena *a, const struct lm_graph *g, const struct lm_exact_wish *wish,
                        const struct lm_effort *effort, uint32_t *start, struct lm_exact_set *ret,
                        struct lm_error *e)
{
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    struct search *s = lm_arena_alloc(&tmp, sizeof *s);
    struct lm_exact_set r = { .vertex = lm_arena_array(a, wish->k, sizeof(uint32_t)), .n = wish->k };
    lm_err err = s != NULL && r.vertex != NULL ? LM_OK : LM_ENOMEM;
    if (err == LM_OK) {
        *s = (struct search){ .g = g, .wish = wish, .effort = effort };
        err = open_walker(&tmp, s, &s->walker[0], &s->whole[0]);
        s->best.vertex = lm_arena_array(&tmp, wish->k, sizeof(uint32_t));
        s->walker[0].best = &s->best;
        err = err == LM_OK && s->best.vertex == NULL ? LM_ENOMEM : err;
    }
    if (err == LM_OK) {
        struct worth worth = { .value = UINT64_MAX };
        for (int round = 0; round < ROUNDS_MAX && improve_round(s, &s->walker[0], start, &worth, &r.sets);
             round++)
            ;
        memcpy(r.vertex, start, wish->k * sizeof *start);
        for (uint32_t i = 0; i < wish->k; i++)
            s->walker[0].gone[start[i]] = true;
        r.left = lm_left_after(s->walker[0].measurer, s->walker[0].gone);
    }
    lm_arena_free(&tmp);
    if (err == LM_OK && lm_cancelled(effort))
        return lm_fail(e, LM_ECANCELLED, "the search was cancelled");
    if (err != LM_OK)
        return lm_fail(e, err, "no memory for the sets of %u vertices", g->n);
    *ret = r;
    return LM_OK;
}
