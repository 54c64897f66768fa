/* sandbox.h - a process shuts itself in, for good, before it looks at evidence.
 *
 * In order: no_new_privs; resource limits (private memory, processor seconds, 64 descriptors, files of
 * size 0, no core); landlock (no file system, no TCP, no signals or abstract sockets outside); a seccomp allow-list that
 * knows no open, no socket, no exec, no new process or thread and no executable memory. A refused call
 * gives EPERM. What the kernel does not have is left out and said in the state; limits and no_new_privs
 * are on every kernel. In builds with a sanitizer the limits of
 * memory and file size are off (its shadow would not fit, and it must be able to write its report).
 *
 * errors  LM_EIO when a part that the kernel has cannot be put in place: the caller must then stop
 * test    tests/unit/test_intake_faults.c (a reader process tries everything that must be refused)
 */
#ifndef LM_BASE_SANDBOX_H
#define LM_BASE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Whether this build limits memory and file size: false with a sanitizer. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LM_SANDBOX_LIMITS false
#else
#define LM_SANDBOX_LIMITS true
#endif

struct lm_sandbox_limits {
    uint64_t memory_bytes; /* heap and other private memory; a read-only mapping of evidence does not count */
    uint32_t cpu_s;
};

struct lm_sandbox_state {
    bool no_new_privs, limits, landlock, seccomp;
    int landlock_abi; /* 0: none */
};

lm_err lm_sandbox_enter(const struct lm_sandbox_limits *limits, struct lm_sandbox_state *ret, struct lm_error *e);

/* What this kernel would give; changes nothing. */
struct lm_sandbox_state lm_sandbox_probe(void);

#endif
