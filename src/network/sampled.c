#include "network/sampled.h"

#include <math.h>

#include "base/rng.h"

#define CHUNK_DRAWS 64
#define COUNT_LIMIT 0x1p400 /* a level's counts are scaled below it: a product of two still fits */

/* What a search knows of a vertex. */
struct spot {
    double count; /* shortest paths from the search's end, up to a factor of the level */
    int32_t mark; /* from the source: level + 1; from the target: -(level + 1); 0: not met */
};

/* One end of a draw. */
struct end {
    const struct lm_adjacency *ahead, *back;
    uint32_t *list; /* vertices met, level by level */
    uint32_t n, from; /* list[from] … list[n - 1]: the last level */
    int32_t sign, level;
};

struct scratch {
    struct spot *spot;
    struct end end[2];
    uint32_t *hits;
};

struct sampled {
    const struct lm_graph *g;
    const struct lm_effort *effort;
    uint64_t seed;
    uint32_t draws;
    struct scratch of[LM_WORKERS_MAX];
};

static double unit(struct lm_rng *r)
{
    return (double)(lm_rng_next(r) >> 11) * 0x1p-53;
}

static void start(struct scratch *s, int k, uint32_t v)
{
    struct end *x = &s->end[k];
    x->n = 1;
    x->from = 0;
    x->level = 0;
    x->list[0] = v;
    s->spot[v] = (struct spot){ 1, x->sign };
}

static uint64_t arcs_ahead(const struct end *x)
{
    uint64_t sum = 0;
    for (uint32_t i = x->from; i < x->n; i++)
        sum += lm_degree(x->ahead, x->list[i]);
    return sum;
}

/* An arc between the two searches, drawn among all of them by the number of paths that take it. */
struct meeting {
    double sum;
    uint32_t mine, theirs;
};

/* Goes one level further; the arcs that meet the other side are all on shortest paths, as each level is whole. */
static struct meeting advance(struct scratch *s, struct end *x, struct lm_rng *r)
{
    struct meeting m = { 0 };
    uint32_t n = x->n;
    int32_t mark = x->sign * (x->level + 2);
    double most = 0;
    for (uint32_t i = x->from; i < n; i++) {
        uint32_t v = x->list[i];
        double mine = s->spot[v].count;
        for (uint32_t j = x->ahead->at[v], end = x->ahead->at[v + 1]; j < end; j++) {
            if (j + 8 < end)
                __builtin_prefetch(&s->spot[x->ahead->to[j + 8]], 1);
            uint32_t u = x->ahead->to[j];
            struct spot *y = &s->spot[u];
            if (y->mark == 0) {
                *y = (struct spot){ mine, mark };
                x->list[x->n++] = u;
            } else if (y->mark == mark) {
                y->count += mine;
                most = y->count > most ? y->count : most;
            } else if ((y->mark > 0) != (x->sign > 0)) {
                double paths = mine * y->count;
                m.sum += paths;
                if (unit(r) * m.sum < paths) {
                    m.mine = v;
                    m.theirs = u;
                }
            }
        }
    }
    for (uint32_t i = n; most > COUNT_LIMIT && i < x->n; i++)
        s->spot[x->list[i]].count /= COUNT_LIMIT;
    x->from = n;
    x->level++;
    return m;
}

/* From v back to the end of its search, by the number of paths; each vertex inside the path is hit. */
static void walk_back(struct scratch *s, const struct end *x, uint32_t v, struct lm_rng *r)
{
    while (s->spot[v].mark != x->sign) {
        int32_t before = s->spot[v].mark - x->sign;
        double sum = 0;
        uint32_t next = v;
        s->hits[v]++;
        for (uint32_t j = x->back->at[v]; j < x->back->at[v + 1]; j++) {
            const struct spot *y = &s->spot[x->back->to[j]];
            if (y->mark != before)
                continue;
            sum += y->count;
            if (unit(r) * sum < y->count)
                next = x->back->to[j];
        }
        if (next == v)
            return; /* counts below the smallest double: cannot be with the limit above */
        v = next;
    }
}

static void draw(const struct sampled *w, struct scratch *s, uint32_t number)
{
    struct lm_rng seed = { w->seed + number }, r = { lm_rng_next(&seed) };
    uint32_t n = w->g->n, source = (uint32_t)lm_rng_below(&r, n), target = (uint32_t)lm_rng_below(&r, n - 1);
    target += target >= source;
    start(s, 0, source);
    start(s, 1, target);
    for (;;) {
        uint64_t ahead[2] = { arcs_ahead(&s->end[0]), arcs_ahead(&s->end[1]) };
        if (ahead[0] == 0 || ahead[1] == 0) /* one side has seen all it can reach */
            break;
        int k = ahead[1] < ahead[0];
        struct meeting m = advance(s, &s->end[k], &r);
        if (m.sum > 0) {
            walk_back(s, &s->end[k], m.mine, &r);
            walk_back(s, &s->end[!k], m.theirs, &r);
            break;
        }
    }
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < s->end[k].n; i++)
            s->spot[s->end[k].list[i]].mark = 0;
}

static void work(void *ctx, unsigned worker, uint32_t chunk)
{
    struct sampled *w = ctx;
    uint32_t from = chunk * CHUNK_DRAWS, to = w->draws - from < CHUNK_DRAWS ? w->draws : from + CHUNK_DRAWS;
    for (uint32_t i = from; i < to && !lm_cancelled(w->effort); i++)
        draw(w, &w->of[worker], i);
}

static void nothing_to_merge(void *ctx, uint32_t chunk)
{
    (void)ctx;
    (void)chunk;
}

/* At least the vertices on the longest shortest path. */
static lm_err longest(struct lm_arena *tmp, const struct lm_graph *g, uint32_t *ret)
{
    uint32_t most = g->directed ? g->n : 2;
    uint32_t *level = lm_arena_array(tmp, g->n, sizeof *level), *queue = lm_arena_array(tmp, g->n, sizeof *queue);
    if (level == NULL || queue == NULL)
        return LM_ENOMEM;
    for (uint32_t s = 0; !g->directed && s < g->n; s++) {
        uint32_t head = 0, tail = 0;
        if (level[s] != 0)
            continue;
        level[s] = 1;
        queue[tail++] = s;
        while (head < tail) {
            uint32_t v = queue[head++];
            for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
                if (level[g->near.to[j]] == 0) {
                    level[g->near.to[j]] = level[v] + 1;
                    queue[tail++] = g->near.to[j];
                }
        }
        /* any path goes through s by way of two that are as deep as the deepest and another */
        uint32_t deep = level[queue[tail - 1]] - 1, other = 0;
        for (uint32_t i = tail - 1; i-- > 0 && other == 0;)
            other = level[queue[i]] - 1;
        most = deep + other + 1 > most ? deep + other + 1 : most;
    }
    *ret = most < g->n ? most : g->n;
    return LM_OK;
}

static double draws_needed(const struct lm_sampling *how, uint32_t d)
{
    double dimension = d > 2 ? floor(log2((double)d - 2)) + 1 : 0;
    return ceil(0.5 / (how->epsilon * how->epsilon) * (dimension + log(1 / how->delta)));
}

static lm_err open_scratch(struct lm_arena *tmp, const struct lm_graph *g, struct scratch *s)
{
    s->spot = lm_arena_array(tmp, g->n, sizeof *s->spot);
    s->hits = lm_arena_array(tmp, g->n, sizeof *s->hits);
    for (int k = 0; k < 2; k++) {
        s->end[k] = (struct end){ .ahead = k == 0 ? &g->out : &g->in, .back = k == 0 ? &g->in : &g->out };
        s->end[k].sign = k == 0 ? 1 : -1;
        s->end[k].list = lm_arena_array(tmp, g->n, sizeof *s->end[k].list);
        if (s->end[k].list == NULL)
            return LM_ENOMEM;
    }
    return s->spot != NULL && s->hits != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err count(struct lm_arena *tmp, struct sampled *w, double pairs, double *score)
{
    struct lm_workers *workers = NULL;
    lm_err err = lm_workers_open(tmp, w->effort, &workers);
    for (unsigned i = 0; err == LM_OK && i < lm_workers_count(workers); i++)
        err = open_scratch(tmp, w->g, &w->of[i]);
    if (err == LM_OK) {
        lm_workers_run(workers, (w->draws + CHUNK_DRAWS - 1) / CHUNK_DRAWS, false,
                       (struct lm_work){ .work = work, .merge = nothing_to_merge, .ctx = w });
        for (uint32_t v = 0; v < w->g->n; v++) {
            uint64_t hits = 0; /* whole numbers: whoever counted them, the sum is the same */
            for (unsigned i = 0; i < lm_workers_count(workers); i++)
                hits += w->of[i].hits[v];
            score[v] = (double)hits / w->draws * pairs;
        }
        if (lm_cancelled(w->effort))
            err = LM_ECANCELLED;
    }
    lm_workers_close(workers);
    return err;
}

lm_err lm_betweenness_sampled(struct lm_arena *a, const struct lm_graph *g, const struct lm_sampling *how,
                              const struct lm_effort *effort, struct lm_sampled *ret, struct lm_error *e)
{
    struct sampled w = { .g = g, .effort = effort, .seed = how->seed };
    struct lm_arena tmp;
    uint32_t d = 0;
    double pairs = g->n < 2 ? 0 : (double)g->n * ((double)g->n - 1) / (g->directed ? 1 : 2);
    if (!(how->epsilon > 0 && how->epsilon < 1 && how->delta > 0 && how->delta < 1))
        return lm_fail(e, LM_EUSAGE, "the error and its chance are between 0 and 1");
    lm_arena_init(&tmp, SIZE_MAX / 2);
    double *score = lm_arena_array(a, g->n, sizeof *score);
    lm_err err = score != NULL ? longest(&tmp, g, &d) : LM_ENOMEM;
    double draws = draws_needed(how, d);
    if (err == LM_OK && draws > 0x1p31)
        err = LM_ELIMIT;
    if (err == LM_OK && g->n > 2) {
        w.draws = (uint32_t)draws;
        err = count(&tmp, &w, pairs, score);
    }
    lm_arena_free(&tmp);
    if (err == LM_ELIMIT)
        return lm_fail(e, err, "an error that small needs more than 2^31 paths");
    if (err != LM_OK)
        return lm_fail(e, err, err == LM_ECANCELLED ? "betweenness was cancelled" : "no memory for the betweenness");
    *ret = (struct lm_sampled){ .score = score, .draws = w.draws, .error_pairs = how->epsilon * pairs };
    return LM_OK;
}
