/* The whole way of a source: file, folder or container → reader process → scope → workspace. The readers are small ones
 * of this file; this program is its own reader and unpacking process. */
#include <archive.h>
#include <archive_entry.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include "store_fixture.h"

#include "intake/child.h"
#include "intake/intake.h"

/* --- readers of this test: a first line says whose file it is, each other line is a record --- */

static struct lm_str next_line(struct lm_str *s)
{
    const char *end = s->n != 0 ? memchr(s->p, '\n', s->n) : NULL;
    struct lm_str line = lm_str_take(*s, end != NULL ? (size_t)(end - s->p) : s->n);
    *s = lm_str_skip(*s, line.n + (end != NULL));
    return line;
}

static lm_err act(struct lm_read *ctx, struct lm_sink *sink, struct lm_str line, struct lm_locator at)
{
    struct lm_str other;
    if (lm_str_eq(line, LM_STR("bad")))
        return lm_sink_problem(sink, LM_PROBLEM_REJECTED, 1, at, "not a record");
    if (lm_str_eq(line, LM_STR("crash")))
        (void)raise(SIGSEGV);
    for (volatile unsigned i = 0; lm_str_eq(line, LM_STR("loop")); i++)
        ;
    if (lm_str_starts(line, LM_STR("see "))
        && (lm_input_sibling(ctx->in, lm_str_skip(line, 4), &other) != LM_OK || !lm_str_starts(other, LM_STR("LINES"))))
        return lm_sink_problem(sink, LM_PROBLEM_REJECTED, 1, at, "no such neighbour");
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_OTHER, .duration_s = -1,
                         .thread = { LM_STR("t"), { NULL, 0 }, LM_THREAD_UNKNOWN },
                         .from = { LM_PLATFORM_OTHER, LM_ACCOUNT_NATIVE, LM_STR("ana"), { NULL, 0 } } } };
    if (line.n > 19 && lm_when_parse_iso(lm_str_take(line, 19), &f.event.at))
        line = lm_str_skip(line, 20);
    f.event.text = line;
    return lm_sink_fact(sink, at, &f);
}

static lm_err read_lines(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str rest = ctx->in->bytes;
    (void)next_line(&rest);
    lm_err err = LM_OK;
    while (err == LM_OK && rest.n > 0) {
        uint64_t at = (uint64_t)(rest.p - ctx->in->bytes.p);
        struct lm_str line = next_line(&rest);
        struct lm_locator l = { LM_LOCATOR_BYTES, at, line.n, { NULL, 0 } };
        if (lm_str_eq(line, LM_STR("break"))) {
            (void)lm_fail(ctx->error, LM_EINPUT, "it breaks off");
            lm_fail_at(ctx->error, "", "byte %llu", (unsigned long long)at);
            return LM_EINPUT;
        }
        err = act(ctx, sink, line, l);
    }
    return err;
}

static lm_err read_nothing(struct lm_read *ctx, struct lm_sink *sink)
{
    return lm_str_starts(ctx->in->bytes, LM_STR("EMPTY")) ? sink->empty(sink) : LM_OK;
}

static int bid_lines(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    return lm_str_starts(head, LM_STR("LINES")) || lm_str_starts(head, LM_STR("BOTH!")) ? 40 : 0;
}

static int bid_both(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    return lm_str_starts(head, LM_STR("BOTH!")) ? 35 : 0;
}

static int bid_nothing(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    return lm_str_starts(head, LM_STR("EMPTY")) || lm_str_starts(head, LM_STR("NONE")) ? 40 : 0;
}

static const struct lm_reader lines = { "lines", "Lines", "this file", "nothing", 5, bid_lines, read_lines };
static const struct lm_reader both = { "both", "Lines too", "this file", "nothing", 5, bid_both, read_lines };
static const struct lm_reader nothing = { "nothing", "Nothing", "this file", "nothing", 5, bid_nothing, read_nothing };
static const struct lm_reader *const readers[] = { &lines, &both, &nothing, NULL };

/* --- the test's side --- */

struct t {
    struct fx fx;
    struct lm_arena a;
    struct lm_intake_options o;
    struct lm_intake_result r;
    struct lm_log log;
    char spool[128], evidence[128];
};

static void setup(struct t *t)
{
    *t = (struct t){ .r = { 0 } };
    fx_usual(&t->fx);
    lm_arena_init(&t->a, 0);
    lm_log_init(&t->log, -1);
    lm_intake_defaults(&t->o);
    t->o.readers = readers;
    t->o.log = &t->log;
    t->o.proc.base_us = 3 * LM_SECOND_US;
    (void)snprintf(t->spool, sizeof t->spool, "%s.d/spool", t->fx.path);
    (void)snprintf(t->evidence, sizeof t->evidence, "%s/e", t->fx.dir);
    assert_int_equal(mkdir(t->evidence, 0700), 0);
    t->o.spool_parent = t->spool;
}

static void teardown(struct t *t)
{
    assert_int_not_equal(access(t->spool, F_OK), 0); /* unpacked members do not stay behind */
    lm_arena_free(&t->a);
    fx_remove(&t->fx);
}

static const char *file(struct t *t, const char *name, const void *bytes, size_t n)
{
    struct lm_str path = lm_arena_printf(&t->a, "%s/%s", t->evidence, name);
    FILE *f = fopen(path.p, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return path.p;
}

static const char *text(struct t *t, const char *name, const char *z)
{
    return file(t, name, z, strlen(z));
}

static void run_as(struct t *t, const char *authority, const char *path)
{
    lm_err err;
    struct lm_error e = { 0 };
    err = lm_intake_run(&t->a, t->fx.st, lm_str(authority), &path, 1, &t->o, &t->r, &e);
    if (err != LM_OK)
        print_message("# %s\n", e.message);
    assert_int_equal(err, LM_OK);
    for (size_t i = 0; i < t->r.n_problems && i < 8; i++)
        print_message("# %.*s: %s: %.*s\n", LM_STR_ARG(t->r.problems[i].path), t->r.problems[i].locator,
                      LM_STR_ARG(t->r.problems[i].reason));
    for (const struct lm_intake_source *s = t->r.sources; s != NULL; s = s->next) {
        const struct lm_counts *c = &s->counts;
        assert_int_equal(c->seen, c->kept + c->duplicate + c->held + c->rejected);
    }
}

static void run(struct t *t, const char *path)
{
    run_as(t, "A1", path);
}

static const struct lm_intake_source *source(const struct t *t, const char *path)
{
    for (const struct lm_intake_source *s = t->r.sources; s != NULL; s = s->next)
        if (lm_str_eq(s->path, lm_str(path)))
            return s;
    for (const struct lm_intake_source *s = t->r.sources; s != NULL; s = s->next)
        print_message("# there is: %.*s\n", LM_STR_ARG(s->path));
    fail_msg("no source %s", path);
    return NULL;
}

static const struct lm_intake_problem *problem(const struct t *t, const char *words)
{
    for (size_t i = 0; i < t->r.n_problems; i++)
        if (lm_str_find(t->r.problems[i].reason, lm_str(words)) != SIZE_MAX)
            return &t->r.problems[i];
    fail_msg("no problem says: %s", words);
    return NULL;
}

static void counts(const struct t *t, const char *path, enum lm_source_state state, uint64_t kept, uint64_t dup, uint64_t held, uint64_t rejected)
{
    const struct lm_intake_source *s = source(t, path);
    assert_string_equal(lm_source_state_word(s->state), lm_source_state_word(state));
    assert_int_equal(s->counts.kept, kept);
    assert_int_equal(s->counts.duplicate, dup);
    assert_int_equal(s->counts.held, held);
    assert_int_equal(s->counts.rejected, rejected);
}

static void test_one_file(void **state)
{
    struct t t;
    (void)state;
    setup(&t);
    const char *path = text(&t, "a.txt", "LINES\none\ntwo\nbad\nthree\n");
    run(&t, path);
    counts(&t, "a.txt", LM_SOURCE_READ, 3, 0, 0, 1);
    assert_int_equal(t.r.totals.seen, 4);
    assert_string_equal(problem(&t, "not a record")->locator, "byte 14");
    assert_false(t.r.nothing_read);
    assert_true(t.r.sandboxed && t.r.ready.limits == LM_SANDBOX_LIMITS);
    run(&t, path); /* the same bytes again */
    counts(&t, "a.txt", LM_SOURCE_READ, 0, 3, 0, 1);
    teardown(&t);
}

static void test_not_readable(void **state)
{
    struct t t;
    (void)state;
    setup(&t);
    run(&t, text(&t, "a.bin", "\x01\x02what is this"));
    counts(&t, "a.bin", LM_SOURCE_UNCLAIMED, 0, 0, 0, 0);
    assert_true(t.r.nothing_read);
    assert_int_equal(t.r.all_problems, 1);
    run(&t, text(&t, "empty.txt", ""));
    counts(&t, "empty.txt", LM_SOURCE_UNCLAIMED, 0, 0, 0, 0);
    assert_non_null(problem(&t, "the file is empty"));
    run(&t, "/nonexistent/x.txt");
    assert_int_equal(t.r.n_sources, 0);
    assert_true(t.r.nothing_read);
    assert_string_equal(t.r.problems[0].path.p, "/nonexistent/x.txt");
    char fifo[160];
    (void)snprintf(fifo, sizeof fifo, "%s/fifo", t.evidence);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    run(&t, fifo);
    assert_non_null(problem(&t, "neither a file nor a folder"));
    teardown(&t);
}

static void test_claimed_but_nothing(void **state)
{
    struct t t;
    (void)state;
    setup(&t);
    run(&t, text(&t, "n", "NONE"));
    counts(&t, "n", LM_SOURCE_BROKEN, 0, 0, 0, 0);
    assert_non_null(problem(&t, "claimed by nothing, but no record"));
    assert_true(t.r.nothing_read);
    run(&t, text(&t, "e", "EMPTY"));
    counts(&t, "e", LM_SOURCE_EMPTY, 0, 0, 0, 0);
    assert_int_equal(t.r.all_problems, 0);
    assert_false(t.r.nothing_read);
    teardown(&t);
}

static void test_breaks(void **state)
{
    struct t t;
    (void)state;
    setup(&t);
    run(&t, text(&t, "b", "LINES\none\ntwo\nbreak\nthree\n"));
    counts(&t, "b", LM_SOURCE_BROKEN, 2, 0, 0, 0);
    assert_string_equal(problem(&t, "it breaks off")->locator, "byte 14");
    run(&t, text(&t, "c", "LINES\nuno\ndos\ncrash\nthree\n"));
    counts(&t, "c", LM_SOURCE_BROKEN, 2, 0, 0, 0);
    assert_string_equal(problem(&t, "crashed (signal 11")->locator, "byte 10");
    run(&t, text(&t, "l", "LINES\nun\nloop\n"));
    counts(&t, "l", LM_SOURCE_BROKEN, 1, 0, 0, 0);
    assert_non_null(problem(&t, "more time than its input explains"));
    teardown(&t);
}

/* A bad source among good ones takes nothing from them, and no process outlives its fault. */
static void test_folder(void **state)
{
    struct t t;
    char path[200];
    (void)state;
    setup(&t);
    (void)text(&t, "a.txt", "LINES\none\nsee sub/z.txt\nsee ../out.txt\n");
    (void)text(&t, "b.txt", "LINES\ntwo\ncrash\n");
    (void)text(&t, "c.txt", "LINES\nthree\n");
    (void)text(&t, "d.jpg", "\xff\xd8\xff");
    (void)snprintf(path, sizeof path, "%s/sub", t.evidence);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)text(&t, "sub/z.txt", "LINES\nsee ../a.txt\nsee nowhere\n");
    (void)snprintf(path, sizeof path, "%s/sub/up", t.evidence);
    assert_int_equal(symlink("..", path), 0); /* a loop, if it were followed */
    run(&t, t.evidence);
    assert_int_equal(t.r.n_sources, 6);
    counts(&t, "a.txt", LM_SOURCE_READ, 2, 0, 0, 1);
    counts(&t, "b.txt", LM_SOURCE_BROKEN, 1, 0, 0, 0);
    counts(&t, "c.txt", LM_SOURCE_READ, 1, 0, 0, 0);
    counts(&t, "d.jpg", LM_SOURCE_UNCLAIMED, 0, 0, 0, 0);
    counts(&t, "sub/z.txt", LM_SOURCE_READ, 1, 0, 0, 1);
    counts(&t, "sub/up", LM_SOURCE_UNCLAIMED, 0, 0, 0, 0);
    assert_false(source(&t, "sub/up")->has_sha256);
    assert_int_equal(t.r.totals.kept, 5);
    /* the exhibit's hash is that of its manifest, in byte order of path */
    struct lm_buf m;
    char hex[65];
    struct lm_sha256 h;
    static const char *const names[] = { "a.txt", "b.txt", "c.txt", "d.jpg", "sub/z.txt" };
    lm_buf_init(&m, 4096);
    for (size_t i = 0; i < 5; i++) {
        struct stat st;
        (void)snprintf(path, sizeof path, "%s/%s", t.evidence, names[i]);
        assert_int_equal(stat(path, &st), 0);
        lm_buf_printf(&m, "%s  %lld  %s\n", lm_sha256_hex(&source(&t, names[i])->sha256, hex), (long long)st.st_size, names[i]);
    }
    assert_int_equal(lm_sha256_of(lm_buf_str(&m), &h), LM_OK);
    assert_string_equal(t.r.sources->exhibit.p, lm_sha256_hex(&h, hex));
    lm_buf_free(&m);
    teardown(&t);
}

static void test_ambiguous(void **state)
{
    struct t t;
    (void)state;
    setup(&t);
    const char *path = text(&t, "x", "BOTH!\none\n");
    run(&t, path);
    assert_string_equal(source(&t, "x")->reader.p, "lines");
    assert_non_null(problem(&t, "but both (35 bits) claims it as well"));
    t.o.reader = LM_STR("both");
    run(&t, text(&t, "y", "BOTH!\ntwo\n"));
    assert_string_equal(source(&t, "y")->reader.p, "both");
    assert_int_equal(t.r.all_problems, 0);
    run(&t, text(&t, "z", "anything\ntwo\n")); /* a person said so */
    assert_string_equal(source(&t, "z")->reader.p, "both");
    counts(&t, "z", LM_SOURCE_READ, 1, 0, 0, 0);
    t.o.reader = LM_STR("no_such");
    struct lm_error e;
    struct lm_intake_result r;
    assert_int_equal(lm_intake_run(&t.a, t.fx.st, LM_STR("A1"), &path, 1, &t.o, &r, &e), LM_EUSAGE);
    teardown(&t);
}

static void test_scope_and_zone(void **state)
{
    struct t t;
    (void)state;
    setup(&t);
    struct lm_authority a = { .id = LM_STR("A2"), .investigation = LM_STR("I1"), .kind = LM_AUTHORITY_SEARCH_WARRANT,
                              .reach = LM_REACH_CONTENT, .issued_day = LM_DAY_NONE, .expires_day = LM_DAY_NONE };
    assert_true(lm_day_parse(LM_STR("2023-11-01"), &a.from_day) && lm_day_parse(LM_STR("2023-11-30"), &a.to_day));
    OK(lm_store_add_authority(t.fx.st, &a, e));
    const char *lines_text = "LINES\n2023-11-05T01:30:00 twice\n2023-11-15T12:00:00 in\n2023-11-30T20:00:00 edge\n2023-12-15T12:00:00 out\nno time\n";
    run_as(&t, "A2", text(&t, "local", lines_text));
    counts(&t, "local", LM_SOURCE_READ, 2, 0, 3, 0);
    /* in Denver 20:00 is the next day in UTC */
    t.o.zone = LM_STR("America/Denver");
    run_as(&t, "A2", text(&t, "zoned", "LINES\n2023-11-05T01:30:00 Twice\n2023-11-15T12:00:00 In\n2023-11-30T16:59:59 Edge\n2023-11-30T17:00:00 Out\n"));
    counts(&t, "zoned", LM_SOURCE_READ, 3, 0, 1, 0);
    assert_string_equal(problem(&t, "occurs twice")->locator, "byte 6");
    t.o.zone = LM_STR("Nowhere/Land");
    struct lm_error e;
    struct lm_intake_result r;
    const char *path = "x";
    assert_int_equal(lm_intake_run(&t.a, t.fx.st, LM_STR("A2"), &path, 1, &t.o, &r, &e), LM_EUSAGE);
    t.o.zone = (struct lm_str){ NULL, 0 };
    assert_int_equal(lm_intake_run(&t.a, t.fx.st, LM_STR("A9"), &path, 1, &t.o, &r, &e), LM_ENOTFOUND);
    teardown(&t);
}

/* A reader that finds no content-free record under an authority without content: nothing of it enters. */
static void test_content_never_enters(void **state)
{
    struct t t;
    (void)state;
    setup(&t);
    fx_authority(&t.fx, "I1", "A3", LM_REACH_NON_CONTENT);
    run_as(&t, "A3", text(&t, "s", "LINES\nsecretword\n"));
    counts(&t, "s", LM_SOURCE_READ, 0, 0, 1, 0);
    assert_int_equal(fx_sql(&t.fx, "SELECT count(*) FROM msg"), 0);
    teardown(&t);
}

static lm_err slurp(struct t *t, const char *path, struct lm_str *ret)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    assert_non_null(f);
    assert_int_equal(stat(path, &st), 0);
    char *p = lm_arena_alloc(&t->a, (size_t)st.st_size + 1);
    assert_int_equal(fread(p, 1, (size_t)st.st_size, f), (size_t)st.st_size);
    (void)fclose(f);
    *ret = (struct lm_str){ p, (size_t)st.st_size };
    return LM_OK;
}

/* A file that somebody keeps rewriting: what is read is the copy, and the copy is what its hash says. */
struct rewriter {
    const char *path;
    volatile bool stop;
};

static void *rewrite(void *user)
{
    struct rewriter *w = user;
    for (unsigned k = 0; !w->stop; k++) {
        FILE *f = fopen(w->path, k % 2 != 0 ? "wb" : "ab");
        if (f == NULL)
            break;
        (void)fputs(k % 2 != 0 ? "LINES\n" : "one more line\none more line\n", f);
        (void)fclose(f);
    }
    return NULL;
}

static void test_changes_while_read(void **state)
{
    struct t t;
    pthread_t thread;
    (void)state;
    setup(&t);
    struct rewriter w = { .path = text(&t, "moving.txt", "LINES\none\n") };
    assert_int_equal(pthread_create(&thread, NULL, rewrite, &w), 0);
    for (int round = 0; round < 5; round++) {
        char hex[65], kept[256];
        struct lm_sha256 hash;
        struct lm_str bytes;
        uint64_t n_lines = 0;
        run(&t, w.path);
        const struct lm_intake_source *s = source(&t, "moving.txt");
        assert_true(s->has_sha256);
        (void)snprintf(kept, sizeof kept, "%s.d/exhibits/%s", t.fx.path, lm_sha256_hex(&s->sha256, hex));
        assert_int_equal(slurp(&t, kept, &bytes), LM_OK);
        assert_int_equal(lm_sha256_of(bytes, &hash), LM_OK);
        assert_memory_equal(&hash, &s->sha256, sizeof hash);
        for (size_t i = 0; i < bytes.n; i++)
            n_lines += bytes.p[i] == '\n';
        assert_int_equal(s->counts.seen, n_lines > 0 ? n_lines - 1 : 0);
    }
    w.stop = true;
    assert_int_equal(pthread_join(thread, NULL), 0);
    teardown(&t);
}

/* --- containers --- */

struct member {
    const char *name, *bytes;
    size_t n;
    int type; /* 0: a file */
};

static const char *pack(struct t *t, const char *name, const char *form, const struct member *m, size_t n)
{
    struct lm_str path = lm_arena_printf(&t->a, "%s/%s", t->evidence, name);
    struct archive *w = archive_write_new();
    if (strcmp(form, "zip") == 0 || strcmp(form, "zip+") == 0)
        assert_int_equal(archive_write_set_format_zip(w), ARCHIVE_OK);
    else if (strcmp(form, "7z") == 0)
        assert_int_equal(archive_write_set_format_7zip(w), ARCHIVE_OK);
    else
        assert_int_equal(archive_write_set_format_gnutar(w), ARCHIVE_OK);
    if (strcmp(form, "zip+") == 0) {
        assert_int_equal(archive_write_set_options(w, "zip:encryption=traditional"), ARCHIVE_OK);
        assert_int_equal(archive_write_set_passphrase(w, "secret"), ARCHIVE_OK);
    }
    if (strcmp(form, "tgz") == 0)
        assert_int_equal(archive_write_add_filter_gzip(w), ARCHIVE_OK);
    if (strcmp(form, "tbz") == 0)
        assert_int_equal(archive_write_add_filter_bzip2(w), ARCHIVE_OK);
    if (strcmp(form, "txz") == 0)
        assert_int_equal(archive_write_add_filter_xz(w), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(w, path.p), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, m[i].name);
        archive_entry_set_filetype(e, m[i].type == 0 ? AE_IFREG : (unsigned)m[i].type);
        archive_entry_set_perm(e, 0600);
        if (m[i].type == AE_IFLNK)
            archive_entry_set_symlink(e, m[i].bytes);
        archive_entry_set_size(e, m[i].type == 0 ? (la_int64_t)m[i].n : 0);
        assert_true(archive_write_header(w, e) >= ARCHIVE_WARN);
        if (m[i].type == 0)
            assert_int_equal(archive_write_data(w, m[i].bytes, m[i].n), (la_ssize_t)m[i].n);
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_close(w), ARCHIVE_OK);
    (void)archive_write_free(w);
    return path.p;
}

#define FILE_MEMBER(name, z) { name, z, sizeof(z) - 1, 0 }

static void test_forms(void **state)
{
    static const struct member m[] = { FILE_MEMBER("in/chat.txt", "LINES\none\nsee ../b.txt\n"), FILE_MEMBER("b.txt", "LINES\ntwo\n") };
    static const char *const forms[] = { "zip", "tar", "tgz", "tbz", "txz", "7z" };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct t t;
        char name[32], inner[64], b[64];
        setup(&t);
        print_message("# %s\n", forms[i]);
        (void)snprintf(name, sizeof name, "c.%s", forms[i]);
        (void)snprintf(inner, sizeof inner, "%s/in/chat.txt", name);
        (void)snprintf(b, sizeof b, "%s/b.txt", name);
        run(&t, pack(&t, name, forms[i], m, 2));
        assert_int_equal(t.r.all_problems, 0);
        counts(&t, name, LM_SOURCE_CONTAINER, 0, 0, 0, 0);
        counts(&t, inner, LM_SOURCE_READ, 2, 0, 0, 0);
        counts(&t, b, LM_SOURCE_READ, 1, 0, 0, 0);
        assert_true(source(&t, b)->has_sha256);
        teardown(&t);
    }
}

static void test_nested(void **state)
{
    static const struct member m[] = { FILE_MEMBER("chat.txt", "LINES\ndeep\n") };
    struct t t;
    struct lm_str inner;
    char name[40];
    (void)state;
    setup(&t);
    const char *path = pack(&t, "0.zip", "zip", m, 1);
    for (int i = 1; i <= 9; i++) {
        assert_int_equal(slurp(&t, path, &inner), LM_OK);
        const struct member one[] = { { "in.zip", inner.p, inner.n, 0 } };
        (void)snprintf(name, sizeof name, "%d.zip", i);
        path = pack(&t, name, "zip", one, 1);
        if (i == 2) {
            run(&t, path);
            counts(&t, "2.zip/in.zip/in.zip/chat.txt", LM_SOURCE_READ, 1, 0, 0, 0);
        }
    }
    run(&t, path);
    assert_non_null(problem(&t, "more than 8 deep"));
    assert_true(t.r.nothing_read);
    teardown(&t);
}

static void test_hostile_names(void **state)
{
    static const struct member m[] = {
        FILE_MEMBER("../../../../tmp/lm-evil.txt", "LINES\none\n"), FILE_MEMBER("/etc/lm-evil.txt", "LINES\ntwo\n"),
        FILE_MEMBER("a\nb\x1b[2J.txt", "LINES\nthree\n"), FILE_MEMBER("bad\xff.txt", "LINES\nfour\n"),
        FILE_MEMBER("twin.txt", "LINES\nfive\n"), FILE_MEMBER("twin.txt", "LINES\nsix\n"),
        { "link.txt", "/etc/passwd", 0, AE_IFLNK }, { "pipe", "", 0, AE_IFIFO }, { "folder/", "", 0, AE_IFDIR },
    };
    struct t t;
    (void)state;
    setup(&t);
    run(&t, pack(&t, "h.tar", "tar", m, sizeof m / sizeof *m));
    counts(&t, "h.tar/tmp/lm-evil.txt", LM_SOURCE_READ, 1, 0, 0, 0);
    counts(&t, "h.tar/etc/lm-evil.txt", LM_SOURCE_READ, 1, 0, 0, 0);
    counts(&t, "h.tar/a%0Ab%1B[2J.txt", LM_SOURCE_READ, 1, 0, 0, 0);
    counts(&t, "h.tar/bad%FF.txt", LM_SOURCE_READ, 1, 0, 0, 0);
    counts(&t, "h.tar/twin.txt", LM_SOURCE_READ, 1, 0, 0, 0);
    counts(&t, "h.tar/twin.txt (2)", LM_SOURCE_READ, 1, 0, 0, 0);
    counts(&t, "h.tar/link.txt", LM_SOURCE_UNCLAIMED, 0, 0, 0, 0);
    counts(&t, "h.tar/pipe", LM_SOURCE_UNCLAIMED, 0, 0, 0, 0);
    assert_int_equal(t.r.n_sources, 9);
    assert_non_null(problem(&t, "steps outside its container"));
    assert_non_null(problem(&t, "absolute path"));
    assert_int_not_equal(access("/tmp/lm-evil.txt", F_OK), 0);
    teardown(&t);
}

static void test_damaged(void **state)
{
    static char big[300000];
    struct t t;
    struct lm_str whole;
    (void)state;
    setup(&t);
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof big; i++) /* does not compress */
        big[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
    const struct member m[] = { FILE_MEMBER("good.txt", "LINES\none\n"), { "big.bin", big, sizeof big, 0 } };
    assert_int_equal(slurp(&t, pack(&t, "whole.zip", "zip", m, 2), &whole), LM_OK);
    run(&t, file(&t, "cut.zip", whole.p, whole.n / 2));
    counts(&t, "cut.zip/good.txt", LM_SOURCE_READ, 1, 0, 0, 0);
    assert_true(source(&t, "cut.zip")->counts.problems > 0);
    char *flipped = lm_arena_copy(&t.a, whole).p != NULL ? (char *)(uintptr_t)lm_arena_copy(&t.a, whole).p : NULL;
    memcpy(flipped, whole.p, whole.n);
    flipped[whole.n / 2] ^= 0x55;
    run(&t, file(&t, "flip.zip", flipped, whole.n));
    assert_non_null(source(&t, "flip.zip/good.txt"));
    assert_true(source(&t, "flip.zip")->counts.problems > 0);
    run(&t, file(&t, "stub.zip", "PK\3\4rest is missing", 18));
    counts(&t, "stub.zip", LM_SOURCE_BROKEN, 0, 0, 0, 0);
    assert_true(t.r.nothing_read);
    teardown(&t);
}

static void test_encrypted(void **state)
{
    static const struct member m[] = { FILE_MEMBER("chat.txt", "LINES\none\n") };
    struct t t;
    (void)state;
    setup(&t);
    run(&t, pack(&t, "e.zip", "zip+", m, 1));
    counts(&t, "e.zip/chat.txt", LM_SOURCE_ENCRYPTED, 0, 0, 0, 0);
    assert_false(source(&t, "e.zip/chat.txt")->has_sha256);
    assert_non_null(problem(&t, "encrypted, not read"));
    assert_true(t.r.nothing_read);
    teardown(&t);
}

static void test_bombs(void **state)
{
    struct t t;
    struct lm_str inner;
    size_t n = (size_t)80 << 20;
    (void)state;
    setup(&t);
    char *zeros = calloc(1, n);
    assert_non_null(zeros);
    const struct member flat[] = { FILE_MEMBER("first.txt", "LINES\none\n"), { "zeros", zeros, n, 0 } };
    run(&t, pack(&t, "flat.zip", "zip", flat, 2));
    counts(&t, "flat.zip", LM_SOURCE_BROKEN, 0, 0, 0, 0);
    counts(&t, "flat.zip/first.txt", LM_SOURCE_READ, 1, 0, 0, 0); /* what came before stays */
    assert_int_equal(t.r.n_sources, 2);
    assert_non_null(problem(&t, "unpacks to more than 200 times its size"));
    /* each layer alone is modest, all together are not */
    t.o.unpack.ratio_from_bytes = (uint64_t)1 << 20;
    const struct member small[] = { { "zeros", zeros, (size_t)900 << 10, 0 } };
    assert_int_equal(slurp(&t, pack(&t, "small.zip", "zip", small, 1), &inner), LM_OK);
    struct member many[64];
    for (size_t i = 0; i < 64; i++)
        many[i] = (struct member){ lm_arena_printf(&t.a, "%zu.zip", i).p, inner.p, inner.n, 0 };
    run(&t, pack(&t, "nested.zip", "zip", many, 64));
    assert_non_null(problem(&t, "times its size"));
    assert_non_null(problem(&t, "have reached a limit before"));
    /* absolute limits */
    t.o.unpack.bytes = 1000;
    run(&t, pack(&t, "bytes.zip", "zip", small, 1));
    assert_non_null(problem(&t, "unpacks to more than 1000 bytes"));
    t.o.unpack.bytes = (uint64_t)1 << 30;
    t.o.unpack.ratio_from_bytes = (uint64_t)1 << 30;
    t.o.unpack.members = 10;
    run(&t, pack(&t, "members.zip", "zip", many, 64));
    assert_non_null(problem(&t, "holds more than 10 members"));
    free(zeros);
    teardown(&t);
}

/* Many members of one name: memory and time in proportion to their number, not to its square. */
static void test_many_twins(void **state)
{
    enum { N = 3000 };
    struct t t;
    struct member *m = calloc(N + 1, sizeof *m);
    char last[32];
    (void)state;
    setup(&t);
    assert_non_null(m);
    m[0] = (struct member)FILE_MEMBER("a.bin (3)", "LINES\nin the way\n");
    for (size_t i = 1; i <= N; i++)
        m[i] = (struct member){ "a.bin", lm_arena_printf(&t.a, "?%zu", i).p, 4, 0 };
    t.o.exhibit_memory_bytes = (size_t)4 << 20; /* 3,000²/2 names of 12 bytes would be 50 MiB */
    run(&t, pack(&t, "twins.tar", "tar", m, N + 1));
    assert_int_equal(t.r.n_sources, N + 2);
    counts(&t, "twins.tar", LM_SOURCE_CONTAINER, 0, 0, 0, 0);
    counts(&t, "twins.tar/a.bin (3)", LM_SOURCE_READ, 1, 0, 0, 0);
    (void)snprintf(last, sizeof last, "twins.tar/a.bin (%d)", N + 1); /* (3) is skipped */
    counts(&t, last, LM_SOURCE_UNCLAIMED, 0, 0, 0, 0);
    assert_int_equal(source(&t, "twins.tar")->counts.problems, N - 1);
    free(m);
    teardown(&t);
}

/* An exhibit that needs more memory than there is for one is closed as broken; the next one is read. */
static void test_exhibit_without_memory(void **state)
{
    enum { N = 2000 };
    struct t t;
    struct lm_error e = { 0 };
    struct member m[N];
    (void)state;
    setup(&t);
    for (size_t i = 0; i < N; i++)
        m[i] = (struct member){ lm_arena_printf(&t.a, "%0200zu.txt", i).p, "LINES\none\n", 10, 0 };
    const char *const paths[] = { text(&t, "1.txt", "LINES\nfirst\n"), pack(&t, "2.tar", "tar", m, N),
                                  text(&t, "3.txt", "LINES\nthird\n") };
    struct lm_arena a;
    static const struct {
        size_t exhibit_bytes, list_bytes;
    } rooms[] = { { 512 << 10, 0 }, { 0, 512 << 10 } }; /* the exhibit's own memory, or that of the list of results */
    for (size_t k = 0; k < 2; k++) {
        lm_arena_init(&a, rooms[k].list_bytes);
        t.o.exhibit_memory_bytes = rooms[k].exhibit_bytes;
        assert_int_equal(lm_intake_run(&a, t.fx.st, LM_STR("A1"), paths, 3, &t.o, &t.r, &e), LM_OK);
        assert_int_equal(t.r.all_problems, 1);
        assert_non_null(problem(&t, "out of memory; what was read of this exhibit before that stays, the rest of it is not read"));
        const struct lm_intake_source *last = t.r.sources, *broken = NULL;
        for (; last->next != NULL; last = last->next)
            broken = last;
        assert_true(lm_str_eq(last->path, LM_STR("3.txt")));
        assert_int_equal(last->state, LM_SOURCE_READ);
        assert_int_equal(broken->state, LM_SOURCE_BROKEN);
        assert_int_equal(broken->counts.problems, 1);
        assert_true(lm_str_starts(broken->path, LM_STR("2.tar")));
        assert_int_equal(fx_sql(&t.fx, "SELECT count(*) FROM source WHERE state IS NULL"), 0);
        lm_arena_free(&a);
    }
    t.r = (struct lm_intake_result){ 0 };
    teardown(&t);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_file), cmocka_unit_test(test_not_readable), cmocka_unit_test(test_claimed_but_nothing),
        cmocka_unit_test(test_breaks), cmocka_unit_test(test_folder), cmocka_unit_test(test_ambiguous),
        cmocka_unit_test(test_scope_and_zone), cmocka_unit_test(test_content_never_enters),
        cmocka_unit_test(test_changes_while_read), cmocka_unit_test(test_forms),
        cmocka_unit_test(test_nested), cmocka_unit_test(test_hostile_names), cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_encrypted), cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_many_twins), cmocka_unit_test(test_exhibit_without_memory),
    };
    struct lm_child_options o;
    if (argc > 2 && lm_child_options_parse((const char *const *)argv + 2, (size_t)argc - 2, &o, NULL) == LM_OK) {
        if (strcmp(argv[1], "reader-child") == 0)
            lm_reader_child(&o, readers);
        lm_unpack_child(&o);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
