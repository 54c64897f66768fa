/* blob.h - the kept bytes: NAME.lastmile.d/exhibits/<SHA-256>, read-only, written once.
 *
 * lm_blob_keep does not wait for the disk: lm_blob_sync does, once for many, before a row that points at them is
 * committed. What stands under a name and is not those bytes (changed on the disk, or left by an import that a cut of
 * power ended) is never read as evidence and never lost: it is set aside as <SHA-256>.damaged-N.
 */
#ifndef LM_STORE_BLOB_H
#define LM_STORE_BLOB_H

#include "store/db.h"

#define LM_BLOB_NAME 96

/* A file as it was when its bytes were last hashed; whoever writes to it changes one of these. */
struct lm_blob_stamp {
    uint64_t device, inode, bytes;
    int64_t modified_ns, changed_ns;
};

struct lm_blob {
    struct lm_sha256 hash;
    uint64_t bytes;
    struct lm_blob_stamp stamp;
    char aside[LM_BLOB_NAME]; /* under this name stands what was found in its place; "": nothing, or the same bytes */
};

/* Copies fd from its beginning (when it can seek) into the folder: temporary file, rename. */
lm_err lm_blob_keep(int folder_fd, int fd, struct lm_blob *ret, struct lm_error *e);
/* The bytes, and their names, are on the disk when it returns. */
lm_err lm_blob_sync(int folder_fd, const struct lm_sha256 *hashes, size_t n, struct lm_error *e);
/* As it stands there; the caller hashes. */
lm_err lm_blob_open(int folder_fd, const struct lm_sha256 *hash, int *ret_fd, struct lm_error *e);
/* Hashed before it is handed out, unless the file is still the one of *stamp, which is brought up to date.
 * LM_EDAMAGED when it holds other bytes. */
lm_err lm_blob_open_sound(int folder_fd, const struct lm_sha256 *hash, struct lm_blob_stamp *stamp, int *ret_fd,
                          struct lm_error *e);

#endif
