#include "readers/shared/json_tree.h"

#include <stdio.h>

#include "base/utf8.h"

struct builder {
    struct lm_arena *a;
    struct lm_json j;
    size_t n;
    bool odd, broken, full;
};

static lm_err keep(struct builder *b, struct lm_str text, unsigned oddities, struct lm_str *ret)
{
    bool good = lm_utf8_is_text(text);
    b->odd |= !good || oddities != 0;
    *ret = good ? lm_arena_copy(b->a, text) : lm_utf8_repaired(b->a, text, NULL);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

static struct lm_jnode *leaf(struct builder *b, const struct lm_json_token *t)
{
    struct lm_jnode *n = lm_arena_alloc(b->a, sizeof *n);
    if (n == NULL)
        return NULL;
    n->type = t->type;
    b->n++;
    if (t->type == LM_JSON_STRING || t->type == LM_JSON_NUMBER)
        if (keep(b, t->text, t->oddities, &n->text) != LM_OK)
            return NULL;
    return n;
}

static lm_err build(struct builder *b, struct lm_jnode **ret)
{
    struct lm_jnode **slot[LM_JTREE_MAX_DEPTH + 1] = { ret };
    struct lm_str key = { NULL, 0 };
    struct lm_json_token t;
    unsigned depth = 0;
    while (lm_json_next(&b->j, &t) == LM_OK && t.type != LM_JSON_END) {
        if (t.type == LM_JSON_KEY) {
            if (keep(b, t.text, t.oddities, &key) != LM_OK)
                return LM_ENOMEM;
            continue;
        }
        if (t.type == LM_JSON_OBJECT_END || t.type == LM_JSON_ARRAY_END) {
            depth--;
            continue;
        }
        bool opens = t.type == LM_JSON_OBJECT || t.type == LM_JSON_ARRAY;
        if (b->n >= LM_JTREE_MAX_NODES || (opens && depth == LM_JTREE_MAX_DEPTH)) {
            b->full = true;
            return LM_OK;
        }
        struct lm_jnode *n = leaf(b, &t);
        if (n == NULL)
            return LM_ENOMEM;
        n->key = key;
        key = (struct lm_str){ NULL, 0 };
        *slot[depth] = n;
        slot[depth] = &n->next;
        if (opens)
            slot[++depth] = &n->first;
    }
    return LM_OK;
}

lm_err lm_jtree_parse(struct lm_arena *a, struct lm_str text, struct lm_jnode **ret, bool *ret_odd, bool *ret_broken)
{
    static const struct lm_json_token nothing = { .type = LM_JSON_NULL };
    struct builder b = { .a = a };
    struct lm_jnode *root = NULL;
    lm_json_init(&b.j, text);
    lm_err err = text.n != 0 ? build(&b, &root) : LM_OK;
    bool broken = b.full || (text.n != 0 && b.j.failed != LM_OK);
    if (b.j.failed == LM_ENOMEM)
        err = LM_ENOMEM;
    lm_json_free(&b.j);
    if (err == LM_OK && root == NULL && (root = leaf(&b, &nothing)) == NULL)
        err = LM_ENOMEM;
    if (err != LM_OK)
        return err;
    *ret = root;
    *ret_odd = b.odd;
    *ret_broken = broken;
    return LM_OK;
}

struct lm_jnode *lm_jtree_get(struct lm_jnode *object, const char *key)
{
    if (object == NULL || object->type != LM_JSON_OBJECT)
        return NULL;
    for (struct lm_jnode *n = object->first; n != NULL; n = n->next)
        if (lm_str_is(n->key, key))
            return n->type != LM_JSON_NULL ? n : NULL;
    return NULL;
}

struct lm_jnode *lm_jtree_take(struct lm_jnode *object, const char *key)
{
    struct lm_jnode *n = lm_jtree_get(object, key);
    if (n != NULL)
        n->taken = true;
    return n;
}

struct lm_str lm_jtree_text(const struct lm_jnode *n)
{
    return n != NULL && (n->type == LM_JSON_STRING || n->type == LM_JSON_NUMBER) ? n->text : (struct lm_str){ NULL, 0 };
}

bool lm_jtree_i64(const struct lm_jnode *n, int64_t *ret)
{
    double d;
    if (lm_str_to_i64(lm_jtree_text(n), ret))
        return true;
    if (!lm_str_to_double(lm_jtree_text(n), &d) || d < -9e15 || d > 9e15)
        return false;
    *ret = (int64_t)d;
    return true;
}

bool lm_jtree_true(const struct lm_jnode *n)
{
    int64_t v;
    return n != NULL && (n->type == LM_JSON_TRUE || (n->type == LM_JSON_NUMBER && lm_jtree_i64(n, &v) && v != 0));
}

static bool says_nothing(const struct lm_jnode *n)
{
    if (n->type == LM_JSON_OBJECT || n->type == LM_JSON_ARRAY) {
        for (const struct lm_jnode *c = n->first; c != NULL; c = c->next)
            if (!c->taken)
                return false;
        return true;
    }
    return n->type == LM_JSON_NULL || (n->type == LM_JSON_STRING && n->text.n == 0);
}

static void key_of(struct lm_json_out *o, struct lm_str key)
{
    char name[256]; /* lm_json_key takes terminated text */
    key = lm_str_take(key, sizeof name - 1);
    key = lm_str_take(key, lm_utf8_valid_prefix(key));
    (void)snprintf(name, sizeof name, "%.*s", LM_STR_ARG(key));
    lm_json_key(o, name);
}

static void put(struct lm_json_out *o, const struct lm_jnode *n)
{
    switch (n->type) {
    case LM_JSON_OBJECT:
        lm_json_object(o);
        for (const struct lm_jnode *c = n->first; c != NULL; c = c->next)
            if (!c->taken) {
                key_of(o, c->key);
                put(o, c);
            }
        lm_json_object_end(o);
        break;
    case LM_JSON_ARRAY:
        lm_json_array(o);
        for (const struct lm_jnode *c = n->first; c != NULL; c = c->next)
            put(o, c);
        lm_json_array_end(o);
        break;
    case LM_JSON_STRING:
        lm_json_str(o, n->text);
        break;
    case LM_JSON_NUMBER:
        lm_json_decimal(o, n->text);
        break;
    case LM_JSON_TRUE:
    case LM_JSON_FALSE:
        lm_json_bool(o, n->type == LM_JSON_TRUE);
        break;
    case LM_JSON_END:
    case LM_JSON_OBJECT_END:
    case LM_JSON_ARRAY_END:
    case LM_JSON_KEY:
    case LM_JSON_NULL:
        lm_json_null(o);
    }
}

void lm_jtree_rest(struct lm_json_out *o, const struct lm_jnode *object)
{
    if (object == NULL || object->type != LM_JSON_OBJECT)
        return;
    for (const struct lm_jnode *n = object->first; n != NULL; n = n->next)
        if (!n->taken && !says_nothing(n)) {
            key_of(o, n->key);
            put(o, n);
        }
}
