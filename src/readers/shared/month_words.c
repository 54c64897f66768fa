#include "readers/shared/month_words.h"

#include "readers/shared/cell.h"

/* Beginnings of words: the shortest that no other month shares; whole words where a longer one means
 * something else ("mar."). */
static const struct {
    const char *word;
    int month;
} months[] = {
    /* en, and what others share with it */
    { "january", 1 },
    { "jan", 1 },
    { "february", 2 },
    { "feb", 2 },
    { "march", 3 },
    { "mar", 3 },
    { "april", 4 },
    { "apr", 4 },
    { "may", 5 },
    { "june", 6 },
    { "jun", 6 },
    { "july", 7 },
    { "jul", 7 },
    { "august", 8 },
    { "aug", 8 },
    { "september", 9 },
    { "sept", 9 },
    { "sep", 9 },
    { "october", 10 },
    { "oct", 10 },
    { "november", 11 },
    { "nov", 11 },
    { "december", 12 },
    { "dec", 12 },
    /* es */
    { "enero", 1 },
    { "ene", 1 },
    { "febrero", 2 },
    { "marzo", 3 },
    { "abril", 4 },
    { "abr", 4 },
    { "mayo", 5 },
    { "junio", 6 },
    { "julio", 7 },
    { "agosto", 8 },
    { "ago", 8 },
    { "septiembre", 9 },
    { "setiembre", 9 },
    { "octubre", 10 },
    { "noviembre", 11 },
    { "diciembre", 12 },
    { "dic", 12 },
    /* pt */
    { "janeiro", 1 },
    { "fevereiro", 2 },
    { "fev", 2 },
    { "março", 3 },
    { "maio", 5 },
    { "mai", 5 },
    { "junho", 6 },
    { "julho", 7 },
    { "setembro", 9 },
    { "set", 9 },
    { "outubro", 10 },
    { "out", 10 },
    { "novembro", 11 },
    { "dezembro", 12 },
    { "dez", 12 },
    /* fr */
    { "janvier", 1 },
    { "janv", 1 },
    { "février", 2 },
    { "févr", 2 },
    { "fév", 2 },
    { "mars", 3 },
    { "avril", 4 },
    { "avr", 4 },
    { "juin", 6 },
    { "juillet", 7 },
    { "juil", 7 },
    { "août", 8 },
    { "aoû", 8 },
    { "septembre", 9 },
    { "octobre", 10 },
    { "novembre", 11 },
    { "décembre", 12 },
    { "déc", 12 },
    /* de */
    { "januar", 1 },
    { "jänner", 1 },
    { "februar", 2 },
    { "märz", 3 },
    { "mär", 3 },
    { "juni", 6 },
    { "juli", 7 },
    { "oktober", 10 },
    { "okt", 10 },
    { "dezember", 12 },
    /* it */
    { "gennaio", 1 },
    { "gen", 1 },
    { "febbraio", 2 },
    { "aprile", 4 },
    { "maggio", 5 },
    { "mag", 5 },
    { "giugno", 6 },
    { "giu", 6 },
    { "luglio", 7 },
    { "lug", 7 },
    { "settembre", 9 },
    { "sett", 9 },
    { "ottobre", 10 },
    { "ott", 10 },
    { "dicembre", 12 },
    /* nl, id */
    { "januari", 1 },
    { "februari", 2 },
    { "maart", 3 },
    { "mrt", 3 },
    { "mei", 5 },
    { "augustus", 8 },
    { "agustus", 8 },
    { "agu", 8 },
    { "agt", 8 },
    { "maret", 3 },
    { "desember", 12 },
    { "des", 12 },
    /* pl */
    { "stycznia", 1 },
    { "sty", 1 },
    { "lutego", 2 },
    { "lut", 2 },
    { "marca", 3 },
    { "kwietnia", 4 },
    { "kwi", 4 },
    { "maja", 5 },
    { "maj", 5 },
    { "czerwca", 6 },
    { "cze", 6 },
    { "lipca", 7 },
    { "lip", 7 },
    { "sierpnia", 8 },
    { "sie", 8 },
    { "września", 9 },
    { "wrz", 9 },
    { "października", 10 },
    { "paź", 10 },
    { "listopada", 11 },
    { "lis", 11 },
    { "grudnia", 12 },
    { "gru", 12 },
    /* tr */
    { "ocak", 1 },
    { "oca", 1 },
    { "şubat", 2 },
    { "şub", 2 },
    { "mart", 3 },
    { "nisan", 4 },
    { "nis", 4 },
    { "mayıs", 5 },
    { "haziran", 6 },
    { "haz", 6 },
    { "temmuz", 7 },
    { "tem", 7 },
    { "ağustos", 8 },
    { "ağu", 8 },
    { "eylül", 9 },
    { "eyl", 9 },
    { "ekim", 10 },
    { "eki", 10 },
    { "kasım", 11 },
    { "kas", 11 },
    { "aralık", 12 },
    { "ara", 12 },
    /* ru */
    { "января", 1 },
    { "янв", 1 },
    { "февраля", 2 },
    { "февр", 2 },
    { "фев", 2 },
    { "марта", 3 },
    { "мар", 3 },
    { "апреля", 4 },
    { "апр", 4 },
    { "мая", 5 },
    { "май", 5 },
    { "июня", 6 },
    { "июн", 6 },
    { "июля", 7 },
    { "июл", 7 },
    { "августа", 8 },
    { "авг", 8 },
    { "сентября", 9 },
    { "сент", 9 },
    { "сен", 9 },
    { "октября", 10 },
    { "окт", 10 },
    { "ноября", 11 },
    { "нояб", 11 },
    { "ноя", 11 },
    { "декабря", 12 },
    { "дек", 12 },
};

static const char *const between[] = { "de",  "del", "a",     "las", "la", "à",    "às",   "at",  "um", "uhr",
                                       "uur", "om",  "alle",  "ore", "o",  "godz", "saat", "le",  "el", "il",
                                       "den", "di",  "pukul", "в",   "г",  "h",    "kl",   "die", "den" };

struct found {
    int month, year, day, hour, minute, second, half; /* 0: not there; half: 1 am, 2 pm */
    bool timed, open;
    struct lm_cell_zone zone;
};

/* The next piece of letters, of figures, or one other character; blanks (the broad ones as well) are passed
 * over. */
enum piece { END, WORD, FIGURES, MARK };

static size_t blank(struct lm_str s)
{
    static const char *const broad[] = { "\xc2\xa0",     "\xe2\x80\xaf", "\xe2\x80\x89",
                                         "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe3\x80\x80" };
    if (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n')
        return 1;
    for (size_t i = 0; i < sizeof broad / sizeof *broad; i++)
        if (lm_str_starts(s, lm_str(broad[i])))
            return strlen(broad[i]);
    return 0;
}

static bool is_figure(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static enum piece next(struct lm_str *s, struct lm_str *ret)
{
    size_t n;
    while (s->n != 0 && (n = blank(*s)) != 0)
        *s = lm_str_skip(*s, n);
    if (s->n == 0)
        return END;
    enum piece kind = is_figure(s->p[0]) ? FIGURES : is_letter(s->p[0]) ? WORD : MARK;
    for (n = 1; kind != MARK && n < s->n && blank(lm_str_skip(*s, n)) == 0; n++) {
        bool joined = s->p[n] == '-' && n + 1 < s->n && is_letter(s->p[n + 1]); /* "sexta-feira" */
        if (kind == WORD ? !is_letter(s->p[n]) && !joined : !is_figure(s->p[n]))
            break;
    }
    *ret = lm_str_take(*s, n);
    *s = lm_str_skip(*s, n);
    return kind;
}

/* Small letters: ASCII, Cyrillic, Ş. *out has room for s. */
static struct lm_str small(struct lm_str s, char *out)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i], d = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : s.p[i];
        if (c == 0xd0 && d >= 0x90 && d <= 0x9f) { /* А … П */
            out[++i] = (char)(d + 0x20);
        } else if (c == 0xd0 && d >= 0xa0 && d <= 0xaf) { /* Р … Я */
            out[i] = (char)0xd1;
            out[++i] = (char)(d - 0x20);
        } else if (c == 0xc5 && d == 0x9e) {
            out[++i] = (char)0x9f;
        }
    }
    return (struct lm_str){ out, s.n };
}

static int number(struct lm_str s)
{
    int v = 0;
    for (size_t i = 0; i < s.n && i < 6; i++)
        v = v * 10 + (s.p[i] - '0');
    return v;
}

static bool set(int *to, int value)
{
    bool good = *to == 0 || *to == value;
    *to = value;
    return good;
}

/* "a. m.", "PM", "오후": which half of the day. 0: none. */
static int half_of(struct lm_str word, struct lm_str *rest)
{
    static const struct {
        const char *word;
        int half;
    } words[] = { { "am", 1 },   { "pm", 2 },   { "上午", 1 }, { "下午", 2 },
                  { "午前", 1 }, { "午後", 2 }, { "오전", 1 }, { "오후", 2 } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lm_str_eq(word, lm_str(words[i].word)))
            return words[i].half;
    struct lm_str look = *rest, piece;
    if (!lm_str_eq(word, LM_STR("a")) && !lm_str_eq(word, LM_STR("p")))
        return 0;
    enum piece kind = next(&look, &piece);
    if (kind == MARK && piece.p[0] == '.')
        kind = next(&look, &piece);
    if (kind != WORD || (!lm_str_eq(piece, LM_STR("m")) && !lm_str_eq(piece, LM_STR("M"))))
        return 0;
    *rest = look;
    return word.p[0] == 'a' ? 1 : 2;
}

/* "UTC-06", "GMT+2:30": taken whole. */
static bool zone_of(struct lm_str word, struct lm_str *rest, struct found *f)
{
    char text[16] = "UTC";
    size_t n = 3;
    if (!lm_str_eq(word, LM_STR("utc")) && !lm_str_eq(word, LM_STR("gmt")))
        return false;
    while (rest->n != 0 && n + 1 < sizeof text
           && (is_figure(rest->p[0]) || rest->p[0] == '+' || rest->p[0] == '-' || rest->p[0] == ':')) {
        text[n++] = rest->p[0];
        *rest = lm_str_skip(*rest, 1);
    }
    return lm_cell_zone((struct lm_str){ text, n }, &f->zone);
}

static void take_word(struct found *f, struct lm_str piece, struct lm_str *rest)
{
    char room[64];
    if (piece.n > sizeof room) {
        f->open = true;
        return;
    }
    struct lm_str word = small(piece, room);
    int half = half_of(word, rest);
    if (half != 0) {
        f->open = !set(&f->half, half) || f->open;
        return;
    }
    for (size_t i = 0; i < sizeof months / sizeof *months; i++)
        if (lm_str_eq(word, lm_str(months[i].word))) {
            f->open = !set(&f->month, months[i].month) || f->open;
            return;
        }
    if (zone_of(word, rest, f))
        return;
    for (size_t i = 0; i < sizeof between / sizeof *between; i++)
        if (lm_str_eq(word, lm_str(between[i])))
            return;
    f->open = f->timed || f->open; /* before the time it may be a day of the week */
}

/* What stands behind a number: "年", "월" and the like say what it is. 0: nothing does. */
static char unit_of(struct lm_str *rest)
{
    static const struct {
        const char *word;
        char unit;
    } units[] = { { "年", 'y' }, { "月", 'm' }, { "日", 'd' }, { "년", 'y' }, { "월", 'm' }, { "일", 'd' } };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (lm_str_starts(*rest, lm_str(units[i].word))) {
            *rest = lm_str_skip(*rest, strlen(units[i].word));
            return units[i].unit;
        }
    return 0;
}

/* "6:33", "06:33:10", "6.33" is none: a dot parts dates too. */
static bool take_time(struct found *f, struct lm_str hour, struct lm_str *rest)
{
    struct lm_str look = *rest, piece;
    if (hour.n > 2 || next(&look, &piece) != MARK || piece.p[0] != ':' || next(&look, &piece) != FIGURES
        || piece.n != 2)
        return false;
    f->open = f->open || f->timed || number(hour) > 23 || number(piece) > 59;
    f->timed = true;
    f->hour = number(hour);
    f->minute = number(piece);
    *rest = look;
    if (next(&look, &piece) == MARK && piece.p[0] == ':' && next(&look, &piece) == FIGURES && piece.n == 2) {
        f->second = number(piece);
        f->open = f->open || f->second > 59;
        *rest = look;
    }
    return true;
}

static void take_figures(struct found *f, struct lm_str piece, struct lm_str *rest)
{
    if (take_time(f, piece, rest))
        return;
    char unit = unit_of(rest);
    if (unit == 0)
        unit = piece.n == 4 ? 'y' : piece.n <= 2 ? 'd' : '?';
    int *to = unit == 'y' ? &f->year : unit == 'm' ? &f->month : &f->day;
    f->open = f->open || unit == '?' || *to != 0 || number(piece) == 0;
    *to = number(piece);
}

bool lm_month_words(struct lm_str s, struct lm_when *ret)
{
    struct found f = { .month = 0 };
    struct lm_str piece;
    enum piece kind;
    if (s.n > 200)
        return false;
    while ((kind = next(&s, &piece)) != END && !f.open) {
        if (kind == WORD)
            take_word(&f, piece, &s);
        else if (kind == FIGURES)
            take_figures(&f, piece, &s);
        else
            f.open = memchr(",.;()", piece.p[0], 5)
                     == NULL; /* a slash or a dash parts figures whose order is open */
    }
    if (f.open || !f.timed || f.month == 0 || f.month > 12 || f.year < 1970 || f.year > 2200 || f.day == 0)
        return false;
    if (f.half != 0 && (f.hour == 0 || f.hour > 12) && !(f.half == 1 && f.hour == 0))
        return false;
    if (f.half != 0)
        f.hour = f.hour % 12 + (f.half == 2 ? 12 : 0);
    struct lm_civil c = {
        .year = f.year, .month = f.month, .day = f.day, .hour = f.hour, .minute = f.minute, .second = f.second
    };
    struct lm_when w = { .quality = LM_TIME_LOCAL };
    if (!lm_civil_to_us(&c, &w.us))
        return false;
    if (f.zone.state == LM_CELL_ZONE_UTC || f.zone.state == LM_CELL_ZONE_OFFSET) {
        w.quality = f.zone.state == LM_CELL_ZONE_UTC ? LM_TIME_UTC : LM_TIME_ZONE;
        w.offset_s = f.zone.state == LM_CELL_ZONE_OFFSET ? f.zone.offset_s : 0;
        w.us -= w.offset_s * LM_SECOND_US;
    }
    *ret = w;
    return true;
}
