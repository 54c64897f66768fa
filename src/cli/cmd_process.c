#include "base/terminal.h"
#include "cli/command.h"
#include "cli/look.h"
#include "formats/json_out.h"
#include "store/process.h"

/* --- output --- */

static void json_day(struct lm_json_out *o, const char *key, int32_t day)
{
    char text[LM_WHEN_TEXT];
    lm_json_kv_z(o, key, day != LM_DAY_NONE ? lm_day_format(day, text) : NULL);
}

static void json_moment(struct lm_json_out *o, const char *key, int64_t us)
{
    struct lm_when w = { .us = us, .quality = LM_TIME_UTC };
    lm_json_kv_when(o, key, &w);
}

static void json_change(struct lm_json_out *o, const struct lm_process_change *c)
{
    lm_json_object(o);
    lm_json_kv_z(o, "change", c->withdrawn ? "withdrawn" : "extended");
    json_day(o, "expires", c->expires_day);
    lm_json_kv_text(o, "reference", c->reference);
    lm_json_kv_text(o, "reason", c->reason);
    lm_json_kv_str(o, "who", c->who);
    json_moment(o, "at", c->at_us);
    lm_json_object_end(o);
}

static void json_one(struct lm_json_out *o, const struct lm_process *p)
{
    lm_json_object(o);
    lm_json_kv_str(o, "id", p->id);
    lm_json_kv_str(o, "investigation", p->investigation);
    lm_json_kv_z(o, "kind", lm_process_kind_word(p->kind));
    lm_json_kv_str(o, "provider", p->provider);
    lm_json_kv_text(o, "account", p->account);
    lm_json_kv_text(o, "reference", p->reference);
    lm_json_kv_text(o, "authority", p->authority);
    json_day(o, "served", p->served_day);
    json_day(o, "expires", p->expires_day);
    json_day(o, "until", p->until_day);
    lm_json_kv_bool(o, "withdrawn", p->withdrawn);
    lm_json_kv_str(o, "who", p->who);
    json_moment(o, "at", p->at_us);
    lm_json_key(o, "changes");
    lm_json_array(o);
    for (size_t i = 0; i < p->n_changes; i++)
        json_change(o, &p->changes[i]);
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void put_after(struct lm_buf *b, const char *before, struct lm_str s)
{
    if (s.n == 0)
        return;
    lm_buf_put(b, lm_str(before));
    lm_terminal_put(b, s);
}

static void put_day(struct lm_buf *b, const char *before, int32_t day)
{
    char text[LM_WHEN_TEXT];
    if (day != LM_DAY_NONE)
        lm_buf_printf(b, "%s%s", before, lm_day_format(day, text));
}

static void text_one(struct lm_buf *b, const struct lm_process *p)
{
    lm_terminal_put(b, p->id);
    put_after(b, "  ", p->investigation);
    lm_buf_printf(b, "  %s", lm_process_kind_word(p->kind));
    put_after(b, ", ", p->provider);
    put_after(b, ", ", p->account);
    put_after(b, ", no. ", p->reference);
    put_after(b, ", ", p->authority);
    put_day(b, ", served ", p->served_day);
    put_day(b, ", expires ", p->expires_day);
    if (p->expires_day == LM_DAY_NONE && p->until_day == LM_DAY_NONE)
        lm_buf_put(b, LM_STR(", no expiry entered"));
    lm_buf_put(b, p->withdrawn ? LM_STR(", WITHDRAWN\n") : LM_STR("\n"));
    for (size_t i = 0; i < p->n_changes; i++) {
        const struct lm_process_change *c = &p->changes[i];
        lm_buf_put(b, c->withdrawn ? LM_STR("    withdrawn") : LM_STR("    extended"));
        put_day(b, " until ", c->expires_day);
        put_after(b, ", no. ", c->reference);
        put_after(b, ": ", c->reason);
        put_after(b, ", by ", c->who);
        lm_buf_putc(b, '\n');
    }
}

struct listing {
    struct lm_cli *cli;
    struct lm_json_out o;
};

static lm_err each(void *user, const struct lm_process *p)
{
    struct listing *l = user;
    if (l->cli->json)
        json_one(&l->o, p);
    else
        text_one(&l->cli->out, p);
    return LM_OK;
}

static lm_err list(struct lm_cli *cli, struct lm_store *st, struct lm_str investigation, struct lm_str id)
{
    struct listing l = { .cli = cli };
    lm_json_out_init(&l.o, &cli->out);
    if (cli->json) {
        lm_json_object(&l.o);
        lm_json_key(&l.o, "processes");
        lm_json_array(&l.o);
    }
    lm_err err = lm_store_processes(st, investigation, id, each, &l, &cli->error);
    if (cli->json) {
        lm_json_array_end(&l.o);
        lm_json_object_end(&l.o);
        lm_buf_putc(&cli->out, '\n');
    }
    return err;
}

/* --- the verb --- */

static lm_err take_day(struct lm_cli *cli, const struct lm_args *args, const char *option, int32_t *ret)
{
    const char *value = lm_args_get(args, option);
    *ret = LM_DAY_NONE;
    if (value == NULL || lm_day_parse(lm_str(value), ret))
        return LM_OK;
    (void)lm_fail(&cli->error, LM_EUSAGE, "%s %s is not a date", option, value);
    lm_fail_hint(&cli->error, "dates are written YYYY-MM-DD");
    return LM_EUSAGE;
}

static lm_err take_account(struct lm_cli *cli, struct lm_str value)
{
    enum lm_platform platform;
    size_t colon = lm_str_find(value, LM_STR(":"));
    if (value.n == 0
        || (colon != SIZE_MAX && colon + 1 < value.n && lm_platform_parse(lm_str_take(value, colon), &platform)
            && platform != LM_PLATFORM_NONE))
        return LM_OK;
    (void)lm_fail(&cli->error, LM_EUSAGE, "--account %.*s is not PLATFORM:ID", LM_STR_ARG(value));
    lm_fail_hint(&cli->error, "platforms: %s", lm_platform_words());
    return LM_EUSAGE;
}

static lm_err read_add(struct lm_cli *cli, const struct lm_args *args, struct lm_process *ret)
{
    struct lm_str kind = lm_str(lm_args_get(args, "--kind"));
    struct lm_process p = { .id = lm_str(lm_args_get(args, "--id")),
                            .investigation = lm_str(lm_args_get(args, "-i")),
                            .provider = lm_str_trim(lm_str(lm_args_get(args, "--provider"))),
                            .account = lm_str(lm_args_get(args, "--account")),
                            .reference = lm_str_trim(lm_str(lm_args_get(args, "--reference"))),
                            .authority = lm_str(lm_args_get(args, "--authority")) };
    if (p.id.n == 0 || p.investigation.n == 0 || p.provider.n == 0 || kind.n == 0)
        return lm_fail(&cli->error, LM_EUSAGE, "process add wants -i, --id, --kind and --provider");
    if (!lm_process_kind_parse(kind, &p.kind)) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "--kind %.*s is not a kind of process", LM_STR_ARG(kind));
        lm_fail_hint(&cli->error, "preservation, non_disclosure; a warrant, an order or a subpoena is an authority");
        return LM_EUSAGE;
    }
    lm_err err = take_account(cli, p.account);
    if (err == LM_OK)
        err = take_day(cli, args, "--served", &p.served_day);
    if (err == LM_OK)
        err = take_day(cli, args, "--expires", &p.expires_day);
    if (err == LM_OK)
        *ret = p;
    return err;
}

enum act { ADD, EXTEND, WITHDRAW, LIST };

static lm_err read_act(struct lm_cli *cli, const struct lm_args *args, enum act *ret)
{
    static const char *const words[] = { "add", "extend", "withdraw", "list" };
    struct lm_str word = args->n_operands == 1 ? lm_str(args->operands[0]) : LM_STR("");
    for (int i = ADD; i <= LIST; i++)
        if (lm_str_eq(word, lm_str(words[i]))) {
            *ret = (enum act)i;
            if (i == EXTEND && (lm_args_get(args, "--id") == NULL || lm_args_get(args, "--expires") == NULL))
                return lm_fail(&cli->error, LM_EUSAGE, "process extend wants --id and --expires");
            if (i == WITHDRAW && (lm_args_get(args, "--id") == NULL || lm_args_get(args, "--reason") == NULL))
                return lm_fail(&cli->error, LM_EUSAGE, "process withdraw wants --id and --reason");
            return LM_OK;
        }
    return lm_fail(&cli->error, LM_EUSAGE, "process wants one word: add, extend, withdraw or list");
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_str id = lm_str(lm_args_get(args, "--id"));
    struct lm_process p = { 0 };
    struct lm_store *st;
    int32_t expires = LM_DAY_NONE;
    enum act act = LIST;
    lm_err err = read_act(cli, args, &act);
    if (err == LM_OK && act == ADD)
        err = read_add(cli, args, &p);
    if (err == LM_OK && act == EXTEND)
        err = take_day(cli, args, "--expires", &expires);
    if (err == LM_OK)
        err = act == LIST ? lm_cli_open(cli, &st) : lm_cli_open_write(cli, &st);
    if (err != LM_OK)
        return err;
    if (act == ADD)
        err = lm_store_add_process(st, &p, &cli->error);
    else if (act == EXTEND)
        err = lm_store_extend_process(st, id, expires, lm_str_trim(lm_str(lm_args_get(args, "--reference"))), &cli->error);
    else if (act == WITHDRAW)
        err = lm_store_withdraw_process(st, id, lm_str(lm_args_get(args, "--reason")), &cli->error);
    if (err == LM_OK)
        err = list(cli, st, act == LIST ? lm_str(lm_args_get(args, "-i")) : LM_STR(""), id);
    lm_store_close(st);
    return err;
}

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation it belongs to; with list: only its own" },
    { "--id", "ID", "how it is named from now on: up to 64 characters, no spaces" },
    { "--kind", "KIND", "preservation or non_disclosure" },
    { "--provider", "TEXT", "on whom it is served" },
    { "--account", "PLATFORM:ID", "the account it concerns" },
    { "--reference", "TEXT", "the number of the letter or order; with extend: of the new one" },
    { "--authority", "ID", "an authority of the investigation that it goes with" },
    { "--served", "DATE", "YYYY-MM-DD" },
    { "--expires", "DATE", "last day on which it holds, as the letter or the court says; with extend: the new one" },
    { "--reason", "TEXT", "withdraw: why" },
    { 0 },
};

const struct lm_command lm_cmd_process = {
    .name = "process",
    .title = "enter, extend, withdraw and list preservation letters and non-disclosure orders",
    .usage = "add -i ID --id ID --kind KIND --provider TEXT [options] | extend --id ID --expires DATE | withdraw --id ID --reason TEXT"
             " | list",
    .help = "Nothing is acquired under them, so they are no authorities; but they run out, and `next` says when. Every date is entered:\n"
            "no length is taken from a statute. Nothing is changed in place: an extension and a withdrawal are entries of their own.\n",
    .options = options,
    .run = run,
};
