/* make_wbu.c - seals a zip as Wire's apps do, the same bytes each time: for fixtures and tests.
 *
 * usage: make_wbu wbux|wbux-plain|wbua|wbui ZIP OUT [PASSWORD [PASSES MEMORY_KIB]]
 * A writer of its own, from the documents that the readers name: it shares no code with them. Random numbers are zeros.
 */
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *zeros_name(void)
{
    return "zeros";
}

static uint32_t zeros_random(void)
{
    return 0;
}

static void zeros_buf(void *p, size_t n)
{
    memset(p, 0, n);
}

static void die(const char *why)
{
    fprintf(stderr, "make_wbu: %s\n", why);
    exit(2);
}

static void put_be(unsigned char *p, unsigned long v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(v >> (8 * (n - 1 - i)));
}

struct form {
    const char *word, *magic;
    unsigned version;
    int alg;
    size_t header, chunk; /* of the file's own header; of one message, 0: all in one */
    unsigned long passes, memory_kib;
};

static const struct form forms[] = {
    { "wbux", "WBUX", 4, crypto_pwhash_ALG_ARGON2ID13, 1024, 4096, 4, 32768 },
    { "wbux-plain", "WBUX", 4, crypto_pwhash_ALG_ARGON2ID13, 1024, 4096, 4, 32768 },
    { "wbua", "WBUA", 2, crypto_pwhash_ALG_ARGON2ID13, 63, 0, 2, 65536 },
    { "wbui", "WBUI", 1, crypto_pwhash_ALG_ARGON2I13, 55, 1 << 20, 6, 131072 },
};

static unsigned char *load(const char *path, size_t *ret_n)
{
    FILE *f = fopen(path, "rb");
    long n = f != NULL && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    unsigned char *p = n >= 0 ? malloc((size_t)n + 1) : NULL;
    if (p == NULL || fseek(f, 0, SEEK_SET) != 0)
        die("cannot read the zip");
    *ret_n = fread(p, 1, (size_t)n, f);
    (void)fclose(f);
    return p;
}

static void seal(const struct form *f, FILE *out, const unsigned char *head, const unsigned char *p, size_t n, const char *password)
{
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char key[32], stream[24], *sealed = malloc(n + 4096);
    size_t chunk = f->chunk != 0 ? f->chunk : n;
    if (sealed == NULL
        || crypto_pwhash(key, sizeof key, password, strlen(password), head + 7, f->passes, f->memory_kib << 10, f->alg) != 0
        || crypto_secretstream_xchacha20poly1305_init_push(&state, stream, key) != 0)
        die("cannot make the key");
    (void)fwrite(stream, 1, sizeof stream, out);
    for (size_t at = 0; at < n; at += chunk) {
        size_t one = n - at < chunk ? n - at : chunk;
        /* WBUX: the last mark only when the last message is not full, and the header authenticated beside each */
        int last = f->magic[3] == 'X' ? one < chunk : at + one == n;
        unsigned long long got;
        (void)crypto_secretstream_xchacha20poly1305_push(&state, sealed, &got, p + at, one, f->magic[3] == 'X' ? head : NULL,
                                                         f->magic[3] == 'X' ? 1024 : 0,
                                                         last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        (void)fwrite(sealed, 1, (size_t)got, out);
    }
    free(sealed);
}

int main(int argc, char **argv)
{
    static randombytes_implementation zeros = { .implementation_name = zeros_name, .random = zeros_random, .buf = zeros_buf };
    unsigned char head[1024] = { 0 }, none[24] = { 0 };
    struct form f = { 0 };
    size_t n = 0;
    for (size_t i = 0; argc >= 4 && i < sizeof forms / sizeof *forms; i++)
        if (strcmp(argv[1], forms[i].word) == 0)
            f = forms[i];
    if (f.word == NULL || randombytes_set_implementation(&zeros) != 0 || sodium_init() < 0)
        die("usage: make_wbu wbux|wbux-plain|wbua|wbui ZIP OUT [PASSWORD [PASSES MEMORY_KIB]]");
    bool plain = strcmp(f.word, "wbux-plain") == 0;
    if (!plain && argc < 5)
        die("a password is wanted");
    if (argc == 7) {
        f.passes = strtoul(argv[5], NULL, 10);
        f.memory_kib = strtoul(argv[6], NULL, 10);
    }
    unsigned char *zip = load(argv[2], &n);
    FILE *out = fopen(argv[3], "wb");
    if (out == NULL)
        die("cannot write");
    memcpy(head, f.magic, 4);
    put_be(head + 5, f.version, 2);
    memset(head + 7, 0x5a, 16);
    memset(head + 23, 0x11, 32);
    put_be(head + 55, f.passes, 4);
    put_be(head + 59, f.memory_kib << 10, 4);
    head[63] = !plain;
    (void)fwrite(head, 1, f.header, out);
    if (plain) {
        (void)fwrite(none, 1, sizeof none, out);
        (void)fwrite(zip, 1, n, out);
    } else {
        seal(&f, out, head, zip, n, argv[4]);
    }
    free(zip);
    return fclose(out) == 0 ? 0 : 2;
}
