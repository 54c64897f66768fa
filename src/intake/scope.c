#include "intake/scope.h"

#include "model/selector.h"

#define ONE(id, word) +1
enum { N_PLATFORMS = 0 LM_PLATFORMS(ONE) };
_Static_assert(N_PLATFORMS <= 64, "lm_scope.known");

static bool reaches_content(const struct lm_authority *a)
{
    return a->reach == LM_REACH_CONTENT;
}

static bool reaches_non_content(const struct lm_authority *a)
{
    return a->reach == LM_REACH_CONTENT || a->reach == LM_REACH_NON_CONTENT;
}

static bool reaches_subscriber(const struct lm_authority *a)
{
    return a->reach != LM_REACH_LOCATION;
}

static bool reaches_places(const struct lm_authority *a)
{
    return a->reaches_location || a->reach == LM_REACH_LOCATION
           || (reaches_content(a) && a->kind != LM_AUTHORITY_TITLE_III);
}

static bool holds_content(const struct lm_event *e)
{
    bool titled = e->thread.title.n != 0 && e->thread.kind != LM_THREAD_DIRECT;
    bool unknown = e->raw.n != 0 && (e->flags & LM_EVENT_TRAFFIC) == 0;
    return e->text.n != 0 || e->n_attachments != 0 || e->n_reactions != 0 || e->n_edits != 0 || unknown || titled;
}

static const char *event_beyond_reach(const struct lm_authority *a, const struct lm_event *e)
{
    if (holds_content(e) && !reaches_content(a))
        return "content, which the authority does not reach";
    if (e->kind == LM_EVENT_LOCATION)
        return reaches_places(a) ? NULL : "location, which the authority does not reach";
    if (e->has_place && !reaches_content(a) && !reaches_places(a))
        return "location, which the authority does not reach";
    if ((e->flags & LM_EVENT_CELL_SITE) != 0 && !reaches_content(a) && !reaches_places(a))
        return "cell sites, which are location, which the authority does not reach";
    bool connection = e->kind == LM_EVENT_LOGIN || (e->kind == LM_EVENT_CALL && e->platform == LM_PLATFORM_PHONE);
    if (connection ? reaches_subscriber(a) : reaches_non_content(a))
        return NULL;
    return "events of this kind, which the authority does not reach";
}

static const char *identifier_beyond_reach(const struct lm_authority *a, const struct lm_identifier_fact *i)
{
    bool address_book = lm_str_eq(i->basis, LM_STR("contact_list"));
    if (address_book ? reaches_non_content(a) : reaches_subscriber(a))
        return NULL;
    return "identifiers, which the authority does not reach";
}

/* The interval in which a record can lie against the authority's days. */
static const char *outside_dates(const struct lm_authority *a, bool timed, int64_t first_us, int64_t last_us)
{
    if (a->from_day == LM_DAY_NONE && a->to_day == LM_DAY_NONE)
        return NULL;
    if (!timed)
        return "no time, under an authority with dates";
    int64_t from = a->from_day != LM_DAY_NONE ? a->from_day * LM_DAY_US : INT64_MIN;
    int64_t until = a->to_day != LM_DAY_NONE ? ((int64_t)a->to_day + 1) * LM_DAY_US : INT64_MAX; /* first moment after */
    if (last_us < from)
        return "before the authority's dates";
    if (first_us >= until)
        return "after the authority's dates";
    if (first_us < from || last_us >= until)
        return "local time of an unknown zone near the edge of the authority's dates";
    return NULL;
}

static const char *moment_outside(const struct lm_authority *a, const struct lm_when *w)
{
    int64_t first, last;
    lm_when_interval(w, &first, &last);
    return outside_dates(a, w->quality != LM_TIME_NONE, first, last);
}

/* --- accounts --- */

static bool key_is(struct lm_str key, struct lm_str covered)
{
    return covered.n != 0 && lm_str_eq(key, covered);
}

/* Is text (an id when native, else a display name) one of the accounts listed for the platform? */
static bool listed(struct lm_scope *s, enum lm_platform platform, struct lm_str text, bool native)
{
    struct lm_str phone = { NULL, 0 }, handle = { NULL, 0 };
    if (native) {
        (void)lm_phone_key(s->a, text, &phone);
        (void)lm_handle_key(s->a, text, &handle);
    }
    for (size_t i = 0; i < s->authority->n_accounts; i++) {
        const struct lm_covered_account *c = &s->authority->accounts[i];
        if (c->platform != platform)
            continue;
        if (lm_str_eq(text, c->id) || (phone.n != 0 && key_is(phone, s->phone_keys[i]))
            || (handle.n != 0 && key_is(handle, s->handle_keys[i])))
            return true;
    }
    return false;
}

/* A WhatsApp id is a number with a server behind it: 13035550101@s.whatsapp.net. */
static struct lm_str bare_id(enum lm_platform platform, struct lm_str id)
{
    size_t at = platform == LM_PLATFORM_WHATSAPP ? lm_str_find(id, LM_STR("@")) : SIZE_MAX;
    return at != SIZE_MAX && at > 0 ? lm_str_take(id, at) : id;
}

static lm_err text_covered(struct lm_scope *s, enum lm_platform platform, struct lm_str text, bool native, bool *ret)
{
    struct lm_map *map = &s->known[platform];
    if (text.n == 0) {
        *ret = false;
        return LM_OK;
    }
    /* ids and names have answers of their own: a name that looks like a number is not one */
    char room[256];
    struct lm_str key = text;
    if (text.n < sizeof room) {
        room[0] = native ? 'i' : 'n';
        memcpy(room + 1, text.p, text.n);
        key = (struct lm_str){ room, text.n + 1 };
        uint64_t *answer = lm_map_get(map, key);
        if (answer != NULL) {
            *ret = *answer != 0;
            return LM_OK;
        }
    }
    bool covered = listed(s, platform, native ? bare_id(platform, text) : text, native)
                   || (native && listed(s, platform, text, native));
    uint64_t *value;
    if (key.p == room && lm_map_put(map, key, covered, &value, NULL) != LM_OK)
        return LM_ENOMEM;
    *ret = covered;
    return LM_OK;
}

static lm_err account_covered(struct lm_scope *s, enum lm_platform platform, const struct lm_account_ref *r, bool *ret)
{
    bool covered = false;
    enum lm_platform p = r->platform != LM_PLATFORM_NONE ? r->platform : platform;
    lm_err err = text_covered(s, p, r->native, true, &covered);
    if (err == LM_OK && !covered)
        err = text_covered(s, p, r->display, false, &covered);
    if (err == LM_OK)
        *ret = covered || (r->form == LM_ACCOUNT_OWNER && s->owner_covered[p]);
    return err;
}

static lm_err fact_covered(struct lm_scope *s, const struct lm_fact *f, bool *ret)
{
    bool covered = false;
    lm_err err = LM_OK;
    if (f->kind == LM_FACT_IDENTIFIER) {
        const struct lm_account_ref *r = &f->identifier.account;
        covered = s->owner_covered[r->platform];
        if (!covered)
            err = account_covered(s, r->platform, r, &covered);
    } else if (f->kind == LM_FACT_EVENT) {
        const struct lm_event *e = &f->event;
        covered = s->owner_covered[e->platform];
        if (!covered)
            err = account_covered(s, e->platform, &e->from, &covered);
        for (size_t i = 0; err == LM_OK && !covered && i < e->n_to; i++)
            err = account_covered(s, e->platform, &e->to[i], &covered);
    } else {
        covered = true; /* the agency's own tables are about no account */
    }
    if (err == LM_OK)
        *ret = covered;
    return err;
}

/* --- the answer --- */

static const char *op_row_outside(const struct lm_authority *a, const struct lm_op_row *r)
{
    if (a->kind != LM_AUTHORITY_OWN_RECORDS && a->kind != LM_AUTHORITY_OPEN_SOURCE && a->kind != LM_AUTHORITY_CONSENT)
        return "a table of the agency, under an authority for communications";
    int64_t start = r->day != LM_DAY_NONE ? r->day * LM_DAY_US : 0;
    return outside_dates(a, r->day != LM_DAY_NONE, start, start + LM_DAY_US - 1);
}

static lm_err check_fact(struct lm_scope *s, const struct lm_fact *f, const char **ret_why)
{
    const struct lm_authority *a = s->authority;
    const char *why = NULL;
    switch (f->kind) {
    case LM_FACT_EVENT:
        why = event_beyond_reach(a, &f->event);
        if (why == NULL)
            why = moment_outside(a, &f->event.at);
        break;
    case LM_FACT_IDENTIFIER:
        why = identifier_beyond_reach(a, &f->identifier);
        if (why == NULL && f->identifier.at.quality != LM_TIME_NONE) /* who somebody is has no date of its own */
            why = moment_outside(a, &f->identifier.at);
        break;
    case LM_FACT_OP_ROW:
        why = op_row_outside(a, &f->op_row);
        break;
    }
    if (why == NULL && a->n_accounts != 0) {
        bool covered = false;
        lm_err err = fact_covered(s, f, &covered);
        if (err != LM_OK)
            return err;
        why = covered ? NULL : "none of its accounts is covered by the authority";
    }
    *ret_why = why;
    return LM_OK;
}

lm_err lm_scope_check(struct lm_scope *s, const struct lm_entry *entry, const char **ret_why)
{
    const char *why = NULL;
    if (s->authority->kind == LM_AUTHORITY_AREA_REQUEST) {
        *ret_why = "an area request: sealed until an order names what may be looked at";
        return LM_OK;
    }
    for (size_t i = 0; why == NULL && i < entry->n_facts; i++) {
        lm_err err = check_fact(s, &entry->facts[i], &why);
        if (err != LM_OK)
            return err;
    }
    *ret_why = why;
    return LM_OK;
}

lm_err lm_scope_init(struct lm_scope *s, struct lm_arena *a, const struct lm_authority *authority,
                     const struct lm_covered_account *owner)
{
    size_t n = authority->n_accounts;
    *s = (struct lm_scope){ .authority = authority, .a = a };
    s->phone_keys = lm_arena_array(a, n, sizeof *s->phone_keys);
    s->handle_keys = lm_arena_array(a, n, sizeof *s->handle_keys);
    if (s->phone_keys == NULL || s->handle_keys == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        (void)lm_phone_key(a, authority->accounts[i].id, &s->phone_keys[i]);
        (void)lm_handle_key(a, authority->accounts[i].id, &s->handle_keys[i]);
    }
    for (size_t i = 0; i < N_PLATFORMS; i++)
        lm_map_init(&s->known[i], a);
    if (owner != NULL && owner->id.n != 0) {
        bool covered = false;
        lm_err err = text_covered(s, owner->platform, owner->id, true, &covered);
        if (err != LM_OK)
            return err;
        s->owner_covered[owner->platform] = covered;
    }
    return LM_OK;
}
