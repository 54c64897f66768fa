/* bench_whatsapp.c - whatsapp_text, parse only, in messages per second.
 *
 * usage: bench_whatsapp --generate FILE [MESSAGES]   writes a chat (1,000,000 messages), the same bytes every
 * time bench_whatsapp FILE [RUNS]                  reads it with a sink that only counts; one line per run:
 *                                                    "messages wall_s cpu_s", then the medians
 * bench/whatsapp.sh runs it against npm's whatsapp-chat-parser on the same file. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lastmile/reader.h"

struct counting_sink {
    struct lm_sink sink;
    uint64_t messages, text_bytes, problems;
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct counting_sink *c = (struct counting_sink *)sink;
    c->messages++;
    c->text_bytes += entry->facts[0].event.text.n;
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    (void)problem;
    ((struct counting_sink *)sink)->problems++;
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Android's English form, four authors, 8 % of several lines, 3 % without their media, emoji and accents. */
static int generate(const char *path, uint64_t messages)
{
    static const char *const names[] = { "Jane Roe", "+1 303 555 0101", "Carlos Mendez",
                                         "Dee \xf0\x9f\xa4\x93" };
    static const char *const words[] = { "the",
                                         "and",
                                         "meet",
                                         "later",
                                         "ok",
                                         "see",
                                         "you",
                                         "tonight",
                                         "bring",
                                         "money",
                                         "car",
                                         "house",
                                         "when",
                                         "where",
                                         "call",
                                         "back",
                                         "no",
                                         "yes",
                                         "ma\xc3\xb1"
                                         "ana",
                                         "tomorrow",
                                         "usual",
                                         "place",
                                         "two",
                                         "three",
                                         "please",
                                         "thanks",
                                         "\xf0\x9f\x91\x8d",
                                         "caf\xc3\xa9",
                                         "it's",
                                         "at 9:30" };
    FILE *f = fopen(path, "wb");
    uint64_t state = 88172645463325252u;
    int64_t us = INT64_C(1609459200) * LM_SECOND_US;
    if (f == NULL)
        return 1;
    for (uint64_t i = 0; i < messages; i++) {
        struct lm_civil t;
        us += (int64_t)(1 + next_random(&state) % 120) * LM_SECOND_US;
        lm_civil_from_us(us, &t);
        fprintf(f, "%02d/%02d/%d, %02d:%02d - %s: ", t.day, t.month, t.year, t.hour, t.minute,
                names[next_random(&state) % 4]);
        uint64_t kind = next_random(&state) % 100;
        uint64_t n = kind < 3 ? 0 : 1 + next_random(&state) % 14;
        if (kind < 3)
            fputs("<Media omitted>", f);
        for (uint64_t w = 0; w < n; w++)
            fprintf(f, "%s%s",
                    w == 0                    ? ""
                    : kind < 11 && w % 6 == 5 ? "\n"
                                              : " ",
                    words[next_random(&state) % 30]);
        fputc('\n', f);
    }
    return fclose(f) != 0;
}

static double wall(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec)
           + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "--generate") == 0)
        return generate(argv[2], argc > 3 ? strtoull(argv[3], NULL, 10) : 1000000);
    const struct lm_reader *reader = lm_reader_find(LM_STR("whatsapp_text"));
    int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    struct stat st;
    if (reader == NULL || fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) {
        fprintf(stderr, "usage: bench_whatsapp --generate FILE [MESSAGES] | FILE [RUNS]\n");
        return 2;
    }
    int runs = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    char *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    double walls[64], cpus[64];
    if (p == MAP_FAILED || runs < 1 || runs > 64)
        return 2;
    /* The file is in memory before the clock starts, as the peer's text is. */
    volatile char touched = 0;
    for (off_t at = 0; at < st.st_size; at += 4096)
        touched = (char)(touched ^ p[at]);
    for (int i = 0; i < runs; i++) {
        struct counting_sink c = { .sink = { on_entry, on_problem, on_empty } };
        struct lm_arena file, record;
        struct lm_error e = { 0 };
        struct lm_input in = { .bytes = { p, (size_t)st.st_size }, .path = lm_str(argv[1]) };
        lm_arena_init(&file, 0);
        lm_arena_init(&record, 0);
        struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
        double w = wall(), u = cpu();
        lm_err err = reader->read(&ctx, &c.sink);
        cpus[i] = cpu() - u;
        walls[i] = wall() - w;
        printf("%llu %.4f %.4f\n", (unsigned long long)c.messages, walls[i], cpus[i]);
        lm_arena_free(&file);
        lm_arena_free(&record);
        if (err != LM_OK)
            return 1;
    }
    qsort(walls, (size_t)runs, sizeof walls[0], ascending);
    qsort(cpus, (size_t)runs, sizeof cpus[0], ascending);
    printf("median %.4f %.4f\n", walls[runs / 2], cpus[runs / 2]);
    return munmap(p, (size_t)st.st_size) != 0;
}
