/* bench_html.c - the HTML pull reader against libxml2's SAX parser with empty callbacks on a made-up legal return.
 *
 * bench_html [--mb N] [--runs N]
 * Writes a return of N MB (60), maps it, and gives the same mapping to both in turn; the tags that both saw are compared (the
 * parser of libxml2 adds html, body and p of its own, so only div and br are). Ours is asked for every token with its offsets. */
#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "formats/html.h"
#include "return_made.h"

#define MAX_RUNS 31
#define STEP 65536

struct seen {
    uint64_t divs, tokens, text_bytes, mix;
};

static bool read_ours(struct lm_str in, struct seen *s)
{
    struct lm_html *h = lm_html_new(in);
    struct lm_html_token t;
    lm_err e = h != NULL ? LM_OK : LM_ENOMEM;
    while (e == LM_OK && (e = lm_html_next(h, &t)) == LM_OK && t.type != LM_HTML_END) {
        s->tokens++;
        s->mix += t.end;
        s->text_bytes += t.type == LM_HTML_TEXT ? t.text.n : 0;
        s->divs += t.type == LM_HTML_OPEN && lm_str_eq(t.name, LM_STR("div"));
    }
    lm_html_free(h);
    return e == LM_OK;
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

static void count_start(void *user, const xmlChar *name, const xmlChar **attributes)
{
    struct seen *s = user;
    (void)attributes;
    s->divs += strcmp((const char *)name, "div") == 0;
}

static bool libxml2_with(struct lm_str in, htmlSAXHandler *sax, struct seen *s)
{
    htmlParserCtxtPtr c = htmlCreatePushParserCtxt(sax, s, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (c == NULL)
        return false;
    (void)htmlCtxtUseOptions(c, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    for (size_t at = 0; at < in.n; at += STEP)
        (void)htmlParseChunk(c, in.p + at, (int)(in.n - at < STEP ? in.n - at : STEP), 0);
    (void)htmlParseChunk(c, NULL, 0, 1);
    htmlFreeParserCtxt(c);
    return true;
}

static bool read_libxml2(struct lm_str in, struct seen *s)
{
    htmlSAXHandler sax = { .startElement = no_start, .endElement = no_end, .characters = no_text, .cdataBlock = no_text };
    return libxml2_with(in, &sax, s);
}

static bool read_libxml2_whole(struct lm_str in, struct seen *s)
{
    htmlSAXHandler sax = { .startElement = no_start, .endElement = no_end, .characters = no_text, .cdataBlock = no_text };
    htmlParserCtxtPtr c = htmlCreateMemoryParserCtxt(in.p, (int)in.n);
    (void)s;
    if (c == NULL)
        return false;
    (void)htmlCtxtUseOptions(c, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    htmlSAXHandler *own = c->sax;
    c->sax = &sax;
    (void)htmlParseDocument(c);
    c->sax = own;
    htmlFreeParserCtxt(c);
    return true;
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

typedef bool reader(struct lm_str in, struct seen *s);

static int compare(struct lm_str in, int runs)
{
    static const struct {
        const char *name;
        reader *read;
    } c[] = { { "ours, all tokens", read_ours }, { "libxml2 push, empty SAX", read_libxml2 }, { "libxml2 whole, empty SAX", read_libxml2_whole } };
    enum { N = sizeof c / sizeof *c };
    double took[N][MAX_RUNS];
    struct seen a = { 0 }, b = { 0 };
    htmlSAXHandler counting = { .startElement = count_start };
    if (!read_ours(in, &a) || !libxml2_with(in, &counting, &b) || a.divs != b.divs) {
        fprintf(stderr, "bench_html: the readers saw %llu and %llu div\n", (unsigned long long)a.divs, (unsigned long long)b.divs);
        return 1;
    }
    for (int run = 0; run < runs; run++)
        for (int k = 0; k < N; k++) {
            struct seen s = { 0 };
            double t = cpu();
            if (!c[k].read(in, &s))
                return 1;
            took[k][run] = cpu() - t;
        }
    printf("%.1f MB, %llu tokens, %llu div; medians of %d interleaved runs\n", (double)in.n / 1e6, (unsigned long long)a.tokens,
           (unsigned long long)a.divs, runs);
    for (int k = 0; k < N; k++) {
        qsort(took[k], (size_t)runs, sizeof took[k][0], by_value);
        printf("%-26s %7.3f cpu s %7.0f MB/cpu s  ours is %5.2f times as fast\n", c[k].name, took[k][runs / 2],
               (double)in.n / 1e6 / took[k][runs / 2], took[k][runs / 2] / took[0][runs / 2]);
    }
    return 0;
}

int main(int argc, char **argv)
{
    long mb = 60, runs = 5;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--mb") == 0)
            mb = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--runs") == 0)
            runs = strtol(argv[i + 1], NULL, 10);
        else
            argc = 0;
    }
    FILE *f = tmpfile();
    if (argc % 2 == 0 || mb < 1 || mb > 1900 || runs < 1 || runs > MAX_RUNS || f == NULL || !made_meta_return(f, mb * 1000000)) {
        fprintf(stderr, "usage: bench_html [--mb N] [--runs N]\n");
        return 2;
    }
    size_t n = (size_t)ftell(f);
    void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fileno(f), 0);
    return p == MAP_FAILED ? 1 : compare((struct lm_str){ p, n }, (int)runs);
}
