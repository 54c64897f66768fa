#include "resolve/follow.h"

#include <math.h>
#include <stdlib.h>

struct counts {
    double level[LM_FIELDS_MOST][LM_LEVELS]; /* of those of different persons */
    double given[LM_FIELDS_MOST];            /* both have a value */
    double different, all;                   /* weight of pairs of different persons, and of all */
};

/* Pairs with the same value of f, each record with the one before it; common values in proportion to their
 * pairs. */
static void count_pairs(const struct lm_model *m, const struct lm_records *r, struct lm_comparer *c,
                        uint32_t f, uint32_t *before, struct counts *x)
{
    uint32_t n = 0;
    memset(before, 0, ((size_t)r->values[r->fields[f].group].n + 1) * sizeof *before);
    *x = (struct counts){ .all = 0 };
    for (uint32_t i = 0; i < r->n && n < LM_FOLLOW_SAMPLE; i++) {
        struct lm_agreement parts[LM_FIELDS_MOST];
        uint32_t v = lm_record(r, i)[f], other = v != 0 ? before[v] : 0;
        bool first = i < r->n_first;
        if (v != 0 && (!m->between || first))
            before[v] = i + 1;
        if (other == 0 || (m->between && first))
            continue;
        n++;
        double weight = r->count[f][v],
               stranger = 1 / (1 + exp2((double)lm_pair_bits(c, other - 1, i, parts)));
        x->all += weight;
        x->different += weight * stranger;
        for (uint32_t g = 0; g < r->n_fields; g++) {
            bool given = lm_record(r, other - 1)[g] != 0 && lm_record(r, i)[g] != 0;
            x->given[g] += given ? weight * stranger : 0;
            if (parts[g].level != LM_LEVEL_NOT_GIVEN && parts[g].with == g)
                x->level[g][parts[g].level] += weight * stranger;
        }
    }
    double scale = x->all > 0 ? n / x->all : 0;
    x->different *= scale;
    x->all *= scale;
    for (uint32_t g = 0; g < r->n_fields; g++) {
        x->given[g] *= scale;
        for (unsigned l = 0; l < LM_LEVELS; l++)
            x->level[g][l] *= scale;
    }
}

/* What is found, kept apart from the model while pairs are weighed with it. */
struct follows {
    uint8_t from[LM_FIELDS_MOST];
    double u[LM_FIELDS_MOST][LM_LEVELS];
};

/* Whether g follows from f more than from what it is known to follow from. */
static void consider(const struct lm_model *m, struct follows *found, uint32_t f, uint32_t g,
                     const struct counts *x)
{
    double given = x->given[g];
    if (given < LM_FOLLOW_LEAST || x->different < 0.5 * x->all
        || m->u[f][LM_LEVEL_EQUAL] >= m->u[g][LM_LEVEL_EQUAL])
        return;
    double share = x->level[g][LM_LEVEL_EQUAL] / given;
    if (share < LM_FOLLOW_SHARE || share < LM_FOLLOW_LIFT * m->u[g][LM_LEVEL_EQUAL]
        || share <= found->u[g][LM_LEVEL_EQUAL])
        return;
    found->from[g] = (uint8_t)f;
    for (unsigned l = 0; l < LM_LEVELS; l++)
        found->u[g][l] = l == LM_LEVEL_DIFFERENT ? 0 : x->level[g][l] / given;
}

lm_err lm_find_following(struct lm_model *m, const struct lm_records *r, struct lm_comparer *c)
{
    size_t most = 0;
    struct follows found = { .u = { { 0 } } };
    struct counts *x = malloc(sizeof *x);
    memset(found.from, LM_FOLLOWS_NONE, sizeof found.from);
    for (uint32_t f = 0; f < r->n_fields; f++)
        most = r->values[r->fields[f].group].n > most ? r->values[r->fields[f].group].n : most;
    uint32_t *before = malloc((most + 1) * sizeof *before);
    lm_err err = x != NULL && before != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t f = 0; err == LM_OK && f < r->n_fields; f++) {
        count_pairs(m, r, c, f, before, x);
        for (uint32_t g = 0; g < r->n_fields; g++)
            if (g != f && m->category[g] == NULL)
                consider(m, &found, f, g, x);
    }
    if (err == LM_OK) {
        memcpy(m->follows, found.from, sizeof m->follows);
        memcpy(m->u_following, found.u, sizeof m->u_following);
    }
    free(x);
    free(before);
    return err;
}
