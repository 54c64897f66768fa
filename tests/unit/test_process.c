/* Letters and orders that run out: append-only, and vouched for by the chain. Everything is invented. */
#include "store_fixture.h"

#include "store/process.h"

static int32_t day(const char *text)
{
    int32_t d = LM_DAY_NONE;
    if (text != NULL)
        assert_true(lm_day_parse(lm_str(text), &d));
    return d;
}

static struct lm_process letter(const char *id, const char *served, const char *expires)
{
    return (struct lm_process){ .id = lm_str(id), .investigation = LM_STR("I1"), .provider = LM_STR("Example Wireless"),
                                .account = LM_STR("phone:+13035550101"), .reference = LM_STR("PL-1"),
                                .authority = LM_STR("A1"), .kind = LM_PROCESS_PRESERVATION, .served_day = day(served),
                                .expires_day = day(expires) };
}

struct seen {
    size_t n, changes;
    struct lm_process last;
    char id[65], who[64], reason[64];
};

static lm_err see(void *user, const struct lm_process *p)
{
    struct seen *s = user;
    s->n++;
    s->last = *p;
    s->changes = p->n_changes;
    (void)snprintf(s->id, sizeof s->id, "%.*s", LM_STR_ARG(p->id));
    (void)snprintf(s->who, sizeof s->who, "%.*s", LM_STR_ARG(p->who));
    s->reason[0] = '\0';
    if (p->n_changes != 0)
        (void)snprintf(s->reason, sizeof s->reason, "%.*s", LM_STR_ARG(p->changes[p->n_changes - 1].reason));
    return LM_OK;
}

static struct seen look(struct fx *x, const char *investigation, const char *id)
{
    struct seen s = { 0 };
    OK(lm_store_processes(x->st, lm_str(investigation), lm_str(id), see, &s, e));
    return s;
}

static lm_err no_finding(void *user, const char *what, const char *detail)
{
    (void)user;
    print_message("# %s: %s\n", what, detail);
    return LM_OK;
}

static lm_err keep_finding(void *user, const char *what, const char *detail)
{
    (void)what;
    (void)snprintf(user, 200, "%s", detail);
    return LM_OK;
}

static bool database_ok(struct fx *x)
{
    struct lm_verify v;
    OK(lm_store_verify(x->st, LM_STR(""), &v, no_finding, NULL, e));
    return lm_check_sound(&v);
}

static void it_runs_on_and_ends(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    struct lm_process p = letter("P1", "2026-01-10", "2026-04-09"), open = letter("P2", NULL, NULL);
    OK(lm_store_add_process(x.st, &p, e));
    OK(lm_store_add_process(x.st, &open, e));
    struct seen s = look(&x, "", "P1");
    assert_int_equal(s.n, 1);
    assert_int_equal(s.last.until_day, day("2026-04-09"));
    assert_string_equal(s.who, "ana");
    assert_int_equal(look(&x, "", "P2").last.until_day, LM_DAY_NONE); /* no length is invented */
    OK(lm_store_extend_process(x.st, LM_STR("P1"), day("2026-07-08"), LM_STR("PL-2"), e));
    OK(lm_store_extend_process(x.st, LM_STR("P2"), day("2026-05-01"), LM_STR(""), e));
    s = look(&x, "", "P1");
    assert_int_equal(s.last.expires_day, day("2026-04-09"));
    assert_int_equal(s.last.until_day, day("2026-07-08"));
    assert_false(s.last.withdrawn);
    OK(lm_store_withdraw_process(x.st, LM_STR("P1"), LM_STR(" returned "), e));
    s = look(&x, "", "P1");
    assert_true(s.last.withdrawn);
    assert_int_equal(s.changes, 2);
    assert_int_equal(s.last.until_day, day("2026-07-08"));
    assert_string_equal(s.reason, "returned");
    FAILS(LM_EEXIST, lm_store_extend_process(x.st, LM_STR("P1"), day("2026-12-01"), LM_STR(""), e));
    FAILS(LM_EEXIST, lm_store_withdraw_process(x.st, LM_STR("P1"), LM_STR("again"), e));
    assert_int_equal(look(&x, "I1", "").n, 2);
    assert_true(database_ok(&x));
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM process_change"), 3);
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("quashed"), e));
    assert_true(look(&x, "", "P2").last.authority_revoked);
    fx_remove(&x);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    fx_investigation(&x, "I2");
    struct lm_process good = letter("P1", "2026-01-10", "2026-04-09"), p = good;
    OK(lm_store_add_process(x.st, &good, e));
    FAILS(LM_EEXIST, lm_store_add_process(x.st, &good, e));
    p.id = LM_STR("P 2");
    FAILS(LM_EUSAGE, lm_store_add_process(x.st, &p, e));
    p = letter("P2", "2026-04-10", "2026-04-09");
    FAILS(LM_EUSAGE, lm_store_add_process(x.st, &p, e));
    p = letter("P2", NULL, NULL);
    p.provider = LM_STR("  ");
    FAILS(LM_EUSAGE, lm_store_add_process(x.st, &p, e));
    p.provider = LM_STR("two\nlines");
    FAILS(LM_EUSAGE, lm_store_add_process(x.st, &p, e));
    p.provider = LM_STR("\xff");
    FAILS(LM_EUSAGE, lm_store_add_process(x.st, &p, e));
    p = letter("P2", NULL, NULL);
    p.investigation = LM_STR("I9");
    FAILS(LM_ENOTFOUND, lm_store_add_process(x.st, &p, e));
    p.investigation = LM_STR("I2"); /* A1 is another's */
    FAILS(LM_EUSAGE, lm_store_add_process(x.st, &p, e));
    p.authority = LM_STR("A9");
    FAILS(LM_ENOTFOUND, lm_store_add_process(x.st, &p, e));
    FAILS(LM_ENOTFOUND, lm_store_extend_process(x.st, LM_STR("P9"), day("2026-12-01"), LM_STR(""), e));
    FAILS(LM_EUSAGE, lm_store_extend_process(x.st, LM_STR("P1"), day("2026-04-09"), LM_STR(""), e));
    FAILS(LM_EUSAGE, lm_store_extend_process(x.st, LM_STR("P1"), LM_DAY_NONE, LM_STR(""), e));
    FAILS(LM_EUSAGE, lm_store_withdraw_process(x.st, LM_STR("P1"), LM_STR(" "), e));
    FAILS(LM_ENOTFOUND, lm_store_withdraw_process(x.st, LM_STR("P9"), LM_STR("x"), e));
    struct seen s = { 0 };
    FAILS(LM_ENOTFOUND, lm_store_processes(x.st, LM_STR("I9"), LM_STR(""), see, &s, e));
    FAILS(LM_ENOTFOUND, lm_store_processes(x.st, LM_STR(""), LM_STR("P9"), see, &s, e));
    assert_int_equal(look(&x, "", "").n, 1);
    assert_int_equal(look(&x, "I2", "").n, 0);
    assert_true(database_ok(&x));
    fx_remove(&x);
}

/* SQLite itself refuses a change in place, and verify finds what was done without its triggers. */
static void nothing_is_changed_in_place(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "UPDATE process SET expires_day = 30000",
        "DELETE FROM process",
        "UPDATE process_change SET expires_day = 30000",
        "DELETE FROM process_change",
        "INSERT INTO process_change(process, change, expires_day, at_us, who) VALUES(2, 'extended', 30000, 1, 'eva')",
    };
    static const char *const found[] = {
        "DROP TRIGGER process_no_update; UPDATE process SET expires_day = 30000",
        "DROP TRIGGER process_no_update; UPDATE process SET provider = 'Another'",
        "DROP TRIGGER process_no_update; UPDATE process SET added_by = 'eva'",
        "DROP TRIGGER process_change_no_update; UPDATE process_change SET expires_day = 30000 WHERE id = 1",
        "DROP TRIGGER process_change_no_delete; DELETE FROM process_change WHERE id = 1",
        "INSERT INTO process(investigation, code, kind, provider, added_us, added_by) VALUES(1, 'P9', 'preservation', 'x', 1, 'eva')",
        "INSERT INTO process_change(process, change, expires_day, at_us, who) VALUES(1, 'extended', 30000, 1, 'eva')",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0] + sizeof found / sizeof found[0]; i++) {
        struct fx x;
        size_t n = sizeof refused / sizeof refused[0];
        fx_usual(&x);
        struct lm_process p = letter("P1", "2026-01-10", "2026-04-09"), q = letter("P2", NULL, NULL);
        OK(lm_store_add_process(x.st, &p, e));
        OK(lm_store_add_process(x.st, &q, e));
        OK(lm_store_extend_process(x.st, LM_STR("P1"), day("2026-07-08"), LM_STR(""), e));
        OK(lm_store_withdraw_process(x.st, LM_STR("P2"), LM_STR("done"), e));
        fx_close(&x);
        if (i < n)
            assert_false(fx_tamper(&x, refused[i]));
        else
            assert_true(fx_tamper(&x, found[i - n]));
        if (i >= n && strncmp(found[i - n], "DROP", 4) == 0) { /* the triggers are put back: only the row is wrong */
            bool change = strstr(found[i - n], "process_change_no") != NULL, delete = strstr(found[i - n], "no_delete") != NULL;
            char sql[300];
            (void)snprintf(sql, sizeof sql, "CREATE TRIGGER %s_no_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, '%s never %s'); END;",
                           change ? "process_change" : "process", delete ? "delete" : "update", delete ? "DELETE" : "UPDATE",
                           change ? "process_change" : "process",
                           change ? "a change of a process is" : "a process is extended or withdrawn,",
                           delete ? "removed" : "changed");
            assert_true(fx_tamper(&x, sql));
        }
        fx_open(&x);
        struct lm_verify v;
        char detail[200] = "";
        OK(lm_store_verify(x.st, LM_STR(""), &v, keep_finding, detail, e));
        assert_int_equal(lm_check_sound(&v), i < n);
        if (i >= n && strstr(detail, "not what was entered") == NULL && strstr(detail, "in the audit chain") == NULL)
            fail_msg("%s: found %s", found[i - n], detail);
        fx_remove(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_runs_on_and_ends),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(nothing_is_changed_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
