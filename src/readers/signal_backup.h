/* signal_backup.h - what the files of the reader of Signal's backups (version 2) share. docs/readers/signal_backup.md has the rules. */
#ifndef LM_READERS_SIGNAL_BACKUP_H
#define LM_READERS_SIGNAL_BACKUP_H

#include "base/map.h"
#include "formats/json_out.h"
#include "formats/protobuf.h"
#include "lastmile/reader.h"
#include "readers/shared/signal_account.h"

/* --- the schema: names and numbers of fields, as signalapp publishes them (Backup.proto) --- */

enum sbk_type { /* how a value is written */
    SBK_BOOL,
    SBK_UINT,
    SBK_ENUM,
    SBK_FIXED32,
    SBK_FLOAT,
    SBK_STRING,
    SBK_BYTES,
    SBK_MESSAGE,
};

struct sbk_enum {
    const char *const *words;
    size_t n;
};

struct sbk_message;
struct sbk_field {
    uint32_t number;
    enum sbk_type type;
    bool has_member; /* of an event or an identifier, when the message is read for one: then it is no part of `raw` */
    bool list;       /* of any number of values */
    const char *name;
    const struct sbk_message *message;
    const struct sbk_enum *words;
};

struct sbk_message {
    const struct sbk_field *fields;
    size_t n;
};

extern const struct sbk_message sbk_backup_info, sbk_frame, sbk_group_update, sbk_chat_update, sbk_simple_update, sbk_individual_call, sbk_group_call;

/* NULL when the message has no field of this number that is known. */
const struct sbk_field *sbk_field_of(const struct sbk_message *m, uint32_t number);
/* The word for a value of field `number`; NULL when there is none. */
const char *sbk_word(const struct sbk_message *m, uint32_t number, uint64_t value);

/* The message as one JSON object, in the order of the wire: known fields by name, bytes in hexadecimal, whole numbers above 2^53 as
 * text, everything else under "unknown" (numbers) or "broken" (bytes that are no fields). members: leave out fields that have a
 * member of their own. False when something in it is broken. Nested deeper than SBK_MAX_DEPTH: bytes. */
#define SBK_MAX_DEPTH 24
bool sbk_json(struct lm_json_out *o, const struct sbk_message *m, struct lm_str bytes, bool members);

/* --- the reader --- */

#define SBK_MAX_RAW ((size_t)256 << 10)
#define SBK_MAX_LIST 4096

enum sbk_kind { SBK_UNKNOWN, SBK_CONTACT, SBK_GROUP, SBK_LIST, SBK_SELF, SBK_RELEASE_NOTES, SBK_CALL_LINK };

struct sbk_recipient {
    uint64_t id;
    enum sbk_kind kind;
    struct lm_account_ref account; /* of a contact */
    struct lm_str phone;           /* with '+' */
    struct lm_thread_ref thread;   /* its chat */
    struct lm_str members;         /* the message that lists them: GroupSnapshot or DistributionList */
    struct lm_account_ref *who;    /* members, once they are wanted */
    size_t n_who;
    bool who_known, who_partial;
};

struct sbk {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_account_ref owner;
    struct sbk_recipient *recipients;
    size_t n_recipients, cap_recipients;
    struct lm_map by_id, by_account, chats; /* "r<id>" → place; native id → place; "<id>" → place of the recipient */

    /* the frame in hand */
    struct lm_locator at;
    bool altered;
    const char *doubted;
    struct lm_buf raw;
};

/* Values of a message; false or {NULL, 0} when there is none. */
bool sbk_uint(struct lm_str m, uint32_t number, uint64_t *ret);
bool sbk_has(struct lm_str m, uint32_t number);

void sbk_doubt(struct sbk *s, const char *why); /* the first stays */
/* UTF-8 in arena a, or as it stands when it is already. */
lm_err sbk_text(struct sbk *s, struct lm_arena *a, struct lm_str bytes, struct lm_str *ret);
/* Milliseconds since 1970; 0: no time; a time that cannot be doubts the frame. */
struct lm_when sbk_when(struct sbk *s, uint64_t ms);
/* `raw` of the frame's message m. */
lm_err sbk_raw(struct sbk *s, const struct sbk_message *m, struct lm_str bytes, struct lm_str *ret);
lm_err sbk_emit(struct sbk *s, const struct lm_fact *facts, size_t n);
/* Room for one more in a list of the record arena; LM_ELIMIT at SBK_MAX_LIST, and then the frame is doubted. */
lm_err sbk_push(struct sbk *s, void **items, size_t n, size_t *cap, size_t size);

/* Frames of one kind: m is the message inside, raw what is kept of the frame. */
lm_err sbk_account(struct sbk *s, struct lm_str m, struct lm_str raw);
lm_err sbk_recipient(struct sbk *s, struct lm_str m, struct lm_str raw);
lm_err sbk_chat(struct sbk *s, struct lm_str m, struct lm_str raw);
lm_err sbk_item(struct sbk *s, struct lm_str m, struct lm_str raw);
lm_err sbk_ad_hoc_call(struct sbk *s, struct lm_str m, struct lm_str raw);

/* NULL when no frame before this one has it. */
struct sbk_recipient *sbk_find(struct sbk *s, uint64_t id);
struct sbk_recipient *sbk_find_chat(struct sbk *s, uint64_t chat);
/* By the 16 bytes of an ACI; an account that no frame names is made of the id alone. */
lm_err sbk_by_aci(struct sbk *s, struct lm_arena *a, struct lm_str aci, struct lm_account_ref *ret);
struct lm_account_ref sbk_account_of(const struct sbk *s, const struct sbk_recipient *r);
/* Members of a group or a list without the owner's own leg; the lists live with the file. */
lm_err sbk_members(struct sbk *s, struct sbk_recipient *r);

#endif
