/* Attributions in the workspace: what is bound to an authority, what the audit chain vouches for, who is masked. */
#include "store_fixture.h"

#include "resolve/attribute.h"
#include "store/occurrence.h"

static const struct lm_filter I1 = { { "I1", 2 }, { "test", 4 } };

/* An address book of one card. */
static void book(struct fx *x, const char *authority, const char *bytes, const char *name, const char *number)
{
    struct lm_fact f[2] = { { .kind = LM_FACT_IDENTIFIER }, { .kind = LM_FACT_IDENTIFIER } };
    enum lm_outcome o;
    struct lm_locator l = { .kind = LM_LOCATOR_BYTES, .a = 0, .b = 10 };
    struct lm_entry entry = { &l, 1, f, 2 };
    for (int i = 0; i < 2; i++)
        f[i].identifier = (struct lm_identifier_fact){ .account = fx_native(LM_PLATFORM_PHONE, number, ""),
                                                       .type = i == 0 ? LM_IDENTIFIER_NAME : LM_IDENTIFIER_PHONE,
                                                       .value = lm_str(i == 0 ? name : number), .basis = LM_STR("contact_list") };
    fx_begin(x, authority, bytes, "");
    OK(lm_import_entry(x->im, x->source, &entry, &o, e));
    (void)fx_end(x);
}

static struct lm_attributed propose(struct fx *x)
{
    struct lm_attributed n;
    OK(lm_attribute_run(x->st, LM_STR("I1"), &n, e));
    return n;
}

struct seen {
    int64_t id, person;
    char name[64], standing[16];
    bool masked;
    uint64_t n, conflicts, records, withheld;
    enum lm_attribution_state state;
};

static lm_err see(void *user, const struct lm_attribution_row *row)
{
    struct seen *s = user;
    s->id = row->id;
    s->person = row->person;
    s->masked = row->masked;
    s->conflicts = row->conflicts;
    s->state = row->state;
    (void)snprintf(s->name, sizeof s->name, "%.*s", LM_STR_ARG(row->label));
    (void)snprintf(s->standing, sizeof s->standing, "%.*s", LM_STR_ARG(row->standing));
    s->n++;
    return LM_OK;
}

static struct seen list(struct fx *x, const char *identifier)
{
    struct seen s = { 0 };
    struct lm_attribution_query q = { .identifier = lm_str(identifier) };
    OK(lm_store_attributions(x->st, &I1, &q, see, &s, &s.withheld, e));
    return s;
}

static lm_err decide(struct fx *x, int64_t id, int64_t from_us, int64_t to_us, struct lm_error *e)
{
    struct lm_attribution_word w = { .reason = LM_STR("seen"), .has_window = true, .from_us = from_us, .to_us = to_us };
    return lm_store_attribution_decide(x->st, &I1, id, &w, e);
}

static bool sound(struct fx *x)
{
    struct lm_verify v;
    OK(lm_store_verify(x->st, LM_STR(""), &v, NULL, NULL, e));
    return lm_check_sound(&v);
}

static void windows(void **state)
{
    struct fx x;
    (void)state;
    fx_usual(&x);
    book(&x, "A1", "one", "Beto", "+13035550101");
    book(&x, "A1", "two", "El Flaco", "303-555-0101");
    (void)propose(&x);
    struct seen s = list(&x, "3035550101");
    assert_int_equal(s.n, 2);
    int64_t b = s.id, a = s.id == 1 ? 2 : 1;
    OK(decide(&x, a, 100, 200, e));
    FAILS(LM_EUSAGE, decide(&x, b, 199, 300, e));
    FAILS(LM_EUSAGE, decide(&x, b, 0, 101, e));
    FAILS(LM_EUSAGE, decide(&x, b, LM_WINDOW_OPEN_FROM, LM_WINDOW_OPEN_TO, e));
    FAILS(LM_EUSAGE, decide(&x, b, 300, 300, e));
    OK(decide(&x, b, 200, LM_WINDOW_OPEN_TO, e)); /* half-open: they touch */
    assert_int_equal(list(&x, "3035550101").conflicts, 0);
    OK(lm_store_attribution_undo(x.st, &I1, a, LM_STR("no"), e));
    FAILS(LM_EUSAGE, lm_store_attribution_undo(x.st, &I1, a, LM_STR("no"), e));
    FAILS(LM_EUSAGE, lm_store_attribution_undo(x.st, &I1, b, LM_STR("  "), e));
    FAILS(LM_ENOTFOUND, lm_store_attribution_undo(x.st, &I1, 77, LM_STR("no"), e));
    assert_true(sound(&x));
    fx_remove(&x);
}

/* A decision that another live record bears as well points at that one, once the first one's authority is revoked. */
static void revoked(void **state)
{
    struct fx x;
    (void)state;
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    fx_authority(&x, "I1", "A3", LM_REACH_CONTENT);
    book(&x, "A2", "one", "Beto", "+13035550101");
    book(&x, "A3", "two", "Beto", "303-555-0101");
    assert_int_equal(propose(&x).proposed, 1);
    struct seen s = list(&x, "3035550101");
    int64_t source = fx_sql(&x, "SELECT source FROM attribution WHERE id = 1");
    OK(decide(&x, s.id, LM_WINDOW_OPEN_FROM, LM_WINDOW_OPEN_TO, e));
    bool first = fx_sql(&x, "SELECT a.code = 'A2' FROM attribution t JOIN source s ON s.id = t.source JOIN authority a"
                            " ON a.id = s.authority") == 1;
    OK(lm_store_revoke_authority(x.st, lm_str(first ? "A2" : "A3"), LM_STR("withdrawn"), e));
    s = list(&x, "");
    assert_int_equal(s.n, 0);
    assert_int_equal(s.withheld, 1);
    struct lm_attribution_why none = { 0 };
    uint64_t n;
    FAILS(LM_EDENIED, lm_store_attribution_why(x.st, &I1, 1, &none, &n, e));
    assert_int_equal(propose(&x).decided, 1);
    assert_int_not_equal(fx_sql(&x, "SELECT source FROM attribution WHERE id = 1"), source);
    s = list(&x, "");
    assert_int_equal(s.n, 1);
    assert_int_equal(s.state, LM_ATTRIBUTION_DECIDED);
    OK(lm_store_revoke_authority(x.st, lm_str(first ? "A3" : "A2"), LM_STR("withdrawn"), e));
    assert_int_equal(propose(&x).proposals, 0);
    s = list(&x, "");
    assert_int_equal(s.n, 0);
    assert_int_equal(s.withheld, 1);
    /* what is withheld still blocks: a decision does not lapse with its authority */
    struct lm_attribution_added add = { .identifier = LM_STR("3035550101"), .person = LM_STR("Carla"),
                                        .word = { .reason = LM_STR("told"), .grade = { "4x4", "A1" } } };
    FAILS(LM_EUSAGE, lm_store_attribution_add(x.st, &I1, &add, &(int64_t){ 0 }, e));
    assert_true(sound(&x));
    fx_remove(&x);
}

static void masks(void **state)
{
    struct fx x;
    int64_t id = 0;
    (void)state;
    fx_usual(&x);
    book(&x, "A1", "one", "Dora", "+13035550103");
    (void)propose(&x);
    assert_string_equal(list(&x, "3035550103").name, "Dora");
    struct lm_attribution_added add = { .identifier = LM_STR("3035550103"), .person = LM_STR("Valeria Rios"), .is_protected = true,
                                        .word = { .reason = LM_STR("her employer"), .grade = { "4x4", "A1" } } };
    OK(lm_store_attribution_add(x.st, &I1, &add, &id, e));
    struct lm_attribution_query all = { .has_state = false };
    struct seen s = { 0 };
    OK(lm_store_attributions(x.st, &I1, &all, see, &s, &s.withheld, e));
    assert_int_equal(s.n, 2);
    assert_true(s.masked);
    assert_non_null(strstr(s.name, "protected person"));
    all = (struct lm_attribution_query){ .has_state = true, .state = LM_ATTRIBUTION_PROPOSED };
    OK(lm_store_attributions(x.st, &I1, &all, see, &s, &s.withheld, e));
    assert_true(s.masked); /* what an address book calls her */
    assert_null(strstr(s.name, "Dora"));
    OK(lm_store_attribution_undo(x.st, &I1, id, LM_STR("not hers"), e));
    assert_string_equal(list(&x, "3035550103").name, "Dora");
    assert_true(sound(&x));
    /* a minor is masked whatever was said of the standing */
    assert_true(fx_tamper(&x, "UPDATE person SET minor = 1 WHERE label = 'Dora'"));
    assert_null(strstr(list(&x, "3035550103").name, "Dora"));
    assert_true(fx_tamper(&x, "UPDATE person SET pseudonym = 'Witness 3' WHERE label = 'Dora'"));
    assert_string_equal(list(&x, "3035550103").name, "Witness 3");
    assert_false(sound(&x));
    fx_remove(&x);
}

/* Nobody is suspected because of an attribution; nothing of one investigation is decided in another. */
static void standing(void **state)
{
    struct fx x;
    struct lm_filter other = { LM_STR("I2"), LM_STR("test") };
    struct lm_attribution_word w = { .reason = LM_STR("seen") };
    (void)state;
    fx_usual(&x);
    fx_investigation(&x, "I2");
    book(&x, "A1", "one", "Dora", "+13035550103");
    (void)propose(&x);
    FAILS(LM_ENOTFOUND, lm_store_attribution_decide(x.st, &other, 1, &w, e));
    FAILS(LM_ENOTFOUND, lm_store_attribution_refuse(x.st, &other, 1, w.reason, e));
    OK(lm_store_attribution_decide(x.st, &I1, 1, &w, e));
    assert_string_equal(list(&x, "").standing, "unassessed");
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM standing"), 0);
    struct lm_attributed n;
    OK(lm_attribute_run(x.st, LM_STR("I2"), &n, e));
    assert_int_equal(n.rows, 0);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM audit"), fx_sql(&x, "SELECT max(seq) FROM audit"));
    /* judgements about attributions do not make occurrences out of date */
    struct lm_occurrence_state stored, now;
    OK(lm_store_occurrence_state(x.st, LM_STR("I1"), &stored, &now, e));
    assert_int_equal(now.judgements, 0);
    fx_remove(&x);
}

/* What somebody does to the file is found. */
static void tampered(void **state)
{
    static const char *const acts[] = {
        "UPDATE attribution SET state = 'decided', link = 'evidenced', decided_by = 'x', decided_us = 1 WHERE state = 'proposed'",
        "UPDATE attribution SET state = 'decided' WHERE state = 'refused'",
        "UPDATE attribution SET to_us = 99 WHERE state = 'decided'",
        "UPDATE attribution SET reason = 'named by 9: 0000000000000001' WHERE id = 1",
        "UPDATE attribution SET undone_us = 1, undone_by = 'x' WHERE id = 1",
        "UPDATE person SET label = 'Somebody' WHERE id = 1",
        "DELETE FROM standing",
        "INSERT INTO person(investigation, label, added_us, added_by) VALUES(1, 'x', 1, 'x')",
        "INSERT INTO attribution(person, identifier, basis, link, state) VALUES(1, 1, 'login', 'machine', 'proposed')",
        "DROP TRIGGER attribution_no_delete; DELETE FROM attribution WHERE id = 1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        struct fx x;
        int64_t id;
        fx_usual(&x);
        book(&x, "A1", "one", "Dora", "+13035550103");
        book(&x, "A1", "two", "Beto", "+13035550101");
        book(&x, "A1", "three", "Carla", "+13035550102");
        (void)propose(&x);
        OK(decide(&x, 1, 1, 2, e));
        OK(lm_store_attribution_refuse(x.st, &I1, 2, LM_STR("no"), e));
        struct lm_attribution_added add = { .identifier = LM_STR("3035550103"), .person = LM_STR("V"), .is_protected = true,
                                            .word = { .reason = LM_STR("told"), .grade = { "4x4", "A1" }, .has_window = true,
                                                      .from_us = 50, .to_us = 60 } };
        OK(lm_store_attribution_add(x.st, &I1, &add, &id, e));
        assert_true(sound(&x));
        assert_false(fx_tamper(&x, "DELETE FROM attribution"));
        if (!fx_tamper(&x, acts[i]))
            fail_msg("not let through: %s", acts[i]);
        if (sound(&x))
            fail_msg("not found: %s", acts[i]);
        fx_remove(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(windows), cmocka_unit_test(revoked), cmocka_unit_test(masks),
                                        cmocka_unit_test(standing), cmocka_unit_test(tampered) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
