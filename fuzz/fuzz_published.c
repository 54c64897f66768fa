/* fuzz_published.c - a table of published figures of any bytes.
 *
 * Besides not crashing: every figure has its row and a known unit, nothing is set aside or doubted without a reason. */
#include <stdint.h>
#include <stdlib.h>

#include "rollup/published.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct lm_published *p)
{
    for (size_t i = 0; i < p->rollup.n_figures; i++) {
        const struct lm_figure *f = &p->rollup.figures[i];
        require(f->n_rows > 0 && f->name.n > 0 && (f->refused || f->value.n > 0));
        require(!f->has_range || f->low <= f->high);
    }
    for (size_t i = 0; i < p->rollup.n_set_aside; i++)
        require(p->rollup.set_aside[i].row.n > 0 && p->rollup.set_aside[i].because.n > 0);
    for (size_t i = 0; i < p->n_problems; i++)
        require(p->problems[i].reason.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_arena a;
    struct lm_dose_rules rules;
    struct lm_published p;
    lm_arena_init(&a, (size_t)256 << 20);
    struct lm_rollup_options options = { .rules = &rules };
    require(lm_dose_rules_builtin(&a, &rules, NULL) == LM_OK);
    require(lm_dose_rule_choose(&rules, NULL, &options.rule, NULL) == LM_OK);
    if (lm_published_read(&a, (struct lm_str){ (const char *)data, size }, &options, &p, NULL) == LM_OK)
        check(&p);
    lm_arena_free(&a);
    return 0;
}
