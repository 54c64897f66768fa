#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/terminal.h"
#include "cli/command.h"
#include "formats/json_out.h"

#define OUT_CEILING_BYTES ((size_t)1 << 30)

static void print_help(FILE *to)
{
    fputs("usage: lastmile [-w WORKSPACE] VERB …\n\n", to);
    for (size_t i = 0; lm_commands[i] != NULL; i++)
        if (!lm_commands[i]->hidden)
            fprintf(to, "  %-14s %s\n", lm_commands[i]->name, lm_commands[i]->title);
    fputs("\nEvery verb takes --json and --help. Exit status: 0 done, 1 done with problems (listed),\n"
          "2 usage, 3 input refused, 4 workspace damaged or locked, 5 internal.\n", to);
}

static void print_verb_help(const struct lm_command *c)
{
    printf("usage: lastmile [-w WORKSPACE] %s %s\n\n%s\n", c->name, c->usage, c->title);
    for (const struct lm_option *o = c->options; o->name != NULL; o++) {
        char left[64];
        (void)snprintf(left, sizeof left, "%s %s", o->name, o->value_name != NULL ? o->value_name : "");
        printf("  %-24s %s\n", left, o->help);
    }
    printf("  %-24s %s\n", "--json", "one JSON document on standard output");
    if (c->help != NULL)
        printf("\n%s", c->help);
}

static int print_error(struct lm_cli *cli, lm_err err)
{
    struct lm_error *e = &cli->error;
    if (e->code == LM_OK)
        (void)lm_fail(e, err, "%s", lm_err_name(err));
    if (cli->json) {
        struct lm_json_out o;
        lm_buf_clear(&cli->out);
        lm_json_out_init(&o, &cli->out);
        lm_json_object(&o);
        lm_json_key(&o, "error");
        lm_json_object(&o);
        lm_json_kv_z(&o, "code", lm_err_name(err));
        lm_json_kv_z(&o, "message", e->message);
        lm_json_kv_z(&o, "file", e->file[0] != '\0' ? e->file : NULL);
        lm_json_kv_z(&o, "locator", e->locator[0] != '\0' ? e->locator : NULL);
        lm_json_kv_z(&o, "hint", e->hint[0] != '\0' ? e->hint : NULL);
        lm_json_object_end(&o);
        lm_json_object_end(&o);
        lm_buf_putc(&cli->out, '\n');
        (void)fwrite(cli->out.p, 1, cli->out.n, stdout);
    }
    struct lm_log log;
    lm_log_init(&log, STDERR_FILENO);
    lm_log_line(&log, "%s%s%s%s%s%s%s", e->file, e->file[0] != '\0' ? ": " : "", e->locator, e->locator[0] != '\0' ? ": " : "",
                e->message, e->hint[0] != '\0' ? "; " : "", e->hint);
    return lm_err_exit_status(err);
}

static const struct lm_command *find_command(const char *name)
{
    for (size_t i = 0; lm_commands[i] != NULL; i++)
        if (strcmp(lm_commands[i]->name, name) == 0)
            return lm_commands[i];
    return NULL;
}

/* Takes --json (main has seen it) and --help out of the words after the verb (up to "--"). */
static int take_common(int argc, char **argv, bool *ret_help)
{
    int kept = 0;
    bool open = true;
    for (int i = 0; i < argc; i++) {
        open = open && strcmp(argv[i], "--") != 0;
        if (open && strcmp(argv[i], "--json") == 0)
            continue;
        if (open && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0))
            *ret_help = true;
        else
            argv[kept++] = argv[i];
    }
    return kept;
}

static lm_err run(struct lm_cli *cli, const struct lm_command *c, int argc, char **argv)
{
    struct lm_args args;
    lm_err err = lm_args_parse(&cli->run, c->options, argc, argv, &args, &cli->error);
    if (err == LM_OK)
        err = c->run(cli, &args);
    if (err == LM_OK)
        err = lm_cli_flush(cli);
    return err;
}

static lm_err refuse(struct lm_cli *cli, const char *what, const char *word)
{
    (void)lm_fail(&cli->error, LM_EUSAGE, "%s %.200s", what, word);
    lm_fail_hint(&cli->error, "lastmile --help lists what there is");
    return LM_EUSAGE;
}

/* The words before the verb, and the verb. *ret_verb: NULL when the help was asked for, or the version; it is printed. */
static lm_err find_verb(struct lm_cli *cli, int argc, char **argv, int *ret_at, const struct lm_command **ret_verb)
{
    int i = 1;
    *ret_verb = NULL;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "-w") == 0 && i + 1 < argc) {
            cli->workspace = argv[++i];
        } else if (strcmp(argv[i], "-w") == 0) {
            return lm_fail(&cli->error, LM_EUSAGE, "-w wants a workspace behind it");
        } else if (strcmp(argv[i], "--version") == 0) {
            puts("lastmile " LM_VERSION);
            return LM_OK;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(stdout);
            return LM_OK;
        } else if (strcmp(argv[i], "--json") != 0) { /* taken before */
            return refuse(cli, "unknown option before the verb:", argv[i]);
        }
    }
    if (i == argc)
        return refuse(cli, "no verb is named", "");
    *ret_at = i;
    *ret_verb = find_command(argv[i]);
    return *ret_verb != NULL ? LM_OK : refuse(cli, "unknown verb", argv[i]);
}

static int obey(struct lm_cli *cli, int argc, char **argv)
{
    const struct lm_command *c;
    bool help = false;
    int at = 0;
    lm_err err = find_verb(cli, argc, argv, &at, &c);
    if (err != LM_OK && !cli->json)
        print_help(stderr);
    if (err == LM_OK && c == NULL)
        return 0;
    if (err == LM_OK) {
        int n = take_common(argc - at - 1, argv + at + 1, &help);
        if (help) {
            print_verb_help(c);
            return 0;
        }
        err = run(cli, c, n, argv + at + 1);
    }
    return err != LM_OK ? print_error(cli, err) : cli->damaged ? 4 : cli->refused ? 3 : cli->problems ? 1 : 0;
}

int main(int argc, char **argv)
{
    struct lm_cli cli = { 0 };
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) /* how to say that the verb is wrong is known first */
        cli.json = cli.json || strcmp(argv[i], "--json") == 0;
    lm_arena_init(&cli.run, 0);
    lm_buf_init(&cli.out, OUT_CEILING_BYTES);
    int status = obey(&cli, argc, argv);
    lm_buf_free(&cli.out);
    lm_arena_free(&cli.run);
    return status;
}
