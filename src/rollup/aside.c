/* aside.c - what is claimed twice is counted once.
 *
 * In this order, each over the rows that are still counted, the first row in order being the one that stays:
 *   judged                    a person says that two rows are the same thing
 *   same_investigation        an investigation's id again, whoever states it: its flags and platforms united
 *   same_row                  the same agency, id and content again: the same row in two files
 *   same_exhibit              the same exhibit number and drug, from different agencies (seizures, firearms, money,
 *                             pill presses)
 *   same_place_day_quantity   the same city, state, day, drug or kind, form and quantity, from different agencies
 *                             (seizures, money)
 *   same_id_place_day         the same id, day, city and state, from different agencies (arrests, firearms, overdoses,
 *                             charges, pill presses)
 *   same_measure              the same agency, organisation and measure again
 *   later_result              a laboratory result for the same exhibit and drug again: the later day stays
 * In the rules of different agencies a row stands for at most one row of each other agency: where A claims two and B
 * claims three, three are counted; a row without an agency is nobody's second claim. What else the rows say must not
 * speak against it: both name an investigation, and not the same; and for same_exhibit, another city or state, days more
 * than a week apart, tablets against powder. Then both are counted and a note says so. So it is where a person has
 * judged that the two are not the same.
 */
#include <stdarg.h>
#include <stdio.h>

#include "rollup/internal.h"

#define DAYS_APART 7

bool lm_rollup_fold(struct lm_buf *out, struct lm_str s)
{
    s = lm_str_trim(s);
    char *to = lm_buf_reserve(out, s.n + 1);
    size_t n = 0;
    bool blank = false;
    if (to == NULL)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            blank = true;
            continue;
        }
        if (blank)
            to[n++] = ' ';
        blank = false;
        to[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    out->n += n;
    return true;
}

lm_err lm_rollup_note(struct work *w, struct lm_str row, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct notes *l = &w->notes;
    struct lm_rollup_note *v = lm_arena_grow(w->a, l->v, l->n, &l->cap, sizeof *v);
    struct lm_str because = lm_arena_copy(w->a, lm_str(text));
    if (v == NULL || because.p == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    l->v = v;
    v[l->n++] = (struct lm_rollup_note){ row, because };
    return LM_OK;
}

/* Takes row `out` out of the count in favour of `kept`; joined: its agency and flags count with the kept row.
 */
static lm_err put_aside(struct work *w, uint32_t out, uint32_t kept, bool joined, const char *rule, const char *because)
{
    struct asides *l = &w->asides;
    struct held_row *rows = w->rows.v, *k = &rows[kept];
    struct lm_set_aside *v = lm_arena_grow(w->a, l->v, l->n, &l->cap, sizeof *v);
    struct lm_str text =
        k->agency.n != 0 ? lm_arena_printf(w->a, "%s; counted once, as stated by %.*s in %.*s", because,
                                           LM_STR_ARG(lm_str_take(k->agency, 80)), LM_STR_ARG(k->ref))
                         : lm_arena_printf(w->a, "%s; counted once, from %.*s", because, LM_STR_ARG(k->ref));
    if (v == NULL || text.p == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    l->v = v;
    v[l->n++] = (struct lm_set_aside){ .row = rows[out].ref, .kept = k->ref, .because = text, .rule = rule };
    rows[out].same_as = kept;
    rows[out].aside_next = k->aside_head;
    k->aside_head = out;
    if (rows[out].op.division.n != 0 && k->op.division.n != 0
        && !lm_str_eq_nocase(rows[out].op.division, k->op.division)
        && lm_rollup_note(w, rows[out].ref, "the same thing stands in two divisions, here %.*s and %.*s in %.*s: counted in "
                          "the second", LM_STR_ARG(lm_str_take(rows[out].op.division, 40)),
                          LM_STR_ARG(lm_str_take(k->op.division, 40)), LM_STR_ARG(lm_str_take(k->ref, 80))) != LM_OK)
        return LM_ENOMEM;
    if (!joined)
        return LM_OK;
    uint32_t tail = out;
    while (rows[tail].next_same != ROW_NONE)
        tail = rows[tail].next_same;
    rows[tail].next_same = k->next_same;
    k->next_same = out;
    return LM_OK;
}

/* --- keys --- */

/* Each part is followed by its length, so that no two lists of parts give the same bytes. */
struct key {
    struct lm_buf b;
};

static void key_start(struct key *k, char rule, enum lm_op_table table)
{
    lm_buf_clear(&k->b);
    lm_buf_putc(&k->b, rule);
    lm_buf_putc(&k->b, (char)table);
}

static void key_number(struct key *k, int64_t v)
{
    lm_buf_put(&k->b, (struct lm_str){ (const char *)&v, sizeof v });
}

static void key_text(struct key *k, struct lm_str s)
{
    size_t from = k->b.n;
    (void)lm_rollup_fold(&k->b, s);
    key_number(k, (int64_t)(k->b.n - from));
}

static void key_amount(struct key *k, const struct lm_quantity *q)
{
    key_number(k, q->dimension);
    key_number(k, q->value);
}

/* --- which rows can meet at all --- */

/* Marks the rows whose key may occur again, by counting hashes: the maps then hold few rows instead of all. key_of: false
 * when the rule does not apply to the row. */
static lm_err mark_repeated(struct work *w, struct key *k, bool (*key_of)(struct key *k, const struct held_row *r, char rule),
                            char rule)
{
    uint64_t mask = 1024;
    while (mask < 4 * (uint64_t)w->rows.n)
        mask *= 2;
    if (w->repeated == NULL) {
        w->repeated = lm_arena_array(w->a, w->rows.n, sizeof *w->repeated);
        w->slot = lm_arena_array(w->a, w->rows.n, sizeof *w->slot);
        w->counts = lm_arena_array(w->a, mask, 1);
        if (w->repeated == NULL || w->slot == NULL || w->counts == NULL)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
    }
    memset(w->counts, 0, mask);
    for (uint32_t i = 0; i < w->rows.n; i++) {
        w->slot[i] = ROW_NONE;
        if (w->rows.v[i].same_as != ROW_NONE || !key_of(k, &w->rows.v[i], rule))
            continue;
        if (k->b.failed)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        w->slot[i] = (uint32_t)(lm_hash64(lm_buf_str(&k->b), 0) & (mask - 1));
        w->counts[w->slot[i]] = w->counts[w->slot[i]] == 0 ? 1 : 2;
    }
    for (uint32_t i = 0; i < w->rows.n; i++)
        w->repeated[i] = w->slot[i] != ROW_NONE && w->counts[w->slot[i]] > 1;
    return LM_OK;
}

/* --- same_investigation, same_row --- */

static lm_err investigations(struct work *w, struct lm_map *by_id, struct key *k)
{
    for (uint32_t i = 0; i < w->rows.n; i++) {
        struct held_row *r = &w->rows.v[i];
        uint64_t *kept;
        bool fresh;
        if (r->op.table != LM_OP_INVESTIGATION || r->op.id.n == 0)
            continue;
        key_start(k, 'v', LM_OP_INVESTIGATION);
        key_text(k, r->op.id);
        if (k->b.failed || lm_map_put(by_id, lm_buf_str(&k->b), i, &kept, &fresh) != LM_OK)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        if (fresh)
            continue;
        lm_err err = put_aside(w, i, (uint32_t)*kept, true, "same_investigation",
                               "the same investigation again");
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

/* The counted investigation of every row, and what the row takes from it. */
static lm_err link_rows(struct work *w, const struct lm_map *by_id, struct key *k)
{
    for (uint32_t i = 0; i < w->rows.n; i++) {
        struct held_row *r = &w->rows.v[i];
        if (r->op.table == LM_OP_INVESTIGATION) {
            r->investigation = r->same_as != ROW_NONE ? r->same_as : i;
            continue;
        }
        if (r->op.investigation.n == 0)
            continue;
        key_start(k, 'v', LM_OP_INVESTIGATION);
        key_text(k, r->op.investigation);
        if (k->b.failed)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        uint64_t *at = lm_map_get(by_id, lm_buf_str(&k->b));
        if (at == NULL)
            continue;
        r->investigation = (uint32_t)*at;
        const struct held_row *inv = &w->rows.v[*at];
        r->agency = r->agency.n != 0 ? r->agency : inv->agency;
        r->division = r->division.n != 0 ? r->division : inv->division;
        r->operation = r->operation.n != 0 ? r->operation : inv->operation;
    }
    return LM_OK;
}

static bool whole_row_key(struct key *k, const struct held_row *r, char rule)
{
    const struct lm_op_row *o = &r->op;
    struct lm_str texts[] = { r->agency, o->id,   o->investigation, o->city,    o->state,
                              o->drug,   o->form, o->kind,          o->seizure, o->exhibit_number };
    if (o->table == LM_OP_INVESTIGATION || o->id.n == 0)
        return false;
    key_start(k, rule, o->table);
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
        key_text(k, texts[t]);
    key_amount(k, &o->amount);
    key_amount(k, &o->net);
    key_number(k, o->day);
    key_number(k, o->fatal);
    key_number(k, o->purity_ppm);
    key_number(k, o->ug_per_pill);
    return true;
}

static lm_err same_row_again(struct work *w, struct lm_map *map, struct key *k)
{
    lm_err err = mark_repeated(w, k, whole_row_key, 's');
    for (uint32_t i = 0; err == LM_OK && i < w->rows.n; i++) {
        uint64_t *kept;
        bool fresh;
        if (!w->repeated[i])
            continue;
        (void)whole_row_key(k, &w->rows.v[i], 's');
        if (k->b.failed || lm_map_put(map, lm_buf_str(&k->b), i, &kept, &fresh) != LM_OK)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        err = fresh ? LM_OK
                    : put_aside(w, i, (uint32_t)*kept, false, "same_row",
                                "the same row again: same agency, id, content");
    }
    return err;
}

static bool id_key(struct key *k, const struct held_row *r, char rule)
{
    if (r->op.table == LM_OP_INVESTIGATION || r->op.table == LM_OP_LAB_RESULT || r->op.table == LM_OP_ORGANIZATION
        || r->agency.n == 0 || r->op.id.n == 0)
        return false;
    key_start(k, rule, r->op.table);
    key_text(k, r->agency);
    key_text(k, r->op.id);
    return true;
}

/* The same agency uses one id for two things: both are counted, and a person should look. */
static lm_err id_again(struct work *w, struct lm_map *map, struct key *k)
{
    lm_err err = mark_repeated(w, k, id_key, 'd');
    for (uint32_t i = 0; err == LM_OK && i < w->rows.n; i++) {
        const struct held_row *r = &w->rows.v[i], *first;
        uint64_t *at;
        bool fresh;
        if (!w->repeated[i])
            continue;
        (void)id_key(k, r, 'd');
        if (k->b.failed || lm_map_put(map, lm_buf_str(&k->b), i, &at, &fresh) != LM_OK)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        if (fresh)
            continue;
        first = &w->rows.v[*at];
        bool divisions = r->division.n != 0 && first->division.n != 0 && !lm_str_eq_nocase(r->division, first->division);
        err = lm_rollup_note(w, r->ref, "the agency uses this id for another row too, with other content%s: %.*s; both are "
                             "counted", divisions ? " and in another division" : "",
                             LM_STR_ARG(lm_str_take(first->ref, 80)));
    }
    return err;
}

/* --- claims of different agencies --- */

/* Do two counted rows, with what was set aside for them, hold claims of one agency? Then they are two things.
 */
static bool share_an_agency(const struct held_row *rows, uint32_t a, uint32_t b)
{
    for (uint32_t i = a; i != ROW_NONE; i = rows[i].next_same)
        for (uint32_t j = b; j != ROW_NONE; j = rows[j].next_same)
            if (lm_str_eq_nocase(rows[i].agency, rows[j].agency))
                return true;
    return false;
}

/* same_exhibit lets the amounts differ, and says so. */
#define BUT_NOT_AMOUNT "another agency claims the same exhibit number, with another quantity"

static bool same_amount(const struct lm_quantity *a, const struct lm_quantity *b)
{
    return a->dimension == b->dimension && a->value == b->value;
}

static bool differ(struct lm_str a, struct lm_str b)
{
    return a.n != 0 && b.n != 0 && !lm_str_eq_nocase(a, b);
}

/* What the rows say against being one thing; NULL: nothing. */
static const char *against(const struct held_row *a, const struct held_row *b, bool by_exhibit)
{
    const struct lm_op_row *x = &a->op, *y = &b->op;
    if (differ(x->investigation, y->investigation))
        return "they name different investigations";
    if (!by_exhibit)
        return NULL;
    if (differ(x->city, y->city) || differ(x->state, y->state))
        return "the places differ";
    if (x->day != LM_DAY_NONE && y->day != LM_DAY_NONE
        && (x->day > y->day ? x->day - y->day : y->day - x->day) > DAYS_APART)
        return "the days are more than a week apart";
    if (x->form.n != 0 && y->form.n != 0 && lm_rollup_is_pill_form(x->form) != lm_rollup_is_pill_form(y->form))
        return "one is tablets and the other is not";
    return NULL;
}

static bool judged_apart(const struct work *w, uint32_t kept, uint32_t row)
{
    for (size_t n = 0; n < w->n_apart; n++)
        for (uint32_t i = kept; i != ROW_NONE; i = w->rows.v[i].next_same)
            if ((w->apart[n].a == i && w->apart[n].b == row) || (w->apart[n].b == i && w->apart[n].a == row))
                return true;
    return false;
}

/* Candidates of one key stand in the map as key#0, key#1, …; each agency walks them once. */
static lm_err claim(struct work *w, struct lm_map *map, struct key *k, uint32_t i, const char *rule,
                    const char *because)
{
    const struct held_row *r = &w->rows.v[i];
    bool by_exhibit = strcmp(rule, "same_exhibit") == 0;
    size_t base = k->b.n;
    uint64_t *count, *walked;
    lm_buf_putc(&k->b, '#');
    if (k->b.failed || lm_map_put(map, lm_buf_str(&k->b), 0, &count, NULL) != LM_OK)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    uint64_t n = *count;
    k->b.n = base;
    lm_buf_putc(&k->b, '@');
    key_text(k, r->agency);
    if (k->b.failed || lm_map_put(map, lm_buf_str(&k->b), 0, &walked, NULL) != LM_OK)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    while (*walked < n) {
        k->b.n = base;
        lm_buf_printf(&k->b, "#%llu", (unsigned long long)(*walked)++);
        uint64_t *candidate = k->b.failed ? NULL : lm_map_get(map, lm_buf_str(&k->b));
        if (candidate == NULL)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        const struct held_row *c = &w->rows.v[*candidate];
        if (share_an_agency(w->rows.v, (uint32_t)*candidate, i) || judged_apart(w, (uint32_t)*candidate, i))
            continue;
        const char *why = against(c, r, by_exhibit);
        if (why == NULL)
            return put_aside(w, i, (uint32_t)*candidate, true, rule, by_exhibit && !same_amount(&c->op.amount, &r->op.amount)
                                                                         ? BUT_NOT_AMOUNT : because);
        if (lm_rollup_note(w, r->ref, "not set aside although %s in %.*s, because %s: both are counted, until a person "
                           "judges", because, LM_STR_ARG(lm_str_take(c->ref, 80)), why) != LM_OK)
            return LM_ENOMEM;
    }
    k->b.n = base;
    lm_buf_printf(&k->b, "#%llu", (unsigned long long)n);
    uint64_t *mine;
    if (k->b.failed || lm_map_put(map, lm_buf_str(&k->b), i, &mine, NULL) != LM_OK)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    k->b.n = base + 1;
    *lm_map_get(map, lm_buf_str(&k->b)) = n + 1;
    return LM_OK;
}

/* Fills k for rule `rule`; NULL when the rule does not apply to the row, else the reason to print. */
static const char *claim_key(struct key *k, char rule, const struct held_row *r)
{
    const struct lm_op_row *o = &r->op;
    bool seizure = o->table == LM_OP_SEIZURE, money = o->table == LM_OP_MONEY,
         firearm = o->table == LM_OP_FIREARM, press = o->table == LM_OP_PILL_PRESS;
    bool placed = o->day != LM_DAY_NONE && o->city.n != 0;
    key_start(k, rule, o->table);
    if (rule == 'e') {
        if (!(seizure || money || firearm || press) || o->exhibit_number.n == 0)
            return NULL;
        key_text(k, o->exhibit_number);
        key_text(k, o->drug);
        return "another agency claims the same exhibit number";
    }
    if (!placed)
        return NULL;
    key_number(k, o->day);
    key_text(k, o->city);
    key_text(k, o->state);
    if (rule == 'p') {
        if (!(seizure || money) || o->amount.dimension == LM_DIMENSION_NONE || (seizure && o->drug.n == 0))
            return NULL;
        key_text(k, o->drug);
        key_text(k, o->form);
        key_text(k, o->kind);
        key_amount(k, &o->amount);
        return seizure ? "another agency claims the same drug, form and quantity at the same place on the "
                         "same day"
                       : "another agency claims the same kind and amount of money at the same place on the "
                         "same day";
    }
    if (!(firearm || press || o->table == LM_OP_ARREST || o->table == LM_OP_OVERDOSE || o->table == LM_OP_CHARGE)
        || o->id.n == 0)
        return NULL;
    key_text(k, o->id);
    return "another agency states the same id at the same place on the same day";
}

static bool claimed(struct key *k, const struct held_row *r, char rule)
{
    return r->agency.n != 0 && claim_key(k, rule, r) != NULL;
}

static lm_err claims(struct work *w, struct lm_map *map, struct key *k, char rule)
{
    const char *name = rule == 'e' ? "same_exhibit" : rule == 'p' ? "same_place_day_quantity" : "same_id_place_day";
    lm_err err = mark_repeated(w, k, claimed, rule);
    for (uint32_t i = 0; err == LM_OK && i < w->rows.n; i++)
        if (w->repeated[i])
            err = claim(w, map, k, i, name, claim_key(k, rule, &w->rows.v[i]));
    return err;
}

/* --- a person's word --- */

static uint32_t row_called(const struct lm_map *by_ref, struct lm_str ref)
{
    const uint64_t *at = lm_map_get(by_ref, ref);
    return at != NULL ? (uint32_t)*at : ROW_NONE;
}

static lm_err apply_word(struct work *w, const struct lm_rollup_word *word, uint32_t a, uint32_t b)
{
    a = lm_rollup_counted(w, a);
    b = lm_rollup_counted(w, b);
    if (a == b)
        return LM_OK;
    if (w->rows.v[a].op.table != w->rows.v[b].op.table || w->rows.v[a].op.table == LM_OP_INVESTIGATION)
        return lm_rollup_note(w, w->rows.v[b].ref, "the judgement about it does not hold: the rows are not of one table");
    char because[300];
    (void)snprintf(because, sizeof because, "%.*s", LM_STR_ARG(lm_str_take(word->because, 290)));
    return put_aside(w, a < b ? b : a, a < b ? a : b, true, "judged", because);
}

static lm_err words(struct work *w)
{
    const struct lm_rollup_options *o = w->options;
    struct lm_map by_ref;
    uint64_t *at;
    lm_err err = LM_OK;
    if (o->n_words == 0)
        return LM_OK;
    lm_map_init(&by_ref, w->a);
    w->apart = lm_arena_array(w->a, o->n_words, sizeof *w->apart);
    for (uint32_t i = 0; i < w->rows.n && err == LM_OK; i++)
        err = lm_map_put(&by_ref, w->rows.v[i].ref, i, &at, NULL);
    if (err != LM_OK || w->apart == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < o->n_words && err == LM_OK; i++) {
        uint32_t a = row_called(&by_ref, o->words[i].a), b = row_called(&by_ref, o->words[i].b);
        if (a == ROW_NONE || b == ROW_NONE) /* one of them is not among these rows */
            continue;
        if (o->words[i].same)
            err = apply_word(w, &o->words[i], a, b);
        else
            w->apart[w->n_apart++] = (struct row_pair){ a, b };
    }
    return err;
}

/* --- organisations, laboratory results --- */

static lm_err measures_again(struct work *w, struct lm_map *map, struct key *k)
{
    for (uint32_t i = 0; i < w->rows.n; i++) {
        const struct held_row *r = &w->rows.v[i];
        uint64_t *kept;
        bool fresh;
        if (r->op.table != LM_OP_ORGANIZATION || r->same_as != ROW_NONE)
            continue;
        key_start(k, 'o', r->op.table);
        key_text(k, r->agency);
        key_text(k, r->op.id);
        key_text(k, r->op.kind);
        if (k->b.failed || lm_map_put(map, lm_buf_str(&k->b), i, &kept, &fresh) != LM_OK)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        lm_err err = fresh ? LM_OK : put_aside(w, i, (uint32_t)*kept, false, "same_measure",
                                               "the same organisation and measure again");
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}


static lm_err later_results(struct work *w, struct lm_map *map, struct key *k)
{
    for (uint32_t i = 0; i < w->rows.n; i++) {
        const struct held_row *r = &w->rows.v[i];
        uint64_t *kept;
        bool fresh;
        if (r->op.table != LM_OP_LAB_RESULT || r->same_as != ROW_NONE || r->op.exhibit_number.n == 0)
            continue;
        key_start(k, 'l', r->op.table);
        key_text(k, r->op.exhibit_number);
        key_text(k, r->op.seizure);
        key_text(k, r->op.drug);
        if (k->b.failed || lm_map_put(map, lm_buf_str(&k->b), i, &kept, &fresh) != LM_OK)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        if (fresh)
            continue;
        uint32_t out = i, in = (uint32_t)*kept;
        if (r->op.day > w->rows.v[in].op.day) {
            out = in;
            in = i;
            *kept = i;
        }
        lm_err err = put_aside(w, out, in, false, "later_result", "another laboratory result for the same exhibit and drug");
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

uint32_t lm_rollup_counted(const struct work *w, uint32_t i)
{
    while (w->rows.v[i].same_as != ROW_NONE)
        i = w->rows.v[i].same_as;
    return i;
}

lm_err lm_rollup_set_aside(struct work *w)
{
    struct lm_map by_id, map;
    struct key k;
    lm_map_init(&by_id, w->a);
    lm_map_init(&map, w->a);
    lm_buf_init(&k.b, (size_t)256 << 20);
    lm_err err = investigations(w, &by_id, &k);
    if (err == LM_OK)
        err = link_rows(w, &by_id, &k);
    if (err == LM_OK)
        err = words(w);
    if (err == LM_OK)
        err = same_row_again(w, &map, &k);
    if (err == LM_OK)
        err = id_again(w, &map, &k);
    for (const char *rule = "epi"; err == LM_OK && *rule != '\0'; rule++)
        err = claims(w, &map, &k, *rule);
    if (err == LM_OK)
        err = measures_again(w, &map, &k);
    if (err == LM_OK)
        err = later_results(w, &map, &k);
    lm_buf_free(&k.b);
    return err;
}
