/* test_password.c - keys from passwords against known answers, ceilings, streams that are cut and changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/password.h"

static const unsigned char salt[LM_PASSWORD_SALT_BYTES] = { 's', 'o', 'm', 'e', 's', 'a', 'l', 't', 's', 'o', 'm', 'e', 's', 'a', 'l', 't' };

static void lines(void **state)
{
    struct lm_str list = LM_STR("\n\none\r\n\r\ntwo\n three "), s;
    (void)state;
    s = lm_password_next(&list);
    assert_true(lm_str_eq(s, LM_STR("one")));
    s = lm_password_next(&list);
    assert_true(lm_str_eq(s, LM_STR("two")));
    s = lm_password_next(&list);
    assert_true(lm_str_eq(s, LM_STR(" three "))); /* blanks are a password's own */
    assert_null(lm_password_next(&list).p);
    assert_null(lm_password_next(&list).p);
}

/* The same through libsodium's own call, and that the two kinds, the salt and the work all matter. */
static void keys(void **state)
{
    unsigned char want[32], got[32], other[32];
    struct lm_error e = { 0 };
    (void)state;
    assert_int_equal(crypto_pwhash(want, 32, "password", 8, salt, 3, 8 << 20, crypto_pwhash_ALG_ARGON2ID13), 0);
    assert_int_equal(lm_password_key(LM_PASSWORD_ARGON2ID, LM_STR("password"), salt, 3, 8 << 20, got, &e), LM_OK);
    assert_memory_equal(want, got, 32);
    assert_int_equal(lm_password_key(LM_PASSWORD_ARGON2I, LM_STR("password"), salt, 3, 8 << 20, other, &e), LM_OK);
    assert_memory_not_equal(got, other, 32);
    assert_int_equal(lm_password_key(LM_PASSWORD_ARGON2ID, LM_STR("password"), salt, 4, 8 << 20, other, &e), LM_OK);
    assert_memory_not_equal(got, other, 32);
    lm_password_wipe(other, sizeof other);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(other[i], 0);
}

static void ceilings(void **state)
{
    unsigned char key[32];
    struct lm_error e = { 0 };
    (void)state;
    assert_int_equal(lm_password_key(LM_PASSWORD_ARGON2ID, LM_STR("p"), salt, 1, UINT64_C(0xffffffff), key, &e), LM_ELIMIT);
    assert_int_equal(lm_password_key(LM_PASSWORD_ARGON2ID, LM_STR("p"), salt, UINT64_C(0xffffffff), 8192, key, &e), LM_ELIMIT);
    assert_int_equal(lm_password_key(LM_PASSWORD_ARGON2ID, LM_STR("p"), salt, UINT64_MAX, UINT64_C(1) << 30, key, &e), LM_ELIMIT);
    assert_int_equal(lm_password_key(LM_PASSWORD_ARGON2ID, LM_STR("p"), salt, 0, 8192, key, &e), LM_ELIMIT);
    assert_int_equal(lm_password_key(LM_PASSWORD_ARGON2ID, LM_STR("p"), salt, 1, 0, key, &e), LM_ELIMIT);
    assert_int_equal(lm_password_key(LM_PASSWORD_ARGON2I, LM_STR("p"), salt, 2, 8 << 20, key, &e), LM_ELIMIT); /* that kind wants 3 */
}

#define PIECE 64

static size_t sealed(const char *text, size_t n, const unsigned char key[32], unsigned char header[24], bool mark_last, char *out)
{
    crypto_secretstream_xchacha20poly1305_state s;
    size_t k = 0;
    (void)crypto_secretstream_xchacha20poly1305_init_push(&s, header, key);
    for (size_t at = 0; at < n; at += PIECE) {
        size_t one = n - at < PIECE ? n - at : PIECE;
        unsigned long long got;
        bool last = mark_last && at + one == n;
        (void)crypto_secretstream_xchacha20poly1305_push(&s, (unsigned char *)out + k, &got, (const unsigned char *)text + at, one,
                                                         (const unsigned char *)"extra", 5,
                                                         last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        k += (size_t)got;
    }
    return k;
}

/* Opened, and read in pieces of an odd size and then, backwards, in single bytes. */
static lm_err opened(struct lm_str in, const unsigned char header[24], const unsigned char key[32], size_t piece, struct lm_str extra, char *out,
                     size_t *ret_n, bool *ret_whole)
{
    struct lm_arena a;
    struct lm_sealed s;
    lm_arena_init(&a, 0);
    lm_err err = lm_sealed_open(&a, in, header, key, piece, extra, &s);
    if (err == LM_OK) {
        *ret_n = (size_t)s.n;
        *ret_whole = s.whole;
        for (size_t at = 0; at < *ret_n; at += 29)
            lm_sealed_read(&s, at, out + at, *ret_n - at < 29 ? *ret_n - at : 29);
        for (size_t at = *ret_n; at-- > 0;) {
            char c;
            lm_sealed_read(&s, at, &c, 1);
            assert_int_equal(c, out[at]);
        }
    }
    if (err == LM_OK)
        lm_sealed_close(&s);
    lm_arena_free(&a);
    return err;
}

static void streams(void **state)
{
    unsigned char key[32] = { 7 }, header[24], wrong[32] = { 8 };
    char text[3 * PIECE + 10], box[sizeof text + 4 * LM_SEALED_EXTRA_BYTES], out[sizeof box];
    size_t n = 0;
    bool whole = false;
    (void)state;
    assert_true(sodium_init() >= 0);
    randombytes_buf(text, sizeof text);
    size_t k = sealed(text, sizeof text, key, header, true, box);
    struct lm_str all = { box, k };
    assert_int_equal(opened(all, header, key, PIECE, LM_STR("extra"), out, &n, &whole), LM_OK);
    assert_true(whole && n == sizeof text && memcmp(out, text, n) == 0);
    assert_int_equal(opened(all, header, wrong, PIECE, LM_STR("extra"), out, &n, &whole), LM_EDENIED);
    assert_int_equal(opened(all, header, key, PIECE, LM_STR("other"), out, &n, &whole), LM_EDENIED);
    /* cut anywhere: what is whole before the cut is good, and the cut is seen */
    for (size_t cut = 1; cut < k; cut++) {
        lm_err err = opened(lm_str_take(all, cut), header, key, PIECE, LM_STR("extra"), out, &n, &whole);
        if (cut < PIECE + LM_SEALED_EXTRA_BYTES) {
            assert_int_equal(err, LM_EDENIED);
            continue;
        }
        assert_int_equal(err, LM_OK);
        assert_true(n % PIECE == 0 && n < sizeof text && memcmp(out, text, n) == 0);
        if (cut % (PIECE + LM_SEALED_EXTRA_BYTES) != 0)
            assert_false(whole);
    }
    /* a changed byte in the third message */
    box[2 * (PIECE + LM_SEALED_EXTRA_BYTES) + 5] ^= 1;
    assert_int_equal(opened(all, header, key, PIECE, LM_STR("extra"), out, &n, &whole), LM_OK);
    assert_true(!whole && n == 2 * PIECE);
    /* full pieces only, without a mark at the end: whole, as some writers leave it */
    k = sealed(text, 2 * PIECE, key, header, false, box);
    assert_int_equal(opened((struct lm_str){ box, k }, header, key, PIECE, LM_STR("extra"), out, &n, &whole), LM_OK);
    assert_true(whole && n == 2 * PIECE);
    /* one message for all */
    k = sealed(text, PIECE, key, header, true, box);
    assert_int_equal(opened((struct lm_str){ box, k }, header, key, 0, LM_STR("extra"), out, &n, &whole), LM_OK);
    assert_true(whole && n == PIECE);
}

/* Longer messages than the key stream's blocks, keys that are changed between them, and more messages than there are marks. */
static void long_streams(void **state)
{
    enum { LARGE = 5000, SMALL = 7, N = 40000 };
    unsigned char key[32] = { 9 }, header[24];
    size_t n = 0, k = 0;
    bool whole = false;
    (void)state;
    for (int small = 0; small < 2; small++) {
        size_t piece = small ? SMALL : LARGE, count = small ? N : 9, room = count * (piece + LM_SEALED_EXTRA_BYTES);
        char *text = malloc(room), *box = malloc(room), *out = malloc(room);
        crypto_secretstream_xchacha20poly1305_state s;
        randombytes_buf(text, room);
        (void)crypto_secretstream_xchacha20poly1305_init_push(&s, header, key);
        k = 0;
        for (size_t i = 0; i < count; i++) {
            unsigned long long got;
            (void)crypto_secretstream_xchacha20poly1305_push(&s, (unsigned char *)box + k, &got, (const unsigned char *)text + i * piece, piece, NULL, 0,
                                                             i + 1 == count ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                                             : i % 3 == 1 ? crypto_secretstream_xchacha20poly1305_TAG_REKEY : 0);
            k += (size_t)got;
        }
        assert_int_equal(opened((struct lm_str){ box, k }, header, key, piece, (struct lm_str){ NULL, 0 }, out, &n, &whole), LM_OK);
        assert_true(whole && n == count * piece && memcmp(out, text, n) == 0);
        free(text);
        free(box);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lines), cmocka_unit_test(keys), cmocka_unit_test(ceilings), cmocka_unit_test(streams),
                                        cmocka_unit_test(long_streams) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
