#include "golden/fact_json.h"

#include "formats/json_out.h"

static void text(struct lm_json_out *o, const char *key, struct lm_str s)
{
    if (s.n != 0)
        lm_json_kv_str(o, key, s);
}

static void number(struct lm_json_out *o, const char *key, int64_t v, int64_t absent)
{
    if (v != absent)
        lm_json_kv_i64(o, key, v);
}

static void moment(struct lm_json_out *o, const char *key, const struct lm_when *w)
{
    char iso[LM_WHEN_TEXT];
    if (w->quality == LM_TIME_NONE)
        return;
    lm_json_kv_z(o, key, lm_when_format(w, iso));
    if (w->quality == LM_TIME_LOCAL)
        lm_json_kv_z(o, "quality", "local");
}

static void account_value(struct lm_json_out *o, const struct lm_account_ref *a)
{
    static const char *const forms[] = { "none", "native", "name", "owner" };
    lm_json_object(o);
    lm_json_kv_z(o, "form", (size_t)a->form < 4 ? forms[a->form] : "?");
    lm_json_kv_z(o, "platform", lm_platform_word(a->platform));
    text(o, "native", a->native);
    text(o, "display", a->display);
    lm_json_object_end(o);
}

static void flags(struct lm_json_out *o, unsigned bits)
{
    if (bits == 0)
        return;
    lm_json_key(o, "flags");
    lm_json_array(o);
    for (unsigned i = 0; bits >> i != 0; i++)
        if ((bits >> i & 1) != 0)
            lm_json_z(o, lm_event_flag_word((enum lm_event_flag)i));
    lm_json_array_end(o);
}

static void event_lists(struct lm_json_out *o, const struct lm_event *e)
{
    if (e->n_attachments != 0) {
        lm_json_key(o, "attachments");
        lm_json_array(o);
        for (size_t i = 0; i < e->n_attachments; i++) {
            lm_json_object(o);
            text(o, "name", e->attachments[i].name);
            text(o, "type", e->attachments[i].type);
            number(o, "bytes", e->attachments[i].bytes, -1);
            text(o, "note", e->attachments[i].note);
            lm_json_object_end(o);
        }
        lm_json_array_end(o);
    }
    if (e->n_reactions != 0) {
        lm_json_key(o, "reactions");
        lm_json_array(o);
        for (size_t i = 0; i < e->n_reactions; i++) {
            lm_json_object(o);
            lm_json_key(o, "by");
            account_value(o, &e->reactions[i].by);
            text(o, "what", e->reactions[i].what);
            lm_json_object_end(o);
        }
        lm_json_array_end(o);
    }
    if (e->n_edits != 0) {
        lm_json_key(o, "edits");
        lm_json_array(o);
        for (size_t i = 0; i < e->n_edits; i++) {
            lm_json_object(o);
            moment(o, "at", &e->edits[i].at);
            text(o, "text", e->edits[i].text);
            lm_json_object_end(o);
        }
        lm_json_array_end(o);
    }
}

static void event(struct lm_json_out *o, const struct lm_event *e)
{
    lm_json_kv_z(o, "event", lm_event_kind_word(e->kind));
    lm_json_kv_z(o, "platform", lm_platform_word(e->platform));
    moment(o, "at", &e->at);
    flags(o, e->flags);
    text(o, "native_id", e->native_id);
    text(o, "detail", e->detail);
    text(o, "thread", e->thread.native);
    text(o, "thread_title", e->thread.title);
    if (e->thread.kind != LM_THREAD_UNKNOWN)
        lm_json_kv_z(o, "thread_kind", lm_thread_kind_word(e->thread.kind));
    if (e->from.form != LM_ACCOUNT_NONE) {
        lm_json_key(o, "from");
        account_value(o, &e->from);
    }
    if (e->n_to != 0) {
        lm_json_key(o, "to");
        lm_json_array(o);
        for (size_t i = 0; i < e->n_to; i++)
            account_value(o, &e->to[i]);
        lm_json_array_end(o);
    }
    text(o, "text", e->text);
    number(o, "duration_s", e->duration_s, -1);
    if (e->has_amount) {
        lm_json_kv_i64(o, "minor", e->amount.minor);
        lm_json_kv_z(o, "currency", e->amount.currency);
        lm_json_kv_i64(o, "exponent", e->amount.exponent);
    }
    text(o, "reply_to", e->reply_to);
    if (e->has_place) {
        lm_json_kv_double(o, "latitude", e->latitude);
        lm_json_kv_double(o, "longitude", e->longitude);
    }
    event_lists(o, e);
    text(o, "raw", e->raw);
}

static void quantity(struct lm_json_out *o, const char *key, const struct lm_quantity *q)
{
    if (q->dimension == LM_DIMENSION_NONE)
        return;
    lm_json_key(o, key);
    lm_json_object(o);
    lm_json_kv_i64(o, "value", q->value);
    lm_json_kv_z(o, "unit", lm_unit_word(q->unit));
    lm_json_kv_z(o, "qualifier", lm_qualifier_word(q->qualifier));
    text(o, "original", q->original);
    lm_json_object_end(o);
}

static void op_row(struct lm_json_out *o, const struct lm_op_row *r)
{
    char day[LM_WHEN_TEXT];
    lm_json_kv_z(o, "row", lm_op_table_word(r->table));
    text(o, "id", r->id);
    text(o, "investigation", r->investigation);
    text(o, "operation", r->operation);
    text(o, "agency", r->agency);
    text(o, "division", r->division);
    text(o, "city", r->city);
    text(o, "state", r->state);
    if (r->day != LM_DAY_NONE)
        lm_json_kv_z(o, "day", lm_day_format(r->day, day));
    text(o, "drug", r->drug);
    text(o, "form", r->form);
    text(o, "kind", r->kind);
    quantity(o, "amount", &r->amount);
    quantity(o, "net", &r->net);
    number(o, "purity_ppm", r->purity_ppm, -1);
    number(o, "ug_per_pill", r->ug_per_pill, -1);
    text(o, "seizure", r->seizure);
    text(o, "profile", r->profile);
    text(o, "exhibit_number", r->exhibit_number);
    text(o, "cartel", r->cartel);
    if (r->platforms != 0) {
        lm_json_key(o, "platforms");
        lm_json_array(o);
        for (unsigned i = 0; i < 32; i++)
            if ((r->platforms >> i & 1) != 0)
                lm_json_z(o, lm_platform_word((enum lm_platform)i));
        lm_json_array_end(o);
    }
    if (r->table == LM_OP_INVESTIGATION) {
        number(o, "social_media", r->social_media, -1);
        number(o, "encrypted", r->encrypted, -1);
    }
    if (r->fatal)
        lm_json_kv_bool(o, "fatal", true);
    text(o, "note", r->note);
}

void lm_entry_to_json(const struct lm_entry *entry, struct lm_buf *out)
{
    struct lm_json_out o;
    char where[LM_LOCATOR_TEXT];
    lm_json_out_init(&o, out);
    lm_json_object(&o);
    lm_json_key(&o, "records");
    lm_json_array(&o);
    for (size_t i = 0; i < entry->n_records; i++)
        lm_json_z(&o, lm_locator_format(&entry->records[i], where));
    lm_json_array_end(&o);
    lm_json_key(&o, "facts");
    lm_json_array(&o);
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_fact *f = &entry->facts[i];
        lm_json_object(&o);
        switch (f->kind) {
        case LM_FACT_EVENT:
            event(&o, &f->event);
            break;
        case LM_FACT_IDENTIFIER:
            lm_json_kv_z(&o, "identifier", lm_identifier_type_word(f->identifier.type));
            lm_json_key(&o, "account");
            account_value(&o, &f->identifier.account);
            text(&o, "value", f->identifier.value);
            text(&o, "basis", f->identifier.basis);
            moment(&o, "at", &f->identifier.at);
            break;
        case LM_FACT_OP_ROW:
            op_row(&o, &f->op_row);
            break;
        }
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_json_object_end(&o);
    lm_buf_putc(out, '\n');
}

void lm_problem_to_json(const struct lm_problem *problem, struct lm_buf *out)
{
    struct lm_json_out o;
    char where[LM_LOCATOR_TEXT];
    lm_json_out_init(&o, out);
    lm_json_object(&o);
    lm_json_kv_z(&o, "problem", lm_problem_kind_word(problem->kind));
    if (problem->records != 0)
        lm_json_kv_u64(&o, "records", problem->records);
    lm_json_kv_z(&o, "at", lm_locator_format(&problem->at, where));
    lm_json_kv_str(&o, "reason", problem->reason);
    lm_json_object_end(&o);
    lm_buf_putc(out, '\n');
}
