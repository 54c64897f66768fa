#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

lm_err lm_fail(struct lm_error *e, lm_err code, const char *fmt, ...)
{
    if (e != NULL) {
        va_list ap;
        *e = (struct lm_error){ .code = code };
        va_start(ap, fmt);
        (void)vsnprintf(e->message, sizeof e->message, fmt, ap);
        va_end(ap);
    }
    return code;
}

void lm_fail_at(struct lm_error *e, const char *file, const char *locator_fmt, ...)
{
    if (e == NULL)
        return;
    (void)snprintf(e->file, sizeof e->file, "%s", file != NULL ? file : "");
    va_list ap;
    va_start(ap, locator_fmt);
    (void)vsnprintf(e->locator, sizeof e->locator, locator_fmt, ap);
    va_end(ap);
}

void lm_fail_hint(struct lm_error *e, const char *fmt, ...)
{
    if (e == NULL)
        return;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(e->hint, sizeof e->hint, fmt, ap);
    va_end(ap);
}

static const struct {
    const char *name;
    int exit_status;
} table[] = {
    [LM_OK] = { "ok", 0 },
    [LM_EUSAGE] = { "usage", 2 },
    [LM_EINPUT] = { "input", 3 },
    [LM_ELIMIT] = { "limit", 3 },
    [LM_EDENIED] = { "denied", 3 },
    [LM_ENOTFOUND] = { "not_found", 3 },
    [LM_EEXIST] = { "exists", 3 },
    [LM_ELOCKED] = { "locked", 4 },
    [LM_EDAMAGED] = { "damaged", 4 },
    [LM_EIO] = { "io", 5 },
    [LM_ENOMEM] = { "memory", 5 },
    [LM_ECANCELLED] = { "cancelled", 5 },
    [LM_EINTERNAL] = { "internal", 5 },
};

const char *lm_err_name(lm_err code)
{
    return (size_t)code < sizeof table / sizeof table[0] ? table[code].name : "internal";
}

int lm_err_exit_status(lm_err code)
{
    return (size_t)code < sizeof table / sizeof table[0] ? table[code].exit_status : 5;
}
