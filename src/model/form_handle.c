/* Handles and account ids of the platforms. A rule that is broken makes a handle doubtful, never refuses it:
 * older accounts keep names that are no longer given out. Sources, checked 2026-11: facebook   5 or more
 * letters, digits, dots; dots and case do not count (facebook.com/help/105399436216001) instagram  up to 30:
 * letters, digits, "_", "."; no two dots, none at the ends (help.instagram.com/583107688369069) tiktok     2
 * to 24: letters, digits, "_", "."; no dot at the end (support.tiktok.com, "Changing your username") snapchat
 * 3 to 15: letters, digits, one of "-", "_", "."; begins with a letter, ends with none of the three
 * (help.snapchat.com) telegram   5 to 32, 4 when bought: letters, digits, "_"; begins with a letter
 * (core.telegram.org/api/username) signal     nickname of 3 to 32 letters, digits, "_", no digit first; "."
 * and two or more digits, no 0 in front of three (signalapp/libsignal, rust/usernames/src/username.rs) wire
 * 2 to 256: a-z, 0-9, "_", ".", "-" (wireapp/wire-server, libs/types-common/src/Data/Handle.hs) wickr Wickr
 * Me: 4 to 15 letters and digits (support.wickr.com, 115002776333); AWS Wickr: an e-mail address whatsapp
 * known by its telephone number */
#include "model/form_parts.h"
#include "model/selector.h"

struct rule {
    enum lm_platform platform;
    uint16_t least, most;
    const char *signs; /* besides letters and digits */
    bool letter_first; /* or a sign that is allowed, for Signal */
    bool alnum_last;
    bool no_double_dot;
    bool dots_ignored;
};

static const struct rule rules[] = {
    { LM_PLATFORM_FACEBOOK, 5, 50, ".", false, false, false, true },
    { LM_PLATFORM_INSTAGRAM, 1, 30, "._", false, false, true, false },
    { LM_PLATFORM_TIKTOK, 2, 24, "._", false, false, false, false },
    { LM_PLATFORM_SNAPCHAT, 3, 15, "-_.", true, true, false, false },
    { LM_PLATFORM_TELEGRAM, 4, 32, "_", true, false, false, false },
    { LM_PLATFORM_SIGNAL, 6, 43, "_.", false, true, true, false },
    { LM_PLATFORM_WIRE, 2, 256, "_.-", false, false, false, false },
    { LM_PLATFORM_WICKR, 4, 15, "", false, false, false, false },
};

/* Sites whose path is a handle: "https://t.me/beto". A path of "add/" and the like is passed over. */
static const struct site {
    struct lm_str host, path;
    enum lm_platform platform;
} sites[] = {
    { LM_STR_INIT("facebook.com/"), LM_STR_INIT(""), LM_PLATFORM_FACEBOOK },
    { LM_STR_INIT("fb.com/"), LM_STR_INIT(""), LM_PLATFORM_FACEBOOK },
    { LM_STR_INIT("m.me/"), LM_STR_INIT(""), LM_PLATFORM_FACEBOOK },
    { LM_STR_INIT("instagram.com/"), LM_STR_INIT(""), LM_PLATFORM_INSTAGRAM },
    { LM_STR_INIT("tiktok.com/"), LM_STR_INIT(""), LM_PLATFORM_TIKTOK },
    { LM_STR_INIT("snapchat.com/"), LM_STR_INIT("add/"), LM_PLATFORM_SNAPCHAT },
    { LM_STR_INIT("t.me/"), LM_STR_INIT(""), LM_PLATFORM_TELEGRAM },
    { LM_STR_INIT("telegram.me/"), LM_STR_INIT(""), LM_PLATFORM_TELEGRAM },
    { LM_STR_INIT("wa.me/"), LM_STR_INIT(""), LM_PLATFORM_WHATSAPP },
};

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_word(struct lm_str *s, struct lm_str word)
{
    if (s->n > word.n && lm_str_eq_nocase(lm_str_take(*s, word.n), word))
        *s = lm_str_skip(*s, word.n);
}

/* The path of a link to one of the sites; false: not a link. */
static bool link_path(struct lm_str s, struct lm_str *ret, enum lm_platform *ret_platform)
{
    skip_word(&s, LM_STR("https://"));
    skip_word(&s, LM_STR("http://"));
    skip_word(&s, LM_STR("www."));
    skip_word(&s, LM_STR("m."));
    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++) {
        if (s.n <= sites[i].host.n || !lm_str_eq_nocase(lm_str_take(s, sites[i].host.n), sites[i].host))
            continue;
        s = lm_str_skip(s, sites[i].host.n);
        skip_word(&s, sites[i].path);
        *ret = s;
        *ret_platform = sites[i].platform;
        return true;
    }
    return false;
}

/* "profile.php?id=100001" is an account id. */
static struct lm_str profile_id(struct lm_str path)
{
    const struct lm_str php = LM_STR("profile.php?id=");
    struct lm_str none = { NULL, 0 };
    if (!lm_str_starts(path, php))
        return none;
    path = lm_str_skip(path, php.n);
    size_t n = 0;
    while (n < path.n && digit(path.p[n]))
        n++;
    return lm_str_take(path, n);
}

static struct lm_str first_of_path(struct lm_str path)
{
    size_t n = 0;
    while (n < path.n && path.p[n] != '/' && path.p[n] != '?' && path.p[n] != '#')
        n++;
    return lm_str_take(path, n);
}

static void signal_rule(struct lm_form_work *w, struct lm_str s)
{
    size_t dot = s.n;
    while (dot > 0 && s.p[dot - 1] != '.')
        dot--;
    struct lm_str name = lm_str_take(s, dot > 0 ? dot - 1 : s.n),
                  number = dot > 0 ? lm_str_skip(s, dot) : lm_str_skip(s, s.n);
    bool fits = name.n >= 3 && name.n <= 32 && !digit(name.p[0]) && memchr(name.p, '.', name.n) == NULL
                && number.n >= 2 && lm_form_all_digits(number.p, number.n)
                && !(number.n == 2 && number.p[0] == '0' && number.p[1] == '0')
                && !(number.n > 2 && number.p[0] == '0');
    if (number.n == 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_INCOMPLETE);
    else if (!fits)
        (void)lm_form_doubt(w, LM_FORM_REASON_CHARACTERS);
}

static void check(struct lm_form_work *w, const struct rule *r, struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!letter(s.p[i]) && !digit(s.p[i]) && (s.p[i] == '\0' || strchr(r->signs, s.p[i]) == NULL))
            (void)lm_form_doubt(w, LM_FORM_REASON_CHARACTERS);
    bool dots = r->no_double_dot
                && (lm_str_find(s, LM_STR("..")) != SIZE_MAX || s.p[0] == '.' || s.p[s.n - 1] == '.');
    char last = s.p[s.n - 1];
    if (dots || (r->letter_first && !letter(s.p[0])) || (r->alnum_last && !letter(last) && !digit(last)))
        (void)lm_form_doubt(w, LM_FORM_REASON_CHARACTERS);
    if (r->platform == LM_PLATFORM_SIGNAL)
        signal_rule(w, s);
    if (s.n < r->least || s.n > r->most)
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
}

/* Letters and digits of key; digits at the end dropped where four letters or digits are left. */
static bool wide_key(struct lm_form_work *w)
{
    struct lm_str key = w->ret->key;
    char *p = lm_arena_alloc(w->a, key.n);
    size_t n = 0, short_n;
    for (size_t i = 0; p != NULL && i < key.n; i++)
        if (letter(key.p[i]) || digit(key.p[i]) || (unsigned char)key.p[i] >= 0x80)
            p[n++] = key.p[i];
    for (short_n = n; p != NULL && short_n > 0 && digit(p[short_n - 1]); short_n--)
        ;
    w->ret->wide = (struct lm_str){ p, short_n >= 4 ? short_n : n };
    return p != NULL;
}

bool lm_form_handle(struct lm_form_work *w)
{
    struct lm_form *f = w->ret;
    struct lm_str s = w->raw, path;
    if (lm_form_nothing(s))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (link_path(s, &path, &f->platform)) {
        struct lm_str id = profile_id(path);
        if (f->platform == LM_PLATFORM_WHATSAPP) {
            f->kind = LM_FORM_PHONE;
            return lm_form_phone(w);
        }
        if (id.n > 0) {
            f->kind = LM_FORM_ACCOUNT_ID;
            w->raw = id;
            return lm_form_account_id(w);
        }
        s = first_of_path(path);
    }
    if (s.n > 0 && s.p[0] == '@')
        s = lm_str_skip(s, 1);
    if (f->platform == LM_PLATFORM_WHATSAPP) {
        f->kind = LM_FORM_PHONE;
        return lm_form_phone(w);
    }
    if (f->platform == LM_PLATFORM_WICKR && memchr(s.p, '@', s.n) != NULL) {
        f->kind = LM_FORM_EMAIL;
        return lm_form_email(w);
    }
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '/')
            return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    if (!lm_handle_key(w->a, s, &f->key))
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    f->normal = f->key;
    const struct rule *r = NULL;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].platform == f->platform)
            r = &rules[i];
    if (r != NULL)
        check(w, r, s);
    if (r != NULL && r->dots_ignored) {
        struct lm_str without = lm_arena_copy(w->a, f->key);
        char *p = lm_arena_alloc(w->a, f->key.n);
        size_t n = 0;
        if (p == NULL || without.p == NULL)
            return false;
        for (size_t i = 0; i < without.n; i++)
            if (without.p[i] != '.')
                p[n++] = without.p[i];
        if (n == 0)
            return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
        f->key = (struct lm_str){ p, n };
    }
    return wide_key(w) && lm_form_letters(w, f->normal, true);
}

/* Ids are exact; case is kept unless they are UUIDs. Telegram Desktop writes "user4711" (its JSON export),
 * WhatsApp and Wire add a server, WhatsApp a device. */
bool lm_form_account_id(struct lm_form_work *w)
{
    struct lm_form *f = w->ret;
    struct lm_str s = w->raw;
    char uuid[36];
    if (lm_form_nothing(s))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (lm_form_rounded(s))
        return lm_form_refuse(w, LM_FORM_REASON_DIGITS_LOST);
    if (f->platform == LM_PLATFORM_WHATSAPP) {
        const struct lm_str lid = LM_STR("@lid"), group = LM_STR("@g.us");
        if (!lm_str_ends(s, lid) && !lm_str_ends(s, group)) {
            f->kind = LM_FORM_PHONE;
            return lm_form_phone(w);
        }
    }
    if (f->platform == LM_PLATFORM_TELEGRAM) {
        struct lm_str id = lm_str_starts(s, LM_STR("user")) ? lm_str_skip(s, 4) : s;
        if (lm_form_all_digits(id.p, id.n))
            s = id;
    }
    if ((f->platform == LM_PLATFORM_SIGNAL || f->platform == LM_PLATFORM_PHONE) && s.n > 0 && s.p[0] == '+') {
        f->kind = LM_FORM_PHONE;
        return lm_form_phone(w);
    }
    const char *at = f->platform == LM_PLATFORM_WIRE ? memchr(s.p, '@', s.n) : NULL;
    if (lm_form_uuid(at != NULL ? lm_str_take(s, (size_t)(at - s.p)) : s, uuid))
        f->key = at != NULL ? lm_arena_printf(w->a, "%.36s%.*s", uuid,
                                              LM_STR_ARG(lm_str_skip(s, (size_t)(at - s.p))))
                            : lm_arena_copy(w->a, (struct lm_str){ uuid, sizeof uuid });
    else
        f->key = lm_arena_copy(w->a, s);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ')
            (void)lm_form_doubt(w, LM_FORM_REASON_CHARACTERS);
    f->normal = f->key;
    return f->key.p != NULL;
}
