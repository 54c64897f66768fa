#include "formats/json.h"

#include "formats/json_scan.h"

#define ESCAPE_ROOM 4 /* the longest thing one escape turns into */

enum state {
    VALUE,       /* a value must follow */
    FIRST_VALUE, /* after `[`: a value or `]` */
    FIRST_KEY,   /* after `{`: a key or `}` */
    COLON,       /* after a key */
    AFTER,       /* after a value: `,` or an end; at depth 0 the end of the input */
    FAILED,
};

static lm_err broken(struct lm_json *j, size_t at, lm_err code, const char *why)
{
    j->pos = at;
    j->state = FAILED;
    j->failed = code;
    j->why = why;
    return code;
}

static lm_err unexpected(struct lm_json *j, size_t at, const char *why)
{
    return broken(j, at, LM_EINPUT, at >= j->in.n ? "the input ends before the document does" : why);
}

static lm_err too_long(struct lm_json *j, size_t at)
{
    return broken(j, at, LM_ELIMIT, "a string is longer than the ceiling");
}

void lm_json_init(struct lm_json *j, struct lm_str in)
{
    *j = (struct lm_json){ .in = in, .state = VALUE };
    if (in.p == NULL)
        j->in = LM_STR("");
    if (lm_str_starts(in, LM_STR("\xef\xbb\xbf")))
        j->pos = 3;
    lm_buf_init(&j->scratch, LM_JSON_MAX_STRING + ESCAPE_ROOM);
}

void lm_json_free(struct lm_json *j)
{
    lm_buf_free(&j->scratch);
}

/* --- strings --- */

static int hex_digit(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `digits` hexadecimal digits at p[i]; -1 when there are not so many. */
static int32_t hex(const unsigned char *p, size_t i, size_t n, size_t digits)
{
    if (n - i < digits)
        return -1;
    int32_t v = 0;
    for (size_t k = 0; k < digits; k++) {
        int d = hex_digit(p[i + k]);
        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

/* `\u`, whose digits start at p[i]. Returns how many bytes of input it took from i on; 0 when it is no
 * escape. A surrogate without its other half gives U+FFFD and takes only itself. */
static size_t unicode_escape(const unsigned char *p, size_t i, size_t n, uint32_t *ret_cp, unsigned *oddities)
{
    int32_t u = hex(p, i, n, 4);
    if (u < 0)
        return 0;
    *ret_cp = (uint32_t)u;
    if (u < 0xd800 || u > 0xdfff)
        return 4;
    if (u < 0xdc00 && n - i >= 10 && p[i + 4] == '\\' && p[i + 5] == 'u') {
        int32_t low = hex(p, i + 6, n, 4);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *ret_cp = 0x10000 + ((uint32_t)(u - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
            return 10;
        }
    }
    *ret_cp = 0xfffd;
    *oddities |= LM_JSON_LONE_SURROGATE;
    return 4;
}

/* One escape; p[i] is the backslash and p[i + 1] exists. Writes at most 4 bytes to out; returns the
 * place after the escape. */
static size_t escape(const unsigned char *p, size_t i, size_t n, char *out, size_t *ret_written,
                     unsigned *oddities)
{
    static const char simple[][2] = { { '"', '"' },  { '\\', '\\' }, { '/', '/' },  { 'n', '\n' },
                                      { 't', '\t' }, { 'r', '\r' },  { 'b', '\b' }, { 'f', '\f' } };
    unsigned char c = p[i + 1];
    *ret_written = 1;
    for (size_t k = 0; k < sizeof simple / sizeof simple[0]; k++) {
        if ((unsigned char)simple[k][0] == c) {
            *out = simple[k][1];
            return i + 2;
        }
    }
    uint32_t cp = 0;
    size_t took = 0;
    if (c == 'u') {
        took = unicode_escape(p, i + 2, n, &cp, oddities);
    } else if (c == 'x') {
        int32_t v = hex(p, i + 2, n, 2);
        if (v >= 0) {
            cp = (uint32_t)v;
            took = 2;
            *oddities |= LM_JSON_HEX_ESCAPE;
        }
    }
    if (took > 0) {
        *ret_written = lm_utf8_encode(cp, out);
        return i + 2 + took;
    }
    *oddities |= LM_JSON_BAD_ESCAPE;
    *out = '\\'; /* what follows is read as ordinary text */
    return i + 1;
}

/* The rest of a string that cannot be given as it stands in the input: from the opening quote at
 * `open`, clean up to i. */
static lm_err string_rewritten(struct lm_json *j, size_t open, size_t i, struct lm_json_token *t)
{
    const unsigned char *p = (const unsigned char *)j->in.p;
    size_t n = j->in.n, from = open + 1;
    struct lm_buf *b = &j->scratch;
    lm_buf_clear(b);
    for (;;) {
        if (b->n > LM_JSON_MAX_STRING || i - from > LM_JSON_MAX_STRING - b->n)
            return too_long(j, open);
        char *out = lm_buf_reserve(b, i - from + ESCAPE_ROOM);
        if (out == NULL)
            return broken(j, open, LM_ENOMEM, "no memory for a string");
        memcpy(out, p + from, i - from);
        out += i - from;
        b->n += i - from;
        if (i >= n || (p[i] == '\\' && i + 1 >= n))
            return broken(j, n, LM_EINPUT, "the input ends inside a string");
        if (p[i] == '"')
            break;
        size_t wrote = 1, bad;
        if (p[i] == '\\') {
            i = escape(p, i, n, out, &wrote, &t->oddities);
        } else if (p[i] < 0x20) {
            t->oddities |= LM_JSON_RAW_CONTROL;
            *out = (char)p[i++];
        } else {
            (void)utf8_length(p, i, n, &bad);
            t->oddities |= LM_JSON_BAD_UTF8;
            wrote = lm_utf8_encode(0xfffd, out);
            i += bad;
        }
        b->n += wrote;
        from = i;
        i = clean_run(p, i, n);
    }
    t->text = lm_buf_str(b);
    t->end = j->pos = i + 1;
    return LM_OK;
}

static inline lm_err string(struct lm_json *j, size_t open, struct lm_json_token *t)
{
    const unsigned char *p = (const unsigned char *)j->in.p;
    size_t n = j->in.n, i = clean_run(p, open + 1, n);
    t->oddities = 0;
    if (i >= n || p[i] != '"')
        return string_rewritten(j, open, i, t);
    if (i - open - 1 > LM_JSON_MAX_STRING)
        return too_long(j, open);
    t->text = (struct lm_str){ j->in.p + open + 1, i - open - 1 };
    t->end = j->pos = i + 1;
    return LM_OK;
}

/* A string of which only the end matters. */
static inline lm_err string_passed(struct lm_json *j, size_t open)
{
    const unsigned char *p = (const unsigned char *)j->in.p;
    size_t n = j->in.n, i = quote_or_backslash(p, open + 1, n);
    while (i < n && p[i] == '\\')
        i = n - i > 2 ? quote_or_backslash(p, i + 2, n) : n;
    if (i >= n)
        return broken(j, n, LM_EINPUT, "the input ends inside a string");
    j->pos = i + 1;
    return LM_OK;
}

/* --- numbers and words --- */

static inline size_t digits(const unsigned char *p, size_t i, size_t n)
{
    while (i < n && p[i] >= '0' && p[i] <= '9')
        i++;
    return i;
}

/* May a scalar be followed by what stands at i? Inside a container it may not be followed by the end
 * of the input: 12 cut from 1200 is not a value. */
static inline bool ends_scalar(const struct lm_json *j, size_t i)
{
    if (i >= j->in.n)
        return j->depth == 0;
    char c = j->in.p[i];
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline lm_err number(struct lm_json *j, size_t at, struct lm_json_token *t)
{
    const unsigned char *p = (const unsigned char *)j->in.p;
    size_t n = j->in.n, i = at + (p[at] == '-');
    size_t whole = i;
    i = digits(p, i, n);
    bool good = i > whole;
    if (good && p[whole] == '0' && i > whole + 1)
        return broken(j, whole + 1, LM_EINPUT, "a number starts with 0");
    if (good && i < n && p[i] == '.') {
        size_t fraction = ++i;
        i = digits(p, i, n);
        good = i > fraction;
    }
    if (good && i < n && (p[i] | 0x20) == 'e') {
        i++;
        if (i < n && (p[i] == '+' || p[i] == '-'))
            i++;
        size_t exponent = i;
        i = digits(p, i, n);
        good = i > exponent;
    }
    if (!good || !ends_scalar(j, i))
        return broken(j, i, LM_EINPUT, i >= n ? "the input ends inside a number" : "not a number");
    t->text = (struct lm_str){ j->in.p + at, i - at };
    t->end = j->pos = i;
    return LM_OK;
}

static inline lm_err word(struct lm_json *j, size_t at, struct lm_str w, struct lm_json_token *t)
{
    size_t k = 0;
    while (k < w.n && at + k < j->in.n && j->in.p[at + k] == w.p[k])
        k++;
    if (k < w.n || !ends_scalar(j, at + k))
        return broken(j, at + k, LM_EINPUT,
                      at + k >= j->in.n ? "the input ends inside a word" : "not true, false or null");
    t->end = j->pos = at + k;
    return LM_OK;
}

/* --- structure --- */

static inline bool in_object(const struct lm_json *j)
{
    return j->depth > 0 && (j->stack[(j->depth - 1) / 64] >> ((j->depth - 1) % 64) & 1) != 0;
}

static inline lm_err opening(struct lm_json *j, size_t at, bool object, struct lm_json_token *t)
{
    if (j->depth >= LM_JSON_MAX_DEPTH)
        return broken(j, at, LM_ELIMIT, "nested deeper than the ceiling");
    uint64_t bit = (uint64_t)1 << (j->depth % 64);
    uint64_t *word_of = &j->stack[j->depth / 64];
    *word_of = object ? *word_of | bit : *word_of & ~bit;
    t->type = object ? LM_JSON_OBJECT : LM_JSON_ARRAY;
    j->depth++;
    j->state = object ? FIRST_KEY : FIRST_VALUE;
    t->end = j->pos = at + 1;
    return LM_OK;
}

static inline lm_err closing(struct lm_json *j, size_t at, struct lm_json_token *t)
{
    bool object = in_object(j);
    if (j->in.p[at] != (object ? '}' : ']'))
        return broken(j, at, LM_EINPUT, object ? "an object ends with ]" : "an array ends with }");
    t->type = object ? LM_JSON_OBJECT_END : LM_JSON_ARRAY_END;
    t->depth = --j->depth;
    j->state = AFTER;
    t->end = j->pos = at + 1;
    return LM_OK;
}

static inline lm_err key(struct lm_json *j, size_t at, struct lm_json_token *t, bool keep)
{
    if (at >= j->in.n || j->in.p[at] != '"')
        return unexpected(j, at, "a key must follow");
    lm_err e = keep ? string(j, at, t) : string_passed(j, at);
    if (e == LM_OK) {
        t->type = LM_JSON_KEY;
        j->state = COLON;
    }
    return e;
}

static inline lm_err value(struct lm_json *j, size_t at, struct lm_json_token *t, bool keep)
{
    if (at >= j->in.n)
        return unexpected(j, at, "");
    lm_err e;
    char c = j->in.p[at];
    switch (c) {
    case '{':
    case '[':
        return opening(j, at, c == '{', t);
    case '"':
        t->type = LM_JSON_STRING;
        e = keep ? string(j, at, t) : string_passed(j, at);
        break;
    case 't':
        t->type = LM_JSON_TRUE;
        e = word(j, at, LM_STR("true"), t);
        break;
    case 'f':
        t->type = LM_JSON_FALSE;
        e = word(j, at, LM_STR("false"), t);
        break;
    case 'n':
        t->type = LM_JSON_NULL;
        e = word(j, at, LM_STR("null"), t);
        break;
    default:
        if (c != '-' && (c < '0' || c > '9'))
            return broken(j, at, LM_EINPUT, "a value must follow");
        t->type = LM_JSON_NUMBER;
        e = number(j, at, t);
        break;
    }
    if (e == LM_OK)
        j->state = AFTER;
    return e;
}

/* One token into t, whose text and oddities are filled only with keep. */
static inline __attribute__((always_inline)) lm_err advance(struct lm_json *j, struct lm_json_token *t,
                                                            bool keep)
{
    const unsigned char *p = (const unsigned char *)j->in.p;
    size_t n = j->in.n, i = skip_space(p, j->pos, n);
    unsigned state = j->state;
    if (state == AFTER) {
        if (j->depth == 0) {
            if (i < n)
                return broken(j, i, LM_EINPUT, "something follows the document");
            t->type = LM_JSON_END;
            t->at = t->end = j->pos = n;
            t->depth = 0;
            return LM_OK;
        }
        if (i < n && p[i] == ',') {
            i = skip_space(p, i + 1, n);
            t->at = i;
            t->depth = j->depth;
            return in_object(j) ? key(j, i, t, keep) : value(j, i, t, keep);
        }
        if (i >= n || (p[i] != '}' && p[i] != ']'))
            return unexpected(j, i, "a comma or an end must follow");
        t->at = i;
        return closing(j, i, t);
    }
    if (state == COLON) {
        if (i >= n || p[i] != ':')
            return unexpected(j, i, "a colon must follow");
        i = skip_space(p, i + 1, n);
    }
    t->at = i;
    t->depth = j->depth;
    if (i < n && ((state == FIRST_VALUE && p[i] == ']') || (state == FIRST_KEY && p[i] == '}')))
        return closing(j, i, t);
    if (state == FAILED)
        return j->failed;
    return state == FIRST_KEY ? key(j, i, t, keep) : value(j, i, t, keep);
}

lm_err lm_json_next(struct lm_json *j, struct lm_json_token *ret)
{
    struct lm_json_token t = { .type = LM_JSON_END };
    lm_err e = advance(j, &t, true);
    if (e == LM_OK)
        *ret = t;
    return e;
}

lm_err lm_json_skip(struct lm_json *j, const struct lm_json_token *opened, uint64_t *ret_end)
{
    uint64_t end = opened->end;
    if (j->state == FAILED)
        return j->failed;
    if (opened->type == LM_JSON_OBJECT || opened->type == LM_JSON_ARRAY || opened->type == LM_JSON_KEY) {
        struct lm_json_token t;
        while (j->depth > opened->depth || (opened->type == LM_JSON_KEY && j->state == COLON)) {
            lm_err e = advance(j, &t, false);
            if (e != LM_OK)
                return e;
        }
        end = j->pos;
    }
    if (ret_end != NULL)
        *ret_end = end;
    return LM_OK;
}
