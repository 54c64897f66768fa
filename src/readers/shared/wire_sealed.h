/* wire_sealed.h - what the sealed backups of Wire share: a header, a password, a stream, a zip in it.
 *
 * Layouts: wireapp/kalium backup/README.md (WBUX), LukasForst/wire-android-backup 2391500b (WBUA, WBUI).
 * memory  the opened zip stands in the file arena: the size of the input
 * test    the fixtures of wire_wbux and wire_wbu_encrypted, made by tests/databases/make_wbu.c
 */
#ifndef LM_READERS_SHARED_WIRE_SEALED_H
#define LM_READERS_SHARED_WIRE_SEALED_H

#include "base/password.h"
#include "lastmile/reader.h"

struct lm_wire_seal {
    enum lm_password_kind kind;
    const unsigned char *salt;   /* LM_PASSWORD_SALT_BYTES */
    uint64_t passes, memory_bytes;
    const unsigned char *header; /* LM_SEALED_HEADER_BYTES */
    size_t message_bytes;        /* as lm_sealed_open */
    struct lm_str extra;
    struct lm_str sealed;
};

/* Tries ctx->in->passwords. LM_EDENIED (none was supplied, or none opens it), LM_ELIMIT, LM_ENOMEM, all told in ctx->error. */
lm_err lm_wire_unseal(struct lm_read *ctx, const struct lm_wire_seal *s, struct lm_str *ret, bool *ret_whole);

static inline uint64_t lm_wire_be(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

#endif
