/* meta_return_pdf.c - Meta's legal returns as PDF: the same labels and values as in the HTML (docs/readers/meta_return_pdf.md). */
#include "readers/meta_return.h"
#include "readers/shared/return_pdf.h"

#define BID_PAGES 3
#define SERVICE_PAGES 64
#define LOOKAHEAD ((size_t)1 << 30)

static const char *const request_labels[] = { "Service", "Target", "Account Identifier", "Account Type", "Generated", "Date Range",
                                              "Internal Ticket Number", NULL };

/* What the sections' titles and fields are called, as far as it is known (formats of returns in HTML). */
static const char *const labels[] = {
    "Service", "Target", "Account Identifier", "Account Type", "Generated", "Date Range", "Internal Ticket Number", "Request Parameters",
    "NCMEC Reports", "Name", "Emails", "Registered Email Addresses", "Vanity", "Registration Date", "Registration Ip", "Account End Date", "Phone Numbers",
    "Logins", "IP Addresses", "IP Address", "Time", "Action", "Devices", "Following", "Followers", "Last Location", "Last Location Area", "Photos",
    "Profile Picture", "Comments", "Videos", "Live Videos", "Archived Live Videos", "Notes", "Unified Messages", "Reported Conversations",
    "Reported Disappearing Messages", "Archived Stories", "Unarchived Stories", "Encrypted Groups Info", "Threads Profile Picture", "Threads Following",
    "Threads Followers", "Threads Registration Date", "Threads Posts And Replies", "Threads Archived Stories", "Threads Unified Messages",
    "Threads Community Notes", "Community Notes", "Archived Quicksnap", "Shared Access", "Status Updates", "Likes", "Searches", "Direct Stories",
    "Privacy Settings", "Popular Block", "Gender", "Date Of Birth", "Website", "Incoming Follow Requests", "First", "Middle", "Last", "Full Name",
    "Thread", "Current Participants", "Past Participants", "Thread Name", "Author", "Sent", "Body", "Attachments", "Type", "Size", "URL", "Linked Media File",
    "Share", "Date Created", "Text", "Product Type", "Subscription Event", "Users", "Call Record", "Duration", "Missed", "Disappearing Message",
    "Disappearing Duration", "Removed by Sender", "AI", "Id", "Active", "Taken", "Caption", "Upload Ip", "Latitude", "Longitude", "CyberTip ID", NULL
};
static const char *const leaves[] = { "Service", "Target", "Account Identifier", "Account Type", "Generated", "Date Range", "Internal Ticket Number",
                                      "Author", "Sent", "Body", "Text", "Caption", "Thread Name", "Thread", "Current Participants", "Past Participants",
                                      "Linked Media File", "URL", "Type", "Size", "Time", "IP Address", "Action", NULL };
static const char *const of_messages[] = { "Thread", "Current Participants", "Past Participants", "Thread Name", "Author", "Sent", "Body", "Attachments",
                                           "Linked Media File", "Share", "Product Type", "Subscription Event", "Call Record", "Disappearing Message",
                                           "Disappearing Duration", "Removed by Sender", "AI", NULL };

static bool listed(struct lm_str s, const char *const *names)
{
    for (; *names != NULL; names++)
        if (lm_retrec_is(s, *names))
            return true;
    return false;
}

/* "Some New Section" as ids of sections are written: some_new_section. */
static struct lm_str made_id(struct lm_str label, char *room)
{
    size_t n = label.n < 200 ? label.n : 200;
    for (size_t i = 0; i < n; i++) {
        char c = label.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        room[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : word ? c : '_';
    }
    return (struct lm_str){ room, lm_utf8_valid_prefix((struct lm_str){ room, n }) };
}

static struct lm_str section(const struct lm_retpdf_title *t, char *room)
{
    static const struct lm_str none = { NULL, 0 }, request = { "request_parameters", 18 };
    struct lm_str id = mret_section_titled(t->label);
    bool in_request = t->open.n == 0 || lm_str_eq(t->open, request);
    if (lm_retrec_is(t->label, "request parameters"))
        return request;
    if (listed(t->label, request_labels) && !t->flat)
        return lm_str_eq(t->open, request) ? none : request;
    if (id.n != 0) /* "Phone Numbers" comes once a number */
        return lm_str_eq(id, t->open) || (t->flat && t->beside != LM_RETPDF_NOTHING) ? none : id;
    if (t->flat || t->colon || lm_str_ends(t->label, LM_STR(" Definition")) || (in_request && t->beside != LM_RETPDF_LABEL))
        return none;
    if (lm_str_find(t->open, LM_STR("messages")) != SIZE_MAX && listed(t->label, of_messages))
        return none;
    return made_id(t->label, room);
}

static const struct lm_retpdf_form form = { labels, leaves, false, section };

struct source {
    struct lm_pdf *pdf;
    uint32_t pages;
    struct lm_retpdf_end end;
};

static lm_err look(void *user, const struct lm_return_on *on, void *to)
{
    struct source *s = user;
    return lm_return_pdf(s->pdf, s->pages, &form, on, to, &s->end);
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_arena a;
    struct lm_return_service service;
    struct source s = { .pages = BID_PAGES };
    int bits = 0;
    if (!lm_pdf_possible(head))
        return 0;
    lm_arena_init(&a, (size_t)64 << 20);
    if (lm_pdf_open(&a, head, in->passwords, &s.pdf, NULL) == LM_OK && lm_return_service_of(&a, look, &s, &service) == LM_OK) {
        bool request = service.service.n != 0 && (service.target.n != 0 || service.account.n != 0);
        bool whatsapp = s.end.whatsapp || lm_str_eq_nocase(lm_str_take(service.service, 8), LM_STR("whatsapp"));
        bits = request && s.end.titled && !whatsapp ? 64 : 0;
    }
    lm_pdf_close(s.pdf);
    lm_arena_free(&a);
    return bits;
}

static lm_err walk(void *user, const struct lm_return_on *on, void *to, struct lm_return_end *ret, struct lm_error *e)
{
    struct source *s = user;
    lm_err err = lm_return_pdf(s->pdf, LM_PDF_MAX_PAGES, &form, on, to, &s->end);
    (void)e;
    if (err == LM_OK)
        *ret = (struct lm_return_end){ .complete = true, .at = s->end.at };
    return err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_return_service service;
    struct lm_retpdf_sink places;
    struct source s = { .pages = SERVICE_PAGES };
    lm_err err = lm_pdf_open(ctx->file, ctx->in->bytes, ctx->in->passwords, &s.pdf, ctx->error);
    if (err != LM_OK)
        return err == LM_ENOTFOUND ? LM_EINPUT : err;
    err = lm_return_service_of(ctx->file, look, &s, &service);
    if (err == LM_OK) {
        struct mret_form to = { &service, service.instagram ? LM_PLATFORM_INSTAGRAM : LM_PLATFORM_FACEBOOK, walk, &s };
        lm_retpdf_sink_init(&places, sink, ctx->record);
        err = mret_read(&to, ctx, &places.sink);
        if (err == LM_EINPUT)
            lm_fail_at(ctx->error, "", "page %u", s.end.pages);
    }
    if (err == LM_OK || err == LM_EINPUT) {
        lm_err said = lm_retpdf_problems(s.pdf, &s.end, sink);
        err = said != LM_OK ? said : err;
    }
    lm_pdf_close(s.pdf);
    return err;
}

const struct lm_reader lm_reader_meta_return_pdf = {
    .name = "meta_return_pdf",
    .title = "Facebook and Instagram legal return (\"Meta Platforms Business Record\"), PDF",
    .reference = "labels and sections as in meta_return_html; that a PDF form exists is said (RLEAPP, Meta_Chat_Exporter), its layout is in no public "
                 "source; checked 2026-11",
    .tested_on = "our own files only: printed from HTML by a browser, and written",
    .lookahead = LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
