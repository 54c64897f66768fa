#include "network/goal.h"

#define CELLS_MAX ((uint64_t)1 << 28)

uint64_t lm_left_value(const struct lm_left *l, enum lm_goal goal)
{
    switch (goal) {
    case LM_GOAL_LCC:
        return l->lcc;
    case LM_GOAL_PAIRS:
        return l->pairs;
    case LM_GOAL_REACH:
        return l->reach;
    case LM_GOAL_CITIES:
        break;
    }
    return l->cities;
}

struct lm_measurer {
    const struct lm_graph *g;
    const struct lm_node_data *d;
    uint32_t *queue, *seen, round;
    uint32_t *in_city; /* of the component at hand */
};

lm_err lm_measurer_open(struct lm_arena *a, const struct lm_graph *g, const struct lm_node_data *d,
                        struct lm_measurer **ret)
{
    struct lm_measurer *m = lm_arena_alloc(a, sizeof *m);
    if (m == NULL)
        return LM_ENOMEM;
    m->g = g;
    m->d = d;
    m->queue = lm_arena_array(a, g->n, sizeof *m->queue);
    m->seen = lm_arena_array(a, g->n, sizeof *m->seen);
    m->in_city = lm_arena_array(a, d != NULL && d->city != NULL ? d->n_cities : 0, sizeof *m->in_city);
    if (m->queue == NULL || m->seen == NULL || m->in_city == NULL)
        return LM_ENOMEM;
    *ret = m;
    return LM_OK;
}

/* Adds the component that stands in queue[0 … n - 1]. */
static void add_component(struct lm_measurer *m, uint32_t n, struct lm_left *l)
{
    const struct lm_node_data *d = m->d;
    l->parts++;
    l->pairs += (uint64_t)n * (n - 1) / 2;
    if (n > l->lcc)
        l->lcc = n;
    if (d != NULL && d->source != NULL) {
        uint64_t sources = 0, customers = 0, both = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t v = m->queue[i];
            sources += d->source[v];
            customers += d->customer[v];
            both += d->source[v] && d->customer[v];
        }
        l->reach += sources * customers - both;
        l->supplied += sources > 0 ? customers : 0;
    }
    if (d != NULL && d->city != NULL) {
        uint64_t known = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t c = d->city[m->queue[i]];
            if (c != LM_NO_CITY)
                l->cities += known++ - m->in_city[c]++;
        }
        for (uint32_t i = 0; i < n; i++)
            if (d->city[m->queue[i]] != LM_NO_CITY)
                m->in_city[d->city[m->queue[i]]] = 0;
    }
}

struct lm_left lm_left_after(struct lm_measurer *m, const bool *gone)
{
    const struct lm_adjacency *near = &m->g->near;
    struct lm_left l = { 0 };
    m->round++;
    for (uint32_t s = 0; s < m->g->n; s++) {
        if (gone[s] || m->seen[s] == m->round)
            continue;
        uint32_t head = 0, tail = 0;
        m->seen[s] = m->round;
        m->queue[tail++] = s;
        while (head < tail) {
            uint32_t v = m->queue[head++];
            for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++) {
                uint32_t w = near->to[j];
                if (gone[w] || m->seen[w] == m->round)
                    continue;
                m->seen[w] = m->round;
                m->queue[tail++] = w;
            }
        }
        add_component(m, tail, &l);
    }
    return l;
}

/* Disjoint sets that know their sums. Members of a set are a list, so that a small one can be walked. */
struct sets {
    const struct lm_node_data *d;
    uint32_t *up, *size, *next, *last;
    uint32_t *sources, *customers;
    uint32_t *in_city, *known; /* in_city: vertex × city */
    struct lm_left left;
};

static uint32_t root_of(struct sets *s, uint32_t v)
{
    while (s->up[v] != v)
        v = s->up[v] = s->up[s->up[v]];
    return v;
}

/* The cities of the smaller set b, member by member, join those of a. */
static void join_cities(struct sets *s, uint32_t a, uint32_t b)
{
    uint32_t *mine = s->in_city + (size_t)a * s->d->n_cities;
    for (uint32_t v = b; v != UINT32_MAX; v = s->next[v])
        if (s->d->city[v] != LM_NO_CITY)
            s->left.cities += s->known[a] - mine[s->d->city[v]];
    for (uint32_t v = b; v != UINT32_MAX; v = s->next[v])
        if (s->d->city[v] != LM_NO_CITY)
            mine[s->d->city[v]]++;
    s->known[a] += s->known[b];
}

static void join(struct sets *s, uint32_t a, uint32_t b)
{
    a = root_of(s, a);
    b = root_of(s, b);
    if (a == b)
        return;
    if (s->size[a] < s->size[b]) {
        uint32_t t = a;
        a = b;
        b = t;
    }
    if (s->d != NULL && s->d->city != NULL)
        join_cities(s, a, b);
    if (s->d != NULL && s->d->source != NULL) {
        struct lm_left *l = &s->left;
        l->reach += (uint64_t)s->sources[a] * s->customers[b] + (uint64_t)s->sources[b] * s->customers[a];
        l->supplied += s->sources[a] == 0 && s->sources[b] > 0 ? s->customers[a] : 0;
        l->supplied += s->sources[b] == 0 && s->sources[a] > 0 ? s->customers[b] : 0;
        s->sources[a] += s->sources[b];
        s->customers[a] += s->customers[b];
    }
    s->left.parts--;
    s->left.pairs += (uint64_t)s->size[a] * s->size[b];
    s->up[b] = a;
    s->size[a] += s->size[b];
    if (s->next != NULL) {
        s->next[s->last[a]] = b;
        s->last[a] = s->last[b];
    }
    if (s->size[a] > s->left.lcc)
        s->left.lcc = s->size[a];
}

static lm_err open_sets(struct sets *s, struct lm_arena *tmp, const struct lm_graph *g,
                        const struct lm_node_data *d)
{
    bool roles = d != NULL && d->source != NULL, cities = d != NULL && d->city != NULL;
    size_t n = g->n;
    *s = (struct sets){ .d = d };
    if (cities && (uint64_t)n * d->n_cities > CELLS_MAX)
        return LM_ELIMIT;
    s->up = lm_arena_array(tmp, n, sizeof *s->up);
    s->size = lm_arena_array(tmp, n, sizeof *s->size);
    if (s->up == NULL || s->size == NULL)
        return LM_ENOMEM;
    if (roles) {
        s->sources = lm_arena_array(tmp, n, sizeof *s->sources);
        s->customers = lm_arena_array(tmp, n, sizeof *s->customers);
        if (s->sources == NULL || s->customers == NULL)
            return LM_ENOMEM;
    }
    if (cities) {
        s->next = lm_arena_array(tmp, n, sizeof *s->next);
        s->last = lm_arena_array(tmp, n, sizeof *s->last);
        s->known = lm_arena_array(tmp, n, sizeof *s->known);
        s->in_city = lm_arena_array(tmp, n * d->n_cities, sizeof *s->in_city);
        if (s->next == NULL || s->last == NULL || s->known == NULL || s->in_city == NULL)
            return LM_ENOMEM;
    }
    return LM_OK;
}

static void put_back(struct sets *s, const struct lm_graph *g, bool *there, uint32_t v)
{
    there[v] = true;
    s->up[v] = v;
    s->size[v] = 1;
    if (s->sources != NULL) {
        s->sources[v] = s->d->source[v];
        s->customers[v] = s->d->customer[v];
        s->left.supplied += s->d->source[v] && s->d->customer[v];
    }
    if (s->next != NULL) {
        s->next[v] = UINT32_MAX;
        s->last[v] = v;
        if (s->d->city[v] != LM_NO_CITY) {
            s->known[v] = 1;
            s->in_city[(size_t)v * s->d->n_cities + s->d->city[v]] = 1;
        }
    }
    s->left.parts++;
    if (s->left.lcc == 0)
        s->left.lcc = 1;
    for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
        if (there[g->near.to[j]])
            join(s, v, g->near.to[j]);
}

lm_err lm_measure_order(const struct lm_graph *g, const struct lm_node_data *d, const uint32_t *order,
                        uint32_t n, struct lm_left *ret, struct lm_error *e)
{
    struct lm_arena tmp;
    struct sets s;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    bool *there = lm_arena_array(&tmp, g->n, sizeof *there), *gone = lm_arena_array(&tmp, g->n, sizeof *gone);
    lm_err err = there != NULL && gone != NULL ? open_sets(&s, &tmp, g, d) : LM_ENOMEM;
    if (err == LM_OK) {
        for (uint32_t k = 0; k < n; k++)
            gone[order[k]] = true;
        for (uint32_t v = 0; v < g->n; v++)
            if (!gone[v])
                put_back(&s, g, there, v);
        for (uint32_t k = n; k-- > 0;) {
            ret[k] = s.left;
            put_back(&s, g, there, order[k]);
        }
    }
    lm_arena_free(&tmp);
    if (err == LM_ELIMIT)
        return lm_fail(e, err, "too many cities for %u nodes", g->n);
    return err == LM_OK ? LM_OK : lm_fail(e, err, "no memory to follow the removal of %u vertices", n);
}
