/* standalone.c - replays the files of a corpus folder through one fuzz target, as a TAP test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* Every file of the folder and of the folders in it. */
static void walk(const char *folder, int *n)
{
    DIR *d = opendir(folder);
    if (d == NULL)
        return;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        char path[4096];
        struct stat st;
        int k = snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.' || k < 0 || (size_t)k >= sizeof path || stat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode)) {
            walk(path, n);
            continue;
        }
        int bad = replay(path);
        printf("%s %d - %s\n", bad ? "not ok" : "ok", ++*n, e->d_name);
    }
    (void)closedir(d);
}

int main(int argc, char **argv)
{
    int n = 0;
    if (argc > 1)
        walk(argv[1], &n);
    if (n == 0)
        printf("not ok %d - no corpus in %s\n", ++n, argc > 1 ? argv[1] : "(none given)");
    printf("1..%d\n", n);
    return 0;
}
