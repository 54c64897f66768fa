#include <inttypes.h>

#include "base/terminal.h"
#include "cli/look.h"
#include "cli/show.h"
#include "formats/json_out.h"
#include "lastmile/look_json.h"
#include "resolve/join.h"

struct task {
    struct lm_cli *cli;
    const struct lm_args *args;
    struct lm_store *st;
    struct lm_filter f;
    struct lm_json_out o;
    bool current;
    /* clocks of the investigation, by the order of their sources */
    struct lm_stored_clock *clocks;
    struct lm_stored_clock_pair *pairs;
    size_t n_clocks, n_pairs;
    struct lm_occurrence_member lead; /* its slices are not used */
    uint64_t n;
};

static double seconds(int64_t us)
{
    return (double)us / 1e6;
}

/* --- clocks --- */

static lm_err load_clocks(struct task *t)
{
    return lm_store_clocks(t->st, &t->cli->run, t->f.investigation, &t->clocks, &t->n_clocks, &t->pairs, &t->n_pairs,
                           &t->cli->error);
}

static const struct lm_stored_clock *clock_of(const struct task *t, const struct lm_sha256 *source)
{
    for (size_t i = 0; i < t->n_clocks; i++)
        if (memcmp(&t->clocks[i].source, source, sizeof *source) == 0)
            return &t->clocks[i];
    return NULL;
}

/* Events that both sources report; 0: their clocks were not compared directly. */
static uint32_t shared_by(const struct task *t, const struct lm_sha256 *a, const struct lm_sha256 *b)
{
    for (size_t i = 0; i < t->n_pairs; i++) {
        const struct lm_stored_clock_pair *p = &t->pairs[i];
        if ((memcmp(&p->a, a, sizeof *a) == 0 && memcmp(&p->b, b, sizeof *b) == 0)
            || (memcmp(&p->a, b, sizeof *b) == 0 && memcmp(&p->b, a, sizeof *a) == 0))
            return p->shared;
    }
    return 0;
}

static struct lm_source_clock as_clock(const struct lm_stored_clock *c, uint32_t own, uint32_t reference)
{
    if (c == NULL)
        return (struct lm_source_clock){ .granularity_us = LM_SECOND_US, .duration_granularity_s = 1, .reference = own };
    return (struct lm_source_clock){ c->granularity_us, c->duration_granularity_s, c->offset_us, reference, c->support,
                                     c->records };
}

static struct lm_report as_report(const struct lm_event_report *r, uint32_t source)
{
    return (struct lm_report){ .at_us = r->at_us, .source = source, .from = (uint32_t)r->from, .to = (uint32_t)r->to,
                               .duration_s = r->duration_s, .kind = (uint8_t)(r->platform << 3 | r->kind),
                               .outcome = r->outcome };
}

/* Why b is, or is not, the same as a: by the tests that joining uses. *ret_compared: their clocks are known against each
 * other. */
static void explain(const struct task *t, const struct lm_occurrence_member *a, const struct lm_occurrence_member *b,
                    struct lm_pair_reason *ret, bool *ret_compared)
{
    const struct lm_stored_clock *ca = clock_of(t, &a->source), *cb = clock_of(t, &b->source);
    bool same = memcmp(&a->source, &b->source, sizeof a->source) == 0;
    bool tree = ca != NULL && cb != NULL && memcmp(&ca->reference, &cb->reference, sizeof ca->reference) == 0;
    struct lm_source_clock clocks[2] = { as_clock(ca, 0, 0), as_clock(cb, 1, tree ? 0 : 1) };
    struct lm_report x = as_report(&a->report, 0), y = as_report(&b->report, same ? 0 : 1);
    lm_occurrence_explain(&x, &y, clocks, ret);
    *ret_compared = tree && !same;
}

/* --- show --- */

static void json_row(struct lm_json_out *o, const struct lm_occurrence_row *r)
{
    lm_json_object(o);
    lm_json_kv_i64(o, "occurrence", r->id);
    lm_json_kv_z(o, "kind", lm_event_kind_word(r->kind));
    lm_json_kv_z(o, "platform", lm_platform_word(r->platform));
    lm_json_kv_z(o, "outcome", lm_event_outcome_word(r->outcome));
    lm_json_kv_str(o, "from", r->from_name);
    lm_json_kv_str(o, "to", r->to_name);
    lm_json_kv_when(o, "time", &r->at);
    if (r->duration_s >= 0)
        lm_json_kv_i64(o, "duration_s", r->duration_s);
    else
        lm_json_kv_null(o, "duration_s");
    lm_json_kv_u64(o, "reports", r->events);
    lm_json_kv_u64(o, "records", r->records);
    lm_json_kv_double(o, "spread_s", seconds(r->spread_us));
    lm_json_kv_z(o, "rule", r->rule != 0 ? lm_occurrence_rule_said(r->rule) : NULL);
    lm_json_object_end(o);
}

static void text_row(struct lm_buf *b, const struct lm_occurrence_row *r)
{
    char when[LM_WHEN_TEXT];
    lm_when_format(&r->at, when);
    lm_buf_printf(b, "%9lld  %s  %s  ", (long long)r->id, when, lm_platform_word(r->platform));
    lm_terminal_put(b, r->from_name);
    lm_buf_put(b, LM_STR(" -> "));
    lm_terminal_put(b, r->to_name);
    lm_buf_printf(b, " [%s]", lm_event_kind_word(r->kind));
    if (r->outcome != LM_OUTCOME_TOOK_PLACE)
        lm_buf_printf(b, " [%s]", lm_event_outcome_word(r->outcome));
    if (r->duration_s >= 0)
        lm_buf_printf(b, " %lld s", (long long)r->duration_s);
    lm_buf_printf(b, "  %llu reports, %llu records: %s\n", (unsigned long long)r->events, (unsigned long long)r->records,
                  lm_occurrence_rule_said(r->rule));
}

static void json_reason(struct task *t, const struct lm_occurrence_member *a, const struct lm_occurrence_member *b)
{
    struct lm_pair_reason why;
    bool compared;
    explain(t, a, b, &why, &compared);
    lm_json_object(&t->o);
    lm_json_kv_bool(&t->o, "same_ends", why.ends);
    lm_json_kv_bool(&t->o, "same_outcome", why.outcome);
    lm_json_kv_bool(&t->o, "different_sources", why.sources);
    lm_json_kv_bool(&t->o, "time_agrees", why.time);
    lm_json_kv_double(&t->o, "difference_s", seconds(why.difference_us));
    lm_json_kv_double(&t->o, "tolerance_s", seconds(why.tolerance_us));
    lm_json_kv_bool(&t->o, "duration_agrees", why.duration);
    if (why.duration_difference_s >= 0)
        lm_json_kv_i64(&t->o, "duration_difference_s", why.duration_difference_s);
    else
        lm_json_kv_null(&t->o, "duration_difference_s");
    lm_json_kv_i64(&t->o, "duration_tolerance_s", why.duration_tolerance_s);
    lm_json_kv_bool(&t->o, "clocks_compared", compared);
    if (compared)
        lm_json_kv_double(&t->o, "clock_offset_s", seconds(why.offset_us));
    else
        lm_json_kv_null(&t->o, "clock_offset_s");
    lm_json_kv_u64(&t->o, "shared_events", shared_by(t, &a->source, &b->source));
    lm_json_object_end(&t->o);
}

static void text_reason(struct task *t, const struct lm_occurrence_member *a, const struct lm_occurrence_member *b)
{
    struct lm_buf *o = &t->cli->out;
    struct lm_pair_reason why;
    bool compared;
    uint32_t shared = shared_by(t, &a->source, &b->source);
    explain(t, a, b, &why, &compared);
    lm_buf_printf(o, "    against the first: %s; %.1f s apart (%.1f s tolerated)", why.ends ? "same ends" : "OTHER ENDS",
                  seconds(why.difference_us), seconds(why.tolerance_us));
    if (compared && shared != 0)
        lm_buf_printf(o, " once %.1f s are taken off this clock, as %" PRIu32 " events that both report say",
                      seconds(why.offset_us), shared);
    else if (compared)
        lm_buf_printf(o, " once %.1f s are taken off this clock, by way of a third source", seconds(why.offset_us));
    else
        lm_buf_put(o, LM_STR("; what these two clocks differ by is not known"));
    if (why.duration_difference_s >= 0)
        lm_buf_printf(o, "; durations %d s apart (%d s tolerated)", why.duration_difference_s, why.duration_tolerance_s);
    else
        lm_buf_put(o, LM_STR("; one states no duration"));
    lm_buf_putc(o, '\n');
}

static void json_member(struct task *t, const struct lm_occurrence_member *m)
{
    char hex[65];
    lm_json_object(&t->o);
    lm_json_key(&t->o, "event");
    lm_hit_json(&t->o, &m->hit);
    lm_json_kv_str(&t->o, "exhibit_name", m->exhibit_name);
    lm_json_kv_z(&t->o, "source_sha256", lm_sha256_hex(&m->source, hex));
    lm_json_kv_u64(&t->o, "records", m->report.n_records);
    lm_json_key(&t->o, "against_first");
    if (t->n != 0 && t->lead.dated && m->dated)
        json_reason(t, &t->lead, m);
    else
        lm_json_null(&t->o);
    lm_json_object_end(&t->o);
}

static lm_err each_member(void *user, const struct lm_occurrence_row *r, const struct lm_occurrence_member *m)
{
    struct task *t = user;
    struct lm_buf *b = &t->cli->out;
    if (t->n == 0 && t->cli->json) {
        lm_json_key(&t->o, "occurrence");
        json_row(&t->o, r);
        lm_json_key(&t->o, "reports");
        lm_json_array(&t->o);
    } else if (t->n == 0) {
        text_row(b, r);
    }
    if (t->cli->json) {
        json_member(t, m);
    } else {
        lm_buf_printf(b, "  event %lld, ", (long long)m->report.event);
        lm_terminal_put(b, m->exhibit_name);
        lm_buf_printf(b, ", %" PRIu32 " record%s: ", m->report.n_records, m->report.n_records == 1 ? "" : "s");
        lm_show_hit_text(b, &m->hit);
        lm_show_source_text(b, &m->hit);
        if (t->n != 0 && t->lead.dated && m->dated)
            text_reason(t, &t->lead, m);
    }
    if (t->n++ == 0)
        t->lead = *m;
    return lm_show_pass_on(t->cli);
}

static lm_err show_event(struct task *t, int64_t event)
{
    t->n = 0;
    lm_err err = lm_store_occurrence(t->st, &t->f, event, each_member, t, &t->cli->error);
    if (t->cli->json && err == LM_OK)
        lm_json_array_end(&t->o);
    return err;
}

/* --- why two events are, or are not, one --- */

struct two {
    struct task *t;
    int64_t event;
    struct lm_occurrence_member *out;
    bool found;
};

static lm_err take_one(void *user, const struct lm_occurrence_row *r, const struct lm_occurrence_member *m)
{
    struct two *w = user;
    (void)r;
    if (m->report.event == w->event) {
        *w->out = *m;
        w->found = true;
    }
    return LM_OK;
}

static lm_err why(struct task *t, int64_t a, int64_t b)
{
    struct lm_occurrence_member m[2] = { 0 };
    const int64_t events[2] = { a, b };
    lm_err err = LM_OK;
    for (int i = 0; i < 2 && err == LM_OK; i++) {
        struct two w = { t, events[i], &m[i], false };
        err = lm_store_occurrence(t->st, &t->f, events[i], take_one, &w, &t->cli->error);
        if (err == LM_OK && !(w.found && m[i].dated))
            err = lm_fail(&t->cli->error, LM_EUSAGE, "event %lld states no moment that can be compared", (long long)events[i]);
    }
    if (err != LM_OK)
        return err;
    if (t->cli->json) {
        lm_json_key(&t->o, "why");
        json_reason(t, &m[0], &m[1]);
    } else {
        text_reason(t, &m[0], &m[1]);
    }
    return LM_OK;
}

/* --- lists --- */

static lm_err each_row(void *user, const struct lm_occurrence_row *r)
{
    struct task *t = user;
    if (t->cli->json)
        json_row(&t->o, r);
    else
        text_row(&t->cli->out, r);
    return lm_show_pass_on(t->cli);
}

static void totals_json(struct lm_json_out *o, const struct lm_occurrence_totals *n)
{
    lm_json_kv_u64(o, "total", n->joined);
    lm_json_key(o, "figures");
    lm_json_object(o);
    lm_json_kv_u64(o, "occurrences", n->occurrences);
    lm_json_kv_u64(o, "records", n->records);
    lm_json_kv_u64(o, "attempts", n->attempts);
    lm_json_kv_u64(o, "voicemails", n->voicemails);
    lm_json_kv_u64(o, "forwards", n->forwards);
    lm_json_object_end(o);
}

static lm_err list(struct task *t)
{
    struct lm_occurrence_totals n;
    int64_t limit = 0, offset = 0, account = 0;
    lm_err err = lm_args_i64(t->args, "--limit", 0, INT64_MAX / 2, 0, &limit, &t->cli->error);
    if (err == LM_OK)
        err = lm_args_i64(t->args, "--offset", 0, INT64_MAX / 2, 0, &offset, &t->cli->error);
    if (err == LM_OK)
        err = lm_args_i64(t->args, "--account", 1, INT64_MAX / 2, 0, &account, &t->cli->error);
    if (err == LM_OK)
        err = lm_store_occurrence_totals(t->st, t->f.investigation, &n, &t->cli->error);
    if (err != LM_OK)
        return err;
    struct lm_occurrence_page page = { account, (uint64_t)limit, (uint64_t)offset };
    if (t->cli->json) {
        lm_json_key(&t->o, "occurrences");
        lm_json_array(&t->o);
    }
    err = lm_store_occurrences(t->st, &t->f, &page, each_row, t, &t->cli->error);
    if (t->cli->json) {
        lm_json_array_end(&t->o);
        totals_json(&t->o, &n);
    } else {
        lm_buf_printf(&t->cli->out, "%llu messages and calls in %llu records, each counted for each recipient; apart from"
                                    " them %llu attempts, %llu voicemails, %llu forwardings\n",
                      (unsigned long long)n.occurrences, (unsigned long long)n.records, (unsigned long long)n.attempts,
                      (unsigned long long)n.voicemails, (unsigned long long)n.forwards);
    }
    return err;
}

static lm_err each_split(void *user, const struct lm_split_row *s)
{
    struct task *t = user;
    char at[LM_WHEN_TEXT], back[LM_WHEN_TEXT];
    struct lm_when said = { s->at_us, 0, LM_TIME_UTC }, withdrawn = { s->withdrawn_us, 0, LM_TIME_UTC };
    lm_when_format(&said, at);
    lm_when_format(&withdrawn, back);
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_i64(&t->o, "judgement", s->judgement);
        lm_json_kv_i64(&t->o, "event", s->event);
        lm_json_kv_u64(&t->o, "apart_from", s->pairs);
        lm_json_kv_str(&t->o, "who", s->who);
        lm_json_kv_z(&t->o, "at", at);
        lm_json_kv_str(&t->o, "reason", s->reason);
        lm_json_kv_text(&t->o, "withdrawn_by", s->withdrawn_by);
        lm_json_kv_z(&t->o, "withdrawn", s->withdrawn_us != 0 ? back : NULL);
        lm_json_object_end(&t->o);
        return LM_OK;
    }
    struct lm_buf *b = &t->cli->out;
    lm_buf_printf(b, "judgement %lld  event %lld is not the same as %llu others  %s  ", (long long)s->judgement,
                  (long long)s->event, (unsigned long long)s->pairs, at);
    lm_terminal_put(b, s->who);
    lm_buf_put(b, LM_STR(": "));
    lm_terminal_put(b, s->reason);
    if (s->withdrawn_us != 0)
        lm_buf_printf(b, "  (taken back %s)", back);
    lm_buf_putc(b, '\n');
    return LM_OK;
}

static lm_err splits(struct task *t)
{
    if (t->cli->json) {
        lm_json_key(&t->o, "splits");
        lm_json_array(&t->o);
    }
    lm_err err = lm_store_splits(t->st, &t->f, each_split, t, &t->cli->error);
    if (t->cli->json)
        lm_json_array_end(&t->o);
    return err;
}

static void clock_line(struct task *t, const struct lm_stored_clock *c)
{
    char source[65], reference[65];
    (void)lm_sha256_hex(&c->source, source);
    (void)lm_sha256_hex(&c->reference, reference);
    bool own = c->support == 0;
    uint32_t shared = shared_by(t, &c->source, &c->reference);
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_z(&t->o, "source_sha256", source);
        lm_json_kv_z(&t->o, "reference_sha256", own ? NULL : reference);
        lm_json_kv_u64(&t->o, "reports", c->records);
        lm_json_kv_double(&t->o, "granularity_s", seconds(c->granularity_us));
        lm_json_kv_i64(&t->o, "duration_granularity_s", c->duration_granularity_s);
        if (own)
            lm_json_kv_null(&t->o, "offset_s");
        else
            lm_json_kv_double(&t->o, "offset_s", seconds(c->offset_us));
        lm_json_kv_u64(&t->o, "shared_events", shared != 0 ? shared : c->support);
        lm_json_kv_bool(&t->o, "direct", shared != 0);
        lm_json_object_end(&t->o);
        return;
    }
    lm_buf_printf(&t->cli->out, "%.12s…  %llu reports, times to %.0f s", source, (unsigned long long)c->records,
                  seconds(c->granularity_us));
    if (own)
        lm_buf_put(&t->cli->out, LM_STR(", no other clock to compare it with\n"));
    else if (memcmp(&c->source, &c->reference, sizeof c->source) == 0)
        lm_buf_put(&t->cli->out, LM_STR(", the reference of the others\n"));
    else
        lm_buf_printf(&t->cli->out, ", %+.1f s against %.12s… (%" PRIu32 " shared events%s)\n", seconds(c->offset_us),
                      reference, shared != 0 ? shared : c->support, shared != 0 ? "" : ", by way of another source");
}

static lm_err clocks(struct task *t)
{
    if (t->cli->json) {
        lm_json_key(&t->o, "clocks");
        lm_json_array(&t->o);
    }
    for (size_t i = 0; i < t->n_clocks; i++)
        clock_line(t, &t->clocks[i]);
    if (t->cli->json)
        lm_json_array_end(&t->o);
    return LM_OK;
}

/* --- changes --- */

static lm_err rejoin(struct task *t, bool anew)
{
    struct lm_joined j = { 0 };
    lm_err err = lm_join(t->st, t->f.investigation, anew, NULL, &j, &t->cli->error);
    if (err != LM_OK)
        return err;
    t->current = true;
    if (t->cli->json) {
        lm_json_kv_u64(&t->o, "read", j.read);
        lm_json_kv_u64(&t->o, "written", j.written);
    } else {
        lm_buf_printf(&t->cli->out, "%llu reports read, %llu occurrences written\n", (unsigned long long)j.read,
                      (unsigned long long)j.written);
    }
    return LM_OK;
}

static lm_err split(struct task *t, int64_t event)
{
    int64_t judgement = 0;
    lm_err err = t->current ? LM_OK : lm_join(t->st, t->f.investigation, false, NULL, &(struct lm_joined){ 0 }, &t->cli->error);
    if (err == LM_OK)
        err = lm_store_split(t->st, &t->f, event, lm_str(lm_args_get(t->args, "--reason")), &judgement, &t->cli->error);
    if (err != LM_OK)
        return err;
    if (t->cli->json)
        lm_json_kv_i64(&t->o, "judgement", judgement);
    else
        lm_buf_printf(&t->cli->out, "judgement %lld: event %lld is not the same as the others\n", (long long)judgement,
                      (long long)event);
    return rejoin(t, false);
}

static lm_err take_back(struct task *t, int64_t judgement)
{
    lm_err err = lm_store_unsplit(t->st, &t->f, judgement, lm_str(lm_args_get(t->args, "--reason")), &t->cli->error);
    if (err != LM_OK)
        return err;
    if (t->cli->json)
        lm_json_kv_i64(&t->o, "judgement", judgement);
    else
        lm_buf_printf(&t->cli->out, "judgement %lld is taken back\n", (long long)judgement);
    return rejoin(t, false);
}

/* --- the verb --- */

struct act {
    const char *word;
    size_t numbers; /* operands after it */
    bool writes;
};
static const struct act acts[] = { { "list", 0, false }, { "show", 1, false }, { "why", 2, false },    { "splits", 0, false },
                                   { "clocks", 0, false }, { "split", 1, true }, { "join", 1, true }, { "rebuild", 0, true } };

static lm_err act(struct task *t, const struct act *a, const int64_t n[2])
{
    switch (a - acts) {
    case 0:
        return list(t);
    case 1:
        return show_event(t, n[0]);
    case 2:
        return why(t, n[0], n[1]);
    case 3:
        return splits(t);
    case 4:
        return clocks(t);
    case 5:
        return split(t, n[0]);
    case 6:
        return take_back(t, n[0]);
    default:
        return rejoin(t, true);
    }
}

static lm_err parse(struct lm_cli *cli, const struct lm_args *args, const struct act **ret, int64_t n[2])
{
    struct lm_str word = args->n_operands != 0 ? lm_str(args->operands[0]) : (struct lm_str){ NULL, 0 };
    const struct act *a = NULL;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (lm_str_eq(word, lm_str(acts[i].word)))
            a = &acts[i];
    if (a == NULL)
        return lm_fail(&cli->error, LM_EUSAGE, "occurrence wants one word: list, show, why, split, join, splits, clocks, rebuild");
    bool good = args->n_operands == a->numbers + 1;
    for (size_t i = 0; good && i < a->numbers; i++)
        good = lm_str_to_i64(lm_str(args->operands[i + 1]), &n[i]) && n[i] > 0;
    if (!good)
        return lm_fail(&cli->error, LM_EUSAGE, "occurrence %s wants %zu number%s", a->word, a->numbers,
                       a->numbers == 1 ? "" : "s");
    *ret = a;
    return LM_OK;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct task t = { .cli = cli, .args = args };
    struct lm_occurrence_state stored, now;
    const struct act *a = NULL;
    int64_t n[2] = { 0, 0 };
    lm_err err = parse(cli, args, &a, n);
    if (err == LM_OK)
        err = lm_cli_look(cli, args, "occurrence", &t.f);
    if (err == LM_OK)
        err = a->writes ? lm_cli_open_write(cli, &t.st) : lm_cli_open(cli, &t.st);
    if (err != LM_OK)
        return err;
    err = lm_store_occurrence_state(t.st, t.f.investigation, &stored, &now, &cli->error);
    t.current = err == LM_OK && lm_occurrences_current(&stored, &now);
    if (err == LM_OK)
        err = load_clocks(&t);
    lm_json_out_init(&t.o, &cli->out);
    if (cli->json)
        lm_json_object(&t.o);
    if (err == LM_OK)
        err = act(&t, a, n);
    if (cli->json) {
        lm_json_kv_bool(&t.o, "current", t.current);
        lm_json_object_end(&t.o);
        lm_buf_putc(&cli->out, '\n');
    } else if (err == LM_OK && !t.current) {
        lm_buf_put(&cli->out, LM_STR("not up to date: occurrence rebuild brings it up\n"));
    }
    lm_store_close(t.st);
    return err;
}

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation under which you look" },
    { "--purpose", "TEXT", "one line: why you look; stands in the audit entry (\"occurrence\")" },
    { "--account", "N", "list: only those of this account" },
    { "--limit", "N", "list: how many (0: all)" },
    { "--offset", "N", "list: how many to pass over (0)" },
    { "--reason", "TEXT", "split, join: why" },
    { 0 },
};

const struct lm_command lm_cmd_occurrence = {
    .name = "occurrence",
    .title = "real events and the records that report them",
    .usage = "list | show EVENT | why EVENT EVENT | split EVENT --reason TEXT | join JUDGEMENT --reason TEXT | splits |"
             " clocks | rebuild, each with -i ID",
    .help = "Two carriers and two telephones report one call up to four times: it is counted once. list: what several\n"
            "sources report. show: all records of one, the rule that matched them, what their clocks differ by. split: a\n"
            "person says that an event is not the same as the others; join takes that judgement back (splits lists them).\n"
            "rebuild joins everything anew; the answer is the same.\n",
    .options = options,
    .run = run,
};
