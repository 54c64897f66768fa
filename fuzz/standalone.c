/* standalone.c - replays the files of a corpus folder through one fuzz target, as a TAP test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return -1;
    char *data = NULL;
    size_t n = 0, cap = 0;
    for (;;) {
        if (n == cap) {
            cap = cap == 0 ? 4096 : cap * 2;
            char *p = realloc(data, cap);
            if (p == NULL)
                break;
            data = p;
        }
        size_t k = fread(data + n, 1, cap - n, f);
        if (k == 0)
            break;
        n += k;
    }
    (void)fclose(f);
    /* An exact-size block, so that a sanitizer sees one byte too many. */
    uint8_t *exact = malloc(n != 0 ? n : 1);
    if (exact == NULL) {
        free(data);
        return -1;
    }
    if (n != 0)
        memcpy(exact, data, n);
    (void)LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int n = 0;
    DIR *d = argc > 1 ? opendir(argv[1]) : NULL;
    if (d != NULL) {
        for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
            char path[4096];
            if (e->d_name[0] == '.')
                continue;
            (void)snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
            int bad = replay(path);
            printf("%s %d - %s\n", bad ? "not ok" : "ok", ++n, e->d_name);
        }
        (void)closedir(d);
    }
    if (n == 0)
        printf("not ok %d - no corpus in %s\n", ++n, argc > 1 ? argv[1] : "(none given)");
    printf("1..%d\n", n);
    return 0;
}
