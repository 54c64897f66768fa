#include <stdio.h>

#include "store/contact.h"
#include "store/verify.h"

/* Every leg that is a contact, pair by pair: the index leg_from has them in this order. */
static const char legs_sql[] =
    "SELECT l.frm, l.dst, e.id, e.kind, e.source, s.authority, e.flags, e.at_us, e.quality, e.n_to, e.amount_minor,"
    " e.currency, e.exponent, e.detail, e.n_records FROM leg l CROSS JOIN event e ON e.id = l.event JOIN source s ON s.id = e.source"
    " WHERE l.frm IS NOT NULL AND l.dst IS NOT NULL AND l.frm <> l.dst AND e.n_to BETWEEN 1 AND ?1"
    " AND e.flags & ?2 = 0 ORDER BY l.frm, l.dst, l.at_us, l.event";

static const char edges_sql[] =
    "SELECT frm, dst, kind, month, source, currency, authority, occurrences, attempts, voicemails, forwards,"
    " records, weight, first_us, last_us, amount_minor FROM contact_edge ORDER BY frm, dst, kind, month, source, currency";

#define LEFT_OUT                                                                                             \
    "SELECT source, kind, count(*) FROM event WHERE frm IS NOT NULL AND flags & 1 = 0"                       \
    " AND (n_to > 0 OR thread IS NOT NULL) AND (n_to = 0 OR n_to > 19 OR flags & 32 <> 0) GROUP BY source, kind"
#define LEFT_OUT_STORED "SELECT source, kind, events FROM contact_left_out"

_Static_assert(LM_EVENT_SYSTEM == 1 && LM_EVENT_MEMBERS_UNKNOWN == 32 && LM_CONTACT_MOST_TO == 19, "LEFT_OUT");

struct derive {
    struct lm_store *st;
    bool writes;             /* the sums are what the table is to hold, not what it is compared with */
    struct lm_contacts pair; /* the sums of one pair of accounts */
    sqlite3_stmt *edges;     /* stands on the next stored row */
    bool more;               /* there is one */
    int64_t wrong;
};

static lm_err next_edge(struct derive *d, struct lm_error *e)
{
    return lm_db_step(d->st, d->edges, &d->more, e);
}

/* The stored row against the key: negative when it comes before. */
static int against(sqlite3_stmt *q, const struct lm_contact_sum *s)
{
    const int64_t want[] = { s->from, s->to, s->kind, s->month, s->source };
    for (int i = 0; i < 5; i++) {
        int64_t v = sqlite3_column_int64(q, i);
        if (v != want[i])
            return v < want[i] ? -1 : 1;
    }
    struct lm_str there = lm_db_str(q, 5), wanted = lm_str(s->currency);
    size_t n = there.n < wanted.n ? there.n : wanted.n;
    int order = n != 0 ? memcmp(there.p, wanted.p, n) : 0;
    return order != 0 ? order : (there.n > wanted.n) - (there.n < wanted.n);
}

static bool same_number(sqlite3_stmt *q, int i, bool there, int64_t v)
{
    bool null = sqlite3_column_type(q, i) == SQLITE_NULL;
    return there ? !null && sqlite3_column_int64(q, i) == v : null;
}

static bool same_sums(sqlite3_stmt *q, const struct lm_contact_sum *s, int64_t authority)
{
    return same_number(q, 6, true, authority) && same_number(q, 7, true, s->occurrences)
           && same_number(q, 8, true, s->attempts) && same_number(q, 9, true, s->voicemails)
           && same_number(q, 10, true, s->forwards) && same_number(q, 11, true, s->records)
           && same_number(q, 12, true, s->weight) && same_number(q, 13, s->dated, s->first_us)
           && same_number(q, 14, s->dated, s->last_us)
           && same_number(q, 15, s->has_amount, lm_contact_stored(s->amount));
}

/* The sums of the pair are complete: each must be the next stored row, or becomes one. */
static lm_err end_pair(struct derive *d, struct lm_error *e)
{
    lm_err err = LM_OK;
    if (d->writes)
        return lm_contacts_flush(&d->pair, e);
    lm_contacts_sort(&d->pair);
    for (size_t i = 0; i < d->pair.n && err == LM_OK; i++) {
        const struct lm_contact_sum *s = &d->pair.sums[i];
        int order = 1;
        while (err == LM_OK && d->more && (order = against(d->edges, s)) < 0) {
            d->wrong++; /* stored, and no event says so */
            err = next_edge(d, e);
        }
        if (err != LM_OK)
            break;
        if (!d->more || order > 0) {
            d->wrong++;
            continue;
        }
        d->wrong += !same_sums(d->edges, s, s->authority);
        err = next_edge(d, e);
    }
    lm_contacts_clear(&d->pair);
    return err;
}

static lm_err add_leg(struct derive *d, sqlite3_stmt *q, struct lm_error *e)
{
    struct lm_str code = lm_str_take(lm_db_str(q, 11), 3);
    struct lm_event ev = { .kind = (enum lm_event_kind)sqlite3_column_int(q, 3),
                           .detail = lm_db_str(q, 13),
                           .flags = (unsigned)sqlite3_column_int64(q, 6),
                           .at = { sqlite3_column_int64(q, 7), 0, (enum lm_time_quality)sqlite3_column_int(q, 8) },
                           .has_amount = sqlite3_column_type(q, 10) != SQLITE_NULL,
                           .amount = { .minor = sqlite3_column_int64(q, 10),
                                       .exponent = (int8_t)sqlite3_column_int(q, 12) } };
    struct lm_contact_sum key = { .from = sqlite3_column_int64(q, 0),
                                  .to = sqlite3_column_int64(q, 1),
                                  .kind = sqlite3_column_int(q, 3),
                                  .source = sqlite3_column_int64(q, 4),
                                  .authority = sqlite3_column_int64(q, 5),
                                  .month = lm_contact_month(&ev.at) };
    if (code.n != 0)
        memcpy(ev.amount.currency, code.p, code.n);
    lm_contact_currency(&ev, key.currency);
    return lm_contacts_count(&d->pair, &key, &ev, (size_t)sqlite3_column_int64(q, 14),
                             (size_t)sqlite3_column_int64(q, 9), e);
}

static lm_err derive_edges(struct derive *d, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    int64_t from = 0, to = 0, last = 0;
    bool row = false;
    lm_err err = d->writes ? LM_OK : lm_db_prepare(d->st, edges_sql, &d->edges, e);
    if (err == LM_OK)
        err = lm_db_prepare(d->st, legs_sql, &q, e);
    if (err == LM_OK && !d->writes)
        err = next_edge(d, e);
    (void)sqlite3_bind_int(q, 1, LM_CONTACT_MOST_TO);
    (void)sqlite3_bind_int(q, 2, LM_EVENT_SYSTEM | LM_EVENT_MEMBERS_UNKNOWN);
    while (err == LM_OK && (err = lm_db_step(d->st, q, &row, e)) == LM_OK && row) {
        int64_t event = sqlite3_column_int64(q, 2);
        bool same = from == sqlite3_column_int64(q, 0) && to == sqlite3_column_int64(q, 1);
        if (!same)
            err = end_pair(d, e);
        if (err == LM_OK && !(same && event == last)) /* named twice among the recipients: one leg counts */
            err = add_leg(d, q, e);
        from = sqlite3_column_int64(q, 0);
        to = sqlite3_column_int64(q, 1);
        last = event;
    }
    (void)sqlite3_finalize(q);
    if (err == LM_OK)
        err = end_pair(d, e);
    for (; err == LM_OK && d->more; d->wrong++)
        err = next_edge(d, e);
    (void)sqlite3_finalize(d->edges);
    return err;
}

static lm_err compare_left_out(struct lm_check *c, int64_t *ret, struct lm_error *e)
{
    int64_t missing = 0, extra = 0;
    lm_err err = lm_db_i64(c->st, "SELECT count(*) FROM (SELECT * FROM (" LEFT_OUT ") EXCEPT " LEFT_OUT_STORED ")", 0,
                           &missing, e);
    if (err == LM_OK)
        err = lm_db_i64(c->st, "SELECT count(*) FROM (" LEFT_OUT_STORED " EXCEPT SELECT * FROM (" LEFT_OUT "))", 0,
                        &extra, e);
    *ret = missing + extra;
    return err;
}

lm_err lm_contacts_rebuild(struct lm_store *st, struct lm_error *e)
{
    struct derive d = { .st = st, .writes = true };
    lm_contacts_init(&d.pair, st, 0);
    lm_err err = lm_db_exec(st, "DELETE FROM contact_edge", e);
    if (err == LM_OK)
        err = derive_edges(&d, e);
    lm_contacts_free(&d.pair);
    return err;
}

/* --- occurrences: whether what is stored of them fits together and lies under the events --- */

#define MONTH(us)                                                                                            \
    "((strftime('%Y', (" us " - ((" us " % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') - 1970) * 12"  \
    " + strftime('%m', (" us " - ((" us " % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') - 1)"
/* What is counted at another row, by contact. */
#define JOINED                                                                                               \
    "SELECT o.frm AS f, o.dst AS d, o.kind AS k, " MONTH("e.at_us") " AS m, e.source AS s, sum(o.outcome = 0) AS t," \
    " sum(o.outcome = 1) AS a, sum(o.outcome = 2) AS v, sum(o.outcome = 3) AS w FROM occurrence_event y"     \
    " JOIN occurrence o ON o.id = y.occurrence JOIN event e ON e.id = y.event WHERE y.event <> y.occurrence GROUP BY 1, 2, 3, 4, 5"
#define JOINED_STORED                                                                                        \
    "SELECT frm, dst, kind, month, source, joined, joined_attempts, joined_voicemails, joined_forwards FROM contact_edge" \
    " WHERE joined <> 0 OR joined_attempts <> 0 OR joined_voicemails <> 0 OR joined_forwards <> 0"

static const char misfits_sql[] =
    "SELECT count(*) FROM occurrence o WHERE o.events <> (SELECT count(*) FROM occurrence_event y WHERE y.occurrence = o.id)"
    " OR o.records <> (SELECT ifnull(sum(e.n_records), 0) FROM occurrence_event y JOIN event e ON e.id = y.event"
    " WHERE y.occurrence = o.id) OR NOT EXISTS (SELECT 1 FROM occurrence_event y WHERE y.event = o.id AND y.occurrence = o.id)"
    " OR EXISTS (SELECT 1 FROM occurrence_event y JOIN event e ON e.id = y.event LEFT JOIN leg l ON l.event = e.id"
    " AND l.ord = 0 WHERE y.occurrence = o.id AND (e.kind <> o.kind OR e.platform <> o.platform OR e.n_to <> 1"
    " OR l.frm IS NOT o.frm OR l.dst IS NOT o.dst))";

static lm_err check_occurrences(struct lm_check *c, struct lm_error *e)
{
    int64_t misfits = 0, missing = 0, extra = 0;
    lm_err err = lm_db_i64(c->st, misfits_sql, 0, &misfits, e);
    if (err == LM_OK)
        err = lm_db_i64(c->st, "SELECT count(*) FROM (SELECT * FROM (" JOINED ") EXCEPT " JOINED_STORED ")", 0, &missing, e);
    if (err == LM_OK)
        err = lm_db_i64(c->st, "SELECT count(*) FROM (" JOINED_STORED " EXCEPT SELECT * FROM (" JOINED "))", 0, &extra, e);
    if (err != LM_OK || misfits + missing + extra == 0)
        return err;
    c->out.database_ok = false;
    return lm_check_finding(c, "database", "%lld occurrences do not fit their events, %lld contacts do not fit the occurrences",
                            (long long)misfits, (long long)(missing + extra));
}

lm_err lm_check_contacts(struct lm_check *c, struct lm_error *e)
{
    struct derive d = { .st = c->st };
    int64_t left_out = 0;
    lm_contacts_init(&d.pair, c->st, 0);
    lm_err err = derive_edges(&d, e);
    lm_contacts_free(&d.pair);
    if (err == LM_OK)
        err = compare_left_out(c, &left_out, e);
    if (err == LM_OK && d.wrong != 0) {
        c->out.database_ok = false;
        err = lm_check_finding(c, "database", "%lld contacts do not follow from the events", (long long)d.wrong);
    }
    if (err == LM_OK && left_out != 0) {
        c->out.database_ok = false;
        err = lm_check_finding(c, "database", "%lld counts of what is left out of the contacts do not follow from the"
                                              " events", (long long)left_out);
    }
    return err != LM_OK ? err : check_occurrences(c, e);
}
