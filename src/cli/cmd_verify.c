#include <stdio.h>

#include "cli/command.h"
#include "cli/look.h"
#include "base/log.h"
#include "base/terminal.h"
#include "formats/json_out.h"
#include "resolve/identify.h"
#include "resolve/join.h"

struct findings {
    struct lm_buf json; /* members of the array */
    struct lm_json_out o;
    struct lm_buf text;
};

/* The occurrences of every investigation, joined anew in memory and compared with what is stored. */
struct occurrences {
    struct lm_cli *cli;
    struct lm_str *ids; /* of the investigations */
    size_t n, cap;
    uint64_t wrong, identities_wrong;
    uint64_t stale;     /* investigations that were not compared: not up to date, or too much for the memory */
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

static lm_err take_investigation(void *user, const struct lm_investigation *i)
{
    struct occurrences *x = user;
    struct lm_str *list = lm_arena_grow(&x->cli->run, x->ids, x->n, &x->cap, sizeof *list);
    struct lm_str id = lm_arena_copy(&x->cli->run, i->id);
    if (list == NULL || id.p == NULL)
        return lm_fail(&x->cli->error, LM_ENOMEM, "out of memory");
    x->ids = list;
    list[x->n++] = id;
    return LM_OK;
}

static lm_err check_investigation(struct lm_store *st, struct lm_str id, struct occurrences *x, struct findings *f)
{
    struct lm_occurrence_state stored, now;
    struct lm_error *e = &x->cli->error;
    char detail[200];
    uint64_t wrong = 0;
    lm_err err = lm_store_occurrence_state(st, id, &stored, &now, e);
    if (err != LM_OK)
        return err;
    if (!lm_occurrences_current(&stored, &now)) {
        x->stale += stored.built || now.imports != 0; /* nothing was ever imported: nothing to compare */
        return LM_OK;
    }
    err = lm_join_check(st, id, &wrong, e);
    if (err == LM_ENOMEM || err == LM_ELIMIT) { /* more than this machine can hold: not checked is not damaged */
        x->stale++;
        (void)snprintf(detail, sizeof detail, "investigation %.*s: not checked: %.100s", LM_STR_ARG(lm_str_take(id, 60)),
                       e->message);
        return each(f, "occurrences", detail);
    }
    if (err != LM_OK || wrong == 0)
        return err;
    x->wrong += wrong;
    (void)snprintf(detail, sizeof detail, "investigation %.*s: %llu do not follow from the records that they stand for"
                                          " (occurrence rebuild joins them anew)", LM_STR_ARG(lm_str_take(id, 60)),
                   (unsigned long long)wrong);
    return each(f, "occurrences", detail);
}

/* Whose each account is, worked out again from what is stored. */
static lm_err check_identities(struct lm_store *st, struct lm_str id, struct occurrences *x, struct findings *f)
{
    struct lm_identity_state stored, now;
    char detail[200];
    uint64_t wrong = 0;
    lm_err err = lm_store_identity_state(st, id, &stored, &now, &x->cli->error);
    if (err != LM_OK || !stored.built || stored.revoked != now.revoked || stored.attributions != now.attributions
        || stored.event != now.event)
        return err; /* not brought up: nothing to compare */
    err = lm_identify_check(st, id, &wrong, &x->cli->error);
    if (err != LM_OK || wrong == 0)
        return err;
    x->identities_wrong += wrong;
    (void)snprintf(detail, sizeof detail, "investigation %.*s: %llu accounts are not the person's that follows from what is kept (resolve -i --anew"
                                          " works it out again)", LM_STR_ARG(lm_str_take(id, 60)), (unsigned long long)wrong);
    return each(f, "identities", detail);
}

static lm_err check_occurrences(struct lm_store *st, struct occurrences *x, struct findings *f)
{
    lm_err err = lm_store_investigations(st, take_investigation, x, &x->cli->error);
    for (size_t i = 0; i < x->n && err == LM_OK; i++)
        if ((err = check_investigation(st, x->ids[i], x, f)) == LM_OK)
            err = check_identities(st, x->ids[i], x, f);
    if (err == LM_OK && x->wrong != 0)
        err = lm_store_audit(st, "verify", LM_STR("occurrences"), "damaged", &x->cli->error);
    if (err == LM_OK && x->identities_wrong != 0)
        err = lm_store_audit(st, "verify", LM_STR("identities"), "damaged", &x->cli->error);
    return err;
}

static bool sound(const struct lm_verify *v, const struct occurrences *x)
{
    return lm_check_sound(v) && x->wrong == 0 && x->identities_wrong == 0;
}

static void print_json(struct lm_cli *cli, const struct lm_verify *v, const struct occurrences *x, const struct findings *f)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_bool(&o, "sound", sound(v, x));
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
    lm_json_kv_bool(&o, "occurrences_ok", x->wrong == 0);
    lm_json_kv_u64(&o, "occurrences_not_checked", x->stale);
    lm_json_kv_bool(&o, "identities_ok", x->identities_wrong == 0);
    lm_json_key(&o, "findings");
    lm_json_value(&o, lm_buf_str(&f->json));
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void print_text(struct lm_cli *cli, const struct lm_verify *v, const struct occurrences *x, const struct findings *f)
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
    lm_buf_printf(b, "occurrences  %s", x->wrong == 0 ? "as the records give them" : "CHANGED");
    if (x->stale != 0)
        lm_buf_printf(b, "; not checked in %llu %s (not up to date, or too many for the memory)",
                      (unsigned long long)x->stale, x->stale == 1 ? "investigation" : "investigations");
    lm_buf_printf(b, "\nidentities   %s\n", x->identities_wrong == 0 ? "as what is kept gives them" : "CHANGED");
    lm_buf_put(b, lm_buf_str(&f->text));
    lm_buf_printf(b, "audit head   %s\n", v->audit_head);
    lm_buf_put(b, sound(v, x) ? LM_STR("The workspace is sound. Keep the head: verify --head finds what is cut off later.\n")
                           : LM_STR("The workspace is DAMAGED.\n"));
}

static lm_err verify(struct lm_cli *cli, struct lm_store *st, struct lm_str head)
{
    struct findings f;
    struct lm_verify v;
    struct occurrences x = { .cli = cli };
    lm_buf_init(&f.json, (size_t)64 << 20);
    lm_buf_init(&f.text, (size_t)64 << 20);
    lm_json_out_init(&f.o, &f.json);
    lm_json_array(&f.o);
    lm_err err = lm_store_verify(st, head, &v, each, &f, &cli->error);
    if (err == LM_OK)
        err = check_occurrences(st, &x, &f);
    lm_json_array_end(&f.o);
    if (err == LM_OK && cli->json)
        print_json(cli, &v, &x, &f);
    else if (err == LM_OK)
        print_text(cli, &v, &x, &f);
    if (err == LM_OK)
        cli->damaged = !sound(&v, &x);
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
    .title = "hash exhibits again, walk the audit chain, close the counts, join the occurrences anew",
    .usage = "[--head HASH]",
    .help = "Exit status 4 when anything is damaged; what was found is listed.\n",
    .options = options,
    .run = run,
};
