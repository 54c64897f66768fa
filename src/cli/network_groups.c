#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "network/groups.h"

#define TOP_DEFAULT 20
#define SEED_DEFAULT 1
#define LINE_MOST ((size_t)256 << 20)

struct found {
    struct lm_groups groups;
    struct lm_network_table nodes;
    int64_t seed;
    uint32_t listed, singles; /* groups of two nodes or more that are listed; groups of one, which stand behind them */
    uint32_t bridges;
    struct city *cities; /* room for those of one group */
};

struct city {
    uint32_t id, nodes;
};

static const char *reading(double jaccard)
{
    if (isnan(jaccard))
        return NULL;
    return jaccard >= LM_GROUP_STABLE ? "stable" : jaccard > LM_GROUP_DISSOLVED ? "doubtful" : "dissolved";
}

static int by_city(const void *x, const void *y)
{
    const struct city *p = x, *q = y;
    return (p->id > q->id) - (p->id < q->id);
}

static int by_nodes(const void *x, const void *y)
{
    const struct city *p = x, *q = y;
    if (p->nodes != q->nodes)
        return p->nodes > q->nodes ? -1 : 1;
    return by_city(x, y);
}

/* The cities of a group, most nodes first, in x->cities. */
static uint32_t cities_of(const struct found *x, const struct lm_group *group, uint32_t *ret_unknown)
{
    uint32_t n = 0, kinds = 0;
    for (uint32_t i = 0; i < group->n; i++) {
        uint32_t city = x->nodes.table.city[group->members[i]];
        if (city != LM_NO_CITY)
            x->cities[n++] = (struct city){ city, 1 };
    }
    *ret_unknown = group->n - n;
    if (n > 1)
        qsort(x->cities, n, sizeof *x->cities, by_city);
    for (uint32_t i = 0; i < n; i++) {
        if (kinds > 0 && x->cities[kinds - 1].id == x->cities[i].id)
            x->cities[kinds - 1].nodes++;
        else
            x->cities[kinds++] = x->cities[i];
    }
    if (kinds > 1)
        qsort(x->cities, kinds, sizeof *x->cities, by_nodes);
    return kinds;
}

static void json_share(struct lm_json_out *o, const char *key, double share)
{
    if (isnan(share))
        lm_json_kv_null(o, key);
    else
        lm_json_kv_double(o, key, share);
}

static void json_cities(struct lm_json_out *o, const struct found *x, const struct lm_group *group)
{
    uint32_t unknown, n;
    if (x->nodes.file == NULL || !x->nodes.table.has_city) {
        lm_json_kv_null(o, "cities");
        lm_json_kv_null(o, "city_unknown");
        return;
    }
    n = cities_of(x, group, &unknown);
    lm_json_key(o, "cities");
    lm_json_array(o);
    for (uint32_t i = 0; i < n; i++) {
        lm_json_object(o);
        lm_json_kv_str(o, "city", x->nodes.table.cities[x->cities[i].id]);
        lm_json_kv_u64(o, "nodes", x->cities[i].nodes);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_kv_u64(o, "city_unknown", unknown);
}

static void json_group(struct lm_json_out *o, const struct lm_network_source *s, const struct found *x, uint32_t i)
{
    const struct lm_group *group = &x->groups.groups[i];
    lm_json_object(o);
    lm_json_kv_u64(o, "group", i + 1);
    lm_json_kv_u64(o, "nodes", group->n);
    lm_json_kv_u64(o, "ties_inside", group->ties_inside);
    lm_json_kv_u64(o, "ties_outside", group->ties_outside);
    json_share(o, "jaccard", group->jaccard);
    json_share(o, "together", group->together);
    lm_json_kv_z(o, "reading", reading(group->jaccard));
    lm_json_key(o, "members");
    lm_json_array(o);
    for (uint32_t k = 0; k < group->n; k++) {
        lm_json_object(o);
        lm_json_kv_str(o, "node", s->graph.names[group->members[k]]);
        json_share(o, "kept", x->groups.kept[group->members[k]]);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    json_cities(o, x, group);
    lm_json_object_end(o);
}

static void json_groups(struct lm_cli *cli, const struct lm_network_source *s, const struct found *x)
{
    struct lm_json_out o;
    const struct lm_groups *r = &x->groups;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "nodes", s->graph.n);
    lm_json_kv_u64(&o, "edges", s->graph.n_edges);
    lm_json_kv_i64(&o, "seed", x->seed);
    lm_json_kv_u64(&o, "starts", r->starts);
    lm_json_kv_double(&o, "modularity", r->modularity);
    lm_json_key(&o, "random");
    lm_json_object(&o);
    lm_json_kv_u64(&o, "runs", r->random_runs);
    json_share(&o, "lowest", r->random_low);
    json_share(&o, "highest", r->random_high);
    lm_json_object_end(&o);
    lm_json_kv_u64(&o, "runs", r->runs);
    lm_json_key(&o, "groups");
    lm_json_array(&o);
    for (uint32_t i = 0; i < x->listed; i++)
        json_group(&o, s, x, i);
    lm_json_array_end(&o);
    lm_json_kv_u64(&o, "groups_not_listed", r->n - x->singles - x->listed);
    lm_json_kv_u64(&o, "singles", x->singles);
    lm_json_key(&o, "bridges");
    lm_json_array(&o);
    for (uint32_t i = 0; i < x->bridges; i++) {
        const struct lm_bridge *b = &r->bridges[i];
        lm_json_object(&o);
        lm_json_kv_str(&o, "node", s->graph.names[b->vertex]);
        lm_json_kv_u64(&o, "group", b->group + 1);
        lm_json_kv_u64(&o, "other_groups", b->others);
        lm_json_kv_u64(&o, "ties_inside", b->ties_inside);
        lm_json_kv_u64(&o, "ties_outside", b->ties_outside);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_json_kv_u64(&o, "bridges_not_listed", r->n_bridges - x->bridges);
    lm_network_json_table(&o, &x->nodes);
    lm_network_json_source(&o, s);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void text_list(struct lm_cli *cli, const char *head, struct lm_buf *line)
{
    struct lm_buf *b = &cli->out;
    lm_buf_printf(b, "%s", head);
    lm_terminal_wrap(b, lm_buf_str(line), lm_terminal_width(lm_str(head)), 4);
    b->failed |= line->failed;
    lm_buf_clear(line);
}

static void text_group(struct lm_cli *cli, const struct lm_network_source *s, const struct found *x, uint32_t i,
                       struct lm_buf *line)
{
    struct lm_buf *b = &cli->out;
    const struct lm_group *group = &x->groups.groups[i];
    lm_buf_printf(b, "\ngroup %" PRIu32 ": %" PRIu32 " nodes, %" PRIu64 " ties inside, %" PRIu64 " to others", i + 1,
                  group->n, group->ties_inside, group->ties_outside);
    if (!isnan(group->jaccard))
        lm_buf_printf(b, "; likeness %.2f (%s), pairs that stay together %.0f %%", group->jaccard,
                      reading(group->jaccard), group->together * 100);
    lm_buf_putc(b, '\n');
    for (uint32_t k = 0; k < group->n; k++) {
        uint32_t v = group->members[k];
        lm_buf_printf(line, "%s", k > 0 ? ", " : "");
        lm_buf_put(line, s->graph.names[v]);
        if (!isnan(x->groups.kept[v]))
            lm_buf_printf(line, " %.0f %%", x->groups.kept[v] * 100);
    }
    text_list(cli, "  members: ", line);
    if (x->nodes.file == NULL || !x->nodes.table.has_city)
        return;
    uint32_t unknown, n = cities_of(x, group, &unknown);
    for (uint32_t k = 0; k < n; k++) {
        lm_buf_printf(line, "%s", k > 0 ? ", " : "");
        lm_buf_put(line, x->nodes.table.cities[x->cities[k].id]);
        lm_buf_printf(line, " %" PRIu32, x->cities[k].nodes);
    }
    if (unknown > 0)
        lm_buf_printf(line, "%snot known %" PRIu32, n > 0 ? ", " : "", unknown);
    text_list(cli, "  cities: ", line);
}

static void text_bridges(struct lm_buf *b, const struct lm_network_source *s, const struct found *x)
{
    size_t width = 4;
    for (uint32_t i = 0; i < x->bridges; i++)
        width = lm_network_widest(width, s->graph.names[x->groups.bridges[i].vertex]);
    lm_buf_printf(b, "\nbridges: nodes with ties into other groups (%" PRIu32 " in all)\n", x->groups.n_bridges);
    if (x->bridges == 0)
        return;
    lm_terminal_cell(b, LM_STR("node"), width, LM_CUT_END);
    lm_buf_printf(b, "  %8s  %12s  %12s  %12s\n", "group", "other groups", "ties inside", "ties outside");
    for (uint32_t i = 0; i < x->bridges; i++) {
        const struct lm_bridge *r = &x->groups.bridges[i];
        lm_terminal_cell(b, s->graph.names[r->vertex], width, LM_CUT_END);
        lm_buf_printf(b, "  %8" PRIu32 "  %12" PRIu32 "  %12" PRIu64 "  %12" PRIu64 "\n", r->group + 1, r->others,
                      r->ties_inside, r->ties_outside);
    }
}

static void text_groups(struct lm_cli *cli, const struct lm_network_source *s, const struct found *x)
{
    struct lm_buf *b = &cli->out, line;
    const struct lm_groups *r = &x->groups;
    lm_buf_init(&line, LINE_MOST);
    lm_network_text_head(b, s);
    lm_buf_printf(b, "modularity %.4f, the best of %" PRIu32 " searches from seed %" PRIi64, r->modularity, r->starts,
                  x->seed);
    if (r->random_runs > 0)
        lm_buf_printf(b, "; %.4f to %.4f in %" PRIu32 " random networks with the same number of ties for each node",
                      r->random_low, r->random_high, r->random_runs);
    lm_buf_putc(b, '\n');
    for (uint32_t i = 0; i < x->listed; i++)
        text_group(cli, s, x, i, &line);
    if (r->n - x->singles > x->listed)
        lm_buf_printf(b, "\n%" PRIu32 " more groups are not listed\n", r->n - x->singles - x->listed);
    if (x->singles > 0)
        lm_buf_printf(b, "\n%" PRIu32 " nodes are in no group\n", x->singles);
    text_bridges(b, s, x);
    lm_network_text_foot(b, s, NULL);
    if (r->runs > 0)
        lm_terminal_wrap(
            b,
            lm_arena_printf(&cli->run,
                            "Likeness: mean Jaccard likeness to the most similar group over %" PRIu32 " runs that each leave "
                            "out 10 %% of the ties; from 0.75 a group is stable, up to 0.5 it has dissolved. Behind a "
                            "member stands the share of runs in which it is in the group most like its own.", r->runs),
            0, 0);
    lm_buf_free(&line);
}

static void warn(struct lm_network_source *s, const struct lm_groups *r)
{
    if (r->random_runs > 0 && r->modularity <= r->random_high)
        lm_warn(&s->warnings, "groups_not_beyond_chance",
                "Random networks in which each node has the same number of ties fall into groups as clear as these: they "
                "say nothing.");
    if (r->runs == 0 && s->graph.n_edges > 0)
        lm_warn(&s->warnings, "groups_not_resampled",
                "How far the groups bear missing ties was not simulated: the network is too large for it.");
    lm_warn(&s->warnings, "groups_are_positions",
            "A group is a set of nodes with more ties among themselves than to others in the data held. It is not a finding "
            "that its members act together.");
}

lm_err lm_network_groups(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_network_source s;
    struct found x = { 0 };
    int64_t top;
    lm_err err = lm_args_i64(args, "--top", 0, UINT32_MAX, TOP_DEFAULT, &top, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--seed", 0, INT64_MAX, SEED_DEFAULT, &x.seed, &cli->error);
    if (err == LM_OK && args->n_operands > 1)
        err = lm_fail(&cli->error, LM_EUSAGE, "network groups takes no operands");
    if (err == LM_OK)
        err = lm_network_load(cli, args, &s);
    if (err == LM_OK)
        err = lm_network_read_table(cli, args, &s, &x.nodes);
    if (err == LM_OK)
        err = lm_groups(&cli->run, &s.graph, (uint64_t)x.seed, NULL, &x.groups, &cli->error);
    if (err == LM_OK)
        err = lm_network_warned(cli, &s, NULL);
    if (err != LM_OK)
        return err;
    warn(&s, &x.groups);
    x.cities = lm_arena_array(&cli->run, s.graph.n, sizeof *x.cities);
    if (x.cities == NULL || s.warnings.failed)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the groups");
    while (x.singles < x.groups.n && x.groups.groups[x.groups.n - 1 - x.singles].n == 1)
        x.singles++;
    x.listed = top < x.groups.n - x.singles ? (uint32_t)top : x.groups.n - x.singles;
    x.bridges = top < x.groups.n_bridges ? (uint32_t)top : x.groups.n_bridges;
    lm_network_say_source(&s);
    lm_network_say_table(&x.nodes);
    if (cli->json)
        json_groups(cli, &s, &x);
    else
        text_groups(cli, &s, &x);
    return LM_OK;
}
