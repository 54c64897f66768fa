/* ufed_xml_model.c - one `<model>` as a tree: fields, their values, the models in them. */
#include "readers/ufed_xml.h"

lm_err uf_no_memory(struct uf *u)
{
    return lm_fail(u->ctx->error, LM_ENOMEM, "out of memory");
}

bool uf_is(struct lm_str s, const char *word)
{
    return lm_str_is_nocase(s, word);
}

/* False when the record has its fill: what comes is passed over, and the record doubted. */
static bool has_room(struct uf_tree *t, size_t bytes)
{
    if (t->parts >= UF_MAX_PARTS || bytes > UF_MAX_RECORD - t->bytes) {
        t->over = true;
        return false;
    }
    t->bytes += bytes;
    return true;
}

static lm_err keep(struct uf *u, struct uf_tree *t, struct lm_str s, struct lm_str *ret)
{
    *ret = LM_STR("");
    if (s.n == 0 || !has_room(t, s.n))
        return LM_OK;
    *ret = lm_arena_copy(t->a, s);
    return ret->p != NULL ? LM_OK : uf_no_memory(u);
}

/* Text pieces of one element are one token unless another element stands between them. */
static lm_err append(struct uf *u, struct uf_tree *t, struct lm_str s, struct lm_str *text)
{
    if (text->n == 0)
        return keep(u, t, s, text);
    if (s.n == 0 || !has_room(t, text->n + s.n))
        return LM_OK;
    struct lm_str both = lm_arena_joined(t->a, *text, s);
    if (both.p == NULL)
        return uf_no_memory(u);
    *text = both;
    return LM_OK;
}

lm_err uf_read_text(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct lm_str *ret)
{
    const uint32_t depth = open->depth;
    struct lm_str text = LM_STR("");
    struct lm_xml_token k;
    lm_err err;
    while ((err = lm_xml_next(u->x, &k)) == LM_OK) {
        if (k.type == LM_XML_END || (k.type == LM_XML_CLOSE && k.depth == depth))
            break;
        t->oddities |= k.oddities;
        t->swallowed |= k.text.n > 64 && lm_str_find(k.text, LM_STR("<model type=\"")) != SIZE_MAX;
        if (k.type == LM_XML_TEXT && (err = append(u, t, k.text, &text)) != LM_OK)
            break;
    }
    *ret = text;
    return err;
}

static lm_err add_value(struct uf *u, struct uf_tree *t, struct uf_field *f, struct lm_str text)
{
    if (text.n == 0 || !has_room(t, 0))
        return LM_OK;
    struct uf_value *v = lm_arena_alloc(t->a, sizeof *v);
    if (v == NULL)
        return uf_no_memory(u);
    t->parts++;
    *v = (struct uf_value){ .text = text };
    if (f->last_value != NULL)
        f->last_value->next = v;
    else
        f->values = v;
    f->last_value = v;
    return LM_OK;
}

static lm_err read_value(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct uf_field *f)
{
    struct lm_str text;
    lm_err err = LM_OK;
    t->oddities |= open->oddities;
    if (f->values == NULL)
        err = keep(u, t, lm_xml_attribute(open, LM_STR("format")), &f->format);
    if (err == LM_OK && lm_str_eq(open->name, LM_STR("source")))
        err = keep(u, t, lm_xml_attribute(open, LM_STR("length")), &f->length);
    if (err == LM_OK)
        err = uf_read_text(u, t, open, &text);
    return err == LM_OK ? add_value(u, t, f, text) : err;
}

static lm_err read_sub_model(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct uf_field *f)
{
    struct uf_model *m = NULL;
    lm_err err = uf_read_model(u, t, open, &m);
    if (err != LM_OK || m == NULL)
        return err;
    if (f->last_model != NULL)
        f->last_model->next = m;
    else
        f->models = m;
    f->last_model = m;
    return LM_OK;
}

lm_err uf_read_field(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct uf_model *m)
{
    const uint32_t depth = open->depth;
    struct lm_str name = lm_xml_attribute(open, LM_STR("name"));
    struct uf_field *f = has_room(t, 0) && m->n_fields < UF_MAX_FIELDS ? lm_arena_alloc(t->a, sizeof *f) : NULL;
    struct lm_xml_token k;
    t->over |= m->n_fields >= UF_MAX_FIELDS;
    if (f == NULL)
        return t->over ? lm_xml_skip(u->x, depth, NULL) : uf_no_memory(u);
    t->parts++;
    *f = (struct uf_field){ .name = LM_STR("") };
    t->oddities |= open->oddities;
    lm_err err = keep(u, t, name.n != 0 ? name : open->name, &f->name);
    if (m->last_field != NULL)
        m->last_field->next = f;
    else
        m->fields = f;
    m->last_field = f;
    m->n_fields++;
    while (err == LM_OK && (err = lm_xml_next(u->x, &k)) == LM_OK) {
        if (k.type == LM_XML_END || (k.type == LM_XML_CLOSE && k.depth == depth))
            break;
        if (k.type == LM_XML_OPEN && lm_str_eq(k.name, LM_STR("model")))
            err = read_sub_model(u, t, &k, f);
        else if (k.type == LM_XML_OPEN)
            err = read_value(u, t, &k, f);
        else if (k.type == LM_XML_TEXT && lm_str_trim(k.text).n != 0) {
            struct lm_str text;
            t->oddities |= k.oddities;
            err = keep(u, t, k.text, &text);
            err = err == LM_OK ? add_value(u, t, f, text) : err;
        }
    }
    return err;
}

lm_err uf_begin_model(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct uf_model **ret)
{
    *ret = NULL;
    if (!has_room(t, 0))
        return LM_OK;
    struct uf_model *m = lm_arena_alloc(t->a, sizeof *m);
    if (m == NULL)
        return uf_no_memory(u);
    t->parts++;
    t->oddities |= open->oddities;
    *m = (struct uf_model){ .at = u->base + open->at };
    const struct {
        const char *name;
        struct lm_str *to;
    } attributes[] = {
        { "type", &m->type },
        { "id", &m->id },
        { "deleted_state", &m->deleted },
        { "decoding_confidence", &m->confidence },
        { "source_index", &m->source_index },
        { "extractionId", &m->extraction },
        { "iscarved", &m->carved },
        { "file_id", &m->file_id },
    };
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        lm_err err = keep(u, t, lm_xml_attribute(open, lm_str(attributes[i].name)), attributes[i].to);
        if (err != LM_OK)
            return err;
    }
    *ret = m;
    return LM_OK;
}

lm_err uf_read_model(struct uf *u, struct uf_tree *t, const struct lm_xml_token *open, struct uf_model **ret)
{
    const uint32_t depth = open->depth;
    struct lm_xml_token k;
    struct uf_model *m;
    lm_err err = uf_begin_model(u, t, open, &m);
    *ret = m;
    if (err != LM_OK)
        return err;
    if (m == NULL)
        return lm_xml_skip(u->x, depth, NULL);
    while ((err = lm_xml_next(u->x, &k)) == LM_OK) {
        if (k.type == LM_XML_END || (k.type == LM_XML_CLOSE && k.depth == depth)) {
            m->end = u->base + k.at;
            break;
        }
        if (k.type == LM_XML_OPEN && (err = uf_read_field(u, t, &k, m)) != LM_OK)
            break;
    }
    return err;
}

struct uf_field *uf_find(const struct uf_model *m, const char *name)
{
    for (struct uf_field *f = m->fields; f != NULL; f = f->next)
        if (lm_str_is(f->name, name))
            return f;
    return NULL;
}

struct lm_str uf_text(const struct uf_model *m, const char *name)
{
    const struct uf_field *f = uf_find(m, name);
    return f != NULL && f->values != NULL ? lm_str_trim(f->values->text) : LM_STR("");
}

struct lm_str uf_take(struct uf_model *m, const char *name)
{
    struct uf_field *f = uf_find(m, name);
    if (f == NULL || f->values == NULL)
        return LM_STR("");
    f->used = f->values->next == NULL;
    return lm_str_trim(f->values->text);
}

struct uf_model *uf_sub(const struct uf_model *m, const char *name)
{
    const struct uf_field *f = uf_find(m, name);
    return f != NULL ? f->models : NULL;
}
