/* fuzz_json.c - the JSON pull reader on any bytes.
 *
 * Besides not crashing: tokens go forward and lie inside the input, text is valid UTF-8, nesting closes,
 * out parameters stay as they were on failure, and skipping agrees with reading. */
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "formats/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_token(const struct lm_json *j, const struct lm_json_token *t, uint64_t before)
{
    require(t->at >= before && t->end > t->at && t->end <= j->in.n && t->end == lm_json_offset(j));
    require(t->depth <= LM_JSON_MAX_DEPTH && j->depth <= LM_JSON_MAX_DEPTH);
    if (t->type == LM_JSON_KEY || t->type == LM_JSON_STRING) {
        require(j->in.p[t->at] == '"' && j->in.p[t->end - 1] == '"');
        require(lm_utf8_valid_prefix(t->text) == t->text.n);
        require(t->oddities != 0 || t->text.n <= t->end - t->at - 2);
    } else {
        require(t->oddities == 0);
    }
    if (t->type == LM_JSON_NUMBER)
        require(t->text.p == j->in.p + t->at && t->text.n == t->end - t->at);
}

/* Skips from a copy of the reader, then lets the caller find the same place by reading. */
static lm_err skip_from(const struct lm_json *j, const struct lm_json_token *t, uint64_t *ret_end)
{
    struct lm_json copy = *j;
    lm_buf_init(&copy.scratch, j->scratch.ceiling_bytes);
    lm_err e = lm_json_skip(&copy, t, ret_end);
    require(e == LM_OK ? copy.pos == *ret_end : *ret_end == UINT64_MAX);
    lm_json_free(&copy);
    return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_json j;
    struct lm_json_token t = { .type = LM_JSON_NULL }, opened = t;
    uint64_t before = 0, skipped_to = 0;
    lm_err e, skip = LM_OK;
    unsigned n_tokens = 0;
    bool waiting = false;
    lm_json_init(&j, (struct lm_str){ (const char *)data, size });
    while ((e = lm_json_next(&j, &t)) == LM_OK && t.type != LM_JSON_END) {
        check_token(&j, &t, before);
        before = t.end;
        if (waiting && j.depth == opened.depth && t.type != LM_JSON_KEY) {
            require(skip == LM_OK && skipped_to == t.end);
            waiting = false;
        }
        bool can_skip = t.type == LM_JSON_OBJECT || t.type == LM_JSON_ARRAY || t.type == LM_JSON_KEY;
        if (can_skip && !waiting && (n_tokens++ % 7 == 0 || size < 512)) {
            skipped_to = UINT64_MAX;
            skip = skip_from(&j, &t, &skipped_to);
            opened = t;
            waiting = true;
        }
    }
    if (e != LM_OK) {
        require(!waiting || skip == e);
        require(j.why != NULL && lm_json_offset(&j) <= size && lm_json_next(&j, &t) == e);
    } else {
        require(j.depth == 0 && !waiting);
    }
    lm_json_free(&j);
    return 0;
}
