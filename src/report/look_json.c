#include "lastmile/look_json.h"

#include "store/store.h"

static void flags(struct lm_json_out *o, unsigned bits)
{
    lm_json_key(o, "flags");
    lm_json_array(o);
    for (unsigned i = 0; bits >> i != 0; i++)
        if ((bits >> i & 1) != 0)
            lm_json_z(o, lm_event_flag_word((enum lm_event_flag)i));
    lm_json_array_end(o);
}

void lm_hit_json(struct lm_json_out *o, const struct lm_hit *hit)
{
    lm_json_object(o);
    lm_json_kv_i64(o, "event", hit->event);
    lm_json_kv_i64(o, "thread", hit->thread);
    lm_json_kv_z(o, "kind", lm_event_kind_word(hit->kind));
    lm_json_kv_when(o, "time", &hit->at);
    lm_json_kv_z(o, "quality", lm_time_quality_word(hit->at.quality));
    lm_json_kv_z(o, "platform", lm_platform_word(hit->platform));
    flags(o, hit->flags);
    lm_json_kv_str(o, "from", hit->from);
    lm_json_kv_str(o, "to", hit->to);
    lm_json_kv_str(o, "text", hit->text);
    lm_json_kv_str(o, "detail", hit->detail);
    if (hit->why.n != 0)
        lm_json_kv_str(o, "why", hit->why);
    lm_json_kv_str(o, "exhibit", hit->exhibit);
    lm_json_kv_str(o, "source", hit->source);
    lm_json_kv_str(o, "locator", hit->locator);
    lm_json_kv_str(o, "authority", hit->authority);
    if (hit->duration_s >= 0)
        lm_json_kv_i64(o, "duration_s", hit->duration_s);
    else
        lm_json_kv_null(o, "duration_s");
    if (hit->occurrence != 0)
        lm_json_kv_i64(o, "occurrence", hit->occurrence);
    else
        lm_json_kv_null(o, "occurrence");
    lm_json_kv_u64(o, "reports", hit->reports);
    lm_json_kv_u64(o, "records", hit->records);
    lm_json_object_end(o);
}

void lm_identifier_json(struct lm_json_out *o, const struct lm_identifier_hit *hit)
{
    lm_json_object(o);
    lm_json_kv_i64(o, "account", hit->account);
    lm_json_kv_z(o, "platform", lm_platform_word(hit->platform));
    lm_json_kv_z(o, "type", lm_identifier_type_word(hit->type));
    lm_json_kv_str(o, "value", hit->value);
    lm_json_kv_str(o, "name", hit->name);
    lm_json_kv_str(o, "id", hit->id);
    lm_json_kv_str(o, "basis", hit->basis);
    lm_json_kv_str(o, "exhibit", hit->exhibit);
    lm_json_kv_str(o, "source", hit->source);
    lm_json_kv_str(o, "locator", hit->locator);
    lm_json_kv_str(o, "authority", hit->authority);
    lm_json_object_end(o);
}

void lm_thread_json(struct lm_json_out *o, const struct lm_thread_row *t)
{
    lm_json_object(o);
    lm_json_kv_i64(o, "thread", t->id);
    lm_json_kv_z(o, "platform", lm_platform_word(t->platform));
    lm_json_kv_z(o, "kind", lm_thread_kind_word(t->kind));
    lm_json_kv_str(o, "title", t->title);
    lm_json_kv_str(o, "native", t->native);
    lm_json_kv_str(o, "exhibit", t->exhibit);
    lm_json_kv_str(o, "source", t->source);
    lm_json_kv_u64(o, "events", t->events);
    lm_json_kv_when(o, "first", &t->first);
    lm_json_kv_when(o, "last", &t->last);
    lm_json_object_end(o);
}
