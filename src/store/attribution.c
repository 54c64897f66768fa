/* A person's word about attributions: adding, deciding, refusing, undoing. */
#include "store/attribution_parts.h"

#include "model/selector.h"
#include "store/anchor.h"
#include "store/authority.h"

static lm_err needs_reason(struct lm_str reason, struct lm_error *e)
{
    return lm_str_trim(reason).n != 0 ? LM_OK : lm_fail(e, LM_EUSAGE, "a judgement needs a reason");
}

/* --- the judgement beside the row --- */

static lm_err judge(struct lm_store *st, int64_t investigation, int64_t row, const char *verdict,
                    const struct lm_attribution_word *w, struct lm_str code, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO judgement(investigation, about, row, verdict, reason, scheme, grade, who, at_us)"
                                   " VALUES(?, 'attribution', ?, ?, ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    (void)sqlite3_bind_int64(q, 2, row);
    lm_db_bind_str(q, 3, lm_str(verdict));
    lm_db_bind_str(q, 4, lm_str_trim(w->reason));
    lm_db_bind_str_null(q, 5, lm_str(w->grade.scheme));
    lm_db_bind_str_null(q, 6, lm_str(w->grade.value));
    lm_db_bind_str(q, 7, lm_str(st->actor));
    (void)sqlite3_bind_int64(q, 8, lm_db_now_us());
    err = lm_db_run(st, q, e);
    int64_t id = sqlite3_last_insert_rowid(st->db);
    (void)sqlite3_finalize(q);
    return err != LM_OK ? err : lm_anchor_add(st, LM_ANCHOR_JUDGEMENT, id, code, e);
}

static lm_err withdraw_all(struct lm_store *st, int64_t investigation, int64_t row, struct lm_str reason, struct lm_error *e)
{
    sqlite3_stmt *find = NULL, *q = NULL;
    bool more = false;
    lm_err err = lm_db_prepare(st, "SELECT id FROM judgement WHERE investigation = ? AND about = 'attribution' AND row = ?"
                                   " AND withdrawn_us IS NULL ORDER BY id LIMIT 1", &find, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "UPDATE judgement SET withdrawn_us = ?, withdrawn_by = ? WHERE id = ?", &q, e);
    do {
        if (err != LM_OK)
            break;
        (void)sqlite3_bind_int64(find, 1, investigation);
        (void)sqlite3_bind_int64(find, 2, row);
        err = lm_db_step(st, find, &more, e);
        int64_t id = more ? sqlite3_column_int64(find, 0) : 0;
        (void)sqlite3_reset(find);
        if (err != LM_OK || !more)
            break;
        (void)sqlite3_bind_int64(q, 1, lm_db_now_us());
        lm_db_bind_str(q, 2, lm_str(st->actor));
        (void)sqlite3_bind_int64(q, 3, id);
        err = lm_db_run(st, q, e);
        if (err == LM_OK)
            err = lm_anchor_add(st, LM_ANCHOR_WITHDRAWAL, id, reason, e);
    } while (err == LM_OK);
    (void)sqlite3_finalize(find);
    (void)sqlite3_finalize(q);
    return err;
}

/* --- the row --- */

struct found {
    int64_t investigation, person, identifier;
    enum lm_attribution_basis basis;
    enum lm_attribution_state state;
    bool undone, live;
    int64_t from_us, to_us;
};

static lm_err find_row(struct lm_store *st, const struct lm_filter *f, int64_t id, struct found *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    struct found r = { 0 };
    lm_err err = lm_investigation_find(st, f->investigation, &r.investigation, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT t.person, t.identifier, t.basis, t.state, t.undone_us IS NOT NULL," LM_ATTRIBUTION_LIVE
                                ", t.from_us, t.to_us" LM_ATTRIBUTION_FROM " WHERE t.id = ?2 AND p.investigation = ?1", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, r.investigation);
    (void)sqlite3_bind_int64(q, 2, id);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_ENOTFOUND, "there is no attribution %lld under this investigation", (long long)id);
    if (err == LM_OK && !lm_attribution_words(q, 2, 3, &r.basis, &r.state))
        err = lm_fail(e, LM_EDAMAGED, "attribution %lld has a basis or state that is unknown", (long long)id);
    if (err == LM_OK) {
        r.person = sqlite3_column_int64(q, 0);
        r.identifier = sqlite3_column_int64(q, 1);
        r.undone = sqlite3_column_int(q, 4) != 0;
        r.live = sqlite3_column_int(q, 5) != 0;
        r.from_us = lm_attribution_end(q, 6, LM_WINDOW_OPEN_FROM);
        r.to_us = lm_attribution_end(q, 7, LM_WINDOW_OPEN_TO);
        *ret = r;
    }
    (void)sqlite3_finalize(q);
    return err;
}

/* An identifier is one person's at a time. Withheld rows count: a decision does not lapse with its authority. */
static lm_err no_overlap(struct lm_store *st, const struct found *r, struct lm_error *e)
{
    static const char sql[] =
        "SELECT t.id FROM identifier own JOIN identifier i ON i.key = own.key AND i.type = own.type"
        " JOIN attribution t ON t.identifier = i.id JOIN person p ON p.id = t.person JOIN person mine ON mine.id = ?2"
        " WHERE own.id = ?1 AND p.investigation = ?3 AND t.state = 'decided' AND t.undone_us IS NULL"
        " AND ifnull(p.merged_into, p.id) <> ifnull(mine.merged_into, mine.id)"
        " AND (t.to_us IS NULL OR ?4 < t.to_us) AND (t.from_us IS NULL OR t.from_us < ?5) ORDER BY t.id LIMIT 1";
    sqlite3_stmt *q = NULL;
    bool row = false;
    if (r->from_us >= r->to_us)
        return lm_fail(e, LM_EUSAGE, "the window ends before it begins");
    lm_err err = lm_db_prepare(st, sql, &q, e);
    if (err != LM_OK)
        return err;
    const int64_t numbers[] = { r->identifier, r->person, r->investigation, r->from_us, r->to_us };
    for (int i = 0; i < 5; i++)
        (void)sqlite3_bind_int64(q, i + 1, numbers[i]);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && row) {
        long long other = (long long)sqlite3_column_int64(q, 0);
        err = lm_fail(e, LM_EUSAGE, "the identifier is decided to be another person's in that time (attribution %lld)", other);
        lm_fail_hint(e, "a number that was given to somebody else: --from and --to that do not overlap; otherwise attribution undo"
                        " %lld first", other);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err set_state(struct lm_store *st, int64_t id, enum lm_attribution_state state, const struct found *r,
                        const struct lm_grade *grade, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "UPDATE attribution SET state = ?, link = ?, decided_by = ?, decided_us = ?, scheme = ?,"
                                   " grade = ?, from_us = ?, to_us = ? WHERE id = ?", &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_str(q, 1, lm_str(lm_attribution_state_word(state)));
    lm_db_bind_str(q, 2, lm_str(lm_link_class_word(lm_link_of_attribution(r->basis, state))));
    lm_db_bind_str(q, 3, lm_str(st->actor));
    (void)sqlite3_bind_int64(q, 4, lm_db_now_us());
    lm_db_bind_str_null(q, 5, lm_str(grade->scheme));
    lm_db_bind_str_null(q, 6, lm_str(grade->value));
    lm_attribution_bind_window(q, 7, r->from_us, r->to_us);
    (void)sqlite3_bind_int64(q, 9, id);
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    return err != LM_OK ? err : lm_attribution_entry(st, id, lm_attribution_state_word(state), e);
}

static lm_err is_open_proposal(const struct found *r, int64_t id, struct lm_error *e)
{
    if (r->undone)
        return lm_fail(e, LM_EUSAGE, "attribution %lld is undone", (long long)id);
    if (r->state == LM_ATTRIBUTION_PROPOSED)
        return LM_OK;
    (void)lm_fail(e, LM_EUSAGE, "attribution %lld is %s already", (long long)id, lm_attribution_state_word(r->state));
    lm_fail_hint(e, "attribution undo %lld takes that back", (long long)id);
    return LM_EUSAGE;
}

static lm_err decide(struct lm_store *st, const struct lm_filter *f, int64_t id, enum lm_attribution_state state,
                     const struct lm_attribution_word *w, struct lm_error *e)
{
    struct found r;
    lm_err err = find_row(st, f, id, &r, e);
    if (err == LM_OK)
        err = is_open_proposal(&r, id, e);
    if (err != LM_OK)
        return err;
    if (state == LM_ATTRIBUTION_DECIDED && !r.live) {
        (void)lm_fail(e, LM_EDENIED, "the record that attribution %lld points at is not under a live authority", (long long)id);
        lm_fail_hint(e, "attribution propose looks whether other records say the same");
        return LM_EDENIED;
    }
    if (w->has_window) {
        r.from_us = w->from_us;
        r.to_us = w->to_us;
    }
    if (state == LM_ATTRIBUTION_DECIDED)
        err = no_overlap(st, &r, e);
    if (err == LM_OK)
        err = set_state(st, id, state, &r, &w->grade, e);
    return err != LM_OK ? err : judge(st, r.investigation, id, lm_attribution_state_word(state), w, f->investigation, e);
}

static lm_err decide_in(struct lm_store *st, const struct lm_filter *f, int64_t id, enum lm_attribution_state state,
                        const struct lm_attribution_word *w, struct lm_error *e)
{
    lm_err err = needs_reason(w->reason, e);
    if (err == LM_OK)
        err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, decide(st, f, id, state, w, e), e);
}

lm_err lm_store_attribution_decide(struct lm_store *st, const struct lm_filter *f, int64_t id,
                                   const struct lm_attribution_word *w, struct lm_error *e)
{
    return decide_in(st, f, id, LM_ATTRIBUTION_DECIDED, w, e);
}

lm_err lm_store_attribution_refuse(struct lm_store *st, const struct lm_filter *f, int64_t id, struct lm_str reason,
                                   struct lm_error *e)
{
    struct lm_attribution_word w = { .reason = reason };
    return decide_in(st, f, id, LM_ATTRIBUTION_REFUSED, &w, e);
}

static lm_err undo(struct lm_store *st, const struct lm_filter *f, int64_t id, struct lm_str reason, struct lm_error *e)
{
    struct found r;
    sqlite3_stmt *q = NULL;
    lm_err err = find_row(st, f, id, &r, e);
    if (err == LM_OK && r.undone)
        err = lm_fail(e, LM_EUSAGE, "attribution %lld is undone already", (long long)id);
    if (err == LM_OK && r.state == LM_ATTRIBUTION_PROPOSED) {
        err = lm_fail(e, LM_EUSAGE, "attribution %lld is only proposed: there is nothing to undo", (long long)id);
        lm_fail_hint(e, "attribution refuse %lld", (long long)id);
    }
    if (err == LM_OK)
        err = lm_db_prepare(st, "UPDATE attribution SET undone_us = ?, undone_by = ?, undone_reason = ? WHERE id = ?", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, lm_db_now_us());
    lm_db_bind_str(q, 2, lm_str(st->actor));
    lm_db_bind_str(q, 3, reason);
    (void)sqlite3_bind_int64(q, 4, id);
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    if (err == LM_OK)
        err = lm_attribution_entry(st, id, "undone", e);
    return err != LM_OK ? err : withdraw_all(st, r.investigation, id, reason, e);
}

lm_err lm_store_attribution_undo(struct lm_store *st, const struct lm_filter *f, int64_t id, struct lm_str reason,
                                 struct lm_error *e)
{
    lm_err err = needs_reason(reason, e);
    if (err == LM_OK)
        err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, undo(st, f, id, lm_str_trim(reason), e), e);
}

/* --- adding --- */

/* Identifiers are written by imports, each under the digest of a batch: only one that a record names can be attributed. */
static lm_err find_identifier(struct lm_store *st, int64_t investigation, struct lm_str raw, int64_t *ret, struct lm_error *e)
{
    static const char sql[] = "SELECT i.id FROM identifier i WHERE i.type = ?2 AND i.key = ?3 AND EXISTS (SELECT 1 FROM"
                              " account_identifier l JOIN account c ON c.id = l.account WHERE l.identifier = i.id"
                              " AND c.investigation = ?1) ORDER BY i.id LIMIT 1";
    static const enum lm_identifier_type tried[] = { LM_IDENTIFIER_ACCOUNT_ID, LM_IDENTIFIER_HANDLE, LM_IDENTIFIER_IP,
                                                     LM_IDENTIFIER_DEVICE };
    enum lm_identifier_type types[1 + sizeof tried / sizeof tried[0]];
    size_t n = lm_selector_guess(raw, &types[0]) ? 1 : 0;
    struct lm_arena a;
    int64_t id = 0;
    sqlite3_stmt *q = NULL;
    memcpy(types + n, tried, sizeof tried);
    n += sizeof tried / sizeof tried[0];
    lm_err err = lm_db_prepare(st, sql, &q, e);
    if (err != LM_OK)
        return err;
    lm_arena_init(&a, 0);
    for (size_t i = 0; i < n && id == 0 && err == LM_OK; i++) {
        struct lm_str key;
        bool row = false;
        if (!lm_identifier_key(&a, types[i], raw, &key))
            continue;
        (void)sqlite3_bind_int64(q, 1, investigation);
        (void)sqlite3_bind_int(q, 2, (int)types[i]);
        lm_db_bind_str(q, 3, key);
        err = lm_db_step(st, q, &row, e);
        id = err == LM_OK && row ? sqlite3_column_int64(q, 0) : 0;
        (void)sqlite3_reset(q);
    }
    (void)sqlite3_finalize(q);
    lm_arena_free(&a);
    if (err == LM_OK && id == 0) {
        err = lm_fail(e, LM_ENOTFOUND, "no record under this investigation names that identifier");
        lm_fail_hint(e, "import the record that names it first; a number is written with its area code");
    }
    if (err == LM_OK)
        *ret = id;
    return err;
}

/* A name means a person of whom something is decided, or who is proposed for this identifier: two proposals of one name
 * from two address books need not be one person. */
static lm_err find_person(struct lm_store *st, int64_t investigation, int64_t identifier, struct lm_str who, int64_t *ret,
                          struct lm_error *e)
{
    static const char by_name[] =
        "SELECT min(p.id), count(*) FROM person p WHERE p.investigation = ?1 AND p.label = ?2 AND p.merged_into IS NULL"
        " AND EXISTS (SELECT 1 FROM attribution t JOIN identifier i ON i.id = t.identifier JOIN identifier o ON o.id = ?3"
        " WHERE t.person = p.id AND t.undone_us IS NULL AND t.state <> 'refused' AND (t.state = 'decided'"
        " OR (i.key = o.key AND i.type = o.type)))";
    int64_t number = 0;
    sqlite3_stmt *q = NULL;
    bool row = false, by_id = lm_str_to_i64(who.n > 1 && who.p[0] == '#' ? lm_str_skip(who, 1) : who, &number);
    lm_err err = lm_db_prepare(st, by_id ? "SELECT id, 1 FROM person WHERE investigation = ?1 AND id = ?2" : by_name, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    if (by_id) {
        (void)sqlite3_bind_int64(q, 2, number);
    } else {
        lm_db_bind_str(q, 2, who);
        (void)sqlite3_bind_int64(q, 3, identifier);
    }
    err = lm_db_step(st, q, &row, e);
    int64_t id = row ? sqlite3_column_int64(q, 0) : 0, n = row ? sqlite3_column_int64(q, 1) : 0;
    (void)sqlite3_finalize(q);
    if (err == LM_OK && by_id && id == 0)
        err = lm_fail(e, LM_ENOTFOUND, "there is no person %lld under this investigation", (long long)number);
    if (err == LM_OK && n > 1) {
        err = lm_fail(e, LM_EUSAGE, "%lld persons have that name", (long long)n);
        lm_fail_hint(e, "--person ID; attribution list shows the numbers of persons");
    }
    if (err == LM_OK)
        *ret = id;
    return err;
}

static lm_err insert(struct lm_store *st, const struct found *r, const struct lm_attribution_word *w, int64_t *ret,
                     struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO attribution(person, identifier, basis, link, state, from_us, to_us, scheme, grade,"
                                   " decided_by, decided_us) VALUES(?, ?, 'persons_word', ?, 'decided', ?, ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, r->person);
    (void)sqlite3_bind_int64(q, 2, r->identifier);
    lm_db_bind_str(q, 3, lm_str(lm_link_class_word(lm_link_of_attribution(LM_BASIS_PERSONS_WORD, LM_ATTRIBUTION_DECIDED))));
    lm_attribution_bind_window(q, 4, r->from_us, r->to_us);
    lm_db_bind_str(q, 6, lm_str(w->grade.scheme));
    lm_db_bind_str(q, 7, lm_str(w->grade.value));
    lm_db_bind_str(q, 8, lm_str(st->actor));
    (void)sqlite3_bind_int64(q, 9, lm_db_now_us());
    err = lm_db_run(st, q, e);
    int64_t id = sqlite3_last_insert_rowid(st->db);
    (void)sqlite3_finalize(q);
    if (err == LM_OK)
        err = lm_attribution_entry(st, id, "decided", e);
    if (err == LM_OK)
        *ret = id;
    return err;
}

static lm_err add(struct lm_store *st, const struct lm_filter *f, const struct lm_attribution_added *x, int64_t *ret,
                  struct lm_error *e)
{
    struct found r = { .from_us = x->word.has_window ? x->word.from_us : LM_WINDOW_OPEN_FROM,
                       .to_us = x->word.has_window ? x->word.to_us : LM_WINDOW_OPEN_TO };
    int64_t id = 0;
    struct lm_str label = lm_str_trim(x->person), reason = lm_str_trim(x->word.reason);
    lm_err err = lm_investigation_find(st, f->investigation, &r.investigation, e);
    if (err == LM_OK)
        err = find_identifier(st, r.investigation, x->identifier, &r.identifier, e);
    if (err == LM_OK)
        err = find_person(st, r.investigation, r.identifier, label, &r.person, e);
    bool anew = r.person == 0;
    struct lm_new_person p = { label, lm_str_trim(x->pseudonym), x->is_minor };
    if (err == LM_OK && !anew && (x->is_protected || x->is_minor || p.pseudonym.n != 0)) {
        err = lm_fail(e, LM_EUSAGE, "the person is there already: this is for a new one");
        lm_fail_hint(e, "attribution standing PERSON --set protected --reason TEXT");
    }
    if (err == LM_OK && anew)
        err = lm_attribution_new_person(st, f->investigation, &p, &r.person, e);
    if (err == LM_OK && anew && x->is_protected)
        err = lm_attribution_standing(st, r.investigation, r.person, LM_STANDING_PROTECTED, reason, e);
    if (err == LM_OK)
        err = no_overlap(st, &r, e);
    if (err == LM_OK)
        err = insert(st, &r, &x->word, &id, e);
    if (err == LM_OK)
        err = judge(st, r.investigation, id, "decided", &x->word, f->investigation, e);
    if (err == LM_OK)
        *ret = id;
    return err;
}

lm_err lm_store_attribution_add(struct lm_store *st, const struct lm_filter *f, const struct lm_attribution_added *x,
                                int64_t *ret_id, struct lm_error *e)
{
    int64_t id = 0;
    lm_err err = needs_reason(x->word.reason, e);
    if (err == LM_OK && x->word.grade.scheme == NULL) {
        err = lm_fail(e, LM_EUSAGE, "a person's word needs a grade");
        lm_fail_hint(e, "--grade admiralty:B2");
    }
    if (err == LM_OK && lm_str_trim(x->person).n == 0)
        err = lm_fail(e, LM_EUSAGE, "whose is it? a person needs a name");
    if (err == LM_OK)
        err = lm_db_begin(st, e);
    if (err != LM_OK)
        return err;
    err = lm_db_end(st, add(st, f, x, &id, e), e);
    if (err == LM_OK)
        *ret_id = id;
    return err;
}
