/* protobuf.h - walks a message on the wire without its schema: fields in order, values as they stand.
 *
 * Encoding: protobuf.dev/programming-guides/encoding. Groups (wire types 3 and 4) end the walk as damage does.
 * lifetime  bytes point into the message
 * test      tests/unit/test_protobuf.c
 */
#ifndef LM_FORMATS_PROTOBUF_H
#define LM_FORMATS_PROTOBUF_H

#include "base/str.h"

struct lm_pb_field {
    uint32_t number;
    uint64_t value;      /* varint, fixed64, fixed32 */
    struct lm_str bytes; /* of a field with a length, else {NULL, 0} */
    bool has_bytes;
};

/* The next field of *message, which moves behind it. False at the end, or at damage: *message is then not empty. */
bool lm_pb_next(struct lm_str *message, struct lm_pb_field *ret);
/* The first field with this number that has bytes; {NULL, 0} when there is none before the end or the damage. */
struct lm_str lm_pb_bytes(struct lm_str message, uint32_t number);

#endif
