/* ufed_xml_other.c - contacts, accounts, places, payments, and models that have no reading of their own. */
#include "readers/ufed_xml.h"

/* Entries of a model that became identifiers need not be in raw: uf_take has marked them. */
lm_err uf_contact(struct uf_record *r, struct lm_event *ev)
{
    struct uf_model *m = r->m;
    struct uf_app app = uf_app(uf_text(m, "Source"));
    struct uf_told told = { .basis = "contact_list", .at = uf_when(r, m, "TimeCreated") };
    struct lm_account_ref *to = lm_arena_alloc(r->u->ctx->record, sizeof *to);
    if (to == NULL)
        return uf_no_memory(r->u);
    lm_err err = uf_contact_identifiers(r, m, app, &told, to);
    if (err != LM_OK)
        return err;
    ev->kind = LM_EVENT_CONTACT_ADDED;
    ev->platform = app.platform;
    ev->at = told.at;
    ev->detail = LM_STR("contact_list");
    ev->from = uf_owner(app);
    if (to->form == LM_ACCOUNT_NONE) { /* only a photo, or nothing: kept for what raw has */
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        return LM_OK;
    }
    ev->to = to;
    ev->n_to = 1;
    return LM_OK;
}

/* An account that was set up on the phone. */
lm_err uf_user_account(struct uf_record *r, struct lm_event *ev)
{
    struct uf_model *m = r->m;
    struct lm_str source = uf_text(m, "Source"), id = uf_text(m, "Id"), user = uf_take(m, "Username");
    struct uf_app app = uf_app(source.n != 0 ? source : uf_text(m, "ServiceType"));
    struct uf_told told = { .basis = "own_profile", .at = uf_when(r, m, "TimeCreated"), .native = id.n != 0 ? id : user,
                            .owner = true };
    struct lm_account_ref account = { .form = LM_ACCOUNT_NONE };
    if (app.source.n == 0)
        app.platform = LM_PLATFORM_OTHER; /* not the phone's own apps: those have no accounts */
    if (id.n != 0)
        (void)uf_take(m, "Id");
    lm_err err = uf_contact_identifiers(r, m, app, &told, &account);
    if (err == LM_OK && account.form != LM_ACCOUNT_NONE) {
        bool mail = lm_str_find(user, LM_STR("@")) != SIZE_MAX && lm_str_find(user, LM_STR("@")) > 0;
        err = uf_identifier(r, &account, mail ? LM_IDENTIFIER_EMAIL : LM_IDENTIFIER_HANDLE, user, told.basis, told.at);
    }
    ev->kind = LM_EVENT_OTHER;
    ev->platform = app.platform;
    ev->detail = LM_STR("own_profile");
    ev->at = told.at;
    ev->from = account.form != LM_ACCOUNT_NONE ? account : uf_owner(app);
    return err;
}

/* Where it is from stays in raw: a place in a phone is not always a place where its owner was. */
lm_err uf_location(struct uf_record *r, struct lm_event *ev)
{
    struct uf_model *m = r->m;
    bool tower = uf_is(m->type, "CellTower") || uf_is(uf_text(m, "Category"), "Cell Towers");
    struct lm_str category = uf_text(m, "Category"), type = uf_text(m, "Type");
    ev->kind = LM_EVENT_LOCATION;
    ev->platform = uf_app(uf_text(m, "Source")).platform;
    ev->at = uf_when(r, m, "TimeStamp");
    ev->detail = tower ? LM_STR("cell_tower") : category.n != 0 ? category : type.n != 0 ? type : LM_STR("location");
    return tower ? LM_OK : uf_place(r, m, ev); /* a cell site is an area, not a point */
}

/* --- money --- */

static bool is_currency(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 'A' || s.p[i] > 'Z')
            return false;
    return s.n == 3;
}

/* "1250.5" in minor units of the currency: exactly, or not at all. */
static bool to_minor(struct lm_str s, int8_t exponent, int64_t *ret)
{
    size_t dot = lm_str_find(s, LM_STR("."));
    struct lm_str whole = lm_str_take(s, dot), part = dot == SIZE_MAX ? LM_STR("") : lm_str_skip(s, dot + 1);
    int64_t v = 0;
    if (whole.n == 0 || whole.n > 15 || (dot != SIZE_MAX && part.n == 0))
        return false;
    while (part.n > (size_t)exponent && part.p[part.n - 1] == '0')
        part.n--;
    if (part.n > (size_t)exponent)
        return false;
    for (size_t i = 0; i < whole.n + (size_t)exponent; i++) {
        char c = i < whole.n ? whole.p[i] : i - whole.n < part.n ? part.p[i - whole.n] : '0';
        if (c < '0' || c > '9')
            return false;
        v = v * 10 + (c - '0'); /* at most 15 + 4 digits */
    }
    *ret = v;
    return true;
}

static void amount(struct uf_record *r, struct lm_event *ev)
{
    struct uf_model *price = uf_sub(r->m, "TransferAmount");
    struct lm_str currency = price != NULL ? uf_text(price, "Currency") : LM_STR("");
    struct lm_str number = price != NULL ? uf_text(price, "Amount") : LM_STR("");
    struct lm_money money = { .exponent = lm_currency_exponent(currency) };
    if (number.n == 0)
        return;
    if (!is_currency(currency) || !to_minor(number, money.exponent, &money.minor)) {
        uf_doubt(r, "an amount or a currency that cannot be read without guessing");
        return;
    }
    memcpy(money.currency, currency.p, 3);
    (void)uf_take(price, "Currency");
    (void)uf_take(price, "Amount");
    ev->has_amount = true;
    ev->amount = money;
}

lm_err uf_transfer(struct uf_record *r, struct lm_event *ev)
{
    struct uf_model *m = r->m;
    struct uf_app app = uf_app(uf_text(m, "Source"));
    ev->kind = LM_EVENT_PAYMENT;
    ev->platform = app.platform = app.source.n == 0 ? LM_PLATFORM_OTHER : app.platform;
    ev->at = uf_when(r, m, "DateSent");
    if (ev->at.quality == LM_TIME_NONE)
        ev->at = uf_when(r, m, "DateProcessed");
    ev->detail = uf_text(m, "Status");
    amount(r, ev);
    lm_err err = uf_body(r, m, "Description", &ev->text);
    return err == LM_OK ? uf_parties(r, app, "Participants", LM_STR(""), ev) : err;
}

/* --- everything else --- */

/* Kept as it is: the model's type in detail, its time, its text, all its fields in raw. */
lm_err uf_any(struct uf_record *r, struct lm_event *ev)
{
    static const char *const times[] = { "TimeStamp", "StartDate", "TimeCreated", "LastVisited", "StartTime", "Creation" };
    struct uf_model *m = r->m;
    ev->kind = LM_EVENT_OTHER;
    ev->platform = uf_app(uf_text(m, "Source")).platform;
    if (uf_text(m, "Source").n == 0)
        ev->platform = LM_PLATFORM_OTHER;
    ev->detail = m->type;
    for (size_t i = 0; i < sizeof times / sizeof *times && ev->at.quality == LM_TIME_NONE; i++)
        ev->at = uf_when(r, m, times[i]);
    return uf_body(r, m, "Body", &ev->text);
}
