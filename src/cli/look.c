#include "cli/look.h"

#include <inttypes.h>
#include <pwd.h>
#include <unistd.h>

#include "base/log.h"
#include "store/summary.h"

#define PURPOSE_MAX_BYTES 200

lm_err lm_cli_look_any(struct lm_cli *cli, const struct lm_args *args, const char *purpose, struct lm_filter *ret)
{
    const char *id = lm_args_get(args, "-i"), *given = lm_args_get(args, "--purpose");
    struct lm_filter f = { lm_str(id), lm_str_trim(lm_str(given != NULL ? given : purpose)) };
    if (id != NULL && f.investigation.n == 0)
        return lm_fail(&cli->error, LM_EUSAGE, "-i names no investigation");
    if (f.purpose.n == 0 || f.purpose.n > PURPOSE_MAX_BYTES || memchr(f.purpose.p, '\n', f.purpose.n) != NULL)
        return lm_fail(&cli->error, LM_EUSAGE, "--purpose is one line of at most %d bytes", PURPOSE_MAX_BYTES);
    *ret = f;
    return LM_OK;
}

lm_err lm_cli_look(struct lm_cli *cli, const struct lm_args *args, const char *purpose, struct lm_filter *ret)
{
    if (lm_args_get(args, "-i") != NULL)
        return lm_cli_look_any(cli, args, purpose, ret);
    (void)lm_fail(&cli->error, LM_EUSAGE, "no investigation is named");
    lm_fail_hint(&cli->error, "-i ID");
    return LM_EUSAGE;
}

lm_err lm_cli_no_look(struct lm_cli *cli, const struct lm_args *args, const char *option)
{
    static const char *const bind[] = { "-i", "--purpose" };
    for (size_t i = 0; i < sizeof bind / sizeof bind[0]; i++)
        if (lm_args_get(args, bind[i]) != NULL)
            return lm_fail(&cli->error, LM_EUSAGE, "%s looks into a workspace and cannot stand beside %s, a file outside of it",
                           bind[i], option);
    return LM_OK;
}

const char *lm_cli_actor(struct lm_cli *cli)
{
    struct passwd entry, *found = NULL;
    char room[4096];
    if (getpwuid_r(getuid(), &entry, room, sizeof room, &found) == 0 && found != NULL)
        return lm_arena_copy(&cli->run, lm_str(found->pw_name)).p;
    return lm_arena_printf(&cli->run, "uid %u", (unsigned)getuid()).p;
}

static lm_err open_as(struct lm_cli *cli, enum lm_store_mode mode, struct lm_store **ret)
{
    if (cli->workspace == NULL) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "no workspace is named");
        lm_fail_hint(&cli->error, "lastmile -w WORKSPACE …");
        return LM_EUSAGE;
    }
    const char *actor = lm_cli_actor(cli);
    if (actor == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    return lm_store_open(cli->workspace, mode, actor, ret, &cli->error);
}

lm_err lm_cli_open(struct lm_cli *cli, struct lm_store **ret)
{
    return open_as(cli, LM_STORE_READ, ret);
}

lm_err lm_cli_open_write(struct lm_cli *cli, struct lm_store **ret)
{
    return open_as(cli, LM_STORE_WRITE, ret);
}

struct wanted {
    struct lm_str id;
    bool found;
};

static lm_err compare(void *user, const struct lm_investigation *i)
{
    struct wanted *w = user;
    w->found = w->found || lm_str_eq(i->id, w->id);
    return LM_OK;
}

lm_err lm_cli_check_investigation(struct lm_cli *cli, struct lm_store *st, const struct lm_filter *f)
{
    struct wanted w = { .id = f->investigation };
    lm_err err = lm_store_investigations(st, compare, &w, &cli->error);
    if (err == LM_OK && !w.found)
        err = lm_fail(&cli->error, LM_ENOTFOUND, "no investigation %.*s in this workspace", LM_STR_ARG(w.id));
    return err;
}

lm_err lm_cli_say_head(struct lm_cli *cli, struct lm_store *st)
{
    struct lm_audit_head head;
    lm_err err = lm_store_head(st, &head, &cli->error);
    if (err == LM_OK) {
        struct lm_log log;
        lm_log_init(&log, STDERR_FILENO);
        lm_log_line(&log, "audit head %s (%" PRIu64 " entries): keep it; `verify --head` finds what is cut off later",
                    head.hex, head.entries);
    }
    return err;
}
