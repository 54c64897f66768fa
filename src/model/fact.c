#include "model/fact.h"

#include <stdio.h>

#define PAGE_SHIFT 44
#define LINE_SHIFT 24
#define MOST_PAGES 0x7ffffu /* what the workspace stores is signed */
#define MOST_LINES 0xfffffu
#define MOST_COLUMNS 0xffffffu

struct lm_locator lm_locator_page(uint32_t number, uint32_t line, uint32_t column)
{
    uint64_t a = (uint64_t)(number < MOST_PAGES ? number : MOST_PAGES) << PAGE_SHIFT;
    a |= (uint64_t)(line < MOST_LINES ? line : MOST_LINES) << LINE_SHIFT;
    a |= column < MOST_COLUMNS ? column : MOST_COLUMNS;
    return (struct lm_locator){ .kind = LM_LOCATOR_SHEET, .a = a };
}

static void page(unsigned long long a, char out[LM_LOCATOR_TEXT])
{
    unsigned long long line = a >> LINE_SHIFT & MOST_LINES, column = a & MOST_COLUMNS;
    if (line == 0)
        (void)snprintf(out, LM_LOCATOR_TEXT, "page %llu", a >> PAGE_SHIFT);
    else if (column == 0)
        (void)snprintf(out, LM_LOCATOR_TEXT, "page %llu line %llu", a >> PAGE_SHIFT, line);
    else
        (void)snprintf(out, LM_LOCATOR_TEXT, "page %llu line %llu column %llu", a >> PAGE_SHIFT, line, column + 1);
}

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
        (void)snprintf(out, LM_LOCATOR_TEXT, "row %llu (byte %llu)%s%.*s", a, b, l->name.n != 0 ? ", " : "", LM_STR_ARG(lm_str_take(l->name, 100)));
        break;
    case LM_LOCATOR_TABLE:
        (void)snprintf(out, LM_LOCATOR_TEXT, "table %.*s row %lld", LM_STR_ARG(lm_str_take(l->name, 100)), (long long)l->a);
        break;
    case LM_LOCATOR_SHEET:
        if (l->name.n == 0 && a >> PAGE_SHIFT != 0) {
            page(a, out);
            break;
        }
        (void)snprintf(out, LM_LOCATOR_TEXT, "sheet %.*s row %llu", LM_STR_ARG(lm_str_take(l->name, 100)), a);
        break;
    }
    return out;
}

const char *lm_problem_kind_word(enum lm_problem_kind k)
{
    static const char *const words[] = { "rejected", "altered", "doubted", "lost" };
    return (size_t)k < sizeof words / sizeof words[0] ? words[k] : "?";
}
