/* linkage_made.h - records for the tests of the linkage: made-up identities (bench/identities.h), or rows that a test writes. Header only. */
#ifndef LM_TESTS_LINKAGE_MADE_H
#define LM_TESTS_LINKAGE_MADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"
#include "identities.h"
#include "resolve/linkage.h"

static struct lm_arena made_arena;
static struct lm_folder *made_folder;

static inline int made_open(void **state)
{
    (void)state;
    lm_arena_init(&made_arena, 0);
    return lm_folder_open(&made_arena, &made_folder, NULL) == LM_OK ? 0 : -1;
}

static inline int made_close(void **state)
{
    (void)state;
    lm_folder_close(made_folder);
    lm_arena_free(&made_arena);
    return 0;
}

/* n_rows rows of n_fields texts; NULL is "not given". */
static inline void made_rows(struct lm_records *r, const struct lm_field *fields, uint32_t n_fields, const char *const *cells, uint32_t n_rows)
{
    lm_records_init(r, fields, n_fields, 1, made_folder);
    for (uint32_t i = 0; i < n_rows; i++) {
        struct lm_str row[LM_FIELDS_MOST];
        for (uint32_t f = 0; f < n_fields; f++)
            row[f] = lm_str(cells[(size_t)i * n_fields + f]);
        assert_int_equal(lm_records_add(r, 0, i, row), LM_OK);
    }
    assert_int_equal(lm_records_seal(r), LM_OK);
}

/* The record that was added as the n-th. */
static inline uint32_t made_at(const struct lm_records *r, uint32_t n)
{
    for (uint32_t i = 0; i < r->n; i++)
        if (r->origin[i] == n)
            return i;
    fail_msg("no record %u", n);
    return 0;
}

/* Identities of n_persons in an order that `shuffle` decides (0: as they are made). id: 4 · person + copy of each record, to be freed. */
static inline void made_identities(struct lm_records *r, uint64_t seed, uint32_t n_persons, uint64_t shuffle, uint32_t **ret_id)
{
    uint32_t *id = malloc((size_t)n_persons * 4 * sizeof *id), *of = malloc((size_t)n_persons * 4 * sizeof *of), n = 0;
    struct lm_rng rng = { shuffle };
    assert_true(id != NULL && of != NULL);
    for (uint32_t p = 0; p < n_persons; p++)
        for (unsigned copy = 0; copy < identity_copies(seed, p); copy++)
            id[n++] = p * 4 + copy;
    for (uint32_t i = n; shuffle != 0 && i > 1; i--) {
        uint32_t k = (uint32_t)lm_rng_below(&rng, i), t = id[k];
        id[k] = id[i - 1];
        id[i - 1] = t;
    }
    lm_records_init(r, identity_fields, ID_FIELDS, 1, made_folder);
    for (uint32_t i = 0; i < n; i++) {
        struct identity x;
        struct lm_str cells[ID_FIELDS];
        identity_make(seed, n_persons, id[i] / 4, id[i] % 4, &x);
        for (unsigned f = 0; f < ID_FIELDS; f++)
            cells[f] = lm_str(x.cell[f]);
        assert_int_equal(lm_records_add(r, 0, id[i], cells), LM_OK);
    }
    assert_int_equal(lm_records_seal(r), LM_OK);
    for (uint32_t i = 0; i < n; i++)
        of[i] = id[r->origin[i]];
    free(id);
    *ret_id = of;
}

/* Letters of a word from `letters`, up to `most`. */
static inline struct lm_str made_word(struct lm_rng *rng, const char *letters, size_t most, char *out)
{
    size_t n = lm_rng_below(rng, most + 1), k = strlen(letters);
    for (size_t i = 0; i < n; i++)
        out[i] = letters[lm_rng_below(rng, k)];
    return (struct lm_str){ out, n };
}

#endif
