/* tables.c - the agencies' own tables of an investigation, and the figures that follow from what really happened.
 *
 * Totals are shared out so that at scale 1 they are the published national figures, to the unit. A second agency (the city's
 * sheriff or police) claims some of the same things: under the same exhibit number, or the same place, day and quantity, or
 * the same arrest number. Beside them it has things of its own, on the same day, which must not be set aside.
 */
#include <inttypes.h>
#include <math.h>

#include "base/map.h"
#include "model/when.h"
#include "simulate/exhibit.h"

enum { DECI_LB_UG = 45359237, DAYS = 350 };

/* National, at scale 1. */
static const int64_t national_arrests = 3337, national_pills = 44000000, national_powder_deci_lb = 65000,
                     national_meth_deci_lb = 910000, national_firearms = 8497, national_cents = INT64_C(10000000000);

/* --- figures --- */

struct figure {
    char by[12], place[40], name[40];
    int64_t value;
};
struct sim_figures {
    struct lm_arena *a;
    struct lm_map index;
    struct figure *v;
    size_t n, cap;
    bool failed;
    FILE *twice; /* DIR/truth/claimed_twice.csv */
};

lm_err sim_figures_begin(struct lm_arena *a, struct sim_figures **ret)
{
    struct sim_figures *f = lm_arena_alloc(a, sizeof *f);
    if (f == NULL)
        return LM_ENOMEM;
    *f = (struct sim_figures){ .a = a };
    lm_map_init(&f->index, a);
    *ret = f;
    return LM_OK;
}

static void add_one(struct sim_figures *f, const char *by, const char *place, const char *name, int64_t value)
{
    char key[128];
    uint64_t *at;
    bool fresh = false;
    int n = snprintf(key, sizeof key, "%s|%s|%s", by, place, name);
    if (lm_map_put(&f->index, (struct lm_str){ key, (size_t)n }, f->n, &at, &fresh) != LM_OK) {
        f->failed = true;
        return;
    }
    if (fresh) {
        struct figure *v = lm_arena_grow(f->a, f->v, f->n, &f->cap, sizeof *v);
        f->failed |= v == NULL;
        if (v == NULL)
            return;
        f->v = v;
        struct figure *x = &v[f->n++];
        *x = (struct figure){ 0 };
        (void)snprintf(x->by, sizeof x->by, "%s", by);
        (void)snprintf(x->place, sizeof x->place, "%s", place);
        (void)snprintf(x->name, sizeof x->name, "%s", name);
    }
    f->v[*at].value += value;
}

static void count(struct sim_figures *f, const struct sim_case *c, const char *name, int64_t value)
{
    if (value == 0 || f->failed)
        return;
    add_one(f, "whole", "whole", name, value);
    add_one(f, "division", sim_cities[c->city].division, name, value);
    add_one(f, "cartel", c->jalisco ? "jalisco" : "sinaloa", name, value);
}

/* Doses are exact sums in parts of 1/2,000,000 of a dose, rounded down at the end: 0.6 a pill and 11.3 % of the powder at
 * 2 mg (fit-last-mile-2023); the laboratory's own milligrams where it says them. */
enum { DOSE_PARTS = 2000000, PARTS_A_PILL = 1200000, PARTS_A_UG = 113, PARTS_A_LABORATORY_UG = 1000 };

static bool has_laboratory(const struct sim_figures *f, const struct figure *v)
{
    char key[128];
    int n = snprintf(key, sizeof key, "%s|%s|doses_laboratory", v->by, v->place);
    return lm_map_get(&f->index, (struct lm_str){ key, (size_t)n }) != NULL;
}

void sim_write_figures(struct sim_job *job, const struct sim_figures *f)
{
    FILE *out = sim_create(job, "truth/rollup.csv");
    if (out == NULL || f->failed)
        return;
    (void)fprintf(out, "by,place,figure,value\n");
    for (size_t i = 0; i < f->n; i++) {
        const struct figure *v = &f->v[i];
        bool dose = strncmp(v->name, "doses", 5) == 0;
        if (strcmp(v->name, "doses_preferred") == 0 && !has_laboratory(f, v))
            continue; /* the rule's own figure is all there is */
        if (v->value != 0)
            (void)fprintf(out, "%s,\"%s\",%s,%" PRId64 "\n", v->by, v->place, v->name, dose ? v->value / DOSE_PARTS : v->value);
    }
    sim_close(job, out);
    sim_close(job, f->twice);
}

/* --- rows --- */

enum table { INVESTIGATIONS, SEIZURES, FIREARMS, MONEY, ARRESTS, OVERDOSES, LABORATORY, TABLES };
static const char *const table_names[TABLES] = { "investigations.csv", "seizures.csv", "firearms.csv",   "money.csv",
                                                 "arrests.csv",        "overdoses.csv", "lab_results.csv" };
static const char *const table_headers[TABLES] = {
    "investigation,title,agency,division,city,state,opened,cartel,platforms,social_media,encrypted,operation\n",
    "seizure_id,investigation,agency,division,city,state,date,drug,form,quantity,unit,qualifier,exhibit_number\n",
    "firearm_id,investigation,agency,division,city,state,date,kind,count,exhibit_number\n",
    "money_id,investigation,agency,division,city,state,date,kind,amount,unit,qualifier\n",
    "arrest_id,investigation,agency,division,city,state,date,charge\n",
    "overdose_id,investigation,agency,division,city,state,date,fatal,seizure_id,finding\n",
    "result_id,seizure_id,investigation,agency,date,drug,form,mg_per_pill,profile_id\n",
};

/* One thing that happened, as an agency states it. */
struct row {
    enum table table;
    bool twice;      /* both agencies claim it */
    bool theirs;     /* only the second agency has it */
    bool by_number;  /* the second claim has the same exhibit number; else place, day and quantity tell */
    char id[40], exhibit[40], middle[96]; /* middle: what stands between the date and the exhibit number */
};

enum { MAX_ROWS = 512 };
struct book {
    const struct sim_case *c;
    struct sim_figures *figures;
    struct row rows[MAX_ROWS];
    int n;
    char day[LM_WHEN_TEXT];
    struct lm_rng rng;
};

static struct row *add(struct book *b, enum table t, const char *prefix)
{
    struct row *r = &b->rows[b->n < MAX_ROWS - 1 ? b->n++ : b->n];
    *r = (struct row){ .table = t };
    (void)snprintf(r->id, sizeof r->id, "%s-%" PRId64 "-%d", prefix, b->c->number + 1, b->n);
    (void)snprintf(r->exhibit, sizeof r->exhibit, "N-%" PRId64 "-%d", b->c->number + 1, b->n);
    r->twice = sim_chance(&b->rng, 120);
    r->by_number = sim_chance(&b->rng, 600);
    return r;
}

static int64_t share(const struct book *b, uint64_t salt, int64_t national)
{
    const struct sim_world *w = b->c->world;
    return sim_share(w->seed, salt, (int64_t)llround((double)national * w->scale), b->c->number, w->n_cases);
}

static void drugs(struct book *b)
{
    const struct sim_case *c = b->c;
    int64_t pills = share(b, 1, national_pills), powder = share(b, 2, national_powder_deci_lb), meth = share(b, 3, national_meth_deci_lb);
    int parts = pills > 1000 ? 3 : 1;
    for (int i = 0; i < parts && pills != 0; i++) {
        int64_t n = i == parts - 1 ? pills : 1 + (int64_t)lm_rng_below(&b->rng, (uint64_t)pills / 2);
        pills -= n;
        struct row *r = add(b, SEIZURES, "SZ");
        r->theirs = i == 1 && sim_chance(&b->rng, 300); /* same place and day, another bag */
        r->twice &= !r->theirs;
        (void)snprintf(r->middle, sizeof r->middle, "fentanyl,pills,%" PRId64 ",pills,exact", n);
        count(b->figures, c, "pills", n);
        count(b->figures, c, "doses", n * PARTS_A_PILL);
        bool laboratory = i == 0 && c->number % 4 == 1;
        count(b->figures, c, "doses_preferred", laboratory ? 0 : n * PARTS_A_PILL);
        if (laboratory) {
            int ug = 100 * sim_between(&b->rng, 12, 26);
            struct row *l = add(b, LABORATORY, r->id);
            l->twice = false;
            (void)snprintf(l->exhibit, sizeof l->exhibit, "%s", r->id);
            (void)snprintf(l->middle, sizeof l->middle, "fentanyl,pills,%d.%d,P-%d", ug / 1000, ug / 100 % 10, sim_between(&b->rng, 1, 40));
            count(b->figures, c, "doses_laboratory", n * ug * PARTS_A_LABORATORY_UG);
            count(b->figures, c, "doses_preferred", n * ug * PARTS_A_LABORATORY_UG);
        }
    }
    if (powder != 0) {
        struct row *r = add(b, SEIZURES, "SZ");
        (void)snprintf(r->middle, sizeof r->middle, "fentanyl,powder,%" PRId64 ".%" PRId64 ",lb,exact", powder / 10, powder % 10);
        count(b->figures, c, "powder", powder * DECI_LB_UG);
        count(b->figures, c, "doses", powder * DECI_LB_UG * PARTS_A_UG);
        count(b->figures, c, "doses_preferred", powder * DECI_LB_UG * PARTS_A_UG);
    }
    if (meth != 0) {
        struct row *r = add(b, SEIZURES, "SZ");
        (void)snprintf(r->middle, sizeof r->middle, "methamphetamine,crystal,%" PRId64 ".%" PRId64 ",lb,exact", meth / 10, meth % 10);
        count(b->figures, c, "meth", meth * DECI_LB_UG);
    }
}

static void guns_and_money(struct book *b)
{
    static const char *const guns[] = { "handgun", "rifle", "shotgun" }, *const kinds[] = { "currency", "assets", "proceeds" };
    int64_t firearms = share(b, 4, national_firearms), cents = share(b, 5, national_cents);
    for (int i = 0; i < 3; i++) {
        int64_t n = i == 2 ? firearms : (int64_t)lm_rng_below(&b->rng, (uint64_t)firearms + 1), m = i == 2 ? cents : (int64_t)lm_rng_below(&b->rng, (uint64_t)cents + 1);
        char name[40];
        firearms -= n;
        cents -= m;
        if (n != 0) {
            struct row *r = add(b, FIREARMS, "FA");
            r->by_number = true;
            (void)snprintf(r->middle, sizeof r->middle, "%s,%" PRId64, guns[i], n);
            (void)snprintf(name, sizeof name, "firearms:%s", guns[i]);
            count(b->figures, b->c, "firearms", n);
            count(b->figures, b->c, name, n);
        }
        if (m != 0) {
            struct row *r = add(b, MONEY, "MO");
            r->by_number = false;
            (void)snprintf(r->middle, sizeof r->middle, "%s,%" PRId64 ".%02" PRId64 ",USD,exact", kinds[i], m / 100, m % 100);
            count(b->figures, b->c, kinds[i], m);
            count(b->figures, b->c, "money", m);
        }
    }
}

static void people(struct book *b)
{
    int64_t arrests = share(b, 6, national_arrests);
    for (int64_t i = 0; i < arrests; i++) {
        struct row *r = add(b, ARRESTS, "AR");
        r->by_number = true;
        (void)snprintf(r->middle, sizeof r->middle, "%s", i == 0 ? "21 USC 846" : "21 USC 841");
        count(b->figures, b->c, "arrests", 1);
    }
    for (int i = 0; i < b->c->n_people; i++) {
        if (b->c->people[i].role != SIM_VICTIM)
            continue;
        bool fatal = sim_chance(&b->rng, 300);
        struct row *r = add(b, OVERDOSES, "OD");
        r->twice = false;
        r->theirs = true; /* the city's police comes to the victim */
        (void)snprintf(r->middle, sizeof r->middle, "%s,,%s", fatal ? "yes" : "no", fatal ? "medical examiner: fentanyl" : "naloxone given");
        count(b->figures, b->c, "overdoses", 1);
        count(b->figures, b->c, "deaths", fatal);
    }
}

static void investigation(struct book *b)
{
    const struct sim_case *c = b->c;
    bool social = false, encrypted = false;
    char list[96] = "", name[40];
    size_t n = 0;
    for (int i = 0; i < c->n_platforms; i++) {
        enum lm_platform p = c->platforms[i];
        social |= sim_is_social(p);
        encrypted |= !sim_is_social(p);
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n != 0 ? ";" : "", lm_platform_word(p));
        (void)snprintf(name, sizeof name, "platform:%s", lm_platform_word(p));
        count(b->figures, c, name, 1);
    }
    struct row *r = add(b, INVESTIGATIONS, "");
    r->twice = false;
    (void)snprintf(r->middle, sizeof r->middle, "%s,%s,%s,%s,Last Mile (made up)", c->jalisco ? "Jalisco" : "Sinaloa", list, social ? "yes" : "no",
                   encrypted ? "yes" : "no");
    count(b->figures, c, "investigations", 1);
    count(b->figures, c, c->jalisco ? "cartel:jalisco" : "cartel:sinaloa", 1);
    count(b->figures, c, "social_media", social);
    count(b->figures, c, "encrypted", encrypted);
    count(b->figures, c, "social_media_or_encrypted", social || encrypted);
}

/* --- writing --- */

static void write_row(struct sim_exhibit *x, const struct book *b, const struct row *r, bool second)
{
    const struct sim_city *city = &sim_cities[b->c->city];
    const char *agency = second ? city->sheriff : "DEA";
    x->row++;
    if (r->table == INVESTIGATIONS) {
        sim_put(x, "%s,Made-up case %s,%s,%s,%s,%s,%s,%s\n", b->c->id, city->name, agency, city->division, city->name, city->state, b->day,
                r->middle);
    } else if (r->table == LABORATORY) {
        sim_put(x, "L%s,%s,%s,%s,%s,%s\n", r->id, r->exhibit, b->c->id, agency, b->day, r->middle);
    } else {
        /* a second agency has numbers of its own, but the number on the bag, or of the arrest, may be the same */
        bool own_id = second && r->table != ARRESTS;
        bool exhibit = r->table == SEIZURES || r->table == FIREARMS;
        sim_put(x, "%s%s,%s,%s,%s,%s%s,%s,%s,%s%s%s\n", own_id ? "2-" : "", r->id, b->c->id, agency, city->division, second && !r->by_number ? " " : "",
                city->name, city->state, b->day, r->middle, exhibit ? "," : "", !exhibit ? "" : !second || r->by_number || r->theirs ? r->exhibit : "");
    }
    sim_record(x, x->row, SIM_KEPT, NULL, NULL);
}

static void write_agency(struct sim_job *job, struct book *b, bool second)
{
    struct sim_exhibit x = { .job = job, .c = b->c, .from_day = LM_DAY_NONE, .to_day = LM_DAY_NONE };
    bool begun = false;
    for (enum table t = 0; t < TABLES; t++) {
        bool open = false;
        for (int i = 0; i < b->n; i++) {
            const struct row *r = &b->rows[i];
            if (r->table != t || !(second ? r->twice || r->theirs : !r->theirs))
                continue;
            if (!begun)
                sim_begin(&x, second ? "partner" : "agency", &(struct sim_authority){ "own_records", "content", "none", "", "", "" });
            if (!open) {
                sim_open(&x, table_names[t], "operation_csv");
                sim_put(&x, "%s", table_headers[t]);
            }
            begun = open = true;
            write_row(&x, b, r, second);
            if (second && r->twice && b->figures->twice != NULL)
                (void)fprintf(b->figures->twice, "%s,%s,%u\n", x.authority, table_names[t], x.row);
        }
        if (open)
            sim_end_file(&x);
    }
}

void sim_write_tables(struct sim_job *job, const struct sim_case *c, struct sim_figures *figures)
{
    struct book b = { .c = c, .figures = figures, .rng = sim_stream(c->world->seed, SIM_OF_TABLE, 1000, (uint64_t)c->number) };
    if (figures->twice == NULL && job->err == LM_OK) {
        figures->twice = sim_create(job, "truth/claimed_twice.csv");
        if (figures->twice != NULL)
            (void)fprintf(figures->twice, "authority,path,row\n");
    }
    /* no two investigations of a city share the day, until there are more than its days: what two agencies claim by place,
     * day and quantity is then never another bag */
    int32_t day = (int32_t)(c->world->period_from_us / LM_DAY_US) + 5 + (int32_t)(c->number / SIM_CITIES % DAYS);
    (void)lm_day_format(day, b.day);
    investigation(&b);
    drugs(&b);
    guns_and_money(&b);
    people(&b);
    write_agency(job, &b, false);
    write_agency(job, &b, true);
}
