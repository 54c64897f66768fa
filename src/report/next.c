#include "report/next.h"

#include <inttypes.h>
#include <stdlib.h>

#include "model/selector.h"

#define SHORT_CODE_DIGITS 6

const char *lm_next_service_word(enum lm_next_service s)
{
    static const char *const words[] = { NULL, "short_code", "toll_free", "many_others" };
    return (unsigned)s < sizeof words / sizeof words[0] ? words[s] : "?";
}

const char *lm_next_due_word(enum lm_next_due d)
{
    static const char *const words[] = { "expired", "within", "later", "no_date" };
    return (unsigned)d < sizeof words / sizeof words[0] ? words[d] : "?";
}

struct maker {
    struct lm_arena *a;
    struct lm_next *x;
    struct lm_str id;
    size_t processes_cap, authorities_cap;
    bool found;
};

/* --- numbers --- */

/* North American Numbering Plan: area codes of numbers whose calls the called party pays. */
static bool toll_free(struct lm_str key)
{
    static const char *const codes[] = { "+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888" };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (key.n == 12 && lm_str_starts(key, lm_str(codes[i])))
            return true;
    return false;
}

static enum lm_next_service service_of(const struct lm_next_number *n, uint32_t many)
{
    if (n->key.n <= SHORT_CODE_DIGITS && n->key.p[0] != '+')
        return LM_NEXT_SHORT_CODE;
    if (toll_free(n->key))
        return LM_NEXT_TOLL_FREE;
    return n->others > many && !n->own ? LM_NEXT_MANY_OTHERS : LM_NEXT_NO_SERVICE;
}

static int more_first(uint64_t a, uint64_t b)
{
    return (a < b) - (a > b);
}

static int by_rule(const void *x, const void *y)
{
    const struct lm_next_row *r = x, *s = y;
    const struct lm_next_number *a = r->number, *b = s->number;
    int order = (r->service != LM_NEXT_NO_SERVICE) - (s->service != LM_NEXT_NO_SERVICE);
    const uint64_t ways[][2] = { { a->suspected, b->suspected }, { a->asked_for, b->asked_for },
                                 { a->exhibits, b->exhibits }, { a->occurrences, b->occurrences },
                                 { a->dated, b->dated } };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0] && order == 0; i++)
        order = more_first(ways[i][0], ways[i][1]);
    if (order == 0 && a->dated)
        order = (a->last_us < b->last_us) - (a->last_us > b->last_us);
    return order != 0 ? order : lm_str_cmp(a->key, b->key);
}

static lm_err rank(struct maker *m, struct lm_error *e)
{
    struct lm_next *x = m->x;
    struct lm_next_row *rows = lm_arena_array(m->a, x->data.n, sizeof *rows);
    if (rows == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < x->data.n; i++) {
        rows[i] = (struct lm_next_row){ &x->data.numbers[i], service_of(&x->data.numbers[i], x->wish.many) };
        x->services += rows[i].service != LM_NEXT_NO_SERVICE;
    }
    qsort(rows, x->data.n, sizeof *rows, by_rule);
    x->rows = rows;
    x->n_rows = x->data.n;
    return LM_OK;
}

/* --- dates --- */

static enum lm_next_due due_on(const struct lm_next_wish *w, int32_t day, int64_t *ret_days)
{
    *ret_days = day != LM_DAY_NONE ? (int64_t)day - w->as_of : 0;
    if (day == LM_DAY_NONE)
        return LM_DUE_UNKNOWN;
    if (*ret_days < 0)
        return LM_DUE_EXPIRED;
    return *ret_days <= (int64_t)w->within ? LM_DUE_WITHIN : LM_DUE_LATER;
}

static void count(struct lm_next_counts *c, enum lm_next_due due)
{
    uint64_t *const counts[] = { &c->expired, &c->within, &c->later, &c->no_date };
    ++*counts[due];
}

static bool soon(enum lm_next_due due)
{
    return due == LM_DUE_EXPIRED || due == LM_DUE_WITHIN;
}

/* Slices of a row live until the callback returns. */
static bool keep(struct lm_arena *a, struct lm_str *const *texts, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        *texts[i] = lm_arena_copy(a, *texts[i]);
        ok = ok && texts[i]->p != NULL;
    }
    return ok;
}

static lm_err take_process(void *user, const struct lm_process *p)
{
    struct maker *m = user;
    struct lm_next *x = m->x;
    struct lm_next_process r = { .p = *p };
    if (p->withdrawn) {
        x->process_counts.gone++;
        return LM_OK;
    }
    r.due = due_on(&x->wish, p->until_day, &r.days);
    count(&x->process_counts, r.due);
    if (!soon(r.due))
        return LM_OK;
    struct lm_next_process *more = lm_arena_grow(m->a, x->processes, x->n_processes, &m->processes_cap, sizeof *more);
    struct lm_str *const texts[] = { &r.p.id, &r.p.investigation, &r.p.provider, &r.p.account, &r.p.reference,
                                     &r.p.authority, &r.p.who };
    if (more == NULL || !keep(m->a, texts, sizeof texts / sizeof texts[0]))
        return LM_ENOMEM;
    r.p.changes = NULL; /* n_changes stays: how often it was extended */
    x->processes = more;
    more[x->n_processes++] = r;
    return LM_OK;
}

/* A pen_trap and a title_iii reach forward: what they cover ends with the last day covered, whatever the expiry says. */
static void dates_of(const struct lm_next_wish *w, struct lm_next_authority *r)
{
    const struct lm_authority *a = &r->a;
    bool forward = a->kind == LM_AUTHORITY_PEN_TRAP || a->kind == LM_AUTHORITY_TITLE_III;
    r->day = a->expires_day;
    if (forward && a->to_day != LM_DAY_NONE && (r->day == LM_DAY_NONE || a->to_day < r->day)) {
        r->day = a->to_day;
        r->covered = true;
    }
    r->due = due_on(w, r->day, &r->days);
    if (a->kind != LM_AUTHORITY_PEN_TRAP)
        return;
    int32_t first = a->from_day != LM_DAY_NONE ? a->from_day : a->issued_day;
    r->open_ended = r->day == LM_DAY_NONE;
    int64_t span = first == LM_DAY_NONE ? 0 : (int64_t)(r->open_ended ? w->as_of : r->day) - first + 1;
    r->span_days = span > 0 && span <= INT32_MAX ? (int32_t)span : 0;
    r->over_60 = r->span_days > LM_PEN_TRAP_DAYS;
}

static lm_err take_authority(void *user, const struct lm_authority *a)
{
    struct maker *m = user;
    struct lm_next *x = m->x;
    struct lm_next_authority r = { .a = *a };
    if (a->revoked) {
        x->authority_counts.gone++;
        return LM_OK;
    }
    dates_of(&x->wish, &r);
    count(&x->authority_counts, r.due);
    if (!soon(r.due) && !r.over_60 && !r.open_ended)
        return LM_OK;
    struct lm_next_authority *more = lm_arena_grow(m->a, x->authorities, x->n_authorities, &m->authorities_cap,
                                                   sizeof *more);
    r.a.offences = r.a.seizure_terms = LM_STR("");
    r.a.accounts = NULL;
    r.a.n_accounts = 0;
    struct lm_str *const texts[] = { &r.a.id, &r.a.investigation, &r.a.number, &r.a.court };
    if (more == NULL || !keep(m->a, texts, sizeof texts / sizeof texts[0]))
        return LM_ENOMEM;
    x->authorities = more;
    more[x->n_authorities++] = r;
    return LM_OK;
}

static int by_day(int32_t a, int32_t b) /* no day last */
{
    int order = (a == LM_DAY_NONE) - (b == LM_DAY_NONE);
    return order != 0 ? order : (a > b) - (a < b);
}

static int processes_by_day(const void *x, const void *y)
{
    const struct lm_next_process *a = x, *b = y;
    int order = by_day(a->p.until_day, b->p.until_day);
    return order != 0 ? order : lm_str_cmp(a->p.id, b->p.id);
}

static int authorities_by_day(const void *x, const void *y)
{
    const struct lm_next_authority *a = x, *b = y;
    int order = by_day(a->day, b->day);
    return order != 0 ? order : lm_str_cmp(a->a.id, b->a.id);
}

/* --- the list --- */

static lm_err take_investigation(void *user, const struct lm_investigation *i)
{
    struct maker *m = user;
    if (!lm_str_eq(i->id, m->id))
        return LM_OK;
    m->found = true;
    m->x->investigation.id = lm_arena_copy(m->a, i->id);
    m->x->investigation.title = lm_arena_copy(m->a, i->title);
    return m->x->investigation.title.p != NULL ? LM_OK : LM_ENOMEM;
}

static void warn(struct lm_next *x)
{
    struct lm_warnings *w = &x->warnings;
    if (x->data.n_sources == 0)
        lm_warn(w, "no_data", "No data is held under a live authority of this investigation: no data held is not no contact.");
    else if (x->data.n_suspected == 0)
        lm_warn(w, "nobody_suspected", "Nobody is recorded as suspected with a number of their own: that part of the order says "
                "nothing yet.");
    if (x->data.n_sources != 0 && x->data.n_asked_for == 0)
        lm_warn(w, "nothing_asked_for", "No live authority names an account that is in the data, and no exhibit has a stated owner "
                "that is in it (import --owner): that part of the order says nothing yet.");
    for (size_t i = 0; i < x->n_authorities; i++) {
        const struct lm_next_authority *r = &x->authorities[i];
        if (r->over_60)
            lm_warn(w, "pen_trap_over_60", "%.*s is a pen_trap of %" PRId32 " days%s; one order covers at most %d (18 U.S.C. 3123(c)): "
                    "check its dates, or enter each extension as an authority of its own.", LM_STR_ARG(r->a.id), r->span_days,
                    r->open_ended ? " up to now" : "", LM_PEN_TRAP_DAYS);
        else if (r->open_ended)
            lm_warn(w, "pen_trap_open", "%.*s is a pen_trap without a last day: whether it still runs cannot be told.",
                    LM_STR_ARG(r->a.id));
    }
}

lm_err lm_next_make(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, const struct lm_next_wish *wish,
                    const struct lm_next **ret, struct lm_error *e)
{
    struct lm_next *x = lm_arena_alloc(a, sizeof *x);
    if (x == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    struct maker m = { .a = a, .x = x, .id = f->investigation };
    x->wish = *wish;
    x->warnings.a = a;
    if (wish->cancel != NULL)
        lm_store_set_cancel(st, wish->cancel);
    lm_err err = lm_store_investigations(st, take_investigation, &m, e);
    if (err == LM_OK && !m.found)
        err = lm_fail(e, LM_ENOTFOUND, "no investigation %.*s in this workspace", LM_STR_ARG(f->investigation));
    if (err == LM_OK)
        err = lm_store_next_numbers(a, st, f, &x->data, e);
    if (err == LM_OK)
        err = rank(&m, e);
    if (err == LM_OK)
        err = lm_store_processes(st, f->investigation, LM_STR(""), take_process, &m, e);
    if (err == LM_OK)
        err = lm_store_authorities(st, f->investigation, take_authority, &m, e);
    if (err != LM_OK)
        return err == LM_ENOMEM ? lm_fail(e, LM_ENOMEM, "out of memory") : err;
    if (x->n_processes > 1)
        qsort(x->processes, x->n_processes, sizeof *x->processes, processes_by_day);
    if (x->n_authorities > 1)
        qsort(x->authorities, x->n_authorities, sizeof *x->authorities, authorities_by_day);
    warn(x);
    if (x->warnings.failed)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *ret = x;
    return LM_OK;
}
