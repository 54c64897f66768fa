/* IMEI and IMSI that sources name beside a number's records: see toll.h. */
#include "report/toll_parts.h"

struct handsets {
    struct lm_toll_making *m;
    struct lm_toll_number *t;
    size_t cap;
};

static lm_err take_device(void *user, const struct lm_toll_device *d)
{
    struct handsets *x = user;
    struct lm_toll_number *t = x->t;
    bool imei = lm_str_starts(d->id, LM_STR("imei:")), imsi = lm_str_starts(d->id, LM_STR("imsi:"));
    uint32_t source = lm_toll_source_index(x->m->p, d->source);
    if ((!imei && !imsi) || source == UINT32_MAX)
        return LM_OK;
    struct lm_toll_handset *list = lm_arena_grow(x->m->a, t->handsets, t->n_handsets, &x->cap, sizeof *list);
    if (list == NULL)
        return lm_fail(x->m->e, LM_ENOMEM, "out of memory");
    t->handsets = list;
    struct lm_toll_handset h = { .id = lm_arena_copy(x->m->a, lm_str_skip(d->id, 5)),
                                 .imsi = imsi,
                                 .source = source,
                                 .first = d->at,
                                 .last = d->at,
                                 .locator = LM_STR("") };
    if (h.id.p == NULL)
        return lm_fail(x->m->e, LM_ENOMEM, "out of memory");
    list[t->n_handsets++] = h;
    return d->record != 0
               ? lm_toll_locator(x->m->look, x->m->a, d->record, &list[t->n_handsets - 1].locator, x->m->e)
               : LM_OK;
}

/* Whether the wish's days leave it in: one that ended before them, or began after. */
static bool shown(const struct lm_toll_pack *p, const struct lm_toll_handset *h)
{
    int32_t first, last;
    if (!lm_toll_day_of(p, &h->first, &first) || !lm_toll_day_of(p, &h->last, &last))
        return p->wish.from_day == LM_DAY_NONE && p->wish.to_day == LM_DAY_NONE;
    return (p->wish.from_day == LM_DAY_NONE || last >= p->wish.from_day)
           && (p->wish.to_day == LM_DAY_NONE || first <= p->wish.to_day);
}

/* The start of the next of its kind in the source; what is not dated ends nothing. */
static int64_t next_start(const struct lm_toll_number *t, size_t i)
{
    for (size_t k = i + 1; k < t->n_handsets; k++) {
        const struct lm_toll_handset *h = &t->handsets[k];
        if (h->source == t->handsets[i].source && h->imsi == t->handsets[i].imsi
            && h->first.quality != LM_TIME_NONE)
            return h->first.us;
    }
    return INT64_MAX;
}

static void find_lasts(const struct lm_toll_pack *p, struct lm_toll_number *t)
{
    for (size_t i = 0; i < t->n_handsets; i++) {
        struct lm_toll_handset *h = &t->handsets[i];
        int64_t until = next_start(t, i);
        if (h->first.quality == LM_TIME_NONE)
            continue;
        for (size_t k = 0; k < t->n_legs; k++) {
            const struct lm_toll_leg *l = &t->legs[k];
            if (l->source == p->sources[h->source].id && l->at.quality == h->first.quality && l->at.us < until
                && l->at.us > h->last.us)
                h->last = l->at;
        }
    }
}

lm_err lm_toll_add_handsets(struct lm_toll_making *m, struct lm_toll_number *t)
{
    struct handsets x = { .m = m, .t = t };
    lm_err err = LM_OK;
    size_t n = 0;
    for (size_t i = 0; i < t->n_accounts && err == LM_OK; i++)
        err = lm_toll_devices(m->look, t->accounts[i], take_device, &x, m->e);
    if (err != LM_OK)
        return err;
    find_lasts(m->p, t);
    for (size_t i = 0; i < t->n_handsets;
         i++) /* a source names the devices of those whose records it holds */
        for (size_t k = 0; k < t->n_spans; k++)
            t->spans[k].own = t->spans[k].own || t->spans[k].source == t->handsets[i].source;
    for (size_t i = 0; i < t->n_handsets; i++)
        if (shown(m->p, &t->handsets[i]))
            t->handsets[n++] = t->handsets[i];
    t->n_handsets = n;
    for (size_t i = 1; i < n; i++) {
        const struct lm_toll_handset *h = &t->handsets[i];
        for (size_t k = i; k-- > 0;) {
            const struct lm_toll_handset *b = &t->handsets[k];
            if (b->source != h->source || b->imsi != h->imsi)
                continue;
            t->changes_imsi += h->imsi && !lm_str_eq(b->id, h->id);
            t->changes_imei += !h->imsi && !lm_str_eq(b->id, h->id);
            break;
        }
    }
    return LM_OK;
}

static bool has(const struct lm_toll_number *t, const struct lm_toll_handset *h)
{
    for (size_t i = 0; i < t->n_handsets; i++)
        if (t->handsets[i].imsi == h->imsi && lm_str_eq(t->handsets[i].id, h->id))
            return true;
    return false;
}

void lm_toll_share_handsets(struct lm_toll_pack *p)
{
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->numbers[i].n_handsets; k++)
            for (size_t j = 0; j < p->n; j++)
                p->numbers[i].handsets[k].also += j != i && has(&p->numbers[j], &p->numbers[i].handsets[k]);
}
