/* map.h - maps on the command line (docs/maps.md): import --map, --preview, --map-template. */
#ifndef LM_CLI_MAP_H
#define LM_CLI_MAP_H

#include "cli/command.h"
#include "intake/intake.h"

/* Reads and checks the map in that file, or the one of that name that comes with the program (data/providers/,
 * data/carriers/), before anything else is touched; its bytes live in cli->run. LM_EINPUT with the row; LM_ENOTFOUND,
 * LM_EIO, LM_ELIMIT. */
lm_err lm_cli_map_load(struct lm_cli *cli, const char *path, struct lm_str *ret);

/* Prints the first rows of that file as they would be read; sets cli->problems and cli->refused as an import would. */
lm_err lm_cli_preview(struct lm_cli *cli, const char *path, const struct lm_intake_options *o);

/* Prints a map to start from. */
lm_err lm_cli_map_template(struct lm_cli *cli, const char *path, const struct lm_intake_options *o);

#endif
