/* test_device_bids.c - which reader asks for which database: its own does, and no other asks for nearly as much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lastmile/reader.h"

static const struct {
    const char *reader, *fixture, *path; /* path: under what name it is offered; NULL: its own */
} files[] = {
    { "instagram_ios_db", "instagram_ios_db/1001.db", NULL },
    { "instagram_ios_db", "instagram_ios_db/1001.db", "7c/7c7fba66680ef796b916b067077cc246adacf01d" },
    { "instagram_android_db", "instagram_android_db/direct.db", NULL },
    { "instagram_android_db", "instagram_android_db/direct.db", "f0001" },
    { "instagram_android_db", "instagram_android_db/ig_msys_database_178001", NULL },
    { "messenger_ios_db", "messenger_ios_db/1001.db", NULL },
    { "messenger_ios_db", "messenger_ios_db/1001.db", "f0002" },
    { "messenger_ios_db", "messenger_ios_db/damaged_lightspeed.db", NULL },
    { "messenger_android_db", "messenger_android_db/msys_database_100001", NULL },
    { "messenger_android_db", "messenger_android_db/msys_database_100001", "f0003" },
    { "messenger_android_db", "messenger_android_db/threads_db2", NULL },
    { "messenger_android_db", "messenger_android_db/threads_db2", "f0004" },
    { "messenger_android_db", "messenger_android_db/threads_db2-uid", NULL },
    { "telegram_android_db", "telegram_android_db/files/cache4.db", NULL },
    { "telegram_android_db", "telegram_android_db/files/cache4.db", "f0005" },
    { "telegram_android_xml", "telegram_android_xml/userconfing.xml", NULL },
    { "telegram_android_xml", "telegram_android_xml/userconfing.xml", "f0006.xml" },
    { "telegram_android_xml", "telegram_android_xml/userconfig2.xml", NULL },
    { "whatsapp_ios", "whatsapp_ios/phone/ChatStorage.sqlite", "f0007" },
    { "whatsapp_android", "whatsapp_android/com.whatsapp/databases/msgstore.db", "f0008" },
    { "whatsapp_android", "whatsapp_android/com.whatsapp/databases/wa.db", "f0009" },
    { "whatsapp_android", "whatsapp_android/old/msgstore.db", "f0010" },
    { "whatsapp_android", "whatsapp_android/com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml", NULL },
    { "ios_sms", "ios_sms/sms.db", "f0011" },
    { "ios_addressbook", "ios_addressbook/AddressBook.sqlitedb", "f0012" },
    { "android_sms", "android_sms/mmssms.db", "f0013" },
    { "android_contacts", "android_contacts/contacts2.db", "f0014" },
};

static void test_bids(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char full[4096];
        (void)snprintf(full, sizeof full, "%s/tests/fixtures/%s", getenv("LM_TOP"), files[i].fixture);
        FILE *f = fopen(full, "rb");
        assert_non_null(f);
        char *p = malloc((size_t)1 << 20);
        assert_non_null(p);
        struct lm_str bytes = { p, fread(p, 1, (size_t)1 << 20, f) };
        (void)fclose(f);
        struct lm_input in = { .bytes = bytes, .path = lm_str(files[i].path != NULL ? files[i].path : files[i].fixture) };
        const struct lm_reader *own = lm_reader_find(lm_str(files[i].reader));
        assert_non_null(own);
        int best = own->bid(&in, lm_str_take(bytes, own->lookahead));
        if (best < 24)
            fail_msg("%s bids %d for %s as %.*s", own->name, best, files[i].fixture, LM_STR_ARG(in.path));
        for (size_t k = 0; lm_readers[k] != NULL; k++) {
            int other = lm_readers[k] != own ? lm_readers[k]->bid(&in, lm_str_take(bytes, lm_readers[k]->lookahead)) : 0;
            if (other + 8 > best)
                fail_msg("%s bids %d for %s as %.*s, %s %d", lm_readers[k]->name, other, files[i].fixture, LM_STR_ARG(in.path), own->name, best);
        }
        free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_bids) };
    return cmocka_run_group_tests_name("device_bids", tests, NULL, NULL);
}
