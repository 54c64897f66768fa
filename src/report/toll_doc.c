/* The contact pack as a document: the head, one section per number, what they share. */
#include <inttypes.h>
#include <stdio.h>

#include "base/terminal.h"
#include "report/toll_parts.h"

#define LOCATORS_SHOWN 4

static struct lm_str copy(struct lm_document *d, const char *text)
{
    struct lm_str s = lm_arena_copy(d->a, lm_str(text));
    d->failed = d->failed || s.p == NULL;
    return s;
}

static void number_cell(struct lm_document *d, uint64_t v)
{
    char grouped[LM_GROUPED_TEXT], raw[24];
    (void)snprintf(raw, sizeof raw, "%" PRIu64, v);
    lm_doc_cell_raw(d, copy(d, lm_grouped(v, grouped)), copy(d, raw));
}

static void net_cell(struct lm_document *d, const struct lm_toll_way *w)
{
    lm_doc_cellf(d, "%lld", (long long)w->out - (long long)w->in);
}

/* With a blank for the T, where a line can break; in CSV as ISO 8601 has it. */
static void when_cell(struct lm_document *d, const struct lm_when *w)
{
    char text[LM_WHEN_TEXT];
    struct lm_str raw = copy(d, lm_when_format(w, text));
    if (text[0] != '\0')
        text[10] = ' ';
    lm_doc_cell_raw(d, copy(d, text), raw);
}

static void talk_cell(struct lm_document *d, int64_t s)
{
    char text[48], raw[24];
    (void)snprintf(text, sizeof text, "%" PRId64 ":%02d:%02d", s / 3600, (int)(s / 60 % 60), (int)(s % 60));
    (void)snprintf(raw, sizeof raw, "%" PRId64, s);
    lm_doc_cell_raw(d, copy(d, text), copy(d, raw));
}

static uint64_t both(const struct lm_toll_way *w)
{
    return w->out + w->in;
}

static const char *day_text(int32_t day, char out[LM_WHEN_TEXT])
{
    return day != LM_DAY_NONE ? lm_day_format(day, out) : "open";
}

/* --- the head --- */

static void add_authorities(struct lm_document *d, const struct lm_toll_pack *p)
{
    static const struct lm_doc_column columns[] = {
        { "authority", false, 12, false }, { "kind", false, 14, false }, { "number", false, 14, false },
        { "court", false, 20, true },      { "from", false, 9, false },  { "to", false, 9, false },
        { "sealed", false, 6, true },
    };
    char from[LM_WHEN_TEXT], to[LM_WHEN_TEXT];
    lm_doc_heading(d, 2, "Legal basis and sources");
    lm_doc_table(d, "authorities", LM_STR(""), columns, 7);
    for (size_t i = 0; i < p->n_authorities; i++) {
        const struct lm_authority *a = &p->authorities[i];
        lm_doc_cell(d, a->id);
        lm_doc_cellf(d, "%s", lm_authority_kind_word(a->kind));
        lm_doc_cell(d, a->number);
        lm_doc_cell(d, a->court);
        lm_doc_cellf(d, "%s", day_text(a->from_day, from));
        lm_doc_cellf(d, "%s", day_text(a->to_day, to));
        lm_doc_cell(d, a->sealed ? LM_STR("yes") : LM_STR("no"));
    }
}

static bool tells(const struct lm_toll_pack *p, uint32_t source)
{
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->numbers[i].n_spans; k++)
            if (p->numbers[i].spans[k].source == source)
                return true;
    return false;
}

static void add_sources(struct lm_document *d, const struct lm_toll_pack *p)
{
    static const struct lm_doc_column columns[] = {
        { "source", false, 20, false },
        { "exhibit", false, 16, true },
        { "SHA-256 of the exhibit", false, 34, true },
        { "authority", false, 10, false },
        { "records", true, 8, false },
        { "kept", true, 8, false },
        { "duplicate", true, 8, true },
        { "held", true, 8, false },
        { "rejected", true, 8, false },
    };
    lm_doc_table(d, "sources", LM_STR(""), columns, 9);
    for (uint32_t i = 0; i < p->n_sources; i++) {
        const struct lm_toll_source *s = &p->sources[i];
        if (!tells(p, i))
            continue;
        lm_doc_cell(d, s->path);
        lm_doc_cell(d, s->exhibit_name);
        lm_doc_cell(d, s->exhibit);
        lm_doc_cell(d, s->authority);
        number_cell(d, s->counts.seen);
        number_cell(d, s->counts.kept);
        number_cell(d, s->counts.duplicate);
        number_cell(d, s->counts.held);
        number_cell(d, s->counts.rejected);
    }
    lm_doc_note(d, "Only sources that tell of a number asked for. Records that lie outside their authority "
                   "are held: not looked at, in no figure.");
}

static void add_warnings(struct lm_document *d, const struct lm_toll_pack *p)
{
    lm_doc_heading(d, 2, "To beware of");
    for (size_t i = 0; i < p->warnings.n; i++)
        lm_doc_item(d, "%.*s", LM_STR_ARG(p->warnings.list[i].text));
}

static void add_method(struct lm_document *d)
{
    lm_doc_heading(d, 2, "How it is counted");
    lm_doc_item(d, "An occurrence is one real event, with all records that report it (two carriers, two "
                   "phones). Calls and "
                   "messages that took place are counted; attempts, voicemail and forwarding stand apart.");
    lm_doc_item(d, "out: from the number asked for; in: to it; net: out less in. Talk time adds the stated "
                   "durations of calls, each occurrence once.");
    lm_doc_item(d, "The order of contacts is the order of occurrences in the data held. It is not a rank of "
                   "persons.");
}

/* --- one number --- */

static void add_overview(struct lm_document *d, const struct lm_toll_pack *p)
{
    static const struct lm_doc_column columns[] = {
        { "number", false, 18, false }, { "calls", true, 7, false },     { "messages", true, 8, false },
        { "records", true, 8, false },  { "contacts", true, 8, false },  { "attempts", true, 8, false },
        { "voicemail", true, 9, false }, { "forwarded", true, 9, false }, { "talk time", true, 9, false },
        { "first", false, 19, true },   { "last", false, 19, true },
    };
    lm_doc_heading(d, 2, "The numbers");
    lm_doc_table(d, "numbers", LM_STR(""), columns, 11);
    for (size_t i = 0; i < p->n; i++) {
        const struct lm_toll_number *t = &p->numbers[i];
        lm_doc_cell(d, t->label);
        number_cell(d, both(&t->tally.calls));
        number_cell(d, both(&t->tally.messages));
        number_cell(d, t->tally.records);
        number_cell(d, t->n_contacts);
        number_cell(d, both(&t->tally.attempts));
        number_cell(d, both(&t->tally.voicemails));
        number_cell(d, both(&t->tally.forwards));
        talk_cell(d, t->tally.talk_s);
        when_cell(d, &t->tally.first);
        when_cell(d, &t->tally.last);
    }
}

static void names_cell(struct lm_document *d, const struct lm_toll_name *names, size_t n, const char *link)
{
    struct lm_buf b;
    lm_buf_init(&b, 1 << 16);
    lm_toll_put_names(&b, names, n);
    if (link != NULL)
        lm_buf_printf(&b, "; link between the persons: %s", link);
    struct lm_str s = lm_arena_copy(d->a, lm_buf_str(&b));
    d->failed = d->failed || b.failed || s.p == NULL;
    lm_doc_cell(d, s);
    lm_buf_free(&b);
}

static void name_rows(struct lm_document *d, const struct lm_toll_name *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct lm_toll_name *x = &names[i];
        struct lm_when from = { x->from_us, 0, LM_TIME_UTC }, to = { x->to_us, 0, LM_TIME_UTC }, none = { .quality = LM_TIME_NONE };
        lm_doc_cell(d, x->key);
        lm_doc_cell(d, x->name.n != 0 ? x->name : LM_STR("attributed, unassessed"));
        lm_doc_cellf(d, "%s", x->name.n != 0 ? "suspected" : "unassessed");
        lm_doc_cellf(d, "%" PRId64, x->id);
        lm_doc_cellf(d, "%s", lm_attribution_basis_word(x->basis));
        lm_doc_cellf(d, "%.*s%s%.*s", LM_STR_ARG(x->scheme), x->scheme.n != 0 ? ":" : "", LM_STR_ARG(x->grade));
        lm_doc_cellf(d, "%s", lm_link_class_word(x->link));
        when_cell(d, x->from_us != LM_WINDOW_OPEN_FROM ? &from : &none);
        when_cell(d, x->to_us != LM_WINDOW_OPEN_TO ? &to : &none);
    }
}

static bool listed(const struct lm_toll_number *t, size_t i, size_t top, size_t *shown)
{
    return !t->contacts[i].is_protected && (top == 0 || (*shown)++ < top);
}

/* Whose the numbers are that the pack lists, each once: those asked for, then their contacts. */
static void add_names(struct lm_document *d, const struct lm_toll_pack *p, size_t top)
{
    static const struct lm_doc_column columns[] = {
        { "number", false, 15, false }, { "person", false, 20, false }, { "standing", false, 11, false },
        { "no.", true, 9, false }, { "basis", false, 18, false }, { "grade", false, 11, false },
        { "link", false, 10, false }, { "from", false, 16, true }, { "until", false, 16, true },
    };
    struct lm_map done;
    uint64_t *at;
    bool fresh = true;
    if (p->n_names == 0)
        return;
    lm_map_init(&done, d->a);
    lm_doc_table(d, "attributions", LM_STR(""), columns, 9);
    for (size_t i = 0; i < p->n && !d->failed; i++) {
        const struct lm_toll_number *t = &p->numbers[i];
        d->failed = t->n_names != 0 && lm_map_put(&done, t->key, 1, &at, &fresh) != LM_OK;
        name_rows(d, t->names, t->n_names);
    }
    for (size_t i = 0; i < p->n && !d->failed; i++) {
        const struct lm_toll_number *t = &p->numbers[i];
        for (size_t k = 0, shown = 0; k < t->n_contacts; k++) {
            const struct lm_toll_contact *c = &t->contacts[k];
            if (!listed(t, k, top, &shown) || c->n_names == 0)
                continue;
            d->failed = d->failed || lm_map_put(&done, c->key, 1, &at, &fresh) != LM_OK;
            name_rows(d, c->names, fresh ? c->n_names : 0);
        }
    }
    lm_doc_note(d, "Decided by a person (lastmile attribution). A name is printed when its person is suspected by a documented "
                   "word of a person; nobody is suspected because of a number. What is proposed is not here.");
}

static void contact_row(struct lm_document *d, const struct lm_toll_contact *c)
{
    const struct lm_toll_tally *y = &c->tally;
    lm_doc_cell(d, c->label);
    number_cell(d, c->occurrences);
    number_cell(d, y->records);
    number_cell(d, y->calls.out);
    number_cell(d, y->calls.in);
    net_cell(d, &y->calls);
    number_cell(d, y->messages.out);
    number_cell(d, y->messages.in);
    net_cell(d, &y->messages);
    talk_cell(d, y->talk_s);
    number_cell(d, both(&y->attempts));
    number_cell(d, both(&y->voicemails));
    number_cell(d, both(&y->forwards));
    when_cell(d, &y->first);
    when_cell(d, &y->last);
    names_cell(d, c->names, c->n_names, c->has_link ? lm_link_class_word(c->person_link) : NULL);
}

static void add_contacts(struct lm_document *d, const struct lm_toll_number *t, size_t top)
{
    static const struct lm_doc_column columns[] = {
        { "contact", false, 15, false },    { "occurrences", true, 10, false },
        { "records", true, 7, false },      { "calls out", true, 6, false },
        { "calls in", true, 6, false },     { "net calls", true, 6, false },
        { "messages out", true, 8, false }, { "messages in", true, 8, false },
        { "net messages", true, 8, true },  { "talk time", true, 8, false },
        { "attempts", true, 8, false },     { "voicemail", true, 8, true },
        { "forwarded", true, 9, true },     { "first", false, 12, true },
        { "last", false, 12, true },
        { "attributed to", false, 16, true },
    };
    size_t shown = 0;
    lm_doc_heading(d, 3, "Contacts of %.*s", LM_STR_ARG(t->label));
    lm_doc_paragraph(d, "%" PRIu64 " occurrences in %" PRIu64 " records, with %zu numbers.",
                     both(&t->tally.calls) + both(&t->tally.messages), t->tally.records, t->n_contacts);
    lm_doc_table(d, "contacts", t->label, columns, 16);
    for (size_t i = 0; i < t->n_contacts && (top == 0 || shown < top); i++) {
        if (t->contacts[i].is_protected)
            continue;
        shown++;
        contact_row(d, &t->contacts[i]);
    }
    uint64_t more = t->n_contacts - t->protected_contacts - shown;
    if (t->protected_contacts != 0)
        lm_doc_note(d,
                    "%" PRIu64 " more contacts are not shown here (--top), and %" PRIu64
                    " of protected persons (%" PRIu64 " occurrences) never are.",
                    more, t->protected_contacts, t->protected_occurrences);
    else if (more != 0)
        lm_doc_note(d, "%" PRIu64 " more contacts are not shown here (--top).", more);
}

static void add_hours(struct lm_document *d, const struct lm_toll_pack *p, const struct lm_toll_number *t)
{
    static const struct lm_doc_column columns[] = {
        { "day", false, 8, false }, { "0", true, 4, false },  { "1", true, 4, false },
        { "2", true, 4, false },    { "3", true, 4, false },  { "4", true, 4, false },
        { "5", true, 4, false },    { "6", true, 4, false },  { "7", true, 4, false },
        { "8", true, 4, false },    { "9", true, 4, false },  { "10", true, 4, false },
        { "11", true, 4, false },   { "12", true, 4, false }, { "13", true, 4, false },
        { "14", true, 4, false },   { "15", true, 4, false }, { "16", true, 4, false },
        { "17", true, 4, false },   { "18", true, 4, false }, { "19", true, 4, false },
        { "20", true, 4, false },   { "21", true, 4, false }, { "22", true, 4, false },
        { "23", true, 4, false },
    };
    static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    struct lm_str zone = p->utc ? LM_STR("UTC") : p->wish.zone;
    uint32_t most = 1;
    for (size_t k = 0; k < 7 * 24; k++)
        most = t->hours[k / 24][k % 24] > most ? t->hours[k / 24][k % 24] : most;
    lm_doc_heading(d, 3, "Hour and weekday of %.*s, zone %.*s", LM_STR_ARG(t->label), LM_STR_ARG(zone));
    lm_doc_table(d, "hours", t->label, columns, 25);
    for (size_t day = 0; day < 7; day++) {
        lm_doc_cell(d, lm_str(names[day]));
        for (size_t h = 0; h < 24; h++) {
            uint32_t v = t->hours[day][h];
            lm_doc_cellf(d, "%" PRIu32, v);
            if (v != 0)
                lm_doc_shade(d, (uint8_t)(1 + (uint64_t)v * 8 / most));
        }
    }
    lm_doc_note(d,
                "Calls and messages that took place: %" PRIu32 ". Of these %" PRIu32
                " have no known zone and no place here.",
                t->hours_total, t->hours_unknown);
}

static void add_days(struct lm_document *d, const struct lm_toll_pack *p, const struct lm_toll_number *t)
{
    static const struct lm_doc_column columns[] = {
        { "from", false, 10, false },
        { "to", false, 10, false },
        { "days", true, 6, false },
        { "what is known", false, 60, false },
    };
    static const char *const said[] = {
        "records on every one of these days",
        "no activity: no record, within the days that its own records cover",
        "not known: within the dates of the authority, outside the first and last record of its own records",
        "no data: no source of its own records covers these days",
    };
    char a[LM_WHEN_TEXT], b[LM_WHEN_TEXT];
    lm_doc_heading(d, 3, "Days of %.*s", LM_STR_ARG(t->label));
    lm_doc_paragraph(d,
                     "%" PRIu32 " days with records; %" PRIu32 " without activity in the data held; %" PRIu32
                     " of which it cannot be known; %" PRIu32 " without data.",
                     t->day_count[0], t->day_count[1], t->day_count[2], t->day_count[3]);
    lm_doc_table(d, "days", t->label, columns, 4);
    for (size_t i = 0; i < t->n_days; i++) {
        lm_doc_cellf(d, "%s", lm_day_format(t->days[i].from, a));
        lm_doc_cellf(d, "%s", lm_day_format(t->days[i].to, b));
        lm_doc_cellf(d, "%d", t->days[i].to - t->days[i].from + 1);
        lm_doc_cell_raw(d, lm_str(said[t->days[i].state]), lm_str(lm_toll_day_word(t->days[i].state)));
    }
    lm_doc_note(
        d, "%s%s",
        t->has_own
            ? "Covered are the days from the first to the last record of each source of the number's own "
              "records; no source here states its span itself."
            : "No source here is the number's own records, so no day can be called covered.",
        p->wish.covered_from != LM_DAY_NONE ? " A person stated further days as covered (--covered)." : "");
}

static void add_handsets(struct lm_document *d, const struct lm_toll_pack *p, const struct lm_toll_number *t)
{
    static const struct lm_doc_column columns[] = {
        { "kind", false, 6, false },
        { "number of the device or card", false, 20, false },
        { "first", false, 18, false },
        { "last", false, 18, false },
        { "source", false, 20, true },
        { "first record", false, 16, true },
        { "other numbers asked for", true, 10, false },
    };
    lm_doc_heading(d, 3, "Devices (IMEI) and cards (IMSI) of %.*s", LM_STR_ARG(t->label));
    lm_doc_table(d, "handsets", t->label, columns, 7);
    for (size_t i = 0; i < t->n_handsets; i++) {
        const struct lm_toll_handset *h = &t->handsets[i];
        lm_doc_cell(d, h->imsi ? LM_STR("IMSI") : LM_STR("IMEI"));
        lm_doc_cell(d, h->id);
        when_cell(d, &h->first);
        when_cell(d, &h->last);
        lm_doc_cell(d, p->sources[h->source].path);
        lm_doc_cell(d, h->locator);
        number_cell(d, h->also);
    }
    lm_doc_note(
        d,
        "%" PRIu32 " changes of IMEI, %" PRIu32
        " of IMSI. First: where a source names it first or after another one; "
        "last: the number's last record in that source before another is named, which need not name any.",
        t->changes_imei, t->changes_imsi);
}

static void add_sequences(struct lm_document *d, const struct lm_toll_pack *p, const struct lm_toll_number *t)
{
    static const struct lm_doc_column columns[] = {
        { "from", false, 17, false },          { "then to", false, 17, false },
        { "times", true, 8, false },           { "by chance", true, 8, false },
        { "runs as high", true, 9, false },    { "share", true, 8, false },
        { "events in", true, 8, true },        { "events out", true, 8, true },
        { "beyond chance", false, 10, false },
    };
    const struct lm_sequences *s = &t->sequences;
    size_t shown = 0;
    lm_doc_heading(d, 3, "Sequences through %.*s", LM_STR_ARG(t->label));
    lm_doc_paragraph(d,
                     "In contact from one number, then to another within %" PRIu32
                     " minutes of the end, at least %" PRIu32
                     " times. Beside it what chance gives in %" PRIu32 " runs (seed %" PRIu64
                     "): every event to somebody is put "
                     "at a random moment of the %lld minutes it lies in; the rest stays. share: (runs as "
                     "high + 1) / (runs + 1).",
                     p->wish.within_minutes, p->wish.least, s->runs, p->wish.seed,
                     (long long)(s->window_us / (60 * LM_SECOND_US)));
    lm_doc_table(d, "sequences", t->label, columns, 9);
    for (size_t i = 0; i < s->n && shown < 40; i++, shown++) {
        const struct lm_sequence *q = &s->list[i];
        lm_doc_cell(d, t->contacts[q->from].label);
        lm_doc_cell(d, t->contacts[q->to].label);
        number_cell(d, q->seen);
        lm_doc_cellf(d, "%.2f", q->expected);
        number_cell(d, q->as_high);
        lm_doc_cellf(d, "%.4f", q->share);
        number_cell(d, q->n_in);
        number_cell(d, q->n_out);
        lm_doc_cell(d, q->listed ? LM_STR("yes") : LM_STR("no"));
    }
    lm_doc_note(d,
                "Pairs that follow each other that often: %zu. Beyond chance (share at most %.2f): %zu; by "
                "chance alone about %.1f would be. Not shown: %zu. A sequence says nothing of what was said.",
                s->n, LM_SEQUENCE_SHARE, s->n_listed, s->by_chance, s->n - shown);
}

/* --- across --- */

static void add_common(struct lm_document *d, const struct lm_toll_pack *p)
{
    static const struct lm_doc_column columns[] = {
        { "number", false, 17, false },
        { "in contact with", true, 8, false },
        { "occurrences", true, 9, false },
        { "others in the data", true, 9, false },
        { "weight", true, 9, false },
        { "1/ln", true, 7, true },
        { "with (occurrences)", false, 60, true },
    };
    lm_doc_heading(d, 2, "Common numbers");
    lm_doc_paragraph(d, "Weight: 1 / the distinct others that the number is in contact with in the data held "
                        "(resource allocation "
                        "index, Zhou, L\u00fc, Zhang 2009): what everybody calls weighs next to nothing.");
    lm_doc_table(d, "common", LM_STR(""), columns, 7);
    for (size_t i = 0; i < p->n_common && i < 100; i++) {
        const struct lm_toll_common *c = &p->common[i];
        struct lm_buf with;
        lm_buf_init(&with, 1 << 16);
        for (size_t k = 0; k < p->n; k++)
            if (c->occurrences[k] != 0)
                lm_buf_printf(&with, "%s%.*s (%" PRIu64 ")", with.n != 0 ? ", " : "",
                              LM_STR_ARG(p->numbers[k].label), c->occurrences[k]);
        lm_doc_cell(d, c->label);
        number_cell(d, c->n_targets);
        number_cell(d, c->total);
        lm_doc_cellf(d, "%" PRIu64 "%s", c->others, c->others_capped ? " or more" : "");
        lm_doc_cellf(d, "%.4f", c->weight);
        lm_doc_cellf(d, "%.3f", c->adamic_adar);
        struct lm_str s = lm_arena_copy(d->a, lm_buf_str(&with));
        d->failed = d->failed || with.failed || s.p == NULL;
        lm_doc_cell(d, s);
        lm_buf_free(&with);
    }
    if (p->n_common > 100)
        lm_doc_note(d, "%zu more are not shown.", p->n_common - 100);
}

static void add_pairs(struct lm_document *d, const struct lm_toll_pack *p)
{
    static const struct lm_doc_column columns[] = {
        { "a", false, 17, false }, { "b", false, 17, false }, { "occurrences between them", true, 10, false },
        { "common numbers", true, 10, false }, { "weight of these", true, 10, false },
    };
    lm_doc_table(d, "pairs", LM_STR(""), columns, 5);
    for (size_t i = 0; i < p->n_pairs; i++) {
        const struct lm_toll_pair *x = &p->pairs[i];
        lm_doc_cell(d, p->numbers[x->a].label);
        lm_doc_cell(d, p->numbers[x->b].label);
        number_cell(d, x->direct);
        number_cell(d, x->shared);
        lm_doc_cellf(d, "%.4f", x->weight);
    }
    lm_doc_note(d, "A number that only these two are in contact with weighs 0.5.");
}

/* --- records --- */

static struct lm_str places(struct lm_document *d, const struct lm_toll_pack *p, const struct lm_toll_leg *l)
{
    struct lm_buf b;
    lm_buf_init(&b, 1 << 16);
    for (uint32_t r = 0; r < l->n_records && r < LOCATORS_SHOWN; r++) {
        struct lm_str at = lm_toll_locator_of(p, l->record + r);
        lm_buf_printf(&b, "%s%.*s", r != 0 ? ", " : "", LM_STR_ARG(at));
    }
    if (l->n_records > LOCATORS_SHOWN)
        lm_buf_printf(&b, " and %" PRIu32 " more", l->n_records - LOCATORS_SHOWN);
    struct lm_str s = lm_arena_copy(d->a, lm_buf_str(&b));
    d->failed = d->failed || s.p == NULL;
    lm_buf_free(&b);
    return s;
}

static void record_row(struct lm_document *d, const struct lm_toll_pack *p, const struct lm_toll_number *t,
                       const struct lm_toll_event *ev, const struct lm_toll_leg *l)
{
    uint32_t s = lm_toll_source_index(p, l->source);
    const struct lm_toll_contact *c = &t->contacts[ev->contact];
    lm_doc_cellf(d, "%" PRId64, ev->occurrence);
    lm_doc_cell(d, c->is_protected ? LM_STR("protected") : c->label);
    lm_doc_cell(d, ev->out ? LM_STR("out") : LM_STR("in"));
    if (ev->outcome == LM_OUTCOME_TOOK_PLACE)
        lm_doc_cellf(d, "%s", lm_event_kind_word((enum lm_event_kind)ev->kind));
    else
        lm_doc_cellf(d, "%s, %s", lm_event_kind_word((enum lm_event_kind)ev->kind),
                     lm_event_outcome_word((enum lm_event_outcome)ev->outcome));
    when_cell(d, &l->at);
    if (l->duration_s >= 0)
        number_cell(d, (uint64_t)l->duration_s);
    else
        lm_doc_cell(d, LM_STR(""));
    lm_doc_cellf(d, "%.12s", s != UINT32_MAX ? p->sources[s].exhibit.p : "");
    lm_doc_cell(d, s != UINT32_MAX ? p->sources[s].path : LM_STR(""));
    lm_doc_cell(d, places(d, p, l));
    lm_doc_cell(d, s != UINT32_MAX ? p->sources[s].authority : LM_STR(""));
}

static void add_records(struct lm_document *d, const struct lm_toll_pack *p, const struct lm_toll_number *t,
                        size_t most)
{
    static const struct lm_doc_column columns[] = {
        { "occurrence", true, 9, false },
        { "contact", false, 15, false },
        { "way", false, 5, false },
        { "what", false, 14, false },
        { "at, as the source states it", false, 18, false },
        { "seconds", true, 7, true },
        { "exhibit (SHA-256)", false, 12, true },
        { "source", false, 14, true },
        { "place", false, 18, false },
        { "authority", false, 9, true },
    };
    size_t shown = 0, all = 0;
    lm_doc_heading(d, 3, "Records of %.*s", LM_STR_ARG(t->label));
    lm_doc_table(d, "records", t->label, columns, 10);
    for (size_t i = 0; i < t->n_events; i++) {
        for (uint32_t k = 0; k < t->events[i].reports; k++) {
            all++;
            if (most != 0 && shown >= most)
                continue;
            shown++;
            record_row(d, p, t, &t->events[i], &t->legs[t->events[i].first_leg + k]);
        }
    }
    if (all != shown)
        lm_doc_note(d, "%zu more are not shown here: the CSV and the JSON have them all.", all - shown);
}

lm_err lm_toll_document(struct lm_arena *a, const struct lm_toll_pack *p, size_t top, size_t records,
                        struct lm_document *ret, struct lm_error *e)
{
    char when[LM_WHEN_TEXT], from[LM_WHEN_TEXT], to[LM_WHEN_TEXT];
    struct lm_document d;
    lm_document_init(&d, a);
    d.title = lm_arena_printf(a, "Contact pack: %.*s", LM_STR_ARG(p->investigation.title));
    bool all_days = p->wish.from_day == LM_DAY_NONE && p->wish.to_day == LM_DAY_NONE;
    struct lm_str days = all_days ? LM_STR("All days")
                                  : lm_arena_printf(a, "Days %s to %s", day_text(p->wish.from_day, from),
                                                    day_text(p->wish.to_day, to));
    d.subtitle =
        lm_arena_printf(a, "Investigation %.*s. Data up to %s. %.*s, zone %.*s.",
                        LM_STR_ARG(p->investigation.id),
                        p->cutoff.quality != LM_TIME_NONE ? lm_when_format(&p->cutoff, when) : "(none)",
                        LM_STR_ARG(days), LM_STR_ARG(p->utc ? LM_STR("UTC") : p->wish.zone));
    d.foot = lm_arena_printf(a, "Contact pack, investigation %.*s. %s", LM_STR_ARG(p->investigation.id),
                             LM_TOLL_SENTENCE);
    d.made = p->cutoff;
    d.failed = d.title.p == NULL || d.subtitle.p == NULL || d.foot.p == NULL;
    lm_doc_paragraph(&d, "%s No data held is not no contact.", LM_TOLL_SENTENCE);
    add_overview(&d, p);
    add_names(&d, p, top);
    add_warnings(&d, p);
    add_authorities(&d, p);
    add_sources(&d, p);
    add_method(&d);
    if (p->n > 1) {
        add_common(&d, p);
        add_pairs(&d, p);
    }
    for (size_t i = 0; i < p->n && !d.failed; i++) {
        const struct lm_toll_number *t = &p->numbers[i];
        lm_doc_heading(&d, 2, "%.*s", LM_STR_ARG(t->label));
        add_contacts(&d, t, top);
        add_hours(&d, p, t);
        add_days(&d, p, t);
        add_handsets(&d, p, t);
        add_sequences(&d, p, t);
        if (p->wish.records)
            add_records(&d, p, t, records);
    }
    if (d.failed)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *ret = d;
    return LM_OK;
}
