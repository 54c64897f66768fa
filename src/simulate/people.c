#include "simulate/people.h"

#include <stdio.h>

const struct sim_city sim_cities[SIM_CITIES] = {
    { "Denver", "CO", "303", "Rocky Mountain" },
    { "El Paso", "TX", "915", "El Paso" },
    { "St. Louis", "MO", "314", "St. Louis" },
    { "Omaha", "NE", "402", "Omaha" },
};

static const char *const given[] = { "Ana",   "Luis", "Marta", "Dwayne", "Kelly", "Oscar", "Renée", "Tomás",
                                     "Becky", "Iván", "Carla", "Jerome", "Nadia", "Raúl",  "Sofía", "Trent" };
static const char *const family[] = { "Arce Molina", "Bell",        "Cantú Rey",  "Dobbs",    "Esparza Luna", "Finch",
                                      "Garrido Paz", "Hollis",      "Ibarra Cruz", "Jessup",  "Kessler",      "Lucero Vega",
                                      "Munn",        "Nájera Soto", "Oakes",       "Preciado" };

static int add(struct sim_person *people, int n, struct lm_rng *rng, enum sim_role role, int city, int supplier)
{
    struct sim_person *p = &people[n];
    *p = (struct sim_person){ .id = n, .role = role, .city = city, .supplier = supplier };
    (void)snprintf(p->name, sizeof p->name, "%s %s", given[lm_rng_below(rng, 16)], family[(n * 7 + 3) % 16]);
    (void)snprintf(p->phone, sizeof p->phone, "+1%s55501%02d", sim_cities[city].area_code, n % 100);
    p->telegram = 700000000 + n * 1009LL;
    return n + 1;
}

int sim_make_people(struct lm_rng *rng, struct sim_person people[SIM_MAX_PEOPLE])
{
    int n = 0;
    for (int i = 0; i < 2; i++)
        n = add(people, n, rng, SIM_SOURCE, 1, -1);
    int first_wholesaler = n;
    for (int c = 0; c < SIM_CITIES; c++)
        n = add(people, n, rng, SIM_WHOLESALER, c, c % 2);
    int first_dealer = n;
    for (int i = 0; i < 12; i++)
        n = add(people, n, rng, SIM_DEALER, i % SIM_CITIES, first_wholesaler + i % SIM_CITIES);
    for (int i = 0; i < 48; i++) {
        int dealer = first_dealer + i % 12;
        n = add(people, n, rng, SIM_CUSTOMER, people[dealer].city, dealer);
    }
    return n;
}

const char *sim_role_word(enum sim_role role)
{
    static const char *const words[] = { "source", "wholesaler", "dealer", "customer" };
    return words[role];
}
