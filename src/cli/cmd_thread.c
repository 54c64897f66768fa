#include "base/log.h"
#include "base/terminal.h"
#include "cli/command.h"
#include "cli/look.h"
#include "cli/show.h"
#include "lastmile/look_json.h"

/* --- the list --- */

struct list {
    struct lm_cli *cli;
    struct lm_json_out o;
    struct lm_str title; /* looked for; p NULL: all are shown */
    int64_t found;
    uint64_t n_found;
};

/* "2023-05-02 to 2023-05-09"; undated threads say so. */
static void put_days(struct lm_buf *b, const struct lm_thread_row *t)
{
    char first[LM_WHEN_TEXT], last[LM_WHEN_TEXT];
    if (t->first.quality == LM_TIME_NONE)
        lm_buf_printf(b, "%-24s", "no time");
    else
        lm_buf_printf(b, "%.10s to %.10s", lm_when_format(&t->first, first), lm_when_format(&t->last, last));
}

static void text_thread(struct lm_buf *b, const struct lm_thread_row *t)
{
    lm_buf_printf(b, "%6lld  %-9s %-8s %8llu events  ", (long long)t->id, lm_platform_word(t->platform),
                  lm_thread_kind_word(t->kind), (unsigned long long)t->events);
    put_days(b, t);
    lm_buf_put(b, LM_STR("  "));
    lm_terminal_put(b, t->title.n != 0 ? t->title : t->native);
    lm_buf_put(b, LM_STR("  ("));
    lm_terminal_put(b, t->source);
    lm_buf_put(b, LM_STR(")\n"));
}

static lm_err each_thread(void *user, const struct lm_thread_row *t)
{
    struct list *l = user;
    if (l->title.p != NULL) {
        if (lm_str_eq(t->title, l->title) || lm_str_eq(t->native, l->title)) {
            l->found = t->id;
            l->n_found++;
        }
    } else if (l->cli->json) {
        lm_thread_json(&l->o, t);
    } else {
        text_thread(&l->cli->out, t);
    }
    return LM_OK;
}

static lm_err list_all(struct lm_cli *cli, struct lm_store *st, const struct lm_filter *f)
{
    struct list l = { .cli = cli };
    lm_json_out_init(&l.o, &cli->out);
    if (cli->json) {
        lm_json_object(&l.o);
        lm_json_key(&l.o, "threads");
        lm_json_array(&l.o);
    }
    lm_err err = lm_store_threads(st, f, each_thread, &l, &cli->error);
    if (cli->json) {
        lm_json_array_end(&l.o);
        lm_json_object_end(&l.o);
        lm_buf_putc(&cli->out, '\n');
    }
    return err;
}

/* --- one conversation --- */

static lm_err find(struct lm_cli *cli, struct lm_store *st, const struct lm_filter *f, struct lm_str word, int64_t *ret)
{
    struct list l = { .cli = cli, .title = word };
    if (lm_str_to_i64(word, ret))
        return LM_OK;
    lm_err err = lm_store_threads(st, f, each_thread, &l, &cli->error);
    if (err != LM_OK)
        return err;
    if (l.n_found == 1) {
        *ret = l.found;
        return LM_OK;
    }
    if (l.n_found > 1)
        err = lm_fail(&cli->error, LM_EUSAGE, "%llu threads have this title", (unsigned long long)l.n_found);
    else
        err = lm_fail(&cli->error, LM_ENOTFOUND, "no thread has this number or title");
    lm_fail_hint(&cli->error, "thread -i ID lists them with their numbers");
    return err;
}

struct conversation {
    struct lm_cli *cli;
    struct lm_json_out o;
    bool sources;
    uint64_t n;
};

static lm_err each_event(void *user, const struct lm_hit *h)
{
    struct conversation *c = user;
    c->n++;
    if (c->cli->json) {
        lm_hit_json(&c->o, h);
    } else {
        lm_show_hit_text(&c->cli->out, h);
        if (c->sources)
            lm_show_source_text(&c->cli->out, h);
    }
    return lm_show_pass_on(c->cli);
}

static lm_err show(struct lm_cli *cli, const struct lm_args *args, struct lm_store *st, const struct lm_filter *f)
{
    struct conversation c = { .cli = cli, .sources = lm_args_get(args, "--sources") != NULL };
    int64_t id = 0, limit = 0, offset = 0;
    uint64_t total = 0;
    lm_err err = lm_args_i64(args, "--limit", 0, INT64_MAX / 2, 0, &limit, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--offset", 0, INT64_MAX / 2, 0, &offset, &cli->error);
    if (err == LM_OK)
        err = find(cli, st, f, lm_str(args->operands[0]), &id);
    if (err != LM_OK)
        return err;
    lm_json_out_init(&c.o, &cli->out);
    if (cli->json) {
        lm_json_object(&c.o);
        lm_json_kv_i64(&c.o, "thread", id);
        lm_json_key(&c.o, "events");
        lm_json_array(&c.o);
    }
    err = lm_store_thread(st, f, id, (uint64_t)limit, (uint64_t)offset, each_event, &c, &total, &cli->error);
    if (err != LM_OK)
        return err;
    if (cli->json) {
        lm_json_array_end(&c.o);
        lm_json_kv_u64(&c.o, "total", total);
        lm_json_object_end(&c.o);
        lm_buf_putc(&cli->out, '\n');
    } else {
        lm_buf_printf(&cli->out, "%llu of %llu events\n", (unsigned long long)c.n, (unsigned long long)total);
    }
    return LM_OK;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_filter f;
    struct lm_store *st;
    lm_err err = lm_cli_look(cli, args, "thread", &f);
    if (err == LM_OK && args->n_operands > 1)
        err = lm_fail(&cli->error, LM_EUSAGE, "thread wants one number or title, or nothing");
    if (err == LM_OK)
        err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = args->n_operands == 0 ? list_all(cli, st, &f) : show(cli, args, st, &f);
    lm_store_close(st);
    return err;
}

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation under which you look" },
    { "--purpose", "TEXT", "one line: why you look; stands in the audit entry (\"thread\")" },
    { "--limit", "N", "how many events (0: all)" },
    { "--offset", "N", "how many to pass over (0)" },
    { "--sources", NULL, "where each event stands" },
    { 0 },
};

const struct lm_command lm_cmd_thread = {
    .name = "thread",
    .title = "list conversations, or print one as it ran",
    .usage = "-i ID [NUMBER | TITLE]",
    .help = "Times stand as the source gives them: Z for UTC, an offset when one is known, (local) when the zone is unknown.\n",
    .options = options,
    .run = run,
};
