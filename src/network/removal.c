#include "network/removal.h"

#include <math.h>
#include <stdlib.h>

#include "network/betweenness.h"
#include "network/wanted.h"

#define TIE 1e-9
#define NONE UINT32_MAX

/* A component: its vertices are members[first … first + n - 1]. */
struct part {
    uint32_t first, n;
    uint32_t next, previous; /* others of the same size */
    double best;             /* highest worth in it; valid when scored */
    bool scored, sampled;
    uint32_t batch; /* removals before it is scored again */
};

struct offer {
    double worth;
    uint32_t degree, vertex;
};

struct run {
    const struct lm_graph *g;
    const struct lm_removal_wish *wish;
    struct lm_between *between;
    bool *gone;
    uint32_t *degree; /* in what is left */
    double *score;
    uint32_t *members, *part_of;
    uint32_t *seen; /* round in which the vertex was last listed */
    uint32_t round;
    struct part *parts;
    uint32_t *by_size; /* first part of each size */
    uint32_t *free_parts, n_free;
    uint32_t lcc;
    uint64_t pairs;
    double least_cost;
    uint64_t allowance; /* sources × ties that may be spent on one removal */
    uint32_t n_steps;
    struct offer *offers; /* of one component */
    uint32_t tail_at[3]; /* where the search for a vertex in a part of size 1, 2 goes on */
};

static void link_part(struct run *s, uint32_t p)
{
    struct part *x = &s->parts[p];
    x->previous = NONE;
    x->next = s->by_size[x->n];
    if (x->next != NONE)
        s->parts[x->next].previous = p;
    s->by_size[x->n] = p;
    s->pairs += (uint64_t)x->n * (x->n - 1) / 2;
}

static void unlink_part(struct run *s, uint32_t p)
{
    struct part *x = &s->parts[p];
    if (x->previous != NONE)
        s->parts[x->previous].next = x->next;
    else
        s->by_size[x->n] = x->next;
    if (x->next != NONE)
        s->parts[x->next].previous = x->previous;
    s->pairs -= (uint64_t)x->n * (x->n - 1) / 2;
    s->free_parts[s->n_free++] = p;
}

/* Lists the component of start from members[first] on; returns its size. */
static uint32_t add_part(struct run *s, uint32_t start, uint32_t first)
{
    uint32_t head = first, tail = first, p = s->free_parts[--s->n_free];
    s->seen[start] = s->round;
    s->members[tail++] = start;
    while (head < tail) {
        uint32_t v = s->members[head++];
        s->part_of[v] = p;
        for (uint32_t j = s->g->near.at[v]; j < s->g->near.at[v + 1]; j++) {
            uint32_t w = s->g->near.to[j];
            if (s->seen[w] == s->round || s->gone[w])
                continue;
            s->seen[w] = s->round;
            s->members[tail++] = w;
        }
    }
    s->parts[p] = (struct part){ .first = first, .n = tail - first, .batch = 1 };
    link_part(s, p);
    return tail - first;
}

static void lower_lcc(struct run *s)
{
    while (s->lcc > 0 && s->by_size[s->lcc] == NONE)
        s->lcc--;
}

static void take_out(struct run *s, uint32_t v)
{
    uint32_t p = s->part_of[v], first = s->parts[p].first;
    unlink_part(s, p);
    s->gone[v] = true;
    s->round++;
    for (uint32_t j = s->g->near.at[v]; j < s->g->near.at[v + 1]; j++) {
        uint32_t w = s->g->near.to[j];
        if (s->gone[w])
            continue;
        s->degree[w]--;
        /* The members of the old part are all found again, less v: the new parts fit in its place. */
        if (s->seen[w] != s->round)
            first += add_part(s, w, first);
    }
    lower_lcc(s);
}

/* Betweenness for its cost. */
static double worth(const struct run *s, uint32_t v)
{
    return s->score[v] / lm_cost_of(s->wish->nodes, v);
}

/* Exact where one removal may cost that much; else from a sample, for as many removals as that takes. */
static void choose_sample(struct run *s, struct part *x)
{
    uint64_t arcs = 0;
    for (uint32_t i = 0; i < x->n; i++)
        arcs += s->degree[s->members[x->first + i]];
    if ((uint64_t)x->n <= LM_REMOVAL_SOURCES || (uint64_t)x->n * arcs <= s->allowance) {
        lm_between_sample(s->between, 0, 0);
        return;
    }
    uint64_t batch = (LM_REMOVAL_SOURCES * arcs + s->allowance - 1) / s->allowance;
    x->batch = batch < x->n / 16 ? (uint32_t)batch : x->n / 16;
    x->sampled = true;
    lm_between_sample(s->between, LM_REMOVAL_SOURCES, s->n_steps);
}

static lm_err score_part(struct run *s, struct part *x)
{
    x->best = 0;
    for (uint32_t i = 0; x->n <= 2 && i < x->n; i++)
        s->score[s->members[x->first + i]] = 0;
    if (x->n > 2) {
        choose_sample(s, x);
        lm_err err = lm_between_component(s->between, s->members[x->first], s->gone, s->score, NULL);
        if (err != LM_OK)
            return err;
        for (uint32_t i = 0; i < x->n; i++)
            if (worth(s, s->members[x->first + i]) > x->best)
                x->best = worth(s, s->members[x->first + i]);
    }
    x->scored = true;
    return LM_OK;
}

/* No vertex of a component of this size can be worth more (a star's centre has that betweenness). */
static double ceiling_of(const struct run *s, uint32_t size)
{
    double pairs = size < 3 ? 0 : (double)(size - 1) * (double)(size - 2);
    return (s->wish->directed && s->g->directed ? pairs : pairs / 2) / s->least_cost;
}

/* Parts of at most two vertices: betweenness 0 and equal degrees within a size, so the name decides.
 * Vertices only ever leave a size here, and names are in vertex order: one walk serves all steps. */
static uint32_t next_of_small(struct run *s)
{
    uint32_t v = s->tail_at[s->lcc];
    while (s->gone[v] || s->parts[s->part_of[v]].n != s->lcc)
        v++;
    s->tail_at[s->lcc] = v;
    return v;
}

/* The next to go: highest betweenness, then degree, then name, among the goal's candidates. */
static lm_err choose(struct run *s, uint32_t *ret)
{
    if (s->lcc <= 2) {
        *ret = next_of_small(s);
        s->score[*ret] = 0;
        return LM_OK;
    }
    uint32_t least = s->wish->goal == LM_GOAL_LCC ? s->lcc : 1;
    double best = 0;
    for (uint32_t n = s->lcc; n >= least && ceiling_of(s, n) >= best * (1 - TIE); n--)
        for (uint32_t p = s->by_size[n]; p != NONE; p = s->parts[p].next) {
            lm_err err = s->parts[p].scored ? LM_OK : score_part(s, &s->parts[p]);
            if (err != LM_OK)
                return err;
            if (s->parts[p].best > best)
                best = s->parts[p].best;
        }
    uint32_t first = NONE;
    for (uint32_t n = s->lcc; n >= least && ceiling_of(s, n) >= best * (1 - TIE); n--)
        for (uint32_t p = s->by_size[n]; p != NONE; p = s->parts[p].next) {
            const struct part *x = &s->parts[p];
            for (uint32_t i = 0; x->best >= best * (1 - TIE) && i < x->n; i++) {
                uint32_t v = s->members[x->first + i];
                if (worth(s, v) >= best * (1 - TIE)
                    && (first == NONE || s->degree[v] > s->degree[first]
                        || (s->degree[v] == s->degree[first] && v < first)))
                    first = v;
            }
        }
    *ret = first;
    return LM_OK;
}

static lm_err open_run(struct run *s, struct lm_arena *tmp, const struct lm_graph *g,
                       const struct lm_removal_wish *wish, const struct lm_effort *effort)
{
    size_t n = g->n;
    *s = (struct run){ .g = g, .wish = wish };
    s->gone = lm_arena_array(tmp, n, sizeof *s->gone);
    s->degree = lm_arena_array(tmp, n, sizeof *s->degree);
    s->score = lm_arena_array(tmp, n, sizeof *s->score);
    s->members = lm_arena_array(tmp, n, sizeof *s->members);
    s->part_of = lm_arena_array(tmp, n, sizeof *s->part_of);
    s->seen = lm_arena_array(tmp, n, sizeof *s->seen);
    s->parts = lm_arena_array(tmp, n, sizeof *s->parts);
    s->by_size = lm_arena_array(tmp, n + 1, sizeof *s->by_size);
    s->free_parts = lm_arena_array(tmp, n, sizeof *s->free_parts);
    s->offers = lm_arena_array(tmp, n, sizeof *s->offers);
    if (s->gone == NULL || s->degree == NULL || s->score == NULL || s->members == NULL || s->part_of == NULL
        || s->seen == NULL || s->parts == NULL || s->offers == NULL || s->by_size == NULL || s->free_parts == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i <= g->n; i++)
        s->by_size[i] = NONE;
    s->least_cost = g->n > 0 ? HUGE_VAL : 1;
    for (uint32_t v = 0; v < g->n; v++) {
        s->free_parts[s->n_free++] = g->n - 1 - v;
        s->degree[v] = lm_degree(&g->near, v);
        s->least_cost = fmin(s->least_cost, lm_cost_of(wish->nodes, v));
    }
    /* An exact order costs about removals × n × arcs / 3, and an eighth of the vertices is often enough. */
    uint64_t work = wish->work_max != 0 ? wish->work_max : LM_REMOVAL_WORK, removals = (uint64_t)g->n / 8 + 1;
    removals = removals < wish->k_max ? removals : wish->k_max;
    s->allowance = work / (removals > 0 ? removals : 1);
    s->round = 1;
    uint32_t first = 0;
    for (uint32_t v = 0; v < g->n; v++)
        if (s->seen[v] != s->round)
            first += add_part(s, v, first);
    s->lcc = g->n;
    lower_lcc(s);
    return lm_between_open(tmp, g, wish->directed, effort, &s->between);
}

static bool goes_on(const struct run *s, uint32_t n_steps)
{
    return n_steps < s->wish->k_max && n_steps < s->g->n && !((double)s->lcc < s->wish->until * s->g->n);
}

static void step(struct run *s, struct lm_removal *r, uint32_t v, double score)
{
    double before = r->n_steps > 0 ? r->steps[r->n_steps - 1].cost : 0;
    take_out(s, v);
    r->steps[r->n_steps++] = (struct lm_removal_step){ .vertex = v,
                                                       .lcc = s->lcc,
                                                       .pairs = s->pairs,
                                                       .score = score,
                                                       .cost = before + lm_cost_of(s->wish->nodes, v) };
}

static int by_worth(const void *x, const void *y)
{
    const struct offer *p = x, *q = y;
    if (p->worth != q->worth)
        return p->worth > q->worth ? -1 : 1;
    if (p->degree != q->degree)
        return p->degree > q->degree ? -1 : 1;
    return (p->vertex > q->vertex) - (p->vertex < q->vertex);
}

/* The highest of a component that was sampled go together: the difference between them is within the noise. */
static void step_batch(struct run *s, struct lm_removal *r, uint32_t v)
{
    const struct part x = s->parts[s->part_of[v]];
    for (uint32_t i = 0; i < x.n; i++) {
        uint32_t w = s->members[x.first + i];
        s->offers[i] = (struct offer){ worth(s, w), s->degree[w], w };
    }
    qsort(s->offers, x.n, sizeof *s->offers, by_worth);
    r->batch = x.batch > r->batch ? x.batch : r->batch;
    for (uint32_t i = 0; i < x.batch && s->offers[i].worth > 0 && goes_on(s, r->n_steps); i++) {
        uint32_t w = s->offers[i].vertex;
        if (i > 0 && s->wish->goal == LM_GOAL_LCC && s->parts[s->part_of[w]].n < s->lcc)
            continue; /* cut off by those before it */
        step(s, r, w, s->score[w]);
        r->sampled++;
    }
}

/* The goals about certain pairs: their order first, then the largest component. */
static lm_err wanted_first(struct lm_arena *a, const struct lm_graph *g, const struct lm_removal_wish *wish,
                           const struct lm_effort *effort, struct lm_removal *ret, struct lm_error *e)
{
    struct lm_removal_wish rest = *wish;
    uint32_t *order = lm_arena_array(a, g->n, sizeof *order);
    double *score = lm_arena_array(a, g->n, sizeof *score);
    lm_err err = order != NULL && score != NULL ? LM_OK : LM_ENOMEM;
    if (err == LM_OK)
        err = lm_wanted_order(g, wish, effort, order, score, &rest.n_first);
    if (err != LM_OK)
        return lm_fail(e, err, "the removal of %u vertices was not finished", g->n);
    rest.goal = LM_GOAL_LCC;
    rest.first = order;
    err = lm_removal_adaptive(a, g, &rest, effort, ret, e);
    for (uint32_t k = 0; err == LM_OK && k < rest.n_first && k < ret->n_steps; k++)
        ret->steps[k].score = score[k];
    return err;
}

lm_err lm_removal_adaptive(struct lm_arena *a, const struct lm_graph *g, const struct lm_removal_wish *wish,
                           const struct lm_effort *effort, struct lm_removal *ret, struct lm_error *e)
{
    if (wish->first == NULL && (wish->goal == LM_GOAL_REACH || wish->goal == LM_GOAL_CITIES))
        return wanted_first(a, g, wish, effort, ret, e);
    struct run s;
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    struct lm_removal r = { 0 };
    uint32_t most = wish->k_max < g->n ? wish->k_max : g->n;
    r.steps = lm_arena_array(a, most, sizeof *r.steps);
    lm_err err = r.steps != NULL ? open_run(&s, &tmp, g, wish, effort) : LM_ENOMEM;
    if (err == LM_OK) {
        r.lcc0 = s.lcc;
        r.pairs0 = s.pairs;
        while (goes_on(&s, r.n_steps) && r.n_steps < wish->n_first)
            step(&s, &r, wish->first[r.n_steps], NAN);
        while (goes_on(&s, r.n_steps)) {
            uint32_t v;
            err = lm_cancelled(effort) ? LM_ECANCELLED : choose(&s, &v);
            if (err != LM_OK)
                break;
            s.n_steps = r.n_steps;
            if (s.parts[s.part_of[v]].sampled && s.score[v] > 0)
                step_batch(&s, &r, v);
            else
                step(&s, &r, v, s.score[v]);
        }
        lm_between_close(s.between);
    }
    lm_arena_free(&tmp);
    if (err == LM_ECANCELLED)
        return lm_fail(e, err, "the removal was cancelled");
    if (err != LM_OK)
        return lm_fail(e, err, "no memory for the removal of %u vertices", g->n);
    r.measures = lm_removal_measure(r.steps, r.n_steps, g->n, r.lcc0);
    *ret = r;
    return LM_OK;
}

uint32_t lm_removal_ranked(const struct lm_removal *r)
{
    uint32_t n = 0;
    while (n < r->n_steps && r->steps[n].score > 0)
        n++;
    return n;
}

double lm_removal_auc10(const struct lm_removal_step *steps, uint32_t n_steps, uint32_t n)
{
    uint32_t k = 0;
    while (k < n_steps && (uint64_t)steps[k].lcc * 10 >= n)
        k++;
    if (k == n_steps)
        return NAN;
    uint32_t intervals = k; /* k + 1 values, 0 … k */
    if (intervals == 1)
        return ((double)steps[0].lcc + steps[1].lcc) / 2 / n;
    uint32_t even = intervals - intervals % 2;
    double sum = 0;
    for (uint32_t i = 0; i < even; i += 2)
        sum += ((double)steps[i].lcc + 4.0 * steps[i + 1].lcc + steps[i + 2].lcc) / 3;
    if (intervals % 2 == 1)
        sum += 5.0 / 12 * steps[k].lcc + 2.0 / 3 * steps[k - 1].lcc - 1.0 / 12 * steps[k - 2].lcc;
    return sum / n;
}

struct lm_removal_measures lm_removal_measure(const struct lm_removal_step *steps, uint32_t n_steps, uint32_t n,
                                              uint32_t lcc0)
{
    struct lm_removal_measures m = { .r = NAN, .r_cost = NAN, .n10 = LM_NOT_REACHED, .n1 = LM_NOT_REACHED };
    double sum = 0, costs = 0, paid = 0;
    for (uint64_t k = 0; k <= n_steps; k++) {
        uint64_t lcc = k == 0 ? lcc0 : steps[k - 1].lcc;
        if (k > 0) {
            sum += (double)lcc;
            costs += (double)lcc * (steps[k - 1].cost - paid);
            paid = steps[k - 1].cost;
        }
        if (m.n10 == LM_NOT_REACHED && lcc * 10 <= n)
            m.n10 = (int64_t)k;
        if (m.n1 == LM_NOT_REACHED && lcc * 100 <= n)
            m.n1 = (int64_t)k;
    }
    if (n > 0 && n_steps == n) {
        m.r = sum / n / n;
        m.r_cost = paid > 0 ? costs / paid / n : NAN;
    }
    m.auc10 = lm_removal_auc10(steps, n_steps, n);
    return m;
}
