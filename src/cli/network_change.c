#include <inttypes.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "cli/network_timed.h"
#include "network/burst.h"
#include "network/turnover.h"

#define TOP_DEFAULT 20
#define SEED 1
#define GAP_DEFAULT (7 * LM_DAY_US)

struct asked {
    struct lm_network_timed s;
    size_t top;
    int64_t gap_us;
    struct lm_bursts bursts;
    struct lm_turnover turnover;
};

static const struct lm_timed_contact *contact(const struct asked *x, size_t k)
{
    return &x->s.contacts.list[k];
}

static struct lm_str name_of(const struct asked *x, uint32_t v)
{
    return x->s.all.names[v];
}

/* --- JSON --- */

static lm_err json_key_row(struct asked *x, struct lm_json_out *o, const char *key, size_t k)
{
    lm_json_key(o, key);
    return lm_network_timed_json_row(&x->s, o, contact(x, k));
}

static lm_err json_bursts(struct asked *x, struct lm_json_out *o)
{
    const struct lm_bursts *r = &x->bursts;
    lm_err err = LM_OK;
    lm_json_key(o, "bursts");
    lm_json_object(o);
    lm_json_kv_u64(o, "tested", r->tested);
    lm_json_kv_u64(o, "runs", r->runs);
    lm_json_kv_double(o, "share_listed", LM_BURST_SHARE);
    lm_json_kv_double(o, "names_by_chance", r->by_chance);
    lm_json_kv_u64(o, "found", r->n);
    lm_json_kv_u64(o, "listed", r->n_listed);
    lm_json_key(o, "list");
    lm_json_array(o);
    for (size_t i = 0; i < r->n && i < x->top && err == LM_OK; i++) {
        const struct lm_burst *y = &r->list[i];
        lm_json_object(o);
        lm_json_kv_str(o, "name", name_of(x, y->name));
        lm_json_kv_u64(o, "contacts", y->contacts);
        lm_json_kv_double(o, "weight", y->weight);
        lm_json_kv_double(o, "share", y->share);
        lm_json_kv_bool(o, "listed", y->listed);
        err = json_key_row(x, o, "first", y->first);
        if (err == LM_OK)
            err = json_key_row(x, o, "last", y->last);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
    return err;
}

static lm_err json_silences(struct asked *x, struct lm_json_out *o, const char *key, const struct lm_turnover_name *list, size_t n,
                            bool last)
{
    lm_err err = LM_OK;
    lm_json_key(o, key);
    lm_json_object(o);
    lm_json_kv_u64(o, "tested", x->turnover.tested);
    lm_json_kv_double(o, "by_chance", x->turnover.by_chance);
    lm_json_kv_u64(o, "found", n);
    lm_json_key(o, "list");
    lm_json_array(o);
    for (size_t i = 0; i < n && i < x->top && err == LM_OK; i++) {
        const struct lm_activity *y = &x->turnover.activity[list[i].name];
        lm_json_object(o);
        lm_json_kv_str(o, "name", name_of(x, list[i].name));
        lm_json_kv_u64(o, "contacts", y->contacts);
        lm_json_kv_i64(o, "silent_s", list[i].silent_us / LM_SECOND_US);
        lm_json_kv_i64(o, "longest_before_s", list[i].longest_us / LM_SECOND_US);
        err = json_key_row(x, o, "row", last ? y->last : y->first);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
    return err;
}

static lm_err json_handset(struct asked *x, struct lm_json_out *o, const struct lm_handset *h)
{
    uint32_t *shared;
    size_t n;
    lm_err err = lm_handset_shared(&x->s.cli->run, &x->s.contacts, h, &shared, &n, &x->s.cli->error);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    lm_json_kv_str(o, "from", name_of(x, h->from));
    lm_json_kv_str(o, "to", name_of(x, h->to));
    lm_json_kv_i64(o, "gap_s", h->gap_us / LM_SECOND_US);
    lm_json_kv_double(o, "score", h->score);
    lm_json_kv_double(o, "expected", h->expected);
    lm_json_kv_double(o, "false_share", h->false_share);
    lm_json_kv_bool(o, "listed", h->listed);
    lm_json_key(o, "shared");
    lm_json_array(o);
    for (size_t i = 0; i < n; i++)
        lm_json_str(o, name_of(x, shared[i]));
    lm_json_array_end(o);
    err = json_key_row(x, o, "last_of_from", x->turnover.activity[h->from].last);
    if (err == LM_OK)
        err = json_key_row(x, o, "first_of_to", x->turnover.activity[h->to].first);
    lm_json_object_end(o);
    return err;
}

static lm_err json_handsets(struct asked *x, struct lm_json_out *o)
{
    const struct lm_turnover *r = &x->turnover;
    lm_err err = LM_OK;
    lm_json_key(o, "replaced");
    lm_json_object(o);
    lm_json_kv_u64(o, "candidates", r->candidates);
    lm_json_kv_u64(o, "candidates_left_out", r->candidates_left_out);
    lm_json_kv_i64(o, "gap_s", x->gap_us / LM_SECOND_US);
    lm_json_kv_double(o, "times_that_fit", r->fitting);
    lm_json_kv_double(o, "false_share_listed", LM_HANDSET_FALSE);
    lm_json_kv_u64(o, "found", r->n_handsets);
    lm_json_kv_u64(o, "listed", r->n_listed);
    lm_json_key(o, "list");
    lm_json_array(o);
    for (size_t i = 0; i < r->n_handsets && i < x->top && err == LM_OK; i++)
        err = json_handset(x, o, &r->handsets[i]);
    lm_json_array_end(o);
    lm_json_object_end(o);
    return err;
}

static lm_err json_answer(struct asked *x)
{
    struct lm_json_out o;
    struct lm_when from = lm_network_timed_when(&x->s, x->turnover.from_us), to = lm_network_timed_when(&x->s, x->turnover.to_us);
    lm_json_out_init(&o, &x->s.cli->out);
    lm_json_object(&o);
    lm_json_kv_when(&o, "from", &from);
    lm_json_kv_when(&o, "to", &to);
    lm_err err = json_bursts(x, &o);
    if (err == LM_OK)
        err = json_silences(x, &o, "appeared", x->turnover.appeared, x->turnover.n_appeared, false);
    if (err == LM_OK)
        err = json_silences(x, &o, "silent", x->turnover.silent, x->turnover.n_silent, true);
    if (err == LM_OK)
        err = json_handsets(x, &o);
    lm_network_timed_json(&x->s, &o);
    lm_json_object_end(&o);
    lm_buf_putc(&x->s.cli->out, '\n');
    return err;
}

/* --- text --- */

static lm_err text_row(struct asked *x, size_t k)
{
    struct lm_buf *b = &x->s.cli->out;
    lm_buf_printf(b, "      ");
    lm_err err = lm_network_timed_text_row(&x->s, b, contact(x, k));
    lm_buf_putc(b, '\n');
    return err;
}

static void text_more(struct asked *x, size_t n)
{
    if (n > x->top)
        lm_buf_printf(&x->s.cli->out, "  and %zu more (--top)\n", n - x->top);
}

static void text_span(struct lm_buf *b, int64_t us)
{
    lm_buf_printf(b, "%.1f days", (double)us / (double)LM_DAY_US);
}

static lm_err text_bursts(struct asked *x)
{
    struct lm_buf *b = &x->s.cli->out;
    const struct lm_bursts *r = &x->bursts;
    lm_err err = LM_OK;
    lm_buf_printf(b, "\nbursts: %zu, of which %zu are rarer than 1 in 100 runs of chance (marked *); %" PRIu32 " names tested, ", r->n,
                  r->n_listed, r->tested);
    lm_buf_printf(b, "%.2f names with a mark by chance\n", r->by_chance);
    for (size_t i = 0; i < r->n && i < x->top && err == LM_OK; i++) {
        const struct lm_burst *y = &r->list[i];
        lm_buf_printf(b, "  %s ", y->listed ? "*" : " ");
        lm_terminal_put(b, name_of(x, y->name));
        lm_buf_printf(b, ": %" PRIu32 " contacts in ", y->contacts);
        text_span(b, contact(x, y->last)->at.us - contact(x, y->first)->at.us);
        lm_buf_printf(b, ", weight %.1f, share of chance %.3f\n", y->weight, y->share);
        err = text_row(x, y->first);
        if (err == LM_OK)
            err = text_row(x, y->last);
    }
    text_more(x, r->n);
    return err;
}

static lm_err text_silences(struct asked *x, const char *title, const struct lm_turnover_name *list, size_t n, bool last)
{
    struct lm_buf *b = &x->s.cli->out;
    lm_err err = LM_OK;
    lm_buf_printf(b, "\n%s: %zu; %" PRIu32 " names tested, %.2f by chance\n", title, n, x->turnover.tested, x->turnover.by_chance);
    for (size_t i = 0; i < n && i < x->top && err == LM_OK; i++) {
        const struct lm_activity *y = &x->turnover.activity[list[i].name];
        lm_buf_printf(b, "  ");
        lm_terminal_put(b, name_of(x, list[i].name));
        lm_buf_printf(b, ": silent for ");
        text_span(b, list[i].silent_us);
        lm_buf_printf(b, ", never longer than ");
        text_span(b, list[i].longest_us);
        lm_buf_printf(b, " otherwise (%" PRIu32 " contacts)\n", y->contacts);
        err = text_row(x, last ? y->last : y->first);
    }
    text_more(x, n);
    return err;
}

static lm_err text_handsets(struct asked *x)
{
    struct lm_buf *b = &x->s.cli->out;
    const struct lm_turnover *r = &x->turnover;
    lm_err err = LM_OK;
    lm_buf_printf(b, "\nnumbers that take another one's place: %zu fit in time and share contacts, %zu of them marked *; by chance: how many\n"
                     "pairs share as much when the times are dealt out at random among %" PRIu32 " numbers that come and go; marked where at most a tenth\n"
                     "of the list down to there is chance\n", r->n_handsets, r->n_listed, r->candidates);
    for (size_t i = 0; i < r->n_handsets && i < x->top && err == LM_OK; i++) {
        const struct lm_handset *h = &r->handsets[i];
        lm_buf_printf(b, "  %s ", h->listed ? "*" : " ");
        lm_terminal_put(b, name_of(x, h->from));
        lm_buf_printf(b, " then ");
        lm_terminal_put(b, name_of(x, h->to));
        lm_buf_printf(b, ": %" PRIu32 " contacts shared, score %.2f, by chance %.3f, ", h->shared, h->score, h->expected);
        text_span(b, h->gap_us);
        lm_buf_printf(b, " from the last to the first\n");
        err = text_row(x, r->activity[h->from].last);
        if (err == LM_OK)
            err = text_row(x, r->activity[h->to].first);
    }
    text_more(x, r->n_handsets);
    return err;
}

static lm_err text_answer(struct asked *x)
{
    lm_network_timed_text_head(&x->s);
    lm_err err = text_bursts(x);
    if (err == LM_OK)
        err = text_silences(x, "appeared", x->turnover.appeared, x->turnover.n_appeared, false);
    if (err == LM_OK)
        err = text_silences(x, "fell silent", x->turnover.silent, x->turnover.n_silent, true);
    if (err == LM_OK)
        err = text_handsets(x);
    lm_network_timed_text_foot(&x->s);
    return err;
}

/* --- the question --- */

static lm_err answer(struct asked *x)
{
    struct lm_cli *cli = x->s.cli;
    const struct lm_contacts *c = &x->s.contacts;
    struct lm_warnings *w = &x->s.warnings;
    if (c->dated == 0) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "no contact held has a time");
        lm_fail_hint(&cli->error, "name a column `time` in the first row, or compare two files: network compare");
        return LM_EUSAGE;
    }
    lm_err err = lm_bursts_find(&cli->run, c, SEED, NULL, &x->bursts, &cli->error);
    if (err == LM_OK)
        err = lm_turnover_find(&cli->run, c, x->s.from_us, x->s.to_us, x->gap_us, &x->turnover, &cli->error);
    if (err != LM_OK)
        return err;
    if (x->bursts.runs == 0 && x->bursts.tested > 0)
        lm_warn(w, "chance_not_simulated", "Too many contacts: how often chance alone gives such bursts was not looked at, and none is marked.");
    lm_warn(w, "coverage", "A number appears and falls silent with the records of it as well: compare what each source covers. A new "
                           "number with the same contacts is consistent with a new handset, and with a second one of the same circle.");
    return lm_network_timed_warned(&x->s);
}

lm_err lm_network_change(struct lm_cli *cli, const struct lm_args *args)
{
    struct asked x = { .top = 0 };
    int64_t top;
    if (args->n_operands > 1)
        return lm_fail(&cli->error, LM_EUSAGE, "network change takes no operands");
    lm_err err = lm_args_i64(args, "--top", 0, UINT32_MAX, TOP_DEFAULT, &top, &cli->error);
    if (err == LM_OK)
        err = lm_network_duration(cli, args, "--gap", GAP_DEFAULT, &x.gap_us);
    if (err == LM_OK)
        err = lm_network_timed_load(cli, args, "change", &x.s);
    if (err != LM_OK)
        return err;
    x.top = (size_t)top;
    err = answer(&x);
    if (err == LM_OK)
        err = cli->json ? json_answer(&x) : text_answer(&x);
    err = lm_network_timed_end(&x.s, err);
    if (err == LM_OK)
        lm_network_timed_say(&x.s);
    return err;
}
