/* query.h - what a person typed into the search box, taken apart. No input is an error of SQL or of FTS5. */
#ifndef LM_STORE_QUERY_H
#define LM_STORE_QUERY_H

#include "store/db.h"

enum lm_term_kind {
    LM_TERM_WORD,
    LM_TERM_PHRASE,
    LM_TERM_SELECTOR,
    LM_TERM_SIGNS, /* nothing that the tokenizer keeps (an emoji, say): looked for in the text as it is */
};

#define LM_TERM_MOST_ACCOUNTS 10000

struct lm_term {
    enum lm_term_kind kind;
    struct lm_str typed;           /* without its quotes */
    enum lm_identifier_type type;  /* SELECTOR */
    struct lm_str key;             /* SELECTOR */
    struct lm_str match;           /* FTS5 expression; empty: none */
    const int64_t *accounts;       /* that have the selector, of any investigation, in order of id */
    size_t n_accounts;
    struct lm_str list;            /* the same as SQL text "1,2,3" */
};

struct lm_query {
    struct lm_term *terms;
    size_t n;
};

/* All terms must match. LM_EUSAGE for an empty query, one above 4,096 bytes or 64 terms. */
lm_err lm_query_parse(struct lm_store *st, struct lm_arena *a, struct lm_str text, struct lm_query *ret,
                      struct lm_error *e);
/* Finds the accounts of selectors, and of words that are an account's own id, here and elsewhere: at most
 * LM_TERM_MOST_ACCOUNTS of the investigation and as many of others. */
lm_err lm_query_resolve(struct lm_store *st, struct lm_arena *a, int64_t investigation, struct lm_query *q,
                        struct lm_error *e);

#endif
