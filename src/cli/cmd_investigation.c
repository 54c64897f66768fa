#include "base/log.h"
#include "base/terminal.h"
#include "cli/command.h"
#include "cli/look.h"
#include "formats/json_out.h"

static void json_one(struct lm_json_out *o, const struct lm_investigation *i)
{
    lm_json_object(o);
    lm_json_kv_str(o, "id", i->id);
    lm_json_kv_str(o, "title", i->title);
    lm_json_kv_str(o, "agency", i->agency);
    lm_json_kv_str(o, "division", i->division);
    lm_json_object_end(o);
}

static void text_one(struct lm_buf *b, const struct lm_investigation *i)
{
    lm_terminal_put(b, i->id);
    lm_buf_put(b, LM_STR("  "));
    lm_terminal_put(b, i->title);
    if (i->agency.n != 0 || i->division.n != 0) {
        lm_buf_put(b, LM_STR("  ("));
        lm_terminal_put(b, i->agency);
        lm_buf_put(b, i->agency.n != 0 && i->division.n != 0 ? LM_STR(", ") : LM_STR(""));
        lm_terminal_put(b, i->division);
        lm_buf_putc(b, ')');
    }
    lm_buf_putc(b, '\n');
}

struct listing {
    struct lm_cli *cli;
    struct lm_json_out o;
};

static lm_err each(void *user, const struct lm_investigation *i)
{
    struct listing *l = user;
    if (l->cli->json)
        json_one(&l->o, i);
    else
        text_one(&l->cli->out, i);
    return LM_OK;
}

static lm_err list(struct lm_cli *cli, struct lm_store *st)
{
    struct listing l = { .cli = cli };
    lm_json_out_init(&l.o, &cli->out);
    if (cli->json) {
        lm_json_object(&l.o);
        lm_json_key(&l.o, "investigations");
        lm_json_array(&l.o);
    }
    lm_err err = lm_store_investigations(st, each, &l, &cli->error);
    if (cli->json) {
        lm_json_array_end(&l.o);
        lm_json_object_end(&l.o);
        lm_buf_putc(&cli->out, '\n');
    }
    return err;
}

static lm_err add(struct lm_cli *cli, const struct lm_args *args, struct lm_store *st)
{
    struct lm_investigation i = { .id = lm_str(lm_args_get(args, "--id")),
                                  .title = lm_str(lm_args_get(args, "--title")),
                                  .agency = lm_str(lm_args_get(args, "--agency")),
                                  .division = lm_str(lm_args_get(args, "--division")) };
    lm_err err = lm_store_add_investigation(st, &i, &cli->error);
    if (err != LM_OK)
        return err;
    if (!cli->json) {
        lm_buf_put(&cli->out, LM_STR("Investigation "));
        text_one(&cli->out, &i);
        return LM_OK;
    }
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_key(&o, "investigations");
    lm_json_array(&o);
    json_one(&o, &i);
    lm_json_array_end(&o);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
    return LM_OK;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_str verb = args->n_operands == 1 ? lm_str(args->operands[0]) : (struct lm_str){ NULL, 0 };
    bool adds = lm_str_eq(verb, LM_STR("add"));
    if (!adds && !lm_str_eq(verb, LM_STR("list")))
        return lm_fail(&cli->error, LM_EUSAGE, "investigation wants one word: add or list");
    if (adds && (lm_args_get(args, "--id") == NULL || lm_args_get(args, "--title") == NULL))
        return lm_fail(&cli->error, LM_EUSAGE, "investigation add wants --id and --title");
    struct lm_store *st;
    lm_err err = lm_cli_open_write(cli, &st);
    if (err != LM_OK)
        return err;
    err = adds ? add(cli, args, st) : list(cli, st);
    lm_store_close(st);
    return err;
}

static const struct lm_option options[] = {
    { "--id", "ID", "how it is named from now on: up to 64 characters, no spaces" },
    { "--title", "TEXT", "what people call it" },
    { "--agency", "NAME", "who leads it" },
    { "--division", "NAME", "which part of the agency" },
    { 0 },
};

const struct lm_command lm_cmd_investigation = {
    .name = "investigation",
    .title = "enter and list investigations",
    .usage = "add --id ID --title TEXT [--agency NAME] [--division NAME] | list",
    .options = options,
    .run = run,
};
