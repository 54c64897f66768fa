#include "network/contacts_file.h"

#include "base/map.h"
#include "base/os.h"
#include "formats/csv.h"

#define MAX_NAME_BYTES 1024
#define MAX_SECONDS INT64_C(253402300799) /* the end of the year 9999 */
#define MIN_SECONDS INT64_C(-62135596800) /* the beginning of the year 1 */
#define NO_COLUMN SIZE_MAX

enum column { SOURCE, TARGET, TIME, WEIGHT, CLASS, ROW, COLUMNS };

struct reading {
    struct lm_arena *a;
    struct lm_map ids;
    const char *text;
    struct lm_contacts_file r;
    size_t cap, refs_cap, ref_rows_cap;
    size_t at[COLUMNS]; /* which cell; NO_COLUMN */
    size_t width;       /* cells of a row; 0 until it is known */
    struct lm_str *cells; /* those of the row at hand, trimmed; of a row cut at spaces without the empty ones */
    size_t cells_cap;
};

static const char *const words[COLUMNS][20] = {
    { "source", "from", "src", "ego", "sender", "caller", "person1", "person_a", "node1", "node_1" },
    { "target", "to", "dst", "alter", "receiver", "callee", "person2", "person_b", "node2", "node_2" },
    { "time", "timestamp", "datetime", "date", "at", "start", "t" },
    { "weight", "w", "count", "n", "calls", "contacts", "value", "strength" },
    { "class", "link" },
    { "row", "ref", "reference", "locator" },
};

bool lm_contact_time(struct lm_str s, struct lm_when *ret)
{
    int64_t seconds;
    int32_t day;
    if (lm_str_to_i64(s, &seconds)) {
        if (seconds < MIN_SECONDS || seconds > MAX_SECONDS)
            return false;
        *ret = (struct lm_when){ .us = seconds * LM_SECOND_US, .quality = LM_TIME_UTC };
        return true;
    }
    if (lm_day_parse(s, &day)) {
        *ret = (struct lm_when){ .us = (int64_t)day * LM_DAY_US, .quality = LM_TIME_LOCAL };
        return true;
    }
    return lm_when_parse_iso(s, ret);
}

static void damaged(struct reading *s, const struct lm_csv_row *row, const char *reason)
{
    s->r.n_damaged++;
    if (s->r.n_problems < LM_EDGES_MAX_PROBLEMS)
        s->r.problems[s->r.n_problems++] =
            (struct lm_edges_problem){ .line = row->number, .byte = row->at, .reason = reason };
}

/* --- which cell is what --- */

static enum column column_of(struct lm_str cell)
{
    for (enum column c = SOURCE; c < COLUMNS; c++)
        for (size_t k = 0; k < sizeof words[c] / sizeof words[c][0] && words[c][k] != NULL; k++)
            if (lm_str_is_nocase(cell, words[c][k]))
                return c;
    return COLUMNS;
}

/* True: the row names columns, and they are known now. */
static bool take_header(struct reading *s, size_t n)
{
    size_t at[COLUMNS], known = 0;
    for (enum column c = SOURCE; c < COLUMNS; c++)
        at[c] = NO_COLUMN;
    for (size_t i = 0; i < n; i++) {
        enum column c = column_of(s->cells[i]);
        if (c != COLUMNS && at[c] == NO_COLUMN) {
            at[c] = i;
            known++;
        }
    }
    if (at[SOURCE] == NO_COLUMN && at[TARGET] == NO_COLUMN && n > 2 && (at[TIME] == 2 || at[WEIGHT] == 2)) {
        at[SOURCE] = 0; /* "suspect;number;time": what stands third says that these are names of columns */
        at[TARGET] = 1;
        known += 2;
    }
    if (at[SOURCE] == NO_COLUMN || at[TARGET] == NO_COLUMN)
        return false;
    memcpy(s->at, at, sizeof at);
    s->r.header = true;
    s->r.columns_ignored = n - known;
    s->width = n;
    return true;
}

static void take_positions(struct reading *s, size_t n)
{
    for (enum column c = SOURCE; c < COLUMNS; c++)
        s->at[c] = NO_COLUMN;
    s->at[SOURCE] = 0;
    s->at[TARGET] = 1;
    s->at[WEIGHT] = n > 2 ? 2 : NO_COLUMN;
    s->r.columns_ignored = n > 3 ? n - 3 : 0;
    s->width = n;
}

/* --- rows --- */

static const char *name_fault(struct lm_str s)
{
    if (s.n == 0)
        return "a name is empty";
    if (s.n > MAX_NAME_BYTES)
        return "a name is longer than 1024 bytes";
    for (size_t i = 0; i < s.n;) {
        uint32_t cp;
        size_t k = lm_utf8_decode(lm_str_skip(s, i), &cp);
        if (k == 0)
            return "a name is not valid UTF-8";
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
            return "a control character in a name";
        i += k;
    }
    return NULL;
}

static struct lm_str cell(const struct reading *s, enum column c)
{
    return s->at[c] != NO_COLUMN ? s->cells[s->at[c]] : LM_STR("");
}

/* Why the cells are no contact, or NULL and the contact without its names. */
static const char *fault(const struct reading *s, struct lm_timed_contact *ret)
{
    struct lm_timed_contact x = { .weight = 1, .link = LM_LINK_EVIDENCED };
    const char *why = name_fault(cell(s, SOURCE));
    if (why == NULL)
        why = name_fault(cell(s, TARGET));
    if (why == NULL && s->at[WEIGHT] != NO_COLUMN && !lm_str_to_double(cell(s, WEIGHT), &x.weight))
        why = "the weight is not a number";
    if (why == NULL && !(x.weight > 0))
        why = "the weight is not above zero";
    if (why == NULL && cell(s, TIME).n != 0 && !lm_contact_time(cell(s, TIME), &x.at))
        why = "the time is not ISO 8601, a day, or seconds since 1970";
    if (why == NULL && cell(s, CLASS).n != 0 && !lm_link_class_parse(cell(s, CLASS), &x.link))
        why = "the class is not evidenced, reported or machine";
    if (why == NULL && cell(s, ROW).n != lm_utf8_valid_prefix(cell(s, ROW)))
        why = "the reference is not valid UTF-8";
    *ret = x;
    return why;
}

static lm_err id_of(struct reading *s, struct lm_str name, uint32_t *ret)
{
    uint64_t *id;
    lm_err err = lm_map_put(&s->ids, name, s->ids.n, &id, NULL);
    if (err == LM_OK)
        *ret = (uint32_t)*id;
    return err;
}

static lm_err keep(struct reading *s, struct lm_timed_contact x)
{
    struct lm_timed_contact *list = lm_arena_grow(s->a, s->r.list, s->r.n, &s->cap, sizeof *list);
    if (list == NULL || s->r.n >= LM_CONTACTS_MAX)
        return LM_ENOMEM;
    s->r.list = list;
    if (s->at[ROW] != NO_COLUMN) {
        struct lm_str *refs = lm_arena_grow(s->a, s->r.refs, s->r.n, &s->refs_cap, sizeof *refs);
        uint64_t *rows = lm_arena_grow(s->a, s->r.ref_rows, s->r.n, &s->ref_rows_cap, sizeof *rows);
        if (refs == NULL || rows == NULL || (refs[s->r.n] = lm_arena_copy(s->a, cell(s, ROW))).p == NULL)
            return LM_ENOMEM;
        s->r.refs = refs;
        s->r.ref_rows = rows;
        rows[s->r.n] = x.row;
    }
    lm_err err = id_of(s, cell(s, SOURCE), &x.from);
    if (err == LM_OK)
        err = id_of(s, cell(s, TARGET), &x.to);
    if (err == LM_OK)
        list[s->r.n++] = x;
    return err;
}

static lm_err take_cells(struct reading *s, const struct lm_csv_row *row, size_t *ret_n)
{
    size_t n = 0;
    while (s->cells_cap < row->n) {
        struct lm_str *grown = lm_arena_grow(s->a, s->cells, s->cells_cap, &s->cells_cap, sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        s->cells = grown;
    }
    for (size_t i = 0; i < row->n; i++) {
        struct lm_str c = lm_str_trim(row->cells[i]);
        if (c.n != 0 || s->r.separator != ' ')
            s->cells[n++] = c;
    }
    *ret_n = n;
    return LM_OK;
}

static lm_err take_row(struct reading *s, const struct lm_csv_row *row)
{
    struct lm_timed_contact x;
    size_t n = 0;
    lm_err err = take_cells(s, row, &n);
    if (err != LM_OK || n == 0 || (n == 1 && s->cells[0].n == 0)
        || s->text[row->at] == '#' || s->text[row->at] == '%')
        return err;
    if (row->oddities != 0) {
        damaged(s, row, row->oddities & LM_CSV_NUL ? "a NUL byte" : "damaged quoting");
        return LM_OK;
    }
    if (s->width == 0 && s->r.n_damaged == 0 && take_header(s, n))
        return LM_OK;
    if (n < 2) {
        damaged(s, row, "only one cell: a contact has two names");
        return LM_OK;
    }
    bool first = s->width == 0;
    if (first)
        take_positions(s, n);
    const char *why = n < s->width ? "fewer cells than the first row"
                                   : n > s->width ? "more cells than the first row" : fault(s, &x);
    if (why != NULL) {
        damaged(s, row, why);
        s->width = first ? 0 : s->width; /* until a row is good, each may still decide */
        return LM_OK;
    }
    x.row = row->number;
    return keep(s, x);
}

/* The separator that stands first in the first row that says something. */
static char sniff(struct lm_str text)
{
    while (text.n > 0) {
        size_t i = 0;
        while (i < text.n && text.p[i] != '\n' && text.p[i] != '\r')
            i++;
        struct lm_str line = lm_str_trim(lm_str_take(text, i));
        text = lm_str_skip(text, i + 1);
        if (line.n == 0 || line.p[0] == '#' || line.p[0] == '%')
            continue;
        static const char candidates[] = { '\t', ';', ',', '|' };
        for (size_t k = 0; k < sizeof candidates; k++) {
            bool quoted = false;
            for (size_t j = 0; j < line.n; j++) {
                quoted ^= line.p[j] == '"';
                if (line.p[j] == candidates[k] && !quoted)
                    return candidates[k];
            }
        }
        return ' ';
    }
    return '\t';
}

/* Line by line: names hold no line ends, so a quote that is left open spoils no row but its own. */
static lm_err take_rows(struct reading *s, struct lm_csv *csv, struct lm_str text)
{
    while (csv->pos < text.n) {
        size_t end = csv->pos;
        struct lm_csv_row row = { .at = csv->pos };
        bool done = false;
        while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r')
            end++;
        csv->in.n = end;
        s->r.n_rows++;
        lm_err err = lm_csv_next(csv, &row, &done);
        row.number = s->r.n_rows;
        if (err == LM_ELIMIT)
            damaged(s, &row, "the row is too long or too wide");
        else if (err != LM_OK || (!done && (err = take_row(s, &row)) != LM_OK))
            return err;
        csv->pos = end + (end + 1 < text.n && text.p[end] == '\r' && text.p[end + 1] == '\n' ? 2 : 1);
    }
    return LM_OK;
}

static lm_err none(const struct reading *s, struct lm_str text, struct lm_error *e)
{
    const struct lm_edges_problem *p = s->r.n_problems > 0 ? &s->r.problems[0] : NULL;
    (void)lm_fail(e, LM_EINPUT, "%s%s",
                  p != NULL ? "no row is a usable contact; the first fault: "
                            : text.n == 0 ? "the file is empty" : "the file holds no contact",
                  p != NULL ? p->reason : "");
    if (p != NULL)
        lm_fail_at(e, NULL, "row %llu, byte %llu", (unsigned long long)p->line, (unsigned long long)p->byte);
    lm_fail_hint(e, "a row has two names; name the columns in the first row: source, target, time");
    return LM_EINPUT;
}

lm_err lm_contacts_parse(struct lm_arena *a, struct lm_str text, struct lm_contacts_file *ret, struct lm_error *e)
{
    struct reading s = { .a = a, .text = text.p };
    struct lm_csv csv;
    if (lm_str_starts(text, LM_STR("\xff\xfe")) || lm_str_starts(text, LM_STR("\xfe\xff"))) {
        (void)lm_fail(e, LM_EINPUT, "the file is UTF-16 text");
        lm_fail_hint(e, "save it as UTF-8");
        return LM_EINPUT;
    }
    lm_map_init(&s.ids, a);
    s.r.problems = lm_arena_array(a, LM_EDGES_MAX_PROBLEMS, sizeof *s.r.problems);
    if (s.r.problems == NULL)
        return lm_fail(e, LM_ENOMEM, "no memory for the contacts");
    s.r.separator = sniff(lm_str_starts(text, LM_STR("\xef\xbb\xbf")) ? lm_str_skip(text, 3) : text);
    lm_csv_init(&csv, text, s.r.separator);
    lm_err err = take_rows(&s, &csv, text);
    lm_csv_free(&csv);
    if (err == LM_OK && s.r.n == 0)
        return none(&s, text, e);
    if (err == LM_OK && (s.r.names = lm_arena_array(a, s.ids.n, sizeof *s.r.names)) == NULL)
        err = LM_ENOMEM;
    if (err != LM_OK)
        return lm_fail(e, err, "no memory for the contacts");
    for (size_t i = 0; i < s.ids.n; i++)
        s.r.names[i] = s.ids.entries[i].key;
    s.r.n_names = s.ids.n;
    s.r.timed = s.at[TIME] != NO_COLUMN;
    s.r.weighted = s.at[WEIGHT] != NO_COLUMN;
    s.r.classed = s.at[CLASS] != NO_COLUMN;
    *ret = s.r;
    return LM_OK;
}

static lm_err read_open(struct lm_arena *a, int fd, enum lm_os_kind kind, struct lm_contacts_file *ret, struct lm_error *e)
{
    uint64_t bytes = 0;
    struct lm_str text;
    if (kind == LM_OS_FOLDER)
        return lm_fail(e, LM_EINPUT, "is a directory, not a table of contacts");
    if (lm_os_size(fd, &bytes) != LM_OK)
        return lm_fail(e, LM_EIO, "cannot look at the file");
    if (bytes > LM_EDGES_MAX_BYTES)
        return lm_fail(e, LM_ELIMIT, "larger than %zu bytes", LM_EDGES_MAX_BYTES);
    if (lm_os_map(fd, bytes, &text) != LM_OK)
        return lm_fail(e, LM_EIO, "cannot read the file");
    lm_err err = lm_contacts_parse(a, text, ret, e);
    lm_os_unmap(text);
    return err;
}

lm_err lm_contacts_file_read(struct lm_arena *a, const char *path, struct lm_contacts_file *ret, struct lm_error *e)
{
    int fd = -1;
    enum lm_os_kind kind;
    lm_err err = lm_os_open_input(path, &fd, &kind, e);
    if (err == LM_OK) {
        err = read_open(a, fd, kind, ret, e);
        lm_os_close(&fd);
    }
    if (err != LM_OK && e != NULL) {
        char locator[sizeof e->locator];
        memcpy(locator, e->locator, sizeof locator);
        lm_fail_at(e, path, "%s", locator);
    }
    return err;
}
