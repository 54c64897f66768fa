/* Phones, mailboxes, handles, account ids, addresses of the internet; and that every kind answers the one
 * question. */
#include "form_check.h"

#include "model/selector.h"

#define NONE LM_FORM_REASON_NONE

static void phones_in_every_spelling(void **state)
{
    (void)state;
    struct lm_form f = form_is(LM_FORM_PHONE, " (303) 555-0101 ", "+13035550101", NONE);
    text_is(f.normal, "+13035550101");
    text_is(f.wide, "5550101");
    assert_true((f.flags & LM_FORM_REGION_TAKEN) != 0);
    f = form_is(LM_FORM_PHONE, "+1 303 555 0101", "+13035550101", NONE);
    assert_true((f.flags & LM_FORM_REGION_TAKEN) == 0);
    form_is(LM_FORM_PHONE, "tel:+1-303-555-0101;phone-context=+1", "+13035550101", NONE);
    form_is(LM_FORM_PHONE, "sip:+13035550101@example.org;user=phone", "+13035550101", NONE);
    form_is(LM_FORM_PHONE, "13035550101@s.whatsapp.net", "+13035550101", NONE);
    form_is(LM_FORM_PHONE, "13035550101:12@s.whatsapp.net", "+13035550101", NONE);
    form_is(LM_FORM_PHONE, "13035550101.0:12@s.whatsapp.net", "+13035550101", NONE);
    form_is(LM_FORM_PHONE, "https://wa.me/13035550101", "+13035550101", NONE);
    form_is(LM_FORM_PHONE, "*67 303 555 0101", "+13035550101", NONE);
    form_is(LM_FORM_PHONE, "+1 103 555 0101", "+11035550101", LM_FORM_REASON_RANGE);
    f = form_is(LM_FORM_PHONE, "555-0101", "+15550101", LM_FORM_REASON_NO_AREA_CODE);
    assert_true((f.flags & LM_FORM_NEVER_ALONE) != 0);
    form_check.context.region = "MX";
    form_is(LM_FORM_PHONE, "55 5555 0101", "+525555550101", NONE);
    form_check.context.region = NULL;
}

/* One telephone under two spellings, as WhatsApp, roaming phones and national dialling write it. */
static void mexico_argentina_brazil(void **state)
{
    (void)state;
    struct lm_form f = form_is(LM_FORM_PHONE, "5218685550188@s.whatsapp.net", "+528685550188", NONE);
    form_is(LM_FORM_PHONE, "+52 1 868 555 0188", "+528685550188", NONE);
    form_is(LM_FORM_PHONE, "+52 868 555 0188", "+528685550188", NONE);
    form_is(LM_FORM_PHONE, "+52 044 868 555 0188", "+528685550188", NONE);
    form_is(LM_FORM_PHONE, "+54 9 11 5555-0101", "+541155550101", NONE);
    form_is(LM_FORM_PHONE, "+54 11 15 5555-0101", "+541155550101", NONE);
    form_is(LM_FORM_PHONE, "+54 11 5555-0101", "+541155550101", NONE);
    f = form_of(LM_FORM_PHONE, "+55 11 95555-0101");
    text_is(f.key, "+551155550101");
    text_is(f.normal, "+5511955550101");
    assert_true((f.flags & LM_FORM_KEY_WIDE) != 0); /* 5555-0101 may be a landline */
    f = form_of(LM_FORM_PHONE, "+55 11 99555-0101");
    text_is(f.key, "+551195550101");
    assert_true((f.flags & LM_FORM_KEY_WIDE) == 0);
}

static void extensions_and_short_codes(void **state)
{
    (void)state;
    static const char *const with[] = { "303-555-0101 x12",    "303-555-0101 ext. 12",
                                        "+13035550101;ext=12", "303-555-0101,12#",
                                        "3035550101p12",       "303-555-0101 extension 12",
                                        "303 555 0101 #12" };
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        struct lm_form f = form_is(LM_FORM_PHONE, with[i], "+13035550101", NONE);
        text_is(f.detail[0], "12");
    }
    struct lm_form f = form_is(LM_FORM_PHONE, "262966", "262966", NONE);
    assert_true((f.flags & LM_FORM_SHORT_CODE) != 0 && (f.flags & LM_FORM_NEVER_ALONE) != 0 && f.wide.n == 0);
    form_is(LM_FORM_PHONE, "911", "911", NONE);
    form_is(LM_FORM_PHONE, "12", "12", LM_FORM_REASON_LENGTH);
}

static void what_is_no_phone(void **state)
{
    (void)state;
    static const char *const hidden[] = { "anonymous",    "Private Number",
                                          "RESTRICTED",   "Unknown caller",
                                          "No Caller ID", "N\xc3\xbamero privado",
                                          "-2",           "sip:anonymous@anonymous.invalid" };
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        form_refused(LM_FORM_PHONE, hidden[i], LM_FORM_REASON_WITHHELD);
    form_refused(LM_FORM_PHONE, "unknown", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_PHONE, "0000000000", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_PHONE, "+1 999 999 9999", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_PHONE, "1234567890", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_PHONE, "1.30356E+10", LM_FORM_REASON_DIGITS_LOST);
    form_refused(LM_FORM_PHONE, "*#06#", LM_FORM_REASON_SERVICE_CODE);
    form_refused(LM_FORM_PHONE, "303-555-0101, 303-555-0102", LM_FORM_REASON_NOT_THIS);
    form_refused(LM_FORM_PHONE, "123456789012345@lid", LM_FORM_REASON_NOT_THIS);
    form_refused(LM_FORM_PHONE, "hello", LM_FORM_REASON_CHARACTERS);
    form_refused(LM_FORM_PHONE, "  ", LM_FORM_REASON_EMPTY);
}

static void mailboxes(void **state)
{
    (void)state;
    struct lm_form f =
        form_is(LM_FORM_EMAIL, "Juan.Garcia+dope@GoogleMail.com", "juangarcia@gmail.com", NONE);
    text_is(f.normal, "juan.garcia+dope@googlemail.com");
    text_is(f.wide, "juangarcia");
    text_is(f.detail[0], "dope");
    text_is(f.detail[1], "googlemail.com");
    form_is(LM_FORM_EMAIL, "juan.garcia+x@outlook.com", "juan.garcia@outlook.com", NONE);
    f = form_is(LM_FORM_EMAIL, "juan.garcia+x@example.org", "juan.garcia+x@example.org",
                NONE); /* nobody says that it ignores them */
    text_is(f.wide, "juangarcia");
    form_is(LM_FORM_EMAIL, "Juan <mailto:Beto@Example.ORG>", "beto@example.org", NONE);
    form_is(LM_FORM_EMAIL, "mailto:beto@example.org?subject=x", "beto@example.org", NONE);
    form_is(LM_FORM_EMAIL,
            "beto@b\xc3\xbc"
            "cher.example",
            "beto@xn--bcher-kva.example", NONE);
    form_is(LM_FORM_EMAIL, "beto@XN--BCHER-KVA.example", "beto@xn--bcher-kva.example", NONE);
    f = form_is(LM_FORM_EMAIL, "info@example.org", "info@example.org", NONE);
    assert_true((f.flags & LM_FORM_SHARED) != 0);
    form_is(LM_FORM_EMAIL, "a..b@example.org", "a..b@example.org", LM_FORM_REASON_CHARACTERS);
    f = form_of(LM_FORM_EMAIL, "b0b@example.org");
    text_is(f.latin, "b0b");
    text_is(f.skeleton, "bob");
    form_refused(LM_FORM_EMAIL, "none@none.com", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_EMAIL, "n/a", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_EMAIL, "beto", LM_FORM_REASON_NOT_THIS);
    form_refused(LM_FORM_EMAIL, "beto@example", LM_FORM_REASON_NOT_THIS);
    form_refused(LM_FORM_EMAIL, "beto@-example.org", LM_FORM_REASON_NOT_THIS);
    form_refused(LM_FORM_EMAIL, "be to@example.org", LM_FORM_REASON_CHARACTERS);
    form_refused(LM_FORM_EMAIL, "@example.org", LM_FORM_REASON_NOT_THIS);
}

static struct lm_form handle(enum lm_platform p, const char *raw, const char *key, enum lm_form_reason reason)
{
    form_check.context.platform = p;
    struct lm_form f = form_is(LM_FORM_HANDLE, raw, key, reason);
    form_check.context.platform = LM_PLATFORM_NONE;
    return f;
}

static void handles_by_the_rules_of_their_platform(void **state)
{
    (void)state;
    struct lm_form f = handle(LM_PLATFORM_TELEGRAM, "@El_Chuy99", "el_chuy99", NONE);
    text_is(f.wide, "elchuy");
    handle(LM_PLATFORM_TELEGRAM, "9chuy", "9chuy", LM_FORM_REASON_CHARACTERS);
    handle(LM_PLATFORM_TELEGRAM, "chu", "chu", LM_FORM_REASON_LENGTH);
    handle(LM_PLATFORM_TELEGRAM, "el.chuy", "el.chuy", LM_FORM_REASON_CHARACTERS);
    handle(LM_PLATFORM_SNAPCHAT, "El-Chuy.99", "el-chuy.99", NONE);
    handle(LM_PLATFORM_SNAPCHAT, "elchuy_", "elchuy_", LM_FORM_REASON_CHARACTERS);
    handle(LM_PLATFORM_SNAPCHAT, "elchuyelchuyelchuy", "elchuyelchuyelchuy", LM_FORM_REASON_LENGTH);
    handle(LM_PLATFORM_INSTAGRAM, "@El.Chuy_99", "el.chuy_99", NONE);
    handle(LM_PLATFORM_INSTAGRAM, "el..chuy", "el..chuy", LM_FORM_REASON_CHARACTERS);
    handle(LM_PLATFORM_TIKTOK, "@El.Chuy_99", "el.chuy_99", NONE);
    handle(LM_PLATFORM_TIKTOK, "x", "x", LM_FORM_REASON_LENGTH);
    f = handle(LM_PLATFORM_FACEBOOK, "El.Chuy.99", "elchuy99", NONE); /* dots do not count */
    text_is(f.normal, "el.chuy.99");
    handle(LM_PLATFORM_SIGNAL, "He110.01", "he110.01", NONE);
    handle(LM_PLATFORM_SIGNAL, "usr.999999999", "usr.999999999", NONE);
    handle(LM_PLATFORM_SIGNAL, "chuy", "chuy", LM_FORM_REASON_INCOMPLETE);
    handle(LM_PLATFORM_SIGNAL, "chuy.001", "chuy.001", LM_FORM_REASON_CHARACTERS);
    handle(LM_PLATFORM_SIGNAL, "0chuy.42", "0chuy.42", LM_FORM_REASON_CHARACTERS);
    handle(LM_PLATFORM_WIRE, "@el-chuy.9", "el-chuy.9", NONE);
    handle(LM_PLATFORM_WICKR, "ElChuy99", "elchuy99", NONE);
    handle(LM_PLATFORM_WICKR, "el_chuy", "el_chuy", LM_FORM_REASON_CHARACTERS);
    f = handle(LM_PLATFORM_WICKR, "Beto@example.org", "beto@example.org", NONE); /* AWS Wickr */
    assert_int_equal(f.kind, LM_FORM_EMAIL);
    f = handle(LM_PLATFORM_WHATSAPP, "+1 303 555 0101", "+13035550101", NONE);
    assert_int_equal(f.kind, LM_FORM_PHONE);
    handle(LM_PLATFORM_NONE,
           "@El_G\xc3\xbc"
           "ero",
           "el_g\xc3\xbc"
           "ero",
           NONE);
}

static void links_say_their_platform(void **state)
{
    (void)state;
    struct lm_form f = handle(LM_PLATFORM_NONE, "https://t.me/ElChuy99", "elchuy99", NONE);
    assert_int_equal(f.platform, LM_PLATFORM_TELEGRAM);
    f = handle(LM_PLATFORM_NONE, "https://www.snapchat.com/add/ElChuy99?x=1", "elchuy99", NONE);
    assert_int_equal(f.platform, LM_PLATFORM_SNAPCHAT);
    f = handle(LM_PLATFORM_NONE, "www.tiktok.com/@ElChuy99", "elchuy99", NONE);
    assert_int_equal(f.platform, LM_PLATFORM_TIKTOK);
    f = handle(LM_PLATFORM_NONE, "https://instagram.com/ElChuy99/", "elchuy99", NONE);
    assert_int_equal(f.platform, LM_PLATFORM_INSTAGRAM);
    f = handle(LM_PLATFORM_NONE, "https://www.facebook.com/profile.php?id=100001&x=1", "100001", NONE);
    assert_int_equal(f.kind, LM_FORM_ACCOUNT_ID);
    f = handle(LM_PLATFORM_NONE, "https://wa.me/13035550101", "+13035550101", NONE);
    assert_int_equal(f.kind, LM_FORM_PHONE);
    form_refused(LM_FORM_HANDLE, "two words", LM_FORM_REASON_CHARACTERS);
    form_refused(LM_FORM_HANDLE, "@", LM_FORM_REASON_NOT_THIS);
}

static void account_ids_are_exact(void **state)
{
    (void)state;
    form_check.context.platform = LM_PLATFORM_TELEGRAM;
    form_is(LM_FORM_ACCOUNT_ID, "user4711", "4711", NONE);
    form_is(LM_FORM_ACCOUNT_ID, "4711", "4711", NONE);
    form_check.context.platform = LM_PLATFORM_SIGNAL;
    form_is(LM_FORM_ACCOUNT_ID, "6D92078A-8246-4BA4-AE5B-76104861E7DC",
            "6d92078a-8246-4ba4-ae5b-76104861e7dc", NONE);
    assert_int_equal(form_is(LM_FORM_ACCOUNT_ID, "+13035550101", "+13035550101", NONE).kind, LM_FORM_PHONE);
    form_check.context.platform = LM_PLATFORM_WIRE;
    form_is(LM_FORM_ACCOUNT_ID, "6D92078A82464BA4AE5B76104861E7DC@wire.example",
            "6d92078a-8246-4ba4-ae5b-76104861e7dc@wire.example", NONE);
    form_check.context.platform = LM_PLATFORM_WHATSAPP;
    assert_int_equal(form_is(LM_FORM_ACCOUNT_ID, "13035550101:2@s.whatsapp.net", "+13035550101", NONE).kind,
                     LM_FORM_PHONE);
    form_is(LM_FORM_ACCOUNT_ID, "123456789012345@lid", "123456789012345@lid", NONE);
    form_check.context.platform = LM_PLATFORM_TIKTOK;
    form_is(LM_FORM_ACCOUNT_ID, "MS4wLjABAAAAx", "MS4wLjABAAAAx", NONE); /* case counts */
    form_refused(LM_FORM_ACCOUNT_ID, "6.8e+18", LM_FORM_REASON_DIGITS_LOST);
    form_check.context.platform = LM_PLATFORM_NONE;
}

static void ip_is(const char *raw, const char *key, const char *port, const char *range,
                  enum lm_form_reason reason)
{
    struct lm_form f = form_is(LM_FORM_IP, raw, key, reason);
    text_is(f.detail[0], port);
    text_is(f.detail[1], range);
}

static void addresses_of_the_internet(void **state)
{
    (void)state;
    ip_is("8.8.8.8", "8.8.8.8", "", "", NONE);
    ip_is("192.0.2.7:443", "192.0.2.7", "443", "documentation", LM_FORM_REASON_RESERVED);
    ip_is("10.1.2.3", "10.1.2.3", "", "private", LM_FORM_REASON_RESERVED);
    ip_is("172.31.255.255", "172.31.255.255", "", "private", LM_FORM_REASON_RESERVED);
    ip_is("172.32.0.1", "172.32.0.1", "", "", NONE);
    ip_is("100.64.1.2:5060", "100.64.1.2", "5060", "carrier_nat", LM_FORM_REASON_RESERVED);
    ip_is("100.127.255.255", "100.127.255.255", "", "carrier_nat", LM_FORM_REASON_RESERVED);
    ip_is("100.128.0.0", "100.128.0.0", "", "", NONE);
    ip_is("::ffff:8.8.8.8", "8.8.8.8", "", "", NONE);
    ip_is("[::ffff:8.8.8.8]:53", "8.8.8.8", "53", "", NONE);
    ip_is("2001:0DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "", "documentation",
          LM_FORM_REASON_RESERVED); /* RFC 5952, section 4.2.3 */
    ip_is("[2600:1700::1]:443", "2600:1700::1", "443", "", NONE);
    ip_is("fe80::1%eth0", "fe80::1", "", "link_local", LM_FORM_REASON_RESERVED);
    ip_is("fd00::1", "fd00::1", "", "private", LM_FORM_REASON_RESERVED);
    ip_is("::1", "::1", "", "loopback", LM_FORM_REASON_RESERVED);
    ip_is("010.0.0.1", "10.0.0.1", "", "private", LM_FORM_REASON_TWO_READINGS);
    struct lm_form f = form_of(LM_FORM_IP, "2600:1700:1:2:3:4:5:6");
    text_is(f.wide, "2600:1700:1:2::/64");
    assert_true((form_of(LM_FORM_IP, "100.64.1.2").flags & LM_FORM_SHARED) != 0);
    static const char *const no[] = { "1.2.3",    "1.2.3.4.5", "256.1.1.1", "1.2.3.4:99999",
                                      "1.2.3.4:", "[::1",      "::1::",     "hello",
                                      "1.2.3.-4", "[]",        "%" };
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        form_refused(LM_FORM_IP, no[i], LM_FORM_REASON_NOT_THIS);
}

static void a_shared_address_needs_port_and_second(void **state)
{
    (void)state;
    struct lm_when at;
    struct lm_str key;
    struct lm_form f = form_of(LM_FORM_IP, "100.64.1.2:5060");
    assert_true(lm_when_parse_iso(LM_STR("2024-06-01T06:00:00.5-06:00"), &at));
    assert_int_equal(lm_ip_use_key(&form_check.arena, &f, &at, &key), LM_OK);
    text_is(key, "100.64.1.2:5060@2024-06-01T12:00:00Z");
    assert_true(lm_when_parse_iso(LM_STR("2024-06-01T06:00:00"), &at)); /* no zone: not one moment */
    assert_int_equal(lm_ip_use_key(&form_check.arena, &f, &at, &key), LM_OK);
    assert_int_equal(key.n, 0);
    f = form_of(LM_FORM_IP, "[2600:1700::1]:443");
    at = (struct lm_when){ .us = -1, .quality = LM_TIME_UTC };
    assert_int_equal(lm_ip_use_key(&form_check.arena, &f, &at, &key), LM_OK);
    text_is(key, "[2600:1700::1]:443@1969-12-31T23:59:59Z");
}

static void people_and_places(void **state)
{
    (void)state;
    struct lm_form f = form_is(LM_FORM_NAME,
                               "GARC\xc3\x8d"
                               "A LOPEZ, Juan Carlos",
                               "juan carlos|garcia|lopez|", NONE);
    text_is(f.wide, "carlos garcia juan lopez");
    text_is(f.normal, "juan carlos garcia lopez");
    text_is(f.latin, "garcia lopez juan carlos");
    assert_true(f.skeleton.n == 0 && (f.flags & LM_FORM_NEVER_ALONE) != 0);
    form_is(LM_FORM_NAME, "Wang Wei", "wei|wang||", LM_FORM_REASON_TWO_READINGS);
    form_is(LM_FORM_NAME, "John Doe", "john|doe||", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_NAME, "FNU LNU", LM_FORM_REASON_PLACEHOLDER);
    f = form_is(LM_FORM_MONIKER,
                "\"El G\xc3\xbc"
                "ero\"",
                "el guero", NONE);
    text_is(f.wide, "guero");
    assert_true((f.flags & LM_FORM_NEVER_ALONE) != 0);
    f = form_is(LM_FORM_ADDRESS, "123 North Main St., Apt 4, Denver, CO 80202-1234",
                "123|n|main|st||4||denver|co|80202", NONE);
    text_is(f.wide, "123|main|80202");
    text_is(f.normal, "123 n main st apt 4, denver, co 80202-1234");
    form_is(LM_FORM_ADDRESS, "Denver, CO", "|||||||denver|co|", LM_FORM_REASON_INCOMPLETE);
    f = form_is(LM_FORM_BIRTH_DATE, "05/04/1990", "1990-05-04", LM_FORM_REASON_TWO_READINGS);
    text_is(f.wide, "1990-04-05");
    form_is(LM_FORM_BIRTH_DATE, "1990", "1990", LM_FORM_REASON_INCOMPLETE);
    form_refused(LM_FORM_BIRTH_DATE, "unknown", LM_FORM_REASON_PLACEHOLDER);
}

/* Every kind and every stored type answers, with any text and without a fold. */
static void every_kind_answers(void **state)
{
    (void)state;
    static const char *const texts[] = { "",  " ", "a", "@", "$",       ":", "[",    "+",
                                         "*", "#", "-", "<", "unknown", "1", "\xff", "303-555-0101" };
    struct lm_form f;
    for (int k = LM_FORM_PHONE; k <= LM_FORM_MONIKER; k++)
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            (void)form_of((enum lm_form_kind)k, texts[i]);
            assert_int_equal(
                lm_form_of(&form_check.arena, NULL, NULL, (enum lm_form_kind)k, lm_str(texts[i]), &f), LM_OK);
            assert_true(f.latin.n == 0 && f.skeleton.n == 0 && lm_str_eq(f.raw, lm_str(texts[i])));
        }
    for (int r = LM_FORM_REASON_NONE; r <= LM_FORM_REASON_NO_FOLD; r++)
        assert_true(lm_form_reason_said((enum lm_form_reason)r)[0] != '?'
                    && lm_form_reason_word((enum lm_form_reason)r)[0] != '?');
    assert_int_equal(lm_form_of_identifier(&form_check.arena, form_check.fold, NULL, LM_IDENTIFIER_DEVICE,
                                           LM_STR("490154203237518"), &f),
                     LM_OK);
    assert_int_equal(f.kind, LM_FORM_IMEI);
    static char huge[100000];
    memset(huge, '5', sizeof huge);
    for (int k = LM_FORM_PHONE; k <= LM_FORM_MONIKER; k++) {
        assert_int_equal(lm_form_of(&form_check.arena, form_check.fold, NULL, (enum lm_form_kind)k,
                                    (struct lm_str){ huge, sizeof huge }, &f),
                         LM_OK);
        assert_true((f.flags & LM_FORM_CUT) != 0 || f.standing == LM_FORM_REFUSED);
    }
}

static void no_memory_is_said(void **state)
{
    (void)state;
    static const struct {
        enum lm_form_kind kind;
        const char *raw;
    } asked[] = {
        { LM_FORM_PHONE, "+13035550101" },
        { LM_FORM_EMAIL, "beto@example.org" },
        { LM_FORM_IMEI, "490154203237518" },
        { LM_FORM_IP, "2600:1700::1" },
        { LM_FORM_COIN, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa" },
        { LM_FORM_VIN, "1M8GDM9AXKP042788" },
        { LM_FORM_PLATE, "TX:ABC1234" },
        { LM_FORM_NAME, "Juan Garcia" },
        { LM_FORM_CASHTAG, "$beto" },
        { LM_FORM_VENMO, "@betobeto" },
        { LM_FORM_ACCOUNT_ID, "4711" },
        { LM_FORM_MAC, "00:1A:2B:3C:4D:5E" },
        { LM_FORM_MONIKER, "Chuy" },
        { LM_FORM_BIRTH_DATE, "1990" },
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct lm_arena none;
        struct lm_form f = { .kind = LM_FORM_VENMO };
        lm_arena_init(&none, 8);
        assert_int_equal(lm_form_of(&none, form_check.fold, NULL, asked[i].kind, lm_str(asked[i].raw), &f),
                         LM_ENOMEM);
        assert_int_equal(f.kind, LM_FORM_VENMO); /* untouched */
        lm_arena_free(&none);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phones_in_every_spelling),
        cmocka_unit_test(mexico_argentina_brazil),
        cmocka_unit_test(extensions_and_short_codes),
        cmocka_unit_test(what_is_no_phone),
        cmocka_unit_test(mailboxes),
        cmocka_unit_test(handles_by_the_rules_of_their_platform),
        cmocka_unit_test(links_say_their_platform),
        cmocka_unit_test(account_ids_are_exact),
        cmocka_unit_test(addresses_of_the_internet),
        cmocka_unit_test(a_shared_address_needs_port_and_second),
        cmocka_unit_test(people_and_places),
        cmocka_unit_test(every_kind_answers),
        cmocka_unit_test(no_memory_is_said),
    };
    return cmocka_run_group_tests(tests, form_check_open, form_check_close);
}
