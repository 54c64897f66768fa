#include <inttypes.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "network/components.h"

static void json_parts(struct lm_json_out *o, const char *key, const struct lm_components *c)
{
    lm_json_key(o, key);
    lm_json_object(o);
    lm_json_kv_u64(o, "components", c->n);
    lm_json_kv_u64(o, "lcc", c->lcc);
    lm_json_kv_u64(o, "pairs", c->pairs);
    lm_json_object_end(o);
}

static void json_remove(struct lm_cli *cli, const struct lm_network_source *s, const bool *gone,
                        const struct lm_components *before, const struct lm_components *after)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "nodes", s->graph.n);
    lm_json_kv_u64(&o, "edges", s->graph.n_edges);
    lm_json_key(&o, "removed");
    lm_json_array(&o);
    for (uint32_t v = 0; v < s->graph.n; v++)
        if (gone[v])
            lm_json_str(&o, s->graph.names[v]);
    lm_json_array_end(&o);
    json_parts(&o, "before", before);
    json_parts(&o, "after", after);
    lm_network_json_source(&o, s);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void text_remove(struct lm_cli *cli, const struct lm_network_source *s, const bool *gone,
                        const struct lm_components *before, const struct lm_components *after)
{
    struct lm_buf *b = &cli->out;
    lm_network_text_head(b, s);
    lm_buf_printf(b, "removed:");
    for (uint32_t v = 0; v < s->graph.n; v++)
        if (gone[v]) {
            lm_buf_putc(b, ' ');
            lm_terminal_put(b, s->graph.names[v]);
        }
    lm_buf_printf(b, "\n\n%-18s  %14s  %14s\n", "", "before", "after");
    lm_buf_printf(b, "%-18s  %14" PRIu32 "  %14" PRIu32 "\n", "components", before->n, after->n);
    lm_buf_printf(b, "%-18s  %14" PRIu32 "  %14" PRIu32 "\n", "largest component", before->lcc, after->lcc);
    lm_buf_printf(b, "%-18s  %14" PRIu64 "  %14" PRIu64 "\n", "connected pairs", before->pairs, after->pairs);
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

lm_err lm_network_remove(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_network_source s;
    struct lm_components before, after;
    if (args->n_operands < 2)
        return lm_fail(&cli->error, LM_EUSAGE, "network remove wants the names of the nodes to remove");
    lm_err err = lm_network_load(cli, args, &s);
    if (err != LM_OK)
        return err;
    bool *gone = lm_arena_array(&cli->run, s.graph.n, sizeof *gone);
    if (gone == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the nodes");
    err = mark(cli, args, &s.graph, gone);
    if (err == LM_OK)
        err = lm_components(&s.graph, NULL, &before, &cli->error);
    if (err == LM_OK)
        err = lm_components(&s.graph, gone, &after, &cli->error);
    if (err == LM_OK)
        err = lm_network_warned(cli, &s, NULL);
    if (err != LM_OK)
        return err;
    lm_network_say_source(&s);
    if (cli->json)
        json_remove(cli, &s, gone, &before, &after);
    else
        text_remove(cli, &s, gone, &before, &after);
    return LM_OK;
}
