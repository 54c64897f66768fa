/* fold.h - the form in which the cells of a record are compared: one function, so that it can be replaced as a whole.
 *
 * Names, words, text   lower case; Latin letters without their marks (ß is ss, æ is ae, ø is o); apostrophes fall away; whatever is
 *                      neither letter nor digit separates words. Other scripts stay as they are, Greek and Cyrillic in lower case.
 * codes                letters and digits only (identifiers, telephone numbers, postal codes, house numbers)
 * e-mail               lower case, no blanks
 * date                 eight digits: year, month, day, 00 for what is not given. Year first; else day and month as the numbers
 *                      allow, month first when both are possible. An impossible month or day stays as it was typed.
 * number               digits, sign and decimal point
 *
 * Bytes that are not UTF-8 are read as Windows-1252, and counted. What stands for "nothing" (NA, N/A, NULL, none, nan,
 * unknown, only signs) gives an empty form.
 *
 * cost   O(n); reads no further than needed to fill the form
 * test   tests/unit/test_fold.c
 */
#ifndef LM_RESOLVE_FOLD_H
#define LM_RESOLVE_FOLD_H

#include "base/str.h"

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

#define LM_FORM_MAX 64       /* bytes of a form; of a text LM_FORM_TEXT_MAX */
#define LM_FORM_TEXT_MAX 1024

struct lm_folded {
    size_t n;          /* bytes written */
    bool cut;          /* the cell was longer than its form can be */
    bool not_utf8;
};

/* Writes the form of cell to out, which has room for LM_FORM_TEXT_MAX bytes. */
struct lm_folded lm_fold(enum lm_field_kind kind, struct lm_str cell, char *out);

#endif
