/* A document as one HTML file that fetches nothing and runs nothing. */
#include "report/document.h"

#define LONG_BYTES 30 /* a cell that may break anywhere: hashes, paths */

static const char style[] =
    "@page{size:letter landscape;margin:12mm}"
    "body{font:14px/1.45 'DejaVu Sans',system-ui,sans-serif;color:#111;background:#fff;margin:24px auto;max-width:1180px;"
    "padding:0 16px}"
    "h1{font-size:22px;margin:0}h2{font-size:18px;margin:28px 0 6px;border-bottom:2px solid #111}"
    "h3{font-size:15px;margin:18px 0 4px}p{margin:4px 0 8px;max-width:100ch}ul{margin:4px 0 8px;padding-left:20px}"
    ".sub,.note,footer{color:#444}a{color:#0b3d91}svg{max-width:100%;height:auto;display:block;margin:4px 0}"
    "svg a text{fill:#0b3d91;text-decoration:underline}:target>td{outline:2px solid #0b3d91}"
    ".scroll{overflow-x:auto}"
    "table{border-collapse:collapse;font-size:12px;margin:4px 0}thead{display:table-header-group}"
    "tr{break-inside:avoid}th,td{border:1px solid #bbb;padding:2px 6px;text-align:left;vertical-align:top;"
    "overflow-wrap:break-word}th{background:#eee}.r{text-align:right;font-variant-numeric:tabular-nums}td.r{white-space:nowrap}"
    ".l{overflow-wrap:anywhere;min-width:22ch}"
    ".s1{background:#f3f3f3}.s2{background:#e8e8e8}.s3{background:#dcdcdc}.s4{background:#cfcfcf}.s5{background:#c2c2c2}"
    ".s6{background:#b5b5b5}.s7{background:#a8a8a8}.s8{background:#9b9b9b}.s9{background:#8e8e8e}"
    "@media print{body{margin:0;max-width:none;padding:0;font-size:10px}table{font-size:8px}.scroll{overflow:visible}"
    "th,.s1,.s2,.s3,.s4,.s5,.s6,.s7,.s8,.s9{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

/* Marks that change the direction of text or end a line stay out of it, as on a terminal. */
static bool is_mark(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f
           || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff || cp == 0xfffe
           || cp == 0xffff;
}

static void put(struct lm_buf *out, struct lm_str s)
{
    while (s.n != 0) {
        uint32_t cp = 0;
        size_t n = lm_utf8_decode(s, &cp);
        if (n == 0 || is_mark(cp))
            lm_buf_put(out, LM_STR("\xef\xbf\xbd"));
        else if (cp == '<')
            lm_buf_put(out, LM_STR("&lt;"));
        else if (cp == '>')
            lm_buf_put(out, LM_STR("&gt;"));
        else if (cp == '&')
            lm_buf_put(out, LM_STR("&amp;"));
        else if (cp == '"')
            lm_buf_put(out, LM_STR("&quot;"));
        else
            lm_buf_put(out, lm_str_take(s, n));
        s = lm_str_skip(s, n != 0 ? n : 1);
    }
}

static void element(struct lm_buf *out, const char *open, struct lm_str text, const char *close)
{
    lm_buf_put(out, lm_str(open));
    put(out, text);
    lm_buf_put(out, lm_str(close));
}

static void put_chart(struct lm_buf *out, const struct lm_doc_chart *c)
{
    static const char *const anchors[] = { "start", "middle", "end" };
    lm_buf_printf(out, "<svg role=\"img\" width=\"%.0f\" height=\"%.1f\" viewBox=\"0 0 %.0f %.1f\" font-family=\"DejaVu Sans, "
                  "system-ui, sans-serif\" aria-label=\"", LM_DOC_CHART_WIDTH, c->height + 2, LM_DOC_CHART_WIDTH, c->height + 2);
    element(out, "", c->title, "\">\n");
    for (size_t i = 0; i < c->n; i++) {
        const struct lm_doc_shape *s = &c->shapes[i];
        if (s->link != NULL)
            lm_buf_printf(out, "<a href=\"#%s\">", s->link);
        unsigned gray = 255 - 16U * s->shade;
        if (s->box)
            lm_buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#%02x%02x%02x\" "
                          "stroke=\"#555\" stroke-width=\".5\"/>", s->x, s->y, s->w, s->h, gray, gray, gray);
        if (s->text.n != 0) {
            double at = s->align == LM_DOC_LEFT ? s->x : s->align == LM_DOC_MIDDLE ? s->x + s->w / 2 : s->x + s->w;
            lm_buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\" text-anchor=\"%s\">", at,
                          s->y + s->h / 2 + s->size * .36, s->size, anchors[s->align]);
            element(out, "", s->text, "</text>");
        }
        lm_buf_put(out, s->link != NULL ? LM_STR("</a>\n") : LM_STR("\n"));
    }
    lm_buf_put(out, LM_STR("</svg>\n"));
}

static void put_table(struct lm_buf *out, const struct lm_doc_table *t)
{
    size_t rows = t->n_columns != 0 ? t->n_cells / t->n_columns : 0;
    lm_buf_put(out, LM_STR("<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>"));
    for (size_t c = 0; c < t->n_columns; c++)
        element(out, t->columns[c].right ? "<th scope=\"col\" class=\"r\">" : "<th scope=\"col\">",
                lm_str(t->columns[c].title), "</th>");
    lm_buf_put(out, LM_STR("</tr></thead>\n<tbody>\n"));
    for (size_t r = 0; r < rows; r++) {
        if (t->cells[r * t->n_columns].anchor != NULL)
            lm_buf_printf(out, "<tr id=\"%s\">", t->cells[r * t->n_columns].anchor);
        else
            lm_buf_put(out, LM_STR("<tr>"));
        for (size_t c = 0; c < t->n_columns; c++) {
            const struct lm_doc_cell *cell = &t->cells[r * t->n_columns + c];
            if (cell->shade != 0)
                lm_buf_printf(out, "<td class=\"%ss%u\">", t->columns[c].right ? "r " : "", (unsigned)cell->shade);
            else if (t->columns[c].right)
                lm_buf_put(out, LM_STR("<td class=\"r\">"));
            else
                lm_buf_put(out, cell->text.n > LONG_BYTES ? LM_STR("<td class=\"l\">") : LM_STR("<td>"));
            if (cell->link != NULL)
                lm_buf_printf(out, "<a href=\"#%s\">", cell->link);
            put(out, cell->text);
            lm_buf_put(out, cell->link != NULL ? LM_STR("</a></td>") : LM_STR("</td>"));
        }
        lm_buf_put(out, LM_STR("</tr>\n"));
    }
    if (rows == 0)
        lm_buf_printf(out, "<tr><td colspan=\"%zu\">none</td></tr>\n", t->n_columns);
    lm_buf_put(out, LM_STR("</tbody></table></div>\n"));
    if (t->note.n != 0)
        element(out, "<p class=\"note\">", t->note, "</p>\n");
}

static void put_block(struct lm_buf *out, const struct lm_doc_block *b, bool in_list)
{
    static const char *const open[] = { "<h2>", "<h2>", "<h2>", "<h3>" }, *const close[] = { "</h2>\n", "</h2>\n", "</h2>\n",
                                                                                           "</h3>\n" };
    int level = b->level >= 0 && b->level <= 3 ? b->level : 3;
    if (b->kind == LM_DOC_ITEM && !in_list)
        lm_buf_put(out, LM_STR("<ul>\n"));
    if (b->kind == LM_DOC_HEADING)
        element(out, open[level], b->text, close[level]);
    else if (b->kind == LM_DOC_PARAGRAPH)
        element(out, "<p>", b->text, "</p>\n");
    else if (b->kind == LM_DOC_ITEM)
        element(out, "<li>", b->text, "</li>\n");
    else if (b->kind == LM_DOC_CHART)
        put_chart(out, b->chart);
    else
        put_table(out, b->table);
}

lm_err lm_document_html(const struct lm_document *d, struct lm_buf *out, struct lm_error *e)
{
    bool in_list = false;
    if (d->failed)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_buf_put(out, LM_STR("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                           "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                           "<meta name=\"referrer\" content=\"no-referrer\">\n"));
    element(out, "<title>", d->title, "</title>\n<style>");
    lm_buf_put(out, lm_str(style));
    element(out, "</style>\n</head>\n<body>\n<main>\n<h1>", d->title, "</h1>\n");
    element(out, "<p class=\"sub\">", d->subtitle, "</p>\n");
    for (size_t i = 0; i < d->n; i++) {
        if (in_list && d->blocks[i].kind != LM_DOC_ITEM)
            lm_buf_put(out, LM_STR("</ul>\n"));
        put_block(out, &d->blocks[i], in_list);
        in_list = d->blocks[i].kind == LM_DOC_ITEM;
    }
    lm_buf_put(out, in_list ? LM_STR("</ul>\n") : LM_STR(""));
    element(out, "</main>\n<footer><p>", d->foot, "</p></footer>\n</body>\n</html>\n");
    return LM_OK;
}
