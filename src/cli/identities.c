#include "cli/identities.h"

#include "base/terminal.h"
#include "cli/show.h"

/* --- opening --- */

lm_err lm_identities_begin(struct lm_identities *t, struct lm_cli *cli, const struct lm_args *args, bool writes)
{
    *t = (struct lm_identities){ .cli = cli, .args = args };
    lm_err err = lm_cli_look(cli, args, "identity", &t->f);
    if (err == LM_OK)
        err = writes ? lm_cli_open_write(cli, &t->st) : lm_cli_open(cli, &t->st);
    lm_json_out_init(&t->o, &cli->out);
    if (err == LM_OK && cli->json)
        lm_json_object(&t->o);
    return err;
}

lm_err lm_identities_end(struct lm_identities *t, lm_err err)
{
    struct lm_identity_state stored, now;
    if (t->st == NULL)
        return err;
    if (err == LM_OK)
        err = lm_store_identity_state(t->st, t->f.investigation, &stored, &now, &t->cli->error);
    if (err == LM_OK) {
        bool current = stored.built && stored.account == now.account && stored.link == now.link && stored.event == now.event
                       && stored.revoked == now.revoked && stored.attributions == now.attributions;
        if (t->cli->json) {
            lm_json_kv_bool(&t->o, "current", current);
            lm_json_object_end(&t->o);
            lm_buf_putc(&t->cli->out, '\n');
        } else if (!current) {
            lm_buf_put(&t->cli->out, LM_STR("not up to date: resolve -i brings it up\n"));
        }
    }
    lm_store_close(t->st);
    return err;
}

lm_err lm_identities_account(struct lm_identities *t, size_t i, int64_t *ret)
{
    if (i >= t->args->n_operands)
        return lm_fail(&t->cli->error, LM_EUSAGE, "an account is missing: PLATFORM:ID, or an identifier that only one account has");
    return lm_store_account_find(t->st, &t->cli->run, t->f.investigation, lm_str(t->args->operands[i]), ret, &t->cli->error);
}

lm_err lm_identities_number(struct lm_identities *t, size_t i, const char *what, int64_t *ret)
{
    if (i < t->args->n_operands && lm_str_to_i64(lm_str(t->args->operands[i]), ret) && *ret > 0)
        return LM_OK;
    return lm_fail(&t->cli->error, LM_EUSAGE, "the number of a %s is missing", what);
}

/* --- lists --- */

void lm_identities_list(struct lm_identities *t, const char *key, const char *title)
{
    t->n = 0;
    if (t->cli->json) {
        lm_json_key(&t->o, key);
        lm_json_array(&t->o);
    } else if (title != NULL) {
        lm_buf_printf(&t->cli->out, "%s\n", title);
    }
}

void lm_identities_list_end(struct lm_identities *t, const char *none)
{
    if (t->cli->json)
        lm_json_array_end(&t->o);
    else if (t->n == 0 && none != NULL)
        lm_buf_printf(&t->cli->out, "%s\n", none);
}

void lm_identities_kv_us(struct lm_json_out *o, const char *key, int64_t us)
{
    struct lm_when w = { us, 0, us != 0 ? LM_TIME_UTC : LM_TIME_NONE };
    lm_json_kv_when(o, key, &w);
}

/* --- an edge --- */

static const char *fate_word(const struct lm_identity_edge_row *r)
{
    switch (r->fate) {
    case LM_EDGE_JOINS:
        return "joins";
    case LM_EDGE_APART:
        return "kept_apart";
    case LM_EDGE_BETWEEN:
        return "between_two_kept_apart";
    default:
        return "proposed";
    }
}

static const char *fate_said(const struct lm_identity_edge_row *r)
{
    switch (r->fate) {
    case LM_EDGE_JOINS:
        return r->bridge ? "joins; without it they fall apart" : "joins";
    case LM_EDGE_APART:
        return "joins nobody: the two are kept apart by a person's word or decision, or the quiet time between them is longer than a number rests";
    case LM_EDGE_BETWEEN:
        return "joins nobody: it lies on a way between two who are kept apart";
    default:
        return "proposed";
    }
}

static void json_edge(struct lm_json_out *o, const struct lm_identity_edge_row *r)
{
    static const char *const sides[2] = { "a_record", "b_record" };
    lm_json_object(o);
    lm_json_kv_i64(o, "edge", r->edge);
    lm_json_kv_z(o, "kind", lm_identity_kind_word(r->kind));
    lm_json_kv_str(o, "a", r->a_name);
    lm_json_kv_str(o, "b", r->b_name);
    lm_json_kv_i64(o, "a_person", r->a_person);
    lm_json_kv_i64(o, "b_person", r->b_person);
    lm_json_kv_bool(o, "masked", r->masked);
    lm_json_kv_text(o, "shared", r->shared);
    lm_json_kv_z(o, "fate", fate_word(r));
    lm_json_kv_bool(o, "bridge", r->bridge);
    if (r->kind == LM_IDENTITY_LIKENESS)
        lm_json_kv_double(o, "bits", r->bits);
    else
        lm_json_kv_null(o, "bits");
    lm_identities_kv_us(o, "added", r->added_us);
    for (int i = 0; i < 2; i++) {
        lm_json_key(o, sides[i]);
        lm_json_object(o);
        lm_json_kv_text(o, "exhibit", r->record[i].exhibit);
        lm_json_kv_text(o, "source", r->record[i].source);
        lm_json_kv_text(o, "locator", r->record[i].locator);
        lm_json_kv_text(o, "authority", r->record[i].authority);
        lm_json_object_end(o);
    }
    lm_json_object_end(o);
}

static void text_edge(struct lm_buf *b, const struct lm_identity_edge_row *r)
{
    lm_buf_printf(b, "%6lld  ", (long long)r->edge);
    lm_terminal_put(b, r->a_name);
    lm_buf_put(b, LM_STR(" = "));
    lm_terminal_put(b, r->b_name);
    if (r->kind == LM_IDENTITY_LIKENESS)
        lm_buf_printf(b, "  %.1f bits", r->bits);
    else
        lm_buf_printf(b, "  %s", r->kind == LM_IDENTITY_SIM ? "one SIM" : "one number of their own");
    if (r->shared.n != 0) {
        lm_buf_put(b, LM_STR(" "));
        lm_terminal_put(b, r->shared);
    }
    lm_buf_printf(b, "; %s\n", fate_said(r));
    for (int i = 0; i < 2; i++) {
        if (r->record[i].source.n == 0)
            continue;
        lm_buf_put(b, LM_STR("          "));
        lm_terminal_put(b, r->record[i].source);
        lm_buf_put(b, LM_STR(", "));
        lm_terminal_put(b, r->record[i].locator);
        lm_buf_printf(b, "  exhibit %.*s  authority ", LM_STR_ARG(lm_str_take(r->record[i].exhibit, 12)));
        lm_terminal_put(b, r->record[i].authority);
        lm_buf_putc(b, '\n');
    }
}

lm_err lm_identities_edge(void *user, const struct lm_identity_edge_row *r)
{
    struct lm_identities *t = user;
    t->n++;
    if (t->cli->json)
        json_edge(&t->o, r);
    else
        text_edge(&t->cli->out, r);
    return lm_show_pass_on(t->cli);
}

/* --- a person's word --- */

lm_err lm_identities_word(void *user, const struct lm_identity_word_row *r)
{
    struct lm_identities *t = user;
    struct lm_buf *b = &t->cli->out;
    struct lm_when said = { r->at_us, 0, LM_TIME_UTC };
    char at[LM_WHEN_TEXT];
    t->n++;
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_i64(&t->o, "judgement", r->judgement);
        lm_json_kv_str(&t->o, "verdict", r->verdict);
        lm_json_kv_str(&t->o, "a", r->a_name);
        lm_json_kv_str(&t->o, "b", r->b_name);
        lm_json_kv_bool(&t->o, "masked", r->masked);
        lm_json_kv_str(&t->o, "reason", r->reason);
        lm_json_kv_str(&t->o, "who", r->who);
        lm_json_kv_when(&t->o, "at", &said);
        lm_json_kv_text(&t->o, "withdrawn_by", r->withdrawn_by);
        lm_identities_kv_us(&t->o, "withdrawn", r->withdrawn_us);
        lm_json_object_end(&t->o);
        return lm_show_pass_on(t->cli);
    }
    lm_buf_printf(b, "%6lld  %.*s: ", (long long)r->judgement, LM_STR_ARG(r->verdict));
    lm_terminal_put(b, r->a_name);
    lm_buf_put(b, LM_STR(" and "));
    lm_terminal_put(b, r->b_name);
    lm_buf_printf(b, "  %s by ", lm_when_format(&said, at));
    lm_terminal_put(b, r->who);
    lm_buf_put(b, LM_STR(": "));
    lm_terminal_put(b, r->reason);
    lm_buf_put(b, r->withdrawn_us != 0 ? LM_STR("  (taken back)\n") : LM_STR("\n"));
    return lm_show_pass_on(t->cli);
}

/* --- what is known --- */

lm_err lm_identities_value(void *user, const struct lm_value_row *r)
{
    struct lm_identities *t = user;
    struct lm_buf *b = &t->cli->out;
    t->n++;
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_z(&t->o, "type", lm_identifier_type_word(r->type));
        lm_json_kv_str(&t->o, "value", r->value);
        lm_json_kv_bool(&t->o, "masked", r->masked);
        lm_json_kv_str(&t->o, "basis", r->basis);
        lm_json_kv_u64(&t->o, "records", r->records);
        lm_json_kv_str(&t->o, "exhibit", r->exhibit);
        lm_json_kv_str(&t->o, "source", r->source);
        lm_json_kv_text(&t->o, "locator", r->locator);
        lm_json_kv_str(&t->o, "authority", r->authority);
        lm_json_object_end(&t->o);
        return lm_show_pass_on(t->cli);
    }
    lm_buf_printf(b, "    %s ", lm_identifier_type_word(r->type));
    lm_terminal_put(b, r->value);
    lm_buf_printf(b, "  (%.*s, %llu)  ", LM_STR_ARG(r->basis), (unsigned long long)r->records);
    lm_terminal_put(b, r->source);
    lm_buf_put(b, LM_STR(", "));
    lm_terminal_put(b, r->locator);
    lm_buf_putc(b, '\n');
    return lm_show_pass_on(t->cli);
}
