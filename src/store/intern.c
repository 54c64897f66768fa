#include "store/intern.h"

#include "model/selector.h"

#define KNOWN_CEILING ((size_t)100000)
#define KEY_CEILING_BYTES ((size_t)64 << 20)
#define ARENA_FULL_BYTES ((size_t)128 << 20)

static const char *const queries[LM_INTERN_QUERIES] = {
    [LM_FIND_ACCOUNT] = "SELECT id FROM account WHERE investigation = ? AND key = ? AND platform = ? AND form = ?",
    [LM_FIND_IDENTIFIER] = "SELECT id FROM identifier WHERE raw = ? AND type = ?",
    [LM_FIND_THREAD] = "SELECT id FROM thread WHERE exhibit = ? AND native = ? AND platform = ?",
    [LM_FIND_TITLE] = ("SELECT 1 FROM thread WHERE id = ?1 AND title = ?2 UNION ALL"
                       " SELECT 1 FROM thread_title WHERE thread = ?1 AND title = ?2"),
    [LM_FIND_MEMBER] = "SELECT 1 FROM thread_member WHERE thread = ? AND account = ?",
};

void lm_intern_init(struct lm_intern *in, struct lm_rows *rows, int64_t investigation)
{
    *in = (struct lm_intern){ .rows = rows, .investigation = investigation };
    lm_arena_init(&in->arena, 0);
    lm_arena_init(&in->scratch, 0);
    lm_map_init(&in->known, &in->arena);
    lm_buf_init(&in->key, KEY_CEILING_BYTES);
}

void lm_intern_free(struct lm_intern *in)
{
    for (size_t i = 0; i < LM_INTERN_QUERIES; i++)
        (void)sqlite3_finalize(in->q[i]);
    lm_arena_free(&in->arena);
    lm_arena_free(&in->scratch);
    lm_buf_free(&in->key);
}

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static void number(struct lm_buf *b, int64_t v)
{
    lm_buf_put(b, (struct lm_str){ (const char *)&v, sizeof v });
}

static void key_begin(struct lm_intern *in, char what)
{
    lm_buf_clear(&in->key);
    lm_buf_putc(&in->key, what);
}

/* What in->key stands for; 0 when it is not remembered. */
static int64_t remembered(const struct lm_intern *in)
{
    const uint64_t *v = lm_map_get(&in->known, lm_buf_str(&in->key));
    return v != NULL ? (int64_t)*v : 0;
}

static lm_err remember(struct lm_intern *in, int64_t id, struct lm_error *e)
{
    uint64_t *v;
    if (in->key.failed)
        return no_memory(e);
    if (in->known.n >= KNOWN_CEILING || in->arena.used_bytes >= ARENA_FULL_BYTES) {
        lm_arena_free(&in->arena);
        lm_map_init(&in->known, &in->arena);
    }
    return lm_map_put(&in->known, lm_buf_str(&in->key), (uint64_t)id, &v, NULL) == LM_OK ? LM_OK : no_memory(e);
}

/* The first column of the first row, 0 when there is none; the statement is reset. */
static lm_err find(struct lm_intern *in, enum lm_intern_query which, int64_t *ret, struct lm_error *e)
{
    bool row = false;
    lm_err err = lm_db_step(in->rows->st, in->q[which], &row, e);
    if (err == LM_OK)
        *ret = row ? sqlite3_column_int64(in->q[which], 0) : 0;
    (void)sqlite3_reset(in->q[which]);
    return err;
}

static lm_err ready(struct lm_intern *in, enum lm_intern_query which, struct lm_error *e)
{
    return in->q[which] != NULL ? LM_OK : lm_db_prepare(in->rows->st, queries[which], &in->q[which], e);
}

/* --- threads --- */

static lm_err title(struct lm_intern *in, const struct lm_place *at, int64_t thread, struct lm_str text,
                    struct lm_error *e)
{
    key_begin(in, 't');
    number(&in->key, thread);
    lm_buf_put(&in->key, text);
    if (text.n == 0 || remembered(in) != 0)
        return LM_OK;
    int64_t there = 0;
    lm_err err = ready(in, LM_FIND_TITLE, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(in->q[LM_FIND_TITLE], 1, thread);
    lm_db_bind_str(in->q[LM_FIND_TITLE], 2, text);
    err = find(in, LM_FIND_TITLE, &there, e);
    if (err == LM_OK && there == 0) {
        struct lm_value v[] = { lm_value_i64(thread), lm_value_i64(at->source), lm_value_str(text) };
        err = lm_rows_put(in->rows, LM_PART_THREAD_TITLE, 0, v, 3, NULL, e);
    }
    return err != LM_OK ? err : remember(in, 1, e);
}

lm_err lm_intern_thread(struct lm_intern *in, const struct lm_place *at, enum lm_platform platform,
                        const struct lm_thread_ref *ref, int64_t *ret_id, struct lm_error *e)
{
    struct lm_str native = ref->native.n != 0 ? ref->native : ref->title;
    int64_t id = 0;
    if (native.n == 0) {
        *ret_id = 0;
        return LM_OK;
    }
    key_begin(in, 'T');
    number(&in->key, at->exhibit);
    lm_buf_putc(&in->key, (char)platform);
    lm_buf_put(&in->key, native);
    id = remembered(in);
    if (id == 0) {
        lm_err err = ready(in, LM_FIND_THREAD, e);
        if (err != LM_OK)
            return err;
        sqlite3_stmt *q = in->q[LM_FIND_THREAD];
        (void)sqlite3_bind_int64(q, 1, at->exhibit);
        lm_db_bind_str(q, 2, native);
        (void)sqlite3_bind_int(q, 3, (int)platform);
        err = find(in, LM_FIND_THREAD, &id, e);
        if (err == LM_OK && id == 0) {
            struct lm_value v[] = { lm_value_i64(at->exhibit), lm_value_i64(at->source),
                                    lm_value_i64((int64_t)platform), lm_value_str(native),
                                    lm_value_str_null(ref->title), lm_value_i64((int64_t)ref->kind) };
            err = lm_rows_put(in->rows, LM_PART_THREAD, 0, v, 6, &id, e);
        }
        if (err == LM_OK)
            err = remember(in, id, e);
        if (err != LM_OK)
            return err;
    }
    *ret_id = id;
    return title(in, at, id, ref->title, e);
}

lm_err lm_intern_member(struct lm_intern *in, const struct lm_place *at, int64_t thread, int64_t account,
                        struct lm_error *e)
{
    key_begin(in, 'm');
    number(&in->key, thread);
    number(&in->key, account);
    if (remembered(in) != 0)
        return LM_OK;
    int64_t there = 0;
    lm_err err = ready(in, LM_FIND_MEMBER, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(in->q[LM_FIND_MEMBER], 1, thread);
    (void)sqlite3_bind_int64(in->q[LM_FIND_MEMBER], 2, account);
    err = find(in, LM_FIND_MEMBER, &there, e);
    if (err == LM_OK && there == 0) {
        struct lm_value v[] = { lm_value_i64(thread), lm_value_i64(account), lm_value_i64(at->source) };
        err = lm_rows_put(in->rows, LM_PART_THREAD_MEMBER, 0, v, 3, NULL, e);
    }
    return err != LM_OK ? err : remember(in, 1, e);
}

/* --- identifiers --- */

static lm_err identifier(struct lm_intern *in, enum lm_identifier_type type, struct lm_str raw, int64_t *ret_id,
                         struct lm_error *e)
{
    int64_t id = 0;
    lm_err err = ready(in, LM_FIND_IDENTIFIER, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_str(in->q[LM_FIND_IDENTIFIER], 1, raw);
    (void)sqlite3_bind_int(in->q[LM_FIND_IDENTIFIER], 2, (int)type);
    err = find(in, LM_FIND_IDENTIFIER, &id, e);
    if (err == LM_OK && id == 0) {
        struct lm_str key;
        if (!lm_identifier_key(&in->scratch, type, raw, &key))
            key = lm_str_trim(raw); /* not in the form of its type: kept, and found as it is written */
        struct lm_value v[] = { lm_value_i64((int64_t)type), lm_value_str(raw), lm_value_str(key) };
        err = lm_rows_put(in->rows, LM_PART_IDENTIFIER, 0, v, 3, &id, e);
    }
    if (err == LM_OK)
        *ret_id = id;
    return err;
}

lm_err lm_intern_link(struct lm_intern *in, const struct lm_place *at, int64_t account, enum lm_identifier_type type,
                      struct lm_str raw, struct lm_str basis, const struct lm_when *when, int64_t record,
                      struct lm_error *e)
{
    int64_t id = 0;
    bool dated = when != NULL && when->quality != LM_TIME_NONE;
    lm_arena_reset(&in->scratch);
    lm_err err = identifier(in, type, raw, &id, e);
    if (err != LM_OK)
        return err;
    struct lm_value v[] = { lm_value_i64(account),
                            lm_value_i64(id),
                            lm_value_i64(at->source),
                            lm_value_unless(record, 0),
                            lm_value_str(basis),
                            dated ? lm_value_i64(when->us) : (struct lm_value){ .type = LM_VALUE_NULL },
                            lm_value_i64(dated ? (int64_t)when->quality : LM_TIME_NONE) };
    return lm_rows_put(in->rows, LM_PART_ACCOUNT_IDENTIFIER, 0, v, 7, NULL, e);
}

/* --- accounts --- */

static bool by_phone(enum lm_platform p)
{
    return p == LM_PLATFORM_WHATSAPP || p == LM_PLATFORM_SIGNAL || p == LM_PLATFORM_PHONE;
}

/* "13035550101@s.whatsapp.net" is the telephone number before the '@'. */
static struct lm_str phone_part(enum lm_platform p, struct lm_str native)
{
    const struct lm_str hosts[] = { LM_STR("@s.whatsapp.net"), LM_STR("@c.us") };
    for (size_t i = 0; p == LM_PLATFORM_WHATSAPP && i < 2; i++)
        if (lm_str_ends(native, hosts[i]))
            return lm_str_take(native, native.n - hosts[i].n);
    return native;
}

/* The account's own id as an identifier: what it is, how it is written, and the key it is known by. */
static enum lm_identifier_type own_identifier(struct lm_intern *in, enum lm_platform p, struct lm_str native,
                                              struct lm_str *ret_raw, struct lm_str *ret_key)
{
    struct lm_str phone = phone_part(p, native);
    *ret_raw = *ret_key = native;
    if (by_phone(p) && lm_phone_key(&in->scratch, phone, ret_key)) {
        *ret_raw = phone;
        return LM_IDENTIFIER_PHONE;
    }
    if (p == LM_PLATFORM_EMAIL && lm_email_key(&in->scratch, native, ret_key))
        return LM_IDENTIFIER_EMAIL;
    return native.n > 1 && native.p[0] == '@' ? LM_IDENTIFIER_HANDLE : LM_IDENTIFIER_ACCOUNT_ID;
}

static lm_err make_account(struct lm_intern *in, const struct lm_account_ref *ref, struct lm_str native,
                           struct lm_str key, int64_t *ret_id, bool *ret_new, struct lm_error *e)
{
    int64_t id = 0;
    lm_err err = ready(in, LM_FIND_ACCOUNT, e);
    if (err != LM_OK)
        return err;
    sqlite3_stmt *q = in->q[LM_FIND_ACCOUNT];
    (void)sqlite3_bind_int64(q, 1, in->investigation);
    lm_db_bind_str(q, 2, key);
    (void)sqlite3_bind_int(q, 3, (int)ref->platform);
    (void)sqlite3_bind_int(q, 4, (int)ref->form);
    err = find(in, LM_FIND_ACCOUNT, &id, e);
    *ret_new = id == 0;
    if (err == LM_OK && id == 0) {
        struct lm_value v[] = { lm_value_i64(in->investigation), lm_value_i64((int64_t)ref->platform),
                                lm_value_i64((int64_t)ref->form), lm_value_str(native), lm_value_str(key) };
        err = lm_rows_put(in->rows, LM_PART_ACCOUNT, 0, v, 5, &id, e);
    }
    *ret_id = id;
    return err;
}

static lm_err native_account(struct lm_intern *in, const struct lm_place *at, const struct lm_account_ref *ref,
                             int64_t *ret_id, struct lm_error *e)
{
    struct lm_str raw, key, basis = LM_STR("native_id");
    bool fresh = false;
    lm_arena_reset(&in->scratch);
    enum lm_identifier_type type = own_identifier(in, ref->platform, ref->native, &raw, &key);
    lm_err err = make_account(in, ref, ref->native, key, ret_id, &fresh, e);
    return err == LM_OK && fresh ? lm_intern_link(in, at, *ret_id, type, raw, basis, NULL, 0, e) : err;
}

static struct lm_str concat(struct lm_arena *a, const struct lm_str *parts, size_t n)
{
    size_t bytes = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        bytes += parts[i].n;
    char *p = lm_arena_alloc(a, bytes);
    for (size_t i = 0; p != NULL && i < n; i++) {
        if (parts[i].n != 0)
            memcpy(p + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return (struct lm_str){ p, p != NULL ? bytes : 0 };
}

static lm_err made_account(struct lm_intern *in, const struct lm_place *at, const struct lm_account_ref *ref,
                           struct lm_str thread_native, int64_t *ret_id, struct lm_error *e)
{
    bool fresh = false;
    lm_arena_reset(&in->scratch);
    struct lm_str exhibit = lm_str(at->exhibit_name), colon = LM_STR(":");
    struct lm_str by_name[] = { LM_STR("name:"), exhibit, colon, thread_native, colon, ref->display };
    struct lm_str by_app[] = { LM_STR("owner:"), exhibit, colon, lm_str(lm_platform_word(ref->platform)) };
    struct lm_str key = ref->form == LM_ACCOUNT_NAME ? concat(&in->scratch, by_name, 6)
                                                     : concat(&in->scratch, by_app, 4);
    if (key.p == NULL)
        return no_memory(e);
    return make_account(in, ref, key, key, ret_id, &fresh, e);
}

/* The name under which a source shows an account, once per source. */
static lm_err shown(struct lm_intern *in, const struct lm_place *at, int64_t account, struct lm_str display,
                    struct lm_error *e)
{
    if (display.n == 0)
        return LM_OK;
    key_begin(in, 'd');
    number(&in->key, account);
    number(&in->key, at->source);
    lm_buf_put(&in->key, display);
    if (remembered(in) != 0)
        return LM_OK;
    lm_err err = remember(in, 1, e);
    return err != LM_OK ? err
                        : lm_intern_link(in, at, account, LM_IDENTIFIER_NAME, display, LM_STR("shown"), NULL, 0, e);
}

lm_err lm_intern_account(struct lm_intern *in, const struct lm_place *at, const struct lm_account_ref *given,
                         int64_t thread, struct lm_str thread_native, int64_t *ret_id, struct lm_error *e)
{
    struct lm_account_ref ref = *given;
    bool owner = ref.form == LM_ACCOUNT_OWNER
                 || (ref.form == LM_ACCOUNT_NAME && at->owner_name.n != 0 && lm_str_eq(ref.display, at->owner_name));
    if (owner && at->owner_platform != LM_PLATFORM_NONE && at->owner_platform == ref.platform) {
        ref.form = LM_ACCOUNT_NATIVE;
        ref.native = at->owner;
    }
    if (ref.form == LM_ACCOUNT_NONE || (ref.form == LM_ACCOUNT_NATIVE && ref.native.n == 0)
        || (ref.form == LM_ACCOUNT_NAME && ref.display.n == 0)) {
        *ret_id = 0;
        return LM_OK;
    }
    key_begin(in, 'A');
    lm_buf_putc(&in->key, (char)ref.platform);
    lm_buf_putc(&in->key, (char)ref.form);
    if (ref.form == LM_ACCOUNT_NATIVE) {
        lm_buf_put(&in->key, ref.native);
    } else {
        number(&in->key, at->exhibit);
        number(&in->key, ref.form == LM_ACCOUNT_NAME ? thread : 0);
        lm_buf_put(&in->key, ref.form == LM_ACCOUNT_NAME ? ref.display : (struct lm_str){ NULL, 0 });
    }
    int64_t id = remembered(in);
    if (id == 0) {
        lm_err err = ref.form == LM_ACCOUNT_NATIVE ? native_account(in, at, &ref, &id, e)
                                                   : made_account(in, at, &ref, thread_native, &id, e);
        if (err == LM_OK)
            err = remember(in, id, e);
        if (err != LM_OK)
            return err;
    }
    *ret_id = id;
    return shown(in, at, id, ref.display, e);
}
