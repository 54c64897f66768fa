#include "simulate/exhibit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "model/when.h"

static uint64_t hash(uint64_t h, const void *p, size_t n)
{
    const unsigned char *b = p;
    for (size_t i = 0; i < n; i++)
        h = (h ^ b[i]) * UINT64_C(1099511628211); /* FNV-1a */
    return h;
}

uint64_t sim_check(const struct sim_said *s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    h = hash(h, s->kind, strlen(s->kind) + 1);
    h = hash(h, s->from, strlen(s->from) + 1);
    h = hash(h, s->to, strlen(s->to) + 1);
    h = hash(h, &s->us, sizeof s->us);
    h = hash(h, &s->duration_s, sizeof s->duration_s);
    return s->text.n != 0 ? hash(h, s->text.p, s->text.n) : h;
}

/* --- files --- */

static void failed(struct sim_job *job, const char *what, const char *path)
{
    if (job->err == LM_OK)
        job->err = lm_fail(job->e, LM_EIO, "cannot %s %s", what, path);
}

lm_err sim_make_folder(struct sim_job *job, const char *relative)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", job->folder, relative);
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return job->err;
    for (char *p = path + 1; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            failed(job, "make the folder", path);
        *p = '/';
    }
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        failed(job, "make the folder", path);
    return job->err;
}

FILE *sim_create(struct sim_job *job, const char *relative)
{
    char path[4096], folder[4096];
    (void)snprintf(folder, sizeof folder, "%s", relative);
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
        if (sim_make_folder(job, folder) != LM_OK)
            return NULL;
    }
    (void)snprintf(path, sizeof path, "%s/%s", job->folder, relative);
    FILE *f = job->err == LM_OK ? fopen(path, "wbx") : NULL;
    if (f == NULL)
        failed(job, "write", path);
    return f;
}

void sim_close(struct sim_job *job, FILE *f)
{
    if (f == NULL)
        return;
    bool bad = ferror(f) != 0;
    if (fclose(f) != 0 || bad)
        failed(job, "write to", job->folder);
}

/* --- the exhibit --- */

void sim_begin(struct sim_exhibit *x, const char *what, const struct sim_authority *a)
{
    char from[LM_WHEN_TEXT] = "", to[LM_WHEN_TEXT] = "";
    const struct sim_city *city = &sim_cities[x->c->city];
    (void)snprintf(x->authority, sizeof x->authority, "%s-%s", x->c->id, what);
    (void)snprintf(x->path, sizeof x->path, "%s/%s", x->c->id, what);
    if (x->from_day != LM_DAY_NONE) {
        (void)lm_day_format(x->from_day, from);
        (void)lm_day_format(x->to_day, to);
    }
    if (x->job->authorities != NULL)
        (void)fprintf(x->job->authorities, "%s,%s,Made-up case %s,DEA,%s,%s,%s,No. %s,%s,%s,%s,%s,%s,%s,%s\n", x->authority, x->c->id,
                      city->name, city->division, a->kind, a->reach, x->authority, a->court, from, to, a->accounts, a->owner,
                      a->zone, x->path);
}

void sim_open(struct sim_exhibit *x, const char *name, const char *reader)
{
    char path[512];
    (void)snprintf(path, sizeof path, "evidence/%s/%s", x->path, name);
    x->f = sim_create(x->job, path);
    x->reader = reader;
    x->at = 0;
    x->row = 1;
    x->source = ++x->job->n_sources;
    if (x->job->sources != NULL)
        (void)fprintf(x->job->sources, "%llu,%s,%s,%s\n", (unsigned long long)x->source, x->authority, name, reader);
}

void sim_put(struct sim_exhibit *x, const char *fmt, ...)
{
    va_list ap;
    if (x->f == NULL)
        return;
    va_start(ap, fmt);
    int n = vfprintf(x->f, fmt, ap);
    va_end(ap);
    x->at += n > 0 ? (uint64_t)n : 0;
}

static bool covers(int32_t from, int32_t to, int64_t us)
{
    return us >= from * LM_DAY_US && us < ((int64_t)to + 1) * LM_DAY_US;
}

void sim_record(struct sim_exhibit *x, uint64_t at, enum sim_fate fate, const struct sim_event *e, const struct sim_said *said)
{
    struct sim_job *job = x->job;
    bool held = fate == SIM_HELD;
    if (fate == SIM_BY_DATE && x->from_day != LM_DAY_NONE)
        held = !covers(x->from_day, x->to_day, said->us);
    job->n_records++;
    job->n_held += held;
    if (job->records == NULL)
        return;
    char check[24] = "";
    if (said != NULL && said->kind != NULL && !held && fate != SIM_DUPLICATE)
        (void)snprintf(check, sizeof check, "%016llx", (unsigned long long)sim_check(said));
    (void)fprintf(job->records, "%llu,%llu,%c,", (unsigned long long)x->source, (unsigned long long)at,
                  held ? 'h' : fate == SIM_DUPLICATE ? 'd' : 'k');
    if (e != NULL)
        (void)fprintf(job->records, "%u", e->id);
    (void)fprintf(job->records, ",%s\n", check);
}

void sim_end_file(struct sim_exhibit *x)
{
    x->job->bytes += x->at;
    sim_close(x->job, x->f);
    x->f = NULL;
}

/* --- accounts --- */

static void account_days(const struct sim_case *c, int owner, int32_t *ret_from, int32_t *ret_to)
{
    struct lm_rng r = sim_stream(c->world->seed, SIM_OF_EXHIBIT, (uint64_t)c->number, 100 + (uint64_t)owner);
    *ret_from = (int32_t)(c->world->period_from_us / LM_DAY_US) + sim_between(&r, 0, 10);
    *ret_to = (int32_t)(c->world->period_to_us / LM_DAY_US) - sim_between(&r, 0, 10);
}

enum sim_fate sim_fate_of_message(const struct sim_exhibit *x, int owner, const struct sim_event *e)
{
    int32_t from, to;
    int other = e->from == owner ? e->to : e->from;
    const struct sim_person *p = &x->c->people[other];
    if (!p->seized || p->home != x->c->people[owner].home || other >= owner || !covers(x->from_day, x->to_day, e->us))
        return SIM_BY_DATE;
    account_days(x->c, other, &from, &to);
    return covers(from, to, e->us) ? SIM_DUPLICATE : SIM_BY_DATE;
}

void sim_begin_account(struct sim_exhibit *x, int owner, const char *kind, const char *id, const char *stated_owner, const char *zone)
{
    const char *platform = lm_platform_word(x->c->people[owner].home);
    char account[96], what[48];
    (void)snprintf(account, sizeof account, "%s:%s", platform, id);
    (void)snprintf(what, sizeof what, "%s-%d", platform, owner);
    account_days(x->c, owner, &x->from_day, &x->to_day);
    sim_begin(x, what, &(struct sim_authority){ kind, "content", strcmp(kind, "consent") == 0 ? "none" : "District court (made up)",
                                                account, stated_owner, zone });
}

int sim_next_chat(const struct sim_case *c, int owner, enum lm_platform p, int pair)
{
    for (int i = pair + 1; i < c->n_pairs; i++)
        if (c->pairs[i].platform == p && (c->pairs[i].a == owner || c->pairs[i].b == owner))
            return i;
    return -1;
}

struct sim_said sim_message(const struct sim_case *c, const struct sim_event *e, char text[SIM_TEXT])
{
    struct sim_said said = { .kind = "message", .from = "", .to = "", .us = e->us, .duration_s = -1 };
    said.text = (struct lm_str){ text, sim_event_text(c, e, text) };
    return said;
}

/* --- order of time --- */

struct place {
    int64_t us;
    int index;
};

static int by_time(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->us != y->us ? (x->us < y->us ? -1 : 1) : x->index - y->index;
}

int sim_events_of_phone(const struct sim_case *c, int phone, unsigned kinds, int order[])
{
    struct place places[SIM_MAX_EVENTS]; /* 192 KiB */
    int n = 0;
    for (int i = 0; i < c->n_events; i++) {
        const struct sim_event *e = &c->events[i];
        if ((kinds & 1u << e->kind) != 0 && (e->from_phone == phone || e->to_phone == phone))
            places[n++] = (struct place){ e->us, i };
    }
    qsort(places, (size_t)n, sizeof *places, by_time);
    for (int i = 0; i < n; i++)
        order[i] = places[i].index;
    return n;
}
