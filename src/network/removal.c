#include "network/removal.h"

#include <math.h>

#include "network/betweenness.h"

#define TIE 1e-9
#define NONE UINT32_MAX

/* A component: its vertices are members[first … first + n - 1]. */
struct part {
    uint32_t first, n;
    uint32_t next, previous; /* others of the same size */
    double best;             /* highest betweenness in it; valid when scored */
    bool scored;
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
    s->parts[p] = (struct part){ .first = first, .n = tail - first };
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

static lm_err score_part(struct run *s, struct part *x)
{
    x->best = 0;
    for (uint32_t i = 0; x->n <= 2 && i < x->n; i++)
        s->score[s->members[x->first + i]] = 0;
    if (x->n > 2) {
        lm_err err = lm_between_component(s->between, s->members[x->first], s->gone, s->score, NULL);
        if (err != LM_OK)
            return err;
        for (uint32_t i = 0; i < x->n; i++)
            if (s->score[s->members[x->first + i]] > x->best)
                x->best = s->score[s->members[x->first + i]];
    }
    x->scored = true;
    return LM_OK;
}

/* No vertex of a component of this size can have a higher betweenness (a star's centre has it). */
static double ceiling_of(const struct run *s, uint32_t size)
{
    double pairs = size < 3 ? 0 : (double)(size - 1) * (double)(size - 2);
    return s->wish->directed && s->g->directed ? pairs : pairs / 2;
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
                if (s->score[v] >= best * (1 - TIE)
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
    if (s->gone == NULL || s->degree == NULL || s->score == NULL || s->members == NULL || s->part_of == NULL
        || s->seen == NULL || s->parts == NULL || s->by_size == NULL || s->free_parts == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i <= g->n; i++)
        s->by_size[i] = NONE;
    for (uint32_t v = 0; v < g->n; v++) {
        s->free_parts[s->n_free++] = g->n - 1 - v;
        s->degree[v] = lm_degree(&g->near, v);
    }
    s->round = 1;
    uint32_t first = 0;
    for (uint32_t v = 0; v < g->n; v++)
        if (s->seen[v] != s->round)
            first += add_part(s, v, first);
    s->lcc = g->n;
    lower_lcc(s);
    return lm_between_open(tmp, g, wish->directed, effort, &s->between);
}

lm_err lm_removal_adaptive(struct lm_arena *a, const struct lm_graph *g, const struct lm_removal_wish *wish,
                           const struct lm_effort *effort, struct lm_removal *ret, struct lm_error *e)
{
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
        while (r.n_steps < most && !((double)s.lcc < wish->until * g->n)) {
            uint32_t v;
            err = lm_cancelled(effort) ? LM_ECANCELLED : choose(&s, &v);
            if (err != LM_OK)
                break;
            double score = s.score[v];
            take_out(&s, v);
            r.steps[r.n_steps++] =
                (struct lm_removal_step){ .vertex = v, .lcc = s.lcc, .pairs = s.pairs, .score = score };
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
    struct lm_removal_measures m = { .r = NAN, .n10 = LM_NOT_REACHED, .n1 = LM_NOT_REACHED };
    double sum = 0;
    for (uint64_t k = 0; k <= n_steps; k++) {
        uint64_t lcc = k == 0 ? lcc0 : steps[k - 1].lcc;
        sum += k == 0 ? 0 : (double)lcc;
        if (m.n10 == LM_NOT_REACHED && lcc * 10 <= n)
            m.n10 = (int64_t)k;
        if (m.n1 == LM_NOT_REACHED && lcc * 100 <= n)
            m.n1 = (int64_t)k;
    }
    if (n > 0 && n_steps == n)
        m.r = sum / n / n;
    m.auc10 = lm_removal_auc10(steps, n_steps, n);
    return m;
}
