#include "store/rows.h"

#include <stdio.h>

#include "store/audit.h"
#include "store/cbor.h"

#define PENDING_CEILING_BYTES ((size_t)1 << 30)
#define PENDING_FULL_BYTES ((size_t)64 << 10)

#define LOCATOR "source,kind,a,b,name"
#define OP_COLUMNS                                                                                           \
    "source,record,n_records,code,investigation,operation,agency,division,city,state,day,drug,form,kind,"    \
    "amount_dimension,amount_value,amount_unit,amount_qualifier,amount_text,"                                \
    "net_dimension,net_value,net_unit,net_qualifier,net_text,"                                               \
    "purity_ppm,ug_per_pill,seizure,profile,exhibit_number,cartel,platforms,social_media,encrypted,fatal,note"

const struct lm_part_table lm_parts[LM_PARTS] = {
    [LM_PART_RECORD] = { "record", "id", LOCATOR },
    [LM_PART_DUPLICATE] = { "duplicate", "id", LOCATOR ",rule,record" },
    [LM_PART_HELD] = { "held", "id", LOCATOR ",reason" },
    [LM_PART_PROBLEM] = { "problem", "id", LOCATOR ",problem,records,reason" },
    [LM_PART_ACCOUNT] = { "account", "id", "investigation,platform,form,native,key" },
    [LM_PART_IDENTIFIER] = { "identifier", "id", "type,raw,key" },
    [LM_PART_ACCOUNT_IDENTIFIER] = { "account_identifier", "id",
                                     "account,identifier,source,record,basis,at_us,quality" },
    [LM_PART_THREAD] = { "thread", "id", "exhibit,source,platform,native,title,kind" },
    [LM_PART_THREAD_TITLE] = { "thread_title", "id", "thread,source,title" },
    [LM_PART_THREAD_MEMBER] = { "thread_member", "id", "thread,account,source" },
    [LM_PART_EVENT] = { "event", "id",
                        "source,record,n_records,kind,platform,flags,at_us,offset_s,quality,thread,frm,n_to,native,"
                        "native_key,detail,duration_s,amount_minor,currency,exponent,reply_to,latitude,longitude" },
    [LM_PART_LEG] = { "leg", "event", "ord,frm,dst,at_us" },
    [LM_PART_MSG] = { "msg", "event", "text,raw" },
    [LM_PART_ATTACHMENT] = { "attachment", "id", "event,name,type,bytes,note" },
    [LM_PART_REACTION] = { "reaction", "id", "event,account,what" },
    [LM_PART_EDIT] = { "edit", "id", "event,at_us,offset_s,quality,text" },
    [LM_PART_OP + LM_OP_INVESTIGATION] = { "investigation_row", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_SEIZURE] = { "seizure", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_LAB_RESULT] = { "lab_result", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_FIREARM] = { "firearm", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_MONEY] = { "money", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_ARREST] = { "arrest", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_OVERDOSE] = { "overdose", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_CHARGE] = { "charge", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_PILL_PRESS] = { "pill_press", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_ORGANIZATION] = { "organization", "id", OP_COLUMNS },
    [LM_PART_OP + LM_OP_FIREARM_LINK] = { "firearm_link", "id", OP_COLUMNS },
};

void lm_rows_init(struct lm_rows *r, struct lm_store *st)
{
    *r = (struct lm_rows){ .st = st };
    for (size_t i = 0; i < LM_PARTS; i++)
        lm_buf_init(&r->digest[i].pending, PENDING_CEILING_BYTES);
}

static void forget(struct lm_digest *d)
{
    if (d->run != NULL)
        lm_sha256_end(d->run, NULL);
    d->run = NULL;
    d->n_rows = 0;
    lm_buf_clear(&d->pending);
}

void lm_rows_free(struct lm_rows *r)
{
    for (size_t i = 0; i < LM_PARTS; i++) {
        forget(&r->digest[i]);
        lm_buf_free(&r->digest[i].pending);
        (void)sqlite3_finalize(r->insert[i]);
    }
}

static lm_err flush(struct lm_digest *d)
{
    if (d->pending.failed)
        return LM_ENOMEM;
    if (d->run == NULL && lm_sha256_begin(&d->run) != LM_OK)
        return LM_ENOMEM;
    lm_sha256_add(d->run, d->pending.p, d->pending.n);
    lm_buf_clear(&d->pending);
    return LM_OK;
}

/* A row's bytes are all in `pending`. */
static lm_err added(struct lm_digest *d, int64_t key)
{
    if (d->n_rows++ == 0)
        d->first = key;
    d->last = key;
    return d->pending.failed || d->pending.n > PENDING_FULL_BYTES ? flush(d) : LM_OK;
}

static lm_err prepare(struct lm_rows *r, enum lm_part part, struct lm_error *e)
{
    const struct lm_part_table *t = &lm_parts[part];
    char sql[1024];
    int n = snprintf(sql, sizeof sql, "INSERT INTO %s(%s,%s) VALUES(?", t->table, t->key, t->columns);
    for (const char *c = t->columns; n > 0 && (size_t)n + 4 < sizeof sql && c != NULL; c = strchr(c, ',')) {
        sql[n++] = ',';
        sql[n++] = '?';
        c += *c == ',';
    }
    sql[n++] = ')';
    sql[n] = '\0';
    return lm_db_prepare(r->st, sql, &r->insert[part], e);
}

static void bind(sqlite3_stmt *q, int i, const struct lm_value *v)
{
    switch (v->type) {
    case LM_VALUE_NULL:
        (void)sqlite3_bind_null(q, i);
        break;
    case LM_VALUE_INT:
        (void)sqlite3_bind_int64(q, i, v->i);
        break;
    case LM_VALUE_REAL:
        (void)sqlite3_bind_double(q, i, v->r);
        break;
    case LM_VALUE_TEXT:
        lm_db_bind_str(q, i, v->s);
        break;
    }
}

static void encode(struct lm_buf *b, const struct lm_value *v)
{
    switch (v->type) {
    case LM_VALUE_NULL:
        lm_cbor_null(b);
        break;
    case LM_VALUE_INT:
        lm_cbor_i64(b, v->i);
        break;
    case LM_VALUE_REAL:
        lm_cbor_double(b, v->r);
        break;
    case LM_VALUE_TEXT:
        lm_cbor_text(b, v->s);
        break;
    }
}

lm_err lm_rows_put(struct lm_rows *r, enum lm_part part, int64_t key, const struct lm_value *values, size_t n,
                   int64_t *ret_key, struct lm_error *e)
{
    if (r->insert[part] == NULL) {
        lm_err err = prepare(r, part, e);
        if (err != LM_OK)
            return err;
    }
    sqlite3_stmt *q = r->insert[part];
    if (key != 0)
        (void)sqlite3_bind_int64(q, 1, key);
    else
        (void)sqlite3_bind_null(q, 1);
    for (size_t i = 0; i < n; i++)
        bind(q, (int)i + 2, &values[i]);
    int rc = sqlite3_step(q);
    if (rc != SQLITE_DONE) {
        lm_err err = lm_db_fail(r->st, rc, e);
        (void)sqlite3_reset(q);
        return err;
    }
    (void)sqlite3_reset(q);
    if (key == 0)
        key = sqlite3_last_insert_rowid(r->st->db);
    struct lm_digest *d = &r->digest[part];
    lm_cbor_array(&d->pending, n + 1);
    lm_cbor_i64(&d->pending, key);
    for (size_t i = 0; i < n; i++)
        encode(&d->pending, &values[i]);
    if (ret_key != NULL)
        *ret_key = key;
    return added(d, key) == LM_OK ? LM_OK : lm_fail(e, LM_ENOMEM, "out of memory");
}

lm_err lm_digest_add_row(struct lm_digest *d, sqlite3_stmt *q)
{
    struct lm_buf *b = &d->pending;
    int n = sqlite3_column_count(q);
    lm_cbor_array(b, (uint64_t)n);
    for (int i = 0; i < n; i++) {
        switch (sqlite3_column_type(q, i)) {
        case SQLITE_INTEGER:
            lm_cbor_i64(b, sqlite3_column_int64(q, i));
            break;
        case SQLITE_FLOAT:
            lm_cbor_double(b, sqlite3_column_double(q, i));
            break;
        case SQLITE_TEXT:
            lm_cbor_text(b, lm_db_str(q, i));
            break;
        case SQLITE_BLOB:
            lm_cbor_bytes(b, lm_db_str(q, i));
            break;
        default:
            lm_cbor_null(b);
            break;
        }
    }
    return added(d, sqlite3_column_int64(q, 0));
}

lm_err lm_digest_end(struct lm_digest *d, struct lm_sha256 *ret)
{
    lm_err err = flush(d);
    if (err != LM_OK)
        return err;
    lm_sha256_end(d->run, ret);
    d->run = NULL;
    forget(d);
    return LM_OK;
}

void lm_digest_part(struct lm_buf *b, const char *part, int64_t first, int64_t last, uint64_t n_rows,
                    const struct lm_sha256 *digest)
{
    lm_cbor_array(b, 5);
    lm_cbor_text(b, lm_str(part));
    lm_cbor_i64(b, first);
    lm_cbor_i64(b, last);
    lm_cbor_i64(b, (int64_t)n_rows);
    lm_cbor_bytes(b, (struct lm_str){ (const char *)digest->b, sizeof digest->b });
}

static lm_err put_batch(struct lm_store *st, int64_t import, const struct lm_sha256 *digest, int64_t *ret_id,
                        struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO batch(import, digest) VALUES(?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, import);
    lm_db_bind_sha256(q, 2, digest);
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    *ret_id = sqlite3_last_insert_rowid(st->db);
    return err;
}

static lm_err put_part(struct lm_store *st, sqlite3_stmt *q, int64_t batch, const char *part,
                       const struct lm_digest *d, const struct lm_sha256 *digest, struct lm_error *e)
{
    (void)sqlite3_bind_int64(q, 1, batch);
    lm_db_bind_str(q, 2, lm_str(part));
    (void)sqlite3_bind_int64(q, 3, d->first);
    (void)sqlite3_bind_int64(q, 4, d->last);
    (void)sqlite3_bind_int64(q, 5, (int64_t)d->n_rows);
    lm_db_bind_sha256(q, 6, digest);
    return lm_db_run(st, q, e);
}

/* Parts in the order of their names, as SQL gives them back. */
static size_t parts_in_order(const struct lm_rows *r, enum lm_part order[LM_PARTS])
{
    size_t n = 0;
    for (size_t i = 0; i < LM_PARTS; i++) {
        if (r->digest[i].n_rows == 0)
            continue;
        size_t k = n++;
        for (; k > 0 && strcmp(lm_parts[order[k - 1]].table, lm_parts[i].table) > 0; k--)
            order[k] = order[k - 1];
        order[k] = (enum lm_part)i;
    }
    return n;
}

lm_err lm_rows_seal(struct lm_rows *r, int64_t import, bool *ret_any, struct lm_error *e)
{
    enum lm_part order[LM_PARTS];
    struct lm_sha256 digest[LM_PARTS], whole;
    size_t n = parts_in_order(r, order);
    *ret_any = n != 0;
    if (n == 0)
        return LM_OK;
    struct lm_digest closed[LM_PARTS];
    struct lm_buf b;
    lm_err err = LM_OK;
    lm_buf_init(&b, 64 << 10);
    for (size_t i = 0; i < n && err == LM_OK; i++) {
        struct lm_digest *d = &r->digest[order[i]];
        closed[i] = (struct lm_digest){ .first = d->first, .last = d->last, .n_rows = d->n_rows };
        err = lm_digest_end(d, &digest[i]);
        if (err == LM_OK)
            lm_digest_part(&b, lm_parts[order[i]].table, closed[i].first, closed[i].last, closed[i].n_rows,
                           &digest[i]);
    }
    if (err == LM_OK)
        err = b.failed ? LM_ENOMEM : lm_sha256_of(lm_buf_str(&b), &whole);
    lm_buf_free(&b);
    if (err != LM_OK)
        return lm_fail(e, err, "out of memory");
    int64_t batch = 0;
    sqlite3_stmt *q = NULL;
    err = put_batch(r->st, import, &whole, &batch, e);
    if (err == LM_OK)
        err = lm_db_prepare(r->st, "INSERT INTO batch_part(batch, part, first, last, n_rows, digest)"
                                   " VALUES(?, ?, ?, ?, ?, ?)", &q, e);
    for (size_t i = 0; i < n && err == LM_OK; i++)
        err = put_part(r->st, q, batch, lm_parts[order[i]].table, &closed[i], &digest[i], e);
    (void)sqlite3_finalize(q);
    char object[48], hex[65];
    (void)snprintf(object, sizeof object, "batch %lld", (long long)batch);
    if (err == LM_OK)
        err = lm_audit_add(r->st, "import.batch", lm_str(object), lm_str(lm_sha256_hex(&whole, hex)), e);
    return err;
}
