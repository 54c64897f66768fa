#include "formats/csv_out.h"

static bool is_number(struct lm_str s)
{
    size_t digits = 0, points = 0;
    for (size_t i = s.n != 0 && s.p[0] == '-'; i < s.n; i++) {
        digits += s.p[i] >= '0' && s.p[i] <= '9';
        points += s.p[i] == '.';
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.'))
            return false;
    }
    return digits != 0 && points <= 1;
}

static bool is_formula(struct lm_str s)
{
    while (s.n != 0 && s.p[0] == ' ')
        s = lm_str_skip(s, 1);
    /* U+FF1D, FF0B, FF0D, FF20: the same signs in full width, which some programs take as well */
    static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" };
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (lm_str_starts(s, lm_str(wide[i])))
            return true;
    return s.n != 0 && memchr("=+-@\t\r\n|", s.p[0], 8) != NULL && !is_number(s);
}

void lm_csv_put(struct lm_buf *out, struct lm_str cell, bool first)
{
    if (!first)
        lm_buf_putc(out, ',');
    bool formula = is_formula(cell), quote = formula;
    for (size_t i = 0; i < cell.n && !quote; i++)
        quote = memchr(",\"\r\n\t;", cell.p[i], 6) != NULL;
    if (quote)
        lm_buf_putc(out, '"');
    if (formula)
        lm_buf_putc(out, '\'');
    while (cell.n != 0) {
        uint32_t cp = 0;
        size_t n = lm_utf8_decode(cell, &cp);
        if (n == 0 || cp == 0)
            lm_buf_put(out, LM_STR("\xef\xbf\xbd"));
        else if (cp == '"')
            lm_buf_put(out, LM_STR("\"\""));
        else
            lm_buf_put(out, lm_str_take(cell, n));
        cell = lm_str_skip(cell, n != 0 ? n : 1);
    }
    if (quote)
        lm_buf_putc(out, '"');
}

void lm_csv_end_row(struct lm_buf *out)
{
    lm_buf_put(out, LM_STR("\r\n"));
}
