/* test_json_readers.c - telegram_json and meta_export_json on files of other projects ($LM_SHARED/samples).
 *
 * The expected values are chat-miner's: its times are the same moments (ours UTC), in order of time; its
 * texts join the pieces of a formatted message with a blank, ours with nothing, so texts are compared without
 * blanks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "formats/json.h"
#include "lastmile/reader.h"

#define MAX_ROWS 64

struct row {
    char time[LM_WHEN_TEXT], author[256], text[1024];
};

struct collect {
    struct lm_sink sink;
    struct row rows[MAX_ROWS];
    size_t n, n_rejected;
};

/* Once, before the tests: nftw has no user pointer. */
static char samples[4096];
static size_t n_json, n_files, n_wrong;

static void without_blanks(struct lm_str s, char *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n + 1 < room; i++)
        if (s.p[i] != ' ')
            out[n++] = s.p[i];
    out[n] = '\0';
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct collect *c = (struct collect *)sink;
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_event *e = &entry->facts[i].event;
        if (entry->facts[i].kind != LM_FACT_EVENT || c->n == MAX_ROWS)
            continue;
        struct row *r = &c->rows[c->n++];
        (void)lm_when_format(&e->at, r->time);
        (void)snprintf(r->author, sizeof r->author, "%.*s", LM_STR_ARG(e->from.display));
        without_blanks(e->text, r->text, sizeof r->text);
    }
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    if (problem->kind == LM_PROBLEM_REJECTED)
        ((struct collect *)sink)->n_rejected++;
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static bool load(const char *path, struct lm_buf *ret)
{
    FILE *f = fopen(path, "rb");
    lm_buf_init(ret, (size_t)256 << 20);
    for (size_t n = 1; f != NULL && n != 0;) {
        char *p = lm_buf_reserve(ret, 65536);
        n = p != NULL ? fread(p, 1, 65536, f) : 0;
        ret->n += n;
    }
    if (f != NULL)
        (void)fclose(f);
    return f != NULL;
}

static void read_sample(const char *reader_name, const char *relative, struct collect *c)
{
    char path[8192];
    struct lm_buf bytes;
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    const struct lm_reader *reader = lm_reader_find(lm_str(reader_name));
    (void)snprintf(path, sizeof path, "%s/%s", samples, relative);
    assert_true(load(path, &bytes));
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    struct lm_input in = { .bytes = lm_buf_str(&bytes), .path = lm_str(relative) };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    *c = (struct collect){ .sink = { on_entry, on_problem, on_empty } };
    assert_int_equal(reader->read(&ctx, &c->sink), LM_OK);
    assert_int_equal(c->n_rejected, 0);
    lm_arena_free(&record);
    lm_arena_free(&file);
    lm_buf_free(&bytes);
}

/* [{"timestamp", "author", "message"}] */
static size_t read_target(const char *relative, struct row *rows)
{
    char path[8192], key[32] = "";
    struct lm_buf bytes;
    struct lm_json j;
    struct lm_json_token t;
    size_t n = 0;
    (void)snprintf(path, sizeof path, "%s/%s", samples, relative);
    assert_true(load(path, &bytes));
    lm_json_init(&j, lm_buf_str(&bytes));
    while (lm_json_next(&j, &t) == LM_OK && t.type != LM_JSON_END) {
        if (t.type == LM_JSON_OBJECT && n < MAX_ROWS)
            n++;
        if (t.type == LM_JSON_KEY)
            (void)snprintf(key, sizeof key, "%.*s", LM_STR_ARG(t.text));
        if (t.type != LM_JSON_STRING || n == 0)
            continue;
        struct row *r = &rows[n - 1];
        if (lm_str_eq(lm_str(key), LM_STR("timestamp")))
            (void)snprintf(r->time, sizeof r->time, "%.*sZ", LM_STR_ARG(t.text));
        else if (lm_str_eq(lm_str(key), LM_STR("author")))
            (void)snprintf(r->author, sizeof r->author, "%.*s", LM_STR_ARG(t.text));
        else if (lm_str_eq(lm_str(key), LM_STR("message")))
            without_blanks(t.text, r->text, sizeof r->text);
    }
    lm_json_free(&j);
    lm_buf_free(&bytes);
    return n;
}

static void same_as_chat_miner(const char *reader, const char *sample, const char *target)
{
    struct collect *c = calloc(1, sizeof *c);
    struct row *want = calloc(MAX_ROWS, sizeof *want);
    assert_non_null(c);
    assert_non_null(want);
    read_sample(reader, sample, c);
    size_t n = read_target(target, want);
    assert_true(n > 0);
    assert_int_equal(c->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(c->rows[i].time, want[i].time);
        assert_string_equal(c->rows[i].author, want[i].author);
        assert_string_equal(c->rows[i].text, want[i].text);
    }
    printf("# %s: %zu values compared with %s\n", sample, n * 3, target);
    free(want);
    free(c);
}

static void telegram_samples(void **state)
{
    (void)state;
    same_as_chat_miner("telegram_json", "telegram/chat-miner_test_single_export.json",
                       "telegram/chat-miner_target.json");
    same_as_chat_miner("telegram_json", "telegram/chat-miner_test_batch_export.json",
                       "telegram/chat-miner_target.json");
}

static void instagram_samples(void **state)
{
    (void)state;
    same_as_chat_miner("meta_export_json", "instagram/chat-miner_test_export.json",
                       "instagram/chat-miner_target.json");
}

static int one_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
    static const struct {
        const char *path, *reader;
    } claimed[] = {
        { "telegram/chat-miner_test_single_export.json", "telegram_json" },
        { "telegram/chat-miner_test_batch_export.json", "telegram_json" },
        { "instagram/chat-miner_test_export.json", "meta_export_json" },
    };
    static const char *const readers[] = { "telegram_json", "meta_export_json" };
    struct lm_buf bytes;
    const char *relative = path + strlen(samples) + 1;
    bool json = lm_str_ends(lm_str(path), LM_STR(".json"));
    (void)st;
    (void)where;
    if (type != FTW_F)
        return 0;
    n_files++;
    n_json += json;
    if (!load(path, &bytes))
        return 1;
    struct lm_input in = { .bytes = lm_buf_str(&bytes), .path = lm_str(relative) };
    int bids[2];
    for (size_t i = 0; i < 2; i++) {
        const struct lm_reader *reader = lm_reader_find(lm_str(readers[i]));
        bool expected = false;
        for (size_t k = 0; k < sizeof claimed / sizeof claimed[0]; k++)
            expected =
                expected
                || (strcmp(relative, claimed[k].path) == 0 && strcmp(readers[i], claimed[k].reader) == 0);
        bids[i] = reader->bid(&in, lm_str_take(in.bytes, reader->lookahead));
        if ((bids[i] > 0) != expected) {
            printf("# %s: %s bids %d\n", relative, readers[i], bids[i]);
            n_wrong++;
        }
    }
    if (json)
        printf("# %s: telegram_json %d, meta_export_json %d\n", relative, bids[0], bids[1]);
    lm_buf_free(&bytes);
    return 0;
}

/* Nobody's file is claimed: not CASE, RSMF, UFED, FollowTheMoney, Signal or WhatsApp; and each sample by one
 * reader. */
static void who_claims_what(void **state)
{
    (void)state;
    assert_int_equal(nftw(samples, one_file, 16, FTW_PHYS), 0);
    printf("# bids of two readers on %zu files, %zu of them .json\n", n_files, n_json);
    assert_true(n_json >= 3);
    assert_int_equal(n_wrong, 0);
}

int main(void)
{
    const char *shared = getenv("LM_SHARED");
    struct stat st;
    if (shared != NULL) {
        (void)snprintf(samples, sizeof samples, "%s/samples", shared);
        if (stat(samples, &st) != 0)
            samples[0] = '\0';
    }
    if (samples[0] == '\0') {
        printf("1..0 # SKIP no samples at LM_SHARED\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telegram_samples),
        cmocka_unit_test(instagram_samples),
        cmocka_unit_test(who_claims_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
