/* fuzz_frame.c - the decoder of frames on arbitrary bytes. What is taken must survive writing and reading again
 * unchanged: decode, encode, decode, encode gives the same bytes. */
#include <stdlib.h>

#include "intake/frame.h"
#include "golden/fact_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CEILING ((size_t)1 << 20)

static lm_err again(struct lm_frame_out *o, const struct lm_frame *f)
{
    switch (f->type) {
    case LM_FRAME_READY:
        return lm_frame_put_ready(o, &f->ready);
    case LM_FRAME_HELLO:
        return lm_frame_put_hello(o, &f->hello);
    case LM_FRAME_ENTRY:
        return lm_frame_put_entry(o, &f->entry.entry);
    case LM_FRAME_PROBLEM:
        return lm_frame_put_problem(o, &f->problem);
    case LM_FRAME_EMPTY:
        return lm_frame_put_empty(o);
    case LM_FRAME_END:
        return lm_frame_put_end(o, &f->end);
    case LM_FRAME_MEMBER:
        return lm_frame_put_member(o, &f->member);
    case LM_FRAME_DATA:
        return lm_frame_put_data(o, f->data);
    case LM_FRAME_MEMBER_END:
        return lm_frame_put_member_end(o, &f->member_end);
    }
    abort();
}

static void one(struct lm_arena *a, const struct lm_frame *f)
{
    struct lm_frame_out first, second;
    struct lm_frame g;
    size_t used = 0;
    struct lm_buf text;
    lm_frame_out_init(&first, -1, CEILING);
    lm_frame_out_init(&second, -1, CEILING);
    lm_buf_init(&text, (size_t)64 << 20);
    if (f->type == LM_FRAME_ENTRY)
        lm_entry_to_json(&f->entry.entry, &text); /* touches every slice */
    if (again(&first, f) == LM_OK) {
        if (lm_frame_decode(a, lm_buf_str(&first.buf), CEILING, &g, &used) != LM_OK || used != first.buf.n)
            abort();
        if (again(&second, &g) != LM_OK || !lm_str_eq(lm_buf_str(&first.buf), lm_buf_str(&second.buf)))
            abort();
    }
    lm_buf_free(&text);
    lm_frame_out_free(&first);
    lm_frame_out_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_str rest = { (const char *)data, size };
    struct lm_arena a;
    lm_arena_init(&a, (size_t)64 << 20);
    for (;;) {
        struct lm_frame f;
        size_t used = 0;
        if (lm_frame_decode(&a, rest, CEILING, &f, &used) != LM_OK || used == 0)
            break;
        one(&a, &f);
        rest = lm_str_skip(rest, used);
    }
    lm_arena_free(&a);
    return 0;
}
