#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "report/brief_data.h"

#define PATH_WIDTH 40
#define LABEL_WIDTH 36
#define ROWS_SHOWN 4

static void heading(struct lm_buf *out, const char *title)
{
    lm_buf_printf(out, "\n%s\n", title);
    for (size_t i = 0; i < strlen(title); i++)
        lm_buf_putc(out, '-');
    lm_buf_putc(out, '\n');
}

static void put_counts(struct lm_buf *out, const struct lm_counts *c)
{
    const uint64_t v[] = { c->seen, c->kept, c->duplicate, c->held, c->rejected, c->facts, c->problems };
    char g[LM_GROUPED_TEXT];
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++)
        lm_buf_printf(out, " %9s", lm_grouped(v[i], g));
}

static void put_ledger(const struct lm_brief *b, struct lm_buf *out)
{
    heading(out, "Ledger");
    lm_terminal_cell(out, LM_STR("source"), PATH_WIDTH, LM_CUT_END);
    lm_buf_printf(out, " %9s %9s %9s %9s %9s %9s %9s\n", "seen", "kept", "duplicate", "held", "rejected", "facts",
                  "problems");
    for (size_t i = 0; i < b->n_sources; i++) {
        const struct lm_brief_source *s = &b->sources[i];
        lm_terminal_cell(out, s->path, PATH_WIDTH, LM_CUT_END);
        put_counts(out, &s->counts);
        lm_buf_printf(out, "  ");
        if (s->reader.n != 0)
            lm_terminal_put(out, s->reader);
        else
            lm_buf_put(out, LM_STR("no reader"));
        if (s->revoked || s->state != LM_SOURCE_READ)
            lm_buf_printf(out, ", %s", s->revoked ? "revoked" : lm_source_state_word(s->state));
        lm_buf_printf(out, ", authority ");
        lm_terminal_put(out, s->authority);
        lm_buf_printf(out, "%s\n", s->closes ? "" : ", DOES NOT CLOSE");
    }
    char total[32];
    (void)snprintf(total, sizeof total, "all %zu sources", b->n_sources);
    lm_terminal_cell(out, lm_str(total), PATH_WIDTH, LM_CUT_END);
    put_counts(out, &b->totals);
    lm_buf_printf(out, "  %s\n", b->n_open == 0 ? "every source closes" : "NOT EVERY SOURCE CLOSES");
}

static void put_figure(const struct lm_figure *f, struct lm_buf *out)
{
    static const char *const said[] = { [LM_QUALIFIER_EXACT] = "", [LM_QUALIFIER_NEARLY] = "nearly ",
                                        [LM_QUALIFIER_ABOUT] = "about ", [LM_QUALIFIER_MORE_THAN] = "more than ",
                                        [LM_QUALIFIER_AT_LEAST] = "at least " };
    char number[LM_QUANTITY_TEXT];
    lm_terminal_cell(out, f->name, 26, LM_CUT_END);
    if (f->refused) {
        lm_buf_printf(out, " refused: ");
        lm_terminal_put(out, f->note);
    } else {
        lm_buf_printf(out, " %s", (size_t)f->qualifier < sizeof said / sizeof said[0] ? said[f->qualifier] : "");
        lm_buf_grouped(out, f->value);
        if (f->unit != LM_UNIT_COUNT && f->unit != LM_UNIT_NONE)
            lm_buf_printf(out, " %s", lm_unit_word(f->unit));
    }
    if (f->rule.n != 0) {
        lm_buf_printf(out, "  (rule ");
        lm_terminal_put(out, f->rule);
        if (f->has_range) {
            lm_buf_printf(out, "; over the rules ");
            lm_buf_grouped(out, lm_str(lm_quantity_format(f->low, f->unit, number)));
            lm_buf_printf(out, " to ");
            lm_buf_grouped(out, lm_str(lm_quantity_format(f->high, f->unit, number)));
        }
        lm_buf_putc(out, ')');
    }
    lm_buf_printf(out, "  [%zu row%s", f->n_rows, f->n_rows == 1 ? "" : "s");
    for (size_t i = 0; i < f->n_rows && i < ROWS_SHOWN; i++) {
        lm_buf_printf(out, i == 0 ? ": " : ", ");
        lm_terminal_put(out, f->rows[i]);
    }
    lm_buf_printf(out, "%s]\n", f->n_rows > ROWS_SHOWN ? ", …" : "");
}

static void put_totals(const struct lm_brief *b, struct lm_buf *out)
{
    heading(out, "Totals of the operation");
    if (b->rollup.n_figures == 0)
        lm_buf_printf(out, "No tables of the operation have been imported.\n");
    for (size_t i = 0; i < b->rollup.n_figures; i++)
        put_figure(&b->rollup.figures[i], out);
    for (size_t i = 0; i < b->rollup.n_set_aside; i++) {
        lm_buf_printf(out, "set aside: ");
        lm_terminal_put(out, b->rollup.set_aside[i].row);
        lm_buf_printf(out, ": ");
        lm_terminal_put(out, b->rollup.set_aside[i].because);
        lm_buf_putc(out, '\n');
    }
}

static void put_network(const struct lm_brief *b, struct lm_buf *out)
{
    const struct lm_brief_network *n = &b->network;
    char g[3][LM_GROUPED_TEXT];
    heading(out, "Key components");
    lm_buf_printf(out, "%s\n", LM_BRIEF_SENTENCE);
    lm_buf_printf(out, "%s accounts, %s pairs in contact by %s messages and calls; %" PRIu32 " piece%s, the largest with %"
                  PRIu32 " accounts.\n", lm_grouped(n->net.n, g[0]), lm_grouped(n->pairs, g[1]),
                  lm_grouped(n->net.contacts, g[2]), n->components, n->components == 1 ? "" : "s", n->largest);
    if (n->n_keys == 0) {
        lm_buf_printf(out, "No account stands between two others in the data held.\n");
        return;
    }
    lm_buf_printf(out, "%3s  ", "k");
    lm_terminal_cell(out, LM_STR("identifier"), LABEL_WIDTH, LM_CUT_END);
    lm_buf_printf(out, " %-10s %7s %12s %10s %8s %9s %9s\n", "standing", "degree", "betweenness", "rank range",
                  "largest", "pairs", "contacts");
    for (uint32_t i = 0; i < n->n_keys; i++) {
        const struct lm_brief_key *k = &n->keys[i];
        char range[32];
        (void)snprintf(range, sizeof range, "%" PRIu32 "-%" PRIu32, k->rank.low, k->rank.high);
        lm_buf_printf(out, "%3" PRIu32 "  ", i + 1);
        lm_terminal_cell(out, k->label, LABEL_WIDTH, LM_CUT_END);
        lm_buf_printf(out, " %-10s %7" PRIu64 " %12.1f %10s %8" PRIu32 " %9" PRIu64 " %9" PRIu64 "\n", "unassessed",
                      k->degree, k->betweenness, n->ranks.runs != 0 ? range : "-", k->largest_after, k->pairs_after,
                      k->contacts);
    }
    lm_buf_putc(out, '\n');
    lm_buf_put(out, n->method);
    lm_buf_putc(out, '\n');
}

void lm_brief_text(const struct lm_brief *b, struct lm_buf *out)
{
    char iso[LM_WHEN_TEXT] = "no dated event", g[LM_GROUPED_TEXT];
    const struct lm_summary *y = &b->summary;
    struct lm_when last = { .us = y->last_us, .quality = LM_TIME_UTC };
    if (y->events > y->events_undated)
        (void)lm_when_format(&last, iso);
    lm_buf_printf(out, "Brief of ");
    lm_terminal_put(out, b->investigation.id);
    lm_buf_printf(out, ": ");
    lm_terminal_put(out, b->investigation.title);
    lm_buf_printf(out, "\nData cut-off: %s; %s events held in reach.\n", iso, lm_grouped(y->events, g));
    heading(out, "Read this first");
    for (size_t i = 0; i < b->warnings.n; i++) {
        lm_buf_printf(out, "* ");
        lm_terminal_put(out, b->warnings.list[i].text);
        lm_buf_putc(out, '\n');
    }
    put_ledger(b, out);
    put_totals(b, out);
    put_network(b, out);
}
