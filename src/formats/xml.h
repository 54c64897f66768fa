/* xml.h - a pull reader for XML that is larger than memory, hostile, or not quite XML.
 *
 * XML 1.0 (fifth edition) with namespaces, over libxml2's push parser: no network, no file, no external
 * entity, and no document type of the file's own (a DOCTYPE with anything between brackets is refused: that is
 * how XML bombs are made). Only UTF-8 is read; a file that says something else is refused by name.
 * The input is a slice (normally a mapped file); every element carries its byte offsets.
 *
 * Read although XML forbids it, and reported per token: bytes that are not UTF-8, control characters (DEL
 * among them), references to characters that XML does not have (`&#x1F;`, common in phone reports), unknown
 * entities and a bare `&` (kept as written in text, left out of attributes). Every such byte and character becomes
 * U+FFFD in text.
 *
 * memory    what libxml2 holds of one tag, one text up to LM_XML_MAX_TEXT, and one step of the input; nothing
 *           grows with the file (names that differ are kept once, at most 10 MB of them)
 * lifetime  a token's slices are valid until the next call
 * errors    LM_EINPUT: broken or truncated at lm_xml_offset(); sticky; every token before it has been given, a
 *           text that was being read is not. LM_ELIMIT: too deep, too many attributes, a tag or
 *           comment above 10 MB; sticky. LM_ENOMEM.
 * threads   one reader, one thread
 * test      tests/unit/test_xml.c; fuzz/fuzz_xml.c
 */
#ifndef LM_FORMATS_XML_H
#define LM_FORMATS_XML_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define LM_XML_MAX_DEPTH 256
#define LM_XML_MAX_ATTRIBUTES 256
#define LM_XML_MAX_TEXT ((size_t)64 << 20)

enum lm_xml_type {
    LM_XML_END,   /* after the root element */
    LM_XML_OPEN,  /* a start tag; one without content (`<a/>`) is followed by its CLOSE */
    LM_XML_CLOSE,
    LM_XML_TEXT,  /* everything between two tags: references resolved, CDATA unwrapped, comments left out */
};

enum { /* bits of lm_xml_token.oddities */
    LM_XML_BAD_BYTES = 1,     /* not UTF-8, or a control character */
    LM_XML_BAD_REFERENCE = 2, /* to a character that XML does not have, or to nothing that is known */
    LM_XML_CUT = 4,           /* the text was longer than LM_XML_MAX_TEXT: its beginning */
};

struct lm_xml_attribute {
    struct lm_str name, ns; /* ns empty: none */
    struct lm_str value;
};

struct lm_xml_token {
    enum lm_xml_type type;
    struct lm_str name, ns; /* OPEN, CLOSE: local name, namespace ("" for none) */
    struct lm_str text;     /* TEXT */
    const struct lm_xml_attribute *attributes; /* OPEN */
    size_t n_attributes;
    uint64_t at;            /* OPEN: offset of its '<'. CLOSE: offset just after its '>'. TEXT: near its beginning */
    uint32_t depth;         /* elements open around the token; an OPEN and its CLOSE have the same */
    unsigned oddities;
};

struct lm_xml;

/* Starts at in, which is a document or, when `inside`, what stands inside an element whose start tag is not part of
 * it: for going on after damage. NULL without memory. What is wrong with the beginning is told by the first
 * lm_xml_next. Depths begin at 0 in both. */
struct lm_xml *lm_xml_new(struct lm_str in, bool inside);
void lm_xml_free(struct lm_xml *x); /* NULL is nothing */

/* The next token. After LM_XML_END every further call gives LM_XML_END. */
lm_err lm_xml_next(struct lm_xml *x, struct lm_xml_token *ret);

/* Passes over everything up to and including the CLOSE of the OPEN that was read last at `depth` (token.depth).
 * *ret_end (may be NULL) is the offset just after it. */
lm_err lm_xml_skip(struct lm_xml *x, uint32_t depth, uint64_t *ret_end);

/* Where reading stands; after a failure, where it broke. */
uint64_t lm_xml_offset(const struct lm_xml *x);
/* After a failure: why, for people; static, quotes nothing. */
const char *lm_xml_why(const struct lm_xml *x);

/* An attribute's value by its local name; p = NULL when it is not there. */
struct lm_str lm_xml_attribute(const struct lm_xml_token *t, struct lm_str name);

#endif
