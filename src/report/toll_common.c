/* Numbers that several of the numbers asked for are in contact with, and how much that joins them: see
 * toll.h. */
#include <math.h>
#include <stdlib.h>

#include "report/toll_parts.h"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* One for every contact of any number, by what it is known by. */
static lm_err collect(struct lm_toll_making *m, struct lm_toll_common **ret, size_t *ret_n)
{
    struct lm_toll_pack *p = m->p;
    struct lm_toll_common *list = NULL;
    size_t n = 0, cap = 0;
    struct lm_map of;
    lm_map_init(&of, m->a);
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < p->numbers[i].n_contacts; k++) {
            const struct lm_toll_contact *c = &p->numbers[i].contacts[k];
            uint64_t *at;
            bool fresh;
            if (c->is_protected || c->target != 0 || c->occurrences == 0)
                continue;
            if (lm_map_put(&of, c->label, n, &at, &fresh) != LM_OK)
                return no_memory(m->e);
            if (fresh) {
                struct lm_toll_common *more = lm_arena_grow(m->a, list, n, &cap, sizeof *list);
                if (more == NULL)
                    return no_memory(m->e);
                list = more;
                list[n++] = (struct lm_toll_common){ .key = c->key, .label = c->label };
            }
            list[*at].n_targets++;
            list[*at].total += c->occurrences;
        }
    }
    *ret = list;
    *ret_n = n;
    return LM_OK;
}

/* Distinct others of a number, all of its accounts taken together. */
static lm_err weigh(struct lm_toll_making *m, struct lm_toll_common *c, int64_t account)
{
    int64_t *accounts = &account;
    size_t n = 1;
    lm_err err = c->key.n != 0 ? lm_toll_accounts(m->look, m->a, c->key, &accounts, &n, m->e) : LM_OK;
    if (err == LM_OK)
        err = lm_toll_others(m->look, accounts, n, LM_TOLL_OTHERS, &c->others, m->e);
    if (err != LM_OK)
        return err;
    c->others_capped = c->others >= LM_TOLL_OTHERS;
    c->others = c->others < c->n_targets ? c->n_targets : c->others; /* these it certainly has */
    c->weight = 1.0 / (double)c->others;
    c->adamic_adar = 1.0 / log((double)c->others);
    return LM_OK;
}

static lm_err fill(struct lm_toll_making *m, struct lm_toll_common *c)
{
    struct lm_toll_pack *p = m->p;
    int64_t account = 0;
    c->occurrences = lm_arena_array(m->a, p->n, sizeof *c->occurrences);
    if (c->occurrences == NULL)
        return no_memory(m->e);
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->numbers[i].n_contacts; k++)
            if (lm_str_eq(p->numbers[i].contacts[k].label, c->label)) {
                c->occurrences[i] = p->numbers[i].contacts[k].occurrences;
                account = p->numbers[i].contacts[k].account;
            }
    return weigh(m, c, account);
}

static int by_weight(const void *pa, const void *pb)
{
    const struct lm_toll_common *a = pa, *b = pb;
    if (a->others != b->others)
        return a->others < b->others ? -1 : 1;
    if (a->n_targets != b->n_targets)
        return a->n_targets > b->n_targets ? -1 : 1;
    if (a->total != b->total)
        return a->total > b->total ? -1 : 1;
    return lm_str_cmp(a->label, b->label);
}

static lm_err add_pairs(struct lm_toll_making *m)
{
    struct lm_toll_pack *p = m->p;
    p->pairs = lm_arena_array(m->a, p->n * p->n / 2 + 1, sizeof *p->pairs);
    if (p->pairs == NULL)
        return no_memory(m->e);
    for (size_t a = 0; a < p->n; a++) {
        for (size_t b = a + 1; b < p->n; b++) {
            struct lm_toll_pair *x = &p->pairs[p->n_pairs++];
            *x = (struct lm_toll_pair){ .a = (uint32_t)a, .b = (uint32_t)b };
            for (size_t i = 0; i < p->n_common; i++)
                if (p->common[i].occurrences[a] != 0 && p->common[i].occurrences[b] != 0) {
                    x->shared++;
                    x->weight += p->common[i].weight;
                }
            for (size_t k = 0; k < p->numbers[a].n_contacts; k++)
                if (p->numbers[a].contacts[k].target == b + 1)
                    x->direct = p->numbers[a].contacts[k].occurrences;
        }
    }
    return LM_OK;
}

lm_err lm_toll_add_common(struct lm_toll_making *m)
{
    struct lm_toll_common *all = NULL;
    size_t n = 0;
    if (m->p->n < 2)
        return LM_OK;
    lm_err err = collect(m, &all, &n);
    for (size_t i = 0; i < n && err == LM_OK; i++) {
        if (all[i].n_targets < 2)
            continue;
        struct lm_toll_common *c = &all[m->p->n_common];
        *c = all[i];
        err = fill(m, c);
        m->p->n_common++;
    }
    if (err != LM_OK)
        return err;
    m->p->common = all;
    if (m->p->n_common > 1)
        qsort(all, m->p->n_common, sizeof *all, by_weight);
    return add_pairs(m);
}
