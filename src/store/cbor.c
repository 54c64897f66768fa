#include "store/cbor.h"

enum { MAJOR_UINT = 0, MAJOR_NINT = 1, MAJOR_BYTES = 2, MAJOR_TEXT = 3, MAJOR_ARRAY = 4 };

static void put_be(struct lm_buf *b, uint8_t first, uint64_t v, size_t n)
{
    unsigned char *p = (unsigned char *)lm_buf_reserve(b, n + 1);
    if (p == NULL)
        return;
    p[0] = first;
    for (size_t i = 0; i < n; i++)
        p[1 + i] = (unsigned char)(v >> 8 * (n - 1 - i));
    b->n += n + 1;
}

static void head(struct lm_buf *b, unsigned major, uint64_t v)
{
    uint8_t m = (uint8_t)(major << 5);
    if (v < 24)
        put_be(b, (uint8_t)(m | v), 0, 0);
    else if (v <= 0xff)
        put_be(b, m | 24, v, 1);
    else if (v <= 0xffff)
        put_be(b, m | 25, v, 2);
    else if (v <= 0xffffffff)
        put_be(b, m | 26, v, 4);
    else
        put_be(b, m | 27, v, 8);
}

void lm_cbor_array(struct lm_buf *b, uint64_t n)
{
    head(b, MAJOR_ARRAY, n);
}

void lm_cbor_i64(struct lm_buf *b, int64_t v)
{
    if (v >= 0)
        head(b, MAJOR_UINT, (uint64_t)v);
    else
        head(b, MAJOR_NINT, ~(uint64_t)v);
}

void lm_cbor_text(struct lm_buf *b, struct lm_str s)
{
    head(b, MAJOR_TEXT, s.n);
    lm_buf_put(b, s);
}

void lm_cbor_bytes(struct lm_buf *b, struct lm_str s)
{
    head(b, MAJOR_BYTES, s.n);
    lm_buf_put(b, s);
}

void lm_cbor_null(struct lm_buf *b)
{
    put_be(b, 0xf6, 0, 0);
}

/* The half-precision bits of f when it has some that keep its value. */
static bool half_of(float f, uint16_t *ret)
{
    uint32_t u;
    memcpy(&u, &f, 4);
    uint32_t sign = u >> 31, exponent = u >> 23 & 0xff, fraction = u & 0x7fffff;
    if (exponent == 0 && fraction == 0)
        *ret = (uint16_t)(sign << 15);
    else if (exponent >= 113 && exponent <= 142 && (fraction & 0x1fff) == 0)
        *ret = (uint16_t)(sign << 15 | (exponent - 112) << 10 | fraction >> 13);
    else if (exponent >= 103 && exponent <= 112 && ((fraction | 0x800000) & ((1u << (126 - exponent)) - 1)) == 0)
        *ret = (uint16_t)(sign << 15 | (fraction | 0x800000) >> (126 - exponent));
    else if (exponent == 255 && fraction == 0)
        *ret = (uint16_t)(sign << 15 | 0x7c00);
    else
        return false;
    return true;
}

void lm_cbor_double(struct lm_buf *b, double v)
{
    if (v != v) {
        put_be(b, 0xf9, 0x7e00, 2);
        return;
    }
    float f = (float)v;
    uint64_t u64;
    uint32_t u32;
    uint16_t u16;
    memcpy(&u64, &v, 8);
    memcpy(&u32, &f, 4);
    if ((double)f < v || (double)f > v)
        put_be(b, 0xfb, u64, 8);
    else if (half_of(f, &u16))
        put_be(b, 0xf9, u16, 2);
    else
        put_be(b, 0xfa, u32, 4);
}

static bool read_head(struct lm_str *in, unsigned *ret_major, uint64_t *ret)
{
    if (in->n == 0)
        return false;
    const unsigned char *p = (const unsigned char *)in->p;
    unsigned low = p[0] & 31;
    size_t n = low < 24 ? 0 : low == 24 ? 1 : low == 25 ? 2 : low == 26 ? 4 : low == 27 ? 8 : SIZE_MAX;
    if (n == SIZE_MAX || in->n < n + 1)
        return false;
    uint64_t v = low;
    if (n > 0)
        v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[1 + i];
    uint64_t least = n == 0 ? 0 : n == 1 ? 24 : n == 2 ? 0x100 : n == 4 ? 0x10000 : UINT64_C(0x100000000);
    if (v < least)
        return false;
    *ret_major = p[0] >> 5;
    *ret = v;
    *in = lm_str_skip(*in, n + 1);
    return true;
}

bool lm_cbor_read_array(struct lm_str *in, uint64_t *ret_n)
{
    unsigned major;
    uint64_t n;
    if (!read_head(in, &major, &n) || major != MAJOR_ARRAY)
        return false;
    *ret_n = n;
    return true;
}

bool lm_cbor_read_i64(struct lm_str *in, int64_t *ret)
{
    unsigned major;
    uint64_t v;
    if (!read_head(in, &major, &v) || major > MAJOR_NINT || v > INT64_MAX)
        return false;
    *ret = major == MAJOR_UINT ? (int64_t)v : -1 - (int64_t)v;
    return true;
}

static bool read_run(struct lm_str *in, unsigned want, struct lm_str *ret)
{
    unsigned major;
    uint64_t n;
    if (!read_head(in, &major, &n) || major != want || n > in->n)
        return false;
    *ret = lm_str_take(*in, (size_t)n);
    *in = lm_str_skip(*in, (size_t)n);
    return true;
}

bool lm_cbor_read_text(struct lm_str *in, struct lm_str *ret)
{
    return read_run(in, MAJOR_TEXT, ret) && lm_utf8_valid_prefix(*ret) == ret->n;
}

bool lm_cbor_read_bytes(struct lm_str *in, struct lm_str *ret)
{
    return read_run(in, MAJOR_BYTES, ret);
}
