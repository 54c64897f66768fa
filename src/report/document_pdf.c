/* A document as PDF: Pango sets the lines, cairo writes the pages. */
#include <math.h>
#include <stdio.h>

#include "report/document.h"
#include "report/pdf_library.h"

#define PAGE_WIDTH 792.0 /* US Letter, landscape, in points */
#define PAGE_HEIGHT 612.0
#define MARGIN 36.0
#define FOOT 18.0
#define PAD_X 2.5
#define PAD_Y 1.5
#define FONT "DejaVu Sans"
#define PAGES_MOST 5000u

struct sheet {
    struct lm_pdf_library lib;
    const struct lm_document *d;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoLayout *layout;
    struct lm_buf plain; /* text at hand, made harmless */
    struct lm_buf *out;
    double y;
    unsigned page, pages; /* pages: how many there will be; 0: this round counts them */
    bool full;
};

static cairo_status_t take_bytes(void *user, const unsigned char *data, unsigned n)
{
    struct sheet *s = user;
    if (s->out == NULL)
        return CAIRO_STATUS_SUCCESS;
    lm_buf_put(s->out, (struct lm_str){ (const char *)data, n });
    return s->out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* Direction marks, controls and what is not UTF-8 become U+FFFD. */
static struct lm_str harmless(struct sheet *s, struct lm_str t)
{
    lm_buf_clear(&s->plain);
    while (t.n != 0) {
        uint32_t cp = 0;
        size_t n = lm_utf8_decode(t, &cp);
        if (n == 0 || cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f
            || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff)
            lm_buf_put(&s->plain, LM_STR("\xef\xbf\xbd"));
        else
            lm_buf_put(&s->plain, lm_str_take(t, n));
        t = lm_str_skip(t, n != 0 ? n : 1);
    }
    return lm_buf_str(&s->plain);
}

struct set { /* how a piece of text is set */
    double size, width;
    bool bold, right;
    double gray;
};

/* What is drawn until link_end leads to the anchor; NULL: nowhere. */
static void link_begin(struct sheet *s, const char *anchor)
{
    char attributes[96];
    if (anchor == NULL)
        return;
    (void)snprintf(attributes, sizeof attributes, "dest='%.60s'", anchor);
    s->lib.cairo_tag_begin(s->cr, CAIRO_TAG_LINK, attributes);
}

static void link_end(struct sheet *s, const char *anchor)
{
    if (anchor != NULL)
        s->lib.cairo_tag_end(s->cr, CAIRO_TAG_LINK);
}

static void put_anchor(struct sheet *s, const char *anchor)
{
    char attributes[96];
    if (anchor == NULL)
        return;
    (void)snprintf(attributes, sizeof attributes, "name='%.60s'", anchor);
    s->lib.cairo_tag_begin(s->cr, CAIRO_TAG_DEST, attributes);
    s->lib.cairo_tag_end(s->cr, CAIRO_TAG_DEST);
}

/* Sets the text into the layout; returns its height. */
static double set_text(struct sheet *s, struct lm_str text, const struct set *how)
{
    PangoFontDescription *font = s->lib.pango_font_description_from_string(FONT);
    int width, height;
    struct lm_str t = harmless(s, text);
    s->lib.pango_font_description_set_absolute_size(font, how->size * PANGO_SCALE);
    s->lib.pango_font_description_set_weight(font, how->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    s->lib.pango_layout_set_font_description(s->layout, font);
    s->lib.pango_layout_set_width(s->layout, (int)(how->width * PANGO_SCALE));
    s->lib.pango_layout_set_alignment(s->layout, how->right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    s->lib.pango_layout_set_text(s->layout, t.n != 0 ? t.p : "", (int)t.n);
    s->lib.pango_layout_get_size(s->layout, &width, &height);
    s->lib.pango_font_description_free(font);
    return (double)height / PANGO_SCALE;
}

static void draw_text(struct sheet *s, double x, double y, double gray)
{
    s->lib.cairo_set_source_rgb(s->cr, gray, gray, gray);
    s->lib.cairo_move_to(s->cr, x, y);
    s->lib.pango_cairo_show_layout(s->cr, s->layout);
}

/* --- pages --- */

static void put_foot(struct sheet *s)
{
    char number[48];
    double y = PAGE_HEIGHT - MARGIN - FOOT + 6;
    struct set left = { .size = 7, .width = PAGE_WIDTH - 2 * MARGIN - 90 }, right = { .size = 7, .width = 90, .right = true };
    (void)snprintf(number, sizeof number, "page %u of %u", s->page, s->pages);
    s->lib.cairo_set_source_rgb(s->cr, .6, .6, .6);
    s->lib.cairo_set_line_width(s->cr, .5);
    s->lib.cairo_move_to(s->cr, MARGIN, y - 3);
    s->lib.cairo_line_to(s->cr, PAGE_WIDTH - MARGIN, y - 3);
    s->lib.cairo_stroke(s->cr);
    (void)set_text(s, s->d->foot, &left);
    draw_text(s, MARGIN, y, .25);
    (void)set_text(s, lm_str(number), &right);
    draw_text(s, PAGE_WIDTH - MARGIN - 90, y, .25);
}

static void end_page(struct sheet *s)
{
    put_foot(s);
    s->lib.cairo_show_page(s->cr);
}

static void new_page(struct sheet *s)
{
    end_page(s);
    s->page++;
    s->full = s->full || s->page > PAGES_MOST;
    s->y = MARGIN;
}

static double room(const struct sheet *s)
{
    return PAGE_HEIGHT - MARGIN - FOOT - s->y;
}

static void put_paragraph(struct sheet *s, struct lm_str text, const struct set *how, double before, double indent)
{
    struct set set = *how;
    set.width -= indent;
    double height = set_text(s, text, &set);
    if (before + height > room(s) && s->y > MARGIN) {
        new_page(s);
        before = 0;
    }
    draw_text(s, MARGIN + indent, s->y + before, how->gray);
    s->y += before + height + 2;
}

/* --- tables --- */

struct grid {
    const struct lm_doc_table *t;
    double x[LM_DOC_COLUMNS + 1];
    double size;
};

static void measure(struct grid *g)
{
    double sum = 0, width = PAGE_WIDTH - 2 * MARGIN;
    for (size_t c = 0; c < g->t->n_columns; c++)
        sum += g->t->columns[c].width != 0 ? g->t->columns[c].width : 10;
    double scale = width / (sum < 60 ? 60 : sum); /* a narrow table does not fill the page */
    g->x[0] = MARGIN;
    for (size_t c = 0; c < g->t->n_columns; c++)
        g->x[c + 1] = g->x[c] + scale * (g->t->columns[c].width != 0 ? g->t->columns[c].width : 10);
    g->size = g->t->n_columns > 12 ? 6.5 : 7.5;
}

/* Row 0 is the header. */
static double height_of(struct sheet *s, const struct grid *g, size_t row)
{
    double height = 0;
    for (size_t c = 0; c < g->t->n_columns; c++) {
        struct lm_str text = row == 0 ? lm_str(g->t->columns[c].title) : g->t->cells[(row - 1) * g->t->n_columns + c].text;
        struct set how = { .size = g->size, .width = g->x[c + 1] - g->x[c] - 2 * PAD_X, .bold = row == 0 };
        double h = set_text(s, text, &how);
        height = h > height ? h : height;
    }
    return height + 2 * PAD_Y;
}

static void put_row(struct sheet *s, const struct grid *g, size_t row, double height)
{
    for (size_t c = 0; c < g->t->n_columns; c++) {
        const struct lm_doc_cell *cell = row != 0 ? &g->t->cells[(row - 1) * g->t->n_columns + c] : NULL;
        double width = g->x[c + 1] - g->x[c], gray = row == 0 ? .9 : 1 - .05 * cell->shade;
        struct set how = { .size = g->size, .width = width - 2 * PAD_X, .bold = row == 0, .right = g->t->columns[c].right };
        s->lib.cairo_rectangle(s->cr, g->x[c], s->y, width, height);
        s->lib.cairo_set_source_rgb(s->cr, gray, gray, gray);
        s->lib.cairo_fill_preserve(s->cr);
        s->lib.cairo_set_source_rgb(s->cr, .7, .7, .7);
        s->lib.cairo_set_line_width(s->cr, .4);
        s->lib.cairo_stroke(s->cr);
        (void)set_text(s, cell != NULL ? cell->text : lm_str(g->t->columns[c].title), &how);
        if (cell != NULL && cell->anchor != NULL)
            put_anchor(s, cell->anchor);
        link_begin(s, cell != NULL ? cell->link : NULL);
        draw_text(s, g->x[c] + PAD_X, s->y + PAD_Y, 0);
        link_end(s, cell != NULL ? cell->link : NULL);
    }
    s->y += height;
}

static void put_table(struct sheet *s, const struct lm_doc_table *t)
{
    struct grid g = { .t = t };
    size_t rows = t->n_columns != 0 ? t->n_cells / t->n_columns : 0;
    struct set small = { .size = 7.5, .width = PAGE_WIDTH - 2 * MARGIN, .gray = .25 };
    if (t->n_columns == 0)
        return;
    measure(&g);
    double head = height_of(s, &g, 0);
    s->y += 3;
    for (size_t r = 1; r <= rows && !s->full; r++) {
        double height = height_of(s, &g, r);
        if (r == 1 || height > room(s)) {
            if ((r == 1 ? head + height : height) > room(s) && s->y > MARGIN)
                new_page(s);
            put_row(s, &g, 0, head);
        }
        put_row(s, &g, r, height);
    }
    if (rows == 0)
        put_paragraph(s, LM_STR("none"), &small, 0, 0);
    if (t->note.n != 0)
        put_paragraph(s, t->note, &small, 2, 0);
}

/* --- charts --- */

#define CHART_SCALE ((PAGE_WIDTH - 2 * MARGIN) / LM_DOC_CHART_WIDTH < 1 ? (PAGE_WIDTH - 2 * MARGIN) / LM_DOC_CHART_WIDTH : 1.0)

static void put_shape(struct sheet *s, const struct lm_doc_shape *shape)
{
    double scale = CHART_SCALE, x = MARGIN + scale * shape->x, y = s->y + scale * shape->y, gray = 1 - .0627 * shape->shade;
    struct set how = { .size = scale * shape->size, .width = scale * shape->w, .right = shape->align == LM_DOC_RIGHT };
    link_begin(s, shape->link);
    if (shape->box) {
        s->lib.cairo_rectangle(s->cr, x, y, scale * shape->w, scale * shape->h);
        s->lib.cairo_set_source_rgb(s->cr, gray, gray, gray);
        s->lib.cairo_fill_preserve(s->cr);
        s->lib.cairo_set_source_rgb(s->cr, .33, .33, .33);
        s->lib.cairo_set_line_width(s->cr, .5);
        s->lib.cairo_stroke(s->cr);
    }
    if (shape->text.n != 0) {
        s->lib.pango_layout_set_ellipsize(s->layout, PANGO_ELLIPSIZE_END);
        double height = set_text(s, shape->text, &how);
        if (shape->align == LM_DOC_MIDDLE)
            s->lib.pango_layout_set_alignment(s->layout, PANGO_ALIGN_CENTER);
        draw_text(s, x, y + (scale * shape->h - height) / 2, 0);
        s->lib.pango_layout_set_ellipsize(s->layout, PANGO_ELLIPSIZE_NONE);
    }
    link_end(s, shape->link);
}

static void put_chart(struct sheet *s, const struct lm_doc_chart *c)
{
    double height = CHART_SCALE * c->height + 8;
    if (height > room(s) && s->y > MARGIN)
        new_page(s);
    s->y += 4;
    for (size_t i = 0; i < c->n; i++)
        put_shape(s, &c->shapes[i]);
    s->y += height - 4;
}

/* --- the whole --- */

/* What must stay together with a heading: further headings and paragraphs down to the first lines of what they are for. */
static double follows(struct sheet *s, size_t i)
{
    struct grid g;
    double before = 0;
    for (i++; i < s->d->n && before < PAGE_HEIGHT / 4; i++) {
        const struct lm_doc_block *b = &s->d->blocks[i];
        if (b->kind == LM_DOC_CHART)
            return before + CHART_SCALE * b->chart->height + 16;
        if (b->kind == LM_DOC_TABLE) {
            g.t = b->table;
            measure(&g);
            return before + height_of(s, &g, 0) + (g.t->n_cells != 0 ? height_of(s, &g, 1) : 12) + 6;
        }
        if (b->kind == LM_DOC_ITEM)
            break;
        before += 26; /* a heading, or two lines */
    }
    return before + 30;
}

static void put_block(struct sheet *s, size_t i)
{
    const struct lm_doc_block *b = &s->d->blocks[i];
    const double width = PAGE_WIDTH - 2 * MARGIN;
    switch (b->kind) {
    case LM_DOC_HEADING: {
        struct set how = { .size = b->level <= 2 ? 13 : 10, .width = width, .bold = true };
        double before = s->y > MARGIN ? (b->level <= 2 ? 14 : 8) : 0, need = before + how.size * 1.4 + follows(s, i);
        if (need > room(s) && s->y > MARGIN) {
            new_page(s);
            before = 0;
        }
        put_paragraph(s, b->text, &how, before, 0);
        break;
    }
    case LM_DOC_PARAGRAPH: {
        struct set how = { .size = 8.5, .width = width };
        put_paragraph(s, b->text, &how, 2, 0);
        break;
    }
    case LM_DOC_ITEM: {
        struct set how = { .size = 8.5, .width = width };
        double y, x = MARGIN + 3;
        put_paragraph(s, b->text, &how, 1, 12);
        int n = s->lib.pango_layout_get_line_count(s->layout), w, h;
        s->lib.pango_layout_get_size(s->layout, &w, &h);
        y = s->y - 2 - (double)h / PANGO_SCALE + (double)h / PANGO_SCALE / n / 2;
        s->lib.cairo_new_path(s->cr);
        s->lib.cairo_arc(s->cr, x + 2, y, 1.2, 0, 2 * M_PI);
        s->lib.cairo_set_source_rgb(s->cr, 0, 0, 0);
        s->lib.cairo_fill(s->cr);
        break;
    }
    case LM_DOC_TABLE:
        put_table(s, b->table);
        break;
    case LM_DOC_CHART:
        put_chart(s, b->chart);
        break;
    }
}

static void dates(const struct sheet *s)
{
    char text[LM_WHEN_TEXT];
    struct lm_when when = s->d->made;
    when.us -= when.us % LM_SECOND_US;
    if (when.quality == LM_TIME_NONE)
        when = (struct lm_when){ 0, 0, LM_TIME_UTC };
    when.quality = LM_TIME_UTC;
    when.offset_s = 0;
    (void)lm_when_format(&when, text);
    s->lib.cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_CREATE_DATE, text);
    s->lib.cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_MOD_DATE, text);
}

/* One round: all pages. pages 0: only to count them, out takes nothing. */
static lm_err render(struct sheet *s, struct lm_error *e)
{
    struct set title = { .size = 18, .width = PAGE_WIDTH - 2 * MARGIN, .bold = true },
               sub = { .size = 9, .width = PAGE_WIDTH - 2 * MARGIN, .gray = .25 };
    s->surface = s->lib.cairo_pdf_surface_create_for_stream(take_bytes, s, PAGE_WIDTH, PAGE_HEIGHT);
    s->cr = s->lib.cairo_create(s->surface);
    s->layout = s->lib.pango_cairo_create_layout(s->cr);
    s->lib.pango_layout_set_wrap(s->layout, PANGO_WRAP_WORD_CHAR);
    s->lib.pango_layout_set_auto_dir(s->layout, TRUE);
    lm_buf_init(&s->plain, (size_t)64 << 20);
    dates(s);
    s->page = 1;
    s->y = MARGIN;
    put_paragraph(s, s->d->title, &title, 0, 0);
    put_paragraph(s, s->d->subtitle, &sub, 0, 0);
    for (size_t i = 0; i < s->d->n && !s->full; i++)
        put_block(s, i);
    end_page(s);
    bool plain = !s->plain.failed;
    s->lib.g_object_unref(s->layout);
    s->lib.cairo_destroy(s->cr);
    s->lib.cairo_surface_finish(s->surface);
    cairo_status_t status = s->lib.cairo_surface_status(s->surface);
    s->lib.cairo_surface_destroy(s->surface);
    lm_buf_free(&s->plain);
    if (s->full)
        return lm_fail(e, LM_ELIMIT, "more than %u pages: ask for fewer rows, or for CSV", PAGES_MOST);
    if (!plain || status == CAIRO_STATUS_NO_MEMORY)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    return status == CAIRO_STATUS_SUCCESS ? LM_OK : lm_fail(e, LM_EIO, "no PDF: %s", s->lib.cairo_status_to_string(status));
}

lm_err lm_document_pdf(const struct lm_document *d, struct lm_buf *out, unsigned *ret_pages, struct lm_error *e)
{
    struct sheet count = { .d = d };
    if (d->failed)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_err err = lm_pdf_library_load(&count.lib, e);
    if (err == LM_OK)
        err = render(&count, e);
    if (err != LM_OK)
        return err;
    struct sheet real = { .lib = count.lib, .d = d, .out = out, .pages = count.page };
    err = render(&real, e);
    if (err == LM_OK && ret_pages != NULL)
        *ret_pages = count.page;
    return err;
}
