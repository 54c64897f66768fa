#include "cli/identities.h"

static void say(struct lm_identities *t, int64_t judgement, const char *what, uint64_t changed)
{
    if (t->cli->json) {
        lm_json_kv_i64(&t->o, "judgement", judgement);
        lm_json_kv_z(&t->o, "state", what);
        lm_json_kv_u64(&t->o, "accounts_changed", changed);
    } else {
        lm_buf_printf(&t->cli->out, "judgement %lld is %s; %llu account%s another person's now\n", (long long)judgement, what,
                      (unsigned long long)changed, changed == 1 ? " is" : "s are");
    }
}

static struct lm_str reason(const struct lm_identities *t)
{
    return lm_str(lm_args_get(t->args, "--reason"));
}

static lm_err judge(struct lm_identities *t, enum lm_identity_verdict verdict)
{
    struct lm_account_pair_of pair = { 0, 0 };
    int64_t judgement = 0;
    uint64_t changed = 0;
    lm_err err = lm_identities_account(t, 1, &pair.a);
    if (err == LM_OK)
        err = lm_identities_account(t, 2, &pair.b);
    if (err == LM_OK)
        err = lm_identify_judge(t->st, t->f.investigation, verdict, &pair, 1, reason(t), &judgement, &changed, &t->cli->error);
    if (err == LM_OK)
        say(t, judgement, "kept", changed);
    return err;
}

static lm_err undo(struct lm_identities *t)
{
    int64_t judgement = 0;
    uint64_t changed = 0;
    lm_err err = lm_identities_number(t, 1, "judgement", &judgement);
    if (err == LM_OK)
        err = lm_identify_unjudge(t->st, t->f.investigation, judgement, reason(t), &changed, &t->cli->error);
    if (err == LM_OK)
        say(t, judgement, "withdrawn", changed);
    return err;
}

static lm_err list(struct lm_identities *t)
{
    int64_t a = 0;
    lm_err err = t->args->n_operands > 1 ? lm_identities_account(t, 1, &a) : LM_OK;
    if (err != LM_OK)
        return err;
    lm_identities_list(t, "judgements", NULL);
    err = lm_store_identity_words(t->st, &t->f, a, 0, lm_identities_word, t, &t->cli->error);
    lm_identities_list_end(t, "nobody has said anything about identities");
    return err;
}

static lm_err act(struct lm_identities *t, struct lm_str word)
{
    enum lm_identity_verdict verdict;
    size_t most = lm_identity_verdict_parse(word, &verdict) ? 3 : 2;
    if (t->args->n_operands > most)
        return lm_fail(&t->cli->error, LM_EUSAGE, "judge %.*s was given too many words", LM_STR_ARG(word));
    if (most == 3)
        return judge(t, verdict);
    return lm_str_eq(word, LM_STR("undo")) ? undo(t) : list(t);
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_identities t = { .cli = cli };
    enum lm_identity_verdict verdict;
    struct lm_str word = args->n_operands != 0 ? lm_str(args->operands[0]) : (struct lm_str){ NULL, 0 };
    bool lists = lm_str_eq(word, LM_STR("list"));
    if (!lists && !lm_str_eq(word, LM_STR("undo")) && !lm_identity_verdict_parse(word, &verdict))
        return lm_fail(&cli->error, LM_EUSAGE, "judge wants one word: same, not_same, unsure, list, undo");
    lm_err err = lm_identities_begin(&t, cli, args, !lists);
    if (err == LM_OK)
        err = act(&t, word);
    return lm_identities_end(&t, err);
}

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation" },
    { "--purpose", "TEXT", "list: one line: why you look; stands in the audit entry (\"identity\")" },
    { "--reason", "TEXT", "why" },
    { 0 },
};

const struct lm_command lm_cmd_judge = {
    .name = "judge",
    .title = "a person's word about two accounts: the same person's, not, or not to be told",
    .usage = "same A B --reason TEXT | not_same A B --reason TEXT | unsure A B --reason TEXT | list [A] | undo N --reason TEXT, each with -i ID",
    .help = "A, B: accounts, as PLATFORM:ID, or an identifier that only one account has. A judgement stands until it is taken back; it is never\n"
            "lost, and nothing that comes in later overrides it. Only what the two are connected with is worked out again. What contradicts an\n"
            "earlier judgement is refused. docs/identities.md\n",
    .options = options,
    .run = run,
};
