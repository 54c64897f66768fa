/* ufed_xml_party.c - who: apps, parties, the phone's owner, the identifiers of a contact. */
#include "readers/ufed_xml.h"

#include "readers/shared/text.h"

static const struct {
    const char *source;
    enum lm_platform platform;
} apps[] = {
    { "WhatsApp", LM_PLATFORM_WHATSAPP },
    { "WhatsApp Business", LM_PLATFORM_WHATSAPP },
    { "Telegram", LM_PLATFORM_TELEGRAM },
    { "Telegram X", LM_PLATFORM_TELEGRAM },
    { "Signal", LM_PLATFORM_SIGNAL },
    { "Signal Private Messenger", LM_PLATFORM_SIGNAL },
    { "Facebook", LM_PLATFORM_FACEBOOK },
    { "Facebook Messenger", LM_PLATFORM_FACEBOOK },
    { "Messenger", LM_PLATFORM_FACEBOOK },
    { "Instagram", LM_PLATFORM_INSTAGRAM },
    { "Snapchat", LM_PLATFORM_SNAPCHAT },
    { "TikTok", LM_PLATFORM_TIKTOK },
    { "Wire", LM_PLATFORM_WIRE },
    { "Wickr", LM_PLATFORM_WICKR },
    { "Wickr Me", LM_PLATFORM_WICKR },
    { "SMS", LM_PLATFORM_PHONE },
    { "MMS", LM_PLATFORM_PHONE },
    { "iMessage", LM_PLATFORM_PHONE },
    { "Native Messages", LM_PLATFORM_PHONE },
    { "Native", LM_PLATFORM_PHONE },
    { "Phone", LM_PLATFORM_PHONE },
    { "Phone Book", LM_PLATFORM_PHONE },
    { "Contacts", LM_PLATFORM_PHONE },
    { "SIM", LM_PLATFORM_PHONE },
};

struct uf_app uf_app(struct lm_str source)
{
    struct uf_app app = { LM_PLATFORM_OTHER, lm_str_trim(source) };
    for (size_t i = 0; i < sizeof apps / sizeof *apps; i++)
        if (uf_is(app.source, apps[i].source))
            app.platform = apps[i].platform;
    if (app.source.n == 0)
        app.platform = LM_PLATFORM_PHONE; /* the phone's own apps have no source */
    return app;
}

struct lm_account_ref uf_owner(struct uf_app app)
{
    return (struct lm_account_ref){ .platform = app.platform, .form = LM_ACCOUNT_OWNER };
}

bool uf_same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    if (a->form != b->form || a->platform != b->platform || a->form == LM_ACCOUNT_NONE)
        return false;
    return a->form == LM_ACCOUNT_OWNER || lm_str_eq(a->form == LM_ACCOUNT_NATIVE ? a->native : a->display,
                                                    b->form == LM_ACCOUNT_NATIVE ? b->native : b->display);
}

static enum lm_identifier_type type_of(struct uf_app app, struct lm_str id)
{
    if (app.platform == LM_PLATFORM_EMAIL)
        return LM_IDENTIFIER_EMAIL;
    bool phone = app.platform == LM_PLATFORM_PHONE || lm_str_ends(id, LM_STR("@s.whatsapp.net"));
    return phone ? LM_IDENTIFIER_PHONE : LM_IDENTIFIER_ACCOUNT_ID;
}

/* The report says of this account that it is the phone owner's: told once. */
static lm_err tell_owner(struct uf_record *r, struct uf_app app, const struct lm_account_ref *a)
{
    struct uf *u = r->u;
    bool fresh = false;
    uint64_t *value;
    struct lm_account_ref owner = uf_owner(app);
    struct lm_str key = lm_arena_printf(u->ctx->record, "%d %.*s", (int)app.platform, LM_STR_ARG(a->native));
    if (key.p == NULL)
        return uf_no_memory(u);
    if (u->owners.n >= UF_MAX_OWNERS || lm_map_get(&u->owners, key) != NULL)
        return LM_OK;
    if (lm_map_put(&u->owners, key, 1, &value, &fresh) != LM_OK)
        return uf_no_memory(u);
    owner.display = a->display;
    struct lm_str id = a->native;
    enum lm_identifier_type type = type_of(app, id);
    if (type == LM_IDENTIFIER_PHONE && lm_str_find(id, LM_STR("@")) != SIZE_MAX)
        id = lm_str_take(id, lm_str_find(id, LM_STR("@")));
    return uf_identifier(r, &owner, type, id, "phone_owner", (struct lm_when){ .quality = LM_TIME_NONE });
}

/* Ids of apps that have no platform of their own carry the app's name, or "alice" of two apps would be one. */
static lm_err native_of(struct uf_record *r, struct uf_app app, struct lm_str id, struct lm_str *ret)
{
    *ret = id;
    if (app.platform != LM_PLATFORM_OTHER || app.source.n == 0)
        return LM_OK;
    struct lm_str s = lm_arena_printf(r->u->ctx->record, "%.*s:%.*s", LM_STR_ARG(app.source), LM_STR_ARG(id));
    if (s.p == NULL)
        return uf_no_memory(r->u);
    *ret = s;
    return LM_OK;
}

lm_err uf_account(struct uf_record *r, struct uf_app app, struct lm_str native, struct lm_str display, bool owner,
                  struct lm_account_ref *ret)
{
    struct lm_account_ref a = { .platform = app.platform, .display = display };
    lm_err err = LM_OK;
    if (native.n != 0) {
        a.form = LM_ACCOUNT_NATIVE;
        err = native_of(r, app, native, &a.native);
    } else if (owner) {
        a.form = LM_ACCOUNT_OWNER;
    } else if (display.n != 0) {
        a.form = LM_ACCOUNT_NAME;
    }
    if (err == LM_OK && owner && a.form == LM_ACCOUNT_NATIVE)
        err = tell_owner(r, app, &a);
    if (err == LM_OK)
        *ret = a;
    return err;
}

bool uf_is_owner(const struct uf_model *party)
{
    return uf_is(uf_text(party, "IsPhoneOwner"), "True");
}

static void use(struct uf_model *m, const char *name)
{
    struct uf_field *f = uf_find(m, name);
    if (f != NULL)
        f->used = f->values == NULL || f->values->next == NULL;
}

lm_err uf_party(struct uf_record *r, struct uf_app app, struct uf_model *party, struct lm_account_ref *ret)
{
    struct lm_str id = uf_take(party, "Identifier"), name = uf_take(party, "Name");
    struct lm_account_ref a = { .form = LM_ACCOUNT_NONE };
    lm_err err = uf_account(r, app, id, name, uf_is_owner(party), &a);
    /* What the two ends of the event say already; anything else stays. */
    struct lm_str role = uf_text(party, "Role");
    if (uf_is(role, "From") || uf_is(role, "To") || uf_is(role, "General"))
        use(party, "Role");
    use(party, "IsPhoneOwner");
    if (uf_is(uf_text(party, "IsGroupAdmin"), "False"))
        use(party, "IsGroupAdmin");
    if (uf_is(uf_text(party, "Status"), "Unknown"))
        use(party, "Status");
    if (lm_str_eq(uf_text(party, "Distance"), LM_STR("0")))
        use(party, "Distance");
    if (err == LM_OK)
        *ret = a;
    return err;
}

lm_err uf_identifier(struct uf_record *r, const struct lm_account_ref *account, enum lm_identifier_type type,
                     struct lm_str value, const char *basis, struct lm_when at)
{
    if (value.n == 0)
        return LM_OK;
    if (r->n >= UF_MAX_FACTS) {
        uf_doubt(r, "more identifiers than one record may have");
        return LM_OK;
    }
    struct lm_fact *facts = lm_arena_grow(r->u->ctx->record, r->facts, r->n, &r->cap, sizeof *facts);
    if (facts == NULL)
        return uf_no_memory(r->u);
    r->facts = facts;
    facts[r->n++] = (struct lm_fact){
        .kind = LM_FACT_IDENTIFIER,
        .identifier = { .account = *account, .type = type, .value = value, .basis = lm_str(basis), .at = at },
    };
    return LM_OK;
}

/* --- contacts --- */

static enum lm_identifier_type entry_type(const struct uf_model *entry, bool *ret_known)
{
    static const struct {
        const char *model;
        enum lm_identifier_type type;
    } types[] = {
        { "PhoneNumber", LM_IDENTIFIER_PHONE },
        { "EmailAddress", LM_IDENTIFIER_EMAIL },
        { "UserID", LM_IDENTIFIER_ACCOUNT_ID },
    };
    *ret_known = true;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (uf_is(entry->type, types[i].model))
            return types[i].type;
    *ret_known = false;
    return LM_IDENTIFIER_NAME;
}

/* The entry that is the account's own id: an app's user id; else a number that is complete enough to be the same
 * telephone wherever it is dialled; else an address. With the platform that such an id is of. */
static void choose_native(const struct uf_field *entries, struct uf_app *app, struct lm_str *ret)
{
    struct lm_str id = LM_STR(""), phone = LM_STR(""), mail = LM_STR("");
    for (struct uf_model *e = entries != NULL ? entries->models : NULL; e != NULL; e = e->next) {
        struct lm_str value = uf_text(e, "Value");
        bool known;
        enum lm_identifier_type type = entry_type(e, &known);
        if (!known || value.n == 0)
            continue;
        if (type == LM_IDENTIFIER_ACCOUNT_ID && id.n == 0 && app->platform != LM_PLATFORM_PHONE)
            id = value;
        else if (type == LM_IDENTIFIER_PHONE && phone.n == 0 && lm_text_is_whole_number(value))
            phone = value;
        else if (type == LM_IDENTIFIER_EMAIL && mail.n == 0)
            mail = value;
    }
    *ret = id.n != 0 ? id : phone.n != 0 ? phone : mail;
    if (id.n == 0 && ret->n != 0)
        app->platform = phone.n != 0 ? LM_PLATFORM_PHONE : LM_PLATFORM_EMAIL;
}

/* A user id in words of its own kind: "13035550101@s.whatsapp.net" is a number. */
static lm_err add_entry(struct uf_record *r, struct uf_app app, struct uf_model *e, const struct lm_account_ref *account,
                        const struct uf_told *told)
{
    bool known;
    enum lm_identifier_type type = entry_type(e, &known);
    struct lm_str value = known ? uf_take(e, "Value") : LM_STR("");
    if (type == LM_IDENTIFIER_ACCOUNT_ID && app.platform == LM_PLATFORM_WHATSAPP
        && lm_str_ends(value, LM_STR("@s.whatsapp.net"))) {
        type = LM_IDENTIFIER_PHONE;
        value = lm_str_take(value, lm_str_find(value, LM_STR("@")));
    }
    return uf_identifier(r, account, type, value, told->basis, told->at);
}

lm_err uf_contact_identifiers(struct uf_record *r, struct uf_model *contact, struct uf_app app, const struct uf_told *told,
                              struct lm_account_ref *ret)
{
    struct uf_field *entries = uf_find(contact, "Entries");
    struct lm_str name = uf_take(contact, "Name"), native = told->native, first = LM_STR("");
    struct lm_account_ref account = { .form = LM_ACCOUNT_NONE };
    lm_err err = LM_OK;
    if (native.n == 0)
        choose_native(entries, &app, &native);
    if (entries != NULL && entries->models != NULL)
        first = uf_text(entries->models, "Value");
    /* saved without a name: shown as its first entry */
    err = uf_account(r, app, native, name.n == 0 && native.n == 0 ? first : name, told->owner, &account);
    if (err != LM_OK || account.form == LM_ACCOUNT_NONE)
        return err;
    err = uf_identifier(r, &account, LM_IDENTIFIER_NAME, name, told->basis, told->at);
    for (struct uf_model *e = entries != NULL ? entries->models : NULL; e != NULL && err == LM_OK; e = e->next)
        err = add_entry(r, app, e, &account, told);
    *ret = account;
    return err;
}
