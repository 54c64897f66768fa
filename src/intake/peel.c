/* A container is taken apart and its members are read: see run.h. */
#include <errno.h>
#include <sys/stat.h>

#include "base/os.h"
#include "intake/run.h"

lm_err intake_spool(struct intake *in)
{
    if (in->spool.folder.n != 0)
        return LM_OK;
    if (mkdir(in->o->spool_parent, 0700) != 0 && errno != EEXIST)
        return lm_fail(in->e, LM_EIO, "cannot make the folder for unpacked members: %s", strerror(errno));
    return lm_os_temp_folder(&in->x.a, in->o->spool_parent, "spool-", &in->spool.folder, in->e);
}

static struct lm_str joined(struct intake *in, struct lm_str container, struct lm_str member)
{
    return lm_arena_printf(&in->x.a, "%.*s/%.*s", LM_STR_ARG(container), LM_STR_ARG(member));
}

static lm_err note_member(struct intake *in, const struct lm_unpacked *m, struct lm_str path, bool twin)
{
    lm_err err = LM_OK;
    if (m->renamed != NULL)
        err = intake_source_says(in, LM_PROBLEM_DOUBTED, "member %.*s: %s", LM_STR_ARG(m->path), m->renamed);
    if (err == LM_OK && twin)
        err = intake_source_says(in, LM_PROBLEM_DOUBTED, "several members have the name %.*s; this one is listed as %.*s",
                                 LM_STR_ARG(m->path), LM_STR_ARG(path));
    if (err == LM_OK && m->state == LM_MEMBER_BROKEN)
        err = intake_source_says(in, LM_PROBLEM_LOST, "member %.*s is damaged (%.*s); the bytes that were there are read",
                                 LM_STR_ARG(m->path), LM_STR_ARG(m->reason));
    if (err == LM_OK && m->state == LM_MEMBER_DOUBTED)
        err = intake_source_says(in, LM_PROBLEM_DOUBTED, "member %.*s: %.*s", LM_STR_ARG(m->path), LM_STR_ARG(m->reason));
    return err;
}

/* A member: where it is listed, and which item it is when it has bytes. */
struct peeled {
    struct lm_str path;
    size_t item;
};

static lm_err read_members(struct intake *in, const struct lm_unpack_result *u, const struct peeled *peeled, unsigned depth)
{
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < u->n; i++) {
        const struct lm_unpacked *m = &u->members[i];
        struct lm_str path = peeled[i].path;
        if (m->kind == LM_MEMBER_LINK)
            err = intake_source_list(in, path, LM_SOURCE_UNCLAIMED, "a link inside a container; listed, not followed");
        else if (m->kind == LM_MEMBER_SPECIAL)
            err = intake_source_list(in, path, LM_SOURCE_UNCLAIMED, "a device or pipe inside a container; listed, not read");
        else if (m->state == LM_MEMBER_ENCRYPTED)
            err = intake_source_list(in, path, LM_SOURCE_ENCRYPTED, "encrypted, not read");
        else
            err = intake_item_read(in, peeled[i].item, depth + 1, false);
    }
    return err;
}

/* All members are known by their paths before the first is read: a reader may ask for its neighbours. */
static lm_err add_members(struct intake *in, struct lm_str container, const struct lm_unpack_result *u, struct peeled *peeled)
{
    for (size_t i = 0; i < u->n; i++) {
        const struct lm_unpacked *m = &u->members[i];
        bool twin = false;
        lm_err err = LM_OK;
        peeled[i].path = joined(in, container, m->path);
        if (peeled[i].path.p == NULL)
            return intake_no_memory(in);
        if (m->kind == LM_MEMBER_FILE && m->state != LM_MEMBER_ENCRYPTED) {
            struct intake_item item = { peeled[i].path, m->sha256, m->bytes, m->spool };
            err = intake_item_add(in, item, &peeled[i].item, &twin);
        }
        if (err == LM_OK)
            err = note_member(in, m, twin ? in->x.items[peeled[i].item].path : m->path, twin);
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

/* Containers that other programs make, by their names: without this member there is nothing in them that can be read. */
static const struct {
    const char *ending, *member, *advice;
} expected_members[] = {
    { ".ufdr", "report.xml", "a report of Physical Analyzer without its XML: have it exported again, with the XML in it" },
    { ".rsmf", "rsmf.zip", "an RSMF file without its data: have it exported again" },
};

static lm_err note_missing(struct intake *in, struct lm_str path, const struct lm_unpack_result *u)
{
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < sizeof expected_members / sizeof *expected_members; i++) {
        struct lm_str ending = lm_str(expected_members[i].ending), member = lm_str(expected_members[i].member);
        bool there = path.n < ending.n || !lm_str_eq_nocase(lm_str_skip(path, path.n - ending.n), ending);
        for (size_t k = 0; !there && k < u->n; k++)
            there = lm_str_eq_nocase(u->members[k].path, member);
        if (!there)
            err = intake_source_says(in, LM_PROBLEM_LOST, "no %s in it: %s", expected_members[i].member,
                                     expected_members[i].advice);
    }
    return err;
}

static lm_err close_container(struct intake *in, const struct lm_unpack_result *u)
{
    const struct lm_error *b = &u->broke;
    enum lm_source_state state = u->n != 0 ? LM_SOURCE_CONTAINER : LM_SOURCE_EMPTY;
    lm_err err = LM_OK;
    if (b->code == LM_EDENIED) {
        state = LM_SOURCE_ENCRYPTED;
        err = intake_source_says(in, LM_PROBLEM_LOST, "encrypted, not read");
    } else if (b->code != LM_OK) {
        state = LM_SOURCE_BROKEN;
        err = intake_source_says(in, LM_PROBLEM_LOST, "%s%s%s; members unpacked before that: %zu%s%s", b->locator,
                                 b->locator[0] != '\0' ? ": " : "", b->message, u->n, b->hint[0] != '\0' ? "; " : "", b->hint);
    }
    return err != LM_OK ? err : intake_source_close(in, state);
}

static lm_err unpack(struct intake *in, const struct intake_item *item, int fd, enum lm_container form, struct lm_unpack_result *ret)
{
    lm_err err = intake_spool(in);
    if (err == LM_OK)
        err = lm_import_flush(in->im, in->e); /* unpacking may take long: nobody waits for it */
    if (err == LM_OK)
        err = intake_proc_for(in, &in->unpacker, "unpack-child", item->bytes);
    if (err != LM_OK)
        return err;
    if (in->x.budget.root_bytes == 0)
        in->x.budget.root_bytes = item->bytes;
    lm_log_progress(in->o->log, "unpacking %.*s", LM_STR_ARG(item->path));
    return lm_unpack(&in->x.a, in->unpacker.p, fd, item->bytes, item->path, form, &in->spool, &in->x.budget, ret, in->e);
}

lm_err intake_item_peel(struct intake *in, size_t index, unsigned depth, int fd, enum lm_container form)
{
    const struct intake_item item = in->x.items[index];
    struct lm_unpack_result u = { 0 };
    lm_err err = intake_source_open(in, item.path, &item.sha256, item.bytes, (struct lm_str){ NULL, 0 });
    if (err != LM_OK)
        return err;
    in->source.row->container = form;
    if (depth >= in->o->unpack.depth)
        (void)lm_fail(&u.broke, LM_ELIMIT, "containers in containers, more than %u deep", in->o->unpack.depth);
    else if (in->x.budget.root_bytes != 0 && lm_unpack_spent(&in->x.budget))
        (void)lm_fail(&u.broke, LM_ELIMIT, "not unpacked: the containers of this exhibit have reached a limit before");
    else
        err = unpack(in, &item, fd, form, &u);
    struct peeled *peeled = lm_arena_array(&in->x.a, u.n, sizeof *peeled);
    if (err == LM_OK && peeled == NULL)
        err = intake_no_memory(in);
    if (err == LM_OK)
        err = add_members(in, item.path, &u, peeled);
    if (err == LM_OK && u.broke.code == LM_OK)
        err = note_missing(in, item.path, &u);
    if (err == LM_OK)
        err = close_container(in, &u);
    return err != LM_OK ? err : read_members(in, &u, peeled, depth);
}
