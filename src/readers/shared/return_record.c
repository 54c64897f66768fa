#include "readers/shared/return_record.h"

#include <stdio.h>

#include "formats/json_out.h"
#include "readers/operation_csv_table.h"

#define MAX_FACTS 8192

void lm_retrec_init(struct lm_retrec *r, struct lm_read *ctx, struct lm_sink *sink)
{
    *r = (struct lm_retrec){ .ctx = ctx, .sink = sink };
    lm_buf_init(&r->raw, 2 * LM_RETREC_MAX_RAW);
    lm_map_init(&r->asked, ctx->file);
}

void lm_retrec_free(struct lm_retrec *r)
{
    lm_buf_free(&r->raw);
}

void lm_retrec_clear(struct lm_retrec *r)
{
    r->fields = NULL;
    r->n = r->cap = r->bytes = 0;
    r->altered = r->cut = r->over = false;
    r->doubted = r->rejected = NULL;
    lm_arena_reset(r->ctx->record);
}

void lm_retrec_doubt(struct lm_retrec *r, const char *why)
{
    if (r->doubted == NULL)
        r->doubted = why;
}

void lm_retrec_reject(struct lm_retrec *r, const char *why)
{
    if (r->rejected == NULL)
        r->rejected = why;
}

lm_err lm_retrec_notice(struct lm_retrec *r, enum lm_problem_kind kind, uint64_t at, uint64_t end, const char *why)
{
    struct lm_locator place = { .kind = LM_LOCATOR_BYTES, .a = at, .b = end - at };
    if (r->notices >= LM_RETREC_MAX_NOTICES)
        return LM_OK;
    r->notices++;
    return lm_sink_problem(r->sink, kind, 0, place, "%s%s", why,
                           r->notices == LM_RETREC_MAX_NOTICES ? " (further ones of this file are not listed)" : "");
}

/* --- fields --- */

/* A field belongs to the nearest one before it that is less deep; on one level, to the heading above it. */
static uint32_t group_of(const struct lm_retrec *r, uint32_t level, bool heading)
{
    for (size_t i = r->n; i > 0; i--) {
        const struct lm_retfield *f = &r->fields[i - 1];
        if (f->level < level || (f->level == level && f->heading && !heading))
            return (uint32_t)i;
        if (f->level == level && f->group != 0 && !heading)
            return f->group;
        if (f->level == level)
            return f->group != 0 && r->fields[f->group - 1].level < level ? f->group : 0;
    }
    return 0;
}

static struct lm_str copy(struct lm_retrec *r, struct lm_str s, bool *failed)
{
    if (s.n == 0)
        return (struct lm_str){ NULL, 0 };
    struct lm_str c = lm_arena_copy(r->ctx->record, s);
    *failed |= c.p == NULL;
    return c;
}

/* Is the label of a kind that is not kept? A return has few different labels, so the answers are remembered. */
static lm_err refused(struct lm_retrec *r, struct lm_str label, bool *ret)
{
    uint64_t *known = lm_map_get(&r->asked, label);
    bool fresh;
    *ret = known != NULL ? *known != 0 : lm_table_protected(label);
    if (known != NULL || r->n_asked == LM_RETREC_MAX_ASKED)
        return LM_OK;
    r->n_asked++;
    return lm_map_put(&r->asked, label, *ret, &known, &fresh);
}

lm_err lm_retrec_add(struct lm_retrec *r, const struct lm_return_field *f)
{
    bool failed = false, leave_out = false;
    r->altered |= f->altered;
    r->cut |= f->cut;
    if (f->label.n != 0 && refused(r, f->label, &leave_out) != LM_OK)
        return LM_ENOMEM;
    if (leave_out)
        return lm_retrec_notice(r, LM_PROBLEM_ALTERED, f->at, f->end,
                                "a field of a kind that is not kept (race, religion, politics, citizenship, birthplace and the like) is left out");
    if (r->n == LM_RETREC_MAX_FIELDS || r->bytes + f->value.n > LM_RETREC_MAX_BYTES) {
        r->over = true;
        return LM_OK;
    }
    struct lm_retfield *v = lm_arena_grow(r->ctx->record, r->fields, r->n, &r->cap, sizeof *v);
    if (v == NULL)
        return LM_ENOMEM;
    r->fields = v;
    v[r->n] = (struct lm_retfield){ .label = copy(r, f->label, &failed), .value = copy(r, f->value, &failed),
                                    .media = copy(r, f->media, &failed), .level = f->level, .at = f->at, .end = f->end, .value_at = f->value_at,
                                    .heading = f->heading, .spaced = f->space_after };
    v[r->n].group = group_of(r, f->level, f->heading);
    r->n++;
    r->bytes += f->value.n;
    return failed ? LM_ENOMEM : LM_OK;
}

lm_err lm_retrec_go_on(struct lm_retrec *r, const struct lm_return_field *f)
{
    struct lm_retfield *last = &r->fields[r->n - 1];
    r->altered |= f->altered;
    r->cut |= f->cut;
    if (r->bytes + f->value.n > LM_RETREC_MAX_BYTES) {
        r->over = true;
        return LM_OK;
    }
    const char *joint = last->value.n == 0 ? "" : !f->after_break ? "\n" : last->spaced || f->space_before ? " " : "";
    struct lm_str s = lm_arena_printf(r->ctx->record, "%.*s%s%.*s", LM_STR_ARG(last->value), joint,
                                      LM_STR_ARG(f->value));
    if (s.p == NULL)
        return LM_ENOMEM;
    r->bytes += f->value.n + last->value.n;
    last->value = s;
    last->spaced = f->space_after;
    last->end = f->end > last->end ? f->end : last->end;
    return LM_OK;
}

static bool passed_over(char c)
{
    return c == ' ' || c == '_' || c == '-' || c == '\t' || c == '\n';
}

bool lm_retrec_is(struct lm_str label, const char *name)
{
    size_t i = 0;
    for (;; i++, name++) {
        while (i < label.n && passed_over(label.p[i]))
            i++;
        while (passed_over(*name))
            name++;
        char c = i < label.n ? label.p[i] : '\0';
        c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        char d = *name >= 'A' && *name <= 'Z' ? (char)(*name | 0x20) : *name;
        if (c != d || i >= label.n)
            return c == d && i >= label.n;
    }
}

struct lm_retfield *lm_retrec_find_in(struct lm_retrec *r, uint32_t group, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (!r->fields[i].used && r->fields[i].group == group && lm_retrec_is(r->fields[i].label, name))
            return &r->fields[i];
    return NULL;
}

struct lm_retfield *lm_retrec_find(struct lm_retrec *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (!r->fields[i].used && lm_retrec_is(r->fields[i].label, name))
            return &r->fields[i];
    return NULL;
}

struct lm_str lm_retrec_take(struct lm_retrec *r, const char *name)
{
    struct lm_retfield *f = lm_retrec_find(r, name);
    if (f == NULL)
        return (struct lm_str){ NULL, 0 };
    f->used = true;
    return f->value;
}

bool lm_retrec_parse_when(struct lm_str s, struct lm_when *ret)
{
    s = lm_str_trim(s);
    if (lm_when_parse_iso(s, ret))
        return true;
    /* "2024-01-01 00:00:00 +00:00" and "(UTC)" */
    size_t paren = lm_str_find(s, LM_STR(" (UTC)"));
    return paren != SIZE_MAX && lm_when_parse_iso(lm_str_take(s, paren), ret) ? (ret->quality = LM_TIME_UTC, true) : false;
}

struct lm_when lm_retrec_when(struct lm_retrec *r, const char *const *names)
{
    struct lm_when w = { .quality = LM_TIME_NONE };
    for (; *names != NULL; names++) {
        struct lm_retfield *f = lm_retrec_find(r, *names);
        if (f != NULL && f->value.n != 0 && lm_retrec_parse_when(f->value, &w)) {
            f->used = true;
            return w;
        }
    }
    return (struct lm_when){ .quality = LM_TIME_NONE };
}

/* --- raw --- */

bool lm_retrec_has_unused(const struct lm_retrec *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (!r->fields[i].used && (r->fields[i].value.n != 0 || r->fields[i].media.n != 0))
            return true;
    return false;
}

/* The label above a field; none for what the whole record is wrapped in ("Message"). */
static struct lm_str above(const struct lm_retrec *r, const struct lm_retfield *f)
{
    bool wrapped = f->group == 1 && r->fields[0].value.n == 0;
    return f->group != 0 && !wrapped ? r->fields[f->group - 1].label : (struct lm_str){ NULL, 0 };
}

/* "Call Record / Type", with " (2)" behind the second of a name. */
static struct lm_str key_of(struct lm_retrec *r, size_t i, char *out, size_t size)
{
    const struct lm_retfield *f = &r->fields[i];
    struct lm_str g = above(r, f);
    size_t same = 1;
    for (size_t k = i > 256 ? i - 256 : 0; k < i; k++)
        same += lm_str_eq(r->fields[k].label, f->label) && lm_str_eq(above(r, &r->fields[k]), g);
    same = i > 256 ? i + 1 : same; /* no search through thousands: its number among the fields */
    int n = snprintf(out, size, "%.*s%s%.*s", LM_STR_ARG(g), g.n != 0 && f->label.n != 0 ? " / " : "", LM_STR_ARG(f->label));
    if (n >= 0 && same > 1 && (size_t)n < size)
        n += snprintf(out + n, size - (size_t)n, "%s(%zu)", n == 0 ? "" : " ", same);
    if (n == 0)
        return LM_STR("text");
    return (struct lm_str){ out, n > 0 && (size_t)n < size ? (size_t)n : size - 1 };
}

static void raw_member(struct lm_retrec *r, struct lm_json_out *o, struct lm_str key, struct lm_str value)
{
    size_t before = r->raw.n;
    struct lm_json_out was = *o;
    if (before == 0)
        lm_json_object(o);
    lm_json_str(o, key);
    lm_buf_putc(&r->raw, ':');
    o->after_key = true;
    lm_json_str(o, value);
    if (!r->raw.failed && r->raw.n <= LM_RETREC_MAX_RAW)
        return;
    r->raw.failed = false;
    r->raw.n = before;
    *o = was;
    lm_retrec_doubt(r, "fields of the record that have no member here are too large to keep: see the source");
}

struct lm_str lm_retrec_raw(struct lm_retrec *r)
{
    char key[2 * LM_RETURN_MAX_LABEL + 48];
    struct lm_json_out o;
    lm_buf_clear(&r->raw);
    lm_json_out_init(&o, &r->raw);
    for (size_t i = 0; i < r->n; i++) {
        const struct lm_retfield *f = &r->fields[i];
        if (f->used)
            continue;
        if (f->value.n != 0)
            raw_member(r, &o, key_of(r, i, key, sizeof key), f->value);
        if (f->media.n != 0)
            raw_member(r, &o, LM_STR("media"), f->media);
    }
    if (r->raw.n == 0)
        return (struct lm_str){ NULL, 0 };
    lm_json_object_end(&o);
    return lm_buf_str(&r->raw);
}

/* --- records --- */

static lm_err say(struct lm_retrec *r, struct lm_locator at)
{
    lm_err err = LM_OK;
    if (r->altered)
        err = lm_sink_problem(r->sink, LM_PROBLEM_ALTERED, 0, at, "text read otherwise than written: bytes or references that are no text");
    if (err == LM_OK && (r->cut || r->over))
        err = lm_sink_problem(r->sink, LM_PROBLEM_ALTERED, 0, at, "the record is larger than is read: its beginning");
    if (err == LM_OK && r->doubted != NULL)
        err = lm_sink_problem(r->sink, LM_PROBLEM_DOUBTED, 0, at, "%s", r->doubted);
    return err;
}

lm_err lm_retrec_emit(struct lm_retrec *r, const struct lm_fact *facts, size_t n, const struct lm_locator *records, size_t n_records)
{
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES };
    if (r->n == 0)
        return LM_OK;
    at.a = r->fields[0].at;
    uint64_t end = at.a;
    for (size_t i = 0; i < r->n; i++)
        end = r->fields[i].end > end ? r->fields[i].end : end;
    at.b = end - at.a;
    if (records == NULL || n_records == 0) {
        records = &at;
        n_records = 1;
    }
    if (r->rejected == NULL && n == 0)
        r->rejected = "the record says nothing that can be read";
    r->records += n_records;
    lm_err err;
    if (r->rejected != NULL) {
        err = lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, n_records, at, "%s", r->rejected);
    } else {
        struct lm_entry entry = { .records = records, .n_records = n_records, .facts = facts, .n_facts = n };
        err = r->sink->entry(r->sink, &entry);
        if (err == LM_OK)
            err = say(r, at);
    }
    lm_retrec_clear(r);
    return err;
}

/* --- what is written in values --- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

struct lm_str lm_return_ip(struct lm_str s)
{
    static const struct lm_str none = { NULL, 0 };
    size_t dots = 0, colons = 0, i = 0;
    s = lm_str_trim(s);
    if (s.n > 2 && s.p[0] == '[') {
        size_t close = lm_str_find(s, LM_STR("]"));
        if (close == SIZE_MAX)
            return none;
        s = lm_str_take(lm_str_skip(s, 1), close - 1);
    }
    for (; i < s.n; i++) {
        dots += s.p[i] == '.';
        colons += s.p[i] == ':';
        if (!is_hex(s.p[i]) && s.p[i] != '.' && s.p[i] != ':')
            return none;
    }
    if (dots == 3 && colons == 1)
        s = lm_str_take(s, lm_str_find(s, LM_STR(":")));
    return s.n <= 45 && ((dots == 3 && colons <= 1) || colons >= 2) ? s : none;
}

struct lm_str lm_return_email(struct lm_str line)
{
    size_t at = lm_str_find(line, LM_STR("@")), from = at, to = at;
    if (at == SIZE_MAX || at == 0)
        return (struct lm_str){ NULL, 0 };
    while (from > 0 && strchr(" \t\n<>(),;:\"", line.p[from - 1]) == NULL)
        from--;
    while (to < line.n && (line.p[to] == '\0' || strchr(" \t\n<>(),;:\"", line.p[to]) == NULL))
        to++;
    return from < at && to > at + 1 ? (struct lm_str){ line.p + from, to - from } : (struct lm_str){ NULL, 0 };
}

struct lm_str lm_return_phone(struct lm_str line)
{
    size_t i = 0, digits = 0, end = 0;
    line = lm_str_trim(line);
    for (; i < line.n; i++) {
        char c = line.p[i];
        if (c >= '0' && c <= '9') {
            digits++;
            end = i + 1;
        } else if (c == '\0' || strchr("+-.() ", c) == NULL) {
            break;
        }
    }
    return digits >= 7 && digits <= 15 ? lm_str_take(line, end) : (struct lm_str){ NULL, 0 };
}

bool lm_return_says_none(struct lm_str value)
{
    return value.n < 80 && (lm_str_eq_nocase(lm_str_take(value, 21), LM_STR("no responsive records"))
                            || lm_str_eq_nocase(lm_str_take(value, 16), LM_STR("no records found")));
}

/* --- facts --- */

static struct lm_fact *new_fact(struct lm_retfacts *f)
{
    if (f->n == MAX_FACTS) {
        f->many = true;
        return NULL;
    }
    struct lm_fact *v = lm_arena_grow(f->a, f->items, f->n, &f->cap, sizeof *v);
    if (v == NULL) {
        f->failed = true;
        return NULL;
    }
    f->items = v;
    return &v[f->n++];
}

void lm_retfacts_identifier(struct lm_retfacts *f, struct lm_account_ref account, enum lm_identifier_type type, struct lm_str value,
                            const char *basis, struct lm_when at)
{
    value = lm_str_trim(value);
    if (value.n == 0 || account.form == LM_ACCOUNT_NONE)
        return;
    struct lm_fact *fact = new_fact(f);
    if (fact != NULL)
        *fact = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                  .identifier = { .account = account, .type = type, .value = value, .basis = lm_str(basis), .at = at } };
}

struct lm_event *lm_retfacts_event(struct lm_retfacts *f, enum lm_event_kind kind, enum lm_platform platform, const char *detail,
                                   struct lm_when at, struct lm_account_ref from)
{
    struct lm_fact *fact = new_fact(f);
    if (fact == NULL)
        return NULL;
    *fact = (struct lm_fact){ .kind = LM_FACT_EVENT,
                              .event = { .kind = kind, .platform = platform, .at = at, .detail = lm_str(detail), .from = from, .duration_s = -1 } };
    return &fact->event;
}
