/* by_text.h - rows of a table by a text in its first column, in the order of the table: what hangs on a message, by the message's id.
 *
 * memory  21 to 43 bytes a row: the texts stay in the table, and are compared there
 * hostile the hash has a seed of its own, as in base/map.h; texts of more than 256 bytes are not found
 * test    the fixtures of messenger_android_db, messenger_ios_db and signal_ios_db
 */
#ifndef LM_READERS_SHARED_BY_TEXT_H
#define LM_READERS_SHARED_BY_TEXT_H

#include "readers/shared/db_read.h"

struct lm_by_text_row {
    uint64_t hash; /* 0: free */
    int64_t row;
};
struct lm_by_text {
    struct lm_evdb_table *t; /* NULL: there is none */
    struct lm_by_text_row *rows;
    size_t mask;
    uint64_t seed;
    bool damaged;            /* rows were passed over; a walk says which */
};

/* t may be NULL. LM_ENOMEM. */
lm_err lm_by_text(struct lm_dbread *r, struct lm_evdb_table *t, struct lm_by_text *ret);
/* Calls `one` for each row with that text, at most LM_DBREAD_MAX_LIST; a row that cannot be read any more doubts the record. */
lm_err lm_by_text_each(struct lm_dbread *r, struct lm_by_text *s, struct lm_str text, lm_dbread_row one, void *user);

#endif
