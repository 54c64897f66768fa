#include <stdio.h>

#include "store/contact.h"
#include "store/ledger.h"
#include "store/look.h"
#include "store/rows.h"

/* --- contacts --- */

struct merge { /* rows of one (from, to, kind, month, authority, exhibit), which differ in source and currency */
    struct lm_edge_row row;
    int64_t authority, exhibit, weight, source, of_source, most; /* source: at hand, with of_source occurrences */
    char code[65], hash[65], name[256]; /* what the row points to */
    bool any;
};

struct edges {
    struct lm_look look;
    int64_t account; /* 0: all */
    sqlite3_stmt *moment;
    lm_err (*each)(void *user, const struct lm_edge_row *row);
    void *user;
};

/* The roll-up keeps the earliest and latest moment, not how its source states it: that is in the event. Where none is
 * found the moment is shown as a wall clock, which claims no zone. */
static lm_err state(struct edges *x, const struct merge *m, struct lm_when *w, struct lm_error *e)
{
    bool row = false;
    lm_err err = LM_OK;
    if (w->quality == LM_TIME_NONE)
        return LM_OK;
    if (x->moment == NULL)
        err = lm_db_prepare(x->look.st, "SELECT e.at_us, e.offset_s, e.quality FROM leg l JOIN event e ON e.id = l.event"
                                        " JOIN source s ON s.id = e.source WHERE l.frm = ?1 AND l.dst = ?2"
                                        " AND l.at_us = ?3 AND e.kind = ?4 AND s.exhibit = ?5 ORDER BY e.id LIMIT 1",
                            &x->moment, e);
    if (err != LM_OK)
        return err;
    const int64_t values[] = { m->row.from, m->row.to, w->us, (int64_t)m->row.kind, m->exhibit };
    for (int i = 0; i < 5; i++)
        (void)sqlite3_bind_int64(x->moment, i + 1, values[i]);
    err = lm_db_step(x->look.st, x->moment, &row, e);
    if (err == LM_OK && row)
        *w = lm_look_when(x->moment, 0);
    (void)sqlite3_reset(x->moment);
    return err;
}

static lm_err send(struct edges *x, struct merge *m, struct lm_error *e)
{
    if (!m->any || m->row.events + m->row.attempts + m->row.voicemails + m->row.forwards == 0)
        return LM_OK;
    const struct lm_mask *mask;
    struct lm_str says;
    m->row.weight = (double)m->weight / (double)LM_CONTACT_WEIGHT_ONE;
    lm_look_forget(&x->look);
    lm_err err = lm_look_name(&x->look, m->row.from, true, &m->row.from_name, e);
    if (err == LM_OK)
        err = lm_look_name(&x->look, m->row.to, true, &m->row.to_name, e);
    if (err == LM_OK)
        err = lm_look_mask(&x->look, &mask, e);
    if (err == LM_OK) {
        m->row.from_masked = lm_mask_account(mask, m->row.from, &says);
        m->row.to_masked = lm_mask_account(mask, m->row.to, &says);
    }
    if (err == LM_OK && x->account != 0)
        err = state(x, m, &m->row.first, e);
    if (err == LM_OK && x->account != 0)
        err = state(x, m, &m->row.last, e);
    x->look.n_given++;
    return err != LM_OK ? err : x->each(x->user, &m->row);
}

static struct lm_str keep_text(char *room, size_t size, struct lm_str s)
{
    struct lm_str r = lm_str_take(s, size - 1);
    r.n = lm_utf8_valid_prefix(r);
    if (r.n != 0)
        memcpy(room, r.p, r.n);
    return (struct lm_str){ room, r.n };
}

static void start(struct merge *m, sqlite3_stmt *q)
{
    struct lm_sha256 hash;
    *m = (struct merge){ .any = true,
                         .authority = sqlite3_column_int64(q, 4),
                         .exhibit = sqlite3_column_int64(q, 11),
                         .row = { .from = sqlite3_column_int64(q, 0),
                                  .to = sqlite3_column_int64(q, 1),
                                  .kind = (enum lm_event_kind)sqlite3_column_int(q, 2),
                                  .month = sqlite3_column_int(q, 3) } };
    m->row.authority = keep_text(m->code, sizeof m->code, lm_db_str(q, 5));
    m->row.exhibit_name = keep_text(m->name, sizeof m->name, lm_db_str(q, 13));
    if (lm_db_sha256(q, 12, &hash))
        m->row.exhibit = lm_str(lm_sha256_hex(&hash, m->hash));
}

static void add(struct merge *m, sqlite3_stmt *q)
{
    int64_t n = sqlite3_column_int64(q, 6), source = sqlite3_column_int64(q, 10), joined = sqlite3_column_int64(q, 15);
    m->row.events += (uint64_t)n;
    m->row.occurrences += (uint64_t)(n - joined);
    m->row.records += (uint64_t)sqlite3_column_int64(q, 14);
    m->row.attempts += (uint64_t)sqlite3_column_int64(q, 16);
    m->row.voicemails += (uint64_t)sqlite3_column_int64(q, 17);
    m->row.forwards += (uint64_t)sqlite3_column_int64(q, 18);
    m->weight += sqlite3_column_int64(q, 7) - joined * LM_CONTACT_WEIGHT_ONE; /* what is joined has one recipient */
    if (sqlite3_column_type(q, 8) != SQLITE_NULL) {
        int64_t first = sqlite3_column_int64(q, 8), last = sqlite3_column_int64(q, 9);
        bool dated = m->row.first.quality != LM_TIME_NONE;
        m->row.first.us = !dated || first < m->row.first.us ? first : m->row.first.us;
        m->row.last.us = !dated || last > m->row.last.us ? last : m->row.last.us;
        m->row.first.quality = m->row.last.quality = LM_TIME_LOCAL; /* until `state` knows better */
    }
    m->of_source = m->source == source ? m->of_source + n : n;
    m->source = source;
    if (m->of_source > m->most || m->row.source == 0) {
        m->most = m->of_source;
        m->row.source = source;
    }
}

static bool same(const struct merge *m, sqlite3_stmt *q)
{
    return m->any && m->row.from == sqlite3_column_int64(q, 0) && m->row.to == sqlite3_column_int64(q, 1)
           && m->row.kind == (enum lm_event_kind)sqlite3_column_int(q, 2) && m->row.month == sqlite3_column_int(q, 3)
           && m->authority == sqlite3_column_int64(q, 4) && m->exhibit == sqlite3_column_int64(q, 11);
}

#define EDGES                                                                                                \
    "SELECT c.frm, c.dst, c.kind, c.month, c.authority, a.code, c.occurrences, c.weight, c.first_us,"        \
    " c.last_us, c.source, s.exhibit, x.sha256, x.name, c.records, c.joined, c.attempts - c.joined_attempts," \
    " c.voicemails - c.joined_voicemails, c.forwards - c.joined_forwards FROM contact_edge c"                \
    " CROSS JOIN authority a ON a.id = c.authority JOIN source s ON s.id = c.source"                         \
    " JOIN exhibit x ON x.id = s.exhibit WHERE" LM_LOOK_LIVE
#define IN_ORDER " ORDER BY c.frm, c.dst, c.kind, c.month, c.authority, s.exhibit, c.source"

static lm_err stream(struct edges *x, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    struct merge m = { 0 };
    bool row = false;
    lm_err err = lm_db_prepare(x->look.st, x->account != 0 ? EDGES " AND (c.frm = ?2 OR c.dst = ?2)" IN_ORDER
                                                           : EDGES IN_ORDER, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, x->look.investigation);
    (void)sqlite3_bind_int64(q, 2, x->account);
    while ((err = lm_db_step(x->look.st, q, &row, e)) == LM_OK && row) {
        if (!same(&m, q)) {
            if ((err = send(x, &m, e)) != LM_OK)
                break;
            start(&m, q);
        }
        add(&m, q);
    }
    if (err == LM_OK)
        err = send(x, &m, e);
    (void)sqlite3_finalize(q);
    (void)sqlite3_finalize(x->moment);
    return err;
}

static lm_err left_out(struct lm_look *look, uint64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(look->st, "SELECT ifnull(sum(c.events), 0) FROM contact_left_out c"
                                         " JOIN source s ON s.id = c.source JOIN authority a ON a.id = s.authority"
                                         " WHERE" LM_LOOK_LIVE, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    err = lm_db_step(look->st, q, &row, e);
    if (err == LM_OK)
        *ret = (uint64_t)sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_edges(struct lm_store *st, const struct lm_filter *f,
                      lm_err (*each)(void *user, const struct lm_edge_row *row), void *user, uint64_t *ret_left_out,
                      struct lm_error *e)
{
    struct edges x = { .each = each, .user = user };
    uint64_t n = 0;
    lm_err err = lm_look_begin(st, f, &(struct lm_look_at){ .action = "edges", .outcome = "returned" }, &x.look, e);
    if (err == LM_OK) {
        err = left_out(&x.look, &n, e);
        if (err == LM_OK)
            err = stream(&x, e);
        err = lm_look_end(&x.look, NULL, err, e);
    }
    if (err == LM_OK)
        *ret_left_out = n;
    lm_look_free(&x.look);
    return err;
}

lm_err lm_store_account_edges(struct lm_store *st, const struct lm_filter *f, int64_t account,
                              lm_err (*each)(void *user, const struct lm_edge_row *row), void *user,
                              struct lm_error *e)
{
    struct edges x = { .account = account, .each = each, .user = user };
    char detail[48];
    (void)snprintf(detail, sizeof detail, "account %lld", (long long)account);
    struct lm_look_at at = { .action = "edges", .detail = lm_str(detail), .outcome = "returned" };
    lm_err err = account > 0 ? lm_look_begin(st, f, &at, &x.look, e)
                             : lm_fail(e, LM_EUSAGE, "an account is a number above 0");
    if (account <= 0)
        return err;
    if (err == LM_OK)
        err = lm_look_end(&x.look, NULL, stream(&x, e), e);
    lm_look_free(&x.look);
    return err;
}
