/* Names of members of containers, and what a container looks like from its first bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "intake/member.h"

static void path_is(bool windows, struct lm_str name, const char *want, const char *why)
{
    struct lm_arena a;
    struct lm_str path;
    const char *said;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_member_path(&a, name, windows, &path, &said), LM_OK);
    assert_string_equal(path.p, want);
    assert_int_equal(said != NULL, why != NULL);
    if (why != NULL)
        assert_non_null(strstr(said, why));
    lm_arena_free(&a);
}

static void names_become_safe_paths(void **state)
{
    (void)state;
    path_is(true, LM_STR("a/b.txt"), "a/b.txt", NULL);
    path_is(true, LM_STR("./a//b.txt"), "a/b.txt", NULL);
    path_is(true, LM_STR("a\\b.txt"), "a/b.txt", NULL);
    path_is(false, LM_STR("a\\b.txt"), "a\\b.txt", NULL); /* a file system may have that name */
    path_is(true, LM_STR("a/b\\c"), "a/b\\c", NULL);      /* and so may a container that parts by '/' */
    path_is(true, LM_STR("/etc/passwd"), "etc/passwd", "absolute");
    path_is(true, LM_STR("C:\\x\\y"), "x/y", "absolute");
    path_is(true, LM_STR("c:y"), "c:y", NULL);
    path_is(true, LM_STR("../../a/../b"), "a/b", "steps outside");
    path_is(true, LM_STR("a\nb\x7f"), "a%0Ab%7F", "control characters");
    path_is(true, LM_STR("caf\xe9"), "caf%E9", "not UTF-8");
    path_is(true, LM_STR("x\0y"), "x%00y", "control characters");
    path_is(true, LM_STR(""), "unnamed", "no name");
    path_is(true, LM_STR("../.."), "unnamed", "steps outside");
}

static void long_names_are_cut(void **state)
{
    static char name[20000];
    struct lm_arena a;
    struct lm_str path;
    const char *said = NULL;
    (void)state;
    lm_arena_init(&a, 0);
    memset(name, 'n', 300);
    assert_int_equal(lm_member_path(&a, (struct lm_str){ name, 300 }, true, &path, &said), LM_OK);
    assert_in_range(path.n, 200, 255);
    assert_non_null(strstr(said, "cut"));
    memset(name, 'n', sizeof name);
    for (size_t i = 100; i < sizeof name; i += 101)
        name[i] = '/';
    said = NULL;
    assert_int_equal(lm_member_path(&a, (struct lm_str){ name, sizeof name }, true, &path, &said), LM_OK);
    assert_in_range(path.n, 3000, 4096);
    assert_non_null(strstr(said, "cut"));
    lm_arena_free(&a);
}

static void single_files_lose_their_suffix(void **state)
{
    static const char *const pairs[][2] = { { "in/chat.txt.gz", "chat.txt" }, { "a.TGZ", "a.tar" }, { "b.bz2", "b" },
                                            { "c.txz", "c.tar" },             { "d", "d.unpacked" }, { ".gz", ".gz.unpacked" } };
    struct lm_arena a;
    (void)state;
    lm_arena_init(&a, 0);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_string_equal(lm_member_of_single(&a, lm_str(pairs[i][0])).p, pairs[i][1]);
    lm_arena_free(&a);
}

static void neighbours_stay_in_the_exhibit(void **state)
{
    static const struct {
        const char *from, *path, *want; /* NULL: refused */
    } list[] = {
        { "a/b/c.json", "../d.json", "a/d.json" }, { "c.json", "d.json", "d.json" },     { "a/c", "./x//y", "a/x/y" },
        { "a/b/c", "../../d", "d" },               { "a/b/c", "../../../d", NULL },      { "a/c", "/d", NULL },
        { "a/c", "", NULL },                       { "a/c", "..", NULL },                { "a/b/c", "..", NULL },
        { "a/c", "x/..", NULL },                   { "a/c", "x/../y", "a/y" },
    };
    struct lm_arena a;
    (void)state;
    lm_arena_init(&a, 0);
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        struct lm_str got = { NULL, 0 };
        bool good = lm_member_relative(&a, lm_str(list[i].from), lm_str(list[i].path), &got);
        print_message("# %s + %s\n", list[i].from, list[i].path);
        assert_int_equal(good, list[i].want != NULL);
        if (good)
            assert_string_equal(got.p, list[i].want);
    }
    lm_arena_free(&a);
}

/* A block of a tar without a magic number is known by its checksum alone. */
static void containers_are_known_by_their_first_bytes(void **state)
{
    static const struct {
        struct lm_str head;
        enum lm_container form;
    } list[] = {
        { { "PK\3\4....", 8 }, LM_CONTAINER_ZIP },  { { "PK\5\6....", 8 }, LM_CONTAINER_ZIP }, { { "PK\1\2....", 8 }, LM_CONTAINER_NONE },
        { { "7z\xbc\xaf\x27\x1c", 6 }, LM_CONTAINER_7Z }, { { "\x1f\x8b\x08", 3 }, LM_CONTAINER_GZ },
        { { "\xfd" "7zXZ\0", 6 }, LM_CONTAINER_XZ }, { { "BZh91AY&SY", 10 }, LM_CONTAINER_BZ2 }, { { "BZh is a name", 13 }, LM_CONTAINER_NONE },
        { { "", 0 }, LM_CONTAINER_NONE },
    };
    char block[512] = "name";
    unsigned sum = 8 * ' ';
    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        assert_int_equal(lm_container_sniff(list[i].head), list[i].form);
    for (size_t i = 0; i < sizeof block; i++)
        sum += (unsigned char)block[i];
    (void)snprintf(block + 148, 8, "%06o", sum);
    assert_int_equal(lm_container_sniff((struct lm_str){ block, 512 }), LM_CONTAINER_TAR);
    assert_int_equal(lm_container_sniff((struct lm_str){ block, 511 }), LM_CONTAINER_NONE);
    block[0] ^= 1;
    assert_int_equal(lm_container_sniff((struct lm_str){ block, 512 }), LM_CONTAINER_NONE);
    assert_string_equal(lm_container_word(LM_CONTAINER_7Z), "7z");
    assert_null(lm_container_word(LM_CONTAINER_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_safe_paths),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(single_files_lose_their_suffix),
        cmocka_unit_test(neighbours_stay_in_the_exhibit),
        cmocka_unit_test(containers_are_known_by_their_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
