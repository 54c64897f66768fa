/* evidence_db_index.c - links between tables: see evidence_db.h.
 *
 * Up to LM_EVDB_LINKS of them all stay in memory. Of more, only those whose keys lie next to each other do, from the key that was
 * asked for upwards; readers ask in the order of their rows, so the table is gone through again once for each such part of
 * it. Of every ZONE_ROWS rows it is known between which keys they lie, and rows that cannot be meant are passed over.
 */
#include "formats/evidence_db_parts.h"

#include <stdlib.h>

#define ZONE_ROWS 4096
#define FIRST_STEPS ((size_t)1 << 14) /* links for which room is found by doubling; then for all that there ever are */

struct evdb_zone {
    int64_t first; /* rowid */
    int64_t low, high;
};

static int by_key(const void *a, const void *b)
{
    const struct lm_evdb_link *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->rowid > y->rowid) - (x->rowid < y->rowid);
}

/* low: what was asked for. cut: links from `dropped` on are not all there any more, so that none of them is taken. */
struct gathering {
    struct lm_evdb_index *x;
    int64_t low, dropped;
    bool cut;
};

static void sort(struct lm_evdb_index *x)
{
    if (x->n > 1)
        qsort(x->links, x->n, sizeof *x->links, by_key);
}

/* Keeps the smallest LM_EVDB_LINKS, so that there is room for as many again. */
static void shrink(struct gathering *g)
{
    sort(g->x);
    g->dropped = g->x->links[LM_EVDB_LINKS].key;
    g->cut = true;
    g->x->n = LM_EVDB_LINKS;
}

static lm_err add(struct gathering *g, int64_t key, int64_t value)
{
    struct lm_evdb_index *x = g->x;
    if (x->n == 2 * LM_EVDB_LINKS)
        shrink(g);
    if (key < g->low || (g->cut && key >= g->dropped))
        return LM_OK;
    if (x->n == x->room) {
        size_t room = x->room == 0 ? 16 : x->room < FIRST_STEPS ? 2 * x->room : 2 * LM_EVDB_LINKS;
        struct lm_evdb_link *links = lm_arena_array(x->a, room, sizeof *links);
        if (links == NULL)
            return LM_ENOMEM;
        if (x->n != 0)
            memcpy(links, x->links, x->n * sizeof *links);
        x->links = links;
        x->room = room;
    }
    x->links[x->n++] = (struct lm_evdb_link){ key, value };
    return LM_OK;
}

/* In order, and complete from x->low to x->high; of the key that was asked for, all that there is room for. */
static void settle(struct gathering *g)
{
    struct lm_evdb_index *x = g->x;
    sort(x);
    x->low = g->low;
    x->high = INT64_MAX;
    if (!g->cut)
        return;
    x->partial = true;
    int64_t lowest = x->links[0].key;
    if (lowest == g->dropped)
        evdb_links_cut(x->t);
    x->high = lowest < g->dropped ? g->dropped - 1 : lowest;
    while (x->links[x->n - 1].key > x->high)
        x->n--;
}

static lm_err add_zone(struct lm_evdb_index *x, int64_t rowid, uint64_t rows)
{
    if (rows % ZONE_ROWS != 0)
        return LM_OK;
    struct evdb_zone *zones = lm_arena_grow(x->a, x->zones, x->n_zones, &x->cap_zones, sizeof *zones);
    if (zones == NULL)
        return LM_ENOMEM;
    x->zones = zones;
    zones[x->n_zones++] = (struct evdb_zone){ rowid, INT64_MAX, INT64_MIN };
    return LM_OK;
}

/* The next link of the table; *ret_end: there is none. */
static lm_err next_link(struct lm_evdb_index *x, int64_t *ret_rowid, struct lm_evdb_link *ret, bool *ret_is, bool *ret_end)
{
    enum lm_evdb_step s;
    int64_t last;
    lm_err err = lm_evdb_next(x->t, &s, ret_rowid, &last);
    *ret_end = err != LM_OK || s == LM_EVDB_END;
    x->damaged = x->damaged || (err == LM_OK && (s == LM_EVDB_LOST_ROW || s == LM_EVDB_LOST_RANGE));
    ret->rowid = *ret_rowid;
    *ret_is = err == LM_OK && s == LM_EVDB_ROW && lm_evdb_i64(x->t, 0, &ret->key) && (x->own_rowid || lm_evdb_i64(x->t, 1, &ret->rowid));
    return err;
}

static lm_err first_round(struct lm_evdb_index *x)
{
    struct gathering g = { .x = x, .low = INT64_MIN };
    int64_t rowid = 0;
    bool end = false;
    lm_err err = LM_OK;
    lm_evdb_rewind(x->t);
    for (uint64_t rows = 0; err == LM_OK && !end;) {
        struct lm_evdb_link l;
        bool is = false;
        err = next_link(x, &rowid, &l, &is, &end);
        if (err != LM_OK || !is)
            continue;
        err = add_zone(x, rowid, rows++);
        if (err != LM_OK)
            return err;
        struct evdb_zone *z = &x->zones[x->n_zones - 1];
        z->low = l.key < z->low ? l.key : z->low;
        z->high = l.key > z->high ? l.key : z->high;
        err = add(&g, l.key, l.rowid);
    }
    if (err == LM_OK)
        settle(&g);
    return err;
}

/* The first zone from z on that may hold what is wanted. */
static size_t next_zone(const struct gathering *g, size_t z)
{
    const struct lm_evdb_index *x = g->x;
    while (z < x->n_zones && (x->zones[z].high < g->low || (g->cut && x->zones[z].low >= g->dropped)))
        z++;
    return z;
}

/* The links from this key on, as many as there is room for. */
static lm_err gather(struct lm_evdb_index *x, int64_t low)
{
    struct gathering g = { .x = x, .low = low };
    size_t z = next_zone(&g, 0);
    int64_t rowid = 0;
    bool end = z == x->n_zones;
    lm_err err = LM_OK;
    x->n = 0;
    if (!end)
        evdb_seek(x->t, x->zones[z].first);
    while (err == LM_OK && !end) {
        struct lm_evdb_link l;
        bool is = false;
        err = next_link(x, &rowid, &l, &is, &end);
        if (err != LM_OK || !is)
            continue;
        size_t here = z;
        while (here + 1 < x->n_zones && rowid >= x->zones[here + 1].first)
            here++;
        size_t wanted = here != z ? next_zone(&g, here) : z;
        z = wanted;
        if (wanted == here)
            err = add(&g, l.key, l.rowid);
        else if (wanted == x->n_zones)
            end = true;
        else
            evdb_seek(x->t, x->zones[wanted].first);
    }
    if (err == LM_OK)
        settle(&g);
    return err;
}

lm_err lm_evdb_index(struct lm_arena *a, struct lm_evdb_table *t, size_t key_column, size_t value_column, struct lm_evdb_index *ret)
{
    bool own_rowid = value_column == LM_EVDB_ROWID;
    struct lm_str key = lm_evdb_column_name(t, key_column), value = own_rowid ? key : lm_evdb_column_name(t, value_column);
    const char *const columns[] = { key.p, value.p };
    struct lm_evdb_index x = { .a = a, .own_rowid = own_rowid };
    /* a walk of its own: the caller may be walking t when it asks for a link */
    lm_err err = evdb_again(t, columns, own_rowid ? 1 : 2, &x.t);
    if (err == LM_OK)
        err = first_round(&x);
    if (err == LM_OK)
        *ret = x;
    return err;
}

/* The links that this key would be among; false without memory. */
static bool around(struct lm_evdb_index *x, int64_t key)
{
    if (!x->partial || (key >= x->low && key <= x->high) || gather(x, key) == LM_OK)
        return true;
    x->n = 0;
    evdb_no_memory(x->t);
    return false;
}

/* Of the links that are there, the first whose key is not below this one, and how many have its key; x->n: none. */
static size_t first_of(const struct lm_evdb_index *x, int64_t key, size_t *ret_n)
{
    size_t low = 0, high = x->n, n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x->links[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + n < x->n && x->links[low + n].key == x->links[low].key)
        n++;
    *ret_n = n;
    return low;
}

const struct lm_evdb_link *lm_evdb_index_from(struct lm_evdb_index *x, int64_t key, size_t *ret_n)
{
    *ret_n = 0;
    while (around(x, key)) {
        size_t i = first_of(x, key, ret_n);
        if (i < x->n)
            return &x->links[i];
        if (!x->partial || x->high == INT64_MAX)
            return NULL;
        key = x->high + 1;
    }
    return NULL;
}

const struct lm_evdb_link *lm_evdb_index_find(struct lm_evdb_index *x, int64_t key, size_t *ret_n)
{
    *ret_n = 0;
    if (!around(x, key))
        return NULL;
    size_t n, i = first_of(x, key, &n);
    if (i == x->n || x->links[i].key != key)
        return NULL;
    *ret_n = n;
    return &x->links[i];
}
