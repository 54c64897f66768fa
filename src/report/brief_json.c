#include "report/brief_data.h"
#include "rollup/figure_out.h"

static void counts(struct lm_json_out *o, const struct lm_counts *c)
{
    lm_json_kv_u64(o, "seen", c->seen);
    lm_json_kv_u64(o, "kept", c->kept);
    lm_json_kv_u64(o, "duplicate", c->duplicate);
    lm_json_kv_u64(o, "held", c->held);
    lm_json_kv_u64(o, "rejected", c->rejected);
    lm_json_kv_u64(o, "facts", c->facts);
    lm_json_kv_u64(o, "problems", c->problems);
}

void lm_brief_json_head(const struct lm_brief *b, struct lm_json_out *o)
{
    const struct lm_summary *y = &b->summary;
    lm_json_key(o, "investigation");
    lm_json_object(o);
    lm_json_kv_str(o, "id", b->investigation.id);
    lm_json_kv_str(o, "title", b->investigation.title);
    lm_json_kv_text(o, "agency", b->investigation.agency);
    lm_json_kv_text(o, "division", b->investigation.division);
    lm_json_object_end(o);
    lm_json_kv_when(o, "cutoff", &y->last);
    lm_json_key(o, "records");
    lm_json_object(o);
    lm_json_kv_u64(o, "events", y->events);
    lm_json_kv_u64(o, "local", y->events_local);
    lm_json_kv_u64(o, "undated", y->events_undated);
    lm_json_kv_when(o, "first", &y->first);
    lm_json_kv_when(o, "last", &y->last);
    lm_json_object_end(o);
}

/* Real events, and the records behind them. */
static void occurrences(const struct lm_brief *b, struct lm_json_out *o)
{
    const struct lm_occurrence_totals *n = &b->occurrences;
    lm_json_key(o, "occurrences");
    lm_json_object(o);
    lm_json_kv_u64(o, "occurrences", n->occurrences);
    lm_json_kv_u64(o, "records", n->records);
    lm_json_kv_u64(o, "attempts", n->attempts);
    lm_json_kv_u64(o, "voicemails", n->voicemails);
    lm_json_kv_u64(o, "forwards", n->forwards);
    lm_json_kv_bool(o, "current", n->current);
    lm_json_object_end(o);
}

void lm_brief_json_ledger(const struct lm_brief *b, struct lm_json_out *o, uint64_t limit, uint64_t offset)
{
    lm_json_kv_u64(o, "n", b->n_sources);
    lm_json_key(o, "sources");
    lm_json_array(o);
    for (uint64_t i = offset; i < b->n_sources && i - offset < limit; i++) {
        const struct lm_brief_source *s = &b->sources[i];
        lm_json_object(o);
        lm_json_kv_i64(o, "source", s->id);
        lm_json_kv_str(o, "path", s->path);
        lm_json_kv_text(o, "reader", s->reader);
        lm_json_kv_str(o, "authority", s->authority);
        lm_json_kv_z(o, "state", s->revoked ? "revoked" : lm_source_state_word(s->state));
        lm_json_kv_str(o, "exhibit", s->exhibit);
        lm_json_kv_z(o, "sha256", s->sha256);
        counts(o, &s->counts);
        lm_json_kv_bool(o, "closes", s->closes);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_key(o, "totals");
    lm_json_object(o);
    counts(o, &b->totals);
    lm_json_object_end(o);
    lm_json_kv_bool(o, "closes", b->n_open == 0);
    lm_json_kv_u64(o, "open", b->n_open);
}

/* The document of the roll-up (docs/json/rollup.json) as one member. */
static void totals(const struct lm_brief *b, struct lm_json_out *o)
{
    struct lm_buf document;
    lm_buf_init(&document, o->b->ceiling_bytes);
    lm_brief_json_totals(b, &document);
    lm_json_key(o, "totals");
    lm_json_value(o, lm_str_trim(lm_buf_str(&document)));
    o->b->failed = o->b->failed || document.failed;
    lm_buf_free(&document);
}

void lm_brief_json_totals(const struct lm_brief *b, struct lm_buf *out)
{
    struct lm_rollup_print p = { .rollup = &b->rollup, .options = &b->rollup_options };
    lm_rollup_to_json(&p, out);
}

static void network(const struct lm_brief *b, struct lm_json_out *o)
{
    const struct lm_brief_network *n = &b->network;
    lm_json_key(o, "network");
    lm_json_object(o);
    lm_json_kv_u64(o, "accounts", n->net.n);
    lm_json_kv_u64(o, "pairs", n->pairs);
    lm_json_kv_u64(o, "contacts", n->net.contacts);
    lm_json_kv_u64(o, "components", n->components);
    lm_json_kv_u64(o, "largest", n->largest);
    lm_json_kv_u64(o, "left_out", n->net.left_out);
    lm_contact_net_json_exhibits(&n->net, o);
    lm_json_object_end(o);
    lm_json_key(o, "key_components");
    lm_json_object(o);
    lm_json_kv_z(o, "sentence", LM_BRIEF_SENTENCE);
    lm_json_kv_str(o, "method", n->method);
    lm_json_key(o, "rows");
    lm_json_array(o);
    for (uint32_t i = 0; i < n->n_keys; i++) {
        const struct lm_brief_key *k = &n->keys[i];
        lm_json_object(o);
        lm_json_kv_u64(o, "k", i + 1U);
        lm_json_kv_i64(o, "account", k->account);
        lm_json_kv_str(o, "identifier", k->label);
        lm_json_kv_z(o, "standing", "unassessed");
        lm_json_kv_u64(o, "degree", k->degree);
        lm_json_kv_double(o, "betweenness", k->betweenness);
        lm_json_kv_double(o, "betweenness_when_removed", k->score);
        lm_json_kv_u64(o, "largest_after", k->largest_after);
        lm_json_kv_u64(o, "pairs_after", k->pairs_after);
        lm_json_kv_u64(o, "contacts", k->contacts);
        lm_json_key(o, "rank_range");
        if (n->ranks.runs != 0) {
            lm_json_array(o);
            lm_json_u64(o, k->rank.low);
            lm_json_u64(o, k->rank.high);
            lm_json_array_end(o);
        } else {
            lm_json_null(o);
        }
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
}

void lm_brief_json_network(const struct lm_brief *b, struct lm_json_out *o)
{
    network(b, o);
    lm_warnings_json(&b->warnings, o);
}

void lm_brief_json(const struct lm_brief *b, struct lm_json_out *o, uint64_t max_sources)
{
    lm_json_object(o);
    lm_json_kv_z(o, "report", "brief");
    lm_brief_json_head(b, o);
    occurrences(b, o);
    lm_json_key(o, "ledger");
    lm_json_object(o);
    lm_brief_json_ledger(b, o, max_sources, 0);
    lm_json_object_end(o);
    lm_json_kv_u64(o, "problems", b->totals.problems);
    totals(b, o);
    lm_brief_json_network(b, o);
    lm_json_object_end(o);
}
