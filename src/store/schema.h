/* schema.h - the numbered migrations of a workspace; what each table is for stands in schema_v<n>.c.
 *
 * A migration is never changed after a release: a later one alters what it made. Words of the closed
 * vocabularies are stored as the codes of the compiled enums; the tables word_<list> hold the words for anyone
 * who reads the file with other tools, and opening compares them with the compiled ones.
 */
#ifndef LM_STORE_SCHEMA_H
#define LM_STORE_SCHEMA_H

#define LM_SCHEMA_APPLICATION_ID 0x4c4d696c /* "LMil" */
#define LM_SCHEMA_VERSION 5

/* SQL of the step from version i to i + 1. */
extern const char *const lm_schema_steps[LM_SCHEMA_VERSION];

extern const char lm_schema_v1[], lm_schema_v2[], lm_schema_v3[], lm_schema_v4[],
    lm_schema_v5[];

/* One table of the operation. All have the flat shape of struct lm_op_row; what a table does not use stays NULL.
 * amount_text and amount_unit are what the agency wrote. */
#define LM_SCHEMA_OP(table, checks)                                                                                    \
    "CREATE TABLE " table "(id INTEGER PRIMARY KEY,"                                                         \
    " source INTEGER NOT NULL REFERENCES source(id), record INTEGER NOT NULL REFERENCES record(id),"         \
    " n_records INTEGER NOT NULL, code TEXT, investigation TEXT, operation TEXT, agency TEXT, division TEXT,"\
    " city TEXT, state TEXT, day INTEGER, drug TEXT, form TEXT, kind TEXT,"                                  \
    " amount_dimension INTEGER NOT NULL, amount_value INTEGER, amount_unit INTEGER, amount_qualifier INTEGER,"\
    " amount_text TEXT, net_dimension INTEGER NOT NULL, net_value INTEGER, net_unit INTEGER,"                \
    " net_qualifier INTEGER, net_text TEXT, purity_ppm INTEGER, ug_per_pill INTEGER, seizure TEXT,"          \
    " profile TEXT, exhibit_number TEXT, cartel TEXT, platforms INTEGER NOT NULL DEFAULT 0,"                 \
    " social_media INTEGER, encrypted INTEGER, fatal INTEGER NOT NULL DEFAULT 0, note TEXT,"                 \
    " CHECK (amount_dimension BETWEEN 0 AND 3 AND net_dimension BETWEEN 0 AND 3"                             \
    " AND (amount_dimension = 0) = (amount_text IS NULL) AND (net_dimension = 0) = (net_text IS NULL)"       \
    " AND ifnull(amount_value, 0) >= 0 AND ifnull(net_value, 0) >= 0"                                        \
    " AND ifnull(purity_ppm, 0) BETWEEN 0 AND 1000000" checks ")) STRICT;\n"

/* The vocabularies, for filling and checking word_<list>; ended by a NULL list. word(code) gives "?" past the end. */
struct lm_schema_words {
    const char *list;
    const char *(*word)(int code);
};
extern const struct lm_schema_words lm_schema_word_lists[];

#endif
