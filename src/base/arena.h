/* arena.h - memory with one lifetime: `run`, `file` or `record`. Always the first argument.
 *
 * Bytes come from chunks of at least 64 KiB; nothing is freed one by one. Every arena has a
 * ceiling: beyond it, and when the system has no memory, an allocation gives NULL (LM_ENOMEM for
 * the caller). Memory is zeroed. One thread at a time.
 */
#ifndef LM_BASE_ARENA_H
#define LM_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct lm_arena_chunk;

struct lm_arena {
    struct lm_arena_chunk *head;  /* the chunk in use, then the older ones */
    size_t used_bytes;            /* all chunks together */
    size_t ceiling_bytes;
};

/* ceiling_bytes 0 means 1 GiB. Allocates nothing yet. */
void lm_arena_init(struct lm_arena *a, size_t ceiling_bytes);

/* Aligned for any object. n = 0 gives a valid pointer. NULL beyond the ceiling. */
void *lm_arena_alloc(struct lm_arena *a, size_t n_bytes) __attribute__((malloc));

/* count × size with overflow check. */
void *lm_arena_array(struct lm_arena *a, size_t count, size_t size) __attribute__((malloc));

/* Room for element n of an array that doubles as it grows; older blocks stay in the arena (at most twice the
 * memory). Returns the array, moved or not; NULL when there is no memory, v then untouched. */
void *lm_arena_grow(struct lm_arena *a, void *v, size_t n, size_t *cap, size_t size);

/* Copy with a terminating NUL that is not counted in n; p = NULL when there is no memory. */
struct lm_str lm_arena_copy(struct lm_arena *a, struct lm_str s);

/* s and t behind it, as lm_arena_copy. */
struct lm_str lm_arena_joined(struct lm_arena *a, struct lm_str s, struct lm_str t);

/* Formatted text, terminated; p = NULL when there is no memory. */
struct lm_str lm_arena_printf(struct lm_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets everything but keeps the largest chunk for the next round. */
void lm_arena_reset(struct lm_arena *a);

/* Gives everything back. */
void lm_arena_free(struct lm_arena *a);

#endif
