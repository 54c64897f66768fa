#include "network/edges_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "model/when.h"

#define MAX_NAME_BYTES 1024
#define CELLS_KEPT LM_EDGES_COLUMNS
#define BYTES_OF_A_TIE 4 /* "a b" and the end of its line */

enum column { SOURCE, TARGET, WEIGHT, TIME, LAYER, CLASS, PLACE, COLUMNS };
#define NONE UINT32_MAX

struct reading {
    struct lm_arena *a, *tmp; /* what is returned; what goes with the reading */
    struct lm_map ids, places;
    struct lm_edges r;
    size_t edges_cap, lines_most;
    uint32_t column[COLUMNS]; /* NONE: the file does not have it */
    struct lm_str last; /* the name looked up last: lists are often sorted */
    uint32_t last_id;
    size_t n_columns; /* of the first tie; 0 before it */
    uint64_t line;
    const char *text; /* of the whole file, for offsets */
};

/* One line, cut into cells; only the first LM_EDGES_COLUMNS are kept. */
struct cells {
    struct lm_str c[CELLS_KEPT];
    size_t n;
};

static void damaged(struct reading *s, const char *at, const char *reason)
{
    s->r.n_damaged++;
    if (s->r.n_problems < LM_EDGES_MAX_PROBLEMS)
        s->r.problems[s->r.n_problems++] =
            (struct lm_edges_problem){ .line = s->line, .byte = (uint64_t)(at - s->text), .reason = reason };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct lm_str trim(struct lm_str s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = lm_str_skip(s, 1);
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* The text of a quoted cell; p stands after the opening quote. NULL text when it is left open. */
static lm_err quoted(struct lm_arena *a, struct lm_str rest, struct lm_str *ret, size_t *ret_used)
{
    size_t i = 0, doubled = 0;
    for (; i < rest.n; i++) {
        if (rest.p[i] != '"')
            continue;
        if (i + 1 < rest.n && rest.p[i + 1] == '"') {
            i++;
            doubled++;
        } else {
            break;
        }
    }
    *ret = (struct lm_str){ rest.p, i };
    *ret_used = i + 1;
    if (i >= rest.n)
        ret->p = NULL;
    if (i >= rest.n || doubled == 0)
        return LM_OK;
    char *q = lm_arena_alloc(a, i);
    if (q == NULL)
        return LM_ENOMEM;
    size_t n = 0;
    for (size_t k = 0; k < i; k++) {
        q[n++] = rest.p[k];
        if (rest.p[k] == '"')
            k++;
    }
    *ret = (struct lm_str){ q, n };
    return LM_OK;
}

/* Cuts a line. ret_reason is set, and ret untouched, when its quoting is damaged. */
static lm_err cut(struct lm_arena *a, struct lm_str line, char separator, struct cells *ret,
                  const char **ret_reason)
{
    struct cells k = { .n = 0 };
    struct lm_str rest = separator == ' ' ? trim(line) : line;
    for (;;) {
        while (rest.n > 0 && is_blank(rest.p[0]) && rest.p[0] != separator)
            rest = lm_str_skip(rest, 1);
        struct lm_str cell;
        if (rest.n > 0 && rest.p[0] == '"') {
            size_t used;
            lm_err err = quoted(a, lm_str_skip(rest, 1), &cell, &used);
            if (err != LM_OK)
                return err;
            if (cell.p == NULL) {
                *ret_reason = "a quote is left open";
                return LM_OK;
            }
            rest = lm_str_skip(rest, used + 1);
            while (rest.n > 0 && is_blank(rest.p[0]) && rest.p[0] != separator && separator != ' ')
                rest = lm_str_skip(rest, 1);
            if (rest.n > 0 && rest.p[0] != separator && !(separator == ' ' && is_blank(rest.p[0]))) {
                *ret_reason = "text after a closing quote";
                return LM_OK;
            }
        } else {
            size_t i = 0;
            while (i < rest.n && rest.p[i] != separator && !(separator == ' ' && is_blank(rest.p[i])))
                i++;
            cell = trim(lm_str_take(rest, i));
            rest = lm_str_skip(rest, i);
        }
        if (k.n < CELLS_KEPT)
            k.c[k.n] = cell;
        k.n++;
        if (rest.n == 0)
            break;
        if (separator == ' ')
            rest = trim(rest);
        else
            rest = lm_str_skip(rest, 1);
    }
    *ret = k;
    return LM_OK;
}

/* The first of tab, semicolon, comma that stands outside quotes; else spaces. */
static char sniff(struct lm_str line)
{
    static const char candidates[] = { '\t', ';', ',' };
    line = trim(line);
    for (size_t k = 0; k < sizeof candidates; k++) {
        bool in_quotes = false;
        for (size_t i = 0; i < line.n; i++) {
            if (line.p[i] == '"')
                in_quotes = !in_quotes;
            else if (line.p[i] == candidates[k] && !in_quotes)
                return candidates[k];
        }
    }
    return ' ';
}

static bool is_one_of(struct lm_str cell, const char *const *words)
{
    for (; *words != NULL; words++)
        if (lm_str_is_nocase(cell, *words))
            return true;
    return false;
}

/* What a column of this name holds beside the two names; COLUMNS when it is not known. */
static enum column column_called(struct lm_str cell)
{
    static const char *const weights[] = { "weight",   "w",     "count",    "n", "calls",
                                           "contacts", "value", "strength", NULL };
    static const char *const times[] = { "time", "timestamp", "date", "datetime", "day", "when", NULL };
    static const char *const layers[] = { "layer", NULL };
    static const char *const classes[] = { "class", "link_class", NULL };
    static const char *const places[] = { "city", "division", "place", NULL };
    static const char *const *const words[COLUMNS] = { [WEIGHT] = weights, [TIME] = times, [LAYER] = layers,
                                                       [CLASS] = classes, [PLACE] = places };
    for (int c = WEIGHT; c < COLUMNS; c++)
        if (is_one_of(cell, words[c]))
            return (enum column)c;
    return COLUMNS;
}

/* Where the two names stand, when the cells hold a known pair of column names. */
static bool find_pair(const struct cells *k, size_t n, uint32_t *ret_a, uint32_t *ret_b)
{
    /* No pair of single letters: "A,B" is far more often a tie. */
    static const char *const pairs[][2] = {
        { "source", "target" },   { "from", "to" },         { "src", "dst" },
        { "node1", "node2" },     { "node_1", "node_2" },   { "ego", "alter" },
        { "sender", "receiver" }, { "caller", "callee" },   { "person1", "person2" },
        { "person_a", "person_b" },
    };
    for (size_t p = 0; p < sizeof pairs / sizeof pairs[0]; p++) {
        uint32_t at[2] = { NONE, NONE };
        for (uint32_t i = 0; i < n; i++)
            for (int side = 0; side < 2; side++)
                if (at[side] == NONE && lm_str_is_nocase(k->c[i], pairs[p][side]))
                    at[side] = i;
        if (at[0] == NONE || at[1] == NONE)
            continue;
        *ret_a = at[0];
        *ret_b = at[1];
        return true;
    }
    return false;
}

/* Sets the columns when the line is one of their names. */
static bool is_header(struct reading *s, const struct cells *k)
{
    size_t n = k->n < CELLS_KEPT ? k->n : CELLS_KEPT;
    uint32_t a = 0, b = 1;
    double ignored;
    bool paired = find_pair(k, n, &a, &b), in_front = a + b == 1;
    if (k->n < 2 || (paired && in_front && k->n >= 3 && lm_str_to_double(k->c[2], &ignored)))
        return false;
    if (!paired && !(k->n >= 3 && column_called(k->c[2]) == WEIGHT))
        return false;
    s->column[SOURCE] = a;
    s->column[TARGET] = b;
    for (uint32_t i = 0; i < n; i++) {
        enum column c = column_called(k->c[i]);
        if (c != COLUMNS && i != a && i != b && s->column[c] == NONE)
            s->column[c] = i;
    }
    if (s->column[WEIGHT] == NONE && in_front && k->n >= 3 && column_called(k->c[2]) == COLUMNS)
        s->column[WEIGHT] = 2;
    return true;
}

/* Why this cannot be a name, or NULL. */
static const char *name_fault(struct lm_str s)
{
    if (s.n == 0)
        return "a name is empty";
    if (s.n > MAX_NAME_BYTES)
        return "a name is longer than 1024 bytes";
    for (size_t i = 0; i < s.n;) {
        uint32_t cp;
        if ((unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] < 0x7f) {
            i++;
            continue;
        }
        size_t k = lm_utf8_decode(lm_str_skip(s, i), &cp);
        if (k == 0)
            return "a name is not valid UTF-8";
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
            return "a control character in a name";
        i += k;
    }
    return NULL;
}

static lm_err id_of(struct lm_map *ids, struct lm_str name, uint32_t *ret)
{
    uint64_t *id;
    if (ids->n >= UINT32_MAX / 2)
        return LM_ENOMEM;
    lm_err err = lm_map_put(ids, name, ids->n, &id, NULL);
    if (err == LM_OK)
        *ret = (uint32_t)*id;
    return err;
}

static lm_err room_for_another(struct reading *s)
{
    bool more = s->column[TIME] != NONE || s->column[LAYER] != NONE || s->column[CLASS] != NONE
                || s->column[PLACE] != NONE;
    if (s->r.n_edges < s->edges_cap)
        return LM_OK;
    size_t cap = s->edges_cap == 0 ? s->lines_most + 1 : s->edges_cap * 2; /* only mixed ends of lines need a second */
    struct lm_edge_in *edges = lm_arena_array(s->a, cap, sizeof *edges);
    struct lm_tie *ties = more ? lm_arena_array(s->a, cap, sizeof *ties) : NULL;
    if (edges == NULL || (more && ties == NULL))
        return LM_ENOMEM;
    if (s->r.n_edges != 0)
        memcpy(edges, s->r.edges, s->r.n_edges * sizeof *edges);
    if (s->r.n_edges != 0 && more)
        memcpy(ties, s->r.ties, s->r.n_edges * sizeof *ties);
    s->r.edges = edges;
    s->r.ties = ties;
    s->edges_cap = cap;
    return LM_OK;
}

/* The cell of this column; empty when there is none. */
static struct lm_str cell_of(const struct reading *s, const struct cells *k, enum column c)
{
    return s->column[c] != NONE ? k->c[s->column[c]] : (struct lm_str){ NULL, 0 };
}

static lm_err keep(struct reading *s, const struct cells *k, double w, struct lm_tie tie)
{
    struct lm_edge_in edge = { .w = w };
    struct lm_str source = cell_of(s, k, SOURCE), place = cell_of(s, k, PLACE);
    lm_err err = room_for_another(s);
    if (err == LM_OK && (s->r.n_edges == 0 || !lm_str_eq(source, s->last)))
        err = id_of(&s->ids, source, &s->last_id);
    s->last = source;
    edge.a = s->last_id;
    if (err == LM_OK)
        err = id_of(&s->ids, cell_of(s, k, TARGET), &edge.b);
    if (err == LM_OK && place.n != 0)
        err = id_of(&s->places, place, &tie.place);
    if (err != LM_OK)
        return err;
    if (s->r.ties != NULL)
        s->r.ties[s->r.n_edges] = tie;
    s->r.edges[s->r.n_edges++] = edge;
    return LM_OK;
}

static const char *time_fault(struct lm_str cell, int64_t *ret_us)
{
    struct lm_when w;
    int32_t day;
    int64_t seconds;
    if (cell.n == 0)
        return NULL;
    if (lm_day_parse(cell, &day))
        *ret_us = (int64_t)day * 86400000000;
    else if (lm_when_parse_iso(cell, &w))
        *ret_us = w.us;
    else if (!lm_str_to_i64(cell, &seconds))
        return "the time is neither ISO 8601 nor a whole number of seconds";
    else if (__builtin_mul_overflow(seconds, (int64_t)1000000, ret_us))
        return "the time is out of range";
    return NULL;
}

/* What stands in the columns of time, layer, class and place; a fault, or NULL. */
static const char *more_fault(const struct reading *s, const struct cells *k, struct lm_tie *ret)
{
    struct lm_str layer = cell_of(s, k, LAYER), link = cell_of(s, k, CLASS), place = cell_of(s, k, PLACE);
    const char *fault = time_fault(cell_of(s, k, TIME), &ret->time_us);
    if (fault == NULL && layer.n != 0) {
        enum lm_layer l = lm_layer_called(layer);
        ret->layer = (uint8_t)(l % LM_LAYERS);
        fault = l == LM_LAYERS ? "the layer is none that is known" : NULL;
    }
    if (fault == NULL && link.n != 0) {
        uint8_t c = 0;
        while (c < LM_TIE_CLASSES && !lm_str_is_nocase(link, lm_link_class_word((enum lm_link_class)c)))
            c++;
        ret->link = c % LM_TIE_CLASSES;
        fault = c == LM_TIE_CLASSES ? "the class is neither evidenced nor reported nor machine" : NULL;
    }
    if (fault == NULL && place.n != 0 && name_fault(place) != NULL)
        fault = "the place is damaged text";
    return fault;
}

static const char *weight_fault(struct lm_str cell, double *ret_w)
{
    if (!lm_str_to_double(cell, ret_w))
        return "the weight is not a number";
    if (!(*ret_w > 0))
        return "the weight is not above zero";
    if (*ret_w < LM_EDGES_WEIGHT_LEAST || *ret_w > LM_EDGES_WEIGHT_MOST)
        return "the weight is not between 1e-100 and 1e100";
    return NULL;
}

/* Why the cells are not a tie, or NULL, its weight and the rest. */
static const char *tie_fault(const struct reading *s, const struct cells *k, double *ret_w, struct lm_tie *ret)
{
    if (k->n < 2)
        return "only one cell: a tie has two names";
    if (s->n_columns != 0 && k->n != s->n_columns)
        return k->n < s->n_columns ? "fewer cells than the first tie" : "more cells than the first tie";
    for (int c = 0; c < COLUMNS; c++)
        if (s->column[c] != NONE && s->column[c] >= k->n)
            return "fewer cells than column names";
    const char *fault = name_fault(cell_of(s, k, SOURCE));
    if (fault == NULL)
        fault = name_fault(cell_of(s, k, TARGET));
    if (fault == NULL && s->column[WEIGHT] != NONE)
        fault = weight_fault(cell_of(s, k, WEIGHT), ret_w);
    return fault != NULL ? fault : more_fault(s, k, ret);
}

static lm_err take_line(struct reading *s, struct lm_str line)
{
    struct lm_str bare = trim(line);
    if (bare.n == 0 || bare.p[0] == '#' || bare.p[0] == '%')
        return LM_OK;
    if (line.n > LM_EDGES_MAX_LINE) {
        damaged(s, line.p, "a line longer than 64 KiB");
        return LM_OK;
    }
    const char *nul = memchr(line.p, 0, line.n);
    if (nul != NULL) {
        damaged(s, nul, "a NUL byte");
        return LM_OK;
    }
    bool first = s->n_columns == 0 && !s->r.header;
    if (s->n_columns == 0) /* until a tie is read, each line may still decide */
        s->r.separator = sniff(line);
    struct cells k = { .n = 0 };
    const char *fault = NULL;
    lm_err err = cut(s->tmp, line, s->r.separator, &k, &fault);
    if (err != LM_OK)
        return err;
    if (fault == NULL && first && s->r.n_damaged == 0 && is_header(s, &k)) {
        s->r.header = true;
        return LM_OK;
    }
    if (first && !s->r.header)
        s->column[WEIGHT] = k.n >= 3 ? 2 : NONE;
    double w = 1;
    struct lm_tie tie = { .time_us = LM_TIE_UNDATED, .line = s->line, .place = LM_TIE_NOWHERE,
                          .link = LM_LINK_EVIDENCED };
    if (fault == NULL)
        fault = tie_fault(s, &k, &w, &tie);
    if (fault != NULL) {
        damaged(s, line.p, fault);
        return LM_OK;
    }
    s->n_columns = k.n;
    return keep(s, &k, w, tie);
}

static lm_err take_lines(struct reading *s, struct lm_str rest)
{
    while (rest.n > 0) {
        size_t i = 0;
        while (i < rest.n && rest.p[i] != '\n' && rest.p[i] != '\r')
            i++;
        s->line++;
        lm_err err = take_line(s, lm_str_take(rest, i));
        if (err != LM_OK)
            return err;
        if (i + 1 < rest.n && rest.p[i] == '\r' && rest.p[i + 1] == '\n')
            i++;
        rest = lm_str_skip(rest, i + 1);
    }
    return LM_OK;
}

static lm_err no_tie(const struct reading *s, struct lm_str text, struct lm_error *e)
{
    const struct lm_edges_problem *p = s->r.n_problems > 0 ? &s->r.problems[0] : NULL;
    if (p != NULL) {
        (void)lm_fail(e, LM_EINPUT, "no line is a usable tie; the first fault: %s", p->reason);
        lm_fail_at(e, NULL, "line %llu, byte %llu", (unsigned long long)p->line, (unsigned long long)p->byte);
    } else {
        (void)lm_fail(e, LM_EINPUT, "%s", text.n == 0 ? "the file is empty" : "the file holds no tie");
    }
    lm_fail_hint(e, "an edge list has two names per line, and optionally a weight");
    return LM_EINPUT;
}

/* No more ties than this, unless ends of lines are mixed. */
static size_t lines_most(struct lm_str text)
{
    size_t n = 0, most = text.n / BYTES_OF_A_TIE + 1;
    for (char end = '\n'; n == 0; end = '\r') {
        for (const char *p = text.p, *at; text.n != 0 && (at = memchr(p, end, (size_t)(text.p + text.n - p))) != NULL; p = at + 1)
            n++;
        if (end == '\r')
            break;
    }
    return n < most ? n + 1 : most;
}

/* The texts of a map in order, in one piece. */
static bool copy_keys(struct lm_arena *a, const struct lm_map *m, struct lm_str **ret)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++)
        n += m->entries[i].key.n;
    char *text = lm_arena_alloc(a, n);
    struct lm_str *list = lm_arena_array(a, m->n, sizeof *list);
    for (size_t i = 0; text != NULL && list != NULL && i < m->n; i++) {
        struct lm_str key = m->entries[i].key;
        memcpy(text, key.p, key.n);
        list[i] = (struct lm_str){ text, key.n };
        text += key.n;
    }
    *ret = list;
    return text != NULL && list != NULL;
}

lm_err lm_edges_parse(struct lm_arena *a, struct lm_str text, struct lm_edges *ret, struct lm_error *e)
{
    if (lm_str_starts(text, LM_STR("\xff\xfe")) || lm_str_starts(text, LM_STR("\xfe\xff"))) {
        (void)lm_fail(e, LM_EINPUT, "the file is UTF-16 text");
        lm_fail_hint(e, "save it as UTF-8");
        return LM_EINPUT;
    }
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2); /* bounded by the text */
    struct reading s = { .a = a, .tmp = &tmp, .text = text.p, .lines_most = lines_most(text) };
    for (int c = 0; c < COLUMNS; c++)
        s.column[c] = c == SOURCE || c == TARGET ? (uint32_t)c : NONE;
    lm_map_init(&s.ids, &tmp);
    lm_map_init(&s.places, &tmp);
    s.r.problems = lm_arena_array(a, LM_EDGES_MAX_PROBLEMS, sizeof *s.r.problems);
    lm_err err = s.r.problems != NULL ? LM_OK : LM_ENOMEM;
    if (err == LM_OK)
        err = take_lines(&s, lm_str_starts(text, LM_STR("\xef\xbb\xbf")) ? lm_str_skip(text, 3) : text);
    if (err == LM_OK && s.r.n_edges == 0)
        err = no_tie(&s, text, e);
    else if (err == LM_OK && (!copy_keys(a, &s.ids, &s.r.names) || !copy_keys(a, &s.places, &s.r.places)))
        err = LM_ENOMEM;
    s.r.n_names = s.ids.n;
    s.r.n_places = s.places.n;
    lm_arena_free(&tmp);
    if (err == LM_ENOMEM)
        return lm_fail(e, LM_ENOMEM, "no memory for the edge list");
    if (err != LM_OK)
        return err;
    size_t used = 0;
    for (int c = 0; c < COLUMNS; c++)
        used += s.column[c] != NONE;
    s.r.n_lines = s.line;
    s.r.weighted = s.column[WEIGHT] != NONE;
    s.r.columns_ignored = s.n_columns - used;
    *ret = s.r;
    return LM_OK;
}

/* All bytes of an open file, up to the ceiling. */
static lm_err read_all(struct lm_arena *a, int fd, struct lm_str *ret, struct lm_error *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return lm_fail(e, LM_EIO, "cannot look at the file: %s", strerror(errno));
    if (S_ISDIR(st.st_mode))
        return lm_fail(e, LM_EINPUT, "is a directory, not an edge list");
    if (S_ISREG(st.st_mode) && (uintmax_t)st.st_size > LM_EDGES_MAX_BYTES)
        return lm_fail(e, LM_ELIMIT, "larger than %zu bytes", LM_EDGES_MAX_BYTES);
    size_t cap = S_ISREG(st.st_mode) ? (size_t)st.st_size + 1 : (size_t)1 << 16, n = 0;
    char *p = lm_arena_alloc(a, cap);
    for (;;) {
        if (p == NULL)
            return lm_fail(e, LM_ENOMEM, "no memory for the file");
        ssize_t k = read(fd, p + n, cap - n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return lm_fail(e, LM_EIO, "cannot read: %s", strerror(errno));
        if (k == 0)
            break;
        n += (size_t)k;
        if (n > LM_EDGES_MAX_BYTES)
            return lm_fail(e, LM_ELIMIT, "larger than %zu bytes", LM_EDGES_MAX_BYTES);
        if (n == cap) {
            char *grown = lm_arena_alloc(a, cap * 2);
            if (grown != NULL)
                memcpy(grown, p, n);
            p = grown;
            cap *= 2;
        }
    }
    *ret = (struct lm_str){ p, n };
    return LM_OK;
}

lm_err lm_edges_file_read(struct lm_arena *a, const char *path, struct lm_edges *ret, struct lm_error *e)
{
    struct lm_str text = { NULL, 0 };
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2); /* read_all has its ceiling */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    lm_err err;
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        err = lm_fail(e, LM_ENOTFOUND, "no such file");
    else if (fd < 0)
        err = lm_fail(e, LM_EIO, "cannot open: %s", strerror(errno));
    else
        err = read_all(&tmp, fd, &text, e);
    if (fd >= 0)
        (void)close(fd);
    if (err == LM_OK)
        err = lm_edges_parse(a, text, ret, e);
    lm_arena_free(&tmp);
    if (err != LM_OK && e != NULL) {
        char locator[sizeof e->locator];
        memcpy(locator, e->locator, sizeof locator);
        lm_fail_at(e, path, "%s", locator);
    }
    return err;
}
