/* rsmf_json.h - inside the reader of RSMF manifests; used by rsmf_json*.c only.
 *
 * RSMF 2.0.0 (Relativity Short Message Format): participants, conversations and events of one file, tied by ids that mean
 * nothing outside it. The lists are looked through once before anything is emitted: their order in the file is free.
 */
#ifndef LM_READERS_RSMF_JSON_H
#define LM_READERS_RSMF_JSON_H

#include "base/map.h"
#include "readers/shared/json_read.h"

#define RSMF_MAX_PEOPLE 100000
#define RSMF_MAX_MEMBERS 4096 /* of one conversation */

struct rsmf_person {
    struct lm_str id, display, account; /* in the file arena; empty: not stated */
    enum lm_platform platform;          /* of the first conversation that lists them */
};

struct rsmf_conversation {
    struct lm_str id, title;
    enum lm_platform platform;
    enum lm_thread_kind kind;
    uint32_t *members; /* indexes of people */
    size_t n_members;
    bool members_doubtful; /* a channel, where people come and go, or one of an unknown id */
};

struct rsmf {
    struct lm_jread r;
    struct rsmf_person *people;
    size_t n_people, cap_people;
    struct rsmf_conversation *conversations;
    size_t n_conversations, cap_conversations;
    struct lm_map person_ids, conversation_ids; /* id -> index */
    bool listed; /* there is a list of events */
};

/* Fills people and conversations; damage is left to the reading that follows. LM_ENOMEM, LM_ELIMIT. */
lm_err rsmf_look_ahead(struct rsmf *m);

const struct rsmf_conversation *rsmf_conversation(const struct rsmf *m, struct lm_str id);
/* The account behind an id on a platform: native when the manifest states one, else its name, else the id itself. */
struct lm_account_ref rsmf_account(struct rsmf *m, struct lm_str id, enum lm_platform platform);

/* An id as text; one that is a number is doubted: the form asks for text. */
lm_err rsmf_id(struct rsmf *m, const struct lm_json_token *v, struct lm_str *ret);
/* A file that the manifest names: doubted when it is not beside it. */
void rsmf_file(struct rsmf *m, struct lm_str name);

/* Records. */
lm_err rsmf_participant(struct lm_jread *r, void *user);
lm_err rsmf_conversation_record(struct lm_jread *r, void *user);
lm_err rsmf_event(struct lm_jread *r, void *user);

#endif
