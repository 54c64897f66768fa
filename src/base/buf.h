/* buf.h - a growing run of bytes with a ceiling.
 *
 * Failure is sticky: after the ceiling is reached, or memory runs out, `failed` stays set and further
 * appends do nothing, so a writer checks once at the end. The ceiling must be given.
 */
#ifndef LM_BASE_BUF_H
#define LM_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct lm_buf {
    char *p;
    size_t n;
    size_t cap;
    size_t ceiling_bytes;
    bool failed;
};

void lm_buf_init(struct lm_buf *b, size_t ceiling_bytes);
void lm_buf_free(struct lm_buf *b);

/* Forgets the content and the failure, keeps the memory. */
void lm_buf_clear(struct lm_buf *b);

void lm_buf_put(struct lm_buf *b, struct lm_str s);
static inline void lm_buf_putc(struct lm_buf *b, char c)
{
    if (!b->failed && b->n < b->cap && b->n < b->ceiling_bytes)
        b->p[b->n++] = c;
    else
        lm_buf_put(b, (struct lm_str){ &c, 1 });
}
void lm_buf_printf(struct lm_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* lm_decimal_grouped of str.h. */
void lm_buf_grouped(struct lm_buf *b, struct lm_str decimal);

/* Room for n more bytes; NULL on failure. The caller then adds to b->n what it wrote. */
char *lm_buf_reserve(struct lm_buf *b, size_t n);

/* Valid until the next append. */
static inline struct lm_str lm_buf_str(const struct lm_buf *b)
{
    return (struct lm_str){ b->p, b->n };
}

#endif
