/* Folders: walked, opened from inside, removed; and what happens when the system fails in the middle of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"

/* This program's readdir stands before the system's: after reads_left calls it fails once, as a disk does. -1: never. */
static int reads_left = -1;
static bool failed;

struct dirent *readdir(DIR *d)
{
    static struct dirent *(*real)(DIR *);
    if (real == NULL) {
        void *p = dlsym(RTLD_NEXT, "readdir64");
        memcpy(&real, &p, sizeof real);
    }
    if (reads_left >= 0 && reads_left-- == 0) {
        failed = true;
        errno = EIO;
        return NULL;
    }
    return real(d);
}

struct t {
    struct lm_arena a;
    char path[64];
    int fd;
};

static void put(const struct t *t, const char *name, const char *text)
{
    int fd = openat(t->fd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

/* a, b/ (c, d/ (e)), f → a */
static void setup(struct t *t)
{
    struct lm_str path;
    reads_left = -1;
    failed = false;
    lm_arena_init(&t->a, 0);
    assert_int_equal(lm_os_temp_folder(&t->a, "/tmp", "lastmile-os-", &path, NULL), LM_OK);
    assert_true(path.n < sizeof t->path);
    memcpy(t->path, path.p, path.n + 1);
    t->fd = open(t->path, O_RDONLY | O_DIRECTORY);
    assert_true(t->fd >= 0);
    assert_int_equal(mkdirat(t->fd, "b", 0700), 0);
    assert_int_equal(mkdirat(t->fd, "b/d", 0700), 0);
    put(t, "a", "12345");
    put(t, "b/c", "");
    put(t, "b/d/e", "1");
    assert_int_equal(symlinkat("a", t->fd, "f"), 0);
}

static void teardown(struct t *t)
{
    reads_left = -1;
    lm_os_close(&t->fd);
    assert_int_equal(lm_os_remove_tree(t->path), LM_OK);
    assert_int_not_equal(access(t->path, F_OK), 0);
    assert_int_equal(lm_os_remove_tree(t->path), LM_OK); /* missing is fine */
    lm_arena_free(&t->a);
}

static void walk_lists_in_byte_order(void **state)
{
    static const struct {
        const char *path;
        enum lm_os_kind kind;
        uint64_t bytes;
    } want[] = { { "a", LM_OS_FILE, 5 }, { "b/c", LM_OS_FILE, 0 }, { "b/d/e", LM_OS_FILE, 1 }, { "f", LM_OS_LINK, 0 } };
    struct t t;
    struct lm_os_listing l;
    (void)state;
    setup(&t);
    assert_int_equal(lm_os_walk(&t.a, t.fd, &l, NULL), LM_OK);
    assert_int_equal(l.n, 4);
    for (size_t i = 0; i < l.n; i++) {
        assert_string_equal(l.items[i].path.p, want[i].path);
        assert_int_equal(l.items[i].kind, want[i].kind);
        assert_int_equal(l.items[i].bytes, want[i].bytes);
    }
    teardown(&t);
}

/* Wherever the system fails, somebody is told: the walk itself, or an item that says which folder is not complete. */
static void walk_says_when_a_folder_breaks_off(void **state)
{
    int in_folder = 0, in_root = 0;
    (void)state;
    for (int reads = 0;; reads++) {
        struct t t;
        struct lm_os_listing l = { 0 };
        struct lm_error e = { 0 };
        bool told = false;
        setup(&t);
        reads_left = reads;
        lm_err err = lm_os_walk(&t.a, t.fd, &l, &e);
        for (size_t i = 0; err == LM_OK && i < l.n; i++)
            told = told || l.items[i].kind == LM_OS_FOLDER;
        in_root += err != LM_OK;
        in_folder += told;
        if (err != LM_OK) {
            assert_int_equal(err, LM_EIO);
            assert_non_null(strstr(e.message, "cannot be listed: "));
        }
        assert_int_equal(told || err != LM_OK, failed);
        bool end = !failed;
        teardown(&t);
        if (end)
            break;
    }
    assert_int_equal(in_root, 6); /* calls: two for the dots, one per item, one for the end */
    assert_int_equal(in_folder, 5 + 4);
}

static void remove_says_when_a_folder_breaks_off(void **state)
{
    struct t t;
    (void)state;
    setup(&t);
    reads_left = 3;
    assert_int_equal(lm_os_remove_tree(t.path), LM_EIO);
    assert_int_equal(access(t.path, F_OK), 0);
    teardown(&t);
}

static void open_below_stays_below(void **state)
{
    struct t t;
    int fd = -1;
    (void)state;
    setup(&t);
    assert_int_equal(lm_os_open_below(t.fd, "b/d/e", &fd, NULL), LM_OK);
    lm_os_close(&fd);
    assert_int_equal(symlinkat("b", t.fd, "g"), 0);
    assert_int_not_equal(lm_os_open_below(t.fd, "f", &fd, NULL), LM_OK);
    assert_int_not_equal(lm_os_open_below(t.fd, "g/c", &fd, NULL), LM_OK);
    assert_int_equal(lm_os_open_below(t.fd, "b", &fd, NULL), LM_EINPUT);
    assert_int_equal(lm_os_open_below(t.fd, "b/none", &fd, NULL), LM_ENOTFOUND);
    assert_int_equal(fd, -1);
    teardown(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk_lists_in_byte_order),
        cmocka_unit_test(walk_says_when_a_folder_breaks_off),
        cmocka_unit_test(remove_says_when_a_folder_breaks_off),
        cmocka_unit_test(open_below_stays_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
