/* test_signal_readers.c - accounts of Signal, JSON inside evidence, and who claims which file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lastmile/reader.h"
#include "readers/shared/json_tree.h"
#include "readers/shared/signal_db.h"

#define SAYS(s, literal) assert_true(lm_str_eq((s), LM_STR(literal)))

static void test_accounts(void **state)
{
    struct lm_arena a;
    struct lm_account_ref r;
    char bytes[17] = { 1 };
    (void)state;
    lm_arena_init(&a, (size_t)1 << 20);
    for (int i = 1; i < 17; i++)
        bytes[i] = (char)(0xa0 + i - 1);
    SAYS(lm_signal_uuid(&a, (struct lm_str){ bytes + 1, 16 }), "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
    SAYS(lm_signal_uuid(&a, (struct lm_str){ bytes, 17 }), "PNI:a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
    bytes[0] = 2;
    assert_int_equal(lm_signal_uuid(&a, (struct lm_str){ bytes, 17 }).n, 0);
    assert_int_equal(lm_signal_uuid(&a, (struct lm_str){ bytes, 15 }).n, 0);
    struct lm_signal_who w = { .aci = LM_STR("A0000000-0000-4000-8000-00000000000F"), .phone = LM_STR("+13035550101"), .name = LM_STR("Ana") };
    assert_int_equal(lm_signal_account(&a, &w, &r), LM_OK);
    SAYS(r.native, "a0000000-0000-4000-8000-00000000000f");
    w.aci = LM_STR("PNI:B0000000-0000-4000-8000-00000000000F"); /* a service id may be either */
    assert_int_equal(lm_signal_account(&a, &w, &r), LM_OK);
    SAYS(r.native, "PNI:b0000000-0000-4000-8000-00000000000f");
    w.aci = LM_STR("00000000-0000-0000-0000-000000000000");
    assert_int_equal(lm_signal_account(&a, &w, &r), LM_OK);
    SAYS(r.native, "+13035550101");
    w.phone = LM_STR("13035550101");
    assert_int_equal(lm_signal_account(&a, &w, &r), LM_OK);
    SAYS(r.native, "+13035550101");
    w.phone = (struct lm_str){ NULL, 0 };
    assert_int_equal(lm_signal_account(&a, &w, &r), LM_OK);
    assert_int_equal(r.form, LM_ACCOUNT_NAME);
    w.name = (struct lm_str){ NULL, 0 };
    assert_int_equal(lm_signal_account(&a, &w, &r), LM_OK);
    assert_int_equal(r.form, LM_ACCOUNT_NONE);
    lm_arena_free(&a);
}

static void test_tree(void **state)
{
    static const char text[] = "{\"a\":[1,{\"b\":\"x\\u0000y\"},null],\"c\":{},\"d\":\"\",\"e\":true,\"f\":{\"g\":2,\"h\":3}}";
    struct lm_arena a;
    struct lm_jnode *root;
    struct lm_buf out;
    struct lm_json_out o;
    bool odd, broken;
    int64_t v;
    (void)state;
    lm_arena_init(&a, (size_t)64 << 20);
    lm_buf_init(&out, 4096);
    assert_int_equal(lm_jtree_parse(&a, lm_str(text), &root, &odd, &broken), LM_OK);
    assert_true(odd && !broken);
    assert_true(lm_jtree_i64(lm_jtree_take(lm_jtree_get(root, "f"), "g"), &v) && v == 2);
    assert_null(lm_jtree_get(root, "z"));
    lm_json_out_init(&o, &out);
    lm_json_object(&o);
    lm_jtree_rest(&o, root);
    lm_json_object_end(&o);
    SAYS(lm_buf_str(&out), "{\"a\":[1,{\"b\":\"x\xef\xbf\xbdy\"},null],\"e\":true,\"f\":{\"h\":3}}");
    /* every prefix: what stands before the end, and it is told */
    for (size_t n = 1; n + 1 < sizeof text; n++) {
        assert_int_equal(lm_jtree_parse(&a, (struct lm_str){ text, n }, &root, &odd, &broken), LM_OK);
        assert_true(broken);
    }
    /* deeper and larger than it goes */
    char deep[400];
    memset(deep, '[', sizeof deep);
    assert_int_equal(lm_jtree_parse(&a, (struct lm_str){ deep, sizeof deep }, &root, &odd, &broken), LM_OK);
    assert_true(broken);
    size_t n = 200001;
    char *many = malloc(n);
    assert_non_null(many);
    for (size_t i = 0; i < n; i++)
        many[i] = i == 0 ? '[' : i % 2 == 1 ? '1' : ',';
    assert_int_equal(lm_jtree_parse(&a, (struct lm_str){ many, n }, &root, &odd, &broken), LM_OK);
    assert_true(broken);
    free(many);
    lm_buf_free(&out);
    lm_arena_free(&a);
}

/* --- who claims which file --- */

static const struct {
    const char *reader, *path;
} files[] = {
    { "signal_backup", "signal_backup/conversation.binproto" },
    { "signal_backup", "signal_backup/encrypted.bin" },
    { "signal_backup", "signal_backup/signal-2026-01-31-12-30-00.backup" },
    { "signal_desktop_db", "signal_desktop_db/sql/db.sqlite" },
    { "signal_desktop_db", "signal_desktop_db/encrypted/sql/db.sqlite" },
    { "signal_desktop_db", "signal_desktop_db/damaged_old.sqlite" },
    { "signal_android_db", "signal_android_db/databases/signal.db" },
    { "signal_android_db", "signal_android_db/damaged_old.db" },
    { "signal_android_db", "signal_android_db/encrypted/signal.db" },
    { "signal_android_db", "signal_android_db/signal-key-value.db" },
    { "signal_ios_db", "signal_ios_db/grdb/signal.sqlite" },
    { "signal_ios_db", "signal_ios_db/encrypted/signal.sqlite" },
    { "signal_ios_db", "signal_ios_db/header/signal.sqlite" },
    { "signal_text", "signal_text/Beto/chat.md" },
    { "signal_text", "signal_text/Beto/newer.md" },
    { "signal_export_json", "signal_export_json/Beto/data.json" },
    { "signal_account_return", "signal_account_return/answer.txt" },
    { "android_sms", "android_sms/mmssms.db" },
    { "ios_sms", "ios_sms/sms.db" },
    { "whatsapp_android", "whatsapp_android/com.whatsapp/databases/msgstore.db" },
    { "whatsapp_ios", "whatsapp_ios/phone/ChatStorage.sqlite" },
};

static struct lm_str load(const char *path)
{
    char full[4096];
    (void)snprintf(full, sizeof full, "%s/tests/fixtures/%s", getenv("LM_TOP"), path);
    FILE *f = fopen(full, "rb");
    assert_non_null(f);
    char *p = malloc((size_t)1 << 20);
    assert_non_null(p);
    size_t n = fread(p, 1, (size_t)1 << 20, f);
    (void)fclose(f);
    return (struct lm_str){ p, n };
}

static void test_bids(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct lm_str bytes = load(files[i].path);
        struct lm_input in = { .bytes = bytes, .path = lm_str(files[i].path) };
        int own = lm_reader_find(lm_str(files[i].reader))->bid(&in, bytes);
        assert_true(own >= 8);
        for (size_t k = 0; lm_readers[k] != NULL; k++) {
            const struct lm_reader *r = lm_readers[k];
            int bits = r->bid(&in, lm_str_take(bytes, r->lookahead));
            if (strcmp(r->name, files[i].reader) != 0 && bits + 8 >= own)
                fail_msg("%s: %s bids %d beside %s with %d", files[i].path, r->name, bits, files[i].reader, own);
        }
        free((void *)(uintptr_t)bytes.p);
    }
}

/* Noise under another name is nobody's. */
static void test_noise(void **state)
{
    struct lm_str bytes = load("signal_desktop_db/encrypted/sql/db.sqlite");
    struct lm_input in = { .bytes = bytes, .path = LM_STR("backup/0123.bin") };
    (void)state;
    assert_true(lm_dbread_looks_encrypted(bytes));
    assert_false(lm_dbread_looks_encrypted(lm_str_take(bytes, 4095)));
    for (size_t k = 0; lm_readers[k] != NULL; k++)
        if (lm_str_starts(lm_str(lm_readers[k]->name), LM_STR("signal_")))
            assert_int_equal(lm_readers[k]->bid(&in, bytes), 0);
    free((void *)(uintptr_t)bytes.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accounts), cmocka_unit_test(test_tree), cmocka_unit_test(test_bids), cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
