/* Mailboxes: RFC 5321 and 5322 (without quoted local parts), RFC 6531; domains as UTS 46 maps them, in
 * A-labels.
 *
 * The key drops tags and dots only where the provider says that it ignores them, checked 2026-11:
 *   gmail.com, googlemail.com   dots and "+tag"; one domain (support.google.com/mail/answer/7436150, /10313)
 *   outlook.com, hotmail.com, live.com, msn.com   "+tag" (learn.microsoft.com, Exchange Online "Plus
 * addressing") icloud.com, me.com, mac.com                   "+tag" (support.apple.com, "Set up email
 * aliases") proton.me, protonmail.com, pm.me              "+tag" (proton.me/support/addresses-and-aliases)
 *   fastmail.com                                  "+tag" (fastmail.help, "Plus addressing")
 * Everywhere else a dot or a plus may be another person's mailbox, and the wide key alone says that they look
 * alike. */
#include <unicode/uidna.h>

#include "model/form_parts.h"

#define DOMAIN 253
#define LOCAL 64

static const struct provider {
    const char *domain, *same_as;
    bool dots;
} providers[] = {
    { "gmail.com", "gmail.com", true },
    { "googlemail.com", "gmail.com", true },
    { "outlook.com", "outlook.com", false },
    { "hotmail.com", "hotmail.com", false },
    { "live.com", "live.com", false },
    { "msn.com", "msn.com", false },
    { "icloud.com", "icloud.com", false },
    { "me.com", "me.com", false },
    { "mac.com", "mac.com", false },
    { "proton.me", "proton.me", false },
    { "protonmail.com", "protonmail.com", false },
    { "pm.me", "pm.me", false },
    { "fastmail.com", "fastmail.com", false },
};

/* RFC 2142 and their like: whoever works there reads them. */
static const char *const roles[] = {
    "info",       "marketing",  "sales",         "support",    "abuse",        "noc",    "security",
    "postmaster", "hostmaster", "usenet",        "news",       "webmaster",    "www",    "uucp",
    "ftp",        "admin",      "administrator", "office",     "contact",      "help",   "service",
    "billing",    "noreply",    "no-reply",      "donotreply", "do-not-reply", "ventas", "contacto"
};

/* Typed to get past a field that had to be filled. */
static const char *const invented[] = { "none@none.com",       "no@no.com",    "na@na.com",
                                        "noemail@noemail.com", "no@email.com", "none@none",
                                        "test@test.com",       "a@a.com",      "email@email.com",
                                        "unknown@unknown.com" };

static bool one_of(struct lm_str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lm_str_eq(s, lm_str(words[i])))
            return true;
    return false;
}

/* "mailto:", "Name <a@b>", "<a@b>", "a@b?subject=..." */
static struct lm_str bare(struct lm_str s)
{
    const struct lm_str scheme = LM_STR("mailto:");
    const char *open = memchr(s.p, '<', s.n);
    if (open != NULL && s.p[s.n - 1] == '>')
        s = (struct lm_str){ open + 1, (size_t)(s.p + s.n - 1 - (open + 1)) };
    if (lm_str_eq_nocase(lm_str_take(s, scheme.n), scheme)) {
        s = lm_str_skip(s, scheme.n);
        const char *q = memchr(s.p, '?', s.n);
        if (q != NULL)
            s = lm_str_take(s, (size_t)(q - s.p));
    }
    s = lm_str_trim(s);
    if (s.n > 1 && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == ',' || s.p[s.n - 1] == ';'))
        s.n--;
    return s;
}

/* atext of RFC 5322 and dots, not at the ends, not two; UTF-8 as RFC 6531 allows it. */
static bool local_part(struct lm_form_work *w, struct lm_str s)
{
    static const char signs[] = "!#$%&'*+-/=?^_`{|}~.";
    if (s.n == 0 || lm_utf8_valid_prefix(s) != s.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c >= 0x80;
        if (!letter && (c == 0 || strchr(signs, c) == NULL))
            return false;
        if (c == '.' && (i == 0 || i + 1 == s.n || s.p[i + 1] == '.'))
            (void)lm_form_doubt(w, LM_FORM_REASON_CHARACTERS);
    }
    if (s.n > LOCAL)
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    return true;
}

/* Letters, digits and hyphens in labels of 1 to 63, with at least one dot (RFC 1123, section 2.1). */
static bool host_name(struct lm_str s)
{
    size_t label = 0, dots = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '.') {
            if (label == 0 || s.p[i - 1] == '-')
                return false;
            label = 0;
            dots++;
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && label > 0) || c == '_') {
            if (++label > 63)
                return false;
        } else {
            return false;
        }
    }
    return dots > 0 && label > 0 && s.n <= DOMAIN && s.p[s.n - 1] != '-';
}

/* In A-labels, lower case; false when no domain comes of it. */
static bool domain(struct lm_str s, char out[DOMAIN + 1], struct lm_str *ret)
{
    bool ascii = true;
    for (size_t i = 0; i < s.n; i++)
        ascii &= (unsigned char)s.p[i] < 0x80;
    if (s.n > DOMAIN)
        return false;
    if (ascii) {
        for (size_t i = 0; i < s.n; i++)
            out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
        *ret = (struct lm_str){ out, s.n };
        return host_name(*ret);
    }
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UIDNA *idna =
        uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ, &status);
    int32_t n = 0;
    if (U_SUCCESS(status))
        n = uidna_nameToASCII_UTF8(idna, s.p, (int32_t)s.n, out, DOMAIN, &info, &status);
    if (idna != NULL)
        uidna_close(idna);
    *ret = (struct lm_str){ out, n > 0 ? (size_t)n : 0 };
    return U_SUCCESS(status) && info.errors == 0 && host_name(*ret);
}

static const struct provider *provider_of(struct lm_str host)
{
    for (size_t i = 0; i < sizeof providers / sizeof providers[0]; i++)
        if (lm_str_eq(host, lm_str(providers[i].domain)))
            return &providers[i];
    return NULL;
}

/* local without "+tag" and, if asked, without dots. */
static size_t stripped(struct lm_str local, bool tag, bool dots, char out[LM_FOLD_INPUT])
{
    size_t n = 0;
    for (size_t i = 0; i < local.n && !(tag && local.p[i] == '+' && i > 0); i++)
        if (!(dots && local.p[i] == '.'))
            out[n++] = local.p[i];
    return n;
}

bool lm_form_email(struct lm_form_work *w)
{
    struct lm_str s = bare(w->raw), local, host;
    struct lm_form *f = w->ret;
    char name[DOMAIN + 1], key[LM_FOLD_INPUT];
    const char *at = NULL;
    if (lm_form_nothing(s))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '@')
            at = s.p + i;
    if (at == NULL || at == s.p)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    local = lm_form_lower(w->a, lm_str_take(s, (size_t)(at - s.p)));
    if (local.p == NULL)
        return false;
    if (!local_part(w, local))
        return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    if (!domain(lm_str_skip(s, (size_t)(at - s.p) + 1), name, &host))
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    const struct provider *p = provider_of(host);
    struct lm_str mailbox =
        lm_arena_copy(w->a, (struct lm_str){ key, stripped(local, p != NULL, p != NULL && p->dots, key) });
    f->wide = lm_arena_copy(w->a, (struct lm_str){ key, stripped(local, true, true, key) });
    f->normal = lm_arena_printf(w->a, "%.*s@%.*s", LM_STR_ARG(local), LM_STR_ARG(host));
    f->key = lm_arena_printf(w->a, "%.*s@%s", LM_STR_ARG(mailbox),
                             p != NULL ? p->same_as : lm_arena_copy(w->a, host).p);
    f->detail[1] = lm_arena_copy(w->a, host);
    const char *plus = local.n > 1 ? memchr(local.p + 1, '+', local.n - 1) : NULL;
    if (plus != NULL)
        f->detail[0] = lm_str_skip(local, (size_t)(plus - local.p) + 1);
    if (mailbox.p == NULL || f->wide.p == NULL || f->normal.p == NULL || f->key.p == NULL
        || f->detail[1].p == NULL)
        return false;
    if (one_of(f->normal, invented, sizeof invented / sizeof invented[0]))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (mailbox.n == 0)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    if (one_of(local, roles, sizeof roles / sizeof roles[0]))
        f->flags |= LM_FORM_SHARED | LM_FORM_NEVER_ALONE;
    return lm_form_letters(w, local, true);
}
