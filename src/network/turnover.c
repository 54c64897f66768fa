#include "network/turnover.h"

#include <math.h>
#include <stdlib.h>

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "no memory for what changed");
}

/* --- what each name did --- */

static void note(struct lm_turnover *r, const struct lm_contacts *c, uint32_t name, size_t k)
{
    struct lm_activity *x = &r->activity[name];
    if (x->contacts > 0) {
        int64_t silence = c->list[k].at.us - c->list[x->last].at.us;
        x->longest_us = silence > x->longest_us ? silence : x->longest_us;
    } else {
        x->first = k;
    }
    x->last = k;
    x->contacts++;
}

static double multiple(const struct lm_turnover_name *x)
{
    return (double)x->silent_us / (double)(x->longest_us > 0 ? x->longest_us : 1);
}

static int by_multiple(const void *x, const void *y)
{
    const struct lm_turnover_name *p = x, *q = y;
    double d = multiple(p), f = multiple(q);
    if (d < f || d > f)
        return d > f ? -1 : 1;
    return p->name < q->name ? -1 : p->name > q->name;
}

static lm_err find_silences(struct lm_arena *a, const struct lm_contacts *c, struct lm_turnover *r, struct lm_error *e)
{
    r->silent = lm_arena_array(a, c->n, sizeof *r->silent);
    r->appeared = lm_arena_array(a, c->n, sizeof *r->appeared);
    if (r->silent == NULL || r->appeared == NULL)
        return no_memory(e);
    for (uint32_t v = 0; v < c->n; v++) {
        const struct lm_activity *x = &r->activity[v];
        if (x->contacts < LM_TURNOVER_LEAST)
            continue;
        int64_t after = r->to_us - c->list[x->last].at.us, before = c->list[x->first].at.us - r->from_us;
        r->tested++;
        r->by_chance += 1.0 / x->contacts; /* contacts - 1 gaps between them, and the one at the end */
        if (after > x->longest_us)
            r->silent[r->n_silent++] = (struct lm_turnover_name){ v, after, x->longest_us };
        if (before > x->longest_us)
            r->appeared[r->n_appeared++] = (struct lm_turnover_name){ v, before, x->longest_us };
    }
    if (r->n_silent > 1)
        qsort(r->silent, r->n_silent, sizeof *r->silent, by_multiple);
    if (r->n_appeared > 1)
        qsort(r->appeared, r->n_appeared, sizeof *r->appeared, by_multiple);
    return LM_OK;
}

/* --- numbers that take another one's place --- */

struct candidate {
    uint32_t name, contacts;
    int64_t first, last;
    double weight;  /* of all its contacts */
    uint32_t class; /* by how long it was there */
};

#define CLASSES 8
#define CLASS_LEAST 15 /* candidates of a class */

struct search {
    struct lm_arena *a;
    struct lm_graph g;
    double fitting[CLASSES][CLASSES]; /* share of the ordered pairs of times of two classes that fit */
    struct candidate *list;  /* in order of first, then name */
    uint32_t n;
    uint32_t *place;         /* by name: index + 1 */
    int64_t from_us, to_us, gap_us;
    struct lm_handset *pairs; /* unordered: from and to are candidates; from the one that could come first */
    size_t n_pairs, cap;
};

static bool fits(const struct search *s, const struct candidate *x, const struct candidate *y)
{
    return y->first >= x->last - s->gap_us && y->first <= x->last + s->gap_us && y->first > x->first && y->last > x->last
           && x->last < s->to_us - s->gap_us && y->first > s->from_us + s->gap_us;
}

static double weight_of(const struct search *s, uint32_t z)
{
    uint32_t others = lm_degree(&s->g.near, z);
    return others > LM_HANDSET_CAP ? 0 : 1 / log(others > 2 ? others : 2);
}

static int by_contacts(const void *x, const void *y)
{
    const struct candidate *p = x, *q = y;
    if (p->contacts != q->contacts)
        return p->contacts > q->contacts ? -1 : 1;
    return p->name < q->name ? -1 : p->name > q->name;
}

static int by_first(const void *x, const void *y)
{
    const struct candidate *p = x, *q = y;
    if (p->first != q->first)
        return p->first < q->first ? -1 : 1;
    return p->name < q->name ? -1 : p->name > q->name;
}

static lm_err find_candidates(struct search *s, const struct lm_contacts *c, struct lm_turnover *r, struct lm_error *e)
{
    s->list = lm_arena_array(s->a, c->n, sizeof *s->list);
    s->place = lm_arena_array(s->a, c->n, sizeof *s->place);
    if (s->list == NULL || s->place == NULL)
        return no_memory(e);
    for (uint32_t v = 0; v < c->n; v++) {
        const struct lm_activity *x = &r->activity[v];
        if (x->contacts < LM_HANDSET_LEAST || lm_degree(&s->g.near, v) < LM_HANDSET_SHARED
            || (c->list[x->last].at.us >= s->to_us - s->gap_us && c->list[x->first].at.us <= s->from_us + s->gap_us))
            continue;
        struct candidate *y = &s->list[s->n++];
        *y = (struct candidate){ v, x->contacts, c->list[x->first].at.us, c->list[x->last].at.us, 0, 0 };
        for (uint32_t i = s->g.near.at[v]; i < s->g.near.at[v + 1]; i++)
            y->weight += weight_of(s, s->g.near.to[i]);
    }
    if (s->n > 1)
        qsort(s->list, s->n, sizeof *s->list, by_contacts);
    if (s->n > LM_HANDSET_CANDIDATES) {
        r->candidates_left_out = s->n - LM_HANDSET_CANDIDATES;
        s->n = LM_HANDSET_CANDIDATES;
    }
    r->candidates = s->n;
    if (s->n > 1)
        qsort(s->list, s->n, sizeof *s->list, by_first);
    for (uint32_t i = 0; i < s->n; i++)
        s->place[s->list[i].name] = i + 1;
    return LM_OK;
}

struct length {
    int64_t us;
    uint32_t candidate;
};

static int by_length(const void *x, const void *y)
{
    const struct length *p = x, *q = y;
    if (p->us != q->us)
        return p->us < q->us ? -1 : 1;
    return p->candidate < q->candidate ? -1 : p->candidate > q->candidate;
}

/* Classes of equally many candidates, and how often the times of two classes fit. *ret: over all of them. */
static lm_err find_fitting(struct search *s, double *ret, struct lm_error *e)
{
    uint64_t fit[CLASSES][CLASSES] = { 0 }, all = 0, sizes[CLASSES] = { 0 };
    uint32_t classes = s->n / CLASS_LEAST < CLASSES ? s->n / CLASS_LEAST : CLASSES;
    struct length *order = lm_arena_array(s->a, s->n, sizeof *order);
    if (order == NULL)
        return no_memory(e);
    classes = classes > 0 ? classes : 1;
    for (uint32_t i = 0; i < s->n; i++)
        order[i] = (struct length){ s->list[i].last - s->list[i].first, i };
    if (s->n > 1)
        qsort(order, s->n, sizeof *order, by_length);
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t class = (uint32_t)((uint64_t)i * classes / s->n);
        s->list[order[i].candidate].class = class;
        sizes[class]++;
    }
    for (uint32_t i = 0; i < s->n; i++)
        for (uint32_t k = i + 1; k < s->n && s->list[k].first <= s->list[i].last + s->gap_us; k++)
            fit[s->list[i].class][s->list[k].class] += fits(s, &s->list[i], &s->list[k]);
    for (uint32_t i = 0; i < classes; i++)
        for (uint32_t k = 0; k < classes; k++) {
            double pairs = (double)sizes[i] * (double)(i == k ? sizes[k] - 1 : sizes[k]);
            s->fitting[i][k] = pairs > 0 ? (double)fit[i][k] / pairs : 0;
            all += fit[i][k];
        }
    *ret = s->n > 1 ? (double)all / ((double)s->n * ((double)s->n - 1)) : 0;
    return LM_OK;
}

static bool in_contact(const struct lm_adjacency *j, uint32_t v, uint32_t w)
{
    uint32_t low = j->at[v], high = j->at[v + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (j->to[middle] < w)
            low = middle + 1;
        else
            high = middle;
    }
    return low < j->at[v + 1] && j->to[low] == w;
}

/* All pairs of candidate i with later ones that share enough. weight, shared: scratch, zero before and after. */
static lm_err pairs_of(struct search *s, uint32_t i, double *weight, uint32_t *shared, uint32_t *met, struct lm_error *e)
{
    const struct lm_adjacency *near = &s->g.near;
    uint32_t x = s->list[i].name, n_met = 0;
    lm_err err = LM_OK;
    for (uint32_t k = near->at[x]; k < near->at[x + 1]; k++) {
        uint32_t z = near->to[k];
        double w = weight_of(s, z);
        if (!(w > 0))
            continue;
        for (uint32_t l = near->at[z]; l < near->at[z + 1]; l++) {
            uint32_t y = s->place[near->to[l]];
            if (y == 0 || y - 1 <= i)
                continue;
            if (shared[y - 1]++ == 0)
                met[n_met++] = y - 1;
            weight[y - 1] += w;
        }
    }
    for (uint32_t k = 0; k < n_met; k++) {
        uint32_t y = met[k];
        if (err == LM_OK && shared[y] >= LM_HANDSET_SHARED && !in_contact(near, x, s->list[y].name)) {
            struct lm_handset *more = s->n_pairs < LM_HANDSET_PAIRS
                                          ? lm_arena_grow(s->a, s->pairs, s->n_pairs, &s->cap, sizeof *more)
                                          : NULL;
            if (more == NULL)
                err = s->n_pairs < LM_HANDSET_PAIRS
                          ? no_memory(e)
                          : lm_fail(e, LM_ELIMIT, "more than %d pairs of numbers share contacts", LM_HANDSET_PAIRS);
            else
                s->pairs = more;
            if (err == LM_OK)
                more[s->n_pairs++] = (struct lm_handset){ .from = i,
                                                          .to = y,
                                                          .shared = shared[y],
                                                          .score = weight[y] / (s->list[i].weight + s->list[y].weight - weight[y]) };
        }
        shared[y] = 0;
        weight[y] = 0;
    }
    return err;
}

static int by_score(const void *x, const void *y)
{
    const struct lm_handset *p = x, *q = y;
    if (p->score < q->score || p->score > q->score)
        return p->score > q->score ? -1 : 1;
    if (p->from != q->from)
        return p->from < q->from ? -1 : 1;
    return p->to < q->to ? -1 : p->to > q->to;
}

/* Odds that chance lets this pair fit, in either order. */
static double odds_of(const struct search *s, const struct lm_handset *h)
{
    uint32_t x = s->list[h->from].class, y = s->list[h->to].class;
    double chance = s->fitting[x][y] + s->fitting[y][x];
    chance = chance < 0.99 ? chance : 0.99;
    return chance / (1 - chance);
}

/* Keeps the pairs whose times fit, with how many would by chance. */
static void take_fitting(struct search *s, struct lm_turnover *r)
{
    size_t kept = 0;
    double apart = 0; /* odds of the pairs that do not fit, so far */
    if (s->n_pairs > 1)
        qsort(s->pairs, s->n_pairs, sizeof *s->pairs, by_score);
    for (size_t i = 0; i < s->n_pairs;) {
        size_t end = i, first = kept; /* end: of those within one part in 10^9 of this score */
        double most = 0;
        for (; end < s->n_pairs && s->pairs[end].score >= s->pairs[i].score * (1 - 1e-9); end++) {
            struct lm_handset h = s->pairs[end];
            const struct candidate *x = &s->list[h.from], *y = &s->list[h.to];
            double odds = odds_of(s, &h);
            most = odds > most ? odds : most;
            if (!fits(s, x, y)) {
                apart += odds;
                continue;
            }
            h.from = x->name;
            h.to = y->name;
            h.gap_us = y->first - x->last;
            s->pairs[kept++] = h;
        }
        for (; first < kept; first++)
            s->pairs[first].expected = apart + most;
        i = end;
    }
    double least = 1;
    for (size_t i = kept; i-- > 0;) {
        struct lm_handset *h = &s->pairs[i];
        size_t fit = i + 1; /* pairs of one score have one share: of all of them */
        while (fit < kept && s->pairs[fit].score >= h->score * (1 - 1e-9))
            fit++;
        double share = h->expected / (double)fit;
        least = share < least ? share : least;
        h->false_share = least;
        h->listed = least <= LM_HANDSET_FALSE;
        r->n_listed += h->listed;
    }
    r->handsets = s->pairs;
    r->n_handsets = kept;
}

static lm_err find_handsets(struct lm_arena *a, const struct lm_contacts *c, int64_t gap_us, struct lm_turnover *r,
                            struct lm_error *e)
{
    struct search s = { .a = a, .from_us = r->from_us, .to_us = r->to_us, .gap_us = gap_us };
    struct lm_contacts dated = *c;
    dated.m = c->dated;
    lm_err err = lm_contacts_graph(a, &dated, false, &s.g, e);
    if (err == LM_OK)
        err = find_candidates(&s, c, r, e);
    if (err != LM_OK)
        return err;
    double *weight = lm_arena_array(a, s.n, sizeof *weight);
    uint32_t *shared = lm_arena_array(a, s.n, sizeof *shared), *met = lm_arena_array(a, s.n, sizeof *met);
    if (weight == NULL || shared == NULL || met == NULL)
        return no_memory(e);
    err = find_fitting(&s, &r->fitting, e);
    for (uint32_t i = 0; i < s.n && err == LM_OK; i++)
        err = pairs_of(&s, i, weight, shared, met, e);
    if (err == LM_OK)
        take_fitting(&s, r);
    return err;
}

lm_err lm_turnover_find(struct lm_arena *a, const struct lm_contacts *c, int64_t from_us, int64_t to_us, int64_t gap_us,
                        struct lm_turnover *ret, struct lm_error *e)
{
    struct lm_turnover r = { .activity = lm_arena_array(a, c->n, sizeof *r.activity) };
    if (r.activity == NULL)
        return no_memory(e);
    for (uint32_t v = 0; v < c->n; v++)
        r.activity[v].first = r.activity[v].last = SIZE_MAX;
    for (size_t k = 0; k < c->dated; k++) {
        note(&r, c, c->list[k].from, k);
        note(&r, c, c->list[k].to, k);
    }
    if (c->dated > 0) {
        r.from_us = from_us != INT64_MIN ? from_us : c->list[0].at.us;
        r.to_us = to_us != INT64_MAX ? to_us : c->list[c->dated - 1].at.us;
    }
    lm_err err = find_silences(a, c, &r, e);
    if (err == LM_OK)
        err = find_handsets(a, c, gap_us, &r, e);
    if (err == LM_OK)
        *ret = r;
    return err;
}

lm_err lm_handset_shared(struct lm_arena *a, const struct lm_contacts *c, const struct lm_handset *h, uint32_t **ret,
                         size_t *ret_n, struct lm_error *e)
{
    uint8_t *with = lm_arena_array(a, c->n, sizeof *with);
    uint32_t *list = lm_arena_array(a, c->n, sizeof *list);
    size_t n = 0;
    if (with == NULL || list == NULL)
        return no_memory(e);
    for (size_t k = 0; k < c->dated; k++) {
        uint32_t from = c->list[k].from, to = c->list[k].to;
        with[to] |= (uint8_t)((from == h->from) | (from == h->to) << 1);
        with[from] |= (uint8_t)((to == h->from) | (to == h->to) << 1);
    }
    for (uint32_t v = 0; v < c->n; v++)
        if (with[v] == 3)
            list[n++] = v;
    *ret = list;
    *ret_n = n;
    return LM_OK;
}
