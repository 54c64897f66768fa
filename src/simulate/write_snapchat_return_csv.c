/* write_snapchat_return_csv.c - what Snapchat returns about an account under a search warrant: conversations.csv. One row in fifty stands
 * twice, as it does in real returns. */
#include "model/when.h"
#include "simulate/exhibit.h"

static void uuid(int64_t account, char out[40])
{
    (void)snprintf(out, 40, "3f2a0000-0000-4000-8000-%012llx", (unsigned long long)account);
}

static void row(struct sim_exhibit *x, const struct sim_event *e, const char *text, int pair)
{
    const struct sim_person *from = &x->c->people[e->from], *to = &x->c->people[e->to];
    char from_id[40], to_id[40];
    struct lm_civil t;
    uuid(from->account, from_id);
    uuid(to->account, to_id);
    lm_civil_from_us(e->us, &t);
    x->row++;
    sim_put(x, "CHAT,TEXT,c0ffee00-0000-4000-8000-%06d%06d,%u,,,%s,%s,%s,%s,\"%s\",,true,false,false,%04d-%02d-%02d %02d:%02d:%02d UTC\n",
            (int)(x->c->number % 1000000), pair, e->id, from->handle, from_id, to->handle, to_id, text, t.year, t.month, t.day, t.hour,
            t.minute, t.second);
}

void sim_write_snapchat_return_csv(struct sim_job *job, const struct sim_case *c, int owner)
{
    struct sim_exhibit x = { .job = job, .c = c };
    const struct sim_person *who = &c->people[owner];
    char id[40];
    uuid(who->account, id);
    sim_begin_account(&x, owner, "search_warrant", who->handle, "", "");
    sim_open(&x, "conversations.csv", "snapchat_return_csv");
    sim_put(&x, "\"Target username \"\"%s\"\" is associated with User ID \"\"%s\"\"\"\n---------------------------\n\"Legend\"\n===========================\n"
                "content_type,message_type,conversation_id,message_id,reply_to_message_id,conversation_title,sender_username,sender_user_id,"
                "recipient_username,recipient_user_id,text,media_id,is_saved,is_encrypted,is_topic_chat,timestamp\n",
            who->handle, id);
    x.row = 5;
    for (int i = -1; (i = sim_next_chat(c, owner, LM_PLATFORM_SNAPCHAT, i)) >= 0;) {
        const struct sim_pair *p = &c->pairs[i];
        for (int k = p->first; k < p->first + p->n; k++) {
            const struct sim_event *e = &c->events[k];
            char text[SIM_TEXT];
            if (e->kind != SIM_MESSAGE)
                continue;
            struct sim_said said = sim_message(c, e, text);
            said.from = c->people[e->from].handle;
            said.to = c->people[e->to].handle;
            row(&x, e, text, i);
            sim_record(&x, x.row, sim_fate_of_message(&x, owner, e), e, &said);
            bool inside = e->us >= x.from_day * LM_DAY_US && e->us < ((int64_t)x.to_day + 1) * LM_DAY_US;
            if (e->id % 50 == 0) {
                row(&x, e, text, i);
                sim_record(&x, x.row, inside ? SIM_DUPLICATE : SIM_HELD, NULL, &said);
            }
        }
    }
    sim_end_file(&x);
}
