/* columns.h - what the columns of a plain table of people or things mean: by their names, else by their cells, or as a map says.
 *
 * A name is read word by word, whatever its case and signs ("Date of Birth", "dateOfBirth", "birth_dt"; columns_words.h). What the words mean
 * together decides: "street" is an address, "street_no" a number, "phone_type" neither. A column that no rule fits is looked at: addresses
 * with '@', dates, numbers, long or short text; year, month and day side by side; whole numbers that count the rows. Columns
 * for which there is no field on principle (lm_table_protected: race, religion, birthplace …; a voter's party) are left out whatever a map
 * says. So is what looks like the answer ("cluster", "entity_id"), and a source's name.
 *
 * test  tests/unit/test_linkage_columns.c, tests/cli/resolve.sh, tests/compat/linkage.sh
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
    uint8_t sort;            /* lm_column_name.sort: tells "brand" from "venue", which both mean "words" */
    const char *means;       /* a word of lm_column_words, always the same pointer; NULL: by its cells */
};

/* What a name means. False: nothing that we know. */
bool lm_column_by_name(struct lm_folder *f, struct lm_str name, struct lm_column *ret);
/* The same for what a map says: the words of lm_column_words first. */
bool lm_column_by_word(struct lm_folder *f, struct lm_str word, struct lm_column *ret);

/* Gives it another meaning, a word of lm_column_words; its name stays. */
void lm_column_rename(struct lm_column *c, const char *means);

/* What is seen of the cells of a column. */
struct lm_column_look {
    uint32_t n, with_at, dates, letters; /* cells that are given; … with '@'; whole dates; without any digit */
    uint32_t day_first, month_first;     /* dates that can be read in no other way */
    uint32_t numbers, counted;           /* numbers; one more than the one before */
    uint32_t years, months, days;        /* whole numbers from 1000 to 2100; from 0 to 12; from 0 to 31 */
    double first, last;
    uint64_t words, bytes;
};
void lm_column_look_at(struct lm_column_look *l, struct lm_folder *f, struct lm_str cell);
/* Settles roles and kinds of all columns of a table. */
void lm_columns_settle(struct lm_column *c, const struct lm_column_look *looks, size_t n);

/* The words of a map, for a message. */
const char *lm_column_words(void);

#endif
