/* run.h - the state of one lm_intake_run, shared by intake.c (paths and exhibits), source.c (one source through the
 * reader process), peel.c (containers) and spill.c (what a reader unpacks). */
#ifndef LM_INTAKE_RUN_H
#define LM_INTAKE_RUN_H

#include "base/map.h"
#include "intake/intake.h"
#include "intake/scope.h"
#include "model/zone.h"

/* Something in the exhibit that can be opened: a kept file or an unpacked member. */
struct intake_item {
    struct lm_str path;
    struct lm_sha256 sha256;
    uint64_t bytes;
    uint64_t spool; /* 0: a kept file */
};

struct intake_exhibit {
    struct lm_arena a;          /* all that is needed until the next exhibit */
    int64_t id;                 /* 0: not in the workspace yet */
    struct lm_str name, hex;
    struct lm_str at;           /* what is being looked at: the name of what goes wrong before its source is open */
    struct lm_scope scope;      /* remembers an answer per account of this exhibit */
    struct lm_map by_path;      /* → index of item */
    struct lm_map next_twin;    /* a path that several have → the number to try next */
    struct intake_item *items;  /* grown in the arena */
    size_t n_items, cap_items;
    struct lm_unpack_budget budget;
};

/* A process and what it has served: after a while a fresh one takes over, so that one hostile source has few others
 * within its reach, and all of those in the same exhibit. */
struct intake_proc {
    struct lm_proc *p;
    uint64_t jobs, bytes;
};

/* A source in the ledger: opened, given problems, closed. One at a time. */
struct intake_source {
    bool open;
    int64_t id;
    struct lm_intake_source *row;
};

struct intake {
    struct lm_arena *a;    /* the result, and what the whole run needs */
    const struct lm_intake_options *o;
    struct lm_import *im;
    struct lm_authority authority;
    struct lm_covered_account owner;
    bool has_zone;
    struct lm_zone zone;
    struct intake_proc reader, pdf_reader, unpacker;
    struct lm_spool spool; /* folder empty: not made yet */
    struct intake_exhibit x;
    struct intake_source source;
    struct lm_intake_result result;
    struct lm_intake_source *last; /* of result.sources */
    struct lm_buf scratch;
    struct lm_error *e;
};

/* Opens in->source. path is borrowed until the exhibit ends. */
lm_err intake_source_open(struct intake *in, struct lm_str path, const struct lm_sha256 *sha256, uint64_t bytes, struct lm_str reader);
lm_err intake_source_problem(struct intake *in, const struct lm_problem *p);
lm_err intake_source_says(struct intake *in, enum lm_problem_kind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
lm_err intake_source_close(struct intake *in, enum lm_source_state state);
/* A source without bytes to read, with a problem that says why. */
lm_err intake_source_list(struct intake *in, struct lm_str path, enum lm_source_state state, const char *why);

/* Adds an item; a path that is taken already gets a number behind it, and *ret_twin says so. O(1) on the whole,
 * however many have the same path. */
lm_err intake_item_add(struct intake *in, struct intake_item item, size_t *ret_index, bool *ret_twin);
lm_err intake_item_open(struct intake *in, const struct intake_item *item, int *ret_fd);

/* Reads one item: reader process, or peeling, or nobody's. depth: containers around it. whole: the path a person gave
 * is this file. */
lm_err intake_item_read(struct intake *in, size_t index, unsigned depth, bool whole);
/* Takes a container apart and reads its members. fd is borrowed. */
lm_err intake_item_peel(struct intake *in, size_t index, unsigned depth, int fd, enum lm_container form);

/* The folder for unpacked members: made when it is first wanted. */
lm_err intake_spool(struct intake *in);

/* What a reader spills: the frames of a member, and then the file that they made. */
struct intake_spill {
    int write_fd, read_fd;
    uint64_t n;
    bool done, over;
};
#define INTAKE_NO_SPILL (struct intake_spill){ .write_fd = -1, .read_fd = -1 }
lm_err intake_spill_frame(struct intake *in, struct intake_spill *s, const struct lm_frame *f, uint64_t source_bytes);
/* As lm_proc_job.spilled. */
lm_err intake_spill_take(struct intake_spill *s, uint64_t bytes, int *ret_fd);
void intake_spill_close(struct intake_spill *s);

/* A running process for a job of that size, fresh when the one at hand has served enough. in->pdf_reader has Poppler. */
lm_err intake_proc_for(struct intake *in, struct intake_proc *proc, const char *verb, uint64_t bytes);
/* A problem of a path from which no source came. */
lm_err intake_problem_note(struct intake *in, struct lm_str path, struct lm_str reader, const struct lm_problem *p);

/* A local time of the fact becomes UTC in the zone that a person stated; the event's own hit is told. */
enum lm_zone_hit intake_zone_fact(const struct lm_zone *z, struct lm_fact *f);

/* LM_EUSAGE: no such reader, zone or owner. */
lm_err intake_check_options(struct intake *in);

lm_err intake_no_memory(struct intake *in);

#endif
