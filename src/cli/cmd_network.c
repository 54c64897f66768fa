#include <string.h>

#include "cli/network.h"

static const struct lm_option options[] = {
    { "--edges", "FILE", "an edge list: two names per line, optionally a weight" },
    { "-i", "ID", "the investigation of the workspace whose messages and calls are the ties" },
    { "--purpose", "TEXT", "one line: why you look; stands in the audit entry" },
    { "--layer", "NAME", "ties of this layer only (communication, drug_transfer, money, …); may be repeated" },
    { "--machine", NULL, "machine links as well: they are in no measure otherwise" },
    { "--directed", NULL, "ties have a direction, from the first name to the second" },
    { "--top", "N", "how many to list (20)" },
    { "--seed", "N", "remove, groups: another draw of what is left to chance (1)" },
    { "--measure", "NAME", "show: what to list by (betweenness); an unknown NAME lists them all" },
    { "--exact", NULL, "show: betweenness of all shortest paths, however large the network is" },
    { "--sample", "E", "show: betweenness from drawn paths, within E of all pairs (0.01 when the network is large)" },
    { "--k", "K", "key: stop after K removals (until nothing is left)" },
    { "--method", "M", "key: adaptive (betweenness, computed anew after every removal), search (that, improved), exact" },
    { "--goal", "G", "key: lcc (largest component), pairs (connected ones), reach (supply), between-cities" },
    { "--until", "S", "key: stop when the largest component is below S × nodes" },
    { "--before", "TIME", "path A: from whom contacts lead to A before this moment" },
    { "--hops", "N", "path A --before: in at most N hops (3)" },
    { "--wait", "D", "path: the next contact follows within D: 90s, 15m, 36h, 2d (any time)" },
    { "--rows", "N", "rows listed of a tie (10)" },
    { "--from", "TIME", "contacts from this moment on: 2023-05-01T10:00:00Z, a day, or seconds since 1970" },
    { "--to", "TIME", "contacts before this moment" },
    { "--cap", "N", "common: who has more than N others joins nobody (100)" },
    { "--with", "FILE", "compare: the second period, beside --edges" },
    { "--at", "TIME", "compare: the moment that cuts the contacts into two periods" },
    { "--gap", "D", "change: how far apart the last of a number and the first of the next one may be (7d)" },
    { "--costs", "FILE", "key: a table of names and what removing them costs" },
    { "--nodes", "FILE", "key, remove, groups: a CSV with the columns name and any of cost, city, role (source, customer, both)" },
    { "--reinsert", NULL, "key: put back what need not have been removed" },
    { 0 },
};

static const struct sub_verb {
    const char *name;
    const char *options; /* those it takes beside the source's, each followed by a space */
    lm_err (*run)(struct lm_cli *cli, const struct lm_args *args);
} sub_verbs[] = {
    { "show", "--layer --machine --measure --exact --sample --top ", lm_network_show },
    { "key", "--layer --machine --k --method --goal --until --costs --nodes --reinsert ", lm_network_key },
    { "remove", "--layer --machine --nodes --seed ", lm_network_remove },
    { "groups", "--layer --machine --nodes --seed --top ", lm_network_groups },
    { "roles", "--top ", lm_network_roles },
    { "path", "--machine --before --hops --wait --rows --from --to --top ", lm_network_path },
    { "common", "--machine --cap --rows --from --to --top ", lm_network_common },
    { "compare", "--machine --with --at --rows --from --to --top ", lm_network_compare },
    { "change", "--machine --gap --from --to --top ", lm_network_change },
};

static bool takes(const struct sub_verb *v, const char *option)
{
    static const char *const source[] = { "--edges", "--directed", "-i", "--purpose" };
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
    lm_fail_hint(&cli->error, "there are: show, key, remove, groups, roles, path, common, compare, change");
    return LM_EUSAGE;
}

const struct lm_command lm_cmd_network = {
    .name = "network",
    .title = "who stands where in the network, and what falls apart without whom",
    .usage = "show|key|remove|groups|roles|path|common|compare|change … (--edges FILE | -i ID)",
    .help = "show    nodes by a measure; by betweenness unless asked: how many shortest paths between others run\n"
            "        through them\n"
            "key     which nodes hold the network together: taken out one after the other, with the size of\n"
            "        the largest component and the connected pairs left after each\n"
            "remove  A B …: components, connected pairs, supply paths and cities before and after, and the spread\n"
            "        of what may hold again when those who are left make new ties\n"
            "groups  parts with more ties inside than to others, their cities and bridges, and how far they bear\n"
            "        missing ties\n"
            "roles   what the rows are consistent with: sends, receives, moves, holds, passes money, connects; each with\n"
            "        its probability and its rows (--edges: a table with the columns source, target, layer, …)\n"
            "path    A B: how two names hang together: by fewest hops, by strongest ties, in order of time. A --before T:\n"
            "        from whom contacts lead to A until then, each with its row\n"
            "common  A B …: whom they have in common; a contact that everybody has joins nobody\n"
            "compare two periods: ties and names gained and lost, ranks that moved, who leads each\n"
            "change  bursts, numbers that appear and fall silent, and numbers that take another one's place, each beside what\n"
            "        chance alone would give\n\n"
            "A measure describes the position in the data held, never guilt or rank. Each rank comes with "
            "its range when\n"
            "a tenth of the ties is missing, and with a warning when one device supplies more than 30 % of "
            "the data.\n",
    .options = options,
    .run = run,
};
