#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/document_file.h"
#include "cli/look.h"
#include "report/toll.h"

#define TOP_DEFAULT 25
#define RECORDS_IN_PAGES 5000 /* of a number, in a document that is read as pages */

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation" },
    { "--from", "DAY", "the first day that counts, in the zone (2025-03-01)" },
    { "--to", "DAY", "the last day" },
    { "--zone", "NAME", "the zone of days and hours (UTC): America/Denver" },
    { "--top", "N", "contacts listed of a number (25); 0: all" },
    { "--records", NULL, "list every record, with its exhibit and its place in it" },
    { "--within", "MINUTES", "sequences: how soon the second follows the end of the first (10)" },
    { "--least", "N", "sequences: how often at least (3)" },
    { "--runs", "N", "sequences: runs of chance (1000)" },
    { "--seed", "N", "sequences: where chance begins (1)" },
    { "--covered", "DAY/DAY", "you state that the records held cover these days, from/to" },
    { "--html", "FILE", "write the pack as one HTML file" },
    { "--pdf", "FILE", "write it as PDF" },
    { "--csv", "FILE", "write one table of it as CSV" },
    { "--table", "NAME", "which (contacts): numbers, contacts, hours, days, handsets, sequences, common, pairs, records, "
                         "sources, authorities" },
    { "--purpose", "TEXT", "one line for the audit entry: why you look (\"toll\")" },
    { 0 },
};

static lm_err read_day(struct lm_cli *cli, const struct lm_args *args, const char *option, int32_t *ret)
{
    const char *value = lm_args_get(args, option);
    *ret = LM_DAY_NONE;
    return value == NULL || lm_day_parse(lm_str(value), ret)
               ? LM_OK
               : lm_fail(&cli->error, LM_EUSAGE, "%s wants a day: 2025-03-01", option);
}

static lm_err read_covered(struct lm_cli *cli, const struct lm_args *args, struct lm_toll_wish *w)
{
    struct lm_str value = lm_str(lm_args_get(args, "--covered"));
    w->covered_from = w->covered_to = LM_DAY_NONE;
    if (value.p == NULL)
        return LM_OK;
    size_t at = lm_str_find(value, LM_STR("/"));
    if (at == SIZE_MAX || !lm_day_parse(lm_str_take(value, at), &w->covered_from)
        || !lm_day_parse(lm_str_skip(value, at + 1), &w->covered_to) || w->covered_from > w->covered_to)
        return lm_fail(&cli->error, LM_EUSAGE, "--covered wants two days: 2025-03-01/2025-03-31");
    return LM_OK;
}

static lm_err read_wish(struct lm_cli *cli, const struct lm_args *args, struct lm_toll_wish *ret)
{
    struct lm_toll_wish w = { .zone = lm_str(lm_args_get(args, "--zone")), .n = args->n_operands };
    int64_t within, least, runs, seed;
    const char *table = lm_args_get(args, "--table");
    struct lm_str *numbers = lm_arena_array(&cli->run, w.n, sizeof *numbers);
    if (numbers == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < w.n; i++)
        numbers[i] = lm_str(args->operands[i]);
    w.numbers = numbers;
    lm_err err = read_day(cli, args, "--from", &w.from_day);
    if (err == LM_OK)
        err = read_day(cli, args, "--to", &w.to_day);
    if (err == LM_OK && w.from_day != LM_DAY_NONE && w.to_day != LM_DAY_NONE && w.from_day > w.to_day)
        err = lm_fail(&cli->error, LM_EUSAGE, "--from lies after --to");
    if (err == LM_OK)
        err = read_covered(cli, args, &w);
    if (err == LM_OK)
        err = lm_args_i64(args, "--within", 1, 1440, 10, &within, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--least", 2, 1000000, 3, &least, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--runs", 100, 100000, 1000, &runs, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--seed", 0, INT64_MAX, 1, &seed, &cli->error);
    if (err == LM_OK && w.n == 0) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "no number is named");
        lm_fail_hint(&cli->error, "toll -i ID NUMBER…");
        err = LM_EUSAGE;
    }
    if (err == LM_OK && table != NULL && lm_args_get(args, "--csv") == NULL)
        err = lm_fail(&cli->error, LM_EUSAGE, "--table says which table --csv FILE writes");
    if (err != LM_OK)
        return err;
    w.within_minutes = (uint32_t)within;
    w.least = (uint32_t)least;
    w.runs = (uint32_t)runs;
    w.seed = (uint64_t)seed;
    w.records = lm_args_get(args, "--records") != NULL || (table != NULL && strcmp(table, "records") == 0);
    *ret = w;
    return LM_OK;
}

struct form {
    const char *option;
    lm_err (*write)(struct lm_cli *cli, const struct lm_args *args, const struct lm_document *d, struct lm_buf *out);
    size_t records; /* of a number, at most; 0: all */
};

static lm_err html(struct lm_cli *cli, const struct lm_args *args, const struct lm_document *d, struct lm_buf *out)
{
    (void)args;
    return lm_document_html(d, out, &cli->error);
}

static lm_err pdf(struct lm_cli *cli, const struct lm_args *args, const struct lm_document *d, struct lm_buf *out)
{
    (void)args;
    return lm_document_pdf(d, out, NULL, &cli->error);
}

static lm_err csv(struct lm_cli *cli, const struct lm_args *args, const struct lm_document *d, struct lm_buf *out)
{
    const char *table = lm_args_get(args, "--table");
    lm_err err = lm_document_csv(d, lm_str(table != NULL ? table : "contacts"), out, &cli->error);
    if (err != LM_ENOTFOUND)
        return err;
    lm_fail_hint(&cli->error, "`lastmile toll --help` lists them; common and pairs need two numbers");
    return cli->error.code = LM_EUSAGE;
}

static const struct form forms[] = {
    { "--html", html, RECORDS_IN_PAGES }, { "--pdf", pdf, RECORDS_IN_PAGES }, { "--csv", csv, 0 },
};

static lm_err write_forms(struct lm_cli *cli, const struct lm_args *args, const struct lm_toll_pack *p, size_t top)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && err == LM_OK; i++) {
        const char *path = lm_args_get(args, forms[i].option);
        struct lm_document d;
        struct lm_buf out;
        if (path == NULL)
            continue;
        lm_buf_init(&out, LM_DOCUMENT_CEILING);
        err = lm_toll_document(&cli->run, p, top, forms[i].records, &d, &cli->error);
        if (err == LM_OK)
            err = forms[i].write(cli, args, &d, &out);
        if (err == LM_OK && out.failed)
            err = lm_fail(&cli->error, LM_ELIMIT, "%s: the document is larger than %zu bytes", path, LM_DOCUMENT_CEILING);
        if (err == LM_OK)
            err = lm_cli_write_file(cli, path, lm_buf_str(&out));
        lm_buf_free(&out);
    }
    return err;
}

static lm_err print(struct lm_cli *cli, const struct lm_toll_pack *p, size_t top)
{
    struct lm_document d;
    if (cli->json) {
        lm_toll_json(p, top, &cli->out);
        return LM_OK;
    }
    lm_err err = lm_toll_document(&cli->run, p, top, 100, &d, &cli->error);
    return err == LM_OK ? lm_document_text(&d, &cli->out, &cli->error) : err;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const struct lm_toll_pack *p;
    struct lm_toll_wish wish;
    struct lm_filter f;
    struct lm_store *st;
    int64_t top;
    lm_err err = lm_args_i64(args, "--top", 0, 1000000, TOP_DEFAULT, &top, &cli->error);
    if (err == LM_OK)
        err = read_wish(cli, args, &wish);
    if (err == LM_OK)
        err = lm_cli_look(cli, args, "toll", &f);
    if (err == LM_OK)
        err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = lm_toll_make(&cli->run, st, &f, &wish, &p, &cli->error);
    if (err == LM_OK)
        err = write_forms(cli, args, p, (size_t)top);
    if (err == LM_OK)
        err = print(cli, p, (size_t)top);
    if (err == LM_OK)
        err = lm_cli_say_head(cli, st);
    lm_store_close(st);
    return err;
}

const struct lm_command lm_cmd_toll = {
    .name = "toll",
    .title = "the contact pack of some numbers",
    .usage = "-i ID NUMBER… [--from DAY] [--to DAY] [--html FILE] [--pdf FILE] [--csv FILE [--table NAME]]",
    .help = "With whom each number was in contact, as occurrences (real events) and the records behind them; hours and weekdays;\n"
            "days without activity apart from days without data; devices and cards; numbers that several of them share; and\n"
            "sequences (from one number, then to another within minutes) beside what chance alone gives. docs/toll.md\n"
            "A record proves number to number; it does not prove who held the phone.\n",
    .options = options,
    .run = run,
};
