#include "cli/command.h"
#include "formats/json_out.h"
#include "simulate/operation.h"

static void print_json(struct lm_cli *cli, const char *out, int64_t seed, double scale, const struct sim_written *w)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_z(&o, "folder", out);
    lm_json_kv_i64(&o, "seed", seed);
    lm_json_kv_double(&o, "scale", scale);
    lm_json_kv_i64(&o, "investigations", w->investigations);
    lm_json_kv_i64(&o, "people", w->people);
    lm_json_kv_u64(&o, "events", w->events);
    lm_json_kv_u64(&o, "sources", w->sources);
    lm_json_kv_u64(&o, "records", w->records);
    lm_json_kv_u64(&o, "held", w->held);
    lm_json_kv_u64(&o, "bytes", w->bytes);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const char *out = lm_args_get(args, "--out");
    struct sim_written w;
    int64_t seed;
    double scale;
    if (out == NULL || args->n_operands != 0)
        return lm_fail(&cli->error, LM_EUSAGE, "simulate wants --out DIR and nothing else");
    lm_err err = lm_args_i64(args, "--seed", 0, INT64_MAX, 1, &seed, &cli->error);
    if (err == LM_OK)
        err = lm_args_double(args, "--scale", 0.001, 100, 0.01, &scale, &cli->error);
    if (err == LM_OK)
        err = lm_simulate_operation(out, (uint64_t)seed, scale, &w, &cli->error);
    if (err != LM_OK)
        return err;
    if (cli->json)
        print_json(cli, out, seed, scale, &w);
    else
        lm_buf_printf(&cli->out,
                      "Made-up operation written to %s: evidence/, authorities.csv, truth/\n"
                      "%lld investigations, %lld people, %llu real events; %llu records in %llu files, %llu of them outside their"
                      " authority\n",
                      out, (long long)w.investigations, (long long)w.people, (unsigned long long)w.events,
                      (unsigned long long)w.records, (unsigned long long)w.sources, (unsigned long long)w.held);
    return LM_OK;
}

static const struct lm_option options[] = {
    { "--out", "DIR", "where to write evidence/, authorities.csv and truth/" },
    { "--scale", "S", "1: the published national operation, 1,436 investigations (default 0.01)" },
    { "--seed", "N", "same seed and scale, same bytes (default 1)" },
    { 0 },
};

const struct lm_command lm_cmd_simulate = {
    .name = "simulate",
    .title = "write a made-up operation with planted truth",
    .usage = "--out DIR [--scale S] [--seed N]",
    .help = "Everything in it is invented; the numbers are kept for fiction. authorities.csv is for a person to enter:\n"
            "lastmile -w W import --authorities DIR/authorities.csv DIR/evidence. truth/ says what is planted; lastmile score\n"
            "compares a workspace with it. docs/simulator.md says what is made and how.\n",
    .options = options,
    .run = run,
};
