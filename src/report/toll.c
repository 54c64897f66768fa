#include "model/selector.h"
#include "report/toll_parts.h"

struct investigation_search {
    struct lm_arena *a;
    struct lm_toll_pack *p;
    struct lm_str id;
    bool found;
};

static lm_err take_investigation(void *user, const struct lm_investigation *i)
{
    struct investigation_search *x = user;
    if (!lm_str_eq(i->id, x->id))
        return LM_OK;
    x->found = true;
    x->p->investigation =
        (struct lm_investigation){ lm_arena_copy(x->a, i->id), lm_arena_copy(x->a, i->title),
                                   lm_arena_copy(x->a, i->agency), lm_arena_copy(x->a, i->division) };
    return LM_OK;
}

/* The numbers asked for, each once, by their match keys. */
static lm_err read_numbers(struct lm_arena *a, struct lm_toll_pack *p, struct lm_error *e)
{
    const struct lm_toll_wish *w = &p->wish;
    if (w->n == 0)
        return lm_fail(e, LM_EUSAGE, "no number is named");
    if (w->n > LM_TOLL_NUMBERS)
        return lm_fail(e, LM_ELIMIT, "at most %d numbers at a time", LM_TOLL_NUMBERS);
    p->numbers = lm_arena_array(a, w->n, sizeof *p->numbers);
    if (p->numbers == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < w->n; i++) {
        struct lm_str key;
        bool again = false;
        if (!lm_phone_key(a, w->numbers[i], &key))
            return lm_fail(e, LM_EUSAGE, "%.*s is not a phone number",
                           LM_STR_ARG(lm_str_take(w->numbers[i], 60)));
        for (size_t k = 0; k < p->n; k++)
            again = again || lm_str_eq(p->numbers[k].key, key);
        if (!again)
            p->numbers[p->n++] = (struct lm_toll_number){ .typed = w->numbers[i], .key = key, .label = key };
    }
    return LM_OK;
}

static struct lm_str audit_words(struct lm_arena *a, const struct lm_toll_pack *p)
{
    struct lm_buf b;
    lm_buf_init(&b, 4096);
    lm_buf_put(&b, LM_STR("numbers"));
    for (size_t i = 0; i < p->n; i++)
        lm_buf_printf(&b, "%s%.*s", i == 0 ? " " : ", ", LM_STR_ARG(lm_str_take(p->numbers[i].key, 30)));
    struct lm_str s = lm_arena_copy(a, lm_buf_str(&b));
    lm_buf_free(&b);
    return s;
}

/* --- where records stand --- */

static lm_err locate(struct lm_toll_making *m, int64_t record)
{
    struct lm_toll_pack *p = m->p;
    uint64_t *at;
    bool fresh;
    if (lm_map_put(p->locator_of, (struct lm_str){ (const char *)&record, sizeof record }, p->locator_of->n,
                   &at, &fresh)
        != LM_OK)
        return lm_fail(m->e, LM_ENOMEM, "out of memory");
    return fresh ? lm_toll_locator(m->look, m->a, record, &p->locators[*at], m->e) : LM_OK;
}

static lm_err add_locators(struct lm_toll_making *m)
{
    struct lm_toll_pack *p = m->p;
    size_t n = 0;
    lm_err err = LM_OK;
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->numbers[i].n_legs; k++)
            n += p->numbers[i].legs[k].n_records;
    p->locators = lm_arena_array(m->a, n, sizeof *p->locators);
    p->locator_of = lm_arena_alloc(m->a, sizeof *p->locator_of);
    if (p->locators == NULL || p->locator_of == NULL)
        return lm_fail(m->e, LM_ENOMEM, "out of memory");
    lm_map_init(p->locator_of, m->a);
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->numbers[i].n_legs && err == LM_OK; k++)
            for (uint32_t r = 0; r < p->numbers[i].legs[k].n_records && err == LM_OK; r++)
                err = locate(m, p->numbers[i].legs[k].record + r);
    return err;
}

struct lm_str lm_toll_locator_of(const struct lm_toll_pack *p, int64_t record)
{
    const uint64_t *at =
        p->locator_of != NULL
            ? lm_map_get(p->locator_of, (struct lm_str){ (const char *)&record, sizeof record })
            : NULL;
    return at != NULL ? p->locators[*at] : LM_STR("");
}

/* --- the look --- */

/* typed: what the label becomes once everything is found; nothing prints what was typed. */
static lm_err shield(struct lm_toll_making *m)
{
    for (size_t i = 0; i < m->p->n; i++) {
        struct lm_toll_number *t = &m->p->numbers[i];
        struct lm_str name;
        t->is_protected = lm_toll_is_shielded(m, t->key, 0, &name);
        if (t->is_protected && (t->typed = lm_arena_copy(m->a, name)).p == NULL)
            return lm_fail(m->e, LM_ENOMEM, "out of memory");
    }
    return LM_OK;
}

static lm_err look(struct lm_toll_making *m)
{
    struct lm_toll_pack *p = m->p;
    lm_err err = lm_toll_sources(m->look, m->a, &p->sources, &p->n_sources, m->e);
    if (err == LM_OK)
        err = lm_toll_mask(m->look, &m->mask, m->e);
    if (err == LM_OK)
        err = shield(m);
    if (err == LM_OK)
        err = lm_toll_add_legs(m);
    for (size_t i = 0; i < p->n && err == LM_OK; i++)
        err = lm_toll_add_number(m, &p->numbers[i]);
    for (size_t i = 0; i < p->n && err == LM_OK; i++) {
        err = lm_toll_add_spans(m, &p->numbers[i]);
        if (err == LM_OK)
            err = lm_toll_add_handsets(m, &p->numbers[i]);
        if (err == LM_OK)
            err = lm_toll_add_days(m, &p->numbers[i]);
    }
    if (err == LM_OK)
        err = lm_toll_add_common(m);
    if (err == LM_OK && p->wish.records)
        err = add_locators(m);
    return err;
}

/* Protected numbers lose their label and the numbers of their devices once everything is found. A person's second number is
 * told apart by how many came before it. */
static lm_err mask(struct lm_arena *a, struct lm_toll_pack *p, struct lm_error *e)
{
    for (size_t i = 0; i < p->n; i++) {
        struct lm_toll_number *t = &p->numbers[i];
        unsigned before = 0;
        if (!t->is_protected)
            continue;
        for (size_t k = 0; k < i; k++)
            before += p->numbers[k].is_protected && lm_str_eq(p->numbers[k].typed, t->typed);
        t->label = before == 0 ? t->typed : lm_arena_printf(a, "%.*s (number %u)", LM_STR_ARG(t->typed), before + 1);
        if (t->label.p == NULL)
            return lm_fail(e, LM_ENOMEM, "out of memory");
        for (size_t k = 0; k < t->n_handsets; k++)
            t->handsets[k].id = LM_STR("(masked)");
    }
    return LM_OK;
}

static void add_totals(struct lm_toll_pack *p)
{
    for (size_t i = 0; i < p->n_sources; i++) {
        p->held += p->sources[i].counts.held;
        p->rejected += p->sources[i].counts.rejected;
    }
    for (size_t i = 0; i < p->n; i++) {
        const struct lm_when *last = &p->numbers[i].tally.last;
        if (last->quality != LM_TIME_NONE && (p->cutoff.quality == LM_TIME_NONE || last->us > p->cutoff.us))
            p->cutoff = *last;
    }
}

/* --- authorities --- */

struct authority_search {
    struct lm_arena *a;
    struct lm_toll_pack *p;
    size_t cap;
    struct lm_error *e;
};

static bool used(const struct lm_toll_pack *p, struct lm_str authority)
{
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->numbers[i].n_spans; k++)
            if (lm_str_eq(p->sources[p->numbers[i].spans[k].source].authority, authority))
                return true;
    return false;
}

static lm_err take_authority(void *user, const struct lm_authority *x)
{
    struct authority_search *s = user;
    if (!used(s->p, x->id))
        return LM_OK;
    struct lm_authority *list =
        lm_arena_grow(s->a, s->p->authorities, s->p->n_authorities, &s->cap, sizeof *list);
    if (list == NULL)
        return lm_fail(s->e, LM_ENOMEM, "out of memory");
    s->p->authorities = list;
    struct lm_authority *y = &list[s->p->n_authorities++];
    *y = *x;
    y->id = lm_arena_copy(s->a, x->id);
    y->number = lm_arena_copy(s->a, x->number);
    y->court = lm_arena_copy(s->a, x->court);
    y->investigation = y->offences = y->seizure_terms = LM_STR("");
    y->accounts = NULL;
    y->n_accounts = 0;
    return LM_OK;
}

lm_err lm_toll_make(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f,
                    const struct lm_toll_wish *wish, const struct lm_toll_pack **ret, struct lm_error *e)
{
    struct lm_toll_pack *p = lm_arena_alloc(a, sizeof *p);
    if (p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *p = (struct lm_toll_pack){ .wish = *wish,
                                .utc = wish->zone.n == 0 || lm_str_eq(wish->zone, LM_STR("UTC")) };
    struct investigation_search who = { .a = a, .p = p, .id = f->investigation };
    struct lm_toll_making m = { .a = a, .p = p, .e = e };
    struct authority_search by = { .a = a, .p = p, .e = e };
    struct lm_toll_clocks clocks;
    lm_err err = read_numbers(a, p, e);
    if (err == LM_OK && !p->utc)
        err = lm_zone_load(a, wish->zone, &p->zone, e);
    if (err == LM_OK)
        err = lm_store_investigations(st, take_investigation, &who, e);
    if (err == LM_OK && !who.found)
        err =
            lm_fail(e, LM_ENOTFOUND, "no investigation %.*s in this workspace", LM_STR_ARG(f->investigation));
    if (err == LM_OK)
        err = lm_toll_load_names(a, st, f, p, e);
    if (err == LM_OK)
        err = lm_toll_look_begin(st, f, "toll", audit_words(a, p), &m.look, e);
    if (err == LM_OK)
        err = lm_toll_look_end(m.look, look(&m), e);
    if (err == LM_OK)
        err = lm_store_authorities(st, f->investigation, take_authority, &by, e);
    if (err == LM_OK)
        err = lm_toll_clocks_load(a, st, p, &clocks, e);
    if (err == LM_OK)
        err = lm_toll_add_sequences(a, p, e);
    if (err == LM_OK) {
        lm_toll_share_handsets(p); /* by their numbers, so before any is masked */
        err = mask(a, p, e);
    }
    if (err != LM_OK)
        return err;
    add_totals(p);
    err = lm_toll_warn(a, p, &clocks, e);
    if (err == LM_OK)
        *ret = p;
    return err;
}
