/* bench_readers.c - one reader on one file: MB/s, records/s, memory, and a peer on the same bytes.
 *
 * bench_readers READER FILE [--path NAME] [--map FILE] [--passwords FILE] [--sql FILE --rows N] [--runs N]
 * bench_readers --fill OUT DATABASE SQL ROWS
 * The reader's read() runs in this process on the mapped file, into a sink that counts. --path is the path the reader is told
 * (what it is called in an exhibit). --sql: FILE is a database; a copy of it is filled by the statements of that file, {rows}
 * being N; --fill makes only that copy. Neighbours are taken from FILE's folder. The peer parses the same bytes into nothing: yajl for JSON, libxml2's SAX2
 * with empty callbacks for XML and HTML, `SELECT *` of every table, all columns read, for SQLite; none for others.
 * Medians of interleaved runs, processor time. Memory: the most anonymous memory seen while the reader ran, above what there
 * was before; the mapped file is not counted. bench/readers runs it on made-up files of every form. */
#include <fcntl.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yajl/yajl_parse.h>

#include "lastmile/reader.h"

#define MAX_RUNS 31
#define MAX_NEIGHBOURS 64

struct counting {
    struct lm_sink sink;
    uint64_t records, facts, problems, rejected;
    size_t memory_kb; /* the most seen */
    bool measure;
};

static size_t anonymous_kb(void)
{
    char line[256];
    size_t kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "RssAnon: %zu", &kb) == 1)
            break;
    if (f != NULL)
        (void)fclose(f);
    return kb;
}

static void look_at_memory(struct counting *c)
{
    size_t kb = anonymous_kb();
    if (kb > c->memory_kb)
        c->memory_kb = kb;
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct counting *c = (struct counting *)sink;
    if (c->measure && (c->records & 4095) == 0)
        look_at_memory(c);
    c->records += entry->n_records;
    c->facts += entry->n_facts;
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    struct counting *c = (struct counting *)sink;
    c->problems++;
    c->rejected += problem->records;
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

/* --- files --- */

static struct lm_str map_file(const char *path)
{
    struct stat st;
    struct lm_str s = { NULL, 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
        if (p != MAP_FAILED)
            s = (struct lm_str){ p, (size_t)st.st_size };
    }
    if (fd >= 0)
        (void)close(fd);
    return s;
}

static lm_err sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret)
{
    char full[4096];
    const char *file = in->user, *slash = strrchr(file, '/');
    if (lm_str_ends(path, LM_STR("-wal")) || lm_str_ends(path, LM_STR("-journal")))
        return LM_ENOTFOUND; /* a fixture's own: its database was filled since */
    (void)snprintf(full, sizeof full, "%.*s%.*s", slash != NULL ? (int)(slash - file + 1) : 0, file, LM_STR_ARG(path));
    struct lm_str s = map_file(full);
    if (s.p == NULL)
        return LM_ENOTFOUND;
    *ret = s; /* stays mapped: the program ends soon */
    return LM_OK;
}

/* As intake does it: into a file that has no name any more, and mapped. */
static lm_err spill(const struct lm_input *in, lm_err (*next)(void *from, struct lm_str *ret), void *from, struct lm_str *ret)
{
    char path[] = "/var/tmp/lm-bench-XXXXXX";
    struct lm_str piece = { NULL, 0 }, s = { NULL, 0 };
    int fd = mkstemp(path);
    lm_err err = fd >= 0 ? LM_OK : LM_EIO;
    (void)in;
    do {
        err = err == LM_OK ? next(from, &piece) : err;
        err = err == LM_OK && write(fd, piece.p, piece.n) != (ssize_t)piece.n ? LM_EIO : err;
        s.n += err == LM_OK ? piece.n : 0;
    } while (err == LM_OK && piece.n != 0);
    void *p = err == LM_OK && s.n != 0 ? mmap(NULL, s.n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        (void)close(fd);
    (void)unlink(path);
    if (err == LM_OK && p == MAP_FAILED)
        err = LM_EIO;
    if (err == LM_OK)
        *ret = (struct lm_str){ p, s.n }; /* stays mapped, as neighbours do */
    return err;
}

/* --- a database, filled --- */

static char *statements(const char *path, long rows)
{
    struct lm_str s = map_file(path);
    char *out = s.p != NULL ? malloc(s.n * 8 + 1) : NULL;
    size_t n = 0;
    for (size_t i = 0; out != NULL && i < s.n; i++) {
        if (lm_str_starts(lm_str_skip(s, i), LM_STR("{rows}"))) {
            n += (size_t)snprintf(out + n, 24, "%ld", rows);
            i += 5;
        } else {
            out[n++] = s.p[i];
        }
    }
    if (out != NULL)
        out[n] = '\0';
    return out;
}

static bool fill(const char *from, const char *to, const char *sql_path, long rows)
{
    struct lm_str bytes = map_file(from);
    char *why = NULL, *sql = statements(sql_path, rows);
    sqlite3 *db = NULL;
    FILE *f = fopen(to, "wb");
    bool ok = f != NULL && bytes.p != NULL && sql != NULL && fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    ok = f != NULL && fclose(f) == 0 && ok;
    ok = ok && sqlite3_open(to, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK;
    if (why != NULL)
        fprintf(stderr, "%s: %s\n", sql_path, why);
    (void)sqlite3_close(db);
    free(sql);
    return ok;
}

/* --- peers: the bytes that came out of it, so that it is not for nothing; negative when it failed --- */

static int yajl_one(void *ctx)
{
    (void)ctx;
    return 1;
}

static int yajl_bool(void *ctx, int v)
{
    (void)ctx;
    (void)v;
    return 1;
}

static int yajl_text(void *ctx, const unsigned char *p, size_t n)
{
    (void)p;
    *(double *)ctx += (double)n;
    return 1;
}

static int yajl_digits(void *ctx, const char *p, size_t n)
{
    (void)p;
    *(double *)ctx += (double)n;
    return 1;
}

static double peer_json(struct lm_str s, const char *path)
{
    double seen = 0;
    (void)path;
    yajl_callbacks calls = { .yajl_null = yajl_one, .yajl_boolean = yajl_bool, .yajl_number = yajl_digits, .yajl_string = yajl_text,
                             .yajl_start_map = yajl_one, .yajl_map_key = yajl_text, .yajl_end_map = yajl_one,
                             .yajl_start_array = yajl_one, .yajl_end_array = yajl_one };
    yajl_handle h = yajl_alloc(&calls, NULL, &seen);
    bool ok = yajl_parse(h, (const unsigned char *)s.p, s.n) == yajl_status_ok && yajl_complete_parse(h) == yajl_status_ok;
    yajl_free(h);
    return ok ? seen : -1;
}

#define PIECE ((size_t)1 << 20)

static double peer_xml(struct lm_str s, const char *path)
{
    xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC };
    xmlParserCtxtPtr ctx = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, path);
    (void)xmlCtxtUseOptions(ctx, XML_PARSE_NONET | XML_PARSE_HUGE);
    int bad = 0;
    for (size_t at = 0; at < s.n && bad == 0; at += PIECE)
        bad = xmlParseChunk(ctx, s.p + at, (int)lm_str_take(lm_str_skip(s, at), PIECE).n, 0);
    bad = bad != 0 ? bad : xmlParseChunk(ctx, "", 0, 1);
    xmlFreeParserCtxt(ctx);
    return bad == 0 ? (double)s.n : -1;
}

static double peer_html(struct lm_str s, const char *path)
{
    htmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC };
    htmlParserCtxtPtr ctx = htmlCreatePushParserCtxt(&sax, NULL, NULL, 0, path, XML_CHAR_ENCODING_UTF8);
    for (size_t at = 0; at < s.n; at += PIECE)
        (void)htmlParseChunk(ctx, s.p + at, (int)lm_str_take(lm_str_skip(s, at), PIECE).n, 0);
    (void)htmlParseChunk(ctx, "", 0, 1);
    htmlFreeParserCtxt(ctx);
    return (double)s.n;
}

static double read_table(sqlite3 *db, const char *name)
{
    sqlite3_stmt *q = NULL;
    double seen = 0;
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", name);
    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK)
        while (sqlite3_step(q) == SQLITE_ROW)
            for (int i = 0; i < sqlite3_column_count(q); i++)
                if (sqlite3_column_text(q, i) != NULL)
                    seen += sqlite3_column_bytes(q, i);
    (void)sqlite3_finalize(q);
    sqlite3_free(sql);
    return seen;
}

static double peer_sqlite(struct lm_str s, const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    double seen = 0;
    (void)s;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
        && sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table'", -1, &q, NULL) == SQLITE_OK)
        while (sqlite3_step(q) == SQLITE_ROW)
            seen += read_table(db, (const char *)sqlite3_column_text(q, 0));
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
    return seen;
}

struct peer {
    const char *name;
    double (*run)(struct lm_str s, const char *path);
};

static struct peer peer_of(struct lm_str s)
{
    struct lm_str t = lm_str_trim(lm_str_take(s, 4096));
    if (lm_str_starts(s, LM_STR("SQLite format 3")))
        return (struct peer){ "SELECT *", peer_sqlite };
    if (t.n != 0 && (t.p[0] == '{' || t.p[0] == '['))
        return (struct peer){ "yajl", peer_json };
    if (lm_str_starts(t, LM_STR("<?xml")))
        return (struct peer){ "libxml2", peer_xml };
    if (t.n != 0 && t.p[0] == '<')
        return (struct peer){ "libxml2 HTML", peer_html };
    return (struct peer){ NULL, NULL };
}

/* --- measuring --- */

static double cpu_s(void)
{
    struct rusage r;
    (void)getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

static lm_err run(const struct lm_reader *reader, const struct lm_input *in, struct counting *c)
{
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    struct lm_read ctx = { .in = in, .file = &file, .record = &record, .error = &e };
    *c = (struct counting){ .sink = { on_entry, on_problem, on_empty }, .measure = c->measure };
    lm_err err = reader->read(&ctx, &c->sink);
    if (c->measure)
        look_at_memory(c);
    if (err != LM_OK)
        fprintf(stderr, "%s: %s %s\n", reader->name, e.message, e.locator);
    lm_arena_free(&record);
    lm_arena_free(&file);
    return err;
}

static int measure(const struct lm_reader *reader, const struct lm_input *in, const char *file, size_t runs)
{
    struct peer peer = peer_of(in->bytes);
    double ours[MAX_RUNS], theirs[MAX_RUNS];
    struct counting c = { .measure = true };
    size_t before = anonymous_kb();
    if (reader->bid(in, lm_str_take(in->bytes, reader->lookahead)) == 0)
        fprintf(stderr, "%s does not claim this file\n", reader->name);
    if (run(reader, in, &c) != LM_OK)
        return 1;
    size_t memory = c.memory_kb > before ? c.memory_kb - before : 0;
    c.measure = false;
    for (size_t i = 0; i < runs; i++) {
        double t0 = cpu_s();
        if (run(reader, in, &c) != LM_OK)
            return 1;
        double t1 = cpu_s();
        if (peer.run != NULL && peer.run(in->bytes, file) < 0)
            peer.run = NULL;
        ours[i] = t1 - t0;
        theirs[i] = cpu_s() - t1;
    }
    double s = median(ours, runs), mb = (double)in->bytes.n / 1e6;
    printf("%-22s %7.1f MB %8.1f MB/s %10.0f records/s %7.1f MB memory", reader->name, mb, mb / s,
           (double)(c.records + c.rejected) / s, (double)memory / 1024);
    if (peer.run != NULL)
        printf("  %5.2f x %s", median(theirs, runs) / s, peer.name);
    printf("  (%llu records, %llu problems)\n", (unsigned long long)(c.records + c.rejected), (unsigned long long)c.problems);
    return 0;
}

static const char *option(int argc, char **argv, const char *name)
{
    for (int i = 3; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "--fill") == 0)
        return fill(argv[3], argv[2], argv[4], strtol(argv[5], NULL, 10)) ? 0 : 1;
    const struct lm_reader *reader = argc >= 3 ? lm_reader_find(lm_str(argv[1])) : NULL;
    if (reader == NULL) {
        fprintf(stderr, "usage: bench_readers READER FILE [--path NAME] [--map FILE] [--passwords FILE] [--sql FILE --rows N] [--runs N]\n"
                        "       bench_readers --fill OUT DATABASE SQL ROWS\n");
        return 2;
    }
    const char *sql = option(argc, argv, "--sql"), *rows = option(argc, argv, "--rows"), *runs = option(argc, argv, "--runs");
    const char *path = option(argc, argv, "--path"), *map = option(argc, argv, "--map"), *passwords = option(argc, argv, "--passwords");
    const char *file = argv[2];
    char filled[64] = "";
    if (sql != NULL) {
        (void)snprintf(filled, sizeof filled, "%s/lm-bench-%ld.db", "/var/tmp", (long)getpid());
        if (!fill(file, filled, sql, rows != NULL ? strtol(rows, NULL, 10) : 300000)) {
            (void)unlink(filled);
            return 1;
        }
    }
    const char *used = filled[0] != '\0' ? filled : file;
    struct lm_str bytes = map_file(used);
    if (bytes.p == NULL) {
        fprintf(stderr, "cannot read %s\n", used);
        return 1;
    }
    struct lm_input in = { .bytes = bytes, .path = lm_str(path != NULL ? path : file), .sibling = sibling, .spill = spill, .user = argv[2],
                           .map = map != NULL ? map_file(map) : (struct lm_str){ NULL, 0 },
                           .passwords = passwords != NULL ? map_file(passwords) : (struct lm_str){ NULL, 0 } };
    long n = runs != NULL ? strtol(runs, NULL, 10) : 5;
    int status = measure(reader, &in, used, n > 0 && n <= MAX_RUNS ? (size_t)n : 5);
    if (filled[0] != '\0')
        (void)unlink(filled);
    return status;
}
