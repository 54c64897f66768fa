#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "cli/network_timed.h"
#include "network/betweenness.h"
#include "network/compare.h"

#define TOP_DEFAULT 20
#define ROWS_DEFAULT 3
#define CLOSE 1e-9
#define BETWEENNESS_MOST 2e9 /* names × ties: beyond that it takes minutes */

struct period {
    struct lm_network_timed s;
    struct lm_graph graph;
    uint32_t names;       /* with a tie */
    double *score;        /* betweenness; NULL: too large */
    struct lm_ranks ranks;
};

struct move {
    uint32_t name;          /* index into compared.names */
    uint32_t before, after; /* ranks */
    bool beyond;            /* the ranges of both periods do not meet */
};

struct asked {
    struct lm_cli *cli;
    struct period p[2]; /* one source when it is cut at a moment: p[1].s borrows from p[0].s */
    bool cut;
    int64_t at_us;
    size_t top, rows;
    struct lm_compared c;
    struct move *moves;
    size_t n_moves;
};

/* --- who leads --- */

static lm_err measure(struct asked *x, struct period *p)
{
    struct lm_arena *a = &x->cli->run;
    lm_err err = lm_contacts_graph(a, &p->s.contacts, p->s.directed, &p->graph, &x->cli->error);
    if (err != LM_OK)
        return err;
    for (uint32_t v = 0; v < p->graph.n; v++)
        p->names += lm_degree(&p->graph.near, v) != 0;
    if ((double)p->graph.n * (double)p->graph.n_edges > BETWEENNESS_MOST)
        return LM_OK;
    err = lm_betweenness(a, &p->graph, p->s.directed, NULL, &p->score, &x->cli->error);
    if (err == LM_OK)
        err = lm_rank_ranges(a, &p->graph, p->s.directed, NULL, &p->ranks, &x->cli->error);
    return err;
}

static bool above(double x, double y)
{
    return x > y && x - y > CLOSE * fmax(fabs(x), fabs(y));
}

static int by_score(const void *x, const void *y)
{
    const double *p = x, *q = y;
    return *p > *q ? -1 : *p < *q;
}

/* ret: by vertex, 1 + those above it. */
static lm_err rank(struct asked *x, const struct period *p, uint32_t **ret)
{
    uint32_t n = p->graph.n;
    double *sorted = lm_arena_array(&x->cli->run, n, sizeof *sorted);
    uint32_t *rank = lm_arena_array(&x->cli->run, n, sizeof *rank);
    if (sorted == NULL || rank == NULL)
        return lm_fail(&x->cli->error, LM_ENOMEM, "no memory for the ranks");
    for (uint32_t v = 0; v < n; v++)
        sorted[v] = p->score[v];
    if (n > 1)
        qsort(sorted, n, sizeof *sorted, by_score);
    for (uint32_t v = 0; v < n; v++) {
        uint32_t low = 0, high = n;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (above(sorted[middle], p->score[v]))
                low = middle + 1;
            else
                high = middle;
        }
        rank[v] = low + 1;
    }
    *ret = rank;
    return LM_OK;
}

static uint32_t distance(const struct move *m)
{
    return m->before < m->after ? m->after - m->before : m->before - m->after;
}

static int by_distance(const void *x, const void *y)
{
    const struct move *p = x, *q = y;
    if (p->beyond != q->beyond)
        return p->beyond ? -1 : 1;
    if (distance(p) != distance(q))
        return distance(p) > distance(q) ? -1 : 1;
    return p->name < q->name ? -1 : p->name > q->name;
}

static lm_err find_moves(struct asked *x)
{
    const struct period *p = &x->p[0], *q = &x->p[1];
    uint32_t *before, *after;
    if (p->score == NULL || q->score == NULL)
        return LM_OK;
    lm_err err = rank(x, p, &before);
    if (err == LM_OK)
        err = rank(x, q, &after);
    if (err != LM_OK)
        return err;
    x->moves = lm_arena_array(&x->cli->run, x->c.n_kept, sizeof *x->moves);
    if (x->moves == NULL)
        return lm_fail(&x->cli->error, LM_ENOMEM, "no memory for the ranks");
    for (uint32_t i = 0; i < x->c.n; i++) {
        uint32_t v = x->c.names[i].before, w = x->c.names[i].after;
        if (v == LM_COMPARED_NONE || w == LM_COMPARED_NONE || before[v] == after[w])
            continue;
        bool ranges = p->ranks.runs != 0 && q->ranks.runs != 0;
        bool apart = ranges && (p->ranks.of[v].high < q->ranks.of[w].low || q->ranks.of[w].high < p->ranks.of[v].low);
        x->moves[x->n_moves++] = (struct move){ i, before[v], after[w], apart };
    }
    if (x->n_moves > 1)
        qsort(x->moves, x->n_moves, sizeof *x->moves, by_distance);
    return LM_OK;
}

static uint32_t first_by_degree(const struct lm_graph *g)
{
    uint32_t best = 0;
    for (uint32_t v = 1; v < g->n; v++)
        if (lm_graph_degree(g, v) > lm_graph_degree(g, best))
            best = v;
    return best;
}

static uint32_t first_by_betweenness(const struct period *p)
{
    uint32_t best = 0;
    for (uint32_t v = 1; v < p->graph.n; v++)
        if (above(p->score[v], p->score[best])
            || (!above(p->score[best], p->score[v]) && lm_graph_degree(&p->graph, v) > lm_graph_degree(&p->graph, best)))
            best = v;
    return best;
}

/* --- JSON --- */

static void json_period(struct asked *x, struct lm_json_out *o, const char *key, struct period *p)
{
    lm_json_key(o, key);
    lm_json_object(o);
    if (x->cut)
        lm_json_kv_null(o, "file");
    else
        lm_json_kv_z(o, "file", p->s.file);
    lm_json_kv_u64(o, "names", p->names);
    lm_json_kv_u64(o, "ties", p->graph.n_edges);
    lm_json_kv_u64(o, "contacts", p->s.contacts.m);
    lm_json_kv_double(o, "weight", p->graph.weight_sum);
    lm_json_key(o, "leads_by_degree");
    if (p->names == 0) {
        lm_json_null(o);
    } else {
        uint32_t v = first_by_degree(&p->graph);
        lm_json_object(o);
        lm_json_kv_str(o, "name", p->graph.names[v]);
        lm_json_kv_u64(o, "degree", lm_graph_degree(&p->graph, v));
        lm_json_object_end(o);
    }
    lm_json_key(o, "leads_by_betweenness");
    if (p->names == 0 || p->score == NULL) {
        lm_json_null(o);
    } else {
        uint32_t v = first_by_betweenness(p);
        lm_json_object(o);
        lm_json_kv_str(o, "name", p->graph.names[v]);
        lm_json_kv_double(o, "betweenness", p->score[v]);
        lm_network_json_rank(o, &p->ranks, v);
        lm_json_object_end(o);
    }
    lm_json_object_end(o);
}

/* evidence: the contacts of one period that make the tie. */
static lm_err json_ties(struct asked *x, struct lm_json_out *o, const char *key, struct period *p, bool after,
                        const struct lm_compared_tie *list, size_t n)
{
    struct lm_tie_rows *rows = NULL;
    size_t shown = n < x->top ? n : x->top;
    lm_err err = lm_network_timed_ties(&p->s, shown, &rows);
    lm_json_key(o, key);
    lm_json_array(o);
    for (size_t i = 0; i < shown && err == LM_OK; i++) {
        const struct lm_compared_name *a = &x->c.names[list[i].a], *b = &x->c.names[list[i].b];
        rows[i].a = after ? a->after : a->before;
        rows[i].b = after ? b->after : b->before;
    }
    if (err == LM_OK)
        err = lm_network_timed_gather(&p->s, rows, shown, p->s.directed, x->rows);
    for (size_t i = 0; i < shown && err == LM_OK; i++) {
        lm_json_object(o);
        lm_json_kv_str(o, "a", x->c.names[list[i].a].name);
        lm_json_kv_str(o, "b", x->c.names[list[i].b].name);
        lm_json_kv_double(o, "before", list[i].before);
        lm_json_kv_double(o, "after", list[i].after);
        err = lm_network_timed_json_rows(&p->s, o, &rows[i]);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    return err;
}

static void json_names(struct asked *x, struct lm_json_out *o, const char *key, bool gained)
{
    size_t shown = 0;
    lm_json_key(o, key);
    lm_json_array(o);
    for (size_t i = 0; i < x->c.n && shown < x->top; i++) {
        const struct lm_compared_name *n = &x->c.names[i];
        if (n->before == LM_COMPARED_NONE ? gained : n->after == LM_COMPARED_NONE && !gained) {
            lm_json_str(o, n->name);
            shown++;
        }
    }
    lm_json_array_end(o);
}

static void json_moves(struct asked *x, struct lm_json_out *o)
{
    lm_json_key(o, "rank_moves");
    lm_json_array(o);
    for (size_t i = 0; i < x->n_moves && i < x->top; i++) {
        const struct move *m = &x->moves[i];
        lm_json_object(o);
        lm_json_kv_str(o, "name", x->c.names[m->name].name);
        lm_json_kv_u64(o, "before", m->before);
        lm_json_kv_u64(o, "after", m->after);
        lm_json_kv_bool(o, "beyond_ranges", m->beyond);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

static lm_err json_answer(struct asked *x)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &x->cli->out);
    lm_json_object(&o);
    if (x->cut) {
        struct lm_when at = lm_network_timed_when(&x->p[0].s, x->at_us);
        lm_json_kv_when(&o, "at", &at);
    } else {
        lm_json_kv_null(&o, "at");
    }
    json_period(x, &o, "before", &x->p[0]);
    json_period(x, &o, "after", &x->p[1]);
    lm_json_kv_bool(&o, "same_ties", x->c.same_ties);
    lm_json_kv_bool(&o, "same_shape", x->c.same_shape);
    lm_json_kv_u64(&o, "names_kept", x->c.n_kept);
    lm_json_kv_u64(&o, "names_gained", x->c.n_gained);
    lm_json_kv_u64(&o, "names_lost", x->c.n_lost);
    lm_json_kv_u64(&o, "ties_kept", x->c.m_kept);
    lm_json_kv_u64(&o, "ties_gained", x->c.m_gained);
    lm_json_kv_u64(&o, "ties_lost", x->c.m_lost);
    json_names(x, &o, "gained_names", true);
    json_names(x, &o, "lost_names", false);
    lm_err err = json_ties(x, &o, "gained_ties", &x->p[1], true, x->c.gained, x->c.m_gained);
    if (err == LM_OK)
        err = json_ties(x, &o, "lost_ties", &x->p[0], false, x->c.lost, x->c.m_lost);
    if (err == LM_OK)
        err = json_ties(x, &o, "kept_ties", &x->p[1], true, x->c.kept, x->c.m_kept);
    json_moves(x, &o);
    lm_network_timed_json(&x->p[0].s, &o);
    lm_json_object_end(&o);
    lm_buf_putc(&x->cli->out, '\n');
    return err;
}

/* --- text --- */

static void text_period(struct asked *x, const char *word, struct period *p)
{
    struct lm_buf *b = &x->cli->out;
    lm_buf_printf(b, "%s: %" PRIu32 " names, %" PRIu64 " ties, %zu contacts", word, p->names, p->graph.n_edges, p->s.contacts.m);
    if (p->names != 0) {
        uint32_t v = first_by_degree(&p->graph);
        lm_buf_printf(b, "; most ties ");
        lm_terminal_put(b, p->graph.names[v]);
        lm_buf_printf(b, " (%" PRIu64 ")", lm_graph_degree(&p->graph, v));
    }
    if (p->names != 0 && p->score != NULL) {
        uint32_t v = first_by_betweenness(p);
        lm_buf_printf(b, ", highest betweenness ");
        lm_terminal_put(b, p->graph.names[v]);
        lm_buf_printf(b, " (%.1f", p->score[v]);
        if (p->ranks.runs != 0)
            lm_buf_printf(b, ", rank range %" PRIu32 "-%" PRIu32, p->ranks.of[v].low, p->ranks.of[v].high);
        lm_buf_putc(b, ')');
    }
    lm_buf_putc(b, '\n');
}

static lm_err text_ties(struct asked *x, const char *title, struct period *p, bool after, const struct lm_compared_tie *list,
                        size_t n)
{
    struct lm_buf *b = &x->cli->out;
    struct lm_tie_rows *rows = NULL;
    size_t shown = n < x->top ? n : x->top;
    lm_buf_printf(b, "\n%s: %zu\n", title, n);
    lm_err err = lm_network_timed_ties(&p->s, shown, &rows);
    for (size_t i = 0; i < shown && err == LM_OK; i++) {
        const struct lm_compared_name *m = &x->c.names[list[i].a], *o = &x->c.names[list[i].b];
        rows[i].a = after ? m->after : m->before;
        rows[i].b = after ? o->after : o->before;
    }
    if (err == LM_OK)
        err = lm_network_timed_gather(&p->s, rows, shown, p->s.directed, x->rows);
    for (size_t i = 0; i < shown && err == LM_OK; i++) {
        lm_buf_printf(b, "  ");
        lm_terminal_put(b, x->c.names[list[i].a].name);
        lm_buf_printf(b, p->s.directed ? " -> " : " - ");
        lm_terminal_put(b, x->c.names[list[i].b].name);
        lm_buf_printf(b, ": weight %g, then %g\n", list[i].before, list[i].after);
        err = lm_network_timed_text_rows(&p->s, b, &rows[i]);
    }
    if (n > shown)
        lm_buf_printf(b, "  and %zu more (--top)\n", n - shown);
    return err;
}

static lm_err text_answer(struct asked *x)
{
    struct lm_buf *b = &x->cli->out;
    char at[LM_WHEN_TEXT];
    if (x->cut) {
        struct lm_when w = lm_network_timed_when(&x->p[0].s, x->at_us);
        lm_buf_printf(b, "cut at %s\n", lm_when_format(&w, at));
    }
    text_period(x, "before", &x->p[0]);
    text_period(x, "after ", &x->p[1]);
    lm_buf_printf(b, "names: %zu kept, %zu gained, %zu lost; ties: %zu kept, %zu gained, %zu lost\n", x->c.n_kept, x->c.n_gained,
                  x->c.n_lost, x->c.m_kept, x->c.m_gained, x->c.m_lost);
    lm_err err = text_ties(x, "ties gained", &x->p[1], true, x->c.gained, x->c.m_gained);
    if (err == LM_OK)
        err = text_ties(x, "ties lost", &x->p[0], false, x->c.lost, x->c.m_lost);
    if (x->n_moves != 0)
        lm_buf_printf(b, "\nranks by betweenness that changed: %zu (* beyond what missing ties explain)\n", x->n_moves);
    for (size_t i = 0; i < x->n_moves && i < x->top; i++) {
        lm_buf_printf(b, "  %s ", x->moves[i].beyond ? "*" : " ");
        lm_terminal_put(b, x->c.names[x->moves[i].name].name);
        lm_buf_printf(b, ": %" PRIu32 ", then %" PRIu32 "\n", x->moves[i].before, x->moves[i].after);
    }
    lm_network_timed_text_foot(&x->p[0].s);
    return err;
}

/* --- the question --- */

static lm_err warn(struct asked *x)
{
    struct lm_warnings *w = &x->p[0].s.warnings;
    if (x->c.same_ties && x->c.m_kept != 0)
        lm_warn(w, "same_ties", "Both periods have the same ties: one may be a copy of the other.");
    if (x->c.same_shape)
        lm_warn(w, "same_shape", "The two periods have other names but the same shape (colour refinement): consistent with one period "
                                 "that was stored twice, once under new names. Check where the files come from.");
    if (x->p[0].score == NULL || x->p[1].score == NULL)
        lm_warn(w, "too_large", "Betweenness was not computed: names times ties are above two thousand million.");
    lm_warn(w, "coverage", "A tie that is lost may be one that was no longer recorded: compare what each period's sources cover.");
    return lm_network_timed_warned(&x->p[0].s);
}

static lm_err load(struct asked *x, const struct lm_args *args)
{
    const char *with = lm_args_get(args, "--with");
    struct lm_network_timed *s = &x->p[0].s, *t = &x->p[1].s;
    lm_err err = lm_network_time(x->cli, args, "--at", &x->at_us, &x->cut);
    if (err == LM_OK && x->cut == (with != NULL)) {
        err = lm_fail(&x->cli->error, LM_EUSAGE, "network compare wants two periods");
        lm_fail_hint(&x->cli->error, "--edges A.tsv --with B.tsv; or --at TIME, which cuts contacts that have times in two");
    }
    if (err == LM_OK && with != NULL && lm_args_get(args, "--edges") == NULL)
        err = lm_fail(&x->cli->error, LM_EUSAGE, "--with FILE goes with --edges FILE");
    if (err == LM_OK)
        err = lm_network_timed_load(x->cli, args, "compare", s);
    if (err != LM_OK || !x->cut)
        return err != LM_OK ? err : lm_network_timed_load_file(x->cli, with, s, t);
    *t = *s;
    t->held.look = NULL; /* the first period's */
    t->st = NULL;
    s->contacts = lm_contacts_window(&s->all, s->from_us, x->at_us);
    t->contacts = lm_contacts_window(&t->all, x->at_us, t->to_us);
    t->held = s->held;
    return LM_OK;
}

lm_err lm_network_compare(struct lm_cli *cli, const struct lm_args *args)
{
    struct asked x = { .cli = cli };
    int64_t top, rows;
    if (args->n_operands > 1)
        return lm_fail(&cli->error, LM_EUSAGE, "network compare takes no operands");
    lm_err err = lm_args_i64(args, "--top", 0, UINT32_MAX, TOP_DEFAULT, &top, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--rows", 0, INT32_MAX, ROWS_DEFAULT, &rows, &cli->error);
    if (err == LM_OK)
        err = load(&x, args);
    if (err != LM_OK)
        return err;
    x.top = (size_t)top;
    x.rows = (size_t)rows;
    err = measure(&x, &x.p[0]);
    if (err == LM_OK)
        err = measure(&x, &x.p[1]);
    if (err == LM_OK)
        err = lm_compare(&cli->run, &x.p[0].graph, &x.p[1].graph, &x.c, &cli->error);
    if (err == LM_OK)
        err = find_moves(&x);
    if (err == LM_OK)
        err = warn(&x);
    if (err == LM_OK)
        err = cli->json ? json_answer(&x) : text_answer(&x);
    err = lm_network_timed_end(&x.p[0].s, err);
    if (err != LM_OK)
        return err;
    lm_network_timed_say(&x.p[0].s);
    if (!x.cut)
        lm_network_timed_say(&x.p[1].s);
    return LM_OK;
}
