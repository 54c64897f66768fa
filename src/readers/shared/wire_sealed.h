/* wire_sealed.h - what the sealed backups of Wire share: a header, a password, a stream, a zip in it.
 *
 * Layouts: wireapp/kalium backup/README.md (WBUX), LukasForst/wire-android-backup 2391500b (WBUA, WBUI).
 * memory  the text is never held: the stream is looked through once, and what is asked for is opened again. The key wants as much memory as the
 *         header says, while it is made (LM_PASSWORD_MAX_MEMORY at most).
 * test    the fixtures of wire_wbux and wire_wbu_encrypted, made by tests/databases/make_wbu.c
 */
#ifndef LM_READERS_SHARED_WIRE_SEALED_H
#define LM_READERS_SHARED_WIRE_SEALED_H

#include "base/password.h"
#include "formats/zip_memory.h"
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

/* Tries ctx->in->passwords. *ret reads the text: lm_wire_zip gives it to formats/zip_memory.h; lm_sealed_close forgets it. LM_EDENIED (no password was
 * supplied, or none opens it), LM_ELIMIT, LM_ENOMEM, all told in ctx->error. */
lm_err lm_wire_unseal(struct lm_read *ctx, const struct lm_wire_seal *s, struct lm_sealed *ret);
struct lm_zip_bytes lm_wire_zip(struct lm_sealed *s);

static inline uint64_t lm_wire_be(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

#endif
