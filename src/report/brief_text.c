#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "report/brief_data.h"

#define PATH_WIDTH 40
#define LABEL_WIDTH 36
#define ROWS_SHOWN 4

/* At most max characters (0: all), the last one an ellipsis when s is longer; then blanks up to width. */
static void put_text(struct lm_buf *out, struct lm_str s, size_t max, size_t width)
{
    for (size_t shown = lm_log_safe_cut(out, s, max); shown < width; shown++)
        lm_buf_putc(out, ' ');
}

const char *lm_brief_grouped(uint64_t v, char out[LM_GROUPED_TEXT])
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRIu64, v);
    out[lm_decimal_grouped(lm_str(digits), out)] = '\0';
    return out;
}

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
        lm_buf_printf(out, " %9s", lm_brief_grouped(v[i], g));
}

static void put_ledger(const struct lm_brief *b, struct lm_buf *out)
{
    heading(out, "Ledger");
    put_text(out, LM_STR("source"), 0, PATH_WIDTH);
    lm_buf_printf(out, " %9s %9s %9s %9s %9s %9s %9s\n", "seen", "kept", "duplicate", "held", "rejected", "facts",
                  "problems");
    for (size_t i = 0; i < b->n_sources; i++) {
        const struct lm_brief_source *s = &b->sources[i];
        put_text(out, s->path, PATH_WIDTH, PATH_WIDTH);
        put_counts(out, &s->counts);
        lm_buf_printf(out, "  ");
        if (s->reader.n != 0)
            put_text(out, s->reader, 0, 0);
        else
            lm_buf_put(out, LM_STR("no reader"));
        if (s->revoked || s->state != LM_SOURCE_READ)
            lm_buf_printf(out, ", %s", s->revoked ? "revoked" : lm_source_state_word(s->state));
        lm_buf_printf(out, ", authority ");
        put_text(out, s->authority, 0, 0);
        lm_buf_printf(out, "%s\n", s->closes ? "" : ", DOES NOT CLOSE");
    }
    char total[32];
    (void)snprintf(total, sizeof total, "all %zu sources", b->n_sources);
    put_text(out, lm_str(total), 0, PATH_WIDTH);
    put_counts(out, &b->totals);
    lm_buf_printf(out, "  %s\n", b->n_open == 0 ? "every source closes" : "NOT EVERY SOURCE CLOSES");
}

static void put_figure(const struct lm_figure *f, struct lm_buf *out)
{
    static const char *const said[] = { [LM_QUALIFIER_EXACT] = "", [LM_QUALIFIER_NEARLY] = "nearly ",
                                        [LM_QUALIFIER_ABOUT] = "about ", [LM_QUALIFIER_MORE_THAN] = "more than ",
                                        [LM_QUALIFIER_AT_LEAST] = "at least " };
    char number[LM_QUANTITY_TEXT];
    put_text(out, f->name, 0, 26);
    if (f->refused) {
        lm_buf_printf(out, " refused: ");
        put_text(out, f->note, 0, 0);
    } else {
        lm_buf_printf(out, " %s", (size_t)f->qualifier < sizeof said / sizeof said[0] ? said[f->qualifier] : "");
        lm_buf_grouped(out, f->value);
        if (f->unit != LM_UNIT_COUNT && f->unit != LM_UNIT_NONE)
            lm_buf_printf(out, " %s", lm_unit_word(f->unit));
    }
    if (f->rule.n != 0) {
        lm_buf_printf(out, "  (rule ");
        put_text(out, f->rule, 0, 0);
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
        put_text(out, f->rows[i], 60, 0);
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
        put_text(out, b->rollup.set_aside[i].row, 0, 0);
        lm_buf_printf(out, ": ");
        put_text(out, b->rollup.set_aside[i].because, 0, 0);
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
                  PRIu32 " accounts.\n", lm_brief_grouped(n->accounts, g[0]), lm_brief_grouped(n->pairs, g[1]),
                  lm_brief_grouped(n->contacts, g[2]), n->components, n->components == 1 ? "" : "s", n->largest);
    if (n->n_keys == 0) {
        lm_buf_printf(out, "No account stands between two others in the data held.\n");
        return;
    }
    lm_buf_printf(out, "%3s  ", "k");
    put_text(out, LM_STR("identifier"), 0, LABEL_WIDTH);
    lm_buf_printf(out, " %-10s %7s %12s %10s %8s %9s %9s\n", "standing", "degree", "betweenness", "rank range",
                  "largest", "pairs", "contacts");
    for (uint32_t i = 0; i < n->n_keys; i++) {
        const struct lm_brief_key *k = &n->keys[i];
        char range[32];
        (void)snprintf(range, sizeof range, "%" PRIu32 "-%" PRIu32, k->rank_low, k->rank_high);
        lm_buf_printf(out, "%3" PRIu32 "  ", i + 1);
        put_text(out, k->label, LABEL_WIDTH, LABEL_WIDTH);
        lm_buf_printf(out, " %-10s %7" PRIu64 " %12.1f %10s %8" PRIu32 " %9" PRIu64 " %9" PRIu64 "\n", "unassessed",
                      k->degree, k->betweenness, n->simulated ? range : "-", k->largest_after, k->pairs_after,
                      k->contacts);
    }
    lm_buf_putc(out, '\n');
    lm_buf_put(out, lm_brief_method(b));
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
    put_text(out, b->investigation.id, 0, 0);
    lm_buf_printf(out, ": ");
    put_text(out, b->investigation.title, 0, 0);
    lm_buf_printf(out, "\nData cut-off: %s; %s events held in reach.\n", iso, lm_brief_grouped(y->events, g));
    heading(out, "Read this first");
    for (size_t i = 0; i < b->n_warnings; i++) {
        lm_buf_printf(out, "* ");
        put_text(out, b->warnings[i].text, 0, 0);
        lm_buf_putc(out, '\n');
    }
    put_ledger(b, out);
    put_totals(b, out);
    put_network(b, out);
}
