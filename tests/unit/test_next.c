/* The next process list against figures counted by hand. Everything is invented. */
#include "store_fixture.h"

#include "report/next.h"

#define T1 "+13035550101"
#define T2 "+13035550102"
#define S1 "+13035550151"
#define S2 "+13035550152"
#define S3 "+13035550153"

static const struct lm_filter filter = { { "I1", 2 }, { "test", 4 } };
static struct lm_arena arena;
static uint64_t row;

static int32_t day(const char *text)
{
    int32_t d = LM_DAY_NONE;
    assert_true(lm_day_parse(lm_str(text), &d));
    return d;
}

static void event(struct fx *x, enum lm_event_kind kind, enum lm_platform platform, const char *from, const char *to,
                  int64_t minute, const char *detail)
{
    struct lm_account_ref r = fx_native(platform, to, "");
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = kind, .platform = platform, .detail = lm_str(detail),
                                    .at = { INT64_C(1740960000) * LM_SECOND_US + minute * 60 * LM_SECOND_US, 0, LM_TIME_UTC },
                                    .from = fx_native(platform, from, ""), .to = &r, .n_to = 1,
                                    .flags = detail[0] != '\0' ? LM_EVENT_ATTEMPT : 0, .duration_s = 60 } };
    assert_int_equal(fx_put(x, ++row * 10, &f), LM_OUTCOME_KEPT);
}

static void call(struct fx *x, const char *from, const char *to, int64_t minute)
{
    event(x, LM_EVENT_CALL, LM_PLATFORM_PHONE, from, to, minute, "");
}

static void identifier(struct fx *x, const char *account, enum lm_identifier_type type, const char *value, const char *basis)
{
    struct lm_fact f = { .kind = LM_FACT_IDENTIFIER,
                         .identifier = { .account = fx_native(LM_PLATFORM_PHONE, account, ""), .type = type,
                                         .value = lm_str(value), .basis = lm_str(basis) } };
    assert_int_equal(fx_put(x, ++row * 10, &f), LM_OUTCOME_KEPT);
}

static void begin(struct fx *x, const char *authority, const char *bytes, const char *owner)
{
    row = 0;
    fx_begin(x, authority, bytes, owner);
}

static const struct lm_next_wish usual = { .within = LM_NEXT_WITHIN, .many = LM_NEXT_MANY };

static const struct lm_next *make(struct fx *x, const char *as_of)
{
    const struct lm_next *n = NULL;
    struct lm_next_wish w = usual;
    w.as_of = day(as_of);
    OK(lm_next_make(&arena, x->st, &filter, &w, &n, e));
    return n;
}

static const struct lm_next_row *row_of(const struct lm_next *n, const char *key)
{
    for (size_t i = 0; i < n->n_rows; i++)
        if (lm_str_eq(n->rows[i].number->key, lm_str(key)))
            return &n->rows[i];
    return NULL;
}

/* "+1303… +1303…" in order. */
static const char *order(const struct lm_next *n)
{
    struct lm_buf b;
    lm_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n->n_rows; i++) {
        lm_buf_put(&b, i != 0 ? LM_STR(" ") : LM_STR(""));
        lm_buf_put(&b, n->rows[i].number->key);
    }
    const char *text = lm_arena_copy(&arena, lm_buf_str(&b)).p;
    lm_buf_free(&b);
    return text;
}

static void person(struct fx *x, int id, const char *standing, int minor, const char *merged)
{
    char sql[400];
    (void)snprintf(sql, sizeof sql, "INSERT INTO person(id, investigation, label, minor, merged_into, added_us, added_by)"
                   " VALUES(%d, 1, 'P%d', %d, %s, 1, 'eva')", id, id, minor, merged);
    assert_true(fx_tamper(x, sql));
    if (standing == NULL)
        return;
    (void)snprintf(sql, sizeof sql, "INSERT INTO standing(person, investigation, standing, reason, who, at_us)"
                   " VALUES(%d, 1, '%s', 'said so', 'eva', 1)", id, standing);
    assert_true(fx_tamper(x, sql));
}

static void attribute(struct fx *x, int person, const char *key, const char *state, bool undone)
{
    char sql[700];
    bool decided = strcmp(state, "proposed") != 0;
    (void)snprintf(sql, sizeof sql, "INSERT INTO attribution(person, identifier, basis, link, state, decided_by, decided_us,"
                   " undone_us, undone_by) SELECT %d, id, 'persons_word', '%s', '%s', %s, %s, %s, %s FROM identifier"
                   " WHERE key = '%s' AND type = 0 LIMIT 1", person, decided ? "reported" : "machine", state,
                   decided ? "'eva'" : "NULL", decided ? "1" : "NULL", undone ? "2" : "NULL", undone ? "'eva'" : "NULL", key);
    assert_true(fx_tamper(x, sql));
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM attribution t JOIN identifier i ON i.id = t.identifier"
                   " WHERE t.person = %d AND i.key = '%s'", person, key);
    assert_int_equal(fx_sql(x, sql), 1);
}

static void counts_by_hand(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    lm_arena_init(&arena, 0);
    begin(&x, "A1", "first", "phone:" T1);
    call(&x, T1, S1, 0);
    call(&x, S1, T1, 2000);
    event(&x, LM_EVENT_CALL, LM_PLATFORM_PHONE, T1, S1, 5, "Missed");
    call(&x, T1, S2, 10);
    event(&x, LM_EVENT_MESSAGE, LM_PLATFORM_WHATSAPP, S2, T1, 3000, ""); /* the same number on another platform */
    call(&x, S3, "+13035550160", 4000);
    (void)fx_end(&x);
    begin(&x, "A1", "second", "phone:" T2);
    call(&x, S2, T2, 20);
    (void)fx_end(&x);
    const struct lm_next *n = make(&x, "2026-11-24");
    assert_string_equal(order(n), S2 " " S1 " " T1 " " S3 " +13035550160 " T2);
    const struct lm_next_number *s1 = row_of(n, S1)->number, *s2 = row_of(n, S2)->number;
    assert_int_equal(s1->occurrences, 2);
    assert_int_equal(s1->records, 2);
    assert_int_equal(s1->other_occurrences, 1);
    assert_int_equal(s1->others, 1);
    assert_int_equal(s1->asked_for, 1);
    assert_int_equal(s1->exhibits, 1);
    assert_int_equal(s1->first_us, INT64_C(1740960000) * LM_SECOND_US);
    assert_int_equal(s1->last_us, (INT64_C(1740960000) + 2000 * 60) * LM_SECOND_US);
    assert_int_equal(s2->occurrences, 3);
    assert_int_equal(s2->others, 2);
    assert_int_equal(s2->asked_for, 2);
    assert_int_equal(s2->exhibits, 2);
    assert_int_equal(s2->n_sources, 2);
    assert_int_equal(s2->platforms, 1u << LM_PLATFORM_PHONE | 1u << LM_PLATFORM_WHATSAPP);
    assert_true(row_of(n, T1)->number->own);
    assert_false(s2->own);
    assert_int_equal(n->data.in_contact, 6);
    assert_int_equal(n->data.n_asked_for, 2);
    lm_arena_free(&arena);
    fx_remove(&x);
}

static void who_is_known_is_not_listed(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    lm_arena_init(&arena, 0);
    begin(&x, "A1", "calls", "");
    for (int i = 51; i <= 59; i++) {
        char to[16];
        (void)snprintf(to, sizeof to, "+1303555015%d", i % 10);
        call(&x, T1, to, i);
    }
    identifier(&x, S1, LM_IDENTIFIER_NAME, "Ana Robles", "contact_list");
    identifier(&x, "+13035550199", LM_IDENTIFIER_NAME, "Beto", "contact_list"); /* a card with two numbers */
    identifier(&x, "+13035550199", LM_IDENTIFIER_PHONE, "(303) 555-0152", "contact_list");
    identifier(&x, S3, LM_IDENTIFIER_NAME, "the tall one", "shown");
    identifier(&x, "+13035550154", LM_IDENTIFIER_NAME, "C. Doe", "subscriber_record");
    (void)fx_end(&x);
    person(&x, 1, "suspected", 0, "NULL");
    attribute(&x, 1, T1, "decided", false);
    person(&x, 2, NULL, 0, "NULL");
    attribute(&x, 2, "+13035550155", "decided", true);
    attribute(&x, 2, "+13035550156", "proposed", false);
    const struct lm_next *n = make(&x, "2026-11-24");
    assert_string_equal(order(n), "+13035550159 +13035550158 +13035550157 +13035550156 +13035550155 " S3);
    assert_int_equal(n->data.decided, 1);
    assert_int_equal(n->data.named, 3);
    assert_int_equal(n->data.n_suspected, 1);
    assert_true(row_of(n, S3)->number->shown);
    assert_false(row_of(n, "+13035550159")->number->shown);
    assert_true(row_of(n, "+13035550156")->number->proposed);
    assert_false(row_of(n, "+13035550155")->number->proposed);
    for (size_t i = 0; i < n->n_rows; i++)
        assert_int_equal(n->rows[i].number->suspected, 1);
    lm_arena_free(&arena);
    fx_remove(&x);
}

/* Protected: by standing, as a minor, through a merger in either direction; a proposed attribution masks, a refused or undone
 * one does not. The latest standing counts. */
static void protected_persons_are_never_listed(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    lm_arena_init(&arena, 0);
    begin(&x, "A1", "calls", "");
    for (int i = 51; i <= 58; i++) {
        char to[16];
        (void)snprintf(to, sizeof to, "+1303555015%d", i % 10);
        call(&x, T1, to, i);
    }
    identifier(&x, "+13035550158", LM_IDENTIFIER_EMAIL, "kid@example.org", "login");
    (void)fx_end(&x);
    person(&x, 1, "protected", 0, "NULL");
    person(&x, 2, NULL, 1, "NULL");
    person(&x, 3, NULL, 0, "1");
    person(&x, 4, NULL, 0, "NULL");
    person(&x, 5, "protected", 0, "4");
    person(&x, 6, "protected", 0, "NULL");
    assert_true(fx_tamper(&x, "INSERT INTO standing(person, investigation, standing, reason, who, at_us)"
                              " VALUES(6, 1, 'unassessed', 'not a witness', 'eva', 2)"));
    attribute(&x, 1, S1, "proposed", false);
    attribute(&x, 2, S2, "proposed", false);
    attribute(&x, 3, S3, "proposed", false);
    attribute(&x, 4, "+13035550154", "proposed", false);
    attribute(&x, 1, "+13035550155", "refused", false);
    attribute(&x, 1, "+13035550156", "decided", true);
    attribute(&x, 6, "+13035550157", "proposed", false);
    assert_true(fx_tamper(&x, "INSERT INTO attribution(person, identifier, basis, link, state) SELECT 1, id, 'login', 'machine',"
                              " 'proposed' FROM identifier WHERE key = 'kid@example.org'")); /* an account has both */
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM attribution"), 8);
    struct lm_process p = { .id = LM_STR("P1"), .investigation = LM_STR("I1"), .provider = LM_STR("Example Wireless"),
                            .account = LM_STR("phone:(303) 555-0151"), .served_day = LM_DAY_NONE,
                            .expires_day = day("2026-11-25") };
    OK(lm_store_add_process(x.st, &p, e));
    const struct lm_next *n = make(&x, "2026-11-24");
    assert_string_equal(order(n), T1 " +13035550157 +13035550156 +13035550155");
    assert_int_equal(n->data.protected_numbers, 5);
    assert_true(n->processes[0].p.masked);
    struct lm_buf out;
    lm_buf_init(&out, 1 << 20);
    lm_next_text(n, 0, &out);
    lm_next_json(n, 0, &out);
    for (int i = 1; i <= 4; i++) {
        char digits[16];
        (void)snprintf(digits, sizeof digits, "555015%d", i);
        assert_int_equal(lm_str_find(lm_buf_str(&out), lm_str(digits)), SIZE_MAX);
    }
    assert_int_equal(lm_str_find(lm_buf_str(&out), LM_STR("555-0151")), SIZE_MAX);
    assert_int_not_equal(lm_str_find(lm_buf_str(&out), LM_STR("protected person 1")), SIZE_MAX);
    lm_buf_free(&out);
    lm_arena_free(&arena);
    fx_remove(&x);
}

/* Data of a revoked authority and of another investigation: neither contacts, nor names, nor what was asked for. */
static void only_what_is_in_force_counts(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    lm_arena_init(&arena, 0);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    fx_investigation(&x, "I2");
    fx_authority(&x, "I2", "B1", LM_REACH_CONTENT);
    begin(&x, "A1", "calls", "");
    call(&x, T1, S1, 0);
    (void)fx_end(&x);
    begin(&x, "A2", "cards and calls", "phone:" T1);
    call(&x, T1, S1, 1);
    call(&x, T1, S2, 1);
    identifier(&x, S1, LM_IDENTIFIER_NAME, "Ana Robles", "contact_list");
    (void)fx_end(&x);
    begin(&x, "B1", "another case", "phone:" T1);
    call(&x, T1, S1, 1);
    call(&x, T1, S3, 1);
    identifier(&x, T1, LM_IDENTIFIER_NAME, "Beto", "contact_list");
    (void)fx_end(&x);
    const struct lm_next *n = make(&x, "2026-11-24");
    assert_string_equal(order(n), S2 " " T1);
    OK(lm_store_revoke_authority(x.st, LM_STR("A2"), LM_STR("quashed"), e));
    n = make(&x, "2026-11-24");
    assert_string_equal(order(n), T1 " " S1);
    assert_int_equal(row_of(n, S1)->number->occurrences, 1);
    assert_int_equal(row_of(n, S1)->number->asked_for, 0);
    assert_int_equal(n->data.in_contact, 2);
    assert_int_equal(n->data.n_asked_for, 0);
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("quashed"), e));
    n = make(&x, "2026-11-24");
    assert_int_equal(n->n_rows, 0);
    assert_int_equal(n->data.in_contact, 0);
    lm_arena_free(&arena);
    fx_remove(&x);
}

static void services_come_last(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    lm_arena_init(&arena, 0);
    begin(&x, "A1", "calls", "phone:" T1);
    for (int i = 0; i < 55; i++) {
        char from[16];
        (void)snprintf(from, sizeof from, "+172055501%02d", i);
        call(&x, from, "+13035550150", i);
        call(&x, from, T1, i + 100);
    }
    call(&x, T1, "+13035550150", 3);
    call(&x, T1, "5505", 1);
    call(&x, T1, "+18005550199", 2);
    (void)fx_end(&x);
    const struct lm_next *n = make(&x, "2026-11-24");
    assert_int_equal(n->n_rows, 59);
    assert_int_equal(n->services, 3);
    assert_int_equal(row_of(n, "5505")->service, LM_NEXT_SHORT_CODE);
    assert_int_equal(row_of(n, "+18005550199")->service, LM_NEXT_TOLL_FREE);
    assert_int_equal(row_of(n, "+13035550150")->service, LM_NEXT_MANY_OTHERS);
    assert_int_equal(row_of(n, T1)->number->others, 58); /* its own records: no service */
    assert_int_equal(row_of(n, T1)->service, LM_NEXT_NO_SERVICE);
    for (size_t i = 0; i < n->n_rows; i++)
        assert_int_equal(n->rows[i].service != LM_NEXT_NO_SERVICE, i >= 56);
    lm_arena_free(&arena);
    fx_remove(&x);
}

static void authority(struct fx *x, const char *id, enum lm_authority_kind kind, const char *from, const char *to,
                      const char *expires)
{
    struct lm_authority a = { .id = lm_str(id), .investigation = LM_STR("I1"), .kind = kind, .reach = LM_REACH_NON_CONTENT,
                              .issued_day = LM_DAY_NONE, .from_day = from[0] != '\0' ? day(from) : LM_DAY_NONE,
                              .to_day = to[0] != '\0' ? day(to) : LM_DAY_NONE,
                              .expires_day = expires[0] != '\0' ? day(expires) : LM_DAY_NONE };
    OK(lm_store_add_authority(x->st, &a, e));
}

static const struct lm_next_authority *authority_of(const struct lm_next *n, const char *id)
{
    for (size_t i = 0; i < n->n_authorities; i++)
        if (lm_str_eq(n->authorities[i].a.id, lm_str(id)))
            return &n->authorities[i];
    return NULL;
}

static void days_to_the_end(void **state)
{
    (void)state;
    static const struct {
        const char *as_of;
        uint64_t expired, within, later;
        int64_t days; /* of the listed one; 99: not listed */
    } cases[] = { { "2026-02-28", 0, 0, 1, 99 }, { "2026-03-01", 0, 1, 0, 30 }, { "2026-03-31", 0, 1, 0, 0 },
                  { "2026-04-01", 1, 0, 0, -1 } };
    struct fx x;
    fx_usual(&x);
    lm_arena_init(&arena, 0);
    struct lm_process p = { .id = LM_STR("P1"), .investigation = LM_STR("I1"), .provider = LM_STR("Example Wireless"),
                            .served_day = LM_DAY_NONE, .expires_day = day("2026-03-31") };
    OK(lm_store_add_process(x.st, &p, e));
    authority(&x, "W1", LM_AUTHORITY_SEARCH_WARRANT, "", "2026-01-05", "2026-03-31"); /* to: what it covers lies in the past */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct lm_next *n = make(&x, cases[i].as_of);
        const struct lm_next_counts *both[] = { &n->process_counts, &n->authority_counts };
        for (size_t j = 0; j < 2; j++) {
            assert_int_equal(both[j]->expired, cases[i].expired);
            assert_int_equal(both[j]->within, cases[i].within);
            assert_int_equal(both[j]->later, cases[i].later);
            assert_int_equal(both[j]->no_date, j); /* A1 */
        }
        assert_int_equal(n->n_processes, cases[i].days != 99);
        assert_int_equal(n->n_authorities, cases[i].days != 99);
        if (cases[i].days != 99) {
            assert_int_equal(n->processes[0].days, cases[i].days);
            assert_int_equal(authority_of(n, "W1")->days, cases[i].days);
        }
    }
    OK(lm_store_extend_process(x.st, LM_STR("P1"), day("2026-06-30"), LM_STR(""), e));
    assert_int_equal(make(&x, "2026-04-01")->process_counts.later, 1);
    OK(lm_store_withdraw_process(x.st, LM_STR("P1"), LM_STR("done"), e));
    OK(lm_store_revoke_authority(x.st, LM_STR("W1"), LM_STR("quashed"), e));
    const struct lm_next *n = make(&x, "2026-12-01");
    assert_int_equal(n->process_counts.gone, 1);
    assert_int_equal(n->authority_counts.gone, 1);
    assert_int_equal(n->n_processes + n->n_authorities, 0);
    lm_arena_free(&arena);
    fx_remove(&x);
}

static void pen_traps_have_sixty_days(void **state)
{
    (void)state;
    struct fx x;
    fx_usual(&x);
    lm_arena_init(&arena, 0);
    authority(&x, "P60", LM_AUTHORITY_PEN_TRAP, "2026-01-01", "2026-03-01", "");
    authority(&x, "P61", LM_AUTHORITY_PEN_TRAP, "2026-01-01", "2026-03-02", "2026-12-31");
    authority(&x, "OPEN", LM_AUTHORITY_PEN_TRAP, "2026-01-01", "", "");
    authority(&x, "NONE", LM_AUTHORITY_PEN_TRAP, "", "", "");
    authority(&x, "D1", LM_AUTHORITY_D_ORDER, "2026-01-01", "2026-12-31", "");
    const struct lm_next *n = make(&x, "2026-01-15");
    assert_null(authority_of(n, "P60")); /* later */
    assert_null(authority_of(n, "D1"));
    assert_true(authority_of(n, "P61")->over_60);
    assert_true(authority_of(n, "P61")->covered);
    assert_int_equal(authority_of(n, "P61")->span_days, 61);
    assert_true(authority_of(n, "OPEN")->open_ended);
    assert_false(authority_of(n, "OPEN")->over_60);
    assert_int_equal(authority_of(n, "NONE")->span_days, 0);
    n = make(&x, "2026-03-02");
    assert_int_equal(authority_of(n, "P60")->due, LM_DUE_EXPIRED);
    assert_int_equal(authority_of(n, "P60")->span_days, 60);
    assert_false(authority_of(n, "P60")->over_60);
    assert_true(authority_of(n, "OPEN")->over_60); /* it runs for 61 days by now */
    lm_arena_free(&arena);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_hand),
        cmocka_unit_test(who_is_known_is_not_listed),
        cmocka_unit_test(protected_persons_are_never_listed),
        cmocka_unit_test(only_what_is_in_force_counts),
        cmocka_unit_test(services_come_last),
        cmocka_unit_test(days_to_the_end),
        cmocka_unit_test(pen_traps_have_sixty_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
