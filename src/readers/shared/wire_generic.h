/* wire_generic.h - what one Wire message says: the GenericMessage of its protocol, as both databases of Wire keep it.
 *
 * Field numbers: wireapp/generic-message-proto proto/messages.proto (all versions; the deprecated image of old apps too). A database
 * may hold several GenericMessages of one message: text, then the same text with a preview of its link; an asset as announced, then
 * where it was put. They are read one after the other into one event. A text that replaces another is kept with the one before it.
 * Fields that have no place in an event are kept in `raw`, unknown ones by their numbers ("GenericMessage.2.9"). Keys that open a
 * file on Wire's servers (otr_key) and loudness curves are not kept.
 *
 * test  the fixtures of wire_ios_db and wire_android_db
 */
#ifndef LM_READERS_SHARED_WIRE_GENERIC_H
#define LM_READERS_SHARED_WIRE_GENERIC_H

#include "readers/shared/db_read.h"

struct lm_wire {
    struct lm_attachment *files;
    size_t cap_files;
    struct lm_edit *edits;
    size_t cap_edits;
    bool image;  /* files[n_attachments - 1] is an old image: previews follow each other */
    bool any;    /* some content was understood */
};

/* Adds what `message` says to ev, whose kind is MESSAGE to begin with; g is zeroed before the first. Damage is doubted. LM_ENOMEM. */
lm_err lm_wire_generic(struct lm_dbread *r, struct lm_wire *g, struct lm_str message, struct lm_event *ev);

/* The 16 bytes of an id in a column, as Wire writes it: "1e2c4373-a76e-4341-a871-5968054d90b5". Empty for anything else, and
 * for 16 zeros. LM_ENOMEM. */
lm_err lm_wire_uuid(struct lm_arena *a, const struct lm_evdb_table *t, size_t column, struct lm_str *ret);

/* "a" and "b" → "a, b", in the record arena. LM_ENOMEM. */
lm_err lm_wire_join(struct lm_dbread *r, struct lm_str *list, struct lm_str one);

#endif
