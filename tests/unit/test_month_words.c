/* test_month_words.c - moments with the month as a word: eleven languages, what is open stays unread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "readers/shared/month_words.h"

static void reads(const char *text, const char *want)
{
    struct lm_when w = { .quality = LM_TIME_NONE };
    char out[LM_WHEN_TEXT];
    if (!lm_month_words(lm_str(text), &w))
        fail_msg("not read: %s", text);
    (void)lm_when_format(&w, out);
    if (strcmp(out, want) != 0)
        fail_msg("%s is %s", text, out);
}

static void languages(void **state)
{
    (void)state;
    static const char *const evening[] = {
        "22 Sep 2017, 18:33",                     "Sep 22, 2017 6:33 pm",             "22 de septiembre de 2017, 6:33 p. m.", "viernes, 22 de septiembre de 2017 a las 18:33",
        "sep 22, 2017 6:33 p.\xc2\xa0m.",          "22 de set. de 2017 18:33",          "sexta-feira, 22 de setembro de 2017 às 18:33", "22 sept. 2017, 18:33",
        "vendredi 22 septembre 2017, à 18:33",    "22. September 2017 um 18:33 Uhr",  "Freitag, 22. Sept. 2017, 18:33",       "22 settembre 2017 alle ore 18:33",
        "22 set 2017, 18:33",                     "vrijdag 22 september 2017 om 18:33 uur", "22 września 2017, 18:33",        "22 wrz 2017 18:33",
        "22 Eylül 2017 18:33",                    "22 Eyl 2017, Cuma 18:33",          "22 September 2017 pukul 18:33",        "22 сентября 2017 г. в 18:33",
        "22 СЕНТ. 2017, 18:33",                   "2017年9月22日 下午6:33",            "2017年9月22日 18:33",                   "2017년 9월 22일 오후 6:33",
        "Sep 22, 2017 6:33\xe2\x80\xafPM",         "22 sett 2017 18:33:00",
    };
    for (size_t i = 0; i < sizeof evening / sizeof *evening; i++)
        reads(evening[i], "2017-09-22T18:33:00");
    reads("1 mars 2019 00:05", "2019-03-01T00:05:00");
    reads("1 Mart 2019 12:05 am", "2019-03-01T00:05:00");
    reads("12 şubat 2019 12:05 pm", "2019-02-12T12:05:00");
    reads("12 Şub 2019 09:05:07", "2019-02-12T09:05:07");
    reads("31 août 2019, 9:05", "2019-08-31T09:05:00");
    reads("Mittwoch, 3. Mai 2017 um 09:05", "2017-05-03T09:05:00");
    reads("viernes, 4 de octubre de 2013 a las 22:05 UTC-05", "2013-10-04T22:05:00-05:00");
    reads("4 ottobre 2013 22:05 UTC+02:00", "2013-10-04T22:05:00+02:00");
}

static void what_is_open_is_not_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "22/09/2017 18:33", "09-22-2017 18:33", "22.09.2017, 18:33", "22 2017 18:33", "22 septiembre 18:33", "septiembre 2017 18:33", "22 septiembre 2017",
        "mar 5 abr 2019 10:00",        /* Tuesday, or March? */
        "32 marzo 2019 10:00", "29 feb 2019 10:00", "22 set 2017 24:33", "22 set 2017 13:33 pm", "22 set 2017 6:60", "22 23 set 2017 10:00", "22 set 2017 2018 10:00",
        "22 set 2017 6:33 ÖS",         /* a half of the day in a word that is not known */
        "22 set 2017 10:00 PDT", "22 set 2017 10:00 11:00", "2017年13月22日 18:33", "22 foo 2017 10:00",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct lm_when w = { .us = 7, .quality = LM_TIME_NONE };
        if (lm_month_words(lm_str(texts[i]), &w))
            fail_msg("read: %s", texts[i]);
        assert_int_equal(w.us, 7);
    }
}

static void any_bytes(void **state)
{
    (void)state;
    uint32_t x = 1;
    for (size_t round = 0; round < 20000; round++) {
        char bytes[40];
        size_t n = round % sizeof bytes;
        static const char some[] = "22 set 2017 6:33 pm UTC+\xd0\xa1\xc5\x9e\xe2\x80\xaf\xe5\xb9\xb4.,";
        for (size_t i = 0; i < n; i++) {
            x = x * 1664525 + 1013904223;
            bytes[i] = (x >> 20 & 3) != 0 ? some[(x >> 8) % (sizeof some - 1)] : (char)(x >> 24);
        }
        char *copy = malloc(n + 1); /* so that a read beyond it is seen */
        assert_non_null(copy);
        memcpy(copy, bytes, n);
        struct lm_when w;
        (void)lm_month_words((struct lm_str){ copy, n }, &w);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(languages), cmocka_unit_test(what_is_open_is_not_read), cmocka_unit_test(any_bytes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
