#include "readers/shared/snapchat.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool figures(const char *p, size_t n, int32_t *ret)
{
    int32_t v = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(p[i]))
            return false;
        v = v * 10 + (p[i] - '0');
    }
    *ret = v;
    return true;
}

/* "12:00:00" and a fraction behind it, from *s, which is moved. */
static bool clock_time(struct lm_str *s, struct lm_civil *c)
{
    const char *p = s->p;
    if (s->n < 8 || p[2] != ':' || p[5] != ':' || !figures(p, 2, &c->hour) || !figures(p + 3, 2, &c->minute)
        || !figures(p + 6, 2, &c->second))
        return false;
    *s = lm_str_skip(*s, 8);
    if (s->n > 1 && s->p[0] == '.' && is_digit(s->p[1])) {
        int32_t scale = 100000;
        for (*s = lm_str_skip(*s, 1); s->n != 0 && is_digit(s->p[0]); *s = lm_str_skip(*s, 1), scale /= 10)
            c->microsecond += (s->p[0] - '0') * scale;
    }
    return true;
}

static bool month(const char *p, int32_t *ret)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int32_t m = 0; m < 12; m++) {
        if (memcmp(p, names + (size_t)m * 3, 3) == 0) {
            *ret = m + 1;
            return true;
        }
    }
    return false;
}

/* "UTC", "PDT" … or nothing; -1 for another word. */
static int zone(struct lm_str w, int32_t *ret_offset_s)
{
    *ret_offset_s = 0;
    if (w.n == 0)
        return LM_TIME_LOCAL;
    if (lm_str_eq(w, LM_STR("UTC")) || lm_str_eq(w, LM_STR("GMT")) || lm_str_eq(w, LM_STR("Z")))
        return LM_TIME_UTC;
    if (lm_str_eq(w, LM_STR("PST")) || lm_str_eq(w, LM_STR("PDT"))) {
        *ret_offset_s = w.p[1] == 'S' ? -8 * 3600 : -7 * 3600;
        return LM_TIME_ZONE;
    }
    return -1;
}

static struct lm_str word(struct lm_str *s)
{
    size_t n = 0;
    *s = lm_str_trim(*s);
    while (n < s->n && s->p[n] != ' ')
        n++;
    struct lm_str w = lm_str_take(*s, n);
    *s = lm_str_trim(lm_str_skip(*s, n));
    return w;
}

/* "19" or "9". */
static bool day_word(struct lm_str w, int32_t *ret)
{
    return w.n >= 1 && w.n <= 2 && figures(w.p, w.n, ret);
}

static bool year_word(struct lm_str w, int32_t *ret)
{
    return w.n == 4 && figures(w.p, 4, ret);
}

/* "Wed Aug 19 12:00:00 UTC 2021", "Apr 06 2026 03:48:31 UTC" */
static bool in_words(struct lm_str s, struct lm_civil *c, struct lm_str *ret_zone)
{
    struct lm_str w = word(&s), m = w;
    int32_t ignored;
    if (w.n == 3 && !month(w.p, &ignored))
        m = word(&s); /* the day of the week */
    if (m.n != 3 || !month(m.p, &c->month) || !day_word(word(&s), &c->day))
        return false;
    bool weekday = m.p != w.p;
    if (!weekday && !year_word(word(&s), &c->year))
        return false;
    if (!clock_time(&s, c) || (s.n != 0 && s.p[0] != ' '))
        return false;
    *ret_zone = word(&s);
    if (!weekday)
        return s.n == 0;
    if (s.n == 0) { /* no zone: that word is the year */
        s = *ret_zone;
        *ret_zone = (struct lm_str){ NULL, 0 };
    }
    return year_word(s, &c->year);
}

bool lm_snapchat_when(struct lm_str s, struct lm_when *ret)
{
    struct lm_civil c = { 0 };
    struct lm_str z = { NULL, 0 };
    int64_t us;
    int32_t offset_s;
    s = lm_str_trim(s);
    if (s.n >= 19 && s.p[4] == '-' && s.p[7] == '-' && (s.p[10] == ' ' || s.p[10] == 'T')) {
        struct lm_str rest = lm_str_skip(s, 11);
        if (!figures(s.p, 4, &c.year) || !figures(s.p + 5, 2, &c.month) || !figures(s.p + 8, 2, &c.day)
            || !clock_time(&rest, &c))
            return false;
        z = lm_str_trim(rest);
    } else if (!in_words(s, &c, &z)) {
        return false;
    }
    int quality = zone(z, &offset_s);
    if (quality < 0 || !lm_civil_to_us(&c, &us))
        return false;
    *ret = (struct lm_when){ .us = us - offset_s * LM_SECOND_US, .offset_s = offset_s,
                             .quality = (enum lm_time_quality)quality };
    return true;
}

struct lm_account_ref lm_snapchat_account(struct lm_str username, struct lm_str user_id)
{
    struct lm_str native = username.n != 0 ? username : user_id;
    return (struct lm_account_ref){ .platform = LM_PLATFORM_SNAPCHAT,
                                    .form = native.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE,
                                    .native = native };
}

/* --- entities --- */

/* The character that the entity at the start of s (an '&') stands for; its length, 0 when it is none. */
static size_t entity(struct lm_str s, uint32_t *ret_cp)
{
    static const struct {
        const char *name;
        uint32_t cp;
    } names[] = { { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' }, { "quot;", '"' }, { "apos;", '\'' }, { "nbsp;", 0xa0 } };
    struct lm_str rest = lm_str_skip(s, 1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (lm_str_starts(rest, lm_str(names[i].name))) {
            *ret_cp = names[i].cp;
            return 1 + strlen(names[i].name);
        }
    }
    if (rest.n < 3 || rest.p[0] != '#')
        return 0;
    bool hex = rest.p[1] == 'x' || rest.p[1] == 'X';
    uint32_t cp = 0;
    size_t i = hex ? 2 : 1, from = i;
    for (; i < rest.n && i < from + 8 && rest.p[i] != ';'; i++) {
        char c = rest.p[i];
        uint32_t d = is_digit(c) ? (uint32_t)(c - '0') : hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) : hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10) : 99;
        if (d == 99)
            return 0;
        cp = cp * (hex ? 16 : 10) + d;
    }
    if (i == from || i >= rest.n || rest.p[i] != ';' || cp == 0)
        return 0;
    *ret_cp = cp;
    return i + 2;
}

lm_err lm_snapchat_entities(struct lm_arena *a, struct lm_str s, struct lm_str *ret)
{
    if (s.n == 0 || memchr(s.p, '&', s.n) == NULL) {
        *ret = s;
        return LM_OK;
    }
    char *out = lm_arena_alloc(a, s.n); /* an entity is never shorter than its character */
    size_t n = 0;
    if (out == NULL)
        return LM_ENOMEM;
    while (s.n != 0) {
        uint32_t cp = 0;
        char utf8[4];
        size_t k = s.p[0] == '&' ? entity(s, &cp) : 0, w = k != 0 ? lm_utf8_encode(cp, utf8) : 0;
        if (w != 0 && w <= k) {
            memcpy(out + n, utf8, w);
            n += w;
            s = lm_str_skip(s, k);
        } else {
            out[n++] = s.p[0];
            s = lm_str_skip(s, 1);
        }
    }
    *ret = (struct lm_str){ out, n };
    return LM_OK;
}
