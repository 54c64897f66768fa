/* Sources, items and problems of a run: see run.h. */
#include <stdarg.h>
#include <stdio.h>

#include "intake/run.h"

lm_err intake_no_memory(struct intake *in)
{
    return lm_fail(in->e, LM_ENOMEM, "out of memory");
}

lm_err intake_problem_note(struct intake *in, struct lm_str path, struct lm_str reader, const struct lm_problem *p)
{
    struct lm_intake_result *r = &in->result;
    r->all_problems++;
    if (r->n_problems == LM_INTAKE_LISTED_PROBLEMS)
        return LM_OK;
    struct lm_intake_problem *to = &r->problems[r->n_problems];
    *to = (struct lm_intake_problem){ .path = lm_arena_copy(in->a, path), .reader = lm_arena_copy(in->a, reader),
                                      .reason = lm_arena_copy(in->a, p->reason), .kind = p->kind };
    if (to->path.p == NULL || to->reader.p == NULL || to->reason.p == NULL)
        return intake_no_memory(in);
    (void)lm_locator_format(&p->at, to->locator);
    r->n_problems++;
    return LM_OK;
}

lm_err intake_source_open(struct intake *in, struct lm_str path, const struct lm_sha256 *sha256, uint64_t bytes, struct lm_str reader)
{
    struct lm_source s = { .exhibit = in->x.id, .path = path, .bytes = bytes, .reader = reader };
    struct intake_source *to = &in->source;
    if (to->open)
        return lm_fail(in->e, LM_EINTERNAL, "a source is opened before the last one is closed");
    struct lm_intake_source *row = lm_arena_alloc(in->a, sizeof *row);
    if (row == NULL)
        return intake_no_memory(in);
    *row = (struct lm_intake_source){ .exhibit = in->x.hex, .has_sha256 = sha256 != NULL, .path = path };
    if (sha256 != NULL)
        s.sha256 = row->sha256 = *sha256;
    lm_err err = lm_import_source(in->im, &s, &to->id, in->e);
    if (err != LM_OK)
        return err;
    to->row = row;
    to->open = true; /* from here on whoever fails leaves it to be closed as broken */
    struct lm_str own = lm_arena_copy(in->a, path);
    row->reader = lm_arena_copy(in->a, reader);
    if (own.p == NULL || row->reader.p == NULL)
        return intake_no_memory(in);
    row->path = own;
    if (sha256 == NULL || !lm_import_blob_replaced(in->im, sha256))
        return LM_OK;
    return intake_source_says(in, LM_PROBLEM_DOUBTED,
                              "the workspace held other bytes in the place of this source (changed on the disk, or left by an import"
                              " that was cut off); they are set aside, and what was given now is read");
}

lm_err intake_source_problem(struct intake *in, const struct lm_problem *p)
{
    const struct intake_source *s = &in->source;
    lm_err err = lm_import_problem(in->im, s->id, p, in->e);
    return err != LM_OK ? err : intake_problem_note(in, s->row->path, s->row->reader, p);
}

lm_err intake_source_says(struct intake *in, enum lm_problem_kind kind, const char *fmt, ...)
{
    char reason[800];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    struct lm_problem p = { .kind = kind, .reason = lm_str(reason) };
    p.reason = lm_str_take(p.reason, lm_utf8_valid_prefix(p.reason));
    return intake_source_problem(in, &p);
}

lm_err intake_source_close(struct intake *in, enum lm_source_state state)
{
    struct lm_intake_result *r = &in->result;
    struct lm_intake_source *row = in->source.row;
    lm_err err = lm_import_source_end(in->im, in->source.id, state, &row->counts, in->e);
    if (err != LM_OK)
        return err;
    in->source.open = false;
    row->state = state;
    *(in->last != NULL ? &in->last->next : &r->sources) = row;
    in->last = row;
    r->n_sources++;
    bool in_part = row->counts.kept + row->counts.duplicate + row->counts.held != 0;
    if (state == LM_SOURCE_READ || state == LM_SOURCE_EMPTY || in_part)
        r->nothing_read = false;
    lm_log_progress(in->o->log, "%zu sources read, now %.*s", r->n_sources, LM_STR_ARG(row->path));
    return LM_OK;
}

lm_err intake_source_list(struct intake *in, struct lm_str path, enum lm_source_state state, const char *why)
{
    lm_err err = intake_source_open(in, path, NULL, 0, (struct lm_str){ NULL, 0 });
    if (err == LM_OK)
        err = intake_source_says(in, LM_PROBLEM_LOST, "%s", why);
    return err != LM_OK ? err : intake_source_close(in, state);
}

/* A free path "PATH (N)". Numbers are tried upwards and never again: a path that a container writes so itself can be in
 * the way once. */
static lm_err twin_path(struct intake *in, struct lm_str *path)
{
    struct intake_exhibit *x = &in->x;
    uint64_t *next;
    if (lm_map_put(&x->next_twin, *path, 2, &next, NULL) != LM_OK)
        return intake_no_memory(in);
    do {
        lm_buf_clear(&in->scratch);
        lm_buf_printf(&in->scratch, "%.*s (%llu)", LM_STR_ARG(*path), (unsigned long long)(*next)++);
        if (in->scratch.failed)
            return intake_no_memory(in);
    } while (lm_map_get(&x->by_path, lm_buf_str(&in->scratch)) != NULL);
    struct lm_str own = lm_arena_copy(&x->a, lm_buf_str(&in->scratch));
    if (own.p == NULL)
        return intake_no_memory(in);
    *path = own;
    return LM_OK;
}

lm_err intake_item_add(struct intake *in, struct intake_item item, size_t *ret_index, bool *ret_twin)
{
    struct intake_exhibit *x = &in->x;
    bool twin = lm_map_get(&x->by_path, item.path) != NULL;
    lm_err err = twin ? twin_path(in, &item.path) : LM_OK;
    if (err != LM_OK)
        return err;
    struct intake_item *items = lm_arena_grow(&x->a, x->items, x->n_items, &x->cap_items, sizeof *items);
    uint64_t *value;
    if (items == NULL || lm_map_put(&x->by_path, item.path, x->n_items, &value, NULL) != LM_OK)
        return intake_no_memory(in);
    x->items = items;
    x->items[x->n_items] = item;
    *ret_index = x->n_items++;
    *ret_twin = twin;
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
