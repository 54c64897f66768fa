/* html_parts.h - what html.c and html_text.c share. */
#ifndef LM_FORMATS_HTML_PARTS_H
#define LM_FORMATS_HTML_PARTS_H

#include "formats/html.h"

enum { /* what is known of an element */
    HTML_VOID = 1,       /* has no content */
    HTML_BLOCK = 2,      /* the standard's "special": an end tag of a formatting element does not reach beyond it */
    HTML_ENDS_P = 4,
    HTML_P = 8,
    HTML_SCOPE = 16,     /* end tags of what is around it do not reach into it */
    HTML_TABLE = 32,
    HTML_ROWS = 64,      /* thead, tbody, tfoot */
    HTML_ROW = 128,
    HTML_CELL = 256,
    HTML_CAPTION = 512,
    HTML_LI = 1024,
    HTML_DT = 2048,      /* dt, dd */
    HTML_LIST = 4096,    /* ul, ol, dl */
    HTML_OPTION = 8192,
    HTML_RAW = 16384,    /* no tags inside */
    HTML_RCDATA = 32768, /* but references */
    HTML_FOREIGN = 65536, /* svg, math: there `<x/>` has no content */
    HTML_ROOT = 131072,  /* html, body */
};

#define HTML_NAMES 128
#define HTML_LONGEST_NAME 10

struct html_element {
    uint64_t key; /* the first eight letters */
    struct lm_str name;
    unsigned flags;
};

struct html_elements { /* by length of name */
    uint16_t first[HTML_LONGEST_NAME + 2];
    struct html_element list[HTML_NAMES];
};

struct html_name {
    struct lm_str written; /* in the input */
    struct lm_str known;   /* static, lower case; p = NULL: not a known element */
    unsigned flags;
    uint32_t id;           /* of a known element; else made from the name */
};

struct lm_html {
    struct lm_str in;
    size_t pos;
    const char *why;
    bool truncated, raw; /* raw: the element just opened has raw text */

    uint32_t depth, close_to; /* elements deeper than close_to are being closed */
    bool explicit;            /* the one at close_to by its own end tag */
    int n_paragraphs, n_foreign;

    struct html_name tag; /* the start tag in hand: given when what it ends is closed */
    bool has_tag, tag_empty;
    uint64_t tag_at, tag_end;
    unsigned tag_oddities;
    size_t n_attributes;

    struct lm_str piece; /* the text in hand as it stands in the input, when `text` is empty */
    uint64_t text_at, text_end;
    unsigned text_oddities;
    struct lm_buf text, decoded;

    char lowered[64];
    struct lm_html_attribute attributes[LM_HTML_MAX_ATTRIBUTES];
    struct html_name stack[LM_HTML_MAX_DEPTH];
    struct html_elements elements;
};

void html_elements_init(struct html_elements *e);
void html_find_name(const struct html_elements *e, struct lm_str written, struct html_name *ret);

static inline char html_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool html_same_name(const struct html_name *a, const struct html_name *b)
{
    return a->id == b->id && (a->known.p != NULL || lm_str_eq_nocase(a->written, b->written));
}

/* A name of an unknown element in lower case, at most sixty-three bytes of it, valid UTF-8; lives until the next call. */
struct lm_str html_lower_name(struct lm_html *h, struct lm_str name);

bool html_is_lower(struct lm_str s); /* ASCII without capitals and NUL */
bool html_is_plain(struct lm_str s); /* UTF-8 without '&' and NUL */

/* s behind out, repaired; at most three bytes for each of its own. */
void html_decode(struct lm_buf *out, struct lm_str s, bool references, unsigned *oddities);

#endif
