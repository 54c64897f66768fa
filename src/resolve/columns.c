#include "resolve/columns.h"

#include <math.h>

#include "readers/operation_csv_table.h"

#include "resolve/columns_words.h"

#define LONG_TEXT_WORDS 4
#define COUNTED_LEAST 10 /* rows that count up by one: numbers of rows */

enum { FAMILY_NAME = 1, FAMILY_ADDRESS, FAMILY_PHONE };

enum meaning {
    MEANS_ID, MEANS_GIVEN, MEANS_MIDDLE, MEANS_SURNAME, MEANS_SECOND_SURNAME, MEANS_NICKNAME, MEANS_NAME, MEANS_BIRTH, MEANS_BIRTH_YEAR,
    MEANS_BIRTH_MONTH, MEANS_BIRTH_DAY, MEANS_DATE, MEANS_PHONE, MEANS_EMAIL, MEANS_CODE, MEANS_POSTCODE, MEANS_STREET_NUMBER, MEANS_ADDRESS,
    MEANS_CITY, MEANS_WORDS, MEANS_TITLE, MEANS_TEXT, MEANS_YEAR, MEANS_NUMBER, MEANS_IGNORE, MEANINGS,
    MEANS_NOTHING = MEANINGS, /* by its cells */
    MEANS_PROTECTED,
};

static const struct lm_column meanings[MEANINGS] = {
    [MEANS_ID] = { .means = "id", .role = LM_COLUMN_ID },
    [MEANS_GIVEN] = { .means = "given_name", .kind = LM_FIELD_GIVEN, .family = FAMILY_NAME },
    [MEANS_MIDDLE] = { .means = "middle_name", .kind = LM_FIELD_GIVEN, .family = FAMILY_NAME },
    [MEANS_SURNAME] = { .means = "surname", .kind = LM_FIELD_SURNAME, .family = FAMILY_NAME, .shared = true },
    [MEANS_SECOND_SURNAME] = { .means = "second_surname", .kind = LM_FIELD_SURNAME, .family = FAMILY_NAME, .shared = true },
    [MEANS_NICKNAME] = { .means = "nickname", .kind = LM_FIELD_GIVEN },
    [MEANS_NAME] = { .means = "name", .kind = LM_FIELD_WORDS },
    [MEANS_BIRTH] = { .means = "date_of_birth", .kind = LM_FIELD_DATE },
    [MEANS_BIRTH_YEAR] = { .means = "birth_year", .role = LM_COLUMN_YEAR },
    [MEANS_BIRTH_MONTH] = { .means = "birth_month", .role = LM_COLUMN_MONTH },
    [MEANS_BIRTH_DAY] = { .means = "birth_day", .role = LM_COLUMN_DAY },
    [MEANS_DATE] = { .means = "date", .kind = LM_FIELD_DATE },
    [MEANS_PHONE] = { .means = "phone", .kind = LM_FIELD_CODE, .family = FAMILY_PHONE, .shared = true, .how = LM_FOLD_PHONE },
    [MEANS_EMAIL] = { .means = "email", .kind = LM_FIELD_EMAIL },
    [MEANS_CODE] = { .means = "code", .kind = LM_FIELD_CODE },
    [MEANS_POSTCODE] = { .means = "postcode", .kind = LM_FIELD_CODE, .shared = true },
    [MEANS_STREET_NUMBER] = { .means = "street_number", .kind = LM_FIELD_CODE, .shared = true },
    [MEANS_ADDRESS] = { .means = "address", .kind = LM_FIELD_WORDS, .family = FAMILY_ADDRESS, .shared = true },
    [MEANS_CITY] = { .means = "city", .kind = LM_FIELD_WORDS, .shared = true },
    [MEANS_WORDS] = { .means = "words", .kind = LM_FIELD_WORDS },
    [MEANS_TITLE] = { .means = "title", .kind = LM_FIELD_TEXT },
    [MEANS_TEXT] = { .means = "text", .kind = LM_FIELD_TEXT },
    [MEANS_YEAR] = { .means = "year", .kind = LM_FIELD_NUMBER },
    [MEANS_NUMBER] = { .means = "number", .kind = LM_FIELD_NUMBER },
    [MEANS_IGNORE] = { .means = "ignore", .role = LM_COLUMN_LEFT_OUT },
};

const char *lm_column_words(void)
{
    return "id, given_name, middle_name, surname, second_surname, nickname, name, date_of_birth, birth_year, birth_month, birth_day, date, "
           "phone, email, code, postcode, street_number, address, city, words, title, text, year, number, ignore";
}

/* --- a name as words --- */

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HomePhone2" → "home phone 2", "IDNumber" → "id number": Latin letters, in lower case, between blanks. */
static struct lm_str words_of(struct lm_folder *f, struct lm_str name, char out[LM_FORM_TEXT_MAX])
{
    char apart[2 * LM_COLUMN_NAME];
    size_t n = 0;
    name = lm_str_take(name, LM_COLUMN_NAME);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i], before = i > 0 ? name.p[i - 1] : ' ', next = i + 1 < name.n ? name.p[i + 1] : ' ';
        if ((is_capital(c) && (is_small(before) || (is_capital(before) && is_small(next)))) || (i > 0 && is_digit(c) != is_digit(before)))
            apart[n++] = ' ';
        apart[n++] = c;
    }
    return (struct lm_str){ out, lm_fold_cell(f, LM_FIELD_TEXT, 0, (struct lm_str){ apart, n }, out).n };
}

/* --- what the words mean together --- */

#define BIT LM_COLUMN_BIT
#define PLACE (BIT(LM_SAYS_STREET) | BIT(LM_SAYS_ADDRESS) | BIT(LM_SAYS_HOUSE) | BIT(LM_SAYS_UNIT) | BIT(LM_SAYS_CITY) | BIT(LM_SAYS_REGION) \
               | BIT(LM_SAYS_POSTCODE) | BIT(LM_SAYS_POSTAL))
#define KEY (BIT(LM_SAYS_ID) | BIT(LM_SAYS_NUMBER) | BIT(LM_SAYS_CODE))

static bool any(const struct lm_column_name *n, uint64_t bits)
{
    return (n->says & bits) != 0;
}

static bool says(const struct lm_column_name *n, enum lm_column_says word)
{
    return any(n, BIT(word));
}

/* Nothing but these, and no word that we do not know. */
static bool only(const struct lm_column_name *n, uint64_t bits)
{
    return n->n_unknown == 0 && (n->says & ~bits) == 0;
}

static enum meaning record_itself(const struct lm_column_name *n)
{
    const uint64_t record = KEY | BIT(LM_SAYS_RECORD);
    if (says(n, LM_SAYS_ANSWER) && only(n, BIT(LM_SAYS_ANSWER) | record))
        return MEANS_IGNORE;
    if (says(n, LM_SAYS_PERSON) && says(n, LM_SAYS_ID) && only(n, BIT(LM_SAYS_PERSON) | record))
        return MEANS_IGNORE; /* who it is: the question */
    if (says(n, LM_SAYS_SOURCE) && only(n, BIT(LM_SAYS_SOURCE) | BIT(LM_SAYS_NAME) | record))
        return MEANS_IGNORE;
    if (says(n, LM_SAYS_RECORD) && says(n, LM_SAYS_TYPE))
        return MEANS_IGNORE;
    if (any(n, BIT(LM_SAYS_ID) | BIT(LM_SAYS_RECORD)) && only(n, record))
        return MEANS_ID;
    return MEANS_NOTHING;
}

static enum meaning a_date(const struct lm_column_name *n)
{
    if (says(n, LM_SAYS_AGE))
        return MEANS_NUMBER;
    if (!says(n, LM_SAYS_BIRTH))
        return says(n, LM_SAYS_DATE) ? MEANS_DATE : says(n, LM_SAYS_YEAR) ? MEANS_YEAR : MEANS_NOTHING;
    if (says(n, LM_SAYS_NAME))
        return MEANS_SECOND_SURNAME;
    if (says(n, LM_SAYS_DATE) || only(n, BIT(LM_SAYS_BIRTH)))
        return MEANS_BIRTH;
    return says(n, LM_SAYS_YEAR) ? MEANS_BIRTH_YEAR : says(n, LM_SAYS_MONTH) ? MEANS_BIRTH_MONTH : says(n, LM_SAYS_DAY) ? MEANS_BIRTH_DAY
                                                                                                                     : MEANS_NOTHING;
}

static enum meaning a_place(const struct lm_column_name *n)
{
    const uint64_t code = BIT(LM_SAYS_CODE), postal = BIT(LM_SAYS_POSTAL);
    if (says(n, LM_SAYS_POSTCODE) || (says(n, LM_SAYS_POSTAL) && (any(n, code) || only(n, postal))))
        return MEANS_POSTCODE;
    if (any(n, BIT(LM_SAYS_STREET) | BIT(LM_SAYS_HOUSE)) && says(n, LM_SAYS_NUMBER))
        return MEANS_STREET_NUMBER;
    if (says(n, LM_SAYS_CITY))
        return MEANS_CITY;
    if (any(n, BIT(LM_SAYS_REGION) | BIT(LM_SAYS_UNIT)))
        return MEANS_WORDS;
    return any(n, BIT(LM_SAYS_STREET) | BIT(LM_SAYS_ADDRESS)) ? MEANS_ADDRESS : MEANS_NOTHING;
}

/* "first", "family name", "second_surname", "lname_c2" */
static enum meaning a_name(const struct lm_column_name *n)
{
    const uint64_t whose = BIT(LM_SAYS_PERSON) | BIT(LM_SAYS_ANOTHER) | BIT(LM_SAYS_FULL), of = BIT(LM_SAYS_FIRST_OF) | BIT(LM_SAYS_SECOND_OF);
    bool name = says(n, LM_SAYS_NAME), first = says(n, LM_SAYS_FIRST), last = says(n, LM_SAYS_LAST);
    bool second = says(n, LM_SAYS_SECOND_OF) || n->ordinal == 2;
    if (says(n, LM_SAYS_NICK))
        return MEANS_NICKNAME;
    if (says(n, LM_SAYS_MATERNAL) && (name || only(n, BIT(LM_SAYS_MATERNAL) | BIT(LM_SAYS_LAST) | whose)))
        return MEANS_SECOND_SURNAME;
    if (first && last && (name || n->n_unknown == 0))
        return MEANS_NAME;
    if (last && (name || only(n, BIT(LM_SAYS_LAST) | whose | of)))
        return second ? MEANS_SECOND_SURNAME : MEANS_SURNAME;
    if (says(n, LM_SAYS_MIDDLE) && (name || only(n, BIT(LM_SAYS_MIDDLE) | BIT(LM_SAYS_INITIAL) | whose)))
        return MEANS_MIDDLE;
    if (first && (name || only(n, BIT(LM_SAYS_FIRST) | BIT(LM_SAYS_INITIAL) | whose | of)))
        return second ? MEANS_MIDDLE : MEANS_GIVEN;
    if (name && any(n, of) && n->n_unknown == 0)
        return says(n, LM_SAYS_SECOND_OF) ? MEANS_MIDDLE : MEANS_GIVEN;
    if (name)
        return only(n, BIT(LM_SAYS_NAME) | whose) ? MEANS_NAME : MEANS_WORDS;
    return only(n, BIT(LM_SAYS_FULL) | BIT(LM_SAYS_PERSON)) && says(n, LM_SAYS_PERSON) ? MEANS_NAME : MEANS_NOTHING;
}

static enum meaning a_thing(const struct lm_column_name *n)
{
    if (says(n, LM_SAYS_TITLE))
        return MEANS_TITLE;
    if (says(n, LM_SAYS_PROSE))
        return MEANS_TEXT;
    if (says(n, LM_SAYS_QUANTITY))
        return MEANS_NUMBER;
    if (says(n, LM_SAYS_CODE) || only(n, BIT(LM_SAYS_NUMBER)))
        return says(n, LM_SAYS_CODE) ? MEANS_CODE : n->says != 0 ? MEANS_NUMBER : MEANS_NOTHING;
    return MEANS_NOTHING;
}

static enum meaning meaning_of(const struct lm_column_name *n)
{
    const uint64_t reach = BIT(LM_SAYS_PHONE) | BIT(LM_SAYS_NUMBER) | BIT(LM_SAYS_NAME) | BIT(LM_SAYS_ID) | BIT(LM_SAYS_ADDRESS);
    enum meaning m = record_itself(n);
    if (m != MEANS_NOTHING)
        return m;
    if (says(n, LM_SAYS_PARTY) && !any(n, reach)) /* "party_cd" of a voter; "called party number" is another */
        return MEANS_PROTECTED;
    if (any(n, BIT(LM_SAYS_TYPE) | BIT(LM_SAYS_AFFIX)))
        return MEANS_WORDS;
    if (says(n, LM_SAYS_EMAIL) || (says(n, LM_SAYS_MAIL) && !any(n, PLACE)))
        return MEANS_EMAIL;
    if (says(n, LM_SAYS_DOCUMENT))
        return MEANS_CODE;
    if (says(n, LM_SAYS_ELECTRONIC))
        return MEANS_NOTHING;
    if (says(n, LM_SAYS_PHONE))
        return MEANS_PHONE;
    if (any(n, BIT(LM_SAYS_LABEL) | BIT(LM_SAYS_USER)))
        return MEANS_WORDS;
    m = a_date(n);
    m = m == MEANS_NOTHING ? a_place(n) : m;
    m = m == MEANS_NOTHING ? a_name(n) : m;
    return m == MEANS_NOTHING ? a_thing(n) : m;
}

bool lm_column_by_name(struct lm_folder *f, struct lm_str name, struct lm_column *ret)
{
    char out[LM_FORM_TEXT_MAX];
    struct lm_column_name n = lm_column_name_read(words_of(f, name, out));
    enum meaning m = lm_table_protected(name) ? MEANS_PROTECTED : meaning_of(&n);
    if (m == MEANS_NOTHING)
        return false;
    *ret = m == MEANS_PROTECTED ? (struct lm_column){ .role = LM_COLUMN_PROTECTED } : meanings[m];
    ret->name = name;
    ret->sort = n.sort;
    if (says(&n, LM_SAYS_ANOTHER)) /* somebody else's name is not to be swapped with one's own */
        ret->family = 0;
    return true;
}

bool lm_column_by_word(struct lm_folder *f, struct lm_str word, struct lm_column *ret)
{
    for (unsigned m = 0; m < MEANINGS; m++)
        if (lm_str_is_nocase(word, meanings[m].means)) {
            *ret = meanings[m];
            return true;
        }
    return lm_column_by_name(f, word, ret);
}

void lm_column_rename(struct lm_column *c, const char *means)
{
    for (unsigned m = 0; m < MEANINGS; m++)
        if (strcmp(meanings[m].means, means) == 0) {
            struct lm_str name = c->name;
            *c = meanings[m];
            c->name = name;
        }
}

/* --- what the cells say --- */

static void look_at_number(struct lm_column_look *l, double v)
{
    bool first = l->numbers++ == 0, whole = v == floor(v) && v >= 0;
    l->counted += !first && v == l->last + 1;
    l->first = first ? v : l->first;
    l->last = v;
    l->years += whole && v >= 1000 && v <= 2100;
    l->months += whole && v <= 12;
    l->days += whole && v <= 31;
}

void lm_column_look_at(struct lm_column_look *l, struct lm_folder *f, struct lm_str cell)
{
    char form[LM_FORM_TEXT_MAX];
    double number;
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
        digits += is_digit(form[i]);
    }
    l->bytes += n;
    l->with_at += memchr(cell.p, '@', cell.n) != NULL;
    l->letters += digits == 0;
    if (digits > 0 && lm_fold_is_date(cell, &first, &decides)) {
        l->dates++;
        l->day_first += decides && first != 0;
        l->month_first += decides && first == 0;
    }
    if (lm_str_to_double(cell, &number))
        look_at_number(l, number);
}

static enum lm_field_kind kind_of_cells(const struct lm_column_look *l)
{
    if (2 * l->with_at > l->n)
        return LM_FIELD_EMAIL;
    if (2 * l->dates > l->n)
        return LM_FIELD_DATE;
    if ((uint64_t)10 * l->numbers > (uint64_t)9 * l->n)
        return l->bytes >= (uint64_t)6 * l->n ? LM_FIELD_CODE : LM_FIELD_NUMBER;
    if (l->words > (uint64_t)LONG_TEXT_WORDS * l->n)
        return LM_FIELD_TEXT;
    return 2 * l->letters < l->n && 2 * l->words <= (uint64_t)3 * l->n ? LM_FIELD_CODE : LM_FIELD_WORDS;
}

/* A name says what there should be; cells that are of another kind altogether overrule it. */
static enum lm_field_kind kind_beside(enum lm_field_kind named, const struct lm_column_look *l)
{
    bool is_long = l->words > (uint64_t)LONG_TEXT_WORDS * l->n, no_digits = 2 * l->letters > l->n;
    switch (named) {
    case LM_FIELD_WORDS:
    case LM_FIELD_TEXT: return 2 * l->with_at > l->n ? LM_FIELD_EMAIL : is_long ? LM_FIELD_TEXT : LM_FIELD_WORDS;
    case LM_FIELD_NUMBER: return 2 * l->numbers < l->n ? LM_FIELD_WORDS : named;
    case LM_FIELD_EMAIL: return 4 * l->with_at < l->n ? kind_of_cells(l) : named;
    case LM_FIELD_CODE:
    case LM_FIELD_DATE: return no_digits ? kind_of_cells(l) : named;
    case LM_FIELD_GIVEN:
    case LM_FIELD_SURNAME: break;
    }
    return named;
}

static void settle(struct lm_column *c, const struct lm_column_look *l)
{
    if (c->role != LM_COLUMN_FIELD || l->n == 0)
        return;
    if (l->day_first > l->month_first)
        c->how |= LM_FOLD_DAY_FIRST;
    enum lm_field_kind kind = c->means != NULL ? kind_beside(c->kind, l) : kind_of_cells(l);
    if (kind != c->kind && kind != LM_FIELD_TEXT)
        c->family = 0;
    c->kind = kind;
}

static bool nearly_all(uint32_t n, const struct lm_column_look *l)
{
    return l->n > 0 && (uint64_t)50 * n >= (uint64_t)49 * l->n;
}

/* Year, month and day side by side, in the three orders that people write. */
static bool is_date_in_parts(const struct lm_column *c, const struct lm_column_look *l, size_t *ret_year, size_t *ret_month)
{
    static const uint8_t orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 2, 0, 1 } };
    for (size_t k = 0; k < 3; k++)
        if (c[k].role != LM_COLUMN_FIELD || (c[k].means != NULL && c[k].means != meanings[MEANS_YEAR].means))
            return false;
    for (size_t k = 0; k < 3; k++) {
        const struct lm_column_look *year = &l[orders[k][0]], *month = &l[orders[k][1]], *day = &l[orders[k][2]];
        bool beyond = 4 * (uint64_t)(day->days - day->months) >= day->n; /* three in five days are after the twelfth */
        *ret_year = orders[k][0];
        *ret_month = orders[k][1];
        if (nearly_all(year->years, year) && nearly_all(month->months, month) && nearly_all(day->days, day) && beyond)
            return true;
    }
    return false;
}

void lm_columns_settle(struct lm_column *c, const struct lm_column_look *l, size_t n)
{
    bool has_id = false, has_year = false;
    for (size_t i = 0; i < n; i++) {
        has_id |= c[i].role == LM_COLUMN_ID;
        has_year |= c[i].role == LM_COLUMN_YEAR;
    }
    for (size_t i = 0; i < n; i++) {
        bool counts = l[i].n >= COUNTED_LEAST && l[i].counted == l[i].n - 1 && l[i].first <= 1;
        if (counts && c[i].role == LM_COLUMN_FIELD && c[i].means == NULL) {
            c[i].role = has_id ? LM_COLUMN_LEFT_OUT : LM_COLUMN_ID;
            has_id = true;
        }
        settle(&c[i], &l[i]);
    }
    for (size_t i = 0; i + 3 <= n && !has_year; i++) {
        size_t year, month;
        has_year = is_date_in_parts(c + i, l + i, &year, &month);
        for (size_t k = 0; k < 3 && has_year; k++)
            c[i + k].role = k == year ? LM_COLUMN_YEAR : k == month ? LM_COLUMN_MONTH : LM_COLUMN_DAY;
    }
}
