/* operation_csv.c - the agency's own tables: investigations, seizures, laboratory results, firearms, money,
 * arrests, overdoses, charges, pill presses, organisations, links of firearms.
 *
 * One file is one table, recognised by its header names (operation_csv_columns.c; docs/operation_csv.md). A
 * row that cannot be read is a rejected record; the rest of the file goes on.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "formats/json_out.h"
#include "lastmile/reader.h"
#include "readers/operation_csv_columns.h"
#include "readers/operation_csv_ids.h"
#include "readers/operation_csv_table.h"

#define LOOKAHEAD ((size_t)64 << 10)
#define NOTE_CEILING ((size_t)64 << 20)

static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_table in_head;
    struct lm_table_row row;
    enum lm_op_table table;
    bool done = false;
    int known = 0;
    (void)in;
    if (head.n != 0 && memchr(head.p, '\0', head.n) != NULL)
        head.n = (size_t)((const char *)memchr(head.p, '\0', head.n) - head.p);
    lm_table_init(&in_head, head);
    if (lm_table_next(&in_head, 0, &row, &done) == LM_OK && !done && !row.bad)
        known = lm_op_header_recognise(row.row.cells, row.row.n, &table);
    lm_table_free(&in_head);
    return known > 0 ? 16 + 8 * (known < 16 ? known : 16) : 0;
}

/* --- one row --- */

struct reading {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_op_header header;
    const struct lm_str *names; /* header cells, in the file arena */
    struct lm_op_ids ids;
    const struct lm_str *cells; /* of the row at hand: trimmed, valid UTF-8 */
    struct lm_locator at;
    bool altered, raw_platforms;
    char why[200];   /* the row is rejected */
    char doubt[200]; /* the row is kept, a person should look */
};

static struct lm_str cell(const struct reading *r, enum lm_op_column c)
{
    uint32_t at = r->header.at[c];
    return at != LM_COLUMN_NONE ? r->cells[at] : (struct lm_str){ NULL, 0 };
}

static bool reject(struct reading *r, const char *why, const char *list)
{
    (void)snprintf(r->why, sizeof r->why, "%s%s%s", why, list != NULL ? ": " : "", list != NULL ? list : "");
    size_t n = strlen(r->why);
    if (list != NULL && n >= 2 && r->why[n - 2] == ',')
        r->why[n - 2] = '\0'; /* the lists of words.h end in ", " */
    return false;
}

static void doubt(struct reading *r, const char *what)
{
    size_t n = strlen(r->doubt);
    (void)snprintf(r->doubt + n, sizeof r->doubt - n, "%s%s", n != 0 ? "; " : "", what);
}

/* Cells trimmed into the record arena, bytes that are not UTF-8 replaced by U+FFFD. False without memory. */
static bool take_cells(struct reading *r, const struct lm_csv_row *row)
{
    bool ascii = lm_utf8_is_ascii((struct lm_str){ r->ctx->in->bytes.p + row->at, row->end - row->at });
    struct lm_str *cells = lm_arena_array(r->ctx->record, row->n, sizeof *cells);
    if (cells == NULL)
        return false;
    for (size_t i = 0; i < row->n; i++) {
        struct lm_str s = lm_str_trim(row->cells[i]);
        if (!ascii && !lm_utf8_is_text(s)) {
            s = lm_utf8_repaired(r->ctx->record, s, NULL);
            r->altered = true;
        }
        if (s.p == NULL && s.n != 0)
            return false;
        cells[i] = s;
    }
    r->cells = cells;
    return true;
}

static bool lower(struct reading *r, struct lm_str s, struct lm_str *ret)
{
    char *p = lm_arena_alloc(r->ctx->record, s.n);
    if (p == NULL)
        return reject(r, "out of memory", NULL);
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    *ret = (struct lm_str){ p, s.n };
    return true;
}

/* "more than" and "more-than" are more_than; empty is exact. */
static bool qualifier(struct reading *r, enum lm_qualifier *ret)
{
    char word[LM_TABLE_NAME];
    struct lm_str s = cell(r, LM_COLUMN_QUALIFIER);
    *ret = LM_QUALIFIER_EXACT;
    lm_table_name(s, word);
    if (s.n != 0 && !lm_qualifier_parse(lm_str(word), ret))
        return reject(r, "the qualifier is none of", lm_qualifier_words());
    return true;
}

static bool quantity(struct reading *r, enum lm_op_column amount, struct lm_str unit_text, enum lm_unit fixed,
                     struct lm_quantity *ret)
{
    struct lm_error e = { 0 };
    enum lm_qualifier q;
    enum lm_unit unit = fixed;
    if (!qualifier(r, &q))
        return false;
    if (fixed == LM_UNIT_NONE && unit_text.n == 0)
        return reject(r, "the quantity has no unit; the units are", "lb, kg, oz, g, mg, pills, USD, count");
    if (fixed == LM_UNIT_NONE
        && (!lm_unit_parse(unit_text, &unit) || unit == LM_UNIT_NONE || unit == LM_UNIT_DOSES))
        return reject(r, "the unit is none of", "lb, kg, oz, g, mg, pills, USD, count");
    if (lm_quantity_parse(cell(r, amount), unit, q, ret, &e) != LM_OK)
        return reject(r, e.message, NULL);
    return true;
}

/* 1 yes, 0 no, -1 empty, -2 neither. */
static int8_t yes_no(struct lm_str s)
{
    static const char *const words[] = { "no", "yes", "n", "y", "false", "true", "0", "1" };
    if (s.n == 0)
        return -1;
    for (int i = 0; i < 8; i++)
        if (lm_str_is_nocase(s, words[i]))
            return (int8_t)(i % 2);
    return -2;
}

/* --- the tables --- */

static void platforms(struct reading *r, struct lm_op_row *o)
{
    struct lm_str s = cell(r, LM_COLUMN_PLATFORMS);
    while (s.n != 0) {
        size_t end = 0;
        enum lm_platform p;
        while (end < s.n && s.p[end] != ';' && s.p[end] != ',' && s.p[end] != '|')
            end++;
        struct lm_str word = lm_str_trim(lm_str_take(s, end));
        s = lm_str_skip(s, end + 1);
        if (word.n == 0 || lm_str_eq_nocase(word, LM_STR("none")))
            continue;
        if (!lm_platform_parse(word, &p)) {
            if (!r->raw_platforms)
                doubt(r, "a platform is not known: kept as other, and as written in the note");
            r->raw_platforms = true;
            p = LM_PLATFORM_OTHER;
        }
        o->platforms |= UINT32_C(1) << p;
    }
}

static int8_t stated_flag(struct reading *r, enum lm_op_column c, bool by_platform)
{
    int8_t v = yes_no(cell(r, c));
    bool social = c == LM_COLUMN_SOCIAL_MEDIA;
    if (v == -2) {
        doubt(r, social ? "social_media is neither yes nor no: not stated"
                        : "encrypted is neither yes nor no: not stated");
        return -1;
    }
    if (v == 0 && by_platform)
        doubt(r, social ? "social_media is no, but a platform of the list is social media"
                        : "encrypted is no, but a platform of the list is encrypted");
    return v;
}

static bool investigation(struct reading *r, struct lm_op_row *o)
{
    bool social = false, encrypted = false;
    if (o->id.n == 0)
        return reject(r, "the row has no investigation_id", NULL);
    o->investigation = o->id;
    o->kind = cell(r, LM_COLUMN_TITLE);
    platforms(r, o);
    for (unsigned p = 0; p < 32; p++) {
        if ((o->platforms >> p & 1) == 0)
            continue;
        social = social || lm_platform_is_social((enum lm_platform)p);
        encrypted = encrypted || lm_platform_is_encrypted((enum lm_platform)p);
    }
    o->social_media = stated_flag(r, LM_COLUMN_SOCIAL_MEDIA, social);
    o->encrypted = stated_flag(r, LM_COLUMN_ENCRYPTED, encrypted);
    return lower(r, cell(r, LM_COLUMN_CARTEL), &o->cartel);
}

static bool seizure(struct reading *r, struct lm_op_row *o)
{
    if (o->drug.n == 0)
        return reject(r, "the row names no drug", NULL);
    if (!quantity(r, LM_COLUMN_QUANTITY, cell(r, LM_COLUMN_UNIT), LM_UNIT_NONE, &o->amount))
        return false;
    if (o->amount.dimension == LM_DIMENSION_MONEY)
        return reject(r, "a seizure of a drug is a mass or a count, not money", NULL);
    return true;
}

/* A share of one in parts per million: parsed as grams, which have the same millionths. */
static bool purity(struct reading *r, struct lm_op_row *o)
{
    bool percent = r->header.at[LM_COLUMN_PURITY_PERCENT] != LM_COLUMN_NONE;
    struct lm_str s = cell(r, percent ? LM_COLUMN_PURITY_PERCENT : LM_COLUMN_PURITY_FRACTION);
    struct lm_quantity q;
    if (s.n != 0 && s.p[s.n - 1] == '%' && percent)
        s.n--;
    if (s.n == 0)
        return true;
    if (lm_quantity_parse(s, LM_UNIT_G, LM_QUALIFIER_EXACT, &q, NULL) != LM_OK
        || q.value > (percent ? 100 : 1) * LM_UG_PER_G)
        return reject(r,
                      percent ? "purity_percent is not a number from 0 to 100"
                              : "purity_fraction is not a number from 0 to 1",
                      NULL);
    o->purity_ppm = percent ? (q.value + 50) / 100 : q.value;
    return true;
}

static bool lab_result(struct reading *r, struct lm_op_row *o)
{
    struct lm_quantity per_pill;
    struct lm_str mg = cell(r, LM_COLUMN_MG_PER_PILL);
    if (o->seizure.n == 0 && o->exhibit_number.n == 0)
        return reject(r, "the row names neither a seizure nor an exhibit", NULL);
    if (o->drug.n == 0)
        return reject(r, "the row names no drug", NULL);
    if (cell(r, LM_COLUMN_QUANTITY).n != 0
        && !quantity(r, LM_COLUMN_QUANTITY, cell(r, LM_COLUMN_UNIT), LM_UNIT_NONE, &o->amount))
        return false;
    if (cell(r, LM_COLUMN_NET_QUANTITY).n != 0
        && !quantity(r, LM_COLUMN_NET_QUANTITY, cell(r, LM_COLUMN_NET_UNIT), LM_UNIT_NONE, &o->net))
        return false;
    if (o->amount.dimension == LM_DIMENSION_MONEY || o->net.dimension == LM_DIMENSION_MONEY)
        return reject(r, "a laboratory result is a mass or a count, not money", NULL);
    if (o->net.dimension == LM_DIMENSION_COUNT) {
        if (o->amount.dimension == LM_DIMENSION_COUNT)
            return reject(r, "the row counts tablets twice, in quantity and in net_quantity", NULL);
        if (o->amount.dimension == LM_DIMENSION_NONE)
            o->amount = o->net;
        else
            return reject(r, "net_quantity counts tablets while quantity is a mass: exchange them", NULL);
        o->net = (struct lm_quantity){ 0 };
    }
    if (mg.n != 0) {
        if (lm_quantity_parse(mg, LM_UNIT_MG, LM_QUALIFIER_EXACT, &per_pill, NULL) != LM_OK
            || per_pill.value > LM_UG_PER_G)
            return reject(r, "mg_per_pill is not a number of milligrams from 0 to 1000", NULL);
        o->ug_per_pill = per_pill.value;
    }
    return purity(r, o);
}

static bool firearm(struct reading *r, struct lm_op_row *o)
{
    struct lm_str count = cell(r, LM_COLUMN_QUANTITY);
    o->amount = (struct lm_quantity){ LM_DIMENSION_COUNT, 1, LM_UNIT_COUNT, LM_QUALIFIER_EXACT, { NULL, 0 } };
    if (count.n == 0) {
        enum lm_qualifier q; /* a qualifier of one thing says nothing, but it must be one */
        return qualifier(r, &q) && lower(r, cell(r, LM_COLUMN_KIND), &o->kind);
    }
    return quantity(r, LM_COLUMN_QUANTITY, (struct lm_str){ NULL, 0 }, LM_UNIT_COUNT, &o->amount)
           && lower(r, cell(r, LM_COLUMN_KIND), &o->kind);
}

static bool arrest(struct reading *r, struct lm_op_row *o)
{
    if (!firearm(r, o))
        return false;
    o->kind = cell(r, LM_COLUMN_KIND); /* the charge, as written */
    if (o->table == LM_OP_ARREST && o->day == LM_DAY_NONE)
        doubt(r, "the arrest has no date: it is in no month");
    return true;
}

static bool money(struct reading *r, struct lm_op_row *o)
{
    if (!lower(r, cell(r, LM_COLUMN_KIND), &o->kind))
        return false;
    if (!lm_str_eq(o->kind, LM_STR("currency")) && !lm_str_eq(o->kind, LM_STR("assets"))
        && !lm_str_eq(o->kind, LM_STR("proceeds")))
        return reject(r, "the kind of money is none of", "currency, assets, proceeds");
    if (!quantity(r, LM_COLUMN_QUANTITY, cell(r, LM_COLUMN_UNIT), LM_UNIT_NONE, &o->amount))
        return false;
    return o->amount.dimension == LM_DIMENSION_MONEY || reject(r, "the unit of money is USD", NULL);
}

static bool overdose(struct reading *r, struct lm_op_row *o)
{
    int8_t fatal = yes_no(cell(r, LM_COLUMN_FATAL));
    o->kind = cell(r, LM_COLUMN_KIND);
    if (fatal == -2)
        return reject(r, "fatal is neither yes nor no", NULL);
    if (fatal == -1)
        doubt(r, "the row does not say whether the overdose was fatal: not counted as a death");
    o->fatal = fatal == 1;
    return true;
}

static bool charge(struct reading *r, struct lm_op_row *o)
{
    return arrest(r, o) && (o->kind.n != 0 || reject(r, "the row names no charge", NULL));
}

/* One of the words of a list, in lower case, blanks and hyphens as _. */
static bool word(struct reading *r, enum lm_op_column c, struct lm_str *ret)
{
    char name[LM_TABLE_NAME];
    lm_table_name(cell(r, c), name);
    *ret = lm_arena_copy(r->ctx->record, lm_str(name));
    return ret->p != NULL || reject(r, "out of memory", NULL);
}

static bool organization(struct reading *r, struct lm_op_row *o)
{
    enum lm_org_measure measure;
    enum lm_org_scope scope;
    if (o->id.n == 0)
        return reject(r, "the row names no organisation", NULL);
    if (!word(r, LM_COLUMN_KIND, &o->kind) || !word(r, LM_COLUMN_SCOPE, &o->form))
        return false;
    if (!lm_org_measure_parse(o->kind, &measure))
        return reject(r, "the measure is none of", lm_org_measure_words());
    return lm_org_scope_parse(o->form, &scope) || reject(r, "the scope is none of", lm_org_scope_words());
}

static bool firearm_link(struct reading *r, struct lm_op_row *o)
{
    enum lm_firearm_link link;
    if (!word(r, LM_COLUMN_KIND, &o->kind))
        return false;
    if (!lm_firearm_link_parse(o->kind, &link))
        return reject(r, "the link is none of", lm_firearm_link_words());
    return o->seizure.n != 0 || reject(r, "the row names no firearm", NULL);
}

static bool by_table(struct reading *r, struct lm_op_row *o)
{
    switch (o->table) {
    case LM_OP_INVESTIGATION:
        return investigation(r, o);
    case LM_OP_SEIZURE:
        return seizure(r, o);
    case LM_OP_LAB_RESULT:
        return lab_result(r, o);
    case LM_OP_FIREARM:
        return firearm(r, o);
    case LM_OP_MONEY:
        return money(r, o);
    case LM_OP_ARREST:
        return arrest(r, o);
    case LM_OP_OVERDOSE:
        return overdose(r, o);
    case LM_OP_CHARGE:
        return charge(r, o);
    case LM_OP_PILL_PRESS:
        return firearm(r, o);
    case LM_OP_ORGANIZATION:
        return organization(r, o);
    case LM_OP_FIREARM_LINK:
        return firearm_link(r, o);
    }
    return reject(r, "no such table", NULL);
}

/* The note, and under it what no field holds: {"column":"cell"}. False without memory. */
static bool note(struct reading *r, struct lm_op_row *o)
{
    struct lm_buf b;
    struct lm_json_out j;
    bool any = r->raw_platforms;
    o->note = cell(r, LM_COLUMN_NOTE);
    for (size_t i = 0; i < r->header.n; i++)
        any = any || (r->header.column[i] == LM_COLUMN_UNKNOWN && r->cells[i].n != 0);
    if (!any)
        return true;
    lm_buf_init(&b, NOTE_CEILING);
    lm_buf_put(&b, o->note);
    if (o->note.n != 0)
        lm_buf_putc(&b, '\n');
    lm_json_out_init(&j, &b);
    lm_json_object(&j);
    for (size_t i = 0; i < r->header.n; i++) {
        char key[LM_TABLE_NAME];
        bool raw = r->raw_platforms && r->header.column[i] == LM_COLUMN_PLATFORMS;
        if (!raw && (r->header.column[i] != LM_COLUMN_UNKNOWN || r->cells[i].n == 0))
            continue;
        lm_table_name(r->names[i], key);
        if (key[0] == '\0')
            (void)snprintf(key, sizeof key, "column %zu", i + 1);
        lm_json_kv_str(&j, key, r->cells[i]);
    }
    lm_json_object_end(&j);
    o->note = lm_arena_copy(r->ctx->record, lm_buf_str(&b));
    bool ok = !b.failed && o->note.p != NULL;
    lm_buf_free(&b);
    return ok;
}

static bool fill(struct reading *r, struct lm_op_row *o)
{
    struct lm_str date = cell(r, LM_COLUMN_DATE);
    *o = (struct lm_op_row){
        .table = r->header.table,
        .id = cell(r, LM_COLUMN_ID),
        .investigation = cell(r, LM_COLUMN_INVESTIGATION),
        .operation = cell(r, LM_COLUMN_OPERATION),
        .agency = cell(r, LM_COLUMN_AGENCY),
        .division = cell(r, LM_COLUMN_DIVISION),
        .city = cell(r, LM_COLUMN_CITY),
        .state = cell(r, LM_COLUMN_STATE),
        .day = LM_DAY_NONE,
        .purity_ppm = -1,
        .ug_per_pill = -1,
        .seizure = cell(r, LM_COLUMN_SEIZURE),
        .profile = cell(r, LM_COLUMN_PROFILE),
        .exhibit_number = cell(r, LM_COLUMN_EXHIBIT),
        .social_media = -1,
        .encrypted = -1,
    };
    if (date.n != 0 && !lm_day_parse(date, &o->day))
        return reject(r, "the date is not a day of the calendar written YYYY-MM-DD", NULL);
    if (!lower(r, cell(r, LM_COLUMN_DRUG), &o->drug) || !lower(r, cell(r, LM_COLUMN_FORM), &o->form)
        || !by_table(r, o))
        return false;
    return note(r, o) || reject(r, "the note is too long", NULL);
}

/* --- the file --- */

static lm_err check_id(struct reading *r, const struct lm_op_row *o)
{
    uint64_t first = 0;
    if (o->id.n == 0) {
        if (r->header.table != LM_OP_LAB_RESULT && r->header.table != LM_OP_FIREARM_LINK)
            doubt(r, "the row has no id");
        return LM_OK;
    }
    if (r->header.table == LM_OP_ORGANIZATION) /* one row for each measure */
        return LM_OK;
    if (lm_op_ids_put(&r->ids, o->id, r->at.a, &first) != LM_OK)
        return lm_fail(r->ctx->error, LM_ENOMEM, "out of memory");
    if (first != 0) {
        char text[64];
        (void)snprintf(text, sizeof text, "the id already stands in row %llu", (unsigned long long)first);
        doubt(r, text);
    }
    return LM_OK;
}

static lm_err one_row(struct reading *r, const struct lm_table_row *row)
{
    struct lm_fact fact = { .kind = LM_FACT_OP_ROW };
    r->at = row->at;
    r->altered = r->raw_platforms = false;
    r->why[0] = r->doubt[0] = '\0';
    if (row->bad)
        return lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, 1, row->at, "%s", row->reason);
    if (row->reason[0] != '\0')
        doubt(r, row->reason);
    if (!take_cells(r, &row->row))
        return lm_fail(r->ctx->error, LM_ENOMEM, "out of memory");
    if (!fill(r, &fact.op_row))
        return lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, 1, row->at, "%s", r->why);
    lm_err err = check_id(r, &fact.op_row);
    if (err == LM_OK)
        err = lm_sink_fact(r->sink, row->at, &fact);
    if (err == LM_OK && r->altered)
        err = lm_sink_problem(r->sink, LM_PROBLEM_ALTERED, 0, row->at,
                              "bytes that are not UTF-8 became U+FFFD");
    if (err == LM_OK && r->doubt[0] != '\0')
        err = lm_sink_problem(r->sink, LM_PROBLEM_DOUBTED, 0, row->at, "%s", r->doubt);
    return err;
}

/* Names the columns that are only kept in the note, as many as fit. */
static lm_err tell_unknown(struct reading *r, struct lm_locator at)
{
    char list[160] = "";
    size_t n = 0;
    for (size_t i = 0; i < r->header.n && n < sizeof list; i++) {
        char name[LM_TABLE_NAME];
        if (r->header.column[i] != LM_COLUMN_UNKNOWN)
            continue;
        lm_table_name(r->names[i], name);
        int k = snprintf(list + n, sizeof list - n, "%s%zu%s%.30s", n != 0 ? ", " : "", i + 1,
                         name[0] != '\0' ? " " : "", name);
        n += k > 0 ? (size_t)k : 0;
    }
    /* The cut may have split a character. */
    struct lm_str s = lm_str(list);
    s.n = lm_utf8_valid_prefix(s);
    return lm_sink_problem(r->sink, LM_PROBLEM_DOUBTED, 0, at,
                           "%zu columns are not known and are kept in the note: %.*s", r->header.n_unknown,
                           LM_STR_ARG(s));
}

static lm_err read_header(struct reading *r, struct lm_table *table)
{
    struct lm_table_row row;
    bool done = false;
    struct lm_error *e = r->ctx->error;
    lm_err err = lm_table_next(table, 0, &row, &done);
    if (err != LM_OK)
        return lm_fail(e, err, "out of memory");
    if (done)
        return lm_fail(e, LM_EINPUT, "the file has no header row");
    if (row.bad) {
        (void)lm_fail(e, LM_EINPUT, "the header cannot be read: %s", row.reason);
    } else {
        err = lm_op_header_read(row.row.cells, row.row.n, &r->header, e);
        struct lm_str *names = lm_arena_array(r->ctx->file, row.row.n, sizeof *names);
        for (size_t i = 0; names != NULL && i < row.row.n; i++)
            names[i] = lm_arena_copy(r->ctx->file, row.row.cells[i]);
        r->names = names;
        if (err == LM_OK && names == NULL)
            err = lm_fail(e, LM_ENOMEM, "out of memory");
    }
    if (row.bad || err == LM_EINPUT) {
        char where[LM_LOCATOR_TEXT];
        (void)snprintf(e->locator, sizeof e->locator, "%s", lm_locator_format(&row.at, where));
        return LM_EINPUT;
    }
    return err == LM_OK && r->header.n_unknown != 0 ? tell_unknown(r, row.at) : err;
}

static lm_err tell_not_compared(struct reading *r)
{
    if (r->ids.not_compared == 0)
        return LM_OK;
    return lm_sink_problem(r->sink, LM_PROBLEM_DOUBTED, 0, r->at,
                           "the ids of %llu rows were not compared with those of rows before them: that is done for "
                           "%zu ids, and for ids of up to 4,095 bytes",
                           (unsigned long long)r->ids.not_compared, LM_OP_IDS);
}

static lm_err read_rows(struct reading *r, struct lm_table *table)
{
    uint64_t n = 0;
    lm_err err = read_header(r, table);
    while (err == LM_OK) {
        struct lm_table_row row;
        bool done = false;
        lm_arena_reset(r->ctx->record);
        err = lm_table_next(table, r->header.n, &row, &done);
        if (err != LM_OK)
            return lm_fail(r->ctx->error, err, "out of memory");
        if (done)
            return n == 0 ? r->sink->empty(r->sink) : tell_not_compared(r);
        n++;
        err = one_row(r, &row);
    }
    return err;
}

static lm_err read_file(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_table table;
    struct reading *r = lm_arena_alloc(ctx->file, sizeof *r);
    if (r == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "out of memory");
    r->ctx = ctx;
    r->sink = sink;
    if (lm_op_ids_init(&r->ids, ctx->file, ctx->in->bytes) != LM_OK)
        return lm_fail(ctx->error, LM_ENOMEM, "out of memory");
    lm_table_init(&table, ctx->in->bytes);
    lm_err err = read_rows(r, &table);
    lm_table_free(&table);
    return err;
}

const struct lm_reader lm_reader_operation_csv = {
    .name = "operation_csv",
    .title = "The agency's own tables, CSV",
    .reference =
        "docs/operation_csv.md: this program's own layout; templates by `lastmile init --templates DIR`",
    .tested_on = "our own files only",
    .lookahead = LOOKAHEAD,
    .bid = bid,
    .read = read_file,
};
