#include "network/positions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/graph.h"

#define WITHIN_US (INT64_C(86400) * 1000000 * LM_POSITION_DAYS)
#define EXACT_MOST 10000 /* above it the normal distribution is the same to the digits that are printed */

const char *const lm_flow_words[LM_FLOWS] = { "goods", "money", "communication" };
const char *const lm_position_words[LM_POSITIONS] = { "sends", "receives", "moves", "holds", "passes money", "connects" };

double lm_more_than_half(uint64_t counted, uint64_t of, unsigned kinds)
{
    /* Beta(a, b) is above 1/2 as often as a - 1 or fewer of a + b - 1 fair coins fall on one side */
    uint64_t a = counted + 1, b = of - counted + kinds - 1, n = a + b - 1;
    if (n > EXACT_MOST)
        return 0.5 * erfc(((double)n / 2 - (double)a + 0.5) / sqrt((double)n / 2));
    int sign;
    double sum = 0;
    for (uint64_t k = 0; k < a; k++)
        sum += exp(lgamma_r((double)n + 1, &sign) - lgamma_r((double)k + 1, &sign) - lgamma_r((double)(n - k) + 1, &sign)
                   - (double)n * M_LN2);
    return sum < 1 ? sum : 1;
}

/* What one node takes part in. */
struct end {
    uint32_t node;
    bool out;
    enum lm_flow_kind layer;
    int64_t at_us;
    uint32_t count, flow;
};

static int by_node_and_time(const void *x, const void *y)
{
    const struct end *p = x, *q = y;
    if (p->node != q->node)
        return p->node < q->node ? -1 : 1;
    if (p->layer != q->layer)
        return p->layer < q->layer ? -1 : 1;
    if (p->at_us != q->at_us)
        return p->at_us < q->at_us ? -1 : 1;
    if (p->out != q->out)
        return p->out ? 1 : -1; /* what comes in at a moment can go out at it */
    return (p->flow > q->flow) - (p->flow < q->flow);
}

struct reading {
    const struct lm_flow *flows;
    uint8_t *kinds;     /* [end of the run] bits of positions that cite the row */
    struct lm_positioned *p;
};

static void count(struct lm_positioned *p, enum lm_position k, uint64_t n)
{
    p[k].counted += n;
}

/* Kinds of the rows of one node in a layer of transfers: e[0 … n - 1], in order of time. */
static void pair(struct reading *r, const struct end *e, size_t n, struct lm_positioned *p, const enum lm_position kind[4],
                 uint32_t *left)
{
    bool dated = true;
    uint64_t in = 0, out = 0;
    for (size_t i = 0; i < n; i++) {
        dated &= e[i].at_us != LM_NO_MOMENT;
        *(e[i].out ? &out : &in) += e[i].count;
        left[i] = e[i].count;
    }
    size_t arrival = 0;
    for (size_t i = 0; i < n; i++) {
        if (!e[i].out)
            continue;
        while (left[i] > 0) {
            while (arrival < n && (e[arrival].out || left[arrival] == 0))
                arrival++;
            if (arrival >= n || (dated && arrival > i))
                break;
            uint32_t both = left[i] < left[arrival] ? left[i] : left[arrival];
            bool soon = !dated || e[i].at_us - e[arrival].at_us <= WITHIN_US;
            enum lm_position k = soon ? kind[2] : kind[3];
            if (k != LM_POSITIONS) {
                count(p, k, 2 * (uint64_t)both);
                r->kinds[i] |= (uint8_t)(1u << k);
                r->kinds[arrival] |= (uint8_t)(1u << k);
            }
            left[i] -= both;
            left[arrival] -= both;
        }
    }
    for (size_t i = 0; i < n; i++) {
        enum lm_position k = e[i].out ? kind[0] : kind[1];
        if (left[i] == 0 || k == LM_POSITIONS)
            continue;
        count(p, k, left[i]);
        r->kinds[i] |= (uint8_t)(1u << k);
    }
    unsigned kinds = kind[3] == LM_POSITIONS || !dated ? 3 : 4;
    for (size_t k = 0; k < 4; k++) {
        if (kind[k] == LM_POSITIONS)
            continue;
        p[kind[k]].of = in + out;
        p[kind[k]].probability = k == 3 && !dated ? NAN : lm_more_than_half(p[kind[k]].counted, in + out, kinds);
    }
}

/* Each row once for each position that cites it. */
static void cite(const struct reading *r, const struct end *e, size_t n, struct lm_positioned *p)
{
    for (size_t i = 0; i < n; i++)
        for (unsigned k = 0; k < LM_POSITIONS; k++)
            if ((r->kinds[i] >> k & 1) != 0 && p[k].rows_all++ < LM_POSITION_ROWS)
                p[k].rows[p[k].n_rows++] = r->flows[e[i].flow].row;
}

/* Pairs of contacts of v that have no contact with each other. */
static void connect(struct reading *r, size_t n, const struct lm_graph *g, uint32_t v, struct lm_positioned *p, bool *near)
{
    const struct lm_adjacency *j = &g->near;
    uint32_t degree = lm_degree(j, v) < LM_POSITION_CONTACTS ? lm_degree(j, v) : LM_POSITION_CONTACTS;
    const uint32_t *contact = j->to + j->at[v];
    uint64_t closed = 0, pairs = (uint64_t)degree * (degree - 1) / 2;
    for (uint32_t i = 0; i < degree; i++)
        near[contact[i]] = true;
    for (uint32_t i = 0; i < degree; i++)
        for (uint32_t k = j->at[contact[i]]; k < j->at[contact[i] + 1]; k++)
            closed += near[j->to[k]];
    for (uint32_t i = 0; i < degree; i++)
        near[contact[i]] = false;
    struct lm_positioned *c = &p[LM_POSITION_CONNECTS];
    c->of = pairs;
    c->counted = pairs - closed / 2;
    if (pairs > 0)
        c->probability = lm_more_than_half(c->counted, pairs, 2);
    for (size_t i = 0; i < n && c->counted > 0; i++)
        r->kinds[i] |= 1u << LM_POSITION_CONNECTS;
}

static lm_err contacts(struct lm_arena *tmp, uint32_t n, const struct lm_flow *flows, size_t n_flows, struct lm_graph *ret)
{
    struct lm_edge_in *edges = lm_arena_array(tmp, n_flows, sizeof *edges);
    struct lm_str *names = lm_arena_array(tmp, n, sizeof *names); /* all alike: numbers stay as they are */
    size_t m = 0;
    if (edges == NULL || names == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < n; v++)
        names[v] = (struct lm_str){ "", 0 };
    for (size_t i = 0; i < n_flows; i++)
        if (flows[i].layer == LM_FLOW_COMMUNICATION)
            edges[m++] = (struct lm_edge_in){ flows[i].from, flows[i].to, 1 };
    return lm_graph_build(tmp, names, n, edges, m, false, ret, NULL, NULL);
}

static lm_err read_all(struct lm_arena *tmp, uint32_t n, const struct lm_flow *flows, size_t n_flows,
                       struct lm_positioned *p)
{
    static const enum lm_position of_goods[4] = { LM_POSITION_SENDS, LM_POSITION_RECEIVES, LM_POSITION_MOVES,
                                                  LM_POSITION_HOLDS };
    static const enum lm_position of_money[4] = { LM_POSITIONS, LM_POSITIONS, LM_POSITION_PASSES_MONEY, LM_POSITIONS };
    struct reading r = { .flows = flows };
    struct lm_graph g;
    struct end *ends = lm_arena_array(tmp, 2 * n_flows, sizeof *ends);
    uint32_t *left = lm_arena_array(tmp, 2 * n_flows, sizeof *left);
    bool *near = lm_arena_array(tmp, n, sizeof *near);
    r.kinds = lm_arena_array(tmp, 2 * n_flows, sizeof *r.kinds);
    lm_err err = contacts(tmp, n, flows, n_flows, &g);
    if (err != LM_OK || ends == NULL || left == NULL || near == NULL || r.kinds == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n_flows; i++) {
        const struct lm_flow *f = &flows[i];
        ends[2 * i] = (struct end){ f->from, true, f->layer, f->at_us, f->count, (uint32_t)i };
        ends[2 * i + 1] = (struct end){ f->to, false, f->layer, f->at_us, f->count, (uint32_t)i };
    }
    if (n_flows > 0)
        qsort(ends, 2 * n_flows, sizeof *ends, by_node_and_time);
    for (size_t i = 0, j; i < 2 * n_flows; i = j) {
        for (j = i; j < 2 * n_flows && ends[j].node == ends[i].node && ends[j].layer == ends[i].layer;)
            j++;
        struct lm_positioned *mine = p + (size_t)ends[i].node * LM_POSITIONS;
        memset(r.kinds, 0, j - i);
        if (ends[i].layer == LM_FLOW_COMMUNICATION)
            connect(&r, j - i, &g, ends[i].node, mine, near);
        else
            pair(&r, ends + i, j - i, mine, ends[i].layer == LM_FLOW_GOODS ? of_goods : of_money, left);
        cite(&r, ends + i, j - i, mine);
    }
    return LM_OK;
}

lm_err lm_positions(struct lm_arena *a, uint32_t n, const struct lm_flow *flows, size_t n_flows, struct lm_positioned **ret,
                    struct lm_error *e)
{
    struct lm_arena tmp;
    struct lm_positioned *p = lm_arena_array(a, (size_t)n * LM_POSITIONS, sizeof *p);
    lm_arena_init(&tmp, SIZE_MAX / 2);
    for (size_t i = 0; p != NULL && i < (size_t)n * LM_POSITIONS; i++)
        p[i].probability = NAN;
    lm_err err = p != NULL ? read_all(&tmp, n, flows, n_flows, p) : LM_ENOMEM;
    lm_arena_free(&tmp);
    if (err != LM_OK)
        return lm_fail(e, err, "no memory for the positions of %u nodes", n);
    *ret = p;
    return LM_OK;
}
