/* hash.h - SHA-256 (FIPS 180-4) through OpenSSL's EVP, which uses the processor's SHA instructions. */
#ifndef LM_BASE_HASH_H
#define LM_BASE_HASH_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct lm_sha256 {
    uint8_t b[32];
};

struct lm_sha256_run; /* OpenSSL's context */

/* LM_ENOMEM only. Free with lm_sha256_end, which also gives the digest (ret may be NULL). */
lm_err lm_sha256_begin(struct lm_sha256_run **ret);
void lm_sha256_add(struct lm_sha256_run *run, const void *p, size_t n);
void lm_sha256_end(struct lm_sha256_run *run, struct lm_sha256 *ret);

/* One go. */
lm_err lm_sha256_of(struct lm_str s, struct lm_sha256 *ret);
/* From the descriptor's position to its end; LM_EIO. */
lm_err lm_sha256_fd(int fd, struct lm_sha256 *ret, uint64_t *ret_bytes);

/* 64 lower-case digits and a NUL. Returns out. */
const char *lm_sha256_hex(const struct lm_sha256 *h, char out[65]);
/* False when s is not 64 hexadecimal digits. */
bool lm_sha256_parse(struct lm_str s, struct lm_sha256 *ret);

#endif
