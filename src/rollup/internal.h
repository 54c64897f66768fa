/* internal.h - what the files of this folder share: the rows in memory and what was decided about them. */
#ifndef LM_ROLLUP_INTERNAL_H
#define LM_ROLLUP_INTERNAL_H

#include "base/buf.h"
#include "base/map.h"
#include "rollup/compare.h"
#include "rollup/rollup.h"

#define ROW_NONE UINT32_MAX

/* One row, its slices in the arena. */
struct held_row {
    struct lm_op_row op;
    struct lm_str ref;
    uint32_t same_as;       /* set aside: the row that is counted instead; else ROW_NONE */
    uint32_t next_same;     /* chain of the rows set aside for a counted row; ROW_NONE ends it */
    uint32_t investigation; /* the counted investigation row that op.investigation names, or ROW_NONE */
    struct lm_str agency, division, operation; /* own, else of the investigation */
    uint32_t aside_head, aside_next; /* chain of all rows set aside because of this one */
};

/* Growing arrays in the arena: doubled, so at most twice the memory. */
struct rows {
    struct held_row *v;
    uint32_t n, cap;
};

struct asides {
    struct lm_set_aside *v;
    size_t n, cap;
};

struct notes {
    struct lm_rollup_note *v;
    size_t n, cap;
};

struct row_pair {
    uint32_t a, b;
};

struct work {
    struct lm_arena *a;
    struct lm_error *e;
    const struct lm_rollup_options *options;
    struct rows rows;
    struct asides asides;
    struct notes notes;
    struct row_pair *apart; /* judged not to be the same */
    size_t n_apart;
    bool *repeated;    /* aside.c: of each row, for the rule at hand */
    uint32_t *slot;
    uint8_t *counts;
};

/* Appends s in lower case, trimmed, runs of white space as one blank: the form in which spellings meet. False
 * without memory (the buffer then says so as well). */
bool lm_rollup_fold(struct lm_buf *out, struct lm_str s);

lm_err lm_rollup_note(struct work *w, struct lm_str row, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* aside.c: finds what is claimed twice, links investigations; the counted row that stands for row i. */
lm_err lm_rollup_set_aside(struct work *w);
uint32_t lm_rollup_counted(const struct work *w, uint32_t i);

/* One figure while it is being added up. */
struct sum {
    struct lm_str key_place; /* as first written */
    struct lm_str name;
    enum lm_rollup_by by;
    int64_t value;
    enum lm_unit unit;
    enum lm_qualifier qualifier;
    bool overflow;
    uint32_t unstated; /* flags: investigations that do not say */
    unsigned kinds;    /* money: bits of the kinds added */
    lm_dose_sum ug_ppm, ug; /* purity: mass times purity, and mass; ug 0: not a purity */
    int64_t low_ppm, high_ppm;
    uint32_t *rows;
    size_t n_rows, cap_rows;
};

/* Doses of one place: numerators under every rule, so that they add exactly. */
struct dose_sum {
    struct lm_str key_place;
    enum lm_rollup_by by;
    lm_dose_sum by_rule[LM_DOSE_RULES_MAX];         /* all seizures */
    lm_dose_sum covered_by_rule[LM_DOSE_RULES_MAX]; /* those with a laboratory result */
    lm_dose_sum laboratory;                         /* the laboratory's own, for the same */
    bool rule_says[LM_DOSE_RULES_MAX];              /* the rule covers something here */
    bool covered_rule_says[LM_DOSE_RULES_MAX];
    bool overflow;
    enum lm_qualifier qualifier, laboratory_qualifier;
    uint32_t n_seizures, n_covered;
    uint32_t *rows, *laboratory_rows;
    size_t n_rows, cap_rows, n_laboratory_rows, cap_laboratory_rows;
};

/* What the laboratory says of one counted seizure. */
struct lab_answer {
    lm_dose_sum sum;
    bool answered, overflow; /* answered, of a result's own row: it is in a dose count */
    enum lm_qualifier qualifier;
    uint32_t first_row; /* of the laboratory results, chained by lab_next; ROW_NONE: none */
};

/* lab.c: answers[i] for every row i; lab_next[i] chains the results of one seizure, of any drug. */
lm_err lm_rollup_laboratory(struct work *w, struct lab_answer *answers, uint32_t *lab_next);

/* What the rules of the roll-up see in a drug and a form. */
bool lm_rollup_is_fentanyl(struct lm_str drug);
bool lm_rollup_is_meth(struct lm_str drug);
bool lm_rollup_is_pill_form(struct lm_str form);

/* links.c: what the laboratory's profiles and the firearms' links say. */
lm_err lm_rollup_links(struct work *w, const struct lab_answer *answers, const uint32_t *lab_next,
                       struct lm_rollup *ret);

/* figures.c: from sums to figures. */
lm_err lm_rollup_figures(struct work *w, struct sum *sums, size_t n_sums, struct dose_sum *doses,
                         size_t n_doses, struct lm_rollup *ret);

#endif
