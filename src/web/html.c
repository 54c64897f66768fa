#include "web/html.h"

#include "lastmile/brief.h"

void lm_html_text(struct lm_buf *out, struct lm_str s)
{
    size_t start = 0;
    for (size_t i = 0; i <= s.n; i++) {
        unsigned char c = i < s.n ? (unsigned char)s.p[i] : 0;
        const char *instead = i == s.n ? ""
                              : c == '&' ? "&amp;"
                              : c == '<' ? "&lt;"
                              : c == '>' ? "&gt;"
                              : c == '"' ? "&quot;"
                              : c == '\'' ? "&#39;"
                              : (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ? "\xef\xbf\xbd"
                                                                                 : NULL;
        if (instead == NULL)
            continue;
        lm_buf_put(out, lm_str_take(lm_str_skip(s, start), i - start));
        lm_buf_put(out, lm_str(instead));
        start = i + 1;
    }
}

static void page_start(struct lm_buf *out, const char *title)
{
    lm_buf_printf(out,
                  "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s</title>\n"
                  "<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/app.css\">\n</head>\n<body>\n<main>\n",
                  title);
}

void lm_html_locked(struct lm_buf *out)
{
    page_start(out, "lastmile");
    lm_buf_put(out, LM_STR("<h1>lastmile</h1>\n"
                           "<p>This page opens with the link that <code>lastmile serve</code> printed in its terminal, "
                           "<code>http://127.0.0.1:…/?token=…</code>.</p>\n"
                           "<p>A link works once, and a session ends after 30 minutes without use; the terminal then "
                           "shows the next link.</p>\n</main>\n</body>\n</html>\n"));
}

lm_err lm_html_plain(struct lm_request *r)
{
    struct lm_store *st;
    const struct lm_brief *brief;
    struct lm_filter f = lm_request_filter(r);
    struct lm_brief_wish wish = { .parts = LM_BRIEF_ALL, .cancel = &r->cancel };
    struct lm_buf text;
    lm_buf_init(&text, r->out.ceiling_bytes / 8);
    lm_err err = lm_request_store(r, &st);
    if (err == LM_OK)
        err = lm_brief_make(&r->a, st, &f, &wish, &brief, &r->error);
    if (err == LM_OK) {
        lm_brief_text(brief, &text);
        page_start(&r->out, "lastmile: brief");
        lm_buf_put(&r->out, LM_STR("<h1>Brief</h1>\n<p>Purpose: "));
        lm_html_text(&r->out, f.purpose);
        lm_buf_put(&r->out, LM_STR("</p>\n<div class=\"scroll\" role=\"region\" aria-label=\"Brief\" tabindex=\"0\"><pre>"));
        lm_html_text(&r->out, lm_buf_str(&text));
        lm_buf_put(&r->out, LM_STR("</pre></div>\n</main>\n</body>\n</html>\n"));
        r->out.failed = r->out.failed || text.failed;
    }
    lm_buf_free(&text);
    return err;
}
