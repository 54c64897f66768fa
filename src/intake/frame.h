/* frame.h - what the reader process and the unpacking process say to intake, as bytes on a pipe.
 *
 * One frame: payload length (u32, little-endian), type (u8), payload. Inside: LEB128 varints, zigzag for
 * signed numbers, texts as length and bytes, a bit mask for the members that are present. The writing side
 * trusts itself; the reading side trusts nothing: every length, count and enum is checked, every text is
 * UTF-8 (member names excepted: they are bytes), moments lie in the years 1 … 9999, and the payload must be used up exactly.
 *
 * ownership  slices of a decoded frame point into the bytes given; arrays into the arena
 * memory     a frame of n bytes needs at most about 300 n in the arena, whose ceiling holds
 * errors     LM_EINPUT: not a frame of ours; LM_ELIMIT: above the ceiling; LM_ENOMEM
 * test       tests/unit/test_intake_frame.c; fuzz/fuzz_frame.c
 */
#ifndef LM_INTAKE_FRAME_H
#define LM_INTAKE_FRAME_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/fact.h"

#define LM_FRAME_HEADER_BYTES 5
#define LM_FRAME_CEILING_BYTES ((size_t)256 << 20)

enum lm_frame_type {
    LM_FRAME_READY = 1,  /* once, after the process has shut itself in */
    LM_FRAME_HELLO,      /* which reader takes the source */
    LM_FRAME_ENTRY,
    LM_FRAME_PROBLEM,
    LM_FRAME_EMPTY,
    LM_FRAME_END,        /* the job is done, well or badly */
    LM_FRAME_MEMBER,     /* a member of a container starts */
    LM_FRAME_DATA,       /* the next bytes of that member */
    LM_FRAME_MEMBER_END,
};

struct lm_frame_ready {
    bool no_new_privs, limits, landlock, seccomp;
};

struct lm_frame_hello {
    struct lm_str reader; /* empty: nobody claims it */
    uint32_t bid;
    struct lm_str second; /* the next best; empty: none */
    uint32_t second_bid;
};

struct lm_frame_end {
    lm_err code;
    struct lm_str locator, message, hint;
};

enum lm_member_kind { LM_MEMBER_FILE, LM_MEMBER_FOLDER, LM_MEMBER_LINK, LM_MEMBER_SPECIAL };

struct lm_frame_member {
    enum lm_member_kind kind;
    bool encrypted;
    struct lm_str name; /* bytes as the container writes them */
};

enum lm_member_state {
    LM_MEMBER_WHOLE,
    LM_MEMBER_DOUBTED,   /* all bytes there, but a checksum or header disagrees */
    LM_MEMBER_BROKEN,    /* bytes are missing at its end */
    LM_MEMBER_ENCRYPTED, /* no bytes */
};

struct lm_frame_member_end {
    enum lm_member_state state;
    struct lm_str reason;
};

struct lm_frame {
    enum lm_frame_type type;
    union {
        struct lm_frame_ready ready;
        struct lm_frame_hello hello;
        struct {
            struct lm_entry entry;
            struct lm_fact *facts; /* the same facts, to be changed by intake (zones) */
        } entry;
        struct lm_problem problem;
        struct lm_frame_end end;
        struct lm_frame_member member;
        struct lm_str data;
        struct lm_frame_member_end member_end;
    };
};

/* --- writing: whole frames are gathered and leave in writes of at least 64 KiB --- */

struct lm_frame_out {
    int fd;               /* -1: frames stay in the buffer */
    struct lm_buf buf;
    size_t whole_bytes;   /* complete frames in buf; a signal handler may write these */
    size_t ceiling_bytes; /* of one frame */
};

void lm_frame_out_init(struct lm_frame_out *o, int fd, size_t frame_ceiling_bytes);
void lm_frame_out_free(struct lm_frame_out *o);

/* LM_ELIMIT: this frame is above the ceiling and was not sent. LM_EIO: nobody reads any more. */
lm_err lm_frame_put_ready(struct lm_frame_out *o, const struct lm_frame_ready *r);
lm_err lm_frame_put_hello(struct lm_frame_out *o, const struct lm_frame_hello *h);
lm_err lm_frame_put_entry(struct lm_frame_out *o, const struct lm_entry *e);
lm_err lm_frame_put_problem(struct lm_frame_out *o, const struct lm_problem *p);
lm_err lm_frame_put_empty(struct lm_frame_out *o);
lm_err lm_frame_put_end(struct lm_frame_out *o, const struct lm_frame_end *e);
lm_err lm_frame_put_member(struct lm_frame_out *o, const struct lm_frame_member *m);
lm_err lm_frame_put_data(struct lm_frame_out *o, struct lm_str bytes);
lm_err lm_frame_put_member_end(struct lm_frame_out *o, const struct lm_frame_member_end *m);
lm_err lm_frame_flush(struct lm_frame_out *o);

/* --- reading --- */

/* One frame from the front of bytes. *ret_used 0: there is not yet a whole frame, *ret_frame untouched. */
lm_err lm_frame_decode(struct lm_arena *a, struct lm_str bytes, size_t frame_ceiling_bytes, struct lm_frame *ret_frame,
                       size_t *ret_used);

#endif
