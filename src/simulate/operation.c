#include "simulate/operation.h"

#include <sys/stat.h>

#include "simulate/exhibit.h"

/* --- the truth that has a file of its own in each investigation --- */

static void write_people(struct sim_job *job, const struct sim_case *c)
{
    char path[160];
    (void)snprintf(path, sizeof path, "truth/%s/people.csv", c->id);
    FILE *f = sim_create(job, path);
    if (f == NULL)
        return;
    (void)fprintf(f, "person,role,position,name,moniker,handle,account,platform\n");
    for (int i = 0; i < c->n_people; i++) {
        const struct sim_person *p = &c->people[i];
        (void)fprintf(f, "%s,%s,%s,%s,%s,%s,%lld,%s\n", p->id, sim_role_word(p->role), sim_role_position(p->role), p->name.full,
                      p->name.moniker, p->handle, (long long)p->account, lm_platform_word(p->home));
    }
    sim_close(job, f);
    (void)snprintf(path, sizeof path, "truth/%s/phones.csv", c->id);
    f = sim_create(job, path);
    if (f == NULL)
        return;
    (void)fprintf(f, "number,imei,person,also,from_us\n");
    for (int i = 0; i < c->n_phones; i++) {
        const struct sim_phone *p = &c->phones[i];
        const char *also = "";
        for (int k = 0; k < c->n_people; k++)
            if (c->people[k].shares_phone_of == p->owner)
                also = c->people[k].id;
        (void)fprintf(f, "%s,%s,%s,%s,%lld\n", p->number, p->imei, c->people[p->owner].id, also,
                      p->from_us == INT64_MIN ? 0LL : (long long)p->from_us);
    }
    sim_close(job, f);
}

static void one_account(FILE *f, const struct sim_case *c, const struct sim_person *p, enum lm_platform on)
{
    const char *platform = lm_platform_word(on);
    if (on == LM_PLATFORM_WHATSAPP || on == LM_PLATFORM_SIGNAL)
        (void)fprintf(f, "%s,%s,%s\n", platform, c->phones[p->first_phone].number, p->id);
    else if (on == LM_PLATFORM_WIRE) {
        char id[40];
        sim_wire_id(p->account, id);
        (void)fprintf(f, "%s,%s,%s\n", platform, id, p->id);
    } else if (on == LM_PLATFORM_TELEGRAM)
        (void)fprintf(f, "%s,user%lld,%s\n", platform, (long long)p->account, p->id);
    else if (on == LM_PLATFORM_FACEBOOK || on == LM_PLATFORM_INSTAGRAM)
        (void)fprintf(f, "%s,%lld,%s\n", platform, (long long)p->account, p->id);
    else
        (void)fprintf(f, "%s,%s,%s\n", platform, p->handle, p->id);
}

/* Whose each account is, by the key it has in a workspace; without telephones that two use. */
static void write_account_owners(struct sim_job *job, const struct sim_case *c)
{
    char path[160];
    (void)snprintf(path, sizeof path, "truth/%s/accounts.csv", c->id);
    FILE *f = sim_create(job, path);
    if (f == NULL)
        return;
    (void)fprintf(f, "platform,key,person\n");
    for (int i = 0; i < c->n_phones; i++) {
        bool shared = false;
        for (int k = 0; k < c->n_people; k++)
            shared |= c->people[k].shares_phone_of == c->phones[i].owner;
        if (!shared)
            (void)fprintf(f, "phone,%s,%s\n", c->phones[i].number, c->people[c->phones[i].owner].id);
    }
    for (int i = 0; i < c->n_people; i++)
        for (int k = 0; k < c->n_platforms; k++)
            one_account(f, c, &c->people[i], c->platforms[k]);
    sim_close(job, f);
}

static void write_supply(struct sim_job *job, const struct sim_case *c)
{
    char path[160];
    (void)snprintf(path, sizeof path, "truth/%s/supply.csv", c->id);
    FILE *f = sim_create(job, path);
    if (f == NULL)
        return;
    (void)fprintf(f, "from,to\n");
    for (int i = 0; i < c->n_pairs; i++)
        if (c->pairs[i].supplies)
            (void)fprintf(f, "%s,%s\n", c->people[c->pairs[i].a].id, c->people[c->pairs[i].b].id);
    sim_close(job, f);
}

static void write_events(struct sim_job *job, const struct sim_case *c)
{
    static const char *const kinds[] = { "call", "sms", "message" };
    char path[160];
    (void)snprintf(path, sizeof path, "truth/%s/events.csv", c->id);
    FILE *f = sim_create(job, path);
    if (f == NULL)
        return;
    (void)fprintf(f, "event,kind,from,to,us,duration\n");
    for (int i = 0; i < c->n_events; i++) {
        const struct sim_event *e = &c->events[i];
        (void)fprintf(f, "%u,%s,%s,%s,%lld,%d\n", e->id, kinds[e->kind], c->people[e->from].id, c->people[e->to].id,
                      (long long)e->us, e->duration_s);
    }
    sim_close(job, f);
    job->n_events += (uint64_t)c->n_events;
}

/* --- one investigation --- */

static const struct {
    enum lm_platform platform;
    void (*write)(struct sim_job *job, const struct sim_case *c, int owner);
} forms[] = {
    { LM_PLATFORM_FACEBOOK, sim_write_meta_return_html },     { LM_PLATFORM_INSTAGRAM, sim_write_meta_return_html },
    { LM_PLATFORM_TIKTOK, sim_write_tiktok_export_json },     { LM_PLATFORM_SNAPCHAT, sim_write_snapchat_return_csv },
    { LM_PLATFORM_WHATSAPP, sim_write_whatsapp_text },        { LM_PLATFORM_TELEGRAM, sim_write_telegram_json },
    { LM_PLATFORM_SIGNAL, sim_write_signal_export_json },     { LM_PLATFORM_WIRE, sim_write_wire_desktop_wbu },
    { LM_PLATFORM_WICKR, sim_write_wickr_retention_json },
};

static void write_accounts(struct sim_job *job, const struct sim_case *c)
{
    for (int i = 0; i < c->n_people; i++)
        for (size_t f = 0; c->people[i].seized && f < sizeof forms / sizeof forms[0]; f++)
            if (forms[f].platform == c->people[i].home)
                forms[f].write(job, c, i);
}

static void write_case(struct sim_job *job, const struct sim_case *c, struct sim_figures *figures)
{
    char path[160];
    write_people(job, c);
    write_supply(job, c);
    write_account_owners(job, c);
    write_events(job, c);
    (void)snprintf(path, sizeof path, "truth/%s/sources.csv", c->id);
    job->sources = sim_create(job, path);
    (void)snprintf(path, sizeof path, "truth/%s/records.csv", c->id);
    job->records = sim_create(job, path);
    if (job->err == LM_OK) {
        (void)fprintf(job->sources, "source,authority,path,reader\n");
        (void)fprintf(job->records, "source,at,fate,event,check\n");
        sim_write_call_detail(job, c);
        sim_write_ufed_xml(job, c);
        write_accounts(job, c);
        sim_write_tables(job, c, figures);
    }
    sim_close(job, job->sources);
    sim_close(job, job->records);
    job->sources = job->records = NULL;
}

static lm_err write_all(struct sim_job *job, const struct sim_world *w, struct sim_case *c, struct sim_figures *figures,
                        struct sim_written *ret)
{
    FILE *list = sim_create(job, "truth/investigations.csv");
    job->authorities = sim_create(job, "authorities.csv");
    if (job->err == LM_OK) {
        (void)fprintf(list, "investigation,division\n");
        (void)fprintf(job->authorities, "id,investigation,title,agency,division,kind,reach,number,court,from,to,accounts,owner,zone,path\n");
    }
    for (int64_t i = 0; i < w->n_cases && job->err == LM_OK; i++) {
        sim_make_case(w, i, c);
        (void)fprintf(list, "%s,%s\n", c->id, sim_cities[c->city].division);
        write_case(job, c, figures);
        for (int k = 0; k < c->n_people; k++)
            ret->people += c->people[k].role >= SIM_LEADER || i % SIM_CASES_OF_A_NETWORK == 0;
    }
    sim_write_figures(job, figures);
    sim_close(job, list);
    sim_close(job, job->authorities);
    return job->err;
}

lm_err lm_simulate_operation(const char *folder, uint64_t seed, double scale, struct sim_written *ret, struct lm_error *e)
{
    struct sim_job job = { .folder = folder, .e = e };
    struct sim_world world;
    struct sim_figures *figures = NULL;
    struct sim_written written = { 0 };
    struct lm_arena arena;
    struct stat st;
    char evidence[4096];
    (void)snprintf(evidence, sizeof evidence, "%s/evidence", folder);
    if (stat(evidence, &st) == 0)
        return lm_fail(e, LM_EEXIST, "%s is there already: give an empty folder", evidence);
    lm_arena_init(&arena, 0);
    struct sim_case *c = lm_arena_alloc(&arena, sizeof *c);
    lm_err err = c == NULL ? lm_fail(e, LM_ENOMEM, "out of memory") : sim_world_init(&arena, seed, scale, &world, e);
    if (err == LM_OK && sim_figures_begin(&arena, &figures) != LM_OK)
        err = lm_fail(e, LM_ENOMEM, "out of memory");
    if (err == LM_OK)
        err = write_all(&job, &world, c, figures, &written);
    lm_arena_free(&arena);
    if (err != LM_OK)
        return err;
    written.investigations = world.n_cases;
    written.sources = job.n_sources;
    written.records = job.n_records;
    written.held = job.n_held;
    written.events = job.n_events;
    written.bytes = job.bytes;
    *ret = written;
    return LM_OK;
}
