/* xlsx_parts.h - inside xlsx.c: styles and values (xlsx_value.c), the parts that say what there is (xlsx_book.c). */
#ifndef LM_FORMATS_XLSX_PARTS_H
#define LM_FORMATS_XLSX_PARTS_H

#include "formats/xlsx.h"

/* --- xlsx_value.c --- */

enum { /* what a number format shows; 0: a number */
    XLSX_SHOWS_DAY = 1,
    XLSX_SHOWS_HOURS = 2,
    XLSX_SHOWS_MINUTES = 4,
    XLSX_SHOWS_SECONDS = 8,
    XLSX_SHOWS_ELAPSED = 16,
};
unsigned xlsx_shows_builtin(int64_t id);
unsigned xlsx_shows(struct lm_str format_code);

#define XLSX_VALUE_ROOM 64
/* A number as stored, as text in room or in the cell itself; marks as in lm_xlsx_row. */
struct lm_str xlsx_number(struct lm_str stored, unsigned shows, bool from_1904, char room[XLSX_VALUE_ROOM],
                          unsigned char *ret_marks);

/* --- xlsx_book.c --- */

struct xlsx_sheet {
    struct lm_str name, part;
};

struct xlsx_book {
    struct xlsx_sheet *sheets;
    size_t n_sheets, cap;
    bool from_1904;
    struct lm_str strings; /* part; empty: none */
    unsigned char *styles; /* what each cell format shows */
    size_t n_styles, cap_styles;
};
lm_err xlsx_book_read(struct lm_arena *a, struct lm_str zip, struct xlsx_book *ret, struct lm_error *e);

#endif
