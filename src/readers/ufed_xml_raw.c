/* ufed_xml_raw.c - what no member of an event holds, as one JSON object. */
#include "readers/ufed_xml.h"

#include "formats/json_out.h"

/* Where a model says nothing but how it was decoded, it says nothing. */
static bool is_noise(const struct uf_field *f)
{
    return f->used || uf_is(f->name, "UserMapping");
}

static bool field_says(const struct uf_field *f);

static bool model_says(const struct uf_model *m)
{
    for (const struct uf_field *f = m->fields; f != NULL; f = f->next)
        if (field_says(f))
            return true;
    return uf_is(m->deleted, "Deleted") || uf_is(m->deleted, "Trash");
}

static bool field_says(const struct uf_field *f)
{
    if (is_noise(f))
        return false;
    for (const struct uf_value *v = f->values; v != NULL; v = v->next)
        if (lm_str_trim(v->text).n != 0)
            return true;
    for (const struct uf_model *m = f->models; m != NULL; m = m->next)
        if (model_says(m))
            return true;
    return f->length.n != 0;
}

/* Passwords and keys open more than the authority reaches: they stay in the exhibit. */
static bool is_secret(const struct uf_model *m, const struct uf_field *f)
{
    return uf_is(f->name, "Password") || (uf_is(m->type, "Password") && uf_is(f->name, "Data"));
}

static void put_model(struct uf *u, struct lm_json_out *o, const struct uf_model *m, bool top);

static void put_values(struct lm_json_out *o, const struct uf_field *f)
{
    bool several = f->values->next != NULL;
    if (several)
        lm_json_array(o);
    for (const struct uf_value *v = f->values; v != NULL; v = v->next)
        lm_json_str(o, lm_str_trim(v->text));
    if (several)
        lm_json_array_end(o);
}

static void put_models(struct uf *u, struct lm_json_out *o, const struct uf_field *f)
{
    bool several = f->models->next != NULL;
    if (several)
        lm_json_array(o);
    for (const struct uf_model *m = f->models; m != NULL; m = m->next)
        if (model_says(m))
            put_model(u, o, m, false);
    if (several)
        lm_json_array_end(o);
}

/* A name that stands before in the same model gets a number. */
static void put_key(struct uf *u, struct lm_json_out *o, const struct uf_model *m, const struct uf_field *f, const char *suffix)
{
    size_t before = 0;
    for (const struct uf_field *g = m->fields; g != f; g = g->next)
        before += lm_str_eq(g->name, f->name);
    struct lm_str key = before == 0 ? lm_arena_printf(u->ctx->record, "%.*s%s", LM_STR_ARG(f->name), suffix)
                                    : lm_arena_printf(u->ctx->record, "%.*s%s (%zu)", LM_STR_ARG(f->name), suffix, before + 1);
    lm_json_key(o, key.p != NULL ? key.p : "");
}

static void put_field(struct uf *u, struct lm_json_out *o, const struct uf_model *m, const struct uf_field *f)
{
    if (is_secret(m, f)) {
        put_key(u, o, m, f, "");
        lm_json_z(o, "(not kept)");
        uf_count(u, UF_SECRETS, m->at);
        return;
    }
    if (f->values != NULL) {
        put_key(u, o, m, f, "");
        put_values(o, f);
    }
    if (f->format.n != 0 && !uf_is(f->format, "TimeStampKnown")) {
        put_key(u, o, m, f, " format");
        lm_json_str(o, f->format);
    }
    if (f->length.n != 0) {
        put_key(u, o, m, f, " length");
        lm_json_str(o, f->length);
    }
    if (f->models != NULL) {
        put_key(u, o, m, f, f->values != NULL ? " models" : "");
        put_models(u, o, f);
    }
}

static void put_attribute(struct lm_json_out *o, const char *key, struct lm_str s)
{
    if (s.n != 0)
        lm_json_kv_str(o, key, s);
}

static void put_attributes(struct lm_json_out *o, const struct uf_model *m, bool top)
{
    bool plain = uf_is(m->deleted, "Intact") || uf_is(m->deleted, "Unknown");
    if (!top)
        put_attribute(o, "type", m->type);
    if (top)
        put_attribute(o, "id", m->id);
    if (top || !plain)
        put_attribute(o, "deleted_state", m->deleted);
    if (!top)
        return;
    put_attribute(o, "decoding_confidence", m->confidence);
    put_attribute(o, "source_index", m->source_index);
    put_attribute(o, "extractionId", m->extraction);
    put_attribute(o, "iscarved", m->carved);
}

static void put_model(struct uf *u, struct lm_json_out *o, const struct uf_model *m, bool top)
{
    lm_json_object(o);
    put_attributes(o, m, top);
    for (const struct uf_field *f = m->fields; f != NULL; f = f->next)
        if (field_says(f))
            put_field(u, o, m, f);
    lm_json_object_end(o);
}

lm_err uf_raw(struct uf_record *r, struct lm_str *ret)
{
    struct uf *u = r->u;
    struct lm_json_out o;
    bool over = false;
    lm_buf_clear(&u->raw);
    lm_json_out_init(&o, &u->raw);
    lm_json_object(&o);
    put_attributes(&o, r->m, true);
    for (const struct uf_field *f = r->m->fields; f != NULL; f = f->next) {
        struct lm_json_out before = o;
        size_t n = u->raw.n;
        if (!field_says(f))
            continue;
        put_field(u, &o, r->m, f);
        if (u->raw.n > UF_MAX_RAW || u->raw.failed) { /* this one is left out */
            o = before;
            u->raw.n = n;
            u->raw.failed = false;
            over = true;
        }
    }
    lm_json_object_end(&o);
    if (over)
        uf_doubt(r, "fields that are too much for one record (64 KiB) are not kept");
    if (u->raw.failed)
        return uf_no_memory(u);
    *ret = u->raw.n > 2 ? lm_buf_str(&u->raw) : LM_STR(""); /* "{}" says nothing */
    return LM_OK;
}
