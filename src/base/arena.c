#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CHUNK_BYTES ((size_t)64 << 10)
#define HUGE_BYTES ((size_t)2 << 20)
#define ALIGN _Alignof(max_align_t)

struct lm_arena_chunk {
    struct lm_arena_chunk *older;
    size_t size;
    size_t used;
    max_align_t data[];
};

void lm_arena_init(struct lm_arena *a, size_t ceiling_bytes)
{
    *a = (struct lm_arena){ .ceiling_bytes = ceiling_bytes != 0 ? ceiling_bytes : (size_t)1 << 30 };
}

/* Huge pages for what is huge: a page fault for every 4 KiB of it costs more than filling it. */
static void advise(struct lm_arena_chunk *c)
{
    uintptr_t from = ((uintptr_t)c->data + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
    uintptr_t to = ((uintptr_t)c->data + c->size) / HUGE_BYTES * HUGE_BYTES;
    if (from < to)
        (void)madvise((char *)c + (from - (uintptr_t)c), to - from, MADV_HUGEPAGE);
}

void *lm_arena_alloc(struct lm_arena *a, size_t n_bytes)
{
    if (n_bytes > a->ceiling_bytes)
        return NULL;
    size_t n = n_bytes == 0 ? ALIGN : (n_bytes + ALIGN - 1) / ALIGN * ALIGN;
    struct lm_arena_chunk *c = a->head;
    bool fresh = false;
    if (c == NULL || c->size - c->used < n) {
        size_t size = n > CHUNK_BYTES ? n : CHUNK_BYTES;
        if (a->used_bytes > a->ceiling_bytes || size > a->ceiling_bytes - a->used_bytes) {
            size = n; /* near the ceiling: only what is asked for */
            if (a->used_bytes > a->ceiling_bytes || size > a->ceiling_bytes - a->used_bytes)
                return NULL;
        }
        fresh = size > CHUNK_BYTES;
        c = fresh ? calloc(1, sizeof *c + size)
                  : malloc(sizeof *c + size); /* a big one comes from the system as zeros */
        if (c == NULL)
            return NULL;
        *c = (struct lm_arena_chunk){ .older = a->head, .size = size };
        a->head = c;
        a->used_bytes += size;
        if (size >= 2 * HUGE_BYTES)
            advise(c);
    }
    void *p = (char *)c->data + c->used;
    c->used += n;
    return fresh ? p : memset(p, 0, n);
}

void *lm_arena_array(struct lm_arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return lm_arena_alloc(a, bytes);
}

void *lm_arena_grow(struct lm_arena *a, void *v, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return v;
    size_t bigger = *cap == 0 ? 16 : *cap * 2;
    void *p = lm_arena_array(a, bigger, size);
    if (p == NULL)
        return NULL;
    if (n != 0)
        memcpy(p, v, n * size);
    *cap = bigger;
    return p;
}

struct lm_str lm_arena_copy(struct lm_arena *a, struct lm_str s)
{
    if (s.n == SIZE_MAX)
        return (struct lm_str){ NULL, 0 };
    char *p = lm_arena_alloc(a, s.n + 1);
    if (p == NULL)
        return (struct lm_str){ NULL, 0 };
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    return (struct lm_str){ p, s.n };
}

struct lm_str lm_arena_joined(struct lm_arena *a, struct lm_str s, struct lm_str t)
{
    char *p = s.n <= SIZE_MAX - 1 - t.n ? lm_arena_alloc(a, s.n + t.n + 1) : NULL;
    if (p == NULL)
        return (struct lm_str){ NULL, 0 };
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    if (t.n != 0)
        memcpy(p + s.n, t.p, t.n);
    return (struct lm_str){ p, s.n + t.n };
}

struct lm_str lm_arena_printf(struct lm_arena *a, const char *fmt, ...)
{
    char most[256]; /* of them are this short, and formatted once */
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(most, sizeof most, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof most)
        return lm_arena_copy(a, (struct lm_str){ most, (size_t)n });
    char *p = n >= 0 ? lm_arena_alloc(a, (size_t)n + 1) : NULL;
    if (p == NULL)
        return (struct lm_str){ NULL, 0 };
    va_start(ap, fmt);
    (void)vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return (struct lm_str){ p, (size_t)n };
}

void lm_arena_reset(struct lm_arena *a)
{
    struct lm_arena_chunk *keep = NULL;
    for (struct lm_arena_chunk *c = a->head; c != NULL; c = c->older)
        if (keep == NULL || c->size > keep->size)
            keep = c;
    struct lm_arena_chunk *c = a->head;
    while (c != NULL) {
        struct lm_arena_chunk *older = c->older;
        if (c != keep)
            free(c);
        c = older;
    }
    if (keep != NULL) {
        keep->older = NULL;
        keep->used = 0;
    }
    a->head = keep;
    a->used_bytes = keep != NULL ? keep->size : 0;
}

void lm_arena_free(struct lm_arena *a)
{
    for (struct lm_arena_chunk *c = a->head; c != NULL;) {
        struct lm_arena_chunk *older = c->older;
        free(c);
        c = older;
    }
    a->head = NULL;
    a->used_bytes = 0;
}
