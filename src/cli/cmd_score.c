#include "cli/command.h"
#include "cli/look.h"
#include "formats/json_out.h"
#include "simulate/score.h"

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static void json_rates(struct lm_json_out *o, const char *key, double precision, double recall)
{
    lm_json_key(o, key);
    lm_json_object(o);
    lm_json_kv_double(o, "precision", precision);
    lm_json_kv_double(o, "recall", recall);
    lm_json_kv_double(o, "f1", share(2 * precision * recall, precision + recall));
    lm_json_object_end(o);
}

static void print_json(struct lm_cli *cli, const struct sim_score *s)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "investigations", s->investigations);
    lm_json_key(&o, "intake");
    lm_json_object(&o);
    lm_json_kv_u64(&o, "right", s->right);
    lm_json_kv_u64(&o, "wrong", s->wrong);
    lm_json_kv_u64(&o, "lost", s->lost);
    lm_json_object_end(&o);
    lm_json_key(&o, "held");
    lm_json_object(&o);
    lm_json_kv_u64(&o, "right", s->held_right);
    lm_json_kv_u64(&o, "missed", s->held_missed);
    lm_json_kv_u64(&o, "wrong", s->held_wrong);
    lm_json_object_end(&o);
    lm_json_key(&o, "occurrences");
    lm_json_object(&o);
    lm_json_kv_u64(&o, "real", s->events);
    lm_json_kv_u64(&o, "once", s->once);
    lm_json_kv_u64(&o, "split", s->split);
    lm_json_kv_u64(&o, "merged", s->merged);
    lm_json_object_end(&o);
    lm_json_key(&o, "claims");
    lm_json_object(&o);
    lm_json_kv_u64(&o, "planted", s->claims);
    lm_json_kv_u64(&o, "found", s->claims_found);
    lm_json_kv_u64(&o, "wrong", s->claims_wrong);
    lm_json_object_end(&o);
    lm_json_key(&o, "identities");
    lm_json_object(&o);
    lm_json_kv_u64(&o, "accounts", s->accounts);
    json_rates(&o, "closure", share((double)s->pairs_right, (double)s->pairs_found), share((double)s->pairs_right, (double)s->pairs_true));
    json_rates(&o, "b3", share(s->b3_precision, (double)s->accounts), share(s->b3_recall, (double)s->accounts));
    lm_json_object_end(&o);
    lm_json_key(&o, "rollup");
    lm_json_object(&o);
    lm_json_kv_u64(&o, "figures", s->figures);
    lm_json_kv_u64(&o, "exact", s->figures_exact);
    lm_json_kv_u64(&o, "not_planted", s->figures_not_planted);
    lm_json_kv_text(&o, "first_wrong", s->first_wrong_figure);
    lm_json_object_end(&o);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void print_text(struct lm_cli *cli, const struct sim_score *s)
{
    struct lm_buf *b = &cli->out;
    lm_buf_printf(b, "%llu investigations\n", (unsigned long long)s->investigations);
    lm_buf_printf(b, "records that must be kept   %llu right, %llu wrong, %llu lost\n", (unsigned long long)s->right,
                  (unsigned long long)s->wrong, (unsigned long long)s->lost);
    lm_buf_printf(b, "records that must be held   %llu right, %llu missed, %llu wrong\n", (unsigned long long)s->held_right,
                  (unsigned long long)s->held_missed, (unsigned long long)s->held_wrong);
    lm_buf_printf(b, "real calls and messages     %llu, %llu counted once; %llu in several occurrences, %llu together with others\n",
                  (unsigned long long)s->events, (unsigned long long)s->once, (unsigned long long)s->split, (unsigned long long)s->merged);
    lm_buf_printf(b, "claimed by two agencies     %llu, %llu found; %llu set aside that were not\n", (unsigned long long)s->claims,
                  (unsigned long long)s->claims_found, (unsigned long long)s->claims_wrong);
    lm_buf_printf(b, "accounts of one person      %llu accounts: %llu of %llu pairs found, %llu of %llu found are right; B3 precision %.3f,"
                     " recall %.3f\n", (unsigned long long)s->accounts, (unsigned long long)s->pairs_right, (unsigned long long)s->pairs_true,
                  (unsigned long long)s->pairs_right, (unsigned long long)s->pairs_found, share(s->b3_precision, (double)s->accounts),
                  share(s->b3_recall, (double)s->accounts));
    lm_buf_printf(b, "figures of the roll-up      %llu, %llu exact; %llu more that the truth has no figure for\n", (unsigned long long)s->figures,
                  (unsigned long long)s->figures_exact, (unsigned long long)s->figures_not_planted);
    if (s->first_wrong_figure.n != 0)
        lm_buf_printf(b, "                            first that is not: %.*s\n", LM_STR_ARG(s->first_wrong_figure));
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const char *truth = lm_args_get(args, "--truth");
    struct sim_score score;
    struct lm_filter f;
    struct lm_store *st;
    if (truth == NULL || args->n_operands != 0)
        return lm_fail(&cli->error, LM_EUSAGE, "score wants --truth DIR/truth and nothing else");
    if (cli->workspace == NULL)
        return lm_fail(&cli->error, LM_EUSAGE, "score wants a workspace: lastmile -w WORKSPACE score …");
    lm_err err = lm_cli_look_any(cli, args, "score", &f);
    if (err == LM_OK)
        err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = sim_score_workspace(&cli->run, st, &f, truth, &score, &cli->error);
    lm_store_close(st);
    if (err != LM_OK)
        return err;
    if (cli->json)
        print_json(cli, &score);
    else
        print_text(cli, &score);
    return LM_OK;
}

static const struct lm_option options[] = {
    { "--truth", "DIR", "what lastmile simulate planted: DIR/truth" },
    { 0 },
};

const struct lm_command lm_cmd_score = {
    .name = "score",
    .title = "compare a workspace with what the simulator planted",
    .usage = "--truth DIR/truth",
    .help = "For workspaces into which the whole evidence of lastmile simulate was imported. Every record, every planted\n"
            "hold, every real call and every figure is compared; docs/simulator.md says how.\n",
    .options = options,
    .run = run,
};
