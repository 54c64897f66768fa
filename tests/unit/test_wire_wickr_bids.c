/* test_wire_wickr_bids.c - the readers of Wire and Wickr claim their own fixtures, by far, and no other reader's. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../reader_capture.h"

static const char *const ours[] = { "wickr_ios_db",    "wickr_retention_json", "wire_android_db",   "wire_desktop_wbu",
                                    "wire_ios_db",     "wire_wbu_encrypted",   "wire_wbux" };
#define N_OURS (sizeof ours / sizeof *ours)

/* nftw has no user pointer. */
static size_t n_own, n_others, n_wrong, top_n;

static bool passed_over(const char *name)
{
    static const char *const ends[] = { ".expected", ".sql", ".sh", ".map", ".neighbour", "-wal", "-shm", "-journal", "FIELDS", "PASSWORDS" };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (lm_str_ends(lm_str(name), lm_str(ends[i])))
            return true;
    return false;
}

static lm_err sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret)
{
    char full[4600];
    const char *slash = strrchr(in->user, '/');
    (void)snprintf(full, sizeof full, "%.*s/%.*s", (int)(slash - (const char *)in->user), (const char *)in->user, LM_STR_ARG(path));
    FILE *f = fopen(full, "rb");
    static char bytes[1 << 16]; /* one at a time is enough for a bid */
    if (f == NULL)
        return LM_ENOTFOUND;
    *ret = (struct lm_str){ bytes, fread(bytes, 1, sizeof bytes, f) };
    (void)fclose(f);
    return LM_OK;
}

static void one(const char *path, const char *folder, size_t folder_n, struct lm_str bytes)
{
    int own = 0, best = 0;
    bool is_ours = false;
    char copy[4200];
    (void)snprintf(copy, sizeof copy, "%s", path);
    for (size_t i = 0; lm_readers[i] != NULL; i++) {
        const struct lm_reader *r = lm_readers[i];
        struct lm_input in = { .bytes = bytes, .path = lm_str(path + top_n), .sibling = sibling, .user = copy };
        bool mine = strlen(r->name) == folder_n && memcmp(r->name, folder, folder_n) == 0, listed = false;
        for (size_t k = 0; k < N_OURS; k++)
            listed = listed || strcmp(ours[k], r->name) == 0;
        is_ours = is_ours || (mine && listed);
        int bits = listed || mine || is_ours ? r->bid(&in, lm_str_take(bytes, r->lookahead)) : 0;
        if (mine)
            own = bits;
        else if (bits > best)
            best = bits;
        if (listed && !mine && bits > 0) {
            print_message("# %s bids %d on %s\n", r->name, bits, path);
            n_wrong++;
        }
    }
    if (is_ours && own <= best + 8) {
        print_message("# %s: own bid %d, another %d\n", path, own, best);
        n_wrong++;
    }
    n_own += is_ours;
    n_others += !is_ours;
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)ftw;
    if (type != FTW_F || passed_over(path) || st->st_size == 0)
        return 0;
    const char *folder = path + top_n, *end = strchr(folder, '/');
    FILE *f = fopen(path, "rb");
    char *p = malloc((size_t)st->st_size);
    if (f != NULL && p != NULL && end != NULL) {
        size_t n = fread(p, 1, (size_t)st->st_size, f);
        one(path, folder, (size_t)(end - folder), (struct lm_str){ p, n });
    }
    if (f != NULL)
        (void)fclose(f);
    free(p);
    return 0;
}

static void bids(void **state)
{
    char top[4096];
    const char *root = getenv("LM_TOP");
    (void)state;
    top_n = (size_t)snprintf(top, sizeof top, "%s/tests/fixtures/", root != NULL ? root : ".");
    assert_int_equal(nftw(top, visit, 16, FTW_PHYS), 0);
    print_message("# %zu files of our own, %zu of others\n", n_own, n_others);
    assert_true(n_own >= 20 && n_others >= 50);
    assert_int_equal(n_wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bids) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
