#include "readers/shared/wire_sealed.h"

lm_err lm_wire_unseal(struct lm_read *ctx, const struct lm_wire_seal *s, struct lm_sealed *ret)
{
    struct lm_str rest = ctx->in->passwords, password;
    unsigned char key[LM_PASSWORD_KEY_BYTES];
    size_t tried = 0;
    lm_err err = LM_EDENIED;
    if (rest.n == 0)
        return lm_fail(ctx->error, LM_EDENIED, "no password was supplied (import --password-file FILE)");
    while (err == LM_EDENIED && (password = lm_password_next(&rest)).p != NULL) {
        tried++;
        err = lm_password_key(s->kind, password, s->salt, s->passes, s->memory_bytes, key, ctx->error);
        if (err != LM_OK)
            break;
        err = lm_sealed_open(ctx->file, s->sealed, s->header, key, s->message_bytes, s->extra, ret);
        lm_password_wipe(key, sizeof key);
    }
    if (err == LM_EDENIED && tried == 1)
        return lm_fail(ctx->error, err, "the password that was supplied does not open it, or its beginning is damaged");
    if (err == LM_EDENIED)
        return lm_fail(ctx->error, err, "none of the %zu passwords that were supplied opens it, or its beginning is damaged", tried);
    return err;
}

static void read_text(void *user, uint64_t at, char *out, size_t n)
{
    lm_sealed_read(user, at, out, n);
}

struct lm_zip_bytes lm_wire_zip(struct lm_sealed *s)
{
    return (struct lm_zip_bytes){ .n = s->n, .read = read_text, .user = s };
}
