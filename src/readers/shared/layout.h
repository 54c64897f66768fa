/* layout.h - what the columns of somebody's table mean: the map that a person writes, and the maps that come with the program.
 *
 * A map is a table itself: `column,means,format`, one line per column, '#' starts a comment (docs/maps.md has every word).
 * Columns are found by their header names, compared without case, blanks and punctuation; a '*' in a name stands for
 * anything. Several columns may mean the same: the first that says something counts. One column may have two
 * meanings: two lines. A line without a column states something of the whole file. A map is of calls and messages, or of
 * accounts: who somebody is and where he connected from.
 *
 * lifetime  a layout and its bindings live in the arena; texts point into the map's text
 * errors    LM_EINPUT with "row n" for a map that is wrong
 * test      tests/unit/test_layout.c
 */
#ifndef LM_READERS_SHARED_LAYOUT_H
#define LM_READERS_SHARED_LAYOUT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "model/words.h"
#include "readers/shared/cell.h"

#define LM_MEANINGS(X)                                                                                       \
    X(KEEP, "keep")              /* kept beside the record as traffic data: not content */                   \
    X(CONTENT, "content")        /* kept beside the record as content; also every column without a line */   \
    X(IGNORE, "ignore")                                                                                      \
    X(FROM, "from") X(TO, "to") X(OWNER, "owner") X(OTHER, "other")                                          \
    X(FROM_NAME, "from_name") X(TO_NAME, "to_name")                                                          \
    X(START, "start") X(START_DATE, "start_date") X(START_TIME, "start_time")                                \
    X(END, "end") X(END_DATE, "end_date") X(END_TIME, "end_time")                                            \
    X(ZONE, "zone") X(DURATION, "duration") X(DIRECTION, "direction") X(KIND, "kind") X(OUTCOME, "outcome")  \
    X(IMEI, "imei") X(IMSI, "imsi") X(CELL, "cell") X(ITEM, "item") X(ID, "id")                              \
    X(TEXT, "text") X(THREAD, "thread") X(LATITUDE, "latitude") X(LONGITUDE, "longitude")                    \
    /* of tables about accounts: whose row it is, what is known of it, where it connected from */            \
    X(ACCOUNT, "account") X(USERNAME, "username") X(NAME, "name") X(EMAIL, "email") X(PHONE, "phone")        \
    X(DEVICE, "device") X(IP, "ip") X(PORT, "port") X(CREATED, "created") X(CREATED_IP, "created_ip")        \
    X(LAST_SEEN, "last_seen")                                                                                \
    /* of the whole file, never of a column */                                                               \
    X(TITLE, "title") X(MATCH, "match") X(DATES, "dates") X(PLATFORM, "platform") X(NOTE, "note")

#define LM_E_MEANING(id, word) LM_MEANS_##id,
enum lm_meaning { LM_MEANINGS(LM_E_MEANING) LM_N_MEANINGS };
const char *lm_meaning_word(enum lm_meaning m);

/* What a word in a column of kind, outcome or direction says. */
enum lm_cell_value {
    LM_SAYS_NOTHING,
    LM_SAYS_CALL, LM_SAYS_MESSAGE, LM_SAYS_FORWARDED, LM_SAYS_VOICEMAIL, LM_SAYS_ATTEMPT, LM_SAYS_ANSWERED,
    LM_SAYS_DATA, LM_SAYS_OTHER, LM_SAYS_OUT, LM_SAYS_IN, LM_SAYS_LOGIN,
};

struct lm_layout_value {
    struct lm_str pattern; /* '*' stands for anything */
    enum lm_cell_value says;
};

struct lm_layout_column {
    struct lm_str name, key; /* key: as compared; of a name with '*' the pieces keep their stars */
    enum lm_meaning means;
    struct lm_str format;    /* as written */
    struct lm_cell_form moment;               /* moments */
    bool has_order;
    enum lm_cell_duration_form duration;      /* duration */
    const struct lm_layout_value *values;     /* kind, outcome, direction */
    size_t n_values;
    size_t next;             /* 1 + index of the next line with the same key; 0: none */
};

struct lm_layout {
    struct lm_str id, title, note;
    struct lm_layout_column *columns;
    size_t n;
    struct lm_map by_key;    /* key → index of the first line with it */
    const size_t *patterns;  /* the lines whose key has a '*' */
    size_t n_patterns;
    const struct lm_str *match; /* keys that the header must have for the map to be tried by itself; '*' as in names */
    size_t n_match;
    bool has_order;
    enum lm_cell_order order;
    struct lm_cell_zone zone; /* of moments that state none */
    enum lm_platform platform;
    enum lm_cell_value kind;  /* of rows whose kind no column says */
    bool of_accounts;         /* a table about accounts, not of calls or messages */
};

#define LM_LAYOUT_MAX_COLUMNS 512
#define LM_LAYOUT_MAX_BYTES ((size_t)32 << 10)

lm_err lm_layout_parse(struct lm_arena *a, struct lm_str id, struct lm_str text, struct lm_layout *ret, struct lm_error *e);

/* The maps in the binary whose path starts with prefix ("data/carriers/"). LM_ENOMEM, LM_EINTERNAL. */
lm_err lm_layouts_embedded(struct lm_arena *a, struct lm_str prefix, struct lm_layout **ret, size_t *ret_n);

/* --- a layout on one header row --- */

#define LM_BINDING_SAME 8 /* columns that mean the same */

struct lm_binding {
    const struct lm_layout *layout;
    struct lm_str *names;   /* of the columns, each once: a second "LAT" is "LAT (2)" */
    struct lm_str *keys;    /* the same as a member of JSON: "LAT": with quotes and colon */
    uint8_t *means;         /* per column: its first meaning; LM_MEANS_CONTENT without a line */
    uint8_t *in_map;        /* per column: 1 when a line names it */
    size_t n_columns;
    size_t matched, unknown, refused; /* refused: of a kind that no file may bring; IGNORE, whatever the map says */
    uint16_t at[LM_N_MEANINGS][LM_BINDING_SAME];   /* columns by meaning, in the map's order */
    uint16_t line[LM_N_MEANINGS][LM_BINDING_SAME]; /* the lines of the map they come from */
    uint8_t n_at[LM_N_MEANINGS];
    struct lm_cell_zone header_zone;               /* that the header of the moment states */
};

/* How many columns of the header the layout knows; 0: it is not this layout. `own`: it is not asked for its match lines,
 * since a person chose it. */
size_t lm_layout_fits(const struct lm_layout *l, const struct lm_str *cells, size_t n, bool own);
lm_err lm_layout_bind(struct lm_arena *a, const struct lm_layout *l, const struct lm_str *cells, size_t n,
                      struct lm_binding *ret);

/* "Conn. Time (UTC)" → "conntimeutc"; letters beyond ASCII stay; at most LM_LAYOUT_KEY bytes, "" when longer. */
#define LM_LAYOUT_KEY 96
struct lm_str lm_layout_key(struct lm_str header, char room[LM_LAYOUT_KEY]);

/* The first column of that meaning that says something; empty when none does. *ret_line (may be NULL): its line. */
struct lm_str lm_binding_cell(const struct lm_binding *b, enum lm_meaning m, const struct lm_str *cells, size_t n,
                              const struct lm_layout_column **ret_line);

/* What a cell's word says, by the line's list, or by common words where the line has none. */
enum lm_cell_value lm_layout_says(const struct lm_layout_column *line, struct lm_str cell);

/* ASCII case apart; '*' stands for anything. Linear in practice, |pattern| × |s| at worst. */
bool lm_layout_glob(struct lm_str pattern, struct lm_str s);

#endif
