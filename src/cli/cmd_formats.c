#include "base/sandbox.h"
#include "cli/command.h"
#include "formats/json_out.h"
#include "intake/member.h"
#include "lastmile/reader.h"

static void print_json(struct lm_cli *cli, const struct lm_sandbox_state *s)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_key(&o, "readers");
    lm_json_array(&o);
    for (size_t i = 0; lm_readers[i] != NULL; i++) {
        const struct lm_reader *r = lm_readers[i];
        lm_json_object(&o);
        lm_json_kv_z(&o, "name", r->name);
        lm_json_kv_z(&o, "title", r->title);
        lm_json_kv_z(&o, "reference", r->reference);
        lm_json_kv_z(&o, "tested_on", r->tested_on);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_json_key(&o, "containers");
    lm_json_array(&o);
    for (enum lm_container c = LM_CONTAINER_ZIP; c <= LM_CONTAINER_RSMF; c++)
        lm_json_z(&o, lm_container_word(c));
    lm_json_array_end(&o);
    lm_json_key(&o, "sandbox");
    lm_json_object(&o);
    lm_json_kv_bool(&o, "limits", s->limits);
    lm_json_kv_bool(&o, "no_new_privs", s->no_new_privs);
    lm_json_kv_bool(&o, "seccomp", s->seccomp);
    lm_json_kv_bool(&o, "landlock", s->landlock);
    lm_json_kv_i64(&o, "landlock_abi", s->landlock_abi);
    lm_json_object_end(&o);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void print_text(struct lm_cli *cli, const struct lm_sandbox_state *s)
{
    struct lm_buf *b = &cli->out;
    for (size_t i = 0; lm_readers[i] != NULL; i++) {
        const struct lm_reader *r = lm_readers[i];
        lm_buf_printf(b, "%-20s %s\n%-20s layout: %s\n%-20s tested on: %s\n", r->name, r->title, "", r->reference, "", r->tested_on);
    }
    lm_buf_putc(b, '\n');
    lm_buf_put(b, LM_STR("Taken apart when no reader claims them:"));
    for (enum lm_container c = LM_CONTAINER_ZIP; c <= LM_CONTAINER_RSMF; c++)
        lm_buf_printf(b, " %s", lm_container_word(c));
    lm_buf_printf(b, "\nReaders run shut in: limits yes, no new privileges yes, seccomp %s, landlock ", s->seccomp ? "yes" : "no (not in this kernel)");
    if (s->landlock)
        lm_buf_printf(b, "yes (ABI %d)\n", s->landlock_abi);
    else
        lm_buf_put(b, LM_STR("no (not in this kernel)\n"));
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_sandbox_state s = lm_sandbox_probe();
    if (args->n_operands != 0)
        return lm_fail(&cli->error, LM_EUSAGE, "formats takes no words");
    if (cli->json)
        print_json(cli, &s);
    else
        print_text(cli, &s);
    return LM_OK;
}

static const struct lm_option options[] = { { 0 } };

const struct lm_command lm_cmd_formats = {
    .name = "formats",
    .title = "list the forms of evidence that can be read",
    .usage = "",
    .help = "Where a layout is documented, and on what its reader was tried, is part of the answer.\n",
    .options = options,
    .run = run,
};
