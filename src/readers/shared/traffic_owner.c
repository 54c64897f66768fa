/* Whose records they are, and in which order dates are written: see traffic_parts.h. */
#include "readers/shared/traffic_parts.h"

#define HEADING_NUMBERS 8
#define NUMBERS_CEILING 100000

struct survey {
    struct traffic *t;
    struct lm_map counts;  /* section, number's last ten digits → rows */
    struct lm_str heading[HEADING_NUMBERS];
    size_t n_heading;
    bool says_utc;
    /* of the section at hand */
    struct lm_str named[HEADING_NUMBERS];
    size_t n_named;
    struct lm_str top;
    uint64_t top_n, second_n;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Its last ten digits, as a key; empty when it has fewer than seven. */
static struct lm_str number_key(struct lm_str s, char room[12])
{
    size_t n = 0;
    for (size_t i = s.n; i > 0 && n < 10; i--)
        if (is_digit(s.p[i - 1]))
            room[9 - n++] = s.p[i - 1];
    return n >= 7 ? (struct lm_str){ room + 10 - n, n } : (struct lm_str){ NULL, 0 };
}

/* --- headings --- */

/* The first run of 10 to 15 digits with what people write between them. */
static struct lm_str number_in(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        size_t end = i, n = 0;
        if (!is_digit(s.p[i]) && s.p[i] != '+' && s.p[i] != '(')
            continue;
        for (size_t k = i; k < s.n && (is_digit(s.p[k]) || strchr("+-. ()", s.p[k]) != NULL) && s.p[k] != '\0'; k++) {
            n += is_digit(s.p[k]);
            if (is_digit(s.p[k]))
                end = k + 1;
        }
        if (n >= 10 && n <= 15)
            return (struct lm_str){ s.p + i, end - i };
        i = end > i ? end : i;
    }
    return (struct lm_str){ NULL, 0 };
}

static bool has_word(struct lm_str s, const char *pattern)
{
    return lm_layout_glob(lm_str(pattern), lm_str_take(s, 300));
}

static lm_err take_heading(struct survey *v, const struct lm_rows_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        struct lm_str c = row->cells[i], number = number_in(lm_str_take(c, 300));
        bool utc = has_word(c, "*UTC*") || has_word(c, "*GMT*") || has_word(c, "*coordinated universal*");
        if (utc && (has_word(c, "*time*") || has_word(c, "*zone*")) && !has_word(c, "* not *") && !has_word(c, "*local*"))
            v->says_utc = true;
        if (number.n == 0 || v->n_heading == HEADING_NUMBERS)
            continue;
        v->heading[v->n_heading] = lm_arena_copy(v->t->ctx->file, number);
        if (v->heading[v->n_heading++].p == NULL)
            return LM_ENOMEM;
    }
    return LM_OK;
}

/* --- the numbers of a section --- */

static void finish_section(struct survey *v)
{
    struct traffic_section *s = traffic_section(v->t);
    if (v->t->n_sections == 0)
        return;
    for (size_t i = 0; i < v->n_named && s->owner.n == 0; i++) {
        char room[12], key[20];
        struct lm_str digits = number_key(v->named[i], room);
        size_t n = v->t->n_sections;
        memcpy(key, &n, sizeof n);
        if (digits.n == 0)
            continue;
        memcpy(key + sizeof n, digits.p, digits.n);
        const uint64_t *rows = lm_map_get(&v->counts, (struct lm_str){ key, sizeof n + digits.n });
        if (rows != NULL && *rows * 2 > s->rows)
            s->owner = v->named[i];
    }
    bool alone = v->top_n * 10 >= s->rows * 6 && v->top_n > v->second_n;
    if (s->owner.n == 0 && v->t->bound.n_at[LM_MEANS_OTHER] != 0) { /* the owner is in no row */
        if (v->n_named == 1)
            s->owner = v->named[0];
    } else if (s->owner.n == 0 && s->rows >= 3 && alone) {
        s->owner = v->top;
    }
}

static void begin_section(struct survey *v)
{
    struct traffic_section *s = traffic_section(v->t);
    *s = (struct traffic_section){ .orders = 7, .says_utc = v->says_utc };
    v->n_named = v->n_heading;
    memcpy(v->named, v->heading, sizeof v->named);
    v->n_heading = 0;
    v->top = (struct lm_str){ NULL, 0 };
    v->top_n = v->second_n = 0;
}

static lm_err count_number(struct survey *v, const struct lm_account_ref *a)
{
    char room[12], key[20];
    uint64_t *rows;
    size_t n = v->t->n_sections;
    struct lm_str digits = a->form == LM_ACCOUNT_NATIVE ? number_key(a->native, room) : (struct lm_str){ NULL, 0 };
    if (digits.n == 0)
        return LM_OK;
    memcpy(key, &n, sizeof n);
    memcpy(key + sizeof n, digits.p, digits.n);
    struct lm_str k = { key, sizeof n + digits.n };
    if (v->counts.n >= NUMBERS_CEILING && lm_map_get(&v->counts, k) == NULL)
        return LM_OK;
    if (lm_map_put(&v->counts, k, 0, &rows, NULL) != LM_OK)
        return LM_ENOMEM;
    char top_room[12];
    struct lm_str top = number_key(v->top, top_room);
    ++*rows;
    if (v->top.n == 0 || (*rows > v->top_n && !lm_str_eq(top, digits))) {
        v->second_n = v->top_n;
        v->top = lm_arena_copy(v->t->ctx->file, a->native);
        v->top_n = *rows;
        return v->top.p != NULL ? LM_OK : LM_ENOMEM;
    }
    if (lm_str_eq(top, digits))
        v->top_n = *rows;
    else if (*rows > v->second_n)
        v->second_n = *rows;
    return LM_OK;
}

static lm_err take_record(struct survey *v, const struct lm_rows_row *row, const struct traffic_row *r)
{
    struct traffic_section *s = traffic_section(v->t);
    const struct lm_binding *b = &v->t->bound;
    s->rows++;
    lm_err err = count_number(v, &r->ev.from);
    if (err == LM_OK && !(r->to.form == LM_ACCOUNT_NATIVE && lm_cell_same_number(r->to.native, r->ev.from.native)))
        err = count_number(v, &r->to);
    for (unsigned m = LM_MEANS_START; m <= LM_MEANS_START_DATE; m++) {
        struct lm_str c = lm_binding_cell(b, (enum lm_meaning)m, row->cells, row->n, NULL);
        unsigned orders = c.n != 0 ? lm_cell_orders(c) : 7;
        if ((s->orders & orders) != 0)
            s->orders &= orders;
    }
    return err;
}

static lm_err survey_row(struct survey *v, const struct lm_rows_row *row, uint64_t *records)
{
    struct traffic *t = v->t;
    struct traffic_row r;
    enum traffic_what what = TRAFFIC_NOTE;
    const char *why;
    bool header = false;
    lm_err err = LM_OK;
    if (t->is_bound && t->bound.layout->of_accounts) {
        traffic_account_orders(t, row);
        ++*records;
        if (!traffic_header_first(t, row) && traffic_account_is_record(t, row))
            return LM_OK;
    } else if (t->is_bound) {
        err = traffic_read_row(t, row, &r, &what, &why);
        if (err == LM_OK && what == TRAFFIC_RECORD) {
            ++*records;
            return take_record(v, row, &r);
        }
    }
    if (err == LM_OK) {
        size_t before = t->n_sections;
        struct lm_binding old = t->bound;
        err = traffic_header(t, row, &header);
        if (err == LM_OK && header) {
            struct lm_binding now = t->bound;
            size_t n = t->n_sections;
            t->bound = old; /* the section that ends is judged by its own header */
            t->n_sections = before;
            finish_section(v);
            t->bound = now;
            t->n_sections = n;
            begin_section(v);
            return LM_OK;
        }
    }
    /* a date with the day in front fails until the order is known: it still says in which order */
    if (err == LM_OK && what == TRAFFIC_UNREADABLE)
        err = take_record(v, row, &r);
    return err == LM_OK && what == TRAFFIC_NOTE ? take_heading(v, row) : err;
}

lm_err traffic_survey(struct traffic *t)
{
    struct survey v = { .t = t };
    uint64_t records = 0;
    bool done = false;
    lm_map_init(&v.counts, t->ctx->file);
    t->surveying = true;
    lm_err err = LM_OK;
    for (uint64_t i = 0; err == LM_OK && i < 4 * TRAFFIC_SURVEY_ROWS && records < TRAFFIC_SURVEY_ROWS; i++) {
        struct lm_rows_row row;
        lm_arena_reset(&t->scratch);
        err = lm_rows_next(&t->rows, &t->scratch, &row, &done, t->ctx->error);
        if (err != LM_OK || done)
            break;
        if (row.sheet != t->sheet) {
            finish_section(&v);
            v.n_heading = 0;
            v.says_utc = false;
            t->sheet = row.sheet;
            t->is_bound = false;
        }
        if (!row.bad)
            err = survey_row(&v, &row, &records);
    }
    if (err == LM_EINPUT || err == LM_ELIMIT)
        err = LM_OK; /* the reading itself meets it again, with all that stands before it */
    finish_section(&v);
    t->surveying = false;
    t->is_bound = false;
    t->n_sections = 0;
    return err;
}
