/* os.h - what is needed from the operating system: inputs, processes, pipes, folders, the clock.
 *
 * Every descriptor made here is close-on-exec. Folders are walked without following symbolic links.
 * errors  LM_ENOTFOUND (no such file), LM_EIO with the system's reason, LM_ELIMIT, LM_ENOMEM; e names the path
 * test    tests/unit/test_os.c; processes and sockets: tests/unit/test_intake_faults.c
 */
#ifndef LM_BASE_OS_H
#define LM_BASE_OS_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum lm_os_kind { LM_OS_FILE, LM_OS_FOLDER, LM_OS_LINK, LM_OS_SPECIAL /* FIFO, socket, device */ };

/* Opens a path that a person gave: a regular file (read-only) or a folder; a symbolic link is followed. Never
 * blocks. LM_EINPUT for a FIFO, socket or device. */
lm_err lm_os_open_input(const char *path, int *ret_fd, enum lm_os_kind *ret_kind, struct lm_error *e);

/* Opens a file inside a folder; a symbolic link anywhere on the way, or anything but a regular file, is refused. */
lm_err lm_os_open_below(int folder_fd, const char *path, int *ret_fd, struct lm_error *e);

lm_err lm_os_size(int fd, uint64_t *ret_bytes);

/* Read-only and private; an empty file gives the empty slice. */
lm_err lm_os_map(int fd, uint64_t bytes, struct lm_str *ret);
void lm_os_unmap(struct lm_str mapped);
/* The first n bytes are not needed any more for now: their memory is given back (they can still be read). */
void lm_os_unneeded(struct lm_str mapped, size_t n);

/* A file without a name that holds these bytes, at its start; gone with its descriptor. */
lm_err lm_os_memory_file(struct lm_str bytes, int *ret_fd);

struct lm_os_item {
    struct lm_str path; /* relative, '/' separated, NUL-terminated; bytes as the file system has them */
    enum lm_os_kind kind;
    uint64_t bytes;     /* files only */
};

struct lm_os_listing {
    struct lm_os_item *items; /* files, links and specials, in byte order of path; folders only when not listed to their end */
    size_t n;
};

#define LM_OS_WALK_MAX_DEPTH 64
#define LM_OS_WALK_MAX_ITEMS ((size_t)4000000)
/* Everything below folder_fd (borrowed). A folder below it that cannot be read, or not to its end, is an item of kind
 * LM_OS_FOLDER beside what was found in it; folder_fd itself is then an error. */
lm_err lm_os_walk(struct lm_arena *a, int folder_fd, struct lm_os_listing *ret, struct lm_error *e);

/* A new folder `<parent>/<prefix>XXXXXX`, mode 0700, its path from a. */
lm_err lm_os_temp_folder(struct lm_arena *a, const char *parent, const char *prefix, struct lm_str *ret_path,
                         struct lm_error *e);
/* Removes path and everything below it, links as links. Missing is LM_OK. */
lm_err lm_os_remove_tree(const char *path);

/* Starts this same program again with the words given (argv[0] included, ended by NULL) by way of exec: descriptors
 * 0 … 2 are /dev/null (2 is kept in builds with a sanitizer), fds[i] becomes 3 + i, all others are closed; the
 * environment is LC_ALL=C.UTF-8 and nothing else. */
lm_err lm_os_spawn_self(const char *const argv[], const int fds[], size_t n_fds, pid_t *ret_pid, struct lm_error *e);

/* Both ends close-on-exec; as wide as the system allows. */
lm_err lm_os_pipe(int ret_fds[2]);
/* Local socket pair that keeps message borders. */
lm_err lm_os_socket_pair(int ret_fds[2]);
/* One message with one descriptor beside it (fd -1: none). LM_EIO when the other side is gone. */
lm_err lm_os_send(int socket_fd, struct lm_str message, int fd);
/* One message of at most cap bytes; *ret_n = 0: the other side is gone. *ret_fd: -1 when none came. */
lm_err lm_os_receive(int socket_fd, void *buffer, size_t cap, size_t *ret_n, int *ret_fd);

void lm_os_close(int *fd);  /* and sets it to -1 */

/* Monotonic, microseconds. */
int64_t lm_os_now_us(void);

#endif
