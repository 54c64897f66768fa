#include "report/warning.h"

#include <stdarg.h>
#include <stdio.h>

void lm_warn(struct lm_warnings *w, const char *code, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct lm_str s = lm_str(text);
    s.n = lm_utf8_valid_prefix(s);
    struct lm_warning *list = lm_arena_grow(w->a, w->list, w->n, &w->cap, sizeof *list);
    struct lm_str copy = lm_arena_copy(w->a, s);
    if (list == NULL || copy.p == NULL) {
        w->failed = true;
        return;
    }
    w->list = list;
    list[w->n++] = (struct lm_warning){ code, copy };
}

void lm_warnings_json(const struct lm_warnings *w, struct lm_json_out *o)
{
    lm_json_key(o, "warnings");
    lm_json_array(o);
    for (size_t i = 0; i < w->n; i++) {
        lm_json_object(o);
        lm_json_kv_z(o, "code", w->list[i].code);
        lm_json_kv_str(o, "text", w->list[i].text);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}
