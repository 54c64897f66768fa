/* return_text.c - the tab-separated text form of a legal return. */
#include "readers/shared/return_html.h"
#include "readers/shared/return_record.h"
#include "base/utf8.h"
#include "readers/shared/text.h"

#define LONGEST_TITLE 64

bool lm_return_is_text(struct lm_str head)
{
    head = lm_str_take(head, 4096);
    if (lm_str_starts(head, LM_STR("\xef\xbb\xbf")))
        head = lm_str_skip(head, 3);
    for (int i = 0; i < 20 && head.n > 0; i++) {
        struct lm_str line = lm_text_line(&head);
        while (line.n > 0 && line.p[0] == '\t')
            line = lm_str_skip(line, 1);
        if (lm_str_starts(line, LM_STR("Service\t")) && lm_str_trim(lm_str_skip(line, 8)).n != 0)
            return true;
    }
    return false;
}

/* "Message Log" alone in a line, not nested: a section, as "message_log". */
static size_t section_id(struct lm_str label, char out[LONGEST_TITLE])
{
    static const char *const titles[] = { "Request Parameters", "Message Log", "Call Logs", "Prospective Login IPs", "IP Addresses",
                                          "Address Book Info", "Groups Info", "Connection Info", "Web Info", "Device Info", "Emails",
                                          "Small Medium Business", "NCMEC Reports" };
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        struct lm_str t = lm_str(titles[i]);
        if (!lm_retrec_is(label, titles[i]))
            continue;
        for (size_t k = 0; k < t.n; k++)
            out[k] = t.p[k] == ' ' ? '_' : t.p[k] >= 'A' && t.p[k] <= 'Z' ? (char)(t.p[k] | 0x20) : t.p[k];
        return t.n;
    }
    return 0;
}

lm_err lm_return_text(struct lm_str in, const struct lm_return_on *on, void *user, struct lm_return_end *ret, struct lm_error *e)
{
    struct lm_str rest = in;
    struct lm_arena a;
    lm_err err = LM_OK;
    (void)e;
    lm_arena_init(&a, LM_RETURN_MAX_VALUE * 4);
    if (lm_str_starts(rest, LM_STR("\xef\xbb\xbf")))
        rest = lm_str_skip(rest, 3);
    while (rest.n > 0 && err == LM_OK) {
        struct lm_return_field f = { .at = (uint64_t)(rest.p - in.p) };
        struct lm_str line = lm_text_line(&rest);
        char id[LONGEST_TITLE];
        uint64_t altered = 0;
        f.end = f.at + line.n;
        if (line.n > LM_RETURN_MAX_VALUE) {
            line.n = LM_RETURN_MAX_VALUE;
            f.cut = true;
        }
        lm_arena_reset(&a);
        if (!lm_utf8_is_text(line))
            line = lm_utf8_repaired(&a, line, &altered);
        if (line.p == NULL && f.end != f.at) {
            err = LM_ENOMEM;
            break;
        }
        f.altered = altered != 0;
        for (; line.n > 0 && line.p[0] == '\t'; f.level++)
            line = lm_str_skip(line, 1);
        const char *tab = line.n != 0 ? memchr(line.p, '\t', line.n) : NULL;
        f.label = lm_str_trim(lm_str_take(line, tab != NULL ? (size_t)(tab - line.p) : line.n));
        f.value = tab != NULL ? lm_str_trim(lm_str_skip(line, f.label.n + 1)) : (struct lm_str){ NULL, 0 };
        f.level = f.level < LM_RETURN_MAX_LEVEL ? f.level : LM_RETURN_MAX_LEVEL;
        if (f.label.n > LM_RETURN_MAX_LABEL || (f.label.n == 0 && f.value.n != 0)) {
            f.value = lm_str_trim(line);
            f.label.n = 0;
        }
        if (f.label.n != 0 && f.label.p[f.label.n - 1] == ':')
            f.label.n--;
        f.value_at = f.at + (f.value.n != 0 && altered == 0 ? (uint64_t)(f.value.p - in.p) - f.at : 0);
        f.heading = f.value.n == 0;
        size_t n = f.level == 0 && f.heading ? section_id(f.label, id) : 0;
        if (n != 0)
            err = on->section(user, (struct lm_str){ id, n }, f.at);
        else if (f.label.n != 0 || f.value.n != 0)
            err = on->field(user, &f);
    }
    lm_arena_free(&a);
    if (err == LM_OK)
        *ret = (struct lm_return_end){ .complete = in.n == 0 || in.p[in.n - 1] == '\n', .at = in.n };
    return err;
}
