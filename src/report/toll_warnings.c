/* What a reader of a contact pack has to beware of. */
#include <inttypes.h>

#include "base/terminal.h"
#include "report/toll_parts.h"
#include "store/occurrence.h"

lm_err lm_toll_clocks_load(struct lm_arena *a, struct lm_store *st, const struct lm_toll_pack *p,
                           struct lm_toll_clocks *ret, struct lm_error *e)
{
    struct lm_stored_clock *clocks = NULL;
    struct lm_stored_clock_pair *pairs = NULL;
    struct lm_occurrence_state stored, now;
    struct lm_toll_clocks r = { 0 };
    size_t n = 0, n_pairs = 0;
    lm_err err = lm_store_occurrence_state(st, p->investigation.id, &stored, &now, e);
    if (err == LM_OK)
        err = lm_store_clocks(st, a, p->investigation.id, &clocks, &n, &pairs, &n_pairs, e);
    if (err != LM_OK)
        return err;
    r.current = lm_occurrences_current(&stored, &now);
    r.list = lm_arena_array(a, p->n_sources, sizeof *r.list);
    if (r.list == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < p->n_sources; i++)
        for (size_t k = 0; k < n; k++)
            if (memcmp(&clocks[k].source, &p->sources[i].sha256, sizeof clocks[k].source) == 0)
                r.list[r.n++] = (struct lm_toll_clock){ (uint32_t)i, clocks[k].granularity_us,
                                                        clocks[k].offset_us, clocks[k].support };
    *ret = r;
    return LM_OK;
}

static bool tells(const struct lm_toll_pack *p, uint32_t source)
{
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->numbers[i].n_spans; k++)
            if (p->numbers[i].spans[k].source == source)
                return true;
    return false;
}

static void warn_clocks(struct lm_warnings *w, const struct lm_toll_pack *p, const struct lm_toll_clocks *c)
{
    uint64_t minutes = 0;
    if (!c->current)
        lm_warn(w, "not_joined",
                "Records of one event are not joined for the latest import yet: a call that several sources "
                "report may count more than once.");
    for (size_t i = 0; i < c->n; i++) {
        const struct lm_toll_clock *k = &c->list[i];
        if (!tells(p, k->source))
            continue;
        minutes += k->granularity_us >= 60 * LM_SECOND_US;
        if (k->support != 0 && k->offset_us != 0)
            lm_warn(w, "clock_offset",
                    "The clock of %.*s differs by %+.0f s from the one it is compared with (estimated from "
                    "%" PRIu32 " shared events); moments are printed as the source states them.",
                    LM_STR_ARG(lm_str_take(p->sources[k->source].path, 200)), (double)k->offset_us / 1e6,
                    k->support);
    }
    if (minutes != 0)
        lm_warn(w, "whole_minutes",
                "%" PRIu64 " source%s state%s whole minutes only: what happened first within a minute is "
                "not known.",
                minutes, minutes == 1 ? "" : "s", minutes == 1 ? "s" : "");
}

static void warn_ledger(struct lm_warnings *w, const struct lm_toll_pack *p)
{
    char n[LM_GROUPED_TEXT];
    if (p->held != 0)
        lm_warn(
            w, "held",
            "%s record%s of the investigation outside the authority: held, not looked at, in no figure here.",
            lm_grouped(p->held, n), p->held == 1 ? " lies" : "s lie");
    if (p->rejected != 0)
        lm_warn(w, "rejected",
                "%s record%s of the investigation could not be read: see the problems of the import.",
                lm_grouped(p->rejected, n), p->rejected == 1 ? "" : "s");
}

static void warn_number(struct lm_warnings *w, const struct lm_toll_number *t)
{
    char n[LM_GROUPED_TEXT];
    if (t->n_accounts == 0)
        lm_warn(w, "not_in_data", "%.*s does not occur in the data held. No data held is not no contact.",
                LM_STR_ARG(t->label));
    else if (!t->has_own)
        lm_warn(w, "no_own_records",
                "No source here is %.*s's own records: what others recorded of it is shown, and nothing is "
                "known of the rest.",
                LM_STR_ARG(t->label));
    if (t->local != 0)
        lm_warn(
            w, "local_time",
            "%s events of %.*s state a wall clock without its zone: each stands for an interval of -12 to "
            "+14 hours, and has no place in the hours and sequences.",
            lm_grouped(t->local, n), LM_STR_ARG(t->label));
    if (t->undated_left_out != 0)
        lm_warn(w, "undated",
                "%s events of %.*s state no time and are left out, because days were asked for.",
                lm_grouped(t->undated_left_out, n), LM_STR_ARG(t->label));
    if (t->no_country != 0)
        lm_warn(
            w, "no_country",
            "%s contacts of %.*s have no country code (short codes, internal and cut numbers): two of them "
            "that look alike need not be one.",
            lm_grouped(t->no_country, n), LM_STR_ARG(t->label));
    if (t->nobody != 0)
        lm_warn(w, "nobody", "%s events of %.*s name no other end (blank or withheld): not in the contacts.",
                lm_grouped(t->nobody, n), LM_STR_ARG(t->label));
    if (t->group != 0)
        lm_warn(w, "group", "%s events of %.*s have several recipients: not in the contacts.",
                lm_grouped(t->group, n), LM_STR_ARG(t->label));
    if (t->protected_contacts != 0)
        lm_warn(w, "protected", "%s contacts of %.*s belong to protected persons: counted, not listed.",
                lm_grouped(t->protected_contacts, n), LM_STR_ARG(t->label));
}

lm_err lm_toll_warn(struct lm_arena *a, struct lm_toll_pack *p, const struct lm_toll_clocks *c,
                    struct lm_error *e)
{
    struct lm_warnings *w = &p->warnings;
    *w = (struct lm_warnings){ .a = a };
    lm_warn(w, "number_to_number", "%s", LM_TOLL_SENTENCE);
    warn_clocks(w, p, c);
    warn_ledger(w, p);
    for (size_t i = 0; i < p->n; i++)
        warn_number(w, &p->numbers[i]);
    if (p->n_common != 0)
        lm_warn(
            w, "weights",
            "Weights rest on the data held: of a number whose own records are not held, only the others that "
            "recorded it are known.");
    lm_warn(w, "no_data", "No data held is not no contact.");
    return w->failed ? lm_fail(e, LM_ENOMEM, "out of memory") : LM_OK;
}
