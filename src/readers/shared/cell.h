/* cell.h - what a cell of somebody's table means: moments, durations, telephone numbers.
 *
 * Nothing is guessed in silence: what could be read in two ways, or was rounded by a spreadsheet program, is said in the
 * result. All functions look at one cell, allocate nothing and accept any bytes.
 *
 * test  tests/unit/test_cell.c
 */
#ifndef LM_READERS_SHARED_CELL_H
#define LM_READERS_SHARED_CELL_H

#include "base/str.h"
#include "model/when.h"

/* --- moments --- */

enum lm_cell_order { LM_ORDER_MDY, LM_ORDER_DMY, LM_ORDER_YMD };
enum lm_cell_epoch { LM_EPOCH_NONE, LM_EPOCH_UNIX_S, LM_EPOCH_UNIX_MS, LM_EPOCH_UNIX_US };

struct lm_cell_zone {
    enum { LM_CELL_ZONE_NONE, LM_CELL_ZONE_UTC, LM_CELL_ZONE_OFFSET, LM_CELL_ZONE_UNKNOWN } state;
    int32_t offset_s;
};

/* "UTC", "Z", "GMT", "-06:00", "UTC-6", and the abbreviations of the United States that name one offset (EST, MDT …).
 * UNKNOWN: a word that names none ("Eastern", "ET", "local"). False: not a word for a zone. */
bool lm_cell_zone(struct lm_str s, struct lm_cell_zone *ret);
/* The zone named anywhere between brackets, or as the last word: "Conn. Time (UTC)", "Start Time UTC". */
struct lm_cell_zone lm_cell_zone_of_header(struct lm_str header);

struct lm_cell_form {
    enum lm_cell_order order; /* of dates in figures; a year of four figures in front decides for itself */
    enum lm_cell_epoch epoch;
    struct lm_cell_zone zone; /* where the cell states none */
};

struct lm_cell_moment {
    struct lm_when when;
    bool timed;       /* false: a day without a time of day; when is NONE */
    bool serial;      /* a spreadsheet's day number was read */
    bool exchanged;   /* day and month could be exchanged: both are at most 12 and differ */
    bool zone_unread; /* a zone is named that is no one offset: when is LOCAL */
};

/* date: "03/01/2025", "3/1/25", "2025-03-01", "20250301", "1-Mar-2025", "Mar 1, 2025", 45717 (a spreadsheet's day number), each
 * with a time and a zone behind it or not. time: empty, or a cell with the time: "10:15:23", "10:15 PM MST", "101523", 0.4274.
 * False: not a moment. */
bool lm_cell_moment(struct lm_str date, struct lm_str time, const struct lm_cell_form *form, struct lm_cell_moment *ret);

/* Which orders a date in figures allows: bits 1 << lm_cell_order; 7 when it says nothing. */
unsigned lm_cell_orders(struct lm_str date);

/* --- durations --- */

enum lm_cell_duration_form {
    LM_DURATION_AUTO,    /* 135, 2:15, 0:02:15, "2m 15s" */
    LM_DURATION_SECONDS,
    LM_DURATION_MINUTES,
    LM_DURATION_MS,
};
enum lm_cell_said { LM_SAID_NOTHING, LM_SAID_VALUE, LM_SAID_NONSENSE };

/* Whole seconds, rounded down. NOTHING: empty, -1, "N/A" and the like. */
enum lm_cell_said lm_cell_duration(struct lm_str s, enum lm_cell_duration_form form, int64_t *ret_s);

/* --- numbers of telephones --- */

/* Empty, -1, "N/A", "unknown", "null" … Asked of every cell; most begin with a figure, and say something. */
bool lm_cell_word_says_nothing(struct lm_str s);
static inline bool lm_cell_says_nothing(struct lm_str s)
{
    return (s.n == 0 || s.p[0] < '0' || s.p[0] > '9') && lm_cell_word_says_nothing(s);
}

enum lm_cell_number_kind {
    LM_NUMBER_NONE,    /* the cell says nothing, or that it will not say: "Restricted", "Anonymous" */
    LM_NUMBER_PHONE,   /* digits with what people write between them, short codes and star codes too */
    LM_NUMBER_ADDRESS, /* an e-mail address (texts sent through a gateway) */
    LM_NUMBER_ROUNDED, /* 1.30356E+10: digits are lost */
    LM_NUMBER_WORD,    /* something else: a name */
};

struct lm_cell_number {
    enum lm_cell_number_kind kind;
    struct lm_str value; /* into the cell, or into `room` */
    bool marked;         /* (D) and the like stood beside it, or other numbers: the cell says more than value */
};

#define LM_NUMBER_ROOM 48
/* Several numbers in one cell ("13035550101(F) 3035550102(D)"): the first without a mark, else the first. "tel:" and
 * "sip:…@host" are taken off; scientific notation that lost nothing is written out. */
struct lm_cell_number lm_cell_number(struct lm_str s, char room[LM_NUMBER_ROOM]);

bool lm_cell_same_digits(struct lm_str a, struct lm_str b);

/* The same number, one perhaps with the country code 1 or a plus in front? Most that are not differ in the last digit. */
static inline bool lm_cell_same_number(struct lm_str a, struct lm_str b)
{
    if (a.n == 0 || b.n == 0)
        return a.n == b.n;
    char x = a.p[a.n - 1], y = b.p[b.n - 1];
    bool differ = x != y && x >= '0' && x <= '9' && y >= '0' && y <= '9';
    return !differ && (lm_str_eq(a, b) || lm_cell_same_digits(a, b));
}

/* "1.3035550101E10" → "13035550101". False: not scientific notation. *ret_lost: it has fewer figures than the number. */
bool lm_cell_plain_digits(struct lm_str s, char room[LM_NUMBER_ROOM], struct lm_str *ret, bool *ret_lost);

#endif
