/* write_meta_return_html.c - what Meta returns about a Facebook or an Instagram account under a search warrant: records.html, with page
 * breaks wherever they fall. */
#include <inttypes.h>

#include "model/when.h"
#include "simulate/exhibit.h"

/* A record's place is that of its first label. */
enum { TO_LABEL = sizeof "<div class=\"t o\"><div class=\"t i\">" - 1 };
#define FIELD "<div class=\"t o\"><div class=\"t i\">%s<div class=\"m\"><div>%s<div class=\"p\"></div></div></div></div></div>\n"

static void utc(int64_t us, char out[LM_WHEN_TEXT])
{
    struct lm_civil c;
    lm_civil_from_us(us, &c);
    (void)snprintf(out, LM_WHEN_TEXT, "%04d-%02d-%02d %02d:%02d:%02d UTC", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

static void name_of(const struct sim_person *p, const char *platform, char out[240])
{
    (void)snprintf(out, 240, "%s (%s: %" PRId64 ")", p->name.full, platform, p->account);
}

static void message(struct sim_exhibit *x, const struct sim_event *e, const char *platform, int page)
{
    char text[SIM_TEXT], sent[LM_WHEN_TEXT], author[240], from[24], to[24];
    struct sim_said said = sim_message(x->c, e, text);
    (void)snprintf(from, sizeof from, "%" PRId64, x->c->people[e->from].account);
    (void)snprintf(to, sizeof to, "%" PRId64, x->c->people[e->to].account);
    said.from = from;
    said.to = to;
    utc(e->us, sent);
    name_of(&x->c->people[e->from], platform, author);
    uint64_t at = x->at;
    sim_put(x, FIELD, "Author", author);
    if (page % 9 == 0)
        sim_put(x, "<div class=\"pageBreak\">Meta Platforms Business Record<span>Page %d</span></div>\n", page / 9 + 1);
    sim_put(x, FIELD FIELD, "Sent", sent, "Body", text);
    sim_record(x, at + TO_LABEL, SIM_BY_DATE, e, &said);
}

void sim_write_meta_return_html(struct sim_job *job, const struct sim_case *c, int owner)
{
    struct sim_exhibit x = { .job = job, .c = c };
    const struct sim_person *who = &c->people[owner];
    const char *platform = lm_platform_word(who->home);
    char id[24], self[240];
    int page = 0;
    (void)snprintf(id, sizeof id, "%" PRId64, who->account);
    name_of(who, platform, self);
    sim_begin_account(&x, owner, "search_warrant", id, "", "");
    sim_open(&x, "records.html", "meta_return_html");
    sim_put(&x, "<!DOCTYPE html><html><head><title>Meta Platforms Business Record</title></head><body>\n<div id=\"property-request_parameters\">");
    /* parameters and the heads of threads have no date, and the authority has; whose the account is has none and needs none */
    sim_record(&x, x.at + TO_LABEL, SIM_HELD, NULL, NULL);
    sim_put(&x, FIELD, "Service", who->home == LM_PLATFORM_INSTAGRAM ? "Instagram" : "Facebook");
    sim_record(&x, x.at + TO_LABEL, SIM_KEPT, NULL, NULL);
    sim_put(&x, FIELD "</div>\n<div id=\"property-unified_messages\">", "Target", id);
    for (int i = -1; (i = sim_next_chat(c, owner, who->home, i)) >= 0;) {
        const struct sim_pair *p = &c->pairs[i];
        const struct sim_person *other = &c->people[sim_other(p, owner)];
        char both[500], title[64];
        (void)snprintf(title, sizeof title, "Sample (%" PRId64 "%d)", who->account, i);
        int n = snprintf(both, sizeof both, "%s, ", self);
        name_of(other, platform, both + n);
        sim_record(&x, x.at + TO_LABEL, SIM_HELD, NULL, NULL);
        sim_put(&x, FIELD FIELD, "Thread", title, "Current Participants", both);
        for (int k = p->first; k < p->first + p->n; k++)
            if (c->events[k].kind == SIM_MESSAGE)
                message(&x, &c->events[k], platform, ++page);
    }
    sim_put(&x, "</div></body></html>\n");
    sim_end_file(&x);
}
