/* telegram_json_account.c - what a whole-account export says besides chats: profile, contacts, sessions,
 * pictures. */
#include "readers/telegram_json.h"

#define MAX_VALUES 24

/* A flat object: its scalar members by name; the rest goes to raw at once. */
struct flat {
    struct lm_str keys[MAX_VALUES];
    struct lm_json_token values[MAX_VALUES];
    size_t n;
};

static lm_err read_flat(struct lm_jread *r, struct flat *f)
{
    struct lm_str key;
    struct lm_json_token t;
    lm_err e;
    f->n = 0;
    while ((e = lm_jread_member(r, &key, &t)) == LM_OK && key.p != NULL) {
        bool scalar = t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER;
        if (t.type == LM_JSON_NULL)
            continue;
        if (!scalar || f->n == MAX_VALUES) {
            e = lm_jread_raw(r, key, &t);
        } else {
            f->keys[f->n] = key;
            f->values[f->n] = t;
            e = lm_jread_keep(r, r->ctx->record, &t, &f->values[f->n].text);
            f->n++;
        }
        if (e != LM_OK)
            return e;
    }
    return e;
}

/* The member's text; it will not go to raw. */
static struct lm_str take(struct flat *f, const char *key)
{
    for (size_t i = 0; i < f->n; i++) {
        if (lm_str_is(f->keys[i], key)) {
            struct lm_str s = f->values[i].text;
            f->values[i].type = LM_JSON_END;
            return s;
        }
    }
    return (struct lm_str){ NULL, 0 };
}

static lm_err raw_rest(struct lm_jread *r, struct flat *f, struct lm_str *ret)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->values[i].type == LM_JSON_END)
            continue;
        lm_err e = lm_jread_raw(r, f->keys[i], &f->values[i]);
        if (e != LM_OK)
            return e;
    }
    *ret = lm_jread_raw_done(r);
    return LM_OK;
}

struct facts {
    struct lm_fact items[8];
    size_t n;
};

static void identifier(struct facts *f, struct lm_account_ref account, enum lm_identifier_type type,
                       struct lm_str value, const char *basis, struct lm_when at)
{
    if (value.n == 0 || account.form == LM_ACCOUNT_NONE)
        return;
    f->items[f->n++] = (struct lm_fact){
        .kind = LM_FACT_IDENTIFIER,
        .identifier = { .account = account, .type = type, .value = value, .basis = lm_str(basis), .at = at },
    };
}

static struct lm_event *event(struct facts *f, enum lm_event_kind kind, const char *detail, struct lm_when at,
                              struct lm_account_ref from)
{
    struct lm_fact *fact = &f->items[f->n++];
    *fact = (struct lm_fact){
        .kind = LM_FACT_EVENT,
        .event = { .kind = kind,
                   .platform = LM_PLATFORM_TELEGRAM,
                   .at = at,
                   .detail = lm_str(detail),
                   .from = from,
                   .duration_s = -1 },
    };
    return &fact->event;
}

lm_err tg_profile(struct lm_jread *r, void *user)
{
    struct tg *tg = user;
    struct flat v;
    struct facts f = { .n = 0 };
    struct lm_when none = { .quality = LM_TIME_NONE };
    struct lm_account_ref self, owner = { .platform = LM_PLATFORM_TELEGRAM, .form = LM_ACCOUNT_OWNER };
    struct lm_str name, raw;
    lm_err e = read_flat(r, &v);
    if (e != LM_OK)
        return e;
    struct lm_str id = take(&v, "user_id"), first = take(&v, "first_name"), last = take(&v, "last_name");
    struct lm_str phone = take(&v, "phone_number"), username = take(&v, "username");
    e = tg_full_name(tg, first, last, &name);
    if (e == LM_OK)
        e = tg_user(tg, id, name, &self);
    if (e != LM_OK)
        return e;
    if (self.form != LM_ACCOUNT_NATIVE)
        self = owner;
    if (self.form == LM_ACCOUNT_NATIVE && self.native.n < sizeof tg->owner_native) {
        memcpy(tg->owner_native, self.native.p, self.native.n);
        tg->owner_native[self.native.n] = '\0';
        tg->owner_known = tg->owner_stated = true;
        identifier(&f, owner, LM_IDENTIFIER_ACCOUNT_ID, self.native, "own_profile", none);
    }
    tg_set(&tg->owner_name, name);
    self.display = name;
    identifier(&f, self, LM_IDENTIFIER_PHONE, phone, "own_profile", none);
    identifier(&f, self, LM_IDENTIFIER_HANDLE, username, "own_profile", none);
    identifier(&f, self, LM_IDENTIFIER_NAME, name, "own_profile", none);
    e = raw_rest(r, &v, &raw);
    if (e != LM_OK)
        return e;
    if (raw.n != 0)
        event(&f, LM_EVENT_OTHER, "own_profile", none, self)->raw = raw;
    return lm_jread_emit(r, f.items, f.n);
}

lm_err tg_contact(struct lm_jread *r, void *user)
{
    struct tg *tg = user;
    struct flat v;
    struct facts f = { .n = 0 };
    struct lm_account_ref account;
    struct lm_str name, raw;
    lm_err e = read_flat(r, &v);
    if (e != LM_OK)
        return e;
    struct lm_str id = take(&v, "user_id"), first = take(&v, "first_name"), last = take(&v, "last_name");
    struct lm_str phone = take(&v, "phone_number");
    struct lm_str unixtime = take(&v, "date_unixtime"), date = take(&v, "date");
    struct lm_when at = tg_when(unixtime, date);
    if (at.quality == LM_TIME_NONE && date.n != 0)
        lm_jread_doubt(r, "the date of a contact cannot be read");
    e = tg_full_name(tg, first, last, &name);
    if (e == LM_OK)
        e = tg_user(tg, id, name, &account);
    if (e == LM_OK && account.form == LM_ACCOUNT_NONE && phone.n != 0) {
        account.form = LM_ACCOUNT_NAME; /* a number saved without a name */
        account.display = phone;
    }
    if (e == LM_OK)
        e = raw_rest(r, &v, &raw);
    if (e != LM_OK)
        return e;
    if (at.us <= 2 * LM_DAY_US) /* the first days of 1970 stand for "no date" */
        at = (struct lm_when){ .quality = LM_TIME_NONE };
    identifier(&f, account, LM_IDENTIFIER_PHONE, phone, "contact_list", at);
    identifier(&f, account, LM_IDENTIFIER_NAME, name, "contact_list", at);
    if (at.quality != LM_TIME_NONE || raw.n != 0 || date.n != 0) {
        struct lm_event *ev = event(&f, LM_EVENT_CONTACT_ADDED, "contact_list", at, tg_owner(tg));
        ev->raw = raw;
        ev->to = &account;
        ev->n_to = account.form != LM_ACCOUNT_NONE;
    }
    return lm_jread_emit(r, f.items, f.n);
}

lm_err tg_frequent(struct lm_jread *r, void *user)
{
    struct tg *tg = user;
    struct flat v;
    struct facts f = { .n = 0 };
    struct lm_when none = { .quality = LM_TIME_NONE };
    struct lm_account_ref account;
    struct lm_str raw, type = { NULL, 0 };
    int64_t n;
    lm_err e = read_flat(r, &v);
    if (e != LM_OK)
        return e;
    struct lm_str id = take(&v, "id"), name = take(&v, "name");
    for (size_t i = 0; i < v.n; i++)
        if (lm_str_eq(v.keys[i], LM_STR("type")))
            type = v.values[i].text;
    const char *prefix = lm_str_eq(type, LM_STR("user")) || type.n == 0 ? "user"
                         : lm_str_eq(type, LM_STR("private_group"))     ? "chat"
                                                                        : "channel";
    if (lm_str_to_i64(id, &n) && n > 0) {
        id = lm_arena_printf(r->ctx->record, "%s%lld", prefix, (long long)n);
        if (id.p == NULL)
            return LM_ENOMEM;
    }
    e = tg_account(tg, id, name, &account);
    if (e == LM_OK)
        e = raw_rest(r, &v, &raw);
    if (e != LM_OK)
        return e;
    identifier(&f, account, LM_IDENTIFIER_NAME, name, "frequent_contacts", none);
    struct lm_event *ev = event(&f, LM_EVENT_OTHER, "frequent_contacts", none, tg_owner(tg));
    ev->flags = LM_EVENT_SYSTEM;
    ev->raw = raw;
    ev->to = &account;
    ev->n_to = account.form != LM_ACCOUNT_NONE;
    if (account.form == LM_ACCOUNT_NONE)
        lm_jread_reject(r, "a frequent contact without id or name");
    return lm_jread_emit(r, f.items, f.n);
}

/* One session is two moments: when it was made and when it was last seen; the address belongs to the second.
 */
lm_err tg_session(struct lm_jread *r, void *user)
{
    struct tg *tg = user;
    struct flat v;
    struct facts f = { .n = 0 };
    struct lm_str raw;
    lm_err e = read_flat(r, &v);
    if (e != LM_OK)
        return e;
    struct lm_str created_unix = take(&v, "created_unixtime"), created = take(&v, "created");
    struct lm_str active_unix = take(&v, "last_active_unixtime"), active = take(&v, "last_active");
    struct lm_str ip = take(&v, "last_ip"), device = take(&v, "device_model");
    struct lm_when made = tg_when(created_unix, created), seen = tg_when(active_unix, active);
    struct lm_account_ref owner = tg_owner(tg);
    if ((made.quality == LM_TIME_NONE && created.n != 0) || (seen.quality == LM_TIME_NONE && active.n != 0))
        lm_jread_doubt(r, "a date of the session cannot be read");
    e = raw_rest(r, &v, &raw);
    if (e != LM_OK)
        return e;
    if (made.quality == LM_TIME_NONE && seen.quality == LM_TIME_NONE && ip.n == 0)
        lm_jread_reject(r, "a session without dates and address");
    if (made.quality != LM_TIME_NONE)
        event(&f, LM_EVENT_LOGIN, "created", made, owner);
    if (seen.quality != LM_TIME_NONE || made.quality == LM_TIME_NONE)
        event(&f, LM_EVENT_LOGIN, "last_active", seen, owner);
    f.items[f.n - 1].event.raw = raw;
    identifier(&f, owner, LM_IDENTIFIER_IP, ip, "login", seen);
    identifier(&f, owner, LM_IDENTIFIER_DEVICE, device, "login", seen);
    return lm_jread_emit(r, f.items, f.n);
}

lm_err tg_media(struct lm_jread *r, void *user)
{
    struct tg *tg = user;
    struct flat v;
    struct facts f = { .n = 0 };
    struct lm_str raw;
    struct lm_attachment a = { .bytes = -1 };
    lm_err e = read_flat(r, &v);
    if (e != LM_OK)
        return e;
    struct lm_str unixtime = take(&v, "date_unixtime"), date = take(&v, "date");
    struct lm_when at = tg_when(unixtime, date);
    bool story = false;
    struct lm_str path = take(&v, "photo");
    if (path.n == 0) {
        path = take(&v, "media");
        story = path.n != 0;
    }
    a.name = path;
    if (lm_str_starts(path, LM_STR("(")))
        a = (struct lm_attachment){ .bytes = -1, .note = path };
    e = raw_rest(r, &v, &raw);
    if (e != LM_OK)
        return e;
    if (path.n == 0 && at.quality == LM_TIME_NONE)
        lm_jread_reject(r, "a picture without path and date");
    struct lm_event *ev = event(&f, LM_EVENT_OTHER, story ? "story" : "profile_picture", at, tg_owner(tg));
    ev->attachments = &a;
    ev->n_attachments = path.n != 0;
    ev->raw = raw;
    return lm_jread_emit(r, f.items, f.n);
}
