/* test_postbox.c - the key/value encoding of Telegram's Postbox: hand-made bytes, every cut of them, hashes of class names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "formats/postbox.h"
#include "readers/telegram_ios_db.h"

/* { _: object(hash 1) { a: int32 7, b: int64 -1, c: "hi", o: [object(hash 2) { x: true }], n: nil, y: bytes 00ff, z: [1, 2] (int64) } } */
#define INNER "\x01" "a\x00\x07\0\0\0" "\x01" "b\x01\xff\xff\xff\xff\xff\xff\xff\xff" "\x01" "c\x04\x02\0\0\0hi"                 \
    "\x01" "o\x08\x01\0\0\0" "\x02\0\0\0\x04\0\0\0" "\x01x\x02\x01" "\x01" "n\x0b" "\x01" "y\x0a\x02\0\0\0\x00\xff"                 \
    "\x01" "z\x07\x02\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0"
static const char inner[] = INNER;
#define BYTES(x) ((struct lm_str){ x, sizeof x - 1 })

static struct lm_str whole(void)
{
    static char out[256];
    size_t n = 0;
    memcpy(out, "\x01_\x05\x01\0\0\0", 7);
    out[7] = (char)(sizeof inner - 1);
    memcpy(out + 8, "\0\0\0", 3);
    n = 11;
    memcpy(out + n, inner, sizeof inner - 1);
    return (struct lm_str){ out, n + sizeof inner - 1 };
}

static void entries_are_read(void **state)
{
    (void)state;
    struct lm_pbx_value root, v;
    int64_t i;
    assert_true(lm_pbx_root(whole(), &root));
    assert_int_equal(root.hash, 1);
    assert_true(lm_pbx_int(root.s, "a", &i) && i == 7);
    assert_true(lm_pbx_int(root.s, "b", &i) && i == -1);
    assert_false(lm_pbx_int(root.s, "c", &i)); /* a text is no number */
    assert_true(lm_str_eq(lm_pbx_text(root.s, "c"), LM_STR("hi")));
    assert_int_equal(lm_pbx_text(root.s, "none").n, 0);
    assert_true(lm_pbx_find(root.s, "o", LM_PBX_OBJECT_ARRAY, &v));
    struct lm_str items = v.s;
    struct lm_pbx_value one;
    assert_true(lm_pbx_item(&items, &one));
    assert_int_equal(one.hash, 2);
    assert_false(lm_pbx_item(&items, &one));
}

static void as_json(void **state)
{
    (void)state;
    static const char *const taken[] = { "a", NULL };
    struct lm_pbx_value root;
    struct lm_json_out o;
    struct lm_buf b;
    lm_buf_init(&b, 4096);
    lm_json_out_init(&o, &b);
    assert_true(lm_pbx_root(whole(), &root));
    lm_json_object(&o);
    lm_pbx_json(&o, root.s, taken, NULL);
    lm_json_object_end(&o);
    assert_true(lm_str_eq(lm_buf_str(&b), LM_STR("{\"b\":-1,\"c\":\"hi\",\"o\":[{\"@type\":\"0x00000002\",\"x\":true}],"
                                                 "\"y\":{\"bytes\":2,\"hex\":\"00ff\"},\"z\":[1,2]}")));
    lm_buf_free(&b);
}

static void what_is_cut_is_no_root(void **state)
{
    (void)state;
    struct lm_str all = whole();
    struct lm_pbx_value v;
    for (size_t n = 0; n < all.n; n++) {
        char *copy = malloc(n + 1); /* so that a read beyond it is seen */
        memcpy(copy, all.p, n);
        assert_false(lm_pbx_root((struct lm_str){ copy, n }, &v));
        free(copy);
    }
    assert_false(lm_pbx_root(LM_STR("\x01_\x04"), &v)); /* a root is an object */
}

static void classes_have_the_hashes_of_their_names(void **state)
{
    (void)state;
    static const char *const names[] = { "TelegramUser", "TelegramMediaAction", "TelegramMediaFileAttribute", "ReplyMessageAttribute", "MessageTextEntity" };
    assert_int_equal(lm_pbx_hash("TelegramUser"), 0x9e68a52b); /* computed with another MurmurHash3, seed -137723950 */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(tgi_class(lm_pbx_hash(names[i])), names[i]);
    size_t known = 0;
    const char *name;
    for (size_t i = 0; (name = tgi_class_at(i)) != NULL; i++, known++)
        assert_string_equal(tgi_class(lm_pbx_hash(name)), name);
    assert_true(known > 40);
    assert_null(tgi_class(1));
}

static void peers_are_numbers_of_three_parts(void **state)
{
    (void)state;
    static const struct {
        int64_t number, id;
        enum tgi_kind kind;
    } list[] = { { 700001, 700001, TGI_USER }, { (INT64_C(1) << 32) | 4001, 4001, TGI_GROUP }, { (INT64_C(2) << 32) | 9, 9, TGI_CHANNEL },
                 { (INT64_C(3) << 32) | 0xfffffffb, -5, TGI_SECRET }, { 37164771076, 7100000004, TGI_USER }, { INT64_C(0x7fffffff) << 32, 0, TGI_NOBODY },
                 { 0, 0, TGI_NOBODY } };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct tgi_peer p = tgi_peer_of(list[i].number);
        assert_int_equal(p.kind, list[i].kind);
        if (p.kind != TGI_NOBODY)
            assert_int_equal(p.id, list[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_read),
        cmocka_unit_test(as_json),
        cmocka_unit_test(what_is_cut_is_no_root),
        cmocka_unit_test(classes_have_the_hashes_of_their_names),
        cmocka_unit_test(peers_are_numbers_of_three_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
