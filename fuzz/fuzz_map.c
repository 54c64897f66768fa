/* fuzz_map.c - a map and a table, with a NUL between: the map is parsed, the table is read by it, and a map is made of it.
 *
 * Besides not crashing: a map that was made from a table is one that can be parsed, or that only lacks who or when. */
#include <stdint.h>
#include <stdlib.h>

#include "golden/fact_json.h"
#include "readers/shared/layout.h"
#include "readers/shared/map_template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sink {
    struct lm_sink sink;
    struct lm_buf text, json;
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct sink *s = (struct sink *)sink;
    require(entry->n_records != 0 && entry->n_facts != 0);
    lm_buf_clear(&s->json);
    lm_entry_to_json(entry, &s->json);
    if (entry->facts[0].kind == LM_FACT_EVENT)
        lm_buf_put(&s->text, entry->facts[0].event.text);
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    (void)sink;
    require((problem->kind == LM_PROBLEM_REJECTED) == (problem->records > 0));
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static void run(const struct lm_reader *r, struct lm_str table, struct lm_str map, struct sink *s)
{
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    lm_arena_init(&file, (size_t)256 << 20);
    lm_arena_init(&record, (size_t)256 << 20);
    struct lm_input in = { .bytes = table, .path = LM_STR("fuzz.csv"), .map = map };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    (void)r->bid(&in, table);
    lm_err err = r->read(&ctx, &s->sink);
    require(err == LM_OK || err == LM_EINPUT || err == LM_ELIMIT || err == LM_ENOMEM);
    lm_arena_free(&file);
    lm_arena_free(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_str all = { (const char *)data, size };
    const char *end = size != 0 ? memchr(all.p, '\0', all.n) : NULL;
    struct lm_str map = lm_str_take(all, end != NULL ? (size_t)(end - all.p) : all.n);
    struct lm_str table = lm_str_skip(all, map.n + (end != NULL));
    struct sink s = { .sink = { on_entry, on_problem, on_empty } };
    lm_buf_init(&s.text, (size_t)64 << 20);
    lm_buf_init(&s.json, (size_t)64 << 20);
    if (map.n != 0)
        run(lm_reader_find(LM_STR("generic_table")), table, map, &s);
    lm_buf_clear(&s.text);
    run(&lm_reader_map_template, table, (struct lm_str){ NULL, 0 }, &s);
    if (s.text.n != 0) {
        struct lm_arena a;
        struct lm_layout l;
        struct lm_error e = { 0 };
        lm_arena_init(&a, (size_t)64 << 20);
        lm_err err = lm_layout_parse(&a, LM_STR("made"), lm_buf_str(&s.text), &l, &e);
        /* a table without a moment or without anybody makes a map that a person has to finish */
        require(err == LM_OK || (err == LM_EINPUT && strcmp(e.locator, "row 1") == 0));
        lm_arena_free(&a);
    }
    lm_buf_free(&s.text);
    lm_buf_free(&s.json);
    return 0;
}
