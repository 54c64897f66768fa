#include "network/communities.h"

#include <string.h>

#include "base/rng.h"

#define ITERATIONS_MOST 20
#define GAIN_LEAST 1e-10 /* of the whole weight: below it a move is noise of the sums */

lm_err lm_near_weights(struct lm_arena *a, const struct lm_graph *g, double **ret)
{
    double *w = lm_arena_array(a, g->near.at[g->n], sizeof *w);
    if (w == NULL)
        return LM_ENOMEM;
    if (!g->directed) {
        for (uint32_t j = 0; j < g->near.at[g->n]; j++)
            w[j] = lm_weight(g->w_out, j);
        *ret = w;
        return LM_OK;
    }
    /* v's arcs out stand in near in the same order; a second pass adds them to the other end */
    uint32_t *next = lm_arena_array(a, g->n, sizeof *next);
    if (next == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < g->n; v++)
        next[v] = g->near.at[v];
    for (uint32_t v = 0; v < g->n; v++) { /* v ascends, so next[] walks each list once */
        uint32_t k = g->near.at[v];
        for (uint32_t j = g->out.at[v]; j < g->out.at[v + 1]; j++) {
            uint32_t to = g->out.to[j];
            double weight = lm_weight(g->w_out, j);
            while (g->near.to[k] != to)
                k++;
            w[k] += weight;
            while (g->near.to[next[to]] != v)
                next[to]++;
            w[next[to]] += weight;
        }
    }
    *ret = w;
    return LM_OK;
}

/* A network of one level: vertices are sets of the level below. */
struct level {
    uint32_t n;
    const uint32_t *at, *to;
    const double *w;
    const double *k; /* strength: weights of all its ties, those inside the set twice */
};

struct work {
    double m2; /* twice the whole weight */
    struct lm_rng random;
    /* scratch for the largest level */
    double *to_part;   /* weight from one vertex to each part; 0 outside a step */
    uint32_t *met;     /* the parts that it reaches */
    uint32_t *order, *queue;
    bool *queued;
    double *strength;  /* of each part */
    double *outward;   /* refinement: weight from a part to the rest of its community */
    uint32_t *size;
};

static void shuffle(struct work *x, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        x->order[i] = i;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = (uint32_t)lm_rng_below(&x->random, i), keep = x->order[j];
        x->order[j] = x->order[i - 1];
        x->order[i - 1] = keep;
    }
}

/* Weight from v to each part of its neighbours, in to_part; their numbers in met. */
static uint32_t meet(struct work *x, const struct level *l, const uint32_t *part, uint32_t v)
{
    uint32_t n = 0;
    for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++) {
        uint32_t p = part[l->to[j]];
        if (x->to_part[p] == 0)
            x->met[n++] = p;
        x->to_part[p] += l->w[j];
    }
    return n;
}

static void forget(struct work *x, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        x->to_part[x->met[i]] = 0;
}

/* Where v, which is in no part, gains most: a part it has ties to, or the one it came from, or its own again (-1: empty). */
static uint32_t best_part(const struct work *x, const struct level *l, uint32_t v, uint32_t came_from, uint32_t n_met,
                          uint32_t empty)
{
    uint32_t best = came_from;
    double gain = x->to_part[came_from] - l->k[v] * x->strength[came_from] / x->m2;
    for (uint32_t i = 0; i < n_met; i++) {
        uint32_t p = x->met[i];
        double g = x->to_part[p] - l->k[v] * x->strength[p] / x->m2;
        if (g > gain + GAIN_LEAST * x->m2 || (best != came_from && g >= gain && p < best)) {
            best = p;
            gain = g > gain ? g : gain;
        }
    }
    return gain < -GAIN_LEAST * x->m2 ? empty : best;
}

/* Moves vertices between parts while that gains; part numbers stay below l->n. True when something moved. */
static bool move_all(struct work *x, const struct level *l, uint32_t *part)
{
    bool moved = false;
    uint32_t head = 0, waiting = l->n;
    memset(x->strength, 0, l->n * sizeof *x->strength);
    memset(x->size, 0, l->n * sizeof *x->size);
    for (uint32_t v = 0; v < l->n; v++) {
        x->strength[part[v]] += l->k[v];
        x->size[part[v]]++;
        x->queued[v] = true;
    }
    uint32_t empty = 0;
    shuffle(x, l->n);
    memcpy(x->queue, x->order, l->n * sizeof *x->queue);
    while (waiting > 0) {
        uint32_t v = x->queue[head], old = part[v];
        head = head + 1 == l->n ? 0 : head + 1;
        waiting--;
        x->queued[v] = false;
        uint32_t n_met = meet(x, l, part, v);
        x->strength[old] -= l->k[v];
        x->size[old]--;
        while (empty < l->n && x->size[empty] != 0)
            empty++;
        uint32_t now = best_part(x, l, v, old, n_met, empty < l->n ? empty : old);
        forget(x, n_met);
        if (now != old && x->size[old] == 0 && old < empty)
            empty = old;
        if (x->size[now] == 0)
            x->strength[now] = 0; /* no dust of earlier members */
        x->strength[now] += l->k[v];
        x->size[now]++;
        part[v] = now;
        if (now == old)
            continue;
        moved = true;
        for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++) {
            uint32_t u = l->to[j];
            if (part[u] != now && !x->queued[u]) {
                uint32_t tail = head + waiting < l->n ? head + waiting : head + waiting - l->n;
                x->queue[tail] = u;
                x->queued[u] = true;
                waiting++;
            }
        }
    }
    return moved;
}

/* Splits each part into connected sets that belong together: vertices start alone and join the set of their part where
 * that gains most, if they and the set hang together with the rest of the part well enough. */
static void refine(struct work *x, const struct level *l, const uint32_t *part, uint32_t *fine)
{
    double *whole = x->strength; /* of the part */
    memset(whole, 0, l->n * sizeof *whole);
    for (uint32_t v = 0; v < l->n; v++) {
        whole[part[v]] += l->k[v];
        fine[v] = v;
        x->size[v] = 1;
        x->outward[v] = 0;
        for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++)
            if (part[l->to[j]] == part[v])
                x->outward[v] += l->w[j];
    }
    double *strength = x->to_part + l->n; /* of each set */
    memcpy(strength, l->k, l->n * sizeof *strength);
    shuffle(x, l->n);
    for (uint32_t i = 0; i < l->n; i++) {
        uint32_t v = x->order[i], n_met = 0, best = v;
        double k = l->k[v], all = whole[part[v]], gain = GAIN_LEAST * x->m2;
        if (x->size[v] != 1 || fine[v] != v || x->outward[v] < k * (all - k) / x->m2)
            continue;
        for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++) {
            uint32_t s = fine[l->to[j]];
            if (part[l->to[j]] != part[v])
                continue;
            if (x->to_part[s] == 0)
                x->met[n_met++] = s;
            x->to_part[s] += l->w[j];
        }
        for (uint32_t j = 0; j < n_met; j++) {
            uint32_t s = x->met[j];
            double g = x->to_part[s] - k * strength[s] / x->m2;
            if (x->outward[s] >= strength[s] * (all - strength[s]) / x->m2 && g > gain) {
                gain = g;
                best = s;
            }
        }
        if (best != v) {
            x->outward[best] += x->outward[v] - 2 * x->to_part[best];
            strength[best] += k;
            x->size[best]++;
            x->size[v] = 0;
            fine[v] = best;
        }
        forget(x, n_met);
    }
    memset(strength, 0, l->n * sizeof *strength);
}

/* Numbers parts 0 … in the order of their first vertices. Returns how many. map: scratch of n. */
static uint32_t renumber(uint32_t *part, uint32_t n, uint32_t *map)
{
    uint32_t next = 0;
    memset(map, 0xff, n * sizeof *map);
    for (uint32_t v = 0; v < n; v++) {
        if (map[part[v]] == UINT32_MAX)
            map[part[v]] = next++;
        part[v] = map[part[v]];
    }
    return next;
}

/* The level whose vertices are the sets of fine (numbered 0 … n - 1). */
static lm_err aggregate(struct lm_arena *a, struct work *x, const struct level *l, const uint32_t *fine, uint32_t n,
                        struct level *ret)
{
    uint32_t *at = lm_arena_array(a, (size_t)n + 1, sizeof *at);
    uint32_t *to = lm_arena_array(a, l->at[l->n], sizeof *to);
    double *w = lm_arena_array(a, l->at[l->n], sizeof *w);
    double *k = lm_arena_array(a, n, sizeof *k);
    uint32_t *start = lm_arena_array(a, (size_t)n + 1, sizeof *start);
    uint32_t *member = lm_arena_array(a, l->n, sizeof *member);
    if (at == NULL || to == NULL || w == NULL || k == NULL || start == NULL || member == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < l->n; v++) {
        start[fine[v] + 1]++;
        k[fine[v]] += l->k[v];
    }
    for (uint32_t s = 0; s < n; s++)
        start[s + 1] += start[s];
    for (uint32_t v = 0; v < l->n; v++)
        member[start[fine[v]]++] = v;
    uint32_t m = 0;
    for (uint32_t s = 0, i = 0; s < n; s++) {
        uint32_t n_met = 0;
        at[s] = m;
        for (; i < start[s]; i++) { /* start[s] is where s ends by now */
            uint32_t v = member[i];
            for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++) {
                uint32_t t = fine[l->to[j]];
                if (t == s)
                    continue;
                if (x->to_part[t] == 0)
                    x->met[n_met++] = t;
                x->to_part[t] += l->w[j];
            }
        }
        for (uint32_t j = 0; j < n_met; j++) {
            to[m] = x->met[j];
            w[m++] = x->to_part[x->met[j]];
        }
        forget(x, n_met);
    }
    at[n] = m;
    *ret = (struct level){ n, at, to, w, k };
    return LM_OK;
}

/* One iteration: from the parts in `of` to better ones. *ret_better false when nothing moved at all. */
static lm_err iterate(struct lm_arena *a, struct work *x, const struct level *bottom, uint32_t *of, bool *ret_better)
{
    struct level l = *bottom;
    uint32_t *part = lm_arena_array(a, l.n, sizeof *part), *fine = lm_arena_array(a, l.n, sizeof *fine);
    uint32_t *where = lm_arena_array(a, l.n, sizeof *where), *map = lm_arena_array(a, l.n, sizeof *map);
    if (part == NULL || fine == NULL || where == NULL || map == NULL)
        return LM_ENOMEM;
    memcpy(part, of, l.n * sizeof *part);
    for (uint32_t v = 0; v < l.n; v++)
        where[v] = v; /* which vertex of this level a vertex of the bottom is in */
    *ret_better = false;
    for (;;) {
        *ret_better |= move_all(x, &l, part);
        for (uint32_t v = 0; v < bottom->n; v++)
            of[v] = part[where[v]];
        refine(x, &l, part, fine);
        uint32_t n = renumber(fine, l.n, map);
        if (n == l.n)
            return LM_OK;
        struct level up;
        lm_err err = aggregate(a, x, &l, fine, n, &up);
        if (err != LM_OK)
            return err;
        for (uint32_t v = 0; v < l.n; v++)
            map[fine[v]] = part[v]; /* a set lies in one part */
        for (uint32_t v = 0; v < bottom->n; v++)
            where[v] = fine[where[v]];
        memcpy(part, map, n * sizeof *part);
        (void)renumber(part, n, map);
        l = up;
    }
}

static lm_err open_work(struct lm_arena *a, uint32_t n, struct work *x)
{
    x->to_part = lm_arena_array(a, 2 * (size_t)n, sizeof *x->to_part);
    x->met = lm_arena_array(a, n, sizeof *x->met);
    x->order = lm_arena_array(a, n, sizeof *x->order);
    x->queue = lm_arena_array(a, n, sizeof *x->queue);
    x->queued = lm_arena_array(a, n, sizeof *x->queued);
    x->strength = lm_arena_array(a, n, sizeof *x->strength);
    x->outward = lm_arena_array(a, n, sizeof *x->outward);
    x->size = lm_arena_array(a, n, sizeof *x->size);
    return x->to_part != NULL && x->met != NULL && x->order != NULL && x->queue != NULL && x->queued != NULL
                   && x->strength != NULL && x->outward != NULL && x->size != NULL
               ? LM_OK
               : LM_ENOMEM;
}

static lm_err find(struct lm_arena *tmp, const struct lm_adjacency *near, const double *w, uint64_t seed, uint32_t *of)
{
    struct work x = { .random = { seed } };
    double *k = lm_arena_array(tmp, near->n, sizeof *k);
    lm_err err = open_work(tmp, near->n, &x);
    if (err != LM_OK || k == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < near->n; v++) {
        of[v] = v;
        for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++)
            k[v] += w[j];
        x.m2 += k[v];
    }
    const struct level bottom = { near->n, near->at, near->to, w, k };
    struct lm_arena levels;
    lm_arena_init(&levels, SIZE_MAX / 2);
    bool better = x.m2 > 0;
    for (int i = 0; err == LM_OK && better && i < ITERATIONS_MOST; i++) {
        err = iterate(&levels, &x, &bottom, of, &better);
        lm_arena_reset(&levels);
    }
    if (err == LM_OK)
        (void)renumber(of, near->n, x.order);
    lm_arena_free(&levels);
    return err;
}

lm_err lm_modularity(const struct lm_adjacency *near, const double *w, const uint32_t *of, uint32_t n_parts, double *ret)
{
    struct lm_arena tmp;
    double m2 = 0, inside = 0, expected = 0;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    double *strength = lm_arena_array(&tmp, n_parts, sizeof *strength);
    if (strength == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < near->n; v++)
        for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++) {
            m2 += w[j];
            strength[of[v]] += w[j];
            inside += of[near->to[j]] == of[v] ? w[j] : 0;
        }
    for (uint32_t p = 0; p < n_parts; p++)
        expected += strength[p] * strength[p];
    lm_arena_free(&tmp);
    *ret = m2 > 0 ? inside / m2 - expected / m2 / m2 : 0;
    return LM_OK;
}

lm_err lm_communities(struct lm_arena *a, const struct lm_adjacency *near, const double *w, uint64_t seed,
                      struct lm_communities *ret)
{
    struct lm_arena tmp;
    struct lm_communities c = { .of = lm_arena_array(a, near->n, sizeof *c.of) };
    if (c.of == NULL)
        return LM_ENOMEM;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    lm_err err = find(&tmp, near, w, seed, c.of);
    lm_arena_free(&tmp);
    for (uint32_t v = 0; v < near->n; v++)
        c.n = c.of[v] >= c.n ? c.of[v] + 1 : c.n;
    if (err == LM_OK)
        err = lm_modularity(near, w, c.of, c.n, &c.modularity);
    if (err == LM_OK)
        *ret = c;
    return err;
}
