/* telegram_json_message.c - the members of one message, gathered before anything is made of them: their order
 * is free. */
#include "readers/telegram_json.h"

const char *const tg_slot_keys[TG_SLOTS] = {
    [TG_ID] = "id",
    [TG_TYPE] = "type",
    [TG_DATE] = "date",
    [TG_DATE_UNIX] = "date_unixtime",
    [TG_EDITED] = "edited",
    [TG_EDITED_UNIX] = "edited_unixtime",
    [TG_FROM] = "from",
    [TG_FROM_ID] = "from_id",
    [TG_ACTOR] = "actor",
    [TG_ACTOR_ID] = "actor_id",
    [TG_ACTION] = "action",
    [TG_REPLY] = "reply_to_message_id",
    [TG_REPLY_PEER] = "reply_to_peer_id",
    [TG_FORWARDED] = "forwarded_from",
    [TG_FILE] = "file",
    [TG_FILE_NAME] = "file_name",
    [TG_FILE_SIZE] = "file_size",
    [TG_MIME] = "mime_type",
    [TG_MEDIA_TYPE] = "media_type",
    [TG_PHOTO] = "photo",
    [TG_PHOTO_SIZE] = "photo_file_size",
    [TG_VCARD] = "contact_vcard",
    [TG_VCARD_SIZE] = "contact_vcard_file_size",
    [TG_DURATION] = "duration_seconds",
    [TG_DURATION_GROUP] = "duration",
    [TG_DISCARD] = "discard_reason",
    [TG_AMOUNT] = "amount",
    [TG_CURRENCY] = "currency",
    [TG_STARS] = "stars",
    [TG_TO] = "to",
    [TG_TO_ID] = "to_id",
    [TG_PEER_NAME] = "peer_name",
    [TG_PEER_ID] = "peer_id",
};

struct lm_str tg_take(struct tg_values *v, enum tg_slot s)
{
    v->used |= (uint64_t)1 << s;
    return tg_has(v, s) ? v->slot[s].text : (struct lm_str){ NULL, 0 };
}

static enum tg_slot slot_of(struct lm_str key)
{
    for (size_t i = 0; i < TG_SLOTS; i++)
        if (key.n != 0 && key.p[0] == tg_slot_keys[i][0] && lm_str_is(key, tg_slot_keys[i]))
            return (enum tg_slot)i;
    return TG_SLOTS;
}

/* Without these a message says too little, or something else. */
static bool essential(enum tg_slot s)
{
    return s <= TG_ACTION && s != TG_EDITED && s != TG_EDITED_UNIX;
}

static lm_err fill_slot(struct tg *tg, struct tg_values *v, enum tg_slot s, const struct lm_json_token *t)
{
    struct lm_str key = lm_str(tg_slot_keys[s]);
    if (t->type == LM_JSON_OBJECT || t->type == LM_JSON_ARRAY) {
        if (essential(s)) {
            lm_jread_reject(&tg->r, "a member that must be text is not");
            return lm_jread_skip(&tg->r, t);
        }
        lm_jread_doubt(&tg->r, "a member that should be text or a number is not");
        return lm_jread_raw(&tg->r, key, t);
    }
    if (v->slot[s].type != LM_JSON_END) {
        lm_jread_doubt(&tg->r, "a member stands twice: the first is read");
        return lm_jread_raw(&tg->r, key, t);
    }
    v->slot[s] = *t;
    return lm_jread_keep(&tg->r, tg->r.ctx->record, t, &v->slot[s].text);
}

/* --- text --- */

static lm_err piece(struct tg *tg, bool *ret_odd)
{
    struct lm_str key;
    struct lm_json_token t;
    for (;;) {
        lm_err e = lm_jread_member(&tg->r, &key, &t);
        if (e != LM_OK || key.p == NULL)
            return e;
        if (lm_str_eq(key, LM_STR("text")) && t.type == LM_JSON_STRING) {
            tg->r.oddities |= t.oddities;
            lm_buf_put(&tg->pieces, t.text);
            continue;
        }
        if (!lm_str_eq(key, LM_STR("type")) || t.type != LM_JSON_STRING)
            *ret_odd = true;
        e = lm_jread_skip(&tg->r, &t);
        if (e != LM_OK)
            return e;
    }
}

/* A string, or pieces that are put together with nothing between. */
static lm_err text(struct tg *tg, const struct lm_json_token *v, struct lm_str *ret, bool *ret_odd)
{
    struct lm_json_token t;
    if (v->type != LM_JSON_ARRAY)
        return lm_jread_text(&tg->r, v, ret);
    lm_buf_clear(&tg->pieces);
    for (;;) {
        lm_err e = lm_jread_next(&tg->r, &t);
        if (e != LM_OK)
            return e;
        if (t.type == LM_JSON_ARRAY_END)
            break;
        if (t.type == LM_JSON_STRING) {
            tg->r.oddities |= t.oddities;
            lm_buf_put(&tg->pieces, t.text);
        } else if (t.type == LM_JSON_OBJECT) {
            e = piece(tg, ret_odd);
        } else {
            *ret_odd = *ret_odd || t.type != LM_JSON_NULL;
            e = lm_jread_skip(&tg->r, &t);
        }
        if (e != LM_OK)
            return e;
    }
    if (tg->pieces.failed) {
        lm_jread_reject(&tg->r, "a text put together from its pieces is longer than the ceiling");
        return LM_OK;
    }
    *ret = lm_arena_copy(tg->r.ctx->record, lm_buf_str(&tg->pieces));
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err main_text(struct tg *tg, struct tg_values *v, const struct lm_json_token *t)
{
    struct lm_str s = { NULL, 0 };
    bool odd = false;
    lm_err e = text(tg, t, &s, &odd);
    uint64_t end = lm_json_offset(&tg->r.j);
    if (e != LM_OK)
        return e;
    /* Two members "text": the app's own first, then an empty one (tdesktop issue 28781). */
    if (v->has_text && v->text.n != 0 && s.n != 0) {
        lm_jread_doubt(&tg->r, "two texts in one message: the first is read");
        return lm_jread_raw_span(&tg->r, LM_STR("text"), t->at, end);
    }
    if (!v->has_text || s.n != 0) {
        v->text = s;
        v->odd_text = odd;
        v->text_at = t->at;
        v->text_end = end;
    }
    v->has_text = true;
    return LM_OK;
}

static lm_err entities(struct tg *tg, struct tg_values *v, const struct lm_json_token *t)
{
    if (v->has_entities || t->type == LM_JSON_NULL)
        return lm_jread_skip(&tg->r, t);
    v->has_entities = true;
    v->entities_at = t->at;
    lm_err e = text(tg, t, &v->entities, &v->odd_entities);
    v->entities_end = lm_json_offset(&tg->r.j);
    return e;
}

/* What text and text_entities say together; links, mentions and the like stay in raw. */
static lm_err settle_text(struct tg *tg, struct tg_values *v)
{
    lm_err e = LM_OK;
    bool differ = v->entities.n != 0 && !lm_str_eq(v->text, v->entities);
    if (v->odd_text)
        e = lm_jread_raw_span(&tg->r, LM_STR("text"), v->text_at, v->text_end);
    if (e == LM_OK && ((differ && v->text.n != 0) || (v->odd_entities && !v->odd_text)))
        e = lm_jread_raw_span(&tg->r, LM_STR("text_entities"), v->entities_at, v->entities_end);
    if (v->text.n == 0)
        v->text = v->entities;
    else if (differ)
        lm_jread_doubt(&tg->r, "text and text_entities differ: text is read");
    return e;
}

/* --- lists and small objects --- */

static lm_err misshapen(struct tg *tg, const char *key, const struct lm_json_token *t)
{
    if (t->type == LM_JSON_NULL)
        return LM_OK;
    lm_jread_doubt(&tg->r, "a member is not the list or object that it should be");
    return lm_jread_raw(&tg->r, lm_str(key), t);
}

static lm_err members(struct tg *tg, struct tg_values *v, const struct lm_json_token *list)
{
    struct lm_json_token t;
    struct lm_account_ref *items = NULL;
    size_t n = 0, cap = 0;
    bool all_named = list->type == LM_JSON_ARRAY;
    lm_err e = LM_OK;
    if (list->type != LM_JSON_ARRAY)
        return misshapen(tg, "members", list);
    while ((e = lm_jread_next(&tg->r, &t)) == LM_OK && t.type != LM_JSON_ARRAY_END) {
        struct lm_str name = { NULL, 0 };
        if (t.type == LM_JSON_STRING)
            e = lm_jread_keep(&tg->r, tg->r.ctx->record, &t, &name);
        else
            e = lm_jread_skip(&tg->r, &t);
        all_named = all_named && name.n != 0; /* null: a deleted account */
        if (e == LM_OK && name.n != 0) {
            e = lm_jread_push(&tg->r, (void **)&items, n, &cap, sizeof *items);
            if (e == LM_OK)
                e = tg_account(tg, (struct lm_str){ NULL, 0 }, name, &items[n++]);
            else if (e == LM_ELIMIT)
                e = LM_OK;
        }
        if (e != LM_OK)
            return e;
    }
    v->members = items;
    v->n_members = n;
    if (e == LM_OK && !all_named)
        e = lm_jread_raw_span(&tg->r, LM_STR("members"), list->at, lm_json_offset(&tg->r.j));
    return e;
}

static lm_err contact(struct tg *tg, struct tg_values *v, const struct lm_json_token *object)
{
    struct lm_str key;
    struct lm_json_token t;
    bool odd = false;
    lm_err e;
    if (object->type != LM_JSON_OBJECT)
        return misshapen(tg, "contact_information", object);
    v->has_contact = true;
    while ((e = lm_jread_member(&tg->r, &key, &t)) == LM_OK && key.p != NULL) {
        bool scalar = t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER;
        struct lm_str *to = lm_str_eq(key, LM_STR("first_name"))     ? &v->first_name
                            : lm_str_eq(key, LM_STR("last_name"))    ? &v->last_name
                            : lm_str_eq(key, LM_STR("phone_number")) ? &v->phone
                                                                     : NULL;
        if (to != NULL && scalar) {
            e = lm_jread_keep(&tg->r, tg->r.ctx->record, &t, to);
        } else {
            odd = odd || t.type != LM_JSON_NULL;
            e = lm_jread_skip(&tg->r, &t);
        }
        if (e != LM_OK)
            return e;
    }
    if (e == LM_OK && odd)
        e = lm_jread_raw_span(&tg->r, LM_STR("contact_information"), object->at, lm_json_offset(&tg->r.j));
    return e;
}

static lm_err place(struct tg *tg, struct tg_values *v, const struct lm_json_token *object)
{
    struct lm_str key;
    struct lm_json_token t;
    bool odd = false;
    lm_err e;
    if (object->type != LM_JSON_OBJECT)
        return misshapen(tg, "location_information", object);
    while ((e = lm_jread_member(&tg->r, &key, &t)) == LM_OK && key.p != NULL) {
        if (lm_str_eq(key, LM_STR("latitude"))) {
            e = lm_jread_double(&tg->r, &t, &v->latitude, &v->has_latitude);
        } else if (lm_str_eq(key, LM_STR("longitude"))) {
            e = lm_jread_double(&tg->r, &t, &v->longitude, &v->has_longitude);
        } else {
            odd = true;
            e = lm_jread_skip(&tg->r, &t);
        }
        if (e != LM_OK)
            return e;
    }
    bool both = v->has_latitude && v->has_longitude && v->latitude >= -90 && v->latitude <= 90
                && v->longitude >= -180 && v->longitude <= 180;
    if (!both)
        lm_jread_doubt(&tg->r, "a place that is not on the globe");
    v->has_latitude = v->has_longitude = both;
    if (e == LM_OK && (odd || !both))
        e = lm_jread_raw_span(&tg->r, LM_STR("location_information"), object->at, lm_json_offset(&tg->r.j));
    return e;
}

/* --- reactions: [{type, count, emoji | document_id, recent: [{from, from_id, date}]}] --- */

struct reactions {
    struct lm_reaction *items;
    size_t n, cap;
};

static lm_err reaction_by(struct tg *tg, struct reactions *all)
{
    struct lm_str key, from = { NULL, 0 }, from_id = { NULL, 0 };
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(&tg->r, &key, &t)) == LM_OK && key.p != NULL) {
        bool scalar = t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER;
        if (scalar && lm_str_eq(key, LM_STR("from")))
            e = lm_jread_keep(&tg->r, tg->r.ctx->record, &t, &from);
        else if (scalar && lm_str_eq(key, LM_STR("from_id")))
            e = lm_jread_keep(&tg->r, tg->r.ctx->record, &t, &from_id);
        else
            e = lm_jread_skip(&tg->r, &t);
        if (e != LM_OK)
            return e;
    }
    if (e == LM_OK)
        e = lm_jread_push(&tg->r, (void **)&all->items, all->n, &all->cap, sizeof *all->items);
    if (e == LM_OK)
        e = tg_account(tg, from_id, from, &all->items[all->n++].by);
    return e == LM_ELIMIT && tg->r.j.failed == LM_OK ? LM_OK : e;
}

static lm_err recent(struct tg *tg, const struct lm_json_token *list, struct reactions *all)
{
    struct lm_json_token t;
    lm_err e = LM_OK;
    if (list->type != LM_JSON_ARRAY)
        return lm_jread_skip(&tg->r, list);
    while ((e = lm_jread_next(&tg->r, &t)) == LM_OK && t.type != LM_JSON_ARRAY_END) {
        e = t.type == LM_JSON_OBJECT ? reaction_by(tg, all) : lm_jread_skip(&tg->r, &t);
        if (e != LM_OK)
            return e;
    }
    return e;
}

static lm_err reaction(struct tg *tg, struct reactions *all)
{
    struct lm_str key, emoji = { NULL, 0 }, document = { NULL, 0 }, type = { NULL, 0 };
    struct lm_json_token t;
    size_t first = all->n;
    lm_err e;
    while ((e = lm_jread_member(&tg->r, &key, &t)) == LM_OK && key.p != NULL) {
        bool scalar = t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER;
        if (scalar && lm_str_eq(key, LM_STR("emoji")))
            e = lm_jread_keep(&tg->r, tg->r.ctx->record, &t, &emoji);
        else if (scalar && lm_str_eq(key, LM_STR("document_id")))
            e = lm_jread_keep(&tg->r, tg->r.ctx->record, &t, &document);
        else if (scalar && lm_str_eq(key, LM_STR("type")))
            e = lm_jread_keep(&tg->r, tg->r.ctx->record, &t, &type);
        else if (lm_str_eq(key, LM_STR("recent")))
            e = recent(tg, &t, all);
        else
            e = lm_jread_skip(&tg->r, &t);
        if (e != LM_OK)
            return e;
    }
    for (size_t i = first; i < all->n; i++)
        all->items[i].what = emoji.n != 0 ? emoji : document.n != 0 ? document : type;
    return e;
}

static lm_err reactions(struct tg *tg, struct tg_values *v, const struct lm_json_token *list)
{
    struct reactions all = { 0 };
    struct lm_json_token t;
    lm_err e = LM_OK;
    if (list->type != LM_JSON_ARRAY)
        return misshapen(tg, "reactions", list);
    while ((e = lm_jread_next(&tg->r, &t)) == LM_OK && t.type != LM_JSON_ARRAY_END) {
        e = t.type == LM_JSON_OBJECT ? reaction(tg, &all) : lm_jread_skip(&tg->r, &t);
        if (e != LM_OK)
            return e;
    }
    v->reactions = all.items;
    v->n_reactions = all.n;
    /* Counts, moments and those who are not named have no field: the whole stays in raw. */
    return e != LM_OK ? e
                      : lm_jread_raw_span(&tg->r, LM_STR("reactions"), list->at, lm_json_offset(&tg->r.j));
}

/* --- the record --- */

static lm_err member(struct tg *tg, struct tg_values *v, struct lm_str key, const struct lm_json_token *t)
{
    enum tg_slot s = slot_of(key);
    if (s != TG_SLOTS)
        return fill_slot(tg, v, s, t);
    if (lm_str_eq(key, LM_STR("text")))
        return main_text(tg, v, t);
    if (lm_str_eq(key, LM_STR("text_entities")))
        return entities(tg, v, t);
    if (lm_str_eq(key, LM_STR("reactions")))
        return reactions(tg, v, t);
    if (lm_str_eq(key, LM_STR("members")))
        return members(tg, v, t);
    if (lm_str_eq(key, LM_STR("contact_information")))
        return contact(tg, v, t);
    if (lm_str_eq(key, LM_STR("location_information")))
        return place(tg, v, t);
    if (lm_str_eq(key, LM_STR("invoice_information")))
        v->invoice = true;
    return lm_jread_raw(&tg->r, key, t);
}

static lm_err leftovers(struct tg *tg, const struct tg_values *v)
{
    for (size_t i = 0; i < TG_SLOTS; i++) {
        bool nothing = v->slot[i].type == LM_JSON_NULL && i != TG_FORWARDED;
        if (v->slot[i].type == LM_JSON_END || nothing || (v->used >> i & 1) != 0)
            continue;
        lm_err e = lm_jread_raw(&tg->r, lm_str(tg_slot_keys[i]), &v->slot[i]);
        if (e != LM_OK)
            return e;
    }
    return LM_OK;
}

/* A shared contact's number and name, as the sender shared them. */
static lm_err shared_contact(struct tg *tg, const struct tg_values *v, const struct lm_event *event,
                             struct lm_fact *facts, size_t *n)
{
    struct lm_identifier_fact f = { .basis = LM_STR("shared_contact"), .at = event->at };
    struct lm_str name = { NULL, 0 };
    if (!v->has_contact)
        return LM_OK;
    lm_err e = tg_full_name(tg, v->first_name, v->last_name, &name);
    if (e == LM_OK)
        e = tg_account(tg, (struct lm_str){ NULL, 0 }, name, &f.account);
    if (e != LM_OK)
        return e;
    if (v->phone.n != 0) {
        f.type = LM_IDENTIFIER_PHONE;
        f.value = v->phone;
        facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
    }
    return LM_OK;
}

lm_err tg_message(struct lm_jread *r, void *user)
{
    struct tg *tg = user;
    struct tg_values v = { 0 };
    struct lm_str key;
    struct lm_json_token t;
    struct lm_fact facts[3];
    size_t n = 1;
    lm_err e;
    while ((e = lm_jread_member(r, &key, &t)) == LM_OK && key.p != NULL) {
        e = member(tg, &v, key, &t);
        if (e != LM_OK)
            return e;
    }
    if (e == LM_OK && r->rejected == NULL)
        e = settle_text(tg, &v);
    if (e == LM_OK && r->rejected == NULL) {
        facts[0] = (struct lm_fact){ .kind = LM_FACT_EVENT };
        e = tg_event(tg, &v, &facts[0].event);
    }
    if (e == LM_OK && r->rejected == NULL)
        e = leftovers(tg, &v);
    if (e == LM_OK && r->rejected == NULL)
        e = shared_contact(tg, &v, &facts[0].event, facts, &n);
    if (e != LM_OK)
        return e;
    facts[0].event.raw = lm_jread_raw_done(r);
    if (tg->owner_basis != NULL && r->rejected == NULL) {
        struct lm_identifier_fact f = { .account = { .platform = LM_PLATFORM_TELEGRAM,
                                                     .form = LM_ACCOUNT_OWNER },
                                        .type = LM_IDENTIFIER_ACCOUNT_ID,
                                        .value = lm_str(tg->owner_native),
                                        .basis = lm_str(tg->owner_basis) };
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
        tg->owner_basis = NULL;
    }
    return lm_jread_emit(r, facts, n);
}
