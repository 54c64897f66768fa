#include "store_fixture.h"

static struct lm_counts import_two(struct fx *x, const char *authority, const char *bytes)
{
    struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "+1 303 555 0101", "Ana"),
                          b = fx_native(LM_PLATFORM_WHATSAPP, "+1 (303) 555-0102", "Beto");
    fx_begin(x, authority, bytes, "");
    struct lm_fact one = fx_message(a, &b, 1, 0, "ya esta el hielo"), two = fx_message(b, &a, 1, 1, "voy");
    (void)fx_put(x, 0, &one);
    (void)fx_put(x, 30, &two);
    return fx_end(x);
}

static void entries_become_rows(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    struct lm_counts c = import_two(&x, "A1", "first file");
    assert_int_equal(c.kept, 2);
    assert_int_equal(c.facts, 2);
    assert_false(x.known);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM event"), 2);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM leg"), 2);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM account"), 2);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM msg_fts WHERE msg_fts MATCH 'hielo'"), 1);
    assert_int_equal(fx_sql(&x, "SELECT sum(occurrences) FROM contact_edge"), 2);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM identifier WHERE key = '+13035550101'"), 1);
    fx_remove(&x);
}

static void the_same_bytes_at_the_same_place_are_duplicates(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    (void)import_two(&x, "A1", "first file");
    struct lm_counts c = import_two(&x, "A1", "first file");
    assert_true(x.known);
    assert_int_equal(c.duplicate, 2);
    assert_int_equal(c.kept, 0);
    c = import_two(&x, "A1", "other bytes, equal text");
    assert_int_equal(c.kept, 2);
    /* another investigation keeps its own */
    fx_investigation(&x, "I2");
    fx_authority(&x, "I2", "B1", LM_REACH_CONTENT);
    c = import_two(&x, "B1", "first file");
    assert_int_equal(c.kept, 2);
    assert_false(x.known);
    /* and what lies under a revoked authority folds nothing */
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    c = import_two(&x, "A2", "first file");
    assert_int_equal(c.kept, 2);
    fx_remove(&x);
}

static void the_same_message_id_leg_and_time_is_a_duplicate(void **state)
{
    (void)state;
    struct fx x;
    struct lm_account_ref a = fx_native(LM_PLATFORM_TELEGRAM, "user11", "Ana"),
                          b[2] = { fx_native(LM_PLATFORM_TELEGRAM, "user12", "Beto"),
                                   fx_native(LM_PLATFORM_TELEGRAM, "user13", "Chuy") };
    fx_usual(&x);
    fx_begin(&x, "A1", "single chat", "");
    struct lm_fact m = fx_message(a, b, 1, 0, "hola"), other = m;
    m.event.native_id = other.event.native_id = LM_STR("77");
    assert_int_equal(fx_put(&x, 0, &m), LM_OUTCOME_KEPT);
    other.event.at.us += 1;
    assert_int_equal(fx_put(&x, 1, &other), LM_OUTCOME_KEPT); /* another time */
    other = m;
    other.event.to = b + 1;
    assert_int_equal(fx_put(&x, 2, &other), LM_OUTCOME_KEPT); /* another leg */
    other = m;
    other.event.native_id = LM_STR("");
    assert_int_equal(fx_put(&x, 3, &other), LM_OUTCOME_KEPT); /* equal text alone */
    struct lm_fact g = fx_message(a, b, 2, 0, "a todos");
    g.event.native_id = LM_STR("78");
    g.event.thread.native = LM_STR("g1");
    assert_int_equal(fx_put(&x, 4, &g), LM_OUTCOME_KEPT);
    (void)fx_end(&x);
    fx_begin(&x, "A1", "full export", "");
    assert_int_equal(fx_put(&x, 1000, &m), LM_OUTCOME_DUPLICATE);
    g.event.n_to = 1; /* this file knows fewer members */
    assert_int_equal(fx_put(&x, 1100, &g), LM_OUTCOME_DUPLICATE);
    struct lm_counts c = fx_end(&x);
    assert_int_equal(c.duplicate, 2);
    assert_int_equal(c.facts, 0);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM duplicate WHERE rule = 2"), 2);
    fx_remove(&x);
}

static void held_rejected_and_kept_close(void **state)
{
    (void)state;
    struct fx x;
    struct lm_account_ref a = fx_native(LM_PLATFORM_PHONE, "13035550101", ""),
                          b = fx_native(LM_PLATFORM_PHONE, "13035550102", "");
    fx_usual(&x);
    fx_begin(&x, "A1", "calls", "");
    struct lm_fact f = fx_message(a, &b, 1, 0, "");
    f.event.kind = LM_EVENT_CALL;
    struct lm_locator rows[3] = { { .kind = LM_LOCATOR_ROW, .a = 2 }, { .kind = LM_LOCATOR_ROW, .a = 3 },
                                  { .kind = LM_LOCATOR_ROW, .a = 4 } };
    struct lm_entry entry = { rows, 3, &f, 1 };
    enum lm_outcome o;
    OK(lm_import_entry(x.im, x.source, &entry, &o, e));
    struct lm_locator late[2] = { { .kind = LM_LOCATOR_ROW, .a = 5 }, { .kind = LM_LOCATOR_ROW, .a = 6 } };
    struct lm_entry out = { late, 2, &f, 1 };
    OK(lm_import_held(x.im, x.source, &out, LM_STR("after the authority's last day"), e));
    struct lm_problem p = { .kind = LM_PROBLEM_REJECTED, .records = 4, .at = { .kind = LM_LOCATOR_ROW, .a = 7 },
                            .reason = LM_STR("no number") };
    OK(lm_import_problem(x.im, x.source, &p, e));
    p.kind = LM_PROBLEM_DOUBTED; /* counts nothing, whatever it says */
    OK(lm_import_problem(x.im, x.source, &p, e));
    struct lm_counts c = fx_end(&x);
    assert_int_equal(c.seen, 9);
    assert_int_equal(c.kept, 3);
    assert_int_equal(c.held, 2);
    assert_int_equal(c.rejected, 4);
    assert_int_equal(c.problems, 2);
    assert_int_equal(c.facts, 1);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM event"), 1);
    fx_remove(&x);
}

static void content_does_not_enter_without_reach(void **state)
{
    (void)state;
    struct fx x;
    struct lm_account_ref a = fx_native(LM_PLATFORM_PHONE, "13035550101", ""),
                          b = fx_native(LM_PLATFORM_PHONE, "13035550102", "");
    fx_usual(&x);
    fx_authority(&x, "I1", "N1", LM_REACH_NON_CONTENT);
    fx_begin(&x, "N1", "calls", "");
    struct lm_fact f = fx_message(a, &b, 1, 0, "secret");
    struct lm_locator l = { .kind = LM_LOCATOR_ROW, .a = 2 };
    struct lm_entry entry = { &l, 1, &f, 1 };
    enum lm_outcome o;
    FAILS(LM_EDENIED, lm_import_entry(x.im, x.source, &entry, &o, e));
    f.event.text = LM_STR("");
    OK(lm_import_entry(x.im, x.source, &entry, &o, e));
    (void)fx_end(&x);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM msg"), 0);
    fx_remove(&x);
}

static void accounts_without_an_id_stay_in_their_thread(void **state)
{
    (void)state;
    struct fx x;
    struct lm_account_ref a = fx_name(LM_PLATFORM_WHATSAPP, "Beto"),
                          owner = { .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_OWNER };
    fx_usual(&x);
    fx_begin(&x, "A1", "file", "");
    struct lm_fact f = fx_message(a, &owner, 1, 0, "uno");
    (void)fx_put(&x, 0, &f);
    (void)fx_put(&x, 1, &f);
    f.event.thread.native = LM_STR("t2");
    (void)fx_put(&x, 2, &f);
    (void)fx_end(&x);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM account WHERE form = 2"), 2);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM account WHERE form = 3 AND key GLOB 'owner:*:whatsapp'"), 1);
    fx_begin(&x, "A1", "file with a stated owner", "whatsapp:+13035550109");
    (void)fx_put(&x, 0, &f);
    (void)fx_end(&x);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM account WHERE form = 1 AND key = '+13035550109'"), 1);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM account WHERE form = 3"), 1);
    fx_remove(&x);
}

static void authority_limits_hold(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    struct lm_authority a = { .id = LM_STR("S1"), .investigation = LM_STR("I1"),
                              .kind = LM_AUTHORITY_ADMIN_SUBPOENA, .reach = LM_REACH_CONTENT,
                              .issued_day = LM_DAY_NONE, .from_day = LM_DAY_NONE, .to_day = LM_DAY_NONE,
                              .expires_day = LM_DAY_NONE };
    FAILS(LM_EDENIED, lm_store_add_authority(x.st, &a, e));
    a.reach = LM_REACH_NON_CONTENT;
    a.expires_day = 10;
    OK(lm_store_add_authority(x.st, &a, e));
    FAILS(LM_EEXIST, lm_store_add_authority(x.st, &a, e));
    FAILS(LM_EDENIED, lm_import_begin(x.st, LM_STR("S1"), &x.im, e));
    FAILS(LM_ENOTFOUND, lm_import_begin(x.st, LM_STR("nobody"), &x.im, e));
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("withdrawn"), e));
    FAILS(LM_EDENIED, lm_import_begin(x.st, LM_STR("A1"), &x.im, e));
    a.id = LM_STR("S2");
    a.from_day = 20;
    a.to_day = 19;
    FAILS(LM_EUSAGE, lm_store_add_authority(x.st, &a, e));
    a.to_day = 20;
    a.investigation = LM_STR("I9");
    FAILS(LM_ENOTFOUND, lm_store_add_authority(x.st, &a, e));
    fx_remove(&x);
}

struct payment {
    int64_t minor;
    const char *currency;
    int8_t exponent;
    unsigned flags;
    bool commit; /* after it */
};

static void import_payments(struct fx *x, const char *bytes, const struct payment *p, size_t n, bool commits)
{
    struct lm_account_ref a = fx_native(LM_PLATFORM_TELEGRAM, "user11", ""),
                          b = fx_native(LM_PLATFORM_TELEGRAM, "user12", "");
    fx_begin(x, "A1", bytes, "");
    for (size_t i = 0; i < n; i++) {
        struct lm_fact f = fx_message(a, &b, 1, 0, "");
        f.event.kind = LM_EVENT_PAYMENT;
        f.event.flags = p[i].flags;
        f.event.has_amount = p[i].currency != NULL;
        if (p[i].currency != NULL) {
            f.event.amount = (struct lm_money){ .minor = p[i].minor, .exponent = p[i].exponent };
            memcpy(f.event.amount.currency, p[i].currency, 3);
        }
        (void)fx_put(x, i, &f);
        if (commits && p[i].commit)
            OK(lm_import_flush(x->im, e));
    }
    (void)fx_end(x);
}

#define AMOUNT_OF(source, currency)                                                                          \
    "SELECT amount_minor FROM contact_edge WHERE source = " #source " AND currency = '" currency "'"

/* The sums of the roll-up are those of the events, wherever the commits fell. */
static void amounts_do_not_depend_on_commits(void **state)
{
    (void)state;
    static const struct payment all[] = {
        { 700, "USD", 2, LM_EVENT_ATTEMPT, true }, /* counted apart, and no amount */
        { 1200, "USD", 2, 0, false },
        { 300, "USD", 2, 0, true },
        { 0, NULL, 0, 0, true },
        { 250, "JPY", 0, 0, true },
        { 50, "XTR", 0, 0, true },  /* exponent 0 where 2 is usual: */
        { 50, "XTR", 2, 0, true },  /* never one sum */
        { INT64_MAX, "EUR", 2, 0, true },
        { INT64_MAX, "EUR", 2, 0, true },
        { -INT64_MAX, "EUR", 2, 0, true },
        { INT64_MAX, "MXN", 2, 0, true },
        { 1, "MXN", 2, 0, true },
        { 5, "MXN", 2, 0, true },
    };
    struct fx x;
    fx_usual(&x);
    size_t n = sizeof all / sizeof all[0];
    import_payments(&x, "in one commit", all, n, false);
    import_payments(&x, "in many commits", all, n, true);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM contact_edge WHERE source = 1"), 7);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM contact_edge a JOIN contact_edge b USING (frm, dst, kind, month,"
                                " currency, occurrences, attempts, weight, first_us, last_us)"
                                " WHERE a.source = 1 AND b.source = 2 AND a.amount_minor IS b.amount_minor"), 7);
    assert_int_equal(fx_sql(&x, AMOUNT_OF(2, "USD")), 1500);
    assert_int_equal(fx_sql(&x, "SELECT occurrences * 10 + attempts FROM contact_edge WHERE source = 2"
                                " AND currency = 'USD'"), 21);
    assert_int_equal(fx_sql(&x, AMOUNT_OF(2, "JPY")), 250);
    assert_int_equal(fx_sql(&x, AMOUNT_OF(2, "XTR/0")), 50);
    assert_int_equal(fx_sql(&x, AMOUNT_OF(2, "XTR")), 50);
    assert_int_equal(fx_sql(&x, AMOUNT_OF(2, "EUR")), INT64_MAX); /* refused for a while, then back in range */
    assert_int_equal(fx_sql(&x, AMOUNT_OF(2, "MXN")), INT64_MIN); /* refused */
    assert_int_equal(fx_sql(&x, "SELECT amount_minor IS NULL FROM contact_edge WHERE source = 2 AND currency = ''"), 1);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_become_rows),
        cmocka_unit_test(the_same_bytes_at_the_same_place_are_duplicates),
        cmocka_unit_test(the_same_message_id_leg_and_time_is_a_duplicate),
        cmocka_unit_test(held_rejected_and_kept_close),
        cmocka_unit_test(content_does_not_enter_without_reach),
        cmocka_unit_test(accounts_without_an_id_stay_in_their_thread),
        cmocka_unit_test(authority_limits_hold),
        cmocka_unit_test(amounts_do_not_depend_on_commits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
