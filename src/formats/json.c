#include "formats/json.h"

#include "formats/json_scan.h"

#define ESCAPE_ROOM 16 /* bytes beyond a piece of text: what an escape turns into, a copy of fixed size */

/* One token is one pass through advance(): the parts are inlined so that a token is written once. */
#define INLINE static inline __attribute__((always_inline))

enum state {                /* what stands before the next token */
             ROOT,          /* nothing: the root value must follow */
             FIRST_ELEMENT, /* `[` */
             FIRST_KEY,     /* `{` */
             AFTER_KEY,
             AFTER_ELEMENT, /* a value in an array */
             AFTER_MEMBER,  /* a value in an object */
             AFTER_ROOT,
             FAILED,
};

static __attribute__((cold, noinline)) lm_err broken(struct lm_json *j, size_t at, lm_err code,
                                                     const char *why)
{
    j->pos = at;
    j->state = FAILED;
    j->failed = code;
    j->why = why;
    return code;
}

static __attribute__((cold, noinline)) lm_err unexpected(struct lm_json *j, size_t at, const char *why)
{
    return broken(j, at, LM_EINPUT, at >= j->in.n ? "the input ends before the document does" : why);
}

static __attribute__((cold, noinline)) lm_err too_long(struct lm_json *j, size_t at)
{
    return broken(j, at, LM_ELIMIT, "a string is longer than the ceiling");
}

void lm_json_init(struct lm_json *j, struct lm_str in)
{
    *j = (struct lm_json){ .in = in, .state = ROOT };
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

/* Gives a token and moves on. `after` is the state that it leaves. */
INLINE lm_err give(struct lm_json *j, struct lm_json_token *ret, struct lm_json_token t, enum state after,
                   bool keep)
{
    j->pos = t.end;
    j->state = (uint8_t)after;
    if (keep)
        *ret = t;
    return LM_OK;
}

/* The rest of a string that cannot be given as it stands in the input: its quote is at `at`, and it is
 * clean up to i. */
static __attribute__((noinline)) lm_err string_rewritten(struct lm_json *j, size_t at, size_t i,
                                                         enum lm_json_type type, enum state after,
                                                         struct lm_json_token *ret)
{
    struct lm_json_token t = { .type = type, .at = at, .depth = j->depth };
    const unsigned char *p = (const unsigned char *)j->in.p;
    size_t n = j->in.n, from = at + 1;
    struct lm_buf *b = &j->scratch;
    lm_buf_clear(b);
    for (;;) {
        if (b->n > LM_JSON_MAX_STRING || i - from > LM_JSON_MAX_STRING - b->n)
            return too_long(j, at);
        char *out = lm_buf_reserve(b, i - from + ESCAPE_ROOM);
        if (out == NULL)
            return broken(j, at, LM_ENOMEM, "no memory for a string");
        if (i - from <= 16 && n - from >= 16) /* most pieces are short: one copy of fixed size */
            memcpy(out, p + from, 16);
        else
            memcpy(out, p + from, i - from);
        out += i - from;
        b->n += i - from;
        if (i >= n || (p[i] == '\\' && i + 1 >= n))
            return broken(j, n, LM_EINPUT, "the input ends inside a string");
        if (p[i] == '"')
            break;
        size_t wrote = 1, bad;
        if (p[i] == '\\') {
            i = escape(p, i, n, out, &wrote, &t.oddities);
        } else if (p[i] < 0x20) {
            t.oddities |= LM_JSON_RAW_CONTROL;
            *out = (char)p[i++];
        } else {
            (void)utf8_length(p, i, n, &bad);
            t.oddities |= LM_JSON_BAD_UTF8;
            wrote = lm_utf8_encode(0xfffd, out);
            i += bad;
        }
        b->n += wrote;
        from = i;
        i = clean_run(p, i, n);
    }
    t.text = lm_buf_str(b);
    t.end = i + 1;
    return give(j, ret, t, after, true);
}

/* The end of a string of which nothing else matters: the place of its closing quote, n when none. */
static inline size_t string_end(const unsigned char *p, size_t i, size_t n)
{
    i = quote_or_backslash(p, i, n);
    while (i < n && p[i] == '\\')
        i = n - i > 2 ? quote_or_backslash(p, i + 2, n) : n;
    return i;
}

/* A key or a string value whose quote is at `at`. Without keep it is only passed over. */
INLINE lm_err string(struct lm_json *j, size_t at, enum lm_json_type type, enum state after,
                     struct lm_json_token *ret, bool keep)
{
    const unsigned char *p = (const unsigned char *)j->in.p;
    size_t n = j->in.n, i;
    if (keep) {
        i = clean_run(p, at + 1, n);
        if (i >= n || p[i] != '"')
            return string_rewritten(j, at, i, type, after, ret);
        if (i - at - 1 > LM_JSON_MAX_STRING)
            return too_long(j, at);
    } else {
        i = string_end(p, at + 1, n);
        if (i >= n)
            return broken(j, n, LM_EINPUT, "the input ends inside a string");
    }
    struct lm_json_token t = { type, .at = at, .end = i + 1, .depth = j->depth };
    t.text = (struct lm_str){ j->in.p + at + 1, i - at - 1 };
    return give(j, ret, t, after, keep);
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

INLINE lm_err number(struct lm_json *j, size_t at, enum state after, struct lm_json_token *ret, bool keep)
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
    struct lm_json_token t = { LM_JSON_NUMBER, .at = at, .end = i, .depth = j->depth };
    t.text = (struct lm_str){ j->in.p + at, i - at };
    return give(j, ret, t, after, keep);
}

INLINE lm_err word(struct lm_json *j, size_t at, struct lm_str w, enum lm_json_type type, enum state after,
                   struct lm_json_token *ret, bool keep)
{
    size_t k = 0;
    while (k < w.n && at + k < j->in.n && j->in.p[at + k] == w.p[k])
        k++;
    if (k < w.n || !ends_scalar(j, at + k))
        return broken(j, at + k, LM_EINPUT,
                      at + k >= j->in.n ? "the input ends inside a word" : "not true, false or null");
    struct lm_json_token t = { type, .at = at, .end = at + k, .depth = j->depth };
    return give(j, ret, t, after, keep);
}

/* --- structure --- */

INLINE lm_err opening(struct lm_json *j, size_t at, bool object, struct lm_json_token *ret, bool keep)
{
    uint32_t depth = j->depth;
    if (depth >= LM_JSON_MAX_DEPTH)
        return broken(j, at, LM_ELIMIT, "nested deeper than the ceiling");
    uint64_t bit = (uint64_t)1 << (depth % 64), *bits = &j->stack[depth / 64];
    *bits = object ? *bits | bit : *bits & ~bit;
    j->depth = depth + 1;
    struct lm_json_token t = { object ? LM_JSON_OBJECT : LM_JSON_ARRAY, .at = at, .end = at + 1,
                               .depth = depth };
    return give(j, ret, t, object ? FIRST_KEY : FIRST_ELEMENT, keep);
}

INLINE lm_err closing(struct lm_json *j, size_t at, bool object, struct lm_json_token *ret, bool keep)
{
    uint32_t depth = --j->depth, around = depth - 1;
    enum state after = depth == 0                                          ? AFTER_ROOT
                       : (j->stack[around / 64] >> (around % 64) & 1) != 0 ? AFTER_MEMBER
                                                                           : AFTER_ELEMENT;
    struct lm_json_token t = { object ? LM_JSON_OBJECT_END : LM_JSON_ARRAY_END, .at = at, .end = at + 1,
                               .depth = depth };
    return give(j, ret, t, after, keep);
}

INLINE lm_err key(struct lm_json *j, size_t at, struct lm_json_token *ret, bool keep)
{
    if (at >= j->in.n || j->in.p[at] != '"')
        return unexpected(j, at, "a key must follow");
    return string(j, at, LM_JSON_KEY, AFTER_KEY, ret, keep);
}

INLINE lm_err value(struct lm_json *j, size_t at, enum state after, struct lm_json_token *ret, bool keep)
{
    if (at >= j->in.n)
        return unexpected(j, at, "");
    char c = j->in.p[at];
    switch (c) {
    case '"':
        return string(j, at, LM_JSON_STRING, after, ret, keep);
    case '{':
    case '[':
        return opening(j, at, c == '{', ret, keep);
    case 't':
        return word(j, at, LM_STR("true"), LM_JSON_TRUE, after, ret, keep);
    case 'f':
        return word(j, at, LM_STR("false"), LM_JSON_FALSE, after, ret, keep);
    case 'n':
        return word(j, at, LM_STR("null"), LM_JSON_NULL, after, ret, keep);
    default:
        if (c != '-' && (c < '0' || c > '9'))
            return broken(j, at, LM_EINPUT, "a value must follow");
        return number(j, at, after, ret, keep);
    }
}

/* White space inside a container, before something at `level`. Exports are indented by so many spaces
 * per level, and a right guess spares the next step the wait for this one. */
INLINE size_t skip_indent(struct lm_json *j, const unsigned char *p, size_t i, size_t n, uint32_t level)
{
    if (i < n && p[i] > ' ')
        return i;
    uint32_t guess = 1 + level * j->indent;
    if (skip_guessed(p, i, n, guess))
        return i + guess;
    size_t end = skip_space(p, i, n);
    if (i < n && p[i] == '\n' && level > 0 && (end - i - 1) % level == 0 && end - i <= 16)
        j->indent = (uint8_t)((end - i - 1) / level);
    return end;
}

/* One token; without keep only its place in the structure is read and ret is not used. */
INLINE lm_err advance(struct lm_json *j, struct lm_json_token *ret, bool keep)
{
    const unsigned char *p = (const unsigned char *)j->in.p;
    unsigned after_value = j->state == AFTER_MEMBER || j->state == AFTER_ELEMENT; /* an end is one level up */
    size_t n = j->in.n, i = skip_indent(j, p, j->pos, n, j->depth - after_value);
    unsigned char c = i < n ? p[i] : 0;
    enum state after = AFTER_ELEMENT;
    switch ((enum state)j->state) {
    case AFTER_MEMBER:
        if (c == ',')
            return key(j, skip_indent(j, p, i + 1, n, j->depth), ret, keep);
        if (c == '}')
            return closing(j, i, true, ret, keep);
        return unexpected(j, i, c == ']' ? "an object ends with ]" : "a comma or an end must follow");
    case AFTER_KEY:
        if (c != ':')
            return unexpected(j, i, "a colon must follow");
        i = skip_space(p, i + 1, n);
        after = AFTER_MEMBER;
        break;
    case AFTER_ELEMENT:
        if (c == ']')
            return closing(j, i, false, ret, keep);
        if (c != ',')
            return unexpected(j, i, c == '}' ? "an array ends with }" : "a comma or an end must follow");
        i = skip_indent(j, p, i + 1, n, j->depth);
        break;
    case FIRST_KEY:
        return c == '}' ? closing(j, i, true, ret, keep) : key(j, i, ret, keep);
    case FIRST_ELEMENT:
        if (c == ']')
            return closing(j, i, false, ret, keep);
        break;
    case ROOT:
        after = AFTER_ROOT;
        break;
    case AFTER_ROOT:
        if (i < n)
            return broken(j, i, LM_EINPUT, "something follows the document");
        return give(j, ret, (struct lm_json_token){ LM_JSON_END, .at = n, .end = n }, AFTER_ROOT, keep);
    case FAILED:
        return j->failed;
    }
    return value(j, i, after, ret, keep);
}

lm_err lm_json_next(struct lm_json *j, struct lm_json_token *ret)
{
    return advance(j, ret, true);
}

lm_err lm_json_skip(struct lm_json *j, const struct lm_json_token *opened, uint64_t *ret_end)
{
    uint64_t end = opened->end;
    if (j->state == FAILED)
        return j->failed;
    if (opened->type == LM_JSON_OBJECT || opened->type == LM_JSON_ARRAY || opened->type == LM_JSON_KEY) {
        while (j->depth > opened->depth || (opened->type == LM_JSON_KEY && j->state == AFTER_KEY)) {
            lm_err e = advance(j, NULL, false);
            if (e != LM_OK)
                return e;
        }
        end = j->pos;
    }
    if (ret_end != NULL)
        *ret_end = end;
    return LM_OK;
}

bool lm_json_resume(struct lm_json *j, size_t pos, uint32_t depth)
{
    if ((j->failed != LM_EINPUT && j->failed != LM_ELIMIT) || depth == 0 || depth > j->depth || pos > j->in.n
        || (j->stack[(depth - 1) / 64] >> ((depth - 1) % 64) & 1) != 0)
        return false;
    j->pos = pos;
    j->depth = depth;
    j->state = FIRST_ELEMENT;
    j->failed = LM_OK;
    j->why = NULL;
    return true;
}

void lm_json_again(struct lm_json *j, size_t pos)
{
    j->pos = pos < j->in.n ? pos : j->in.n;
    j->depth = 0;
    j->state = ROOT;
    j->failed = LM_OK;
    j->why = NULL;
}
