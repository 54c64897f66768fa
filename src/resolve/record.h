/* record.h - records to be compared: a table of value numbers, one row for each record, one column for each field.
 *
 * A record may be a row of a plain table, or what is known of an account or a person; the caller says which fields there are, of
 * which kind, and gives the cells as they were written (fold.h makes the form that is compared). Fields with the same group hold the
 * same sort of value and may be swapped: given name and surname, two lines of an address, two telephone numbers. They share one
 * table of values (value.h). At most LM_GROUP_MOST fields of a group are compared crosswise.
 *
 * order    Once sealed, records stand in an order that depends on what is in them (and their tie, and the seed), not on the order in
 *          which they came: first those of source 0, then those of source 1. origin[] leads back. Records that are equal in
 *          everything and have the same tie keep their order.
 * memory   4 bytes for each field of a record, and value.h's for each distinct value; twice the table for a moment in seal
 * errors   LM_ENOMEM; LM_ELIMIT above LM_RECORDS_MOST records
 * test     tests/unit/test_linkage_link.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_RECORD_H
#define LM_RESOLVE_RECORD_H

#include "resolve/fold.h"
#include "resolve/value.h"

#define LM_FIELDS_MOST 32
#define LM_GROUP_MOST 3
#define LM_RECORDS_MOST ((uint32_t)1 << 30)

struct lm_field {
    struct lm_str name; /* borrowed: lives as long as the records */
    enum lm_field_kind kind;
    uint8_t group;      /* 0 … n_fields - 1; fields of one group are of one kind of form (given and surname are) */
    bool shared;        /* people who belong together have it in common: a surname, an address, a telephone (related.h) */
    uint8_t how[2];     /* in each source: LM_FOLD_... bits */
};

struct lm_records {
    struct lm_field fields[LM_FIELDS_MOST];
    uint32_t n_fields;
    struct lm_values values[LM_FIELDS_MOST]; /* by group */
    uint32_t n, n_first; /* records; those of source 0 */
    uint32_t *cells;     /* n × n_fields value numbers */
    uint32_t *origin;    /* record → the how-manieth it was when added */
    uint32_t *count[LM_FIELDS_MOST]; /* [field][value]: records that have it; once sealed */
    uint64_t given[LM_FIELDS_MOST];  /* records that have any value there */
    uint64_t n_cut[LM_FIELDS_MOST], n_not_utf8[LM_FIELDS_MOST]; /* cells */
    /* until sealed, and once reopened */
    struct lm_folder *folder;
    uint64_t *order;
    uint32_t cap;
    uint64_t seed;
};

/* All fields are borrowed, and so is the folder, until sealed. Free with lm_records_free. */
void lm_records_init(struct lm_records *r, const struct lm_field *fields, uint32_t n_fields, uint64_t seed, struct lm_folder *folder);
void lm_records_free(struct lm_records *r);

/* One record: n_fields cells, an empty one is "not given". source is 0 or 1; tie tells records apart that are otherwise equal: a hash
 * of their own name, 0 when they have none. */
lm_err lm_records_add(struct lm_records *r, unsigned source, uint64_t tie, const struct lm_str *cells);

lm_err lm_records_seal(struct lm_records *r);

/* Later: cells of one more record, in row r->n, which is not yet counted; lm_records_keep counts it. The folder is asked again. Values
 * of a field in `known` (bits) that are new are "not given". count[] and given[] stay as they were when sealed. After an error the records can
 * only be freed. */
lm_err lm_records_reopen(struct lm_records *r, struct lm_folder *folder);
lm_err lm_records_append(struct lm_records *r, uint32_t known, const struct lm_str *cells);
void lm_records_keep(struct lm_records *r);

static inline const uint32_t *lm_record(const struct lm_records *r, uint32_t i)
{
    return r->cells + (size_t)i * r->n_fields;
}

static inline void lm_record_ahead(const struct lm_records *r, uint32_t i)
{
    const uint32_t *row = lm_record(r, i);
    __builtin_prefetch(row);
    __builtin_prefetch(row + r->n_fields - 1);
}

static inline struct lm_values *lm_field_values(struct lm_records *r, uint32_t field)
{
    return &r->values[r->fields[field].group];
}

/* The same number for the same text, in every run. */
uint64_t lm_stable_hash(struct lm_str s, uint64_t seed);

#endif
