#include "model/fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define WIDE 4096
#define NARROW ((size_t)3 * WIDE)
#define UNIT 4 /* bytes of the folded form of one code point in the tables */
#define NOT_HERE UINT8_MAX

/* Blocks in the tables: Latin-1 to Latin Extended-B, combining marks, Latin Extended Additional, punctuation.
 */
static const struct block {
    uint32_t first, last;
} blocks[] = { { 0x80, 0x24f }, { 0x300, 0x36f }, { 0x1e00, 0x1eff }, { 0x2000, 0x206f } };
#define BLOCKS (sizeof blocks / sizeof blocks[0])
#define TABLE (0x1d0 + 0x70 + 0x100 + 0x70)

struct lm_fold {
    UTransliterator *latin;
    USpoofChecker *spoof;
    const UNormalizer2 *casefold;
    UChar wide[WIDE], other[WIDE];
    char narrow[NARROW];
    char table[TABLE][UNIT];
    uint8_t table_n[TABLE]; /* NOT_HERE: longer than UNIT */
    char skeleton[128][UNIT];
    uint8_t skeleton_n[128];
};

static bool table_index(uint32_t cp, size_t *ret)
{
    size_t at = 0;
    for (size_t i = 0; i < BLOCKS && cp >= blocks[i].first; i++) {
        if (cp <= blocks[i].last) {
            *ret = at + (cp - blocks[i].first);
            return true;
        }
        at += blocks[i].last - blocks[i].first + 1;
    }
    return false;
}

static char ascii_marked(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + 32);
    return c < ' ' || c == 0x7f ? ' ' : (char)c;
}

/* Code points up to the last whole one within n bytes. */
static size_t whole(struct lm_str s, size_t n)
{
    if (n >= s.n)
        return s.n;
    while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* ICU's buffers hold s as UTF-16; bytes that are no UTF-8 are spaces. */
static int32_t widen(struct lm_fold *f, struct lm_str s)
{
    int32_t n = 0;
    while (s.n > 0 && n < WIDE - 2) {
        uint32_t cp;
        size_t k = lm_utf8_decode(s, &cp);
        if (k == 0) {
            cp = ' ';
            k = 1;
        }
        if (cp < 0x10000) {
            f->wide[n++] = (UChar)cp;
        } else {
            f->wide[n++] = (UChar)(0xd7c0 + (cp >> 10));
            f->wide[n++] = (UChar)(0xdc00 + (cp & 0x3ff));
        }
        s = lm_str_skip(s, k);
    }
    return n;
}

static bool narrowed(struct lm_fold *f, const UChar *text, int32_t n, struct lm_str *ret)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t bytes = 0;
    u_strToUTF8WithSub(f->narrow, (int32_t)NARROW, &bytes, text, n, ' ', NULL, &status);
    *ret = (struct lm_str){ f->narrow, U_SUCCESS(status) ? (size_t)bytes : 0 };
    return U_SUCCESS(status);
}

/* Case-folded and NFKC in f->other. */
static bool casefolded(struct lm_fold *f, struct lm_str s, int32_t *ret)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = widen(f, s);
    *ret = unorm2_normalize(f->casefold, f->wide, n, f->other, WIDE, &status);
    return U_SUCCESS(status);
}

static bool by_icu(struct lm_fold *f, struct lm_str s, struct lm_str *ret)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    if (!casefolded(f, s, &n))
        return false;
    int32_t limit = n;
    utrans_transUChars(f->latin, f->other, &n, WIDE, 0, &limit, &status);
    return U_SUCCESS(status) && narrowed(f, f->other, n, ret);
}

/* One code point of what ICU made: kept, a space, or nothing. */
static size_t settled(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = ascii_marked((unsigned char)cp);
        return 1;
    }
    switch ((int)u_charType((UChar32)cp)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_COMBINING_SPACING_MARK:
    case U_MODIFIER_LETTER:
    case U_MODIFIER_SYMBOL:
    case U_FORMAT_CHAR:
        return 0;
    case U_UPPERCASE_LETTER:
    case U_LOWERCASE_LETTER:
    case U_TITLECASE_LETTER:
    case U_OTHER_LETTER:
    case U_DECIMAL_DIGIT_NUMBER:
    case U_LETTER_NUMBER:
        return lm_utf8_encode(cp, out);
    default:
        out[0] = ' ';
        return 1;
    }
}

static size_t marked_by_icu(struct lm_fold *f, struct lm_str raw, char *out, size_t cap, bool *cut)
{
    struct lm_str made;
    size_t n = 0;
    while (!by_icu(f, raw, &made)) { /* grew beyond the buffers: half of it */
        *cut = true;
        raw.n = whole(raw, raw.n / 2);
        if (raw.n == 0)
            return 0;
    }
    while (made.n > 0) {
        uint32_t cp = 0;
        char c[4];
        size_t k = lm_utf8_decode(made, &cp), m = k != 0 ? settled(cp, c) : 0;
        if (n + m > cap) {
            *cut = true;
            break;
        }
        memcpy(out + n, c, m);
        n += m;
        made = lm_str_skip(made, k != 0 ? k : 1);
    }
    return n;
}

size_t lm_fold_marked(struct lm_fold *f, struct lm_str raw, char *out, size_t cap, bool *ret_cut)
{
    bool cut = raw.n > LM_FOLD_INPUT;
    size_t n = 0, at = 0;
    raw.n = whole(raw, LM_FOLD_INPUT);
    while (at < raw.n && !(cut && n == cap)) {
        unsigned char c = (unsigned char)raw.p[at];
        size_t i, k, m;
        uint32_t cp;
        if (c < 0x80) {
            if (n == cap) {
                cut = true;
                break;
            }
            out[n++] = ascii_marked(c);
            at++;
            continue;
        }
        k = lm_utf8_decode(lm_str_skip(raw, at), &cp);
        if (k != 0 && (!table_index(cp, &i) || f->table_n[i] == NOT_HERE)) {
            n = marked_by_icu(f, raw, out, cap, &cut);
            break;
        }
        m = k != 0 ? f->table_n[i] : 1;
        if (n + m > cap) {
            cut = true;
            break;
        }
        memcpy(out + n, k != 0 ? f->table[i] : " ", m);
        n += m;
        at += k != 0 ? k : 1;
    }
    if (ret_cut != NULL)
        *ret_cut = cut;
    return n;
}

static bool word_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

size_t lm_fold_latin(struct lm_fold *f, struct lm_str raw, char *out, size_t cap, bool *ret_cut)
{
    size_t n = lm_fold_marked(f, raw, out, cap, ret_cut), to = 0;
    bool gap = false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)out[i];
        if (c == '\'' || c == '`')
            continue;
        if (!word_byte(c)) {
            gap = to > 0;
            continue;
        }
        if (gap)
            out[to++] = ' ';
        gap = false;
        out[to++] = (char)c;
    }
    return to;
}

/* Skeletons are made of text that is folded already, and folded again: 0 becomes O, which is o. */
static bool skeleton_by_icu(struct lm_fold *f, struct lm_str s, struct lm_str *ret)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    if (!casefolded(f, s, &n))
        return false;
    n = uspoof_getSkeleton(f->spoof, 0, f->other, n, f->wide, WIDE, &status);
    if (U_SUCCESS(status))
        n = unorm2_normalize(f->casefold, f->wide, n, f->other, WIDE, &status);
    return U_SUCCESS(status) && narrowed(f, f->other, n, ret);
}

size_t lm_fold_skeleton(struct lm_fold *f, struct lm_str raw, char *out, size_t cap, bool *ret_cut)
{
    bool cut = raw.n > LM_FOLD_INPUT, ascii = true;
    size_t n = 0;
    raw.n = whole(raw, LM_FOLD_INPUT);
    for (size_t i = 0; i < raw.n && ascii; i++)
        ascii = (unsigned char)raw.p[i] < 0x80;
    struct lm_str made = { NULL, 0 };
    while (!ascii && raw.n > 0 && !skeleton_by_icu(f, raw, &made)) {
        cut = true;
        raw.n = whole(raw, raw.n / 2);
    }
    if (!ascii) {
        n = whole(made, cap);
        if (n != 0)
            memcpy(out, made.p, n);
        cut |= n < made.n;
    }
    for (size_t i = 0; ascii && i < raw.n; i++) {
        unsigned char c = (unsigned char)raw.p[i];
        if (n + f->skeleton_n[c] > cap) {
            cut = true;
            break;
        }
        memcpy(out + n, f->skeleton[c], f->skeleton_n[c]);
        n += f->skeleton_n[c];
    }
    if (ret_cut != NULL)
        *ret_cut = cut;
    return n;
}

bool lm_fold_east_asian(struct lm_str raw)
{
    raw = lm_str_take(raw, LM_FOLD_INPUT);
    for (size_t i = 0; i < raw.n;) {
        uint32_t cp = 0;
        size_t k = (unsigned char)raw.p[i] < 0xe1 ? 0 : lm_utf8_decode(lm_str_skip(raw, i), &cp);
        if ((cp >= 0x3040 && cp <= 0x30ff) || (cp >= 0x3400 && cp <= 0x9fff) || (cp >= 0xac00 && cp <= 0xd7a3)
            || (cp >= 0x1100 && cp <= 0x11ff) || (cp >= 0xf900 && cp <= 0xfaff)
            || (cp >= 0x20000 && cp <= 0x3134f))
            return true;
        i += k != 0 ? k : 1;
    }
    return false;
}

static bool fill_tables(struct lm_fold *f)
{
    for (size_t b = 0, at = 0; b < BLOCKS; b++) {
        for (uint32_t cp = blocks[b].first; cp <= blocks[b].last; cp++, at++) {
            char c[4], out[64];
            bool cut = false;
            size_t n = marked_by_icu(f, (struct lm_str){ c, lm_utf8_encode(cp, c) }, out, sizeof out, &cut);
            f->table_n[at] = n <= UNIT && !cut ? (uint8_t)n : NOT_HERE;
            memcpy(f->table[at], out, n <= UNIT ? n : 0);
        }
    }
    for (unsigned char c = 0; c < 128; c++) {
        struct lm_str made;
        if (!skeleton_by_icu(f, (struct lm_str){ (const char *)&c, 1 }, &made) || made.n > UNIT)
            return false;
        f->skeleton_n[c] = (uint8_t)made.n;
        memcpy(f->skeleton[c], made.p, made.n);
    }
    return true;
}

lm_err lm_fold_open(struct lm_arena *a, struct lm_fold **ret, struct lm_error *e)
{
    static const UChar rules[] = u"Any-Latin; Latin-ASCII; Any-Lower";
    struct lm_fold *f = lm_arena_alloc(a, sizeof *f);
    UErrorCode status = U_ZERO_ERROR;
    if (f == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    f->casefold = unorm2_getNFKCCasefoldInstance(&status);
    f->latin = utrans_openU(rules, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    f->spoof = uspoof_open(&status);
    if (U_FAILURE(status) || !fill_tables(f)) {
        lm_fold_close(f);
        return lm_fail(e, LM_EINTERNAL, "the Unicode library has no data for transliteration");
    }
    *ret = f;
    return LM_OK;
}

void lm_fold_close(struct lm_fold *f)
{
    if (f == NULL)
        return;
    if (f->latin != NULL)
        utrans_close(f->latin);
    if (f->spoof != NULL)
        uspoof_close(f->spoof);
    f->latin = NULL;
    f->spoof = NULL;
}
