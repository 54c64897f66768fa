/* edges_file.h - reads an edge list: one tie per line, two names and optionally a weight.
 *
 * Separator: tab, semicolon, comma or spaces, whichever of these (in this order) splits the first line
 * that holds a tie into two cells or more; it then holds for the whole file. A cell may stand in double
 * quotes ("" inside is one quote); it ends on its line. Cells are trimmed. Lines end with LF, CRLF or CR;
 * a UTF-8 byte order mark is passed over, and so are empty lines and lines whose first character is
 * `#` or `%` (such a name is written in quotes).
 *
 * Header: the first line, when its first two cells are a known pair of column names ("source,target",
 * "from;to", …), or when its third cell is a known name of a weight ("weight", "calls", …).
 * The number of cells of the first tie holds for all; the third is the weight, cells after it are
 * passed over and their number is told (columns_ignored).
 *
 * A line that cannot be used (wrong number of cells, an empty name, a weight that is not a
 * number from LM_EDGES_WEIGHT_LEAST to LM_EDGES_WEIGHT_MOST, a NUL or other control character, invalid UTF-8, a quote left open, a line above
 * LM_EDGES_MAX_LINE) is a problem with line number and byte offset: never guessed, never dropped
 * silently. n_damaged counts all of them, problems lists the first LM_EDGES_MAX_PROBLEMS.
 *
 * lifetime  everything returned lives in `a`
 * memory    the file twice at most; ceiling LM_EDGES_MAX_BYTES
 * errors    LM_ENOTFOUND no such file; LM_EINPUT a directory, UTF-16 text, no usable tie; LM_ELIMIT;
 *           LM_EIO; LM_ENOMEM
 * test      tests/unit/test_network_edges_file.c; fuzz/fuzz_edges_file.c
 */
#ifndef LM_NETWORK_EDGES_FILE_H
#define LM_NETWORK_EDGES_FILE_H

#include "network/graph.h"

#define LM_EDGES_MAX_BYTES ((size_t)1 << 30)
#define LM_EDGES_MAX_LINE ((size_t)64 << 10)
#define LM_EDGES_MAX_PROBLEMS 100
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
    uint64_t n_lines;
    char separator; /* '\t' ';' ',' ' ' */
    bool header, weighted;
    size_t columns_ignored;
    uint64_t n_damaged;
    struct lm_edges_problem *problems;
    size_t n_problems;
};

lm_err lm_edges_file_read(struct lm_arena *a, const char *path, struct lm_edges *ret, struct lm_error *e);

/* The same for text already in memory; names point into `text` or `a`. */
lm_err lm_edges_parse(struct lm_arena *a, struct lm_str text, struct lm_edges *ret, struct lm_error *e);

#endif
