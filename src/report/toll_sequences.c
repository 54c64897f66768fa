/* What followed what within minutes: network/sequence.h over the occurrences of one number. */
#include <stdlib.h>

#include "base/workers.h"
#include "report/toll_parts.h"

#define WORK_MOST 6000000u /* events of both directions, over all runs of all numbers: about 0.2 s */
#define RUNS_LEAST 100u
#define ALONE_EVENTS 500u /* over all numbers: below, threads cost more than they bring */

/* Fewer runs where a number has very many events; the pack says how many. */
static uint32_t runs_for(const struct lm_toll_wish *w, size_t n_numbers, size_t n)
{
    uint64_t most = n != 0 ? WORK_MOST / n_numbers / n : w->runs;
    most = most > RUNS_LEAST ? most : RUNS_LEAST;
    return most < w->runs ? (uint32_t)most : w->runs;
}

/* The events of one number that count. */
static lm_err choose(struct lm_arena *a, struct lm_toll_number *t, struct lm_error *e)
{
    t->sequence_events = lm_arena_array(a, t->n_events, sizeof *t->sequence_events);
    t->sequence_of = lm_arena_array(a, t->n_events, sizeof *t->sequence_of);
    if (t->sequence_events == NULL || t->sequence_of == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < t->n_events; i++) {
        const struct lm_toll_event *ev = &t->events[i];
        bool zoned = ev->at.quality == LM_TIME_UTC || ev->at.quality == LM_TIME_ZONE;
        if (!zoned || ev->outcome != LM_OUTCOME_TOOK_PLACE || t->contacts[ev->contact].is_protected)
            continue;
        int64_t length = ev->kind == LM_EVENT_CALL && ev->duration_s > 0 ? ev->duration_s : 0;
        length = length < 86400 ? length : 86400;
        t->sequence_of[t->n_sequence_events] = i;
        t->sequence_events[t->n_sequence_events++] =
            (struct lm_sequence_event){ .at_us = ev->at.us,
                                        .end_us = ev->at.us + length * LM_SECOND_US,
                                        .who = ev->contact,
                                        .out = ev->out };
    }
    return LM_OK;
}

/* Each number is one chunk of work; what one finds does not depend on the others. */
struct finding {
    struct lm_toll_pack *p;
    struct lm_arena scratch[LM_WORKERS_MAX]; /* of each worker, from one number to the next */
    struct found {
        lm_err err;
        struct lm_error e;
        struct lm_sequences s; /* list: from malloc */
    } *of;                     /* each number */
};

static void find(void *ctx, unsigned worker, uint32_t chunk)
{
    struct finding *x = ctx;
    const struct lm_toll_wish *w = &x->p->wish;
    const struct lm_toll_number *t = &x->p->numbers[chunk];
    struct found *f = &x->of[chunk];
    struct lm_sequences s = { 0 };
    struct lm_sequence_wish wish = { .within_us = (int64_t)w->within_minutes * 60 * LM_SECOND_US,
                                     .least = w->least,
                                     .runs = runs_for(w, x->p->n, t->n_sequence_events),
                                     .seed = w->seed,
                                     .cancel = w->cancel };
    f->err =
        lm_sequences_find(&x->scratch[worker], t->sequence_events, t->n_sequence_events, &wish, &s, &f->e);
    if (f->err == LM_OK && s.n != 0) {
        struct lm_sequence *list = malloc(s.n * sizeof *list);
        if (list != NULL)
            memcpy(list, s.list, s.n * sizeof *list);
        else
            f->err = lm_fail(&f->e, LM_ENOMEM, "out of memory");
        s.list = list;
    }
    f->s = s;
    lm_arena_reset(&x->scratch[worker]);
}

static void take_nothing(void *ctx, uint32_t chunk)
{
    (void)ctx;
    (void)chunk;
}

/* What was found into the pack; the error of the first number that has one. */
static lm_err take(struct lm_arena *a, struct finding *x, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < x->p->n; i++) {
        struct found *f = &x->of[i];
        struct lm_sequence *list = f->s.list;
        if (err == LM_OK && f->err != LM_OK) {
            err = f->err;
            if (e != NULL)
                *e = f->e;
        }
        if (err == LM_OK && f->s.n != 0) {
            f->s.list = lm_arena_array(a, f->s.n, sizeof *f->s.list);
            if (f->s.list != NULL)
                memcpy(f->s.list, list, f->s.n * sizeof *list);
            else
                err = lm_fail(e, LM_ENOMEM, "out of memory");
        }
        free(list);
        x->p->numbers[i].sequences = f->s;
    }
    return err;
}

lm_err lm_toll_add_sequences(struct lm_arena *a, struct lm_toll_pack *p, struct lm_error *e)
{
    struct lm_workers *workers = NULL;
    struct finding *x = lm_arena_alloc(a, sizeof *x);
    lm_err err = x != NULL ? LM_OK : lm_fail(e, LM_ENOMEM, "out of memory");
    size_t n = 0;
    for (size_t i = 0; i < p->n && err == LM_OK; i++) {
        err = choose(a, &p->numbers[i], e);
        n += p->numbers[i].n_sequence_events;
    }
    if (err != LM_OK)
        return err;
    x->p = p;
    x->of = lm_arena_array(a, p->n, sizeof *x->of);
    if (x->of == NULL || lm_workers_open(a, NULL, &workers) != LM_OK)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (unsigned i = 0; i < LM_WORKERS_MAX; i++)
        lm_arena_init(&x->scratch[i], 0);
    lm_workers_run(workers, (uint32_t)p->n, n < ALONE_EVENTS, (struct lm_work){ find, take_nothing, x });
    lm_workers_close(workers);
    for (unsigned i = 0; i < LM_WORKERS_MAX; i++)
        lm_arena_free(&x->scratch[i]);
    return take(a, x, e);
}
