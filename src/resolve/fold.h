/* fold.h - the form in which the cells of a record are compared: the normal forms of model/, as text of a few bytes.
 *
 * names, words, text   Latin keys (model/fold.h): "Жуков" beside "Zukov", "王小明" beside "Wang Xiao Ming"
 * surnames             a particle belongs to the next word ("de la Cruz" is one surname, "García López" are two), as name_words.h says
 * codes                the Latin key without blanks
 * telephones           (LM_FOLD_PHONE) the key of selector.h, without "+" and, in North America, without the country; what is written as
 *                      national digits stays so. Withheld and invented numbers are "not given".
 * e-mail               the key of form.h; what is no mailbox: lower case, no blanks
 * date                 eight digits: year, month, day, 00 for what is not given, as birth.h reads it; a date that no calendar has, or of
 *                      another century, by its numbers as they were typed. Where day and month could be either, the column says which is
 *                      first (LM_FOLD_DAY_FIRST), else the month is. A year of two digits is 1930 … 2029.
 * number               digits, sign and decimal point
 *
 * Bytes that are not UTF-8 are read as Windows-1252, and counted. What stands for "nothing" (lm_form_nothing, NaN, missing, only signs) gives
 * an empty form; so do dates that systems write when they know none.
 *
 * cost     ASCII and Latin 1 to 5 ns a byte; other scripts, and telephones of other countries than the United States and Mexico, 5 to
 *          50 us, less for what came before
 * threads  a folder belongs to one thread at a time
 * test     tests/unit/test_linkage_fold.c
 */
#ifndef LM_RESOLVE_FOLD_H
#define LM_RESOLVE_FOLD_H

#include "base/arena.h"
#include "base/err.h"

enum lm_field_kind {
    LM_FIELD_GIVEN,   /* given name, middle name, nickname */
    LM_FIELD_SURNAME, /* one or several surnames */
    LM_FIELD_WORDS,   /* a few words: a person's whole name, a street, a town, an occupation */
    LM_FIELD_TEXT,    /* many words: a title, a list of authors, a description */
    LM_FIELD_CODE,    /* an identifier: equal, or a slip away from equal */
    LM_FIELD_EMAIL,
    LM_FIELD_DATE,
    LM_FIELD_NUMBER,  /* a year, a price: near or far */
};
#define LM_FIELD_KINDS 8

enum {                          /* bits: how the cells of a field are written */
    LM_FOLD_PHONE = 1 << 0,     /* codes */
    LM_FOLD_DAY_FIRST = 1 << 1, /* dates */
};

#define LM_FORM_MAX 64       /* bytes of a form; of a text LM_FORM_TEXT_MAX */
#define LM_FORM_TEXT_MAX 1024

struct lm_folded {
    size_t n;          /* bytes written */
    bool cut;          /* the cell was longer than its form can be */
    bool not_utf8;
};

struct lm_folder;

/* Lives in a. Errors as lm_fold_open. Give back with lm_folder_close (NULL allowed). */
lm_err lm_folder_open(struct lm_arena *a, struct lm_folder **ret, struct lm_error *e);
void lm_folder_close(struct lm_folder *f);

/* Writes the form of cell to out, which has room for LM_FORM_TEXT_MAX bytes. */
struct lm_folded lm_fold_cell(struct lm_folder *f, enum lm_field_kind kind, unsigned how, struct lm_str cell, char *out);

/* Three numbers that a date has: "4 May 1990", "1990-05-04", "04/05/1630". *ret_first: LM_FOLD_DAY_FIRST where the first of day and
 * month must be the day, else 0; *ret_decides: whether it could be told. */
bool lm_fold_is_date(struct lm_str cell, unsigned *ret_first, bool *ret_decides);

#endif
