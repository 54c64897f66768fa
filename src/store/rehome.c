#include "store/rehome.h"

#include <stdio.h>

#include "store/audit.h"
#include "store/ledger.h"
#include "store/rehome_read.h"
#include "store/review.h"

struct task { /* a source under a live authority that reported duplicates */
    int64_t source, exhibit, first, last; /* its duplicates: row ids */
    struct lm_str code;                   /* of its authority */
    struct lm_source as;
    bool whole;
};

struct rehome {
    struct lm_store *st;
    struct lm_arena run;
    struct lm_reread read;
    struct lm_buf locators; /* struct lm_locator: the records of one entry */
    struct lm_arena names;  /* theirs */
    int64_t authority;
    struct lm_str code;
    sqlite3_stmt *review;   /* NULL: nothing was reviewed */
    int rule;
    /* the import that is running, and the source in it */
    struct lm_import *im;
    const struct task *task;
    int64_t source; /* 0: not opened yet */
    uint64_t left, all_left;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- what is to do --- */

static const char tasks_sql[] =
    "WITH w AS MATERIALIZED (SELECT d.source AS source, min(d.id) AS first, max(d.id) AS last FROM source o"
    " JOIN record r ON r.source = o.id JOIN duplicate d ON d.record = r.id"
    " WHERE o.authority = ?1 AND d.rule = ?3 GROUP BY d.source)"
    " SELECT s.id, s.exhibit, w.first, w.last, a.code, s.path, s.sha256, s.bytes, s.reader, s.state = 0 AND s.held = 0,"
    " count(*) OVER () FROM w JOIN source s ON s.id = w.source JOIN authority a ON a.id = s.authority"
    " WHERE a.investigation = ?2 AND a.revoked_us IS NULL ORDER BY a.id, s.id";

static lm_err read_task(struct rehome *h, sqlite3_stmt *q, struct task *t, struct lm_error *e)
{
    *t = (struct task){ .source = sqlite3_column_int64(q, 0),
                        .exhibit = sqlite3_column_int64(q, 1),
                        .first = sqlite3_column_int64(q, 2),
                        .last = sqlite3_column_int64(q, 3),
                        .code = lm_arena_copy(&h->run, lm_db_str(q, 4)),
                        .as = { .exhibit = sqlite3_column_int64(q, 1),
                                .path = lm_arena_copy(&h->run, lm_db_str(q, 5)),
                                .bytes = (uint64_t)sqlite3_column_int64(q, 7),
                                .reader = lm_arena_copy(&h->run, lm_db_str(q, 8)) },
                        .whole = sqlite3_column_int(q, 9) != 0 };
    if (!lm_db_sha256(q, 6, &t->as.sha256))
        return lm_fail(e, LM_EDAMAGED, "a source without a hash");
    return t->code.p != NULL && t->as.path.p != NULL && t->as.reader.p != NULL ? LM_OK : no_memory(e);
}

static lm_err find_tasks(struct rehome *h, int64_t investigation, struct task **ret, size_t *ret_n, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    struct task *list = NULL;
    size_t n = 0;
    bool row = false;
    lm_err err = lm_db_prepare(h->st, tasks_sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, h->authority);
    (void)sqlite3_bind_int64(q, 2, investigation);
    (void)sqlite3_bind_int(q, 3, h->rule);
    while ((err = lm_db_step(h->st, q, &row, e)) == LM_OK && row) {
        if (list == NULL)
            list = lm_arena_array(&h->run, (size_t)sqlite3_column_int64(q, 10), sizeof *list);
        err = list != NULL ? read_task(h, q, &list[n], e) : no_memory(e);
        if (err != LM_OK)
            break;
        n++;
    }
    (void)sqlite3_finalize(q);
    *ret = list;
    *ret_n = n;
    return err;
}

/* --- one source --- */

static lm_err open_source(struct rehome *h, struct lm_error *e)
{
    if (h->source != 0)
        return LM_OK;
    lm_err err = lm_import_adopt(h->im, h->task->exhibit, e);
    if (err == LM_OK)
        err = lm_import_source(h->im, &h->task->as, &h->source, e);
    struct lm_import_source *s = NULL;
    if (err == LM_OK)
        err = lm_import_find_source(h->im, h->source, &s, e);
    if (err != LM_OK)
        return err;
    struct lm_place at = { s->id, s->exhibit->id, 0, s->exhibit->name, s->exhibit->owner_platform, s->exhibit->owner,
                           s->exhibit->owner_name };
    lm_reread_begin(&h->read, h->im, &at, h->task->whole, h->rule == LM_RULE_PLACE);
    return LM_OK;
}

static lm_err close_source(struct rehome *h, struct lm_error *e)
{
    struct lm_counts counts;
    char reason[256];
    lm_err err = h->left != 0 ? open_source(h, e) : LM_OK;
    if (err != LM_OK || h->source == 0)
        return err;
    (void)snprintf(reason, sizeof reason, "%llu records were duplicates of records under %.*s, which is revoked, and are not known to"
                   " say the same; import the exhibit again to have them", (unsigned long long)h->left,
                   LM_STR_ARG(lm_str_take(h->code, 64)));
    struct lm_problem p = { .kind = LM_PROBLEM_LOST, .reason = lm_str(reason) };
    if (h->left != 0)
        err = lm_import_problem(h->im, h->source, &p, e);
    if (err == LM_OK)
        err = lm_import_source_end(h->im, h->source, LM_SOURCE_READ, &counts, e);
    h->source = 0;
    h->all_left += h->left;
    h->left = 0;
    return err;
}

/* What review found about the facts' events holds for the new ones: the strictest of it, should there be several. */
static lm_err carry_review(struct rehome *h, const struct lm_cite *cites, size_t n, int64_t before, struct lm_error *e)
{
    static const char *const words[] = { "unreviewed", "responsive", "non_responsive", "held", "privileged" };
    struct lm_review found = { 0 };
    int strictest = -1;
    lm_err err = LM_OK;
    for (size_t i = 0; i < n && err == LM_OK && h->review != NULL; i++) {
        bool row = false;
        if (cites[i].what != LM_CITE_EVENT)
            continue;
        (void)sqlite3_bind_int64(h->review, 1, cites[i].id);
        err = lm_db_step(h->st, h->review, &row, e);
        int strict = -1;
        for (int k = 0; err == LM_OK && row && k < 5; k++)
            strict = lm_str_eq(lm_db_str(h->review, 0), lm_str(words[k])) ? k : strict;
        if (strict > strictest) {
            strictest = strict;
            found = (struct lm_review){ .state = lm_str(words[strict]),
                                        .who = lm_arena_copy(&h->read.one, lm_db_str(h->review, 1)),
                                        .at_us = sqlite3_column_int64(h->review, 2),
                                        .reason = lm_arena_copy(&h->read.one, lm_db_str(h->review, 3)) };
            if (found.who.p == NULL || found.reason.p == NULL)
                err = no_memory(e);
        }
        (void)sqlite3_reset(h->review);
    }
    for (int64_t id = before + 1; err == LM_OK && strictest >= 0 && id <= h->im->last_event; id++) {
        found.event = id;
        err = lm_review_put(h->st, &found, e);
    }
    return err;
}

/* The duplicates of one record, as the entry that was read then. differs: what they say is not what the record says. */
static lm_err carry(struct rehome *h, int64_t from, int64_t record, bool differs, struct lm_error *e)
{
    const struct lm_locator *records = (const struct lm_locator *)(const void *)h->locators.p; /* from realloc: aligned */
    size_t n_records = h->locators.n / sizeof *records, n = 0;
    const struct lm_cite *cites;
    bool ok = true;
    enum lm_outcome outcome;
    if (n_records == 0)
        return LM_OK;
    lm_reread_find(&h->read, from, record, &cites, &n);
    if (n == 0) /* no fact names it: it belongs to an event that has its place elsewhere */
        return LM_OK;
    lm_err err = open_source(h, e);
    if (err != LM_OK)
        return err;
    bool single = n == 1 && cites[0].what == LM_CITE_EVENT;
    struct lm_fact *facts = lm_arena_array(&h->read.one, n, sizeof *facts);
    if (facts == NULL)
        return no_memory(e);
    if (h->rule == LM_RULE_NATIVE && (differs || !single))
        ok = false;
    for (size_t i = 0; i < n && err == LM_OK && ok; i++)
        err = lm_reread_fact(&h->read, &cites[i], &facts[i], &ok, e);
    if (err != LM_OK || !ok) {
        h->left += n_records;
        return err;
    }
    int64_t before = h->im->last_event;
    struct lm_entry entry = { records, n_records, facts, n };
    err = lm_import_entry(h->im, h->source, &entry, &outcome, e);
    return err == LM_OK && outcome == LM_OUTCOME_KEPT ? carry_review(h, cites, n, before, e) : err;
}

static const char duplicates_sql[] =
    "SELECT d.record, r.source, d.kind, d.a, d.b, d.name, (d.kind, d.a, d.name) IN"
    " (SELECT p.kind, p.a, p.name FROM problem p WHERE p.source = ?3 AND p.reason = ?6)"
    " FROM duplicate d CROSS JOIN record r ON r.id = d.record CROSS JOIN source o ON o.id = r.source"
    " WHERE d.id BETWEEN ?1 AND ?2 AND d.source = ?3 AND d.rule = ?4 AND o.authority = ?5 ORDER BY d.id";

static lm_err take_locator(struct rehome *h, sqlite3_stmt *q, struct lm_error *e)
{
    struct lm_locator l = lm_db_locator(q, 2);
    l.name = lm_arena_copy(&h->names, l.name);
    lm_buf_put(&h->locators, (struct lm_str){ (const char *)&l, sizeof l });
    return l.name.p == NULL || h->locators.failed ? no_memory(e) : LM_OK;
}

/* Duplicates of one record that follow each other are the records of one entry (where the bytes are the same: by message
 * id each stands for itself). */
static lm_err carry_source(struct rehome *h, struct lm_error *e)
{
    const struct task *t = h->task;
    sqlite3_stmt *q = NULL;
    int64_t record = 0, from = 0;
    bool row = false, differs = false;
    lm_err err = lm_db_prepare(h->st, duplicates_sql, &q, e);
    if (err != LM_OK)
        return err;
    const int64_t numbers[] = { t->first, t->last, t->source, h->rule, h->authority };
    for (int i = 0; i < 5; i++)
        (void)sqlite3_bind_int64(q, i + 1, numbers[i]);
    lm_db_bind_str(q, 6, LM_STR(LM_IMPORT_DIFFERS));
    while ((err = lm_db_step(h->st, q, &row, e)) == LM_OK && row) {
        int64_t next = sqlite3_column_int64(q, 0);
        if (next != record || h->rule == LM_RULE_NATIVE) {
            err = carry(h, from, record, differs, e);
            lm_buf_clear(&h->locators);
            lm_arena_reset(&h->names);
        }
        record = next;
        from = sqlite3_column_int64(q, 1);
        differs = sqlite3_column_int(q, 6) != 0;
        if (err == LM_OK)
            err = take_locator(h, q, e);
        if (err != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    if (err == LM_OK)
        err = carry(h, from, record, differs, e);
    lm_buf_clear(&h->locators);
    lm_arena_reset(&h->names);
    return err != LM_OK ? err : close_source(h, e);
}

/* --- one authority after the other --- */

static lm_err end_import(struct rehome *h, struct lm_str code, struct lm_error *e)
{
    struct lm_counts totals;
    struct lm_import *im = h->im;
    char outcome[256];
    if (im == NULL)
        return LM_OK;
    int64_t id = im->id;
    h->im = NULL;
    lm_err err = lm_import_end(im, &totals, e);
    (void)snprintf(outcome, sizeof outcome, "import %lld under %.*s: kept %llu, duplicate %llu, to be imported again %llu",
                   (long long)id, LM_STR_ARG(lm_str_take(code, 64)), (unsigned long long)totals.kept,
                   (unsigned long long)totals.duplicate, (unsigned long long)h->all_left);
    h->all_left = 0;
    return err != LM_OK ? err : lm_audit_add(h->st, "authority.rehome", h->code, lm_str(outcome), e);
}

static lm_err carry_rule(struct rehome *h, int64_t investigation, struct lm_error *e)
{
    struct task *tasks;
    size_t n;
    lm_err err = find_tasks(h, investigation, &tasks, &n, e);
    if (err == LM_OK && n != 0 && h->read.st == NULL)
        err = lm_reread_init(&h->read, h->st, h->authority, e);
    for (size_t i = 0; i < n && err == LM_OK; i++) {
        bool first = i == 0 || !lm_str_eq(tasks[i].code, tasks[i - 1].code);
        if (first && i != 0)
            err = end_import(h, tasks[i - 1].code, e);
        if (err == LM_OK && first)
            err = lm_import_begin_inside(h->st, tasks[i].code, &h->im, e);
        h->task = &tasks[i];
        if (err == LM_OK)
            err = carry_source(h, e);
    }
    return err != LM_OK || n == 0 ? err : end_import(h, tasks[n - 1].code, e);
}

lm_err lm_rehome(struct lm_store *st, int64_t authority, struct lm_str code, int64_t investigation, struct lm_error *e)
{
    struct rehome h = { .st = st, .authority = authority, .code = code };
    int64_t reviewed = 0;
    lm_arena_init(&h.run, 0);
    lm_arena_init(&h.names, 0);
    lm_buf_init(&h.locators, (size_t)1 << 30);
    lm_err err = lm_db_i64(st, "SELECT 1 FROM review LIMIT 1", 0, &reviewed, e);
    if (err == LM_OK && reviewed != 0)
        err = lm_db_prepare(st, "SELECT state, who, at_us, reason FROM review WHERE event = ?", &h.review, e);
    for (h.rule = LM_RULE_PLACE; h.rule <= LM_RULE_NATIVE && err == LM_OK; h.rule++)
        err = carry_rule(&h, investigation, e);
    lm_import_abandon(h.im); /* after a failure: the caller rolls back */
    (void)sqlite3_finalize(h.review);
    if (h.read.st != NULL)
        lm_reread_free(&h.read);
    lm_buf_free(&h.locators);
    lm_arena_free(&h.names);
    lm_arena_free(&h.run);
    return err;
}
