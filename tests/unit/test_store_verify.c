#include "store_fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/db.h"
#include "store/review.h"

struct told {
    size_t n;
    char what[512], detail[512];
};

static lm_err tell(void *user, const char *what, const char *detail)
{
    struct told *t = user;
    t->n++;
    (void)snprintf(t->what, sizeof t->what, "%s", what);
    (void)snprintf(t->detail, sizeof t->detail, "%s", detail);
    return LM_OK;
}

static struct lm_verify verify(struct fx *x, struct told *t)
{
    struct lm_verify v;
    *t = (struct told){ 0 };
    OK(lm_store_verify(x->st, LM_STR(""), &v, tell, t, e));
    return v;
}

static bool sound(const struct lm_verify *v)
{
    return v->exhibits_bad == 0 && v->audit_ok && v->sources_open == 0 && v->batches_ok && v->database_ok;
}

static void put_some(struct fx *x, size_t n)
{
    struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "13035550101", "Ana"),
                          b = fx_native(LM_PLATFORM_WHATSAPP, "13035550102", "Beto");
    struct lm_attachment file = { LM_STR("IMG-1.jpg"), LM_STR("image/jpeg"), 1000, LM_STR("") };
    struct lm_edit edit = { { 0, 0, LM_TIME_NONE }, LM_STR("antes") };
    for (size_t i = 0; i < n; i++) {
        struct lm_fact f = fx_message(i % 2 ? a : b, i % 2 ? &b : &a, 1, (int64_t)i, "ya esta el hielo");
        if (i % 10 == 0) {
            f.event.attachments = &file;
            f.event.n_attachments = 1;
            f.event.edits = &edit;
            f.event.n_edits = 1;
            f.event.has_place = true;
            f.event.latitude = 39.7392358;
            f.event.longitude = -0.0;
            f.event.has_amount = true;
            f.event.amount = (struct lm_money){ 1200, "USD", 2 };
        }
        (void)fx_put(x, i * 10, &f);
    }
}

static lm_err review(struct fx *x, int64_t event, const char *state, struct lm_error *e)
{
    struct lm_review r = { .event = event, .at_us = 1, .state = lm_str(state), .who = LM_STR("eva") };
    lm_err err = lm_db_begin(x->st, e);
    return err != LM_OK ? err : lm_db_end(x->st, lm_review_put(x->st, &r, e), e);
}

static void fill(struct fx *x)
{
    fx_usual(x);
    fx_authority(x, "I1", "A9", LM_REACH_CONTENT);
    OK(lm_store_revoke_authority(x->st, LM_STR("A9"), LM_STR("consent withdrawn"), e));
    fx_begin(x, "A1", "bytes of an exhibit", "");
    put_some(x, 50);
    struct lm_fact all = fx_message(fx_native(LM_PLATFORM_WHATSAPP, "13035550101", "Ana"), NULL, 0, 60, "a todos");
    all.event.flags = LM_EVENT_MEMBERS_UNKNOWN; /* left out of the contacts, and counted */
    (void)fx_put(x, 800, &all);
    struct lm_problem p = { .kind = LM_PROBLEM_REJECTED, .records = 2, .at = { .kind = LM_LOCATOR_BYTES, .a = 900 },
                            .reason = LM_STR("no date") };
    OK(lm_import_problem(x->im, x->source, &p, e));
    (void)fx_end(x);
    OK(review(x, 3, "responsive", e));
    OK(review(x, 3, "privileged", e)); /* the last word */
    OK(review(x, 4, "responsive", e));
}

static void a_sound_workspace_is_sound(void **state)
{
    (void)state;
    struct fx x;
    struct told t;
    struct lm_verify v;
    fill(&x);
    v = verify(&x, &t);
    if (t.n != 0)
        print_message("# %s: %s\n", t.what, t.detail);
    assert_true(sound(&v));
    assert_int_equal(t.n, 0);
    assert_int_equal(v.exhibits, 1);
    assert_int_equal(v.sources, 1);
    assert_int_equal(v.head, LM_HEAD_NOT_CHECKED);
    char head[65];
    memcpy(head, v.audit_head, sizeof head);
    OK(lm_store_audit(x.st, "export", LM_STR("brief"), "done", e));
    OK(lm_store_verify(x.st, lm_str(head), &v, tell, &t, e));
    assert_int_equal(v.head, LM_HEAD_FOUND);
    head[0] = head[0] == '0' ? '1' : '0';
    OK(lm_store_verify(x.st, lm_str(head), &v, tell, &t, e));
    assert_int_equal(v.head, LM_HEAD_MISSING);
    FAILS(LM_EUSAGE, lm_store_verify(x.st, LM_STR("abc"), &v, tell, &t, e));
    fx_remove(&x);
}

static void the_chain_cannot_be_changed_by_sql(void **state)
{
    (void)state;
    struct fx x;
    fill(&x);
    assert_false(fx_tamper(&x, "UPDATE audit SET entry = x'00' WHERE seq = 2"));
    assert_false(fx_tamper(&x, "DELETE FROM audit WHERE seq = 2"));
    assert_false(fx_tamper(&x, "DELETE FROM audit"));
    assert_false(fx_tamper(&x, "INSERT OR REPLACE INTO audit VALUES(2, x'00', zeroblob(32))"));
    assert_false(fx_tamper(&x, "INSERT INTO audit VALUES(999, x'00', zeroblob(32))"));
    assert_false(fx_tamper(&x, "UPDATE authority SET reach = 1 WHERE code = 'A1'"));
    assert_false(fx_tamper(&x, "DELETE FROM authority"));
    fx_remove(&x);
}

/* Each of these is a change by somebody who can write the file and knows the schema. */
static void every_change_is_found(void **state)
{
    (void)state;
#define NO_TRIGGERS "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_next;"
#define TRIGGERS                                                                                             \
    "CREATE TRIGGER audit_next BEFORE INSERT ON audit"                                                       \
    " WHEN NEW.seq IS NULL OR NEW.seq <> 1 + (SELECT ifnull(max(seq), 0) FROM audit)"                        \
    " BEGIN SELECT RAISE(ABORT, 'audit entries follow each other'); END;"                                    \
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit"                                                  \
    " BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;"                                    \
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit"                                                  \
    " BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;"
#define NO_TRIGGER "DROP TRIGGER authority_only_revoked;"
#define TRIGGER                                                                                              \
    "CREATE TRIGGER authority_only_revoked BEFORE UPDATE ON authority"                                       \
    " WHEN OLD.revoked_us IS NOT NULL OR NEW.id <> OLD.id OR NEW.code <> OLD.code"                           \
    " OR NEW.investigation <> OLD.investigation OR NEW.kind <> OLD.kind OR NEW.reach <> OLD.reach"           \
    " OR NEW.location <> OLD.location OR NEW.from_day IS NOT OLD.from_day OR NEW.to_day IS NOT OLD.to_day"   \
    " OR NEW.expires_day IS NOT OLD.expires_day"                                                             \
    " BEGIN SELECT RAISE(ABORT, 'an authority is revoked, never changed'); END;"
    static const struct {
        const char *sql, *what;
    } changes[] = {
        { NO_TRIGGERS "UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'ana', 'eva') AS BLOB) WHERE seq = 2;"
          TRIGGERS, "audit" },
        { NO_TRIGGERS "DELETE FROM audit WHERE seq = 3;" TRIGGERS, "audit" },
        { NO_TRIGGERS "DELETE FROM audit WHERE seq = 1;" TRIGGERS, "audit" },
        { NO_TRIGGERS "UPDATE audit SET hash = zeroblob(32) WHERE seq = 4;" TRIGGERS, "audit" },
        { NO_TRIGGERS "DELETE FROM audit;" TRIGGERS, "audit" },
        { "DROP TRIGGER audit_no_update", "database" },
        { "UPDATE event SET at_us = at_us + 1 WHERE id = 7", "batch" },
        { "UPDATE event SET latitude = 1 WHERE id = 1", "batch" },
        { "UPDATE event SET n_to = 2 WHERE id = 3", "batch" },
        { "UPDATE leg SET dst = frm WHERE event = 5", "batch" },
        { "UPDATE msg SET text = 'otra cosa' WHERE event = 5", "batch" },
        { "UPDATE attachment SET name = 'IMG-2.jpg' WHERE id = 1", "batch" },
        { "UPDATE edit SET text = 'despues'", "batch" },
        { "UPDATE account SET key = '+13035550199' WHERE id = 1", "batch" },
        { "UPDATE identifier SET key = '+13035550199' WHERE id = 1", "batch" },
        { "UPDATE account_identifier SET account = 2 WHERE id = 1", "batch" },
        { "UPDATE thread SET title = 'Chuy'", "batch" },
        { "UPDATE record SET a = a + 1 WHERE id = 50", "batch" },
        { "UPDATE problem SET reason = 'x'", "batch" },
        { "UPDATE problem SET records = 3", "ledger" },
        { "DELETE FROM msg WHERE event = 5", "batch" },
        { "DELETE FROM leg WHERE event = 5", "batch" },
        { "DELETE FROM record WHERE id = 50", "ledger" },
        { "INSERT INTO record VALUES(900, 1, 1, 5000, 1, '')", "ledger" },
        { "INSERT INTO identifier VALUES(900, 0, '1', '1')", "batch" },
        { "INSERT INTO msg SELECT id + 900, 'x', NULL FROM event WHERE id = 1", "batch" },
        { "UPDATE batch SET digest = zeroblob(32) WHERE id = 1", "batch" },
        { "UPDATE batch_part SET digest = zeroblob(32) WHERE part = 'event'", "batch" },
        { "UPDATE batch_part SET last = last - 1, n_rows = n_rows - 1 WHERE part = 'event'", "batch" },
        { "DELETE FROM batch_part WHERE part = 'msg'", "batch" },
        { "UPDATE source SET kept = kept + 1, seen = seen + 1", "ledger" },
        { "UPDATE source SET state = 1", "ledger" },
        { "UPDATE source SET facts = facts - 1", "ledger" },
        { "UPDATE contact_edge SET occurrences = occurrences + 1", "database" },
        { "DELETE FROM contact_edge", "database" },
        { "UPDATE contact_edge SET month = month + 1", "database" },
        { "UPDATE contact_edge SET first_us = first_us + 1 WHERE frm = 1", "database" },
        { "UPDATE contact_edge SET last_us = NULL WHERE frm = 1", "database" },
        { "UPDATE contact_edge SET weight = weight / 2", "database" },
        { "UPDATE contact_edge SET amount_minor = amount_minor + 1 WHERE currency = 'USD'", "database" },
        { "UPDATE contact_edge SET currency = 'EUR' WHERE currency = 'USD'", "database" },
        { "UPDATE contact_edge SET occurrences = occurrences - 1, attempts = attempts + 1", "database" },
        { "UPDATE contact_edge SET authority = 2", "database" },
        { "INSERT INTO contact_edge(frm, dst, kind, month, source, currency, authority, occurrences, attempts, weight, first_us,"
          " last_us, amount_minor) SELECT dst, frm + 7, kind, month, source, currency, authority, occurrences, attempts,"
          " weight, first_us, last_us, amount_minor FROM contact_edge WHERE currency = ''", "database" },
        { "UPDATE contact_edge SET occurrences = occurrences - 1, voicemails = voicemails + 1", "database" },
        { "UPDATE contact_edge SET forwards = forwards + 1", "database" },
        { "UPDATE contact_edge SET records = records + 1", "database" },
        { "UPDATE contact_edge SET joined = 1", "database" },
        { "UPDATE contact_edge SET joined_attempts = 1", "database" },
        { "INSERT INTO occurrence SELECT e.id, 1, e.platform, e.kind, 0, l.frm, l.dst, 0, NULL, 2, 2, 0, 1 FROM event e"
          " JOIN leg l ON l.event = e.id WHERE l.dst IS NOT NULL AND e.id = 1 AND l.ord = 0", "database" },
        { "INSERT INTO contact_left_out VALUES(1, 3, 5)", "database" },
        { "UPDATE contact_left_out SET events = events + 1", "database" },
        { "DELETE FROM contact_left_out", "database" },
        { "DROP TRIGGER authority_only_revoked; UPDATE authority SET reach = 1;", "authority" },
        { "DROP TRIGGER authority_only_revoked; UPDATE authority SET number = 'other';", "authority" },
        { "INSERT INTO authority_account VALUES(1, 0, 5, 'x')", "authority" },
        { "UPDATE authority SET revoked_us = 1, revoked_reason = 'x' WHERE code = 'A1'", "authority" },
        { "DELETE FROM blob", "exhibit" },
        { "UPDATE blob SET bytes = 1", "exhibit" },
        { "INSERT INTO msg_fts(msg_fts) VALUES('delete-all')", "database" },
        { "PRAGMA foreign_keys = OFF; UPDATE custody SET exhibit = 99", "database" },
        { "DROP INDEX leg_to", "database" },
        { "UPDATE investigation SET title = 'Other'", "database" },
        { "INSERT INTO investigation VALUES(2, 'I2', 'Other', NULL, NULL, 0, 'eva')", "database" },
        { "UPDATE exhibit SET zone = 'America/Denver'", "database" },
        { "UPDATE custody SET who = 'eva'", "database" },
        { "DELETE FROM custody", "database" },
        { "UPDATE source SET path = 'other.txt'", "ledger" },
        { "INSERT INTO authority SELECT 3, 'A2', investigation, kind, reach, location, number, court, offences,"
          " seizure_terms, issued_day, from_day, to_day, expires_day, sealed, added_us, added_by, NULL, NULL, NULL"
          " FROM authority WHERE code = 'A1'; UPDATE source SET authority = 3", "ledger" },
        { "UPDATE review SET state = 'responsive' WHERE event = 3", "database" },
        { "UPDATE review SET who = 'ana' WHERE event = 3", "database" },
        { "UPDATE review SET at_us = at_us + 1 WHERE event = 4", "database" },
        { "UPDATE review SET reason = 'x' WHERE event = 4", "database" },
        { "UPDATE review SET event = 5 WHERE event = 4", "database" },
        { "DELETE FROM review WHERE event = 3", "database" },
        { "INSERT INTO review VALUES(7, 'privileged', 'eva', 1, NULL)", "database" },
        { NO_TRIGGER "UPDATE authority SET revoked_reason = 'x' WHERE code = 'A9';" TRIGGER, "database" },
        { NO_TRIGGER "UPDATE authority SET revoked_by = 'x' WHERE code = 'A9';" TRIGGER, "database" },
        { NO_TRIGGER "UPDATE authority SET revoked_us = revoked_us + 1 WHERE code = 'A9';" TRIGGER, "database" },
        { NO_TRIGGER "UPDATE authority SET revoked_us = NULL, revoked_reason = NULL WHERE code = 'A9';" TRIGGER,
          "database" },
    };
    size_t n = sizeof changes / sizeof changes[0];
    struct fx x;
    struct told t;
    fill(&x);
    fx_close(&x);
    assert_true(fx_tamper(&x, NO_TRIGGERS TRIGGERS NO_TRIGGER TRIGGER)); /* put back as they were: nothing to find */
    fx_open(&x);
    struct lm_verify before = verify(&x, &t);
    assert_true(sound(&before));
    fx_remove(&x);
    for (size_t i = 0; i < n; i++) {
        fill(&x);
        fx_close(&x);
        if (!fx_tamper(&x, changes[i].sql))
            print_message("# not let through: %s\n", changes[i].sql);
        fx_open(&x);
        struct lm_verify v = verify(&x, &t);
        if (sound(&v) || t.n == 0)
            print_message("# not found: %s\n", changes[i].sql);
        assert_false(sound(&v));
        bool where = strcmp(changes[i].what, "audit") == 0     ? !v.audit_ok
                     : strcmp(changes[i].what, "batch") == 0   ? !v.batches_ok
                     : strcmp(changes[i].what, "ledger") == 0  ? v.sources_open != 0
                     : strcmp(changes[i].what, "exhibit") == 0 ? v.exhibits_bad != 0
                                                               : !v.database_ok;
        if (!where)
            print_message("# %s: found as %s: %s\n", changes[i].sql, t.what, t.detail);
        assert_true(where);
        fx_remove(&x);
    }
    print_message("# %zu changes, all found\n", n);
}

static void a_cut_end_is_found_with_a_head(void **state)
{
    (void)state;
    struct fx x;
    struct told t;
    fill(&x);
    OK(lm_store_audit(x.st, "look", LM_STR("something"), "done", e));
    struct lm_verify v = verify(&x, &t);
    char head[65];
    memcpy(head, v.audit_head, sizeof head);
    fx_close(&x);
    assert_true(fx_tamper(&x, NO_TRIGGERS "DELETE FROM audit WHERE seq > (SELECT max(seq) - 2 FROM audit);" TRIGGERS));
    fx_open(&x);
    v = verify(&x, &t);
    assert_true(sound(&v)); /* the chain alone cannot tell: that is why it says "not checked" */
    assert_int_equal(v.head, LM_HEAD_NOT_CHECKED);
    OK(lm_store_verify(x.st, lm_str(head), &v, tell, &t, e));
    assert_int_equal(v.head, LM_HEAD_MISSING);
    assert_string_equal(t.what, "head");
    fx_remove(&x);
}

static void the_only_blob(const struct fx *x, char path[256])
{
    struct lm_sha256 h;
    char hex[65];
    assert_int_equal(lm_sha256_of(LM_STR("bytes of an exhibit"), &h), LM_OK);
    (void)snprintf(path, 256, "%s.d/exhibits/%s", x->path, lm_sha256_hex(&h, hex));
}

static void changed_and_missing_bytes_are_found(void **state)
{
    (void)state;
    struct fx x;
    struct told t;
    struct stat s;
    char path[256];
    fill(&x);
    the_only_blob(&x, path);
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0400);
    assert_int_equal(chmod(path, 0600), 0);
    int fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "B", 1, 0), 1);
    (void)close(fd);
    struct lm_verify v = verify(&x, &t);
    assert_int_equal(v.exhibits_bad, 1);
    assert_int_equal(unlink(path), 0);
    v = verify(&x, &t);
    assert_int_equal(v.exhibits_bad, 1);
    assert_non_null(strstr(t.detail, "missing"));
    fx_remove(&x);
}

/* A child imports until it is killed; what it had committed is there, and the next import works. */
static void a_kill_in_the_middle_loses_nothing_committed(void **state)
{
    (void)state;
    struct fx x;
    struct told t;
    int pipe_fd[2];
    fx_usual(&x);
    fx_close(&x);
    assert_int_equal(pipe(pipe_fd), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        fx_open(&x);
        fx_begin(&x, "A1", "bytes of an exhibit", "");
        put_some(&x, 48000); /* two commits at least, and an open transaction */
        ssize_t told = write(pipe_fd[1], "x", 1);
        (void)told;
        for (;;)
            (void)pause();
    }
    char c;
    assert_int_equal(read(pipe_fd[0], &c, 1), 1);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    int64_t kept = fx_sql(&x, "SELECT count(*) FROM event");
    assert_true(kept > 28000 && kept <= 48000); /* less than one batch of 20,000 was open */
    fx_open(&x);
    struct lm_verify v = verify(&x, &t);
    assert_true(sound(&v));
    assert_string_equal(t.what, "note");
    struct lm_import *im;
    struct lm_counts all;
    OK(lm_import_begin(x.st, LM_STR("A1"), &im, e));
    OK(lm_import_end(im, &all, e));
    assert_int_equal(fx_sql(&x, "SELECT kept FROM source"), kept);
    assert_int_equal(fx_sql(&x, "SELECT seen FROM source"), kept);
    assert_int_equal(fx_sql(&x, "SELECT state FROM source"), LM_SOURCE_INTERRUPTED);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM problem WHERE reason LIKE '%interrupted%'"), 1);
    v = verify(&x, &t);
    assert_true(sound(&v));
    assert_int_equal(t.n, 0);
    fx_begin(&x, "A1", "bytes of an exhibit", "");
    put_some(&x, 48000);
    all = fx_end(&x);
    assert_int_equal(all.duplicate, kept);
    assert_int_equal(all.kept, 48000 - kept);
    v = verify(&x, &t);
    assert_true(sound(&v));
    fx_remove(&x);
}

static void one_writer_at_a_time(void **state)
{
    (void)state;
    struct fx x;
    struct lm_store *other;
    struct lm_import *im;
    fx_usual(&x);
    fx_begin(&x, "A1", "one", "");
    OK(lm_store_open(x.path, LM_STORE_WRITE, "eva", &other, e));
    FAILS(LM_ELOCKED, lm_import_begin(other, LM_STR("A1"), &im, e));
    lm_store_close(other);
    put_some(&x, 1);
    (void)fx_end(&x);
    fx_remove(&x);
}

/* While an import writes as fast as it can, looks get their turn. */
static void looks_get_their_turn(void **state)
{
    (void)state;
    struct fx x;
    int ready[2];
    fx_usual(&x);
    fx_close(&x);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        fx_open(&x);
        fx_begin(&x, "A1", "bytes of an exhibit", "");
        ssize_t told = write(ready[1], "x", 1);
        (void)told;
        put_some(&x, 10000000);
        for (;;)
            (void)pause();
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    OK(lm_store_open(x.path, LM_STORE_READ, "eva", &x.st, e));
    for (int i = 0; i < 20; i++)
        OK(lm_store_audit(x.st, "look", LM_STR("something"), "done", e));
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    fx_remove(&x);
}

/* Only one check needs the writer's lock: the rest of the work is not lost to somebody who holds it. */
static void a_writer_does_not_stop_a_verification(void **state)
{
    (void)state;
    struct fx x;
    struct told t;
    sqlite3 *other;
    fill(&x);
    assert_int_equal(sqlite3_open(x.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct lm_verify v = verify(&x, &t);
    assert_true(sound(&v));
    assert_int_equal(v.exhibits, 1);
    assert_int_equal(t.n, 2); /* the index of words, and the entry about this verification */
    assert_string_equal(t.what, "note");
    (void)sqlite3_close(other);
    v = verify(&x, &t);
    assert_int_equal(t.n, 0);
    fx_remove(&x);
}

static void refused(const char *path, lm_err wanted)
{
    struct lm_store *st = NULL;
    struct lm_error err = { 0 };
    lm_err got = lm_store_open(path, LM_STORE_WRITE, "ana", &st, &err);
    if (got != wanted)
        print_message("# %s: %s %s\n", path, lm_err_name(got), err.message);
    assert_int_equal(got, wanted);
    assert_null(st);
}

static void what_is_not_ours_is_refused(void **state)
{
    (void)state;
    struct fx x;
    fill(&x);
    FAILS(LM_EEXIST, lm_store_create(x.path, "ana", e));
    fx_close(&x);
    char other[160];
    (void)snprintf(other, sizeof other, "%s/none.lastmile", x.dir);
    refused(other, LM_ENOTFOUND);
    assert_int_equal(fx_sql(&x, "PRAGMA wal_checkpoint(TRUNCATE)"), 0);
    struct stat s;
    assert_int_equal(stat(x.path, &s), 0);
    assert_int_equal(truncate(x.path, s.st_size / 2 / 4096 * 4096), 0);
    refused(x.path, LM_EDAMAGED);
    assert_int_equal(truncate(x.path, 5000), 0);
    refused(x.path, LM_EDAMAGED);
    assert_int_equal(truncate(x.path, 50), 0);
    refused(x.path, LM_EDAMAGED);
    assert_int_equal(truncate(x.path, 0), 0);
    refused(x.path, LM_EDAMAGED);
    FILE *f = fopen(x.path, "w");
    for (int i = 0; i < 100; i++)
        (void)fputs("this is a text\n", f);
    (void)fclose(f);
    refused(x.path, LM_EDAMAGED);
    (void)unlink(x.path);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(x.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE a(b)", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    refused(x.path, LM_EDAMAGED);
    refused(x.dir, LM_EDAMAGED); /* a folder */
    fx_remove(&x);
}

static void a_newer_schema_and_damaged_pages_are_refused(void **state)
{
    (void)state;
    struct fx x;
    struct told t;
    struct stat s;
    fill(&x);
    fx_close(&x);
    assert_true(fx_tamper(&x, "PRAGMA user_version = 99"));
    refused(x.path, LM_EDAMAGED);
    assert_true(fx_tamper(&x, "PRAGMA user_version = 5; UPDATE word_platform SET word = 'icq' WHERE code = 3"));
    refused(x.path, LM_EDAMAGED);
    assert_true(fx_tamper(&x, "UPDATE word_platform SET word = 'tiktok' WHERE code = 3"));
    assert_int_equal(fx_sql(&x, "PRAGMA wal_checkpoint(TRUNCATE)"), 0);
    int64_t page = fx_sql(&x, "SELECT rootpage FROM sqlite_schema WHERE name = 'leg'");
    assert_int_equal(stat(x.path, &s), 0);
    int fd = open(x.path, O_WRONLY);
    static char junk[4096];
    memset(junk, 0xa5, sizeof junk);
    assert_int_equal(pwrite(fd, junk, sizeof junk, (page - 1) * 4096), (ssize_t)sizeof junk);
    (void)close(fd);
    fx_open(&x);
    struct lm_verify v = verify(&x, &t);
    assert_false(sound(&v));
    assert_true(t.n > 0);
    fx_remove(&x);
}

static void a_copy_made_during_use_is_sound(void **state)
{
    (void)state;
    struct fx x;
    struct told t = { 0 };
    struct lm_verify v;
    char to[128], blob[256];
    fill(&x);
    (void)snprintf(to, sizeof to, "%s/copy.lastmile", x.dir);
    OK(lm_store_backup(x.st, to, &v, tell, &t, e));
    assert_true(sound(&v));
    assert_int_equal(v.exhibits, 1);
    FAILS(LM_EEXIST, lm_store_backup(x.st, to, &v, tell, &t, e));
    the_only_blob(&x, blob);
    assert_int_equal(unlink(blob), 0);
    (void)snprintf(to, sizeof to, "%s/copy2.lastmile", x.dir);
    FAILS(LM_EDAMAGED, lm_store_backup(x.st, to, &v, tell, &t, e));
    assert_string_equal(t.what, "exhibit");
    fx_remove(&x);
}

static char *text_of(const char *name)
{
    char path[512];
    const char *top = getenv("LM_TOP");
    assert_non_null(top);
    (void)snprintf(path, sizeof path, "%s/tests/fixtures/store/%s", top, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *text = calloc(1, 1 << 20);
    assert_true(text != NULL && fread(text, 1, (1 << 20) - 1, f) > 1000);
    (void)fclose(f);
    return text;
}

static lm_err count_hits(void *user, const struct lm_hit *h)
{
    size_t *n = user;
    *n += lm_str_eq(h->text, LM_STR("ya está el hielo"));
    return LM_OK;
}

static void one_schema_opens(const char *name, uint64_t exhibits)
{
    struct fx x;
    struct told t;
    struct lm_sha256 hash;
    uint64_t bytes, total;
    sqlite3 *db;
    size_t n = 0;
    char *text = text_of(name);
    fx_new(&x);
    assert_int_equal(unlink(x.path), 0);
    assert_int_equal(sqlite3_open(x.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    free(text);
    fx_open(&x);
    struct lm_verify v = verify(&x, &t);
    assert_int_equal(v.exhibits_bad, exhibits); /* the dump has no bytes of exhibits */
    assert_true(v.audit_ok && v.batches_ok && v.database_ok && v.sources_open == 0);
    struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
    struct lm_search q = { .query = LM_STR("hielo +13035550101"), .limit = 5 };
    OK(lm_store_search(x.st, &f, &q, count_hits, &n, &total, e));
    assert_int_equal(n, 1);
    if (exhibits != 1) { /* the bytes of only one are known here */
        fx_remove(&x);
        return;
    }
    struct lm_import *im;
    struct lm_counts all;
    OK(lm_import_begin(x.st, LM_STR("A1"), &im, e));
    int fd = fx_file(&x, "bytes of an exhibit");
    OK(lm_import_blob(im, fd, &hash, &bytes, e));
    (void)close(fd);
    OK(lm_import_end(im, &all, e));
    v = verify(&x, &t);
    if (t.n != 0)
        print_message("# %s: %s\n", t.what, t.detail);
    assert_true(sound(&v));
    fx_remove(&x);
}

/* Files written by every earlier version open, and what they hold is found. */
static void every_earlier_schema_opens(void **state)
{
    (void)state;
    one_schema_opens("v1.sql", 1);
    one_schema_opens("v2.sql", 3);
    one_schema_opens("v4.sql", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_workspace_is_sound),
        cmocka_unit_test(the_chain_cannot_be_changed_by_sql),
        cmocka_unit_test(every_change_is_found),
        cmocka_unit_test(a_cut_end_is_found_with_a_head),
        cmocka_unit_test(changed_and_missing_bytes_are_found),
        cmocka_unit_test(a_kill_in_the_middle_loses_nothing_committed),
        cmocka_unit_test(one_writer_at_a_time),
        cmocka_unit_test(looks_get_their_turn),
        cmocka_unit_test(a_writer_does_not_stop_a_verification),
        cmocka_unit_test(what_is_not_ours_is_refused),
        cmocka_unit_test(a_newer_schema_and_damaged_pages_are_refused),
        cmocka_unit_test(a_copy_made_during_use_is_sound),
        cmocka_unit_test(every_earlier_schema_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
