#include "model/when.h"

#include <stdio.h>

static bool leap(int32_t y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

/* Days since 1970-01-01, counting in 400-year eras that start on 1 March. */
static int64_t days_from(int32_t y, int32_t m, int32_t d)
{
    y -= m <= 2;
    int32_t era = (y >= 0 ? y : y - 399) / 400;
    int32_t year_of_era = y - era * 400;
    int32_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

bool lm_day_from_civil(int32_t year, int32_t month, int32_t day, int32_t *ret)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1
        || day > lengths[month - 1] + (month == 2 && leap(year)))
        return false;
    *ret = (int32_t)days_from(year, month, day);
    return true;
}

bool lm_civil_to_us(const struct lm_civil *c, int64_t *ret)
{
    int32_t day;
    if (!lm_day_from_civil(c->year, c->month, c->day, &day) || c->hour < 0 || c->hour > 23 || c->minute < 0
        || c->minute > 59 || c->second < 0 || c->second > 59 || c->microsecond < 0 || c->microsecond > 999999)
        return false;
    *ret = ((int64_t)day * 86400 + c->hour * 3600 + c->minute * 60 + c->second) * LM_SECOND_US + c->microsecond;
    return true;
}

void lm_civil_from_us(int64_t us, struct lm_civil *ret)
{
    int64_t day = us / LM_DAY_US - (us % LM_DAY_US < 0);
    int64_t rest = us - day * LM_DAY_US;
    int64_t z = day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t mp = (5 * day_of_year + 2) / 153;
    int32_t month = (int32_t)(mp < 10 ? mp + 3 : mp - 9);
    *ret = (struct lm_civil){
        .year = (int32_t)(year_of_era + era * 400 + (month <= 2)),
        .month = month,
        .day = (int32_t)(day_of_year - (153 * mp + 2) / 5 + 1),
        .hour = (int32_t)(rest / (3600 * LM_SECOND_US)),
        .minute = (int32_t)(rest / (60 * LM_SECOND_US) % 60),
        .second = (int32_t)(rest / LM_SECOND_US % 60),
        .microsecond = (int32_t)(rest % LM_SECOND_US),
    };
}

/* Exactly n digits from the front of *s. */
static bool digits(struct lm_str *s, size_t n, int32_t *ret)
{
    int32_t v = 0;
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        v = v * 10 + (s->p[i] - '0');
    }
    *s = lm_str_skip(*s, n);
    *ret = v;
    return true;
}

static bool one_of(struct lm_str *s, const char *accepted)
{
    if (s->n == 0 || s->p[0] == '\0' || strchr(accepted, s->p[0]) == NULL)
        return false;
    *s = lm_str_skip(*s, 1);
    return true;
}

static bool date(struct lm_str *s, struct lm_civil *c)
{
    return digits(s, 4, &c->year) && one_of(s, "-/") && digits(s, 2, &c->month) && one_of(s, "-/")
           && digits(s, 2, &c->day);
}

bool lm_day_parse(struct lm_str s, int32_t *ret)
{
    struct lm_civil c = { 0 };
    int32_t day;
    if (!date(&s, &c) || s.n != 0 || !lm_day_from_civil(c.year, c.month, c.day, &day))
        return false;
    *ret = day;
    return true;
}

static void fraction(struct lm_str *s, struct lm_civil *c)
{
    if (s->n < 2 || (s->p[0] != '.' && s->p[0] != ',') || s->p[1] < '0' || s->p[1] > '9')
        return;
    *s = lm_str_skip(*s, 1);
    int32_t unit = 100000;
    for (int i = 0; i < 9 && s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9'; i++) {
        c->microsecond += (s->p[0] - '0') * unit;
        unit /= 10;
        *s = lm_str_skip(*s, 1);
    }
}

bool lm_when_parse_iso(struct lm_str s, struct lm_when *ret)
{
    struct lm_civil c = { 0 };
    struct lm_when w = { .quality = LM_TIME_LOCAL };
    if (!date(&s, &c) || !one_of(&s, "T t") || !digits(&s, 2, &c.hour) || !one_of(&s, ":")
        || !digits(&s, 2, &c.minute))
        return false;
    if (s.n > 0 && s.p[0] == ':') {
        s = lm_str_skip(s, 1);
        if (!digits(&s, 2, &c.second))
            return false;
        fraction(&s, &c);
    }
    if (!lm_civil_to_us(&c, &w.us))
        return false;
    if (lm_str_eq(s, LM_STR("Z")) || lm_str_eq(s, LM_STR("z")) || lm_str_eq(s, LM_STR(" UTC"))) {
        w.quality = LM_TIME_UTC;
    } else if (s.n != 0) {
        int32_t hours, minutes, sign = s.p[0] == '-' ? -1 : 1;
        if (!one_of(&s, "+-") || !digits(&s, 2, &hours))
            return false;
        (void)one_of(&s, ":");
        if (!digits(&s, 2, &minutes) || s.n != 0 || hours > 14 || minutes > 59)
            return false;
        w.quality = LM_TIME_ZONE;
        w.offset_s = sign * (hours * 3600 + minutes * 60);
        w.us -= w.offset_s * LM_SECOND_US;
    }
    *ret = w;
    return true;
}

void lm_when_interval(const struct lm_when *w, int64_t *ret_first_us, int64_t *ret_last_us)
{
    bool local = w->quality == LM_TIME_LOCAL;
    *ret_first_us = w->us - (local ? 14 * 3600 * LM_SECOND_US : 0);
    *ret_last_us = w->us + (local ? 12 * 3600 * LM_SECOND_US : 0);
}

const char *lm_when_format(const struct lm_when *w, char out[LM_WHEN_TEXT])
{
    if (w->quality == LM_TIME_NONE) {
        out[0] = '\0';
        return out;
    }
    struct lm_civil c;
    int32_t offset = w->quality == LM_TIME_ZONE ? w->offset_s : 0;
    lm_civil_from_us(w->us + offset * LM_SECOND_US, &c);
    int n = snprintf(out, LM_WHEN_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", c.year % 10000, c.month, c.day, c.hour,
                     c.minute, c.second);
    if (c.microsecond != 0)
        n += snprintf(out + n, LM_WHEN_TEXT - (size_t)n, ".%06d", c.microsecond);
    if (w->quality == LM_TIME_UTC) {
        (void)snprintf(out + n, LM_WHEN_TEXT - (size_t)n, "Z");
    } else if (w->quality == LM_TIME_ZONE) {
        int32_t o = offset < 0 ? -offset : offset;
        (void)snprintf(out + n, LM_WHEN_TEXT - (size_t)n, "%c%02d:%02d", offset < 0 ? '-' : '+', o / 3600 % 100,
                       o / 60 % 60);
    }
    return out;
}

const char *lm_day_format(int32_t day, char out[LM_WHEN_TEXT])
{
    struct lm_when w = { .us = (int64_t)day * LM_DAY_US, .quality = LM_TIME_LOCAL };
    if (day == LM_DAY_NONE)
        w.quality = LM_TIME_NONE;
    (void)lm_when_format(&w, out);
    out[day == LM_DAY_NONE ? 0 : 10] = '\0';
    return out;
}
