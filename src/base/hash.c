#include "base/hash.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

lm_err lm_sha256_begin(struct lm_sha256_run **ret)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (c == NULL || EVP_DigestInit_ex(c, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(c);
        return LM_ENOMEM;
    }
    *ret = (struct lm_sha256_run *)c;
    return LM_OK;
}

void lm_sha256_add(struct lm_sha256_run *run, const void *p, size_t n)
{
    if (n != 0)
        (void)EVP_DigestUpdate((EVP_MD_CTX *)run, p, n); /* cannot fail once it has begun */
}

void lm_sha256_end(struct lm_sha256_run *run, struct lm_sha256 *ret)
{
    struct lm_sha256 h = { { 0 } };
    if (ret != NULL && EVP_DigestFinal_ex((EVP_MD_CTX *)run, h.b, NULL) == 1)
        *ret = h;
    EVP_MD_CTX_free((EVP_MD_CTX *)run);
}

lm_err lm_sha256_of(struct lm_str s, struct lm_sha256 *ret)
{
    struct lm_sha256_run *run;
    if (lm_sha256_begin(&run) != LM_OK)
        return LM_ENOMEM;
    lm_sha256_add(run, s.p, s.n);
    lm_sha256_end(run, ret);
    return LM_OK;
}

lm_err lm_sha256_fd(int fd, struct lm_sha256 *ret, uint64_t *ret_bytes)
{
    enum { BLOCK = 1 << 18 };
    struct lm_sha256_run *run;
    char *block = malloc(BLOCK);
    if (block == NULL || lm_sha256_begin(&run) != LM_OK) {
        free(block);
        return LM_ENOMEM;
    }
    uint64_t total = 0;
    ssize_t n;
    while ((n = read(fd, block, BLOCK)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        lm_sha256_add(run, block, (size_t)n);
        total += (uint64_t)n;
    }
    free(block);
    lm_sha256_end(run, n == 0 ? ret : NULL);
    if (n != 0)
        return LM_EIO;
    *ret_bytes = total;
    return LM_OK;
}

const char *lm_sha256_hex(const struct lm_sha256 *h, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof h->b; i++) {
        out[i * 2] = digits[h->b[i] >> 4];
        out[i * 2 + 1] = digits[h->b[i] & 15];
    }
    out[64] = '\0';
    return out;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool lm_sha256_parse(struct lm_str s, struct lm_sha256 *ret)
{
    struct lm_sha256 h;
    if (s.n != 64)
        return false;
    for (size_t i = 0; i < sizeof h.b; i++) {
        int high = digit(s.p[i * 2]), low = digit(s.p[i * 2 + 1]);
        if (high < 0 || low < 0)
            return false;
        h.b[i] = (uint8_t)(high << 4 | low);
    }
    *ret = h;
    return true;
}
