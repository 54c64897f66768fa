/* proc.h - intake's side of a reader or unpacking process: starts it, gives it jobs, watches it, checks its frames.
 *
 * One process takes many jobs, one after the other (starting one costs milliseconds, a job in a running
 * one tens of microseconds). After anything but a clean end it is gone and lm_proc_alive() says so.
 * The watchdog counts the time that intake waits for the process, not the time the process waits for
 * intake; a process that is over its time gets SIGTERM, sends what it had complete, and is killed.
 *
 * threads  one lm_proc, one thread
 * test     tests/unit/test_intake_faults.c
 */
#ifndef LM_INTAKE_PROC_H
#define LM_INTAKE_PROC_H

#include "base/err.h"
#include "intake/frame.h"

struct lm_proc_options {
    uint64_t memory_bytes;
    size_t frame_ceiling_bytes;
    int64_t base_us;         /* time limit of a job: base and per MiB of its input */
    int64_t per_mib_us;
    bool pdf;                /* the process has Poppler: it is asked about PDFs (formats/pdf.h) */
    struct lm_str map;       /* docs/maps.md: given to the process before its first job; empty: none */
    struct lm_str passwords; /* one a line: given to a reader process before its first job, through a descriptor; empty: none */
};

struct lm_proc;

/* verb: "reader-child" or "unpack-child". Waits for READY. *ret_ready: what the process shut itself in with. */
lm_err lm_proc_start(const char *verb, const struct lm_proc_options *o, struct lm_proc **ret,
                     struct lm_frame_ready *ret_ready, struct lm_error *e);
void lm_proc_stop(struct lm_proc *p); /* NULL is fine */
bool lm_proc_alive(const struct lm_proc *p);

struct lm_proc_job {
    int fd;                  /* borrowed; -1 when bytes is 0 */
    uint64_t bytes;
    struct lm_str path, reader;
    bool force;
    void *user;
    /* Every frame but READY and END; valid until it returns. Anything but LM_OK ends the job and the process. */
    lm_err (*frame)(void *user, struct lm_frame *frame);
    /* A descriptor (given over) on a neighbour of path; LM_ENOTFOUND. NULL: there are none. */
    lm_err (*sibling)(void *user, struct lm_str path, int *ret_fd, uint64_t *ret_bytes);
    /* What came as the data of a member, as a descriptor (given over), once all `bytes` of it came: LM_ENOTFOUND: not yet; LM_ELIMIT: it is not to be
     * had. NULL: the process is told that there is no such thing. */
    lm_err (*spilled)(void *user, uint64_t bytes, int *ret_fd);
    /* Called when the process has kept us waiting for a tenth of a second. NULL: nothing to do meanwhile. */
    lm_err (*idle)(void *user);
};

enum lm_proc_end {
    LM_PROC_ENDED,   /* it said END: error.code tells how */
    LM_PROC_CRASHED, /* a signal, or it went away without a word */
    LM_PROC_TIMEOUT,
    LM_PROC_GARBAGE, /* it sent what is not a frame, or more than its input can hold */
};

struct lm_proc_outcome {
    enum lm_proc_end end;
    int signal;             /* CRASHED: its number, 0 for an exit */
    struct lm_error error;  /* ENDED with a code other than LM_OK: message, locator, hint. Else what happened. */
};

/* LM_OK with *ret filled, or what a callback returned, or LM_EIO when the job could not be handed over. */
lm_err lm_proc_run(struct lm_proc *p, const struct lm_proc_job *job, struct lm_proc_outcome *ret, struct lm_error *e);

#endif
