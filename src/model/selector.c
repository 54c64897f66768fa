#include "model/selector.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "model/phone_e164.h"

static bool phone_punctuation(char c)
{
    return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/';
}

/* Digits only, with a leading '+' allowed; the no-break spaces and marks that phones paste are passed over.
 */
static bool phone_clean(struct lm_str raw, char out[32], size_t *ret_n)
{
    size_t n = 0;
    raw = lm_str_trim(raw);
    if (lm_str_starts(raw, LM_STR("tel:")))
        raw = lm_str_skip(raw, 4);
    while (raw.n > 0) {
        uint32_t cp;
        size_t k = lm_utf8_decode(raw, &cp);
        if (k == 0)
            return false;
        if (cp == '+' && n == 0)
            out[n++] = '+';
        else if (cp >= '0' && cp <= '9' && n < 24)
            out[n++] = (char)cp;
        else if (!(cp < 0x80 && phone_punctuation((char)cp)) && cp != 0xa0 && cp != 0x202f && cp != 0x2011
                 && !(cp >= 0x200e && cp <= 0x200f) && !(cp >= 0x202a && cp <= 0x202e))
            return false;
        raw = lm_str_skip(raw, k);
    }
    *ret_n = n;
    return n > (size_t)(n > 0 && out[0] == '+');
}

static size_t drop(char *p, size_t n, size_t at, size_t count)
{
    memmove(p + at, p + at + count, n - at - count);
    return n - count;
}

/* Numbers that reach the same telephone under two spellings; rules as in the header. */
size_t lm_phone_match_key(char *p, size_t n)
{
    struct lm_str s = { p, n };
    if (lm_str_starts(s, LM_STR("+521")) && n == 14)
        return drop(p, n, 3, 1);
    if (lm_str_starts(s, LM_STR("+549")) && n == 14)
        return drop(p, n, 3, 1);
    if (lm_str_starts(s, LM_STR("+55")) && n == 14 && p[5] == '9')
        return drop(p, n, 5, 1);
    return n;
}

/* Numbers of the United States and of Mexico, ten digits that begin with 2 to 9, with the country or (North
 * America) without: what libphonenumber says as well, 100 times faster (tests/unit/test_selector.c compares).
 * 0: it must be asked. */
static size_t short_way(const char *p, size_t n, char out[LM_PHONE_NUMBER])
{
    bool plus = n > 0 && p[0] == '+';
    size_t country = 0;
    p += plus;
    n -= plus;
    if (n == 11 && p[0] == '1')
        country = 1;
    else if ((n == 12 || n == 13) && p[0] == '5' && p[1] == '2')
        country = n == 13 && p[2] == '1' ? 3 : 2; /* the legacy 1 */
    if (n != country + 10 || (plus && country == 0) || p[country] < '2' || p[country] > '9')
        return 0;
    size_t k = country < 2 ? 1 : 2;
    out[0] = '+';
    memcpy(out + 1, k == 1 ? "1" : "52", k);
    memcpy(out + 1 + k, p + country, 10);
    return 11 + k;
}

bool lm_phone_number(struct lm_str raw, const char *region, char out[LM_PHONE_NUMBER], size_t *ret_n)
{
    char clean[32];
    size_t n;
    if (!phone_clean(raw, clean, &n))
        return false;
    size_t k = region[0] == 'U' && region[1] == 'S' ? short_way(clean, n, out) : 0;
    if (k == 0 && n >= 7)
        k = lm_phone_e164(clean, n, region, out, LM_PHONE_NUMBER);
    if (k == 0 && clean[0] != '+' && n >= 11) { /* an export that dropped the '+' */
        memmove(clean + 1, clean, n);
        clean[0] = '+';
        k = lm_phone_e164(clean, n + 1, region, out, LM_PHONE_NUMBER);
        memmove(clean, clean + 1, n);
    }
    if (k == 0 && (clean[0] == '+' || n > 6))
        return false;
    if (k == 0)
        memcpy(out, clean, n);
    *ret_n = k != 0 ? k : n;
    return true;
}

bool lm_phone_key(struct lm_arena *a, struct lm_str raw, struct lm_str *ret)
{
    char e164[LM_PHONE_NUMBER];
    size_t n;
    if (!lm_phone_number(raw, "US", e164, &n))
        return false;
    struct lm_str key = lm_arena_copy(a, (struct lm_str){ e164, lm_phone_match_key(e164, n) });
    if (key.p == NULL)
        return false;
    *ret = key;
    return true;
}

static struct lm_str lower_copy(struct lm_arena *a, struct lm_str s)
{
    char *p = lm_arena_alloc(a, s.n + 1);
    for (size_t i = 0; p != NULL && i < s.n; i++)
        p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    return (struct lm_str){ p, p != NULL ? s.n : 0 };
}

bool lm_email_key(struct lm_arena *a, struct lm_str raw, struct lm_str *ret)
{
    raw = lm_str_trim(raw);
    if (raw.n > 7 && lm_str_eq_nocase(lm_str_take(raw, 7), LM_STR("mailto:")))
        raw = lm_str_skip(raw, 7);
    const char *at = raw.n > 2 ? memchr(raw.p, '@', raw.n) : NULL;
    if (at == NULL || at == raw.p || at == raw.p + raw.n - 1
        || memchr(at + 1, '@', (size_t)(raw.p + raw.n - at - 1)) != NULL)
        return false;
    for (size_t i = 0; i < raw.n; i++)
        if ((unsigned char)raw.p[i] <= ' ' || raw.p[i] == '<' || raw.p[i] == '>' || raw.p[i] == ',')
            return false;
    struct lm_str key = lower_copy(a, raw);
    if (key.p == NULL)
        return false;
    *ret = key;
    return true;
}

bool lm_handle_key(struct lm_arena *a, struct lm_str raw, struct lm_str *ret)
{
    raw = lm_str_trim(raw);
    if (raw.n > 0 && raw.p[0] == '@')
        raw = lm_str_skip(raw, 1);
    if (raw.n == 0 || raw.n > 512)
        return false;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCCasefoldInstance(&status);
    UChar wide[1024], folded[2048];
    char utf8[4096];
    int32_t n = 0;
    u_strFromUTF8(wide, 1024, &n, raw.p, (int32_t)raw.n, &status);
    if (U_SUCCESS(status))
        n = unorm2_normalize(nfkc, wide, n, folded, 2048, &status);
    int32_t bytes = 0;
    if (U_SUCCESS(status))
        u_strToUTF8(utf8, sizeof utf8, &bytes, folded, n, &status);
    if (U_FAILURE(status) || bytes <= 0)
        return false;
    struct lm_str key = lm_arena_copy(a, (struct lm_str){ utf8, (size_t)bytes });
    if (key.p == NULL)
        return false;
    *ret = key;
    return true;
}

bool lm_identifier_key(struct lm_arena *a, enum lm_identifier_type type, struct lm_str raw,
                       struct lm_str *ret)
{
    switch (type) {
    case LM_IDENTIFIER_PHONE:
        return lm_phone_key(a, raw, ret);
    case LM_IDENTIFIER_EMAIL:
        return lm_email_key(a, raw, ret);
    case LM_IDENTIFIER_HANDLE:
    case LM_IDENTIFIER_NAME:
        return lm_handle_key(a, raw, ret);
    case LM_IDENTIFIER_ACCOUNT_ID:
    case LM_IDENTIFIER_IP:
    case LM_IDENTIFIER_DEVICE:
        break;
    }
    struct lm_str key = lower_copy(a, lm_str_trim(raw));
    if (key.n == 0)
        return false;
    *ret = key;
    return true;
}

lm_err lm_form_of_identifier(struct lm_arena *a, struct lm_fold *f, const struct lm_form_context *c,
                             enum lm_identifier_type type, struct lm_str raw, struct lm_form *ret)
{
    static const enum lm_form_kind kinds[] = {
        [LM_IDENTIFIER_PHONE] = LM_FORM_PHONE,           [LM_IDENTIFIER_EMAIL] = LM_FORM_EMAIL,
        [LM_IDENTIFIER_HANDLE] = LM_FORM_HANDLE,         [LM_IDENTIFIER_NAME] = LM_FORM_NAME,
        [LM_IDENTIFIER_ACCOUNT_ID] = LM_FORM_ACCOUNT_ID, [LM_IDENTIFIER_IP] = LM_FORM_IP,
        [LM_IDENTIFIER_DEVICE] = LM_FORM_DEVICE,
    };
    return lm_form_of(a, f, c, kinds[type], raw, ret);
}

bool lm_selector_guess(struct lm_str word, enum lm_identifier_type *ret)
{
    char clean[32];
    size_t n;
    word = lm_str_trim(word);
    if (word.n > 1 && word.p[0] == '@') {
        *ret = LM_IDENTIFIER_HANDLE;
        return true;
    }
    if (phone_clean(word, clean, &n) && n - (clean[0] == '+') >= 7) {
        *ret = LM_IDENTIFIER_PHONE;
        return true;
    }
    if (word.n > 2 && memchr(word.p + 1, '@', word.n - 2) != NULL) {
        *ret = LM_IDENTIFIER_EMAIL;
        return true;
    }
    return false;
}
