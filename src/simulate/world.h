/* world.h - one investigation of the made-up operation: its people, their phones over time, who deals with whom, and what
 * really happened between them.
 *
 * An investigation is made by itself from (seed, scale, number); nothing of the others is held. What two of them share (the
 * upstream organisations, the networks that serve several cities) is made again from its own number each time.
 *
 * The chain: two upstream organisations → multi-city networks (wholesaler, courier, one who brings both ends together and
 * transfers nothing) → a gang (leader, sellers, one who holds, one who passes money on) → dealers → customers, two of whom
 * become victims. Each dealer also has one contact who has nothing to do with it.
 */
#ifndef LM_SIMULATE_WORLD_H
#define LM_SIMULATE_WORLD_H

#include "base/arena.h"
#include "model/words.h"
#include "model/zone.h"
#include "simulate/draw.h"
#include "simulate/words.h"

enum sim_role {
    SIM_UPSTREAM, SIM_CONNECTOR, SIM_WHOLESALER, SIM_COURIER, SIM_LEADER, SIM_SELLER, SIM_HOLDER, SIM_MONEY, SIM_DEALER,
    SIM_CUSTOMER, SIM_VICTIM, SIM_BYSTANDER,
};
/* "upstream", … and the position that the truth gives it: sends, receives, moves, holds, passes_money, connects; "" for none. */
const char *sim_role_word(enum sim_role role);
const char *sim_role_position(enum sim_role role);

enum { SIM_ATT, SIM_TMOBILE, SIM_SPRINT, SIM_CARRIERS, SIM_NO_CARRIER = SIM_CARRIERS };

/* Operation-wide. */
struct sim_world {
    uint64_t seed;
    double scale;
    int64_t n_cases;
    int64_t period_from_us, period_to_us; /* of the operation; what happens begins a little before it and ends after */
    struct lm_zone zones[SIM_CITIES];
};

enum { SIM_ID = 48, SIM_CASES_OF_A_NETWORK = 8 };
enum { SIM_MAX_PEOPLE = 72, SIM_MAX_PHONES = 144, SIM_MAX_PAIRS = 160, SIM_MAX_EVENTS = 12000 };

struct sim_phone {
    char number[SIM_NUMBER]; /* E.164 */
    char imei[SIM_NUMBER];
    int owner, carrier;
    int64_t from_us;         /* used from then until its owner's next one */
};

struct sim_person {
    char id[SIM_ID];          /* the same person has the same id in every investigation */
    enum sim_role role;
    struct sim_name name;
    char handle[40];         /* user name on social media */
    int64_t account;         /* number of the account on platforms that count them */
    int first_phone, n_phones;
    int shares_phone_of;     /* -1, or who lends the phone: calls of this one run over it */
    enum lm_platform home;   /* where this one is written to; NONE: by phone only */
    bool seized;             /* the account of the home platform, or the phone's records, were handed over */
};

struct sim_pair {
    int a, b;
    enum lm_platform platform; /* NONE: calls and text messages only */
    int first, n;              /* in events */
    bool supplies;             /* a supplies b */
};

enum sim_kind { SIM_CALL, SIM_SMS, SIM_MESSAGE };
struct sim_event {
    int64_t us;              /* whole seconds */
    uint32_t id;             /* in the investigation, from 1 */
    int duration_s;          /* of a call; 0: nobody answered */
    short pair, from, to, from_phone, to_phone;
    uint8_t kind;            /* enum sim_kind */
};

struct sim_case {
    const struct sim_world *world;
    int64_t number;          /* 0 … n_cases - 1 */
    char id[SIM_ID];
    int city;
    bool jalisco;
    enum lm_platform platforms[4];
    int n_platforms;
    struct sim_person people[SIM_MAX_PEOPLE];
    int n_people, leader, money;
    struct sim_phone phones[SIM_MAX_PHONES];
    int n_phones;
    struct sim_pair pairs[SIM_MAX_PAIRS];
    int n_pairs;
    struct sim_event events[SIM_MAX_EVENTS];
    int n_events;
};

lm_err sim_world_init(struct lm_arena *a, uint64_t seed, double scale, struct sim_world *ret, struct lm_error *e);
/* Fills *c; about 500 KiB, so it is not for the stack. */
void sim_make_case(const struct sim_world *w, int64_t number, struct sim_case *c);

size_t sim_event_text(const struct sim_case *c, const struct sim_event *e, char out[SIM_TEXT]);
int64_t sim_local_us(const struct sim_case *c, int64_t us); /* the wall clock of the investigation's city */
bool sim_is_social(enum lm_platform p);

#endif
