/* Header lines: from "13.6.2018 klo 21.25.15 - " to "[2018/6/13 下午9:25:15] ", one hand-written scanner.
 *
 * Date patterns, day-period words and digits after CLDR 42 (short date, medium and short time); which of them
 * WhatsApp writes, after the exports that the open parsers chatistics, chat-miner and whatsapp-chat-parser
 * test on. */
#include "readers/whatsapp_text.h"

struct cursor {
    const unsigned char *p, *e;
};

size_t lm_wa_blank(struct lm_str s, bool *ret_mark)
{
    const unsigned char *p = (const unsigned char *)s.p;
    *ret_mark = false;
    if (s.n == 0)
        return 0;
    if (p[0] < 0x80)
        return p[0] == ' ' || p[0] == '\t';
    if (s.n >= 2 && p[0] == 0xc2 && p[1] == 0xa0)
        return 2; /* U+00A0 */
    if (s.n >= 2 && p[0] == 0xd8 && p[1] == 0x9c)
        return (*ret_mark = true), (size_t)2; /* U+061C */
    if (s.n < 3)
        return 0;
    if (p[0] == 0xe2 && p[1] == 0x80) {
        *ret_mark = (p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xaa && p[2] <= 0xae); /* U+200B-F, U+202A-E */
        return *ret_mark || (p[2] >= 0x80 && p[2] <= 0x8a) || p[2] == 0xaf ? 3 : 0;   /* U+2000-A, U+202F */
    }
    if (p[0] == 0xe2 && p[1] == 0x81) {
        *ret_mark = p[2] == 0xa0 || (p[2] >= 0xa6 && p[2] <= 0xa9); /* U+2060, U+2066-9 */
        return *ret_mark || p[2] == 0x9f ? 3 : 0;
    }
    if (p[0] == 0xe3 && p[1] == 0x80 && p[2] == 0x80)
        return 3;                                             /* U+3000 */
    *ret_mark = p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf; /* U+FEFF */
    return *ret_mark ? 3 : 0;
}

static struct cursor cursor_of(struct lm_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    return (struct cursor){ p, s.n != 0 ? p + s.n : p };
}

static struct lm_str rest_of(const struct cursor *c)
{
    return (struct lm_str){ (const char *)c->p, (size_t)(c->e - c->p) };
}

/* White space and marks; whether any of it was white space. */
static bool skip_blank(struct cursor *c)
{
    bool space = false, mark;
    while (c->p < c->e && (*c->p == ' ' || *c->p >= 0x80 || *c->p == '\t')) {
        size_t k = lm_wa_blank(rest_of(c), &mark);
        if (k == 0)
            break;
        space |= !mark;
        c->p += k;
    }
    return space;
}

static void skip_marks(struct cursor *c)
{
    bool mark;
    while (c->p < c->e && *c->p >= 0x80) {
        size_t k = lm_wa_blank(rest_of(c), &mark);
        if (k == 0 || !mark)
            break;
        c->p += k;
    }
}

/* Where the code point that ends before p starts; at most 4 bytes back. */
static const char *back_one(const char *begin, const char *p)
{
    const char *q = p - 1;
    while (q > begin && p - q < 4 && ((unsigned char)*q & 0xc0) == 0x80)
        q--;
    return q;
}

struct lm_str lm_wa_trim_end(struct lm_str s)
{
    bool mark;
    while (s.n > 0 && (s.p[s.n - 1] <= ' ' || (unsigned char)s.p[s.n - 1] >= 0x80)) {
        const char *q = back_one(s.p, s.p + s.n);
        struct lm_str last = { q, (size_t)(s.p + s.n - q) };
        if (lm_wa_blank(last, &mark) != last.n)
            break;
        s.n -= last.n;
    }
    return s;
}

struct lm_str lm_wa_trim(struct lm_str s)
{
    struct cursor c = cursor_of(s);
    if (s.n == 0 || (*c.p > ' ' && *c.p < 0x80 && c.e[-1] > ' ' && c.e[-1] < 0x80))
        return s;
    skip_blank(&c);
    return lm_wa_trim_end(rest_of(&c));
}

static bool take(struct cursor *c, const char *text)
{
    size_t n = strlen(text);
    if ((size_t)(c->e - c->p) < n || memcmp(c->p, text, n) != 0)
        return false;
    c->p += n;
    return true;
}

/* Decimal digits of other scripts: Arabic-Indic, extended Arabic-Indic, Devanagari, Bengali, Thai, fullwidth.
 */
static size_t other_digit(const struct cursor *c, unsigned *ret)
{
    static const struct {
        unsigned char lead[2];
        unsigned char n_lead, zero;
    } scripts[] = { { { 0xd9 }, 1, 0xa0 },       { { 0xdb }, 1, 0xb0 },       { { 0xe0, 0xa5 }, 2, 0xa6 },
                    { { 0xe0, 0xa7 }, 2, 0xa6 }, { { 0xe0, 0xb9 }, 2, 0x90 }, { { 0xef, 0xbc }, 2, 0x90 } };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        size_t n = scripts[i].n_lead;
        if ((size_t)(c->e - c->p) > n && memcmp(c->p, scripts[i].lead, n) == 0 && c->p[n] >= scripts[i].zero
            && c->p[n] <= scripts[i].zero + 9) {
            *ret = c->p[n] - (unsigned)scripts[i].zero;
            return n + 1;
        }
    }
    return 0;
}

unsigned lm_wa_digit(struct lm_str s)
{
    struct cursor c = cursor_of(s);
    unsigned d = s.n != 0 ? (unsigned)*c.p - '0' : 10;
    if (d > 9 && (s.n == 0 || *c.p < 0x80 || other_digit(&c, &d) == 0))
        return 10;
    return d;
}

/* Up to max digits; how many there were. */
static unsigned number(struct cursor *c, unsigned max, unsigned *ret, uint32_t *style)
{
    unsigned n = 0, v = 0;
    while (n < max && c->p < c->e) {
        unsigned d = (unsigned)*c->p - '0';
        size_t k = 1;
        if (d > 9) {
            if (*c->p < 0x80 || (k = other_digit(c, &d)) == 0)
                break;
            *style |= LM_WA_DIGITS;
        }
        v = v * 10 + d;
        c->p += k;
        n++;
    }
    *ret = v;
    return n;
}

static bool at_digit(const struct cursor *c)
{
    unsigned d;
    return c->p < c->e && ((*c->p >= '0' && *c->p <= '9') || (*c->p >= 0x80 && other_digit(c, &d) != 0));
}

/* One of "/", ".", "-", or the year, month and day signs of Chinese, Japanese and Korean. */
static bool separator(struct cursor *c, int place, uint32_t *ret)
{
    static const char *const signs[3][2] = { { "年", "년" }, { "月", "월" }, { "日", "일" } };
    skip_marks(c);
    if (c->p == c->e)
        return false;
    switch (*c->p) {
    case '/':
        *ret = LM_WA_SLASH;
        break;
    case '.':
        *ret = LM_WA_PERIOD;
        break;
    case '-':
        *ret = LM_WA_HYPHEN;
        break;
    default:
        *ret = LM_WA_IDEOGRAPH;
        return take(c, signs[place][0]) || take(c, signs[place][1]);
    }
    c->p++;
    return true;
}

/* Three numbers, or two inside brackets. */
static bool date(struct cursor *c, struct lm_wa_header *h)
{
    uint32_t sep = 0, again = 0;
    unsigned year = 3, v = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (i > 0) {
            struct cursor before = *c;
            if (!separator(c, (int)i - 1, &again) || (i == 2 && again != sep)) {
                if (i != 2 || (h->style & LM_WA_BRACKET) == 0 || sep == LM_WA_IDEOGRAPH)
                    return false;
                *c = before;
                h->style |= LM_WA_NO_YEAR;
                break;
            }
            sep = again;
            if (skip_blank(c))
                h->style |= LM_WA_SPACED;
        }
        h->w[i] = (uint8_t)number(c, 4, &v, &h->style);
        if (h->w[i] == 0 || h->w[i] == 3 || (h->w[i] == 4 && year != 3))
            return false;
        if (h->w[i] == 4)
            year = i;
        h->v[i] = (uint16_t)v;
    }
    if ((h->style & LM_WA_NO_YEAR) == 0 && sep == LM_WA_PERIOD && take(c, "."))
        h->style |= LM_WA_DOT;
    if (sep == LM_WA_IDEOGRAPH && (year != 0 || !separator(c, 2, &again) || again != sep))
        return false;
    if ((h->style & LM_WA_NO_YEAR) != 0 && year != 3)
        return false;
    h->style |= sep | year << 4;
    return true;
}

enum marker { MARKER_NONE, MARKER_AM, MARKER_PM, MARKER_NOON, MARKER_NIGHT };

/* clang-format off */
/* Day periods without dots, spaces and marks; ASCII letters in lower case. "weak" ones could start a name. */
static const struct {
    const char *word;
    enum marker marker;
    bool weak, east_asian;
} markers[] = {
    { "上午", MARKER_AM, false, true },   { "下午", MARKER_PM, false, true },   { "午前", MARKER_AM, false, true },
    { "午後", MARKER_PM, false, true },   { "오전", MARKER_AM, false, true },   { "오후", MARKER_PM, false, true },
    { "凌晨", MARKER_AM, false, true },   { "清晨", MARKER_AM, false, true },   { "早上", MARKER_AM, false, true },
    { "中午", MARKER_NOON, false, true }, { "傍晚", MARKER_PM, false, true },   { "晚上", MARKER_NIGHT, false, true },
    { "ص", MARKER_AM, true, false },      { "م", MARKER_PM, true, false },      { "قظ", MARKER_AM, true, false },
    { "بظ", MARKER_PM, true, false },     { "قبلازظهر", MARKER_AM, false, false },
    { "بعدازظهر", MARKER_PM, false, false }, { "पूर्वाह्न", MARKER_AM, false, false },
    { "अपराह्न", MARKER_PM, false, false }, { "मपू", MARKER_AM, true, false },  { "मउ", MARKER_PM, true, false },
    { "πμ", MARKER_AM, true, false },     { "μμ", MARKER_PM, true, false },     { "ÖÖ", MARKER_AM, true, false },
    { "ÖS", MARKER_PM, true, false },     { "öö", MARKER_AM, true, false },     { "ös", MARKER_PM, true, false },
    { "ก่อนเที่ยง", MARKER_AM, false, false }, { "หลังเที่ยง", MARKER_PM, false, false },
    { "পূর্বাহ্ণ", MARKER_AM, false, false }, { "অপরাহ্ণ", MARKER_PM, false, false },
    { "முற்பகல்", MARKER_AM, false, false }, { "பிற்பகல்", MARKER_PM, false, false },
    { "לפנה״צ", MARKER_AM, false, false }, { "אחה״צ", MARKER_PM, false, false },
    { "дп", MARKER_AM, true, false },     { "пп", MARKER_PM, true, false },     { "ДП", MARKER_AM, true, false },
    { "ПП", MARKER_PM, true, false },     { "am", MARKER_AM, false, false },    { "pm", MARKER_PM, false, false },
    { "fm", MARKER_AM, true, false },     { "em", MARKER_PM, true, false },     { "de", MARKER_AM, true, false },
    { "du", MARKER_PM, true, false },     { "sa", MARKER_AM, true, false },     { "ch", MARKER_PM, true, false },
    { "pg", MARKER_AM, true, false },     { "ptg", MARKER_PM, true, false },
    { "vm", MARKER_AM, true, false },     { "nm", MARKER_PM, true, false },     { "ip", MARKER_PM, true, false },
    { "ap", MARKER_AM, true, false },     { "dop", MARKER_AM, true, false },    { "odp", MARKER_PM, true, false },
    { "pd", MARKER_AM, true, false },     { "md", MARKER_PM, true, false },     { "priešpiet", MARKER_AM, false, false },
    { "popiet", MARKER_PM, true, false },
};

/* clang-format on */

static bool letter(unsigned char b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
}

/* The word at c, with dots, spaces and marks inside it passed over; c stands behind it then. */
static bool spelled(struct cursor *c, const char *word)
{
    struct cursor at = *c;
    bool mark;
    for (const unsigned char *w = (const unsigned char *)word; *w != '\0'; w++) {
        while (w != (const unsigned char *)word && (*w & 0xc0) != 0x80 && at.p < at.e) {
            size_t k = *at.p == '.' ? 1 : lm_wa_blank(rest_of(&at), &mark);
            if (k == 0)
                break;
            at.p += k;
        }
        if (at.p == at.e || (letter(*at.p) ? *at.p | 0x20 : *at.p) != *w)
            return false;
        at.p++;
    }
    (void)take(&at, ".");
    if (at.p < at.e && letter(*at.p))
        return false;
    *c = at;
    return true;
}

/* The day period at c, if any. In front of a time it may touch the digits; behind one it must end in
 * something that is no letter. */
static enum marker day_period(struct cursor *c, bool weak_too, bool behind, uint32_t *style)
{
    bool mark;
    if (c->p == c->e || *c->p < 'A')
        return MARKER_NONE;
    for (size_t i = 0; i < sizeof markers / sizeof markers[0]; i++) {
        struct cursor at = *c;
        if ((markers[i].weak && !weak_too) || !spelled(&at, markers[i].word))
            continue;
        if (behind && at.p < at.e && *at.p >= 0x80 && lm_wa_blank(rest_of(&at), &mark) == 0
            && !take(&(struct cursor){ at.p, at.e }, "–") && !take(&(struct cursor){ at.p, at.e }, "—"))
            continue;
        *c = at;
        *style |= markers[i].east_asian ? LM_WA_EAST_ASIAN : 0;
        return markers[i].marker;
    }
    return MARKER_NONE;
}

static uint8_t hour_24(unsigned hour, enum marker marker)
{
    switch (marker) {
    case MARKER_AM:
        return hour > 12 ? 255 : (uint8_t)(hour == 12 ? 0 : hour);
    case MARKER_PM:
        return (uint8_t)(hour < 12 ? hour + 12 : hour);
    case MARKER_NOON:
        return (uint8_t)(hour < 3 ? hour + 12 : hour);
    case MARKER_NIGHT:
        return (uint8_t)(hour < 12 ? hour + 12 : hour == 12 ? 0 : hour);
    case MARKER_NONE:
        break;
    }
    return (uint8_t)hour;
}

/* hour, minute, perhaps second; the hour as it stands. */
static bool clock_time(struct cursor *c, struct lm_wa_header *h, unsigned *ret_hour)
{
    unsigned v;
    if (number(c, 2, ret_hour, &h->style) == 0)
        return false;
    struct cursor french = *c;
    unsigned char sep = c->p < c->e ? *c->p : 0;
    skip_blank(&french);
    if (sep == ':' || sep == '.') {
        c->p++;
        h->style |= sep == '.' ? 1u << 8 : 0;
    } else if (take(&french, "h")) {
        skip_blank(&french);
        *c = french;
        sep = 'h';
        h->style |= 2u << 8;
    } else {
        return false;
    }
    if (number(c, 2, &v, &h->style) != 2 || at_digit(c))
        return false;
    h->minute = (uint8_t)v;
    struct cursor second = *c;
    if (second.p < second.e && *second.p == sep) {
        second.p++;
        if (number(&second, 2, &v, &h->style) == 2) {
            *c = second;
            h->second = (uint8_t)v;
            h->style |= LM_WA_SECONDS;
        }
    }
    return !at_digit(c);
}

/* Up to two short words before a digit: "klo", "kl.", "às", "a les". Adds their hash to the style. */
static bool connecting_words(struct cursor *c, uint32_t *style)
{
    uint32_t hash = 2166136261u;
    unsigned n_words = 0;
    const unsigned char *begin = c->p;
    while (c->p < c->e && !at_digit(c)) {
        bool mark;
        size_t k = lm_wa_blank(rest_of(c), &mark);
        if (k != 0) {
            n_words++;
            skip_blank(c);
            continue;
        }
        if (c->p - begin > 24 || n_words > 1 || (*c->p < 0x80 && !letter(*c->p) && *c->p != '.'))
            return false;
        hash = (hash ^ *c->p++) * 16777619u;
    }
    bool mark;
    if (c->p == c->e || n_words == 0 || lm_wa_blank((struct lm_str){ (const char *)c->p - 1, 1 }, &mark) == 0)
        return false;
    *style |= (hash ^ hash >> 16) << LM_WA_WORD_SHIFT;
    return true;
}

/* Between the first and the second of date and time. */
static bool between(struct cursor *c, struct lm_wa_header *h, enum marker *marker)
{
    const unsigned char *begin = c->p;
    struct cursor sign = *c;
    skip_blank(&sign);
    if (take(&sign, "г.") || take(&sign, "ч.")) /* Bulgarian: "13.06.18 г., 21:25 ч." */
        *c = sign;
    skip_marks(c);
    if (take(c, ",") || take(c, "،") || take(c, "、"))
        h->style |= LM_WA_COMMA;
    skip_blank(c);
    if (at_digit(c))
        return c->p != begin;
    if (*marker == MARKER_NONE && (h->style & LM_WA_TIME_FIRST) == 0) {
        *marker = day_period(c, true, false, &h->style);
        if (*marker != MARKER_NONE) {
            h->style |= LM_WA_BEFORE;
            skip_blank(c);
            return true;
        }
    }
    return connecting_words(c, &h->style);
}

static void marker_after(struct cursor *c, struct lm_wa_header *h, enum marker *marker, bool weak_too)
{
    struct cursor at = *c;
    skip_blank(&at);
    if (take(&at, "ч.")) {
        *c = at;
        return;
    }
    if (*marker != MARKER_NONE)
        return;
    *marker = day_period(&at, weak_too, true, &h->style);
    if (*marker != MARKER_NONE) {
        h->style |= LM_WA_AFTER;
        *c = at;
    }
}

static bool dash(struct cursor *c)
{
    return take(c, "-") || take(c, "–") || take(c, "—") || take(c, "\xe2\x88\x92") || take(c, "\xe2\x80\x90")
           || take(c, "\xe2\x80\x91");
}

/* What closes a header. Afterwards c stands at the rest. */
static bool tail(struct cursor *c, uint32_t *style)
{
    bool space = skip_blank(c);
    if ((*style & LM_WA_BRACKET) != 0) {
        if (!take(c, "]"))
            return false;
        (void)(take(c, " ") || take(c, "\xc2\xa0"));
        return true;
    }
    if (c->p == c->e)
        return false; /* a date and nothing else */
    uint32_t kind = LM_WA_BARE;
    struct cursor at = *c;
    if (dash(&at))
        kind = LM_WA_DASH;
    else if (take(&at, ":"))
        kind = LM_WA_COLON;
    else if (take(&at, ","))
        kind = LM_WA_COMMA_TAIL;
    if (kind != LM_WA_BARE) {
        bool mark;
        size_t k = lm_wa_blank(rest_of(&at), &mark);
        if ((k == 0 && at.p != at.e) || (kind == LM_WA_DASH && !space))
            return false;
        at.p += mark ? 0 : k; /* a mark belongs to the text: it tells that the app wrote it */
        *c = at;
        space = true;
    }
    *style |= kind;
    return space;
}

/* Everything behind an opening bracket, if any. */
static bool whole(struct cursor *c, struct lm_wa_header *h, bool time_first, bool weak_too)
{
    enum marker marker = MARKER_NONE;
    unsigned hour = 0;
    if (time_first) {
        h->style |= LM_WA_TIME_FIRST;
        if (!clock_time(c, h, &hour))
            return false;
        marker_after(c, h, &marker, weak_too);
        if (!between(c, h, &marker) || !date(c, h) || at_digit(c))
            return false;
    } else {
        if (!date(c, h) || !between(c, h, &marker) || !clock_time(c, h, &hour))
            return false;
        marker_after(c, h, &marker, weak_too);
    }
    h->hour = hour_24(hour, marker);
    h->period = (uint8_t)marker;
    return tail(c, &h->style);
}

bool lm_wa_header_parse(struct lm_str line, struct lm_wa_header *ret)
{
    struct cursor c = cursor_of(line);
    if (line.n < 10)
        return false;
    if (*c.p >= 0x80)
        skip_marks(&c);
    uint32_t style = 0;
    if (c.p < c.e && *c.p == '[') {
        style = LM_WA_BRACKET;
        c.p++;
        skip_blank(&c);
    }
    if (!at_digit(&c))
        return false;
    for (int attempt = 0; attempt < 3; attempt++) {
        /* Date first; date first with no weak day period (it was the start of a name); time first. */
        struct cursor at = c;
        struct lm_wa_header h = { .style = style };
        if (!whole(&at, &h, attempt == 2, attempt != 1))
            continue;
        if (attempt == 0 && (h.style & LM_WA_TAIL) == LM_WA_BARE && (h.style & LM_WA_AFTER) != 0)
            continue;
        h.rest = (size_t)(at.p - (const unsigned char *)line.p);
        *ret = h;
        return true;
    }
    return false;
}

/* --- many lines of one style --- */

/* Takes the header apart into runs of digits and the bytes between them. */
static bool shape_learn(struct lm_wa_shape *s, struct lm_str line, const struct lm_wa_header *h)
{
    unsigned n_runs = 5 + ((h->style & LM_WA_SECONDS) != 0), run = 0;
    unsigned first_date = (h->style & LM_WA_TIME_FIRST) != 0 ? n_runs - 3 : 0;
    unsigned first_time = (h->style & LM_WA_TIME_FIRST) != 0 ? 0 : 3;
    size_t n = 0, i = 0;
    *s = (struct lm_wa_shape){ .h = *h, .n_runs = (uint8_t)n_runs };
    while (i < h->rest) {
        if (line.p[i] >= '0' && line.p[i] <= '9') {
            size_t from = i;
            while (i < h->rest && line.p[i] >= '0' && line.p[i] <= '9')
                i++;
            if (run == n_runs || i - from > 4)
                return false;
            bool fixed = i - from == 4 || (run > first_time && (first_date == 0 || run < first_date));
            s->run_max[run] = i - from == 4 ? 4 : 2;
            s->run_min[run] = fixed ? s->run_max[run] : 1;
            s->run_at[run] = (uint8_t)from;
            s->run_n[run] = (uint8_t)(i - from);
            run++;
            continue;
        }
        if (n == LM_WA_SHAPE_BYTES)
            return false;
        s->literal[n++] = line.p[i++];
        s->literal_n[run]++;
    }
    if (h->rest > LM_WA_SHAPE_BYTES)
        return false;
    char want[LM_WA_SHAPE_BYTES] = { 0 };
    unsigned char mask[LM_WA_SHAPE_BYTES] = { 0 };
    for (i = 0; i < h->rest; i++) {
        bool digit = line.p[i] >= '0' && line.p[i] <= '9';
        want[i] = digit ? '0' : line.p[i];
        mask[i] = digit ? 0xf0 : 0xff;
    }
    memcpy(s->want, want, sizeof want);
    memcpy(s->mask, mask, sizeof mask);
    /* The last literal must end in the one space that the scanner takes from the text. */
    return run == n_runs && s->literal_n[run] != 0 && s->literal[n - 1] == ' ';
}

static inline bool run_value(const char *p, unsigned n, unsigned *ret)
{
    unsigned a = (unsigned)(p[0] - '0'), b;
    if (n == 1) {
        *ret = a;
        return a <= 9;
    }
    b = (unsigned)(p[1] - '0');
    if (n == 4) {
        unsigned c = (unsigned)(p[2] - '0'), d = (unsigned)(p[3] - '0');
        *ret = a * 1000 + b * 100 + c * 10 + d;
        return a <= 9 && b <= 9 && c <= 9 && d <= 9;
    }
    *ret = a * 10 + b;
    return a <= 9 && b <= 9;
}

/* Which run is the first of the date, and which is the hour. */
static inline void shape_places(const struct lm_wa_shape *s, unsigned *ret_date, unsigned *ret_clock)
{
    bool time_first = (s->h.style & LM_WA_TIME_FIRST) != 0;
    *ret_date = time_first ? s->n_runs - 3u : 0;
    *ret_clock = time_first ? 0 : 3;
}

/* The same widths as the header that was learnt: eight bytes at a time. */
static bool shape_same(const struct lm_wa_shape *s, struct lm_str line, struct lm_wa_header *ret)
{
    size_t words = (s->h.rest + 7) / 8;
    unsigned date, clock, v, minute, second = 0;
    if (line.n < words * 8)
        return false;
    for (size_t i = 0; i < words; i++) {
        uint64_t w;
        memcpy(&w, line.p + i * 8, sizeof w);
        if (((w ^ s->want[i]) & s->mask[i]) != 0)
            return false;
    }
    shape_places(s, &date, &clock);
    for (unsigned i = 0; i < 3; i++) {
        if (!run_value(line.p + s->run_at[date + i], s->run_n[date + i], &v))
            return false;
        ret->v[i] = (uint16_t)v;
        ret->w[i] = s->run_n[date + i];
    }
    if (!run_value(line.p + s->run_at[clock], s->run_n[clock], &v)
        || !run_value(line.p + s->run_at[clock + 1], 2, &minute)
        || ((s->h.style & LM_WA_SECONDS) != 0 && !run_value(line.p + s->run_at[clock + 2], 2, &second)))
        return false;
    ret->style = s->h.style;
    ret->hour = hour_24(v, (enum marker)s->h.period);
    ret->minute = (uint8_t)minute;
    ret->second = (uint8_t)second;
    ret->period = s->h.period;
    ret->rest = s->h.rest;
    return true;
}

/* The same bytes around the digits; a number that had one or two digits may have either. */
static bool shape_fits(const struct lm_wa_shape *s, struct lm_str line, struct lm_wa_header *ret)
{
    unsigned values[6];
    uint8_t widths[6];
    const char *p = line.p, *e = line.p + line.n, *literal = s->literal;
    for (unsigned run = 0; run <= s->n_runs; run++) {
        size_t n = s->literal_n[run];
        if ((size_t)(e - p) < n)
            return false;
        for (size_t i = 0; i < n; i++)
            if (p[i] != literal[i])
                return false;
        p += n;
        literal += n;
        if (run == s->n_runs)
            break;
        unsigned v = 0, k = 0;
        while (k < s->run_max[run] && p < e && (unsigned char)(*p - '0') < 10) {
            v = v * 10 + (unsigned)(*p++ - '0');
            k++;
        }
        if (k < s->run_min[run])
            return false;
        values[run] = v;
        widths[run] = (uint8_t)k;
    }
    unsigned date, clock;
    shape_places(s, &date, &clock);
    struct lm_wa_header h = { .style = s->h.style, .period = s->h.period, .rest = (size_t)(p - line.p) };
    for (unsigned i = 0; i < 3; i++) {
        h.v[i] = (uint16_t)values[date + i];
        h.w[i] = widths[date + i];
    }
    h.hour = hour_24(values[clock], (enum marker)s->h.period);
    h.minute = (uint8_t)values[clock + 1];
    h.second = (s->h.style & LM_WA_SECONDS) != 0 ? (uint8_t)values[clock + 2] : 0;
    *ret = h;
    return true;
}

bool lm_wa_header_next(struct lm_wa_shapes *shapes, struct lm_str line, struct lm_wa_header *ret)
{
    if (line.n < 10
        || ((unsigned char)line.p[0] < 0x80 && line.p[0] != '[' && (unsigned char)(line.p[0] - '0') > 9))
        return false;
    for (unsigned i = 0; i < shapes->n; i++)
        if (shape_same(&shapes->shapes[i], line, ret))
            return true;
    for (unsigned i = 0; i < shapes->n; i++)
        if (shape_fits(&shapes->shapes[i], line, ret))
            return true;
    if (!lm_wa_header_parse(line, ret))
        return false;
    const uint32_t never = LM_WA_DIGITS | LM_WA_NO_YEAR;
    struct lm_wa_shape learnt;
    if (ret->style == shapes->style && (ret->style & never) == 0 && (ret->style & LM_WA_TAIL) != LM_WA_BARE
        && shape_learn(&learnt, line, ret)) {
        shapes->shapes[shapes->next] = learnt;
        shapes->next = (shapes->next + 1) % LM_WA_SHAPES;
        shapes->n += shapes->n < LM_WA_SHAPES;
    }
    return true;
}

#define AUTHOR_MAX 300 /* bytes; longer than any name that the app lets people choose */

bool lm_wa_author_split(struct lm_str rest, struct lm_str *ret_author, size_t *ret_body)
{
    bool mark;
    const char *p = rest.p, *e = rest.p + (rest.n < AUTHOR_MAX ? rest.n : AUTHOR_MAX);
    while (p < e && (p = memchr(p, ':', (size_t)(e - p))) != NULL) {
        struct lm_str after = lm_str_skip(rest, (size_t)(p + 1 - rest.p));
        size_t k = lm_wa_blank(after, &mark);
        if (k == 0 && after.n != 0) {
            p++;
            continue;
        }
        struct lm_str author = lm_wa_trim((struct lm_str){ rest.p, (size_t)(p - rest.p) });
        if (author.n == 0)
            return false;
        *ret_author = author;
        *ret_body = (size_t)(after.p - rest.p) + (mark ? 0 : k);
        return true;
    }
    return false;
}
