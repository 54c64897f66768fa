/* Contacts and calls on Android: contacts2.db, profile.db, calllog.db.
 *
 * One row of raw_contacts is one record (what one account of the phone holds of a person, with its rows of `data`), and so is one
 * row of calls. docs/readers/android_contacts.md has the rules and what is not kept.
 */
#include <inttypes.h>
#include <stdio.h>

#include "readers/shared/contact.h"
#include "readers/shared/db_read.h"
#include "readers/shared/text.h"

enum { R_DELETED, R_CONTACT, R_NAME, R_N };
static const char *const raw_columns[] = { "deleted", "contact_id", "display_name" };
enum { D_RAW, D_MIME, D_1, D_N };
static const char *const data_columns[] = { "raw_contact_id", "mimetype_id", "data1" };
enum { K_NUMBER, K_DATE, K_DURATION, K_TYPE, K_NAME, K_PRESENTATION, K_OWN, K_FEATURES, K_N = K_FEATURES + 9 };
static const char *const call_columns[] = {
    "number", "date", "duration", "type", "name", "presentation", "phone_account_address", "features",
    "-_id", "-new", "-is_read", "-photo_id", "-photo_uri", "-has_content", "-lookup_uri", "-formatted_number",
};
enum call_type { INCOMING = 1, OUTGOING, MISSED, VOICEMAIL, REJECTED, BLOCKED, ELSEWHERE }; /* CallLog.Calls.TYPE */

enum use { /* what becomes of a row of data */
    USE_PHONE, USE_EMAIL, USE_NAME, USE_NICKNAME, USE_COMPANY, USE_HANDLE, USE_PROFILE, USE_NOTHING, USE_NOT_KEPT
};
static const struct {
    const char *mime;
    enum use use;
} uses[] = {
    { "vnd.android.cursor.item/phone_v2", USE_PHONE },
    { "vnd.android.cursor.item/email_v2", USE_EMAIL },
    { "vnd.android.cursor.item/name", USE_NAME },
    { "vnd.android.cursor.item/nickname", USE_NICKNAME },
    { "vnd.android.cursor.item/organization", USE_COMPANY },
    { "vnd.android.cursor.item/im", USE_HANDLE },
    { "vnd.android.cursor.item/sip_address", USE_HANDLE },
    { "vnd.android.cursor.item/vnd.com.whatsapp.profile", USE_PROFILE },
    { "vnd.android.cursor.item/vnd.org.telegram.messenger.android.profile", USE_PROFILE },
    { "vnd.android.cursor.item/vnd.com.whatsapp.voip.call", USE_NOTHING }, /* the same id again */
    { "vnd.android.cursor.item/vnd.com.whatsapp.video.call", USE_NOTHING },
    { "vnd.android.cursor.item/photo", USE_NOTHING },
    { "vnd.android.cursor.item/group_membership", USE_NOTHING },
    { "vnd.android.cursor.item/identity", USE_NOTHING },
};
#define MAX_MIMES 256

struct mime {
    int64_t row;
    struct lm_str word; /* for people: what is behind the last '/' */
    enum use use;
    uint64_t not_kept;
    int64_t first;      /* raw contact */
};

struct file {
    struct lm_dbread r;
    struct mime mimes[MAX_MIMES];
    size_t n_mimes;
    struct lm_evdb_table *data, *contacts;
    struct lm_evdb_index data_of;
};

static lm_err on_mime(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct file *f = user;
    struct mime m = { .row = rowid, .use = USE_NOT_KEPT };
    struct lm_str text;
    if (f->n_mimes == MAX_MIMES)
        return LM_OK;
    lm_err err = lm_dbread_text(r, r->ctx->file, t, 0, &text);
    if (err != LM_OK)
        return err;
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (lm_str_is_nocase(text, uses[i].mime))
            m.use = uses[i].use;
    const char *slash = text.p != NULL ? memrchr(text.p, '/', text.n) : NULL;
    m.word = slash != NULL ? lm_str_skip(text, (size_t)(slash - text.p) + 1) : text;
    f->mimes[f->n_mimes++] = m;
    return LM_OK;
}

static struct mime *mime_of(struct file *f, int64_t row)
{
    for (size_t i = 0; i < f->n_mimes; i++)
        if (f->mimes[i].row == row)
            return &f->mimes[i];
    return NULL;
}

/* --- contacts --- */

struct names {
    struct lm_str name, nickname, company;
};

static lm_err take(struct file *f, struct lm_contact *c, struct names *n, int64_t raw_contact)
{
    struct lm_dbread *r = &f->r;
    struct mime *m = mime_of(f, lm_dbread_int(f->data, D_MIME));
    struct lm_str text;
    lm_err err = lm_dbread_text(r, r->ctx->record, f->data, D_1, &text);
    if (err != LM_OK || text.n == 0 || m == NULL)
        return err;
    switch (m->use) {
    case USE_PHONE:
        return lm_contact_add(c, LM_IDENTIFIER_PHONE, text);
    case USE_EMAIL:
        return lm_contact_add(c, LM_IDENTIFIER_EMAIL, text);
    case USE_NAME:
        n->name = n->name.n != 0 ? n->name : text;
        return lm_contact_add(c, LM_IDENTIFIER_NAME, text);
    case USE_NICKNAME:
        n->nickname = n->nickname.n != 0 ? n->nickname : text;
        return lm_contact_add(c, LM_IDENTIFIER_NAME, text);
    case USE_COMPANY:
        n->company = n->company.n != 0 ? n->company : text;
        return LM_OK;
    case USE_HANDLE:
        return lm_contact_add(c, LM_IDENTIFIER_HANDLE, text);
    case USE_PROFILE:
        return lm_contact_add(c, LM_IDENTIFIER_ACCOUNT_ID, text);
    case USE_NOTHING:
        return LM_OK;
    case USE_NOT_KEPT:
        m->first = m->not_kept++ == 0 ? raw_contact : m->first;
        return LM_OK;
    }
    return LM_EINTERNAL;
}

/* What is said of the card itself has no place in its identifiers. */
static lm_err deleted(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_contact *c)
{
    struct lm_fact *list = lm_arena_array(r->ctx->record, c->n + 1, sizeof *list);
    if (list == NULL)
        return LM_ENOMEM;
    struct lm_account_ref who = { .form = LM_ACCOUNT_NONE };
    if (c->n != 0) {
        memcpy(list, c->facts, c->n * sizeof *list);
        who = list[0].identifier.account;
    }
    lm_dbread_raw_column(r, t, R_DELETED, "deleted");
    list[c->n] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                   .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_PHONE, .flags = LM_EVENT_SYSTEM | LM_EVENT_DELETED, .duration_s = -1,
                                              .detail = LM_STR("contact"), .from = who, .raw = lm_dbread_raw_done(r) } };
    c->facts = list;
    c->n++;
    return LM_OK;
}

static lm_err raw_contact(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct file *f = user;
    struct lm_contact c = { .a = r->ctx->record, .basis = LM_STR("contact_list") };
    struct names n = { 0 };
    size_t found;
    int64_t person = 0;
    enum lm_evdb_step s = LM_EVDB_END;
    if (lm_dbread_named(r->ctx->in, "profile.db"))
        c.basis = LM_STR("own_profile");
    lm_err err = f->contacts != NULL && lm_evdb_i64(t, R_CONTACT, &person) ? lm_evdb_fetch(f->contacts, person, &s) : LM_OK;
    if (err == LM_OK && s == LM_EVDB_ROW)
        c.at = lm_dbread_when(r, f->contacts, 0, LM_EPOCH_UNIX_MS);
    const struct lm_evdb_link *l = lm_evdb_index_find(&f->data_of, rowid, &found);
    for (size_t i = 0; err == LM_OK && f->data != NULL && i < found; i++) {
        err = lm_evdb_fetch(f->data, l[i].rowid, &s);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = take(f, &c, &n, rowid);
        else if (err == LM_OK)
            lm_dbread_doubt(r, "a row of data cannot be read");
    }
    struct lm_str shown = { NULL, 0 };
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, R_NAME, &shown);
    if (err != LM_OK)
        return err;
    shown = shown.n != 0 ? shown : n.name.n != 0 ? n.name : n.nickname.n != 0 ? n.nickname : n.company;
    if (n.name.n == 0 && n.nickname.n == 0) /* Android shows such a contact under what it has */
        err = lm_contact_add(&c, LM_IDENTIFIER_NAME, n.company);
    lm_contact_settle(&c, shown);
    if (c.many)
        lm_dbread_doubt(r, "more identifiers than a card may have: the rest is left out");
    if (lm_dbread_int(t, R_DELETED) != 0) {
        lm_dbread_doubt(r, "the contact is marked as deleted");
        err = err == LM_OK ? deleted(r, t, &c) : err;
    }
    return err == LM_OK ? lm_dbread_emit(r, c.facts, c.n) : err;
}

static lm_err tell_not_kept(struct file *f)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < f->n_mimes && err == LM_OK; i++) {
        const struct mime *m = &f->mimes[i];
        struct lm_locator at = { .kind = LM_LOCATOR_TABLE, .name = LM_STR("raw_contacts"), .a = (uint64_t)m->first };
        if (m->not_kept != 0)
            err = lm_dbread_notice(&f->r, LM_PROBLEM_DOUBTED, at, "rows of kind %.*s are not kept: %" PRIu64 ", the first in the contact here",
                                   (int)(m->word.n < 60 ? m->word.n : 60), m->word.p, m->not_kept);
    }
    return err;
}

static lm_err contacts(struct file *f)
{
    static const char *const mime_columns[] = { "mimetype" }, *const contact_columns[] = { "contact_last_updated_timestamp" };
    struct lm_evdb_table *t = NULL, *mimes = NULL;
    struct lm_dbread *r = &f->r;
    int64_t highest = 0;
    lm_err err = lm_dbread_table(r, "raw_contacts", raw_columns, R_N, &t);
    if (err == LM_OK)
        err = lm_dbread_table(r, "data", data_columns, D_N, &f->data);
    if (err == LM_OK)
        err = lm_dbread_table(r, "contacts", contact_columns, 1, &f->contacts);
    if (err == LM_OK)
        err = lm_dbread_table(r, "mimetypes", mime_columns, 1, &mimes);
    if (err == LM_OK)
        err = lm_dbread_rows(r, mimes, on_mime, f);
    if (err == LM_OK)
        err = lm_dbread_index(r, f->data, D_RAW, LM_EVDB_ROWID, &f->data_of);
    if (err == LM_OK)
        err = lm_dbread_highest(r, "raw_contacts", NULL, &highest);
    if (err == LM_OK)
        err = lm_dbread_records(r, t, highest, raw_contact, f);
    return err == LM_OK ? tell_not_kept(f) : err;
}

/* --- calls --- */

static const char *call_word(int64_t type)
{
    static const char *const words[] = { NULL, "incoming", "outgoing", "missed", "voicemail", "rejected", "blocked", "answered elsewhere" };
    return type >= INCOMING && type <= ELSEWHERE ? words[type] : NULL;
}

/* Numbers that are none: withheld, unknown, payphone (Calls.PRESENTATION_*, and the older "-1", "-2", "-3"). */
static const char *no_number(struct lm_str number, int64_t presentation)
{
    if (presentation == 2 || lm_str_eq(number, LM_STR("-2")))
        return "number withheld";
    if (presentation == 4 || lm_str_eq(number, LM_STR("-3")))
        return "payphone";
    return presentation == 3 || number.n == 0 || lm_str_eq(number, LM_STR("-1")) ? "number unknown" : NULL;
}

static lm_err call_ends(struct lm_dbread *r, const struct lm_evdb_table *t, int64_t type, struct lm_event *ev, const char **ret_no_number)
{
    struct lm_account_ref own = { .platform = LM_PLATFORM_PHONE, .form = LM_ACCOUNT_OWNER };
    struct lm_account_ref other = { .platform = LM_PLATFORM_PHONE }, *to = lm_arena_alloc(r->ctx->record, sizeof *to);
    struct lm_str number, name, address;
    lm_err err = to != NULL ? LM_OK : LM_ENOMEM;
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, K_NUMBER, &number);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, K_NAME, &name);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, K_OWN, &address);
    if (err != LM_OK)
        return err;
    if (lm_text_is_whole_number(address)) { /* the SIM that was used */
        own.form = LM_ACCOUNT_NATIVE;
        own.native = address;
    }
    *ret_no_number = no_number(number, lm_dbread_int(t, K_PRESENTATION));
    if (*ret_no_number == NULL) {
        other.form = LM_ACCOUNT_NATIVE;
        other.native = number;
        other.display = name;
    }
    ev->from = type == OUTGOING ? own : other;
    *to = type == OUTGOING ? other : own;
    ev->to = to;
    ev->n_to = to->form != LM_ACCOUNT_NONE;
    return LM_OK;
}

static lm_err call(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct lm_fact fact = { .kind = LM_FACT_EVENT,
                            .event = { .kind = LM_EVENT_CALL, .platform = LM_PLATFORM_PHONE, .duration_s = -1,
                                       .at = lm_dbread_when(r, t, K_DATE, LM_EPOCH_UNIX_MS) } };
    struct lm_event *ev = &fact.event;
    int64_t type = lm_dbread_int(t, K_TYPE), seconds;
    const char *nobody = NULL, *word = call_word(type);
    (void)rowid;
    (void)user;
    lm_err err = call_ends(r, t, type, ev, &nobody);
    if (err != LM_OK)
        return err;
    if (lm_evdb_i64(t, K_DURATION, &seconds) && seconds >= 0)
        ev->duration_s = seconds;
    if (type == MISSED || type == VOICEMAIL || type == REJECTED || type == BLOCKED || (type == OUTGOING && ev->duration_s == 0))
        ev->flags |= LM_EVENT_ATTEMPT;
    char own_word[32];
    if (word == NULL) {
        (void)snprintf(own_word, sizeof own_word, "type %" PRId64, type);
        lm_dbread_doubt(r, "the type of the call is not known: read as incoming");
    }
    ev->detail = lm_arena_printf(r->ctx->record, "%s%s%s%s", word != NULL ? word : own_word,
                                 (lm_dbread_int(t, K_FEATURES) & 1) != 0 ? ", video" : "", nobody != NULL ? ", " : "", nobody != NULL ? nobody : "");
    if (ev->detail.p == NULL)
        return LM_ENOMEM;
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, 1);
}

static lm_err calls(struct file *f)
{
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    static const size_t expected[] = { K_NUMBER, K_DATE, K_DURATION, K_TYPE };
    lm_err err = lm_dbread_table(&f->r, "calls", call_columns, K_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(&f->r, t, call_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = lm_dbread_highest(&f->r, "calls", NULL, &highest);
    return err == LM_OK ? lm_dbread_records(&f->r, t, highest, call, f) : err;
}

/* --- the reader --- */

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct file *f = lm_arena_alloc(ctx->file, sizeof *f);
    if (f == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "out of memory");
    lm_err err = lm_dbread_open(&f->r, ctx, sink);
    if (err == LM_OK && !lm_evdb_has_table(f->r.db, "raw_contacts") && !lm_evdb_has_table(f->r.db, "calls"))
        err = lm_fail(ctx->error, LM_EINPUT, "neither of the tables raw_contacts and calls is in it");
    if (err == LM_OK)
        err = contacts(f);
    if (err == LM_OK)
        err = calls(f);
    return lm_dbread_finish(&f->r, err);
}

/* The magic (128 bits) and columns of the contacts provider (40); the name alone, of a file that cannot be opened, 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "data.raw_contact_id", "raw_contacts", "calls.number", "calls.duration", "calls.date", "calls.type" };
    uint32_t found = lm_dbread_peek(in, head, tables, 6);
    if ((found & 3) == 3 || (found & 0x3c) == 0x3c)
        return 168;
    return lm_dbread_named(in, "contacts2.db") || lm_dbread_named(in, "calllog.db") || lm_dbread_named(in, "profile.db") ? 8 : 0;
}

const struct lm_reader lm_reader_android_contacts = {
    .name = "android_contacts",
    .title = "Contacts and calls on Android: contacts2.db, profile.db, calllog.db",
    .reference = "Android ContactsProvider (tables), android.provider.CallLog and ContactsContract (values), log2timeline/plaso 4ea03ef9",
    .tested_on = "calls: one file of another project; contacts: our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
