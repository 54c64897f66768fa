#include "readers/shared/json_read.h"

#define RAW_MAX_DEPTH 32
#define ODDITY_WORDS "%s%s%s%s%s"

/* How many bytes may be read a second time after damage: what is hostile ends, what is damaged does not. */
static uint64_t budget_for(const struct lm_json *j)
{
    return (uint64_t)8 * j->in.n + 4096;
}

void lm_jread_init(struct lm_jread *r, struct lm_read *ctx, struct lm_sink *sink)
{
    *r = (struct lm_jread){ .ctx = ctx, .sink = sink, .emitted = true };
    lm_json_init(&r->j, ctx->in->bytes);
    r->budget = budget_for(&r->j);
    lm_buf_init(&r->raw, LM_JREAD_MAX_RAW + 64);
}

void lm_jread_free(struct lm_jread *r)
{
    lm_buf_free(&r->raw);
    lm_json_free(&r->j);
}

lm_err lm_jread_skip(struct lm_jread *r, const struct lm_json_token *value)
{
    return lm_json_skip(&r->j, value, NULL);
}

static bool borrowed(const struct lm_jread *r, struct lm_str s)
{
    uintptr_t p = (uintptr_t)s.p, from = (uintptr_t)r->j.in.p;
    return p >= from && p <= from + r->j.in.n;
}

lm_err lm_jread_keep(struct lm_jread *r, struct lm_arena *a, const struct lm_json_token *t,
                     struct lm_str *ret)
{
    struct lm_str s = t->text;
    r->oddities |= t->oddities;
    if (s.n != 0 && !borrowed(r, s)) {
        s = lm_arena_copy(a, s);
        if (s.p == NULL)
            return LM_ENOMEM;
    }
    *ret = s;
    return LM_OK;
}

lm_err lm_jread_member(struct lm_jread *r, struct lm_str *ret_key, struct lm_json_token *ret_value)
{
    struct lm_json_token t;
    struct lm_str key = { NULL, 0 };
    lm_err e = lm_json_next(&r->j, &t);
    if (e != LM_OK)
        return e;
    if (t.type == LM_JSON_KEY) {
        e = lm_jread_keep(r, r->ctx->record, &t, &key);
        if (e == LM_OK)
            e = lm_json_next(&r->j, ret_value);
        if (e != LM_OK)
            return e;
        if (key.p == NULL)
            key = LM_STR("");
    }
    *ret_key = key;
    return LM_OK;
}

/* --- values --- */

void lm_jread_reject(struct lm_jread *r, const char *why)
{
    if (r->rejected == NULL)
        r->rejected = why;
}

void lm_jread_doubt(struct lm_jread *r, const char *why)
{
    if (r->doubted == NULL)
        r->doubted = why;
}

static lm_err wrong_type(struct lm_jread *r, const struct lm_json_token *v, const char *why)
{
    if (v->type != LM_JSON_NULL)
        lm_jread_reject(r, why);
    return lm_jread_skip(r, v);
}

lm_err lm_jread_text(struct lm_jread *r, const struct lm_json_token *v, struct lm_str *ret)
{
    if (v->type == LM_JSON_STRING || v->type == LM_JSON_NUMBER)
        return lm_jread_keep(r, r->ctx->record, v, ret);
    return wrong_type(r, v, "a member that must be text is not");
}

lm_err lm_jread_i64(struct lm_jread *r, const struct lm_json_token *v, int64_t *ret, bool *ret_set)
{
    if (v->type == LM_JSON_STRING || v->type == LM_JSON_NUMBER) {
        if (lm_str_to_i64(v->text, ret))
            *ret_set = true;
        else
            lm_jread_reject(r, "a member that must be a whole number is not");
        return LM_OK;
    }
    return wrong_type(r, v, "a member that must be a whole number is not");
}

lm_err lm_jread_bool(struct lm_jread *r, const struct lm_json_token *v, bool *ret)
{
    if (v->type == LM_JSON_TRUE || v->type == LM_JSON_FALSE) {
        *ret = v->type == LM_JSON_TRUE;
        return LM_OK;
    }
    return wrong_type(r, v, "a member that must be true or false is not");
}

lm_err lm_jread_double(struct lm_jread *r, const struct lm_json_token *v, double *ret, bool *ret_set)
{
    if (v->type == LM_JSON_STRING || v->type == LM_JSON_NUMBER) {
        if (lm_str_to_double(v->text, ret))
            *ret_set = true;
        else
            lm_jread_doubt(r, "a member that must be a number is not");
        return LM_OK;
    }
    if (v->type != LM_JSON_NULL)
        lm_jread_doubt(r, "a member that must be a number is not");
    return lm_jread_skip(r, v);
}

/* --- raw --- */

static void raw_key(struct lm_jread *r, struct lm_str key)
{
    if (r->raw.n == 0) {
        lm_json_out_init(&r->raw_out, &r->raw);
        lm_json_object(&r->raw_out);
    }
    /* lm_json_key takes terminated text; a key of the source need not be. */
    lm_json_str(&r->raw_out, key);
    lm_buf_putc(&r->raw, ':');
    r->raw_out.after_key = true;
}

/* Back to before the member that did not fit. */
static void raw_undo(struct lm_jread *r, size_t n, const struct lm_json_out *before)
{
    r->raw.failed = false;
    r->raw.n = n;
    if (n != 0)
        r->raw_out = *before;
    r->raw_over = true;
    lm_jread_doubt(r, "members of the record that have no field here are too large to keep: see the source");
}

static void raw_scalar(struct lm_jread *r, const struct lm_json_token *t)
{
    struct lm_json_out *o = &r->raw_out;
    if (t->type == LM_JSON_TRUE || t->type == LM_JSON_FALSE) {
        lm_json_bool(o, t->type == LM_JSON_TRUE);
    } else if (t->type == LM_JSON_NULL) {
        lm_json_null(o);
    } else if (t->type == LM_JSON_NUMBER) {
        lm_json_null(o); /* for the comma; a number stays exactly as written */
        if (r->raw.n >= 4 && !r->raw.failed)
            r->raw.n -= 4;
        lm_buf_put(&r->raw, t->text);
    } else {
        lm_json_str(o, t->text);
    }
}

/* One token into raw; *depth counts the containers that the member has open. */
static void raw_token(struct lm_jread *r, const struct lm_json_token *t, uint32_t *depth)
{
    struct lm_json_out *o = &r->raw_out;
    r->oddities |= t->type == LM_JSON_STRING || t->type == LM_JSON_KEY ? t->oddities : 0;
    if (t->type == LM_JSON_OBJECT || t->type == LM_JSON_ARRAY) {
        if (++*depth > RAW_MAX_DEPTH)
            r->raw.failed = true;
        else if (t->type == LM_JSON_OBJECT)
            lm_json_object(o);
        else
            lm_json_array(o);
    } else if (t->type == LM_JSON_OBJECT_END || t->type == LM_JSON_ARRAY_END) {
        --*depth;
        if (t->type == LM_JSON_OBJECT_END)
            lm_json_object_end(o);
        else
            lm_json_array_end(o);
    } else if (t->type == LM_JSON_KEY) {
        lm_json_str(o, t->text);
        lm_buf_putc(&r->raw, ':');
        o->after_key = true;
    } else {
        raw_scalar(r, t);
    }
}

lm_err lm_jread_raw(struct lm_jread *r, struct lm_str key, const struct lm_json_token *v)
{
    size_t n = r->raw.n;
    struct lm_json_out before = r->raw_out;
    uint32_t depth = 0;
    struct lm_json_token t = *v;
    if (r->raw_over)
        return lm_jread_skip(r, v);
    raw_key(r, key);
    raw_token(r, &t, &depth);
    while (depth > 0 && !r->raw.failed && r->raw.n <= LM_JREAD_MAX_RAW) {
        lm_err e = lm_json_next(&r->j, &t);
        if (e != LM_OK)
            return e;
        raw_token(r, &t, &depth);
    }
    if (r->raw.failed || r->raw.n > LM_JREAD_MAX_RAW) {
        raw_undo(r, n, &before);
        return lm_jread_skip(r, v);
    }
    return LM_OK;
}

lm_err lm_jread_raw_span(struct lm_jread *r, struct lm_str key, uint64_t at, uint64_t end)
{
    struct lm_json whole = r->j;
    struct lm_json_token t;
    lm_json_init(&r->j, lm_str_take(lm_str_skip(whole.in, (size_t)at), (size_t)(end - at)));
    lm_err e = lm_json_next(&r->j, &t);
    if (e == LM_OK)
        e = lm_jread_raw(r, key, &t);
    lm_json_free(&r->j);
    r->j = whole;
    return e;
}

void lm_jread_raw_text(struct lm_jread *r, struct lm_str key, struct lm_str text)
{
    size_t n = r->raw.n;
    struct lm_json_out before = r->raw_out;
    if (r->raw_over)
        return;
    raw_key(r, key);
    lm_json_str(&r->raw_out, text);
    if (r->raw.failed || r->raw.n > LM_JREAD_MAX_RAW)
        raw_undo(r, n, &before);
}

struct lm_str lm_jread_raw_done(struct lm_jread *r)
{
    if (r->raw.n == 0)
        return (struct lm_str){ NULL, 0 };
    lm_json_object_end(&r->raw_out);
    return lm_buf_str(&r->raw);
}

lm_err lm_jread_push(struct lm_jread *r, void **items, size_t n, size_t *cap, size_t size)
{
    if (n >= LM_JREAD_MAX_LIST) {
        lm_jread_doubt(r, "a list of the record is longer than is read: see the source");
        return LM_ELIMIT;
    }
    if (n == *cap) {
        size_t more = *cap == 0 ? 8 : *cap * 2;
        void *p = lm_arena_array(r->ctx->record, more, size);
        if (p == NULL)
            return LM_ENOMEM;
        if (n != 0)
            memcpy(p, *items, n * size);
        *items = p;
        *cap = more;
    }
    return LM_OK;
}

/* --- records --- */

static struct lm_locator range(uint64_t at, uint64_t end)
{
    return (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = at, .b = end - at };
}

static lm_err say_altered(struct lm_jread *r, struct lm_locator at)
{
    unsigned o = r->oddities;
    return lm_sink_problem(r->sink, LM_PROBLEM_ALTERED, 0, at,
                           "text read otherwise than written:" ODDITY_WORDS,
                           (o & LM_JSON_HEX_ESCAPE) != 0 ? " escapes \\xNN that are not JSON;" : "",
                           (o & LM_JSON_BAD_UTF8) != 0 ? " bytes that are not UTF-8;" : "",
                           (o & LM_JSON_LONE_SURROGATE) != 0 ? " half a surrogate pair;" : "",
                           (o & LM_JSON_RAW_CONTROL) != 0 ? " raw control characters;" : "",
                           (o & LM_JSON_BAD_ESCAPE) != 0 ? " unknown escapes;" : "");
}

static lm_err say_doubted(struct lm_jread *r, struct lm_locator at)
{
    return lm_sink_problem(r->sink, LM_PROBLEM_DOUBTED, 0, at, "%s", r->doubted);
}

static void begin_record(struct lm_jread *r, const struct lm_json_token *opened)
{
    r->opened = *opened;
    r->emitted = false;
    r->oddities = 0;
    r->rejected = r->doubted = NULL;
    r->raw_over = false;
    lm_buf_clear(&r->raw);
    lm_arena_reset(r->ctx->record);
}

static lm_err reject(struct lm_jread *r, uint64_t at, uint64_t end, const char *why)
{
    r->records++;
    return lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, 1, range(at, end), "%s", why);
}

lm_err lm_jread_emit(struct lm_jread *r, const struct lm_fact *facts, size_t n_facts)
{
    struct lm_locator at = range(r->opened.at, lm_json_offset(&r->j));
    if (r->rejected == NULL && n_facts == 0)
        lm_jread_reject(r, "the record says nothing that can be read");
    r->emitted = true;
    if (r->rejected != NULL)
        return reject(r, at.a, at.a + at.b, r->rejected);
    r->records++;
    struct lm_entry entry = { .records = &at, .n_records = 1, .facts = facts, .n_facts = n_facts };
    lm_err e = r->sink->entry(r->sink, &entry);
    if (e == LM_OK && r->oddities != 0)
        e = say_altered(r, at);
    if (e == LM_OK && r->doubted != NULL)
        e = say_doubted(r, at);
    return e;
}

lm_err lm_jread_emit_range(struct lm_jread *r, uint64_t at, uint64_t end, unsigned oddities,
                           const struct lm_fact *facts, size_t n_facts)
{
    struct lm_locator where = range(at, end);
    if (n_facts == 0)
        return reject(r, at, end, "the record says nothing that can be read");
    r->records++;
    r->oddities = oddities;
    struct lm_entry entry = { .records = &where, .n_records = 1, .facts = facts, .n_facts = n_facts };
    lm_err e = r->sink->entry(r->sink, &entry);
    return e == LM_OK && oddities != 0 ? say_altered(r, where) : e;
}

/* The first line from byte `from` on that starts a record as the one at `start` does; false when the file
 * does not say. */
static bool next_record(const struct lm_json *j, uint64_t start, uint64_t from, size_t *ret)
{
    struct lm_str in = j->in;
    size_t line = (size_t)start, i = (size_t)from;
    while (line > 0 && (in.p[line - 1] == ' ' || in.p[line - 1] == '\t'))
        line--;
    if (line == start || line == 0 || in.p[line - 1] != '\n')
        return false;
    struct lm_str indent = { in.p + line, (size_t)start - line };
    while (i > start + 1 && in.p[i - 1] != '\n')
        i--;
    for (; i < in.n; i++) {
        struct lm_str rest = lm_str_skip(in, i);
        if (in.p[i - 1] == '\n' && lm_str_starts(rest, indent) && rest.n > indent.n
            && rest.p[indent.n] == '{') {
            *ret = i + indent.n;
            return true;
        }
        const char *nl = memchr(rest.p, '\n', rest.n);
        if (nl == NULL)
            return false;
        i = (size_t)(nl - in.p);
    }
    return false;
}

/* Picks the list up again after the JSON broke in the record at `start`, or just behind it. A record that
 * broke may have swallowed others (a quote is missing), so the search starts with its own second line.
 * *budget bounds what is read twice. False when reading cannot go on. */
static bool pick_up(struct lm_json *j, uint64_t start, uint32_t depth, bool in_record, uint64_t *budget,
                    size_t *ret_next)
{
    size_t next;
    uint64_t broke = lm_json_offset(j);
    if (start == UINT64_MAX || !next_record(j, start, in_record ? start + 1 : broke, &next))
        return false;
    uint64_t again = broke > next ? broke - next : 0;
    if (again > *budget || !lm_json_resume(j, next, depth))
        return false;
    *budget -= again;
    *ret_next = next;
    return true;
}

/* LM_OK when reading goes on with the next record. */
static lm_err resume(struct lm_jread *r, uint64_t start, uint32_t depth, bool in_record)
{
    size_t next;
    const char *why = r->j.why;
    uint64_t broke = lm_json_offset(&r->j);
    lm_err failed = r->j.failed;
    if (!pick_up(&r->j, start, depth, in_record, &r->budget, &next))
        return failed;
    r->resumed = r->emitted = true;
    if (in_record) {
        r->records++;
        return lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, 1, range(start, next),
                               "not JSON (%s at byte %llu): the record was passed over", why,
                               (unsigned long long)broke);
    }
    return lm_sink_problem(r->sink, next > broke ? LM_PROBLEM_LOST : LM_PROBLEM_ALTERED, 0,
                           range(broke, next), "not JSON (%s): reading went on with the next record", why);
}

static lm_err one_record(struct lm_jread *r, const struct lm_json_token *t, lm_jread_one one, void *user)
{
    lm_err e;
    begin_record(r, t);
    if (t->type != LM_JSON_OBJECT) {
        e = lm_jread_skip(r, t);
        r->emitted = e == LM_OK;
        return e != LM_OK ? e : reject(r, t->at, lm_json_offset(&r->j), "not an object, as records are here");
    }
    return one(r, user);
}

lm_err lm_jread_object(struct lm_jread *r, const struct lm_json_token *object, lm_jread_one one, void *user)
{
    if (object->type == LM_JSON_NULL)
        return LM_OK;
    return one_record(r, object, one, user);
}

lm_err lm_jread_array(struct lm_jread *r, const struct lm_json_token *array, lm_jread_one one, void *user)
{
    if (array->type == LM_JSON_NULL)
        return LM_OK;
    if (array->type != LM_JSON_ARRAY) {
        lm_err e = lm_jread_skip(r, array);
        return e != LM_OK ? e
                          : lm_jread_notice(r, array->at, lm_json_offset(&r->j), "a list was expected here");
    }
    uint64_t last = UINT64_MAX;
    for (;;) {
        struct lm_json_token t;
        lm_err e = lm_json_next(&r->j, &t);
        if (e == LM_OK && t.type == LM_JSON_ARRAY_END)
            return LM_OK;
        bool in_record = e == LM_OK;
        if (in_record) {
            last = t.at;
            e = one_record(r, &t, one, user);
        }
        if (e != LM_OK && r->j.failed != LM_OK)
            e = resume(r, last, array->depth + 1, in_record);
        if (e != LM_OK)
            return e;
    }
}

lm_err lm_jread_pass_list(struct lm_json *j, const struct lm_json_token *array)
{
    uint64_t last = UINT64_MAX, budget = budget_for(j);
    struct lm_json_token t;
    if (array->type != LM_JSON_ARRAY)
        return lm_json_skip(j, array, NULL);
    for (;;) {
        size_t next;
        lm_err e = lm_json_next(j, &t);
        if (e == LM_OK && t.type == LM_JSON_ARRAY_END)
            return LM_OK;
        bool in_record = e == LM_OK;
        if (in_record) {
            last = t.at;
            e = lm_json_skip(j, &t, NULL);
        }
        if (e != LM_OK && !pick_up(j, last, array->depth + 1, in_record, &budget, &next))
            return e;
    }
}

lm_err lm_jread_notice(struct lm_jread *r, uint64_t at, uint64_t end, const char *why)
{
    if (r->notices++ >= LM_JREAD_MAX_NOTICES)
        return LM_OK;
    return lm_sink_problem(r->sink, LM_PROBLEM_DOUBTED, 0, range(at, end), "%s", why);
}

static lm_err finish(struct lm_jread *r, lm_err e)
{
    struct lm_error *error = r->ctx->error;
    uint64_t at = lm_json_offset(&r->j), end = r->j.in.n;
    if (e == LM_OK || r->j.failed == LM_OK) {
        if (e == LM_ENOMEM)
            (void)lm_fail(error, e, "no memory for a record");
        return e;
    }
    if (e == LM_EINPUT || e == LM_ELIMIT) {
        uint64_t from = r->emitted ? at : r->opened.at;
        lm_err sent =
            lm_sink_problem(r->sink, LM_PROBLEM_LOST, 0, range(from, end > from ? end : from),
                            "%s at byte %llu: what follows was not read", r->j.why, (unsigned long long)at);
        if (sent != LM_OK)
            return sent;
    }
    (void)lm_fail(error, e, "the JSON could not be read further: %s", r->j.why);
    lm_fail_at(error, "", "byte %llu", (unsigned long long)at);
    return e;
}

lm_err lm_jread_end(struct lm_jread *r, lm_err e, bool listed, const char *none)
{
    e = finish(r, e);
    if (e == LM_OK && r->records == 0)
        e = listed ? r->sink->empty(r->sink) : lm_fail(r->ctx->error, LM_EINPUT, "%s", none);
    lm_jread_free(r);
    return e;
}

lm_err lm_jread_root(struct lm_jread *r, const char *otherwise, struct lm_json_token *ret)
{
    lm_err e = lm_jread_next(r, ret);
    if (e == LM_OK && ret->type != LM_JSON_OBJECT)
        e = lm_fail(r->ctx->error, LM_EINPUT, "%s: the document is not an object", otherwise);
    return e;
}

lm_err lm_jread_members(struct lm_jread *r, lm_jread_member_one one, void *user)
{
    for (;;) {
        struct lm_json_token t;
        struct lm_str key;
        lm_arena_reset(r->ctx->record);
        lm_err e = lm_jread_member(r, &key, &t);
        if (e != LM_OK || key.p == NULL)
            return e == LM_OK ? lm_jread_next(r, &t) : e;
        e = one(r, key, &t, user);
        if (e != LM_OK)
            return e;
    }
}
