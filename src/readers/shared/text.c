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
