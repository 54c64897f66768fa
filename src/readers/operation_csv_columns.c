#include "readers/operation_csv_columns.h"

#include <stdio.h>

#include "readers/operation_csv_table.h"

#define MAX_NAMES 4

struct column_name {
    enum lm_op_column column;
    const char *names[MAX_NAMES]; /* the first is the documented one */
};

static const struct column_name common[] = {
    { LM_COLUMN_OPERATION, { "operation" } },
    { LM_COLUMN_AGENCY, { "agency" } },
    { LM_COLUMN_DIVISION, { "division", "field_division" } },
    { LM_COLUMN_CITY, { "city" } },
    { LM_COLUMN_STATE, { "state" } },
    { LM_COLUMN_DATE, { "date" } },
    { LM_COLUMN_QUALIFIER, { "qualifier" } },
    { LM_COLUMN_NOTE, { "note", "notes" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name investigation_columns[] = {
    { LM_COLUMN_ID, { "investigation_id", "investigation" } },
    { LM_COLUMN_TITLE, { "title" } },
    { LM_COLUMN_DATE, { "opened" } },
    { LM_COLUMN_CARTEL, { "cartel" } },
    { LM_COLUMN_PLATFORMS, { "platforms", "platform" } },
    { LM_COLUMN_SOCIAL_MEDIA, { "social_media" } },
    { LM_COLUMN_ENCRYPTED, { "encrypted" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name seizure_columns[] = {
    { LM_COLUMN_ID, { "seizure_id", "seizure" } },
    { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_DRUG, { "drug" } },
    { LM_COLUMN_FORM, { "form" } },
    { LM_COLUMN_QUANTITY, { "quantity" } },
    { LM_COLUMN_UNIT, { "unit" } },
    { LM_COLUMN_EXHIBIT, { "exhibit_number", "exhibit" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name lab_columns[] = {
    { LM_COLUMN_ID, { "lab_result_id", "result_id" } },
    { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_SEIZURE, { "seizure_id", "seizure" } },
    { LM_COLUMN_EXHIBIT, { "exhibit_number", "exhibit" } },
    { LM_COLUMN_DRUG, { "drug" } },
    { LM_COLUMN_FORM, { "form" } },
    { LM_COLUMN_QUANTITY, { "quantity" } },
    { LM_COLUMN_UNIT, { "unit" } },
    { LM_COLUMN_NET_QUANTITY, { "net_quantity" } },
    { LM_COLUMN_NET_UNIT, { "net_unit" } },
    { LM_COLUMN_PURITY_PERCENT, { "purity_percent" } },
    { LM_COLUMN_PURITY_FRACTION, { "purity_fraction" } },
    { LM_COLUMN_MG_PER_PILL, { "mg_per_pill", "mg_per_tablet" } },
    { LM_COLUMN_PROFILE, { "profile_id", "profile" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name firearm_columns[] = {
    { LM_COLUMN_ID, { "firearm_id", "serial_number" } },
    { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_KIND, { "kind" } },
    { LM_COLUMN_QUANTITY, { "count" } },
    { LM_COLUMN_SEIZURE, { "seizure_id", "seizure" } },
    { LM_COLUMN_EXHIBIT, { "exhibit_number", "exhibit" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name money_columns[] = {
    { LM_COLUMN_ID, { "money_id" } },
    { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_KIND, { "kind" } },
    { LM_COLUMN_QUANTITY, { "amount" } },
    { LM_COLUMN_UNIT, { "unit" } },
    { LM_COLUMN_SEIZURE, { "seizure_id", "seizure" } },
    { LM_COLUMN_EXHIBIT, { "exhibit_number", "exhibit" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name arrest_columns[] = {
    { LM_COLUMN_ID, { "arrest_id" } }, { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_KIND, { "charge" } },  { LM_COLUMN_QUANTITY, { "count" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name overdose_columns[] = {
    { LM_COLUMN_ID, { "overdose_id" } }, { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_FATAL, { "fatal" } },    { LM_COLUMN_DRUG, { "drug" } },
    { LM_COLUMN_KIND, { "finding" } },   { LM_COLUMN_SEIZURE, { "seizure_id", "seizure" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name charge_columns[] = {
    { LM_COLUMN_ID, { "charge_id" } },      { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_KIND, { "charge" } },       { LM_COLUMN_QUANTITY, { "count" } },
    { LM_COLUMN_SEIZURE, { "arrest_id", "arrest" } }, { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name pill_press_columns[] = {
    { LM_COLUMN_ID, { "pill_press_id", "press_id" } },
    { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_KIND, { "kind" } },
    { LM_COLUMN_QUANTITY, { "count" } },
    { LM_COLUMN_SEIZURE, { "seizure_id", "seizure" } },
    { LM_COLUMN_EXHIBIT, { "exhibit_number", "exhibit" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name organization_columns[] = {
    { LM_COLUMN_ID, { "organization_id", "organisation_id" } },
    { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_KIND, { "measure" } },
    { LM_COLUMN_SCOPE, { "scope" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

static const struct column_name firearm_link_columns[] = {
    { LM_COLUMN_ID, { "firearm_link_id" } },
    { LM_COLUMN_INVESTIGATION, { "investigation", "investigation_id" } },
    { LM_COLUMN_SEIZURE, { "firearm_id" } },
    { LM_COLUMN_KIND, { "link" } },
    { LM_COLUMN_PROFILE, { "linked_to" } },
    { LM_COLUMN_UNKNOWN, { 0 } },
};

/* A table is recognised by its marks: all names of one of its alternatives stand in the header. */
static const struct table {
    const struct column_name *columns;
    const char *marks[MAX_NAMES][2];
    enum lm_op_column required[6]; /* ended by LM_COLUMN_UNKNOWN */
    bool weak;                     /* other tables may name its id: the others win */
    const char *unless;            /* the column of the one table that may; NULL: none */
} tables[] = {
    [LM_OP_INVESTIGATION] = { investigation_columns,
                              { { "investigation_id", "title" }, { "investigation", "title" } },
                              { LM_COLUMN_ID, LM_COLUMN_TITLE },
                              true },
    [LM_OP_SEIZURE] = { seizure_columns,
                        { { "seizure_id", "quantity" },
                          { "seizure_id", "unit" },
                          { "seizure_id", "drug" },
                          { "seizure", "drug" } },
                        { LM_COLUMN_ID, LM_COLUMN_DRUG, LM_COLUMN_QUANTITY, LM_COLUMN_UNIT },
                        true },
    [LM_OP_LAB_RESULT] = { lab_columns,
                           { { "lab_result_id", NULL },
                             { "result_id", "drug" },
                             { "purity_percent", "drug" },
                             { "net_quantity", "drug" } },
                           { LM_COLUMN_DRUG },
                           false },
    [LM_OP_FIREARM] = { firearm_columns,
                        { { "firearm_id", "kind" }, { "serial_number", "kind" }, { "firearm_id", "count" } },
                        { LM_COLUMN_ID, LM_COLUMN_KIND },
                        false },
    [LM_OP_MONEY] = { money_columns,
                      { { "money_id", NULL } },
                      { LM_COLUMN_ID, LM_COLUMN_KIND, LM_COLUMN_QUANTITY, LM_COLUMN_UNIT },
                      false },
    [LM_OP_ARREST] = { arrest_columns, { { "arrest_id", NULL } }, { LM_COLUMN_ID }, false, "charge_id" },
    [LM_OP_OVERDOSE] = { overdose_columns,
                         { { "overdose_id", NULL } },
                         { LM_COLUMN_ID, LM_COLUMN_FATAL },
                         false },
    [LM_OP_CHARGE] = { charge_columns, { { "charge_id", NULL } }, { LM_COLUMN_ID, LM_COLUMN_KIND }, false },
    [LM_OP_PILL_PRESS] = { pill_press_columns,
                           { { "pill_press_id", NULL }, { "press_id", NULL } },
                           { LM_COLUMN_ID },
                           false },
    [LM_OP_ORGANIZATION] = { organization_columns,
                             { { "organization_id", NULL }, { "organisation_id", NULL } },
                             { LM_COLUMN_ID, LM_COLUMN_KIND, LM_COLUMN_SCOPE },
                             false },
    [LM_OP_FIREARM_LINK] = { firearm_link_columns,
                             { { "firearm_link_id", NULL }, { "firearm_id", "link" } },
                             { LM_COLUMN_SEIZURE, LM_COLUMN_KIND },
                             false },
};
#define N_TABLES (sizeof tables / sizeof tables[0])

static enum lm_op_column find(const struct column_name *list, const char *name)
{
    for (; list->column != LM_COLUMN_UNKNOWN; list++)
        for (size_t i = 0; i < MAX_NAMES && list->names[i] != NULL; i++)
            if (strcmp(list->names[i], name) == 0)
                return list->column;
    return LM_COLUMN_UNKNOWN;
}

static enum lm_op_column column_of(enum lm_op_table table, struct lm_str header)
{
    char name[LM_TABLE_NAME];
    lm_table_name(header, name);
    enum lm_op_column c = find(tables[table].columns, name);
    return c != LM_COLUMN_UNKNOWN ? c : find(common, name);
}

static const char *documented_name(enum lm_op_table table, enum lm_op_column column)
{
    for (const struct column_name *c = tables[table].columns; c->column != LM_COLUMN_UNKNOWN; c++)
        if (c->column == column)
            return c->names[0];
    return "?";
}

static bool header_has(const struct lm_str *cells, size_t n, const char *name)
{
    char own[LM_TABLE_NAME];
    for (size_t i = 0; name != NULL && i < n; i++) {
        lm_table_name(cells[i], own);
        if (strcmp(own, name) == 0)
            return true;
    }
    return name == NULL;
}

static bool marked(enum lm_op_table table, const struct lm_str *cells, size_t n)
{
    if (tables[table].unless != NULL && header_has(cells, n, tables[table].unless))
        return false;
    for (size_t m = 0; m < MAX_NAMES && tables[table].marks[m][0] != NULL; m++)
        if (header_has(cells, n, tables[table].marks[m][0])
            && header_has(cells, n, tables[table].marks[m][1]))
            return true;
    return false;
}

/* How many tables the header may be: strong marks first, then the weak ones. *ret_table is one of them. */
static int candidates(const struct lm_str *cells, size_t n, enum lm_op_table *ret_table)
{
    int found = 0;
    for (int weak = 0; weak < 2 && found == 0; weak++) {
        for (size_t t = 0; t < N_TABLES; t++) {
            if (tables[t].weak == (weak != 0) && marked((enum lm_op_table)t, cells, n)) {
                found++;
                *ret_table = (enum lm_op_table)t;
            }
        }
    }
    return found;
}

int lm_op_header_recognise(const struct lm_str *cells, size_t n, enum lm_op_table *ret_table)
{
    enum lm_op_table table = LM_OP_INVESTIGATION;
    int known = 0;
    if (candidates(cells, n, &table) == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        known += column_of(table, cells[i]) != LM_COLUMN_UNKNOWN;
    *ret_table = table;
    return known;
}

/* At most 60 bytes of a header cell, for a message. */
static struct lm_str shown(struct lm_str header)
{
    return lm_str_take(lm_str_trim(header), 60);
}

static lm_err place_columns(const struct lm_str *cells, size_t n, struct lm_op_header *h, struct lm_error *e)
{
    for (size_t i = 0; i < LM_N_COLUMNS; i++)
        h->at[i] = LM_COLUMN_NONE;
    for (size_t i = 0; i < n; i++) {
        enum lm_op_column c = column_of(h->table, cells[i]);
        h->column[i] = (uint16_t)c;
        h->n_known += c != LM_COLUMN_UNKNOWN;
        h->n_unknown += c == LM_COLUMN_UNKNOWN;
        if (c == LM_COLUMN_UNKNOWN)
            continue;
        if (h->at[c] != LM_COLUMN_NONE)
            return lm_fail(e, LM_EINPUT, "columns %u and %zu (\"%.*s\") hold the same thing: keep one",
                           h->at[c] + 1, i + 1, LM_STR_ARG(shown(cells[i])));
        h->at[c] = (uint32_t)i;
    }
    for (const enum lm_op_column *c = tables[h->table].required; *c != LM_COLUMN_UNKNOWN; c++)
        if (h->at[*c] == LM_COLUMN_NONE)
            return lm_fail(e, LM_EINPUT, "the column \"%s\" is missing from this table of %s rows",
                           documented_name(h->table, *c), lm_op_table_word(h->table));
    if (h->table == LM_OP_LAB_RESULT && h->at[LM_COLUMN_SEIZURE] == LM_COLUMN_NONE
        && h->at[LM_COLUMN_EXHIBIT] == LM_COLUMN_NONE)
        return lm_fail(
            e, LM_EINPUT,
            "the column \"seizure_id\" or \"exhibit_number\" is missing from this table of lab_result rows");
    if (h->at[LM_COLUMN_NET_QUANTITY] != LM_COLUMN_NONE && h->at[LM_COLUMN_NET_UNIT] == LM_COLUMN_NONE)
        return lm_fail(e, LM_EINPUT, "the column \"net_unit\" is missing beside \"net_quantity\"");
    if (h->at[LM_COLUMN_PURITY_PERCENT] != LM_COLUMN_NONE
        && h->at[LM_COLUMN_PURITY_FRACTION] != LM_COLUMN_NONE)
        return lm_fail(e, LM_EINPUT,
                       "the columns \"purity_percent\" and \"purity_fraction\" exclude each other");
    return LM_OK;
}

lm_err lm_op_header_read(const struct lm_str *cells, size_t n, struct lm_op_header *ret, struct lm_error *e)
{
    struct lm_op_header h = { .n = n };
    for (size_t i = 0; i < n; i++) {
        if (lm_table_protected(cells[i])) {
            (void)lm_fail(
                e, LM_EINPUT,
                "the column \"%.*s\" is refused, and the file with it: this program has no field for "
                "race, religion, views, citizenship, immigration status, birthplace or nationality",
                LM_STR_ARG(shown(cells[i])));
            lm_fail_hint(e, "take the column out of the file");
            return LM_EINPUT;
        }
    }
    int found = candidates(cells, n, &h.table);
    if (found == 0)
        return lm_fail(
            e, LM_EINPUT,
            "the header is not that of a table that is known here; docs/operation_csv.md lists them");
    if (found > 1)
        return lm_fail(e, LM_EINPUT, "the header fits several tables; keep one table in one file");
    lm_err err = place_columns(cells, n, &h, e);
    if (err == LM_OK)
        *ret = h;
    return err;
}
