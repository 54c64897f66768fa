#include "cli/args.h"

#include <string.h>

static const struct lm_option *find(const struct lm_option *options, const char *word, size_t n)
{
    for (const struct lm_option *o = options; o->name != NULL; o++)
        if (strlen(o->name) == n && memcmp(o->name, word, n) == 0)
            return o;
    return NULL;
}

lm_err lm_args_parse(struct lm_arena *a, const struct lm_option *options, int argc, char **argv,
                     struct lm_args *ret, struct lm_error *e)
{
    struct lm_args r = { .options = options };
    r.values = lm_arena_array(a, (size_t)argc * 2 + 2, sizeof *r.values);
    r.operands = lm_arena_array(a, (size_t)argc + 1, sizeof *r.operands);
    if (r.values == NULL || r.operands == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (only_operands || word[0] != '-' || word[1] == '\0') {
            r.operands[r.n_operands++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_operands = true;
            continue;
        }
        const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
        const struct lm_option *o = find(options, word, equals != NULL ? (size_t)(equals - word) : strlen(word));
        if (o == NULL) {
            (void)lm_fail(e, LM_EUSAGE, "unknown option %s", word);
            lm_fail_hint(e, "--help lists the options");
            return LM_EUSAGE;
        }
        const char *value = "";
        if (o->value_name != NULL && equals != NULL)
            value = equals + 1;
        else if (o->value_name != NULL && i + 1 < argc)
            value = argv[++i];
        else if (o->value_name != NULL)
            return lm_fail(e, LM_EUSAGE, "%s needs a value: %s %s", o->name, o->name, o->value_name);
        else if (equals != NULL)
            return lm_fail(e, LM_EUSAGE, "%s takes no value", o->name);
        r.values[r.n_values * 2] = o->name;
        r.values[r.n_values * 2 + 1] = value;
        r.n_values++;
    }
    *ret = r;
    return LM_OK;
}

const char *lm_args_nth(const struct lm_args *args, const char *name, size_t k)
{
    for (size_t i = 0; i < args->n_values; i++)
        if (strcmp(args->values[i * 2], name) == 0 && k-- == 0)
            return args->values[i * 2 + 1];
    return NULL;
}

const char *lm_args_get(const struct lm_args *args, const char *name)
{
    const char *last = NULL;
    for (size_t i = 0; i < args->n_values; i++)
        if (strcmp(args->values[i * 2], name) == 0)
            last = args->values[i * 2 + 1];
    return last;
}

lm_err lm_args_i64(const struct lm_args *args, const char *name, int64_t min, int64_t max, int64_t fallback,
                   int64_t *ret, struct lm_error *e)
{
    const char *value = lm_args_get(args, name);
    int64_t v = fallback;
    if (value != NULL && (!lm_str_to_i64(lm_str(value), &v) || v < min || v > max))
        return lm_fail(e, LM_EUSAGE, "%s wants a whole number from %lld to %lld", name, (long long)min,
                       (long long)max);
    *ret = v;
    return LM_OK;
}

lm_err lm_args_double(const struct lm_args *args, const char *name, double min, double max, double fallback,
                      double *ret, struct lm_error *e)
{
    const char *value = lm_args_get(args, name);
    double v = fallback;
    if (value != NULL && (!lm_str_to_double(lm_str(value), &v) || v < min || v > max))
        return lm_fail(e, LM_EUSAGE, "%s wants a number from %g to %g", name, min, max);
    *ret = v;
    return LM_OK;
}
