/* The parts of a workbook that say what there is: see xlsx.h. */
#include "formats/xlsx_parts.h"

#include "base/buf.h"
#include "formats/xml.h"
#include "formats/zip_memory.h"

#define PART_BYTES ((size_t)32 << 20)
#define MAX_RELATIONS 4096
#define MAX_STYLES 70000 /* Excel's own limit is 65,490 */
#define MAX_PATH_BYTES 512

struct relation {
    struct lm_str id, type, part;
};

struct reading {
    struct lm_arena *a;
    struct lm_str zip;
    struct xlsx_book *book;
    struct relation *relations;
    size_t n_relations, cap_relations;
    struct lm_str *ids; /* of the sheets */
    size_t cap_ids;
    struct lm_error *e;
};

typedef lm_err (*take_element)(struct reading *r, const struct lm_xml_token *t, void *user);

static lm_err no_memory(struct reading *r)
{
    return lm_fail(r->e, LM_ENOMEM, "out of memory");
}

static lm_err each_element(struct reading *r, struct lm_str part, take_element take, void *user)
{
    struct lm_str text;
    struct lm_xml_token t = { 0 };
    lm_err err = lm_zip_whole(r->a, lm_zip_in(r->zip), part, PART_BYTES, &text, r->e);
    if (err != LM_OK)
        return err;
    struct lm_xml *x = lm_xml_new(text, false);
    if (x == NULL)
        return no_memory(r);
    do {
        err = lm_xml_next(x, &t);
        if (err == LM_OK && t.type == LM_XML_OPEN)
            err = take(r, &t, user);
        else if (err != LM_OK)
            err = lm_fail(r->e, err, "a part of the workbook is damaged: %s", lm_xml_why(x));
    } while (err == LM_OK && t.type != LM_XML_END);
    lm_xml_free(x);
    return err;
}

/* "/xl/worksheets/sheet1.xml", "worksheets/sheet1.xml" or "../x" seen from a folder ("xl/"). Empty: not a path. */
static struct lm_str part_path(struct lm_arena *a, struct lm_str folder, struct lm_str target)
{
    char out[MAX_PATH_BYTES];
    size_t n = 0;
    bool absolute = target.n != 0 && target.p[0] == '/';
    if (folder.n + target.n + 2 > sizeof out)
        return LM_STR("");
    if (!absolute) {
        memcpy(out, folder.p, folder.n);
        n = folder.n;
    }
    while (target.n != 0) {
        const char *slash = memchr(target.p, '/', target.n);
        struct lm_str piece = lm_str_take(target, slash != NULL ? (size_t)(slash - target.p) : target.n);
        target = lm_str_skip(target, piece.n + (slash != NULL));
        if (lm_str_eq(piece, LM_STR("..")) && n > 0) {
            for (n--; n > 0 && out[n - 1] != '/'; n--)
                ;
        } else if (piece.n != 0 && !lm_str_eq(piece, LM_STR(".")) && !lm_str_eq(piece, LM_STR(".."))) {
            memcpy(out + n, piece.p, piece.n);
            n += piece.n;
            if (slash != NULL)
                out[n++] = '/';
        }
    }
    return lm_arena_copy(a, (struct lm_str){ out, n });
}

static lm_err take_relation(struct reading *r, const struct lm_xml_token *t, void *user)
{
    const struct lm_str *folder = user;
    if (!lm_str_eq(t->name, LM_STR("Relationship")))
        return LM_OK;
    if (r->n_relations == MAX_RELATIONS)
        return lm_fail(r->e, LM_ELIMIT, "the workbook has more than %d relations", MAX_RELATIONS);
    struct relation *v = lm_arena_grow(r->a, r->relations, r->n_relations, &r->cap_relations, sizeof *v);
    if (v == NULL)
        return no_memory(r);
    r->relations = v;
    v = &v[r->n_relations++];
    v->id = lm_arena_copy(r->a, lm_xml_attribute(t, LM_STR("Id")));
    v->type = lm_arena_copy(r->a, lm_xml_attribute(t, LM_STR("Type")));
    v->part = part_path(r->a, *folder, lm_xml_attribute(t, LM_STR("Target")));
    return v->id.p != NULL && v->type.p != NULL && v->part.p != NULL ? LM_OK : no_memory(r);
}

static bool is_true(struct lm_str s)
{
    return lm_str_eq(s, LM_STR("1")) || lm_str_eq_nocase(s, LM_STR("true")) || lm_str_eq_nocase(s, LM_STR("on"));
}

static lm_err take_workbook(struct reading *r, const struct lm_xml_token *t, void *user)
{
    struct xlsx_book *b = r->book;
    (void)user;
    if (lm_str_eq(t->name, LM_STR("workbookPr")))
        b->from_1904 = is_true(lm_xml_attribute(t, LM_STR("date1904")));
    if (!lm_str_eq(t->name, LM_STR("sheet")))
        return LM_OK;
    if (b->n_sheets == LM_XLSX_MAX_SHEETS)
        return lm_fail(r->e, LM_ELIMIT, "the workbook has more than %d sheets", LM_XLSX_MAX_SHEETS);
    struct xlsx_sheet *v = lm_arena_grow(r->a, b->sheets, b->n_sheets, &b->cap, sizeof *v);
    struct lm_str *ids = lm_arena_grow(r->a, r->ids, b->n_sheets, &r->cap_ids, sizeof *ids);
    if (v == NULL || ids == NULL)
        return no_memory(r);
    b->sheets = v;
    r->ids = ids;
    struct lm_str name = lm_xml_attribute(t, LM_STR("name"));
    name = lm_str_take(name, 124); /* Excel's own limit is 31 characters */
    v[b->n_sheets] = (struct xlsx_sheet){ .name = lm_arena_copy(r->a, lm_str_take(name, lm_utf8_valid_prefix(name))) };
    ids[b->n_sheets] = lm_arena_copy(r->a, lm_xml_attribute(t, LM_STR("id")));
    if (v[b->n_sheets].name.p == NULL || ids[b->n_sheets].p == NULL)
        return no_memory(r);
    b->n_sheets++;
    return LM_OK;
}

struct styles {
    bool in_cell_formats;
    int64_t own_id[512];
    unsigned char own_shows[512];
    size_t n_own;
};

static unsigned shows_of(const struct styles *s, int64_t id)
{
    for (size_t i = 0; i < s->n_own; i++)
        if (s->own_id[i] == id)
            return s->own_shows[i];
    return xlsx_shows_builtin(id);
}

static lm_err take_style(struct reading *r, const struct lm_xml_token *t, void *user)
{
    struct styles *s = user;
    struct xlsx_book *b = r->book;
    int64_t id = 0;
    if (lm_str_eq(t->name, LM_STR("numFmt")) && lm_str_to_i64(lm_xml_attribute(t, LM_STR("numFmtId")), &id)
        && s->n_own < sizeof s->own_id / sizeof *s->own_id) {
        s->own_id[s->n_own] = id;
        s->own_shows[s->n_own++] = (unsigned char)xlsx_shows(lm_xml_attribute(t, LM_STR("formatCode")));
    }
    if (t->depth == 1) /* a list of the style sheet begins */
        s->in_cell_formats = lm_str_eq(t->name, LM_STR("cellXfs"));
    if (!s->in_cell_formats || t->depth != 2 || !lm_str_eq(t->name, LM_STR("xf")))
        return LM_OK;
    if (b->n_styles == MAX_STYLES)
        return lm_fail(r->e, LM_ELIMIT, "the workbook has more than %d cell formats", MAX_STYLES);
    unsigned char *v = lm_arena_grow(r->a, b->styles, b->n_styles, &b->cap_styles, 1);
    if (v == NULL)
        return no_memory(r);
    b->styles = v;
    id = 0;
    (void)lm_str_to_i64(lm_xml_attribute(t, LM_STR("numFmtId")), &id);
    v[b->n_styles++] = (unsigned char)shows_of(s, id);
    return LM_OK;
}

static const struct relation *by_type(const struct reading *r, const char *ending)
{
    for (size_t i = 0; i < r->n_relations; i++)
        if (lm_str_ends(r->relations[i].type, lm_str(ending)))
            return &r->relations[i];
    return NULL;
}

/* The workbook's own part, by the package's relations; where those are gone, where everybody has it. */
static lm_err find_workbook(struct reading *r, struct lm_str *ret)
{
    struct lm_str root = LM_STR("");
    lm_err err = each_element(r, LM_STR("_rels/.rels"), take_relation, &root);
    if (err == LM_ENOMEM || err == LM_ELIMIT)
        return err;
    const struct relation *book = by_type(r, "/officeDocument");
    *ret = book != NULL ? book->part : LM_STR("xl/workbook.xml");
    r->n_relations = 0;
    return LM_OK;
}

static lm_err read_relations(struct reading *r, struct lm_str workbook)
{
    size_t n = workbook.n;
    while (n > 0 && workbook.p[n - 1] != '/')
        n--;
    struct lm_str folder = lm_str_take(workbook, n), name = lm_str_skip(workbook, n);
    struct lm_str part = lm_arena_printf(r->a, "%.*s_rels/%.*s.rels", LM_STR_ARG(folder), LM_STR_ARG(name));
    if (part.p == NULL)
        return no_memory(r);
    lm_err err = each_element(r, part, take_relation, &folder);
    return err == LM_ENOTFOUND ? lm_fail(r->e, LM_EINPUT, "the zip is no workbook: its relations are missing") : err;
}

static lm_err place_sheets(struct reading *r)
{
    struct xlsx_book *b = r->book;
    size_t kept = 0;
    for (size_t i = 0; i < b->n_sheets; i++) {
        for (size_t k = 0; k < r->n_relations; k++) {
            if (!lm_str_eq(r->relations[k].id, r->ids[i]) || !lm_str_ends(r->relations[k].type, LM_STR("/worksheet")))
                continue;
            b->sheets[kept] = b->sheets[i]; /* a sheet that is a chart has no rows */
            b->sheets[kept++].part = r->relations[k].part;
            break;
        }
    }
    b->n_sheets = kept;
    return kept != 0 ? LM_OK : lm_fail(r->e, LM_EINPUT, "the workbook has no sheet");
}

lm_err xlsx_book_read(struct lm_arena *a, struct lm_str zip, struct xlsx_book *ret, struct lm_error *e)
{
    struct xlsx_book b = { 0 };
    struct reading r = { .a = a, .zip = zip, .book = &b, .e = e };
    struct styles *styles = lm_arena_alloc(a, sizeof *styles);
    struct lm_str workbook;
    if (styles == NULL)
        return no_memory(&r);
    lm_err err = find_workbook(&r, &workbook);
    if (err == LM_OK)
        err = each_element(&r, workbook, take_workbook, NULL);
    if (err == LM_ENOTFOUND)
        return lm_fail(e, LM_EINPUT, "the zip is no workbook");
    if (err == LM_OK)
        err = read_relations(&r, workbook);
    if (err == LM_OK)
        err = place_sheets(&r);
    if (err != LM_OK)
        return err;
    const struct relation *strings = by_type(&r, "/sharedStrings"), *formats = by_type(&r, "/styles");
    b.strings = strings != NULL ? strings->part : LM_STR("");
    if (formats != NULL)
        err = each_element(&r, formats->part, take_style, styles);
    if (err != LM_OK && err != LM_ENOTFOUND)
        return err;
    *ret = b;
    return LM_OK;
}
