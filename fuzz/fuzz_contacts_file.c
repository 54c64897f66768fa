/* fuzz_contacts_file.c - a table of contacts of any bytes, then everything that is asked of contacts.
 *
 * Besides not crashing: indices lie inside the names, problems lie inside the text, the order is one, a chain holds together,
 * and what chance explains is a share. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "network/burst.h"
#include "network/common.h"
#include "network/compare.h"
#include "network/contacts_file.h"
#include "network/path.h"
#include "network/temporal.h"
#include "network/turnover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_file(const struct lm_contacts_file *r, size_t size)
{
    require(r->n > 0 && r->n_names > 0 && r->n_problems <= r->n_damaged && r->n + r->n_damaged <= r->n_rows);
    for (size_t i = 0; i < r->n; i++) {
        const struct lm_timed_contact *x = &r->list[i];
        require(x->from < r->n_names && x->to < r->n_names && x->weight > 0 && isfinite(x->weight) && x->row <= r->n_rows);
    }
    for (size_t i = 0; i < r->n_names; i++)
        require(r->names[i].n > 0 && lm_utf8_valid_prefix(r->names[i]) == r->names[i].n);
    for (size_t i = 0; i < r->n_problems; i++)
        require(r->problems[i].byte <= size && r->problems[i].line >= 1 && r->problems[i].line <= r->n_rows);
}

static void check_chain(const struct lm_contacts *c, const struct lm_chain *p, int64_t wait_us)
{
    for (uint32_t i = 0; p->found && i < p->n; i++) {
        const struct lm_timed_contact *x = &c->list[p->contacts[i]];
        require((x->from == p->names[i] && x->to == p->names[i + 1]) || (x->to == p->names[i] && x->from == p->names[i + 1]));
        if (i > 0) {
            int64_t gap = x->at.us - c->list[p->contacts[i - 1]].at.us;
            require(gap > 0 && gap <= wait_us);
        }
    }
}

static void check_paths(struct lm_arena *a, const struct lm_contacts *c, bool directed)
{
    const int64_t waits[] = { LM_WAIT_ANY, 3600 * LM_SECOND_US };
    uint32_t to = (uint32_t)c->n - 1;
    for (size_t i = 0; i < 2; i++) {
        struct lm_temporal_wish w = { directed, waits[i], 3 };
        struct lm_chain p;
        struct lm_temporal_back *back;
        struct lm_temporal_reach *reach;
        size_t n;
        require(lm_temporal_earliest(a, c, 0, to, &w, &p, NULL) == LM_OK);
        check_chain(c, &p, waits[i]);
        require(lm_temporal_before(a, c, to, INT64_MAX, &w, &back, &reach, &n, NULL) == LM_OK);
        for (size_t k = 0; k < n && k < 8; k++) {
            require(lm_temporal_chain(a, back, &reach[k], &p, NULL) == LM_OK && p.n > 0 && p.n <= reach[k].hops && p.n <= 3);
            check_chain(c, &p, waits[i]);
        }
    }
}

static void check_rest(struct lm_arena *a, const struct lm_contacts *c)
{
    struct lm_graph g;
    struct lm_path p, q;
    struct lm_bursts bursts;
    struct lm_turnover t;
    struct lm_compared compared;
    struct lm_commons common;
    const uint32_t asked[] = { 0, (uint32_t)c->n - 1 };
    struct lm_contacts half = lm_contacts_window(c, INT64_MIN, 0);
    require(lm_contacts_graph(a, c, false, &g, NULL) == LM_OK);
    require(lm_path_fewest(a, &g, asked[0], asked[1], &p, NULL) == LM_OK);
    require(lm_path_strongest(a, &g, asked[0], asked[1], &q, NULL) == LM_OK);
    require(p.found == q.found && (!p.found || (q.n >= p.n && q.weakest >= p.weakest)));
    require(c->n < 2 || lm_commons_find(a, &g, asked, 2, 100, &common, NULL) == LM_OK);
    require(lm_bursts_find(a, c, 1, NULL, &bursts, NULL) == LM_OK);
    for (size_t i = 0; i < bursts.n; i++)
        require(bursts.list[i].share > 0 && bursts.list[i].share <= 1 && bursts.list[i].first <= bursts.list[i].last);
    require(lm_turnover_find(a, c, INT64_MIN, INT64_MAX, LM_DAY_US, &t, NULL) == LM_OK);
    for (size_t i = 0; i < t.n_handsets; i++)
        require(t.handsets[i].score > 0 && t.handsets[i].score <= 1 + 1e-9 && t.handsets[i].false_share >= 0);
    struct lm_graph h;
    require(lm_contacts_graph(a, &half, false, &h, NULL) == LM_OK && lm_compare(a, &h, &g, &compared, NULL) == LM_OK);
    require(compared.m_kept + compared.m_gained == g.n_edges && compared.m_kept + compared.m_lost == h.n_edges);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_arena a;
    struct lm_contacts_file r;
    struct lm_contacts c;
    struct lm_error e;
    if (size > 65536)
        return 0;
    lm_arena_init(&a, (size_t)1 << 30);
    if (lm_contacts_parse(&a, (struct lm_str){ (const char *)data, size }, &r, &e) == LM_OK) {
        check_file(&r, size);
        require(lm_contacts_order(&a, r.names, r.n_names, r.list, r.n, true, &c, NULL) == LM_OK);
        require(c.dated <= c.m && c.m + c.self == r.n);
        for (size_t i = 1; i < c.dated; i++)
            require(c.list[i - 1].at.us <= c.list[i].at.us);
        check_paths(&a, &c, false);
        check_paths(&a, &c, true);
        check_rest(&a, &c);
    }
    lm_arena_free(&a);
    return 0;
}
