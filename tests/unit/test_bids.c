/* test_bids.c - a fixture that its reader claims is its own by a clear margin, asked of all readers. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "lastmile/reader.h"

#define MARGIN 8 /* bits: closer bids are reported as ambiguous */

static bool load(const char *path, struct lm_buf *ret)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    for (;;) {
        char *p = lm_buf_reserve(ret, 65536);
        size_t n = p != NULL ? fread(p, 1, 65536, f) : 0;
        ret->n += n;
        if (n == 0)
            break;
    }
    (void)fclose(f);
    return !ret->failed;
}

static const char *folder; /* of the reader in hand */

static lm_err sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret_bytes)
{
    char own[4096], full[8200];
    struct lm_buf *room = in->user;
    (void)snprintf(own, sizeof own, "%s/%.*s", folder, LM_STR_ARG(in->path));
    (void)snprintf(full, sizeof full, "%.*s/%.*s", (int)(strrchr(own, '/') - own), own, LM_STR_ARG(path));
    lm_buf_clear(room);
    if (!load(full, room))
        return LM_ENOTFOUND;
    *ret_bytes = lm_buf_str(room);
    return LM_OK;
}

static size_t n_asked, n_claimed, n_close;

static void ask_all(const char *name, const char *relative)
{
    char path[8200];
    struct lm_buf bytes, beside;
    int own = 0, other = 0;
    const char *who = "nobody";
    lm_buf_init(&bytes, (size_t)64 << 20);
    lm_buf_init(&beside, (size_t)64 << 20);
    (void)snprintf(path, sizeof path, "%s/%s", folder, relative);
    assert_true(load(path, &bytes));
    struct lm_input in = { .bytes = lm_buf_str(&bytes), .path = lm_str(relative), .sibling = sibling, .user = &beside };
    for (size_t i = 0; lm_readers[i] != NULL; i++) {
        int bits = lm_readers[i]->bid(&in, lm_str_take(in.bytes, lm_readers[i]->lookahead));
        if (strcmp(lm_readers[i]->name, name) == 0) {
            own = bits;
        } else if (bits > other) {
            other = bits;
            who = lm_readers[i]->name;
        }
    }
    lm_buf_free(&bytes);
    lm_buf_free(&beside);
    n_asked++;
    if (own == 0)
        return; /* so damaged that nobody could know it, or nothing to read in it */
    n_claimed++;
    if (other == 0 || own > other + MARGIN)
        return;
    print_message("# %s: %s bids %d, %s %d\n", relative, name, own, who, other);
    n_close++;
}

static void walk(const char *name, const char *relative)
{
    char path[4096];
    struct dirent **list;
    (void)snprintf(path, sizeof path, "%s/%s", folder, relative);
    int n = scandir(path, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        static const char *const others[] = { ".expected", ".neighbour", "-wal", "-shm", "-journal", ".sql", ".sh", ".map", "FIELDS" };
        char child[4096], full[8200];
        struct stat st;
        const char *own = list[i]->d_name;
        bool skip = own[0] == '.';
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
            skip = skip || lm_str_ends(lm_str(own), lm_str(others[k]));
        (void)snprintf(child, sizeof child, "%s%s%s", relative, relative[0] != '\0' ? "/" : "", own);
        (void)snprintf(full, sizeof full, "%s/%s", folder, child);
        if (!skip && stat(full, &st) == 0) {
            if (S_ISDIR(st.st_mode))
                walk(name, child);
            else
                ask_all(name, child);
        }
        free(list[i]);
    }
    if (n >= 0)
        free(list);
}

static void all_of_them(void **state)
{
    (void)state;
    const char *top = getenv("LM_TOP");
    assert_non_null(top);
    for (size_t i = 0; lm_readers[i] != NULL; i++) {
        char path[4096];
        size_t before = n_claimed;
        (void)snprintf(path, sizeof path, "%s/tests/fixtures/%s", top, lm_readers[i]->name);
        folder = path;
        walk(lm_readers[i]->name, "");
        if (n_claimed == before)
            fail_msg("%s claims none of its fixtures", lm_readers[i]->name);
    }
    assert_int_equal(n_close, 0);
    print_message("# %zu fixtures asked, %zu claimed\n", n_asked, n_claimed);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_of_them) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
