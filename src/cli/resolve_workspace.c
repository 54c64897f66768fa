#include "cli/resolve_workspace.h"

#include "base/terminal.h"
#include "cli/identities.h"
#include "cli/show.h"
#include "resolve/likely.h"

/* --- up to date --- */

static lm_err bring_up(struct lm_identities *t)
{
    struct lm_identified n = { 0 };
    lm_err err = lm_identify(t->st, t->f.investigation, lm_args_get(t->args, "--anew") != NULL, &n, &t->cli->error);
    if (err != LM_OK)
        return err;
    if (!t->cli->json) {
        lm_buf_printf(&t->cli->out, "%llu accounts looked at: %llu new edges, %llu join nobody because something speaks against it, %llu accounts"
                                    " are another person's now; at most %u accounts of one person\n",
                      (unsigned long long)n.accounts, (unsigned long long)n.edges, (unsigned long long)n.apart, (unsigned long long)n.changed,
                      n.largest);
        lm_buf_printf(&t->cli->out, "%llu proposals are new or changed, %llu have ended: resolve list\n", (unsigned long long)n.likenesses,
                      (unsigned long long)n.likenesses_ended);
        if (n.too_many != 0)
            lm_buf_printf(&t->cli->out, "%llu identifiers have more than %d holders, one has %u: they join nobody\n",
                          (unsigned long long)n.too_many, LM_HOLDERS_MOST, n.most);
        return LM_OK;
    }
    lm_json_key(&t->o, "resolved");
    lm_json_object(&t->o);
    lm_json_kv_u64(&t->o, "accounts", n.accounts);
    lm_json_kv_u64(&t->o, "edges", n.edges);
    lm_json_kv_u64(&t->o, "apart", n.apart);
    lm_json_kv_u64(&t->o, "changed", n.changed);
    lm_json_kv_u64(&t->o, "largest", n.largest);
    lm_json_kv_u64(&t->o, "too_many_holders", n.too_many);
    lm_json_kv_u64(&t->o, "most_holders", n.most);
    lm_json_kv_u64(&t->o, "proposals", n.likenesses);
    lm_json_kv_u64(&t->o, "proposals_ended", n.likenesses_ended);
    lm_json_object_end(&t->o);
    return LM_OK;
}

static lm_err list(struct lm_identities *t)
{
    struct lm_identity_edge_query q = { .proposals = true };
    int64_t limit = 0, offset = 0;
    lm_err err = lm_args_i64(t->args, "--limit", 0, INT64_MAX, 0, &limit, &t->cli->error);
    if (err == LM_OK)
        err = lm_args_i64(t->args, "--offset", 0, INT64_MAX, 0, &offset, &t->cli->error);
    if (err != LM_OK)
        return err;
    q.limit = (uint64_t)limit;
    q.offset = (uint64_t)offset;
    lm_identities_list(t, "proposals", NULL);
    err = lm_store_identity_edges(t->st, &t->f, &q, lm_identities_edge, t, &t->cli->error);
    lm_identities_list_end(t, "nothing is proposed");
    return err;
}

/* --- why --- */

struct pair {
    struct lm_component c;
    struct lm_placed p;
    uint32_t at[2];
    bool one;
};

/* The shortest way of edges that join from the one to the other: previous[account] is an edge, UINT32_MAX none. */
static uint32_t *way(struct lm_arena *a, const struct pair *x)
{
    const struct lm_component *c = &x->c;
    uint32_t *by = lm_arena_array(a, (size_t)c->n + 1, sizeof *by), *queue = lm_arena_array(a, (size_t)c->n + 1, sizeof *queue);
    uint32_t n = 1;
    if (by == NULL || queue == NULL)
        return NULL;
    for (uint32_t i = 0; i < c->n; i++)
        by[i] = UINT32_MAX;
    queue[0] = x->at[0];
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < c->n_edges; k++) {
            const struct lm_component_edge *e = &c->edges[k];
            uint32_t to = e->a == queue[i] ? e->b : e->a;
            if ((e->a != queue[i] && e->b != queue[i]) || x->p.fate[k] != LM_EDGE_JOINS || to == x->at[0] || by[to] != UINT32_MAX)
                continue;
            by[to] = k;
            queue[n++] = to;
        }
    return by;
}

static lm_err load(struct lm_identities *t, int64_t a, int64_t b, struct pair *x)
{
    struct lm_identity_reader *r = NULL;
    const int64_t both[2] = { a, b };
    uint32_t contradictions;
    lm_err err = lm_identity_reader_open(t->st, t->f.investigation, &r, &t->cli->error);
    if (err == LM_OK)
        err = lm_store_component(r, &t->cli->run, both, 2, &x->c, &t->cli->error);
    lm_identity_reader_close(r);
    if (err == LM_OK)
        err = lm_identify_component(&t->cli->run, &x->c, &x->p, &contradictions, &t->cli->error);
    for (uint32_t i = 0; i < x->c.n && err == LM_OK; i++)
        for (int k = 0; k < 2; k++)
            if (x->c.accounts[i].id == both[k])
                x->at[k] = i;
    if (err == LM_OK)
        x->one = x->p.set[x->at[0]] == x->p.set[x->at[1]] && x->c.accounts[x->at[0]].live && x->c.accounts[x->at[1]].live;
    return err;
}

/* What stands on the shortest way from the one to the other; between two who are not one: what was said of these two. */
static lm_err show_way(struct lm_identities *t, const struct pair *x, bool words)
{
    const uint32_t *by = way(&t->cli->run, x);
    lm_err err = by != NULL ? LM_OK : lm_fail(&t->cli->error, LM_ENOMEM, "out of memory");
    for (uint32_t v = x->at[1], to; err == LM_OK; v = to) {
        bool hop = x->one && v != x->at[0] && by[v] != UINT32_MAX;
        const struct lm_component_edge *e = hop ? &x->c.edges[by[v]] : NULL;
        struct lm_identity_edge_query q = { .a = x->c.accounts[hop ? e->a : x->at[0]].id, .b = x->c.accounts[hop ? e->b : x->at[1]].id,
                                            .joins = hop };
        if (!hop && x->one)
            break;
        if (words && (!hop || e->edge == 0))
            err = lm_store_identity_words(t->st, &t->f, q.a, q.b, lm_identities_word, t, &t->cli->error);
        else if (!words && (!hop || e->edge != 0))
            err = lm_store_identity_edges(t->st, &t->f, &q, lm_identities_edge, t, &t->cli->error);
        if (!hop)
            break;
        to = e->a == v ? e->b : e->a;
    }
    return err;
}

static lm_err show_edges(struct lm_identities *t, const struct pair *x)
{
    lm_identities_list(t, "edges", x->one ? "records on the shortest way from the one to the other" : "what records say of these two");
    lm_err err = show_way(t, x, false);
    lm_identities_list_end(t, "  none");
    return err;
}

static lm_err show_words(struct lm_identities *t, const struct pair *x)
{
    lm_identities_list(t, "judgements", x->one ? "what persons said on that way" : "what persons said of these two");
    lm_err err = show_way(t, x, true);
    lm_identities_list_end(t, "  nothing");
    return err;
}

static lm_err on_field(void *user, const struct lm_likely_field *f)
{
    struct lm_identities *t = user;
    struct lm_buf *b = &t->cli->out;
    t->n++;
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_str(&t->o, "field", f->name);
        lm_json_kv_text(&t->o, "a", f->a);
        lm_json_kv_text(&t->o, "b", f->b);
        if (f->level != NULL)
            lm_json_kv_z(&t->o, "agreement", f->level);
        else
            lm_json_kv_null(&t->o, "agreement");
        lm_json_kv_double(&t->o, "bits", f->bits);
        lm_json_object_end(&t->o);
        return LM_OK;
    }
    lm_buf_printf(b, "  %-10.*s %+6.1f bits  ", LM_STR_ARG(f->name), f->bits);
    lm_terminal_put(b, f->a.n != 0 ? f->a : LM_STR("not known"));
    lm_buf_put(b, LM_STR(" / "));
    lm_terminal_put(b, f->b.n != 0 ? f->b : LM_STR("not known"));
    lm_buf_printf(b, "  %s\n", f->level != NULL ? f->level : "says nothing");
    return LM_OK;
}

/* Values of masked accounts are not compared in sight. */
static lm_err show_likeness(struct lm_identities *t, int64_t a, int64_t b, bool masked)
{
    double before = 0, bits = 0;
    bool known = false;
    lm_identities_list(t, "fields", "how alike they are");
    lm_err err = LM_OK;
    if (!masked) {
        err = lm_likely_explain(t->st, t->f.investigation, a, b, on_field, t, &before, &bits, &t->cli->error);
        known = err == LM_OK;
        err = err == LM_ENOTFOUND ? LM_OK : err;
    }
    lm_identities_list_end(t, masked ? "  (masked)" : "  nothing to compare");
    if (t->cli->json && err == LM_OK) {
        if (known) {
            lm_json_kv_double(&t->o, "before", before);
            lm_json_kv_double(&t->o, "bits", bits);
        } else {
            lm_json_kv_null(&t->o, "before");
            lm_json_kv_null(&t->o, "bits");
        }
    } else if (known) {
        lm_buf_printf(&t->cli->out, "  %-10s %+6.1f bits  that two accounts of this investigation are one person's at all\n  %-10s %+6.1f bits\n",
                      "before", before, "together", bits);
    }
    return err;
}

static lm_err show_values(struct lm_identities *t, const char *key, const char *title, int64_t account)
{
    lm_identities_list(t, key, title);
    lm_err err = lm_store_account_values(t->st, &t->f, account, lm_identities_value, t, &t->cli->error);
    lm_identities_list_end(t, "    nothing");
    return err;
}

/* What would change the answer. */
static const char *otherwise(const struct pair *x)
{
    const struct lm_component *c = &x->c;
    for (uint32_t i = 0; i < c->n_apart; i++)
        if ((c->apart[i][0] == x->at[0] && c->apart[i][1] == x->at[1]) || (c->apart[i][0] == x->at[1] && c->apart[i][1] == x->at[0]))
            return "a person said that they are not the same: taking that back (judge undo)";
    if (x->one)
        return "a person's word that they are not the same (judge not_same, person split)";
    if (!c->accounts[x->at[0]].live || !c->accounts[x->at[1]].live)
        return "one of them is named by no record under a live authority of this investigation";
    for (uint32_t i = 0; i < c->n_edges; i++)
        if (((c->edges[i].a == x->at[0] && c->edges[i].b == x->at[1]) || (c->edges[i].a == x->at[1] && c->edges[i].b == x->at[0]))
            && x->p.fate[i] != LM_EDGE_JOINS)
            return "what keeps them apart: a judgement, a decision whose number it is, or quiet time; a person's word (judge same) overrules the last";
    return "a person's word that they are the same (judge same), or a record that gives both one number of their own or one SIM";
}

static lm_err on_value_masked(void *user, const struct lm_value_row *r)
{
    bool *masked = user;
    *masked = *masked || r->masked;
    return LM_OK;
}

static lm_err any_masked(struct lm_identities *t, const int64_t accounts[2], bool *ret)
{
    lm_err err = LM_OK;
    *ret = false;
    for (int i = 0; i < 2 && err == LM_OK; i++)
        err = lm_store_account_values(t->st, &t->f, accounts[i], on_value_masked, ret, &t->cli->error);
    return err;
}

static lm_err explain(struct lm_identities *t)
{
    int64_t of[2] = { 0, 0 };
    struct pair x = { .one = false };
    bool masked = false;
    lm_err err = lm_identities_account(t, 1, &of[0]);
    if (err == LM_OK)
        err = lm_identities_account(t, 2, &of[1]);
    if (err == LM_OK && of[0] == of[1])
        err = lm_fail(&t->cli->error, LM_EUSAGE, "both are the same account");
    if (err == LM_OK)
        err = load(t, of[0], of[1], &x);
    if (err == LM_OK)
        err = any_masked(t, of, &masked);
    if (err != LM_OK)
        return err;
    if (t->cli->json) {
        lm_json_kv_bool(&t->o, "same", x.one);
        lm_json_kv_z(&t->o, "otherwise", otherwise(&x));
    } else {
        lm_buf_printf(&t->cli->out, "%s\nwhat would change that: %s\n", x.one ? "They are one person's." : "They are not said to be one person's.",
                      otherwise(&x));
    }
    err = show_edges(t, &x);
    if (err == LM_OK)
        err = show_words(t, &x);
    if (err == LM_OK)
        err = show_likeness(t, of[0], of[1], masked);
    if (err == LM_OK)
        err = show_values(t, "a", "the first", of[0]);
    return err == LM_OK ? show_values(t, "b", "the second", of[1]) : err;
}

lm_err lm_cli_resolve_workspace(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_identities t = { .cli = cli };
    struct lm_str word = args->n_operands != 0 ? lm_str(args->operands[0]) : (struct lm_str){ NULL, 0 };
    bool lists = lm_str_eq(word, LM_STR("list")), explains = lm_str_eq(word, LM_STR("explain"));
    if (args->n_operands != 0 && !(lists && args->n_operands == 1) && !(explains && args->n_operands == 3))
        return lm_fail(&cli->error, LM_EUSAGE, "resolve on a workspace: -i ID, list -i ID, or explain A B -i ID");
    lm_err err = lm_identities_begin(&t, cli, args, args->n_operands == 0);
    if (err == LM_OK)
        err = lists ? list(&t) : explains ? explain(&t) : bring_up(&t);
    return lm_identities_end(&t, err);
}
