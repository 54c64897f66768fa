/* write_signal_export_json.c - conversations of Signal Desktop as signal-export writes them: a folder for each, data.json, local time.
 *
 * It names people and says no number: two exports of one conversation cannot be told to report the same messages, so the truth does
 * not ask for it. */
#include "model/when.h"
#include "simulate/exhibit.h"

void sim_write_signal_export_json(struct sim_job *job, const struct sim_case *c, int owner)
{
    struct sim_exhibit x = { .job = job, .c = c };
    const struct sim_person *who = &c->people[owner];
    const char *number = c->phones[who->first_phone].number;
    char stated[64];
    (void)snprintf(stated, sizeof stated, "signal:%s", number);
    sim_begin_account(&x, owner, "consent", number, stated, sim_cities[c->city].zone);
    for (int i = -1; (i = sim_next_chat(c, owner, LM_PLATFORM_SIGNAL, i)) >= 0;) {
        const struct sim_pair *p = &c->pairs[i];
        const struct sim_person *other = &c->people[sim_other(p, owner)];
        char name[320];
        (void)snprintf(name, sizeof name, "%s %d/data.json", other->name.full, i);
        sim_open(&x, name, "signal_export_json");
        for (int k = p->first; k < p->first + p->n; k++) {
            const struct sim_event *e = &c->events[k];
            char text[SIM_TEXT];
            struct lm_civil t;
            if (e->kind != SIM_MESSAGE)
                continue;
            struct sim_said said = sim_message(c, e, text);
            said.from = e->from == owner ? number : other->name.full; /* to whom is not said */
            lm_civil_from_us(sim_local_us(c, e->us), &t);
            uint64_t at = x.at;
            sim_put(&x, "{\"date\": \"%04d-%02d-%02dT%02d:%02d:%02d\", \"sender\": \"%s\", \"body\": \"%s  \", \"quote\": \"\", \"sticker\": null, \"reactions\": [], "
                        "\"attachments\": [], \"deleted\": false, \"call\": false, \"missed\": false}\n",
                    t.year, t.month, t.day, t.hour, t.minute, t.second, e->from == owner ? "Me" : other->name.full, text);
            sim_record(&x, at, SIM_BY_DATE, NULL, &said);
        }
        sim_end_file(&x);
    }
}
