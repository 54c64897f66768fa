/* links.c - what is linked, on whose word: seizures by the laboratory's profile id, and by nothing else; firearms by
 * NIBIN's leads, its hits, and eTrace's first purchasers, each kept apart.
 */
#include "rollup/internal.h"

/* Results with one profile id, chained in row order. */
struct profiles {
    struct lm_map map;
    struct lm_buf key;
    uint32_t *next, *last; /* of result rows; last, by the first of a chain */
    uint32_t *heads;
    size_t n;
    uint32_t *seizure; /* of a result row; ROW_NONE */
    uint32_t *mark, stamp; /* of a seizure row: the walk that saw it */
};

static lm_err no_memory(struct work *w)
{
    return lm_fail(w->e, LM_ENOMEM, "out of memory");
}

static lm_err chain(struct work *w, struct profiles *p, uint32_t i)
{
    uint64_t *head;
    bool fresh;
    lm_buf_clear(&p->key);
    (void)lm_rollup_fold(&p->key, w->rows.v[i].op.profile);
    if (p->key.failed || lm_map_put(&p->map, lm_buf_str(&p->key), i, &head, &fresh) != LM_OK)
        return no_memory(w);
    p->next[i] = ROW_NONE;
    if (fresh)
        p->heads[p->n++] = i;
    else
        p->next[p->last[*head]] = i;
    p->last[*head] = i;
    return LM_OK;
}

/* The seizures of a chain, each once; *ret_n of them into out. */
static size_t seizures_of(const struct work *w, struct profiles *p, uint32_t head, struct lm_str *out)
{
    size_t n = 0;
    p->stamp++;
    for (uint32_t i = head; i != ROW_NONE; i = p->next[i]) {
        if (p->seizure[i] == ROW_NONE || p->mark[p->seizure[i]] == p->stamp)
            continue;
        p->mark[p->seizure[i]] = p->stamp;
        if (out != NULL)
            out[n] = w->rows.v[p->seizure[i]].ref;
        n++;
    }
    return n;
}

static lm_err one_profile(struct work *w, struct profiles *p, uint32_t head, struct lm_profile_link *ret)
{
    struct lm_profile_link l = { .profile = w->rows.v[head].op.profile, .n_seizures = seizures_of(w, p, head, NULL) };
    size_t results = 0;
    for (uint32_t i = head; i != ROW_NONE; i = p->next[i])
        results++;
    struct lm_str *rows = lm_arena_array(w->a, results, sizeof *rows);
    struct lm_str *seizures = lm_arena_array(w->a, l.n_seizures, sizeof *seizures);
    if (rows == NULL || seizures == NULL)
        return no_memory(w);
    for (uint32_t i = head; i != ROW_NONE; i = p->next[i]) {
        rows[l.n_results++] = w->rows.v[i].ref;
        l.several_agencies |= !lm_str_eq_nocase(w->rows.v[i].agency, w->rows.v[head].agency);
    }
    (void)seizures_of(w, p, head, seizures);
    l.results = rows;
    l.seizures = seizures;
    *ret = l;
    return LM_OK;
}

static lm_err by_profile(struct work *w, const struct lab_answer *answers, const uint32_t *lab_next, struct lm_rollup *ret)
{
    struct profiles p = { .next = lm_arena_array(w->a, w->rows.n, sizeof(uint32_t)),
                          .last = lm_arena_array(w->a, w->rows.n, sizeof(uint32_t)),
                          .heads = lm_arena_array(w->a, w->rows.n, sizeof(uint32_t)),
                          .seizure = lm_arena_array(w->a, w->rows.n, sizeof(uint32_t)),
                          .mark = lm_arena_array(w->a, w->rows.n, sizeof(uint32_t)) };
    lm_err err = LM_OK;
    if (p.mark == NULL || p.next == NULL || p.last == NULL || p.heads == NULL || p.seizure == NULL)
        return no_memory(w);
    lm_map_init(&p.map, w->a);
    lm_buf_init(&p.key, (size_t)64 << 20);
    for (uint32_t i = 0; i < w->rows.n; i++)
        p.seizure[i] = ROW_NONE;
    for (uint32_t i = 0; i < w->rows.n; i++)
        if (w->rows.v[i].op.table == LM_OP_SEIZURE)
            for (uint32_t k = answers[i].first_row; k != ROW_NONE; k = lab_next[k])
                p.seizure[k] = i;
    for (uint32_t i = 0; err == LM_OK && i < w->rows.n; i++) {
        const struct held_row *r = &w->rows.v[i];
        if (r->op.table == LM_OP_LAB_RESULT && r->same_as == ROW_NONE && r->op.profile.n != 0)
            err = chain(w, &p, i);
    }
    struct lm_profile_link *v = lm_arena_array(w->a, p.n, sizeof *v);
    if (err == LM_OK && p.n != 0 && v == NULL)
        err = no_memory(w);
    for (size_t i = 0; err == LM_OK && i < p.n; i++)
        if (seizures_of(w, &p, p.heads[i], NULL) >= 2)
            err = one_profile(w, &p, p.heads[i], &v[ret->n_profiles++]);
    ret->profiles = v;
    lm_buf_free(&p.key);
    return err;
}

/* The row of the firearm that a link names, when one counted row has that id. */
static struct lm_str firearm_row(const struct work *w, struct lm_map *by_id, struct lm_buf *key, struct lm_str id)
{
    lm_buf_clear(key);
    (void)lm_rollup_fold(key, id);
    const uint64_t *at = key->failed ? NULL : lm_map_get(by_id, lm_buf_str(key));
    return at != NULL && *at != ROW_NONE ? w->rows.v[*at].ref : (struct lm_str){ NULL, 0 };
}

static lm_err by_firearm(struct work *w, struct lm_rollup *ret)
{
    struct lm_map by_id;
    struct lm_buf key;
    size_t n = 0;
    lm_err err = LM_OK;
    lm_map_init(&by_id, w->a);
    lm_buf_init(&key, (size_t)64 << 20);
    for (uint32_t i = 0; err == LM_OK && i < w->rows.n; i++) {
        const struct held_row *r = &w->rows.v[i];
        uint64_t *at;
        bool fresh;
        n += r->op.table == LM_OP_FIREARM_LINK;
        if (r->op.table != LM_OP_FIREARM || r->op.id.n == 0 || r->same_as != ROW_NONE)
            continue;
        lm_buf_clear(&key);
        (void)lm_rollup_fold(&key, r->op.id);
        if (key.failed || lm_map_put(&by_id, lm_buf_str(&key), i, &at, &fresh) != LM_OK)
            err = no_memory(w);
        else if (!fresh)
            *at = ROW_NONE; /* two firearms: neither is meant */
    }
    struct lm_firearm_tie *v = n != 0 ? lm_arena_array(w->a, n, sizeof *v) : NULL;
    if (err == LM_OK && n != 0 && v == NULL)
        err = no_memory(w);
    for (uint32_t i = 0; err == LM_OK && v != NULL && i < w->rows.n; i++) {
        const struct held_row *r = &w->rows.v[i];
        enum lm_firearm_link kind;
        if (r->op.table != LM_OP_FIREARM_LINK || r->same_as != ROW_NONE || !lm_firearm_link_parse(r->op.kind, &kind))
            continue;
        v[ret->n_firearm_ties++] = (struct lm_firearm_tie){ .kind = kind,
                                                            .row = r->ref,
                                                            .firearm = r->op.seizure,
                                                            .firearm_row = firearm_row(w, &by_id, &key, r->op.seizure),
                                                            .linked_to = r->op.profile };
    }
    ret->firearm_ties = v;
    lm_buf_free(&key);
    return err;
}

lm_err lm_rollup_links(struct work *w, const struct lab_answer *answers, const uint32_t *lab_next,
                       struct lm_rollup *ret)
{
    lm_err err = by_profile(w, answers, lab_next, ret);
    return err == LM_OK ? by_firearm(w, ret) : err;
}
