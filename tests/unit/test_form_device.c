/* Devices and vehicles, with the examples that the standards and their articles print. */
#include "form_check.h"

#define NONE LM_FORM_REASON_NONE

static void an_imei_is_its_first_fourteen_digits(void **state)
{
    (void)state;
    struct lm_form f = form_is(LM_FORM_IMEI, "49-015420-323751-8", "49015420323751", NONE);
    assert_true((f.flags & LM_FORM_CHECKED) != 0);
    text_is(f.wide, "49015420");
    form_is(LM_FORM_IMEI, "35-209900-176148-1", "35209900176148", NONE);
    f = form_is(LM_FORM_IMEI, "35-209900-176148-23", "35209900176148", NONE); /* IMEISV of the same phone */
    text_is(f.detail[0], "23");
    form_is(LM_FORM_IMEI, "IMEI: 352099001761481", "35209900176148", NONE);
    form_is(LM_FORM_IMEI, "35209900176148", "35209900176148", LM_FORM_REASON_NO_CHECK);
    form_is(LM_FORM_IMEI, "352099001761480", "35209900176148",
            LM_FORM_REASON_NO_CHECK); /* a network's filler */
    form_is(LM_FORM_IMEI, "352099001761487", "35209900176148", LM_FORM_REASON_CHECK_DIGIT);
    form_refused(LM_FORM_IMEI, "000000000000000", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_IMEI, "3.52099E+14", LM_FORM_REASON_DIGITS_LOST);
    form_refused(LM_FORM_IMEI, "35209900", LM_FORM_REASON_LENGTH);
    form_refused(LM_FORM_IMEI, "35209900176148X", LM_FORM_REASON_CHARACTERS);
    form_refused(LM_FORM_IMEI, "Unknown", LM_FORM_REASON_PLACEHOLDER);
}

static void an_imsi_begins_with_its_network(void **state)
{
    (void)state;
    struct lm_form f = form_is(LM_FORM_IMSI, "310150123456789", "310150123456789", NONE);
    text_is(f.detail[0], "310");
    text_is(f.detail[1], "150");
    text_is(f.detail[2], "123456789");
    f = form_is(LM_FORM_IMSI, "429011234567890", "429011234567890", NONE);
    text_is(f.detail[1], "01");
    f = form_is(LM_FORM_IMSI, "334020123456789", "334020123456789", NONE);
    text_is(f.detail[1], "020");
    f = form_is(LM_FORM_IMSI, "405854123456789", "405854123456789", LM_FORM_REASON_TWO_READINGS);
    text_is(f.detail[1], "");
    form_is(LM_FORM_IMSI, "110150123456789", "110150123456789", LM_FORM_REASON_RANGE);
    form_refused(LM_FORM_IMSI, "31015012345", LM_FORM_REASON_LENGTH);
}

static void a_card_and_a_cdma_phone(void **state)
{
    (void)state;
    struct lm_form f = form_is(LM_FORM_ICCID, "89 01 410 32 11118510720", "8901410321111851072", NONE);
    assert_true((f.flags & LM_FORM_CHECKED) != 0);
    form_is(LM_FORM_ICCID, "899110120000320451", "899110120000320451", LM_FORM_REASON_NO_CHECK);
    form_is(LM_FORM_ICCID, "8991101200003204514F", "899110120000320451", NONE);
    form_is(LM_FORM_ICCID, "89014103211118510721", "89014103211118510721", LM_FORM_REASON_CHECK_DIGIT);
    form_is(LM_FORM_ICCID, "7991101200003204515", "799110120000320451", LM_FORM_REASON_RANGE);
    form_is(LM_FORM_MEID, "AF 01 23 45 0A BC DE C", "AF0123450ABCDE", NONE);
    form_is(LM_FORM_MEID, "af0123450abcde", "AF0123450ABCDE", LM_FORM_REASON_NO_CHECK);
    form_is(LM_FORM_MEID, "293608736500703710", "AF0123450ABCDE",
            LM_FORM_REASON_NO_CHECK); /* the same in decimal */
    form_is(LM_FORM_MEID, "AF0123450ABCDE1", "AF0123450ABCDE", LM_FORM_REASON_CHECK_DIGIT);
}

static void other_ids_of_devices(void **state)
{
    (void)state;
    struct lm_form f = form_is(LM_FORM_MAC, "00-1A-2B-3C-4D-5E", "001a2b3c4d5e", NONE);
    text_is(f.normal, "00:1a:2b:3c:4d:5e");
    text_is(f.wide, "001a2b");
    f = form_is(LM_FORM_MAC, "001a.2b3c.4d5e", "001a2b3c4d5e", NONE);
    f = form_is(LM_FORM_MAC, "DA:A1:19:00:00:01", "daa119000001", NONE);
    assert_true((f.flags & LM_FORM_RANDOM) != 0 && (f.flags & LM_FORM_NEVER_ALONE) != 0 && f.wide.n == 0);
    form_is(LM_FORM_MAC, "02:00:00:00:00:00", "020000000000", LM_FORM_REASON_KNOWN_COPY);
    form_is(LM_FORM_MAC, "01:00:5e:00:00:fb", "01005e0000fb", LM_FORM_REASON_RESERVED);
    form_refused(LM_FORM_MAC, "ff:ff:ff:ff:ff:ff", LM_FORM_REASON_PLACEHOLDER);
    form_is(LM_FORM_ANDROID_ID, "8F14E45FCEEA167A", "8f14e45fceea167a", NONE);
    form_is(LM_FORM_ANDROID_ID, "f14e45fceea167a", "0f14e45fceea167a", LM_FORM_REASON_LENGTH);
    form_is(LM_FORM_ANDROID_ID, "9774d56d682e549c", "9774d56d682e549c", LM_FORM_REASON_KNOWN_COPY);
    form_is(LM_FORM_AD_ID, "6D92078A-8246-4BA4-AE5B-76104861E7DC", "6d92078a-8246-4ba4-ae5b-76104861e7dc",
            NONE);
    form_refused(LM_FORM_AD_ID, "00000000-0000-0000-0000-000000000000", LM_FORM_REASON_PLACEHOLDER);
    form_is(LM_FORM_SERIAL, "S/N: r58-n12 3abc", "R58N123ABC", NONE);
    form_refused(LM_FORM_SERIAL, "0123456789ABCDEF", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_SERIAL, "00000000", LM_FORM_REASON_PLACEHOLDER);
}

static void kind_is(const char *raw, enum lm_form_kind want)
{
    struct lm_form f = form_of(LM_FORM_DEVICE, raw);
    if (f.kind != want)
        fail_msg("%s: %s, not %s", raw, lm_form_kind_word(f.kind), lm_form_kind_word(want));
}

static void a_device_is_told_by_its_form(void **state)
{
    (void)state;
    kind_is("490154203237518", LM_FORM_IMEI);
    kind_is("310150123456789", LM_FORM_IMSI);
    kind_is("3520990017614823", LM_FORM_IMEI);
    kind_is("8991101200003204510", LM_FORM_ICCID);
    kind_is("AF0123450ABCDE", LM_FORM_MEID);
    kind_is("00:1A:2B:3C:4D:5E", LM_FORM_MAC);
    kind_is("8f14e45fceea167a", LM_FORM_ANDROID_ID);
    kind_is("6D92078A-8246-4BA4-AE5B-76104861E7DC", LM_FORM_AD_ID);
    kind_is("IMSI 310150123456789", LM_FORM_IMSI);
    kind_is("DNPXQ1ABC0D1", LM_FORM_SERIAL);
}

static void vins_have_a_check_digit_in_north_america(void **state)
{
    (void)state;
    struct lm_form f =
        form_is(LM_FORM_VIN, "1M8GDM9AXKP042788", "1M8GDM9AXKP042788", NONE); /* the example of 49 CFR 565 */
    assert_true((f.flags & LM_FORM_CHECKED) != 0);
    text_is(f.wide, "1M8GDM9AK");
    form_is(LM_FORM_VIN, "vin: 5gzcz43d13s812715", "5GZCZ43D13S812715", NONE);
    form_is(LM_FORM_VIN, "1M8GDM9AXKPO42788", "1M8GDM9AXKP042788", LM_FORM_REASON_REPAIRED); /* O for 0 */
    form_is(LM_FORM_VIN, "1M8GDM9A1KP042788", "1M8GDM9A1KP042788", LM_FORM_REASON_CHECK_DIGIT);
    form_is(LM_FORM_VIN, "WM8GDM9A1KP042788", "WM8GDM9A1KP042788", LM_FORM_REASON_NO_CHECK);
    form_is(LM_FORM_VIN, "124378N112233", "124378N112233", LM_FORM_REASON_LENGTH); /* before 1981 */
    form_refused(LM_FORM_VIN, "1M8GDM9A*KP******", LM_FORM_REASON_INCOMPLETE);
    form_refused(LM_FORM_VIN, "11111111111111111", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_VIN, "1M8GDM9AXKP0427889", LM_FORM_REASON_LENGTH);
}

static void plates_belong_to_a_region(void **state)
{
    (void)state;
    struct lm_form f = form_is(LM_FORM_PLATE, "TX:ABC-1O34", "TX:ABC1O34", NONE);
    text_is(f.wide, "ABC1034");
    text_is(f.detail[0], "TX");
    form_is(LM_FORM_PLATE, "abc 1234 (tx)", "TX:ABC1234", NONE);
    form_is(LM_FORM_PLATE, "ABC1234, TX", "TX:ABC1234", NONE);
    form_is(LM_FORM_PLATE, "CHH/ABC-12-34", "CHH:ABC1234", NONE);
    form_is(LM_FORM_PLATE, "TX ABC1234", "TX:ABC1234", LM_FORM_REASON_TWO_READINGS);
    f = form_is(LM_FORM_PLATE, "ABC 1234", ":ABC1234", LM_FORM_REASON_INCOMPLETE);
    text_is(f.normal, "ABC1234");
    form_refused(LM_FORM_PLATE, "no plate", LM_FORM_REASON_PLACEHOLDER);
    form_refused(LM_FORM_PLATE,
                 "ABC\xc2\xb7"
                 "123",
                 LM_FORM_REASON_CHARACTERS);
    form_check.context.plate_region = "NM";
    f = form_is(LM_FORM_PLATE, "ABC 1234", "NM:ABC1234", NONE);
    assert_true((f.flags & LM_FORM_REGION_TAKEN) != 0);
    form_is(LM_FORM_PLATE, "CA 123 XY", "NM:CA123XY", NONE); /* its own letters */
    form_is(LM_FORM_PLATE, "TX:ABC1234", "TX:ABC1234", NONE);
    form_check.context.plate_region = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_imei_is_its_first_fourteen_digits),
        cmocka_unit_test(an_imsi_begins_with_its_network),
        cmocka_unit_test(a_card_and_a_cdma_phone),
        cmocka_unit_test(other_ids_of_devices),
        cmocka_unit_test(a_device_is_told_by_its_form),
        cmocka_unit_test(vins_have_a_check_digit_in_north_america),
        cmocka_unit_test(plates_belong_to_a_region),
    };
    return cmocka_run_group_tests(tests, form_check_open, form_check_close);
}
