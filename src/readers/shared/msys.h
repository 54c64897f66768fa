/* msys.h - Meta's messaging database ("msys", "lightspeed"), which Messenger on Android and on iOS and Instagram on Android share.
 *
 * Tables: messages or thread_messages, contacts, threads, participants or thread_participant_detail, attachments, attachment_items, attachment_ctas,
 * reactions, call_log, client_messages, client_attachments, secure_messages, _user_info. Whatever is not there is not read. One row of the tables of
 * messages, calls, contacts and threads is one record. Times are milliseconds since 1970 UTC.
 *
 * test  the fixtures of messenger_android_db, messenger_ios_db and instagram_android_db
 */
#ifndef LM_READERS_SHARED_MSYS_H
#define LM_READERS_SHARED_MSYS_H

#include "readers/shared/by_text.h"
#include "readers/shared/people.h"

/* Whose file this is; the same tables stand in all three, so what the tables leave open the name of the file decides. */
enum lm_msys_app { LM_MSYS_NONE, LM_MSYS_MESSENGER_ANDROID, LM_MSYS_MESSENGER_IOS, LM_MSYS_INSTAGRAM_ANDROID };
enum lm_msys_app lm_msys_which(const struct lm_input *in, struct lm_str head);

/* Rows of a table by the text in the first of these columns; what is damaged is told. */
lm_err lm_msys_side(struct lm_dbread *r, const char *name, const char *const columns[], size_t n, struct lm_by_text *ret);

/* The whole file of p->r: owner (unless it is known already), people, threads, then all records. */
lm_err lm_msys_read(struct lm_people *p);

/* The digits at the end of a file's name, ".db" apart: the owner's id, in this family's names. Empty when there are fewer than four. */
struct lm_str lm_msys_id_of_name(const struct lm_input *in);

#endif
