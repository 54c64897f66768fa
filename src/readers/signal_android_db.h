/* signal_android_db.h - what the files of the reader of Signal's database on Android share. docs/readers/signal_android_db.md has the rules. */
#ifndef LM_READERS_SIGNAL_ANDROID_DB_H
#define LM_READERS_SIGNAL_ANDROID_DB_H

#include "readers/shared/signal_db.h"

struct sad_recipient {
    int64_t row;
    struct lm_signal_chat chat;
    struct lm_str phone, group;
};

struct sad_pair {
    int64_t row;
    size_t place; /* of a recipient */
};

struct sad_side { /* a table whose rows hang on messages or calls */
    struct lm_evdb_table *t;
    struct lm_evdb_index of;
};

struct sad {
    struct lm_dbread r;
    struct lm_account_ref owner;
    int64_t own_row; /* recipient of the owner; 0: not known */
    struct lm_str own_aci, own_phone;
    struct sad_recipient *list; /* by row */
    size_t n, cap;
    struct sad_pair *threads; /* by row */
    size_t n_threads, cap_threads;
    struct lm_map groups; /* group_id → place */
    struct sad_side files, reactions, calls, revisions;
};

struct sad_recipient *sad_recipient(struct sad *d, int64_t row); /* NULL: not there */
struct lm_account_ref sad_account(struct sad *d, int64_t row);   /* the owner for his own row; form NONE */
struct sad_recipient *sad_thread(struct sad *d, int64_t row);

lm_err sad_side(struct lm_dbread *r, const char *name, const char *const columns[], size_t n, struct sad_side *ret);
lm_err sad_load(struct sad *d);
lm_err sad_recipients(struct sad *d); /* as records */
lm_err sad_messages(struct sad *d);
lm_err sad_calls(struct sad *d);
lm_err sad_payments(struct sad *d);

#endif
