/* test_plist.c - binary property lists written by hand, and archives as trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "formats/plist.h"
#include "readers/shared/archive_tree.h"

struct made {
    char p[4096];
    size_t n, at[64], objects;
};

static void put(struct made *m, const void *p, size_t n)
{
    assert_true(m->n + n <= sizeof m->p);
    memcpy(m->p + m->n, p, n);
    m->n += n;
}

static void object(struct made *m, const void *p, size_t n)
{
    if (m->n == 0)
        put(m, "bplist00", 8);
    m->at[m->objects++] = m->n;
    put(m, p, n);
}

/* two bytes an offset, one byte a number */
static struct lm_str finish(struct made *m, unsigned root)
{
    size_t table = m->n;
    for (size_t i = 0; i < m->objects; i++)
        put(m, (char[]){ (char)(m->at[i] >> 8), (char)m->at[i] }, 2);
    char trailer[32] = { 0 };
    trailer[6] = 2;
    trailer[7] = 1;
    trailer[15] = (char)m->objects;
    trailer[23] = (char)root;
    trailer[30] = (char)(table >> 8);
    trailer[31] = (char)table;
    put(m, trailer, sizeof trailer);
    return (struct lm_str){ m->p, m->n };
}

#define OBJECT(m, text) object(m, text, sizeof text - 1)

static void test_kinds(void **state)
{
    (void)state;
    struct made m = { .n = 0 };
    struct lm_plist p;
    struct lm_plist_object o;
    struct lm_arena a;
    struct lm_str s;
    bool altered = false;
    lm_arena_init(&a, 1 << 20);
    OBJECT(&m, "\xa3\x01\x02\x03");                             /* 0: three items */
    OBJECT(&m, "\x10\xff");                                     /* 1: 255: one byte has no sign */
    OBJECT(&m, "\x13\xff\xff\xff\xff\xff\xff\xff\xfe");         /* 2: -2 */
    OBJECT(&m, "\x33\x41\xb2\x13\xd3\x1d\x67\x7b\x80");         /* 3: a date */
    OBJECT(&m, "\x64\x00m\x00\xf1\xd8\x3d\xdc\x4d");            /* 4: mñ👍 */
    OBJECT(&m, "\x62\xd8\x3d\x00x");                            /* 5: half a pair */
    OBJECT(&m, "\x5f\x10\x10" "0123456789abcdef");              /* 6: 16 signs, the count behind the marker */
    OBJECT(&m, "\x09");                                         /* 7 */
    OBJECT(&m, "\x23\x3f\xf8\x00\x00\x00\x00\x00\x00");         /* 8: 1.5 */
    OBJECT(&m, "\x22\x3f\xc0\x00\x00");                         /* 9: 1.5 */
    OBJECT(&m, "\x43\x01\x02\x03");                             /* 10 */
    OBJECT(&m, "\x80\x05");                                     /* 11: UID 5 */
    OBJECT(&m, "\x14\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"); /* 12: above INT64_MAX */
    OBJECT(&m, "\x5f\x13\xff\xff\xff\xff\xff\xff\xff\xff" "x"); /* 13: a count that does not fit */
    OBJECT(&m, "\xd1\x06\x07");                                 /* 14 */
    OBJECT(&m, "\xdf\x10\x7f");                                 /* 15: a dictionary that does not fit */
    OBJECT(&m, "\x7a");                                         /* 16: no such kind */
    struct lm_str bytes = finish(&m, 0);
    assert_int_equal(lm_plist_open(bytes, &p, NULL), LM_OK);
    assert_true(p.n == 17 && p.root == 0);
    assert_true(lm_plist_get(&p, 0, &o) == LM_OK && o.type == LM_PLIST_ARRAY && o.n == 3 && lm_plist_item(&p, &o, 2) == 3);
    assert_true(lm_plist_get(&p, 1, &o) == LM_OK && o.type == LM_PLIST_INTEGER && o.i == 255);
    assert_true(lm_plist_get(&p, 2, &o) == LM_OK && o.i == -2);
    assert_true(lm_plist_get(&p, 3, &o) == LM_OK && o.type == LM_PLIST_DATE && o.d > 303e6 && o.d < 304e6);
    assert_int_equal(lm_plist_get(&p, 4, &o), LM_OK);
    assert_int_equal(lm_plist_text(&a, &o, &s, &altered), LM_OK);
    assert_true(!altered && lm_str_eq(s, LM_STR("mñ👍")));
    assert_int_equal(lm_plist_get(&p, 5, &o), LM_OK);
    assert_int_equal(lm_plist_text(&a, &o, &s, &altered), LM_OK);
    assert_true(altered && lm_str_eq(s, LM_STR("\xef\xbf\xbdx")));
    assert_true(lm_plist_get(&p, 6, &o) == LM_OK && o.type == LM_PLIST_ASCII && lm_str_eq(o.bytes, LM_STR("0123456789abcdef")));
    assert_true(lm_plist_get(&p, 7, &o) == LM_OK && o.type == LM_PLIST_TRUE);
    assert_true(lm_plist_get(&p, 8, &o) == LM_OK && o.d > 1.4 && o.d < 1.6);
    assert_true(lm_plist_get(&p, 9, &o) == LM_OK && o.type == LM_PLIST_REAL && o.d > 1.4 && o.d < 1.6);
    assert_true(lm_plist_get(&p, 10, &o) == LM_OK && o.type == LM_PLIST_DATA && o.bytes.n == 3);
    assert_true(lm_plist_get(&p, 11, &o) == LM_OK && o.type == LM_PLIST_UID && o.u == 5);
    assert_true(lm_plist_get(&p, 14, &o) == LM_OK && o.type == LM_PLIST_DICT && o.n == 1 && lm_plist_item(&p, &o, 1) == 7);
    const uint64_t bad[] = { 12, 13, 15, 16, 17, UINT64_MAX };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(lm_plist_get(&p, bad[i], &o), LM_EINPUT);
    for (size_t n = 0; n < bytes.n; n++) /* cut anywhere: refused, or objects that still fit */
        if (lm_plist_open(lm_str_take(bytes, n), &p, NULL) == LM_OK)
            for (uint64_t k = 0; k < 32; k++)
                (void)lm_plist_get(&p, k, &o);
    lm_arena_free(&a);
}

/* {"$objects": [$null, X], "$top": {"root": UID 1}} with X given */
static struct lm_str archive(struct made *m, const char *x, size_t n)
{
    OBJECT(m, "\xd2\x01\x02\x03\x04"); /* 0 */
    OBJECT(m, "\x58$objects");
    OBJECT(m, "\x54$top");
    OBJECT(m, "\xa4\x07\x08\x09\x0a"); /* 3 */
    OBJECT(m, "\xd1\x05\x06");         /* 4 */
    OBJECT(m, "\x54root");
    OBJECT(m, "\x80\x01");             /* 6: UID 1 */
    OBJECT(m, "\x55$null");            /* 7 = UID 0 */
    object(m, x, n);                   /* 8 = UID 1 */
    OBJECT(m, "\x52hi");               /* 9 = UID 2 */
    OBJECT(m, "\xa2\x06\x06");         /* 10 = UID 3: twice UID 1 */
    OBJECT(m, "\x80\x02");             /* 11 */
    OBJECT(m, "\x80\x00");             /* 12 */
    OBJECT(m, "\x80\x03");             /* 13 */
    OBJECT(m, "\x80\x63");             /* 14: a UID that is not there */
    return finish(m, 0);
}

static void test_archives(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_jnode *root;
    bool odd = false, broken = false;
    lm_arena_init(&a, (size_t)64 << 20);
    struct made one = { .n = 0 }, cycle = { .n = 0 }, gone = { .n = 0 };
    assert_int_equal(lm_archive_tree(&a, archive(&one, "\xd2\x01\x02\x0b\x0c", 5), &root, &odd, &broken), LM_OK);
    assert_true(!odd && !broken && lm_str_eq(lm_jtree_text(lm_jtree_get(root, "$objects")), LM_STR("hi")) && lm_jtree_get(root, "$top") == NULL);
    assert_int_equal(lm_archive_tree(&a, archive(&cycle, "\xa2\x0d\x0d", 3), &root, &odd, &broken), LM_OK); /* doubles at each step */
    assert_true(broken && root->type == LM_JSON_ARRAY);
    assert_int_equal(lm_archive_tree(&a, archive(&gone, "\xd1\x05\x0e", 3), &root, &odd, &broken), LM_OK);
    assert_true(broken && root->type == LM_JSON_OBJECT && lm_jtree_get(root, "root") == NULL);
    assert_int_equal(lm_archive_tree(&a, LM_STR("<plist/>"), &root, &odd, &broken), LM_OK);
    assert_true(broken && root->type == LM_JSON_NULL);
    struct lm_when w = { .us = 7 };
    struct lm_jnode time = { .type = LM_JSON_NUMBER, .key = LM_STR("NS.time"), .text = LM_STR("0.5") }, date = { .type = LM_JSON_OBJECT, .first = &time };
    assert_true(lm_archive_date(&date, &w) && w.us == INT64_C(978307200500000) && w.quality == LM_TIME_UTC);
    time.text = LM_STR("1e300");
    assert_false(lm_archive_date(&date, &w));
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_kinds), cmocka_unit_test(test_archives) };
    return cmocka_run_group_tests_name("plist", tests, NULL, NULL);
}
