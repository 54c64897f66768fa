/* Who is never named, and what stands for them. Everything is invented. */
#include "store_fixture.h"

#include "store/attribution.h"
#include "store/mask.h"

#define MINOR "+13035550151"
#define WITNESS "+13035550152"
#define MERGED "+13035550153"
#define REFUSED "+13035550154"
#define UNDONE "+13035550155"
#define SUSPECT "+13035550156"
#define SECOND "+13035550157" /* of an account that has the witness's address */
#define THIRD "+13035550158"  /* of another account that has SECOND on its card */
#define ONCE "+13035550159"   /* was the minor's for a month */

static struct lm_arena arena;

static void person(struct fx *x, int id, int minor, const char *pseudonym, const char *merged, const char *standing)
{
    char sql[700];
    (void)snprintf(sql, sizeof sql, "INSERT INTO person(id, investigation, label, minor, pseudonym, merged_into, added_us, added_by)"
                   " VALUES(%d, 1, 'Name%d', %d, %s, %s, 1, 'eva')", id, id, minor, pseudonym, merged);
    assert_true(fx_tamper(x, sql));
    (void)snprintf(sql, sizeof sql, "INSERT INTO standing(person, investigation, standing, reason, who, at_us)"
                   " SELECT %d, 1, '%s', 'said so', 'eva', 1 WHERE '%s' <> ''", id, standing, standing);
    assert_true(fx_tamper(x, sql));
}

static void attribute(struct fx *x, int who, const char *key, const char *state, const char *more)
{
    char sql[700];
    bool decided = strcmp(state, "proposed") != 0;
    (void)snprintf(sql, sizeof sql, "INSERT INTO attribution(person, identifier, basis, link, state, decided_by, decided_us)"
                   " SELECT %d, id, 'persons_word', '%s', '%s', %s, %s FROM identifier WHERE key = '%s' ORDER BY id LIMIT 1", who,
                   decided ? "reported" : "machine", state, decided ? "'eva'" : "NULL", decided ? "1" : "NULL", key);
    assert_true(fx_tamper(x, sql));
    (void)snprintf(sql, sizeof sql, "UPDATE attribution SET %s WHERE id = (SELECT max(id) FROM attribution)", more);
    if (more[0] != '\0')
        assert_true(fx_tamper(x, sql));
}

static void identifier(struct fx *x, uint64_t row, const char *account, enum lm_identifier_type type, const char *value)
{
    struct lm_fact f = { .kind = LM_FACT_IDENTIFIER,
                         .identifier = { .account = fx_native(LM_PLATFORM_PHONE, account, ""), .type = type,
                                         .value = lm_str(value), .basis = LM_STR("contact_list") } };
    assert_int_equal(fx_put(x, row, &f), LM_OUTCOME_KEPT);
}

static void plant(struct fx *x)
{
    static const char *const numbers[] = { MINOR, WITNESS, MERGED, REFUSED, UNDONE, SUSPECT, SECOND, THIRD, ONCE };
    fx_usual(x);
    lm_arena_init(&arena, 0);
    fx_begin(x, "A1", "cards", "");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        identifier(x, 10 + i, numbers[i], LM_IDENTIFIER_NAME, "somebody");
    identifier(x, 31, SECOND, LM_IDENTIFIER_EMAIL, "w@example.org");
    identifier(x, 32, THIRD, LM_IDENTIFIER_PHONE, "(303) 555-0157");
    identifier(x, 33, SUSPECT, LM_IDENTIFIER_IP, "192.0.2.7");
    (void)fx_end(x);
    person(x, 1, 1, "NULL", "NULL", "suspected"); /* a minor, whatever is said of her */
    person(x, 2, 0, "'Heron'", "NULL", "");
    person(x, 3, 0, "NULL", "4", "");
    person(x, 4, 0, "NULL", "NULL", "protected");
    person(x, 5, 0, "NULL", "NULL", "suspected");
    person(x, 6, 0, "NULL", "4", "");
    attribute(x, 1, MINOR, "decided", "");
    attribute(x, 1, ONCE, "decided", "to_us = 1000");
    attribute(x, 1, "192.0.2.7", "decided", "");
    attribute(x, 2, WITNESS, "proposed", "");
    attribute(x, 2, "w@example.org", "decided", "");
    attribute(x, 3, MERGED, "decided", "");
    attribute(x, 4, REFUSED, "refused", "");
    attribute(x, 4, UNDONE, "decided", "undone_us = 2, undone_by = 'eva', undone_reason = 'no'");
    attribute(x, 5, SUSPECT, "decided", "");
    assert_int_equal(fx_sql(x, "SELECT count(*) FROM attribution"), 9);
}

static struct lm_str number(const struct lm_mask *m, const char *key)
{
    struct lm_str name = LM_STR("-");
    (void)lm_mask_identifier(m, LM_IDENTIFIER_PHONE, lm_str(key), &name);
    return name;
}

static int64_t account(struct fx *x, const char *key)
{
    char sql[120];
    (void)snprintf(sql, sizeof sql, "SELECT id FROM account WHERE key = '%s'", key);
    return fx_sql(x, sql);
}

static struct lm_str of_account(struct fx *x, const struct lm_mask *m, const char *key)
{
    struct lm_str name = LM_STR("-");
    (void)lm_mask_account(m, account(x, key), &name);
    return name;
}

#define IS(actual, expected)                                                                                 \
    do {                                                                                                     \
        struct lm_str is_ = (actual);                                                                        \
        if (!lm_str_eq(is_, lm_str(expected)))                                                               \
            fail_msg("%.*s, not %s", LM_STR_ARG(is_), expected);                                             \
    } while (0)

static void by_standing_age_pseudonym_and_merger(void **state)
{
    (void)state;
    struct fx x;
    struct lm_mask m;
    struct lm_str name = LM_STR("-");
    plant(&x);
    lm_mask_init(&m);
    OK(lm_mask_load(&m, x.st, 1, e));
    IS(number(&m, MINOR), "protected person 1");
    IS(number(&m, ONCE), "protected person 1"); /* once hers, masked at all times */
    IS(number(&m, WITNESS), "Heron");
    IS(number(&m, MERGED), "protected person 4"); /* the one that stands for all */
    IS(number(&m, REFUSED), "-");
    IS(number(&m, UNDONE), "-");
    IS(number(&m, SUSPECT), "-"); /* an address on the net leads to nobody */
    assert_true(lm_mask_has_person(&m, 6, &name)); /* merged into her, without a number */
    IS(name, "protected person 4");
    assert_false(lm_mask_has_person(&m, 5, &name));
    assert_false(lm_mask_has_person(&m, 99, &name));
    lm_mask_free(&m);
    lm_mask_init(&m);
    OK(lm_mask_load(&m, x.st, 2, e)); /* another investigation */
    IS(number(&m, MINOR), "-");
    lm_mask_free(&m);
    lm_arena_free(&arena);
    fx_remove(&x);
}

static void through_accounts_two_steps(void **state)
{
    (void)state;
    struct fx x;
    struct lm_mask m;
    plant(&x);
    lm_mask_init(&m);
    OK(lm_mask_load(&m, x.st, 1, e));
    IS(of_account(&x, &m, WITNESS), "Heron");
    IS(of_account(&x, &m, SECOND), "Heron"); /* has her address */
    IS(number(&m, SECOND), "Heron");         /* so its number is hers */
    IS(of_account(&x, &m, THIRD), "Heron");  /* has that number */
    IS(number(&m, THIRD), "-");              /* and there it ends */
    IS(of_account(&x, &m, SUSPECT), "-");
    lm_mask_free(&m);
    lm_arena_free(&arena);
    fx_remove(&x);
}

static void in_any_spelling(void **state)
{
    (void)state;
    static const char *const hers[] = { "phone:(303) 555-0151", "303.555.0151", "13035550151@s.whatsapp.net",
                                        "whatsapp:13035550151@s.whatsapp.net", "+1 303 555 0151" };
    static const char *const not_hers[] = { "phone:(303) 555-0156", "", ":", "@", "a:b:c@d", "somebody" };
    struct fx x;
    struct lm_mask m;
    plant(&x);
    lm_mask_init(&m);
    OK(lm_mask_load(&m, x.st, 1, e));
    for (size_t i = 0; i < sizeof hers / sizeof hers[0]; i++) {
        struct lm_str name = LM_STR("-");
        assert_true(lm_mask_text(&m, &arena, lm_str(hers[i]), &name));
        IS(name, "protected person 1");
    }
    for (size_t i = 0; i < sizeof not_hers / sizeof not_hers[0]; i++) {
        struct lm_str name = LM_STR("-");
        assert_false(lm_mask_text(&m, &arena, lm_str(not_hers[i]), &name));
        IS(name, "-");
    }
    struct lm_str name = LM_STR("-");
    assert_true(lm_mask_text(&m, &arena, LM_STR("email:W@example.org"), &name));
    IS(name, "Heron");
    lm_mask_free(&m);
    lm_arena_free(&arena);
    fx_remove(&x);
}

/* Persons merged in a ring, as no verb makes them, end all the same. */
static void a_ring_of_mergers_ends(void **state)
{
    (void)state;
    struct fx x;
    struct lm_mask m;
    plant(&x);
    assert_true(fx_tamper(&x, "UPDATE person SET merged_into = 3 WHERE id = 4"));
    lm_mask_init(&m);
    OK(lm_mask_load(&m, x.st, 1, e));
    assert_int_not_equal(lm_str_find(number(&m, MERGED), LM_STR("protected person ")), SIZE_MAX);
    lm_mask_free(&m);
    lm_arena_free(&arena);
    fx_remove(&x);
}

/* --- titles of conversations --- */

struct titles {
    char text[400];
};

static lm_err take_title(void *user, const struct lm_thread_row *t)
{
    struct titles *all = user;
    size_t n = strlen(all->text);
    (void)snprintf(all->text + n, sizeof all->text - n, "%.*s=%.*s;", LM_STR_ARG(t->native), LM_STR_ARG(t->title));
    return LM_OK;
}

static void talk(struct fx *x, uint64_t at, const char *native, const char *title, enum lm_thread_kind kind,
                 struct lm_account_ref from, struct lm_account_ref to)
{
    struct lm_fact f = fx_message(from, &to, 1, (int64_t)at, "Dora, call (303) 555-0151");
    f.event.thread.native = lm_str(native);
    f.event.thread.title = lm_str(title);
    f.event.thread.kind = kind;
    assert_int_equal(fx_put(x, at, &f), LM_OUTCOME_KEPT);
}

static lm_err take_hit(void *user, const struct lm_hit *h)
{
    struct titles *all = user;
    (void)snprintf(all->text, sizeof all->text, "%.*s > %.*s: %.*s", LM_STR_ARG(h->from), LM_STR_ARG(h->to), LM_STR_ARG(h->text));
    return LM_OK;
}

/* Between two the title is a name of one of them: hers is masked, the other's is not, however it is called. */
static void titles_of_conversations(void **state)
{
    (void)state;
    struct fx x;
    struct titles all = { "" };
    const struct lm_filter f = { { "I1", 2 }, { "test", 4 } };
    struct lm_account_ref minor = fx_native(LM_PLATFORM_WHATSAPP, MINOR, "Dora"),
                          suspect = fx_native(LM_PLATFORM_WHATSAPP, SUSPECT, "Beto"), other = suspect;
    other.native = LM_STR("+13035550199");
    other.display = LM_STR("Carla");
    plant(&x);
    fx_begin(&x, "A1", "chats", "");
    talk(&x, 1, "13035550151@s.whatsapp.net", "Dora", LM_THREAD_DIRECT, suspect, minor);
    talk(&x, 2, "n2", "Beto", LM_THREAD_DIRECT, minor, suspect);       /* as it stands in her telephone */
    talk(&x, 3, "n3", "Dorita", LM_THREAD_DIRECT, suspect, minor);     /* a name that no record states of anybody */
    talk(&x, 4, "n4", "(303) 555-0151", LM_THREAD_UNKNOWN, suspect, minor);
    talk(&x, 5, "n5", "Dora and all", LM_THREAD_GROUP, suspect, minor); /* a group's title is content */
    talk(&x, 6, "n6", "Dora", LM_THREAD_DIRECT, suspect, other);       /* somebody else */
    (void)fx_end(&x);
    OK(lm_store_threads(x.st, &f, take_title, &all, e));
    assert_string_equal(all.text, "protected person 1=protected person 1;n2=Beto;n3=protected person 1;n4=protected person 1;"
                                  "n5=Dora and all;n6=Dora;");
    uint64_t total = 0;
    int64_t first = fx_sql(&x, "SELECT min(id) FROM thread");
    OK(lm_store_thread(x.st, &f, first, 0, 0, take_hit, &all, &total, e));
    assert_string_equal(all.text, "Beto > protected person 1: Dora, call (303) 555-0151"); /* the text is evidence */
    lm_arena_free(&arena);
    fx_remove(&x);
}

/* The standing entered last holds; a new one is an entry of the chain. */
static void standing_is_set(void **state)
{
    (void)state;
    struct fx x;
    struct lm_mask m;
    const struct lm_filter f = { { "I1", 2 }, { "test", 4 } };
    plant(&x);
    int64_t entries = fx_sql(&x, "SELECT count(*) FROM audit WHERE instr(entry, CAST('standing.add' AS BLOB)) > 0");
    FAILS(LM_EUSAGE, lm_store_standing_set(x.st, &f, 5, LM_STANDING_PROTECTED, LM_STR("  "), e));
    FAILS(LM_EUSAGE, lm_store_standing_set(x.st, &f, 5, LM_STANDING_SUSPECTED, LM_STR("again"), e));
    FAILS(LM_EUSAGE, lm_store_standing_set(x.st, &f, 3, LM_STANDING_PROTECTED, LM_STR("merged"), e));
    FAILS(LM_ENOTFOUND, lm_store_standing_set(x.st, &f, 99, LM_STANDING_PROTECTED, LM_STR("nobody"), e));
    OK(lm_store_standing_set(x.st, &f, 5, LM_STANDING_PROTECTED, LM_STR("a witness after all"), e));
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM audit WHERE instr(entry, CAST('standing.add' AS BLOB)) > 0"), entries + 1);
    lm_mask_init(&m);
    OK(lm_mask_load(&m, x.st, 1, e));
    IS(number(&m, SUSPECT), "protected person 5");
    lm_mask_free(&m);
    OK(lm_store_standing_set(x.st, &f, 5, LM_STANDING_UNASSESSED, LM_STR("she is not"), e));
    lm_mask_init(&m);
    OK(lm_mask_load(&m, x.st, 1, e));
    IS(number(&m, SUSPECT), "-");
    lm_mask_free(&m);
    lm_arena_free(&arena);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_standing_age_pseudonym_and_merger), cmocka_unit_test(through_accounts_two_steps),
        cmocka_unit_test(in_any_spelling),                      cmocka_unit_test(a_ring_of_mergers_ends),
        cmocka_unit_test(titles_of_conversations),              cmocka_unit_test(standing_is_set),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
