#include "store_fixture.h"

#include <string.h>

struct seen {
    size_t n;
    char text[64], why[256], from[64], to[128], locator[64];
    int64_t event, thread;
};

static lm_err take(void *user, const struct lm_hit *h)
{
    struct seen *s = user;
    s->n++;
    (void)snprintf(s->text, sizeof s->text, "%.*s", LM_STR_ARG(h->text));
    (void)snprintf(s->why, sizeof s->why, "%.*s", LM_STR_ARG(h->why));
    (void)snprintf(s->from, sizeof s->from, "%.*s", LM_STR_ARG(h->from));
    (void)snprintf(s->to, sizeof s->to, "%.*s", LM_STR_ARG(h->to));
    (void)snprintf(s->locator, sizeof s->locator, "%.*s", LM_STR_ARG(h->locator));
    s->event = h->event;
    s->thread = h->thread;
    return LM_OK;
}

static uint64_t search_in(struct fx *x, const char *investigation, const char *query, struct seen *s)
{
    struct lm_filter f = { lm_str(investigation), LM_STR("test") };
    struct lm_search q = { .query = lm_str(query), .limit = 50 };
    uint64_t total = 0;
    *s = (struct seen){ 0 };
    OK(lm_store_search(x->st, &f, &q, take, s, &total, e));
    assert_int_equal(s->n, total < 50 ? total : 50);
    return total;
}

static uint64_t search(struct fx *x, const char *query, struct seen *s)
{
    return search_in(x, "I1", query, s);
}

static void fill(struct fx *x, const char *authority, const char *bytes)
{
    struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "13035550101@s.whatsapp.net", "Ana"),
                          b = fx_native(LM_PLATFORM_WHATSAPP, "+1 (303) 555-0102", "Beto"),
                          c = fx_native(LM_PLATFORM_EMAIL, "Chuy@Example.org", "Chuy"),
                          d = fx_native(LM_PLATFORM_INSTAGRAM, "@el.primo", "");
    fx_begin(x, authority, bytes, "");
    struct lm_fact f = fx_message(a, &b, 1, 3, "Ya está el HIELO en la casa");
    (void)fx_put(x, 10, &f);
    f = fx_message(b, &a, 1, 1, "la casa de mi tía; llama al 303-555-0109");
    (void)fx_put(x, 20, &f);
    f = fx_message(c, &d, 1, 2, "AND OR NOT NEAR(");
    f.event.thread.native = LM_STR("mail");
    f.event.thread.title = LM_STR("");
    (void)fx_put(x, 30, &f);
    f = fx_message(d, &c, 1, 4, "\xf0\x9f\x94\x8c listo");
    f.event.thread.native = LM_STR("ig");
    (void)fx_put(x, 40, &f);
    (void)fx_end(x);
}

static void words_phrases_and_accents(void **state)
{
    (void)state;
    struct fx x;
    struct seen s;
    fx_usual(&x);
    fill(&x, "A1", "one");
    assert_int_equal(search(&x, "hielo", &s), 1);
    assert_string_equal(s.why, "word \"hielo\" in the text");
    assert_string_equal(s.from, "Ana");
    assert_string_equal(s.to, "Beto");
    assert_string_equal(s.locator, "byte 10");
    assert_int_equal(search(&x, "TIA", &s), 1);
    assert_int_equal(search(&x, "esta casa", &s), 1); /* all words */
    assert_int_equal(search(&x, "casa", &s), 2);
    assert_string_equal(s.text, "Ya está el HIELO en la casa"); /* in order of time: the later one last */
    assert_int_equal(search(&x, "\"la casa\"", &s), 2);
    assert_int_equal(search(&x, "\"casa la\"", &s), 0);
    assert_int_equal(search(&x, "“en la casa” hielo", &s), 1);
    assert_string_equal(s.why, "phrase \"en la casa\" in the text; word \"hielo\" in the text");
    assert_int_equal(search(&x, "\xf0\x9f\x94\x8c", &s), 1); /* no token, found as it is */
    assert_int_equal(search(&x, "\xf0\x9f\x94\x8c listo", &s), 1);
    assert_int_equal(search(&x, "\xf0\x9f\x94\x8c hielo", &s), 0);
    fx_remove(&x);
}

static void selectors_in_every_spelling(void **state)
{
    (void)state;
    static const char *const spellings[] = { "+13035550101", "3035550101", "(303) 555-0101", "303.555.0101",
                                             "+1 303 555 0101", "1-303-555-0101", "tel:+1-303-555-0101",
                                             "303 5550101", "+1 (303) 555\xe2\x80\x91" "0101" };
    struct fx x;
    struct seen s;
    fx_usual(&x);
    fill(&x, "A1", "one");
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        assert_int_equal(search(&x, spellings[i], &s), 2);
        assert_string_equal(s.why, "phone +13035550101 is the sender");
    }
    assert_int_equal(search(&x, "hielo 303 555 0102", &s), 1);
    assert_string_equal(s.why, "word \"hielo\" in the text; phone +13035550102 is a recipient");
    assert_int_equal(search(&x, "+1 303 555 0109", &s), 1); /* nobody's number, but somebody wrote it */
    assert_string_equal(s.why, "phone \"+1 303 555 0109\" in the text");
    assert_int_equal(search(&x, "chuy@example.ORG", &s), 2);
    assert_int_equal(search(&x, "@EL.PRIMO", &s), 2);
    assert_string_equal(s.why, "handle el.primo is the sender");
    assert_int_equal(search(&x, "@nobody", &s), 0);
    assert_int_equal(search(&x, "+1 303 555 0199", &s), 0);
    fx_remove(&x);
}

static void no_query_is_an_error_of_the_engine(void **state)
{
    (void)state;
    static const char *const hostile[] = {
        "\"", "\"\"\"", "'", "'; DROP TABLE event; --", "AND", "hielo AND", "NOT hielo", "NEAR(", "NEAR(a b, 2)", "text:hielo",
        "hielo*", "^hielo", "(((", ")", "{text}: x", "a - b", "+", "*", "\xff\xfe", "%", "_", "\\", "col : x", "@", "@@@",
        "a@", "@a@", "1234567", "++++++++", "((((((((", "0000000", "\"unterminated", "\xe2\x80\x9c", "msg_fts", "rank", "?1", ":x",
        "$y", "\x01\x02", "ya\"esta", "hielo\"\"\"\"casa", "\xf0\x9f\x94\x8c\"", "-- x", "/*", "null", "\xe2\x80", "......." };
    struct fx x;
    fx_usual(&x);
    fill(&x, "A1", "one");
    struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct lm_search q = { .query = lm_str(hostile[i]), .limit = 5 };
        struct seen s = { 0 };
        uint64_t total = 0;
        struct lm_error e = { 0 };
        lm_err err = lm_store_search(x.st, &f, &q, take, &s, &total, &e);
        if (err != LM_OK && err != LM_EUSAGE)
            print_message("# %s: %s\n", hostile[i], e.message);
        assert_true(err == LM_OK || err == LM_EUSAGE);
    }
    struct seen s;
    assert_int_equal(search(&x, "AND OR", &s), 1);
    assert_int_equal(search(&x, "hielo*", &s), 1); /* the sign is not syntax */
    assert_int_equal(search(&x, "hiel*", &s), 0);
    uint64_t total;
    struct lm_search q = { .query = LM_STR("  ") };
    FAILS(LM_EUSAGE, lm_store_search(x.st, &f, &q, take, &s, &total, e));
    static char long_one[5000];
    memset(long_one, 'a', sizeof long_one - 1);
    q.query = lm_str(long_one);
    FAILS(LM_EUSAGE, lm_store_search(x.st, &f, &q, take, &s, &total, e));
    static char many[400];
    for (size_t i = 0; i + 2 < sizeof many; i += 2)
        memcpy(many + i, "a ", 2);
    q.query = lm_str(many);
    FAILS(LM_EUSAGE, lm_store_search(x.st, &f, &q, take, &s, &total, e));
    fx_remove(&x);
}

/* How often the chain holds these bytes in an entry. */
static int64_t entries_with(const struct fx *x, const char *words)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM audit WHERE instr(entry, CAST('%s' AS BLOB)) > 0", words);
    return fx_sql(x, sql);
}

static void other_investigations_stay_closed(void **state)
{
    (void)state;
    struct fx x;
    struct seen s;
    fx_usual(&x);
    fx_investigation(&x, "I2");
    fx_authority(&x, "I2", "B1", LM_REACH_CONTENT);
    fill(&x, "A1", "one");
    assert_int_equal(search(&x, "hielo", &s), 1);
    int64_t thread = s.thread;
    assert_int_equal(entries_with(&x, "denied"), 0);
    assert_int_equal(search_in(&x, "I2", "hielo", &s), 0);
    assert_int_equal(entries_with(&x, "denied: 1 under other"), 1);
    assert_int_equal(search_in(&x, "I2", "3035550101", &s), 0);
    assert_int_equal(entries_with(&x, "denied: 2 under other"), 1);
    struct lm_filter f = { LM_STR("I2"), LM_STR("curiosity") };
    uint64_t total;
    FAILS(LM_EDENIED, lm_store_thread(x.st, &f, thread, 0, 0, take, &s, &total, e));
    assert_int_equal(entries_with(&x, "curiosity"), 1);
    FAILS(LM_ENOTFOUND, lm_store_thread(x.st, &f, 999, 0, 0, take, &s, &total, e));
    f.investigation = LM_STR("I9");
    struct lm_search q = { .query = LM_STR("hielo") };
    FAILS(LM_ENOTFOUND, lm_store_search(x.st, &f, &q, take, &s, &total, e));
    fx_remove(&x);
}

static lm_err count_threads(void *user, const struct lm_thread_row *t)
{
    size_t *n = user;
    assert_true(t->events >= 1 && t->first.us <= t->last.us);
    ++*n;
    return LM_OK;
}

static lm_err count_edges(void *user, const struct lm_edge_row *row)
{
    size_t *n = user;
    (void)row;
    ++*n;
    return LM_OK;
}

static void revoked_and_reviewed_are_not_returned(void **state)
{
    (void)state;
    struct fx x;
    struct seen s;
    struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
    size_t n = 0;
    uint64_t total, left;
    fx_usual(&x);
    fill(&x, "A1", "one");
    OK(lm_store_threads(x.st, &f, count_threads, &n, e));
    assert_int_equal(n, 3);
    assert_int_equal(search(&x, "casa", &s), 2);
    int64_t thread = s.thread;
    OK(lm_store_thread(x.st, &f, thread, 0, 0, take, &s, &total, e));
    assert_int_equal(total, 2);
    char sql[128];
    (void)snprintf(sql, sizeof sql, "INSERT INTO review VALUES(%lld, 'non_responsive', 'ana', 0, NULL)",
                   (long long)s.event);
    assert_true(fx_tamper(&x, sql));
    assert_int_equal(search(&x, "casa", &s), 1);
    OK(lm_store_thread(x.st, &f, thread, 0, 0, take, &s, &total, e));
    assert_int_equal(total, 1);
    n = 0;
    OK(lm_store_edges(x.st, &f, count_edges, &n, &left, e));
    assert_int_equal(n, 4);
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    assert_int_equal(search(&x, "casa", &s), 0);
    assert_int_equal(search(&x, "3035550101", &s), 0);
    FAILS(LM_EDENIED, lm_store_thread(x.st, &f, thread, 0, 0, take, &s, &total, e));
    n = 0;
    OK(lm_store_edges(x.st, &f, count_edges, &n, &left, e));
    OK(lm_store_threads(x.st, &f, count_threads, &n, e));
    assert_int_equal(n, 0);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM event"), 4); /* nothing is deleted */
    fx_remove(&x);
}

struct edges {
    size_t n;
    uint64_t occurrences, attempts;
    double weight;
    char from[64];
};

static lm_err sum_edges(void *user, const struct lm_edge_row *row)
{
    struct edges *s = user;
    s->n++;
    s->occurrences += row->occurrences;
    s->attempts += row->attempts;
    s->weight += row->weight;
    (void)snprintf(s->from, sizeof s->from, "%.*s", LM_STR_ARG(row->from_name));
    return LM_OK;
}

static void edges_weigh_groups(void **state)
{
    (void)state;
    struct fx x;
    struct lm_account_ref a[24];
    static char ids[24][16];
    fx_usual(&x);
    for (size_t i = 0; i < 24; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "user%zu", i);
        a[i] = fx_native(LM_PLATFORM_TELEGRAM, ids[i], "");
    }
    fx_begin(&x, "A1", "groups", "");
    struct lm_fact f = fx_message(a[0], a + 1, 3, 0, "a todos");
    f.event.thread.native = LM_STR("g4");
    (void)fx_put(&x, 1, &f);
    (void)fx_put(&x, 2, &f);
    f = fx_message(a[0], a + 1, 20, 0, "demasiados"); /* 21 members */
    f.event.thread.native = LM_STR("g21");
    (void)fx_put(&x, 3, &f);
    f = fx_message(a[0], a + 1, 2, 0, "quien sabe");
    f.event.thread.native = LM_STR("g?");
    f.event.flags = LM_EVENT_MEMBERS_UNKNOWN;
    (void)fx_put(&x, 4, &f);
    f = fx_message(a[0], NULL, 0, 0, "al grupo");
    (void)fx_put(&x, 5, &f);
    f = fx_message(a[0], a + 1, 1, 0, "");
    f.event.flags = LM_EVENT_SYSTEM;
    (void)fx_put(&x, 6, &f);
    f.event.flags = LM_EVENT_ATTEMPT;
    f.event.kind = LM_EVENT_CALL;
    (void)fx_put(&x, 7, &f);
    (void)fx_end(&x);
    struct edges s = { 0 };
    struct lm_filter filter = { LM_STR("I1"), LM_STR("test") };
    uint64_t left = 0;
    OK(lm_store_edges(x.st, &filter, sum_edges, &s, &left, e));
    assert_int_equal(s.n, 4); /* of them one of an attempt alone, which is no contact */
    assert_int_equal(s.occurrences, 6);
    assert_int_equal(s.attempts, 1);
    assert_true(s.weight > 1.9999999 && s.weight < 2.0000001);
    assert_string_equal(s.from, "user0");
    assert_int_equal(left, 3);
    fx_remove(&x);
}

static lm_err one_op_row(void *user, const struct lm_op_row *row, struct lm_str reference)
{
    size_t *n = user;
    ++*n;
    assert_true(lm_str_eq(reference, LM_STR("chat.txt row 3 (byte 120)")));
    assert_int_equal(row->table, LM_OP_SEIZURE);
    assert_true(lm_str_eq(row->id, LM_STR("SZ-1")));
    assert_true(lm_str_eq(row->amount.original, LM_STR("2.5")));
    assert_int_equal(row->amount.unit, LM_UNIT_LB);
    assert_int_equal(row->amount.value, 1133980925);
    assert_int_equal(row->amount.qualifier, LM_QUALIFIER_ABOUT);
    assert_int_equal(row->net.dimension, LM_DIMENSION_NONE);
    assert_int_equal(row->purity_ppm, -1);
    assert_int_equal(row->social_media, 1);
    assert_int_equal(row->encrypted, -1);
    assert_int_equal(row->day, LM_DAY_NONE);
    assert_int_equal(row->platforms, 6);
    return LM_OK;
}

static void operation_rows_come_back_as_written(void **state)
{
    (void)state;
    struct fx x;
    size_t n = 0;
    fx_usual(&x);
    fx_begin(&x, "A1", "seizures", "");
    struct lm_fact f = { .kind = LM_FACT_OP_ROW };
    f.op_row = (struct lm_op_row){ .table = LM_OP_SEIZURE, .id = LM_STR("SZ-1"), .day = LM_DAY_NONE,
                                   .purity_ppm = -1, .ug_per_pill = -1, .platforms = 6, .social_media = 1,
                                   .encrypted = -1 };
    OK(lm_quantity_parse(LM_STR("2.5"), LM_UNIT_LB, LM_QUALIFIER_ABOUT, &f.op_row.amount, e));
    struct lm_locator l = { .kind = LM_LOCATOR_ROW, .a = 3, .b = 120 };
    struct lm_entry entry = { &l, 1, &f, 1 };
    enum lm_outcome o;
    OK(lm_import_entry(x.im, x.source, &entry, &o, e));
    OK(lm_import_entry(x.im, x.source, &entry, &o, e)); /* the same row again */
    assert_int_equal(o, LM_OUTCOME_DUPLICATE);
    (void)fx_end(&x);
    struct lm_filter filter = { LM_STR("I1"), LM_STR("test") };
    OK(lm_store_op_rows(x.st, &filter, one_op_row, &n, e));
    assert_int_equal(n, 1);
    fx_remove(&x);
}

struct called {
    size_t n;
    char all[1024]; /* "type value → id (name) by basis at locator; " of each */
};

static lm_err take_identifier(void *user, const struct lm_identifier_hit *h)
{
    struct called *c = user;
    size_t at = strlen(c->all);
    c->n++;
    assert_int_equal(h->exhibit.n, 64);
    assert_true(lm_str_eq(h->source, LM_STR("chat.txt")));
    (void)snprintf(c->all + at, sizeof c->all - at, "%s %.*s > %.*s (%.*s) by %.*s at %.*s; ",
                   lm_identifier_type_word(h->type), LM_STR_ARG(h->value), LM_STR_ARG(h->id), LM_STR_ARG(h->name),
                   LM_STR_ARG(h->basis), LM_STR_ARG(h->locator));
    return LM_OK;
}

static uint64_t called(struct fx *x, const char *investigation, const char *query, uint64_t limit, uint64_t offset,
                       struct called *c)
{
    struct lm_filter f = { lm_str(investigation), LM_STR("test") };
    struct lm_search q = { .query = lm_str(query), .limit = limit, .offset = offset };
    uint64_t total = 0;
    *c = (struct called){ 0 };
    OK(lm_store_search_identifiers(x->st, &f, &q, take_identifier, c, &total, e));
    return total;
}

/* An address book's entry: nothing happened with it. */
static void card(struct fx *x, uint64_t place, const char *name, const char *number, const char *mail)
{
    struct lm_account_ref who = fx_native(LM_PLATFORM_PHONE, number, "");
    struct lm_fact f[2] = { { .kind = LM_FACT_IDENTIFIER }, { .kind = LM_FACT_IDENTIFIER } };
    f[0].identifier = (struct lm_identifier_fact){ .account = who, .type = LM_IDENTIFIER_NAME, .value = lm_str(name),
                                                   .basis = LM_STR("contact_list") };
    f[1].identifier = (struct lm_identifier_fact){ .account = who, .type = LM_IDENTIFIER_EMAIL, .value = lm_str(mail),
                                                   .basis = LM_STR("contact_list") };
    assert_int_equal(fx_put(x, place, &f[0]), LM_OUTCOME_KEPT);
    assert_int_equal(fx_put(x, place + 10, &f[1]), LM_OUTCOME_KEPT);
}

static void cards_without_an_event_are_found(void **state)
{
    (void)state;
    struct fx x;
    struct called c;
    struct seen s;
    fx_usual(&x);
    fx_begin(&x, "A1", "cards", "");
    card(&x, 10, "Tío Lalo", "+13035550131", "lalo@example.org");
    card(&x, 50, "Lalo Pérez", "+13035550132", "other@example.org");
    (void)fx_end(&x);
    assert_int_equal(search(&x, "Lalo", &s), 0); /* no event */
    assert_int_equal(called(&x, "I1", "lALO pérez", 50, 0, &c), 1);
    assert_string_equal(c.all, "name Lalo Pérez > +13035550132 (Lalo Pérez) by contact_list at byte 50; ");
    assert_int_equal(called(&x, "I1", "(303) 555-0131", 50, 0, &c), 1);
    assert_non_null(strstr(c.all, "phone +13035550131 > +13035550131 (Tío Lalo) by native_id"));
    assert_int_equal(called(&x, "I1", "LALO@example.org", 50, 0, &c), 1);
    assert_non_null(strstr(c.all, "email lalo@example.org > +13035550131 (Tío Lalo) by contact_list at byte 20"));
    assert_int_equal(called(&x, "I1", "lalo", 50, 0, &c), 3); /* two names and an address */
    assert_int_equal(c.n, 3);
    assert_int_equal(called(&x, "I1", "lalo", 1, 1, &c), 3);
    assert_int_equal(c.n, 1);
    assert_non_null(strstr(c.all, "email lalo@example.org"));
    assert_int_equal(called(&x, "I1", "pérez 3035550131", 50, 0, &c), 0); /* each of another account */
    assert_int_equal(called(&x, "I1", "tío 3035550131", 50, 0, &c), 2);
    assert_int_equal(called(&x, "I1", "%", 50, 0, &c), 0);
    fx_investigation(&x, "I2");
    assert_int_equal(called(&x, "I2", "lalo", 50, 0, &c), 0);
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("quashed"), e));
    assert_int_equal(called(&x, "I1", "lalo", 50, 0, &c), 0);
    assert_int_equal(called(&x, "I1", "3035550131", 50, 0, &c), 0);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_phrases_and_accents),
        cmocka_unit_test(selectors_in_every_spelling),
        cmocka_unit_test(no_query_is_an_error_of_the_engine),
        cmocka_unit_test(other_investigations_stay_closed),
        cmocka_unit_test(revoked_and_reviewed_are_not_returned),
        cmocka_unit_test(cards_without_an_event_are_found),
        cmocka_unit_test(edges_weigh_groups),
        cmocka_unit_test(operation_rows_come_back_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
