#include "resolve/choose.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"

#define KNOWN_MOST 20000u
#define MADE_UP 2000u
#define COUNT_BITS 22     /* frequencies are counted by so many bits of a key */
#define AGAIN 0.25F       /* what it is worth to find a pair once more */
#define WORTH_LEAST 0.5   /* pairs that a key must find, */
#define WORTH_SHARE 1e-4  /* and the share of all; */
#define WORTH_CHEAP 0.05  /* as long as keys cost next to nothing */
#define WHOLE_PER_CENT 60 /* made up: a field that is equal, and one of which pieces are; the others differ \
                           */
#define PIECES_PER_CENT 20
#define SWAPPED_PER_CENT 3

struct pair {
    uint32_t record;  /* one of both */
    uint32_t found;   /* how often */
    uint64_t equal;   /* parts that both have, and that are not taken */
    uint64_t crossed; /* parts that are equal in each other's place: names that are swapped */
};

struct option {
    struct lm_key key;
    uint64_t bits, twins; /* its parts; those of which the twin is in it as well */
    double gain;          /* at most */
    bool used;
};

struct lm_chooser {
    const struct lm_records *r;
    const struct lm_candidate_parts *p;
    double n, block, least;
    struct pair *pairs;
    uint32_t n_pairs;
    float *share;                /* [pair · parts + part] of records that have it, too */
    uint8_t twin[LM_PARTS_MOST]; /* the same piece of another field of the group; itself: none */
    struct option *options;
    uint32_t n_options;
};

void lm_chooser_close(struct lm_chooser *c)
{
    if (c == NULL)
        return;
    free(c->pairs);
    free(c->share);
    free(c->options);
    free(c);
}

/* --- the pairs --- */

static void find_twins(struct lm_chooser *c)
{
    for (uint8_t k = 0; k < c->p->n; k++) {
        c->twin[k] = k;
        for (uint8_t q = 0; q < c->p->n && c->twin[k] == k; q++)
            if (q != k && c->p->part[q].table == c->p->part[k].table)
                c->twin[k] = q;
    }
}

static void add_known(struct lm_chooser *c, uint32_t a, uint32_t b)
{
    const uint32_t *ra = lm_record(c->r, a), *rb = lm_record(c->r, b);
    struct pair x = { .record = a };
    for (uint32_t k = 0; k < c->p->n; k++) {
        uint32_t p = lm_part_key(c->p, k, ra), q = lm_part_key(c->p, c->twin[k], ra);
        x.equal |= (uint64_t)(p != 0 && p == lm_part_key(c->p, k, rb)) << k;
        x.crossed |= (uint64_t)(p != 0 && q != 0 && p == lm_part_key(c->p, c->twin[k], rb)
                                && q == lm_part_key(c->p, k, rb))
                     << k;
    }
    c->pairs[c->n_pairs++] = x;
}

/* A second record of the same person, as far as the parts tell. */
static void make_up(struct lm_chooser *c, uint32_t record, struct lm_rng *rng)
{
    const uint32_t *row = lm_record(c->r, record);
    struct pair x = { .record = record };
    bool swapped = lm_rng_below(rng, 100) < SWAPPED_PER_CENT;
    for (uint32_t k = 0, field = UINT32_MAX, dice = 0; k < c->p->n; k++) {
        const struct lm_part *q = &c->p->part[k];
        if (q->field != field)
            dice = (uint32_t)lm_rng_below(rng, 100);
        field = q->field;
        bool holds = dice < WHOLE_PER_CENT
                     || (dice < WHOLE_PER_CENT + PIECES_PER_CENT && q->piece != LM_PIECE_WHOLE
                         && lm_rng_below(rng, 2) == 0);
        uint64_t bit = (uint64_t)(holds && lm_part_key(c->p, k, row) != 0) << k;
        if (swapped && c->twin[k] != k)
            x.crossed |= lm_part_key(c->p, c->twin[k], row) != 0 ? bit : 0;
        else
            x.equal |= bit;
    }
    c->pairs[c->n_pairs++] = x;
}

/* How many records have the part of each pair. */
static lm_err count_shares(struct lm_chooser *c)
{
    uint32_t *count = malloc(((size_t)1 << COUNT_BITS) * sizeof *count);
    c->share = malloc(((size_t)c->n_pairs * c->p->n + 1) * sizeof *c->share);
    if (count == NULL || c->share == NULL) {
        free(count);
        return LM_ENOMEM;
    }
    for (uint32_t k = 0; k < c->p->n; k++) {
        const struct lm_part *q = &c->p->part[k];
        const uint32_t *table = c->p->table[q->table], *of = c->r->count[q->field];
        uint32_t n = c->r->values[c->r->fields[q->field].group].n;
        memset(count, 0, ((size_t)1 << COUNT_BITS) * sizeof *count);
        for (uint32_t v = 1; v <= n; v++)
            if (of[v] != 0 && table[v] != 0)
                count[table[v] >> (32 - COUNT_BITS)] += of[v];
        for (uint32_t i = 0; i < c->n_pairs; i++) {
            uint32_t key = lm_part_key(c->p, k, lm_record(c->r, c->pairs[i].record));
            c->share[(size_t)i * c->p->n + k] = (float)count[key >> (32 - COUNT_BITS)] / (float)c->r->n;
        }
    }
    free(count);
    return LM_OK;
}

/* --- the keys --- */

static struct option option_of(const struct lm_chooser *c, const struct lm_key *key)
{
    struct option o = { .key = *key, .gain = INFINITY };
    for (uint32_t i = 0; i < key->n; i++)
        o.bits |= (uint64_t)1 << key->part[i];
    for (uint32_t i = 0; i < key->n; i++)
        if (c->twin[key->part[i]] != key->part[i] && (o.bits >> c->twin[key->part[i]] & 1) != 0)
            o.twins |= (uint64_t)1 << key->part[i];
    return o;
}

static void add_option(struct lm_chooser *c, struct lm_key key)
{
    c->options[c->n_options++] = option_of(c, &key);
}

static bool agree(const struct pair *q, const struct option *o)
{
    return (o->bits & ~(q->equal | (q->crossed & o->twins))) == 0;
}

static lm_err list_options(struct lm_chooser *c)
{
    const struct lm_part *p = c->p->part;
    size_t n = c->p->n, most = n + n * n / 2 + n * n * n / 6 + 1;
    c->options = malloc(most * sizeof *c->options);
    if (c->options == NULL)
        return LM_ENOMEM;
    for (uint8_t i = 0; i < n; i++) {
        add_option(c, (struct lm_key){ { i }, 1 });
        for (uint8_t j = i + 1; j < n; j++) {
            if (p[i].field == p[j].field)
                continue;
            add_option(c, (struct lm_key){ { i, j }, 2 });
            for (uint8_t t = j + 1; t < n; t++)
                if (p[t].field != p[j].field)
                    add_option(c, (struct lm_key){ { i, j, t }, 3 });
        }
    }
    return LM_OK;
}

static double gain_of(const struct lm_chooser *c, const struct option *o)
{
    double gain = 0;
    for (uint32_t i = 0; i < c->n_pairs; i++) {
        const struct pair *q = &c->pairs[i];
        if (!agree(q, o) || q->found > 1)
            continue;
        const float *share = c->share + (size_t)i * c->p->n;
        double size = c->n;
        for (uint32_t k = 0; k < o->key.n; k++)
            size *= (double)share[o->key.part[k]];
        gain += (q->found == 0 ? 1.0 : (double)AGAIN) * (size > c->block ? c->block / size : 1);
    }
    return gain;
}

lm_err lm_chooser_open(const struct lm_candidates *c, const struct lm_candidate_parts *p, double n,
                       double block, struct lm_chooser **ret)
{
    struct lm_chooser *x = calloc(1, sizeof *x);
    uint32_t every = c->n_known / KNOWN_MOST + 1;
    struct lm_rng rng = { 1 };
    if (x == NULL)
        return LM_ENOMEM;
    *x = (struct lm_chooser){ .r = c->records, .p = p, .n = n, .block = block };
    find_twins(x);
    x->pairs = malloc(((size_t)KNOWN_MOST + MADE_UP) * sizeof *x->pairs);
    lm_err err = x->pairs != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t i = 0; err == LM_OK && i < c->n_known; i += every)
        add_known(x, c->known_a[i], c->known_b[i]);
    for (uint32_t i = 0; err == LM_OK && i < MADE_UP && x->r->n > 0; i++)
        make_up(x, (uint32_t)((uint64_t)i * x->r->n / MADE_UP), &rng);
    x->least = fmax(WORTH_LEAST, WORTH_SHARE * x->n_pairs);
    if (err == LM_OK)
        err = count_shares(x);
    if (err == LM_OK)
        err = list_options(x);
    if (err == LM_OK)
        *ret = x;
    else
        lm_chooser_close(x);
    return err;
}

/* What agrees on an identifier that few have is always looked at. */
static bool is_identifier(const struct lm_chooser *c, const struct option *o)
{
    const struct lm_part *q = &c->p->part[o->key.part[0]];
    enum lm_field_kind kind = c->r->fields[q->field].kind;
    return o->key.n == 1 && q->piece == LM_PIECE_WHOLE && (kind == LM_FIELD_CODE || kind == LM_FIELD_EMAIL);
}

/* Gains only fall, so that the first whose gain is up to date and higher than what any other could have is
 * the best. */
bool lm_chooser_next(struct lm_chooser *c, bool cheap, struct lm_key *ret)
{
    double least = cheap ? WORTH_CHEAP : c->least;
    for (;;) {
        struct option *best = NULL;
        for (uint32_t i = 0; i < c->n_options; i++)
            if (!c->options[i].used && (best == NULL || c->options[i].gain > best->gain))
                best = &c->options[i];
        if (best == NULL || best->gain < least)
            return false;
        double before = best->gain;
        if (before < INFINITY || !is_identifier(c, best))
            best->gain = gain_of(c, best);
        if (best->gain < before)
            continue;
        best->used = true;
        *ret = best->key;
        return true;
    }
}

void lm_chooser_tell(struct lm_chooser *c, const struct lm_key *key,
                     bool (*taken)(void *ctx, uint32_t record), void *ctx)
{
    const struct option o = option_of(c, key);
    for (uint32_t i = 0; i < c->n_pairs; i++) {
        struct pair *q = &c->pairs[i];
        if (!agree(q, &o) || !taken(ctx, q->record))
            continue;
        q->found++;
        if (key->n == 1)
            q->equal &= ~o.bits; /* it takes part in no later key */
    }
}
