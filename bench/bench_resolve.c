/* bench_resolve - links N made-up identity records with planted truth (identities.h has the error model): edge, closure and B-cubed
 * at the default threshold and at the best one, CPU seconds of each step, and the most memory that the process had.
 *
 *   bench_resolve [N] [SEED]         (100000, 1)
 *   bench_resolve --csv [N] [SEED]   writes the records as a table, to be read by `lastmile resolve --truth person`
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "identities.h"
#include "resolve/linkage.h"

static double cpu(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double wall(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Persons and copies until there are n records: all first copies, all second ones, … */
static uint32_t persons_for(uint64_t seed, uint32_t n)
{
    uint32_t persons = 0, records = 0;
    while (records < n)
        records += identity_copies(seed, persons++);
    return persons;
}

static void write_csv(uint64_t seed, uint32_t n)
{
    uint32_t persons = persons_for(seed, n);
    struct identity x;
    printf("id,given_name,surname,date_of_birth,street,town,postcode,phone,email,account,person\n");
    for (unsigned copy = 0; copy < 4; copy++)
        for (uint32_t p = 0; p < persons; p++)
            if (copy < identity_copies(seed, p)) {
                identity_make(seed, persons, p, copy, &x);
                printf("%u-%u", p, copy);
                for (unsigned f = 0; f < ID_FIELDS; f++)
                    printf(",%s", x.cell[f]);
                printf(",p%u\n", p);
            }
}

static void print_measures(const char *name, const struct lm_measure *m, const struct lm_best *best)
{
    printf("  %-8s P %.5f R %.5f F1 %.5f   best F1 %.5f at %.1f bits\n", name, m->precision, m->recall, m->f1, best->measure.f1, (double)best->bits);
}

static int link_them(uint64_t seed, uint32_t n)
{
    struct lm_records r;
    struct lm_linkage l;
    struct lm_error e;
    struct identity x;
    struct lm_str cells[ID_FIELDS];
    const struct lm_linkage_wish wish = { .between = false };
    uint32_t persons = persons_for(seed, n), *of = malloc(((size_t)n + 4) * sizeof *of), *person;
    struct lm_folder *folder = NULL;
    struct lm_arena a;
    lm_arena_init(&a, 0);
    if (lm_folder_open(&a, &folder, &e) != LM_OK)
        return 1;
    double c0 = cpu(), w0 = wall();
    lm_records_init(&r, identity_fields, ID_FIELDS, 1, folder);
    for (unsigned copy = 0; copy < 4; copy++)
        for (uint32_t p = 0; p < persons; p++)
            if (copy < identity_copies(seed, p)) {
                identity_make(seed, persons, p, copy, &x);
                for (unsigned f = 0; f < ID_FIELDS; f++)
                    cells[f] = lm_str(x.cell[f]);
                of[r.n] = p;
                if (lm_records_add(&r, 0, (uint64_t)p * 4 + copy, cells) != LM_OK)
                    return 1;
            }
    double c1 = cpu();
    if (lm_records_seal(&r) != LM_OK)
        return 1;
    double c2 = cpu();
    if (lm_link(&r, &wish, &l, &e) != LM_OK) {
        fprintf(stderr, "%s\n", e.message);
        return 1;
    }
    double c3 = cpu(), w3 = wall();
    person = malloc((size_t)r.n * sizeof *person);
    for (uint32_t i = 0; i < r.n; i++)
        person[i] = of[r.origin[i]];
    struct lm_truth t = { .n = r.n, .person = person };
    struct lm_measures m;
    struct lm_best edge, closure, b3;
    uint64_t proposed = 0, found = 0;
    for (uint64_t i = 0; i < l.n_edges; i++)
        found += person[l.edges[i].a] == person[l.edges[i].b];
    while (proposed < l.n_edges && l.edges[proposed].bits >= LM_LINKAGE_THRESHOLD)
        proposed++;
    if (lm_truth_count(&t) != LM_OK || lm_measure(&t, l.edges, proposed, &m) != LM_OK
        || lm_measure_best(&t, l.edges, l.n_edges, &edge, &closure, &b3) != LM_OK)
        return 1;
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    printf("%u records of %u persons, %llu true pairs, %llu proposed\n", r.n, persons, (unsigned long long)t.n_pairs, (unsigned long long)proposed);
    print_measures("edge", &m.edge, &edge);
    print_measures("closure", &m.closure, &closure);
    print_measures("b3", &m.b3, &b3);
    printf("  CPU s: made and added %.1f, in order %.1f, linked %.1f; all %.1f, wall %.1f s, at most %.0f MB\n", c1 - c0, c2 - c1, c3 - c2, c3 - c0,
           w3 - w0, (double)u.ru_maxrss / 1024);
    if (l.model.related != 0) {
        printf("  related pairs (%.0f, beside %.0f of one person) share", l.model.related_pairs, l.model.matches);
        for (unsigned f = 0; f < ID_FIELDS; f++)
            if (l.model.related >> f & 1)
                printf(" %s", identity_fields[f].name.p);
        printf("\n");
    }
    printf("  %u keys, %llu pairs looked at, %llu compared, %llu metrics; %llu kept, %.5f of the true pairs "
           "among them\n",
           l.counts.n_keys, (unsigned long long)l.counts.n_pairs, (unsigned long long)l.n_compared,
           (unsigned long long)l.n_metrics, (unsigned long long)l.n_edges, (double)found / (double)t.n_pairs);
    lm_linkage_free(&l);
    lm_records_free(&r);
    lm_folder_close(folder);
    lm_arena_free(&a);
    free(of);
    free(person);
    return 0;
}

int main(int argc, char **argv)
{
    bool csv = argc > 1 && strcmp(argv[1], "--csv") == 0;
    argv += csv;
    argc -= csv;
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    if (n < 10 || n > 50000000) {
        fprintf(stderr, "usage: bench_resolve [--csv] [N] [SEED]   N from 10 to 50,000,000\n");
        return 2;
    }
    if (!csv)
        return link_them(seed, (uint32_t)n);
    write_csv(seed, (uint32_t)n);
    return 0;
}
