/* return_section.h - the sections that providers' legal returns have in common: whose account it is, its identifiers, logins, and
 * things of which everything that is said is kept.
 *
 * Each function makes facts of the record in s->r and gives them to the sink; the record is empty afterwards.
 *
 * test      the fixtures of meta_return_html and whatsapp_return_html
 */
#ifndef LM_READERS_SHARED_RETURN_SECTION_H
#define LM_READERS_SHARED_RETURN_SECTION_H

#include "readers/shared/return_record.h"

struct lm_retsec {
    struct lm_retrec r;
    enum lm_platform platform;
    struct lm_account_ref owner;
    struct lm_str section_id; /* in the file arena */
    char section_word[64];    /* event.detail of its records: "comments" */
    bool in_definition;       /* what the section's words mean is being explained */
    uint32_t definition_level;
    struct lm_account_ref (*account)(struct lm_retsec *s, struct lm_str written); /* form NONE when empty */
};

typedef struct lm_str lm_retsec_pick(struct lm_str line);
struct lm_str lm_return_whole(struct lm_str line);

/* What was not used goes to ev->raw: traffic data when every label of it is `known` (NULL ends the list), else content. */
void lm_retsec_rest(struct lm_retsec *m, struct lm_event *ev, const char *const *known);

/* Identifiers and logins (f) are a record, what was not used is another beside it: a subscriber order reaches the first and not the
 * second. */
lm_err lm_retsec_with_rest(struct lm_retsec *m, struct lm_retfacts *f, const char *const *known);

lm_err lm_retsec_request(struct lm_retsec *m);
lm_err lm_retsec_name(struct lm_retsec *m);
/* An identifier from each line of each value. */
lm_err lm_retsec_lines(struct lm_retsec *m, enum lm_identifier_type type, lm_retsec_pick *find, const char *basis);
lm_err lm_retsec_device(struct lm_retsec *m);
lm_err lm_retsec_date(struct lm_retsec *m);
lm_err lm_retsec_login(struct lm_retsec *m);
lm_err lm_retsec_thing(struct lm_retsec *m, enum lm_event_kind kind);

/* A section begins: its id is kept, its word made. LM_ENOMEM. */
lm_err lm_retsec_enter(struct lm_retsec *m, struct lm_str id);
/* Is the field none of the account's: what the section's words mean ("Photos Definition" and what is nested in it, or follows it with a
 * colon), the list of the file's sections, the section's title? */
bool lm_retsec_passes_over(struct lm_retsec *m, const struct lm_return_field *f);
/* Does this field begin another record? A label of its first level comes again, or nesting ends that the record began in. */
bool lm_retsec_begins_anew(const struct lm_retsec *m, const struct lm_return_field *f);
/* After the file: LOST when it is not complete; `empty` or LM_EINPUT when nothing was read. */
lm_err lm_retsec_outcome(struct lm_retsec *m, const struct lm_return_end *end, bool proven_empty);

#endif
