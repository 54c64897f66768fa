#include "resolve/metric.h"

unsigned lm_edits(struct lm_str a, struct lm_str b)
{
    a = lm_str_take(a, LM_METRIC_MAX);
    b = lm_str_take(b, LM_METRIC_MAX);
    while (a.n > 0 && b.n > 0 && a.p[0] == b.p[0]) {
        a = lm_str_skip(a, 1);
        b = lm_str_skip(b, 1);
    }
    while (a.n > 0 && b.n > 0 && a.p[a.n - 1] == b.p[b.n - 1]) {
        a.n--;
        b.n--;
    }
    if (a.n == 0 || b.n == 0)
        return (unsigned)(a.n + b.n);
    /* One bit per byte of a: where it stands for each byte value. */
    uint64_t place[256];
    for (size_t j = 0; j < b.n; j++)
        place[(unsigned char)b.p[j]] = 0;
    for (size_t i = 0; i < a.n; i++)
        place[(unsigned char)a.p[i]] = 0;
    for (size_t i = 0; i < a.n; i++)
        place[(unsigned char)a.p[i]] |= UINT64_C(1) << i;
    uint64_t vp = ~UINT64_C(0), vn = 0, d0 = 0, before = 0;
    const uint64_t last = UINT64_C(1) << (a.n - 1);
    unsigned edits = (unsigned)a.n;
    for (size_t j = 0; j < b.n; j++) {
        uint64_t here = place[(unsigned char)b.p[j]];
        uint64_t swapped = (((~d0) & here) << 1) & before;
        d0 = (((here & vp) + vp) ^ vp) | here | vn | swapped;
        uint64_t hp = vn | ~(d0 | vp), hn = d0 & vp;
        edits += (hp & last) != 0;
        edits -= (hn & last) != 0;
        hp = hp << 1 | 1;
        hn <<= 1;
        vp = hn | ~(d0 | hp);
        vn = hp & d0;
        before = here;
    }
    return edits;
}

static double winkler(double jaro, size_t prefix)
{
    return jaro + (double)prefix * 0.1 * (1 - jaro);
}

double lm_jaro_winkler(struct lm_str a, struct lm_str b)
{
    a = lm_str_take(a, LM_METRIC_MAX);
    b = lm_str_take(b, LM_METRIC_MAX);
    if (a.n == 0 || b.n == 0)
        return a.n == b.n ? 1 : 0;
    size_t longer = a.n > b.n ? a.n : b.n, reach = longer / 2 > 1 ? longer / 2 - 1 : 0;
    uint64_t in_a = 0, in_b = 0;
    size_t m = 0;
    for (size_t i = 0; i < a.n; i++) {
        size_t to = i + reach + 1 < b.n ? i + reach + 1 : b.n;
        for (size_t j = i > reach ? i - reach : 0; j < to; j++)
            if ((in_b >> j & 1) == 0 && a.p[i] == b.p[j]) {
                in_a |= UINT64_C(1) << i;
                in_b |= UINT64_C(1) << j;
                m++;
                break;
            }
    }
    if (m == 0)
        return 0;
    size_t out_of_order = 0;
    uint64_t rest = in_b;
    for (size_t i = 0; i < a.n; i++) {
        if ((in_a >> i & 1) == 0)
            continue;
        out_of_order += a.p[i] != b.p[__builtin_ctzll(rest)];
        rest &= rest - 1;
    }
    size_t prefix = 0;
    while (prefix < 4 && prefix < a.n && prefix < b.n && a.p[prefix] == b.p[prefix])
        prefix++;
    double common = (double)m, t = (double)out_of_order / 2;
    return winkler((common / (double)a.n + common / (double)b.n + (common - t) / common) / 3, prefix);
}

uint32_t lm_signature(struct lm_str s)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < s.n && i < LM_METRIC_MAX; i++) {
        unsigned c = (unsigned char)s.p[i];
        unsigned bit = c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? c - '0' : c * 7 % 26;
        bits ^= UINT32_C(1) << bit; /* odd or even: one edit changes two counts at most */
    }
    return bits | (uint32_t)(s.n < 63 ? s.n : 63) << 26;
}

uint32_t lm_beginning(struct lm_str s)
{
    uint32_t r = 0;
    for (size_t i = 0; i < s.n && i < 4; i++) {
        unsigned c = (unsigned char)s.p[i];
        r |= (c >= 'a' && c <= 'z' ? c - 'a' + 1 : 27 + c % 5) << 5 * i;
    }
    return r;
}
