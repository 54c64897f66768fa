/* return_service.h - whose legal return a file is: what its first part says of service, target and account.
 *
 * test  tests/unit/test_return_html.c
 */
#ifndef LM_READERS_SHARED_RETURN_SERVICE_H
#define LM_READERS_SHARED_RETURN_SERVICE_H

#include "base/arena.h"
#include "readers/shared/return_html.h"

struct lm_return_service {
    struct lm_str service, target, account; /* as written; empty: not said in the part that was looked at */
    bool any_section, whatsapp_section;     /* sections that only WhatsApp's returns have */
    bool any_label;                         /* of a request's parameters */
    bool text_form;
    bool instagram;                         /* an account says "(instagram: " */
};

/* Looks through head (at most the first LM_RETURN_LOOK bytes of it) until the request's parameters are known. Values are copied into a.
 * LM_ENOMEM. */
#define LM_RETURN_LOOK ((size_t)1 << 20)
lm_err lm_return_service(struct lm_arena *a, struct lm_str head, struct lm_return_service *ret);

/* The same of a return in another form: walk gives its labels and values until a callback stops it (LM_ECANCELLED). */
lm_err lm_return_service_of(struct lm_arena *a, lm_err (*walk)(void *user, const struct lm_return_on *on, void *to), void *user,
                            struct lm_return_service *ret);

/* "… Business Record", or "Facebook Legal Request" (WhatsApp's as well), stands in it. */
bool lm_return_is_titled(struct lm_str head);
/* Quick: can this be a return at all? */
bool lm_return_possible(struct lm_str head);
bool lm_return_is_whatsapp(const struct lm_return_service *s, struct lm_str head);

#endif
