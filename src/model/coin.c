#include "model/coin.h"

#include "base/hash.h"

#define RATE 136 /* bytes of Keccak-256 */

/* --- Keccak-f[1600], FIPS 202 section 3.2 --- */

static uint64_t rotate(uint64_t v, unsigned n)
{
    return n == 0 ? v : v << n | v >> (64 - n);
}

static void permute(uint64_t s[25])
{
    uint8_t lfsr = 1;
    for (unsigned round = 0; round < 24; round++) {
        uint64_t c[5], t = s[1];
        for (unsigned x = 0; x < 5; x++)
            c[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
        for (unsigned x = 0; x < 5; x++)
            for (unsigned y = 0; y < 25; y += 5)
                s[x + y] ^= c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
        t = s[1];
        for (unsigned k = 0, x = 1, y = 0; k < 24; k++) { /* rho and pi along the orbit of (1, 0) */
            unsigned next = (2 * x + 3 * y) % 5;
            x = y;
            y = next;
            uint64_t keep = s[x + 5 * y];
            s[x + 5 * y] = rotate(t, (k + 1) * (k + 2) / 2 % 64);
            t = keep;
        }
        for (unsigned y = 0; y < 25; y += 5) {
            memcpy(c, s + y, sizeof c);
            for (unsigned x = 0; x < 5; x++)
                s[x + y] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
        }
        for (unsigned j = 0; j < 7; j++) { /* iota: round constants from their shift register */
            if ((lfsr & 1) != 0)
                s[0] ^= UINT64_C(1) << ((1u << j) - 1);
            lfsr = (uint8_t)((lfsr << 1) ^ ((lfsr >> 7) != 0 ? 0x71 : 0));
        }
    }
}

void lm_keccak256(const uint8_t *p, size_t n, uint8_t out[32])
{
    uint64_t s[25] = { 0 };
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        s[at / 8] ^= (uint64_t)p[i] << (at % 8 * 8);
        if (++at == RATE) {
            permute(s);
            at = 0;
        }
    }
    s[at / 8] ^= UINT64_C(1) << (at % 8 * 8);
    s[(RATE - 1) / 8] ^= UINT64_C(0x80) << 56;
    permute(s);
    for (size_t i = 0; i < 32; i++)
        out[i] = (uint8_t)(s[i / 8] >> (i % 8 * 8));
}

/* --- base58 --- */

static bool letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int base58_digit(char c)
{
    static const char letters[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const char *p = c != '\0' ? strchr(letters, c) : NULL;
    return p != NULL ? (int)(p - letters) : -1;
}

/* Big-endian bytes of the number, leading ones as zero bytes; 0: not base58, or more than cap bytes. */
static size_t base58(struct lm_str s, uint8_t *out, size_t cap)
{
    size_t n = 0, zeros = 0;
    bool leading = true;
    for (size_t i = 0; i < s.n; i++) {
        int d = base58_digit(s.p[i]);
        if (d < 0)
            return 0;
        leading &= d == 0;
        zeros += leading;
        unsigned carry = (unsigned)d;
        for (size_t k = 0; k < n; k++) {
            carry += 58u * out[k];
            out[k] = (uint8_t)carry;
            carry >>= 8;
        }
        for (; carry != 0; carry >>= 8) {
            if (n == cap)
                return 0;
            out[n++] = (uint8_t)carry;
        }
    }
    if (n + zeros > cap)
        return 0;
    for (size_t i = 0; i < zeros; i++)
        out[n++] = 0;
    for (size_t i = 0; i < n / 2; i++) {
        uint8_t t = out[i];
        out[i] = out[n - 1 - i];
        out[n - 1 - i] = t;
    }
    return n;
}

static bool double_sha_fits(const uint8_t *p, size_t n)
{
    struct lm_sha256 h;
    if (lm_sha256_of((struct lm_str){ (const char *)p, n - 4 }, &h) != LM_OK
        || lm_sha256_of((struct lm_str){ (const char *)h.b, sizeof h.b }, &h) != LM_OK)
        return false;
    return memcmp(h.b, p + n - 4, 4) == 0;
}

/* Networks by version bytes; the first sign of an address follows from them. */
static const struct version {
    const char *network;
    char first[5];
    uint8_t n, b[2];
} versions[] = {
    { "bitcoin", "1", 1, { 0x00 } },      { "bitcoin", "3", 1, { 0x05 } },
    { "litecoin", "L", 1, { 0x30 } },     { "litecoin", "M", 1, { 0x32 } },
    { "dogecoin", "D", 1, { 0x1e } },     { "dogecoin", "9A", 1, { 0x16 } },
    { "dash", "X", 1, { 0x4c } },         { "dash", "7", 1, { 0x10 } },
    { "tron", "T", 1, { 0x41 } },         { "zcash", "t", 2, { 0x1c, 0xb8 } },
    { "zcash", "t", 2, { 0x1c, 0xbd } },  { "bitcoin_test", "mn", 1, { 0x6f } },
    { "bitcoin_test", "2", 1, { 0xc4 } },
};

static enum lm_coin_result base58check(struct lm_str s, struct lm_coin *c)
{
    uint8_t b[64];
    const char *form = NULL; /* the network that it would be by its first sign */
    if (s.n < 26 || s.n > 35)
        return LM_COIN_NOT;
    size_t n = base58(s, b, sizeof b);
    bool fits = n >= 25 && n <= 26 && double_sha_fits(b, n);
    for (size_t i = 0; n >= 24 && n <= 27 && i < sizeof versions / sizeof versions[0]; i++) {
        const struct version *v = &versions[i];
        if (strchr(v->first, s.p[0]) == NULL)
            continue;
        if (form == NULL)
            form = v->network;
        if (fits && n == 20u + v->n + 4u && memcmp(b, v->b, v->n) == 0) {
            c->network = v->network;
            c->checked = true;
            return LM_COIN_OK;
        }
    }
    /* A base58 text of this length without any sum that fits is one of those only if it looks like nothing
     * else. */
    if (form == NULL || fits || s.n < 33)
        return LM_COIN_NOT;
    c->network = form;
    return LM_COIN_WRONG;
}

static enum lm_coin_result monero(struct lm_str s, struct lm_coin *c)
{
    uint8_t all[80], sum[32];
    size_t n = 0;
    if ((s.n != 95 && s.n != 106) || (s.p[0] != '4' && s.p[0] != '8'))
        return LM_COIN_NOT;
    for (size_t i = 0; i < s.n; i += 11) {
        static const uint8_t sizes[12] = {
            [2] = 1, [3] = 2, [5] = 3, [6] = 4, [7] = 5, [9] = 6, [10] = 7, [11] = 8
        };
        size_t k = s.n - i < 11 ? s.n - i : 11, bytes = sizes[k];
        uint64_t v = 0;
        for (size_t d = 0; d < k; d++) {
            int digit = base58_digit(s.p[i + d]);
            if (digit < 0 || __builtin_mul_overflow(v, UINT64_C(58), &v)
                || __builtin_add_overflow(v, (uint64_t)digit, &v))
                return digit < 0 ? LM_COIN_NOT : LM_COIN_WRONG;
        }
        for (size_t d = 0; d < bytes; d++)
            all[n + d] = (uint8_t)(v >> (8 * (bytes - 1 - d)));
        n += bytes;
    }
    c->network = "monero";
    lm_keccak256(all, n - 4, sum);
    bool known = all[0] == 18 || all[0] == 19 || all[0] == 42;
    c->checked = known && memcmp(sum, all + n - 4, 4) == 0;
    return c->checked ? LM_COIN_OK : LM_COIN_WRONG;
}

static enum lm_coin_result solana(struct lm_str s, struct lm_coin *c)
{
    uint8_t b[64];
    if (s.n < 43 || s.n > 44 || base58(s, b, sizeof b) != 32)
        return LM_COIN_NOT;
    c->network = "solana";
    return LM_COIN_OK;
}

/* --- bech32 and CashAddr --- */

static int base32_digit(char c)
{
    static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const char *p = c != '\0' ? strchr(letters, c) : NULL;
    return p != NULL ? (int)(p - letters) : -1;
}

static uint32_t bech32_step(uint32_t c, uint32_t d)
{
    static const uint32_t g[5] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
    uint32_t top = c >> 25;
    c = (c & 0x1ffffff) << 5 ^ d;
    for (unsigned i = 0; i < 5; i++)
        if ((top >> i & 1) != 0)
            c ^= g[i];
    return c;
}

static uint64_t cash_step(uint64_t c, uint64_t d)
{
    static const uint64_t g[5] = { 0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8, 0x1e4f43e470 };
    uint64_t top = c >> 35;
    c = (c & 0x07ffffffff) << 5 ^ d;
    for (unsigned i = 0; i < 5; i++)
        if ((top >> i & 1) != 0)
            c ^= g[i];
    return c;
}

static enum lm_coin_result bech32(struct lm_str s, struct lm_coin *c)
{
    bool wrong = false;
    static const struct {
        struct lm_str prefix;
        const char *network;
    } networks[] = { { LM_STR_INIT("bc1"), "bitcoin" },
                     { LM_STR_INIT("ltc1"), "litecoin" },
                     { LM_STR_INIT("tb1"), "bitcoin_test" } };
    struct lm_str prefix = { NULL, 0 };
    for (size_t i = 0; i < 3; i++)
        if (lm_str_starts(s, networks[i].prefix)) {
            prefix = networks[i].prefix;
            c->network = networks[i].network;
        }
    if (prefix.n == 0 || s.n < prefix.n + 7 || s.n > 90)
        return LM_COIN_NOT;
    uint32_t sum = 1;
    for (size_t i = 0; i + 1 < prefix.n; i++)
        sum = bech32_step(sum, (uint32_t)(prefix.p[i] >> 5));
    sum = bech32_step(sum, 0);
    for (size_t i = 0; i + 1 < prefix.n; i++)
        sum = bech32_step(sum, (uint32_t)(prefix.p[i] & 31));
    for (size_t i = prefix.n; i < s.n; i++) {
        int d = base32_digit(s.p[i]);
        if (d < 0)
            wrong = true;
        sum = bech32_step(sum, (uint32_t)(d & 31));
    }
    if (wrong) /* "b", "i", "o", "1" or both cases: like one, but none */
        return LM_COIN_WRONG;
    int version = base32_digit(s.p[prefix.n]);
    size_t bits = (s.n - prefix.n - 7) * 5, bytes = bits / 8;
    bool length = bytes >= 2 && bytes <= 40 && bits % 8 < 5 && (version != 0 || bytes == 20 || bytes == 32);
    c->checked = version <= 16 && length && sum == (version == 0 ? 1u : 0x2bc830a3u);
    return c->checked ? LM_COIN_OK : LM_COIN_WRONG;
}

static enum lm_coin_result cash_address(struct lm_str s, struct lm_coin *c)
{
    struct lm_str prefix = LM_STR("bitcoincash:"),
                  body = lm_str_starts(s, prefix) ? lm_str_skip(s, prefix.n) : s;
    if (body.n != 42 || (body.p[0] != 'q' && body.p[0] != 'p'))
        return LM_COIN_NOT;
    uint64_t sum = 1;
    for (size_t i = 0; i + 1 < prefix.n; i++)
        sum = cash_step(sum, (uint64_t)(prefix.p[i] & 31));
    sum = cash_step(sum, 0);
    for (size_t i = 0; i < body.n; i++) {
        int d = base32_digit(body.p[i]);
        if (d < 0)
            return LM_COIN_NOT;
        sum = cash_step(sum, (uint64_t)d);
    }
    c->network = "bitcoin_cash";
    c->checked = sum == 1;
    memcpy(c->text, prefix.p, prefix.n);
    memcpy(c->text + prefix.n, body.p, body.n);
    return c->checked ? LM_COIN_OK : LM_COIN_WRONG;
}

/* --- Ethereum --- */

static enum lm_coin_result ethereum(struct lm_str s, struct lm_coin *c)
{
    uint8_t sum[32];
    bool lower = false, upper = false, fits = true;
    if (s.n != 42 || s.p[0] != '0' || (s.p[1] != 'x' && s.p[1] != 'X'))
        return LM_COIN_NOT;
    for (size_t i = 2; i < s.n; i++) {
        char d = s.p[i];
        lower |= d >= 'a' && d <= 'f';
        upper |= d >= 'A' && d <= 'F';
        if (!((d >= '0' && d <= '9') || (d >= 'a' && d <= 'f') || (d >= 'A' && d <= 'F')))
            return LM_COIN_NOT;
        c->key[i] = d >= 'A' && d <= 'F' ? (char)(d + 32) : d;
    }
    c->key[0] = '0';
    c->key[1] = 'x';
    c->key[s.n] = '\0';
    lm_keccak256((const uint8_t *)c->key + 2, 40, sum);
    memcpy(c->text, c->key, s.n + 1);
    for (size_t i = 2; i < s.n; i++) {
        unsigned nibble = sum[(i - 2) / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
        if (c->text[i] >= 'a' && nibble >= 8)
            c->text[i] = (char)(c->text[i] - 32);
        fits &= c->text[i] == s.p[i];
    }
    c->network = "ethereum";
    c->checked = lower && upper && fits;
    return lower && upper && !fits ? LM_COIN_WRONG : LM_COIN_OK;
}

/* Lower case when it has no lower-case letter: bech32 and CashAddr may be written in capitals. */
static struct lm_str one_case(struct lm_str s, char out[LM_COIN_BYTES])
{
    bool lower = false;
    for (size_t i = 0; i < s.n; i++)
        lower |= s.p[i] >= 'a' && s.p[i] <= 'z';
    for (size_t i = 0; i < s.n; i++)
        out[i] = !lower && s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    return (struct lm_str){ out, s.n };
}

enum lm_coin_result lm_coin_parse(struct lm_str s, struct lm_coin *ret)
{
    struct lm_coin c = { .network = "" };
    char lower[LM_COIN_BYTES];
    if (s.n < 26 || s.n >= LM_COIN_BYTES - 12)
        if (s.n != 106)
            return LM_COIN_NOT;
    for (size_t i = 0; i < s.n; i++)
        if (!letter_or_digit(s.p[i]) && s.p[i] != ':')
            return LM_COIN_NOT;
    enum lm_coin_result r = ethereum(s, &c);
    if (r != LM_COIN_NOT) {
        *ret = c;
        return r;
    }
    struct lm_str folded = one_case(s, lower), text = folded;
    r = bech32(folded, &c);
    if (r == LM_COIN_NOT)
        r = cash_address(folded, &c);
    if (r == LM_COIN_NOT) {
        text = s;
        r = monero(s, &c);
    }
    if (r == LM_COIN_NOT)
        r = base58check(s, &c);
    if (r == LM_COIN_NOT)
        r = solana(s, &c);
    if (r == LM_COIN_NOT)
        return r;
    if (c.text[0] == '\0')
        memcpy(c.text, text.p, text.n);
    memcpy(c.key, c.text, sizeof c.key);
    *ret = c;
    return r;
}
