#include "formats/csv.h"

#include <stdlib.h>

#if defined(__SSE2__) && !defined(LM_CSV_PORTABLE)
#include <emmintrin.h>
#define CSV_SSE2 1
#else
#define CSV_SSE2 0
#endif

/* Set in lm_str.n of a cell while its row is being read: the slice still holds quotes to take out. */
#define REWRITE ((size_t)1 << (sizeof(size_t) * 8 - 1))

/* A place that no input reaches. */
#define NO_BLOCK (SIZE_MAX / 2 + 1)

/* --- finding bytes --- */

static bool may_end(char c, char separator)
{
    return c == separator || c == '"' || c == '\n' || c == '\r' || c == '\0';
}

#if CSV_SSE2
/* Bit per byte of p[0] … p[63]. */
static uint64_t marks_of(const char *p, char separator)
{
    const __m128i sep = _mm_set1_epi8(separator), quote = _mm_set1_epi8('"');
    const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r'), nul = _mm_setzero_si128();
    uint64_t marks = 0;
    for (int k = 0; k < 64; k += 16) {
        __m128i v;
        memcpy(&v, p + k, sizeof v);
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, sep), _mm_cmpeq_epi8(v, quote)),
                                   _mm_or_si128(_mm_cmpeq_epi8(v, lf), _mm_cmpeq_epi8(v, cr)));
        marks |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(hit, _mm_cmpeq_epi8(v, nul))) << k;
    }
    return marks;
}
#endif

/* The first separator, quote, line end or NUL from i on; the end of the input when none. Cells are short: a block is
 * looked at once for all that end in it. */
static inline size_t plain_run(struct lm_csv *c, size_t i)
{
    const char *p = c->in.p;
    size_t n = c->in.n;
#if CSV_SSE2
    if (i - c->block < 64) {
        uint64_t rest = c->marks >> (i - c->block);
        if (rest != 0)
            return i + (size_t)__builtin_ctzll(rest);
        i = c->block + 64;
    }
    for (; n >= 64 && i <= n - 64; i += 64) {
        c->block = i;
        c->marks = marks_of(p + i, c->separator);
        if (c->marks != 0)
            return i + (size_t)__builtin_ctzll(c->marks);
    }
#endif
    while (i < n && !may_end(p[i], c->separator))
        i++;
    return i;
}

/* The quote that closes the cell opened before i, doubled ones passed over; n when there is none. */
static size_t closing_quote(const char *p, size_t i, size_t n, bool *ret_doubled)
{
    *ret_doubled = false;
    while (i < n) {
        const char *q = memchr(p + i, '"', n - i);
        if (q == NULL)
            break;
        i = (size_t)(q - p);
        if (i + 1 >= n || p[i + 1] != '"')
            return i;
        *ret_doubled = true;
        i += 2;
    }
    return n;
}

static size_t line_end(const char *p, size_t i, size_t n)
{
    while (i < n && p[i] != '\n' && p[i] != '\r')
        i++;
    return i;
}

/* --- one row --- */

struct row {
    size_t start, i; /* first byte of the row; where reading stands */
    size_t n_cells;
    size_t rewrite_bytes;
    unsigned oddities;
    bool too_wide, no_memory;
};

static void add_cell(struct lm_csv *c, struct row *r, size_t from, size_t to, size_t mark)
{
    if (r->n_cells >= LM_CSV_MAX_CELLS) {
        r->too_wide = true;
        return;
    }
    if (r->n_cells == c->cells_cap) {
        size_t cap = c->cells_cap == 0 ? 32 : c->cells_cap * 2;
        struct lm_str *cells = realloc(c->cells, cap * sizeof *cells);
        if (cells == NULL) {
            r->no_memory = true;
            return;
        }
        c->cells = cells;
        c->cells_cap = cap;
    }
    if (mark != 0)
        r->rewrite_bytes += to - from;
    c->cells[r->n_cells++] = (struct lm_str){ c->in.p + from, (to - from) | mark };
}

/* Bare text up to the next separator or line end, with what is odd in it. */
static void bare_text(struct lm_csv *c, struct row *r, unsigned quote_oddity)
{
    const char *p = c->in.p;
    size_t n = c->in.n;
    for (;;) {
        r->i = plain_run(c, r->i);
        if (r->i >= n || (p[r->i] != '"' && p[r->i] != '\0') || p[r->i] == c->separator)
            return;
        r->oddities |= p[r->i] == '"' ? quote_oddity : LM_CSV_NUL;
        r->i++;
    }
}

/* A cell that starts with a quote at r->i. */
static void quoted_cell(struct lm_csv *c, struct row *r)
{
    const char *p = c->in.p;
    size_t n = c->in.n, from = r->i + 1;
    size_t reach = n - r->start > LM_CSV_MAX_ROW ? r->start + LM_CSV_MAX_ROW : n;
    bool doubled;
    size_t close = closing_quote(p, from, reach, &doubled);
    size_t to = close;
    if (close >= reach) {
        r->oddities |= LM_CSV_OPEN_QUOTE;
        to = reach == n ? n : line_end(p, from, n);
        r->i = to;
    } else {
        r->i = close + 1;
    }
    if (to > from && memchr(p + from, '\0', to - from) != NULL)
        r->oddities |= LM_CSV_NUL;
    size_t after = r->i;
    if (close < reach && after < n && p[after] != c->separator && p[after] != '\n' && p[after] != '\r') {
        r->oddities |= LM_CSV_TEXT_AFTER_QUOTE;
        bare_text(c, r, LM_CSV_TEXT_AFTER_QUOTE);
        add_cell(c, r, from, r->i, REWRITE);
        return;
    }
    add_cell(c, r, from, to, doubled ? REWRITE : 0);
}

/* Takes the quotes out: doubled ones become one up to the closing one; after it all stays. */
static char *unquote(char *out, struct lm_str s)
{
    size_t i = 0;
    while (i < s.n) {
        const char *q = memchr(s.p + i, '"', s.n - i);
        size_t run = q != NULL ? (size_t)(q - (s.p + i)) : s.n - i;
        memcpy(out, s.p + i, run);
        out += run;
        i += run;
        if (q == NULL)
            break;
        if (i + 1 >= s.n || s.p[i + 1] != '"') {
            memcpy(out, s.p + i + 1, s.n - i - 1);
            return out + (s.n - i - 1);
        }
        *out++ = '"';
        i += 2;
    }
    return out;
}

static lm_err rewrite_cells(struct lm_csv *c, const struct row *r)
{
    if (r->rewrite_bytes == 0)
        return LM_OK;
    lm_buf_clear(&c->scratch);
    char *out = lm_buf_reserve(&c->scratch, r->rewrite_bytes);
    if (out == NULL)
        return LM_ENOMEM;
    for (size_t k = 0; k < r->n_cells; k++) {
        if ((c->cells[k].n & REWRITE) == 0)
            continue;
        char *end = unquote(out, (struct lm_str){ c->cells[k].p, c->cells[k].n & ~REWRITE });
        c->cells[k] = (struct lm_str){ out, (size_t)(end - out) };
        out = end;
    }
    return LM_OK;
}

/* --- the reader --- */

/* Counts the candidates outside quotes in the first line, of which at most LM_CSV_MAX_ROW is seen. */
static char sniff(struct lm_str in)
{
    static const char candidates[] = { ',', ';', '\t', '|' };
    size_t count[sizeof candidates] = { 0 }, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < in.n && i < LM_CSV_MAX_ROW; i++) {
        char ch = in.p[i];
        if (ch == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        if (ch == '\n' || ch == '\r')
            break;
        for (size_t k = 0; k < sizeof candidates; k++)
            count[k] += ch == candidates[k];
    }
    for (size_t k = 1; k < sizeof candidates; k++)
        best = count[k] > count[best] ? k : best;
    return candidates[best];
}

void lm_csv_init(struct lm_csv *c, struct lm_str in, char separator)
{
    if (in.p == NULL)
        in = LM_STR("");
    *c = (struct lm_csv){ .in = in, .separator = separator, .block = NO_BLOCK };
    if (lm_str_starts(in, LM_STR("\xef\xbb\xbf")))
        c->pos = 3;
    if (separator == 0)
        c->separator = sniff(lm_str_skip(in, c->pos));
    lm_buf_init(&c->scratch, LM_CSV_MAX_ROW);
}

void lm_csv_free(struct lm_csv *c)
{
    free(c->cells);
    c->cells = NULL;
    c->cells_cap = 0;
    lm_buf_free(&c->scratch);
}

lm_err lm_csv_next(struct lm_csv *c, struct lm_csv_row *ret, bool *ret_done)
{
    const char *p = c->in.p;
    size_t n = c->in.n;
    if (c->pos >= n) {
        *ret_done = true;
        return LM_OK;
    }
    struct row r = { .start = c->pos, .i = c->pos };
    for (;;) {
        size_t from = r.i;
        if (from < n && p[from] == '"') {
            quoted_cell(c, &r);
        } else {
            bare_text(c, &r, LM_CSV_QUOTE_IN_BARE);
            add_cell(c, &r, from, r.i, 0);
        }
        if (r.i >= n || p[r.i] != c->separator)
            break;
        r.i++;
    }
    c->number++;
    c->pos = r.i;
    if (c->pos < n)
        c->pos += p[c->pos] == '\r' && n - c->pos > 1 && p[c->pos + 1] == '\n' ? 2 : 1;
    if (r.no_memory)
        return LM_ENOMEM;
    if (r.too_wide || r.i - r.start > LM_CSV_MAX_ROW)
        return LM_ELIMIT;
    lm_err e = rewrite_cells(c, &r);
    if (e != LM_OK)
        return e;
    *ret = (struct lm_csv_row){ .cells = c->cells,
                                .n = r.n_cells,
                                .at = r.start,
                                .end = r.i,
                                .number = c->number,
                                .oddities = r.oddities };
    *ret_done = false;
    return LM_OK;
}
