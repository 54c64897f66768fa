#include "model/grade.h"

struct scheme {
    const char *name;
    const char *first, *second, *third; /* letters and digits of each place; third may be left out, NULL: there is none */
};

static const struct scheme schemes[] = {
    { "admiralty", "ABCDEF", "123456", NULL },
    { "5x5x5", "ABCDE", "12345", "12345" },
    { "3x5x2", "123", "ABCDE", "PC" },
    { "4x4", "ABCX", "1234", NULL },
};

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool one_of(const char *set, char c)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool read_value(const struct scheme *s, struct lm_str v, struct lm_grade *ret)
{
    struct lm_grade g = { .scheme = s->name };
    if (v.n < 2 || v.n > 3)
        return false;
    for (size_t i = 0; i < v.n; i++)
        g.value[i] = upper(v.p[i]);
    if (!one_of(s->first, g.value[0]) || !one_of(s->second, g.value[1])
        || (v.n == 3 && (s->third == NULL || !one_of(s->third, g.value[2]))))
        return false;
    *ret = g;
    return true;
}

lm_err lm_grade_parse(struct lm_str text, struct lm_grade *ret, struct lm_error *e)
{
    text = lm_str_trim(text);
    size_t at = lm_str_find(text, LM_STR(":"));
    for (size_t i = 0; at != SIZE_MAX && i < sizeof schemes / sizeof schemes[0]; i++)
        if (lm_str_is_nocase(lm_str_take(text, at), schemes[i].name)
            && read_value(&schemes[i], lm_str_skip(text, at + 1), ret))
            return LM_OK;
    (void)lm_fail(e, LM_EUSAGE, "this is not a grade that is known");
    lm_fail_hint(e, "SCHEME:VALUE: admiralty:A1 to F6, 5x5x5:A1 to E5 (A11 with handling), 3x5x2:1A to 3E (1AP, 1AC), 4x4:A1 to"
                    " X4");
    return LM_EUSAGE;
}
