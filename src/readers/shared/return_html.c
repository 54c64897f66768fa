#include "readers/shared/return_html.h"

#include "formats/html.h"

#define MAX_LINES 65536
#define NONE UINT32_MAX

struct cell {
    uint32_t depth;
    bool emitted;
    bool after_break, altered, colon;
    uint64_t at;
    size_t n_label;
    char label[LM_RETURN_MAX_LABEL];
};

struct walk {
    const struct lm_return_on *on;
    void *user;
    struct lm_str in;
    lm_err err;

    struct lm_buf text;  /* since the last field */
    struct lm_buf lines; /* struct lm_return_line of it */
    struct lm_buf media;
    bool gap;            /* a line ends here, if anything follows */
    uint64_t text_at, text_end;
    size_t last_from;    /* the last piece of text: its place in `text` and in the input */
    uint64_t last_at;
    bool last_plain, altered, cut, broke;

    bool in_block;       /* a label has begun and its cell has not */
    uint32_t block_depth, section_depth, break_depth, skip_depth;
    bool in_section, html_closed;
    struct lm_buf furniture; /* text of the page break */
    uint64_t furniture_at;
    size_t n;            /* cells open */
    struct cell cells[LM_RETURN_MAX_LEVEL];
};

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static bool is_blank(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_space(s.p[i]))
            return false;
    return true;
}

/* Media stay: they go with the next field of their cell. */
static void forget(struct walk *w)
{
    lm_buf_clear(&w->text);
    lm_buf_clear(&w->lines);
    w->gap = w->altered = w->cut = false;
}

static void add_line(struct walk *w, uint64_t at)
{
    struct lm_return_line line = { .in_value = w->text.n + 1, .at = at };
    lm_buf_putc(&w->text, '\n');
    if (w->lines.n / sizeof line < MAX_LINES)
        lm_buf_put(&w->lines, (struct lm_str){ (const char *)&line, sizeof line });
}

static void add_text(struct walk *w, struct lm_str s, uint64_t at, uint64_t end, bool plain)
{
    bool blank = is_blank(s);
    if (blank && (w->text.n == 0 || w->gap))
        return;
    if (w->text.n == 0)
        w->text_at = at;
    if (w->gap && w->text.n != 0)
        add_line(w, at);
    w->gap = false;
    if (w->text.n + s.n > LM_RETURN_MAX_VALUE) {
        w->cut = true;
        return;
    }
    w->last_from = w->text.n;
    w->last_at = at;
    w->last_plain = plain;
    lm_buf_put(&w->text, s);
    if (!blank)
        w->text_end = end;
}

/* --- fields --- */

static struct lm_str without_colon(struct lm_str s)
{
    s = lm_str_trim(s);
    while (s.n > 0 && (s.p[s.n - 1] == ':' || is_space(s.p[s.n - 1])))
        s.n--;
    return s;
}

/* A field whose value is `value`, a part of w->text. */
static void give(struct walk *w, struct lm_return_field *f, struct lm_str value, bool with_lines)
{
    if (w->err != LM_OK)
        return;
    f->value = lm_str_trim(value);
    f->value_at = f->value.n != 0 && w->text_at > f->at ? w->text_at : f->at;
    f->space_before = value.n != 0 && is_space(value.p[0]);
    f->space_after = value.n != 0 && is_space(value.p[value.n - 1]);
    f->media = lm_buf_str(&w->media);
    f->cut |= w->cut;
    f->altered |= w->altered;
    struct lm_return_line *lines = (struct lm_return_line *)(void *)w->lines.p;
    size_t skipped = f->value.n != 0 ? (size_t)(f->value.p - w->text.p) : 0, n = 0;
    for (size_t i = 0; with_lines && i < w->lines.n / sizeof *lines; i++)
        if (lines[i].in_value > skipped && lines[i].in_value - skipped < f->value.n)
            lines[n++] = (struct lm_return_line){ lines[i].in_value - skipped, lines[i].at };
    f->lines = lines;
    f->n_lines = n;
    w->err = w->text.failed || w->lines.failed || w->media.failed ? LM_ENOMEM : w->on->field(w->user, f);
    lm_buf_clear(&w->media);
    w->altered = w->cut = false;
}

/* The value of the innermost cell: `value`, which ends at `end`. */
static void give_cell(struct walk *w, struct lm_str value, uint64_t end)
{
    struct cell *c = &w->cells[w->n - 1];
    struct lm_return_field f = { .label = { c->label, c->n_label }, .level = (uint32_t)w->n - 1, .at = c->at,
                                 .end = end > c->at ? end : c->at, .after_break = c->after_break, .altered = c->altered, .colon = c->colon };
    c->emitted = true;
    give(w, &f, value, true);
}

static void give_bare(struct walk *w, struct lm_str text, bool heading, uint64_t at)
{
    struct lm_return_field f = { .level = (uint32_t)w->n, .at = at, .end = w->text_end > at ? w->text_end : at, .heading = heading,
                                 .after_break = !heading && w->broke };
    w->broke = false;
    if (!heading && w->n > 0 && text.n != 0) { /* behind what is nested in a cell: one more value of that cell */
        struct cell *c = &w->cells[w->n - 1];
        f.label = (struct lm_str){ c->label, c->n_label };
        f.level = (uint32_t)w->n - 1;
        f.after_break = f.label.n == 0 && f.after_break;
    }
    if (heading && without_colon(text).n <= LM_RETURN_MAX_LABEL) {
        f.label = without_colon(text);
        f.colon = f.label.n < lm_str_trim(text).n;
        text.n = 0;
    } else {
        f.heading = false;
    }
    give(w, &f, text, true);
}

/* What has been read so far belongs to no further label: it is the value of its cell, a heading, or text without a label. */
static void settle(struct walk *w)
{
    struct lm_str text = lm_buf_str(&w->text);
    bool pending = w->n > 0 && !w->cells[w->n - 1].emitted;
    if (pending)
        give_cell(w, text, text.n != 0 ? w->text_end : w->cells[w->n - 1].at);
    else if (!is_blank(text) && (w->in_block || w->n > 0 || w->in_section))
        give_bare(w, text, w->in_block, w->text_at);
    forget(w);
}

/* Media of which no field of the cell came any more. */
static void settle_media(struct walk *w)
{
    if (w->media.n != 0)
        give_bare(w, (struct lm_str){ NULL, 0 }, false, w->cells[w->n - 1].at);
}

/* The last line of the text: a label; what is above it: a value, or headings. */
static struct lm_str bare_label(struct walk *w, uint64_t *ret_at)
{
    struct lm_str all = lm_buf_str(&w->text), above, label;
    size_t end = all.n, from;
    while (end > 0 && is_space(all.p[end - 1]))
        end--;
    for (from = end; from > 0 && all.p[from - 1] != '\n'; from--)
        ;
    above = lm_str_take(all, from);
    label = lm_str_trim((struct lm_str){ all.p + from, end - from });
    size_t place = label.n != 0 ? (size_t)(label.p - all.p) : 0;
    *ret_at = place >= w->last_from ? w->last_at + (w->last_plain ? place - w->last_from : 0) : w->text_at;
    if (w->n > 0 && !w->cells[w->n - 1].emitted) {
        give_cell(w, above, *ret_at);
        return label;
    }
    while (above.n > 0) {
        const char *nl = memchr(above.p, '\n', above.n);
        struct lm_str line = lm_str_take(above, nl != NULL ? (size_t)(nl - above.p) : above.n);
        above = lm_str_skip(above, line.n + 1);
        if (!is_blank(line) && (w->n > 0 || w->in_section))
            give_bare(w, line, true, w->text_at);
    }
    return label;
}

static void put_label(struct cell *c, struct lm_str s)
{
    bool space = false;
    for (size_t i = 0; i < s.n && c->n_label + 1 < sizeof c->label; i++) {
        if (is_space(s.p[i])) {
            space = true;
            continue;
        }
        if (space)
            c->label[c->n_label++] = ' ';
        space = false;
        c->label[c->n_label++] = s.p[i];
    }
    c->n_label = lm_utf8_valid_prefix((struct lm_str){ c->label, c->n_label });
}

static void open_cell(struct walk *w, const struct lm_html_token *t)
{
    uint64_t at = t->at;
    struct lm_str label = lm_str_trim(lm_buf_str(&w->text));
    if (label.n != 0 && w->in_block)
        at = w->text_at;
    else if (label.n != 0)
        label = bare_label(w, &at);
    else if (w->n > 0 && !w->cells[w->n - 1].emitted)
        give_cell(w, label, t->at);
    struct lm_str rest = without_colon(label);
    if (rest.n > LM_RETURN_MAX_LABEL - 1) {
        give_bare(w, label, false, at);
        rest.n = 0;
    }
    w->n -= w->n == LM_RETURN_MAX_LEVEL; /* cells that are never closed: the new one stands beside the last, not in it */
    struct cell *c = &w->cells[w->n++];
    c->depth = t->depth;
    c->emitted = false;
    c->at = at;
    c->n_label = 0;
    c->altered = w->altered;
    c->after_break = rest.n == 0 && w->broke;
    c->colon = rest.n != 0 && rest.n < lm_str_trim(label).n;
    put_label(c, rest);
    w->broke = false;
    w->in_block = false;
    forget(w);
}

/* --- pages --- */

static bool ends_in_number(struct lm_str s)
{
    size_t n = s.n;
    while (n > 0 && s.p[n - 1] >= '0' && s.p[n - 1] <= '9')
        n--;
    s.n = n < s.n ? n : 0;
    return lm_str_ends(lm_str_trim(s), LM_STR("Page"));
}

/* "Meta Platforms Business Record Page 12", or nothing; what is anything else is text after all. */
static void end_break(struct walk *w, uint64_t end)
{
    struct lm_str s = lm_str_trim(lm_buf_str(&w->furniture));
    w->break_depth = NONE;
    w->broke |= s.n != 0;
    if (s.n != 0 && !ends_in_number(s) && lm_str_find(s, LM_STR("Business Record")) == SIZE_MAX) {
        w->broke = false;
        w->gap = true;
        add_text(w, s, w->furniture_at, end, false);
        w->gap = true;
    }
    lm_buf_clear(&w->furniture);
}

/* --- tags --- */

static bool has_word(struct lm_str words, const char *word)
{
    struct lm_str want = lm_str(word);
    while (words.n > 0) {
        size_t k = 0;
        while (k < words.n && !is_space(words.p[k]))
            k++;
        if (lm_str_eq(lm_str_take(words, k), want))
            return true;
        words = lm_str_skip(words, k + 1);
    }
    return false;
}

static bool style_is_cell(struct lm_str style)
{
    size_t at = lm_str_find(style, LM_STR("display"));
    if (at == SIZE_MAX)
        return false;
    style = lm_str_trim(lm_str_skip(style, at + 7));
    return lm_str_starts(style, LM_STR(":")) && lm_str_starts(lm_str_trim(lm_str_skip(style, 1)), LM_STR("table-cell"));
}

enum tag { TAG_PLAIN, TAG_BREAK, TAG_CELL, TAG_BLOCK };

static enum tag kind_of_div(const struct lm_html_token *t)
{
    struct lm_str class = lm_html_attribute(t, "class"), style = lm_html_attribute(t, "style");
    if (has_word(class, "pageBreak") || has_word(class, "p"))
        return TAG_BREAK;
    if (has_word(class, "m") || has_word(class, "most_inner") || (style.n != 0 && style_is_cell(style)))
        return TAG_CELL;
    return has_word(class, "t") || has_word(class, "div_table") ? TAG_BLOCK : TAG_PLAIN;
}

static bool is(struct lm_str s, const char *z)
{
    return lm_str_is(s, z);
}

static bool is_inline(struct lm_str name)
{
    static const char *const names[] = { "span", "b", "i", "a", "u", "em", "strong", "font", "small", "wbr", "sub", "sup", "code", "img" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is(name, names[i]))
            return true;
    return false;
}

static void open_section(struct walk *w, const struct lm_html_token *t, struct lm_str id)
{
    while (w->n > 0) {
        settle(w);
        settle_media(w);
        w->n--;
    }
    settle(w);
    w->in_block = w->broke = false;
    w->in_section = true;
    w->section_depth = t->depth;
    if (w->err == LM_OK)
        w->err = w->on->section(w->user, id, t->at);
}

static void open_block(struct walk *w, const struct lm_html_token *t)
{
    if (w->text.n != 0 || w->n > 0)
        settle(w);
    w->in_block = true;
    w->block_depth = t->depth;
}

static void add_media(struct walk *w, const struct lm_html_token *t)
{
    struct lm_str src = lm_html_attribute(t, "src");
    if (w->n == 0 || src.n == 0 || lm_str_starts(src, LM_STR("data:")) || w->media.n > 65536)
        return;
    if (w->media.n != 0)
        lm_buf_putc(&w->media, '\n');
    lm_buf_put(&w->media, lm_str_take(src, 4096));
    w->media.n = lm_utf8_valid_prefix(lm_buf_str(&w->media));
}

static void on_open(struct walk *w, const struct lm_html_token *t)
{
    struct lm_str id = lm_html_attribute(t, "id");
    if (is(t->name, "script") || is(t->name, "style") || is(t->name, "title")) {
        w->skip_depth = t->depth;
        return;
    }
    if (lm_str_starts(id, LM_STR("property-"))) {
        open_section(w, t, lm_str_skip(id, 9));
        return;
    }
    if (lm_str_eq(id, LM_STR("home"))) {
        open_section(w, t, id);
        return;
    }
    enum tag kind = TAG_PLAIN;
    if (is(t->name, "div"))
        kind = kind_of_div(t);
    else if (is(t->name, "td"))
        kind = TAG_CELL;
    else if (is(t->name, "tr") || is(t->name, "th"))
        kind = TAG_BLOCK;
    if (kind == TAG_BREAK) {
        w->break_depth = t->depth;
        w->furniture_at = t->end;
        return;
    }
    if (kind == TAG_CELL)
        open_cell(w, t);
    else if (kind == TAG_BLOCK)
        open_block(w, t);
    else if (!is_inline(t->name))
        w->gap = true;
    if (is(t->name, "img") || is(t->name, "video") || is(t->name, "audio") || is(t->name, "source"))
        add_media(w, t);
}

static void on_close(struct walk *w, const struct lm_html_token *t)
{
    if (w->skip_depth == t->depth) {
        w->skip_depth = NONE;
        return;
    }
    if (w->n > 0 && w->cells[w->n - 1].depth == t->depth) {
        settle(w);
        settle_media(w);
        w->n--;
        w->in_block = false;
    } else if (w->in_block && w->block_depth == t->depth && !is(t->name, "th")) {
        settle(w);
        w->in_block = false;
    }
    if (w->in_section && w->section_depth == t->depth) {
        settle(w);
        w->in_section = false;
        if (w->err == LM_OK)
            w->err = w->on->section(w->user, LM_STR(""), t->at);
    }
    if (is(t->name, "html") && (t->oddities & LM_HTML_IMPLIED) == 0)
        w->html_closed = true;
    if (!is_inline(t->name))
        w->gap = true;
}

static void on_text(struct walk *w, const struct lm_html_token *t)
{
    uintptr_t p = (uintptr_t)t->text.p, from = (uintptr_t)w->in.p;
    if (w->break_depth != NONE) {
        if (w->furniture.n + t->text.n < 65536)
            lm_buf_put(&w->furniture, t->text);
        return;
    }
    add_text(w, t->text, t->at, t->end, p >= from && p < from + w->in.n);
    w->altered |= (t->oddities & (LM_HTML_BAD_BYTES | LM_HTML_BAD_REFERENCE)) != 0;
    w->cut |= (t->oddities & LM_HTML_CUT) != 0;
}

static void on_token(struct walk *w, const struct lm_html_token *t)
{
    if (w->break_depth != NONE && t->type != LM_HTML_TEXT) {
        if (t->type == LM_HTML_CLOSE && t->depth == w->break_depth)
            end_break(w, t->at);
        return;
    }
    if (t->type == LM_HTML_OPEN)
        on_open(w, t);
    else if (t->type == LM_HTML_CLOSE)
        on_close(w, t);
    else if (w->skip_depth == NONE)
        on_text(w, t);
}

lm_err lm_return_html(struct lm_str in, const struct lm_return_on *on, void *user, struct lm_return_end *ret, struct lm_error *e)
{
    struct walk w = { .on = on, .user = user, .in = in, .section_depth = NONE, .break_depth = NONE, .skip_depth = NONE };
    struct lm_html *h = lm_html_new(in);
    struct lm_html_token t = { .type = LM_HTML_TEXT };
    lm_buf_init(&w.text, LM_RETURN_MAX_VALUE + MAX_LINES + 16);
    lm_buf_init(&w.lines, MAX_LINES * sizeof(struct lm_return_line));
    lm_buf_init(&w.media, 128 << 10);
    lm_buf_init(&w.furniture, 128 << 10);
    lm_err err = h != NULL ? LM_OK : LM_ENOMEM;
    while (err == LM_OK && w.err == LM_OK && (err = lm_html_next(h, &t)) == LM_OK && t.type != LM_HTML_END)
        on_token(&w, &t);
    if (err == LM_OK && w.err == LM_OK)
        settle(&w);
    if (err == LM_EINPUT)
        err = lm_fail(e, err, "%s", lm_html_why(h));
    else if (err == LM_OK)
        err = w.err;
    if (err == LM_OK)
        *ret = (struct lm_return_end){ .complete = w.html_closed && (t.oddities & LM_HTML_TRUNCATED) == 0, .at = t.at };
    lm_buf_free(&w.text);
    lm_buf_free(&w.lines);
    lm_buf_free(&w.media);
    lm_buf_free(&w.furniture);
    lm_html_free(h);
    return err;
}
