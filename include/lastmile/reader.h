/* reader.h - the seam between intake, which runs readers, and a reader of one form of evidence.
 *
 * A reader gets the whole source as one read-only slice (a mapping, so a source may be larger than
 * memory) and emits entries and problems into a sink. It never sees the store, opens no file, and
 * allocates only from the two arenas. It runs in a process of its own: memory and CPU limits, no
 * network, no file system.
 *
 * Ledger: every source record is in exactly one entry (then the store decides between kept, duplicate
 * and held) or in one problem of kind LM_PROBLEM_REJECTED.
 */
#ifndef LASTMILE_READER_H
#define LASTMILE_READER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "model/fact.h"

struct lm_input {
    struct lm_str bytes; /* the whole source */
    struct lm_str path;  /* inside its exhibit, '/' separated: "messages/inbox/a_1/message_1.json" */
    /* Another member of the same exhibit, by path relative to this one's folder ("../profile.json").
     * LM_ENOTFOUND when there is none. The bytes live as long as the input. */
    lm_err (*sibling)(const struct lm_input *in, struct lm_str path, struct lm_str *ret_bytes);
    /* The SHA-256 of another member, which is not kept; NULL: by sibling(). See lm_input_sibling_hash. */
    lm_err (*sibling_hash)(const struct lm_input *in, struct lm_str path, uint64_t most, struct lm_sha256 *ret, uint64_t *ret_bytes);
    /* Bytes that come out of this input and must be there whole: put where they take none of the reader's memory, and mapped. NULL: there is no
     * such place. See lm_input_spill. */
    lm_err (*spill)(const struct lm_input *in, lm_err (*next)(void *from, struct lm_str *ret), void *from, struct lm_str *ret_bytes);
    void *user;
    struct lm_str passwords; /* one a line (base/password.h), supplied by a person; empty: none. Never in a fact, a problem or an error */
    struct lm_str map; /* what the columns of tables mean, stated by a person (docs/maps.md); empty: nobody said */
};

/* What sibling() gives; LM_ENOTFOUND when the input has no neighbours. */
lm_err lm_input_sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret_bytes);

/* LM_ENOTFOUND: there is none. LM_ELIMIT: it has more than `most` bytes; only *ret_bytes is then set. */
lm_err lm_input_sibling_hash(const struct lm_input *in, struct lm_str path, uint64_t most, struct lm_sha256 *ret, uint64_t *ret_bytes);

/* What next() gives until it gives nothing, as one slice that lives as long as the input (in `a`, where the input has no place for it: at most `most`
 * bytes then). LM_ELIMIT: too much; LM_EIO; LM_ENOMEM; or what next() returned. */
lm_err lm_input_spill(const struct lm_input *in, struct lm_arena *a, size_t most, lm_err (*next)(void *from, struct lm_str *ret), void *from,
                      struct lm_str *ret_bytes);

/* Where a reader's findings go. A non-OK return must be passed on at once: the run is over. */
struct lm_sink {
    lm_err (*entry)(struct lm_sink *sink, const struct lm_entry *entry);
    lm_err (*problem)(struct lm_sink *sink, const struct lm_problem *problem);
    /* The structure itself proves that there is nothing to read ("messages": []). */
    lm_err (*empty)(struct lm_sink *sink);
};

/* One fact from one record: the usual entry. */
lm_err lm_sink_fact(struct lm_sink *sink, struct lm_locator record, const struct lm_fact *fact);

/* A problem whose reason is formatted here (at most 240 bytes). Names positions, never content. */
lm_err lm_sink_problem(struct lm_sink *sink, enum lm_problem_kind kind, uint64_t records, struct lm_locator at,
                       const char *fmt, ...) __attribute__((format(printf, 5, 6)));

struct lm_read {
    const struct lm_input *in;
    struct lm_arena *file;   /* lives until read() returns */
    struct lm_arena *record; /* the reader resets it when it likes, normally after each entry */
    struct lm_error *error;  /* filled when read() fails */
};

struct lm_reader {
    const char *name;      /* stable id = file name = fixture folder: "telegram_json" */
    const char *title;     /* "Telegram Desktop export, JSON" */
    const char *reference; /* where the layout is documented, and when it was checked */
    const char *tested_on; /* "files of other projects", or "our own files only" */
    size_t lookahead;      /* bytes that bid() wants */
    /* How many bits of evidence in head (the first lookahead bytes, or all) and in->path were verified; 0 = not
     * mine. A magic of 4 bytes is 32; a name alone is at most 8. Must not read beyond head. */
    int (*bid)(const struct lm_input *in, struct lm_str head);
    /* LM_OK: read to the end (with problems, perhaps). LM_EINPUT: broke at ctx->error's locator; what was emitted
     * stays. LM_EDENIED: it is encrypted, and no password that was supplied opens it; the source is listed as
     * encrypted, with the error's message. Other codes: LM_ELIMIT, LM_ENOMEM, or what the sink returned. */
    lm_err (*read)(struct lm_read *ctx, struct lm_sink *sink);
};

/* Made from the list in src/readers/meson.build; ended by NULL. */
extern const struct lm_reader *const lm_readers[];

/* NULL when there is no such reader. */
const struct lm_reader *lm_reader_find(struct lm_str name);

#endif
