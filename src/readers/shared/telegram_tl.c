#include "readers/shared/telegram_tl.h"

#include "base/buf.h"
#include "formats/xml.h"

#define MAX_CONFIG ((size_t)1 << 20)

struct tl {
    struct lm_str s;
    bool bad;
};

static uint64_t little(struct tl *t, size_t n)
{
    uint64_t v = 0;
    if (t->s.n < n) {
        t->bad = true;
        return 0;
    }
    for (size_t i = n; i-- > 0;)
        v = v << 8 | (unsigned char)t->s.p[i];
    t->s = lm_str_skip(t->s, n);
    return v;
}

static uint32_t u32(struct tl *t)
{
    return (uint32_t)little(t, 4);
}

static int64_t i32(struct tl *t)
{
    return (int32_t)u32(t);
}

static int64_t i64(struct tl *t)
{
    uint64_t v = little(t, 8);
    int64_t s;
    memcpy(&s, &v, sizeof s);
    return s;
}

/* One byte of length, or 254 and three; filled up to four bytes. */
static struct lm_str text(struct tl *t)
{
    size_t head = 1, n = (size_t)little(t, 1);
    if (n == 254) {
        n = (size_t)little(t, 3);
        head = 4;
    } else if (n == 255) {
        t->bad = true;
    }
    size_t fill = (4 - (head + n) % 4) % 4;
    if (t->bad || t->s.n < n) {
        t->bad = true;
        return (struct lm_str){ NULL, 0 };
    }
    struct lm_str s = lm_str_take(t->s, n);
    t->s = lm_str_skip(t->s, n + fill < t->s.n ? n + fill : t->s.n);
    return s;
}

static struct lm_tl_peer peer(struct tl *t)
{
    switch (u32(t)) {
    case 0x59511722:
        return (struct lm_tl_peer){ LM_TL_USER, i64(t) };
    case 0x36c6019a:
        return (struct lm_tl_peer){ LM_TL_CHAT, i64(t) };
    case 0xa2a5371e:
        return (struct lm_tl_peer){ LM_TL_CHANNEL, i64(t) };
    case 0x9db1bc6d: /* these three: layer 132 and before, 32 bits */
        return (struct lm_tl_peer){ LM_TL_USER, i32(t) };
    case 0xbad0e5bb:
        return (struct lm_tl_peer){ LM_TL_CHAT, i32(t) };
    case 0xbddde532:
        return (struct lm_tl_peer){ LM_TL_CHANNEL, i32(t) };
    default:
        t->bad = true;
        return (struct lm_tl_peer){ LM_TL_NOBODY, 0 };
    }
}

/* --- headers: fields behind bits of their flags --- */

struct field {
    uint32_t bit; /* 0: always there */
    char kind;    /* i int, l long, s string, p peer, f a header of a forward, x an object that is not read here; r as i, the answered message */
};
struct header {
    uint32_t constructor;
    struct field fields[12];
};
static const struct header forwards[] = {
    { 0x4e4df4bb, { { 1, 'p' }, { 32, 's' }, { 0, 'i' }, { 4, 'i' }, { 8, 's' }, { 16, 'p' }, { 16, 'i' }, { 256, 'p' }, { 512, 's' }, { 1024, 'i' }, { 64, 's' } } },
    { 0x5f777dce, { { 1, 'p' }, { 32, 's' }, { 0, 'i' }, { 4, 'i' }, { 8, 's' }, { 16, 'p' }, { 16, 'i' }, { 64, 's' } } },
};
static const struct header replies[] = {
    { 0x1b97dd66, { { 16, 'r' }, { 1, 'p' }, { 32, 'f' }, { 256, 'x' }, { 2, 'i' }, { 64, 's' }, { 128, 'x' }, { 1024, 'i' }, { 2048, 'i' }, { 4096, 'x' } } },
    { 0x6917560b, { { 16, 'r' }, { 1, 'p' }, { 32, 'f' }, { 256, 'x' }, { 2, 'i' }, { 64, 's' }, { 128, 'x' }, { 1024, 'i' }, { 2048, 'i' } } },
    { 0xafbc09db, { { 16, 'r' }, { 1, 'p' }, { 32, 'f' }, { 256, 'x' }, { 2, 'i' }, { 64, 's' }, { 128, 'x' }, { 1024, 'i' } } },
    { 0x6eebcabd, { { 16, 'r' }, { 1, 'p' }, { 32, 'f' }, { 256, 'x' }, { 2, 'i' }, { 64, 's' }, { 128, 'x' } } },
    { 0xa6d57763, { { 0, 'r' }, { 1, 'p' }, { 2, 'i' } } },
};

static void skip_header(struct tl *t, const struct header *list, size_t n, int64_t *ret_reply);

static void skip_field(struct tl *t, char kind, int64_t *ret_reply)
{
    int64_t v;
    switch (kind) {
    case 'i':
        (void)u32(t);
        break;
    case 'r':
        v = i32(t);
        if (ret_reply != NULL)
            *ret_reply = v;
        break;
    case 'l':
        (void)i64(t);
        break;
    case 's':
        (void)text(t);
        break;
    case 'p':
        (void)peer(t);
        break;
    case 'f':
        skip_header(t, forwards, sizeof forwards / sizeof *forwards, NULL);
        break;
    default:
        t->bad = true;
        break;
    }
}

static void skip_header(struct tl *t, const struct header *list, size_t n, int64_t *ret_reply)
{
    uint32_t constructor = u32(t), flags = u32(t);
    for (size_t i = 0; i < n; i++) {
        if (list[i].constructor != constructor)
            continue;
        for (size_t k = 0; k < sizeof list[i].fields / sizeof *list[i].fields && list[i].fields[k].kind != 0 && !t->bad; k++)
            if (list[i].fields[k].bit == 0 || (flags & list[i].fields[k].bit) != 0)
                skip_field(t, list[i].fields[k].kind, ret_reply);
        return;
    }
    t->bad = true;
}

static void skip_reply(struct tl *t, int64_t *ret_reply)
{
    struct tl ahead = *t;
    uint32_t constructor = u32(&ahead);
    if (constructor != 0x0e5af939 && constructor != 0x9c98bfc1) { /* answers to stories have no flags */
        skip_header(t, replies, sizeof replies / sizeof *replies, ret_reply);
        return;
    }
    *t = ahead;
    if (constructor == 0x0e5af939)
        (void)peer(t);
    else
        (void)i64(t);
    (void)u32(t);
}

/* --- messages --- */

static bool among(uint32_t c, const uint32_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == c)
            return true;
    return false;
}

static const uint32_t two_flags[] = { 0x95ef6f2b, 0x3ae56482, 0x9cb490e9, 0xb92f76cf, 0x9815cec8, 0xeabcdd4d, 0x96fdbbe9, 0x94345242, 0xbde09c2e, 0x2357bf25 };
static const uint32_t one_flags[] = { 0xa66c7efc, 0x1e4c8a69, 0x76bec211, 0x38116ee0, 0x85d6cbe2, 0xbce383d2, 0x58ae39c9, 0xf52e6b7f };
static const uint32_t services[] = { 0x7a800e0a, 0xd3d28540, 0x2b085862, 0x286fa604 };

enum { REPLY = 1 << 3, FORWARD = 1 << 2, FROM = 1 << 8, MEDIA = 1 << 9, BOT = 1 << 11, EDITED = 1 << 15, SAVED = 1 << 28, BOOSTS = 1 << 29 };

static const struct {
    uint32_t constructor;
    const char *word;
} media_words[] = {
    { 0x695150d7, "photo" }, { 0x4cf4d72d, "document" }, { 0x9cb070d7, "document" }, { 0x56e0d474, "location" }, { 0x70322949, "contact" },
};

static bool read_message(struct tl *t, bool second, int64_t id, int64_t date, struct lm_tl_message *m)
{
    uint32_t flags = u32(t), more = second ? u32(t) : 0;
    bool same = i32(t) == id;
    if ((flags & FROM) != 0)
        m->from = peer(t);
    if (second && (flags & BOOSTS) != 0)
        (void)u32(t);
    (void)peer(t);
    if ((flags & SAVED) != 0)
        (void)peer(t);
    m->forwarded = (flags & FORWARD) != 0;
    if (m->forwarded)
        skip_header(t, forwards, sizeof forwards / sizeof *forwards, NULL);
    if ((flags & BOT) != 0)
        (void)i64(t);
    if ((more & 1) != 0)
        (void)i64(t);
    if ((flags & REPLY) != 0)
        skip_reply(t, &m->reply_to);
    same = i32(t) == date && same;
    m->text = text(t);
    m->edited = (flags & EDITED) != 0;
    if ((flags & MEDIA) != 0 && !t->bad) {
        struct tl behind = *t;
        m->media = u32(&behind);
        m->media = m->media == 0x3ded6320 ? 0 : m->media; /* messageMediaEmpty */
        for (size_t i = 0; i < sizeof media_words / sizeof *media_words; i++)
            if (media_words[i].constructor == m->media)
                m->media_word = media_words[i].word;
    }
    return same && !t->bad;
}

/* --- what the app reports: somebody came, somebody called --- */

static const struct {
    uint32_t constructor;
    const char *word;
} actions[] = {
    { 0x80e11a7f, "phone_call" },       { 0xbd47cbad, "create_group" },    { 0xa6638b9a, "create_group" },     { 0xb5a1ce5a, "edit_group_title" },
    { 0x7fcb13a8, "edit_group_photo" }, { 0x95e3fbef, "delete_group_photo" }, { 0x15cefd00, "invite_members" }, { 0x488a7337, "invite_members" },
    { 0xa43f30cc, "remove_members" },   { 0xb2ae9b0c, "remove_members" },  { 0x031224c3, "join_group_by_link" }, { 0xf89cf5e8, "join_group_by_link" },
    { 0xebbca3cb, "join_group_by_request" }, { 0x95d2ac92, "create_channel" }, { 0xe1037f92, "migrate_to_supergroup" }, { 0xea3948e9, "migrate_from_group" },
    { 0x94bd38ed, "pin_message" },      { 0x9fbab604, "clear_history" },   { 0xf3f25f76, "joined_telegram" },  { 0x4792929b, "take_screenshot" },
    { 0x3c134d7b, "set_messages_ttl" }, { 0xaa1afbfd, "set_messages_ttl" }, { 0x7a0d7f42, "group_call" },      { 0x502f92f7, "invite_to_group_call" },
    { 0x2ffe2f7a, "conference_call" },  { 0x40699cd0, "send_payment" },    { 0x96163f56, "send_payment" },     { 0xc624b16e, "send_payment" },
    { 0x41b3e202, "refunded_payment" }, { 0x98e0d697, "proximity_reached" }, { 0xfae69f56, "custom_action" },  { 0x45d5b021, "gift_stars" },
};

static const char *reason_of(uint32_t constructor)
{
    switch (constructor) {
    case 0x85e42301:
        return "missed";
    case 0xe095c1a0:
        return "disconnect";
    case 0x57adc690:
        return "hangup";
    case 0xfaf7e8c9:
        return "busy";
    default:
        return NULL;
    }
}

static void read_action(struct tl t, struct lm_tl_message *m)
{
    m->action = u32(&t);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (actions[i].constructor == m->action)
            m->action_word = actions[i].word;
    if (m->action == 0x80e11a7f) { /* flags, call id, reason?, duration? */
        uint32_t flags = u32(&t);
        (void)i64(&t);
        m->is_call = true;
        m->is_video = (flags & 4) != 0;
        m->reason = (flags & 1) != 0 ? reason_of(u32(&t)) : NULL;
        m->duration_s = (flags & 2) != 0 ? i32(&t) : -1;
    } else if (m->action == 0xbd47cbad || m->action == 0xa6638b9a || m->action == 0xb5a1ce5a) {
        m->title = text(&t);
    }
    if (t.bad || m->duration_s < 0) {
        m->duration_s = -1;
        m->title = t.bad ? (struct lm_str){ NULL, 0 } : m->title;
    }
}

static bool read_service(struct tl *t, bool saved, int64_t id, int64_t date, struct lm_tl_message *m)
{
    uint32_t flags = u32(t);
    bool same = i32(t) == id;
    if ((flags & FROM) != 0)
        m->from = peer(t);
    (void)peer(t);
    if (saved && (flags & SAVED) != 0)
        (void)peer(t);
    if ((flags & REPLY) != 0)
        skip_reply(t, &m->reply_to);
    same = i32(t) == date && same;
    if (!same || t->bad)
        return false;
    read_action(*t, m);
    return true;
}

void lm_tl_message(struct lm_str bytes, int64_t id, int64_t date, struct lm_tl_message *ret)
{
    struct tl t = { .s = bytes };
    struct lm_tl_message m = { .constructor = u32(&t), .duration_s = -1 }, unknown = { .constructor = m.constructor, .duration_s = -1 };
    bool second = among(m.constructor, two_flags, sizeof two_flags / sizeof *two_flags);
    bool good = false;
    if (second || among(m.constructor, one_flags, sizeof one_flags / sizeof *one_flags)) {
        m.known = LM_TL_MESSAGE;
        good = read_message(&t, second, id, date, &m);
    } else if (among(m.constructor, services, sizeof services / sizeof *services)) {
        m.known = LM_TL_SERVICE;
        good = read_service(&t, m.constructor == 0x7a800e0a, id, date, &m);
    }
    *ret = good ? m : unknown;
}

/* --- users --- */

bool lm_tl_user(struct lm_str bytes, struct lm_tl_user *ret, uint32_t *ret_constructor)
{
    struct tl t = { .s = bytes };
    struct lm_tl_user u = { 0 };
    *ret_constructor = u32(&t);
    if (*ret_constructor != 0x215c4438 && *ret_constructor != 0x31774388) /* layers 184 and 227 */
        return false;
    uint32_t flags = u32(&t);
    (void)u32(&t);
    u.id = i64(&t);
    if ((flags & 1) != 0)
        (void)i64(&t);
    struct lm_str *const members[] = { &u.first, &u.last, &u.handle, &u.phone };
    for (size_t i = 0; i < 4; i++)
        if ((flags & (2u << i)) != 0)
            *members[i] = text(&t);
    if (t.bad)
        return false;
    *ret = u;
    return true;
}

static int digit(char c)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(alphabet, c) : NULL;
    return at != NULL ? (int)(at - alphabet) : -1;
}

/* Line breaks stand inside; '=' ends it. */
static lm_err from_base64(struct lm_arena *a, struct lm_str s, struct lm_str *ret)
{
    char *out = lm_arena_array(a, s.n / 4 + 1, 3);
    size_t n = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    if (out == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
        int v = digit(s.p[i]);
        if (v < 0)
            continue;
        bits = (bits << 6 | (uint32_t)v) & 0xffffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[n++] = (char)(bits >> held & 0xff);
        }
    }
    *ret = (struct lm_str){ out, n };
    return LM_OK;
}

lm_err lm_tl_config_user(struct lm_arena *a, struct lm_str xml, struct lm_str *ret)
{
    struct lm_xml_token token;
    struct lm_buf all;
    bool wanted = false;
    struct lm_xml *x = lm_xml_new(xml, false);
    if (x == NULL)
        return LM_ENOMEM;
    lm_buf_init(&all, MAX_CONFIG);
    while (lm_xml_next(x, &token) == LM_OK && token.type != LM_XML_END) {
        if (token.type == LM_XML_OPEN)
            wanted = lm_str_eq(token.name, LM_STR("string")) && lm_str_eq(lm_xml_attribute(&token, LM_STR("name")), LM_STR("user"));
        else if (token.type == LM_XML_CLOSE)
            wanted = false;
        else if (token.type == LM_XML_TEXT && wanted) /* line breaks are written as &#10;: perhaps in pieces */
            lm_buf_put(&all, token.text);
    }
    lm_xml_free(x);
    *ret = (struct lm_str){ NULL, 0 };
    lm_err err = all.n != 0 ? from_base64(a, lm_buf_str(&all), ret) : LM_OK;
    lm_buf_free(&all);
    return err;
}
