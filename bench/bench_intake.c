/* bench_intake.c - what the process boundary costs.
 *
 * bench_intake [--sources N] [--entries N]
 * 1. a reader process per source against many sources through one process (small sources, in memory files);
 * 2. frames: writing, checking and reading entries against copying the same texts with memcpy;
 * 3. a folder of N small files through lm_intake_run into a new workspace, with what of it is copying, hashing and fsync.
 * Prints medians of interleaved runs, processor time beside wall time, and ratios within this run. It is its own reader
 * process; the reader emits one entry per line. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "intake/child.h"
#include "intake/intake.h"

#define RUNS 7
#define BATCH 5000

static lm_err read_lines(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str all = ctx->in->bytes;
    lm_err err = LM_OK;
    for (size_t at = 0; err == LM_OK && at < all.n;) {
        const char *end = memchr(all.p + at, '\n', all.n - at);
        size_t n = end != NULL ? (size_t)(end - all.p) - at : all.n - at;
        struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_OTHER,
                             .duration_s = -1, .text = { all.p + at, n }, .at = { INT64_C(1700000000000000) + (int64_t)at, 0, LM_TIME_UTC },
                             .from = { LM_PLATFORM_OTHER, LM_ACCOUNT_NATIVE, LM_STR("a"), { NULL, 0 } },
                             .thread = { LM_STR("t"), { NULL, 0 }, LM_THREAD_UNKNOWN } } };
        err = lm_sink_fact(sink, (struct lm_locator){ LM_LOCATOR_BYTES, at, n, { NULL, 0 } }, &f);
        at += n + 1;
    }
    return err;
}

static int bid_lines(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    return head.n != 0 ? 16 : 0;
}

static const struct lm_reader lines = { "lines", "Lines", "this file", "nothing", 16, bid_lines, read_lines };
static const struct lm_reader *const readers[] = { &lines, NULL };

/* --- measuring --- */

struct cost {
    double wall_us, cpu_us;
};

static struct cost now(void)
{
    struct rusage own, children;
    (void)getrusage(RUSAGE_SELF, &own);
    (void)getrusage(RUSAGE_CHILDREN, &children);
    const struct timeval *t[] = { &own.ru_utime, &own.ru_stime, &children.ru_utime, &children.ru_stime };
    struct cost c = { (double)lm_os_now_us(), 0 };
    for (size_t i = 0; i < 4; i++)
        c.cpu_us += (double)t[i]->tv_sec * 1e6 + (double)t[i]->tv_usec;
    return c;
}

static int rising(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, rising);
    return v[n / 2];
}

static void die(const char *what, const struct lm_error *e)
{
    fprintf(stderr, "bench_intake: %s: %s\n", what, e != NULL ? e->message : "");
    exit(1);
}

/* --- processes --- */

static struct lm_proc *start(void)
{
    struct lm_intake_options o;
    struct lm_proc *p;
    struct lm_frame_ready ready;
    struct lm_error e;
    lm_intake_defaults(&o);
    if (lm_proc_start("reader-child", &o.proc, &p, &ready, &e) != LM_OK)
        die("start", &e);
    return p;
}

static lm_err take(void *user, struct lm_frame *f)
{
    *(uint64_t *)user += f->type == LM_FRAME_ENTRY;
    return LM_OK;
}

static uint64_t job(struct lm_proc *p, int fd, uint64_t bytes)
{
    uint64_t entries = 0;
    struct lm_proc_job j = { .fd = fd, .bytes = bytes, .path = LM_STR("messages/inbox/a_1/message_1.json"), .user = &entries, .frame = take };
    struct lm_proc_outcome out;
    struct lm_error e = { 0 };
    if (lm_proc_run(p, &j, &out, &e) != LM_OK || out.end != LM_PROC_ENDED)
        die("job", &e);
    return entries;
}

static int small_file(uint64_t *ret_bytes)
{
    int fd = memfd_create("small", MFD_CLOEXEC);
    char line[128];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (int i = 0; i < 16; i++)
        if (write(fd, line, sizeof line) != sizeof line)
            die("write", NULL);
    *ret_bytes = 16 * sizeof line;
    return fd;
}

static void bench_processes(void)
{
    double each[RUNS], one[RUNS], each_cpu[RUNS];
    uint64_t bytes, entries = 0;
    int fd = small_file(&bytes);
    enum { STARTS = 20, JOBS = 2000 };
    for (int r = 0; r < RUNS; r++) {
        struct cost a = now();
        for (int i = 0; i < STARTS; i++) {
            struct lm_proc *p = start();
            entries += job(p, fd, bytes);
            lm_proc_stop(p);
        }
        struct cost b = now();
        struct lm_proc *p = start();
        struct cost c = now();
        for (int i = 0; i < JOBS; i++)
            entries += job(p, fd, bytes);
        struct cost d = now();
        lm_proc_stop(p);
        each[r] = (b.wall_us - a.wall_us) / STARTS;
        each_cpu[r] = (b.cpu_us - a.cpu_us) / STARTS;
        one[r] = (d.wall_us - c.wall_us) / JOBS;
    }
    (void)close(fd);
    double e = median(each, RUNS), o = median(one, RUNS);
    printf("small source (2 KiB, 16 entries): a process each %.0f us (cpu %.0f us), one process for all %.0f us: %.0f times less (%llu entries)\n",
           e, median(each_cpu, RUNS), o, e / o, (unsigned long long)entries);
}

/* --- frames --- */

static void bench_frames(uint64_t n)
{
    static char text[81];
    double put[RUNS], get[RUNS], copy[RUNS];
    uint64_t sum = 0;
    memset(text, 'm', 80);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_WHATSAPP, .duration_s = -1,
                         .at = { INT64_C(1700000000000000), 0, LM_TIME_LOCAL }, .text = { text, 80 },
                         .thread = { LM_STR("WhatsApp Chat with Ana.txt"), LM_STR("Ana"), LM_THREAD_DIRECT },
                         .from = { LM_PLATFORM_WHATSAPP, LM_ACCOUNT_NAME, { NULL, 0 }, LM_STR("Ana Robles") } } };
    struct lm_locator l = { LM_LOCATOR_BYTES, 123456, 120, { NULL, 0 } };
    struct lm_entry entry = { &l, 1, &f, 1 };
    struct lm_frame_out o;
    struct lm_arena a;
    struct lm_buf plain;
    lm_arena_init(&a, 0);
    lm_buf_init(&plain, (size_t)2 << 30);
    lm_frame_out_init(&o, -1, (size_t)64 << 20);
    for (int r = 0; r < RUNS; r++) {
        put[r] = get[r] = copy[r] = 0;
        for (uint64_t done = 0; done < n; done += BATCH) { /* small enough to stay in the cache, as with a pipe */
            double t0 = (double)lm_os_now_us();
            lm_buf_clear(&o.buf);
            o.whole_bytes = 0;
            for (int i = 0; i < BATCH; i++)
                if (lm_frame_put_entry(&o, &entry) != LM_OK)
                    die("put", NULL);
            double t1 = (double)lm_os_now_us();
            struct lm_str rest = lm_buf_str(&o.buf);
            for (;;) {
                struct lm_frame frame;
                size_t used = 0;
                lm_arena_reset(&a);
                if (lm_frame_decode(&a, rest, 1 << 20, &frame, &used) != LM_OK || used == 0)
                    break;
                sum += frame.entry.entry.facts[0].event.text.n;
                rest = lm_str_skip(rest, used);
            }
            double t2 = (double)lm_os_now_us();
            lm_buf_clear(&plain);
            for (int i = 0; i < BATCH; i++) {
                lm_buf_put(&plain, f.event.text);
                lm_buf_put(&plain, f.event.from.display);
                lm_buf_put(&plain, f.event.thread.native);
            }
            double t3 = (double)lm_os_now_us();
            put[r] += (t1 - t0) * 1000 / (double)n;
            get[r] += (t2 - t1) * 1000 / (double)n;
            copy[r] += (t3 - t2) * 1000 / (double)n;
        }
    }
    lm_frame_out_free(&o);
    double p = median(put, RUNS), g = median(get, RUNS), c = median(copy, RUNS);
    printf("frames: write %.0f ns, check and read %.0f ns an entry; %.1f times the memcpy of its texts (%llu)\n", p, g, (p + g) / c,
           (unsigned long long)sum);
    lm_buf_free(&plain);
    lm_arena_free(&a);
}

/* --- the whole way --- */

static void make_folder(const char *folder, uint64_t n)
{
    char path[400];
    for (uint64_t i = 0; i < n; i++) {
        (void)snprintf(path, sizeof path, "%s/%06llu.txt", folder, (unsigned long long)i);
        FILE *f = fopen(path, "wb");
        if (f == NULL)
            die(path, NULL);
        for (int k = 0; k < 16; k++)
            fprintf(f, "%llu %d, a line of some length with a few words in it, as people write them\n", (unsigned long long)i, k);
        (void)fclose(f);
    }
}

static void bench_folder(uint64_t n)
{
    struct lm_arena a;
    struct lm_error e = { 0 };
    struct lm_str top;
    struct lm_store *st;
    struct lm_intake_options o;
    struct lm_intake_result result = { 0 };
    struct lm_log log;
    const char *tmp = getenv("TMPDIR");
    char workspace[300], folder[300], spool[320];
    lm_arena_init(&a, 0);
    lm_log_init(&log, -1);
    if (lm_os_temp_folder(&a, tmp != NULL ? tmp : "/tmp", "bench-intake-", &top, &e) != LM_OK)
        die("folder", &e);
    (void)snprintf(workspace, sizeof workspace, "%s/w.lastmile", top.p);
    (void)snprintf(folder, sizeof folder, "%s/e", top.p);
    (void)snprintf(spool, sizeof spool, "%s.d/spool", workspace);
    struct lm_investigation i = { .id = LM_STR("I1"), .title = LM_STR("bench") };
    struct lm_authority au = { .id = LM_STR("A1"), .investigation = LM_STR("I1"), .kind = LM_AUTHORITY_CONSENT, .reach = LM_REACH_CONTENT,
                               .issued_day = LM_DAY_NONE, .from_day = LM_DAY_NONE, .to_day = LM_DAY_NONE, .expires_day = LM_DAY_NONE };
    if (mkdir(folder, 0700) != 0 || lm_store_create(workspace, "bench", &e) != LM_OK
        || lm_store_open(workspace, LM_STORE_WRITE, "bench", &st, &e) != LM_OK || lm_store_add_investigation(st, &i, &e) != LM_OK
        || lm_store_add_authority(st, &au, &e) != LM_OK)
        die("workspace", &e);
    make_folder(folder, n);
    lm_intake_defaults(&o);
    o.readers = readers;
    o.log = &log;
    o.spool_parent = spool;
    const char *const paths[] = { folder };
    struct cost t0 = now();
    if (lm_intake_run(&a, st, LM_STR("A1"), paths, 1, &o, &result, &e) != LM_OK)
        die("intake", &e);
    struct cost t1 = now();
    lm_store_close(st);
    printf("folder of %llu small files: %.2f ms a source (cpu %.2f ms), %llu records kept, %llu problems\n", (unsigned long long)n,
           (t1.wall_us - t0.wall_us) / 1000 / (double)n, (t1.cpu_us - t0.cpu_us) / 1000 / (double)n,
           (unsigned long long)result.totals.kept, (unsigned long long)result.all_problems);
    (void)lm_os_remove_tree(top.p);
    lm_arena_free(&a);
}

int main(int argc, char **argv)
{
    struct lm_child_options o;
    int64_t sources = 3000, entries = 500000;
    if (argc > 2 && strcmp(argv[1], "reader-child") == 0
        && lm_child_options_parse((const char *const *)argv + 2, (size_t)argc - 2, &o, NULL) == LM_OK)
        lm_reader_child(&o, readers);
    for (int i = 1; i + 1 < argc; i += 2) {
        int64_t *to = strcmp(argv[i], "--sources") == 0 ? &sources : strcmp(argv[i], "--entries") == 0 ? &entries : NULL;
        if (to == NULL || !lm_str_to_i64(lm_str(argv[i + 1]), to) || *to < 1)
            die("usage: bench_intake [--sources N] [--entries N]", NULL);
    }
    bench_processes();
    bench_frames((uint64_t)entries);
    bench_folder((uint64_t)sources);
    return 0;
}
