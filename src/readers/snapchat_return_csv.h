/* snapchat_return_csv.h - inside the reader of Snapchat's returns; used by snapchat_return_csv*.c only.
 *
 * docs/readers/snapchat_return_csv.md says which column lands where and what a record is.
 */
#ifndef LM_READERS_SNAPCHAT_RETURN_CSV_H
#define LM_READERS_SNAPCHAT_RETURN_CSV_H

#include "formats/json_out.h"
#include "lastmile/reader.h"
#include "readers/operation_csv_table.h"
#include "readers/shared/snapchat.h"

#define SNAP_MAX_RAW ((size_t)64 << 10)
#define SNAP_MAX_LEGS 256
#define SNAP_MAX_PENDING 256
#define SNAP_MAX_MEDIA 4096

/* What the rows of a section are. */
enum snap_kind {
    SNAP_MESSAGE, SNAP_REPORTED, SNAP_CALL, SNAP_CALL_MEMBER, SNAP_THREAD, SNAP_FRIEND, SNAP_SUBSCRIBER, SNAP_CHANGE, SNAP_PROFILE,
    SNAP_IP, SNAP_GEO, SNAP_SETTING, SNAP_MEDIA, SNAP_NOTICE, SNAP_OTHER, SNAP_N_KINDS
};

/* What a column means in a section of its kind. */
enum snap_role {
    SNAP_NONE, /* kept in raw */
    SNAP_TIME, SNAP_END, SNAP_ID, SNAP_THREAD_ID, SNAP_TITLE, SNAP_FROM, SNAP_FROM_ID, SNAP_TO, SNAP_TO_ID, SNAP_MEMBERS, SNAP_MEMBER_IDS,
    SNAP_TEXT, SNAP_FILES, SNAP_DETAIL, SNAP_REPLY, SNAP_ONE_ON_ONE, SNAP_ADDRESS, SNAP_LATITUDE, SNAP_LONGITUDE, SNAP_USERNAME,
    SNAP_USER_ID, SNAP_EMAIL, SNAP_EMAIL_2, SNAP_PHONE, SNAP_PHONE_2, SNAP_PHONE_3, SNAP_NAME, SNAP_DURATION, SNAP_OUTCOME, SNAP_OLD,
    SNAP_NEW, SNAP_ACTION, SNAP_N_ROLES
};

struct snap_section {
    enum snap_kind kind;
    size_t n;                   /* columns */
    const struct lm_str *names; /* as written, terminated */
    uint8_t *role;
    bool *raw, *traffic, *refused; /* per column: goes to raw; is known not to be content; may not be brought */
    uint16_t at[SNAP_N_ROLES];  /* 1 + column; 0: none */
    struct lm_str header;       /* its bytes in the input */
};

/* What is said about rows that are kept: each SNAP_SAID times, then once with a number. */
#define SNAP_SAID 20
enum snap_doubt { SNAP_D_NOTES, SNAP_D_CELLS, SNAP_D_TIME, SNAP_D_QUOTES, SNAP_D_RAW, SNAP_D_LIST, SNAP_D_PLACE, SNAP_N_DOUBTS };

struct snap_pending {
    struct lm_event ev;
    struct lm_account_ref *to;
    size_t cap_to;
    struct lm_locator *records;
    size_t n_records, cap_records;
    struct lm_str *raws; /* one per record, while they differ */
    bool repeated;       /* a row that repeats one of the message's legs: an entry of its own, so that the store can tell */
};

struct snap {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_table table;
    struct lm_str stem; /* "call_logs" of ".../call_logs.csv" */
    struct lm_account_ref owner;
    struct snap_section section, member;
    struct lm_arena spare, *a; /* a: what is in hand and what waits, in ctx->record or in spare by turns */

    /* the row in hand */
    const struct lm_str *cells;
    size_t n_cells;
    struct lm_locator at;
    uint64_t end;
    bool altered;
    uint64_t odd_roles; /* bit per role: its text goes to raw as well, because it could not be used */
    bool content;       /* a column that nobody knows is not empty */
    struct lm_buf raw;
    struct lm_json_out out;

    struct snap_pending *pending; /* SNAP_MAX_PENDING of them */
    size_t n_pending;
    bool told_refused;
    uint64_t records, sections;
    uint64_t doubts[SNAP_N_DOUBTS];
    struct lm_locator doubt_at[SNAP_N_DOUBTS];
};

/* --- snapchat_return_csv_columns.c --- */

/* How many of the names a section of Snapchat's would have; for bid(). */
int snap_known_columns(const struct lm_str *cells, size_t n);
/* What the header says; the arrays live in a. members: the persons of a call. LM_ENOMEM. */
lm_err snap_section_read(struct lm_arena *a, struct lm_str stem, bool members, const struct lm_str *cells, size_t n,
                         struct snap_section *ret);
/* The header of the persons of a call? */
bool snap_is_member_header(const struct lm_str *cells, size_t n);

/* --- snapchat_return_csv_row.c --- */

/* One data row of the section; s->cells are text. */
lm_err snap_row(struct snap *s, const struct snap_section *section);
/* Sends what waits for further rows of the same event. */
lm_err snap_flush(struct snap *s);
/* The same, and moves the row in hand to the other arena, so that this one can be emptied. */
lm_err snap_turn(struct snap *s);
lm_err snap_doubt(struct snap *s, enum snap_doubt what);
/* Room for one more in a list of the record arena, zeroed. */
lm_err snap_push(struct snap *s, void **items, size_t n, size_t *cap, size_t size);

/* --- snapchat_return_csv_message.c --- */

lm_err snap_message(struct snap *s, const struct snap_section *section);
lm_err snap_call(struct snap *s, const struct snap_section *section);
lm_err snap_call_member(struct snap *s, const struct snap_section *section);
lm_err snap_thread(struct snap *s, const struct snap_section *section);

/* Of the row in hand. */
struct lm_str snap_cell(const struct snap *s, const struct snap_section *section, enum snap_role role);
/* The moment of a role; a text that is none stays in raw and the row is doubted. */
lm_err snap_when(struct snap *s, const struct snap_section *section, enum snap_role role, struct lm_when *ret);
/* Cells without a member as one JSON object in the record arena; sets s->content. LM_ENOMEM. */
lm_err snap_raw(struct snap *s, const struct snap_section *section, struct lm_str *ret);
lm_err snap_files(struct snap *s, struct lm_str list, const struct lm_attachment **ret, size_t *ret_n);

#endif
