#include "store/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)1 << 20)
#define SYNC_ONE_BY_ONE 8

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

static struct lm_blob_stamp stamp_of(const struct stat *s)
{
    return (struct lm_blob_stamp){ .device = (uint64_t)s->st_dev,
                                   .inode = (uint64_t)s->st_ino,
                                   .bytes = (uint64_t)s->st_size,
                                   .modified_ns = (int64_t)s->st_mtim.tv_sec * 1000000000 + s->st_mtim.tv_nsec,
                                   .changed_ns = (int64_t)s->st_ctim.tv_sec * 1000000000 + s->st_ctim.tv_nsec };
}

static bool same_stamp(const struct lm_blob_stamp *a, const struct lm_blob_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes && a->modified_ns == b->modified_ns
           && a->changed_ns == b->changed_ns;
}

/* Whether the name holds these bytes. LM_ENOMEM only: what cannot be read does not hold them. */
static lm_err holds(int folder_fd, const char *name, const struct lm_sha256 *hash, struct lm_blob_stamp *ret_stamp,
                    bool *ret, struct lm_error *e)
{
    struct stat s;
    struct lm_sha256 there;
    uint64_t bytes;
    int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *ret = false;
    if (fd < 0)
        return LM_OK;
    lm_err err = fstat(fd, &s) == 0 && S_ISREG(s.st_mode) ? lm_sha256_fd(fd, &there, &bytes) : LM_EIO;
    (void)close(fd);
    if (err == LM_ENOMEM)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *ret = err == LM_OK && memcmp(&there, hash, sizeof there) == 0;
    if (*ret)
        *ret_stamp = stamp_of(&s);
    return LM_OK;
}

/* Gives what stands under the name a second one. The first stays where it can: the fresh copy then takes its place in
 * one step. */
static lm_err set_aside(int folder_fd, const char *name, char aside[LM_BLOB_NAME], struct lm_error *e)
{
    struct stat s;
    for (unsigned n = 1; n < 10000; n++) {
        (void)snprintf(aside, LM_BLOB_NAME, "%s.damaged-%u", name, n);
        if (fstatat(folder_fd, aside, &s, AT_SYMLINK_NOFOLLOW) == 0)
            continue;
        if (linkat(folder_fd, name, folder_fd, aside, 0) == 0 || renameat(folder_fd, name, folder_fd, aside) == 0)
            return LM_OK;
        break;
    }
    return io(e, "damaged bytes cannot be set aside");
}

/* The bytes are complete under `temporary`: gives them their name unless they are there already. */
static lm_err settle(int folder_fd, int to, const char *temporary, const char *name, struct lm_blob *b,
                     struct lm_error *e)
{
    struct stat s;
    if (fstatat(folder_fd, name, &s, AT_SYMLINK_NOFOLLOW) == 0) {
        bool sound = false;
        lm_err err = holds(folder_fd, name, &b->hash, &b->stamp, &sound, e);
        if (err != LM_OK || sound)
            return err;
        if ((err = set_aside(folder_fd, name, b->aside, e)) != LM_OK)
            return err;
    }
    if (fchmod(to, 0400) != 0 || renameat(folder_fd, temporary, folder_fd, name) != 0 || fstat(to, &s) != 0)
        return io(e, "the evidence cannot be kept in the workspace");
    b->stamp = stamp_of(&s);
    return LM_OK;
}

lm_err lm_blob_keep(int folder_fd, int fd, struct lm_blob *ret, struct lm_error *e)
{
    uint64_t salt;
    char temporary[48], name[65];
    struct lm_blob b = { .bytes = 0 };
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
        err = copy(fd, to, run, &b.bytes, e);
        lm_sha256_end(run, &b.hash);
    }
    if (err == LM_OK)
        err = settle(folder_fd, to, temporary, lm_sha256_hex(&b.hash, name), &b, e);
    (void)close(to);
    (void)unlinkat(folder_fd, temporary, 0);
    if (err == LM_OK)
        *ret = b;
    return err;
}

static lm_err sync_one(int folder_fd, const struct lm_sha256 *hash, struct lm_error *e)
{
    int fd = -1;
    lm_err err = lm_blob_open(folder_fd, hash, &fd, e);
    if (err == LM_OK && fdatasync(fd) != 0)
        err = io(e, "the evidence cannot be kept in the workspace");
    if (fd >= 0)
        (void)close(fd);
    return err;
}

/* A few are waited for one by one, so that nobody else's writing is; for many, waiting for all that is to be written
 * is much the shorter way. */
lm_err lm_blob_sync(int folder_fd, const struct lm_sha256 *hashes, size_t n, struct lm_error *e)
{
    lm_err err = LM_OK;
    if (n > SYNC_ONE_BY_ONE)
        return syncfs(folder_fd) == 0 ? LM_OK : io(e, "the evidence cannot be kept in the workspace");
    for (size_t i = 0; i < n && err == LM_OK; i++)
        err = sync_one(folder_fd, &hashes[i], e);
    if (err == LM_OK && n != 0 && fsync(folder_fd) != 0)
        err = io(e, "the evidence cannot be kept in the workspace");
    return err;
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

static lm_err check_sound(int fd, const struct lm_sha256 *hash, struct lm_blob_stamp *stamp, struct lm_error *e)
{
    struct stat s;
    struct lm_sha256 there;
    uint64_t bytes;
    char name[65];
    if (fstat(fd, &s) != 0)
        return io(e, "kept bytes cannot be opened");
    struct lm_blob_stamp now = stamp_of(&s);
    if (same_stamp(&now, stamp))
        return LM_OK;
    lm_err err = lm_sha256_fd(fd, &there, &bytes);
    if (err != LM_OK)
        return lm_fail(e, err, "kept bytes cannot be read");
    if (memcmp(&there, hash, sizeof there) != 0)
        return lm_fail(e, LM_EDAMAGED, "the bytes kept under %s have changed", lm_sha256_hex(hash, name));
    if (lseek(fd, 0, SEEK_SET) != 0)
        return io(e, "kept bytes cannot be read");
    *stamp = now;
    return LM_OK;
}

lm_err lm_blob_open_sound(int folder_fd, const struct lm_sha256 *hash, struct lm_blob_stamp *stamp, int *ret_fd,
                          struct lm_error *e)
{
    int fd = -1;
    lm_err err = lm_blob_open(folder_fd, hash, &fd, e);
    if (err == LM_OK)
        err = check_sound(fd, hash, stamp, e);
    if (err == LM_OK)
        *ret_fd = fd;
    else if (fd >= 0)
        (void)close(fd);
    return err;
}
