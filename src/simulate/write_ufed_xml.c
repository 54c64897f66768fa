/* write_ufed_xml.c - Cellebrite's report of a phone that was taken: calls and text messages. Its clock is wrong by a part of a minute, and
 * one record in ten was deleted. The leader's phone, and in every other investigation a dealer's. */
#include "model/when.h"
#include "simulate/exhibit.h"

static void field(struct sim_exhibit *x, const char *name, const char *type, const char *value)
{
    sim_put(x, "        <field name=\"%s\" type=\"%s\">\n          <value type=\"%s\"><![CDATA[%s]]></value>\n        </field>\n", name, type, type, value);
}

static void party(struct sim_exhibit *x, const char *number, const char *role, bool owner, const char *name, unsigned id)
{
    sim_put(x, "          <model type=\"Party\" id=\"00000000-0000-4000-9000-%012u\" deleted_state=\"Intact\" decoding_confidence=\"High\" isrelated=\"False\" extractionId=\"0\">\n", id);
    field(x, "Identifier", "String", number);
    field(x, "Role", "PartyRole", role);
    if (name[0] != '\0')
        field(x, "Name", "String", name);
    field(x, "IsPhoneOwner", "Boolean", owner ? "True" : "False");
    sim_put(x, "          </model>\n");
}

static void model(struct sim_exhibit *x, const struct sim_event *e, int phone, int64_t clock_us)
{
    const struct sim_case *c = x->c;
    char text[SIM_TEXT] = "", at_text[64];
    struct lm_civil t;
    bool call = e->kind == SIM_CALL, out = e->from_phone == phone;
    struct sim_said said = { .kind = call ? "call" : "message", .from = c->phones[e->from_phone].number, .to = c->phones[e->to_phone].number,
                             .us = e->us + clock_us, .duration_s = call ? e->duration_s : -1 };
    const struct sim_person *from = &c->people[c->phones[e->from_phone].owner], *to = &c->people[c->phones[e->to_phone].owner];
    if (!call)
        said.text = (struct lm_str){ text, sim_event_text(c, e, text) };
    lm_civil_from_us(said.us, &t);
    (void)snprintf(at_text, sizeof at_text, "%04d-%02d-%02dT%02d:%02d:%02d.000+00:00", t.year, t.month, t.day, t.hour, t.minute, t.second);
    sim_put(x, "      ");
    uint64_t at = x->at;
    sim_put(x, "<model type=\"%s\" id=\"00000000-0000-4000-8000-%012u\" deleted_state=\"Intact\" decoding_confidence=\"High\" isrelated=\"False\" source_index=\"%u\" extractionId=\"0\">\n",
            call ? "Call" : "SMS", e->id, e->id);
    if (call) {
        char duration[24];
        (void)snprintf(duration, sizeof duration, "%02d:%02d:%02d", e->duration_s / 3600, e->duration_s / 60 % 60, e->duration_s % 60);
        field(x, "Type", "CallType", e->duration_s == 0 && !out ? "Missed" : out ? "Outgoing" : "Incoming");
        field(x, "Duration", "TimeSpan", duration);
    } else {
        field(x, "Folder", "String", out ? "Sent" : "Inbox");
        field(x, "Body", "String", text);
    }
    sim_put(x, "        <field name=\"TimeStamp\" type=\"TimeStamp\">\n          <value type=\"TimeStamp\" format=\"TimeStampKnown\">%s</value>\n        </field>\n", at_text);
    sim_put(x, "        <multiModelField name=\"Parties\" type=\"Party\">\n");
    /* others are saved by what they are called on the street */
    party(x, said.from, "From", out, out ? "" : from->name.moniker, 2 * e->id);
    party(x, said.to, "To", !out, out ? to->name.moniker : "", 2 * e->id + 1);
    sim_put(x, "        </multiModelField>\n      </model>\n");
    sim_record(x, at, SIM_BY_DATE, e, &said);
}

static void phone_report(struct sim_job *job, const struct sim_case *c, int who, int what)
{
    struct sim_exhibit x = { .job = job, .c = c };
    const struct sim_person *p = &c->people[who];
    int phone = p->first_phone + p->n_phones - 1, order[SIM_MAX_EVENTS];
    struct lm_rng r = sim_stream(c->world->seed, SIM_OF_EXHIBIT, (uint64_t)c->number, 50 + (uint64_t)what);
    int64_t clock_us = LM_SECOND_US * sim_between(&r, -50, 50);
    char name[32], account[48];
    x.from_day = (int32_t)(c->world->period_from_us / LM_DAY_US);
    x.to_day = (int32_t)(c->world->period_to_us / LM_DAY_US);
    (void)snprintf(name, sizeof name, "phone-%d", who);
    (void)snprintf(account, sizeof account, "phone:%s", c->phones[phone].number);
    sim_begin(&x, name, &(struct sim_authority){ "search_warrant", "content", "District court (made up)", account, account, "" });
    sim_open(&x, "report.xml", "ufed_xml");
    sim_put(&x, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<project id=\"11111111-2222-4333-8444-%012lld\" name=\"Made up\" reportVersion=\"5.2.0.0\" "
                "xmlns=\"http://pa.cellebrite.com/report/2.0\">\n  <decodedData>\n", (long long)c->number);
    for (unsigned kind = SIM_CALL; kind <= SIM_SMS; kind++) {
        int n = sim_events_of_phone(c, phone, 1u << kind, order);
        sim_put(&x, "    <modelType type=\"%s\">\n", kind == SIM_CALL ? "Call" : "SMS");
        for (int i = 0; i < n; i++)
            if (!sim_chance(&r, 100))
                model(&x, &c->events[order[i]], phone, clock_us);
        sim_put(&x, "    </modelType>\n");
    }
    sim_put(&x, "  </decodedData>\n</project>\n");
    sim_end_file(&x);
}

void sim_write_ufed_xml(struct sim_job *job, const struct sim_case *c)
{
    phone_report(job, c, c->leader, 0);
    if (c->number % 2 == 0)
        phone_report(job, c, c->money + 1, 1);
}
