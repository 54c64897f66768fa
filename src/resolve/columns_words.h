/* columns_words.h - the words that names of columns are made of, in English, Spanish, German, Portuguese and French.
 *
 * A name is taken apart at signs, at capitals and at digits ("HomePhone2", "fecha_nacimiento"); what is then no word of the list may be
 * several without anything between them ("firstname", "codigopostal"). No name of a column as a whole is in the list, only words.
 *
 * cost  about 20 us a name; a word of more than LM_COLUMN_WORD letters is none
 * test  tests/unit/test_linkage_columns.c */
#ifndef LM_RESOLVE_COLUMNS_WORDS_H
#define LM_RESOLVE_COLUMNS_WORDS_H

#include "base/str.h"

#define LM_COLUMN_WORD 24
#define LM_COLUMN_NAME 64 /* bytes of a name that are read */

/* What a word says; a name says all that its words do. */
enum lm_column_says {
    LM_SAYS_NAME,
    LM_SAYS_FIRST,     /* given */
    LM_SAYS_LAST,      /* family */
    LM_SAYS_MIDDLE,
    LM_SAYS_FIRST_OF,  /* "primer", "erster": of several */
    LM_SAYS_SECOND_OF,
    LM_SAYS_MATERNAL,
    LM_SAYS_FULL,
    LM_SAYS_NICK,
    LM_SAYS_INITIAL,
    LM_SAYS_AFFIX,     /* "suffix", "prefix" */
    LM_SAYS_PERSON,    /* "patient", "voter": whose name it is, the record's own */
    LM_SAYS_ANOTHER,   /* "mother", "spouse": somebody else's */
    LM_SAYS_BIRTH,
    LM_SAYS_DATE,
    LM_SAYS_YEAR,
    LM_SAYS_MONTH,
    LM_SAYS_DAY,
    LM_SAYS_AGE,
    LM_SAYS_PHONE,
    LM_SAYS_EMAIL,
    LM_SAYS_MAIL,      /* "mail": e-mail, or where letters go */
    LM_SAYS_POSTCODE,
    LM_SAYS_POSTAL,    /* with "code" */
    LM_SAYS_CODE,
    LM_SAYS_NUMBER,
    LM_SAYS_ID,
    LM_SAYS_RECORD,
    LM_SAYS_HOUSE,
    LM_SAYS_STREET,
    LM_SAYS_ADDRESS,
    LM_SAYS_UNIT,      /* "apartment" */
    LM_SAYS_CITY,
    LM_SAYS_REGION,    /* "state", "county", "country" */
    LM_SAYS_ELECTRONIC, /* "ip", "mac", "web": no address of a house */
    LM_SAYS_DOCUMENT,  /* "ssn", "passport", "isbn": an identifier */
    LM_SAYS_USER,
    LM_SAYS_LABEL,     /* a few words: "occupation", "brand", "venue" */
    LM_SAYS_TITLE,
    LM_SAYS_PROSE,     /* many words: "description", "authors" */
    LM_SAYS_QUANTITY,  /* "price", "pages" */
    LM_SAYS_TYPE,      /* of anything: "phone_type" */
    LM_SAYS_ANSWER,    /* "cluster": who is who */
    LM_SAYS_SOURCE,
    LM_SAYS_PARTY,
    LM_SAYS_NEUTRAL,   /* says nothing: "of", "home", "current" */
    LM_COLUMN_WORDS,
};
#define LM_COLUMN_BIT(word) (UINT64_C(1) << (word))

struct lm_column_name {
    uint64_t says;      /* LM_COLUMN_BIT of each word */
    unsigned n_unknown; /* words that say nothing to us */
    unsigned ordinal;   /* "2" in "surname_2", "lname_c2"; 0: none */
    uint8_t sort;       /* group of the first word that says more than NAME, NUMBER, CODE, ID; plus 1; 0: none */
};

/* name in lower case, Latin letters, words between blanks (columns.c makes it so). */
struct lm_column_name lm_column_name_read(struct lm_str name);

/* The list, for tests: group i of words between blanks; NULL behind the last. */
const char *lm_column_word_group(unsigned i);

#endif
