/* Short forms and usual spellings of given names: a small table of our own.
 *
 * Facts, from what reference works list: English forms as U.S. genealogical indexes use them (FamilySearch,
 * "Given name variations"); Spanish hypocoristics as in Wikipedia, "Spanish naming customs" and
 * "Hipocorístico", and the abbreviations "Ma.", "Fco.", "Gpe." of Mexican registers. Tested against
 * carltonnorthern/nicknames (tests/compat/test_identity_forms.c), which has no Spanish. */
#include "model/name.h"

/* Sorted by the short form. */
static const struct pair {
    char form[10], name[12];
} pairs[] = {
    { "abe", "abraham" },      { "al", "albert" },         { "al", "alexander" },
    { "al", "alfred" },        { "ale", "alejandra" },     { "ale", "alejandro" },
    { "alex", "alejandro" },   { "alex", "alexander" },    { "alfred", "alfredo" },
    { "andy", "andres" },      { "andy", "andrew" },       { "antony", "antonio" },
    { "art", "arthur" },       { "art", "arturo" },        { "artie", "arthur" },
    { "barb", "barbara" },     { "becky", "rebecca" },     { "ben", "benjamin" },
    { "benji", "benjamin" },   { "benny", "benjamin" },    { "bernie", "bernard" },
    { "bert", "albert" },      { "bert", "herbert" },      { "bert", "robert" },
    { "beth", "elizabeth" },   { "beto", "gilberto" },     { "beto", "humberto" },
    { "beto", "roberto" },     { "betty", "beatriz" },     { "betty", "elizabeth" },
    { "bety", "beatriz" },     { "bill", "william" },      { "billy", "william" },
    { "bob", "robert" },       { "bobby", "robert" },      { "brad", "bradley" },
    { "carlitos", "carlos" },  { "carmela", "carmen" },    { "cathy", "catherine" },
    { "chabela", "isabel" },   { "chago", "santiago" },    { "chalo", "gonzalo" },
    { "charlie", "carlos" },   { "charlie", "charles" },   { "charly", "carlos" },
    { "chas", "charles" },     { "chava", "salvador" },    { "chayo", "rosario" },
    { "che", "jose" },         { "checo", "sergio" },      { "chela", "graciela" },
    { "chelo", "consuelo" },   { "chente", "vicente" },    { "chris", "christian" },
    { "chris", "christina" },  { "chris", "christopher" }, { "chrissy", "christina" },
    { "chucho", "jesus" },     { "chuck", "charles" },     { "chuy", "jesus" },
    { "cindy", "cynthia" },    { "cisco", "francisco" },   { "coco", "socorro" },
    { "coque", "jorge" },      { "cris", "cristobal" },    { "cuca", "refugio" },
    { "cuco", "refugio" },     { "dan", "daniel" },        { "dani", "daniel" },
    { "danny", "daniel" },     { "dave", "david" },        { "davey", "david" },
    { "deb", "deborah" },      { "debbie", "deborah" },    { "dick", "richard" },
    { "don", "donald" },       { "donnie", "donald" },     { "doug", "douglas" },
    { "drew", "andrew" },      { "ed", "edward" },         { "eddie", "eduardo" },
    { "eddie", "edward" },     { "edu", "eduardo" },       { "eliza", "elizabeth" },
    { "emi", "emiliano" },     { "fco", "francisco" },     { "fello", "alfredo" },
    { "fer", "fernando" },     { "fina", "josefina" },     { "fito", "rodolfo" },
    { "fonso", "alfonso" },    { "francis", "frank" },     { "frank", "francisco" },
    { "frank", "franklin" },   { "frankie", "frank" },     { "fred", "alfred" },
    { "fred", "frederick" },   { "freddy", "frederick" },  { "fredo", "alfredo" },
    { "gabe", "gabriel" },     { "gaby", "gabriel" },      { "gaby", "gabriela" },
    { "gene", "eugene" },      { "geno", "eugenio" },      { "george", "jorge" },
    { "gera", "gerardo" },     { "gerry", "gerald" },      { "gil", "gilberto" },
    { "gpe", "guadalupe" },    { "greg", "gregory" },      { "guille", "guillermo" },
    { "gus", "gustavo" },      { "hal", "harold" },        { "hank", "henry" },
    { "harry", "harold" },     { "harry", "henry" },       { "henry", "enrique" },
    { "herb", "herbert" },     { "isa", "isabel" },        { "jacho", "joaquin" },
    { "jack", "john" },        { "jackie", "jacqueline" }, { "jake", "jacob" },
    { "jamie", "james" },      { "jandro", "alejandro" },  { "javi", "javier" },
    { "jeff", "jeffrey" },     { "jen", "jennifer" },      { "jenny", "jennifer" },
    { "jerry", "gerald" },     { "jerry", "gerardo" },     { "jim", "james" },
    { "jimmy", "james" },      { "jn", "juan" },           { "joe", "jose" },
    { "joe", "joseph" },       { "joey", "joseph" },       { "john", "juan" },
    { "johnny", "john" },      { "jon", "john" },          { "jon", "jonathan" },
    { "josh", "joshua" },      { "jse", "jose" },          { "juancho", "juan" },
    { "juanita", "juana" },    { "kate", "catherine" },    { "kathy", "catherine" },
    { "katie", "catherine" },  { "ken", "kenneth" },       { "kenny", "kenneth" },
    { "kike", "enrique" },     { "kiko", "francisco" },    { "kim", "kimberly" },
    { "kit", "christopher" },  { "lalo", "eduardo" },      { "lalo", "gerardo" },
    { "larry", "lawrence" },   { "len", "leonard" },       { "lencho", "lorenzo" },
    { "lenny", "leonard" },    { "leo", "leonard" },       { "leo", "leonardo" },
    { "liam", "william" },     { "licha", "alicia" },      { "liz", "elizabeth" },
    { "lizzie", "elizabeth" }, { "lola", "dolores" },      { "lou", "louis" },
    { "louie", "louis" },      { "louis", "luis" },        { "lucho", "luis" },
    { "lupe", "guadalupe" },   { "lupita", "guadalupe" },  { "ma", "maria" },
    { "maggie", "margaret" },  { "mago", "margarita" },    { "manny", "manuel" },
    { "manolo", "manuel" },    { "marge", "margaret" },    { "margo", "margarita" },
    { "mari", "maria" },       { "marie", "maria" },       { "mary", "maria" },
    { "matt", "matthew" },     { "meche", "mercedes" },    { "meg", "margaret" },
    { "mel", "manuel" },       { "meme", "manuel" },       { "memo", "guillermo" },
    { "mick", "michael" },     { "mickey", "michael" },    { "migue", "miguel" },
    { "mike", "michael" },     { "mike", "miguel" },       { "mon", "ramon" },
    { "moncho", "ramon" },     { "nacho", "ignacio" },     { "nan", "hernan" },
    { "nando", "fernando" },   { "nano", "mariano" },      { "nardo", "leonardo" },
    { "nat", "nathaniel" },    { "nate", "nathaniel" },    { "nathan", "jonathan" },
    { "nathan", "nathaniel" }, { "ned", "edward" },        { "nena", "elena" },
    { "neto", "ernesto" },     { "nick", "nicholas" },     { "nick", "nicolas" },
    { "nicky", "nicholas" },   { "nico", "nicolas" },      { "osc", "oscar" },
    { "pablito", "pablo" },    { "paca", "francisca" },    { "paco", "francisco" },
    { "paddy", "patrick" },    { "pancha", "francisca" },  { "pancho", "francisco" },
    { "pat", "patricia" },     { "pat", "patrick" },       { "patty", "patricia" },
    { "paty", "patricia" },    { "paul", "pablo" },        { "peggy", "margaret" },
    { "pepa", "josefina" },    { "pepe", "jose" },         { "perico", "pedro" },
    { "pete", "pedro" },       { "pete", "peter" },        { "peter", "pedro" },
    { "phil", "felipe" },      { "phil", "philip" },       { "pipe", "felipe" },
    { "poncho", "alfonso" },   { "quin", "joaquin" },      { "quique", "enrique" },
    { "rafa", "rafael" },      { "rafita", "rafael" },     { "ralph", "rafael" },
    { "ray", "raymond" },      { "ric", "ricardo" },       { "rica", "ricardo" },
    { "rich", "richard" },     { "richie", "ricardo" },    { "rick", "richard" },
    { "ricky", "richard" },    { "rigo", "rodrigo" },      { "rique", "enrique" },
    { "rita", "margarita" },   { "rob", "robert" },        { "robbie", "robert" },
    { "robert", "roberto" },   { "rodri", "rodrigo" },     { "roger", "rogelio" },
    { "ron", "ronald" },       { "roni", "veronica" },     { "ronnie", "ronald" },
    { "rudy", "rodolfo" },     { "rul", "raul" },          { "sal", "salvador" },
    { "sam", "samuel" },       { "sammy", "samuel" },      { "sandra", "alejandra" },
    { "santi", "santiago" },   { "sasha", "alexander" },   { "steph", "stephanie" },
    { "steve", "stephen" },    { "steven", "stephen" },    { "sue", "susan" },
    { "susie", "susan" },      { "suso", "jesus" },        { "tavo", "gustavo" },
    { "tavo", "octavio" },     { "ted", "edward" },        { "ted", "theodore" },
    { "teddy", "theodore" },   { "tere", "teresa" },       { "terry", "theresa" },
    { "tess", "theresa" },     { "theo", "theodore" },     { "tim", "timothy" },
    { "tin", "martin" },       { "tina", "christina" },    { "tito", "hector" },
    { "tito", "roberto" },     { "tobal", "cristobal" },   { "tom", "thomas" },
    { "tom", "tomas" },        { "tommy", "thomas" },      { "tono", "antonio" },
    { "tony", "anthony" },     { "tony", "antonio" },      { "topher", "christopher" },
    { "trish", "patricia" },   { "turo", "arturo" },       { "vero", "veronica" },
    { "vic", "victor" },       { "vicky", "victoria" },    { "vince", "vicente" },
    { "vince", "vincent" },    { "vinny", "vincent" },     { "wicho", "luis" },
    { "will", "william" },     { "willie", "william" },    { "xander", "alexander" },
    { "yulio", "julio" },
};
#define PAIRS (sizeof pairs / sizeof pairs[0])

/* The first pair whose short form is s; PAIRS when there is none. */
static size_t first_of(struct lm_str s)
{
    size_t low = 0, high = PAIRS;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lm_str_cmp(lm_str(pairs[middle].form), s) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < PAIRS && lm_str_eq(lm_str(pairs[low].form), s) ? low : PAIRS;
}

static bool more(size_t i, struct lm_str form)
{
    return i < PAIRS && lm_str_eq(lm_str(pairs[i].form), form);
}

size_t lm_given_names(struct lm_str form, struct lm_str ret[LM_GIVEN_NAMES])
{
    size_t n = 0;
    if (form.n > 0)
        ret[n++] = form;
    for (size_t i = first_of(form); more(i, form) && n < LM_GIVEN_NAMES; i++)
        ret[n++] = lm_str(pairs[i].name);
    return n;
}

bool lm_given_related(struct lm_str a, struct lm_str b)
{
    struct lm_str of_a[LM_GIVEN_NAMES], of_b[LM_GIVEN_NAMES];
    size_t n = lm_given_names(a, of_a), m = lm_given_names(b, of_b);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (lm_str_eq(of_a[i], of_b[k]))
                return true;
    return false;
}

size_t lm_given_pairs(size_t i, struct lm_str *ret_form, struct lm_str *ret_name)
{
    if (i < PAIRS) {
        *ret_form = lm_str(pairs[i].form);
        *ret_name = lm_str(pairs[i].name);
    }
    return PAIRS;
}
