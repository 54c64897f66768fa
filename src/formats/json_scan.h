/* json_scan.h - the inner loops of json.c: finding where a clean run of bytes ends.
 *
 * Private to json.c. SSE2 is part of x86-64; elsewhere, and with LM_JSON_PORTABLE defined, words of
 * eight bytes are looked at. No load ever reaches past n: a mapped file may end at a page.
 * Well-formed UTF-8 is Unicode 15, table 3-7.
 */
#ifndef LM_FORMATS_JSON_SCAN_H
#define LM_FORMATS_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(LM_JSON_PORTABLE)
#define LM_JSON_SSE2 1
#include <emmintrin.h>
#else
#define LM_JSON_SSE2 0
#endif

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* Some byte of w is below k (k <= 128, high bits of w clear). May also be set by a borrow above such
 * a byte, which does not matter: the question is yes or no. */
static inline uint64_t some_below(uint64_t w, unsigned k)
{
    return (w - ONES * k) & ~w & HIGHS;
}

/* Length of the well-formed sequence at p[i]; 0 when it is not one. *ret_bad is then the length of its
 * maximal ill-formed part, at least 1 (Unicode 15, 3.9, "substitution of maximal subparts"). */
static inline size_t utf8_length(const unsigned char *p, size_t i, size_t n, size_t *ret_bad)
{
    unsigned char c = p[i];
    *ret_bad = 1;
    if (c < 0x80)
        return 1;
    if (c < 0xc2 || c > 0xf4)
        return 0;
    size_t want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    for (size_t k = 1; k < want; k++) {
        if (i + k >= n || p[i + k] < low || p[i + k] > high) {
            *ret_bad = k;
            return 0;
        }
        low = 0x80;
        high = 0xbf;
    }
    return want;
}

/* As clean_run; one sequence at a time, words of ASCII at once. */
static inline size_t clean_run_portable(const unsigned char *p, size_t i, size_t n)
{
    while (i < n) {
        uint64_t w;
        if (n - i >= sizeof w) {
            memcpy(&w, p + i, sizeof w);
            if ((w & HIGHS) == 0
                && (some_below(w, 0x20) | some_below(w ^ ONES * '"', 1) | some_below(w ^ ONES * '\\', 1))
                       == 0) {
                i += sizeof w;
                continue;
            }
        }
        unsigned char c = p[i];
        size_t bad;
        if (c < 0x20 || c == '"' || c == '\\')
            return i;
        size_t k = utf8_length(p, i, n, &bad);
        if (k == 0)
            return i;
        i += k;
    }
    return n;
}

#if LM_JSON_SSE2

static inline __m128i load16(const unsigned char *p)
{
    __m128i v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline unsigned mask16(__m128i v)
{
    return (unsigned)_mm_movemask_epi8(v);
}

/* Bit per byte of v that is above k, both seen as signed: among bytes ≥ 0x80 that is their order. */
static inline unsigned above(__m128i v, unsigned char k)
{
    return mask16(_mm_cmpgt_epi8(v, _mm_set1_epi8((char)k)));
}

static inline unsigned equal(__m128i v, unsigned char k)
{
    return mask16(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)k)));
}

/* Second bytes that the lead byte forbids: E0 80..9F, ED A0..BF, F0 80..8F, F4 90..BF. */
static inline unsigned bad_second(__m128i v)
{
    unsigned from_a0 = above(v, 0x9f), from_90 = above(v, 0x8f);
    return (equal(v, 0xe0) << 1 & ~from_a0) | (equal(v, 0xed) << 1 & from_a0)
           | (equal(v, 0xf0) << 1 & ~from_90) | (equal(v, 0xf4) << 1 & from_90);
}

/* Bit per byte of v that may end a clean run: quotes, backslashes and, since bytes are compared as
 * signed, controls and all bytes ≥ 0x80. */
static inline unsigned may_end(__m128i v)
{
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    return mask16(_mm_or_si128(_mm_or_si128(quote, backslash), _mm_cmplt_epi8(v, _mm_set1_epi8(0x20))));
}

/* As clean_run, a block at a time: lead bytes say where continuation bytes must stand, and the two
 * masks must agree up to the first byte that ends the run. A two-byte character may lie across two
 * blocks (carry); at a longer one the next block starts anew. */
static __attribute__((noinline)) size_t clean_run_long(const unsigned char *p, size_t i, size_t n)
{
    unsigned carry = 0; /* bit 0: the first byte must be a continuation */
    while (n - i >= 16) {
        __m128i v = load16(p + i);
        unsigned any = may_end(v);
        if ((any | carry) == 0) {
            i += 16;
            continue;
        }
        unsigned high = mask16(v), stop = any & ~high;
        if (carry == 0 && (any & (0u - any) & high) == 0)
            return i + (size_t)__builtin_ctz(any);
        unsigned two = above(v, 0xc1) & high, three = above(v, 0xdf) & high, four = above(v, 0xef) & high;
        unsigned follow = high & ~(above(v, 0xbf) & high);
        unsigned longer = three << 2 | four << 3, expected = carry | two << 1 | longer;
        unsigned bad = (expected ^ follow) | (high & ~follow & ~two) | (above(v, 0xf4) & high);
        if (three != 0)
            bad |= bad_second(v);
        if ((bad & (stop != 0 ? stop ^ (stop - 1) : 0xffffu)) != 0)
            break;
        if (stop != 0)
            return i + (size_t)__builtin_ctz(stop);
        if (longer >> 16 != 0) {
            i += (size_t)(31 - __builtin_clz(two));
            carry = 0;
        } else {
            i += 16;
            carry = expected >> 16;
        }
    }
    return clean_run_portable(p, i - carry, n);
}

/* The first place from i on (a character's start) that is a quote, a backslash, a control below 0x20
 * or the start of an ill-formed sequence; n when there is none. Most keys and many values end in the
 * first block, as plain ASCII. */
static inline size_t clean_run(const unsigned char *p, size_t i, size_t n)
{
    if (n - i >= 16) {
        __m128i v = load16(p + i);
        unsigned any = may_end(v);
        if (any == 0)
            i += 16;
        else if ((any & (0u - any) & mask16(v)) == 0)
            return i + (size_t)__builtin_ctz(any);
    }
    return clean_run_long(p, i, n);
}

/* Bit per byte of v that is not white space. */
static inline unsigned not_white(__m128i v)
{
    __m128i space = _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), lf = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
    __m128i cr = _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')), tab = _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'));
    return ~mask16(_mm_or_si128(_mm_or_si128(space, lf), _mm_or_si128(cr, tab))) & 0xffffu;
}

static inline size_t skip_space(const unsigned char *p, size_t i, size_t n)
{
    if (i < n && p[i] > ' ')
        return i;
    if (n - i >= 2 && p[i] == ' ' && p[i + 1] > ' ')
        return i + 1;
    while (n - i >= 16) {
        unsigned other = not_white(load16(p + i));
        if (other != 0)
            return i + (size_t)__builtin_ctz(other);
        i += 16;
    }
    while (i < n && (p[i] == ' ' || p[i] == '\n' || p[i] == '\r' || p[i] == '\t'))
        i++;
    return i;
}

/* Does white space from i on end after exactly `guess` bytes? A caller that expects it can go on from
 * there without waiting for where it really ends. */
static inline bool skip_guessed(const unsigned char *p, size_t i, size_t n, uint32_t guess)
{
    if (n - i < 16 || guess > 15)
        return false;
    unsigned want = 1u << guess;
    return (not_white(load16(p + i)) & (want | (want - 1))) == want;
}

#else

static inline size_t clean_run(const unsigned char *p, size_t i, size_t n)
{
    return clean_run_portable(p, i, n);
}

static inline bool skip_guessed(const unsigned char *p, size_t i, size_t n, uint32_t guess)
{
    (void)p, (void)i, (void)n, (void)guess;
    return false;
}

static inline size_t skip_space(const unsigned char *p, size_t i, size_t n)
{
    while (i < n && (p[i] == ' ' || p[i] == '\n' || p[i] == '\r' || p[i] == '\t'))
        i++;
    return i;
}

#endif

/* The place of the next quote or backslash from i on, whatever the bytes between; n when none. */
static inline size_t quote_or_backslash(const unsigned char *p, size_t i, size_t n)
{
#if LM_JSON_SSE2
    while (n - i >= 16) {
        __m128i v = load16(p + i);
        unsigned hit = mask16(
            _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
        if (hit != 0)
            return i + (size_t)__builtin_ctz(hit);
        i += 16;
    }
#endif
    while (i < n && p[i] != '"' && p[i] != '\\')
        i++;
    return i;
}

#undef ONES
#undef HIGHS

#endif
