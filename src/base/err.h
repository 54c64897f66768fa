/* err.h - how every function says that something went wrong.
 *
 * A function that can fail returns lm_err. Detail goes into a caller-owned struct lm_error (may be
 * NULL: then only the code is reported). Out parameters are untouched on failure.
 * Messages name the file, the place in it, the reason and what to do; they never quote evidence.
 */
#ifndef LM_BASE_ERR_H
#define LM_BASE_ERR_H

#include <stddef.h>

typedef enum lm_err {
    LM_OK = 0,
    LM_EUSAGE,     /* the caller's words are wrong */
    LM_EINPUT,     /* evidence damaged or refused; what was read before it stays */
    LM_ELIMIT,     /* a ceiling was reached (size, depth, ratio, count, time) */
    LM_EDENIED,    /* authority, role or purpose does not allow it */
    LM_ENOTFOUND,
    LM_EEXIST,
    LM_ELOCKED,    /* another process holds the workspace */
    LM_EDAMAGED,   /* the workspace itself is damaged */
    LM_EIO,        /* the operating system said no */
    LM_ENOMEM,
    LM_ECANCELLED,
    LM_EINTERNAL,  /* a bug of ours */
} lm_err;

struct lm_error {
    lm_err code;
    char message[320];
    char file[512];     /* path or member; "" when none */
    char locator[96];   /* "byte 512", "row 3"; "" when none */
    char hint[240];     /* what to do; "" when nothing is known */
};

/* Fills e (when not NULL) and returns code, so that `return lm_fail(e, LM_EIO, "…")` reads well.
 * Clears file, locator and hint. */
lm_err lm_fail(struct lm_error *e, lm_err code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds the place or the advice to an error already filled; NULL e is ignored. */
void lm_fail_at(struct lm_error *e, const char *file, const char *locator_fmt, ...)
    __attribute__((format(printf, 3, 4)));
void lm_fail_hint(struct lm_error *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Stable lower-case word for JSON ("input", "denied", …). */
const char *lm_err_name(lm_err code);

/* Exit status of the command line: 0, 2 usage, 3 input refused, 4 workspace, 5 internal.
 * (1, "done with problems", is not an error.) */
int lm_err_exit_status(lm_err code);

#endif
