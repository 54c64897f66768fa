#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embedded.h"
#include "lastmile/reader.h"
#include "readers/operation_csv_columns.h"
#include "readers/operation_csv_ids.h"
#include "readers/operation_csv_table.h"

static void protected_columns_are_seen_through_spellings(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "race",
        "Race",
        " RACE ",
        "Subject Race",
        "subject-race",
        "SubjectRace",
        "raza",
        "Race/Ethnicity",
        "ethnicity",
        "Ethnic Group",
        "hispanic_origin",
        "etnia",
        "Étnia",
        "religion",
        "Religión",
        "RELIGIÓN",
        "religi\xf3n",
        "etni\xcc\x81"
        "a",
        "Religio\xcc\x81n",
        "religious affiliation",
        "political_party",
        "Political Views",
        "partido político",
        "social_views",
        "Opiniones Políticas",
        "citizenship",
        "CitizenshipStatus",
        "US Citizen",
        "ciudadanía",
        "Immigration Status",
        "immigrationStatus",
        "inmigración",
        "estatus migratorio",
        "birthplace",
        "Birth Place",
        "birth_state",
        "Geburtsort",
        "lieu de naissance",
        "Staatsangehörigkeit",
        "Place of Birth",
        "placeOfBirth",
        "POB",
        "Country of Birth",
        "lugar de nacimiento",
        "País de Nacimiento",
        "nationality",
        "Nacionalidad",
        "NATIONALITIES",
        "national origin",
        "Country of Origin",
        "país de origen",
        "visa_status",
        "Alien Number",
        "skin colour",
    };
    static const char *const allowed[] = {
        "",
        "trace",
        "terrace",
        "e_trace_id",
        "brace",
        "date_of_birth",
        "fecha de nacimiento",
        "agency",
        "division",
        "note",
        "party",
        "social_media",
        "national_total",
        "status",
        "exhibit_number",
        "state",
        "country",
        "views",
        "origin",
        "color",
        "seizure_id",
        "place",
        "birth_date",
        "racer",
        "policy",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (!lm_table_protected(lm_str(refused[i])))
            fail_msg("let through: %s", refused[i]);
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (lm_table_protected(lm_str(allowed[i])))
            fail_msg("refused: %s", allowed[i]);
    print_message("# %zu spellings refused, %zu let through\n", sizeof refused / sizeof refused[0],
                  sizeof allowed / sizeof allowed[0]);
}

static void header_names_are_folded(void **state)
{
    (void)state;
    char name[LM_TABLE_NAME];
    lm_table_name(LM_STR(" Seizure-ID "), name);
    assert_string_equal(name, "seizure_id");
    lm_table_name(LM_STR("a\0b"), name);
    assert_string_equal(name, "");
    char longest[LM_TABLE_NAME + 1];
    memset(longest, 'a', sizeof longest);
    lm_table_name((struct lm_str){ longest, LM_TABLE_NAME }, name);
    assert_string_equal(name, ""); /* too long to be one of ours */
    lm_table_name((struct lm_str){ longest, LM_TABLE_NAME - 1 }, name);
    assert_int_equal(strlen(name), LM_TABLE_NAME - 1);
}

/* Every template is recognised as its own table, with no column that is unknown. */
static void templates_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum lm_op_table table;
    } expected[] = {
        { "data/templates/investigations.csv", LM_OP_INVESTIGATION },
        { "data/templates/seizures.csv", LM_OP_SEIZURE },
        { "data/templates/lab_results.csv", LM_OP_LAB_RESULT },
        { "data/templates/firearms.csv", LM_OP_FIREARM },
        { "data/templates/money.csv", LM_OP_MONEY },
        { "data/templates/arrests.csv", LM_OP_ARREST },
        { "data/templates/overdoses.csv", LM_OP_OVERDOSE },
        { "data/templates/charges.csv", LM_OP_CHARGE },
        { "data/templates/pill_presses.csv", LM_OP_PILL_PRESS },
        { "data/templates/organizations.csv", LM_OP_ORGANIZATION },
        { "data/templates/firearm_links.csv", LM_OP_FIREARM_LINK },
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct lm_csv csv;
        struct lm_csv_row row;
        struct lm_op_header *h = test_malloc(sizeof *h);
        struct lm_error e = { 0 };
        bool done = false;
        lm_csv_init(&csv, lm_embedded(lm_str(expected[i].file)), 0);
        assert_int_equal(lm_csv_next(&csv, &row, &done), LM_OK);
        assert_false(done);
        if (lm_op_header_read(row.cells, row.n, h, &e) != LM_OK)
            fail_msg("%s: %s", expected[i].file, e.message);
        assert_int_equal(h->table, expected[i].table);
        assert_int_equal(h->n_unknown, 0);
        assert_int_equal(h->n_known, row.n);
        lm_csv_free(&csv);
        test_free(h);
    }
}

static void refusals_name_the_column(void **state)
{
    (void)state;
    static const struct {
        const char *cells[4];
        const char *says;
    } bad[] = {
        { { "arrest_id", "charge", "Citizenship" }, "the column \"Citizenship\" is refused" },
        { { "seizure_id", "drug", "quantity" }, "the column \"unit\" is missing" },
        { { "money_id", "kind", "unit" }, "the column \"amount\" is missing" },
        { { "investigation_id", "title", "investigation" },
          "columns 1 and 3 (\"investigation\") hold the same thing" },
        { { "lab_result_id", "drug" }, "the column \"seizure_id\" or \"exhibit_number\" is missing" },
        { { "lab_result_id", "seizure_id", "drug", "net_quantity" }, "the column \"net_unit\" is missing" },
        { { "arrest_id", "money_id" }, "fits several tables" },
        { { "from", "to" }, "not that of a table" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct lm_str cells[4];
        struct lm_op_header *h = test_malloc(sizeof *h);
        struct lm_error e = { 0 };
        size_t n = 0;
        while (n < 4 && bad[i].cells[n] != NULL) {
            cells[n] = lm_str(bad[i].cells[n]);
            n++;
        }
        assert_int_equal(lm_op_header_read(cells, n, h, &e), LM_EINPUT);
        if (strstr(e.message, bad[i].says) == NULL)
            fail_msg("got: %s", e.message);
        test_free(h);
    }
}

/* After a quote that is never closed, and after one that swallowed lines, the next line is read. */
static void damaged_quotes_lose_one_line(void **state)
{
    (void)state;
    static const char text[] = "a,b\n1,\"open\n2,x\n\n3,\"y\"\" z\n4,\"w\",\n5,v\n6,\"end";
    static const struct {
        uint64_t row, byte;
        bool bad;
    } want[] = { { 1, 0, false }, { 2, 4, true },   { 3, 12, false }, { 5, 17, true },
                 { 6, 26, true }, { 7, 33, false }, { 8, 37, true } };
    struct lm_table table;
    struct lm_table_row row;
    bool done = false;
    lm_table_init(&table, (struct lm_str){ text, sizeof text - 1 });
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_int_equal(lm_table_next(&table, 2, &row, &done), LM_OK);
        assert_false(done);
        assert_int_equal(row.at.a, want[i].row);
        assert_int_equal(row.at.b, want[i].byte);
        assert_int_equal(row.bad, want[i].bad);
    }
    assert_int_equal(lm_table_next(&table, 2, &row, &done), LM_OK);
    assert_true(done);
    lm_table_free(&table);
}

static void ids_that_stand_in_two_rows(void **state)
{
    (void)state;
    enum { IDS = LM_OP_IDS + 1000 };
    struct lm_arena a;
    struct lm_op_ids ids;
    uint64_t first = 0;
    char *text = malloc((size_t)IDS * 8), one[9] = "", copied[] = "S0000042", other[] = "not in the file";
    assert_non_null(text);
    for (unsigned i = 0; i < IDS; i++) {
        assert_int_equal(snprintf(one, sizeof one, "S%07u", i), 8);
        memcpy(text + (size_t)i * 8, one, 8);
    }
    lm_arena_init(&a, (size_t)64 << 20);
    assert_int_equal(lm_op_ids_init(&ids, &a, (struct lm_str){ text, (size_t)IDS * 8 }), LM_OK);
    for (size_t i = 0; i < IDS; i++) {
        assert_int_equal(lm_op_ids_put(&ids, (struct lm_str){ text + i * 8, 8 }, i + 2, &first), LM_OK);
        assert_int_equal(first, 0);
    }
    assert_int_equal(ids.not_compared, 1000); /* what there was no room for is counted, not called new in silence */
    for (size_t i = 0; i < LM_OP_IDS; i += 997) {
        assert_int_equal(lm_op_ids_put(&ids, (struct lm_str){ text + i * 8, 8 }, 9, &first), LM_OK);
        assert_int_equal(first, i + 2);
    }
    assert_int_equal(lm_op_ids_put(&ids, lm_str(copied), 9, &first), LM_OK);
    assert_int_equal(first, 44);
    assert_true(a.used_bytes <= (size_t)17 << 20);
    lm_arena_free(&a);
    lm_arena_init(&a, (size_t)64 << 20);
    assert_int_equal(lm_op_ids_init(&ids, &a, (struct lm_str){ text, 8 }), LM_OK);
    assert_int_equal(lm_op_ids_put(&ids, lm_str(other), 2, &first), LM_OK);
    memset(other, '?', 3); /* it was copied */
    assert_int_equal(lm_op_ids_put(&ids, LM_STR("not in the file"), 3, &first), LM_OK);
    assert_int_equal(first, 2);
    lm_arena_free(&a);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protected_columns_are_seen_through_spellings),
        cmocka_unit_test(header_names_are_folded),
        cmocka_unit_test(templates_are_read),
        cmocka_unit_test(refusals_name_the_column),
        cmocka_unit_test(damaged_quotes_lose_one_line),
        cmocka_unit_test(ids_that_stand_in_two_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
