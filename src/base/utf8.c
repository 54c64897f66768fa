#include "base/utf8.h"

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* Some byte of w is NUL or not ASCII. A byte above one that is NUL may count as well: the question is yes or no. */
static uint64_t odd_in(uint64_t w)
{
    return ((w - ONES) | w) & HIGHS;
}

/* Words of eight bytes, the last one over again where the end is not a whole word. */
bool lm_utf8_is_ascii(struct lm_str s)
{
    uint64_t w, odd = 0;
    size_t i = 0;
    if (s.n < 8) {
        for (; i < s.n; i++)
            odd |= (unsigned char)(s.p[i] - 1) | (unsigned char)s.p[i];
        return (odd & 0x80) == 0;
    }
    for (; s.n - i >= sizeof w; i += sizeof w) {
        memcpy(&w, s.p + i, sizeof w);
        odd |= odd_in(w);
    }
    memcpy(&w, s.p + s.n - sizeof w, sizeof w);
    return (odd | odd_in(w)) == 0;
}

bool lm_utf8_is_text(struct lm_str s)
{
    return lm_utf8_is_ascii(s) || (lm_utf8_valid_prefix(s) == s.n && memchr(s.p, '\0', s.n) == NULL);
}

/* The length of the first character; 0: its first byte is not text. */
static size_t character(struct lm_str s)
{
    uint32_t cp = 0;
    size_t k = lm_utf8_decode(s, &cp);
    return cp != 0 ? k : 0;
}

struct lm_str lm_utf8_repaired(struct lm_arena *a, struct lm_str s, uint64_t *ret_altered)
{
    size_t altered = 0, n = 0;
    for (struct lm_str r = s; r.n > 0;) {
        size_t k = character(r);
        altered += k == 0;
        r = lm_str_skip(r, k == 0 ? 1 : k);
    }
    char *out = s.n <= SIZE_MAX / 3 - 1 ? lm_arena_alloc(a, s.n + 2 * altered + 1) : NULL;
    if (out == NULL)
        return (struct lm_str){ NULL, 0 };
    while (s.n > 0) {
        size_t k = character(s);
        memcpy(out + n, k == 0 ? "\xef\xbf\xbd" : s.p, k == 0 ? 3 : k);
        n += k == 0 ? 3 : k;
        s = lm_str_skip(s, k == 0 ? 1 : k);
    }
    if (ret_altered != NULL)
        *ret_altered = altered;
    return (struct lm_str){ out, n };
}

uint32_t lm_windows_1252(unsigned char byte)
{
    static const uint16_t windows[32] = { 0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160,
                                          0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                          0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e, 0x178 };
    return byte >= 0x80 && byte < 0xa0 ? windows[byte - 0x80] : byte;
}
