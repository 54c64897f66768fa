#include "cli/own_table.h"

#include "base/os.h"
#include "intake/intake.h"

#define READER LM_STR("operation_csv")

struct reading {
    struct lm_own_tables *t;
    bool own;
};

static lm_err on_frame(void *user, struct lm_frame *f)
{
    struct reading *r = user;
    if (f->type == LM_FRAME_HELLO) {
        r->own = lm_str_eq(f->hello.reader, READER);
        return r->own || f->hello.reader.n == 0 ? LM_OK : LM_ECANCELLED; /* another form: not for this verb */
    }
    if (!r->own)
        return LM_EINPUT;
    if (f->type == LM_FRAME_ENTRY)
        return r->t->entry(r->t->user, &f->entry.entry);
    if (f->type == LM_FRAME_PROBLEM)
        return r->t->problem(r->t->user, &f->problem);
    return f->type == LM_FRAME_EMPTY ? LM_OK : LM_EINPUT;
}

static lm_err ready(struct lm_own_tables *t, struct lm_error *e)
{
    struct lm_intake_options o;
    struct lm_frame_ready state;
    if (t->proc != NULL && lm_proc_alive(t->proc))
        return LM_OK;
    lm_own_tables_end(t);
    lm_intake_defaults(&o);
    return lm_proc_start("reader-child", &o.proc, &t->proc, &state, e);
}

lm_err lm_own_table_read(struct lm_own_tables *t, struct lm_str bytes, struct lm_str name, bool *ret_own, struct lm_error *e)
{
    struct reading r = { .t = t };
    struct lm_proc_outcome outcome = { 0 };
    struct lm_proc_job job = { .fd = -1, .bytes = bytes.n, .path = name, .reader = READER, .user = &r, .frame = on_frame };
    lm_err err = ready(t, e);
    if (err == LM_OK && lm_os_memory_file(bytes, &job.fd) != LM_OK)
        err = lm_fail(e, LM_EIO, "no memory for the reader's copy");
    if (err != LM_OK)
        return err;
    err = lm_proc_run(t->proc, &job, &outcome, e);
    lm_os_close(&job.fd);
    if (err == LM_ECANCELLED && !r.own)
        err = LM_OK;
    else if (err == LM_EINPUT)
        return lm_fail(e, LM_EINPUT, "the reader process sent frames out of order");
    else if (err == LM_OK && outcome.error.code != LM_OK)
        *e = outcome.error;
    if (err == LM_OK)
        err = outcome.error.code;
    if (err == LM_OK)
        *ret_own = r.own;
    return err;
}

void lm_own_tables_end(struct lm_own_tables *t)
{
    lm_proc_stop(t->proc);
    t->proc = NULL;
}
