#include <string.h>

#include "cli/network.h"

static const struct lm_option options[] = {
    { "--edges", "FILE", "an edge list: two names per line, optionally a weight" },
    { "-i", "ID", "the investigation of the workspace whose messages and calls are the ties" },
    { "--purpose", "TEXT", "one line: why you look; stands in the audit entry" },
    { "--layer", "NAME", "ties of this layer only (communication, drug_transfer, money, …); may be repeated" },
    { "--machine", NULL, "machine links as well: they are in no measure otherwise" },
    { "--directed", NULL, "ties have a direction, from the first name to the second" },
    { "--measure", "NAME", "show: what to list by (betweenness); an unknown NAME lists them all" },
    { "--exact", NULL, "show: betweenness of all shortest paths, however large the network is" },
    { "--sample", "E", "show: betweenness from drawn paths, within E of all pairs (0.01 when the network is large)" },
    { "--top", "N", "show: how many nodes to list (20)" },
    { "--k", "K", "key: stop after K removals (until nothing is left)" },
    { "--method", "M", "key: adaptive (betweenness, computed anew after every removal)" },
    { "--goal", "G", "key: lcc (inside the largest component) or pairs (over all components)" },
    { "--until", "S", "key: stop when the largest component is below S × nodes" },
    { 0 },
};

static const struct sub_verb {
    const char *name;
    const char *options; /* those it takes beside the source's, each followed by a space */
    lm_err (*run)(struct lm_cli *cli, const struct lm_args *args);
} sub_verbs[] = {
    { "show", "--measure --exact --sample --top ", lm_network_show },
    { "key", "--k --method --goal --until ", lm_network_key },
    { "remove", "", lm_network_remove },
};

static bool takes(const struct sub_verb *v, const char *option)
{
    static const char *const source[] = { "--edges", "--directed", "-i", "--purpose", "--layer", "--machine" };
    struct lm_str all = lm_str(v->options), name = lm_str(option);
    for (size_t i = 0; i < sizeof source / sizeof source[0]; i++)
        if (strcmp(option, source[i]) == 0)
            return true;
    for (size_t at; (at = lm_str_find(all, name)) != SIZE_MAX; all = lm_str_skip(all, at + name.n))
        if (at + name.n < all.n && all.p[at + name.n] == ' ')
            return true;
    return false;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const char *word = args->n_operands > 0 ? args->operands[0] : NULL;
    for (size_t i = 0; word != NULL && i < sizeof sub_verbs / sizeof sub_verbs[0]; i++) {
        if (strcmp(sub_verbs[i].name, word) != 0)
            continue;
        for (size_t k = 0; k < args->n_values; k++)
            if (!takes(&sub_verbs[i], args->values[2 * k]))
                return lm_fail(&cli->error, LM_EUSAGE, "network %s takes no %s", word, args->values[2 * k]);
        return sub_verbs[i].run(cli, args);
    }
    if (word != NULL)
        (void)lm_fail(&cli->error, LM_EUSAGE, "unknown word after network: %.60s", word);
    else
        (void)lm_fail(&cli->error, LM_EUSAGE, "network wants a word after it");
    lm_fail_hint(&cli->error, "there are: show, key, remove");
    return LM_EUSAGE;
}

const struct lm_command lm_cmd_network = {
    .name = "network",
    .title = "who stands where in the network, and what falls apart without whom",
    .usage = "show|key|remove … (--edges FILE | -i ID)",
    .help = "show    nodes by a measure; by betweenness unless asked: how many shortest paths between others run "
            "through them\n"
            "key     which nodes hold the network together: taken out one after the other, with the size of\n"
            "        the largest component and the connected pairs left after each\n"
            "remove  A B …: components, largest component and connected pairs before and after\n\n"
            "A measure describes the position in the data held, never guilt or rank. Each rank comes with "
            "its range when\n"
            "a tenth of the ties is missing, and with a warning when one device supplies more than 30 % of "
            "the data.\n",
    .options = options,
    .run = run,
};
