/* ios_sms.h - what the two files of the reader ios_sms share. */
#ifndef LM_READERS_IOS_SMS_H
#define LM_READERS_IOS_SMS_H

#include "readers/shared/db_read.h"

enum { /* columns of `message` */
    IOS_M_GUID, IOS_M_TEXT, IOS_M_SUBJECT, IOS_M_BODY, IOS_M_HANDLE, IOS_M_OTHER, IOS_M_SERVICE, IOS_M_ACCOUNT, IOS_M_DESTINATION,
    IOS_M_ERROR, IOS_M_DATE, IOS_M_READ, IOS_M_DELIVERED, IOS_M_EDITED, IOS_M_RETRACTED, IOS_M_MINE, IOS_M_ITEM, IOS_M_ACTION,
    IOS_M_TITLE, IOS_M_TAPBACK, IOS_M_TAPPED, IOS_M_ORIGINATOR, IOS_M_BALLOON, IOS_M_FORWARD, IOS_M_N = IOS_M_FORWARD + 17
};
enum { IOS_A_FILE, IOS_A_TYPE, IOS_A_BYTES, IOS_A_NAME, IOS_A_N };
extern const char *const ios_attachment_columns[IOS_A_N];

struct ios_handle {
    int64_t row;
    struct lm_str id;
};

struct ios_chat {
    int64_t row;
    struct lm_str guid, identifier, title;
    struct lm_str addressed; /* by which address of the owner it was last reached */
    enum lm_thread_kind kind;
    struct lm_account_ref *members; /* without the owner */
    size_t n;
};

struct ios_sms {
    struct lm_dbread r;
    struct lm_evdb_table *messages, *attachments;
    struct ios_handle *handles;
    size_t n_handles, cap_handles;
    struct ios_chat *chats;
    size_t n_chats, cap_chats;
    struct lm_evdb_index chat_of, attachment_of, recoverable; /* by message */
    struct lm_account_ref owner;
    struct lm_map own; /* addresses of the owner that have been told */
};

/* The account of a handle: a telephone number, or a mail address. */
struct lm_account_ref ios_account(struct lm_str id);
/* The owner's address in a row of `message`; borrowed from the row. */
struct lm_str ios_own_address(const struct lm_evdb_table *t);
struct lm_str ios_handle(const struct ios_sms *s, int64_t row);          /* empty: none */
const struct ios_chat *ios_chat(const struct ios_sms *s, int64_t row);   /* NULL: none */

/* One row of `message`. */
lm_err ios_message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user);

#endif
