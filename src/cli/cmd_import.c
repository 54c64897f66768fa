#include <stdio.h>
#include <unistd.h>

#include "base/terminal.h"
#include "cli/look.h"
#include "base/os.h"
#include "cli/import_table.h"
#include "cli/map.h"
#include "cli/passwords.h"
#include "formats/json_out.h"
#include "intake/intake.h"
#include "resolve/join.h"

#define TEXT_PROBLEMS 200
#define SAME_REASON 5 /* problems with one reason; more of them become a number */

static const char usage[] = "--authority ID [--reader NAME] [--map FILE] [--zone ZONE] [--owner PLATFORM:ID[=NAME]] [--password-file FILE] PATH…\n"
                            "       lastmile import --authorities TABLE.csv [options] FOLDER\n"
                            "       lastmile import --preview [--map FILE] [--reader NAME] [--zone ZONE] FILE\n"
                            "       lastmile import --map-template FILE";

/* --- the answer as JSON --- */

static void json_counts(struct lm_json_out *o, const struct lm_counts *c)
{
    lm_json_kv_u64(o, "seen", c->seen);
    lm_json_kv_u64(o, "kept", c->kept);
    lm_json_kv_u64(o, "duplicate", c->duplicate);
    lm_json_kv_u64(o, "held", c->held);
    lm_json_kv_u64(o, "rejected", c->rejected);
    lm_json_kv_u64(o, "facts", c->facts);
}

static void json_source(struct lm_json_out *o, const struct lm_intake_source *s)
{
    char hex[65];
    lm_json_object(o);
    lm_json_kv_str(o, "path", s->path);
    lm_json_kv_text(o, "reader", s->reader);
    json_counts(o, &s->counts);
    lm_json_kv_z(o, "sha256", s->has_sha256 ? lm_sha256_hex(&s->sha256, hex) : NULL);
    lm_json_kv_z(o, "state", lm_source_state_word(s->state));
    lm_json_kv_z(o, "container", lm_container_word(s->container));
    lm_json_kv_u64(o, "problems", s->counts.problems);
    lm_json_kv_str(o, "exhibit", s->exhibit);
    lm_json_object_end(o);
}

static void json_problems(struct lm_json_out *o, const struct lm_intake_result *r)
{
    lm_json_kv_u64(o, "problems", r->all_problems);
    lm_json_key(o, "problem_list");
    lm_json_array(o);
    for (size_t i = 0; i < r->n_problems; i++) {
        const struct lm_intake_problem *p = &r->problems[i];
        lm_json_object(o);
        lm_json_kv_str(o, "path", p->path);
        lm_json_kv_text(o, "reader", p->reader);
        lm_json_kv_z(o, "kind", lm_problem_kind_word(p->kind));
        lm_json_kv_z(o, "locator", p->locator[0] != '\0' ? p->locator : NULL);
        lm_json_kv_str(o, "reason", p->reason);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

static void json_sandbox(struct lm_json_out *o, const struct lm_intake_result *r)
{
    lm_json_key(o, "sandbox");
    lm_json_object(o);
    lm_json_kv_bool(o, "limits", r->ready.limits);
    lm_json_kv_bool(o, "no_new_privs", r->ready.no_new_privs);
    lm_json_kv_bool(o, "seccomp", r->ready.seccomp);
    lm_json_kv_bool(o, "landlock", r->ready.landlock);
    lm_json_object_end(o);
}

static void json_joined(struct lm_json_out *o, const struct lm_joined *j)
{
    lm_json_key(o, "occurrences");
    lm_json_object(o);
    lm_json_kv_bool(o, "ran", j->ran);
    lm_json_kv_bool(o, "anew", j->all);
    lm_json_kv_u64(o, "reports", j->reports);
    lm_json_kv_u64(o, "read", j->read);
    lm_json_kv_u64(o, "written", j->written);
    lm_json_object_end(o);
}

static void print_json(struct lm_cli *cli, const struct lm_intake_result *r, const struct lm_joined *j)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_key(&o, "sources");
    lm_json_array(&o);
    for (const struct lm_intake_source *s = r->sources; s != NULL; s = s->next)
        json_source(&o, s);
    lm_json_array_end(&o);
    lm_json_key(&o, "totals");
    lm_json_object(&o);
    json_counts(&o, &r->totals);
    lm_json_object_end(&o);
    json_problems(&o, r);
    json_joined(&o, j);
    if (r->sandboxed)
        json_sandbox(&o, r);
    if (r->has_map) {
        char hex[65];
        lm_json_kv_z(&o, "map_sha256", lm_sha256_hex(&r->map_sha256, hex));
    }
    if (r->nothing_read) {
        const struct lm_intake_problem *first = r->n_problems != 0 ? &r->problems[0] : NULL;
        lm_json_key(&o, "error");
        lm_json_object(&o);
        lm_json_kv_z(&o, "code", lm_err_name(LM_EINPUT));
        lm_json_kv_z(&o, "message", "nothing could be read");
        lm_json_kv_text(&o, "file", first != NULL ? first->path : (struct lm_str){ NULL, 0 });
        lm_json_kv_z(&o, "locator", first != NULL && first->locator[0] != '\0' ? first->locator : NULL);
        lm_json_kv_text(&o, "hint", first != NULL ? first->reason : (struct lm_str){ NULL, 0 });
        lm_json_object_end(&o);
    }
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

/* --- the answer as text --- */

static void text_row(struct lm_buf *b, const struct lm_counts *c, const char *reader, struct lm_str path)
{
    lm_buf_printf(b, "%9llu %9llu %9llu %9llu %9llu %9llu  %-20s ", (unsigned long long)c->seen, (unsigned long long)c->kept,
                  (unsigned long long)c->duplicate, (unsigned long long)c->held, (unsigned long long)c->rejected,
                  (unsigned long long)c->facts, reader);
    lm_terminal_put(b, path);
    lm_buf_putc(b, '\n');
}

/* How many of the first n problems have the reason of problem i. */
static uint64_t alike(const struct lm_intake_result *r, size_t i, size_t n)
{
    uint64_t k = 0;
    for (size_t j = 0; j < n; j++)
        k += lm_str_eq(r->problems[j].reason, r->problems[i].reason);
    return k;
}

static void text_problem(struct lm_buf *b, const struct lm_intake_problem *p)
{
    lm_buf_printf(b, "  %-8s ", lm_problem_kind_word(p->kind));
    lm_terminal_put(b, p->path);
    lm_buf_printf(b, ": %s%s", p->locator, p->locator[0] != '\0' ? ": " : "");
    lm_terminal_put(b, p->reason);
    lm_buf_putc(b, '\n');
}

static void print_text(struct lm_cli *cli, const struct lm_intake_result *r, const struct lm_joined *j)
{
    struct lm_buf *b = &cli->out;
    lm_buf_printf(b, "%9s %9s %9s %9s %9s %9s  %-20s %s\n", "seen", "kept", "duplicate", "held", "rejected", "facts", "reader",
                  "source");
    for (const struct lm_intake_source *s = r->sources; s != NULL; s = s->next) {
        char what[64];
        (void)snprintf(what, sizeof what, "%.*s", LM_STR_ARG(s->reader));
        if (s->reader.n == 0)
            (void)snprintf(what, sizeof what, "(%s)", s->container != LM_CONTAINER_NONE ? lm_container_word(s->container)
                                                                                        : lm_source_state_word(s->state));
        text_row(b, &s->counts, what, s->path);
    }
    text_row(b, &r->totals, "", LM_STR("all"));
    if (r->has_map) {
        char hex[65];
        lm_buf_printf(b, "\nTables read by the map %s, which is kept with the import.\n", lm_sha256_hex(&r->map_sha256, hex));
    }
    if (j->ran && j->reports != 0)
        lm_buf_printf(b, "\nMessages and calls that were compared across sources: %llu; %llu occurrences written%s\n",
                      (unsigned long long)j->read, (unsigned long long)j->written, j->all ? ", all anew" : "");
    if (r->all_problems != 0)
        lm_buf_printf(b, "\n%llu problems\n", (unsigned long long)r->all_problems);
    size_t shown = 0;
    for (size_t i = 0; i < r->n_problems; i++) {
        uint64_t before = alike(r, i, i);
        if (before < SAME_REASON && shown++ < TEXT_PROBLEMS)
            text_problem(b, &r->problems[i]);
        if (before == SAME_REASON) {
            lm_buf_printf(b, "  … %llu more: ", (unsigned long long)(alike(r, i, r->n_problems) - SAME_REASON));
            lm_terminal_put(b, r->problems[i].reason);
            lm_buf_putc(b, '\n');
        }
    }
    if (r->all_problems > r->n_problems)
        lm_buf_printf(b, "  … and %llu that are not listed\n", (unsigned long long)(r->all_problems - r->n_problems));
}

/* --- the work --- */

/* Which records report the same real event: brought up to date for the investigation of the authority. */
static lm_err join(struct lm_cli *cli, struct lm_store *st, struct lm_str authority, struct lm_log *log, struct lm_joined *ret)
{
    struct lm_authority a;
    lm_err err = lm_store_authority(st, &cli->run, authority, &a, &cli->error);
    if (err == LM_OK)
        err = lm_join(st, a.investigation, false, NULL, ret, &cli->error);
    if (err != LM_ELOCKED)
        return err;
    lm_log_line(log, "another import is running: it joins these records as well when it ends");
    cli->error = (struct lm_error){ 0 };
    return LM_OK;
}

static lm_err limits(const struct lm_args *args, struct lm_intake_options *o, struct lm_error *e)
{
    int64_t seconds = 0, mib = 0, gib = 0, members = 0, ratio = 0, depth = 0;
    lm_err err = lm_args_i64(args, "--time-limit", 1, 86400, o->proc.base_us / LM_SECOND_US, &seconds, e);
    if (err == LM_OK)
        err = lm_args_i64(args, "--memory-limit", 64, INT64_C(1) << 20, (int64_t)(o->proc.memory_bytes >> 20), &mib, e);
    if (err == LM_OK)
        err = lm_args_i64(args, "--unpack-limit", 1, INT64_C(1) << 20, (int64_t)(o->unpack.bytes >> 30), &gib, e);
    if (err == LM_OK)
        err = lm_args_i64(args, "--unpack-members", 1, INT64_C(100000000), (int64_t)o->unpack.members, &members, e);
    if (err == LM_OK)
        err = lm_args_i64(args, "--unpack-ratio", 1, 1000000, o->unpack.ratio, &ratio, e);
    if (err == LM_OK)
        err = lm_args_i64(args, "--unpack-depth", 1, 64, o->unpack.depth, &depth, e);
    if (err != LM_OK)
        return err;
    o->proc.base_us = seconds * LM_SECOND_US;
    o->proc.memory_bytes = (uint64_t)mib << 20;
    o->unpack.bytes = (uint64_t)gib << 30;
    o->unpack.members = (uint64_t)members;
    o->unpack.ratio = (uint32_t)ratio;
    o->unpack.depth = (uint32_t)depth;
    return LM_OK;
}

/* What an import and a preview have in common. */
static lm_err read_options(struct lm_cli *cli, const struct lm_args *args, struct lm_intake_options *o)
{
    const char *map = lm_args_get(args, "--map");
    lm_intake_defaults(o);
    o->reader = lm_str(lm_args_get(args, "--reader"));
    o->zone = lm_str(lm_args_get(args, "--zone"));
    o->owner = lm_str(lm_args_get(args, "--owner"));
    if (map != NULL) {
        const char *slash = strrchr(map, '/');
        o->map_name = lm_str(slash != NULL ? slash + 1 : map);
        lm_err err = lm_cli_map_load(cli, map, &o->proc.map);
        if (err != LM_OK)
            return err;
    }
    if (lm_args_get(args, "--password-file") != NULL) {
        lm_err err = lm_cli_passwords_load(cli, lm_args_get(args, "--password-file"), &o->proc.passwords);
        if (err != LM_OK)
            return err;
    }
    return limits(args, o, &cli->error);
}

/* The options, and the workspace open for writing. */
static lm_err begin(struct lm_cli *cli, const struct lm_args *args, struct lm_log *log, struct lm_intake_options *o, struct lm_store **ret)
{
    lm_err err = read_options(cli, args, o);
    if (err != LM_OK)
        return err;
    lm_log_init(log, STDERR_FILENO);
    struct lm_str spool = lm_arena_printf(&cli->run, "%s.d/spool", cli->workspace);
    if (spool.p == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    o->spool_parent = spool.p;
    o->log = log;
    return lm_cli_open_write(cli, ret);
}

static lm_err by_table(struct lm_cli *cli, const struct lm_args *args, const char *table)
{
    struct lm_log log;
    struct lm_intake_options o;
    struct lm_store *st;
    static const char *const of_the_table[] = { "--authority", "--zone", "--owner" };
    for (size_t i = 0; i < sizeof of_the_table / sizeof of_the_table[0]; i++)
        if (lm_args_get(args, of_the_table[i]) != NULL)
            return lm_fail(&cli->error, LM_EUSAGE, "%s stands in the table of authorities, for each exhibit", of_the_table[i]);
    if (args->n_operands != 1)
        return lm_fail(&cli->error, LM_EUSAGE, "import --authorities wants one folder, in which the table's paths lie");
    lm_err err = begin(cli, args, &log, &o, &st);
    if (err != LM_OK)
        return err;
    err = lm_cli_import_table(cli, st, table, args->operands[0], &o);
    lm_store_close(st);
    lm_os_unmap(o.proc.passwords);
    return err;
}

static lm_err import(struct lm_cli *cli, const struct lm_args *args, const char *authority, struct lm_intake_result *ret,
                     struct lm_joined *ret_joined)
{
    struct lm_log log;
    struct lm_intake_options o;
    struct lm_store *st;
    lm_err err = begin(cli, args, &log, &o, &st);
    if (err != LM_OK)
        return err;
    err = lm_intake_run(&cli->run, st, lm_str(authority), args->operands, args->n_operands, &o, ret, &cli->error);
    if (err == LM_OK)
        err = join(cli, st, lm_str(authority), &log, ret_joined);
    lm_store_close(st);
    lm_os_unmap(o.proc.passwords);
    if (err == LM_OK && ret->sandboxed && !(ret->ready.seccomp && ret->ready.landlock))
        lm_log_line(&log, "this kernel has no %s: readers ran with less around them",
                    ret->ready.seccomp ? "landlock" : ret->ready.landlock ? "seccomp" : "seccomp and no landlock");
    return err;
}

/* Nothing is written, so no workspace and no authority is asked for. */
static lm_err look_first(struct lm_cli *cli, const struct lm_args *args, bool make_map)
{
    struct lm_intake_options o;
    if (args->n_operands != 1)
        return lm_fail(&cli->error, LM_EUSAGE, "%s takes one file", make_map ? "--map-template" : "--preview");
    lm_err err = read_options(cli, args, &o);
    if (err != LM_OK)
        return err;
    return make_map ? lm_cli_map_template(cli, args->operands[0], &o) : lm_cli_preview(cli, args->operands[0], &o);
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    if (lm_args_get(args, "--map-template") != NULL || lm_args_get(args, "--preview") != NULL)
        return look_first(cli, args, lm_args_get(args, "--map-template") != NULL);
    const char *authority = lm_args_get(args, "--authority");
    struct lm_intake_result r = { 0 };
    struct lm_joined j = { 0 };
    if (cli->workspace == NULL)
        return lm_fail(&cli->error, LM_EUSAGE, "import wants a workspace: lastmile -w WORKSPACE import …");
    if (args->n_operands == 0)
        return lm_fail(&cli->error, LM_EUSAGE, "import wants a file or a folder");
    if (lm_args_get(args, "--authorities") != NULL)
        return by_table(cli, args, lm_args_get(args, "--authorities"));
    if (authority == NULL || authority[0] == '\0') {
        (void)lm_fail(&cli->error, LM_EDENIED, "nothing is imported without an authority");
        lm_fail_hint(&cli->error, "lastmile authority add enters one; import --authority ID names it");
        return LM_EDENIED;
    }
    lm_err err = import(cli, args, authority, &r, &j);
    if (err != LM_OK)
        return err;
    if (cli->json)
        print_json(cli, &r, &j);
    else
        print_text(cli, &r, &j);
    cli->problems = r.all_problems != 0;
    cli->refused = r.nothing_read;
    return LM_OK;
}

static const struct lm_option options[] = {
    { "--authority", "ID", "the legal basis, entered before with authority add" },
    { "--authorities", "TABLE.csv", "a person's table: each row is entered as an authority, its exhibit imported; docs/intake.md" },
    { "--reader", "NAME", "decides where two readers claim a file; see lastmile formats" },
    { "--map", "FILE", "what the columns of a table mean, or telegram, wire, wickr; see docs/maps.md" },
    { "--preview", NULL, "show the first ten records of one file as they would be read; nothing is written" },
    { "--map-template", NULL, "print a map to start from, guessed from the header of one file" },
    { "--zone", "ZONE", "the zone of local times, when a person knows it: America/Denver" },
    { "--owner", "PLATFORM:ID", "whose account or phone it is, when a person knows it; =NAME behind it: as shown in it" },
    { "--password-file", "FILE", "passwords for what is encrypted, one a line; never logged, never kept" },
    { "--time-limit", "SECONDS", "a reader's time for a source, plus a second per MiB (20)" },
    { "--memory-limit", "MIB", "a reader's memory (2048)" },
    { "--unpack-limit", "GIB", "what the containers of one exhibit may unpack to (64)" },
    { "--unpack-members", "N", "how many members they may hold (1000000)" },
    { "--unpack-ratio", "N", "times their own size, beyond 64 MiB (200)" },
    { "--unpack-depth", "N", "containers in containers (8)" },
    { 0 },
};

const struct lm_command lm_cmd_import = {
    .name = "import",
    .title = "bring evidence in under an authority",
    .usage = usage,
    .help = "A path is a file or a folder; each is one exhibit. Zip, tar, gz, bz2, xz and 7z are taken apart. The five\n"
            "counts are source records and close for every source: seen = kept + duplicate + held + rejected.\n"
            "Exit status: 0 done, 1 with problems (listed), 3 when nothing could be read.\n",
    .options = options,
    .run = run,
};
