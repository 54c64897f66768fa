/* bench_occurrence - occurrences over many records: time and memory against sorting the same records once.
 *
 *   bench_occurrence [RECORDS]     (10,000,000 unless asked)
 *
 * Three sources see every call (a carrier, another one 37 s fast, a telephone cut to the minute), 2 M numbers on a skewed
 * distribution. Prints processor and wall seconds, peak memory, and the ratio to one qsort of the same records.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/rng.h"
#include "resolve/occurrence.h"

static double seconds(clockid_t which)
{
    struct timespec t;
    (void)clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_ends(const void *pa, const void *pb)
{
    const struct lm_report *a = pa, *b = pb;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    return a->at_us < b->at_us ? -1 : a->at_us > b->at_us;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
    struct lm_report *r = malloc(n * sizeof *r);
    struct lm_rng random = { 3 };
    struct lm_arena a;
    struct lm_occurrences o;
    const int64_t second = 1000000;
    int64_t at = INT64_C(1680000000) * second;
    if (r == NULL)
        return 1;
    for (size_t i = 0; i < n;) {
        uint64_t u = lm_rng_below(&random, 1000000), v = lm_rng_below(&random, 1000000);
        uint32_t from = (uint32_t)(u * u / 500000), to = (uint32_t)(v * v / 500000);
        int32_t duration = 1 + (int32_t)lm_rng_below(&random, 600);
        at += (int64_t)lm_rng_below(&random, 3000) * 1000;
        for (uint32_t s = 0; s < 3 && i < n; s++, i++) {
            int64_t t = at - at % second + (s == 1 ? 37 * second : 0);
            r[i] = (struct lm_report){ .key = (uint64_t)s << 40 | i, .at_us = s == 2 ? t - t % (60 * second) : t, .source = s,
                                       .from = from, .to = to, .duration_s = duration, .kind = 1 };
        }
    }
    lm_arena_init(&a, SIZE_MAX / 2);
    double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (lm_occurrences_find(&a, r, n, 3, NULL, NULL, 0, NULL, &o, NULL) != LM_OK)
        return 1;
    w = seconds(CLOCK_MONOTONIC) - w;
    c = seconds(CLOCK_PROCESS_CPUTIME_ID) - c;
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    double q = seconds(CLOCK_PROCESS_CPUTIME_ID);
    qsort(r, n, sizeof *r, by_ends);
    q = seconds(CLOCK_PROCESS_CPUTIME_ID) - q;
    printf("%zu records, %llu occurrences: %.1f s cpu, %.1f s wall, peak %.0f MB; %.2f times one qsort of the records (%.1f s)\n", n,
           (unsigned long long)o.total, c, w, (double)use.ru_maxrss / 1024, c / q, q);
    lm_arena_free(&a);
    free(r);
    return 0;
}
