/* Signal on Android: signal.db, decrypted. Recipients, groups, messages (also the older tables sms and mms), calls, payments.
 *
 * Times are milliseconds since 1970 UTC. Rows are joined by hand, so that a message without a thread or a recipient stays. Encrypted
 * files are recognised and not read. docs/readers/signal_android_db.md has the rules and what is not kept.
 */
#include "readers/signal_android_db.h"

#include "base/utf8.h"

/* --- looking up --- */

struct sad_recipient *sad_recipient(struct sad *d, int64_t row)
{
    size_t low = 0, high = d->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->list[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->n && d->list[low].row == row ? &d->list[low] : NULL;
}

struct lm_account_ref sad_account(struct sad *d, int64_t row)
{
    struct sad_recipient *c = row != 0 ? sad_recipient(d, row) : NULL;
    if (row != 0 && row == d->own_row)
        return d->owner;
    return c != NULL ? c->chat.other : (struct lm_account_ref){ .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NONE };
}

struct sad_recipient *sad_thread(struct sad *d, int64_t row)
{
    size_t low = 0, high = d->n_threads;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->threads[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->n_threads && d->threads[low].row == row ? &d->list[d->threads[low].place] : NULL;
}

lm_err sad_side(struct lm_dbread *r, const char *name, const char *const columns[], size_t n, struct sad_side *ret)
{
    *ret = (struct sad_side){ .t = NULL };
    lm_err err = lm_dbread_table(r, name, columns, n, &ret->t);
    return err == LM_OK ? lm_dbread_index(r, ret->t, 0, LM_EVDB_ROWID, &ret->of) : err;
}

/* --- recipients --- */

enum {
    R_PHONE, R_OLD_PHONE, R_ACI, R_UUID, R_PNI, R_USERNAME, R_GROUP, R_NICKNAME, R_SYSTEM, R_OLD_SYSTEM, R_PROFILE, R_GIVEN, R_FAMILY, R_N = R_FAMILY + 2
};
static const char *const recipient_columns[] = {
    "e164", "phone", "aci", "uuid", "pni", "username", "group_id", "nickname_joined_name", "system_joined_name", "system_display_name",
    "profile_joined_name", "profile_given_name", "profile_family_name", "-_id",
};
_Static_assert(sizeof recipient_columns / sizeof *recipient_columns == R_N, "a name for each column");

struct row {
    struct lm_str text[R_N];
    struct lm_str phone, aci, system, profile;
};

static lm_err read_row(struct lm_dbread *r, struct lm_arena *a, const struct lm_evdb_table *t, struct row *w)
{
    lm_err err = LM_OK;
    *w = (struct row){ .phone = { NULL, 0 } };
    for (size_t i = 0; i <= R_FAMILY && err == LM_OK; i++)
        err = lm_dbread_text(r, a, t, i, &w->text[i]);
    if (err != LM_OK)
        return err;
    w->phone = w->text[w->text[R_PHONE].n != 0 ? R_PHONE : R_OLD_PHONE];
    w->aci = w->text[w->text[R_ACI].n != 0 ? R_ACI : R_UUID];
    w->system = w->text[w->text[R_SYSTEM].n != 0 ? R_SYSTEM : R_OLD_SYSTEM];
    w->profile = w->text[R_PROFILE];
    return w->profile.n == 0 ? lm_signal_name(a, w->text[R_GIVEN], w->text[R_FAMILY], &w->profile) : LM_OK;
}

static lm_err on_recipient(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sad *d = user;
    struct row w;
    struct sad_recipient *grown = lm_arena_grow(r->ctx->file, d->list, d->n, &d->cap, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    d->list = grown;
    struct sad_recipient *c = &grown[d->n];
    *c = (struct sad_recipient){ .row = rowid };
    lm_err err = read_row(r, r->ctx->file, t, &w);
    if (err != LM_OK)
        return err;
    struct lm_signal_who who = { .aci = w.aci, .pni = w.text[R_PNI], .phone = w.phone, .username = w.text[R_USERNAME] };
    who.name = w.text[R_NICKNAME].n != 0 ? w.text[R_NICKNAME] : w.system.n != 0 ? w.system : w.profile;
    c->phone = w.phone;
    c->group = w.text[R_GROUP];
    c->chat.thread = (struct lm_thread_ref){ .native = c->group, .title = who.name, .kind = c->group.n != 0 ? LM_THREAD_GROUP : LM_THREAD_DIRECT };
    if (c->group.n == 0) {
        err = lm_signal_account(r->ctx->file, &who, &c->chat.other);
        c->chat.thread.native = c->chat.other.native;
        bool aci = d->own_aci.n != 0 && lm_str_eq_nocase(w.aci, d->own_aci), phone = d->own_phone.n != 0 && lm_str_eq(w.phone, d->own_phone);
        if (aci || phone)
            d->own_row = rowid;
    } else {
        uint64_t *ignored;
        err = lm_map_put(&d->groups, c->group, d->n, &ignored, NULL);
    }
    d->n += err == LM_OK;
    return err;
}

static lm_err recipient(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sad *d = user;
    struct lm_signal_facts f = { .n = 0 };
    struct row w;
    struct sad_recipient *c = sad_recipient(d, rowid);
    lm_err err = read_row(r, r->ctx->record, t, &w);
    if (err != LM_OK || c == NULL)
        return err == LM_OK ? lm_dbread_emit(r, NULL, 0) : err;
    bool own = rowid == d->own_row, group = c->group.n != 0;
    struct lm_account_ref a = own ? d->owner : c->chat.other;
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .from = group ? d->owner : a,
                           .detail = group ? LM_STR("group") : own ? LM_STR("account") : LM_STR("contact"), .thread = c->chat.thread, .duration_s = -1 };
    if (group) {
        ev.to = c->chat.members;
        ev.n_to = c->chat.n;
        ev.flags |= c->chat.partial || c->chat.n == 0 ? LM_EVENT_MEMBERS_UNKNOWN : 0;
    } else if (a.form != LM_ACCOUNT_NONE) {
        const char *basis = own ? "own_profile" : "contact_list";
        lm_signal_identifier(&f, a, LM_IDENTIFIER_PHONE, w.phone, basis);
        lm_signal_identifier(&f, a, LM_IDENTIFIER_HANDLE, w.text[R_USERNAME], basis);
        lm_signal_identifier(&f, a, LM_IDENTIFIER_ACCOUNT_ID, w.aci, basis);
        lm_signal_identifier(&f, a, LM_IDENTIFIER_ACCOUNT_ID, w.text[R_PNI], basis);
        lm_signal_identifier(&f, a, LM_IDENTIFIER_NAME, w.text[R_NICKNAME], "contact_list");
        lm_signal_identifier(&f, a, LM_IDENTIFIER_NAME, w.system, "contact_list");
        lm_signal_identifier(&f, a, LM_IDENTIFIER_NAME, w.profile, "own_profile");
    }
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    f.items[f.n++] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, f.items, f.n);
}

lm_err sad_recipients(struct sad *d)
{
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    lm_err err = lm_dbread_table(&d->r, "recipient", recipient_columns, R_N, &t);
    if (err == LM_OK)
        err = lm_dbread_highest(&d->r, "recipient", NULL, &highest);
    return err == LM_OK ? lm_dbread_records(&d->r, t, highest, recipient, d) : err;
}

/* --- threads and groups --- */

static lm_err on_thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sad *d = user;
    struct sad_recipient *c = sad_recipient(d, lm_dbread_int(t, lm_evdb_has_column(t, 0) ? 0 : lm_evdb_has_column(t, 1) ? 1 : 2));
    if (c == NULL)
        return LM_OK;
    struct sad_pair *grown = lm_arena_grow(r->ctx->file, d->threads, d->n_threads, &d->cap_threads, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    d->threads = grown;
    grown[d->n_threads++] = (struct sad_pair){ rowid, (size_t)(c - d->list) };
    return LM_OK;
}

static struct sad_recipient *group_of(struct sad *d, struct lm_str id)
{
    const uint64_t *at = id.n != 0 ? lm_map_get(&d->groups, id) : NULL;
    return at != NULL ? &d->list[*at] : NULL;
}

static lm_err add_member(struct sad *d, struct sad_recipient *group, int64_t row)
{
    struct lm_account_ref one = sad_account(d, row);
    return lm_signal_member(d->r.ctx->file, &group->chat, &d->owner, &one);
}

/* groups: title, and before there was group_membership the members as "1,2,3" */
static lm_err on_group(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sad *d = user;
    struct sad_recipient *c = group_of(d, lm_evdb_bytes(t, 0));
    struct lm_str title, rest = lm_evdb_bytes(t, 2);
    lm_err err = LM_OK;
    (void)rowid;
    if (c == NULL)
        return LM_OK;
    err = lm_dbread_text(r, r->ctx->file, t, 1, &title);
    if (title.n != 0)
        c->chat.thread.title = title;
    while (rest.n != 0 && err == LM_OK) {
        size_t comma = lm_str_find(rest, LM_STR(","));
        int64_t row;
        if (lm_str_to_i64(lm_str_trim(lm_str_take(rest, comma != SIZE_MAX ? comma : rest.n)), &row))
            err = add_member(d, c, row);
        rest = comma != SIZE_MAX ? lm_str_skip(rest, comma + 1) : (struct lm_str){ NULL, 0 };
    }
    return err;
}

static lm_err on_membership(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sad *d = user;
    struct sad_recipient *c = group_of(d, lm_evdb_bytes(t, 0));
    (void)r;
    (void)rowid;
    return c != NULL ? add_member(d, c, lm_dbread_int(t, 1)) : LM_OK;
}

/* --- the owner --- */

static lm_err on_setting(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sad *d = user;
    struct lm_str key = lm_evdb_bytes(t, 0), value = lm_evdb_bytes(t, 1);
    struct lm_str *to = lm_str_eq(key, LM_STR("account.aci")) ? &d->own_aci : lm_str_eq(key, LM_STR("account.e164")) ? &d->own_phone : NULL;
    (void)rowid;
    if (to == NULL || value.n == 0 || value.n > 64 || !lm_utf8_is_text(value))
        return LM_OK;
    *to = lm_arena_copy(r->ctx->file, value);
    return to->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err read_settings(struct lm_dbread *other, void *user)
{
    static const char *const columns[] = { "key", "value" };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(other, "key_value", columns, 2, &t);
    return err == LM_OK ? lm_dbread_rows(other, t, on_setting, user) : err;
}

/* Since messages say from whom and to whom they are, what the owner sent is from his own recipient: the one that most of them have. */
static lm_err owner_by_messages(struct sad *d)
{
    static const char *const columns[] = { "type", "from_recipient_id", "to_recipient_id" };
    struct lm_evdb_table *t = NULL;
    enum lm_evdb_step step = LM_EVDB_ROW;
    int64_t first, last, best = 0;
    uint64_t votes = 0;
    lm_err err = lm_dbread_table(&d->r, "message", columns, 3, &t);
    if (err != LM_OK || t == NULL || !lm_evdb_has_column(t, 1) || !lm_evdb_has_column(t, 2))
        return err;
    lm_evdb_rewind(t);
    for (uint64_t seen = 0; err == LM_OK && step != LM_EVDB_END && seen < 1000; ) { /* majority vote: one counter */
        err = lm_evdb_next(t, &step, &first, &last);
        int64_t type = err == LM_OK && step == LM_EVDB_ROW ? lm_dbread_int(t, 0) & 0x1f : 0;
        if (type < 21 || type > 26)
            continue;
        int64_t from = lm_dbread_int(t, 1);
        seen++;
        if (votes == 0)
            best = from;
        votes += from == best ? 1 : (uint64_t)-1;
    }
    if (err == LM_OK && votes != 0 && sad_recipient(d, best) != NULL)
        d->own_row = best;
    return err;
}

static lm_err find_owner(struct sad *d)
{
    lm_err err = d->own_row == 0 ? owner_by_messages(d) : LM_OK;
    struct sad_recipient *own = d->own_row != 0 ? sad_recipient(d, d->own_row) : NULL;
    struct lm_signal_who w = { .aci = d->own_aci, .phone = d->own_phone };
    struct lm_account_ref known = { .form = LM_ACCOUNT_NONE };
    if (err == LM_OK && own == NULL)
        err = lm_signal_account(d->r.ctx->file, &w, &known);
    if (own != NULL)
        known = own->chat.other;
    if (known.form == LM_ACCOUNT_NATIVE)
        d->owner = known;
    else if (known.form == LM_ACCOUNT_NAME)
        d->owner.display = known.display;
    return err;
}

lm_err sad_load(struct sad *d)
{
    static const char *const thread[] = { "recipient_id", "thread_recipient_id", "recipient_ids" };
    static const char *const group[] = { "group_id", "title", "members" }, *const membership[] = { "group_id", "recipient_id" };
    const struct {
        const char *name;
        const char *const *columns;
        size_t n;
        lm_dbread_row one;
    } tables[] = { { "thread", thread, 3, on_thread }, { "groups", group, 3, on_group }, { "group_membership", membership, 2, on_membership } };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_beside(&d->r, "signal-key-value.db", read_settings, d);
    if (err == LM_OK)
        err = lm_dbread_table(&d->r, "recipient", recipient_columns, R_N, &t);
    if (err == LM_OK)
        err = lm_dbread_rows(&d->r, t, on_recipient, d);
    if (err == LM_OK)
        err = find_owner(d);
    for (size_t i = 0; i < 3 && err == LM_OK; i++) {
        err = lm_dbread_table(&d->r, tables[i].name, tables[i].columns, tables[i].n, &t);
        if (err == LM_OK)
            err = lm_dbread_rows(&d->r, t, tables[i].one, d);
    }
    return err;
}

/* --- the settings as a source of their own: signal-key-value.db --- */

static lm_err setting(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sad *d = user;
    struct lm_signal_facts f = { .n = 0 };
    struct lm_str key = lm_evdb_bytes(t, 0), value;
    static const struct {
        const char *key;
        enum lm_identifier_type type;
    } known[] = { { "account.aci", LM_IDENTIFIER_ACCOUNT_ID }, { "account.pni", LM_IDENTIFIER_ACCOUNT_ID }, { "account.e164", LM_IDENTIFIER_PHONE },
                  { "account.username", LM_IDENTIFIER_HANDLE } };
    (void)rowid;
    if (!lm_str_starts(key, LM_STR("account."))) {
        lm_dbread_pass(r); /* settings of the app */
        return LM_OK;
    }
    lm_err err = lm_dbread_text(r, r->ctx->record, t, 1, &value);
    for (size_t i = 0; i < 4 && err == LM_OK; i++)
        if (lm_str_is(key, known[i].key))
            lm_signal_identifier(&f, d->owner, known[i].type, value, "own_profile");
    if (err != LM_OK || f.n != 0)
        return err == LM_OK ? lm_dbread_emit(r, f.items, f.n) : err;
    struct lm_fact one = { .kind = LM_FACT_EVENT,
                           .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .from = d->owner,
                                      .detail = LM_STR("setting of the account"), .duration_s = -1 } };
    lm_dbread_raw_column(r, t, 0, "key");
    lm_dbread_raw_column(r, t, 1, "value");
    one.event.raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &one, 1);
}

static lm_err settings(struct sad *d)
{
    static const char *const columns[] = { "key", "value", "-_id", "-type" };
    struct lm_evdb_table *t = NULL;
    lm_err err = read_settings(&d->r, d);
    if (err == LM_OK)
        err = find_owner(d);
    if (err == LM_OK)
        err = lm_dbread_table(&d->r, "key_value", columns, 4, &t);
    return err == LM_OK ? lm_dbread_records(&d->r, t, 0, setting, d) : err;
}

/* --- the reader --- */

/* The magic (128 bits) and tables with columns that no other app has (40); an encrypted file by its name and its look 12, by its name alone 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "recipient.profile_joined_name", "recipient.group_id", "message.thread_id", "mms.msg_box", "sms.thread_id",
                                          "key_value.key" };
    uint32_t found = lm_dbread_peek(in, head, tables, 6);
    if ((found & 32) != 0 && lm_dbread_named(in, "signal-key-value.db"))
        return 144;
    if ((found & 3) != 0 && (found & 28) != 0)
        return 168;
    if (!lm_dbread_named(in, "signal.db") || found != 0)
        return 0;
    return lm_dbread_looks_encrypted(head) ? 12 : 8;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct sad d = { .owner = { .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_OWNER } };
    if (!lm_evdb_is_sqlite(ctx->in->bytes) && lm_dbread_looks_encrypted(ctx->in->bytes))
        return lm_dbread_encrypted(ctx, sink, "Signal");
    lm_map_init(&d.groups, ctx->file);
    lm_err err = lm_dbread_open(&d.r, ctx, sink);
    if (err == LM_OK && lm_evdb_has_table(d.r.db, "key_value") && !lm_evdb_has_table(d.r.db, "recipient"))
        return lm_dbread_finish(&d.r, settings(&d));
    if (err == LM_OK && !lm_evdb_has_table(d.r.db, "message") && !lm_evdb_has_table(d.r.db, "mms") && !lm_evdb_has_table(d.r.db, "sms"))
        err = lm_fail(ctx->error, LM_EINPUT, "none of the tables message, mms and sms is in it");
    if (err == LM_OK)
        err = sad_load(&d);
    if (err == LM_OK)
        err = sad_recipients(&d);
    if (err == LM_OK)
        err = sad_messages(&d);
    if (err == LM_OK)
        err = sad_calls(&d);
    if (err == LM_OK)
        err = sad_payments(&d);
    return lm_dbread_finish(&d.r, err);
}

const struct lm_reader lm_reader_signal_android_db = {
    .name = "signal_android_db",
    .title = "Signal on Android: signal.db, decrypted",
    .reference = "signalapp/Signal-Android 175ad4dd MessageTypes and tables, bepaald/signalbackup-tools (names and values), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
