/* reader_capture.h - runs one reader on bytes in memory and keeps what it emitted, for tests. Header only. */
#ifndef LM_TESTS_READER_CAPTURE_H
#define LM_TESTS_READER_CAPTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lastmile/reader.h"

struct captured_event {
    char at[LM_WHEN_TEXT];
    const char *kind;
    struct lm_event e; /* slices, attachments and legs are copies */
    struct lm_locator record;
};

struct captured_problem {
    enum lm_problem_kind kind;
    uint64_t records;
    struct lm_locator at;
    struct lm_str reason;
};

struct capture {
    struct lm_sink sink;
    struct lm_arena keep, file, record;
    struct captured_event *events;
    size_t n_events, cap_events;
    struct captured_problem *problems;
    size_t n_problems, cap_problems;
    bool empty;
    lm_err err;
    struct lm_error error;
};

static struct lm_account_ref capture_account(struct capture *c, const struct lm_account_ref *a)
{
    struct lm_account_ref r = *a;
    r.native = lm_arena_copy(&c->keep, a->native);
    r.display = lm_arena_copy(&c->keep, a->display);
    return r;
}

static lm_err capture_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct capture *c = (struct capture *)sink;
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_event *e = &entry->facts[i].event;
        if (entry->facts[i].kind != LM_FACT_EVENT)
            continue;
        if (c->n_events == c->cap_events) {
            c->cap_events = c->cap_events == 0 ? 64 : c->cap_events * 2;
            c->events = realloc(c->events, c->cap_events * sizeof *c->events);
            if (c->events == NULL)
                abort();
        }
        struct captured_event *got = &c->events[c->n_events++];
        *got = (struct captured_event){ .e = *e,
                                        .record = entry->records[0],
                                        .kind = lm_event_kind_word(e->kind) };
        (void)lm_when_format(&e->at, got->at);
        got->e.text = lm_arena_copy(&c->keep, e->text);
        got->e.raw = lm_arena_copy(&c->keep, e->raw);
        got->e.native_id = lm_arena_copy(&c->keep, e->native_id);
        got->e.reply_to = lm_arena_copy(&c->keep, e->reply_to);
        got->e.detail = lm_arena_copy(&c->keep, e->detail);
        got->e.thread.native = lm_arena_copy(&c->keep, e->thread.native);
        got->e.thread.title = lm_arena_copy(&c->keep, e->thread.title);
        got->e.from = capture_account(c, &e->from);
        struct lm_account_ref *to = lm_arena_array(&c->keep, e->n_to, sizeof *to);
        struct lm_attachment *files = lm_arena_array(&c->keep, e->n_attachments, sizeof *files);
        if (to == NULL || files == NULL)
            abort();
        for (size_t k = 0; k < e->n_to; k++)
            to[k] = capture_account(c, &e->to[k]);
        for (size_t k = 0; k < e->n_attachments; k++) {
            files[k] = e->attachments[k];
            files[k].name = lm_arena_copy(&c->keep, files[k].name);
            files[k].note = lm_arena_copy(&c->keep, files[k].note);
        }
        got->e.to = to;
        got->e.attachments = files;
    }
    return LM_OK;
}

static lm_err capture_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    struct capture *c = (struct capture *)sink;
    if (c->n_problems == c->cap_problems) {
        c->cap_problems = c->cap_problems == 0 ? 64 : c->cap_problems * 2;
        c->problems = realloc(c->problems, c->cap_problems * sizeof *c->problems);
        if (c->problems == NULL)
            abort();
    }
    c->problems[c->n_problems++] =
        (struct captured_problem){ p->kind, p->records, p->at, lm_arena_copy(&c->keep, p->reason) };
    return LM_OK;
}

static lm_err capture_empty(struct lm_sink *sink)
{
    ((struct capture *)sink)->empty = true;
    return LM_OK;
}

static inline struct capture *capture_run(const char *reader_name, const char *path, struct lm_str bytes)
{
    const struct lm_reader *reader = lm_reader_find(lm_str(reader_name));
    struct capture *c = calloc(1, sizeof *c);
    if (c == NULL || reader == NULL)
        abort();
    c->sink = (struct lm_sink){ capture_entry, capture_problem, capture_empty };
    lm_arena_init(&c->keep, 0);
    lm_arena_init(&c->file, 0);
    lm_arena_init(&c->record, 0);
    struct lm_input in = { .bytes = bytes, .path = lm_str(path) };
    struct lm_read ctx = { .in = &in, .file = &c->file, .record = &c->record, .error = &c->error };
    c->err = reader->read(&ctx, &c->sink);
    return c;
}

static inline void capture_free(struct capture *c)
{
    lm_arena_free(&c->keep);
    lm_arena_free(&c->file);
    lm_arena_free(&c->record);
    free(c->events);
    free(c->problems);
    free(c);
}

static inline int capture_bid(const char *reader_name, const char *path, struct lm_str bytes)
{
    const struct lm_reader *reader = lm_reader_find(lm_str(reader_name));
    struct lm_input in = { .bytes = bytes, .path = lm_str(path) };
    return reader != NULL ? reader->bid(&in, lm_str_take(bytes, reader->lookahead)) : -1;
}

/* How many problems of this kind; `word` (may be NULL) must be in the reason. */
static inline size_t capture_problems(const struct capture *c, enum lm_problem_kind kind, const char *word)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_problems; i++)
        n += c->problems[i].kind == kind
             && (word == NULL || lm_str_find(c->problems[i].reason, lm_str(word)) != SIZE_MAX);
    return n;
}

/* The whole of $LM_SHARED/<path> in malloc'd memory; false when it is not there. */
static inline bool capture_shared(const char *path, char **ret, size_t *ret_n)
{
    char full[4096];
    const char *top = getenv("LM_SHARED");
    (void)snprintf(full, sizeof full, "%s/%s", top != NULL ? top : ".", path);
    FILE *f = fopen(full, "rb");
    if (f == NULL)
        return false;
    size_t n = 0, cap = 65536;
    char *p = malloc(cap);
    for (size_t k; p != NULL && (k = fread(p + n, 1, cap - n, f)) > 0;) {
        n += k;
        if (n == cap)
            p = realloc(p, cap *= 2);
    }
    (void)fclose(f);
    if (p == NULL)
        abort();
    *ret = p;
    *ret_n = n;
    return true;
}

/* For main(): is $LM_SHARED/<path> missing? Then says so as TAP does of a whole file; meson fails on cmocka's skip(). */
static inline bool capture_none_shared(const char *path)
{
    char *p;
    size_t n;
    if (capture_shared(path, &p, &n)) {
        free(p);
        return false;
    }
    printf("1..0 # SKIP no %s in LM_SHARED; 0 values compared\n", path);
    return true;
}

#endif
