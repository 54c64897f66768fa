/* signal_desktop_db.h - what the files of the reader of Signal Desktop's database share. docs/readers/signal_desktop_db.md has the rules. */
#ifndef LM_READERS_SIGNAL_DESKTOP_DB_H
#define LM_READERS_SIGNAL_DESKTOP_DB_H

#include "readers/shared/signal_db.h"

struct sdd_conversation {
    struct lm_signal_chat chat;
    bool own; /* the owner's notes */
    bool members_done;
    struct lm_str *names; /* members as the row has them: ids of conversations, service ids, numbers */
    size_t n_names, cap_names;
};

struct sdd_link {
    int64_t row;
    size_t next; /* place + 1 in `files`; 0: the last */
};

struct sdd {
    struct lm_dbread r;
    struct lm_account_ref owner;
    struct lm_str own_aci, own_pni, own_phone;
    struct sdd_conversation *list;
    size_t n, cap;
    struct lm_map by_name; /* id, service id, number and group id, each behind a letter → place in the list */

    struct lm_map calls;   /* callId → 1, of callsHistory */
    struct lm_map first_file; /* id of a message → place + 1 in files */
    struct sdd_link *files;
    size_t n_files, cap_files;
    struct lm_evdb_table *attachments;
};

/* By anything that names one; NULL when nothing does. */
struct sdd_conversation *sdd_find(struct sdd *d, struct lm_str name);
/* The account behind a name: of a conversation, else of the name alone (a service id, a number). */
lm_err sdd_account(struct sdd *d, struct lm_arena *a, struct lm_str name, struct lm_account_ref *ret);
/* The chat with its members. NULL in, NULL out. */
lm_err sdd_chat(struct sdd *d, struct sdd_conversation *c, const struct lm_signal_chat **ret);

lm_err sdd_load(struct sdd *d);           /* the owner, conversations, what hangs on messages */
lm_err sdd_conversations(struct sdd *d);  /* as records */
lm_err sdd_messages(struct sdd *d);
lm_err sdd_calls(struct sdd *d);
/* What a call's words mean: detail "audio, missed", flags. */
lm_err sdd_call_words(struct lm_dbread *r, struct lm_str kind, struct lm_str status, struct lm_event *ev);

#endif
