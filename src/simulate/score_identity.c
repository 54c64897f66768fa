/* score_identity.c - who is said to be who, beside who is. */
#include <stdio.h>

#include "base/map.h"
#include "simulate/score_parts.h"
#include "store/source_record.h"

struct account {
    uint32_t person;  /* of the truth, by number of first mention */
    int64_t said;     /* the program's person, or minus the account: alone */
};

struct identities {
    struct lm_arena *one;
    struct lm_map people; /* person's id → number */
    struct lm_map keys;   /* "platform key" → number of the person */
    struct account *v;
    size_t n, cap;
};

static struct lm_str key_of(struct lm_arena *a, struct lm_str platform, struct lm_str key)
{
    return lm_arena_printf(a, "%.*s %.*s", LM_STR_ARG(platform), LM_STR_ARG(key));
}

static lm_err each_account_line(void *user, const struct lm_csv_row *row)
{
    struct identities *x = user;
    uint64_t *person, *at;
    if (row->n != 3)
        return LM_EINPUT;
    struct lm_str key = key_of(x->one, row->cells[0], row->cells[1]);
    if (key.p == NULL || lm_map_put(&x->people, row->cells[2], x->people.n, &person, NULL) != LM_OK)
        return LM_ENOMEM;
    uint64_t number = *person;
    return lm_map_put(&x->keys, key, number, &at, NULL);
}

static lm_err each_account(void *user, enum lm_platform platform, struct lm_str key, int64_t account, int64_t person)
{
    struct identities *x = user;
    struct lm_str text = key_of(x->one, lm_str(lm_platform_word(platform)), key);
    if (text.p == NULL)
        return LM_ENOMEM;
    const uint64_t *who = lm_map_get(&x->keys, text);
    if (who == NULL)
        return LM_OK; /* nobody of the truth's: a stranger, or a phone that two use */
    struct account *v = lm_arena_grow(x->one, x->v, x->n, &x->cap, sizeof *v);
    if (v == NULL)
        return LM_ENOMEM;
    x->v = v;
    v[x->n++] = (struct account){ (uint32_t)*who, person != 0 ? person : -account };
    return LM_OK;
}

static void compare(const struct identities *x, struct sim_score *score)
{
    score->accounts += x->n;
    for (size_t i = 0; i < x->n; i++) {
        uint64_t same = 0, said = 0, both = 0; /* itself among them */
        for (size_t k = 0; k < x->n; k++) {
            bool t = x->v[i].person == x->v[k].person, s = x->v[i].said == x->v[k].said;
            same += t;
            said += s;
            both += t && s;
            if (k > i) {
                score->pairs_true += t;
                score->pairs_found += s;
                score->pairs_right += t && s;
            }
        }
        score->b3_precision += (double)both / (double)said;
        score->b3_recall += (double)both / (double)same;
    }
}

lm_err sim_score_identities(struct lm_arena *one, struct lm_store *st, struct lm_str investigation, const char *truth, struct sim_score *score,
                            struct lm_error *e)
{
    struct identities x = { .one = one };
    char path[160];
    lm_map_init(&x.people, one);
    lm_map_init(&x.keys, one);
    (void)snprintf(path, sizeof path, "%.*s/accounts.csv", LM_STR_ARG(investigation));
    lm_err err = sim_each_line(truth, path, each_account_line, &x, e);
    if (err == LM_OK)
        err = lm_store_account_persons(st, investigation, each_account, &x, e);
    if (err == LM_OK)
        compare(&x, score);
    return err;
}
