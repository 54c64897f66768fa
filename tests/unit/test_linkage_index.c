/* Records that come after the linkage: each is found with what all pairs would give under the same model, whether the others came before
 * or after; what nobody had is found again; nothing is kept unless asked. */
#include "linkage_made.h"

#include <math.h>

#include "resolve/link_index.h"

#define FLOOR (LM_LINKAGE_THRESHOLD - LM_LINKAGE_BELOW)
#define LATER_EACH 9 /* one record in so many comes later */

struct set {
    struct lm_records r;
    struct lm_linkage l;
    struct lm_link_index *index;
    uint32_t first; /* that came later */
    uint32_t *later, n_later; /* 4 · person + copy */
    struct lm_found *found;   /* of all that came later, in order */
    uint32_t *n_found, n_all;
};

static void cells_of(uint32_t id, uint32_t persons, struct identity *x, struct lm_str cells[ID_FIELDS])
{
    identity_make(9, persons, id / 4, id % 4, x);
    for (unsigned f = 0; f < ID_FIELDS; f++)
        cells[f] = lm_str(x->cell[f]);
}

static void find_later(struct set *s, uint32_t k, uint32_t persons, uint32_t block, const struct lm_found **ret, uint32_t *ret_n)
{
    struct identity x;
    struct lm_str cells[ID_FIELDS];
    cells_of(s->later[k], persons, &x, cells);
    assert_int_equal(lm_link_index_find(s->index, cells, block, FLOOR, ret, ret_n), LM_OK);
}

static void make(struct set *s, uint32_t persons, uint32_t block)
{
    const struct lm_effort effort = { .threads = 1 };
    const struct lm_linkage_wish wish = { .between = false, .effort = &effort };
    const struct lm_found *found;
    struct identity x;
    struct lm_str cells[ID_FIELDS];
    *s = (struct set){ .later = malloc((size_t)persons * 4 * sizeof *s->later), .n_found = malloc((size_t)persons * 4 * sizeof *s->n_found) };
    assert_true(s->later != NULL && s->n_found != NULL);
    lm_records_init(&s->r, identity_fields, ID_FIELDS, 1, made_folder);
    for (uint32_t p = 0, n = 0; p < persons; p++)
        for (unsigned copy = 0; copy < identity_copies(9, p); copy++) {
            uint32_t id = p * 4 + copy;
            if (++n % LATER_EACH == 0) {
                s->later[s->n_later++] = id;
                continue;
            }
            cells_of(id, persons, &x, cells);
            assert_int_equal(lm_records_add(&s->r, 0, id, cells), LM_OK);
        }
    assert_int_equal(lm_records_seal(&s->r), LM_OK);
    assert_int_equal(lm_link(&s->r, &wish, &s->l, NULL), LM_OK);
    assert_int_equal(lm_link_index_open(&s->r, &s->l, made_folder, &s->index), LM_OK);
    s->first = s->r.n;
    for (uint32_t k = 0; k < s->n_later; k++) {
        find_later(s, k, persons, block, &found, &s->n_found[k]);
        s->found = realloc(s->found, ((size_t)s->n_all + s->n_found[k] + 1) * sizeof *s->found);
        assert_non_null(s->found);
        if (s->n_found[k] > 0)
            memcpy(s->found + s->n_all, found, s->n_found[k] * sizeof *found);
        s->n_all += s->n_found[k];
        assert_int_equal(s->r.n, s->first + k);
        assert_int_equal(lm_link_index_keep(s->index), LM_OK);
        assert_int_equal(lm_link_index_keep(s->index), LM_EUSAGE);
    }
}

static void drop(struct set *s)
{
    lm_link_index_close(s->index);
    lm_linkage_free(&s->l);
    lm_records_free(&s->r);
    free(s->later);
    free(s->found);
    free(s->n_found);
}

static const struct lm_found *in(const struct lm_found *found, uint32_t n, uint32_t record)
{
    for (uint32_t i = 0; i < n; i++)
        if (found[i].record == record)
            return &found[i];
    return NULL;
}

/* Of all pairs with what came later that reach the floor, how many were found; those have the same bits, and there are no others. */
static double share_found(struct set *s)
{
    struct lm_comparer *c;
    uint32_t at = 0, all = 0;
    assert_int_equal(lm_comparer_open(&s->r, &s->l.model, &c), LM_OK);
    for (uint32_t k = 0; k < s->n_later; k++) {
        uint32_t seen = 0;
        for (uint32_t i = 0; i < s->first + k; i++) {
            float bits = lm_pair_bits(c, i, s->first + k, NULL);
            const struct lm_found *f = in(s->found + at, s->n_found[k], i);
            assert_true(f == NULL || fabsf(f->bits - bits) < 1e-3f);
            all += bits >= FLOOR + 1e-3f;
            seen += f != NULL;
        }
        assert_int_equal(seen, s->n_found[k]);
        for (uint32_t i = 1; i < seen; i++)
            assert_true(s->found[at + i - 1].bits >= s->found[at + i].bits);
        at += s->n_found[k];
    }
    lm_comparer_close(c);
    assert_true(all > s->n_later / 2);
    return (double)s->n_all / all;
}

static void all_pairs_of_a_few(void **state)
{
    struct set s;
    (void)state;
    make(&s, 300, 0);
    assert_true(s.l.counts.all_pairs);
    double share = share_found(&s);
    assert_true(share >= 1 && share < 1.01);
    drop(&s);
}

static void keys_of_many(void **state)
{
    struct set s;
    const struct lm_found *found;
    uint32_t n, at = 0;
    (void)state;
    make(&s, 1700, LM_BLOCK_MOST);
    assert_false(s.l.counts.all_pairs);
    double share = share_found(&s);
    print_message("# %u keys found %.4f of the pairs of %u later records\n", s.l.counts.n_keys, share, s.n_later);
    assert_true(share > 0.98);
    for (uint32_t k = 0; k < s.n_later; k++) { /* over the whole */
        uint32_t before = 0;
        find_later(&s, k, 1700, LM_BLOCK_MOST, &found, &n);
        assert_non_null(in(found, n, s.first + k));
        for (uint32_t i = 0; i < n; i++) {
            if (found[i].record >= s.first + k)
                continue;
            before++;
            const struct lm_found *f = in(s.found + at, s.n_found[k], found[i].record);
            assert_true(f != NULL && f->bits == found[i].bits);
        }
        assert_int_equal(before, s.n_found[k]);
        at += s.n_found[k];
    }
    assert_int_equal(s.r.n, s.first + s.n_later); /* nothing was kept */
    drop(&s);
}

static void values_that_nobody_had(void **state)
{
    const struct lm_str quezada[ID_FIELDS] = { LM_STR("Quirina"), LM_STR("Zzyzx Quezada"), LM_STR("1971-02-03"), LM_STR(""),
                                               LM_STR("Xanthippe"), LM_STR(""), LM_STR("5550190"), LM_STR("qzz@example.org"), LM_STR("zz-99-zz") },
                        bad[ID_FIELDS] = { LM_STR("\xff\xfe"), LM_STR("Zzyzx"), LM_STR("99999999"), LM_STR(" "), LM_STR("\xc3"), LM_STR("-"),
                                           LM_STR("0"), LM_STR("@"), LM_STR("") },
                        nothing[ID_FIELDS] = { { NULL, 0 } };
    const struct lm_found *found;
    struct set s;
    uint32_t n;
    (void)state;
    make(&s, 1700, 0);
    assert_int_equal(lm_link_index_find(s.index, quezada, 0, 0, &found, &n), LM_OK);
    assert_int_equal(n, 0);
    assert_int_equal(lm_link_index_keep(s.index), LM_OK);
    for (unsigned k = 0; k < 2; k++) {
        assert_int_equal(lm_link_index_find(s.index, bad, 0, 0, &found, &n), LM_OK);
        assert_int_equal(lm_link_index_find(s.index, nothing, LM_BLOCK_MOST, 0, &found, &n), LM_OK);
        assert_int_equal(n, 0);
        assert_int_equal(lm_link_index_find(s.index, quezada, 0, 0, &found, &n), LM_OK);
        assert_int_equal(n, 1);
        assert_int_equal(found[0].record, s.r.n - 1);
        assert_true(found[0].bits > 10);
    }
    drop(&s);
}

/* In a field with a few values a new one is "not given". */
static void a_few_values(void **state)
{
    static const struct lm_field fields[] = { { .name = LM_STR_INIT("name"), .kind = LM_FIELD_WORDS, .group = 0 },
                                              { .name = LM_STR_INIT("role"), .kind = LM_FIELD_WORDS, .group = 1 } };
    const struct lm_linkage_wish wish = { .between = false };
    const struct lm_found *found;
    struct lm_link_index *index;
    struct lm_records r;
    struct lm_linkage l;
    struct lm_rng rng = { 4 };
    uint32_t n;
    (void)state;
    lm_records_init(&r, fields, 2, 1, made_folder);
    for (uint32_t i = 0; i < 200; i++) {
        char name[16];
        struct lm_str w = made_word(&rng, "abcdefghijklmnop", 12, name);
        const struct lm_str cells[] = { w, i % 2 != 0 ? LM_STR("driver") : LM_STR("clerk") };
        for (unsigned copy = 0; copy < 1 + i % 2; copy++)
            assert_int_equal(lm_records_add(&r, 0, i * 2 + copy, cells), LM_OK);
    }
    assert_int_equal(lm_records_seal(&r), LM_OK);
    assert_int_equal(lm_link(&r, &wish, &l, NULL), LM_OK);
    assert_non_null(l.model.category[1]);
    assert_int_equal(lm_link_index_open(&r, &l, made_folder, &index), LM_OK);
    struct lm_str name = lm_value(&r.values[0], lm_record(&r, 7)[0]);
    const struct lm_str other[] = { name, LM_STR("beekeeper") }, none[] = { name, LM_STR("") };
    assert_int_equal(lm_link_index_find(index, other, 0, -30, &found, &n), LM_OK);
    assert_true(n > 0);
    float bits = found[0].bits;
    assert_int_equal(lm_link_index_find(index, none, 0, -30, &found, &n), LM_OK);
    assert_true(n > 0 && found[0].bits == bits);
    lm_link_index_close(index);
    lm_linkage_free(&l);
    lm_records_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pairs_of_a_few),
        cmocka_unit_test(keys_of_many),
        cmocka_unit_test(values_that_nobody_had),
        cmocka_unit_test(a_few_values),
    };
    return cmocka_run_group_tests(tests, made_open, made_close);
}
