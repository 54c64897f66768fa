/* fuzz_xlsx.c - workbooks in two ways: the bytes as a zip, and, when they are none, as the only sheet of one.
 *
 * The second way writes a stored zip around the input, so that the fuzzer needs no checksum to reach the sheet. Besides
 * not crashing: cells are valid UTF-8, row numbers and sheets never go back, a failure stays one. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "formats/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void put16(struct lm_buf *b, unsigned v)
{
    lm_buf_putc(b, (char)(v & 255));
    lm_buf_putc(b, (char)(v >> 8 & 255));
}

static void put32(struct lm_buf *b, uint32_t v)
{
    put16(b, v & 0xffff);
    put16(b, v >> 16);
}

struct member {
    struct lm_str name, bytes;
    uint32_t at, crc;
};

static void put_head(struct lm_buf *b, const struct member *m)
{
    put16(b, 20);
    put32(b, 0); /* flags, stored */
    put32(b, 0); /* moment */
    put32(b, m->crc);
    put32(b, (uint32_t)m->bytes.n);
    put32(b, (uint32_t)m->bytes.n);
    put16(b, (unsigned)m->name.n);
    put16(b, 0);
}

/* ISO 3309, as zip has it; bit by bit is fast enough for what a fuzzer makes. */
static uint32_t crc_of(struct lm_str s)
{
    uint32_t c = UINT32_MAX;
    for (size_t i = 0; i < s.n; i++) {
        c ^= (unsigned char)s.p[i];
        for (int k = 0; k < 8; k++)
            c = c >> 1 ^ (UINT32_C(0xedb88320) & -(c & 1));
    }
    return ~c;
}

static void write_zip(struct lm_buf *b, struct member *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        m[i].at = (uint32_t)b->n;
        m[i].crc = crc_of(m[i].bytes);
        lm_buf_put(b, LM_STR("PK\3\4"));
        put_head(b, &m[i]);
        lm_buf_put(b, m[i].name);
        lm_buf_put(b, m[i].bytes);
    }
    size_t directory = b->n;
    for (size_t i = 0; i < n; i++) {
        lm_buf_put(b, LM_STR("PK\1\2"));
        put16(b, 20);
        put_head(b, &m[i]);
        put16(b, 0);
        put32(b, 0);
        put32(b, 0);
        put32(b, m[i].at);
        lm_buf_put(b, m[i].name);
    }
    size_t length = b->n - directory;
    lm_buf_put(b, LM_STR("PK\5\6"));
    put32(b, 0);
    put16(b, (unsigned)n);
    put16(b, (unsigned)n);
    put32(b, (uint32_t)length);
    put32(b, (uint32_t)directory);
    put16(b, 0);
}

static void read_all(struct lm_str bytes)
{
    struct lm_arena a;
    struct lm_xlsx *x = NULL;
    struct lm_xlsx_row r;
    struct lm_error e = { 0 };
    bool done = false;
    uint64_t number = 0;
    uint32_t sheet = 0;
    lm_arena_init(&a, (size_t)128 << 20);
    lm_err err = lm_xlsx_open(&a, bytes, &x, &e);
    for (int rows = 0; err == LM_OK && rows < 100000; rows++) {
        err = lm_xlsx_next(x, &r, &done, &e);
        if (err != LM_OK || done)
            break;
        require(r.sheet >= sheet && r.n <= LM_XLSX_MAX_COLUMNS);
        require(r.sheet > sheet || rows == 0 || r.number > number);
        sheet = r.sheet;
        number = r.number;
        for (size_t i = 0; i < r.n; i++)
            require(lm_utf8_valid_prefix(r.cells[i]) == r.cells[i].n && r.cells[i].n <= LM_XLSX_MAX_TEXT);
    }
    require(err == LM_OK || err == LM_EINPUT || err == LM_ELIMIT || err == LM_ENOMEM);
    if (x != NULL && err != LM_OK)
        require(lm_xlsx_next(x, &r, &done, NULL) == err);
    lm_xlsx_close(x);
    lm_arena_free(&a);
}

#define SHEETS "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define RELATIONS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_str bytes = { (const char *)data, size };
    if (size > ((size_t)1 << 20))
        return 0;
    read_all(bytes);
    if (lm_str_starts(bytes, LM_STR("PK")))
        return 0;
    struct member m[] = {
        { .name = LM_STR("[Content_Types].xml"), .bytes = LM_STR("<Types/>") },
        { .name = LM_STR("_rels/.rels"),
          .bytes = LM_STR("<Relationships><Relationship Id=\"r\" Type=\"" RELATIONS "/officeDocument\" Target=\"xl/workbook.xml\"/>"
                          "</Relationships>") },
        { .name = LM_STR("xl/workbook.xml"),
          .bytes = LM_STR("<workbook " SHEETS " xmlns:r=\"" RELATIONS "\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"a\"/></sheets>"
                          "</workbook>") },
        { .name = LM_STR("xl/_rels/workbook.xml.rels"),
          .bytes = LM_STR("<Relationships><Relationship Id=\"a\" Type=\"" RELATIONS "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
                          "<Relationship Id=\"b\" Type=\"" RELATIONS "/styles\" Target=\"styles.xml\"/></Relationships>") },
        { .name = LM_STR("xl/styles.xml"),
          .bytes = LM_STR("<styleSheet " SHEETS "><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"46\"/></cellXfs>"
                          "</styleSheet>") },
        { .name = LM_STR("xl/worksheets/sheet1.xml"), .bytes = bytes },
    };
    struct lm_buf zip;
    lm_buf_init(&zip, (size_t)4 << 20);
    write_zip(&zip, m, sizeof m / sizeof *m);
    require(!zip.failed);
    read_all(lm_buf_str(&zip));
    lm_buf_free(&zip);
    return 0;
}
