/* test_meta_return_html.c - meta_return_html on the made-up returns of another project ($LM_SHARED/samples/meta), against every value
 * that its tests expect of a file that is there (EXPECTED.tsv). A line whose fact has no check here fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "readers/shared/text.h"

#include "../reader_capture.h"

#define FOLDER "samples/meta/"

static size_t n_compared, n_without_file;

struct seen {
    const struct capture *c;
    const char *file;
    const struct captured_event *messages[8];
    size_t n_messages, n_threads, n_members;
    const struct captured_event *thread;
};

static struct lm_str quoted(struct lm_str s)
{
    size_t from = lm_str_find(s, LM_STR("'"));
    if (from == SIZE_MAX)
        return (struct lm_str){ NULL, 0 };
    s = lm_str_skip(s, from + 1);
    return lm_str_take(s, lm_str_find(s, LM_STR("'")));
}

static long last_number(struct lm_str s)
{
    size_t n = s.n;
    int64_t v = -1;
    while (n > 0 && s.p[n - 1] != ' ')
        n--;
    return lm_str_to_i64(lm_str_skip(s, n), &v) ? (long)v : -1;
}

static int by_time(const void *a, const void *b)
{
    int64_t x = (*(const struct captured_event *const *)a)->e.at.us, y = (*(const struct captured_event *const *)b)->e.at.us;
    return (x > y) - (x < y);
}

static void look(struct seen *s)
{
    for (size_t i = 0; i < s->c->n_events; i++) {
        const struct captured_event *ev = &s->c->events[i];
        if (lm_str_eq(ev->e.detail, LM_STR("thread"))) {
            s->n_threads++;
            s->thread = ev;
        } else if (ev->e.kind == LM_EVENT_MESSAGE || ev->e.kind == LM_EVENT_CALL) {
            assert_true(s->n_messages < 8);
            s->messages[s->n_messages++] = ev;
        }
    }
    qsort(s->messages, s->n_messages, sizeof *s->messages, by_time);
}

static bool raw_has(const struct captured_event *ev, const char *what)
{
    return lm_str_find(ev->e.raw, lm_str(what)) != SIZE_MAX;
}

/* The members of the thread: the author and the legs of its first message. */
static long members(const struct seen *s)
{
    return (long)s->messages[0]->e.n_to + 1;
}

static bool starts(struct lm_str s, const char *with)
{
    return lm_str_starts(s, lm_str(with));
}

/* Is the fact so? -1: a kind of fact that is not known here. */
static int holds(const struct seen *s, struct lm_str fact)
{
    const struct captured_event *m = s->n_messages != 0 ? s->messages[0] : NULL;
    const struct lm_attachment *a = m != NULL && m->e.n_attachments != 0 ? &m->e.attachments[0] : NULL;
    struct lm_str want = quoted(fact);
    if (starts(fact, "result []"))
        return s->c->n_events == 0;
    if (starts(fact, "len(result) "))
        return (long)s->n_threads == last_number(fact);
    if (starts(fact, "p.owner_username") || starts(fact, "p.owner_id"))
        return -2;
    if (m == NULL)
        return 0;
    if (starts(fact, "thread.thread_id"))
        return lm_str_eq(s->thread->e.thread.native, want) && lm_str_eq(m->e.thread.native, want);
    if (starts(fact, "len(thread.participants)"))
        return members(s) == last_number(fact);
    if (starts(fact, "len(thread.messages)") || starts(fact, "len(result[0].messages)"))
        return (long)s->n_messages == last_number(fact);
    if (starts(fact, "msg.author_id"))
        return lm_str_eq(m->e.from.native, want);
    if (starts(fact, "msg.author"))
        return lm_str_eq(m->e.from.display, want);
    if (starts(fact, "msg.body") || starts(fact, "result[0].messages[0].body"))
        return lm_str_eq(m->e.text, want);
    if (starts(fact, "result[0].messages[1].body"))
        return lm_str_eq(s->messages[1]->e.text, want);
    if (starts(fact, "result[0].messages[0].source_file"))
        return m->record.kind == LM_LOCATOR_BYTES && m->record.b > 0; /* the source is intake's to name; the place is ours */
    if (starts(fact, "msg.sent.hour"))
        return (m->e.at.us / (3600 * LM_SECOND_US) % 24 + 21) % 24 == last_number(fact); /* shown in UTC-3 */
    if (starts(fact, "msg.sent.minute"))
        return m->e.at.us / (60 * LM_SECOND_US) % 60 == last_number(fact) && m->e.at.quality == LM_TIME_UTC;
    if (starts(fact, "msg.disappearing_duration"))
        return raw_has(m, "\"Disappearing Duration\":\"24 hours\"") && lm_str_eq(want, LM_STR("24 hours"));
    if (starts(fact, "msg.disappearing"))
        return raw_has(m, "\"Disappearing Message\":\"On\"");
    if (starts(fact, "msg.is_call"))
        return m->e.kind == LM_EVENT_CALL;
    if (starts(fact, "msg.call_type"))
        return lm_str_eq_nocase(m->e.detail, want);
    if (starts(fact, "msg.call_duration"))
        return m->e.duration_s == last_number(fact);
    if (starts(fact, "msg.call_missed")) /* the file says false: its test asserts that it is not missed */
        return (m->e.flags & LM_EVENT_ATTEMPT) == 0;
    if (starts(fact, "len(msg.attachments)"))
        return (long)m->e.n_attachments == last_number(fact);
    if (starts(fact, "msg.attachments[0].filename"))
        return a != NULL && lm_str_ends(a->name, want);
    if (starts(fact, "'image' msg.attachments[0].file_type"))
        return a != NULL && lm_str_ends(a->name, LM_STR(".jpg")); /* by its name: the file states no type */
    if (starts(fact, "msg.share_url"))
        return a != NULL && lm_str_eq(a->name, want);
    if (starts(fact, "msg.share_text"))
        return a != NULL && lm_str_eq(a->note, want);
    if (starts(fact, "msg.has_payment"))
        return (m->e.flags & LM_EVENT_PAYMENT_HINT) != 0;
    return -1;
}

/* The owner is the account of identifiers, which the capture does not keep: events that he is in name him. */
static int owner_is(const char *bytes, size_t n, struct lm_str fact)
{
    char *p = malloc(n + 512);
    static const char more[] = "<div id=\"property-logins\"><div class=t>IP Address<div class=m><div>192.0.2.1</div></div></div></div>";
    if (p == NULL)
        return 0;
    memcpy(p, bytes, n);
    memcpy(p + n, more, sizeof more);
    struct capture *c = capture_run("meta_return_html", "records.html", (struct lm_str){ p, n + sizeof more - 1 });
    const struct lm_account_ref *o = c->n_events != 0 ? &c->events[c->n_events - 1].e.from : NULL;
    bool ok = o != NULL && lm_str_eq(starts(fact, "p.owner_id") ? o->native : o->display, quoted(fact));
    capture_free(c);
    free(p);
    return ok;
}

static void check_line(struct lm_str file, struct lm_str fact)
{
    char path[256], *bytes;
    size_t n;
    (void)snprintf(path, sizeof path, FOLDER "%.*s", LM_STR_ARG(file));
    if (!capture_shared(path, &bytes, &n)) {
        n_without_file++;
        return;
    }
    struct seen s = { .c = capture_run("meta_return_html", "records.html", (struct lm_str){ bytes, n }), .file = path };
    look(&s);
    int so = holds(&s, fact);
    if (so == -2)
        so = owner_is(bytes, n, fact);
    if (so != 1)
        fail_msg("%.*s: %.*s: %s", LM_STR_ARG(file), LM_STR_ARG(fact), so < 0 ? "there is no check for this" : "is not so");
    n_compared++;
    capture_free((struct capture *)(void *)(uintptr_t)s.c);
    free(bytes);
}

static void reads_what_the_other_project_expects(void **state)
{
    char *bytes;
    size_t n;
    (void)state;
    assert_true(capture_shared(FOLDER "EXPECTED.tsv", &bytes, &n));
    struct lm_str rest = { bytes, n };
    while (rest.n > 0) {
        struct lm_str line = lm_text_line(&rest);
        size_t tab = lm_str_find(line, LM_STR("\t"));
        if (line.n == 0 || line.p[0] == '#' || tab == SIZE_MAX)
            continue;
        check_line(lm_str_take(line, tab), lm_str_skip(line, tab + 1));
    }
    free(bytes);
    printf("# %zu values compared; %zu expected values are of files that are not there\n", n_compared, n_without_file);
    assert_true(n_compared >= 28);
}

int main(void)
{
    if (capture_none_shared(FOLDER "EXPECTED.tsv"))
        return 0;
    const struct CMUnitTest tests[] = { cmocka_unit_test(reads_what_the_other_project_expects) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
