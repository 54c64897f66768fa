#include <stdio.h>
#include <string.h>

#include "base/terminal.h"
#include "cli/rollup.h"
#include "formats/json_out.h"
#include "report/operation_rows.h"
#include "rollup/figure_out.h"
#include "rollup/revision.h"
#include "store/op_word.h"
#include "store/revision.h"

struct job {
    struct lm_cli *cli;
    const struct lm_args *args;
    struct lm_rollup_options *options;
    struct lm_filter f;
    struct lm_store *st;
    struct lm_json_out o;
    uint64_t n;
};

static lm_err number(struct job *j, size_t i, const char *what, int64_t *ret)
{
    const char *p = i < j->args->n_operands ? j->args->operands[i] : "";
    int64_t v = 0;
    for (; *p >= '0' && *p <= '9' && v < INT64_MAX / 10 - 1; p++)
        v = 10 * v + (*p - '0');
    if (*p != '\0' || v < 1)
        return lm_fail(&j->cli->error, LM_EUSAGE, "%s is a number from 1", what);
    *ret = v;
    return LM_OK;
}

/* The roll-up as it is now, as a document; printed: in the words of p. */
static lm_err now(struct job *j, struct lm_buf *document)
{
    struct lm_rollup r;
    lm_err err = lm_report_rollup(&j->cli->run, j->st, &j->f, j->options, &r, NULL, &j->cli->error);
    if (err != LM_OK)
        return err;
    struct lm_rollup_print p = { .rollup = &r, .options = j->options };
    lm_rollup_to_json(&p, document);
    return document->failed ? lm_fail(&j->cli->error, LM_ELIMIT, "the document is larger than 256 MiB") : LM_OK;
}

static void when_of(int64_t us, char out[LM_WHEN_TEXT])
{
    const struct lm_when w = { us, 0, LM_TIME_UTC };
    (void)lm_when_format(&w, out);
}

static lm_err put_revision(void *user, const struct lm_revision *r)
{
    struct job *j = user;
    char when[LM_WHEN_TEXT];
    when_of(r->frozen_us, when);
    j->cli->damaged = j->cli->damaged || !r->sound;
    if (!j->cli->json) {
        lm_buf_printf(&j->cli->out, "revision %lld  %s by ", (long long)r->number, when);
        (void)lm_terminal_put(&j->cli->out, r->by);
        lm_buf_printf(&j->cli->out, "  document %.12s…  key %.12s…  %s\n", r->sha256, r->public_key,
                      r->sound ? "signature good" : "NOT AS IT WAS SIGNED");
        j->n++;
        return LM_OK;
    }
    lm_json_object(&j->o);
    lm_json_kv_i64(&j->o, "revision", r->number);
    lm_json_kv_z(&j->o, "frozen", when);
    lm_json_kv_str(&j->o, "by", r->by);
    lm_json_kv_z(&j->o, "sha256", r->sha256);
    lm_json_kv_str(&j->o, "statement", r->statement);
    lm_json_kv_z(&j->o, "public_key", r->public_key);
    lm_json_kv_z(&j->o, "signature", r->signature);
    lm_json_kv_bool(&j->o, "sound", r->sound);
    lm_json_object_end(&j->o);
    return LM_OK;
}

static lm_err freeze(struct job *j)
{
    struct lm_buf document;
    struct lm_revision r;
    int64_t n = 0;
    lm_buf_init(&document, (size_t)256 << 20);
    lm_err err = now(j, &document);
    if (err == LM_OK)
        err = lm_store_freeze(j->st, &j->f, lm_buf_str(&document), &n, &j->cli->error);
    lm_buf_free(&document);
    if (err == LM_OK)
        err = lm_store_revision(j->st, &j->f, n, &j->cli->run, &r, &j->cli->error);
    if (err != LM_OK)
        return err;
    lm_json_key(&j->o, "frozen");
    err = put_revision(j, &r);
    if (!j->cli->json)
        lm_buf_printf(&j->cli->out, "public key  %s\nsignature   %s\n", r.public_key, r.signature);
    return err;
}

static lm_err revisions(struct job *j)
{
    lm_json_key(&j->o, "revisions");
    lm_json_array(&j->o);
    lm_err err = lm_store_revisions(j->st, &j->f, put_revision, j, &j->cli->error);
    lm_json_array_end(&j->o);
    if (err == LM_OK && !j->cli->json && j->n == 0)
        lm_buf_put(&j->cli->out, LM_STR("nothing was frozen yet\n"));
    return err;
}

static lm_err show(struct job *j)
{
    struct lm_revision r;
    int64_t n = 0;
    lm_err err = number(j, 1, "the revision", &n);
    if (err == LM_OK)
        err = lm_store_revision(j->st, &j->f, n, &j->cli->run, &r, &j->cli->error);
    if (err != LM_OK)
        return err;
    lm_json_key(&j->o, "revision");
    err = put_revision(j, &r);
    lm_json_key(&j->o, "document");
    lm_json_value(&j->o, lm_str_trim(r.document));
    if (!j->cli->json) {
        lm_buf_put(&j->cli->out, r.statement);
        lm_buf_put(&j->cli->out, r.document);
    }
    return err;
}

static lm_err compare(struct job *j)
{
    struct lm_revision before, after;
    struct lm_revision_change c;
    struct lm_buf document;
    int64_t from = 0, to = 0;
    lm_err err = number(j, 1, "the revision", &from);
    if (err == LM_OK && j->args->n_operands > 2)
        err = number(j, 2, "the later revision", &to);
    if (err == LM_OK)
        err = lm_store_revision(j->st, &j->f, from, &j->cli->run, &before, &j->cli->error);
    lm_buf_init(&document, (size_t)256 << 20);
    if (err == LM_OK)
        err = to != 0 ? lm_store_revision(j->st, &j->f, to, &j->cli->run, &after, &j->cli->error) : now(j, &document);
    if (err == LM_OK)
        err = lm_rollup_change(&j->cli->run, before.document, to != 0 ? after.document : lm_buf_str(&document), &c,
                               &j->cli->error);
    if (err == LM_OK) {
        j->cli->damaged = !before.sound || (to != 0 && !after.sound);
        lm_json_kv_i64(&j->o, "from", from);
        if (to != 0)
            lm_json_kv_i64(&j->o, "to", to);
        else
            lm_json_kv_null(&j->o, "to");
        lm_json_kv_bool(&j->o, "sound", !j->cli->damaged);
        lm_rollup_change_json(&c, &j->o);
        if (!j->cli->json && j->cli->damaged)
            lm_buf_put(&j->cli->out, LM_STR("A revision is NOT AS IT WAS SIGNED.\n"));
        if (!j->cli->json)
            lm_rollup_change_text(&c, &j->cli->out);
    }
    lm_buf_free(&document);
    return err;
}

/* --- judging --- */

static void said(struct job *j, int64_t judgement, const char *state)
{
    lm_json_kv_i64(&j->o, "judgement", judgement);
    lm_json_kv_z(&j->o, "state", state);
    if (!j->cli->json)
        lm_buf_printf(&j->cli->out, "judgement %lld is %s\n", (long long)judgement, state);
}

static lm_err judge(struct job *j)
{
    int64_t judgement = 0;
    if (j->args->n_operands != 3)
        return lm_fail(&j->cli->error, LM_EUSAGE, "two rows are named, as the roll-up prints them: \"seizures.csv row 7\"");
    lm_err err = lm_store_op_judge(j->st, j->f.investigation, strcmp(j->args->operands[0], "same") == 0,
                                   lm_str(j->args->operands[1]), lm_str(j->args->operands[2]),
                                   lm_str(lm_args_get(j->args, "--reason")), &judgement, &j->cli->error);
    if (err == LM_OK)
        said(j, judgement, "kept");
    return err;
}

static lm_err undo(struct job *j)
{
    int64_t judgement = 0;
    lm_err err = number(j, 1, "the judgement", &judgement);
    if (err == LM_OK)
        err = lm_store_op_unjudge(j->st, j->f.investigation, judgement, lm_str(lm_args_get(j->args, "--reason")),
                                  &j->cli->error);
    if (err == LM_OK)
        said(j, judgement, "withdrawn");
    return err;
}

static lm_err put_word(void *user, const struct lm_op_word_row *r)
{
    struct job *j = user;
    char when[LM_WHEN_TEXT];
    when_of(r->at_us, when);
    lm_json_object(&j->o);
    lm_json_kv_i64(&j->o, "judgement", r->judgement);
    lm_json_kv_bool(&j->o, "same", r->same);
    lm_json_kv_text(&j->o, "a", r->a);
    lm_json_kv_text(&j->o, "b", r->b);
    lm_json_kv_str(&j->o, "reason", r->reason);
    lm_json_kv_str(&j->o, "who", r->who);
    lm_json_kv_z(&j->o, "at", when);
    lm_json_object_end(&j->o);
    if (j->cli->json)
        return LM_OK;
    lm_buf_printf(&j->cli->out, "judgement %lld: %.*s and %.*s are %sthe same; %.*s, %s: ", (long long)r->judgement,
                  LM_STR_ARG(r->a), LM_STR_ARG(r->b), r->same ? "" : "not ", LM_STR_ARG(r->who), when);
    (void)lm_terminal_put(&j->cli->out, r->reason);
    lm_buf_putc(&j->cli->out, '\n');
    j->n++;
    return LM_OK;
}

static lm_err judgements(struct job *j)
{
    lm_json_key(&j->o, "judgements");
    lm_json_array(&j->o);
    lm_err err = lm_store_op_words(j->st, &j->f, put_word, j, &j->cli->error);
    lm_json_array_end(&j->o);
    if (err == LM_OK && !j->cli->json && j->n == 0)
        lm_buf_put(&j->cli->out, LM_STR("nobody has judged rows\n"));
    return err;
}

static const struct word {
    const char *name;
    size_t most; /* operands, the word itself included */
    bool writes, bound; /* bound: -i is required */
    lm_err (*act)(struct job *j);
} words[] = {
    { "freeze", 1, true, false, freeze },     { "revisions", 1, false, false, revisions },
    { "show", 2, false, false, show },        { "compare", 3, false, false, compare },
    { "same", 3, true, true, judge },         { "not_same", 3, true, true, judge },
    { "undo", 2, true, true, undo },          { "judgements", 1, false, false, judgements },
};

static lm_err act(struct job *j, const struct word *w)
{
    struct lm_buf text; /* what is written as JSON when text is wanted goes nowhere */
    lm_err err = w->bound ? lm_cli_look(j->cli, j->args, "rollup", &j->f) : lm_cli_look_any(j->cli, j->args, "rollup", &j->f);
    if (err == LM_OK)
        err = w->writes ? lm_cli_open_write(j->cli, &j->st) : lm_cli_open(j->cli, &j->st);
    if (err != LM_OK)
        return err;
    lm_buf_init(&text, (size_t)512 << 20);
    lm_json_out_init(&j->o, j->cli->json ? &j->cli->out : &text);
    lm_json_object(&j->o);
    err = w->act(j);
    lm_json_object_end(&j->o);
    if (j->cli->json)
        lm_buf_putc(&j->cli->out, '\n');
    lm_buf_free(&text);
    lm_store_close(j->st);
    return err;
}

lm_err lm_cli_rollup_word(struct lm_cli *cli, const struct lm_args *args, struct lm_rollup_options *options)
{
    struct job j = { .cli = cli, .args = args, .options = options };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(args->operands[0], words[i].name) != 0)
            continue;
        if (lm_args_get(args, "--table") != NULL || lm_args_get(args, "--published") != NULL)
            return lm_fail(&cli->error, LM_EUSAGE, "rollup %s takes no file", words[i].name);
        if (args->n_operands > words[i].most)
            return lm_fail(&cli->error, LM_EUSAGE, "rollup %s was given too many words", words[i].name);
        return act(&j, &words[i]);
    }
    return lm_fail(&cli->error, LM_EUSAGE, "rollup knows no word %.60s: freeze, revisions, show, compare, same, not_same, undo, "
                   "judgements; a file follows --table", args->operands[0]);
}
