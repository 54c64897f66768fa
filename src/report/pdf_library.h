/* pdf_library.h - Pango and cairo, loaded when a PDF is written and not before.
 *
 * Linked in, they would bring 34 more libraries into every process of the program, the readers in their sandbox among them, and
 * half again to the time in which it starts (docs/decisions/0030-pdf-library.md). So the functions are found by name at
 * run time; their types come from the headers. Never unloaded.
 */
#ifndef LM_REPORT_PDF_LIBRARY_H
#define LM_REPORT_PDF_LIBRARY_H

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "base/err.h"

#define LM_PDF_FUNCTIONS(X)                                                                                 \
    X(cairo_arc) X(cairo_create) X(cairo_destroy) X(cairo_fill) X(cairo_fill_preserve) X(cairo_line_to)     \
    X(cairo_move_to) X(cairo_tag_begin) X(cairo_tag_end) X(pango_layout_set_ellipsize) X(cairo_new_path) X(cairo_pdf_surface_create_for_stream) X(cairo_pdf_surface_set_metadata)               \
    X(cairo_rectangle) X(cairo_set_line_width) X(cairo_set_source_rgb) X(cairo_show_page)                   \
    X(cairo_status_to_string) X(cairo_stroke) X(cairo_surface_destroy) X(cairo_surface_finish)              \
    X(cairo_surface_status) X(g_object_unref) X(pango_font_description_free)                                \
    X(pango_font_description_from_string) X(pango_font_description_set_absolute_size)                       \
    X(pango_font_description_set_weight) X(pango_layout_get_line_count) X(pango_layout_get_size)            \
    X(pango_layout_set_alignment) X(pango_layout_set_auto_dir) X(pango_layout_set_font_description)         \
    X(pango_layout_set_text) X(pango_layout_set_width) X(pango_layout_set_wrap)                             \
    X(pango_cairo_create_layout) X(pango_cairo_show_layout)

struct lm_pdf_library {
#define LM_PDF_MEMBER(name) __typeof__(&name) name;
    LM_PDF_FUNCTIONS(LM_PDF_MEMBER)
#undef LM_PDF_MEMBER
};

/* LM_ENOTFOUND, with a hint, when the machine has no Pango. */
lm_err lm_pdf_library_load(struct lm_pdf_library *ret, struct lm_error *e);

#endif
