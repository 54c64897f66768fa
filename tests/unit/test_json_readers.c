/* test_json_readers.c - telegram_json and meta_export_json beyond their fixtures: cut files, memory, sinks
 * that stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden/fact_json.h"
#include "readers/shared/json_sniff.h"
#include "readers/shared/mojibake.h"

struct collect {
    struct lm_sink sink;
    struct lm_buf entries;
    size_t n_entries, n_rejected, n_other, n_empty;
    size_t stop_after; /* entries; 0: never */
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct collect *c = (struct collect *)sink;
    lm_entry_to_json(entry, &c->entries);
    return ++c->n_entries == c->stop_after ? LM_ECANCELLED : LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    struct collect *c = (struct collect *)sink;
    if (problem->kind == LM_PROBLEM_REJECTED)
        c->n_rejected += (size_t)problem->records;
    else
        c->n_other++;
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    ((struct collect *)sink)->n_empty++;
    return LM_OK;
}

static void collect_init(struct collect *c)
{
    *c = (struct collect){ .sink = { on_entry, on_problem, on_empty } };
    lm_buf_init(&c->entries, (size_t)64 << 20);
}

/* Runs a reader over an exact copy, so that a sanitizer sees one byte too many. */
static lm_err run(const char *name, struct lm_str bytes, struct collect *c, size_t *ret_record_bytes)
{
    const struct lm_reader *reader = lm_reader_find(lm_str(name));
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    char *exact = malloc(bytes.n != 0 ? bytes.n : 1);
    assert_non_null(reader);
    assert_non_null(exact);
    if (bytes.n != 0)
        memcpy(exact, bytes.p, bytes.n);
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    struct lm_input in = { .bytes = { exact, bytes.n }, .path = LM_STR("export/result.json") };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    lm_err err = reader->read(&ctx, &c->sink);
    if (err == LM_EINPUT)
        assert_true(e.message[0] != '\0');
    if (ret_record_bytes != NULL)
        *ret_record_bytes = file.used_bytes + record.used_bytes;
    lm_arena_free(&record);
    lm_arena_free(&file);
    free(exact);
    return err;
}

static void load(const char *relative, struct lm_buf *ret)
{
    char path[4096];
    const char *top = getenv("LM_TOP");
    (void)snprintf(path, sizeof path, "%s/tests/fixtures/%s", top != NULL ? top : ".", relative);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    lm_buf_init(ret, (size_t)64 << 20);
    char *p = lm_buf_reserve(ret, 1 << 20);
    assert_non_null(p);
    ret->n = fread(p, 1, 1 << 20, f);
    (void)fclose(f);
}

/* Cut anywhere, a file gives the entries of the whole one up to the cut, and says that it broke. */
static void cut_everywhere(const char *name, const char *fixture)
{
    struct lm_buf whole;
    struct collect all;
    load(fixture, &whole);
    collect_init(&all);
    assert_int_equal(run(name, lm_buf_str(&whole), &all, NULL), LM_OK);
    size_t last_end = whole.n;
    while (last_end > 0 && (whole.p[last_end - 1] == '\n' || whole.p[last_end - 1] == ' '))
        last_end--;
    size_t most = 0;
    for (size_t n = 0; n < last_end; n++) {
        struct collect cut;
        collect_init(&cut);
        lm_err e = run(name, lm_str_take(lm_buf_str(&whole), n), &cut, NULL);
        if (e != LM_EINPUT || cut.n_entries < most)
            fail_msg("%s cut at %zu: outcome %s, %zu entries after %zu", fixture, n, lm_err_name(e),
                     cut.n_entries, most);
        most = cut.n_entries;
        assert_true(lm_str_starts(lm_buf_str(&all.entries), lm_buf_str(&cut.entries)));
        assert_int_equal(cut.n_empty, 0);
        lm_buf_free(&cut.entries);
    }
    assert_int_equal(most, all.n_entries);
    lm_buf_free(&all.entries);
    lm_buf_free(&whole);
}

static void telegram_cut_everywhere(void **state)
{
    (void)state;
    cut_everywhere("telegram_json", "telegram_json/full_export.json");
    cut_everywhere("telegram_json", "telegram_json/minimal.json");
}

static void meta_cut_everywhere(void **state)
{
    (void)state;
    cut_everywhere("meta_export_json", "meta_export_json/minimal.json");
    cut_everywhere(
        "meta_export_json",
        "meta_export_json/instagram_export/security_and_login_information/login_and_account_creation/"
        "logout_activity.json");
}

static void a_sink_that_stops(void **state)
{
    static const char *const runs[][2] = {
        { "telegram_json", "telegram_json/full_export.json" },
        { "telegram_json", "telegram_json/damaged_records.json" },
        { "meta_export_json", "meta_export_json/damaged_records.json" },
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct lm_buf whole;
        struct collect c;
        load(runs[i][1], &whole);
        collect_init(&c);
        c.stop_after = 2;
        assert_int_equal(run(runs[i][0], lm_buf_str(&whole), &c, NULL), LM_ECANCELLED);
        assert_int_equal(c.n_entries, 2);
        lm_buf_free(&c.entries);
        lm_buf_free(&whole);
    }
}

static lm_err count_only(struct lm_sink *sink, const struct lm_entry *entry)
{
    (void)entry;
    ((struct collect *)sink)->n_entries++;
    return LM_OK;
}

/* What is kept while reading does not depend on how many records there are. */
static void memory_is_flat(void **state)
{
    size_t used[2][2];
    (void)state;
    for (size_t form = 0; form < 2; form++) {
        for (size_t big = 0; big < 2; big++) {
            struct lm_buf b;
            struct collect c;
            size_t n = big != 0 ? 40000 : 400;
            lm_buf_init(&b, (size_t)256 << 20);
            lm_buf_put(&b,
                       form == 0
                           ? LM_STR("{\"chats\":{\"list\":[{\"name\":\"B\\u00e9\",\"type\":\"personal_chat\","
                                    "\"id\":2,\"messages\":[")
                           : LM_STR("{\"participants\":[{\"name\":\"A\"},{\"name\":\"B\"}],\"messages\":["));
            for (size_t i = 0; i < n; i++)
                lm_buf_printf(&b,
                              form == 0 ? "%s{\"id\":%zu,\"type\":\"message\",\"date_unixtime\":"
                                          "\"1682935200\",\"fr\\u006fm\":\"\\u00e9\","
                                          "\"from_id\":\"user%zu\",\"text\":[\"x\",{\"type\":\"link\","
                                          "\"text\":\"y\\u00e9\",\"href\":\"z\"}]}"
                                        : "%s{\"sender_name\":\"\\u0041\",\"timestamp_ms\":168293520%04zu,"
                                          "\"content\":\"\\u00c3\\u00a9%zu\","
                                          "\"ph\\u006ftos\":[{\"uri\":\"\\u0061\",\"t\":1}]}",
                              i != 0 ? "," : "", form == 0 ? i : i % 10000, i % 2 + 1);
            lm_buf_put(&b, form == 0 ? LM_STR("]}]}}")
                                     : LM_STR("],\"title\":\"B\",\"thread_path\":\"inbox/b_1\"}"));
            assert_false(b.failed);
            collect_init(&c);
            c.sink.entry = count_only;
            assert_int_equal(
                run(form == 0 ? "telegram_json" : "meta_export_json", lm_buf_str(&b), &c, &used[form][big]),
                LM_OK);
            assert_int_equal(c.n_entries, n);
            lm_buf_free(&c.entries);
            lm_buf_free(&b);
        }
        assert_int_equal(used[form][0], used[form][1]);
    }
}

/* Records that each swallow the rest of the file end in bounded time, with what could be read. */
static void hostile_damage_ends(void **state)
{
    struct lm_buf b;
    struct collect c;
    (void)state;
    lm_buf_init(&b, (size_t)64 << 20);
    lm_buf_put(&b, LM_STR("{\"type\":\"personal_chat\",\"id\":2,\"name\":\"B\",\"messages\":[\n"));
    for (size_t i = 0; i < 400; i++)
        lm_buf_put(&b, LM_STR(" {\"a\":[\n"));
    for (size_t i = 0; i < 20000; i++)
        lm_buf_put(&b, LM_STR(" {\"id\":1,\"type\":\"message\",\"date_unixtime\":\"1682935200\",\"from_id\":"
                              "\"user2\",\"text\":\"t\"},\n"));
    collect_init(&c);
    assert_int_equal(run("telegram_json", lm_buf_str(&b), &c, NULL), LM_EINPUT);
    assert_true(c.n_rejected > 0 && c.n_rejected <= 401);
    assert_true(c.n_other >= 1);
    lm_buf_free(&c.entries);
    lm_buf_free(&b);
}

static void mojibake_is_told_per_string(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "plain", "plain" },
        { "", "" },
        { "Jos\xc3\x83\xc2\xa9", "Jos\xc3\xa9" },                   /* é as two characters */
        { "Jos\xc3\xa9", "Jos\xc3\xa9" },                           /* already right */
        { "\xc3\xb0\xc2\x9f\xc2\x91\xc2\x8d", "\xf0\x9f\x91\x8d" }, /* thumbs up */
        { "\xc3\xa2\xc2\x80\xc2\x94 \xe2\x80\x94",
          "\xc3\xa2\xc2\x80\xc2\x94 \xe2\x80\x94" },                /* one character is wide */
        { "na\xc3\xafve", "na\xc3\xafve" },                         /* Latin-1 that is no UTF-8 */
        { "\xc3\x83", "\xc3\x83" },                                 /* half a sequence */
        { "\xc3\xad\xc2\xa0\xc2\x80", "\xc3\xad\xc2\xa0\xc2\x80" }, /* a surrogate */
    };
    struct lm_arena a;
    (void)state;
    lm_arena_init(&a, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lm_str got;
        assert_int_equal(lm_mojibake_repair(&a, lm_str(cases[i].in), &got), LM_OK);
        if (!lm_str_eq(got, lm_str(cases[i].out)))
            fail_msg("case %zu", i);
    }
    lm_arena_free(&a);
}

static void paths_are_found_in_a_cut_head(void **state)
{
    static const struct lm_sniff_clue clues[] = {
        { "/a/[]/b", LM_SNIFF_NUMBER, 3, NULL },
        { "/a/[]/b/c", LM_SNIFF_ANY, 5, NULL },
        { "/t", LM_SNIFF_STRING, 7, " one two " },
        { "/bad", LM_SNIFF_ANY, -1, NULL },
    };
    uint64_t found;
    (void)state;
    assert_int_equal(lm_json_sniff(LM_STR("{\"t\":\"two\",\"a\":[{\"b\":1},{\"b\":2"), clues, 4, &found), 10);
    assert_int_equal(found, 5);
    assert_int_equal(
        lm_json_sniff(LM_STR("{\"t\":\"tw\",\"a\":[[{\"b\":1}],{\"b\":{\"c\":null}}]}"), clues, 4, NULL), 5);
    assert_int_equal(lm_json_sniff(LM_STR("{\"t\":\"one\",\"bad\":false,\"a\":["), clues, 4, &found), 0);
    assert_int_equal(found, 0);
    assert_int_equal(lm_json_sniff(LM_STR("[{\"t\":\"one\"}]"), clues, 4, NULL), 0);
    assert_int_equal(lm_json_sniff(LM_STR(""), clues, 4, NULL), 0);
}

/* lm_json_resume: only after a break, only into an array that was open. */
static void json_is_picked_up_in_an_array_only(void **state)
{
    struct lm_json j;
    struct lm_json_token t;
    struct lm_str doc = LM_STR("{\"a\":[1,x,{\"b\":2}],\"c\":3}");
    (void)state;
    lm_json_init(&j, doc);
    assert_false(lm_json_resume(&j, 9, 2)); /* nothing broke */
    lm_err e = LM_OK;
    while (e == LM_OK)
        e = lm_json_next(&j, &t);
    assert_int_equal(e, LM_EINPUT);
    assert_int_equal(lm_json_offset(&j), 8);
    assert_false(lm_json_resume(&j, 10, 0));
    assert_false(lm_json_resume(&j, 10, 1)); /* an object */
    assert_false(lm_json_resume(&j, 10, 3)); /* not open */
    assert_false(lm_json_resume(&j, doc.n + 1, 2));
    assert_true(lm_json_resume(&j, 10, 2));
    assert_int_equal(lm_json_next(&j, &t), LM_OK);
    assert_int_equal(t.type, LM_JSON_OBJECT);
    assert_int_equal(t.depth, 2);
    while ((e = lm_json_next(&j, &t)) == LM_OK && t.type != LM_JSON_END)
        continue;
    assert_int_equal(e, LM_OK);
    lm_json_free(&j);
}

/* A number of 64 bits stays as written in raw; a member that does not fit is left out whole. */
static void raw_stays_json(void **state)
{
    struct collect c;
    struct lm_str doc = LM_STR("{\"messages\":[{\"date_unixtime\":1682935200,\"x\":[],\"y\":{\"k\":[1.50e+3,"
                               "\"\\x01\\\"\"]},\"z\":false}]}");
    (void)state;
    collect_init(&c);
    assert_int_equal(run("telegram_json", doc, &c, NULL), LM_OK);
    assert_true(
        lm_str_find(lm_buf_str(&c.entries), LM_STR("\"raw\":\"{\\\"x\\\":[],\\\"y\\\":{\\\"k\\\":[1.50e+3,"
                                                   "\\\"\\\\u0001\\\\\\\"\\\"]},\\\"z\\\":false}\""))
        != SIZE_MAX);
    lm_buf_free(&c.entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telegram_cut_everywhere),
        cmocka_unit_test(meta_cut_everywhere),
        cmocka_unit_test(a_sink_that_stops),
        cmocka_unit_test(memory_is_flat),
        cmocka_unit_test(hostile_damage_ends),
        cmocka_unit_test(mojibake_is_told_per_string),
        cmocka_unit_test(paths_are_found_in_a_cut_head),
        cmocka_unit_test(raw_stays_json),
        cmocka_unit_test(json_is_picked_up_in_an_array_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
