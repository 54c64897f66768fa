/* wire.h - the control socket between intake and its processes: jobs and neighbouring files.
 *
 * Descriptors of a process: 3 frames out (pipe), 4 control (local socket that keeps message borders). One message
 * carries one struct lm_wire, then `text_bytes` bytes, and perhaps one descriptor. Parent and process are the same
 * program, so the layout is that of the machine. Parent → process: JOB, MAP, PASSWORDS, SIBLING_IS, SPILL_IS. Process → parent: SIBLING, SPILL.
 */
#ifndef LM_INTAKE_WIRE_H
#define LM_INTAKE_WIRE_H

#include <stdint.h>

#define LM_WIRE_FRAMES_FD 3
#define LM_WIRE_CONTROL_FD 4
#define LM_WIRE_TEXT_BYTES 16384

enum lm_wire_kind {
    LM_WIRE_JOB = 1,    /* text: path, then the name of a reader; fd: the bytes (none when there are 0) */
    LM_WIRE_SIBLING,    /* text: the path asked for */
    LM_WIRE_SIBLING_IS, /* fd: its bytes; bytes = UINT64_MAX: there is none */
    LM_WIRE_MAP,        /* fd: what the columns of tables mean (docs/maps.md), for all jobs that follow */
    LM_WIRE_PASSWORDS,  /* fd: passwords, one a line, for all jobs that follow */
    LM_WIRE_SPILL,      /* bytes: so many were sent as a member's data, and are wanted back as a file */
    LM_WIRE_SPILL_IS,   /* fd: they; bytes = UINT64_MAX: it was too much */
};

/* Bits of flags. */
enum {
    LM_WIRE_FORCE = 1,   /* the named reader takes the job whatever it bids */
    LM_WIRE_SPILLS = 2,  /* SPILL is answered */
};

struct lm_wire {
    uint32_t kind;
    uint32_t flags;
    uint64_t bytes;
    uint32_t path_bytes;
    uint32_t text_bytes; /* path and reader name together */
};

struct lm_wire_message {
    struct lm_wire head;
    char text[LM_WIRE_TEXT_BYTES];
};

#endif
