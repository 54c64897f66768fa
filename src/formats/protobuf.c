#include "formats/protobuf.h"

static bool varint(struct lm_str *s, uint64_t *ret)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 10 && i < s->n; i++) {
        unsigned char c = (unsigned char)s->p[i];
        if (i == 9 && c > 1)
            return false;
        v |= (uint64_t)(c & 0x7f) << (7 * i);
        if (c < 0x80) {
            *s = lm_str_skip(*s, i + 1);
            *ret = v;
            return true;
        }
    }
    return false;
}

static bool fixed(struct lm_str *s, unsigned bytes, uint64_t *ret)
{
    uint64_t v = 0;
    if (s->n < bytes)
        return false;
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)(unsigned char)s->p[i] << (8 * i);
    *s = lm_str_skip(*s, bytes);
    *ret = v;
    return true;
}

bool lm_pb_next(struct lm_str *message, struct lm_pb_field *ret)
{
    struct lm_str s = *message;
    struct lm_pb_field f = { 0 };
    uint64_t tag, n;
    bool good = varint(&s, &tag) && tag >> 3 != 0 && tag >> 3 <= 0x1fffffff;
    if (!good)
        return false;
    f.number = (uint32_t)(tag >> 3);
    switch (tag & 7) {
    case 0:
        good = varint(&s, &f.value);
        break;
    case 1:
        good = fixed(&s, 8, &f.value);
        break;
    case 2:
        good = varint(&s, &n) && n <= s.n;
        if (good) {
            f.bytes = lm_str_take(s, (size_t)n);
            f.has_bytes = true;
            s = lm_str_skip(s, (size_t)n);
        }
        break;
    case 5:
        good = fixed(&s, 4, &f.value);
        break;
    default:
        good = false;
    }
    if (good) {
        *message = s;
        *ret = f;
    }
    return good;
}

struct lm_str lm_pb_bytes(struct lm_str message, uint32_t number)
{
    struct lm_pb_field f;
    while (lm_pb_next(&message, &f))
        if (f.number == number && f.has_bytes)
            return f.bytes;
    return (struct lm_str){ NULL, 0 };
}
