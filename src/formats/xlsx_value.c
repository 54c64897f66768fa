/* Numbers, dates and times of a workbook: see xlsx.h. ECMA-376 part 1, 18.8.30 (formats), 18.17.4 (dates). */
#include <math.h>
#include <stdio.h>

#include "formats/xlsx_parts.h"

#define DAY_MS INT64_C(86400000)
#define EXACT_FIGURES 15
#define LAST_DAY 2958465 /* 9999-12-31 */

unsigned xlsx_shows_builtin(int64_t id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58)
        return XLSX_SHOWS_DAY;
    switch (id) {
    case 18:
    case 20:
    case 32:
    case 55:
        return XLSX_SHOWS_HOURS | XLSX_SHOWS_MINUTES;
    case 19:
    case 21:
    case 33:
    case 34:
    case 35:
    case 56:
        return XLSX_SHOWS_HOURS | XLSX_SHOWS_MINUTES | XLSX_SHOWS_SECONDS;
    case 22:
        return XLSX_SHOWS_DAY | XLSX_SHOWS_HOURS | XLSX_SHOWS_MINUTES;
    case 45:
    case 47:
        return XLSX_SHOWS_MINUTES | XLSX_SHOWS_SECONDS;
    case 46:
        return XLSX_SHOWS_HOURS | XLSX_SHOWS_MINUTES | XLSX_SHOWS_SECONDS | XLSX_SHOWS_ELAPSED;
    default:
        return 0;
    }
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* "[h]", "[mm]", "[ss]": elapsed time. Any other bracket is a colour, a condition or a language. */
static unsigned bracket(struct lm_str s)
{
    if (s.n == 0)
        return 0;
    char c = small(s.p[0]);
    for (size_t i = 0; i < s.n; i++)
        if (small(s.p[i]) != c)
            return 0;
    return c == 'h'   ? XLSX_SHOWS_ELAPSED | XLSX_SHOWS_HOURS
           : c == 'm' ? XLSX_SHOWS_ELAPSED | XLSX_SHOWS_MINUTES
           : c == 's' ? XLSX_SHOWS_ELAPSED | XLSX_SHOWS_SECONDS
                      : 0;
}

unsigned xlsx_shows(struct lm_str f)
{
    unsigned shows = 0;
    bool after_hours = false, months = false;
    if (lm_str_eq_nocase(f, LM_STR("General")) || lm_str_eq_nocase(f, LM_STR("Standard")) || lm_str_eq(f, LM_STR("@")))
        return 0;
    for (size_t i = 0; i < f.n && f.p[i] != ';'; i++) {
        char c = small(f.p[i]);
        if (c == '"') {
            while (++i < f.n && f.p[i] != '"')
                ;
        } else if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c == '[') {
            size_t from = i + 1;
            while (++i < f.n && f.p[i] != ']')
                ;
            unsigned b = bracket((struct lm_str){ f.p + from, (i < f.n ? i : f.n) - from });
            shows |= b;
            after_hours = after_hours || (b & XLSX_SHOWS_HOURS) != 0;
        } else if (c == 'a' && f.n - i >= 5 && lm_str_eq_nocase(lm_str_take(lm_str_skip(f, i), 5), LM_STR("am/pm"))) {
            i += 4;
        } else if (c == 'a' && f.n - i >= 3 && lm_str_eq_nocase(lm_str_take(lm_str_skip(f, i), 3), LM_STR("a/p"))) {
            i += 2;
        } else if (c == 'y' || c == 'd') {
            shows |= XLSX_SHOWS_DAY;
            after_hours = false;
        } else if (c == 'h') {
            shows |= XLSX_SHOWS_HOURS;
            after_hours = true;
        } else if (c == 's') {
            shows |= XLSX_SHOWS_SECONDS | (months ? XLSX_SHOWS_MINUTES : 0);
            months = false; /* the m before was of minutes */
            after_hours = false;
        } else if (c == 'm') {
            if (after_hours)
                shows |= XLSX_SHOWS_MINUTES;
            else
                months = true;
            while (i + 1 < f.n && small(f.p[i + 1]) == 'm')
                i++;
            after_hours = false;
        }
    }
    return months ? shows | XLSX_SHOWS_DAY : shows;
}

static void civil(int64_t day, int *y, int *m, int *d)
{
    /* days since 1970-01-01; Howard Hinnant, "chrono-compatible low-level date algorithms" */
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (int)(yoe + era * 400 + (*m <= 2));
}

/* Of a day, or elapsed, in the parts that the format shows; what it would hide is shown. */
static size_t put_time(char *out, size_t cap, int64_t ms, unsigned shows)
{
    long long h = ms / 3600000, m = ms / 60000 % 60, s = ms / 1000 % 60, rest = ms % 1000;
    int n;
    bool seconds = (shows & XLSX_SHOWS_SECONDS) != 0 || s != 0 || rest != 0;
    if ((shows & (XLSX_SHOWS_HOURS | XLSX_SHOWS_DAY)) != 0 || (shows & (XLSX_SHOWS_MINUTES | XLSX_SHOWS_SECONDS)) == 0)
        n = seconds ? snprintf(out, cap, "%lld:%02lld:%02lld", h, m, s) : snprintf(out, cap, "%lld:%02lld", h, m);
    else if ((shows & XLSX_SHOWS_MINUTES) != 0)
        n = snprintf(out, cap, "%lld:%02lld", h * 60 + m, s);
    else
        n = snprintf(out, cap, "%lld", (h * 60 + m) * 60 + s);
    if (rest != 0)
        n += snprintf(out + n, cap - (size_t)n, ".%03lld", rest);
    return (size_t)n;
}

static bool moment(double v, unsigned shows, bool from_1904, char *room, struct lm_str *ret)
{
    if (!(v >= 0) || v >= (shows & XLSX_SHOWS_ELAPSED ? 1e6 : LAST_DAY + 1))
        return false;
    int64_t ms = (int64_t)floor(v * (double)DAY_MS + 0.5), day = ms / DAY_MS, time = ms % DAY_MS;
    if ((shows & XLSX_SHOWS_ELAPSED) != 0 || (day == 0 && !from_1904)) {
        *ret = (struct lm_str){ room, put_time(room, XLSX_VALUE_ROOM, ms, shows) };
        return true;
    }
    if (from_1904 && (shows & XLSX_SHOWS_DAY) == 0 && day == 0) {
        *ret = (struct lm_str){ room, put_time(room, XLSX_VALUE_ROOM, ms, shows) };
        return true;
    }
    day += from_1904 ? 1462 : 0;
    if (day == 60 || day > LAST_DAY)
        return false;
    int y, m, d;
    civil(day - (day > 60 ? 25569 : 25568), &y, &m, &d);
    int n = snprintf(room, XLSX_VALUE_ROOM, "%04d-%02d-%02d", y, m, d);
    if (time != 0 || (shows & ~(unsigned)XLSX_SHOWS_DAY) != 0) {
        long long h = time / 3600000, min = time / 60000 % 60, s = time / 1000 % 60, rest = time % 1000;
        n += snprintf(room + n, XLSX_VALUE_ROOM - (size_t)n, " %02lld:%02lld:%02lld", h, min, s);
        if (rest != 0)
            n += snprintf(room + n, XLSX_VALUE_ROOM - (size_t)n, ".%03lld", rest);
    }
    *ret = (struct lm_str){ room, (size_t)n };
    return true;
}

/* Figures before the exponent, without zeros in front. */
static size_t figures(struct lm_str s, bool *ret_scientific, bool *ret_whole)
{
    size_t n = 0;
    *ret_scientific = false;
    *ret_whole = true;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == 'e' || s.p[i] == 'E') {
            *ret_scientific = true;
            break;
        }
        if (s.p[i] == '.')
            *ret_whole = false;
        else if (s.p[i] >= '0' && s.p[i] <= '9' && (n != 0 || s.p[i] != '0'))
            n++;
    }
    return n;
}

struct lm_str xlsx_number(struct lm_str stored, unsigned shows, bool from_1904, char room[XLSX_VALUE_ROOM],
                          unsigned char *ret_marks)
{
    double v;
    bool scientific, whole;
    struct lm_str text = lm_str_trim(stored);
    *ret_marks = 0;
    if (!lm_str_to_double(text, &v))
        return text; /* not a number: as it stands */
    *ret_marks = LM_XLSX_NUMBER;
    if (shows != 0 && moment(v, shows, from_1904, room, &text)) {
        *ret_marks = LM_XLSX_DATE;
        return text;
    }
    size_t n = figures(text, &scientific, &whole);
    if (!scientific && (n <= EXACT_FIGURES || whole)) {
        if (n > EXACT_FIGURES)
            *ret_marks |= LM_XLSX_ROUNDED;
        return text;
    }
    if (fabs(v) < 1e15 && fabs(v) >= 1e-5) { /* exact to 15 figures: what the spreadsheet program shows as well */
        int k = snprintf(room, XLSX_VALUE_ROOM, "%.15g", v);
        return (struct lm_str){ room, (size_t)k };
    }
    if (scientific && fabs(v) >= 1e15)
        *ret_marks |= LM_XLSX_ROUNDED;
    return text;
}
