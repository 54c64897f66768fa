#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embedded.h"
#include "cli/command.h"
#include "cli/look.h"
#include "formats/json_out.h"

static const struct lm_str template_folder = { "data/templates/", 15 };

static lm_err write_template(struct lm_cli *cli, const char *dir, struct lm_str name, struct lm_str bytes)
{
    struct lm_str path = lm_arena_printf(&cli->run, "%s/%.*s", dir, LM_STR_ARG(name));
    if (path.p == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    int fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool ok = fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n;
    int why = errno;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    if (ok)
        return LM_OK;
    lm_err err = why == EEXIST
                     ? lm_fail(&cli->error, LM_EEXIST, "there is such a file already; it was not touched")
                     : lm_fail(&cli->error, LM_EIO, "a template cannot be written: %s", strerror(why));
    lm_fail_at(&cli->error, path.p, "%s", "");
    return err;
}

static lm_err write_templates(struct lm_cli *cli, const char *dir, struct lm_json_out *o)
{
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        (void)lm_fail(&cli->error, LM_EIO, "the folder cannot be made: %s", strerror(errno));
        lm_fail_at(&cli->error, dir, "%s", "");
        return LM_EIO;
    }
    lm_json_key(o, "templates");
    lm_json_array(o);
    for (const struct lm_embedded_file *f = lm_embedded_files; f->name.p != NULL; f++) {
        if (!lm_str_starts(f->name, template_folder))
            continue;
        struct lm_str name = lm_str_skip(f->name, template_folder.n);
        lm_err err = write_template(cli, dir, name, f->bytes);
        if (err != LM_OK)
            return err;
        lm_json_str(o, lm_arena_printf(&cli->run, "%s/%.*s", dir, LM_STR_ARG(name)));
    }
    lm_json_array_end(o);
    return LM_OK;
}

static lm_err make_workspace(struct lm_cli *cli, struct lm_json_out *o)
{
    const char *actor = lm_cli_actor(cli);
    lm_err err = actor != NULL ? lm_store_create(cli->workspace, actor, &cli->error)
                               : lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    if (err == LM_OK)
        lm_json_kv_z(o, "workspace", cli->workspace);
    return err;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const char *dir = lm_args_get(args, "--templates");
    struct lm_json_out o;
    struct lm_buf json;
    if (cli->workspace == NULL && dir == NULL) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "no workspace is named");
        lm_fail_hint(&cli->error, "lastmile -w WORKSPACE init, or lastmile init --templates DIR");
        return LM_EUSAGE;
    }
    if (args->n_operands != 0)
        return lm_fail(&cli->error, LM_EUSAGE, "init takes no words; the workspace is named by -w");
    lm_buf_init(&json, 1 << 20);
    lm_json_out_init(&o, &json);
    lm_json_object(&o);
    lm_err err = cli->workspace != NULL ? make_workspace(cli, &o) : LM_OK;
    if (err == LM_OK && dir != NULL)
        err = write_templates(cli, dir, &o);
    lm_json_object_end(&o);
    lm_buf_putc(&json, '\n');
    if (err == LM_OK && cli->json)
        lm_buf_put(&cli->out, lm_buf_str(&json));
    lm_buf_free(&json);
    if (err == LM_OK && !cli->json && cli->workspace != NULL)
        lm_buf_printf(&cli->out, "Workspace %s, with its folder %s.d\n", cli->workspace, cli->workspace);
    if (err == LM_OK && !cli->json && dir != NULL)
        lm_buf_printf(&cli->out, "Templates written to %s; docs/operation_csv.md explains the columns\n", dir);
    return err;
}

static const struct lm_option options[] = {
    { "--templates", "DIR", "write empty tables for the agency's own rows (needs no workspace)" },
    { 0 },
};

const struct lm_command lm_cmd_init = {
    .name = "init",
    .title = "make a workspace, or templates for the agency's own tables",
    .usage = "[--templates DIR]",
    .help = "A workspace is the file that -w names (NAME.lastmile, say) and a folder beside it with .d behind its name.\n"
            "Nothing that is there already is changed.\n",
    .options = options,
    .run = run,
};
