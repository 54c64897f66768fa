#include "readers/shared/mojibake.h"

/* Length of s as bytes, when every character is below U+0100 and one is not ASCII; 0 otherwise. */
static size_t narrow_length(struct lm_str s)
{
    size_t n = 0;
    bool wide = false;
    for (size_t i = 0; i < s.n; n++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80) {
            i++;
            continue;
        }
        /* U+0080 … U+00FF are C2 80 … C3 BF */
        if ((c != 0xc2 && c != 0xc3) || i + 1 >= s.n)
            return 0;
        wide = true;
        i += 2;
    }
    return wide ? n : 0;
}

lm_err lm_mojibake_repair(struct lm_arena *a, struct lm_str s, struct lm_str *ret)
{
    size_t n = narrow_length(s);
    if (n == 0) {
        *ret = s;
        return LM_OK;
    }
    char *p = lm_arena_alloc(a, n);
    if (p == NULL)
        return LM_ENOMEM;
    for (size_t i = 0, k = 0; k < n; k++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80) {
            p[k] = s.p[i++];
        } else {
            p[k] = (char)((c & 3) << 6 | ((unsigned char)s.p[i + 1] & 0x3f));
            i += 2;
        }
    }
    struct lm_str bytes = { p, n };
    *ret = lm_utf8_valid_prefix(bytes) == n ? bytes : s;
    return LM_OK;
}
