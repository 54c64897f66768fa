#include "formats/html.h"

#include <stdlib.h>

#include "formats/html_parts.h"

static struct lm_str between(const struct lm_html *h, size_t from, size_t to)
{
    return (struct lm_str){ h->in.p + from, to - from };
}

struct lm_html *lm_html_new(struct lm_str in)
{
    struct lm_html *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->in = in;
    html_elements_init(&h->elements);
    lm_buf_init(&h->text, 3 * LM_HTML_MAX_TEXT);
    lm_buf_init(&h->decoded, 3 * LM_HTML_MAX_DECODED);
    if (lm_str_starts(in, LM_STR("\xef\xbb\xbf")))
        h->pos = 3;
    else if (lm_str_starts(in, LM_STR("\xff\xfe")) || lm_str_starts(in, LM_STR("\xfe\xff")))
        h->why = "the file is UTF-16, not UTF-8";
    return h;
}

void lm_html_free(struct lm_html *h)
{
    if (h == NULL)
        return;
    lm_buf_free(&h->text);
    lm_buf_free(&h->decoded);
    free(h);
}

const char *lm_html_why(const struct lm_html *h)
{
    return h->why;
}

struct lm_str lm_html_attribute(const struct lm_html_token *t, const char *name)
{
    struct lm_str want = lm_str(name);
    for (size_t i = 0; i < t->n_attributes; i++)
        if (lm_str_eq(t->attributes[i].name, want))
            return t->attributes[i].value;
    return (struct lm_str){ NULL, 0 };
}

/* --- what is open --- */

static struct html_name *top(struct lm_html *h)
{
    return &h->stack[h->depth - 1];
}

/* The tag in hand ends everything that is deeper than `depth`; explicit: the outermost of them has this end tag. */
static void close_down_to(struct lm_html *h, uint32_t depth, bool explicit)
{
    h->close_to = depth;
    h->explicit = explicit;
}

static void note_counts(struct lm_html *h, const struct html_name *o, int by)
{
    if (o->flags & HTML_P)
        h->n_paragraphs += by;
    if (o->flags & HTML_FOREIGN)
        h->n_foreign += by;
}

/* The depth of the nearest open element among `wanted` kinds, not looking beyond one of `walls`; UINT32_MAX: none. */
static uint32_t nearest(const struct lm_html *h, unsigned wanted, unsigned walls)
{
    for (uint32_t d = h->depth; d > 0; d--) {
        if (h->stack[d - 1].flags & wanted)
            return d - 1;
        if (h->stack[d - 1].flags & walls)
            break;
    }
    return UINT32_MAX;
}

/* What a start tag ends before it begins. */
static uint32_t implied_end(const struct lm_html *h, unsigned flags)
{
    uint32_t d = UINT32_MAX;
    if (flags & HTML_CELL)
        d = nearest(h, HTML_CELL, HTML_TABLE | HTML_ROW);
    else if (flags & HTML_ROW)
        d = nearest(h, HTML_ROW, HTML_TABLE | HTML_ROWS);
    else if (flags & HTML_ROWS)
        d = nearest(h, HTML_ROWS, HTML_TABLE);
    else if (flags & HTML_LI)
        d = nearest(h, HTML_LI, HTML_LIST | HTML_SCOPE);
    else if (flags & HTML_DT)
        d = nearest(h, HTML_DT, HTML_LIST | HTML_SCOPE);
    else if ((flags & HTML_OPTION) && h->depth > 0 && (h->stack[h->depth - 1].flags & HTML_OPTION))
        d = h->depth - 1;
    if (d == UINT32_MAX && (flags & HTML_ENDS_P) && h->n_paragraphs > 0)
        d = nearest(h, HTML_P, HTML_SCOPE);
    return d;
}

static void end_tag(struct lm_html *h, const struct html_name *n)
{
    unsigned walls = n->flags & (HTML_CELL | HTML_ROW | HTML_ROWS | HTML_CAPTION) ? HTML_TABLE
                     : n->flags & HTML_TABLE                                      ? 0
                     : n->flags & HTML_BLOCK                                      ? HTML_SCOPE
                                                                                  : HTML_BLOCK | HTML_SCOPE;
    if (n->flags & HTML_ROOT)
        walls = 0;
    for (uint32_t d = h->depth; d > 0; d--) {
        const struct html_name *o = &h->stack[d - 1];
        if (html_same_name(o, n)) {
            close_down_to(h, d - 1, true);
            return;
        }
        if (o->flags & walls)
            return;
    }
}

/* --- tags --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* The name at pos, and what is known of it; pos behind it. */
static void read_name(struct lm_html *h, struct html_name *ret)
{
    size_t from = h->pos;
    while (h->pos < h->in.n && !is_space(h->in.p[h->pos]) && h->in.p[h->pos] != '>' && h->in.p[h->pos] != '/')
        h->pos++;
    html_find_name(&h->elements, between(h, from, h->pos), ret);
}

static void pass_space(struct lm_html *h)
{
    while (h->pos < h->in.n && is_space(h->in.p[h->pos]))
        h->pos++;
}

static struct lm_str read_value(struct lm_html *h)
{
    const char *p = h->in.p;
    pass_space(h);
    if (h->pos < h->in.n && (p[h->pos] == '"' || p[h->pos] == '\'')) {
        size_t from = h->pos + 1;
        const char *quote = memchr(p + from, p[h->pos], h->in.n - from);
        h->pos = quote != NULL ? (size_t)(quote - p) + 1 : h->in.n;
        h->truncated |= quote == NULL;
        return between(h, from, quote != NULL ? h->pos - 1 : h->in.n);
    }
    size_t from = h->pos;
    while (h->pos < h->in.n && !is_space(p[h->pos]) && p[h->pos] != '>')
        h->pos++;
    return between(h, from, h->pos);
}

/* Attributes up to and including the '>'. False: the input ends first. */
static bool read_attributes(struct lm_html *h, bool keep, bool *ret_self_closed)
{
    const char *p = h->in.p;
    *ret_self_closed = false;
    lm_buf_clear(&h->decoded);
    h->n_attributes = 0;
    for (;;) {
        while (h->pos < h->in.n && (is_space(p[h->pos]) || p[h->pos] == '/'))
            h->pos++;
        if (h->pos >= h->in.n || h->truncated)
            return false;
        if (p[h->pos] == '>') {
            *ret_self_closed = p[h->pos - 1] == '/';
            h->pos++;
            return true;
        }
        size_t from = h->pos++; /* a '=' that stands first belongs to the name */
        while (h->pos < h->in.n && !is_space(p[h->pos]) && p[h->pos] != '=' && p[h->pos] != '>' && p[h->pos] != '/')
            h->pos++;
        struct lm_str name = between(h, from, h->pos), value = { p + h->pos, 0 };
        size_t after = h->pos;
        pass_space(h);
        if (h->pos < h->in.n && p[h->pos] == '=') {
            h->pos++;
            value = read_value(h);
        } else {
            h->pos = after;
        }
        if (keep && h->n_attributes == LM_HTML_MAX_ATTRIBUTES)
            h->tag_oddities |= LM_HTML_CUT;
        else if (keep)
            h->attributes[h->n_attributes++] = (struct lm_html_attribute){ .name = name, .value = value };
    }
}

/* One that cannot be given as it stands goes to `decoded`, which has room for *left bytes of the input. */
static struct lm_str decoded(struct lm_html *h, struct lm_str s, bool is_name, size_t *left)
{
    if (is_name ? html_is_lower(s) : html_is_plain(s))
        return s;
    if (s.n > *left) {
        h->tag_oddities |= LM_HTML_CUT;
        return (struct lm_str){ s.p, 0 };
    }
    *left -= s.n;
    size_t from = h->decoded.n;
    html_decode(&h->decoded, s, !is_name, &h->tag_oddities);
    for (size_t i = from; is_name && i < h->decoded.n; i++)
        h->decoded.p[i] = html_lower(h->decoded.p[i]);
    return (struct lm_str){ h->decoded.p + from, h->decoded.n - from };
}

/* The room is taken once: slices of it must stay where they are. */
static void decode_attributes(struct lm_html *h)
{
    size_t need = 0;
    for (size_t i = 0; i < h->n_attributes; i++) {
        struct lm_html_attribute *a = &h->attributes[i];
        need += html_is_lower(a->name) ? 0 : a->name.n;
        need += html_is_plain(a->value) ? 0 : a->value.n;
    }
    if (need == 0)
        return;
    need = need < LM_HTML_MAX_DECODED ? need : LM_HTML_MAX_DECODED;
    if (lm_buf_reserve(&h->decoded, 3 * need) == NULL)
        need = 0;
    for (size_t i = 0; i < h->n_attributes; i++) {
        struct lm_html_attribute *a = &h->attributes[i];
        a->name = decoded(h, a->name, true, &need);
        a->value = decoded(h, a->value, false, &need);
    }
}

static void read_start_tag(struct lm_html *h)
{
    bool self_closed;
    h->tag_at = h->pos++;
    h->tag_oddities = 0;
    read_name(h, &h->tag);
    if (!read_attributes(h, true, &self_closed)) {
        h->truncated = true;
        h->pos = h->in.n;
        return;
    }
    decode_attributes(h);
    h->has_tag = true;
    h->tag_end = h->pos;
    h->tag_empty = (h->tag.flags & HTML_VOID) || (self_closed && (h->n_foreign > 0 || (h->tag.flags & HTML_FOREIGN)));
    uint32_t d = implied_end(h, h->tag.flags);
    if (d != UINT32_MAX)
        close_down_to(h, d, false);
    uint32_t left = d != UINT32_MAX ? d : h->depth;
    if (left >= LM_HTML_MAX_DEPTH) {
        h->tag_oddities |= LM_HTML_TOO_DEEP;
        close_down_to(h, LM_HTML_MAX_DEPTH - 1, false);
    }
}

static void read_end_tag(struct lm_html *h)
{
    struct html_name name;
    bool self_closed;
    h->tag_at = h->pos;
    h->pos += 2;
    read_name(h, &name);
    if (h->pos < h->in.n && h->in.p[h->pos] == '>')
        h->pos++;
    else if (!read_attributes(h, false, &self_closed)) {
        h->truncated = true;
        h->pos = h->in.n;
        return;
    }
    h->tag_end = h->pos;
    end_tag(h, &name);
}

/* --- text --- */

/* Passes over a comment, a document type, a processing instruction at pos. */
static void pass_comment(struct lm_html *h)
{
    struct lm_str rest = lm_str_skip(h->in, h->pos);
    if (!lm_str_starts(rest, LM_STR("<!--"))) {
        const char *end = memchr(rest.p, '>', rest.n);
        h->truncated |= end == NULL;
        h->pos = end != NULL ? (size_t)(end - h->in.p) + 1 : h->in.n;
        return;
    }
    rest = lm_str_skip(rest, 4);
    if (lm_str_starts(rest, LM_STR(">")) || lm_str_starts(rest, LM_STR("->"))) {
        h->pos = (size_t)(rest.p - h->in.p) + (rest.p[0] == '>' ? 1 : 2);
        return;
    }
    for (;;) {
        const char *dash = memchr(rest.p, '-', rest.n);
        if (dash == NULL) {
            h->truncated = true;
            h->pos = h->in.n;
            return;
        }
        rest = lm_str_skip(rest, (size_t)(dash - rest.p) + 1);
        size_t k = lm_str_starts(rest, LM_STR("->")) ? 2 : lm_str_starts(rest, LM_STR("-!>")) ? 3 : 0;
        if (k != 0) {
            h->pos = (size_t)(rest.p - h->in.p) + k;
            return;
        }
    }
}

/* What stands at pos, a '<'. */
enum found { FOUND_TEXT, FOUND_START, FOUND_END, FOUND_COMMENT };

static enum found look_at(const struct lm_html *h)
{
    char a = h->pos + 1 < h->in.n ? h->in.p[h->pos + 1] : '\0', b = h->pos + 2 < h->in.n ? h->in.p[h->pos + 2] : '\0';
    if (is_letter(a))
        return FOUND_START;
    if (a == '/' && h->pos + 2 < h->in.n)
        return is_letter(b) ? FOUND_END : FOUND_COMMENT;
    return a == '!' || a == '?' ? FOUND_COMMENT : FOUND_TEXT;
}

/* At most n bytes of s, whole characters. */
static struct lm_str cut(struct lm_html *h, struct lm_str s, size_t n)
{
    if (s.n <= n)
        return s;
    h->text_oddities |= LM_HTML_CUT;
    while (n > 0 && (s.p[n] & 0xc0) == 0x80)
        n--;
    return lm_str_take(s, n);
}

/* One more piece of the text in hand. The first that needs no change is given as it stands. */
static void add_text(struct lm_html *h, struct lm_str s, bool references)
{
    if (s.n == 0)
        return;
    h->text_end = (size_t)(s.p - h->in.p) + s.n;
    if (h->piece.n == 0 && h->text.n == 0) {
        h->text_at = (size_t)(s.p - h->in.p);
        if (references ? html_is_plain(s) : lm_utf8_valid_prefix(s) == s.n && memchr(s.p, '\0', s.n) == NULL) {
            h->piece = cut(h, s, LM_HTML_MAX_TEXT);
            return;
        }
    }
    if (h->piece.n != 0 && h->text.n == 0)
        lm_buf_put(&h->text, h->piece);
    s = cut(h, s, h->text.n < LM_HTML_MAX_TEXT ? LM_HTML_MAX_TEXT - h->text.n : 0);
    html_decode(&h->text, s, references, &h->text_oddities);
}

/* Raw text up to the end tag of the element that is open. */
static void read_raw(struct lm_html *h)
{
    const struct html_name *o = top(h);
    size_t from = h->pos;
    h->raw = false;
    for (size_t at = from;;) {
        const char *lt = at < h->in.n ? memchr(h->in.p + at, '<', h->in.n - at) : NULL;
        at = lt != NULL ? (size_t)(lt - h->in.p) : h->in.n;
        struct lm_str rest = lm_str_skip(h->in, at);
        if (lt == NULL || (lm_str_starts(rest, LM_STR("</")) && rest.n > 2 + o->written.n
                           && lm_str_eq_nocase(lm_str_take(lm_str_skip(rest, 2), o->written.n), o->written)
                           && (is_space(rest.p[2 + o->written.n]) || rest.p[2 + o->written.n] == '/' || rest.p[2 + o->written.n] == '>'))) {
            add_text(h, between(h, from, at), (o->flags & HTML_RCDATA) != 0);
            h->truncated |= lt == NULL;
            h->pos = at;
            return;
        }
        at++;
    }
}

/* Text up to the next tag that counts. */
static void read_text(struct lm_html *h)
{
    while (h->pos < h->in.n) {
        size_t from = h->pos;
        const char *lt = memchr(h->in.p + from, '<', h->in.n - from);
        h->pos = lt != NULL ? (size_t)(lt - h->in.p) : h->in.n;
        while (lt != NULL && look_at(h) == FOUND_TEXT) { /* a '<' that begins nothing is text */
            lt = memchr(h->in.p + h->pos + 1, '<', h->in.n - h->pos - 1);
            h->pos = lt != NULL ? (size_t)(lt - h->in.p) : h->in.n;
        }
        add_text(h, between(h, from, h->pos), true);
        if (lt == NULL || look_at(h) != FOUND_COMMENT)
            return;
        pass_comment(h);
    }
}

/* --- tokens --- */

static struct lm_str name_of(struct lm_html *h, const struct html_name *n)
{
    return n->known.p != NULL ? n->known : html_lower_name(h, n->written);
}

static void give_close(struct lm_html *h, struct lm_html_token *ret)
{
    struct html_name *o = top(h);
    h->depth--;
    note_counts(h, o, -1);
    bool own = h->explicit && h->depth == h->close_to;
    h->explicit = h->explicit && !own;
    *ret = (struct lm_html_token){ .type = LM_HTML_CLOSE, .name = name_of(h, o), .at = h->tag_at, .end = own ? h->tag_end : h->tag_at,
                                   .depth = h->depth, .oddities = own ? 0 : LM_HTML_IMPLIED };
    if (h->depth == h->close_to)
        h->close_to = UINT32_MAX;
}

static void give_open(struct lm_html *h, struct lm_html_token *ret)
{
    h->has_tag = false;
    *ret = (struct lm_html_token){ .type = LM_HTML_OPEN, .name = name_of(h, &h->tag),
                                   .attributes = h->attributes, .n_attributes = h->n_attributes, .at = h->tag_at, .end = h->tag_end, .depth = h->depth,
                                   .oddities = h->tag_oddities };
    struct html_name *o = &h->stack[h->depth++];
    *o = h->tag;
    note_counts(h, o, 1);
    if (h->tag_empty) {
        h->tag_at = h->tag_end;
        close_down_to(h, h->depth - 1, true);
    } else if (o->flags & HTML_RAW) {
        h->raw = h->n_foreign == 0;
    }
}

static void give_text(struct lm_html *h, struct lm_html_token *ret)
{
    *ret = (struct lm_html_token){ .type = LM_HTML_TEXT, .text = h->text.n != 0 ? lm_buf_str(&h->text) : h->piece, .at = h->text_at,
                                   .end = h->text_end, .depth = h->depth, .oddities = h->text_oddities };
}

lm_err lm_html_next(struct lm_html *h, struct lm_html_token *ret)
{
    if (h->why != NULL)
        return h->text.failed ? LM_ENOMEM : LM_EINPUT;
    for (;;) {
        if (h->close_to < h->depth) {
            give_close(h, ret);
            return LM_OK;
        }
        h->close_to = UINT32_MAX;
        h->explicit = false;
        if (h->has_tag) {
            give_open(h, ret);
            return LM_OK;
        }
        if (h->pos >= h->in.n) {
            h->tag_at = h->in.n;
            if (h->depth > 0) {
                close_down_to(h, 0, false);
                continue;
            }
            *ret = (struct lm_html_token){ .type = LM_HTML_END, .at = h->in.n, .end = h->in.n,
                                           .oddities = h->truncated ? LM_HTML_TRUNCATED : 0 };
            return LM_OK;
        }
        enum found found = h->raw || h->in.p[h->pos] != '<' ? FOUND_TEXT : look_at(h);
        if (found == FOUND_START) {
            read_start_tag(h);
            continue;
        }
        if (found == FOUND_END) {
            read_end_tag(h);
            continue;
        }
        lm_buf_clear(&h->text);
        h->piece = (struct lm_str){ NULL, 0 };
        h->text_oddities = 0;
        if (h->raw)
            read_raw(h);
        else
            read_text(h);
        if (h->text.failed) {
            h->why = "out of memory";
            return LM_ENOMEM;
        }
        if (h->text.n != 0 || h->piece.n != 0) {
            give_text(h, ret);
            return LM_OK;
        }
    }
}

lm_err lm_html_skip(struct lm_html *h, uint32_t depth, uint64_t *ret_end)
{
    struct lm_html_token t;
    do {
        lm_err err = lm_html_next(h, &t);
        if (err != LM_OK)
            return err;
    } while (t.type != LM_HTML_END && !(t.type == LM_HTML_CLOSE && t.depth <= depth));
    if (ret_end != NULL)
        *ret_end = t.end;
    return LM_OK;
}
