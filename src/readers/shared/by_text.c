#include "readers/shared/by_text.h"

static bool is_key(struct lm_str text)
{
    return text.n != 0 && text.n <= 256;
}

static uint64_t hash_of(const struct lm_by_text *s, struct lm_str text)
{
    uint64_t hash = lm_hash64(text, s->seed);
    return hash != 0 ? hash : 1;
}

static void put(struct lm_by_text *s, struct lm_str text, int64_t row)
{
    uint64_t hash = hash_of(s, text);
    size_t i = hash & s->mask;
    while (s->rows[i].hash != 0)
        i = (i + 1) & s->mask;
    s->rows[i] = (struct lm_by_text_row){ hash, row };
}

/* Two rounds: how much room is wanted, then the rows. */
static lm_err round_of(struct lm_by_text *s, bool take, uint64_t *rows)
{
    enum lm_evdb_step step = LM_EVDB_ROW;
    int64_t first, last;
    lm_err err = LM_OK;
    lm_evdb_rewind(s->t);
    while (step != LM_EVDB_END && (err = lm_evdb_next(s->t, &step, &first, &last)) == LM_OK) {
        s->damaged = s->damaged || step == LM_EVDB_LOST_ROW || step == LM_EVDB_LOST_RANGE;
        if (step != LM_EVDB_ROW || !is_key(lm_evdb_bytes(s->t, 0)))
            continue;
        if (!take)
            ++*rows;
        else if (*rows != 0 && (*rows)--) /* never more than there is room for */
            put(s, lm_evdb_bytes(s->t, 0), first);
    }
    return err;
}

lm_err lm_by_text(struct lm_dbread *r, struct lm_evdb_table *t, struct lm_by_text *ret)
{
    struct lm_by_text s = { .t = t };
    struct lm_map seeded;
    uint64_t rows = 0;
    size_t slots = 16;
    lm_map_init(&seeded, r->ctx->file);
    s.seed = seeded.seed;
    lm_err err = t != NULL ? round_of(&s, false, &rows) : LM_OK;
    while (slots / 4 * 3 < rows)
        slots *= 2;
    if (err == LM_OK && t != NULL) {
        s.mask = slots - 1;
        s.rows = lm_arena_array(r->ctx->file, slots, sizeof *s.rows);
        err = s.rows != NULL ? round_of(&s, true, &rows) : LM_ENOMEM;
    }
    if (err == LM_OK)
        *ret = s;
    return err;
}

lm_err lm_by_text_each(struct lm_dbread *r, struct lm_by_text *s, struct lm_str text, lm_dbread_row one, void *user)
{
    lm_err err = LM_OK;
    unsigned left = LM_DBREAD_MAX_LIST;
    if (s->t == NULL || !is_key(text))
        return LM_OK;
    uint64_t hash = hash_of(s, text);
    for (size_t i = hash & s->mask; s->rows[i].hash != 0 && err == LM_OK && left != 0; i = (i + 1) & s->mask) {
        enum lm_evdb_step step;
        if (s->rows[i].hash != hash)
            continue;
        err = lm_evdb_fetch(s->t, s->rows[i].row, &step);
        if (err != LM_OK || (step == LM_EVDB_ROW && !lm_str_eq(lm_evdb_bytes(s->t, 0), text)))
            continue;
        left--;
        if (step == LM_EVDB_ROW)
            err = one(r, s->t, s->rows[i].row, user);
        else
            lm_dbread_doubt(r, "a row that belongs to it cannot be read");
    }
    return err;
}
