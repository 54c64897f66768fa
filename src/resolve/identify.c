#include "resolve/identify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "model/form.h"
#include "resolve/likely.h"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- a component --- */

/* Two accounts with one number whose times exclude each other: the number may have been given away. */
static bool excluded(const struct lm_component *c, const struct lm_component_edge *x)
{
    const struct lm_component_account *a = &c->accounts[x->a], *b = &c->accounts[x->b];
    struct lm_holding first = { x->a, a->dated, a->first_us, a->last_us }, next = { x->b, b->dated, b->first_us, b->last_us };
    return !x->word && !lm_holdings_meet(&first, &next);
}

static bool unsure(const struct lm_component *c, const struct lm_component_edge *x)
{
    for (uint32_t i = 0; i < c->n_unsure; i++)
        if ((c->unsure[i][0] == x->a && c->unsure[i][1] == x->b) || (c->unsure[i][0] == x->b && c->unsure[i][1] == x->a))
            return true;
    return false;
}

lm_err lm_identify_component(struct lm_arena *a, const struct lm_component *c, struct lm_placed *ret, uint32_t *ret_contradictions,
                             struct lm_error *e)
{
    struct lm_identity_edge *edges = lm_arena_array(a, (size_t)c->n_edges + 1, sizeof *edges);
    struct lm_identity_apart *apart = lm_arena_array(a, (size_t)c->n_apart + c->n_edges + 1, sizeof *apart);
    int64_t *holder = lm_arena_array(a, (size_t)c->n + 1, sizeof *holder);
    uint32_t *of = lm_arena_array(a, (size_t)c->n_edges + 1, sizeof *of);
    uint8_t *fate = lm_arena_array(a, (size_t)c->n_edges + 1, sizeof *fate);
    bool *bridge = lm_arena_array(a, (size_t)c->n_edges + 1, sizeof *bridge);
    struct lm_identity_graph g = { .n = c->n, .edges = edges, .apart = apart, .holder = holder };
    if (edges == NULL || apart == NULL || holder == NULL || of == NULL || fate == NULL || bridge == NULL)
        return no_memory(e);
    for (uint32_t i = 0; i < c->n; i++)
        holder[i] = c->accounts[i].live ? c->accounts[i].holder : LM_HOLDER_NONE;
    for (uint32_t i = 0; i < c->n_apart; i++)
        apart[g.n_apart++] = (struct lm_identity_apart){ c->apart[i][0], c->apart[i][1], true };
    for (uint32_t i = 0; i < c->n_edges; i++) {
        const struct lm_component_edge *x = &c->edges[i];
        fate[i] = LM_EDGE_APART;
        if (excluded(c, x))
            apart[g.n_apart++] = (struct lm_identity_apart){ .a = x->a, .b = x->b };
        if (!x->word && unsure(c, x))
            continue; /* not kept apart, and joined by this edge neither */
        of[g.n_edges] = i;
        edges[g.n_edges++] = (struct lm_identity_edge){ .a = x->a, .b = x->b, .word = x->word };
    }
    if (lm_identity_sets(a, &g) != LM_OK)
        return no_memory(e);
    for (uint32_t i = 0; i < g.n_edges; i++) {
        fate[of[i]] = (uint8_t)edges[i].fate;
        bridge[of[i]] = edges[i].bridge;
    }
    *ret = (struct lm_placed){ c, g.set, fate, bridge };
    *ret_contradictions = g.contradictions;
    return LM_OK;
}

/* --- a run --- */

struct run {
    struct lm_store *st;
    struct lm_str investigation;
    struct lm_identity_reader *reader;
    struct lm_identity_writer *writer;
    struct lm_arena a, part; /* the run's; one component's */
    struct lm_map seen;      /* accounts that are placed already */
    int64_t *touched;
    size_t n_touched, cap_touched;
    struct lm_holder_row *held; /* of all identifiers; read to the end before anything is written */
    size_t n_held, cap_held;
    struct lm_identified n;
    struct lm_error *e;
};

static lm_err touch(void *user, int64_t account)
{
    struct run *r = user;
    int64_t *more = lm_arena_grow(&r->a, r->touched, r->n_touched, &r->cap_touched, sizeof *more);
    if (more == NULL)
        return no_memory(r->e);
    r->touched = more;
    more[r->n_touched++] = account;
    return LM_OK;
}

static lm_err on_holder(void *user, const struct lm_holder_row *h)
{
    struct run *r = user;
    struct lm_holder_row *more = lm_arena_grow(&r->a, r->held, r->n_held, &r->cap_held, sizeof *more);
    if (more == NULL)
        return no_memory(r->e);
    r->held = more;
    bool same = r->n_held != 0 && more[r->n_held - 1].kind == h->kind && lm_str_eq(more[r->n_held - 1].key, h->key);
    more[r->n_held] = *h;
    more[r->n_held].key = same ? more[r->n_held - 1].key : lm_arena_copy(&r->a, h->key);
    return more[r->n_held++].key.p != NULL ? LM_OK : no_memory(r->e);
}

/* Fifteen digits are a device's number as well; those whose last one fits as its check digit are left alone. */
static lm_err is_sim(struct run *r, struct lm_str key, bool *ret)
{
    struct lm_form_context c = LM_FORM_CONTEXT_NONE;
    struct lm_form f;
    c.wish = LM_FORM_KEYS_ONLY;
    lm_arena_reset(&r->part);
    lm_err err = lm_form_of(&r->part, NULL, &c, LM_FORM_DEVICE, key, &f);
    *ret = err == LM_OK && f.kind == LM_FORM_IMSI && f.standing == LM_FORM_VALID;
    return err == LM_OK ? err : no_memory(r->e);
}

/* The holders of one identifier: an edge between each two. */
static lm_err edges_of(struct run *r, const struct lm_holder_row *h, size_t n)
{
    bool takes = h->kind == LM_IDENTITY_ACCOUNT_NUMBER;
    lm_err err = takes ? LM_OK : is_sim(r, h->key, &takes);
    if (err != LM_OK || !takes || n < 2)
        return err;
    r->n.most = n > r->n.most ? (uint32_t)n : r->n.most;
    r->n.too_many += n > LM_HOLDERS_MOST;
    for (size_t i = 0; i < n && n <= LM_HOLDERS_MOST && err == LM_OK; i++) {
        err = touch(r, h[i].account);
        for (size_t k = i + 1; k < n && err == LM_OK; k++) {
            struct lm_new_edge x = { .kind = h->kind, .a = h[i].account, .b = h[k].account, .identifier = h->identifier };
            bool fresh = false;
            err = lm_identity_put(r->writer, &x, &fresh, r->e);
            r->n.edges += fresh;
        }
    }
    return err;
}

static lm_err put_edges(struct run *r)
{
    lm_err err = LM_OK;
    for (size_t i = 0, to; i < r->n_held && err == LM_OK; i = to) {
        for (to = i + 1; to < r->n_held && r->held[to].key.p == r->held[i].key.p; to++)
            continue;
        err = edges_of(r, r->held + i, to - i);
    }
    return err;
}

static lm_err mark_seen(struct run *r, const struct lm_component *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        uint64_t *at;
        if (lm_map_put(&r->seen, (struct lm_str){ (const char *)&c->accounts[i].id, sizeof c->accounts[i].id }, 1, &at, NULL) != LM_OK)
            return no_memory(r->e);
    }
    return LM_OK;
}

static void count(struct run *r, const struct lm_placed *p)
{
    const struct lm_component *c = p->component;
    uint32_t *size = lm_arena_array(&r->part, (size_t)c->n + 1, sizeof *size);
    r->n.accounts += c->n;
    for (uint32_t i = 0; i < c->n_edges; i++)
        r->n.apart += p->fate[i] != LM_EDGE_JOINS;
    for (uint32_t i = 0; i < c->n && size != NULL; i++)
        if (++size[p->set[i]] > r->n.largest)
            r->n.largest = size[p->set[i]];
}

/* What these accounts are connected with, placed; *ret_contradictions: judgements that speak against each other in it. */
static lm_err place(struct run *r, const int64_t *accounts, size_t n, uint32_t *ret_contradictions)
{
    struct lm_component c;
    struct lm_placed p;
    lm_arena_reset(&r->part);
    lm_err err = lm_store_component(r->reader, &r->part, accounts, n, &c, r->e);
    if (err == LM_OK)
        err = mark_seen(r, &c);
    if (err == LM_OK)
        err = lm_identify_component(&r->part, &c, &p, ret_contradictions, r->e);
    if (err == LM_OK)
        err = lm_identity_place(r->writer, &p, &r->n.changed, r->e);
    if (err == LM_OK)
        count(r, &p);
    return err;
}

static lm_err place_touched(struct run *r)
{
    lm_err err = LM_OK;
    uint32_t contradictions = 0;
    for (size_t i = 0; i < r->n_touched && err == LM_OK; i++)
        if (lm_map_get(&r->seen, (struct lm_str){ (const char *)&r->touched[i], sizeof r->touched[i] }) == NULL)
            err = place(r, &r->touched[i], 1, &contradictions);
    return err;
}

static lm_err begin(struct run *r, struct lm_store *st, struct lm_str investigation, bool whole, struct lm_error *e)
{
    *r = (struct run){ .st = st, .investigation = investigation, .e = e };
    lm_arena_init(&r->a, (size_t)2 << 30);
    lm_arena_init(&r->part, 0);
    lm_map_init(&r->seen, &r->a);
    lm_err err = lm_identity_reader_open(st, investigation, &r->reader, e);
    return err == LM_OK ? lm_identity_begin(st, investigation, whole, &r->writer, e) : err;
}

static lm_err end(struct run *r, const struct lm_identity_state *state, const char *done, lm_err err)
{
    lm_identity_reader_close(r->reader);
    if (r->writer != NULL)
        err = lm_identity_end(r->writer, state, done, err, r->e);
    lm_arena_free(&r->part);
    lm_arena_free(&r->a);
    return err;
}

static lm_err run(struct run *r, bool anew, struct lm_identity_state *ret_now)
{
    struct lm_identity_state stored, none = { 0 };
    lm_err err = lm_store_identity_state(r->st, r->investigation, &stored, ret_now, r->e);
    if (err != LM_OK)
        return err;
    bool all = anew || !stored.built || stored.revoked != ret_now->revoked || stored.attributions != ret_now->attributions;
    err = lm_store_holders(r->st, r->investigation, anew ? &none : &stored, on_holder, r, r->e);
    if (err == LM_OK)
        err = put_edges(r);
    if (err == LM_OK)
        err = lm_store_touched(r->st, r->investigation, &stored, all, touch, r, r->e);
    if (err == LM_OK)
        err = place_touched(r);
    if (err == LM_OK && (all || stored.link != ret_now->link))
        err = lm_likely(r->st, r->investigation, r->writer, &r->n.likenesses, &r->n.likenesses_ended, r->e);
    return err;
}

lm_err lm_identify(struct lm_store *st, struct lm_str investigation, bool anew, struct lm_identified *ret, struct lm_error *e)
{
    struct run r;
    struct lm_identity_state now = { 0 };
    char done[200];
    lm_err err = begin(&r, st, investigation, false, e);
    if (err == LM_OK)
        err = run(&r, anew, &now);
    (void)snprintf(done, sizeof done, "looked at %llu accounts: %llu new edges, %llu join nobody, %llu accounts changed person, %llu proposals",
                   (unsigned long long)r.n.accounts, (unsigned long long)r.n.edges, (unsigned long long)r.n.apart,
                   (unsigned long long)r.n.changed, (unsigned long long)r.n.likenesses);
    struct lm_identified n = r.n;
    err = end(&r, &now, done, err);
    if (err == LM_OK)
        *ret = n;
    return err;
}

/* --- a person's word --- */

struct word {
    enum lm_identity_verdict verdict;
    const struct lm_account_pair_of *pairs;
    size_t n;
    struct lm_str reason;
    int64_t split; /* the person whose first account is taken out; 0: none */
};

static lm_err say(struct run *r, const struct word *x, int64_t *ret_judgement)
{
    uint32_t contradictions = 0;
    lm_err err = lm_identity_judge(r->writer, x->verdict, x->pairs, x->n, x->reason, ret_judgement, r->e);
    for (size_t i = 0; i < x->n && err == LM_OK; i++) {
        err = touch(r, x->pairs[i].a);
        if (err == LM_OK)
            err = touch(r, x->pairs[i].b);
    }
    if (err == LM_OK && x->split != 0) /* the number stays with the others */
        err = lm_identity_follow(r->writer, x->split, x->pairs[0].a, x->pairs[0].b, r->e);
    if (err == LM_OK)
        err = place(r, r->touched, r->n_touched, &contradictions);
    if (err == LM_OK && contradictions != 0 && x->verdict != LM_VERDICT_UNSURE) {
        err = lm_fail(r->e, LM_EUSAGE, "that contradicts what persons have said or decided before: by those words the two %s",
                      x->verdict == LM_VERDICT_SAME ? "are kept apart" : "are one person");
        lm_fail_hint(r->e, "judge list and attribution list show who said what; judge undo N --reason takes a judgement back");
    }
    return err;
}

static lm_err say_whole(struct lm_store *st, struct lm_str investigation, const struct word *x, int64_t *ret_judgement, uint64_t *ret_changed,
                        struct lm_error *e)
{
    struct run r;
    lm_err err = begin(&r, st, investigation, true, e);
    if (err == LM_OK)
        err = say(&r, x, ret_judgement);
    uint64_t changed = r.n.changed;
    err = end(&r, NULL, NULL, err);
    if (err == LM_OK)
        *ret_changed = changed;
    return err;
}

lm_err lm_identify_judge(struct lm_store *st, struct lm_str investigation, enum lm_identity_verdict verdict,
                         const struct lm_account_pair_of *pairs, size_t n, struct lm_str reason, int64_t *ret_judgement,
                         uint64_t *ret_changed, struct lm_error *e)
{
    const struct word x = { verdict, pairs, n, reason, 0 };
    return say_whole(st, investigation, &x, ret_judgement, ret_changed, e);
}

lm_err lm_identify_unjudge(struct lm_store *st, struct lm_str investigation, int64_t judgement, struct lm_str reason,
                           uint64_t *ret_changed, struct lm_error *e)
{
    struct run r;
    uint32_t contradictions = 0;
    lm_err err = begin(&r, st, investigation, true, e);
    if (err == LM_OK)
        err = lm_identity_unjudge(r.writer, judgement, reason, touch, &r, e);
    if (err == LM_OK)
        err = place(&r, r.touched, r.n_touched, &contradictions);
    uint64_t changed = r.n.changed;
    err = end(&r, NULL, NULL, err);
    if (err == LM_OK)
        *ret_changed = changed;
    return err;
}

lm_err lm_identify_split(struct lm_store *st, struct lm_str investigation, int64_t person, int64_t account, struct lm_str reason,
                         int64_t *ret_judgement, uint64_t *ret_changed, struct lm_error *e)
{
    struct lm_arena a;
    struct lm_identity_reader *r = NULL;
    struct lm_component c = { 0 };
    struct lm_account_pair_of *pairs = NULL;
    size_t n = 0;
    bool member = false;
    lm_arena_init(&a, 0);
    lm_err err = lm_identity_reader_open(st, investigation, &r, e);
    if (err == LM_OK)
        err = lm_store_component(r, &a, &account, 1, &c, e);
    lm_identity_reader_close(r);
    if (err == LM_OK && (pairs = lm_arena_array(&a, (size_t)c.n + 1, sizeof *pairs)) == NULL)
        err = no_memory(e);
    for (uint32_t i = 0; i < c.n && err == LM_OK; i++) {
        member = member || (c.accounts[i].id == account && c.accounts[i].person == person);
        if (c.accounts[i].person == person && c.accounts[i].id != account)
            pairs[n++] = (struct lm_account_pair_of){ account, c.accounts[i].id };
    }
    if (err == LM_OK && !member)
        err = lm_fail(e, LM_ENOTFOUND, "the account is not one of person %lld's", (long long)person);
    else if (err == LM_OK && n == 0)
        err = lm_fail(e, LM_EUSAGE, "person %lld has only this account", (long long)person);
    const struct word x = { LM_VERDICT_NOT_SAME, pairs, n, reason, person };
    if (err == LM_OK)
        err = say_whole(st, investigation, &x, ret_judgement, ret_changed, e);
    lm_arena_free(&a);
    return err;
}

/* --- for verify --- */

struct check {
    struct lm_identity_reader *reader;
    struct lm_arena a, part;
    struct lm_map seen;
    uint64_t wrong;
    struct lm_error *e;
};

/* Members of one set are one person's, those of two sets are not (but for a person who was decided). */
static uint64_t wrong_in(struct check *k, const struct lm_placed *p)
{
    const struct lm_component *c = p->component;
    struct lm_map set_of;
    uint64_t wrong = 0;
    lm_map_init(&set_of, &k->part);
    for (uint32_t i = 0; i < c->n; i++) {
        const struct lm_component_account *x = &c->accounts[i];
        uint64_t *at;
        if (x->person == 0) {
            uint32_t mates = 0;
            for (uint32_t o = 0; o < c->n && x->live; o++)
                mates += o != i && p->set[o] == p->set[i] && c->accounts[o].live;
            wrong += mates != 0;
            continue;
        }
        wrong += !x->live;
        if (lm_map_put(&set_of, (struct lm_str){ (const char *)&x->person, sizeof x->person }, p->set[i], &at, NULL) == LM_OK)
            wrong += *at != p->set[i] && x->holder != x->person;
    }
    return wrong;
}

static lm_err check_account(void *user, int64_t account)
{
    struct check *k = user;
    struct lm_component c;
    struct lm_placed p;
    uint32_t contradictions;
    if (lm_map_get(&k->seen, (struct lm_str){ (const char *)&account, sizeof account }) != NULL)
        return LM_OK;
    lm_arena_reset(&k->part);
    lm_err err = lm_store_component(k->reader, &k->part, &account, 1, &c, k->e);
    for (uint32_t i = 0; i < c.n && err == LM_OK; i++) {
        uint64_t *at;
        if (lm_map_put(&k->seen, (struct lm_str){ (const char *)&c.accounts[i].id, sizeof c.accounts[i].id }, 1, &at, NULL) != LM_OK)
            err = no_memory(k->e);
    }
    if (err == LM_OK)
        err = lm_identify_component(&k->part, &c, &p, &contradictions, k->e);
    if (err == LM_OK)
        k->wrong += wrong_in(k, &p);
    return err;
}

lm_err lm_identify_check(struct lm_store *st, struct lm_str investigation, uint64_t *ret_wrong, struct lm_error *e)
{
    struct check k = { .e = e };
    struct lm_identity_state none = { 0 };
    lm_arena_init(&k.a, (size_t)2 << 30);
    lm_arena_init(&k.part, 0);
    lm_map_init(&k.seen, &k.a);
    lm_err err = lm_identity_reader_open(st, investigation, &k.reader, e);
    if (err == LM_OK)
        err = lm_store_touched(st, investigation, &none, true, check_account, &k, e);
    lm_identity_reader_close(k.reader);
    lm_arena_free(&k.part);
    lm_arena_free(&k.a);
    if (err == LM_OK)
        *ret_wrong = k.wrong;
    return err;
}
