/* test_beside.c - media beside a database: where they are looked for, what the note says, and when the looking ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "readers/shared/beside.h"

#define HASH "sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" /* of "hello" */

struct exhibit {
    const char *there; /* the only file, as the reader asks for it */
    struct lm_str bytes;
    size_t asked;
    char last[256];
};

static lm_err sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret)
{
    struct exhibit *x = in->user;
    x->asked++;
    assert_true(path.n < sizeof x->last);
    memcpy(x->last, path.p, path.n);
    x->last[path.n] = '\0';
    if (x->there == NULL || !lm_str_eq(path, lm_str(x->there)))
        return LM_ENOTFOUND;
    *ret = x->bytes;
    return LM_OK;
}

static struct lm_arena arena;

static struct lm_attachment look(struct lm_beside *b, const char *name)
{
    struct lm_attachment a = { .name = lm_str(name), .bytes = -1 };
    assert_int_equal(lm_beside_hash(b, &arena, &a), LM_OK);
    return a;
}

static void found_from_any_folder_above(void **state)
{
    (void)state;
    static const char *const prefixes[] = { "", "WhatsApp/", NULL };
    struct exhibit x = { .there = "../../WhatsApp/Media/a.jpg", .bytes = LM_STR("hello") };
    struct lm_input in = { .path = LM_STR("phone/com.whatsapp/databases/msgstore.db"), .sibling = sibling, .user = &x };
    struct lm_beside b;
    lm_beside_init(&b, &in, prefixes);
    assert_string_equal(look(&b, "Media/a.jpg").note.p, HASH);
    assert_int_equal(x.asked, 6);
    assert_string_equal(look(&b, "Media/a.jpg").note.p, HASH); /* there first */
    assert_int_equal(x.asked, 7);
    assert_int_equal(look(&b, "Media/gone.jpg").note.n, 0); /* nothing is said */
    struct lm_attachment a = { .name = LM_STR("/Media/a.jpg"), .note = LM_STR("voice") };
    assert_int_equal(lm_beside_hash(&b, &arena, &a), LM_OK);
    assert_string_equal(a.note.p, "voice; " HASH);
    assert_string_equal(look(&b, "~/Media/a.jpg").note.p, HASH);
}

static void names_that_lead_elsewhere_are_not_looked_for(void **state)
{
    (void)state;
    static const char *const names[] = { "", "/", "../../etc/passwd", "a/../../b", "https://example.org/a.jpg", "Media/" };
    struct exhibit x = { .there = NULL };
    struct lm_input in = { .path = LM_STR("a/b.db"), .sibling = sibling, .user = &x };
    struct lm_beside b;
    lm_beside_init(&b, &in, NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(look(&b, names[i]).note.n, 0);
    assert_int_equal(x.asked, 0);
}

static void the_looking_ends(void **state)
{
    (void)state;
    struct exhibit x = { .there = NULL };
    struct lm_input in = { .path = LM_STR("b.db"), .sibling = sibling, .user = &x };
    struct lm_beside b;
    lm_beside_init(&b, &in, NULL);
    for (size_t i = 0; i < LM_BESIDE_MISSES + 10; i++)
        (void)look(&b, "a.jpg");
    assert_int_equal(x.asked, LM_BESIDE_MISSES);
    x = (struct exhibit){ .there = "a.jpg", .bytes = LM_STR("hello") };
    lm_beside_init(&b, &in, NULL);
    b.bytes = LM_BESIDE_BYTES - 4;
    assert_string_equal(look(&b, "a.jpg").note.p, "in the exhibit, not hashed here");
    b.files = LM_BESIDE_FILES;
    assert_int_equal(look(&b, "a.jpg").note.n, 0);
    in.sibling = NULL; /* no neighbours at all */
    lm_beside_init(&b, &in, NULL);
    assert_int_equal(look(&b, "a.jpg").note.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_from_any_folder_above),
        cmocka_unit_test(names_that_lead_elsewhere_are_not_looked_for),
        cmocka_unit_test(the_looking_ends),
    };
    lm_arena_init(&arena, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lm_arena_free(&arena);
    return failed;
}
