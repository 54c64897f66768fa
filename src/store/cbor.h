/* cbor.h - the few CBOR items that audit entries and digests need, in the one deterministic spelling.
 *
 * RFC 8949, core deterministic encoding (section 4.2.1): shortest integers and lengths, definite
 * lengths, the shortest float that keeps the value. Arrays only, so that no map order arises.
 *
 * errors    the writer's failure is the buffer's; the reader stops at the first byte that is damaged
 *           or not in the deterministic form
 * test      tests/unit/test_store_cbor.c (the examples of RFC 8949, appendix A)
 */
#ifndef LM_STORE_CBOR_H
#define LM_STORE_CBOR_H

#include "base/buf.h"

void lm_cbor_array(struct lm_buf *b, uint64_t n);
void lm_cbor_i64(struct lm_buf *b, int64_t v);
void lm_cbor_text(struct lm_buf *b, struct lm_str s);
void lm_cbor_bytes(struct lm_buf *b, struct lm_str s);
void lm_cbor_double(struct lm_buf *b, double v);
void lm_cbor_null(struct lm_buf *b);

/* Reads from the front of *in and moves it on; false (and *in anywhere) when the next item is something
 * else, cut short, or not deterministic. Slices point into the input. */
bool lm_cbor_read_array(struct lm_str *in, uint64_t *ret_n);
bool lm_cbor_read_i64(struct lm_str *in, int64_t *ret);
bool lm_cbor_read_text(struct lm_str *in, struct lm_str *ret);
bool lm_cbor_read_bytes(struct lm_str *in, struct lm_str *ret);

#endif
