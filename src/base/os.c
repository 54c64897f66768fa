#include "base/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static lm_err fail_errno(struct lm_error *e, const char *path, const char *what)
{
    int number = errno;
    lm_err code = number == ENOENT || number == ENOTDIR ? LM_ENOTFOUND : number == ENOMEM ? LM_ENOMEM : LM_EIO;
    (void)lm_fail(e, code, "%s: %s", what, strerror(number));
    if (path != NULL)
        lm_fail_at(e, path, "%s", "");
    return code;
}

void lm_os_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

int64_t lm_os_now_us(void)
{
    struct timespec t = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static enum lm_os_kind kind_of(mode_t mode)
{
    return S_ISREG(mode) ? LM_OS_FILE : S_ISDIR(mode) ? LM_OS_FOLDER : S_ISLNK(mode) ? LM_OS_LINK : LM_OS_SPECIAL;
}

lm_err lm_os_open_input(const char *path, int *ret_fd, enum lm_os_kind *ret_kind, struct lm_error *e)
{
    struct stat st;
    /* O_NONBLOCK: opening a FIFO or a terminal line must not wait */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail_errno(e, path, "cannot be opened");
    if (fstat(fd, &st) != 0) {
        (void)close(fd);
        return fail_errno(e, path, "cannot be opened");
    }
    enum lm_os_kind kind = kind_of(st.st_mode);
    if (kind != LM_OS_FILE && kind != LM_OS_FOLDER) {
        (void)close(fd);
        (void)lm_fail(e, LM_EINPUT, "is neither a file nor a folder");
        lm_fail_at(e, path, "%s", "");
        return LM_EINPUT;
    }
    *ret_fd = fd;
    *ret_kind = kind;
    return LM_OK;
}

/* Opens the folder that holds the last component, one component at a time, and gives that component. */
static int open_parent(int folder_fd, const char *path, const char **ret_last)
{
    int at = fcntl(folder_fd, F_DUPFD_CLOEXEC, 3);
    for (const char *slash; at >= 0 && (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        char name[NAME_MAX + 1];
        size_t n = (size_t)(slash - path);
        if (n == 0 || n > NAME_MAX) {
            (void)close(at);
            errno = n == 0 ? EINVAL : ENAMETOOLONG;
            return -1;
        }
        memcpy(name, path, n);
        name[n] = '\0';
        int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int number = errno;
        (void)close(at);
        errno = number;
        at = next;
    }
    *ret_last = path;
    return at;
}

lm_err lm_os_open_below(int folder_fd, const char *path, int *ret_fd, struct lm_error *e)
{
    const char *last = path;
    int at = open_parent(folder_fd, path, &last);
    if (at < 0)
        return fail_errno(e, path, "cannot be opened");
    int fd = openat(at, last, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int number = errno;
    (void)close(at);
    errno = number;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        number = errno;
        lm_os_close(&fd);
        errno = number;
        return fail_errno(e, path, "cannot be opened");
    }
    if (!S_ISREG(st.st_mode)) {
        (void)close(fd);
        (void)lm_fail(e, LM_EINPUT, "is not a regular file");
        lm_fail_at(e, path, "%s", "");
        return LM_EINPUT;
    }
    *ret_fd = fd;
    return LM_OK;
}

lm_err lm_os_size(int fd, uint64_t *ret_bytes)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size < 0)
        return LM_EIO;
    *ret_bytes = (uint64_t)st.st_size;
    return LM_OK;
}

lm_err lm_os_map(int fd, uint64_t bytes, struct lm_str *ret)
{
    if (bytes == 0) {
        *ret = (struct lm_str){ NULL, 0 };
        return LM_OK;
    }
    if (bytes > SIZE_MAX / 2)
        return LM_ELIMIT;
    void *p = mmap(NULL, (size_t)bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return errno == ENOMEM ? LM_ENOMEM : LM_EIO;
    (void)madvise(p, (size_t)bytes, MADV_SEQUENTIAL);
    *ret = (struct lm_str){ p, (size_t)bytes };
    return LM_OK;
}

void lm_os_unmap(struct lm_str mapped)
{
    if (mapped.n != 0)
        (void)munmap((void *)(uintptr_t)mapped.p, mapped.n);
}

void lm_os_unneeded(struct lm_str mapped, size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (n <= mapped.n && n >= page) /* a private mapping that nobody wrote to: its pages come from the file again */
        (void)madvise((void *)(uintptr_t)mapped.p, n / page * page, MADV_DONTNEED);
}

lm_err lm_os_memory_file(struct lm_str bytes, int *ret_fd)
{
    int fd = memfd_create("lastmile", MFD_CLOEXEC);
    while (fd >= 0 && bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n <= 0 && errno != EINTR)
            break;
        bytes = lm_str_skip(bytes, n > 0 ? (size_t)n : 0);
    }
    if (fd < 0 || bytes.n > 0 || lseek(fd, 0, SEEK_SET) != 0) {
        lm_os_close(&fd);
        return LM_EIO;
    }
    *ret_fd = fd;
    return LM_OK;
}

/* --- folders --- */

struct walk {
    struct lm_arena *a;
    struct lm_os_item *items; /* grown with realloc, copied into the arena at the end */
    size_t n, cap;
    struct lm_error *e;
};

static lm_err walk_add(struct walk *w, struct lm_str path, enum lm_os_kind kind, uint64_t bytes)
{
    if (w->n >= LM_OS_WALK_MAX_ITEMS)
        return lm_fail(w->e, LM_ELIMIT, "more than %zu files below one folder", LM_OS_WALK_MAX_ITEMS);
    if (w->n == w->cap) {
        size_t cap = w->cap == 0 ? 64 : w->cap * 2;
        struct lm_os_item *p = reallocarray(w->items, cap, sizeof *p);
        if (p == NULL)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        w->items = p;
        w->cap = cap;
    }
    w->items[w->n++] = (struct lm_os_item){ path, kind, bytes };
    return LM_OK;
}

/* The next item that is not the folder itself or its parent. NULL: *ret_errno is 0 at the end of the folder, else what
 * stopped us before it. */
static const char *next_name(DIR *d, int *ret_errno)
{
    const struct dirent *item;
    do {
        errno = 0;
        item = readdir(d);
        *ret_errno = errno;
    } while (item != NULL && (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0));
    return item != NULL ? item->d_name : NULL;
}

static lm_err walk_folder(struct walk *w, int fd, struct lm_str prefix, int depth);

static lm_err walk_item(struct walk *w, int folder_fd, struct lm_str prefix, const char *name, int depth)
{
    struct stat st;
    struct lm_str path = lm_arena_printf(w->a, "%.*s%s%s", LM_STR_ARG(prefix), prefix.n != 0 ? "/" : "", name);
    if (path.p == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    if (fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return walk_add(w, path, LM_OS_FOLDER, 0);
    enum lm_os_kind kind = kind_of(st.st_mode);
    if (kind != LM_OS_FOLDER)
        return walk_add(w, path, kind, kind == LM_OS_FILE ? (uint64_t)st.st_size : 0);
    int fd = depth < LM_OS_WALK_MAX_DEPTH
                 ? openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    return fd < 0 ? walk_add(w, path, LM_OS_FOLDER, 0) : walk_folder(w, fd, path, depth + 1);
}

/* Takes fd over. */
static lm_err walk_folder(struct walk *w, int fd, struct lm_str prefix, int depth)
{
    DIR *d = fdopendir(fd);
    int number = d == NULL ? errno : 0;
    lm_err err = LM_OK;
    for (const char *name; err == LM_OK && d != NULL && (name = next_name(d, &number)) != NULL;)
        err = walk_item(w, dirfd(d), prefix, name, depth);
    (void)(d != NULL ? closedir(d) : close(fd));
    if (err != LM_OK || number == 0)
        return err;
    errno = number;
    return prefix.n != 0 ? walk_add(w, prefix, LM_OS_FOLDER, 0) : fail_errno(w->e, NULL, "cannot be listed");
}

static int by_path(const void *x, const void *y)
{
    const struct lm_os_item *a = x, *b = y;
    return lm_str_cmp(a->path, b->path);
}

lm_err lm_os_walk(struct lm_arena *a, int folder_fd, struct lm_os_listing *ret, struct lm_error *e)
{
    struct walk w = { .a = a, .e = e };
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(e, NULL, "cannot be listed");
    lm_err err = walk_folder(&w, fd, (struct lm_str){ NULL, 0 }, 0);
    struct lm_os_item *items = NULL;
    if (err == LM_OK) {
        items = lm_arena_array(a, w.n, sizeof *items);
        if (items == NULL)
            err = lm_fail(e, LM_ENOMEM, "out of memory");
    }
    if (err == LM_OK) {
        if (w.n != 0) {
            qsort(w.items, w.n, sizeof *w.items, by_path);
            memcpy(items, w.items, w.n * sizeof *items);
        }
        *ret = (struct lm_os_listing){ items, w.n };
    }
    free(w.items);
    return err;
}

lm_err lm_os_temp_folder(struct lm_arena *a, const char *parent, const char *prefix, struct lm_str *ret_path,
                         struct lm_error *e)
{
    struct lm_str s = lm_arena_printf(a, "%s/%sXXXXXX", parent, prefix);
    char *path = s.p != NULL ? lm_arena_alloc(a, s.n + 1) : NULL;
    if (path == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    memcpy(path, s.p, s.n);
    if (mkdtemp(path) == NULL) /* mode 0700 */
        return fail_errno(e, parent, "cannot make a private folder");
    *ret_path = (struct lm_str){ path, s.n };
    return LM_OK;
}

static lm_err remove_below(int fd, int depth)
{
    DIR *d = fdopendir(fd);
    lm_err err = LM_OK;
    if (d == NULL) {
        (void)close(fd);
        return LM_EIO;
    }
    int number;
    for (const char *name; (name = next_name(d, &number)) != NULL;) {
        if (unlinkat(dirfd(d), name, 0) == 0)
            continue;
        int sub = depth < LM_OS_WALK_MAX_DEPTH ? openat(dirfd(d), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        if (sub < 0 || remove_below(sub, depth + 1) != LM_OK || unlinkat(dirfd(d), name, AT_REMOVEDIR) != 0)
            err = LM_EIO;
    }
    (void)closedir(d);
    return number != 0 ? LM_EIO : err;
}

lm_err lm_os_remove_tree(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || unlink(path) == 0 ? LM_OK : LM_EIO;
    lm_err err = remove_below(fd, 0);
    return rmdir(path) == 0 ? err : LM_EIO;
}

/* --- processes --- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KEEP_STDERR 1
#else
#define KEEP_STDERR 0
#endif

#define MAX_FDS 4
#define FIRST_FD 3

static int spawn_prepared(const char *const argv[], const int high[], size_t n_fds, pid_t *ret_pid)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    char *environment[] = { locale, NULL };
    posix_spawn_file_actions_t actions;
    int bad = posix_spawn_file_actions_init(&actions);
    if (bad != 0)
        return bad;
    bad |= posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    bad |= posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (!KEEP_STDERR)
        bad |= posix_spawn_file_actions_adddup2(&actions, 1, 2);
    for (size_t i = 0; i < n_fds; i++)
        bad |= posix_spawn_file_actions_adddup2(&actions, high[i], FIRST_FD + (int)i);
    bad |= posix_spawn_file_actions_addclosefrom_np(&actions, FIRST_FD + (int)n_fds);
    pid_t pid = -1;
    if (bad == 0)
        bad = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, (char *const *)(uintptr_t)argv, environment);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (bad == 0)
        *ret_pid = pid;
    return bad;
}

lm_err lm_os_spawn_self(const char *const argv[], const int fds[], size_t n_fds, pid_t *ret_pid, struct lm_error *e)
{
    int high[MAX_FDS];
    int bad = n_fds > MAX_FDS ? EINVAL : 0;
    size_t n = 0;
    /* out of the way of 0 … 3 + n, so that no dup2 hits the source of a later one */
    for (; bad == 0 && n < n_fds; n++) {
        high[n] = fcntl(fds[n], F_DUPFD_CLOEXEC, 32);
        if (high[n] < 0) {
            bad = errno;
            break;
        }
    }
    if (bad == 0)
        bad = spawn_prepared(argv, high, n_fds, ret_pid);
    while (n > 0)
        (void)close(high[--n]);
    if (bad != 0)
        return lm_fail(e, LM_EIO, "cannot start the %s process: %s", argv[1], strerror(bad));
    return LM_OK;
}

lm_err lm_os_pipe(int ret_fds[2])
{
    if (pipe2(ret_fds, O_CLOEXEC) != 0)
        return LM_EIO;
    (void)fcntl(ret_fds[0], F_SETPIPE_SZ, 1 << 20); /* the usual ceiling for everyone; less is only slower */
    return LM_OK;
}

lm_err lm_os_socket_pair(int ret_fds[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds) == 0 ? LM_OK : LM_EIO;
}

lm_err lm_os_send(int socket_fd, struct lm_str message, int fd)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec part = { (void *)(uintptr_t)message.p, message.n };
    struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
    if (fd >= 0) {
        m.msg_control = &control;
        m.msg_controllen = sizeof control.room;
        control.header = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    }
    for (;;) {
        ssize_t n = sendmsg(socket_fd, &m, MSG_NOSIGNAL);
        if (n >= 0)
            return (size_t)n == message.n ? LM_OK : LM_EIO;
        if (errno != EINTR)
            return LM_EIO;
    }
}

lm_err lm_os_receive(int socket_fd, void *buffer, size_t cap, size_t *ret_n, int *ret_fd)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(4 * sizeof(int))];
    } control = { 0 };
    struct iovec part = { buffer, cap };
    struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room };
    ssize_t n;
    do
        n = recvmsg(socket_fd, &m, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return LM_EIO;
    int fd = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int one;
            memcpy(&one, CMSG_DATA(c) + i * sizeof one, sizeof one);
            if (fd < 0)
                fd = one;
            else
                (void)close(one); /* more than was agreed */
        }
    }
    if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        lm_os_close(&fd);
        return LM_EIO;
    }
    *ret_n = (size_t)n;
    *ret_fd = fd;
    return LM_OK;
}
