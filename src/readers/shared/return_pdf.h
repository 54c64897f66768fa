/* return_pdf.h - a provider's legal return as PDF, as the labels and values of return_html.h.
 *
 * A page has labels and, beside or below each, its value. What is a label is told by its font: the one in which the request's own
 * labels ("Service", "Target") stand and their values do not; a value cannot imitate it. Where all is written in one font, labels are known words
 * at the places of labels, and the end says so (`alike`). A label belongs to the one in whose column of values it begins. A value goes on in
 * the lines below it that begin in its column, over the end of a page too: a line that had no room for the next one's first word was wrapped (one space),
 * any other was ended (a line's end). "Meta Platforms Business Record Page 3", "Page 3 of 120" and what a browser prints around pages are passed over.
 * Places are those of lm_locator_page; lm_retpdf_sink makes locators of them ("page 3 line 12").
 *
 * memory    one page, and one value (at most LM_RETURN_MAX_VALUE)
 * errors    what a callback returned; LM_ENOMEM
 * test      tests/unit/test_return_pdf.c; the fixtures of meta_return_pdf and tiktok_return_pdf
 */
#ifndef LM_READERS_SHARED_RETURN_PDF_H
#define LM_READERS_SHARED_RETURN_PDF_H

#include "formats/pdf.h"
#include "lastmile/reader.h"
#include "readers/shared/return_html.h"

enum lm_retpdf_beside { LM_RETPDF_NOTHING, LM_RETPDF_VALUE, LM_RETPDF_LABEL };

struct lm_retpdf_title { /* a label of the first level */
    struct lm_str label;
    bool colon;
    enum lm_retpdf_beside beside; /* what stands right of it */
    struct lm_str open;           /* the section so far; empty: none yet */
    bool flat;                    /* whose fields stand on its title's own level */
};

struct lm_retpdf_form {
    const char *const *labels; /* known ones; NULL ends them */
    const char *const *leaves; /* those in whose values no label stands */
    bool colons;               /* in one font: "Anything: value" is a label as well */
    /* The section that a label of the first level begins; empty: it is a field of the one that is open. room: LM_RETURN_MAX_LABEL bytes to
     * make it in. NULL: there are no sections. */
    struct lm_str (*section)(const struct lm_retpdf_title *t, char *room);
};

struct lm_retpdf_end {
    uint32_t pages, lost, cut;  /* read; not to be read; only in part */
    uint32_t gaps, first_gap;   /* places where pages are missing by the numbers that the provider printed on them; the page behind the first */
    uint64_t missing;           /* and at the end: "Page 3 of 7" is the last */
    uint64_t at;                /* behind the last text */
    bool titled, whatsapp;      /* "… Business Record" stands on a page; WhatsApp's */
    bool alike;                 /* labels and values are in one font */
    bool any_text;
};

/* Pages 1 … max_pages. */
lm_err lm_return_pdf(struct lm_pdf *pdf, uint32_t max_pages, const struct lm_retpdf_form *form, const struct lm_return_on *on, void *user,
                     struct lm_retpdf_end *ret);

/* Passes everything on to `to`, with places as locators. */
struct lm_retpdf_sink {
    struct lm_sink sink;
    struct lm_sink *to;
    struct lm_arena *a; /* for entries of many records */
};
void lm_retpdf_sink_init(struct lm_retpdf_sink *s, struct lm_sink *to, struct lm_arena *a);

/* What was found wrong with the file and its pages, as problems. */
lm_err lm_retpdf_problems(const struct lm_pdf *pdf, const struct lm_retpdf_end *end, struct lm_sink *to);

#endif
