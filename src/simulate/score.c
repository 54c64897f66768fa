#include "simulate/score.h"

#include "base/map.h"
#include "simulate/exhibit.h"
#include "simulate/score_parts.h"
#include "store/source_record.h"

struct planted {
    uint64_t at, check;
    uint32_t event; /* 0: none */
    char fate;
    bool has_check, seen;
};

/* Records of one source in the truth: a slice of planted[], in order of `at` as written. */
struct planted_source {
    struct planted *v;
    size_t n, next;
};

struct event_state {
    int64_t occurrence; /* 0: no record yet */
    bool split;
};

struct scoring {
    struct lm_arena *run, *one; /* whole run; one investigation */
    struct lm_store *st;
    const char *truth;
    struct sim_score *score;
    struct lm_error *e;
    struct lm_map sources; /* "authority\npath" → source id */
    /* the investigation at hand */
    struct lm_map index;        /* source number of the truth → index into lists */
    struct planted_source *lists;
    size_t n_lists, cap_lists;
    struct event_state *events;
    size_t n_events;
    struct lm_map occurrences;  /* occurrence id → event, or event + 2^32 once merged */
    struct planted_source *at_hand;
};

static lm_err no_memory(struct scoring *s)
{
    return lm_fail(s->e, LM_ENOMEM, "out of memory");
}

static struct lm_str number_key(const uint64_t *n)
{
    return (struct lm_str){ (const char *)n, sizeof *n };
}

/* --- the truth of one investigation --- */

static lm_err each_source_line(void *user, const struct lm_csv_row *row)
{
    struct scoring *s = user;
    int64_t number;
    uint64_t *at;
    if (row->n != 4 || !lm_str_to_i64(row->cells[0], &number))
        return LM_EINPUT;
    struct planted_source *v = lm_arena_grow(s->one, s->lists, s->n_lists, &s->cap_lists, sizeof *v);
    if (v == NULL)
        return LM_ENOMEM;
    s->lists = v;
    v[s->n_lists] = (struct planted_source){ 0 };
    uint64_t key = (uint64_t)number;
    return lm_map_put(&s->index, number_key(&key), s->n_lists++, &at, NULL);
}

static lm_err parse_record(const struct lm_csv_row *row, uint64_t *ret_source, struct planted *ret)
{
    int64_t source, at, event = 0;
    if (row->n != 5 || !lm_str_to_i64(row->cells[0], &source) || !lm_str_to_i64(row->cells[1], &at) || row->cells[2].n != 1
        || (row->cells[3].n != 0 && (!lm_str_to_i64(row->cells[3], &event) || event < 1 || event > SIM_MAX_EVENTS)))
        return LM_EINPUT;
    *ret = (struct planted){ .at = (uint64_t)at, .fate = row->cells[2].p[0], .event = (uint32_t)event };
    ret->has_check = row->cells[4].n == 16;
    for (size_t i = 0; ret->has_check && i < 16; i++) {
        char c = row->cells[4].p[i];
        ret->check = ret->check << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *ret_source = (uint64_t)source;
    return LM_OK;
}

/* Records of a source stand together: the list grows only while it is the last one. */
struct filling {
    struct scoring *s;
    uint64_t source;
    struct planted_source *list;
    struct planted *v;
    size_t n, cap;
};

static lm_err each_record_line(void *user, const struct lm_csv_row *row)
{
    struct filling *f = user;
    struct planted p;
    uint64_t source;
    lm_err err = parse_record(row, &source, &p);
    if (err != LM_OK)
        return err;
    if (f->list == NULL || source != f->source) {
        uint64_t *at = lm_map_get(&f->s->index, number_key(&source));
        if (at == NULL)
            return LM_EINPUT;
        f->source = source;
        f->list = &f->s->lists[*at];
        f->v = NULL;
        f->n = f->cap = 0;
    }
    struct planted *v = lm_arena_grow(f->s->one, f->v, f->n, &f->cap, sizeof *v);
    if (v == NULL)
        return LM_ENOMEM;
    f->v = v;
    v[f->n++] = p;
    f->list->v = v;
    f->list->n = f->n;
    return LM_OK;
}

/* --- the workspace beside it --- */

/* Records come in the order of their places: usually the next one. */
static struct planted *find(struct planted_source *l, uint64_t at)
{
    for (size_t k = 0; k < l->n; k++) {
        size_t i = (l->next + k) % l->n;
        if (l->v[i].at == at) {
            l->next = i + 1 == l->n ? 0 : i + 1;
            return &l->v[i];
        }
    }
    return NULL;
}

static lm_err note_occurrence(struct scoring *s, uint32_t event, int64_t occurrence)
{
    struct event_state *x = &s->events[event];
    uint64_t key = (uint64_t)occurrence, *first;
    bool fresh = false;
    if (x->occurrence != 0 && x->occurrence != occurrence)
        x->split = true;
    x->occurrence = occurrence;
    lm_err err = lm_map_put(&s->occurrences, number_key(&key), event, &first, &fresh);
    if (err == LM_OK && !fresh && (uint32_t)*first != event)
        *first |= UINT64_C(1) << 32;
    return err;
}

static uint64_t check_of(struct scoring *s, const struct lm_source_record *r)
{
    struct lm_str from = lm_arena_copy(s->one, r->from), to = lm_arena_copy(s->one, r->to);
    struct sim_said said = { lm_event_kind_word(r->kind), from.p != NULL ? from.p : "", to.p != NULL ? to.p : "", r->at_us, r->duration_s, r->text };
    return sim_check(&said);
}

static lm_err each_record(void *user, const struct lm_source_record *r)
{
    struct scoring *s = user;
    struct sim_score *n = s->score;
    struct planted *p = find(s->at_hand, (uint64_t)r->at);
    if (p == NULL || p->seen) {
        n->wrong++;
        return LM_OK;
    }
    p->seen = true;
    if (r->held) {
        n->held_right += p->fate == 'h';
        n->held_wrong += p->fate != 'h';
        return LM_OK;
    }
    if (p->fate == 'h') {
        n->held_missed++;
        return LM_OK;
    }
    bool right = r->duplicate == (p->fate == 'd');
    if (right && p->has_check && (!r->has_event || check_of(s, r) != p->check))
        right = false;
    n->right += right;
    n->wrong += !right;
    return p->event != 0 && r->has_event ? note_occurrence(s, p->event, r->occurrence) : LM_OK;
}

static void count_events(struct scoring *s)
{
    for (size_t i = 1; i < s->n_events; i++) {
        const struct event_state *x = &s->events[i];
        if (x->occurrence == 0)
            continue;
        uint64_t key = (uint64_t)x->occurrence, *first = lm_map_get(&s->occurrences, number_key(&key));
        bool merged = first == NULL || *first >> 32 != 0;
        s->score->events++;
        s->score->split += x->split;
        s->score->merged += merged;
        s->score->once += !x->split && !merged;
    }
}

struct comparing {
    struct scoring *s;
    size_t at;
};

/* The sources of the investigation once more, now with their records. */
static lm_err each_source_again(void *user, const struct lm_csv_row *row)
{
    struct comparing *c = user;
    struct scoring *s = c->s;
    struct planted_source *l = &s->lists[c->at++];
    struct lm_str key = lm_arena_printf(s->one, "%.*s\n%.*s", LM_STR_ARG(row->cells[1]), LM_STR_ARG(row->cells[2]));
    if (key.p == NULL)
        return no_memory(s);
    uint64_t *source = lm_map_get(&s->sources, key);
    s->at_hand = l;
    lm_err err = source != NULL ? lm_store_source_records(s->st, (int64_t)*source, each_record, s, s->e) : LM_OK;
    for (size_t i = 0; i < l->n; i++)
        s->score->lost += !l->v[i].seen;
    return err;
}

static lm_err each_investigation(void *user, const struct lm_csv_row *row)
{
    struct scoring *s = user;
    char path[256];
    struct lm_str id = row->cells[0];
    if (row->n != 2 || id.n == 0 || id.n > 64 || memchr(id.p, '/', id.n) != NULL)
        return LM_EINPUT;
    lm_arena_reset(s->one);
    lm_map_init(&s->index, s->one);
    lm_map_init(&s->occurrences, s->one);
    s->lists = NULL;
    s->n_lists = s->cap_lists = 0;
    s->n_events = SIM_MAX_EVENTS + 1;
    s->events = lm_arena_array(s->one, s->n_events, sizeof *s->events);
    if (s->events == NULL)
        return no_memory(s);
    struct filling f = { .s = s };
    struct comparing c = { .s = s };
    (void)snprintf(path, sizeof path, "%.*s/sources.csv", LM_STR_ARG(id));
    lm_err err = sim_each_line(s->truth, path, each_source_line, s, s->e);
    (void)snprintf(path, sizeof path, "%.*s/records.csv", LM_STR_ARG(id));
    if (err == LM_OK)
        err = sim_each_line(s->truth, path, each_record_line, &f, s->e);
    (void)snprintf(path, sizeof path, "%.*s/sources.csv", LM_STR_ARG(id));
    if (err == LM_OK)
        err = sim_each_line(s->truth, path, each_source_again, &c, s->e);
    if (err == LM_OK)
        count_events(s);
    if (err == LM_OK)
        err = sim_score_identities(s->one, s->st, id, s->truth, s->score, s->e);
    s->score->investigations++;
    return err;
}

static lm_err take_source(void *user, int64_t source, struct lm_str authority, struct lm_str path)
{
    struct scoring *s = user;
    uint64_t *at;
    struct lm_str key = lm_arena_printf(s->run, "%.*s\n%.*s", LM_STR_ARG(authority), LM_STR_ARG(path));
    return key.p == NULL ? LM_ENOMEM : lm_map_put(&s->sources, key, (uint64_t)source, &at, NULL);
}

lm_err sim_score_workspace(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, const char *truth,
                           struct sim_score *ret, struct lm_error *e)
{
    struct lm_arena one;
    struct sim_score score = { 0 };
    struct scoring s = { .run = a, .one = &one, .st = st, .truth = truth, .score = &score, .e = e };
    lm_arena_init(&one, 0);
    lm_map_init(&s.sources, a);
    lm_err err = lm_store_every_source(st, take_source, &s, e);
    if (err == LM_OK)
        err = sim_each_line(truth, "investigations.csv", each_investigation, &s, e);
    lm_arena_free(&one);
    if (err == LM_OK)
        err = sim_score_rollup(a, st, f, truth, &score, e);
    if (err == LM_OK)
        *ret = score;
    return err;
}
