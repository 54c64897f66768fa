/* write_wickr_retention_json.c - the archive of an organisation's data-retention bot, the part about one of its users. */
#include "model/when.h"
#include "simulate/exhibit.h"

void sim_write_wickr_retention_json(struct sim_job *job, const struct sim_case *c, int owner)
{
    struct sim_exhibit x = { .job = job, .c = c };
    sim_begin_account(&x, owner, "search_warrant", c->people[owner].handle, "", "");
    sim_open(&x, "messages.txt", "wickr_retention_json");
    for (int i = -1; (i = sim_next_chat(c, owner, LM_PLATFORM_WICKR, i)) >= 0;) {
        const struct sim_pair *p = &c->pairs[i];
        for (int k = p->first; k < p->first + p->n; k++) {
            const struct sim_event *e = &c->events[k];
            char text[SIM_TEXT];
            struct lm_civil t;
            if (e->kind != SIM_MESSAGE)
                continue;
            struct sim_said said = sim_message(c, e, text);
            said.from = c->people[e->from].handle;
            said.to = c->people[e->to].handle;
            lm_civil_from_us(e->us, &t);
            uint64_t at = x.at;
            sim_put(&x, "{\"message\": \"%s\", \"message_id\": \"%016llx%016x\", \"msg_ts\": \"%lld.000000\", \"msgtype\": 1000, \"receiver\": \"%s\", \"sender\": \"%s\", "
                        "\"sender_type\": \"normal\", \"time_iso\": \"%04d-%02d-%02d %02d:%02d:%02d.000\", \"vgroupid\": \"%064x\"}\n",
                    text, (unsigned long long)c->number, e->id, (long long)(e->us / LM_SECOND_US), said.to, said.from, t.year, t.month, t.day, t.hour,
                    t.minute, t.second, (unsigned)i + 1);
            sim_record(&x, at, sim_fate_of_message(&x, owner, e), e, &said);
        }
    }
    sim_end_file(&x);
}
