/* bench_json.c - the JSON pull reader against yajl on a Telegram-like export.
 *
 * bench_json [--file PATH] [--mb N] [--runs N] | bench_json --read PATH [--runs N]
 * Writes a made-up export of N MB (200) to PATH (kept) or to a file in TMPDIR (removed), the same bytes
 * every time; maps it and gives the same mapping to both, in turn. Both see every token with its text
 * and offset and validate UTF-8; what they saw is compared. The export has no `\xNN` in it, since yajl
 * refuses those. Memory is measured in a process of its own per reader. --read
 * measures a file that is there. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <yajl/yajl_parse.h>

#include "base/map.h"
#include "formats/json.h"

#define MAX_RUNS 31

/* --- the export --- */

static uint64_t below(uint64_t *s, uint64_t n)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return (*s * 0x2545f4914f6cdd1du >> 11) % n;
}

static const char *const names[] = { "Ana Prueba", "Иван Примеров", "Chris Sample", "José Ejemplo", "Sam 🚗" };
static const char *const phrases[] = {
    "ok",
    "on my way, ten minutes",
    "¿a qué hora llegas mañana?",
    "привет, как дела сегодня?",
    "jaja sí 😂",
    "the usual place then",
    "не могу говорить, напиши",
    "I said \\\"later\\\", not now",
    "👍👍",
    "line one\\nline two",
    "nos vemos en la esquina, ñaño",
    "C:\\\\photos\\\\img 12.jpg",
    "thanks!",
    "давай завтра после работы…",
    "call me on 202-555-0142 when you are there and have parked",
};

static void phrase(FILE *f, uint64_t *s)
{
    for (uint64_t k = 1 + below(s, 4); k > 0; k--)
        fprintf(f, "%s%s", phrases[below(s, sizeof phrases / sizeof phrases[0])], k > 1 ? " " : "");
}

static void text(FILE *f, uint64_t *s)
{
    if (below(s, 8) != 0) {
        fprintf(f, "\"");
        phrase(f, s);
        fprintf(f, "\"");
        return;
    }
    fprintf(f, "[\n       \"");
    phrase(f, s);
    fprintf(f,
            " \",\n       {\n        \"type\": \"link\",\n        \"text\": \"https://example.org/%llu\"\n   "
            "    },\n"
            "       \" ",
            (unsigned long long)below(s, 100000));
    phrase(f, s);
    fprintf(f, "\"\n      ]");
}

static void message(FILE *f, uint64_t *s, unsigned long id, bool first)
{
    unsigned long long t = 1600000000 + 37 * id;
    size_t who = below(s, sizeof names / sizeof names[0]);
    fprintf(
        f,
        "%s     {\n      \"id\": %lu,\n      \"type\": \"message\",\n"
        "      \"date\": \"2021-%02llu-%02lluT%02llu:%02llu:%02llu\",\n      \"date_unixtime\": \"%llu\",\n"
        "      \"from\": \"%s\",\n      \"from_id\": \"user55501%02zu\",\n",
        first ? "" : ",\n", id, t / 2592000 % 12 + 1, t / 86400 % 28 + 1, t / 3600 % 24, t / 60 % 60, t % 60,
        t, names[who], who);
    if (below(s, 12) == 0)
        fprintf(f,
                "      \"file\": \"(File not included. Change data exporting settings to download.)\",\n"
                "      \"media_type\": \"voice_message\",\n      \"mime_type\": \"audio/ogg\",\n"
                "      \"duration_seconds\": %llu,\n",
                (unsigned long long)below(s, 300));
    if (below(s, 6) == 0)
        fprintf(f, "      \"reply_to_message_id\": %llu,\n", (unsigned long long)below(s, id + 1));
    fprintf(f, "      \"text\": ");
    text(f, s);
    fprintf(f, "\n     }");
}

static bool write_export(FILE *f, long bytes)
{
    uint64_t s = 20240301;
    unsigned long id = 0;
    fprintf(f,
            "{\n \"about\": \"Made-up data.\",\n \"chats\": {\n  \"about\": \"All chats.\",\n  \"list\": [");
    for (unsigned chat = 0; ftell(f) < bytes; chat++) {
        fprintf(f,
                "%s\n   {\n    \"name\": \"%s\",\n    \"type\": \"personal_chat\",\n    \"id\": 5550%03u,\n"
                "    \"messages\": [\n",
                chat > 0 ? "," : "", names[chat % 5], chat);
        for (unsigned k = 0; k < 2000 && (k == 0 || ftell(f) < bytes); k++)
            message(f, &s, ++id, k == 0);
        fprintf(f, "\n    ]\n   }");
    }
    fprintf(f, "\n  ]\n }\n}");
    return fflush(f) == 0 && !ferror(f);
}

/* --- the two readers --- */

struct seen {
    uint64_t tokens, text_bytes, offsets, mix;
    bool compare; /* mix the text in as well; not while the clock runs */
};

static inline void see(struct seen *s, const void *p, size_t n, uint64_t end)
{
    s->tokens++;
    s->text_bytes += n;
    s->offsets += end;
    if (s->compare)
        s->mix = s->mix * 31 + lm_hash64((struct lm_str){ p, n }, 0);
}

static bool read_ours(struct lm_str in, struct seen *s)
{
    struct lm_json j;
    struct lm_json_token t;
    lm_err e;
    lm_json_init(&j, in);
    while ((e = lm_json_next(&j, &t)) == LM_OK && t.type != LM_JSON_END)
        see(s, t.text.p, t.text.n, t.end);
    lm_json_free(&j);
    return e == LM_OK;
}

static bool skip_ours(struct lm_str in, struct seen *s)
{
    struct lm_json j;
    struct lm_json_token t;
    uint64_t end = 0;
    lm_json_init(&j, in);
    bool ok = lm_json_next(&j, &t) == LM_OK && lm_json_skip(&j, &t, &end) == LM_OK;
    see(s, "", 0, end);
    lm_json_free(&j);
    return ok;
}

struct oracle {
    struct seen *seen;
    yajl_handle h;
};

static int see_yajl(void *ctx, const void *p, size_t n)
{
    struct oracle *o = ctx;
    see(o->seen, p, n, yajl_get_bytes_consumed(o->h));
    return 1;
}

static int on_plain(void *ctx)
{
    return see_yajl(ctx, "", 0);
}

static int on_bool(void *ctx, int v)
{
    (void)v;
    return see_yajl(ctx, "", 0);
}

static int on_number(void *ctx, const char *p, size_t n)
{
    return see_yajl(ctx, p, n);
}

static int on_text(void *ctx, const unsigned char *p, size_t n)
{
    return see_yajl(ctx, p, n);
}

static bool read_yajl(struct lm_str in, struct seen *s)
{
    static const yajl_callbacks callbacks = {
        .yajl_null = on_plain,
        .yajl_boolean = on_bool,
        .yajl_number = on_number,
        .yajl_string = on_text,
        .yajl_map_key = on_text,
        .yajl_start_map = on_plain,
        .yajl_end_map = on_plain,
        .yajl_start_array = on_plain,
        .yajl_end_array = on_plain,
    };
    struct oracle o = { .seen = s };
    o.h = yajl_alloc(&callbacks, NULL, &o);
    if (o.h == NULL)
        return false;
    (void)yajl_config(o.h, yajl_dont_validate_strings, 0);
    bool ok = yajl_parse(o.h, (const unsigned char *)in.p, in.n) == yajl_status_ok
              && yajl_complete_parse(o.h) == yajl_status_ok;
    yajl_free(o.h);
    return ok;
}

/* --- measuring --- */

typedef bool reader(struct lm_str in, struct seen *s);

static double now(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static struct lm_str map_file(int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return (struct lm_str){ NULL, 0 };
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    return p == MAP_FAILED ? (struct lm_str){ NULL, 0 } : (struct lm_str){ p, (size_t)st.st_size };
}

/* Peak resident bytes above the mapped file, in a process of its own; -1 when that failed. */
static long peak_above_file(int fd, reader *read)
{
    struct rusage u;
    struct stat st;
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct seen s = { 0 };
        struct lm_str in = map_file(fd);
        _exit(in.p != NULL && read(in, &s) ? 0 : 1);
    }
    if (child < 0 || wait4(child, &status, 0, &u) != child || status != 0 || fstat(fd, &st) != 0)
        return -1;
    return u.ru_maxrss * 1024 - (long)st.st_size;
}

struct contender {
    const char *name;
    reader *read;
    struct seen seen;
    long above_bytes;
    double cpu[MAX_RUNS], wall[MAX_RUNS];
};

/* Do both give the same tokens, texts and offsets? */
static bool same_seen(struct lm_str in)
{
    struct seen a = { .compare = true }, b = { .compare = true };
    if (read_ours(in, &a) && read_yajl(in, &b) && memcmp(&a, &b, sizeof a) == 0)
        return true;
    fprintf(stderr, "bench_json: the readers saw different things (%llu and %llu tokens)\n",
            (unsigned long long)a.tokens, (unsigned long long)b.tokens);
    return false;
}

static bool run_once(struct contender *c, struct lm_str in, int run)
{
    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    c->seen = (struct seen){ 0 };
    bool ok = c->read(in, &c->seen);
    c->cpu[run] = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    c->wall[run] = now(CLOCK_MONOTONIC) - wall;
    return ok;
}

static int compare_readers(int fd, int runs)
{
    struct contender c[] = { { "ours", .read = read_ours },
                             { "yajl", .read = read_yajl },
                             { "ours, root skipped", .read = skip_ours } };
    enum { N = sizeof c / sizeof c[0] };
    for (int k = 0; k < N; k++)
        c[k].above_bytes = peak_above_file(fd, c[k].read);
    struct lm_str in = map_file(fd);
    if (in.p == NULL) {
        fprintf(stderr, "bench_json: cannot map the export: %s\n", strerror(errno));
        return 1;
    }
    if (!same_seen(in))
        return 1;
    for (int run = 0; run < runs; run++) {
        for (int k = 0; k < N; k++) {
            if (!run_once(&c[k], in, run)) {
                fprintf(stderr, "bench_json: %s refuses the export\n", c[k].name);
                return 1;
            }
        }
    }
    double mb = (double)in.n / 1e6, cpu[N], wall[N];
    printf("%.1f MB, %llu tokens, %.1f MB of text; medians of %d interleaved runs\n", mb,
           (unsigned long long)c[0].seen.tokens, (double)c[0].seen.text_bytes / 1e6, runs);
    printf("%-20s %9s %9s %9s %22s\n", "", "cpu s", "wall s", "MB/cpu s", "peak above file, MB");
    for (int k = 0; k < N; k++) {
        cpu[k] = median(c[k].cpu, runs);
        wall[k] = median(c[k].wall, runs);
        printf("%-20s %9.3f %9.3f %9.0f %22.1f\n", c[k].name, cpu[k], wall[k], mb / cpu[k],
               (double)c[k].above_bytes / 1e6);
    }
    printf("ratio to yajl: %.2f by cpu, %.2f by wall; root skipped: %.2f by cpu\n", cpu[1] / cpu[0],
           wall[1] / wall[0], cpu[1] / cpu[2]);
    return 0;
}

/* The export, open for reading; NULL when it cannot be written. */
static FILE *make_export(const char *path, long mb)
{
    const char *dir = getenv("TMPDIR");
    char temporary[4096];
    (void)snprintf(temporary, sizeof temporary, "%s/bench_json.XXXXXX", dir != NULL ? dir : "/tmp");
    int fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
                          : mkostemp(temporary, O_CLOEXEC);
    FILE *f = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (f == NULL || (path == NULL && unlink(temporary) != 0) || !write_export(f, mb * 1000000))
        return NULL;
    return f;
}

int main(int argc, char **argv)
{
    const char *path = NULL, *there = NULL;
    long mb = 200, runs = 5;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--file") == 0)
            path = argv[i + 1];
        else if (strcmp(argv[i], "--read") == 0)
            there = argv[i + 1];
        else if (strcmp(argv[i], "--mb") == 0)
            mb = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--runs") == 0)
            runs = strtol(argv[i + 1], NULL, 10);
        else
            argc = 0;
    }
    if (argc % 2 == 0 || mb < 1 || runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr,
                "usage: bench_json [--file PATH] [--mb N] [--runs N] | bench_json --read PATH [--runs N]\n");
        return 2;
    }
    FILE *f = there != NULL ? fopen(there, "r") : make_export(path, mb);
    if (f == NULL) {
        fprintf(stderr, "bench_json: no export to read: %s\n", strerror(errno));
        return 1;
    }
    int status = compare_readers(fileno(f), (int)runs);
    (void)fclose(f);
    return status;
}
