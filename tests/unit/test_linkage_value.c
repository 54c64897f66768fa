/* Distinct values: their numbers, their words, how rare these are, and that signatures never rule out the level that two values have. */
#include "linkage_made.h"

#include <math.h>
#include <stdio.h>

#include "resolve/likeness.h"

#define VALUES 600

static void values_are_numbered_once(void **state)
{
    (void)state;
    struct lm_values v;
    struct lm_rng rng = { 21 };
    static char text[3000][8];
    static size_t length[3000];
    uint32_t n = 0, number;
    lm_values_init(&v);
    assert_int_equal(lm_values_put(&v, (struct lm_str){ NULL, 0 }, &number), LM_OK);
    assert_int_equal(number, 0);
    for (unsigned k = 0; k < 3000; k++) {
        char out[8];
        struct lm_str s = made_word(&rng, "abc", 6, out);
        uint32_t known = 0;
        for (uint32_t i = 0; i < n && known == 0; i++)
            if (lm_str_eq(s, (struct lm_str){ text[i], length[i] }))
                known = i + 1;
        if (known == 0 && s.n > 0) {
            memcpy(text[n], s.p, s.n);
            length[n++] = s.n;
            known = n;
        }
        assert_int_equal(lm_values_find(&v, s), known == n && v.n < n ? 0 : known);
        assert_int_equal(lm_values_put(&v, s, &number), LM_OK);
        assert_int_equal(number, known);
    }
    assert_int_equal(v.n, n);
    for (uint32_t i = 0; i < n; i++)
        assert_true(lm_str_eq(lm_value(&v, i + 1), (struct lm_str){ text[i], length[i] }));
    lm_values_free(&v);
}

/* Words of both cuts, and the share of records that have each, counted from the texts. */
static void words_and_their_rarity(void **state)
{
    (void)state;
    static const char *const texts[] = { "la casa de la playa", "casa", "playa grande", "la la la", "grande" };
    static const uint64_t records[] = { 0, 4, 8, 2, 1, 1 }; /* of each value, from 1 */
    for (unsigned cut = 0; cut < 2; cut++) {
        struct lm_values v;
        uint32_t number, n;
        const uint32_t *words;
        lm_values_init(&v);
        for (unsigned i = 0; i < 5; i++)
            assert_int_equal(lm_values_put(&v, lm_str(texts[i]), &number), LM_OK);
        enum lm_word_cut how = cut == 0 ? LM_CUT_BLANKS : LM_CUT_SET;
        assert_int_equal(lm_values_seal(&v, how), LM_OK);
        assert_int_equal(lm_values_sign(&v, how, records), LM_OK);
        n = lm_value_words(&v, 1, &words);
        assert_int_equal(n, cut == 0 ? 5 : 4);
        assert_true(cut == 1 || lm_str_is(lm_value(v.word_values, words[4]), "playa"));
        assert_int_equal(lm_value_words(&v, 4, &words), cut == 0 ? 3 : 1);
        for (uint32_t w = 1; w <= v.word_values->n; w++) {
            struct lm_str word = lm_value(v.word_values, w);
            uint64_t with = 0;
            for (unsigned i = 0; i < 5; i++) {
                char padded[64], look[32];
                (void)snprintf(padded, sizeof padded, " %s ", texts[i]);
                (void)snprintf(look, sizeof look, " %.*s ", LM_STR_ARG(word));
                unsigned times = 0;
                for (const char *p = padded; (p = strstr(p, look)) != NULL; p++)
                    times++;
                with += records[i + 1] * (cut == 0 ? times : times > 0);
            }
            double rarity = with < 16 ? log2(16.0 / (double)with) : 0;
            if (fabs((double)v.word_values->rarity[w] - rarity) > 1e-5)
                fail_msg("%.*s: %f, not %f", LM_STR_ARG(word), (double)v.word_values->rarity[w], rarity);
        }
        lm_values_free(&v);
    }
}

/* --- signatures --- */

static void slip(struct lm_rng *rng, char *s, size_t *n, size_t most)
{
    size_t at = lm_rng_below(rng, *n + 1);
    char c = "abcdeo019"[lm_rng_below(rng, 9)];
    switch (lm_rng_below(rng, 3)) {
    case 0:
        if (*n < most) {
            memmove(s + at + 1, s + at, *n - at);
            s[at] = c;
            (*n)++;
        }
        break;
    case 1:
        if (*n > 1 && at < *n) {
            memmove(s + at, s + at + 1, *n - at - 1);
            (*n)--;
        }
        break;
    default:
        if (at < *n)
            s[at] = c;
    }
}

/* A cell of this kind: names and streets of a few words, codes, mailboxes, dates; every other one a slip from an earlier one. */
static size_t made_cell(struct lm_rng *rng, enum lm_field_kind kind, char out[96])
{
    static const char *const words[] = { "garcia", "lopez", "delacruz", "juan", "juanita", "j", "smith", "smyth", "street", "setreet", "bob", "robert" };
    int n = 0;
    switch (kind) {
    case LM_FIELD_EMAIL:
        n = snprintf(out, 96, "%s%u@%s.example", words[lm_rng_below(rng, 12)], (unsigned)lm_rng_below(rng, 30), words[lm_rng_below(rng, 3)]);
        break;
    case LM_FIELD_DATE:
        n = snprintf(out, 96, "%04u-%02u-%02u", 1950 + (unsigned)lm_rng_below(rng, 4), 1 + (unsigned)lm_rng_below(rng, 12),
                     1 + (unsigned)lm_rng_below(rng, 28));
        break;
    case LM_FIELD_CODE:
    case LM_FIELD_NUMBER:
        n = snprintf(out, 96, "%u", (unsigned)lm_rng_below(rng, lm_rng_below(rng, 2) == 0 ? 1000 : 100000000));
        break;
    case LM_FIELD_GIVEN:
    case LM_FIELD_SURNAME:
    case LM_FIELD_WORDS:
    case LM_FIELD_TEXT:
        for (uint64_t k = 1 + lm_rng_below(rng, kind == LM_FIELD_TEXT ? 6 : 3); k > 0; k--)
            n += snprintf(out + n, 96 - (size_t)n, "%s%s", n > 0 ? " " : "", words[lm_rng_below(rng, 12)]);
    }
    return (size_t)n;
}

static void made_values(struct lm_rng *rng, struct lm_records *r, enum lm_field_kind kind)
{
    const struct lm_field field = { .name = LM_STR_INIT("x"), .kind = kind };
    static char cells[VALUES][96];
    static size_t length[VALUES];
    lm_records_init(r, &field, 1, 1, made_folder);
    for (unsigned i = 0; i < VALUES; i++) {
        length[i] = made_cell(rng, kind, cells[i]);
        if (i % 2 == 1 && kind != LM_FIELD_DATE) {
            memcpy(cells[i], cells[i - 1], length[i - 1]);
            length[i] = length[i - 1];
            for (uint64_t k = 1 + lm_rng_below(rng, 2); k > 0; k--)
                slip(rng, cells[i], &length[i], 90);
        }
        const struct lm_str cell = { cells[i], length[i] };
        assert_int_equal(lm_records_add(r, 0, i, &cell), LM_OK);
    }
    assert_int_equal(lm_records_seal(r), LM_OK);
}

static void signatures_never_rule_out_the_level(void **state)
{
    (void)state;
    struct lm_rng rng = { 22 };
    for (unsigned kind = 0; kind < LM_FIELD_KINDS; kind++) {
        struct lm_records r;
        unsigned levels = 0, spared = 0, all = 0;
        made_values(&rng, &r, (enum lm_field_kind)kind);
        const struct lm_values *v = &r.values[0];
        for (uint32_t x = 1; x <= v->n; x++)
            for (uint32_t y = 1; y <= v->n; y++) {
                if (x == y)
                    continue;
                struct lm_likeness l = lm_likeness_of((enum lm_field_kind)kind, v, x, y);
                struct lm_possible p = lm_levels_possible((enum lm_field_kind)kind, v, x, y);
                struct lm_str a = lm_value(v, x), b = lm_value(v, y);
                if ((p.levels >> l.level & 1) == 0)
                    fail_msg("kind %u, %.*s and %.*s: level %u is ruled out", kind, LM_STR_ARG(a), LM_STR_ARG(b), l.level);
                if (l.level == LM_LEVEL_PART && l.word != 0 && v->word_values->rarity[l.word] >= LM_WORD_FREQUENT)
                    assert_true(p.word != 0 && v->word_values->rarity[p.word] >= v->word_values->rarity[l.word]);
                struct lm_likeness back = lm_likeness_of((enum lm_field_kind)kind, v, y, x);
                if (back.level != l.level)
                    fail_msg("kind %u, %.*s and %.*s: %u, backwards %u", kind, LM_STR_ARG(a), LM_STR_ARG(b), l.level, back.level);
                levels |= 1u << l.level;
                spared += p.levels == 1u << LM_LEVEL_DIFFERENT;
                all++;
            }
        assert_true((levels & (levels - 1)) != 0); /* more than one level was seen */
        assert_true(kind == LM_FIELD_TEXT || kind == LM_FIELD_NUMBER || spared > all / 50);
        lm_records_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_numbered_once),
        cmocka_unit_test(words_and_their_rarity),
        cmocka_unit_test(signatures_never_rule_out_the_level),
    };
    return cmocka_run_group_tests(tests, made_open, made_close);
}
