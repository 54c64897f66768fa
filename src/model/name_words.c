#include "model/name_words.h"

static const struct word {
    char text[15];
    uint16_t bits;
} words[] = {
    { "2nd", LM_WORD_SUFFIX }, { "3rd", LM_WORD_SUFFIX }, { "4th", LM_WORD_SUFFIX }, { "abd", LM_WORD_ABD },
    { "abdal", LM_WORD_ABD }, { "abdel", LM_WORD_ABD }, { "abdu", LM_WORD_ABD }, { "abdul", LM_WORD_ABD },
    { "abdur", LM_WORD_ABD }, { "abu", LM_WORD_PARTICLE }, { "acosta", LM_WORD_SPANISH },
    { "aguilar", LM_WORD_SPANISH }, { "ahn", LM_WORD_ASIAN }, { "al", LM_WORD_PARTICLE },
    { "alfaro", LM_WORD_SPANISH }, { "alvarado", LM_WORD_SPANISH }, { "ana", LM_WORD_MARIAN },
    { "anonymous", LM_WORD_PLACEHOLDER }, { "arellano", LM_WORD_SPANISH }, { "arias", LM_WORD_SPANISH },
    { "avalos", LM_WORD_SPANISH }, { "avila", LM_WORD_SPANISH }, { "ayala", LM_WORD_SPANISH },
    { "ballesteros", LM_WORD_SPANISH }, { "barajas", LM_WORD_SPANISH }, { "barrera", LM_WORD_SPANISH },
    { "becerra", LM_WORD_SPANISH }, { "beltran", LM_WORD_SPANISH }, { "bernal", LM_WORD_SPANISH },
    { "bin", LM_WORD_PARTICLE }, { "bint", LM_WORD_PARTICLE }, { "bonilla", LM_WORD_SPANISH },
    { "bravo", LM_WORD_SPANISH }, { "bui", LM_WORD_ASIAN }, { "burgos", LM_WORD_SPANISH },
    { "cabrera", LM_WORD_SPANISH }, { "cai", LM_WORD_ASIAN }, { "camacho", LM_WORD_SPANISH },
    { "campos", LM_WORD_SPANISH }, { "cano", LM_WORD_SPANISH }, { "cantu", LM_WORD_SPANISH },
    { "capt", LM_WORD_TITLE }, { "cardenas", LM_WORD_SPANISH }, { "carrillo", LM_WORD_SPANISH },
    { "casas", LM_WORD_SPANISH }, { "castaneda", LM_WORD_SPANISH }, { "castillo", LM_WORD_SPANISH },
    { "castro", LM_WORD_SPANISH }, { "cerda", LM_WORD_SPANISH }, { "cervantes", LM_WORD_SPANISH },
    { "chacon", LM_WORD_SPANISH }, { "chan", LM_WORD_ASIAN }, { "chang", LM_WORD_ASIAN },
    { "chavez", LM_WORD_SPANISH }, { "chen", LM_WORD_ASIAN }, { "cheng", LM_WORD_ASIAN },
    { "cheung", LM_WORD_ASIAN }, { "cho", LM_WORD_ASIAN }, { "choi", LM_WORD_ASIAN },
    { "chung", LM_WORD_ASIAN }, { "cisneros", LM_WORD_SPANISH }, { "colon", LM_WORD_SPANISH },
    { "company", LM_WORD_ORGANISATION }, { "contreras", LM_WORD_SPANISH }, { "cordova", LM_WORD_SPANISH },
    { "corona", LM_WORD_SPANISH }, { "corp", LM_WORD_ORGANISATION },
    { "corporation", LM_WORD_ORGANISATION }, { "cortes", LM_WORD_SPANISH }, { "costa", LM_WORD_SPANISH },
    { "cpa", LM_WORD_DEGREE }, { "cruz", LM_WORD_SPANISH }, { "cuellar", LM_WORD_SPANISH },
    { "cuevas", LM_WORD_SPANISH }, { "da", LM_WORD_PARTICLE | LM_WORD_PORTUGUESE },
    { "dang", LM_WORD_ASIAN }, { "das", LM_WORD_PARTICLE | LM_WORD_PORTUGUESE },
    { "davila", LM_WORD_SPANISH }, { "dds", LM_WORD_DEGREE }, { "de", LM_WORD_PARTICLE },
    { "del", LM_WORD_PARTICLE }, { "dela", LM_WORD_PARTICLE }, { "delas", LM_WORD_PARTICLE },
    { "delgado", LM_WORD_SPANISH }, { "della", LM_WORD_PARTICLE }, { "delos", LM_WORD_PARTICLE },
    { "den", LM_WORD_PARTICLE }, { "deng", LM_WORD_ASIAN }, { "der", LM_WORD_PARTICLE },
    { "desconocida", LM_WORD_PLACEHOLDER }, { "desconocido", LM_WORD_PLACEHOLDER },
    { "det", LM_WORD_TITLE }, { "di", LM_WORD_PARTICLE }, { "diaz", LM_WORD_SPANISH },
    { "dinh", LM_WORD_ASIAN }, { "do", LM_WORD_ASIAN | LM_WORD_PARTICLE | LM_WORD_PORTUGUESE },
    { "dos", LM_WORD_PARTICLE | LM_WORD_PORTUGUESE }, { "dr", LM_WORD_TITLE }, { "dra", LM_WORD_TITLE },
    { "du", LM_WORD_PARTICLE }, { "duarte", LM_WORD_SPANISH }, { "duong", LM_WORD_ASIAN },
    { "duran", LM_WORD_SPANISH }, { "dvm", LM_WORD_DEGREE }, { "el", LM_WORD_PARTICLE },
    { "elizondo", LM_WORD_SPANISH }, { "escobar", LM_WORD_SPANISH }, { "escobedo", LM_WORD_SPANISH },
    { "esparza", LM_WORD_SPANISH }, { "espinosa", LM_WORD_SPANISH }, { "espinoza", LM_WORD_SPANISH },
    { "esq", LM_WORD_DEGREE }, { "estrada", LM_WORD_SPANISH }, { "fierro", LM_WORD_SPANISH },
    { "figueroa", LM_WORD_SPANISH }, { "flores", LM_WORD_SPANISH }, { "fnu", LM_WORD_PLACEHOLDER },
    { "franco", LM_WORD_SPANISH }, { "fuentes", LM_WORD_SPANISH }, { "galindo", LM_WORD_SPANISH },
    { "gallardo", LM_WORD_SPANISH }, { "gallegos", LM_WORD_SPANISH }, { "galvan", LM_WORD_SPANISH },
    { "gamboa", LM_WORD_SPANISH }, { "garcia", LM_WORD_SPANISH }, { "garrido", LM_WORD_SPANISH },
    { "garza", LM_WORD_SPANISH }, { "gonzales", LM_WORD_SPANISH }, { "guerrero", LM_WORD_SPANISH },
    { "guevara", LM_WORD_SPANISH }, { "guo", LM_WORD_ASIAN }, { "gutierrez", LM_WORD_SPANISH },
    { "guzman", LM_WORD_SPANISH }, { "herrera", LM_WORD_SPANISH }, { "hijo", LM_WORD_SUFFIX },
    { "hinojosa", LM_WORD_SPANISH }, { "ho", LM_WORD_ASIAN }, { "hon", LM_WORD_TITLE },
    { "hsieh", LM_WORD_ASIAN }, { "hsu", LM_WORD_ASIAN }, { "huang", LM_WORD_ASIAN },
    { "huerta", LM_WORD_SPANISH }, { "hurtado", LM_WORD_SPANISH }, { "huynh", LM_WORD_ASIAN },
    { "hwang", LM_WORD_ASIAN }, { "ibarra", LM_WORD_SPANISH }, { "ibn", LM_WORD_PARTICLE },
    { "ii", LM_WORD_SUFFIX }, { "iii", LM_WORD_SUFFIX }, { "inc", LM_WORD_ORGANISATION },
    { "ing", LM_WORD_TITLE }, { "iv", LM_WORD_SUFFIX }, { "jang", LM_WORD_ASIAN },
    { "jaramillo", LM_WORD_SPANISH }, { "jiang", LM_WORD_ASIAN }, { "jose", LM_WORD_MARIAN },
    { "jr", LM_WORD_SUFFIX }, { "juan", LM_WORD_MARIAN }, { "kang", LM_WORD_ASIAN },
    { "kwok", LM_WORD_ASIAN }, { "kwon", LM_WORD_ASIAN }, { "la", LM_WORD_PARTICLE },
    { "landa", LM_WORD_SPANISH }, { "lara", LM_WORD_SPANISH }, { "las", LM_WORD_PARTICLE },
    { "lau", LM_WORD_ASIAN }, { "le", LM_WORD_ASIAN }, { "leal", LM_WORD_SPANISH },
    { "ledesma", LM_WORD_SPANISH }, { "leung", LM_WORD_ASIAN }, { "li", LM_WORD_ASIAN },
    { "liang", LM_WORD_ASIAN }, { "lic", LM_WORD_TITLE }, { "lim", LM_WORD_ASIAN },
    { "limon", LM_WORD_SPANISH }, { "liu", LM_WORD_ASIAN }, { "llamas", LM_WORD_SPANISH },
    { "llc", LM_WORD_ORGANISATION }, { "llp", LM_WORD_ORGANISATION }, { "lnu", LM_WORD_PLACEHOLDER },
    { "loera", LM_WORD_SPANISH }, { "lopez", LM_WORD_SPANISH }, { "los", LM_WORD_PARTICLE },
    { "lozano", LM_WORD_SPANISH }, { "lp", LM_WORD_ORGANISATION }, { "lt", LM_WORD_TITLE },
    { "ltd", LM_WORD_ORGANISATION }, { "lugo", LM_WORD_SPANISH }, { "lujan", LM_WORD_SPANISH },
    { "luna", LM_WORD_SPANISH }, { "luo", LM_WORD_ASIAN }, { "luong", LM_WORD_ASIAN },
    { "ly", LM_WORD_ASIAN }, { "ma", LM_WORD_MARIAN }, { "macias", LM_WORD_SPANISH },
    { "madrigal", LM_WORD_SPANISH }, { "magana", LM_WORD_SPANISH }, { "maldonado", LM_WORD_SPANISH },
    { "maria", LM_WORD_MARIAN }, { "mata", LM_WORD_SPANISH }, { "md", LM_WORD_DEGREE },
    { "medina", LM_WORD_SPANISH }, { "medrano", LM_WORD_SPANISH }, { "mejia", LM_WORD_SPANISH },
    { "melgar", LM_WORD_SPANISH }, { "mendoza", LM_WORD_SPANISH }, { "mercado", LM_WORD_SPANISH },
    { "meza", LM_WORD_SPANISH }, { "miranda", LM_WORD_SPANISH }, { "miss", LM_WORD_TITLE },
    { "molina", LM_WORD_SPANISH }, { "montalvo", LM_WORD_SPANISH }, { "montano", LM_WORD_SPANISH },
    { "montes", LM_WORD_SPANISH }, { "montoya", LM_WORD_SPANISH }, { "mora", LM_WORD_SPANISH },
    { "morales", LM_WORD_SPANISH }, { "moreno", LM_WORD_SPANISH }, { "mosqueda", LM_WORD_SPANISH },
    { "mr", LM_WORD_TITLE }, { "mrs", LM_WORD_TITLE }, { "ms", LM_WORD_TITLE },
    { "munoz", LM_WORD_SPANISH }, { "murillo", LM_WORD_SPANISH }, { "najera", LM_WORD_SPANISH },
    { "nava", LM_WORD_SPANISH }, { "navarro", LM_WORD_SPANISH }, { "negrete", LM_WORD_SPANISH },
    { "nfn", LM_WORD_PLACEHOLDER }, { "ng", LM_WORD_ASIAN }, { "ngo", LM_WORD_ASIAN },
    { "nguyen", LM_WORD_ASIAN }, { "nieto", LM_WORD_SPANISH }, { "nln", LM_WORD_PLACEHOLDER },
    { "noname", LM_WORD_PLACEHOLDER }, { "noriega", LM_WORD_SPANISH }, { "ocampo", LM_WORD_SPANISH },
    { "ochoa", LM_WORD_SPANISH }, { "olivares", LM_WORD_SPANISH }, { "ontiveros", LM_WORD_SPANISH },
    { "ornelas", LM_WORD_SPANISH }, { "oropeza", LM_WORD_SPANISH }, { "orozco", LM_WORD_SPANISH },
    { "ortiz", LM_WORD_SPANISH }, { "osorio", LM_WORD_SPANISH }, { "otero", LM_WORD_SPANISH },
    { "pacheco", LM_WORD_SPANISH }, { "padilla", LM_WORD_SPANISH }, { "palacios", LM_WORD_SPANISH },
    { "parra", LM_WORD_SPANISH }, { "pena", LM_WORD_SPANISH }, { "peng", LM_WORD_ASIAN },
    { "peralta", LM_WORD_SPANISH }, { "pham", LM_WORD_ASIAN }, { "phan", LM_WORD_ASIAN },
    { "phd", LM_WORD_DEGREE }, { "pineda", LM_WORD_SPANISH }, { "pizarro", LM_WORD_SPANISH },
    { "plascencia", LM_WORD_SPANISH }, { "ponce", LM_WORD_SPANISH }, { "portillo", LM_WORD_SPANISH },
    { "prado", LM_WORD_SPANISH }, { "prieto", LM_WORD_SPANISH }, { "prof", LM_WORD_TITLE },
    { "puente", LM_WORD_SPANISH }, { "quezada", LM_WORD_SPANISH }, { "quintana", LM_WORD_SPANISH },
    { "quintero", LM_WORD_SPANISH }, { "quiroz", LM_WORD_SPANISH }, { "ramos", LM_WORD_SPANISH },
    { "rangel", LM_WORD_SPANISH }, { "razo", LM_WORD_SPANISH }, { "renteria", LM_WORD_SPANISH },
    { "rev", LM_WORD_TITLE }, { "reyes", LM_WORD_SPANISH }, { "reyna", LM_WORD_SPANISH },
    { "rincon", LM_WORD_SPANISH }, { "rios", LM_WORD_SPANISH }, { "rivas", LM_WORD_SPANISH },
    { "rivera", LM_WORD_SPANISH }, { "rn", LM_WORD_DEGREE }, { "robles", LM_WORD_SPANISH },
    { "rocha", LM_WORD_SPANISH }, { "rojas", LM_WORD_SPANISH }, { "roldan", LM_WORD_SPANISH },
    { "roman", LM_WORD_SPANISH }, { "romero", LM_WORD_SPANISH }, { "rosado", LM_WORD_SPANISH },
    { "rosales", LM_WORD_SPANISH }, { "rosas", LM_WORD_SPANISH }, { "rubio", LM_WORD_SPANISH },
    { "ruelas", LM_WORD_SPANISH }, { "ruiz", LM_WORD_SPANISH }, { "saenz", LM_WORD_SPANISH },
    { "saint", LM_WORD_PARTICLE }, { "salas", LM_WORD_SPANISH }, { "salazar", LM_WORD_SPANISH },
    { "saldana", LM_WORD_SPANISH }, { "saldivar", LM_WORD_SPANISH }, { "salgado", LM_WORD_SPANISH },
    { "salinas", LM_WORD_SPANISH }, { "samaniego", LM_WORD_SPANISH }, { "san", LM_WORD_PARTICLE },
    { "sandoval", LM_WORD_SPANISH }, { "santa", LM_WORD_PARTICLE }, { "santo", LM_WORD_PARTICLE },
    { "santos", LM_WORD_SPANISH }, { "sepulveda", LM_WORD_SPANISH }, { "serrano", LM_WORD_SPANISH },
    { "sgt", LM_WORD_TITLE }, { "sierra", LM_WORD_SPANISH }, { "silva", LM_WORD_SPANISH },
    { "solis", LM_WORD_SPANISH }, { "sosa", LM_WORD_SPANISH }, { "sotelo", LM_WORD_SPANISH },
    { "soto", LM_WORD_SPANISH }, { "sr", LM_WORD_SUFFIX | LM_WORD_TITLE }, { "sra", LM_WORD_TITLE },
    { "srta", LM_WORD_TITLE }, { "st", LM_WORD_PARTICLE }, { "tang", LM_WORD_ASIAN },
    { "tapia", LM_WORD_SPANISH }, { "tejeda", LM_WORD_SPANISH }, { "ten", LM_WORD_PARTICLE },
    { "ter", LM_WORD_PARTICLE }, { "terrazas", LM_WORD_SPANISH }, { "tian", LM_WORD_ASIAN },
    { "toledo", LM_WORD_SPANISH }, { "torres", LM_WORD_SPANISH }, { "tovar", LM_WORD_SPANISH },
    { "tran", LM_WORD_ASIAN }, { "trevino", LM_WORD_SPANISH }, { "trinh", LM_WORD_ASIAN },
    { "trujillo", LM_WORD_SPANISH }, { "truong", LM_WORD_ASIAN }, { "tsai", LM_WORD_ASIAN },
    { "tsang", LM_WORD_ASIAN }, { "ul", LM_WORD_PARTICLE }, { "ulloa", LM_WORD_SPANISH },
    { "umm", LM_WORD_PARTICLE }, { "unidentified", LM_WORD_PLACEHOLDER }, { "unk", LM_WORD_PLACEHOLDER },
    { "unknown", LM_WORD_PLACEHOLDER }, { "urbina", LM_WORD_SPANISH }, { "uribe", LM_WORD_SPANISH },
    { "v", LM_WORD_SUFFIX }, { "valdivia", LM_WORD_SPANISH }, { "valencia", LM_WORD_SPANISH },
    { "valenzuela", LM_WORD_SPANISH }, { "valle", LM_WORD_SPANISH }, { "vallejo", LM_WORD_SPANISH },
    { "van", LM_WORD_PARTICLE }, { "varela", LM_WORD_SPANISH }, { "vargas", LM_WORD_SPANISH },
    { "vega", LM_WORD_SPANISH }, { "vela", LM_WORD_SPANISH }, { "velasco", LM_WORD_SPANISH },
    { "venegas", LM_WORD_SPANISH }, { "vergara", LM_WORD_SPANISH }, { "vigil", LM_WORD_SPANISH },
    { "villa", LM_WORD_SPANISH }, { "villalobos", LM_WORD_SPANISH }, { "villanueva", LM_WORD_SPANISH },
    { "villarreal", LM_WORD_SPANISH }, { "vo", LM_WORD_ASIAN }, { "von", LM_WORD_PARTICLE },
    { "vu", LM_WORD_ASIAN }, { "wang", LM_WORD_ASIAN }, { "wong", LM_WORD_ASIAN }, { "wu", LM_WORD_ASIAN },
    { "xiao", LM_WORD_ASIAN }, { "xie", LM_WORD_ASIAN }, { "xu", LM_WORD_ASIAN }, { "yang", LM_WORD_ASIAN },
    { "yoon", LM_WORD_ASIAN }, { "yuan", LM_WORD_ASIAN }, { "zamora", LM_WORD_SPANISH },
    { "zapata", LM_WORD_SPANISH }, { "zaragoza", LM_WORD_SPANISH }, { "zavala", LM_WORD_SPANISH },
    { "zepeda", LM_WORD_SPANISH }, { "zhang", LM_WORD_ASIAN }, { "zhao", LM_WORD_ASIAN },
    { "zheng", LM_WORD_ASIAN }, { "zhou", LM_WORD_ASIAN }, { "zhu", LM_WORD_ASIAN },
    { "zu", LM_WORD_PARTICLE }, { "zum", LM_WORD_PARTICLE }, { "zuniga", LM_WORD_SPANISH },
    { "zur", LM_WORD_PARTICLE },
};
#define WORDS (sizeof words / sizeof words[0])

/* The first eight bytes as a number that sorts as they do; p has at least eight, zeros after the word. */
static uint64_t head(const char *p)
{
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

unsigned lm_name_word(struct lm_str word)
{
    size_t low = 0, high = WORDS;
    if (word.n == 0 || word.n >= sizeof words[0].text)
        return 0;
    char first[8] = "";
    memcpy(first, word.p, word.n < 8 ? word.n : 8);
    uint64_t h = head(first);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *text = words[middle].text;
        uint64_t t = head(text);
        int order = t < h ? -1 : t > h ? 1 : 0;
        if (order == 0 && word.n > 8)
            order = strncmp(text, word.p, word.n);
        if (order == 0 && text[word.n] != '\0')
            order = 1;
        if (order == 0)
            return words[middle].bits;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return word.n >= 5 && lm_str_ends(word, LM_STR("ez")) ? LM_WORD_SPANISH : 0;
}

size_t lm_name_words(size_t i, struct lm_str *ret, unsigned *ret_bits)
{
    if (i < WORDS) {
        *ret = lm_str(words[i].text);
        *ret_bits = words[i].bits;
    }
    return WORDS;
}
