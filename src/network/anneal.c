#include "network/anneal.h"

#include <math.h>

#include "base/rng.h"
#include "network/removal.h"

#define CELLS_MAX ((uint64_t)1 << 26)
#define COOLINGS 600 /* × COOLING each: the temperature falls to about a thousandth */
#define COOLING 0.9885
#define MOVES_PER_PAIR 40 /* of places: more than this a small order does not need */
#define FAR_EVERY 8       /* one move in so many brings in a vertex from behind the depth */

/* Components of a level: what is there, joined. Counts of a component: `width` numbers at its root. */
struct level {
    uint32_t *up;
    uint32_t *count;
    uint32_t lcc;
    uint64_t sum;
};

struct chain {
    const struct lm_graph *g;
    const struct lm_anneal_wish *wish;
    const struct lm_effort *effort;
    struct lm_rng random;
    uint32_t width, depth, step, n_kept;
    uint32_t *order, *best_order;
    uint64_t *value, *fresh;  /* by level 1 … depth */
    struct level work, *kept; /* kept[i]: level min(i × step, depth) */
    double area, best_area, best_auc10, area0;
    double spare; /* what the given order spent down to `depth`, less what this one does */
    bool by_auc10;
    struct lm_removal_step *steps; /* for AUC10 */
    uint64_t spent, budget, moves, moves_max;
};

static void copy_level(const struct chain *c, struct level *to, const struct level *from)
{
    memcpy(to->up, from->up, c->g->n * sizeof *to->up);
    memcpy(to->count, from->count, (size_t)c->g->n * c->width * sizeof *to->count);
    to->lcc = from->lcc;
    to->sum = from->sum;
}

static uint32_t root_of(uint32_t *up, uint32_t v)
{
    while (up[v] != v)
        v = up[v] = up[up[v]];
    return v;
}

/* What the goal gains when two components with these counts become one. count[0] is the size. */
static uint64_t gain(const struct chain *c, const uint32_t *x, const uint32_t *y)
{
    uint64_t same = 0;
    switch (c->wish->goal) {
    case LM_GOAL_LCC:
        return 0;
    case LM_GOAL_PAIRS:
        return (uint64_t)x[0] * y[0];
    case LM_GOAL_REACH:
        return (uint64_t)x[1] * y[2] + (uint64_t)x[2] * y[1];
    case LM_GOAL_CITIES:
        break;
    }
    for (uint32_t i = 2; i < c->width; i++)
        same += (uint64_t)x[i] * y[i];
    return (uint64_t)x[1] * y[1] - same;
}

static void put_back(struct chain *c, struct level *l, uint32_t v)
{
    const struct lm_adjacency *near = &c->g->near;
    const struct lm_node_data *d = c->wish->nodes;
    uint32_t *mine = l->count + (size_t)v * c->width, w = c->width;
    l->up[v] = v;
    memset(mine, 0, w * sizeof *mine);
    mine[0] = 1;
    if (c->wish->goal == LM_GOAL_REACH) {
        mine[1] = d->source[v];
        mine[2] = d->customer[v];
    } else if (c->wish->goal == LM_GOAL_CITIES && d->city[v] != LM_NO_CITY) {
        mine[1] = 1;
        mine[2 + d->city[v]] = 1;
    }
    uint32_t root = v;
    for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++) {
        if (l->up[near->to[j]] == UINT32_MAX)
            continue;
        uint32_t other = root_of(l->up, near->to[j]);
        if (other == root)
            continue;
        uint32_t *x = l->count + (size_t)root * w, *y = l->count + (size_t)other * w;
        if (c->wish->goal != LM_GOAL_LCC)
            l->sum += gain(c, x, y);
        if (x[0] < y[0]) {
            uint32_t *t = x;
            x = y;
            y = t;
            l->up[root] = other;
            root = other;
        } else {
            l->up[other] = root;
        }
        for (uint32_t i = 0; i < w; i++)
            x[i] += y[i];
    }
    if (l->count[(size_t)root * w] > l->lcc)
        l->lcc = l->count[(size_t)root * w];
    c->spent += 1 + lm_degree(near, v);
}

static uint64_t value_of(const struct chain *c, const struct level *l)
{
    return c->wish->goal == LM_GOAL_LCC ? l->lcc : l->sum;
}

static double weight_of(const struct chain *c, uint32_t place)
{
    return lm_cost_of(c->wish->nodes, c->order[place]);
}

static uint32_t level_of(const struct chain *c, uint32_t i)
{
    uint64_t level = (uint64_t)i * c->step;
    return level < c->depth ? (uint32_t)level : c->depth;
}

/* Everything from `depth` on, from nothing. */
static void fill_base(struct chain *c, struct level *l)
{
    memset(l->up, 0xff, c->g->n * sizeof *l->up);
    l->lcc = 0;
    l->sum = 0;
    for (uint32_t k = c->g->n; k-- > c->depth;)
        put_back(c, l, c->order[k]);
}

/* From the state in c->work at level `from`, down to level `to`: values into fresh, states kept if asked. */
static void replay(struct chain *c, uint32_t from, uint32_t to, bool keep)
{
    for (uint32_t k = from;; k--) {
        if (k >= 1)
            c->fresh[k] = value_of(c, &c->work);
        if (keep && (k % c->step == 0 || k == c->depth)) {
            uint32_t i = k == c->depth ? c->n_kept - 1 : k / c->step;
            copy_level(c, &c->kept[i], &c->work);
        }
        if (k == to)
            break;
        put_back(c, &c->work, c->order[k - 1]);
    }
}

static double area_between(const struct chain *c, const uint64_t *value, uint32_t from, uint32_t to)
{
    double sum = 0;
    for (uint32_t k = from; k <= to; k++)
        sum += (double)value[k] * weight_of(c, k - 1);
    return sum;
}

/* A move: order[i … j] gets a new content. far: j is behind the depth. */
struct move {
    uint32_t i, j;
    enum { SWAP, FORWARD, BACK } kind;
};

static void apply(struct chain *c, const struct move *m)
{
    uint32_t *o = c->order, n = m->j - m->i, a = o[m->i], b = o[m->j];
    if (m->kind == SWAP || m->j >= c->depth) {
        o[m->i] = b;
        o[m->j] = a;
    } else if (m->kind == FORWARD) {
        memmove(o + m->i + 1, o + m->i, n * sizeof *o);
        o[m->i] = b;
    } else {
        memmove(o + m->i, o + m->i + 1, n * sizeof *o);
        o[m->j] = a;
    }
}

static void take_back(struct chain *c, const struct move *m)
{
    struct move back = *m;
    back.kind = m->kind == FORWARD ? BACK : m->kind == BACK ? FORWARD : SWAP;
    apply(c, &back);
}

/* An exponential random number, by the position of the first bit and a straight line between powers of two:
 * the same on every machine. */
static double exponential(struct lm_rng *r)
{
    uint64_t x = lm_rng_next(r) | 1;
    int zeros = __builtin_clzll(x);
    double within = (double)(x << zeros << 1) * 0x1p-64; /* 0 … 1 above the first bit */
    return 0.6931471805599453 * (zeros + 1 - within);
}

static struct move draw(struct chain *c)
{
    struct move m;
    uint32_t n = c->g->n, bits = 1;
    while (bits < 8 && (1u << bits) < c->depth)
        bits++;
    m.kind = SWAP;
    m.i = (uint32_t)lm_rng_below(&c->random, c->depth);
    if (c->depth < n && (c->depth == 1 || lm_rng_below(&c->random, FAR_EVERY) == 0)) {
        m.j = c->depth + (uint32_t)lm_rng_below(&c->random, n - c->depth);
        return m;
    }
    uint32_t far = 1 + (uint32_t)lm_rng_below(&c->random, 1u << (1 + lm_rng_below(&c->random, bits)));
    uint32_t kind = (uint32_t)lm_rng_below(&c->random, 4);
    m.kind = kind < 2 ? SWAP : kind == 2 ? FORWARD : BACK;
    m.j = m.i + far;
    if (m.j >= c->depth) {
        m.j = c->depth - 1;
        m.i = far <= m.j ? m.j - far : 0;
    }
    return m;
}

/* The state behind level j + 1, ready to be replayed; returns its level. */
static uint32_t go_behind(struct chain *c, const struct move *m)
{
    if (m->j >= c->depth) {
        fill_base(c, &c->work);
        return c->depth;
    }
    uint32_t i = m->j / c->step + 1;
    i = i < c->n_kept ? i : c->n_kept - 1;
    copy_level(c, &c->work, &c->kept[i]);
    c->spent += c->g->n * (1 + c->width) / 8;
    return level_of(c, i);
}

static void try_move(struct chain *c, double temperature)
{
    struct move m = draw(c);
    if (m.i >= m.j)
        return;
    uint32_t last = m.j < c->depth ? m.j + 1 : c->depth; /* whose weight changes */
    bool far = m.j >= c->depth;
    double spare = c->spare + weight_of(c, m.i) - weight_of(c, m.j);
    double before = area_between(c, c->value, m.i + 1, last);
    apply(c, &m);
    uint32_t from = go_behind(c, &m);
    replay(c, from, m.i + 1, false);
    double after = area_between(c, c->fresh, m.i + 1, last);
    if (far) { /* what is not spent any more buys nothing: the last value stands */
        before += (double)c->value[c->depth] * c->spare;
        after += (double)c->fresh[c->depth] * spare;
    }
    c->moves++;
    if (after - before > temperature * exponential(&c->random)) {
        take_back(c, &m);
        return;
    }
    for (uint32_t k = m.i + 1; k <= from; k++)
        c->value[k] = c->fresh[k];
    c->spare = far ? spare : c->spare;
    c->area += after - before;
    /* States kept between the places are those of the old order. */
    uint32_t first = m.i / c->step + 1;
    if (far || level_of(c, first) <= m.j) {
        from = go_behind(c, &m);
        replay(c, from, level_of(c, first), true);
    }
}

static double auc10_now(struct chain *c)
{
    for (uint32_t k = 1; k <= c->depth; k++)
        c->steps[k - 1].lcc = (uint32_t)c->value[k];
    double x = lm_removal_auc10(c->steps, c->depth, c->g->n);
    return isnan(x) ? HUGE_VAL : x;
}

static void remember(struct chain *c)
{
    if (c->area > c->area0 * (1 + 1e-12))
        return;
    double auc10 = c->by_auc10 ? auc10_now(c) : 0;
    if (auc10 > c->best_auc10 || (auc10 == c->best_auc10 && c->area >= c->best_area))
        return;
    c->best_auc10 = auc10;
    c->best_area = c->area;
    memcpy(c->best_order, c->order, c->g->n * sizeof *c->order);
}

static void run_chain(struct chain *c)
{
    double scale = 0;
    fill_base(c, &c->work);
    replay(c, c->depth, 0, true);
    memcpy(c->value + 1, c->fresh + 1, c->depth * sizeof *c->value);
    c->area = c->area0 = c->best_area = area_between(c, c->value, 1, c->depth);
    c->best_auc10 = c->by_auc10 ? auc10_now(c) : 0;
    memcpy(c->best_order, c->order, c->g->n * sizeof *c->order);
    if (c->g->n < 2 || c->depth == 0 || c->area == 0)
        return;
    scale = c->area / c->depth / 16;
    for (uint32_t t = 0; t < COOLINGS && !lm_cancelled(c->effort); t++) {
        uint64_t moves_end = c->moves_max * (t + 1) / COOLINGS, work_end = c->budget / COOLINGS * (t + 1);
        bool any = false;
        while (c->moves < moves_end && c->spent < work_end) {
            uint64_t before = c->moves;
            try_move(c, scale);
            any = any || c->moves != before;
            if (c->moves == before)
                c->spent++;
        }
        if (any)
            remember(c);
        scale *= COOLING;
    }
}

static lm_err open_level(struct lm_arena *a, const struct chain *c, struct level *l)
{
    l->up = lm_arena_array(a, c->g->n, sizeof *l->up);
    l->count = lm_arena_array(a, (size_t)c->g->n * c->width, sizeof *l->count);
    return l->up != NULL && l->count != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err open_chain(struct lm_arena *a, const struct lm_graph *g, const struct lm_anneal_wish *wish,
                         const struct lm_effort *effort, const uint32_t *order, struct chain *c)
{
    size_t n = g->n;
    *c = (struct chain){
        .g = g, .wish = wish, .effort = effort, .width = 1, .step = 16, .budget = LM_ANNEAL_WORK
    };
    c->depth = wish->depth < g->n ? wish->depth : g->n;
    c->by_auc10 = wish->goal == LM_GOAL_LCC && (wish->nodes == NULL || wish->nodes->cost == NULL);
    if (wish->goal == LM_GOAL_REACH)
        c->width = 3;
    else if (wish->goal == LM_GOAL_CITIES)
        c->width = 2 + wish->nodes->n_cities;
    if ((uint64_t)n * c->width > CELLS_MAX)
        return LM_ELIMIT;
    /* as many states as 256 MB hold */
    while ((uint64_t)(c->depth / c->step + 2) * n * (1 + c->width) > CELLS_MAX)
        c->step *= 2;
    c->n_kept = c->depth / c->step + 1 + (c->depth % c->step != 0);
    c->moves_max = (uint64_t)c->depth * c->depth * MOVES_PER_PAIR + 10000;
    c->order = lm_arena_array(a, n, sizeof *c->order);
    c->best_order = lm_arena_array(a, n, sizeof *c->best_order);
    c->value = lm_arena_array(a, n + 1, sizeof *c->value);
    c->fresh = lm_arena_array(a, n + 1, sizeof *c->fresh);
    c->steps = lm_arena_array(a, n + 1, sizeof *c->steps);
    c->kept = lm_arena_array(a, c->n_kept, sizeof *c->kept);
    if (c->order == NULL || c->best_order == NULL || c->value == NULL || c->fresh == NULL || c->steps == NULL
        || c->kept == NULL || open_level(a, c, &c->work) != LM_OK)
        return LM_ENOMEM;
    memcpy(c->order, order, n * sizeof *order);
    for (uint32_t i = 0; i < c->n_kept; i++)
        if (open_level(a, c, &c->kept[i]) != LM_OK)
            return LM_ENOMEM;
    return LM_OK;
}

struct search {
    const struct lm_graph *g;
    const struct lm_anneal_wish *wish;
    const struct lm_effort *effort;
    uint32_t *order, *best;
    struct lm_anneal result;
    double best_auc10;
    bool any;
    lm_err err[LM_ANNEAL_CHAINS];
    struct lm_arena tmp[LM_ANNEAL_CHAINS];
    struct chain chain[LM_ANNEAL_CHAINS];
};

static void work(void *ctx, unsigned worker, uint32_t i)
{
    (void)worker;
    struct search *s = ctx;
    struct chain *c = &s->chain[i];
    lm_arena_init(&s->tmp[i], SIZE_MAX / 2);
    s->err[i] = open_chain(&s->tmp[i], s->g, s->wish, s->effort, s->order, c);
    if (s->err[i] != LM_OK)
        return;
    c->random.state = s->wish->seed + i;
    c->random.state = lm_rng_next(&c->random);
    run_chain(c);
}

static void merge(void *ctx, uint32_t i)
{
    struct search *s = ctx;
    struct chain *c = &s->chain[i];
    if (s->err[i] == LM_OK) {
        s->result.moves += c->moves;
        if (!s->any || c->best_auc10 < s->best_auc10
            || (c->best_auc10 == s->best_auc10 && c->best_area < s->result.area)) {
            s->any = true;
            s->best_auc10 = c->best_auc10;
            s->result.area0 = c->area0;
            s->result.area = c->best_area;
            memcpy(s->best, c->best_order, s->g->n * sizeof *s->best);
        }
    }
    lm_arena_free(&s->tmp[i]);
}

lm_err lm_anneal(const struct lm_graph *g, const struct lm_anneal_wish *wish, const struct lm_effort *effort,
                 uint32_t *order, struct lm_anneal *ret, struct lm_error *e)
{
    struct lm_arena tmp;
    struct lm_workers *workers = NULL;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    struct search *s = lm_arena_alloc(&tmp, sizeof *s);
    lm_err err = s != NULL ? lm_workers_open(&tmp, effort, &workers) : LM_ENOMEM;
    if (err == LM_OK) {
        *s = (struct search){ .g = g, .wish = wish, .effort = effort, .order = order };
        s->best = lm_arena_array(&tmp, g->n, sizeof *s->best);
        err = s->best != NULL ? LM_OK : LM_ENOMEM;
    }
    if (err == LM_OK)
        lm_workers_run(workers, LM_ANNEAL_CHAINS, g->n < 16,
                       (struct lm_work){ .work = work, .merge = merge, .ctx = s });
    lm_workers_close(workers);
    for (int i = 0; err == LM_OK && i < LM_ANNEAL_CHAINS; i++)
        err = s->err[i];
    if (err == LM_OK)
        err = lm_cancelled(effort) ? LM_ECANCELLED : LM_OK;
    if (err == LM_OK) {
        memcpy(order, s->best, g->n * sizeof *order);
        *ret = s->result;
    }
    lm_arena_free(&tmp);
    if (err == LM_ECANCELLED)
        return lm_fail(e, err, "the search was cancelled");
    if (err == LM_ELIMIT)
        return lm_fail(e, err, "too many cities for %u nodes", g->n);
    return err == LM_OK ? LM_OK : lm_fail(e, err, "no memory for the search over %u vertices", g->n);
}
