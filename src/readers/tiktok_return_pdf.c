/* tiktok_return_pdf.c - "… (Subscriber information).pdf" of a TikTok return: labels and values in the text of a PDF.
 *
 * What a label is: shared/return_pdf.h. A second Username begins a second subscriber (docs/readers/tiktok_return_pdf.md). */
#include "readers/shared/cell.h"
#include "readers/shared/return_pdf.h"
#include "readers/shared/return_section.h"
#include "readers/shared/text.h"

#define BID_PAGES 2
#define LOOKAHEAD ((size_t)1 << 30)

enum field { USERNAME, METHOD, PHONE, EMAIL, DATE, ADDRESS, DEVICE, N_FIELDS };
static const char *const labels[] = { "Username", "User Name", "Registration Method", "Phone", "Phone Number", "Email", "Email Address",
                                      "Registration Date", "Registration IP", "Registration IP Address", "Registration Device Info", NULL };
static const uint8_t field_of[] = { USERNAME, USERNAME, METHOD, PHONE, PHONE, EMAIL, EMAIL, DATE, ADDRESS, ADDRESS, DEVICE };

static const struct lm_retpdf_form form = { .labels = labels, .leaves = labels, .colons = true };

static enum field known(struct lm_str label)
{
    for (size_t i = 0; labels[i] != NULL; i++)
        if (lm_retrec_is(label, labels[i]))
            return (enum field)field_of[i];
    return N_FIELDS;
}

/* --- whose is it --- */

static lm_err on_look(void *user, const struct lm_return_field *f)
{
    unsigned *seen = user;
    enum field k = known(f->label);
    if (k != N_FIELDS)
        *seen |= 1u << k;
    return LM_OK;
}

static lm_err no_section(void *user, struct lm_str id, uint64_t at)
{
    (void)user;
    (void)id;
    (void)at;
    return LM_OK;
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    static const struct lm_return_on on = { no_section, on_look };
    struct lm_str name = lm_text_file_name(in->path), tail = LM_STR("(Subscriber information).pdf");
    bool named = name.n >= tail.n && lm_str_eq_nocase(lm_str_skip(name, name.n - tail.n), tail);
    struct lm_pdf *pdf = NULL;
    struct lm_retpdf_end end;
    struct lm_arena a;
    unsigned seen = 0, registration = 0, all = 0;
    if (!lm_pdf_possible(head))
        return 0;
    lm_arena_init(&a, (size_t)64 << 20);
    if (lm_pdf_open(&a, head, in->passwords, &pdf, NULL) == LM_OK)
        (void)lm_return_pdf(pdf, BID_PAGES, &form, &on, &seen, &end);
    lm_pdf_close(pdf);
    lm_arena_free(&a);
    for (unsigned i = 0; i < N_FIELDS; i++) {
        all += seen >> i & 1;
        registration += seen >> i & 1 && (i == METHOD || i == DATE || i == ADDRESS || i == DEVICE);
    }
    bool subscriber = (seen & 1u << USERNAME) != 0 && registration >= 2;
    return subscriber || (named && registration >= 1) ? 8 * (int)all + (named ? 8 : 0) : 0;
}

/* --- one subscriber --- */

struct subscriber {
    struct lm_retsec s;
    uint64_t n;
};

static struct lm_account_ref no_account(struct lm_retsec *s, struct lm_str written)
{
    (void)s;
    (void)written;
    return (struct lm_account_ref){ .form = LM_ACCOUNT_NONE };
}

static struct lm_retfield *find(struct lm_retrec *r, enum field want)
{
    for (size_t i = 0; i < r->n; i++)
        if (!r->fields[i].used && r->fields[i].label.n != 0 && known(r->fields[i].label) == want)
            return &r->fields[i];
    return NULL;
}

static void identifier(struct subscriber *u, struct lm_retfacts *f, enum field what, enum lm_identifier_type type, lm_retsec_pick *pick, const char *basis)
{
    struct lm_retfield *v;
    struct lm_when none = { .quality = LM_TIME_NONE };
    while ((v = find(&u->s.r, what)) != NULL) {
        struct lm_str s = pick(v->value);
        if (s.n == 0 || lm_cell_says_nothing(s))
            return; /* stays in raw */
        lm_retfacts_identifier(f, u->s.owner, type, s, basis, none);
        v->used = s.n == lm_str_trim(v->value).n;
        if (!v->used)
            return;
    }
}

/* The day an account began is subscriber data, like a login (18 U.S.C. 2703(c)(2)). */
static bool registration(struct subscriber *u, struct lm_retfacts *f)
{
    struct lm_retfield *v = find(&u->s.r, DATE);
    struct lm_cell_form order = { .order = LM_ORDER_MDY };
    struct lm_cell_moment m;
    if (v == NULL || lm_cell_says_nothing(v->value))
        return true;
    if (!lm_cell_moment(lm_str_trim(v->value), (struct lm_str){ NULL, 0 }, &order, &m) || !m.timed) {
        lm_retrec_doubt(&u->s.r, "a date of registration that cannot be read; kept as written");
        return true;
    }
    if (m.exchanged)
        lm_retrec_doubt(&u->s.r, "day and month of the registration could be exchanged: read as month, day");
    v->used = !m.zone_unread;
    return lm_retfacts_event(f, LM_EVENT_LOGIN, u->s.platform, "registration_date", m.when, u->s.owner) != NULL;
}

static lm_err finish(struct subscriber *u)
{
    struct lm_retrec *r = &u->s.r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_retfield *name = find(r, USERNAME);
    if (r->n == 0)
        return LM_OK;
    u->s.owner = (struct lm_account_ref){ .platform = LM_PLATFORM_TIKTOK, .form = LM_ACCOUNT_OWNER };
    if (name != NULL && name->value.n != 0 && !lm_cell_says_nothing(name->value)) {
        u->s.owner.form = LM_ACCOUNT_NATIVE;
        u->s.owner.native = name->value;
    } else if (r->fields[0].label.n != 0) {
        lm_retrec_doubt(r, "a subscriber without a user name");
    }
    u->n += r->fields[0].label.n != 0;
    identifier(u, &f, USERNAME, LM_IDENTIFIER_HANDLE, lm_return_whole, "own_profile");
    identifier(u, &f, PHONE, LM_IDENTIFIER_PHONE, lm_return_phone, "own_profile");
    identifier(u, &f, EMAIL, LM_IDENTIFIER_EMAIL, lm_return_email, "own_profile");
    identifier(u, &f, ADDRESS, LM_IDENTIFIER_IP, lm_return_ip, "registration");
    identifier(u, &f, DEVICE, LM_IDENTIFIER_DEVICE, lm_return_whole, "registration");
    if (!registration(u, &f))
        return LM_ENOMEM;
    return lm_retsec_with_rest(&u->s, &f, (const char *const[]){ "registration method", "phone", "phone number", "registration date", "registration ip",
                                                                  "registration device info", NULL });
}

static lm_err on_field(void *user, const struct lm_return_field *f)
{
    struct subscriber *u = user;
    struct lm_retrec *r = &u->s.r;
    if (f->label.n == 0 && f->value.n == 0)
        return LM_OK;
    bool text = f->label.n == 0, was_text = r->n != 0 && r->fields[0].label.n == 0;
    bool again = known(f->label) == USERNAME && lm_retrec_find(r, "username") != NULL;
    lm_err err = r->n != 0 && (text != was_text || again) ? finish(u) : LM_OK;
    return err == LM_OK ? lm_retrec_add(r, f) : err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    static const struct lm_return_on on = { no_section, on_field };
    struct subscriber u = { .s = { .platform = LM_PLATFORM_TIKTOK, .section_word = "subscriber_information", .account = no_account } };
    struct lm_retpdf_sink places;
    struct lm_retpdf_end end = { 0 };
    struct lm_pdf *pdf;
    lm_err err = lm_pdf_open(ctx->file, ctx->in->bytes, ctx->in->passwords, &pdf, ctx->error);
    if (err != LM_OK)
        return err == LM_ENOTFOUND ? LM_EINPUT : err;
    lm_retpdf_sink_init(&places, sink, ctx->record);
    lm_retrec_init(&u.s.r, ctx, &places.sink);
    err = lm_return_pdf(pdf, LM_PDF_MAX_PAGES, &form, &on, &u, &end);
    if (err == LM_OK)
        err = finish(&u);
    if (err == LM_OK) {
        end.alike = false; /* a subscriber does not write this text */
        err = lm_retpdf_problems(pdf, &end, sink);
    }
    if (err == LM_OK && u.n == 0)
        err = lm_fail(ctx->error, LM_EINPUT, "no label of a subscriber's data stands in the text");
    lm_retrec_free(&u.s.r);
    lm_pdf_close(pdf);
    return err;
}

const struct lm_reader lm_reader_tiktok_return_pdf = {
    .name = "tiktok_return_pdf",
    .title = "TikTok return to legal process: subscriber information, PDF",
    .reference = "RLEAPP tikToksubsinfo (file name, labels; checked by it on made-up files only), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
