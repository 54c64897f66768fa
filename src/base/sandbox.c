#include "base/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock beyond the headers of Debian 12 (kernel documentation, "Landlock: unprivileged access control"). */
struct landlock_ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net; /* ABI 4 */
    uint64_t scoped;             /* ABI 6 */
};

static int landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

static lm_err enter_landlock(int abi, struct lm_error *e)
{
    /* fs rights by ABI: 13 bits, then refer (2), truncate (3), ioctl (5) */
    struct landlock_ruleset r = { .handled_access_fs = (UINT64_C(1) << 13) - 1 };
    size_t size = sizeof r.handled_access_fs;
    if (abi >= 2)
        r.handled_access_fs |= UINT64_C(1) << 13;
    if (abi >= 3)
        r.handled_access_fs |= UINT64_C(1) << 14;
    if (abi >= 4) {
        r.handled_access_net = 3;
        size += sizeof r.handled_access_net;
    }
    if (abi >= 5)
        r.handled_access_fs |= UINT64_C(1) << 15;
    if (abi >= 6) {
        r.scoped = 3;
        size += sizeof r.scoped;
    }
    int fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
    if (fd < 0)
        return lm_fail(e, LM_EIO, "landlock: %s", strerror(errno));
    long bad = syscall(SYS_landlock_restrict_self, fd, 0);
    int number = errno;
    (void)close(fd);
    return bad == 0 ? LM_OK : lm_fail(e, LM_EIO, "landlock: %s", strerror(number));
}

static int set_limit(__rlimit_resource_t what, uint64_t value)
{
    struct rlimit now;
    rlim_t v = (rlim_t)value;
    if (getrlimit(what, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < v)
        v = now.rlim_max;
    struct rlimit r = { v, v };
    return setrlimit(what, &r);
}

static lm_err enter_limits(const struct lm_sandbox_limits *limits, struct lm_error *e)
{
    int bad = 0;
    if (LM_SANDBOX_LIMITS) {
        bad |= set_limit(RLIMIT_DATA, limits->memory_bytes);
        bad |= set_limit(RLIMIT_FSIZE, 0);
    }
    bad |= set_limit(RLIMIT_CPU, limits->cpu_s);
    bad |= set_limit(RLIMIT_NOFILE, 64);
    bad |= set_limit(RLIMIT_CORE, 0);
    return bad == 0 ? LM_OK : lm_fail(e, LM_EIO, "resource limits: %s", strerror(errno));
}

/* Calls without conditions. */
static const int allowed[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(lseek),
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(futex), SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(sched_yield),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrlimit), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
};

static int allow_memory(scmp_filter_ctx c)
{
    /* Private only (shared memory is not counted by the limit), never executable. */
    int bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                               SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE, MAP_PRIVATE));
    bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* abort() and raise(): to itself only */
    bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    return bad;
}

static lm_err enter_seccomp(struct lm_error *e)
{
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (c == NULL)
        return lm_fail(e, LM_ENOMEM, "seccomp: no memory for the filter");
    int bad = 0;
    for (size_t i = 0; bad == 0 && i < sizeof allowed / sizeof *allowed; i++)
        bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0);
    if (bad == 0)
        bad = allow_memory(c);
    if (bad == 0)
        bad = seccomp_load(c);
    seccomp_release(c);
    return bad == 0 ? LM_OK : lm_fail(e, LM_EIO, "seccomp: %s", strerror(-bad));
}

struct lm_sandbox_state lm_sandbox_probe(void)
{
    uint32_t action = SECCOMP_RET_ERRNO;
    struct lm_sandbox_state s = { .no_new_privs = true, .limits = LM_SANDBOX_LIMITS, .landlock_abi = landlock_abi() };
    s.landlock = s.landlock_abi > 0;
    s.seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
    return s;
}

lm_err lm_sandbox_enter(const struct lm_sandbox_limits *limits, struct lm_sandbox_state *ret, struct lm_error *e)
{
    struct lm_sandbox_state s = lm_sandbox_probe();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return lm_fail(e, LM_EIO, "no_new_privs: %s", strerror(errno));
    lm_err err = enter_limits(limits, e);
    if (err == LM_OK && s.landlock)
        err = enter_landlock(s.landlock_abi, e);
    if (err == LM_OK && s.seccomp)
        err = enter_seccomp(e);
    if (err == LM_OK)
        *ret = s;
    return err;
}
