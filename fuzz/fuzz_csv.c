/* fuzz_csv.c - the table reader on any bytes; the first byte chooses the separator (0: sniffed).
 *
 * Besides not crashing: rows go forward and leave nothing out but line ends, and a row without quotes
 * is its cells joined by the separator. */
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "formats/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_row(const struct lm_csv *c, const struct lm_csv_row *r, uint64_t before)
{
    struct lm_str raw = { c->in.p + r->at, r->end - r->at };
    uint64_t gap = r->at - before;
    require(r->at >= before && r->end >= r->at && r->end <= c->in.n && r->n > 0 && r->n <= LM_CSV_MAX_CELLS);
    require(before == 0 ? gap == 0 || gap == 3 || r->number == 2 : gap == 1 || gap == 2);
    size_t joined = r->n - 1;
    for (size_t k = 0; k < r->n; k++) {
        joined += r->cells[k].n;
        require(r->cells[k].n <= raw.n);
    }
    require(joined <= raw.n);
    if (raw.n == 0 || memchr(raw.p, '"', raw.n) == NULL)
        require(joined == raw.n && r->cells[0].p == raw.p && (r->oddities & ~(unsigned)LM_CSV_NUL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char separators[] = { 0, ',', ';', '\t', '|' };
    if (size == 0)
        return 0;
    struct lm_csv c;
    struct lm_csv_row r;
    uint64_t before = 0, number = 0;
    bool done = false;
    lm_csv_init(&c, (struct lm_str){ (const char *)data + 1, size - 1 }, separators[data[0] % 5]);
    for (;;) {
        lm_err e = lm_csv_next(&c, &r, &done);
        require(e == LM_OK || e == LM_ELIMIT);
        if (done)
            break;
        require(c.number == ++number);
        if (e == LM_OK) {
            require(r.number == number);
            check_row(&c, &r, before);
            before = r.end;
        } else {
            before = c.pos > 0 ? c.pos - 1 : 0;
        }
    }
    require(c.pos == c.in.n);
    lm_csv_free(&c);
    return 0;
}
