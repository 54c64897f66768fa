/* password.h - what was sealed with a password that a person supplied: the key from the password, and the stream that it opens.
 *
 * Argon2 (RFC 9106) and the secret stream XChaCha20-Poly1305, both libsodium's; the algorithm is what the file says, never ours. Work and memory
 * are asked for by the file, which is hostile: both have ceilings, and a key that would cost more is refused.
 *
 * secrets   passwords and keys are the caller's; nothing here keeps, logs or names them. lm_password_wipe forgets a key.
 * sandbox   works in a process that is shut in: private memory only
 * test      tests/unit/test_password.c
 */
#ifndef LM_BASE_PASSWORD_H
#define LM_BASE_PASSWORD_H

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

/* Opens the messages of a stream one after the other, each message_bytes of text (the last one less; 0: all of it is one). out has room for
 * sealed.n bytes. extra: what was authenticated beside each message.
 * LM_EDENIED: not this key, or the first message is damaged. *ret_whole false: the text is good up to *ret_n, and then damaged or cut. */
lm_err lm_sealed_open(struct lm_str sealed, const unsigned char header[LM_SEALED_HEADER_BYTES], const unsigned char key[LM_PASSWORD_KEY_BYTES],
                      size_t message_bytes, struct lm_str extra, char *out, size_t *ret_n, bool *ret_whole);

#endif
