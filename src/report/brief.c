#include "report/brief_data.h"

/* What the callbacks below fill. */
struct filling {
    struct lm_arena *a;
    struct lm_brief *b;
    const struct lm_filter *f;
    size_t cap;
    bool found;
    struct lm_error *e;
};

static lm_err take_investigation(void *user, const struct lm_investigation *i)
{
    struct filling *w = user;
    if (w->found || !lm_str_eq(i->id, w->f->investigation))
        return LM_OK;
    w->found = true;
    w->b->investigation = (struct lm_investigation){
        lm_arena_copy(w->a, i->id), lm_arena_copy(w->a, i->title),
        lm_arena_copy(w->a, i->agency), lm_arena_copy(w->a, i->division),
    };
    return LM_OK;
}

static lm_err take_source(void *user, const struct lm_ledger_row *row)
{
    struct filling *w = user;
    struct lm_brief *b = w->b;
    struct lm_brief_source *list = lm_arena_grow(w->a, b->sources, b->n_sources, &w->cap, sizeof *list);
    if (list == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    b->sources = list;
    struct lm_brief_source *s = &list[b->n_sources++];
    *s = (struct lm_brief_source){
        .id = row->source,
        .path = lm_arena_copy(w->a, row->path),
        .reader = lm_arena_copy(w->a, row->reader),
        .authority = lm_arena_copy(w->a, row->authority),
        .exhibit = lm_arena_copy(w->a, row->exhibit),
        .state = row->state,
        .revoked = row->revoked,
        .counts = row->counts,
        .closes = row->counts.seen
                  == row->counts.kept + row->counts.duplicate + row->counts.held + row->counts.rejected,
    };
    (void)lm_sha256_hex(&row->sha256, s->sha256);
    lm_counts_add(&b->totals, &row->counts);
    b->n_open += !s->closes;
    b->n_unclaimed += s->state == LM_SOURCE_UNCLAIMED;
    b->n_encrypted += s->state == LM_SOURCE_ENCRYPTED;
    b->n_broken += s->state == LM_SOURCE_BROKEN;
    return LM_OK;
}

lm_err lm_brief_make(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f,
                     const struct lm_brief_wish *wish, const struct lm_brief **ret, struct lm_error *e)
{
    struct lm_brief *b = lm_arena_alloc(a, sizeof *b);
    if (b == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    struct filling w = { .a = a, .b = b, .f = f, .e = e };
    b->parts = wish->parts;
    lm_err err = lm_store_investigations(st, take_investigation, &w, e);
    if (err == LM_OK && !w.found)
        err = lm_fail(e, LM_ENOTFOUND, "no investigation %.*s in this workspace", LM_STR_ARG(f->investigation));
    if (err == LM_OK && (wish->parts & LM_BRIEF_RECORDS) != 0)
        err = lm_store_summary(st, f, &b->summary, e);
    if (err == LM_OK && (wish->parts & LM_BRIEF_RECORDS) != 0)
        err = lm_store_occurrence_totals(st, f->investigation, &b->occurrences, e);
    if (err == LM_OK && (wish->parts & LM_BRIEF_LEDGER) != 0)
        err = lm_store_ledger(st, f, take_source, &w, e);
    if (err == LM_OK && (wish->parts & LM_BRIEF_TOTALS) != 0)
        err = lm_brief_add_totals(a, st, f, b, e);
    if (err == LM_OK && (wish->parts & LM_BRIEF_NETWORK) != 0)
        err = lm_brief_add_network(a, st, f, wish->cancel, b, e);
    if (err == LM_OK)
        err = lm_brief_add_warnings(a, b, e);
    if (err == LM_OK)
        *ret = b;
    return err;
}
