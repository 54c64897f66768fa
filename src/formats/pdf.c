#include "formats/pdf.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/password.h"
#include "base/utf8.h"
#include "formats/pdf_poppler.h"

#define MAX_PASSWORD 1024

struct lm_pdf {
    struct lm_poppler lib;
    struct lm_arena *a;
    PopplerDocument *document;
    GBytes *bytes;
    GLogFunc log_before;
    struct lm_map fonts; /* name, without the tag of a subset → number */
    size_t n_bytes;
    uint32_t n_pages;
    uint64_t complaints;
};

bool lm_pdf_possible(struct lm_str head)
{
    return lm_str_find(lm_str_take(head, LM_PDF_HEAD_BYTES), LM_STR("%PDF-")) != SIZE_MAX;
}

/* --- the document --- */

void lm_pdf_warm_up(void)
{
    struct lm_poppler lib;
    (void)lm_poppler_load(&lib);
}

/* Poppler's words may quote the evidence: counted, not printed. */
static void on_log(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer user)
{
    struct lm_pdf *p = user;
    (void)domain;
    (void)level;
    (void)message;
    p->complaints++;
}

/* LM_EDENIED: this password does not open it. */
static lm_err open_with(struct lm_pdf *p, const char *password)
{
    GError *error = NULL;
    if (password == NULL) {
        p->document = p->lib.poppler_document_new_from_bytes(p->bytes, NULL, &error);
    } else {
        /* as a stream: with a wrong password …_new_from_bytes of 22.12 (Debian 12) follows a null pointer */
        GInputStream *stream = p->lib.g_memory_input_stream_new_from_bytes(p->bytes);
        p->document = p->lib.poppler_document_new_from_stream(stream, (goffset)p->n_bytes, password, NULL, &error);
        p->lib.g_object_unref(stream);
    }
    if (p->document != NULL)
        return LM_OK;
    bool sealed = error != NULL && error->domain == p->lib.poppler_error_quark() && error->code == POPPLER_ERROR_ENCRYPTED;
    if (error != NULL)
        p->lib.g_error_free(error);
    return sealed ? LM_EDENIED : LM_EINPUT;
}

/* Older PDFs were sealed with the password's Latin-1 bytes. False: it has none of its own. */
static bool as_latin1(const char *word, char out[MAX_PASSWORD + 1])
{
    struct lm_str s = lm_str(word);
    size_t n = 0;
    uint32_t cp;
    for (size_t k; s.n > 0 && (k = lm_utf8_decode(s, &cp)) != 0 && cp < 256; s = lm_str_skip(s, k))
        out[n++] = (char)(unsigned char)cp;
    out[n] = '\0';
    return s.n == 0 && n < strlen(word);
}

static lm_err open_sealed(struct lm_pdf *p, struct lm_str passwords, struct lm_error *e)
{
    char word[MAX_PASSWORD + 1], latin1[MAX_PASSWORD + 1] = "";
    lm_err err = LM_EDENIED;
    bool any = false;
    for (struct lm_str s; err == LM_EDENIED && (s = lm_password_next(&passwords)).p != NULL;) {
        if (s.n > MAX_PASSWORD || memchr(s.p, '\0', s.n) != NULL)
            continue;
        any = true;
        memcpy(word, s.p, s.n);
        word[s.n] = '\0';
        err = open_with(p, word);
        if (err == LM_EDENIED && as_latin1(word, latin1))
            err = open_with(p, latin1);
    }
    lm_password_wipe(word, sizeof word);
    lm_password_wipe(latin1, sizeof latin1);
    if (err == LM_EDENIED)
        return lm_fail(e, err, any ? "the password that was supplied does not open it" : "no password was supplied (import --password-file FILE)");
    return err;
}

lm_err lm_pdf_open(struct lm_arena *a, struct lm_str bytes, struct lm_str passwords, struct lm_pdf **ret, struct lm_error *e)
{
    struct lm_pdf *p = lm_arena_alloc(a, sizeof *p);
    if (p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    if (!lm_pdf_possible(bytes))
        return lm_fail(e, LM_EINPUT, "not a PDF");
    if (lm_poppler_load(&p->lib) != LM_OK) {
        (void)lm_fail(e, LM_ENOTFOUND, "PDF is not read: Poppler is not on this machine, or not in this process");
        lm_fail_hint(e, "apt-get install libpoppler-glib8");
        return LM_ENOTFOUND;
    }
    p->a = a;
    lm_map_init(&p->fonts, a);
    p->n_bytes = bytes.n;
    p->log_before = p->lib.g_log_set_default_handler(on_log, p);
    p->bytes = p->lib.g_bytes_new_static(bytes.p, bytes.n);
    lm_err err = open_with(p, NULL);
    if (err == LM_EDENIED)
        err = open_sealed(p, passwords, e);
    if (err == LM_EINPUT)
        (void)lm_fail(e, err, "a PDF that cannot be opened: it is damaged, or sealed in a way that is not known");
    if (err != LM_OK) {
        lm_pdf_close(p);
        return err;
    }
    int n = p->lib.poppler_document_get_n_pages(p->document);
    p->n_pages = n > 0 ? (uint32_t)n : 0;
    *ret = p;
    return LM_OK;
}

void lm_pdf_close(struct lm_pdf *p)
{
    if (p == NULL)
        return;
    if (p->document != NULL)
        p->lib.g_object_unref(p->document);
    if (p->bytes != NULL)
        p->lib.g_bytes_unref(p->bytes);
    (void)p->lib.g_log_set_default_handler(p->log_before, NULL);
    p->document = NULL;
    p->bytes = NULL;
}

uint32_t lm_pdf_n_pages(const struct lm_pdf *p)
{
    return p->n_pages;
}

uint64_t lm_pdf_complaints(const struct lm_pdf *p)
{
    return p->complaints;
}

/* --- words --- */

struct word {
    struct lm_str text; /* in the page's text */
    float x0, y0, x1, y1, size;
    uint32_t font, order, chars;
    uint32_t line;
};

struct words {
    struct word *v;
    size_t n, cap;
    bool cut;
};

/* "ABCDEF+Arial-BoldMT" is Arial-BoldMT. */
static struct lm_str font_name(const char *z)
{
    struct lm_str s = lm_str_take(lm_str(z != NULL ? z : ""), 200);
    size_t i = 0;
    while (i < s.n && i < 6 && s.p[i] >= 'A' && s.p[i] <= 'Z')
        i++;
    return i == 6 && i < s.n && s.p[i] == '+' ? lm_str_skip(s, 7) : s;
}

static lm_err font_number(struct lm_pdf *p, const char *name, uint32_t *ret)
{
    struct lm_str s = font_name(name);
    uint64_t *known = lm_map_get(&p->fonts, s);
    if (known == NULL && p->fonts.n == LM_PDF_MAX_FONTS) {
        *ret = LM_PDF_MAX_FONTS;
        return LM_OK;
    }
    if (known == NULL) {
        s = lm_arena_copy(p->a, s);
        if (s.p == NULL || lm_map_put(&p->fonts, s, p->fonts.n, &known, NULL) != LM_OK)
            return LM_ENOMEM;
    }
    *ret = (uint32_t)*known;
    return LM_OK;
}

static bool is_space(uint32_t cp)
{
    return cp <= ' ' || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200b) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f
           || cp == 0x205f || cp == 0x3000;
}

/* Marks of direction that Poppler puts around text it has turned round. */
static bool is_mark(uint32_t cp)
{
    return cp >= 0x202a && cp <= 0x202e;
}

static float number(double d)
{
    return isfinite(d) && d > -1e6 && d < 1e6 ? (float)d : 0;
}

static void grow(struct word *w, const PopplerRectangle *r)
{
    float x0 = number(fmin(r->x1, r->x2)), x1 = number(fmax(r->x1, r->x2)), y0 = number(fmin(r->y1, r->y2)), y1 = number(fmax(r->y1, r->y2));
    w->x0 = w->chars == 0 || x0 < w->x0 ? x0 : w->x0;
    w->x1 = w->chars == 0 || x1 > w->x1 ? x1 : w->x1;
    w->y0 = w->chars == 0 || y0 < w->y0 ? y0 : w->y0;
    w->y1 = w->chars == 0 || y1 > w->y1 ? y1 : w->y1;
}

/* Poppler puts no white space between what it has put together from far apart. */
static bool apart(const struct word *w, const PopplerRectangle *r)
{
    float x0 = number(fmin(r->x1, r->x2)), x1 = number(fmax(r->x1, r->x2)), middle = number((r->y1 + r->y2) / 2);
    float gap = x0 - w->x1 > w->x0 - x1 ? x0 - w->x1 : w->x0 - x1;
    return gap > 0.3f * w->size || fabsf(middle - (w->y0 + w->y1) / 2) > 0.6f * (w->y1 - w->y0);
}

struct raw_page { /* what Poppler gave */
    char *text;
    PopplerRectangle *places;
    guint n_places;
    GList *attributes;
};

static lm_err add_word(struct words *ws, struct lm_arena *a, struct word w)
{
    if (w.chars == 0)
        return LM_OK;
    if (ws->n == LM_PDF_MAX_PAGE_WORDS) {
        ws->cut = true;
        return LM_OK;
    }
    struct word *v = lm_arena_grow(a, ws->v, ws->n, &ws->cap, sizeof *v);
    if (v == NULL)
        return LM_ENOMEM;
    ws->v = v;
    w.order = (uint32_t)ws->n;
    v[ws->n++] = w;
    return LM_OK;
}

/* A word ends at white space and where the font changes. */
static lm_err make_words(struct lm_pdf *p, const struct raw_page *raw, struct lm_str text, struct lm_arena *a, struct words *ws)
{
    struct word w = { .chars = 0 };
    const GList *item = raw->attributes;
    uint32_t font = 0;
    float size = 0;
    gint until = -1; /* the attributes in hand hold up to this character */
    lm_err err = LM_OK;
    size_t at = 0;
    for (guint i = 0; at < text.n && i < raw->n_places && err == LM_OK && !ws->cut; i++) {
        uint32_t cp = 0;
        size_t n = lm_utf8_decode(lm_str_skip(text, at), &cp);
        if (n == 0)
            break;
        if ((gint)i > until && item != NULL) {
            const PopplerTextAttributes *t = item->data;
            uint32_t was = font;
            item = item->next;
            until = t->end_index;
            err = font_number(p, t->font_name, &font);
            if (err == LM_OK && (was != font || fabsf(size - number(t->font_size)) > 0.1f)) {
                err = add_word(ws, a, w);
                w = (struct word){ .chars = 0 };
            }
            size = number(t->font_size);
        }
        if (is_space(cp)) {
            err = err == LM_OK ? add_word(ws, a, w) : err;
            w = (struct word){ .chars = 0 };
        } else if (!is_mark(cp) && err == LM_OK) {
            if (w.chars != 0 && apart(&w, &raw->places[i])) {
                err = add_word(ws, a, w);
                w.chars = 0;
            }
            if (w.chars == 0)
                w = (struct word){ .text = { text.p + at, 0 }, .font = font, .size = size };
            grow(&w, &raw->places[i]);
            w.text.n = (size_t)(text.p + at + n - w.text.p);
            w.chars++;
        }
        at += n;
    }
    return err == LM_OK ? add_word(ws, a, w) : err;
}

/* --- lines and pieces --- */

static int by_height(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    float mx = x->y0 + x->y1, my = y->y0 + y->y1;
    if (mx != my)
        return mx < my ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int by_line(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->x0 != y->x0)
        return x->x0 < y->x0 ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Words whose middles are close are a line. */
static uint32_t number_lines(struct word *v, size_t n)
{
    uint32_t line = 0;
    float middle = 0, height = 0;
    qsort(v, n, sizeof *v, by_height);
    for (size_t i = 0; i < n; i++) {
        float m = (v[i].y0 + v[i].y1) / 2, h = v[i].y1 - v[i].y0;
        float least = h < height ? h : height;
        if (i == 0 || m - middle > least * 0.4f) {
            line++;
            middle = m;
            height = h;
        }
        v[i].line = line - 1;
    }
    qsort(v, n, sizeof *v, by_line);
    return line;
}

static bool goes_on(const struct word *last, const struct word *w)
{
    float gap = w->x0 - last->x1, size = w->size > last->size ? w->size : last->size;
    return w->font == last->font && fabsf(w->size - last->size) <= 0.1f && gap <= size && gap >= -size;
}

/* n words of one line that stand together. */
static lm_err make_piece(struct word *v, size_t n, uint32_t column, struct lm_arena *a, struct lm_pdf_piece *ret)
{
    size_t bytes = 0, at = 0;
    float x1 = 0;
    struct lm_pdf_piece piece = { .x0 = v[0].x0, .x1 = v[0].x1, .size = v[0].size, .font = v[0].font, .column = column, .n_words = n };
    for (size_t i = 0; i < n; i++) {
        bytes += v[i].text.n + 1;
        piece.x1 = v[i].x1 > piece.x1 ? v[i].x1 : piece.x1;
    }
    qsort(v, n, sizeof *v, by_order); /* from right to left in some scripts: Poppler knows */
    char *text = lm_arena_alloc(a, bytes);
    struct lm_pdf_word *words = lm_arena_array(a, n, sizeof *words);
    if (text == NULL || words == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        /* no white space between, and no room for any */
        bool touches = i > 0 && v[i - 1].text.p + v[i - 1].text.n == v[i].text.p && v[i].x0 - x1 <= 0.08f * v[i].size;
        x1 = v[i].x1;
        if (i > 0 && !touches)
            text[at++] = ' ';
        column += i > 0 && !touches;
        memcpy(text + at, v[i].text.p, v[i].text.n);
        words[i] = (struct lm_pdf_word){ { text + at, v[i].text.n }, v[i].x0, v[i].x1, column };
        at += v[i].text.n;
        column += v[i].chars;
    }
    piece.text = (struct lm_str){ text, at };
    piece.words = words;
    *ret = piece;
    return LM_OK;
}

static lm_err make_lines(struct words *ws, struct lm_arena *a, struct lm_pdf_page *ret)
{
    uint32_t n_lines = number_lines(ws->v, ws->n);
    struct lm_pdf_line *lines = lm_arena_array(a, n_lines, sizeof *lines);
    struct lm_pdf_piece *pieces = lm_arena_array(a, ws->n, sizeof *pieces);
    size_t n_pieces = 0;
    if (lines == NULL || pieces == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < ws->n;) {
        uint32_t line = ws->v[i].line, column = 0;
        struct lm_pdf_line *l = &lines[line];
        *l = (struct lm_pdf_line){ .pieces = pieces + n_pieces, .top = ws->v[i].y0, .bottom = ws->v[i].y1 };
        while (i < ws->n && ws->v[i].line == line) {
            size_t end = i + 1, chars = ws->v[i].chars;
            while (end < ws->n && ws->v[end].line == line && goes_on(&ws->v[end - 1], &ws->v[end]))
                chars += ws->v[end++].chars + 1;
            for (size_t k = i; k < end; k++) {
                l->top = ws->v[k].y0 < l->top ? ws->v[k].y0 : l->top;
                l->bottom = ws->v[k].y1 > l->bottom ? ws->v[k].y1 : l->bottom;
            }
            if (make_piece(ws->v + i, end - i, column, a, &pieces[n_pieces++]) != LM_OK)
                return LM_ENOMEM;
            column += (uint32_t)chars + 1;
            l->n++;
            i = end;
        }
    }
    ret->lines = lines;
    ret->n = n_lines;
    return LM_OK;
}

lm_err lm_pdf_page(struct lm_pdf *p, uint32_t n, struct lm_arena *a, struct lm_pdf_page *ret)
{
    struct raw_page raw = { .text = NULL };
    struct lm_pdf_page page = { .number = n };
    struct words ws = { .n = 0 };
    double width = 0, height = 0;
    if (n == 0 || n > p->n_pages || n > LM_PDF_MAX_PAGES)
        return LM_EINPUT;
    PopplerPage *from = p->lib.poppler_document_get_page(p->document, (int)n - 1);
    if (from == NULL)
        return LM_EINPUT;
    p->lib.poppler_page_get_size(from, &width, &height);
    page.width = number(width);
    page.height = number(height);
    raw.text = p->lib.poppler_page_get_text(from);
    lm_err err = LM_OK;
    if (raw.text != NULL && raw.text[0] != '\0' && p->lib.poppler_page_get_text_layout(from, &raw.places, &raw.n_places)) {
        struct lm_str text = lm_str(raw.text);
        page.cut = text.n > LM_PDF_MAX_PAGE_TEXT;
        text = lm_str_take(text, LM_PDF_MAX_PAGE_TEXT);
        text.n = lm_utf8_valid_prefix(text);
        raw.attributes = p->lib.poppler_page_get_text_attributes(from);
        err = make_words(p, &raw, text, a, &ws);
        page.cut |= ws.cut;
        if (err == LM_OK && ws.n != 0)
            err = make_lines(&ws, a, &page);
    }
    p->lib.poppler_page_free_text_attributes(raw.attributes);
    p->lib.g_free(raw.places);
    p->lib.g_free(raw.text);
    p->lib.g_object_unref(from);
    if (err == LM_OK)
        *ret = page;
    return err;
}
