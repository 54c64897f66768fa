#include "store/next.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/selector.h"
#include "store/ledger.h"
#include "store/look.h"

#define PLATFORMS "(?2, ?3, ?4)"
#define NOBODY UINT32_MAX
#define SCRATCH_CEILING_BYTES ((size_t)8 << 30) /* 32 bytes for each row of contact_edge */

enum { DECIDED = 1, NAMED = 2, PROTECTED = 4, PROPOSED = 8, SHOWN = 16, ASKED_FOR = 32 };

struct number {
    struct lm_next_number out;
    unsigned marks;
    bool met; /* it was in contact with somebody */
};

struct walk {
    struct lm_look look;
    struct lm_arena *keep;   /* what is returned */
    struct lm_arena scratch; /* of the walk */
    struct number *numbers;
    size_t n, cap;
    uint32_t *of_account; /* by id: index of its number, or NOBODY */
    int64_t n_accounts;
    struct lm_map by_key; /* phone key → index */
    struct lm_map asked;  /* nodes of accounts that are no numbers → 1 */
    struct lm_map suspects; /* node → root of the suspected person */
    struct lm_map persons;  /* (number, person) */
    uint64_t *met;          /* number << 32 | node of the other end, sorted and made distinct after the walk */
    uint64_t *told;         /* number << 32 | source index, likewise */
    size_t n_met, n_told;
    uint32_t *source_index; /* by id */
    int64_t *exhibit_of;    /* by source index */
    int64_t n_source_ids, n_exhibit_ids;
    struct lm_next_data out;
    size_t sources_cap;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static lm_err prepare(struct walk *w, const char *sql, sqlite3_stmt **q, struct lm_error *e)
{
    lm_err err = lm_db_prepare(w->look.st, sql, q, e);
    if (err != LM_OK)
        return err;
    const int platforms[] = { LM_PLATFORM_PHONE, LM_PLATFORM_WHATSAPP, LM_PLATFORM_SIGNAL };
    (void)sqlite3_bind_int64(*q, 1, w->look.investigation);
    for (int i = 0; i < 3 && sqlite3_bind_parameter_count(*q) > 1; i++)
        (void)sqlite3_bind_int(*q, i + 2, platforms[i]);
    return LM_OK;
}

/* One statement, row by row. */
static lm_err rows(struct walk *w, const char *sql, lm_err (*each)(struct walk *w, sqlite3_stmt *q, struct lm_error *e),
                   struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = prepare(w, sql, &q, e);
    while (err == LM_OK && (err = lm_db_step(w->look.st, q, &row, e)) == LM_OK && row)
        err = each(w, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

static bool by_phone(int platform)
{
    return platform == LM_PLATFORM_PHONE || platform == LM_PLATFORM_WHATSAPP || platform == LM_PLATFORM_SIGNAL;
}

static lm_err put_pair(struct lm_map *m, uint64_t a, uint64_t b, bool *ret_new, struct lm_error *e)
{
    uint64_t key[2] = { a, b }, *at;
    return lm_map_put(m, (struct lm_str){ (const char *)key, sizeof key }, 1, &at, ret_new) == LM_OK ? LM_OK : no_memory(e);
}

static uint32_t number_of(const struct walk *w, int64_t account)
{
    return account > 0 && account < w->n_accounts ? w->of_account[account] : NOBODY;
}

/* What stands for an account among the others of a number: its number, or a node of its own behind all numbers. */
static uint32_t node_of(const struct walk *w, int64_t account)
{
    uint32_t n = number_of(w, account);
    return n != NOBODY ? n : (uint32_t)(w->n + (uint64_t)account);
}

/* --- numbers, and what is known of them --- */

static bool is_number(struct lm_str key)
{
    size_t from = key.n > 0 && key.p[0] == '+';
    for (size_t i = from; i < key.n; i++)
        if (key.p[i] < '0' || key.p[i] > '9')
            return false;
    return key.n > from;
}

static lm_err take_account(struct walk *w, sqlite3_stmt *q, struct lm_error *e)
{
    int64_t id = sqlite3_column_int64(q, 0);
    struct lm_str key = lm_db_str(q, 1);
    uint64_t *at;
    if (!is_number(key) || id <= 0 || id >= w->n_accounts)
        return LM_OK;
    if ((at = lm_map_get(&w->by_key, key)) == NULL) {
        struct number *more = lm_arena_grow(&w->scratch, w->numbers, w->n, &w->cap, sizeof *more);
        struct lm_str copy = lm_arena_copy(w->keep, key);
        if (more == NULL || copy.p == NULL || w->n >= NOBODY - 1
            || lm_map_put(&w->by_key, copy, w->n, &at, NULL) != LM_OK)
            return no_memory(e);
        w->numbers = more;
        more[w->n++] = (struct number){ .out.key = copy };
    }
    w->of_account[id] = (uint32_t)*at;
    w->numbers[*at].out.platforms |= 1u << sqlite3_column_int(q, 2);
    return LM_OK;
}

static lm_err load_numbers(struct walk *w, struct lm_error *e)
{
    lm_err err = lm_db_i64(w->look.st, "SELECT 1 + max(id) FROM account", 1, &w->n_accounts, e);
    if (err != LM_OK)
        return err;
    w->of_account = lm_arena_array(&w->scratch, (size_t)w->n_accounts, sizeof *w->of_account);
    if (w->n_accounts > (int64_t)UINT32_MAX / 2)
        return lm_fail(e, LM_ELIMIT, "more accounts than this list can take");
    if (w->of_account == NULL)
        return no_memory(e);
    memset(w->of_account, 0xff, (size_t)w->n_accounts * sizeof *w->of_account);
    return rows(w, "SELECT id, key, platform FROM account WHERE investigation = ?1 AND platform IN " PLATFORMS
                   " AND form = 1 ORDER BY id", take_account, e);
}
_Static_assert(LM_ACCOUNT_NATIVE == 1, "form of numbers");

static void mark(struct walk *w, struct lm_str key, int64_t account, unsigned marks)
{
    const uint64_t *at = key.n != 0 ? lm_map_get(&w->by_key, key) : NULL;
    uint32_t n = at != NULL ? (uint32_t)*at : number_of(w, account);
    if (n != NOBODY)
        w->numbers[n].marks |= marks;
}

/* The accounts that a name is linked to, and every number of theirs. Names of cards: CARD; as shown elsewhere: not. */
#define CARDS "('contact_list', 'shared_contact', 'own_profile', 'participant_list', 'subscriber_record')"
#define NAMES(which)                                                                                         \
    "WITH named(account) AS MATERIALIZED (SELECT DISTINCT l.account FROM identifier i CROSS JOIN account_identifier l" \
    " ON l.identifier = i.id JOIN source s ON s.id = l.source JOIN authority a ON a.id = s.authority"       \
    " WHERE i.type = 3 AND l.basis " which " " CARDS " AND" LM_LOOK_LIVE ")"                                 \
    " SELECT DISTINCT i.key, n.account FROM named n CROSS JOIN account_identifier l ON l.account = n.account" \
    " JOIN identifier i ON i.id = l.identifier JOIN source s ON s.id = l.source JOIN authority a ON a.id = s.authority" \
    " WHERE i.type = 0 AND (l.basis = 'native_id' OR (" LM_LOOK_LIVE "))"
_Static_assert(LM_IDENTIFIER_PHONE == 0 && LM_IDENTIFIER_NAME == 3, "NAMES");

static lm_err take_named(struct walk *w, sqlite3_stmt *q, struct lm_error *e)
{
    (void)e;
    mark(w, lm_db_str(q, 0), 0, NAMED);
    return LM_OK;
}

static lm_err take_shown(struct walk *w, sqlite3_stmt *q, struct lm_error *e)
{
    (void)e;
    mark(w, lm_db_str(q, 0), 0, SHOWN);
    return LM_OK;
}

static lm_err take_attribution(struct walk *w, sqlite3_stmt *q, struct lm_error *e)
{
    unsigned marks = lm_str_eq(lm_db_str(q, 2), LM_STR("decided")) ? DECIDED : PROPOSED;
    (void)e;
    mark(w, lm_db_str(q, 0), 0, marks);
    mark(w, LM_STR(""), sqlite3_column_int64(q, 1), marks);
    return LM_OK;
}

#define ATTRIBUTIONS                                                                                         \
    "SELECT iif(i.type = 0, i.key, ''), t.account, t.state, t.person FROM attribution t JOIN person p ON p.id = t.person" \
    " JOIN identifier i ON i.id = t.identifier WHERE p.investigation = ?1 AND t.undone_us IS NULL"

/* A standing is the last one entered. */
#define LATEST(of)                                                                                           \
    "(SELECT s.standing FROM standing s WHERE s.person = " of " AND s.investigation = ?1 ORDER BY s.id DESC LIMIT 1)"

static lm_err take_protected(struct walk *w, struct lm_error *e)
{
    const struct lm_mask *mask;
    lm_err err = lm_look_mask(&w->look, &mask, e);
    if (err != LM_OK)
        return err;
    for (size_t i = 0; i < mask->n_accounts; i++)
        mark(w, LM_STR(""), mask->accounts[i], PROTECTED);
    for (size_t i = 0; i < mask->n_identifiers; i++)
        if (mask->identifiers[i].type == LM_IDENTIFIER_PHONE)
            mark(w, mask->identifiers[i].key, 0, PROTECTED);
    return LM_OK;
}

/* --- whom a number is worth asking about for --- */

static lm_err take_suspect(struct walk *w, sqlite3_stmt *q, struct lm_error *e)
{
    const uint64_t *at = lm_map_get(&w->by_key, lm_db_str(q, 0));
    int64_t account = sqlite3_column_int64(q, 1), person = sqlite3_column_int64(q, 2);
    uint64_t *v;
    uint32_t nodes[2];
    size_t n = 0;
    if (at != NULL)
        nodes[n++] = (uint32_t)*at;
    if (account > 0 && account < w->n_accounts)
        nodes[n++] = node_of(w, account);
    for (size_t i = 0; i < n; i++) {
        struct lm_str key = { (const char *)&nodes[i], sizeof nodes[i] };
        if (lm_map_put(&w->suspects, key, (uint64_t)person, &v, NULL) != LM_OK)
            return no_memory(e);
    }
    return LM_OK;
}

static lm_err ask_for_account(struct walk *w, int64_t account, struct lm_error *e)
{
    uint32_t node = node_of(w, account);
    uint64_t *v;
    bool fresh = false;
    if (node < w->n) {
        w->out.n_asked_for += (w->numbers[node].marks & ASKED_FOR) == 0;
        w->numbers[node].marks |= ASKED_FOR;
        return LM_OK;
    }
    if (lm_map_put(&w->asked, (struct lm_str){ (const char *)&node, sizeof node }, 1, &v, &fresh) != LM_OK)
        return no_memory(e);
    w->out.n_asked_for += fresh;
    return LM_OK;
}

/* platform, id as a person wrote it: the number, or the account of that platform */
static lm_err take_asked(struct walk *w, sqlite3_stmt *q, struct lm_error *e)
{
    int platform = sqlite3_column_int(q, 0);
    struct lm_str native = lm_db_str(q, 1), key = native;
    size_t host = lm_str_find(native, LM_STR("@"));
    sqlite3_stmt *find = NULL;
    bool row = false;
    if (by_phone(platform)) {
        struct lm_str digits = host != SIZE_MAX ? lm_str_take(native, host) : native;
        const uint64_t *at = lm_phone_key(&w->scratch, digits, &key) ? lm_map_get(&w->by_key, key) : NULL;
        if (at != NULL) {
            w->out.n_asked_for += (w->numbers[*at].marks & ASKED_FOR) == 0;
            w->numbers[*at].marks |= ASKED_FOR;
        }
        return LM_OK;
    }
    lm_err err = lm_db_prepare(w->look.st, "SELECT id FROM account WHERE investigation = ?1 AND key = ?2 AND platform = ?3",
                               &find, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(find, 1, w->look.investigation);
    lm_db_bind_str(find, 2, key);
    (void)sqlite3_bind_int(find, 3, platform);
    while (err == LM_OK && (err = lm_db_step(w->look.st, find, &row, e)) == LM_OK && row)
        err = ask_for_account(w, sqlite3_column_int64(find, 0), e);
    (void)sqlite3_finalize(find);
    return err;
}

static lm_err count_suspected(struct walk *w, sqlite3_stmt *q, struct lm_error *e)
{
    (void)e;
    w->out.n_suspected = (uint64_t)sqlite3_column_int64(q, 0);
    return LM_OK;
}

/* A merged person stands under the one that it was merged into. */
#define SUSPECTED                                                                                            \
    " p.investigation = ?1 AND p.minor = 0 AND (" LATEST("p.id") " = 'suspected' OR " LATEST("p.merged_into") " = 'suspected')"

static lm_err load_known(struct walk *w, struct lm_error *e)
{
    lm_err err = rows(w, NAMES("IN"), take_named, e);
    if (err == LM_OK)
        err = rows(w, NAMES("NOT IN"), take_shown, e);
    if (err == LM_OK)
        err = rows(w, ATTRIBUTIONS " AND t.state IN ('decided', 'proposed')", take_attribution, e);
    if (err == LM_OK)
        err = take_protected(w, e);
    if (err == LM_OK)
        err = rows(w, "SELECT iif(i.type = 0, i.key, ''), t.account, ifnull(p.merged_into, p.id) FROM person p"
                      " JOIN attribution t ON t.person = p.id JOIN identifier i ON i.id = t.identifier"
                      " WHERE t.state = 'decided' AND t.undone_us IS NULL AND" SUSPECTED, take_suspect, e);
    if (err == LM_OK)
        err = rows(w, "SELECT count(DISTINCT ifnull(p.merged_into, p.id)) FROM person p WHERE" SUSPECTED, count_suspected, e);
    return err != LM_OK ? err
                        : rows(w, "SELECT c.platform, c.native FROM authority_account c JOIN authority a ON a.id = c.authority"
                                  " WHERE" LM_LOOK_LIVE " UNION SELECT x.owner_platform, x.owner_native FROM exhibit x"
                                  " JOIN authority a ON a.id = x.authority WHERE x.owner_native IS NOT NULL AND"
                                  LM_LOOK_LIVE, take_asked, e);
}

/* --- sources --- */

static lm_err take_source(struct walk *w, sqlite3_stmt *q, struct lm_error *e)
{
    int64_t id = sqlite3_column_int64(q, 0);
    struct lm_next_source *more = lm_arena_grow(w->keep, w->out.sources, w->out.n_sources, &w->sources_cap, sizeof *more);
    struct lm_next_source s = { .id = id,
                                .path = lm_arena_copy(w->keep, lm_db_str(q, 1)),
                                .exhibit_name = lm_arena_copy(w->keep, lm_db_str(q, 2)),
                                .authority = lm_arena_copy(w->keep, lm_db_str(q, 3)) };
    if (more == NULL || s.path.p == NULL || s.exhibit_name.p == NULL || s.authority.p == NULL || id < 0
        || id >= w->n_source_ids)
        return no_memory(e);
    w->out.sources = more;
    w->source_index[id] = (uint32_t)w->out.n_sources;
    w->exhibit_of[w->out.n_sources] = sqlite3_column_int64(q, 4);
    more[w->out.n_sources++] = s;
    return LM_OK;
}

static lm_err load_sources(struct walk *w, struct lm_error *e)
{
    lm_err err = lm_db_i64(w->look.st, "SELECT 1 + max(id) FROM source", 1, &w->n_source_ids, e);
    if (err != LM_OK)
        return err;
    err = lm_db_i64(w->look.st, "SELECT 1 + max(id) FROM exhibit", 1, &w->n_exhibit_ids, e);
    w->source_index = lm_arena_array(&w->scratch, (size_t)w->n_source_ids, sizeof *w->source_index);
    w->exhibit_of = lm_arena_array(&w->scratch, (size_t)w->n_source_ids, sizeof *w->exhibit_of);
    if (err != LM_OK || w->source_index == NULL || w->exhibit_of == NULL)
        return err != LM_OK ? err : no_memory(e);
    return rows(w, "SELECT s.id, s.path, x.name, a.code, x.id FROM source s JOIN authority a ON a.id = s.authority"
                   " JOIN exhibit x ON x.id = s.exhibit WHERE" LM_LOOK_LIVE " ORDER BY s.id", take_source, e);
}

/* --- edges --- */

static void add_counts(struct lm_next_number *n, sqlite3_stmt *q)
{
    n->occurrences += (uint64_t)sqlite3_column_int64(q, 2);
    n->records += (uint64_t)sqlite3_column_int64(q, 3);
    n->other_occurrences += (uint64_t)sqlite3_column_int64(q, 4);
    if (sqlite3_column_type(q, 5) == SQLITE_NULL)
        return;
    int64_t first = sqlite3_column_int64(q, 5), last = sqlite3_column_int64(q, 6);
    n->first_us = !n->dated || first < n->first_us ? first : n->first_us;
    n->last_us = !n->dated || last > n->last_us ? last : n->last_us;
    n->dated = true;
}

/* Rows of one pair follow each other, so that most repetitions fall away here. */
static void push(uint64_t *list, size_t *n, uint64_t v)
{
    if (*n == 0 || list[*n - 1] != v)
        list[(*n)++] = v;
}

static void take_end(struct walk *w, sqlite3_stmt *q, uint32_t number, int64_t other)
{
    int64_t source = sqlite3_column_int64(q, 7);
    add_counts(&w->numbers[number].out, q);
    push(w->met, &w->n_met, (uint64_t)number << 32 | node_of(w, other));
    if (source > 0 && source < w->n_source_ids)
        push(w->told, &w->n_told, (uint64_t)number << 32 | w->source_index[source]);
}

/* Numbers that are known already need no counts of their own. */
static bool wanted(const struct walk *w, uint32_t number)
{
    return number != NOBODY && (w->numbers[number].marks & (DECIDED | NAMED | PROTECTED)) == 0;
}

static lm_err take_edge(struct walk *w, sqlite3_stmt *q, struct lm_error *e)
{
    int64_t from = sqlite3_column_int64(q, 0), to = sqlite3_column_int64(q, 1);
    uint32_t a = number_of(w, from), b = number_of(w, to);
    (void)e;
    if (a != NOBODY && a == b)
        return LM_OK; /* one number on two platforms */
    w->look.n_given++;
    if (a != NOBODY)
        w->numbers[a].met = true;
    if (b != NOBODY)
        w->numbers[b].met = true;
    if (wanted(w, a))
        take_end(w, q, a, to);
    if (wanted(w, b))
        take_end(w, q, b, from);
    return LM_OK;
}

#define EDGES                                                                                                \
    "SELECT c.frm, c.dst, c.occurrences - c.joined, c.records, c.attempts - c.joined_attempts + c.voicemails" \
    " - c.joined_voicemails + c.forwards - c.joined_forwards, c.first_us, c.last_us, c.source, s.exhibit"    \
    " FROM contact_edge c CROSS JOIN authority a ON a.id = c.authority JOIN source s ON s.id = c.source WHERE" LM_LOOK_LIVE

/* --- what is returned --- */

static int by_number(const void *x, const void *y)
{
    return lm_str_cmp(((const struct lm_next_number *)x)->key, ((const struct lm_next_number *)y)->key);
}

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static size_t distinct(uint64_t *list, size_t n)
{
    size_t kept = 0;
    if (n > 1)
        qsort(list, n, sizeof *list, by_value);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || list[kept - 1] != list[i])
            list[kept++] = list[i];
    return kept;
}

/* Of each number: how many others, and who they are. */
static lm_err count_others(struct walk *w, struct lm_error *e)
{
    lm_err err = LM_OK;
    w->n_met = distinct(w->met, w->n_met);
    for (size_t i = 0; i < w->n_met && err == LM_OK; i++) {
        uint32_t number = (uint32_t)(w->met[i] >> 32), node = (uint32_t)w->met[i];
        struct lm_str key = { (const char *)&node, sizeof node };
        struct lm_next_number *n = &w->numbers[number].out;
        const uint64_t *person = w->suspects.n != 0 ? lm_map_get(&w->suspects, key) : NULL;
        bool fresh = false;
        n->others++;
        n->asked_for += node < w->n ? (w->numbers[node].marks & ASKED_FOR) != 0 : lm_map_get(&w->asked, key) != NULL;
        if (person != NULL)
            err = put_pair(&w->persons, number, *person, &fresh, e);
        n->suspected += fresh;
    }
    return err;
}

/* Of each number: its sources, and of how many exhibits they are. */
static lm_err give_sources(struct walk *w, struct lm_error *e)
{
    w->n_told = distinct(w->told, w->n_told);
    uint32_t *all = lm_arena_array(w->keep, w->n_told, sizeof *all);
    uint64_t *stamp = lm_arena_array(&w->scratch, (size_t)w->n_exhibit_ids, sizeof *stamp); /* number + 1 that saw it last */
    if (all == NULL || stamp == NULL)
        return no_memory(e);
    for (size_t i = 0; i < w->n_told; i++) {
        uint64_t number = w->told[i] >> 32;
        struct lm_next_number *n = &w->numbers[number].out;
        int64_t exhibit = w->exhibit_of[all[i] = (uint32_t)w->told[i]];
        if (n->n_sources++ == 0)
            n->sources = &all[i];
        n->exhibits += stamp[exhibit] != number + 1;
        stamp[exhibit] = number + 1;
    }
    return LM_OK;
}

static lm_err give(struct walk *w, struct lm_error *e)
{
    lm_err err = count_others(w, e);
    if (err == LM_OK)
        err = give_sources(w, e);
    struct lm_next_number *list = lm_arena_array(w->keep, w->n, sizeof *list);
    if (err != LM_OK || list == NULL)
        return err != LM_OK ? err : no_memory(e);
    for (size_t i = 0; i < w->n; i++) {
        struct number *n = &w->numbers[i];
        if (!n->met)
            continue;
        w->out.in_contact++;
        w->out.protected_numbers += (n->marks & PROTECTED) != 0;
        w->out.decided += (n->marks & (PROTECTED | DECIDED)) == DECIDED;
        w->out.named += (n->marks & (PROTECTED | DECIDED | NAMED)) == NAMED;
        if (!wanted(w, (uint32_t)i))
            continue;
        n->out.own = (n->marks & ASKED_FOR) != 0;
        n->out.proposed = (n->marks & PROPOSED) != 0;
        n->out.shown = (n->marks & SHOWN) != 0;
        list[w->out.n++] = n->out;
    }
    qsort(list, w->out.n, sizeof *list, by_number);
    w->out.numbers = list;
    return LM_OK;
}

/* At most two ends of each row. */
static lm_err make_room(struct walk *w, struct lm_error *e)
{
    int64_t edges = 0;
    lm_err err = lm_db_i64(w->look.st, "SELECT count(*) FROM contact_edge", 0, &edges, e);
    if (err != LM_OK)
        return err;
    w->met = lm_arena_array(&w->scratch, (size_t)edges * 2, sizeof *w->met);
    w->told = lm_arena_array(&w->scratch, (size_t)edges * 2, sizeof *w->told);
    return w->met == NULL || w->told == NULL ? no_memory(e) : LM_OK;
}

static lm_err walk(struct walk *w, struct lm_error *e)
{
    lm_err err = load_numbers(w, e);
    if (err == LM_OK)
        err = load_sources(w, e);
    if (err == LM_OK)
        err = load_known(w, e);
    if (err == LM_OK)
        err = make_room(w, e);
    if (err == LM_OK)
        err = rows(w, EDGES, take_edge, e);
    return err == LM_OK ? give(w, e) : err;
}

lm_err lm_store_next_numbers(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, struct lm_next_data *ret,
                             struct lm_error *e)
{
    struct walk w = { .keep = a };
    struct lm_look_at at = { .action = "next", .detail = LM_STR("unidentified numbers"), .outcome = "returned" };
    struct lm_map *maps[] = { &w.by_key, &w.asked, &w.suspects, &w.persons };
    lm_arena_init(&w.scratch, SCRATCH_CEILING_BYTES);
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        lm_map_init(maps[i], &w.scratch);
    lm_err err = lm_look_begin(st, f, &at, &w.look, e);
    if (err == LM_OK)
        err = lm_look_end(&w.look, NULL, walk(&w, e), e);
    if (err == LM_OK)
        *ret = w.out;
    lm_look_free(&w.look);
    lm_arena_free(&w.scratch);
    return err;
}
