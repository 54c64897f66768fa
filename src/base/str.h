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
/* The same in the initialiser of a static table. */
#define LM_LIT(literal) { "" literal, sizeof(literal) - 1 }
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

/* ASCII letters only; other bytes compare as they are. */
bool lm_str_eq_nocase(struct lm_str a, struct lm_str b);

/* First place of needle, or SIZE_MAX. O(n). */
size_t lm_str_find(struct lm_str s, struct lm_str needle);

/* Without ASCII white space at both ends. */
struct lm_str lm_str_trim(struct lm_str s);

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
