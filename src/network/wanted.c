#include "network/wanted.h"

#define TIE 1e-9
#define CHUNK_SOURCES 8
#define ALONE_WORK 100000

/* Scratch of one thread. Path counts can exceed a double on long ladders, not a long double on any we hold.
 */
struct walk {
    uint32_t *dist, *queue; /* dist: 1 for the source, 0 not reached */
    long double *paths;
    double *delta;
};

struct wanted {
    const struct lm_graph *g;
    const struct lm_removal_wish *wish;
    const struct lm_effort *effort;
    struct lm_workers *workers;
    struct walk walk[LM_WORKERS_MAX];
    double *slot[LM_WORKERS_SLOTS], *score;
    uint32_t *sources, n_sources, *degree;
    bool *gone;
};

static bool is_wanted(const struct wanted *s, uint32_t from, uint32_t to)
{
    const struct lm_node_data *d = s->wish->nodes;
    if (s->wish->goal == LM_GOAL_REACH)
        return d->customer[to] && from != to;
    return d->city[to] != LM_NO_CITY && d->city[to] != d->city[from];
}

static void from_source(const struct wanted *s, struct walk *w, uint32_t source, double *sum)
{
    const struct lm_adjacency *near = &s->g->near;
    uint32_t head = 0, tail = 0;
    double pairs = 0;
    w->dist[source] = 1;
    w->paths[source] = 1;
    w->queue[tail++] = source;
    while (head < tail) {
        uint32_t v = w->queue[head++];
        w->delta[v] = 0;
        for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++) {
            uint32_t x = near->to[j];
            if (s->gone[x])
                continue;
            if (w->dist[x] == 0) {
                w->dist[x] = w->dist[v] + 1;
                w->paths[x] = 0;
                w->queue[tail++] = x;
            }
            if (w->dist[x] == w->dist[v] + 1)
                w->paths[x] += w->paths[v];
        }
    }
    for (uint32_t i = tail; i-- > 0;) {
        uint32_t v = w->queue[i];
        double end = is_wanted(s, source, v);
        pairs += end;
        for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++) {
            uint32_t x = near->to[j];
            if (!s->gone[x] && w->dist[x] + 1 == w->dist[v])
                w->delta[x] += (double)(w->paths[x] / w->paths[v]) * (end + w->delta[v]);
        }
        if (v != source)
            sum[v] += end + w->delta[v];
    }
    sum[source] += pairs;
    for (uint32_t i = 0; i < tail; i++)
        w->dist[w->queue[i]] = 0;
}

static void work(void *ctx, unsigned worker, uint32_t chunk)
{
    struct wanted *s = ctx;
    double *sum = s->slot[chunk % LM_WORKERS_SLOTS];
    memset(sum, 0, s->g->n * sizeof *sum);
    for (uint32_t i = chunk * CHUNK_SOURCES; i < s->n_sources && i < (chunk + 1) * CHUNK_SOURCES; i++)
        if (!s->gone[s->sources[i]] && !lm_cancelled(s->effort))
            from_source(s, &s->walk[worker], s->sources[i], sum);
}

static void merge(void *ctx, uint32_t chunk)
{
    struct wanted *s = ctx;
    const double *sum = s->slot[chunk % LM_WORKERS_SLOTS];
    for (uint32_t v = 0; v < s->g->n; v++)
        s->score[v] += sum[v];
}

/* Highest score for its cost, then the higher degree, then the name; UINT32_MAX when no score is above 0. */
static uint32_t choose(const struct wanted *s)
{
    const struct lm_node_data *d = s->wish->nodes;
    uint32_t first = UINT32_MAX;
    double best = 0;
    for (uint32_t v = 0; v < s->g->n; v++)
        if (!s->gone[v] && s->score[v] / lm_cost_of(d, v) > best)
            best = s->score[v] / lm_cost_of(d, v);
    for (uint32_t v = 0; best > 0 && v < s->g->n; v++)
        if (!s->gone[v] && s->score[v] / lm_cost_of(d, v) >= best * (1 - TIE)
            && (first == UINT32_MAX || s->degree[v] > s->degree[first]))
            first = v;
    return first;
}

static lm_err open_wanted(struct wanted *s, struct lm_arena *tmp)
{
    const struct lm_node_data *d = s->wish->nodes;
    size_t n = s->g->n;
    s->score = lm_arena_array(tmp, n, sizeof *s->score);
    s->sources = lm_arena_array(tmp, n, sizeof *s->sources);
    s->degree = lm_arena_array(tmp, n, sizeof *s->degree);
    s->gone = lm_arena_array(tmp, n, sizeof *s->gone);
    if (s->score == NULL || s->sources == NULL || s->degree == NULL || s->gone == NULL)
        return LM_ENOMEM;
    for (int i = 0; i < LM_WORKERS_SLOTS; i++)
        if ((s->slot[i] = lm_arena_array(tmp, n, sizeof *s->slot[i])) == NULL)
            return LM_ENOMEM;
    for (uint32_t v = 0; v < s->g->n; v++) {
        s->degree[v] = lm_degree(&s->g->near, v);
        if (s->wish->goal == LM_GOAL_REACH ? d->source[v] : d->city[v] != LM_NO_CITY)
            s->sources[s->n_sources++] = v;
    }
    lm_err err = lm_workers_open(tmp, s->effort, &s->workers);
    for (unsigned i = 0; err == LM_OK && i < lm_workers_count(s->workers); i++) {
        struct walk *w = &s->walk[i];
        w->dist = lm_arena_array(tmp, n, sizeof *w->dist);
        w->queue = lm_arena_array(tmp, n, sizeof *w->queue);
        w->paths = lm_arena_array(tmp, n, sizeof *w->paths);
        w->delta = lm_arena_array(tmp, n, sizeof *w->delta);
        if (w->dist == NULL || w->queue == NULL || w->paths == NULL || w->delta == NULL)
            err = LM_ENOMEM;
    }
    return err;
}

lm_err lm_wanted_order(const struct lm_graph *g, const struct lm_removal_wish *wish,
                       const struct lm_effort *effort, uint32_t *order, double *score, uint32_t *ret_n)
{
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    struct wanted *s = lm_arena_alloc(&tmp, sizeof *s);
    uint32_t n = 0, most = wish->k_max < g->n ? wish->k_max : g->n;
    lm_err err = LM_ENOMEM;
    if (s != NULL) {
        *s = (struct wanted){ .g = g, .wish = wish, .effort = effort };
        err = open_wanted(s, &tmp);
    }
    while (err == LM_OK && n < most) {
        uint64_t amount = (uint64_t)s->n_sources * (g->n + g->near.at[g->n]);
        memset(s->score, 0, g->n * sizeof *s->score);
        lm_workers_run(s->workers, (s->n_sources + CHUNK_SOURCES - 1) / CHUNK_SOURCES, amount < ALONE_WORK,
                       (struct lm_work){ .work = work, .merge = merge, .ctx = s });
        uint32_t v = choose(s);
        err = lm_cancelled(effort) ? LM_ECANCELLED : LM_OK;
        if (err != LM_OK || v == UINT32_MAX)
            break;
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
            s->degree[g->near.to[j]]--;
        s->gone[v] = true;
        score[n] = wish->goal == LM_GOAL_CITIES ? s->score[v] / 2 : s->score[v];
        order[n++] = v;
    }
    if (s != NULL)
        lm_workers_close(s->workers);
    lm_arena_free(&tmp);
    if (err == LM_OK)
        *ret_n = n;
    return err;
}
