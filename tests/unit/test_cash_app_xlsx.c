/* test_cash_app_xlsx.c - amounts, sides, statuses and identifiers of rows that a workbook or separated text may hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "lastmile/reader.h"

struct trace {
    struct lm_sink sink;
    struct lm_buf out;
};

static const char *name_of(const struct lm_account_ref *a, char room[64])
{
    struct lm_str s = a->form == LM_ACCOUNT_NATIVE ? a->native : a->form == LM_ACCOUNT_OWNER ? LM_STR("owner") : a->display;
    (void)snprintf(room, 64, "%.*s", LM_STR_ARG(s));
    return room;
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct trace *t = (struct trace *)sink;
    char a[64], b[64];
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_event *e = &entry->facts[i].event;
        const struct lm_identifier_fact *d = &entry->facts[i].identifier;
        if (entry->facts[i].kind == LM_FACT_IDENTIFIER)
            lm_buf_printf(&t->out, "%s %.*s %.*s%s;", lm_identifier_type_word(d->type), LM_STR_ARG(d->value), LM_STR_ARG(d->basis),
                          d->at.quality != LM_TIME_NONE ? " dated" : "");
        else
            lm_buf_printf(&t->out, "%s>%s %lld %s/%d%s%s;", name_of(&e->from, a), e->n_to != 0 ? name_of(&e->to[0], b) : "",
                          (long long)e->amount.minor, e->amount.currency, e->amount.exponent,
                          (e->flags & LM_EVENT_ATTEMPT) != 0 ? " attempt" : "", (e->flags & LM_EVENT_TRAFFIC) == 0 ? " content" : "");
    }
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    lm_buf_printf(&((struct trace *)sink)->out, "!%s;", lm_problem_kind_word(p->kind));
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static void reads(const char *table, const char *want)
{
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    struct trace t = { .sink = { on_entry, on_problem, on_empty } };
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    lm_buf_init(&t.out, 65536);
    struct lm_input in = { .bytes = lm_str(table), .path = LM_STR("a.xlsx") };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    (void)lm_reader_find(LM_STR("cash_app_xlsx"))->read(&ctx, &t.sink);
    lm_buf_putc(&t.out, '\0');
    assert_string_equal(t.out.p, want);
    lm_buf_free(&t.out);
    lm_arena_free(&file);
    lm_arena_free(&record);
}

static void pays(const char *row, const char *want)
{
    char table[512];
    (void)snprintf(table, sizeof table, "Date;Sender;Recipient;Amount;Currency;Status;Note\n%s\n", row);
    reads(table, want);
}

static void test_amounts(void **state)
{
    (void)state;
    pays("2025-03-01 10:00:00;$a;$b;$1,234.5;USD;COMPLETE;", "$a>$b 123450 USD/2;");
    pays("2025-03-01 10:00:00;$a;$b;500;JPY;COMPLETE;", "$a>$b 500 JPY/0;");
    pays("2025-03-01 10:00:00;$a;$b;5.5;JPY;COMPLETE;", "!rejected;");
    pays("2025-03-01 10:00:00;$a;$b;1.005;USD;COMPLETE;", "!rejected;");
    pays("2025-03-01 10:00:00;$a;$b;1E3;USD;COMPLETE;", "!rejected;");
    pays("2025-03-01 10:00:00;$a;$b;92233720368547758.08;USD;COMPLETE;", "!rejected;");
    pays("2025-03-01 10:00:00;$a;$b;;USD;COMPLETE;", "!rejected;");
    pays("2025-03-01;$a;$b;5;USD;COMPLETE;", "!rejected;");
}

static void test_sides(void **state)
{
    (void)state;
    pays("2025-03-01 10:00:00;$a;-1;5;USD;COMPLETE;", "$a>owner 500 USD/2;");
    pays("2025-03-01 10:00:00;;$b;5;USD;COMPLETE;", "owner>$b 500 USD/2;");
    pays("2025-03-01 10:00:00;;;5;USD;COMPLETE;", "!rejected;");
    pays("2025-03-01 10:00:00;Rosa Invented;b@example.org;5;USD;COMPLETE;", "Rosa Invented>b@example.org 500 USD/2;");
}

static void test_statuses(void **state)
{
    static const char *const attempts[] = { "FAILED", "Payment Declined", "canceled", "PENDING", "Expired", "rejected" };
    char row[128];
    (void)state;
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        (void)snprintf(row, sizeof row, "2025-03-01 10:00:00;$a;$b;5;USD;%s;", attempts[i]);
        pays(row, "$a>$b 500 USD/2 attempt;");
    }
    pays("2025-03-01 10:00:00;$a;$b;5;USD;PAYMENT SENT;", "$a>$b 500 USD/2;");
}

static void test_identifiers(void **state)
{
    (void)state;
    reads("2025-03-01 10:00:00;192.0.2.7\n", "ip 192.0.2.7 login dated;");
    reads("2025-03-01 10:00:00;13035550101;$beto\n", "phone 13035550101 subscriber_record dated;handle $beto subscriber_record;");
    reads("Number;13035550101\n+13035550101;x\n", "phone +13035550101 subscriber_record;!doubted;"); /* bare figures: any number */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amounts), cmocka_unit_test(test_sides), cmocka_unit_test(test_statuses), cmocka_unit_test(test_identifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
