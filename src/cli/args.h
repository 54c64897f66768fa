/* args.h - the words after the verb, sorted into options and operands. */
#ifndef LM_CLI_ARGS_H
#define LM_CLI_ARGS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

/* One option of a verb. The value is kept as it was given; the verb parses it. */
struct lm_option {
    const char *name;       /* "--title" or "-i" */
    const char *value_name; /* NULL: a flag */
    const char *help;
};

struct lm_args {
    const struct lm_option *options;
    const char **values; /* pairs, in order of appearance: option name, value (flags: "") */
    size_t n_values;
    const char **operands;
    size_t n_operands;
};

/* Options end with {0}. `--name VALUE` and `--name=VALUE` are read; `--` ends the options. --json and
 * --help are taken by the caller before. LM_EUSAGE with detail, LM_ENOMEM. */
lm_err lm_args_parse(struct lm_arena *a, const struct lm_option *options, int argc, char **argv,
                     struct lm_args *ret, struct lm_error *e);

/* The last value given; NULL when the option was not given. */
const char *lm_args_get(const struct lm_args *args, const char *name);

/* The k-th value given (0 first); NULL beyond the last. */
const char *lm_args_nth(const struct lm_args *args, const char *name, size_t k);

/* The last value as a number in [min, max]; fallback when not given. LM_EUSAGE names the option. */
lm_err lm_args_i64(const struct lm_args *args, const char *name, int64_t min, int64_t max, int64_t fallback,
                   int64_t *ret, struct lm_error *e);
lm_err lm_args_double(const struct lm_args *args, const char *name, double min, double max, double fallback,
                      double *ret, struct lm_error *e);

#endif
