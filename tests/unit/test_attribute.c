/* The rules that propose whose an identifier is, grades, and the class of a link between persons. Everything is invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "model/selector.h"
#include "resolve/attribute.h"

#define MOST 64

struct world {
    struct lm_arena a;
    struct lm_card_row rows[MOST];
    size_t n;
};

static void row(struct world *w, int64_t account, int64_t record, int device, enum lm_identifier_type type, const char *raw,
                const char *basis)
{
    struct lm_card_row *r = &w->rows[w->n++];
    assert_true(w->n <= MOST);
    *r = (struct lm_card_row){ .account = account, .record = record, .source = device, .identifier = (int64_t)w->n,
                               .platform = LM_PLATFORM_PHONE, .form = LM_ACCOUNT_NATIVE, .type = type, .raw = lm_str(raw),
                               .basis = lm_str(basis), .mark = (uint64_t)record * 1000 };
    r->account_key = lm_arena_printf(&w->a, "account %lld", (long long)account);
    r->device.b[0] = (uint8_t)device;
    assert_true(lm_identifier_key(&w->a, type, r->raw, &r->key));
}

#define NAME LM_IDENTIFIER_NAME
#define PHONE LM_IDENTIFIER_PHONE

static struct lm_proposals attribute(struct world *w)
{
    struct lm_proposals p;
    assert_int_equal(lm_attribute(&w->a, w->rows, w->n, &p), LM_OK);
    return p;
}

static const struct lm_attribution_proposal *find(const struct lm_proposals *p, const char *key, const char *label,
                                                  enum lm_attribution_basis basis)
{
    for (size_t i = 0; i < p->n; i++)
        if (lm_str_eq(p->p[i].key, lm_str(key)) && lm_str_eq(p->p[i].label, lm_str(label)) && p->p[i].basis == basis)
            return &p->p[i];
    return NULL;
}

static void cards(struct world *w)
{
    row(w, 1, 0, 0, PHONE, "+13035550101", "native_id");
    row(w, 1, 11, 1, NAME, "Beto", "contact_list"); /* two devices call it Beto, one El Flaco */
    row(w, 1, 11, 1, PHONE, "(303) 555-0101", "contact_list");
    row(w, 1, 12, 2, NAME, "beto", "contact_list");
    row(w, 1, 12, 2, PHONE, "303-555-0101", "contact_list");
    row(w, 1, 13, 3, NAME, "El Flaco", "contact_list");
    row(w, 1, 13, 3, PHONE, "303-555-0101", "contact_list");
    row(w, 2, 21, 4, NAME, "Ana Robles", "own_profile"); /* a name and a number in two records */
    row(w, 2, 22, 4, PHONE, "303-555-0102", "own_profile");
    row(w, 2, 23, 4, LM_IDENTIFIER_HANDLE, "@ana", "own_profile");
    row(w, 2, 24, 4, LM_IDENTIFIER_IP, "192.0.2.7", "login");
    row(w, 2, 25, 4, LM_IDENTIFIER_IP, "192.0.2.7", "login");
    w->rows[w->n - 2].at = (struct lm_when){ 5000, 0, LM_TIME_UTC };
    w->rows[w->n - 1].at = (struct lm_when){ 9000, 0, LM_TIME_UTC };
    row(w, 3, 31, 5, NAME, "303-555-0103", "contact_list"); /* a name that is the number */
    row(w, 3, 31, 5, PHONE, "303-555-0103", "contact_list");
    row(w, 4, 41, 6, LM_IDENTIFIER_IP, "192.0.2.9", "login"); /* an account that nobody names */
    row(w, 5, 51, 7, NAME, "Carla", "subscriber_record");
    row(w, 5, 52, 7, PHONE, "303-555-0105", "subscriber_record");
}

static void rules(void **state)
{
    struct world w = { .n = 0 };
    (void)state;
    lm_arena_init(&w.a, 0);
    cards(&w);
    struct lm_proposals p = attribute(&w);
    const struct lm_attribution_proposal *x = find(&p, "+13035550101", "Beto", LM_BASIS_OTHERS_CONTACT_CARDS);
    assert_non_null(x);
    assert_int_equal(x->devices, 2);
    assert_int_equal(x->n_marks, 2);
    assert_int_equal(x->from_us, LM_WINDOW_OPEN_FROM);
    assert_int_equal(x->to_us, LM_WINDOW_OPEN_TO);
    x = find(&p, "+13035550101", "El Flaco", LM_BASIS_OTHERS_CONTACT_CARDS);
    assert_non_null(x);
    assert_int_equal(x->devices, 1);
    x = find(&p, "+13035550102", "Ana Robles", LM_BASIS_OWN_CONTACT_CARD);
    assert_non_null(x);
    assert_int_equal(x->n_marks, 2);
    assert_non_null(find(&p, "ana", "Ana Robles", LM_BASIS_OWN_CONTACT_CARD));
    x = find(&p, "192.0.2.7", "Ana Robles", LM_BASIS_LOGIN);
    assert_non_null(x);
    assert_int_equal(x->from_us, 5000);
    assert_int_equal(x->to_us, 9001);
    assert_int_equal(x->n_marks, 3);
    assert_non_null(find(&p, "+13035550105", "Carla", LM_BASIS_SUBSCRIBER_RECORD));
    assert_int_equal(p.n, 6);
    assert_int_equal(p.n_groups, 4); /* Beto, El Flaco, Ana Robles with three identifiers, Carla */
    lm_arena_free(&w.a);
}

/* Rows in another order, under other ids, say the same. */
static void order(void **state)
{
    struct world w = { .n = 0 };
    (void)state;
    lm_arena_init(&w.a, 0);
    cards(&w);
    struct lm_proposals p = attribute(&w);
    uint64_t seed = 7;
    for (int round = 0; round < 200; round++) {
        struct world v = { .n = 0 };
        int64_t accounts[6];
        bool taken[6] = { false };
        for (int i = 1; i < 6; i++) {
            do {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                accounts[i] = (int64_t)(seed >> 33) % 5 + 1;
            } while (taken[accounts[i]]);
            taken[accounts[i]] = true;
        }
        bool back = (seed >> 40 & 1) != 0; /* records of an account the other way round */
        for (int64_t a = 1; a < 6; a++) {
            for (int native = 1; native >= 0; native--) {
                for (size_t i = 0; i < w.n; i++) {
                    struct lm_card_row *r = &w.rows[back ? w.n - 1 - i : i];
                    if (accounts[r->account] != a || (r->record == 0) != (native == 1))
                        continue;
                    v.rows[v.n] = *r;
                    v.rows[v.n].account = a;
                    v.rows[v.n].identifier = (int64_t)(100 + v.n);
                    v.rows[v.n++].record = r->record == 0 ? 0 : back ? 1000 - r->record : r->record;
                }
            }
        }
        assert_int_equal(v.n, w.n);
        struct lm_proposals q;
        assert_int_equal(lm_attribute(&w.a, v.rows, v.n, &q), LM_OK);
        assert_int_equal(q.n, p.n);
        assert_int_equal(q.n_groups, p.n_groups);
        for (size_t i = 0; i < p.n; i++) {
            assert_true(lm_str_eq(p.p[i].key, q.p[i].key) && lm_str_eq(p.p[i].label, q.p[i].label));
            assert_int_equal(p.p[i].basis, q.p[i].basis);
            assert_int_equal(p.p[i].devices, q.p[i].devices);
            assert_int_equal(p.p[i].n_marks, q.p[i].n_marks);
            assert_memory_equal(p.p[i].marks, q.p[i].marks, p.p[i].n_marks * sizeof *p.p[i].marks);
            assert_int_equal(p.p[i].from_us, q.p[i].from_us);
            assert_int_equal(p.group[i], q.group[i]);
        }
    }
    lm_arena_free(&w.a);
}

/* A card of a hundred names is nobody's card; one of sixteen is taken. */
static void large(void **state)
{
    struct world w = { .n = 0 };
    (void)state;
    lm_arena_init(&w.a, 0);
    row(&w, 1, 1, 1, PHONE, "303-555-0101", "contact_list");
    for (int i = 0; i < LM_CARD_MOST_NAMES; i++)
        row(&w, 1, 1, 1, NAME, lm_arena_printf(&w.a, "Name %d", i).p, "contact_list");
    struct lm_proposals p = attribute(&w);
    assert_int_equal(p.n, LM_CARD_MOST_NAMES);
    assert_int_equal(p.skipped, 0);
    row(&w, 1, 1, 1, NAME, "One more", "contact_list");
    p = attribute(&w);
    assert_int_equal(p.n, 0);
    assert_int_equal(p.skipped, 1);
    lm_arena_free(&w.a);
}

/* --- against what is stored --- */

static struct lm_stored_attribution stored(const struct lm_attribution_proposal *p, int64_t id, int64_t person, const char *marks,
                                           enum lm_attribution_state state)
{
    return (struct lm_stored_attribution){ .id = id, .person = person, .account = p->account, .source = p->source,
                                           .record = p->record, .type = p->type, .key = p->key, .label = p->label,
                                           .basis = p->basis, .state = state, .live = true, .from_us = p->from_us,
                                           .to_us = p->to_us, .marks = lm_str(marks) };
}

static struct lm_attribution_step one(struct world *w, const struct lm_proposals *p, size_t i,
                                      const struct lm_stored_attribution *s, size_t n, int64_t *ret_person)
{
    struct lm_attribution_step *steps;
    struct lm_proposed_person *persons;
    struct lm_error e = { 0 };
    assert_int_equal(lm_attribute_compare(&w->a, p, s, n, &steps, &persons, &e), LM_OK);
    if (ret_person != NULL)
        *ret_person = persons[p->group[i]].id;
    return steps[i];
}

static void remembered(void **state)
{
    struct world w = { .n = 0 };
    int64_t person = 0;
    (void)state;
    lm_arena_init(&w.a, 0);
    cards(&w);
    struct lm_proposals p = attribute(&w);
    size_t i = (size_t)(find(&p, "+13035550101", "Beto", LM_BASIS_OTHERS_CONTACT_CARDS) - p.p);
    const char *both = "named by 2: 0000000000002af8 0000000000002ee0", *first = "named by 1: 0000000000002af8";
    assert_int_equal(p.p[i].marks[0], 0x2af8);
    assert_int_equal(p.p[i].marks[1], 0x2ee0);

    assert_int_equal(one(&w, &p, i, NULL, 0, &person).act, LM_ATTRIBUTE_PROPOSE);
    assert_int_equal(person, 0);
    struct lm_stored_attribution s[2] = { stored(&p.p[i], 7, 70, both, LM_ATTRIBUTION_PROPOSED) };
    assert_int_equal(one(&w, &p, i, s, 1, &person).act, LM_ATTRIBUTE_NOTHING);
    assert_int_equal(person, 70);
    s[0].marks = lm_str(first);
    assert_int_equal(one(&w, &p, i, s, 1, NULL).act, LM_ATTRIBUTE_REFRESH);
    assert_int_equal(one(&w, &p, i, s, 1, NULL).row, 7);
    s[0] = stored(&p.p[i], 7, 70, both, LM_ATTRIBUTION_DECIDED);
    assert_int_equal(one(&w, &p, i, s, 1, NULL).act, LM_ATTRIBUTE_DECIDED);
    s[0].live = false; /* its record went, and another one of it is here */
    assert_int_equal(one(&w, &p, i, s, 1, NULL).act, LM_ATTRIBUTE_POINT);
    s[0] = stored(&p.p[i], 7, 70, both, LM_ATTRIBUTION_REFUSED);
    assert_int_equal(one(&w, &p, i, s, 1, NULL).act, LM_ATTRIBUTE_REFUSED);
    s[0].marks = lm_str(first); /* another record says it as well */
    assert_int_equal(one(&w, &p, i, s, 1, NULL).act, LM_ATTRIBUTE_PROPOSE);
    s[1] = stored(&p.p[i], 8, 70, "named by 1: 0000000000002ee0", LM_ATTRIBUTION_REFUSED);
    assert_int_equal(one(&w, &p, i, s, 2, NULL).act, LM_ATTRIBUTE_REFUSED);
    s[1].undone = true;
    assert_int_equal(one(&w, &p, i, s, 2, NULL).act, LM_ATTRIBUTE_PROPOSE);
    s[0].basis = LM_BASIS_OWN_CONTACT_CARD; /* refused for another basis */
    s[0].marks = lm_str(both);
    assert_int_equal(one(&w, &p, i, s, 1, NULL).act, LM_ATTRIBUTE_PROPOSE);
    s[0] = stored(&p.p[i], 7, 70, "named by 1: xx", LM_ATTRIBUTION_PROPOSED);
    struct lm_attribution_step *steps;
    struct lm_proposed_person *persons;
    struct lm_error e = { 0 };
    assert_int_equal(lm_attribute_compare(&w.a, &p, s, 1, &steps, &persons, &e), LM_EDAMAGED);
    lm_arena_free(&w.a);
}

/* --- grades, links --- */

static void grades(void **state)
{
    static const char *const good[] = { "admiralty:B2", "Admiralty:f6", "5x5x5:E5", "5x5x5:A11", "3x5x2:1AP", "3x5x2:3e", "4x4:X4" };
    static const char *const bad[] = { "", ":", "B2", "admiralty:", "admiralty:B", "admiralty:G1", "admiralty:A7", "admiralty:A11",
                                       "5x5x5:F1", "5x5x5:A6", "5x5x5:A16", "3x5x2:4A", "3x5x2:1AX", "4x4:D1", "4x4:A5", "6x6:A1" };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct lm_grade g = { 0 };
        assert_int_equal(lm_grade_parse(lm_str(good[i]), &g, NULL), LM_OK);
        assert_true(g.scheme != NULL && g.value[0] != '\0');
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct lm_grade g = { .scheme = "untouched" };
        struct lm_error e = { 0 };
        assert_int_equal(lm_grade_parse(lm_str(bad[i]), &g, &e), LM_EUSAGE);
        assert_true(e.hint[0] != '\0');
        assert_string_equal(g.scheme, "untouched");
    }
}

static void links(void **state)
{
    (void)state;
    for (int event = 0; event < 3; event++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) {
                int most = event > a ? event : a;
                most = most > b ? most : b;
                assert_int_equal(lm_link_between_persons((enum lm_link_class)event, (enum lm_link_class)a, (enum lm_link_class)b),
                                 most);
            }
    assert_int_equal(lm_link_between_persons((enum lm_link_class)9, LM_LINK_EVIDENCED, LM_LINK_EVIDENCED), LM_LINK_MACHINE);
    for (int basis = LM_BASIS_SUBSCRIBER_RECORD; basis <= LM_BASIS_PERSONS_WORD; basis++) {
        bool said = basis == LM_BASIS_OTHERS_CONTACT_CARDS || basis == LM_BASIS_PERSONS_WORD;
        enum lm_attribution_basis x = (enum lm_attribution_basis)basis;
        assert_int_equal(lm_link_of_attribution(x, LM_ATTRIBUTION_PROPOSED), LM_LINK_MACHINE);
        assert_int_equal(lm_link_of_attribution(x, LM_ATTRIBUTION_REFUSED), LM_LINK_MACHINE);
        assert_int_equal(lm_link_of_attribution(x, LM_ATTRIBUTION_DECIDED), said ? LM_LINK_REPORTED : LM_LINK_EVIDENCED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rules), cmocka_unit_test(order),  cmocka_unit_test(large),
                                        cmocka_unit_test(remembered), cmocka_unit_test(grades), cmocka_unit_test(links) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
