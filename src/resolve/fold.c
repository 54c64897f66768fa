#include "resolve/fold.h"

#define READ_MOST ((size_t)64 << 10) /* of one cell: blanks do not fill a form */

/* --- letters --- */

/* U+00C0 … U+017F without their marks; '*' where it is no letter, a digit where it is the pair of that number. */
static const char latin[] = "aaaaaa1ceeeeiiiidnooooo*ouuuuy23aaaaaa1ceeeeiiiidnooooo*ouuuuy2y"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii44jjkkklllllll"
                            "lllnnnnnnnnnoooooo55rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static const char *const pairs[] = { "", "ae", "th", "ss", "ij", "oe" };

/* Windows-1252, 0x80 … 0x9F: only its letters matter here; all else separates. */
static uint32_t from_1252(unsigned char c)
{
    switch (c) {
    case 0x8a: return 0x160;
    case 0x8c: return 0x152;
    case 0x8e: return 0x17d;
    case 0x9a: return 0x161;
    case 0x9c: return 0x153;
    case 0x9e: return 0x17e;
    case 0x9f: return 0x178;
    case 0x91:
    case 0x92: return '\'';
    default: return c < 0xa0 ? ' ' : c;
    }
}

static uint32_t next_letter(struct lm_str *s, bool *not_utf8)
{
    uint32_t cp;
    unsigned char c = (unsigned char)s->p[0];
    if (c < 0x80) {
        *s = lm_str_skip(*s, 1);
        return c;
    }
    size_t k = lm_utf8_decode(*s, &cp);
    if (k == 0) {
        *not_utf8 = true;
        cp = from_1252(c);
        k = 1;
    }
    *s = lm_str_skip(*s, k);
    return cp;
}

static bool is_mark(uint32_t cp) /* falls away without separating */
{
    return cp == '\'' || cp == '`' || cp == 0xb4 || cp == 0x2018 || cp == 0x2019 || cp == 0x2bc || (cp >= 0x300 && cp < 0x370)
           || cp == 0xad || (cp >= 0x200b && cp < 0x2010) || (cp >= 0x202a && cp < 0x202f) || cp == 0xfeff;
}

static size_t put_latin(uint32_t cp, char out[4])
{
    char c = latin[cp - 0xc0];
    if (c == '*')
        return 0;
    if (c >= 'a') {
        out[0] = c;
        return 1;
    }
    memcpy(out, pairs[c - '0'], 2);
    return 2;
}

/* The folded letter; 0 bytes when it is none. */
static size_t put_letter(uint32_t cp, char out[4])
{
    if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9')) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp >= 'A' && cp <= 'Z') {
        out[0] = (char)(cp + 32);
        return 1;
    }
    if (cp < 0xc0)
        return 0;
    if (cp < 0x180)
        return put_latin(cp, out);
    if ((cp >= 0x410 && cp < 0x430) || (cp >= 0x391 && cp < 0x3aa))
        cp += 0x20;
    else if (cp >= 0x400 && cp < 0x410)
        cp += 0x50;
    if ((cp >= 0x2000 && cp < 0x2c00) || (cp >= 0x3000 && cp < 0x3040) || (cp >= 0xff00 && cp < 0xff10) || cp == 0xfffd)
        return 0;
    return lm_utf8_encode(cp, out);
}

/* --- kinds --- */

struct form {
    char *out;
    size_t n, most;
    bool cut;
};

static bool add(struct form *f, const char *p, size_t n)
{
    if (f->n + n > f->most) {
        f->cut = true;
        return false;
    }
    memcpy(f->out + f->n, p, n);
    f->n += n;
    return true;
}

static void words(struct form *f, struct lm_str s, bool *not_utf8)
{
    bool gap = false;
    while (s.n > 0) {
        char c[4];
        uint32_t cp = next_letter(&s, not_utf8);
        if (is_mark(cp))
            continue;
        size_t k = put_letter(cp, c);
        if (k == 0) {
            gap = f->n > 0;
            continue;
        }
        if ((gap && !add(f, " ", 1)) || !add(f, c, k))
            break;
        gap = false;
    }
    if (f->n > 0 && f->out[f->n - 1] == ' ')
        f->n--;
}

/* Words that belong to the next one: "de la Cruz" is one surname, "García López" are two. */
static void join_particles(struct form *f)
{
    static const char *const particles[] = { "de", "la", "las", "los", "del", "da", "do", "dos", "das", "di", "du", "le", "van", "von",
                                             "der", "den", "ter", "ten", "zu", "zur", "bin", "ibn", "al", "el", "mc", "mac", "san",
                                             "santa", "st", "o" };
    size_t n = 0, word = 0; /* where the word starts, in what is written */
    for (size_t i = 0; i < f->n; i++) {
        bool particle = false;
        if (f->out[i] == ' ')
            for (size_t k = 0; k < sizeof particles / sizeof particles[0] && !particle; k++)
                particle = lm_str_eq((struct lm_str){ f->out + word, i - word }, lm_str(particles[k]));
        if (f->out[i] == ' ')
            word = i + 1;
        if (!particle)
            f->out[n++] = f->out[i];
    }
    f->n = n;
}

/* Letters and digits, and what `also` names. */
static void run_together(struct form *f, struct lm_str s, const char *also, bool *not_utf8)
{
    while (s.n > 0) {
        char c[4];
        uint32_t cp = next_letter(&s, not_utf8);
        size_t k = put_letter(cp, c);
        if (k == 0 && cp > ' ' && cp < 0x7f && strchr(also, (int)cp) != NULL) {
            c[0] = (char)cp;
            k = 1;
        }
        if (k > 0 && !add(f, c, k))
            break;
    }
}

struct numbers {
    unsigned value[3], digits[3];
    size_t n;
};

static struct numbers numbers_of(struct lm_str s)
{
    struct numbers r = { .n = 0 };
    for (size_t i = 0; i < s.n && r.n < 3;) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            if (r.n > 0 && (s.p[i] == 'T' || s.p[i] == ':')) /* the time of the day */
                break;
            i++;
            continue;
        }
        unsigned v = 0, d = 0;
        for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && d < 8; i++, d++)
            v = v * 10 + (unsigned)(s.p[i] - '0');
        r.value[r.n] = v;
        r.digits[r.n++] = d;
    }
    return r;
}

static void eight(struct form *f, unsigned y, unsigned m, unsigned d)
{
    unsigned v = y % 10000 * 10000 + m % 100 * 100 + d % 100;
    for (unsigned i = 8; i-- > 0; v /= 10)
        f->out[i] = (char)('0' + v % 10);
    f->n = 8;
}

static void date(struct form *f, struct lm_str s)
{
    struct numbers x = numbers_of(s);
    if (x.n == 1 && x.digits[0] >= 7)
        eight(f, x.value[0] / 10000, x.value[0] / 100, x.value[0]);
    else if (x.n == 1 && x.digits[0] == 6)
        eight(f, x.value[0] / 100, x.value[0], 0);
    else if (x.n >= 1 && x.digits[0] >= 3)
        eight(f, x.value[0], x.n > 1 ? x.value[1] : 0, x.n > 2 ? x.value[2] : 0);
    else if (x.n == 3 && x.value[0] > 12)
        eight(f, x.value[2], x.value[1], x.value[0]);
    else if (x.n == 3)
        eight(f, x.value[2], x.value[0], x.value[1]);
    else if (x.n == 2 && x.digits[1] >= 3)
        eight(f, x.value[1], x.value[0], 0);
    else if (x.n == 2) /* a day without its year */
        eight(f, 0, x.value[0], x.value[1]);
    if (f->n == 8 && memcmp(f->out, "00000000", 8) == 0)
        f->n = 0;
}

static bool is_nothing(struct lm_str s)
{
    static const char *const nothing[] = { "na", "n/a", "null", "none", "nan", "nil", "unknown", "unk", "not known", "missing" };
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        if (lm_str_eq_nocase(s, lm_str(nothing[i])))
            return true;
    return s.n == 0;
}

struct lm_folded lm_fold(enum lm_field_kind kind, struct lm_str cell, char *out)
{
    struct form f = { .out = out, .most = kind == LM_FIELD_TEXT ? LM_FORM_TEXT_MAX : LM_FORM_MAX };
    bool not_utf8 = false;
    cell = lm_str_trim(cell);
    if (is_nothing(cell))
        return (struct lm_folded){ .n = 0 };
    f.cut = cell.n > READ_MOST;
    cell = lm_str_take(cell, READ_MOST);
    switch (kind) {
    case LM_FIELD_SURNAME:
        words(&f, cell, &not_utf8);
        join_particles(&f);
        break;
    case LM_FIELD_GIVEN:
    case LM_FIELD_WORDS:
    case LM_FIELD_TEXT:
        words(&f, cell, &not_utf8);
        break;
    case LM_FIELD_CODE:
        run_together(&f, cell, "", &not_utf8);
        break;
    case LM_FIELD_EMAIL:
        run_together(&f, cell, "@.-_+", &not_utf8);
        break;
    case LM_FIELD_DATE:
        date(&f, cell);
        break;
    case LM_FIELD_NUMBER:
        run_together(&f, cell, ".-", &not_utf8);
        break;
    }
    return (struct lm_folded){ .n = f.n, .cut = f.cut, .not_utf8 = not_utf8 };
}
