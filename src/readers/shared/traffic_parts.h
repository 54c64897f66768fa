/* traffic_parts.h - inside the reader of call tables: its state, one row, and events that are being put together.
 *
 * traffic.c walks the table, traffic_row.c reads a row, traffic_group.c joins rows and sends them, traffic_owner.c finds out
 * whose records they are. traffic_account.c reads a row about an account and sends it, traffic_list.c the same from a list.
 */
#ifndef LM_READERS_SHARED_TRAFFIC_PARTS_H
#define LM_READERS_SHARED_TRAFFIC_PARTS_H

#include "base/map.h"
#include "formats/json_out.h"
#include "readers/shared/rows.h"
#include "readers/shared/traffic.h"

#define TRAFFIC_RAW_CEILING ((size_t)64 << 10)
#define TRAFFIC_SECTIONS 256
#define TRAFFIC_SURVEY_ROWS 20000

/* What is said about rows that are kept: each TRAFFIC_SAID times, then once with a number. */
#define TRAFFIC_SAID 20
enum traffic_doubt {
    DOUBT_NOTES, DOUBT_BYTES, DOUBT_QUOTES, DOUBT_FEW_CELLS, DOUBT_EXTRA_CELLS, DOUBT_EXCHANGED, DOUBT_SERIAL, DOUBT_ZONE,
    DOUBT_UNTIMED, DOUBT_ROUNDED, DOUBT_DURATION, DOUBT_KIND, DOUBT_DIRECTION, DOUBT_RAW, DOUBT_SAME, DOUBT_LEGS, DOUBT_PLACE,
    DOUBT_END, DOUBT_BOOK, DOUBT_VALUE, DOUBT_WHOSE, DOUBT_MANY, N_DOUBTS
};

/* One table of the file, from its header to the next. */
struct traffic_section {
    struct lm_str owner;   /* a number, or empty */
    unsigned orders;       /* that its dates allow: bits 1 << lm_cell_order */
    uint64_t rows;
    bool says_utc;         /* its headings say that times are UTC */
};

struct traffic_row {
    struct lm_event ev;
    struct lm_account_ref to;
    enum lm_cell_value kind;
    struct lm_str imei, imsi;
    struct lm_account_ref device_of;
    uint64_t digest;           /* messages: of all cells but the number of the row */
    struct lm_locator at;
    char from_room[LM_NUMBER_ROOM], to_room[LM_NUMBER_ROOM], owner_room[LM_NUMBER_ROOM];
};

#define TRAFFIC_LEGS 64
#define TRAFFIC_PENDING 32

struct traffic_group {
    struct lm_event ev;
    struct lm_account_ref to;
    enum lm_cell_value kind;
    uint64_t digest;
    struct lm_locator legs[TRAFFIC_LEGS];
    struct lm_str raw[TRAFFIC_LEGS];
    size_t n_legs;
    struct lm_str imei[4], imsi[4];
    struct lm_account_ref device_of[4];
    size_t n_devices;
};

struct traffic {
    struct lm_read *ctx;
    struct lm_sink *sink;
    const struct lm_layout *layouts;
    size_t n_layouts;
    bool own;
    struct lm_rows rows;
    struct lm_arena scratch;     /* of the row at hand */
    struct lm_binding bound;
    bool is_bound;
    struct traffic_section sections[TRAFFIC_SECTIONS + 1]; /* the last stands for all that are too many */
    size_t n_sections;
    bool surveying;
    size_t header_budget;        /* cells that may still be compared with headers */
    struct lm_buf raw, joined;   /* of the row at hand; of the event that is sent */
    struct traffic_group *pending;
    size_t n_pending;
    struct lm_map devices;       /* 'e' or 's', number → hash of the IMEI or IMSI seen last; hashes of what was said of accounts */
    struct traffic_device { char number[LM_NUMBER_ROOM], id[24]; size_t n_number, n_id; } seen[2]; /* the last of each */
    struct lm_account_ref last_account; /* of a list about accounts: whom the lines before are about */
    uint64_t doubts[N_DOUBTS];
    struct lm_locator doubt_at[N_DOUBTS]; /* the first that is only counted */
    uint64_t rejected, rejected_over, records;
    uint32_t sheet;
    uint64_t unread;             /* rows of the sheet at hand that stand under no header */
    struct lm_locator unread_at;
    struct lm_locator rejected_at;
};

/* The section at hand. */
static inline struct traffic_section *traffic_section(struct traffic *t)
{
    bool kept = t->n_sections != 0 && t->n_sections <= TRAFFIC_SECTIONS;
    return &t->sections[kept ? t->n_sections - 1 : TRAFFIC_SECTIONS];
}

/* Is this row the header of one of the layouts? Then it is bound, and a section begins. */
lm_err traffic_header(struct traffic *t, const struct lm_rows_row *row, bool *ret_is);
/* May this row be a header although it could be a record, too? In a table about accounts names would make one. */
bool traffic_header_first(const struct traffic *t, const struct lm_rows_row *row);
/* What is to be said of the section that begins. */
lm_err traffic_told_of_section(struct traffic *t, const struct lm_rows_row *row);

/* --- traffic_row.c --- */

/* What became of a row. */
enum traffic_what { TRAFFIC_RECORD, TRAFFIC_NOTE, TRAFFIC_UNREADABLE };
/* *ret lives until the next row. UNREADABLE: *ret_why is static text. LM_ENOMEM, or what the sink returned. */
lm_err traffic_read_row(struct traffic *t, const struct lm_rows_row *row, struct traffic_row *ret,
                        enum traffic_what *ret_what, const char **ret_why);
lm_err traffic_doubt(struct traffic *t, enum traffic_doubt what, const struct lm_locator *at);
lm_err traffic_tell_doubts(struct traffic *t);

/* What the columns of a moment say: START and END with their days and times of day, CREATED, LAST_SEEN. */
enum traffic_moment { TRAFFIC_NO_MOMENT, TRAFFIC_MOMENT, TRAFFIC_BAD_MOMENT };
enum traffic_moment traffic_moment(struct traffic *t, const struct lm_rows_row *row, enum lm_meaning whole, struct lm_cell_moment *ret);

/* --- traffic_account.c --- */

/* A row of a table about accounts: its records are sent at once. places: of each cell, NULL when all stand in the row. The
 * rest as for traffic_read_row. */
lm_err traffic_account_row(struct traffic *t, const struct lm_rows_row *row, const struct lm_locator *places,
                           enum traffic_what *ret_what, const char **ret_why);
/* Would that row be a record? */
bool traffic_account_is_record(struct traffic *t, const struct lm_rows_row *row);
/* The orders of dates that this row allows, for the section at hand. */
void traffic_account_orders(struct traffic *t, const struct lm_rows_row *row);

/* --- traffic_list.c --- */

/* A table about accounts whose names of columns stand one below the other, their values beside them.
 * traffic_list_fits: how many the best of the layouts knows; 0: none fits. rows: at their beginning. */
size_t traffic_list_fits(struct lm_arena *a, const struct lm_layout *l, size_t n, bool own, struct lm_rows *rows);
lm_err traffic_list(struct traffic *t);

/* --- traffic_group.c --- */
lm_err traffic_take(struct traffic *t, const struct traffic_row *row);
lm_err traffic_flush(struct traffic *t);

/* --- traffic_owner.c --- */

/* Reads the beginning of the file once and fills t->sections; then the rows begin again. */
lm_err traffic_survey(struct traffic *t);

#endif
