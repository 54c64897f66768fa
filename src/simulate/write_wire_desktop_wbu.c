/* write_wire_desktop_wbu.c - a backup of Wire's desktop app, taken apart: export.json, conversations.json, events.json. */
#include "model/when.h"
#include "simulate/exhibit.h"

void sim_wire_id(int64_t account, char out[40])
{
    (void)snprintf(out, 40, "%08llx-0000-4000-8000-%012llx", (unsigned long long)(account & 0xffffffff), (unsigned long long)account);
}

static void iso(int64_t us, char out[LM_WHEN_TEXT])
{
    struct lm_civil t;
    lm_civil_from_us(us, &t);
    (void)snprintf(out, LM_WHEN_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.000Z", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

static int64_t conversation(const struct sim_case *c, int pair)
{
    return INT64_C(0xc00000000000) + c->number * 256 + pair;
}

static void conversations(struct sim_exhibit *x, int owner)
{
    const struct sim_case *c = x->c;
    char id[40], other[40];
    bool any = false;
    sim_open(x, "conversations.json", "wire_desktop_wbu");
    sim_put(x, "[");
    for (int i = -1; (i = sim_next_chat(c, owner, LM_PLATFORM_WIRE, i)) >= 0;) {
        const struct sim_person *p = &c->people[sim_other(&c->pairs[i], owner)];
        sim_wire_id(conversation(c, i), id);
        sim_wire_id(p->account, other);
        sim_put(x, any ? ",\n " : "\n ");
        any = true;
        sim_record(x, x->at, SIM_HELD, NULL, NULL); /* it has no date, and the authority has */
        sim_put(x, "{\"creator\": \"%s\", \"id\": \"%s\", \"name\": \"%s\", \"others\": [\"%s\"], \"type\": 2}", other, id, p->name.full, other);
    }
    sim_put(x, "\n]\n");
    sim_end_file(x);
}

static void events(struct sim_exhibit *x, int owner)
{
    const struct sim_case *c = x->c;
    bool any = false;
    sim_open(x, "events.json", "wire_desktop_wbu");
    sim_put(x, "[");
    for (int i = -1; (i = sim_next_chat(c, owner, LM_PLATFORM_WIRE, i)) >= 0;) {
        const struct sim_pair *p = &c->pairs[i];
        char in[40];
        sim_wire_id(conversation(c, i), in);
        for (int k = p->first; k < p->first + p->n; k++) {
            const struct sim_event *e = &c->events[k];
            char text[SIM_TEXT], from[40], to[40], id[40], at_text[LM_WHEN_TEXT];
            if (e->kind != SIM_MESSAGE)
                continue;
            struct sim_said said = sim_message(c, e, text);
            sim_wire_id(c->people[e->from].account, from);
            sim_wire_id(c->people[e->to].account, to);
            sim_wire_id(INT64_C(0xe00000000000) + c->number * 16384 + e->id, id);
            said.from = from;
            said.to = to;
            iso(e->us, at_text);
            sim_put(x, any ? ",\n " : "\n ");
            any = true;
            uint64_t at = x->at;
            sim_put(x, "{\"category\": 16, \"conversation\": \"%s\", \"data\": {\"content\": \"%s\", \"expects_read_confirmation\": false, \"mentions\": [], \"previews\": []}, "
                       "\"from\": \"%s\", \"id\": \"%s\", \"primary_key\": %u, \"status\": 2, \"time\": \"%s\", \"type\": \"conversation.message-add\"}",
                    in, text, from, id, e->id, at_text);
            sim_record(x, at, sim_fate_of_message(x, owner, e), e, &said);
        }
    }
    sim_put(x, "\n]\n");
    sim_end_file(x);
}

void sim_write_wire_desktop_wbu(struct sim_job *job, const struct sim_case *c, int owner)
{
    struct sim_exhibit x = { .job = job, .c = c };
    char id[40], made[LM_WHEN_TEXT];
    struct sim_said backup = { .us = c->world->period_to_us - 40 * LM_DAY_US };
    sim_wire_id(c->people[owner].account, id);
    iso(backup.us, made);
    sim_begin_account(&x, owner, "consent", id, "", "");
    sim_open(&x, "export.json", "wire_desktop_wbu");
    sim_record(&x, 0, SIM_BY_DATE, NULL, &backup);
    sim_put(&x, "{\"client_id\": \"cafe%04d\", \"creation_time\": \"%s\", \"platform\": \"Web\", \"user_handle\": \"%s\", \"user_id\": \"%s\", \"user_name\": \"%s\", \"version\": 20}\n",
            owner, made, c->people[owner].handle, id, c->people[owner].name.full);
    sim_end_file(&x);
    conversations(&x, owner);
    events(&x, owner);
}
