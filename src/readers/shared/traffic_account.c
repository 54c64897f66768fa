/* One row of a table about accounts: see traffic_parts.h.
 *
 * A row is a record for who the account is, and one for each moment that it states, because an order with
 * dates reaches the one without the other. The first of them has the row's own place, the others the row's
 * place and a column's name. */
#include "readers/shared/traffic_parts.h"

#include <stdio.h>

#include "readers/shared/return_record.h"

#define MAX_FACTS 64
#define SEEN_CEILING 200000

struct account_row {
    struct traffic *t;
    const struct lm_rows_row *row;
    const struct lm_locator *places; /* of each cell; NULL: all stand in the row */
    struct lm_account_ref who;
    uint8_t *used; /* per cell: the bits below; 0: in no record yet */
    struct lm_locator *cited;
    size_t n_cited, n_records;
    struct lm_fact *facts; /* MAX_FACTS; only the first n are written */
    size_t n;
    unsigned doubts;
    size_t cell, where[N_DOUBTS]; /* at hand, 1 + its number; at which of them a doubt came */
    char phone_room[LM_NUMBER_ROOM];
};

enum { /* bits of used: which record a cell is in; ODD: it stands beside that record too; CITED: in a list, it
          has been */
       IDS = 1,
       LOGIN = 2,
       CREATED = 4,
       LAST_SEEN = 8,
       REST = 16,
       ODD = 32,
       CITED = 64,
};

static void note(struct account_row *a, enum traffic_doubt d)
{
    if ((a->doubts >> d & 1) == 0)
        a->where[d] = a->cell;
    a->doubts |= 1u << d;
}

static bool says(const struct account_row *a, size_t i)
{
    return i < a->row->n && !lm_cell_says_nothing(a->row->cells[i]);
}

static struct lm_str first(const struct account_row *a, enum lm_meaning m)
{
    return lm_binding_cell(&a->t->bound, m, a->row->cells, a->row->n, NULL);
}

/* Two lines of a map may name one column. */
static bool twice(const struct lm_binding *b, enum lm_meaning m, size_t k)
{
    for (size_t j = 0; j < k; j++)
        if (b->at[m][j] == b->at[m][k])
            return true;
    return false;
}

/* --- facts --- */

static void add(struct account_row *a, enum lm_identifier_type type, struct lm_str value, const char *basis,
                struct lm_when at)
{
    if (value.n == 0)
        return;
    if (a->n == MAX_FACTS) {
        note(a, DOUBT_MANY);
        return;
    }
    struct lm_fact *f = &a->facts[a->n++]; /* member by member: an identifier is a fourth of what a fact has room for */
    f->kind = LM_FACT_IDENTIFIER;
    f->identifier = (struct lm_identifier_fact){ .account = a->who, .type = type, .value = value, .basis = lm_str(basis), .at = at };
}

/* "a@example.org; b@example.org": the next of several values in a cell. */
static struct lm_str next_value(struct lm_str *rest, bool phones)
{
    size_t n = 0;
    for (; n < rest->n; n++) {
        char c = rest->p[n];
        if (c == ';' || c == ',' || c == '|' || c == '\n' || (!phones && (c == ' ' || c == '\t' || c == '\r')))
            break;
    }
    struct lm_str one = lm_str_trim(lm_str_take(*rest, n));
    *rest = lm_str_skip(*rest, n + (n < rest->n));
    return one;
}

static bool one_value(struct account_row *a, enum lm_meaning m, struct lm_str s, const char *basis,
                      struct lm_when at)
{
    struct lm_str value = { NULL, 0 };
    if (m == LM_MEANS_IP || m == LM_MEANS_CREATED_IP) {
        value = lm_return_ip(s);
        add(a, LM_IDENTIFIER_IP, value, basis, at);
        return value.n == s.n; /* with a port behind it the cell says more */
    }
    if (m == LM_MEANS_EMAIL) {
        value = lm_return_email(s);
        add(a, LM_IDENTIFIER_EMAIL, value, basis, at);
        return value.n == s.n;
    }
    struct lm_cell_number number = lm_cell_number(s, a->phone_room);
    if (number.kind == LM_NUMBER_ROUNDED)
        note(a, DOUBT_ROUNDED);
    if (number.kind != LM_NUMBER_PHONE)
        return false;
    value = number.value.p == a->phone_room ? lm_arena_copy(a->t->ctx->record, number.value) : number.value;
    add(a, LM_IDENTIFIER_PHONE, value, basis, at);
    return true;
}

/* All columns that mean m; what is not used whole stays beside the record. */
static void values(struct account_row *a, enum lm_meaning m, uint8_t whose, const char *basis,
                   struct lm_when at)
{
    const struct lm_binding *b = &a->t->bound;
    for (size_t k = 0; k < b->n_at[m]; k++) {
        size_t i = b->at[m][k], before = a->n;
        bool whole = true;
        if (!says(a, i) || twice(b, m, k))
            continue;
        a->cell = i + 1;
        for (struct lm_str rest = a->row->cells[i]; rest.n != 0;) {
            struct lm_str s = next_value(&rest, m == LM_MEANS_PHONE);
            whole = (s.n == 0 || one_value(a, m, s, basis, at)) && whole;
        }
        if (a->n == before)
            note(a, DOUBT_VALUE);
        a->used[i] |= (uint8_t)(whose | (whole ? 0 : ODD));
    }
}

static void plain(struct account_row *a, enum lm_meaning m, enum lm_identifier_type type, const char *basis)
{
    const struct lm_binding *b = &a->t->bound;
    static const struct lm_when none = { .quality = LM_TIME_NONE };
    for (size_t k = 0; k < b->n_at[m]; k++) {
        size_t i = b->at[m][k];
        if (!says(a, i) || twice(b, m, k))
            continue;
        struct lm_str value = a->row->cells[i];
        if (m == LM_MEANS_IMEI || m == LM_MEANS_IMSI)
            value = lm_arena_printf(a->t->ctx->record, "%s:%.*s", m == LM_MEANS_IMEI ? "imei" : "imsi",
                                    LM_STR_ARG(value));
        add(a, type, value, basis, none);
        a->used[i] |= IDS;
    }
}

/* --- whose row it is --- */

static bool all_digits(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n != 0;
}

static struct lm_str lower(struct lm_arena *a, struct lm_str s)
{
    char *p = lm_arena_alloc(a, s.n + 1);
    for (size_t i = 0; p != NULL && i < s.n; i++)
        p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    return (struct lm_str){ p, p != NULL ? s.n : 0 };
}

/* As the readers of the same platform write an account's id. */
static lm_err native_of(struct account_row *a, struct lm_str id, struct lm_str *ret)
{
    enum lm_platform p = a->t->bound.layout->platform;
    *ret = lm_str_starts(id, LM_STR("@")) ? lm_str_skip(id, 1) : id;
    if (p == LM_PLATFORM_TELEGRAM && all_digits(id))
        *ret = lm_arena_joined(a->t->ctx->record, LM_STR("user"), id);
    else if (p == LM_PLATFORM_WIRE)
        *ret = lower(a->t->ctx->record, *ret);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err whose(struct account_row *a)
{
    static const enum lm_meaning by_id[] = { LM_MEANS_ACCOUNT, LM_MEANS_PHONE, LM_MEANS_USERNAME,
                                             LM_MEANS_EMAIL },
                                 by_name[] = { LM_MEANS_USERNAME, LM_MEANS_ACCOUNT, LM_MEANS_PHONE,
                                               LM_MEANS_EMAIL };
    enum lm_platform p = a->t->bound.layout->platform;
    const enum lm_meaning *order = p == LM_PLATFORM_SNAPCHAT ? by_name : by_id; /* as its readers know it */
    a->who = (struct lm_account_ref){ .platform = p,
                                      .form = LM_ACCOUNT_OWNER,
                                      .display = first(a, LM_MEANS_NAME) };
    for (size_t i = 0; i < 4; i++) {
        struct lm_str id = first(a, order[i]);
        if (order[i] == LM_MEANS_PHONE && id.n != 0) {
            struct lm_cell_number n = lm_cell_number(id, a->phone_room);
            id = n.kind == LM_NUMBER_PHONE ? lm_arena_copy(a->t->ctx->record, n.value)
                                           : (struct lm_str){ NULL, 0 };
        }
        if (id.n == 0)
            continue;
        a->who.form = LM_ACCOUNT_NATIVE;
        return native_of(a, id, &a->who.native);
    }
    if (a->t->last_account.form != LM_ACCOUNT_NONE) /* a list: the lines before said it */
        a->who = a->t->last_account;
    if (a->who.form == LM_ACCOUNT_OWNER && a->t->doubts[DOUBT_WHOSE] == 0) /* said once */
        note(a, DOUBT_WHOSE);
    return LM_OK;
}

/* --- sending --- */

static lm_err place_of(struct account_row *a, uint8_t whose, const char *word, const struct lm_locator **ret,
                       size_t *ret_n)
{
    struct lm_locator *l = lm_arena_alloc(a->t->ctx->record, sizeof *l);
    if (l == NULL)
        return LM_ENOMEM;
    *l = a->row->at;
    *ret = l;
    *ret_n = 1;
    if (a->places != NULL) {
        a->n_cited = 0;
        for (size_t i = 0; i < a->row->n; i++) {
            if ((a->used[i] & whose) == 0 || (a->used[i] & CITED) != 0)
                continue;
            a->used[i] |= CITED;
            a->cited[a->n_cited++] = a->places[i];
        }
        if (a->n_cited != 0) {
            *ret = a->cited;
            *ret_n = a->n_cited;
            return LM_OK;
        }
    }
    if (a->n_records == 0)
        return LM_OK;
    bool sheet = l->kind == LM_LOCATOR_SHEET;
    if (l->name.n == 0 && !sheet)
        l->name = lm_str(word);
    else
        l->name = lm_arena_printf(a->t->ctx->record, "%.*s%s%s", LM_STR_ARG(l->name), sheet ? " / " : "", word);
    return l->name.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err send(struct account_row *a, uint8_t whose, const char *word)
{
    struct lm_entry entry = { .facts = a->facts, .n_facts = a->n };
    if (a->n == 0)
        return LM_OK;
    lm_err err = place_of(a, whose, word, &entry.records, &entry.n_records);
    a->n_records += entry.n_records;
    a->n = 0;
    return err != LM_OK ? err : a->t->sink->entry(a->t->sink, &entry);
}

/* In a record of its own moment, sooner or later. */
static bool is_dated(enum lm_meaning m)
{
    return m == LM_MEANS_CREATED || m == LM_MEANS_CREATED_IP || m == LM_MEANS_LAST_SEEN || m == LM_MEANS_IP;
}

/* The cells that stand beside an event: its own odd ones, and with `rest` all that are in no record. */
static void raw(struct account_row *a, struct lm_event *ev, uint8_t whose, bool rest)
{
    struct traffic *t = a->t;
    const struct lm_binding *b = &t->bound;
    struct lm_json_out o;
    bool any = false, content = false;
    lm_buf_clear(&t->raw);
    lm_json_out_init(&o, &t->raw);
    lm_json_object(&o);
    for (size_t i = 0; i < a->row->n && i < b->n_columns; i++) {
        bool mine = (a->used[i] & whose) != 0 && (a->used[i] & ODD) != 0;
        bool open = rest && a->used[i] == 0 && !is_dated((enum lm_meaning)b->means[i]);
        if (a->row->cells[i].n == 0 || b->means[i] == LM_MEANS_IGNORE || (!mine && !open))
            continue;
        lm_json_key(&o, b->names[i].p);
        lm_json_str(&o, a->row->cells[i]);
        a->used[i] |= whose;
        any = true;
        content = content || b->means[i] == LM_MEANS_CONTENT;
    }
    lm_json_object_end(&o);
    if (t->raw.failed)
        note(a, DOUBT_RAW);
    else if (any)
        ev->raw = lm_buf_str(&t->raw);
    if (ev->raw.n != 0 && !content)
        ev->flags |= LM_EVENT_TRAFFIC;
}

/* An event of the account's; its facts may follow. */
static struct lm_event *event(struct account_row *a, enum lm_event_kind kind, struct lm_str detail,
                              struct lm_when at)
{
    a->n = 1;
    a->facts[0] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                    .event = { .kind = kind,
                                               .platform = a->who.platform,
                                               .from = a->who,
                                               .at = at,
                                               .duration_s = -1,
                                               .detail = detail } };
    return &a->facts[0].event;
}

/* --- the moments of a row --- */

/* What the columns of a moment say; one that cannot be read stands beside the event. */
static struct lm_when moment(struct account_row *a, enum lm_meaning m, uint8_t whose, bool *ret_said)
{
    const struct lm_binding *b = &a->t->bound;
    struct lm_cell_moment at = { 0 };
    struct lm_when none = { .quality = LM_TIME_NONE };
    enum traffic_moment said = traffic_moment(a->t, a->row, m, &at);
    bool good = said == TRAFFIC_MOMENT && at.timed;
    *ret_said = said != TRAFFIC_NO_MOMENT;
    for (unsigned k = 0; k < (m == LM_MEANS_START ? 3U : 1U); k++)
        for (size_t i = 0; i < b->n_at[m + k]; i++)
            if (says(a, b->at[m + k][i])) {
                a->used[b->at[m + k][i]] |= (uint8_t)(whose | (good && i == 0 ? 0 : ODD));
                a->cell = b->at[m + k][i] + 1U;
            }
    if (said == TRAFFIC_BAD_MOMENT)
        note(a, DOUBT_VALUE);
    if (said == TRAFFIC_MOMENT && !at.timed)
        note(a, DOUBT_UNTIMED);
    if (good && at.exchanged)
        note(a, DOUBT_EXCHANGED);
    if (good && at.serial)
        note(a, DOUBT_SERIAL);
    if (good && at.zone_unread)
        note(a, DOUBT_ZONE);
    return good ? at.when : none;
}

static enum lm_event_kind kind_of(struct account_row *a, struct lm_str *ret_detail)
{
    const struct lm_layout_column *line = NULL;
    const struct lm_binding *b = &a->t->bound;
    struct lm_str c = lm_binding_cell(b, LM_MEANS_KIND, a->row->cells, a->row->n, &line);
    if (c.n == 0)
        return b->layout->kind == LM_SAYS_OTHER ? LM_EVENT_OTHER : LM_EVENT_LOGIN;
    *ret_detail = c;
    for (size_t i = 0; i < b->n_at[LM_MEANS_KIND]; i++)
        if (says(a, b->at[LM_MEANS_KIND][i]) && a->row->cells[b->at[LM_MEANS_KIND][i]].p == c.p)
            a->used[b->at[LM_MEANS_KIND][i]] |= LOGIN;
    if (line->n_values == 0) /* a log of connections: "Login", "Logout", "Message sent" */
        return LM_EVENT_LOGIN;
    enum lm_cell_value v = lm_layout_says(line, c);
    if (v == LM_SAYS_NOTHING)
        note(a, DOUBT_KIND);
    return v == LM_SAYS_LOGIN ? LM_EVENT_LOGIN : LM_EVENT_OTHER;
}

/* An address belongs to the login, else to the moment when the account was last seen, else it stands alone.
 */
static lm_err login(struct account_row *a, bool seen, bool *ret_there)
{
    bool said;
    struct lm_when at = moment(a, LM_MEANS_START, LOGIN, &said);
    struct lm_str detail = said ? LM_STR("login") : LM_STR("ip");
    bool address = first(a, LM_MEANS_IP).n != 0 && !seen;
    *ret_there = said || address;
    if (!*ret_there)
        return LM_OK;
    enum lm_event_kind kind = kind_of(a, &detail);
    struct lm_event *ev = event(a, kind, detail, at);
    ev->native_id = first(a, LM_MEANS_ID);
    values(a, LM_MEANS_IP, LOGIN, "login", at);
    raw(a, ev, LOGIN, true);
    return send(a, LOGIN, "login");
}

static lm_err dated(struct account_row *a, enum lm_meaning m, uint8_t whose, bool *rest)
{
    bool created = m == LM_MEANS_CREATED, said;
    enum lm_meaning address = created ? LM_MEANS_CREATED_IP : LM_MEANS_IP;
    struct lm_when at = moment(a, m, whose, &said);
    bool alone = created && first(a, LM_MEANS_CREATED_IP).n != 0;
    if (!said && !alone)
        return LM_OK;
    struct lm_event *ev =
        event(a, LM_EVENT_LOGIN, created ? LM_STR("registration") : LM_STR("last_seen"), at);
    values(a, address, whose, created ? "registration" : "login", at);
    raw(a, ev, whose, *rest);
    *rest = false;
    return send(a, whose, created ? "created" : "last_seen");
}

/* --- who it is --- */

static lm_err known(struct account_row *a, bool *ret)
{
    uint64_t *v, hash = 0;
    *ret = false;
    for (size_t i = 0; i < a->n; i++)
        hash = lm_hash64(a->facts[i].identifier.value, hash + (uint64_t)a->facts[i].identifier.type + 1);
    hash = lm_hash64(a->who.native, hash);
    struct lm_str key = { (const char *)&hash, sizeof hash };
    if (a->t->devices.n >= SEEN_CEILING && lm_map_get(&a->t->devices, key) == NULL)
        return LM_OK;
    bool fresh = false;
    lm_err err = lm_map_put(&a->t->devices, key, 1, &v, &fresh);
    *ret = !fresh;
    return err;
}

/* The identifiers that the row states, as facts. */
static void identity(struct account_row *a)
{
    static const struct lm_when none = { .quality = LM_TIME_NONE };
    a->n = 0;
    plain(a, LM_MEANS_ACCOUNT, LM_IDENTIFIER_ACCOUNT_ID, "subscriber_record");
    plain(a, LM_MEANS_USERNAME, LM_IDENTIFIER_HANDLE, "subscriber_record");
    plain(a, LM_MEANS_NAME, LM_IDENTIFIER_NAME, "subscriber_record");
    values(a, LM_MEANS_EMAIL, IDS, "subscriber_record", none);
    values(a, LM_MEANS_PHONE, IDS, "subscriber_record", none);
    plain(a, LM_MEANS_DEVICE, LM_IDENTIFIER_DEVICE, "device");
    plain(a, LM_MEANS_IMEI, LM_IDENTIFIER_DEVICE, "device");
    plain(a, LM_MEANS_IMSI, LM_IDENTIFIER_DEVICE, "device");
    for (size_t i = 0; i < a->row->n; i++) /* not what the map says: it stands with the rest */
        if (a->used[i] == (IDS | ODD))
            a->used[i] = 0;
}

/* --- all of it --- */

/* Is the rest known columns only, so that it may stand beside a registration under a narrow order? */
static bool rest_is_traffic(const struct account_row *a, bool *ret_any)
{
    const struct lm_binding *b = &a->t->bound;
    bool traffic = true;
    *ret_any = false;
    for (size_t i = 0; i < a->row->n && i < b->n_columns; i++) {
        enum lm_meaning m = (enum lm_meaning)b->means[i];
        if (a->used[i] != 0 || a->row->cells[i].n == 0 || m == LM_MEANS_IGNORE || is_dated(m))
            continue;
        *ret_any = true;
        traffic = traffic && m != LM_MEANS_CONTENT;
    }
    return traffic;
}

static lm_err tell(struct account_row *a)
{
    lm_err err = LM_OK;
    if (a->row->altered)
        note(a, DOUBT_BYTES);
    if (a->row->reason[0] != '\0')
        note(a, a->row->at.kind == LM_LOCATOR_ROW ? DOUBT_QUOTES : DOUBT_BOOK);
    if (a->row->at.kind == LM_LOCATOR_ROW && a->row->n < a->t->bound.n_columns)
        note(a, DOUBT_FEW_CELLS);
    for (unsigned d = 0; d < N_DOUBTS && err == LM_OK; d++)
        if ((a->doubts >> d & 1) != 0)
            err = traffic_doubt(a->t, (enum traffic_doubt)d,
                                a->places != NULL && a->where[d] != 0 ? &a->places[a->where[d] - 1]
                                                                      : &a->row->at);
    return err;
}

static lm_err send_all(struct account_row *a)
{
    bool again = false, there = false, any = false, rest;
    bool seen = first(a, LM_MEANS_LAST_SEEN).n != 0 && first(a, LM_MEANS_START).n == 0
                && first(a, LM_MEANS_START_DATE).n == 0;
    identity(a);
    size_t n_ids = a->n;
    lm_err err = n_ids != 0 && a->places == NULL ? known(a, &again) : LM_OK;
    if (err == LM_OK && !again)
        err = send(a, IDS, "account");
    if (err == LM_OK)
        err = login(a, seen, &there);
    rest = rest_is_traffic(a, &any) && !there;
    if (err == LM_OK)
        err = dated(a, LM_MEANS_CREATED, CREATED, &rest);
    if (err == LM_OK)
        err = dated(a, LM_MEANS_LAST_SEEN, LAST_SEEN, &rest);
    (void)rest_is_traffic(a, &any);
    if (err == LM_OK && any) {
        struct lm_when none = { .quality = LM_TIME_NONE };
        raw(a, event(a, LM_EVENT_OTHER, LM_STR("account"), none), REST, true);
        err = send(a, REST, "beside");
    }
    if (err == LM_OK && a->n_records == 0 && n_ids != 0) { /* a row that says the same as one before it */
        identity(a);
        err = send(a, IDS, "account");
    }
    return err;
}

/* Does the row hold anything about an account, and is it none of a title, a total or a second header? */
static bool is_record(const struct account_row *a)
{
    const struct lm_binding *b = &a->t->bound;
    size_t filled = 0, same = 0;
    bool about = false;
    for (size_t i = 0; i < a->row->n; i++) {
        filled += a->row->cells[i].n != 0;
        if (i >= b->n_columns || !says(a, i))
            continue;
        enum lm_meaning m = (enum lm_meaning)b->means[i];
        about = about || (m >= LM_MEANS_ACCOUNT && m <= LM_MEANS_LAST_SEEN) || m == LM_MEANS_START
                || m == LM_MEANS_START_DATE;
        same += a->places == NULL && lm_str_eq(a->row->cells[i], b->names[i]);
    }
    return about && same < 2 && (filled > 1 || b->matched <= 2 || a->places != NULL);
}

static const char *why_not(const struct account_row *a)
{
    const struct lm_rows_row *row = a->row;
    size_t columns = a->t->bound.n_columns;
    if (row->cut && row->n < columns)
        return "the file ends in the middle of the row";
    for (size_t i = columns; i < row->n; i++)
        if (row->cells[i].n != 0 && row->at.kind == LM_LOCATOR_ROW)
            return "the row has more cells than the header: its columns are shifted";
    return NULL;
}

lm_err traffic_account_row(struct traffic *t, const struct lm_rows_row *row, const struct lm_locator *places,
                           enum traffic_what *ret_what, const char **ret_why)
{
    struct lm_fact facts[MAX_FACTS];
    struct account_row state = { .t = t, .row = row, .places = places, .facts = facts }, *a = &state;
    if (!is_record(a)) {
        *ret_what = TRAFFIC_NOTE;
        return LM_OK;
    }
    *ret_what = TRAFFIC_UNREADABLE;
    *ret_why = why_not(a);
    if (*ret_why != NULL)
        return LM_OK;
    lm_arena_reset(t->ctx->record);
    a->used = lm_arena_alloc(&t->scratch, row->n + 1);
    a->cited = places != NULL ? lm_arena_array(&t->scratch, row->n + 1, sizeof *a->cited) : NULL;
    if (a->used == NULL || (places != NULL && a->cited == NULL))
        return LM_ENOMEM;
    lm_err err = whose(a);
    if (err == LM_OK)
        err = send_all(a);
    if (err == LM_OK && places != NULL)
        t->last_account = a->who; /* lives in `file`: see traffic_list.c */
    *ret_what = TRAFFIC_RECORD;
    return err != LM_OK ? err : tell(a);
}

bool traffic_account_is_record(struct traffic *t, const struct lm_rows_row *row)
{
    const struct account_row a = { .t = t, .row = row };
    return is_record(&a) && why_not(&a) == NULL;
}

void traffic_account_orders(struct traffic *t, const struct lm_rows_row *row)
{
    static const enum lm_meaning moments[] = { LM_MEANS_START, LM_MEANS_START_DATE, LM_MEANS_CREATED,
                                               LM_MEANS_LAST_SEEN };
    struct traffic_section *s = traffic_section(t);
    s->rows++;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        struct lm_str c = lm_binding_cell(&t->bound, moments[i], row->cells, row->n, NULL);
        unsigned orders = c.n != 0 ? lm_cell_orders(c) : 7;
        if ((s->orders & orders) != 0)
            s->orders &= orders;
    }
}
