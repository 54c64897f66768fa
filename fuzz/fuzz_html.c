/* fuzz_html.c - the HTML pull reader on any bytes.
 *
 * Besides not crashing: offsets lie inside the input, do not go back and stand on '<' where a tag opens; tags nest; text, names
 * and values are valid UTF-8 without NUL; the same input gives the same end. */
#include <stdint.h>
#include <stdlib.h>

#include "formats/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(struct lm_str s)
{
    require(lm_utf8_valid_prefix(s) == s.n && (s.n == 0 || memchr(s.p, '\0', s.n) == NULL));
}

static void check_token(struct lm_str in, const struct lm_html_token *t, uint32_t depth, uint64_t last)
{
    require(t->at <= t->end && t->end <= in.n && t->at >= last && depth <= LM_HTML_MAX_DEPTH);
    switch (t->type) {
    case LM_HTML_OPEN:
        require(in.p[t->at] == '<' && in.p[t->end - 1] == '>' && t->name.n != 0 && t->depth == depth);
        check_text(t->name);
        for (size_t i = 0; i < t->n_attributes; i++) {
            check_text(t->attributes[i].name);
            check_text(t->attributes[i].value);
        }
        break;
    case LM_HTML_CLOSE:
        require(depth > 0 && t->depth == depth - 1 && t->name.n != 0);
        check_text(t->name);
        break;
    case LM_HTML_TEXT:
        require(t->text.n != 0 && t->depth == depth);
        check_text(t->text);
        break;
    case LM_HTML_END:
        require(depth == 0 && t->at == in.n);
        break;
    }
}

static void read_all(struct lm_str in, bool skip)
{
    struct lm_html *h = lm_html_new(in);
    struct lm_html_token t = { .type = LM_HTML_TEXT };
    uint32_t depth = 0;
    uint64_t last = 0, end = 0;
    lm_err err = h != NULL ? LM_OK : LM_ENOMEM;
    while (err == LM_OK && (err = lm_html_next(h, &t)) == LM_OK && t.type != LM_HTML_END) {
        check_token(in, &t, depth, last);
        last = t.end;
        if (t.type == LM_HTML_OPEN && skip && depth % 3 == 2) {
            err = lm_html_skip(h, t.depth, &end);
            require(err != LM_OK || end >= t.at);
            last = end;
            continue;
        }
        depth += t.type == LM_HTML_OPEN;
        depth -= t.type == LM_HTML_CLOSE;
    }
    if (err == LM_OK) {
        check_token(in, &t, depth, last);
        require(lm_html_next(h, &t) == LM_OK && t.type == LM_HTML_END);
    } else if (h != NULL) {
        require(lm_html_why(h) != NULL && lm_html_next(h, &t) == err);
    }
    lm_html_free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_str in = { (const char *)data, size };
    read_all(in, false);
    read_all(in, true);
    return 0;
}
