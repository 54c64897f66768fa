/* operation_csv_ids.h - the ids of a table's rows, to find one that stands in two of them.
 *
 * One block of slots, LM_OP_IDS × 4/3 of them at most, for whatever the file's size: a slot is 16 bytes and points at the
 * id where it stands. What does not fit any more is counted, and the reader says so.
 *
 * lifetime  of the arena; ids that do not lie in `in` are copied, LM_OP_IDS_COPIED bytes at most
 * hostile   the hash has a seed of its own, as in base/map.h
 * test      tests/unit/test_operation_csv.c
 */
#ifndef LM_READERS_OPERATION_CSV_IDS_H
#define LM_READERS_OPERATION_CSV_IDS_H

#include "base/arena.h"
#include "base/err.h"

#define LM_OP_IDS ((size_t)3 << 18)
#define LM_OP_IDS_COPIED ((size_t)1 << 20)

struct lm_op_id;

struct lm_op_ids {
    struct lm_arena *a;
    struct lm_str in;
    struct lm_op_id *slots;
    size_t mask, n, copied;
    uint64_t seed;
    uint64_t not_compared; /* ids for which there was no room */
};

/* in: the file that the ids come from. LM_ENOMEM. */
lm_err lm_op_ids_init(struct lm_op_ids *ids, struct lm_arena *a, struct lm_str in);

/* *ret_first: the row that the id stood in first; 0 when it is new, or was not compared. LM_ENOMEM. */
lm_err lm_op_ids_put(struct lm_op_ids *ids, struct lm_str id, uint64_t row, uint64_t *ret_first);

#endif
