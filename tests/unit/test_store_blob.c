#include "store_fixture.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* --- waiting for the disk, seen from outside: the library's calls come here --- */

struct watch {
    const struct fx *x;
    size_t all, one, folders;      /* calls of syncfs, fdatasync, fsync */
    int64_t most_blobs, most_exhibits; /* rows that others could see during them */
};
static struct watch watch;

static void look_around(void)
{
    if (watch.x == NULL)
        return;
    int64_t blobs = fx_sql(watch.x, "SELECT count(*) FROM blob"),
            exhibits = fx_sql(watch.x, "SELECT count(*) FROM exhibit");
    watch.most_blobs = blobs > watch.most_blobs ? blobs : watch.most_blobs;
    watch.most_exhibits = exhibits > watch.most_exhibits ? exhibits : watch.most_exhibits;
}

int syncfs(int fd)
{
    watch.all++;
    look_around();
    return (int)syscall(SYS_syncfs, fd);
}

static bool of_evidence(int fd)
{
    char link[64], path[512];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return strstr(path, ".lastmile.d/exhibits") != NULL;
}

int fdatasync(int fd)
{
    if (of_evidence(fd)) {
        watch.one++;
        look_around();
    }
    return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    if (of_evidence(fd)) {
        watch.folders++;
        look_around();
    }
    return (int)syscall(SYS_fsync, fd);
}

static void keep(struct fx *x, const char *bytes, struct lm_sha256 *ret)
{
    uint64_t n;
    int fd = fx_file(x, bytes);
    OK(lm_import_blob(x->im, fd, ret, &n, e));
    (void)close(fd);
    assert_int_equal(n, strlen(bytes));
}

/* Begins an import of a folder with n files. */
static void keep_folder(struct fx *x, int n, const char *salt)
{
    struct lm_sha256 hash;
    char bytes[64];
    OK(lm_import_begin(x->st, LM_STR("A1"), &x->im, e));
    for (int i = 0; i < n; i++) {
        (void)snprintf(bytes, sizeof bytes, "%s %d", salt, i);
        keep(x, bytes, &hash);
    }
    struct lm_exhibit xh = { .sha256 = hash, .name = LM_STR("folder"), .folder = true, .bytes = 1 };
    OK(lm_import_exhibit(x->im, &xh, &x->exhibit, &x->known, e));
}

static void bytes_are_on_the_disk_before_their_rows(void **state)
{
    (void)state;
    struct fx x;
    struct lm_counts all;
    fx_usual(&x);
    watch = (struct watch){ .x = &x };
    keep_folder(&x, 300, "many");
    OK(lm_import_end(x.im, &all, e));
    assert_int_equal(watch.all, 1); /* once for all of them */
    assert_int_equal(watch.one, 0);
    assert_int_equal(watch.most_blobs, 0); /* and nothing pointed at them before */
    assert_int_equal(watch.most_exhibits, 0);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM blob"), 300);
    watch = (struct watch){ .x = &x };
    keep_folder(&x, 3, "few"); /* nobody else's writing is waited for */
    OK(lm_import_end(x.im, &all, e));
    assert_int_equal(watch.all, 0);
    assert_int_equal(watch.one, 3);
    assert_int_equal(watch.folders, 1);
    assert_int_equal(watch.most_blobs, 300);
    assert_int_equal(watch.most_exhibits, 1);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM blob"), 303);
    watch = (struct watch){ .x = NULL };
    fx_remove(&x);
}

/* --- what stands in the folder --- */

static void blob_path(const struct fx *x, const struct lm_sha256 *h, const char *after, char path[320])
{
    char hex[65];
    (void)snprintf(path, 320, "%s.d/exhibits/%s%s", x->path, lm_sha256_hex(h, hex), after);
}

static void write_over(const char *path, const char *bytes)
{
    assert_int_equal(chmod(path, 0600), 0);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    (void)close(fd);
    assert_int_equal(chmod(path, 0400), 0);
}

static void holds(const char *path, const char *bytes)
{
    char there[256] = { 0 };
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(there, 1, sizeof there - 1, f), strlen(bytes));
    (void)fclose(f);
    assert_string_equal(there, bytes);
}

static lm_err tell(void *user, const char *what, const char *detail)
{
    size_t *n = user;
    print_message("# %s: %s\n", what, detail);
    ++*n;
    return LM_OK;
}

static void changed_bytes_are_set_aside(void **state)
{
    (void)state;
    struct fx x;
    struct lm_sha256 hash;
    struct lm_counts all;
    struct lm_verify v;
    size_t findings = 0;
    char path[320], aside[320];
    fx_usual(&x);
    fx_begin(&x, "A1", "what was seized", "");
    (void)fx_end(&x);
    assert_int_equal(lm_sha256_of(LM_STR("what was seized"), &hash), LM_OK);
    blob_path(&x, &hash, "", path);
    static const char *const others[] = { "what was SEIZED", "", "what was seized, and more" };
    for (size_t i = 0; i < 3; i++) {
        char after[32];
        write_over(path, others[i]);
        OK(lm_import_begin(x.st, LM_STR("A1"), &x.im, e));
        keep(&x, "what was seized", &hash);
        assert_true(lm_import_blob_replaced(x.im, &hash));
        int fd = -1;
        OK(lm_import_open_blob(x.im, &hash, &fd, e));
        char there[64] = { 0 };
        assert_int_equal(read(fd, there, sizeof there), 15);
        assert_string_equal(there, "what was seized");
        (void)close(fd);
        keep(&x, "what was seized", &hash); /* and once it is sound it stays */
        OK(lm_import_end(x.im, &all, e));
        holds(path, "what was seized");
        (void)snprintf(after, sizeof after, ".damaged-%zu", i + 1);
        blob_path(&x, &hash, after, aside);
        holds(aside, others[i]);
        blob_path(&x, &hash, ".damaged-4", aside);
        assert_int_not_equal(access(aside, F_OK), 0);
    }
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM audit WHERE instr(entry, CAST('blob.replace' AS BLOB)) > 0"), 3);
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0400);
    OK(lm_store_verify(x.st, LM_STR(""), &v, tell, &findings, e));
    assert_int_equal(findings, 0);
    assert_int_equal(v.exhibits_bad, 0);
    OK(lm_import_begin(x.st, LM_STR("A1"), &x.im, e));
    keep(&x, "what was seized", &hash);
    assert_false(lm_import_blob_replaced(x.im, &hash)); /* the same bytes are nothing to speak of */
    OK(lm_import_end(x.im, &all, e));
    fx_remove(&x);
}

static void a_folder_or_a_link_in_its_place_is_not_the_evidence(void **state)
{
    (void)state;
    struct fx x;
    struct lm_sha256 hash;
    struct lm_counts all;
    char path[320], aside[320];
    fx_usual(&x);
    assert_int_equal(lm_sha256_of(LM_STR("what was seized"), &hash), LM_OK);
    blob_path(&x, &hash, "", path);
    for (int i = 0; i < 2; i++) {
        (void)unlink(path);
        assert_int_equal(i == 0 ? mkdir(path, 0700) : symlink("/etc/passwd", path), 0);
        OK(lm_import_begin(x.st, LM_STR("A1"), &x.im, e));
        keep(&x, "what was seized", &hash);
        assert_true(lm_import_blob_replaced(x.im, &hash));
        OK(lm_import_end(x.im, &all, e));
        holds(path, "what was seized");
    }
    blob_path(&x, &hash, ".damaged-2", aside);
    assert_int_equal(unlink(aside), 0);
    fx_remove(&x);
}

/* Between keeping and reading: a file that was touched is hashed again. */
static void what_is_read_is_what_was_kept(void **state)
{
    (void)state;
    struct fx x;
    struct lm_sha256 hash;
    char path[320];
    int fd = -1;
    fx_usual(&x);
    OK(lm_import_begin(x.st, LM_STR("A1"), &x.im, e));
    keep(&x, "what was seized", &hash);
    blob_path(&x, &hash, "", path);
    OK(lm_import_open_blob(x.im, &hash, &fd, e));
    (void)close(fd);
    write_over(path, "what was seized"); /* touched, the same */
    OK(lm_import_open_blob(x.im, &hash, &fd, e));
    char c;
    assert_int_equal(read(fd, &c, 1), 1);
    assert_int_equal(c, 'w'); /* from its beginning */
    (void)close(fd);
    write_over(path, "what was SEIZED");
    FAILS(LM_EDAMAGED, lm_import_open_blob(x.im, &hash, &fd, e));
    lm_import_abandon(x.im);
    /* one that another import kept */
    OK(lm_import_begin(x.st, LM_STR("A1"), &x.im, e));
    FAILS(LM_EDAMAGED, lm_import_open_blob(x.im, &hash, &fd, e));
    write_over(path, "what was seized");
    OK(lm_import_open_blob(x.im, &hash, &fd, e));
    (void)close(fd);
    lm_import_abandon(x.im);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_on_the_disk_before_their_rows),
        cmocka_unit_test(changed_bytes_are_set_aside),
        cmocka_unit_test(a_folder_or_a_link_in_its_place_is_not_the_evidence),
        cmocka_unit_test(what_is_read_is_what_was_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
