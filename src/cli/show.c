#include "cli/show.h"

#include "base/log.h"

static void text_lines(struct lm_buf *b, struct lm_str s)
{
    while (s.n > 0) {
        size_t n = lm_str_find(s, LM_STR("\n"));
        lm_log_safe(b, n == SIZE_MAX ? s : lm_str_take(s, n));
        s = n == SIZE_MAX ? (struct lm_str){ NULL, 0 } : lm_str_skip(s, n + 1);
        if (s.n > 0)
            lm_buf_put(b, LM_STR("\n    | "));
    }
}

static void marks(struct lm_buf *b, const struct lm_hit *h)
{
    static const struct {
        unsigned flag;
        const char *word;
    } list[] = { { LM_EVENT_SYSTEM, "written by the app" },   { LM_EVENT_DELETED, "deleted" },
                 { LM_EVENT_EDITED, "edited" },               { LM_EVENT_ATTEMPT, "attempt" },
                 { LM_EVENT_FORWARDED, "forwarded" },         { LM_EVENT_HEADER_IN_BODY, "looks like two messages" },
                 { LM_EVENT_PAYMENT_HINT, "marked as about money" } };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (h->flags & list[i].flag)
            lm_buf_printf(b, " [%s]", list[i].word);
}

void lm_show_hit_text(struct lm_buf *b, const struct lm_hit *h)
{
    char when[LM_WHEN_TEXT];
    lm_when_format(&h->at, when);
    lm_buf_printf(b, "%s%s  %s  ", when[0] != '\0' ? when : "no time",
                  h->at.quality == LM_TIME_LOCAL ? " (local)" : "", lm_platform_word(h->platform));
    lm_log_safe(b, h->from);
    if (h->to.n != 0) {
        lm_buf_put(b, LM_STR(" -> "));
        lm_log_safe(b, h->to);
    }
    if (h->kind != LM_EVENT_MESSAGE)
        lm_buf_printf(b, " [%s]", lm_event_kind_word(h->kind));
    if (h->detail.n != 0) {
        lm_buf_put(b, LM_STR(" ("));
        lm_log_safe(b, h->detail);
        lm_buf_putc(b, ')');
    }
    if (h->duration_s >= 0)
        lm_buf_printf(b, " %lld s", (long long)h->duration_s);
    marks(b, h);
    if (h->text.n != 0)
        lm_buf_put(b, LM_STR(": "));
    text_lines(b, h->text);
    lm_buf_putc(b, '\n');
}

void lm_show_source_text(struct lm_buf *b, const struct lm_hit *h)
{
    if (h->why.n != 0) {
        lm_buf_put(b, LM_STR("    why: "));
        lm_log_safe(b, h->why);
        lm_buf_putc(b, '\n');
    }
    lm_buf_put(b, LM_STR("    in:  "));
    lm_log_safe(b, h->source);
    lm_buf_putc(b, ' ');
    lm_log_safe(b, h->locator);
    lm_buf_printf(b, ", exhibit %.12s…, authority ", h->exhibit.n >= 12 ? h->exhibit.p : "?");
    lm_log_safe(b, h->authority);
    lm_buf_printf(b, ", thread %lld\n", (long long)h->thread);
}
