/* intake.h - brings evidence into a workspace: opens it, has it read in a process of its own, checks what comes back,
 * holds what is out of scope, writes the rest.
 *
 * A path is a file or a folder; each is one exhibit. A folder's SHA-256 is that of its manifest: one
 * line "sha256  bytes  path" per file, in byte order of path. Files are copied into the workspace first, and
 * the copies are read: a file that changes meanwhile cannot be half one and half the other. Containers that no reader
 * claims are taken apart; their members are sources "outer.zip/inner/chat.txt" of the same exhibit.
 *
 * The five counts close for every source. Whatever happens to one source, what was kept stays kept and the next one is
 * read. An exhibit that needs more memory than it may have, or reaches another limit of ours, is closed as broken, and the next
 * exhibit is read; only a failure of the workspace itself ends the run, and names the path it was at.
 *
 * test  tests/unit/test_intake.c, tests/cli/import*.sh
 */
#ifndef LM_INTAKE_INTAKE_H
#define LM_INTAKE_INTAKE_H

#include "base/log.h"
#include "intake/proc.h"
#include "intake/unpack.h"
#include "lastmile/reader.h"
#include "store/store.h"

struct lm_intake_options {
    const struct lm_reader *const *readers; /* ended by NULL; the same list as the reader process has */
    struct lm_str reader;                   /* takes what it bids on, and a single file in any case; empty: the best bid */
    struct lm_str zone;                     /* of the exhibits' local times, stated by a person; empty: unknown */
    struct lm_str owner;                    /* "PLATFORM:ID" or "PLATFORM:ID=NAME", stated by a person; empty: unknown */
    struct lm_str map_name;                 /* of proc.map, what columns of tables mean: kept with the import, and who used it */
    const char *spool_parent;               /* a folder of ours alone: made for unpacked members, gone afterwards */
    struct lm_proc_options proc;
    struct lm_unpack_limits unpack;
    size_t exhibit_memory_bytes;            /* of names, lists and the like while an exhibit is read; 0: 1 GiB */
    struct lm_log *log;
};
/* 2 GiB of memory, 20 s and 1 s per MiB; 64 GiB unpacked, 1,000,000 members, 8 deep, 200:1 beyond 64 MiB. */
void lm_intake_defaults(struct lm_intake_options *o);

struct lm_intake_source {
    struct lm_str path;
    struct lm_str reader;  /* empty: nobody claimed it */
    struct lm_str exhibit; /* SHA-256 in hex */
    enum lm_source_state state;
    enum lm_container container;
    struct lm_counts counts;
    struct lm_sha256 sha256;
    bool has_sha256;       /* no: its bytes were never seen (encrypted, a link, unreadable) */
    struct lm_intake_source *next;
};

struct lm_intake_problem {
    struct lm_str path, reader, reason;
    enum lm_problem_kind kind;
    char locator[LM_LOCATOR_TEXT];
};

#define LM_INTAKE_LISTED_PROBLEMS 1000

struct lm_intake_result {
    struct lm_intake_source *sources;   /* a list, in the order in which they ended */
    size_t n_sources;
    struct lm_intake_problem *problems; /* the first LM_INTAKE_LISTED_PROBLEMS */
    size_t n_problems;
    uint64_t all_problems;
    struct lm_counts totals;
    bool nothing_read;                  /* no source was read, not even in part */
    bool has_map;                       /* tables were read by o->proc.map, kept under this hash */
    struct lm_sha256 map_sha256;
    bool sandboxed;                     /* a process was started, and ready says what it shut itself in with */
    struct lm_frame_ready ready;
};

/* --- looking before importing: nothing is written anywhere --- */

#define LM_PREVIEW_ROWS 10
#define LM_PREVIEW_PROBLEMS 20

struct lm_preview {
    struct lm_str reader;                   /* empty: nobody claims the file */
    uint64_t entries, records, rejected;
    struct lm_intake_problem problems[LM_PREVIEW_PROBLEMS];
    size_t n_problems;
    uint64_t all_problems;
    struct lm_error error;                  /* code LM_OK: read to the end; else why not */
};

/* Reads one file (not a folder, not a container) as an import would, in the same shut-in process, and gives the first
 * LM_PREVIEW_ROWS entries to take() as they come; the rest is counted. What an authority would hold is not asked.
 * o->reader, o->zone and o->proc are used; texts of *ret live in a. LM_EUSAGE, LM_ENOTFOUND, LM_EIO, LM_ENOMEM, or what take returned. */
lm_err lm_intake_preview(struct lm_arena *a, const char *path, const struct lm_intake_options *o,
                         lm_err (*take)(void *user, const struct lm_entry *entry), void *user, struct lm_preview *ret,
                         struct lm_error *e);

/* A map to start from, guessed from the header and the shape of the first rows of one file, as text in a (docs/maps.md).
 * LM_EINPUT: no header was found. */
lm_err lm_intake_map_template(struct lm_arena *a, const char *path, const struct lm_intake_options *o, struct lm_str *ret,
                              struct lm_error *e);

/* Everything in *ret lives in a. LM_ENOTFOUND: no such authority; LM_EDENIED: it is revoked or expired. LM_EUSAGE: no such
 * reader, zone or owner. Problems of the evidence are in *ret, not errors. */
lm_err lm_intake_run(struct lm_arena *a, struct lm_store *st, struct lm_str authority, const char *const paths[], size_t n_paths,
                     const struct lm_intake_options *o, struct lm_intake_result *ret, struct lm_error *e);

#endif
