#include "resolve/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#define NONE UINT32_MAX

/* What the engine does not need of a report. */
struct extra {
    int64_t event;
    uint32_t source_row, n_records;
};

struct join {
    struct lm_store *st;
    struct lm_str investigation;
    const atomic_bool *cancel;
    struct lm_error *e;
    struct lm_arena a;
    struct lm_occurrence_state before, now;
    struct lm_report_sources sources;
    struct lm_source_clock *known; /* n_sources; of those with is_known */
    bool *is_known;
    struct lm_clock_pair *known_pairs;
    size_t n_known_pairs;
    bool all;                      /* everything is joined anew */
    struct lm_report *reports;     /* malloc: these two grow without a copy of what was before */
    struct extra *extra;
    size_t n, cap;
    struct lm_map account_of;      /* account id -> index into accounts */
    int64_t *accounts;             /* in order of appearance, then of their keys */
    size_t n_accounts, cap_accounts;
    struct lm_map pair_of;
    struct lm_account_pair *pairs; /* the ends between which something is new */
    size_t n_pairs, cap_pairs;
    struct lm_not_same_row *judged;
    size_t n_judged, cap_judged;
    struct lm_map report_of;       /* event that a judgement speaks of -> report, or NONE */
    struct lm_clocks clocks;
    struct lm_occurrences found;
};

static lm_err no_memory(struct join *j)
{
    return lm_fail(j->e, LM_ENOMEM, "out of memory");
}

static struct lm_str bytes_of(const void *p, size_t n)
{
    return (struct lm_str){ p, n };
}

/* --- what is known --- */

static uint32_t source_index(const struct join *j, const struct lm_sha256 *hash)
{
    uint32_t low = 0, high = j->sources.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(&j->sources.sha256[middle], hash, sizeof *hash);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NONE;
}

static lm_err take_known(struct join *j)
{
    struct lm_stored_clock *clocks;
    struct lm_stored_clock_pair *pairs;
    size_t n, n_pairs;
    lm_err err = lm_store_clocks(j->st, &j->a, j->investigation, &clocks, &n, &pairs, &n_pairs, j->e);
    if (err != LM_OK)
        return err;
    j->known = lm_arena_array(&j->a, j->sources.n + 1, sizeof *j->known);
    j->is_known = lm_arena_array(&j->a, j->sources.n + 1, sizeof *j->is_known);
    j->known_pairs = lm_arena_array(&j->a, n_pairs + 1, sizeof *j->known_pairs);
    if (j->known == NULL || j->is_known == NULL || j->known_pairs == NULL)
        return no_memory(j);
    memset(j->is_known, 0, (j->sources.n + 1) * sizeof *j->is_known);
    memset(j->known, 0, (j->sources.n + 1) * sizeof *j->known);
    for (size_t i = 0; i < n; i++) {
        uint32_t s = source_index(j, &clocks[i].source), r = source_index(j, &clocks[i].reference);
        if (s == NONE || r == NONE) {
            j->all = true; /* it is not there any more */
            continue;
        }
        j->is_known[s] = true;
        j->known[s] = (struct lm_source_clock){ clocks[i].granularity_us, clocks[i].duration_granularity_s,
                                                clocks[i].offset_us,      r,
                                                clocks[i].support,        clocks[i].records };
    }
    for (size_t i = 0; i < n_pairs; i++) {
        uint32_t a = source_index(j, &pairs[i].a), b = source_index(j, &pairs[i].b);
        j->all = j->all || a == NONE || b == NONE;
        j->known_pairs[j->n_known_pairs++] =
            (struct lm_clock_pair){ a, b, pairs[i].shared, pairs[i].offset_us };
    }
    return LM_OK;
}

/* --- reading --- */

static lm_err account_index(struct join *j, int64_t id, uint32_t *ret)
{
    uint64_t *at;
    bool fresh;
    if (lm_map_put(&j->account_of, bytes_of(&id, sizeof id), j->n_accounts, &at, &fresh) != LM_OK)
        return no_memory(j);
    if (fresh) {
        int64_t *list = lm_arena_grow(&j->a, j->accounts, j->n_accounts, &j->cap_accounts, sizeof *list);
        if (list == NULL || j->n_accounts >= NONE - 1)
            return no_memory(j);
        j->accounts = list;
        list[j->n_accounts++] = id;
    }
    *ret = (uint32_t)*at;
    return LM_OK;
}

/* Room for one more report. */
static lm_err make_room(struct join *j)
{
    if (j->n < j->cap)
        return LM_OK;
    size_t cap = j->cap + j->cap / 2 + 4096;
    if (cap >= NONE)
        return lm_fail(j->e, LM_ELIMIT, "more records than can be joined at once");
    struct lm_report *reports = realloc(j->reports, cap * sizeof *reports);
    if (reports == NULL)
        return no_memory(j);
    j->reports = reports;
    struct extra *extra = realloc(j->extra, cap * sizeof *extra);
    if (extra == NULL)
        return no_memory(j);
    j->extra = extra;
    j->cap = cap;
    return LM_OK;
}

static lm_err add_report(void *user, const struct lm_event_report *r)
{
    struct join *j = user;
    uint32_t from = 0, to = 0;
    if (j->cancel != NULL && atomic_load_explicit(j->cancel, memory_order_relaxed))
        return lm_fail(j->e, LM_ECANCELLED, "stopped");
    lm_err err = make_room(j);
    if (err == LM_OK)
        err = account_index(j, r->from, &from);
    if (err == LM_OK)
        err = account_index(j, r->to, &to);
    if (err != LM_OK)
        return err;
    if (j->report_of.n != 0) {
        uint64_t *at = lm_map_get(&j->report_of, bytes_of(&r->event, sizeof r->event));
        if (at != NULL)
            *at = j->n;
    }
    j->reports[j->n] = (struct lm_report){ .key = (uint64_t)r->place,
                                           .at_us = r->at_us,
                                           .source = r->source,
                                           .from = from,
                                           .to = to,
                                           .duration_s = r->duration_s,
                                           .kind = (uint8_t)(r->platform << 3 | r->kind),
                                           .outcome = r->outcome };
    j->extra[j->n++] = (struct extra){ r->event, (uint32_t)r->source_row, r->n_records };
    return LM_OK;
}

static lm_err add_pair(struct join *j, const struct lm_account_pair *p)
{
    uint64_t *at;
    bool fresh;
    if (lm_map_put(&j->pair_of, bytes_of(p, sizeof *p), j->n_pairs, &at, &fresh) != LM_OK)
        return no_memory(j);
    if (!fresh)
        return LM_OK;
    struct lm_account_pair *list = lm_arena_grow(&j->a, j->pairs, j->n_pairs, &j->cap_pairs, sizeof *list);
    if (list == NULL)
        return no_memory(j);
    j->pairs = list;
    list[j->n_pairs++] = *p;
    return LM_OK;
}

static lm_err note_new(void *user, const struct lm_event_report *r)
{
    struct join *j = user;
    j->now.reports++;
    j->all = j->all || j->is_known[r->source]; /* a source that was there has more records than before */
    return j->all ? LM_OK : add_pair(j, &(struct lm_account_pair){ r->from, r->to });
}

static lm_err note_judged(void *user, const struct lm_not_same_row *row)
{
    struct join *j = user;
    const int64_t event[2] = { row->a, row->b };
    uint64_t *at;
    struct lm_not_same_row *list = lm_arena_grow(&j->a, j->judged, j->n_judged, &j->cap_judged, sizeof *list);
    if (list == NULL)
        return no_memory(j);
    j->judged = list;
    list[j->n_judged++] = *row;
    for (int i = 0; i < 2; i++)
        if (lm_map_put(&j->report_of, bytes_of(&event[i], sizeof event[i]), NONE, &at, NULL) != LM_OK)
            return no_memory(j);
    /* what was said or taken back since is joined again */
    return j->before.judgements != j->now.judgements ? add_pair(j, &row->ends) : LM_OK;
}

/* --- what is to be read --- */

/* The only source meets nobody. Its records are read when a second one comes: no report is known then, so everything is
 * joined anew. */
static bool alone(const struct join *j)
{
    return j->sources.n < 2;
}

static void begin_reading(struct join *j)
{
    j->n = j->n_accounts = 0;
    lm_map_init(&j->account_of, &j->a);
    for (size_t i = 0; i < j->report_of.n; i++)
        j->report_of.entries[i].value = NONE;
}

/* Numbers the accounts by what they stand for: which numbers come first then does not depend on the imports.
 */
static lm_err order_accounts(struct join *j)
{
    uint32_t *rank = lm_arena_array(&j->a, j->n_accounts + 1, sizeof *rank);
    int64_t *sorted = lm_arena_array(&j->a, j->n_accounts + 1, sizeof *sorted);
    if (rank == NULL || sorted == NULL)
        return no_memory(j);
    if (j->n_accounts != 0)
        memcpy(sorted, j->accounts, j->n_accounts * sizeof *sorted);
    lm_err err = lm_store_order_accounts(j->st, sorted, j->n_accounts, j->e);
    if (err != LM_OK)
        return err;
    for (uint32_t i = 0; i < j->n_accounts; i++)
        rank[*lm_map_get(&j->account_of, bytes_of(&sorted[i], sizeof sorted[i]))] = i;
    for (size_t i = 0; i < j->n; i++) {
        j->reports[i].from = rank[j->reports[i].from];
        j->reports[i].to = rank[j->reports[i].to];
    }
    j->accounts = sorted;
    j->cap_accounts = 0; /* not to be grown any more */
    return LM_OK;
}

static lm_err read_reports(struct join *j)
{
    struct lm_report_scope scope = { .after = 0, .pairs = j->all ? NULL : j->pairs, .n_pairs = j->n_pairs };
    begin_reading(j);
    lm_err err =
        !alone(j) && (j->all || j->n_pairs != 0) ? lm_store_reports(j->st, &j->sources, &scope, add_report, j, j->e) : LM_OK;
    if (err == LM_OK && j->all)
        j->now.reports = (int64_t)j->n;
    return err != LM_OK ? err : order_accounts(j);
}

/* --- joining --- */

static lm_err find(struct join *j)
{
    struct lm_not_same *apart = lm_arena_array(&j->a, j->n_judged + 1, sizeof *apart);
    size_t n = 0;
    if (apart == NULL)
        return no_memory(j);
    for (size_t i = 0; i < j->n_judged; i++) {
        const struct lm_not_same_row *r = &j->judged[i];
        uint32_t a = (uint32_t)*lm_map_get(&j->report_of, bytes_of(&r->a, sizeof r->a)),
                 b = (uint32_t)*lm_map_get(&j->report_of, bytes_of(&r->b, sizeof r->b));
        if (r->in_force && a != NONE && b != NONE)
            apart[n++] = (struct lm_not_same){ a, b };
    }
    return lm_occurrences_find(&j->a, j->reports, j->n, j->sources.n, j->clocks.of, apart, n, j->cancel,
                               &j->found, j->e);
}

static lm_err clocks_and_find(struct join *j)
{
    struct lm_known_clocks known = { j->is_known, j->known, j->known_pairs, j->n_known_pairs };
    lm_err err = read_reports(j);
    if (err == LM_OK)
        err = lm_clocks_find(&j->a, j->reports, j->n, j->sources.n, j->all ? NULL : &known, &j->clocks, j->e);
    if (err == LM_OK && !j->all && !lm_clocks_unmoved(j->known, j->clocks.of, j->is_known, j->sources.n)) {
        j->all = true;
        return clocks_and_find(j);
    }
    return err != LM_OK ? err : find(j);
}

/* Decides what has to be read. */
static lm_err plan(struct join *j, bool anew)
{
    lm_err err = lm_store_report_sources(j->st, &j->a, j->investigation, &j->sources, j->e);
    if (err == LM_OK)
        err = take_known(j);
    j->all = j->all || anew || !j->before.built || j->before.revoked != j->now.revoked;
    j->now.reports = j->before.reports;
    j->now.built = true;
    if (err == LM_OK)
        err = lm_store_not_same(j->st, j->investigation, note_judged, j, j->e);
    struct lm_report_scope since = { .after = j->before.events };
    j->all = j->all || alone(j);
    if (err == LM_OK && !j->all)
        err = lm_store_reports(j->st, &j->sources, &since, note_new, j, j->e);
    j->all = j->all || (j->now.reports - j->before.reports) * 2 > j->now.reports;
    return err;
}

static void init(struct join *j)
{
    lm_arena_init(&j->a, SIZE_MAX / 2);
    lm_map_init(&j->account_of, &j->a);
    lm_map_init(&j->pair_of, &j->a);
    lm_map_init(&j->report_of, &j->a);
}

static void done(struct join *j)
{
    free(j->reports);
    free(j->extra);
    lm_arena_free(&j->a);
}

/* --- writing --- */

static struct lm_event_report as_stored(const struct join *j, uint32_t i)
{
    const struct lm_report *r = &j->reports[i];
    return (struct lm_event_report){ .event = j->extra[i].event,
                                     .from = j->accounts[r->from],
                                     .to = j->accounts[r->to],
                                     .at_us = r->at_us,
                                     .place = (int64_t)r->key,
                                     .source_row = j->extra[i].source_row,
                                     .source = r->source,
                                     .duration_s = r->duration_s,
                                     .n_records = j->extra[i].n_records,
                                     .kind = r->kind & 7,
                                     .platform = r->kind >> 3,
                                     .outcome = r->outcome };
}

struct ends {
    int64_t from, to;
    uint32_t occurrence;
};

static int by_ends(const void *pa, const void *pb)
{
    const struct ends *a = pa, *b = pb;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    return a->occurrence < b->occurrence ? -1 : a->occurrence > b->occurrence;
}

/* Members that stand for a call which another member stands for, pair by pair. */
static lm_err write_counts(struct join *j, struct lm_occurrence_writer *w)
{
    lm_err err = LM_OK;
    struct ends *order = malloc((j->found.n + (size_t)1) * sizeof *order);
    if (order == NULL)
        return no_memory(j);
    for (uint32_t i = 0; i < j->found.n; i++) {
        const struct lm_report *r = &j->reports[j->found.list[i].first];
        order[i] = (struct ends){ j->accounts[r->from], j->accounts[r->to], i };
    }
    if (j->found.n > 1)
        qsort(order, j->found.n, sizeof *order, by_ends);
    for (uint32_t i = 0; i < j->found.n && err == LM_OK; i++) {
        uint32_t first = j->found.list[order[i].occurrence].first;
        for (uint32_t x = j->found.next[first]; x != first && err == LM_OK; x = j->found.next[x]) {
            struct lm_event_report r = as_stored(j, x);
            err = lm_occurrence_count(w, &r, j->e);
        }
    }
    free(order);
    return err;
}

static lm_err put(struct join *j, struct lm_occurrence_writer *w, const struct lm_occurrence *o)
{
    struct lm_event_report lead = as_stored(j, o->first);
    int64_t records = lead.n_records;
    for (uint32_t x = j->found.next[o->first]; x != o->first; x = j->found.next[x])
        records += j->extra[x].n_records;
    return lm_occurrence_put(w, &lead, o->n, records, o->spread_us,
                             o->durations ? LM_RULE_NUMBERS_TIME_DURATION : LM_RULE_NUMBERS_TIME, j->e);
}

/* Reports stand in order of their events when all were read. */
static lm_err write_found(struct join *j, struct lm_occurrence_writer *w)
{
    const struct lm_occurrence *list = j->found.list;
    lm_err err = j->all ? lm_occurrence_clear_all(w, j->e) : LM_OK;
    for (size_t i = 0; i < j->n_pairs && !j->all && err == LM_OK; i++)
        err = lm_occurrence_clear(w, &j->pairs[i], j->e);
    if (err == LM_OK && j->found.n != 0)
        err = write_counts(j, w);
    for (size_t i = 0; i < j->n && j->found.n != 0 && err == LM_OK; i++)
        if (j->found.of[i] != NONE && list[j->found.of[i]].first == i)
            err = put(j, w, &list[j->found.of[i]]);
    for (size_t i = 0; i < j->n && j->found.n != 0 && err == LM_OK; i++)
        if (j->found.of[i] != NONE)
            err =
                lm_occurrence_member(w, j->extra[i].event, j->extra[list[j->found.of[i]].first].event, j->e);
    return err;
}

static int by_hash(const void *pa, const void *pb)
{
    const struct lm_stored_clock_pair *a = pa, *b = pb;
    int order = memcmp(&a->a, &b->a, sizeof a->a);
    return order != 0 ? order : memcmp(&a->b, &b->b, sizeof a->b);
}

/* Sources that report nothing that takes part have no clock. */
static lm_err end(struct join *j, struct lm_occurrence_writer *w)
{
    struct lm_stored_clock *clocks = lm_arena_array(&j->a, j->sources.n + 1, sizeof *clocks);
    struct lm_stored_clock_pair *pairs = lm_arena_array(&j->a, j->clocks.n_pairs + 1, sizeof *pairs);
    struct lm_occurrence_built b = {
        .clocks = clocks, .pairs = pairs, .n_pairs = j->clocks.n_pairs, .state = j->now
    };
    if (clocks == NULL || pairs == NULL) {
        lm_occurrence_abandon(w);
        return no_memory(j);
    }
    for (uint32_t s = 0; s < j->sources.n; s++) {
        const struct lm_source_clock *c = &j->clocks.of[s];
        if (c->records != 0)
            clocks[b.n_clocks++] = (struct lm_stored_clock){ j->sources.sha256[s],
                                                             j->sources.sha256[c->reference],
                                                             c->granularity_us,
                                                             c->offset_us,
                                                             c->duration_granularity_s,
                                                             c->support,
                                                             c->records };
    }
    for (size_t i = 0; i < b.n_pairs; i++) {
        const struct lm_clock_pair *p = &j->clocks.pairs[i];
        pairs[i] = (struct lm_stored_clock_pair){ j->sources.sha256[p->a], j->sources.sha256[p->b],
                                                  p->offset_us, p->shared };
    }
    if (b.n_pairs > 1)
        qsort(pairs, b.n_pairs, sizeof *pairs, by_hash);
    return lm_occurrence_end(w, &b, j->e);
}

static lm_err join(struct join *j, bool anew, struct lm_joined *ret)
{
    struct lm_occurrence_writer *w;
    lm_err err = lm_occurrence_begin(j->st, j->investigation, &w, j->e);
    if (err != LM_OK)
        return err;
    err = lm_store_occurrence_state(j->st, j->investigation, &j->before, &j->now, j->e);
    if (err == LM_OK)
        err = plan(j, anew);
    if (err == LM_OK)
        err = clocks_and_find(j);
    if (err == LM_OK)
        err = write_found(j, w);
    if (err != LM_OK) {
        lm_occurrence_abandon(w);
        return err;
    }
    err = end(j, w);
    if (err == LM_OK)
        *ret = (struct lm_joined){ true, j->all, (uint64_t)j->now.reports, j->n, j->found.n };
    return err;
}

lm_err lm_join(struct lm_store *st, struct lm_str investigation, bool anew, const atomic_bool *cancel,
               struct lm_joined *ret, struct lm_error *e)
{
    struct lm_occurrence_state stored, now;
    struct join j = { .st = st, .investigation = investigation, .cancel = cancel, .e = e };
    lm_err err = lm_store_occurrence_state(st, investigation, &stored, &now, e);
    if (err != LM_OK)
        return err;
    if (!anew && lm_occurrences_current(&stored, &now)) {
        *ret = (struct lm_joined){ .reports = (uint64_t)stored.reports };
        return LM_OK;
    }
    init(&j);
    err = join(&j, anew, ret);
    done(&j);
    return err;
}

/* --- checking --- */

struct check {
    struct join *j;
    struct lm_map have; /* stored occurrence -> its events, mixed */
};

static uint64_t mixed(int64_t event)
{
    uint64_t x = (uint64_t)event * UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 32;
    return x * UINT64_C(0xd6e8feb86659fd93);
}

static lm_err add_stored(void *user, int64_t event, int64_t occurrence)
{
    struct check *c = user;
    uint64_t *at;
    if (lm_map_put(&c->have, bytes_of(&occurrence, sizeof occurrence), 0, &at, NULL) != LM_OK)
        return no_memory(c->j);
    *at += mixed(event);
    return LM_OK;
}

static lm_err compare(struct join *j, uint64_t *ret_wrong)
{
    struct check c = { .j = j };
    uint64_t wrong = 0;
    lm_map_init(&c.have, &j->a);
    lm_err err = lm_store_occurrence_events(j->st, j->investigation, add_stored, &c, j->e);
    if (err != LM_OK)
        return err;
    uint64_t matched = 0;
    for (uint32_t i = 0; i < j->found.n; i++) {
        const struct lm_occurrence *o = &j->found.list[i];
        uint64_t sum = 0;
        uint32_t x = o->first;
        do {
            sum += mixed(j->extra[x].event);
            x = j->found.next[x];
        } while (x != o->first);
        const uint64_t *at =
            lm_map_get(&c.have, bytes_of(&j->extra[o->first].event, sizeof j->extra[o->first].event));
        matched += at != NULL && *at == sum;
        wrong += at == NULL || *at != sum;
    }
    *ret_wrong = wrong + (c.have.n > matched + wrong ? c.have.n - matched - wrong : 0);
    return LM_OK;
}

lm_err lm_join_check(struct lm_store *st, struct lm_str investigation, uint64_t *ret_wrong,
                     struct lm_error *e)
{
    struct join j = { .st = st, .investigation = investigation, .e = e, .all = true };
    init(&j);
    lm_err err = lm_store_occurrence_state(st, investigation, &j.before, &j.now, e);
    if (err == LM_OK)
        err = plan(&j, true);
    if (err == LM_OK)
        err = clocks_and_find(&j);
    if (err == LM_OK)
        err = compare(&j, ret_wrong);
    done(&j);
    return err;
}
