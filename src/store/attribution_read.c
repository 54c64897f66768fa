/* What the rules of attribution read, and what they write: see attribution.h. */
#include "store/attribution_parts.h"

#include <stdlib.h>
#include <unistd.h>

#include "store/anchor.h"
#include "store/authority.h"
#include "store/import.h"
#include "store/ledger.h"

#define MARKS_CEILING_BYTES ((size_t)1 << 20)

/* --- the writer --- */

struct lm_attribution_writer {
    struct lm_store *st;
    int lock_fd;
    bool open; /* in a transaction */
    int64_t begun_us;
};

lm_err lm_attributions_begin(struct lm_store *st, struct lm_attribution_writer **ret, struct lm_error *e)
{
    struct lm_attribution_writer *w = malloc(sizeof *w);
    if (w == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *w = (struct lm_attribution_writer){ .st = st, .lock_fd = -1 };
    lm_err err = lm_import_lock(st, &w->lock_fd, e);
    if (err == LM_OK)
        *ret = w;
    else
        free(w);
    return err;
}

static lm_err writing(struct lm_attribution_writer *w, struct lm_error *e)
{
    if (w->open)
        return LM_OK;
    lm_err err = lm_db_begin(w->st, e);
    w->open = err == LM_OK;
    w->begun_us = lm_db_now_us();
    return err;
}

static lm_err close_part(struct lm_attribution_writer *w, lm_err err, struct lm_error *e)
{
    w->open = false;
    return lm_db_end(w->st, err, e); /* lets whoever waits to look have the turn */
}

static lm_err maybe_commit(struct lm_attribution_writer *w, lm_err err, struct lm_error *e)
{
    int64_t took = lm_db_now_us() - w->begun_us;
    return err == LM_OK && (took < 0 || took >= LM_IMPORT_COMMIT_US) ? close_part(w, LM_OK, e) : err;
}

lm_err lm_attributions_end(struct lm_attribution_writer *w, lm_err err, struct lm_error *e)
{
    if (w->open)
        err = close_part(w, err, e);
    if (w->lock_fd >= 0)
        (void)close(w->lock_fd);
    free(w);
    return err;
}

/* --- marks --- */

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

lm_err lm_attribution_mark(const struct lm_sha256 *source, int64_t kind, int64_t a, struct lm_str name, uint64_t *ret)
{
    struct lm_sha256_run *run;
    struct lm_sha256 h;
    int64_t place[2] = { kind, a };
    lm_err err = lm_sha256_begin(&run);
    if (err != LM_OK)
        return err;
    lm_sha256_add(run, source, sizeof *source);
    for (int i = 0; i < 2; i++) {
        uint8_t b[8];
        for (int k = 0; k < 8; k++)
            b[k] = (uint8_t)((uint64_t)place[i] >> (8 * k));
        lm_sha256_add(run, b, sizeof b);
    }
    lm_sha256_add(run, name.p, name.n);
    lm_sha256_end(run, &h);
    *ret = 0;
    for (int i = 0; i < 8; i++)
        *ret = *ret << 8 | h.b[i];
    return LM_OK;
}

static bool digit(char c, uint64_t *v)
{
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
        return false;
    *v = *v << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    return true;
}

lm_err lm_attribution_marks(struct lm_arena *a, struct lm_str text, uint64_t **ret, size_t *ret_n, struct lm_error *e)
{
    size_t at = lm_str_find(text, LM_STR(": ")), n = 0;
    struct lm_str s = at != SIZE_MAX ? lm_str_skip(text, at + 2) : (struct lm_str){ NULL, 0 };
    uint64_t *marks = lm_arena_array(a, s.n / 17 + 1, sizeof *marks);
    if (marks == NULL)
        return no_memory(e);
    bool good = text.n == 0 || s.n % 17 == 16;
    for (; good && s.n != 0; s = lm_str_skip(s, 17), n++) {
        uint64_t v = 0;
        for (size_t i = 0; i < 16 && good; i++)
            good = digit(s.p[i], &v);
        good = good && (s.n == 16 || s.p[16] == ' ') && (n == 0 || v > marks[n - 1]);
        marks[n] = v;
    }
    if (!good)
        return lm_fail(e, LM_EDAMAGED, "an attribution does not say which records it rests on");
    *ret = marks;
    *ret_n = n;
    return LM_OK;
}

uint64_t lm_attribution_devices(struct lm_str marks)
{
    static const struct lm_str before = { "named by ", 9 };
    int64_t n = 0;
    size_t at = lm_str_find(marks, LM_STR(": "));
    if (at == SIZE_MAX || !lm_str_starts(marks, before))
        return 0;
    return lm_str_to_i64(lm_str_skip(lm_str_take(marks, at), before.n), &n) && n > 0 ? (uint64_t)n : 0;
}

/* --- cards --- */

static lm_err device(sqlite3_stmt *q, int first, struct lm_sha256 *ret)
{
    struct lm_buf b;
    struct lm_str native = lm_db_str(q, first + 2);
    if (native.n == 0)
        return lm_db_sha256(q, first, ret) ? LM_OK : LM_EDAMAGED;
    lm_buf_init(&b, (size_t)1 << 20);
    lm_buf_printf(&b, "owner %d ", sqlite3_column_int(q, first + 1));
    lm_buf_put(&b, native);
    lm_err err = b.failed ? LM_ENOMEM : lm_sha256_of(lm_buf_str(&b), ret);
    lm_buf_free(&b);
    return err;
}

static lm_err read_card(sqlite3_stmt *q, struct lm_card_row *ret)
{
    struct lm_sha256 source;
    *ret = (struct lm_card_row){
        .account = sqlite3_column_int64(q, 0),
        .record = sqlite3_column_int64(q, 1),
        .source = sqlite3_column_int64(q, 2),
        .identifier = sqlite3_column_int64(q, 3),
        .type = (enum lm_identifier_type)sqlite3_column_int(q, 4),
        .raw = lm_db_str(q, 5),
        .key = lm_db_str(q, 6),
        .basis = lm_db_str(q, 7),
        .at = { sqlite3_column_int64(q, 8), 0, (enum lm_time_quality)sqlite3_column_int(q, 9) },
        .platform = (enum lm_platform)sqlite3_column_int(q, 10),
        .form = (enum lm_account_form)sqlite3_column_int(q, 11),
        .account_key = lm_db_str(q, 12),
    };
    if (ret->record == 0)
        return LM_OK;
    if (!lm_db_sha256(q, 13, &source))
        return LM_EDAMAGED;
    lm_err err = lm_attribution_mark(&source, sqlite3_column_int64(q, 14), sqlite3_column_int64(q, 15), lm_db_str(q, 16),
                                     &ret->mark);
    return err != LM_OK ? err : device(q, 17, &ret->device);
}

lm_err lm_store_cards(struct lm_store *st, struct lm_str investigation,
                      lm_err (*each)(void *user, const struct lm_card_row *row), void *user, struct lm_error *e)
{
    static const char sql[] =
        "SELECT l.account, ifnull(l.record, 0), l.source, l.identifier, i.type, i.raw, i.key, l.basis, l.at_us, l.quality,"
        " c.platform, c.form, c.key, s.sha256, r.kind, r.a, r.name, x.sha256, x.owner_platform, x.owner_native"
        " FROM account c JOIN account_identifier l ON l.account = c.id JOIN identifier i ON i.id = l.identifier"
        " JOIN source s ON s.id = l.source JOIN authority a ON a.id = s.authority JOIN exhibit x ON x.id = s.exhibit"
        " LEFT JOIN record r ON r.id = l.record WHERE c.investigation = ?1"
        " AND ((l.record IS NULL AND l.basis = 'native_id')"
        " OR (l.record IS NOT NULL AND a.investigation = ?1 AND a.revoked_us IS NULL))"
        " ORDER BY c.id, ifnull(l.record, 0), l.id";
    int64_t id = 0;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_card_row c;
        if ((err = read_card(q, &c)) != LM_OK)
            err = lm_fail(e, err, err == LM_ENOMEM ? "out of memory" : "a source without a hash");
        else
            err = each(user, &c);
        if (err != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}

/* --- what is stored --- */

bool lm_attribution_words(sqlite3_stmt *q, int basis, int state, enum lm_attribution_basis *ret_basis,
                          enum lm_attribution_state *ret_state)
{
    return lm_attribution_basis_parse(lm_db_str(q, basis), ret_basis)
           && lm_attribution_state_parse(lm_db_str(q, state), ret_state);
}

int64_t lm_attribution_end(sqlite3_stmt *q, int i, int64_t open)
{
    return sqlite3_column_type(q, i) == SQLITE_NULL ? open : sqlite3_column_int64(q, i);
}

lm_err lm_store_attribution_rows(struct lm_store *st, struct lm_str investigation,
                                 lm_err (*each)(void *user, const struct lm_stored_attribution *row), void *user,
                                 struct lm_error *e)
{
    int64_t id = 0;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT t.id, t.person, ifnull(t.account, 0), ifnull(t.source, 0), ifnull(t.record, 0), i.type,"
                                " i.key, p.label, t.basis, t.state, t.undone_us IS NOT NULL," LM_ATTRIBUTION_LIVE
                                ", t.from_us, t.to_us, t.reason" LM_ATTRIBUTION_FROM
                                " WHERE p.investigation = ?1 ORDER BY t.id", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_stored_attribution t = {
            .id = sqlite3_column_int64(q, 0), .person = sqlite3_column_int64(q, 1), .account = sqlite3_column_int64(q, 2),
            .source = sqlite3_column_int64(q, 3), .record = sqlite3_column_int64(q, 4),
            .type = (enum lm_identifier_type)sqlite3_column_int(q, 5), .key = lm_db_str(q, 6), .label = lm_db_str(q, 7),
            .undone = sqlite3_column_int(q, 10) != 0, .live = sqlite3_column_int(q, 11) != 0,
            .from_us = lm_attribution_end(q, 12, LM_WINDOW_OPEN_FROM), .to_us = lm_attribution_end(q, 13, LM_WINDOW_OPEN_TO),
            .marks = lm_db_str(q, 14) };
        if (!lm_attribution_words(q, 8, 9, &t.basis, &t.state))
            err = lm_fail(e, LM_EDAMAGED, "attribution %lld has a basis or state that is unknown", (long long)t.id);
        else
            err = each(user, &t);
        if (err != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}

/* --- writing --- */

lm_err lm_attribution_entry(struct lm_store *st, int64_t id, const char *word, struct lm_error *e)
{
    return lm_anchor_add(st, LM_ANCHOR_ATTRIBUTION, id, lm_str(word), e);
}

lm_err lm_attribution_new_person(struct lm_store *st, struct lm_str investigation, const struct lm_new_person *p, int64_t *ret,
                                 struct lm_error *e)
{
    int64_t in = 0, id = 0;
    sqlite3_stmt *q = NULL;
    lm_err err = lm_investigation_find(st, investigation, &in, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "INSERT INTO person(investigation, label, added_us, added_by, pseudonym, minor)"
                                " VALUES(?, ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, in);
    lm_db_bind_str(q, 2, p->label);
    (void)sqlite3_bind_int64(q, 3, lm_db_now_us());
    lm_db_bind_str(q, 4, lm_str(st->actor));
    lm_db_bind_str_null(q, 5, p->pseudonym);
    (void)sqlite3_bind_int(q, 6, p->is_minor);
    err = lm_db_run(st, q, e);
    id = sqlite3_last_insert_rowid(st->db);
    (void)sqlite3_finalize(q);
    if (err == LM_OK)
        err = lm_anchor_add(st, LM_ANCHOR_PERSON, id, (struct lm_str){ NULL, 0 }, e);
    if (err == LM_OK)
        *ret = id;
    return err;
}

lm_err lm_attributions_person(struct lm_attribution_writer *w, struct lm_str investigation, struct lm_str label, int64_t *ret,
                              struct lm_error *e)
{
    lm_err err = writing(w, e);
    struct lm_new_person p = { .label = label };
    return err != LM_OK ? err : lm_attribution_new_person(w->st, investigation, &p, ret, e);
}

void lm_attribution_bind_window(sqlite3_stmt *q, int i, int64_t from_us, int64_t to_us)
{
    (void)(from_us == LM_WINDOW_OPEN_FROM ? sqlite3_bind_null(q, i) : sqlite3_bind_int64(q, i, from_us));
    (void)(to_us == LM_WINDOW_OPEN_TO ? sqlite3_bind_null(q, i + 1) : sqlite3_bind_int64(q, i + 1, to_us));
}

static void marks_text(struct lm_buf *b, const struct lm_attribution_proposal *p)
{
    lm_buf_printf(b, "named by %u:", p->devices);
    for (size_t i = 0; i < p->n_marks; i++)
        lm_buf_printf(b, " %016llx", (unsigned long long)p->marks[i]);
}

static lm_err put(struct lm_store *st, int64_t id, int64_t person, const struct lm_attribution_proposal *p, struct lm_error *e)
{
    struct lm_buf marks;
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, id == 0 ? "INSERT INTO attribution(person, identifier, account, basis, from_us, to_us, reason,"
                                             " source, record, proposed_us, link, state) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                                             " 'machine', 'proposed')"
                                           : "UPDATE attribution SET person = ?, identifier = ?, account = ?, basis = ?,"
                                             " from_us = ?, to_us = ?, reason = ?, source = ?, record = ?, proposed_us = ?"
                                             " WHERE id = ? AND state = 'proposed' AND undone_us IS NULL", &q, e);
    if (err != LM_OK)
        return err;
    lm_buf_init(&marks, MARKS_CEILING_BYTES);
    marks_text(&marks, p);
    (void)sqlite3_bind_int64(q, 1, person);
    (void)sqlite3_bind_int64(q, 2, p->identifier);
    (void)sqlite3_bind_int64(q, 3, p->account);
    lm_db_bind_str(q, 4, lm_str(lm_attribution_basis_word(p->basis)));
    lm_attribution_bind_window(q, 5, p->from_us, p->to_us);
    lm_db_bind_str(q, 7, lm_buf_str(&marks));
    (void)sqlite3_bind_int64(q, 8, p->source);
    (void)sqlite3_bind_int64(q, 9, p->record);
    (void)sqlite3_bind_int64(q, 10, lm_db_now_us());
    if (id != 0)
        (void)sqlite3_bind_int64(q, 11, id);
    err = marks.failed ? lm_fail(e, LM_ELIMIT, "an attribution rests on too many records") : lm_db_run(st, q, e);
    bool anew = id == 0;
    if (err == LM_OK && anew)
        id = sqlite3_last_insert_rowid(st->db);
    bool spoken_of = !anew && err == LM_OK && sqlite3_changes(st->db) != 1; /* decided or refused since it was read */
    (void)sqlite3_finalize(q);
    lm_buf_free(&marks);
    return err != LM_OK || spoken_of ? err : lm_attribution_entry(st, id, anew ? "proposed" : "proposed again, the records have changed", e);
}

lm_err lm_attributions_put(struct lm_attribution_writer *w, int64_t id, int64_t person, const struct lm_attribution_proposal *p,
                           struct lm_error *e)
{
    lm_err err = writing(w, e);
    if (err == LM_OK)
        err = put(w->st, id, person, p, e);
    return maybe_commit(w, err, e);
}

static lm_err point(struct lm_store *st, int64_t id, int64_t source, int64_t record, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "UPDATE attribution SET source = ?, record = ? WHERE id = ?", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, source);
    (void)sqlite3_bind_int64(q, 2, record);
    (void)sqlite3_bind_int64(q, 3, id);
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    return err != LM_OK ? err : lm_attribution_entry(st, id, "points at another of its records", e);
}

lm_err lm_attributions_point(struct lm_attribution_writer *w, int64_t id, int64_t source, int64_t record, struct lm_error *e)
{
    lm_err err = writing(w, e);
    if (err == LM_OK)
        err = point(w->st, id, source, record, e);
    return maybe_commit(w, err, e);
}
