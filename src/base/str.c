#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int lm_str_cmp(struct lm_str a, struct lm_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n != 0 ? memcmp(a.p, b.p, n) : 0;
    if (c != 0)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

size_t lm_str_find(struct lm_str s, struct lm_str needle)
{
    if (needle.n == 0)
        return 0;
    if (s.n < needle.n)
        return SIZE_MAX;
    const char *hit = memmem(s.p, s.n, needle.p, needle.n);
    return hit != NULL ? (size_t)(hit - s.p) : SIZE_MAX;
}

bool lm_str_to_i64(struct lm_str s, int64_t *ret)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    s = lm_str_skip(s, negative);
    if (s.n == 0 || s.n > 19)
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(s.p[i] - '0'); /* 19 digits fit in 64 bits */
    }
    if (v > (uint64_t)INT64_MAX)
        return false;
    *ret = negative ? -(int64_t)v : (int64_t)v;
    return true;
}

bool lm_str_to_double(struct lm_str s, double *ret)
{
    char z[64];
    if (s.n == 0 || s.n >= sizeof z)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'))
            return false;
        z[i] = c;
    }
    z[s.n] = '\0';
    char *end;
    double v = strtod(z, &end); /* the program never calls setlocale: LC_NUMERIC is "C" */
    if (*end != '\0' || end == z || !isfinite(v))
        return false;
    *ret = v;
    return true;
}

/* The digits before the point, and where they start. */
static size_t whole_digits(struct lm_str decimal, size_t *ret_start)
{
    size_t point = lm_str_find(decimal, LM_STR("."));
    *ret_start = decimal.n != 0 && decimal.p[0] == '-';
    return (point == SIZE_MAX ? decimal.n : point) - *ret_start;
}

size_t lm_decimal_width(struct lm_str decimal)
{
    size_t start, n = whole_digits(decimal, &start);
    return decimal.n + (n != 0 ? (n - 1) / 3 : 0);
}

size_t lm_decimal_grouped(struct lm_str decimal, char *out)
{
    size_t start, n = whole_digits(decimal, &start), k = 0;
    for (size_t i = 0; i < decimal.n; i++) {
        if (i > start && i < start + n && (start + n - i) % 3 == 0)
            out[k++] = ',';
        out[k++] = decimal.p[i];
    }
    return k;
}

size_t lm_utf8_decode(struct lm_str s, uint32_t *ret_cp)
{
    if (s.n == 0)
        return 0;
    const unsigned char *p = (const unsigned char *)s.p;
    if (p[0] < 0x80) {
        *ret_cp = p[0];
        return 1;
    }
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || s.n < n)
        return 0;
    uint32_t cp = p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        cp = cp << 6 | (p[i] & 0x3fu);
    }
    if ((n == 3 && (cp < 0x800 || (cp >= 0xd800 && cp <= 0xdfff)))
        || (n == 4 && (cp < 0x10000 || cp > 0x10ffff)))
        return 0;
    *ret_cp = cp;
    return n;
}

size_t lm_utf8_valid_prefix(struct lm_str s)
{
    size_t i = 0;
    while (i < s.n) {
        uint64_t word;
        if (s.n - i >= sizeof word) {
            memcpy(&word, s.p + i, sizeof word);
            if ((word & 0x8080808080808080u) == 0) {
                i += sizeof word;
                continue;
            }
        }
        uint32_t cp;
        size_t k = lm_utf8_decode(lm_str_skip(s, i), &cp);
        if (k == 0)
            return i;
        i += k;
    }
    return i;
}

size_t lm_utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        if (cp >= 0xd800 && cp <= 0xdfff)
            return 0;
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    if (cp > 0x10ffff)
        return 0;
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}
