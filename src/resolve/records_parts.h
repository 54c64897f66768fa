/* records_parts.h - what records_file.c and records_fields.c share. Private to this folder.
 * test  tests/unit/test_linkage_columns.c, tests/compat/linkage.sh */
#ifndef LM_RESOLVE_RECORDS_PARTS_H
#define LM_RESOLVE_RECORDS_PARTS_H

#include <regex.h>

#include "resolve/records_file.h"

/* From which columns of each file a field comes: SIZE_MAX is none. */
struct field_from {
    size_t part[2][3]; /* is_date: year, month, day; else the first */
    bool is_date;
};

struct reading {
    struct lm_arena *a;
    struct lm_folder *folder;
    struct lm_records_file *f;
    const struct lm_records_wish *wish;
    struct lm_error *e;
    regex_t *pattern;
    struct lm_values persons;
    uint64_t n_alone;
    size_t truth_at[2], id_at[2];
    struct lm_field fields[LM_FIELDS_MOST];
    struct field_from from[LM_FIELDS_MOST];
    uint8_t family[LM_FIELDS_MOST];
    uint32_t n_fields;
    uint32_t cap;
    bool has_truth, mapped;
};

/* The fields that the columns of one or two files make. */
lm_err lm_records_fields(struct reading *s, unsigned n_files);

#endif
