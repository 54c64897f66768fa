/* link_index.h - records that were linked, kept ready for more: one more record at a time is compared with those that may be of its person.
 *
 * What was learned is frozen: the model, which keys are tried and up to which size of block (candidate.h), how frequent values and words are.
 * Nothing is compared but what agrees with the new record on one of these keys; its pairs have the bits that lm_pair_bits gives them,
 * without the competition of linkage.h. A value that nobody had is as rare as one that nobody shares; in a field with a few values
 * (category.h) it is "not given". Where many records were kept since, or what is usual has changed, the whole is to be linked anew.
 *
 * keys     Of each key of the linkage, the records in order of it; what is kept later, in one hash table. Blocks of a single
 *          part that were taken whole stay so, up to LM_BLOCK_MOST records: all that agree on it have been there, and are in no other block.
 * memory   besides the records', 4.5 bytes for each key of a record that it is in a block of, 8 to 11 for each distinct value; about 250
 *          for each record kept later
 * cost     O(keys · (log records of a bucket + block)) of a record; the keys take a sort each to open
 * errors   LM_ENOMEM, LM_ELIMIT; then the index, the linkage and the records can only be freed. LM_EUSAGE: records of two sources
 * hostile  no block above LM_BLOCK_MOST records is looked at
 * threads  one at a time
 * test     tests/unit/test_linkage_index.c
 */
#ifndef LM_RESOLVE_LINK_INDEX_H
#define LM_RESOLVE_LINK_INDEX_H

#include "resolve/linkage.h"

struct lm_link_index;

/* r was linked, by l; both grow with what is looked for and must outlive the index. The folder is borrowed. Free with lm_link_index_close. */
lm_err lm_link_index_open(struct lm_records *r, struct lm_linkage *l, struct lm_folder *folder, struct lm_link_index **ret);
void lm_link_index_close(struct lm_link_index *x);

struct lm_found {
    uint32_t record;
    float bits;
};

/* The records whose pair with this one (a cell for each field) reaches floor, best first. block: blocks up to this size are looked at, or up
 * to what the linkage took if that is more; 0 for many records, LM_BLOCK_MOST to miss less. *ret lives until the next call. */
lm_err lm_link_index_find(struct lm_link_index *x, const struct lm_str *cells, uint32_t block, float floor, const struct lm_found **ret,
                          uint32_t *ret_n);

/* The record that was looked for last is one of the records from now on, the r->n-th. Once for each lm_link_index_find. */
lm_err lm_link_index_keep(struct lm_link_index *x);

#endif
