#include "rollup/figure_out.h"

#include <stdio.h>

#include "base/log.h"
#include "base/terminal.h"
#include "formats/json_out.h"

/* --- JSON --- */

static void kv_value(struct lm_json_out *o, const struct lm_figure *f)
{
    lm_json_key(o, "value");
    if (f->refused)
        lm_json_null(o);
    else
        lm_json_decimal(o, f->value);
}

/* computed / published to three decimals, rounded down; "" when published is 0. */
static const char *ratio(const struct lm_figure *f, char out[48])
{
    out[0] = '\0';
    if (f->published == NULL || f->refused || f->published->base <= 0)
        return out;
    uint64_t published = (uint64_t)f->published->base;
    lm_dose_sum thousandths = (lm_dose_sum)(uint64_t)f->base * 1000 / published;
    if (thousandths > INT64_MAX)
        return out;
    (void)snprintf(out, 48, "%llu.%03llu", (unsigned long long)(thousandths / 1000),
                   (unsigned long long)(thousandths % 1000));
    return out;
}

static void dose_keys(struct lm_json_out *o, const struct lm_figure *f)
{
    char text[48];
    lm_json_kv_bool(o, "inference", f->rule_object->inference);
    if (f->by != NULL)
        return;
    lm_json_key(o, "published");
    if (f->published == NULL) {
        lm_json_null(o);
    } else {
        lm_json_object(o);
        kv_value(o, f->published);
        lm_json_kv_z(o, "qualifier", lm_qualifier_word(f->published->qualifier));
        lm_json_kv_str(o, "row", f->published->rows[0]);
        lm_json_kv_text(o, "source", f->published->source);
        lm_json_object_end(o);
    }
    lm_json_key(o, "agrees");
    if (f->agrees < 0)
        lm_json_null(o);
    else
        lm_json_bool(o, f->agrees != 0);
    if (ratio(f, text)[0] != '\0') {
        lm_json_key(o, "ratio");
        lm_json_decimal(o, lm_str(text));
    }
}

static void figure(struct lm_json_out *o, const struct lm_figure *f)
{
    lm_json_object(o);
    lm_json_kv_str(o, "place", f->place);
    if (f->by != NULL)
        lm_json_kv_z(o, "by", f->by);
    lm_json_kv_str(o, "name", f->name);
    kv_value(o, f);
    lm_json_kv_z(o, "unit", lm_unit_word(f->unit));
    lm_json_kv_z(o, "qualifier", lm_qualifier_word(f->qualifier));
    lm_json_key(o, "rows");
    lm_json_array(o);
    for (size_t i = 0; i < f->n_rows; i++)
        lm_json_str(o, f->rows[i]);
    lm_json_array_end(o);
    if (f->by != NULL) {
        lm_json_key(o, "set_aside");
        lm_json_array(o);
        for (size_t i = 0; i < f->n_set_aside; i++)
            lm_json_str(o, f->set_aside[i]);
        lm_json_array_end(o);
    }
    lm_json_kv_text(o, "rule", f->rule);
    if (f->has_range) {
        lm_json_kv_i64(o, "low", f->low);
        lm_json_kv_i64(o, "high", f->high);
    } else {
        lm_json_kv_null(o, "low");
        lm_json_kv_null(o, "high");
    }
    if (f->source.n != 0)
        lm_json_kv_str(o, "source", f->source);
    if (f->exact.n != 0)
        lm_json_kv_str(o, "exact", f->exact);
    if (f->rule_object != NULL)
        dose_keys(o, f);
    if (f->note.n != 0)
        lm_json_kv_str(o, "note", f->note);
    lm_json_object_end(o);
}

static void rule(struct lm_json_out *o, const struct lm_dose_rule *r, bool chosen)
{
    lm_json_object(o);
    lm_json_kv_str(o, "rule", r->id);
    lm_json_kv_str(o, "title", r->title);
    lm_json_kv_str(o, "period", r->period);
    lm_json_kv_str(o, "basis", r->basis);
    lm_json_kv_bool(o, "inference", r->inference);
    lm_json_kv_str(o, "source", r->source);
    lm_json_kv_bool(o, "chosen", chosen);
    lm_json_object_end(o);
}

static void problems(struct lm_json_out *o, const struct lm_rollup_print *p)
{
    char where[LM_LOCATOR_TEXT];
    lm_json_key(o, "problems");
    lm_json_array(o);
    for (size_t i = 0; i < p->n_problems; i++) {
        lm_json_object(o);
        lm_json_kv_str(o, "file", p->problem_files[i]);
        lm_json_kv_z(o, "locator", lm_locator_format(&p->problems[i].at, where));
        lm_json_kv_z(o, "problem", lm_problem_kind_word(p->problems[i].kind));
        lm_json_kv_str(o, "reason", p->problems[i].reason);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

static void strings(struct lm_json_out *o, const char *key, const struct lm_str *v, size_t n)
{
    lm_json_key(o, key);
    lm_json_array(o);
    for (size_t i = 0; i < n; i++)
        lm_json_str(o, v[i]);
    lm_json_array_end(o);
}

static void links(struct lm_json_out *o, const struct lm_rollup *r)
{
    static const char *const lists[] = { "nibin_leads", "nibin_hits", "first_purchasers" };
    lm_json_key(o, "links");
    lm_json_object(o);
    lm_json_key(o, "profiles");
    lm_json_array(o);
    for (size_t i = 0; i < r->n_profiles; i++) {
        const struct lm_profile_link *p = &r->profiles[i];
        lm_json_object(o);
        lm_json_kv_str(o, "profile", p->profile);
        strings(o, "results", p->results, p->n_results);
        strings(o, "seizures", p->seizures, p->n_seizures);
        lm_json_kv_bool(o, "several_agencies", p->several_agencies);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    for (size_t kind = 0; kind < 3; kind++) {
        lm_json_key(o, lists[kind]);
        lm_json_array(o);
        for (size_t i = 0; i < r->n_firearm_ties; i++) {
            const struct lm_firearm_tie *t = &r->firearm_ties[i];
            if ((size_t)t->kind != kind)
                continue;
            lm_json_object(o);
            lm_json_kv_str(o, "row", t->row);
            lm_json_kv_str(o, "firearm", t->firearm);
            lm_json_kv_text(o, "firearm_row", t->firearm_row);
            lm_json_kv_text(o, kind == 2 ? "first_purchaser" : "linked_to", t->linked_to);
            lm_json_object_end(o);
        }
        lm_json_array_end(o);
    }
    lm_json_object_end(o);
}

static void beside(struct lm_json_out *o, const struct lm_rollup_print *p)
{
    lm_json_key(o, "published");
    lm_json_array(o);
    for (size_t i = 0; i < p->n_beside; i++) {
        const struct lm_beside *b = &p->beside[i];
        lm_json_object(o);
        lm_json_kv_str(o, "place", b->published->place);
        lm_json_kv_str(o, "name", b->published->name);
        kv_value(o, b->published);
        lm_json_kv_z(o, "unit", lm_unit_word(b->published->unit));
        lm_json_kv_z(o, "qualifier", lm_qualifier_word(b->published->qualifier));
        lm_json_kv_text(o, "source", b->published->source);
        lm_json_kv_str(o, "row", b->published->rows[0]);
        lm_json_kv_bool(o, "conflict", b->conflict);
        lm_json_key(o, "own");
        if (b->own == NULL) {
            lm_json_null(o);
        } else {
            lm_json_object(o);
            lm_json_kv_z(o, "by", b->own->by);
            lm_json_kv_str(o, "place", b->own->place);
            lm_json_kv_str(o, "name", b->own->name);
            kv_value(o, b->own);
            lm_json_kv_z(o, "unit", lm_unit_word(b->own->unit));
            lm_json_kv_z(o, "qualifier", lm_qualifier_word(b->own->qualifier));
            lm_json_object_end(o);
        }
        lm_json_key(o, "agrees");
        if (b->agrees < 0)
            lm_json_null(o);
        else
            lm_json_bool(o, b->agrees != 0);
        lm_json_kv_text(o, "because", lm_str(b->because));
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

void lm_rollup_to_json(const struct lm_rollup_print *p, struct lm_buf *out)
{
    struct lm_json_out o;
    const struct lm_rollup *r = p->rollup;
    lm_json_out_init(&o, out);
    lm_json_object(&o);
    lm_json_key(&o, "figures");
    lm_json_array(&o);
    for (size_t i = 0; i < r->n_figures; i++)
        figure(&o, &r->figures[i]);
    lm_json_array_end(&o);
    lm_json_key(&o, "set_aside");
    lm_json_array(&o);
    for (size_t i = 0; i < r->n_set_aside; i++) {
        lm_json_object(&o);
        lm_json_kv_str(&o, "row", r->set_aside[i].row);
        lm_json_kv_str(&o, "because", r->set_aside[i].because);
        lm_json_kv_str(&o, "kept", r->set_aside[i].kept);
        lm_json_kv_z(&o, "rule", r->set_aside[i].rule);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_json_key(&o, "notes");
    lm_json_array(&o);
    for (size_t i = 0; i < r->n_notes; i++) {
        lm_json_object(&o);
        lm_json_kv_str(&o, "row", r->notes[i].row);
        lm_json_kv_str(&o, "because", r->notes[i].because);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    links(&o, r);
    if (p->beside != NULL)
        beside(&o, p);
    problems(&o, p);
    lm_json_kv_u64(&o, "problems_not_listed", p->n_more_problems);
    lm_json_key(&o, "rules");
    lm_json_array(&o);
    for (size_t i = 0; i < p->options->rules->n; i++)
        rule(&o, &p->options->rules->rules[i], &p->options->rules->rules[i] == p->options->rule);
    lm_json_array_end(&o);
    lm_json_kv_z(&o, "caution", LM_DOSE_CAUTION);
    lm_json_object_end(&o);
    lm_buf_putc(out, '\n');
}

/* --- text --- */

static void pad(struct lm_buf *out, size_t from, size_t to)
{
    for (; from < to; from++)
        lm_buf_putc(out, ' ');
}

static void put_i64(struct lm_buf *out, int64_t v)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)v);
    lm_buf_grouped(out, lm_str(text));
}

static const char *spoken(enum lm_qualifier q)
{
    static const char *const words[] = { "", "nearly", "about", "more than", "at least" };
    return (size_t)q < sizeof words / sizeof words[0] ? words[q] : "?";
}

static void dose_text(const struct lm_figure *f, struct lm_buf *out)
{
    char times[48];
    lm_buf_put(out, LM_STR("\n      rule "));
    (void)lm_terminal_put(out, f->rule);
    lm_buf_put(out, LM_STR(" ("));
    (void)lm_terminal_put(out, f->rule_object->basis);
    lm_buf_putc(out, ')');
    if (f->has_range) {
        lm_buf_put(out, LM_STR("; over the rules in force "));
        put_i64(out, f->low);
        lm_buf_put(out, LM_STR(" to "));
        put_i64(out, f->high);
    }
    if (f->by != NULL)
        return;
    if (f->published == NULL) {
        lm_buf_put(out, LM_STR("\n      no doses are published to hold it against"));
        return;
    }
    lm_buf_printf(out, "\n      %s the published %s%s",
                  f->agrees > 0    ? "agrees with"
                  : f->agrees == 0 ? "does not agree with"
                                   : "cannot be compared with",
                  spoken(f->published->qualifier), spoken(f->published->qualifier)[0] != '\0' ? " " : "");
    lm_buf_grouped(out, f->published->value);
    if (ratio(f, times)[0] != '\0')
        lm_buf_printf(out, " (%s times it)", times);
}

static void figure_text(const struct lm_figure *f, struct lm_buf *out)
{
    const size_t name_width = 28, rows_shown = 3;
    lm_buf_put(out, LM_STR("  "));
    pad(out, lm_terminal_put(out, f->name), name_width);
    const char *q = f->refused ? "" : spoken(f->qualifier);
    lm_buf_printf(out, " %-9s ", q);
    if (f->refused) {
        lm_buf_put(out, LM_STR("              -"));
    } else {
        pad(out, lm_decimal_width(f->value), 15);
        lm_buf_grouped(out, f->value);
    }
    lm_buf_printf(out, " %-5s  ", f->unit == LM_UNIT_COUNT ? "" : lm_unit_word(f->unit));
    if (f->unit == LM_UNIT_KG && !f->refused) {
        char lb[LM_QUANTITY_TEXT];
        struct lm_str s = lm_str(lm_quantity_format(f->base, LM_UNIT_LB, lb));
        const char *point = memchr(s.p, '.', s.n);
        lm_buf_put(out, LM_STR("= "));
        lm_buf_grouped(out, lm_str_take(s, point != NULL ? (size_t)(point - s.p) + 3 : s.n));
        lm_buf_put(out, LM_STR(" lb  "));
    }
    lm_buf_putc(out, '[');
    for (size_t i = 0; i < f->n_rows && i < rows_shown; i++) {
        lm_buf_put(out, i != 0 ? LM_STR(", ") : LM_STR(""));
        (void)lm_terminal_put(out, f->rows[i]);
    }
    if (f->n_rows > rows_shown)
        lm_buf_printf(out, ", and %zu more", f->n_rows - rows_shown);
    lm_buf_putc(out, ']');
    if (f->note.n != 0) {
        lm_buf_put(out, LM_STR("\n      "));
        (void)lm_terminal_put(out, f->note);
    }
    if (f->rule_object != NULL)
        dose_text(f, out);
    lm_buf_putc(out, '\n');
}

static void rules_text(const struct lm_rollup_print *p, struct lm_buf *out)
{
    const struct lm_dose_rules *rules = p->options->rules;
    lm_buf_put(out, LM_STR("\nDose rules in force\n"));
    for (size_t i = 0; i < rules->n; i++) {
        const struct lm_dose_rule *r = &rules->rules[i];
        lm_buf_printf(out, "  %.*s%s: %.*s [%.*s]\n      %.*s\n", LM_STR_ARG(r->id),
                      r == p->options->rule ? " (chosen)" : "", LM_STR_ARG(r->title), LM_STR_ARG(r->basis),
                      LM_STR_ARG(r->source));
    }
    lm_buf_printf(out, "\n%s\n", LM_DOSE_CAUTION);
}

static void links_text(const struct lm_rollup *r, struct lm_buf *out)
{
    for (size_t i = 0; i < r->n_profiles; i++) {
        const struct lm_profile_link *p = &r->profiles[i];
        lm_buf_put(out, i == 0 ? LM_STR("\nLinked by the laboratory's profile, on its word alone\n") : LM_STR(""));
        lm_buf_put(out, LM_STR("  profile "));
        (void)lm_terminal_put(out, p->profile);
        lm_buf_put(out, LM_STR(": "));
        for (size_t k = 0; k < p->n_seizures; k++) {
            lm_buf_put(out, k != 0 ? LM_STR(", ") : LM_STR(""));
            (void)lm_terminal_put(out, p->seizures[k]);
        }
        lm_buf_put(out, p->several_agencies
                            ? LM_STR("\n      stated by different agencies: ask whether one laboratory gave it\n")
                            : LM_STR("\n"));
    }
    for (size_t i = 0; i < r->n_firearm_ties; i++) {
        const struct lm_firearm_tie *t = &r->firearm_ties[i];
        lm_buf_put(out, i == 0 ? LM_STR("\nFirearms: leads, hits and first purchasers are three different things\n")
                               : LM_STR(""));
        lm_buf_put(out, LM_STR("  firearm "));
        (void)lm_terminal_put(out, t->firearm);
        lm_buf_put(out, lm_str(lm_firearm_link_said(t->kind)));
        (void)lm_terminal_put(out, t->linked_to.n != 0 ? t->linked_to : LM_STR("not stated"));
        lm_buf_put(out, LM_STR(" ["));
        (void)lm_terminal_put(out, t->row);
        lm_buf_put(out, LM_STR("]\n"));
    }
}

static void beside_text(const struct lm_rollup_print *p, struct lm_buf *out)
{
    for (size_t i = 0; i < p->n_beside; i++) {
        const struct lm_beside *b = &p->beside[i];
        const char *q = spoken(b->published->qualifier);
        lm_buf_put(out, i == 0 ? LM_STR("\nPublished, beside the own figures; nothing is added up or averaged\n") : LM_STR(""));
        lm_buf_put(out, LM_STR("  "));
        (void)lm_terminal_put(out, b->published->place);
        lm_buf_put(out, LM_STR(": "));
        (void)lm_terminal_put(out, b->published->name);
        lm_buf_printf(out, " %s%s", q, q[0] != '\0' ? " " : "");
        lm_buf_grouped(out, b->published->value);
        lm_buf_printf(out, " %s; own: ", b->published->unit == LM_UNIT_COUNT ? "" : lm_unit_word(b->published->unit));
        if (b->own != NULL && !b->own->refused) {
            lm_buf_grouped(out, b->own->value);
            lm_buf_printf(out, " %s", b->own->unit == LM_UNIT_COUNT ? "" : lm_unit_word(b->own->unit));
        } else {
            lm_buf_put(out, LM_STR("none"));
        }
        lm_buf_printf(out, "; %s%s%s%s\n      ", b->agrees > 0 ? "agrees" : b->agrees == 0 ? "does not agree" : "not compared",
                      b->because[0] != '\0' ? ": " : "", b->because,
                      b->conflict ? "; another source prints another value" : "");
        (void)lm_terminal_put(out, b->published->source);
        lm_buf_putc(out, '\n');
    }
}

void lm_rollup_to_text(const struct lm_rollup_print *p, struct lm_buf *out)
{
    const struct lm_rollup *r = p->rollup;
    bool doses = false, published = false;
    for (size_t i = 0; i < r->n_figures; i++) {
        const struct lm_figure *f = &r->figures[i], *before = i != 0 ? &r->figures[i - 1] : NULL;
        doses = doses || lm_str_eq(f->name, LM_STR("doses")) || f->rule_object != NULL;
        published = published || f->by == NULL;
        if (before == NULL || before->by != f->by || !lm_str_eq_nocase(before->place, f->place)) {
            lm_buf_printf(out, "%s%s%s", i != 0 ? "\n" : "",
                          f->by != NULL && strcmp(f->by, "whole") != 0 ? f->by : "",
                          f->by != NULL && strcmp(f->by, "whole") != 0 ? ": " : "");
            (void)lm_terminal_put(out, f->place);
            lm_buf_putc(out, '\n');
        }
        figure_text(f, out);
    }
    if (r->n_figures == 0)
        lm_buf_put(out, LM_STR("no figures\n"));
    if (published && r->n_figures != 0)
        lm_buf_put(
            out,
            LM_STR(
                "\nPublished places are not added up: published parts do not make the published whole.\n"));
    if (r->n_set_aside != 0)
        lm_buf_put(out, LM_STR("\nSet aside (counted once)\n"));
    for (size_t i = 0; i < r->n_set_aside; i++) {
        lm_buf_put(out, LM_STR("  "));
        (void)lm_terminal_put(out, r->set_aside[i].row);
        lm_buf_put(out, LM_STR(": "));
        (void)lm_terminal_put(out, r->set_aside[i].because);
        lm_buf_putc(out, '\n');
    }
    links_text(r, out);
    beside_text(p, out);
    if (r->n_notes != 0)
        lm_buf_put(out, LM_STR("\nNotes\n"));
    for (size_t i = 0; i < r->n_notes; i++) {
        lm_buf_put(out, LM_STR("  "));
        (void)lm_terminal_put(out, r->notes[i].row);
        lm_buf_put(out, LM_STR(": "));
        (void)lm_terminal_put(out, r->notes[i].because);
        lm_buf_putc(out, '\n');
    }
    if (doses)
        rules_text(p, out);
}
