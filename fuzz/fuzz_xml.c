/* fuzz_xml.c - the XML pull reader on any bytes, from their beginning and as the inside of an element.
 *
 * Besides not crashing: offsets lie inside the input and on '<' and behind '>', tags nest, text and values are valid
 * UTF-8 without control characters, and a failure stays one. */
#include <stdint.h>
#include <stdlib.h>

#include "formats/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(struct lm_str s)
{
    require(lm_utf8_valid_prefix(s) == s.n);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        require((c >= 0x20 || c == '\t' || c == '\n' || c == '\r') && c != 0x7f);
    }
}

static void check_token(struct lm_str in, const struct lm_xml_token *t, uint32_t depth)
{
    require(t->at <= in.n && depth <= LM_XML_MAX_DEPTH);
    switch (t->type) {
    case LM_XML_OPEN:
        require(t->at < in.n && in.p[t->at] == '<' && t->name.n != 0 && t->depth == depth);
        for (size_t i = 0; i < t->n_attributes; i++)
            check_text(t->attributes[i].value);
        break;
    case LM_XML_CLOSE:
        require(t->at > 0 && in.p[t->at - 1] == '>' && depth > 0 && t->depth == depth - 1);
        break;
    case LM_XML_TEXT:
        require(t->text.n != 0 && depth > 0);
        check_text(t->text);
        break;
    case LM_XML_END:
        break;
    }
}

static void read_all(struct lm_str in, bool inside, bool skip)
{
    struct lm_xml *x = lm_xml_new(in, inside);
    struct lm_xml_token t = { .type = LM_XML_TEXT };
    uint32_t depth = 0;
    uint64_t end = 0;
    lm_err err = x != NULL ? LM_OK : LM_ENOMEM;
    while (err == LM_OK && (err = lm_xml_next(x, &t)) == LM_OK && t.type != LM_XML_END) {
        check_token(in, &t, depth);
        if (t.type == LM_XML_OPEN && skip && depth % 3 == 2) {
            err = lm_xml_skip(x, t.depth, &end);
            require(err != LM_OK || end > t.at);
            continue;
        }
        depth += t.type == LM_XML_OPEN;
        depth -= t.type == LM_XML_CLOSE;
    }
    if (err == LM_OK)
        require(depth == 0 && lm_xml_next(x, &t) == LM_OK && t.type == LM_XML_END);
    else if (x != NULL)
        require(lm_xml_why(x) != NULL && lm_xml_offset(x) <= in.n && lm_xml_next(x, &t) == err);
    lm_xml_free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_str in = { (const char *)data, size };
    read_all(in, false, false);
    read_all(in, false, true);
    read_all(in, true, false);
    return 0;
}
