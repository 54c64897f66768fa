/* html_text.c - names of elements, character references, bytes that are not text. */
#include "formats/html_parts.h"

#include <libxml/HTMLparser.h>

#include "base/hash.h"
#include "base/utf8.h"

#define PLAIN_BLOCK (HTML_BLOCK | HTML_ENDS_P)

/* html.spec.whatwg.org, "Void elements", "special" of "The stack of open elements", "in body" of the tree construction. */
static const struct {
    const char *name;
    unsigned flags;
} known[] = {
    { "div", PLAIN_BLOCK }, { "span", 0 }, { "p", PLAIN_BLOCK | HTML_P }, { "br", HTML_VOID | HTML_BLOCK }, { "img", HTML_VOID | HTML_BLOCK },
    { "a", 0 }, { "b", 0 }, { "i", 0 }, { "u", 0 }, { "em", 0 }, { "strong", 0 }, { "font", 0 }, { "small", 0 }, { "code", 0 },
    { "table", PLAIN_BLOCK | HTML_TABLE | HTML_SCOPE }, { "tbody", HTML_BLOCK | HTML_ROWS }, { "thead", HTML_BLOCK | HTML_ROWS },
    { "tfoot", HTML_BLOCK | HTML_ROWS }, { "tr", HTML_BLOCK | HTML_ROW }, { "td", HTML_BLOCK | HTML_CELL | HTML_SCOPE },
    { "th", HTML_BLOCK | HTML_CELL | HTML_SCOPE }, { "caption", HTML_BLOCK | HTML_CAPTION | HTML_SCOPE }, { "colgroup", HTML_BLOCK },
    { "col", HTML_VOID | HTML_BLOCK }, { "ul", PLAIN_BLOCK | HTML_LIST }, { "ol", PLAIN_BLOCK | HTML_LIST }, { "dl", PLAIN_BLOCK | HTML_LIST },
    { "li", PLAIN_BLOCK | HTML_LI }, { "dt", PLAIN_BLOCK | HTML_DT }, { "dd", PLAIN_BLOCK | HTML_DT }, { "h1", PLAIN_BLOCK },
    { "h2", PLAIN_BLOCK }, { "h3", PLAIN_BLOCK }, { "h4", PLAIN_BLOCK }, { "h5", PLAIN_BLOCK }, { "h6", PLAIN_BLOCK },
    { "html", HTML_BLOCK | HTML_SCOPE | HTML_ROOT }, { "body", HTML_BLOCK | HTML_ROOT }, { "head", HTML_BLOCK },
    { "meta", HTML_VOID | HTML_BLOCK }, { "link", HTML_VOID | HTML_BLOCK }, { "base", HTML_VOID | HTML_BLOCK },
    { "title", HTML_BLOCK | HTML_RAW | HTML_RCDATA }, { "textarea", HTML_BLOCK | HTML_RAW | HTML_RCDATA },
    { "script", HTML_BLOCK | HTML_RAW }, { "style", HTML_BLOCK | HTML_RAW }, { "xmp", PLAIN_BLOCK | HTML_RAW },
    { "iframe", HTML_BLOCK | HTML_RAW }, { "noembed", HTML_BLOCK | HTML_RAW }, { "noframes", HTML_BLOCK | HTML_RAW },
    { "area", HTML_VOID | HTML_BLOCK }, { "embed", HTML_VOID | HTML_BLOCK }, { "hr", HTML_VOID | PLAIN_BLOCK },
    { "input", HTML_VOID | HTML_BLOCK }, { "source", HTML_VOID | HTML_BLOCK }, { "track", HTML_VOID | HTML_BLOCK },
    { "wbr", HTML_VOID | HTML_BLOCK }, { "param", HTML_VOID | HTML_BLOCK }, { "option", HTML_OPTION }, { "optgroup", 0 },
    { "select", HTML_BLOCK }, { "button", HTML_BLOCK | HTML_SCOPE }, { "object", HTML_BLOCK | HTML_SCOPE },
    { "template", HTML_BLOCK | HTML_SCOPE }, { "svg", HTML_FOREIGN }, { "math", HTML_FOREIGN }, { "address", PLAIN_BLOCK },
    { "article", PLAIN_BLOCK }, { "aside", PLAIN_BLOCK }, { "blockquote", PLAIN_BLOCK }, { "center", PLAIN_BLOCK },
    { "details", PLAIN_BLOCK }, { "summary", PLAIN_BLOCK }, { "fieldset", PLAIN_BLOCK }, { "figure", PLAIN_BLOCK },
    { "figcaption", PLAIN_BLOCK }, { "footer", PLAIN_BLOCK }, { "header", PLAIN_BLOCK }, { "form", PLAIN_BLOCK }, { "main", PLAIN_BLOCK },
    { "menu", PLAIN_BLOCK | HTML_LIST }, { "nav", PLAIN_BLOCK }, { "pre", PLAIN_BLOCK }, { "section", PLAIN_BLOCK },
};
enum { N_KNOWN = sizeof known / sizeof *known };
_Static_assert(N_KNOWN <= HTML_NAMES, "room for each");

static uint64_t key_of(struct lm_str s)
{
    uint64_t key = 0;
    for (size_t i = 0; i < s.n && i < sizeof key; i++)
        key |= (uint64_t)(unsigned char)html_lower(s.p[i]) << 8 * i;
    return key;
}

void html_elements_init(struct html_elements *e)
{
    size_t n = 0;
    for (size_t length = 1; length <= HTML_LONGEST_NAME; length++) {
        e->first[length] = (uint16_t)n;
        for (size_t i = 0; i < N_KNOWN; i++) {
            struct lm_str name = lm_str(known[i].name);
            if (name.n == length)
                e->list[n++] = (struct html_element){ .key = key_of(name), .name = name, .flags = known[i].flags };
        }
    }
    e->first[HTML_LONGEST_NAME + 1] = (uint16_t)n;
}

void html_find_name(const struct html_elements *e, struct lm_str written, struct html_name *ret)
{
    *ret = (struct html_name){ .written = written };
    if (written.n <= HTML_LONGEST_NAME && written.n > 0) {
        uint64_t key = key_of(written);
        for (size_t i = e->first[written.n]; i < e->first[written.n + 1]; i++) {
            if (e->list[i].key != key || (written.n > sizeof key && !lm_str_eq_nocase(e->list[i].name, written)))
                continue;
            ret->known = e->list[i].name;
            ret->flags = e->list[i].flags;
            ret->id = (uint32_t)i;
            return;
        }
    }
    uint64_t id = 0;
    for (size_t i = 0; i < written.n && i < 64; i++)
        id = id * 31 + (unsigned char)html_lower(written.p[i]);
    ret->id = (uint32_t)id | 0x80000000u;
}

struct lm_str html_lower_name(struct lm_html *h, struct lm_str name)
{
    struct lm_buf out = { .p = h->lowered, .cap = sizeof h->lowered, .ceiling_bytes = sizeof h->lowered };
    unsigned oddities = 0;
    if (html_is_lower(name))
        return name;
    html_decode(&out, lm_str_take(name, (sizeof h->lowered - 1) / 3), false, &oddities);
    for (size_t i = 0; i < out.n; i++)
        h->lowered[i] = html_lower(h->lowered[i]);
    return (struct lm_str){ h->lowered, out.n };
}

bool html_is_lower(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\0' || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] & 0x80))
            return false;
    return true;
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGH UINT64_C(0x8080808080808080)

/* Has one of eight bytes the value zero? (Mycroft 1987; exact for bytes below 0x80, else too often true.) */
static uint64_t has_zero(uint64_t word)
{
    return (word - ONES) & ~word & HIGH;
}

bool html_is_plain(struct lm_str s)
{
    size_t i = 0;
    for (uint64_t word; s.n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, s.p + i, sizeof word);
        if ((word & HIGH) || has_zero(word) || has_zero(word ^ ONES * '&'))
            break;
    }
    for (; i < s.n; i++) {
        if (s.p[i] & 0x80) { /* the rest by the long way */
            s = lm_str_skip(s, i);
            return lm_utf8_valid_prefix(s) == s.n && memchr(s.p, '&', s.n) == NULL && memchr(s.p, '\0', s.n) == NULL;
        }
        if (s.p[i] == '&' || s.p[i] == '\0')
            return false;
    }
    return true;
}

/* --- character references --- */

static void put_cp(struct lm_buf *out, uint32_t cp, unsigned *oddities)
{
    /* "Numeric character reference end state": these numbers mean Windows-1252. */
    char bytes[4];
    if (cp >= 0x80 && cp < 0xa0)
        cp = lm_windows_1252((unsigned char)cp);
    size_t k = cp != 0 ? lm_utf8_encode(cp, bytes) : 0;
    if (k == 0)
        *oddities |= LM_HTML_BAD_REFERENCE;
    lm_buf_put(out, k != 0 ? (struct lm_str){ bytes, k } : LM_STR("\xef\xbf\xbd"));
}

/* "&#x41;", "&#65"; its length, 0: is none. */
static size_t number(struct lm_str s, uint32_t *ret)
{
    size_t i = 2, from;
    bool hex = s.n > 2 && (s.p[2] | 0x20) == 'x';
    uint32_t cp = 0;
    i += hex;
    for (from = i; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i], low = c | 0x20;
        uint32_t digit = c >= '0' && c <= '9' ? c - '0' : hex && low >= 'a' && low <= 'f' ? low - 'a' + 10 : 99;
        if (digit == 99)
            break;
        cp = cp > 0x110000 ? cp : cp * (hex ? 16 : 10) + digit;
    }
    if (i == from)
        return 0;
    *ret = cp;
    return i < s.n && s.p[i] == ';' ? i + 1 : i;
}

/* "&amp;": HTML 4's names, with their semicolon; without it a name may as well be part of an address ("?a=1&copy=2"). */
static size_t name(struct lm_str s, uint32_t *ret)
{
    char z[12];
    size_t n = 0;
    while (n + 1 < s.n && n < sizeof z - 1 && ((unsigned char)((s.p[n + 1] | 0x20) - 'a') < 26 || (s.p[n + 1] >= '0' && s.p[n + 1] <= '9'))) {
        z[n] = s.p[n + 1];
        n++;
    }
    z[n] = '\0';
    if (n == 0 || n + 1 >= s.n || s.p[n + 1] != ';')
        return 0;
    struct lm_str word = { z, n };
    if (lm_str_eq(word, LM_STR("amp"))) {
        *ret = '&';
    } else if (lm_str_eq(word, LM_STR("lt"))) {
        *ret = '<';
    } else if (lm_str_eq(word, LM_STR("gt"))) {
        *ret = '>';
    } else {
        const htmlEntityDesc *e = htmlEntityLookup((const xmlChar *)z);
        if (e == NULL)
            return 0;
        *ret = e->value;
    }
    return n + 2;
}

/* The reference at the start of s, which is a '&'. Returns its length. */
static size_t reference(struct lm_buf *out, struct lm_str s, unsigned *oddities)
{
    uint32_t cp = 0;
    size_t k = s.n > 1 && s.p[1] == '#' ? number(s, &cp) : name(s, &cp);
    if (k != 0) {
        put_cp(out, cp, oddities);
        return k;
    }
    size_t i = 1;
    while (i < s.n && i < 34 && (unsigned char)((s.p[i] | 0x20) - 'a') < 26)
        i++;
    if (i > 1 && i < s.n && s.p[i] == ';')
        *oddities |= LM_HTML_BAD_REFERENCE;
    lm_buf_putc(out, '&');
    return 1;
}

void html_decode(struct lm_buf *out, struct lm_str s, bool references, unsigned *oddities)
{
    while (s.n > 0) {
        size_t n = lm_utf8_valid_prefix(s);
        const char *nul = n > 0 ? memchr(s.p, '\0', n) : NULL;
        n = nul != NULL ? (size_t)(nul - s.p) : n;
        const char *amp = references && n > 0 ? memchr(s.p, '&', n) : NULL;
        n = amp != NULL ? (size_t)(amp - s.p) : n;
        lm_buf_put(out, lm_str_take(s, n));
        s = lm_str_skip(s, n);
        if (s.n == 0)
            return;
        if (amp != NULL) {
            s = lm_str_skip(s, reference(out, s, oddities));
            continue;
        }
        lm_buf_put(out, LM_STR("\xef\xbf\xbd"));
        *oddities |= LM_HTML_BAD_BYTES;
        s = lm_str_skip(s, 1);
    }
}
