/* Whose the numbers of a pack are, as far as somebody decided it. */
#include <stdlib.h>

#include "model/link.h"
#include "report/toll_parts.h"

struct names {
    struct lm_arena *a;
    struct lm_toll_pack *p;
    size_t cap;
    struct lm_error *e;
};

/* Rows come in order of key, basis and name. */
static lm_err take(void *user, const struct lm_attribution_row *r)
{
    struct names *x = user;
    struct lm_toll_pack *p = x->p;
    if (r->type != LM_IDENTIFIER_PHONE || r->state != LM_ATTRIBUTION_DECIDED || r->undone || r->masked)
        return LM_OK;
    struct lm_toll_name *more = lm_arena_grow(x->a, p->names, p->n_names, &x->cap, sizeof *more);
    bool named = lm_str_eq(r->standing, LM_STR("suspected"));
    struct lm_toll_name n = { .id = r->id,
                              .key = lm_arena_copy(x->a, r->identifier),
                              .name = lm_arena_copy(x->a, named ? r->label : LM_STR("")),
                              .basis = r->basis,
                              .link = r->link,
                              .scheme = lm_arena_copy(x->a, r->scheme),
                              .grade = lm_arena_copy(x->a, r->grade),
                              .from_us = r->from_us,
                              .to_us = r->to_us };
    if (more == NULL || n.key.p == NULL || n.name.p == NULL || n.scheme.p == NULL || n.grade.p == NULL)
        return lm_fail(x->e, LM_ENOMEM, "out of memory");
    p->names = more;
    more[p->n_names++] = n;
    return LM_OK;
}

static int by_key(const void *pa, const void *pb)
{
    const struct lm_toll_name *a = pa, *b = pb;
    int c = lm_str_cmp(a->key, b->key);
    return c != 0 ? c : a->id < b->id ? -1 : a->id > b->id;
}

lm_err lm_toll_load_names(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, struct lm_toll_pack *p,
                          struct lm_error *e)
{
    struct names x = { .a = a, .p = p, .e = e };
    struct lm_attribution_query q = { .has_state = true, .state = LM_ATTRIBUTION_DECIDED };
    lm_err err = lm_store_attributions(st, f, &q, take, &x, &p->names_withheld, e);
    if (err == LM_OK && p->n_names > 1)
        qsort(p->names, p->n_names, sizeof *p->names, by_key);
    return err;
}

static size_t names_of(const struct lm_toll_pack *p, struct lm_str key, const struct lm_toll_name **ret)
{
    size_t low = 0, high = p->n_names, n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lm_str_cmp(p->names[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + n < p->n_names && lm_str_eq(p->names[low + n].key, key))
        n++;
    *ret = n != 0 ? &p->names[low] : NULL;
    return n;
}

/* The attribution of a named person that holds for all occurrences, the strongest if there are several. */
static const struct lm_toll_name *named_throughout(const struct lm_toll_name *list, size_t n, const struct lm_toll_tally *y)
{
    const struct lm_toll_name *best = NULL;
    bool dated = y->first.quality != LM_TIME_NONE;
    for (size_t i = 0; i < n; i++) {
        const struct lm_toll_name *x = &list[i];
        bool covers = (x->from_us == LM_WINDOW_OPEN_FROM || (dated && x->from_us <= y->first.us))
                      && (x->to_us == LM_WINDOW_OPEN_TO || (dated && y->last.us < x->to_us));
        if (x->name.n != 0 && covers && (best == NULL || lm_link_weaker(best->link, x->link) != x->link))
            best = x;
    }
    return best;
}

void lm_toll_give_names(const struct lm_toll_pack *p, struct lm_toll_number *t)
{
    t->n_names = t->is_protected ? 0 : names_of(p, t->key, &t->names);
    for (size_t i = 0; i < t->n_contacts; i++) {
        struct lm_toll_contact *c = &t->contacts[i];
        if (c->is_protected || c->key.n == 0 || (c->n_names = names_of(p, c->key, &c->names)) == 0)
            continue;
        const struct lm_toll_name *here = named_throughout(t->names, t->n_names, &c->tally);
        const struct lm_toll_name *there = named_throughout(c->names, c->n_names, &c->tally);
        c->has_link = here != NULL && there != NULL;
        if (c->has_link)
            c->person_link = lm_link_between_persons(LM_LINK_EVIDENCED, here->link, there->link);
    }
}

void lm_toll_put_names(struct lm_buf *b, const struct lm_toll_name *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        lm_buf_put(b, i != 0 ? LM_STR("; ") : LM_STR(""));
        if (names[i].name.n != 0)
            lm_buf_printf(b, "%.*s (suspected), attribution %lld", LM_STR_ARG(names[i].name), (long long)names[i].id);
        else
            lm_buf_printf(b, "attributed, unassessed: attribution %lld", (long long)names[i].id);
    }
}
