#include "intake/proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/os.h"
#include "intake/child.h"
#include "intake/wire.h"

#define READ_BYTES ((size_t)1 << 20)
#define START_US INT64_C(20000000)
#define GRACE_US INT64_C(500000)
#define IDLE_US INT64_C(100000)
/* Frames are at most this much larger than what they were read from; beyond it a reader sends without end. */
#define SENT_BASE_BYTES (UINT64_C(64) << 20)
#define SENT_FACTOR 256

struct lm_proc {
    struct lm_proc_options o;
    pid_t pid; /* -1: gone */
    int frames, control;
    struct lm_arena a;
    struct lm_buf in;
    size_t used; /* bytes of in already taken */
};

/* The state of one job. */
struct run {
    struct lm_proc *p;
    const struct lm_proc_job *job;
    struct lm_proc_outcome outcome;
    int64_t waited_us, limit_us;
    uint64_t received, received_max;
    bool ended, stopping;
    bool spill_asked; /* and not answered yet */
    uint64_t spill_bytes;
    lm_err callback;
};

bool lm_proc_alive(const struct lm_proc *p)
{
    return p != NULL && p->pid > 0;
}

/* Waits for its end; *ret_signal 0 when it left by itself. */
static void reap(struct lm_proc *p, bool kill_first, int *ret_signal)
{
    int status = 0;
    if (p->pid <= 0)
        return;
    if (kill_first)
        (void)kill(p->pid, SIGKILL);
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        ;
    p->pid = -1;
    lm_os_close(&p->frames);
    lm_os_close(&p->control);
    if (ret_signal != NULL)
        *ret_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void lm_proc_stop(struct lm_proc *p)
{
    if (p == NULL)
        return;
    reap(p, true, NULL);
    lm_buf_free(&p->in);
    lm_arena_free(&p->a);
    free(p);
}

/* Room for the next read: what was taken goes, and a frame that is longer than the buffer gets its room. */
static lm_err make_room(struct lm_proc *p)
{
    size_t rest = p->in.n - p->used, want = READ_BYTES;
    if (p->used != 0) {
        memmove(p->in.p, p->in.p + p->used, rest);
        p->in.n = rest;
        p->used = 0;
    }
    return lm_buf_reserve(&p->in, want) != NULL ? LM_OK : LM_ENOMEM;
}

/* *ret_n 0: the other side is closed. */
static lm_err read_some(struct lm_proc *p, size_t *ret_n)
{
    if (make_room(p) != LM_OK)
        return LM_ENOMEM;
    ssize_t n;
    do
        n = read(p->frames, p->in.p + p->in.n, READ_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return LM_EIO;
    p->in.n += (size_t)n;
    *ret_n = (size_t)n;
    return LM_OK;
}

static void end_as(struct run *r, enum lm_proc_end end, lm_err code, const char *what)
{
    r->outcome.end = end;
    (void)lm_fail(&r->outcome.error, code, "%s", what);
    r->ended = true;
}

static void take_end(struct run *r, const struct lm_frame_end *end)
{
    struct lm_error *e = &r->outcome.error;
    r->outcome.end = LM_PROC_ENDED;
    r->ended = true;
    if (end->code == LM_OK)
        return;
    (void)lm_fail(e, end->code, "%.*s", LM_STR_ARG(end->message));
    lm_fail_at(e, "", "%.*s", LM_STR_ARG(end->locator));
    lm_fail_hint(e, "%.*s", LM_STR_ARG(end->hint));
}

/* Every whole frame in the buffer, until END. */
static void take_frames(struct run *r)
{
    struct lm_proc *p = r->p;
    while (!r->ended && r->callback == LM_OK) {
        struct lm_frame f;
        size_t used = 0;
        struct lm_str rest = lm_str_skip(lm_buf_str(&p->in), p->used);
        lm_arena_reset(&p->a);
        lm_err err = lm_frame_decode(&p->a, rest, p->o.frame_ceiling_bytes, &f, &used);
        if (err != LM_OK) {
            end_as(r, LM_PROC_GARBAGE, err, err == LM_EINPUT ? "the reader process sent what is not a frame"
                                                             : "the reader process sent a frame that is too large");
            return;
        }
        if (used == 0)
            return;
        p->used += used;
        if (f.type == LM_FRAME_END && !r->stopping)
            take_end(r, &f.end);
        else if (f.type == LM_FRAME_READY)
            end_as(r, LM_PROC_GARBAGE, LM_EINPUT, "the reader process started over in the middle of a job");
        else if (f.type != LM_FRAME_END)
            r->callback = r->job->frame(r->job->user, &f);
    }
}

/* The pipe may still hold some of it: asked again when more of that has come. */
static void answer_spill(struct run *r)
{
    struct lm_wire answer = { .kind = LM_WIRE_SPILL_IS, .bytes = UINT64_MAX };
    int fd = -1;
    lm_err err = r->job->spilled(r->job->user, r->spill_bytes, &fd);
    if (err == LM_ENOTFOUND)
        return;
    r->spill_asked = false;
    if (err == LM_OK)
        answer.bytes = r->spill_bytes;
    (void)lm_os_send(r->p->control, (struct lm_str){ (const char *)&answer, sizeof answer }, fd);
    lm_os_close(&fd);
}

static void serve(struct run *r)
{
    struct lm_wire_message m;
    struct lm_wire answer = { .kind = LM_WIRE_SIBLING_IS, .bytes = UINT64_MAX };
    size_t n = 0;
    int fd = -1;
    if (lm_os_receive(r->p->control, &m, sizeof m, &n, &fd) != LM_OK)
        n = 0;
    lm_os_close(&fd); /* a process has none to give */
    if (n == 0)
        return; /* gone: the pipe says the same */
    if (n == sizeof m.head && m.head.kind == LM_WIRE_SPILL && r->job->spilled != NULL) {
        r->spill_asked = true;
        r->spill_bytes = m.head.bytes;
        return;
    }
    if (n < sizeof m.head || m.head.kind != LM_WIRE_SIBLING || n != sizeof m.head + m.head.text_bytes) {
        end_as(r, LM_PROC_GARBAGE, LM_EINPUT, "the reader process asked for something that is not a neighbour");
        return;
    }
    struct lm_str path = { m.text, m.head.text_bytes };
    uint64_t bytes = 0;
    if (r->job->sibling != NULL && lm_utf8_valid_prefix(path) == path.n
        && r->job->sibling(r->job->user, path, &fd, &bytes) == LM_OK)
        answer.bytes = bytes;
    (void)lm_os_send(r->p->control, (struct lm_str){ (const char *)&answer, sizeof answer }, fd);
    lm_os_close(&fd);
}

static void on_closed(struct run *r)
{
    int number = 0;
    char what[160];
    reap(r->p, true, &number); /* it may have closed the pipe and live on; a crash keeps its own signal */
    if (r->stopping)
        return;
    if (number == SIGXCPU)
        (void)snprintf(what, sizeof what, "the reader used more processor time than it gets");
    else if (number != 0)
        (void)snprintf(what, sizeof what, "the reader crashed (signal %d, %s)", number, strsignal(number));
    else
        (void)snprintf(what, sizeof what, "the reader process ended without a word");
    end_as(r, LM_PROC_CRASHED, LM_EINPUT, what);
    r->outcome.signal = number;
}

/* Over its time: first a chance to send what it had complete, then the end. */
static void on_late(struct run *r)
{
    if (!r->stopping) {
        r->stopping = true;
        r->limit_us = r->waited_us + GRACE_US;
        (void)kill(r->p->pid, SIGTERM);
        return;
    }
    reap(r->p, true, NULL);
}

static void wait_and_serve(struct run *r)
{
    struct pollfd fds[2] = { { .fd = r->p->frames, .events = POLLIN }, { .fd = r->p->control, .events = POLLIN } };
    int64_t left = r->limit_us - r->waited_us, before = lm_os_now_us();
    int n = poll(fds, 2, left <= 0 ? 0 : left < IDLE_US ? (int)(left / 1000) + 1 : (int)(IDLE_US / 1000));
    r->waited_us += lm_os_now_us() - before;
    if (n == 0 && r->job->idle != NULL)
        r->callback = r->job->idle(r->job->user);
    if (n > 0 && (fds[0].revents & (POLLIN | POLLHUP)) != 0) {
        size_t got = 0;
        if (read_some(r->p, &got) != LM_OK || got == 0) {
            on_closed(r);
            return;
        }
        r->received += got;
        if (r->received > r->received_max)
            end_as(r, LM_PROC_GARBAGE, LM_ELIMIT, "the reader sends more than its input can hold");
    }
    if (n > 0 && fds[1].revents != 0 && !r->ended)
        serve(r);
    if (!r->ended && r->p->pid > 0 && r->waited_us >= r->limit_us)
        on_late(r);
}

static lm_err send_job(struct lm_proc *p, const struct lm_proc_job *job)
{
    struct lm_wire_message m = { .head = { .kind = LM_WIRE_JOB, .flags = (job->force ? LM_WIRE_FORCE : 0u) | (job->spilled != NULL ? LM_WIRE_SPILLS : 0u), .bytes = job->bytes } };
    if (job->path.n + job->reader.n > sizeof m.text)
        return LM_ELIMIT;
    m.head.path_bytes = (uint32_t)job->path.n;
    m.head.text_bytes = (uint32_t)(job->path.n + job->reader.n);
    if (job->path.n != 0)
        memcpy(m.text, job->path.p, job->path.n);
    if (job->reader.n != 0)
        memcpy(m.text + job->path.n, job->reader.p, job->reader.n);
    return lm_os_send(p->control, (struct lm_str){ (const char *)&m, sizeof m.head + m.head.text_bytes },
                      job->bytes != 0 ? job->fd : -1);
}

lm_err lm_proc_run(struct lm_proc *p, const struct lm_proc_job *job, struct lm_proc_outcome *ret, struct lm_error *e)
{
    uint64_t mib = job->bytes >> 20;
    struct run r = { .p = p, .job = job, .limit_us = p->o.base_us + (int64_t)mib * p->o.per_mib_us };
    r.received_max = SENT_BASE_BYTES + (job->bytes < UINT64_MAX / SENT_FACTOR / 2 ? job->bytes * SENT_FACTOR : UINT64_MAX / 2);
    if (!lm_proc_alive(p) || send_job(p, job) != LM_OK) {
        reap(p, true, NULL);
        return lm_fail(e, LM_EIO, "the reader process does not take a job");
    }
    while (!r.ended && r.callback == LM_OK && p->pid > 0) {
        take_frames(&r);
        if (!r.ended && r.callback == LM_OK && r.spill_asked)
            answer_spill(&r);
        if (!r.ended && r.callback == LM_OK)
            wait_and_serve(&r);
    }
    if (r.stopping) {
        take_frames(&r); /* what came in the grace time */
        end_as(&r, LM_PROC_TIMEOUT, LM_ELIMIT, "the reader was stopped: it took more time than its input explains");
    }
    if (r.callback != LM_OK || r.outcome.end != LM_PROC_ENDED || p->used != p->in.n)
        reap(p, true, NULL);
    if (r.callback != LM_OK)
        return r.callback;
    *ret = r.outcome;
    return LM_OK;
}

/* READY, or END with the reason why not. */
static lm_err wait_ready(struct lm_proc *p, struct lm_frame_ready *ret_ready, struct lm_error *e)
{
    int64_t until = lm_os_now_us() + START_US;
    for (;;) {
        struct lm_frame f;
        size_t used = 0, got = 0;
        lm_err err = lm_frame_decode(&p->a, lm_str_skip(lm_buf_str(&p->in), p->used), p->o.frame_ceiling_bytes, &f, &used);
        if (err == LM_OK && used != 0 && f.type == LM_FRAME_READY) {
            p->used += used;
            *ret_ready = f.ready;
            return LM_OK;
        }
        if (err == LM_OK && used != 0 && f.type == LM_FRAME_END)
            return lm_fail(e, LM_EIO, "the reader process cannot shut itself in: %.*s", LM_STR_ARG(f.end.message));
        struct pollfd fd = { .fd = p->frames, .events = POLLIN };
        int64_t left = until - lm_os_now_us();
        if (err != LM_OK || used != 0 || left <= 0 || poll(&fd, 1, (int)(left / 1000 + 1)) < 0
            || ((fd.revents & (POLLIN | POLLHUP)) != 0 && (read_some(p, &got) != LM_OK || got == 0)))
            return lm_fail(e, LM_EIO, "the reader process did not start");
    }
}

static lm_err send_bytes(struct lm_proc *p, enum lm_wire_kind kind, struct lm_str bytes, struct lm_error *e)
{
    struct lm_wire head = { .kind = kind, .bytes = bytes.n };
    int fd = -1;
    if (bytes.n == 0)
        return LM_OK;
    lm_err err = lm_os_memory_file(bytes, &fd);
    if (err == LM_OK)
        err = lm_os_send(p->control, (struct lm_str){ (const char *)&head, sizeof head }, fd);
    lm_os_close(&fd);
    return err == LM_OK ? err : lm_fail(e, LM_EIO, "%s cannot be given to the reader process", kind == LM_WIRE_MAP ? "the map" : "the passwords");
}

lm_err lm_proc_start(const char *verb, const struct lm_proc_options *o, struct lm_proc **ret,
                     struct lm_frame_ready *ret_ready, struct lm_error *e)
{
    int frames[2] = { -1, -1 }, control[2] = { -1, -1 };
    char memory[24], cpu[24], ceiling[24];
    const char *const argv[] = { "lastmile", verb, memory, cpu, ceiling, o->pdf ? LM_CHILD_PDF : NULL, NULL };
    struct lm_proc *p = calloc(1, sizeof *p);
    if (p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *p = (struct lm_proc){ .o = *o, .pid = -1, .frames = -1, .control = -1 };
    lm_arena_init(&p->a, 4 * o->frame_ceiling_bytes);
    lm_buf_init(&p->in, o->frame_ceiling_bytes + 2 * READ_BYTES);
    (void)snprintf(memory, sizeof memory, "%llu", (unsigned long long)o->memory_bytes);
    (void)snprintf(ceiling, sizeof ceiling, "%zu", o->frame_ceiling_bytes);
    /* the watchdog is stricter; this one holds when intake itself is stopped */
    (void)snprintf(cpu, sizeof cpu, "%d", 24 * 3600);
    lm_err err = lm_os_pipe(frames);
    if (err == LM_OK)
        err = lm_os_socket_pair(control);
    if (err != LM_OK)
        (void)lm_fail(e, err, "cannot make a pipe");
    const int fds[] = { frames[1], control[1] };
    if (err == LM_OK)
        err = lm_os_spawn_self(argv, fds, 2, &p->pid, e);
    lm_os_close(&frames[1]);
    lm_os_close(&control[1]);
    p->frames = frames[0];
    p->control = control[0];
    if (err == LM_OK)
        err = wait_ready(p, ret_ready, e);
    if (err == LM_OK)
        err = send_bytes(p, LM_WIRE_MAP, o->map, e);
    if (err == LM_OK && strcmp(verb, "reader-child") == 0)
        err = send_bytes(p, LM_WIRE_PASSWORDS, o->passwords, e);
    if (err != LM_OK) {
        lm_proc_stop(p);
        return err;
    }
    *ret = p;
    return LM_OK;
}
