/* str.h - slices of bytes: not owned, not terminated, never NULL-checked by length.
 *
 * {NULL, 0} is the empty slice. Text is UTF-8 unless a comment says otherwise.
 */
#ifndef LM_BASE_STR_H
#define LM_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct lm_str {
    const char *p;
    size_t n;
};

#define LM_STR(literal) ((struct lm_str){ "" literal, sizeof(literal) - 1 })
/* The same where an initializer must be constant: a table of words whose lengths are known. */
#define LM_STR_INIT(literal) { "" literal, sizeof(literal) - 1 }
/* For "%.*s": lengths above INT_MAX are cut. */
#define LM_STR_ARG(s) (int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n), ((s).p != NULL ? (s).p : "")

static inline struct lm_str lm_str(const char *z)
{
    return (struct lm_str){ z, z != NULL ? strlen(z) : 0 };
}

static inline bool lm_str_eq(struct lm_str a, struct lm_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool lm_str_starts(struct lm_str s, struct lm_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool lm_str_ends(struct lm_str s, struct lm_str suffix)
{
    return s.n >= suffix.n
           && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* s without its first k bytes; k above the length gives the empty slice at the end. */
static inline struct lm_str lm_str_skip(struct lm_str s, size_t k)
{
    if (s.p == NULL || k > s.n)
        k = s.n;
    return (struct lm_str){ s.p != NULL ? s.p + k : NULL, s.n - k };
}

static inline struct lm_str lm_str_take(struct lm_str s, size_t k)
{
    return (struct lm_str){ s.p, k < s.n ? k : s.n };
}

/* Byte order; a shorter slice sorts before its continuation. */
int lm_str_cmp(struct lm_str a, struct lm_str b);

/* The small letter of an ASCII capital; any other byte as it is. */
static inline unsigned char lm_ascii_small(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* ASCII letters only; other bytes compare as they are. */
static inline bool lm_str_eq_nocase(struct lm_str a, struct lm_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lm_ascii_small(a.p[i]) != lm_ascii_small(b.p[i]))
            return false;
    return true;
}

/* Is s the text at z (not NULL)? A list of words is gone through without measuring any of them: most differ in their
 * first byte. */
static inline bool lm_str_is(struct lm_str s, const char *z)
{
    size_t i = 0;
    while (i < s.n && z[i] != '\0' && z[i] == s.p[i])
        i++;
    return i == s.n && z[i] == '\0';
}

static inline bool lm_str_is_nocase(struct lm_str s, const char *z)
{
    size_t i = 0;
    while (i < s.n && z[i] != '\0' && lm_ascii_small(z[i]) == lm_ascii_small(s.p[i]))
        i++;
    return i == s.n && z[i] == '\0';
}

/* First place of needle, or SIZE_MAX. O(n). */
size_t lm_str_find(struct lm_str s, struct lm_str needle);

static inline bool lm_ascii_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without ASCII white space at both ends. */
static inline struct lm_str lm_str_trim(struct lm_str s)
{
    while (s.n > 0 && lm_ascii_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && lm_ascii_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* The whole slice as a decimal number with optional '-'; false when it is anything else or
 * does not fit. */
bool lm_str_to_i64(struct lm_str s, int64_t *ret);

/* The whole slice as a finite decimal number ("12", "-3.25", "1e6"); false otherwise.
 * Independent of the locale. */
bool lm_str_to_double(struct lm_str s, double *ret);

/* --- UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF) --- */

/* Length of the valid prefix: s.n when all of it is valid. */
size_t lm_utf8_valid_prefix(struct lm_str s);

/* One code point from the start of s; returns its length in bytes, 0 when s is empty or invalid. */
size_t lm_utf8_decode(struct lm_str s, uint32_t *ret_cp);

/* Decimal text with commas between groups of three before the point: "-12410.5" → "-12,410.5", into
 * lm_decimal_width(decimal) bytes at out. Returns how many those are. */
size_t lm_decimal_grouped(struct lm_str decimal, char *out);
size_t lm_decimal_width(struct lm_str decimal);

/* Writes at most 4 bytes; returns how many, 0 when cp is not a scalar value. */
size_t lm_utf8_encode(uint32_t cp, char out[4]);

#endif
