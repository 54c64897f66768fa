#include "network/measure.h"

#include "network/betweenness.h"
#include "network/pagerank.h"
#include "network/weighted.h"

const char *const lm_measure_words[LM_MEASURES] = {
    [LM_MEASURE_DEGREE] = "degree",
    [LM_MEASURE_IN] = "in",
    [LM_MEASURE_OUT] = "out",
    [LM_MEASURE_STRENGTH] = "strength",
    [LM_MEASURE_STRENGTH_IN] = "strength_in",
    [LM_MEASURE_STRENGTH_OUT] = "strength_out",
    [LM_MEASURE_NET] = "net",
    [LM_MEASURE_BETWEENNESS] = "betweenness",
    [LM_MEASURE_BETWEENNESS_WEIGHTED] = "betweenness_weighted",
    [LM_MEASURE_PAGERANK] = "pagerank",
    [LM_MEASURE_CORE] = "core",
    [LM_MEASURE_EFFECTIVE_SIZE] = "effective_size",
};

enum lm_node_measure lm_measure_called(struct lm_str word)
{
    enum lm_node_measure m = LM_MEASURE_DEGREE;
    while (m < LM_MEASURES && !lm_str_eq(word, lm_str(lm_measure_words[m])))
        m++;
    return m;
}

bool lm_measure_directed(enum lm_node_measure m)
{
    return m == LM_MEASURE_IN || m == LM_MEASURE_OUT || m == LM_MEASURE_STRENGTH_IN || m == LM_MEASURE_STRENGTH_OUT
           || m == LM_MEASURE_NET;
}

bool lm_measure_whole(enum lm_node_measure m)
{
    return m == LM_MEASURE_DEGREE || m == LM_MEASURE_IN || m == LM_MEASURE_OUT || m == LM_MEASURE_CORE;
}

/* --- what stands on the ties of a vertex --- */

static double sum_of(const struct lm_adjacency *j, const double *weights, uint32_t v)
{
    double sum = 0;
    for (uint32_t i = j->at[v]; i < j->at[v + 1]; i++)
        sum += lm_weight(weights, i);
    return sum;
}

static double of_ties(const struct lm_graph *g, enum lm_node_measure m, uint32_t v)
{
    double out = m >= LM_MEASURE_STRENGTH ? sum_of(&g->out, g->w_out, v) : lm_degree(&g->out, v);
    if (!g->directed || m == LM_MEASURE_OUT || m == LM_MEASURE_STRENGTH_OUT)
        return out;
    double in = m >= LM_MEASURE_STRENGTH ? sum_of(&g->in, g->w_in, v) : lm_degree(&g->in, v);
    if (m == LM_MEASURE_IN || m == LM_MEASURE_STRENGTH_IN)
        return in;
    return m == LM_MEASURE_NET ? out - in : out + in;
}

/* --- cores --- */

lm_err lm_core_numbers(struct lm_arena *a, const struct lm_graph *g, uint32_t **ret_core, struct lm_error *e)
{
    struct lm_arena tmp;
    uint32_t most = 0, n = g->n;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    uint32_t *left = lm_arena_array(a, n, sizeof *left); /* neighbours not yet peeled off; at last the core */
    uint32_t *order = lm_arena_array(&tmp, n, sizeof *order), *place = lm_arena_array(&tmp, n, sizeof *place);
    for (uint32_t v = 0; left != NULL && v < n; v++) {
        left[v] = lm_degree(&g->near, v);
        most = left[v] > most ? left[v] : most;
    }
    uint32_t *first = lm_arena_array(&tmp, (size_t)most + 2, sizeof *first); /* where each number of `left` starts */
    bool room = left != NULL && order != NULL && place != NULL && first != NULL;
    for (uint32_t v = 0; room && v < n; v++)
        first[left[v] + 1]++;
    for (uint32_t d = 0; room && d <= most; d++)
        first[d + 1] += first[d];
    for (uint32_t v = 0; room && v < n; v++) {
        place[v] = first[left[v]]++;
        order[place[v]] = v;
    }
    for (uint32_t d = most + 1; room && d > 0; d--)
        first[d] = first[d - 1];
    if (room)
        first[0] = 0;
    for (uint32_t i = 0; room && i < n; i++) {
        uint32_t v = order[i];
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++) {
            uint32_t u = g->near.to[j];
            if (left[u] <= left[v])
                continue;
            uint32_t at = first[left[u]]++, other = order[at]; /* u leaves its run at the front */
            order[at] = u;
            order[place[u]] = other;
            place[other] = place[u];
            place[u] = at;
            left[u]--;
        }
    }
    lm_arena_free(&tmp);
    if (!room)
        return lm_fail(e, LM_ENOMEM, "no memory for the cores");
    *ret_core = left;
    return LM_OK;
}

/* --- triangles --- */

#define CHUNK_VERTICES 1024

/* Each tie is kept at its end of lower degree, so that a hub's list is short. */
struct corners {
    const struct lm_graph *g;
    struct lm_adjacency up;
    uint32_t *seen[LM_WORKERS_MAX];
    uint64_t *count[LM_WORKERS_MAX];
    const struct lm_effort *effort;
};

static bool is_above(const struct lm_graph *g, uint32_t v, uint32_t u)
{
    uint32_t dv = lm_degree(&g->near, v), du = lm_degree(&g->near, u);
    return dv != du ? dv > du : v > u;
}

static void count_corners(void *ctx, unsigned worker, uint32_t chunk)
{
    struct corners *c = ctx;
    uint32_t *seen = c->seen[worker], n = c->g->n, from = chunk * CHUNK_VERTICES;
    uint64_t *count = c->count[worker];
    uint32_t to = n - from < CHUNK_VERTICES ? n : from + CHUNK_VERTICES;
    for (uint32_t v = from; v < to && !lm_cancelled(c->effort); v++) {
        for (uint32_t j = c->up.at[v]; j < c->up.at[v + 1]; j++)
            seen[c->up.to[j]] = v + 1;
        for (uint32_t j = c->up.at[v]; j < c->up.at[v + 1]; j++) {
            uint32_t u = c->up.to[j];
            for (uint32_t k = c->up.at[u]; k < c->up.at[u + 1]; k++)
                if (seen[c->up.to[k]] == v + 1) {
                    count[v]++;
                    count[u]++;
                    count[c->up.to[k]]++;
                }
        }
    }
}

static void nothing_to_merge(void *ctx, uint32_t chunk)
{
    (void)ctx;
    (void)chunk;
}

static lm_err orient(struct lm_arena *tmp, const struct lm_graph *g, struct lm_adjacency *ret)
{
    uint32_t *at = lm_arena_array(tmp, (size_t)g->n + 1, sizeof *at);
    uint32_t *to = lm_arena_array(tmp, g->near.at[g->n] / 2, sizeof *to), k = 0;
    if (at == NULL || to == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < g->n; v++) {
        at[v] = k;
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
            if (is_above(g, g->near.to[j], v))
                to[k++] = g->near.to[j];
    }
    at[g->n] = k;
    *ret = (struct lm_adjacency){ g->n, at, to };
    return LM_OK;
}

lm_err lm_triangles(struct lm_arena *a, const struct lm_graph *g, const struct lm_effort *effort,
                    uint64_t **ret_triangles, struct lm_error *e)
{
    struct lm_arena tmp;
    struct lm_workers *workers = NULL;
    struct corners c = { .g = g, .effort = effort };
    lm_arena_init(&tmp, SIZE_MAX / 2);
    uint64_t *sum = lm_arena_array(a, g->n, sizeof *sum);
    lm_err err = sum != NULL ? orient(&tmp, g, &c.up) : LM_ENOMEM;
    if (err == LM_OK)
        err = lm_workers_open(&tmp, effort, &workers);
    unsigned n_workers = err == LM_OK ? lm_workers_count(workers) : 0;
    for (unsigned i = 0; i < n_workers; i++) {
        c.seen[i] = lm_arena_array(&tmp, g->n, sizeof *c.seen[i]);
        c.count[i] = lm_arena_array(&tmp, g->n, sizeof *c.count[i]);
        if (c.seen[i] == NULL || c.count[i] == NULL)
            err = LM_ENOMEM;
    }
    if (err == LM_OK) {
        lm_workers_run(workers, (g->n + CHUNK_VERTICES - 1) / CHUNK_VERTICES, false,
                       (struct lm_work){ .work = count_corners, .merge = nothing_to_merge, .ctx = &c });
        for (unsigned i = 0; i < n_workers; i++) /* whole numbers: whoever counted them, the sum is the same */
            for (uint32_t v = 0; v < g->n; v++)
                sum[v] += c.count[i][v];
        if (lm_cancelled(effort))
            err = LM_ECANCELLED;
    }
    lm_workers_close(workers);
    lm_arena_free(&tmp);
    if (err != LM_OK)
        return lm_fail(e, err, err == LM_ECANCELLED ? "counting was cancelled" : "no memory for the triangles");
    *ret_triangles = sum;
    return LM_OK;
}

/* --- all of them --- */

static lm_err counted(struct lm_arena *a, const struct lm_graph *g, enum lm_node_measure m, const struct lm_effort *effort,
                      double **ret_score, struct lm_error *e)
{
    struct lm_arena tmp;
    uint32_t *core = NULL;
    uint64_t *triangles = NULL;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    double *score = lm_arena_array(a, g->n, sizeof *score);
    lm_err err = score != NULL ? LM_OK : lm_fail(e, LM_ENOMEM, "no memory for a measure of %u nodes", g->n);
    if (err == LM_OK && m == LM_MEASURE_CORE)
        err = lm_core_numbers(&tmp, g, &core, e);
    if (err == LM_OK && m == LM_MEASURE_EFFECTIVE_SIZE)
        err = lm_triangles(&tmp, g, effort, &triangles, e);
    for (uint32_t v = 0; err == LM_OK && v < g->n; v++) {
        double d = lm_degree(&g->near, v);
        if (core != NULL)
            score[v] = core[v];
        else if (triangles != NULL)
            score[v] = d > 0 ? d - 2 * (double)triangles[v] / d : 0;
        else
            score[v] = of_ties(g, m, v);
    }
    lm_arena_free(&tmp);
    if (err == LM_OK)
        *ret_score = score;
    return err;
}

lm_err lm_node_measure(struct lm_arena *a, const struct lm_graph *g, enum lm_node_measure m, const struct lm_effort *effort,
                  double **ret_score, struct lm_error *e)
{
    if (lm_measure_directed(m) && !g->directed)
        return lm_fail(e, LM_EUSAGE, "%s needs a network with directions", lm_measure_words[m]);
    if (m == LM_MEASURE_BETWEENNESS)
        return lm_betweenness(a, g, g->directed, effort, ret_score, e);
    if (m == LM_MEASURE_BETWEENNESS_WEIGHTED)
        return lm_betweenness_weighted(a, g, effort, ret_score, e);
    if (m == LM_MEASURE_PAGERANK)
        return lm_pagerank(a, g, effort, ret_score, e);
    return counted(a, g, m, effort, ret_score, e);
}
