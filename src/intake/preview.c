/* Looking before importing: see intake.h. Nothing here knows a workspace. */
#include <stdio.h>
#include <unistd.h>

#include "base/os.h"
#include "intake/run.h"
#include "readers/shared/map_template.h"

struct preview {
    struct lm_arena *a;
    const struct lm_zone *zone; /* NULL: none */
    struct lm_str path;
    lm_err (*take)(void *user, const struct lm_entry *entry);
    void *user;
    struct lm_preview *p;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static lm_err keep_problem(struct preview *v, const struct lm_problem *problem)
{
    struct lm_preview *p = v->p;
    p->rejected += problem->records;
    if (p->all_problems++ >= LM_PREVIEW_PROBLEMS)
        return LM_OK;
    struct lm_intake_problem *kept = &p->problems[p->n_problems++];
    *kept = (struct lm_intake_problem){ .path = v->path, .reader = p->reader, .kind = problem->kind };
    kept->reason = lm_arena_copy(v->a, problem->reason);
    (void)lm_locator_format(&problem->at, kept->locator);
    return kept->reason.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err on_frame(void *user, struct lm_frame *f)
{
    struct preview *v = user;
    struct lm_preview *p = v->p;
    if (f->type == LM_FRAME_HELLO) {
        p->reader = lm_arena_copy(v->a, f->hello.reader);
        return f->hello.reader.n == 0 || p->reader.p != NULL ? LM_OK : LM_ENOMEM;
    }
    if (f->type == LM_FRAME_PROBLEM)
        return keep_problem(v, &f->problem);
    if (f->type != LM_FRAME_ENTRY)
        return f->type == LM_FRAME_EMPTY ? LM_OK : LM_EINPUT;
    for (size_t i = 0; v->zone != NULL && i < f->entry.entry.n_facts; i++)
        (void)intake_zone_fact(v->zone, &f->entry.facts[i]);
    p->records += f->entry.entry.n_records;
    return p->entries++ < LM_PREVIEW_ROWS ? v->take(v->user, &f->entry.entry) : LM_OK;
}

static lm_err open_file(const char *path, int *ret_fd, uint64_t *ret_bytes, struct lm_error *e)
{
    enum lm_os_kind kind;
    int fd = -1;
    lm_err err = lm_os_open_input(path, &fd, &kind, e);
    if (err != LM_OK)
        return err;
    if (kind != LM_OS_FILE)
        err = lm_fail(e, LM_EUSAGE, "a preview takes one file, not a folder");
    else if (lm_os_size(fd, ret_bytes) != LM_OK)
        err = lm_fail(e, LM_EIO, "the size of the file cannot be told");
    else if (*ret_bytes == 0)
        err = lm_fail(e, LM_EINPUT, "the file is empty");
    if (err != LM_OK) {
        lm_os_close(&fd);
        lm_fail_at(e, path, "%s", "");
        return err;
    }
    *ret_fd = fd;
    return LM_OK;
}

static struct lm_str file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return lm_str(slash != NULL ? slash + 1 : path);
}

static lm_err run_in_process(const char *path, const struct lm_proc_options *o, struct lm_str reader, bool force,
                             struct preview *v, struct lm_error *e)
{
    struct lm_proc *proc = NULL;
    struct lm_frame_ready ready;
    struct lm_proc_outcome outcome = { 0 };
    struct lm_proc_job job = { .fd = -1, .path = v->path, .reader = reader, .force = force, .user = v, .frame = on_frame };
    lm_err err = open_file(path, &job.fd, &job.bytes, e);
    if (err != LM_OK)
        return err;
    err = lm_proc_start("reader-child", o, &proc, &ready, e);
    if (err == LM_OK)
        err = lm_proc_run(proc, &job, &outcome, e);
    lm_proc_stop(proc);
    lm_os_close(&job.fd);
    if (err == LM_ENOMEM)
        return no_memory(e);
    if (err == LM_OK)
        v->p->error = outcome.error;
    return err;
}

lm_err lm_intake_preview(struct lm_arena *a, const char *path, const struct lm_intake_options *o,
                         lm_err (*take)(void *user, const struct lm_entry *entry), void *user, struct lm_preview *ret,
                         struct lm_error *e)
{
    struct intake in = { .a = a, .o = o, .e = e };
    struct lm_preview p = { .error = { .code = LM_OK } };
    struct preview v = { .a = a, .take = take, .user = user, .p = &p };
    lm_err err = intake_check_options(&in);
    if (err != LM_OK)
        return err;
    v.zone = in.has_zone ? &in.zone : NULL;
    v.path = file_name(path);
    struct lm_str reader = o->reader.n == 0 && o->proc.map.n != 0 ? LM_STR("generic_table") : o->reader;
    err = run_in_process(path, &o->proc, reader, reader.n != 0, &v, e);
    if (err == LM_OK)
        *ret = p;
    return err;
}

struct one_text {
    struct lm_arena *a;
    struct lm_str text;
};

static lm_err take_text(void *user, const struct lm_entry *entry)
{
    struct one_text *t = user;
    if (entry->n_facts == 0 || entry->facts[0].kind != LM_FACT_EVENT)
        return LM_EINPUT;
    t->text = lm_arena_copy(t->a, entry->facts[0].event.text);
    return t->text.p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err lm_intake_map_template(struct lm_arena *a, const char *path, const struct lm_intake_options *o, struct lm_str *ret,
                              struct lm_error *e)
{
    struct lm_preview p = { .error = { .code = LM_OK } };
    struct one_text t = { .a = a };
    struct preview v = { .a = a, .take = take_text, .user = &t, .p = &p, .path = file_name(path) };
    lm_err err = run_in_process(path, &o->proc, lm_str(lm_reader_map_template.name), true, &v, e);
    if (err != LM_OK)
        return err;
    if (p.error.code != LM_OK) {
        *e = p.error;
        lm_fail_at(e, path, "%s", p.error.locator);
        return p.error.code;
    }
    *ret = t.text;
    return t.text.n != 0 ? LM_OK : lm_fail(e, LM_EINTERNAL, "the process made no map");
}
