#include "base/password.h"

#include <sodium.h>

_Static_assert(LM_PASSWORD_SALT_BYTES == crypto_pwhash_SALTBYTES, "libsodium's");
_Static_assert(LM_PASSWORD_KEY_BYTES == crypto_secretstream_xchacha20poly1305_KEYBYTES, "libsodium's");
_Static_assert(LM_SEALED_HEADER_BYTES == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "libsodium's");
_Static_assert(LM_SEALED_EXTRA_BYTES == crypto_secretstream_xchacha20poly1305_ABYTES, "libsodium's");

struct lm_str lm_password_next(struct lm_str *list)
{
    while (list->n != 0) {
        const char *end = memchr(list->p, '\n', list->n);
        struct lm_str line = lm_str_take(*list, end != NULL ? (size_t)(end - list->p) : list->n);
        *list = lm_str_skip(*list, line.n + (end != NULL));
        if (line.n != 0 && line.p[line.n - 1] == '\r')
            line.n--;
        if (line.n != 0)
            return line;
    }
    return (struct lm_str){ NULL, 0 };
}

lm_err lm_password_key(enum lm_password_kind kind, struct lm_str password, const unsigned char salt[LM_PASSWORD_SALT_BYTES],
                       uint64_t passes, uint64_t memory_bytes, unsigned char ret[LM_PASSWORD_KEY_BYTES], struct lm_error *e)
{
    int alg = kind == LM_PASSWORD_ARGON2I ? crypto_pwhash_ALG_ARGON2I13 : crypto_pwhash_ALG_ARGON2ID13;
    uint64_t least = kind == LM_PASSWORD_ARGON2I ? crypto_pwhash_argon2i_OPSLIMIT_MIN : crypto_pwhash_argon2id_OPSLIMIT_MIN;
    if (memory_bytes > LM_PASSWORD_MAX_MEMORY || passes > LM_PASSWORD_MAX_WORK / (memory_bytes != 0 ? memory_bytes : 1))
        return lm_fail(e, LM_ELIMIT, "its key wants %llu passes over %llu MiB of memory: more than is given", (unsigned long long)passes,
                       (unsigned long long)(memory_bytes >> 20));
    if (memory_bytes < crypto_pwhash_MEMLIMIT_MIN || passes < least)
        return lm_fail(e, LM_ELIMIT, "its key wants less work than its algorithm allows: the header is damaged");
    if (sodium_init() < 0)
        return lm_fail(e, LM_EINTERNAL, "libsodium does not start");
    if (crypto_pwhash(ret, LM_PASSWORD_KEY_BYTES, password.p != NULL ? password.p : "", password.n, salt, passes, (size_t)memory_bytes, alg) != 0)
        return lm_fail(e, LM_ENOMEM, "its key wants %llu MiB of memory, and they are not to be had", (unsigned long long)(memory_bytes >> 20));
    return LM_OK;
}

void lm_password_wipe(void *secret, size_t n)
{
    sodium_memzero(secret, n);
}

lm_err lm_sealed_open(struct lm_str sealed, const unsigned char header[LM_SEALED_HEADER_BYTES], const unsigned char key[LM_PASSWORD_KEY_BYTES],
                      size_t message_bytes, struct lm_str extra, char *out, size_t *ret_n, bool *ret_whole)
{
    crypto_secretstream_xchacha20poly1305_state state;
    size_t most = message_bytes != 0 ? message_bytes + LM_SEALED_EXTRA_BYTES : SIZE_MAX, n = 0;
    bool whole = true, last = false;
    lm_err err = LM_OK;
    if (crypto_secretstream_xchacha20poly1305_init_pull(&state, header, key) != 0)
        return LM_EDENIED;
    for (bool first = true; sealed.n != 0 && !last && whole; first = false) {
        struct lm_str one = lm_str_take(sealed, most);
        unsigned long long got = 0;
        unsigned char tag = 0;
        sealed = lm_str_skip(sealed, one.n);
        whole = one.n >= LM_SEALED_EXTRA_BYTES
                && crypto_secretstream_xchacha20poly1305_pull(&state, (unsigned char *)out + n, &got, &tag, (const unsigned char *)one.p, one.n,
                                                              (const unsigned char *)extra.p, extra.n) == 0;
        if (!whole && first)
            err = LM_EDENIED;
        n += whole ? (size_t)got : 0;
        last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
        /* only a full last message comes without its mark: some writers leave it out then */
        if (whole && !last && sealed.n == 0)
            whole = message_bytes != 0 && got == message_bytes;
    }
    sodium_memzero(&state, sizeof state);
    if (err != LM_OK)
        return err;
    *ret_n = n;
    *ret_whole = whole;
    return LM_OK;
}
