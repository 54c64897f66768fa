#include "readers/shared/tiktok_db.h"

#include "readers/shared/json_sniff.h"

struct ttdb {
    struct lm_dbread r;
    struct lm_user_names names;
    const struct lm_ttdb_form *form;
    struct lm_str owner;
    bool unit_told;
};

struct lm_str lm_ttdb_component(struct lm_str path, size_t n)
{
    size_t end = path.n;
    for (;;) {
        size_t from = end;
        while (from > 0 && path.p[from - 1] != '/')
            from--;
        if (n-- == 0)
            return (struct lm_str){ path.p + from, end - from };
        if (from == 0)
            return (struct lm_str){ NULL, 0 };
        end = from - 1;
    }
}

static lm_err read_names(struct lm_dbread *other, void *user)
{
    struct ttdb *d = user;
    lm_err e = LM_OK;
    for (size_t i = 0; e == LM_OK && i < 6 && d->form->users[i] != NULL; i++)
        e = lm_user_names_read(&d->names, other, d->form->users[i], d->form->user_columns);
    return e;
}

/* Nanoseconds, microseconds, milliseconds and seconds since 1970, or seconds since 2001: TikTok is younger than 2014, so sizes do not meet. */
static bool by_size(double v, struct lm_when *ret)
{
    double us = v >= 1e17 ? v / 1e3 : v >= 1e14 ? v : v >= 1e11 ? v * 1e3 : v >= 1.2e9 ? v * 1e6 : (v + 978307200.0) * 1e6;
    if (!(v > 0) || us > 2.5e17)
        return false;
    *ret = (struct lm_when){ .us = (int64_t)us, .quality = LM_TIME_UTC };
    return true;
}

static lm_err moment(struct ttdb *d, struct lm_evdb_table *t, int64_t rowid, struct lm_when *ret)
{
    double v;
    *ret = (struct lm_when){ .quality = LM_TIME_NONE };
    if (!d->form->by_size) {
        *ret = lm_dbread_when(&d->r, t, LM_TTDB_AT, LM_EPOCH_UNIX_MS);
        return LM_OK;
    }
    for (size_t c = LM_TTDB_AT; c <= LM_TTDB_AT_2; c++) {
        lm_dbread_raw_column(&d->r, t, c, d->form->columns[c]);
        if (ret->quality == LM_TIME_NONE && lm_evdb_double(t, c, &v))
            (void)by_size(v, ret);
    }
    if (d->unit_told || ret->quality == LM_TIME_NONE)
        return LM_OK;
    d->unit_told = true;
    return lm_dbread_notice(&d->r, LM_PROBLEM_DOUBTED, lm_dbread_place(t, rowid),
                            "the unit of this table's moments is in no source: told by their size, here and in all rows");
}

struct text {
    struct lm_arena *a;
    struct lm_str found;
};

static void take_text(void *user, size_t path, const struct lm_json_token *v)
{
    struct text *x = user;
    (void)path;
    if (x->found.n == 0 && v->type == LM_JSON_STRING && v->text.n != 0)
        x->found = lm_arena_copy(x->a, v->text);
}

/* The two ends of a direct chat stand in its id: "0:1:<uid>:<uid>". */
static bool other_end(struct lm_str thread, struct lm_str sender, struct lm_str *ret)
{
    struct lm_str part[4] = { { NULL, 0 } };
    size_t n = 0;
    for (; n < 4 && thread.n != 0; n++) {
        const char *end = memchr(thread.p, ':', thread.n);
        size_t k = end != NULL ? (size_t)(end - thread.p) : thread.n;
        part[n] = lm_str_take(thread, k);
        thread = lm_str_skip(thread, k + 1);
    }
    if (n != 4 || thread.n != 0 || !lm_str_eq(part[0], LM_STR("0")) || !lm_str_eq(part[1], LM_STR("1")) || part[2].n == 0 || part[3].n == 0)
        return false;
    if (!lm_str_eq(part[2], sender) && !lm_str_eq(part[3], sender))
        return false;
    *ret = lm_str_eq(part[2], sender) ? part[3] : part[2];
    return true;
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct ttdb *d = user;
    static const char *const paths[] = { "/text" };
    struct lm_str sender, content, other;
    struct lm_account_ref to;
    struct lm_arena *record = r->ctx->record;
    struct text x = { .a = record };
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_TIKTOK, .duration_s = -1 } };
    struct lm_event *ev = &f.event;
    lm_err e = lm_dbread_text(r, record, t, LM_TTDB_SENDER, &sender);
    if (e == LM_OK)
        e = lm_dbread_text(r, record, t, LM_TTDB_CONTENT, &content);
    if (e == LM_OK)
        e = lm_dbread_text(r, record, t, LM_TTDB_THREAD, &ev->thread.native);
    if (e == LM_OK)
        e = lm_dbread_text(r, record, t, LM_TTDB_TYPE, &ev->detail);
    if (e == LM_OK)
        e = lm_dbread_text(r, record, t, LM_TTDB_ID, &ev->native_id);
    if (e == LM_OK)
        e = moment(d, t, rowid, &ev->at);
    if (e != LM_OK)
        return e;
    lm_json_pick(content, paths, 1, take_text, &x);
    ev->text = x.found;
    if (content.n != 0 && !(x.found.n != 0 && content.n <= x.found.n + 16)) /* more than {"text":"…"} */
        lm_dbread_raw_text(r, d->form->columns[LM_TTDB_CONTENT], content);
    ev->from = lm_user_names_account(&d->names, sender);
    if (sender.n != 0 && !lm_str_eq(ev->from.native, sender))
        lm_dbread_raw_text(r, d->form->columns[LM_TTDB_SENDER], sender);
    if (other_end(ev->thread.native, sender, &other)) {
        to = lm_user_names_account(&d->names, other);
        ev->to = &to;
        ev->n_to = 1;
        ev->thread.kind = LM_THREAD_DIRECT;
    } else {
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    }
    if (lm_dbread_int(t, LM_TTDB_DELETED) != 0)
        ev->flags |= LM_EVENT_DELETED;
    if (sender.n == 0)
        lm_dbread_doubt(r, "the row names no sender");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

static lm_err person(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const enum lm_identifier_type types[3] = { LM_IDENTIFIER_ACCOUNT_ID, LM_IDENTIFIER_HANDLE, LM_IDENTIFIER_NAME };
    struct ttdb *d = user;
    struct lm_str text[3];
    struct lm_fact f[4];
    size_t n = 1;
    (void)rowid;
    for (size_t i = 0; i < 3; i++) {
        lm_err e = lm_dbread_text(r, r->ctx->record, t, i, &text[i]);
        if (e != LM_OK)
            return e;
    }
    struct lm_account_ref who = { .platform = LM_PLATFORM_TIKTOK, .form = LM_ACCOUNT_NATIVE, .native = text[1].n != 0 ? text[1] : text[0], .display = text[2] };
    if (who.native.n == 0)
        lm_dbread_reject(r, "the row has neither user name nor id");
    f[0] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                             .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_TIKTOK, .duration_s = -1, .from = d->names.owner, .to = &who, .n_to = 1,
                                        .detail = LM_STR("user") } };
    for (size_t i = 0; i < 3; i++)
        if (text[i].n != 0)
            f[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = { .account = who, .type = types[i], .value = text[i], .basis = LM_STR("contact_list") } };
    lm_dbread_raw(r, t, false);
    f[0].event.raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, f, n);
}

static lm_err walk(struct ttdb *d, const char *table, const char *const columns[], size_t n, lm_dbread_row one, bool *any)
{
    struct lm_evdb_table *t = NULL;
    if (!lm_evdb_has_table(d->r.db, table))
        return LM_OK;
    *any = true;
    lm_err e = lm_dbread_table(&d->r, table, columns, n, &t);
    return e == LM_OK ? lm_dbread_records(&d->r, t, 0, one, d) : e;
}

lm_err lm_ttdb_read(struct lm_read *ctx, struct lm_sink *sink, const struct lm_ttdb_form *form, struct lm_str owner)
{
    struct ttdb d = { .form = form, .owner = owner };
    const char *columns[LM_TTDB_N];
    bool any = false;
    for (size_t i = 0; i < LM_TTDB_N; i++)
        columns[i] = form->columns[i] != NULL ? form->columns[i] : "-";
    lm_user_names_init(&d.names, ctx->file, LM_PLATFORM_TIKTOK);
    lm_err e = lm_dbread_open(&d.r, ctx, sink);
    if (e == LM_OK)
        e = read_names(&d.r, &d);
    for (size_t i = 0; e == LM_OK && d.names.n == 0 && i < 3 && form->beside[i] != NULL; i++)
        e = lm_dbread_beside(&d.r, form->beside[i], read_names, &d);
    if (e == LM_OK && owner.n != 0)
        d.names.owner = lm_user_names_account(&d.names, owner);
    if (e == LM_OK)
        e = walk(&d, form->messages, columns, LM_TTDB_N, message, &any);
    for (size_t i = 0; e == LM_OK && i < 6 && form->users[i] != NULL; i++)
        e = walk(&d, form->users[i], form->user_columns, 3, person, &any);
    if (e == LM_OK && !any)
        e = lm_fail(ctx->error, LM_EINPUT, "neither a table of messages nor one of users of TikTok is in it");
    return lm_dbread_finish(&d.r, e);
}
