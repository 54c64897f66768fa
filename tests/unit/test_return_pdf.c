/* test_return_pdf.c - labels and values on pages: fonts, columns, wrapped lines, ends of pages, numbers of pages, who claims what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pdf_made.h"
#include "reader_capture.h"

#define HEAD PDF_BOLD(50, 770, "Meta Platforms Business Record Page 1")
#define REQUEST                                                                                                                           \
    PDF_BOLD(50, 700, "Service") PDF_PLAIN(170, 700, "Instagram") PDF_BOLD(50, 685, "Target") PDF_PLAIN(170, 685, "5550200")              \
    PDF_BOLD(50, 670, "Account Identifier") PDF_PLAIN(170, 670, "ana.prueba")
#define MESSAGE(y1, y2, y3)                                                                                                               \
    PDF_BOLD(50, y1, "Unified Messages") PDF_BOLD(170, y1, "Author") PDF_PLAIN(250, y1, "beto \\(instagram: 5550201\\)") PDF_BOLD(170, y2, "Sent")  \
    PDF_PLAIN(250, y2, "2024-01-05 18:00:00 UTC") PDF_BOLD(170, y3, "Body")

static struct capture *run(const char *reader, const char *const *pages)
{
    struct lm_buf b;
    pdf_made(&b, pages);
    struct capture *c = capture_run(reader, "x.pdf", lm_buf_str(&b));
    lm_buf_free(&b);
    if (c->err != LM_OK)
        print_message("# %s\n", c->error.message);
    return c;
}

static int bids(const char *reader, const char *path, const char *const *pages)
{
    struct lm_buf b;
    pdf_made(&b, pages);
    int bits = capture_bid(reader, path, lm_buf_str(&b));
    lm_buf_free(&b);
    return bits;
}

static const struct captured_event *message(const struct capture *c, size_t nth)
{
    for (size_t i = 0; i < c->n_events; i++)
        if (c->events[i].e.kind == LM_EVENT_MESSAGE && nth-- == 0)
            return &c->events[i];
    fail_msg("no such message");
    return NULL;
}

static void text_is(const struct capture *c, size_t nth, const char *want)
{
    const struct captured_event *e = message(c, nth);
    char got[1024];
    (void)snprintf(got, sizeof got, "%.*s", LM_STR_ARG(e->e.text));
    assert_string_equal(got, want);
}

/* A line that has room for the next word was ended; another was wrapped. */
static void joins_lines_as_they_were_broken(void **state)
{
    struct capture *c = run("meta_return_pdf", (const char *const[]){
        HEAD REQUEST MESSAGE(600, 585, 570) PDF_PLAIN(250, 570, "this line is as full as a line can be, and it all") PDF_PLAIN(250, 558, "goes on here")
        PDF_PLAIN(250, 546, "this one was ended"), NULL });
    (void)state;
    assert_int_equal(c->err, LM_OK);
    text_is(c, 0, "this line is as full as a line can be, and it all goes on here\nthis one was ended");
    capture_free(c);
}

/* Label at the foot of a page, value at the head of the next; values go on over it. */
static void goes_over_the_ends_of_pages(void **state)
{
    struct capture *c = run("meta_return_pdf", (const char *const[]){
        HEAD REQUEST MESSAGE(100, 85, 70) PDF_PLAIN(280, 20, "Page 1 of 3"),
        PDF_BOLD(50, 770, "Meta Platforms Business Record Page 2") PDF_PLAIN(250, 730, "the value alone") PDF_BOLD(170, 715, "Author")
        PDF_PLAIN(250, 715, "ana \\(instagram: 5550200\\)") PDF_BOLD(170, 700, "Sent") PDF_PLAIN(250, 700, "2024-01-05 19:00:00 UTC")
        PDF_BOLD(170, 685, "Body") PDF_PLAIN(250, 685, "begins") PDF_PLAIN(280, 20, "Page 2 of 3"),
        PDF_BOLD(50, 770, "Meta Platforms Business Record") PDF_BOLD(50, 758, "Page 3") PDF_PLAIN(250, 730, "ends") PDF_PLAIN(280, 20, "Page 3 of 3"), NULL });
    (void)state;
    assert_int_equal(c->err, LM_OK);
    text_is(c, 0, "the value alone");
    text_is(c, 1, "begins\nends");
    assert_int_equal(c->n_problems, 0);
    char where[LM_LOCATOR_TEXT];
    assert_string_equal(lm_locator_format(&message(c, 1)->record, where), "page 2 line 3");
    capture_free(c);
}

/* Nothing goes on over pages that are missing by their own numbers. */
static void sees_that_pages_are_missing(void **state)
{
    struct capture *c = run("meta_return_pdf", (const char *const[]){
        HEAD REQUEST MESSAGE(600, 585, 570) PDF_PLAIN(250, 570, "begins") PDF_PLAIN(280, 20, "Page 1 of 9"),
        PDF_BOLD(50, 770, "Meta Platforms Business Record Page 4") PDF_PLAIN(250, 730, "another's end") PDF_PLAIN(280, 20, "Page 4 of 9"), NULL });
    (void)state;
    text_is(c, 0, "begins");
    assert_int_equal(capture_problems(c, LM_PROBLEM_LOST, "before this page pages are missing"), 1);
    assert_int_equal(capture_problems(c, LM_PROBLEM_LOST, "the last 5 are missing"), 1);
    capture_free(c);
}

/* "Unified" / "Messages" below each other; two labels in one run of bold text. */
static void takes_labels_together_and_apart(void **state)
{
    struct capture *c = run("meta_return_pdf", (const char *const[]){
        HEAD REQUEST PDF_BOLD(50, 600, "Logins IP Address") PDF_PLAIN(170, 600, "192.0.2.9") PDF_BOLD(92, 585, "Time") PDF_PLAIN(170, 585, "2024-01-02 03:04:05 UTC")
        PDF_BOLD(50, 560, "Unified") PDF_BOLD(50, 549, "Messages") PDF_BOLD(110, 560, "Author") PDF_PLAIN(200, 560, "beto \\(instagram: 5550201\\)")
        PDF_BOLD(110, 549, "Sent") PDF_PLAIN(200, 549, "2024-01-05 18:00:00 UTC") PDF_BOLD(110, 534, "Body") PDF_PLAIN(200, 534, "said"), NULL });
    (void)state;
    text_is(c, 0, "said");
    size_t logins = 0;
    for (size_t i = 0; i < c->n_events; i++)
        logins += c->events[i].e.kind == LM_EVENT_LOGIN && strcmp(c->events[i].at, "2024-01-02T03:04:05Z") == 0;
    assert_int_equal(logins, 1);
    capture_free(c);
}

static void claims_its_own_and_nothing_else(void **state)
{
    const char *const meta[] = { HEAD REQUEST, NULL }, *const untitled[] = { REQUEST, NULL };
    const char *const whatsapp[] = { PDF_BOLD(50, 770, "WhatsApp Business Record Page 1") PDF_BOLD(50, 700, "Service") PDF_PLAIN(170, 700, "WhatsApp")
                                         PDF_BOLD(50, 685, "Account Identifier") PDF_PLAIN(170, 685, "+13035550101"), NULL };
    const char *const subscriber[] = { PDF_PLAIN(50, 700, "Username: rosa_ej") PDF_PLAIN(50, 685, "Registration IP: 192.0.2.1")
                                           PDF_PLAIN(50, 670, "Registration Date: 2021-03-04 05:06:07 UTC"), NULL };
    const char *const little[] = { PDF_PLAIN(50, 700, "Username: rosa_ej") PDF_PLAIN(50, 685, "Registration IP: 192.0.2.1"), NULL };
    const char *const prose[] = { PDF_PLAIN(50, 700, "A Username and a Phone: Registration Method, Registration Date"), NULL };
    (void)state;
    assert_true(bids("meta_return_pdf", "a/records.pdf", meta) > 32);
    assert_int_equal(bids("meta_return_pdf", "a/records.pdf", untitled), 0);
    assert_int_equal(bids("meta_return_pdf", "a/records.pdf", whatsapp), 0);
    assert_int_equal(bids("meta_return_pdf", "a/records.pdf", subscriber), 0);
    assert_true(bids("tiktok_return_pdf", "a/b.pdf", subscriber) >= 24);
    assert_int_equal(bids("tiktok_return_pdf", "a/b.pdf", little), 0);
    assert_true(bids("tiktok_return_pdf", "a/rosa_ej(Subscriber information).pdf", little) >= 16);
    assert_int_equal(bids("tiktok_return_pdf", "a/rosa_ej(Subscriber information).pdf", prose), 0);
    assert_int_equal(bids("tiktok_return_pdf", "a/b.pdf", meta), 0);
    assert_int_equal(bids("pdf_unread", "a/b.pdf", prose), 0);
    assert_true(bids("pdf_unread", "a/b.pdf", (const char *const[]){ "0 0 9 9 re f", NULL }) > 0);
    assert_true(capture_bid("pdf_unread", "a.pdf", LM_STR("%PDF-1.4 and nothing")) > 0);
}

static void says_what_is_missing(void **state)
{
    struct capture *c = run("tiktok_return_pdf", (const char *const[]){ PDF_PLAIN(50, 700, "nothing of a subscriber"), NULL });
    (void)state;
    assert_int_equal(c->err, LM_EINPUT);
    capture_free(c);
    c = run("meta_return_pdf", (const char *const[]){ HEAD PDF_PLAIN(50, 600, "nothing of a return"), NULL });
    assert_int_equal(c->err, LM_EINPUT);
    assert_string_equal(c->error.locator, "page 1");
    capture_free(c);
    c = run("pdf_unread", (const char *const[]){ "0 0 9 9 re f", NULL });
    assert_int_equal(c->err, LM_EINPUT);
    assert_string_equal(c->error.message, "no text layer: not read, needs OCR elsewhere");
    capture_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_lines_as_they_were_broken), cmocka_unit_test(goes_over_the_ends_of_pages),
        cmocka_unit_test(sees_that_pages_are_missing),     cmocka_unit_test(takes_labels_together_and_apart),
        cmocka_unit_test(claims_its_own_and_nothing_else), cmocka_unit_test(says_what_is_missing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
