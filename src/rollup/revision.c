#include "rollup/revision.h"

#include "base/map.h"
#include "base/terminal.h"
#include "formats/json.h"
#include "formats/json_out.h"

struct figure {
    struct lm_str by, place, name, unit, value, rule;
    struct lm_str *rows;
    size_t n_rows, cap_rows;
    bool seen;
};

struct aside {
    struct lm_str row, because;
};

struct side {
    struct lm_arena *a;
    struct lm_json j;
    struct figure *figures;
    size_t n, cap;
    struct aside *asides;
    size_t n_asides, cap_asides;
    struct lm_map by_key, by_aside;
};

/* --- reading a document --- */

static lm_err take(struct side *s, struct lm_json_token *t)
{
    return lm_json_next(&s->j, t);
}

static struct lm_str kept(struct side *s, const struct lm_json_token *t)
{
    return t->type == LM_JSON_NULL ? lm_arena_copy(s->a, LM_STR("null")) : lm_arena_copy(s->a, t->text);
}

static lm_err rows(struct side *s, struct figure *f)
{
    struct lm_json_token t;
    lm_err err = take(s, &t);
    if (err != LM_OK || t.type != LM_JSON_ARRAY)
        return err != LM_OK ? err : LM_EINPUT;
    while ((err = take(s, &t)) == LM_OK && t.type == LM_JSON_STRING) {
        struct lm_str *v = lm_arena_grow(s->a, f->rows, f->n_rows, &f->cap_rows, sizeof *v);
        if (v == NULL)
            return LM_ENOMEM;
        f->rows = v;
        v[f->n_rows] = kept(s, &t);
        if (v[f->n_rows++].p == NULL)
            return LM_ENOMEM;
    }
    return err != LM_OK ? err : t.type == LM_JSON_ARRAY_END ? LM_OK : LM_EINPUT;
}

/* The members of one object whose names are in names, as text; others are passed over. "rows" goes to f. */
static lm_err members(struct side *s, const char *const *names, struct lm_str *const *to, size_t n, struct figure *f)
{
    struct lm_json_token key, t;
    lm_err err;
    while ((err = take(s, &key)) == LM_OK && key.type == LM_JSON_KEY) {
        size_t i = 0;
        while (i < n && !lm_str_eq(key.text, lm_str(names[i])))
            i++;
        struct lm_str key_name = i < n ? lm_str(names[i]) : (struct lm_str){ NULL, 0 };
        if (f != NULL && lm_str_eq(key.text, LM_STR("rows")))
            err = rows(s, f);
        else if (i == n)
            err = lm_json_skip(&s->j, &key, NULL);
        else if ((err = take(s, &t)) == LM_OK) {
            bool nothing = t.type == LM_JSON_NULL && !lm_str_eq(key_name, LM_STR("value"));
            *to[i] = nothing ? LM_STR("") : kept(s, &t);
            err = to[i]->p == NULL ? LM_ENOMEM : t.type == LM_JSON_OBJECT || t.type == LM_JSON_ARRAY ? LM_EINPUT : LM_OK;
        }
        if (err != LM_OK)
            return err;
    }
    return err != LM_OK ? err : key.type == LM_JSON_OBJECT_END ? LM_OK : LM_EINPUT;
}

static struct lm_str key_of(struct lm_arena *a, const struct figure *f)
{
    return lm_arena_printf(a, "%.*s\x1f%.*s\x1f%.*s", LM_STR_ARG(f->by), LM_STR_ARG(f->place), LM_STR_ARG(f->name));
}

static lm_err add_figure(struct side *s)
{
    static const char *const names[] = { "by", "place", "name", "unit", "value", "rule" };
    struct figure f = { 0 };
    struct lm_str *const to[] = { &f.by, &f.place, &f.name, &f.unit, &f.value, &f.rule };
    uint64_t *at;
    bool fresh;
    lm_err err = members(s, names, to, 6, &f);
    if (err != LM_OK)
        return err;
    struct figure *v = lm_arena_grow(s->a, s->figures, s->n, &s->cap, sizeof *v);
    struct lm_str key = key_of(s->a, &f);
    if (v == NULL || key.p == NULL || lm_map_put(&s->by_key, key, s->n, &at, &fresh) != LM_OK)
        return LM_ENOMEM;
    if (!fresh || f.by.n == 0)
        return LM_EINPUT;
    s->figures = v;
    v[s->n++] = f;
    return LM_OK;
}

static lm_err add_aside(struct side *s)
{
    static const char *const names[] = { "row", "because" };
    struct aside x = { { NULL, 0 }, { NULL, 0 } };
    struct lm_str *const to[] = { &x.row, &x.because };
    uint64_t *at;
    lm_err err = members(s, names, to, 2, NULL);
    if (err != LM_OK)
        return err;
    struct aside *v = lm_arena_grow(s->a, s->asides, s->n_asides, &s->cap_asides, sizeof *v);
    if (v == NULL || lm_map_put(&s->by_aside, x.row, s->n_asides, &at, NULL) != LM_OK)
        return LM_ENOMEM;
    s->asides = v;
    v[s->n_asides++] = x;
    return LM_OK;
}

static lm_err list(struct side *s, lm_err (*add)(struct side *s))
{
    struct lm_json_token t;
    lm_err err = take(s, &t);
    if (err != LM_OK || t.type != LM_JSON_ARRAY)
        return err != LM_OK ? err : LM_EINPUT;
    while ((err = take(s, &t)) == LM_OK && t.type == LM_JSON_OBJECT)
        if ((err = add(s)) != LM_OK)
            return err;
    return err != LM_OK ? err : t.type == LM_JSON_ARRAY_END ? LM_OK : LM_EINPUT;
}

static lm_err read_document(struct side *s, struct lm_str text)
{
    struct lm_json_token t;
    lm_map_init(&s->by_key, s->a);
    lm_map_init(&s->by_aside, s->a);
    lm_json_init(&s->j, text);
    lm_err err = take(s, &t);
    if (err == LM_OK && t.type != LM_JSON_OBJECT)
        err = LM_EINPUT;
    while (err == LM_OK && (err = take(s, &t)) == LM_OK && t.type == LM_JSON_KEY) {
        if (lm_str_eq(t.text, LM_STR("figures")))
            err = list(s, add_figure);
        else if (lm_str_eq(t.text, LM_STR("set_aside")))
            err = list(s, add_aside);
        else
            err = lm_json_skip(&s->j, &t, NULL);
    }
    lm_json_free(&s->j);
    return err;
}

/* --- the difference --- */

/* Rows of x that y has not; *ret_n of them. NULL without memory. */
static struct lm_str *only_in(struct lm_arena *a, const struct figure *x, const struct figure *y, size_t *ret_n)
{
    struct lm_map there;
    uint64_t *at;
    struct lm_str *out = lm_arena_array(a, x->n_rows, sizeof *out);
    lm_map_init(&there, a);
    *ret_n = 0;
    for (size_t i = 0; out != NULL && i < y->n_rows; i++)
        if (lm_map_put(&there, y->rows[i], i, &at, NULL) != LM_OK)
            return NULL;
    for (size_t i = 0; out != NULL && i < x->n_rows; i++)
        if (lm_map_get(&there, x->rows[i]) == NULL)
            out[(*ret_n)++] = x->rows[i];
    return out;
}

static bool same_rows(const struct figure *x, const struct figure *y)
{
    if (x->n_rows != y->n_rows)
        return false;
    for (size_t i = 0; i < x->n_rows; i++)
        if (!lm_str_eq(x->rows[i], y->rows[i]))
            return false;
    return true;
}

static lm_err explain(struct lm_arena *a, const struct figure *before, const struct figure *after, const struct side *now,
                      struct lm_moved *m)
{
    const struct figure *f = after->name.n != 0 ? after : before;
    *m = (struct lm_moved){ .by = f->by, .place = f->place, .name = f->name, .unit = f->unit,
                            .from = before->value, .to = after->value,
                            .from_rule = before->rule, .to_rule = after->rule };
    m->came = only_in(a, after, before, &m->n_came);
    m->went = only_in(a, before, after, &m->n_went);
    struct lm_str *rows_aside = lm_arena_array(a, m->n_went, sizeof *rows_aside);
    struct lm_str *because = lm_arena_array(a, m->n_went, sizeof *because);
    if (m->came == NULL || m->went == NULL || rows_aside == NULL || because == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < m->n_went; i++) {
        const uint64_t *at = lm_map_get(&now->by_aside, m->went[i]);
        if (at == NULL)
            continue;
        rows_aside[m->n_aside] = m->went[i];
        because[m->n_aside++] = now->asides[*at].because;
    }
    m->aside = rows_aside;
    m->because = because;
    return LM_OK;
}

static lm_err differences(struct lm_arena *a, struct side *x, struct side *y, struct lm_revision_change *ret)
{
    static const struct figure none = { 0 };
    struct lm_moved *v = lm_arena_array(a, x->n + y->n, sizeof *v);
    struct lm_revision_change c = { .moved = v };
    lm_err err = v != NULL ? LM_OK : LM_ENOMEM;
    for (size_t i = 0; err == LM_OK && i < y->n; i++) {
        struct lm_str key = key_of(a, &y->figures[i]);
        const uint64_t *at = key.p != NULL ? lm_map_get(&x->by_key, key) : NULL;
        const struct figure *before = at != NULL ? &x->figures[*at] : &none;
        if (key.p == NULL)
            return LM_ENOMEM;
        if (at != NULL)
            x->figures[*at].seen = true;
        if (lm_str_eq(before->value, y->figures[i].value) && lm_str_eq(before->rule, y->figures[i].rule)
            && same_rows(before, &y->figures[i]))
            c.n_same++;
        else
            err = explain(a, before, &y->figures[i], y, &v[c.n_moved++]);
    }
    for (size_t i = 0; err == LM_OK && i < x->n; i++)
        if (!x->figures[i].seen)
            err = explain(a, &x->figures[i], &none, y, &v[c.n_moved++]);
    if (err == LM_OK)
        *ret = c;
    return err;
}

lm_err lm_rollup_change(struct lm_arena *a, struct lm_str before, struct lm_str after, struct lm_revision_change *ret,
                        struct lm_error *e)
{
    struct side x = { .a = a }, y = { .a = a };
    lm_err err = read_document(&x, before);
    if (err == LM_OK)
        err = read_document(&y, after);
    if (err == LM_OK)
        err = differences(a, &x, &y, ret);
    if (err == LM_ENOMEM)
        return lm_fail(e, err, "out of memory");
    return err == LM_OK ? LM_OK : lm_fail(e, LM_EINPUT, "this is not a roll-up of own rows");
}

/* --- saying it --- */

static void strings(struct lm_json_out *o, const char *key, const struct lm_str *v, size_t n)
{
    lm_json_key(o, key);
    lm_json_array(o);
    for (size_t i = 0; i < n; i++)
        lm_json_str(o, v[i]);
    lm_json_array_end(o);
}

static void value(struct lm_json_out *o, const char *key, struct lm_str v)
{
    lm_json_key(o, key);
    if (v.n == 0)
        lm_json_null(o);
    else
        lm_json_decimal(o, v);
}

void lm_rollup_change_json(const struct lm_revision_change *c, struct lm_json_out *o)
{
    lm_json_kv_u64(o, "same", c->n_same);
    lm_json_key(o, "moved");
    lm_json_array(o);
    for (size_t i = 0; i < c->n_moved; i++) {
        const struct lm_moved *m = &c->moved[i];
        lm_json_object(o);
        lm_json_kv_str(o, "by", m->by);
        lm_json_kv_str(o, "place", m->place);
        lm_json_kv_str(o, "name", m->name);
        lm_json_kv_str(o, "unit", m->unit);
        value(o, "from", m->from);
        value(o, "to", m->to);
        lm_json_kv_text(o, "from_rule", m->from_rule);
        lm_json_kv_text(o, "to_rule", m->to_rule);
        strings(o, "came", m->came, m->n_came);
        strings(o, "went", m->went, m->n_went);
        lm_json_key(o, "set_aside_now");
        lm_json_array(o);
        for (size_t k = 0; k < m->n_aside; k++) {
            lm_json_object(o);
            lm_json_kv_str(o, "row", m->aside[k]);
            lm_json_kv_str(o, "because", m->because[k]);
            lm_json_object_end(o);
        }
        lm_json_array_end(o);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

static void put_rows(struct lm_buf *out, const char *what, const struct lm_str *v, size_t n)
{
    const size_t shown = 5;
    if (n == 0)
        return;
    lm_buf_printf(out, "      %s: ", what);
    for (size_t i = 0; i < n && i < shown; i++) {
        lm_buf_put(out, i != 0 ? LM_STR(", ") : LM_STR(""));
        (void)lm_terminal_put(out, v[i]);
    }
    if (n > shown)
        lm_buf_printf(out, ", and %zu more", n - shown);
    lm_buf_putc(out, '\n');
}

static void put_value(struct lm_buf *out, struct lm_str v)
{
    if (v.n == 0)
        lm_buf_put(out, LM_STR("not there"));
    else if (lm_str_eq(v, LM_STR("null")))
        lm_buf_put(out, LM_STR("refused"));
    else
        lm_buf_grouped(out, v);
}

void lm_rollup_change_text(const struct lm_revision_change *c, struct lm_buf *out)
{
    for (size_t i = 0; i < c->n_moved; i++) {
        const struct lm_moved *m = &c->moved[i];
        lm_buf_put(out, LM_STR("  "));
        if (!lm_str_eq(m->by, LM_STR("whole"))) {
            (void)lm_terminal_put(out, m->place);
            lm_buf_put(out, LM_STR(": "));
        }
        (void)lm_terminal_put(out, m->name);
        lm_buf_put(out, LM_STR("  "));
        put_value(out, m->from);
        lm_buf_put(out, LM_STR(" -> "));
        put_value(out, m->to);
        lm_buf_printf(out, " %.*s\n", LM_STR_ARG(lm_str_eq(m->unit, LM_STR("count")) ? LM_STR("") : m->unit));
        if (!lm_str_eq(m->from_rule, m->to_rule) && m->from.n != 0 && m->to.n != 0)
            lm_buf_printf(out, "      the rule was %.*s and is %.*s\n", LM_STR_ARG(m->from_rule), LM_STR_ARG(m->to_rule));
        put_rows(out, "rows that came", m->came, m->n_came);
        put_rows(out, "rows that went", m->went, m->n_went);
        for (size_t k = 0; k < m->n_aside && k < 5; k++) {
            lm_buf_put(out, LM_STR("      set aside now: "));
            (void)lm_terminal_put(out, m->aside[k]);
            lm_buf_put(out, LM_STR(": "));
            (void)lm_terminal_put(out, m->because[k]);
            lm_buf_putc(out, '\n');
        }
    }
    lm_buf_printf(out, "%zu figure%s moved, %zu did not\n", c->n_moved, c->n_moved == 1 ? "" : "s", c->n_same);
}
