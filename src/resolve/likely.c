#include "resolve/likely.h"

#include <stdlib.h>
#include <string.h>

#include "resolve/linkage.h"

#define SEED 1
#define SLOTS 3

/* What an identifier type is compared as. exact: nobody types it, so what differs in one digit is another one: a hash is compared. */
static const struct {
    enum lm_identifier_type type;
    enum lm_field_kind kind;
    bool exact;
    uint32_t slots;
    struct lm_str names[SLOTS];
} sorts[] = {
    { LM_IDENTIFIER_NAME, LM_FIELD_WORDS, false, 2, { LM_STR_INIT("name"), LM_STR_INIT("name 2"), { NULL, 0 } } },
    { LM_IDENTIFIER_PHONE, LM_FIELD_CODE, true, 3, { LM_STR_INIT("number"), LM_STR_INIT("number 2"), LM_STR_INIT("number 3") } },
    { LM_IDENTIFIER_EMAIL, LM_FIELD_EMAIL, false, 2, { LM_STR_INIT("address"), LM_STR_INIT("address 2"), { NULL, 0 } } },
    { LM_IDENTIFIER_HANDLE, LM_FIELD_CODE, false, 2, { LM_STR_INIT("handle"), LM_STR_INIT("handle 2"), { NULL, 0 } } },
    { LM_IDENTIFIER_ACCOUNT_ID, LM_FIELD_CODE, true, 1, { LM_STR_INIT("id"), { NULL, 0 }, { NULL, 0 } } },
    { LM_IDENTIFIER_DEVICE, LM_FIELD_CODE, true, 2, { LM_STR_INIT("device"), LM_STR_INIT("device 2"), { NULL, 0 } } },
};
#define SORTS (sizeof sorts / sizeof sorts[0])
#define FIELDS 12

struct lm_likely {
    struct lm_arena a, cells_arena;
    struct lm_records records;
    struct lm_folder *folder;
    struct lm_linkage linkage;
    int64_t *accounts, *persons; /* as added */
    uint32_t n;
    size_t cap;
    /* the account at hand */
    int64_t account;
    int64_t asked[2];               /* whose values are shown; 0: nobody's */
    struct lm_str shown[2][FIELDS];
    struct lm_str cells[FIELDS], keys[FIELDS];
    bool own[FIELDS];
    bool any;
    struct lm_error *e;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static uint32_t make_fields(struct lm_field fields[FIELDS], uint32_t first[SORTS])
{
    uint32_t n = 0;
    for (size_t i = 0; i < SORTS; i++) {
        first[i] = n;
        for (uint32_t k = 0; k < sorts[i].slots; k++)
            fields[n++] = (struct lm_field){ .name = sorts[i].names[k], .kind = sorts[i].kind, .group = (uint8_t)first[i], .shared = true };
    }
    return n;
}

/* --- an account's cells --- */

static lm_err hash_exact(struct lm_likely *l)
{
    uint32_t first = 0;
    for (size_t i = 0; i < SORTS; first += sorts[i].slots, i++)
        for (uint32_t k = first; k < first + sorts[i].slots && sorts[i].exact; k++) {
            if (l->cells[k].n == 0)
                continue;
            l->cells[k] = lm_arena_printf(&l->cells_arena, "%016llx", (unsigned long long)lm_stable_hash(l->keys[k], SEED));
            if (l->cells[k].p == NULL)
                return no_memory(l->e);
        }
    return LM_OK;
}

static lm_err end_account(struct lm_likely *l)
{
    lm_err err = LM_OK;
    if (l->account != 0 && l->any) {
        int64_t *more = lm_arena_grow(&l->a, l->accounts, l->n, &l->cap, sizeof *more);
        if (more == NULL)
            return no_memory(l->e);
        l->accounts = more;
        more[l->n++] = l->account;
        for (int k = 0; k < 2; k++)
            for (uint32_t f = 0; f < FIELDS && l->asked[k] == l->account; f++)
                l->shown[k][f] = lm_arena_copy(&l->a, l->cells[f]);
        err = hash_exact(l);
        if (err != LM_OK)
            return err;
        err = lm_records_add(&l->records, 0, 0, l->cells);
        if (err != LM_OK)
            err = lm_fail(l->e, err, err == LM_ENOMEM ? "out of memory" : "too many accounts to compare");
    }
    lm_arena_reset(&l->cells_arena);
    memset(l->cells, 0, sizeof l->cells);
    memset(l->own, 0, sizeof l->own);
    l->any = false;
    return err;
}

static bool of_itself(struct lm_str basis)
{
    return lm_str_eq(basis, LM_STR("own_profile")) || lm_str_eq(basis, LM_STR("subscriber_record")) || lm_str_eq(basis, LM_STR("native_id"));
}

/* Its own before others', then by key: the same cells whatever came first. */
static bool before(const struct lm_likely *l, uint32_t slot, bool own, struct lm_str key)
{
    return l->cells[slot].n == 0 || own > l->own[slot] || (own == l->own[slot] && lm_str_cmp(key, l->keys[slot]) < 0);
}

static lm_err put_value(struct lm_likely *l, uint32_t first, uint32_t slots, const struct lm_known_row *k)
{
    bool own = of_itself(k->basis);
    uint32_t at = 0;
    for (uint32_t i = 0; i < slots; i++) /* one key, several spellings or bases: the first stays */
        if (l->cells[first + i].n != 0 && lm_str_eq(l->keys[first + i], k->key)) {
            l->own[first + i] = l->own[first + i] || own;
            return LM_OK;
        }
    while (at < slots && !before(l, first + at, own, k->key))
        at++;
    if (at == slots)
        return LM_OK;
    struct lm_str raw = lm_arena_copy(&l->cells_arena, k->raw), key = lm_arena_copy(&l->cells_arena, k->key);
    if (raw.p == NULL || key.p == NULL)
        return no_memory(l->e);
    for (uint32_t i = slots - 1; i > at; i--) {
        l->cells[first + i] = l->cells[first + i - 1];
        l->keys[first + i] = l->keys[first + i - 1];
        l->own[first + i] = l->own[first + i - 1];
    }
    l->cells[first + at] = raw;
    l->keys[first + at] = key;
    l->own[first + at] = own;
    l->any = true;
    return LM_OK;
}

static lm_err on_known(void *user, const struct lm_known_row *k)
{
    struct lm_likely *l = user;
    lm_err err = k->account != l->account ? end_account(l) : LM_OK;
    uint32_t first = 0;
    l->account = k->account;
    for (size_t i = 0; i < SORTS && err == LM_OK; first += sorts[i].slots, i++)
        if (sorts[i].type == k->type && k->raw.n != 0)
            err = put_value(l, first, sorts[i].slots, k);
    return err;
}

static void close_it(struct lm_likely *l)
{
    if (l == NULL)
        return;
    lm_linkage_free(&l->linkage);
    lm_records_free(&l->records);
    lm_folder_close(l->folder);
    lm_arena_free(&l->cells_arena);
    lm_arena_free(&l->a);
    free(l);
}

static lm_err open_for(struct lm_store *st, struct lm_str investigation, int64_t a, int64_t b, struct lm_likely **ret, struct lm_error *e)
{
    struct lm_field fields[FIELDS];
    uint32_t first[SORTS];
    struct lm_likely *l = calloc(1, sizeof *l);
    if (l == NULL)
        return no_memory(e);
    l->e = e;
    l->asked[0] = a;
    l->asked[1] = b;
    lm_arena_init(&l->a, (size_t)1 << 30);
    lm_arena_init(&l->cells_arena, 0);
    lm_err err = lm_folder_open(&l->a, &l->folder, e);
    lm_records_init(&l->records, fields, make_fields(fields, first), SEED, l->folder);
    if (err == LM_OK)
        err = lm_store_known(st, investigation, on_known, l, e);
    if (err == LM_OK)
        err = end_account(l);
    if (err == LM_OK && l->n >= LM_LIKELY_LEAST) {
        const struct lm_linkage_wish wish = { .between = false };
        err = lm_records_seal(&l->records);
        err = err == LM_OK ? lm_link(&l->records, &wish, &l->linkage, e) : no_memory(e);
    }
    if (err != LM_OK) {
        close_it(l);
        return err;
    }
    *ret = l;
    return LM_OK;
}

/* --- proposals --- */

static int64_t account_of(const struct lm_likely *l, uint32_t record)
{
    return l->accounts[l->records.origin[record]];
}

lm_err lm_likely(struct lm_store *st, struct lm_str investigation, struct lm_identity_writer *w, uint64_t *ret_new, uint64_t *ret_ended,
                 struct lm_error *e)
{
    struct lm_likely *l = NULL;
    lm_err err = open_for(st, investigation, 0, 0, &l, e);
    for (uint64_t i = 0; err == LM_OK && i < l->linkage.n_edges && l->linkage.edges[i].bits >= LM_LINKAGE_THRESHOLD; i++) {
        const struct lm_edge *x = &l->linkage.edges[i];
        struct lm_new_edge put = { .kind = LM_IDENTITY_LIKENESS, .a = account_of(l, x->a), .b = account_of(l, x->b), .bits = (double)x->bits };
        bool fresh = false;
        err = lm_identity_put(w, &put, &fresh, e);
        *ret_new += fresh;
    }
    close_it(l);
    return err == LM_OK ? lm_identity_end_likenesses(w, ret_ended, e) : err;
}

/* --- why --- */

static bool record_of(const struct lm_likely *l, int64_t account, uint32_t *ret)
{
    for (uint32_t i = 0; i < l->n && l->n >= LM_LIKELY_LEAST; i++)
        if (account_of(l, i) == account) {
            *ret = i;
            return true;
        }
    return false;
}

static lm_err show_fields(const struct lm_likely *l, const struct lm_agreement *parts,
                          lm_err (*each)(void *user, const struct lm_likely_field *f), void *user)
{
    lm_err err = LM_OK;
    for (uint32_t f = 0; f < l->records.n_fields && err == LM_OK; f++) {
        const struct lm_agreement *g = &parts[f];
        struct lm_likely_field x = { .name = l->records.fields[f].name, .a = l->shown[0][f],
                                     .b = l->shown[1][g->level == LM_LEVEL_NOT_GIVEN ? f : g->with], .bits = (double)g->bits };
        if (g->level != LM_LEVEL_NOT_GIVEN)
            x.level = lm_level_name(l->records.fields[f].kind, (enum lm_level)g->level);
        if (x.a.n != 0 || x.b.n != 0)
            err = each(user, &x);
    }
    return err;
}

lm_err lm_likely_explain(struct lm_store *st, struct lm_str investigation, int64_t a, int64_t b,
                         lm_err (*each)(void *user, const struct lm_likely_field *f), void *user, double *ret_before, double *ret_bits,
                         struct lm_error *e)
{
    struct lm_agreement parts[LM_FIELDS_MOST];
    struct lm_comparer *c = NULL;
    struct lm_likely *l = NULL;
    uint32_t i = 0, k = 0;
    lm_err err = open_for(st, investigation, a, b, &l, e);
    if (err == LM_OK && (!record_of(l, a, &i) || !record_of(l, b, &k)))
        err = lm_fail(e, LM_ENOTFOUND, "there is nothing to compare: of one of them no name, number, address, handle, id or device is known");
    if (err == LM_OK && lm_comparer_open(&l->records, &l->linkage.model, &c) != LM_OK)
        err = no_memory(e);
    if (err == LM_OK) {
        *ret_bits = (double)lm_pair_bits(c, i, k, parts);
        *ret_before = (double)l->linkage.model.prior_bits;
        err = show_fields(l, parts, each, user);
    }
    lm_comparer_close(c);
    close_it(l);
    return err;
}
