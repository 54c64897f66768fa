/* test_bids.c - every fixture of the readers named here is theirs by a clear margin, asked of all readers. */
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

static const char *const names[] = { "snapchat_arroyo",   "snapchat_mydata_json", "snapchat_return_csv", "tiktok_android_db",
                                     "tiktok_export_json", "tiktok_ios_db",        "tiktok_return_xlsx" };

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

static size_t n_asked;

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
    bool claimed = strncmp(strrchr(relative, '/') != NULL ? strrchr(relative, '/') + 1 : relative, "damaged", 7) != 0;
    if (own == 0 && !claimed)
        return; /* so damaged that nobody could know it */
    if (own <= other + MARGIN)
        fail_msg("%s: %s bids %d, %s %d", relative, name, own, who, other);
}

static void walk(const char *name, const char *relative)
{
    char path[4096];
    struct dirent **list;
    (void)snprintf(path, sizeof path, "%s/%s", folder, relative);
    int n = scandir(path, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        static const char *const others[] = { ".expected", ".neighbour", "-wal", "-shm", "-journal", ".sql", ".sh", "FIELDS" };
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
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/tests/fixtures/%s", top, names[i]);
        folder = path;
        size_t before = n_asked;
        walk(names[i], "");
        assert_true(n_asked > before);
    }
    print_message("# %zu fixtures asked\n", n_asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_of_them) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
