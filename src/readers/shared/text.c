#include "readers/shared/text.h"

struct lm_str lm_text_line(struct lm_str *s)
{
    const char *nl = s->n != 0 ? memchr(s->p, '\n', s->n) : NULL;
    struct lm_str line = { s->p, nl != NULL ? (size_t)(nl - s->p) : s->n };
    *s = lm_str_skip(*s, line.n + (nl != NULL));
    if (line.n != 0 && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

/* Length of the prefix that is UTF-8 without NUL. */
static size_t clean_prefix(struct lm_str s)
{
    size_t n = lm_utf8_valid_prefix(s);
    const char *nul = n != 0 ? memchr(s.p, '\0', n) : NULL;
    return nul != NULL ? (size_t)(nul - s.p) : n;
}

bool lm_text_is_clean(struct lm_str s)
{
    return clean_prefix(s) == s.n;
}

struct lm_str lm_text_repaired(struct lm_arena *a, struct lm_str s)
{
    if (s.n > SIZE_MAX / 3)
        return (struct lm_str){ NULL, 0 };
    char *p = lm_arena_alloc(a, s.n * 3 + 1);
    size_t n = 0;
    while (p != NULL && s.n != 0) {
        size_t good = clean_prefix(s);
        if (good != 0)
            memcpy(p + n, s.p, good);
        n += good;
        s = lm_str_skip(s, good);
        if (s.n != 0) {
            memcpy(p + n, "\xef\xbf\xbd", 3);
            n += 3;
            s = lm_str_skip(s, 1);
        }
    }
    return (struct lm_str){ p, n };
}
