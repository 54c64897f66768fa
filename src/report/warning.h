/* warning.h - what a reader of a report has to beware of, as a list with a code for each. */
#ifndef LM_REPORT_WARNING_H
#define LM_REPORT_WARNING_H

#include "base/arena.h"
#include "formats/json_out.h"

struct lm_warning {
    const char *code; /* static; stable for programs: "held", "one_device", … */
    struct lm_str text;
};

struct lm_warnings {
    struct lm_arena *a;
    struct lm_warning *list;
    size_t n, cap;
    bool failed; /* out of memory: the list is not whole */
};

/* At most 1,023 bytes of text. */
void lm_warn(struct lm_warnings *w, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* warnings: [{code, text}], as one member. */
void lm_warnings_json(const struct lm_warnings *w, struct lm_json_out *o);

#endif
