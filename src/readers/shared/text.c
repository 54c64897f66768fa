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

/* No-break spaces and marks of direction, which address books put into numbers (model/selector.c passes over them). */
static bool pasted_mark(uint32_t cp)
{
    return cp == 0xa0 || cp == 0x202f || cp == 0x2011 || cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e);
}

bool lm_text_is_whole_number(struct lm_str s)
{
    size_t digits = 0, k = 0;
    bool plus = false;
    for (size_t i = 0; i < s.n; i += k) {
        uint32_t cp = (unsigned char)s.p[i];
        k = cp < 0x80 ? 1 : lm_utf8_decode(lm_str_skip(s, i), &cp);
        if (k == 0)
            return false;
        if (cp >= '0' && cp <= '9')
            digits++;
        else if (cp == '+' && digits == 0 && !plus)
            plus = true;
        else if (cp == 0 || (cp < 0x80 && strchr(" -.()/", (int)cp) == NULL) || (cp >= 0x80 && !pasted_mark(cp)))
            return false;
    }
    return digits >= (plus ? 8 : 10) && digits <= 15;
}

struct lm_str lm_text_file_name(struct lm_str path)
{
    size_t folder = path.n;
    while (folder != 0 && path.p[folder - 1] != '/')
        folder--;
    return lm_str_skip(path, folder);
}
