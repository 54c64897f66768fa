#include "formats/plist.h"

#include "base/utf8.h"

#define TRAILER 32
#define HEAD 8

/* n ≤ 8 bytes, big endian */
static uint64_t number_at(const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

lm_err lm_plist_open(struct lm_str bytes, struct lm_plist *ret, struct lm_error *e)
{
    if (bytes.n < HEAD + TRAILER || memcmp(bytes.p, "bplist0", 7) != 0)
        return lm_fail(e, LM_EINPUT, "not a binary property list");
    const char *t = bytes.p + bytes.n - TRAILER;
    struct lm_plist p = { .bytes = bytes, .offset_bytes = (unsigned char)t[6], .ref_bytes = (unsigned char)t[7], .n = number_at(t + 8, 8),
                          .root = number_at(t + 16, 8), .table = number_at(t + 24, 8) };
    uint64_t end = bytes.n - TRAILER;
    if (p.offset_bytes < 1 || p.offset_bytes > 8 || p.ref_bytes < 1 || p.ref_bytes > 8)
        return lm_fail(e, LM_EINPUT, "the property list's trailer is damaged");
    if (p.table < HEAD || p.table > end || p.n == 0 || p.n > (end - p.table) / p.offset_bytes || p.root >= p.n)
        return lm_fail(e, LM_EINPUT, "the property list's table of objects does not fit into it");
    *ret = p;
    return LM_OK;
}

/* The count that the low half of the marker says, or the whole number behind it. */
static bool count_of(struct lm_str *s, unsigned low, uint64_t *ret)
{
    if (low < 15) {
        *ret = low;
        return true;
    }
    if (s->n == 0 || (unsigned char)s->p[0] >> 4 != 1 || ((unsigned char)s->p[0] & 15) > 3)
        return false;
    size_t n = (size_t)1 << ((unsigned char)s->p[0] & 15);
    if (s->n < 1 + n)
        return false;
    *ret = number_at(s->p + 1, n);
    *s = lm_str_skip(*s, 1 + n);
    return true;
}

static bool integer(struct lm_str s, unsigned low, struct lm_plist_object *o)
{
    size_t n = (size_t)1 << low;
    if (low > 4 || s.n < n)
        return false;
    uint64_t v = number_at(n == 16 ? s.p + 8 : s.p, n == 16 ? 8 : n);
    if (n == 16 && (number_at(s.p, 8) != 0 || v > INT64_MAX)) /* 16 bytes are written for what is above INT64_MAX only */
        return false;
    o->type = LM_PLIST_INTEGER;
    memcpy(&o->i, &v, sizeof v); /* 1, 2 and 4 bytes have no sign, 8 have */
    return true;
}

static bool real(struct lm_str s, unsigned low, enum lm_plist_type type, struct lm_plist_object *o)
{
    o->type = type;
    if (low == 2 && s.n >= 4) {
        uint32_t bits = (uint32_t)number_at(s.p, 4);
        float f;
        memcpy(&f, &bits, sizeof f);
        o->d = (double)f;
        return true;
    }
    if (low != 3 || s.n < 8)
        return false;
    uint64_t bits = number_at(s.p, 8);
    memcpy(&o->d, &bits, sizeof bits);
    return true;
}

/* Texts, data and lists: a count, and so many units behind it. */
static bool counted(const struct lm_plist *p, struct lm_str s, unsigned high, unsigned low, struct lm_plist_object *o)
{
    static const enum lm_plist_type types[16] = { [4] = LM_PLIST_DATA, [5] = LM_PLIST_ASCII, [6] = LM_PLIST_UTF16, [10] = LM_PLIST_ARRAY,
                                                  [12] = LM_PLIST_SET, [13] = LM_PLIST_DICT };
    uint64_t n;
    size_t unit = high == 6 ? 2 : high < 6 ? 1 : high == 13 ? 2 * p->ref_bytes : p->ref_bytes;
    if (types[high] == LM_PLIST_NULL || !count_of(&s, low, &n) || n > s.n / unit)
        return false;
    o->type = types[high];
    if (high <= 6) {
        o->bytes = lm_str_take(s, (size_t)n * unit);
    } else {
        o->n = (size_t)n;
        o->items = s.p;
    }
    return true;
}

lm_err lm_plist_get(const struct lm_plist *p, uint64_t number, struct lm_plist_object *ret)
{
    struct lm_plist_object o = { .type = LM_PLIST_NULL };
    if (number >= p->n)
        return LM_EINPUT;
    uint64_t at = number_at(p->bytes.p + p->table + number * p->offset_bytes, p->offset_bytes);
    if (at < HEAD || at >= p->table)
        return LM_EINPUT;
    unsigned high = (unsigned char)p->bytes.p[at] >> 4, low = (unsigned char)p->bytes.p[at] & 15;
    struct lm_str s = { p->bytes.p + at + 1, (size_t)(p->table - at - 1) };
    bool good = false;
    switch (high) {
    case 0:
        o.type = low == 9 ? LM_PLIST_TRUE : low == 8 ? LM_PLIST_FALSE : LM_PLIST_NULL;
        good = low == 0 || low == 8 || low == 9;
        break;
    case 1:
        good = integer(s, low, &o);
        break;
    case 2:
        good = real(s, low, LM_PLIST_REAL, &o);
        break;
    case 3:
        good = low == 3 && real(s, low, LM_PLIST_DATE, &o);
        break;
    case 8:
        o.type = LM_PLIST_UID;
        good = low < 8 && s.n >= low + 1u;
        o.u = good ? number_at(s.p, low + 1u) : 0;
        break;
    default:
        good = counted(p, s, high, low, &o);
        break;
    }
    if (!good)
        return LM_EINPUT;
    *ret = o;
    return LM_OK;
}

uint64_t lm_plist_item(const struct lm_plist *p, const struct lm_plist_object *o, size_t i)
{
    return number_at(o->items + i * p->ref_bytes, p->ref_bytes);
}

static uint32_t unit_at(struct lm_str s, size_t i)
{
    return i + 1 < s.n ? (uint32_t)number_at(s.p + i, 2) : 0;
}

static lm_err from_utf16(struct lm_arena *a, struct lm_str s, struct lm_str *ret, bool *ret_altered)
{
    char *out = lm_arena_array(a, s.n / 2 + 1, 3); /* one unit is at most three bytes */
    size_t n = 0;
    if (out == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i + 1 < s.n; i += 2) {
        uint32_t c = unit_at(s, i), low = unit_at(s, i + 2);
        bool pair = c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000;
        if (pair) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        } else if (c == 0 || (c >= 0xd800 && c < 0xe000)) {
            c = 0xfffd;
            *ret_altered = true;
        }
        n += lm_utf8_encode(c, out + n);
    }
    *ret = (struct lm_str){ out, n };
    return LM_OK;
}

lm_err lm_plist_text(struct lm_arena *a, const struct lm_plist_object *o, struct lm_str *ret, bool *ret_altered)
{
    struct lm_str s = { NULL, 0 };
    bool altered = false;
    lm_err err = LM_OK;
    if (o->type == LM_PLIST_UTF16) {
        err = from_utf16(a, o->bytes, &s, &altered);
    } else if (o->type == LM_PLIST_ASCII) { /* UTF-8 is found there as well */
        altered = !lm_utf8_is_text(o->bytes);
        s = altered ? lm_utf8_repaired(a, o->bytes, NULL) : lm_arena_copy(a, o->bytes);
        err = s.p != NULL ? LM_OK : LM_ENOMEM;
    }
    if (err != LM_OK)
        return err;
    if (altered && ret_altered != NULL)
        *ret_altered = true;
    *ret = s;
    return LM_OK;
}
