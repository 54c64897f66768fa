/* Identities of a workspace: what joins, what does not, what a person says, undoing, and that the order of files does not matter. Everything is
 * invented. */
#include "store_fixture.h"

#include "base/rng.h"
#include "resolve/attribute.h"
#include "resolve/identify.h"

#define DAY_MINUTES (24 * 60)

static const struct lm_filter I1 = { { "I1", 2 }, { "test", 4 } };
static const char *const numbers[] = { "+13035550100", "+13035550101", "+13035550102", "+13035550103", "+13035550104", "+13035550105",
                                       "+13035550106", "+13035550107" };
#define NUMBERS (sizeof numbers / sizeof numbers[0])

/* --- what comes in --- */

static void message(struct fx *x, uint64_t byte, enum lm_platform p, const char *from, const char *to, int64_t minute)
{
    struct lm_account_ref other = fx_native(p, to, "");
    struct lm_fact f = fx_message(fx_native(p, from, ""), &other, 1, minute, "hello");
    (void)fx_put(x, byte, &f);
}

static void known(struct fx *x, uint64_t byte, enum lm_platform p, const char *account, enum lm_identifier_type type, const char *value,
                  const char *basis, int64_t minute)
{
    struct lm_fact f = { .kind = LM_FACT_IDENTIFIER };
    f.identifier = (struct lm_identifier_fact){ .account = fx_native(p, account, ""), .type = type, .value = lm_str(value), .basis = lm_str(basis),
                                                .at = { INT64_C(1683000000) * LM_SECOND_US + minute * 60 * LM_SECOND_US, 0, LM_TIME_UTC } };
    (void)fx_put(x, byte, &f);
}

static struct lm_identified resolve(struct fx *x, bool anew)
{
    struct lm_identified n = { 0 };
    OK(lm_identify(x->st, LM_STR("I1"), anew, &n, e));
    return n;
}

/* --- what came of it --- */

static void text(const struct fx *x, const char *sql, char *ret, size_t cap)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open(x->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    const char *s = (const char *)sqlite3_column_text(q, 0);
    (void)snprintf(ret, cap, "%s", s != NULL ? s : "");
    assert_int_equal(sqlite3_finalize(q), SQLITE_OK);
    (void)sqlite3_close(db);
}

/* The sets of two accounts or more, and every edge with its fate, whatever their numbers are. */
static void picture(const struct fx *x, char ret[16384])
{
    text(x, "SELECT (SELECT ifnull(group_concat(line, '|'), '') FROM (SELECT group_concat(k, ',') AS line FROM (SELECT m.person AS p,"
            " c.platform || ':' || c.key AS k FROM identity_member m JOIN account c ON c.id = m.account ORDER BY p, k) GROUP BY p"
            " HAVING count(*) > 1 ORDER BY line)) || '#' || (SELECT ifnull(group_concat(line, '|'), '') FROM (SELECT min(a.platform || ':'"
            " || a.key, b.platform || ':' || b.key) || '=' || max(a.platform || ':' || a.key, b.platform || ':' || b.key) || ' ' || x.kind"
            " || ' ' || t.fate || t.bridge AS line FROM identity_edge x JOIN account a ON a.id = x.a JOIN account b ON b.id = x.b"
            " JOIN identity_fate t ON t.edge = x.id WHERE x.kind <> 'likeness' AND x.ended_us IS NULL ORDER BY line))", ret, 16384);
}

static int64_t account(const struct fx *x, const char *text)
{
    struct lm_arena a;
    int64_t id = 0;
    lm_arena_init(&a, 0);
    OK(lm_store_account_find(x->st, &a, LM_STR("I1"), lm_str(text), &id, e));
    lm_arena_free(&a);
    return id;
}

static int64_t person(const struct fx *x, const char *of)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql, "SELECT person FROM identity_member WHERE account = %lld", (long long)account(x, of));
    return fx_sql(x, sql);
}

static uint64_t wrong(struct fx *x)
{
    uint64_t n = 99;
    struct lm_verify v;
    OK(lm_identify_check(x->st, LM_STR("I1"), &n, e));
    OK(lm_store_verify(x->st, LM_STR(""), &v, NULL, NULL, e));
    assert_true(lm_check_sound(&v));
    return n;
}

static int64_t judge(struct fx *x, enum lm_identity_verdict v, const char *a, const char *b)
{
    struct lm_account_pair_of p = { account(x, a), account(x, b) };
    int64_t id = 0;
    uint64_t changed;
    OK(lm_identify_judge(x->st, LM_STR("I1"), v, &p, 1, LM_STR("seen"), &id, &changed, e));
    return id;
}

static void undo(struct fx *x, int64_t judgement)
{
    uint64_t changed;
    OK(lm_identify_unjudge(x->st, LM_STR("I1"), judgement, LM_STR("wrong"), &changed, e));
}

/* --- one number on three platforms; a number that was quiet; a shared mailbox --- */

static void usual(struct fx *x)
{
    fx_usual(x);
    fx_begin(x, "A1", "one", "");
    message(x, 10, LM_PLATFORM_WHATSAPP, numbers[0], numbers[1], 0);
    message(x, 20, LM_PLATFORM_SIGNAL, numbers[0], numbers[2], 60);
    message(x, 30, LM_PLATFORM_PHONE, numbers[0], numbers[1], 120);
    message(x, 40, LM_PLATFORM_SIGNAL, numbers[3], numbers[2], 0);
    message(x, 50, LM_PLATFORM_PHONE, numbers[3], numbers[1], 60 * DAY_MINUTES);
    for (uint64_t i = 4; i < 8; i++)
        known(x, 100 + i, LM_PLATFORM_PHONE, numbers[i], LM_IDENTIFIER_EMAIL, "team@example.com", "own_profile", 0);
    (void)fx_end(x);
}

static void what_joins(void **state)
{
    struct fx x;
    (void)state;
    usual(&x);
    struct lm_identified n = resolve(&x, false);
    assert_int_equal(n.largest, 3);
    assert_int_equal(n.edges, 5); /* three of number 0, one of 1 (whatsapp, phone), one of 3 (signal, phone) */
    int64_t p = person(&x, "signal:+13035550100");
    assert_true(p > 0);
    assert_int_equal(person(&x, "whatsapp:+13035550100"), p);
    assert_int_equal(person(&x, "phone:303-555-0100"), p);
    assert_int_equal(person(&x, "signal:+13035550103"), -1); /* 60 quiet days */
    assert_int_equal(person(&x, "phone:+13035550104"), -1);  /* a mailbox that four share */
    assert_int_equal(wrong(&x), 0);
    n = resolve(&x, false);
    assert_int_equal(n.accounts, 0); /* nothing came in */
    n = resolve(&x, true);
    assert_int_equal(n.changed, 0);
    assert_int_equal(n.edges, 0);
    fx_remove(&x);
}

static void a_persons_word(void **state)
{
    struct fx x;
    char before[16384], after[16384];
    (void)state;
    usual(&x);
    (void)resolve(&x, false);
    picture(&x, before);
    int64_t p = person(&x, "signal:+13035550100"), second = person(&x, "phone:+13035550101");
    /* joined by word, and back again: the numbers of persons are the old ones */
    int64_t j = judge(&x, LM_VERDICT_SAME, "signal:+13035550100", "phone:+13035550101");
    assert_int_equal(person(&x, "whatsapp:+13035550101"), p < second ? p : second);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM person WHERE merged_into IS NOT NULL"), 1);
    assert_int_equal(wrong(&x), 0);
    struct lm_account_pair_of against = { account(&x, "whatsapp:+13035550100"), account(&x, "phone:+13035550101") };
    int64_t id;
    uint64_t changed;
    /* a machine's edge yields to a word, a word does not */
    FAILS(LM_EUSAGE, lm_identify_judge(x.st, LM_STR("I1"), LM_VERDICT_SAME, &against, 1, LM_STR(" "), &id, &changed, e));
    against = (struct lm_account_pair_of){ account(&x, "signal:+13035550100"), account(&x, "phone:+13035550101") };
    FAILS(LM_EUSAGE, lm_identify_judge(x.st, LM_STR("I1"), LM_VERDICT_NOT_SAME, &against, 1, LM_STR("no"), &id, &changed, e));
    undo(&x, j);
    picture(&x, after);
    assert_string_equal(after, before);
    assert_int_equal(person(&x, "signal:+13035550100"), p);
    assert_int_equal(person(&x, "phone:+13035550101"), second);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM person WHERE merged_into IS NOT NULL"), 0);
    FAILS(LM_EUSAGE, lm_identify_unjudge(x.st, LM_STR("I1"), j, LM_STR("again"), &changed, e));
    FAILS(LM_ENOTFOUND, lm_identify_unjudge(x.st, LM_STR("I1"), 999, LM_STR("what"), &changed, e));
    /* split off, and back */
    OK(lm_identify_split(x.st, LM_STR("I1"), p, account(&x, "whatsapp:+13035550100"), LM_STR("her brother's"), &j, &changed, e));
    assert_int_equal(person(&x, "phone:+13035550100"), person(&x, "signal:+13035550100"));
    assert_int_not_equal(person(&x, "whatsapp:+13035550100"), person(&x, "signal:+13035550100"));
    assert_int_equal(wrong(&x), 0);
    (void)resolve(&x, true); /* what records say does not override it */
    assert_int_not_equal(person(&x, "whatsapp:+13035550100"), person(&x, "signal:+13035550100"));
    undo(&x, j);
    picture(&x, after);
    assert_string_equal(after, before);
    /* quiet time yields to a word; "unsure" joins nobody */
    j = judge(&x, LM_VERDICT_SAME, "signal:+13035550103", "phone:+13035550103");
    assert_true(person(&x, "signal:+13035550103") > 0);
    undo(&x, j);
    j = judge(&x, LM_VERDICT_UNSURE, "whatsapp:+13035550101", "phone:+13035550101");
    assert_int_not_equal(person(&x, "whatsapp:+13035550101"), person(&x, "phone:+13035550101"));
    undo(&x, j);
    picture(&x, after);
    assert_string_equal(after, before);
    assert_int_equal(wrong(&x), 0);
    assert_false(fx_tamper(&x, "DELETE FROM identity_edge"));
    assert_false(fx_tamper(&x, "UPDATE identity_edge SET a = 1, b = 2"));
    assert_false(fx_tamper(&x, "DELETE FROM identity_word"));
    assert_false(fx_tamper(&x, "DELETE FROM identity_change"));
    assert_true(fx_tamper(&x, "UPDATE identity_member SET person = (SELECT max(person) FROM identity_member)"));
    uint64_t n = 0;
    OK(lm_identify_check(x.st, LM_STR("I1"), &n, e));
    assert_true(n != 0);
    fx_remove(&x);
}

/* What persons decided a number to be joins and keeps apart; what is revoked takes no part. */
static void decided_and_revoked(void **state)
{
    struct fx x;
    struct lm_attribution_added one = { .identifier = LM_STR("+13035550100"), .person = LM_STR("Ana"), .word = { .reason = LM_STR("seen") } };
    int64_t id;
    (void)state;
    usual(&x);
    OK(lm_grade_parse(LM_STR("admiralty:B2"), &one.word.grade, e));
    OK(lm_store_attribution_add(x.st, &I1, &one, &id, e));
    one.identifier = LM_STR("+13035550101");
    OK(lm_store_attribution_add(x.st, &I1, &one, &id, e));
    (void)resolve(&x, false);
    int64_t p = person(&x, "signal:+13035550100");
    assert_int_equal(person(&x, "phone:+13035550101"), p); /* both numbers are Ana's */
    assert_int_equal(wrong(&x), 0);
    OK(lm_store_attribution_undo(x.st, &I1, id, LM_STR("not hers"), e));
    one.person = LM_STR("Beto");
    OK(lm_store_attribution_add(x.st, &I1, &one, &id, e));
    (void)resolve(&x, false);
    assert_int_not_equal(person(&x, "phone:+13035550101"), p);
    struct lm_account_pair_of pair = { account(&x, "signal:+13035550100"), account(&x, "phone:+13035550101") };
    int64_t j;
    uint64_t changed;
    FAILS(LM_EUSAGE, lm_identify_judge(x.st, LM_STR("I1"), LM_VERDICT_SAME, &pair, 1, LM_STR("x"), &j, &changed, e));
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("quashed"), e));
    (void)resolve(&x, false);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM identity_member"), 0);
    assert_int_equal(wrong(&x), 0);
    fx_remove(&x);
}

/* Numbers that used one SIM; a device's own number is none, and neither joins. */
static void one_sim(void **state)
{
    struct fx x;
    (void)state;
    fx_usual(&x);
    fx_begin(&x, "A1", "one", "");
    known(&x, 10, LM_PLATFORM_PHONE, numbers[0], LM_IDENTIFIER_DEVICE, "310150123456789", "device", 0);
    known(&x, 20, LM_PLATFORM_PHONE, numbers[1], LM_IDENTIFIER_DEVICE, "310150123456789", "device", 60);
    known(&x, 30, LM_PLATFORM_PHONE, numbers[2], LM_IDENTIFIER_DEVICE, "490154203237518", "device", 0);
    known(&x, 40, LM_PLATFORM_PHONE, numbers[3], LM_IDENTIFIER_DEVICE, "490154203237518", "device", 60);
    for (uint64_t i = 0; i < 8; i++)
        known(&x, 100 + i, LM_PLATFORM_PHONE, numbers[i], LM_IDENTIFIER_PHONE, numbers[i], "own_profile", 0);
    (void)fx_end(&x);
    (void)resolve(&x, false);
    assert_true(person(&x, "phone:+13035550100") > 0);
    assert_int_equal(person(&x, "phone:+13035550100"), person(&x, "phone:+13035550101"));
    assert_int_equal(person(&x, "phone:+13035550102"), -1);
    /* the SIM's records are withdrawn, the numbers are known from elsewhere */
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    fx_begin(&x, "A2", "two", "");
    message(&x, 10, LM_PLATFORM_PHONE, numbers[0], numbers[1], 0);
    (void)fx_end(&x);
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("quashed"), e));
    (void)resolve(&x, false);
    assert_int_not_equal(person(&x, "phone:+13035550100"), person(&x, "phone:+13035550101"));
    assert_int_equal(wrong(&x), 0);
    fx_remove(&x);
}

/* --- 50 orders --- */

#define FILES 6
#define ORDERS 50

static void file(struct fx *x, int which)
{
    static const enum lm_platform on[] = { LM_PLATFORM_PHONE, LM_PLATFORM_WHATSAPP, LM_PLATFORM_SIGNAL };
    struct lm_rng r = { (uint64_t)which + 100 };
    char bytes[16];
    (void)snprintf(bytes, sizeof bytes, "file %d", which);
    fx_begin(x, "A1", bytes, "");
    for (uint64_t i = 0; i < 4; i++) {
        size_t a = lm_rng_below(&r, NUMBERS), b = lm_rng_below(&r, NUMBERS);
        message(x, 10 * i + 10, on[lm_rng_below(&r, 3)], numbers[a], numbers[b == a ? (a + 1) % NUMBERS : b],
                (int64_t)lm_rng_below(&r, 3) * 50 * DAY_MINUTES + (int64_t)which * 1000 + (int64_t)i);
    }
    for (uint64_t i = 0; i < 2; i++)
        known(x, 1000 + i, LM_PLATFORM_PHONE, numbers[lm_rng_below(&r, NUMBERS)], LM_IDENTIFIER_DEVICE,
              lm_rng_below(&r, 2) == 0 ? "310150123456789" : "310150123456784", "device", (int64_t)i);
    (void)fx_end(x);
}

static void any_order(void **state)
{
    static char first[16384], next[16384];
    struct lm_rng r = { 5 };
    (void)state;
    for (int round = 0; round < ORDERS; round++) {
        struct fx x;
        int order[FILES];
        fx_usual(&x);
        for (int i = 0; i < FILES; i++)
            order[i] = i;
        for (int i = FILES; i > 1 && round != 0; i--) {
            int k = (int)lm_rng_below(&r, (uint64_t)i), t = order[k];
            order[k] = order[i - 1];
            order[i - 1] = t;
        }
        for (int i = 0; i < FILES; i++) {
            file(&x, order[i]);
            if (round == 0 || lm_rng_below(&r, 2) == 0)
                (void)resolve(&x, false); /* what comes in later is added to what was resolved before */
        }
        (void)resolve(&x, false);
        picture(&x, round == 0 ? first : next);
        if (round != 0)
            assert_string_equal(next, first);
        if (round % 10 == 0)
            assert_int_equal(wrong(&x), 0);
        fx_remove(&x);
    }
    assert_non_null(strstr(first, ",")); /* some are one */
    assert_non_null(strstr(first, " 1")); /* some are kept apart */
    print_message("# %d orders of %d files: %.300s\n", ORDERS, FILES, first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_joins), cmocka_unit_test(a_persons_word), cmocka_unit_test(decided_and_revoked), cmocka_unit_test(one_sim),
        cmocka_unit_test(any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
