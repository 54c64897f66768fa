/* whatsapp_text: what the fixtures do not show - large inputs, competing styles, bids, the two header scanners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../reader_capture.h"
#include "base/buf.h"
#include "readers/whatsapp_text.h"

static struct capture *of(const char *text)
{
    struct capture *c = capture_run("whatsapp_text", "chat.txt", lm_str(text));
    assert_int_equal(c->err, LM_OK);
    return c;
}

static bool text_is(struct lm_str got, const char *want)
{
    return lm_str_eq(got, lm_str(want));
}

/* The scanner that learns must say what the plain one says, on any line. */
static void both_scanners_agree(void **state)
{
    (void)state;
    static const char *const starts[] = { "[", "", "\xe2\x80\x8e[", "", "[ " };
    static const char *const seps[] = { "/", ".", "-", ". " };
    static const char *const betweens[] = { ", ", " ", " klo ", ",", " a les ", ". " };
    static const char *const ends[] = { " AM", " PM", "", " p. m.", "\xe2\x80\xafPM", "" };
    static const char *const tails[] = { "] ", " - ", ": ", " \xe2\x80\x93 ", "]", " ", ", " };
    static const char *const rests[] = { "a: m", "\xe2\x80\x8e" "a: m", " a: m", "", "x" };
    uint64_t seed = 20240607;
    size_t agreed = 0, shaped = 0;
    for (int style = 0; style < 400; style++) {
        struct lm_wa_shapes shapes = { 0 };
        uint64_t pick[6];
        for (int i = 0; i < 6; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            pick[i] = seed >> 33;
        }
        for (int i = 0; i < 60; i++) {
            char line[160];
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            unsigned r = (unsigned)(seed >> 33);
            bool pad = (r & 1) != 0, odd = r % 7 == 0; /* now and then a line of another form */
            (void)snprintf(line, sizeof line, pad ? "%s%02u%s%02u%s%u%s%02u:%02u%s%s%s%s" : "%s%u%s%u%s%u%s%u:%02u%s%s%s%s",
                           starts[(pick[0] + odd) % 5], r % 33, seps[pick[1] % 4], r / 40 % 14, seps[pick[1] % 4],
                           (pick[2] & 1) != 0 ? 2000 + r % 30 : r % 30, betweens[(pick[3] + odd) % 6], r / 3 % 26, r / 5 % 61,
                           (pick[2] & 2) != 0 ? ":30" : "", ends[(pick[4] & ~1u) % 6 + (r & 2) / 2], tails[pick[5] % 7],
                           rests[r / 11 % 5]);
            struct lm_wa_header plain = { 0 }, fast = { 0 };
            bool one = lm_wa_header_parse(lm_str(line), &plain);
            if (shapes.style == 0 && one)
                shapes.style = plain.style;
            unsigned before = shapes.n;
            bool two = lm_wa_header_next(&shapes, lm_str(line), &fast);
            assert_int_equal(one, two);
            if (!one)
                continue;
            if (plain.style != fast.style || memcmp(plain.v, fast.v, sizeof plain.v) != 0
                || memcmp(plain.w, fast.w, sizeof plain.w) != 0 || plain.hour != fast.hour
                || plain.minute != fast.minute || plain.second != fast.second || plain.rest != fast.rest)
                fail_msg("the scanners differ on: %s", line);
            agreed++;
            shaped += before != 0 && shapes.n == before;
        }
    }
    assert_true(agreed > 5000);
    assert_true(shaped > 2000);
}

static void the_first_line_decides_the_style(void **state)
{
    (void)state;
    struct lm_buf b;
    lm_buf_init(&b, 1 << 20);
    lm_buf_put(&b, LM_STR("14/06/2018, 10:00 - Ann: look at this chat\n"));
    for (int i = 0; i < 1000; i++)
        lm_buf_printf(&b, "[13.06.18, 09:%02d:00] Bob: quoted %d\n", i % 60, i);
    lm_buf_put(&b, LM_STR("14/06/2018, 10:01 - Bob: so what\n"));
    struct capture *c = capture_run("whatsapp_text", "chat.txt", lm_buf_str(&b));
    assert_int_equal(c->n_events, 2);
    assert_true((c->events[0].e.flags & LM_EVENT_HEADER_IN_BODY) != 0);
    assert_int_equal(capture_problems(c, LM_PROBLEM_DOUBTED, "kept as text: 1000"), 1);
    capture_free(c);
    /* A first line that no other line is like does not decide. */
    c = of("13.06.2018 21:25:15 Exported: by hand\n[14.06.18, 10:00:00] Ann: a\n[14.06.18, 10:01:00] Bob: b\n"
           "[14.06.18, 10:02:00] Ann: c\n");
    assert_int_equal(c->n_events, 3);
    assert_int_equal(capture_problems(c, LM_PROBLEM_REJECTED, "before the first header"), 1);
    assert_int_equal(c->problems[0].at.a, 0);
    assert_int_equal(c->problems[0].at.b, 38);
    capture_free(c);
    lm_buf_free(&b);
}

static void records_cover_the_file(void **state)
{
    (void)state;
    const char *text = "14/06/2018, 10:00 - Ann: one\r\ntwo\r\n\r\n14/06/2018, 10:01 - Bob: three\r\n";
    struct capture *c = of(text);
    assert_int_equal(c->n_events, 2);
    assert_int_equal(c->events[0].record.a, 0);
    assert_int_equal(c->events[0].record.a + c->events[0].record.b, c->events[1].record.a);
    assert_int_equal(c->events[1].record.a + c->events[1].record.b, strlen(text));
    assert_true(text_is(c->events[0].e.text, "one\ntwo\n"));
    assert_true(text_is(c->events[1].e.text, "three"));
    assert_int_equal(c->n_problems, 0);
    capture_free(c);
}

static void a_line_of_ten_megabytes(void **state)
{
    (void)state;
    struct lm_buf b;
    lm_buf_init(&b, (size_t)128 << 20);
    lm_buf_put(&b, LM_STR("14/06/2018, 10:00 - Ann: "));
    size_t n = (size_t)10 << 20;
    char *p = lm_buf_reserve(&b, n);
    assert_non_null(p);
    memset(p, 'x', n);
    p[n / 2] = '\0';
    b.n += n;
    lm_buf_put(&b, LM_STR("\n14/06/2018, 10:01 - Bob: fine\n"));
    struct capture *c = capture_run("whatsapp_text", "chat.txt", lm_buf_str(&b));
    assert_int_equal(c->err, LM_OK);
    assert_int_equal(c->n_events, 2);
    assert_int_equal(c->events[0].e.text.n, n + 2); /* one NUL became three bytes */
    assert_int_equal(capture_problems(c, LM_PROBLEM_ALTERED, "U+FFFD: 1"), 1);
    capture_free(c);
    /* Above the ceiling a record is rejected, the others are kept. */
    p = lm_buf_reserve(&b, (size_t)65 << 20);
    assert_non_null(p);
    memset(p, 'y', (size_t)65 << 20);
    b.n += (size_t)65 << 20;
    lm_buf_put(&b, LM_STR("\n14/06/2018, 10:02 - Ann: after\n"));
    c = capture_run("whatsapp_text", "chat.txt", lm_buf_str(&b));
    assert_int_equal(c->err, LM_OK);
    assert_int_equal(c->n_events, 2);
    assert_int_equal(capture_problems(c, LM_PROBLEM_REJECTED, "64 MiB"), 1);
    assert_true(text_is(c->events[1].e.text, "after"));
    capture_free(c);
    lm_buf_free(&b);
}

/* An arena that may hold 8 MiB is enough for a file of any size. */
static void memory_does_not_grow_with_the_file(void **state)
{
    (void)state;
    struct lm_buf b;
    lm_buf_init(&b, (size_t)64 << 20);
    for (int i = 0; i < 200000; i++)
        lm_buf_printf(&b, "%02d/06/2018, 10:%02d - Person %d: a message, number %d\r\nof two lines\r\n", 1 + i / 10000,
                      i % 60, i % 5000, i);
    const struct lm_reader *reader = lm_reader_find(LM_STR("whatsapp_text"));
    struct capture *c = capture_run("whatsapp_text", "chat.txt", lm_buf_str(&b));
    assert_int_equal(c->err, LM_OK);
    assert_int_equal(c->n_events, 200000);
    assert_int_equal(capture_problems(c, LM_PROBLEM_DOUBTED, "more than 4096"), 1);
    assert_true(c->file.used_bytes < (size_t)8 << 20);
    assert_true(c->record.used_bytes < (size_t)1 << 20);
    assert_true(text_is(c->events[199999].e.from.display, "Person 4999"));
    assert_non_null(reader);
    capture_free(c);
    lm_buf_free(&b);
}

static void time_that_runs_back_is_listed_up_to_a_limit(void **state)
{
    (void)state;
    struct lm_buf b;
    lm_buf_init(&b, 1 << 20);
    for (int i = 0; i < 400; i++)
        lm_buf_printf(&b, "%d/6/2018, 10:00 - Ann: back and forth\n", i % 2 == 0 ? 28 : 1);
    struct capture *c = capture_run("whatsapp_text", "chat.txt", lm_buf_str(&b));
    assert_int_equal(c->n_events, 400);
    assert_int_equal(capture_problems(c, LM_PROBLEM_DOUBTED, "time goes back"), 101);
    capture_free(c);
    lm_buf_free(&b);
}

static void titles(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        { "WhatsApp Chat with Dana Reyes.txt", "Dana Reyes" },
        { "WhatsApp Chat - Dana Reyes.zip/_chat.txt", "Dana Reyes" },
        { "x/WhatsApp Chat - Night - Shift/_chat.txt", "Night - Shift" },
        { "Chat de WhatsApp con Los Primos.txt", "Los Primos" },
        { "WhatsApp-Chat mit Karl Beispiel (1).txt", "Karl Beispiel" },
        { "Conversa do WhatsApp com Bruna.txt", "Bruna" },
        { "Discussion WhatsApp avec Chlo\xc3\xa9.txt", "Chlo\xc3\xa9" },
        { "Chat WhatsApp con Marta.zip/Chat WhatsApp con Marta.txt", "Marta" },
        { "WhatsApp Chat with +1 303 555 0101.txt", "+1 303 555 0101" },
        { "_chat.txt", "" },
        { "family.txt", "" },
        { "WhatsApp.txt", "" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!text_is(lm_wa_title(lm_str(rows[i][0])), rows[i][1]))
            fail_msg("title of %s", rows[i][0]);
}

static void bids(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
        int least, most;
    } rows[] = {
        { "a.txt", "3/6/18, 1:55 p.m. - a: m", 16, 64 },
        { "WhatsApp Chat with a.txt", "3/6/18, 1:55 p.m. - a: m\n", 28, 64 },
        { "a.txt", "[13/06/2018, 21:25:15] Ann: hi\n[13/06/2018, 21:25:16] Bob: \xe2\x80\x8eimage omitted\n", 36, 64 },
        { "a.txt", "rest of a message\n13/06/2018, 21:25 - Ann: hi\n13/06/2018, 21:26 - Bob: hi\n", 16, 64 },
        { "a.txt", "[2019-12-24, 12:23] Jane Doe: Hello\n[2019-12-24, 12:24] John: Hello\n", 1, 10 },
        { "a.log", "[2020-01-01 10:00:00] local.ERROR: it broke\n[2020-01-01 10:00:00] local.INFO: it works\n", 0, 0 },
        { "a.log", "2020-01-01 10:00:00 INFO: started\n2020-01-01 10:00:01 WARN: stopped\n", 0, 0 },
        { "a.log", "2020-01-01 10:00:00,123 - root - INFO - started\n", 0, 0 },
        { "a.log", "<34>1 2003-10-11T22:14:15.003Z host app - - - hello: world\n", 0, 0 },
        { "a.csv", "01/02/2020,10:00,+13035550101,+13035550102,60\n01/02/2020,10:05,+13035550101,,3\n", 0, 0 },
        { "a.csv", "date,time,from\n01/02/2020,10:00 AM,+13035550101\n", 0, 0 },
        { "a.json", "{\"messages\":[{\"date\":\"13/06/2018, 21:25 - Ann: hi\"}]}\n", 0, 0 },
        { "a.json", "[\n1,\n2\n]\n", 0, 0 },
        { "a.html", "<html>\n13/06/2018, 21:25 - Ann: hi\n13/06/2018, 21:26 - Ann: hi\n</html>\n", 0, 0 },
        { "a.mbox", "From ann@example.org Mon Jun 13 21:25:15 2018\nSubject: x\n\n13/06/2018, 21:25 - Ann: hi\n"
                    "13/06/2018, 21:26 - Ann: hi\n", 0, 0 },
        { "WhatsApp Chat with a.txt", "nothing of the kind\n", 0, 0 },
        { "a.txt", "", 0, 0 },
        { "WhatsApp Chat with a.txt", "\xef\xbb\xbf\r\n", 1, 8 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int bits = capture_bid("whatsapp_text", rows[i].path, lm_str(rows[i].text));
        if (bits < rows[i].least || bits > rows[i].most)
            fail_msg("row %zu bids %d", i, bits);
    }
}

static void utf16_is_named(void **state)
{
    (void)state;
    struct lm_str text = LM_STR("\xff\xfe" "1\0" "4\0" "/\0" "6\0" "/\0" "1\0" "8\0" ",\0 \0" "1\0" "0\0:\0" "0\0" "0\0 \0-\0 \0"
                                "A\0:\0 \0h\0\n\0");
    struct capture *c = capture_run("whatsapp_text", "chat.txt", text);
    assert_int_equal(c->err, LM_EINPUT);
    assert_non_null(strstr(c->error.message, "UTF-16"));
    assert_string_equal(c->error.file, "chat.txt");
    assert_true(capture_bid("whatsapp_text", "chat.txt", text) > 0);
    capture_free(c);
}

static void phones_and_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *native;
    } rows[] = {
        { "+1 303 555 0101", "+13035550101" },
        { "+1\xc2\xa0(303)\xc2\xa0" "555\xe2\x80\x91" "0101", "+13035550101" },
        { "+12 345 578", "+12345578" },
        { "+1 303 555 0101 Ann", "" },
        { "+1", "" },
        { "+123456789012345678", "" },
        { "303 555 0101", "" },
        { "~Ann", "" },
    };
    struct lm_arena a;
    lm_arena_init(&a, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lm_account_ref r;
        assert_int_equal(lm_wa_account(&a, lm_str(rows[i].name), &r), LM_OK);
        assert_true(text_is(r.display, rows[i].name));
        assert_true(text_is(r.native, rows[i].native));
        assert_int_equal(r.form, rows[i].native[0] != '\0' ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NAME);
    }
    lm_arena_free(&a);
}

static void attachments(void **state)
{
    (void)state;
    static const struct {
        const char *body, *name, *note, *text; /* name NULL: no attachment */
    } rows[] = {
        { "<attached: 00000001-PHOTO-2020-06-07-15-13-20.jpg>", "00000001-PHOTO-2020-06-07-15-13-20.jpg", "", "" },
        { "\xe2\x80\x8e<adjunto: 00000001-AUDIO-2020.opus>", "00000001-AUDIO-2020.opus", "", "" },
        { "\xe2\x80\x8e<pi\xc3\xa8" "ce jointe\xc2\xa0: a b.pdf>", "a b.pdf", "", "" },
        { "look \xe2\x80\x8e<attached: a.jpg>", "a.jpg", "", "look" },
        { "two\nlines \xe2\x80\x8e<attached: a.jpg>", "a.jpg", "", "two\nlines" },
        { "<attached: a.jpg>\nbelow", "a.jpg", "", "below" },
        { "before <attached: a.jpg>\nbelow", "a.jpg", "", "before <attached: a.jpg>\nbelow" },
        { "IMG-20210428-WA0001.jpg (fichier joint)", "IMG-20210428-WA0001.jpg", "(fichier joint)", "" },
        { "IMG-20210428-WA0001.jpg (words of a language that is not in the list)", "IMG-20210428-WA0001.jpg",
          "(words of a language that is not in the list)", "" },
        { "my file.v2.pdf (file attached)\ncaption\nof two lines", "my file.v2.pdf", "(file attached)",
          "caption\nof two lines" },
        { "report.pdf (draft)", NULL, "", "report.pdf (draft)" },
        { "see you (maybe)", NULL, "", "see you (maybe)" },
        { "<3", NULL, "", "<3" },
        { "I <3 you: really>", NULL, "", "I <3 you: really>" },
        { "<Media omitted>", "", "<Media omitted>", "" },
        { "\xe2\x80\x8eimagen omitida", "", "imagen omitida", "" },
        { "GIF omitted", "", "GIF omitted", "" },
        { "the image omitted nothing", NULL, "", "the image omitted nothing" },
        { "sunset \xe2\x80\x8eimage omitted", "", "image omitted", "sunset" },
    };
    struct lm_wa_filter f;
    lm_wa_filter_init(&f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lm_wa_body b;
        bool one_line = strchr(rows[i].body, '\n') == NULL;
        lm_wa_body_read(lm_str(rows[i].body), one_line, true, &f, &b);
        if (b.has_attachment != (rows[i].name != NULL) || !text_is(b.text, rows[i].text)
            || (b.has_attachment
                && (!text_is(b.attachment.name, rows[i].name) || !text_is(b.attachment.note, rows[i].note))))
            fail_msg("row %zu: text \"%.*s\"", i, LM_STR_ARG(b.text));
    }
}

static void notices(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum lm_event_kind kind;
        const char *word, *actor;
        bool owner;
    } rows[] = {
        { "You created group \"X\"", LM_EVENT_GROUP_CHANGE, "group_created", "", true },
        { "Ann added Bob", LM_EVENT_GROUP_CHANGE, "member_added", "Ann", false },
        { "+1 303 555 0101 left", LM_EVENT_GROUP_CHANGE, "member_left", "+1 303 555 0101", false },
        { "You were added", LM_EVENT_GROUP_CHANGE, "member_added", "", false },
        { "Ann changed the subject to \"Y\"", LM_EVENT_GROUP_CHANGE, "subject_changed", "Ann", false },
        { "Bob joined using this group's invite link", LM_EVENT_GROUP_CHANGE, "member_joined", "Bob", false },
        { "Creaste el grupo \"X\"", LM_EVENT_GROUP_CHANGE, "group_created", "", true },
        { "Ann hat Bob hinzugef\xc3\xbcgt", LM_EVENT_GROUP_CHANGE, "member_added", "", false },
        { "Ann hat die Gruppe verlassen", LM_EVENT_GROUP_CHANGE, "member_left", "Ann", false },
        { "Bruna saiu", LM_EVENT_GROUP_CHANGE, "member_left", "Bruna", false },
        { "Voc\xc3\xaa adicionou Bruna", LM_EVENT_GROUP_CHANGE, "member_added", "", true },
        { "Luc a quitt\xc3\xa9 le groupe", LM_EVENT_GROUP_CHANGE, "member_left", "Luc", false },
        { "Vous avez ajout\xc3\xa9 Luc", LM_EVENT_GROUP_CHANGE, "member_added", "", true },
        { "Your security code with Ann changed.", LM_EVENT_OTHER, "security_code", "", false },
        { "Missed video call at 9:24 PM", LM_EVENT_CALL, NULL, "", false },
        { "Videollamada perdida", LM_EVENT_CALL, NULL, "", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lm_wa_notice n;
        if (!lm_wa_notice_find(lm_str(rows[i].text), true, &n))
            fail_msg("not found: %s", rows[i].text);
        assert_int_equal(n.kind, rows[i].kind);
        assert_int_equal(n.by_owner, rows[i].owner);
        assert_true(text_is(n.actor, rows[i].actor));
        assert_true((n.word == NULL) == (rows[i].word == NULL));
        if (n.word != NULL)
            assert_string_equal(n.word, rows[i].word);
        assert_false(lm_wa_notice_find(lm_str(rows[i].text), false, &n)); /* a person may have typed it */
    }
}

/* Steps back within a right order do not turn the order over, once there are enough steps to compare. */
static void order_by_times_bears_some_disorder(void **state)
{
    (void)state;
    struct lm_buf b;
    lm_buf_init(&b, 1 << 20);
    for (int month = 1; month <= 12; month++)
        for (int day = 1; day <= 12; day++)
            lm_buf_printf(&b, "%02d/%02d/2018, 10:00 - Ann: x\n", month, month == 6 && day == 6 ? 3 : day);
    struct capture *c = capture_run("whatsapp_text", "chat.txt", lm_buf_str(&b));
    assert_string_equal(c->events[1].at, "2018-01-02T10:00:00");
    assert_int_equal(capture_problems(c, LM_PROBLEM_DOUBTED, "order of day"), 0);
    capture_free(c);
    lm_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_scanners_agree),
        cmocka_unit_test(the_first_line_decides_the_style),
        cmocka_unit_test(records_cover_the_file),
        cmocka_unit_test(a_line_of_ten_megabytes),
        cmocka_unit_test(memory_does_not_grow_with_the_file),
        cmocka_unit_test(time_that_runs_back_is_listed_up_to_a_limit),
        cmocka_unit_test(titles),
        cmocka_unit_test(bids),
        cmocka_unit_test(utf16_is_named),
        cmocka_unit_test(phones_and_names),
        cmocka_unit_test(attachments),
        cmocka_unit_test(notices),
        cmocka_unit_test(order_by_times_bears_some_disorder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
