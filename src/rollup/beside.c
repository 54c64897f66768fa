#include "rollup/beside.h"

#include <stdio.h>

#include "rollup/internal.h"

/* "s3place\0name" in lower case. */
static lm_err put_key(struct lm_buf *key, int by, struct lm_str place, struct lm_str name)
{
    lm_buf_clear(key);
    lm_buf_printf(key, "%d ", by);
    (void)lm_rollup_fold(key, place);
    lm_buf_putc(key, '\0');
    (void)lm_rollup_fold(key, name);
    return key->failed ? LM_ENOMEM : LM_OK;
}

struct index {
    struct lm_map map;
    struct lm_buf key;
    const struct lm_rollup *ours;
};

static lm_err build(struct index *x)
{
    for (size_t i = 0; i < x->ours->n_figures; i++) {
        const struct lm_figure *f = &x->ours->figures[i];
        enum lm_rollup_by by;
        uint64_t *at;
        if (f->by == NULL || !lm_rollup_by_parse(lm_str(f->by), &by))
            continue;
        if (put_key(&x->key, (int)by, f->place, f->name) != LM_OK
            || lm_map_put(&x->map, lm_buf_str(&x->key), i, &at, NULL) != LM_OK)
            return LM_ENOMEM;
    }
    return LM_OK;
}

static const struct lm_figure *at(struct index *x, enum lm_rollup_by by, struct lm_str place, struct lm_str name)
{
    if (put_key(&x->key, (int)by, place, name) != LM_OK)
        return NULL;
    const uint64_t *i = lm_map_get(&x->map, lm_buf_str(&x->key));
    return i != NULL ? &x->ours->figures[*i] : NULL;
}

static const struct lm_figure *in_place(struct index *x, struct lm_str place, struct lm_str name)
{
    static const enum lm_rollup_by by[] = { LM_ROLLUP_OPERATION, LM_ROLLUP_DIVISION, LM_ROLLUP_CITY };
    const struct lm_figure *f = NULL;
    if (lm_str_eq_nocase(place, LM_STR("national")) || lm_str_eq_nocase(place, LM_STR("whole")))
        return at(x, LM_ROLLUP_WHOLE, LM_STR("whole"), name);
    for (size_t i = 0; f == NULL && i < 3; i++)
        f = at(x, by[i], place, name);
    return f;
}

static const struct lm_figure *own(struct index *x, const struct lm_figure *p)
{
    const struct lm_figure *f = NULL;
    if (lm_str_eq(p->name, LM_STR("doses")))
        f = in_place(x, p->place, LM_STR("doses_preferred"));
    if (f == NULL)
        f = in_place(x, p->place, p->name);
    if (f == NULL && (lm_str_eq(p->name, LM_STR("sinaloa")) || lm_str_eq(p->name, LM_STR("jalisco")))) {
        char name[32];
        (void)snprintf(name, sizeof name, "cartel:%.*s", LM_STR_ARG(p->name));
        f = in_place(x, p->place, lm_str(name));
    }
    return f;
}

static void compare(const struct lm_figure *p, struct lm_beside *b)
{
    struct lm_quantity ours, theirs;
    b->agrees = -1;
    if (b->own == NULL)
        b->because = "no rows here speak of it";
    else if (b->own->refused)
        b->because = "the own figure is refused";
    else if (lm_quantity_parse(LM_STR("1"), p->unit, LM_QUALIFIER_EXACT, &theirs, NULL) != LM_OK
             || lm_quantity_parse(LM_STR("1"), b->own->unit, LM_QUALIFIER_EXACT, &ours, NULL) != LM_OK
             || ours.dimension != theirs.dimension)
        b->because = "the units are not of one kind";
    else
        b->agrees = lm_value_agrees(b->own->base, p->base, p->qualifier);
}

/* Marks every figure whose place and name another source prints with another value. */
static lm_err conflicts(struct index *x, struct lm_beside *v, size_t n)
{
    struct lm_map first;
    lm_map_init(&first, x->map.a);
    for (size_t i = 0; i < n; i++) {
        uint64_t *seen;
        bool fresh;
        if (put_key(&x->key, 0, v[i].published->place, v[i].published->name) != LM_OK
            || lm_map_put(&first, lm_buf_str(&x->key), i, &seen, &fresh) != LM_OK)
            return LM_ENOMEM;
        if (!fresh && (v[*seen].published->base != v[i].published->base || v[*seen].conflict))
            v[*seen].conflict = v[i].conflict = true;
    }
    return LM_OK;
}

lm_err lm_rollup_beside(struct lm_arena *a, const struct lm_rollup *published, const struct lm_rollup *ours,
                        struct lm_beside **ret, size_t *ret_n, struct lm_error *e)
{
    struct index x = { .ours = ours };
    struct lm_beside *v = lm_arena_array(a, published->n_figures, sizeof *v);
    size_t n = 0;
    lm_map_init(&x.map, a);
    lm_buf_init(&x.key, (size_t)1 << 20);
    lm_err err = v != NULL ? build(&x) : LM_ENOMEM;
    for (size_t i = 0; err == LM_OK && i < published->n_figures; i++) {
        const struct lm_figure *p = &published->figures[i];
        if (p->rule_object != NULL) /* computed from printed ones */
            continue;
        v[n] = (struct lm_beside){ .published = p, .own = own(&x, p), .because = "" };
        compare(p, &v[n++]);
    }
    if (err == LM_OK)
        err = conflicts(&x, v, n);
    lm_buf_free(&x.key);
    if (err != LM_OK)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *ret = v;
    *ret_n = n;
    return LM_OK;
}
