/* html.h - a pull reader for HTML as it is found: larger than memory, hostile, never valid.
 *
 * Tokens follow the HTML standard (html.spec.whatwg.org, "Tokenization", checked 2026-11): start and end tags, quoted,
 * unquoted and empty attributes, comments, raw text (script, style, …), titles and text areas, character references. Elements
 * nest: every OPEN has its CLOSE, also where the file has none. The standard's rules that need no second look at what was read are
 * kept: elements without content, tags that end a paragraph, a list item, a row or a cell, end tags that do not reach out of a
 * cell or (for `</b>` and the like) out of a block. Nothing is made up: no html, head, body or tbody that is not written, no
 * formatting element opened a second time. Why not libxml2's parser: docs/decisions/0040-html-reader.md.
 *
 * The input is a slice (normally a mapped file), UTF-8. What is not UTF-8, and NUL, becomes U+FFFD and is reported per token;
 * UTF-16 is refused. No document is fetched, no script is run.
 *
 * memory    about 30 kB, and one text or tag that could not be given as it stands in the input; nothing grows with the file
 * lifetime  a token's slices are valid until the next call (those that point into the input: as long as that)
 * errors    LM_EINPUT: UTF-16, told by the first call, sticky. LM_ENOMEM. Nothing else fails: a file that stops inside a
 *           tag gives LM_HTML_TRUNCATED with its END, what is too deep or too long is given with an oddity.
 * threads   one reader, one thread
 * test      tests/unit/test_html.c; fuzz/fuzz_html.c; bench/bench_html.c
 */
#ifndef LM_FORMATS_HTML_H
#define LM_FORMATS_HTML_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define LM_HTML_MAX_DEPTH 512 /* what a browser nests; a deeper element stands beside its parent, not in it */
#define LM_HTML_MAX_ATTRIBUTES 64
#define LM_HTML_MAX_TEXT ((size_t)16 << 20)
#define LM_HTML_MAX_DECODED ((size_t)8 << 20) /* attribute values of one tag that are not given as they stand */

enum lm_html_type {
    LM_HTML_END,   /* after the last CLOSE */
    LM_HTML_OPEN,  /* a start tag; an element that cannot have content (`<br>`) is followed by its CLOSE */
    LM_HTML_CLOSE,
    LM_HTML_TEXT,  /* everything between two tags that count: references resolved, comments left out; white space too */
};

enum { /* bits of lm_html_token.oddities */
    LM_HTML_BAD_BYTES = 1,     /* not UTF-8, or NUL */
    LM_HTML_BAD_REFERENCE = 2, /* to a character that there is not, or to a name that is not known (kept as written) */
    LM_HTML_CUT = 4,           /* a text, a value or a list of attributes above its ceiling: its beginning */
    LM_HTML_IMPLIED = 8,       /* CLOSE: the element has no end tag of its own here */
    LM_HTML_TOO_DEEP = 16,     /* OPEN: would be more than LM_HTML_MAX_DEPTH deep */
    LM_HTML_TRUNCATED = 32,    /* END: the input stops inside a tag, a comment or raw text */
};

struct lm_html_attribute {
    struct lm_str name; /* lower case (ASCII) */
    struct lm_str value;
};

struct lm_html_token {
    enum lm_html_type type;
    struct lm_str name; /* OPEN, CLOSE: lower case (ASCII) */
    struct lm_str text; /* TEXT: never empty */
    const struct lm_html_attribute *attributes; /* OPEN; of two with one name the first counts, both are given */
    size_t n_attributes;
    uint64_t at;    /* OPEN: offset of its '<'. CLOSE: of the '<' that ended it, or where the input ends. TEXT: its first byte */
    uint64_t end;   /* offset just after the token's own bytes; an implied CLOSE has none: end = at */
    uint32_t depth; /* elements open around the token; an OPEN and its CLOSE have the same */
    unsigned oddities;
};

struct lm_html;

/* NULL without memory. */
struct lm_html *lm_html_new(struct lm_str in);
void lm_html_free(struct lm_html *h); /* NULL is nothing */

/* The next token. After LM_HTML_END every further call gives LM_HTML_END. */
lm_err lm_html_next(struct lm_html *h, struct lm_html_token *ret);

/* Passes over everything up to and including the CLOSE of the OPEN that was read last at `depth` (token.depth).
 * *ret_end (may be NULL) is the offset just after it. */
lm_err lm_html_skip(struct lm_html *h, uint32_t depth, uint64_t *ret_end);

/* After a failure: why, for people; static, quotes nothing. */
const char *lm_html_why(const struct lm_html *h);

/* An attribute's value by its name; p = NULL when it is not there. */
struct lm_str lm_html_attribute(const struct lm_html_token *t, const char *name);

#endif
