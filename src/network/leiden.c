#include "network/leiden.h"

#include <math.h>

#include "base/rng.h"
#include "network/components.h"

#define LEVELS_MAX 64
#define SOFTNESS 0.01 /* how readily a refined vertex takes less than the best, as in the paper */
#define GAIN_LEAST 1e-12

/* A network of one level. to and w: neighbours by way of arcs, without a vertex's own. */
struct level {
    uint32_t n;
    uint32_t *at, *to;
    double *w;
    double *strength; /* of all ties, those inside the vertex twice */
};

struct leiden {
    double all; /* twice the weight of all ties */
    struct lm_rng rng;
    const struct lm_effort *effort;
    /* scratch for the vertices of the first level */
    uint32_t *order, *queue, *next, *met;
    double *total, *link, *chance;
    bool *waits;
    uint32_t *size, *whole, *member, *first;
    double *outward;
};

static void shuffle(struct leiden *x, uint32_t *v, uint32_t n)
{
    for (uint32_t i = n; i > 1; i--) {
        uint32_t k = (uint32_t)lm_rng_below(&x->rng, i), t = v[i - 1];
        v[i - 1] = v[k];
        v[k] = t;
    }
}

/* link[c]: weight from v to each community met, listed in met. Returns how many. */
static uint32_t neighbours_of(struct leiden *x, const struct level *l, const uint32_t *of, uint32_t v)
{
    uint32_t n = 0;
    for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++) {
        uint32_t c = of[l->to[j]];
        if (x->link[c] == 0)
            x->met[n++] = c;
        x->link[c] += l->w[j];
    }
    return n;
}

/* Vertices move until none gains. of: 0 … l->n - 1, changed. True when any moved. */
static bool move(struct leiden *x, const struct level *l, uint32_t *of)
{
    uint32_t n = l->n, head = 0, waiting = n, n_empty = 0, *empty = x->next;
    bool moved = false;
    memset(x->total, 0, n * sizeof *x->total);
    memset(x->size, 0, n * sizeof *x->size);
    for (uint32_t v = 0; v < n; v++) {
        x->total[of[v]] += l->strength[v];
        x->size[of[v]]++;
        x->queue[v] = v;
        x->waits[v] = true;
    }
    for (uint32_t c = 0; c < n; c++)
        if (x->size[c] == 0)
            empty[n_empty++] = c;
    shuffle(x, x->queue, n);
    while (waiting > 0 && !lm_cancelled(x->effort)) {
        uint32_t v = x->queue[head], old = of[v], best = old;
        head = head + 1 == n ? 0 : head + 1;
        waiting--;
        x->waits[v] = false;
        uint32_t n_met = neighbours_of(x, l, of, v);
        double k = l->strength[v];
        x->total[old] -= k;
        double most = x->link[old] - k * x->total[old] / x->all;
        if (most < 0 && x->size[old] > 1 && n_empty > 0) { /* better alone */
            most = 0;
            best = empty[n_empty - 1];
        }
        for (uint32_t i = 0; i < n_met; i++) {
            uint32_t c = x->met[i];
            double gain = x->link[c] - k * x->total[c] / x->all;
            if (gain > most + GAIN_LEAST * x->all) {
                most = gain;
                best = c;
            }
        }
        for (uint32_t i = 0; i < n_met; i++)
            x->link[x->met[i]] = 0;
        x->total[best] += k;
        if (best == old)
            continue;
        n_empty -= n_empty > 0 && best == empty[n_empty - 1];
        x->size[best]++;
        if (--x->size[old] == 0)
            empty[n_empty++] = old;
        of[v] = best;
        moved = true;
        for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++) {
            uint32_t u = l->to[j];
            if (x->waits[u] || of[u] == best)
                continue;
            x->waits[u] = true;
            x->queue[(head + waiting++) % n] = u;
        }
    }
    return moved;
}

/* One of the refined communities of the list, by chance where it loses nothing; v's own when none is well tied. */
static uint32_t choose(struct leiden *x, uint32_t own, double k, uint32_t n_met, double whole_total)
{
    double sum = 0, most = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n_met; i++) {
        uint32_t c = x->met[i];
        double gain = x->link[c] - k * x->total[c] / x->all;
        bool well_tied = x->outward[c] >= x->total[c] * (whole_total - x->total[c]) / x->all * (1 - 1e-12);
        if (c == own || gain < 0 || !well_tied)
            continue;
        x->met[kept] = c;
        x->chance[kept++] = gain;
        most = gain > most ? gain : most;
    }
    for (uint32_t i = 0; i < kept; i++) /* gains in modularity are gain × 2 / all; relative to the best, so that no exp overflows */
        sum += x->chance[i] = exp((x->chance[i] - most) * 2 / x->all / SOFTNESS);
    double at = (double)(lm_rng_next(&x->rng) >> 11) * 0x1p-53 * sum;
    for (uint32_t i = 0; i < kept; i++)
        if ((at -= x->chance[i]) < 0 || i + 1 == kept)
            return x->met[i];
    return own;
}

/* Within the community `of` each vertex starts alone. refined: changed. */
static void refine_vertex(struct leiden *x, const struct level *l, const uint32_t *of, uint32_t *refined, uint32_t v)
{
    double k = l->strength[v], whole = x->chance[l->n + of[v]], inside = 0;
    uint32_t n_met = 0;
    if (x->size[v] != 1 || refined[v] != v)
        return;
    for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++) {
        uint32_t u = l->to[j];
        if (of[u] != of[v])
            continue;
        inside += l->w[j];
        if (x->link[refined[u]] == 0)
            x->met[n_met++] = refined[u];
        x->link[refined[u]] += l->w[j];
    }
    uint32_t all_met = n_met;
    memcpy(x->whole, x->met, n_met * sizeof *x->met);
    if (n_met > 0 && inside >= k * (whole - k) / x->all * (1 - 1e-12)) {
        uint32_t c = choose(x, v, k, n_met, whole);
        if (c != v) {
            x->total[c] += k;
            x->outward[c] += inside - 2 * x->link[c];
            x->total[v] = 0;
            x->size[v] = 0;
            x->size[c]++;
            refined[v] = c;
        }
    }
    for (uint32_t i = 0; i < all_met; i++)
        x->link[x->whole[i]] = 0;
}

static void refine(struct leiden *x, const struct level *l, const uint32_t *of, uint32_t *refined)
{
    double *whole = x->chance + l->n; /* strength of each community of `of` */
    memset(whole, 0, l->n * sizeof *whole);
    for (uint32_t v = 0; v < l->n; v++) {
        whole[of[v]] += l->strength[v];
        refined[v] = x->order[v] = v;
        x->size[v] = 1;
        x->total[v] = l->strength[v];
        x->outward[v] = 0;
        for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++)
            x->outward[v] += of[l->to[j]] == of[v] ? l->w[j] : 0;
    }
    shuffle(x, x->order, l->n);
    for (uint32_t i = 0; i < l->n; i++)
        refine_vertex(x, l, of, refined, x->order[i]);
}

/* Numbers what is in use 0 … ; returns how many. */
static uint32_t renumber(struct leiden *x, uint32_t *of, uint32_t n)
{
    uint32_t next = 0;
    memset(x->whole, 0, n * sizeof *x->whole);
    for (uint32_t v = 0; v < n; v++) {
        if (x->whole[of[v]] == 0)
            x->whole[of[v]] = ++next;
        of[v] = x->whole[of[v]] - 1;
    }
    return next;
}

/* The refined communities become the vertices of `ret`. */
static lm_err aggregate(struct leiden *x, struct lm_arena *a, const struct level *l, const uint32_t *refined, uint32_t n,
                        struct level *ret)
{
    uint32_t k = 0;
    *ret = (struct level){ .n = n };
    ret->at = lm_arena_array(a, (size_t)n + 1, sizeof *ret->at);
    ret->to = lm_arena_array(a, l->at[l->n], sizeof *ret->to);
    ret->w = lm_arena_array(a, l->at[l->n], sizeof *ret->w);
    ret->strength = lm_arena_array(a, n, sizeof *ret->strength);
    if (ret->at == NULL || ret->to == NULL || ret->w == NULL || ret->strength == NULL)
        return LM_ENOMEM;
    memset(x->first, 0, ((size_t)n + 1) * sizeof *x->first);
    for (uint32_t v = 0; v < l->n; v++)
        x->first[refined[v] + 1]++;
    for (uint32_t c = 0; c < n; c++)
        x->first[c + 1] += x->first[c];
    for (uint32_t v = 0; v < l->n; v++)
        x->member[x->first[refined[v]]++] = v;
    for (uint32_t c = 0, i = 0; c < n; c++) {
        uint32_t n_met = 0;
        for (; i < x->first[c]; i++) { /* after filling first[c] is the end of c */
            uint32_t v = x->member[i];
            ret->strength[c] += l->strength[v];
            for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++) {
                uint32_t d = refined[l->to[j]];
                if (d == c)
                    continue;
                if (x->link[d] == 0)
                    x->met[n_met++] = d;
                x->link[d] += l->w[j];
            }
        }
        for (uint32_t m = 0; m < n_met; m++, k++) {
            ret->to[k] = x->met[m];
            ret->w[k] = x->link[x->met[m]];
            x->link[x->met[m]] = 0;
        }
        ret->at[c + 1] = k;
    }
    return LM_OK;
}

/* One round: from the communities `of` of the vertices to better ones. True in *ret_moved when any vertex moved. */
static lm_err one_round(struct leiden *x, const struct level *bottom, uint32_t *of, bool *ret_moved)
{
    struct lm_arena a[2];
    struct level l = *bottom;
    lm_err err = LM_OK;
    lm_arena_init(&a[0], SIZE_MAX / 2);
    lm_arena_init(&a[1], SIZE_MAX / 2);
    uint32_t *vertex = lm_arena_array(&a[0], bottom->n, sizeof *vertex); /* of the level that stands for v */
    uint32_t *mine = lm_arena_array(&a[0], bottom->n, sizeof *mine), *refined = lm_arena_array(&a[0], bottom->n, sizeof *refined);
    uint32_t *above = lm_arena_array(&a[0], bottom->n, sizeof *above);
    if (vertex == NULL || mine == NULL || refined == NULL || above == NULL)
        err = LM_ENOMEM;
    for (uint32_t v = 0; err == LM_OK && v < bottom->n; v++) {
        vertex[v] = v;
        mine[v] = of[v];
    }
    *ret_moved = false;
    for (int depth = 0; err == LM_OK && depth < LEVELS_MAX; depth++) {
        struct level up;
        bool moved = move(x, &l, mine);
        *ret_moved = *ret_moved || moved;
        uint32_t n_communities = renumber(x, mine, l.n);
        if (lm_cancelled(x->effort))
            err = LM_ECANCELLED;
        if (err != LM_OK || n_communities == l.n)
            break;
        refine(x, &l, mine, refined);
        uint32_t n = renumber(x, refined, l.n);
        if (n == l.n) { /* nothing holds together: the communities themselves are the vertices */
            memcpy(refined, mine, l.n * sizeof *mine);
            n = n_communities;
        }
        err = aggregate(x, &a[1], &l, refined, n, &up);
        for (uint32_t v = 0; err == LM_OK && v < l.n; v++)
            above[refined[v]] = mine[v];
        for (uint32_t v = 0; err == LM_OK && v < bottom->n; v++)
            vertex[v] = refined[vertex[v]];
        if (err == LM_OK) {
            memcpy(mine, above, n * sizeof *mine);
            l = up;
        }
    }
    for (uint32_t v = 0; err == LM_OK && v < bottom->n; v++)
        of[v] = mine[vertex[v]];
    lm_arena_free(&a[0]);
    lm_arena_free(&a[1]);
    return err;
}

static double modularity(struct leiden *x, const struct level *l, const uint32_t *of)
{
    double inside = 0, expected = 0;
    memset(x->total, 0, l->n * sizeof *x->total);
    for (uint32_t v = 0; v < l->n; v++) {
        x->total[of[v]] += l->strength[v];
        for (uint32_t j = l->at[v]; j < l->at[v + 1]; j++)
            inside += of[l->to[j]] == of[v] ? l->w[j] : 0;
    }
    for (uint32_t c = 0; c < l->n; c++)
        expected += x->total[c] / x->all * (x->total[c] / x->all);
    return inside / x->all - expected;
}

static lm_err open_scratch(struct lm_arena *a, uint32_t n, struct leiden *x)
{
    uint32_t **const words[] = { &x->order, &x->queue, &x->next, &x->met, &x->size, &x->whole, &x->member, &x->first };
    double **const doubles[] = { &x->total, &x->link, &x->outward, &x->chance };
    x->waits = lm_arena_array(a, n, sizeof *x->waits);
    bool room = x->waits != NULL;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        room = (*words[i] = lm_arena_array(a, (size_t)n + 1, sizeof(uint32_t))) != NULL && room;
    for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++) /* chance: twice, see refine */
        room = (*doubles[i] = lm_arena_array(a, 2 * (size_t)n + 1, sizeof(double))) != NULL && room;
    return room ? LM_OK : LM_ENOMEM;
}

/* The undirected network whose ties weigh what both directions do. */
static lm_err bottom_of(struct lm_arena *a, const struct lm_graph *g, struct level *ret)
{
    uint32_t m = g->near.at[g->n];
    *ret = (struct level){ .n = g->n };
    ret->at = lm_arena_array(a, (size_t)g->n + 1, sizeof *ret->at);
    ret->to = lm_arena_array(a, m, sizeof *ret->to);
    ret->w = lm_arena_array(a, m, sizeof *ret->w);
    ret->strength = lm_arena_array(a, g->n, sizeof *ret->strength);
    if (ret->at == NULL || ret->to == NULL || ret->w == NULL || ret->strength == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < g->n; v++) {
        uint32_t o = g->out.at[v], i = g->in.at[v];
        ret->at[v + 1] = g->near.at[v + 1];
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++) {
            uint32_t u = g->near.to[j];
            double w = 0;
            if (o < g->out.at[v + 1] && g->out.to[o] == u)
                w += lm_weight(g->w_out, o++);
            if (g->directed && i < g->in.at[v + 1] && g->in.to[i] == u)
                w += lm_weight(g->w_in, i++);
            ret->to[j] = u;
            ret->w[j] = w;
            ret->strength[v] += w;
        }
    }
    return LM_OK;
}

lm_err lm_leiden(struct lm_arena *a, const struct lm_graph *g, uint64_t seed, unsigned rounds,
                 const struct lm_effort *effort, struct lm_communities *ret, struct lm_error *e)
{
    struct leiden x = { .rng = { seed }, .effort = effort };
    struct lm_communities r = { 0 };
    struct level bottom;
    struct lm_arena tmp;
    bool moved = true;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    r.of = lm_arena_array(a, g->n, sizeof *r.of);
    lm_err err = r.of != NULL ? open_scratch(&tmp, g->n, &x) : LM_ENOMEM;
    if (err == LM_OK)
        err = bottom_of(&tmp, g, &bottom);
    for (uint32_t v = 0; err == LM_OK && v < g->n; v++) {
        r.of[v] = v;
        x.all += bottom.strength[v];
    }
    for (unsigned i = 0; err == LM_OK && x.all > 0 && moved && i < rounds; i++)
        err = one_round(&x, &bottom, r.of, &moved);
    if (err == LM_OK && x.all > 0)
        r.modularity = modularity(&x, &bottom, r.of);
    lm_arena_free(&tmp);
    if (err == LM_OK)
        err = lm_groups_by_size(r.of, g->n, g->n, &r.n, e);
    if (err != LM_OK)
        return lm_fail(e, err, err == LM_ECANCELLED ? "the communities were cancelled" : "no memory for the communities");
    *ret = r;
    return LM_OK;
}
