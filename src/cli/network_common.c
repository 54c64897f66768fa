#include <inttypes.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "cli/network_timed.h"
#include "network/common.h"

#define TOP_DEFAULT 20
#define CAP_DEFAULT 100
#define ROWS_DEFAULT 3

struct asked {
    struct lm_network_timed s;
    uint32_t *names;
    size_t n, top, rows;
    uint32_t cap;
    struct lm_graph graph;
    struct lm_commons found;
    struct lm_tie_rows *evidence; /* of the i-th common contact with the k-th name: [i * n + k] */
    size_t n_shown;
};

static lm_err find_evidence(struct asked *x)
{
    x->n_shown = x->found.n < x->top ? x->found.n : x->top;
    lm_err err = lm_network_timed_ties(&x->s, x->n_shown * x->n, &x->evidence);
    for (size_t i = 0; err == LM_OK && i < x->n_shown; i++)
        for (size_t k = 0; k < x->n; k++) {
            x->evidence[i * x->n + k].a = x->found.list[i].vertex;
            x->evidence[i * x->n + k].b = x->names[k];
        }
    return err == LM_OK ? lm_network_timed_gather(&x->s, x->evidence, x->n_shown * x->n, false, x->rows) : err;
}

/* --- JSON --- */

static lm_err json_common(struct asked *x, struct lm_json_out *o, size_t i)
{
    const struct lm_common *c = &x->found.list[i];
    lm_err err = LM_OK;
    lm_json_object(o);
    lm_json_kv_str(o, "name", x->s.all.names[c->vertex]);
    lm_json_kv_u64(o, "of", c->n_of);
    lm_json_kv_u64(o, "others", c->others);
    lm_json_kv_double(o, "weight", c->weight);
    lm_json_kv_bool(o, "capped", c->capped);
    lm_json_key(o, "with");
    lm_json_array(o);
    for (size_t k = 0; k < x->n && err == LM_OK; k++) {
        const struct lm_tie_rows *v = &x->evidence[i * x->n + k];
        if (v->n == 0)
            continue;
        lm_json_object(o);
        lm_json_kv_str(o, "name", x->s.all.names[x->names[k]]);
        err = lm_network_timed_json_rows(&x->s, o, v);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
    return err;
}

static lm_err json_answer(struct asked *x)
{
    struct lm_json_out o;
    lm_err err = LM_OK;
    lm_json_out_init(&o, &x->s.cli->out);
    lm_json_object(&o);
    lm_json_key(&o, "names");
    lm_json_array(&o);
    for (size_t i = 0; i < x->n; i++)
        lm_json_str(&o, x->s.all.names[x->names[i]]);
    lm_json_array_end(&o);
    lm_json_kv_u64(&o, "cap", x->cap);
    lm_json_kv_u64(&o, "common", x->found.n);
    lm_json_kv_u64(&o, "capped", x->found.n_capped);
    lm_json_key(&o, "list");
    lm_json_array(&o);
    for (size_t i = 0; i < x->n_shown && err == LM_OK; i++)
        err = json_common(x, &o, i);
    lm_json_array_end(&o);
    lm_json_key(&o, "pairs");
    lm_json_array(&o);
    for (size_t i = 0; i < x->found.n_pairs; i++) {
        const struct lm_common_pair *p = &x->found.pairs[i];
        lm_json_object(&o);
        lm_json_kv_str(&o, "a", x->s.all.names[x->names[p->a]]);
        lm_json_kv_str(&o, "b", x->s.all.names[x->names[p->b]]);
        lm_json_kv_u64(&o, "shared", p->shared);
        lm_json_kv_u64(&o, "capped", p->capped);
        lm_json_kv_double(&o, "weight", p->weight);
        lm_json_kv_bool(&o, "direct", p->direct);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_network_timed_json(&x->s, &o);
    lm_json_object_end(&o);
    lm_buf_putc(&x->s.cli->out, '\n');
    return err;
}

/* --- text --- */

static lm_err text_common(struct asked *x, size_t i)
{
    struct lm_buf *b = &x->s.cli->out;
    const struct lm_common *c = &x->found.list[i];
    lm_err err = LM_OK;
    lm_buf_printf(b, "\n  ");
    lm_terminal_put(b, x->s.all.names[c->vertex]);
    lm_buf_printf(b, ": of %" PRIu32 ", in contact with %" PRIu32 " others, weight %.3f%s\n", c->n_of, c->others, c->weight,
                  c->capped ? " (more than the cap: joins nobody)" : "");
    for (size_t k = 0; k < x->n && err == LM_OK; k++)
        err = lm_network_timed_text_rows(&x->s, b, &x->evidence[i * x->n + k]);
    return err;
}

static lm_err text_answer(struct asked *x)
{
    struct lm_buf *b = &x->s.cli->out;
    lm_err err = LM_OK;
    lm_network_timed_text_head(&x->s);
    lm_buf_printf(b, "\n%zu common contacts; %zu of them have more than %" PRIu32 " others and join nobody (--cap)\n", x->found.n,
                  x->found.n_capped, x->cap);
    for (size_t i = 0; i < x->found.n_pairs; i++) {
        const struct lm_common_pair *p = &x->found.pairs[i];
        lm_buf_printf(b, "  ");
        lm_terminal_put(b, x->s.all.names[x->names[p->a]]);
        lm_buf_printf(b, " and ");
        lm_terminal_put(b, x->s.all.names[x->names[p->b]]);
        lm_buf_printf(b, ": %" PRIu32 " shared, weight %.3f%s\n", p->shared, p->weight, p->direct ? ", and in contact themselves" : "");
    }
    for (size_t i = 0; i < x->n_shown && err == LM_OK; i++)
        err = text_common(x, i);
    if (x->found.n > x->n_shown)
        lm_buf_printf(b, "\nand %zu more (--top)\n", x->found.n - x->n_shown);
    lm_network_timed_text_foot(&x->s);
    return err;
}

static lm_err answer(struct asked *x, const struct lm_args *args)
{
    struct lm_cli *cli = x->s.cli;
    lm_err err = LM_OK;
    x->names = lm_arena_array(&cli->run, args->n_operands, sizeof *x->names);
    if (x->names == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the names");
    for (size_t i = 1; i < args->n_operands && err == LM_OK; i++) {
        err = lm_network_timed_name(&x->s, args->operands[i], &x->names[x->n]);
        for (size_t k = 0; k < x->n && err == LM_OK; k++)
            if (x->names[k] == x->names[x->n])
                err = lm_fail(&cli->error, LM_EUSAGE, "%.200s is named twice", args->operands[i]);
        x->n++;
    }
    if (err == LM_OK)
        err = lm_contacts_graph(&cli->run, &x->s.contacts, false, &x->graph, &cli->error);
    if (err == LM_OK)
        err = lm_commons_find(&cli->run, &x->graph, x->names, x->n, x->cap, &x->found, &cli->error);
    return err == LM_OK ? find_evidence(x) : err;
}

lm_err lm_network_common(struct lm_cli *cli, const struct lm_args *args)
{
    struct asked x = { .n = 0 };
    int64_t top, cap, rows;
    if (args->n_operands < 3)
        return lm_fail(&cli->error, LM_EUSAGE, "network common wants two names or more");
    lm_err err = lm_args_i64(args, "--top", 0, UINT32_MAX, TOP_DEFAULT, &top, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--cap", 1, UINT32_MAX, CAP_DEFAULT, &cap, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--rows", 0, INT32_MAX, ROWS_DEFAULT, &rows, &cli->error);
    if (err == LM_OK)
        err = lm_network_timed_load(cli, args, "common", &x.s);
    if (err != LM_OK)
        return err;
    x.top = (size_t)top;
    x.cap = (uint32_t)cap;
    x.rows = (size_t)rows;
    err = answer(&x, args);
    if (err == LM_OK)
        err = lm_network_timed_warned(&x.s);
    if (err == LM_OK)
        err = cli->json ? json_answer(&x) : text_answer(&x);
    err = lm_network_timed_end(&x.s, err);
    if (err == LM_OK)
        lm_network_timed_say(&x.s);
    return err;
}
