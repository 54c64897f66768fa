#include "base/terminal.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_active(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f
           || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

/* Takes one character off s: as it is shown. */
static struct lm_str next(struct lm_str *s)
{
    uint32_t cp;
    size_t n = lm_utf8_decode(*s, &cp);
    struct lm_str shown = n == 0 || is_active(cp) ? LM_STR("\xef\xbf\xbd") : lm_str_take(*s, n);
    *s = lm_str_skip(*s, n != 0 ? n : 1);
    return shown;
}

size_t lm_terminal_width(struct lm_str s)
{
    size_t n = 0;
    for (; s.n != 0; n++)
        (void)next(&s);
    return n;
}

static void put(struct lm_buf *out, struct lm_str *s, size_t n)
{
    for (; n != 0; n--)
        lm_buf_put(out, next(s));
}

size_t lm_terminal_put(struct lm_buf *out, struct lm_str s)
{
    size_t n = 0;
    for (; s.n != 0; n++)
        lm_buf_put(out, next(&s));
    return n;
}

void lm_terminal_cell(struct lm_buf *out, struct lm_str s, size_t width, enum lm_cut cut)
{
    size_t n = lm_terminal_width(s), tail = cut == LM_CUT_MIDDLE ? (width - 1) * 2 / 3 : 0;
    if (n <= width) {
        put(out, &s, n);
        for (; n < width; n++)
            lm_buf_putc(out, ' ');
        return;
    }
    put(out, &s, width - 1 - tail);
    lm_buf_put(out, LM_STR("…"));
    for (size_t gone = n - (width - 1); gone != 0; gone--)
        (void)next(&s);
    put(out, &s, tail);
}

void lm_terminal_wrap(struct lm_buf *out, struct lm_str s, size_t at, size_t indent)
{
    bool first = true; /* on its line */
    for (s = lm_str_trim(s); s.n != 0; s = lm_str_trim(s)) {
        size_t space = lm_str_find(s, LM_STR(" "));
        struct lm_str word = space == SIZE_MAX ? s : lm_str_take(s, space);
        size_t width = lm_terminal_width(word);
        if (!first && at + 1 + width > LM_TERMINAL_WIDTH) {
            lm_buf_printf(out, "\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        if (!first)
            lm_buf_putc(out, ' ');
        at += width + !first;
        first = false;
        lm_terminal_put(out, word);
        s = lm_str_skip(s, word.n);
    }
    lm_buf_putc(out, '\n');
}

const char *lm_grouped(uint64_t v, char out[LM_GROUPED_TEXT])
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRIu64, v);
    out[lm_decimal_grouped(lm_str(digits), out)] = '\0';
    return out;
}
