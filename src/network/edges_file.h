/* edges_file.h - reads an edge list: one tie per line, two names and optionally a weight, or columns by name.
 *
 * Separator: tab, semicolon, comma or spaces, whichever of these (in this order) splits the first line
 * that holds a tie into two cells or more; it then holds for the whole file. A cell may stand in double
 * quotes ("" inside is one quote); it ends on its line. Cells are trimmed. Lines end with LF, CRLF or CR;
 * a UTF-8 byte order mark is passed over, and so are empty lines and lines whose first character is
 * `#` or `%` (such a name is written in quotes).
 *
 * Header: the first line, when two of its cells are a known pair of column names ("source" and "target", "from" and
 * "to", …), or when its third cell is a known name of a weight ("weight", "calls", …). Columns are then taken by name,
 * wherever they stand among the first LM_EDGES_COLUMNS: weight; time (ISO 8601, a day, or whole seconds since 1970);
 * layer (a word of tie.h); class (evidenced, reported or machine); city or division. A third column behind the two
 * names that has no known name is the weight, too. Without a header the first two cells are the names and the third is
 * the weight. Cells of time, layer, class and place may be empty. Other columns are passed over and their number is
 * told (columns_ignored). The number of cells of the first tie holds for all.
 *
 * A line that cannot be used (wrong number of cells, an empty name, a weight that is not a
 * number from LM_EDGES_WEIGHT_LEAST to LM_EDGES_WEIGHT_MOST, a NUL or other control character, invalid UTF-8, a quote left open, a line above
 * LM_EDGES_MAX_LINE) is a problem with line number and byte offset: never guessed, never dropped
 * silently. n_damaged counts all of them, problems lists the first LM_EDGES_MAX_PROBLEMS.
 *
 * lifetime  everything returned lives in `a`; the text is not needed any more
 * cost      1.4 µs of CPU per line (10 million lines with a million names, busy machine)
 * memory    in `a` the names, 16 bytes per line, 32 more when a column of time, layer, class or place is there; while it
 *           reads the file (ceiling LM_EDGES_MAX_BYTES) and a table of its names as well
 * errors    LM_ENOTFOUND no such file; LM_EINPUT a directory, UTF-16 text, no usable tie; LM_ELIMIT;
 *           LM_EIO; LM_ENOMEM
 * test      tests/unit/test_network_edges_file.c; fuzz/fuzz_edges_file.c
 */
#ifndef LM_NETWORK_EDGES_FILE_H
#define LM_NETWORK_EDGES_FILE_H

#include "network/tie.h"

#define LM_EDGES_MAX_BYTES ((size_t)1 << 30)
#define LM_EDGES_MAX_LINE ((size_t)64 << 10)
#define LM_EDGES_MAX_PROBLEMS 100
#define LM_EDGES_COLUMNS 16
#define LM_EDGES_WEIGHT_LEAST 1e-100 /* sums, and lengths of paths, stay numbers */
#define LM_EDGES_WEIGHT_MOST 1e100

struct lm_edges_problem {
    uint64_t line; /* 1 for the first */
    uint64_t byte; /* where the line, or the damaged place in it, starts */
    const char *reason;
};

struct lm_edges {
    struct lm_str *names; /* distinct, in order of appearance; a name met only on damaged lines is absent */
    size_t n_names;
    struct lm_edge_in *edges; /* as they stand in the file: loops and repeats included */
    size_t n_edges;
    struct lm_tie *ties; /* beside edges; NULL when no column says more than names and weight */
    struct lm_str *places;
    size_t n_places;
    uint64_t n_lines;
    char separator; /* '\t' ';' ',' ' ' */
    bool header, weighted;
    size_t columns_ignored;
    uint64_t n_damaged;
    struct lm_edges_problem *problems;
    size_t n_problems;
};

lm_err lm_edges_file_read(struct lm_arena *a, const char *path, struct lm_edges *ret, struct lm_error *e);

/* The same for text already in memory. */
lm_err lm_edges_parse(struct lm_arena *a, struct lm_str text, struct lm_edges *ret, struct lm_error *e);

#endif
