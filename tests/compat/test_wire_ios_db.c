/* test_wire_ios_db.c - every store of $LM_SHARED/samples/wire against a second, simpler reading: SQL for the columns, and for the text a
 * walk that knows nothing but "field 2, then field 1". The samples have no recorded results; the texts that a person sees in them are
 * written down here. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "../reader_capture.h"

static size_t n_compared;

static const char query[] =
    "SELECT m.Z_PK, m.ZSERVERTIMESTAMP + 978307200, lower(hex(m.ZNONCE_DATA)), lower(hex(u.ZREMOTEIDENTIFIER_DATA)),"
    " lower(hex(c.ZREMOTEIDENTIFIER_DATA)), coalesce(m.ZSYSTEMMESSAGETYPE, 0), u.ZNAME, "
    " (SELECT ZDATA FROM ZGENERICMESSAGEDATA g WHERE g.ZMESSAGE = m.Z_PK)"
    " FROM ZMESSAGE m LEFT JOIN ZUSER u ON u.Z_PK = m.ZSENDER LEFT JOIN ZCONVERSATION c ON c.Z_PK = m.ZVISIBLEINCONVERSATION ORDER BY m.Z_PK";

static const char *const seen_by_eye[] = { "hello sabine!", "hello hello!", "Hey", "Yay!", "Super gif \xc2\xb7 via giphy.com", "Test message1", "Test message 2" };

/* Ids without their hyphens are the same text. */
static void same_id(struct lm_str got, const char *want)
{
    char bare[40];
    size_t n = 0;
    for (size_t i = 0; i < got.n && n + 1 < sizeof bare; i++)
        if (got.p[i] != '-')
            bare[n++] = got.p[i];
    bare[n] = '\0';
    assert_string_equal(bare, want != NULL ? want : "");
    n_compared++;
}

/* Lengths below 128 only: enough for what is in the samples. */
static struct lm_str text_by_hand(const unsigned char *p, size_t n)
{
    struct lm_str none = { NULL, 0 };
    if (n < 40 || p[0] != 0x0a || p[1] != 36 || p[38] != 0x12)
        return none;
    size_t inner = p[39];
    if (40 + inner != n || inner < 2 || p[40] != 0x0a || p[41] != inner - 2)
        return none;
    return (struct lm_str){ (const char *)p + 42, p[41] };
}

static const struct captured_event *event_of(const struct capture *c, const char *table, int64_t row)
{
    for (size_t i = 0; i < c->n_events; i++)
        if (c->events[i].record.a == (uint64_t)row && lm_str_eq(c->events[i].record.name, lm_str(table)))
            return &c->events[i];
    return NULL;
}

static void compare_row(const struct capture *c, sqlite3_stmt *s)
{
    const struct captured_event *ev = event_of(c, "ZMESSAGE", sqlite3_column_int64(s, 0));
    assert_non_null(ev);
    double at = sqlite3_column_double(s, 1);
    int type = sqlite3_column_int(s, 5);
    if (at > 978307201) {
        assert_true(ev->e.at.quality == LM_TIME_UTC);
        assert_true(at - (double)ev->e.at.us / 1e6 < 0.001 && at - (double)ev->e.at.us / 1e6 > -0.001);
    } else {
        assert_true(ev->e.at.quality == LM_TIME_NONE);
    }
    same_id(ev->e.native_id, (const char *)sqlite3_column_text(s, 2));
    same_id(ev->e.from.native, (const char *)sqlite3_column_text(s, 3));
    same_id(ev->e.thread.native, (const char *)sqlite3_column_text(s, 4));
    assert_int_equal(ev->e.kind == LM_EVENT_CALL, type == 6 || type == 17);
    assert_true(lm_str_eq(ev->e.from.display, lm_str((const char *)sqlite3_column_text(s, 6))));
    n_compared += 3;
    struct lm_str text = text_by_hand(sqlite3_column_blob(s, 7), (size_t)sqlite3_column_bytes(s, 7));
    if (text.n != 0) {
        assert_true(lm_str_eq(ev->e.text, text));
        n_compared++;
    }
}

static int64_t one_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t v = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return v;
}

static size_t texts_seen(const struct capture *c)
{
    size_t n = 0;
    for (size_t k = 0; k < sizeof seen_by_eye / sizeof *seen_by_eye; k++)
        for (size_t i = 0; i < c->n_events; i++)
            n += lm_str_eq(c->events[i].e.text, lm_str(seen_by_eye[k]));
    return n;
}

static size_t compare_store(const char *name, const char *folder)
{
    char path[512], uri[4600];
    char *bytes = NULL;
    size_t n = 0, seen;
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    (void)snprintf(path, sizeof path, "samples/wire/%s", name);
    (void)snprintf(uri, sizeof uri, "file:%s/%s?immutable=1", folder, name);
    assert_true(capture_shared(path, &bytes, &n));
    assert_true(capture_bid("wire_ios_db", name, (struct lm_str){ bytes, n }) >= 160);
    struct capture *c = capture_run("wire_ios_db", name, (struct lm_str){ bytes, n });
    assert_int_equal(c->err, LM_OK);
    assert_int_equal(capture_problems(c, LM_PROBLEM_REJECTED, NULL) + capture_problems(c, LM_PROBLEM_LOST, NULL), 0);
    assert_int_equal(sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, query, -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW)
        compare_row(c, s);
    sqlite3_finalize(s);
    /* events: messages, devices, connections; whatever is left of the protobufs belongs to a message */
    size_t n_profiles = 0;
    for (size_t i = 0; i < c->n_events; i++)
        n_profiles += lm_str_eq(c->events[i].e.detail, LM_STR("profile"));
    assert_int_equal(c->n_events - n_profiles, one_number(db, "SELECT (SELECT count(*) FROM ZMESSAGE) + (SELECT count(*) FROM ZUSERCLIENT)"
                                                 " + (SELECT count(*) FROM ZCONNECTION)"));
    n_compared++;
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    seen = texts_seen(c);
    capture_free(c);
    free(bytes);
    return seen;
}

static void stores_read_as_sql_reads_them(void **state)
{
    char folder[4096];
    const char *top = getenv("LM_SHARED");
    size_t n_stores = 0, seen = 0;
    struct dirent *d;
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s/samples/wire", top != NULL ? top : ".");
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while ((d = readdir(dir)) != NULL) {
        if (strstr(d->d_name, ".wiredatabase") == NULL)
            continue;
        seen += compare_store(d->d_name, folder);
        n_stores++;
    }
    (void)closedir(dir);
    assert_true(n_stores >= 2);
    print_message("# %zu stores, %zu texts known by eye, %zu values compared\n", n_stores, seen, n_compared);
    assert_true(seen >= sizeof seen_by_eye / sizeof *seen_by_eye);
}

int main(void)
{
    if (capture_none_shared("samples/wire/store1-28.wiredatabase"))
        return 0;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = { cmocka_unit_test(stores_read_as_sql_reads_them) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
