/* coin.h - addresses of crypto currencies, told by their form and proved by their checksum.
 *
 *   bitcoin, litecoin, dogecoin, dash, zcash, tron   base58check (Bitcoin wiki "Base58Check encoding"; BIP
 * 13): version and SHA-256d bitcoin, litecoin                                bech32 and bech32m: BIP 173, BIP
 * 350 bitcoin_cash                                     CashAddr (bitcoincash.org spec/cashaddr) ethereum
 * ERC-55 when it has both cases; one case proves nothing (and all EVM networks share it) monero base58 by
 * blocks, Keccak-256 (Monero "Standard address", network bytes 18, 19, 42) solana 32 bytes in base58, no
 * checksum: never proved bitcoin_test                                     test networks
 *
 * test  tests/unit/test_form_payment.c (vectors of the documents above)
 */
#ifndef LM_MODEL_COIN_H
#define LM_MODEL_COIN_H

#include <stdint.h>

#include "base/str.h"

#define LM_COIN_BYTES 112

struct lm_coin {
    const char *network;      /* static word as above */
    char text[LM_COIN_BYTES]; /* the address as the network writes it: bech32 in lower case, Ethereum in
                                 ERC-55 */
    char key[LM_COIN_BYTES];  /* the same; Ethereum in lower case */
    bool checked;             /* a checksum was there and fits */
};

enum lm_coin_result {
    LM_COIN_NOT,
    LM_COIN_WRONG /* the form of one, the checksum does not fit */,
    LM_COIN_OK
};

/* The whole slice, without "bitcoin:" or "ethereum:" in front. *ret is set for WRONG (as written) and OK. */
enum lm_coin_result lm_coin_parse(struct lm_str s, struct lm_coin *ret);

/* Keccak-256 as Ethereum and Monero use it (the padding before FIPS 202). At most 4 KiB. */
void lm_keccak256(const uint8_t *p, size_t n, uint8_t out[32]);

#endif
