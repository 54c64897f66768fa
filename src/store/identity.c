/* What the rules of identity read: see identity.h. */
#include "store/identity_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "store/authority.h"
#include "store/db.h"
#include "store/occurrence.h"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- where a run stands --- */

lm_err lm_store_identity_state(struct lm_store *st, struct lm_str investigation, struct lm_identity_state *ret_stored,
                               struct lm_identity_state *ret_now, struct lm_error *e)
{
    static const char *const queries[2] = {
        "SELECT account, link, event, revoked, attributions FROM identity_state WHERE investigation = ?1",
        "SELECT ifnull((SELECT max(id) FROM account), 0), ifnull((SELECT max(id) FROM account_identifier), 0),"
        " ifnull((SELECT max(id) FROM event), 0), (SELECT count(*) FROM authority WHERE investigation = ?1 AND revoked_us IS NOT NULL),"
        " (SELECT count(t.decided_us) + count(t.undone_us) FROM attribution t JOIN person p ON p.id = t.person WHERE p.investigation = ?1)",
    };
    struct lm_identity_state *ret[2] = { ret_stored, ret_now };
    int64_t id = 0;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    for (int i = 0; i < 2 && err == LM_OK; i++) {
        sqlite3_stmt *q = NULL;
        bool row = false;
        *ret[i] = (struct lm_identity_state){ 0 };
        if ((err = lm_db_prepare(st, queries[i], &q, e)) != LM_OK)
            break;
        (void)sqlite3_bind_int64(q, 1, id);
        err = lm_db_step(st, q, &row, e);
        if (err == LM_OK && row)
            *ret[i] = (struct lm_identity_state){ sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2),
                                                  sqlite3_column_int64(q, 3), sqlite3_column_int64(q, 4), true };
        (void)sqlite3_finalize(q);
    }
    return err;
}

/* --- holders --- */

/* On these platforms an account's own key is its telephone number; a short code is nobody's. */
#define ON_NUMBERS(c) c ".form = 1 AND " c ".platform IN (5, 7, 10)"
#define BY_NUMBER(c) ON_NUMBERS(c) " AND " c ".key >= '+' AND " c ".key < ','"
_Static_assert(LM_PLATFORM_WHATSAPP == 5 && LM_PLATFORM_SIGNAL == 7 && LM_PLATFORM_PHONE == 10 && LM_ACCOUNT_NATIVE == 1, "BY_NUMBER");
_Static_assert(LM_IDENTIFIER_PHONE == 0 && LM_IDENTIFIER_DEVICE == 6, "queries");

/* Every account beside each new one, the plus keeps the range of n.key from being passed on, which would make it a walk over all numbers. */
static const char by_number[] =
    "SELECT DISTINCT c.key, 0, c.id FROM account n CROSS JOIN account c ON c.investigation = n.investigation AND c.key = +n.key"
    " WHERE n.investigation = ?1 AND n.id > ?2 AND " BY_NUMBER("n") " AND " ON_NUMBERS("c")
    " AND EXISTS (SELECT 1 FROM account o WHERE o.investigation = n.investigation AND o.key = +n.key AND o.id <> n.id AND "
    ON_NUMBERS("o") ") ORDER BY c.key, c.id";
#define ON_SIM " l.basis IN ('device', 'subscriber_record')"
/* A SIM is told from a device by lm_form_of; here by its length. */
static const char by_sim[] =
    "SELECT i.key, min(i.id), l.account FROM (SELECT DISTINCT i.key FROM account_identifier l JOIN identifier i ON i.id = l.identifier"
    " JOIN account c ON c.id = l.account WHERE c.investigation = ?1 AND l.id > ?2 AND i.type = 6 AND length(i.key) = 15) t"
    " JOIN identifier i ON i.key = t.key AND i.type = 6 JOIN account_identifier l ON l.identifier = i.id"
    " JOIN account c ON c.id = l.account JOIN source s ON s.id = l.source JOIN authority a ON a.id = s.authority"
    " WHERE c.investigation = ?1 AND c.form = 1 AND c.platform = 10 AND l.record IS NOT NULL"
    " AND" ON_SIM " AND a.investigation = ?1 AND a.revoked_us IS NULL"
    " GROUP BY i.key, l.account ORDER BY i.key, l.account";

lm_err lm_store_holders(struct lm_store *st, struct lm_str investigation, const struct lm_identity_state *since,
                        lm_err (*each)(void *user, const struct lm_holder_row *row), void *user, struct lm_error *e)
{
    const struct { enum lm_identity_kind kind; const char *sql; int64_t since; } all[] = {
        { LM_IDENTITY_ACCOUNT_NUMBER, by_number, since->account }, { LM_IDENTITY_SIM, by_sim, since->link } };
    int64_t id = 0;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    for (int i = 0; i < 2 && err == LM_OK; i++) {
        sqlite3_stmt *q = NULL;
        bool row = false;
        if ((err = lm_db_prepare(st, all[i].sql, &q, e)) != LM_OK)
            break;
        (void)sqlite3_bind_int64(q, 1, id);
        (void)sqlite3_bind_int64(q, 2, all[i].since);
        while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
            struct lm_holder_row h = { all[i].kind, lm_db_str(q, 0), sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2) };
            err = each(user, &h);
        }
        (void)sqlite3_finalize(q);
    }
    return err;
}

lm_err lm_store_known(struct lm_store *st, struct lm_str investigation, lm_err (*each)(void *user, const struct lm_known_row *row),
                      void *user, struct lm_error *e)
{
    static const char sql[] =
        "SELECT DISTINCT c.id, i.type, i.raw, i.key, l.basis FROM account c JOIN account_identifier l ON l.account = c.id"
        " JOIN identifier i ON i.id = l.identifier JOIN source s ON s.id = l.source JOIN authority a ON a.id = s.authority"
        " WHERE c.investigation = ?1 AND a.investigation = ?1 AND a.revoked_us IS NULL ORDER BY c.id, i.type, i.key, i.raw, l.basis";
    int64_t id = 0;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_known_row k = { sqlite3_column_int64(q, 0), (enum lm_identifier_type)sqlite3_column_int(q, 1), lm_db_str(q, 2),
                                  lm_db_str(q, 3), lm_db_str(q, 4) };
        err = each(user, &k);
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_touched(struct lm_store *st, struct lm_str investigation, const struct lm_identity_state *since, bool all,
                        lm_err (*each)(void *user, int64_t account), void *user, struct lm_error *e)
{
    static const char everyone[] =
        "SELECT a FROM identity_edge WHERE investigation = ?1 UNION SELECT b FROM identity_edge WHERE investigation = ?1"
        " UNION SELECT w.a FROM identity_word w JOIN judgement j ON j.id = w.judgement WHERE j.investigation = ?1"
        " UNION SELECT w.b FROM identity_word w JOIN judgement j ON j.id = w.judgement WHERE j.investigation = ?1"
        " UNION SELECT m.account FROM identity_member m JOIN person p ON p.id = m.person WHERE p.investigation = ?1"
        " UNION SELECT t.account FROM attribution t JOIN person p ON p.id = t.person WHERE p.investigation = ?1"
        " AND t.account IS NOT NULL AND t.state = 'decided' UNION SELECT c.id FROM attribution t JOIN person p ON p.id = t.person"
        " JOIN identifier i ON i.id = t.identifier AND i.type = 0 JOIN account c ON c.investigation = ?1 AND c.key = i.key"
        " WHERE p.investigation = ?1 AND t.state = 'decided' AND " ON_NUMBERS("c") " ORDER BY 1";
    static const char busy[] =
        "WITH new(account) AS MATERIALIZED (SELECT frm FROM leg WHERE event > ?2 UNION SELECT dst FROM leg WHERE event > ?2)"
        " SELECT DISTINCT n.account FROM new n WHERE n.account IS NOT NULL AND (EXISTS (SELECT 1 FROM identity_edge x"
        " WHERE x.a = n.account AND x.ended_us IS NULL AND x.investigation = ?1) OR EXISTS (SELECT 1 FROM identity_edge x"
        " WHERE x.b = n.account AND x.ended_us IS NULL AND x.investigation = ?1)) ORDER BY 1";
    int64_t id = 0;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, all ? everyone : busy, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    if (!all)
        (void)sqlite3_bind_int64(q, 2, since->event);
    while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row)
        err = each(user, sqlite3_column_int64(q, 0));
    (void)sqlite3_finalize(q);
    return err;
}

/* --- a component --- */

#define LIVE " a.investigation = ?1 AND a.revoked_us IS NULL"
#define DECIDED                                                                                              \
    " t.state = 'decided' AND t.undone_us IS NULL AND (t.source IS NULL OR EXISTS (SELECT 1 FROM source s JOIN authority a"  \
    " ON a.id = s.authority WHERE s.id = t.source AND" LIVE "))"
#define HELD                                                                                                 \
    "SELECT t.person FROM account c JOIN identifier i ON i.key = c.key AND i.type = 0 JOIN attribution t ON t.identifier = i.id" \
    " JOIN person p ON p.id = t.person WHERE c.id = ?2 AND p.investigation = ?1 AND " ON_NUMBERS("c") " AND" DECIDED         \
    " UNION SELECT t.person FROM attribution t JOIN person p ON p.id = t.person WHERE t.account = ?2 AND p.investigation = ?1 AND" DECIDED

enum { Q_EDGES, Q_WORDS, Q_MATES, Q_HOLDERS, Q_HELD_BY, Q_LIVE, Q_SIM, Q_FROM, Q_TO, Q_PERSON, Q_N };
static const char *const component_sql[Q_N] = {
    [Q_EDGES] = "SELECT id, a, b, kind FROM identity_edge WHERE a = ?2 AND ended_us IS NULL AND kind <> 'likeness' AND investigation = ?1"
                " UNION ALL SELECT id, a, b, kind FROM identity_edge WHERE b = ?2 AND ended_us IS NULL AND kind <> 'likeness'"
                " AND investigation = ?1",
    [Q_WORDS] = "SELECT w.judgement, w.a, w.b, j.verdict FROM identity_word w JOIN judgement j ON j.id = w.judgement WHERE w.a = ?2"
                " AND j.withdrawn_us IS NULL AND j.investigation = ?1 UNION ALL SELECT w.judgement, w.a, w.b, j.verdict FROM identity_word w"
                " JOIN judgement j ON j.id = w.judgement WHERE w.b = ?2 AND j.withdrawn_us IS NULL AND j.investigation = ?1",
    [Q_MATES] = "SELECT o.account FROM identity_member m JOIN identity_member o ON o.person = m.person WHERE m.account = ?2",
    [Q_HOLDERS] = HELD,
    [Q_HELD_BY] = "SELECT t.account FROM attribution t WHERE t.person = ?2 AND t.account IS NOT NULL AND" DECIDED
                  " UNION SELECT c.id FROM attribution t JOIN identifier i ON i.id = t.identifier AND i.type = 0"
                  " JOIN account c ON c.investigation = ?1 AND c.key = i.key WHERE t.person = ?2 AND " ON_NUMBERS("c") " AND" DECIDED,
    [Q_LIVE] = LM_IDENTITY_LIVE,
    /* both of the edge's ends still have its SIM, as a live record says */
    [Q_SIM] = "SELECT count(DISTINCT l.account) = 2 FROM identity_edge x JOIN identifier k ON k.id = x.identifier JOIN identifier i"
              " ON i.key = k.key AND i.type = k.type JOIN account_identifier l ON l.identifier = i.id JOIN source s ON s.id = l.source"
              " JOIN authority a ON a.id = s.authority WHERE x.id = ?2 AND l.account IN (x.a, x.b) AND l.record IS NOT NULL"
              " AND" ON_SIM " AND" LIVE,
    [Q_FROM] = "SELECT min(at_us), max(at_us) FROM leg WHERE frm = ?2",
    [Q_TO] = "SELECT min(at_us), max(at_us) FROM leg WHERE dst = ?2",
    [Q_PERSON] = "SELECT person FROM identity_member WHERE account = ?2",
};

/* The same where something was revoked: each event is looked at. */
#define LIVE_TIMES(end)                                                                                      \
    "SELECT min(l.at_us), max(l.at_us) FROM leg l JOIN event x ON x.id = l.event JOIN source s ON s.id = x.source" \
    " JOIN authority a ON a.id = s.authority WHERE l." end " = ?2 AND" LIVE
#define ANY_REVOKED "SELECT EXISTS (SELECT 1 FROM authority WHERE revoked_us IS NOT NULL)"

struct lm_identity_reader {
    struct lm_store *st;
    int64_t investigation;
    sqlite3_stmt *q[Q_N];
};

lm_err lm_identity_reader_open(struct lm_store *st, struct lm_str investigation, struct lm_identity_reader **ret, struct lm_error *e)
{
    struct lm_identity_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return no_memory(e);
    r->st = st;
    lm_err err = lm_investigation_find(st, investigation, &r->investigation, e);
    int64_t revoked = 0;
    if (err == LM_OK)
        err = lm_db_i64(st, ANY_REVOKED, 0, &revoked, e);
    for (int i = 0; i < Q_N && err == LM_OK; i++)
        err = lm_db_prepare(st, revoked == 0 || (i != Q_FROM && i != Q_TO) ? component_sql[i] : i == Q_FROM ? LIVE_TIMES("frm") : LIVE_TIMES("dst"),
                            &r->q[i], e);
    if (err != LM_OK) {
        lm_identity_reader_close(r);
        return err;
    }
    *ret = r;
    return LM_OK;
}

void lm_identity_reader_close(struct lm_identity_reader *r)
{
    for (int i = 0; r != NULL && i < Q_N; i++)
        (void)sqlite3_finalize(r->q[i]);
    free(r);
}

struct growing {
    struct lm_identity_reader *r;
    struct lm_arena *a;
    struct lm_map index; /* account → place */
    int64_t *ids;
    size_t n, cap;
    struct lm_component *c;
    size_t cap_edges, cap_apart, cap_unsure;
};

static sqlite3_stmt *ask(struct growing *g, int which, int64_t id)
{
    sqlite3_stmt *q = g->r->q[which];
    (void)sqlite3_bind_int64(q, 1, g->r->investigation);
    (void)sqlite3_bind_int64(q, 2, id);
    return q;
}

static lm_err meet(struct growing *g, int64_t id, struct lm_error *e)
{
    uint64_t *at;
    bool fresh = false;
    if (lm_map_put(&g->index, (struct lm_str){ (const char *)&id, sizeof id }, g->n, &at, &fresh) != LM_OK)
        return no_memory(e);
    if (!fresh)
        return LM_OK;
    if (g->n == LM_COMPONENT_MOST)
        return lm_fail(e, LM_ELIMIT, "more than %u accounts are connected with one another", LM_COMPONENT_MOST);
    int64_t *more = lm_arena_grow(g->a, g->ids, g->n, &g->cap, sizeof *more);
    if (more == NULL)
        return no_memory(e);
    g->ids = more;
    more[g->n++] = id;
    return LM_OK;
}

/* Every row's columns first … last are accounts. */
static lm_err meet_all(struct growing *g, int which, int64_t id, int first, int last, struct lm_error *e)
{
    sqlite3_stmt *q = ask(g, which, id);
    bool row = false;
    lm_err err = LM_OK;
    while (err == LM_OK && (err = lm_db_step(g->r->st, q, &row, e)) == LM_OK && row)
        for (int i = first; i <= last && err == LM_OK; i++)
            err = meet(g, sqlite3_column_int64(q, i), e);
    (void)sqlite3_reset(q);
    return err;
}

static lm_err meet_holders(struct growing *g, int64_t id, struct lm_error *e)
{
    sqlite3_stmt *q = ask(g, Q_HOLDERS, id);
    bool row = false;
    lm_err err = LM_OK;
    while (err == LM_OK && (err = lm_db_step(g->r->st, q, &row, e)) == LM_OK && row)
        err = meet_all(g, Q_HELD_BY, sqlite3_column_int64(q, 0), 0, 0, e);
    (void)sqlite3_reset(q);
    return err;
}

static lm_err grow(struct growing *g, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < g->n && err == LM_OK; i++) {
        err = meet_all(g, Q_EDGES, g->ids[i], 1, 2, e);
        if (err == LM_OK)
            err = meet_all(g, Q_WORDS, g->ids[i], 1, 2, e);
        if (err == LM_OK)
            err = meet_all(g, Q_MATES, g->ids[i], 0, 0, e);
        if (err == LM_OK)
            err = meet_holders(g, g->ids[i], e);
    }
    return err;
}

/* --- what is said of its accounts --- */

static lm_err number(struct growing *g, int which, int64_t id, int64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = ask(g, which, id);
    bool row = false;
    lm_err err = lm_db_step(g->r->st, q, &row, e);
    *ret = err == LM_OK && row ? sqlite3_column_int64(q, 0) : 0;
    (void)sqlite3_reset(q);
    return err;
}

static lm_err times(struct growing *g, int which, struct lm_component_account *x, struct lm_error *e)
{
    sqlite3_stmt *q = ask(g, which, x->id);
    bool row = false;
    lm_err err = lm_db_step(g->r->st, q, &row, e);
    if (err == LM_OK && row && sqlite3_column_type(q, 0) != SQLITE_NULL) {
        int64_t first = sqlite3_column_int64(q, 0), last = sqlite3_column_int64(q, 1);
        x->first_us = !x->dated || first < x->first_us ? first : x->first_us;
        x->last_us = !x->dated || last > x->last_us ? last : x->last_us;
        x->dated = true;
    }
    (void)sqlite3_reset(q);
    return err;
}

static lm_err holder(struct growing *g, struct lm_component_account *x, struct lm_error *e)
{
    sqlite3_stmt *q = ask(g, Q_HOLDERS, x->id);
    bool row = false;
    lm_err err = LM_OK;
    while (err == LM_OK && (err = lm_db_step(g->r->st, q, &row, e)) == LM_OK && row)
        x->holder = x->holder == 0 ? sqlite3_column_int64(q, 0) : -1;
    (void)sqlite3_reset(q);
    return err;
}

static lm_err describe(struct growing *g, struct lm_component_account *x, struct lm_error *e)
{
    int64_t live = 0;
    lm_err err = number(g, Q_LIVE, x->id, &live, e);
    x->live = live != 0;
    if (err == LM_OK)
        err = number(g, Q_PERSON, x->id, &x->person, e);
    if (err == LM_OK)
        err = times(g, Q_FROM, x, e);
    if (err == LM_OK)
        err = times(g, Q_TO, x, e);
    return err == LM_OK ? holder(g, x, e) : err;
}

static uint32_t place_of(const struct growing *g, int64_t id)
{
    const uint64_t *at = lm_map_get(&g->index, (struct lm_str){ (const char *)&id, sizeof id });
    return at != NULL ? (uint32_t)*at : UINT32_MAX;
}

static lm_err put_edge(struct growing *g, struct lm_component_edge x, struct lm_error *e)
{
    struct lm_component_edge *more = lm_arena_grow(g->a, g->c->edges, g->c->n_edges, &g->cap_edges, sizeof *more);
    if (more == NULL)
        return no_memory(e);
    g->c->edges = more;
    more[g->c->n_edges++] = x;
    return LM_OK;
}

static lm_err put_pair(struct growing *g, uint32_t (**list)[2], uint32_t *n, size_t *cap, uint32_t a, uint32_t b, struct lm_error *e)
{
    uint32_t (*more)[2] = lm_arena_grow(g->a, *list, *n, cap, sizeof **list);
    if (more == NULL)
        return no_memory(e);
    *list = more;
    more[*n][0] = a;
    more[(*n)++][1] = b;
    return LM_OK;
}

/* Each edge is met from both of its ends: taken from a. */
static lm_err edges_of(struct growing *g, uint32_t at, struct lm_error *e)
{
    struct lm_component *c = g->c;
    int64_t id = c->accounts[at].id;
    sqlite3_stmt *q = ask(g, Q_EDGES, id);
    bool row = false;
    lm_err err = LM_OK;
    while (err == LM_OK && (err = lm_db_step(g->r->st, q, &row, e)) == LM_OK && row) {
        struct lm_component_edge x = { .edge = sqlite3_column_int64(q, 0), .a = at, .b = place_of(g, sqlite3_column_int64(q, 2)) };
        if (sqlite3_column_int64(q, 1) != id || !c->accounts[at].live || !c->accounts[x.b].live)
            continue;
        if (!lm_identity_kind_parse(lm_db_str(q, 3), &x.kind))
            err = lm_fail(e, LM_EDAMAGED, "an edge of an unknown kind");
        int64_t holds = 1;
        if (err == LM_OK && x.kind == LM_IDENTITY_SIM)
            err = number(g, Q_SIM, x.edge, &holds, e);
        if (err == LM_OK && holds != 0)
            err = put_edge(g, x, e);
    }
    (void)sqlite3_reset(q);
    return err;
}

static lm_err words_of(struct growing *g, uint32_t at, struct lm_error *e)
{
    struct lm_component *c = g->c;
    int64_t id = c->accounts[at].id;
    sqlite3_stmt *q = ask(g, Q_WORDS, id);
    bool row = false;
    lm_err err = LM_OK;
    while (err == LM_OK && (err = lm_db_step(g->r->st, q, &row, e)) == LM_OK && row) {
        uint32_t b = place_of(g, sqlite3_column_int64(q, 2));
        enum lm_identity_verdict v;
        if (sqlite3_column_int64(q, 1) != id)
            continue;
        if (!lm_identity_verdict_parse(lm_db_str(q, 3), &v))
            err = lm_fail(e, LM_EDAMAGED, "judgement %lld says what is unknown", (long long)sqlite3_column_int64(q, 0));
        else if (v == LM_VERDICT_SAME)
            err = c->accounts[at].live && c->accounts[b].live ? put_edge(g, (struct lm_component_edge){ .a = at, .b = b, .word = true }, e) : LM_OK;
        else if (v == LM_VERDICT_NOT_SAME)
            err = put_pair(g, &c->apart, &c->n_apart, &g->cap_apart, at, b, e);
        else
            err = put_pair(g, &c->unsure, &c->n_unsure, &g->cap_unsure, at, b, e);
    }
    (void)sqlite3_reset(q);
    return err;
}

/* Accounts that a person decided to be one person's are joined by that word: each with the first of them. */
static lm_err decisions(struct growing *g, struct lm_error *e)
{
    struct lm_map first;
    lm_err err = LM_OK;
    lm_map_init(&first, g->a);
    for (uint32_t i = 0; i < g->c->n && err == LM_OK; i++) {
        int64_t h = g->c->accounts[i].holder;
        uint64_t *at;
        bool fresh = false;
        if (h <= 0 || !g->c->accounts[i].live)
            continue;
        if (lm_map_put(&first, (struct lm_str){ (const char *)&h, sizeof h }, i, &at, &fresh) != LM_OK)
            err = no_memory(e);
        else if (!fresh)
            err = put_edge(g, (struct lm_component_edge){ .a = (uint32_t)*at, .b = i, .word = true }, e);
    }
    return err;
}

/* In an order that does not depend on what came first. */
static lm_err take(struct growing *g, struct lm_error *e)
{
    struct lm_component *c = g->c;
    lm_err err = lm_store_order_accounts(g->r->st, g->ids, g->n, e);
    lm_map_init(&g->index, g->a);
    c->accounts = lm_arena_array(g->a, g->n + 1, sizeof *c->accounts);
    if (err == LM_OK && c->accounts == NULL)
        err = no_memory(e);
    for (size_t i = 0; i < g->n && err == LM_OK; i++) {
        uint64_t *at;
        c->accounts[i].id = g->ids[i];
        if (lm_map_put(&g->index, (struct lm_str){ (const char *)&g->ids[i], sizeof g->ids[i] }, i, &at, NULL) != LM_OK)
            err = no_memory(e);
        else
            err = describe(g, &c->accounts[i], e);
    }
    c->n = (uint32_t)g->n;
    for (uint32_t i = 0; i < c->n && err == LM_OK; i++) {
        err = edges_of(g, i, e);
        if (err == LM_OK)
            err = words_of(g, i, e);
    }
    return err == LM_OK ? decisions(g, e) : err;
}

lm_err lm_store_component(struct lm_identity_reader *r, struct lm_arena *a, const int64_t *accounts, size_t n,
                          struct lm_component *ret, struct lm_error *e)
{
    struct growing g = { .r = r, .a = a, .c = ret };
    lm_err err = LM_OK;
    *ret = (struct lm_component){ 0 };
    lm_map_init(&g.index, a);
    for (size_t i = 0; i < n && err == LM_OK; i++)
        err = meet(&g, accounts[i], e);
    if (err == LM_OK)
        err = grow(&g, e);
    return err == LM_OK ? take(&g, e) : err;
}
