/* The process that unpacks containers; intake starts it, people do not. */
#include "cli/command.h"
#include "intake/child.h"

static const struct lm_option options[] = { { 0 } };

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_child_options o;
    lm_err err = lm_child_options_parse(args->operands, args->n_operands, &o, &cli->error);
    if (err == LM_OK)
        lm_unpack_child(&o);
    return err;
}

const struct lm_command lm_cmd_unpack_child = {
    .name = "unpack-child",
    .title = "Unpack a container in a process of its own (started by import)",
    .usage = "MEMORY_BYTES CPU_SECONDS FRAME_BYTES",
    .options = options,
    .hidden = true,
    .run = run,
};
