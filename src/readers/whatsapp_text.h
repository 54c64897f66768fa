/* whatsapp_text.h - what the files of the reader `whatsapp_text` share. Nothing else includes it.
 *
 * header  one line -> its style, its numbers, where the rest starts     (whatsapp_text_header.c)
 * phrases what the app itself writes: notices, attachments, calls        (whatsapp_text_phrases.c)
 * body    one body -> text of the person, attachment, place, flags       (whatsapp_text_body.c)
 * survey  the first pass: style, order of day and month, authors         (whatsapp_text_survey.c)
 * read    the second pass: records out; bid                              (whatsapp_text.c)
 * Rules in words: docs/readers/whatsapp_text.md.
 */
#ifndef LM_READERS_WHATSAPP_TEXT_H
#define LM_READERS_WHATSAPP_TEXT_H

#include "base/map.h"
#include "lastmile/reader.h"

/* --- lines --- */

/* The line that starts at `at`: ret_line without its end ("\n" or "\r\n"). Returns where the next line
 * starts. */
static inline size_t lm_wa_line(struct lm_str bytes, size_t at, struct lm_str *ret_line)
{
    const char *p = bytes.p + at;
    const char *nl = memchr(p, '\n', bytes.n - at);
    size_t n = nl != NULL ? (size_t)(nl - p) : bytes.n - at;
    size_t next = nl != NULL ? at + n + 1 : bytes.n;
    if (nl != NULL && n > 0 && p[n - 1] == '\r')
        n--;
    *ret_line = (struct lm_str){ p, n };
    return next;
}

/* Length of the white space (ASCII, no-break, thin, ideographic…) or invisible mark (bidi controls, BOM, zero
 * width) at the front of s; 0 for anything else. *ret_mark: it was a mark. */
size_t lm_wa_blank(struct lm_str s, bool *ret_mark);

/* s without white space and marks at both ends / at the end. */
struct lm_str lm_wa_trim(struct lm_str s);
struct lm_str lm_wa_trim_end(struct lm_str s);

/* A decimal digit at the front of s, of ASCII or another script: its value; 10 when there is none. */
unsigned lm_wa_digit(struct lm_str s);

/* --- header --- */

/* A style packs everything that is the same in every header line of one export: the numbers' widths are not
 * in it, except that a year of four digits is not one of two. */
enum {
    LM_WA_BRACKET = 1u << 0,    /* [date, time] */
    LM_WA_TIME_FIRST = 1u << 1, /* time, date */
    LM_WA_SEPARATOR = 3u << 2,  /* one of LM_WA_SLASH… */
    LM_WA_YEAR = 3u << 4,       /* place of the four-digit year << 4; 3: no number has four digits */
    LM_WA_NO_YEAR = 1u << 6,    /* "[13/6, 21:25] Name:": a pasted message, never a header of an export */
    LM_WA_SECONDS = 1u << 7,
    LM_WA_CLOCK = 3u << 8,       /* 0 ':', 1 '.', 2 'h' between hours and minutes */
    LM_WA_BEFORE = 1u << 10,     /* AM/PM word before the time */
    LM_WA_AFTER = 1u << 11,      /* AM/PM word after the time */
    LM_WA_COMMA = 1u << 12,      /* between date and time */
    LM_WA_DOT = 1u << 13,        /* "13. 6. 2018." */
    LM_WA_SPACED = 1u << 14,     /* "13. 6. 2018" */
    LM_WA_TAIL = 7u << 15,       /* one of LM_WA_CLOSED… */
    LM_WA_DIGITS = 1u << 18,     /* digits of another script */
    LM_WA_EAST_ASIAN = 1u << 19, /* AM/PM word of Chinese, Japanese or Korean */
    LM_WA_WORD_SHIFT = 20,       /* 12 bits: hash of a word between date and time ("klo", "às") */
};
enum { LM_WA_SLASH = 0u << 2, LM_WA_PERIOD = 1u << 2, LM_WA_HYPHEN = 2u << 2, LM_WA_IDEOGRAPH = 3u << 2 };
enum {
    LM_WA_CLOSED = 0u << 15, /* "] " */
    LM_WA_DASH = 1u << 15,   /* " - ", also with the other dashes */
    LM_WA_COLON = 2u << 15,  /* ": " */
    LM_WA_COMMA_TAIL = 3u << 15,
    LM_WA_BARE = 4u << 15, /* a space only: a header only when a name, a mark or a known notice follows */
};

struct lm_wa_header {
    uint32_t style;
    uint16_t v[3]; /* the numbers of the date as they stand */
    uint8_t w[3];  /* how many digits each has */
    uint8_t hour;  /* 24 h; 255 when AM and the hour contradict each other */
    uint8_t minute, second;
    uint8_t period; /* the day period that the hour was turned by (private to the header scanner) */
    size_t rest;    /* offset in the line of what follows the header */
};

/* Whether the line starts like a message of some export. O(length of the header); false for most lines after
 * one byte. A date or time that cannot be is still a header: the caller rejects the record. */
bool lm_wa_header_parse(struct lm_str line, struct lm_wa_header *ret);

/* The same, faster on many lines of one style, but *ret is touched in any case. Remembers the bytes around
 * the digits of the last headers that it saw, and falls back to the scanner when a line differs from them.
 * Zeroed, with `style` set, before the first line. */
#define LM_WA_SHAPES 4 /* AM and PM, with and without a mark in front */
#define LM_WA_SHAPE_BYTES 48

struct lm_wa_shape {
    struct lm_wa_header h;
    uint8_t n_runs;     /* of digits: 5 or 6 */
    uint8_t run_max[6]; /* 4 for a year, else 2 */
    uint8_t run_min[6];
    uint8_t literal_n[7]; /* bytes before the first run, between runs, behind the last */
    char literal[LM_WA_SHAPE_BYTES];
    /* The same header with exactly these widths: in every byte, (line ^ want) & mask must be 0. */
    uint8_t run_at[6], run_n[6];
    uint64_t want[LM_WA_SHAPE_BYTES / 8], mask[LM_WA_SHAPE_BYTES / 8];
};

struct lm_wa_shapes {
    uint32_t style;
    unsigned n, next;
    struct lm_wa_shape shapes[LM_WA_SHAPES];
};
bool lm_wa_header_next(struct lm_wa_shapes *shapes, struct lm_str line, struct lm_wa_header *ret);

/* Splits "Name: body". False when there is no name: then the line was written by the app. ret_author is
 * trimmed; ret_body is the offset in rest. */
bool lm_wa_author_split(struct lm_str rest, struct lm_str *ret_author, size_t *ret_body);

/* --- what the app writes --- */

struct lm_wa_notice {
    enum lm_event_kind kind; /* CALL, GROUP_CHANGE, OTHER; MESSAGE for "this message was deleted" */
    unsigned flags;          /* LM_EVENT_ATTEMPT, LM_EVENT_DELETED */
    const char *word;        /* "member_added"…; NULL when the source's own text is the word */
    struct lm_str actor;     /* name before the verb; empty when the notice names none */
    bool by_owner;           /* "You …": the owner of the export did it */
    bool group;              /* says that the chat is a group */
    bool english;
    int64_t duration_s; /* calls; -1 */
};

/* text: one body or one line without a name. by_app: certainly not typed by a person (no name before it, or
 * marked); otherwise only "this message was deleted" counts: Android writes it without a mark. */
bool lm_wa_notice_find(struct lm_str text, bool by_app, struct lm_wa_notice *ret);

/* A filter over first byte and length, so that ordinary bodies cost nothing. */
struct lm_wa_filter {
    uint64_t firsts[32], lasts[32]; /* [byte & 31] bit length; longer phrases set bit 63 */
};
void lm_wa_filter_init(struct lm_wa_filter *f);
bool lm_wa_filter_may(const struct lm_wa_filter *f, struct lm_str text);

/* "Media omitted", "imagen omitida"…: the whole of text, without its marks and brackets. */
bool lm_wa_is_omitted(struct lm_str text);
/* "file attached", "Datei angehängt"…: the words in the brackets. */
bool lm_wa_is_attached(struct lm_str text);
/* "This message was edited"…: the words in the brackets. */
bool lm_wa_is_edited(struct lm_str text);

/* --- body --- */

struct lm_wa_body {
    struct lm_str text; /* what the person wrote, as written */
    unsigned flags;
    bool has_attachment, has_place, has_notice;
    struct lm_attachment attachment;
    double latitude, longitude;
    struct lm_wa_notice notice; /* has_notice: the app wrote it in the person's place */
    struct lm_str notice_text;  /* trimmed */
};

/* Takes a body apart. Slices point into raw. What the caller knows saves time:
 * one_line  raw holds no '\n'; may_hold_mark  raw may hold U+200E, the app's mark. */
void lm_wa_body_read(struct lm_str raw, bool one_line, bool may_hold_mark, const struct lm_wa_filter *f,
                     struct lm_wa_body *ret);

/* --- survey --- */

struct lm_wa_order {
    uint8_t year, month, day; /* place of each in v[] */
};

enum lm_wa_told {
    LM_WA_TOLD,          /* by a value above 12 or above 31, or by a leading year */
    LM_WA_TOLD_BY_TIMES, /* in this order times run forward, in the other they do not */
    LM_WA_NOT_TOLD,      /* days first, for want of better */
    LM_WA_GUESSED_US,    /* months first: English notices and dates of the form M/D/YY, as the U.S.
                            writes */
};

#define LM_WA_AUTHORS_MAX 4096

struct lm_wa_author {
    struct lm_str raw;    /* in the input, trimmed */
    struct lm_str longer; /* up to the second ": " when every line of this author has the same; else empty */
    uint64_t n_lines;     /* lines that start with this name */
    uint64_t n_messages;  /* of those, written by a person */
    uint64_t first_offset;
    bool notice; /* not a name but the start of a notice that holds ": " */
    struct lm_account_ref ref;
};

struct lm_wa_survey {
    uint32_t style;
    uint64_t n_headers;
    size_t first_header; /* offset */
    struct lm_wa_order order;
    enum lm_wa_told told;
    bool group;   /* notices say so */
    bool english; /* notices are English */
    struct lm_map author_index;
    struct lm_wa_author *authors;
    size_t n_authors, authors_cap;
    bool authors_overflow;
    struct lm_wa_author *recent[8]; /* a cache in front of the index */
};

/* NULL when the name is not in the survey. */
struct lm_wa_author *lm_wa_author_find(struct lm_wa_survey *s, struct lm_str name);

/* Style of the first header line, or of most lines when the first line is no header. */
struct lm_wa_style_choice {
    uint32_t style;
    uint64_t n_headers; /* lines of that style among those looked at */
    uint64_t n_lines;
    size_t first_header;
    bool first_line; /* the first line that is not blank is a header of that style */
};
bool lm_wa_style_choose(struct lm_str bytes, struct lm_wa_style_choice *ret);

/* Whether a line of the given style is a header, once its rest is looked at (bare style). */
bool lm_wa_header_counts(const struct lm_wa_header *h, struct lm_str line);

/* Days since 1970 of the numbers in that order; false when there is no such day. Two digits are 20xx;
 * *ret_buddhist: the year was of the Buddhist era (2552 = 2009). */
bool lm_wa_day(const uint16_t v[3], struct lm_wa_order o, int32_t *ret, bool *ret_buddhist);

/* First pass. LM_EINPUT when no line is a header (nothing is filled then), LM_ENOMEM. */
lm_err lm_wa_survey_run(struct lm_read *ctx, const struct lm_wa_filter *f, struct lm_wa_survey *ret);

/* --- thread --- */

struct lm_wa_thread {
    enum lm_thread_kind kind;
    struct lm_str title;                /* from the path; empty when it has none */
    const struct lm_wa_author *pair[2]; /* the two who write, when there are two */
    bool stranger;                      /* two write, and the title names neither: perhaps a group */
};

/* "Jane Roe" of "WhatsApp Chat with Jane Roe.txt" or "WhatsApp Chat - Jane Roe.zip/_chat.txt"; empty when the
 * path does not follow such a pattern. */
struct lm_str lm_wa_title(struct lm_str path);
lm_err lm_wa_thread_init(struct lm_read *ctx, const struct lm_wa_survey *s, struct lm_wa_thread *ret);
/* The other person of a direct chat; NULL in any other. */
const struct lm_account_ref *lm_wa_other_end(const struct lm_wa_thread *t, const struct lm_wa_author *from);

/* --- names and text --- */

/* Account of a name as written: a phone number becomes native. Text that is not UTF-8 is repaired. */
lm_err lm_wa_account(struct lm_arena *a, struct lm_str name, struct lm_account_ref *ret);

/* Copy with "\r\n" as "\n", and U+FFFD for every byte that is not UTF-8 and for NUL; counts those. p = NULL
 * when there is no memory. */
struct lm_str lm_wa_repair(struct lm_arena *a, struct lm_str s, uint64_t *ret_altered);
/* Whether all of s is UTF-8 without NUL. *ret_mark (may be NULL): U+200E is in it; true as well when s is not
 * clean. */
bool lm_wa_is_clean(struct lm_str s, bool *ret_mark);

#endif
