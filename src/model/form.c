#include "model/form_parts.h"

#include "model/address.h"
#include "model/birth.h"
#include "model/name.h"

#define KEY_BYTES 512

const char *lm_form_reason_said(enum lm_form_reason r)
{
    static const char *const said[] = {
        [LM_FORM_REASON_NONE] = "",
        [LM_FORM_REASON_EMPTY] = "nothing is stated",
        [LM_FORM_REASON_NOT_THIS] = "not in the form of its kind",
        [LM_FORM_REASON_WITHHELD] = "the number was withheld",
        [LM_FORM_REASON_PLACEHOLDER] = "a word or number that stands for nothing known",
        [LM_FORM_REASON_DIGITS_LOST] = "a spreadsheet has rounded the number: its digits are lost",
        [LM_FORM_REASON_CHECK_DIGIT] = "the check digit does not fit",
        [LM_FORM_REASON_NO_CHECK] = "written without its check digit, or of a kind that has none",
        [LM_FORM_REASON_LENGTH] = "not of the usual length",
        [LM_FORM_REASON_CHARACTERS] = "has characters that are not allowed",
        [LM_FORM_REASON_RANGE] = "in no range that is assigned",
        [LM_FORM_REASON_NO_AREA_CODE] = "written without its area code",
        [LM_FORM_REASON_SERVICE_CODE] = "a code dialled for a service, not a number",
        [LM_FORM_REASON_RESERVED] =
            "in a range with a meaning of its own: private, shared, local or for documentation",
        [LM_FORM_REASON_KNOWN_COPY] = "a value that many devices are known to share",
        [LM_FORM_REASON_TWO_READINGS] = "can be read in two ways, and both are kept",
        [LM_FORM_REASON_INCOMPLETE] = "parts are missing",
        [LM_FORM_REASON_FUTURE] = "later than the record that states it",
        [LM_FORM_REASON_REPAIRED] = "characters were read as the ones that they look like",
        [LM_FORM_REASON_NO_FOLD] = "needs the tables of letters",
    };
    return (size_t)r < sizeof said / sizeof said[0] ? said[r] : "?";
}

bool lm_form_doubt(struct lm_form_work *w, enum lm_form_reason r)
{
    if (w->ret->standing == LM_FORM_VALID) {
        w->ret->standing = LM_FORM_DOUBTFUL;
        w->ret->reason = r;
    }
    return true;
}

bool lm_form_refuse(struct lm_form_work *w, enum lm_form_reason r)
{
    static const struct lm_str none = { NULL, 0 };
    struct lm_form *f = w->ret;
    f->standing = LM_FORM_REFUSED;
    f->reason = r;
    f->normal = f->key = f->wide = f->latin = f->skeleton = none;
    for (size_t i = 0; i < LM_FORM_DETAILS; i++)
        f->detail[i] = none;
    return true;
}

/* --- shared by the parsers --- */

struct lm_str lm_form_lower(struct lm_arena *a, struct lm_str s)
{
    char *p = lm_arena_alloc(a, s.n + 1);
    for (size_t i = 0; p != NULL && i < s.n; i++)
        p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    return (struct lm_str){ p, p != NULL ? s.n : 0 };
}

struct lm_str lm_form_upper(struct lm_arena *a, struct lm_str s)
{
    char *p = lm_arena_alloc(a, s.n + 1);
    for (size_t i = 0; p != NULL && i < s.n; i++)
        p[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 32) : s.p[i];
    return (struct lm_str){ p, p != NULL ? s.n : 0 };
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool lm_form_alnum(struct lm_str s, char *out, size_t cap, size_t *ret_n)
{
    size_t n = 0;
    while (s.n > 0) {
        uint32_t cp;
        size_t k = lm_utf8_decode(s, &cp);
        if (k == 0)
            return false;
        if (cp < 0x80 && is_alnum((char)cp)) {
            if (n == cap)
                return false;
            out[n++] = (char)cp;
        } else if (cp != 0xa0 && cp != 0x202f && cp != 0x2011
                   && (cp >= 0x80 || cp == 0 || strchr(" -./:_", (int)cp) == NULL)) {
            return false;
        }
        s = lm_str_skip(s, k);
    }
    *ret_n = n;
    return true;
}

bool lm_form_all_digits(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] < '0' || p[i] > '9')
            return false;
    return n > 0;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool lm_form_all_hex(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (digit_of(p[i]) < 0)
            return false;
    return n > 0;
}

bool lm_form_run_of_digits(const char *p, size_t n)
{
    bool same = n > 0, up = n > 4;
    for (size_t i = 1; i < n; i++) {
        same &= p[i] == p[0];
        up &= p[i] == p[i - 1] + 1 || (p[i - 1] == '9' && p[i] == '0');
    }
    return same || up;
}

bool lm_form_luhn(const char *p, size_t n, unsigned base)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)digit_of(p[n - 1 - i]);
        if (i % 2 == 1)
            d *= 2;
        sum += d / base + d % base;
    }
    return n > 1 && sum % base == 0;
}

bool lm_form_rounded(struct lm_str s)
{
    size_t e = 0;
    while (e < s.n && ((s.p[e] >= '0' && s.p[e] <= '9') || s.p[e] == '.' || s.p[e] == ','))
        e++;
    if (e == 0 || e + 2 > s.n || (s.p[e] != 'E' && s.p[e] != 'e') || s.p[e + 1] != '+')
        return false;
    return lm_form_all_digits(s.p + e + 2, s.n - e - 2);
}

bool lm_form_nothing(struct lm_str s)
{
    static const char *const words[] = { "unknown",
                                         "unk",
                                         "n/a",
                                         "na",
                                         "none",
                                         "null",
                                         "nil",
                                         "not available",
                                         "not provided",
                                         "not stated",
                                         "not known",
                                         "undefined",
                                         "no data",
                                         "desconocido",
                                         "desconocida",
                                         "ninguno",
                                         "sin dato",
                                         "-",
                                         "--",
                                         "?",
                                         "." };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (lm_str_is_nocase(s, words[i]))
            return true;
    return false;
}

bool lm_form_uuid(struct lm_str s, char out[36])
{
    size_t n = 0, i = 0;
    if (s.n == 38 && s.p[0] == '{' && s.p[37] == '}')
        s = (struct lm_str){ s.p + 1, 36 };
    if (s.n != 36 && s.n != 32)
        return false;
    for (; i < s.n; i++) {
        if (s.n == 36 && (i == 8 || i == 13 || i == 18 || i == 23)) {
            if (s.p[i] != '-')
                return false;
            continue;
        }
        int d = digit_of(s.p[i]);
        if (d < 0)
            return false;
        if (n == 8 || n == 13 || n == 18 || n == 23)
            out[n++] = '-';
        out[n++] = "0123456789abcdef"[d];
    }
    return n == 36;
}

bool lm_form_letters(struct lm_form_work *w, struct lm_str text, bool skeleton)
{
    char out[KEY_BYTES];
    bool cut = false;
    if (w->fold == NULL || (w->context->wish & LM_FORM_KEYS_ONLY) != 0)
        return true;
    size_t n = lm_fold_latin(w->fold, text, out, sizeof out, &cut);
    w->ret->latin = lm_arena_copy(w->a, (struct lm_str){ out, n });
    if (skeleton) {
        n = lm_fold_skeleton(w->fold, text, out, sizeof out, NULL);
        w->ret->skeleton = lm_arena_copy(w->a, (struct lm_str){ out, n });
    }
    if (cut)
        w->ret->flags |= LM_FORM_CUT;
    return w->ret->latin.p != NULL && (!skeleton || w->ret->skeleton.p != NULL);
}

/* --- kinds that have a header of their own --- */

static bool copied(struct lm_form_work *w, struct lm_str *ret, const char *p, size_t n)
{
    *ret = lm_arena_copy(w->a, (struct lm_str){ p, n });
    return ret->p != NULL;
}

static bool form_name(struct lm_form_work *w)
{
    char buf[LM_NAME_BYTES], out[KEY_BYTES];
    struct lm_name n;
    if (w->fold == NULL)
        return lm_form_refuse(w, LM_FORM_REASON_NO_FOLD);
    if (!lm_name_parse(w->fold, w->raw, LM_NAME_ANY_ORDER, buf, sizeof buf, &n))
        return lm_form_refuse(w, (n.flags & LM_NAME_PLACEHOLDER) != 0 ? LM_FORM_REASON_PLACEHOLDER
                                                                      : LM_FORM_REASON_NOT_THIS);
    if ((n.flags & LM_NAME_PLACEHOLDER) != 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_PLACEHOLDER);
    if ((n.flags & (LM_NAME_ORDER_UNKNOWN | LM_NAME_SPLIT_UNKNOWN)) != 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_TWO_READINGS);
    if ((n.flags & LM_NAME_SINGLE) != 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_INCOMPLETE);
    if ((n.flags & LM_NAME_DIGIT) != 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_CHARACTERS);
    if ((n.flags & LM_NAME_CUT) != 0) {
        w->ret->flags |= LM_FORM_CUT;
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    }
    w->ret->flags |= LM_FORM_NEVER_ALONE;
    return copied(w, &w->ret->key, out, lm_name_key(&n, out, sizeof out))
           && copied(w, &w->ret->wide, out, lm_name_bag(&n, out, sizeof out))
           && copied(w, &w->ret->normal, out, lm_name_text(&n, out, sizeof out))
           && lm_form_letters(w, w->raw, false);
}

/* "El Chuy" and "Chuy" may be one; neither is anybody by itself. */
static bool form_moniker(struct lm_form_work *w)
{
    static const struct lm_str articles[] = { LM_STR_INIT("el "),  LM_STR_INIT("la "),  LM_STR_INIT("los "),
                                              LM_STR_INIT("las "), LM_STR_INIT("the "), LM_STR_INIT("o ") };
    char out[KEY_BYTES];
    bool cut = false;
    if (w->fold == NULL)
        return lm_form_refuse(w, LM_FORM_REASON_NO_FOLD);
    size_t n = lm_fold_latin(w->fold, w->raw, out, sizeof out, &cut), skip = 0;
    if (n == 0)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    if (cut) {
        w->ret->flags |= LM_FORM_CUT;
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    }
    for (size_t i = 0; i < sizeof articles / sizeof articles[0]; i++)
        if (lm_str_starts((struct lm_str){ out, n }, articles[i]))
            skip = articles[i].n;
    w->ret->flags |= LM_FORM_NEVER_ALONE;
    if (!copied(w, &w->ret->key, out, n))
        return false;
    w->ret->normal = w->ret->key;
    w->ret->wide = lm_str_skip(w->ret->key, skip);
    return lm_form_letters(w, w->raw, false);
}

static bool form_address(struct lm_form_work *w)
{
    char buf[LM_ADDRESS_BYTES], out[KEY_BYTES];
    struct lm_address d;
    if (w->fold == NULL)
        return lm_form_refuse(w, LM_FORM_REASON_NO_FOLD);
    if (!lm_address_parse(w->fold, w->raw, buf, sizeof buf, &d))
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    if ((d.flags & LM_ADDRESS_CUT) != 0) {
        w->ret->flags |= LM_FORM_CUT;
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    }
    if ((d.flags & LM_ADDRESS_SPLIT_UNKNOWN) != 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_TWO_READINGS);
    if ((d.number.n == 0 && d.box.n == 0) || (d.zip.n == 0 && d.city.n == 0))
        (void)lm_form_doubt(w, LM_FORM_REASON_INCOMPLETE);
    return copied(w, &w->ret->key, out, lm_address_key(&d, out, sizeof out))
           && copied(w, &w->ret->wide, out, lm_address_wide_key(&d, out, sizeof out))
           && copied(w, &w->ret->normal, out, lm_address_text(&d, out, sizeof out))
           && lm_form_letters(w, w->raw, false);
}

static bool form_birth(struct lm_form_work *w)
{
    char out[LM_BIRTH_KEY];
    struct lm_birth b;
    if (!lm_birth_parse(w->raw, w->context->day, &b))
        return lm_form_refuse(w,
                              lm_form_nothing(w->raw) ? LM_FORM_REASON_PLACEHOLDER : LM_FORM_REASON_NOT_THIS);
    if ((b.flags & LM_BIRTH_PLACEHOLDER) != 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_PLACEHOLDER);
    if ((b.flags & LM_BIRTH_FUTURE) != 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_FUTURE);
    if (b.n > 1 || (b.flags & LM_BIRTH_CENTURY_TAKEN) != 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_TWO_READINGS);
    if (b.precision != LM_BIRTH_DAY)
        (void)lm_form_doubt(w, LM_FORM_REASON_INCOMPLETE);
    w->ret->flags |= LM_FORM_NEVER_ALONE;
    if (!copied(w, &w->ret->key, out, lm_birth_key(&b, 0, out)))
        return false;
    w->ret->normal = w->ret->key;
    return b.n < 2 || copied(w, &w->ret->wide, out, lm_birth_key(&b, 1, out));
}

/* --- the one question --- */

static bool parse(struct lm_form_work *w)
{
    switch (w->ret->kind) {
    case LM_FORM_PHONE:
        return lm_form_phone(w);
    case LM_FORM_EMAIL:
        return lm_form_email(w);
    case LM_FORM_HANDLE:
        return lm_form_handle(w);
    case LM_FORM_ACCOUNT_ID:
        return lm_form_account_id(w);
    case LM_FORM_IMEI:
    case LM_FORM_IMSI:
    case LM_FORM_ICCID:
    case LM_FORM_MEID:
    case LM_FORM_MAC:
    case LM_FORM_SERIAL:
    case LM_FORM_ANDROID_ID:
    case LM_FORM_AD_ID:
    case LM_FORM_DEVICE:
        return lm_form_device(w);
    case LM_FORM_IP:
        return lm_form_ip(w);
    case LM_FORM_CASHTAG:
    case LM_FORM_VENMO:
    case LM_FORM_COIN:
    case LM_FORM_PAYMENT:
        return lm_form_payment(w);
    case LM_FORM_PLATE:
        return lm_form_plate(w);
    case LM_FORM_VIN:
        return lm_form_vin(w);
    case LM_FORM_ADDRESS:
        return form_address(w);
    case LM_FORM_BIRTH_DATE:
        return form_birth(w);
    case LM_FORM_NAME:
        return form_name(w);
    case LM_FORM_MONIKER:
        return form_moniker(w);
    }
    return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
}

lm_err lm_form_of(struct lm_arena *a, struct lm_fold *f, const struct lm_form_context *c,
                  enum lm_form_kind kind, struct lm_str raw, struct lm_form *ret)
{
    static const struct lm_form_context none = { .day = LM_DAY_NONE };
    struct lm_form made = { .kind = kind, .raw = raw };
    struct lm_form_work w = { a, f, c != NULL ? c : &none, lm_str_trim(raw), &made };
    made.platform = w.context->platform;
    bool name = kind == LM_FORM_NAME || kind == LM_FORM_MONIKER || kind == LM_FORM_ADDRESS;
    if (w.raw.n == 0) {
        (void)lm_form_refuse(&w, LM_FORM_REASON_EMPTY);
    } else if (!name && w.raw.n > LM_FOLD_INPUT) {
        made.flags = LM_FORM_CUT;
        (void)lm_form_refuse(&w, LM_FORM_REASON_LENGTH);
    } else if (!parse(&w)) {
        return LM_ENOMEM;
    }
    *ret = made;
    return LM_OK;
}
