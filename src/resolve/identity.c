#include "resolve/identity.h"

#include <stdlib.h>
#include <string.h>

#include "resolve/cluster.h"

#define NONE UINT32_MAX
/* Pairs kept apart inside one component that are looked at one by one; more: none of its edges joins. */
#define PAIRS_MOST 4096u

bool lm_holdings_meet(const struct lm_holding *a, const struct lm_holding *b)
{
    if (!a->dated || !b->dated)
        return true;
    const struct lm_holding *first = a->first_us <= b->first_us ? a : b, *next = first == a ? b : a;
    return next->first_us <= first->last_us || (uint64_t)next->first_us - (uint64_t)first->last_us < LM_NUMBER_RESTS_US;
}

/* --- a graph with parallel edges, and its blocks --- */

struct graph {
    uint32_t n, m;
    const uint32_t *a, *b; /* edge → its ends */
    uint32_t *at, *near;   /* vertex → its edges */
    uint32_t *block;       /* edge → block */
    uint32_t n_blocks;
    uint32_t *block_at, *in_block; /* block → its edges */
};

static lm_err graph_make(struct lm_arena *r, struct graph *g)
{
    g->at = lm_arena_array(r, (size_t)g->n + 2, sizeof *g->at);
    g->near = lm_arena_array(r, (size_t)g->m * 2 + 1, sizeof *g->near);
    g->block = lm_arena_array(r, (size_t)g->m + 1, sizeof *g->block);
    g->block_at = lm_arena_array(r, (size_t)g->m + 2, sizeof *g->block_at);
    g->in_block = lm_arena_array(r, (size_t)g->m + 1, sizeof *g->in_block);
    if (g->at == NULL || g->near == NULL || g->block == NULL || g->block_at == NULL || g->in_block == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i < g->m; i++) {
        g->at[g->a[i] + 2]++;
        g->at[g->b[i] + 2]++;
    }
    for (uint32_t v = 2; v <= g->n; v++)
        g->at[v] += g->at[v - 1];
    for (uint32_t i = 0; i < g->m; i++) {
        g->near[g->at[g->a[i] + 1]++] = i;
        g->near[g->at[g->b[i] + 1]++] = i;
    }
    return LM_OK;
}

struct walk {
    uint32_t *seen, *low, *next, *by; /* vertex: when it was met, how far back it leads, which edge is next, by which it was met */
    uint32_t *path, *open;            /* vertices on the way, edges without a block */
    uint32_t n_path, n_open, clock;
};

static void end_block(struct graph *g, struct walk *w, uint32_t edge)
{
    uint32_t i;
    do {
        i = w->open[--w->n_open];
        g->block[i] = g->n_blocks;
    } while (i != edge);
    g->n_blocks++;
}

static void meet(struct walk *w, const struct graph *g, uint32_t v, uint32_t by)
{
    w->seen[v] = w->low[v] = ++w->clock;
    w->next[v] = g->at[v];
    w->by[v] = by;
    w->path[w->n_path++] = v;
}

static void walk_from(struct graph *g, struct walk *w, uint32_t root)
{
    meet(w, g, root, NONE);
    while (w->n_path != 0) {
        uint32_t v = w->path[w->n_path - 1];
        if (w->next[v] < g->at[v + 1]) {
            uint32_t i = g->near[w->next[v]++], to = g->a[i] == v ? g->b[i] : g->a[i];
            if (i == w->by[v] || (w->seen[to] != 0 && w->seen[to] > w->seen[v]))
                continue;
            w->open[w->n_open++] = i;
            if (w->seen[to] == 0)
                meet(w, g, to, i);
            else if (w->seen[to] < w->low[v])
                w->low[v] = w->seen[to];
            continue;
        }
        w->n_path--;
        if (w->by[v] == NONE)
            continue;
        uint32_t up = w->path[w->n_path - 1];
        if (w->low[v] < w->low[up])
            w->low[up] = w->low[v];
        if (w->low[v] >= w->seen[up])
            end_block(g, w, w->by[v]);
    }
}

static lm_err graph_blocks(struct lm_arena *r, struct graph *g)
{
    struct walk w = { 0 };
    uint32_t **each[] = { &w.seen, &w.low, &w.next, &w.by, &w.path };
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
        if ((*each[i] = lm_arena_array(r, (size_t)g->n + 1, sizeof(uint32_t))) == NULL)
            return LM_ENOMEM;
    w.open = lm_arena_array(r, (size_t)g->m + 1, sizeof *w.open);
    if (w.open == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < g->n; v++)
        if (w.seen[v] == 0)
            walk_from(g, &w, v);
    for (uint32_t i = 0; i < g->m; i++)
        g->block_at[g->block[i] + 1]++;
    for (uint32_t k = 1; k <= g->n_blocks; k++)
        g->block_at[k] += g->block_at[k - 1];
    uint32_t *put = lm_arena_array(r, (size_t)g->n_blocks + 1, sizeof *put);
    if (put == NULL)
        return LM_ENOMEM;
    memcpy(put, g->block_at, g->n_blocks * sizeof *put);
    for (uint32_t i = 0; i < g->m; i++)
        g->in_block[put[g->block[i]]++] = i;
    return LM_OK;
}

/* --- who is kept apart --- */

struct sorting {
    struct lm_arena *r;
    struct lm_identity_graph *g;
    uint32_t *group;        /* account → what a person's words join it with */
    int64_t *holder;        /* group */
    struct lm_identity_apart *apart; /* groups */
    uint32_t n_apart;
    struct graph records;   /* groups, joined by records */
    uint32_t *edge_of;      /* edge of records → edge of g */
    /* marking */
    uint32_t *vertex_round, *vertex_by, *block_round, *block_by, *queue, round;
};

static int64_t both(int64_t x, int64_t y)
{
    return x == LM_HOLDER_NONE || x == y ? y : y == LM_HOLDER_NONE ? x : LM_HOLDER_SEVERAL;
}

static bool other_people(int64_t x, int64_t y)
{
    return x == LM_HOLDER_SEVERAL || y == LM_HOLDER_SEVERAL || (x != LM_HOLDER_NONE && y != LM_HOLDER_NONE && x != y);
}

static struct lm_identity_apart pair_of(uint32_t a, uint32_t b)
{
    return a < b ? (struct lm_identity_apart){ .a = a, .b = b } : (struct lm_identity_apart){ .a = b, .b = a };
}

static lm_err by_words(struct sorting *s)
{
    struct lm_identity_graph *g = s->g;
    s->group = lm_arena_array(s->r, (size_t)g->n + 1, sizeof *s->group);
    s->holder = lm_arena_array(s->r, (size_t)g->n + 1, sizeof *s->holder);
    s->apart = lm_arena_array(s->r, (size_t)g->n_apart + 1, sizeof *s->apart);
    if (s->group == NULL || s->holder == NULL || s->apart == NULL)
        return LM_ENOMEM;
    lm_sets_init(s->group, g->n);
    for (uint32_t i = 0; i < g->n_edges; i++)
        if (g->edges[i].word)
            (void)lm_sets_join(s->group, g->edges[i].a, g->edges[i].b);
    for (uint32_t v = 0; v < g->n; v++)
        s->group[v] = lm_set_of(s->group, v);
    for (uint32_t v = 0; v < g->n && g->holder != NULL; v++) {
        int64_t *of = &s->holder[s->group[v]], was = *of;
        *of = both(was, g->holder[v]);
        g->contradictions += *of == LM_HOLDER_SEVERAL && was > 0 && g->holder[v] > 0;
    }
    for (uint32_t i = 0; i < g->n_apart; i++) {
        struct lm_identity_apart p = pair_of(s->group[g->apart[i].a], s->group[g->apart[i].b]);
        g->contradictions += p.a == p.b && g->apart[i].word;
        if (p.a != p.b)
            s->apart[s->n_apart++] = p;
    }
    return LM_OK;
}

static int by_pair(const void *x, const void *y)
{
    const struct lm_identity_apart *p = x, *q = y;
    return p->a != q->a ? (p->a > q->a) - (p->a < q->a) : (p->b > q->b) - (p->b < q->b);
}

static bool kept_apart(const struct sorting *s, uint32_t a, uint32_t b)
{
    struct lm_identity_apart p = pair_of(a, b);
    return other_people(s->holder[a], s->holder[b])
           || (s->n_apart != 0 && bsearch(&p, s->apart, s->n_apart, sizeof p, by_pair) != NULL);
}

static lm_err by_records(struct sorting *s)
{
    struct lm_identity_graph *g = s->g;
    uint32_t *a = lm_arena_array(s->r, (size_t)g->n_edges + 1, sizeof *a), *b = lm_arena_array(s->r, (size_t)g->n_edges + 1, sizeof *b);
    s->edge_of = lm_arena_array(s->r, (size_t)g->n_edges + 1, sizeof *s->edge_of);
    if (a == NULL || b == NULL || s->edge_of == NULL)
        return LM_ENOMEM;
    if (s->n_apart != 0)
        qsort(s->apart, s->n_apart, sizeof *s->apart, by_pair);
    for (uint32_t i = 0; i < g->n_edges; i++) {
        struct lm_identity_edge *x = &g->edges[i];
        uint32_t from = s->group[x->a], to = s->group[x->b];
        x->fate = LM_EDGE_JOINS;
        if (x->word || from == to)
            continue;
        if (kept_apart(s, from, to)) {
            x->fate = LM_EDGE_APART;
            continue;
        }
        s->edge_of[s->records.m] = i;
        a[s->records.m] = from;
        b[s->records.m++] = to;
    }
    s->records.n = g->n;
    s->records.a = a;
    s->records.b = b;
    return graph_make(s->r, &s->records);
}

/* --- the ways between two --- */

static void stop_block(struct sorting *s, uint32_t block)
{
    for (uint32_t k = s->records.block_at[block]; k < s->records.block_at[block + 1]; k++)
        s->g->edges[s->edge_of[s->records.in_block[k]]].fate = LM_EDGE_BETWEEN;
}

static void enter_block(struct sorting *s, uint32_t block, uint32_t from, uint32_t *n_queue)
{
    const struct graph *r = &s->records;
    s->block_round[block] = s->round;
    s->block_by[block] = from;
    for (uint32_t k = r->block_at[block]; k < r->block_at[block + 1]; k++) {
        uint32_t ends[2] = { r->a[r->in_block[k]], r->b[r->in_block[k]] };
        for (int i = 0; i < 2; i++) {
            if (s->vertex_round[ends[i]] == s->round)
                continue;
            s->vertex_round[ends[i]] = s->round;
            s->vertex_by[ends[i]] = block;
            s->queue[(*n_queue)++] = ends[i];
        }
    }
}

/* Stops every block on the ways from u to v; nothing when there is none. */
static void stop_between(struct sorting *s, uint32_t u, uint32_t v)
{
    const struct graph *r = &s->records;
    uint32_t n_queue = 1;
    s->round++;
    s->queue[0] = u;
    s->vertex_round[u] = s->round;
    for (uint32_t i = 0; i < n_queue && s->vertex_round[v] != s->round; i++) {
        uint32_t x = s->queue[i];
        for (uint32_t k = r->at[x]; k < r->at[x + 1]; k++)
            if (s->block_round[r->block[r->near[k]]] != s->round)
                enter_block(s, r->block[r->near[k]], x, &n_queue);
    }
    if (s->vertex_round[v] != s->round)
        return;
    while (v != u) {
        uint32_t block = s->vertex_by[v];
        stop_block(s, block);
        v = s->block_by[block];
    }
}

static void stop_all(struct sorting *s, const uint32_t *members, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = s->records.at[members[i]]; k < s->records.at[members[i] + 1]; k++)
            s->g->edges[s->edge_of[s->records.near[k]]].fate = LM_EDGE_BETWEEN;
}

/* Of a component: those who are decided to be somebody, each against each of another. */
static void stop_holders(struct sorting *s, const uint32_t *members, uint32_t n)
{
    uint32_t known = 0;
    bool differ = false;
    for (uint32_t i = 0; i < n; i++) {
        int64_t h = s->holder[members[i]];
        if (h == LM_HOLDER_NONE)
            continue;
        differ = differ || (known != 0 && h != s->holder[s->queue[0]]);
        s->queue[known++] = members[i];
    }
    if (!differ)
        return;
    if ((uint64_t)known * known / 2 > PAIRS_MOST) {
        stop_all(s, members, n);
        return;
    }
    uint32_t *who = lm_arena_array(s->r, known, sizeof *who);
    if (who == NULL) { /* nothing joins that could not be looked at */
        stop_all(s, members, n);
        return;
    }
    memcpy(who, s->queue, known * sizeof *who);
    for (uint32_t i = 0; i < known; i++)
        for (uint32_t k = i + 1; k < known; k++)
            if (other_people(s->holder[who[i]], s->holder[who[k]]))
                stop_between(s, who[i], who[k]);
}

/* members: groups in order of the component that they are in. */
static lm_err stop_components(struct sorting *s)
{
    const struct graph *r = &s->records;
    uint32_t *part = lm_arena_array(s->r, (size_t)r->n + 1, sizeof *part), *count = lm_arena_array(s->r, (size_t)r->n + 2, sizeof *count),
             *members = lm_arena_array(s->r, (size_t)r->n + 1, sizeof *members), *pairs = lm_arena_array(s->r, (size_t)r->n + 1, sizeof *pairs);
    if (part == NULL || count == NULL || members == NULL || pairs == NULL)
        return LM_ENOMEM;
    lm_sets_init(part, r->n);
    for (uint32_t i = 0; i < r->m; i++)
        (void)lm_sets_join(part, r->a[i], r->b[i]);
    for (uint32_t v = 0; v < r->n; v++)
        count[lm_set_of(part, v) + 1]++;
    for (uint32_t v = 1; v <= r->n; v++)
        count[v] += count[v - 1];
    uint32_t *put = lm_arena_array(s->r, (size_t)r->n + 1, sizeof *put);
    if (put == NULL)
        return LM_ENOMEM;
    memcpy(put, count, r->n * sizeof *put);
    for (uint32_t v = 0; v < r->n; v++)
        members[put[lm_set_of(part, v)]++] = v;
    for (uint32_t i = 0; i < s->n_apart; i++)
        pairs[lm_set_of(part, s->apart[i].a)] += lm_set_of(part, s->apart[i].a) == lm_set_of(part, s->apart[i].b);
    for (uint32_t i = 0; i < s->n_apart; i++) {
        uint32_t p = lm_set_of(part, s->apart[i].a);
        if (pairs[p] != 0 && pairs[p] <= PAIRS_MOST && p == lm_set_of(part, s->apart[i].b))
            stop_between(s, s->apart[i].a, s->apart[i].b);
    }
    for (uint32_t p = 0; p < r->n; p++) {
        if (count[p + 1] - count[p] < 2)
            continue;
        if (pairs[p] > PAIRS_MOST)
            stop_all(s, members + count[p], count[p + 1] - count[p]);
        else
            stop_holders(s, members + count[p], count[p + 1] - count[p]);
    }
    return LM_OK;
}

static lm_err stop_ways(struct sorting *s)
{
    uint32_t **each[] = { &s->vertex_round, &s->vertex_by, &s->block_round, &s->block_by, &s->queue };
    bool any = s->n_apart != 0;
    for (uint32_t v = 0; v < s->g->n && !any; v++)
        any = s->holder[v] != LM_HOLDER_NONE;
    if (!any || s->records.m == 0)
        return LM_OK;
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
        if ((*each[i] = lm_arena_array(s->r, (size_t)s->records.n + s->records.m + 1, sizeof(uint32_t))) == NULL)
            return LM_ENOMEM;
    lm_err err = graph_blocks(s->r, &s->records);
    return err != LM_OK ? err : stop_components(s);
}

/* --- the answer --- */

static lm_err bridges(struct sorting *s)
{
    struct lm_identity_graph *g = s->g;
    uint32_t *a = lm_arena_array(s->r, (size_t)g->n_edges + 1, sizeof *a), *b = lm_arena_array(s->r, (size_t)g->n_edges + 1, sizeof *b),
             *of = lm_arena_array(s->r, (size_t)g->n_edges + 1, sizeof *of);
    struct graph all = { .n = g->n, .a = a, .b = b };
    if (a == NULL || b == NULL || of == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i < g->n_edges; i++) {
        if (g->edges[i].fate != LM_EDGE_JOINS || g->edges[i].a == g->edges[i].b)
            continue;
        of[all.m] = i;
        a[all.m] = g->edges[i].a;
        b[all.m++] = g->edges[i].b;
    }
    lm_err err = graph_make(s->r, &all);
    if (err == LM_OK)
        err = graph_blocks(s->r, &all);
    for (uint32_t i = 0; i < all.m && err == LM_OK; i++)
        g->edges[of[i]].bridge = all.block_at[all.block[i] + 1] - all.block_at[all.block[i]] == 1;
    return err;
}

lm_err lm_identity_sets(struct lm_arena *a, struct lm_identity_graph *g)
{
    struct sorting s = { .r = a, .g = g };
    g->contradictions = 0;
    g->set = lm_arena_array(a, (size_t)g->n + 1, sizeof *g->set);
    lm_err err = g->set != NULL ? by_words(&s) : LM_ENOMEM;
    if (err == LM_OK)
        err = by_records(&s);
    if (err == LM_OK)
        err = stop_ways(&s);
    if (err != LM_OK)
        return err;
    lm_sets_init(g->set, g->n);
    for (uint32_t i = 0; i < g->n_edges; i++)
        if (g->edges[i].fate == LM_EDGE_JOINS)
            (void)lm_sets_join(g->set, g->edges[i].a, g->edges[i].b);
    for (uint32_t v = 0; v < g->n; v++)
        g->set[v] = lm_set_of(g->set, v);
    return bridges(&s);
}
