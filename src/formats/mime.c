#include "formats/mime.h"

#include <string.h>

#define PIECE_BYTES 49152

/* A line with its end; *s is moved behind it. */
static struct lm_str take_line(struct lm_str *s)
{
    const char *end = s->n != 0 ? memchr(s->p, '\n', s->n) : NULL;
    struct lm_str line = lm_str_take(*s, end != NULL ? (size_t)(end - s->p) + 1 : s->n);
    *s = lm_str_skip(*s, line.n);
    return line;
}

static struct lm_str without_end(struct lm_str line)
{
    while (line.n != 0 && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
        line.n--;
    return line;
}

static bool is_blank(struct lm_str line)
{
    return without_end(line).n == 0;
}

struct lm_str lm_mime_field(struct lm_str message, struct lm_str name)
{
    struct lm_str rest = message, found = { NULL, 0 };
    while (rest.n != 0) {
        struct lm_str line = take_line(&rest);
        if (is_blank(line))
            break;
        bool folded = line.p[0] == ' ' || line.p[0] == '\t';
        if (found.p != NULL && !folded)
            break;
        if (found.p != NULL)
            found.n = (size_t)(line.p + line.n - found.p);
        else if (!folded && line.n > name.n && line.p[name.n] == ':' && lm_str_eq_nocase(lm_str_take(line, name.n), name))
            found = lm_str_skip(line, name.n + 1);
    }
    return lm_str_trim(found);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What stands behind '=': quoted or not. */
static struct lm_str parameter_value(struct lm_str s)
{
    size_t n = 0;
    if (s.n != 0 && s.p[0] == '"') {
        s = lm_str_skip(s, 1);
        while (n < s.n && s.p[n] != '"')
            n += s.p[n] == '\\' && n + 1 < s.n ? 2 : 1;
    } else {
        while (n < s.n && s.p[n] != ';' && !is_space(s.p[n]))
            n++;
    }
    return lm_str_take(s, n);
}

struct lm_str lm_mime_parameter(struct lm_str value, struct lm_str name)
{
    struct lm_str s = value;
    bool quoted = false;
    while (s.n != 0) {
        char c = s.p[0];
        s = lm_str_skip(s, quoted && c == '\\' ? 2 : 1);
        if (c == '"')
            quoted = !quoted;
        if (c != ';' || quoted)
            continue;
        while (s.n != 0 && is_space(s.p[0]))
            s = lm_str_skip(s, 1);
        if (s.n > name.n && s.p[name.n] == '=' && lm_str_eq_nocase(lm_str_take(s, name.n), name))
            return parameter_value(lm_str_skip(s, name.n + 1));
    }
    return (struct lm_str){ NULL, 0 };
}

/* 0: an ordinary line; 1: the boundary between parts; 2: the last one. */
static int boundary_line(const struct lm_mime *m, struct lm_str line)
{
    line = lm_str_trim(without_end(line));
    if (line.n < m->boundary.n + 2 || line.p[0] != '-' || line.p[1] != '-'
        || memcmp(line.p + 2, m->boundary.p, m->boundary.n) != 0)
        return 0;
    struct lm_str more = lm_str_skip(line, m->boundary.n + 2);
    return more.n == 0 ? 1 : lm_str_eq(more, LM_STR("--")) ? 2 : 0;
}

bool lm_mime_open(struct lm_str message, struct lm_mime *ret)
{
    struct lm_str type = lm_mime_field(message, LM_STR("Content-Type"));
    struct lm_mime m = { .rest = message, .boundary = lm_mime_parameter(type, LM_STR("boundary")) };
    if (m.boundary.n == 0 || m.boundary.n > 200 || !lm_str_eq_nocase(lm_str_take(type, 10), LM_STR("multipart/")))
        return false;
    while (m.rest.n != 0 && !is_blank(take_line(&m.rest)))
        ;
    int which = 0;
    while (m.rest.n != 0 && which == 0)
        which = boundary_line(&m, take_line(&m.rest));
    m.ended = which != 1;
    *ret = m;
    return true;
}

static enum lm_mime_encoding encoding_of(struct lm_str word)
{
    if (word.n == 0 || lm_str_eq_nocase(word, LM_STR("7bit")) || lm_str_eq_nocase(word, LM_STR("8bit"))
        || lm_str_eq_nocase(word, LM_STR("binary")))
        return LM_MIME_AS_IS;
    return lm_str_eq_nocase(word, LM_STR("base64"))             ? LM_MIME_BASE64
           : lm_str_eq_nocase(word, LM_STR("quoted-printable")) ? LM_MIME_QUOTED_PRINTABLE
                                                                : LM_MIME_UNKNOWN;
}

bool lm_mime_next(struct lm_mime *m, struct lm_mime_part *ret)
{
    struct lm_str head = m->rest;
    int which = 0;
    if (m->ended)
        return false;
    bool in_body = false;
    struct lm_str body = { NULL, 0 };
    while (m->rest.n != 0) {
        struct lm_str line = take_line(&m->rest);
        which = boundary_line(m, line);
        if (which != 0)
            break;
        if (in_body)
            body.n += line.n;
        else if (is_blank(line)) {
            in_body = true;
            body = (struct lm_str){ m->rest.p, 0 };
        }
    }
    m->ended = which != 1;
    head.n = body.p != NULL ? (size_t)(body.p - head.p) : head.n - m->rest.n;
    struct lm_str type = lm_mime_field(head, LM_STR("Content-Type"));
    struct lm_mime_part part = { .whole = which != 0, .body = body };
    if (part.whole && part.body.n != 0) /* the line end before a boundary belongs to the boundary */
        part.body.n -= part.body.n >= 2 && part.body.p[part.body.n - 2] == '\r' ? 2 : 1;
    part.name = lm_mime_parameter(lm_mime_field(head, LM_STR("Content-Disposition")), LM_STR("filename"));
    if (part.name.n == 0)
        part.name = lm_mime_parameter(type, LM_STR("name"));
    while (part.type.n < type.n && type.p[part.type.n] != ';' && !is_space(type.p[part.type.n]))
        part.type = lm_str_take(type, part.type.n + 1);
    part.encoding = encoding_of(lm_mime_field(head, LM_STR("Content-Transfer-Encoding")));
    *ret = part;
    return true;
}

/* --- transfer encodings --- */

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static lm_err decode_base64(struct lm_str s, lm_err (*put)(void *, const char *, size_t), void *user, bool *ret_clean)
{
    char out[PIECE_BYTES + 3];
    size_t n = 0;
    uint32_t bits = 0;
    unsigned digits = 0, pads = 0;
    for (size_t i = 0; i < s.n; i++) {
        int v = base64_digit(s.p[i]);
        if (v < 0) {
            pads += s.p[i] == '=';
            *ret_clean = *ret_clean && (s.p[i] == '=' || is_space(s.p[i]));
            continue;
        }
        *ret_clean = *ret_clean && pads == 0;
        bits = bits << 6 | (uint32_t)v;
        if (++digits % 4 != 0)
            continue;
        out[n++] = (char)(bits >> 16);
        out[n++] = (char)(bits >> 8);
        out[n++] = (char)bits;
        if (n >= PIECE_BYTES) {
            lm_err e = put(user, out, n);
            if (e != LM_OK)
                return e;
            n = 0;
        }
    }
    unsigned left = digits % 4;
    *ret_clean = *ret_clean && left != 1 && pads <= 2 && (digits + pads) % 4 == 0;
    if (left >= 2)
        out[n++] = (char)(bits >> (left == 2 ? 4 : 10));
    if (left == 3)
        out[n++] = (char)(bits >> 2);
    return n != 0 ? put(user, out, n) : LM_OK;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static lm_err decode_quoted(struct lm_str s, lm_err (*put)(void *, const char *, size_t), void *user, bool *ret_clean)
{
    char out[PIECE_BYTES];
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '=') {
            size_t k = i + 1;
            while (k < s.n && (s.p[k] == ' ' || s.p[k] == '\t' || s.p[k] == '\r'))
                k++;
            if (k >= s.n || s.p[k] == '\n') { /* a soft break */
                i = k;
                continue;
            }
            int high = hex_digit(s.p[i + 1]), low = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;
            if (high >= 0 && low >= 0) {
                c = (char)(high * 16 + low);
                i += 2;
            } else {
                *ret_clean = false;
            }
        }
        out[n++] = c;
        if (n == sizeof out) {
            lm_err e = put(user, out, n);
            if (e != LM_OK)
                return e;
            n = 0;
        }
    }
    return n != 0 ? put(user, out, n) : LM_OK;
}

lm_err lm_mime_decode(const struct lm_mime_part *part, lm_err (*put)(void *user, const char *p, size_t n), void *user,
                      bool *ret_clean)
{
    bool clean = part->encoding != LM_MIME_UNKNOWN;
    lm_err e = part->encoding == LM_MIME_BASE64             ? decode_base64(part->body, put, user, &clean)
               : part->encoding == LM_MIME_QUOTED_PRINTABLE ? decode_quoted(part->body, put, user, &clean)
               : part->body.n != 0                          ? put(user, part->body.p, part->body.n)
                                                            : LM_OK;
    *ret_clean = clean;
    return e;
}
