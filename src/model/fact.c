#include "model/fact.h"

#include <stdio.h>

const char *lm_locator_format(const struct lm_locator *l, char out[LM_LOCATOR_TEXT])
{
    unsigned long long a = l->a, b = l->b;
    out[0] = '\0';
    switch (l->kind) {
    case LM_LOCATOR_NONE:
        break;
    case LM_LOCATOR_BYTES:
        (void)snprintf(out, LM_LOCATOR_TEXT, "byte %llu", a);
        break;
    case LM_LOCATOR_ROW:
        (void)snprintf(out, LM_LOCATOR_TEXT, "row %llu (byte %llu)", a, b);
        break;
    case LM_LOCATOR_TABLE:
        (void)snprintf(out, LM_LOCATOR_TEXT, "table %.*s row %lld", LM_STR_ARG(lm_str_take(l->name, 100)), (long long)l->a);
        break;
    case LM_LOCATOR_SHEET:
        (void)snprintf(out, LM_LOCATOR_TEXT, "sheet %.*s row %llu", LM_STR_ARG(lm_str_take(l->name, 100)), a);
        break;
    case LM_LOCATOR_PAGE:
        if (l->b >> 32 == 0)
            (void)snprintf(out, LM_LOCATOR_TEXT, "page %llu", a);
        else if ((l->b & UINT32_MAX) == 0)
            (void)snprintf(out, LM_LOCATOR_TEXT, "page %llu line %llu", a, b >> 32);
        else
            (void)snprintf(out, LM_LOCATOR_TEXT, "page %llu line %llu column %llu", a, b >> 32, (b & UINT32_MAX) + 1);
        break;
    }
    return out;
}

const char *lm_problem_kind_word(enum lm_problem_kind k)
{
    static const char *const words[] = { "rejected", "altered", "doubted", "lost" };
    return (size_t)k < sizeof words / sizeof words[0] ? words[k] : "?";
}
