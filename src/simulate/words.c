#include "simulate/words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"

const struct sim_city sim_cities[SIM_CITIES] = {
    { "Denver", "CO", "Rocky Mountain", "America/Denver", "Front Range Task Force (made up)" },
    { "El Paso", "TX", "El Paso", "America/Denver", "Border County Sheriff (made up)" },
    { "St. Louis", "MO", "St. Louis", "America/Chicago", "River County Police (made up)" },
    { "Omaha", "NE", "Omaha", "America/Chicago", "Plains County Sheriff (made up)" },
    { "Miami", "FL", "Miami", "America/New_York", "Bay County Police (made up)" },
    { "New Orleans", "LA", "New Orleans", "America/Chicago", "Delta Parish Sheriff (made up)" },
    { "Phoenix", "AZ", "Phoenix", "America/Phoenix", "Desert County Sheriff (made up)" },
    { "Los Angeles", "CA", "Los Angeles", "America/Los_Angeles", "Harbor City Police (made up)" },
    { "Seattle", "WA", "Seattle", "America/Los_Angeles", "Sound County Sheriff (made up)" },
    { "Chicago", "IL", "Chicago", "America/Chicago", "Lake County Task Force (made up)" },
    { "Atlanta", "GA", "Atlanta", "America/New_York", "Pine County Police (made up)" },
    { "Houston", "TX", "Houston", "America/Chicago", "Bayou County Sheriff (made up)" },
    { "Detroit", "MI", "Detroit", "America/New_York", "Strait County Sheriff (made up)" },
    { "Boston", "MA", "New England", "America/New_York", "Cape County Police (made up)" },
};

#define N(list) (sizeof(list) / sizeof(list)[0])

static const char *const given_spanish[] = {
    "Ana", "Luis", "Marta", "Oscar", "Tomás", "Iván", "Carla", "Raúl", "Sofía", "José", "María", "Jesús", "Guadalupe", "Héctor",
    "Lucía", "Andrés", "Ximena", "Ramón", "Pilar", "Efraín", "Noé", "Beatriz", "Íñigo", "Rocío", "Ulises", "Yolanda", "Agustín",
    "Fernanda", "Gerardo", "Maribel", "Saúl", "Graciela",
};
static const char *const given_english[] = {
    "Dwayne", "Kelly", "Becky", "Jerome", "Nadia", "Trent", "Amber", "Corey", "Latoya", "Shane", "Megan", "Tyrell", "Brandi",
    "Curtis", "Darla", "Ethan", "Faith", "Gavin", "Hailey", "Isaiah", "Jolene", "Kendra", "Logan", "Misty", "Nolan", "Paige",
    "Quentin", "Rhonda", "Skyler", "Tasha", "Vernon", "Whitney",
};
static const char *const surname_spanish[] = {
    "Arce", "Molina", "Cantú", "Esparza", "Luna", "Garrido", "Paz", "Ibarra", "Cruz", "Lucero", "Vega", "Nájera", "Soto",
    "Preciado", "Quiroga", "Robledo", "Sandoval", "Tello", "Urrutia", "Valdivia", "Yáñez", "Zamudio", "Barraza", "Cepeda",
    "Dorantes", "Echeverría", "Figueroa", "Galindo", "Hinojosa", "Jurado", "Leyva", "Munguía", "Ochoa", "Peralta", "Rentería",
    "Salgado", "Tirado", "Uribe", "Villaseñor", "Zúñiga",
};
static const char *const surname_english[] = {
    "Bell", "Dobbs", "Finch", "Hollis", "Jessup", "Kessler", "Munn", "Oakes", "Pruitt", "Quill", "Ransom", "Sizemore", "Tharp",
    "Underhill", "Vance", "Wicker", "Yoder", "Abbott", "Burch", "Cobb", "Dyer", "Easley", "Fulton", "Goss", "Hatcher", "Ingram",
    "Joyner", "Kirk", "Lovell", "Mabry", "Norwood", "Odom", "Pickett", "Rollins", "Stamps", "Tuttle", "Upshaw", "Vickers",
    "Whitlock", "Yancey",
};
static const char *const monikers[] = {
    "Flaco", "Güero", "Chato", "Tío", "La Prima", "Pelón", "Gordo", "El Primo", "Cuate", "Shorty", "Slim", "Red", "Big D", "Smoke",
    "Lil T", "Ace", "Ghost", "Boogie", "Tank", "Doc", "Peaches", "Tres", "Chino", "Compa", "Nene", "Wolf", "Squeak", "Pops",
};

void sim_make_name(uint64_t bits, struct sim_name *ret)
{
    struct lm_rng r = { bits };
    bool spanish = lm_rng_below(&r, 100) < 55, two = lm_rng_below(&r, 100) < 70;
    const char *a = surname_spanish[lm_rng_below(&r, N(surname_spanish))], *b = surname_spanish[lm_rng_below(&r, N(surname_spanish))];
    if (spanish)
        (void)snprintf(ret->family, sizeof ret->family, two ? "%s %s" : "%s", a, b);
    else
        (void)snprintf(ret->family, sizeof ret->family, "%s", surname_english[lm_rng_below(&r, N(surname_english))]);
    const char *first = spanish ? given_spanish[lm_rng_below(&r, N(given_spanish))] : given_english[lm_rng_below(&r, N(given_english))];
    (void)snprintf(ret->given, sizeof ret->given, "%s", first);
    (void)snprintf(ret->moniker, sizeof ret->moniker, "%s", monikers[lm_rng_below(&r, N(monikers))]);
    (void)snprintf(ret->full, sizeof ret->full, "%s %s", ret->given, ret->family);
}

/* --- what they write: ordinary sense and slang side by side, both languages --- */

static const char *const openings[] = {
    "you around later?", "same as last time", "the usual place 20 min", "call me when you land", "paid you on the app",
    "running late traffic is bad", "ok 👍", "dónde nos vemos?", "mañana te llevo lo tuyo", "no traigas a nadie", "ya voy en camino",
    "cuánto por un zip?", "ya está el hielo pasa por él", "he says they are pressed different now", "happy birthday to your mom",
    "did you watch the game last night", "my car is in the shop until friday", "te marco al rato", "qué onda compa todo bien?",
    "pick up the kids at 3 please", "can you bring cash this time", "hay retén por la salida toma la otra calle",
    "send me the address again", "that last batch was weak", "mi primo llega el martes con lo de siempre", "new number save this one",
    "I will be there in ten", "don't text this phone anymore", "se me acabó el saldo", "la señora pregunta por ti",
};
/* What stands before and behind a number. */
static const char *const amounts[][2] = {
    { "need ", " of the blues" }, { "got ", " left can do better on price" }, { "", " by tomorrow if you front me half" },
    { "quiero ", " de las azules" }, { "te dejo ", " con mi hermano" }, { "owe you ", " from last week" },
    { "te mandé ", " hoy" }, { "ask for ", " not more" },
};
static const char *const endings[] = { "", "", "", " you know where", " don't be late", " avísame", " gracias", " 🙏", " lol", " ok?" };

size_t sim_make_text(uint64_t bits, char out[SIM_TEXT])
{
    struct lm_rng r = { bits };
    size_t n = (size_t)snprintf(out, SIM_TEXT, "%s", openings[lm_rng_below(&r, N(openings))]);
    int more = (int)lm_rng_below(&r, 3);
    for (int i = 0; i < more && n < SIM_TEXT / 2; i++) {
        if (lm_rng_below(&r, 3) == 0) {
            const char *const *a = amounts[lm_rng_below(&r, N(amounts))];
            n += (size_t)snprintf(out + n, SIM_TEXT - n, " - %s%d%s", a[0], (int)(5 + 5 * lm_rng_below(&r, 60)), a[1]);
        } else {
            n += (size_t)snprintf(out + n, SIM_TEXT - n, " - %s", openings[lm_rng_below(&r, N(openings))]);
        }
    }
    return n + (size_t)snprintf(out + n, SIM_TEXT - n, "%s", endings[lm_rng_below(&r, N(endings))]);
}

/* --- numbers --- */

static const short area_codes[] = {
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 220, 223, 224, 225, 228, 229, 231, 234,
    239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 272, 276, 279, 281, 301, 302, 303, 304, 305, 307, 308, 309,
    310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325, 330, 331, 332, 334, 336, 337, 339, 341, 346, 347, 351, 352,
    360, 361, 364, 380, 385, 386, 401, 402, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 423, 424, 425, 430,
    432, 434, 435, 440, 442, 443, 445, 447, 448, 458, 463, 464, 469, 470, 475, 478, 479, 480, 484, 501, 502, 503, 504, 505, 507,
    508, 509, 510, 512, 513, 515, 516, 517, 518, 520, 530, 531, 534, 539, 540, 541, 551, 559, 561, 562, 563, 564, 567, 570, 571,
    572, 573, 574, 575, 580, 582, 585, 586, 601, 602, 603, 605, 606, 607, 608, 609, 610, 612, 614, 615, 616, 617, 618, 619, 620,
    623, 626, 628, 629, 630, 631, 636, 640, 641, 646, 650, 651, 656, 657, 659, 660, 661, 662, 667, 669, 678, 680, 681, 682, 689,
    701, 702, 703, 704, 706, 707, 708, 712, 713, 714, 715, 716, 717, 718, 719, 720, 724, 725, 726, 727, 731, 732, 734, 737, 740,
    743, 747, 754, 757, 760, 762, 763, 765, 769, 770, 771, 772, 773, 774, 775, 779, 781, 785, 786, 801, 802, 803, 804, 805, 806,
    808, 810, 812, 813, 814, 815, 816, 817, 818, 820, 826, 828, 830, 831, 832, 838, 839, 840, 843, 845, 847, 848, 850, 854, 856,
    857, 858, 859, 860, 862, 863, 864, 865, 870, 872, 878, 901, 903, 904, 906, 907, 908, 909, 910, 912, 913, 914, 915, 916, 917,
    918, 919, 920, 925, 928, 929, 930, 931, 934, 936, 937, 938, 940, 941, 943, 945, 947, 948, 949, 951, 952, 954, 956, 959, 970,
    971, 972, 973, 978, 979, 980, 983, 984, 985, 986, 989,
};

void sim_number_nanp(uint64_t g, char out[SIM_NUMBER])
{
    (void)snprintf(out, SIM_NUMBER, "+1%03d555%04d", area_codes[g % N(area_codes)], (int)(100 + g / N(area_codes) % 100));
}

void sim_number_france(uint64_t g, char out[SIM_NUMBER])
{
    static const int ranges[] = { 63998, 19900, 26191, 35301, 46571, 53649 };
    (void)snprintf(out, SIM_NUMBER, "+33%05d%04d", ranges[g % N(ranges)], (int)(g / N(ranges) % 10000));
}

void sim_number_kingdom(uint64_t g, char out[SIM_NUMBER])
{
    (void)snprintf(out, SIM_NUMBER, g / 1000 % 2 == 0 ? "+447700900%03d" : "+441632960%03d", (int)(g % 1000));
}
