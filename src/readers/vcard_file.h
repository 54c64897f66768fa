/* vcard_file.h - inside the reader of vCard files: the text of one card, property by property.
 *
 * RFC 6350 (4.0), RFC 2426 (3.0), versit vCard 2.1. One property is one logical line: physical lines that begin
 * with a blank or a tab continue it, and in QUOTED-PRINTABLE those after a trailing '='. Pictures (base64) are
 * passed over without a copy.
 *
 * ownership  slices point into the input or into the record arena
 * memory     at most VCARD_MAX_LINE bytes copied per property
 * test       tests/fixtures/vcard_file/ */
#ifndef LM_READERS_VCARD_FILE_H
#define LM_READERS_VCARD_FILE_H

#include "base/arena.h"
#include "base/err.h"

#define VCARD_MAX_LINE ((size_t)64 << 10)

enum vcard_property {
    VCARD_FN,
    VCARD_N,
    VCARD_NICKNAME,
    VCARD_ORG,
    VCARD_TEL,
    VCARD_EMAIL,
    VCARD_HANDLE,         /* IMPP, X-AIM, X-SKYPE-USERNAME, …: the value is a handle or a URI with one */
    VCARD_ANDROID_CUSTOM, /* a row of Android's contacts database: type;value;… */
    VCARD_STRUCTURE,      /* says nothing of a person, or is a picture or a key: passed over */
    VCARD_NOT_KEPT,       /* known, and not an identifier */
    VCARD_UNKNOWN,
};

enum { /* bits of vcard_card.odd: what in the card is not kept as it is written */
    VCARD_ODD_LINE = 1,      /* no property */
    VCARD_ODD_ESCAPE = 2,    /* QUOTED-PRINTABLE that is not */
    VCARD_ODD_CHARSET = 4,   /* a character set that is not read */
    VCARD_ODD_BYTES = 8,     /* not text in its character set */
    VCARD_ODD_LONG = 16,     /* longer than VCARD_MAX_LINE */
    VCARD_ODD_ENCODED = 32,  /* an identifier in base64 */
    VCARD_ODD_TEL = 64,      /* a tel: URI with parameters of its own */
    VCARD_ODD_MANY = 128,    /* more identifiers than a card may have */
};

struct vcard_card {
    struct lm_str rest;  /* of the card's body, not yet read */
    struct lm_arena *a;  /* the record arena */
    bool v21;            /* version 2.1: other escapes, folding keeps the blank */
    unsigned odd;
};

struct vcard_line {
    size_t index;        /* in the table of names; VCARD_N_NAMES - 1 for an unknown one */
    enum vcard_property property;
    struct lm_str params, value; /* as written, unfolded */
    struct lm_str charset;       /* empty: not stated */
    bool quoted_printable, binary, too_long;
};

#define VCARD_N_NAMES 75

/* The name in the table at this place; "" for the last, which stands for all others. */
const char *vcard_name(size_t index);
size_t vcard_index(struct lm_str name);

/* The next property. LM_ENOTFOUND at the end, LM_ENOMEM. */
lm_err vcard_next(struct vcard_card *c, struct vcard_line *ret);

/* The value of the parameter `name`, without quotes; empty when there is none. */
struct lm_str vcard_param(const struct vcard_line *l, const char *name);

/* A part of l->value as text in UTF-8: decoded, unescaped, trimmed. What could not be is noted in c->odd. */
lm_err vcard_text(struct vcard_card *c, const struct vcard_line *l, struct lm_str part, struct lm_str *ret);

/* The part of *rest before the first separator that is not escaped; *rest moves behind that. */
struct lm_str vcard_part(struct lm_str *rest, char separator);

#endif
