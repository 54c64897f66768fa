/* blob.h - the kept bytes: NAME.lastmile.d/exhibits/<SHA-256>, read-only, written once. */
#ifndef LM_STORE_BLOB_H
#define LM_STORE_BLOB_H

#include "store/db.h"

/* Copies fd from its beginning (when it can seek) into the folder: temporary file, fsync, rename, fsync of the folder. */
lm_err lm_blob_keep(int folder_fd, int fd, struct lm_sha256 *ret_hash, uint64_t *ret_bytes, struct lm_error *e);
lm_err lm_blob_open(int folder_fd, const struct lm_sha256 *hash, int *ret_fd, struct lm_error *e);

#endif
