/* schema.h - the numbered migrations of a workspace; what each table is for stands in schema_v<n>.c.
 *
 * A migration is never changed after a release: a later one alters what it made. Words of the closed
 * vocabularies are stored as the codes of the compiled enums; the tables word_<list> hold the words for anyone
 * who reads the file with other tools, and opening compares them with the compiled ones.
 */
#ifndef LM_STORE_SCHEMA_H
#define LM_STORE_SCHEMA_H

#define LM_SCHEMA_APPLICATION_ID 0x4c4d696c /* "LMil" */
#define LM_SCHEMA_VERSION 4

/* SQL of the step from version i to i + 1. */
extern const char *const lm_schema_steps[LM_SCHEMA_VERSION];

extern const char lm_schema_v1[], lm_schema_v2[], lm_schema_v3[], lm_schema_v4[];

/* The vocabularies, for filling and checking word_<list>; ended by a NULL list. word(code) gives "?" past the end. */
struct lm_schema_words {
    const char *list;
    const char *(*word)(int code);
};
extern const struct lm_schema_words lm_schema_word_lists[];

#endif
