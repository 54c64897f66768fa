#include <stdio.h>

#include "base/log.h"
#include "base/terminal.h"
#include "cli/command.h"
#include "cli/look.h"
#include "formats/json_out.h"
#include "resolve/join.h"

/* --- output --- */

static void json_day(struct lm_json_out *o, const char *key, int32_t day)
{
    char text[LM_WHEN_TEXT];
    lm_json_kv_z(o, key, day != LM_DAY_NONE ? lm_day_format(day, text) : NULL);
}

static void json_one(struct lm_json_out *o, const struct lm_authority *a)
{
    lm_json_object(o);
    lm_json_kv_str(o, "id", a->id);
    lm_json_kv_str(o, "investigation", a->investigation);
    lm_json_kv_z(o, "kind", lm_authority_kind_word(a->kind));
    lm_json_kv_z(o, "reach", lm_reach_word(a->reach));
    lm_json_kv_bool(o, "location", a->reaches_location || a->reach == LM_REACH_LOCATION);
    lm_json_kv_text(o, "number", a->number);
    lm_json_kv_text(o, "court", a->court);
    lm_json_kv_text(o, "offences", a->offences);
    lm_json_kv_text(o, "seizure_terms", a->seizure_terms);
    json_day(o, "issued", a->issued_day);
    json_day(o, "from", a->from_day);
    json_day(o, "to", a->to_day);
    json_day(o, "expires", a->expires_day);
    lm_json_kv_bool(o, "sealed", a->sealed);
    lm_json_kv_bool(o, "revoked", a->revoked);
    lm_json_key(o, "accounts");
    lm_json_array(o);
    for (size_t i = 0; i < a->n_accounts; i++) {
        lm_json_object(o);
        lm_json_kv_z(o, "platform", lm_platform_word(a->accounts[i].platform));
        lm_json_kv_str(o, "id", a->accounts[i].id);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
}

static void text_day(struct lm_buf *b, const char *before, int32_t day)
{
    char text[LM_WHEN_TEXT];
    if (day != LM_DAY_NONE)
        lm_buf_printf(b, "%s %s", before, lm_day_format(day, text));
}

static void text_one(struct lm_buf *b, const struct lm_authority *a)
{
    lm_terminal_put(b, a->id);
    lm_buf_put(b, LM_STR("  "));
    lm_terminal_put(b, a->investigation);
    lm_buf_printf(b, "  %s, reaches %s%s", lm_authority_kind_word(a->kind), lm_reach_word(a->reach),
                  a->reaches_location && a->reach != LM_REACH_LOCATION ? " and location" : "");
    if (a->number.n != 0) {
        lm_buf_put(b, LM_STR(", no. "));
        lm_terminal_put(b, a->number);
    }
    if (a->court.n != 0) {
        lm_buf_put(b, LM_STR(", "));
        lm_terminal_put(b, a->court);
    }
    text_day(b, ", issued", a->issued_day);
    text_day(b, ", from", a->from_day);
    text_day(b, a->from_day != LM_DAY_NONE ? " to" : ", to", a->to_day);
    text_day(b, ", expires", a->expires_day);
    for (size_t i = 0; i < a->n_accounts; i++) {
        lm_buf_printf(b, "%s%s:", i == 0 ? ", covers " : ", ", lm_platform_word(a->accounts[i].platform));
        lm_terminal_put(b, a->accounts[i].id);
    }
    lm_buf_put(b, a->sealed ? LM_STR(", sealed") : LM_STR(""));
    lm_buf_put(b, a->revoked ? LM_STR(", REVOKED\n") : LM_STR("\n"));
}

struct listing {
    struct lm_cli *cli;
    struct lm_json_out o;
};

static lm_err each(void *user, const struct lm_authority *a)
{
    struct listing *l = user;
    if (l->cli->json)
        json_one(&l->o, a);
    else
        text_one(&l->cli->out, a);
    return LM_OK;
}

static void open_list(struct listing *l, struct lm_cli *cli)
{
    *l = (struct listing){ .cli = cli };
    lm_json_out_init(&l->o, &cli->out);
    if (cli->json) {
        lm_json_object(&l->o);
        lm_json_key(&l->o, "authorities");
        lm_json_array(&l->o);
    }
}

static void close_list(struct listing *l)
{
    if (l->cli->json) {
        lm_json_array_end(&l->o);
        lm_json_object_end(&l->o);
        lm_buf_putc(&l->cli->out, '\n');
    }
}

static lm_err show_one(struct lm_cli *cli, struct lm_store *st, struct lm_str id)
{
    struct lm_authority a;
    struct listing l;
    lm_err err = lm_store_authority(st, &cli->run, id, &a, &cli->error);
    if (err != LM_OK)
        return err;
    open_list(&l, cli);
    err = each(&l, &a);
    close_list(&l);
    return err;
}

/* --- add --- */

static lm_err take_day(struct lm_cli *cli, const struct lm_args *args, const char *option, int32_t *ret)
{
    const char *value = lm_args_get(args, option);
    *ret = LM_DAY_NONE;
    if (value == NULL || lm_day_parse(lm_str(value), ret))
        return LM_OK;
    (void)lm_fail(&cli->error, LM_EUSAGE, "%s %s is not a date", option, value);
    lm_fail_hint(&cli->error, "dates are written YYYY-MM-DD");
    return LM_EUSAGE;
}

static lm_err take_days(struct lm_cli *cli, const struct lm_args *args, struct lm_authority *a)
{
    lm_err err = take_day(cli, args, "--issued", &a->issued_day);
    if (err == LM_OK)
        err = take_day(cli, args, "--from", &a->from_day);
    if (err == LM_OK)
        err = take_day(cli, args, "--to", &a->to_day);
    return err != LM_OK ? err : take_day(cli, args, "--expires", &a->expires_day);
}

static lm_err take_words(struct lm_cli *cli, const struct lm_args *args, struct lm_authority *a)
{
    struct lm_str kind = lm_str(lm_args_get(args, "--kind")), reach = lm_str(lm_args_get(args, "--reach"));
    if (lm_args_get(args, "--id") == NULL || lm_args_get(args, "--investigation") == NULL || kind.p == NULL
        || reach.p == NULL)
        return lm_fail(&cli->error, LM_EUSAGE, "authority add wants --id, --investigation, --kind and --reach");
    if (!lm_authority_kind_parse(kind, &a->kind)) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "--kind %.*s is not a kind of authority", LM_STR_ARG(kind));
        lm_fail_hint(&cli->error, "%s", lm_authority_kind_words());
        return LM_EUSAGE;
    }
    if (!lm_reach_parse(reach, &a->reach)) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "--reach %.*s is not a reach", LM_STR_ARG(reach));
        lm_fail_hint(&cli->error, "%s", lm_reach_words());
        return LM_EUSAGE;
    }
    return LM_OK;
}

static lm_err take_accounts(struct lm_cli *cli, const struct lm_args *args, struct lm_authority *a)
{
    size_t n = 0;
    while (lm_args_nth(args, "--account", n) != NULL)
        n++;
    struct lm_covered_account *list = lm_arena_array(&cli->run, n, sizeof *list);
    if (list == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        struct lm_str value = lm_str(lm_args_nth(args, "--account", i));
        size_t colon = lm_str_find(value, LM_STR(":"));
        if (colon == SIZE_MAX || colon + 1 == value.n || !lm_platform_parse(lm_str_take(value, colon), &list[i].platform)
            || list[i].platform == LM_PLATFORM_NONE) {
            (void)lm_fail(&cli->error, LM_EUSAGE, "--account %.*s is not PLATFORM:ID", LM_STR_ARG(value));
            lm_fail_hint(&cli->error, "platforms: %s", lm_platform_words());
            return LM_EUSAGE;
        }
        list[i].id = lm_str_skip(value, colon + 1);
    }
    a->accounts = list;
    a->n_accounts = n;
    return LM_OK;
}

static lm_err read_add(struct lm_cli *cli, const struct lm_args *args, struct lm_authority *ret)
{
    struct lm_authority a = { .id = lm_str(lm_args_get(args, "--id")),
                              .investigation = lm_str(lm_args_get(args, "--investigation")),
                              .number = lm_str(lm_args_get(args, "--number")),
                              .court = lm_str(lm_args_get(args, "--court")),
                              .offences = lm_str(lm_args_get(args, "--offences")),
                              .seizure_terms = lm_str(lm_args_get(args, "--seizure-terms")),
                              .reaches_location = lm_args_get(args, "--location") != NULL,
                              .sealed = lm_args_get(args, "--sealed") != NULL };
    lm_err err = take_words(cli, args, &a);
    if (err == LM_OK)
        err = take_days(cli, args, &a);
    if (err == LM_OK)
        err = take_accounts(cli, args, &a);
    if (err == LM_OK)
        *ret = a;
    return err;
}

/* --- the verb --- */

static lm_err list(struct lm_cli *cli, const struct lm_args *args, struct lm_store *st)
{
    struct listing l;
    open_list(&l, cli);
    lm_err err = lm_store_authorities(st, lm_str(lm_args_get(args, "--investigation")), each, &l, &cli->error);
    close_list(&l);
    return err;
}

/* What the revoked records reported with others is joined again without them. */
static lm_err revoke(struct lm_cli *cli, struct lm_store *st, struct lm_str id, struct lm_str reason)
{
    struct lm_authority a;
    struct lm_joined j;
    lm_err err = lm_store_revoke_authority(st, id, reason, &cli->error);
    if (err == LM_OK)
        err = lm_store_authority(st, &cli->run, id, &a, &cli->error);
    return err != LM_OK ? err : lm_join(st, a.investigation, false, NULL, &j, &cli->error);
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_str verb = args->n_operands == 1 ? lm_str(args->operands[0]) : (struct lm_str){ NULL, 0 };
    struct lm_str id = lm_str(lm_args_get(args, "--id")), reason = lm_str(lm_args_get(args, "--reason"));
    bool adds = lm_str_eq(verb, LM_STR("add")), revokes = lm_str_eq(verb, LM_STR("revoke"));
    struct lm_authority a;
    lm_err err = LM_OK;
    if (!adds && !revokes && !lm_str_eq(verb, LM_STR("list")))
        return lm_fail(&cli->error, LM_EUSAGE, "authority wants one word: add, list or revoke");
    if (revokes && (id.p == NULL || reason.p == NULL))
        return lm_fail(&cli->error, LM_EUSAGE, "authority revoke wants --id and --reason");
    if (adds)
        err = read_add(cli, args, &a);
    struct lm_store *st;
    if (err == LM_OK)
        err = lm_cli_open_write(cli, &st);
    if (err != LM_OK)
        return err;
    if (adds)
        err = lm_store_add_authority(st, &a, &cli->error);
    else if (revokes)
        err = revoke(cli, st, id, reason);
    else
        err = list(cli, args, st);
    if (err == LM_OK && (adds || revokes))
        err = show_one(cli, st, id);
    lm_store_close(st);
    return err;
}

static const struct lm_option options[] = {
    { "--id", "ID", "how it is named from now on: up to 64 characters, no spaces" },
    { "--investigation", "ID", "the investigation it belongs to; with list: only its own" },
    { "--kind", "KIND", "search_warrant, d_order, grand_jury_subpoena, admin_subpoena, pen_trap, title_iii, consent, …" },
    { "--reach", "REACH", "content, non_content, subscriber or location" },
    { "--location", NULL, "it reaches location as well" },
    { "--number", "TEXT", "the court's or the agency's number" },
    { "--court", "TEXT", "who issued it" },
    { "--offences", "TEXT", "the offences it names" },
    { "--seizure-terms", "TEXT", "what may be seized of what is disclosed" },
    { "--issued", "DATE", "YYYY-MM-DD" },
    { "--from", "DATE", "first day it covers" },
    { "--to", "DATE", "last day it covers" },
    { "--expires", "DATE", "last day on which anything may be acquired under it" },
    { "--sealed", NULL, "the order itself is under seal" },
    { "--account", "PLATFORM:ID", "an account it covers; may be given again; none: every account in the exhibit" },
    { "--reason", "TEXT", "revoke: why" },
    { 0 },
};

const struct lm_command lm_cmd_authority = {
    .name = "authority",
    .title = "enter, list and revoke the legal basis of evidence",
    .usage = "add --id ID --investigation ID --kind KIND --reach REACH [options] | list | revoke --id ID --reason TEXT",
    .help = "A person enters an authority before anything is imported under it. Kinds: search_warrant, d_order,\n"
            "grand_jury_subpoena, admin_subpoena, pen_trap, title_iii, consent, exigent, own_records, open_source,\n"
            "area_request. A subpoena, a d_order, a pen_trap and an area_request never reach content. A revoked\n"
            "authority deletes nothing; nothing under it is returned any more.\n",
    .options = options,
    .run = run,
};
