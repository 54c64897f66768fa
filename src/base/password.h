/* password.h - what was sealed with a password that a person supplied: the key from the password, and the stream that it opens.
 *
 * Argon2 (RFC 9106) and the secret stream XChaCha20-Poly1305, both libsodium's; the algorithm is what the file says, never ours. Work and memory
 * are asked for by the file, which is hostile: both have ceilings, and a key that would cost more is refused.
 *
 * secrets   passwords and keys are the caller's; nothing here logs or names them. lm_password_wipe forgets a key, lm_sealed_close those of a stream.
 * sandbox   works in a process that is shut in: private memory only
 * test      tests/unit/test_password.c
 */
#ifndef LM_BASE_PASSWORD_H
#define LM_BASE_PASSWORD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define LM_PASSWORD_SALT_BYTES 16
#define LM_PASSWORD_KEY_BYTES 32
#define LM_PASSWORD_MAX_MEMORY ((uint64_t)1 << 30)
#define LM_PASSWORD_MAX_WORK ((uint64_t)8 << 30) /* passes times memory: some ten seconds */
#define LM_SEALED_HEADER_BYTES 24
#define LM_SEALED_EXTRA_BYTES 17 /* of each message */

/* The next line of a list of passwords that is not empty, without its end; *list moves behind it. {NULL, 0}: no more. */
struct lm_str lm_password_next(struct lm_str *list);

enum lm_password_kind { LM_PASSWORD_ARGON2I, LM_PASSWORD_ARGON2ID };

/* LM_ELIMIT: the file asks for more than the ceilings, or for less than the algorithm allows. LM_ENOMEM: the memory is not to be had. */
lm_err lm_password_key(enum lm_password_kind kind, struct lm_str password, const unsigned char salt[LM_PASSWORD_SALT_BYTES],
                       uint64_t passes, uint64_t memory_bytes, unsigned char ret[LM_PASSWORD_KEY_BYTES], struct lm_error *e);
void lm_password_wipe(void *secret, size_t n);

/* A stream of messages, each message_bytes of text (the last one less; 0: all of it is one), looked through once and then read at any place: the
 * text is never held. As libsodium documents its secret stream: doc.libsodium.org/secret-key_cryptography/secretstream, "Algorithm". */
struct lm_sealed_mark {
    unsigned char key[LM_PASSWORD_KEY_BYTES], nonce[12];
};
struct lm_sealed {
    struct lm_str in;             /* borrowed, as extra */
    size_t message_bytes;
    uint64_t n;                   /* bytes of text that are good */
    bool whole;                   /* false: behind them it is damaged or cut */
    struct lm_sealed_mark *marks; /* before every `stride` messages */
    size_t n_marks, stride, at;   /* at: the message that `now` stands before */
    struct lm_sealed_mark now;
};
/* Checks every message. extra: what was authenticated beside each of them. Marks stand in a: a megabyte at most.
 * LM_EDENIED: not this key, or the first message is damaged. LM_ENOMEM. */
lm_err lm_sealed_open(struct lm_arena *a, struct lm_str sealed, const unsigned char header[LM_SEALED_HEADER_BYTES],
                      const unsigned char key[LM_PASSWORD_KEY_BYTES], size_t message_bytes, struct lm_str extra, struct lm_sealed *ret);
/* n bytes of the text from `at` on, all of them good ones. Cheapest in order. */
void lm_sealed_read(struct lm_sealed *s, uint64_t at, char *out, size_t n);
/* Forgets its keys. */
void lm_sealed_close(struct lm_sealed *s);

#endif
