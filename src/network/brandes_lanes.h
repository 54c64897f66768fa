/* brandes_lanes.h - the two passes of brandes.c, included once per vector width.
 *
 * WIDTH   doubles in one vector: 2, 4, 8
 * TARGET  function attribute that turns the instructions on
 * F(x)    names the functions of this inclusion
 * No include guard: it is a template.
 */
#define VECTORS (LM_LANES / WIDTH)

typedef double F(v) __attribute__((vector_size(8 * WIDTH), may_alias));
typedef int64_t F(vi) __attribute__((vector_size(8 * WIDTH), may_alias));

/* The lanes whose bit is set in mask, as all-ones. */
TARGET static inline void F(spread)(unsigned mask, F(vi) m[VECTORS])
{
    F(vi) bits;
    for (int l = 0; l < WIDTH; l++)
        bits[l] = (int64_t)1 << l;
    EACH_VECTOR (k) {
        F(vi) all = bits - bits + (int64_t)(mask >> (k * WIDTH));
        m[k] = (all & bits) == bits;
    }
}

/* Vertex w is reached in the lanes of `mask` with the counts in sum: books it in the next level. */
TARGET static inline void F(reach)(struct lm_brandes *s, double *x_next, uint32_t w, unsigned mask,
                                   const F(v) sum[VECTORS], F(v) most[VECTORS])
{
    F(v) *sigma = (F(v) *)(void *)(s->sigma + (size_t)w * LM_LANES);
    F(v) *x = (F(v) *)(void *)(x_next + (size_t)w * LM_LANES);
    F(vi) m[VECTORS];
    F(spread)(mask, m);
    EACH_VECTOR (k) {
        F(v) y = (F(v))((F(vi))sum[k] & m[k]);
        x[k] = y;
        sigma[k] = (F(v))(((F(vi))sigma[k] & ~m[k]) | (F(vi))y);
        F(vi) above = y > most[k];
        most[k] = (F(v))((above & (F(vi))y) | (~above & (F(vi))most[k]));
    }
}

/* From the frontier along its arcs. Entries of the next level are appended from `tail`. */
TARGET static size_t F(push)(struct lm_brandes *s, const struct lm_brandes_net *g, size_t from, size_t tail,
                             int cur, F(v) most[VECTORS])
{
    double *x_next = s->x[!cur];
    lanes_t *f_next = s->frontier[!cur];
    size_t end = tail;
    for (size_t i = from; i < tail; i++) {
        uint32_t v = s->entry[i];
        lanes_t mask = s->entry_mask[i];
        const F(v) *x = (const F(v) *)(const void *)(s->x[cur] + (size_t)v * LM_LANES);
        F(v) mine[VECTORS];
        EACH_VECTOR (k)
            mine[k] = x[k];
        for (uint32_t j = g->out.at[v]; j < g->out.at[v + 1]; j++) {
            uint32_t w = g->out.to[j];
            F(v) *y = (F(v) *)(void *)(x_next + (size_t)w * LM_LANES);
            s->entry[end] = w;
            end += f_next[w] == 0;
            f_next[w] = (lanes_t)(f_next[w] | mask);
            EACH_VECTOR (k)
                y[k] += mine[k];
        }
    }
    size_t kept = tail;
    for (size_t i = tail; i < end; i++) {
        uint32_t w = s->entry[i];
        lanes_t fresh = (lanes_t)(f_next[w] & ~s->visited[w]);
        F(v) *y = (F(v) *)(void *)(x_next + (size_t)w * LM_LANES);
        f_next[w] = fresh;
        if (fresh == 0) {
            EACH_VECTOR (k)
                y[k] = (F(v)){ 0 };
            continue;
        }
        F(reach)(s, x_next, w, fresh, y, most);
        s->entry[kept] = w;
        s->entry_mask[kept++] = fresh;
    }
    return kept;
}

/* From the vertices that some lane has not reached yet, against their arcs. */
TARGET static size_t F(pull)(struct lm_brandes *s, const struct lm_brandes_net *g, size_t tail, int cur,
                             F(v) most[VECTORS])
{
    const double *x_cur = s->x[cur];
    const lanes_t *f_cur = s->frontier[cur];
    double *x_next = s->x[!cur];
    for (uint32_t w = 0; w < g->n; w++) {
        if (s->visited[w] == ALL_LANES)
            continue;
        F(v) sum[VECTORS];
        EACH_VECTOR (k)
            sum[k] = (F(v)){ 0 };
        unsigned met = 0;
        for (uint32_t j = g->in.at[w]; j < g->in.at[w + 1]; j++) {
            uint32_t v = g->in.to[j];
            const F(v) *x = (const F(v) *)(const void *)(x_cur + (size_t)v * LM_LANES);
            met |= f_cur[v];
            EACH_VECTOR (k)
                sum[k] += x[k];
        }
        lanes_t fresh = (lanes_t)(met & ~(unsigned)s->visited[w]);
        if (fresh == 0)
            continue;
        s->frontier[!cur][w] = fresh;
        F(reach)(s, x_next, w, fresh, sum, most);
        s->entry[tail] = w;
        s->entry_mask[tail++] = fresh;
    }
    return tail;
}

TARGET static void F(clear_x)(struct lm_brandes *s, double *x, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        F(v) *y = (F(v) *)(void *)(x + (size_t)s->entry[i] * LM_LANES);
        EACH_VECTOR (k)
            y[k] = (F(v)){ 0 };
    }
}

/* All levels, from the entries of level 0 that the caller wrote. False when a count grew too large. */
TARGET static bool F(forward)(struct lm_brandes *s, const struct lm_brandes_net *g, size_t n_sources,
                              uint64_t open_arcs)
{
    F(v) most[VECTORS];
    EACH_VECTOR (k)
        most[k] = (F(v)){ 0 };
    size_t from = 0, to = n_sources;
    int cur = 0;
    s->n_levels = 0;
    s->level_at[0] = 0;
    while (to > from) {
        uint64_t arcs = 0;
        s->level_at[++s->n_levels] = to;
        for (size_t i = from; i < to; i++)
            arcs += lm_degree(&g->out, s->entry[i]);
        size_t end = arcs * PUSH_COST < open_arcs * PULL_COST ? F(push)(s, g, from, to, cur, most)
                                                              : F(pull)(s, g, to, cur, most);
        for (size_t i = to; i < end; i++) {
            uint32_t w = s->entry[i];
            s->visited[w] = (lanes_t)(s->visited[w] | s->entry_mask[i]);
            if (s->visited[w] == ALL_LANES)
                open_arcs -= lm_degree(&g->in, w);
        }
        F(clear_x)(s, s->x[cur], from, to);
        for (size_t i = from; i < to; i++)
            s->frontier[cur][s->entry[i]] = 0;
        from = to;
        to = end;
        cur = !cur;
    }
    bool fits = true;
    EACH_VECTOR (k)
        for (int l = 0; l < WIDTH; l++)
            fits = fits && most[k][l] < COUNT_LIMIT;
    return fits;
}

/* From the last level to the first: dependencies by way of (weight + dependency) / count. */
TARGET static void F(backward)(struct lm_brandes *s, const struct lm_brandes_net *g, const double *source_weight)
{
    F(v) ws[VECTORS];
    memcpy(ws, source_weight, sizeof ws);
    int cur = 0;
    for (uint32_t d = s->n_levels; d-- > 1;) {
        const double *c = s->x[cur];
        double *c_next = s->x[!cur];
        bool last = d + 1 == s->n_levels;
        for (size_t i = s->level_at[d]; i < s->level_at[d + 1]; i++) {
            uint32_t v = s->entry[i];
            const F(v) *sigma = (const F(v) *)(const void *)(s->sigma + (size_t)v * LM_LANES);
            F(v) *acc = (F(v) *)(void *)(s->acc + (size_t)v * LM_LANES);
            F(v) *mine = (F(v) *)(void *)(c_next + (size_t)v * LM_LANES);
            F(v) sum[VECTORS];
            F(vi) m[VECTORS];
            EACH_VECTOR (k)
                sum[k] = (F(v)){ 0 };
            uint32_t end = last ? g->out.at[v] : g->out.at[v + 1];
            for (uint32_t j = g->out.at[v]; j < end; j++) {
                const F(v) *x = (const F(v) *)(const void *)(c + (size_t)g->out.to[j] * LM_LANES);
                EACH_VECTOR (k)
                    sum[k] += x[k];
            }
            F(spread)(s->entry_mask[i], m);
            EACH_VECTOR (k) {
                F(v) delta = (F(v))((F(vi))(sigma[k] * sum[k]) & m[k]);
                acc[k] += ws[k] * delta;
                /* (weight + delta) / sigma, where delta / sigma is known */
                mine[k] = (F(v))((F(vi))(g->weight[v] / sigma[k] + sum[k]) & m[k]);
            }
        }
        if (!last)
            F(clear_x)(s, s->x[cur], s->level_at[d + 1], s->level_at[d + 2]);
        cur = !cur;
    }
    if (s->n_levels > 1)
        F(clear_x)(s, s->x[cur], s->level_at[1], s->level_at[2]);
}

#undef VECTORS
#undef WIDTH
#undef TARGET
#undef F
