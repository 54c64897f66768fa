/* return_pdf_page.c - what stands around the text of a page; places as locators; what was wrong with a file. */
#include "readers/shared/return_pdf.h"
#include "readers/shared/return_pdf_parts.h"

/* --- what stands around the text --- */

float retpdf_edge(const struct lm_pdf_page *page, const bool *used)
{
    const struct lm_pdf_piece *first = page->lines[0].pieces;
    float left = page->width, right = 0;
    for (size_t l = 0; l < page->n; l++)
        for (size_t i = 0; i < page->lines[l].n; i++) {
            const struct lm_pdf_piece *p = &page->lines[l].pieces[i];
            if (used[p - first])
                continue;
            left = p->x0 < left ? p->x0 : left;
            right = p->x1 > right ? p->x1 : right;
        }
    return page->width - left > right ? page->width - left : right;
}

/* The digits at the beginning of s, which then moves behind them. */
static bool take_number(struct lm_str *s, uint64_t *ret)
{
    size_t n = 0;
    uint64_t v = 0;
    for (; n < s->n && n < 9 && s->p[n] >= '0' && s->p[n] <= '9'; n++)
        v = v * 10 + (uint64_t)(s->p[n] - '0');
    *s = lm_str_skip(*s, n);
    *ret = v;
    return n != 0;
}

static bool take_word(struct lm_str *s, const char *word)
{
    struct lm_str w = lm_str(word);
    if (!lm_str_starts(*s, w))
        return false;
    *s = lm_str_trim(lm_str_skip(*s, w.n));
    return true;
}

/* "Page 3", "Page 3 of 120" and nothing else. */
static bool is_page_number(struct lm_str s, uint64_t *ret, uint64_t *ret_of)
{
    *ret_of = 0;
    if (!take_word(&s, "Page") || !take_number(&s, ret))
        return false;
    s = lm_str_trim(s);
    return s.n == 0 || (take_word(&s, "of") && take_number(&s, ret_of) && s.n == 0 && *ret <= *ret_of);
}

/* "Meta Platforms Business Record", perhaps with its page. */
static bool is_title(struct lm_str s, uint64_t *ret_number, bool *ret_whatsapp)
{
    static const char *const names[] = { "Meta Platforms", "Facebook", "Instagram", "WhatsApp" };
    uint64_t of;
    *ret_number = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct lm_str rest = s;
        if (!take_word(&rest, names[i]) || !take_word(&rest, "Business Record"))
            continue;
        *ret_whatsapp = i == 3;
        return rest.n == 0 || lm_str_eq(rest, LM_STR("Page")) || is_page_number(rest, ret_number, &of);
    }
    return false;
}

/* "Page 3" beside the title, or below it in its column. NULL: there is none. */
static const struct lm_pdf_piece *page_below(const struct lm_pdf_page *page, size_t line, const struct lm_pdf_piece *title, uint64_t *ret_number)
{
    uint64_t of;
    for (size_t l = line; l < page->n && l <= line + 2; l++)
        for (size_t i = 0; i < page->lines[l].n; i++) {
            const struct lm_pdf_piece *p = &page->lines[l].pieces[i];
            bool near = l == line ? p->x0 > title->x0 : p->x0 - title->x0 < 2 && title->x0 - p->x0 < 2;
            struct lm_str s = p->text;
            bool bare = lm_str_ends(title->text, LM_STR("Page")) && take_number(&s, ret_number) && s.n == 0;
            if (near && (bare || is_page_number(p->text, ret_number, &of)))
                return p;
        }
    return NULL;
}

/* Above or below the text: among the first or last lines, and in the margin. */
static bool in_margin(const struct lm_pdf_page *page, size_t l)
{
    const struct lm_pdf_line *line = &page->lines[l];
    return (l < 3 && line->top < 0.1f * page->height) || (l + 3 >= page->n && line->bottom > 0.9f * page->height);
}

/* A value could say the same: outside the margin only the next number is believed. */
static bool believed(const struct retpdf_furniture *f, uint64_t number, bool margin)
{
    return margin || (number != 0 && (f->number == 0 || number == f->number + 1));
}

static void titles(struct retpdf_furniture *f, const struct lm_pdf_page *page, size_t l, bool *used, uint32_t label_font)
{
    bool whatsapp = false;
    for (size_t i = 0; i < page->lines[l].n; i++) {
        const struct lm_pdf_piece *p = &page->lines[l].pieces[i];
        const struct lm_pdf_piece *below = NULL;
        uint64_t number = 0;
        if (used[p - page->lines[0].pieces] || !is_title(p->text, &number, &whatsapp))
            continue;
        if (number == 0)
            below = page_below(page, l, p, &number);
        if (p->font != label_font && !believed(f, number, in_margin(page, l)))
            continue;
        f->titled = true;
        f->gap |= number > f->number + 1 && f->number != 0;
        f->whatsapp |= whatsapp;
        f->number = number != 0 ? number : f->number;
        used[p - page->lines[0].pieces] = true;
        if (below != NULL)
            used[below - page->lines[0].pieces] = true;
    }
}

/* A browser's: "11/24/24, 4:54 PM … title" above, address and "3/120" below. */
static bool is_browsers(const struct lm_pdf_page *page, const struct lm_pdf_line *line, bool top)
{
    struct lm_str s = line->pieces[0].text, last = line->pieces[line->n - 1].text;
    uint64_t a, b;
    bool whatsapp;
    if (line->n < 2)
        return false;
    if (top)
        return take_number(&s, &a) && take_word(&s, "/") && take_number(&s, &a) && take_word(&s, "/") && is_title(last, &b, &whatsapp);
    bool address = lm_str_starts(s, LM_STR("file:")) || lm_str_starts(s, LM_STR("http"));
    return address && take_number(&last, &a) && take_word(&last, "/") && take_number(&last, &b) && last.n == 0 && a == page->number && b >= a;
}

void retpdf_furniture(struct retpdf_furniture *f, const struct lm_pdf_page *page, bool *used, uint32_t label_font)
{
    const struct lm_pdf_piece *first = page->lines[0].pieces;
    f->gap = false;
    for (size_t l = 0; l < page->n; l++) {
        const struct lm_pdf_line *line = &page->lines[l];
        uint64_t number = 0, of = 0;
        titles(f, page, l, used, label_font);
        bool alone = in_margin(page, l) && line->n == 1 && is_page_number(line->pieces[0].text, &number, &of);
        if (alone && of != 0) {
            f->gap |= f->number_of != 0 && f->of == of && number > f->number_of + 1;
            f->number_of = number;
            f->of = of;
        }
        if ((l == 0 || l + 1 == page->n) && is_browsers(page, line, l == 0))
            alone = true;
        for (size_t i = 0; i < line->n && alone; i++)
            used[&line->pieces[i] - first] = true;
    }
}

/* --- places --- */

static struct lm_locator moved(const struct lm_locator *l)
{
    struct lm_locator to = { .kind = l->a != 0 ? LM_LOCATOR_SHEET : LM_LOCATOR_NONE, .a = l->a };
    return l->kind == LM_LOCATOR_BYTES ? to : *l;
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct lm_retpdf_sink *s = (struct lm_retpdf_sink *)sink;
    struct lm_entry e = *entry;
    struct lm_locator one;
    struct lm_locator *places = e.n_records == 1 ? &one : lm_arena_array(s->a, e.n_records, sizeof *places);
    if (places == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < e.n_records; i++)
        places[i] = moved(&e.records[i]);
    e.records = places;
    return s->to->entry(s->to, &e);
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    struct lm_retpdf_sink *s = (struct lm_retpdf_sink *)sink;
    struct lm_problem p = *problem;
    p.at = moved(&p.at);
    return s->to->problem(s->to, &p);
}

static lm_err on_empty(struct lm_sink *sink)
{
    struct lm_retpdf_sink *s = (struct lm_retpdf_sink *)sink;
    return s->to->empty(s->to);
}

void lm_retpdf_sink_init(struct lm_retpdf_sink *s, struct lm_sink *to, struct lm_arena *a)
{
    *s = (struct lm_retpdf_sink){ .sink = { on_entry, on_problem, on_empty }, .to = to, .a = a };
}

/* --- what was wrong --- */

lm_err lm_retpdf_problems(const struct lm_pdf *pdf, const struct lm_retpdf_end *end, struct lm_sink *to)
{
    struct lm_locator none = { .kind = LM_LOCATOR_NONE }, gap = lm_locator_page(end->first_gap, 0, 0);
    uint64_t complaints = lm_pdf_complaints(pdf);
    lm_err err = LM_OK;
    if (end->lost != 0)
        err = lm_sink_problem(to, LM_PROBLEM_LOST, 0, none, "%u of the %u pages that the file states cannot be read; the others are numbered without them",
                              end->lost, end->lost + end->pages);
    if (err == LM_OK && end->gaps != 0)
        err = lm_sink_problem(to, LM_PROBLEM_LOST, 0, gap, "before this page pages are missing by the numbers printed on them (%u such places in all)",
                              end->gaps);
    if (err == LM_OK && end->missing != 0)
        err = lm_sink_problem(to, LM_PROBLEM_LOST, 0, none, "by the numbers printed on the pages the last %llu are missing", (unsigned long long)end->missing);
    if (err == LM_OK && lm_pdf_n_pages(pdf) > LM_PDF_MAX_PAGES)
        err = lm_sink_problem(to, LM_PROBLEM_LOST, 0, none, "the file has %u pages: those beyond %u are not read", lm_pdf_n_pages(pdf), LM_PDF_MAX_PAGES);
    if (err == LM_OK && end->cut != 0)
        err = lm_sink_problem(to, LM_PROBLEM_LOST, 0, none, "%u pages hold more text than is read of one", end->cut);
    if (err == LM_OK && complaints != 0)
        err = lm_sink_problem(to, LM_PROBLEM_DOUBTED, 0, none,
                              "the PDF is damaged, or has text in a font whose characters are not known: read as far as that can be looked past");
    if (err == LM_OK && end->alike)
        err = lm_sink_problem(to, LM_PROBLEM_DOUBTED, 0, none,
                              "labels and values are in one font: told apart by known words and their places, which a value could imitate");
    return err;
}
