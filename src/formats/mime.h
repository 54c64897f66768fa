/* mime.h - the parts of a multipart message, one level deep, in the order of its bytes.
 *
 * Layout: RFC 5322 header fields, RFC 2045 transfer encodings, RFC 2046 multipart. Names in RFC 2047 or RFC 2231 spelling are
 * given as they stand. What stands before the first and behind the last boundary is no part.
 *
 * lifetime  slices point into the message
 * cost      O(message), once
 * errors    none: damage is told per part (whole) and per byte (lm_mime_decode)
 * test      tests/unit/test_mime.c; fuzz/fuzz_mime.c
 */
#ifndef LM_FORMATS_MIME_H
#define LM_FORMATS_MIME_H

#include "base/err.h"
#include "base/str.h"

enum lm_mime_encoding { LM_MIME_AS_IS, LM_MIME_BASE64, LM_MIME_QUOTED_PRINTABLE, LM_MIME_UNKNOWN };

struct lm_mime {
    struct lm_str rest;     /* from the line behind the boundary read last */
    struct lm_str boundary; /* without the leading "--" */
    bool ended;
};

struct lm_mime_part {
    struct lm_str name; /* of Content-Disposition filename, else Content-Type name; empty: none */
    struct lm_str type; /* "text/plain"; empty: none */
    struct lm_str body; /* still encoded */
    enum lm_mime_encoding encoding;
    bool whole; /* false: the message ends before the part's boundary */
};

/* A header field of a message or part by name, without regard to case, unfolded lines included ("multipart/mixed;\n
 * boundary=…"); empty when absent. message starts with its header fields. */
struct lm_str lm_mime_field(struct lm_str message, struct lm_str name);

/* A parameter of a field value: `boundary="x"` -> x. Empty when absent. Escapes in quoted strings stay. */
struct lm_str lm_mime_parameter(struct lm_str value, struct lm_str name);

/* False when the message is not a multipart with a boundary. */
bool lm_mime_open(struct lm_str message, struct lm_mime *ret);

/* False behind the last part. */
bool lm_mime_next(struct lm_mime *m, struct lm_mime_part *ret);

/* The part's bytes, in pieces. *ret_clean: false when something in it did not belong there (it was passed over). What put
 * returns other than LM_OK is passed on at once. */
lm_err lm_mime_decode(const struct lm_mime_part *part, lm_err (*put)(void *user, const char *p, size_t n), void *user,
                      bool *ret_clean);

#endif
