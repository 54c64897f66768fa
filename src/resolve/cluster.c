#include "resolve/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "resolve/sort.h"

#define B3_STEPS 64

lm_err lm_edges_sort(struct lm_edge *edges, uint64_t n)
{
    if (n > UINT32_MAX)
        return LM_ELIMIT;
    uint64_t *keys = malloc((n + 1) * sizeof *keys);
    uint32_t *bits = malloc((n + 1) * sizeof *bits);
    lm_err err = keys != NULL && bits != NULL ? LM_OK : LM_ENOMEM;
    for (uint64_t i = 0; err == LM_OK && i < n; i++) {
        keys[i] = (uint64_t)edges[i].a << 32 | edges[i].b;
        memcpy(&bits[i], &edges[i].bits, sizeof bits[i]); /* goes along as it is */
    }
    if (err == LM_OK)
        err = lm_sort_keys(keys, bits, (uint32_t)n);
    for (uint64_t i = 0; err == LM_OK && i < n; i++) {
        edges[i].a = (uint32_t)(keys[i] >> 32);
        edges[i].b = (uint32_t)keys[i];
        memcpy(&edges[i].bits, &bits[i], sizeof bits[i]);
    }
    free(keys);
    free(bits);
    return err;
}

void lm_sets_init(uint32_t *parent, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        parent[i] = i;
}

uint32_t lm_set_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

bool lm_sets_join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = lm_set_of(parent, a);
    b = lm_set_of(parent, b);
    if (a == b)
        return false;
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
    return true;
}

/* --- truth --- */

static bool counts(const struct lm_truth *t, uint32_t a, uint32_t b)
{
    return t->n_first == 0 || (a < t->n_first) != (b < t->n_first);
}

bool lm_truth_says(const struct lm_truth *t, uint32_t a, uint32_t b)
{
    if (!counts(t, a, b))
        return false;
    if (t->person != NULL)
        return t->person[a] == t->person[b];
    uint64_t key = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
    uint64_t from = 0, to = t->n_pairs;
    while (from < to) {
        uint64_t mid = from + (to - from) / 2;
        if (t->pairs[mid] < key)
            from = mid + 1;
        else
            to = mid;
    }
    return from < t->n_pairs && t->pairs[from] == key;
}

static double pairs_in(uint64_t first, uint64_t second, bool link)
{
    return link ? (double)first * (double)second : (double)(first + second) * ((double)(first + second) - 1) / 2;
}

lm_err lm_truth_count(struct lm_truth *t)
{
    uint32_t *size = calloc((size_t)t->n * 2 + 1, sizeof *size);
    double pairs = 0;
    if (size == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i < t->n; i++)
        size[(size_t)t->person[i] * 2 + (i >= t->n_first && t->n_first != 0)]++;
    for (uint32_t p = 0; p < t->n; p++)
        pairs += pairs_in(size[p * (size_t)2], size[p * (size_t)2 + 1], t->n_first != 0);
    t->n_pairs = (uint64_t)pairs;
    free(size);
    return LM_OK;
}

/* --- measures --- */

static struct lm_measure measure(double right, double proposed, double real)
{
    struct lm_measure m = { proposed > 0 ? right / proposed : 0, real > 0 ? right / real : 0, 0 };
    if (m.precision + m.recall > 0)
        m.f1 = 2 * m.precision * m.recall / (m.precision + m.recall);
    return m;
}

/* True pairs inside the sets: the records of each set and person, by source; or the pairs one by one. */
static lm_err closure_measure(const struct lm_truth *t, uint32_t *parent, struct lm_measure *ret)
{
    bool link = t->n_first != 0;
    uint32_t *size = calloc((size_t)t->n * 2 + 1, sizeof *size);
    uint64_t *keys = malloc(((size_t)t->n + 1) * sizeof *keys);
    uint32_t *ids = malloc(((size_t)t->n + 1) * sizeof *ids);
    lm_err err = size != NULL && keys != NULL && ids != NULL ? LM_OK : LM_ENOMEM;
    double right = 0, proposed = 0;
    for (uint32_t i = 0; err == LM_OK && i < t->n; i++) {
        uint32_t set = lm_set_of(parent, i);
        size[set * (size_t)2 + (link && i >= t->n_first)]++;
        keys[i] = t->person != NULL ? (uint64_t)set << 32 | t->person[i] : 0;
        ids[i] = i;
    }
    for (uint32_t s = 0; err == LM_OK && s < t->n; s++)
        proposed += pairs_in(size[s * (size_t)2], size[s * (size_t)2 + 1], link);
    if (err == LM_OK && t->person != NULL) {
        err = lm_sort_keys(keys, ids, t->n);
        for (uint32_t i = 0; err == LM_OK && i < t->n;) {
            uint64_t part[2] = { 0, 0 };
            uint64_t key = keys[i];
            for (; i < t->n && keys[i] == key; i++)
                part[link && ids[i] >= t->n_first]++;
            right += pairs_in(part[0], part[1], link);
        }
    } else if (err == LM_OK) {
        for (uint64_t k = 0; k < t->n_pairs; k++)
            right += lm_set_of(parent, (uint32_t)(t->pairs[k] >> 32)) == lm_set_of(parent, (uint32_t)t->pairs[k]);
    }
    if (err == LM_OK)
        *ret = measure(right, proposed, (double)t->n_pairs);
    free(size);
    free(keys);
    free(ids);
    return err;
}

/* Persons as sets: those given, or the closure of the true pairs. */
static lm_err persons_of(const struct lm_truth *t, uint32_t *person)
{
    if (t->person != NULL) {
        for (uint32_t i = 0; i < t->n; i++)
            person[i] = t->person[i];
        return LM_OK;
    }
    lm_sets_init(person, t->n);
    for (uint64_t k = 0; k < t->n_pairs; k++)
        (void)lm_sets_join(person, (uint32_t)(t->pairs[k] >> 32), (uint32_t)t->pairs[k]);
    for (uint32_t i = 0; i < t->n; i++)
        person[i] = lm_set_of(person, i);
    return LM_OK;
}

static lm_err b3_measure(uint32_t n, const uint32_t *person, uint32_t *parent, struct lm_measure *ret)
{
    uint32_t *in_set = calloc((size_t)n + 1, sizeof *in_set), *of_person = calloc((size_t)n + 1, sizeof *of_person);
    uint64_t *keys = malloc(((size_t)n + 1) * sizeof *keys);
    uint32_t *ids = malloc(((size_t)n + 1) * sizeof *ids);
    lm_err err = in_set != NULL && of_person != NULL && keys != NULL && ids != NULL ? LM_OK : LM_ENOMEM;
    double precision = 0, recall = 0;
    for (uint32_t i = 0; err == LM_OK && i < n; i++) {
        uint32_t set = lm_set_of(parent, i);
        in_set[set]++;
        of_person[person[i]]++;
        keys[i] = (uint64_t)set << 32 | person[i];
        ids[i] = i;
    }
    if (err == LM_OK)
        err = lm_sort_keys(keys, ids, n);
    for (uint32_t i = 0; err == LM_OK && i < n;) {
        uint64_t key = keys[i];
        uint32_t from = i;
        while (i < n && keys[i] == key)
            i++;
        double both = i - from;
        precision += both * both / in_set[key >> 32];
        recall += both * both / of_person[(uint32_t)key];
    }
    if (err == LM_OK) {
        struct lm_measure m = { n > 0 ? precision / n : 0, n > 0 ? recall / n : 0, 0 };
        if (m.precision + m.recall > 0)
            m.f1 = 2 * m.precision * m.recall / (m.precision + m.recall);
        *ret = m;
    }
    free(in_set);
    free(of_person);
    free(keys);
    free(ids);
    return err;
}

lm_err lm_measure(const struct lm_truth *t, const struct lm_edge *edges, uint64_t n_edges, struct lm_measures *ret)
{
    uint32_t *parent = malloc(((size_t)t->n + 1) * sizeof *parent), *person = malloc(((size_t)t->n + 1) * sizeof *person);
    struct lm_measures m = { 0 };
    lm_err err = parent != NULL && person != NULL ? persons_of(t, person) : LM_ENOMEM;
    double right = 0;
    if (err == LM_OK)
        lm_sets_init(parent, t->n);
    for (uint64_t k = 0; err == LM_OK && k < n_edges; k++) {
        right += lm_truth_says(t, edges[k].a, edges[k].b);
        (void)lm_sets_join(parent, edges[k].a, edges[k].b);
    }
    if (err == LM_OK)
        err = closure_measure(t, parent, &m.closure);
    if (err == LM_OK)
        err = b3_measure(t->n, person, parent, &m.b3);
    free(parent);
    free(person);
    if (err != LM_OK)
        return err;
    m.edge = measure(right, (double)n_edges, (double)t->n_pairs);
    *ret = m;
    return LM_OK;
}

/* --- the best threshold --- */

static void better(struct lm_best *best, struct lm_measure m, float bits)
{
    if (m.f1 > best->measure.f1)
        *best = (struct lm_best){ m, bits };
}

static bool step_ends(const struct lm_edge *edges, uint64_t k, uint64_t n)
{
    return k + 1 == n || edges[k + 1].bits < edges[k].bits;
}

static void best_edge(const struct lm_truth *t, const struct lm_edge *edges, uint64_t n_edges, struct lm_best *ret)
{
    double right = 0;
    for (uint64_t k = 0; k < n_edges; k++) {
        right += lm_truth_says(t, edges[k].a, edges[k].b);
        if (step_ends(edges, k, n_edges))
            better(ret, measure(right, (double)(k + 1), (double)t->n_pairs), edges[k].bits);
    }
}

/* Where in the list to look: all ends of steps when it is short, else `most` of them, evenly. */
static lm_err try_steps(const struct lm_truth *t, const uint32_t *person, const struct lm_edge *edges, uint64_t n_edges, uint64_t most,
                        struct lm_best *ret_closure, struct lm_best *ret_b3)
{
    uint32_t *parent = malloc(((size_t)t->n + 1) * sizeof *parent);
    lm_err err = parent != NULL ? LM_OK : LM_ENOMEM;
    uint64_t every = n_edges / most + 1, waiting = 0;
    if (err == LM_OK)
        lm_sets_init(parent, t->n);
    for (uint64_t k = 0; err == LM_OK && k < n_edges; k++) {
        struct lm_measure m;
        (void)lm_sets_join(parent, edges[k].a, edges[k].b);
        waiting++;
        if (!step_ends(edges, k, n_edges) || (waiting < every && k + 1 < n_edges))
            continue;
        waiting = 0;
        err = closure_measure(t, parent, &m);
        if (err == LM_OK)
            better(ret_closure, m, edges[k].bits);
        if (err == LM_OK)
            err = b3_measure(t->n, person, parent, &m);
        if (err == LM_OK)
            better(ret_b3, m, edges[k].bits);
    }
    free(parent);
    return err;
}

lm_err lm_measure_best(const struct lm_truth *t, const struct lm_edge *edges, uint64_t n_edges, struct lm_best *ret_edge,
                       struct lm_best *ret_closure, struct lm_best *ret_b3)
{
    struct lm_best edge = { .bits = 0 }, closure = { .bits = 0 }, b3 = { .bits = 0 };
    uint32_t *person = malloc(((size_t)t->n + 1) * sizeof *person);
    lm_err err = person != NULL ? persons_of(t, person) : LM_ENOMEM;
    if (err == LM_OK) {
        best_edge(t, edges, n_edges, &edge);
        err = try_steps(t, person, edges, n_edges, t->n <= 20000 ? 2000 : B3_STEPS, &closure, &b3);
    }
    free(person);
    if (err != LM_OK)
        return err;
    *ret_edge = edge;
    *ret_closure = closure;
    *ret_b3 = b3;
    return LM_OK;
}
