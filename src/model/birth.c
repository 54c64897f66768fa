#include "model/birth.h"

#include <stdio.h>

#define TOKENS 8
#define FIRST_YEAR 1850
#define LAST_YEAR 2100

struct token {
    struct lm_str s;
    int32_t value; /* of digits; -1: a word */
    int32_t month; /* of a word that names one; 0 */
};

struct reader {
    struct token t[TOKENS];
    size_t n;
    bool age; /* a word says so */
    int32_t record_day;
    struct lm_birth made;
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static int32_t month_of(struct lm_str word)
{
    static const char *const names[][2] = {
        { "january", "enero" },   { "february", "febrero" },   { "march", "marzo" },
        { "april", "abril" },     { "may", "mayo" },           { "june", "junio" },
        { "july", "julio" },      { "august", "agosto" },      { "september", "septiembre" },
        { "october", "octubre" }, { "november", "noviembre" }, { "december", "diciembre" }
    };
    for (int32_t m = 0; word.n >= 3 && m < 12; m++)
        for (size_t k = 0; k < 2; k++)
            if (lm_str_eq_nocase(lm_str_take(lm_str(names[m][k]), word.n), word))
                return m + 1;
    return lm_str_eq_nocase(word, LM_STR("sept")) || lm_str_eq_nocase(word, LM_STR("setiembre")) ? 9 : 0;
}

static bool one_of(struct lm_str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lm_str_eq_nocase(s, lm_str(words[i])))
            return true;
    return false;
}

/* A word between the numbers: a month, one that says "age", or one that says nothing. False: it does not
 * belong here. */
static bool take_word(struct reader *r, struct lm_str s)
{
    static const char *const ages[] = { "age", "aged", "yo",   "yrs",  "years", "year",
                                        "old", "yr",   "edad", "años", "anos",  "y" };
    static const char *const empty[] = {
        "of",    "de", "del", "the",   "th",         "st",     "nd",     "rd",     "dob",   "born", "date",
        "birth", "o",  "b",   "fecha", "nacimiento", "nacido", "nacida", "approx", "about", "circa"
    };
    struct token t = { .s = s, .value = -1, .month = month_of(s) };
    bool unknown = true; /* "XX" */
    for (size_t i = 0; i < s.n; i++)
        unknown &= s.p[i] == 'x' || s.p[i] == 'X';
    if (unknown)
        t.value = 0;
    if (t.month != 0 || unknown) {
        if (r->n == TOKENS)
            return false;
        r->t[r->n++] = t;
        return true;
    }
    if (one_of(s, ages, sizeof ages / sizeof ages[0])) {
        r->age = true;
        return true;
    }
    return one_of(s, empty, sizeof empty / sizeof empty[0]);
}

/* "T00:00:00" and " 00:00" behind a date say nothing about a birth. */
static struct lm_str without_time(struct lm_str s)
{
    for (size_t i = 6; i + 4 < s.n; i++)
        if ((s.p[i] == 'T' || s.p[i] == ' ') && digit(s.p[i - 1]) && digit(s.p[i + 1])
            && (s.p[i + 2] == ':' || (digit(s.p[i + 2]) && s.p[i + 3] == ':')))
            return lm_str_take(s, i);
    return s;
}

static bool tokenise(struct reader *r, struct lm_str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        if (digit(s.p[i])) {
            int32_t v = 0;
            for (; i < s.n && digit(s.p[i]); i++)
                v = v < 100000000 ? v * 10 + (s.p[i] - '0') : v;
            if (r->n == TOKENS || i - from > 8)
                return false;
            r->t[r->n++] = (struct token){ { s.p + from, i - from }, v, 0 };
        } else if (letter(s.p[i])) {
            while (i < s.n && letter(s.p[i]))
                i++;
            if (!take_word(r, (struct lm_str){ s.p + from, i - from }))
                return false;
        } else if (memchr(" /-.,:'()~", s.p[i], 10) != NULL) {
            i++;
        } else {
            return false;
        }
    }
    return r->n > 0;
}

static bool reading(int32_t y, int32_t m, int32_t d, struct lm_birth_reading *ret)
{
    struct lm_birth_reading b = { .year = y, .month = m, .day = d };
    int32_t last_month = m != 0 ? m : 12;
    if (y < FIRST_YEAR || y > LAST_YEAR || m > 12 || (m == 0 && d != 0)
        || !lm_day_from_civil(y, m != 0 ? m : 1, d != 0 ? d : 1, &b.first_day))
        return false;
    for (int32_t last = d != 0 ? d : 31; !lm_day_from_civil(y, last_month, last, &b.last_day); last--)
        ;
    *ret = b;
    return true;
}

static enum lm_birth_precision precision(const struct lm_birth_reading *b)
{
    return b->day != 0 ? LM_BIRTH_DAY : b->month != 0 ? LM_BIRTH_MONTH : LM_BIRTH_YEAR;
}

/* One more reading; the second only when it is another day. */
static void add(struct reader *r, int32_t y, int32_t m, int32_t d)
{
    struct lm_birth_reading b;
    if (r->made.n == 2 || !reading(y, m, d, &b))
        return;
    if (r->made.n == 1 && r->made.reading[0].first_day == b.first_day)
        return;
    if (r->made.n == 1 && precision(&b) != r->made.precision)
        return;
    r->made.precision = precision(&b);
    r->made.reading[r->made.n++] = b;
}

/* A year of two digits: the latest that is not after the record, or both centuries. */
static void add_year(struct reader *r, const struct token *year, int32_t m, int32_t d)
{
    if (year->s.n != 2) {
        add(r, year->value, m, d);
        return;
    }
    struct lm_birth_reading b;
    r->made.flags |= LM_BIRTH_CENTURY_TAKEN;
    if (r->record_day == LM_DAY_NONE) {
        add(r, 1900 + year->value, m, d);
        add(r, 2000 + year->value, m, d);
        return;
    }
    bool late = reading(2000 + year->value, m, d, &b) && b.first_day <= r->record_day;
    add(r, (late ? 2000 : 1900) + year->value, m, d);
}

/* Three numbers. */
static bool three(struct reader *r)
{
    const struct token *t = r->t;
    if (t[0].s.n == 4 || (t[0].s.n == 2 && t[0].value > 31 && t[2].s.n <= 2)) {
        add_year(r, &t[0], t[1].value, t[2].value);
    } else if (t[2].s.n == 4 || t[2].s.n == 2) {
        if (t[0].s.n > 2 || t[1].s.n > 2)
            return false;
        add_year(r, &t[2], t[0].value, t[1].value);
        if (t[0].value != 0 && t[1].value != 0)
            add_year(r, &t[2], t[1].value, t[0].value);
    }
    return r->made.n > 0;
}

static bool eight_digits(struct reader *r)
{
    int32_t v = r->t[0].value;
    add(r, v / 10000, v / 100 % 100, v % 100);
    if (r->made.n == 0) {
        add(r, v % 10000, v / 1000000, v / 10000 % 100);
        add(r, v % 10000, v / 10000 % 100, v / 1000000);
    }
    return r->made.n > 0;
}

/* One to three tokens, one of which is a month word. */
static bool with_month_word(struct reader *r)
{
    const struct token *number[2] = { NULL, NULL };
    int32_t month = 0;
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (r->t[i].month != 0) {
            if (month != 0)
                return false;
            month = r->t[i].month;
        } else if (n < 2) {
            number[n++] = &r->t[i];
        } else {
            return false;
        }
    }
    if (n == 1) {
        if (number[0]->s.n == 4)
            add(r, number[0]->value, month, 0);
    } else if (n == 2) {
        bool first = number[0]->s.n == 4 || (number[0]->s.n == 2 && number[0]->value > 31);
        const struct token *year = number[first ? 0 : 1], *day = number[first ? 1 : 0];
        if (year->s.n == 4 || year->s.n == 2)
            add_year(r, year, month, day->value);
    }
    return r->made.n > 0;
}

/* The day this many years before; 29 February becomes 28. */
static bool years_before(int32_t day, int32_t years, int32_t *ret)
{
    struct lm_civil c;
    lm_civil_from_us((int64_t)day * LM_DAY_US, &c);
    return lm_day_from_civil(c.year - years, c.month, c.month == 2 && c.day == 29 ? 28 : c.day, ret);
}

static bool age(struct reader *r)
{
    struct lm_birth_reading b = { 0 };
    if (r->record_day == LM_DAY_NONE || r->n != 1 || r->t[0].value < 0 || r->t[0].value > 120
        || r->t[0].s.n > 3)
        return false;
    if (!years_before(r->record_day, r->t[0].value + 1, &b.first_day)
        || !years_before(r->record_day, r->t[0].value, &b.last_day))
        return false;
    b.first_day++;
    r->made.precision = LM_BIRTH_AGE;
    r->made.reading[0] = b;
    r->made.n = 1;
    return true;
}

static void flags(struct reader *r)
{
    const struct lm_birth_reading *b = &r->made.reading[0];
    if (r->made.precision == LM_BIRTH_DAY && b->month == 1 && b->day == 1) {
        r->made.flags |= LM_BIRTH_NEW_YEAR;
        if (b->year == 1900 || b->year == 1901 || b->year == 1970)
            r->made.flags |= LM_BIRTH_PLACEHOLDER;
    }
    if (r->record_day != LM_DAY_NONE && b->first_day > r->record_day)
        r->made.flags |= LM_BIRTH_FUTURE;
}

bool lm_birth_parse(struct lm_str raw, int32_t record_day, struct lm_birth *ret)
{
    struct reader r = { .record_day = record_day };
    if (raw.n > 64 || !tokenise(&r, without_time(lm_str_trim(raw))))
        return false;
    bool word = false, there = false;
    for (size_t i = 0; i < r.n; i++)
        word |= r.t[i].month != 0;
    if (word)
        there = with_month_word(&r);
    else if (r.n == 3 && !r.age)
        there = three(&r);
    else if (r.n == 2 && !r.age && r.t[0].s.n == 4)
        add(&r, r.t[0].value, r.t[1].value, 0);
    else if (r.n == 2 && !r.age && r.t[1].s.n == 4)
        add(&r, r.t[1].value, r.t[0].value, 0);
    else if (r.n == 1 && !r.age && r.t[0].s.n == 8)
        there = eight_digits(&r);
    else if (r.n == 1 && !r.age && r.t[0].s.n == 6)
        add(&r, r.t[0].value / 100, r.t[0].value % 100, 0);
    else if (r.n == 1 && !r.age && r.t[0].s.n == 4)
        add(&r, r.t[0].value, 0, 0);
    else
        there = age(&r);
    if (!there && r.made.n == 0)
        return false;
    flags(&r);
    *ret = r.made;
    return true;
}

bool lm_birth_from_parts(int32_t year, int32_t month, int32_t day, struct lm_birth *ret)
{
    struct reader r = { .record_day = LM_DAY_NONE };
    if (month < 0 || day < 0)
        return false;
    add(&r, year, month, day);
    if (r.made.n == 0)
        return false;
    flags(&r);
    *ret = r.made;
    return true;
}

size_t lm_birth_key(const struct lm_birth *b, size_t i, char out[LM_BIRTH_KEY])
{
    if (i >= b->n)
        return 0;
    const struct lm_birth_reading *r = &b->reading[i];
    char from[LM_WHEN_TEXT], to[LM_WHEN_TEXT];
    int n;
    if (b->precision == LM_BIRTH_DAY)
        n = snprintf(out, LM_BIRTH_KEY, "%04d-%02d-%02d", (int)r->year, (int)r->month, (int)r->day);
    else if (b->precision == LM_BIRTH_MONTH)
        n = snprintf(out, LM_BIRTH_KEY, "%04d-%02d", (int)r->year, (int)r->month);
    else if (b->precision == LM_BIRTH_YEAR)
        n = snprintf(out, LM_BIRTH_KEY, "%04d", (int)r->year);
    else
        n = snprintf(out, LM_BIRTH_KEY, "%.10s/%.10s", lm_day_format(r->first_day, from),
                     lm_day_format(r->last_day, to));
    return n > 0 && n < LM_BIRTH_KEY ? (size_t)n : 0;
}

static bool overlap(const struct lm_birth_reading *a, const struct lm_birth_reading *b)
{
    return a->first_day <= b->last_day && b->first_day <= a->last_day;
}

/* One digit of the eight differs, or two neighbours have changed places, or day and month have. */
static bool one_slip(const struct lm_birth_reading *a, const struct lm_birth_reading *b)
{
    char x[16], y[16];
    size_t wrong = 0, first = 0;
    (void)snprintf(x, sizeof x, "%04d%02d%02d", (int)a->year, (int)a->month, (int)a->day);
    (void)snprintf(y, sizeof y, "%04d%02d%02d", (int)b->year, (int)b->month, (int)b->day);
    for (size_t i = 8; i-- > 0;)
        if (x[i] != y[i]) {
            wrong++;
            first = i;
        }
    bool swapped = wrong == 2 && x[first] == y[first + 1] && x[first + 1] == y[first];
    return wrong == 1 || swapped || (a->year == b->year && a->month == b->day && a->day == b->month);
}

enum lm_birth_match lm_birth_compare(const struct lm_birth *a, const struct lm_birth *b)
{
    bool days = a->precision == LM_BIRTH_DAY && b->precision == LM_BIRTH_DAY;
    bool any = false;
    if (days && overlap(&a->reading[0], &b->reading[0]))
        return LM_BIRTH_SAME;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            any |= overlap(&a->reading[i], &b->reading[k]);
    if (any)
        return LM_BIRTH_COMPATIBLE;
    return days && one_slip(&a->reading[0], &b->reading[0]) ? LM_BIRTH_CLOSE : LM_BIRTH_CONFLICT;
}
