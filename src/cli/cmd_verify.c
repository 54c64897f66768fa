#include "cli/command.h"
#include "cli/look.h"
#include "base/log.h"
#include "base/terminal.h"
#include "formats/json_out.h"

struct findings {
    struct lm_buf json; /* members of the array */
    struct lm_json_out o;
    struct lm_buf text;
};

static lm_err each(void *user, const char *what, const char *detail)
{
    struct findings *f = user;
    lm_json_object(&f->o);
    lm_json_kv_z(&f->o, "what", what);
    lm_json_kv_z(&f->o, "detail", detail);
    lm_json_object_end(&f->o);
    lm_buf_printf(&f->text, "  %s: ", what);
    lm_terminal_put(&f->text, lm_str(detail));
    lm_buf_putc(&f->text, '\n');
    return LM_OK;
}

static const char *head_word(const struct lm_verify *v)
{
    return v->head == LM_HEAD_FOUND ? "found" : v->head == LM_HEAD_MISSING ? "missing" : "not checked";
}

static void print_json(struct lm_cli *cli, const struct lm_verify *v, const struct findings *f)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_bool(&o, "sound", lm_check_sound(v));
    lm_json_kv_u64(&o, "exhibits", v->exhibits);
    lm_json_kv_u64(&o, "exhibits_bad", v->exhibits_bad);
    lm_json_kv_u64(&o, "audit_entries", v->audit_entries);
    lm_json_kv_bool(&o, "audit_ok", v->audit_ok);
    lm_json_key(&o, "audit_broken_at");
    if (v->audit_ok)
        lm_json_null(&o);
    else
        lm_json_u64(&o, v->audit_broken_at);
    lm_json_kv_z(&o, "audit_head", v->audit_head);
    lm_json_kv_z(&o, "head", head_word(v));
    lm_json_kv_u64(&o, "sources", v->sources);
    lm_json_kv_u64(&o, "sources_open", v->sources_open);
    lm_json_kv_bool(&o, "batches_ok", v->batches_ok);
    lm_json_kv_bool(&o, "database_ok", v->database_ok);
    lm_json_key(&o, "findings");
    lm_json_value(&o, lm_buf_str(&f->json));
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void print_text(struct lm_cli *cli, const struct lm_verify *v, const struct findings *f)
{
    struct lm_buf *b = &cli->out;
    lm_buf_printf(b, "exhibits     %llu hashed again, %llu missing or changed\n", (unsigned long long)v->exhibits,
                  (unsigned long long)v->exhibits_bad);
    lm_buf_printf(b, "audit chain  %llu entries, %s", (unsigned long long)v->audit_entries,
                  v->audit_ok ? "in order\n" : "BROKEN");
    if (!v->audit_ok)
        lm_buf_printf(b, " at entry %llu\n", (unsigned long long)v->audit_broken_at);
    lm_buf_printf(b, "head         %s\n", v->head == LM_HEAD_NOT_CHECKED
                                              ? "not checked: without --head an end that was cut off is not noticed"
                                              : head_word(v));
    lm_buf_printf(b, "ledger       %llu sources, %llu whose counts do not close\n", (unsigned long long)v->sources,
                  (unsigned long long)v->sources_open);
    lm_buf_printf(b, "rows         %s\n", v->batches_ok ? "as they were written" : "CHANGED");
    lm_buf_printf(b, "database     %s\n", v->database_ok ? "in order" : "DAMAGED");
    lm_buf_put(b, lm_buf_str(&f->text));
    lm_buf_printf(b, "audit head   %s\n", v->audit_head);
    lm_buf_put(b, lm_check_sound(v) ? LM_STR("The workspace is sound. Keep the head: verify --head finds what is cut off later.\n")
                           : LM_STR("The workspace is DAMAGED.\n"));
}

static lm_err verify(struct lm_cli *cli, struct lm_store *st, struct lm_str head)
{
    struct findings f;
    struct lm_verify v;
    lm_buf_init(&f.json, (size_t)64 << 20);
    lm_buf_init(&f.text, (size_t)64 << 20);
    lm_json_out_init(&f.o, &f.json);
    lm_json_array(&f.o);
    lm_err err = lm_store_verify(st, head, &v, each, &f, &cli->error);
    lm_json_array_end(&f.o);
    if (err == LM_OK && cli->json)
        print_json(cli, &v, &f);
    else if (err == LM_OK)
        print_text(cli, &v, &f);
    if (err == LM_OK)
        cli->damaged = !lm_check_sound(&v);
    lm_buf_free(&f.json);
    lm_buf_free(&f.text);
    return err;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_store *st;
    if (args->n_operands != 0)
        return lm_fail(&cli->error, LM_EUSAGE, "verify takes no words");
    lm_err err = lm_cli_open_write(cli, &st);
    if (err != LM_OK)
        return err;
    err = verify(cli, st, lm_str(lm_args_get(args, "--head")));
    lm_store_close(st);
    return err;
}

static const struct lm_option options[] = {
    { "--head", "HASH", "a head printed earlier: finds an end of the chain that was cut off" },
    { 0 },
};

const struct lm_command lm_cmd_verify = {
    .name = "verify",
    .title = "hash exhibits again, walk the audit chain, close the counts",
    .usage = "[--head HASH]",
    .help = "Exit status 4 when anything is damaged; what was found is listed.\n",
    .options = options,
    .run = run,
};
