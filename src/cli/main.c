#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "formats/json_out.h"

#define OUT_CEILING_BYTES ((size_t)1 << 30)

lm_err lm_cli_flush(struct lm_cli *cli)
{
    if (cli->out.failed)
        return lm_fail(&cli->error, LM_ELIMIT, "the answer is larger than %zu bytes", cli->out.ceiling_bytes);
    if (cli->out.n != 0 && fwrite(cli->out.p, 1, cli->out.n, stdout) != cli->out.n)
        return lm_fail(&cli->error, LM_EIO, "cannot write to standard output");
    lm_buf_clear(&cli->out);
    if (fflush(stdout) != 0)
        return lm_fail(&cli->error, LM_EIO, "cannot write to standard output");
    return LM_OK;
}

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
    fprintf(stderr, "lastmile: ");
    if (e->file[0] != '\0')
        fprintf(stderr, "%s: ", e->file);
    if (e->locator[0] != '\0')
        fprintf(stderr, "%s: ", e->locator);
    fprintf(stderr, "%s%s%s\n", e->message, e->hint[0] != '\0' ? "; " : "", e->hint);
    return lm_err_exit_status(err);
}

static const struct lm_command *find_command(const char *name)
{
    for (size_t i = 0; lm_commands[i] != NULL; i++)
        if (strcmp(lm_commands[i]->name, name) == 0)
            return lm_commands[i];
    return NULL;
}

/* Takes --json and --help out of the words after the verb (up to "--"). */
static int take_common(struct lm_cli *cli, int argc, char **argv, bool *ret_help)
{
    int kept = 0;
    bool open = true;
    for (int i = 0; i < argc; i++) {
        open = open && strcmp(argv[i], "--") != 0;
        if (open && strcmp(argv[i], "--json") == 0)
            cli->json = true;
        else if (open && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0))
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

int main(int argc, char **argv)
{
    struct lm_cli cli = { 0 };
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "-w") == 0 && i + 1 < argc) {
            cli.workspace = argv[++i];
        } else if (strcmp(argv[i], "--version") == 0) {
            puts("lastmile " LM_VERSION);
            return 0;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(stdout);
            return 0;
        } else {
            fprintf(stderr, "lastmile: unknown option %s before the verb; --help lists what there is\n", argv[i]);
            return 2;
        }
    }
    const struct lm_command *c = i < argc ? find_command(argv[i]) : NULL;
    lm_arena_init(&cli.run, 0);
    lm_buf_init(&cli.out, OUT_CEILING_BYTES);
    int status;
    if (c == NULL) {
        if (i < argc)
            fprintf(stderr, "lastmile: unknown verb %s\n\n", argv[i]);
        print_help(stderr);
        status = 2;
    } else {
        bool help = false;
        int n = take_common(&cli, argc - i - 1, argv + i + 1, &help);
        if (help) {
            print_verb_help(c);
            status = 0;
        } else {
            lm_err err = run(&cli, c, n, argv + i + 1);
            status = err != LM_OK ? print_error(&cli, err) : cli.damaged ? 4 : cli.refused ? 3 : cli.problems ? 1 : 0;
        }
    }
    lm_buf_free(&cli.out);
    lm_arena_free(&cli.run);
    return status;
}
