#include <inttypes.h>
#include <stdio.h>

#include "base/map.h"
#include "report/brief_data.h"
#include "report/contact_net.h"

struct contacts {
    struct lm_arena *a;
    struct lm_error *e;
    struct lm_json_out *o;
    struct lm_map form_of;
    int64_t account;
    uint64_t limit, offset, total;
    struct lm_str label;
};

static lm_err take_form(void *user, const struct lm_account_row *row)
{
    struct contacts *c = user;
    uint64_t *value;
    return lm_map_put(&c->form_of, (struct lm_str){ (const char *)&row->id, sizeof row->id }, (uint64_t)row->form, &value,
                      NULL);
}

static struct lm_str label(struct contacts *c, int64_t account, struct lm_str name)
{
    const uint64_t *form = lm_map_get(&c->form_of, (struct lm_str){ (const char *)&account, sizeof account });
    return lm_contact_label(c->a, account, form != NULL ? (enum lm_account_form)*form : LM_ACCOUNT_NONE, name);
}

static lm_err take_edge(void *user, const struct lm_edge_row *row)
{
    struct contacts *c = user;
    bool out = row->from == c->account;
    if ((row->kind != LM_EVENT_MESSAGE && row->kind != LM_EVENT_CALL) || row->from == row->to || row->events == 0
        || (!out && row->to != c->account))
        return LM_OK;
    if (c->label.p == NULL)
        c->label = label(c, c->account, out ? row->from_name : row->to_name);
    c->total++;
    if (c->total <= c->offset || c->total - c->offset > c->limit)
        return LM_OK;
    struct lm_json_out *o = c->o;
    char month[16] = "";
    if (row->month != INT32_MIN)
        (void)snprintf(month, sizeof month, "%04" PRId32 "-%02" PRId32, 1970 + (row->month - (row->month % 12 + 12) % 12) / 12,
                       (row->month % 12 + 12) % 12 + 1);
    lm_json_object(o);
    lm_json_kv_str(o, "with", label(c, out ? row->to : row->from, out ? row->to_name : row->from_name));
    lm_json_kv_z(o, "direction", out ? "out" : "in");
    lm_json_kv_z(o, "kind", lm_event_kind_word(row->kind));
    lm_json_kv_z(o, "month", month[0] != '\0' ? month : NULL);
    lm_json_kv_u64(o, "contacts", row->occurrences);
    lm_json_kv_u64(o, "events", row->events);
    lm_json_kv_u64(o, "records", row->records);
    lm_json_kv_str(o, "authority", row->authority);
    lm_json_kv_i64(o, "source", row->source);
    lm_json_kv_str(o, "exhibit", row->exhibit);
    lm_json_kv_str(o, "exhibit_name", row->exhibit_name);
    lm_json_kv_when(o, "first", &row->first);
    lm_json_kv_when(o, "last", &row->last);
    lm_json_object_end(o);
    return LM_OK;
}

lm_err lm_brief_account(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, int64_t account,
                        uint64_t limit, uint64_t offset, struct lm_json_out *o, struct lm_error *e)
{
    struct contacts c = { .a = a, .e = e, .o = o, .account = account, .limit = limit, .offset = offset };
    lm_map_init(&c.form_of, a);
    lm_err err = lm_store_accounts(st, f, take_form, &c, e);
    lm_json_key(o, "contacts");
    lm_json_array(o);
    if (err == LM_OK)
        err = lm_store_account_edges(st, f, account, take_edge, &c, e);
    lm_json_array_end(o);
    if (err != LM_OK)
        return err;
    if (c.label.p == NULL)
        return lm_fail(e, LM_ENOTFOUND, "no contacts of account %" PRId64 " in this investigation", account);
    lm_json_kv_str(o, "identifier", c.label);
    lm_json_kv_u64(o, "total", c.total);
    return LM_OK;
}
