#include "resolve/records_file.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/os.h"
#include "base/utf8.h"
#include "formats/csv.h"
#include "resolve/records_parts.h"

#define LOOK_ROWS 2000
#define FORGET_BYTES ((size_t)32 << 20)

static void damaged(struct reading *s, unsigned file, uint64_t row, uint64_t byte, const char *reason)
{
    struct lm_records_file *f = s->f;
    f->n_damaged++;
    if (f->n_problems < LM_RECORDS_PROBLEMS)
        f->problems[f->n_problems++] = (struct lm_records_problem){ .file = file, .row = row, .byte = byte, .reason = reason };
}

/* --- columns of one file --- */

static lm_err header(struct reading *s, unsigned file, struct lm_csv *csv)
{
    struct lm_csv_row row;
    bool done = false;
    lm_err err = lm_csv_next(csv, &row, &done);
    if (err == LM_OK && (done || (row.n == 1 && lm_str_trim(row.cells[0]).n == 0)))
        return lm_fail(s->e, LM_EINPUT, "the table is empty");
    if (err != LM_OK)
        return lm_fail(s->e, err == LM_ELIMIT ? LM_EINPUT : err, "the first row is too long to be the names of columns");
    size_t n = row.n < LM_RECORDS_COLUMNS ? row.n : LM_RECORDS_COLUMNS;
    s->f->columns[file] = lm_arena_array(s->a, n, sizeof *s->f->columns[file]);
    if (s->f->columns[file] == NULL)
        return lm_fail(s->e, LM_ENOMEM, "no memory for the columns");
    for (size_t i = 0; i < n; i++) {
        struct lm_str name = lm_utf8_repaired(s->a, lm_str_take(lm_str_trim(row.cells[i]), LM_RECORDS_ID_MOST), NULL);
        if (name.p == NULL)
            return lm_fail(s->e, LM_ENOMEM, "no memory for the columns");
        struct lm_column *c = &s->f->columns[file][i];
        if (!lm_column_by_name(s->folder, name, c))
            *c = (struct lm_column){ .name = name, .kind = LM_FIELD_WORDS };
    }
    s->f->n_columns[file] = n;
    return LM_OK;
}

static bool same_name(struct lm_str a, struct lm_str b)
{
    return lm_str_eq_nocase(lm_str_trim(a), lm_str_trim(b));
}

/* One row of the map: a column and what it means. False: it is none (the heading, or empty). */
static bool map_row(const struct lm_csv_row *row, struct lm_str *ret_column, struct lm_str *ret_word)
{
    struct lm_str column = row->n > 0 ? lm_str_trim(row->cells[0]) : (struct lm_str){ NULL, 0 };
    if (row->n < 2 || (row->number == 1 && same_name(column, LM_STR("column"))))
        return false;
    *ret_column = column;
    *ret_word = lm_str_trim(row->cells[1]);
    return true;
}

static bool is_column(const struct lm_records_file *f, struct lm_str name)
{
    for (unsigned file = 0; file < 2; file++)
        for (size_t i = 0; i < f->n_columns[file]; i++)
            if (same_name(name, f->columns[file][i].name))
                return true;
    return false;
}

/* Every row names a column that one of the tables has: a slip in a name is not passed over. */
static lm_err check_map(struct reading *s, struct lm_str map)
{
    struct lm_csv csv;
    struct lm_csv_row row;
    struct lm_str column, word;
    bool done = false;
    uint64_t rows = 0;
    lm_err err = LM_OK;
    lm_csv_init(&csv, map, 0);
    while (err == LM_OK && (err = lm_csv_next(&csv, &row, &done)) == LM_OK && !done) {
        if (!map_row(&row, &column, &word))
            continue;
        rows++;
        if (!same_name(column, LM_STR("*")) && !is_column(s->f, column))
            err = lm_fail(s->e, LM_EINPUT, "row %llu of the map: no table has a column %.*s", (unsigned long long)row.number,
                          (int)lm_str_take(column, 60).n, column.p);
    }
    lm_csv_free(&csv);
    if (err == LM_OK && rows == 0)
        err = lm_fail(s->e, LM_EINPUT, "the map has no row of a column and what it means");
    return err == LM_ELIMIT ? lm_fail(s->e, LM_EINPUT, "a row of the map is too long") : err;
}

/* What the map says; what it does not name stays as recognised, unless it has a row for `*`. */
static lm_err apply_map(struct reading *s, unsigned file, struct lm_str map)
{
    struct lm_csv csv;
    struct lm_csv_row row;
    struct lm_str column, word;
    bool done = false, rest = false;
    bool named[LM_RECORDS_COLUMNS] = { false };
    struct lm_column others = { .role = LM_COLUMN_LEFT_OUT };
    lm_err err = LM_OK;
    lm_csv_init(&csv, map, 0);
    while (err == LM_OK && (err = lm_csv_next(&csv, &row, &done)) == LM_OK && !done) {
        struct lm_column means;
        if (!map_row(&row, &column, &word))
            continue;
        if (!lm_column_by_word(s->folder, word, &means)) {
            err = lm_fail(s->e, LM_EINPUT, "row %llu of the map: no such meaning", (unsigned long long)row.number);
            lm_fail_hint(s->e, "one of: %s", lm_column_words());
            break;
        }
        if (same_name(column, LM_STR("*"))) {
            rest = true;
            others = means;
        }
        for (size_t i = 0; i < s->f->n_columns[file]; i++) {
            struct lm_column *c = &s->f->columns[file][i];
            if (!same_name(column, c->name))
                continue;
            named[i] = true;
            means.name = c->name;
            if (c->role != LM_COLUMN_PROTECTED)
                *c = means;
        }
    }
    lm_csv_free(&csv);
    for (size_t i = 0; rest && i < s->f->n_columns[file]; i++)
        if (!named[i] && s->f->columns[file][i].role != LM_COLUMN_PROTECTED) {
            others.name = s->f->columns[file][i].name;
            s->f->columns[file][i] = others;
        }
    return err == LM_ELIMIT ? lm_fail(s->e, LM_EINPUT, "a row of the map is too long") : err;
}

static lm_err look(struct reading *s, unsigned file, struct lm_csv csv)
{
    struct lm_column_look *looks = lm_arena_array(s->a, s->f->n_columns[file], sizeof *looks);
    struct lm_csv_row row;
    bool done = false;
    lm_err err = looks != NULL ? LM_OK : LM_ENOMEM;
    /* the reader's buffers are its own: a second one starts where the rows do */
    struct lm_csv ahead;
    lm_csv_init(&ahead, lm_str_skip(csv.in, csv.pos), csv.separator);
    for (unsigned k = 0; err == LM_OK && k < LOOK_ROWS && !done; k++) {
        err = lm_csv_next(&ahead, &row, &done);
        if (err == LM_ELIMIT)
            err = LM_OK;
        else if (err == LM_OK && !done)
            for (size_t i = 0; i < row.n && i < s->f->n_columns[file]; i++)
                lm_column_look_at(&looks[i], s->folder, row.cells[i]);
    }
    lm_csv_free(&ahead);
    if (err != LM_OK)
        return lm_fail(s->e, err, "no memory for the columns");
    lm_columns_settle(s->f->columns[file], looks, s->f->n_columns[file]);
    return LM_OK;
}

static lm_err columns_of(struct reading *s, unsigned file, struct lm_csv *csv, struct lm_str map)
{
    const char *truth = s->wish->truth_column;
    lm_err err = header(s, file, csv);
    if (err == LM_OK && map.n > 0)
        err = apply_map(s, file, map);
    s->truth_at[file] = SIZE_MAX;
    for (size_t i = 0; err == LM_OK && truth != NULL && i < s->f->n_columns[file]; i++)
        if (same_name(s->f->columns[file][i].name, lm_str(truth))) {
            s->truth_at[file] = i;
            s->f->columns[file][i].role = LM_COLUMN_LEFT_OUT;
        }
    if (err == LM_OK && truth != NULL && s->truth_at[file] == SIZE_MAX) {
        err = lm_fail(s->e, LM_EINPUT, "there is no column %.60s for the truth", truth);
        lm_fail_hint(s->e, "--truth takes a column, a file of pairs, or id:REGEX");
    }
    return err == LM_OK ? look(s, file, *csv) : err;
}

/* --- rows --- */

static lm_err person_of(struct reading *s, const struct lm_csv_row *row, unsigned file, struct lm_str id, uint32_t *ret)
{
    struct lm_str name = { NULL, 0 };
    char own[32];
    if (s->truth_at[file] < row->n && s->wish->truth_column != NULL)
        name = lm_str_trim(row->cells[s->truth_at[file]]);
    else if (s->pattern != NULL && id.n > 0) {
        char z[LM_RECORDS_ID_MOST + 1];
        regmatch_t at[2];
        memcpy(z, id.p, id.n);
        z[id.n] = '\0';
        if (regexec(s->pattern, z, 2, at, 0) == 0) {
            size_t k = at[1].rm_so >= 0 ? 1 : 0;
            name = lm_str_take(lm_str_skip(id, (size_t)at[k].rm_so), (size_t)(at[k].rm_eo - at[k].rm_so));
        }
    }
    if (name.n == 0) { /* nothing is known of it: a person of its own */
        s->n_alone++;
        own[0] = '\0';
        int n = snprintf(own, sizeof own, "%c%llu", '\0', (unsigned long long)s->n_alone);
        name = (struct lm_str){ own, (size_t)n };
    }
    uint32_t person;
    lm_err err = lm_values_put(&s->persons, name, &person);
    if (err == LM_OK)
        *ret = person - 1;
    return err;
}

static lm_err more_records(struct reading *s)
{
    struct lm_records_file *f = s->f;
    uint32_t cap = s->cap == 0 ? 1024 : s->cap + s->cap / 2;
    uint32_t *id = realloc(f->id, cap * sizeof *id);
    if (id != NULL)
        f->id = id;
    uint32_t *truth = id != NULL && s->has_truth ? realloc(f->truth, cap * sizeof *truth) : f->truth;
    if (id == NULL || (s->has_truth && truth == NULL))
        return LM_ENOMEM;
    f->truth = truth;
    s->cap = cap;
    return LM_OK;
}

static struct lm_str date_of(const struct field_from *from, unsigned file, const struct lm_csv_row *row, char out[LM_FORM_MAX])
{
    size_t n = 0;
    for (unsigned k = 0; k < 3; k++) {
        size_t at = from->part[file][k];
        struct lm_str cell = at < row->n ? lm_str_trim(row->cells[at]) : (struct lm_str){ NULL, 0 };
        size_t digits = 0;
        for (size_t i = 0; i < cell.n && digits < 4 && cell.p[i] >= '0' && cell.p[i] <= '9'; i++)
            digits++;
        if (k > 0)
            out[n++] = '-';
        if (k == 0 && digits < 3) { /* the year decides the order of the parts: zeros for none */
            memcpy(out + n, "0000", 4);
            n += 4;
        } else if (digits == 0) {
            out[n++] = '0';
        } else {
            memcpy(out + n, cell.p, digits);
            n += digits;
        }
    }
    return (struct lm_str){ out, n };
}

static lm_err take_row(struct reading *s, unsigned file, const struct lm_csv_row *row)
{
    struct lm_records_file *f = s->f;
    struct lm_str cells[LM_FIELDS_MOST];
    char date[LM_FORM_MAX], number[32];
    struct lm_str id = { NULL, 0 };
    if (row->n == 1 && lm_str_trim(row->cells[0]).n == 0)
        return LM_OK;
    f->n_rows++;
    if (row->oddities & (LM_CSV_OPEN_QUOTE | LM_CSV_NUL)) {
        damaged(s, file, row->number, row->at, row->oddities & LM_CSV_NUL ? "a NUL byte" : "a quote is left open");
        return LM_OK;
    }
    if (row->n > f->n_columns[file] && row->n > LM_RECORDS_COLUMNS) {
        damaged(s, file, row->number, row->at, "more cells than columns are read");
        return LM_OK;
    }
    for (uint32_t k = 0; k < s->n_fields; k++) {
        size_t at = s->from[k].part[file][0];
        cells[k] = at < row->n ? row->cells[at] : (struct lm_str){ NULL, 0 };
        if (s->from[k].is_date)
            cells[k] = date_of(&s->from[k], file, row, date);
    }
    if (s->id_at[file] < row->n)
        id = lm_str_take(lm_str_trim(row->cells[s->id_at[file]]), LM_RECORDS_ID_MOST);
    if (id.n == 0) {
        int n = snprintf(number, sizeof number, "row %llu", (unsigned long long)row->number);
        id = (struct lm_str){ number, (size_t)n };
    }
    lm_err err = f->records.n < s->cap ? LM_OK : more_records(s);
    uint32_t known = f->ids.n, place = f->records.n;
    if (err == LM_OK)
        err = lm_values_put(&f->ids, id, &f->id[place]);
    if (err == LM_OK)
        f->n_same_id += f->ids.n == known && file == 0;
    if (err == LM_OK && s->has_truth)
        err = person_of(s, row, file, id, &f->truth[place]);
    if (err == LM_OK)
        err = lm_records_add(&f->records, file, lm_stable_hash(id, 0), cells);
    return err;
}

static lm_err rows_of(struct reading *s, unsigned file, struct lm_csv *csv)
{
    struct lm_csv_row row;
    bool done = false;
    lm_err err = LM_OK;
    size_t forgotten = 0;
    while (err == LM_OK && !done) {
        err = lm_csv_next(csv, &row, &done);
        if (err == LM_ELIMIT) {
            s->f->n_rows++;
            damaged(s, file, csv->number, csv->pos, "longer than 16 MiB or wider than 4096 cells");
            err = LM_OK;
        } else if (err == LM_OK && !done) {
            err = take_row(s, file, &row);
        }
        if (s->mapped && csv->pos - forgotten > FORGET_BYTES) {
            forgotten = csv->pos;
            lm_os_unneeded(csv->in, forgotten);
        }
    }
    if (err == LM_ENOMEM)
        return lm_fail(s->e, err, "no memory for the records");
    return err == LM_OK ? err : lm_fail(s->e, err, "more records or text than can be held (2^30 records, 4 GiB of one sort of value)");
}

/* --- the whole --- */

static lm_err compile(struct reading *s, regex_t *pattern)
{
    const char *text = s->wish->truth_pattern;
    if (text == NULL)
        return LM_OK;
    if (regcomp(pattern, text, REG_EXTENDED) != 0)
        return lm_fail(s->e, LM_EUSAGE, "--truth id:%.60s is not a regular expression", text);
    s->pattern = pattern;
    return LM_OK;
}

static lm_err read_all(struct reading *s, const struct lm_str text[2], struct lm_str map)
{
    struct lm_csv csv[2];
    unsigned n = text[1].p != NULL ? 2 : 1;
    lm_err err = LM_OK;
    for (unsigned k = 0; k < n; k++)
        lm_csv_init(&csv[k], text[k], 0);
    for (unsigned k = 0; k < n && err == LM_OK; k++) {
        err = columns_of(s, k, &csv[k], map);
        if (err != LM_OK && s->wish->path[k] != NULL && s->e != NULL)
            lm_fail_at(s->e, s->wish->path[k], "%s", "");
    }
    if (err == LM_OK && map.p != NULL)
        err = check_map(s, map);
    if (err == LM_OK)
        err = lm_records_fields(s, n);
    if (err == LM_OK)
        lm_records_init(&s->f->records, s->fields, s->n_fields, s->wish->seed, s->folder);
    for (unsigned k = 0; k < n && err == LM_OK; k++) {
        err = rows_of(s, k, &csv[k]);
        if (k == 0)
            s->f->n_first = s->f->records.n;
    }
    for (unsigned k = 0; k < n; k++)
        lm_csv_free(&csv[k]);
    if (err == LM_OK && s->f->records.n == 0)
        err = lm_fail(s->e, LM_EINPUT, "no row of the table could be read");
    if (err == LM_OK)
        err = lm_records_seal(&s->f->records);
    return err;
}

static lm_err parse(struct lm_arena *a, const struct lm_str text[2], struct lm_str map, const struct lm_records_wish *wish, bool mapped,
                    struct lm_records_file *f, struct lm_error *e)
{
    struct reading s = { .a = a, .f = f, .wish = wish, .e = e, .mapped = mapped,
                         .has_truth = wish->truth_column != NULL || wish->truth_pattern != NULL };
    regex_t pattern;
    lm_values_init(&f->ids);
    lm_values_init(&s.persons);
    s.folder = wish->folder;
    lm_err err = s.folder == NULL ? lm_folder_open(a, &s.folder, e) : LM_OK;
    if (err == LM_OK)
        err = compile(&s, &pattern);
    if (err == LM_OK)
        err = read_all(&s, text, map);
    if (wish->folder == NULL)
        lm_folder_close(s.folder);
    lm_values_free(&s.persons);
    if (s.pattern != NULL)
        regfree(s.pattern);
    return err;
}

lm_err lm_records_file_parse(struct lm_arena *a, const struct lm_str text[2], struct lm_str map, const struct lm_records_wish *wish,
                             struct lm_records_file *ret, struct lm_error *e)
{
    *ret = (struct lm_records_file){ .n_rows = 0 };
    return parse(a, text, map, wish, false, ret, e);
}

static lm_err open_file(const char *path, struct lm_str *ret, struct lm_error *e)
{
    int fd = -1;
    enum lm_os_kind kind;
    uint64_t bytes = 0;
    lm_err err = lm_os_open_input(path, &fd, &kind, e);
    if (err == LM_OK && kind != LM_OS_FILE)
        err = lm_fail(e, LM_EINPUT, "is a folder, not a table");
    else if (err == LM_OK && (lm_os_size(fd, &bytes) != LM_OK || lm_os_map(fd, bytes, ret) != LM_OK))
        err = lm_fail(e, LM_EIO, "cannot be read");
    if (fd >= 0)
        lm_os_close(&fd);
    if (err == LM_OK && ret->p == NULL)
        ret->p = "";
    if (err != LM_OK)
        lm_fail_at(e, path, "%s", "");
    return err;
}

lm_err lm_records_file_read(struct lm_arena *a, const struct lm_records_wish *wish, struct lm_records_file *ret, struct lm_error *e)
{
    struct lm_str text[2] = { { NULL, 0 }, { NULL, 0 } }, map = { NULL, 0 };
    *ret = (struct lm_records_file){ .n_rows = 0 };
    lm_err err = open_file(wish->path[0], &text[0], e);
    if (err == LM_OK && wish->path[1] != NULL)
        err = open_file(wish->path[1], &text[1], e);
    if (err == LM_OK && wish->map != NULL)
        err = open_file(wish->map, &map, e);
    if (err == LM_OK)
        err = parse(a, text, map, wish, true, ret, e);
    for (unsigned k = 0; k < 2; k++)
        if (text[k].n > 0)
            lm_os_unmap(text[k]);
    if (map.n > 0)
        lm_os_unmap(map);
    return err;
}

void lm_records_file_free(struct lm_records_file *f)
{
    lm_records_free(&f->records);
    lm_values_free(&f->ids);
    free(f->id);
    free(f->truth);
    f->id = f->truth = NULL;
}
