#include "model/zone.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/os.h"

#define MAX_FILE_BYTES ((uint64_t)1 << 20)
#define MAX_NAME_BYTES 64
#define HEADER_BYTES 44
#define DAY_S 86400

/* --- the file --- */

static uint32_t be32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static int64_t be64(const char *p)
{
    return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

struct header {
    char version;
    uint32_t isut, isstd, leap, time, type, chars;
};

static bool header(struct lm_str s, struct header *ret)
{
    if (s.n < HEADER_BYTES || memcmp(s.p, "TZif", 4) != 0)
        return false;
    *ret = (struct header){ s.p[4], be32(s.p + 20), be32(s.p + 24), be32(s.p + 28), be32(s.p + 32), be32(s.p + 36), be32(s.p + 40) };
    return ret->isut < 100000 && ret->isstd < 100000 && ret->leap < 100000 && ret->time < 100000 && ret->type >= 1
           && ret->type <= 256 && ret->chars < 100000;
}

/* RFC 8536, section 3.2; time_bytes is 4 in the first block and 8 in the second. */
static size_t block_bytes(const struct header *h, size_t time_bytes)
{
    return h->time * time_bytes + h->time + h->type * 6u + h->chars + h->leap * (time_bytes + 4) + h->isstd + h->isut;
}

static lm_err damaged(struct lm_error *e, const char *what)
{
    return lm_fail(e, LM_EINPUT, "the time zone file is damaged: %s", what);
}

static lm_err parse_block(struct lm_arena *a, struct lm_str s, const struct header *h, struct lm_zone *z, struct lm_error *e)
{
    int64_t *transitions = lm_arena_array(a, h->time, sizeof *transitions);
    int32_t *offsets = lm_arena_array(a, h->time, sizeof *offsets);
    const char *times = s.p, *indices = s.p + h->time * 8u, *types = indices + h->time;
    if (transitions == NULL || offsets == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < h->type; i++) {
        int32_t offset = (int32_t)be32(types + i * 6u);
        if (offset < -DAY_S || offset > DAY_S)
            return damaged(e, "an offset of more than a day");
    }
    for (uint32_t i = 0; i < h->time; i++) {
        unsigned type = (unsigned char)indices[i];
        transitions[i] = be64(times + i * 8u);
        if (type >= h->type || (i > 0 && transitions[i] <= transitions[i - 1]))
            return damaged(e, "transitions out of order");
        offsets[i] = (int32_t)be32(types + type * 6u);
    }
    z->transitions = transitions;
    z->offsets = offsets;
    z->n = h->time;
    z->first_offset_s = (int32_t)be32(types);
    return LM_OK;
}

/* --- the footer: POSIX.1 TZ string with the RFC's wider hours --- */

static bool number(struct lm_str *s, int32_t max, int32_t *ret)
{
    int32_t v = 0;
    size_t k = 0;
    for (; k < s->n && s->p[k] >= '0' && s->p[k] <= '9'; k++) {
        v = v * 10 + (s->p[k] - '0');
        if (v > max)
            return false;
    }
    *s = lm_str_skip(*s, k);
    *ret = v;
    return k > 0;
}

static bool literal(struct lm_str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = lm_str_skip(*s, 1);
    return true;
}

/* [+-]hh[:mm[:ss]] */
static bool clock_time(struct lm_str *s, int32_t *ret)
{
    int32_t h, m = 0, sec = 0;
    bool minus = literal(s, '-');
    if (!minus)
        (void)literal(s, '+');
    if (!number(s, 167, &h))
        return false;
    if (literal(s, ':') && (!number(s, 59, &m) || (literal(s, ':') && !number(s, 59, &sec))))
        return false;
    *ret = (h * 3600 + m * 60 + sec) * (minus ? -1 : 1);
    return true;
}

static bool zone_word(struct lm_str *s)
{
    bool quoted = literal(s, '<');
    size_t k = 0;
    while (k < s->n && (quoted ? s->p[k] != '>' : (s->p[k] >= 'A' && s->p[k] <= 'Z') || (s->p[k] >= 'a' && s->p[k] <= 'z')))
        k++;
    *s = lm_str_skip(*s, k);
    return k > 0 && (!quoted || literal(s, '>'));
}

static bool rule_day(struct lm_str *s, struct lm_zone_rule_day *ret)
{
    struct lm_zone_rule_day d = { .form = 'N', .time_s = 7200 };
    bool ok;
    if (literal(s, 'M')) {
        d.form = 'M';
        ok = number(s, 12, &d.month) && d.month >= 1 && literal(s, '.') && number(s, 5, &d.week) && d.week >= 1
             && literal(s, '.') && number(s, 6, &d.day);
    } else if (literal(s, 'J')) {
        d.form = 'J';
        ok = number(s, 365, &d.day) && d.day >= 1;
    } else {
        ok = number(s, 365, &d.day);
    }
    if (ok && literal(s, '/'))
        ok = clock_time(s, &d.time_s);
    *ret = d;
    return ok;
}

static bool footer(struct lm_str s, struct lm_zone *z)
{
    int32_t west;
    if (s.n == 0)
        return true;
    if (!zone_word(&s) || !clock_time(&s, &west) || west < -DAY_S || west > DAY_S)
        return false;
    z->has_footer = true;
    z->std_s = -west;
    z->dst_s = z->std_s;
    if (s.n == 0)
        return true;
    if (!zone_word(&s))
        return false;
    z->has_dst = true;
    z->dst_s = z->std_s + 3600;
    if (s.n > 0 && s.p[0] != ',') {
        if (!clock_time(&s, &west) || west < -DAY_S || west > DAY_S)
            return false;
        z->dst_s = -west;
    }
    return literal(&s, ',') && rule_day(&s, &z->dst_start) && literal(&s, ',') && rule_day(&s, &z->dst_end) && s.n == 0;
}

lm_err lm_zone_parse(struct lm_arena *a, struct lm_str tzif, struct lm_zone *ret, struct lm_error *e)
{
    struct header first, second;
    struct lm_zone z = { 0 };
    if (!header(tzif, &first) || first.version < '2')
        return damaged(e, "not TZif version 2 or later");
    struct lm_str rest = lm_str_skip(tzif, HEADER_BYTES);
    if (rest.n < block_bytes(&first, 4))
        return damaged(e, "cut short");
    rest = lm_str_skip(rest, block_bytes(&first, 4));
    if (!header(rest, &second) || rest.n - HEADER_BYTES < block_bytes(&second, 8))
        return damaged(e, "cut short");
    if (second.leap != 0)
        return damaged(e, "it counts leap seconds");
    rest = lm_str_skip(rest, HEADER_BYTES);
    lm_err err = parse_block(a, rest, &second, &z, e);
    if (err != LM_OK)
        return err;
    rest = lm_str_skip(rest, block_bytes(&second, 8));
    if (rest.n < 2 || rest.p[0] != '\n' || rest.p[rest.n - 1] != '\n'
        || !footer((struct lm_str){ rest.p + 1, rest.n - 2 }, &z))
        return damaged(e, "no footer");
    *ret = z;
    return LM_OK;
}

/* Letters, digits and "+-_", components parted by single '/': no "..", no dot at all. */
static bool name_holds(struct lm_str name)
{
    char before = '/';
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '_';
        if (!word && !(c == '/' && before != '/'))
            return false;
        before = c;
    }
    return name.n > 0 && name.n <= MAX_NAME_BYTES && before != '/';
}

lm_err lm_zone_load(struct lm_arena *a, struct lm_str name, struct lm_zone *ret, struct lm_error *e)
{
    char path[128];
    uint64_t bytes = 0;
    struct lm_str mapped;
    if (!name_holds(name) || lm_str_eq(name, LM_STR("localtime")) || lm_str_starts(name, LM_STR("right/"))) {
        (void)lm_fail(e, LM_EUSAGE, "%.*s is not the name of a time zone", LM_STR_ARG(name));
        lm_fail_hint(e, "names are those of the tz database: America/Denver");
        return LM_EUSAGE;
    }
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s", LM_STR_ARG(name));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        (void)lm_fail(e, LM_ENOTFOUND, "this system knows no time zone %.*s", LM_STR_ARG(name));
        lm_fail_hint(e, "names are those of the tz database: America/Denver; the package is tzdata");
        return LM_ENOTFOUND;
    }
    lm_err err = lm_os_size(fd, &bytes);
    if (err != LM_OK || bytes > MAX_FILE_BYTES || lm_os_map(fd, bytes, &mapped) != LM_OK) {
        (void)close(fd);
        return damaged(e, "it cannot be read");
    }
    (void)close(fd);
    struct lm_zone z;
    err = lm_zone_parse(a, mapped, &z, e);
    lm_os_unmap(mapped);
    if (err != LM_OK)
        return err;
    z.name = lm_arena_copy(a, name);
    if (z.name.p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *ret = z;
    return LM_OK;
}

/* --- moments --- */

static int32_t day_of(int32_t year, int32_t month, int32_t day)
{
    int32_t r = 0;
    (void)lm_day_from_civil(year, month, day, &r);
    return r;
}

static bool leap_year(int32_t y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

/* Wall clock seconds (in the offset then left) at which a rule strikes in a year. */
static int64_t strikes(const struct lm_zone_rule_day *d, int32_t year)
{
    int64_t day;
    if (d->form == 'M') {
        int32_t first = day_of(year, d->month, 1);
        int32_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        int32_t next = d->month == 12 ? day_of(year, 12, 31) + 1 : day_of(year, d->month + 1, 1);
        day = first + (d->day - weekday + 7) % 7 + (d->week - 1) * 7;
        while (day >= next)
            day -= 7;
    } else if (d->form == 'J') {
        day = day_of(year, 1, 1) + d->day - 1 + (leap_year(year) && d->day >= 60);
    } else {
        day = day_of(year, 1, 1) + d->day;
    }
    return day * DAY_S + d->time_s;
}

static int32_t year_of(int64_t utc_s)
{
    struct lm_civil c;
    lm_civil_from_us(utc_s * LM_SECOND_US, &c);
    return c.year;
}

static int32_t footer_offset(const struct lm_zone *z, int64_t utc_s)
{
    if (!z->has_dst)
        return z->std_s;
    int32_t year = year_of(utc_s + z->std_s);
    if (year < 1 || year > 9999)
        return z->std_s;
    int64_t start = strikes(&z->dst_start, year) - z->std_s, end = strikes(&z->dst_end, year) - z->dst_s;
    bool dst = start < end ? utc_s >= start && utc_s < end : utc_s >= start || utc_s < end;
    return dst ? z->dst_s : z->std_s;
}

int32_t lm_zone_offset(const struct lm_zone *z, int64_t utc_s)
{
    if (z->n == 0)
        return z->has_footer ? footer_offset(z, utc_s) : z->first_offset_s;
    if (utc_s < z->transitions[0])
        return z->first_offset_s;
    if (utc_s >= z->transitions[z->n - 1] && z->has_footer)
        return footer_offset(z, utc_s);
    size_t low = 0, high = z->n; /* transitions[low] <= utc_s < transitions[high] */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (z->transitions[middle] <= utc_s)
            low = middle;
        else
            high = middle;
    }
    return z->offsets[low];
}

/* No offset is beyond 26 hours, so the true moment lies within the span, and the offsets at both of its ends and in its
 * middle are the candidates: two changes inside it would have to come and go within two days. A
 * candidate holds when it leads to a moment at which it is in effect. */
enum lm_zone_hit lm_zone_apply(const struct lm_zone *z, struct lm_when *w)
{
    const int64_t span_s = 26 * 3600;
    if (w->quality != LM_TIME_LOCAL)
        return LM_ZONE_ONCE;
    int64_t local = w->us / LM_SECOND_US - (w->us % LM_SECOND_US < 0);
    int32_t candidates[3] = { lm_zone_offset(z, local - span_s), 0, lm_zone_offset(z, local + span_s) };
    candidates[1] = lm_zone_offset(z, local - candidates[0]);
    int64_t found[3];
    int32_t offset = candidates[0];
    size_t n = 0;
    for (size_t i = 0; i < 3; i++) {
        int64_t utc = local - candidates[i];
        bool again = (n > 0 && found[0] == utc) || (n > 1 && found[1] == utc);
        if (!again && lm_zone_offset(z, utc) == candidates[i])
            found[n++] = utc;
    }
    int64_t utc = local - offset;
    if (n > 0) {
        utc = found[0];
        for (size_t i = 1; i < n; i++)
            utc = found[i] < utc ? found[i] : utc;
    }
    w->offset_s = (int32_t)(local - utc);
    w->us -= (int64_t)w->offset_s * LM_SECOND_US;
    w->quality = LM_TIME_ZONE;
    return n == 0 ? LM_ZONE_NEVER : n == 1 ? LM_ZONE_ONCE : LM_ZONE_TWICE;
}
