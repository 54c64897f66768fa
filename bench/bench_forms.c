/* bench_forms - normal forms per second on one core: names as three populations write them, and what they cost in ICU alone.
 *
 * Made-up records from small lists; the same bytes go through every run. CPU time, median of five. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "model/name.h"

#define N 200000
#define ROUNDS 5

static const char *const ascii[] = { "GARCIA LOPEZ, Juan Carlos", "John Q. Smith Jr.", "Maria del Carmen Ruiz Mora", "O'Brien, Pat",
                                     "WASHINGTON, DESHAWN", "Ahmad al-Hassan", "Nguyen Van An", "Smith-Jones, Mary Ann" };
static const char *const latin[] = { "GARCÍA LÓPEZ, José Ángel", "Núñez Peña, Íñigo", "Müller, Jörg", "Nguyễn Văn Đức" };
static const char *const other[] = { "Жуков Александр", "王小明", "محمد عبد الرحمن", "김철수" };

static double cpu_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(const char *what, double times[ROUNDS], size_t n, size_t check)
{
    qsort(times, ROUNDS, sizeof times[0], by_value);
    printf("%-28s %10.0f /s  (%.0f ns each, CPU, median of %d; sum %zu)\n", what, (double)n / times[ROUNDS / 2],
           times[ROUNDS / 2] * 1e9 / (double)n, ROUNDS, check);
}

static void names(struct lm_fold *f, const char *what, const char *const *list, size_t n_list, size_t n)
{
    double times[ROUNDS];
    size_t check = 0;
    for (size_t r = 0; r < ROUNDS; r++) {
        double from = cpu_s();
        for (size_t i = 0; i < n; i++) {
            char buf[LM_NAME_BYTES], key[256];
            struct lm_name name;
            if (lm_name_parse(f, lm_str(list[i % n_list]), LM_NAME_ANY_ORDER, buf, sizeof buf, &name))
                check += lm_name_key(&name, key, sizeof key);
        }
        times[r] = cpu_s() - from;
    }
    report(what, times, n, check);
}

int main(void)
{
    struct lm_arena a;
    struct lm_fold *f;
    lm_arena_init(&a, 0);
    double from = cpu_s();
    if (lm_fold_open(&a, &f, NULL) != LM_OK)
        return 1;
    printf("%-28s %10.1f ms\n", "opening a fold", (cpu_s() - from) * 1e3);
    names(f, "names, ASCII", ascii, sizeof ascii / sizeof ascii[0], N);
    names(f, "names, Latin with accents", latin, sizeof latin / sizeof latin[0], N);
    names(f, "names, other scripts (ICU)", other, sizeof other / sizeof other[0], N / 100);
    lm_fold_close(f);
    lm_arena_free(&a);
    return 0;
}
