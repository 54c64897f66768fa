/* columns.h - what the columns of a plain table of people or things mean: by their names, else by their cells, or as a map says.
 *
 * A name is recognised whatever its case and signs ("Date of Birth", "date_of_birth"); the words are in columns.c, in English, Spanish
 * and German. A column that no word fits is looked at: addresses with '@', dates, numbers, long or short text. Columns
 * for which there is no field on principle (lm_table_protected: race, religion, birthplace …) are left out whatever a map says. So
 * is what looks like the answer ("cluster", "ent_id"), and a source's name.
 *
 * test  tests/cli/resolve.sh, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_COLUMNS_H
#define LM_RESOLVE_COLUMNS_H

#include "base/arena.h"
#include "resolve/record.h"

enum lm_column_role {
    LM_COLUMN_FIELD,
    LM_COLUMN_ID,        /* the record's own name */
    LM_COLUMN_YEAR,      /* parts of a date of birth */
    LM_COLUMN_MONTH,
    LM_COLUMN_DAY,
    LM_COLUMN_LEFT_OUT,  /* not compared: asked for, or the answer, or unfit */
    LM_COLUMN_PROTECTED, /* no field on principle */
};

struct lm_column {
    struct lm_str name;
    enum lm_column_role role;
    enum lm_field_kind kind; /* FIELD */
    uint8_t family;          /* fields of one family may be swapped; 0: none */
    bool shared;             /* of people who belong together: lm_field.shared */
    uint8_t how;             /* LM_FOLD_... bits */
    const char *means;       /* the word it was recognised as; NULL: by its cells */
};

/* What a name, or a word of a map, means. False: nothing. */
bool lm_column_by_name(struct lm_str name, struct lm_column *ret);

/* What is seen of the cells of a column, for those that no word fits and to tell short from long text. */
struct lm_column_look {
    uint32_t n, with_at, dates, numbers, letters; /* cells that are given; … with '@'; dates; numbers; without any digit */
    uint32_t day_first, month_first;              /* dates that can be read in no other way */
    uint64_t words, bytes;
};
void lm_column_look_at(struct lm_column_look *l, struct lm_folder *f, struct lm_str cell);
/* Settles the kind of a field. */
void lm_column_settle(struct lm_column *c, const struct lm_column_look *l);

/* The words of a map, for a message. */
const char *lm_column_words(void);

#endif
