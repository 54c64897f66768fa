/* fuzz_records_file.c - one or two tables of any bytes, a map and a truth, then the linkage of their records.
 *
 * The parts stand between bytes 1E: table, second table (empty: none), map, name of the column with the truth. Besides not crashing:
 * problems lie inside the text, cells are values that there are, pairs are of two records and ordered, the parts of a pair are its sum,
 * measures are shares, and the same text gives the same pairs again. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "resolve/linkage.h"
#include "resolve/records_file.h"

#define PARTS 4
#define RECORDS_MOST 80

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static struct lm_folder *folder(void)
{
    static struct lm_arena a;
    static struct lm_folder *f;
    if (f == NULL) {
        lm_arena_init(&a, 0);
        require(lm_folder_open(&a, &f, NULL) == LM_OK);
    }
    return f;
}

static void cut(struct lm_str s, struct lm_str part[PARTS])
{
    for (unsigned k = 0; k < PARTS; k++) {
        const char *end = s.n > 0 ? memchr(s.p, 0x1e, s.n) : NULL;
        part[k] = end != NULL ? lm_str_take(s, (size_t)(end - s.p)) : s;
        s = end != NULL ? lm_str_skip(s, part[k].n + 1) : (struct lm_str){ NULL, 0 };
    }
}

static void check_file(const struct lm_records_file *f, const struct lm_str text[2])
{
    const struct lm_records *r = &f->records;
    require(r->n > 0 && r->n_first <= r->n && f->n_first <= r->n && r->n_fields > 0 && r->n_fields <= LM_FIELDS_MOST);
    require(f->n_problems <= f->n_damaged && f->n_damaged <= f->n_rows);
    for (size_t i = 0; i < f->n_problems; i++)
        require(f->problems[i].file < 2 && f->problems[i].byte <= text[f->problems[i].file].n);
    for (uint32_t i = 0; i < r->n; i++) {
        require(r->origin[i] < r->n && f->id[i] <= f->ids.n);
        for (uint32_t k = 0; k < r->n_fields; k++)
            require(lm_record(r, i)[k] <= r->values[r->fields[k].group].n);
    }
    for (uint32_t k = 0; k < r->n_fields; k++)
        for (uint32_t v = 1; v <= r->values[r->fields[k].group].n; v++) {
            struct lm_str s = lm_value(&r->values[r->fields[k].group], v);
            require(s.n > 0 && s.n <= LM_FORM_TEXT_MAX && lm_utf8_valid_prefix(s) == s.n);
        }
}

static void check_pairs(const struct lm_records *r, const struct lm_linkage *l)
{
    struct lm_comparer *c;
    require(lm_comparer_open(r, &l->model, &c) == LM_OK);
    for (uint64_t k = 0; k < l->n_edges; k++) {
        const struct lm_edge *x = &l->edges[k];
        struct lm_agreement parts[LM_FIELDS_MOST];
        require(x->a < x->b && x->b < r->n && isfinite(x->bits) && (k == 0 || l->edges[k - 1].bits >= x->bits));
        float all = lm_pair_bits(c, x->a, x->b, parts);
        require(isfinite(all) && x->bits <= all + 0.01f); /* rivals only take away */
        for (uint32_t f = 0; f < r->n_fields; f++)
            require(isfinite(parts[f].bits) && parts[f].level <= LM_LEVELS && parts[f].with < r->n_fields);
    }
    lm_comparer_close(c);
}

static bool is_share(struct lm_measure m)
{
    return m.precision >= 0 && m.precision <= 1 + 1e-9 && m.recall >= 0 && m.recall <= 1 + 1e-9 && m.f1 >= 0 && m.f1 <= 1 + 1e-9;
}

static void check_measures(const struct lm_records_file *f, const struct lm_linkage *l, bool between)
{
    uint32_t person[RECORDS_MOST];
    struct lm_truth t = { .n = f->records.n, .n_first = between ? f->records.n_first : 0, .person = person };
    struct lm_measures m;
    struct lm_best edge, closure, b3;
    for (uint32_t i = 0; i < t.n; i++)
        person[i] = f->truth[f->records.origin[i]];
    require(lm_truth_count(&t) == LM_OK && lm_measure(&t, l->edges, l->n_edges, &m) == LM_OK);
    require(is_share(m.edge) && is_share(m.closure) && is_share(m.b3));
    require(lm_measure_best(&t, l->edges, l->n_edges, &edge, &closure, &b3) == LM_OK);
    require(edge.measure.f1 >= m.edge.f1 - 1e-9 && b3.measure.f1 >= 0 && closure.measure.f1 <= 1 + 1e-9);
}

static uint64_t link_once(const struct lm_str part[PARTS], const struct lm_records_wish *wish)
{
    struct lm_arena a;
    struct lm_records_file f;
    struct lm_error e;
    const struct lm_effort one = { .threads = 1 };
    const struct lm_str text[2] = { part[0], part[1].n > 0 ? part[1] : (struct lm_str){ NULL, 0 } };
    const struct lm_linkage_wish how = { .between = text[1].p != NULL, .effort = &one };
    uint64_t found = 0;
    lm_arena_init(&a, (size_t)64 << 20);
    const struct lm_str map = part[2].n > 0 ? part[2] : (struct lm_str){ NULL, 0 };
    if (lm_records_file_parse(&a, text, map, wish, &f, &e) == LM_OK) {
        struct lm_linkage l;
        check_file(&f, text);
        if (f.records.n <= RECORDS_MOST && lm_link(&f.records, &how, &l, &e) == LM_OK) {
            check_pairs(&f.records, &l);
            if (wish->truth_column != NULL)
                check_measures(&f, &l, how.between);
            found = l.n_edges;
            lm_linkage_free(&l);
        }
    }
    lm_records_file_free(&f);
    lm_arena_free(&a);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_str part[PARTS];
    char truth[64];
    struct lm_records_wish wish = { .seed = 1, .folder = folder() };
    cut((struct lm_str){ (const char *)data, size }, part);
    if (part[3].n > 0 && part[3].n < sizeof truth && memchr(part[3].p, '\0', part[3].n) == NULL) {
        memcpy(truth, part[3].p, part[3].n);
        truth[part[3].n] = '\0';
        wish.truth_column = truth;
    }
    uint64_t found = link_once(part, &wish);
    if (size % 16 == 0)
        require(link_once(part, &wish) == found);
    return 0;
}
