/* write_telegram_json.c - an account's whole export by Telegram Desktop, handed over by its owner. */
#include <inttypes.h>

#include "model/when.h"
#include "simulate/exhibit.h"

static void card(struct sim_exhibit *x, const struct sim_person *p, const char *number, int64_t us)
{
    sim_put(x, "{\"user_id\": %" PRId64 ", \"first_name\": \"%s\", \"last_name\": \"%s\", \"phone_number\": \"%s\"", p->account,
            p->name.given, p->name.family, number);
    if (us != 0) {
        char text[LM_WHEN_TEXT];
        struct lm_when w = { .us = us, .quality = LM_TIME_LOCAL };
        sim_put(x, ", \"date\": \"%s\", \"date_unixtime\": \"%" PRId64 "\"", lm_when_format(&w, text), us / LM_SECOND_US);
    }
    sim_put(x, "}");
}

/* Saved when they first wrote, or on the first day of the authority. */
static void contacts(struct sim_exhibit *x, int owner)
{
    const struct sim_case *c = x->c;
    bool first = true;
    sim_put(x, " \"contacts\": {\"about\": \"Made-up data.\", \"list\": [\n");
    for (int i = -1; (i = sim_next_chat(c, owner, LM_PLATFORM_TELEGRAM, i)) >= 0;) {
        const struct sim_pair *p = &c->pairs[i];
        const struct sim_person *other = &c->people[sim_other(p, owner)];
        if (p->n == 0)
            continue;
        struct sim_said said = { .us = c->events[p->first].us };
        sim_put(x, first ? "  " : ",\n  ");
        uint64_t at = x->at;
        card(x, other, c->phones[other->first_phone].number, said.us);
        sim_record(x, at, SIM_BY_DATE, NULL, &said);
        first = false;
    }
    sim_put(x, "\n ]},\n");
}

static void message(struct sim_exhibit *x, const struct sim_event *e, int number)
{
    const struct sim_case *c = x->c;
    const struct sim_person *from = &c->people[e->from];
    char text[SIM_TEXT], date[LM_WHEN_TEXT], from_id[32], to_id[32];
    struct lm_when w = { .us = sim_local_us(c, e->us), .quality = LM_TIME_LOCAL };
    struct sim_said said = sim_message(c, e, text);
    said.from = from_id;
    said.to = to_id;
    (void)snprintf(from_id, sizeof from_id, "user%" PRId64, from->account);
    (void)snprintf(to_id, sizeof to_id, "user%" PRId64, c->people[e->to].account);
    uint64_t at = x->at;
    sim_put(x, "{\n     \"id\": %d,\n     \"type\": \"message\",\n     \"date\": \"%s\",\n     \"date_unixtime\": \"%" PRId64
               "\",\n     \"from\": \"%s\",\n     \"from_id\": \"%s\",\n     \"text\": \"%s\",\n     \"text_entities\": [\n      {\n"
               "       \"type\": \"plain\",\n       \"text\": \"%s\"\n      }\n     ]\n    }",
            number, lm_when_format(&w, date), e->us / LM_SECOND_US, from->name.full, from_id, text, text);
    sim_record(x, at, SIM_BY_DATE, e, &said);
}

void sim_write_telegram_json(struct sim_job *job, const struct sim_case *c, int owner)
{
    struct sim_exhibit x = { .job = job, .c = c };
    const struct sim_person *who = &c->people[owner];
    char id[32], stated[48];
    (void)snprintf(id, sizeof id, "user%" PRId64, who->account);
    (void)snprintf(stated, sizeof stated, "telegram:%s", id);
    sim_begin_account(&x, owner, "consent", id, stated, "");
    sim_open(&x, "result.json", "telegram_json");
    sim_put(&x, "{\n \"about\": \"Made-up data.\",\n \"personal_information\": ");
    sim_record(&x, x.at, SIM_KEPT, NULL, NULL);
    card(&x, who, c->phones[who->first_phone].number, 0);
    sim_put(&x, ",\n");
    contacts(&x, owner);
    sim_put(&x, " \"chats\": {\"about\": \"Made-up data.\", \"list\": [");
    bool first = true;
    for (int i = -1; (i = sim_next_chat(c, owner, LM_PLATFORM_TELEGRAM, i)) >= 0;) {
        const struct sim_pair *p = &c->pairs[i];
        const struct sim_person *other = &c->people[sim_other(p, owner)];
        sim_put(&x, "%s\n  {\n   \"name\": \"%s\",\n   \"type\": \"personal_chat\",\n   \"id\": %" PRId64 ",\n   \"messages\": [",
                first ? "" : ",", other->name.full, other->account);
        first = false;
        int n = 0;
        for (int k = p->first; k < p->first + p->n; k++) {
            if (c->events[k].kind != SIM_MESSAGE)
                continue;
            sim_put(&x, n == 0 ? "\n    " : ",\n    ");
            message(&x, &c->events[k], ++n);
        }
        sim_put(&x, "\n   ]\n  }");
    }
    sim_put(&x, "\n ]}\n}\n");
    sim_end_file(&x);
}
