/* meta_export_json_account.c - the owner's profile, logins and logouts.
 *
 * Labels inside string_map_data are in the language of the export, so values are told by their shape. Of the
 * profile only names, addresses and numbers are read: the rest of it (faith, politics, birthplace …) has no
 * field. */
#include "readers/meta_export_json.h"

#include "readers/shared/json_sniff.h"
#include "readers/shared/mojibake.h"

#define MAX_PICKS 24

/* --- profile --- */

enum {
    FULL_NAME,
    FULL_NAME_V1,
    IG_NAME,
    IG_USERNAME,
    N_NAMES, /* names that stand under messages come first */
    FB_USERNAME = N_NAMES,
    FB_EMAIL,
    FB_PHONE,
    IG_EMAIL,
    IG_PHONE,
    N_PATHS
};

static const char *const paths[N_PATHS] = {
    [FULL_NAME] = "/profile_v2/name/full_name",
    [FULL_NAME_V1] = "/profile/name/full_name",
    [IG_NAME] = "/profile_user/[]/string_map_data/Name/value",
    [IG_USERNAME] = "/profile_user/[]/string_map_data/Username/value",
    [FB_USERNAME] = "/profile_v2/username",
    [FB_EMAIL] = "/profile_v2/emails/emails/[]",
    [FB_PHONE] = "/profile_v2/phone_numbers/[]/phone_number",
    [IG_EMAIL] = "/profile_user/[]/string_map_data/Email/value",
    [IG_PHONE] = "/profile_user/[]/string_map_data/Phone Number/value",
};

static const enum lm_identifier_type types[N_PATHS] = {
    [FULL_NAME] = LM_IDENTIFIER_NAME,     [FULL_NAME_V1] = LM_IDENTIFIER_NAME,
    [IG_NAME] = LM_IDENTIFIER_NAME,       [IG_USERNAME] = LM_IDENTIFIER_HANDLE,
    [FB_USERNAME] = LM_IDENTIFIER_HANDLE, [FB_EMAIL] = LM_IDENTIFIER_EMAIL,
    [FB_PHONE] = LM_IDENTIFIER_PHONE,     [IG_EMAIL] = LM_IDENTIFIER_EMAIL,
    [IG_PHONE] = LM_IDENTIFIER_PHONE,
};

struct picks {
    struct lm_arena *a;
    struct lm_str text[MAX_PICKS];
    size_t path[MAX_PICKS];
    size_t n;
    unsigned oddities;
    lm_err err;
};

static void take(void *user, size_t path, const struct lm_json_token *value)
{
    struct picks *p = user;
    struct lm_str copy;
    if (p->err != LM_OK || p->n == MAX_PICKS || value->type != LM_JSON_STRING || value->text.n == 0)
        return;
    copy = lm_arena_copy(p->a, value->text);
    p->err = copy.p == NULL ? LM_ENOMEM : lm_mojibake_repair(p->a, copy, &p->text[p->n]);
    if (p->err == LM_OK)
        p->path[p->n++] = path;
    p->oddities |= value->oddities;
}

lm_err meta_owner_names(struct meta *m, struct lm_str profile)
{
    struct picks p = { .a = m->r.ctx->file };
    lm_json_pick(profile, paths, N_NAMES, take, &p);
    for (size_t i = 0; i < p.n && m->n_owner_names < META_MAX_OWNER_NAMES; i++)
        m->owner_names[m->n_owner_names++] = p.text[i];
    return p.err;
}

lm_err meta_profile(struct meta *m, uint64_t at)
{
    struct lm_jread *r = &m->r;
    struct picks p = { .a = r->ctx->record };
    struct lm_fact facts[MAX_PICKS];
    uint64_t end = lm_json_offset(&r->j);
    if (m->profile_read)
        return lm_jread_notice(r, at, end, "a second profile in one file is not read");
    m->profile_read = true;
    lm_json_pick(r->j.in, paths, N_PATHS, take, &p);
    if (p.err != LM_OK)
        return p.err;
    for (size_t i = 0; i < p.n; i++) {
        struct lm_identifier_fact f = { .account = { .platform = m->platform, .form = LM_ACCOUNT_OWNER },
                                        .type = types[p.path[i]],
                                        .value = p.text[i],
                                        .basis = LM_STR("own_profile") };
        facts[i] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
    }
    return lm_jread_emit_range(r, at, end, p.oddities, facts, p.n);
}

/* --- logins: {"title": ISO moment, "string_map_data": {label: {"href", "value", "timestamp"}}} --- */

struct login {
    struct lm_str ip, agent;
    int64_t seconds;
    bool has_seconds;
};

static bool looks_like_ip(struct lm_str s)
{
    size_t dots = 0, colons = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        dots += c == '.';
        colons += c == ':';
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.'
              || c == ':'))
            return false;
    }
    return s.n <= 45 && (dots == 3 || colons >= 2);
}

static lm_err value_of_label(struct meta *m, struct login *l)
{
    struct lm_str key, text = { NULL, 0 };
    struct lm_json_token t;
    int64_t n;
    lm_err e;
    while ((e = lm_jread_member(&m->r, &key, &t)) == LM_OK && key.p != NULL) {
        bool scalar = t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER;
        if (scalar && lm_str_eq(key, LM_STR("timestamp")) && lm_str_to_i64(t.text, &n) && n > 0) {
            l->seconds = n;
            l->has_seconds = true;
        } else if (scalar && lm_str_eq(key, LM_STR("value"))) {
            e = meta_text(m, &t, &text);
        } else {
            e = lm_jread_skip(&m->r, &t);
        }
        if (e != LM_OK)
            return e;
    }
    if (looks_like_ip(text) && l->ip.n == 0)
        l->ip = text;
    if (lm_str_starts(text, LM_STR("Instagram ")) || lm_str_starts(text, LM_STR("Mozilla/")))
        l->agent = text;
    return e;
}

static lm_err labels(struct meta *m, struct login *l, const struct lm_json_token *object)
{
    struct lm_str key;
    struct lm_json_token t;
    lm_err e = LM_OK;
    if (object->type != LM_JSON_OBJECT)
        return lm_jread_skip(&m->r, object);
    while ((e = lm_jread_member(&m->r, &key, &t)) == LM_OK && key.p != NULL) {
        e = t.type == LM_JSON_OBJECT ? value_of_label(m, l) : lm_jread_skip(&m->r, &t);
        if (e != LM_OK)
            return e;
    }
    return e;
}

static lm_err session(struct meta *m, enum lm_event_kind kind, struct lm_str detail)
{
    struct lm_jread *r = &m->r;
    struct login l = { .has_seconds = false };
    struct lm_str key, title = { NULL, 0 };
    struct lm_json_token t;
    struct lm_fact facts[3];
    size_t n = 1;
    lm_err e;
    while ((e = lm_jread_member(r, &key, &t)) == LM_OK && key.p != NULL) {
        if (lm_str_eq(key, LM_STR("title"))) {
            e = meta_text(m, &t, &title);
        } else if (lm_str_eq(key, LM_STR("string_map_data"))) {
            e = labels(m, &l, &t);
            if (e == LM_OK)
                e = lm_jread_raw_span(r, key, t.at, lm_json_offset(&r->j));
        } else {
            e = lm_jread_raw(r, key, &t);
        }
        if (e != LM_OK)
            return e;
    }
    if (e != LM_OK)
        return e;
    struct lm_when at = { .quality = LM_TIME_NONE };
    if (l.has_seconds && l.seconds <= INT64_C(253402300799))
        at = (struct lm_when){ .us = l.seconds * LM_SECOND_US, .quality = LM_TIME_UTC };
    else if (title.n == 0 || !lm_when_parse_iso(title, &at))
        lm_jread_reject(r, "no moment that can be read");
    struct lm_account_ref owner = { .platform = m->platform, .form = LM_ACCOUNT_OWNER };
    facts[0] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                 .event = { .kind = kind,
                                            .platform = m->platform,
                                            .at = at,
                                            .detail = detail,
                                            .from = owner,
                                            .duration_s = -1,
                                            .raw = lm_jread_raw_done(r) } };
    struct lm_identifier_fact f = { .account = owner, .basis = LM_STR("login"), .at = at };
    if (l.ip.n != 0) {
        f.type = LM_IDENTIFIER_IP;
        f.value = l.ip;
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
    }
    if (l.agent.n != 0) {
        f.type = LM_IDENTIFIER_DEVICE;
        f.value = l.agent;
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
    }
    return lm_jread_emit(r, facts, n);
}

lm_err meta_login(struct lm_jread *r, void *user)
{
    (void)r;
    return session(user, LM_EVENT_LOGIN, LM_STR("login"));
}

lm_err meta_logout(struct lm_jread *r, void *user)
{
    (void)r;
    return session(user, LM_EVENT_OTHER, LM_STR("logout"));
}
