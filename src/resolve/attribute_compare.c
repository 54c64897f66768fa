/* What is proposed against what is stored; see attribute.h. */
#include "resolve/attribute.h"

#include "base/map.h"
#include "model/selector.h"

struct stored {
    const struct lm_stored_attribution *row;
    uint64_t *marks;
    size_t n_marks, next; /* index + 1 of the next one for the same identifier, basis and name */
};

struct compare {
    struct lm_arena *a;
    struct lm_map of;    /* identifier, basis, name -> index + 1 */
    struct stored *s;
    const struct lm_proposals *p;
    struct lm_attribution_step *steps;
    struct lm_proposed_person *persons; /* of the groups */
    bool *decided; /* the person of that group has a decided row */
    struct lm_error *e;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static struct lm_str key_of(struct lm_arena *a, enum lm_identifier_type type, struct lm_str key,
                            enum lm_attribution_basis basis, struct lm_str name)
{
    struct lm_str folded;
    if (!lm_identifier_key(a, LM_IDENTIFIER_NAME, name, &folded))
        folded = name;
    return lm_arena_printf(a, "%d %d %zu %.*s%.*s", (int)type, (int)basis, key.n, LM_STR_ARG(key),
                           LM_STR_ARG(folded));
}

static lm_err take_stored(struct compare *c, const struct lm_stored_attribution *rows, size_t n)
{
    lm_err err = LM_OK;
    c->s = lm_arena_array(c->a, n + 1, sizeof *c->s);
    if (c->s == NULL)
        return no_memory(c->e);
    for (size_t i = 0; i < n && err == LM_OK; i++) {
        struct stored *s = &c->s[i];
        uint64_t *at;
        bool fresh;
        s->row = &rows[i];
        if (rows[i].undone || rows[i].basis == LM_BASIS_PERSONS_WORD)
            continue;
        err = lm_attribution_marks(c->a, rows[i].marks, &s->marks, &s->n_marks, c->e);
        struct lm_str key = key_of(c->a, rows[i].type, rows[i].key, rows[i].basis, rows[i].label);
        if (err == LM_OK && (key.p == NULL || lm_map_put(&c->of, key, i + 1, &at, &fresh) != LM_OK))
            err = no_memory(c->e);
        if (err == LM_OK && !fresh) {
            s->next = *at;
            *at = i + 1;
        }
    }
    return err;
}

static bool has(const uint64_t *marks, size_t n, uint64_t mark)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (marks[middle] < mark)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && marks[low] == mark;
}

/* Every record of the proposal was before a person who refused it. */
static bool all_refused(const struct compare *c, size_t first, const struct lm_attribution_proposal *p)
{
    for (size_t k = 0; k < p->n_marks; k++) {
        bool seen = false;
        for (size_t i = first; i != 0 && !seen; i = c->s[i - 1].next)
            seen = c->s[i - 1].row->state == LM_ATTRIBUTION_REFUSED
                   && has(c->s[i - 1].marks, c->s[i - 1].n_marks, p->marks[k]);
        if (!seen)
            return false;
    }
    return true;
}

static void step(struct compare *c, size_t i, size_t first)
{
    const struct lm_attribution_proposal *p = &c->p->p[i];
    const struct stored *proposed = NULL, *decided = NULL;
    for (size_t k = first; k != 0; k = c->s[k - 1].next) {
        if (c->s[k - 1].row->state == LM_ATTRIBUTION_PROPOSED)
            proposed = &c->s[k - 1];
        if (c->s[k - 1].row->state == LM_ATTRIBUTION_DECIDED)
            decided = &c->s[k - 1];
    }
    struct lm_attribution_step s = { LM_ATTRIBUTE_PROPOSE, 0 };
    bool live = decided != NULL && decided->row->live,
         point = decided != NULL && !live && has(decided->marks, decided->n_marks, p->mark);
    if (live || point) {
        s = (struct lm_attribution_step){ point ? LM_ATTRIBUTE_POINT : LM_ATTRIBUTE_DECIDED,
                                          decided->row->id };
    } else if (proposed != NULL) {
        s = (struct lm_attribution_step){ LM_ATTRIBUTE_REFRESH, proposed->row->id };
    } else if (all_refused(c, first, p)) {
        s.act = LM_ATTRIBUTE_REFUSED;
    }
    c->steps[i] = s;
    for (size_t k = first; k != 0; k = c->s[k - 1].next) {
        const struct lm_stored_attribution *r = c->s[k - 1].row;
        struct lm_proposed_person *person = &c->persons[c->p->group[i]];
        bool *is = &c->decided[c->p->group[i]], now = r->state == LM_ATTRIBUTION_DECIDED;
        if (!now && !lm_str_eq(r->label, person->label))
            continue;
        if (person->id == 0 || now > *is || (now == *is && r->person < person->id)) {
            person->id = r->person;
            *is = now;
        }
    }
}

static bool unchanged(const struct compare *c, size_t i, const struct stored *s)
{
    const struct lm_attribution_proposal *p = &c->p->p[i];
    const struct lm_stored_attribution *r = s->row;
    return r->person == c->persons[c->p->group[i]].id && r->account == p->account && r->source == p->source
           && r->record == p->record && r->from_us == p->from_us && r->to_us == p->to_us
           && s->n_marks == p->n_marks && memcmp(s->marks, p->marks, p->n_marks * sizeof *p->marks) == 0;
}

/* A refreshed proposal that says what it said is left alone. */
static void settle(struct compare *c, size_t i, size_t first)
{
    if (c->steps[i].act != LM_ATTRIBUTE_REFRESH)
        return;
    for (size_t k = first; k != 0; k = c->s[k - 1].next)
        if (c->s[k - 1].row->id == c->steps[i].row && unchanged(c, i, &c->s[k - 1]))
            c->steps[i].act = LM_ATTRIBUTE_NOTHING;
}

static lm_err compare_all(struct compare *c)
{
    size_t *first = lm_arena_array(c->a, c->p->n + 1, sizeof *first);
    if (first == NULL)
        return no_memory(c->e);
    for (size_t i = 0; i < c->p->n; i++) {
        struct lm_str *label = &c->persons[c->p->group[i]].label;
        if (label->p == NULL || lm_str_cmp(c->p->p[i].label, *label) < 0)
            *label = c->p->p[i].label;
    }
    for (size_t i = 0; i < c->p->n; i++) {
        const struct lm_attribution_proposal *p = &c->p->p[i];
        struct lm_str key = key_of(c->a, p->type, p->key, p->basis, p->label);
        if (key.p == NULL)
            return no_memory(c->e);
        const uint64_t *at = lm_map_get(&c->of, key);
        first[i] = at != NULL ? (size_t)*at : 0;
        step(c, i, first[i]);
    }
    for (size_t i = 0; i < c->p->n; i++)
        settle(c, i, first[i]);
    return LM_OK;
}

lm_err lm_attribute_compare(struct lm_arena *a, const struct lm_proposals *p,
                            const struct lm_stored_attribution *stored, size_t n_stored,
                            struct lm_attribution_step **ret_steps, struct lm_proposed_person **ret_persons,
                            struct lm_error *e)
{
    struct compare c = { .a = a, .p = p, .e = e };
    c.steps = lm_arena_array(a, p->n + 1, sizeof *c.steps);
    c.persons = lm_arena_array(a, (size_t)p->n_groups + 1, sizeof *c.persons);
    c.decided = lm_arena_array(a, (size_t)p->n_groups + 1, sizeof *c.decided);
    lm_map_init(&c.of, a);
    if (c.steps == NULL || c.persons == NULL || c.decided == NULL)
        return no_memory(e);
    lm_err err = take_stored(&c, stored, n_stored);
    if (err == LM_OK)
        err = compare_all(&c);
    if (err == LM_OK) {
        *ret_steps = c.steps;
        *ret_persons = c.persons;
    }
    return err;
}

/* --- the store around it --- */

struct run {
    struct lm_store *st;
    struct lm_attribution_writer *w;
    struct lm_str investigation;
    struct lm_arena a;
    struct lm_card_row *rows;
    struct lm_stored_attribution *stored;
    size_t n_rows, cap_rows, n_stored, cap_stored;
    struct lm_attributed out;
};

static bool keep(struct lm_arena *a, struct lm_str *s)
{
    *s = lm_arena_copy(a, *s);
    return s->p != NULL;
}

static lm_err take_row(void *user, const struct lm_card_row *row)
{
    struct run *r = user;
    struct lm_card_row *rows = lm_arena_grow(&r->a, r->rows, r->n_rows, &r->cap_rows, sizeof *rows);
    if (rows == NULL)
        return LM_ELIMIT;
    r->rows = rows;
    struct lm_card_row *c = &rows[r->n_rows++];
    *c = *row;
    return keep(&r->a, &c->account_key) && keep(&r->a, &c->raw) && keep(&r->a, &c->key)
                   && keep(&r->a, &c->basis)
               ? LM_OK
               : LM_ELIMIT;
}

static lm_err take_attribution(void *user, const struct lm_stored_attribution *row)
{
    struct run *r = user;
    struct lm_stored_attribution *s = lm_arena_grow(&r->a, r->stored, r->n_stored, &r->cap_stored, sizeof *s);
    if (s == NULL)
        return LM_ELIMIT;
    r->stored = s;
    s = &s[r->n_stored++];
    *s = *row;
    return keep(&r->a, &s->key) && keep(&r->a, &s->label) && keep(&r->a, &s->marks) ? LM_OK : LM_ELIMIT;
}

static lm_err carry_out(struct run *r, const struct lm_proposals *p, const struct lm_attribution_step *steps,
                        struct lm_proposed_person *persons, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < p->n && err == LM_OK; i++) {
        const struct lm_attribution_proposal *x = &p->p[i];
        struct lm_proposed_person *person = &persons[p->group[i]];
        bool writes = steps[i].act == LM_ATTRIBUTE_PROPOSE || steps[i].act == LM_ATTRIBUTE_REFRESH;
        if (writes && person->id == 0)
            err = lm_attributions_person(r->w, r->investigation, person->label, &person->id, e);
        if (writes && err == LM_OK)
            err = lm_attributions_put(r->w, steps[i].row, person->id, x, e);
        if (steps[i].act == LM_ATTRIBUTE_POINT)
            err = lm_attributions_point(r->w, steps[i].row, x->source, x->record, e);
        r->out.proposed += steps[i].act == LM_ATTRIBUTE_PROPOSE;
        r->out.refreshed += steps[i].act == LM_ATTRIBUTE_REFRESH;
        r->out.decided += steps[i].act == LM_ATTRIBUTE_DECIDED || steps[i].act == LM_ATTRIBUTE_POINT;
        r->out.refused += steps[i].act == LM_ATTRIBUTE_REFUSED;
    }
    return err;
}

static lm_err run_in(struct run *r, struct lm_error *e)
{
    struct lm_proposals p = { .n = 0 };
    struct lm_attribution_step *steps = NULL;
    struct lm_proposed_person *persons = NULL;
    lm_err err = lm_store_cards(r->st, r->investigation, take_row, r, e);
    if (err == LM_OK)
        err = lm_store_attribution_rows(r->st, r->investigation, take_attribution, r, e);
    if (err == LM_ELIMIT)
        return lm_fail(e, err, "more names and identifiers than fit into memory");
    if (err == LM_OK && (err = lm_attribute(&r->a, r->rows, r->n_rows, &p)) != LM_OK)
        return no_memory(e);
    if (err == LM_OK)
        err = lm_attribute_compare(&r->a, &p, r->stored, r->n_stored, &steps, &persons, e);
    if (err == LM_OK)
        err = carry_out(r, &p, steps, persons, e);
    r->out.rows = r->n_rows;
    r->out.proposals = p.n;
    r->out.skipped = p.skipped;
    return err;
}

lm_err lm_attribute_run(struct lm_store *st, struct lm_str investigation, struct lm_attributed *ret,
                        struct lm_error *e)
{
    struct run r = { .st = st, .investigation = investigation };
    lm_err err = lm_attributions_begin(st, &r.w, e);
    if (err != LM_OK)
        return err;
    lm_arena_init(&r.a, 0);
    err = lm_attributions_end(r.w, run_in(&r, e), e);
    lm_arena_free(&r.a);
    if (err == LM_OK)
        *ret = r.out;
    return err;
}
