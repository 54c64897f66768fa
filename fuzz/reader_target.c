/* reader_target.c - the fuzz target of one reader: LM_FUZZ_READER is its name as a string.
 *
 * Runs bid() and read() in this process on a memory input with a sink that counts and touches every byte of what it
 * is given, and checks the ledger's first law: every entry has a record and a fact.
 */
#include <stdlib.h>

#include "lastmile/reader.h"
#include "golden/fact_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct counting_sink {
    struct lm_sink sink;
    struct lm_buf text;
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct counting_sink *c = (struct counting_sink *)sink;
    if (entry->n_records == 0 || entry->n_facts == 0)
        abort();
    lm_buf_clear(&c->text);
    lm_entry_to_json(entry, &c->text); /* reads every slice: a sanitizer sees a bad one */
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    struct counting_sink *c = (struct counting_sink *)sink;
    if ((problem->kind == LM_PROBLEM_REJECTED) != (problem->records > 0))
        abort();
    lm_buf_clear(&c->text);
    lm_problem_to_json(problem, &c->text);
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lm_reader *reader = lm_reader_find(lm_str(LM_FUZZ_READER));
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    lm_arena_init(&file, (size_t)256 << 20);
    lm_arena_init(&record, (size_t)256 << 20);
    struct lm_input in = { .bytes = { (const char *)data, size }, .path = LM_STR("fuzz/input") };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    struct counting_sink c = { .sink = { on_entry, on_problem, on_empty } };
    lm_buf_init(&c.text, (size_t)256 << 20);
    if (reader == NULL)
        abort();
    /* bid() sees a copy of exactly its look-ahead, so that reading beyond it is seen. */
    struct lm_str head = lm_str_take(in.bytes, reader->lookahead);
    char *copy = malloc(head.n != 0 ? head.n : 1);
    if (copy != NULL) {
        if (head.n != 0)
            memcpy(copy, head.p, head.n);
        (void)reader->bid(&in, (struct lm_str){ copy, head.n });
        free(copy);
    }
    lm_err err = reader->read(&ctx, &c.sink);
    if (err != LM_OK && err != LM_EINPUT && err != LM_ELIMIT && err != LM_ENOMEM && err != LM_EDENIED)
        abort();
    lm_buf_free(&c.text);
    lm_arena_free(&record);
    lm_arena_free(&file);
    return 0;
}
