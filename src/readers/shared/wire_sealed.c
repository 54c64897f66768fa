#include "readers/shared/wire_sealed.h"

lm_err lm_wire_unseal(struct lm_read *ctx, const struct lm_wire_seal *s, struct lm_str *ret, bool *ret_whole)
{
    struct lm_str rest = ctx->in->passwords, password;
    unsigned char key[LM_PASSWORD_KEY_BYTES];
    size_t n = 0, tried = 0;
    lm_err err = LM_EDENIED;
    if (rest.n == 0)
        return lm_fail(ctx->error, LM_EDENIED, "no password was supplied (import --password-file FILE)");
    char *out = lm_arena_alloc(ctx->file, s->sealed.n);
    if (out == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "the backup is larger than the memory that a reader gets: its %zu MiB are opened at once", s->sealed.n >> 20);
    while (err == LM_EDENIED && (password = lm_password_next(&rest)).p != NULL) {
        tried++;
        err = lm_password_key(s->kind, password, s->salt, s->passes, s->memory_bytes, key, ctx->error);
        if (err != LM_OK)
            break;
        err = lm_sealed_open(s->sealed, s->header, key, s->message_bytes, s->extra, out, &n, ret_whole);
        lm_password_wipe(key, sizeof key);
    }
    if (err == LM_EDENIED && tried == 1)
        return lm_fail(ctx->error, err, "the password that was supplied does not open it, or its beginning is damaged");
    if (err == LM_EDENIED)
        return lm_fail(ctx->error, err, "none of the %zu passwords that were supplied opens it, or its beginning is damaged", tried);
    if (err == LM_OK)
        *ret = (struct lm_str){ out, n };
    return err;
}
