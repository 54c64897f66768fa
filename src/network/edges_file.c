#include "network/edges_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"

#define MAX_NAME_BYTES 1024
#define CELLS_KEPT 3

struct reading {
    struct lm_arena *a;
    struct lm_map ids;
    struct lm_edges r;
    size_t edges_cap;
    size_t n_columns; /* of the first tie; 0 before it */
    uint64_t line;
    const char *text; /* of the whole file, for offsets */
};

/* One line, cut into cells; only the first three are kept. */
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

static bool is_header(const struct cells *k)
{
    /* No pair of single letters: "A,B" is far more often a tie. */
    static const char *const pairs[][2] = {
        { "source", "target" },   { "from", "to" },         { "src", "dst" },
        { "node1", "node2" },     { "node_1", "node_2" },   { "ego", "alter" },
        { "sender", "receiver" }, { "caller", "callee" },   { "person1", "person2" },
        { "person_a", "person_b" },
    };
    static const char *const weights[] = { "weight", "w", "count", "n", "calls", "contacts", "value", "strength" };
    bool weight = k->n < 3, named = false;
    for (size_t i = 0; k->n >= 3 && i < sizeof weights / sizeof weights[0]; i++)
        named |= lm_str_eq_nocase(k->c[2], lm_str(weights[i]));
    if (k->n >= 2 && named)
        return true;
    for (size_t i = 0; k->n >= 2 && i < sizeof pairs / sizeof pairs[0]; i++)
        if (lm_str_eq_nocase(k->c[0], lm_str(pairs[i][0])) && lm_str_eq_nocase(k->c[1], lm_str(pairs[i][1]))) {
            double ignored;
            return weight || !lm_str_to_double(k->c[2], &ignored);
        }
    return false;
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
        size_t k = lm_utf8_decode(lm_str_skip(s, i), &cp);
        if (k == 0)
            return "a name is not valid UTF-8";
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
            return "a control character in a name";
        i += k;
    }
    return NULL;
}

static lm_err id_of(struct reading *s, struct lm_str name, uint32_t *ret)
{
    uint64_t *id;
    if (s->ids.n >= UINT32_MAX / 2)
        return LM_ENOMEM;
    lm_err err = lm_map_put(&s->ids, name, s->ids.n, &id, NULL);
    if (err == LM_OK)
        *ret = (uint32_t)*id;
    return err;
}

static lm_err keep(struct reading *s, const struct cells *k, double w)
{
    struct lm_edge_in edge = { .w = w };
    if (s->r.n_edges == s->edges_cap) {
        size_t cap = s->edges_cap == 0 ? 1024 : s->edges_cap * 2;
        struct lm_edge_in *grown = lm_arena_array(s->a, cap, sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        if (s->r.n_edges != 0)
            memcpy(grown, s->r.edges, s->r.n_edges * sizeof *grown);
        s->r.edges = grown;
        s->edges_cap = cap;
    }
    lm_err err = id_of(s, k->c[0], &edge.a);
    if (err == LM_OK)
        err = id_of(s, k->c[1], &edge.b);
    if (err == LM_OK)
        s->r.edges[s->r.n_edges++] = edge;
    return err;
}

/* Why the cells are not a tie, or NULL and its weight. */
static const char *tie_fault(const struct reading *s, const struct cells *k, double *ret_w)
{
    if (k->n < 2)
        return "only one cell: a tie has two names";
    if (s->n_columns != 0 && k->n != s->n_columns)
        return k->n < s->n_columns ? "fewer cells than the first tie" : "more cells than the first tie";
    const char *fault = name_fault(k->c[0]);
    if (fault == NULL)
        fault = name_fault(k->c[1]);
    *ret_w = 1;
    if (fault == NULL && k->n >= 3) {
        if (!lm_str_to_double(k->c[2], ret_w))
            fault = "the weight is not a number";
        else if (!(*ret_w > 0))
            fault = "the weight is not above zero";
        else if (*ret_w < LM_EDGES_WEIGHT_LEAST || *ret_w > LM_EDGES_WEIGHT_MOST)
            fault = "the weight is not between 1e-100 and 1e100";
    }
    return fault;
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
    lm_err err = cut(s->a, line, s->r.separator, &k, &fault);
    if (err != LM_OK)
        return err;
    if (fault == NULL && first && s->r.n_damaged == 0 && is_header(&k)) {
        s->r.header = true;
        return LM_OK;
    }
    double w = 1;
    if (fault == NULL)
        fault = tie_fault(s, &k, &w);
    if (fault != NULL) {
        damaged(s, line.p, fault);
        return LM_OK;
    }
    s->n_columns = k.n;
    return keep(s, &k, w);
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

lm_err lm_edges_parse(struct lm_arena *a, struct lm_str text, struct lm_edges *ret, struct lm_error *e)
{
    if (lm_str_starts(text, LM_STR("\xff\xfe")) || lm_str_starts(text, LM_STR("\xfe\xff"))) {
        (void)lm_fail(e, LM_EINPUT, "the file is UTF-16 text");
        lm_fail_hint(e, "save it as UTF-8");
        return LM_EINPUT;
    }
    struct reading s = { .a = a, .text = text.p };
    lm_map_init(&s.ids, a);
    s.r.problems = lm_arena_array(a, LM_EDGES_MAX_PROBLEMS, sizeof *s.r.problems);
    lm_err err = s.r.problems != NULL ? LM_OK : LM_ENOMEM;
    if (err == LM_OK)
        err = take_lines(&s, lm_str_starts(text, LM_STR("\xef\xbb\xbf")) ? lm_str_skip(text, 3) : text);
    if (err == LM_OK && s.r.n_edges == 0)
        return no_tie(&s, text, e);
    if (err == LM_OK)
        s.r.names = lm_arena_array(a, s.ids.n, sizeof *s.r.names);
    if (err != LM_OK || s.r.names == NULL)
        return lm_fail(e, LM_ENOMEM, "no memory for the edge list");
    for (size_t i = 0; i < s.ids.n; i++)
        s.r.names[i] = s.ids.entries[i].key;
    s.r.n_names = s.ids.n;
    s.r.n_lines = s.line;
    s.r.weighted = s.n_columns >= 3;
    s.r.columns_ignored = s.n_columns > 3 ? s.n_columns - 3 : 0;
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
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    lm_err err;
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        err = lm_fail(e, LM_ENOTFOUND, "no such file");
    else if (fd < 0)
        err = lm_fail(e, LM_EIO, "cannot open: %s", strerror(errno));
    else
        err = read_all(a, fd, &text, e);
    if (fd >= 0)
        (void)close(fd);
    if (err == LM_OK)
        err = lm_edges_parse(a, text, ret, e);
    if (err != LM_OK && e != NULL) {
        char locator[sizeof e->locator];
        memcpy(locator, e->locator, sizeof locator);
        lm_fail_at(e, path, "%s", locator);
    }
    return err;
}
