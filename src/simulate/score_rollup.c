/* score_rollup.c - the figures of the workspace and the claims it sets aside, beside the truth. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/os.h"
#include "rollup/row_list.h"
#include "simulate/score_parts.h"

lm_err sim_each_line(const char *folder, const char *name, lm_err (*each)(void *user, const struct lm_csv_row *row), void *user,
                     struct lm_error *e)
{
    char path[4096];
    enum lm_os_kind kind;
    uint64_t bytes = 0;
    int fd = -1;
    struct lm_str in = { NULL, 0 };
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    lm_err err = lm_os_open_input(path, &fd, &kind, e);
    if (err != LM_OK)
        return err;
    if (kind != LM_OS_FILE || lm_os_size(fd, &bytes) != LM_OK || lm_os_map(fd, bytes, &in) != LM_OK)
        err = lm_fail(e, LM_EIO, "%s cannot be read", path);
    lm_os_close(&fd);
    struct lm_csv csv;
    struct lm_csv_row row = { 0 };
    bool done = false;
    lm_csv_init(&csv, in, ',');
    while (err == LM_OK && (err = lm_csv_next(&csv, &row, &done)) == LM_OK && !done)
        if (row.number > 1)
            err = each(user, &row);
    if (err != LM_OK && e->code == LM_OK)
        (void)lm_fail(e, err, "%s: row %llu is not as the simulator writes it", path, (unsigned long long)row.number);
    lm_csv_free(&csv);
    lm_os_unmap(in);
    return err;
}

/* --- texts that stand for something a number of times --- */

struct tally {
    struct lm_arena *a;
    struct lm_map map;
    const char *by; /* "authority,path,row" has its columns joined by this */
};

static lm_err put(struct tally *t, struct lm_str key, uint64_t **ret)
{
    return lm_map_put(&t->map, key, 0, ret, NULL);
}

/* --- figures --- */

static struct lm_str figure_key(struct lm_arena *a, struct lm_str by, struct lm_str place, struct lm_str name)
{
    return lm_arena_printf(a, "%.*s, %.*s, %.*s", LM_STR_ARG(by), LM_STR_ARG(place), LM_STR_ARG(name));
}

static lm_err each_figure_line(void *user, const struct lm_csv_row *row)
{
    struct tally *t = user;
    int64_t value;
    uint64_t *at;
    if (row->n != 4 || !lm_str_to_i64(row->cells[3], &value))
        return LM_EINPUT;
    struct lm_str key = figure_key(t->a, row->cells[0], row->cells[1], row->cells[2]);
    if (key.p == NULL || put(t, key, &at) != LM_OK)
        return LM_ENOMEM;
    *at = (uint64_t)value;
    return LM_OK;
}

static lm_err compare_figures(struct lm_arena *a, const char *truth, const struct lm_rollup *r, struct sim_score *score, struct lm_error *e)
{
    struct tally t = { .a = a };
    lm_map_init(&t.map, a);
    lm_err err = sim_each_line(truth, "rollup.csv", each_figure_line, &t, e);
    uint64_t there = 0;
    for (size_t i = 0; err == LM_OK && i < r->n_figures; i++) {
        const struct lm_figure *f = &r->figures[i];
        struct lm_str key = figure_key(a, lm_str(f->by), f->place, f->name);
        if (key.p == NULL)
            return lm_fail(e, LM_ENOMEM, "out of memory");
        const uint64_t *planted = lm_map_get(&t.map, key);
        bool exact = !f->refused && planted != NULL && (int64_t)*planted == f->base;
        if (planted == NULL && !f->refused) { /* the truth has no such figure: nothing to compare with */
            score->figures_not_planted++;
            continue;
        }
        there += planted != NULL;
        score->figures++;
        score->figures_exact += exact;
        if (!exact && score->first_wrong_figure.n == 0)
            score->first_wrong_figure = key;
    }
    for (size_t i = 0; err == LM_OK && there < t.map.n && i < t.map.n; i++) { /* planted, and not there */
        bool found = false;
        for (size_t k = 0; k < r->n_figures && !found; k++) {
            struct lm_str key = figure_key(a, lm_str(r->figures[k].by), r->figures[k].place, r->figures[k].name);
            found = key.p != NULL && lm_str_eq(key, t.map.entries[i].key);
        }
        score->figures += !found;
        if (!found && score->first_wrong_figure.n == 0)
            score->first_wrong_figure = t.map.entries[i].key;
    }
    return err;
}

/* --- what two agencies claim --- */

/* A reference names the table and the row, not the exhibit: claims are told apart by both, as often as they occur. */
static lm_err each_claim_line(void *user, const struct lm_csv_row *row)
{
    struct tally *t = user;
    uint64_t *at;
    if (row->n != 3)
        return LM_EINPUT;
    struct lm_str key = lm_arena_printf(t->a, "%.*s row %.*s", LM_STR_ARG(row->cells[1]), LM_STR_ARG(row->cells[2]));
    if (key.p == NULL || put(t, key, &at) != LM_OK)
        return LM_ENOMEM;
    (*at)++;
    return LM_OK;
}

/* "seizures.csv @1a2b3c4d row 3 (byte 210)", where several files have that name: "seizures.csv row 3". */
static struct lm_str reference(struct lm_arena *a, struct lm_str row)
{
    size_t bracket = lm_str_find(row, LM_STR(" (byte")), at = lm_str_find(row, LM_STR(" @"));
    row = bracket != SIZE_MAX ? lm_str_take(row, bracket) : row;
    return at == SIZE_MAX ? row : lm_arena_printf(a, "%.*s%.*s", LM_STR_ARG(lm_str_take(row, at)), LM_STR_ARG(lm_str_skip(row, at + strlen(" @12345678"))));
}

static lm_err compare_claims(struct lm_arena *a, const char *truth, const struct lm_rollup *r, struct sim_score *score, struct lm_error *e)
{
    struct tally t = { .a = a };
    lm_map_init(&t.map, a);
    lm_err err = sim_each_line(truth, "claimed_twice.csv", each_claim_line, &t, e);
    for (size_t i = 0; err == LM_OK && i < t.map.n; i++)
        score->claims += t.map.entries[i].value;
    for (size_t i = 0; err == LM_OK && i < r->n_set_aside; i++) {
        struct lm_str row = reference(a, r->set_aside[i].row);
        if (row.p == NULL)
            return lm_fail(e, LM_ENOMEM, "out of memory");
        uint64_t *left = lm_map_get(&t.map, row);
        bool planted = left != NULL && *left != 0;
        if (planted)
            (*left)--;
        score->claims_found += planted;
        score->claims_wrong += !planted;
    }
    return err;
}

static lm_err take_row(void *user, const struct lm_op_row *row, struct lm_str reference)
{
    return lm_row_list_add(user, row, reference);
}

lm_err sim_score_rollup(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, const char *truth, struct sim_score *score,
                        struct lm_error *e)
{
    struct lm_row_list list;
    struct lm_dose_rules rules;
    struct lm_rollup r;
    struct lm_rollup_options o = { .by = 1u << LM_ROLLUP_DIVISION | 1u << LM_ROLLUP_CARTEL, .rules = &rules };
    lm_row_list_init(&list, a);
    lm_err err = lm_dose_rules_builtin(a, &rules, e);
    if (err == LM_OK)
        err = lm_dose_rule_choose(&rules, LM_DOSE_RULE_DEFAULT, &o.rule, e);
    if (err == LM_OK)
        err = lm_store_op_rows(st, f, take_row, &list, e);
    if (err == LM_OK)
        err = lm_rollup_run(a, &list.pull, &o, &r, e);
    if (err == LM_OK)
        err = compare_figures(a, truth, &r, score, e);
    return err == LM_OK ? compare_claims(a, truth, &r, score, e) : err;
}
