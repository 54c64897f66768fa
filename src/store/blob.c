#include "store/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)1 << 20)

static lm_err io(struct lm_error *e, const char *what)
{
    return lm_fail(e, LM_EIO, "%s: %s", what, strerror(errno));
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static lm_err copy(int from, int to, struct lm_sha256_run *run, uint64_t *ret_bytes, struct lm_error *e)
{
    char *chunk = malloc(CHUNK_BYTES);
    uint64_t bytes = 0;
    lm_err err = chunk != NULL ? LM_OK : lm_fail(e, LM_ENOMEM, "out of memory");
    while (err == LM_OK) {
        ssize_t n = read(from, chunk, CHUNK_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            err = io(e, "the evidence cannot be read");
        if (n <= 0)
            break;
        lm_sha256_add(run, chunk, (size_t)n);
        bytes += (uint64_t)n;
        if (!write_all(to, chunk, (size_t)n))
            err = io(e, "the evidence cannot be copied into the workspace");
    }
    free(chunk);
    *ret_bytes = bytes;
    return err;
}

/* The bytes are complete under `temporary`: gives them their name unless they are there already. */
static lm_err settle(int folder_fd, int to, const char *temporary, const char *name, struct lm_error *e)
{
    struct stat s;
    if (fstatat(folder_fd, name, &s, AT_SYMLINK_NOFOLLOW) == 0)
        return LM_OK;
    if (fsync(to) != 0 || fchmod(to, 0400) != 0 || renameat(folder_fd, temporary, folder_fd, name) != 0
        || fsync(folder_fd) != 0)
        return io(e, "the evidence cannot be kept in the workspace");
    return LM_OK;
}

lm_err lm_blob_keep(int folder_fd, int fd, struct lm_sha256 *ret_hash, uint64_t *ret_bytes, struct lm_error *e)
{
    uint64_t salt, bytes = 0;
    char temporary[48], name[65];
    struct lm_sha256 hash;
    struct lm_sha256_run *run;
    if (getrandom(&salt, sizeof salt, 0) != (ssize_t)sizeof salt)
        return io(e, "no random number");
    (void)snprintf(temporary, sizeof temporary, ".incoming-%016llx", (unsigned long long)salt);
    int to = openat(folder_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0)
        return io(e, "nothing can be written into the workspace");
    (void)lseek(fd, 0, SEEK_SET);
    lm_err err = lm_sha256_begin(&run);
    if (err == LM_OK) {
        err = copy(fd, to, run, &bytes, e);
        lm_sha256_end(run, &hash);
    }
    if (err == LM_OK)
        err = settle(folder_fd, to, temporary, lm_sha256_hex(&hash, name), e);
    (void)close(to);
    (void)unlinkat(folder_fd, temporary, 0);
    if (err != LM_OK)
        return err;
    *ret_hash = hash;
    *ret_bytes = bytes;
    return LM_OK;
}

lm_err lm_blob_open(int folder_fd, const struct lm_sha256 *hash, int *ret_fd, struct lm_error *e)
{
    char name[65];
    int fd = openat(folder_fd, lm_sha256_hex(hash, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return lm_fail(e, LM_ENOTFOUND, "no bytes are kept under %s", name);
    if (fd < 0)
        return io(e, "kept bytes cannot be opened");
    *ret_fd = fd;
    return LM_OK;
}
