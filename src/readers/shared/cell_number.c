/* Numbers of telephones: see cell.h. */
#include "readers/shared/cell.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool one_of(struct lm_str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lm_str_is_nocase(s, words[i]))
            return true;
    return false;
}

bool lm_cell_word_says_nothing(struct lm_str s)
{
    static const char *const words[] = { "-1", "-1.0", "-", "--", "n/a", "na", "null", "none", "nil", "unknown", "unavailable",
                                         "not available", "undefined", "not passed", "nan", "#n/a" };
    s = lm_str_trim(s);
    if (s.n == 0)
        return true;
    unsigned char c = lm_ascii_small(s.p[0]);
    return (c == '-' || c == 'n' || c == 'u' || c == '#') && one_of(s, words, sizeof words / sizeof *words);
}

/* The network knows who it was and does not say. */
static bool withheld(struct lm_str s)
{
    static const char *const words[] = { "restricted", "private", "anonymous", "blocked", "withheld", "no caller id",
                                         "unknown caller", "private number", "id unavailable", "unavailable id" };
    return s.n != 0 && !is_digit(s.p[0]) && s.p[0] != '+' && one_of(s, words, sizeof words / sizeof *words);
}

bool lm_cell_plain_digits(struct lm_str s, char room[LM_NUMBER_ROOM], struct lm_str *ret, bool *ret_lost)
{
    size_t n = 0, whole = 0, i = 0;
    int64_t exponent;
    bool point = false;
    s = lm_str_trim(s);
    for (; i < s.n && n < 24; i++) {
        if (is_digit(s.p[i])) {
            room[n++] = s.p[i];
            whole += !point;
        } else if (s.p[i] == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    if (n == 0 || whole == 0 || i >= s.n || (s.p[i] != 'e' && s.p[i] != 'E'))
        return false;
    struct lm_str e = lm_str_skip(s, i + 1);
    if (e.n != 0 && e.p[0] == '+')
        e = lm_str_skip(e, 1);
    if (!lm_str_to_i64(e, &exponent) || exponent < 0 || exponent > 24)
        return false;
    size_t length = whole + (size_t)exponent;
    *ret_lost = n < length;
    for (; n < length; n++)
        room[n] = '0';
    while (n > length && room[n - 1] == '0')
        n--;
    if (n != length)
        return false; /* not a whole number */
    *ret = (struct lm_str){ room, n };
    return true;
}

static bool stands_between(char c)
{
    return c == '+' || c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '*' || c == '#' || c == '\t';
}

/* Digits with what people put between them, the first most of them in out; how many digits. 0: something else stands in it. */
static size_t digits_of(struct lm_str s, char *out, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (is_digit(c)) {
            if (n < most)
                out[n] = c;
            n++;
        } else if ((c == '+' && i != 0 && !(i == 1 && s.p[0] == '(')) || !stands_between(c)) {
            return 0;
        }
    }
    return n;
}

static size_t phone_digits(struct lm_str s)
{
    return digits_of(s, NULL, 0);
}

static bool figures_only(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n != 0;
}

/* tel:+13035550101;phone-context=…, <sip:+13035550101@ims.example.net>;tag=… */
static struct lm_str without_scheme(struct lm_str s)
{
    if (s.n > 1 && s.p[0] == '<') {
        const char *end = memchr(s.p, '>', s.n);
        s = lm_str_skip(lm_str_take(s, end != NULL ? (size_t)(end - s.p) : s.n), 1);
    }
    bool tel = s.n > 4 && lm_str_eq_nocase(lm_str_take(s, 4), LM_STR("tel:"));
    bool sip = s.n > 4 && lm_str_eq_nocase(lm_str_take(s, 4), LM_STR("sip:"));
    bool sips = s.n > 5 && lm_str_eq_nocase(lm_str_take(s, 5), LM_STR("sips:"));
    if (!tel && !sip && !sips)
        return s;
    s = lm_str_skip(s, sips ? 5 : 4);
    size_t n = 0;
    while (n < s.n && s.p[n] != ';' && s.p[n] != '?' && s.p[n] != '>')
        n++;
    s = lm_str_take(s, n);
    if (!tel) {
        const char *at = s.n != 0 ? memchr(s.p, '@', s.n) : NULL;
        struct lm_str user = lm_str_take(s, at != NULL ? (size_t)(at - s.p) : s.n);
        if (at != NULL && phone_digits(user) >= 2)
            return user;
    }
    return s;
}

static bool is_address(struct lm_str s)
{
    const char *at = s.n != 0 ? memchr(s.p, '@', s.n) : NULL;
    if (at == NULL || at == s.p || at + 1 == s.p + s.n || memchr(at + 1, '@', (size_t)(s.p + s.n - at - 1)) != NULL)
        return false;
    return memchr(s.p, ' ', s.n) == NULL && memchr(at, '.', (size_t)(s.p + s.n - at)) != NULL;
}

static struct lm_cell_number one_number(struct lm_str s, char room[LM_NUMBER_ROOM])
{
    struct lm_cell_number r = { LM_NUMBER_WORD, s, false };
    bool lost = false;
    struct lm_str plain;
    if (s.n >= 3 && s.n <= 20 && figures_only(s)) { /* most of them */
        r.kind = LM_NUMBER_PHONE;
        return r;
    }
    if (lm_cell_says_nothing(s) || withheld(s)) {
        r.kind = LM_NUMBER_NONE;
        r.marked = s.n != 0 && withheld(s);
        return r;
    }
    if (lm_cell_plain_digits(s, room, &plain, &lost)) {
        r.kind = lost ? LM_NUMBER_ROUNDED : LM_NUMBER_PHONE;
        r.value = lost ? s : plain;
        return r;
    }
    struct lm_str bare = lm_str_trim(without_scheme(s));
    r.marked = bare.n != s.n;
    size_t n = phone_digits(bare);
    /* 13035550101.0: a number that went through a program's floating point */
    if (n > 7 && bare.n > 2 && lm_str_ends(bare, LM_STR(".0")) && phone_digits(lm_str_take(bare, bare.n - 2)) == bare.n - 2) {
        bare.n -= 2;
        n--;
    }
    if (n >= 2 && n <= 20) {
        r.kind = LM_NUMBER_PHONE;
        r.value = bare;
        if (n < 3 && memchr(bare.p, '*', bare.n) == NULL)
            r.kind = LM_NUMBER_WORD;
    } else if (is_address(bare)) {
        r.kind = LM_NUMBER_ADDRESS;
        r.value = bare;
    } else if (n == 1 && bare.n == 1 && bare.p[0] == '0') {
        r.kind = LM_NUMBER_NONE;
    }
    return r;
}

/* Takes "(D)" off one end of *t; its letter, 0 when there is none. */
static char take_mark(struct lm_str *t)
{
    for (int side = 0; side < 2 && t->n > 3; side++) {
        const char *p = side == 0 ? t->p + t->n - 3 : t->p;
        bool letter = p[0] == '(' && p[2] == ')' && ((p[1] >= 'A' && p[1] <= 'Z') || (p[1] >= 'a' && p[1] <= 'z'));
        if (!letter)
            continue;
        char mark = p[1];
        *t = lm_str_trim(side == 0 ? lm_str_take(*t, t->n - 3) : lm_str_skip(*t, 3));
        return mark;
    }
    return 0;
}

/* The next of several numbers; a blank before a mark belongs to it. */
static struct lm_str next_token(struct lm_str *rest)
{
    struct lm_str s = *rest;
    size_t n = 0;
    while (s.n != 0 && strchr(" \t\r\n;,|", s.p[0]) != NULL)
        s = lm_str_skip(s, 1);
    while (n < s.n && strchr("\t\r\n;,|", s.p[n]) == NULL && (s.p[n] != ' ' || (n + 1 < s.n && s.p[n + 1] == '(')))
        n++;
    *rest = lm_str_skip(s, n);
    return lm_str_trim(lm_str_take(s, n));
}

struct lm_cell_number lm_cell_number(struct lm_str s, char room[LM_NUMBER_ROOM])
{
    s = lm_str_trim(s);
    struct lm_cell_number whole = one_number(s, room), first = { 0 };
    if (whole.kind != LM_NUMBER_WORD)
        return whole;
    struct lm_str bare = s, rest = s;
    if (take_mark(&bare) != 0) {
        struct lm_cell_number r = one_number(bare, room);
        r.marked = true;
        if (r.kind == LM_NUMBER_PHONE)
            return r;
    }
    bool any = false;
    while (rest.n != 0) {
        struct lm_str t = next_token(&rest);
        char mark = take_mark(&t);
        struct lm_cell_number one = one_number(t, room);
        if (t.n == 0)
            continue;
        /* a word, or a piece of a number that is written with blanks */
        bool long_enough = phone_digits(t) >= 7 || mark != 0 || (t.p[0] == '*' && phone_digits(t) >= 2);
        if (one.kind != LM_NUMBER_PHONE || one.value.p == room || !long_enough)
            return whole;
        if (!any || mark == 0)
            first = one;
        any = true;
        if (mark == 0)
            break;
    }
    if (!any)
        return whole;
    first.marked = true;
    return first;
}

bool lm_cell_same_digits(struct lm_str a, struct lm_str b)
{
    char x[2][24];
    if (a.n <= sizeof x[0] && b.n <= sizeof x[0] && figures_only(a) && figures_only(b))
        return lm_str_eq(lm_str_skip(a, a.n == 11 && a.p[0] == '1'), lm_str_skip(b, b.n == 11 && b.p[0] == '1'));
    size_t n[2] = { digits_of(a, x[0], sizeof x[0]), digits_of(b, x[1], sizeof x[1]) };
    for (int k = 0; k < 2; k++)
        if (n[k] == 0 || n[k] > sizeof x[k])
            return false;
    size_t skip0 = n[0] == 11 && x[0][0] == '1', skip1 = n[1] == 11 && x[1][0] == '1';
    return n[0] - skip0 == n[1] - skip1 && memcmp(x[0] + skip0, x[1] + skip1, n[0] - skip0) == 0;
}
