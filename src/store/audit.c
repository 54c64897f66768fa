#include "store/audit.h"

#include "base/utf8.h"
#include "store/cbor.h"

#define ENTRY_CEILING_BYTES ((size_t)1 << 20)
#define WORD_CEILING_BYTES 4096
#define FIELDS 7

static void encode(struct lm_buf *b, const struct lm_audit_entry *x)
{
    lm_cbor_array(b, FIELDS);
    lm_cbor_i64(b, x->seq);
    lm_cbor_i64(b, x->at_us);
    lm_cbor_text(b, x->actor);
    lm_cbor_text(b, x->action);
    lm_cbor_text(b, x->object);
    lm_cbor_text(b, x->outcome);
    lm_cbor_bytes(b, (struct lm_str){ (const char *)x->previous.b, sizeof x->previous.b });
}

bool lm_audit_decode(struct lm_str in, struct lm_audit_entry *ret)
{
    struct lm_audit_entry x;
    struct lm_str previous;
    uint64_t n;
    if (!lm_cbor_read_array(&in, &n) || n != FIELDS || !lm_cbor_read_i64(&in, &x.seq)
        || !lm_cbor_read_i64(&in, &x.at_us) || !lm_cbor_read_text(&in, &x.actor)
        || !lm_cbor_read_text(&in, &x.action) || !lm_cbor_read_text(&in, &x.object)
        || !lm_cbor_read_text(&in, &x.outcome) || !lm_cbor_read_bytes(&in, &previous)
        || previous.n != sizeof x.previous.b || in.n != 0)
        return false;
    memcpy(x.previous.b, previous.p, sizeof x.previous.b);
    *ret = x;
    return true;
}

/* Text from a query or a path may hold anything; an entry is valid UTF-8 and short. */
static struct lm_str tidy(struct lm_arena *a, struct lm_str s)
{
    struct lm_str text = lm_utf8_repaired(a, lm_str_take(s, WORD_CEILING_BYTES), NULL);
    return text.p != NULL && s.n > WORD_CEILING_BYTES ? lm_arena_printf(a, "%.*s…", LM_STR_ARG(text)) : text;
}

static lm_err last(struct lm_store *st, struct lm_audit_entry *x, struct lm_error *e)
{
    if (st->audit_last == NULL) {
        lm_err err = lm_db_prepare(st, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", &st->audit_last, e);
        if (err != LM_OK)
            return err;
    }
    bool row = false;
    lm_err err = lm_db_step(st, st->audit_last, &row, e);
    if (err == LM_OK && row) {
        x->seq = sqlite3_column_int64(st->audit_last, 0);
        if (!lm_db_sha256(st->audit_last, 1, &x->previous))
            err = lm_fail(e, LM_EDAMAGED, "the last audit entry has no hash");
    }
    (void)sqlite3_reset(st->audit_last);
    return err;
}

static lm_err put(struct lm_store *st, struct lm_buf *b, const struct lm_audit_entry *x, struct lm_error *e)
{
    encode(b, x);
    if (b->failed)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    struct lm_sha256 hash;
    lm_err err = lm_sha256_of(lm_buf_str(b), &hash);
    if (err != LM_OK)
        return lm_fail(e, err, "out of memory");
    if (st->audit_insert == NULL
        && (err = lm_db_prepare(st, "INSERT INTO audit(seq, entry, hash) VALUES(?, ?, ?)", &st->audit_insert, e))
               != LM_OK)
        return err;
    (void)sqlite3_bind_int64(st->audit_insert, 1, x->seq);
    (void)sqlite3_bind_blob64(st->audit_insert, 2, b->p, b->n, SQLITE_STATIC);
    lm_db_bind_sha256(st->audit_insert, 3, &hash);
    return lm_db_run(st, st->audit_insert, e);
}

lm_err lm_audit_add(struct lm_store *st, const char *action, struct lm_str object, struct lm_str outcome,
                    struct lm_error *e)
{
    struct lm_audit_entry x = { .at_us = lm_db_now_us(), .action = lm_str(action) };
    lm_err err = last(st, &x, e);
    if (err != LM_OK)
        return err;
    x.seq++;
    struct lm_arena a;
    struct lm_buf b;
    lm_arena_init(&a, ENTRY_CEILING_BYTES);
    lm_buf_init(&b, ENTRY_CEILING_BYTES);
    x.actor = tidy(&a, lm_str(st->actor));
    x.object = tidy(&a, object);
    x.outcome = tidy(&a, outcome);
    if (x.actor.p == NULL || x.object.p == NULL || x.outcome.p == NULL)
        err = lm_fail(e, LM_ENOMEM, "out of memory");
    else
        err = put(st, &b, &x, e);
    lm_buf_free(&b);
    lm_arena_free(&a);
    return err;
}

lm_err lm_store_audit(struct lm_store *st, const char *action, struct lm_str object, const char *outcome,
                      struct lm_error *e)
{
    lm_err err = lm_db_begin(st, e);
    if (err != LM_OK)
        return err;
    return lm_db_end(st, lm_audit_add(st, action, object, lm_str(outcome), e), e);
}
