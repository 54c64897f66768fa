/* bench_return_readers.c - meta_return_html and whatsapp_return_html on made-up returns, beside libxml2's SAX parse with empty callbacks
 * of the same bytes: MB and records per CPU second, peak memory above the mapped file (in a process of its own).
 *
 * bench_return_readers [--mb N] [--runs N]      200 MB, 3 runs; medians */
#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lastmile/reader.h"
#include "return_made.h"

#define MAX_RUNS 31
#define STEP 65536

struct counting {
    struct lm_sink sink;
    uint64_t records, facts, problems;
};

static lm_err count_entry(struct lm_sink *sink, const struct lm_entry *e)
{
    struct counting *c = (struct counting *)(void *)sink;
    c->records += e->n_records;
    c->facts += e->n_facts;
    return LM_OK;
}

static lm_err count_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    (void)p;
    ((struct counting *)(void *)sink)->problems++;
    return LM_OK;
}

static lm_err count_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static bool read_with(const char *name, struct lm_str in, struct counting *c)
{
    const struct lm_reader *r = lm_reader_find(lm_str(name));
    struct lm_input input = { .bytes = in, .path = lm_str("records.html") };
    struct lm_arena file, record;
    struct lm_error e;
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    *c = (struct counting){ .sink = { count_entry, count_problem, count_empty } };
    struct lm_read ctx = { .in = &input, .file = &file, .record = &record, .error = &e };
    bool ok = r != NULL && r->bid(&input, lm_str_take(in, r->lookahead)) > 0 && r->read(&ctx, &c->sink) == LM_OK;
    lm_arena_free(&file);
    lm_arena_free(&record);
    return ok;
}

static void no_start(void *user, const xmlChar *name, const xmlChar **attributes)
{
    (void)user, (void)name, (void)attributes;
}

static void no_end(void *user, const xmlChar *name)
{
    (void)user, (void)name;
}

static void no_text(void *user, const xmlChar *p, int n)
{
    (void)user, (void)p, (void)n;
}

static void read_libxml2(struct lm_str in)
{
    htmlSAXHandler sax = { .startElement = no_start, .endElement = no_end, .characters = no_text, .cdataBlock = no_text };
    htmlParserCtxtPtr c = htmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (c == NULL)
        return;
    (void)htmlCtxtUseOptions(c, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    for (size_t at = 0; at < in.n; at += STEP)
        (void)htmlParseChunk(c, in.p + at, (int)(in.n - at < STEP ? in.n - at : STEP), 0);
    (void)htmlParseChunk(c, NULL, 0, 1);
    htmlFreeParserCtxt(c);
}

static double cpu(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct lm_str map_file(FILE *f)
{
    size_t n = (size_t)ftell(f);
    void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fileno(f), 0);
    return p == MAP_FAILED ? (struct lm_str){ NULL, 0 } : (struct lm_str){ p, n };
}

static double peak_mb(const char *name, FILE *f)
{
    struct rusage u;
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct counting c;
        struct lm_str in = map_file(f);
        _exit(in.p != NULL && read_with(name, in, &c) ? 0 : 1);
    }
    if (child < 0 || wait4(child, &status, 0, &u) != child || status != 0)
        return -1;
    return (double)u.ru_maxrss / 1024 - (double)ftell(f) / 1048576;
}

static int measure(const char *name, FILE *f, int runs, double peak)
{
    double ours[MAX_RUNS], theirs[MAX_RUNS];
    struct counting c;
    struct lm_str in = map_file(f);
    if (in.p == NULL || peak < 0)
        return 1;
    for (int k = 0; k < runs; k++) {
        double t = cpu();
        if (!read_with(name, in, &c))
            return 1;
        ours[k] = cpu() - t;
        t = cpu();
        read_libxml2(in);
        theirs[k] = cpu() - t;
    }
    qsort(ours, (size_t)runs, sizeof *ours, by_value);
    qsort(theirs, (size_t)runs, sizeof *theirs, by_value);
    double mine = ours[runs / 2];
    printf("%-22s %6.1f MB  %7.0f MB/cpu s  %9.0f records/cpu s  peak above file %5.1f MB  libxml2 SAX, empty: %5.0f MB/cpu s, ours is %.2f times as fast"
           "  (%llu records, %llu problems)\n",
           name, (double)in.n / 1e6, (double)in.n / 1e6 / mine, (double)c.records / mine, peak, (double)in.n / 1e6 / theirs[runs / 2],
           theirs[runs / 2] / mine, (unsigned long long)c.records, (unsigned long long)c.problems);
    (void)munmap((void *)(uintptr_t)in.p, in.n);
    return 0;
}

int main(int argc, char **argv)
{
    long mb = 200, runs = 3;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--mb") == 0)
            mb = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--runs") == 0)
            runs = strtol(argv[i + 1], NULL, 10);
        else
            argc = 0;
    }
    FILE *meta = tmpfile(), *whatsapp = tmpfile();
    if (argc % 2 == 0 || mb < 1 || runs < 1 || runs > MAX_RUNS || meta == NULL || whatsapp == NULL || !made_meta_return(meta, mb * 1000000)
        || !made_whatsapp_return(whatsapp, mb * 1000000)) {
        fprintf(stderr, "usage: bench_return_readers [--mb N] [--runs N]\n");
        return 2;
    }
    /* both before anything is read here: a child begins with its parent's heap */
    double peak_meta = peak_mb("meta_return_html", meta), peak_whatsapp = peak_mb("whatsapp_return_html", whatsapp);
    int status = measure("meta_return_html", meta, (int)runs, peak_meta);
    return status != 0 ? status : measure("whatsapp_return_html", whatsapp, (int)runs, peak_whatsapp);
}
