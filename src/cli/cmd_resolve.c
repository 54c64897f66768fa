#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/resolve_workspace.h"
#include "formats/csv_out.h"
#include "formats/json_out.h"
#include "resolve/linkage.h"
#include "resolve/records_file.h"

#define SEED 1
#define FLUSH_BYTES ((size_t)1 << 20)

static const struct lm_option options[] = {
    { "-i", "ID", "on a workspace: the investigation" },
    { "--purpose", "TEXT", "on a workspace: one line: why you look; stands in the audit entry (\"identity\")" },
    { "--anew", NULL, "on a workspace: look at everything, not at what came in since the last time" },
    { "--limit", "N", "list: how many (0: all)" },
    { "--offset", "N", "list: how many to pass over (0)" },
    { "--records", "FILE", "a table of records (CSV): which of its rows may be one person" },
    { "--link", "FILE", "two tables: which row of the one may be which of the other: --link A.csv B.csv" },
    { "--map", "FILE", "what the columns mean: rows of column,means" },
    { "--truth", "WHAT", "to be measured against: a column, a file of pairs, or id:REGEX (its first group is the person)" },
    { "--out", "FILE", "write the proposed pairs there, with their bits for each field (CSV)" },
    { 0 },
};

struct job {
    struct lm_records_wish wish;
    const char *pairs_path; /* --truth names a file of pairs */
    struct lm_records_file file;
    struct lm_linkage linkage;
    uint64_t n_proposed;
    bool has_truth;
    struct lm_truth truth;
    uint64_t n_unknown;
    struct lm_measures at_default;
    struct lm_best best_edge, best_closure, best_b3;
};

/* --- what is asked for --- */

static void read_truth(const char *what, struct job *j)
{
    if (what == NULL)
        return;
    j->has_truth = true;
    if (strncmp(what, "id:", 3) == 0)
        j->wish.truth_pattern = what + 3;
    else if (access(what, F_OK) == 0)
        j->pairs_path = what;
    else
        j->wish.truth_column = what;
}

static lm_err read_wish(struct lm_cli *cli, const struct lm_args *args, struct job *j)
{
    const char *records = lm_args_get(args, "--records"), *link = lm_args_get(args, "--link");
    if (records == NULL && link == NULL) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "no table is named");
        lm_fail_hint(&cli->error, "--records FILE.csv, or --link A.csv B.csv; on a workspace: -i ID");
        return LM_EUSAGE;
    }
    if (records != NULL && link != NULL)
        return lm_fail(&cli->error, LM_EUSAGE, "--records and --link exclude each other");
    if (args->n_operands != (link != NULL ? 1u : 0u))
        return lm_fail(&cli->error, LM_EUSAGE, link != NULL ? "--link takes two tables: --link A.csv B.csv" : "resolve --records takes no operands");
    j->wish.path[0] = records != NULL ? records : link;
    j->wish.path[1] = link != NULL ? args->operands[0] : NULL;
    j->wish.map = lm_args_get(args, "--map");
    j->wish.seed = SEED;
    read_truth(lm_args_get(args, "--truth"), j);
    return LM_OK;
}

/* --- the work --- */

static bool is_link(const struct job *j)
{
    return j->wish.path[1] != NULL;
}

static lm_err measure(struct lm_cli *cli, struct job *j)
{
    const struct lm_records *r = &j->file.records;
    uint32_t *person = NULL;
    uint64_t *pairs = NULL;
    j->truth = (struct lm_truth){ .n = r->n, .n_first = is_link(j) ? r->n_first : 0 };
    lm_err err = LM_OK;
    if (j->pairs_path != NULL) {
        err = lm_records_pairs_read(&cli->run, &j->file, j->pairs_path, &pairs, &j->truth.n_pairs, &j->n_unknown, &cli->error);
        j->truth.pairs = pairs;
    } else {
        person = lm_arena_array(&cli->run, (size_t)r->n + 1, sizeof *person);
        err = person != NULL ? LM_OK : LM_ENOMEM;
        for (uint32_t i = 0; err == LM_OK && i < r->n; i++)
            person[i] = j->file.truth[r->origin[i]];
        j->truth.person = person;
        if (err == LM_OK)
            err = lm_truth_count(&j->truth);
    }
    if (err == LM_OK)
        err = lm_measure(&j->truth, j->linkage.edges, j->n_proposed, &j->at_default);
    if (err == LM_OK)
        err = lm_measure_best(&j->truth, j->linkage.edges, j->linkage.n_edges, &j->best_edge, &j->best_closure, &j->best_b3);
    return err == LM_ENOMEM ? lm_fail(&cli->error, err, "no memory to measure") : err;
}

static struct lm_str id_of(const struct job *j, uint32_t record)
{
    return lm_value(&j->file.ids, j->file.id[j->file.records.origin[record]]);
}

static lm_err write_rows(struct job *j, struct lm_comparer *c, struct lm_buf *b, int fd)
{
    const struct lm_records *r = &j->file.records;
    struct lm_agreement parts[LM_FIELDS_MOST];
    char number[32];
    for (uint64_t k = 0; k < j->n_proposed; k++) {
        const struct lm_edge *x = &j->linkage.edges[k];
        (void)lm_pair_bits(c, x->a, x->b, parts);
        lm_csv_put(b, id_of(j, x->a), true);
        lm_csv_put(b, id_of(j, x->b), false);
        (void)snprintf(number, sizeof number, "%.2f", (double)x->bits);
        lm_csv_put(b, lm_str(number), false);
        for (uint32_t f = 0; f < r->n_fields; f++) {
            (void)snprintf(number, sizeof number, "%.2f", (double)parts[f].bits);
            lm_csv_put(b, parts[f].level == LM_LEVEL_NOT_GIVEN ? LM_STR("") : lm_str(number), false);
        }
        lm_csv_end_row(b);
        if (b->n < FLUSH_BYTES && k + 1 < j->n_proposed)
            continue;
        if (b->failed)
            return LM_ENOMEM;
        for (size_t at = 0; at < b->n;) {
            ssize_t n = write(fd, b->p + at, b->n - at);
            if (n < 0)
                return LM_EIO;
            at += (size_t)n;
        }
        lm_buf_clear(b);
    }
    return LM_OK;
}

static lm_err write_pairs(struct lm_cli *cli, struct job *j, const char *path)
{
    struct lm_comparer *c = NULL;
    struct lm_buf b;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return lm_fail(&cli->error, LM_EIO, "%.200s cannot be written", path);
    lm_buf_init(&b, 16 * FLUSH_BYTES);
    lm_csv_put(&b, LM_STR("a"), true);
    lm_csv_put(&b, LM_STR("b"), false);
    lm_csv_put(&b, LM_STR("bits"), false);
    for (uint32_t f = 0; f < j->file.records.n_fields; f++)
        lm_csv_put(&b, j->file.records.fields[f].name, false);
    lm_csv_end_row(&b);
    lm_err err = lm_comparer_open(&j->file.records, &j->linkage.model, &c);
    if (err == LM_OK)
        err = write_rows(j, c, &b, fd);
    lm_comparer_close(c);
    if (j->n_proposed == 0 && err == LM_OK && write(fd, b.p, b.n) != (ssize_t)b.n)
        err = LM_EIO;
    lm_buf_free(&b);
    if (close(fd) != 0 && err == LM_OK)
        err = LM_EIO;
    return err == LM_OK ? err : lm_fail(&cli->error, err, "%.200s cannot be written", path);
}

/* --- the answer --- */

/* The field that the most records share one value of. */
static struct lm_str largest(const struct job *j)
{
    const struct lm_candidate_counts *c = &j->linkage.counts;
    return c->largest != 0 ? j->file.records.fields[c->largest_field].name : LM_STR("");
}

static uint64_t sum(const struct job *j, const uint64_t *cells)
{
    uint64_t n = 0;
    for (uint32_t f = 0; f < j->file.records.n_fields; f++)
        n += cells[f];
    return n;
}

static void json_counts(struct lm_json_out *o, const struct job *j)
{
    const struct lm_records_file *f = &j->file;
    lm_json_kv_u64(o, "records", f->records.n);
    lm_json_kv_u64(o, "proposed", j->n_proposed);
    lm_json_kv_u64(o, "looked_at", j->linkage.counts.n_pairs);
    lm_json_kv_u64(o, "in_groups_too_large", j->linkage.counts.n_too_large);
    lm_json_kv_u64(o, "most_shared", j->linkage.counts.largest);
    lm_json_kv_str(o, "most_shared_field", largest(j));
    lm_json_kv_u64(o, "cells_cut", sum(j, f->records.n_cut));
    lm_json_kv_u64(o, "cells_not_utf8", sum(j, f->records.n_not_utf8));
    lm_json_kv_u64(o, "same_id", f->n_same_id);
    lm_json_kv_u64(o, "truth_unknown", j->n_unknown);
    lm_json_kv_u64(o, "problems", f->n_damaged);
    lm_json_key(o, "problem_list");
    lm_json_array(o);
    for (size_t i = 0; i < f->n_problems; i++) {
        lm_json_object(o);
        lm_json_kv_z(o, "file", j->wish.path[f->problems[i].file]);
        lm_json_kv_u64(o, "row", f->problems[i].row);
        lm_json_kv_u64(o, "byte", f->problems[i].byte);
        lm_json_kv_z(o, "reason", f->problems[i].reason);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

/* What was left out or cut, on standard error: the answer says less than the tables do. */
static void tell(struct lm_cli *cli, const struct job *j)
{
    const struct lm_records_file *f = &j->file;
    const struct lm_records *r = &f->records;
    struct lm_log log;
    lm_log_init(&log, STDERR_FILENO);
    cli->problems = f->n_damaged != 0;
    for (size_t i = 0; i < f->n_problems; i++)
        lm_log_line(&log, "%s: row %" PRIu64 ", byte %" PRIu64 ": %s", j->wish.path[f->problems[i].file], f->problems[i].row,
                    f->problems[i].byte, f->problems[i].reason);
    if (f->n_damaged > f->n_problems)
        lm_log_line(&log, "%" PRIu64 " more damaged rows", f->n_damaged - f->n_problems);
    for (uint32_t k = 0; k < r->n_fields; k++)
        if (r->n_cut[k] != 0 || r->n_not_utf8[k] != 0)
            lm_log_line(&log, "%.*s: %" PRIu64 " cells compared by their beginning only, %" PRIu64 " with bytes that are not UTF-8",
                        LM_STR_ARG(r->fields[k].name), r->n_cut[k], r->n_not_utf8[k]);
    if (j->n_unknown != 0)
        lm_log_line(&log, "%" PRIu64 " rows of the truth name no record", j->n_unknown);
}

static void json_measure(struct lm_json_out *o, const char *key, const struct lm_measure *m, const float *threshold)
{
    lm_json_key(o, key);
    if (m == NULL) {
        lm_json_null(o);
        return;
    }
    lm_json_object(o);
    lm_json_kv_double(o, "precision", m->precision);
    lm_json_kv_double(o, "recall", m->recall);
    lm_json_kv_double(o, "f1", m->f1);
    if (threshold != NULL)
        lm_json_kv_double(o, "threshold", round((double)*threshold * 1000) / 1000);
    lm_json_object_end(o);
}

static void print_json(struct lm_cli *cli, const struct job *j)
{
    struct lm_json_out o;
    const struct lm_measures *m = &j->at_default;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    json_measure(&o, "edge", j->has_truth ? &m->edge : NULL, NULL);
    json_measure(&o, "closure", j->has_truth ? &m->closure : NULL, NULL);
    json_measure(&o, "b3", j->has_truth ? &m->b3 : NULL, NULL);
    lm_json_key(&o, "best");
    if (j->has_truth) {
        lm_json_object(&o);
        json_measure(&o, "edge", &j->best_edge.measure, &j->best_edge.bits);
        json_measure(&o, "closure", &j->best_closure.measure, &j->best_closure.bits);
        json_measure(&o, "b3", &j->best_b3.measure, &j->best_b3.bits);
        lm_json_object_end(&o);
    } else {
        lm_json_null(&o);
    }
    json_counts(&o, j);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void print_text(struct lm_cli *cli, const struct job *j)
{
    struct lm_buf *b = &cli->out;
    lm_buf_printf(b, "%u records, %llu pairs proposed, of %llu looked at. Nobody is merged.\n", j->file.records.n,
                  (unsigned long long)j->n_proposed, (unsigned long long)j->linkage.counts.n_pairs);
    if (j->linkage.counts.n_too_large != 0)
        lm_buf_printf(b, "%llu times a record was in a group too large to look at all its pairs; one %.*s is shared by %u records\n",
                      (unsigned long long)j->linkage.counts.n_too_large, LM_STR_ARG(largest(j)), j->linkage.counts.largest);
    if (!j->has_truth)
        return;
    const struct { const char *name; const struct lm_measure *at; const struct lm_best *best; } rows[] = {
        { "edge", &j->at_default.edge, &j->best_edge },
        { "closure", &j->at_default.closure, &j->best_closure },
        { "b3", &j->at_default.b3, &j->best_b3 },
    };
    for (size_t k = 0; k < 3; k++)
        lm_buf_printf(b, "%-8s P %.4f R %.4f F1 %.4f   best P %.4f R %.4f F1 %.4f at %.2f\n", rows[k].name, rows[k].at->precision,
                      rows[k].at->recall, rows[k].at->f1, rows[k].best->measure.precision, rows[k].best->measure.recall,
                      rows[k].best->measure.f1, (double)rows[k].best->bits);
}

static lm_err work(struct lm_cli *cli, const struct lm_args *args, struct job *j)
{
    const struct lm_linkage_wish wish = { .between = is_link(j) };
    lm_err err = lm_records_file_read(&cli->run, &j->wish, &j->file, &cli->error);
    if (err == LM_OK)
        err = lm_link(&j->file.records, &wish, &j->linkage, &cli->error);
    if (err != LM_OK)
        return err;
    while (j->n_proposed < j->linkage.n_edges && j->linkage.edges[j->n_proposed].bits >= LM_LINKAGE_THRESHOLD)
        j->n_proposed++;
    if (j->has_truth)
        err = measure(cli, j);
    if (err == LM_OK && lm_args_get(args, "--out") != NULL)
        err = write_pairs(cli, j, lm_args_get(args, "--out"));
    if (err == LM_OK)
        tell(cli, j);
    if (err == LM_OK && cli->json)
        print_json(cli, j);
    else if (err == LM_OK)
        print_text(cli, j);
    return err;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const char *records = lm_args_get(args, "--records"), *link = lm_args_get(args, "--link");
    if (lm_args_get(args, "-i") != NULL && records == NULL && link == NULL)
        return lm_cli_resolve_workspace(cli, args);
    struct job *j = lm_arena_alloc(&cli->run, sizeof *j);
    if (j == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    lm_err err = read_wish(cli, args, j);
    if (err == LM_OK)
        err = work(cli, args, j);
    lm_linkage_free(&j->linkage);
    lm_records_file_free(&j->file);
    return err;
}

const struct lm_command lm_cmd_resolve = {
    .name = "resolve",
    .title = "which accounts, or records of a table, may be one person's",
    .usage = "-i ID [--anew] | list -i ID | explain A B -i ID | --records FILE.csv | --link A.csv B.csv [--map FILE.csv] [--truth WHAT] [--out PAIRS.csv]",
    .help = "On a workspace, brings up to date which accounts are one person's: joined by records about hard identifiers alone, everything else is\n"
            "proposed (list); explain says why two are one, or not, and what would change that. docs/identities.md\n"
            "On tables, proposes pairs, each with its bits for and against; nobody is merged. docs/resolve.md\n",
    .options = options,
    .run = run,
};
