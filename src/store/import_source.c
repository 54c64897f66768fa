#include <stdio.h>

#include "store/anchor.h"
#include "store/import.h"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

const char *lm_source_state_word(enum lm_source_state state)
{
    static const char *const words[] = { "read",      "broken",    "empty",      "unclaimed",
                                         "container", "encrypted", "interrupted" };
    return (size_t)state < sizeof words / sizeof words[0] ? words[state] : "?";
}

/* --- exhibits --- */

static lm_err parse_owner(struct lm_import *im, struct lm_str stated, struct lm_import_exhibit *x, struct lm_error *e)
{
    const char *colon = stated.n != 0 ? memchr(stated.p, ':', stated.n) : NULL;
    if (stated.n == 0)
        return LM_OK;
    struct lm_str word = { stated.p, colon != NULL ? (size_t)(colon - stated.p) : 0 };
    if (colon == NULL || !lm_platform_parse(word, &x->owner_platform) || x->owner_platform == LM_PLATFORM_NONE
        || word.n + 1 == stated.n) {
        (void)lm_fail(e, LM_EUSAGE, "the owner of an exhibit is written PLATFORM:ID or PLATFORM:ID=NAME");
        lm_fail_hint(e, "platforms: %s", lm_platform_words());
        return LM_EUSAGE;
    }
    struct lm_str id = lm_arena_copy(&im->run, lm_str_skip(stated, word.n + 1));
    if (id.p == NULL)
        return no_memory(e);
    size_t equals = lm_str_find(id, LM_STR("="));
    x->owner = equals != SIZE_MAX && equals > 0 ? lm_str_take(id, equals) : id;
    x->owner_name = x->owner.n < id.n ? lm_str_skip(id, x->owner.n + 1) : (struct lm_str){ NULL, 0 };
    return LM_OK;
}

static lm_err find_exhibit(struct lm_import *im, const struct lm_exhibit *x, const struct lm_import_exhibit *own,
                           int64_t *ret_id, bool *ret_known, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(im->st, "SELECT x.id, x.authority = ?3 AND x.zone IS ?4 AND x.owner_platform IS ?5"
                                       " AND x.owner_native IS ?6 AND x.owner_name IS ?7 FROM exhibit x"
                                       " JOIN authority a ON a.id = x.authority"
                                       " WHERE x.sha256 = ?1 AND a.investigation = ?2 ORDER BY x.id", &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_sha256(q, 1, &x->sha256);
    (void)sqlite3_bind_int64(q, 2, im->investigation);
    (void)sqlite3_bind_int64(q, 3, im->authority);
    lm_db_bind_str_null(q, 4, x->zone);
    if (own->owner_platform != LM_PLATFORM_NONE)
        (void)sqlite3_bind_int(q, 5, (int)own->owner_platform);
    lm_db_bind_str_null(q, 6, own->owner);
    lm_db_bind_str_null(q, 7, own->owner_name);
    *ret_id = 0;
    *ret_known = false;
    while ((err = lm_db_step(im->st, q, &row, e)) == LM_OK && row) {
        *ret_known = true;
        if (sqlite3_column_int(q, 1) != 0)
            *ret_id = sqlite3_column_int64(q, 0);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err add_custody(struct lm_import *im, int64_t exhibit, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(im->st, "INSERT INTO custody(exhibit, at_us, who, act) VALUES(?, ?, ?, 'loaded')",
                               &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, exhibit);
    (void)sqlite3_bind_int64(q, 2, lm_db_now_us());
    lm_db_bind_str(q, 3, lm_str(im->st->actor));
    err = lm_db_run(im->st, q, e);
    (void)sqlite3_finalize(q);
    int64_t id = sqlite3_last_insert_rowid(im->st->db);
    return err != LM_OK ? err : lm_anchor_add(im->st, LM_ANCHOR_CUSTODY, id, (struct lm_str){ NULL, 0 }, e);
}

static lm_err insert_exhibit(struct lm_import *im, const struct lm_exhibit *x, const struct lm_import_exhibit *own,
                             int64_t *ret_id, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(im->st, "INSERT INTO exhibit(sha256, authority, name, folder, bytes, zone,"
                                       " owner_platform, owner_native, owner_name, added_us)"
                                       " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_sha256(q, 1, &x->sha256);
    (void)sqlite3_bind_int64(q, 2, im->authority);
    lm_db_bind_str(q, 3, x->name);
    (void)sqlite3_bind_int(q, 4, x->folder);
    (void)sqlite3_bind_int64(q, 5, (int64_t)x->bytes);
    lm_db_bind_str_null(q, 6, x->zone);
    if (own->owner_platform != LM_PLATFORM_NONE)
        (void)sqlite3_bind_int(q, 7, (int)own->owner_platform);
    lm_db_bind_str_null(q, 8, own->owner);
    lm_db_bind_str_null(q, 9, own->owner_name);
    (void)sqlite3_bind_int64(q, 10, lm_db_now_us());
    err = lm_db_run(im->st, q, e);
    (void)sqlite3_finalize(q);
    *ret_id = sqlite3_last_insert_rowid(im->st->db);
    return err != LM_OK ? err : lm_anchor_add(im->st, LM_ANCHOR_EXHIBIT, *ret_id, x->owner, e);
}

static lm_err remember_exhibit(struct lm_import *im, const struct lm_import_exhibit *x, struct lm_error *e)
{
    if (im->n_exhibits == im->cap_exhibits) {
        size_t cap = im->cap_exhibits == 0 ? 16 : im->cap_exhibits * 2;
        struct lm_import_exhibit **list = lm_arena_array(&im->run, cap, sizeof(struct lm_import_exhibit *));
        if (list == NULL)
            return no_memory(e);
        if (im->n_exhibits != 0)
            memcpy(list, im->exhibits, im->n_exhibits * sizeof *list);
        im->exhibits = list;
        im->cap_exhibits = cap;
    }
    struct lm_import_exhibit *copy = lm_arena_alloc(&im->run, sizeof *copy);
    if (copy == NULL)
        return no_memory(e);
    *copy = *x;
    im->exhibits[im->n_exhibits++] = copy;
    return LM_OK;
}

lm_err lm_import_adopt(struct lm_import *im, int64_t exhibit, struct lm_error *e)
{
    struct lm_import_exhibit own = { .id = exhibit };
    struct lm_sha256 hash;
    sqlite3_stmt *q = NULL;
    bool row = false;
    char hex[65];
    for (size_t i = 0; i < im->n_exhibits; i++)
        if (im->exhibits[i]->id == exhibit)
            return LM_OK;
    lm_err err = lm_db_prepare(im->st, "SELECT sha256, owner_platform, owner_native, owner_name FROM exhibit WHERE id = ?",
                               &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, exhibit);
    err = lm_db_step(im->st, q, &row, e);
    if (err == LM_OK && (!row || !lm_db_sha256(q, 0, &hash)))
        err = lm_fail(e, LM_EDAMAGED, "exhibit %lld is not there", (long long)exhibit);
    if (err == LM_OK) {
        (void)snprintf(own.name, sizeof own.name, "%.16s", lm_sha256_hex(&hash, hex));
        own.owner_platform = (enum lm_platform)sqlite3_column_int(q, 1);
        own.owner = lm_arena_copy(&im->run, lm_db_str(q, 2));
        own.owner_name = lm_arena_copy(&im->run, lm_db_str(q, 3));
        err = own.owner.p != NULL && own.owner_name.p != NULL ? remember_exhibit(im, &own, e) : no_memory(e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_import_exhibit(struct lm_import *im, const struct lm_exhibit *x, int64_t *ret_id, bool *ret_known,
                         struct lm_error *e)
{
    struct lm_import_exhibit own = { .id = 0 };
    char hex[65];
    bool known = false;
    (void)snprintf(own.name, sizeof own.name, "%.16s", lm_sha256_hex(&x->sha256, hex));
    lm_err err = parse_owner(im, x->owner, &own, e);
    if (err == LM_OK)
        err = lm_import_writing(im, e);
    if (err != LM_OK)
        return err;
    err = find_exhibit(im, x, &own, &own.id, &known, e);
    if (err == LM_OK && own.id == 0)
        err = insert_exhibit(im, x, &own, &own.id, e);
    if (err == LM_OK)
        err = add_custody(im, own.id, e);
    if (err == LM_OK)
        err = remember_exhibit(im, &own, e);
    if (err == LM_OK) {
        *ret_id = own.id;
        *ret_known = known;
    }
    return lm_import_checked(im, err);
}

/* --- sources --- */

lm_err lm_import_find_source(struct lm_import *im, int64_t id, struct lm_import_source **ret, struct lm_error *e)
{
    for (size_t i = im->n_sources; i-- > 0;)
        if (im->sources[i]->id == id && !im->sources[i]->ended) {
            *ret = im->sources[i];
            return LM_OK;
        }
    return lm_fail(e, LM_EINTERNAL, "source %lld is not open in this import", (long long)id);
}

static lm_err insert_source(struct lm_import *im, const struct lm_source *s, int64_t *ret_id, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(im->st, "INSERT INTO source(exhibit, authority, import, path, sha256, bytes, reader)"
                                       " VALUES(?, ?, ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, s->exhibit);
    (void)sqlite3_bind_int64(q, 2, im->authority);
    (void)sqlite3_bind_int64(q, 3, im->id);
    lm_db_bind_str(q, 4, s->path);
    lm_db_bind_sha256(q, 5, &s->sha256);
    (void)sqlite3_bind_int64(q, 6, (int64_t)s->bytes);
    lm_db_bind_str_null(q, 7, s->reader);
    err = lm_db_run(im->st, q, e);
    (void)sqlite3_finalize(q);
    *ret_id = sqlite3_last_insert_rowid(im->st->db);
    return err;
}

/* Sources of the same bytes whose records make these ones duplicates. What lies under a revoked authority folds
 * nothing: a record acquired again under a good authority has to be seen again. */
static lm_err find_earlier(struct lm_import *im, const struct lm_source *s, struct lm_import_source *own,
                           struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(im->st, "SELECT s.id, count(*) OVER () FROM source s JOIN authority a"
                                       " ON a.id = s.authority WHERE s.sha256 = ? AND s.id <> ?"
                                       " AND a.investigation = ? AND a.revoked_us IS NULL AND ifnull(s.kept, 1) > 0"
                                       " ORDER BY s.id", &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_sha256(q, 1, &s->sha256);
    (void)sqlite3_bind_int64(q, 2, own->id);
    (void)sqlite3_bind_int64(q, 3, im->investigation);
    int64_t *list = NULL;
    while ((err = lm_db_step(im->st, q, &row, e)) == LM_OK && row) {
        if (list == NULL)
            list = lm_arena_array(&im->run, (size_t)sqlite3_column_int64(q, 1), sizeof *list);
        if (list == NULL) {
            err = no_memory(e);
            break;
        }
        list[own->n_earlier++] = sqlite3_column_int64(q, 0);
    }
    (void)sqlite3_finalize(q);
    own->earlier = list;
    return err;
}

static lm_err remember_source(struct lm_import *im, const struct lm_import_source *s, struct lm_error *e)
{
    if (im->n_sources == im->cap_sources) {
        size_t cap = im->cap_sources == 0 ? 64 : im->cap_sources * 2;
        struct lm_import_source **list = lm_arena_array(&im->run, cap, sizeof(struct lm_import_source *));
        if (list == NULL)
            return no_memory(e);
        if (im->n_sources != 0)
            memcpy(list, im->sources, im->n_sources * sizeof *list);
        im->sources = list;
        im->cap_sources = cap;
    }
    struct lm_import_source *copy = lm_arena_alloc(&im->run, sizeof *copy);
    if (copy == NULL)
        return no_memory(e);
    *copy = *s;
    im->sources[im->n_sources++] = copy;
    return LM_OK;
}

lm_err lm_import_source(struct lm_import *im, const struct lm_source *s, int64_t *ret_id, struct lm_error *e)
{
    struct lm_import_source own = { .id = 0 };
    for (size_t i = 0; i < im->n_exhibits; i++)
        if (im->exhibits[i]->id == s->exhibit)
            own.exhibit = im->exhibits[i];
    if (own.exhibit == NULL)
        return lm_fail(e, LM_EINTERNAL, "exhibit %lld is not part of this import", (long long)s->exhibit);
    lm_err err = lm_import_writing(im, e);
    if (err != LM_OK)
        return err;
    err = insert_source(im, s, &own.id, e);
    if (err == LM_OK)
        err = find_earlier(im, s, &own, e);
    if (err == LM_OK)
        err = remember_source(im, &own, e);
    if (err == LM_OK)
        *ret_id = own.id;
    return lm_import_checked(im, err);
}

void lm_counts_add(struct lm_counts *sum, const struct lm_counts *c)
{
    sum->seen += c->seen;
    sum->kept += c->kept;
    sum->duplicate += c->duplicate;
    sum->held += c->held;
    sum->rejected += c->rejected;
    sum->facts += c->facts;
    sum->problems += c->problems;
}

lm_err lm_import_source_end(struct lm_import *im, int64_t source, enum lm_source_state state,
                            struct lm_counts *ret_counts, struct lm_error *e)
{
    struct lm_import_source *s = NULL;
    lm_err err = lm_import_find_source(im, source, &s, e);
    if (err == LM_OK)
        err = lm_import_writing(im, e);
    if (err != LM_OK)
        return err;
    const struct lm_counts *c = &s->counts;
    if (c->seen != c->kept + c->duplicate + c->held + c->rejected)
        return lm_import_checked(im, lm_fail(e, LM_EINTERNAL, "the counts of source %lld do not close",
                                             (long long)source));
    err = lm_ledger_close(im->st, source, state, c, e);
    if (err != LM_OK)
        return lm_import_checked(im, err);
    s->ended = true;
    lm_counts_add(&im->totals, c);
    *ret_counts = *c;
    return lm_import_maybe_commit(im, e);
}
