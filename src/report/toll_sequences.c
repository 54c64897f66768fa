/* What followed what within minutes: network/sequence.h over the occurrences of one number. */
#include "report/toll_parts.h"

#define WORK_MOST 6000000u /* events of both directions, over all runs of all numbers: about 0.2 s */
#define RUNS_LEAST 100u

/* Fewer runs where a number has very many events; the pack says how many. */
static uint32_t runs_for(const struct lm_toll_wish *w, size_t n_numbers, size_t n)
{
    uint64_t most = n != 0 ? WORK_MOST / n_numbers / n : w->runs;
    most = most > RUNS_LEAST ? most : RUNS_LEAST;
    return most < w->runs ? (uint32_t)most : w->runs;
}

lm_err lm_toll_add_sequences(struct lm_arena *a, struct lm_toll_pack *p, struct lm_toll_number *t, struct lm_error *e)
{
    struct lm_sequence_wish wish = { .within_us = (int64_t)p->wish.within_minutes * 60 * LM_SECOND_US,
                                     .least = p->wish.least, .seed = p->wish.seed, .cancel = p->wish.cancel };
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
        t->sequence_events[t->n_sequence_events++] = (struct lm_sequence_event){
            .at_us = ev->at.us, .end_us = ev->at.us + length * LM_SECOND_US, .who = ev->contact, .out = ev->out };
    }
    wish.runs = runs_for(&p->wish, p->n, t->n_sequence_events);
    return lm_sequences_find(a, t->sequence_events, t->n_sequence_events, &wish, &t->sequences, e);
}
