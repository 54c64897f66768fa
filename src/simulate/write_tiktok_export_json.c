/* write_tiktok_export_json.c - TikTok's data export, as its owner asked for it. */
#include "model/when.h"
#include "simulate/exhibit.h"

void sim_write_tiktok_export_json(struct sim_job *job, const struct sim_case *c, int owner)
{
    struct sim_exhibit x = { .job = job, .c = c };
    const struct sim_person *who = &c->people[owner];
    bool first = true;
    sim_begin_account(&x, owner, "consent", who->handle, "", "");
    sim_open(&x, "user_data.json", "tiktok_export_json");
    sim_put(&x, "{\n  \"Direct Messages\": {\n    \"Chat History\": {\n      \"ChatHistory\": {");
    for (int i = -1; (i = sim_next_chat(c, owner, LM_PLATFORM_TIKTOK, i)) >= 0;) {
        const struct sim_pair *p = &c->pairs[i];
        sim_put(&x, "%s\n        \"Chat History with %s:\": [", first ? "" : ",", c->people[sim_other(p, owner)].handle);
        first = false;
        bool any = false;
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
            sim_put(&x, "%s\n          ", any ? "," : "");
            any = true;
            uint64_t at = x.at;
            sim_put(&x, "{\n            \"Date\": \"%04d-%02d-%02d %02d:%02d:%02d\",\n            \"From\": \"%s\",\n            \"Content\": \"%s\"\n          }",
                    t.year, t.month, t.day, t.hour, t.minute, t.second, said.from, text);
            sim_record(&x, at, SIM_BY_DATE, e, &said);
        }
        sim_put(&x, "\n        ]");
    }
    sim_put(&x, "\n      }\n    }\n  },\n  \"Profile\": { \"Profile Information\": { \"ProfileMap\": ");
    sim_record(&x, x.at, SIM_HELD, NULL, NULL); /* it has no date, and the authority has */
    sim_put(&x, "{ \"userName\": \"%s\" } } }\n}\n", who->handle);
    sim_end_file(&x);
}
