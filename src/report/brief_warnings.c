#include <inttypes.h>

#include "report/brief_data.h"

static const char *s(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void warn_ledger(struct lm_warnings *w, const struct lm_brief *b)
{
    const struct lm_counts *t = &b->totals;
    char n[LM_GROUPED_TEXT];
    if (b->n_open != 0)
        lm_warn(w, "ledger_open", "The counts of %zu source%s do not close: run `lastmile verify`.", b->n_open,
            s(b->n_open));
    if (b->summary.imports_interrupted != 0)
        lm_warn(w, "import_interrupted",
            "%" PRIu64 " import%s interrupted: what had been committed is kept; import the same files again to complete "
            "%s.", b->summary.imports_interrupted, b->summary.imports_interrupted == 1 ? " was" : "s were",
            b->summary.imports_interrupted == 1 ? "it" : "them");
    if (t->held != 0)
        lm_warn(w, "held",
            "%s record%s outside the authority: held, not indexed, not returned, in no figure below.",
            lm_grouped(t->held, n), t->held == 1 ? " lies" : "s lie");
    if (t->rejected != 0)
        lm_warn(w, "rejected", "%s record%s could not be read: see the problems, each with its locator.",
            lm_grouped(t->rejected, n), s(t->rejected));
    if (b->n_broken != 0)
        lm_warn(w, "broken", "%zu source%s break%s off: kept up to the break.", b->n_broken, s(b->n_broken),
            b->n_broken == 1 ? "s" : "");
    if (b->n_unclaimed != 0)
        lm_warn(w, "unclaimed", "%zu source%s: no reader knows the form; nothing was read.", b->n_unclaimed,
            s(b->n_unclaimed));
    if (b->n_encrypted != 0)
        lm_warn(w, "encrypted", "%zu source%s: encrypted, listed and not read.", b->n_encrypted, s(b->n_encrypted));
}

static void warn_time(struct lm_warnings *w, const struct lm_summary *y)
{
    char some[LM_GROUPED_TEXT], all[LM_GROUPED_TEXT];
    if (y->events_local != 0)
        lm_warn(w, "local_time",
            "%s of %s events state a wall clock without its zone: each stands for an interval of -12 to +14 hours.",
            lm_grouped(y->events_local, some), lm_grouped(y->events, all));
    if (y->events_undated != 0)
        lm_warn(w, "undated", "%s of %s events state no time.", lm_grouped(y->events_undated, some),
            lm_grouped(y->events, all));
}

static void warn_totals(struct lm_warnings *w, const struct lm_brief *b)
{
    bool doses = false;
    for (size_t i = 0; i < b->rollup.n_figures; i++)
        doses = doses || b->rollup.figures[i].rule.n != 0;
    if (doses)
        lm_warn(w, "doses", "%s%s", LM_DOSE_CAUTION,
            b->rollup_options.rule->inference ? " The rule in force is our inference from published totals." : "");
    if (b->rollup.n_set_aside != 0)
        lm_warn(w, "set_aside", "%zu row%s claimed twice: counted once, listed as set aside.", b->rollup.n_set_aside,
            b->rollup.n_set_aside == 1 ? " is" : "s are");
    if (b->rollup.n_notes != 0)
        lm_warn(w, "row_notes", "%zu row%s of the operation's tables need%s a look: `lastmile rollup` lists them.",
            b->rollup.n_notes, s(b->rollup.n_notes), b->rollup.n_notes == 1 ? "s" : "");
}

lm_err lm_brief_add_warnings(struct lm_arena *a, struct lm_brief *b, struct lm_error *e)
{
    struct lm_warnings *w = &b->warnings;
    *w = (struct lm_warnings){ .a = a };
    if ((b->parts & LM_BRIEF_LEDGER) != 0)
        warn_ledger(w, b);
    if ((b->parts & LM_BRIEF_NETWORK) != 0)
        lm_contact_net_warn(&b->network.net, w);
    if ((b->parts & LM_BRIEF_RECORDS) != 0)
        warn_time(w, &b->summary);
    if ((b->parts & LM_BRIEF_TOTALS) != 0)
        warn_totals(w, b);
    lm_warn(w, "no_data", "No data held is not no contact.");
    return w->failed ? lm_fail(e, LM_ENOMEM, "out of memory") : LM_OK;
}
