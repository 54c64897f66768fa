#include "network/separate.h"

#include <math.h>
#include <stdlib.h>

#define NONE UINT32_MAX
#define SLACK 1e-9

enum status { OPEN, KEPT, REMOVED };

struct cut {
    const struct lm_graph *g;
    const struct lm_separate_wish *wish;
    const struct lm_effort *effort;
    uint8_t *status;
    uint32_t *trail, n_trail; /* vertices decided, in order */
    double left;              /* to be spent */
    uint32_t *live, n_live;   /* vertices of components that are too large */
    uint32_t *queue;
    uint32_t *cluster; /* of a kept vertex */
    uint32_t *size, *at,
        *open_list; /* by cluster: vertices; open neighbours in open_list[at[c] … at[c + 1] - 1] */
    uint32_t n_clusters;
    uint32_t *mark, stamp;
    uint32_t *mark_cluster;
    bool *used;
    uint32_t pick, pick_score;
    uint64_t branches, work;
};

static double cost_of(const struct cut *s, uint32_t v)
{
    return s->wish->cost != NULL ? s->wish->cost[v] : 1;
}

static void decide(struct cut *s, uint32_t v, enum status to)
{
    s->status[v] = (uint8_t)to;
    s->trail[s->n_trail++] = v;
    if (to == REMOVED)
        s->left -= cost_of(s, v);
}

static void undo(struct cut *s, uint32_t n_trail)
{
    while (s->n_trail > n_trail) {
        uint32_t v = s->trail[--s->n_trail];
        if (s->status[v] == REMOVED)
            s->left += cost_of(s, v);
        s->status[v] = OPEN;
    }
}

/* Vertices that `take` lets through and that hang together with start, into queue[from …]; marks them. */
static uint32_t gather(struct cut *s, uint32_t start, uint32_t from, bool only_kept)
{
    const struct lm_adjacency *near = &s->g->near;
    uint32_t head = from, tail = from;
    s->mark[start] = s->stamp;
    s->queue[tail++] = start;
    while (head < tail) {
        uint32_t v = s->queue[head++];
        for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++) {
            uint32_t w = near->to[j];
            if (s->mark[w] == s->stamp || s->status[w] == REMOVED || (only_kept && s->status[w] != KEPT))
                continue;
            s->mark[w] = s->stamp;
            s->queue[tail++] = w;
        }
    }
    return tail;
}

/* The kept clusters of the live vertices and their open neighbours. False: one is too large. */
static bool find_clusters(struct cut *s)
{
    const struct lm_adjacency *near = &s->g->near;
    uint32_t n_open = 0;
    s->n_clusters = 0;
    s->at[0] = 0;
    for (uint32_t i = 0; i < s->n_live; i++)
        s->cluster[s->live[i]] = NONE;
    for (uint32_t i = 0; i < s->n_live; i++) {
        uint32_t v = s->live[i];
        if (s->status[v] != KEPT || s->cluster[v] != NONE)
            continue;
        s->stamp++;
        uint32_t c = s->n_clusters++, n = gather(s, v, 0, true);
        s->size[c] = n;
        if (n > s->wish->largest)
            return false;
        for (uint32_t k = 0; k < n; k++) {
            uint32_t x = s->queue[k];
            s->cluster[x] = c;
            for (uint32_t j = near->at[x]; j < near->at[x + 1]; j++) {
                uint32_t w = near->to[j];
                if (s->status[w] != OPEN || s->mark[w] == s->stamp)
                    continue;
                s->mark[w] = s->stamp;
                s->open_list[n_open++] = w;
            }
        }
        s->at[c + 1] = n_open;
    }
    return true;
}

/* Lists the vertices of components above the limit, and keeps leaves: their neighbour does as well. */
static void find_live(struct cut *s)
{
    const struct lm_adjacency *near = &s->g->near;
    s->n_live = 0;
    s->stamp++;
    uint32_t stamp = s->stamp, from = 0;
    for (uint32_t v = 0; v < s->g->n; v++) {
        if (s->status[v] == REMOVED || s->mark[v] == stamp)
            continue;
        uint32_t to = gather(s, v, from, false);
        if (to - from > s->wish->largest)
            from = to; /* stays in the queue */
    }
    s->n_live = from;
    memcpy(s->live, s->queue, from * sizeof *s->live);
    for (uint32_t i = 0; i < s->n_live; i++) {
        uint32_t v = s->live[i], n = 0, only = NONE;
        if (s->status[v] != OPEN)
            continue;
        for (uint32_t j = near->at[v]; n < 2 && j < near->at[v + 1]; j++)
            if (s->status[near->to[j]] != REMOVED) {
                only = near->to[j];
                n++;
            }
        if (n == 1 && s->status[only] == OPEN && cost_of(s, only) <= cost_of(s, v))
            decide(s, v, KEPT);
    }
    s->work += s->g->n + near->at[s->g->n];
}

/* If v were kept: the size of its cluster, how many open neighbours that has, and the cheapest of them. */
static uint32_t if_kept(struct cut *s, uint32_t v, uint32_t *ret_open, double *ret_least)
{
    const struct lm_adjacency *near = &s->g->near;
    uint32_t size = 1, n_open = 0;
    double least = 0;
    s->stamp++;
    s->mark[v] = s->stamp;
    for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++) {
        uint32_t w = near->to[j], one[1] = { w };
        const uint32_t *list = one;
        uint32_t n = 1;
        if (s->status[w] == REMOVED)
            continue;
        if (s->status[w] == KEPT) {
            uint32_t c = s->cluster[w];
            if (s->mark_cluster[c] == s->stamp)
                continue;
            s->mark_cluster[c] = s->stamp;
            size += s->size[c];
            list = s->open_list + s->at[c];
            n = s->at[c + 1] - s->at[c];
        }
        for (uint32_t i = 0; i < n; i++) {
            uint32_t x = list[i];
            if (s->status[x] != OPEN || s->mark[x] == s->stamp)
                continue;
            s->mark[x] = s->stamp;
            least = n_open == 0 || cost_of(s, x) < least ? cost_of(s, x) : least;
            n_open++;
        }
        s->work += n;
    }
    *ret_open = n_open;
    *ret_least = least;
    return size;
}

/* What follows at once. False: no set within the budget. */
static bool propagate(struct cut *s)
{
    for (bool changed = true; changed;) {
        changed = false;
        find_live(s);
        if (!find_clusters(s))
            return false;
        s->pick = NONE;
        s->pick_score = 0;
        for (uint32_t i = 0; i < s->n_live; i++) {
            uint32_t v = s->live[i], n_open;
            double least;
            if (s->status[v] != OPEN)
                continue;
            uint32_t size = if_kept(s, v, &n_open, &least), largest = s->wish->largest;
            if (size > largest
                || (size + n_open > largest && (size + n_open - largest) * least > s->left + SLACK)) {
                decide(s, v, REMOVED);
                changed = true;
                if (s->left < -SLACK)
                    return false;
            } else if (s->pick == NONE || size + n_open > s->pick_score
                       || (size + n_open == s->pick_score && v < s->pick)) {
                s->pick = v;
                s->pick_score = size + n_open;
            }
        }
    }
    return true;
}

/* Needs of clusters whose open neighbours are not used yet, the largest first. */
static double bound_by_clusters(struct cut *s)
{
    double sum = 0;
    for (;;) {
        uint32_t best = NONE, most = 0;
        for (uint32_t c = 0; c < s->n_clusters; c++) {
            uint32_t n = 0;
            for (uint32_t i = s->at[c]; i < s->at[c + 1]; i++)
                n += s->status[s->open_list[i]] == OPEN && !s->used[s->open_list[i]];
            if (s->size[c] + n > s->wish->largest && s->size[c] + n - s->wish->largest > most) {
                best = c;
                most = s->size[c] + n - s->wish->largest;
            }
            s->work += s->at[c + 1] - s->at[c];
        }
        if (best == NONE)
            return sum;
        double least = 0;
        for (uint32_t i = s->at[best]; i < s->at[best + 1]; i++) {
            uint32_t v = s->open_list[i];
            if (s->status[v] != OPEN || s->used[v])
                continue;
            least = least == 0 || cost_of(s, v) < least ? cost_of(s, v) : least;
            s->used[v] = true;
        }
        sum += most * least;
    }
}

/* Connected pieces of largest + 1 vertices of which the open ones are not used yet, from every vertex in
 * turn. */
static double bound_by_pieces(struct cut *s)
{
    const struct lm_adjacency *near = &s->g->near;
    double sum = 0;
    for (uint32_t i = s->n_live; i-- > 0;) {
        uint32_t start = s->live[i], head = 0, tail = 0;
        if (s->status[start] != OPEN || s->used[start])
            continue;
        s->stamp++;
        s->mark[start] = s->stamp;
        s->queue[tail++] = start;
        while (head < tail && tail <= s->wish->largest) {
            uint32_t v = s->queue[head++];
            for (uint32_t j = near->at[v]; j < near->at[v + 1] && tail <= s->wish->largest; j++) {
                uint32_t w = near->to[j];
                if (s->mark[w] == s->stamp || s->status[w] == REMOVED || (s->status[w] == OPEN && s->used[w]))
                    continue;
                s->mark[w] = s->stamp;
                s->queue[tail++] = w;
            }
            s->work += lm_degree(near, v);
        }
        if (tail <= s->wish->largest)
            continue;
        double least = 0;
        for (uint32_t k = 0; k < tail; k++) {
            uint32_t v = s->queue[k];
            if (s->status[v] != OPEN)
                continue;
            least = least == 0 || cost_of(s, v) < least ? cost_of(s, v) : least;
            s->used[v] = true;
        }
        sum += least;
    }
    return sum;
}

static double bound(struct cut *s)
{
    for (uint32_t i = 0; i < s->n_live; i++)
        s->used[s->live[i]] = false;
    double sum = bound_by_clusters(s);
    return sum > s->left + SLACK ? sum : sum + bound_by_pieces(s);
}

static enum lm_separate_answer solve(struct cut *s)
{
    uint32_t start = s->n_trail;
    for (;;) {
        s->branches++;
        if (s->work > s->wish->work_max || lm_cancelled(s->effort))
            return LM_SEPARATE_LIMIT;
        if (s->left < -SLACK || !propagate(s))
            break;
        if (s->n_live == 0)
            return LM_SEPARATE_FOUND;
        if (s->pick == NONE || bound(s) > s->left + SLACK)
            break;
        uint32_t v = s->pick, here = s->n_trail;
        decide(s, v, REMOVED);
        enum lm_separate_answer answer = solve(s);
        if (answer != LM_SEPARATE_NONE)
            return answer;
        undo(s, here);
        decide(s, v, KEPT);
    }
    undo(s, start);
    return LM_SEPARATE_NONE;
}

static lm_err open_cut(struct cut *s, struct lm_arena *tmp)
{
    size_t n = (size_t)s->g->n + 1;
    uint32_t **const words[] = { &s->trail, &s->live, &s->queue, &s->cluster,
                                 &s->size,  &s->at,   &s->mark,  &s->mark_cluster };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if ((*words[i] = lm_arena_array(tmp, n, sizeof(uint32_t))) == NULL)
            return LM_ENOMEM;
    s->status = lm_arena_array(tmp, n, sizeof *s->status);
    s->used = lm_arena_array(tmp, n, sizeof *s->used);
    s->open_list = lm_arena_array(tmp, s->g->near.at[s->g->n], sizeof *s->open_list);
    return s->status != NULL && s->used != NULL && s->open_list != NULL ? LM_OK : LM_ENOMEM;
}

lm_err lm_separate(struct lm_arena *a, const struct lm_graph *g, const struct lm_separate_wish *wish,
                   const struct lm_effort *effort, struct lm_separate *ret, struct lm_error *e)
{
    struct lm_arena tmp;
    struct cut s = { .g = g, .wish = wish, .effort = effort, .left = wish->budget };
    lm_arena_init(&tmp, SIZE_MAX / 2);
    lm_err err = open_cut(&s, &tmp);
    struct lm_separate r = { 0 };
    if (err == LM_OK) {
        r.answer = solve(&s);
        r.branches = s.branches;
        r.work = s.work;
        for (uint32_t v = 0; v < g->n; v++)
            r.n += r.answer == LM_SEPARATE_FOUND && s.status[v] == REMOVED;
        r.vertex = lm_arena_array(a, r.n, sizeof *r.vertex);
        err = r.vertex == NULL ? LM_ENOMEM : lm_cancelled(effort) ? LM_ECANCELLED : LM_OK;
    }
    for (uint32_t v = 0, i = 0; err == LM_OK && i < r.n; v++)
        if (s.status[v] == REMOVED)
            r.vertex[i++] = v;
    lm_arena_free(&tmp);
    if (err == LM_ECANCELLED)
        return lm_fail(e, err, "the search for the fewest was cancelled");
    if (err != LM_OK)
        return lm_fail(e, err, "no memory to separate %u vertices", g->n);
    *ret = r;
    return LM_OK;
}

static double cost_of_set(const double *cost, const uint32_t *v, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += cost != NULL ? cost[v[i]] : 1;
    return sum;
}

static int ascending(const void *x, const void *y)
{
    uint32_t p = *(const uint32_t *)x, q = *(const uint32_t *)y;
    return (p > q) - (p < q);
}

lm_err lm_fewest(struct lm_arena *a, const struct lm_graph *g, uint32_t largest, const double *cost,
                 const uint32_t *known, uint32_t n_known, uint64_t work_max, const struct lm_effort *effort,
                 struct lm_fewest *ret, struct lm_error *e)
{
    struct lm_fewest r = { .n = n_known, .cost = cost_of_set(cost, known, n_known) };
    uint64_t spent = 0;
    r.vertex = lm_arena_array(a, n_known, sizeof *r.vertex);
    if (r.vertex == NULL)
        return lm_fail(e, LM_ENOMEM, "no memory to separate %u vertices", g->n);
    memcpy(r.vertex, known, n_known * sizeof *known);
    if (n_known > 1)
        qsort(r.vertex, n_known, sizeof *r.vertex, ascending);
    /* Without costs the budget rises until a set is found: each refusal is a bound. With costs it doubles
     * until it is no more refused, then it falls with every better set, until there is none. */
    double next = r.cost / 64;
    while (r.bound < r.cost) {
        struct lm_separate answer;
        struct lm_separate_wish wish = { .largest = largest, .cost = cost, .work_max = work_max - spent };
        wish.budget = cost == NULL ? r.bound : fmin(next, r.cost * (1 - SLACK) - 2 * SLACK);
        lm_err err = lm_separate(a, g, &wish, effort, &answer, e);
        if (err != LM_OK)
            return err;
        spent += answer.work;
        r.branches += answer.branches;
        if (answer.answer == LM_SEPARATE_LIMIT || spent > work_max)
            break;
        if (answer.answer == LM_SEPARATE_FOUND) {
            r.vertex = answer.vertex;
            r.n = answer.n;
            r.cost = cost_of_set(cost, answer.vertex, answer.n);
            next = r.cost;
        } else {
            r.bound = cost == NULL ? r.bound + 1 : next < r.cost ? next : r.cost;
            next *= 2;
        }
    }
    *ret = r;
    return LM_OK;
}
