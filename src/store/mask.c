#include "store/mask.h"

#include <stdlib.h>

#include "model/selector.h"
#include "store/ledger.h"

#define MASK_CEILING_BYTES ((size_t)1 << 30)

#define LATEST(person)                                                                                       \
    "(SELECT y.standing FROM standing y WHERE y.person = " person ".id AND y.investigation = ?1 ORDER BY y.id DESC LIMIT 1)"
#define ANYBODY                                                                                              \
    "SELECT EXISTS (SELECT 1 FROM standing WHERE investigation = ?1 AND standing = 'protected' UNION ALL"    \
    " SELECT 1 FROM person WHERE investigation = ?1 AND (minor <> 0 OR pseudonym IS NOT NULL))"
#define PERSONS                                                                                              \
    "WITH RECURSIVE same(id) AS (SELECT p.id FROM person p WHERE p.investigation = ?1 AND (p.minor <> 0"     \
    " OR p.pseudonym IS NOT NULL OR " LATEST("p") " = 'protected')"                                          \
    " UNION SELECT m.merged_into FROM same JOIN person m ON m.id = same.id WHERE m.merged_into IS NOT NULL"  \
    " UNION SELECT m.id FROM same JOIN person m ON m.merged_into = same.id)"                                 \
    " SELECT p.id, ifnull(p.merged_into, 0), p.pseudonym FROM same JOIN person p ON p.id = same.id ORDER BY p.id"
#define ATTRIBUTED                                                                                           \
    "SELECT i.type, i.key, ifnull(t.account, 0) FROM attribution t JOIN identifier i ON i.id = t.identifier" \
    " WHERE t.person = ?1 AND t.undone_us IS NULL AND t.state <> 'refused' ORDER BY t.id"
/* Also by the account's own key, which is the phone key on these platforms. */
#define ACCOUNTS                                                                                             \
    "SELECT l.account FROM identifier i JOIN account_identifier l ON l.identifier = i.id JOIN account c ON c.id = l.account" \
    " WHERE i.key = ?2 AND i.type = ?3 AND c.investigation = ?1 UNION SELECT id FROM account WHERE investigation = ?1"        \
    " AND key = ?2 AND ?3 = 0 AND platform IN (?4, ?5, ?6) ORDER BY 1"
#define IDENTIFIERS                                                                                          \
    "SELECT i.type, i.key FROM account_identifier l JOIN identifier i ON i.id = l.identifier WHERE l.account = ?1" \
    " UNION SELECT 0, key FROM account WHERE id = ?1 AND platform IN (?2, ?3, ?4) ORDER BY 1, 2"
/* Of the person herself, and of whoever is one with an account of hers (identity.h). */
#define MEMBERS "SELECT account FROM identity_member WHERE person = ?1 ORDER BY 1"
#define MATES                                                                                                \
    "SELECT o.account FROM identity_member m JOIN identity_member o ON o.person = m.person WHERE m.account = ?1 ORDER BY 1"
_Static_assert(LM_IDENTIFIER_PHONE == 0, "ACCOUNTS, IDENTIFIERS");

static const int by_phone[] = { LM_PLATFORM_PHONE, LM_PLATFORM_WHATSAPP, LM_PLATFORM_SIGNAL };

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

void lm_mask_init(struct lm_mask *m)
{
    *m = (struct lm_mask){ 0 };
    lm_arena_init(&m->a, MASK_CEILING_BYTES);
    lm_map_init(&m->by_account, &m->a);
    for (size_t i = 0; i < LM_MASK_TYPES; i++)
        lm_map_init(&m->by_identifier[i], &m->a);
}

void lm_mask_free(struct lm_mask *m)
{
    lm_arena_free(&m->a);
    m->n_persons = m->n_identifiers = m->n_accounts = 0;
}

/* --- persons --- */

struct same_person {
    int64_t merged_into;
    struct lm_str pseudonym;
};

static size_t find(const struct lm_mask *m, int64_t id)
{
    size_t low = 0, high = m->n_persons;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->persons[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < m->n_persons && m->persons[low].id == id ? low : SIZE_MAX;
}

static int64_t root_of(const struct lm_mask *m, const struct same_person *s, size_t i)
{
    for (size_t steps = 0; steps < m->n_persons && s[i].merged_into != 0; steps++) {
        size_t next = find(m, s[i].merged_into);
        if (next == SIZE_MAX)
            break;
        i = next;
    }
    return m->persons[i].id;
}

/* The pseudonym of the one who stands for all, else of the first who has one. */
static lm_err name_them(struct lm_mask *m, const struct same_person *s, struct lm_error *e)
{
    struct lm_map named; /* root → its pseudonym's index */
    lm_map_init(&named, &m->a);
    for (size_t i = 0; i < m->n_persons; i++)
        m->persons[i].root = root_of(m, s, i);
    for (size_t i = 0; i < m->n_persons; i++) {
        uint64_t *at;
        struct lm_str key = { (const char *)&m->persons[i].root, sizeof m->persons[i].root };
        if (s[i].pseudonym.n == 0)
            continue;
        if (lm_map_put(&named, key, i, &at, NULL) != LM_OK)
            return no_memory(e);
        if (m->persons[i].id == m->persons[i].root)
            *at = i;
    }
    for (size_t i = 0; i < m->n_persons; i++) {
        struct lm_mask_person *p = &m->persons[i];
        const uint64_t *at = lm_map_get(&named, (struct lm_str){ (const char *)&p->root, sizeof p->root });
        p->name = at != NULL ? s[*at].pseudonym : lm_arena_printf(&m->a, "protected person %lld", (long long)p->root);
        if (p->name.p == NULL)
            return no_memory(e);
    }
    return LM_OK;
}

static lm_err load_persons(struct lm_mask *m, struct lm_store *st, int64_t investigation, struct lm_error *e)
{
    struct same_person *s = NULL;
    size_t cap = 0, s_cap = 0;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, PERSONS, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_mask_person *more = lm_arena_grow(&m->a, m->persons, m->n_persons, &cap, sizeof *more);
        struct same_person *also = lm_arena_grow(&m->a, s, m->n_persons, &s_cap, sizeof *also);
        struct lm_str pseudonym = lm_arena_copy(&m->a, lm_str_trim(lm_db_str(q, 2)));
        if (more == NULL || also == NULL || pseudonym.p == NULL || m->n_persons >= UINT32_MAX) {
            err = no_memory(e);
            break;
        }
        m->persons = more;
        s = also;
        s[m->n_persons] = (struct same_person){ sqlite3_column_int64(q, 1), pseudonym };
        more[m->n_persons++] = (struct lm_mask_person){ .id = sqlite3_column_int64(q, 0) };
    }
    (void)sqlite3_finalize(q);
    return err == LM_OK ? name_them(m, s, e) : err;
}

/* --- what is theirs --- */

static lm_err add_account(struct lm_mask *m, int64_t account, uint32_t person, struct lm_error *e)
{
    uint64_t *at;
    bool fresh = false;
    if (account <= 0)
        return LM_OK;
    if (lm_map_put(&m->by_account, (struct lm_str){ (const char *)&account, sizeof account }, person, &at, &fresh) != LM_OK)
        return no_memory(e);
    if (!fresh)
        return LM_OK;
    int64_t *more = lm_arena_grow(&m->a, m->accounts, m->n_accounts, &m->cap_accounts, sizeof *more);
    if (more == NULL)
        return no_memory(e);
    m->accounts = more;
    more[m->n_accounts++] = account;
    return LM_OK;
}

static lm_err add_identifier(struct lm_mask *m, enum lm_identifier_type type, struct lm_str text, uint32_t person,
                             struct lm_error *e)
{
    uint64_t *at;
    bool fresh = false;
    if ((size_t)type >= LM_MASK_TYPES)
        return lm_fail(e, LM_EDAMAGED, "an identifier of an unknown type");
    struct lm_str key = lm_arena_copy(&m->a, text);
    if (key.p == NULL || lm_map_put(&m->by_identifier[type], key, person, &at, &fresh) != LM_OK)
        return no_memory(e);
    if (!fresh)
        return LM_OK;
    struct lm_mask_identifier *more = lm_arena_grow(&m->a, m->identifiers, m->n_identifiers, &m->cap_identifiers, sizeof *more);
    if (more == NULL)
        return no_memory(e);
    m->identifiers = more;
    more[m->n_identifiers++] = (struct lm_mask_identifier){ type, key, person };
    return LM_OK;
}

struct reading {
    struct lm_mask *m;
    struct lm_store *st;
    int64_t investigation;
    sqlite3_stmt *attributed, *accounts, *identifiers, *members, *mates;
};

static lm_err take_attributed(struct reading *r, uint32_t person, struct lm_error *e)
{
    sqlite3_stmt *q = r->attributed;
    bool row = false;
    lm_err err;
    (void)sqlite3_bind_int64(q, 1, r->m->persons[person].id);
    while ((err = lm_db_step(r->st, q, &row, e)) == LM_OK && row) {
        enum lm_identifier_type type = (enum lm_identifier_type)sqlite3_column_int(q, 0);
        err = type == LM_IDENTIFIER_NAME || type == LM_IDENTIFIER_IP ? LM_OK
                                                                     : add_identifier(r->m, type, lm_db_str(q, 1), person, e);
        if (err == LM_OK)
            err = add_account(r->m, sqlite3_column_int64(q, 2), person, e);
        if (err != LM_OK)
            break;
    }
    (void)sqlite3_reset(q);
    return err;
}

static lm_err accounts_of(struct reading *r, size_t i, struct lm_error *e)
{
    const struct lm_mask_identifier x = r->m->identifiers[i];
    sqlite3_stmt *q = r->accounts;
    bool row = false;
    lm_err err;
    (void)sqlite3_bind_int64(q, 1, r->investigation);
    lm_db_bind_str(q, 2, x.key);
    (void)sqlite3_bind_int(q, 3, (int)x.type);
    for (int k = 0; k < 3; k++)
        (void)sqlite3_bind_int(q, 4 + k, by_phone[k]);
    while ((err = lm_db_step(r->st, q, &row, e)) == LM_OK && row)
        if ((err = add_account(r->m, sqlite3_column_int64(q, 0), x.person, e)) != LM_OK)
            break;
    (void)sqlite3_reset(q);
    return err;
}

/* Whom q gives for id. */
static lm_err members_of(struct reading *r, sqlite3_stmt *q, int64_t id, uint32_t person, struct lm_error *e)
{
    bool row = false;
    lm_err err = LM_OK;
    (void)sqlite3_bind_int64(q, 1, id);
    while (err == LM_OK && (err = lm_db_step(r->st, q, &row, e)) == LM_OK && row)
        err = add_account(r->m, sqlite3_column_int64(q, 0), person, e);
    (void)sqlite3_reset(q);
    return err;
}

static uint32_t whose(const struct lm_mask *m, int64_t account)
{
    const uint64_t *person = lm_map_get(&m->by_account, (struct lm_str){ (const char *)&account, sizeof account });
    return person != NULL ? (uint32_t)*person : 0;
}

static bool leads_on(enum lm_identifier_type type)
{
    return type == LM_IDENTIFIER_PHONE || type == LM_IDENTIFIER_EMAIL || type == LM_IDENTIFIER_HANDLE
           || type == LM_IDENTIFIER_ACCOUNT_ID;
}

static lm_err identifiers_of(struct reading *r, size_t i, struct lm_error *e)
{
    int64_t account = r->m->accounts[i];
    uint32_t person = whose(r->m, account);
    sqlite3_stmt *q = r->identifiers;
    bool row = false;
    lm_err err;
    (void)sqlite3_bind_int64(q, 1, account);
    for (int k = 0; k < 3; k++)
        (void)sqlite3_bind_int(q, 2 + k, by_phone[k]);
    while ((err = lm_db_step(r->st, q, &row, e)) == LM_OK && row) {
        enum lm_identifier_type type = (enum lm_identifier_type)sqlite3_column_int(q, 0);
        if (leads_on(type) && (err = add_identifier(r->m, type, lm_db_str(q, 1), person, e)) != LM_OK)
            break;
    }
    (void)sqlite3_reset(q);
    return err;
}

/* Attributed identifiers, their accounts, the identifiers of these, the accounts of these. */
static lm_err spread(struct reading *r, struct lm_error *e)
{
    struct lm_mask *m = r->m;
    lm_err err = LM_OK;
    for (uint32_t i = 0; i < m->n_persons && err == LM_OK; i++) {
        err = take_attributed(r, i, e);
        if (err == LM_OK)
            err = members_of(r, r->members, m->persons[i].id, i, e);
    }
    size_t known = m->n_identifiers;
    for (size_t i = 0; i < known && err == LM_OK; i++)
        err = accounts_of(r, i, e);
    for (size_t i = 0, n = m->n_accounts; i < n && err == LM_OK; i++)
        err = members_of(r, r->mates, m->accounts[i], whose(m, m->accounts[i]), e);
    for (size_t i = 0, n = m->n_accounts; i < n && err == LM_OK; i++)
        err = identifiers_of(r, i, e);
    for (size_t i = known; i < m->n_identifiers && err == LM_OK; i++)
        err = accounts_of(r, i, e);
    return err;
}

static lm_err anybody(struct lm_store *st, int64_t investigation, bool *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, ANYBODY, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    err = lm_db_step(st, q, &row, e);
    *ret = err == LM_OK && row && sqlite3_column_int(q, 0) != 0;
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_mask_load(struct lm_mask *m, struct lm_store *st, int64_t investigation, struct lm_error *e)
{
    struct reading r = { .m = m, .st = st, .investigation = investigation };
    bool some = false;
    lm_err err = investigation != 0 ? anybody(st, investigation, &some, e) : LM_OK;
    if (err != LM_OK || !some)
        return err;
    err = load_persons(m, st, investigation, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, ATTRIBUTED, &r.attributed, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, ACCOUNTS, &r.accounts, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, IDENTIFIERS, &r.identifiers, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, MEMBERS, &r.members, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, MATES, &r.mates, e);
    if (err == LM_OK)
        err = spread(&r, e);
    (void)sqlite3_finalize(r.attributed);
    (void)sqlite3_finalize(r.accounts);
    (void)sqlite3_finalize(r.identifiers);
    (void)sqlite3_finalize(r.members);
    (void)sqlite3_finalize(r.mates);
    return err;
}

/* --- asking --- */

bool lm_mask_has_person(const struct lm_mask *m, int64_t person, struct lm_str *ret_name)
{
    size_t i = find(m, person);
    if (i == SIZE_MAX)
        return false;
    *ret_name = m->persons[i].name;
    return true;
}

bool lm_mask_account(const struct lm_mask *m, int64_t account, struct lm_str *ret_name)
{
    const uint64_t *at = lm_map_get(&m->by_account, (struct lm_str){ (const char *)&account, sizeof account });
    if (at == NULL)
        return false;
    *ret_name = m->persons[*at].name;
    return true;
}

bool lm_mask_identifier(const struct lm_mask *m, enum lm_identifier_type type, struct lm_str key, struct lm_str *ret_name)
{
    const uint64_t *at = (size_t)type < LM_MASK_TYPES ? lm_map_get(&m->by_identifier[type], key) : NULL;
    if (at == NULL)
        return false;
    *ret_name = m->persons[*at].name;
    return true;
}

static bool spelled(const struct lm_mask *m, struct lm_arena *scratch, struct lm_str text, struct lm_str *ret_name)
{
    static const enum lm_identifier_type types[] = { LM_IDENTIFIER_PHONE, LM_IDENTIFIER_EMAIL, LM_IDENTIFIER_HANDLE,
                                                     LM_IDENTIFIER_ACCOUNT_ID };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct lm_str key;
        if (lm_identifier_key(scratch, types[i], text, &key) && lm_mask_identifier(m, types[i], key, ret_name))
            return true;
    }
    return false;
}

bool lm_mask_text(const struct lm_mask *m, struct lm_arena *scratch, struct lm_str text, struct lm_str *ret_name)
{
    if (m->n_identifiers == 0)
        return false;
    size_t colon = lm_str_find(text, LM_STR(":"));
    for (int i = 0; i < 2; i++) {
        size_t host = lm_str_find(text, LM_STR("@"));
        if (spelled(m, scratch, text, ret_name)
            || (host != SIZE_MAX && host != 0 && spelled(m, scratch, lm_str_take(text, host), ret_name)))
            return true;
        if (colon == SIZE_MAX)
            return false;
        text = lm_str_skip(text, colon + 1);
    }
    return false;
}
