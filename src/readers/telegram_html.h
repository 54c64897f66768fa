/* telegram_html.h - inside the reader of Telegram Desktop's HTML export; used by telegram_html*.c only.
 *
 * docs/readers/telegram_html.md says what is read from which element. A page is walked once; while a message's element is
 * open, the texts of the elements in it are gathered by their class words, each in a field of its own.
 */
#ifndef LM_READERS_TELEGRAM_HTML_H
#define LM_READERS_TELEGRAM_HTML_H

#include "formats/html.h"
#include "formats/json_out.h"
#include "lastmile/reader.h"

#define TGH_FIELD_BYTES ((size_t)1 << 20) /* of one field */
#define TGH_MAX_ITEMS 256                 /* attachments, reactions, details of one record */

enum tgh_field {
    TGH_NOTHING,   /* inside an element whose text is not wanted */
    TGH_CHAT,      /* the page's heading */
    TGH_FROM,
    TGH_TEXT,
    TGH_SERVICE,
    TGH_SIGNATURE,
    TGH_FORWARDED,
    TGH_REPLY,
    TGH_TITLE,     /* of a medium */
    TGH_STATUS,
    TGH_DESCRIPTION,
    TGH_EMOJI,
    TGH_COUNT,
    TGH_QUESTION,
    TGH_ANSWER,
    TGH_VOTES,
    TGH_NAME,      /* of an entry of a list */
    TGH_INFO,
    TGH_DETAIL,
    TGH_FIELDS,
};

/* What one message or one entry of a list says. */
struct tgh_record {
    bool is_message, service, joined, ruler, in_forward;
    uint64_t at;
    uint32_t depth;
    unsigned oddities;
    bool cut;
    struct lm_str id, when, forwarded_when, reply_to, place; /* in the record arena */
    struct lm_str field[TGH_FIELDS];
    struct lm_attachment *attachments;
    size_t n_attachments;
    struct lm_reaction *reactions;
    size_t n_reactions;
    struct lm_str *lines[3]; /* answers, votes, details */
    size_t n_lines[3];
    struct lm_str *links;
    size_t n_links;
};

struct tgh {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_html *html;
    struct lm_str chat, thread;      /* in the file arena */
    char from[512], ruler[128];      /* of the message before: a joined one inherits the first; the day of service messages */
    size_t from_n, ruler_n;
    uint64_t records;
    bool history_seen;               /* an element that holds messages or entries, perhaps none */
    struct {
        enum tgh_field field;
        uint32_t depth;
    } open[16]; /* fields whose element is open, innermost last */
    size_t n_open;
    struct lm_buf gathered[TGH_FIELDS];
    struct tgh_record r;
};

/* telegram_html_record.c: makes an entry of what was gathered. end: the offset behind the record's element. */
lm_err tgh_emit(struct tgh *t, uint64_t end);

#endif
