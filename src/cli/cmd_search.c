#include "base/log.h"
#include "cli/command.h"
#include "cli/look.h"
#include "cli/show.h"
#include "lastmile/look_json.h"

struct answer {
    struct lm_cli *cli;
    struct lm_json_out o;
    uint64_t n, n_identifiers;
};

static lm_err each(void *user, const struct lm_hit *h)
{
    struct answer *a = user;
    a->n++;
    if (a->cli->json) {
        lm_hit_json(&a->o, h);
    } else {
        lm_show_hit_text(&a->cli->out, h);
        lm_show_source_text(&a->cli->out, h);
    }
    return lm_show_pass_on(a->cli);
}

static lm_err each_identifier(void *user, const struct lm_identifier_hit *h)
{
    struct answer *a = user;
    a->n_identifiers++;
    if (a->cli->json)
        lm_identifier_json(&a->o, h);
    else
        lm_show_identifier_text(&a->cli->out, h);
    return lm_show_pass_on(a->cli);
}

/* The words after the options are one query, as if they had been typed into one box. */
static lm_err join(struct lm_cli *cli, const struct lm_args *args, struct lm_str *ret)
{
    struct lm_str s = LM_STR("");
    for (size_t i = 0; i < args->n_operands; i++) {
        s = lm_arena_printf(&cli->run, "%.*s%s%s", LM_STR_ARG(s), i != 0 ? " " : "", args->operands[i]);
        if (s.p == NULL)
            return lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    }
    *ret = s;
    return LM_OK;
}

static lm_err search(struct lm_cli *cli, struct lm_store *st, const struct lm_filter *f, const struct lm_search *s)
{
    struct answer a = { .cli = cli };
    uint64_t total = 0, identifiers = 0;
    lm_json_out_init(&a.o, &cli->out);
    if (cli->json) {
        lm_json_object(&a.o);
        lm_json_key(&a.o, "hits");
        lm_json_array(&a.o);
    }
    lm_err err = lm_store_search(st, f, s, each, &a, &total, &cli->error);
    if (err != LM_OK)
        return err;
    if (cli->json) {
        lm_json_array_end(&a.o);
        lm_json_kv_u64(&a.o, "total", total);
        lm_json_key(&a.o, "identifiers");
        lm_json_array(&a.o);
    }
    err = lm_store_search_identifiers(st, f, s, each_identifier, &a, &identifiers, &cli->error);
    if (err != LM_OK)
        return err;
    if (cli->json) {
        lm_json_array_end(&a.o);
        lm_json_kv_u64(&a.o, "identifiers_total", identifiers);
        lm_json_object_end(&a.o);
        lm_buf_putc(&cli->out, '\n');
        return LM_OK;
    }
    lm_buf_printf(&cli->out, "%llu of %llu hits in the data held under this investigation\n", (unsigned long long)a.n,
                  (unsigned long long)total);
    if (identifiers != 0)
        lm_buf_printf(&cli->out, "%llu of %llu identifiers: names, numbers, addresses and handles, with or without events\n",
                      (unsigned long long)a.n_identifiers, (unsigned long long)identifiers);
    if (s->offset + a.n < total || s->offset + a.n_identifiers < identifiers)
        lm_buf_printf(&cli->out, "--offset %llu shows the next ones\n", (unsigned long long)(s->offset + (a.n > a.n_identifiers ? a.n : a.n_identifiers)));
    return LM_OK;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_filter f;
    struct lm_search s = { 0 };
    struct lm_store *st;
    int64_t limit = 0, offset = 0;
    lm_err err = lm_cli_look(cli, args, "search", &f);
    if (err == LM_OK && args->n_operands == 0)
        err = lm_fail(&cli->error, LM_EUSAGE, "search wants a query");
    if (err == LM_OK)
        err = lm_args_i64(args, "--limit", 1, 1000000, 50, &limit, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--offset", 0, INT64_MAX / 2, 0, &offset, &cli->error);
    if (err == LM_OK)
        err = join(cli, args, &s.query);
    s.limit = (uint64_t)limit;
    s.offset = (uint64_t)offset;
    if (err == LM_OK)
        err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = search(cli, st, &f, &s);
    lm_store_close(st);
    return err;
}

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation under which you look" },
    { "--purpose", "TEXT", "one line: why you look; stands in the audit entry (\"search\")" },
    { "--limit", "N", "how many hits (50)" },
    { "--offset", "N", "how many to pass over (0)" },
    { 0 },
};

const struct lm_command lm_cmd_search = {
    .name = "search",
    .title = "find messages, calls and accounts in the data held",
    .usage = "-i ID QUERY",
    .help = "QUERY is words (all must occur; accents and case do not matter), \"a phrase\", a telephone number in any\n"
            "spelling, an e-mail address or @handle. Signs have no other meaning. Each hit says why it matched and where\n"
            "it stands. Names, numbers, addresses and handles that match are listed after the hits: an entry of an address\n"
            "book is found that way, also when nothing happened with it. Only what lies under this investigation's authorities is looked at.\n",
    .options = options,
    .run = run,
};
