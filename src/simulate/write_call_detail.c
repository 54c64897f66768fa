/* write_call_detail.c - call records of three carriers: a file for each number, each carrier with its own columns, clock and
 * zone (data/carriers/ says what the columns are called).
 *
 * Planted outside the authority: what lies outside its dates; the records of a number that nobody asked for (every fifth
 * investigation); rows with a cell site under an order that does not reach location (T-Mobile, every third).
 */
#include "simulate/exhibit.h"

#include <inttypes.h>

#include "model/when.h"

struct carrier {
    const char *what, *header;
    int64_t clock_us; /* its clock minus the true one */
    unsigned kinds;
    bool local;
};
static const struct carrier carriers[SIM_CARRIERS] = {
    { "att", "Item,Conn. Date,Conn. Time (UTC),Seizure Time,ET,Originating Number,Terminating Number,IMEI,IMSI,CT,Feature\n", 0,
      1u << SIM_CALL, false },
    { "tmobile", "Date,Time,Duration,Call Type,Calling Number,Dialed Number,Called Number,IMEI,IMSI,Completion Code,1st LTE Site ID\n",
      2 * LM_SECOND_US, 1u << SIM_CALL | 1u << SIM_SMS, false },
    { "sprint", "Calling NBR,Called NBR,Start Date,Start Time,Duration (sec),NEID,Repoll,Call Type,IMEI\n", -1 * LM_SECOND_US,
      1u << SIM_CALL, true },
};

/* Numbers as carriers write them: no plus. */
static const char *plain(const char *e164)
{
    return e164 + 1;
}

/* The columns of one row, without a cell site. */
static void row(struct sim_exhibit *x, int carrier, const struct sim_phone *own, const struct sim_said *said, bool sms, bool cell)
{
    struct lm_civil c;
    const char *from = plain(said->from), *to = plain(said->to), *imei = own->imei;
    bool out = strcmp(said->from, own->number) == 0;
    int64_t d = said->duration_s, shown = carriers[carrier].local ? sim_local_us(x->c, said->us) : said->us;
    lm_civil_from_us(shown, &c);
    x->row++;
    if (carrier == SIM_ATT) {
        sim_put(x, "%u,%02d/%02d/%02d,%02d:%02d:%02d,0:%02d,%" PRId64 ":%02" PRId64 ",%s,%s,%s,,MO,\n", x->row - 1, c.month, c.day,
                c.year % 100, c.hour, c.minute, c.second, (int)(x->row % 30), d / 60, d % 60, from, to, imei);
    } else if (carrier == SIM_SPRINT) {
        sim_put(x, "%s,%s,%02d/%02d/%04d,%02d:%02d:%02d,%" PRId64 ",SW%u,,Voice,%s\n", from, to, c.month, c.day, c.year, c.hour,
                c.minute, c.second, d, x->row % 7, imei);
    } else {
        char duration[24] = "";
        if (!sms)
            (void)snprintf(duration, sizeof duration, "%" PRId64, d);
        sim_put(x, "%02d/%02d/%04d,%02d:%02d:%02d,%s,%s%s,%s,%s,%s,%s,,,%s\n", c.month, c.day, c.year, c.hour, c.minute, c.second,
                duration, out ? "mSOriginating" : "mSTerminating", sms ? "SMSinMSC" : "", from, out ? to : "", to, imei,
                cell ? "555001" : "");
    }
}

static void records_of(struct sim_exhibit *x, int carrier, int phone, struct lm_rng *r, bool cells)
{
    int order[SIM_MAX_EVENTS];
    const struct sim_case *c = x->c;
    const struct sim_phone *own = &c->phones[phone];
    int n = sim_events_of_phone(c, phone, carriers[carrier].kinds, order);
    char name[64];
    (void)snprintf(name, sizeof name, "%s_%s.csv", carriers[carrier].what, plain(own->number));
    sim_open(x, name, "call_detail");
    sim_put(x, "%s", carriers[carrier].header);
    /* one gap: records that the carrier no longer had */
    int gap = sim_between(r, 0, n), gap_n = sim_chance(r, 300) ? sim_between(r, 0, 6) : 0;
    for (int i = 0; i < n; i++) {
        const struct sim_event *e = &c->events[order[i]];
        if (i >= gap && i < gap + gap_n)
            continue;
        bool sms = e->kind == SIM_SMS, cell = cells && sim_chance(r, 25);
        struct sim_said said = { .kind = sms ? "message" : "call", .from = c->phones[e->from_phone].number,
                                 .to = c->phones[e->to_phone].number, .us = e->us + carriers[carrier].clock_us,
                                 .duration_s = sms ? -1 : e->duration_s };
        if (!sms && said.duration_s > 20)
            said.duration_s += sim_between(r, 0, 2); /* when a call begins and ends is each network's own opinion */
        row(x, carrier, own, &said, sms, cell);
        sim_record(x, x->row, cell ? SIM_HELD : SIM_BY_DATE, e, &said);
        if (carrier == SIM_ATT && said.duration_s > 0 && sim_chance(r, 100)) { /* a second leg of the same call */
            row(x, carrier, own, &said, sms, false);
            said.kind = NULL;
            sim_record(x, x->row, SIM_BY_DATE, NULL, &said);
        }
    }
    sim_end_file(x);
}

/* The records of somebody whom the order does not name. */
static void stranger(struct sim_exhibit *x, int carrier, struct lm_rng *r)
{
    struct sim_phone own = { .owner = -1 }, other = { .owner = -1 };
    sim_number_kingdom(1900 + (uint64_t)x->c->number % 50, own.number);
    sim_number_kingdom(1950 + (uint64_t)x->c->number % 50, other.number);
    sim_open(x, "not_asked_for.csv", "call_detail");
    sim_put(x, "%s", carriers[carrier].header);
    int64_t us = x->from_day * LM_DAY_US + 30 * LM_DAY_US;
    for (int i = 0; i < 12; i++) {
        struct sim_said said = { .kind = "call", .from = own.number, .to = other.number, .us = us, .duration_s = 10 + i };
        us += LM_DAY_US + LM_SECOND_US * sim_between(r, 0, 9000);
        row(x, carrier, &own, &said, false, false);
        sim_record(x, x->row, SIM_HELD, NULL, &said);
    }
    sim_end_file(x);
}

static bool asked_for(const struct sim_case *c, int phone, int carrier)
{
    return c->phones[phone].carrier == carrier && c->people[c->phones[phone].owner].seized;
}

void sim_write_call_detail(struct sim_job *job, const struct sim_case *c)
{
    for (int k = 0; k < SIM_CARRIERS; k++) {
        char accounts[SIM_MAX_PHONES * 24] = "";
        size_t n = 0;
        struct lm_rng r = sim_stream(c->world->seed, SIM_OF_EXHIBIT, (uint64_t)c->number, (uint64_t)k);
        for (int i = 0; i < c->n_phones; i++)
            if (asked_for(c, i, k))
                n += (size_t)snprintf(accounts + n, sizeof accounts - n, "%sphone:%s", n != 0 ? " " : "", c->phones[i].number);
        if (n == 0)
            continue;
        struct sim_exhibit x = { .job = job, .c = c };
        x.from_day = (int32_t)(c->world->period_from_us / LM_DAY_US) + sim_between(&r, 0, 25);
        x.to_day = (int32_t)(c->world->period_to_us / LM_DAY_US) - sim_between(&r, 0, 35);
        sim_begin(&x, carriers[k].what, &(struct sim_authority){ .kind = "d_order", .reach = "non_content",
                                                                 .court = "District court (made up)", .accounts = accounts,
                                                                 .owner = "", .zone = carriers[k].local ? sim_cities[c->city].zone : "" });
        for (int i = 0; i < c->n_phones; i++)
            if (asked_for(c, i, k))
                records_of(&x, k, i, &r, k == SIM_TMOBILE && c->number % 3 == 0);
        if (c->number % 5 == 2 && k == SIM_ATT)
            stranger(&x, k, &r);
    }
}
