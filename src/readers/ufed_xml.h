/* ufed_xml.h - inside the reader of Cellebrite Physical Analyzer's report.xml; used by ufed_xml*.c only.
 *
 * docs/readers/ufed_xml.md says what a record is and what is made of each model. A `<model>` is read into a small
 * tree; a Chat is not: its header is a tree, its messages are read one by one. */
#ifndef LM_READERS_UFED_XML_H
#define LM_READERS_UFED_XML_H

#include "base/map.h"
#include "formats/xml.h"
#include "lastmile/reader.h"

#define UF_MAX_RAW ((size_t)64 << 10)       /* of one record */
#define UF_MAX_PARTS ((size_t)1 << 18)      /* fields, values and models of one record */
#define UF_MAX_FIELDS 512                   /* of one model */
#define UF_MAX_RECORD ((size_t)128 << 20)   /* bytes of text of one record */
#define UF_MAX_LEGS 1024
#define UF_MAX_FACTS 4096
#define UF_MAX_OWNERS 1024                  /* accounts of the phone's owner that are told of */

struct uf_value {
    struct lm_str text;
    struct uf_value *next;
};

struct uf_field {
    struct lm_str name;
    struct lm_str format; /* of the first value: "TimeStampKnown", "Base64String"; mostly empty */
    struct uf_value *values, *last_value;
    struct uf_model *models, *last_model;
    struct lm_str length; /* of a dataField's source */
    bool used;            /* an event has it in a member of its own */
    struct uf_field *next;
};

struct uf_model {
    struct lm_str type, id, deleted, confidence, source_index, extraction, carved, file_id;
    uint64_t at, end;
    struct uf_field *fields, *last_field;
    size_t n_fields;
    struct uf_model *next;
};

/* What reading one tree may take, and what was odd in it. */
struct uf_tree {
    struct lm_arena *a;
    size_t parts, bytes;
    bool over, swallowed;
    unsigned oddities;
};

struct uf_tally {
    const char *what;
    uint64_t n, first;
};

enum uf_count {
    UF_TAGGED_FILES,
    UF_EXTRA_INFOS,
    UF_DEVICE_ITEMS,
    UF_SECTIONS,
    UF_SECRETS,
    UF_LATE_FIELDS,
    UF_N_COUNTS,
};

struct uf {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_xml *x;
    uint64_t base;          /* offset of what x reads */
    struct lm_arena chat_a; /* the header of the chat in hand: lives longer than one message */
    struct uf_model *chat;  /* NULL: not in a chat */
    struct lm_account_ref *members; /* of that chat; in chat_a */
    size_t n_members;
    struct lm_buf raw;
    struct lm_map owners;   /* (platform, id) of the phone's owner, as far as told */
    uint64_t records;
    bool decoded_seen;      /* a place where records stand was there */
    bool device_info;       /* in the metadata about the device */
    struct uf_tally counts[UF_N_COUNTS];

    /* for going on after damage */
    uint64_t record_at;                   /* of the record in hand; UINT64_MAX: none */
    size_t record_indent, message_indent; /* blanks before the last such record; SIZE_MAX: it began no line */
    bool resumed;
    uint64_t budget;                      /* bytes that may be read a second time */
};

/* One record that becomes one entry. facts[0] is kept for the event. */
struct uf_record {
    struct uf *u;
    struct uf_model *m;
    struct uf_tree *tree;
    struct lm_fact *facts;
    size_t n, cap;
    const char *doubted; /* static; the first reason stays */
};

lm_err uf_no_memory(struct uf *u);
void uf_doubt(struct uf_record *r, const char *why);
void uf_count(struct uf *u, enum uf_count what, uint64_t at);

/* --- ufed_xml_model.c: trees --- */
/* open is the OPEN of a `<model>` or of a field of one; reads to its CLOSE. */
lm_err uf_read_model(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct uf_model **ret);
lm_err uf_read_field(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct uf_model *m);
lm_err uf_begin_model(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct uf_model **ret);
/* The text of the element that open began, in the tree's arena. */
lm_err uf_read_text(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct lm_str *ret);
struct uf_field *uf_find(const struct uf_model *m, const char *name);
/* First value, trimmed; empty when there is none. _take: it need not be in raw. */
struct lm_str uf_text(const struct uf_model *m, const char *name);
struct lm_str uf_take(struct uf_model *m, const char *name);
/* The first model of a field, or NULL. */
struct uf_model *uf_sub(const struct uf_model *m, const char *name);
bool uf_is(struct lm_str s, const char *word); /* without regard to ASCII case */

/* --- ufed_xml_raw.c: what no member of an event holds, as JSON --- */
lm_err uf_raw(struct uf_record *r, struct lm_str *ret);

/* --- ufed_xml_party.c: who --- */
struct uf_app { /* where a record comes from */
    enum lm_platform platform;
    struct lm_str source; /* as written */
};
struct uf_app uf_app(struct lm_str source);
lm_err uf_account(struct uf_record *r, struct uf_app app, struct lm_str native, struct lm_str display, bool owner,
                  struct lm_account_ref *ret);
lm_err uf_party(struct uf_record *r, struct uf_app app, struct uf_model *party, struct lm_account_ref *ret);
bool uf_is_owner(const struct uf_model *party);
bool uf_same(const struct lm_account_ref *a, const struct lm_account_ref *b);
struct lm_account_ref uf_owner(struct uf_app app);
lm_err uf_identifier(struct uf_record *r, const struct lm_account_ref *account, enum lm_identifier_type type,
                     struct lm_str value, const char *basis, struct lm_when at);
struct uf_told { /* how a contact's identifiers are told */
    const char *basis;
    struct lm_when at;
    struct lm_str native; /* empty: one of the entries */
    bool owner;
};
/* Identifiers of a Contact or UserAccount, and the account that they are of: form NONE when nothing names one. */
lm_err uf_contact_identifiers(struct uf_record *r, struct uf_model *contact, struct uf_app app, const struct uf_told *told,
                              struct lm_account_ref *ret);

/* --- ufed_xml_event.c, ufed_xml_other.c: records --- */
struct lm_when uf_when(struct uf_record *r, struct uf_model *m, const char *name);
lm_err uf_place(struct uf_record *r, struct uf_model *m, struct lm_event *ev);
void uf_deleted(const struct uf_model *m, struct lm_event *ev);
lm_err uf_attachments(struct uf_record *r, struct uf_model *m, struct lm_event *ev);
lm_err uf_body(struct uf_record *r, struct uf_model *m, const char *name, struct lm_str *ret);
/* Both ends from a list of parties with roles, and a word that says which way it went ("Incoming", "Sent"). */
lm_err uf_parties(struct uf_record *r, struct uf_app app, const char *name, struct lm_str direction, struct lm_event *ev);
lm_err uf_thread(struct uf_record *r, const struct uf_model *chat, struct lm_thread_ref *ret);

lm_err uf_chat(struct uf_record *r, struct lm_event *ev);
lm_err uf_message(struct uf_record *r, struct lm_event *ev);
lm_err uf_sms(struct uf_record *r, struct lm_event *ev);
lm_err uf_email(struct uf_record *r, struct lm_event *ev);
lm_err uf_call(struct uf_record *r, struct lm_event *ev);
lm_err uf_contact(struct uf_record *r, struct lm_event *ev);
lm_err uf_user_account(struct uf_record *r, struct lm_event *ev);
lm_err uf_location(struct uf_record *r, struct lm_event *ev);
lm_err uf_transfer(struct uf_record *r, struct lm_event *ev);
lm_err uf_any(struct uf_record *r, struct lm_event *ev);

#endif
