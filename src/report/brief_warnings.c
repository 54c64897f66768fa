#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "report/brief_data.h"

struct list {
    struct lm_arena *a;
    struct lm_brief *b;
    size_t cap;
    bool failed;
};

static void add(struct list *l, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void add(struct list *l, const char *code, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct lm_brief *b = l->b;
    struct lm_brief_warning *v = lm_arena_grow(l->a, b->warnings, b->n_warnings, &l->cap, sizeof *v);
    if (v == NULL) {
        l->failed = true;
        return;
    }
    b->warnings = v;
    v[b->n_warnings] = (struct lm_brief_warning){ code, lm_arena_copy(l->a, lm_str(text)) };
    l->failed = l->failed || v[b->n_warnings].text.p == NULL;
    b->n_warnings++;
}

static const char *s(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void warn_ledger(struct list *l, const struct lm_brief *b)
{
    const struct lm_counts *t = &b->totals;
    char n[LM_GROUPED_TEXT];
    if (b->n_open != 0)
        add(l, "ledger_open", "The counts of %zu source%s do not close: run `lastmile verify`.", b->n_open,
            s(b->n_open));
    if (b->summary.imports_interrupted != 0)
        add(l, "import_interrupted",
            "%" PRIu64 " import%s interrupted: what had been committed is kept; import the same files again to complete "
            "%s.", b->summary.imports_interrupted, b->summary.imports_interrupted == 1 ? " was" : "s were",
            b->summary.imports_interrupted == 1 ? "it" : "them");
    if (t->held != 0)
        add(l, "held",
            "%s record%s outside the authority: held, not indexed, not returned, in no figure below.",
            lm_brief_grouped(t->held, n), t->held == 1 ? " lies" : "s lie");
    if (t->rejected != 0)
        add(l, "rejected", "%s record%s could not be read: see the problems, each with its locator.",
            lm_brief_grouped(t->rejected, n), s(t->rejected));
    if (b->n_broken != 0)
        add(l, "broken", "%zu source%s break%s off: kept up to the break.", b->n_broken, s(b->n_broken),
            b->n_broken == 1 ? "s" : "");
    if (b->n_unclaimed != 0)
        add(l, "unclaimed", "%zu source%s: no reader knows the form; nothing was read.", b->n_unclaimed,
            s(b->n_unclaimed));
    if (b->n_encrypted != 0)
        add(l, "encrypted", "%zu source%s: encrypted, listed and not read.", b->n_encrypted, s(b->n_encrypted));
}

static void warn_time(struct list *l, const struct lm_summary *y)
{
    char some[LM_GROUPED_TEXT], all[LM_GROUPED_TEXT];
    if (y->events_local != 0)
        add(l, "local_time",
            "%s of %s events state a wall clock without its zone: each stands for an interval of -12 to +14 hours.",
            lm_brief_grouped(y->events_local, some), lm_brief_grouped(y->events, all));
    if (y->events_undated != 0)
        add(l, "undated", "%s of %s events state no time.", lm_brief_grouped(y->events_undated, some),
            lm_brief_grouped(y->events, all));
}

static void warn_network(struct list *l, const struct lm_brief_network *n)
{
    struct lm_str source = lm_str_take(n->top_source, 200);
    source.n = lm_utf8_valid_prefix(source);
    char left_out[LM_GROUPED_TEXT];
    if (n->top_percent > LM_SHARE_WARNING)
        add(l, "one_source",
            "One source, %.*s, supplies %u %% of the pairs in contact: whoever used that device stands in the middle "
            "because of it.", LM_STR_ARG(source), n->top_percent);
    if (n->left_out != 0)
        add(l, "groups_left_out",
            "%s message%s or call%s in groups above 20, or with members that are not all known, enter no "
            "measure.", lm_brief_grouped(n->left_out, left_out), s(n->left_out), s(n->left_out));
}

static void warn_totals(struct list *l, const struct lm_brief *b)
{
    bool doses = false;
    for (size_t i = 0; i < b->rollup.n_figures; i++)
        doses = doses || b->rollup.figures[i].rule.n != 0;
    if (doses)
        add(l, "doses", "%s%s", LM_DOSE_CAUTION,
            b->rollup_options.rule->inference ? " The rule in force is our inference from published totals." : "");
    if (b->rollup.n_set_aside != 0)
        add(l, "set_aside", "%zu row%s claimed twice: counted once, listed as set aside.", b->rollup.n_set_aside,
            b->rollup.n_set_aside == 1 ? " is" : "s are");
    if (b->rollup.n_notes != 0)
        add(l, "row_notes", "%zu row%s of the operation's tables need%s a look: `lastmile rollup` lists them.",
            b->rollup.n_notes, s(b->rollup.n_notes), b->rollup.n_notes == 1 ? "s" : "");
}

lm_err lm_brief_add_warnings(struct lm_arena *a, struct lm_brief *b, struct lm_error *e)
{
    struct list l = { .a = a, .b = b };
    if ((b->parts & LM_BRIEF_LEDGER) != 0)
        warn_ledger(&l, b);
    if ((b->parts & LM_BRIEF_NETWORK) != 0) {
        warn_network(&l, &b->network);
        warn_time(&l, &b->summary);
    }
    if ((b->parts & LM_BRIEF_TOTALS) != 0)
        warn_totals(&l, b);
    add(&l, "no_data", "No data held is not no contact.");
    return l.failed ? lm_fail(e, LM_ENOMEM, "out of memory") : LM_OK;
}
