#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void lm_buf_init(struct lm_buf *b, size_t ceiling_bytes)
{
    *b = (struct lm_buf){ .ceiling_bytes = ceiling_bytes };
}

void lm_buf_free(struct lm_buf *b)
{
    free(b->p);
    *b = (struct lm_buf){ .ceiling_bytes = b->ceiling_bytes };
}

void lm_buf_clear(struct lm_buf *b)
{
    b->n = 0;
    b->failed = false;
}

char *lm_buf_reserve(struct lm_buf *b, size_t n)
{
    if (b->failed)
        return NULL;
    if (n > b->ceiling_bytes - b->n) {
        b->failed = true;
        return NULL;
    }
    if (b->n + n > b->cap) {
        size_t cap = b->cap < 256 ? 256 : b->cap;
        while (cap < b->n + n)
            cap = cap > b->ceiling_bytes / 2 ? b->ceiling_bytes : cap * 2;
        char *p = realloc(b->p, cap);
        if (p == NULL) {
            b->failed = true;
            return NULL;
        }
        b->p = p;
        b->cap = cap;
    }
    return b->p + b->n;
}

void lm_buf_put(struct lm_buf *b, struct lm_str s)
{
    if (s.n == 0)
        return;
    bool room = !b->failed && b->n < b->cap && s.n <= b->cap - b->n && b->cap <= b->ceiling_bytes;
    char *p = room ? b->p + b->n : lm_buf_reserve(b, s.n);
    if (p != NULL) {
        memcpy(p, s.p, s.n);
        b->n += s.n;
    }
}

void lm_buf_printf(struct lm_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n >= 0 ? lm_buf_reserve(b, (size_t)n + 1) : NULL;
    if (p == NULL) {
        b->failed = true;
        return;
    }
    va_start(ap, fmt);
    (void)vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

void lm_buf_grouped(struct lm_buf *b, struct lm_str decimal)
{
    char *p = lm_buf_reserve(b, lm_decimal_width(decimal));
    if (p != NULL)
        b->n += lm_decimal_grouped(decimal, p);
}
