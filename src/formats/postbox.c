#include "formats/postbox.h"

#include <stdio.h>

#include "base/utf8.h"

#define MAX_DEPTH 16
#define MAX_HEX 256
#define MAX_SHOWN 1024

static bool take(struct lm_str *s, size_t n, struct lm_str *ret)
{
    if (n > s->n)
        return false;
    *ret = lm_str_take(*s, n);
    *s = lm_str_skip(*s, n);
    return true;
}

static bool take_le(struct lm_str *s, size_t n, uint64_t *ret)
{
    struct lm_str b;
    if (!take(s, n, &b))
        return false;
    *ret = 0;
    for (size_t i = 0; i < n; i++)
        *ret |= (uint64_t)(unsigned char)b.p[i] << (8 * i);
    return true;
}

static bool take_counted(struct lm_str *s, struct lm_str *ret)
{
    uint64_t n;
    return take_le(s, 4, &n) && n <= INT32_MAX && take(s, (size_t)n, ret);
}

static bool take_object(struct lm_str *s, struct lm_pbx_value *ret)
{
    uint64_t hash;
    *ret = (struct lm_pbx_value){ .type = LM_PBX_OBJECT };
    if (!take_le(s, 4, &hash) || !take_counted(s, &ret->s))
        return false;
    ret->hash = (uint32_t)hash;
    return true;
}

/* The items of an array: how many there are, and the bytes that they take. */
static bool take_items(struct lm_str *s, struct lm_pbx_value *v)
{
    uint64_t n;
    struct lm_pbx_value ignored;
    if (!take_le(s, 4, &n) || n > INT32_MAX)
        return false;
    struct lm_str start = *s, one;
    bool good = true;
    size_t fixed = v->type == LM_PBX_INT32_ARRAY ? 4 : v->type == LM_PBX_INT64_ARRAY ? 8 : 0;
    if (fixed != 0)
        good = n <= s->n / fixed && take(s, (size_t)n * fixed, &one);
    for (uint64_t i = 0; fixed == 0 && good && i < n; i++) {
        if (v->type == LM_PBX_OBJECT_ARRAY)
            good = take_object(s, &ignored);
        else if (v->type == LM_PBX_OBJECT_DICTIONARY)
            good = take_object(s, &ignored) && take_object(s, &ignored);
        else
            good = take_counted(s, &one);
    }
    v->i = (int64_t)n;
    v->s = lm_str_take(start, start.n - s->n);
    return good;
}

static bool take_value(struct lm_str *s, struct lm_pbx_value *v)
{
    uint64_t u = 0;
    switch (v->type) {
    case LM_PBX_INT32:
        if (!take_le(s, 4, &u))
            return false;
        v->i = (int32_t)(uint32_t)u;
        return true;
    case LM_PBX_INT64:
        if (!take_le(s, 8, &u))
            return false;
        v->i = (int64_t)u;
        return true;
    case LM_PBX_BOOL:
        if (!take_le(s, 1, &u))
            return false;
        v->i = u != 0;
        return true;
    case LM_PBX_DOUBLE:
        if (!take_le(s, 8, &u))
            return false;
        memcpy(&v->d, &u, sizeof v->d);
        return true;
    case LM_PBX_STRING:
    case LM_PBX_BYTES:
        return take_counted(s, &v->s);
    case LM_PBX_OBJECT:
        return take_object(s, v);
    case LM_PBX_NIL:
        return true;
    case LM_PBX_INT32_ARRAY:
    case LM_PBX_INT64_ARRAY:
    case LM_PBX_OBJECT_ARRAY:
    case LM_PBX_OBJECT_DICTIONARY:
    case LM_PBX_STRING_ARRAY:
    case LM_PBX_BYTES_ARRAY:
        return take_items(s, v);
    default:
        return false;
    }
}

bool lm_pbx_next(struct lm_pbx *p, struct lm_str *ret_key, struct lm_pbx_value *ret)
{
    struct lm_str s = p->rest, key;
    uint64_t n, type;
    if (s.n == 0 || p->bad)
        return false;
    struct lm_pbx_value v = { .type = LM_PBX_NIL };
    bool good = take_le(&s, 1, &n) && take(&s, (size_t)n, &key) && take_le(&s, 1, &type)
                && type <= LM_PBX_BYTES_ARRAY;
    if (good) {
        v.type = (enum lm_pbx_type)type;
        good = take_value(&s, &v);
    }
    p->bad = !good;
    if (!good)
        return false;
    p->rest = s;
    *ret_key = key;
    *ret = v;
    return true;
}

bool lm_pbx_item(struct lm_str *items, struct lm_pbx_value *ret)
{
    return items->n != 0 && take_object(items, ret);
}

static bool is_whole(enum lm_pbx_type t)
{
    return t == LM_PBX_INT32 || t == LM_PBX_INT64;
}

bool lm_pbx_find(struct lm_str entries, const char *key, enum lm_pbx_type type, struct lm_pbx_value *ret)
{
    struct lm_pbx p = { .rest = entries };
    struct lm_pbx_value v;
    struct lm_str k;
    while (lm_pbx_next(&p, &k, &v))
        if (lm_str_eq(k, lm_str(key)) && (v.type == type || (is_whole(type) && is_whole(v.type)))) {
            *ret = v;
            return true;
        }
    return false;
}

struct lm_str lm_pbx_text(struct lm_str entries, const char *key)
{
    struct lm_pbx_value v;
    return lm_pbx_find(entries, key, LM_PBX_STRING, &v) ? v.s : (struct lm_str){ NULL, 0 };
}

bool lm_pbx_int(struct lm_str entries, const char *key, int64_t *ret)
{
    struct lm_pbx_value v;
    if (!lm_pbx_find(entries, key, LM_PBX_INT64, &v))
        return false;
    *ret = v.i;
    return true;
}

static bool fits(struct lm_str entries, int depth)
{
    struct lm_pbx p = { .rest = entries };
    struct lm_pbx_value v, item;
    struct lm_str key;
    bool good = true;
    while (good && lm_pbx_next(&p, &key, &v)) {
        if (v.type == LM_PBX_OBJECT)
            good = depth >= MAX_DEPTH || fits(v.s, depth + 1);
        if (v.type != LM_PBX_OBJECT_ARRAY && v.type != LM_PBX_OBJECT_DICTIONARY)
            continue;
        for (struct lm_str items = v.s; good && lm_pbx_item(&items, &item);)
            good = depth >= MAX_DEPTH || fits(item.s, depth + 1);
    }
    return good && !p.bad;
}

bool lm_pbx_fits(struct lm_str entries)
{
    return fits(entries, 0);
}

bool lm_pbx_root(struct lm_str bytes, struct lm_pbx_value *ret)
{
    struct lm_pbx p = { .rest = bytes };
    struct lm_pbx_value v;
    struct lm_str key;
    if (!lm_pbx_next(&p, &key, &v) || !lm_str_eq(key, LM_STR("_")) || v.type != LM_PBX_OBJECT || p.rest.n != 0
        || !lm_pbx_fits(v.s))
        return false;
    *ret = v;
    return true;
}

static uint32_t rotated(uint32_t v, unsigned n)
{
    return v << n | v >> (32 - n);
}

/* MurmurHash3_x86_32 with the seed that Postbox uses. */
uint32_t lm_pbx_hash(const char *name)
{
    static const uint32_t c1 = 0xcc9e2d51, c2 = 0x1b873593;
    size_t n = strlen(name), whole = n / 4 * 4;
    const unsigned char *b = (const unsigned char *)name;
    uint32_t h = 0xf7ca7fd2, k;
    for (size_t i = 0; i < whole; i += 4) {
        k = (uint32_t)b[i] | (uint32_t)b[i + 1] << 8 | (uint32_t)b[i + 2] << 16 | (uint32_t)b[i + 3] << 24;
        h = rotated(h ^ rotated(k * c1, 15) * c2, 13) * 5 + 0xe6546b64;
    }
    k = 0;
    for (size_t i = n; i > whole; i--)
        k = k << 8 | b[i - 1];
    if (n != whole)
        h ^= rotated(k * c1, 15) * c2;
    h ^= (uint32_t)n;
    h = (h ^ h >> 16) * 0x85ebca6b;
    h = (h ^ h >> 13) * 0xc2b2ae35;
    return h ^ h >> 16;
}

/* --- as JSON --- */

static void put_object(struct lm_json_out *o, const struct lm_pbx_value *v, int depth,
                       const char *(*name)(uint32_t));

static void put_hex(struct lm_json_out *o, struct lm_str s)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * MAX_HEX];
    size_t n = s.n < MAX_HEX ? s.n : MAX_HEX;
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[(unsigned char)s.p[i] >> 4];
        hex[2 * i + 1] = digits[s.p[i] & 15];
    }
    lm_json_object(o);
    lm_json_kv_u64(o, "bytes", s.n);
    lm_json_kv_str(o, n == s.n ? "hex" : "first_hex", (struct lm_str){ hex, 2 * n });
    lm_json_object_end(o);
}

static void put_text(struct lm_json_out *o, struct lm_str s)
{
    if (lm_utf8_is_text(s))
        lm_json_str(o, s);
    else
        put_hex(o, s);
}

static void put_items(struct lm_json_out *o, const struct lm_pbx_value *v, int depth,
                      const char *(*name)(uint32_t))
{
    struct lm_str items = v->s, one;
    struct lm_pbx_value item;
    uint64_t u;
    lm_json_array(o);
    for (size_t i = 0; i < MAX_SHOWN && items.n != 0; i++) {
        if (v->type == LM_PBX_OBJECT_ARRAY || v->type == LM_PBX_OBJECT_DICTIONARY) {
            if (!lm_pbx_item(&items, &item))
                break;
            put_object(o, &item, depth + 1, name);
        } else if (v->type == LM_PBX_INT32_ARRAY || v->type == LM_PBX_INT64_ARRAY) {
            if (!take_le(&items, v->type == LM_PBX_INT32_ARRAY ? 4 : 8, &u))
                break;
            lm_json_i64(o, v->type == LM_PBX_INT32_ARRAY ? (int32_t)(uint32_t)u : (int64_t)u);
        } else {
            if (!take_counted(&items, &one))
                break;
            if (v->type == LM_PBX_STRING_ARRAY)
                put_text(o, one);
            else
                put_hex(o, one);
        }
    }
    lm_json_array_end(o);
}

static void put_value(struct lm_json_out *o, const struct lm_pbx_value *v, int depth,
                      const char *(*name)(uint32_t))
{
    switch (v->type) {
    case LM_PBX_INT32:
    case LM_PBX_INT64:
        lm_json_i64(o, v->i);
        break;
    case LM_PBX_BOOL:
        lm_json_bool(o, v->i != 0);
        break;
    case LM_PBX_DOUBLE:
        if (v->d - v->d == 0)
            lm_json_double(o, v->d);
        else
            lm_json_null(o);
        break;
    case LM_PBX_STRING:
        put_text(o, v->s);
        break;
    case LM_PBX_BYTES:
        put_hex(o, v->s);
        break;
    case LM_PBX_OBJECT:
        put_object(o, v, depth + 1, name);
        break;
    case LM_PBX_NIL:
        lm_json_null(o);
        break;
    case LM_PBX_INT32_ARRAY:
    case LM_PBX_INT64_ARRAY:
    case LM_PBX_OBJECT_ARRAY:
    case LM_PBX_OBJECT_DICTIONARY:
    case LM_PBX_STRING_ARRAY:
    case LM_PBX_BYTES_ARRAY:
        put_items(o, v, depth, name);
        break;
    }
}

static bool is_taken(struct lm_str key, const char *const taken[])
{
    for (size_t i = 0; taken != NULL && taken[i] != NULL; i++)
        if (lm_str_eq(key, lm_str(taken[i])))
            return true;
    return false;
}

static void put_entries(struct lm_json_out *o, struct lm_str entries, const char *const taken[], int depth,
                        const char *(*name)(uint32_t))
{
    struct lm_pbx p = { .rest = entries };
    struct lm_pbx_value v;
    struct lm_str key;
    while (lm_pbx_next(&p, &key, &v)) {
        char z[256];
        if (v.type == LM_PBX_NIL || is_taken(key, taken))
            continue;
        (void)snprintf(z, sizeof z, "%.*s", LM_STR_ARG(key));
        z[lm_utf8_valid_prefix(lm_str(z))] = '\0';
        lm_json_key(o, z);
        put_value(o, &v, depth, name);
    }
    if (p.bad)
        lm_json_kv_bool(o, "(does not fit)", true);
}

static void put_object(struct lm_json_out *o, const struct lm_pbx_value *v, int depth,
                       const char *(*name)(uint32_t))
{
    char hash[16];
    const char *known = name != NULL ? name(v->hash) : NULL;
    (void)snprintf(hash, sizeof hash, "0x%08x", v->hash);
    lm_json_object(o);
    lm_json_kv_z(o, "@type", known != NULL ? known : hash);
    if (depth < MAX_DEPTH)
        put_entries(o, v->s, NULL, depth, name);
    lm_json_object_end(o);
}

void lm_pbx_json(struct lm_json_out *o, struct lm_str entries, const char *const taken[],
                 const char *(*name)(uint32_t hash))
{
    put_entries(o, entries, taken, 0, name);
}
