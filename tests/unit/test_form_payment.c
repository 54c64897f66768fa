/* Payment tags, with the vectors of the documents that define them. */
#include "form_check.h"

#include <stdio.h>

#include "model/coin.h"

#define NONE LM_FORM_REASON_NONE

static void keccak_is_the_one_before_fips_202(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        { "", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470" },
        { "abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45" },
    };
    for (size_t i = 0; i < 2; i++) {
        uint8_t h[32];
        char hex[65];
        lm_keccak256((const uint8_t *)texts[i][0], strlen(texts[i][0]), h);
        for (size_t k = 0; k < 32; k++)
            (void)snprintf(hex + 2 * k, 3, "%02x", h[k]);
        assert_string_equal(hex, texts[i][1]);
    }
}

static void coin(const char *raw, const char *network, const char *normal)
{
    struct lm_form f = form_of(LM_FORM_PAYMENT, raw);
    if (f.kind != LM_FORM_COIN || f.standing != LM_FORM_VALID || (f.flags & LM_FORM_CHECKED) == 0)
        fail_msg("%s: %s, standing %d, %s", raw, lm_form_kind_word(f.kind), (int)f.standing,
                 lm_form_reason_word(f.reason));
    text_is(f.detail[0], network);
    text_is(f.normal, normal);
}

static void addresses_prove_themselves(void **state)
{
    (void)state;
    coin("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bitcoin",
         "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"); /* the first block */
    coin("3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "bitcoin", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG");
    coin("bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=1", "bitcoin",
         "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
    coin("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bitcoin",
         "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"); /* BIP 173 */
    coin("tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "bitcoin_test",
         "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7");
    coin("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bitcoin",
         "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"); /* BIP 350 */
    coin("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "bitcoin_cash",
         "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"); /* CashAddr specification */
    coin("QPM2QSZNHKS23Z7629MMS6S4CWEF74VCWVY22GDX6A", "bitcoin_cash",
         "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a");
    coin("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "ethereum",
         "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"); /* ERC-55 */
    coin("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "ethereum",
         "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359");
    coin("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "ethereum",
         "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB");
    coin("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb", "ethereum",
         "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb");
    coin("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "tron",
         "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"); /* a contract that all know */
    coin(
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
        "monero",
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"); /* the project's own */
}

static void one_letter_wrong_is_seen(void **state)
{
    (void)state;
    form_is(LM_FORM_COIN, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            LM_FORM_REASON_CHECK_DIGIT);
    form_is(LM_FORM_COIN, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", LM_FORM_REASON_CHECK_DIGIT);
    /* Version 1 with the constant of version 0, version 17, a program of one byte: BIP 350 calls them
     * invalid. */
    form_is(LM_FORM_COIN, "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
            "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", LM_FORM_REASON_CHECK_DIGIT);
    form_is(LM_FORM_COIN, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", LM_FORM_REASON_CHECK_DIGIT);
    struct lm_form f = form_is(LM_FORM_COIN, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
                               "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", LM_FORM_REASON_CHECK_DIGIT);
    f = form_is(LM_FORM_COIN, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
                "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", NONE);
    assert_true((f.flags & LM_FORM_CHECKED) == 0); /* one case proves nothing */
    form_refused(LM_FORM_COIN, "hello", LM_FORM_REASON_NOT_THIS);
    form_refused(LM_FORM_COIN, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeZ", LM_FORM_REASON_NOT_THIS);
    form_refused(LM_FORM_COIN, "111111111111111111111111111", LM_FORM_REASON_NOT_THIS);
}

static void tags_of_payment_services(void **state)
{
    (void)state;
    struct lm_form f = form_is(LM_FORM_PAYMENT, "$Beto-99", "$beto-99", LM_FORM_REASON_CHARACTERS);
    assert_int_equal(f.kind, LM_FORM_CASHTAG);
    form_is(LM_FORM_PAYMENT, "$ElChuy99", "$elchuy99", NONE);
    form_is(LM_FORM_CASHTAG, "ElChuy99", "$elchuy99", NONE);
    form_is(LM_FORM_PAYMENT, "https://cash.app/$ElChuy99/12", "$elchuy99", NONE);
    form_is(LM_FORM_CASHTAG, "$abcdefghijklmnopqrstu", "$abcdefghijklmnopqrstu", LM_FORM_REASON_LENGTH);
    form_refused(LM_FORM_PAYMENT, "$500", LM_FORM_REASON_NOT_THIS);
    f = form_is(LM_FORM_PAYMENT, "@El-Chuy_9", "@el-chuy_9", NONE);
    assert_int_equal(f.kind, LM_FORM_VENMO);
    text_is(f.wide, "elchuy9");
    form_is(LM_FORM_PAYMENT, "venmo.com/u/El-Chuy_9", "@el-chuy_9", NONE);
    form_is(LM_FORM_VENMO, "@abc", "@abc", LM_FORM_REASON_LENGTH);
    form_refused(LM_FORM_VENMO, "@a b c d e", LM_FORM_REASON_CHARACTERS);
    f = form_is(LM_FORM_PAYMENT, "(303) 555-0101", "+13035550101", NONE); /* Zelle */
    assert_int_equal(f.kind, LM_FORM_PHONE);
    f = form_is(LM_FORM_PAYMENT, "Beto@Example.org", "beto@example.org", NONE);
    assert_int_equal(f.kind, LM_FORM_EMAIL);
    form_refused(LM_FORM_PAYMENT, "n/a", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_PAYMENT, "hello", LM_FORM_REASON_CHARACTERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keccak_is_the_one_before_fips_202),
        cmocka_unit_test(addresses_prove_themselves),
        cmocka_unit_test(one_letter_wrong_is_seen),
        cmocka_unit_test(tags_of_payment_services),
    };
    return cmocka_run_group_tests(tests, form_check_open, form_check_close);
}
