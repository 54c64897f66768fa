/* return_html.h - a provider's legal return (Meta "Business Record") as labels and values, whatever its HTML looks like.
 *
 * Four generations of markup say the same: a label, and beside it a cell with a value, with further labels and cells nested in the
 * cell. What is a cell: `td`, `div.m`, `div.most_inner`, or a `div` whose style says table-cell. What begins a label: `tr`, `th`,
 * `div.t`, `div.div_table`. A section is an element with the id "property-<name>", or "home", the landing page of older returns. A page break (`div.pageBreak`, `div.p`) with its
 * page's number may stand anywhere, between a label and its cell or in the middle of a value: it is as if it were not there.
 * A label may also stand as bare text before its cell; then it is the last line of that text. A value is the text of its cell up to the
 * first label in it; lines (`br`, blocks) are kept as line ends. Text behind what is nested in a cell is one more value of its label. `lm_return_text` gives the same from the tab-separated text form:
 * "Label<tab>Value", nested by tabs in front, sections by their titles.
 *
 * memory    one value (at most LM_RETURN_MAX_VALUE), and what formats/html.h holds; nothing grows with the input
 * errors    what a callback returned; LM_EINPUT, LM_ENOMEM of the HTML reader (e says why)
 * test      tests/unit/test_return_html.c and the fixtures of meta_return_html and whatsapp_return_html
 */
#ifndef LM_READERS_SHARED_RETURN_HTML_H
#define LM_READERS_SHARED_RETURN_HTML_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define LM_RETURN_MAX_VALUE ((size_t)16 << 20)
#define LM_RETURN_MAX_LABEL 240
#define LM_RETURN_MAX_LEVEL 32 /* a cell that would be deeper stands beside the last */

struct lm_return_line { /* where a line of a value begins */
    size_t in_value;
    uint64_t at;
};

struct lm_return_field {
    struct lm_str label;  /* one line, without a colon at its end; empty: text or a cell that has none */
    struct lm_str value;  /* trimmed */
    struct lm_str media;  /* addresses of pictures, sound and films in the cell, one a line; not those written into the file itself */
    bool heading;         /* a label that has no cell */
    bool colon;           /* the label had a colon at its end */
    bool after_break;     /* without a label, behind a page break: it goes on with the value before it */
    bool space_before, space_after; /* white space that value has lost */
    bool cut;             /* the value is longer than LM_RETURN_MAX_VALUE */
    bool altered;         /* bytes or references in it that are no text */
    uint32_t level;       /* cells around it */
    uint64_t at, end;     /* in the input, from its label to the end of its value */
    uint64_t value_at;    /* where the value begins; `at` when it is empty */
    const struct lm_return_line *lines; /* of the value, from its second on */
    size_t n_lines;
};

struct lm_return_on {
    /* A section begins (id without "property-"), or ends (empty id). */
    lm_err (*section)(void *user, struct lm_str id, uint64_t at);
    lm_err (*field)(void *user, const struct lm_return_field *f); /* slices live until it returns */
};

struct lm_return_end {
    bool complete; /* false: the file stops before its end tag, or inside a tag */
    uint64_t at;
};

lm_err lm_return_html(struct lm_str in, const struct lm_return_on *on, void *user, struct lm_return_end *ret, struct lm_error *e);
lm_err lm_return_text(struct lm_str in, const struct lm_return_on *on, void *user, struct lm_return_end *ret, struct lm_error *e);
/* "Service<tab>…" among the first lines: the text form. */
bool lm_return_is_text(struct lm_str head);

#endif
