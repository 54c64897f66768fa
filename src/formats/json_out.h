/* json_out.h - writes one JSON document into a buffer.
 *
 * Commas and nesting are kept by the writer. Strings: invalid UTF-8 becomes U+FFFD; `<`, `>`, `&`,
 * U+2028 and U+2029 are escaped so that the text is safe wherever it is put. Doubles are written with
 * the fewest digits that read back the same; NaN and infinities as null. Failure is the buffer's.
 */
#ifndef LM_FORMATS_JSON_OUT_H
#define LM_FORMATS_JSON_OUT_H

#include "base/buf.h"
#include "model/when.h"

struct lm_json_out {
    struct lm_buf *b;
    uint32_t depth;
    uint64_t has_member; /* bit per depth, at most 63 deep */
    bool after_key;
};

void lm_json_out_init(struct lm_json_out *o, struct lm_buf *b);

void lm_json_object(struct lm_json_out *o);
void lm_json_object_end(struct lm_json_out *o);
void lm_json_array(struct lm_json_out *o);
void lm_json_array_end(struct lm_json_out *o);
void lm_json_key(struct lm_json_out *o, const char *key);
/* A key that was written before, with its quotes and its colon: as it stands. */
void lm_json_key_as(struct lm_json_out *o, struct lm_str key);

void lm_json_str(struct lm_json_out *o, struct lm_str s);
/* One string of n parts, none of which ends inside a character. */
void lm_json_str_of(struct lm_json_out *o, const struct lm_str *parts, size_t n);
void lm_json_z(struct lm_json_out *o, const char *z);    /* NULL writes null */
void lm_json_i64(struct lm_json_out *o, int64_t v);
void lm_json_u64(struct lm_json_out *o, uint64_t v);
void lm_json_double(struct lm_json_out *o, double v);
/* A number that is already decimal text ("2.268"): written as it stands; the caller vouches that it is a JSON number. */
void lm_json_decimal(struct lm_json_out *o, struct lm_str digits);
void lm_json_bool(struct lm_json_out *o, bool v);
/* A whole value that another writer made: written as it stands; the caller vouches that it is one JSON value. */
void lm_json_value(struct lm_json_out *o, struct lm_str json);
void lm_json_null(struct lm_json_out *o);

/* key and value together, for flat objects. */
void lm_json_kv_str(struct lm_json_out *o, const char *key, struct lm_str s);
void lm_json_kv_z(struct lm_json_out *o, const char *key, const char *z);
void lm_json_kv_i64(struct lm_json_out *o, const char *key, int64_t v);
void lm_json_kv_u64(struct lm_json_out *o, const char *key, uint64_t v);
void lm_json_kv_double(struct lm_json_out *o, const char *key, double v);
void lm_json_kv_bool(struct lm_json_out *o, const char *key, bool v);
void lm_json_kv_null(struct lm_json_out *o, const char *key);
/* An empty text is written as null. */
void lm_json_kv_text(struct lm_json_out *o, const char *key, struct lm_str s);
/* A moment as its source states it (lm_when_format): only one that is known in UTC ends in Z; none: null. */
void lm_json_kv_when(struct lm_json_out *o, const char *key, const struct lm_when *w);

#endif
