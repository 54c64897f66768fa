#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"
#include "formats/csv_out.h"
#include "formats/json_out.h"
#include "resolve/linkage.h"
#include "resolve/records_file.h"

#define SEED 1
#define FLUSH_BYTES ((size_t)1 << 20)

static const struct lm_option options[] = {
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

static lm_err read_truth(struct lm_cli *cli, const char *what, struct job *j)
{
    (void)cli;
    if (what == NULL)
        return LM_OK;
    j->has_truth = true;
    if (strncmp(what, "id:", 3) == 0)
        j->wish.truth_pattern = what + 3;
    else if (access(what, F_OK) == 0)
        j->pairs_path = what;
    else
        j->wish.truth_column = what;
    return LM_OK;
}

static lm_err read_wish(struct lm_cli *cli, const struct lm_args *args, struct job *j)
{
    const char *records = lm_args_get(args, "--records"), *link = lm_args_get(args, "--link");
    if (records == NULL && link == NULL) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "no table is named");
        lm_fail_hint(&cli->error, "--records FILE.csv, or --link A.csv B.csv");
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
    return read_truth(cli, lm_args_get(args, "--truth"), j);
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
    lm_json_kv_u64(&o, "records", j->file.records.n);
    lm_json_kv_u64(&o, "proposed", j->n_proposed);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void print_text(struct lm_cli *cli, const struct job *j)
{
    const struct lm_records *r = &j->file.records;
    const struct lm_model *m = &j->linkage.model;
    struct lm_buf *b = &cli->out;
    lm_buf_printf(b, "%u records, %llu pairs proposed; %llu looked at, %llu compared, %llu metrics; prior %.1f bits\n", r->n,
                  (unsigned long long)j->n_proposed, (unsigned long long)j->linkage.counts.n_pairs,
                  (unsigned long long)j->linkage.n_compared, (unsigned long long)j->linkage.n_metrics, (double)m->prior_bits);
    for (uint32_t f = 0; f < r->n_fields; f++) {
        lm_buf_printf(b, "%-20.*s kind %d group %d given %llu unseen %.3f swapped %.4f:", LM_STR_ARG(r->fields[f].name), (int)r->fields[f].kind,
                      r->fields[f].group, (unsigned long long)r->given[f], m->unseen[f], m->swapped[f]);
        for (unsigned l = 0; l < LM_LEVELS; l++)
            lm_buf_printf(b, " %.3f/%.5f", m->m[f][l], m->u[f][l]);
        lm_buf_printf(b, "\n");
    }
    if (m->related != 0)
        lm_buf_printf(b, "related pairs share %x: %.0f (matches %.0f)\n", m->related, m->related_pairs, m->matches);
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
    const struct lm_linkage_wish wish = { .between = is_link(j), .blocks_only = getenv("LMB") != NULL };
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
    if (err == LM_OK && cli->json)
        print_json(cli, j);
    else if (err == LM_OK)
        print_text(cli, j);
    return err;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
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
    .title = "which records may be one person",
    .usage = "--records FILE.csv | --link A.csv B.csv [--map FILE.csv] [--truth WHAT] [--out PAIRS.csv]",
    .help = "Proposes pairs, each with its bits for and against; nobody is merged. docs/resolve.md\n",
    .options = options,
    .run = run,
};
