/* bench_resolve - links N made-up identity records with planted truth (identities.h has the error model): edge, closure and B-cubed
 * at the default threshold and at the best one, CPU seconds of each step, and the most memory that the process had.
 *
 *   bench_resolve [N] [SEED]         (100000, 1)
 *   bench_resolve --later M [N] [SEED]   M of the N come after the linkage (link_index.h), one at a time: what is proposed for them, the time
 *                                    of each, then a look-up for a thousand of them
 *   bench_resolve --csv [N] [SEED]   writes the records as a table, to be read by `lastmile resolve --truth person`
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "identities.h"
#include "resolve/link_index.h"

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

/* Records of made-up persons, most of them linked, some that come later. */
struct bench {
    uint64_t seed;
    uint32_t n, persons;
    uint32_t later_each; /* one in so many comes later; 0: none */
    uint32_t *of;        /* person of each, as added; then of those that come later */
    uint32_t *later, n_later;
    struct lm_folder *folder;
    struct lm_records r;
    struct lm_linkage l;
};

static void make(const struct bench *b, uint32_t p, unsigned copy, struct identity *x, struct lm_str *cells)
{
    identity_make(b->seed, b->persons, p, copy, x);
    for (unsigned f = 0; f < ID_FIELDS; f++)
        cells[f] = lm_str(x->cell[f]);
}

static bool add_all(struct bench *b)
{
    struct identity x;
    struct lm_str cells[ID_FIELDS];
    uint32_t n = 0;
    for (unsigned copy = 0; copy < 4; copy++)
        for (uint32_t p = 0; p < b->persons; p++) {
            if (copy >= identity_copies(b->seed, p))
                continue;
            if (b->later_each != 0 && ++n % b->later_each == 0) {
                b->later[b->n_later++] = p * 4 + copy;
                continue;
            }
            make(b, p, copy, &x, cells);
            b->of[b->r.n] = p;
            if (lm_records_add(&b->r, 0, (uint64_t)p * 4 + copy, cells) != LM_OK)
                return false;
        }
    return true;
}

static bool print_quality(const struct bench *b)
{
    const struct lm_linkage *l = &b->l;
    uint32_t *person = malloc((size_t)b->r.n * sizeof *person);
    if (person == NULL)
        return false;
    for (uint32_t i = 0; i < b->r.n; i++)
        person[i] = b->of[b->r.origin[i]];
    struct lm_truth t = { .n = b->r.n, .person = person };
    struct lm_measures m;
    struct lm_best edge, closure, b3;
    uint64_t proposed = 0, found = 0;
    for (uint64_t i = 0; i < l->n_edges; i++)
        found += person[l->edges[i].a] == person[l->edges[i].b];
    while (proposed < l->n_edges && l->edges[proposed].bits >= LM_LINKAGE_THRESHOLD)
        proposed++;
    if (lm_truth_count(&t) != LM_OK || lm_measure(&t, l->edges, proposed, &m) != LM_OK
        || lm_measure_best(&t, l->edges, l->n_edges, &edge, &closure, &b3) != LM_OK) {
        free(person);
        return false;
    }
    printf("%u records of %u persons, %llu true pairs, %llu proposed\n", b->r.n, b->persons, (unsigned long long)t.n_pairs, (unsigned long long)proposed);
    print_measures("edge", &m.edge, &edge);
    print_measures("closure", &m.closure, &closure);
    print_measures("b3", &m.b3, &b3);
    if (l->model.related != 0) {
        printf("  related pairs (%.0f, beside %.0f of one person) share", l->model.related_pairs, l->model.matches);
        for (unsigned f = 0; f < ID_FIELDS; f++)
            if (l->model.related >> f & 1)
                printf(" %s", identity_fields[f].name.p);
        printf("\n");
    }
    printf("  %u keys, %llu pairs looked at, %llu compared, %llu metrics; %llu kept, %.5f of the true pairs "
           "among them\n",
           l->counts.n_keys, (unsigned long long)l->counts.n_pairs, (unsigned long long)l->n_compared,
           (unsigned long long)l->n_metrics, (unsigned long long)l->n_edges, (double)found / (double)t.n_pairs);
    free(person);
    return true;
}

static double peak_mb(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

static uint32_t person_of(const struct bench *b, uint32_t first, uint32_t record)
{
    return record < first ? b->of[b->r.origin[record]] : b->later[record - first] / 4;
}

/* All that come later, one at a time. */
static lm_err add_later(struct bench *b, struct lm_link_index *index, uint32_t first)
{
    struct identity x;
    struct lm_str cells[ID_FIELDS];
    const struct lm_found *found;
    uint32_t n, *records = calloc((size_t)b->persons, sizeof *records);
    uint64_t right = 0, wrong = 0, real = 0;
    double spent = 0;
    lm_err err = records != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t i = 0; err == LM_OK && i < first; i++)
        records[b->of[i]]++;
    for (uint32_t k = 0; err == LM_OK && k < b->n_later; k++) {
        uint32_t person = b->later[k] / 4;
        make(b, person, b->later[k] % 4, &x, cells);
        real += records[person]++;
        double began = cpu();
        err = lm_link_index_find(index, cells, 0, LM_LINKAGE_THRESHOLD, &found, &n);
        if (err == LM_OK)
            err = lm_link_index_keep(index);
        spent += cpu() - began;
        for (uint32_t i = 0; err == LM_OK && i < n; i++) {
            bool same = person_of(b, first, found[i].record) == person;
            right += same;
            wrong += !same;
        }
    }
    free(records);
    if (err == LM_OK)
        printf("  later: %u records, %.1f CPU s, %.0f a second; P %.5f R %.5f\n", b->n_later, spent, b->n_later / spent,
               (double)right / (double)(right + wrong), (double)right / (double)real);
    return err;
}

/* A thousand of them once more: they find themselves. */
static lm_err look_up(struct bench *b, struct lm_link_index *index, uint32_t first)
{
    struct identity x;
    struct lm_str cells[ID_FIELDS];
    const struct lm_found *found;
    uint32_t n, looked = b->n_later < 1000 ? b->n_later : 1000, itself = 0;
    double most = 0, sum = 0, most_wall = 0;
    lm_err err = LM_OK;
    for (uint32_t k = 0; err == LM_OK && k < looked; k++) {
        uint32_t at = (uint32_t)((uint64_t)k * b->n_later / looked);
        make(b, b->later[at] / 4, b->later[at] % 4, &x, cells);
        double began = cpu(), began_wall = wall();
        err = lm_link_index_find(index, cells, LM_BLOCK_MOST, LM_LINKAGE_THRESHOLD, &found, &n);
        double took = cpu() - began, took_wall = wall() - began_wall;
        sum += took;
        most = took > most ? took : most;
        most_wall = took_wall > most_wall ? took_wall : most_wall;
        for (uint32_t i = 0; err == LM_OK && i < n; i++)
            itself += found[i].record == first + at;
    }
    if (err == LM_OK)
        printf("  look-ups: %u, of which %u found themselves; on average %.2f CPU ms, at most %.2f (wall %.2f)\n", looked, itself,
               1e3 * sum / looked, 1e3 * most, 1e3 * most_wall);
    return err;
}

static bool bench_later(struct bench *b)
{
    struct lm_link_index *index = NULL;
    uint32_t first = b->r.n;
    double c0 = cpu();
    lm_err err = lm_link_index_open(&b->r, &b->l, b->folder, &index);
    double c1 = cpu();
    if (err == LM_OK)
        err = add_later(b, index, first);
    if (err == LM_OK)
        err = look_up(b, index, first);
    if (err == LM_OK)
        printf("  index: %.1f CPU s; at most %.0f MB\n", c1 - c0, peak_mb());
    lm_link_index_close(index);
    return err == LM_OK;
}

static bool link_them(struct bench *b)
{
    const struct lm_linkage_wish wish = { .between = false };
    struct lm_error e;
    double c0 = cpu(), w0 = wall();
    lm_records_init(&b->r, identity_fields, ID_FIELDS, 1, b->folder);
    if (!add_all(b))
        return false;
    double c1 = cpu();
    if (lm_records_seal(&b->r) != LM_OK)
        return false;
    double c2 = cpu();
    if (lm_link(&b->r, &wish, &b->l, &e) != LM_OK) {
        fprintf(stderr, "%s\n", e.message);
        return false;
    }
    double c3 = cpu(), w3 = wall(), peak = peak_mb();
    bool ok = print_quality(b);
    printf("  CPU s: made and added %.1f, in order %.1f, linked %.1f; all %.1f, wall %.1f s, at most %.0f MB\n", c1 - c0, c2 - c1, c3 - c2, c3 - c0,
           w3 - w0, peak);
    (void)fflush(stdout);
    ok = ok && (b->later_each == 0 || bench_later(b));
    lm_linkage_free(&b->l);
    lm_records_free(&b->r);
    return ok;
}

static int run(uint64_t seed, uint32_t n, uint32_t later)
{
    struct bench b = { .seed = seed, .n = n, .persons = persons_for(seed, n), .later_each = later != 0 ? n / later : 0 };
    struct lm_error e;
    struct lm_arena a;
    lm_arena_init(&a, 0);
    b.of = malloc(((size_t)n + 4) * sizeof *b.of);
    b.later = malloc(((size_t)n + 4) * sizeof *b.later);
    bool ok = b.of != NULL && b.later != NULL && lm_folder_open(&a, &b.folder, &e) == LM_OK && link_them(&b);
    lm_folder_close(b.folder);
    lm_arena_free(&a);
    free(b.of);
    free(b.later);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    bool csv = argc > 1 && strcmp(argv[1], "--csv") == 0, with_later = argc > 2 && strcmp(argv[1], "--later") == 0;
    long later = with_later ? strtol(argv[2], NULL, 10) : 0;
    argv += csv + 2 * with_later;
    argc -= csv + 2 * with_later;
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    if (n < 10 || n > 50000000 || later < with_later || later > n / 2) {
        fprintf(stderr, "usage: bench_resolve [--csv | --later M] [N] [SEED]   N from 10 to 50,000,000, M up to half of it\n");
        return 2;
    }
    if (!csv)
        return run(seed, (uint32_t)n, (uint32_t)later);
    write_csv(seed, (uint32_t)n);
    return 0;
}
