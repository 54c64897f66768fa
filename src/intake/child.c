#include "intake/child.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/os.h"
#include "formats/pdf.h"
#include "intake/wire.h"

#define ALTERNATE_STACK_BYTES 65536

/* A signal handler gets no argument of ours: the one static of intake. */
static struct lm_frame_out *dying_words;

/* What was found before a crash is evidence too: complete frames leave, then the signal takes its course. Only write(2)
 * and raise(2). The parent checks every frame anyway. */
static void on_death(int number)
{
    struct lm_frame_out *o = dying_words;
    dying_words = NULL;
    if (o != NULL) {
        size_t done = 0;
        while (done < o->whole_bytes) {
            ssize_t n = write(o->fd, o->buf.p + done, o->whole_bytes - done);
            if (n <= 0)
                break;
            done += (size_t)n;
        }
    }
    (void)raise(number); /* SA_RESETHAND: the default action this time */
}

static void arm(struct lm_frame_out *out)
{
    static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGTERM };
    stack_t stack = { .ss_sp = malloc(ALTERNATE_STACK_BYTES), .ss_size = ALTERNATE_STACK_BYTES };
    struct sigaction action = { .sa_handler = on_death, .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK | SA_NODEFER) };
    if (stack.ss_sp == NULL || sigaltstack(&stack, NULL) != 0)
        action.sa_flags &= ~SA_ONSTACK;
    dying_words = out;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        (void)sigaction(signals[i], &action, NULL);
}

lm_err lm_child_options_parse(const char *const words[], size_t n, struct lm_child_options *ret, struct lm_error *e)
{
    int64_t memory, cpu, ceiling;
    bool pdf = n == 4 && strcmp(words[3], LM_CHILD_PDF) == 0;
    if ((n != 3 && !pdf) || !lm_str_to_i64(lm_str(words[0]), &memory) || !lm_str_to_i64(lm_str(words[1]), &cpu)
        || !lm_str_to_i64(lm_str(words[2]), &ceiling) || memory <= 0 || cpu <= 0 || cpu > INT32_MAX || ceiling <= 0)
        return lm_fail(e, LM_EUSAGE, "this verb is for lastmile itself");
    ret->limits = (struct lm_sandbox_limits){ (uint64_t)memory, (uint32_t)cpu };
    ret->frame_ceiling_bytes = (size_t)ceiling;
    ret->pdf = pdf;
    return LM_OK;
}

void lm_child_start(struct lm_child *c, const struct lm_child_options *o)
{
    struct lm_sandbox_state state = { 0 };
    struct lm_error e = { 0 };
    *c = (struct lm_child){ .o = o };
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)close_range(LM_WIRE_CONTROL_FD + 1, ~0u, 0);
    /* libarchive turns member names into the locale's encoding; read before files are out of reach */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    if (o->pdf)
        lm_pdf_warm_up(); /* the same: its library is code from files */
    lm_frame_out_init(&c->out, LM_WIRE_FRAMES_FD, o->frame_ceiling_bytes);
    lm_err err = lm_sandbox_enter(&o->limits, &state, &e);
    if (err != LM_OK) {
        struct lm_frame_end end = { .code = err, .message = lm_str(e.message) };
        (void)lm_frame_put_end(&c->out, &end);
        (void)lm_frame_flush(&c->out);
        _exit(5);
    }
    struct lm_frame_ready ready = { state.no_new_privs, state.limits, state.landlock, state.seccomp };
    if (lm_frame_put_ready(&c->out, &ready) != LM_OK || lm_frame_flush(&c->out) != LM_OK)
        _exit(5);
    arm(&c->out);
}

void lm_child_next(struct lm_child *c, struct lm_child_job *ret)
{
    struct lm_wire_message m;
    size_t n = 0;
    int fd = -1;
    if (lm_os_receive(LM_WIRE_CONTROL_FD, &m, sizeof m, &n, &fd) != LM_OK || n < sizeof m.head)
        _exit(0);
    while (m.head.kind == LM_WIRE_MAP || m.head.kind == LM_WIRE_PASSWORDS) {
        struct lm_str *to = m.head.kind == LM_WIRE_MAP ? &c->map : &c->passwords;
        if (to->n != 0 || m.head.bytes == 0 || lm_os_map(fd, m.head.bytes, to) != LM_OK)
            _exit(5);
        lm_os_close(&fd);
        if (lm_os_receive(LM_WIRE_CONTROL_FD, &m, sizeof m, &n, &fd) != LM_OK || n < sizeof m.head)
            _exit(0);
    }
    if (m.head.kind != LM_WIRE_JOB || n != sizeof m.head + m.head.text_bytes || m.head.path_bytes > m.head.text_bytes)
        _exit(0);
    memcpy(ret->text, m.text, m.head.text_bytes);
    ret->path = (struct lm_str){ ret->text, m.head.path_bytes };
    ret->reader = (struct lm_str){ ret->text + m.head.path_bytes, m.head.text_bytes - m.head.path_bytes };
    ret->force = (m.head.flags & LM_WIRE_FORCE) != 0;
    ret->spills = (m.head.flags & LM_WIRE_SPILLS) != 0;
    ret->bytes = (struct lm_str){ NULL, 0 };
    if (m.head.bytes != 0 && lm_os_map(fd, m.head.bytes, &ret->bytes) != LM_OK)
        _exit(5);
    lm_os_close(&fd);
}

/* Texts that were cut may end inside a character. */
static struct lm_str valid(const char *z)
{
    struct lm_str s = lm_str(z);
    return lm_str_take(s, lm_utf8_valid_prefix(s));
}

void lm_child_end(struct lm_child *c, struct lm_child_job *job, lm_err code, const struct lm_error *e)
{
    struct lm_frame_end end = { .code = code, .locator = valid(e->locator), .message = valid(e->message),
                                .hint = valid(e->hint) };
    if (lm_frame_put_end(&c->out, &end) != LM_OK || lm_frame_flush(&c->out) != LM_OK)
        _exit(5);
    lm_os_unmap(job->bytes);
}
