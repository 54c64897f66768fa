#include "store/import.h"

/* --- records --- */

/* Where a record stands, as stored: what has no locator stands at its place in the source (and has one already when it is
 * read back). */
static struct lm_locator place_of(const struct lm_import *im, struct lm_import_source *s, const struct lm_locator *l)
{
    struct lm_locator r = *l;
    if (l->kind == LM_LOCATOR_NONE && !im->inside)
        r = (struct lm_locator){ .kind = LM_LOCATOR_NONE, .a = (uint64_t)++s->unnamed };
    return r;
}

static void locator_values(struct lm_value v[5], int64_t source, const struct lm_locator *l)
{
    v[0] = lm_value_i64(source);
    v[1] = lm_value_i64((int64_t)l->kind);
    v[2] = lm_value_i64((int64_t)l->a);
    v[3] = lm_value_i64((int64_t)l->b);
    v[4] = lm_value_str(l->name);
}

/* The kept record at this place of these bytes; 0: none. */
static lm_err known_record(struct lm_import *im, struct lm_import_source *s, const struct lm_locator *l,
                           int64_t *ret, struct lm_error *e)
{
    size_t n = s->n_earlier + (l->a <= s->highest && s->counts.seen != 0); /* its own rows come last */
    s->highest = l->a > s->highest ? l->a : s->highest;
    *ret = 0;
    if (n != 0 && im->at_place == NULL) {
        lm_err err = lm_db_prepare(im->st, "SELECT id FROM record WHERE source = ? AND a = ? AND kind = ? AND name = ?",
                                   &im->at_place, e);
        if (err != LM_OK)
            return err;
    }
    lm_err err = LM_OK;
    for (size_t i = 0; i < n && *ret == 0 && err == LM_OK; i++) {
        bool row = false;
        (void)sqlite3_bind_int64(im->at_place, 1, i < s->n_earlier ? s->earlier[i] : s->id);
        (void)sqlite3_bind_int64(im->at_place, 2, (int64_t)l->a);
        (void)sqlite3_bind_int(im->at_place, 3, (int)l->kind);
        lm_db_bind_str(im->at_place, 4, l->name);
        err = lm_db_step(im->st, im->at_place, &row, e);
        if (err == LM_OK && row)
            *ret = sqlite3_column_int64(im->at_place, 0);
        (void)sqlite3_reset(im->at_place);
    }
    return err;
}

static lm_err put_duplicate(struct lm_import *im, struct lm_import_source *s, const struct lm_locator *l, int rule,
                            int64_t record, struct lm_error *e)
{
    struct lm_value v[7];
    locator_values(v, s->id, l);
    v[5] = lm_value_i64(rule);
    v[6] = lm_value_i64(record);
    lm_err err = lm_rows_put(&im->rows, LM_PART_DUPLICATE, 0, v, 7, NULL, e);
    if (err == LM_OK) {
        s->counts.seen++;
        s->counts.duplicate++;
    }
    return err;
}

static lm_err put_record(struct lm_import *im, struct lm_import_source *s, const struct lm_locator *l,
                         int64_t *ret_id, struct lm_error *e)
{
    struct lm_value v[5];
    locator_values(v, s->id, l);
    lm_err err = lm_rows_put(&im->rows, LM_PART_RECORD, 0, v, 5, ret_id, e);
    if (err == LM_OK) {
        s->counts.seen++;
        s->counts.kept++;
    }
    return err;
}

/* --- the same event again, by the platform's own id --- */

/* Part of the format of the file: event.native_key. A hint only, the fields are compared. FNV-1a, 64 bit, folded. */
static int64_t native_key(const struct lm_event *ev)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < ev->native_id.n; i++)
        h = (h ^ (unsigned char)ev->native_id.p[i]) * UINT64_C(0x100000001b3);
    return (int64_t)((h ^ h >> 32) & 0xffffffff);
}

static lm_err prepare_same(struct lm_import *im, struct lm_error *e)
{
    if (im->same_event != NULL)
        return LM_OK;
    lm_err err = lm_db_prepare(im->st, "SELECT dst FROM leg WHERE event = ? ORDER BY ord", &im->legs_of, e);
    if (err != LM_OK)
        return err;
    return lm_db_prepare(im->st, "SELECT e.id, e.record, e.n_to, ifnull(t.kind, 0), ifnull(t.native, '') FROM event e"
                                 " JOIN source s ON s.id = e.source JOIN authority a ON a.id = s.authority"
                                 " LEFT JOIN thread t ON t.id = e.thread"
                                 " WHERE e.at_us IS ?1 AND e.native_key = ?2 AND e.native = ?3 AND e.kind = ?4"
                                 " AND e.platform = ?5 AND e.quality = ?6 AND e.frm IS ?7 AND a.investigation = ?8"
                                 " AND a.revoked_us IS NULL ORDER BY e.id", &im->same_event, e);
}

/* Whether the legs of a stored event lead to the same accounts, in any order. */
static lm_err same_legs(struct lm_import *im, int64_t event, const int64_t *to, size_t n_to, bool *ret,
                        struct lm_error *e)
{
    bool row = true, same = true;
    size_t n = 0;
    lm_err err = LM_OK;
    (void)sqlite3_bind_int64(im->legs_of, 1, event);
    while (same && (err = lm_db_step(im->st, im->legs_of, &row, e)) == LM_OK && row) {
        int64_t dst = sqlite3_column_int64(im->legs_of, 0);
        if (dst == 0)
            continue;
        size_t k = 0;
        while (k < n_to && to[k] != dst)
            k++;
        same = k < n_to;
        n++;
    }
    (void)sqlite3_reset(im->legs_of);
    *ret = same && n == n_to;
    return err;
}

/* A kept event with the same message id, leg and time, and its record; 0: none. Between two accounts the leg is both
 * of them; in a group it is the sender and the group, whose members as known may differ from file to file. */
static lm_err same_event(struct lm_import *im, const struct lm_event *ev, int64_t from, const int64_t *to, size_t n_to,
                         int64_t *ret_record, int64_t *ret_event, struct lm_error *e)
{
    *ret_record = *ret_event = 0;
    lm_err err = ev->native_id.n != 0 ? prepare_same(im, e) : LM_OK;
    if (err != LM_OK || ev->native_id.n == 0)
        return err;
    sqlite3_stmt *q = im->same_event;
    (void)sqlite3_clear_bindings(q);
    if (ev->at.quality != LM_TIME_NONE)
        (void)sqlite3_bind_int64(q, 1, ev->at.us);
    (void)sqlite3_bind_int64(q, 2, native_key(ev));
    lm_db_bind_str(q, 3, ev->native_id);
    (void)sqlite3_bind_int(q, 4, (int)ev->kind);
    (void)sqlite3_bind_int(q, 5, (int)ev->platform);
    (void)sqlite3_bind_int(q, 6, (int)ev->at.quality);
    if (from != 0)
        (void)sqlite3_bind_int64(q, 7, from);
    (void)sqlite3_bind_int64(q, 8, im->investigation);
    bool row = true, same = false, direct = ev->thread.kind == LM_THREAD_DIRECT;
    while (!same && (err = lm_db_step(im->st, q, &row, e)) == LM_OK && row) {
        struct lm_str thread = ev->thread.native.n != 0 ? ev->thread.native : ev->thread.title;
        if (direct)
            err = same_legs(im, sqlite3_column_int64(q, 0), to, n_to, &same, e);
        else
            same = sqlite3_column_int(q, 3) != LM_THREAD_DIRECT && lm_str_eq(lm_db_str(q, 4), thread);
        if (err != LM_OK)
            break;
        if (same) {
            *ret_event = sqlite3_column_int64(q, 0);
            *ret_record = sqlite3_column_int64(q, 1);
        }
    }
    (void)sqlite3_reset(q);
    return err;
}

/* --- events --- */

struct ends { /* the accounts and the thread of an event */
    int64_t thread, from;
    const int64_t *to;
    size_t n_to;
};

static lm_err find_ends(struct lm_import *im, const struct lm_place *at, const struct lm_event *ev, struct ends *ret,
                        struct lm_error *e)
{
    struct lm_str native = ev->thread.native.n != 0 ? ev->thread.native : ev->thread.title;
    struct ends x = { 0 };
    lm_err err = lm_intern_thread(&im->intern, at, ev->platform, &ev->thread, &x.thread, e);
    if (err == LM_OK)
        err = lm_intern_account(&im->intern, at, &ev->from, x.thread, native, &x.from, e);
    lm_buf_clear(&im->ids);
    for (size_t i = 0; i < ev->n_to && err == LM_OK; i++) {
        int64_t id = 0;
        err = lm_intern_account(&im->intern, at, &ev->to[i], x.thread, native, &id, e);
        if (err == LM_OK && id != 0)
            lm_buf_put(&im->ids, (struct lm_str){ (const char *)&id, sizeof id });
    }
    if (err == LM_OK && im->ids.failed)
        err = lm_fail(e, LM_ELIMIT, "one event has more recipients than can be kept");
    if (err != LM_OK)
        return err;
    x.to = (const int64_t *)(const void *)im->ids.p; /* from realloc: aligned */
    x.n_to = im->ids.n / sizeof(int64_t);
    *ret = x;
    return LM_OK;
}

static struct lm_value real(double v)
{
    /* + 0.0: the store has no negative zero; NaN would come back as NULL */
    return (struct lm_value){ .type = v != v ? LM_VALUE_NULL : LM_VALUE_REAL, .r = v + 0.0 };
}

static lm_err put_event_row(struct lm_import *im, const struct lm_place *at, size_t n_records,
                            const struct lm_event *ev, const struct ends *x, int64_t *ret_id, struct lm_error *e)
{
    const struct lm_value none = { .type = LM_VALUE_NULL };
    bool dated = ev->at.quality != LM_TIME_NONE, named = ev->native_id.n != 0;
    struct lm_str currency = { ev->amount.currency, strnlen(ev->amount.currency, sizeof ev->amount.currency) };
    struct lm_value v[] = {
        lm_value_i64(at->source),
        lm_value_i64(at->record),
        lm_value_i64((int64_t)n_records),
        lm_value_i64((int64_t)ev->kind),
        lm_value_i64((int64_t)ev->platform),
        lm_value_i64((int64_t)ev->flags),
        dated ? lm_value_i64(ev->at.us) : none,
        ev->at.quality == LM_TIME_ZONE ? lm_value_i64(ev->at.offset_s) : none,
        lm_value_i64((int64_t)ev->at.quality),
        lm_value_unless(x->thread, 0),
        lm_value_unless(x->from, 0),
        lm_value_i64((int64_t)x->n_to),
        lm_value_str_null(ev->native_id),
        named ? lm_value_i64(native_key(ev)) : none,
        lm_value_str_null(ev->detail),
        lm_value_unless(ev->duration_s, -1),
        ev->has_amount ? lm_value_i64(ev->amount.minor) : none,
        ev->has_amount ? lm_value_str(currency) : none,
        ev->has_amount ? lm_value_i64(ev->amount.exponent) : none,
        lm_value_str_null(ev->reply_to),
        ev->has_place ? real(ev->latitude) : none,
        ev->has_place ? real(ev->longitude) : none,
    };
    return lm_rows_put(&im->rows, LM_PART_EVENT, 0, v, sizeof v / sizeof v[0], ret_id, e);
}

static lm_err put_legs(struct lm_import *im, const struct lm_place *at, int64_t event, const struct lm_event *ev,
                       const struct ends *x, struct lm_error *e)
{
    lm_err err = LM_OK;
    struct lm_value v[4] = { { .type = LM_VALUE_NULL }, lm_value_unless(x->from, 0), { .type = LM_VALUE_NULL },
                             ev->at.quality != LM_TIME_NONE ? lm_value_i64(ev->at.us)
                                                            : (struct lm_value){ .type = LM_VALUE_NULL } };
    if (x->thread != 0 && x->from != 0)
        err = lm_intern_member(&im->intern, at, x->thread, x->from, e);
    if (x->n_to == 0 && x->from != 0 && err == LM_OK) {
        v[0] = lm_value_i64(0);
        err = lm_rows_put(&im->rows, LM_PART_LEG, event, v, 4, NULL, e);
    }
    for (size_t i = 0; i < x->n_to && err == LM_OK; i++) {
        v[0] = lm_value_i64((int64_t)i);
        v[2] = lm_value_i64(x->to[i]);
        err = lm_rows_put(&im->rows, LM_PART_LEG, event, v, 4, NULL, e);
        if (err == LM_OK && x->thread != 0)
            err = lm_intern_member(&im->intern, at, x->thread, x->to[i], e);
    }
    return err;
}

static lm_err put_text(struct lm_import *im, int64_t event, const struct lm_event *ev, struct lm_error *e)
{
    if (ev->text.n == 0 && ev->raw.n == 0)
        return LM_OK;
    struct lm_value v[] = { lm_value_str(ev->text), lm_value_str_null(ev->raw) };
    lm_err err = lm_rows_put(&im->rows, LM_PART_MSG, event, v, 2, NULL, e);
    if (err != LM_OK || ev->text.n == 0)
        return err;
    if (im->fts == NULL
        && (err = lm_db_prepare(im->st, "INSERT INTO msg_fts(rowid, text) VALUES(?, ?)", &im->fts, e)) != LM_OK)
        return err;
    (void)sqlite3_bind_int64(im->fts, 1, event);
    lm_db_bind_str(im->fts, 2, ev->text);
    return lm_db_run(im->st, im->fts, e);
}

static lm_err put_extras(struct lm_import *im, const struct lm_place *at, int64_t event, const struct lm_event *ev,
                         int64_t thread, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < ev->n_attachments && err == LM_OK; i++) {
        const struct lm_attachment *a = &ev->attachments[i];
        struct lm_value v[] = { lm_value_i64(event), lm_value_str_null(a->name), lm_value_str_null(a->type),
                                lm_value_unless(a->bytes, -1), lm_value_str_null(a->note) };
        err = lm_rows_put(&im->rows, LM_PART_ATTACHMENT, 0, v, 5, NULL, e);
    }
    struct lm_str native = ev->thread.native.n != 0 ? ev->thread.native : ev->thread.title;
    for (size_t i = 0; i < ev->n_reactions && err == LM_OK; i++) {
        int64_t by = 0;
        err = lm_intern_account(&im->intern, at, &ev->reactions[i].by, thread, native, &by, e);
        struct lm_value v[] = { lm_value_i64(event), lm_value_unless(by, 0), lm_value_str(ev->reactions[i].what) };
        if (err == LM_OK)
            err = lm_rows_put(&im->rows, LM_PART_REACTION, 0, v, 3, NULL, e);
    }
    for (size_t i = 0; i < ev->n_edits && err == LM_OK; i++) {
        const struct lm_when *w = &ev->edits[i].at;
        struct lm_value v[] = { lm_value_i64(event),
                                w->quality != LM_TIME_NONE ? lm_value_i64(w->us)
                                                           : (struct lm_value){ .type = LM_VALUE_NULL },
                                w->quality == LM_TIME_ZONE ? lm_value_i64(w->offset_s)
                                                           : (struct lm_value){ .type = LM_VALUE_NULL },
                                lm_value_i64((int64_t)w->quality), lm_value_str(ev->edits[i].text) };
        err = lm_rows_put(&im->rows, LM_PART_EDIT, 0, v, 5, NULL, e);
    }
    return err;
}

static lm_err put_event(struct lm_import *im, const struct lm_place *at, size_t n_records, const struct lm_event *ev,
                        const struct ends *x, struct lm_error *e)
{
    int64_t id = 0;
    lm_err err = put_event_row(im, at, n_records, ev, x, &id, e);
    if (err == LM_OK)
        im->last_event = id;
    if (err == LM_OK)
        err = put_legs(im, at, id, ev, x, e);
    if (err == LM_OK)
        err = put_text(im, id, ev, e);
    if (err == LM_OK)
        err = lm_contacts_add(&im->contacts, at->source, ev, n_records,
                              &(struct lm_contact_ends){ x->from, x->to, x->n_to, x->thread != 0 }, e);
    /* last: it uses im->intern, never im->ids */
    return err != LM_OK ? err : put_extras(im, at, id, ev, x->thread, e);
}

/* --- the other facts --- */

static lm_err put_identifier(struct lm_import *im, const struct lm_place *at, const struct lm_identifier_fact *f,
                             struct lm_error *e)
{
    int64_t account = 0;
    lm_err err = lm_intern_account(&im->intern, at, &f->account, 0, (struct lm_str){ NULL, 0 }, &account, e);
    if (err == LM_OK && (account == 0 || f->value.n == 0))
        return lm_fail(e, LM_EINTERNAL, "an identifier fact names no account or no identifier");
    return err != LM_OK ? err
                        : lm_intern_link(&im->intern, at, account, f->type, f->value, f->basis, &f->at, at->record, e);
}

static void quantity_values(struct lm_value v[5], const struct lm_quantity *q)
{
    const struct lm_value none = { .type = LM_VALUE_NULL };
    bool there = q->dimension != LM_DIMENSION_NONE;
    v[0] = lm_value_i64((int64_t)q->dimension);
    v[1] = there ? lm_value_i64(q->value) : none;
    v[2] = there ? lm_value_i64((int64_t)q->unit) : none;
    v[3] = there ? lm_value_i64((int64_t)q->qualifier) : none;
    v[4] = there ? lm_value_str(q->original) : none;
}

static lm_err put_op_row(struct lm_import *im, const struct lm_place *at, size_t n_records, const struct lm_op_row *r,
                         struct lm_error *e)
{
    const struct lm_str words[] = { r->id,   r->investigation, r->operation, r->agency, r->division,
                                    r->city, r->state };
    struct lm_value v[35];
    size_t n = 0;
    v[n++] = lm_value_i64(at->source);
    v[n++] = lm_value_i64(at->record);
    v[n++] = lm_value_i64((int64_t)n_records);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        v[n++] = lm_value_str_null(words[i]);
    v[n++] = lm_value_unless(r->day, LM_DAY_NONE);
    v[n++] = lm_value_str_null(r->drug);
    v[n++] = lm_value_str_null(r->form);
    v[n++] = lm_value_str_null(r->kind);
    quantity_values(v + n, &r->amount);
    quantity_values(v + n + 5, &r->net);
    n += 10;
    v[n++] = lm_value_unless(r->purity_ppm, -1);
    v[n++] = lm_value_unless(r->ug_per_pill, -1);
    v[n++] = lm_value_str_null(r->seizure);
    v[n++] = lm_value_str_null(r->profile);
    v[n++] = lm_value_str_null(r->exhibit_number);
    v[n++] = lm_value_str_null(r->cartel);
    v[n++] = lm_value_i64(r->platforms);
    v[n++] = lm_value_unless(r->social_media, -1);
    v[n++] = lm_value_unless(r->encrypted, -1);
    v[n++] = lm_value_i64(r->fatal);
    v[n++] = lm_value_str_null(r->note);
    return lm_rows_put(&im->rows, (enum lm_part)(LM_PART_OP + (int)r->table), 0, v, n, NULL, e);
}

/* --- entries --- */

/* The caller holds such entries; whoever forgets is stopped here. */
static lm_err within_reach(const struct lm_import *im, const struct lm_entry *entry, struct lm_error *e)
{
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_event *ev = &entry->facts[i].event;
        if (entry->facts[i].kind != LM_FACT_EVENT)
            continue;
        bool content = ev->text.n != 0 || (ev->raw.n != 0 && (ev->flags & LM_EVENT_TRAFFIC) == 0) || ev->n_edits != 0 || ev->n_attachments != 0
                       || ev->n_reactions != 0;
        if (content && !im->content)
            return lm_fail(e, LM_EDENIED, "the authority does not reach content, and nothing of the kind is kept");
    }
    return LM_OK;
}

/* ends: those of the only fact when it is an event that was looked up already, else NULL. */
static lm_err put_facts(struct lm_import *im, struct lm_place *at, const struct lm_entry *entry,
                        const struct ends *ends, uint64_t *ret_facts, struct lm_error *e)
{
    lm_err err = LM_OK;
    uint64_t facts = 0;
    for (size_t i = 0; i < entry->n_facts && err == LM_OK; i++) {
        const struct lm_fact *f = &entry->facts[i];
        struct ends x;
        int64_t twin = 0, event;
        switch (f->kind) {
        case LM_FACT_EVENT:
            if (ends != NULL)
                x = *ends;
            else
                err = find_ends(im, at, &f->event, &x, e);
            if (err == LM_OK && entry->n_facts > 1) /* a single event was compared before */
                err = same_event(im, &f->event, x.from, x.to, x.n_to, &twin, &event, e);
            if (err == LM_OK && twin == 0) {
                err = put_event(im, at, entry->n_records, &f->event, &x, e);
                facts++;
            }
            break;
        case LM_FACT_IDENTIFIER:
            err = put_identifier(im, at, &f->identifier, e);
            facts++;
            break;
        case LM_FACT_OP_ROW:
            err = put_op_row(im, at, entry->n_records, &f->op_row, e);
            facts++;
            break;
        }
    }
    *ret_facts = facts;
    return err;
}

/* The kept record that makes the whole entry a duplicate by message id, and its event; 0: none. ret_ends: of the last
 * event. */
static lm_err twin_of(struct lm_import *im, const struct lm_place *at, const struct lm_entry *entry, int64_t *ret,
                      int64_t *ret_event, struct ends *ret_ends, bool *ret_found, struct lm_error *e)
{
    int64_t twin = 0;
    *ret = 0;
    *ret_found = false;
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_fact *f = &entry->facts[i];
        if (f->kind != LM_FACT_EVENT || f->event.native_id.n == 0)
            return LM_OK;
        lm_err err = find_ends(im, at, &f->event, ret_ends, e);
        *ret_found = err == LM_OK;
        if (err == LM_OK)
            err = same_event(im, &f->event, ret_ends->from, ret_ends->to, ret_ends->n_to, &twin, ret_event, e);
        if (err != LM_OK || twin == 0)
            return err;
    }
    *ret = twin;
    return LM_OK;
}

static lm_err all_duplicate(struct lm_import *im, struct lm_import_source *s, const struct lm_entry *entry,
                            const struct lm_locator *first, int rule, int64_t record, struct lm_error *e)
{
    lm_err err = put_duplicate(im, s, first, rule, record, e);
    for (size_t i = 1; i < entry->n_records && err == LM_OK; i++) {
        struct lm_locator l = place_of(im, s, &entry->records[i]);
        err = put_duplicate(im, s, &l, rule, record, e);
    }
    return err;
}

/* A duplicate by message id that says something else: a person should look, and where the kept record is hidden later
 * (rehome.c) this one does not stand for it. */
static lm_err compare_twin(struct lm_import *im, struct lm_import_source *s, const struct lm_entry *entry,
                           const struct lm_locator *first, int64_t event, struct lm_error *e)
{
    bool agrees = false;
    struct lm_value v[8];
    lm_err err = entry->n_facts == 1 ? lm_import_twin_agrees(im, event, &entry->facts[0].event, &agrees, e) : LM_OK;
    if (err != LM_OK || agrees)
        return err;
    locator_values(v, s->id, first);
    v[5] = lm_value_i64(LM_PROBLEM_DOUBTED);
    v[6] = lm_value_i64(0);
    v[7] = lm_value_str(LM_STR(LM_IMPORT_DIFFERS));
    err = lm_rows_put(&im->rows, LM_PART_PROBLEM, 0, v, 8, NULL, e);
    s->counts.problems += err == LM_OK;
    im->differed = err == LM_OK;
    return err;
}

static lm_err keep(struct lm_import *im, struct lm_import_source *s, const struct lm_entry *entry,
                   const struct lm_locator *first, struct lm_place *at, const struct ends *ends, struct lm_error *e)
{
    uint64_t facts = 0;
    struct lm_entry kept = *entry;
    lm_err err = put_record(im, s, first, &at->record, e);
    kept.n_records = 1;
    for (size_t i = 1; i < entry->n_records && err == LM_OK; i++) {
        struct lm_locator l = place_of(im, s, &entry->records[i]);
        int64_t known = 0;
        err = known_record(im, s, &l, &known, e);
        if (err == LM_OK && known != 0) {
            err = put_duplicate(im, s, &l, LM_RULE_PLACE, known, e);
        } else if (err == LM_OK) {
            err = put_record(im, s, &l, &known, e);
            kept.n_records++;
        }
    }
    if (err == LM_OK)
        err = put_facts(im, at, &kept, kept.n_facts == 1 ? ends : NULL, &facts, e);
    s->counts.facts += facts;
    return err;
}

static lm_err entry_in(struct lm_import *im, struct lm_import_source *s, const struct lm_entry *entry,
                       enum lm_outcome *ret, struct lm_error *e)
{
    struct lm_locator first = place_of(im, s, &entry->records[0]);
    struct lm_place at = { s->id, s->exhibit->id, 0, s->exhibit->name, s->exhibit->owner_platform,
                           s->exhibit->owner, s->exhibit->owner_name };
    int64_t record = 0, event = 0;
    struct ends ends;
    bool found = false;
    *ret = LM_OUTCOME_DUPLICATE;
    im->differed = false;
    lm_err err = known_record(im, s, &first, &record, e);
    if (err == LM_OK && record != 0)
        return all_duplicate(im, s, entry, &first, LM_RULE_PLACE, record, e);
    if (err == LM_OK)
        err = twin_of(im, &at, entry, &record, &event, &ends, &found, e);
    if (err == LM_OK && record != 0) {
        err = compare_twin(im, s, entry, &first, event, e);
        return err != LM_OK ? err : all_duplicate(im, s, entry, &first, LM_RULE_NATIVE, record, e);
    }
    *ret = LM_OUTCOME_KEPT;
    return err != LM_OK ? err : keep(im, s, entry, &first, &at, found ? &ends : NULL, e);
}

lm_err lm_import_entry(struct lm_import *im, int64_t source, const struct lm_entry *entry, enum lm_outcome *ret,
                       struct lm_error *e)
{
    struct lm_import_source *s = NULL;
    enum lm_outcome outcome;
    lm_err err = lm_import_find_source(im, source, &s, e);
    if (err == LM_OK && (entry->n_records == 0 || entry->n_facts == 0))
        err = lm_fail(e, LM_EINTERNAL, "an entry without records or facts");
    if (err == LM_OK)
        err = within_reach(im, entry, e);
    if (err == LM_OK)
        err = lm_import_writing(im, e);
    if (err != LM_OK)
        return err;
    err = lm_import_checked(im, entry_in(im, s, entry, &outcome, e));
    if (err == LM_OK)
        err = lm_import_maybe_commit(im, e);
    if (err == LM_OK)
        *ret = outcome;
    return err;
}

bool lm_import_entry_differed(const struct lm_import *im)
{
    return im->differed;
}

lm_err lm_import_held(struct lm_import *im, int64_t source, const struct lm_entry *entry, struct lm_str reason,
                      struct lm_error *e)
{
    struct lm_import_source *s = NULL;
    lm_err err = lm_import_find_source(im, source, &s, e);
    if (err == LM_OK)
        err = lm_import_writing(im, e);
    if (err != LM_OK)
        return err;
    for (size_t i = 0; i < entry->n_records && err == LM_OK; i++) {
        struct lm_value v[6];
        struct lm_locator l = place_of(im, s, &entry->records[i]);
        locator_values(v, s->id, &l);
        v[5] = lm_value_str(reason);
        err = lm_rows_put(&im->rows, LM_PART_HELD, 0, v, 6, NULL, e);
        s->counts.seen += err == LM_OK;
        s->counts.held += err == LM_OK;
    }
    return err != LM_OK ? lm_import_checked(im, err) : lm_import_maybe_commit(im, e);
}

lm_err lm_import_problem(struct lm_import *im, int64_t source, const struct lm_problem *p, struct lm_error *e)
{
    struct lm_import_source *s = NULL;
    struct lm_value v[8];
    uint64_t records = p->kind == LM_PROBLEM_REJECTED ? p->records : 0;
    lm_err err = lm_import_find_source(im, source, &s, e);
    if (err == LM_OK && (records > INT64_MAX / 2 || s->counts.seen > INT64_MAX / 2))
        err = lm_fail(e, LM_ELIMIT, "a problem names more records than can be counted");
    if (err == LM_OK)
        err = lm_import_writing(im, e);
    if (err != LM_OK)
        return err;
    locator_values(v, s->id, &p->at);
    v[5] = lm_value_i64((int64_t)p->kind);
    v[6] = lm_value_i64((int64_t)records);
    v[7] = lm_value_str(p->reason);
    err = lm_rows_put(&im->rows, LM_PART_PROBLEM, 0, v, 8, NULL, e);
    if (err != LM_OK)
        return lm_import_checked(im, err);
    s->counts.seen += records;
    s->counts.rejected += records;
    s->counts.problems++;
    return lm_import_maybe_commit(im, e);
}
