/* unpack.h - takes a container apart: a process of its own unpacks, we check and spool the members to a private folder.
 *
 * The process is not trusted: names are made safe here, bytes are counted and hashed here, and it is
 * killed when the budget is used up. What was unpacked before that stays and is read.
 *
 * test  tests/cli/import_containers.sh
 */
#ifndef LM_INTAKE_UNPACK_H
#define LM_INTAKE_UNPACK_H

#include "base/hash.h"
#include "intake/member.h"
#include "intake/proc.h"

struct lm_unpack_limits {
    uint64_t bytes;            /* of all members of an exhibit together */
    uint64_t members;
    uint32_t depth;            /* containers in containers */
    uint32_t ratio;            /* unpacked to packed, of one container and of the whole exhibit… */
    uint64_t ratio_from_bytes; /* …once it has unpacked to more than this */
};

/* What an exhibit has used of its limits. */
struct lm_unpack_budget {
    const struct lm_unpack_limits *limits;
    uint64_t root_bytes; /* the outermost container */
    uint64_t bytes, members;
};

/* Nothing more of this exhibit will be unpacked. */
bool lm_unpack_spent(const struct lm_unpack_budget *b);

struct lm_spool {
    struct lm_str folder; /* private, NUL-terminated */
    uint64_t last;        /* files are numbered from 1 */
};

struct lm_unpacked {
    struct lm_str path;       /* safe, inside the container */
    const char *renamed;      /* NULL, or why path is not the name as written */
    enum lm_member_kind kind;
    enum lm_member_state state;
    struct lm_str reason;     /* of a state other than WHOLE */
    uint64_t spool, bytes;    /* FILE with state WHOLE, DOUBTED or BROKEN */
    struct lm_sha256 sha256;
};

struct lm_unpack_result {
    struct lm_unpacked *members; /* folders are left out */
    size_t n;
    struct lm_error broke; /* code LM_OK: read to the end. LM_EDENIED: encrypted. LM_ELIMIT: stopped by a limit.
                              Anything else: damaged. What came before is in members. */
};

/* fd: the container, borrowed. Everything in *ret lives in a. */
lm_err lm_unpack(struct lm_arena *a, struct lm_proc *p, int fd, uint64_t bytes, struct lm_str path, enum lm_container form,
                 struct lm_spool *spool, struct lm_unpack_budget *budget, struct lm_unpack_result *ret, struct lm_error *e);

/* A file without a name: to be written, and to be read. */
lm_err lm_spool_nameless(struct lm_spool *spool, int *ret_write, int *ret_read, struct lm_error *e);
/* A read-only descriptor on a spooled member. */
lm_err lm_spool_open(const struct lm_spool *spool, uint64_t number, int *ret_fd, struct lm_error *e);

#endif
