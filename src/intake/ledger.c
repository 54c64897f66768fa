/* Sources, items and problems of a run: see run.h. */
#include <stdarg.h>
#include <stdio.h>

#include "intake/run.h"

lm_err intake_no_memory(struct intake *in)
{
    return lm_fail(in->e, LM_ENOMEM, "out of memory");
}

/* Twice the room in the arena; the old array stays behind. */
static void *grow(struct intake *in, const void *old, size_t n, size_t size, size_t *cap)
{
    size_t more = *cap == 0 ? 16 : *cap * 2;
    void *p = lm_arena_array(in->a, more, size);
    if (p != NULL) {
        if (n != 0)
            memcpy(p, old, n * size);
        *cap = more;
    }
    return p;
}

lm_err intake_problem_note(struct intake *in, struct lm_str path, struct lm_str reader, const struct lm_problem *p)
{
    struct lm_intake_result *r = &in->result;
    r->all_problems++;
    if (r->n_problems == LM_INTAKE_LISTED_PROBLEMS)
        return LM_OK;
    if (r->problems == NULL)
        r->problems = lm_arena_array(in->a, LM_INTAKE_LISTED_PROBLEMS, sizeof *r->problems);
    if (r->problems == NULL)
        return intake_no_memory(in);
    struct lm_intake_problem *to = &r->problems[r->n_problems];
    *to = (struct lm_intake_problem){ .path = lm_arena_copy(in->a, path), .reader = lm_arena_copy(in->a, reader),
                                      .reason = lm_arena_copy(in->a, p->reason), .kind = p->kind };
    if (to->path.p == NULL || to->reader.p == NULL || to->reason.p == NULL)
        return intake_no_memory(in);
    (void)lm_locator_format(&p->at, to->locator);
    r->n_problems++;
    return LM_OK;
}

lm_err intake_source_open(struct intake *in, struct lm_str path, const struct lm_sha256 *sha256, uint64_t bytes, struct lm_str reader,
                          struct intake_source *ret)
{
    struct lm_source s = { .exhibit = in->x.id, .path = path, .bytes = bytes, .reader = reader };
    struct intake_source out = { .row = { .exhibit = in->x.hex, .has_sha256 = sha256 != NULL } };
    if (sha256 != NULL)
        s.sha256 = out.row.sha256 = *sha256;
    out.row.path = lm_arena_copy(in->a, path);
    out.row.reader = lm_arena_copy(in->a, reader);
    if (out.row.path.p == NULL || out.row.reader.p == NULL)
        return intake_no_memory(in);
    lm_err err = lm_import_source(in->im, &s, &out.id, in->e);
    if (err != LM_OK)
        return err;
    *ret = out;
    if (sha256 == NULL || !lm_import_blob_replaced(in->im, sha256))
        return LM_OK;
    return intake_source_says(in, ret, LM_PROBLEM_DOUBTED,
                              "the workspace held other bytes in the place of this source (changed on the disk, or left by an import"
                              " that was cut off); they are set aside, and what was given now is read");
}

lm_err intake_source_problem(struct intake *in, const struct intake_source *s, const struct lm_problem *p)
{
    lm_err err = lm_import_problem(in->im, s->id, p, in->e);
    return err != LM_OK ? err : intake_problem_note(in, s->row.path, s->row.reader, p);
}

lm_err intake_source_says(struct intake *in, const struct intake_source *s, enum lm_problem_kind kind, const char *fmt, ...)
{
    char reason[480];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    struct lm_problem p = { .kind = kind, .reason = lm_str(reason) };
    p.reason = lm_str_take(p.reason, lm_utf8_valid_prefix(p.reason));
    return intake_source_problem(in, s, &p);
}

lm_err intake_source_close(struct intake *in, struct intake_source *s, enum lm_source_state state)
{
    struct lm_intake_result *r = &in->result;
    lm_err err = lm_import_source_end(in->im, s->id, state, &s->row.counts, in->e);
    if (err != LM_OK)
        return err;
    s->row.state = state;
    if (r->n_sources == in->cap_sources) {
        struct lm_intake_source *p = grow(in, r->sources, r->n_sources, sizeof *p, &in->cap_sources);
        if (p == NULL)
            return intake_no_memory(in);
        r->sources = p;
    }
    r->sources[r->n_sources++] = s->row;
    bool in_part = s->row.counts.kept + s->row.counts.duplicate + s->row.counts.held != 0;
    if (state == LM_SOURCE_READ || state == LM_SOURCE_EMPTY || in_part)
        r->nothing_read = false;
    lm_log_progress(in->o->log, "%zu sources read, now %.*s", r->n_sources, LM_STR_ARG(s->row.path));
    return LM_OK;
}

lm_err intake_item_add(struct intake *in, struct intake_item item, size_t *ret_index, bool *ret_twin)
{
    struct intake_exhibit *x = &in->x;
    struct lm_str path = item.path;
    *ret_twin = false;
    for (unsigned k = 2; lm_map_get(&x->by_path, item.path) != NULL; k++) {
        item.path = lm_arena_printf(in->a, "%.*s (%u)", LM_STR_ARG(path), k);
        *ret_twin = true;
        if (item.path.p == NULL)
            return intake_no_memory(in);
    }
    if (x->n_items == x->cap_items) {
        struct intake_item *p = grow(in, x->items, x->n_items, sizeof *p, &x->cap_items);
        if (p == NULL)
            return intake_no_memory(in);
        x->items = p;
    }
    uint64_t *value;
    if (lm_map_put(&x->by_path, item.path, x->n_items, &value, NULL) != LM_OK)
        return intake_no_memory(in);
    x->items[x->n_items] = item;
    *ret_index = x->n_items++;
    return LM_OK;
}

lm_err intake_item_open(struct intake *in, const struct intake_item *item, int *ret_fd)
{
    if (item->bytes == 0) {
        *ret_fd = -1;
        return LM_OK;
    }
    return item->spool != 0 ? lm_spool_open(&in->spool, item->spool, ret_fd, in->e)
                            : lm_import_open_blob(in->im, &item->sha256, ret_fd, in->e);
}
