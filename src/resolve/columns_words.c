#include "resolve/columns_words.h"

#define BIT LM_COLUMN_BIT

static const struct {
    uint64_t says;
    const char *words;
} groups[] = {
    { BIT(LM_SAYS_NAME), "name names nm nombre nombres nome nomes nom noms namen" },
    { BIT(LM_SAYS_FIRST), "first given fore christian pila" },
    { BIT(LM_SAYS_FIRST) | BIT(LM_SAYS_NAME), "forename forenames fname gname vorname vornamen prenom prenoms" },
    { BIT(LM_SAYS_LAST), "last family famille" },
    { BIT(LM_SAYS_LAST) | BIT(LM_SAYS_NAME), "surname surnames lname sname apellido apellidos sobrenome sobrenomes nachname nachnamen "
                                             "familienname zuname patronyme" },
    { BIT(LM_SAYS_MIDDLE), "middle midl mid" },
    { BIT(LM_SAYS_MIDDLE) | BIT(LM_SAYS_NAME), "mname" },
    { BIT(LM_SAYS_FIRST_OF), "primer primero primera primeiro erster premier" },
    { BIT(LM_SAYS_SECOND_OF), "second segundo segunda zweiter zweite deuxieme" },
    { BIT(LM_SAYS_MATERNAL), "materno materna maternal maiden" },
    { BIT(LM_SAYS_MATERNAL) | BIT(LM_SAYS_NAME), "geburtsname" },
    { BIT(LM_SAYS_FULL), "full complete completo completa whole entire" },
    { BIT(LM_SAYS_NICK), "nick nickname nicknames alias aliases aka moniker apodo spitzname surnom preferred" },
    { BIT(LM_SAYS_INITIAL), "initial inicial initiale" },
    { BIT(LM_SAYS_AFFIX), "suffix sufijo prefix salutation anrede" },
    { BIT(LM_SAYS_PERSON), "person patient voter customer client cliente paciente member subject suspect defendant victim owner employee student "
                           "persona personne kunde" },
    { BIT(LM_SAYS_ANOTHER), "mother mothers father fathers parent spouse husband wife partner guardian emergency kin madre padre mutter vater mere "
                            "pere witness doctor physician" },
    { BIT(LM_SAYS_BIRTH), "birth born nacimiento nac nascimento nasc geburt geburts naissance" },
    { BIT(LM_SAYS_BIRTH) | BIT(LM_SAYS_DATE), "dob birthday bday" },
    { BIT(LM_SAYS_BIRTH) | BIT(LM_SAYS_YEAR), "yob" },
    { BIT(LM_SAYS_DATE), "date dates dt fecha datum released" },
    { BIT(LM_SAYS_YEAR), "year yr ano anio jahr annee" },
    { BIT(LM_SAYS_MONTH), "month mes monat mois" },
    { BIT(LM_SAYS_DAY), "day dia tag jour" },
    { BIT(LM_SAYS_AGE), "age edad idade alter" },
    { BIT(LM_SAYS_PHONE), "phone phones telephone tel telefono telefone telefon mobile mobil movil celular cell cellular handy landline msisdn fax" },
    { BIT(LM_SAYS_EMAIL), "email emails correo courriel" },
    { BIT(LM_SAYS_MAIL), "mail" },
    { BIT(LM_SAYS_POSTCODE), "postcode zip plz cep postleitzahl" },
    { BIT(LM_SAYS_POSTAL), "post postal cp" },
    { BIT(LM_SAYS_CODE), "code codes codigo cod cd" },
    { BIT(LM_SAYS_NUMBER), "number no num nbr nr numero nummer" },
    { BIT(LM_SAYS_ID), "id ids uid guid uuid key identifier index idx" },
    { BIT(LM_SAYS_RECORD), "record rec row unique tuple" },
    { BIT(LM_SAYS_HOUSE), "house haus casa building" },
    { BIT(LM_SAYS_STREET), "street st calle rua strasse str rue road" },
    { BIT(LM_SAYS_ADDRESS), "address addr addresses adresse direccion domicilio endereco anschrift" },
    { BIT(LM_SAYS_UNIT), "apt apartment unit suite flat" },
    { BIT(LM_SAYS_CITY), "city town suburb locality municipality village ciudad municipio localidad cidade ort wohnort stadt ville commune" },
    { BIT(LM_SAYS_REGION), "state province region estado provincia departamento bundesland departement" },
    { BIT(LM_SAYS_REGION), "county condado landkreis" },
    { BIT(LM_SAYS_REGION), "country pais land pays" },
    { BIT(LM_SAYS_ELECTRONIC), "ip mac web url website link" },
    { BIT(LM_SAYS_DOCUMENT), "ssn soc social security" },
    { BIT(LM_SAYS_DOCUMENT), "nhs" },
    { BIT(LM_SAYS_DOCUMENT), "passport pasaporte passeport" },
    { BIT(LM_SAYS_DOCUMENT), "licence license driver drivers dl" },
    { BIT(LM_SAYS_DOCUMENT), "curp" },
    { BIT(LM_SAYS_DOCUMENT), "rfc taxid" },
    { BIT(LM_SAYS_DOCUMENT), "dni nie nif cpf" },
    { BIT(LM_SAYS_DOCUMENT), "iban account" },
    { BIT(LM_SAYS_DOCUMENT), "imei" },
    { BIT(LM_SAYS_DOCUMENT), "imsi" },
    { BIT(LM_SAYS_DOCUMENT), "serial" },
    { BIT(LM_SAYS_DOCUMENT), "vin" },
    { BIT(LM_SAYS_DOCUMENT), "plate" },
    { BIT(LM_SAYS_DOCUMENT), "isbn" },
    { BIT(LM_SAYS_DOCUMENT), "issn" },
    { BIT(LM_SAYS_DOCUMENT), "doi" },
    { BIT(LM_SAYS_DOCUMENT), "sku upc ean" },
    { BIT(LM_SAYS_DOCUMENT), "model modelno" },
    { BIT(LM_SAYS_USER), "handle username user screen login" },
    { BIT(LM_SAYS_LABEL), "venue journal booktitle conference" },
    { BIT(LM_SAYS_LABEL), "publisher" },
    { BIT(LM_SAYS_LABEL), "occupation job profession ocupacion profesion beruf" },
    { BIT(LM_SAYS_LABEL), "employer company organisation organization" },
    { BIT(LM_SAYS_LABEL), "school" },
    { BIT(LM_SAYS_LABEL), "manufacturer maker brand marca marke" },
    { BIT(LM_SAYS_LABEL), "artist" },
    { BIT(LM_SAYS_LABEL), "album" },
    { BIT(LM_SAYS_LABEL), "genre category style" },
    { BIT(LM_SAYS_LABEL), "gender sex sexo genero geschlecht" },
    { BIT(LM_SAYS_LABEL), "language" },
    { BIT(LM_SAYS_TITLE), "title titulo titel titre" },
    { BIT(LM_SAYS_PROSE), "authors author autor autores" },
    { BIT(LM_SAYS_PROSE), "description descripcion descricao beschreibung abstract summary text" },
    { BIT(LM_SAYS_PROSE), "keywords" },
    { BIT(LM_SAYS_QUANTITY), "price precio preco preis prix amount" },
    { BIT(LM_SAYS_QUANTITY), "pages" },
    { BIT(LM_SAYS_QUANTITY), "volume" },
    { BIT(LM_SAYS_QUANTITY), "rating" },
    { BIT(LM_SAYS_QUANTITY), "length duration" },
    { BIT(LM_SAYS_QUANTITY), "weight" },
    { BIT(LM_SAYS_QUANTITY), "quantity" },
    { BIT(LM_SAYS_TYPE), "type tipo typ kind status" },
    { BIT(LM_SAYS_ANSWER), "cluster entity ent truth true gold label" },
    { BIT(LM_SAYS_SOURCE), "source dataset file" },
    { BIT(LM_SAYS_PARTY), "party partei parti" },
    { BIT(LM_SAYS_NEUTRAL), "of the and or de del la el do da du des der die das y und et e a b c l r x res residential residence home haupt work office "
                            "business contact primary main line lbl current previous former desc nace paterno paterna paternal electronico reg "
                            "own value data" },
};
#define GROUPS (sizeof groups / sizeof groups[0])

const char *lm_column_word_group(unsigned i)
{
    return i < GROUPS ? groups[i].words : NULL;
}

/* The group of a word, plus 1; 0: not in the list. */
static uint8_t look_up(struct lm_str word)
{
    for (size_t g = 0; g < GROUPS; g++)
        for (struct lm_str rest = lm_str(groups[g].words); rest.n > 0;) {
            const char *end = memchr(rest.p, ' ', rest.n);
            size_t n = end != NULL ? (size_t)(end - rest.p) : rest.n;
            if (n == word.n && memcmp(rest.p, word.p, n) == 0)
                return (uint8_t)(g + 1);
            rest = lm_str_skip(rest, n + 1);
        }
    return 0;
}

/* A word inside others has three letters, or is one of these at the end or in the middle. "stage" is no street with an age. */
static uint8_t inner(struct lm_str word, bool first)
{
    static const char *const endings[] = { "id", "no", "nr", "dt", "cd", "of", "de" };
    bool may = word.n >= 3 && !lm_str_is(word, "age");
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        may |= !first && lm_str_is(word, endings[i]);
    may |= first && lm_str_is(word, "st");
    return may ? look_up(word) : 0;
}

static void say(struct lm_column_name *r, uint8_t group)
{
    const uint64_t little = BIT(LM_SAYS_NAME) | BIT(LM_SAYS_NUMBER) | BIT(LM_SAYS_CODE) | BIT(LM_SAYS_ID) | BIT(LM_SAYS_NEUTRAL);
    uint64_t says = groups[group - 1].says;
    r->says |= says;
    if (r->sort == 0 && (says & ~little) != 0)
        r->sort = group;
}

/* Several words without anything between them: the fewest that fill it. False: none do. */
static bool run_together(struct lm_column_name *r, struct lm_str word)
{
    uint8_t group[LM_COLUMN_WORD + 1] = { 0 }, from[LM_COLUMN_WORD + 1] = { 0 };
    uint8_t count[LM_COLUMN_WORD + 1] = { 0 }; /* words up to there, plus 1; 0: none */
    if (word.n > LM_COLUMN_WORD)
        return false;
    count[0] = 1;
    for (size_t to = 2; to <= word.n; to++)
        for (size_t i = 0; i + 2 <= to; i++) {
            uint8_t g = count[i] != 0 ? inner((struct lm_str){ word.p + i, to - i }, i == 0) : 0;
            if (g != 0 && (count[to] == 0 || count[i] + 1 < count[to])) {
                count[to] = (uint8_t)(count[i] + 1);
                group[to] = g;
                from[to] = (uint8_t)i;
            }
        }
    for (size_t to = word.n; count[word.n] != 0 && to > 0; to = from[to])
        say(r, group[to]);
    return count[word.n] != 0;
}

struct lm_column_name lm_column_name_read(struct lm_str name)
{
    struct lm_column_name r = { 0 };
    while (name.n > 0) {
        const char *end = memchr(name.p, ' ', name.n);
        struct lm_str word = lm_str_take(name, end != NULL ? (size_t)(end - name.p) : name.n);
        name = lm_str_skip(name, word.n + 1);
        if (word.n == 0)
            continue;
        if (word.p[0] >= '0' && word.p[0] <= '9') {
            r.ordinal = word.n == 1 ? (unsigned)(word.p[0] - '0') : 0;
            continue;
        }
        uint8_t group = look_up(word);
        if (group != 0)
            say(&r, group);
        else if (!run_together(&r, word))
            r.n_unknown++;
    }
    r.says &= ~BIT(LM_SAYS_NEUTRAL);
    return r;
}
