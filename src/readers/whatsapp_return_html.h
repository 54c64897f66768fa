/* whatsapp_return_html.h - inside the reader of WhatsApp's legal returns; used by whatsapp_return_html*.c only.
 *
 * docs/readers/whatsapp_return_html.md says what is read from which section. */
#ifndef LM_READERS_WHATSAPP_RETURN_HTML_H
#define LM_READERS_WHATSAPP_RETURN_HTML_H

#include "base/map.h"
#include "readers/shared/return_section.h"
#include "readers/shared/return_service.h"

#define WRET_MAX_PEOPLE 4096

enum wret_section {
    WRET_OUTSIDE,
    WRET_REQUEST,
    WRET_MESSAGES,
    WRET_CALLS,
    WRET_LOGINS,
    WRET_CONTACTS,
    WRET_GROUPS,
    WRET_EMAILS,
    WRET_CONNECTION,
    WRET_THINGS,
    WRET_UNKNOWN,
    WRET_REFUSED,
};

struct wret {
    struct lm_retsec s; /* first: wret_account takes it */
    struct lm_return_service service;
    enum wret_section section;
    bool any_section;
    struct lm_map unknown;
    char group_word[32];      /* "group_owned", "symmetric_contact": what the heading above says */
    uint64_t total, listed;   /* of the address book: "2 Total", and how many there were */
    bool total_said;
    uint64_t total_at;
};

/* "+1 303 555 0101", "13035550101", "…@s.whatsapp.net": the account, as WhatsApp's databases write it. Form NONE when empty. */
struct lm_account_ref wret_account(struct lm_retsec *s, struct lm_str written);
/* "1203…" → "1203…@g.us"; empty stays empty. p = NULL without memory when it was not. */
struct lm_str wret_group(struct lm_retsec *s, struct lm_str written);
/* Numbers in commas, blanks or lines; each once, `but` left out. LM_ENOMEM. */
lm_err wret_people(struct lm_retsec *s, struct lm_str list, const struct lm_account_ref *but, struct lm_account_ref **v, size_t *n, size_t *cap);

/* The record in s.r goes to the sink. */
lm_err wret_message(struct wret *w);
lm_err wret_call(struct wret *w);
lm_err wret_group_record(struct wret *w);
lm_err wret_contact(struct wret *w, struct lm_str line, uint64_t at, uint64_t end);

#endif
