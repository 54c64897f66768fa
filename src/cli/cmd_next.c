#include <time.h>

#include "cli/command.h"
#include "cli/look.h"
#include "report/next.h"

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation" },
    { "--purpose", "TEXT", "why; goes into the audit entry" },
    { "--as-of", "DATE", "expiries as they stand on that day, YYYY-MM-DD; else today, in UTC" },
    { "--within", "DAYS", "what expires within so many days (30)" },
    { "--top", "N", "numbers listed (25); 0: all" },
    { "--many", "N", "in contact with more than N others, a number looks like a service and is listed last (50)" },
    { 0 },
};

static lm_err take_as_of(struct lm_cli *cli, const struct lm_args *args, int32_t *ret)
{
    const char *value = lm_args_get(args, "--as-of");
    struct timespec now;
    if (value != NULL && lm_day_parse(lm_str(value), ret))
        return LM_OK;
    if (value != NULL) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "--as-of %s is not a date", value);
        lm_fail_hint(&cli->error, "dates are written YYYY-MM-DD");
        return LM_EUSAGE;
    }
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return lm_fail(&cli->error, LM_EINTERNAL, "the system has no clock");
    *ret = (int32_t)(now.tv_sec / 86400);
    return LM_OK;
}

static lm_err read_wish(struct lm_cli *cli, const struct lm_args *args, struct lm_next_wish *ret, int64_t *ret_top)
{
    int64_t within = 0, many = 0;
    lm_err err = take_as_of(cli, args, &ret->as_of);
    if (err == LM_OK)
        err = lm_args_i64(args, "--within", 0, 36500, LM_NEXT_WITHIN, &within, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--many", 1, 1000000, LM_NEXT_MANY, &many, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--top", 0, 1000000, LM_NEXT_TOP, ret_top, &cli->error);
    if (err == LM_OK && args->n_operands != 0)
        err = lm_fail(&cli->error, LM_EUSAGE, "next takes no words, only options");
    ret->within = (uint32_t)within;
    ret->many = (uint32_t)many;
    return err;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_next_wish wish = { 0 };
    const struct lm_next *x;
    struct lm_filter f;
    struct lm_store *st;
    int64_t top = 0;
    lm_err err = read_wish(cli, args, &wish, &top);
    if (err == LM_OK)
        err = lm_cli_look(cli, args, "next", &f);
    if (err == LM_OK)
        err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = lm_next_make(&cli->run, st, &f, &wish, &x, &cli->error);
    if (err == LM_OK && cli->json)
        lm_next_json(x, (size_t)top, &cli->out);
    else if (err == LM_OK)
        lm_next_text(x, (size_t)top, &cli->out);
    if (err == LM_OK)
        err = lm_cli_say_head(cli, st);
    lm_store_close(st);
    return err;
}

const struct lm_command lm_cmd_next = {
    .name = "next",
    .title = "what process may come next: numbers without a name, and what runs out",
    .usage = "-i ID [--as-of DATE] [--within DAYS] [--top N]",
    .help = "Numbers in contact with others that nobody has attributed and no contact card or subscriber record names, with what the\n"
            "data held says of each: a subscriber record may. Protected persons' numbers are never listed. Then preservation letters\n"
            "and non-disclosure orders (entered with `process`) and authorities that have expired or expire within --within days.\n"
            "A day that is named as expiry is the last one. --as-of moves that day only: the data is all that is held now.\n",
    .options = options,
    .run = run,
};
