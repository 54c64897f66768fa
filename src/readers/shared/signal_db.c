#include "readers/shared/signal_db.h"

#define LATEST_MS INT64_C(7258118400000) /* 2200-01-01 */

bool lm_signal_same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    return a->form == b->form && a->form != LM_ACCOUNT_NONE && lm_str_eq(a->native, b->native)
           && (a->form == LM_ACCOUNT_NATIVE || lm_str_eq(a->display, b->display));
}

lm_err lm_signal_member(struct lm_arena *file, struct lm_signal_chat *c, const struct lm_account_ref *owner, const struct lm_account_ref *one)
{
    if (one->form == LM_ACCOUNT_NONE || c->n >= LM_DBREAD_MAX_LIST)
        c->partial = true;
    if (one->form == LM_ACCOUNT_NONE || c->n >= LM_DBREAD_MAX_LIST || one->form == LM_ACCOUNT_OWNER || lm_signal_same(one, owner))
        return LM_OK;
    for (size_t i = 0; i < c->n; i++)
        if (lm_signal_same(&c->members[i], one))
            return LM_OK;
    struct lm_account_ref *grown = lm_arena_grow(file, c->members, c->n, &c->cap, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    c->members = grown;
    grown[c->n++] = *one;
    return LM_OK;
}

/* The members, with the owner in the place of the one who sent it. */
static lm_err to_members(struct lm_dbread *r, const struct lm_account_ref *owner, const struct lm_signal_chat *c, bool mine, struct lm_event *ev)
{
    ev->flags |= c->partial || c->n == 0 ? LM_EVENT_MEMBERS_UNKNOWN : 0;
    ev->to = c->members;
    ev->n_to = c->n;
    if (mine)
        return LM_OK;
    struct lm_account_ref *list = lm_arena_array(r->ctx->record, c->n + 1, sizeof *list);
    if (list == NULL)
        return LM_ENOMEM;
    size_t n = 0;
    list[n++] = *owner;
    for (size_t i = 0; i < c->n; i++)
        if (!lm_signal_same(&c->members[i], &ev->from))
            list[n++] = c->members[i];
    ev->to = list;
    ev->n_to = n;
    return LM_OK;
}

lm_err lm_signal_ends(struct lm_dbread *r, const struct lm_account_ref *owner, const struct lm_signal_chat *c, bool mine,
                      const struct lm_account_ref *by, struct lm_event *ev)
{
    static const struct lm_account_ref nobody = { .form = LM_ACCOUNT_NONE };
    bool direct = c != NULL && c->thread.kind == LM_THREAD_DIRECT;
    ev->from = mine ? *owner : by->form == LM_ACCOUNT_NONE && direct ? c->other : *by;
    if (c != NULL)
        ev->thread = c->thread;
    if (c != NULL && !direct)
        return to_members(r, owner, c, mine, ev);
    const struct lm_account_ref *one = !mine ? owner : direct ? &c->other : &nobody;
    if (one->form == LM_ACCOUNT_NONE || (mine && (one->form == LM_ACCOUNT_OWNER || lm_signal_same(one, owner))))
        return LM_OK; /* nobody, or the owner's notes: the thread is the other end */
    struct lm_account_ref *list = lm_arena_alloc(r->ctx->record, sizeof *list);
    if (list == NULL)
        return LM_ENOMEM;
    *list = *one;
    ev->to = list;
    ev->n_to = 1;
    return LM_OK;
}

void lm_signal_system(struct lm_event *ev)
{
    ev->flags |= LM_EVENT_SYSTEM;
    ev->flags &= ~(unsigned)LM_EVENT_MEMBERS_UNKNOWN;
    ev->native_id = (struct lm_str){ NULL, 0 };
    ev->to = NULL;
    ev->n_to = 0;
}

lm_err lm_signal_stamp(struct lm_dbread *r, int64_t ms, struct lm_str *ret)
{
    if (ms <= 0)
        return LM_OK;
    char text[24], *end = text + sizeof text, *p = end;
    for (int64_t v = ms; v != 0; v /= 10)
        *--p = (char)('0' + v % 10);
    *ret = lm_arena_copy(r->ctx->record, (struct lm_str){ p, (size_t)(end - p) });
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

struct lm_when lm_signal_when(struct lm_dbread *r, int64_t ms)
{
    struct lm_when w = { .quality = LM_TIME_NONE };
    if (ms == 0)
        return w;
    if (ms < 0 || ms >= LATEST_MS) {
        lm_dbread_doubt(r, "a time before 1970 or after 2200 is left out");
        return w;
    }
    w.us = ms * 1000;
    w.quality = LM_TIME_UTC;
    return w;
}

lm_err lm_signal_edit(struct lm_dbread *r, const struct lm_evdb_table *t, size_t at_column, size_t text_column, struct lm_edit **list, size_t *cap,
                      int64_t *sent, struct lm_event *ev)
{
    int64_t at = lm_dbread_int(t, at_column);
    struct lm_edit one = { .at = lm_signal_when(r, at) };
    lm_err err = lm_dbread_text(r, r->ctx->record, t, text_column, &one.text);
    if (err == LM_OK)
        err = lm_dbread_push(r, (void **)list, ev->n_edits, cap, sizeof **list);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    (*list)[ev->n_edits++] = one;
    ev->edits = *list;
    ev->flags |= LM_EVENT_EDITED;
    if (at > 0 && at < *sent)
        *sent = at;
    return LM_OK;
}
