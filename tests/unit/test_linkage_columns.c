/* Names of columns as tables of several fields and languages have them, and what their cells say where the names do not. Written by us. */
#include "linkage_made.h"

#include <stdio.h>

#include "resolve/columns_words.h"
#include "resolve/records_file.h"

struct expected {
    const char *name, *means; /* "": by its cells; "!": no field on principle */
};

static const char *meaning(const char *name, struct lm_column *ret)
{
    if (!lm_column_by_name(made_folder, lm_str(name), ret))
        return "";
    return ret->role == LM_COLUMN_PROTECTED ? "!" : ret->means;
}

static void all(const struct expected *e, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        struct lm_column c;
        const char *got = meaning(e[i].name, &c);
        if (strcmp(got, e[i].means) == 0)
            continue;
        print_message("# %s: \"%s\", not \"%s\"\n", e[i].name, got, e[i].means);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}
#define ALL(e) all(e, sizeof e / sizeof e[0])

static void people_in_english(void **state)
{
    (void)state;
    static const struct expected e[] = {
        { "id", "id" }, { "RecordID", "id" }, { "rec_no", "id" }, { "unique_id", "id" }, { "Row Number", "id" },
        { "first_name", "given_name" }, { "FirstName", "given_name" }, { "FIRSTNAME", "given_name" }, { "First", "given_name" },
        { "given name", "given_name" }, { "fname", "given_name" }, { "fname_c1", "given_name" }, { "fname_1", "given_name" },
        { "first_nm", "given_name" }, { "Patient First Name", "given_name" }, { "voter_first_name", "given_name" },
        { "fname_c2", "middle_name" }, { "midl_name", "middle_name" }, { "MiddleName", "middle_name" }, { "middle initial", "middle_name" },
        { "second_name", "middle_name" }, { "last_name", "surname" }, { "lname", "surname" }, { "lname_c1", "surname" }, { "LAST", "surname" },
        { "family-name", "surname" }, { "Surname_a", "surname" }, { "sname", "surname" }, { "lname_c2", "second_surname" },
        { "surname 2", "second_surname" }, { "maiden_name", "second_surname" }, { "birth_name", "second_surname" },
        { "first_and_surname", "name" }, { "name", "name" }, { "FullName", "name" }, { "full_nm", "name" }, { "Customer Name", "name" },
        { "name_suffix_lbl", "words" }, { "nickname", "nickname" }, { "aka", "nickname" }, { "preferred name", "nickname" },
        { "dob", "date_of_birth" }, { "DateOfBirth", "date_of_birth" }, { "birth_dt", "date_of_birth" }, { "birthday", "date_of_birth" },
        { "BirthDate", "date_of_birth" }, { "birth_year", "birth_year" }, { "yob", "birth_year" }, { "year of birth", "birth_year" },
        { "month_of_birth", "birth_month" }, { "birthDay", "birth_day" }, { "age", "number" }, { "birth_age", "number" },
        { "res_street_address", "address" }, { "street", "address" }, { "addr", "address" }, { "address_1", "address" },
        { "AddressLine2", "address" }, { "mail_addr1", "address" }, { "street_name", "address" }, { "street_number", "street_number" },
        { "house_num", "street_number" }, { "stnum", "street_number" }, { "StreetNo", "street_number" }, { "city", "city" },
        { "res_city_desc", "city" }, { "rescity", "city" }, { "suburb", "city" }, { "home town", "city" }, { "zip_code", "postcode" },
        { "ZIP5", "postcode" }, { "postal_code", "postcode" }, { "postcode_fake", "postcode" }, { "mailing zip", "postcode" },
        { "state_cd", "words" }, { "county_desc", "words" }, { "country", "words" }, { "phone", "phone" }, { "full_phone_number", "phone" },
        { "HomePhone2", "phone" }, { "cell", "phone" }, { "mobilePhone", "phone" }, { "phone_type", "words" }, { "email", "email" },
        { "E-Mail", "email" }, { "emailAddress", "email" }, { "soc_sec_id", "code" }, { "SSN", "code" }, { "drivers_license_no", "code" },
        { "passport number", "code" }, { "occupation", "words" }, { "gender_code", "words" }, { "sex", "words" }, { "user_name", "words" },
    };
    ALL(e);
}

static void people_in_other_languages(void **state)
{
    (void)state;
    static const struct expected e[] = {
        { "nombre", "name" }, { "primer_nombre", "given_name" }, { "segundo_nombre", "middle_name" }, { "Nombre Completo", "name" },
        { "apellido_paterno", "surname" }, { "primerApellido", "surname" }, { "Apellido1", "surname" }, { "apellidos", "surname" },
        { "apellido_materno", "second_surname" }, { "segundo apellido", "second_surname" }, { "apellido2", "second_surname" },
        { "fecha_de_nacimiento", "date_of_birth" }, { "fechanacimiento", "date_of_birth" }, { "Fecha Nac.", "date_of_birth" },
        { "ano_nacimiento", "birth_year" }, { "año de nacimiento", "birth_year" }, { "teléfono", "phone" }, { "Celular", "phone" },
        { "correo_electronico", "email" }, { "dirección", "address" }, { "calle", "address" }, { "número de calle", "street_number" },
        { "codigo_postal", "postcode" }, { "codigopostal", "postcode" }, { "ciudad", "city" }, { "municipio", "city" }, { "estado", "words" },
        { "CURP", "code" }, { "ocupación", "words" }, { "sexo", "words" }, { "apodo", "nickname" }, { "edad", "number" },
        { "Vorname", "given_name" }, { "Nachname", "surname" }, { "Familienname", "surname" }, { "Geburtsname", "second_surname" },
        { "zweiter Vorname", "middle_name" }, { "Geburtsdatum", "date_of_birth" }, { "Geburtsjahr", "birth_year" },
        { "Straße", "address" }, { "Hausnummer", "street_number" }, { "Haus-Nr.", "street_number" }, { "PLZ", "postcode" },
        { "Postleitzahl", "postcode" }, { "Ort", "city" }, { "Wohnort", "city" }, { "Telefon", "phone" }, { "Mobil", "phone" }, { "Beruf", "words" },
        { "Geschlecht", "words" }, { "nome", "name" }, { "primeiro_nome", "given_name" }, { "sobrenome", "surname" }, { "telefone", "phone" },
        { "data_nascimento", "date_of_birth" }, { "endereço", "address" }, { "cidade", "city" }, { "CEP", "postcode" }, { "CPF", "code" },
        { "prénom", "given_name" }, { "deuxième prénom", "middle_name" }, { "nom de famille", "surname" }, { "nom", "name" },
        { "date de naissance", "date_of_birth" }, { "rue", "address" }, { "ville", "city" }, { "code postal", "postcode" }, { "courriel", "email" },
    };
    ALL(e);
}

static void things(void **state)
{
    (void)state;
    static const struct expected e[] = {
        { "title", "title" }, { "description", "text" }, { "manufacturer", "words" }, { "price", "number" }, { "brand", "words" },
        { "modelno", "code" }, { "category", "words" }, { "authors", "text" }, { "venue", "words" }, { "year", "year" }, { "type", "words" },
        { "artist", "words" }, { "album", "words" }, { "length", "number" }, { "Song_Name", "words" }, { "Artist_Name", "words" },
        { "Released", "date" }, { "release_date", "date" }, { "ISBN", "code" }, { "publisher", "words" }, { "company name", "words" },
    };
    ALL(e);
}

/* What is not ours to know, what would be the answer, and what only looks like a word of ours. */
static void what_is_left_out_or_unknown(void **state)
{
    (void)state;
    static const struct expected e[] = {
        { "race_code", "!" }, { "Ethnicity", "!" }, { "religion", "!" }, { "birth_place", "!" }, { "place of birth", "!" }, { "birth_state", "!" },
        { "city of birth", "!" }, { "Geburtsort", "!" }, { "lieu de naissance", "!" }, { "naturalidade", "!" }, { "party_cd", "!" },
        { "Voter Party", "!" }, { "nationality", "!" }, { "Staatsangehörigkeit", "!" }, { "lugar_nacimiento", "!" },
        { "called_party_number", "" }, { "cluster", "ignore" }, { "cluster_id", "ignore" }, { "EntityID", "ignore" }, { "ent_id", "ignore" },
        { "person_id", "ignore" }, { "true id", "ignore" }, { "source", "ignore" }, { "source_dataset", "ignore" }, { "record_type", "ignore" },
        { "last_update", "" }, { "first_seen", "" }, { "stage", "" }, { "postage", "" }, { "ip_address", "" }, { "MAC", "" }, { "filename", "ignore" },
        { "county_id", "words" }, { "voter_reg_num", "" }, { "xyz", "" }, { "", "" }, { "__", "" }, { "notes", "" }, { "month", "" }, { "by", "" },
    };
    ALL(e);
}

static void somebody_elses_name_is_not_swapped(void **state)
{
    (void)state;
    struct lm_column own, other;
    assert_string_equal(meaning("last_name", &own), "surname");
    assert_string_equal(meaning("spouse_last_name", &other), "surname");
    assert_true(own.family != 0 && other.family == 0);
    assert_string_equal(meaning("mothers maiden name", &other), "second_surname");
    assert_int_equal(other.family, 0);
}

static void no_word_is_in_two_groups(void **state)
{
    (void)state;
    const char *a, *b;
    for (unsigned i = 0; (a = lm_column_word_group(i)) != NULL; i++)
        for (struct lm_str rest = lm_str(a); rest.n > 0;) {
            size_t n = 0;
            while (n < rest.n && rest.p[n] != ' ')
                n++;
            char word[LM_COLUMN_WORD + 3];
            assert_true(n > 0 && n <= LM_COLUMN_WORD);
            (void)snprintf(word, sizeof word, " %.*s ", (int)n, rest.p);
            rest = lm_str_skip(rest, n + 1);
            for (unsigned k = i; (b = lm_column_word_group(k)) != NULL; k++) {
                char list[600];
                (void)snprintf(list, sizeof list, " %s ", b);
                const char *first = strstr(list, word), *second = k != i ? first : first != NULL ? strstr(first + 1, word) : NULL;
                if (second != NULL)
                    fail_msg("%s is there twice", word);
            }
        }
}

/* --- by cells --- */

static struct lm_records_file file;

static void read_tables(const char *a, const char *b)
{
    const struct lm_str text[2] = { lm_str(a), lm_str(b) };
    const struct lm_records_wish wish = { .seed = 1, .folder = made_folder };
    struct lm_error e = { 0 };
    if (lm_records_file_parse(&made_arena, text, (struct lm_str){ NULL, 0 }, &wish, &file, &e) != LM_OK)
        fail_msg("%s", e.message);
}

static const struct lm_field *field(const char *name)
{
    for (uint32_t f = 0; f < file.records.n_fields; f++)
        if (lm_str_is(file.records.fields[f].name, name))
            return &file.records.fields[f];
    return NULL;
}

static void kind_is(const char *name, enum lm_field_kind kind)
{
    const struct lm_field *f = field(name);
    if (f == NULL || f->kind != kind)
        fail_msg("%s: %d, not %d", name, f != NULL ? (int)f->kind : -1, (int)kind);
}

static struct lm_str cell(uint32_t input, const char *name)
{
    const struct lm_field *f = field(name);
    assert_non_null(f);
    for (uint32_t i = 0; i < file.records.n; i++)
        if (file.records.origin[i] == input)
            return lm_value(&file.records.values[f->group], lm_record(&file.records, i)[f - file.records.fields]);
    return (struct lm_str){ NULL, 0 };
}

static void cells_decide_where_names_do_not(void **state)
{
    (void)state;
    static char text[20000];
    size_t n = (size_t)snprintf(text, sizeof text, ",q1,q2,q3,q4,q5,q6,released,mail_2\n");
    for (unsigned i = 0; i < 30; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%u,b%u@example.com,%02u.%02u.1950,%u,one two three four five six %u,ab%ux,Word,%s,%u Elm St\n", i, i,
                              1 + i % 28, 1 + i % 12, 1000000 + i * 7, i, i * 31, i % 2 == 0 ? "yes" : "no", i);
    read_tables(text, NULL);
    assert_null(field("")); /* counts the rows */
    kind_is("q1", LM_FIELD_EMAIL);
    kind_is("q2", LM_FIELD_DATE);
    kind_is("q3", LM_FIELD_CODE);
    kind_is("q4", LM_FIELD_TEXT);
    kind_is("q5", LM_FIELD_CODE);
    kind_is("q6", LM_FIELD_WORDS);
    kind_is("released", LM_FIELD_WORDS);
    kind_is("mail_2", LM_FIELD_WORDS);
    assert_true((field("q2")->how[0] & LM_FOLD_DAY_FIRST) != 0);
    assert_true(lm_str_is(cell(3, "q2"), "19500404") && lm_str_is(cell(4, "q2"), "19500505") && lm_str_is(cell(12, "q2"), "19500113"));
    lm_records_file_free(&file);
}

static void a_date_in_three_columns_is_seen(void **state)
{
    (void)state;
    static char text[4000];
    static const char *const heads[] = { "by,bm,bd", "dd,mm,yyyy", "m,d,y" };
    static const unsigned place[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 2, 0, 1 } }; /* year, month, day */
    for (unsigned h = 0; h < 3; h++) {
        size_t n = (size_t)snprintf(text, sizeof text, "surname,%s,count\n", heads[h]);
        for (unsigned i = 0; i < 40; i++) {
            unsigned v[3];
            v[place[h][0]] = 1940 + i;
            v[place[h][1]] = 1 + i % 12;
            v[place[h][2]] = 1 + i % 28;
            n += (size_t)snprintf(text + n, sizeof text - n, "Name%c,%u,%u,%u,%u\n", 'a' + (int)(i % 26), v[0], v[1], v[2], i % 5);
        }
        read_tables(text, NULL);
        kind_is("date of birth", LM_FIELD_DATE);
        kind_is("count", LM_FIELD_NUMBER);
        assert_int_equal(file.records.n_fields, 3);
        assert_true(lm_str_is(cell(2, "date of birth"), "19420303"));
        lm_records_file_free(&file);
    }
}

static void a_name_beside_its_parts(void **state)
{
    (void)state;
    read_tables("Vorname,Name\nAna,Prueba\nBeto,Muestra\n", NULL);
    kind_is("Name", LM_FIELD_SURNAME);
    lm_records_file_free(&file);
    read_tables("apellidos,nombre\nPrueba,Ana\nMuestra,Beto\n", NULL);
    kind_is("nombre", LM_FIELD_GIVEN);
    lm_records_file_free(&file);
    read_tables("first_name,last_name,full_name\nAna,Prueba,Ana Prueba\n", NULL);
    assert_null(field("full_name"));
    lm_records_file_free(&file);
    read_tables("first_name,last_name,full_name\nAna,Prueba,Ana Prueba\n", "person name\nAna Prueba\n");
    kind_is("full_name", LM_FIELD_WORDS); /* all that both have */
    assert_int_equal(file.records.n_fields, 1);
    lm_records_file_free(&file);
}

static void columns_of_two_tables_meet_by_what_they_mean(void **state)
{
    (void)state;
    read_tables("id,title,brand,price,state,cell\n1,Lamp,Acme,10,CO,3035550101\n", "key,name,occupation,maker,cost,precio,phone,mobile\n"
                                                                                    "a,Lamp,smith,Acme,9,10,3035550101,3035550102\n");
    assert_non_null(field("title"));
    assert_non_null(field("brand"));
    assert_non_null(field("price"));
    assert_non_null(field("cell"));
    assert_null(field("state")); /* is no occupation, though both are words */
    assert_int_equal(file.records.n_fields, 4);
    assert_true(lm_str_is(cell(0, "cell"), "3035550101") && lm_str_is(cell(1, "cell"), "3035550101"));
    lm_records_file_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_in_english),
        cmocka_unit_test(people_in_other_languages),
        cmocka_unit_test(things),
        cmocka_unit_test(what_is_left_out_or_unknown),
        cmocka_unit_test(somebody_elses_name_is_not_swapped),
        cmocka_unit_test(no_word_is_in_two_groups),
        cmocka_unit_test(cells_decide_where_names_do_not),
        cmocka_unit_test(a_date_in_three_columns_is_seen),
        cmocka_unit_test(a_name_beside_its_parts),
        cmocka_unit_test(columns_of_two_tables_meet_by_what_they_mean),
    };
    return cmocka_run_group_tests(tests, made_open, made_close);
}
