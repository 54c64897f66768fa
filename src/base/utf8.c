#include "base/utf8.h"

bool lm_utf8_is_text(struct lm_str s)
{
    return lm_utf8_valid_prefix(s) == s.n && (s.n == 0 || memchr(s.p, '\0', s.n) == NULL);
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
