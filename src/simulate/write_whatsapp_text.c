/* write_whatsapp_text.c - chats that the owner of a phone exported as text: minutes, local time, contacts that are not saved. */
#include "model/when.h"
#include "simulate/exhibit.h"

/* "+1 303-555-0101", "+33639981234": as the app shows a number that is not saved. */
static void shown(const char *e164, char out[24])
{
    if (strncmp(e164, "+1", 2) == 0)
        (void)snprintf(out, 24, "+1 %.3s-%.3s-%.4s", e164 + 2, e164 + 5, e164 + 8);
    else
        (void)snprintf(out, 24, "%s", e164);
}

static void stamp(struct sim_exhibit *x, int64_t us)
{
    struct lm_civil t;
    lm_civil_from_us(sim_local_us(x->c, us), &t);
    sim_put(x, "%04d-%02d-%02d, %02d:%02d - ", t.year, t.month, t.day, t.hour, t.minute);
}

static int64_t minute(int64_t us)
{
    return us - us % (60 * LM_SECOND_US);
}

static void chat(struct sim_exhibit *x, const struct sim_pair *p, int owner)
{
    const struct sim_case *c = x->c;
    const struct sim_person *who = &c->people[owner], *other = &c->people[sim_other(p, owner)];
    const char *mine = c->phones[who->first_phone].number, *theirs = c->phones[other->first_phone].number;
    char number[24], name[64];
    shown(theirs, number);
    (void)snprintf(name, sizeof name, "WhatsApp Chat with %s.txt", number);
    sim_open(x, name, "whatsapp_text");
    struct sim_said notice = { .us = minute(c->events[p->first].us) };
    uint64_t at = x->at;
    stamp(x, notice.us);
    sim_put(x, "Messages and calls are end-to-end encrypted. No one outside of this chat, not even WhatsApp, can read or listen to them.\n");
    sim_record(x, at, SIM_BY_DATE, NULL, &notice);
    bool wrote[2] = { false, false }; /* the other, the owner: of one who never did the file does not say that it is his chat */
    for (int k = p->first; k < p->first + p->n; k++)
        if (c->events[k].kind == SIM_MESSAGE)
            wrote[c->events[k].from == owner] = true;
    for (int k = p->first; k < p->first + p->n; k++) {
        const struct sim_event *e = &c->events[k];
        char text[SIM_TEXT];
        if (e->kind != SIM_MESSAGE)
            continue;
        struct sim_said said = sim_message(c, e, text);
        said.us = minute(e->us);
        said.from = e->from == owner ? mine : theirs;
        said.to = !wrote[e->from != owner] ? "" : e->from == owner ? theirs : mine;
        at = x->at;
        stamp(x, e->us);
        sim_put(x, "%s: %s\n", e->from == owner ? who->name.full : number, text);
        sim_record(x, at, SIM_BY_DATE, wrote[0] && wrote[1] ? e : NULL, &said);
    }
    sim_end_file(x);
}

void sim_write_whatsapp_text(struct sim_job *job, const struct sim_case *c, int owner)
{
    struct sim_exhibit x = { .job = job, .c = c };
    const struct sim_person *who = &c->people[owner];
    const char *number = c->phones[who->first_phone].number;
    char stated[240];
    (void)snprintf(stated, sizeof stated, "whatsapp:%s=%s", number, who->name.full);
    sim_begin_account(&x, owner, "consent", number, stated, sim_cities[c->city].zone);
    for (int i = -1; (i = sim_next_chat(c, owner, LM_PLATFORM_WHATSAPP, i)) >= 0;)
        if (c->pairs[i].n != 0)
            chat(&x, &c->pairs[i], owner);
}
