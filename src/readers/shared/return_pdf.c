#include "readers/shared/return_pdf.h"

#include <math.h>

#include "base/buf.h"
#include "readers/shared/return_pdf_parts.h"
#include "readers/shared/return_record.h"

#define TOLERANCE 2.0f /* points: what begins in one column */
#define NO_FONT UINT32_MAX
#define MAX_LINES 65536
#define LONG_WORD 30

struct open { /* a label whose value may go on */
    float label_x, value_x; /* value_x 0: no value or nested label yet */
    bool given, colon, leaf;
    uint64_t at;
    size_t n;
    char label[LM_RETURN_MAX_LABEL];
};

struct walk {
    const struct lm_retpdf_form *form;
    const struct lm_return_on *on;
    void *user;
    lm_err err;
    struct lm_retpdf_end end;
    struct retpdf_furniture furniture;
    uint32_t label_font;

    struct lm_pdf_page page;
    bool *used;             /* per piece of the page: looked at already */
    const struct lm_pdf_piece *first_piece;
    float edge;

    struct lm_buf text, lines; /* the value so far */
    uint64_t value_at, value_end;
    bool cut;
    struct { uint64_t line; float x1, edge, size; bool lone_word; size_t bytes; } last; /* its last line */

    size_t n;
    struct open open[LM_RETURN_MAX_LEVEL];
    bool in_section, flat, fresh; /* fresh: no label since the section's title */
    size_t n_section;
    char section[LM_RETURN_MAX_LABEL];
};

static uint64_t place(uint32_t page, uint32_t line, uint32_t column)
{
    return lm_locator_page(page, line, column).a;
}

/* --- fields --- */

static void forget(struct walk *w)
{
    lm_buf_clear(&w->text);
    lm_buf_clear(&w->lines);
    w->cut = false;
    w->last.line = 0;
}

static void give(struct walk *w, struct lm_return_field *f)
{
    f->value = lm_buf_str(&w->text);
    f->value_at = f->value.n != 0 ? w->value_at : f->at;
    f->end = f->value.n != 0 && w->value_end > f->at ? w->value_end : f->end;
    f->cut = w->cut;
    f->lines = (const struct lm_return_line *)(const void *)w->lines.p;
    f->n_lines = w->lines.n / sizeof *f->lines;
    w->err = w->text.failed || w->lines.failed ? LM_ENOMEM : w->on->field(w->user, f);
    forget(w);
}

/* What was gathered is the value of the innermost label, or one more of it, or text without a label. */
static void settle(struct walk *w)
{
    struct open *o = w->n > 0 ? &w->open[w->n - 1] : NULL;
    struct lm_return_field f = { .at = w->value_at };
    if (w->err != LM_OK || (w->text.n == 0 && (o == NULL || o->given)) || (o == NULL && !w->in_section && w->form->section != NULL)) {
        forget(w);
        return;
    }
    if (o != NULL) {
        f.label = (struct lm_str){ o->label, o->n };
        f.level = (uint32_t)w->n - 1;
        f.colon = o->colon;
        f.at = o->given ? w->value_at : o->at;
        o->given = true;
    }
    f.end = f.at + f.label.n;
    give(w, &f);
}

/* --- values --- */

static bool begins_in(float x, float column)
{
    return fabsf(x - column) <= TOLERANCE;
}

/* The label to whose value a piece at x belongs: its index + 1; 0: to none. */
static size_t owner_of(const struct walk *w, float x)
{
    if (w->n == 1 && w->open[0].value_x == 0 && begins_in(x, w->open[0].label_x)) /* below its label */
        return 1;
    for (size_t i = w->n; i > 0; i--) {
        const struct open *o = &w->open[i - 1];
        if (o->value_x != 0 ? x >= o->value_x - TOLERANCE : x > o->label_x + TOLERANCE)
            return i;
    }
    for (size_t i = w->n; i > 0; i--)
        if (x > w->open[i - 1].label_x + TOLERANCE)
            return i;
    return 0;
}

/* What stands between the value so far and this piece: nothing, a space, or a line's end. */
static char joint(const struct walk *w, uint64_t line, const struct lm_pdf_piece *p, const struct lm_pdf_word *first)
{
    if (line == w->last.line)
        return fabsf(p->x0 - w->last.x1) > 0.08f * p->size ? ' ' : '\0';
    float room = w->last.edge - w->last.x1, need = first->x1 - first->x0;
    if (room > need + 0.3f * w->last.size)
        return '\n';
    return w->last.lone_word && w->last.bytes >= LONG_WORD && room < 0.9f * w->last.size ? '\0' : ' ';
}

/* Without sections, text may be written in paragraphs: a full line goes on in the next, at the label's own place. */
static bool wraps_to(const struct walk *w, uint64_t line, const struct lm_pdf_piece *p, const struct lm_pdf_word *first)
{
    return w->form->section == NULL && line == w->last.line + 1 && joint(w, line, p, first) != '\n';
}

static void add_line(struct walk *w, uint64_t at)
{
    struct lm_return_line line = { .in_value = w->text.n + 1, .at = at };
    lm_buf_putc(&w->text, '\n');
    if (w->lines.n / sizeof line < MAX_LINES)
        lm_buf_put(&w->lines, (struct lm_str){ (const char *)&line, sizeof line });
}

/* Words from … end of a piece. */
static void add_value(struct walk *w, const struct lm_pdf_piece *p, size_t from, uint32_t line)
{
    const struct lm_pdf_word *first = &p->words[from], *last = &p->words[p->n_words - 1];
    struct lm_str s = lm_str_skip(p->text, (size_t)(first->text.p - p->text.p));
    uint64_t at = place(w->page.number, line, first->column);
    float x0 = from == 0 ? p->x0 : first->x0;
    bool goes_on = w->text.n != 0 && (w->last.line == at >> 24 || wraps_to(w, at >> 24, p, first));
    size_t owner = goes_on ? w->n : owner_of(w, x0);
    if (owner != w->n) {
        settle(w);
        w->n = owner;
    }
    if (w->n > 0 && w->open[w->n - 1].value_x == 0)
        w->open[w->n - 1].value_x = x0;
    bool same_line = w->text.n != 0 && w->last.line == at >> 24;
    char c = w->text.n != 0 ? joint(w, at >> 24, p, first) : '\0';
    if (w->text.n + s.n + 1 > LM_RETURN_MAX_VALUE) {
        w->cut = true;
        return;
    }
    if (w->text.n == 0)
        w->value_at = at;
    if (c == '\n')
        add_line(w, at);
    else if (c != '\0')
        lm_buf_putc(&w->text, c);
    lm_buf_put(&w->text, s);
    w->last.lone_word = !same_line && p->n_words - from == 1;
    w->last.bytes = s.n;
    w->last.line = at >> 24;
    w->last.x1 = p->x1;
    w->last.size = p->size;
    w->last.edge = w->edge;
    w->value_end = place(w->page.number, line, last->column) + last->text.n;
    w->end.at = w->value_end;
}

/* --- labels --- */

static struct lm_str without_colon(struct lm_str s)
{
    while (s.n > 0 && (s.p[s.n - 1] == ':' || s.p[s.n - 1] == ' '))
        s.n--;
    return s;
}

static void enter(struct walk *w, struct lm_str label, bool colon, enum lm_retpdf_beside beside, uint64_t at)
{
    char room[LM_RETURN_MAX_LABEL];
    struct lm_retpdf_title t = { label, colon, beside, { w->section, w->n_section }, w->flat || w->fresh };
    struct lm_str id = w->form->section(&t, room);
    if (id.n == 0 || id.n >= sizeof w->section) {
        w->flat = t.flat;
        w->fresh = false;
        return;
    }
    memcpy(w->section, id.p, id.n);
    w->n_section = id.n;
    w->in_section = true;
    w->flat = false;
    if (w->err == LM_OK)
        w->err = w->on->section(w->user, (struct lm_str){ w->section, w->n_section }, at);
    w->fresh = beside == LM_RETPDF_NOTHING;
}

static bool listed(struct lm_str s, const char *const *names)
{
    for (; *names != NULL; names++)
        if (lm_retrec_is(s, *names))
            return true;
    return false;
}

static void open_label(struct walk *w, struct lm_str written, float x, uint64_t at, enum lm_retpdf_beside beside)
{
    struct lm_str label = lm_str_take(without_colon(written), LM_RETURN_MAX_LABEL - 1);
    bool colon = without_colon(written).n < written.n;
    settle(w);
    while (w->n > 0 && w->open[w->n - 1].label_x >= x - TOLERANCE)
        w->n--;
    if (w->n == 0 && w->form->section != NULL)
        enter(w, label, colon, beside, at);
    else
        w->fresh = false;
    if (w->n > 0 && w->open[w->n - 1].value_x == 0)
        w->open[w->n - 1].value_x = x;
    w->n -= w->n == LM_RETURN_MAX_LEVEL;
    struct open *o = &w->open[w->n++];
    *o = (struct open){ .label_x = x, .at = at, .colon = colon, .leaf = w->form->section == NULL || listed(label, w->form->leaves) };
    o->n = lm_utf8_valid_prefix(label);
    memcpy(o->label, label.p, o->n);
    w->end.at = at + written.n;
}

/* How many of the words from `from` on are a known label; the longest counts. In one font a colon at their end makes one too. */
static size_t known_label(const struct walk *w, const struct lm_pdf_piece *p, size_t from, bool colons)
{
    size_t best = 0;
    for (size_t k = from; k < p->n_words && k < from + 6; k++) {
        const char *begin = p->words[from].text.p, *end = p->words[k].text.p + p->words[k].text.n;
        struct lm_str s = { begin, (size_t)(end - begin) };
        bool colon = s.p[s.n - 1] == ':';
        if ((colon && colons) || listed(without_colon(s), w->form->labels))
            best = k + 1 - from;
        if (colon)
            break;
    }
    return best;
}

static struct lm_str words_of(const struct lm_pdf_piece *p, size_t from, size_t n)
{
    const char *begin = p->words[from].text.p;
    return (struct lm_str){ begin, (size_t)(p->words[from + n - 1].text.p + p->words[from + n - 1].text.n - begin) };
}

/* In one font: may a label stand here? In its own column, or where its parent's values begin. */
static bool label_place(const struct walk *w, float x, bool first)
{
    for (size_t i = w->n; i > 0; i--)
        if (begins_in(x, w->open[i - 1].label_x))
            return true;
    if (w->n == 0)
        return first;
    const struct open *o = &w->open[w->n - 1];
    bool nests = !o->leaf && x > o->label_x + TOLERANCE && (o->value_x == 0 || begins_in(x, o->value_x));
    return first ? x < o->label_x - TOLERANCE || nests : nests && o->value_x == 0 && w->text.n == 0;
}

/* The rest of a label below it: "Unified" / "Messages". */
static struct lm_str wrapped(struct walk *w, size_t line, const struct lm_pdf_piece *p, struct lm_str head, char room[LM_RETURN_MAX_LABEL])
{
    if (line + 1 >= w->page.n || listed(without_colon(head), w->form->labels))
        return head;
    for (size_t l = line + 1; l < w->page.n && l <= line + 2; l++) {
        const struct lm_pdf_line *below = &w->page.lines[l];
        for (size_t i = 0; i < below->n; i++) {
            const struct lm_pdf_piece *q = &below->pieces[i];
            bool *taken = &w->used[q - w->first_piece];
            if (*taken || q->font != w->label_font || !begins_in(q->x0, p->x0) || below->top - w->page.lines[line].bottom > p->size)
                continue;
            size_t n = head.n + 1 + q->text.n;
            if (n >= LM_RETURN_MAX_LABEL)
                return head;
            memcpy(room, head.p, head.n);
            room[head.n] = ' ';
            memcpy(room + head.n + 1, q->text.p, q->text.n);
            if (!listed(without_colon((struct lm_str){ room, n }), w->form->labels))
                return head;
            *taken = true;
            return (struct lm_str){ room, n };
        }
    }
    return head;
}

/* A piece in the font of labels: one label, or several beside each other ("Logins IP Address"). */
static void label_piece(struct walk *w, size_t line, size_t i, const struct lm_pdf_piece *p)
{
    char room[LM_RETURN_MAX_LABEL];
    const struct lm_pdf_piece *next = i + 1 < w->page.lines[line].n ? p + 1 : NULL;
    enum lm_retpdf_beside beside = next == NULL ? LM_RETPDF_NOTHING : next->font == w->label_font ? LM_RETPDF_LABEL : LM_RETPDF_VALUE;
    for (size_t from = 0; from < p->n_words && w->err == LM_OK;) {
        size_t n = known_label(w, p, from, false), rest = p->n_words - from - n;
        if (n == 0 || (rest != 0 && known_label(w, p, from + n, false) == 0)) {
            n = p->n_words - from;
            rest = 0;
        }
        struct lm_str s = words_of(p, from, n);
        if (rest == 0)
            s = wrapped(w, line, p, s, room);
        uint64_t at = place(w->page.number, (uint32_t)line + 1, p->words[from].column);
        open_label(w, s, from == 0 ? p->x0 : p->words[from].x0, at, rest != 0 ? LM_RETPDF_LABEL : beside);
        from += n;
    }
}

/* One font for all: known words at the places of labels, then the value. */
static void plain_piece(struct walk *w, size_t line, size_t i, const struct lm_pdf_piece *p)
{
    size_t from = 0;
    while (from < p->n_words && w->err == LM_OK) {
        float x = from == 0 ? p->x0 : p->words[from].x0;
        size_t n = label_place(w, x, i == 0 && from == 0) ? known_label(w, p, from, w->form->colons) : 0;
        if (n == 0)
            break;
        uint64_t at = place(w->page.number, (uint32_t)line + 1, p->words[from].column);
        bool lone = from + n == p->n_words && i + 1 == w->page.lines[line].n;
        open_label(w, words_of(p, from, n), x, at, lone ? LM_RETPDF_NOTHING : LM_RETPDF_VALUE);
        from += n;
    }
    if (from < p->n_words)
        add_value(w, p, from, (uint32_t)line + 1);
}

/* --- pages --- */

/* The font of labels: that of known ones whose neighbour on the line has another. */
static uint32_t find_label_font(struct lm_pdf *pdf, uint32_t max_pages, struct walk *w, struct lm_arena *a)
{
    uint32_t font = NO_FONT;
    int votes = 0;
    for (uint32_t n = 1; n <= max_pages && n <= 8 && votes < 16; n++) {
        struct lm_pdf_page page;
        lm_arena_reset(a);
        if (lm_pdf_page(pdf, n, a, &page) != LM_OK)
            continue;
        for (size_t l = 0; l < page.n; l++)
            for (size_t i = 0; i + 1 < page.lines[l].n; i++) {
                const struct lm_pdf_piece *p = &page.lines[l].pieces[i];
                if (p[1].font == p->font || known_label(w, p, 0, false) != p->n_words)
                    continue;
                votes += votes == 0 || p->font == font ? 1 : -1;
                if (votes == 1)
                    font = p->font;
            }
    }
    return votes >= 2 ? font : NO_FONT;
}

/* Behind a page that is missing nothing goes on: what is open ends, and the section begins anew. */
static void skip_page(struct walk *w, uint32_t n)
{
    settle(w);
    w->n = w->n < 1 ? w->n : 1;
    if (w->err == LM_OK && w->in_section)
        w->err = w->on->section(w->user, (struct lm_str){ w->section, w->n_section }, place(n, 0, 0));
}

static void one_page(struct walk *w)
{
    retpdf_furniture(&w->furniture, &w->page, w->used, w->label_font);
    w->edge = retpdf_edge(&w->page, w->used);
    if (w->furniture.gap) {
        skip_page(w, w->page.number);
        w->end.first_gap = w->end.gaps == 0 ? w->page.number : w->end.first_gap;
        w->end.gaps++;
    }
    for (size_t l = 0; l < w->page.n && w->err == LM_OK; l++)
        for (size_t i = 0; i < w->page.lines[l].n && w->err == LM_OK; i++) {
            const struct lm_pdf_piece *p = &w->page.lines[l].pieces[i];
            if (w->used[p - w->first_piece])
                continue;
            if (w->label_font == NO_FONT)
                plain_piece(w, l, i, p);
            else if (p->font == w->label_font)
                label_piece(w, l, i, p);
            else
                add_value(w, p, 0, (uint32_t)l + 1);
        }
}

static void read_page(struct walk *w, struct lm_pdf *pdf, uint32_t n, struct lm_arena *a)
{
    lm_arena_reset(a);
    lm_err err = lm_pdf_page(pdf, n, a, &w->page);
    if (err == LM_ENOMEM) {
        w->err = err;
        return;
    }
    if (err != LM_OK) {
        skip_page(w, n);
        w->end.lost++;
        return;
    }
    w->end.pages++;
    w->end.cut += w->page.cut;
    if (w->page.n == 0)
        return;
    w->end.any_text = true;
    size_t pieces = 0;
    for (size_t l = 0; l < w->page.n; l++)
        pieces += w->page.lines[l].n;
    w->first_piece = w->page.lines[0].pieces;
    w->used = lm_arena_array(a, pieces, sizeof *w->used);
    if (w->used == NULL)
        w->err = LM_ENOMEM;
    else
        one_page(w);
}

lm_err lm_return_pdf(struct lm_pdf *pdf, uint32_t max_pages, const struct lm_retpdf_form *form, const struct lm_return_on *on, void *user,
                     struct lm_retpdf_end *ret)
{
    struct walk w = { .form = form, .on = on, .user = user };
    struct lm_arena a;
    uint32_t n_pages = lm_pdf_n_pages(pdf);
    n_pages = n_pages < LM_PDF_MAX_PAGES ? n_pages : LM_PDF_MAX_PAGES;
    n_pages = n_pages < max_pages ? n_pages : max_pages;
    lm_arena_init(&a, (size_t)256 << 20);
    lm_buf_init(&w.text, LM_RETURN_MAX_VALUE + 16);
    lm_buf_init(&w.lines, MAX_LINES * sizeof(struct lm_return_line));
    w.label_font = find_label_font(pdf, n_pages, &w, &a);
    w.end.alike = w.label_font == NO_FONT;
    for (uint32_t n = 1; n <= n_pages && w.err == LM_OK; n++)
        read_page(&w, pdf, n, &a);
    if (w.err == LM_OK)
        settle(&w);
    w.end.missing = n_pages == lm_pdf_n_pages(pdf) ? w.furniture.of - w.furniture.number_of : 0;
    w.end.titled = w.furniture.titled;
    w.end.whatsapp = w.furniture.whatsapp;
    *ret = w.end;
    lm_buf_free(&w.text);
    lm_buf_free(&w.lines);
    lm_arena_free(&a);
    return w.err;
}
