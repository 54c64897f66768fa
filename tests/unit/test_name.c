#include "fold_open.h"

#include "model/name.h"
#include "model/name_words.h"

static void key_is(const struct lm_name *n, const char *raw, const char *want)
{
    char key[256];
    size_t k = lm_name_key(n, key, sizeof key);
    if (!lm_str_eq((struct lm_str){ key, k }, lm_str(want)))
        fail_msg("%s: %.*s, not %s", raw, (int)k, key, want);
}

/* raw in any order gives key "given|paternal|maternal|suffix" and exactly these flags. */
static void name(const char *raw, const char *want, unsigned flags)
{
    char buf[LM_NAME_BYTES];
    struct lm_name n;
    assert_true(lm_name_parse(fold, lm_str(raw), LM_NAME_ANY_ORDER, buf, sizeof buf, &n));
    key_is(&n, raw, want);
    if (n.flags != flags)
        fail_msg("%s: flags %x, not %x", raw, n.flags, flags);
}

static void other(const char *raw, const char *want)
{
    char buf[LM_NAME_BYTES];
    struct lm_name n, o;
    assert_true(lm_name_parse(fold, lm_str(raw), LM_NAME_ANY_ORDER, buf, sizeof buf, &n));
    assert_true(lm_name_other(&n, &o));
    key_is(&o, raw, want);
}

static void a_comma_tells_surnames_from_given_names(void **state)
{
    (void)state;
    name("GARCIA LOPEZ, Juan Carlos", "juan carlos|garcia|lopez|", 0);
    name("García, Juan", "juan|garcia||", 0);
    name("de la Cruz, María del Carmen", "maria carmen|cruz||", 0);
    name("Cruz, Juan de la", "juan|cruz||", 0);
    name("DE LA CRUZ Y PEREZ, JUAN", "juan|cruz|perez|", 0);
    name("Smith, John Q., Jr.", "john q|smith||jr", 0);
    name("Smith Jr., John", "john|smith||jr", 0);
    name("Smith, Jr., John", "john|smith||jr", 0);
    name("John Smith, Jr.", "john|smith||jr", 0);
    name("John Smith, MD", "john|smith||", 0);
    name("O BRIEN, PAT", "pat|obrien||", 0);
    name("GARCIA,", "|garcia||", 0);
    name(", Juan", "juan|||", 0);
    name("Garcia-Lopez, Ana", "ana|garcia lopez||", LM_NAME_HYPHEN);
    name("Ruiz Mora Vega, Ana", "ana|ruiz|mora vega|", LM_NAME_SPLIT_UNKNOWN);
    other("Ruiz Mora Vega, Ana", "ana|ruiz mora|vega|");
}

static void spanish_names_have_two_surnames(void **state)
{
    (void)state;
    name("Juan Carlos García López", "juan carlos|garcia|lopez|", 0);
    name("Juan García López", "juan|garcia|lopez|", 0);
    name("María del Carmen Ruiz", "maria carmen|ruiz||", 0);
    name("María del Carmen Ruiz Mora", "maria carmen|ruiz|mora|", 0);
    name("María de los Ángeles Pérez Ibáñez", "maria angeles|perez|ibanez|", 0);
    name("Juan de la Cruz", "juan|cruz||", 0);
    name("Juan de la Cruz y Pérez", "juan|cruz|perez|", 0);
    name("Ana López de García", "ana|lopez|garcia|", 0);
    name("Juan Y Garcia", "juan y|garcia||", LM_NAME_SPLIT_UNKNOWN);
    name("Juan Carlos Garcia", "juan carlos|garcia||", LM_NAME_SPLIT_UNKNOWN);
    other("Juan Carlos Garcia", "juan|carlos|garcia|");
    name("João Pereira da Silva", "joao pereira|silva||", LM_NAME_SPLIT_UNKNOWN);
    other("João Pereira da Silva", "joao|silva|pereira|"); /* the father's stands last */
    name("Lic. Benito Juárez", "benito|juarez||", 0);
}

static void particles_stand_beside_their_core(void **state)
{
    (void)state;
    char buf[LM_NAME_BYTES];
    struct lm_name n;
    assert_true(lm_name_parse(fold, LM_STR("Juan de la Cruz"), LM_NAME_ANY_ORDER, buf, sizeof buf, &n));
    assert_true(lm_str_eq(lm_name_paternal(&n)->particle, LM_STR("de la")));
    assert_true(lm_str_eq(lm_name_paternal(&n)->core, LM_STR("cruz")));
    char text[64];
    size_t k = lm_name_text(&n, text, sizeof text);
    assert_true(lm_str_eq((struct lm_str){ text, k }, LM_STR("juan de la cruz")));
    assert_true(lm_name_parse(fold, LM_STR("Cruz, Ana de la"), LM_NAME_ANY_ORDER, buf, sizeof buf, &n));
    assert_true(lm_str_eq(lm_name_paternal(&n)->particle, LM_STR("de la")));
    name("Ludwig van der Berg", "ludwig|berg||", 0);
    name("Van Morrison", "van|morrison||", 0);
    name("Juan San", "juan|san||", 0);
}

static void arabic_names(void **state)
{
    (void)state;
    name("Ahmad al-Hassan", "ahmad|hassan||", 0);
    name("Ahmad Al Hassan", "ahmad|hassan||", 0);
    name("Abd al-Rahman el-Sayed, Jr.", "abdrahman|sayed||jr", 0);
    name("Abdul Rahman Khan", "abdrahman|khan||", 0);
    name("Abdelrahman Khan", "abdrahman|khan||", 0);
    name("ʿAbd ar-Raḥmān Khān", "abdrahman|khan||", 0);
    name("Abdullah Khan", "abdullah|khan||", 0);
    name("Paula Abdul", "paula|abdul||", 0);
    name("Usama bin Zayd", "usama|zayd||", 0);
}

static void an_unknown_order_is_kept(void **state)
{
    (void)state;
    name("Nguyễn Văn An", "van an|nguyen||", LM_NAME_ORDER_UNKNOWN);
    other("Nguyễn Văn An", "nguyen van|an||");
    name("Van An Nguyen", "van an|nguyen||", 0);
    name("Nguyen, Van An", "van an|nguyen||", 0);
    name("Tran Nguyen", "tran|nguyen||", LM_NAME_ORDER_UNKNOWN);
    other("Tran Nguyen", "nguyen|tran||");
    name("Wang Wei", "wei|wang||", LM_NAME_ORDER_UNKNOWN);
    other("Wang Wei", "wang|wei||");
    name("王小明", "xiao ming|wang||", 0); /* the script says it */
    name("Chuy", "chuy|||", LM_NAME_SINGLE);
    other("Chuy", "|chuy||");
    char buf[LM_NAME_BYTES];
    struct lm_name n, o;
    assert_true(lm_name_parse(fold, LM_STR("Wang Wei"), LM_NAME_GIVEN_FIRST, buf, sizeof buf, &n));
    key_is(&n, "Wang Wei", "wang|wei||");
    assert_false(lm_name_other(&n, &o));
    assert_true(
        lm_name_parse(fold, LM_STR("GARCIA LOPEZ JUAN CARLOS"), LM_NAME_SURNAME_FIRST, buf, sizeof buf, &n));
    key_is(&n, "surname first", "juan carlos|garcia|lopez|");
    assert_true(
        lm_name_parse(fold, LM_STR("DE LA CRUZ LOPEZ JUAN"), LM_NAME_SURNAME_FIRST, buf, sizeof buf, &n));
    key_is(&n, "surname first", "juan|cruz|lopez|");
}

static void moniker_is(const char *raw, const char *moniker, const char *key)
{
    char buf[LM_NAME_BYTES];
    struct lm_name n;
    assert_true(lm_name_parse(fold, lm_str(raw), LM_NAME_ANY_ORDER, buf, sizeof buf, &n));
    if (!lm_str_eq(n.moniker, lm_str(moniker)))
        fail_msg("%s: moniker %.*s", raw, LM_STR_ARG(n.moniker));
    key_is(&n, raw, key);
}

static void monikers_are_no_part_of_the_name(void **state)
{
    (void)state;
    moniker_is("Juan \"El Chuy\" García", "el chuy", "juan|garcia||");
    moniker_is("Juan “El Güero” García", "el guero", "juan|garcia||");
    moniker_is("Juan 'El Chuy' García", "el chuy", "juan|garcia||");
    moniker_is("GARCIA, Juan (Chuy)", "chuy", "juan|garcia||");
    moniker_is("Juan Garcia aka El Chuy", "el chuy", "juan|garcia||");
    moniker_is("Pat O'Brien", "", "pat|obrien||");
    moniker_is("Pat O' Brien's", "", "pat o|briens||");
}

static void placeholders_are_no_names(void **state)
{
    (void)state;
    char buf[LM_NAME_BYTES];
    struct lm_name n;
    static const char *const none[] = { "unknown", "FNU LNU", "N/A", "", " . ", "UNK, UNK" };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(lm_name_parse(fold, lm_str(none[i]), LM_NAME_ANY_ORDER, buf, sizeof buf, &n));
    name("LNU, Juan", "juan|||", LM_NAME_PLACEHOLDER);
    name("Garcia, FNU", "|garcia||", LM_NAME_PLACEHOLDER);
    name("John Doe", "john|doe||", LM_NAME_PLACEHOLDER);
    name("Lopez Trucking LLC", "lopez trucking|llc||", LM_NAME_ORGANISATION);
    name("Juan Garcia 2nd", "juan|garcia||2nd", 0);
    name("Juan Garcia7", "juan|garcia7||", LM_NAME_DIGIT);
}

static void columns(const char *given, const char *surname, const char *second, const char *suffix,
                    const char *want)
{
    char buf[LM_NAME_BYTES];
    struct lm_name n;
    struct lm_name_columns c = { lm_str(given), lm_str(surname), lm_str(second), lm_str(suffix) };
    assert_true(lm_name_from_columns(fold, &c, buf, sizeof buf, &n));
    key_is(&n, surname, want);
}

static void columns_say_the_roles(void **state)
{
    (void)state;
    columns("Juan Carlos", "GARCIA LOPEZ", "", "", "juan carlos|garcia|lopez|");
    columns("Juan", "de la Cruz", "Pérez", "Jr", "juan|cruz|perez|jr");
    columns("Juan", "de la Cruz Ruiz", "Pérez", "", "juan|cruz ruiz|perez|");
    columns("Wei", "Wang", "", "", "wei|wang||");
    columns("", "Garcia", "", "", "|garcia||");
    columns("Juan", "", "", "", "juan|||");
    columns("Juan", "LNU", "", "", "juan|||");
    columns("", "Garcia, Juan", "", "", "juan|garcia||");
    columns("Van", "Do", "", "", "van|do||");
    columns("elk i", "menzies", "", "", "elk i|menzies||");
}

static void bags_forget_the_roles(void **state)
{
    (void)state;
    static const char *const same[] = { "GARCIA LOPEZ, Juan Carlos", "Juan Carlos Garcia Lopez",
                                        "Lopez Garcia, Carlos Juan" };
    for (size_t i = 0; i < 3; i++) {
        char buf[LM_NAME_BYTES], bag[64];
        struct lm_name n;
        assert_true(lm_name_parse(fold, lm_str(same[i]), LM_NAME_ANY_ORDER, buf, sizeof buf, &n));
        size_t k = lm_name_bag(&n, bag, sizeof bag);
        assert_true(lm_str_eq((struct lm_str){ bag, k }, LM_STR("carlos garcia juan lopez")));
    }
}

static void a_name_of_any_length_is_bounded(void **state)
{
    (void)state;
    static char raw[20000];
    char buf[LM_NAME_BYTES];
    struct lm_name n;
    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = i % 5 == 4 ? ' ' : 'a';
    assert_true(
        lm_name_parse(fold, (struct lm_str){ raw, sizeof raw }, LM_NAME_ANY_ORDER, buf, sizeof buf, &n));
    assert_true((n.flags & LM_NAME_CUT) != 0 && n.n_given + n.n_paternal + n.n_maternal == LM_NAME_PARTS);
    memset(raw, 'b', sizeof raw);
    assert_true(
        lm_name_parse(fold, (struct lm_str){ raw, sizeof raw }, LM_NAME_ANY_ORDER, buf, sizeof buf, &n));
    assert_true((n.flags & LM_NAME_CUT) != 0 && n.n_given == 1);
}

static void the_table_is_sorted(void **state)
{
    (void)state;
    struct lm_str before = { NULL, 0 }, word, form;
    unsigned bits;
    size_t n = lm_name_words(0, &word, &bits);
    for (size_t i = 0; i < n; i++) {
        (void)lm_name_words(i, &word, &bits);
        assert_true(lm_str_cmp(before, word) < 0 && bits != 0);
        assert_int_equal(lm_name_word(word), bits);
        before = word;
    }
    assert_int_equal(lm_name_word(LM_STR("garc")), 0);
    assert_int_equal(lm_name_word(LM_STR("garciaa")), 0);
    assert_int_equal(lm_name_word(LM_STR("villalobo")), 0);
    assert_int_equal(lm_name_word(LM_STR("perez")), LM_WORD_SPANISH);
    before = (struct lm_str){ NULL, 0 };
    n = lm_given_pairs(0, &form, &word);
    for (size_t i = 0; i < n; i++) {
        (void)lm_given_pairs(i, &form, &word);
        assert_true(lm_str_cmp(before, form) <= 0 && lm_given_related(form, word)
                    && lm_given_related(word, form));
        before = form;
    }
}

static void nicknames_aid_a_comparison(void **state)
{
    (void)state;
    assert_true(lm_given_related(LM_STR("francisco"), LM_STR("paco")));
    assert_true(lm_given_related(LM_STR("chuy"), LM_STR("jesus")));
    assert_true(lm_given_related(LM_STR("bob"), LM_STR("rob"))); /* both are robert */
    assert_true(lm_given_related(LM_STR("beto"), LM_STR("humberto")));
    assert_false(lm_given_related(LM_STR("roberto"), LM_STR("humberto")));
    assert_false(lm_given_related(LM_STR("paco"), LM_STR("pepe")));
    assert_false(lm_given_related(LM_STR(""), LM_STR("")));
    struct lm_str names[LM_GIVEN_NAMES];
    assert_int_equal(lm_given_names(LM_STR("bert"), names), 4); /* itself, and three names */
    assert_int_equal(lm_given_names(LM_STR("quetzal"), names), 1);
    assert_int_equal(lm_given_names(LM_STR(""), names), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_comma_tells_surnames_from_given_names),
        cmocka_unit_test(spanish_names_have_two_surnames),
        cmocka_unit_test(particles_stand_beside_their_core),
        cmocka_unit_test(arabic_names),
        cmocka_unit_test(an_unknown_order_is_kept),
        cmocka_unit_test(monikers_are_no_part_of_the_name),
        cmocka_unit_test(placeholders_are_no_names),
        cmocka_unit_test(columns_say_the_roles),
        cmocka_unit_test(bags_forget_the_roles),
        cmocka_unit_test(a_name_of_any_length_is_bounded),
        cmocka_unit_test(the_table_is_sorted),
        cmocka_unit_test(nicknames_aid_a_comparison),
    };
    return cmocka_run_group_tests(tests, open_fold, close_fold);
}
