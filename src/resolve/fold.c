#include "resolve/fold.h"

#include "base/map.h"
#include "base/utf8.h"
#include "model/birth.h"
#include "model/form.h"
#include "model/name_words.h"

#define CENTURY_DAY 21914 /* 2029-12-31: years of two digits are not after it */
#define REMEMBERED 4096   /* cells of other scripts: surnames come again and again */
#define REMEMBERED_CELL 48

struct remembered {
    uint8_t n, n_form;
    bool cut;
    char cell[REMEMBERED_CELL], form[LM_FORM_MAX];
};

struct lm_folder {
    struct lm_fold *latin;
    struct lm_arena scratch;
    struct remembered *remembered;
    char utf8[3 * LM_FOLD_INPUT], wide[LM_FOLD_INPUT];
};

lm_err lm_folder_open(struct lm_arena *a, struct lm_folder **ret, struct lm_error *e)
{
    struct lm_folder *f = lm_arena_alloc(a, sizeof *f);
    if (f != NULL)
        f->remembered = lm_arena_array(a, REMEMBERED, sizeof *f->remembered);
    if (f == NULL || f->remembered == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_err err = lm_fold_open(a, &f->latin, e);
    if (err != LM_OK)
        return err;
    lm_arena_init(&f->scratch, 0);
    *ret = f;
    return LM_OK;
}

void lm_folder_close(struct lm_folder *f)
{
    if (f == NULL)
        return;
    lm_fold_close(f->latin);
    lm_arena_free(&f->scratch);
}

struct form {
    struct lm_folder *folder;
    char *out;
    size_t n, most;
    bool cut;
};

/* At most so many bytes as there is room for, up to a whole letter. */
static void keep(struct form *f, struct lm_str s)
{
    size_t n = s.n < f->most ? s.n : f->most;
    f->cut |= n < s.n;
    while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    if (n > 0)
        memcpy(f->out, s.p, n);
    f->n = n;
}

/* --- names, words, codes --- */

static void latin(struct form *f, struct lm_str s)
{
    bool cut = false;
    struct lm_str key = { f->folder->wide, lm_fold_latin(f->folder->latin, s, f->folder->wide, sizeof f->folder->wide, &cut) };
    f->cut |= cut;
    keep(f, key);
    while (f->n > 0 && f->out[f->n - 1] == ' ')
        f->n--;
}

static void words(struct form *f, struct lm_str s, bool ascii)
{
    uint64_t h = ascii || s.n > REMEMBERED_CELL || f->most > LM_FORM_MAX ? 0 : lm_hash64(s, 1);
    struct remembered *r = &f->folder->remembered[h % REMEMBERED];
    if (h == 0) {
        latin(f, s);
        return;
    }
    if (r->n == 0 || !lm_str_eq((struct lm_str){ r->cell, r->n }, s)) {
        latin(f, s);
        r->n = (uint8_t)s.n;
        r->n_form = (uint8_t)f->n;
        r->cut = f->cut;
        memcpy(r->cell, s.p, s.n);
        memcpy(r->form, f->out, f->n);
        return;
    }
    memcpy(f->out, r->form, r->n_form);
    f->n = r->n_form;
    f->cut |= r->cut;
}

static void join_particles(struct form *f)
{
    size_t n = 0, word = 0; /* where the word starts, in what was written */
    for (size_t i = 0; i < f->n; i++) {
        struct lm_str w = { f->out + word, n - word };
        bool gap = f->out[i] == ' ';
        if (!gap || !((lm_name_word(w) & LM_WORD_PARTICLE) != 0 || lm_name_joins(w, true)))
            f->out[n++] = f->out[i];
        if (gap)
            word = n;
    }
    f->n = n;
}

static void without_blanks(struct form *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->out[i] != ' ')
            f->out[n++] = f->out[i];
    f->n = n;
}

/* Letters, digits and what `also` names, of the Latin key with its signs. */
static void with_signs(struct form *f, struct lm_str s, const char *also)
{
    bool cut = false;
    char *p = f->folder->wide;
    size_t n = lm_fold_marked(f->folder->latin, s, p, sizeof f->folder->wide, &cut), to = 0;
    bool only_signs = true;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
        only_signs &= !word;
        if (word || (c > ' ' && strchr(also, c) != NULL))
            p[to++] = (char)c;
    }
    f->cut |= cut;
    if (!only_signs)
        keep(f, (struct lm_str){ p, to });
}

static void code(struct form *f, struct lm_str s)
{
    latin(f, s);
    without_blanks(f);
}

/* --- identifiers --- */

static bool form_of(struct form *f, enum lm_form_kind kind, struct lm_str s, struct lm_form *ret)
{
    struct lm_form_context c = LM_FORM_CONTEXT_NONE;
    c.wish = LM_FORM_KEYS_ONLY;
    lm_arena_reset(&f->folder->scratch);
    return lm_form_of(&f->folder->scratch, NULL, &c, kind, s, ret) == LM_OK;
}

/* National digits of some country: the library would only say them again. */
static bool is_national(struct lm_str s, bool *ret_run)
{
    size_t n = 0;
    char first = '\0';
    bool run = true;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            if (memchr(" -./()", s.p[i], 6) == NULL)
                return false;
            continue;
        }
        first = n++ == 0 ? s.p[i] : first;
        run &= s.p[i] == first;
    }
    *ret_run = run;
    return n > 0 && n <= 10 && (n < 10 || first < '2');
}

static void phone(struct form *f, struct lm_str s)
{
    struct lm_form x;
    bool run = false;
    if (is_national(s, &run)) {
        if (!run)
            code(f, s);
    } else if (!form_of(f, LM_FORM_PHONE, s, &x) || x.reason == LM_FORM_REASON_NOT_THIS || x.reason == LM_FORM_REASON_CHARACTERS) {
        code(f, s);
    } else if (x.standing != LM_FORM_REFUSED) {
        bool plus = lm_str_starts(x.key, LM_STR("+")), american = lm_str_starts(x.key, LM_STR("+1"));
        keep(f, lm_str_skip(x.key, american ? 2 : plus ? 1 : 0));
    }
}

static void email(struct form *f, struct lm_str s)
{
    struct lm_form x;
    if (form_of(f, LM_FORM_EMAIL, s, &x) && (x.standing != LM_FORM_REFUSED || x.reason == LM_FORM_REASON_PLACEHOLDER))
        keep(f, x.key);
    else
        with_signs(f, s, "@.-_+");
}

/* --- dates --- */

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
    f->n = memcmp(f->out, "00000000", 8) == 0 ? 0 : 8;
}

/* As typed: no calendar has it, or birth.h's centuries do not. */
static void by_numbers(struct form *f, struct lm_str s, bool day_first)
{
    struct numbers x = numbers_of(s);
    if (x.n == 1 && x.digits[0] >= 7)
        eight(f, x.value[0] / 10000, x.value[0] / 100, x.value[0]);
    else if (x.n == 1 && x.digits[0] == 6)
        eight(f, x.value[0] / 100, x.value[0], 0);
    else if (x.n >= 1 && x.digits[0] >= 3)
        eight(f, x.value[0], x.n > 1 ? x.value[1] : 0, x.n > 2 ? x.value[2] : 0);
    else if (x.n == 3 && (x.value[0] > 12 || (day_first && x.value[1] <= 12)))
        eight(f, x.value[2], x.value[1], x.value[0]);
    else if (x.n == 3)
        eight(f, x.value[2], x.value[0], x.value[1]);
    else if (x.n == 2 && x.digits[1] >= 3)
        eight(f, x.value[1], x.value[0], 0);
    else if (x.n == 2) /* a day without its year */
        eight(f, 0, x.value[day_first ? 1 : 0], x.value[day_first ? 0 : 1]);
}

static void date(struct form *f, struct lm_str s, bool day_first)
{
    struct lm_birth b;
    if (!lm_birth_parse(s, CENTURY_DAY, &b)) {
        by_numbers(f, s, day_first);
        return;
    }
    if ((b.flags & LM_BIRTH_PLACEHOLDER) != 0 || b.precision == LM_BIRTH_AGE)
        return;
    const struct lm_birth_reading *r = &b.reading[day_first && b.n == 2 ? 1 : 0];
    eight(f, (unsigned)r->year, (unsigned)r->month, (unsigned)r->day);
}

bool lm_fold_is_date(struct lm_str cell, unsigned *ret_first, bool *ret_decides)
{
    struct lm_birth b;
    struct numbers x = numbers_of(cell);
    *ret_decides = false;
    *ret_first = 0;
    if (memchr(cell.p, ':', cell.n) != NULL && memchr(cell.p, '-', cell.n) == NULL && memchr(cell.p, '/', cell.n) == NULL)
        return false; /* a time of the day */
    bool parts = x.n == 3 && x.digits[0] <= 2 && x.digits[1] <= 2 && (x.digits[2] == 4 || x.digits[2] == 2);
    bool year_first = x.n == 3 && x.digits[0] == 4 && x.digits[1] <= 2 && x.digits[2] <= 2;
    *ret_decides = parts && (x.value[0] > 12) != (x.value[1] > 12);
    *ret_first = *ret_decides && x.value[0] > 12 ? LM_FOLD_DAY_FIRST : 0;
    if (lm_birth_parse(cell, CENTURY_DAY, &b))
        return b.precision == LM_BIRTH_DAY;
    return cell.n <= 20 && (year_first || (parts && x.digits[2] == 4));
}

/* --- the cell --- */

static bool is_nothing(struct lm_str s)
{
    return s.n == 0 || lm_form_nothing(s) || lm_str_is_nocase(s, "nan") || lm_str_is_nocase(s, "missing");
}

/* As UTF-8: what is none is read as Windows-1252. */
static struct lm_str as_utf8(struct lm_folder *f, struct lm_str s, bool *ret_not_utf8)
{
    size_t n = 0;
    size_t good = lm_utf8_valid_prefix(s);
    if (good == s.n || (s.n > LM_FOLD_INPUT && good + 4 > s.n)) /* a letter that the cut went through */
        return s;
    *ret_not_utf8 = true;
    while (s.n > 0 && n + 4 <= sizeof f->utf8) {
        uint32_t cp;
        size_t k = lm_utf8_decode(s, &cp);
        n += lm_utf8_encode(k != 0 ? cp : lm_windows_1252((unsigned char)s.p[0]), f->utf8 + n);
        s = lm_str_skip(s, k != 0 ? k : 1);
    }
    return (struct lm_str){ f->utf8, n };
}

struct lm_folded lm_fold_cell(struct lm_folder *folder, enum lm_field_kind kind, unsigned how, struct lm_str cell, char *out)
{
    struct form f = { .folder = folder, .out = out, .most = kind == LM_FIELD_TEXT ? LM_FORM_TEXT_MAX : LM_FORM_MAX };
    bool not_utf8 = false, ascii;
    cell = lm_str_trim(cell);
    if (is_nothing(cell))
        return (struct lm_folded){ .n = 0 };
    f.cut = cell.n > LM_FOLD_INPUT;
    cell = lm_str_take(cell, LM_FOLD_INPUT + 4); /* the fold itself cuts at a whole letter */
    ascii = lm_utf8_is_ascii(cell);
    if (!ascii)
        cell = as_utf8(folder, cell, &not_utf8);
    switch (kind) {
    case LM_FIELD_SURNAME:
        words(&f, cell, ascii);
        join_particles(&f);
        break;
    case LM_FIELD_GIVEN:
    case LM_FIELD_WORDS:
    case LM_FIELD_TEXT:
        words(&f, cell, ascii);
        break;
    case LM_FIELD_CODE:
        if ((how & LM_FOLD_PHONE) != 0)
            phone(&f, cell);
        else
            code(&f, cell);
        break;
    case LM_FIELD_EMAIL:
        email(&f, cell);
        break;
    case LM_FIELD_DATE:
        date(&f, cell, (how & LM_FOLD_DAY_FIRST) != 0);
        break;
    case LM_FIELD_NUMBER:
        with_signs(&f, cell, ".-");
        break;
    }
    return (struct lm_folded){ .n = f.n, .cut = f.cut, .not_utf8 = not_utf8 };
}
