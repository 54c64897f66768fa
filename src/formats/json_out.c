#include "formats/json_out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

void lm_json_out_init(struct lm_json_out *o, struct lm_buf *b)
{
    *o = (struct lm_json_out){ .b = b };
}

static void before_value(struct lm_json_out *o)
{
    if (o->after_key) {
        o->after_key = false;
        return;
    }
    uint64_t bit = (uint64_t)1 << o->depth;
    if ((o->has_member & bit) != 0)
        lm_buf_putc(o->b, ',');
    o->has_member |= bit;
}

static void open(struct lm_json_out *o, char c)
{
    before_value(o);
    lm_buf_putc(o->b, c);
    if (o->depth >= 63) {
        o->b->failed = true;
        return;
    }
    o->depth++;
    o->has_member &= ~((uint64_t)1 << o->depth);
}

static void close_with(struct lm_json_out *o, char c)
{
    lm_buf_putc(o->b, c);
    if (o->depth > 0)
        o->depth--;
}

void lm_json_object(struct lm_json_out *o)
{
    open(o, '{');
}

void lm_json_object_end(struct lm_json_out *o)
{
    close_with(o, '}');
}

void lm_json_array(struct lm_json_out *o)
{
    open(o, '[');
}

void lm_json_array_end(struct lm_json_out *o)
{
    close_with(o, ']');
}

#define BIT(c) (UINT64_C(1) << ((c) & 63))

/* Printable ASCII that stands in a string as it is. */
static bool plain(unsigned char c)
{
    static const uint64_t is[4] = { UINT64_C(0xffffffff00000000) & ~(BIT('"') | BIT('&') | BIT('<') | BIT('>')),
                                    ~(BIT('\\') | BIT(0x7f)), 0, 0 };
    return (is[c >> 6] & BIT(c)) != 0;
}

/* The first byte from i on that is not plain; s.n when all are. */
static size_t plain_run(struct lm_str s, size_t i)
{
#if defined(__SSE2__)
    const __m128i space = _mm_set1_epi8(' '), rubout = _mm_set1_epi8(0x7f), quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\'), amp = _mm_set1_epi8('&'), less = _mm_set1_epi8('<'), more = _mm_set1_epi8('>');
    for (; s.n - i >= 16; i += 16) {
        __m128i v;
        memcpy(&v, s.p + i, sizeof v);
        /* compared as signed: bytes from 0x80 on are below a blank too */
        __m128i hit = _mm_or_si128(_mm_cmplt_epi8(v, space), _mm_cmpeq_epi8(v, rubout));
        hit = _mm_or_si128(hit, _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)));
        hit = _mm_or_si128(hit, _mm_or_si128(_mm_cmpeq_epi8(v, less), _mm_cmpeq_epi8(v, more)));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(hit, _mm_cmpeq_epi8(v, amp)));
        if (mask != 0)
            return i + (size_t)__builtin_ctz(mask);
    }
#endif
    while (i < s.n && plain((unsigned char)s.p[i]))
        i++;
    return i;
}

static void put_inner(struct lm_json_out *o, struct lm_str s)
{
    size_t i = plain_run(s, 0);
    lm_buf_put(o->b, lm_str_take(s, i));
    while (i < s.n) {
        uint32_t cp;
        size_t k = lm_utf8_decode(lm_str_skip(s, i), &cp);
        if (k == 0) {
            lm_buf_put(o->b, LM_STR("\xef\xbf\xbd"));
            k = 1;
        } else if (cp == '"' || cp == '\\') {
            lm_buf_putc(o->b, '\\');
            lm_buf_putc(o->b, (char)cp);
        } else if (cp == '\n') {
            lm_buf_put(o->b, LM_STR("\\n"));
        } else if (cp < 0x80 || cp == 0x2028 || cp == 0x2029) {
            lm_buf_printf(o->b, "\\u%04x", cp);
        } else {
            lm_buf_put(o->b, (struct lm_str){ s.p + i, k });
        }
        size_t from = i + k;
        i = plain_run(s, from);
        lm_buf_put(o->b, (struct lm_str){ s.p + from, i - from });
    }
}

static void put_string(struct lm_json_out *o, struct lm_str s)
{
    lm_buf_putc(o->b, '"');
    put_inner(o, s);
    lm_buf_putc(o->b, '"');
}

void lm_json_key(struct lm_json_out *o, const char *key)
{
    before_value(o);
    put_string(o, lm_str(key));
    lm_buf_putc(o->b, ':');
    o->after_key = true;
}

void lm_json_key_as(struct lm_json_out *o, struct lm_str key)
{
    before_value(o);
    lm_buf_put(o->b, key);
    o->after_key = true;
}

void lm_json_str(struct lm_json_out *o, struct lm_str s)
{
    before_value(o);
    put_string(o, s);
}

void lm_json_str_of(struct lm_json_out *o, const struct lm_str *parts, size_t n)
{
    before_value(o);
    lm_buf_putc(o->b, '"');
    for (size_t i = 0; i < n; i++)
        put_inner(o, parts[i]);
    lm_buf_putc(o->b, '"');
}

void lm_json_z(struct lm_json_out *o, const char *z)
{
    if (z == NULL)
        lm_json_null(o);
    else
        lm_json_str(o, lm_str(z));
}

/* v in figures, the last one at out[19]; the first of them. */
static char *figures(uint64_t v, char out[20])
{
    char *p = out + 20;
    do
        *--p = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    return p;
}

static void put_figures(struct lm_json_out *o, uint64_t v)
{
    char room[20], *p = figures(v, room);
    lm_buf_put(o->b, (struct lm_str){ p, (size_t)(room + 20 - p) });
}

void lm_json_i64(struct lm_json_out *o, int64_t v)
{
    before_value(o);
    if (v < 0)
        lm_buf_putc(o->b, '-');
    put_figures(o, v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v);
}

void lm_json_u64(struct lm_json_out *o, uint64_t v)
{
    before_value(o);
    put_figures(o, v);
}

/* What the loop of lm_json_double finds, for a number of at most 15 figures and 15 places: moments, amounts, places on a map. No two
 * decimals of 15 figures are one double, so the one that divides back into v is the shortest; written as %g has it. */
static bool short_double(double v, char out[40])
{
    static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
    double size = fabs(v);
    uint64_t whole = 0;
    int places = -1;
    bool found = false;
    while (!found && ++places <= 15 && size * tens[places] < 1e15) {
        whole = (uint64_t)(size * tens[places] + 0.5);
        found = (double)whole / tens[places] == size;
    }
    if (!found || whole == 0)
        return false;
    char room[20], *p = figures(whole, room);
    int n = (int)(room + 20 - p), exponent = n - 1 - places;
    while (n > 1 && p[n - 1] == '0')
        n--;
    if (v < 0)
        *out++ = '-';
    if (exponent < -4 || exponent >= n)
        (void)snprintf(out, 30, n > 1 ? "%c.%.*se%+03d" : "%c%.*se%+03d", p[0], n - 1, p + 1, exponent);
    else if (exponent < 0)
        (void)snprintf(out, 30, "0.%.*s%.*s", -exponent - 1, "000", n, p);
    else
        (void)snprintf(out, 30, n > exponent + 1 ? "%.*s.%.*s" : "%.*s%.*s", exponent + 1, p, n - exponent - 1, p + exponent + 1);
    return true;
}

void lm_json_double(struct lm_json_out *o, double v)
{
    if (!isfinite(v)) {
        lm_json_null(o);
        return;
    }
    before_value(o);
    char text[40];
    if (short_double(v, text)) {
        lm_buf_put(o->b, lm_str(text));
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    lm_buf_put(o->b, lm_str(text));
}

void lm_json_decimal(struct lm_json_out *o, struct lm_str digits)
{
    before_value(o);
    lm_buf_put(o->b, digits);
}

void lm_json_value(struct lm_json_out *o, struct lm_str json)
{
    before_value(o);
    lm_buf_put(o->b, json);
}

void lm_json_bool(struct lm_json_out *o, bool v)
{
    before_value(o);
    lm_buf_put(o->b, v ? LM_STR("true") : LM_STR("false"));
}

void lm_json_null(struct lm_json_out *o)
{
    before_value(o);
    lm_buf_put(o->b, LM_STR("null"));
}

void lm_json_kv_str(struct lm_json_out *o, const char *key, struct lm_str s)
{
    lm_json_key(o, key);
    lm_json_str(o, s);
}

void lm_json_kv_z(struct lm_json_out *o, const char *key, const char *z)
{
    lm_json_key(o, key);
    lm_json_z(o, z);
}

void lm_json_kv_i64(struct lm_json_out *o, const char *key, int64_t v)
{
    lm_json_key(o, key);
    lm_json_i64(o, v);
}

void lm_json_kv_u64(struct lm_json_out *o, const char *key, uint64_t v)
{
    lm_json_key(o, key);
    lm_json_u64(o, v);
}

void lm_json_kv_double(struct lm_json_out *o, const char *key, double v)
{
    lm_json_key(o, key);
    lm_json_double(o, v);
}

void lm_json_kv_bool(struct lm_json_out *o, const char *key, bool v)
{
    lm_json_key(o, key);
    lm_json_bool(o, v);
}

void lm_json_kv_null(struct lm_json_out *o, const char *key)
{
    lm_json_key(o, key);
    lm_json_null(o);
}

void lm_json_kv_text(struct lm_json_out *o, const char *key, struct lm_str s)
{
    lm_json_key(o, key);
    if (s.n != 0)
        lm_json_str(o, s);
    else
        lm_json_null(o);
}

void lm_json_kv_when(struct lm_json_out *o, const char *key, const struct lm_when *w)
{
    char text[LM_WHEN_TEXT];
    lm_json_kv_z(o, key, w->quality != LM_TIME_NONE ? lm_when_format(w, text) : NULL);
}
