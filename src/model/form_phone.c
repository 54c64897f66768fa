/* Telephone numbers: what is dialled with them, what hides them, and what is no number at all. */
#include "model/form_parts.h"
#include "model/phone_e164.h"
#include "model/selector.h"

/* What phones, carriers and RFC 3323 write instead of a number. -1 … -4: Android's CallLog (restricted,
 * unknown, payphone). */
static const char *const withheld[] = {
    "anonymous",
    "private",
    "private number",
    "private caller",
    "restricted",
    "restricted number",
    "withheld",
    "number withheld",
    "blocked",
    "blocked number",
    "unavailable",
    "out of area",
    "unknown number",
    "unknown caller",
    "no caller id",
    "caller id blocked",
    "id withheld",
    "payphone",
    "coin phone",
    "hidden",
    "not available",
    "privado",
    "numero privado",
    "n\xc3\xbamero privado",
    "oculto",
    "numero oculto",
    "n\xc3\xbamero oculto",
    "anonimo",
    "an\xc3\xb3nimo",
    "restringido",
    "sin identificar",
    "-1",
    "-2",
    "-3",
    "-4",
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(struct lm_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += digit(s.p[i]);
    return n;
}

/* tel:, sip: and the addresses of WhatsApp are what stands before their '@'. False: an address without a
 * number. */
static bool bare(struct lm_str *s)
{
    static const struct lm_str schemes[] = { LM_STR_INIT("tel:"), LM_STR_INIT("sips:"), LM_STR_INIT("sip:"),
                                             LM_STR_INIT("callto:"), LM_STR_INIT("sms:") };
    static const struct lm_str links[] = { LM_STR_INIT("https://wa.me/"), LM_STR_INIT("wa.me/"),
                                           LM_STR_INIT("https://signal.me/#p/") };
    struct lm_str t = *s;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (lm_str_eq_nocase(lm_str_take(t, schemes[i].n), schemes[i])) {
            t = lm_str_skip(t, schemes[i].n);
            break;
        }
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (lm_str_starts(t, links[i]))
            t = lm_str_skip(t, links[i].n);
    const char *at = memchr(t.p, '@', t.n);
    if (at != NULL) {
        struct lm_str host = lm_str_skip(t, (size_t)(at - t.p) + 1);
        if (lm_str_eq(host, LM_STR("lid")) || lm_str_eq(host, LM_STR("g.us"))
            || lm_str_eq(host, LM_STR("broadcast")))
            return false;
        t = lm_str_take(t, (size_t)(at - t.p));
        for (size_t i = 0; i < t.n; i++) /* "13035550101:12", "13035550101.0:12": a linked device */
            if (t.p[i] == ':' || (t.p[i] == '.' && i > 6 && memchr(t.p + i, ':', t.n - i) != NULL))
                t = lm_str_take(t, i);
    }
    *s = lm_str_trim(t);
    return true;
}

/* The signs that may part a number from what is dialled after it. */
static size_t extension_mark(struct lm_str s)
{
    static const struct lm_str marks[] = { LM_STR_INIT(";ext="), LM_STR_INIT("extension"), LM_STR_INIT("ext"), LM_STR_INIT("x"),
                                           LM_STR_INIT("int."),  LM_STR_INIT(","),         LM_STR_INIT(";"),   LM_STR_INIT("p"),
                                           LM_STR_INIT("w"),     LM_STR_INIT("#") };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (lm_str_eq_nocase(lm_str_take(s, marks[i].n), marks[i]))
            return marks[i].n;
    return 0;
}

/* Splits "303-555-0101 ext. 12"; the extension has one to seven digits. */
static void extension(struct lm_str *s, struct lm_str *ret_extension)
{
    size_t seen = 0;
    const struct lm_str param = LM_STR(";phone-context");
    for (size_t i = 0; i < s->n; i++) {
        struct lm_str rest = lm_str_skip(*s, i);
        size_t mark = seen >= 7 ? extension_mark(rest) : 0;
        seen += digit(s->p[i]);
        if (mark == 0)
            continue;
        bool context = lm_str_eq_nocase(lm_str_take(rest, param.n), param);
        rest = lm_str_skip(rest, mark);
        while (rest.n > 0 && memchr(" .:=,;#", rest.p[0], 7) != NULL)
            rest = lm_str_skip(rest, 1);
        while (rest.n > 0 && (rest.p[rest.n - 1] == '#' || rest.p[rest.n - 1] == ' '))
            rest.n--;
        bool fits = lm_form_all_digits(rest.p, rest.n) && rest.n <= 7;
        if (fits)
            *ret_extension = rest;
        if (fits || context || rest.n == 0)
            *s = lm_str_trim(lm_str_take(*s, i));
        return;
    }
}

/* "*67 303 555 0101" hides the caller of one call; the number behind it is a number. False: a code alone. */
static bool without_service_code(struct lm_str *s)
{
    static const struct lm_str codes[] = { LM_STR_INIT("*67"), LM_STR_INIT("*82"), LM_STR_INIT("*31#"), LM_STR_INIT("#31#"),
                                           LM_STR_INIT("*31*") };
    if (s->p[0] != '*' && s->p[0] != '#')
        return true;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (lm_str_starts(*s, codes[i]) && count_digits(lm_str_skip(*s, codes[i].n)) >= 7) {
            *s = lm_str_trim(lm_str_skip(*s, codes[i].n));
            return true;
        }
    return false;
}

/* 0000000000, 1234567890, +1 999 999 9999: people and systems that had to write something. */
static bool invented(const char *p, size_t n)
{
    if (n > 0 && p[0] == '+') {
        p++;
        n--;
    }
    return n >= 7
           && (lm_form_run_of_digits(p, n) || (n == 11 && p[0] == '1' && lm_form_run_of_digits(p + 1, 10)));
}

/* A Brazilian mobile number without its ninth digit can be a landline of the same area. */
static bool brazilian_doubt(const char *p, size_t n)
{
    if (n < 13 || memcmp(p, "+55", 3) != 0)
        return false;
    char first = n == 14 && p[5] == '9' ? p[6] : n == 13 ? p[5] : '\0';
    return first >= '2' && first <= '5';
}

static bool with_keys(struct lm_form_work *w, char *number, size_t n)
{
    struct lm_form *f = w->ret;
    f->normal = lm_arena_copy(w->a, (struct lm_str){ number, n });
    n = lm_phone_match_key(number, n);
    f->key = lm_arena_copy(w->a, (struct lm_str){ number, n });
    if (f->normal.p == NULL || f->key.p == NULL)
        return false;
    if (number[0] == '+' && n >= 8)
        f->wide = lm_str_skip(f->key, n - 7);
    return true;
}

bool lm_form_phone(struct lm_form_work *w)
{
    struct lm_str s = w->raw;
    struct lm_form *f = w->ret;
    const char *region = w->context->region != NULL ? w->context->region : "US";
    char number[LM_PHONE_NUMBER];
    size_t n;
    if (lm_form_rounded(s))
        return lm_form_refuse(w, LM_FORM_REASON_DIGITS_LOST);
    if (!bare(&s) || s.n == 0)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    for (size_t i = 0; i < sizeof withheld / sizeof withheld[0]; i++)
        if (lm_str_eq_nocase(s, lm_str(withheld[i])))
            return lm_form_refuse(w, LM_FORM_REASON_WITHHELD);
    if (lm_form_nothing(s))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (!without_service_code(&s))
        return lm_form_refuse(w, LM_FORM_REASON_SERVICE_CODE);
    extension(&s, &f->detail[0]);
    if (!lm_phone_number(s, region, number, &n))
        return lm_form_refuse(w, count_digits(s) > 6 ? LM_FORM_REASON_NOT_THIS : LM_FORM_REASON_CHARACTERS);
    if (invented(number, n))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (number[0] != '+') {
        f->flags |= LM_FORM_SHORT_CODE | LM_FORM_NEVER_ALONE;
        if (n < 3)
            (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
        return with_keys(w, number, n);
    }
    if (memchr(s.p, '+', s.n) == NULL)
        f->flags |= LM_FORM_REGION_TAKEN;
    if (brazilian_doubt(number, n))
        f->flags |= LM_FORM_KEY_WIDE;
    struct lm_phone_facts facts;
    if ((w->context->wish & LM_FORM_KEYS_ONLY) == 0 && lm_phone_facts(number, n, &facts) && !facts.assigned) {
        if (facts.local_only)
            f->flags |= LM_FORM_NEVER_ALONE;
        (void)lm_form_doubt(w, facts.local_only ? LM_FORM_REASON_NO_AREA_CODE : LM_FORM_REASON_RANGE);
    }
    return with_keys(w, number, n);
}
