#include "network/best.h"

#include <stdlib.h>

#include "network/exact.h"
#include "network/reinsert.h"
#include "network/separate.h"

struct search {
    struct lm_arena *a;
    const struct lm_graph *g;
    const struct lm_best_wish *wish;
    const struct lm_effort *effort;
    struct lm_measurer *measurer;
    bool *gone;
    uint32_t *degrees; /* falling */
    uint32_t n_parts;
    struct lm_error *e;
};

static int falling(const void *x, const void *y)
{
    uint32_t p = *(const uint32_t *)x, q = *(const uint32_t *)y;
    return (p < q) - (p > q);
}

static struct lm_left left_without(struct search *s, const uint32_t *vertex, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        s->gone[vertex[i]] = true;
    struct lm_left l = lm_left_after(s->measurer, s->gone);
    for (uint32_t i = 0; i < n; i++)
        s->gone[vertex[i]] = false;
    return l;
}

static double cost_of_set(const struct search *s, const uint32_t *vertex, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += lm_cost_of(s->wish->nodes, vertex[i]);
    return sum;
}

/* A vertex of degree d makes at most d components of one; as equal as they can be, they hold the fewest. */
static uint64_t least_by_degrees(const struct search *s, uint32_t k)
{
    uint64_t parts = s->n_parts, n = s->g->n - k;
    for (uint32_t i = 0; i < k; i++)
        parts += s->degrees[i] > 0 ? s->degrees[i] - 1 : 0;
    if (n == 0)
        return 0;
    uint64_t each = n / parts, larger = n % parts;
    if (s->wish->goal == LM_GOAL_LCC)
        return each + (larger > 0);
    if (s->wish->goal != LM_GOAL_PAIRS)
        return 0;
    return larger * (each + 1) * each / 2 + (each == 0 ? 0 : (parts - larger) * each * (each - 1) / 2);
}

/* Asks for components smaller than the best known until there are none; then, when that takes too long, how
 * far down the answer is still no. */
static lm_err prove_lcc(struct search *s, uint32_t k, struct lm_best_set *b)
{
    uint64_t low = (uint64_t)b->known.bound, high = b->left.lcc, work = LM_BEST_WORK_BOUND, ask = high - 1;
    while (low < high && ask >= 1) {
        struct lm_separate r;
        const struct lm_separate_wish wish = { .largest = (uint32_t)ask,
                                               .budget = k,
                                               .work_max = ask + 1 == high ? work / 2 : work / 4 };
        lm_err err = lm_separate(s->a, s->g, &wish, s->effort, &r, s->e);
        if (err != LM_OK)
            return err;
        b->known.sets += r.branches;
        work -= r.work < work ? r.work : work;
        if (r.answer == LM_SEPARATE_FOUND) {
            memcpy(b->vertex, r.vertex, r.n * sizeof *r.vertex);
            /* fewer than k did: any others may go as well */
            bool *in = lm_arena_array(s->a, s->g->n, sizeof *in);
            if (in == NULL)
                return lm_fail(s->e, LM_ENOMEM, "no memory for the best set");
            for (uint32_t i = 0; i < r.n; i++)
                in[r.vertex[i]] = true;
            for (uint32_t v = 0, i = r.n; v < s->g->n && i < k; v++)
                if (!in[v])
                    b->vertex[i++] = v;
            b->left = left_without(s, b->vertex, k);
            high = b->left.lcc;
            ask = high - 1;
        } else if (r.answer == LM_SEPARATE_NONE) {
            low = ask + 1;
            ask = low + (high - low) / 2;
        } else if (work < LM_BEST_WORK_BOUND / 16 || ask == low) {
            break;
        } else {
            ask = low + (ask - low) / 2;
        }
    }
    b->known.bound = (double)(low < high ? low : high);
    return LM_OK;
}

static int ascending(const void *x, const void *y)
{
    return -falling(x, y);
}

/* The best known without looking at all sets, and a bound. */
static lm_err by_bound(struct search *s, const struct lm_exact_wish *wish, const struct lm_best_set *last,
                       struct lm_best_set *b)
{
    uint32_t k = wish->k;
    struct lm_exact_set first = { .vertex = lm_arena_array(s->a, k, sizeof(uint32_t)), .n = k };
    b->vertex = lm_arena_array(s->a, k, sizeof *b->vertex);
    if (b->vertex == NULL || first.vertex == NULL)
        return lm_fail(s->e, LM_ENOMEM, "no memory for the best set");
    memcpy(b->vertex, s->wish->order, k * sizeof *b->vertex);
    lm_err err = lm_exact_improve(s->a, s->g, wish, s->effort, b->vertex, &first, s->e);
    if (err != LM_OK)
        return err;
    b->known.kind = LM_KNOWN_BOUND;
    b->known.sets = first.sets;
    memcpy(b->vertex, first.vertex, k * sizeof *b->vertex);
    b->left = first.left;
    /* from the best set of k - 1 as well */
    if (last != NULL && k > 1) {
        uint32_t *other = lm_arena_array(s->a, k, sizeof *other), v = 0;
        if (other == NULL)
            return lm_fail(s->e, LM_ENOMEM, "no memory for the best set");
        for (uint32_t i = 0; i < k - 1; i++)
            s->gone[other[i] = last->vertex[i]] = true;
        while (s->gone[s->wish->order[v]])
            v++;
        other[k - 1] = s->wish->order[v];
        for (uint32_t i = 0; i < k - 1; i++)
            s->gone[other[i]] = false;
        err = lm_exact_improve(s->a, s->g, wish, s->effort, other, &first, s->e);
        if (err != LM_OK)
            return err;
        b->known.sets += first.sets;
        if (lm_left_value(&first.left, s->wish->goal) < lm_left_value(&b->left, s->wish->goal)) {
            memcpy(b->vertex, first.vertex, k * sizeof *b->vertex);
            b->left = first.left;
        }
    }
    b->known.bound = (double)least_by_degrees(s, k);
    if (s->wish->goal == LM_GOAL_LCC && s->g->n <= LM_SEPARATE_VERTICES && b->left.lcc > 1)
        err = prove_lcc(s, k, b);
    qsort(b->vertex, k, sizeof *b->vertex, ascending);
    b->known.gap = (double)lm_left_value(&b->left, s->wish->goal) - b->known.bound;
    return err;
}

static lm_err one_k(struct search *s, uint32_t k, const struct lm_best_set *last, struct lm_best_set *ret)
{
    const struct lm_exact_wish wish = { .goal = s->wish->goal, .nodes = s->wish->nodes, .k = k };
    struct lm_best_set b = { .n = k };
    uint64_t work = lm_exact_work(s->g, &wish);
    bool costs = s->wish->nodes != NULL && s->wish->nodes->cost != NULL;
    lm_err err = LM_OK;
    /* Branch and bound is quick where it is at all; it does not know the cheapest among equals. */
    bool bounded = work > LM_BEST_WORK_ENUMERATE
                   || (work > LM_BEST_WORK_UNASKED && s->wish->goal == LM_GOAL_LCC && !costs);
    if (bounded)
        err = by_bound(s, &wish, last, &b);
    if (err == LM_OK && work <= LM_BEST_WORK_ENUMERATE && (!bounded || b.known.gap > 0)) {
        struct lm_exact_set set;
        err = lm_exact_enumerate(s->a, s->g, &wish, s->effort, &set, s->e);
        if (err == LM_OK) {
            b.vertex = set.vertex;
            b.left = set.left;
            b.known = (struct lm_optimality){ .kind = LM_KNOWN_ENUMERATION, .sets = set.sets };
            b.known.bound = (double)lm_left_value(&set.left, s->wish->goal);
        }
    }
    if (err == LM_OK) {
        b.cost = cost_of_set(s, b.vertex, k);
        *ret = b;
    }
    return err;
}

static lm_err find_fewest(struct search *s, struct lm_best_set *ret)
{
    const struct lm_best_wish *w = s->wish;
    const struct lm_node_data *d = w->nodes;
    struct lm_reinsert start;
    struct lm_fewest f = { 0 };
    uint64_t work = s->g->n <= LM_SEPARATE_VERTICES ? LM_BEST_WORK_BOUND : 0;
    uint32_t n = 0;
    struct lm_left *left = lm_arena_array(s->a, w->n_order, sizeof *left);
    if (left == NULL)
        return lm_fail(s->e, LM_ENOMEM, "no memory for the fewest");
    lm_err err = lm_measure_order(s->g, NULL, w->order, w->n_order, left, s->e);
    while (err == LM_OK && n < w->n_order && (n == 0 ? s->g->n : left[n - 1].lcc) > w->largest)
        n++;
    if (err == LM_OK)
        err = lm_reinsert(s->a, s->g, d, w->order, n, w->largest, &start, s->e);
    if (err == LM_OK && w->largest == 0) /* everything goes */
        f = (struct lm_fewest){ .vertex = start.kept,
                                .n = start.n_kept,
                                .bound = cost_of_set(s, start.kept, start.n_kept) };
    else if (err == LM_OK)
        err = lm_fewest(s->a, s->g, w->largest, d != NULL ? d->cost : NULL, start.kept, start.n_kept, work,
                        s->effort, &f, s->e);
    if (err != LM_OK)
        return err;
    *ret = (struct lm_best_set){ .vertex = f.vertex, .n = f.n, .left = left_without(s, f.vertex, f.n) };
    ret->cost = cost_of_set(s, f.vertex, f.n);
    ret->known = (struct lm_optimality){ .kind = LM_KNOWN_BOUND, .sets = f.branches, .bound = f.bound };
    ret->known.gap = ret->cost - f.bound;
    if (ret->known.gap < 1e-9 * ret->cost)
        ret->known.gap = 0;
    return LM_OK;
}

static lm_err open_search(struct search *s, struct lm_arena *tmp)
{
    struct lm_left all;
    lm_err err = lm_measurer_open(tmp, s->g, s->wish->nodes, &s->measurer);
    s->gone = lm_arena_array(tmp, s->g->n, sizeof *s->gone);
    s->degrees = lm_arena_array(tmp, s->g->n, sizeof *s->degrees);
    if (err != LM_OK || s->gone == NULL || s->degrees == NULL)
        return lm_fail(s->e, LM_ENOMEM, "no memory for the best sets of %u vertices", s->g->n);
    all = lm_left_after(s->measurer, s->gone);
    s->n_parts = all.parts;
    for (uint32_t v = 0; v < s->g->n; v++)
        s->degrees[v] = lm_degree(&s->g->near, v);
    if (s->g->n > 1)
        qsort(s->degrees, s->g->n, sizeof *s->degrees, falling);
    return LM_OK;
}

lm_err lm_best_sets(struct lm_arena *a, const struct lm_graph *g, const struct lm_best_wish *wish,
                    const struct lm_effort *effort, struct lm_best *ret, struct lm_error *e)
{
    struct lm_arena tmp;
    struct search s = { .a = a, .g = g, .wish = wish, .effort = effort, .e = e };
    struct lm_best r = { 0 };
    lm_arena_init(&tmp, SIZE_MAX / 2);
    lm_err err = open_search(&s, &tmp);
    if (err == LM_OK && wish->fewest)
        err = find_fewest(&s, &r.fewest);
    uint32_t most = wish->k_max != 0 ? wish->k_max : r.fewest.n;
    most = most < g->n ? most : g->n;
    if (err == LM_OK && (r.steps = lm_arena_array(a, most, sizeof *r.steps)) == NULL)
        err = lm_fail(e, LM_ENOMEM, "no memory for %u best sets", most);
    while (err == LM_OK && r.n_steps < most) {
        const struct lm_exact_wish next = { .goal = wish->goal, .nodes = wish->nodes, .k = r.n_steps + 1 };
        if (wish->k_max == 0 && lm_exact_work(g, &next) > LM_BEST_WORK_UNASKED)
            break;
        const struct lm_best_set *last = r.n_steps > 0 ? &r.steps[r.n_steps - 1] : NULL;
        err = one_k(&s, r.n_steps + 1, last, &r.steps[r.n_steps]);
        r.n_steps += err == LM_OK;
    }
    lm_arena_free(&tmp);
    if (err == LM_OK)
        *ret = r;
    return err;
}
