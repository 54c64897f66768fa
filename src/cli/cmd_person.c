#include "base/terminal.h"
#include "cli/identities.h"
#include "cli/show.h"

/* --- rows --- */

static lm_err on_person(void *user, const struct lm_person_row *r)
{
    struct lm_identities *t = user;
    struct lm_buf *b = &t->cli->out;
    t->n++;
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_i64(&t->o, "person", r->person);
        lm_json_kv_str(&t->o, "name", r->name);
        lm_json_kv_bool(&t->o, "masked", r->masked);
        lm_json_kv_bool(&t->o, "decided", r->decided);
        lm_json_kv_str(&t->o, "standing", r->standing);
        if (r->merged_into != 0)
            lm_json_kv_i64(&t->o, "merged_into", r->merged_into);
        else
            lm_json_kv_null(&t->o, "merged_into");
        lm_json_kv_u64(&t->o, "accounts", r->accounts);
        lm_json_object_end(&t->o);
        return lm_show_pass_on(t->cli);
    }
    lm_buf_printf(b, "%6lld  ", (long long)r->person);
    lm_terminal_put(b, r->name);
    lm_buf_printf(b, "  %.*s, %llu account%s", LM_STR_ARG(r->standing), (unsigned long long)r->accounts, r->accounts == 1 ? "" : "s");
    if (r->merged_into != 0)
        lm_buf_printf(b, "; merged into person %lld", (long long)r->merged_into);
    lm_buf_putc(b, '\n');
    return lm_show_pass_on(t->cli);
}

static lm_err on_account(void *user, const struct lm_person_account *r)
{
    struct lm_identities *t = user;
    struct lm_buf *b = &t->cli->out;
    t->n++;
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_i64(&t->o, "account", r->account);
        lm_json_kv_z(&t->o, "platform", lm_platform_word(r->platform));
        lm_json_kv_str(&t->o, "id", r->id);
        lm_json_kv_str(&t->o, "name", r->name);
        lm_json_kv_bool(&t->o, "masked", r->masked);
        lm_json_kv_u64(&t->o, "records", r->records);
        lm_json_object_end(&t->o);
        return lm_show_pass_on(t->cli);
    }
    lm_buf_put(b, LM_STR("  "));
    lm_terminal_put(b, r->id);
    if (!r->masked && !lm_str_ends(r->id, r->name)) {
        lm_buf_put(b, LM_STR("  "));
        lm_terminal_put(b, r->name);
    }
    lm_buf_printf(b, "  %llu record%s\n", (unsigned long long)r->records, r->records == 1 ? "" : "s");
    return lm_show_pass_on(t->cli);
}

static lm_err on_change(void *user, const struct lm_change_row *r)
{
    struct lm_identities *t = user;
    struct lm_buf *b = &t->cli->out;
    struct lm_when w = { r->at_us, 0, LM_TIME_UTC };
    char at[LM_WHEN_TEXT];
    t->n++;
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_i64(&t->o, "person", r->person);
        lm_json_kv_str(&t->o, "change", r->change);
        lm_json_kv_text(&t->o, "account", r->name);
        if (r->other != 0)
            lm_json_kv_i64(&t->o, "other", r->other);
        else
            lm_json_kv_null(&t->o, "other");
        lm_json_kv_str(&t->o, "who", r->who);
        lm_json_kv_when(&t->o, "at", &w);
        lm_json_object_end(&t->o);
        return lm_show_pass_on(t->cli);
    }
    lm_buf_printf(b, "  %s  person %lld %.*s", lm_when_format(&w, at), (long long)r->person, LM_STR_ARG(r->change));
    if (r->name.n != 0) {
        lm_buf_put(b, LM_STR(" "));
        lm_terminal_put(b, r->name);
    }
    if (r->other != 0)
        lm_buf_printf(b, " (person %lld)", (long long)r->other);
    lm_buf_put(b, LM_STR("  by "));
    lm_terminal_put(b, r->who);
    lm_buf_putc(b, '\n');
    return lm_show_pass_on(t->cli);
}

/* --- the verb --- */

static lm_err list(struct lm_identities *t)
{
    lm_identities_list(t, "persons", NULL);
    lm_err err = lm_store_persons(t->st, &t->f, 0, on_person, t, &t->cli->error);
    lm_identities_list_end(t, "no two accounts are known to be one person's, and nobody is decided");
    return err;
}

static lm_err history(struct lm_identities *t, int64_t person)
{
    lm_identities_list(t, "history", t->cli->json ? NULL : "history");
    lm_err err = lm_store_person_history(t->st, &t->f, person, on_change, t, &t->cli->error);
    lm_identities_list_end(t, "  none");
    return err;
}

static lm_err show(struct lm_identities *t, int64_t person)
{
    struct lm_identity_edge_query q = { .person = person };
    lm_identities_list(t, "persons", NULL);
    lm_err err = lm_store_persons(t->st, &t->f, person, on_person, t, &t->cli->error);
    lm_identities_list_end(t, NULL);
    if (err != LM_OK)
        return err;
    lm_identities_list(t, "accounts", "accounts");
    err = lm_store_person_accounts(t->st, &t->f, person, on_account, t, &t->cli->error);
    lm_identities_list_end(t, "  none");
    if (err != LM_OK)
        return err;
    lm_identities_list(t, "edges", "why they are one");
    err = lm_store_identity_edges(t->st, &t->f, &q, lm_identities_edge, t, &t->cli->error);
    lm_identities_list_end(t, "  no record says so: a person's word, or one account only");
    return err == LM_OK ? history(t, person) : err;
}

static lm_err split(struct lm_identities *t, int64_t person)
{
    const char *text = lm_args_get(t->args, "--account");
    int64_t account = 0, judgement = 0;
    uint64_t changed = 0;
    if (text == NULL)
        return lm_fail(&t->cli->error, LM_EUSAGE, "person split wants --account: which of its accounts is somebody else's");
    lm_err err = lm_store_account_find(t->st, &t->cli->run, t->f.investigation, lm_str(text), &account, &t->cli->error);
    if (err == LM_OK)
        err = lm_identify_split(t->st, t->f.investigation, person, account, lm_str(lm_args_get(t->args, "--reason")), &judgement, &changed,
                                &t->cli->error);
    if (err != LM_OK)
        return err;
    if (t->cli->json) {
        lm_json_kv_i64(&t->o, "judgement", judgement);
        lm_json_kv_u64(&t->o, "accounts_changed", changed);
    } else {
        lm_buf_printf(&t->cli->out, "split by judgement %lld; judge undo %lld takes it back\n", (long long)judgement, (long long)judgement);
    }
    return LM_OK;
}

enum verb { V_LIST, V_SHOW, V_SPLIT, V_HISTORY, V_N };
static const char *const verbs[V_N] = { "list", "show", "split", "history" };

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_identities t = { .cli = cli };
    struct lm_str word = args->n_operands != 0 ? lm_str(args->operands[0]) : (struct lm_str){ NULL, 0 };
    int64_t person = 0;
    int v = 0;
    while (v < V_N && !lm_str_eq(word, lm_str(verbs[v])))
        v++;
    if (v == V_N)
        return lm_fail(&cli->error, LM_EUSAGE, "person wants one word: list, show, split, history");
    if (args->n_operands > (v == V_LIST ? 1u : 2u))
        return lm_fail(&cli->error, LM_EUSAGE, "person %s was given too many words", verbs[v]);
    lm_err err = lm_identities_begin(&t, cli, args, v == V_SPLIT);
    if (err == LM_OK && v != V_LIST)
        err = lm_identities_number(&t, 1, "person", &person);
    if (err == LM_OK)
        err = v == V_LIST ? list(&t) : v == V_SHOW ? show(&t, person) : v == V_SPLIT ? split(&t, person) : history(&t, person);
    return lm_identities_end(&t, err);
}

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation under which you look" },
    { "--purpose", "TEXT", "one line: why you look; stands in the audit entry (\"identity\")" },
    { "--account", "A", "split: the account that is somebody else's: PLATFORM:ID, or an identifier that only one account has" },
    { "--reason", "TEXT", "split: why" },
    { 0 },
};

const struct lm_command lm_cmd_person = {
    .name = "person",
    .title = "which accounts are one person's, why, and what became of it",
    .usage = "list | show N | history N | split N --account A --reason TEXT, each with -i ID",
    .help = "list: persons with accounts. show: the accounts, every edge that makes them one with its records, and which of these is the only one\n"
            "that holds two parts together. split: one account is somebody else's. Numbers of persons are stable: merged and split\n"
            "they come back with an undo (judge undo). docs/identities.md\n",
    .options = options,
    .run = run,
};
