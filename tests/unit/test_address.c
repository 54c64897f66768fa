#include "fold_open.h"

#include "model/address.h"
#include "model/address_words.h"

/* number|predir|street|suffix|postdir|unit|box|city|state|zip */
static void address(const char *raw, const char *want, unsigned flags)
{
    char buf[LM_ADDRESS_BYTES], key[256];
    struct lm_address d;
    if (!lm_address_parse(fold, lm_str(raw), buf, sizeof buf, &d))
        fail_msg("%s: not read", raw);
    size_t n = lm_address_key(&d, key, sizeof key);
    if (!lm_str_eq((struct lm_str){ key, n }, lm_str(want)) || d.flags != flags)
        fail_msg("%s: %.*s flags %x, not %s", raw, (int)n, key, d.flags, want);
}

static void every_order_gives_one_address(void **state)
{
    (void)state;
    const char *want = "123|n|main|st||4||denver|co|80202";
    address("123 North Main St., Apt 4, Denver, CO 80202-1234", want, 0);
    address("123 N. Main Street #4, Denver, Colorado 80202", want, 0);
    address("Denver, Colorado 80202; 123 N. Main Street #4", want, 0);
    address("Denver CO 80202, 123 N Main St Apt 4", want, 0);
    address("123 N MAIN ST APT 4 DENVER CO 80202", want, 0);
    address("123 N MAIN ST\nAPARTMENT 4\nDENVER CO 80202\nUSA", want, 0);
    address("APT 4, 123 N MAIN STR, DENVER, CO, 80202, United States", want, 0);
    address("123 N Main St Unit # 4, Denver CO 802021234", want, 0);
}

static void streets_with_hard_names(void **state)
{
    (void)state;
    address("5 Park Ave, New York, NY 10016", "5||park|ave||||new york|ny|10016", 0);
    address("5 St Charles Ave New Orleans LA 70130", "5||st charles|ave||||new orleans|la|70130", 0);
    address("77 Mill Creek Rd Reno NV", "77||ml crk|rd||||reno|nv|", 0);
    address("123 Main Ct", "123||main|ct||||||", 0);
    address("123 Main St, Hartford, CT", "123||main|st||||hartford|ct|", 0);
    address("9 Fifth Ave NW, Albuquerque, New Mexico", "9||5th|ave|nw|||albuquerque|nm|", 0);
    address("10 North St, Yuma, AZ", "10||north|st||||yuma|az|", 0);
    address("123 Broadway Denver CO", "123||broadway|||||denver|co|", LM_ADDRESS_SPLIT_UNKNOWN);
    address("123 Broadway, Denver, CO", "123||broadway|||||denver|co|", 0);
    address("12 1/2 Elm St", "12 1/2||elm|st||||||", 0);
    address("123-45 Elm St, Queens NY", "123-45||elm|st||||queens|ny|", 0);
    address("44 forbes street", "44||forbes|st||||||", 0);
    address("Main Street 123, Denver CO", "123||main|st||||denver|co|", 0);
    address("Av. Juárez 123, Monterrey", "123||ave juarez|||||monterrey||", LM_ADDRESS_SPLIT_UNKNOWN);
    address("100 E Washington St, Phoenix, AZ 85004", "100|e|washington|st||||phoenix|az|85004", 0);
    address("1600 Pennsylvania Avenue NW Washington DC 20500",
            "1600||pennsylvania|ave|nw|||washington|dc|20500", 0);
    address("12345 Main St, Reno, NV", "12345||main|st||||reno|nv|", 0);
}

static void boxes_and_places_without_a_street(void **state)
{
    (void)state;
    address("P.O. Box 123, Reno, NV 89501", "||||||123|reno|nv|89501", 0);
    address("PO BOX 123 RENO NV 89501", "||||||123|reno|nv|89501", 0);
    address("Denver, CO", "|||||||denver|co|", 0);
    address("80202", "|||||||||80202", 0);
    address("Washington, DC 20500", "|||||||washington|dc|20500", 0);
    char buf[LM_ADDRESS_BYTES];
    struct lm_address d;
    assert_false(lm_address_parse(fold, LM_STR(" , ; "), buf, sizeof buf, &d));
    assert_false(lm_address_parse(fold, LM_STR(""), buf, sizeof buf, &d));
}

static void columns_and_texts(void **state)
{
    (void)state;
    char buf[LM_ADDRESS_BYTES], out[128];
    struct lm_address d;
    struct lm_address_columns c = { LM_STR("123 N. Main Street"), LM_STR("Apt. 4"), LM_STR("Denver"),
                                    LM_STR("Colorado"), LM_STR("80202-1234") };
    assert_true(lm_address_from_columns(fold, &c, buf, sizeof buf, &d));
    size_t n = lm_address_key(&d, out, sizeof out);
    assert_true(lm_str_eq((struct lm_str){ out, n }, LM_STR("123|n|main|st||4||denver|co|80202")));
    n = lm_address_text(&d, out, sizeof out);
    assert_true(lm_str_eq((struct lm_str){ out, n }, LM_STR("123 n main st apt 4, denver, co 80202-1234")));
    n = lm_address_wide_key(&d, out, sizeof out);
    assert_true(lm_str_eq((struct lm_str){ out, n }, LM_STR("123|main|80202")));
    struct lm_address_columns p = { .street = LM_STR("PO Box 7"), .city = LM_STR("Reno") };
    assert_true(lm_address_from_columns(fold, &p, buf, sizeof buf, &d));
    n = lm_address_text(&d, out, sizeof out);
    assert_true(lm_str_eq((struct lm_str){ out, n }, LM_STR("po box 7, reno")));
    n = lm_address_wide_key(&d, out, sizeof out);
    assert_true(lm_str_eq((struct lm_str){ out, n }, LM_STR("box|7|reno")));
}

static void the_table_is_sorted(void **state)
{
    (void)state;
    struct lm_str before = { NULL, 0 }, text;
    enum lm_address_word kind, last = LM_ADDRESS_UNIT;
    size_t n = lm_address_words(0, &text, &kind);
    assert_true(n > 400);
    for (size_t i = 0; i < n; i++) {
        (void)lm_address_words(i, &text, &kind);
        int order = lm_str_cmp(before, text);
        assert_true(order < 0 || (order == 0 && last < kind));
        struct lm_str standard = lm_address_word(text, kind);
        assert_true(standard.n > 0
                    && (kind == LM_ADDRESS_ORDINAL || lm_str_eq(lm_address_word(standard, kind), standard)));
        before = text;
        last = kind;
    }
    assert_null(lm_address_word(LM_STR("avenues"), LM_ADDRESS_SUFFIX).p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_gives_one_address),
        cmocka_unit_test(streets_with_hard_names),
        cmocka_unit_test(boxes_and_places_without_a_street),
        cmocka_unit_test(columns_and_texts),
        cmocka_unit_test(the_table_is_sorted),
    };
    return cmocka_run_group_tests(tests, open_fold, close_fold);
}
