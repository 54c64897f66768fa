/* What every reader calls: the helpers that reader.h declares. */
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "lastmile/reader.h"

lm_err lm_input_sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret_bytes)
{
    return in->sibling != NULL ? in->sibling(in, path, ret_bytes) : LM_ENOTFOUND;
}

lm_err lm_input_sibling_hash(const struct lm_input *in, struct lm_str path, uint64_t most, struct lm_sha256 *ret, uint64_t *ret_bytes)
{
    struct lm_str bytes;
    if (in->sibling_hash != NULL)
        return in->sibling_hash(in, path, most, ret, ret_bytes);
    lm_err err = lm_input_sibling(in, path, &bytes);
    if (err != LM_OK)
        return err;
    *ret_bytes = bytes.n;
    return bytes.n > most ? LM_ELIMIT : lm_sha256_of(bytes, ret);
}

lm_err lm_input_spill(const struct lm_input *in, struct lm_arena *a, size_t most, lm_err (*next)(void *from, struct lm_str *ret), void *from,
                      struct lm_str *ret_bytes)
{
    struct lm_buf b;
    struct lm_str piece = { NULL, 0 }, copy = { NULL, 0 };
    lm_err err = LM_OK;
    if (in->spill != NULL)
        return in->spill(in, next, from, ret_bytes);
    lm_buf_init(&b, most);
    do {
        err = next(from, &piece);
        if (err == LM_OK)
            lm_buf_put(&b, piece);
    } while (err == LM_OK && piece.n != 0 && !b.failed);
    if (err == LM_OK && b.failed)
        err = LM_ELIMIT;
    if (err == LM_OK) {
        copy = lm_arena_copy(a, lm_buf_str(&b));
        err = copy.p != NULL ? LM_OK : LM_ENOMEM;
    }
    lm_buf_free(&b);
    if (err == LM_OK)
        *ret_bytes = copy;
    return err;
}

lm_err lm_sink_fact(struct lm_sink *sink, struct lm_locator record, const struct lm_fact *fact)
{
    struct lm_entry entry = { .records = &record, .n_records = 1, .facts = fact, .n_facts = 1 };
    return sink->entry(sink, &entry);
}

lm_err lm_sink_problem(struct lm_sink *sink, enum lm_problem_kind kind, uint64_t records, struct lm_locator at,
                       const char *fmt, ...)
{
    char reason[240];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    struct lm_problem problem = { .kind = kind, .records = records, .at = at, .reason = lm_str(reason) };
    return sink->problem(sink, &problem);
}

const struct lm_reader *lm_reader_find(struct lm_str name)
{
    for (size_t i = 0; lm_readers[i] != NULL; i++)
        if (lm_str_is(name, lm_readers[i]->name))
            return lm_readers[i];
    return NULL;
}
