/* The files of chatistics, chat-miner and whatsapp-chat-parser, with the values that those projects' tests expect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../reader_capture.h"

#define FOLDER "samples/whatsapp/"

static unsigned n_compared;

static void is_text(struct lm_str got, const char *want)
{
    char z[8192];
    (void)snprintf(z, sizeof z, "%.*s", LM_STR_ARG(got));
    assert_string_equal(z, want);
    n_compared++;
}

static void is_n(size_t got, size_t want)
{
    assert_int_equal(got, want);
    n_compared++;
}

static void is_time(const struct captured_event *e, const char *want)
{
    assert_string_equal(e->at, want);
    assert_int_equal(e->e.at.quality, LM_TIME_LOCAL);
    n_compared++;
}

/* Messages of people only: the n-th, or NULL. */
static const struct captured_event *person(const struct capture *c, size_t n)
{
    for (size_t i = 0; i < c->n_events; i++)
        if ((c->events[i].e.flags & LM_EVENT_SYSTEM) == 0 && n-- == 0)
            return &c->events[i];
    return NULL;
}

static size_t n_persons(const struct capture *c)
{
    size_t n = 0;
    while (person(c, n) != NULL)
        n++;
    return n;
}

static struct capture *of_file(const char *name)
{
    char path[256], *bytes;
    size_t n;
    (void)snprintf(path, sizeof path, FOLDER "%s", name);
    if (!capture_shared(path, &bytes, &n))
        return NULL;
    struct capture *c = capture_run("whatsapp_text", name, (struct lm_str){ bytes, n });
    assert_true(capture_bid("whatsapp_text", name, (struct lm_str){ bytes, n }) > 0);
    free(bytes);
    assert_int_equal(c->err, LM_OK);
    return c;
}

/* Calls row() with the two columns of each line of a table; "\n" in the first is a line end. */
static bool each_row(const char *name, void (*row)(const char *left, const char *right))
{
    char path[256], *bytes;
    size_t n, at = 0;
    (void)snprintf(path, sizeof path, FOLDER "%s", name);
    if (!capture_shared(path, &bytes, &n))
        return false;
    while (at < n) {
        char left[512], right[512];
        size_t k = 0;
        const char *nl = memchr(bytes + at, '\n', n - at), *tab = memchr(bytes + at, '\t', n - at);
        size_t end = nl != NULL ? (size_t)(nl - bytes) : n;
        if (bytes[at] != '#' && tab != NULL && (size_t)(tab - bytes) < end) {
            for (size_t i = at; bytes + i < tab && k + 1 < sizeof left; i++) {
                bool escape = bytes[i] == '\\' && bytes[i + 1] == 'n';
                left[k++] = escape ? '\n' : bytes[i];
                i += escape;
            }
            left[k] = '\0';
            (void)snprintf(right, sizeof right, "%.*s", (int)(end - (size_t)(tab + 1 - bytes)), tab + 1);
            row(left, right);
        }
        at = end + 1;
    }
    free(bytes);
    return true;
}

static void header_row(const char *line, const char *when)
{
    struct capture *c = capture_run("whatsapp_text", "chat.txt", lm_str(line));
    assert_true(capture_bid("whatsapp_text", "chat.txt", lm_str(line)) > 0);
    assert_int_equal(c->err, LM_OK);
    is_n(c->n_events, 1);
    is_time(&c->events[0], when);
    is_text(c->events[0].e.from.display, "a");
    is_text(c->events[0].e.text, "m");
    capture_free(c);
}

static void header_forms(void **state)
{
    (void)state;
    if (!each_row("pustur_header_forms.tsv", header_row))
        fail();
}

static void attachment_row(const char *message, const char *name)
{
    struct capture *c = capture_run("whatsapp_text", "chat.txt", lm_str(message));
    assert_int_equal(c->err, LM_OK);
    is_n(c->n_events, 1);
    is_n(c->events[0].e.n_attachments, 1);
    is_text(c->events[0].e.attachments[0].name, name);
    const char *below = strchr(message, '\n');
    is_text(c->events[0].e.text, below != NULL ? below + 1 : "");
    capture_free(c);
}

static void attachment_forms(void **state)
{
    (void)state;
    if (!each_row("pustur_attachment_forms.tsv", attachment_row))
        fail();
}

static void short_chat(void **state)
{
    (void)state;
    static const char *const authors[] = { "", "", "Sample User", "TestBot", "+410123456789" };
    static const char *const texts[] = {
        "Messages to this group are now secured with end-to-end encryption. Tap for more info.",
        "You created group \"ShortChat\"", "This is a test message", "Hey I'm a test too!",
        "How are you?\n\nIs everything alright?\n"
    };
    /* No number is above 12, and only months-first makes the times run forward. */
    static const char *const times[] = { "2017-06-03T00:45:00", "2017-06-03T00:45:00", "2017-06-03T00:45:00",
                                         "2017-08-05T01:48:00", "2017-09-04T01:50:00" };
    struct capture *c = of_file("pustur_short_chat.txt");
    if (c == NULL)
        fail();
    is_n(c->n_events, 5);
    for (size_t i = 0; i < 5; i++) {
        is_text(c->events[i].e.from.display, authors[i]);
        is_text(c->events[i].e.text, texts[i]);
        is_time(&c->events[i], times[i]);
        is_n((c->events[i].e.flags & LM_EVENT_SYSTEM) != 0, i < 2);
    }
    is_n(c->events[1].e.kind, LM_EVENT_GROUP_CHANGE);
    is_n(c->events[1].e.from.form, LM_ACCOUNT_OWNER);
    is_n(c->events[4].e.from.form, LM_ACCOUNT_NATIVE);
    is_text(c->events[4].e.from.native, "+410123456789");
    is_n(c->n_problems, 0);
    capture_free(c);
}

/* The other facts of pustur_EXPECTED.md. */
static void rules_of_whatsapp_chat_parser(void **state)
{
    (void)state;
    struct capture *c = capture_run("whatsapp_text", "chat.txt", LM_STR("23/06/2018, 01:55 p.m. - Loris: one\ntwo\n"
                                                                       "2016-04-29 10:30:00\n"
                                                                       "23/06/2018, 01:56 p.m. - Loris: three"));
    is_n(c->n_events, 2);
    is_text(c->events[0].e.text, "one\ntwo\n2016-04-29 10:30:00");
    is_time(&c->events[0], "2018-06-23T13:55:00");
    is_n(c->events[0].e.flags & LM_EVENT_HEADER_IN_BODY, 0);
    capture_free(c);
    c = capture_run("whatsapp_text", "chat.txt", LM_STR("03/02/17, 18:42 - Luke: "));
    is_n(c->n_events, 1);
    is_n(c->events[0].e.flags & LM_EVENT_SYSTEM, 0);
    is_text(c->events[0].e.from.display, "Luke");
    is_text(c->events[0].e.text, "");
    capture_free(c);
    c = capture_run("whatsapp_text", "chat.txt", LM_STR("06/03/2017, 00:45 - You created group \"Test\"\nsecond"));
    is_n(c->n_events, 1);
    is_n(c->events[0].e.flags & LM_EVENT_SYSTEM, LM_EVENT_SYSTEM);
    is_text(c->events[0].e.text, "You created group \"Test\"\nsecond");
    capture_free(c);
    c = capture_run("whatsapp_text", "chat.txt", LM_STR("30/12/2020, 13:00 - a: m\n13/1/2021, 13:00 - a: m\n"));
    is_time(&c->events[0], "2020-12-30T13:00:00");
    is_time(&c->events[1], "2021-01-13T13:00:00");
    capture_free(c);
    static const char *const clocks[][2] = { { "12:00 PM", "2018-06-13T12:00:00" }, { "12:00 AM", "2018-06-13T00:00:00" },
                                             { "12:00 a.m.", "2018-06-13T00:00:00" }, { "12:00 A.M.", "2018-06-13T00:00:00" },
                                             { "12:00 am", "2018-06-13T00:00:00" } };
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        char line[128];
        (void)snprintf(line, sizeof line, "13/6/18, %s - a: m", clocks[i][0]);
        c = capture_run("whatsapp_text", "chat.txt", lm_str(line));
        is_n(c->n_events, 1);
        is_time(&c->events[0], clocks[i][1]);
        capture_free(c);
    }
    c = capture_run("whatsapp_text", "chat.txt", (struct lm_str){ NULL, 0 });
    is_n(c->err, LM_OK);
    is_n(c->empty, true);
    capture_free(c);
}

static void chatistics(void **state)
{
    (void)state;
    struct capture *c = of_file("chatistics_1.txt");
    if (c == NULL)
        fail();
    is_n(n_persons(c), 20);
    for (size_t i = 0; i < 20; i++)
        is_text(person(c, i)->e.from.display, "AAJJAJJJAJAAAAAJJJJA"[i] == 'A' ? "Alice Placeholder" : "John Doe");
    is_n(c->n_events, 21);
    is_text(c->events[2].e.text, "This is an info entry");
    is_time(person(c, 0), "2018-01-04T11:53:57");
    is_time(person(c, 2), "2018-01-04T11:54:34");
    is_time(person(c, 11), "2018-10-12T10:14:39");
    is_time(person(c, 13), "2019-02-01T00:04:35");
    is_time(person(c, 19), "2019-04-19T16:18:33");
    is_text(person(c, 12)->e.text, "田中さんにあげて下さい");
    char controls[256];
    size_t n = 0; /* the first line of that body is U+0080 to U+009F without U+0085: kept */
    for (int i = 0x80; i < 0xa0; i++)
        if (i != 0x85)
            n += (size_t)snprintf(controls + n, sizeof controls - n, "\xc2%c", i);
    (void)snprintf(controls + n, sizeof controls - n,
                   "\n[1.2.2019, 00:00:00] John Doe: this line is not a message on its own");
    is_text(person(c, 16)->e.text, controls);
    is_text(person(c, 17)->e.text, "¯\\_(ツ)_/¯");
    is_text(person(c, 18)->e.text,
            "What is that?\n2/11/19, 14:48 Alice Placeholder: this is a message from another chat!");
    is_text(person(c, 19)->e.text, "This is the last message of this test file.");
    is_n(capture_problems(c, LM_PROBLEM_DOUBTED, "that look like headers"), 2);
    is_n(c->n_problems, 2);
    is_n((person(c, 16)->e.flags & LM_EVENT_HEADER_IN_BODY) != 0, 1);
    is_n((person(c, 18)->e.flags & LM_EVENT_HEADER_IN_BODY) != 0, 1);
    capture_free(c);
    c = of_file("chatistics_2.txt");
    assert_non_null(c);
    static const char *const times[] = { "2019-09-17T16:37:47", "2019-09-17T16:38:06", "2019-09-17T16:38:59",
                                         "2019-09-17T16:39:52" };
    static const char *const authors[] = { "Peter Doe", "Peter Doe", "John Doe", "John Doe" };
    is_n(c->n_events, 4);
    for (size_t i = 0; i < 4; i++) {
        is_time(&c->events[i], times[i]);
        is_text(c->events[i].e.from.display, authors[i]);
        is_text(c->events[i].e.to[0].display, authors[3 - i]);
    }
    is_text(c->events[0].e.text, "This is a message from Peter Doe\n"
                                 "[1.9.19, 00:00:00] Peter Doe: this is the second line of the first message");
    is_n(c->n_problems, 1);
    capture_free(c);
}

/* The value of a member of the n-th object in chat-miner_target.json, which is flat and has no escapes. */
static bool target(const char *json, size_t n, const char *member, char out[512])
{
    char key[64];
    (void)snprintf(key, sizeof key, "\"%s\": \"", member);
    const char *p = json;
    for (size_t i = 0; i <= n; i++) {
        p = strstr(p, key);
        if (p == NULL)
            return false;
        p += strlen(key);
    }
    (void)snprintf(out, 512, "%.*s", (int)strcspn(p, "\""), p);
    return true;
}

/* chat-miner joins the lines of a message with a space and drops notices; its target is newest first. */
static void chat_miner(void **state)
{
    (void)state;
    static const char *const files[] = { "chat-miner_test_ddmmyy_24hrs.txt", "chat-miner_test_mmddyy_24hrs.txt",
                                         "chat-miner_test_mmddyyyy_12hrs.txt", "chat-miner_test_yyyymmdd_24hrs.txt" };
    char *json = NULL, want[512];
    size_t n_json = 0;
    if (!capture_shared(FOLDER "chat-miner_target.json", &json, &n_json))
        fail();
    json = realloc(json, n_json + 1);
    assert_non_null(json);
    json[n_json] = '\0';
    for (size_t f = 0; f < 4; f++) {
        struct capture *c = of_file(files[f]);
        assert_non_null(c);
        size_t n = n_persons(c);
        is_n(n, 6);
        for (size_t i = 0; i < n; i++) {
            const struct captured_event *e = person(c, n - 1 - i);
            char joined[512];
            (void)snprintf(joined, sizeof joined, "%.*s", LM_STR_ARG(e->e.text));
            for (char *p = joined; *p != '\0'; p++)
                *p = *p == '\n' ? ' ' : *p;
            assert_true(target(json, i, "timestamp", want));
            is_time(e, want);
            assert_true(target(json, i, "author", want));
            is_text(e->e.from.display, want);
            assert_true(target(json, i, "message", want));
            is_text(lm_str(joined), want);
        }
        is_n(c->n_events, 9);
        is_n(c->n_problems, 0);
        capture_free(c);
    }
    free(json);
}

static int say_how_many(void **state)
{
    (void)state;
    print_message("# compared %u values\n", n_compared);
    return 0;
}

int main(void)
{
    if (capture_none_shared(FOLDER "chatistics_EXPECTED.md"))
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_forms), cmocka_unit_test(attachment_forms), cmocka_unit_test(short_chat),
        cmocka_unit_test(rules_of_whatsapp_chat_parser), cmocka_unit_test(chatistics), cmocka_unit_test(chat_miner),
    };
    return cmocka_run_group_tests(tests, NULL, say_how_many);
}
