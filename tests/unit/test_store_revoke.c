/* What the end of an authority hides, and what another authority keeps in sight. */
#include "store_fixture.h"

#include <string.h>

static void start(struct fx *x, const char *authority, const char *bytes)
{
    fx_begin(x, authority, bytes, "");
}

struct ledger {
    size_t n, revoked, masked;
    uint64_t kept;
};

static lm_err take_source(void *user, const struct lm_ledger_row *row)
{
    struct ledger *l = user;
    l->n++;
    l->revoked += row->revoked;
    l->masked += lm_str_eq(row->path, LM_STR("(revoked)"));
    l->kept += row->counts.kept;
    assert_true(row->revoked || lm_str_eq(row->path, LM_STR("chat.txt")));
    return LM_OK;
}

static lm_err take_problem(void *user, const struct lm_problem_row *row)
{
    struct ledger *l = user;
    l->n++;
    l->masked += lm_str_eq(row->path, LM_STR("(revoked)")) && lm_str_eq(row->reason, LM_STR("(revoked)"));
    return LM_OK;
}

static void the_ledger_marks_what_is_revoked(void **state)
{
    (void)state;
    struct fx x;
    struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
    struct lm_problem p = { .kind = LM_PROBLEM_DOUBTED, .reason = LM_STR("inside/WhatsApp Chat with Beto.txt: odd") };
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    for (int i = 0; i < 2; i++) {
        start(&x, i == 0 ? "A1" : "A2", i == 0 ? "one" : "two");
        struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "13035550101", "Ana"),
                              b = fx_native(LM_PLATFORM_WHATSAPP, "13035550102", "Beto");
        struct lm_fact m = fx_message(a, &b, 1, i, "hola");
        (void)fx_put(&x, 0, &m);
        OK(lm_import_problem(x.im, x.source, &p, e));
        (void)fx_end(&x);
    }
    struct ledger l = { 0 };
    OK(lm_store_ledger(x.st, &f, take_source, &l, e));
    assert_int_equal(l.n, 2);
    assert_int_equal(l.revoked + l.masked, 0);
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    l = (struct ledger){ 0 };
    OK(lm_store_ledger(x.st, &f, take_source, &l, e));
    assert_int_equal(l.n, 2);
    assert_int_equal(l.revoked, 1);
    assert_int_equal(l.masked, 1);
    assert_int_equal(l.kept, 2); /* the counts stay: the ledger closes */
    l = (struct ledger){ 0 };
    OK(lm_store_problems(x.st, &f, take_problem, &l, e));
    assert_int_equal(l.n, 2);
    assert_int_equal(l.masked, 1);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ledger_marks_what_is_revoked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
