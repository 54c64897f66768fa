/* workers.h - a few threads that share one loop; the result never depends on how many there are.
 *
 * Chunks are handed out in order. work(chunk) runs on any thread and leaves its result in slot
 * chunk % LM_WORKERS_SLOTS; merge(chunk) takes it from there, strictly in the order 0, 1, 2, … and one at
 * a time, so that sums of doubles are always taken in the same order. A slot is not given out again before
 * it was merged; a thread that the system holds up stops the others only when all slots are full.
 * With one worker everything runs on the caller.
 *
 * threads   the functions may be called by the opening thread only
 * test      tests/unit/test_network_betweenness.c (same bytes with 1, 2 and 5 threads)
 */
#ifndef LM_BASE_WORKERS_H
#define LM_BASE_WORKERS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

/* How much machine a measure may use, and how it is told to stop. NULL where one is asked for means
 * {0}. */
struct lm_effort {
    unsigned threads;          /* 0: as many as this process may run on, at most LM_WORKERS_MAX */
    const atomic_bool *cancel; /* polled; NULL: never cancelled */
};

#define LM_WORKERS_MAX 64
#define LM_WORKERS_SLOTS 16

struct lm_workers;

/* worker is 0 … n - 1: each has scratch of its own. */
struct lm_work {
    void (*work)(void *ctx, unsigned worker, uint32_t chunk);
    void (*merge)(void *ctx, uint32_t chunk);
    void *ctx;
};

/* Threads that the system refuses are done without. LM_ENOMEM only. */
lm_err lm_workers_open(struct lm_arena *a, const struct lm_effort *effort, struct lm_workers **ret);
unsigned lm_workers_count(const struct lm_workers *w);

/* alone: everything on the caller, where waking the others would cost more than it brings. */
void lm_workers_run(struct lm_workers *w, uint32_t n_chunks, bool alone, struct lm_work work);

/* Ends the threads. NULL is ignored. */
void lm_workers_close(struct lm_workers *w);

static inline bool lm_cancelled(const struct lm_effort *effort)
{
    return effort != NULL && effort->cancel != NULL
           && atomic_load_explicit(effort->cancel, memory_order_relaxed);
}

#endif
