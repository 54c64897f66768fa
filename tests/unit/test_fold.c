#include "fold_open.h"

static void latin(const char *raw, const char *want)
{
    char out[256];
    bool cut = true;
    size_t n = lm_fold_latin(fold, lm_str(raw), out, sizeof out, &cut);
    if (cut || !lm_str_eq((struct lm_str){ out, n }, lm_str(want)))
        fail_msg("%s: %.*s, not %s", raw, (int)n, out, want);
}

static void every_script_has_a_latin_key(void **state)
{
    (void)state;
    latin("  José   Ñúñez ", "jose nunez");
    latin("JOSE\xcc\x81 NU\xcc\x81N\xcc\x83"
          "EZ",
          "jose nunez"); /* e and n with combining marks */
    latin("Müller Ø Łódź ß Æ", "muller o lodz ss ae");
    latin("Nguyễn Văn Đức", "nguyen van duc");
    latin("O’Brien-D'Angelo", "obrien dangelo");
    latin("Жуков Александр", "zukov aleksandr");
    latin("王小明", "wang xiao ming");
    latin("Αλέξανδρος", "alexandros");
    latin("\xef\xac\x81 \xef\xbc\xa1\xef\xbd\x82", "fi ab"); /* ligature, full width */
    latin("𝓙𝓾𝓪𝓷 M\xc2\xaa", "juan ma");                      /* mathematical letters, feminine ordinal */
    latin("a\xe2\x80\x8b"
          "b\xc2\xa0"
          "c",
          "ab c"); /* zero width space, no-break space */
    latin("\xff"
          "a\xc3",
          "a");
    latin("--- ' ---", "");
    latin("", "");
}

/* A key that is already folded stays as it is: what the join relies on. */
static void folding_twice_changes_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = { "José Ñúñez", "Жуков",  "王小明", "محمد عبد الرحمن",
                                         "थापा",       "김철수", "ไทย",    "עברית" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char a[256], b[256];
        size_t n = lm_fold_latin(fold, lm_str(texts[i]), a, sizeof a, NULL);
        size_t m = lm_fold_latin(fold, (struct lm_str){ a, n }, b, sizeof b, NULL);
        assert_true(n > 0 && lm_str_eq((struct lm_str){ a, n }, (struct lm_str){ b, m }));
    }
}

/* The tables and ICU give the same: a Han character makes the whole text go through ICU. */
static void the_fast_path_agrees_with_icu(void **state)
{
    (void)state;
    static const uint32_t ranges[][2] = {
        { 0x20, 0x7e }, { 0xa0, 0x24f }, { 0x1e00, 0x1eff }, { 0x2000, 0x206f }
    };
    size_t compared = 0;
    for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
        for (uint32_t cp = ranges[r][0]; cp <= ranges[r][1]; cp++) {
            char raw[16], fast[64], slow[64];
            size_t n = 0;
            raw[n++] = 'a';
            n += lm_utf8_encode(cp, raw + n);
            raw[n++] = 'b';
            size_t k = lm_fold_marked(fold, (struct lm_str){ raw, n }, fast, sizeof fast, NULL);
            memcpy(raw + n, "|\xe4\xb8\x80", 4); /* "|一" */
            size_t m = lm_fold_marked(fold, (struct lm_str){ raw, n + 4 }, slow, sizeof slow, NULL);
            if (m < k || memcmp(fast, slow, k) != 0)
                fail_msg("U+%04X: %.*s and %.*s", cp, (int)k, fast, (int)m, slow);
            compared++;
        }
    }
    print_message("# %zu code points compared\n", compared);
}

static void skeleton(const char *a, const char *b, bool same)
{
    char x[128], y[128];
    struct lm_str sx = { x, lm_fold_skeleton(fold, lm_str(a), x, sizeof x, NULL) };
    struct lm_str sy = { y, lm_fold_skeleton(fold, lm_str(b), y, sizeof y, NULL) };
    if (lm_str_eq(sx, sy) != same)
        fail_msg("%s and %s: %.*s and %.*s", a, b, LM_STR_ARG(sx), LM_STR_ARG(sy));
}

static void look_alikes_meet_in_the_skeleton_only(void **state)
{
    (void)state;
    skeleton("paypal", "p\xd0\xb0yp\xd0\xb0l", true); /* Cyrillic а */
    skeleton("b0b", "BOB", true);
    skeleton("el_rn0ren0", "El_Moreno", true);
    skeleton("luis", "1uis", true);
    skeleton("luis", "ruis", false);
    char out[64];
    size_t n = lm_fold_latin(fold, LM_STR("p\xd0\xb0ypal"), out, sizeof out, NULL);
    assert_true(lm_str_eq((struct lm_str){ out, n }, LM_STR("paypal")));
    n = lm_fold_latin(fold, LM_STR("b0b"), out, sizeof out, NULL);
    assert_true(lm_str_eq((struct lm_str){ out, n }, LM_STR("b0b")));
}

static void long_text_is_cut_and_says_so(void **state)
{
    (void)state;
    static char raw[3 * LM_FOLD_INPUT], out[sizeof raw];
    bool cut = false;
    memset(raw, 'a', sizeof raw);
    assert_int_equal(lm_fold_latin(fold, (struct lm_str){ raw, sizeof raw }, out, sizeof out, &cut),
                     LM_FOLD_INPUT);
    assert_true(cut);
    assert_int_equal(lm_fold_latin(fold, LM_STR("abcdef"), out, 4, &cut), 4);
    assert_true(cut);
    assert_int_equal(lm_fold_latin(fold, LM_STR("abéf"), out, 3, &cut), 3);
    assert_true(cut);
    for (size_t i = 0; i + 3 <= sizeof raw; i += 3)
        memcpy(raw + i, "\xef\xb7\xba", 3); /* U+FDFA grows to 18 letters */
    assert_true(lm_fold_latin(fold, (struct lm_str){ raw, sizeof raw }, out, sizeof out, &cut) > 0);
    assert_true(cut);
    assert_true(lm_fold_skeleton(fold, (struct lm_str){ raw, sizeof raw }, out, 5, &cut) <= 5 && cut);
}

static void the_script_is_seen(void **state)
{
    (void)state;
    assert_true(lm_fold_east_asian(LM_STR("王小明")) && lm_fold_east_asian(LM_STR("김철수")));
    assert_true(lm_fold_east_asian(LM_STR("x 田中")));
    assert_false(lm_fold_east_asian(LM_STR("José Жуков محمد")) || lm_fold_east_asian(LM_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_script_has_a_latin_key),
        cmocka_unit_test(folding_twice_changes_nothing),
        cmocka_unit_test(the_fast_path_agrees_with_icu),
        cmocka_unit_test(look_alikes_meet_in_the_skeleton_only),
        cmocka_unit_test(long_text_is_cut_and_says_so),
        cmocka_unit_test(the_script_is_seen),
    };
    return cmocka_run_group_tests(tests, open_fold, close_fold);
}
