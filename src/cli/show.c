#include "cli/show.h"

#include "base/log.h"
#include "base/terminal.h"

#define HELD_BYTES ((size_t)64 << 20)

lm_err lm_show_pass_on(struct lm_cli *cli)
{
    return cli->out.failed || cli->out.n >= HELD_BYTES ? lm_cli_flush(cli) : LM_OK;
}

static void text_lines(struct lm_buf *b, struct lm_str s)
{
    while (s.n > 0) {
        size_t n = lm_str_find(s, LM_STR("\n"));
        lm_terminal_put(b, n == SIZE_MAX ? s : lm_str_take(s, n));
        s = n == SIZE_MAX ? (struct lm_str){ NULL, 0 } : lm_str_skip(s, n + 1);
        if (s.n > 0)
            lm_buf_put(b, LM_STR("\n    | "));
    }
}

static void marks(struct lm_buf *b, const struct lm_hit *h)
{
    for (unsigned i = 0; h->flags >> i != 0; i++) {
        const char *said = (h->flags >> i & 1) != 0 ? lm_event_flag_said((enum lm_event_flag)i) : NULL;
        if (said != NULL)
            lm_buf_printf(b, " [%s]", said);
    }
}

void lm_show_hit_text(struct lm_buf *b, const struct lm_hit *h)
{
    char when[LM_WHEN_TEXT];
    lm_when_format(&h->at, when);
    lm_buf_printf(b, "%s%s  %s  ", when[0] != '\0' ? when : "no time",
                  h->at.quality == LM_TIME_LOCAL ? " (local)" : "", lm_platform_word(h->platform));
    lm_terminal_put(b, h->from);
    if (h->to.n != 0) {
        lm_buf_put(b, LM_STR(" -> "));
        lm_terminal_put(b, h->to);
    }
    if (h->kind != LM_EVENT_MESSAGE)
        lm_buf_printf(b, " [%s]", lm_event_kind_word(h->kind));
    if (h->detail.n != 0) {
        lm_buf_put(b, LM_STR(" ("));
        lm_terminal_put(b, h->detail);
        lm_buf_putc(b, ')');
    }
    if (h->duration_s >= 0)
        lm_buf_printf(b, " %lld s", (long long)h->duration_s);
    marks(b, h);
    if (h->reports > 1)
        lm_buf_printf(b, " [one of %llu reports of occurrence %lld]", (unsigned long long)h->reports, (long long)h->occurrence);
    if (h->text.n != 0)
        lm_buf_put(b, LM_STR(": "));
    text_lines(b, h->text);
    lm_buf_putc(b, '\n');
}

void lm_show_source_text(struct lm_buf *b, const struct lm_hit *h)
{
    if (h->why.n != 0) {
        lm_buf_put(b, LM_STR("    why: "));
        lm_terminal_put(b, h->why);
        lm_buf_putc(b, '\n');
    }
    lm_buf_put(b, LM_STR("    in:  "));
    lm_terminal_put(b, h->source);
    lm_buf_putc(b, ' ');
    lm_terminal_put(b, h->locator);
    lm_buf_printf(b, ", exhibit %.12s…, authority ", h->exhibit.n >= 12 ? h->exhibit.p : "?");
    lm_terminal_put(b, h->authority);
    lm_buf_printf(b, ", thread %lld\n", (long long)h->thread);
}

void lm_show_identifier_text(struct lm_buf *b, const struct lm_identifier_hit *h)
{
    lm_buf_printf(b, "%s %s: ", lm_platform_word(h->platform), lm_identifier_type_word(h->type));
    lm_terminal_put(b, h->value);
    lm_buf_put(b, LM_STR(", account "));
    lm_terminal_put(b, h->id);
    if (!lm_str_eq(h->id, h->name)) {
        lm_buf_put(b, LM_STR(", shown as "));
        lm_terminal_put(b, h->name);
    }
    lm_buf_put(b, LM_STR("\n    why: "));
    lm_terminal_put(b, h->basis);
    lm_buf_put(b, LM_STR("\n    in:  "));
    lm_terminal_put(b, h->source);
    lm_buf_putc(b, ' ');
    lm_terminal_put(b, h->locator);
    lm_buf_printf(b, ", exhibit %.12s…, authority ", h->exhibit.n >= 12 ? h->exhibit.p : "?");
    lm_terminal_put(b, h->authority);
    lm_buf_putc(b, '\n');
}
