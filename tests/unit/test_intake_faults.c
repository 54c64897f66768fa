/* Readers that misbehave, in a real reader process. This program is its own child: started again with "reader-child" it
 * runs the readers below, which exist nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/os.h"
#include "formats/pdf.h"
#include "intake/child.h"
#include "intake/proc.h"

static lm_err say(struct lm_sink *sink, uint64_t at, const char *text)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_OTHER,
                                                           .text = lm_str(text), .duration_s = -1 } };
    return lm_sink_fact(sink, (struct lm_locator){ LM_LOCATOR_BYTES, at, 1, { NULL, 0 } }, &f);
}

static bool refused(long result)
{
    return result < 0 && errno == EPERM;
}

/* What must not work, by name; each that did work is a problem. */
static lm_err try_everything(struct lm_read *ctx, struct lm_sink *sink)
{
    int pair[2];
    void *exec = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool exec_refused = exec == MAP_FAILED && errno == EPERM;
    void *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool shared_refused = shared == MAP_FAILED && errno == EPERM;
    char *const none[] = { NULL };
    const struct {
        const char *what;
        bool refused;
    } tries[] = {
        { "open", refused(open("/etc/hostname", O_RDONLY)) },
        { "openat", refused(syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY)) },
        { "stat", refused(syscall(SYS_stat, "/", NULL)) },
        { "socket", refused(socket(AF_INET, SOCK_STREAM, 0)) },
        { "socketpair", refused(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) },
        { "fork", refused(syscall(SYS_fork)) },
        { "clone", refused(syscall(SYS_clone, SIGCHLD, NULL)) },
        { "execve", refused(syscall(SYS_execve, "/bin/true", none, none)) },
        { "kill", refused(kill(getppid(), 0)) },
        { "ptrace", refused(syscall(SYS_ptrace, 0)) },
        { "unlink", refused(unlink("/nonexistent/x")) },
        { "prctl", refused(prctl(PR_SET_DUMPABLE, 1)) },
        { "memfd", refused(memfd_create("x", 0)) },
        { "executable memory", exec_refused },
        { "shared memory", shared_refused },
        { "a third descriptor", fcntl(5, F_GETFD) < 0 },
    };
    (void)ctx;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        lm_err err = tries[i].refused ? say(sink, i, tries[i].what)
                                      : lm_sink_problem(sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ 0 }, "%s worked", tries[i].what);
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

static lm_err eat_memory(struct lm_read *ctx, struct lm_sink *sink)
{
    lm_err err = say(sink, 1, "before");
    while (err == LM_OK) {
        volatile char *p = lm_arena_alloc(ctx->file, (size_t)4 << 20);
        if (p == NULL)
            return LM_ENOMEM;
    }
    return err;
}

static lm_err loop(struct lm_sink *sink)
{
    lm_err err = say(sink, 1, "before");
    for (volatile unsigned i = 0; err == LM_OK; i++)
        ;
    return err;
}

static lm_err endless(struct lm_sink *sink)
{
    lm_err err = LM_OK;
    static char text[65536];
    memset(text, 'x', sizeof text - 1);
    for (uint64_t i = 0; err == LM_OK; i++)
        err = say(sink, i, text);
    return err;
}

static volatile int depth_limit = INT32_MAX;

static int overflow_stack(int depth)
{
    volatile char room[4096];
    room[0] = (char)depth;
    return depth < depth_limit ? overflow_stack(depth + 1) + room[0] : 0;
}

/* Text comes out of a PDF in a process that is shut in; then it still is. */
static lm_err read_pdf(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_pdf *pdf;
    struct lm_pdf_page page;
    lm_err err = lm_pdf_open(ctx->file, ctx->in->bytes, LM_STR("one"), &pdf, ctx->error);
    if (err != LM_OK)
        return err;
    err = lm_pdf_page(pdf, 1, ctx->record, &page);
    char text[64] = "no line";
    if (err == LM_OK && page.n == 1)
        (void)snprintf(text, sizeof text, "%.*s", LM_STR_ARG(lm_str_take(page.lines[0].pieces[0].text, 60)));
    if (err == LM_OK)
        err = say(sink, 100, text);
    lm_pdf_close(pdf);
    return err == LM_OK ? try_everything(ctx, sink) : err;
}

static int is_poppler(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size;
    (void)user;
    return strstr(info->dlpi_name, "poppler") != NULL;
}

/* The input says what to do. */
static lm_err misbehave(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str what = ctx->in->bytes;
    if (lm_str_eq(what, LM_STR("crash")) && say(sink, 7, "before") == LM_OK) {
        (void)raise(SIGSEGV);
    } else if (lm_str_eq(what, LM_STR("abort")) && say(sink, 8, "before") == LM_OK) {
        abort();
    } else if (lm_str_eq(what, LM_STR("stack")) && say(sink, 9, "before") == LM_OK) {
        return overflow_stack(0) == 1 ? LM_OK : LM_EINTERNAL;
    } else if (lm_str_eq(what, LM_STR("loop"))) {
        return loop(sink);
    } else if (lm_str_eq(what, LM_STR("memory"))) {
        return eat_memory(ctx, sink);
    } else if (lm_str_eq(what, LM_STR("endless"))) {
        return endless(sink);
    } else if (lm_str_eq(what, LM_STR("garbage"))) {
        (void)!write(3, "this is no frame", 16);
    } else if (lm_str_eq(what, LM_STR("closes"))) {
        (void)close(3);
        for (;;)
            (void)sched_yield();
    } else if (lm_str_eq(what, LM_STR("not utf-8"))) {
        return say(sink, 3, "\xff\xfe");
    } else if (lm_str_eq(what, LM_STR("exit"))) {
        _exit(0);
    } else if (lm_str_eq(what, LM_STR("input"))) {
        (void)lm_fail(ctx->error, LM_EINPUT, "broke here");
        lm_fail_at(ctx->error, "", "byte %d", 42);
        return LM_EINPUT;
    } else if (lm_pdf_possible(what)) {
        return read_pdf(ctx, sink);
    } else if (lm_str_eq(what, LM_STR("libraries"))) {
        bool mapped = dl_iterate_phdr(is_poppler, NULL) != 0;
        return say(sink, 1, mapped ? "Poppler is mapped" : "Poppler is not mapped");
    } else if (lm_str_eq(what, LM_STR("try"))) {
        return try_everything(ctx, sink);
    } else if (lm_str_eq(what, LM_STR("neighbour"))) {
        struct lm_str other = { NULL, 0 };
        if (lm_input_sibling(ctx->in, LM_STR("../there"), &other) != LM_OK || !lm_str_eq(other, LM_STR("hello")))
            return LM_EINTERNAL;
        if (lm_input_sibling(ctx->in, LM_STR("../missing"), &other) != LM_ENOTFOUND)
            return LM_EINTERNAL;
        return say(sink, 1, "neighbour read");
    }
    return LM_OK;
}

static int bid_any(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    return head.n != 0 ? 16 : 0;
}

static int bid_close(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    return lm_str_starts(head, LM_STR("both")) ? 12 : 0;
}

static const struct lm_reader fault = { "fault", "Misbehaves", "this file", "nothing", 16, bid_any, misbehave };
static const struct lm_reader other = { "other", "Bids close", "this file", "nothing", 16, bid_close, misbehave };
static const struct lm_reader *const readers[] = { &other, &fault, NULL };

/* --- the parent's side --- */

struct seen {
    int hellos, entries, problems;
    char reader[16], second[16], first[64], last[64], problem[64];
};

static lm_err on_frame(void *user, struct lm_frame *f)
{
    struct seen *s = user;
    if (f->type == LM_FRAME_HELLO) {
        s->hellos++;
        (void)snprintf(s->reader, sizeof s->reader, "%.*s", LM_STR_ARG(f->hello.reader));
        (void)snprintf(s->second, sizeof s->second, "%.*s", LM_STR_ARG(f->hello.second));
    } else if (f->type == LM_FRAME_ENTRY) {
        s->entries++;
        if (s->entries == 1)
            (void)snprintf(s->first, sizeof s->first, "%.*s", LM_STR_ARG(lm_str_take(f->entry.facts[0].event.text, 60)));
        (void)snprintf(s->last, sizeof s->last, "%.*s", LM_STR_ARG(lm_str_take(f->entry.facts[0].event.text, 60)));
    } else if (f->type == LM_FRAME_PROBLEM) {
        s->problems++;
        (void)snprintf(s->problem, sizeof s->problem, "%.*s", LM_STR_ARG(f->problem.reason));
        print_message("# problem: %s\n", s->problem);
    }
    return LM_OK;
}

static int file_with(const char *text)
{
    int fd = memfd_create("input", 0);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return fd;
}

static lm_err on_sibling(void *user, struct lm_str path, int *ret_fd, uint64_t *ret_bytes)
{
    (void)user;
    if (!lm_str_eq(path, LM_STR("../there")))
        return LM_ENOTFOUND;
    *ret_fd = file_with("hello");
    *ret_bytes = 5;
    return LM_OK;
}

static struct lm_proc *start_with(bool pdf)
{
    const struct lm_proc_options o = { (uint64_t)64 << 20, (size_t)8 << 20, 1500000, 100000, .pdf = pdf };
    struct lm_proc *p = NULL;
    struct lm_frame_ready ready = { 0 };
    struct lm_error e = { 0 };
    lm_err err = lm_proc_start("reader-child", &o, &p, &ready, &e);
    if (err != LM_OK)
        print_message("# %s\n", e.message);
    assert_int_equal(err, LM_OK);
    assert_true(ready.no_new_privs && ready.limits == LM_SANDBOX_LIMITS);
    return p;
}

static struct lm_proc *start(void)
{
    return start_with(false);
}

static void job(struct lm_proc *p, const char *what, struct seen *s, struct lm_proc_outcome *out)
{
    int fd = file_with(what);
    struct lm_proc_job j = { .fd = fd, .bytes = strlen(what), .path = LM_STR("folder/input"), .user = s,
                             .frame = on_frame, .sibling = on_sibling };
    struct lm_error e = { 0 };
    *s = (struct seen){ 0 };
    assert_int_equal(lm_proc_run(p, &j, out, &e), LM_OK);
    (void)close(fd);
}

static void expect(const char *what, enum lm_proc_end end, int entries)
{
    struct seen s;
    struct lm_proc_outcome out;
    struct lm_proc *p = start();
    job(p, what, &s, &out);
    print_message("# %s: %s\n", what, out.error.message);
    assert_int_equal(out.end, end);
    assert_int_equal(s.hellos, strcmp(what, "exit") != 0 && strcmp(what, "closes") != 0 && strcmp(what, "garbage") != 0); /* those took it with them */
    if (entries >= 0)
        assert_int_equal(s.entries, entries);
    if (end != LM_PROC_ENDED)
        assert_false(lm_proc_alive(p));
    lm_proc_stop(p);
}

static void test_crashes(void **state)
{
    (void)state;
    expect("crash", LM_PROC_CRASHED, 1); /* what it had found arrives */
    expect("abort", LM_PROC_CRASHED, 1);
    expect("stack", LM_PROC_CRASHED, 1);
    expect("exit", LM_PROC_CRASHED, 0);
}

static void test_never_ends(void **state)
{
    (void)state;
    expect("loop", LM_PROC_TIMEOUT, 1);
    expect("closes", LM_PROC_CRASHED, 0);
    expect("endless", LM_PROC_GARBAGE, -1);
}

static void test_not_frames(void **state)
{
    (void)state;
    expect("garbage", LM_PROC_GARBAGE, 0);
    expect("not utf-8", LM_PROC_GARBAGE, 0);
}

static void test_memory(void **state)
{
    struct seen s;
    struct lm_proc_outcome out;
    struct lm_proc *p = start();
    (void)state;
    job(p, "memory", &s, &out);
    assert_int_equal(out.end, LM_PROC_ENDED);
    assert_int_equal(out.error.code, LM_ENOMEM);
    assert_int_equal(s.entries, 1);
    /* and the same process goes on */
    job(p, "input", &s, &out);
    assert_int_equal(out.error.code, LM_EINPUT);
    assert_string_equal(out.error.message, "broke here");
    assert_string_equal(out.error.locator, "byte 42");
    lm_proc_stop(p);
}

static void test_many_jobs(void **state)
{
    struct seen s;
    struct lm_proc_outcome out;
    struct lm_proc *p = start();
    (void)state;
    for (int i = 0; i < 300; i++) {
        job(p, i % 3 == 0 ? "both" : i % 3 == 1 ? "neighbour" : "", &s, &out);
        assert_int_equal(out.end, LM_PROC_ENDED);
        assert_int_equal(out.error.code, LM_OK);
        assert_string_equal(s.reader, i % 3 == 2 ? "" : "fault");
        assert_string_equal(s.second, i % 3 == 0 ? "other" : "");
        assert_int_equal(s.entries, i % 3 == 1);
    }
    lm_proc_stop(p);
}

static void test_shut_in(void **state)
{
    struct seen s;
    struct lm_proc_outcome out;
    struct lm_proc *p;
    (void)state;
    p = start();
    job(p, "try", &s, &out);
    assert_int_equal(out.end, LM_PROC_ENDED);
    assert_int_equal(s.problems, 0);
    assert_int_equal(s.entries, 16);
    lm_proc_stop(p);
}

static const char small_pdf[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
                                "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
                                "4 0 obj<</Length 40>>stream\nBT /F 9 Tf 20 50 Td (seen inside) Tj ET   \nendstream endobj\n"
                                "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Courier>>endobj\ntrailer<</Root 1 0 R/Size 6>>\n";

static void test_pdf_is_shut_in(void **state)
{
    struct seen s;
    struct lm_proc_outcome out;
    struct lm_proc *p = start_with(true);
    (void)state;
    job(p, small_pdf, &s, &out);
    print_message("# %s\n", out.error.message);
    assert_int_equal(out.end, LM_PROC_ENDED);
    assert_int_equal(out.error.code, LM_OK);
    assert_int_equal(s.problems, 0);
    assert_int_equal(s.entries, 17);
    assert_string_equal(s.first, "seen inside");
    job(p, "libraries", &s, &out);
    assert_string_equal(s.last, "Poppler is mapped");
    lm_proc_stop(p);
}

/* Whoever reads other forms has nothing of it, and cannot get it any more. */
static void test_only_pdf_has_poppler(void **state)
{
    struct seen s;
    struct lm_proc_outcome out;
    struct lm_proc *p = start();
    (void)state;
    job(p, "libraries", &s, &out);
    assert_string_equal(s.last, "Poppler is not mapped");
    job(p, small_pdf, &s, &out);
    assert_int_equal(out.end, LM_PROC_ENDED);
    assert_int_equal(out.error.code, LM_ENOTFOUND);
    lm_proc_stop(p);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crashes), cmocka_unit_test(test_never_ends), cmocka_unit_test(test_not_frames),
        cmocka_unit_test(test_memory), cmocka_unit_test(test_many_jobs), cmocka_unit_test(test_shut_in), cmocka_unit_test(test_pdf_is_shut_in),
        cmocka_unit_test(test_only_pdf_has_poppler),
    };
    struct lm_child_options o;
    if (argc > 1 && strcmp(argv[1], "reader-child") == 0
        && lm_child_options_parse((const char *const *)argv + 2, (size_t)argc - 2, &o, NULL) == LM_OK)
        lm_reader_child(&o, readers);
    size_t n = sizeof tests / sizeof tests[0];
    if (!lm_sandbox_probe().seccomp) { /* meson fails on cmocka's skip() */
        print_message("# left out: the last three, no seccomp in this kernel\n");
        n -= 3;
    }
    return _cmocka_run_group_tests("faults", tests, n, NULL, NULL);
}
