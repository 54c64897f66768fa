/* Days of a number: activity, none, not to be known, no data. See enum lm_toll_day. */
#include "report/toll_parts.h"

#include <stdlib.h>

#define DAYS_MOST 36525 /* a century: dates beyond are a clock that was never set */

const char *lm_toll_day_word(enum lm_toll_day d)
{
    static const char *const words[] = { "active", "quiet", "unknown", "no_data" };
    return (size_t)d < sizeof words / sizeof words[0] ? words[d] : "?";
}

uint32_t lm_toll_source_index(const struct lm_toll_pack *p, int64_t source)
{
    size_t low = 0, high = p->n_sources;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (p->sources[mid].id < source)
            low = mid + 1;
        else
            high = mid;
    }
    return low < p->n_sources && p->sources[low].id == source ? (uint32_t)low : UINT32_MAX;
}

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* An end of nearly all that a source says, with several others: its own records. With one other it could be
 * either's. */
static bool own_records(const struct lm_toll_span *s, const struct lm_toll_source *source, struct lm_str key,
                        bool several)
{
    uint64_t facts = source->counts.facts;
    return lm_str_eq(source->owner, key) || (several && s->events >= facts - facts / 10);
}

lm_err lm_toll_add_spans(struct lm_toll_making *m, struct lm_toll_number *t)
{
    struct lm_toll_pack *p = m->p;
    struct lm_toll_span *of = lm_arena_array(m->a, p->n_sources, sizeof *of);
    struct other {
        int64_t first;
        bool several;
    } *with = lm_arena_array(m->a, p->n_sources, sizeof *with);
    if (of == NULL || with == NULL)
        return no_memory(m->e);
    for (size_t i = 0; i < p->n_sources; i++)
        of[i] =
            (struct lm_toll_span){ .source = (uint32_t)i, .first_day = LM_DAY_NONE, .last_day = LM_DAY_NONE };
    for (size_t i = 0; i < t->n_legs; i++) {
        uint32_t s = lm_toll_source_index(p, t->legs[i].source);
        int32_t day;
        if (s == UINT32_MAX)
            continue;
        of[s].events++;
        with[s].first = with[s].first == 0 ? t->legs[i].other : with[s].first;
        with[s].several = with[s].several || (t->legs[i].other != 0 && t->legs[i].other != with[s].first);
        if (!lm_toll_day_of(p, &t->legs[i].at, &day))
            continue;
        of[s].first_day = of[s].first_day == LM_DAY_NONE || day < of[s].first_day ? day : of[s].first_day;
        of[s].last_day = of[s].last_day == LM_DAY_NONE || day > of[s].last_day ? day : of[s].last_day;
    }
    t->spans = of;
    for (size_t i = 0; i < p->n_sources; i++) {
        if (of[i].events == 0)
            continue;
        of[i].own = own_records(&of[i], &p->sources[i], t->key, with[i].several);
        t->spans[t->n_spans++] = of[i];
    }
    return LM_OK;
}

/* The days that are told of: those asked for, or from the first to the last day of any event or covered day.
 */
static bool window(const struct lm_toll_pack *p, const struct lm_toll_number *t, int32_t *ret_from,
                   int32_t *ret_to)
{
    const struct lm_toll_wish *w = &p->wish;
    int32_t from = w->covered_from, to = w->covered_to, day;
    for (size_t i = 0; i < t->n_events; i++) {
        if (!lm_toll_day_of(p, &t->events[i].at, &day))
            break; /* undated ones are last */
        from = from == LM_DAY_NONE || day < from ? day : from;
        to = to == LM_DAY_NONE || day > to ? day : to;
    }
    for (size_t i = 0; i < t->n_spans; i++) {
        const struct lm_toll_source *s = &p->sources[t->spans[i].source];
        if (!t->spans[i].own)
            continue;
        from = s->from_day != LM_DAY_NONE && (from == LM_DAY_NONE || s->from_day < from) ? s->from_day : from;
        to = s->to_day != LM_DAY_NONE && (to == LM_DAY_NONE || s->to_day > to) ? s->to_day : to;
    }
    *ret_from = w->from_day != LM_DAY_NONE ? w->from_day : from;
    *ret_to = w->to_day != LM_DAY_NONE ? w->to_day : to;
    return *ret_from != LM_DAY_NONE && *ret_to != LM_DAY_NONE && *ret_from <= *ret_to;
}

/* Days from..to that are not better than state become it. */
static void mark(uint8_t *days, int32_t first, size_t n, int32_t from, int32_t to, enum lm_toll_day state)
{
    if (from == LM_DAY_NONE || to == LM_DAY_NONE || to < first)
        return;
    size_t begin = from > first ? (size_t)((int64_t)from - first) : 0,
           end = (size_t)((int64_t)to - first) + 1;
    for (size_t i = begin; i < n && i < end; i++)
        days[i] = days[i] > state ? (uint8_t)state : days[i];
}

static void mark_all(const struct lm_toll_pack *p, const struct lm_toll_number *t, uint8_t *days,
                     int32_t first, size_t n)
{
    int32_t day;
    mark(days, first, n, p->wish.covered_from, p->wish.covered_to, LM_DAY_QUIET);
    for (size_t i = 0; i < t->n_spans; i++) {
        const struct lm_toll_span *s = &t->spans[i];
        const struct lm_toll_source *source = &p->sources[s->source];
        if (!s->own)
            continue;
        mark(days, first, n, s->first_day, s->last_day, LM_DAY_QUIET);
        mark(days, first, n, source->from_day, source->to_day, LM_DAY_UNKNOWN);
    }
    for (size_t i = 0; i < t->n_legs; i++) /* any record, also of a group or of nobody */
        if (lm_toll_day_of(p, &t->legs[i].at, &day))
            mark(days, first, n, day, day, LM_DAY_ACTIVE);
}

lm_err lm_toll_add_days(struct lm_toll_making *m, struct lm_toll_number *t)
{
    int32_t from, to;
    size_t cap = 0;
    for (size_t i = 0; i < t->n_spans; i++)
        t->has_own = t->has_own || t->spans[i].own;
    if (!window(m->p, t, &from, &to))
        return LM_OK;
    size_t n = (size_t)((int64_t)to - from) + 1;
    n = n < DAYS_MOST ? n : DAYS_MOST;
    uint8_t *days = lm_arena_alloc(m->a, n);
    if (days == NULL)
        return no_memory(m->e);
    memset(days, LM_DAY_NO_DATA, n);
    mark_all(m->p, t, days, from, n);
    for (size_t i = 0; i < n; i++) {
        int32_t day = from + (int32_t)i;
        t->day_count[days[i]]++;
        if (t->n_days != 0 && t->days[t->n_days - 1].state == (enum lm_toll_day)days[i]) {
            t->days[t->n_days - 1].to = day;
            continue;
        }
        struct lm_toll_days *list = lm_arena_grow(m->a, t->days, t->n_days, &cap, sizeof *list);
        if (list == NULL)
            return no_memory(m->e);
        t->days = list;
        list[t->n_days++] = (struct lm_toll_days){ day, day, (enum lm_toll_day)days[i] };
    }
    return LM_OK;
}
