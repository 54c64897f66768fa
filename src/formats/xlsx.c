#include "formats/xlsx.h"

#include <stdio.h>
#include <stdlib.h>

#include <libxml/parser.h>

#include "base/buf.h"
#include "formats/xlsx_parts.h"
#include "formats/zip_memory.h"

#define STEP_BYTES ((size_t)16 << 10) /* given to libxml2 at a time: what it finds in them is queued */
#define MAX_ROW 1048576
#define MAX_DEPTH 64
#define QUEUE_CEILING ((size_t)64 << 20)
#define ROW_CEILING ((size_t)64 << 20) /* the texts of one row */

/* --- a part as a stream of elements --- */

struct stream;
struct handler {
    void (*open)(struct stream *s, struct lm_str name, const xmlChar **attributes, int n);
    void (*close)(struct stream *s, struct lm_str name);
};

struct stream {
    const struct handler *h;
    struct lm_xlsx *x;
    struct lm_zip_member *member;
    struct lm_str rest;      /* unpacked, not yet parsed */
    xmlParserCtxtPtr ctxt;
    int depth;
    bool ended, taking, cut; /* taking: text goes into `text` */
    struct lm_buf text;
    lm_err failed;
    char why[sizeof((struct lm_error *)NULL)->message];
};

static void stream_fail(struct stream *s, lm_err err, const char *why)
{
    if (s->failed != LM_OK)
        return;
    s->failed = err;
    (void)snprintf(s->why, sizeof s->why, "%s", why);
    if (s->ctxt != NULL)
        xmlStopParser(s->ctxt);
}

static struct lm_str local(const xmlChar *z)
{
    return lm_str((const char *)z);
}

static void on_open(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                    const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct stream *s = user;
    (void)prefix, (void)uri, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (s->failed != LM_OK)
        return;
    if (++s->depth > MAX_DEPTH)
        stream_fail(s, LM_ELIMIT, "elements in elements, more than 64 deep");
    else
        s->h->open(s, local(name), attributes, n_attributes);
}

static void on_close(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct stream *s = user;
    (void)prefix, (void)uri;
    if (s->failed != LM_OK)
        return;
    s->depth--;
    s->h->close(s, local(name));
}

static void on_text(void *user, const xmlChar *p, int n)
{
    struct stream *s = user;
    if (!s->taking || s->failed != LM_OK)
        return;
    struct lm_str t = { (const char *)p, (size_t)n };
    if (s->text.n + t.n > LM_XLSX_MAX_TEXT) {
        t = lm_str_take(t, LM_XLSX_MAX_TEXT - s->text.n);
        t = lm_str_take(t, lm_utf8_valid_prefix(t));
        s->cut = true;
    }
    lm_buf_put(&s->text, t);
}

static void on_doctype(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name, (void)external, (void)system;
    stream_fail(user, LM_EINPUT, "it declares a document type (that is how XML bombs are made), which is refused");
}

static void on_problem(struct stream *s, const xmlError *error)
{
    if (error == NULL || error->level == XML_ERR_WARNING || error->domain == XML_FROM_NAMESPACE)
        return;
    if (error->code == XML_ERR_NO_MEMORY)
        stream_fail(s, LM_ENOMEM, "out of memory");
    else
        stream_fail(s, LM_EINPUT, "a part of the workbook is not well-formed XML");
}

#if LIBXML_VERSION >= 21200
static void on_error(void *user, const xmlError *error)
#else
static void on_error(void *user, xmlErrorPtr error)
#endif
{
    on_problem(user, error);
}

static lm_err stream_open(struct stream *s, struct lm_xlsx *x, struct lm_str zip, struct lm_str part, const struct handler *h,
                          struct lm_error *e)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .startElementNs = on_open,
        .endElementNs = on_close,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };
    *s = (struct stream){ .h = h, .x = x };
    lm_buf_init(&s->text, LM_XLSX_MAX_TEXT + 8);
    lm_err err = lm_zip_open(lm_zip_in(zip), part, &s->member, e);
    if (err != LM_OK)
        return err;
    s->ctxt = xmlCreatePushParserCtxt(&sax, s, NULL, 0, NULL);
    if (s->ctxt == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    (void)xmlCtxtUseOptions(s->ctxt, XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOENT);
    return LM_OK;
}

static void stream_close(struct stream *s)
{
    lm_zip_close(s->member);
    if (s->ctxt != NULL) {
        xmlFreeDoc(s->ctxt->myDoc);
        xmlFreeParserCtxt(s->ctxt);
    }
    lm_buf_free(&s->text);
    *s = (struct stream){ 0 };
}

/* Parses a little more; s->ended at the end. */
static lm_err stream_step(struct stream *s, struct lm_error *e)
{
    if (s->failed == LM_OK && s->rest.n == 0) {
        lm_err err = lm_zip_read(s->member, &s->rest, e);
        if (err != LM_OK)
            return err;
    }
    if (s->failed == LM_OK && s->rest.n == 0) {
        (void)xmlParseChunk(s->ctxt, "", 0, 1);
        if (s->depth != 0)
            stream_fail(s, LM_EINPUT, "a part of the workbook ends in the middle");
        s->ended = true;
    } else if (s->failed == LM_OK) {
        struct lm_str piece = lm_str_take(s->rest, STEP_BYTES);
        (void)xmlParseChunk(s->ctxt, piece.p, (int)piece.n, 0);
        s->rest = lm_str_skip(s->rest, piece.n);
    }
    if (s->text.failed)
        stream_fail(s, LM_ENOMEM, "out of memory");
    return s->failed != LM_OK ? lm_fail(e, s->failed, "%s", s->why) : LM_OK;
}

/* Attributes come as name, prefix, URI, first and last byte. */
static struct lm_str attribute(const xmlChar **a, int n, const char *name)
{
    for (int i = 0; i < n; i++, a += 5)
        if (a[1] == NULL && strcmp((const char *)a[0], name) == 0)
            return (struct lm_str){ (const char *)a[3], (size_t)(a[4] - a[3]) };
    return (struct lm_str){ NULL, 0 };
}

/* --- the workbook --- */

struct cell {
    uint32_t column;
    unsigned char marks;
    size_t at, n;
};

struct row {
    uint64_t number;
    size_t first, n;
    uint32_t width;
    unsigned oddities;
};

struct lm_xlsx {
    struct lm_arena *a;
    struct lm_str zip;
    struct xlsx_book book;
    struct lm_error failed;

    struct stream strings; /* read as far as somebody asked */
    bool strings_open, strings_done;
    struct lm_str *string;
    size_t n_strings, cap_strings, string_bytes;
    int phonetic; /* inside of a reading aid, which is not the text */

    struct stream sheet;
    bool sheet_open;
    uint32_t at_sheet;
    uint64_t number;       /* of the row being read */
    struct lm_buf cells, texts;    /* of that row */
    uint32_t column, width;
    unsigned oddities;
    char type;             /* of the cell: 'n', 's' shared, 't' text, 'b', 'e', 'd' */
    bool has_value;
    size_t style;

    struct lm_buf rows, row_cells, row_texts; /* complete and not yet given */
    size_t given;

    struct lm_str dense[LM_XLSX_MAX_COLUMNS];
    unsigned char marks[LM_XLSX_MAX_COLUMNS];
};

/* --- shared strings --- */

static void strings_open_element(struct stream *s, struct lm_str name, const xmlChar **attributes, int n)
{
    (void)attributes, (void)n;
    if (lm_str_eq(name, LM_STR("si"))) {
        lm_buf_clear(&s->text);
        s->x->phonetic = 0;
    }
    if (lm_str_eq(name, LM_STR("rPh")))
        s->x->phonetic++;
    s->taking = lm_str_eq(name, LM_STR("t")) && s->x->phonetic == 0;
}

static void strings_close_element(struct stream *s, struct lm_str name)
{
    struct lm_xlsx *x = s->x;
    s->taking = false;
    if (lm_str_eq(name, LM_STR("rPh")))
        x->phonetic--;
    if (!lm_str_eq(name, LM_STR("si")))
        return;
    struct lm_str *v = lm_arena_grow(x->a, x->string, x->n_strings, &x->cap_strings, sizeof *v);
    struct lm_str text = s->text.n != 0 ? lm_arena_copy(x->a, lm_buf_str(&s->text)) : LM_STR("");
    x->string_bytes += text.n + sizeof text;
    if (v == NULL || text.p == NULL)
        stream_fail(s, LM_ENOMEM, "out of memory");
    else if (x->string_bytes > LM_XLSX_MAX_STRINGS)
        stream_fail(s, LM_ELIMIT, "the shared strings of the workbook are larger than 768 MiB");
    else {
        x->string = v;
        x->string[x->n_strings++] = text;
    }
}

static const struct handler strings_handler = { strings_open_element, strings_close_element };

/* False: there is no such string. Failures other than a damaged end are in x->failed. */
static bool shared_string(struct lm_xlsx *x, uint64_t i, struct lm_str *ret)
{
    struct lm_error e = { 0 };
    lm_err err = LM_OK;
    if (!x->strings_open && !x->strings_done) {
        if (x->book.strings.n != 0)
            err = stream_open(&x->strings, x, x->zip, x->book.strings, &strings_handler, &e);
        x->strings_open = true;
        x->strings_done = x->book.strings.n == 0 || err != LM_OK;
    }
    while (!x->strings_done && i >= x->n_strings) {
        err = stream_step(&x->strings, &e);
        x->strings_done = x->strings.ended || err != LM_OK;
    }
    if (err == LM_ENOMEM || err == LM_ELIMIT)
        stream_fail(&x->sheet, err, e.message);
    if (i >= x->n_strings)
        return false;
    *ret = x->string[i];
    return true;
}

/* --- a sheet --- */

/* "AB12" → 27; SIZE_MAX: not a reference. */
static size_t column_of(struct lm_str ref)
{
    size_t column = 0, i = 0;
    for (; i < ref.n && ref.p[i] >= 'A' && ref.p[i] <= 'Z' && i < 4; i++)
        column = column * 26 + (size_t)(ref.p[i] - 'A' + 1);
    return i > 0 && i < 4 ? column - 1 : SIZE_MAX;
}

static void begin_row(struct stream *s, struct lm_str r)
{
    struct lm_xlsx *x = s->x;
    int64_t number = 0;
    uint64_t next = x->number + 1;
    if (r.n != 0 && lm_str_to_i64(r, &number) && number >= (int64_t)next)
        next = (uint64_t)number;
    else if (r.n != 0) {
        stream_fail(s, LM_EINPUT, "the rows of a sheet are not in order");
        return;
    }
    if (next > MAX_ROW) {
        stream_fail(s, LM_ELIMIT, "a sheet has more than 1,048,576 rows");
        return;
    }
    x->number = next;
    x->cells.n = x->texts.n = 0;
    x->width = 0;
    x->column = UINT32_MAX; /* the first cell stands at 0 unless it says otherwise */
    x->oddities = 0;
}

static void begin_cell(struct stream *s, const xmlChar **attributes, int n)
{
    struct lm_xlsx *x = s->x;
    struct lm_str type = attribute(attributes, n, "t"), ref = attribute(attributes, n, "r");
    int64_t style = 0;
    size_t column = ref.n != 0 ? column_of(ref) : (size_t)x->column + 1;
    x->column = ref.n == 0 ? x->column + 1 : column < LM_XLSX_MAX_COLUMNS ? (uint32_t)column : LM_XLSX_MAX_COLUMNS;
    x->type = lm_str_eq(type, LM_STR("s"))           ? 's'
              : lm_str_eq(type, LM_STR("b"))         ? 'b'
              : lm_str_eq(type, LM_STR("e"))         ? 'e'
              : lm_str_eq(type, LM_STR("d"))         ? 'd'
              : type.n == 0 || lm_str_eq(type, LM_STR("n")) ? 'n'
                                                            : 't';
    (void)lm_str_to_i64(attribute(attributes, n, "s"), &style);
    x->style = style > 0 ? (size_t)style : 0;
    x->has_value = false;
    x->phonetic = 0;
    s->cut = false;
    lm_buf_clear(&s->text);
}

static void sheet_open_element(struct stream *s, struct lm_str name, const xmlChar **attributes, int n)
{
    struct lm_xlsx *x = s->x;
    if (lm_str_eq(name, LM_STR("row")))
        begin_row(s, attribute(attributes, n, "r"));
    else if (lm_str_eq(name, LM_STR("c")))
        begin_cell(s, attributes, n);
    else if (lm_str_eq(name, LM_STR("rPh")))
        x->phonetic++;
    bool value = lm_str_eq(name, LM_STR("v")), text = lm_str_eq(name, LM_STR("t")) && x->phonetic == 0;
    s->taking = value || text;
    x->has_value = x->has_value || value || text;
}

/* The text of the cell that ends, and what it is. */
static struct lm_str cell_text(struct stream *s, char room[XLSX_VALUE_ROOM], unsigned char *marks)
{
    struct lm_xlsx *x = s->x;
    struct lm_str v = lm_buf_str(&s->text);
    int64_t i = -1;
    *marks = 0;
    switch (x->type) {
    case 's':
        if (!lm_str_to_i64(lm_str_trim(v), &i) || i < 0 || !shared_string(x, (uint64_t)i, &v)) {
            x->oddities |= LM_XLSX_NO_STRING;
            return LM_STR("");
        }
        return v;
    case 'b':
        return lm_str_eq(v, LM_STR("1")) ? LM_STR("TRUE") : LM_STR("FALSE");
    case 'n':
        return xlsx_number(v, x->style < x->book.n_styles ? x->book.styles[x->style] : 0, x->book.from_1904, room, marks);
    case 'd':
        *marks = LM_XLSX_DATE;
        return v;
    default:
        return v;
    }
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "_x000D_" stands for the character that XML does not have (ECMA-376 part 1, 22.9.2.19). */
static void put_unescaped(struct lm_buf *b, struct lm_str s)
{
    while (s.n != 0) {
        size_t at = lm_str_find(s, LM_STR("_x"));
        size_t n = at != SIZE_MAX ? at : s.n;
        lm_buf_put(b, lm_str_take(s, n));
        s = lm_str_skip(s, n);
        uint32_t cp = 0;
        bool escape = s.n >= 7 && s.p[6] == '_';
        for (size_t i = 2; escape && i < 6; i++) {
            int d = hex_digit(s.p[i]);
            escape = d >= 0;
            cp = cp * 16 + (uint32_t)(d & 15);
        }
        char out[4];
        size_t k = escape ? lm_utf8_encode(cp, out) : 0;
        if (escape && (k == 0 || cp == 0))
            lm_buf_put(b, LM_STR("\xef\xbf\xbd"));
        else
            lm_buf_put(b, escape ? (struct lm_str){ out, k } : lm_str_take(s, 1));
        s = lm_str_skip(s, escape ? 7 : 1);
    }
}

static void end_cell(struct stream *s)
{
    struct lm_xlsx *x = s->x;
    char room[XLSX_VALUE_ROOM];
    if (!x->has_value)
        return;
    if (x->column >= LM_XLSX_MAX_COLUMNS) {
        x->oddities |= LM_XLSX_TOO_WIDE;
        return;
    }
    x->oddities |= s->cut ? LM_XLSX_CUT : 0;
    struct cell c = { .column = x->column, .at = x->texts.n };
    struct lm_str text = cell_text(s, room, &c.marks);
    if (text.n == 0)
        return;
    if (c.marks == 0)
        put_unescaped(&x->texts, text);
    else
        lm_buf_put(&x->texts, text);
    c.n = x->texts.n - c.at;
    lm_buf_put(&x->cells, (struct lm_str){ (const char *)&c, sizeof c });
    x->width = x->column + 1 > x->width ? x->column + 1 : x->width;
    if (x->texts.failed || x->cells.failed)
        stream_fail(s, LM_ELIMIT, "one row of the workbook is too large");
}

static void end_row(struct stream *s)
{
    struct lm_xlsx *x = s->x;
    struct row r = { .number = x->number, .first = x->row_cells.n / sizeof(struct cell),
                     .n = x->cells.n / sizeof(struct cell), .width = x->width, .oddities = x->oddities };
    if (r.n == 0)
        return;
    for (size_t i = 0; i < r.n; i++)
        ((struct cell *)(void *)x->cells.p)[i].at += x->row_texts.n;
    lm_buf_put(&x->row_texts, lm_buf_str(&x->texts));
    lm_buf_put(&x->row_cells, lm_buf_str(&x->cells));
    lm_buf_put(&x->rows, (struct lm_str){ (const char *)&r, sizeof r });
    if (x->row_texts.failed || x->row_cells.failed || x->rows.failed)
        stream_fail(s, LM_ENOMEM, "out of memory");
}

static void sheet_close_element(struct stream *s, struct lm_str name)
{
    s->taking = false;
    if (lm_str_eq(name, LM_STR("c")))
        end_cell(s);
    else if (lm_str_eq(name, LM_STR("row")))
        end_row(s);
    else if (lm_str_eq(name, LM_STR("rPh")))
        s->x->phonetic--;
}

static const struct handler sheet_handler = { sheet_open_element, sheet_close_element };

/* --- the caller's side --- */

bool lm_xlsx_possible(struct lm_str head)
{
    static const char *const first[] = { "[Content_Types].xml", "_rels/", "xl/", "docProps/", "customXml/" };
    if (head.n < 30 || !lm_str_starts(head, LM_STR("PK\3\4")))
        return false;
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (lm_str_starts(lm_str_skip(head, 30), lm_str(first[i])))
            return true;
    return false;
}

lm_err lm_xlsx_open(struct lm_arena *a, struct lm_str bytes, struct lm_xlsx **ret, struct lm_error *e)
{
    struct xlsx_book book;
    lm_err err = xlsx_book_read(a, bytes, &book, e);
    if (err != LM_OK)
        return err;
    struct lm_xlsx *x = calloc(1, sizeof *x);
    if (x == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    x->a = a;
    x->zip = bytes;
    x->book = book;
    lm_buf_init(&x->cells, ROW_CEILING);
    lm_buf_init(&x->texts, ROW_CEILING);
    lm_buf_init(&x->rows, QUEUE_CEILING);
    lm_buf_init(&x->row_cells, QUEUE_CEILING + ROW_CEILING);
    lm_buf_init(&x->row_texts, QUEUE_CEILING + ROW_CEILING);
    *ret = x;
    return LM_OK;
}

void lm_xlsx_close(struct lm_xlsx *x)
{
    if (x == NULL)
        return;
    if (x->sheet_open)
        stream_close(&x->sheet);
    if (x->strings_open)
        stream_close(&x->strings);
    lm_buf_free(&x->cells);
    lm_buf_free(&x->texts);
    lm_buf_free(&x->rows);
    lm_buf_free(&x->row_cells);
    lm_buf_free(&x->row_texts);
    free(x);
}

size_t lm_xlsx_n_sheets(const struct lm_xlsx *x)
{
    return x->book.n_sheets;
}

static void give(struct lm_xlsx *x, struct lm_xlsx_row *ret)
{
    const struct row *r = (const struct row *)(const void *)x->rows.p + x->given++;
    const struct cell *c = (const struct cell *)(const void *)x->row_cells.p + r->first;
    memset(x->dense, 0, r->width * sizeof *x->dense);
    memset(x->marks, 0, r->width);
    for (size_t i = 0; i < r->n; i++) {
        x->dense[c[i].column] = (struct lm_str){ x->row_texts.p + c[i].at, c[i].n };
        x->marks[c[i].column] = c[i].marks;
    }
    *ret = (struct lm_xlsx_row){ .cells = x->dense, .marks = x->marks, .n = r->width, .number = r->number,
                                 .sheet = x->at_sheet, .sheet_name = x->book.sheets[x->at_sheet].name,
                                 .oddities = r->oddities };
}

static lm_err open_sheet(struct lm_xlsx *x, struct lm_error *e)
{
    x->number = 0;
    x->sheet_open = true;
    lm_err err = stream_open(&x->sheet, x, x->zip, x->book.sheets[x->at_sheet].part, &sheet_handler, e);
    return err == LM_ENOTFOUND ? lm_fail(e, LM_EINPUT, "the part of a sheet is missing") : err;
}

static lm_err advance(struct lm_xlsx *x, struct lm_error *e)
{
    lm_err err = LM_OK;
    x->rows.n = x->row_cells.n = x->row_texts.n = x->given = 0;
    if (!x->sheet_open)
        err = open_sheet(x, e);
    else if (x->sheet.ended) {
        stream_close(&x->sheet);
        x->sheet_open = false;
        x->at_sheet++;
    } else {
        err = stream_step(&x->sheet, e);
    }
    return err;
}

lm_err lm_xlsx_next(struct lm_xlsx *x, struct lm_xlsx_row *ret, bool *ret_done, struct lm_error *e)
{
    struct lm_error why = { 0 };
    for (;;) {
        if (x->given < x->rows.n / sizeof(struct row)) {
            give(x, ret);
            *ret_done = false;
            return LM_OK;
        }
        if (x->failed.code != LM_OK) {
            if (e != NULL)
                *e = x->failed;
            return x->failed.code;
        }
        if (x->at_sheet >= x->book.n_sheets) {
            *ret_done = true;
            return LM_OK;
        }
        /* rows that were complete before something broke are still given */
        if (advance(x, &why) != LM_OK) {
            lm_fail_at(&why, "", "sheet %.40s row %llu", x->book.sheets[x->at_sheet].name.p,
                       (unsigned long long)x->number + 1);
            x->failed = why;
        }
    }
}
