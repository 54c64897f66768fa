/* bench_snaptok.c - readers of Snapchat's and TikTok's text forms on generated files: MB/s, records/s, peak memory.
 *
 * usage: bench_snaptok --generate READER FILE MB   writes a file for READER, the same bytes every time
 *        bench_snaptok READER FILE [RUNS]          reads it with a sink that only counts; the median of RUNS (5) by CPU time
 * The peak is the process's, with the pages of the mapped file that are in memory taken off (ru_maxrss would count them). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lastmile/reader.h"

struct counting_sink {
    struct lm_sink sink;
    uint64_t records, problems, text_bytes;
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct counting_sink *c = (struct counting_sink *)sink;
    c->records += entry->n_records;
    c->text_bytes += entry->facts[0].kind == LM_FACT_EVENT ? entry->facts[0].event.text.n : 0;
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

static void sentence(FILE *f, uint64_t *r)
{
    static const char *const words[] = { "the", "and", "meet", "later", "same", "place", "car", "money", "no", "ok", "tomorrow", "gate", "&amp;", "twenty" };
    for (uint64_t n = 3 + next_random(r) % 14; n > 0; n--)
        (void)fprintf(f, "%s%s", words[next_random(r) % 14], n > 1 ? " " : "");
}

static void snapchat_csv(FILE *f, long bytes, uint64_t *r)
{
    (void)fputs("\"Target username \"\"rosa_ej\"\" is associated with User ID \"\"3f2a\"\"\"\n---------------------------\n\"Legend\"\n"
                "===========================\ncontent_type,message_type,conversation_id,message_id,reply_to_message_id,conversation_title,"
                "sender_username,sender_user_id,recipient_username,recipient_user_id,text,media_id,is_saved,is_encrypted,is_topic_chat,timestamp\n", f);
    for (long i = 0; ftell(f) < bytes; i++) {
        (void)fprintf(f, "CHAT,TEXT,c0ffee00-0000-4000-8000-%012ld,%ld,,,friend_%ld,3f2a0000-0000-4000-8000-%012ld,rosa_ej,"
                         "3f2a0000-0000-4000-8000-000000000001,\"", i % 97, i, i % 211, i % 211);
        sentence(f, r);
        (void)fprintf(f, "\",,true,false,false,2026-04-%02ld %02ld:%02ld:%02ld UTC\n", 1 + i / 86400 % 30, i / 3600 % 24, i / 60 % 60, i % 60);
    }
}

static void snapchat_json(FILE *f, long bytes, uint64_t *r)
{
    (void)fputs("{", f);
    for (long i = 0; ftell(f) < bytes; i++) {
        if (i % 1000 == 0)
            (void)fprintf(f, "%s\n  \"friend_%ld\": [", i != 0 ? "\n  ]," : "", i / 1000);
        (void)fprintf(f, "%s\n    {\n      \"From\": \"%s\",\n      \"Media Type\": \"TEXT\",\n      \"Created\": \"2026-04-%02ld %02ld:%02ld:%02ld UTC\",\n      \"Content\": \"",
                      i % 1000 != 0 ? "," : "", i % 2 != 0 ? "rosa_ej" : "friend", 1 + i / 86400 % 28, i / 3600 % 24, i / 60 % 60, i % 60);
        sentence(f, r);
        (void)fprintf(f, "\",\n      \"Conversation Title\": null,\n      \"IsSender\": %s,\n      \"IsSaved\": true,\n      \"Media IDs\": \"\"\n    }", i % 2 != 0 ? "true" : "false");
    }
    (void)fputs("\n  ]\n}\n", f);
}

static void tiktok_json(FILE *f, long bytes, uint64_t *r)
{
    (void)fputs("{\"Profile\": {\"Profile Info\": {\"ProfileMap\": {\"userName\": \"rosa_ej\"}}}, \"Direct Message\": {\"Direct Messages\": {\"ChatHistory\": {", f);
    for (long i = 0; ftell(f) < bytes; i++) {
        if (i % 1000 == 0)
            (void)fprintf(f, "%s\"Chat History with friend_%ld:\": [", i != 0 ? "\n]," : "", i / 1000);
        (void)fprintf(f, "%s\n{\"Date\": \"2026-04-%02ld %02ld:%02ld:%02ld\", \"From\": \"", i % 1000 != 0 ? "," : "", 1 + i / 86400 % 28, i / 3600 % 24, i / 60 % 60, i % 60);
        if (i % 2 != 0)
            (void)fputs("rosa_ej", f);
        else
            (void)fprintf(f, "friend_%ld", i / 1000);
        (void)fputs("\", \"Content\": \"", f);
        sentence(f, r);
        (void)fputs("\"}", f);
    }
    (void)fputs("\n]}}}}\n", f);
}

static int generate(const char *reader, const char *path, long mb)
{
    uint64_t r = 88172645463325252u;
    FILE *f = fopen(path, "wb");
    if (f == NULL)
        return 1;
    if (strcmp(reader, "snapchat_return_csv") == 0)
        snapchat_csv(f, mb << 20, &r);
    else if (strcmp(reader, "snapchat_mydata_json") == 0)
        snapchat_json(f, mb << 20, &r);
    else if (strcmp(reader, "tiktok_export_json") == 0)
        tiktok_json(f, mb << 20, &r);
    else
        return (void)fclose(f), 2;
    return fclose(f) != 0;
}

static double cpu_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* "VmHWM" without the file's pages is not told by the kernel: RssAnon is, now and then. */
static long anon_kb(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    long kb = -1;
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "RssAnon: %ld", &kb) == 1)
            break;
    if (f != NULL)
        (void)fclose(f);
    return kb;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "--generate") == 0)
        return generate(argv[2], argv[3], strtol(argv[4], NULL, 10));
    const struct lm_reader *reader = argc >= 3 ? lm_reader_find(lm_str(argv[1])) : NULL;
    int fd = reader != NULL ? open(argv[2], O_RDONLY) : -1, runs = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 5;
    struct stat st;
    double s[99];
    long peak_kb = 0;
    struct counting_sink c;
    if (fd < 0 || fstat(fd, &st) != 0 || runs < 1 || runs > 99)
        return fprintf(stderr, "usage: bench_snaptok READER FILE [RUNS] | --generate READER FILE MB\n"), 2;
    const char *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (p == MAP_FAILED)
        return 1;
    for (int i = 0; i < runs; i++) {
        struct lm_arena file, record;
        struct lm_error e = { 0 };
        lm_arena_init(&file, 0);
        lm_arena_init(&record, 0);
        struct lm_input in = { .bytes = { p, (size_t)st.st_size }, .path = LM_STR("bench/conversations.csv") };
        struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
        c = (struct counting_sink){ .sink = { on_entry, on_problem, on_empty } };
        double from = cpu_s();
        lm_err err = reader->read(&ctx, &c.sink);
        s[i] = cpu_s() - from;
        if (err != LM_OK)
            return fprintf(stderr, "%s: %s %s\n", lm_err_name(err), e.message, e.locator), 1;
        long kb = anon_kb();
        peak_kb = kb > peak_kb ? kb : peak_kb;
        lm_arena_free(&record);
        lm_arena_free(&file);
    }
    qsort(s, (size_t)runs, sizeof s[0], by_size);
    double median = s[runs / 2];
    printf("%s: %.0f MB in %.3f s CPU: %.0f MB/s, %.0f records/s, %llu records, %llu problems, %.1f MiB private memory at the end of a run\n",
           reader->name, (double)st.st_size / 1e6, median, (double)st.st_size / 1e6 / median, (double)c.records / median,
           (unsigned long long)c.records, (unsigned long long)c.problems, (double)peak_kb / 1024);
    return 0;
}
