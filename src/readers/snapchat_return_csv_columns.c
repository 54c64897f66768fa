/* snapchat_return_csv_columns.c - what the sections of a return are, and what their columns mean.
 *
 * Column names: RLEAPP scripts/artifacts/snap*.py as of 2026-07 (returns of 2021 to 2026). A column that stands in no table
 * here is kept in raw and counts as content, because nobody knows what it holds.
 */
#include "readers/snapchat_return_csv.h"

#define K(kind) (1u << SNAP_##kind)
#define ALL ((1u << SNAP_N_KINDS) - 1)
#define SAID (K(MESSAGE) | K(REPORTED))
#define OWNED (K(SUBSCRIBER) | K(NOTICE))

/* Of two columns with one role the one that stands first here counts. */
static const struct {
    unsigned kinds;
    enum snap_role role;
    const char *name;
} roles[] = {
    { K(REPORTED), SNAP_TIME, "message_timestamp" },
    { K(CALL), SNAP_TIME, "call_start" },
    { K(CALL), SNAP_END, "call_end" },
    { K(SUBSCRIBER), SNAP_TIME, "created" },
    { K(CHANGE), SNAP_TIME, "date" },
    { K(PROFILE), SNAP_TIME, "last_active" },
    { K(THREAD), SNAP_TIME, "creation_time" },
    { K(THREAD), SNAP_TIME, "last_event_timestamp" },
    { K(IP), SNAP_TIME, "timestamp" },
    { K(IP), SNAP_END, "first_seen_time" },
    { K(NOTICE), SNAP_TIME, "event_timestamp" },
    { K(NOTICE), SNAP_TIME, "message_timestamp" },
    { K(NOTICE), SNAP_TIME, "created_timestamp" },
    { K(FRIEND), SNAP_TIME, "creation_timestamp" },
    { ALL & ~K(SUBSCRIBER) & ~K(PROFILE) & ~K(REPORTED), SNAP_TIME, "timestamp" },
    { ALL & ~K(SUBSCRIBER) & ~K(PROFILE) & ~K(CALL_MEMBER), SNAP_TIME, "created" },
    { K(OTHER) | K(MEDIA) | K(FRIEND), SNAP_TIME, "created_timestamp" },
    { K(OTHER) | K(MEDIA) | K(FRIEND), SNAP_TIME, "creation_time" },
    { K(OTHER) | K(MEDIA), SNAP_TIME, "event_timestamp" },
    { SAID | K(NOTICE), SNAP_ID, "message_id" },
    { K(CALL), SNAP_ID, "call_id" },
    { SAID | K(CALL) | K(MEDIA), SNAP_ID, "id" },
    { K(NOTICE), SNAP_ID, "appeal_id" },
    { SAID | K(CALL) | K(THREAD), SNAP_THREAD_ID, "conversation_id" },
    { SAID | K(THREAD), SNAP_TITLE, "conversation_title" },
    { K(THREAD), SNAP_TITLE, "group_name" },
    { SAID, SNAP_FROM, "sender_username" },
    { SAID, SNAP_FROM, "from" },
    { SAID, SNAP_FROM, "sender" },
    { K(CALL), SNAP_FROM, "creator" },
    { K(CALL), SNAP_FROM, "creator_username" },
    { K(NOTICE), SNAP_FROM, "requester_username" },
    { SAID, SNAP_FROM_ID, "sender_user_id" },
    { K(CALL), SNAP_FROM_ID, "creator_user_id" },
    { K(NOTICE), SNAP_FROM_ID, "requester_user_id" },
    { SAID, SNAP_TO, "recipient_username" },
    { SAID, SNAP_TO, "to" },
    { SAID, SNAP_TO, "recipient" },
    { SAID, SNAP_TO_ID, "recipient_user_id" },
    { SAID, SNAP_MEMBERS, "group_member_usernames" },
    { K(THREAD) | K(CALL), SNAP_MEMBERS, "participant_usernames" },
    { K(THREAD), SNAP_MEMBERS, "member_usernames" },
    { K(THREAD), SNAP_MEMBERS, "group_member_usernames" },
    { K(THREAD) | K(CALL), SNAP_MEMBERS, "participants" },
    { SAID, SNAP_MEMBER_IDS, "group_member_user_ids" },
    { K(THREAD) | K(CALL), SNAP_MEMBER_IDS, "participant_user_ids" },
    { K(THREAD), SNAP_MEMBER_IDS, "group_member_user_ids" },
    { SAID, SNAP_TEXT, "text" },
    { SAID, SNAP_TEXT, "body" },
    { K(NOTICE), SNAP_TEXT, "appeal_justification" },
    { SAID | K(MEDIA), SNAP_FILES, "media_id" },
    { SAID, SNAP_DETAIL, "content_type" },
    { SAID, SNAP_DETAIL, "message_type" },
    { K(CALL), SNAP_DETAIL, "call_type" },
    { K(CALL), SNAP_DETAIL, "type" },
    { K(CALL), SNAP_DETAIL, "media_type" },
    { SAID, SNAP_REPLY, "reply_to_message_id" },
    { SAID, SNAP_ONE_ON_ONE, "is_one_on_one" },
    { K(IP), SNAP_ADDRESS, "ip" },
    { K(IP), SNAP_ADDRESS, "ip_address" },
    { K(SUBSCRIBER), SNAP_ADDRESS, "creation_ip" },
    { K(GEO) | K(MEDIA), SNAP_LATITUDE, "latitude" },
    { K(GEO) | K(MEDIA), SNAP_LONGITUDE, "longitude" },
    { K(CALL_MEMBER) | K(SUBSCRIBER), SNAP_USERNAME, "username" },
    { K(CALL_MEMBER), SNAP_USERNAME, "participant_username" },
    { K(CALL_MEMBER), SNAP_USERNAME, "participant" },
    { K(FRIEND), SNAP_USERNAME, "friend_username" },
    { K(FRIEND), SNAP_USERNAME, "username" },
    { K(FRIEND), SNAP_USERNAME, "friend" },
    { K(FRIEND), SNAP_USERNAME, "friends" },
    { K(CALL_MEMBER) | K(SUBSCRIBER), SNAP_USER_ID, "user_id" },
    { K(CALL_MEMBER), SNAP_USER_ID, "participant_user_id" },
    { K(FRIEND), SNAP_USER_ID, "friend_user_id" },
    { K(FRIEND), SNAP_USER_ID, "user_id" },
    { OWNED, SNAP_EMAIL, "email_address" },
    { K(NOTICE), SNAP_EMAIL, "requester_email" },
    { K(SUBSCRIBER), SNAP_EMAIL_2, "pending_email_address" },
    { OWNED, SNAP_PHONE, "phone_number" },
    { K(SUBSCRIBER), SNAP_PHONE_2, "pending_phone_number" },
    { K(SUBSCRIBER), SNAP_PHONE_3, "former_phone_number" },
    { K(SUBSCRIBER) | K(FRIEND), SNAP_NAME, "display_name" },
    { K(FRIEND), SNAP_NAME, "friend_display_name" },
    { K(CALL) | K(MEDIA), SNAP_DURATION, "duration" },
    { K(CALL), SNAP_DURATION, "call_duration" },
    { K(CALL), SNAP_OUTCOME, "connection_result" },
    { K(CALL), SNAP_OUTCOME, "call_result" },
    { K(CALL), SNAP_OUTCOME, "result" },
    { K(CHANGE), SNAP_OLD, "old_value" },
    { K(CHANGE), SNAP_NEW, "new_value" },
    { K(CHANGE), SNAP_ACTION, "action" },
};

/* Roles whose column is kept as written as well: ids beside names, words that are only looked at. */
static bool kept_as_well(unsigned role)
{
    static const uint8_t kept[] = { SNAP_FROM_ID, SNAP_TO_ID, SNAP_MEMBER_IDS, SNAP_USER_ID, SNAP_OUTCOME, SNAP_OLD, SNAP_NEW,
                                    SNAP_ONE_ON_ONE, SNAP_END, SNAP_EMAIL_2, SNAP_PHONE_2, SNAP_PHONE_3 };
    return memchr(kept, (int)role, sizeof kept) != NULL;
}

/* Known not to be content: who, when, from where, how. */
static const char *const traffic[] = {
    "message_type", "sender_user_id", "recipient_user_id", "group_member_user_ids", "is_saved", "is_encrypted", "is_topic_chat", "is_one_on_one",
    "saved_by", "screenshotted_by", "replayed_by", "screen_recorded_by", "read_by", "chat_wallpaper_setter_id", "upload_ip",
    "source_port_number", "saved", "timestamp", "call_end", "creator_user_id", "participant_count", "participants_count", "duration", "network",
    "network_type", "connection_result", "call_result", "result", "participant_user_ids", "user_id", "friend_user_id",
    "participant_user_id", "join_time", "leave_time", "joined", "left", "creation_time", "last_event_timestamp", "retention_policy", "storage_region",
    "reporter_user_id", "reported_user_id", "reported_profile_type", "reported_message_id", "email_status", "phone_status",
    "creation_ip", "status", "pending_email_address", "pending_phone_number", "former_phone_number", "email_verified_timestamp", "phone_verified_timestamp",
    "birthdate", "last_active", "follower_count", "app_version", "2fa_status", "snap_privacy", "story_privacy", "is_bitmoji_user", "bitmoji_gender",
    "old_value", "new_value", "reason", "action", "first_seen_time", "last_seen_time", "asn", "url", "user_agent", "auth_session_id", "cloud_account_id",
    "client_source_port", "login_status", "completed_authentication", "login_count", "startup_time", "credential_compromised",
    "authentication_device_descriptor", "verification_method", "sender_name", "action_type", "recipient", "media_id", "accuracy", "is_live_location", "country",
    "region", "city", "audience", "allowlist", "blocklist", "ghost_mode", "ghost_mode_expiration", "live_session_ids", "live_session_expirations",
    "campaign_name", "type", "event_timestamp", "strategy", "feature", "vendor", "vendor_status", "message_tracker_id", "requester_user_id",
    "requester_mutable_username", "email_address", "phone_number", "created", "encrypted", "source_type",
};

static bool is_traffic(const char *name)
{
    for (size_t i = 0; i < sizeof traffic / sizeof traffic[0]; i++)
        if (strcmp(traffic[i], name) == 0)
            return true;
    return false;
}

int snap_known_columns(const struct lm_str *cells, size_t n)
{
    int known = 0;
    for (size_t i = 0; i < n; i++) {
        char name[LM_TABLE_NAME];
        lm_table_name(cells[i], name);
        bool is = is_traffic(name);
        for (size_t k = 0; !is && k < sizeof roles / sizeof roles[0]; k++)
            is = strcmp(roles[k].name, name) == 0;
        known += is;
    }
    return known;
}

/* --- kinds --- */

struct header {
    char (*names)[LM_TABLE_NAME];
    size_t n;
};

static bool has(const struct header *h, const char *name)
{
    for (size_t i = 0; i < h->n; i++)
        if (strcmp(h->names[i], name) == 0)
            return true;
    return false;
}

static bool is_message(const struct header *h)
{
    bool sender = has(h, "sender_username") || has(h, "sender_user_id") || has(h, "sender") || has(h, "from");
    bool body = has(h, "text") || has(h, "body") || has(h, "content_type") || has(h, "message_type") || has(h, "message_id") || has(h, "media_id");
    return sender && body;
}

static enum snap_kind kind_of(const struct header *h, struct lm_str stem)
{
    if (lm_str_starts(stem, LM_STR("friend")) || has(h, "friend_username") || has(h, "friend_user_id"))
        return SNAP_FRIEND;
    if (has(h, "reporter_user_id") || has(h, "reported_message_id"))
        return SNAP_REPORTED;
    if (has(h, "call_start"))
        return SNAP_CALL;
    if (has(h, "username") && has(h, "user_id") && has(h, "created"))
        return SNAP_SUBSCRIBER;
    if (has(h, "old_value") && has(h, "new_value"))
        return SNAP_CHANGE;
    if (has(h, "audience") && has(h, "ghost_mode"))
        return SNAP_SETTING;
    if ((has(h, "email_address") && has(h, "campaign_name")) || (has(h, "phone_number") && has(h, "vendor")) || has(h, "appeal_id"))
        return SNAP_NOTICE;
    if (has(h, "conversation_id") && (has(h, "creation_time") || has(h, "last_event_timestamp")))
        return SNAP_THREAD;
    if (is_message(h) || ((has(h, "text") || has(h, "body")) && lm_str_find(stem, LM_STR("conversation")) != SIZE_MAX))
        return SNAP_MESSAGE;
    if (has(h, "ip") || has(h, "ip_address"))
        return SNAP_IP;
    if (has(h, "media_id") || lm_str_starts(stem, LM_STR("memories")) || lm_str_ends(stem, LM_STR("story")))
        return SNAP_MEDIA;
    if ((has(h, "latitude") && has(h, "longitude")) || (has(h, "country") && has(h, "city")))
        return SNAP_GEO;
    if (has(h, "birthdate") || has(h, "last_active") || has(h, "snap_privacy") || has(h, "story_privacy") || has(h, "is_bitmoji_user"))
        return SNAP_PROFILE;
    return SNAP_OTHER;
}

bool snap_is_member_header(const struct lm_str *cells, size_t n)
{
    static const char *const names[] = { "username", "user_id", "participant", "participant_username", "participant_user_id" };
    for (size_t i = 0; i < n; i++) {
        char name[LM_TABLE_NAME];
        lm_table_name(cells[i], name);
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            if (strcmp(name, names[k]) == 0)
                return true;
    }
    return false;
}

/* --- a header --- */

static void give_roles(struct snap_section *ret, const struct header *h)
{
    for (size_t k = 0; k < sizeof roles / sizeof roles[0]; k++) {
        if ((roles[k].kinds & 1u << ret->kind) == 0 || ret->at[roles[k].role] != 0)
            continue;
        for (size_t i = 0; i < h->n; i++) {
            if (strcmp(h->names[i], roles[k].name) == 0 && ret->role[i] == SNAP_NONE && !ret->refused[i]) {
                ret->role[i] = (uint8_t)roles[k].role;
                ret->at[roles[k].role] = (uint16_t)(i + 1);
                break;
            }
        }
    }
    if (ret->kind == SNAP_FRIEND && ret->at[SNAP_USERNAME] == 0 && h->n == 1) { /* a list under any heading */
        ret->role[0] = SNAP_USERNAME;
        ret->at[SNAP_USERNAME] = 1;
    }
}

lm_err snap_section_read(struct lm_arena *a, struct lm_str stem, bool members, const struct lm_str *cells, size_t n,
                         struct snap_section *ret)
{
    struct header h = { lm_arena_array(a, n, sizeof *h.names), n };
    struct snap_section x = { .n = n };
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    x.role = lm_arena_array(a, n, 1);
    x.raw = lm_arena_array(a, n, sizeof *x.raw);
    x.traffic = lm_arena_array(a, n, sizeof *x.traffic);
    x.refused = lm_arena_array(a, n, sizeof *x.refused);
    if (h.names == NULL || names == NULL || x.role == NULL || x.raw == NULL || x.traffic == NULL || x.refused == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        lm_table_name(cells[i], h.names[i]);
        x.refused[i] = lm_table_protected(cells[i]);
        names[i] = lm_arena_copy(a, cells[i].n != 0 ? lm_str_take(cells[i], 128) : LM_STR("(no name)"));
        if (names[i].p == NULL)
            return LM_ENOMEM;
    }
    x.names = names;
    x.kind = members ? SNAP_CALL_MEMBER : kind_of(&h, stem);
    give_roles(&x, &h);
    for (size_t i = 0; i < n; i++) {
        x.raw[i] = !x.refused[i] && (x.role[i] == SNAP_NONE || kept_as_well(x.role[i]));
        x.traffic[i] = x.role[i] != SNAP_NONE || is_traffic(h.names[i]);
    }
    *ret = x;
    return LM_OK;
}
