#include "report/next.h"

#include <inttypes.h>

#include "base/terminal.h"
#include "formats/json_out.h"

#define SOURCES_IN_TEXT 3

static int32_t day_of(int64_t us)
{
    return (int32_t)((us - (us % LM_DAY_US < 0 ? LM_DAY_US : 0)) / LM_DAY_US);
}

static const char *s_of(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static size_t listed(const struct lm_next *x, size_t top)
{
    return top != 0 && top < x->n_rows ? top : x->n_rows;
}

/* --- text --- */

static void put_days(struct lm_buf *b, int64_t days)
{
    if (days < 0)
        lm_buf_printf(b, "expired %" PRId64 " day%s ago", -days, s_of((uint64_t)-days));
    else if (days == 0)
        lm_buf_put(b, LM_STR("its last day"));
    else
        lm_buf_printf(b, "%" PRId64 " day%s left", days, s_of((uint64_t)days));
}

static void put_sources(struct lm_buf *b, const struct lm_next *x, const struct lm_next_number *n)
{
    lm_buf_printf(b, "reported by %" PRIu32 " exhibit%s: ", n->exhibits, s_of(n->exhibits));
    for (uint32_t i = 0; i < n->n_sources && i < SOURCES_IN_TEXT; i++) {
        lm_buf_put(b, i != 0 ? LM_STR(", ") : LM_STR(""));
        lm_terminal_put(b, x->data.sources[n->sources[i]].path);
    }
    if (n->n_sources > SOURCES_IN_TEXT)
        lm_buf_printf(b, " and %" PRIu32 " more", n->n_sources - SOURCES_IN_TEXT);
    lm_buf_putc(b, '\n');
}

static void put_notes(struct lm_buf *b, const struct lm_next_row *r)
{
    const struct lm_next_number *n = r->number;
    if (r->service == LM_NEXT_SHORT_CODE)
        lm_buf_put(b, LM_STR("     a short code: listed after the others\n"));
    if (r->service == LM_NEXT_TOLL_FREE)
        lm_buf_put(b, LM_STR("     a toll-free number: listed after the others\n"));
    if (r->service == LM_NEXT_MANY_OTHERS)
        lm_buf_put(b, LM_STR("     in contact with so many that it looks like a service: listed after the others\n"));
    if (n->own)
        lm_buf_put(b, LM_STR("     it was itself asked for: look for the subscriber in that return first\n"));
    if (n->proposed)
        lm_buf_put(b, LM_STR("     the program proposes a person: somebody should decide that first\n"));
    if (n->shown)
        lm_buf_put(b, LM_STR("     a name is shown beside it in the data; no contact card has it\n"));
}

static void put_number(struct lm_buf *b, const struct lm_next *x, size_t i)
{
    const struct lm_next_number *n = x->rows[i].number;
    char first[LM_WHEN_TEXT], last[LM_WHEN_TEXT];
    lm_buf_printf(b, "%3zu  ", i + 1);
    lm_terminal_put(b, n->key);
    lm_buf_printf(b, "  %" PRIu64 " occurrence%s in %" PRIu64 " record%s", n->occurrences, s_of(n->occurrences), n->records,
                  s_of(n->records));
    if (n->other_occurrences != 0)
        lm_buf_printf(b, ", %" PRIu64 " attempt%s or the like", n->other_occurrences, s_of(n->other_occurrences));
    lm_buf_printf(b, ", with %" PRIu32 " other%s\n     of these %" PRIu32 " suspected person%s, %" PRIu32 " account%s asked for; ",
                  n->others, s_of(n->others), n->suspected, s_of(n->suspected), n->asked_for, s_of(n->asked_for));
    if (n->dated)
        lm_buf_printf(b, "%s to %s\n     ", lm_day_format(day_of(n->first_us), first), lm_day_format(day_of(n->last_us), last));
    else
        lm_buf_put(b, LM_STR("nothing that took place is dated\n     "));
    put_sources(b, x, n);
    put_notes(b, &x->rows[i]);
}

static void put_numbers(struct lm_buf *b, const struct lm_next *x, size_t top)
{
    const struct lm_next_data *d = &x->data;
    size_t n = listed(x, top);
    lm_buf_printf(b, "\nNumbers without a name: %zu\n", x->n_rows);
    lm_buf_printf(b, "  Of %" PRIu64 " number%s in contact with another: %" PRIu64 " attributed by a person, %" PRIu64
                  " named by a contact card, profile or subscriber\n  record, %" PRIu64 " protected and not listed.\n",
                  d->in_contact, s_of(d->in_contact), d->decided, d->named, d->protected_numbers);
    if (x->n_rows == 0)
        return;
    lm_buf_put(b, LM_STR("  "));
    lm_terminal_wrap(b, LM_STR(LM_NEXT_PROCESS), 2, 2);
    lm_buf_put(b, LM_STR("  "));
    lm_terminal_wrap(b, LM_STR("Order: " LM_NEXT_RULE ". " LM_NEXT_BASIS), 2, 2);
    lm_buf_put(b, LM_STR("  Days are UTC, or the record's own clock where its zone is not known.\n"));
    if (x->services != 0)
        lm_buf_printf(b, "  %" PRIu64 " look%s like a service (short code, toll-free, or more than %" PRIu32 " others): listed last.\n",
                      x->services, x->services == 1 ? "s" : "", x->wish.many);
    for (size_t i = 0; i < n; i++)
        put_number(b, x, i);
    if (n < x->n_rows)
        lm_buf_printf(b, "     %zu more (--top 0 lists all)\n", x->n_rows - n);
}

static void put_counts(struct lm_buf *b, const struct lm_next_counts *c, const char *gone)
{
    lm_buf_printf(b, "%" PRIu64 " expired, %" PRIu64 " within, %" PRIu64 " later, %" PRIu64 " without a date, %" PRIu64 " %s\n",
                  c->expired, c->within, c->later, c->no_date, c->gone, gone);
}

static void put_process(struct lm_buf *b, const struct lm_next_process *r)
{
    const struct lm_process *p = &r->p;
    char day[LM_WHEN_TEXT];
    lm_buf_printf(b, "  %s  ", lm_day_format(p->until_day, day));
    put_days(b, r->days);
    lm_buf_put(b, LM_STR("  "));
    lm_terminal_put(b, p->id);
    lm_buf_printf(b, "  %s, ", lm_process_kind_word(p->kind));
    lm_terminal_put(b, p->provider);
    if (p->account.n != 0) {
        lm_buf_put(b, LM_STR(", "));
        lm_terminal_put(b, p->account);
    }
    if (p->reference.n != 0) {
        lm_buf_put(b, LM_STR(", no. "));
        lm_terminal_put(b, p->reference);
    }
    if (p->authority.n != 0) {
        lm_buf_put(b, LM_STR(", "));
        lm_terminal_put(b, p->authority);
        lm_buf_put(b, p->authority_revoked ? LM_STR(" (REVOKED)") : LM_STR(""));
    }
    if (p->n_changes != 0)
        lm_buf_printf(b, ", extended %zu time%s", p->n_changes, s_of(p->n_changes));
    lm_buf_putc(b, '\n');
}

static void put_authority(struct lm_buf *b, const struct lm_next_authority *r)
{
    char day[LM_WHEN_TEXT];
    lm_buf_printf(b, "  %s  ", r->day != LM_DAY_NONE ? lm_day_format(r->day, day) : "no date   ");
    if (r->day != LM_DAY_NONE)
        put_days(b, r->days);
    lm_buf_put(b, r->day != LM_DAY_NONE ? LM_STR("  ") : LM_STR(""));
    lm_terminal_put(b, r->a.id);
    lm_buf_printf(b, "  %s", lm_authority_kind_word(r->a.kind));
    if (r->a.number.n != 0) {
        lm_buf_put(b, LM_STR(", no. "));
        lm_terminal_put(b, r->a.number);
    }
    lm_buf_put(b, r->covered ? LM_STR(", last day covered") : LM_STR(""));
    if (r->over_60)
        lm_buf_printf(b, ", %" PRId32 " DAYS%s", r->span_days, r->open_ended ? " UP TO NOW" : "");
    lm_buf_putc(b, '\n');
}

void lm_next_text(const struct lm_next *x, size_t top, struct lm_buf *out)
{
    char day[LM_WHEN_TEXT];
    lm_buf_put(out, LM_STR("Next process: "));
    lm_terminal_put(out, x->investigation.id);
    lm_buf_put(out, LM_STR(" "));
    lm_terminal_put(out, x->investigation.title);
    lm_buf_printf(out, ", as of %s, within %" PRIu32 " days\n", lm_day_format(x->wish.as_of, day), x->wish.within);
    put_numbers(out, x, top);
    lm_buf_put(out, LM_STR("\nPreservation letters and non-disclosure orders: "));
    put_counts(out, &x->process_counts, "withdrawn");
    for (size_t i = 0; i < x->n_processes; i++)
        put_process(out, &x->processes[i]);
    lm_buf_put(out, LM_STR("\nAuthorities: "));
    put_counts(out, &x->authority_counts, "revoked");
    for (size_t i = 0; i < x->n_authorities; i++)
        put_authority(out, &x->authorities[i]);
    if (x->warnings.n != 0)
        lm_buf_put(out, LM_STR("\nBeware\n"));
    for (size_t i = 0; i < x->warnings.n; i++) {
        lm_buf_put(out, LM_STR("  - "));
        lm_terminal_wrap(out, x->warnings.list[i].text, 4, 4);
    }
}

/* --- JSON --- */

static void kv_day(struct lm_json_out *o, const char *key, int32_t day)
{
    char text[LM_WHEN_TEXT];
    lm_json_kv_z(o, key, day != LM_DAY_NONE ? lm_day_format(day, text) : NULL);
}

static void kv_moment(struct lm_json_out *o, const char *key, const struct lm_next_number *n, int64_t us)
{
    struct lm_when w = { .us = us, .quality = n->dated ? LM_TIME_LOCAL : LM_TIME_NONE };
    lm_json_kv_when(o, key, &w);
}

static void json_platforms(struct lm_json_out *o, unsigned bits)
{
    lm_json_key(o, "platforms");
    lm_json_array(o);
    for (unsigned i = 0; bits >> i != 0; i++)
        if ((bits >> i & 1) != 0)
            lm_json_z(o, lm_platform_word((enum lm_platform)i));
    lm_json_array_end(o);
}

static void json_sources(struct lm_json_out *o, const struct lm_next *x, const struct lm_next_number *n)
{
    lm_json_key(o, "sources");
    lm_json_array(o);
    for (uint32_t i = 0; i < n->n_sources; i++) {
        const struct lm_next_source *s = &x->data.sources[n->sources[i]];
        lm_json_object(o);
        lm_json_kv_i64(o, "source", s->id);
        lm_json_kv_str(o, "path", s->path);
        lm_json_kv_str(o, "exhibit_name", s->exhibit_name);
        lm_json_kv_str(o, "authority", s->authority);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

static void json_number(struct lm_json_out *o, const struct lm_next *x, size_t i)
{
    const struct lm_next_number *n = x->rows[i].number;
    lm_json_object(o);
    lm_json_kv_u64(o, "place", i + 1);
    lm_json_kv_str(o, "number", n->key);
    json_platforms(o, n->platforms);
    lm_json_kv_u64(o, "occurrences", n->occurrences);
    lm_json_kv_u64(o, "records", n->records);
    lm_json_kv_u64(o, "other_occurrences", n->other_occurrences);
    lm_json_kv_u64(o, "others", n->others);
    lm_json_kv_u64(o, "suspected_persons", n->suspected);
    lm_json_kv_u64(o, "accounts_asked_for", n->asked_for);
    lm_json_kv_u64(o, "exhibits", n->exhibits);
    kv_moment(o, "first", n, n->first_us);
    kv_moment(o, "last", n, n->last_us);
    lm_json_kv_z(o, "service", lm_next_service_word(x->rows[i].service));
    lm_json_kv_bool(o, "asked_for_itself", n->own);
    lm_json_kv_bool(o, "person_proposed", n->proposed);
    lm_json_kv_bool(o, "name_shown", n->shown);
    json_sources(o, x, n);
    lm_json_object_end(o);
}

static void json_numbers(struct lm_json_out *o, const struct lm_next *x, size_t top)
{
    const struct lm_next_data *d = &x->data;
    size_t n = listed(x, top);
    lm_json_key(o, "numbers");
    lm_json_object(o);
    lm_json_kv_z(o, "rule", LM_NEXT_RULE);
    lm_json_kv_z(o, "basis", LM_NEXT_BASIS);
    lm_json_kv_z(o, "process", LM_NEXT_PROCESS);
    lm_json_kv_u64(o, "many", x->wish.many);
    lm_json_kv_u64(o, "in_contact", d->in_contact);
    lm_json_kv_u64(o, "attributed", d->decided);
    lm_json_kv_u64(o, "named", d->named);
    lm_json_kv_u64(o, "protected", d->protected_numbers);
    lm_json_kv_u64(o, "unidentified", x->n_rows);
    lm_json_kv_u64(o, "services", x->services);
    lm_json_kv_u64(o, "suspected_persons", d->n_suspected);
    lm_json_kv_u64(o, "accounts_asked_for", d->n_asked_for);
    lm_json_key(o, "list");
    lm_json_array(o);
    for (size_t i = 0; i < n; i++)
        json_number(o, x, i);
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void json_counts(struct lm_json_out *o, const struct lm_next_counts *c, const char *gone)
{
    lm_json_kv_u64(o, "expired", c->expired);
    lm_json_kv_u64(o, "within", c->within);
    lm_json_kv_u64(o, "later", c->later);
    lm_json_kv_u64(o, "no_date", c->no_date);
    lm_json_kv_u64(o, gone, c->gone);
}

static void json_process(struct lm_json_out *o, const struct lm_next_process *r)
{
    const struct lm_process *p = &r->p;
    lm_json_object(o);
    lm_json_kv_str(o, "id", p->id);
    lm_json_kv_z(o, "kind", lm_process_kind_word(p->kind));
    lm_json_kv_z(o, "due", lm_next_due_word(r->due));
    kv_day(o, "until", p->until_day);
    lm_json_kv_i64(o, "days", r->days);
    lm_json_kv_str(o, "provider", p->provider);
    lm_json_kv_text(o, "account", p->account);
    lm_json_kv_text(o, "reference", p->reference);
    lm_json_kv_text(o, "authority", p->authority);
    lm_json_kv_bool(o, "authority_revoked", p->authority_revoked);
    kv_day(o, "served", p->served_day);
    lm_json_kv_u64(o, "extensions", p->n_changes);
    lm_json_object_end(o);
}

static void json_authority(struct lm_json_out *o, const struct lm_next_authority *r)
{
    lm_json_object(o);
    lm_json_kv_str(o, "id", r->a.id);
    lm_json_kv_z(o, "kind", lm_authority_kind_word(r->a.kind));
    lm_json_kv_z(o, "due", lm_next_due_word(r->due));
    kv_day(o, "until", r->day);
    if (r->day != LM_DAY_NONE)
        lm_json_kv_i64(o, "days", r->days);
    else
        lm_json_kv_null(o, "days");
    lm_json_kv_bool(o, "until_is_last_day_covered", r->covered);
    lm_json_kv_text(o, "number", r->a.number);
    kv_day(o, "from", r->a.from_day);
    kv_day(o, "to", r->a.to_day);
    kv_day(o, "expires", r->a.expires_day);
    if (r->span_days != 0)
        lm_json_kv_i64(o, "span_days", r->span_days);
    else
        lm_json_kv_null(o, "span_days");
    lm_json_kv_bool(o, "over_60_days", r->over_60);
    lm_json_kv_bool(o, "open_ended", r->open_ended);
    lm_json_object_end(o);
}

void lm_next_json(const struct lm_next *x, size_t top, struct lm_buf *out)
{
    struct lm_json_out o;
    lm_json_out_init(&o, out);
    lm_json_object(&o);
    lm_json_kv_str(&o, "investigation", x->investigation.id);
    lm_json_kv_str(&o, "title", x->investigation.title);
    kv_day(&o, "as_of", x->wish.as_of);
    lm_json_kv_u64(&o, "within_days", x->wish.within);
    json_numbers(&o, x, top);
    lm_json_key(&o, "processes");
    lm_json_object(&o);
    json_counts(&o, &x->process_counts, "withdrawn");
    lm_json_key(&o, "list");
    lm_json_array(&o);
    for (size_t i = 0; i < x->n_processes; i++)
        json_process(&o, &x->processes[i]);
    lm_json_array_end(&o);
    lm_json_object_end(&o);
    lm_json_key(&o, "authorities");
    lm_json_object(&o);
    json_counts(&o, &x->authority_counts, "revoked");
    lm_json_key(&o, "list");
    lm_json_array(&o);
    for (size_t i = 0; i < x->n_authorities; i++)
        json_authority(&o, &x->authorities[i]);
    lm_json_array_end(&o);
    lm_json_object_end(&o);
    lm_warnings_json(&x->warnings, &o);
    lm_json_object_end(&o);
    lm_buf_putc(out, '\n');
}
