/* signal_backup_who.c - the account, recipients (contacts, groups, lists, call links) and chats. */
#include "readers/signal_backup.h"

#include <inttypes.h>
#include <stdio.h>

/* --- looking up --- */

static struct lm_str id_key(uint64_t id, char text[24])
{
    (void)snprintf(text, 24, "%" PRIu64, id);
    return lm_str(text);
}

struct sbk_recipient *sbk_find(struct sbk *s, uint64_t id)
{
    char text[24];
    uint64_t *place = lm_map_get(&s->by_id, id_key(id, text));
    return place != NULL ? &s->recipients[*place] : NULL;
}

struct sbk_recipient *sbk_find_chat(struct sbk *s, uint64_t chat)
{
    char text[24];
    uint64_t *place = lm_map_get(&s->chats, id_key(chat, text));
    return place != NULL ? &s->recipients[*place] : NULL;
}

lm_err sbk_by_aci(struct sbk *s, struct lm_arena *a, struct lm_str aci, struct lm_account_ref *ret)
{
    struct lm_str id = lm_signal_uuid(a, aci);
    *ret = (struct lm_account_ref){ .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NONE };
    if (id.p == NULL)
        return id.n != 0 ? LM_ENOMEM : LM_OK;
    uint64_t *place = lm_map_get(&s->by_account, id);
    if (place != NULL)
        *ret = s->recipients[*place].account;
    else
        *ret = (struct lm_account_ref){ .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NATIVE, .native = id };
    return LM_OK;
}

struct lm_account_ref sbk_account_of(const struct sbk *s, const struct sbk_recipient *r)
{
    if (r == NULL)
        return (struct lm_account_ref){ .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NONE };
    return r->kind == SBK_SELF ? s->owner : r->account;
}

/* --- the account --- */

lm_err sbk_account(struct sbk *s, struct lm_str m, struct lm_str raw)
{
    struct lm_signal_facts f = { .n = 0 };
    struct lm_str given, family, name, username;
    lm_err err;
    if ((err = sbk_text(s, s->ctx->file, lm_pb_bytes(m, 4), &given)) != LM_OK
        || (err = sbk_text(s, s->ctx->file, lm_pb_bytes(m, 5), &family)) != LM_OK
        || (err = sbk_text(s, s->ctx->file, lm_pb_bytes(m, 2), &username)) != LM_OK
        || (err = lm_signal_name(s->ctx->file, given, family, &name)) != LM_OK)
        return err;
    s->owner.display = name;
    lm_signal_identifier(&f, s->owner, LM_IDENTIFIER_NAME, name, "own_profile");
    lm_signal_identifier(&f, s->owner, LM_IDENTIFIER_HANDLE, username, "own_profile");
    f.items[f.n++] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                       .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM,
                                                  .detail = LM_STR("account"), .from = s->owner, .raw = raw, .duration_s = -1 } };
    return sbk_emit(s, f.items, f.n);
}

/* --- recipients --- */

struct names {
    struct lm_str profile, system, nickname, of_system, username;
};

static lm_err read_names(struct sbk *s, struct lm_str m, struct names *n)
{
    struct lm_str part[7], nick = lm_pb_bytes(m, 16);
    const struct lm_str from[7] = { lm_pb_bytes(m, 11), lm_pb_bytes(m, 12),    lm_pb_bytes(m, 18),  lm_pb_bytes(m, 19),
                                    lm_pb_bytes(m, 20), lm_pb_bytes(nick, 1), lm_pb_bytes(nick, 2) };
    lm_err err = LM_OK;
    for (size_t i = 0; i < 7 && err == LM_OK; i++)
        err = sbk_text(s, s->ctx->file, from[i], &part[i]);
    if (err == LM_OK)
        err = sbk_text(s, s->ctx->file, lm_pb_bytes(m, 3), &n->username);
    if (err == LM_OK)
        err = lm_signal_name(s->ctx->file, part[0], part[1], &n->profile);
    if (err == LM_OK)
        err = lm_signal_name(s->ctx->file, part[2], part[3], &n->system);
    if (err == LM_OK)
        err = lm_signal_name(s->ctx->file, part[5], part[6], &n->nickname);
    if (err == LM_OK)
        n->of_system = part[4];
    return err;
}

static lm_err contact(struct sbk *s, struct sbk_recipient *r, struct lm_str m, struct lm_str raw)
{
    struct lm_signal_facts f = { .n = 0 };
    struct names n = { 0 };
    struct lm_signal_who w = { .name = { NULL, 0 } };
    struct lm_arena *a = s->ctx->file;
    uint64_t number = 0;
    lm_err err = read_names(s, m, &n);
    struct lm_str pni = lm_pb_bytes(m, 2);
    if (err != LM_OK)
        return err;
    w.aci = lm_signal_uuid(a, lm_pb_bytes(m, 1));
    w.pni = lm_signal_uuid(a, pni);
    if ((w.aci.p == NULL && w.aci.n != 0) || (w.pni.p == NULL && w.pni.n != 0))
        return LM_ENOMEM;
    if (w.pni.n == 36) {
        w.pni = lm_arena_printf(a, "PNI:%.*s", LM_STR_ARG(w.pni));
        if (w.pni.p == NULL)
            return LM_ENOMEM;
    }
    if ((w.aci.n == 0 && lm_pb_bytes(m, 1).n != 0) || (w.pni.n == 0 && pni.n != 0))
        sbk_doubt(s, "an id of the account has not 16 bytes and is left out");
    if (sbk_uint(m, 4, &number)) {
        r->phone = lm_arena_printf(a, "+%" PRIu64, number);
        if (r->phone.p == NULL)
            return LM_ENOMEM;
    }
    w.phone = r->phone;
    w.username = n.username;
    w.name = n.nickname.n != 0 ? n.nickname : n.system.n != 0 ? n.system : n.of_system.n != 0 ? n.of_system : n.profile;
    if ((err = lm_signal_account(a, &w, &r->account)) != LM_OK)
        return err;
    r->thread = (struct lm_thread_ref){ .native = r->account.native, .title = w.name, .kind = LM_THREAD_DIRECT };
    if (r->account.form != LM_ACCOUNT_NONE) {
        lm_signal_identifier(&f, r->account, LM_IDENTIFIER_PHONE, r->phone, "contact_list");
        lm_signal_identifier(&f, r->account, LM_IDENTIFIER_HANDLE, n.username, "contact_list");
        lm_signal_identifier(&f, r->account, LM_IDENTIFIER_ACCOUNT_ID, w.aci, "contact_list");
        lm_signal_identifier(&f, r->account, LM_IDENTIFIER_ACCOUNT_ID, w.pni, "contact_list");
        lm_signal_identifier(&f, r->account, LM_IDENTIFIER_NAME, n.nickname, "contact_list");
        lm_signal_identifier(&f, r->account, LM_IDENTIFIER_NAME, n.system, "contact_list");
        lm_signal_identifier(&f, r->account, LM_IDENTIFIER_NAME, n.of_system, "contact_list");
        lm_signal_identifier(&f, r->account, LM_IDENTIFIER_NAME, n.profile, "own_profile");
    } else {
        sbk_doubt(s, "the contact has neither an id nor a number nor a name");
    }
    f.items[f.n++] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                       .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM,
                                                  .detail = LM_STR("contact"), .from = r->account, .raw = raw, .duration_s = -1 } };
    return sbk_emit(s, f.items, f.n);
}

static lm_err hex(struct lm_arena *a, struct lm_str bytes, struct lm_str *ret)
{
    static const char digits[] = "0123456789abcdef";
    char *p = bytes.n <= 64 ? lm_arena_alloc(a, 2 * bytes.n + 1) : NULL;
    if (bytes.n > 64)
        return LM_OK; /* no key is that long */
    if (p == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < bytes.n; i++) {
        p[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
        p[2 * i + 1] = digits[bytes.p[i] & 15];
    }
    *ret = (struct lm_str){ p, 2 * bytes.n };
    return LM_OK;
}

/* A group, a list of those who see stories, a link to a call: something with a key and a title, and perhaps with members. */
static lm_err place(struct sbk *s, struct sbk_recipient *r, const char *detail, struct lm_str key, struct lm_str title, struct lm_str raw)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .detail = lm_str(detail),
                                    .from = s->owner, .raw = raw, .duration_s = -1 } };
    lm_err err = sbk_text(s, s->ctx->file, title, &r->thread.title);
    if (err == LM_OK && key.n != 0)
        err = hex(s->ctx->file, key, &r->thread.native);
    if (err == LM_OK)
        err = sbk_members(s, r);
    r->who_known = false; /* contacts that follow may be members */
    if (err != LM_OK)
        return err;
    f.event.thread = r->thread;
    f.event.to = r->who;
    f.event.n_to = r->n_who;
    f.event.flags |= r->who_partial ? LM_EVENT_MEMBERS_UNKNOWN : 0;
    return sbk_emit(s, &f, 1);
}

static lm_err add_member(struct sbk *s, struct sbk_recipient *r, size_t *cap, struct lm_account_ref one)
{
    if (one.form == LM_ACCOUNT_NONE) {
        r->who_partial = true;
        return LM_OK;
    }
    if (r->n_who >= SBK_MAX_LIST) {
        r->who_partial = true;
        sbk_doubt(s, "more than 4096 members: the rest is left out");
        return LM_OK;
    }
    struct lm_account_ref *grown = lm_arena_grow(s->ctx->file, r->who, r->n_who, cap, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    r->who = grown;
    grown[r->n_who++] = one;
    return LM_OK;
}

/* Members of a group are named by their ACI, and the owner is one of them who is no contact. That is told only when it is one. */
static void owner_among(struct sbk *s, struct sbk_recipient *r)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < r->n_who; i++)
        if (lm_map_get(&s->by_account, r->who[i].native) == NULL) {
            at = i;
            n++;
        }
    if (n == 1)
        r->who[at] = r->who[--r->n_who];
    else if (n > 1)
        r->who_partial = true;
}

lm_err sbk_members(struct sbk *s, struct sbk_recipient *r)
{
    struct lm_pb_field v;
    struct lm_str m = r->members;
    size_t cap = 0;
    lm_err err = LM_OK;
    if (r->who_known)
        return LM_OK;
    r->who = NULL;
    r->n_who = 0;
    r->who_partial = false;
    while (err == LM_OK && lm_pb_next(&m, &v)) {
        struct lm_account_ref one = { .form = LM_ACCOUNT_NONE };
        if (r->kind == SBK_GROUP && v.number == 7 && v.has_bytes) {
            err = sbk_by_aci(s, s->ctx->file, lm_pb_bytes(v.bytes, 1), &one);
            if (err == LM_OK)
                err = add_member(s, r, &cap, one);
        } else if (r->kind == SBK_LIST && v.number == 4) {
            struct lm_str ids = v.bytes;
            bool more = !v.has_bytes;
            for (uint64_t id = v.value; err == LM_OK && (more || ids.n != 0); more = false) {
                unsigned shift = 0;
                if (v.has_bytes) {
                    unsigned char byte = 0x80;
                    id = 0;
                    while ((byte & 0x80) != 0 && ids.n != 0) {
                        byte = (unsigned char)ids.p[0];
                        id |= (uint64_t)(byte & 0x7f) << (shift < 63 ? shift : 63);
                        shift += 7;
                        ids = lm_str_skip(ids, 1);
                    }
                }
                err = add_member(s, r, &cap, sbk_account_of(s, sbk_find(s, id)));
            }
        }
    }
    if (err == LM_OK && r->kind == SBK_GROUP)
        owner_among(s, r);
    r->who_known = true;
    return err;
}

/* Room for a recipient; one that has the id already is replaced, and the frame doubted. */
static lm_err slot(struct sbk *s, uint64_t id, struct sbk_recipient **ret)
{
    char text[24];
    uint64_t *place;
    bool is_new;
    struct sbk_recipient *grown = lm_arena_grow(s->ctx->file, s->recipients, s->n_recipients, &s->cap_recipients, sizeof *grown);
    if (grown == NULL || lm_map_put(&s->by_id, id_key(id, text), s->n_recipients, &place, &is_new) != LM_OK)
        return LM_ENOMEM;
    s->recipients = grown;
    if (!is_new)
        sbk_doubt(s, "a second recipient with the same number: the first is no longer found by it");
    *place = s->n_recipients;
    *ret = &grown[s->n_recipients++];
    **ret = (struct sbk_recipient){ .id = id, .account = { .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NONE } };
    return LM_OK;
}

lm_err sbk_recipient(struct sbk *s, struct lm_str m, struct lm_str raw)
{
    struct sbk_recipient *r;
    struct lm_pb_field v, what = { 0 };
    struct lm_str rest = m, list;
    uint64_t id = 0, *ignored;
    (void)sbk_uint(m, 1, &id);
    while (lm_pb_next(&rest, &v))
        if (v.has_bytes && v.number >= 2 && v.number <= 7)
            what = v;
    lm_err err = slot(s, id, &r);
    if (err != LM_OK)
        return err;
    switch (what.number) {
    case 2:
        r->kind = SBK_CONTACT;
        err = contact(s, r, what.bytes, raw);
        if (err == LM_OK && r->account.form == LM_ACCOUNT_NATIVE)
            err = lm_map_put(&s->by_account, r->account.native, (uint64_t)(r - s->recipients), &ignored, NULL);
        return err;
    case 3:
        r->kind = SBK_GROUP;
        r->members = lm_pb_bytes(what.bytes, 5);
        r->thread.kind = LM_THREAD_GROUP;
        return place(s, r, "group", lm_pb_bytes(what.bytes, 1), lm_pb_bytes(lm_pb_bytes(r->members, 2), 1), raw);
    case 4:
        r->kind = SBK_LIST;
        list = lm_pb_bytes(what.bytes, 3);
        r->members = list;
        r->thread.kind = LM_THREAD_CHANNEL;
        return place(s, r, "distributionList", lm_pb_bytes(what.bytes, 1), lm_pb_bytes(list, 1), raw);
    case 7:
        r->kind = SBK_CALL_LINK;
        r->thread.kind = LM_THREAD_UNKNOWN;
        return place(s, r, "callLink", lm_pb_bytes(what.bytes, 1), lm_pb_bytes(what.bytes, 3), raw);
    case 5:
        r->kind = SBK_SELF;
        r->thread = (struct lm_thread_ref){ .native = LM_STR("note to self"), .kind = LM_THREAD_DIRECT };
        return place(s, r, "self", (struct lm_str){ NULL, 0 }, (struct lm_str){ NULL, 0 }, raw);
    case 6:
        r->kind = SBK_RELEASE_NOTES;
        r->account = (struct lm_account_ref){ LM_PLATFORM_SIGNAL, LM_ACCOUNT_NATIVE, LM_STR("release notes"), { NULL, 0 } };
        r->thread = (struct lm_thread_ref){ .native = LM_STR("release notes"), .kind = LM_THREAD_CHANNEL };
        return place(s, r, "releaseNotes", (struct lm_str){ NULL, 0 }, (struct lm_str){ NULL, 0 }, raw);
    default:
        sbk_doubt(s, "a recipient of a kind that is not known");
        return place(s, r, "recipient", (struct lm_str){ NULL, 0 }, (struct lm_str){ NULL, 0 }, raw);
    }
}

/* --- chats --- */

lm_err sbk_chat(struct sbk *s, struct lm_str m, struct lm_str raw)
{
    char text[24];
    uint64_t id = 0, recipient = 0, *place;
    bool is_new;
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .detail = LM_STR("chat"),
                                    .from = s->owner, .raw = raw, .duration_s = -1 } };
    (void)sbk_uint(m, 1, &id);
    (void)sbk_uint(m, 2, &recipient);
    struct sbk_recipient *r = sbk_find(s, recipient);
    if (r == NULL) {
        sbk_doubt(s, "the chat is with a recipient that no frame before it names");
        return sbk_emit(s, &f, 1);
    }
    lm_err err = lm_map_put(&s->chats, id_key(id, text), (uint64_t)(r - s->recipients), &place, &is_new);
    if (err != LM_OK)
        return err;
    if (!is_new)
        sbk_doubt(s, "a second chat with the same number: messages that follow are put into this one");
    *place = (uint64_t)(r - s->recipients);
    f.event.thread = r->thread;
    return sbk_emit(s, &f, 1);
}
