/* How persons stand in an investigation: what is said last holds, nothing is taken away. */
#include <stdio.h>

#include "store/anchor.h"
#include "store/attribution_parts.h"
#include "store/authority.h"
#include "store/look.h"

static const char *const words[] = { "suspected", "unassessed", "protected" };

const char *lm_standing_word(enum lm_standing s)
{
    return (unsigned)s < sizeof words / sizeof words[0] ? words[s] : "?";
}

bool lm_standing_parse(struct lm_str word, enum lm_standing *ret)
{
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (lm_str_eq(word, lm_str(words[i]))) {
            *ret = (enum lm_standing)i;
            return true;
        }
    return false;
}

lm_err lm_attribution_standing(struct lm_store *st, int64_t investigation, int64_t person, enum lm_standing to,
                               struct lm_str reason, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO standing(person, investigation, standing, reason, who, at_us)"
                                   " VALUES(?, ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, person);
    (void)sqlite3_bind_int64(q, 2, investigation);
    lm_db_bind_str(q, 3, lm_str(lm_standing_word(to)));
    lm_db_bind_str(q, 4, reason);
    lm_db_bind_str(q, 5, lm_str(st->actor));
    (void)sqlite3_bind_int64(q, 6, lm_db_now_us());
    err = lm_db_run(st, q, e);
    int64_t id = sqlite3_last_insert_rowid(st->db);
    (void)sqlite3_finalize(q);
    return err != LM_OK ? err : lm_anchor_add(st, LM_ANCHOR_STANDING, id, (struct lm_str){ NULL, 0 }, e);
}

#define NOW                                                                                                  \
    "SELECT ifnull(p.merged_into, 0), ifnull((SELECT y.standing FROM standing y WHERE y.person = p.id AND y.investigation = ?1" \
    " ORDER BY y.id DESC LIMIT 1), 'unassessed') FROM person p WHERE p.investigation = ?1 AND p.id = ?2"

static lm_err may_set(struct lm_store *st, int64_t investigation, int64_t person, enum lm_standing to, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, NOW, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    (void)sqlite3_bind_int64(q, 2, person);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_ENOTFOUND, "there is no person %lld under this investigation", (long long)person);
    else if (err == LM_OK && sqlite3_column_int64(q, 0) != 0)
        err = lm_fail(e, LM_EUSAGE, "person %lld was merged into person %lld: that one's standing holds", (long long)person,
                      (long long)sqlite3_column_int64(q, 0));
    else if (err == LM_OK && lm_str_eq(lm_db_str(q, 1), lm_str(lm_standing_word(to))))
        err = lm_fail(e, LM_EUSAGE, "person %lld is %s already", (long long)person, lm_standing_word(to));
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_standing_set(struct lm_store *st, const struct lm_filter *f, int64_t person, enum lm_standing to,
                             struct lm_str reason, struct lm_error *e)
{
    int64_t investigation = 0;
    reason = lm_str_trim(reason);
    if (reason.n == 0)
        return lm_fail(e, LM_EUSAGE, to == LM_STANDING_SUSPECTED ? "nobody is suspected without a documented suspicion: --reason"
                                                                 : "a standing needs a reason");
    lm_err err = lm_db_begin(st, e);
    if (err != LM_OK)
        return err;
    err = lm_investigation_find(st, f->investigation, &investigation, e);
    if (err == LM_OK)
        err = may_set(st, investigation, person, to, e);
    if (err == LM_OK)
        err = lm_attribution_standing(st, investigation, person, to, reason, e);
    return lm_db_end(st, err, e);
}

/* --- looking --- */

static lm_err rows(struct lm_look *look, int64_t person, lm_err (*each)(void *user, const struct lm_standing_row *row), void *user,
                   struct lm_error *e)
{
    static const char sql[] = "SELECT p.label, y.standing, y.reason, y.who, y.at_us FROM person p LEFT JOIN standing y"
                              " ON y.person = p.id AND y.investigation = ?1 WHERE p.investigation = ?1 AND p.id = ?2 ORDER BY y.id";
    const struct lm_mask *mask;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_look_mask(look, &mask, e);
    if (err == LM_OK)
        err = lm_db_prepare(look->st, sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    (void)sqlite3_bind_int64(q, 2, person);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        struct lm_standing_row r = { .name = lm_db_str(q, 0), .standing = lm_db_str(q, 1), .reason = lm_db_str(q, 2),
                                     .who = lm_db_str(q, 3), .at_us = sqlite3_column_int64(q, 4) };
        r.masked = lm_mask_has_person(mask, person, &r.name);
        if (r.masked && r.reason.n != 0)
            r.reason = LM_STR("(masked)");
        look->n_given++;
        if ((err = each(user, &r)) != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    if (err == LM_OK && look->n_given == 0)
        err = lm_fail(e, LM_ENOTFOUND, "there is no person %lld under this investigation", (long long)person);
    return err;
}

lm_err lm_store_standings(struct lm_store *st, const struct lm_filter *f, int64_t person,
                          lm_err (*each)(void *user, const struct lm_standing_row *row), void *user, struct lm_error *e)
{
    char detail[64];
    (void)snprintf(detail, sizeof detail, "standing of person %lld", (long long)person);
    struct lm_look_at at = { .action = "attribution", .detail = lm_str(detail), .outcome = "returned" };
    struct lm_look look;
    lm_err err = lm_look_begin(st, f, &at, &look, e);
    if (err == LM_OK)
        err = lm_look_end(&look, NULL, rows(&look, person, each, user, e), e);
    lm_look_free(&look);
    return err;
}
