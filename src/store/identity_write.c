/* What the rules of identity write, and a person's word: see identity.h. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/map.h"
#include "model/selector.h"
#include "store/anchor.h"
#include "store/attribution_parts.h"
#include "store/audit.h"
#include "store/authority.h"
#include "store/identity.h"
#include "store/import.h"

enum { W_FIND, W_EDGE, W_END, W_RECORD, W_MEMBER, W_UNMEMBER, W_FATE, W_ANCHOR_OF, W_ANCHOR, W_MERGED, W_MERGE, W_CHANGE, W_PUT, W_N };
static const char *const write_sql[W_N] = {
    [W_FIND] = "SELECT id, bits FROM identity_edge WHERE a = ? AND b = ? AND kind = ? AND ended_us IS NULL",
    [W_EDGE] = "INSERT INTO identity_edge(investigation, a, b, kind, identifier, a_record, b_record, bits, added_us, added_by)"
               " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [W_END] = "UPDATE identity_edge SET ended_us = ? WHERE id = ?",
    /* the first live row of evidence that names the account */
    [W_RECORD] = "SELECT min(l.record) FROM account_identifier l JOIN source s ON s.id = l.source JOIN authority a"
                 " ON a.id = s.authority WHERE l.account = ?2 AND l.record IS NOT NULL AND a.investigation = ?1 AND a.revoked_us IS NULL"
                 " UNION ALL SELECT (SELECT x.record FROM leg l JOIN event x ON x.id = l.event JOIN source s ON s.id = x.source"
                 " JOIN authority a ON a.id = s.authority WHERE l.frm = ?2 AND a.investigation = ?1 AND a.revoked_us IS NULL LIMIT 1)"
                 " UNION ALL SELECT (SELECT x.record FROM leg l JOIN event x ON x.id = l.event JOIN source s ON s.id = x.source"
                 " JOIN authority a ON a.id = s.authority WHERE l.dst = ?2 AND a.investigation = ?1 AND a.revoked_us IS NULL LIMIT 1)",
    [W_MEMBER] = "INSERT INTO identity_member(account, person) VALUES(?, ?) ON CONFLICT(account) DO UPDATE SET person = excluded.person",
    [W_UNMEMBER] = "DELETE FROM identity_member WHERE account = ?",
    [W_FATE] = "INSERT INTO identity_fate(edge, fate, bridge) VALUES(?, ?, ?) ON CONFLICT(edge) DO UPDATE SET fate = excluded.fate,"
               " bridge = excluded.bridge",
    [W_ANCHOR_OF] = "SELECT person FROM identity_anchor WHERE account = ?",
    [W_ANCHOR] = "INSERT INTO identity_anchor(person, account) VALUES(?, ?)",
    [W_MERGED] = "SELECT ifnull(merged_into, 0) FROM person WHERE id = ?",
    [W_MERGE] = "UPDATE person SET merged_into = ? WHERE id = ?",
    [W_CHANGE] = "INSERT INTO identity_change(person, change, account, other, at_us, who) VALUES(?, ?, ?, ?, ?, ?)",
    [W_PUT] = "INSERT OR IGNORE INTO temp.identity_put(edge) VALUES(?)",
};

struct lm_identity_writer {
    struct lm_store *st;
    struct lm_str code;
    int64_t investigation;
    int lock_fd;
    bool whole;
    int64_t begun_us;
    sqlite3_stmt *q[W_N];
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static void forget(struct lm_identity_writer *w)
{
    for (int i = 0; i < W_N; i++)
        (void)sqlite3_finalize(w->q[i]);
    if (w->lock_fd >= 0)
        (void)close(w->lock_fd);
    free(w);
}

lm_err lm_identity_begin(struct lm_store *st, struct lm_str investigation, bool whole, struct lm_identity_writer **ret, struct lm_error *e)
{
    struct lm_identity_writer *w = malloc(sizeof *w);
    if (w == NULL)
        return no_memory(e);
    *w = (struct lm_identity_writer){ .st = st, .code = investigation, .lock_fd = -1, .whole = whole };
    lm_err err = lm_investigation_find(st, investigation, &w->investigation, e);
    if (err == LM_OK)
        err = lm_import_lock(st, &w->lock_fd, e);
    if (err == LM_OK)
        err = lm_db_exec(st, "CREATE TEMP TABLE IF NOT EXISTS identity_put(edge INTEGER PRIMARY KEY); DELETE FROM temp.identity_put", e);
    for (int i = 0; i < W_N && err == LM_OK; i++)
        err = lm_db_prepare(st, write_sql[i], &w->q[i], e);
    if (err == LM_OK)
        err = lm_db_begin(st, e);
    if (err != LM_OK) {
        forget(w);
        return err;
    }
    w->begun_us = lm_db_now_us();
    *ret = w;
    return LM_OK;
}

/* Lets whoever waits to look have the turn. */
static lm_err maybe_commit(struct lm_identity_writer *w, lm_err err, struct lm_error *e)
{
    int64_t took = lm_db_now_us() - w->begun_us;
    if (err != LM_OK || w->whole || (took >= 0 && took < LM_IMPORT_COMMIT_US))
        return err;
    err = lm_db_end(w->st, LM_OK, e);
    w->begun_us = lm_db_now_us();
    return err == LM_OK ? lm_db_begin(w->st, e) : err;
}

static lm_err put_state(struct lm_identity_writer *w, const struct lm_identity_state *s, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(w->st, "INSERT OR REPLACE INTO identity_state(investigation, account, link, event, revoked, attributions)"
                                      " VALUES(?, ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    const int64_t v[] = { w->investigation, s->account, s->link, s->event, s->revoked, s->attributions };
    for (int i = 0; i < 6; i++)
        (void)sqlite3_bind_int64(q, i + 1, v[i]);
    err = lm_db_run(w->st, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_identity_end(struct lm_identity_writer *w, const struct lm_identity_state *state, const char *done, lm_err err,
                       struct lm_error *e)
{
    char object[160];
    (void)snprintf(object, sizeof object, "investigation %.*s", LM_STR_ARG(lm_str_take(w->code, 100)));
    if (err == LM_OK && state != NULL)
        err = put_state(w, state, e);
    if (err == LM_OK && done != NULL)
        err = lm_audit_add(w->st, "identities.resolve", lm_str(object), lm_str(done), e);
    for (int i = 0; i < W_N; i++)
        (void)sqlite3_reset(w->q[i]);
    err = lm_db_end(w->st, err, e);
    forget(w);
    return err;
}

/* One number from a statement with these numbers bound; *ret_row false: no row. */
static lm_err one(struct lm_identity_writer *w, int which, int64_t x, int64_t *ret, bool *ret_row, struct lm_error *e)
{
    sqlite3_stmt *q = w->q[which];
    (void)sqlite3_bind_int64(q, 1, x);
    lm_err err = lm_db_step(w->st, q, ret_row, e);
    *ret = err == LM_OK && *ret_row ? sqlite3_column_int64(q, 0) : 0;
    (void)sqlite3_reset(q);
    return err;
}

/* --- edges --- */

static lm_err record_of(struct lm_identity_writer *w, int64_t account, int64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = w->q[W_RECORD];
    bool row = false;
    lm_err err = LM_OK;
    (void)sqlite3_bind_int64(q, 1, w->investigation);
    (void)sqlite3_bind_int64(q, 2, account);
    *ret = 0;
    while (*ret == 0 && (err = lm_db_step(w->st, q, &row, e)) == LM_OK && row)
        *ret = sqlite3_column_int64(q, 0);
    (void)sqlite3_reset(q);
    return err;
}

static void bind_some(sqlite3_stmt *q, int i, int64_t v)
{
    (void)(v != 0 ? sqlite3_bind_int64(q, i, v) : sqlite3_bind_null(q, i));
}

static lm_err end_edge(struct lm_identity_writer *w, int64_t edge, struct lm_error *e)
{
    (void)sqlite3_bind_int64(w->q[W_END], 1, lm_db_now_us());
    (void)sqlite3_bind_int64(w->q[W_END], 2, edge);
    return lm_db_run(w->st, w->q[W_END], e);
}

static lm_err add_edge(struct lm_identity_writer *w, const struct lm_new_edge *x, int64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = w->q[W_EDGE];
    int64_t record[2] = { 0, 0 };
    lm_err err = record_of(w, x->a, &record[0], e);
    if (err == LM_OK)
        err = record_of(w, x->b, &record[1], e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, w->investigation);
    (void)sqlite3_bind_int64(q, 2, x->a);
    (void)sqlite3_bind_int64(q, 3, x->b);
    lm_db_bind_str(q, 4, lm_str(lm_identity_kind_word(x->kind)));
    bind_some(q, 5, x->identifier);
    bind_some(q, 6, record[0]);
    bind_some(q, 7, record[1]);
    (void)(x->kind == LM_IDENTITY_LIKENESS ? sqlite3_bind_double(q, 8, x->bits) : sqlite3_bind_null(q, 8));
    (void)sqlite3_bind_int64(q, 9, lm_db_now_us());
    lm_db_bind_str(q, 10, lm_str(w->st->actor));
    err = lm_db_run(w->st, q, e);
    *ret = sqlite3_last_insert_rowid(w->st->db);
    return err;
}

lm_err lm_identity_put(struct lm_identity_writer *w, const struct lm_new_edge *given, bool *ret_new, struct lm_error *e)
{
    struct lm_new_edge x = *given;
    sqlite3_stmt *q = w->q[W_FIND];
    bool row = false, stays;
    if (x.a > x.b) {
        x.a = given->b;
        x.b = given->a;
    }
    (void)sqlite3_bind_int64(q, 1, x.a);
    (void)sqlite3_bind_int64(q, 2, x.b);
    lm_db_bind_str(q, 3, lm_str(lm_identity_kind_word(x.kind)));
    lm_err err = lm_db_step(w->st, q, &row, e);
    int64_t edge = row ? sqlite3_column_int64(q, 0) : 0;
    double apart = row ? sqlite3_column_double(q, 1) - x.bits : 0;
    (void)sqlite3_reset(q);
    stays = row && (x.kind != LM_IDENTITY_LIKENESS || (apart < 0.005 && apart > -0.005));
    if (err == LM_OK && row && !stays)
        err = end_edge(w, edge, e);
    if (err == LM_OK && !stays)
        err = add_edge(w, &x, &edge, e);
    if (err == LM_OK && x.kind == LM_IDENTITY_LIKENESS) {
        (void)sqlite3_bind_int64(w->q[W_PUT], 1, edge);
        err = lm_db_run(w->st, w->q[W_PUT], e);
    }
    *ret_new = !stays;
    return maybe_commit(w, err, e);
}

lm_err lm_identity_end_likenesses(struct lm_identity_writer *w, uint64_t *ret_ended, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(w->st, "UPDATE identity_edge SET ended_us = ?2 WHERE investigation = ?1 AND kind = 'likeness'"
                                      " AND ended_us IS NULL AND id NOT IN (SELECT edge FROM temp.identity_put)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, w->investigation);
    (void)sqlite3_bind_int64(q, 2, lm_db_now_us());
    err = lm_db_run(w->st, q, e);
    *ret_ended = err == LM_OK ? (uint64_t)sqlite3_changes64(w->st->db) : 0;
    (void)sqlite3_finalize(q);
    return err;
}

/* --- persons --- */

static lm_err change(struct lm_identity_writer *w, int64_t person, const char *what, int64_t account, int64_t other, struct lm_error *e)
{
    sqlite3_stmt *q = w->q[W_CHANGE];
    (void)sqlite3_bind_int64(q, 1, person);
    lm_db_bind_str(q, 2, lm_str(what));
    bind_some(q, 3, account);
    bind_some(q, 4, other);
    (void)sqlite3_bind_int64(q, 5, lm_db_now_us());
    lm_db_bind_str(q, 6, lm_str(w->st->actor));
    return lm_db_run(w->st, q, e);
}

static lm_err make_person(struct lm_identity_writer *w, int64_t account, int64_t *ret, struct lm_error *e)
{
    char label[32]; /* nothing of the evidence: it may be withdrawn */
    (void)snprintf(label, sizeof label, "account %lld", (long long)account);
    struct lm_new_person p = { .label = lm_str(label) };
    lm_err err = lm_attribution_new_person(w->st, w->code, &p, ret, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(w->q[W_ANCHOR], 1, *ret);
    (void)sqlite3_bind_int64(w->q[W_ANCHOR], 2, account);
    err = lm_db_run(w->st, w->q[W_ANCHOR], e);
    return err == LM_OK ? change(w, *ret, "made", account, 0, e) : err;
}

static lm_err merge(struct lm_identity_writer *w, int64_t person, int64_t into, struct lm_error *e)
{
    int64_t was = 0;
    bool row = false;
    lm_err err = one(w, W_MERGED, person, &was, &row, e);
    if (err != LM_OK || !row || was == into)
        return err;
    bind_some(w->q[W_MERGE], 1, into);
    (void)sqlite3_bind_int64(w->q[W_MERGE], 2, person);
    err = lm_db_run(w->st, w->q[W_MERGE], e);
    if (err == LM_OK)
        err = change(w, person, into != 0 ? "merged" : "restored", 0, into != 0 ? into : was, e);
    return err == LM_OK ? lm_anchor_add(w->st, LM_ANCHOR_PERSON, person, into != 0 ? LM_STR("merged") : LM_STR("restored"), e) : err;
}

static lm_err set_member(struct lm_identity_writer *w, const struct lm_component_account *x, int64_t person, uint64_t *changed,
                         struct lm_error *e)
{
    lm_err err = LM_OK;
    if (x->person == person)
        return LM_OK;
    (*changed)++;
    if (x->person != 0)
        err = change(w, x->person, "left", x->id, person, e);
    if (err == LM_OK && person != 0)
        err = change(w, person, "joined", x->id, x->person, e);
    sqlite3_stmt *q = w->q[person != 0 ? W_MEMBER : W_UNMEMBER];
    (void)sqlite3_bind_int64(q, 1, x->id);
    if (person != 0)
        (void)sqlite3_bind_int64(q, 2, person);
    return err == LM_OK ? lm_db_run(w->st, q, e) : err;
}

struct placing {
    struct lm_identity_writer *w;
    struct lm_arena a;
    const struct lm_placed *p;
    uint32_t *at, *members; /* set → its accounts */
    int64_t *anchored;      /* account → the person that was made for it */
    uint64_t *changed;
};

/* The person who stands for a set: whom somebody decided it to be, else the first that was made for one of its accounts, else a new one
 * when there are two accounts or more; 0: nobody. */
static lm_err person_of(struct placing *s, const uint32_t *members, uint32_t n, int64_t *ret, struct lm_error *e)
{
    const struct lm_component *c = s->p->component;
    int64_t decided = 0, first = 0;
    uint32_t n_live = 0;
    for (uint32_t i = 0; i < n; i++) {
        int64_t made = s->anchored[members[i]], holder = c->accounts[members[i]].holder;
        n_live += c->accounts[members[i]].live;
        decided = holder > 0 && (decided == 0 || holder < decided) ? holder : decided;
        first = made != 0 && (first == 0 || made < first) ? made : first;
    }
    *ret = n_live == 0 ? 0 : decided != 0 ? decided : first;
    return *ret == 0 && n_live > 1 ? make_person(s->w, c->accounts[members[0]].id, ret, e) : LM_OK;
}

static lm_err place_set(struct placing *s, uint32_t set, struct lm_error *e)
{
    const struct lm_component *c = s->p->component;
    const uint32_t *members = s->members + s->at[set];
    uint32_t n = s->at[set + 1] - s->at[set];
    int64_t person = 0;
    lm_err err = person_of(s, members, n, &person, e);
    for (uint32_t i = 0; i < n && err == LM_OK; i++) {
        int64_t made = s->anchored[members[i]];
        if (made != 0)
            err = merge(s->w, made, made != person ? person : 0, e);
    }
    if (err == LM_OK && person != 0)
        err = merge(s->w, person, 0, e);
    for (uint32_t i = 0; i < n && err == LM_OK; i++)
        err = set_member(s->w, &c->accounts[members[i]], c->accounts[members[i]].live ? person : 0, s->changed, e);
    return err;
}

static lm_err prepare(struct placing *s, struct lm_error *e)
{
    const struct lm_component *c = s->p->component;
    uint32_t *put = lm_arena_array(&s->a, (size_t)c->n + 1, sizeof *put);
    lm_err err = LM_OK;
    s->at = lm_arena_array(&s->a, (size_t)c->n + 2, sizeof *s->at);
    s->members = lm_arena_array(&s->a, (size_t)c->n + 1, sizeof *s->members);
    s->anchored = lm_arena_array(&s->a, (size_t)c->n + 1, sizeof *s->anchored);
    if (put == NULL || s->at == NULL || s->members == NULL || s->anchored == NULL)
        return no_memory(e);
    for (uint32_t i = 0; i < c->n; i++)
        s->at[s->p->set[i] + 1]++;
    for (uint32_t i = 0; i < c->n; i++) {
        s->at[i + 1] += s->at[i];
        put[i] = s->at[i];
    }
    for (uint32_t i = 0; i < c->n && err == LM_OK; i++) {
        bool row = false;
        s->members[put[s->p->set[i]]++] = i;
        err = one(s->w, W_ANCHOR_OF, c->accounts[i].id, &s->anchored[i], &row, e);
    }
    return err;
}

static lm_err put_fates(struct placing *s, struct lm_error *e)
{
    const struct lm_component *c = s->p->component;
    lm_err err = LM_OK;
    for (uint32_t i = 0; i < c->n_edges && err == LM_OK; i++) {
        sqlite3_stmt *q = s->w->q[W_FATE];
        if (c->edges[i].edge == 0)
            continue;
        (void)sqlite3_bind_int64(q, 1, c->edges[i].edge);
        (void)sqlite3_bind_int(q, 2, s->p->fate[i]);
        (void)sqlite3_bind_int(q, 3, s->p->bridge[i]);
        err = lm_db_run(s->w->st, q, e);
    }
    return err;
}

lm_err lm_identity_place(struct lm_identity_writer *w, const struct lm_placed *p, uint64_t *ret_changed, struct lm_error *e)
{
    struct placing s = { .w = w, .p = p, .changed = ret_changed };
    lm_arena_init(&s.a, 0);
    lm_err err = prepare(&s, e);
    for (uint32_t i = 0; i < p->component->n && err == LM_OK; i++)
        if (s.at[i + 1] > s.at[i])
            err = place_set(&s, i, e);
    if (err == LM_OK)
        err = put_fates(&s, e);
    lm_arena_free(&s.a);
    return maybe_commit(w, err, e);
}

lm_err lm_identity_follow(struct lm_identity_writer *w, int64_t person, int64_t from, int64_t to, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(w->st, "UPDATE OR IGNORE identity_anchor SET account = ?3 WHERE person = ?1 AND account = ?2", &q, e);
    if (err != LM_OK)
        return err;
    const int64_t v[] = { person, from, to };
    for (int i = 0; i < 3; i++)
        (void)sqlite3_bind_int64(q, i + 1, v[i]);
    err = lm_db_run(w->st, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

/* --- a person's word --- */

static lm_err put_pairs(struct lm_identity_writer *w, int64_t judgement, const struct lm_account_pair_of *pairs, size_t n, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(w->st, "INSERT INTO identity_word(judgement, ord, a, b) SELECT ?1, ?2, x.id, y.id FROM account x, account y"
                                      " WHERE x.id = ?3 AND y.id = ?4 AND x.investigation = ?5 AND y.investigation = ?5", &q, e);
    for (size_t i = 0; i < n && err == LM_OK; i++) {
        const int64_t v[] = { judgement, (int64_t)i, pairs[i].a, pairs[i].b, w->investigation };
        for (int k = 0; k < 5; k++)
            (void)sqlite3_bind_int64(q, k + 1, v[k]);
        err = pairs[i].a == pairs[i].b ? lm_fail(e, LM_EUSAGE, "an account is always the same as itself") : lm_db_run(w->st, q, e);
        if (err == LM_OK && sqlite3_changes(w->st->db) != 1)
            err = lm_fail(e, LM_ENOTFOUND, "there is no such account under this investigation");
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_identity_judge(struct lm_identity_writer *w, enum lm_identity_verdict verdict, const struct lm_account_pair_of *pairs, size_t n,
                         struct lm_str reason, int64_t *ret_judgement, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    reason = lm_str_trim(reason);
    if (reason.n == 0)
        return lm_fail(e, LM_EUSAGE, "a judgement needs a reason: --reason");
    if (n == 0)
        return lm_fail(e, LM_EUSAGE, "a judgement is about two accounts");
    lm_err err = lm_db_prepare(w->st, "INSERT INTO judgement(investigation, about, row, verdict, reason, who, at_us)"
                                      " VALUES(?, 'identity', ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, w->investigation);
    (void)sqlite3_bind_int64(q, 2, pairs[0].a);
    lm_db_bind_str(q, 3, lm_str(lm_identity_verdict_word(verdict)));
    lm_db_bind_str(q, 4, reason);
    lm_db_bind_str(q, 5, lm_str(w->st->actor));
    (void)sqlite3_bind_int64(q, 6, lm_db_now_us());
    err = lm_db_run(w->st, q, e);
    *ret_judgement = sqlite3_last_insert_rowid(w->st->db);
    (void)sqlite3_finalize(q);
    if (err == LM_OK)
        err = put_pairs(w, *ret_judgement, pairs, n, e);
    return err == LM_OK ? lm_anchor_add(w->st, LM_ANCHOR_JUDGEMENT, *ret_judgement, w->code, e) : err;
}

static lm_err may_withdraw(struct lm_identity_writer *w, int64_t judgement, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(w->st, "SELECT withdrawn_us IS NOT NULL FROM judgement WHERE id = ? AND investigation = ?"
                                      " AND about = 'identity'", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, judgement);
    (void)sqlite3_bind_int64(q, 2, w->investigation);
    err = lm_db_step(w->st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_ENOTFOUND, "there is no judgement %lld about identities under this investigation", (long long)judgement);
    else if (err == LM_OK && sqlite3_column_int(q, 0) != 0)
        err = lm_fail(e, LM_EUSAGE, "judgement %lld is withdrawn already", (long long)judgement);
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_identity_unjudge(struct lm_identity_writer *w, int64_t judgement, struct lm_str reason,
                           lm_err (*each)(void *user, int64_t account), void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    reason = lm_str_trim(reason);
    if (reason.n == 0)
        return lm_fail(e, LM_EUSAGE, "taking a judgement back needs a reason: --reason");
    lm_err err = may_withdraw(w, judgement, e);
    if (err == LM_OK)
        err = lm_db_prepare(w->st, "UPDATE judgement SET withdrawn_us = ?, withdrawn_by = ? WHERE id = ?", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, lm_db_now_us());
    lm_db_bind_str(q, 2, lm_str(w->st->actor));
    (void)sqlite3_bind_int64(q, 3, judgement);
    err = lm_db_run(w->st, q, e);
    (void)sqlite3_finalize(q);
    q = NULL;
    if (err == LM_OK)
        err = lm_anchor_add(w->st, LM_ANCHOR_WITHDRAWAL, judgement, reason, e);
    if (err == LM_OK)
        err = lm_db_prepare(w->st, "SELECT a FROM identity_word WHERE judgement = ?1 UNION SELECT b FROM identity_word WHERE judgement = ?1",
                            &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, judgement);
    while (err == LM_OK && (err = lm_db_step(w->st, q, &row, e)) == LM_OK && row)
        err = each(user, sqlite3_column_int64(q, 0));
    (void)sqlite3_finalize(q);
    return err;
}
