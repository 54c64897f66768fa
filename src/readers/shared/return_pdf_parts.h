/* return_pdf_parts.h - inside return_pdf.h: what stands around the text of a page. Used by return_pdf*.c only. */
#ifndef LM_READERS_SHARED_RETURN_PDF_PARTS_H
#define LM_READERS_SHARED_RETURN_PDF_PARTS_H

#include "formats/pdf.h"

struct retpdf_furniture {
    bool titled, whatsapp;
    uint64_t number;    /* of the last "Page N" of a provider's own */
    uint64_t number_of, of; /* "Page N of M" in the margin */
    bool gap;           /* the number on this page is not the one behind the last: pages are missing between */
};

/* Marks the pieces of a page that are no text of the return: titles with page numbers, what a browser prints. used: one per piece, in order. */
void retpdf_furniture(struct retpdf_furniture *f, const struct lm_pdf_page *page, bool *used, uint32_t label_font);

/* Where lines end: as far from the right edge as the leftmost text from the left, or where the longest ends. Without what is used. */
float retpdf_edge(const struct lm_pdf_page *page, const bool *used);

#endif
