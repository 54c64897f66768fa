/* json.h - a pull reader for JSON that is larger than memory, damaged, or not quite JSON.
 *
 * Layout: RFC 8259. Read besides it, and reported per token: `\xNN` escapes (Telegram Desktop writes
 * them), lone surrogates and invalid UTF-8 (each becomes U+FFFD), raw control characters in strings.
 * The input is a slice (normally a mapped file); every token carries its byte offset.
 *
 * memory    a fixed nesting stack (LM_JSON_MAX_DEPTH) and one buffer for strings that hold escapes,
 *           at most LM_JSON_MAX_STRING; nothing grows with the input
 * lifetime  token.text points into the input or into the reader's buffer: valid until the next call
 * errors    LM_EINPUT: broken or truncated at lm_json_offset(); sticky. LM_ELIMIT: too deep, or one
 *           string above the ceiling; sticky. LM_ENOMEM.
 * threads   one reader, one thread
 * a break   every token before it has been given; a scalar cut by the end of the input inside a container
 *           is not given, since 12 may have been 1200
 * test      tests/unit/test_json*.c; fuzz/fuzz_json.c; libyajl is the oracle; bench/bench_json.c
 */
#ifndef LM_FORMATS_JSON_H
#define LM_FORMATS_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define LM_JSON_MAX_DEPTH 512
#define LM_JSON_MAX_STRING ((size_t)64 << 20)

enum lm_json_type {
    LM_JSON_END,          /* after the root value: only white space follows */
    LM_JSON_OBJECT,       /* { */
    LM_JSON_OBJECT_END,   /* } */
    LM_JSON_ARRAY,        /* [ */
    LM_JSON_ARRAY_END,    /* ] */
    LM_JSON_KEY,          /* member name, unescaped; its value is the next token */
    LM_JSON_STRING,       /* unescaped */
    LM_JSON_NUMBER,       /* as written, checked against the grammar */
    LM_JSON_TRUE,
    LM_JSON_FALSE,
    LM_JSON_NULL,
};

enum { /* bits of lm_json_token.oddities */
    LM_JSON_HEX_ESCAPE = 1,     /* `\xNN`, read as U+00NN */
    LM_JSON_BAD_UTF8 = 2,
    LM_JSON_LONE_SURROGATE = 4,
    LM_JSON_RAW_CONTROL = 8,
    LM_JSON_BAD_ESCAPE = 16,    /* any other unknown escape: kept as written */
};

struct lm_json_token {
    enum lm_json_type type;
    struct lm_str text;     /* KEY, STRING, NUMBER */
    uint64_t at;            /* offset of the token's first byte (the quote of a string) */
    uint64_t end;           /* offset just after it */
    uint32_t depth;         /* containers open around the token; an opening one counts itself out */
    unsigned oddities;
};

struct lm_json {
    struct lm_str in;
    size_t pos;
    uint32_t depth;
    uint8_t state;
    uint8_t indent;                          /* spaces per level, as far as seen: a guess for speed */
    lm_err failed;
    const char *why;                         /* static text, when failed */
    uint64_t stack[LM_JSON_MAX_DEPTH / 64];  /* bit: 1 object, 0 array */
    struct lm_buf scratch;
};

/* Starts at the beginning of in (a UTF-8 byte order mark is passed over). */
void lm_json_init(struct lm_json *j, struct lm_str in);
void lm_json_free(struct lm_json *j);

/* The next token. After LM_JSON_END every further call gives LM_JSON_END. */
lm_err lm_json_next(struct lm_json *j, struct lm_json_token *ret);

/* Passes over the rest of the value that `opened` began: for OBJECT and ARRAY up to and including the
 * matching end, for a KEY its whole value, for a scalar nothing. ret_end (may be NULL) is the offset
 * just after it, so that the raw text in.p[opened->at … ret_end) can be kept. Strings inside are
 * checked for structure only, and have no ceiling; everything else is checked as in reading, so that
 * skipping fails where reading would. */
lm_err lm_json_skip(struct lm_json *j, const struct lm_json_token *opened, uint64_t *ret_end);

/* After LM_EINPUT or LM_ELIMIT: reading goes on at pos, where a value must stand, inside the first `depth` containers
 * that were open when it broke. False, and nothing is changed, when there were not so many or the innermost of them
 * is not an array. Finding such a place is the caller's business. */
bool lm_json_resume(struct lm_json *j, size_t pos, uint32_t depth);

/* Begins anew at pos, where a root value must stand, whatever was before: for files that hold values one after the other. */
void lm_json_again(struct lm_json *j, size_t pos);

/* Where reading stands; after a failure, where it broke. */
static inline uint64_t lm_json_offset(const struct lm_json *j)
{
    return j->pos;
}

#endif
