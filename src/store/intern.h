/* intern.h - accounts, identifiers and threads: found again or made, with bounded memory of the latest.
 *
 * An account belongs to one investigation. Its key: the platform's own id; for whatsapp, signal and phone the phone
 * key of it, so that two spellings are one account; without a native id name:<exhibit>:<thread>:<display> or
 * owner:<exhibit>:<app>, where <exhibit> is the beginning of its SHA-256. A person's word about the owner of an exhibit
 * (docs/decisions/0004-owner-stated-at-intake.md) turns the last two into the platform's own id. A thread belongs to one
 * exhibit.
 */
#ifndef LM_STORE_INTERN_H
#define LM_STORE_INTERN_H

#include "base/buf.h"
#include "base/map.h"
#include "store/rows.h"

struct lm_place { /* where a fact comes from */
    int64_t source, exhibit, record;
    const char *exhibit_name;           /* first 16 digits of its SHA-256 */
    enum lm_platform owner_platform;    /* NONE: nobody stated the owner */
    struct lm_str owner;
    struct lm_str owner_name;           /* the display name that means the owner; empty: none stated */
};

enum lm_intern_query { LM_FIND_ACCOUNT, LM_FIND_IDENTIFIER, LM_FIND_THREAD, LM_FIND_TITLE, LM_FIND_MEMBER,
                       LM_INTERN_QUERIES };

struct lm_intern {
    struct lm_rows *rows;
    int64_t investigation;
    struct lm_arena arena;   /* the map */
    struct lm_arena scratch; /* keys; reset by each call */
    struct lm_map known;     /* first byte of a key says what it is */
    struct lm_buf key;
    sqlite3_stmt *q[LM_INTERN_QUERIES];
};

void lm_intern_init(struct lm_intern *in, struct lm_rows *rows, int64_t investigation);
void lm_intern_free(struct lm_intern *in);

/* *ret_id 0 when the reference names nothing. */
lm_err lm_intern_thread(struct lm_intern *in, const struct lm_place *at, enum lm_platform platform,
                        const struct lm_thread_ref *ref, int64_t *ret_id, struct lm_error *e);
/* thread: its id and native text, for accounts that have only a name. */
lm_err lm_intern_account(struct lm_intern *in, const struct lm_place *at, const struct lm_account_ref *ref,
                         int64_t thread, struct lm_str thread_native, int64_t *ret_id, struct lm_error *e);
lm_err lm_intern_member(struct lm_intern *in, const struct lm_place *at, int64_t thread, int64_t account,
                        struct lm_error *e);
/* "This account goes with this identifier." */
lm_err lm_intern_link(struct lm_intern *in, const struct lm_place *at, int64_t account, enum lm_identifier_type type,
                      struct lm_str raw, struct lm_str basis, const struct lm_when *when, int64_t record,
                      struct lm_error *e);

#endif
