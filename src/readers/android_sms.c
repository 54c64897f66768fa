/* Messages on Android: mmssms.db, SMS in `sms`, MMS in `pdu` with `addr` and `part`.
 *
 * One row of sms or pdu is one record. Times: sms in milliseconds, pdu in seconds since 1970 UTC. docs/readers/android_sms.md has
 * the rules and what is not kept.
 */
#include <stdio.h>

#include "readers/shared/db_read.h"

enum { S_THREAD, S_ADDRESS, S_DATE, S_SENT, S_TYPE, S_SUBJECT, S_BODY, S_ERROR, S_N = S_ERROR + 8 };
static const char *const sms_columns[] = { "thread_id", "address", "date",    "date_sent", "type",  "subject", "body", "error_code",
                                           "-_id",      "-person", "-status", "-locked",   "-seen", "-read",   "-protocol" };
enum { P_THREAD, P_DATE, P_SENT, P_BOX, P_ID, P_SUBJECT, P_TYPE, P_N = P_TYPE + 5 };
static const char *const pdu_columns[] = { "thread_id", "date", "date_sent", "msg_box", "m_id", "sub", "m_type", "-_id", "-locked", "-seen",
                                           "-read" };
enum { A_MESSAGE, A_ADDRESS, A_TYPE, A_N };
static const char *const addr_columns[] = { "msg_id", "address", "type" };
enum { PART_MESSAGE, PART_TYPE, PART_NAME, PART_FILE, PART_ID, PART_PLACE, PART_DATA, PART_TEXT, PART_N };
static const char *const part_columns[] = { "mid", "ct", "name", "fn", "cid", "cl", "_data", "text" };
enum { /* addr.type: header fields of OMA-TS-MMS_ENC 7.4 */
    TO = 151, CC = 130, BCC = 129, FROM = 137
};
#define NOTIFICATION 130 /* m_type: announced, never fetched */

struct thread {
    int64_t row;
    struct lm_account_ref *members; /* without the owner */
    size_t n;
};

struct file {
    struct lm_dbread r;
    struct thread *threads;
    size_t n_threads, cap_threads;
    struct lm_evdb_table *addresses, *parts, *canonical;
    struct lm_evdb_index addresses_of, parts_of;
    struct lm_account_ref owner;
};

static struct lm_account_ref account(struct lm_str id)
{
    bool mail = lm_str_find(id, LM_STR("@")) != SIZE_MAX;
    return (struct lm_account_ref){ .platform = mail ? LM_PLATFORM_EMAIL : LM_PLATFORM_PHONE,
                                    .form = id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE,
                                    .native = id };
}

/* --- threads: "3 7" are rows of canonical_addresses --- */

static lm_err on_thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct file *f = user;
    struct lm_str rest = lm_str_trim(lm_evdb_bytes(t, 0));
    struct thread *grown = lm_arena_grow(r->ctx->file, f->threads, f->n_threads, &f->cap_threads, sizeof *grown);
    size_t cap = 0;
    if (grown == NULL)
        return LM_ENOMEM;
    f->threads = grown;
    struct thread *one = &grown[f->n_threads++];
    *one = (struct thread){ .row = rowid };
    while (rest.n != 0 && f->canonical != NULL && one->n < LM_DBREAD_MAX_LIST) {
        size_t blank = lm_str_find(rest, LM_STR(" "));
        struct lm_str word = lm_str_take(rest, blank), address = { NULL, 0 };
        enum lm_evdb_step s = LM_EVDB_END;
        int64_t id;
        lm_err err = lm_str_to_i64(word, &id) ? lm_evdb_fetch(f->canonical, id, &s) : LM_OK;
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = lm_dbread_text(r, r->ctx->file, f->canonical, 0, &address);
        struct lm_account_ref *members = address.n != 0 ? lm_arena_grow(r->ctx->file, one->members, one->n, &cap, sizeof *members) : one->members;
        if (err != LM_OK || (address.n != 0 && members == NULL))
            return err != LM_OK ? err : LM_ENOMEM;
        one->members = members;
        if (address.n != 0)
            members[one->n++] = account(address);
        rest = lm_str_trim(lm_str_skip(rest, word.n));
    }
    return LM_OK;
}

static const struct thread *find_thread(const struct file *f, int64_t row)
{
    size_t low = 0, high = f->n_threads;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->threads[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < f->n_threads && f->threads[low].row == row ? &f->threads[low] : NULL;
}

static lm_err thread_ref(struct lm_dbread *r, const struct file *f, int64_t row, struct lm_thread_ref *ret, const struct thread **ret_thread)
{
    *ret_thread = find_thread(f, row);
    *ret = (struct lm_thread_ref){ .native = lm_arena_printf(r->ctx->record, "thread %lld", (long long)row) };
    if (*ret_thread != NULL)
        ret->kind = (*ret_thread)->n > 1 ? LM_THREAD_GROUP : LM_THREAD_DIRECT;
    return ret->native.p != NULL ? LM_OK : LM_ENOMEM;
}

/* --- sms --- */

static const char *sms_word(int64_t type, bool *ret_mine, unsigned *ret_flags, enum lm_event_kind *ret_kind)
{
    *ret_mine = type != 1;
    switch (type) {
    case 1:
        return "SMS, received";
    case 2:
        return "SMS, sent";
    case 3:
        *ret_kind = LM_EVENT_OTHER; /* written and not sent */
        return "SMS, draft";
    case 4:
        *ret_flags |= LM_EVENT_ATTEMPT;
        return "SMS, in the outbox";
    case 5:
        *ret_flags |= LM_EVENT_ATTEMPT;
        return "SMS, failed";
    case 6:
        *ret_flags |= LM_EVENT_ATTEMPT;
        return "SMS, queued";
    default:
        return NULL;
    }
}

static lm_err sms(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct file *f = user;
    struct lm_fact fact = { .kind = LM_FACT_EVENT,
                            .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_PHONE, .duration_s = -1,
                                       .at = lm_dbread_when(r, t, S_DATE, LM_EPOCH_UNIX_MS) } };
    struct lm_event *ev = &fact.event;
    const struct thread *thread;
    struct lm_str address = { NULL, 0 };
    bool mine = false;
    (void)rowid;
    int64_t type = lm_dbread_int(t, S_TYPE);
    const char *word = sms_word(type, &mine, &ev->flags, &ev->kind);
    lm_err err = lm_dbread_text(r, r->ctx->record, t, S_BODY, &ev->text);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, S_ADDRESS, &address);
    if (err == LM_OK)
        err = thread_ref(r, f, lm_dbread_int(t, S_THREAD), &ev->thread, &thread);
    ev->detail = word != NULL ? lm_str(word) : lm_arena_printf(r->ctx->record, "SMS, type %lld", (long long)type);
    struct lm_account_ref *to = lm_arena_alloc(r->ctx->record, sizeof *to), other = account(address);
    if (err == LM_OK && (to == NULL || ev->detail.p == NULL))
        err = LM_ENOMEM;
    if (err != LM_OK)
        return err;
    if (word == NULL)
        lm_dbread_doubt(r, "whether it was sent or received is not said");
    if (other.form == LM_ACCOUNT_NONE && thread != NULL && thread->n == 1)
        other = thread->members[0]; /* a draft has no address of its own */
    if (other.form == LM_ACCOUNT_NONE)
        lm_dbread_doubt(r, "who the other end is is not said");
    ev->from = mine ? f->owner : other;
    *to = mine ? other : f->owner;
    ev->to = to;
    ev->n_to = to->form != LM_ACCOUNT_NONE;
    lm_dbread_raw_column(r, t, S_SENT, "date_sent");
    lm_dbread_raw_column(r, t, S_SUBJECT, "subject");
    lm_dbread_raw_column(r, t, S_ERROR, "error_code");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, 1);
}

/* --- MMS --- */

struct ends {
    struct lm_account_ref from, *to;
    size_t n_to, cap, n_addressed; /* n_addressed: only those in To */
};

static bool is_token(struct lm_str address)
{
    return lm_str_eq(address, LM_STR("insert-address-token")); /* the phone did not know its own number */
}

static lm_err read_ends(struct lm_dbread *r, struct file *f, int64_t row, struct ends *ret)
{
    size_t found;
    const struct lm_evdb_link *l = lm_evdb_index_find(&f->addresses_of, row, &found);
    for (size_t i = 0; f->addresses != NULL && i < found; i++) {
        enum lm_evdb_step s;
        struct lm_str address;
        lm_err err = lm_evdb_fetch(f->addresses, l[i].rowid, &s);
        if (err != LM_OK || s != LM_EVDB_ROW) {
            if (err != LM_OK)
                return err;
            lm_dbread_doubt(r, "an address cannot be read");
            continue;
        }
        int64_t type = lm_dbread_int(f->addresses, A_TYPE);
        err = lm_dbread_text(r, r->ctx->record, f->addresses, A_ADDRESS, &address);
        if (err != LM_OK)
            return err;
        struct lm_account_ref one = is_token(address) ? f->owner : account(address);
        if (type == FROM)
            ret->from = one;
        if ((type != TO && type != CC && type != BCC) || one.form == LM_ACCOUNT_NONE)
            continue;
        err = lm_dbread_push(r, (void **)&ret->to, ret->n_to, &ret->cap, sizeof *ret->to);
        if (err == LM_ELIMIT)
            return LM_OK;
        if (err != LM_OK)
            return err;
        ret->n_addressed += type == TO;
        ret->to[ret->n_to++] = one;
    }
    return LM_OK;
}

static lm_err join_text(struct lm_dbread *r, struct lm_str more, struct lm_str *text)
{
    if (more.n == 0)
        return LM_OK;
    *text = text->n == 0 ? more : lm_arena_printf(r->ctx->record, "%.*s\n%.*s", LM_STR_ARG(*text), LM_STR_ARG(more));
    return text->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err part_name(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_str *ret)
{
    static const size_t order[] = { PART_PLACE, PART_NAME, PART_FILE, PART_DATA, PART_ID };
    lm_err err = LM_OK;
    for (size_t i = 0; i < sizeof order / sizeof *order && err == LM_OK && ret->n == 0; i++)
        err = lm_dbread_text(r, r->ctx->record, t, order[i], ret);
    return err;
}

static lm_err read_parts(struct lm_dbread *r, struct file *f, int64_t row, struct lm_event *ev)
{
    struct lm_attachment *list = NULL;
    size_t found, cap = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&f->parts_of, row, &found);
    for (size_t i = 0; f->parts != NULL && i < found; i++) {
        struct lm_attachment one = { .bytes = -1 };
        enum lm_evdb_step s;
        struct lm_str text = { NULL, 0 };
        lm_err err = lm_evdb_fetch(f->parts, l[i].rowid, &s);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = lm_dbread_text(r, r->ctx->record, f->parts, PART_TYPE, &one.type);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = lm_dbread_text(r, r->ctx->record, f->parts, PART_TEXT, &text);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = part_name(r, f->parts, &one.name);
        if (err != LM_OK)
            return err;
        if (s != LM_EVDB_ROW)
            lm_dbread_doubt(r, "a part cannot be read");
        bool plain = lm_str_eq_nocase(one.type, LM_STR("text/plain"));
        if (s != LM_EVDB_ROW || lm_str_eq_nocase(one.type, LM_STR("application/smil")))
            continue; /* SMIL: how the parts are shown */
        if (plain && text.n != 0) {
            err = join_text(r, text, &ev->text);
            if (err != LM_OK)
                return err;
            continue;
        }
        err = lm_dbread_push(r, (void **)&list, ev->n_attachments, &cap, sizeof *list);
        if (err == LM_ELIMIT)
            return LM_OK;
        if (err != LM_OK)
            return err;
        list[ev->n_attachments++] = one;
        ev->attachments = list;
    }
    return LM_OK;
}

/* Seconds, but some makers write milliseconds. */
static struct lm_when pdu_when(struct lm_dbread *r, const struct lm_evdb_table *t)
{
    return lm_dbread_when(r, t, P_DATE, lm_dbread_int(t, P_DATE) > INT64_C(100000000000) ? LM_EPOCH_UNIX_MS : LM_EPOCH_UNIX_S);
}

static const char *box_word(int64_t box, int64_t type, bool *ret_mine, struct lm_event *ev)
{
    *ret_mine = box != 1;
    if (type == NOTIFICATION)
        return "MMS, not fetched";
    switch (box) {
    case 1:
        return "MMS, received";
    case 2:
        return "MMS, sent";
    case 3:
        ev->kind = LM_EVENT_OTHER;
        return "MMS, draft";
    case 4:
        ev->flags |= LM_EVENT_ATTEMPT;
        return "MMS, in the outbox";
    case 5:
        ev->flags |= LM_EVENT_ATTEMPT;
        return "MMS, failed";
    default:
        *ret_mine = false;
        return NULL;
    }
}

static void settle_ends(struct file *f, struct ends *e, const struct thread *thread, bool mine, struct lm_event *ev)
{
    if (mine)
        e->from = f->owner;
    else if (e->from.form == LM_ACCOUNT_NONE && thread != NULL && thread->n == 1)
        e->from = thread->members[0];
    if (!mine && e->n_to == 0 && e->to != NULL)
        e->to[e->n_to++] = f->owner;
    for (size_t i = 0; i < e->n_to; i++) /* the owner's own number, when it is known, is the owner */
        if (f->owner.form == LM_ACCOUNT_NATIVE && lm_str_eq(e->to[i].native, f->owner.native))
            e->to[i] = f->owner;
    if (!mine && f->owner.form != LM_ACCOUNT_NATIVE && e->n_to == 1)
        e->to[0] = f->owner; /* one receiver: this phone */
    else if (!mine && f->owner.form != LM_ACCOUNT_NATIVE)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN; /* one of them is the owner, and nobody knows which */
    ev->from = e->from;
    ev->to = e->to;
    ev->n_to = e->n_to;
}

static lm_err mms(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct file *f = user;
    struct lm_fact fact = { .kind = LM_FACT_EVENT,
                            .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_PHONE, .duration_s = -1, .at = pdu_when(r, t) } };
    struct lm_event *ev = &fact.event;
    const struct thread *thread;
    struct ends e = { .n_to = 0 };
    bool mine = false;
    const char *word = box_word(lm_dbread_int(t, P_BOX), lm_dbread_int(t, P_TYPE), &mine, ev);
    lm_err err = lm_dbread_text(r, r->ctx->record, t, P_ID, &ev->native_id);
    if (err == LM_OK)
        err = thread_ref(r, f, lm_dbread_int(t, P_THREAD), &ev->thread, &thread);
    if (err == LM_OK)
        err = read_ends(r, f, rowid, &e);
    if (err == LM_OK && e.to == NULL)
        err = lm_dbread_push(r, (void **)&e.to, 0, &e.cap, sizeof *e.to);
    if (err == LM_OK)
        err = read_parts(r, f, rowid, ev);
    if (err != LM_OK)
        return err;
    ev->detail = word != NULL ? lm_str(word) : LM_STR("MMS");
    if (word == NULL)
        lm_dbread_doubt(r, "whether it was sent or received is not said");
    settle_ends(f, &e, thread, mine, ev);
    lm_dbread_raw_column(r, t, P_SUBJECT, "sub");
    lm_dbread_raw_column(r, t, P_SENT, "date_sent");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, 1);
}

/* The owner's number: the only receiver of every received MMS that has only one. */
static lm_err find_owner(struct file *f, struct lm_evdb_table *t)
{
    struct lm_dbread *r = &f->r;
    enum lm_evdb_step s = LM_EVDB_ROW;
    int64_t first, last;
    struct lm_str own = { NULL, 0 };
    lm_err err = LM_OK;
    if (t == NULL)
        return LM_OK;
    lm_evdb_rewind(t);
    while ((err = lm_evdb_next(t, &s, &first, &last)) == LM_OK && s != LM_EVDB_END) {
        struct ends e = { .n_to = 0 };
        lm_arena_reset(r->ctx->record);
        if (s != LM_EVDB_ROW || lm_dbread_int(t, P_BOX) != 1)
            continue;
        err = read_ends(r, f, first, &e);
        if (err != LM_OK)
            return err;
        if (e.n_to != 1 || e.n_addressed != 1 || e.to[0].form != LM_ACCOUNT_NATIVE)
            continue;
        if (own.n != 0 && !lm_str_eq(own, e.to[0].native))
            return LM_OK; /* they disagree: unknown */
        own = own.n != 0 ? own : lm_arena_copy(r->ctx->file, e.to[0].native);
        if (own.p == NULL)
            return LM_ENOMEM;
    }
    if (err == LM_OK && own.n != 0)
        f->owner = account(own);
    return err;
}

/* --- the reader --- */

static lm_err prepare(struct file *f, struct lm_evdb_table **ret_sms, struct lm_evdb_table **ret_pdu)
{
    static const char *const thread_columns[] = { "recipient_ids" }, *const canonical_columns[] = { "address" };
    static const size_t expected[] = { S_THREAD, S_ADDRESS, S_DATE, S_TYPE, S_BODY }, expected_pdu[] = { P_DATE, P_BOX };
    struct lm_evdb_table *threads = NULL;
    struct lm_dbread *r = &f->r;
    lm_err err = lm_dbread_table(r, "canonical_addresses", canonical_columns, 1, &f->canonical);
    if (err == LM_OK)
        err = lm_dbread_table(r, "threads", thread_columns, 1, &threads);
    if (err == LM_OK)
        err = lm_dbread_rows(r, threads, on_thread, f);
    if (err == LM_OK)
        err = lm_dbread_table(r, "sms", sms_columns, S_N, ret_sms);
    if (err == LM_OK)
        err = lm_dbread_table(r, "pdu", pdu_columns, P_N, ret_pdu);
    if (err == LM_OK)
        err = lm_dbread_expect(r, *ret_sms, sms_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = lm_dbread_expect(r, *ret_pdu, pdu_columns, expected_pdu, sizeof expected_pdu / sizeof *expected_pdu);
    if (err == LM_OK)
        err = lm_dbread_table(r, "addr", addr_columns, A_N, &f->addresses);
    if (err == LM_OK)
        err = lm_dbread_table(r, "part", part_columns, PART_N, &f->parts);
    if (err == LM_OK)
        err = lm_dbread_index(r, f->addresses, A_MESSAGE, LM_EVDB_ROWID, &f->addresses_of);
    if (err == LM_OK)
        err = lm_dbread_index(r, f->parts, PART_MESSAGE, LM_EVDB_ROWID, &f->parts_of);
    return err == LM_OK ? find_owner(f, *ret_pdu) : err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct file f = { .owner = { .platform = LM_PLATFORM_PHONE, .form = LM_ACCOUNT_OWNER } };
    struct lm_evdb_table *texts = NULL, *pdu = NULL;
    int64_t highest = 0;
    lm_err err = lm_dbread_open(&f.r, ctx, sink);
    if (err == LM_OK && !lm_evdb_has_table(f.r.db, "sms") && !lm_evdb_has_table(f.r.db, "pdu"))
        err = lm_fail(ctx->error, LM_EINPUT, "neither of the tables sms and pdu is in it");
    if (err == LM_OK)
        err = prepare(&f, &texts, &pdu);
    if (err == LM_OK)
        err = lm_dbread_highest(&f.r, "sms", NULL, &highest);
    if (err == LM_OK)
        err = lm_dbread_records(&f.r, texts, highest, sms, &f);
    if (err == LM_OK)
        err = lm_dbread_highest(&f.r, "pdu", NULL, &highest);
    if (err == LM_OK)
        err = lm_dbread_records(&f.r, pdu, highest, mms, &f);
    return lm_dbread_finish(&f.r, err);
}

/* The magic (128 bits) and two tables of the telephony provider (40); the name alone, of a file that cannot be opened, 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "sms.thread_id", "pdu.msg_box", "canonical_addresses.address" };
    uint32_t found = lm_dbread_peek(in, head, tables, 3);
    if ((found & 3) != 0 && (found & (found - 1)) != 0)
        return 168;
    return lm_dbread_named(in, "mmssms.db") ? 8 : 0;
}

const struct lm_reader lm_reader_android_sms = {
    .name = "android_sms",
    .title = "SMS and MMS on Android: mmssms.db",
    .reference = "Android TelephonyProvider MmsSmsDatabaseHelper (tables), android.provider.Telephony (values), OMA MMS encapsulation (addr.type)",
    .tested_on = "SMS: one file of another project; MMS: our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
