#include "cli/command.h"
#include "formats/json_out.h"
#include "simulate/operation.h"

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const char *out = lm_args_get(args, "--out");
    int64_t seed;
    if (out == NULL || args->n_operands != 0)
        return lm_fail(&cli->error, LM_EUSAGE, "simulate wants --out DIR and nothing else");
    lm_err err = lm_args_i64(args, "--seed", 0, INT64_MAX, 1, &seed, &cli->error);
    if (err == LM_OK)
        err = lm_simulate_operation(out, (uint64_t)seed, &cli->error);
    if (err != LM_OK)
        return err;
    if (cli->json) {
        struct lm_json_out o;
        lm_json_out_init(&o, &cli->out);
        lm_json_object(&o);
        lm_json_kv_z(&o, "folder", out);
        lm_json_kv_i64(&o, "seed", seed);
        lm_json_object_end(&o);
        lm_buf_putc(&cli->out, '\n');
    } else {
        lm_buf_printf(&cli->out, "Made-up operation written to %s: evidence/, authorities.csv, truth/\n", out);
    }
    return LM_OK;
}

static const struct lm_option options[] = {
    { "--out", "DIR", "where to write evidence/, authorities.csv and truth/" },
    { "--seed", "N", "same seed, same bytes (default 1)" },
    { 0 },
};

const struct lm_command lm_cmd_simulate = {
    .name = "simulate",
    .title = "write a small made-up operation with planted truth",
    .usage = "--out DIR [--seed N]",
    .help = "Everything in it is invented. truth/ says what is planted: who deals with whom, which records lie outside\n"
            "the authorities' dates, which seizures two agencies both report.\n",
    .options = options,
    .run = run,
};
