#include "resolve/columns.h"

#include "readers/operation_csv_table.h"

#define NAME_MOST 64
#define LONG_TEXT_WORDS 4

enum { FAMILY_NAME = 1, FAMILY_ADDRESS, FAMILY_PHONE };

struct word {
    const char *names; /* compact: letters and digits only; separated by blanks; the first is what it is called */
    enum lm_column_role role;
    enum lm_field_kind kind;
    uint8_t family;
    bool shared;
};

static const struct word words[] = {
    { "id recid recordid uniqueid uid key rowid recordkey identifier", LM_COLUMN_ID, 0, 0 },
    { "givenname firstname forename fname given first nombre nombres vorname prenom primernombre fnamec1", LM_COLUMN_FIELD, LM_FIELD_GIVEN,
      FAMILY_NAME },
    { "surname lastname familyname lname family last apellido apellidos apellidopaterno primerapellido apellido1 nachname nom lnamec1 "
      "surname1 sname", LM_COLUMN_FIELD, LM_FIELD_SURNAME, FAMILY_NAME, true },
    { "middlename midlname mname middle segundonombre secondname fnamec2 middleinitial", LM_COLUMN_FIELD, LM_FIELD_GIVEN, FAMILY_NAME },
    { "secondsurname apellidomaterno segundoapellido apellido2 maidenname lnamec2 surname2", LM_COLUMN_FIELD, LM_FIELD_SURNAME, FAMILY_NAME, true },
    { "nickname alias aka moniker apodo preferredname", LM_COLUMN_FIELD, LM_FIELD_GIVEN, 0 },
    { "name fullname personname nombrecompleto", LM_COLUMN_FIELD, LM_FIELD_WORDS, 0 },
    { "dateofbirth dob birthdate birthday dateborn fechanacimiento fechadenacimiento geburtsdatum", LM_COLUMN_FIELD, LM_FIELD_DATE, 0 },
    { "birthyear by yearofbirth yob bornyear anonacimiento geburtsjahr", LM_COLUMN_YEAR, 0, 0 },
    { "birthmonth bm monthofbirth", LM_COLUMN_MONTH, 0, 0 },
    { "birthday bd dayofbirth dob1", LM_COLUMN_DAY, 0, 0 },
    { "date eventdate released releasedate", LM_COLUMN_FIELD, LM_FIELD_DATE, 0 },
    { "phone telephone phonenumber tel mobile cell cellphone mobilephone homephone workphone telefono celular phone1 phone2 phone3 "
      "msisdn landline", LM_COLUMN_FIELD, LM_FIELD_CODE, FAMILY_PHONE, true },
    { "email emailaddress mail correo correoelectronico", LM_COLUMN_FIELD, LM_FIELD_EMAIL, 0 },
    { "code socsecid ssn socialsecuritynumber nhsnumber nationalid passport passportnumber licence license driverlicense driverslicense "
      "dlnumber curp rfc dni nie taxid accountnumber account iban imei imsi serial vin plate licenseplate isbn issn doi sku upc ean "
      "modelno model modelnumber", LM_COLUMN_FIELD, LM_FIELD_CODE, 0 },
    { "postcode postalcode zip zipcode plz codigopostal postcodefake", LM_COLUMN_FIELD, LM_FIELD_CODE, 0, true },
    { "streetnumber housenumber streetno houseno stnum numero hausnummer", LM_COLUMN_FIELD, LM_FIELD_CODE, 0, true },
    { "address1 addressline1 address2 addressline2 street streetname streetaddress address addr direccion calle strasse "
      "resstreetaddress", LM_COLUMN_FIELD, LM_FIELD_WORDS, FAMILY_ADDRESS, true },
    { "city town suburb locality municipality village ciudad ort rescitydesc", LM_COLUMN_FIELD, LM_FIELD_WORDS, 0, true },
    { "words state province county region estado country venue journal booktitle conference publisher occupation job employer school "
      "manufacturer brand artist album genre category type gender sex handle username screenname", LM_COLUMN_FIELD, LM_FIELD_WORDS, 0 },
    { "text title authors author description abstract keywords", LM_COLUMN_FIELD, LM_FIELD_TEXT, 0 },
    { "number year price age amount pages volume rating length", LM_COLUMN_FIELD, LM_FIELD_NUMBER, 0 },
    { "ignore cluster clusterid entid entityid entity personid label trueid truth sourcedataset source dataset recordtype", LM_COLUMN_LEFT_OUT,
      0, 0 },
};
#define N_WORDS (sizeof words / sizeof words[0])

const char *lm_column_words(void)
{
    return "id, given_name, middle_name, surname, second_surname, nickname, name, date_of_birth, birth_year, birth_month, birth_day, date, "
           "phone, email, code, postcode, street_number, address_1, city, words, text, number, ignore";
}

static struct lm_str compact(struct lm_str name, char out[NAME_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < NAME_MOST; i++) {
        char c = name.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[n++] = c;
    }
    return (struct lm_str){ out, n };
}

static bool has(const char *names, struct lm_str name)
{
    struct lm_str rest = lm_str(names);
    while (rest.n > 0) {
        const char *end = memchr(rest.p, ' ', rest.n);
        size_t n = end != NULL ? (size_t)(end - rest.p) : rest.n;
        if (n == name.n && memcmp(rest.p, name.p, n) == 0)
            return true;
        rest = lm_str_skip(rest, n + 1);
    }
    return false;
}

bool lm_column_by_name(struct lm_str name, struct lm_column *ret)
{
    char out[NAME_MOST];
    struct lm_str short_name = compact(name, out);
    struct lm_column c = { .name = name };
    if (lm_table_protected(name)) {
        c.role = LM_COLUMN_PROTECTED;
        *ret = c;
        return true;
    }
    for (size_t k = 0; k < N_WORDS; k++)
        if (has(words[k].names, short_name)) {
            c.role = words[k].role;
            c.kind = words[k].kind;
            c.family = words[k].family;
            c.shared = words[k].shared;
            c.how = words[k].family == FAMILY_PHONE ? LM_FOLD_PHONE : 0;
            c.means = words[k].names;
            *ret = c;
            return true;
        }
    return false;
}

void lm_column_look_at(struct lm_column_look *l, struct lm_folder *f, struct lm_str cell)
{
    char form[LM_FORM_TEXT_MAX];
    double ignored;
    unsigned first;
    bool decides;
    cell = lm_str_trim(cell);
    size_t n = lm_fold_cell(f, LM_FIELD_TEXT, 0, cell, form).n, digits = 0;
    if (n == 0)
        return;
    l->n++;
    l->words++;
    for (size_t i = 0; i < n; i++) {
        l->words += form[i] == ' ';
        digits += form[i] >= '0' && form[i] <= '9';
    }
    l->bytes += n;
    l->with_at += memchr(cell.p, '@', cell.n) != NULL;
    l->letters += digits == 0;
    l->dates += digits > 0 && lm_fold_is_date(cell, &first, &decides);
    l->day_first += digits > 0 && decides && first != 0;
    l->month_first += digits > 0 && decides && first == 0;
    l->numbers += lm_str_to_double(cell, &ignored);
}

void lm_column_settle(struct lm_column *c, const struct lm_column_look *l)
{
    bool is_long = l->words > (uint64_t)LONG_TEXT_WORDS * l->n;
    if (c->role != LM_COLUMN_FIELD || l->n == 0)
        return;
    if (l->day_first > l->month_first)
        c->how |= LM_FOLD_DAY_FIRST;
    if (c->means != NULL) {
        if (c->kind == LM_FIELD_TEXT || c->kind == LM_FIELD_WORDS)
            c->kind = is_long ? LM_FIELD_TEXT : LM_FIELD_WORDS;
        if (c->kind == LM_FIELD_NUMBER && l->numbers < l->n / 2)
            c->kind = LM_FIELD_WORDS;
        return;
    }
    if (l->with_at > l->n / 2)
        c->kind = LM_FIELD_EMAIL;
    else if (l->dates > l->n / 2)
        c->kind = LM_FIELD_DATE;
    else if (l->numbers > l->n / 10 * 9)
        c->kind = l->bytes >= (uint64_t)6 * l->n ? LM_FIELD_CODE : LM_FIELD_NUMBER;
    else if (is_long)
        c->kind = LM_FIELD_TEXT;
    else
        c->kind = l->letters < l->n / 2 && l->words <= l->n + l->n / 2 ? LM_FIELD_CODE : LM_FIELD_WORDS;
}
