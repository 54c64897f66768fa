/* DEA's domestic field divisions as squares, about where they lie. Names: dea.gov, "Divisions" (23 of them). */
#include "report/operation.h"

static const struct place {
    const char *name, *shown;
    unsigned char column, row;
} places[] = {
    { "Seattle", "Seattle", 0, 0 },          { "New England", "New England", 9, 0 },
    { "San Francisco", "San Francisco", 0, 1 }, { "Rocky Mountain", "Rocky Mtn", 2, 1 },
    { "Omaha", "Omaha", 4, 1 },              { "Chicago", "Chicago", 5, 1 },
    { "Detroit", "Detroit", 6, 1 },          { "New York", "New York", 8, 1 },
    { "Los Angeles", "Los Angeles", 0, 2 },  { "St. Louis", "St. Louis", 5, 2 },
    { "Louisville", "Louisville", 6, 2 },    { "Philadelphia", "Philadelphia", 7, 2 },
    { "New Jersey", "New Jersey", 8, 2 },    { "San Diego", "San Diego", 0, 3 },
    { "Phoenix", "Phoenix", 1, 3 },          { "Washington", "Washington", 7, 3 },
    { "El Paso", "El Paso", 2, 4 },          { "Dallas", "Dallas", 3, 4 },
    { "Atlanta", "Atlanta", 6, 4 },          { "Houston", "Houston", 4, 5 },
    { "New Orleans", "New Orleans", 5, 5 },  { "Miami", "Miami", 7, 5 },
    { "Caribbean", "Caribbean", 9, 5 },
};
#define N_PLACES (sizeof places / sizeof places[0])

static struct lm_str bare(struct lm_str division)
{
    static const char *const tails[] = { " field division", " division" };
    division = lm_str_trim(division);
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(tails[i]);
        if (division.n > n && lm_str_eq_nocase(lm_str_skip(division, division.n - n), lm_str(tails[i])))
            return lm_str_take(division, division.n - n);
    }
    return division;
}

bool lm_division_place(struct lm_str division, unsigned *ret_column, unsigned *ret_row, struct lm_str *ret_short)
{
    struct lm_str name = bare(division);
    for (size_t i = 0; i < N_PLACES; i++) {
        if (!lm_str_eq_nocase(name, lm_str(places[i].name)))
            continue;
        *ret_column = places[i].column;
        *ret_row = places[i].row;
        *ret_short = lm_str(places[i].shown);
        return true;
    }
    return false;
}

static void tile(struct lm_document *d, unsigned column, unsigned row, struct lm_str name, const struct lm_map_value *v)
{
    const double w = 70, h = 46;
    struct lm_doc_shape box = { .x = w * column, .y = h * row, .w = w - 3, .h = h - 3, .box = true };
    struct lm_doc_shape label = { .x = box.x + 2, .y = box.y + 4, .w = w - 7, .h = 14, .text = name, .size = 8,
                                  .align = LM_DOC_MIDDLE };
    struct lm_doc_shape value = { .x = box.x + 2, .y = box.y + 20, .w = w - 7, .h = 18, .size = 10, .align = LM_DOC_MIDDLE };
    if (v != NULL) { /* dark enough to tell, light enough to read black text on it */
        box.shade = (uint8_t)(1 + 4 * v->share + .5);
        box.link = value.link = v->link;
        value.text = v->value;
    }
    lm_doc_shape(d, &box);
    lm_doc_shape(d, &label);
    lm_doc_shape(d, &value);
}

void lm_doc_division_map(struct lm_document *d, const char *title, const struct lm_map_value *v, size_t n)
{
    unsigned column, row, more = 0;
    struct lm_str shown;
    lm_doc_chart(d, "%s", title);
    for (size_t p = 0; p < N_PLACES; p++) {
        const struct lm_map_value *found = NULL;
        for (size_t i = 0; i < n && found == NULL; i++)
            found = lm_str_eq_nocase(bare(v[i].division), lm_str(places[p].name)) ? &v[i] : NULL;
        tile(d, places[p].column, places[p].row, lm_str(places[p].shown), found);
    }
    for (size_t i = 0; i < n; i++) /* those that are not DEA's: as many as fit; the table has all */
        if (!lm_division_place(v[i].division, &column, &row, &shown) && more < 3 * LM_MAP_COLUMNS) {
            tile(d, more % LM_MAP_COLUMNS, LM_MAP_ROWS + 1 + more / LM_MAP_COLUMNS, v[i].division, &v[i]);
            more++;
        }
}
