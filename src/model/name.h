/* name.h - a person's name as arrays: given names, paternal surname, maternal surname, each with its
 * particles; suffix, moniker.
 *
 * Two Spanish surnames are two fields (paternal, then maternal: Código Civil art. 109, Ley 20/2011 art. 49;
 * Mexico, Código Civil Federal art. 58), never one long one: the maternal surname may be missing from any
 * record, and Portuguese names have it first. Particles ("de la", "del", "van der", "al-", "bin") stand
 * beside the core that they belong to, so that "de la Cruz", "Dela Cruz, del" and "Cruz" can be compared by
 * their cores. Cores are Latin keys (fold.h): "josé" → "jose".
 *
 *   "GARCIA LOPEZ, Juan Carlos"      given juan, carlos; paternal garcia; maternal lopez
 *   "Juan de la Cruz y Pérez"        given juan; paternal (de la) cruz; maternal perez
 *   "María del Carmen Ruiz"          given maria, (del) carmen; paternal ruiz
 *   "Abd al-Rahman el-Sayed, Jr."    given abdrahman; paternal (el) sayed; suffix jr
 *   "Nguyễn Văn An"                  paternal nguyen; given van, an; LM_NAME_ORDER_UNKNOWN, other reading:
 * paternal an "王小明"                          paternal wang; given xiao, ming (the script says the order)
 *   "Juan \"El Chuy\" Garcia"        moniker el chuy
 *
 * What the text does not decide is said, not guessed: the flags name it and lm_name_other gives the other
 * reading. Words that decide (particles, suffixes, frequent Spanish and East Asian surnames) are in
 * name_words.c with their sources.
 *
 * memory    slices into the caller's buffer, which must outlive the name; nothing is allocated
 * bounds    LM_NAME_BYTES of buffer hold every name of up to LM_NAME_PARTS parts; longer ones are cut and
 * LM_NAME_CUT is set cost      under 1 us for Latin text test      tests/unit/test_name.c;
 * fuzz/fuzz_identity_forms.c; bench/bench_forms.c
 */
#ifndef LM_MODEL_NAME_H
#define LM_MODEL_NAME_H

#include "model/fold.h"

#define LM_NAME_PARTS 12
#define LM_NAME_BYTES ((size_t)512)

enum lm_name_order {
    LM_NAME_ANY_ORDER, /* nobody says: a comma decides, else given names first */
    LM_NAME_GIVEN_FIRST,
    LM_NAME_SURNAME_FIRST, /* "GARCIA LOPEZ JUAN CARLOS", as registers of Mexico write */
};

enum {                                 /* bits of lm_name.flags */
       LM_NAME_ORDER_UNKNOWN = 1 << 0, /* which end is the surname is not known: lm_name_other */
       LM_NAME_SPLIT_UNKNOWN = 1 << 1, /* a middle part may be a given name or a surname: lm_name_other */
       LM_NAME_SINGLE = 1 << 2, /* one part only, listed as given; it may be a surname: lm_name_other */
       LM_NAME_HYPHEN =
           1 << 3, /* a hyphenated surname: one compound, or paternal-maternal; its cores stand in paternal */
       LM_NAME_CUT = 1 << 4, /* too long: parts are missing */
       LM_NAME_PLACEHOLDER =
           1
           << 5, /* "unknown", "John Doe", "FNU": the words themselves are left out where they are no name */
       LM_NAME_DIGIT = 1 << 6,        /* holds a digit */
       LM_NAME_ORGANISATION = 1 << 7, /* "LLC", "Inc", "S.A. de C.V.": not a person */
};

struct lm_name_part {
    struct lm_str core;     /* "cruz"; an initial is one letter */
    struct lm_str particle; /* "de la"; empty when none */
    uint8_t place;          /* in the text, from 0 */
};

struct lm_name {
    struct lm_name_part part[LM_NAME_PARTS]; /* given names, then paternal, then maternal */
    uint8_t n_given, n_paternal, n_maternal;
    uint8_t flags;
    struct lm_str suffix;  /* "jr", "iii" */
    struct lm_str moniker; /* between quotes or brackets, or after "aka" */
};

static inline const struct lm_name_part *lm_name_given(const struct lm_name *n)
{
    return n->part;
}

static inline const struct lm_name_part *lm_name_paternal(const struct lm_name *n)
{
    return n->part + n->n_given;
}

static inline const struct lm_name_part *lm_name_maternal(const struct lm_name *n)
{
    return n->part + n->n_given + n->n_paternal;
}

/* A name in one field. False when no part is left (no letter, or only placeholders): flags are then still
 * set. */
bool lm_name_parse(struct lm_fold *f, struct lm_str raw, enum lm_name_order order, char *buf, size_t cap,
                   struct lm_name *ret);

/* A name in columns; empty ones are not stated. With nothing but one of given or surname filled, that field
 * may hold a whole name when it has a comma. Two surnames in `surname` are told apart as above. */
struct lm_name_columns {
    struct lm_str given, surname, second_surname, suffix;
};
bool lm_name_from_columns(struct lm_fold *f, const struct lm_name_columns *c, char *buf, size_t cap,
                          struct lm_name *ret);

/* The other way to read the same parts; false when the text decides. Slices of n. */
bool lm_name_other(const struct lm_name *n, struct lm_name *ret);

/* Keys at out, at most cap bytes, no NUL; return how many. lm_name_key: "juan carlos|garcia|lopez|jr", equal
 * only for the same parts in the same roles. lm_name_bag: all cores in byte order, "carlos garcia juan
 * lopez", whatever the roles. */
size_t lm_name_key(const struct lm_name *n, char *out, size_t cap);
size_t lm_name_bag(const struct lm_name *n, char *out, size_t cap);

/* For people: "juan carlos de la cruz lopez, jr" in the order of the roles. */
size_t lm_name_text(const struct lm_name *n, char *out, size_t cap);

/* A comparison aid, never a key: one given name is a usual short form or spelling of the other ("francisco",
 * "paco"; "robert", "bob"; "maria", "ma"), by the table in nickname.c. Cores as above; equal names are
 * related. */
bool lm_given_related(struct lm_str a, struct lm_str b);
/* A given name, and what it may be short for: related names have one of these in common. Returns how many. */
#define LM_GIVEN_NAMES 8
size_t lm_given_names(struct lm_str form, struct lm_str ret[LM_GIVEN_NAMES]);
/* That table, for tests: returns how many pairs; pair i into the others. */
size_t lm_given_pairs(size_t i, struct lm_str *ret_form, struct lm_str *ret_name);

#endif
