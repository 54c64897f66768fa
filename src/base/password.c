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

/* --- the stream --- */

#define MARKS 16384

static size_t message_count(const struct lm_sealed *s)
{
    size_t one = s->message_bytes + LM_SEALED_EXTRA_BYTES;
    return s->message_bytes != 0 ? s->in.n / one + (s->in.n % one != 0) : s->in.n != 0;
}

static struct lm_str message(const struct lm_sealed *s, size_t i)
{
    size_t one = s->message_bytes + LM_SEALED_EXTRA_BYTES;
    return s->message_bytes != 0 ? lm_str_take(lm_str_skip(s->in, i * one), one) : s->in;
}

/* The tag of a message: encrypted, the first byte of a block of its own, which is authenticated whole. */
static unsigned char tag_of(const struct lm_sealed_mark *m, struct lm_str one, unsigned char block[64])
{
    memset(block, 0, 64);
    block[0] = (unsigned char)one.p[0];
    (void)crypto_stream_chacha20_ietf_xor_ic(block, block, 64, m->nonce, 1, m->key);
    unsigned char tag = block[0];
    block[0] = (unsigned char)one.p[0];
    return tag;
}

static bool is_authentic(const struct lm_sealed_mark *m, struct lm_str one, struct lm_str extra, unsigned char *ret_tag)
{
    static const unsigned char zeros[16] = { 0 };
    unsigned char block[64], sizes[16], mac[crypto_onetimeauth_poly1305_BYTES];
    crypto_onetimeauth_poly1305_state p;
    size_t n = one.n - LM_SEALED_EXTRA_BYTES;
    (void)crypto_stream_chacha20_ietf(block, sizeof block, m->nonce, m->key);
    (void)crypto_onetimeauth_poly1305_init(&p, block);
    (void)crypto_onetimeauth_poly1305_update(&p, (const unsigned char *)extra.p, extra.n);
    (void)crypto_onetimeauth_poly1305_update(&p, zeros, (16 - extra.n) & 15);
    *ret_tag = tag_of(m, one, block);
    (void)crypto_onetimeauth_poly1305_update(&p, block, sizeof block);
    (void)crypto_onetimeauth_poly1305_update(&p, (const unsigned char *)one.p + 1, n);
    (void)crypto_onetimeauth_poly1305_update(&p, zeros, (16 - sizeof block + n) & 15);
    for (size_t i = 0; i < 8; i++) {
        sizes[i] = (unsigned char)((uint64_t)extra.n >> 8 * i);
        sizes[8 + i] = (unsigned char)((uint64_t)(sizeof block + n) >> 8 * i);
    }
    (void)crypto_onetimeauth_poly1305_update(&p, sizes, sizeof sizes);
    (void)crypto_onetimeauth_poly1305_final(&p, mac);
    sodium_memzero(&p, sizeof p);
    return sodium_memcmp(mac, one.p + 1 + n, sizeof mac) == 0;
}

/* Behind a message: its authentication goes into the nonce, and the counter moves on. */
static void step(struct lm_sealed_mark *m, struct lm_str one, unsigned char tag)
{
    const unsigned char *mac = (const unsigned char *)one.p + one.n - crypto_onetimeauth_poly1305_BYTES;
    for (size_t i = 0; i < 8; i++)
        m->nonce[4 + i] ^= mac[i];
    sodium_increment(m->nonce, 4);
    if ((tag & crypto_secretstream_xchacha20poly1305_TAG_REKEY) == 0 && !sodium_is_zero(m->nonce, 4))
        return;
    crypto_secretstream_xchacha20poly1305_state state = { 0 };
    memcpy(state.k, m->key, sizeof m->key);
    memcpy(state.nonce, m->nonce, sizeof m->nonce);
    crypto_secretstream_xchacha20poly1305_rekey(&state);
    memcpy(m->key, state.k, sizeof m->key);
    memcpy(m->nonce, state.nonce, sizeof m->nonce);
    sodium_memzero(&state, sizeof state);
}

lm_err lm_sealed_open(struct lm_arena *a, struct lm_str sealed, const unsigned char header[LM_SEALED_HEADER_BYTES],
                      const unsigned char key[LM_PASSWORD_KEY_BYTES], size_t message_bytes, struct lm_str extra, struct lm_sealed *ret)
{
    struct lm_sealed s = { .in = sealed, .message_bytes = message_bytes, .whole = true };
    crypto_secretstream_xchacha20poly1305_state state;
    size_t n = message_count(&s);
    bool last = false;
    s.stride = n / MARKS + 1;
    if (crypto_secretstream_xchacha20poly1305_init_pull(&state, header, key) != 0)
        return LM_EDENIED;
    memcpy(s.now.key, state.k, sizeof s.now.key);
    memcpy(s.now.nonce, state.nonce, sizeof s.now.nonce);
    sodium_memzero(&state, sizeof state);
    s.marks = lm_arena_array(a, n / s.stride + 1, sizeof *s.marks);
    if (s.marks == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n && s.whole && !last; i++) {
        struct lm_str one = message(&s, i);
        unsigned char tag = 0;
        if (i % s.stride == 0)
            s.marks[s.n_marks++] = s.now;
        s.whole = one.n >= LM_SEALED_EXTRA_BYTES && is_authentic(&s.now, one, extra, &tag);
        if (!s.whole && i == 0) {
            lm_sealed_close(&s);
            return LM_EDENIED;
        }
        if (!s.whole)
            break;
        step(&s.now, one, tag);
        s.n += one.n - LM_SEALED_EXTRA_BYTES;
        last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
        /* only a full last message comes without its mark: some writers leave it out then */
        if (!last && i + 1 == n)
            s.whole = message_bytes != 0 && one.n == message_bytes + LM_SEALED_EXTRA_BYTES;
    }
    if (s.n_marks != 0)
        s.now = s.marks[0];
    *ret = s;
    return LM_OK;
}

/* s->now to before message i. */
static void stand_before(struct lm_sealed *s, size_t i)
{
    unsigned char block[64];
    if (i < s->at || i / s->stride > s->at / s->stride) {
        s->at = i / s->stride * s->stride;
        s->now = s->marks[i / s->stride];
    }
    for (; s->at < i; s->at++) {
        struct lm_str one = message(s, s->at);
        step(&s->now, one, tag_of(&s->now, one, block));
    }
}

void lm_sealed_read(struct lm_sealed *s, uint64_t at, char *out, size_t n)
{
    while (n != 0) {
        size_t i = s->message_bytes != 0 ? (size_t)(at / s->message_bytes) : 0, from = (size_t)(at - (uint64_t)i * s->message_bytes);
        struct lm_str text = lm_str_skip(message(s, i), 1);
        size_t here = lm_str_take((struct lm_str){ text.p, text.n - (LM_SEALED_EXTRA_BYTES - 1) - from }, n).n, into = from % 64;
        stand_before(s, i);
        /* the key stream comes in blocks of 64 bytes: the first may begin in the middle of one */
        size_t head = into == 0 ? 0 : 64 - into < here ? 64 - into : here;
        if (head != 0) {
            unsigned char block[64] = { 0 };
            memcpy(block + into, text.p + from, head);
            (void)crypto_stream_chacha20_ietf_xor_ic(block, block, sizeof block, s->now.nonce, (uint32_t)(2 + from / 64), s->now.key);
            memcpy(out, block + into, head);
            sodium_memzero(block, sizeof block);
        }
        if (here > head)
            (void)crypto_stream_chacha20_ietf_xor_ic((unsigned char *)out + head, (const unsigned char *)text.p + from + head, here - head, s->now.nonce,
                                                     (uint32_t)(2 + (from + head) / 64), s->now.key);
        at += here;
        out += here;
        n -= here;
    }
}

void lm_sealed_close(struct lm_sealed *s)
{
    if (s->n_marks != 0)
        sodium_memzero(s->marks, s->n_marks * sizeof *s->marks);
    sodium_memzero(s, sizeof *s);
}
