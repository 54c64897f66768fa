/* cmd_rollup.c - `lastmile rollup`: the operation's figures, each with its rows. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/look.h"
#include "cli/own_table.h"
#include "cli/rollup.h"
#include "report/operation_rows.h"
#include "rollup/figure_out.h"
#include "rollup/row_list.h"

#define FILE_CEILING ((size_t)512 << 20)
#define PROBLEMS_LISTED 10000 /* the rest is counted */

static const struct lm_option options[] = {
    { "--table", "FILE.csv", "published figures, or one of the agency's own tables (may be repeated)" },
    { "--published", "FILE.csv", "published figures, compared with the workspace's own as their qualifiers say" },
    { "--reason", "TEXT", "why two rows are the same or not, or why a judgement is taken back" },
    { "-i", "ID", "only this investigation of the workspace (all of them unless given)" },
    { "--purpose", "TEXT", "one line: why you look; stands in the audit entry (\"rollup\")" },
    { "--rule", "ID", "the operation's dose rule (" LM_DOSE_RULE_DEFAULT " unless given)" },
    { "--by", "WHAT",
      "own rows also by operation, division, agency, month, cartel, platform or city (may be repeated)" },
    { 0 },
};

/* Problems of all files, in order. */
struct job {
    struct lm_cli *cli;
    struct lm_log log;
    struct lm_rollup_options options;
    struct lm_published_problem *problems;
    struct lm_str *files;
    size_t n_problems, cap_problems;
    uint64_t n_more_problems;
    struct lm_beside *beside;
    size_t n_beside;
};

static lm_err no_memory(struct lm_cli *cli)
{
    return lm_fail(&cli->error, LM_ENOMEM, "out of memory");
}

static lm_err load(struct lm_cli *cli, const char *path, struct lm_str *ret)
{
    struct lm_buf b;
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        (void)lm_fail(&cli->error, LM_EINPUT, "the file cannot be opened");
        lm_fail_at(&cli->error, path, "%s", "");
        return LM_EINPUT;
    }
    lm_buf_init(&b, FILE_CEILING);
    for (size_t n = 1; n != 0 && !b.failed;) {
        char *p = lm_buf_reserve(&b, 65536);
        n = p != NULL ? fread(p, 1, 65536, f) : 0;
        b.n += n;
    }
    bool bad = ferror(f) != 0;
    (void)fclose(f);
    struct lm_str copy =
        b.failed || bad ? (struct lm_str){ NULL, 0 } : lm_arena_copy(&cli->run, lm_buf_str(&b));
    bool too_large = b.failed;
    lm_buf_free(&b);
    if (copy.p == NULL) {
        (void)lm_fail(&cli->error, bad ? LM_EINPUT : LM_ELIMIT,
                      bad         ? "the file cannot be read"
                      : too_large ? "the file is larger than 512 MiB"
                                  : "out of memory");
        lm_fail_at(&cli->error, path, "%s", "");
        return bad ? LM_EINPUT : LM_ELIMIT;
    }
    *ret = copy;
    return LM_OK;
}

static lm_err add_problem(struct job *j, struct lm_str file, const struct lm_published_problem *p)
{
    char where[LM_LOCATOR_TEXT];
    j->cli->problems = true;
    if (j->n_problems == PROBLEMS_LISTED) {
        j->n_more_problems++;
        return LM_OK;
    }
    if (j->n_problems == j->cap_problems) {
        size_t cap = j->cap_problems == 0 ? 16 : 2 * j->cap_problems;
        struct lm_published_problem *v = lm_arena_array(&j->cli->run, cap, sizeof *v);
        struct lm_str *files = lm_arena_array(&j->cli->run, cap, sizeof *files);
        if (v == NULL || files == NULL)
            return no_memory(j->cli);
        if (j->n_problems != 0) {
            memcpy(v, j->problems, j->n_problems * sizeof *v);
            memcpy(files, j->files, j->n_problems * sizeof *files);
        }
        j->problems = v;
        j->files = files;
        j->cap_problems = cap;
    }
    j->problems[j->n_problems] = *p;
    j->files[j->n_problems++] = file;
    lm_log_line(&j->log, "%.*s: %s: %s: %.*s", LM_STR_ARG(file), lm_locator_format(&p->at, where), lm_problem_kind_word(p->kind),
                LM_STR_ARG(p->reason));
    return LM_OK;
}

/* --- the agency's own tables --- */

struct collected {
    struct job *job;
    struct lm_str file;
    struct lm_row_list rows;
};

static lm_err on_entry(void *user, const struct lm_entry *entry)
{
    struct collected *c = user;
    char where[LM_LOCATOR_TEXT];
    for (size_t i = 0; i < entry->n_facts; i++) {
        if (entry->facts[i].kind != LM_FACT_OP_ROW)
            continue;
        struct lm_str ref = lm_arena_printf(&c->job->cli->run, "%.*s %s", LM_STR_ARG(c->file),
                                            lm_locator_format(&entry->records[0], where));
        if (ref.p == NULL || lm_row_list_add(&c->rows, &entry->facts[i].op_row, ref) != LM_OK)
            return no_memory(c->job->cli);
    }
    return LM_OK;
}

static lm_err on_problem(void *user, const struct lm_problem *problem)
{
    struct collected *c = user;
    struct lm_published_problem p = { problem->kind, problem->at, problem->reason };
    if (c->job->n_problems < PROBLEMS_LISTED)
        p.reason = lm_arena_copy(&c->job->cli->run, problem->reason);
    return p.reason.p != NULL ? add_problem(c->job, c->file, &p) : no_memory(c->job->cli);
}

/* --- what is rolled up --- */

static lm_err print(struct job *j, const struct lm_rollup *r)
{
    struct lm_rollup_print p = { .rollup = r,
                                 .options = &j->options,
                                 .problems = j->problems,
                                 .problem_files = j->files,
                                 .n_problems = j->n_problems,
                                 .n_more_problems = j->n_more_problems,
                                 .beside = j->beside,
                                 .n_beside = j->n_beside };
    if (j->n_more_problems != 0)
        lm_log_line(&j->log, "and %llu more problems", (unsigned long long)j->n_more_problems);
    if (j->cli->json)
        lm_rollup_to_json(&p, &j->cli->out);
    else
        lm_rollup_to_text(&p, &j->cli->out);
    return LM_OK;
}

/* One iterator of own rows, whoever makes it. */
static lm_err roll_up_rows(struct job *j, struct lm_rollup_rows *rows)
{
    struct lm_rollup r;
    lm_err err = lm_rollup_run(&j->cli->run, rows, &j->options, &r, &j->cli->error);
    return err == LM_OK ? print(j, &r) : err;
}

static lm_err published(struct job *j, const char *path, struct lm_str bytes)
{
    struct lm_published p;
    lm_err err = lm_published_read(&j->cli->run, bytes, &j->options, &p, &j->cli->error);
    if (err != LM_OK) {
        (void)snprintf(j->cli->error.file, sizeof j->cli->error.file, "%s", path);
        return err;
    }
    for (size_t i = 0; err == LM_OK && i < p.n_problems; i++)
        err = add_problem(j, lm_str(path), &p.problems[i]);
    return err == LM_OK ? print(j, &p.rollup) : err;
}

static lm_err read_tables(struct job *j, const struct lm_args *args, struct lm_own_tables *own, struct collected *c)
{
    for (size_t n = 0;; n++) {
        const char *path = lm_args_nth(args, "--table", n);
        struct lm_str bytes;
        bool is_own = false;
        if (path == NULL)
            return roll_up_rows(j, &c->rows.pull);
        const char *slash = strrchr(path, '/');
        c->file = lm_str(slash != NULL ? slash + 1 : path);
        lm_err err = load(j->cli, path, &bytes);
        if (err != LM_OK)
            return err;
        err = lm_own_table_read(own, bytes, c->file, &is_own, &j->cli->error);
        if (err != LM_OK) {
            (void)snprintf(j->cli->error.file, sizeof j->cli->error.file, "%s", path);
            return err;
        }
        if (!is_own && (n != 0 || lm_args_nth(args, "--table", 1) != NULL)) {
            (void)lm_fail(&j->cli->error, LM_EINPUT, "this is not one of the agency's own tables");
            lm_fail_at(&j->cli->error, path, "%s", "row 1");
            lm_fail_hint(&j->cli->error, "a file of published figures is rolled up alone: one --table");
            return LM_EINPUT;
        }
        if (!is_own)
            return published(j, path, bytes);
    }
}

static lm_err from_tables(struct job *j, const struct lm_args *args)
{
    struct collected c = { .job = j };
    struct lm_own_tables own = { .user = &c, .entry = on_entry, .problem = on_problem };
    lm_row_list_init(&c.rows, &j->cli->run);
    lm_err err = read_tables(j, args, &own, &c);
    lm_own_tables_end(&own);
    return err;
}

/* --- the workspace: all investigations, or the one of -i --- */

/* Published figures that stand beside the own ones; they never enter a sum. */
static lm_err read_beside(struct job *j, const char *path, const struct lm_rollup *ours)
{
    struct lm_published p;
    struct lm_str bytes;
    lm_err err = load(j->cli, path, &bytes);
    if (err != LM_OK)
        return err;
    err = lm_published_read(&j->cli->run, bytes, &j->options, &p, &j->cli->error);
    if (err != LM_OK) {
        (void)snprintf(j->cli->error.file, sizeof j->cli->error.file, "%s", path);
        return err;
    }
    for (size_t i = 0; err == LM_OK && i < p.n_problems; i++)
        err = add_problem(j, lm_str(path), &p.problems[i]);
    return err == LM_OK ? lm_rollup_beside(&j->cli->run, &p.rollup, ours, &j->beside, &j->n_beside, &j->cli->error) : err;
}

static lm_err from_workspace(struct job *j, const struct lm_args *args)
{
    struct lm_store *st;
    struct lm_rollup r;
    struct lm_filter f;
    const char *printed = lm_args_get(args, "--published");
    lm_err err = lm_cli_look_any(j->cli, args, "rollup", &f);
    if (err == LM_OK)
        err = lm_cli_open(j->cli, &st);
    if (err != LM_OK)
        return err;
    if (printed != NULL)
        j->options.by |= LM_BESIDE_BY;
    err = lm_report_rollup(&j->cli->run, st, &f, &j->options, &r, NULL, &j->cli->error);
    lm_store_close(st);
    if (err == LM_OK && printed != NULL)
        err = read_beside(j, printed, &r);
    return err == LM_OK ? print(j, &r) : err;
}

static lm_err by_words(struct job *j, const struct lm_args *args)
{
    const char *word;
    for (size_t i = 0; (word = lm_args_nth(args, "--by", i)) != NULL; i++) {
        enum lm_rollup_by by;
        if (!lm_rollup_by_parse(lm_str(word), &by))
            return lm_fail(&j->cli->error, LM_EUSAGE,
                           "--by takes operation, division, agency, month, cartel, platform or city, not %.60s", word);
        j->options.by |= 1u << by;
    }
    return LM_OK;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct job j = { .cli = cli };
    struct lm_dose_rules rules;
    lm_log_init(&j.log, STDERR_FILENO);
    lm_err err = lm_dose_rules_builtin(&cli->run, &rules, &cli->error);
    if (err == LM_OK)
        err = lm_dose_rule_choose(&rules, lm_args_get(args, "--rule"), &j.options.rule, &cli->error);
    if (err != LM_OK)
        return err;
    j.options.rules = &rules;
    err = by_words(&j, args);
    if (err == LM_OK && args->n_operands != 0)
        return lm_cli_rollup_word(cli, args, &j.options);
    if (err != LM_OK)
        return err;
    if (lm_args_get(args, "--table") != NULL && lm_args_get(args, "--published") != NULL)
        return lm_fail(&cli->error, LM_EUSAGE, "--published stands beside the rows of a workspace (-w), not beside --table");
    if (lm_args_get(args, "--table") != NULL) {
        err = lm_cli_no_look(cli, args, "--table");
        return err == LM_OK ? from_tables(&j, args) : err;
    }
    if (cli->workspace != NULL)
        return from_workspace(&j, args);
    (void)lm_fail(&cli->error, LM_EUSAGE, "rollup needs something to roll up");
    lm_fail_hint(&cli->error, "--table FILE.csv, or -w WORKSPACE before the verb");
    return LM_EUSAGE;
}

const struct lm_command lm_cmd_rollup = {
    .name = "rollup",
    .title = "the operation's totals: each figure with its rows, its qualifier and, for doses, its rule",
    .usage = "[-i ID | --table FILE.csv …] [--rule ID] [--by WHAT …] [--published FILE.csv]\n"
             "       rollup freeze|revisions|show N|compare N [M] [-i ID] [--rule ID] [--by WHAT …]\n"
             "       rollup same|not_same ROW ROW -i ID --reason TEXT; rollup undo N -i ID --reason TEXT; rollup judgements",
    .help = "Without --table the rows of the workspace (-w) are rolled up.\n\n"
            "freeze      keeps the roll-up as a numbered, signed revision; revisions lists them, show prints one as it was\n"
            "compare     what moved from revision N to M (to now, unless given), and why: rows that came, went, are set aside\n"
            "same        a person's word that two rows are one thing (\"seizures.csv row 7\"): the first is counted; not_same:\n"
            "            that they are two, whatever the rules say; undo takes a word back; judgements lists those that stand\n\n"
            "A table is either published figures (place,figure,value,unit,qualifier,source), which go "
            "through as printed,\n"
            "are never added up, and get their deadly doses computed beside the published ones; or one of "
            "the agency's\n"
            "own tables (docs/operation_csv.md), whose rows are counted, each once.\n\n"
            "The dose rules are data/dose_rules.csv; docs/doses.md says where each comes from. The fit- "
            "rules are our\n"
            "inference. " LM_DOSE_CAUTION "\n",
    .options = options,
    .run = run,
};
