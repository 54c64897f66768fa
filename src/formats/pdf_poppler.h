/* pdf_poppler.h - Poppler, loaded where a PDF is read and nowhere else; used by formats/pdf.c only.
 *
 * Linked in, it would map fifty libraries into every process of the program and nearly double the time in which one starts
 * (docs/decisions/0081-pdf-text.md). Its functions are found by name instead; their types come from the headers. Never unloaded.
 * sandbox   loading opens files and maps code: lm_pdf_warm_up (pdf.h) does it before a process shuts itself in
 */
#ifndef LM_FORMATS_PDF_POPPLER_H
#define LM_FORMATS_PDF_POPPLER_H

#include <gio/gio.h>
#include <poppler-document.h>
#include <poppler-page.h>

#include "base/err.h"

#define LM_POPPLER_FUNCTIONS(X)                                                                                             \
    X(g_bytes_new_static) X(g_bytes_unref) X(g_error_free) X(g_free) X(g_object_unref) X(g_log_set_default_handler)         \
    X(poppler_error_quark) X(poppler_document_get_n_pages) X(poppler_document_get_page) X(poppler_document_new_from_bytes) \
    X(poppler_document_new_from_stream) X(g_memory_input_stream_new_from_bytes)                                             \
    X(poppler_page_free_text_attributes) X(poppler_page_get_size) X(poppler_page_get_text)                                 \
    X(poppler_page_get_text_attributes) X(poppler_page_get_text_layout)

struct lm_poppler {
#define LM_POPPLER_MEMBER(name) __typeof__(&name) name;
    LM_POPPLER_FUNCTIONS(LM_POPPLER_MEMBER)
#undef LM_POPPLER_MEMBER
};

/* LM_ENOTFOUND: it is not on this machine, or cannot be loaded any more. */
lm_err lm_poppler_load(struct lm_poppler *ret);

#endif
