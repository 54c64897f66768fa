/* test_identity_forms.c - normal forms on names, dates, mailboxes and addresses of other projects
 * ($LM_SHARED/resolution), and the look-alike key on Unicode's own table where the system has it (Debian:
 * unicode-data). Each test says how many values it compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../reader_capture.h"
#include "base/map.h"
#include "formats/csv.h"
#include "model/address.h"
#include "model/birth.h"
#include "model/form.h"
#include "model/name.h"
#include "model/name_words.h"

static struct lm_arena arena;
static struct lm_fold *fold;

struct table {
    char *bytes;
    struct lm_csv csv;
    struct lm_csv_row row;
};

static bool open_table(struct table *t, const char *path)
{
    size_t n;
    if (!capture_shared(path, &t->bytes, &n)) {
        print_message("# no %s in LM_SHARED; 0 values compared\n", path);
        return false;
    }
    lm_csv_init(&t->csv, (struct lm_str){ t->bytes, n }, ',');
    return true;
}

static bool next(struct table *t)
{
    bool done = false;
    assert_int_equal(lm_csv_next(&t->csv, &t->row, &done), LM_OK);
    if (!done)
        return true;
    lm_csv_free(&t->csv);
    free(t->bytes);
    return false;
}

static struct lm_str cell(const struct table *t, size_t i)
{
    return i < t->row.n ? lm_str_trim(t->row.cells[i]) : (struct lm_str){ NULL, 0 };
}

/* 10,000 surnames, each behind a comma-free given name and before a comma: one core, the name itself. */
static void surnames_stay_whole(void **state)
{
    (void)state;
    struct table t;
    struct lm_map census;
    size_t compared = 0, as_surname = 0, in_order = 0, listed = 0, words = 0;
    if (!open_table(&t, "resolution/census_surnames/census_surnames_2010_top10k.csv"))
        return;
    lm_map_init(&census, &arena);
    assert_true(next(&t));
    while (next(&t)) {
        char buf[LM_NAME_BYTES], lower[64];
        struct lm_name n;
        struct lm_str s = cell(&t, 0);
        uint64_t *v;
        assert_true(s.n < sizeof lower);
        for (size_t i = 0; i < s.n; i++)
            lower[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
        struct lm_str want = { lower, s.n }, text = lm_arena_printf(&arena, "%.*s, Ignatius", LM_STR_ARG(s));
        assert_int_equal(lm_map_put(&census, want, 1, &v, NULL), LM_OK);
        bool there = lm_name_parse(fold, text, LM_NAME_ANY_ORDER, buf, sizeof buf, &n);
        bool right =
            there && n.n_paternal == 1 && n.n_maternal == 0 && lm_str_eq(lm_name_paternal(&n)->core, want);
        as_surname += right;
        if (!right)
            print_message("# %.*s: not its own surname\n", LM_STR_ARG(s));
        text = lm_arena_printf(&arena, "Ignatius %.*s", LM_STR_ARG(s));
        there = lm_name_parse(fold, text, LM_NAME_GIVEN_FIRST, buf, sizeof buf, &n);
        in_order += there && n.n_paternal == 1 && lm_str_eq(lm_name_paternal(&n)->core, want);
        compared++;
    }
    for (size_t i = 0; i < lm_name_words(0, &(struct lm_str){ 0 }, &(unsigned){ 0 }); i++) {
        struct lm_str word;
        unsigned bits;
        (void)lm_name_words(i, &word, &bits);
        if ((bits & (LM_WORD_SPANISH | LM_WORD_ASIAN)) == 0)
            continue;
        words++;
        listed += lm_map_get(&census, word) != NULL;
    }
    print_message(
        "# %zu surnames compared: %zu by a comma, %zu in order; %zu of our %zu surnames are listed\n",
        compared, as_surname, in_order, listed, words);
    assert_true(compared == 10000 && as_surname >= 9995 && in_order >= 9990);
    assert_int_equal(listed, words);
}

static void nicknames_of_another_project(void **state)
{
    (void)state;
    struct table t;
    struct lm_map given;
    size_t compared = 0, folded = 0, both = 0, related = 0;
    if (!open_table(&t, "resolution/nicknames/names.csv"))
        return;
    lm_map_init(&given, &arena);
    assert_true(next(&t));
    while (next(&t)) {
        struct lm_str a = cell(&t, 0), b = cell(&t, 2);
        char out[64];
        uint64_t *v;
        struct lm_str f = { out, lm_fold_latin(fold, a, out, sizeof out, NULL) };
        folded += lm_str_eq(f, a);
        related += lm_given_related(a, b);
        assert_int_equal(lm_map_put(&given,
                                    lm_arena_printf(&arena, "%.*s %.*s", LM_STR_ARG(a), LM_STR_ARG(b)), 1, &v,
                                    NULL),
                         LM_OK);
        compared++;
    }
    size_t n = lm_given_pairs(0, &(struct lm_str){ 0 }, &(struct lm_str){ 0 });
    for (size_t i = 0; i < n; i++) {
        struct lm_str form, name;
        (void)lm_given_pairs(i, &form, &name);
        both += lm_map_get(&given, lm_arena_printf(&arena, "%.*s %.*s", LM_STR_ARG(name), LM_STR_ARG(form)))
                != NULL;
    }
    print_message("# %zu pairs compared: %zu names unchanged by folding, %zu related in our table; %zu of "
                  "our %zu pairs are there\n",
                  compared, folded, related, both, n);
    assert_true(compared > 2500 && folded == compared && both > n / 3);
}

/* The given date of a made-up record is one day, unless its error made it impossible. Streets are Australian:
 * USPS knows no "close" and no "circuit". */
static void records_of_febrl(void **state)
{
    (void)state;
    static const char *const files[] = { "resolution/febrl/dataset4a.csv", "resolution/febrl/dataset3.csv" };
    size_t records = 0, dates = 0, days = 0, names = 0, parted = 0, streets = 0, suffixes = 0;
    for (size_t i = 0; i < 2; i++) {
        struct table t;
        if (!open_table(&t, files[i]))
            continue;
        assert_true(next(&t));
        while (next(&t)) {
            char buf[LM_NAME_BYTES], street[LM_ADDRESS_BYTES];
            struct lm_name n;
            struct lm_birth b;
            struct lm_address d;
            struct lm_name_columns c = { .given = cell(&t, 1), .surname = cell(&t, 2) };
            records++;
            if (c.given.n > 0 && c.surname.n > 0) {
                names++;
                parted +=
                    lm_name_from_columns(fold, &c, buf, sizeof buf, &n) && n.n_given > 0 && n.n_paternal > 0;
            }
            if (cell(&t, 9).n > 0) {
                dates++;
                days +=
                    lm_birth_parse(cell(&t, 9), LM_DAY_NONE, &b) && b.precision == LM_BIRTH_DAY && b.n == 1;
            }
            if (cell(&t, 3).n > 0 && cell(&t, 4).n > 0) {
                struct lm_address_columns a = { .street = lm_arena_printf(&arena, "%.*s %.*s",
                                                                          LM_STR_ARG(cell(&t, 3)),
                                                                          LM_STR_ARG(cell(&t, 4))),
                                                .city = cell(&t, 6),
                                                .state = cell(&t, 8),
                                                .zip = cell(&t, 7) };
                streets++;
                suffixes += lm_address_from_columns(fold, &a, street, sizeof street, &d) && d.suffix.n > 0
                            && lm_str_eq(d.number, cell(&t, 3));
            }
        }
    }
    print_message("# %zu records compared: %zu of %zu names in two columns, %zu of %zu dates, %zu of %zu "
                  "streets with a suffix\n",
                  records, parted, names, days, dates, suffixes, streets);
    if (records > 0)
        assert_true(parted * 1000 >= names * 999 && days * 100 >= dates * 95
                    && suffixes * 100 >= streets * 75);
}

static void dates_and_mailboxes(void **state)
{
    (void)state;
    struct table t;
    size_t dates = 0, days = 0, mails = 0, fine = 0, parts = 0;
    if (open_table(&t, "resolution/fake_1000/fake_1000.csv")) {
        assert_true(next(&t));
        while (next(&t)) {
            struct lm_form f;
            assert_int_equal(lm_form_of(&arena, NULL, NULL, LM_FORM_BIRTH_DATE, cell(&t, 3), &f), LM_OK);
            dates += cell(&t, 3).n > 0;
            days += f.standing == LM_FORM_VALID && lm_str_eq(f.key, cell(&t, 3));
            assert_int_equal(lm_form_of(&arena, NULL, NULL, LM_FORM_EMAIL, cell(&t, 5), &f), LM_OK);
            mails += cell(&t, 5).n > 0;
            fine += f.standing != LM_FORM_REFUSED;
        }
        assert_true(dates > 0 && days == dates && fine * 10 >= mails * 8);
    }
    if (open_table(&t, "resolution/rldata/RLdata10000.csv")) {
        assert_true(next(&t));
        while (next(&t)) {
            struct lm_birth b;
            int64_t y = 0, m = 0, d = 0;
            assert_true(lm_str_to_i64(cell(&t, 4), &y) && lm_str_to_i64(cell(&t, 5), &m)
                        && lm_str_to_i64(cell(&t, 6), &d));
            parts += lm_birth_from_parts((int32_t)y, (int32_t)m, (int32_t)d, &b);
        }
        assert_true(parts >= 9950);
    }
    print_message("# compared: %zu of %zu dates, %zu of %zu mailboxes, %zu of 10000 dates in columns\n", days,
                  dates, fine, mails, parts);
}

static bool hex_text(struct lm_str s, char out[64], size_t *ret_n)
{
    size_t n = 0;
    while (s.n > 0) {
        uint32_t cp = 0;
        size_t k = 0;
        for (; k < s.n && s.p[k] != ' '; k++) {
            char c = s.p[k];
            if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
                return false;
            cp = cp * 16 + (uint32_t)(c <= '9' ? c - '0' : c - 'A' + 10);
        }
        if (n + 4 > 64)
            return false;
        n += lm_utf8_encode(cp, out + n);
        s = lm_str_trim(lm_str_skip(s, k));
    }
    *ret_n = n;
    return n > 0;
}

/* "0430 ; 0061 ; MA": both sides have one look-alike key. What case folding changes first has another way to
 * go, and is counted apart. */
static void look_alikes_of_unicode(void **state)
{
    (void)state;
    char *bytes = NULL;
    size_t n = 0, compared = 0, same = 0;
    if (!capture_shared("resolution/confusables/confusables.txt", &bytes, &n)) {
        print_message("# no resolution/confusables/confusables.txt in LM_SHARED; 0 values compared\n");
        return;
    }
    struct lm_str all = { bytes, n };
    while (all.n > 0) {
        const char *end = memchr(all.p, '\n', all.n);
        struct lm_str line = lm_str_take(all, end != NULL ? (size_t)(end - all.p) : all.n), left, right;
        all = lm_str_skip(all, line.n + 1);
        size_t semi = lm_str_find(line, LM_STR(" ;\t")), a, b;
        if (semi == SIZE_MAX)
            continue;
        left = lm_str_take(line, semi);
        right = lm_str_skip(line, semi + 3);
        right = lm_str_take(right, lm_str_find(right, LM_STR(" ;\t")));
        char x[64], y[64], kx[256], ky[256];
        if (!hex_text(lm_str_trim(left), x, &a) || !hex_text(lm_str_trim(right), y, &b))
            continue;
        struct lm_str sx = { kx, lm_fold_skeleton(fold, (struct lm_str){ x, a }, kx, sizeof kx, NULL) };
        struct lm_str sy = { ky, lm_fold_skeleton(fold, (struct lm_str){ y, b }, ky, sizeof ky, NULL) };
        compared++;
        same += lm_str_eq(sx, sy);
    }
    free(bytes);
    print_message("# %zu look-alikes compared: %zu have one key\n", compared, same);
    if (compared > 0)
        assert_true(compared > 6000 && same * 100 >= compared * 75);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(surnames_stay_whole),    cmocka_unit_test(nicknames_of_another_project),
        cmocka_unit_test(records_of_febrl),       cmocka_unit_test(dates_and_mailboxes),
        cmocka_unit_test(look_alikes_of_unicode),
    };
    if (capture_none_shared("resolution/census_surnames/census_surnames_2010_top10k.csv"))
        return 0;
    lm_arena_init(&arena, 0);
    if (lm_fold_open(&arena, &fold, NULL) != LM_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lm_fold_close(fold);
    lm_arena_free(&arena);
    return failed;
}
