#include <stdlib.h>

#include "base/os.h"
#include "formats/csv.h"
#include "resolve/records_file.h"
#include "resolve/sort.h"

struct pairs {
    uint64_t *keys;
    uint32_t n, cap;
    uint64_t unknown;
    size_t left, right, score; /* columns; score SIZE_MAX: none */
};

/* Which records have an id: several may. */
struct holders {
    uint32_t *first; /* [id] input number + 1 */
    uint32_t *next;  /* [input number] the next of the same id, + 1 */
    uint32_t *place; /* [input number] its record */
};

static lm_err find_holders(struct lm_arena *a, const struct lm_records_file *f, struct holders *h)
{
    h->first = lm_arena_array(a, (size_t)f->ids.n + 1, sizeof *h->first);
    h->next = lm_arena_array(a, (size_t)f->records.n + 1, sizeof *h->next);
    h->place = lm_arena_array(a, (size_t)f->records.n + 1, sizeof *h->place);
    if (h->first == NULL || h->next == NULL || h->place == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i < f->records.n; i++) {
        uint32_t in = f->records.origin[i];
        h->place[in] = i;
        h->next[in] = h->first[f->id[in]];
        h->first[f->id[in]] = in + 1;
    }
    return LM_OK;
}

static uint32_t known(const struct lm_records_file *f, struct lm_str id)
{
    return lm_values_find(&f->ids, lm_str_take(lm_str_trim(id), LM_RECORDS_ID_MOST));
}

static void read_header(const struct lm_csv_row *row, struct pairs *p, bool *ret_header)
{
    size_t left = SIZE_MAX, right = SIZE_MAX;
    for (size_t i = 0; i < row->n; i++) {
        struct lm_str name = lm_str_trim(row->cells[i]);
        if (left == SIZE_MAX && (lm_str_ends(name, LM_STR("id_l")) || lm_str_ends(name, LM_STR("id_1")) || lm_str_ends(name, LM_STR("id_a"))))
            left = i;
        if (right == SIZE_MAX && (lm_str_ends(name, LM_STR("id_r")) || lm_str_ends(name, LM_STR("id_2")) || lm_str_ends(name, LM_STR("id_b"))))
            right = i;
        if (lm_str_find(name, LM_STR("score")) != SIZE_MAX)
            p->score = i;
    }
    if (left != SIZE_MAX && right != SIZE_MAX) {
        p->left = left;
        p->right = right;
        *ret_header = true;
    }
}

static lm_err add(struct pairs *p, uint32_t a, uint32_t b)
{
    if (a == b)
        return LM_OK;
    if (p->n == p->cap) {
        uint32_t cap = p->cap == 0 ? 1024 : p->cap + p->cap / 2;
        uint64_t *grown = realloc(p->keys, cap * sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        p->keys = grown;
        p->cap = cap;
    }
    p->keys[p->n++] = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
    return LM_OK;
}

static lm_err take_row(const struct lm_records_file *f, const struct holders *h, const struct lm_csv_row *row, struct pairs *p)
{
    double score;
    if (row->n <= p->left || row->n <= p->right)
        return LM_OK;
    if (p->score < row->n && lm_str_to_double(lm_str_trim(row->cells[p->score]), &score) && score < 0.5)
        return LM_OK;
    uint32_t x = known(f, row->cells[p->left]), y = known(f, row->cells[p->right]);
    bool two = f->n_first < f->records.n;
    if (x == 0 || y == 0) {
        p->unknown += row->number > 1;
        return LM_OK;
    }
    lm_err err = LM_OK;
    for (uint32_t i = h->first[x]; err == LM_OK && i != 0; i = h->next[i - 1])
        for (uint32_t j = h->first[y]; err == LM_OK && j != 0; j = h->next[j - 1])
            if (!two || (i <= f->n_first) != (j <= f->n_first))
                err = add(p, h->place[i - 1], h->place[j - 1]);
    return err;
}

static lm_err parse(struct lm_arena *a, const struct lm_records_file *f, struct lm_str text, struct pairs *p, struct lm_error *e)
{
    struct holders h;
    struct lm_csv csv;
    struct lm_csv_row row;
    bool done = false, is_header = false;
    lm_err err = find_holders(a, f, &h);
    lm_csv_init(&csv, text, 0);
    while (err == LM_OK && (err = lm_csv_next(&csv, &row, &done)) == LM_OK && !done) {
        if (row.number == 1)
            read_header(&row, p, &is_header);
        if (row.number != 1 || !is_header)
            err = take_row(f, &h, &row, p);
    }
    lm_csv_free(&csv);
    uint32_t *ids = err == LM_OK ? lm_arena_array(a, (size_t)p->n + 1, sizeof *ids) : NULL;
    if (err == LM_OK)
        err = ids != NULL ? lm_sort_keys(p->keys, ids, p->n) : LM_ENOMEM;
    if (err == LM_OK && p->n == 0)
        return lm_fail(e, LM_EINPUT, "no pair of it is among the records");
    return err == LM_OK ? err : lm_fail(e, err, err == LM_ELIMIT ? "a row of it is too long" : "no memory for the pairs");
}

lm_err lm_records_pairs_read(struct lm_arena *a, const struct lm_records_file *f, const char *path, uint64_t **ret_pairs, uint64_t *ret_n,
                             uint64_t *ret_unknown, struct lm_error *e)
{
    int fd = -1;
    enum lm_os_kind kind;
    uint64_t bytes = 0;
    struct lm_str text = { NULL, 0 };
    struct pairs p = { .left = 0, .right = 1, .score = SIZE_MAX };
    lm_err err = lm_os_open_input(path, &fd, &kind, e);
    if (err == LM_OK && kind != LM_OS_FILE)
        err = lm_fail(e, LM_EINPUT, "is a folder, not a table of pairs");
    else if (err == LM_OK && (lm_os_size(fd, &bytes) != LM_OK || lm_os_map(fd, bytes, &text) != LM_OK))
        err = lm_fail(e, LM_EIO, "cannot be read");
    if (fd >= 0)
        lm_os_close(&fd);
    if (err == LM_OK)
        err = parse(a, f, text, &p, e);
    if (text.n > 0)
        lm_os_unmap(text);
    uint32_t n = 0;
    for (uint32_t i = 0; err == LM_OK && i < p.n; i++)
        if (i == 0 || p.keys[i] != p.keys[n - 1])
            p.keys[n++] = p.keys[i];
    uint64_t *pairs = err == LM_OK ? lm_arena_array(a, (size_t)n + 1, sizeof *pairs) : NULL;
    if (pairs != NULL)
        memcpy(pairs, p.keys, n * sizeof *pairs);
    free(p.keys);
    if (err == LM_OK && pairs == NULL)
        err = lm_fail(e, LM_ENOMEM, "no memory for the pairs");
    if (err != LM_OK) {
        lm_fail_at(e, path, "%s", "");
        return err;
    }
    *ret_pairs = pairs;
    *ret_n = n;
    *ret_unknown = p.unknown;
    return LM_OK;
}
