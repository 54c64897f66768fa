/* people.h - what the readers of messengers' databases share: who is who by id, threads with their members, the two ends of an event.
 *
 * People and threads are found by the ids that rows carry, never by a join: an id that no other table knows is an account without a name, and a thread that
 * no other table knows one whose members are not known. The owner is what a neighbouring file or a table says, else LM_ACCOUNT_OWNER.
 *
 * memory    names, threads and members in the file arena, LM_PEOPLE_MAX of the first two and LM_PEOPLE_MAX_MEMBERS of the last: some 40 MB, whatever the
 *           file's size; facts and legs in the record arena
 * errors    LM_ENOMEM, or what the sink returned
 * test      tests/unit/test_reader_memory.c; the fixtures of instagram_ios_db, messenger_android_db, messenger_ios_db and telegram_android_db
 */
#ifndef LM_READERS_SHARED_PEOPLE_H
#define LM_READERS_SHARED_PEOPLE_H

#include "readers/shared/db_read.h"

#define LM_PEOPLE_MAX ((size_t)1 << 16)
#define LM_PEOPLE_MAX_MEMBERS ((size_t)1 << 18)
#define LM_PEOPLE_TOLD ((size_t)3 << 17) /* three quarters of the slots there are */

struct lm_people_thread {
    struct lm_thread_ref ref;
    struct lm_str *members; /* ids, the owner's among them when it is listed */
    size_t n, cap;
    bool left_out;          /* there are more than are kept */
    bool here;              /* made for the record in hand */
};

struct lm_people {
    struct lm_dbread *r;
    enum lm_platform platform;
    struct lm_account_ref owner;
    struct lm_map by_id, thread_by_id;
    struct lm_str *names;   /* of by_id's ids, in its order */
    size_t n, cap;
    struct lm_people_thread *threads;
    size_t n_threads, cap_threads, n_members;
    uint64_t *told;         /* hashes of the identifiers that were told */
    size_t n_told, told_slots;
    bool more;              /* people than are kept */
    bool told_names, told_threads, told_members;
    /* The name of one who is not kept, for the record in hand: where the table can be asked for an id. NULL: it cannot. */
    struct lm_str (*name_of)(void *name_user, struct lm_str id);
    void *name_user;
};

/* The owner is unknown until one of the two is said. r must be open. */
void lm_people_init(struct lm_people *p, struct lm_dbread *r, enum lm_platform platform);
/* Empty: nothing is said. */
lm_err lm_people_owner(struct lm_people *p, struct lm_str id);

/* The first name that is not empty stays. id and name are copied. */
lm_err lm_people_name(struct lm_people *p, struct lm_str id, struct lm_str name);
/* The account with this id; form NONE for an empty one. `id` must live as long as the account is used. */
struct lm_account_ref lm_people_account(const struct lm_people *p, struct lm_str id);
bool lm_people_is_owner(const struct lm_people *p, struct lm_str id);

/* The thread with this id, made when there is none; NULL in *ret for an empty id. The pointer is valid until the next call. */
lm_err lm_people_thread(struct lm_people *p, struct lm_str id, struct lm_people_thread **ret);
/* The same, but one that is not known is made for the record in hand only: where rows say of themselves what is to be known. */
lm_err lm_people_thread_here(struct lm_people *p, struct lm_str id, struct lm_people_thread **ret);
/* Where texts of that thread stand. */
struct lm_arena *lm_people_arena(struct lm_people *p, const struct lm_people_thread *t);
/* Adds a member once; ids are copied. */
lm_err lm_people_member(struct lm_people *p, struct lm_people_thread *t, struct lm_str id);

/* Thread, from and to of an event. t NULL: no thread is known. sender empty and not mine: it is not known, and no legs are told. */
lm_err lm_people_ends(struct lm_people *p, const struct lm_people_thread *t, struct lm_str sender, bool mine, struct lm_event *ev);

/* Identifiers of the record in hand. */
struct lm_people_facts {
    struct lm_fact *items;
    size_t n, cap;
};
/* Once for each account, type and value in a file; empty values are passed over. The basis is own_profile for the owner, else contact_list. */
lm_err lm_people_identifier(struct lm_people *p, struct lm_people_facts *f, struct lm_str id, enum lm_identifier_type type, struct lm_str value);
/* One event more. */
lm_err lm_people_event(struct lm_people *p, struct lm_people_facts *f, const struct lm_event *ev);

#endif
