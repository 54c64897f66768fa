/* signal_db.h - what the readers of Signal's databases share: chats and their ends.
 *
 * test  tests/unit/test_signal_readers.c and the fixtures of signal_desktop_db, signal_android_db and signal_ios_db
 */
#ifndef LM_READERS_SHARED_SIGNAL_DB_H
#define LM_READERS_SHARED_SIGNAL_DB_H

#include "readers/shared/db_read.h"
#include "readers/shared/signal_account.h"

struct lm_signal_chat {
    struct lm_account_ref other; /* of a direct chat; form OWNER or the owner himself: his notes */
    struct lm_thread_ref thread;
    struct lm_account_ref *members; /* of a group, without the owner; in the file arena */
    size_t n, cap;
    bool partial; /* not all are known */
};

/* Adds one whom the chat does not have yet; form NONE makes it partial. Beyond LM_DBREAD_MAX_LIST: partial. */
lm_err lm_signal_member(struct lm_arena *file, struct lm_signal_chat *c, const struct lm_account_ref *owner, const struct lm_account_ref *one);

bool lm_signal_same(const struct lm_account_ref *a, const struct lm_account_ref *b);

/* from, thread and to of an event in chat c (NULL: not known). by: who sent it, when that is not the owner; NONE: the other end of a direct
 * chat. The legs are in the record arena, or are the chat's own. */
lm_err lm_signal_ends(struct lm_dbread *r, const struct lm_account_ref *owner, const struct lm_signal_chat *c, bool mine,
                      const struct lm_account_ref *by, struct lm_event *ev);
/* An earlier state of ev, one column of t being its time and one its text: one more of its edits (*list, in the record arena), and ev was sent no later. */
lm_err lm_signal_edit(struct lm_dbread *r, const struct lm_evdb_table *t, size_t at_column, size_t text_column, struct lm_edit **list, size_t *cap,
                      int64_t *sent, struct lm_event *ev);
/* For what the app wrote: the thread is the other end. */
void lm_signal_system(struct lm_event *ev);

/* Milliseconds as text in the record arena: the id of a message. {NULL, 0} for 0 and less. */
lm_err lm_signal_stamp(struct lm_dbread *r, int64_t ms, struct lm_str *ret);
/* Milliseconds since 1970; quality NONE for 0; what cannot be doubts the record. */
struct lm_when lm_signal_when(struct lm_dbread *r, int64_t ms);

#endif
