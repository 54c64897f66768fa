/* signal_ios_db.h - what the files of the reader of Signal's database on iOS share. docs/readers/signal_ios_db.md has the rules. */
#ifndef LM_READERS_SIGNAL_IOS_DB_H
#define LM_READERS_SIGNAL_IOS_DB_H

#include "readers/shared/by_text.h"
#include "readers/shared/signal_db.h"

struct sid_person {
    struct lm_account_ref account;
    struct lm_str phone, aci, pni, profile, contact, username; /* names: his own, and the address book's */
};

struct sid {
    struct lm_dbread r;
    struct lm_account_ref owner;
    struct lm_str own_aci, own_phone;
    struct sid_person *people;
    size_t n_people, cap_people;
    struct lm_map person_of; /* id in lower case, or number → place */
    struct lm_signal_chat *chats;
    size_t n_chats, cap_chats;
    struct lm_map chat_of; /* uniqueId → place */
    struct lm_by_text files, reactions;
    struct lm_evdb_table *references, *attachments, *calls, *revised;
    struct lm_evdb_index references_of, calls_of, past_of, newest_of; /* past_of: newest → earlier */
};

/* The account of an id and a number, either of which may be empty. */
lm_err sid_account(struct sid *d, struct lm_arena *a, struct lm_str aci, struct lm_str phone, struct lm_account_ref *ret);
struct lm_signal_chat *sid_chat(struct sid *d, struct lm_str id);

lm_err sid_load(struct sid *d);
lm_err sid_people(struct sid *d); /* rows of model_SignalRecipient and model_TSThread as records */
lm_err sid_messages(struct sid *d);

#endif
