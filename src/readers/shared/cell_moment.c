/* Moments and durations: see cell.h. */
#include "readers/shared/cell.h"

#define ROOM 80
#define SERIAL_MIN 20000 /* 1954 … 2119: a day number, and not a year, a time or an amount */
#define SERIAL_MAX 80000
#define SERIAL_EPOCH_DAY (-25569) /* 1899-12-30 */

struct scan {
    char text[ROOM]; /* ASCII, every kind of blank as ' ' */
    size_t n, i;
};

/* False: longer than a moment is, or not ASCII. */
static bool scan_init(struct scan *s, struct lm_str in)
{
    s->n = s->i = 0; /* text is read up to n */
    in = lm_str_trim(in);
    while (s->n < in.n && s->n < ROOM && in.p[s->n] >= ' ' && in.p[s->n] <= '~') { /* most of it, or all */
        s->text[s->n] = in.p[s->n];
        s->n++;
    }
    in = lm_str_skip(in, s->n);
    while (in.n != 0) {
        uint32_t cp = (unsigned char)in.p[0];
        size_t k = cp < 0x80 ? 1 : lm_utf8_decode(in, &cp);
        if (k == 0 || s->n == ROOM)
            return false;
        if (cp == 0xa0 || cp == 0x202f || cp == 0x2009 || cp < 0x20)
            cp = ' ';
        if (cp == 0x2212)
            cp = '-';
        if (cp >= 0x80)
            return false;
        s->text[s->n++] = (char)cp;
        in = lm_str_skip(in, k);
    }
    while (s->n > 0 && s->text[s->n - 1] == ' ')
        s->n--;
    while (s->i < s->n && s->text[s->i] == ' ')
        s->i++;
    return true;
}

static char peek(const struct scan *s)
{
    return s->i < s->n ? s->text[s->i] : '\0';
}

static bool take(struct scan *s, char c)
{
    if (peek(s) != c)
        return false;
    s->i++;
    return true;
}

static void blanks(struct scan *s)
{
    while (peek(s) == ' ')
        s->i++;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A run of at most 17 digits; its length. 0: there is none, or it is longer. */
static int digits(struct scan *s, int64_t *ret)
{
    int64_t v = 0;
    int n = 0;
    while (s->i + (size_t)n < s->n && is_digit(s->text[s->i + (size_t)n]) && n < 18)
        v = v * 10 + (s->text[s->i + (size_t)n++] - '0');
    if (n == 0 || n == 18)
        return 0;
    s->i += (size_t)n;
    *ret = v;
    return n;
}

static struct lm_str word(struct scan *s)
{
    size_t from = s->i;
    while (is_letter(peek(s)))
        s->i++;
    return (struct lm_str){ s->text + from, s->i - from };
}

/* --- zones --- */

static const struct {
    const char *word;
    int32_t hours;
} zone_words[] = { { "EST", -5 },  { "EDT", -4 },  { "CST", -6 },   { "CDT", -5 },   { "MST", -7 }, { "MDT", -6 },
                   { "PST", -8 },  { "PDT", -7 },  { "AKST", -9 },  { "AKDT", -8 },  { "HST", -10 }, { "AST", -4 } };

static const char *const no_one_offset[] = { "ET",      "CT",       "MT",      "PT",     "LOCAL",  "EASTERN",
                                             "CENTRAL", "MOUNTAIN", "PACIFIC", "ALASKA", "HAWAII", "SWITCH" };

/* "-06:00", "+0530", "-6"; hours at most 14. */
static bool offset(struct scan *s, int32_t *ret)
{
    bool minus = peek(s) == '-';
    int64_t h = 0, m = 0;
    if (peek(s) != '+' && peek(s) != '-')
        return false;
    s->i++;
    int n = digits(s, &h);
    if (n == 4) {
        m = h % 100;
        h /= 100;
    } else if (n == 0 || n > 2) {
        return false;
    } else if (take(s, ':') && digits(s, &m) != 2) {
        return false;
    }
    if (h > 14 || m > 59)
        return false;
    *ret = (int32_t)(h * 3600 + m * 60) * (minus ? -1 : 1);
    return true;
}

static bool zone_word(struct lm_str w, struct lm_cell_zone *ret)
{
    for (size_t i = 0; i < sizeof zone_words / sizeof *zone_words; i++) {
        if (lm_str_is_nocase(w, zone_words[i].word)) {
            *ret = (struct lm_cell_zone){ LM_CELL_ZONE_OFFSET, zone_words[i].hours * 3600 };
            return true;
        }
    }
    for (size_t i = 0; i < sizeof no_one_offset / sizeof *no_one_offset; i++) {
        if (lm_str_is_nocase(w, no_one_offset[i])) {
            *ret = (struct lm_cell_zone){ LM_CELL_ZONE_UNKNOWN, 0 };
            return true;
        }
    }
    return false;
}

/* A zone at the scan's place, which must end it. */
static bool zone(struct scan *s, struct lm_cell_zone *ret)
{
    struct lm_cell_zone z = { LM_CELL_ZONE_NONE, 0 };
    blanks(s);
    bool bracket = take(s, '(') || take(s, '[');
    if (is_letter(peek(s))) {
        struct lm_str w = word(s);
        bool utc = lm_str_eq_nocase(w, LM_STR("UTC")) || lm_str_eq_nocase(w, LM_STR("GMT")) || lm_str_eq_nocase(w, LM_STR("Z"));
        blanks(s);
        if (utc)
            z.state = LM_CELL_ZONE_UTC;
        else if (!zone_word(w, &z))
            return false;
        if (utc && (peek(s) == '+' || peek(s) == '-')) {
            z.state = LM_CELL_ZONE_OFFSET;
            if (!offset(s, &z.offset_s))
                return false;
        }
        while (is_letter(peek(s))) { /* "Eastern Standard Time": still no one offset */
            (void)word(s);
            blanks(s);
            z.state = utc ? z.state : LM_CELL_ZONE_UNKNOWN;
        }
    } else {
        z.state = LM_CELL_ZONE_OFFSET;
        if (!offset(s, &z.offset_s))
            return false;
    }
    if (z.state == LM_CELL_ZONE_OFFSET && z.offset_s == 0)
        z.state = LM_CELL_ZONE_UTC;
    if (bracket && !take(s, ')') && !take(s, ']'))
        return false;
    blanks(s);
    if (s->i != s->n)
        return false;
    *ret = z;
    return true;
}

bool lm_cell_zone(struct lm_str s, struct lm_cell_zone *ret)
{
    struct scan c;
    return scan_init(&c, s) && c.n != 0 && zone(&c, ret);
}

struct lm_cell_zone lm_cell_zone_of_header(struct lm_str header)
{
    struct lm_cell_zone z = { LM_CELL_ZONE_NONE, 0 };
    header = lm_str_trim(header);
    for (size_t i = 0; i < header.n; i++) {
        bool starts = i > 0 && strchr(" ([_-.", header.p[i - 1]) != NULL;
        struct lm_str rest = lm_str_skip(header, i);
        size_t n = 0;
        while (n < rest.n && rest.p[n] != ')' && rest.p[n] != ']')
            n++;
        if (starts && (is_letter(rest.p[0]) || i > 1) && rest.p[0] != ' ' && lm_cell_zone(lm_str_take(rest, n), &z))
            return z;
    }
    return z;
}

/* --- dates and times --- */

static int month_of(struct lm_str w)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (w.n < 3)
        return 0;
    for (int m = 0; m < 12; m++)
        if (lm_str_eq_nocase(lm_str_take(w, 3), (struct lm_str){ names + 3 * m, 3 }))
            return m + 1;
    return 0;
}

static bool is_weekday(struct lm_str w)
{
    static const char names[] = "montuewedthufrisatsun";
    for (int d = 0; w.n >= 3 && d < 7; d++)
        if (lm_str_eq_nocase(lm_str_take(w, 3), (struct lm_str){ names + 3 * d, 3 }))
            return true;
    return false;
}

static int64_t full_year(int64_t y, int n_digits)
{
    return n_digits == 2 ? 2000 + y : y;
}

static bool set_day(struct lm_civil *c, int64_t y, int64_t m, int64_t d)
{
    if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    c->year = (int32_t)y;
    c->month = (int32_t)m;
    c->day = (int32_t)d;
    return true;
}

/* "Mar 1, 2025" after its month. */
static bool named_month_first(struct scan *s, int m, struct lm_civil *c)
{
    int64_t d = 0, y = 0;
    (void)take(s, '.');
    (void)(take(s, '-') || take(s, '/'));
    blanks(s);
    if (digits(s, &d) == 0)
        return false;
    while (peek(s) == ',' || peek(s) == ' ' || peek(s) == '-' || peek(s) == '/')
        s->i++;
    int n = digits(s, &y);
    return (n == 4 || n == 2) && set_day(c, full_year(y, n), m, d);
}

/* "1-Mar-2025" after its day. */
static bool named_month_second(struct scan *s, int64_t d, struct lm_civil *c)
{
    int64_t y = 0;
    while (peek(s) == ' ' || peek(s) == '-' || peek(s) == '/')
        s->i++;
    int m = month_of(word(s));
    (void)take(s, '.');
    while (peek(s) == ' ' || peek(s) == '-' || peek(s) == '/' || peek(s) == ',')
        s->i++;
    int n = digits(s, &y);
    return m != 0 && (n == 4 || n == 2) && set_day(c, full_year(y, n), m, d);
}

/* Three numbers with one separator between them. */
static bool figures(struct scan *s, int64_t v[3], int n[3])
{
    char sep = 0;
    for (int k = 0; k < 3; k++) {
        n[k] = digits(s, &v[k]);
        if (n[k] == 0 || n[k] > 4)
            return false;
        if (k == 2)
            return true;
        sep = k == 0 ? peek(s) : sep;
        if ((sep != '/' && sep != '-' && sep != '.') || !take(s, sep))
            return false;
    }
    return false;
}

static bool figures_to_day(const int64_t v[3], const int n[3], enum lm_cell_order order, struct lm_civil *c)
{
    if (n[0] == 4)
        return n[1] <= 2 && n[2] <= 2 && set_day(c, v[0], v[1], v[2]);
    if (n[0] > 2 || n[1] > 2 || n[2] == 1 || n[2] == 3)
        return false;
    if (order == LM_ORDER_YMD)
        return n[2] == 2 && set_day(c, full_year(v[0], n[0]), v[1], v[2]);
    int64_t y = full_year(v[2], n[2]);
    return order == LM_ORDER_MDY ? set_day(c, y, v[0], v[1]) : set_day(c, y, v[1], v[0]);
}

static bool date(struct scan *s, enum lm_cell_order order, struct lm_civil *c, bool *ret_exchanged)
{
    int64_t v[3] = { 0 };
    int n[3] = { 0 };
    if (is_letter(peek(s))) {
        struct lm_str w = word(s);
        if (is_weekday(w)) {
            while (peek(s) == ',' || peek(s) == ' ' || peek(s) == '.')
                s->i++;
            if (!is_letter(peek(s)))
                return date(s, order, c, ret_exchanged);
            w = word(s);
        }
        int m = month_of(w);
        return m != 0 && named_month_first(s, m, c);
    }
    size_t from = s->i;
    int first = digits(s, &v[0]);
    if (first == 8 || first == 14) { /* 20250301, 20250301101523 */
        s->i = from + 8;
        int64_t day = first == 8 ? v[0] : v[0] / 1000000;
        return set_day(c, day / 10000, day / 100 % 100, day % 100);
    }
    char after = peek(s), next = s->i + 1 < s->n ? s->text[s->i + 1] : '\0';
    if (first >= 1 && first <= 2 && (is_letter(after) || is_letter(next)) && after != ':')
        return named_month_second(s, v[0], c);
    s->i = from;
    if (!figures(s, v, n) || !figures_to_day(v, n, order, c))
        return false;
    *ret_exchanged = n[0] != 4 && order != LM_ORDER_YMD && v[0] <= 12 && v[1] <= 12 && v[0] != v[1];
    return true;
}

/* AM or PM at the scan's place: 0 none, 1 AM, 2 PM. */
static int half(struct scan *s)
{
    size_t from = s->i;
    blanks(s);
    char c = peek(s);
    int r = c == 'a' || c == 'A' ? 1 : c == 'p' || c == 'P' ? 2 : 0;
    if (r != 0) {
        s->i++;
        (void)take(s, '.');
        blanks(s);
        if ((peek(s) == 'm' || peek(s) == 'M') && (s->i + 1 >= s->n || !is_letter(s->text[s->i + 1]))) {
            s->i++;
            (void)take(s, '.');
            return r;
        }
    }
    s->i = from;
    return 0;
}

static void fraction(struct scan *s, struct lm_civil *c)
{
    int32_t scale = 100000;
    while (is_digit(peek(s))) {
        c->microsecond += (s->text[s->i++] - '0') * scale;
        scale /= 10;
    }
}

/* bare: "101523" and "1015" are times as well. */
static bool clock_time(struct scan *s, bool bare, struct lm_civil *c)
{
    int64_t h = 0, m = 0, sec = 0;
    int n = digits(s, &h);
    if (peek(s) == ':' && n >= 1 && n <= 2) {
        s->i++;
        if (digits(s, &m) != 2)
            return false;
        if (take(s, ':') && digits(s, &sec) != 2)
            return false;
        if ((peek(s) == '.' || peek(s) == ',') && s->i + 1 < s->n && is_digit(s->text[s->i + 1])) {
            s->i++;
            fraction(s, c);
        }
    } else if (bare && n >= 3 && n <= 6) { /* a spreadsheet drops leading zeros */
        sec = n >= 5 ? h % 100 : 0;
        h = n >= 5 ? h / 100 : h;
        m = h % 100;
        h /= 100;
    } else {
        return false;
    }
    int half_day = half(s);
    if (half_day != 0) {
        if (h < 1 || h > 12)
            return false;
        h = h % 12 + (half_day == 2 ? 12 : 0);
    }
    c->hour = (int32_t)h;
    c->minute = (int32_t)m;
    c->second = (int32_t)sec;
    return h <= 23 && m <= 59 && sec <= 59;
}

/* A decimal number and nothing else: whole part and millionths. */
static bool decimal(const struct scan *s, int64_t *ret_whole, int64_t *ret_millionths)
{
    struct scan c = *s;
    int64_t whole = 0, part = 0, scale = 100000;
    if (digits(&c, &whole) == 0)
        return false;
    if (take(&c, '.'))
        for (; is_digit(peek(&c)); c.i++, scale /= 10)
            part += (c.text[c.i] - '0') * scale;
    *ret_whole = whole;
    *ret_millionths = part;
    return c.i == c.n;
}

/* A fraction of a day as a spreadsheet writes it, to the millisecond. */
static bool day_fraction(const struct scan *s, int64_t *ret_day, int64_t *ret_us)
{
    double v;
    if (!lm_str_to_double((struct lm_str){ s->text + s->i, s->n - s->i }, &v) || v < 0 || v >= SERIAL_MAX
        || memchr(s->text, 'e', s->n) != NULL || memchr(s->text, 'E', s->n) != NULL)
        return false;
    int64_t ms = (int64_t)(v * 86400000.0 + 0.5);
    *ret_day = ms / 86400000;
    *ret_us = ms % 86400000 * 1000;
    return true;
}

static bool epoch_moment(const struct scan *s, enum lm_cell_epoch epoch, struct lm_cell_moment *ret)
{
    int64_t whole, part, us;
    if (!decimal(s, &whole, &part) || whole > INT64_C(9000000000000000))
        return false;
    switch (epoch) {
    case LM_EPOCH_UNIX_S:
        if (whole > INT64_C(200000000000))
            return false;
        us = whole * LM_SECOND_US + part;
        break;
    case LM_EPOCH_UNIX_MS:
        if (whole > INT64_C(200000000000000))
            return false;
        us = whole * 1000 + part / 1000;
        break;
    case LM_EPOCH_UNIX_US:
        us = whole;
        break;
    case LM_EPOCH_NONE:
    default:
        return false;
    }
    if (us > INT64_C(250000000000000000)) /* the year 9892 */
        return false;
    *ret = (struct lm_cell_moment){ .when = { us, 0, LM_TIME_UTC }, .timed = true };
    return true;
}

/* --- a whole moment --- */

static bool finish(struct lm_cell_moment *m, int64_t wall_us, const struct lm_cell_zone *z)
{
    m->timed = true;
    m->zone_unread = z->state == LM_CELL_ZONE_UNKNOWN;
    m->when = (struct lm_when){ .us = wall_us, .quality = LM_TIME_LOCAL };
    if (z->state == LM_CELL_ZONE_UTC)
        m->when.quality = LM_TIME_UTC;
    if (z->state == LM_CELL_ZONE_OFFSET) {
        m->when.quality = LM_TIME_ZONE;
        m->when.offset_s = z->offset_s;
        m->when.us -= z->offset_s * LM_SECOND_US;
    }
    /* the years 1 … 9999 also after the shift */
    return m->when.us > INT64_C(-62135500000000000) && m->when.us < INT64_C(253402200000000000);
}

/* What the cell with the time says, as microseconds of the day; a day in front of it is passed over. */
static bool time_cell(struct lm_str text, const struct lm_cell_form *form, int64_t *ret_us, struct lm_cell_zone *z)
{
    struct scan s;
    struct lm_civil c = { .year = 1970, .month = 1, .day = 1 }, day = { 0 };
    int64_t ignored = 0;
    bool exchanged = false;
    if (!scan_init(&s, text))
        return false;
    if (memchr(s.text, '.', s.n) != NULL && memchr(s.text, ':', s.n) == NULL)
        return day_fraction(&s, &ignored, ret_us);
    struct scan after = s;
    if (memchr(s.text, ':', s.n) != NULL && s.n > 10 && date(&after, form->order, &day, &exchanged)
        && (peek(&after) == ' ' || peek(&after) == 'T')) {
        after.i++;
        s = after;
        blanks(&s);
    }
    if (!clock_time(&s, true, &c))
        return false;
    blanks(&s);
    if (s.i != s.n && !zone(&s, z))
        return false;
    return lm_civil_to_us(&c, ret_us);
}

static bool serial_moment(const struct scan *s, struct lm_str time, const struct lm_cell_form *form,
                          struct lm_cell_moment *m)
{
    struct lm_cell_zone z = form->zone;
    int64_t day, us, whole, part;
    if (!decimal(s, &whole, &part) || whole < SERIAL_MIN || whole > SERIAL_MAX || !day_fraction(s, &day, &us))
        return false;
    m->serial = true;
    if (time.n != 0) {
        if (!time_cell(time, form, &us, &z))
            return false;
    } else if (memchr(s->text, '.', s->n) == NULL) {
        return true; /* a day alone */
    }
    return finish(m, (day + SERIAL_EPOCH_DAY) * LM_DAY_US + us, &z);
}

/* Figures as the pattern has them: 'd' is a digit, everything else itself. */
static bool looks_like(struct lm_str s, const char *pattern)
{
    for (size_t i = 0; i < s.n; i++)
        if (pattern[i] == 'd' ? !is_digit(s.p[i]) : s.p[i] != pattern[i])
            return false;
    return true;
}

static int32_t two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* "2025-03-01", "03/01/2025", "03/01/25" at the front of text: how many bytes it has; 0: none of these. */
static size_t usual_day(struct lm_str text, enum lm_cell_order order, struct lm_civil *c, bool *ret_exchanged)
{
    if (text.n >= 10 && looks_like(lm_str_take(text, 10), "dddd-dd-dd")) {
        *c = (struct lm_civil){ .year = two(text.p) * 100 + two(text.p + 2), .month = two(text.p + 5), .day = two(text.p + 8) };
        return 10;
    }
    if (order == LM_ORDER_YMD || text.n < 8 || !looks_like(lm_str_take(text, 8), "dd/dd/dd"))
        return 0;
    int32_t a = two(text.p), b = two(text.p + 3), y = two(text.p + 6);
    bool four = text.n >= 10 && is_digit(text.p[8]) && is_digit(text.p[9]);
    *c = (struct lm_civil){ .year = four ? y * 100 + two(text.p + 8) : 2000 + y, .month = order == LM_ORDER_MDY ? a : b,
                            .day = order == LM_ORDER_MDY ? b : a };
    *ret_exchanged = a <= 12 && b <= 12 && a != b;
    return four ? 10 : 8;
}

/* What most tables hold, without the search for what else it could be: such a day and "10:15:23" behind it, or in a cell of
 * its own. False: see lm_cell_moment. */
static bool usual_moment(struct lm_str text, struct lm_str time, const struct lm_cell_form *form, struct lm_cell_moment *ret)
{
    struct lm_cell_moment m = { 0 };
    struct lm_civil c;
    int64_t us;
    size_t n = form->epoch == LM_EPOCH_NONE ? usual_day(text, form->order, &c, &m.exchanged) : 0;
    if (n == 0)
        return false;
    if (text.n == n + 9 && time.n == 0 && text.p[n] == ' ')
        time = lm_str_skip(text, n + 1);
    else if (text.n != n)
        return false;
    if (time.n != 8 || !looks_like(time, "dd:dd:dd"))
        return false;
    c.hour = two(time.p);
    c.minute = two(time.p + 3);
    c.second = two(time.p + 6);
    if (!lm_civil_to_us(&c, &us) || !finish(&m, us, &form->zone))
        return false;
    *ret = m;
    return true;
}

bool lm_cell_moment(struct lm_str text, struct lm_str time, const struct lm_cell_form *form, struct lm_cell_moment *ret)
{
    struct scan s;
    struct lm_cell_moment m = { 0 };
    struct lm_civil c = { 0 };
    struct lm_cell_zone z = form->zone;
    int64_t day_us, us = 0;
    time = lm_str_trim(time);
    if (usual_moment(text, time, form, ret))
        return true;
    if (!scan_init(&s, text) || s.n == 0)
        return false;
    if (form->epoch != LM_EPOCH_NONE)
        return epoch_moment(&s, form->epoch, ret);
    if (serial_moment(&s, time, form, &m)) {
        *ret = m;
        return true;
    }
    m = (struct lm_cell_moment){ 0 };
    if (!date(&s, form->order, &c, &m.exchanged) || !lm_civil_to_us(&c, &day_us))
        return false;
    bool more = s.i != s.n;
    if (more && (peek(&s) == ' ' || peek(&s) == 'T' || peek(&s) == ',' || peek(&s) == '-'))
        s.i++;
    blanks(&s);
    if (more) {
        if (!clock_time(&s, true, &c) || !lm_civil_to_us(&c, &us))
            return false;
        us -= day_us;
        blanks(&s);
        if (s.i != s.n && !zone(&s, &z))
            return false;
        m.timed = true;
    }
    if (time.n != 0) {
        if (!time_cell(time, form, &us, &z))
            return false;
        m.timed = true;
    }
    if (m.timed && !finish(&m, day_us + us, &z))
        return false;
    *ret = m;
    return true;
}

unsigned lm_cell_orders(struct lm_str text)
{
    struct scan s;
    int64_t v[3] = { 0 };
    int n[3] = { 0 };
    unsigned orders = 0;
    if (!scan_init(&s, text) || !figures(&s, v, n) || n[0] == 4)
        return 7;
    for (unsigned o = LM_ORDER_MDY; o <= LM_ORDER_YMD; o++) {
        struct lm_civil c = { 0 };
        int64_t us;
        if (figures_to_day(v, n, (enum lm_cell_order)o, &c) && lm_civil_to_us(&c, &us))
            orders |= 1u << o;
    }
    return orders != 0 ? orders : 7;
}

/* --- durations --- */

/* "2m 15s", "1 h 2 min", "45 sec". */
static bool spelled(struct scan *s, int64_t *ret)
{
    int64_t total = 0, v = 0;
    bool any = false;
    for (blanks(s); s->i < s->n; blanks(s)) {
        if (digits(s, &v) == 0 || v > INT64_C(100000000))
            return false;
        blanks(s);
        struct lm_str unit = word(s);
        char c = unit.n != 0 ? unit.p[0] : '\0';
        int64_t scale = c == 'h' || c == 'H' ? 3600 : c == 'm' || c == 'M' ? 60 : c == 's' || c == 'S' ? 1 : 0;
        if (scale == 0)
            return false;
        total += v * scale;
        any = true;
    }
    *ret = total;
    return any;
}

static bool colons(struct scan *s, int64_t *ret)
{
    int64_t total = 0, v = 0;
    for (int k = 0; k < 3; k++) {
        int n = digits(s, &v);
        if (n == 0 || v > INT64_C(100000000) || (k > 0 && (n != 2 || v > 59)))
            return false;
        total = total * 60 + v;
        if (s->i == s->n)
            break;
        if (peek(s) == '.' && k > 0) { /* 2:15.0 */
            s->i++;
            while (is_digit(peek(s)))
                s->i++;
            break;
        }
        if (!take(s, ':'))
            return false;
    }
    *ret = total;
    return s->i == s->n;
}

enum lm_cell_said lm_cell_duration(struct lm_str text, enum lm_cell_duration_form form, int64_t *ret_s)
{
    struct scan s;
    int64_t whole, millionths, day, us, v;
    if (lm_cell_says_nothing(text))
        return LM_SAID_NOTHING;
    if (!scan_init(&s, text))
        return LM_SAID_NONSENSE;
    if (memchr(s.text, ':', s.n) != NULL) {
        if (!colons(&s, ret_s))
            return LM_SAID_NONSENSE;
        return LM_SAID_VALUE;
    }
    if (decimal(&s, &whole, &millionths)) {
        if (whole > INT64_C(1000000000000))
            return LM_SAID_NONSENSE;
        if (form == LM_DURATION_AUTO && whole == 0 && millionths != 0 && day_fraction(&s, &day, &us))
            v = us / LM_SECOND_US; /* a spreadsheet's fraction of a day */
        else if (form == LM_DURATION_MINUTES)
            v = whole * 60 + millionths * 60 / 1000000;
        else
            v = form == LM_DURATION_MS ? whole / 1000 : whole;
        *ret_s = v;
        return LM_SAID_VALUE;
    }
    return spelled(&s, ret_s) ? LM_SAID_VALUE : LM_SAID_NONSENSE;
}
