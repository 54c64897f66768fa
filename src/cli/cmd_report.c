#include "cli/command.h"
#include "cli/look.h"
#include "cli/document_file.h"
#include "lastmile/brief.h"
#include "report/operation.h"
#include "report/operation_rows.h"
#include "rollup/figure_out.h"

#define RANGES_IN_PAGES 300 /* of the rows of one figure, in a document that is read as pages */

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation; operation: all of them unless given" },
    { "--rule", "ID", "operation: the dose rule (" LM_DOSE_RULE_DEFAULT " unless given)" },
    { "--html", "FILE", "operation: write it as one HTML file" },
    { "--pdf", "FILE", "operation: write it as PDF" },
    { "--purpose", "TEXT", "one line for the audit entry: why you look (\"report\")" },
    { 0 },
};

/* A report: its name on the command line, and who writes it. */
struct report {
    const char *name;
    bool every; /* may go across all investigations */
    lm_err (*write)(struct lm_cli *cli, const struct lm_args *args, struct lm_store *st, const struct lm_filter *f);
};

static lm_err write_brief(struct lm_cli *cli, const struct lm_args *args, struct lm_store *st, const struct lm_filter *f)
{
    const struct lm_brief *brief;
    struct lm_brief_wish wish = { .parts = LM_BRIEF_ALL };
    if (lm_args_get(args, "--html") != NULL || lm_args_get(args, "--pdf") != NULL || lm_args_get(args, "--rule") != NULL)
        return lm_fail(&cli->error, LM_EUSAGE, "--html, --pdf and --rule belong to report operation");
    lm_err err = lm_brief_make(&cli->run, st, f, &wish, &brief, &cli->error);
    if (err != LM_OK)
        return err;
    if (cli->json) {
        struct lm_json_out o;
        lm_json_out_init(&o, &cli->out);
        lm_brief_json(brief, &o, UINT64_MAX);
        lm_buf_putc(&cli->out, '\n');
    } else {
        lm_brief_text(brief, &cli->out);
    }
    return LM_OK;
}

static lm_err write_operation(struct lm_cli *cli, const struct lm_args *args, struct lm_store *st, const struct lm_filter *f)
{
    static const char *const files[] = { "--html", "--pdf" };
    struct lm_dose_rules rules;
    struct lm_rollup_options wanted = { .by = LM_OPERATION_BY, .rules = &rules };
    struct lm_rollup r;
    struct lm_document d;
    struct lm_str scope = f->investigation.n != 0
                              ? lm_arena_printf(&cli->run, "investigation %.*s", LM_STR_ARG(f->investigation))
                              : LM_STR("all investigations");
    lm_err err = lm_dose_rules_builtin(&cli->run, &rules, &cli->error);
    if (err == LM_OK)
        err = lm_dose_rule_choose(&rules, lm_args_get(args, "--rule"), &wanted.rule, &cli->error);
    if (err == LM_OK)
        err = lm_report_rollup(&cli->run, st, f, &wanted, &r, NULL, &cli->error);
    for (size_t i = 0; err == LM_OK && i < 2; i++) {
        const char *path = lm_args_get(args, files[i]);
        if (path == NULL)
            continue;
        err = lm_operation_document(&cli->run, &r, &wanted, scope, i == 1 ? RANGES_IN_PAGES : 0, &d, &cli->error);
        if (err == LM_OK)
            err = lm_cli_write_document(cli, path, i == 1, &d);
    }
    if (err != LM_OK)
        return err;
    if (cli->json) {
        struct lm_rollup_print p = { .rollup = &r, .options = &wanted };
        lm_rollup_to_json(&p, &cli->out);
        return LM_OK;
    }
    err = lm_operation_document(&cli->run, &r, &wanted, scope, 3, &d, &cli->error);
    return err == LM_OK ? lm_document_text(&d, &cli->out, &cli->error) : err;
}

static const struct report reports[] = {
    { "brief", false, write_brief },
    { "operation", true, write_operation },
};

static lm_err find_report(struct lm_cli *cli, const struct lm_args *args, const struct report **ret)
{
    const char *name = args->n_operands == 1 ? args->operands[0] : NULL;
    for (size_t i = 0; name != NULL && i < sizeof reports / sizeof reports[0]; i++)
        if (strcmp(reports[i].name, name) == 0) {
            *ret = &reports[i];
            return LM_OK;
        }
    if (name != NULL)
        (void)lm_fail(&cli->error, LM_EUSAGE, "no report is called %s", name);
    else
        (void)lm_fail(&cli->error, LM_EUSAGE, "one report is named");
    lm_fail_hint(&cli->error, "report brief -i ID, or report operation");
    return LM_EUSAGE;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const struct report *report;
    struct lm_filter f;
    struct lm_store *st;
    lm_err err = find_report(cli, args, &report);
    if (err == LM_OK)
        err = report->every ? lm_cli_look_any(cli, args, "report", &f) : lm_cli_look(cli, args, "report", &f);
    if (err == LM_OK)
        err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = report->write(cli, args, st, &f);
    if (err == LM_OK)
        err = lm_cli_say_head(cli, st);
    lm_store_close(st);
    return err;
}

const struct lm_command lm_cmd_report = {
    .name = "report",
    .title = "reports of an investigation",
    .usage = "brief -i ID\n       report operation [-i ID] [--rule ID] [--html FILE] [--pdf FILE]",
    .help = "brief  what was read (with the five counts of every source), totals of the operation, key components,\n"
            "       and what to beware of\n"
            "operation  the operation's figures with charts by month, division and platform; every number leads to its rows\n"
            "       (--json: the figures as rollup gives them). The date of a report is the data cut-off: the same workspace gives the same bytes.\n",
    .options = options,
    .run = run,
};
