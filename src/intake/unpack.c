#include "intake/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/os.h"

struct run {
    struct lm_arena *a;
    struct lm_spool *spool;
    struct lm_unpack_budget *budget;
    uint64_t container_bytes, out_bytes; /* of this container */
    struct lm_str container_path;
    enum lm_container form;
    struct lm_unpacked *members; /* grown with realloc, copied into the arena at the end */
    size_t n, cap;
    bool open;                   /* a member has started and not ended */
    int fd;                      /* its spool file, or -1 */
    struct lm_sha256_run *hash;
    struct lm_error limit;       /* filled when a limit stops us */
    struct lm_error *e;
};

static void spool_path(const struct lm_spool *s, uint64_t number, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%.*s/%llu", LM_STR_ARG(s->folder), (unsigned long long)number);
}

lm_err lm_spool_open(const struct lm_spool *spool, uint64_t number, int *ret_fd, struct lm_error *e)
{
    char path[4352];
    spool_path(spool, number, path, sizeof path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return lm_fail(e, LM_EIO, "an unpacked member is gone: %s", strerror(errno));
    *ret_fd = fd;
    return LM_OK;
}

lm_err lm_spool_nameless(struct lm_spool *spool, int *ret_write, int *ret_read, struct lm_error *e)
{
    char path[4352];
    spool_path(spool, ++spool->last, path, sizeof path);
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600), from = to >= 0 ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    int why = errno;
    if (to >= 0)
        (void)unlink(path);
    if (from < 0) {
        lm_os_close(&to);
        return lm_fail(e, LM_EIO, "cannot write what was unpacked: %s", strerror(why));
    }
    *ret_write = to;
    *ret_read = from;
    return LM_OK;
}

static lm_err over(struct run *r, const char *what, unsigned long long v, const char *unit)
{
    if (r->limit.code == LM_OK) {
        (void)lm_fail(&r->limit, LM_ELIMIT, "%s %llu %s", what, v, unit);
        lm_fail_hint(&r->limit, "import --help lists the limits of unpacking");
    }
    return LM_ELIMIT;
}

static lm_err start_file(struct run *r, struct lm_unpacked *m)
{
    char path[4352];
    m->spool = ++r->spool->last;
    spool_path(r->spool, m->spool, path, sizeof path);
    r->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (r->fd < 0)
        return lm_fail(r->e, LM_EIO, "cannot write an unpacked member: %s", strerror(errno));
    return lm_sha256_begin(&r->hash);
}

static lm_err on_member(struct run *r, const struct lm_frame_member *f)
{
    if (r->open)
        return LM_EINPUT;
    if (r->budget->members >= r->budget->limits->members)
        return over(r, "holds more than", (unsigned long long)r->budget->limits->members, "members");
    r->budget->members++;
    if (r->n == r->cap) {
        size_t cap = r->cap == 0 ? 32 : r->cap * 2;
        struct lm_unpacked *p = reallocarray(r->members, cap, sizeof *p);
        if (p == NULL)
            return lm_fail(r->e, LM_ENOMEM, "out of memory");
        r->members = p;
        r->cap = cap;
    }
    struct lm_unpacked *m = &r->members[r->n];
    *m = (struct lm_unpacked){ .kind = f->kind };
    bool single = (r->form == LM_CONTAINER_GZ || r->form == LM_CONTAINER_BZ2 || r->form == LM_CONTAINER_XZ)
                  && lm_str_eq(f->name, LM_STR("data")); /* libarchive's name for what has none */
    lm_err err = LM_OK;
    if (single)
        m->path = lm_member_of_single(r->a, r->container_path);
    else
        err = lm_member_path(r->a, f->name, true, &m->path, &m->renamed);
    if (err != LM_OK || m->path.p == NULL)
        return lm_fail(r->e, LM_ENOMEM, "out of memory");
    r->n++;
    r->open = true;
    return f->kind == LM_MEMBER_FILE && !f->encrypted ? start_file(r, m) : LM_OK;
}

/* Small containers may unpack to ratio_from_bytes whatever the ratio. */
static bool too_dense(const struct lm_unpack_limits *l, uint64_t out, uint64_t packed)
{
    return out > l->ratio_from_bytes && out / l->ratio > packed;
}

bool lm_unpack_spent(const struct lm_unpack_budget *b)
{
    return b->bytes > b->limits->bytes || b->members >= b->limits->members || too_dense(b->limits, b->bytes, b->root_bytes);
}

static lm_err on_data(struct run *r, struct lm_str bytes)
{
    const struct lm_unpack_limits *l = r->budget->limits;
    if (!r->open || r->fd < 0)
        return LM_EINPUT;
    r->out_bytes += bytes.n;
    r->budget->bytes += bytes.n;
    if (r->budget->bytes > l->bytes)
        return over(r, "unpacks to more than", (unsigned long long)l->bytes, "bytes");
    if (too_dense(l, r->out_bytes, r->container_bytes) || too_dense(l, r->budget->bytes, r->budget->root_bytes))
        return over(r, "unpacks to more than", l->ratio, "times its size");
    lm_sha256_add(r->hash, bytes.p, bytes.n);
    r->members[r->n - 1].bytes += bytes.n;
    while (bytes.n > 0) {
        ssize_t k = write(r->fd, bytes.p, bytes.n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return lm_fail(r->e, LM_EIO, "cannot write an unpacked member: %s", strerror(errno));
        bytes = lm_str_skip(bytes, (size_t)k);
    }
    return LM_OK;
}

static void finish_file(struct run *r, struct lm_unpacked *m)
{
    if (r->hash != NULL)
        lm_sha256_end(r->hash, &m->sha256);
    r->hash = NULL;
    lm_os_close(&r->fd);
    r->open = false;
}

static lm_err on_member_end(struct run *r, const struct lm_frame_member_end *f)
{
    if (!r->open)
        return LM_EINPUT;
    struct lm_unpacked *m = &r->members[r->n - 1];
    finish_file(r, m);
    m->state = f->state;
    m->reason = lm_arena_copy(r->a, f->reason);
    if (m->reason.p == NULL)
        return lm_fail(r->e, LM_ENOMEM, "out of memory");
    if (m->kind == LM_MEMBER_FOLDER)
        r->n--;
    return LM_OK;
}

static lm_err on_frame(void *user, struct lm_frame *f)
{
    struct run *r = user;
    if (f->type == LM_FRAME_MEMBER)
        return on_member(r, &f->member);
    if (f->type == LM_FRAME_DATA)
        return on_data(r, f->data);
    if (f->type == LM_FRAME_MEMBER_END)
        return on_member_end(r, &f->member_end);
    return LM_EINPUT;
}

/* A member that was being unpacked when it all ended is not read: how much of it is missing is not known. */
static void drop_open_member(struct run *r)
{
    if (r->open) {
        struct lm_unpacked *m = &r->members[r->n - 1];
        char path[4352];
        finish_file(r, m);
        spool_path(r->spool, m->spool, path, sizeof path);
        if (m->spool != 0)
            (void)unlink(path);
        r->n--;
    }
}

lm_err lm_unpack(struct lm_arena *a, struct lm_proc *p, int fd, uint64_t bytes, struct lm_str path, enum lm_container form,
                 struct lm_spool *spool, struct lm_unpack_budget *budget, struct lm_unpack_result *ret, struct lm_error *e)
{
    struct run r = { .a = a, .spool = spool, .budget = budget, .container_bytes = bytes, .container_path = path,
                     .form = form, .fd = -1, .e = e };
    struct lm_proc_job job = { .fd = fd, .bytes = bytes, .path = path, .user = &r, .frame = on_frame };
    struct lm_proc_outcome outcome = { 0 };
    struct lm_unpack_result result = { 0 };
    lm_err err = lm_proc_run(p, &job, &outcome, e);
    drop_open_member(&r);
    if (err == LM_OK) {
        result.broke = outcome.error;
    } else if (err == LM_ELIMIT && r.limit.code != LM_OK) {
        result.broke = r.limit;
        err = LM_OK;
    } else if (err == LM_EINPUT) {
        (void)lm_fail(&result.broke, LM_EINPUT, "the unpacking process sent members out of order");
        err = LM_OK;
    }
    if (err == LM_OK) {
        result.members = lm_arena_array(a, r.n, sizeof *result.members);
        if (result.members == NULL)
            err = lm_fail(e, LM_ENOMEM, "out of memory");
        else if (r.n != 0)
            memcpy(result.members, r.members, r.n * sizeof *r.members);
        result.n = r.n;
    }
    free(r.members);
    if (err == LM_OK)
        *ret = result;
    return err;
}
