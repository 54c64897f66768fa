/* signal_backup_json.c - one message of the wire as a JSON object, by the schema; nothing falls away. */
#include "readers/signal_backup.h"

#include <stdio.h>

static void hex(struct lm_json_out *o, struct lm_str bytes)
{
    static const char digits[] = "0123456789abcdef";
    char few[128];
    if (bytes.n <= sizeof few / 2) {
        for (size_t i = 0; i < bytes.n; i++) {
            few[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
            few[2 * i + 1] = digits[bytes.p[i] & 15];
        }
        lm_json_str(o, (struct lm_str){ few, 2 * bytes.n });
        return;
    }
    lm_json_value(o, LM_STR("\"")); /* the rest of the value is written below */
    char *p = lm_buf_reserve(o->b, 2 * bytes.n + 1);
    if (p == NULL)
        return;
    for (size_t i = 0; i < bytes.n; i++) {
        p[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
        p[2 * i + 1] = digits[bytes.p[i] & 15];
    }
    p[2 * bytes.n] = '"';
    o->b->n += 2 * bytes.n + 1;
}

/* Programs that read JSON lose what a double cannot hold. */
static void whole(struct lm_json_out *o, uint64_t v)
{
    char text[24];
    if (v <= UINT64_C(1) << 53) {
        lm_json_u64(o, v);
        return;
    }
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    lm_json_str(o, lm_str(text));
}

static void number(struct lm_json_out *o, const struct sbk_field *f, uint64_t v)
{
    uint32_t bits = (uint32_t)v;
    float real;
    if (f->type == SBK_BOOL) {
        lm_json_bool(o, v != 0);
    } else if (f->type == SBK_ENUM && v < f->words->n) {
        lm_json_z(o, f->words->words[v]);
    } else if (f->type == SBK_FLOAT) {
        memcpy(&real, &bits, sizeof real);
        lm_json_double(o, (double)real);
    } else {
        whole(o, v);
    }
}

static bool is_number(const struct sbk_field *f)
{
    return f->type < SBK_STRING;
}

static bool nested(struct lm_json_out *o, const struct sbk_message *m, struct lm_str bytes, bool members, unsigned depth);

/* A run of numbers in one field; false when it is cut. */
static bool packed(struct lm_json_out *o, const struct sbk_field *f, struct lm_str bytes)
{
    bool fixed = f->type == SBK_FIXED32 || f->type == SBK_FLOAT;
    while (bytes.n != 0) {
        uint64_t v = 0;
        unsigned n = 0;
        if (fixed) {
            if (bytes.n < 4)
                return false;
            for (; n < 4; n++)
                v |= (uint64_t)(unsigned char)bytes.p[n] << (8 * n);
        } else {
            bool more = true;
            for (; more && n < 10 && n < bytes.n; n++) {
                v |= (uint64_t)(bytes.p[n] & 0x7f) << (7 * n < 63 ? 7 * n : 63);
                more = (bytes.p[n] & 0x80) != 0;
            }
            if (more)
                return false;
        }
        number(o, f, v);
        bytes = lm_str_skip(bytes, n);
    }
    return true;
}

/* Does the value have the form that the schema gives it? */
static bool fits(const struct sbk_field *f, const struct lm_pb_field *v)
{
    return f != NULL && (v->has_bytes || is_number(f));
}

static bool value(struct lm_json_out *o, const struct sbk_field *f, const struct lm_pb_field *v, bool members, unsigned depth)
{
    if (!v->has_bytes)
        number(o, f, v->value);
    else if (is_number(f))
        return packed(o, f, v->bytes);
    else if (f->type == SBK_STRING)
        lm_json_str(o, v->bytes);
    else if (f->type == SBK_BYTES || depth >= SBK_MAX_DEPTH)
        hex(o, v->bytes);
    else
        return nested(o, f->message, v->bytes, members && f->has_member, depth + 1);
    return true;
}

/* All values of one field: a list when it is one by the schema, when there are several, or when it is packed. */
static bool of_number(struct lm_json_out *o, const struct sbk_field *f, struct lm_str from, const struct lm_pb_field *first, bool members,
                      unsigned depth)
{
    struct lm_str look = from;
    struct lm_pb_field v;
    bool several = f->list || (first->has_bytes && is_number(f)), good = true;
    while (!several && lm_pb_next(&look, &v))
        several = v.number == f->number && fits(f, &v);
    lm_json_key(o, f->name);
    if (!several)
        return value(o, f, first, members, depth);
    lm_json_array(o);
    good = value(o, f, first, members, depth);
    while (lm_pb_next(&from, &v))
        if (v.number == f->number && fits(f, &v))
            good = value(o, f, &v, members, depth) && good;
    lm_json_array_end(o);
    return good;
}

static void unknown(struct lm_json_out *o, const struct sbk_message *m, struct lm_str bytes)
{
    struct lm_pb_field v;
    bool any = false;
    while (lm_pb_next(&bytes, &v)) {
        if (fits(sbk_field_of(m, v.number), &v))
            continue;
        if (!any) {
            lm_json_key(o, "unknown");
            lm_json_array(o);
        }
        any = true;
        lm_json_object(o);
        lm_json_kv_u64(o, "field", v.number);
        lm_json_key(o, "value");
        if (!v.has_bytes)
            whole(o, v.value);
        else if (lm_utf8_valid_prefix(v.bytes) == v.bytes.n && memchr(v.bytes.p, 0, v.bytes.n) == NULL)
            lm_json_str(o, v.bytes);
        else
            hex(o, v.bytes);
        lm_json_object_end(o);
    }
    if (any)
        lm_json_array_end(o);
}

static bool nested(struct lm_json_out *o, const struct sbk_message *m, struct lm_str bytes, bool members, unsigned depth)
{
    struct lm_str rest = bytes;
    struct lm_pb_field v;
    uint64_t seen = 0;
    bool odd = false, good = true;
    lm_json_object(o);
    while (!o->b->failed && lm_pb_next(&rest, &v)) {
        const struct sbk_field *f = sbk_field_of(m, v.number);
        if (!fits(f, &v)) {
            odd = true;
            continue;
        }
        if ((seen >> f->number & 1) != 0 || (members && f->has_member && f->type != SBK_MESSAGE))
            continue;
        seen |= UINT64_C(1) << f->number; /* numbers of the schema are below 64 */
        good = of_number(o, f, rest, &v, members, depth) && good;
    }
    if (odd)
        unknown(o, m, bytes);
    if (rest.n != 0 && !o->b->failed) {
        lm_json_key(o, "broken");
        hex(o, rest);
        good = false;
    }
    lm_json_object_end(o);
    return good;
}

bool sbk_json(struct lm_json_out *o, const struct sbk_message *m, struct lm_str bytes, bool members)
{
    return nested(o, m, bytes, members, 0);
}
