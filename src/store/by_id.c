#include "store/by_id.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define ID_BYTES 21 /* of one, with its comma */

struct side { /* one connection, and the thread that it belongs to while reading */
    struct reading *of;
    struct lm_store *st;
    sqlite3_stmt *q;
    char *text;
};

struct reading {
    const struct lm_by_id *what;
    const int64_t *ids;
    size_t n, n_chunks;
    struct side sides[2];
    struct slot {
        char *rows;
        size_t n;
        struct lm_arena arena;
        lm_err err;
        struct lm_error e;
        bool ready; /* under the lock; the rest belongs to who took the chunk, then to the caller */
    } slots[LM_BY_ID_SLOTS];
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t next, given; /* chunks taken, chunks given */
    bool stop;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static lm_err open_side(struct reading *x, struct side *s, struct lm_store *st, struct lm_error *e)
{
    *s = (struct side){ .of = x, .st = st, .text = malloc(LM_BY_ID_CHUNK * ID_BYTES + 3) };
    return s->text == NULL ? no_memory(e) : lm_db_prepare(st, x->what->sql, &s->q, e);
}

static void close_side(struct side *s)
{
    (void)sqlite3_finalize(s->q);
    free(s->text);
}

/* The ids as a JSON array, for parameter 1. */
static void bind_ids(struct side *s, const int64_t *ids, size_t n)
{
    size_t used = 0;
    s->text[used++] = '[';
    for (size_t k = 0; k < n; k++)
        used += (size_t)snprintf(s->text + used, ID_BYTES + 1, k != 0 ? ",%lld" : "%lld", (long long)ids[k]);
    s->text[used++] = ']';
    (void)sqlite3_bind_text(s->q, 1, s->text, (int)used, SQLITE_STATIC);
}

static lm_err read_rows(struct side *s, size_t most, struct slot *slot)
{
    const struct lm_by_id *w = s->of->what;
    bool row = false;
    lm_err err;
    while ((err = lm_db_step(s->st, s->q, &row, &slot->e)) == LM_OK && row) {
        if (slot->n == most)
            return lm_fail(&slot->e, LM_EDAMAGED, "two rows with one id");
        if ((err = w->read(w->user, s->q, &slot->arena, slot->rows + slot->n * w->row_bytes, &slot->e))
            != LM_OK)
            break;
        slot->n++;
    }
    return err;
}

static void read_chunk(struct side *s, size_t chunk)
{
    struct reading *x = s->of;
    struct slot *slot = &x->slots[chunk % LM_BY_ID_SLOTS];
    size_t from = chunk * LM_BY_ID_CHUNK, n = x->n - from < LM_BY_ID_CHUNK ? x->n - from : LM_BY_ID_CHUNK;
    slot->n = 0;
    lm_arena_reset(&slot->arena);
    if (slot->rows == NULL && (slot->rows = malloc(LM_BY_ID_CHUNK * x->what->row_bytes)) == NULL) {
        slot->err = no_memory(&slot->e);
        return;
    }
    bind_ids(s, x->ids + from, n);
    x->what->bind(x->what->user, s->q);
    slot->err = read_rows(s, n, slot);
    (void)sqlite3_reset(s->q);
}

/* Takes the next chunk and reads it. The lock is held on entry and on return. */
static void take_chunk(struct side *s)
{
    struct reading *x = s->of;
    size_t chunk = x->next++;
    (void)pthread_mutex_unlock(&x->lock);
    read_chunk(s, chunk);
    (void)pthread_mutex_lock(&x->lock);
    x->slots[chunk % LM_BY_ID_SLOTS].ready = true;
    (void)pthread_cond_broadcast(&x->moved);
}

static bool may_take(const struct reading *x)
{
    return x->next < x->n_chunks && x->next - x->given < LM_BY_ID_SLOTS;
}

static void *thread_main(void *arg)
{
    struct side *s = arg;
    struct reading *x = s->of;
    (void)pthread_mutex_lock(&x->lock);
    while (!x->stop && x->next < x->n_chunks) {
        if (may_take(x))
            take_chunk(s);
        else
            (void)pthread_cond_wait(&x->moved, &x->lock);
    }
    (void)pthread_mutex_unlock(&x->lock);
    return NULL;
}

static lm_err give_chunk(struct reading *x, const struct slot *slot, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < slot->n && err == LM_OK; i++)
        err = x->what->give(x->what->user, slot->rows + i * x->what->row_bytes, e);
    if (err == LM_OK && slot->err != LM_OK) {
        err = slot->err;
        if (e != NULL)
            *e = slot->e;
    }
    return err;
}

/* The caller's part: gives what is ready and next, reads where nothing is. */
static lm_err give_all(struct reading *x, struct lm_error *e)
{
    lm_err err = LM_OK;
    (void)pthread_mutex_lock(&x->lock);
    while (x->given < x->n_chunks && err == LM_OK) {
        struct slot *slot = &x->slots[x->given % LM_BY_ID_SLOTS];
        if (slot->ready) {
            (void)pthread_mutex_unlock(&x->lock);
            err = give_chunk(x, slot, e);
            (void)pthread_mutex_lock(&x->lock);
            slot->ready = false;
            x->given++;
            (void)pthread_cond_broadcast(&x->moved);
        } else if (may_take(x)) {
            take_chunk(&x->sides[0]);
        } else {
            (void)pthread_cond_wait(&x->moved, &x->lock);
        }
    }
    x->stop = true;
    (void)pthread_cond_broadcast(&x->moved);
    (void)pthread_mutex_unlock(&x->lock);
    return err;
}

lm_err lm_by_id(struct lm_look *look, const struct lm_by_id *what, const int64_t *ids, size_t n,
                struct lm_error *e)
{
    struct reading x = {
        .what = what, .ids = ids, .n = n, .n_chunks = (n + LM_BY_ID_CHUNK - 1) / LM_BY_ID_CHUNK
    };
    pthread_t thread;
    bool threaded = false;
    if (n == 0)
        return LM_OK;
    if (pthread_mutex_init(&x.lock, NULL) != 0)
        return no_memory(e);
    if (pthread_cond_init(&x.moved, NULL) != 0) {
        (void)pthread_mutex_destroy(&x.lock);
        return no_memory(e);
    }
    for (size_t i = 0; i < LM_BY_ID_SLOTS; i++)
        lm_arena_init(&x.slots[i].arena, 0);
    lm_err err = open_side(&x, &x.sides[0], look->st, e);
    if (err == LM_OK && look->beside != NULL
        && x.n_chunks > 1) /* a thread that cannot be had is done without */
        threaded = open_side(&x, &x.sides[1], look->beside, NULL) == LM_OK
                   && pthread_create(&thread, NULL, thread_main, &x.sides[1]) == 0;
    if (err == LM_OK)
        err = give_all(&x, e);
    if (threaded)
        (void)pthread_join(thread, NULL);
    close_side(&x.sides[0]);
    close_side(&x.sides[1]);
    for (size_t i = 0; i < LM_BY_ID_SLOTS; i++) {
        lm_arena_free(&x.slots[i].arena);
        free(x.slots[i].rows);
    }
    (void)pthread_cond_destroy(&x.moved);
    (void)pthread_mutex_destroy(&x.lock);
    return err;
}
