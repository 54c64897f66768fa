/* What the literature prints about real case networks and benchmark networks must come out, to the
 * printed digit. The numbers are those of domain/networks.md; the networks are read through LM_SHARED. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "network/betweenness.h"
#include "network/edges_file.h"
#include "network/measure.h"
#include "network/removal.h"

struct shared {
    struct lm_arena a;
    size_t compared;
};

static bool is_there(const char *name, char path[4096])
{
    const char *top = getenv("LM_SHARED");
    (void)snprintf(path, 4096, "%s/networks/%s", top != NULL ? top : "/nonexistent", name);
    return access(path, R_OK) == 0;
}

static void open_network(struct shared *s, const char *name, bool directed, struct lm_graph *ret)
{
    char path[4096];
    struct lm_edges edges;
    struct lm_error e;
    assert_true(is_there(name, path));
    if (lm_edges_file_read(&s->a, path, &edges, &e) != LM_OK)
        fail_msg("%s: %s", path, e.message);
    assert_int_equal(edges.n_damaged, 0);
    assert_int_equal(lm_graph_build(&s->a, edges.names, edges.n_names, edges.edges, edges.n_edges, directed, ret, NULL,
                                    &e),
                     LM_OK);
}

/* As printed with so many decimals. */
static void as_printed(struct shared *s, const char *what, double x, double printed, int decimals)
{
    if (!(fabs(x - printed) <= 0.5 * pow(10, -decimals) + 1e-9))
        fail_msg("%s: %.10g is not %.*f", what, x, decimals, printed);
    s->compared++;
}

static void the_same(struct shared *s, const char *what, uint64_t x, uint64_t expected)
{
    if (x != expected)
        fail_msg("%s: %llu is not %llu", what, (unsigned long long)x, (unsigned long long)expected);
    s->compared++;
}

static int start(void **state)
{
    struct shared *s = calloc(1, sizeof *s);
    if (s == NULL)
        return -1;
    lm_arena_init(&s->a, 0);
    *state = s;
    return 0;
}

static int finish(void **state)
{
    struct shared *s = *state;
    print_message("# %zu values compared\n", s->compared);
    lm_arena_free(&s->a);
    free(s);
    return 0;
}

static double *scores(struct shared *s, const struct lm_graph *g)
{
    double *score;
    assert_int_equal(lm_betweenness(&s->a, g, g->directed, NULL, &score, NULL), LM_OK);
    return score;
}

static uint32_t highest(const struct lm_graph *g, const double *score)
{
    uint32_t best = 0;
    for (uint32_t v = 1; v < g->n; v++)
        if (score[v] > score[best])
            best = v;
    return best;
}

static void betweenness_of_the_cases(void **state)
{
    struct shared *s = *state;
    static const struct {
        const char *file, *name;
        double printed;
    } top[] = {
        { "cases/caviar_undirected.tsv", "1", 3752.1 },   { "cases/caviar_undirected.tsv", "12", 1719.5 },
        { "cases/caviar_undirected.tsv", "87", 702.1 },   { "cases/caviar_undirected.tsv", "76", 678.1 },
        { "cases/caviar_undirected.tsv", "3", 619.2 },    { "cases/mambo_undirected.tsv", "SNRM", 248.5 },
        { "cases/jake_undirected.tsv", "JES", 333.6 },    { "cases/acero_undirected.tsv", "SAR", 155.5 },
        { "cases/siren_undirected.tsv", "1", 720.6 },     { "cases/togo_undirected.tsv", "1", 388.3 },
    };
    for (size_t i = 0; i < sizeof top / sizeof top[0]; i++) {
        struct lm_graph g;
        open_network(s, top[i].file, false, &g);
        double *score = scores(s, &g);
        uint32_t v = lm_graph_find(&g, lm_str(top[i].name));
        assert_int_not_equal(v, UINT32_MAX);
        as_printed(s, top[i].file, score[v], top[i].printed, 1);
        if (i == 0 || i >= 5) /* named as the top of its network */
            the_same(s, top[i].file, highest(&g, score), v);
    }
    struct lm_graph g;
    open_network(s, "cases/caviar_directed_weighted.tsv", true, &g);
    the_same(s, "CAVIAR directed ties", g.n_edges, 295);
    the_same(s, "CAVIAR weight", (uint64_t)g.weight_sum, 3546);
    the_same(s, "CAVIAR undirected ties", g.n_pairs, 205);
    for (int phase = 1; phase <= 10; phase++) {
        char name[64];
        (void)snprintf(name, sizeof name, "cases/caviar_phase%02d_undirected.tsv", phase);
        open_network(s, name, false, &g);
        the_same(s, name, highest(&g, scores(s, &g)), lm_graph_find(&g, lm_str(phase == 9 ? "3" : "1")));
    }
}

/* What the tables of ties say of themselves, by way of the measures. */
static void strengths_of_the_cases(void **state)
{
    struct shared *s = *state;
    struct lm_graph g;
    double *in, *out, *both;
    double sums[3] = { 0 };
    open_network(s, "cases/caviar_directed_weighted.tsv", true, &g);
    assert_int_equal(lm_node_measure(&s->a, &g, LM_MEASURE_STRENGTH_IN, NULL, &in, NULL), LM_OK);
    assert_int_equal(lm_node_measure(&s->a, &g, LM_MEASURE_STRENGTH_OUT, NULL, &out, NULL), LM_OK);
    assert_int_equal(lm_node_measure(&s->a, &g, LM_MEASURE_STRENGTH, NULL, &both, NULL), LM_OK);
    for (uint32_t v = 0; v < g.n; v++) {
        sums[0] += in[v];
        sums[1] += out[v];
        sums[2] += both[v];
    }
    the_same(s, "CAVIAR strength in", (uint64_t)sums[0], 3546);
    the_same(s, "CAVIAR strength out", (uint64_t)sums[1], 3546);
    the_same(s, "CAVIAR strength", (uint64_t)sums[2], 2 * 3546);
    the_same(s, "CAVIAR nodes", g.n, 110);
}

/* The largest component before anything is removed: networks.md, "N / M" and "LCC0". */
static void sizes_of_the_cases(void **state)
{
    struct shared *s = *state;
    static const struct {
        const char *file;
        uint32_t n, m, lcc0;
    } rows[] = {
        { "cases/caviar_undirected.tsv", 110, 205, 110 },          { "cases/montagna_meetings_undirected.tsv", 101, 256, 92 },
        { "cases/natarajan_cocaine_undirected.tsv", 28, 40, 28 },  { "cases/siren_undirected.tsv", 44, 103, 44 },
        { "cases/togo_undirected.tsv", 33, 47, 33 },               { "cases/ciel_undirected.tsv", 25, 35, 25 },
        { "cases/acero_undirected.tsv", 25, 37, 25 },              { "cases/jake_undirected.tsv", 38, 50, 38 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lm_graph g;
        uint32_t *component, n, largest = 0;
        open_network(s, rows[i].file, false, &g);
        assert_int_equal(lm_component_numbers(&s->a, &g, &component, &n, NULL), LM_OK);
        for (uint32_t v = 0; v < g.n; v++)
            largest += component[v] == 1;
        the_same(s, rows[i].file, g.n, rows[i].n);
        the_same(s, rows[i].file, g.n_edges, rows[i].m);
        the_same(s, rows[i].file, largest, rows[i].lcc0);
    }
}

static void montagna_sequence(void **state)
{
    struct shared *s = *state;
    static const char *const order[] = { "18", "25", "29", "22", "68", "47", "27",
                                         "51", "48", "45", "12", "11", "89", "19" };
    static const double left[] = { .9565, .7391, .7174, .5, .4239, .4130, .3913,
                                   .2609, .25, .2065, .1848, .1630, .1087, .0870 };
    struct lm_graph g;
    struct lm_removal r;
    const struct lm_removal_wish wish = { .k_max = 14 };
    open_network(s, "cases/montagna_meetings_undirected.tsv", false, &g);
    assert_int_equal(lm_removal_adaptive(&s->a, &g, &wish, NULL, &r, NULL), LM_OK);
    the_same(s, "Montagna LCC", r.lcc0, 92);
    for (uint32_t k = 0; k < 14; k++) {
        the_same(s, order[k], r.steps[k].vertex, lm_graph_find(&g, lm_str(order[k])));
        as_printed(s, order[k], (double)r.steps[k].lcc / r.lcc0, left[k], 4);
    }
}

static void auc10_of_the_benchmarks(void **state)
{
    struct shared *s = *state;
    static const struct {
        const char *file;
        uint32_t n, m;
        double hba;
    } rows[] = {
        { "dismantling/arenas-meta.edges", 453, 2025, 30.930 },
        { "dismantling/foodweb-baydry.edges", 128, 2106, 44.419 },
        { "dismantling/foodweb-baywet.edges", 128, 2075, 44.426 },
        { "dismantling/maayan-foodweb.edges", 183, 2434, 27.932 },
        { "dismantling/maayan-Stelzl.edges", 1702, 3155, 60.307 },
        { "dismantling/london_transport_multiplex_aggr.edges", 369, 430, 8.347 },
        { "dismantling/inf-USAir97.edges", 332, 2126, 21.556 },
        { "dismantling/moreno_train_train.edges", 64, 243, 7.508 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lm_graph g;
        struct lm_removal r;
        const struct lm_removal_wish wish = { .k_max = UINT32_MAX, .until = 0.1 };
        open_network(s, rows[i].file, false, &g);
        the_same(s, rows[i].file, g.n, rows[i].n);
        the_same(s, rows[i].file, g.n_edges, rows[i].m);
        assert_int_equal(lm_removal_adaptive(&s->a, &g, &wish, NULL, &r, NULL), LM_OK);
        as_printed(s, rows[i].file, r.measures.auc10, rows[i].hba, 3);
    }
}

/* Sets proved best: what is left after them. Adaptive betweenness needs 9 removals on CAVIAR. */
static void what_is_left_after_the_best_sets(void **state)
{
    struct shared *s = *state;
    static const struct {
        const char *file;
        uint32_t n, lcc0, lcc;
        const char *set[6];
    } rows[] = {
        { "cases/caviar_undirected.tsv", 110, 110, 52, { "1", "12", "3", "76" } },
        { "cases/montagna_meetings_undirected.tsv", 101, 92, 42, { "18", "27", "29", "63" } },
        { "cases/montagna_meetings_undirected.tsv", 101, 92, 52, { "18", "22", "27" } },
        { "cases/natarajan_cocaine_undirected.tsv", 28, 28, 7, { "Kay", "Tommy" } },
        { "cases/siren_undirected.tsv", 44, 44, 8, { "1", "15", "24", "6" } },
        { "cases/togo_undirected.tsv", 33, 33, 2, { "1", "2", "29", "6", "5" } },
        { "cases/ciel_undirected.tsv", 25, 25, 6, { "N1", "N2", "N10" } },
        { "cases/acero_undirected.tsv", 25, 25, 4, { "AAR", "SAR", "CEPO" } },
        { "cases/jake_undirected.tsv", 38, 38, 5, { "ABFM", "FLMC", "JES", "JFM", "FFM" } },
    };
    struct lm_graph g;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lm_components c;
        open_network(s, rows[i].file, false, &g);
        the_same(s, rows[i].file, g.n, rows[i].n);
        assert_int_equal(lm_components(&g, NULL, &c, NULL), LM_OK);
        the_same(s, rows[i].file, c.lcc, rows[i].lcc0);
        bool *gone = lm_arena_array(&s->a, g.n, sizeof *gone);
        for (size_t k = 0; rows[i].set[k] != NULL; k++)
            gone[lm_graph_find(&g, lm_str(rows[i].set[k]))] = true;
        assert_int_equal(lm_components(&g, gone, &c, NULL), LM_OK);
        the_same(s, rows[i].file, c.lcc, rows[i].lcc);
    }
    struct lm_removal r;
    const struct lm_removal_wish all = { .k_max = UINT32_MAX };
    open_network(s, "cases/caviar_undirected.tsv", false, &g);
    assert_int_equal(lm_removal_adaptive(&s->a, &g, &all, NULL, &r, NULL), LM_OK);
    the_same(s, "CAVIAR n10", (uint64_t)r.measures.n10, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(betweenness_of_the_cases),
        cmocka_unit_test(strengths_of_the_cases),
        cmocka_unit_test(sizes_of_the_cases),
        cmocka_unit_test(montagna_sequence),
        cmocka_unit_test(auc10_of_the_benchmarks),
        cmocka_unit_test(what_is_left_after_the_best_sets),
    };
    char path[4096];
    if (!is_there("cases", path) || !is_there("dismantling", path)) {
        printf("1..0 # SKIP no networks in LM_SHARED; 0 values compared\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, start, finish);
}
