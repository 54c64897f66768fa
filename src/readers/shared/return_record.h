/* return_record.h - the fields of one record of a legal return: gathered, looked up, and what nobody took kept as `raw`.
 *
 * memory    one record in the record arena, at most LM_RETREC_MAX_FIELDS fields and LM_RETREC_MAX_BYTES
 * errors    LM_ENOMEM, or what the sink returned
 * test      the fixtures of meta_return_html and whatsapp_return_html
 */
#ifndef LM_READERS_SHARED_RETURN_RECORD_H
#define LM_READERS_SHARED_RETURN_RECORD_H

#include "base/map.h"
#include "lastmile/reader.h"
#include "readers/shared/return_html.h"

#define LM_RETREC_MAX_FIELDS 4096
#define LM_RETREC_MAX_BYTES ((size_t)24 << 20)
#define LM_RETREC_MAX_RAW ((size_t)64 << 10)
#define LM_RETREC_MAX_NOTICES 32
#define LM_RETREC_MAX_ASKED 1024

struct lm_retfield {
    struct lm_str label, value, media;
    uint32_t level, group; /* group: 1 + index of the field it belongs to; 0: none */
    uint64_t at, end, value_at;
    bool heading, used, spaced;
};

struct lm_retrec {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_retfield *fields;
    size_t n, cap, bytes;
    bool altered, cut, over;
    const char *doubted, *rejected; /* static; the first reason stays */
    struct lm_buf raw;
    uint64_t records;  /* given to the sink, kept or rejected */
    uint32_t notices;
    struct lm_map asked; /* labels that have been asked about */
    size_t n_asked;
};

void lm_retrec_init(struct lm_retrec *r, struct lm_read *ctx, struct lm_sink *sink);
void lm_retrec_free(struct lm_retrec *r);

/* One more field: copied. A field of a kind that is not kept (rule 3: faith, politics, citizenship …) is left out and said. */
lm_err lm_retrec_add(struct lm_retrec *r, const struct lm_return_field *f);
/* Its value goes on with f's. */
lm_err lm_retrec_go_on(struct lm_retrec *r, const struct lm_return_field *f);

/* Labels compare without case, `_`, `-` and white space. NULL when there is none (or it was used). */
bool lm_retrec_is(struct lm_str label, const char *name);
struct lm_retfield *lm_retrec_find(struct lm_retrec *r, const char *name);
/* Inside field `group` (1 + index). */
struct lm_retfield *lm_retrec_find_in(struct lm_retrec *r, uint32_t group, const char *name);
/* The value of the first field of that name, which is then used; empty when there is none. */
struct lm_str lm_retrec_take(struct lm_retrec *r, const char *name);
/* "2024-01-01 00:00:00 UTC" of the first of the names (NULL ends them) that is there and can be read; only then is it used. */
struct lm_when lm_retrec_when(struct lm_retrec *r, const char *const *names);
bool lm_retrec_parse_when(struct lm_str s, struct lm_when *ret);

/* What was not used, as one JSON object ("Share / Url": …); empty when there is nothing. Lives until the next call. */
struct lm_str lm_retrec_raw(struct lm_retrec *r);
bool lm_retrec_has_unused(const struct lm_retrec *r);

void lm_retrec_doubt(struct lm_retrec *r, const char *why);
void lm_retrec_reject(struct lm_retrec *r, const char *why);
/* The record: one entry with these facts, or one rejected record; then it is empty again. `records` may be NULL: the record itself. */
lm_err lm_retrec_emit(struct lm_retrec *r, const struct lm_fact *facts, size_t n, const struct lm_locator *records, size_t n_records);
void lm_retrec_clear(struct lm_retrec *r);
/* A doubt about a place that is no record; after LM_RETREC_MAX_NOTICES the rest is left out. */
lm_err lm_retrec_notice(struct lm_retrec *r, enum lm_problem_kind kind, uint64_t at, uint64_t end, const char *why);

/* "192.0.2.1:443", "[2001:db8::1]:443", "2001:db8::1": the address without its port; empty when it is none. */
struct lm_str lm_return_ip(struct lm_str s);
/* "ab12@example.org" in a line of text: the word with the '@'; empty when there is none. */
struct lm_str lm_return_email(struct lm_str line);
/* The telephone number at the beginning of a line; empty when there is none. */
struct lm_str lm_return_phone(struct lm_str line);
/* "No responsive records located": the return says that there is nothing. */
bool lm_return_says_none(struct lm_str value);

struct lm_retfacts { /* of one record */
    struct lm_arena *a;
    struct lm_fact *items;
    size_t n, cap;
    bool failed, many;
};
void lm_retfacts_identifier(struct lm_retfacts *f, struct lm_account_ref account, enum lm_identifier_type type, struct lm_str value,
                            const char *basis, struct lm_when at);
struct lm_event *lm_retfacts_event(struct lm_retfacts *f, enum lm_event_kind kind, enum lm_platform platform, const char *detail,
                                   struct lm_when at, struct lm_account_ref from); /* NULL without memory; until the next fact */

#endif
