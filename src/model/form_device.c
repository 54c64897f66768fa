/* Devices and the cards in them. Sources: 3GPP TS 23.003 sections 2.2 (IMSI) and 6.2 (IMEI, IMEISV); ITU-T
 * E.118 (ICCID), E.212 (MCC, MNC); 3GPP2 S.R0048-A (MEID); IEEE 802 (MAC); Android and Apple developer
 * documents (android_id, advertising ids). */
#include "model/form_parts.h"

#define DIGITS 40

/* Labels that exports write in front; longest first. */
static const struct label {
    struct lm_str word;
    enum lm_form_kind kind;
} labels[] = {
    { LM_STR_INIT("imeisv"), LM_FORM_IMEI },
    { LM_STR_INIT("imei2"), LM_FORM_IMEI },
    { LM_STR_INIT("imei"), LM_FORM_IMEI },
    { LM_STR_INIT("imsi"), LM_FORM_IMSI },
    { LM_STR_INIT("iccid"), LM_FORM_ICCID },
    { LM_STR_INIT("sim"), LM_FORM_ICCID },
    { LM_STR_INIT("meid"), LM_FORM_MEID },
    { LM_STR_INIT("mac address"), LM_FORM_MAC },
    { LM_STR_INIT("mac"), LM_FORM_MAC },
    { LM_STR_INIT("serial number"), LM_FORM_SERIAL },
    { LM_STR_INIT("serial"), LM_FORM_SERIAL },
    { LM_STR_INIT("s/n"), LM_FORM_SERIAL },
    { LM_STR_INIT("android_id"), LM_FORM_ANDROID_ID },
    { LM_STR_INIT("android id"), LM_FORM_ANDROID_ID },
    { LM_STR_INIT("idfa"), LM_FORM_AD_ID },
    { LM_STR_INIT("gaid"), LM_FORM_AD_ID },
    { LM_STR_INIT("aaid"), LM_FORM_AD_ID },
};

/* MCCs whose MNCs have three digits (ITU-T E.212 assignments, as AOSP's MccTable lists them); 405 is mixed,
 * the others have two. */
static const uint16_t three_digits[] = { 302, 310, 311, 312, 313, 314, 315, 316, 334,
                                         338, 342, 344, 346, 348, 365, 708, 722, 732 };

static bool keep(struct lm_form_work *w, enum lm_form_kind kind, const char *p, size_t n)
{
    w->ret->kind = kind;
    w->ret->normal = w->ret->key = lm_arena_copy(w->a, (struct lm_str){ p, n });
    return w->ret->key.p != NULL;
}

/* 14 digits, the 15th is their check digit; an IMEISV has a version of two digits in its place. */
static bool imei(struct lm_form_work *w, const char *d, size_t n)
{
    if (!lm_form_all_digits(d, n))
        return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    if (n < 14 || n > 16)
        return lm_form_refuse(w, LM_FORM_REASON_LENGTH);
    if (lm_form_run_of_digits(d, 14))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (!keep(w, LM_FORM_IMEI, d, n))
        return false;
    w->ret->key = lm_str_take(w->ret->normal, 14);
    w->ret->wide = lm_str_take(w->ret->normal, 8);
    if (n == 16)
        w->ret->detail[0] = lm_str_skip(w->ret->normal, 14);
    if (n == 14)
        return lm_form_doubt(w, LM_FORM_REASON_NO_CHECK);
    if (n == 15 && lm_form_luhn(d, 15, 10))
        w->ret->flags |= LM_FORM_CHECKED;
    else if (n == 15) /* the digit that networks send is 0, whatever it should be: TS 23.003 section 6.2.1 */
        (void)lm_form_doubt(w, d[14] == '0' ? LM_FORM_REASON_NO_CHECK : LM_FORM_REASON_CHECK_DIGIT);
    return true;
}

static bool imsi(struct lm_form_work *w, const char *d, size_t n)
{
    if (!lm_form_all_digits(d, n))
        return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    if (n < 14 || n > 15)
        return lm_form_refuse(w, LM_FORM_REASON_LENGTH);
    if (lm_form_run_of_digits(d, n))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    unsigned mcc = (unsigned)(d[0] - '0') * 100 + (unsigned)(d[1] - '0') * 10 + (unsigned)(d[2] - '0');
    size_t mnc = mcc == 405 ? 0 : 2;
    for (size_t i = 0; i < sizeof three_digits / sizeof three_digits[0]; i++)
        if (three_digits[i] == mcc)
            mnc = 3;
    if (!keep(w, LM_FORM_IMSI, d, n))
        return false;
    w->ret->detail[0] = lm_str_take(w->ret->normal, 3);
    if (mnc != 0) {
        w->ret->detail[1] = lm_str_take(lm_str_skip(w->ret->normal, 3), mnc);
        w->ret->detail[2] = lm_str_skip(w->ret->normal, 3 + mnc);
    } else {
        (void)lm_form_doubt(w, LM_FORM_REASON_TWO_READINGS);
    }
    if (d[0] < '2' || d[0] == '8') /* 2 … 7: regions, 9: worldwide; 001 is for tests */
        (void)lm_form_doubt(w, LM_FORM_REASON_RANGE);
    if (n == 14)
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    return true;
}

/* 89, country, issuer, account, check digit: 19 digits, or 20 as many issuers count; the card's file is
 * filled with F. */
static bool iccid(struct lm_form_work *w, const char *d, size_t n)
{
    while (n > 18 && (d[n - 1] == 'F' || d[n - 1] == 'f'))
        n--;
    if (!lm_form_all_digits(d, n))
        return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    if (n < 18 || n > 20)
        return lm_form_refuse(w, LM_FORM_REASON_LENGTH);
    if (lm_form_run_of_digits(d, n))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (!keep(w, LM_FORM_ICCID, d, n))
        return false;
    if (d[0] != '8' || d[1] != '9')
        (void)lm_form_doubt(w, LM_FORM_REASON_RANGE);
    if (n > 18 && lm_form_luhn(d, n, 10)) {
        w->ret->flags |= LM_FORM_CHECKED;
        w->ret->key.n--;
    } else {
        (void)lm_form_doubt(w, n < 20 ? LM_FORM_REASON_NO_CHECK : LM_FORM_REASON_CHECK_DIGIT);
    }
    return true;
}

/* 14 hexadecimal digits, a check digit behind them where it is written; 18 decimal digits: 10 for the first
 * 8, 8 for the last 6. */
static bool meid(struct lm_form_work *w, const char *d, size_t n)
{
    char hex[16];
    if (n == 18 && lm_form_all_digits(d, n)) {
        uint64_t first = 0, second = 0;
        for (size_t i = 0; i < 10; i++)
            first = first * 10 + (uint64_t)(d[i] - '0');
        for (size_t i = 10; i < 18; i++)
            second = second * 10 + (uint64_t)(d[i] - '0');
        if (first > 0xffffffff || second > 0xffffff)
            return lm_form_refuse(w, LM_FORM_REASON_RANGE);
        struct lm_str text =
            lm_arena_printf(w->a, "%08llX%06llX", (unsigned long long)first, (unsigned long long)second);
        if (text.p == NULL)
            return false;
        return keep(w, LM_FORM_MEID, text.p, text.n) && lm_form_doubt(w, LM_FORM_REASON_NO_CHECK);
    }
    if (!lm_form_all_hex(d, n))
        return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    if (n != 14 && n != 15)
        return lm_form_refuse(w, LM_FORM_REASON_LENGTH);
    for (size_t i = 0; i < n; i++)
        hex[i] = d[i] >= 'a' ? (char)(d[i] - 32) : d[i];
    if (!keep(w, LM_FORM_MEID, hex, 14))
        return false;
    bool decimal = lm_form_all_digits(hex, 14); /* then it is an IMEI as well, with that one's check digit */
    if (n == 14)
        return lm_form_doubt(w, LM_FORM_REASON_NO_CHECK);
    if (lm_form_luhn(hex, 15, decimal ? 10 : 16))
        w->ret->flags |= LM_FORM_CHECKED;
    else
        (void)lm_form_doubt(w, LM_FORM_REASON_CHECK_DIGIT);
    return true;
}

static bool mac(struct lm_form_work *w, const char *d, size_t n)
{
    char lower[16], text[24];
    size_t to = 0;
    if (!lm_form_all_hex(d, n))
        return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    if (n != 12 && n != 16)
        return lm_form_refuse(w, LM_FORM_REASON_LENGTH);
    bool same = true;
    for (size_t i = 0; i < n; i++) {
        lower[i] = d[i] >= 'A' && d[i] <= 'F' ? (char)(d[i] + 32) : d[i];
        same &= lower[i] == lower[0];
        if (i > 0 && i % 2 == 0)
            text[to++] = ':';
        text[to++] = lower[i];
    }
    if (same && (lower[0] == '0' || lower[0] == 'f')) /* broadcast, or nothing */
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (!keep(w, LM_FORM_MAC, lower, n))
        return false;
    w->ret->normal = lm_arena_copy(w->a, (struct lm_str){ text, to });
    w->ret->wide = lm_str_take(w->ret->key, 6);
    unsigned low = (unsigned)(lower[1] <= '9' ? lower[1] - '0' : lower[1] - 'a' + 10);
    if ((low & 2) != 0) { /* locally administered: phones change it by themselves */
        w->ret->flags |= LM_FORM_RANDOM | LM_FORM_NEVER_ALONE;
        w->ret->wide.n = 0;
    }
    if ((low & 1) != 0
        || lm_str_eq(w->ret->key, LM_STR("020000000000"))) /* a group; what Android answers to apps */
        return lm_form_doubt(w, (low & 1) != 0 ? LM_FORM_REASON_RESERVED : LM_FORM_REASON_KNOWN_COPY);
    return w->ret->normal.p != NULL;
}

static bool serial(struct lm_form_work *w, struct lm_str s)
{
    char d[64];
    size_t n;
    if (!lm_form_alnum(s, d, sizeof d, &n) || n == 0)
        return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    bool same = true;
    for (size_t i = 0; i < n; i++) {
        d[i] = d[i] >= 'a' && d[i] <= 'z' ? (char)(d[i] - 32) : d[i];
        same &= d[i] == d[0];
    }
    if ((n > 3 && same) || lm_form_run_of_digits(d, n) || (n == 16 && memcmp(d, "0123456789ABCDEF", 16) == 0))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (n < 6)
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    return keep(w, LM_FORM_SERIAL, d, n);
}

static bool android_id(struct lm_form_work *w, const char *d, size_t n)
{
    char id[16];
    if (!lm_form_all_hex(d, n))
        return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    if (n < 13 || n > 16)
        return lm_form_refuse(w, LM_FORM_REASON_LENGTH);
    memset(id, '0', sizeof id);
    for (size_t i = 0; i < n; i++)
        id[16 - n + i] = d[i] >= 'A' && d[i] <= 'F' ? (char)(d[i] + 32) : d[i];
    if (lm_form_run_of_digits(d, n))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (!keep(w, LM_FORM_ANDROID_ID, id, sizeof id))
        return false;
    if (n < 16)
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    /* Many phones of 2010 have this one (Android issue 10603); emulators have it as well. */
    return !lm_str_eq(w->ret->key, LM_STR("9774d56d682e549c")) || lm_form_doubt(w, LM_FORM_REASON_KNOWN_COPY);
}

static bool ad_id(struct lm_form_work *w, struct lm_str s)
{
    char uuid[36];
    if (!lm_form_uuid(s, uuid))
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    bool zeros = true; /* what a phone answers whose user has limited it */
    for (size_t i = 0; i < sizeof uuid; i++)
        zeros &= uuid[i] == '0' || uuid[i] == '-';
    return zeros ? lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER) : keep(w, LM_FORM_AD_ID, uuid, sizeof uuid);
}

/* "IMEI: 35-…": what it says it is. The label must be followed by a sign or a space. */
static bool labelled(struct lm_str *s, enum lm_form_kind *ret)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        struct lm_str word = labels[i].word;
        if (s->n <= word.n + 1 || !lm_str_eq_nocase(lm_str_take(*s, word.n), word))
            continue;
        struct lm_str rest = lm_str_skip(*s, word.n);
        if (memchr(" :=#.", rest.p[0], 5) == NULL)
            continue;
        while (rest.n > 0 && memchr(" :=#.\t", rest.p[0], 6) != NULL)
            rest = lm_str_skip(rest, 1);
        if (rest.n == 0)
            return false;
        *s = rest;
        *ret = labels[i].kind;
        return true;
    }
    return false;
}

/* What digits and letters alone say. 15 digits are an IMEI when their check digit fits, else an IMSI when
 * they begin with a country. */
static enum lm_form_kind guess(struct lm_str s, const char *d, size_t n)
{
    char uuid[36];
    bool digits = lm_form_all_digits(d, n), hex = lm_form_all_hex(d, n);
    bool parted = memchr(s.p, ':', s.n) != NULL || memchr(s.p, '-', s.n) != NULL;
    if (lm_form_uuid(s, uuid))
        return LM_FORM_AD_ID;
    if (hex
        && ((n == 12 && (parted || memchr(s.p, '.', s.n) != NULL))
            || (n == 16 && memchr(s.p, ':', s.n) != NULL)))
        return LM_FORM_MAC;
    if (digits && n == 15)
        return lm_form_luhn(d, n, 10)       ? LM_FORM_IMEI
               : d[0] >= '2' && d[0] <= '7' ? LM_FORM_IMSI
                                            : LM_FORM_IMEI;
    if (digits && (n == 14 || n == 16))
        return LM_FORM_IMEI;
    if (n >= 18 && n <= 20 && d[0] == '8' && d[1] == '9' && lm_form_all_digits(d, 18))
        return LM_FORM_ICCID;
    if (hex && !digits && n == 14)
        return LM_FORM_MEID;
    if (hex && !digits && n == 16)
        return LM_FORM_ANDROID_ID;
    return LM_FORM_SERIAL;
}

bool lm_form_device(struct lm_form_work *w)
{
    struct lm_str s = w->raw;
    enum lm_form_kind kind = w->ret->kind, said = kind;
    char d[DIGITS];
    size_t n = 0;
    if (lm_form_nothing(s))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (lm_form_rounded(s))
        return lm_form_refuse(w, LM_FORM_REASON_DIGITS_LOST);
    if (labelled(&s, &said) && kind == LM_FORM_DEVICE)
        kind = said;
    bool alnum = lm_form_alnum(s, d, sizeof d, &n) && n > 0;
    if (kind == LM_FORM_DEVICE)
        kind = alnum ? guess(s, d, n) : LM_FORM_SERIAL;
    if (kind == LM_FORM_SERIAL)
        return serial(w, s);
    if (kind == LM_FORM_AD_ID)
        return ad_id(w, s);
    w->ret->kind = kind;
    if (!alnum)
        return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
    switch ((int)kind) {
    case LM_FORM_IMEI:
        return imei(w, d, n);
    case LM_FORM_IMSI:
        return imsi(w, d, n);
    case LM_FORM_ICCID:
        return iccid(w, d, n);
    case LM_FORM_MEID:
        return meid(w, d, n);
    case LM_FORM_MAC:
        return mac(w, d, n);
    default:
        return android_id(w, d, n);
    }
}
