#include "readers/shared/archive_tree.h"

#include <math.h>

#include "formats/plist.h"

#define MAX_HEX 1024
#define MAX_TEXT ((size_t)16 << 20) /* of all texts: one text may be named many times */
#define MAX_STEPS (UINT64_C(1) << 24)  /* keys looked at, for the same reason */
#define COCOA_US (INT64_C(978307200) * LM_SECOND_US)
#define LATEST_S 6279811200.0 /* 2200, from 2001 */

struct walk {
    struct lm_arena *a;
    struct lm_plist p;
    struct lm_plist_object objects; /* of an archive: what UIDs point into */
    bool archive, odd, broken;
    size_t n, text_bytes;
    uint64_t steps;
};

static lm_err value(struct walk *w, uint64_t number, unsigned depth, struct lm_jnode **ret);

static struct lm_jnode *node(struct walk *w, enum lm_json_type type)
{
    struct lm_jnode *n = lm_arena_alloc(w->a, sizeof *n);
    if (n != NULL) {
        n->type = type;
        n->taken = type == LM_JSON_NULL || type == LM_JSON_FALSE;
        w->n++;
    }
    return n;
}

static lm_err text_node(struct walk *w, enum lm_json_type type, struct lm_str text, struct lm_jnode **ret)
{
    struct lm_jnode *n = node(w, type);
    if (n == NULL || (text.p == NULL && text.n != 0))
        return LM_ENOMEM;
    n->text = text;
    n->taken = text.n == 0 || (type == LM_JSON_NUMBER && lm_str_eq(text, LM_STR("0")));
    *ret = n;
    return LM_OK;
}

/* Appends a member, or an item for an empty key; *slot moves. */
static void append(struct lm_jnode ***slot, struct lm_str key, struct lm_jnode *n)
{
    n->key = key;
    **slot = n;
    *slot = &n->next;
}

static lm_err number_node(struct walk *w, const struct lm_plist_object *o, struct lm_jnode **ret)
{
    bool whole = o->type == LM_PLIST_INTEGER;
    if (!whole && !isfinite(o->d)) {
        w->odd = true;
        return (*ret = node(w, LM_JSON_NULL)) != NULL ? LM_OK : LM_ENOMEM;
    }
    struct lm_str s = whole ? lm_arena_printf(w->a, "%lld", (long long)o->i) : lm_arena_printf(w->a, "%.17g", o->d);
    return s.p != NULL ? text_node(w, LM_JSON_NUMBER, s, ret) : LM_ENOMEM;
}

static lm_err data_node(struct walk *w, struct lm_str bytes, struct lm_jnode **ret)
{
    static const char digits[] = "0123456789abcdef";
    size_t shown = bytes.n < MAX_HEX ? bytes.n : MAX_HEX;
    struct lm_jnode *n = node(w, LM_JSON_OBJECT), *size, *hex;
    char *out = lm_arena_array(w->a, shown + 1, 2);
    struct lm_str count = lm_arena_printf(w->a, "%zu", bytes.n);
    if (n == NULL || out == NULL || count.p == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < shown; i++) {
        out[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
        out[2 * i + 1] = digits[bytes.p[i] & 15];
    }
    struct lm_jnode **slot = &n->first;
    lm_err err = text_node(w, LM_JSON_NUMBER, count, &size);
    if (err == LM_OK)
        err = text_node(w, LM_JSON_STRING, (struct lm_str){ out, 2 * shown }, &hex);
    if (err != LM_OK)
        return err;
    append(&slot, LM_STR("bytes"), size);
    append(&slot, shown == bytes.n ? LM_STR("hex") : LM_STR("first_hex"), hex);
    *ret = n;
    return LM_OK;
}

static lm_err text(struct walk *w, const struct lm_plist_object *o, struct lm_str *ret)
{
    w->text_bytes += o->bytes.n;
    if (w->text_bytes > MAX_TEXT) {
        w->broken = true;
        return LM_OK;
    }
    return lm_plist_text(w->a, o, ret, &w->odd);
}

/* The text of an object, by its number; empty for anything else. Follows one UID. */
static lm_err text_of(struct walk *w, uint64_t number, struct lm_str *ret)
{
    struct lm_plist_object o;
    *ret = (struct lm_str){ NULL, 0 };
    if (lm_plist_get(&w->p, number, &o) != LM_OK)
        return LM_OK;
    if (o.type == LM_PLIST_UID && w->archive && o.u < w->objects.n
        && lm_plist_get(&w->p, lm_plist_item(&w->p, &w->objects, (size_t)o.u), &o) != LM_OK)
        return LM_OK;
    return text(w, &o, ret);
}

/* The value of a dictionary's key. */
static bool member(struct walk *w, const struct lm_plist_object *dict, const char *key, uint64_t *ret)
{
    for (size_t i = 0; dict->type == LM_PLIST_DICT && i < dict->n && w->steps < MAX_STEPS; i++, w->steps++) {
        struct lm_plist_object k;
        if (lm_plist_get(&w->p, lm_plist_item(&w->p, dict, i), &k) == LM_OK && k.type == LM_PLIST_ASCII && lm_str_is(k.bytes, key)) {
            *ret = lm_plist_item(&w->p, dict, dict->n + i);
            return true;
        }
    }
    return false;
}

/* An object by number, through a UID when it is one. */
static bool fetch(struct walk *w, uint64_t number, struct lm_plist_object *ret)
{
    struct lm_plist_object o;
    if (lm_plist_get(&w->p, number, &o) != LM_OK)
        return false;
    if (o.type == LM_PLIST_UID && w->archive
        && (o.u >= w->objects.n || lm_plist_get(&w->p, lm_plist_item(&w->p, &w->objects, (size_t)o.u), &o) != LM_OK))
        return false;
    *ret = o;
    return true;
}

static lm_err list(struct walk *w, const struct lm_plist_object *o, unsigned depth, struct lm_jnode **ret)
{
    struct lm_jnode *n = node(w, LM_JSON_ARRAY), *one;
    struct lm_jnode **slot = n != NULL ? &n->first : NULL;
    lm_err err = n != NULL ? LM_OK : LM_ENOMEM;
    for (size_t i = 0; err == LM_OK && i < o->n && !(w->broken && w->n >= LM_JTREE_MAX_NODES); i++) {
        err = value(w, lm_plist_item(&w->p, o, i), depth + 1, &one);
        if (err == LM_OK)
            append(&slot, (struct lm_str){ NULL, 0 }, one);
    }
    if (err == LM_OK)
        *ret = n;
    return err;
}

static lm_err add_class(struct walk *w, const struct lm_plist_object *o, struct lm_jnode ***slot)
{
    uint64_t class, name;
    struct lm_plist_object c;
    struct lm_str name_text;
    struct lm_jnode *one;
    if (!member(w, o, "$class", &class) || !fetch(w, class, &c) || !member(w, &c, "$classname", &name))
        return LM_OK;
    lm_err err = text_of(w, name, &name_text);
    if (err == LM_OK)
        err = text_node(w, LM_JSON_STRING, name_text, &one);
    if (err == LM_OK) {
        one->taken = true;
        append(slot, LM_STR("$class"), one);
    }
    return err;
}

/* Keys and values that stand in two lists (NS.keys, NS.objects), or in the dictionary itself. */
static lm_err pairs(struct walk *w, const struct lm_plist_object *o, const struct lm_plist_object *keys, const struct lm_plist_object *values,
                    unsigned depth, struct lm_jnode **ret)
{
    struct lm_jnode *n = node(w, LM_JSON_OBJECT), *one;
    struct lm_jnode **slot = n != NULL ? &n->first : NULL;
    lm_err err = n != NULL && keys == NULL ? add_class(w, o, &slot) : n != NULL ? LM_OK : LM_ENOMEM;
    size_t count = keys == NULL ? o->n : keys->n < values->n ? keys->n : values->n;
    w->broken |= keys != NULL && keys->n != values->n;
    for (size_t i = 0; err == LM_OK && i < count && !(w->broken && w->n >= LM_JTREE_MAX_NODES); i++) {
        struct lm_str key;
        err = text_of(w, lm_plist_item(&w->p, keys != NULL ? keys : o, i), &key);
        if (err != LM_OK || (keys == NULL && w->archive && lm_str_eq(key, LM_STR("$class"))))
            continue;
        if (key.n == 0) { /* a key that is no text: numbers are */
            struct lm_plist_object k;
            if (fetch(w, lm_plist_item(&w->p, keys != NULL ? keys : o, i), &k) && k.type == LM_PLIST_INTEGER)
                key = lm_arena_printf(w->a, "%lld", (long long)k.i);
        }
        err = value(w, keys != NULL ? lm_plist_item(&w->p, values, i) : lm_plist_item(&w->p, o, o->n + i), depth + 1, &one);
        if (err == LM_OK)
            append(&slot, key, one);
    }
    if (err == LM_OK)
        *ret = n;
    return err;
}

static lm_err dictionary(struct walk *w, const struct lm_plist_object *o, unsigned depth, struct lm_jnode **ret)
{
    struct lm_plist_object keys, values;
    uint64_t at, k;
    if (w->archive && member(w, o, "NS.objects", &at) && fetch(w, at, &values) && values.type == LM_PLIST_ARRAY) {
        if (member(w, o, "NS.keys", &k))
            return fetch(w, k, &keys) && keys.type == LM_PLIST_ARRAY ? pairs(w, o, &keys, &values, depth, ret) : list(w, &values, depth, ret);
        return list(w, &values, depth, ret);
    }
    if (w->archive && (member(w, o, "NS.string", &at) || member(w, o, "NS.data", &at) || member(w, o, "NS.bytes", &at)))
        return value(w, at, depth + 1, ret);
    return pairs(w, o, NULL, NULL, depth, ret);
}

static lm_err cut(struct walk *w, struct lm_jnode **ret)
{
    w->broken = true;
    return (*ret = node(w, LM_JSON_NULL)) != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err date_node(struct walk *w, const struct lm_plist_object *o, struct lm_jnode **ret)
{
    struct lm_jnode *n = node(w, LM_JSON_OBJECT), *one;
    struct lm_jnode **slot = n != NULL ? &n->first : NULL;
    lm_err err = n != NULL ? number_node(w, o, &one) : LM_ENOMEM;
    if (err == LM_OK) {
        append(&slot, LM_STR("NS.time"), one);
        *ret = n;
    }
    return err;
}

static lm_err value(struct walk *w, uint64_t number, unsigned depth, struct lm_jnode **ret)
{
    struct lm_plist_object o;
    struct lm_str s = { NULL, 0 };
    if (depth >= LM_JTREE_MAX_DEPTH || w->n >= LM_JTREE_MAX_NODES || w->steps >= MAX_STEPS || !fetch(w, number, &o))
        return cut(w, ret);
    lm_err err;
    switch (o.type) {
    case LM_PLIST_FALSE:
    case LM_PLIST_TRUE:
    case LM_PLIST_NULL:
        *ret = node(w, o.type == LM_PLIST_NULL ? LM_JSON_NULL : o.type == LM_PLIST_TRUE ? LM_JSON_TRUE : LM_JSON_FALSE);
        return *ret != NULL ? LM_OK : LM_ENOMEM;
    case LM_PLIST_INTEGER:
    case LM_PLIST_REAL:
        return number_node(w, &o, ret);
    case LM_PLIST_DATE:
        return date_node(w, &o, ret);
    case LM_PLIST_DATA:
        return data_node(w, o.bytes, ret);
    case LM_PLIST_ASCII:
    case LM_PLIST_UTF16:
        err = text(w, &o, &s);
        if (err == LM_OK && w->archive && lm_str_eq(s, LM_STR("$null")))
            return (*ret = node(w, LM_JSON_NULL)) != NULL ? LM_OK : LM_ENOMEM;
        return err == LM_OK ? text_node(w, LM_JSON_STRING, s, ret) : err;
    case LM_PLIST_UID: /* in a list that is no archive */
        o.type = LM_PLIST_INTEGER;
        o.i = o.u <= INT64_MAX ? (int64_t)o.u : INT64_MAX;
        return number_node(w, &o, ret);
    case LM_PLIST_ARRAY:
    case LM_PLIST_SET:
        return list(w, &o, depth, ret);
    case LM_PLIST_DICT:
        return dictionary(w, &o, depth, ret);
    }
    return cut(w, ret);
}

lm_err lm_archive_tree(struct lm_arena *a, struct lm_str bytes, struct lm_jnode **ret, bool *ret_odd, bool *ret_broken)
{
    struct walk w = { .a = a };
    struct lm_plist_object root, top;
    struct lm_jnode *tree = NULL;
    uint64_t objects, at;
    lm_err err = LM_OK;
    bool open = lm_plist_open(bytes, &w.p, NULL) == LM_OK && lm_plist_get(&w.p, w.p.root, &root) == LM_OK;
    if (!open) {
        err = cut(&w, &tree);
    } else if (member(&w, &root, "$objects", &objects) && member(&w, &root, "$top", &at) && lm_plist_get(&w.p, objects, &w.objects) == LM_OK
               && w.objects.type == LM_PLIST_ARRAY && lm_plist_get(&w.p, at, &top) == LM_OK && top.type == LM_PLIST_DICT) {
        w.archive = true;
        uint64_t under = 0;
        err = member(&w, &top, "root", &under) ? value(&w, under, 0, &tree) : value(&w, at, 0, &tree);
    } else {
        err = value(&w, w.p.root, 0, &tree);
    }
    if (err != LM_OK)
        return err;
    *ret = tree;
    *ret_odd = w.odd;
    *ret_broken = w.broken;
    return LM_OK;
}

bool lm_archive_date(struct lm_jnode *n, struct lm_when *ret)
{
    double s;
    struct lm_jnode *time = lm_jtree_get(n, "NS.time");
    if (time == NULL || !lm_str_to_double(lm_jtree_text(time), &s) || !(s > -978307200.0 && s < LATEST_S))
        return false;
    *ret = (struct lm_when){ .us = (int64_t)floor(s * 1e6 + 0.5) + COCOA_US, .quality = LM_TIME_UTC };
    return true;
}
