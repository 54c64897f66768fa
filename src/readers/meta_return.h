/* meta_return.h - inside the readers of Meta's legal returns, HTML and PDF; used by meta_return*.c only.
 *
 * docs/readers/meta_return_html.md says what is read from which section and how accounts, threads and legs are made of it. */
#ifndef LM_READERS_META_RETURN_H
#define LM_READERS_META_RETURN_H

#include "base/map.h"
#include "readers/shared/return_section.h"
#include "readers/shared/return_service.h"

#define MRET_MAX_MEMBERS 4096

enum mret_section {
    MRET_OUTSIDE,
    MRET_REQUEST,
    MRET_MESSAGES,
    MRET_LOGINS,
    MRET_PEOPLE,   /* followers, following: one account a line */
    MRET_NAME,
    MRET_EMAILS,
    MRET_PHONES,
    MRET_VANITY,
    MRET_IP,
    MRET_DEVICES,
    MRET_DATE,     /* registration, end of the account */
    MRET_PLACE,
    MRET_THINGS,   /* photos, comments, searches …: one event a record, with all that is said of it */
    MRET_UNKNOWN,  /* the same */
    MRET_REFUSED,  /* of a kind that is not kept */
};

struct mret {
    struct lm_retsec s; /* first: mret_account finds the rest by it */
    enum mret_section section;
    bool any_section, message_open;
    struct lm_map unknown;       /* section ids that were told of */

    /* the thread; in the arena `thread` */
    struct lm_arena thread_arena;
    struct lm_thread_ref thread;
    struct lm_account_ref *members, *past;
    size_t n_members, cap_members, n_past, cap_past;
    bool members_listed, ai;
};

/* "ana.sample (instagram: 100)", "Ana (100)", "ana.sample": an account of the return's platform. Form NONE when empty. */
struct lm_account_ref mret_account(const struct mret *m, struct lm_str written);
/* The next of "a (instagram: 1), b (instagram: 2)" or of one a line; false when there is none left. */
bool mret_next_person(struct lm_str *list, struct lm_str *ret);

/* The id of the section of which this is the title ("Unified Messages"), none for the request's parameters; empty: of none. */
struct lm_str mret_section_titled(struct lm_str label);

/* What the two readers differ in. */
struct mret_form {
    const struct lm_return_service *service;
    enum lm_platform otherwise; /* when the service is not said */
    lm_err (*walk)(void *user, const struct lm_return_on *on, void *to, struct lm_return_end *ret, struct lm_error *e);
    void *user;
};
lm_err mret_read(const struct mret_form *form, struct lm_read *ctx, struct lm_sink *sink);

/* meta_return_message.c. A thread's head, or a message, is in m->s.r: gives it to the sink. */
lm_err mret_thread(struct mret *m);
lm_err mret_message(struct mret *m);
/* One line of a list of people; it is a record of its own. */
lm_err mret_person(struct mret *m, struct lm_str line, uint64_t at, uint64_t end);

#endif
