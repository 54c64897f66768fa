/* meta_export_json.h - inside the reader of Meta's JSON exports; used by meta_export_json*.c only.
 *
 * docs/readers/meta_export_json.md says what is read from which member and how accounts, threads and legs
 * are made of it. */
#ifndef LM_READERS_META_EXPORT_JSON_H
#define LM_READERS_META_EXPORT_JSON_H

#include "readers/shared/json_read.h"

#define META_MAX_MEMBERS 4096
#define META_MAX_OWNER_NAMES 4

struct meta {
    struct lm_jread r;
    enum lm_platform platform;
    bool platform_told;  /* by the path, a neighbour or the text of the file; not assumed */
    bool encrypted_form; /* participants are strings, the first of them the owner */
    bool list_seen, profile_read;

    /* the thread; in the file arena */
    struct lm_str title, path, type;
    struct lm_account_ref *members; /* without repeated names; the owner's form is OWNER */
    size_t n_members, cap_members;
    bool members_listed;
    bool members_doubtful; /* names repeat, or the owner left: there may be more people */
    bool left;
    struct lm_thread_ref thread;

    struct lm_str owner_names[META_MAX_OWNER_NAMES]; /* as neighbouring files give them */
    size_t n_owner_names;
};

/* meta_export_json_thread.c: looks through the root object without a word about damage, and at neighbours. */
lm_err meta_look_ahead(struct meta *m);
/* "Jane Doe" → an account: OWNER when it is the owner's name, NONE when empty. */
struct lm_account_ref meta_account(const struct meta *m, struct lm_str name);
bool meta_same(const struct lm_account_ref *a, const struct lm_account_ref *b);

/* A text member, repaired where each byte was written as a character. */
lm_err meta_text(struct meta *m, const struct lm_json_token *v, struct lm_str *ret);

/* Records. */
lm_err meta_message(struct lm_jread *r, void *user);
lm_err meta_login(struct lm_jread *r, void *user);
lm_err meta_logout(struct lm_jread *r, void *user);

/* meta_export_json_account.c: the profile file as evidence of its own, and its names for other files. */
lm_err meta_profile(struct meta *m, uint64_t at);
lm_err meta_owner_names(struct meta *m, struct lm_str profile);

#endif
