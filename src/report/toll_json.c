/* The contact pack as one JSON document: docs/json/toll.json. */
#include "formats/json_out.h"
#include "report/toll_parts.h"

static void way(struct lm_json_out *o, const char *key, const struct lm_toll_way *w)
{
    lm_json_key(o, key);
    lm_json_object(o);
    lm_json_kv_u64(o, "out", w->out);
    lm_json_kv_u64(o, "in", w->in);
    lm_json_kv_i64(o, "net", (int64_t)w->out - (int64_t)w->in);
    lm_json_object_end(o);
}

static void tally(struct lm_json_out *o, const struct lm_toll_tally *y)
{
    lm_json_kv_u64(o, "occurrences", y->calls.out + y->calls.in + y->messages.out + y->messages.in);
    lm_json_kv_u64(o, "records", y->records);
    way(o, "calls", &y->calls);
    way(o, "messages", &y->messages);
    way(o, "attempts", &y->attempts);
    way(o, "voicemails", &y->voicemails);
    way(o, "forwards", &y->forwards);
    lm_json_kv_u64(o, "apart_records", y->other_records);
    lm_json_kv_i64(o, "talk_s", y->talk_s);
    lm_json_kv_u64(o, "calls_without_duration", y->no_duration);
    lm_json_kv_when(o, "first", &y->first);
    lm_json_kv_when(o, "last", &y->last);
}

static void day(struct lm_json_out *o, const char *key, int32_t d)
{
    char text[LM_WHEN_TEXT];
    lm_json_kv_z(o, key, d != LM_DAY_NONE ? lm_day_format(d, text) : NULL);
}

/* --- records --- */

static void one_report(struct lm_json_out *o, const struct lm_toll_pack *p, const struct lm_toll_leg *l)
{
    uint32_t s = lm_toll_source_index(p, l->source);
    lm_json_object(o);
    lm_json_kv_i64(o, "event", l->event);
    lm_json_kv_when(o, "at", &l->at);
    lm_json_kv_text(o, "exhibit", s != UINT32_MAX ? p->sources[s].exhibit : LM_STR(""));
    lm_json_kv_text(o, "source", s != UINT32_MAX ? p->sources[s].path : LM_STR(""));
    lm_json_kv_text(o, "authority", s != UINT32_MAX ? p->sources[s].authority : LM_STR(""));
    lm_json_key(o, "locators");
    lm_json_array(o);
    for (uint32_t r = 0; r < l->n_records; r++)
        lm_json_str(o, lm_toll_locator_of(p, l->record + r));
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void events(struct lm_json_out *o, const struct lm_toll_pack *p, const struct lm_toll_number *t)
{
    lm_json_key(o, "events");
    if (!p->wish.records) {
        lm_json_null(o);
        return;
    }
    lm_json_array(o);
    for (size_t i = 0; i < t->n_events; i++) {
        const struct lm_toll_event *ev = &t->events[i];
        const struct lm_toll_contact *c = &t->contacts[ev->contact];
        lm_json_object(o);
        lm_json_kv_i64(o, "occurrence", ev->occurrence);
        lm_json_kv_when(o, "at", &ev->at);
        lm_json_kv_z(o, "kind", lm_event_kind_word((enum lm_event_kind)ev->kind));
        lm_json_kv_z(o, "outcome", lm_event_outcome_word((enum lm_event_outcome)ev->outcome));
        lm_json_kv_z(o, "direction", ev->out ? "out" : "in");
        lm_json_kv_text(o, "contact", c->is_protected ? LM_STR("") : c->label);
        lm_json_key(o, "duration_s");
        if (ev->duration_s >= 0)
            lm_json_i64(o, ev->duration_s);
        else
            lm_json_null(o);
        lm_json_kv_u64(o, "records", ev->records);
        lm_json_key(o, "reports");
        lm_json_array(o);
        for (uint32_t k = 0; k < ev->reports; k++)
            one_report(o, p, &t->legs[ev->first_leg + k]);
        lm_json_array_end(o);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

/* --- one number --- */

static void edge_of_window(struct lm_json_out *o, const char *key, int64_t us, bool known)
{
    struct lm_when w = { us, 0, known ? LM_TIME_UTC : LM_TIME_NONE };
    lm_json_kv_when(o, key, &w);
}

static void names(struct lm_json_out *o, const struct lm_toll_name *list, size_t n)
{
    lm_json_key(o, "attributions");
    lm_json_array(o);
    for (size_t i = 0; i < n; i++) {
        const struct lm_toll_name *x = &list[i];
        lm_json_object(o);
        lm_json_kv_i64(o, "attribution", x->id);
        lm_json_kv_text(o, "name", x->name);
        lm_json_kv_z(o, "standing", x->name.n != 0 ? "suspected" : "unassessed");
        lm_json_kv_z(o, "basis", lm_attribution_basis_word(x->basis));
        lm_json_kv_z(o, "link", lm_link_class_word(x->link));
        lm_json_kv_text(o, "scheme", x->scheme);
        lm_json_kv_text(o, "grade", x->grade);
        edge_of_window(o, "from", x->from_us, x->from_us != LM_WINDOW_OPEN_FROM);
        edge_of_window(o, "until", x->to_us, x->to_us != LM_WINDOW_OPEN_TO);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

static void contacts(struct lm_json_out *o, const struct lm_toll_pack *p, const struct lm_toll_number *t,
                     size_t top)
{
    size_t shown = 0;
    lm_json_key(o, "contacts");
    lm_json_array(o);
    for (size_t i = 0; i < t->n_contacts && (top == 0 || shown < top); i++) {
        const struct lm_toll_contact *c = &t->contacts[i];
        if (c->is_protected)
            continue;
        shown++;
        lm_json_object(o);
        lm_json_kv_str(o, "contact", c->label);
        lm_json_kv_bool(o, "country_known", c->has_country);
        lm_json_kv_text(o, "asked_for", c->target != 0 ? p->numbers[c->target - 1].label : LM_STR(""));
        names(o, c->names, c->n_names);
        lm_json_kv_z(o, "person_link", c->has_link ? lm_link_class_word(c->person_link) : NULL);
        tally(o, &c->tally);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_kv_u64(o, "contacts_listed", shown);
    lm_json_kv_u64(o, "contacts_total", t->n_contacts);
}

static void hours(struct lm_json_out *o, const struct lm_toll_number *t)
{
    lm_json_key(o, "hours");
    lm_json_object(o);
    lm_json_kv_u64(o, "counted", t->hours_total);
    lm_json_kv_u64(o, "zone_unknown", t->hours_unknown);
    lm_json_key(o, "monday_first");
    lm_json_array(o);
    for (size_t d = 0; d < 7; d++) {
        lm_json_array(o);
        for (size_t h = 0; h < 24; h++)
            lm_json_u64(o, t->hours[d][h]);
        lm_json_array_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void days(struct lm_json_out *o, const struct lm_toll_pack *p, const struct lm_toll_number *t)
{
    lm_json_key(o, "days");
    lm_json_object(o);
    lm_json_kv_bool(o, "own_records", t->has_own);
    for (enum lm_toll_day d = LM_DAY_ACTIVE; d <= LM_DAY_NO_DATA; d++)
        lm_json_kv_u64(o, lm_toll_day_word(d), t->day_count[d]);
    lm_json_key(o, "runs");
    lm_json_array(o);
    for (size_t i = 0; i < t->n_days; i++) {
        lm_json_object(o);
        day(o, "from", t->days[i].from);
        day(o, "to", t->days[i].to);
        lm_json_kv_z(o, "state", lm_toll_day_word(t->days[i].state));
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_key(o, "sources");
    lm_json_array(o);
    for (size_t i = 0; i < t->n_spans; i++) {
        const struct lm_toll_span *s = &t->spans[i];
        const struct lm_toll_source *source = &p->sources[s->source];
        lm_json_object(o);
        lm_json_kv_str(o, "source", source->path);
        lm_json_kv_str(o, "exhibit", source->exhibit);
        lm_json_kv_str(o, "exhibit_name", source->exhibit_name);
        lm_json_kv_str(o, "authority", source->authority);
        lm_json_kv_bool(o, "own", s->own);
        lm_json_kv_u64(o, "events", s->events);
        day(o, "first", s->first_day);
        day(o, "last", s->last_day);
        day(o, "authority_from", source->from_day);
        day(o, "authority_to", source->to_day);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void handsets(struct lm_json_out *o, const struct lm_toll_pack *p, const struct lm_toll_number *t)
{
    lm_json_key(o, "handsets");
    lm_json_object(o);
    lm_json_kv_u64(o, "imei_changes", t->changes_imei);
    lm_json_kv_u64(o, "imsi_changes", t->changes_imsi);
    lm_json_key(o, "list");
    lm_json_array(o);
    for (size_t i = 0; i < t->n_handsets; i++) {
        const struct lm_toll_handset *h = &t->handsets[i];
        lm_json_object(o);
        lm_json_kv_z(o, "kind", h->imsi ? "imsi" : "imei");
        lm_json_kv_str(o, "id", h->id);
        lm_json_kv_when(o, "first", &h->first);
        lm_json_kv_when(o, "last", &h->last);
        lm_json_kv_str(o, "exhibit", p->sources[h->source].exhibit);
        lm_json_kv_str(o, "source", p->sources[h->source].path);
        lm_json_kv_str(o, "locator", h->locator);
        lm_json_kv_u64(o, "other_numbers", h->also);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void sequences(struct lm_json_out *o, const struct lm_toll_pack *p, const struct lm_toll_number *t)
{
    const struct lm_sequences *s = &t->sequences;
    lm_json_key(o, "sequences");
    lm_json_object(o);
    lm_json_kv_u64(o, "events", t->n_sequence_events);
    lm_json_kv_u64(o, "within_minutes", p->wish.within_minutes);
    lm_json_kv_u64(o, "least", p->wish.least);
    lm_json_kv_u64(o, "runs", s->runs);
    lm_json_kv_u64(o, "seed", p->wish.seed);
    lm_json_kv_i64(o, "window_minutes", s->window_us / (60 * LM_SECOND_US));
    lm_json_kv_double(o, "share_limit", LM_SEQUENCE_SHARE);
    lm_json_kv_u64(o, "pairs", s->n);
    lm_json_kv_u64(o, "beyond_chance", s->n_listed);
    lm_json_kv_double(o, "listed_by_chance", s->by_chance);
    lm_json_key(o, "list");
    lm_json_array(o);
    for (size_t i = 0; i < s->n; i++) {
        const struct lm_sequence *q = &s->list[i];
        lm_json_object(o);
        lm_json_kv_str(o, "from", t->contacts[q->from].label);
        lm_json_kv_str(o, "to", t->contacts[q->to].label);
        lm_json_kv_u64(o, "seen", q->seen);
        lm_json_kv_double(o, "expected", q->expected);
        lm_json_kv_u64(o, "runs_as_high", q->as_high);
        lm_json_kv_double(o, "share", q->share);
        lm_json_kv_bool(o, "beyond_chance", q->listed);
        lm_json_kv_u64(o, "events_in", q->n_in);
        lm_json_kv_u64(o, "events_out", q->n_out);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void number(struct lm_json_out *o, const struct lm_toll_pack *p, const struct lm_toll_number *t,
                   size_t top)
{
    lm_json_object(o);
    lm_json_kv_str(o, "number", t->label);
    lm_json_kv_bool(o, "in_data", t->n_accounts != 0);
    names(o, t->names, t->n_names);
    tally(o, &t->tally);
    lm_json_key(o, "left_out");
    lm_json_object(o);
    lm_json_kv_u64(o, "no_other_end", t->nobody);
    lm_json_kv_u64(o, "several_recipients", t->group);
    lm_json_kv_u64(o, "outside_days", t->outside);
    lm_json_kv_u64(o, "undated", t->undated_left_out);
    lm_json_object_end(o);
    lm_json_key(o, "protected");
    lm_json_object(o);
    lm_json_kv_u64(o, "contacts", t->protected_contacts);
    lm_json_kv_u64(o, "occurrences", t->protected_occurrences);
    lm_json_object_end(o);
    contacts(o, p, t, top);
    hours(o, t);
    days(o, p, t);
    handsets(o, p, t);
    sequences(o, p, t);
    events(o, p, t);
    lm_json_object_end(o);
}

/* --- across numbers --- */

static void common(struct lm_json_out *o, const struct lm_toll_pack *p)
{
    lm_json_key(o, "common");
    lm_json_array(o);
    for (size_t i = 0; i < p->n_common; i++) {
        const struct lm_toll_common *c = &p->common[i];
        lm_json_object(o);
        lm_json_kv_str(o, "contact", c->label);
        lm_json_kv_u64(o, "numbers", c->n_targets);
        lm_json_kv_u64(o, "occurrences", c->total);
        lm_json_kv_u64(o, "others", c->others);
        lm_json_kv_bool(o, "others_or_more", c->others_capped);
        lm_json_kv_double(o, "weight", c->weight);
        lm_json_kv_double(o, "adamic_adar", c->adamic_adar);
        lm_json_key(o, "with");
        lm_json_array(o);
        for (size_t k = 0; k < p->n; k++) {
            if (c->occurrences[k] == 0)
                continue;
            lm_json_object(o);
            lm_json_kv_str(o, "number", p->numbers[k].label);
            lm_json_kv_u64(o, "occurrences", c->occurrences[k]);
            lm_json_object_end(o);
        }
        lm_json_array_end(o);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_key(o, "pairs");
    lm_json_array(o);
    for (size_t i = 0; i < p->n_pairs; i++) {
        const struct lm_toll_pair *x = &p->pairs[i];
        lm_json_object(o);
        lm_json_kv_str(o, "a", p->numbers[x->a].label);
        lm_json_kv_str(o, "b", p->numbers[x->b].label);
        lm_json_kv_u64(o, "shared", x->shared);
        lm_json_kv_double(o, "weight", x->weight);
        lm_json_kv_u64(o, "direct", x->direct);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

static void head(struct lm_json_out *o, const struct lm_toll_pack *p)
{
    lm_json_kv_str(o, "investigation", p->investigation.id);
    lm_json_kv_str(o, "title", p->investigation.title);
    lm_json_kv_when(o, "cutoff", &p->cutoff);
    lm_json_kv_str(o, "zone", p->utc ? LM_STR("UTC") : p->wish.zone);
    day(o, "from", p->wish.from_day);
    day(o, "to", p->wish.to_day);
    day(o, "covered_from", p->wish.covered_from);
    day(o, "covered_to", p->wish.covered_to);
    lm_json_kv_z(o, "basis", LM_TOLL_SENTENCE);
    lm_json_kv_u64(o, "held", p->held);
    lm_json_kv_u64(o, "rejected", p->rejected);
    lm_json_key(o, "authorities");
    lm_json_array(o);
    for (size_t i = 0; i < p->n_authorities; i++) {
        const struct lm_authority *a = &p->authorities[i];
        lm_json_object(o);
        lm_json_kv_str(o, "id", a->id);
        lm_json_kv_z(o, "kind", lm_authority_kind_word(a->kind));
        lm_json_kv_text(o, "number", a->number);
        lm_json_kv_text(o, "court", a->court);
        day(o, "from", a->from_day);
        day(o, "to", a->to_day);
        lm_json_kv_bool(o, "sealed", a->sealed);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

void lm_toll_json(const struct lm_toll_pack *p, size_t top, struct lm_buf *out)
{
    struct lm_json_out o;
    lm_json_out_init(&o, out);
    lm_json_object(&o);
    head(&o, p);
    lm_json_key(&o, "numbers");
    lm_json_array(&o);
    for (size_t i = 0; i < p->n; i++)
        number(&o, p, &p->numbers[i], top);
    lm_json_array_end(&o);
    common(&o, p);
    lm_warnings_json(&p->warnings, &o);
    lm_json_object_end(&o);
    lm_buf_putc(out, '\n');
}
