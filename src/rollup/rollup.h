/* rollup.h - an operation's figures from its own rows: each figure with the rows it rests on.
 *
 * Rows come through an iterator; SQL never comes here. Every figure is one place × one name. Along one `by`
 * (operation, division, agency, month, cartel, city) every row stands in exactly one place ("not stated" when it says
 * nothing), so the parts add up to the whole exactly; for `platform` places overlap and their figures are not
 * added. A row that names no division or agency takes that of its investigation; cartel and platforms hang on
 * the investigation only.
 *
 * Flags (social media, encrypted) are counted as unions over investigations, never added.
 * What two agencies both claim is counted once and listed (aside.c; docs/doses.md and docs/operation_csv.md
 * say when). Sums are checked: an overflow is a refused figure (no value, a reason).
 *
 * lifetime  everything in the answer lives in the arena; rows are copied as they come
 * cost      O(rows × dimensions), one hash look-up per figure and row
 * errors    LM_ENOMEM, LM_ELIMIT (2^31 rows), what the iterator returned; *ret untouched on error
 * test      tests/unit/test_rollup.c
 */
#ifndef LM_ROLLUP_ROLLUP_H
#define LM_ROLLUP_ROLLUP_H

#include "base/arena.h"
#include "base/err.h"
#include "model/fact.h"
#include "rollup/dose.h"

struct lm_rollup_row {
    struct lm_op_row op;
    struct lm_str ref; /* names the row to a person: "seizures.csv row 3 (byte 120)" */
};

/* Embed it in a struct of your own, as with lm_sink. Slices are valid until the next call. */
struct lm_rollup_rows {
    bool stable;  /* slices live as long as the arena of the roll-up: they are not copied */
    uint32_t n;   /* how many rows will come; 0: not known */
    lm_err (*next)(struct lm_rollup_rows *rows, struct lm_rollup_row *ret, bool *ret_done,
                   struct lm_error *e);
};

enum lm_rollup_by {
    LM_ROLLUP_WHOLE,
    LM_ROLLUP_OPERATION,
    LM_ROLLUP_DIVISION,
    LM_ROLLUP_AGENCY,
    LM_ROLLUP_MONTH,
    LM_ROLLUP_CARTEL,
    LM_ROLLUP_PLATFORM, /* places overlap */
    LM_ROLLUP_CITY,
    LM_ROLLUP_N_BY,
};
/* "whole", "division", …; false when the word is not one of them. */
const char *lm_rollup_by_word(enum lm_rollup_by by);
bool lm_rollup_by_parse(struct lm_str word, enum lm_rollup_by *ret);

/* A person's word about two rows: the same thing, or not. They are named by their refs. */
struct lm_rollup_word {
    struct lm_str a, b;
    bool same;
    struct lm_str because; /* "judged the same by NAME (judgement 3): reason" */
};

struct lm_rollup_options {
    unsigned by; /* bits 1 << lm_rollup_by; the whole is always there */
    const struct lm_dose_rules *rules;
    const struct lm_dose_rule *rule; /* the operation's rule */
    const struct lm_rollup_word *words;
    size_t n_words;
};

/* Own rows and published figures share this shape; what one of them does not have stays empty. */
struct lm_figure {
    const char *by; /* "whole", "division", …; NULL for a published figure */
    struct lm_str place;
    struct lm_str name;  /* "arrests", "powder", "firearms:rifle", … */
    bool refused;        /* no value: `note` says why */
    struct lm_str value; /* exact decimal text, a JSON number */
    int64_t base;        /* the same in base units: ug, count, cents */
    enum lm_unit unit;
    enum lm_qualifier qualifier;
    const struct lm_str *rows;
    size_t n_rows;
    struct lm_str rule; /* dose figures: the rule's id, or "laboratory, else ID" */
    const struct lm_dose_rule *rule_object;
    bool has_range;
    int64_t low, high;   /* over the rules in force */
    struct lm_str exact; /* dose figures and purities: the fraction before rounding down */
    const struct lm_str *set_aside; /* rows that are not counted because one of `rows` stands for them */
    size_t n_set_aside;
    struct lm_str note;
    struct lm_str source;              /* published figures */
    const struct lm_figure *published; /* a computed dose figure: what it was held against */
    int agrees;                        /* 1, 0; -1: cannot be compared, or was not */
};

struct lm_set_aside {
    struct lm_str row;  /* not counted */
    struct lm_str kept; /* counted instead */
    const char *rule;   /* "same_exhibit", …: docs/doses.md */
    struct lm_str because;
};

/* Something about a row that a person should know; the row is counted as far as it can be. */
struct lm_rollup_note {
    struct lm_str row;
    struct lm_str because;
};

/* Seizures that one profile id of the laboratory stands for: the only link between seizures that is drawn. */
struct lm_profile_link {
    struct lm_str profile;
    const struct lm_str *results, *seizures; /* rows */
    size_t n_results, n_seizures;            /* n_seizures >= 2 */
    bool several_agencies; /* the results are stated by different agencies: whether they mean one laboratory is asked */
};

struct lm_firearm_tie {
    enum lm_firearm_link kind;
    struct lm_str row, firearm, firearm_row, linked_to; /* firearm: its id; firearm_row: empty when no row has it */
};

struct lm_rollup {
    const struct lm_figure *figures;
    size_t n_figures;
    const struct lm_set_aside *set_aside;
    size_t n_set_aside;
    const struct lm_rollup_note *notes;
    size_t n_notes;
    const struct lm_profile_link *profiles;
    size_t n_profiles;
    const struct lm_firearm_tie *firearm_ties;
    size_t n_firearm_ties;
    int32_t last_day; /* that a row states, counted or set aside: the data cut-off; LM_DAY_NONE */
};

lm_err lm_rollup_run(struct lm_arena *a, struct lm_rollup_rows *rows, const struct lm_rollup_options *options,
                     struct lm_rollup *ret, struct lm_error *e);

#endif
