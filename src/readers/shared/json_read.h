/* json_read.h - what readers of JSON exports share: records, their raw text, problems, and damage.
 *
 * An export is walked token by token; every record is one object of some array. While a record is read,
 * what it holds is gathered in the record arena, members that have no field of their own are kept as
 * JSON in `raw`, and what is wrong is noted. Then the record becomes one entry (lm_jread_emit) with at
 * most one problem of each kind, or one rejected record.
 *
 * damage    When the JSON breaks inside a record and the file is indented one record to a line (as exports
 * are), reading goes on at the next line that starts a value at the same indentation: one rejected record. A
 * raw line break cannot stand inside a JSON string, so such a line is not text of a message. Otherwise the
 * rest is reported as lost and read() ends with LM_EINPUT. memory    one record; nothing grows with the input
 * errors    LM_EINPUT, LM_ELIMIT, LM_ENOMEM, or what the sink returned. Functions that read a member return
 *           LM_OK for a member that is merely wrong: the record is then noted as rejected or doubted.
 * test      tests/unit/test_json_readers.c and the fixtures of the readers */
#ifndef LM_READERS_SHARED_JSON_READ_H
#define LM_READERS_SHARED_JSON_READ_H

#include "formats/json.h"
#include "formats/json_out.h"
#include "lastmile/reader.h"

#define LM_JREAD_MAX_RAW ((size_t)64 << 10)  /* raw members of one record */
#define LM_JREAD_MAX_TEXT ((size_t)64 << 20) /* one text put together from pieces */
#define LM_JREAD_MAX_LIST 4096               /* attachments, reactions, members of one record */
#define LM_JREAD_MAX_NOTICES 32              /* problems about things that are not records */

struct lm_jread {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_json j;
    uint64_t records; /* kept or rejected */
    uint32_t notices;
    uint64_t budget; /* bytes that may be read a second time after damage */
    bool resumed;    /* the JSON broke at least once and was picked up again */

    /* the record in hand */
    struct lm_json_token opened;
    bool emitted;
    unsigned oddities;
    const char *rejected; /* static text; the first reason stays */
    const char *doubted;
    struct lm_buf raw;
    struct lm_json_out raw_out;
    bool raw_over;
};

void lm_jread_init(struct lm_jread *r, struct lm_read *ctx, struct lm_sink *sink);
void lm_jread_free(struct lm_jread *r);

static inline lm_err lm_jread_next(struct lm_jread *r, struct lm_json_token *ret)
{
    return lm_json_next(&r->j, ret);
}
lm_err lm_jread_skip(struct lm_jread *r, const struct lm_json_token *value);

/* The next member of the object in hand: its key (borrowed from the input or the record arena) and the first
 * token of its value. A key of {NULL, 0} when the object ends. */
lm_err lm_jread_member(struct lm_jread *r, struct lm_str *ret_key, struct lm_json_token *ret_value);

/* A token's text that outlives the token: borrowed from the input, or copied into a. */
lm_err lm_jread_keep(struct lm_jread *r, struct lm_arena *a, const struct lm_json_token *t,
                     struct lm_str *ret);

/* --- values of members; each reads its whole value, and leaves *ret alone when it is null or wrong --- */
lm_err lm_jread_text(struct lm_jread *r, const struct lm_json_token *v,
                     struct lm_str *ret); /* string or number */
lm_err lm_jread_i64(struct lm_jread *r, const struct lm_json_token *v, int64_t *ret, bool *ret_set);
lm_err lm_jread_bool(struct lm_jread *r, const struct lm_json_token *v, bool *ret);
lm_err lm_jread_double(struct lm_jread *r, const struct lm_json_token *v, double *ret, bool *ret_set);
/* The value as JSON under `key` in the record's raw text. Beyond LM_JREAD_MAX_RAW it is left out, and the
 * record doubted. */
lm_err lm_jread_raw(struct lm_jread *r, struct lm_str key, const struct lm_json_token *v);
/* The same for a value already read, by its place in the input. */
lm_err lm_jread_raw_span(struct lm_jread *r, struct lm_str key, uint64_t at, uint64_t end);
void lm_jread_raw_text(struct lm_jread *r, struct lm_str key, struct lm_str text);
/* What was kept, as one JSON object; empty when nothing was. Valid until the record ends. */
struct lm_str lm_jread_raw_done(struct lm_jread *r);

/* Room for one more item of `size` bytes in a list of the record arena that holds n of *cap: *items may move.
 * The item is zeroed. LM_ENOMEM; LM_ELIMIT at LM_JREAD_MAX_LIST, and then the record is doubted. */
lm_err lm_jread_push(struct lm_jread *r, void **items, size_t n, size_t *cap, size_t size);

/* Notes; the first reason of each kind stays. Static text, no content. */
void lm_jread_reject(struct lm_jread *r, const char *why);
void lm_jread_doubt(struct lm_jread *r, const char *why);

/* Facts of the record in hand, whose object has been read to its end. Nothing is sent for a record that was
 * rejected. Called once per record. */
lm_err lm_jread_emit(struct lm_jread *r, const struct lm_fact *facts, size_t n_facts);

/* The same for a record that was read in another way: its range and what was odd in it. */
lm_err lm_jread_emit_range(struct lm_jread *r, uint64_t at, uint64_t end, unsigned oddities,
                           const struct lm_fact *facts, size_t n_facts);

/* Reads the record whose object r->opened began, to its end, and calls lm_jread_emit. */
typedef lm_err (*lm_jread_one)(struct lm_jread *r, void *user);

/* All elements of the array that `array` began; null is an empty array; anything else is a notice. */
lm_err lm_jread_array(struct lm_jread *r, const struct lm_json_token *array, lm_jread_one one, void *user);
/* Passes over the list that `array` began without a word, picking up after broken records as lm_jread_array
 * does. For looking ahead with a lm_json of one's own. Anything but a list is skipped. */
lm_err lm_jread_pass_list(struct lm_json *j, const struct lm_json_token *array);
/* One object, `object` being its first token, as a record. */
lm_err lm_jread_object(struct lm_jread *r, const struct lm_json_token *object, lm_jread_one one, void *user);

/* A doubt about a place that is not a record; after LM_JREAD_MAX_NOTICES of them the rest is left out. */
lm_err lm_jread_notice(struct lm_jread *r, uint64_t at, uint64_t end, const char *why);

/* The first token of a document that must be an object; LM_EINPUT: it is another thing, which `otherwise` says. */
lm_err lm_jread_root(struct lm_jread *r, const char *otherwise, struct lm_json_token *ret);
/* One member of the root object; its value has begun with v. The record arena was reset before it. */
typedef lm_err (*lm_jread_member_one)(struct lm_jread *r, struct lm_str key, const struct lm_json_token *v, void *user);
/* All members of the object in hand, which is the root, and the end of the document. */
lm_err lm_jread_members(struct lm_jread *r, lm_jread_member_one one, void *user);

/* The outcome of the run: after `e` from any of the above (LM_OK: the root value was read to its end). Says what is lost when the JSON broke, fills
 * ctx->error, frees r. Without any record the input is empty when its structure showed that (listed), or else none of ours: `none` says what is missing. */
lm_err lm_jread_end(struct lm_jread *r, lm_err e, bool listed, const char *none);

#endif
