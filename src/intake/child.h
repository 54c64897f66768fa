/* child.h - the two processes that look at hostile bytes: one runs readers, one unpacks containers.
 *
 * Both are this program, started again by lm_os_spawn_self; both shut themselves in (sandbox.h) before the
 * first byte is looked at, say READY, and then take one job after the other from the control socket (wire.h)
 * until it closes. Frames go to descriptor 3. They never return.
 */
#ifndef LM_INTAKE_CHILD_H
#define LM_INTAKE_CHILD_H

#include "base/sandbox.h"
#include "intake/frame.h"
#include "lastmile/reader.h"

struct lm_child_options {
    struct lm_sandbox_limits limits;
    size_t frame_ceiling_bytes;
    bool pdf; /* loads Poppler before it shuts itself in: other processes never map it */
};

/* The words after the verb, as lm_proc gives them: memory bytes, processor seconds, frame ceiling, perhaps LM_CHILD_PDF. LM_EUSAGE. */
#define LM_CHILD_PDF "pdf"
lm_err lm_child_options_parse(const char *const words[], size_t n, struct lm_child_options *ret, struct lm_error *e);

/* readers ends with NULL. */
_Noreturn void lm_reader_child(const struct lm_child_options *o, const struct lm_reader *const *readers);
_Noreturn void lm_unpack_child(const struct lm_child_options *o);

/* --- shared by the two --- */

struct lm_child {
    const struct lm_child_options *o;
    struct lm_frame_out out;
    struct lm_str map; /* mapped as long as the process lives; empty: a person gave none */
    struct lm_str passwords; /* the same */
};

/* Shuts the process in, arms the handler that sends complete frames when it is stopped or crashes, says READY. */
void lm_child_start(struct lm_child *c, const struct lm_child_options *o);

struct lm_child_job {
    struct lm_str bytes; /* mapped */
    struct lm_str path, reader;
    bool force, spills;
    char text[16384];    /* what path and reader point into */
};
/* Waits for a job; leaves the process when the other side is gone. */
void lm_child_next(struct lm_child *c, struct lm_child_job *ret);
/* END and flush; the texts are made valid UTF-8. */
void lm_child_end(struct lm_child *c, struct lm_child_job *job, lm_err code, const struct lm_error *e);

#endif
