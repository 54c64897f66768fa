#include <inttypes.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "network/repair.h"

static void json_parts(struct lm_json_out *o, const char *key, const struct lm_impact *c)
{
    lm_json_key(o, key);
    lm_json_object(o);
    lm_json_kv_u64(o, "components", c->components);
    lm_json_kv_u64(o, "lcc", c->lcc);
    lm_json_kv_u64(o, "pairs", c->pairs);
    lm_json_object_end(o);
}

/* What was asked, what holds before and after, and what may hold again. */
struct removed {
    bool *gone;
    struct lm_network_table nodes;
    struct lm_supply supply;
    struct lm_impact before, after;
    bool *city_before, *city_after; /* reached */
    int64_t seed;
    struct lm_repair repair;
};

static void json_spread(struct lm_json_out *o, const char *key, const struct lm_spread *s, bool known)
{
    static const char *const at[5] = { "least", "quarter", "median", "three_quarters", "most" };
    if (!known) {
        lm_json_kv_null(o, key);
        return;
    }
    lm_json_key(o, key);
    lm_json_object(o);
    for (size_t k = 0; k < 5; k++)
        lm_json_kv_u64(o, at[k], s->at[k]);
    lm_json_object_end(o);
}

static void json_rule(struct lm_json_out *o, const struct removed *x, const char *word, const struct lm_repaired *r)
{
    lm_json_object(o);
    lm_json_kv_z(o, "rule", word);
    json_spread(o, "lcc", &r->lcc, true);
    json_spread(o, "pairs", &r->pairs, true);
    json_spread(o, "supply_paths", &r->supply, x->supply.n_sources > 0);
    json_spread(o, "customers_reached", &r->customers, x->supply.n_sources > 0);
    json_spread(o, "cities_reached", &r->cities, x->supply.city != NULL);
    lm_json_object_end(o);
}

static void json_repair(struct lm_json_out *o, const struct removed *x)
{
    lm_json_key(o, "repair");
    lm_json_object(o);
    lm_json_kv_i64(o, "seed", x->seed);
    lm_json_kv_u64(o, "runs", x->repair.runs);
    lm_json_kv_u64(o, "ties_lost", x->repair.lost);
    lm_json_key(o, "rules");
    lm_json_array(o);
    for (size_t k = 0; x->repair.runs > 0 && k < LM_REPAIR_RULES; k++)
        json_rule(o, x, lm_repair_words[k], &x->repair.rule[k]);
    if (x->repair.runs > 0)
        json_rule(o, x, "all", &x->repair.all);
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void json_supply(struct lm_json_out *o, const struct removed *x)
{
    if (x->supply.n_sources == 0) {
        lm_json_kv_null(o, "supply");
        return;
    }
    lm_json_key(o, "supply");
    lm_json_object(o);
    lm_json_kv_u64(o, "sources", x->supply.n_sources);
    lm_json_kv_u64(o, "customers", x->supply.n_customers);
    lm_json_kv_u64(o, "paths_before", x->before.supply);
    lm_json_kv_u64(o, "paths_after", x->after.supply);
    lm_json_kv_u64(o, "customers_before", x->before.customers);
    lm_json_kv_u64(o, "customers_after", x->after.customers);
    lm_json_object_end(o);
}

static void json_cities(struct lm_json_out *o, const struct removed *x)
{
    if (x->supply.city == NULL) {
        lm_json_kv_null(o, "cities");
        return;
    }
    lm_json_key(o, "cities");
    lm_json_object(o);
    lm_json_kv_u64(o, "known", x->supply.n_cities);
    lm_json_kv_z(o, "reached_from", x->supply.n_sources > 0 ? "a source" : "the largest component");
    lm_json_kv_u64(o, "reached_before", x->before.cities);
    lm_json_kv_u64(o, "reached_after", x->after.cities);
    lm_json_key(o, "cut_off");
    lm_json_array(o);
    for (uint32_t i = 0; i < x->supply.n_cities; i++)
        if (x->city_before[i] && !x->city_after[i])
            lm_json_str(o, x->nodes.table.cities[i]);
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void json_remove(struct lm_cli *cli, const struct lm_network_source *s, const struct removed *x)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "nodes", s->graph.n);
    lm_json_kv_u64(&o, "edges", s->graph.n_edges);
    lm_json_key(&o, "removed");
    lm_json_array(&o);
    for (uint32_t v = 0; v < s->graph.n; v++)
        if (x->gone[v])
            lm_json_str(&o, s->graph.names[v]);
    lm_json_array_end(&o);
    json_parts(&o, "before", &x->before);
    json_parts(&o, "after", &x->after);
    json_supply(&o, x);
    json_cities(&o, x);
    json_repair(&o, x);
    lm_network_json_table(&o, &x->nodes);
    lm_network_json_source(&o, s);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void text_row(struct lm_buf *b, const char *name, uint64_t before, uint64_t after)
{
    lm_buf_printf(b, "%-18s  %14" PRIu64 "  %14" PRIu64 "\n", name, before, after);
}

static void text_impact(struct lm_buf *b, const struct removed *x)
{
    lm_buf_printf(b, "\n%-18s  %14s  %14s\n", "", "before", "after");
    text_row(b, "components", x->before.components, x->after.components);
    text_row(b, "largest component", x->before.lcc, x->after.lcc);
    text_row(b, "connected pairs", x->before.pairs, x->after.pairs);
    if (x->supply.n_sources > 0) {
        text_row(b, "supply paths", x->before.supply, x->after.supply);
        text_row(b, "customers reached", x->before.customers, x->after.customers);
    }
    if (x->supply.city == NULL)
        return;
    text_row(b, "cities reached", x->before.cities, x->after.cities);
    bool first = true;
    for (uint32_t i = 0; i < x->supply.n_cities; i++) {
        if (!x->city_before[i] || x->city_after[i])
            continue;
        lm_buf_put(b, first ? LM_STR("cities cut off: ") : LM_STR(", "));
        lm_terminal_put(b, x->nodes.table.cities[i]);
        first = false;
    }
    if (!first)
        lm_buf_putc(b, '\n');
}

static void text_spread(struct lm_buf *b, const char *rule, const char *what, const struct lm_spread *s)
{
    lm_buf_printf(b, "%-12s  %-18s", rule, what);
    for (size_t k = 0; k < 5; k++)
        lm_buf_printf(b, "  %12" PRIu64, s->at[k]);
    lm_buf_putc(b, '\n');
}

static void text_repair(struct lm_cli *cli, const struct removed *x)
{
    struct lm_buf *b = &cli->out;
    if (x->repair.runs == 0)
        return;
    lm_buf_putc(b, '\n');
    lm_terminal_wrap(
        b,
        lm_arena_printf(&cli->run,
                        "What may hold again: %" PRIu64 " ties are lost; in each of %" PRIu32 " runs of each rule (seed %" PRIi64
                        ") every one of them finds a new end with a chance drawn from 0 to 1. Nobody knows which rule holds: "
                        "read the spread, not one figure.",
                        x->repair.lost, x->repair.runs, x->seed),
        0, 0);
    lm_buf_printf(b, "%-12s  %-18s  %12s  %12s  %12s  %12s  %12s\n", "rule", "", "least", "quarter", "median",
                  "three quart.", "most");
    for (size_t k = 0; k <= LM_REPAIR_RULES; k++) {
        const struct lm_repaired *r = k < LM_REPAIR_RULES ? &x->repair.rule[k] : &x->repair.all;
        const char *word = k < LM_REPAIR_RULES ? lm_repair_words[k] : "all";
        text_spread(b, word, "largest component", &r->lcc);
        text_spread(b, word, "connected pairs", &r->pairs);
        if (x->supply.n_sources > 0) {
            text_spread(b, word, "supply paths", &r->supply);
            text_spread(b, word, "customers reached", &r->customers);
        }
        if (x->supply.city != NULL)
            text_spread(b, word, "cities reached", &r->cities);
    }
}

static void text_remove(struct lm_cli *cli, const struct lm_network_source *s, const struct removed *x)
{
    struct lm_buf *b = &cli->out;
    lm_network_text_head(b, s);
    lm_buf_printf(b, "removed:");
    for (uint32_t v = 0; v < s->graph.n; v++)
        if (x->gone[v]) {
            lm_buf_putc(b, ' ');
            lm_terminal_put(b, s->graph.names[v]);
        }
    lm_buf_putc(b, '\n');
    text_impact(b, x);
    text_repair(cli, x);
    lm_network_text_foot(b, s, NULL);
}

static lm_err mark(struct lm_cli *cli, const struct lm_args *args, const struct lm_graph *g, bool *gone)
{
    for (size_t i = 1; i < args->n_operands; i++) {
        uint32_t v = lm_graph_find(g, lm_str(args->operands[i]));
        if (v == UINT32_MAX) {
            (void)lm_fail(&cli->error, LM_EUSAGE, "the network has no node named %.200s", args->operands[i]);
            lm_fail_hint(&cli->error, "names are compared byte for byte");
            return LM_EUSAGE;
        }
        gone[v] = true;
    }
    return LM_OK;
}

static lm_err compute(struct lm_cli *cli, const struct lm_network_source *s, struct removed *x)
{
    x->supply = lm_supply_of(&s->graph, &x->nodes.table);
    x->city_before = lm_arena_array(&cli->run, x->supply.n_cities, sizeof *x->city_before);
    x->city_after = lm_arena_array(&cli->run, x->supply.n_cities, sizeof *x->city_after);
    lm_err err = x->city_before != NULL && x->city_after != NULL ? LM_OK : LM_ENOMEM;
    if (err == LM_OK)
        err = lm_impact_of(&s->graph, NULL, &x->supply, &x->before, x->city_before);
    if (err == LM_OK)
        err = lm_impact_of(&s->graph, x->gone, &x->supply, &x->after, x->city_after);
    if (err != LM_OK)
        return lm_fail(&cli->error, err, "no memory for what holds after the removal");
    return lm_repair_simulate(&s->graph, x->gone, &x->supply, x->nodes.table.role_name, (uint64_t)x->seed, NULL, &x->repair,
                              &cli->error);
}

static void warn(struct lm_network_source *s, const struct removed *x)
{
    if (x->repair.runs == 0)
        lm_warn(&s->warnings, "repair_not_simulated",
                "What those who are left may do about it was not simulated: nobody is left, or the network is too large.");
    else
        lm_warn(&s->warnings, "repair_is_simulated",
                "The figures after repair follow from rules, not from this network's past: they know no time, no trust and "
                "nobody who is not in the data.");
    if (x->nodes.file != NULL && x->nodes.table.has_role && x->supply.n_sources == 0)
        lm_warn(&s->warnings, "no_source", "No node of the table has the role source: supply paths are not counted.");
}

lm_err lm_network_remove(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_network_source s;
    struct removed x = { 0 };
    lm_err err = lm_args_i64(args, "--seed", 0, INT64_MAX, 1, &x.seed, &cli->error);
    if (err == LM_OK && args->n_operands < 2)
        err = lm_fail(&cli->error, LM_EUSAGE, "network remove wants the names of the nodes to remove");
    if (err == LM_OK)
        err = lm_network_load(cli, args, &s);
    if (err == LM_OK)
        err = lm_network_read_table(cli, args, &s, &x.nodes);
    if (err != LM_OK)
        return err;
    x.gone = lm_arena_array(&cli->run, s.graph.n, sizeof *x.gone);
    if (x.gone == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the nodes");
    err = mark(cli, args, &s.graph, x.gone);
    if (err == LM_OK)
        err = compute(cli, &s, &x);
    if (err == LM_OK)
        err = lm_network_warned(cli, &s, NULL);
    if (err != LM_OK)
        return err;
    warn(&s, &x);
    if (s.warnings.failed)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the warnings");
    lm_network_say_source(&s);
    lm_network_say_table(&x.nodes);
    if (cli->json)
        json_remove(cli, &s, &x);
    else
        text_remove(cli, &s, &x);
    return LM_OK;
}
