#include <inttypes.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/network.h"

lm_err lm_network_read_table(struct lm_cli *cli, const struct lm_args *args, const struct lm_network_source *s,
                        struct lm_network_table *ret)
{
    struct lm_network_table n = { .file = lm_args_get(args, "--nodes") };
    if (n.file != NULL) {
        lm_err err = lm_node_table_read(&cli->run, n.file, &s->graph, &n.table, &cli->error);
        if (err != LM_OK)
            return err;
        cli->problems |= n.table.n_damaged > 0 || n.table.unknown > 0;
    }
    *ret = n;
    return LM_OK;
}

void lm_network_say_table(const struct lm_network_table *n)
{
    struct lm_log log;
    uint64_t all = n->table.n_damaged + n->table.unknown;
    lm_log_init(&log, STDERR_FILENO);
    for (size_t i = 0; i < n->table.n_problems; i++)
        lm_log_line(&log, "%s: row %" PRIu64 ", byte %" PRIu64 ": %s", n->file, n->table.problems[i].line,
                    n->table.problems[i].byte, n->table.problems[i].reason);
    if (all > n->table.n_problems)
        lm_log_line(&log, "%s: %" PRIu64 " more rows", n->file, all - n->table.n_problems);
    if (all > 0)
        lm_log_line(&log, "%s: %" PRIu64 " rows were not used", n->file, all);
}

void lm_network_json_table(struct lm_json_out *o, const struct lm_network_table *n)
{
    if (n->file == NULL) {
        lm_json_kv_null(o, "node_table");
        return;
    }
    lm_json_key(o, "node_table");
    lm_json_object(o);
    lm_json_kv_z(o, "file", n->file);
    lm_json_kv_u64(o, "rows", n->table.rows);
    lm_json_kv_u64(o, "unknown", n->table.unknown);
    lm_json_kv_u64(o, "columns_ignored", n->table.columns_ignored);
    lm_json_kv_u64(o, "problems", n->table.n_damaged);
    lm_json_key(o, "problem_list");
    lm_json_array(o);
    for (size_t i = 0; i < n->table.n_problems; i++) {
        lm_json_object(o);
        lm_json_kv_u64(o, "row", n->table.problems[i].line);
        lm_json_kv_u64(o, "byte", n->table.problems[i].byte);
        lm_json_kv_z(o, "reason", n->table.problems[i].reason);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
}
