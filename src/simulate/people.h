/* people.h - the persons of the made-up operation and who deals with whom. */
#ifndef LM_SIMULATE_PEOPLE_H
#define LM_SIMULATE_PEOPLE_H

#include "base/rng.h"

enum sim_role { SIM_SOURCE, SIM_WHOLESALER, SIM_DEALER, SIM_CUSTOMER };

struct sim_person {
    int id;
    enum sim_role role;
    int city;        /* index into sim_cities */
    int supplier;    /* id of whom this person buys from; -1 for a source */
    char name[48];
    char phone[20];  /* "+13035550101" */
    long long telegram;
};

struct sim_city {
    const char *name, *state, *area_code, *division;
};

enum { SIM_CITIES = 4, SIM_MAX_PEOPLE = 96 };
extern const struct sim_city sim_cities[SIM_CITIES];

/* Fills people[] in order of the chain: sources, wholesalers, dealers, customers. Returns how many. */
int sim_make_people(struct lm_rng *rng, struct sim_person people[SIM_MAX_PEOPLE]);

const char *sim_role_word(enum sim_role role);

#endif
