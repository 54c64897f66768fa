#include "base/workers.h"

#include <pthread.h>
#include <sched.h>

struct lm_workers {
    pthread_t threads[LM_WORKERS_MAX]; /* [0] unused: the caller */
    struct seat {
        struct lm_workers *of;
        unsigned number;
    } seats[LM_WORKERS_MAX];
    unsigned n;
    pthread_mutex_t lock;
    pthread_cond_t start, room, done;
    bool ready; /* lock and conditions exist */
    /* under the lock */
    struct lm_work work;
    uint64_t round;
    uint32_t n_chunks, next, merged;
    bool worked[LM_WORKERS_SLOTS]; /* the slot waits to be merged */
    bool merging;
    unsigned busy;
    bool closing;
};

unsigned lm_workers_count(const struct lm_workers *w)
{
    return w->n;
}

/* Merges what is ready and next, unless another thread is at it. The lock is held on entry and return;
 * it need not be held for the merging itself, which `merging` keeps to one thread. */
static void merge_ready(struct lm_workers *w)
{
    if (w->merging)
        return;
    w->merging = true;
    while (w->worked[w->merged % LM_WORKERS_SLOTS]) {
        uint32_t chunk = w->merged;
        pthread_mutex_unlock(&w->lock);
        w->work.merge(w->work.ctx, chunk);
        pthread_mutex_lock(&w->lock);
        w->worked[chunk % LM_WORKERS_SLOTS] = false;
        w->merged++;
        pthread_cond_broadcast(&w->room);
    }
    w->merging = false;
}

/* Takes chunks until there are none. The lock is held on entry and on return. */
static void take_chunks(struct lm_workers *w, unsigned worker)
{
    while (w->next < w->n_chunks) {
        if (w->next - w->merged >= LM_WORKERS_SLOTS) {
            pthread_cond_wait(&w->room, &w->lock);
            continue;
        }
        uint32_t chunk = w->next++;
        pthread_mutex_unlock(&w->lock);
        w->work.work(w->work.ctx, worker, chunk);
        pthread_mutex_lock(&w->lock);
        w->worked[chunk % LM_WORKERS_SLOTS] = true;
        merge_ready(w);
    }
}

static void *thread_main(void *arg)
{
    struct seat *seat = arg;
    struct lm_workers *w = seat->of;
    uint64_t seen = 0;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (w->round == seen && !w->closing)
            pthread_cond_wait(&w->start, &w->lock);
        if (w->closing)
            break;
        seen = w->round;
        w->busy++;
        take_chunks(w, seat->number);
        if (--w->busy == 0)
            pthread_cond_signal(&w->done);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static unsigned usable_cpus(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n > 0 ? (unsigned)n : 1;
}

lm_err lm_workers_open(struct lm_arena *a, const struct lm_effort *effort, struct lm_workers **ret)
{
    struct lm_workers *w = lm_arena_alloc(a, sizeof *w);
    if (w == NULL)
        return LM_ENOMEM;
    unsigned want = effort != NULL && effort->threads != 0 ? effort->threads : usable_cpus();
    if (want > LM_WORKERS_MAX)
        want = LM_WORKERS_MAX;
    w->n = 1;
    if (want > 1) {
        if (pthread_mutex_init(&w->lock, NULL) != 0)
            return LM_ENOMEM;
        (void)pthread_cond_init(&w->start, NULL);
        (void)pthread_cond_init(&w->room, NULL);
        (void)pthread_cond_init(&w->done, NULL);
        w->ready = true;
        while (w->n < want) {
            w->seats[w->n] = (struct seat){ w, w->n };
            if (pthread_create(&w->threads[w->n], NULL, thread_main, &w->seats[w->n]) != 0)
                break;
            w->n++;
        }
    }
    *ret = w;
    return LM_OK;
}

void lm_workers_run(struct lm_workers *w, uint32_t n_chunks, bool alone, struct lm_work work)
{
    if (w->n == 1 || alone || n_chunks < 2) {
        for (uint32_t c = 0; c < n_chunks; c++) {
            work.work(work.ctx, 0, c);
            work.merge(work.ctx, c);
        }
        return;
    }
    pthread_mutex_lock(&w->lock);
    w->work = work;
    w->n_chunks = n_chunks;
    w->next = w->merged = 0;
    w->round++;
    pthread_cond_broadcast(&w->start);
    take_chunks(w, 0);
    while (w->busy > 0)
        pthread_cond_wait(&w->done, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

void lm_workers_close(struct lm_workers *w)
{
    if (w == NULL || !w->ready)
        return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->start);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 1; i < w->n; i++)
        (void)pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->done);
    pthread_cond_destroy(&w->room);
    pthread_cond_destroy(&w->start);
    pthread_mutex_destroy(&w->lock);
}
