#include "simulate/world.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/when.h"

/* --- calibration: published national figures at scale 1 (docs/simulator.md) --- */
enum { NATIONAL_INVESTIGATIONS = 1436, LOCAL_NANP = 24, LOCAL_FRANCE = 40 };

static const char *const role_words[] = { "upstream", "connector", "wholesaler", "courier", "leader",   "seller",
                                          "holder",   "money",     "dealer",     "customer", "victim", "bystander" };
static const char *const role_positions[] = { "sends",  "connects",     "sends", "moves",    "sends", "sends",
                                              "holds", "passes_money", "sends", "receives", "receives", "" };

const char *sim_role_word(enum sim_role role)
{
    return role_words[role];
}

const char *sim_role_position(enum sim_role role)
{
    return role_positions[role];
}

bool sim_is_social(enum lm_platform p)
{
    return p == LM_PLATFORM_FACEBOOK || p == LM_PLATFORM_INSTAGRAM || p == LM_PLATFORM_TIKTOK || p == LM_PLATFORM_SNAPCHAT;
}

lm_err sim_world_init(struct lm_arena *a, uint64_t seed, double scale, struct sim_world *ret, struct lm_error *e)
{
    struct sim_world w = { .seed = seed, .scale = scale };
    w.n_cases = llround(NATIONAL_INVESTIGATIONS * scale);
    if (w.n_cases < 2)
        w.n_cases = 2;
    const struct lm_civil from = { 2022, 5, 1, 0, 0, 0, 0 }, to = { 2023, 5, 1, 0, 0, 0, 0 };
    (void)lm_civil_to_us(&from, &w.period_from_us);
    (void)lm_civil_to_us(&to, &w.period_to_us);
    for (int i = 0; i < SIM_CITIES; i++) {
        lm_err err = lm_zone_load(a, lm_str(sim_cities[i].zone), &w.zones[i], e);
        if (err != LM_OK)
            return err;
    }
    *ret = w;
    return LM_OK;
}

int64_t sim_local_us(const struct sim_case *c, int64_t us)
{
    return us + LM_SECOND_US * (int64_t)lm_zone_offset(&c->world->zones[c->city], us / LM_SECOND_US);
}

/* --- people and phones --- */

static void add_phone(struct sim_case *c, struct lm_rng *r, int owner, bool us_number, uint64_t g, bool same_handset, int64_t from_us)
{
    struct sim_phone *p = &c->phones[c->n_phones++];
    *p = (struct sim_phone){ .owner = owner, .from_us = from_us, .carrier = SIM_NO_CARRIER };
    if (us_number) {
        sim_number_nanp(g, p->number);
        p->carrier = sim_between(r, 0, SIM_CARRIERS - 1);
    } else if (c->people[owner].role < SIM_LEADER) {
        sim_number_kingdom(g, p->number);
    } else {
        sim_number_france(g, p->number);
    }
    /* 99 is no reporting body of the GSMA's: a test range */
    (void)snprintf(p->imei, sizeof p->imei, "99%013" PRIu64, lm_rng_next(r) % UINT64_C(10000000000000));
    if (same_handset)
        memcpy(p->imei, p[-1].imei, sizeof p->imei);
}

/* A phone, then up to n - 1 later ones: dropped and replaced; one in three is only a new card in the old handset. */
static void give_phones(struct sim_case *c, struct lm_rng *r, int who, int n, bool us_number, uint64_t first_g)
{
    const struct sim_world *w = c->world;
    struct sim_person *p = &c->people[who];
    int64_t span = w->period_to_us - w->period_from_us;
    p->first_phone = c->n_phones;
    p->n_phones = n;
    for (int i = 0; i < n; i++) {
        int64_t from = i == 0 ? INT64_MIN : w->period_from_us + span * i / n + LM_DAY_US * sim_between(r, -20, 20);
        add_phone(c, r, who, us_number, first_g + (uint64_t)i, i > 0 && sim_chance(r, 333), from);
    }
}

static int add_person(struct sim_case *c, enum sim_role role, const char *id, uint64_t name_bits)
{
    struct sim_person *p = &c->people[c->n_people];
    *p = (struct sim_person){ .role = role, .shares_phone_of = -1 };
    (void)snprintf(p->id, sizeof p->id, "%s", id);
    sim_make_name(name_bits, &p->name);
    struct lm_rng r = { name_bits ^ 0x5bd1e995u };
    p->account = 700000000 + (int64_t)(lm_rng_next(&r) % UINT64_C(6000000000));
    static const char *const handles[] = { "big", "lil", "el", "mr", "its", "real", "not", "only" };
    (void)snprintf(p->handle, sizeof p->handle, "%s_%s%" PRIu64, handles[lm_rng_below(&r, 8)],
                   role <= SIM_DEALER ? "plug" : "fan", lm_rng_next(&r) % UINT64_C(100000000));
    return c->n_people++;
}

/* People that several investigations share: made from the network's or the organisation's own number. */
static void add_shared(struct sim_case *c)
{
    const struct sim_world *w = c->world;
    int64_t network = c->number / SIM_CASES_OF_A_NETWORK, n_networks = (w->n_cases + SIM_CASES_OF_A_NETWORK - 1) / SIM_CASES_OF_A_NETWORK;
    struct lm_rng org = sim_stream(w->seed, SIM_OF_NETWORK, (uint64_t)network, 0);
    c->jalisco = lm_rng_below(&org, 72) < 12 + 12; /* Rocky Mountain published 60 and 12; the nation nothing */
    int64_t n_upstream = 1 + n_networks / 6, upstream = network % n_upstream;
    static const enum sim_role roles[] = { SIM_UPSTREAM, SIM_CONNECTOR, SIM_WHOLESALER, SIM_COURIER };
    for (int i = 0; i < 4; i++) {
        char id[SIM_ID];
        uint64_t a = i == 0 ? (uint64_t)upstream * 2 + c->jalisco : (uint64_t)network, j = 10 + (uint64_t)i;
        struct lm_rng r = sim_stream(w->seed, SIM_OF_NETWORK, a, j);
        if (i == 0)
            (void)snprintf(id, sizeof id, "%s-%" PRId64, c->jalisco ? "J" : "S", upstream + 1);
        else
            (void)snprintf(id, sizeof id, "N%03" PRId64 "-%d", network + 1, i);
        int who = add_person(c, roles[i], id, lm_rng_next(&r));
        give_phones(c, &r, who, i == 0 ? 1 : 2, false, (i == 0 ? 1700 + a : a * 6 + (uint64_t)i * 2 - 2));
    }
}

static void add_local(struct sim_case *c, enum sim_role role, uint64_t *nanp, uint64_t *france, int max_phones)
{
    char id[SIM_ID];
    struct lm_rng r = sim_stream(c->world->seed, SIM_OF_PERSON, (uint64_t)c->number, (uint64_t)c->n_people);
    (void)snprintf(id, sizeof id, "C%05" PRId64 "-%02d", c->number + 1, c->n_people);
    int who = add_person(c, role, id, lm_rng_next(&r)), n = sim_between(&r, 1, max_phones);
    bool us_number = role <= SIM_DEALER && *nanp + (uint64_t)n <= LOCAL_NANP;
    uint64_t *at = us_number ? nanp : france;
    give_phones(c, &r, who, n, us_number, (uint64_t)c->number * (us_number ? LOCAL_NANP : LOCAL_FRANCE) + *at);
    *at += (uint64_t)n;
}

static void choose_platforms(struct sim_case *c, struct lm_rng *r)
{
    static const enum lm_platform social[] = { LM_PLATFORM_FACEBOOK, LM_PLATFORM_INSTAGRAM, LM_PLATFORM_TIKTOK, LM_PLATFORM_SNAPCHAT };
    static const enum lm_platform encrypted[] = { LM_PLATFORM_WHATSAPP, LM_PLATFORM_TELEGRAM, LM_PLATFORM_SIGNAL, LM_PLATFORM_WIRE,
                                                  LM_PLATFORM_WICKR };
    /* 17 of 22: 1,109 of 1,436. By number and not by chance, so that each scale has its share. */
    bool any = c->number * 17 / 22 != (c->number + 1) * 17 / 22;
    int kinds = any ? sim_between(r, 0, 2) : -1; /* social, encrypted, both */
    if (kinds == 0 || kinds == 2)
        c->platforms[c->n_platforms++] = social[(uint64_t)c->number % 4];
    if (kinds == 0 && sim_chance(r, 400))
        c->platforms[c->n_platforms++] = social[((uint64_t)c->number + 1) % 4];
    if (kinds == 1 || kinds == 2)
        c->platforms[c->n_platforms++] = encrypted[(uint64_t)c->number % 5];
    if (kinds == 1 && sim_chance(r, 600))
        c->platforms[c->n_platforms++] = encrypted[((uint64_t)c->number + 2) % 5];
}

static void add_people(struct sim_case *c, struct lm_rng *r)
{
    uint64_t nanp = 0, france = 0;
    add_shared(c);
    c->leader = c->n_people;
    add_local(c, SIM_LEADER, &nanp, &france, 2);
    for (int i = 0; i < 3; i++)
        add_local(c, SIM_SELLER, &nanp, &france, 2);
    add_local(c, SIM_HOLDER, &nanp, &france, 1);
    c->money = c->n_people;
    add_local(c, SIM_MONEY, &nanp, &france, 1);
    for (int i = 0; i < 9; i++)
        add_local(c, SIM_DEALER, &nanp, &france, 2);
    for (int i = 0; i < 23; i++)
        add_local(c, i < 21 ? SIM_CUSTOMER : SIM_VICTIM, &nanp, &france, 1);
    for (int i = 0; i < 4; i++)
        add_local(c, SIM_BYSTANDER, &nanp, &france, 1);
    /* the second seller uses the first one's phone */
    c->people[c->leader + 2].shares_phone_of = sim_chance(r, 300) ? c->leader + 1 : -1;
    for (int i = c->leader; i < c->n_people && c->people[i].role <= SIM_DEALER; i++) {
        struct sim_person *p = &c->people[i];
        p->seized = true;
        if (c->n_platforms != 0)
            p->home = c->platforms[i % c->n_platforms];
    }
}

/* --- who deals with whom --- */

static void add_pair(struct sim_case *c, int a, int b, int n, bool supplies)
{
    struct sim_pair *p = &c->pairs[c->n_pairs++];
    enum lm_platform home = c->people[a].home != LM_PLATFORM_NONE ? c->people[a].home : c->people[b].home;
    *p = (struct sim_pair){ .a = a, .b = b, .n = n, .platform = home, .supplies = supplies };
}

static void add_pairs(struct sim_case *c, struct lm_rng *r)
{
    enum { UPSTREAM, CONNECTOR, WHOLESALER, COURIER };
    int sellers = c->leader + 1, holder = c->leader + 4, dealers = c->money + 1, customers = dealers + 9, others = customers + 23;
    add_pair(c, UPSTREAM, WHOLESALER, 12, true);
    add_pair(c, UPSTREAM, CONNECTOR, 30, false);
    add_pair(c, CONNECTOR, WHOLESALER, 20, false);
    add_pair(c, CONNECTOR, c->leader, 40, false);
    add_pair(c, WHOLESALER, c->leader, 150, true);
    add_pair(c, WHOLESALER, COURIER, 20, false);
    add_pair(c, COURIER, c->leader, 60, false);
    add_pair(c, c->leader, holder, 80, false);
    add_pair(c, c->money, c->leader, 70, false);
    for (int i = 0; i < 3; i++) {
        add_pair(c, c->leader, sellers + i, sim_between(r, 130, 190), true);
        add_pair(c, sellers + i, holder, sim_between(r, 30, 60), false);
    }
    for (int i = 0; i < 9; i++) {
        add_pair(c, sellers + i % 3, dealers + i, sim_between(r, 110, 170), true);
        add_pair(c, c->money, dealers + i, sim_between(r, 8, 20), false);
    }
    for (int i = 0; i < 23; i++)
        add_pair(c, dealers + i % 9, customers + i, sim_between(r, 40, 75), true);
    for (int i = 0; i < 4; i++)
        add_pair(c, dealers + 2 * i, others + i, sim_between(r, 15, 40), false);
}

/* --- what happened --- */

static int phone_at(const struct sim_case *c, int who, int64_t us)
{
    const struct sim_person *p = &c->people[who];
    if (p->shares_phone_of >= 0)
        return phone_at(c, p->shares_phone_of, us);
    int at = p->first_phone;
    for (int i = 1; i < p->n_phones; i++)
        if (us >= c->phones[p->first_phone + i].from_us)
            at = p->first_phone + i;
    return at;
}

static void one_event(struct sim_case *c, struct lm_rng *r, int pair, int64_t us)
{
    struct sim_event *e = &c->events[c->n_events++];
    const struct sim_pair *p = &c->pairs[pair];
    bool forth = sim_chance(r, 500);
    int what = sim_between(r, 0, 99);
    *e = (struct sim_event){ .us = us, .id = (uint32_t)c->n_events, .pair = (short)pair };
    e->from = (short)(forth ? p->a : p->b);
    e->to = (short)(forth ? p->b : p->a);
    e->from_phone = (short)phone_at(c, e->from, us);
    e->to_phone = (short)phone_at(c, e->to, us);
    if (p->platform != LM_PLATFORM_NONE)
        e->kind = what < 62 ? SIM_MESSAGE : what < 84 ? SIM_CALL : SIM_SMS;
    else
        e->kind = what < 55 ? SIM_CALL : SIM_SMS;
    if (e->kind == SIM_CALL)
        e->duration_s = sim_chance(r, 140) ? 0 : sim_between(r, 8, 12 + sim_between(r, 0, 900));
}

/* Moments in rising order, at least four minutes apart, over a little more than the operation's period. */
static void make_events(struct sim_case *c)
{
    const struct sim_world *w = c->world;
    for (int i = 0; i < c->n_pairs; i++) {
        struct sim_pair *p = &c->pairs[i];
        struct lm_rng r = sim_stream(w->seed, SIM_OF_PAIR, (uint64_t)c->number, (uint64_t)i);
        uint64_t gaps[512], sum = 0;
        int n = p->n < 512 ? p->n : 512;
        if (c->n_events + n > SIM_MAX_EVENTS)
            n = SIM_MAX_EVENTS - c->n_events;
        for (int k = 0; k < n; k++)
            sum += gaps[k] = 1 + lm_rng_below(&r, 1000) * lm_rng_below(&r, 1000);
        int64_t from_s = (w->period_from_us - 12 * LM_DAY_US) / LM_SECOND_US, span_s = 388 * 86400 - (int64_t)n * 240, at = 0;
        p->first = c->n_events;
        uint64_t so_far = 0;
        for (int k = 0; k < n; k++) {
            so_far += gaps[k];
            at = from_s + (int64_t)((double)so_far / (double)sum * (double)span_s) + (int64_t)k * 240 + sim_between(&r, 0, 20);
            /* not in the hour that clocks show twice in autumn: a carrier's local time could not say which one */
            if (at < 1667710800 || at >= 1667732400)
                one_event(c, &r, i, at * LM_SECOND_US);
        }
        p->n = c->n_events - p->first;
    }
}

void sim_make_case(const struct sim_world *w, int64_t number, struct sim_case *c)
{
    struct lm_rng r = sim_stream(w->seed, SIM_OF_CASE, (uint64_t)number, 0);
    c->world = w;
    c->number = number;
    c->n_people = c->n_phones = c->n_pairs = c->n_events = c->n_platforms = 0;
    (void)snprintf(c->id, sizeof c->id, "LM-%04" PRId64, number + 1);
    c->city = (int)(number % SIM_CITIES);
    choose_platforms(c, &r);
    add_people(c, &r);
    add_pairs(c, &r);
    make_events(c);
}

size_t sim_event_text(const struct sim_case *c, const struct sim_event *e, char out[SIM_TEXT])
{
    struct lm_rng r = sim_stream(c->world->seed, SIM_OF_TEXT, (uint64_t)c->number, e->id);
    return sim_make_text(lm_rng_next(&r), out);
}
