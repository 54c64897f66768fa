/* cash_app_xlsx.c - the workbook that Cash App returns to legal process.
 *
 * Blocks under a label (Display Name History, Payment Source History, Issued Instruments; RLEAPP cashappReturns.py), identifiers with
 * their date in the cell to the left, UTC. The columns of its payments are in no public source: a row that names a date, an amount and
 * a status, sender or recipient is taken as their header (docs/readers/cash_app_xlsx.md has the names).
 */
#include <stdio.h>

#include "formats/json_out.h"
#include "lastmile/reader.h"
#include "readers/shared/cell.h"
#include "readers/shared/layout.h"
#include "readers/shared/rows.h"

#define MAX_COLUMNS 64
#define RAW_CEILING ((size_t)64 << 10)

enum column { NONE, ID, DATE, AMOUNT, CURRENCY, FEE, STATUS, SENDER, RECIPIENT, NOTE, KIND, N_COLUMNS };
static const struct {
    const char *key;
    enum column column;
} names[] = {
    { "transactionid", ID }, { "paymentid", ID }, { "paymenttoken", ID }, { "date", DATE }, { "dateutc", DATE }, { "createdat", DATE },
    { "datetime", DATE }, { "timestamp", DATE }, { "amount", AMOUNT }, { "currency", CURRENCY }, { "fee", FEE }, { "status", STATUS },
    { "paymentstatus", STATUS }, { "sender", SENDER }, { "from", SENDER }, { "recipient", RECIPIENT }, { "receiver", RECIPIENT },
    { "to", RECIPIENT }, { "note", NOTE }, { "notes", NOTE }, { "memo", NOTE }, { "transactiontype", KIND }, { "type", KIND },
};

enum mode { OUTSIDE, NAMES, SUBHEADER, CARDS, BANKS, PAYMENTS };

struct cash {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_account_ref owner;
    enum mode mode;
    size_t column;              /* of the block */
    uint32_t sheet;
    uint64_t last;              /* row */
    uint8_t what[MAX_COLUMNS];  /* enum column */
    struct lm_str head[MAX_COLUMNS];
    size_t n_head;
    struct lm_buf raw;
    uint64_t records, passed;   /* passed: cells that are not read */
    struct lm_locator passed_at;
};

static struct lm_str cell(const struct lm_rows_row *row, size_t i)
{
    return i < row->n ? row->cells[i] : (struct lm_str){ NULL, 0 };
}

static enum column column_of(struct lm_str s)
{
    char room[LM_LAYOUT_KEY];
    struct lm_str key = lm_layout_key(s, room);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (lm_str_is(key, names[i].key))
            return names[i].column;
    return NONE;
}

/* A number of Unix seconds, or a date; UTC where it states no zone. */
static bool moment(struct lm_str s, struct lm_when *ret)
{
    struct lm_cell_form form = { .order = LM_ORDER_MDY, .zone = { .state = LM_CELL_ZONE_UTC } };
    struct lm_cell_moment m;
    if (s.n == 10 || s.n == 13)
        form.epoch = s.n == 10 ? LM_EPOCH_UNIX_S : LM_EPOCH_UNIX_MS;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            form.epoch = LM_EPOCH_NONE;
    if (s.n == 0 || !lm_cell_moment(s, (struct lm_str){ NULL, 0 }, &form, &m) || !m.timed)
        return false;
    *ret = m.when;
    return true;
}

/* "$1,234.50", "-12", "USD 5.00": minor units without the sign. Too many decimals, or anything else: false. */
static bool money(struct lm_str s, int8_t exponent, int64_t *ret, bool *ret_negative)
{
    int64_t v = 0;
    int decimals = -1;
    bool any = false;
    *ret_negative = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9') {
            if (decimals >= exponent || __builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, c - '0', &v))
                return false;
            decimals += decimals >= 0;
            any = true;
        } else if (c == '.' && decimals < 0) {
            decimals = 0;
        } else if ((c == '-' || c == '(') && !any) {
            *ret_negative = true;
        } else if ((c != ',' || !any || decimals >= 0) && c != '$' && c != ' ' && c != ')') {
            return false;
        }
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < exponent; decimals++)
        if (__builtin_mul_overflow(v, 10, &v))
            return false;
    *ret = v;
    return any;
}

static enum lm_identifier_type type_of(struct lm_str s)
{
    char room[LM_NUMBER_ROOM];
    struct lm_cell_number n = lm_cell_number(s, room);
    if (s.n > 1 && s.p[0] == '$' && !(s.p[1] >= '0' && s.p[1] <= '9'))
        return LM_IDENTIFIER_HANDLE;
    if (n.kind == LM_NUMBER_ADDRESS)
        return LM_IDENTIFIER_EMAIL;
    return n.kind == LM_NUMBER_PHONE && n.value.n >= 10 && n.value.n <= 16 ? LM_IDENTIFIER_PHONE : LM_IDENTIFIER_NAME;
}

static lm_err identifier(struct cash *c, const struct lm_rows_row *row, enum lm_identifier_type type, const char *prefix,
                         struct lm_str value, const struct lm_when *at)
{
    struct lm_fact f = { .kind = LM_FACT_IDENTIFIER };
    f.identifier = (struct lm_identifier_fact){ .account = c->owner, .type = type, .basis = LM_STR("subscriber_record"), .at = *at };
    f.identifier.value = lm_arena_printf(c->ctx->record, "%s%.*s", prefix, LM_STR_ARG(value));
    if (f.identifier.value.p == NULL)
        return LM_ENOMEM;
    c->records++;
    return lm_sink_fact(c->sink, row->at, &f);
}

static struct lm_account_ref side(struct lm_str s)
{
    bool native = type_of(s) != LM_IDENTIFIER_NAME;
    return (struct lm_account_ref){ .platform = LM_PLATFORM_OTHER,
                                    .form = s.n == 0 ? LM_ACCOUNT_NONE : native ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NAME,
                                    .native = native ? s : (struct lm_str){ NULL, 0 },
                                    .display = native ? (struct lm_str){ NULL, 0 } : s };
}

static bool has(struct lm_str s, const char *word)
{
    for (struct lm_str w = lm_str(word); s.n >= w.n; s = lm_str_skip(s, 1))
        if (lm_str_eq_nocase(lm_str_take(s, w.n), w))
            return true;
    return false;
}

/* Only what the status says was carried out is a payment. */
static bool is_attempt(struct lm_str status)
{
    static const char *const words[] = { "fail", "declin", "cancel", "reject", "pending", "expire", "void", "request", "denied" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (has(status, words[i]))
            return true;
    return false;
}

static lm_err reject(struct cash *c, const struct lm_rows_row *row, const char *why)
{
    c->records++;
    return lm_sink_problem(c->sink, LM_PROBLEM_REJECTED, 1, row->at, "%s", why);
}

static lm_err payment(struct cash *c, const struct lm_rows_row *row)
{
    struct lm_str v[N_COLUMNS] = { { NULL, 0 } };
    struct lm_event ev = { .kind = LM_EVENT_PAYMENT, .platform = LM_PLATFORM_OTHER, .duration_s = -1 };
    struct lm_json_out o;
    bool negative = false, other = false;
    lm_buf_clear(&c->raw);
    lm_json_out_init(&o, &c->raw);
    lm_json_object(&o);
    for (size_t i = 0; i < row->n; i++) {
        enum column w = i < c->n_head ? (enum column)c->what[i] : NONE;
        char name[96];
        if (w != NONE && v[w].n == 0 && !lm_cell_says_nothing(row->cells[i]))
            v[w] = row->cells[i];
        if (row->cells[i].n == 0 || (w != NONE && w != FEE && w != STATUS))
            continue;
        (void)snprintf(name, sizeof name, "%.*s", LM_STR_ARG(i < c->n_head ? lm_str_take(c->head[i], 95) : LM_STR("beyond the header")));
        lm_json_kv_str(&o, name, row->cells[i]);
        other = other || w == NONE;
    }
    lm_json_object_end(&o);
    bool usd = v[CURRENCY].n != 3;
    memcpy(ev.amount.currency, usd ? "USD" : v[CURRENCY].p, 3);
    ev.amount.exponent = lm_currency_exponent((struct lm_str){ ev.amount.currency, 3 });
    if (!moment(v[DATE], &ev.at))
        return reject(c, row, "the date of the payment cannot be read");
    if (!money(v[AMOUNT], ev.amount.exponent, &ev.amount.minor, &negative))
        return reject(c, row, "the amount of the payment cannot be read");
    struct lm_account_ref to = side(v[RECIPIENT]);
    ev.from = side(v[SENDER]);
    if (ev.from.form == LM_ACCOUNT_NONE && to.form == LM_ACCOUNT_NONE && !negative)
        return reject(c, row, "the payment names neither side");
    if (ev.from.form == LM_ACCOUNT_NONE)
        ev.from = c->owner;
    else if (to.form == LM_ACCOUNT_NONE)
        to = c->owner;
    ev.has_amount = true;
    ev.to = &to;
    ev.n_to = to.form != LM_ACCOUNT_NONE;
    ev.native_id = v[ID];
    ev.detail = v[KIND];
    ev.text = v[NOTE];
    ev.flags = (is_attempt(v[STATUS]) ? (unsigned)LM_EVENT_ATTEMPT : 0) | (other ? 0 : (unsigned)LM_EVENT_TRAFFIC);
    if (!c->raw.failed && c->raw.n > 2)
        ev.raw = lm_buf_str(&c->raw);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    c->records++;
    lm_err err = c->raw.failed ? lm_sink_problem(c->sink, LM_PROBLEM_DOUBTED, 0, row->at, "cells beyond 64 KiB are left out") : LM_OK;
    return err != LM_OK ? err : lm_sink_fact(c->sink, row->at, &f);
}

static lm_err header(struct cash *c, const struct lm_rows_row *row, bool *ret)
{
    bool seen[N_COLUMNS] = { false };
    uint8_t what[MAX_COLUMNS] = { 0 };
    for (size_t i = 0; i < row->n && i < MAX_COLUMNS; i++) {
        what[i] = (uint8_t)column_of(row->cells[i]);
        seen[what[i]] = true;
    }
    *ret = seen[DATE] && seen[AMOUNT] && (seen[STATUS] || seen[SENDER] || seen[RECIPIENT]);
    if (!*ret)
        return LM_OK;
    c->mode = PAYMENTS;
    c->n_head = row->n < MAX_COLUMNS ? row->n : MAX_COLUMNS;
    memcpy(c->what, what, sizeof what);
    for (size_t i = 0; i < c->n_head; i++) {
        c->head[i] = lm_arena_copy(c->ctx->file, lm_str_take(row->cells[i], 95));
        if (c->head[i].p == NULL)
            return LM_ENOMEM;
    }
    return LM_OK;
}

/* A label or the name of a part of a block. */
static bool label(struct cash *c, const struct lm_rows_row *row)
{
    static const struct {
        const char *text;
        enum mode mode;
    } labels[] = {
        { "Display Name History", NAMES }, { "Payment Source History", SUBHEADER }, { "Issued Instruments", SUBHEADER },
        { "Bank Account Number", BANKS }, { "Physical Card Number", CARDS }, { "Virtual Card Number", CARDS }, { "Card Number", CARDS },
    };
    for (size_t i = 0; i < row->n; i++) {
        for (size_t k = 0; k < sizeof labels / sizeof labels[0]; k++) {
            if (lm_str_is_nocase(row->cells[i], labels[k].text)) {
                c->mode = labels[k].mode;
                c->column = i;
                return true;
            }
        }
    }
    return false;
}

static void pass(struct cash *c, const struct lm_rows_row *row)
{
    if (c->passed++ == 0)
        c->passed_at = row->at;
}

static bool is_ipv4(struct lm_str s)
{
    unsigned part = 0, n = 0, digits = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' && digits != 0) {
            n++;
            part = digits = 0;
        } else if (s.p[i] >= '0' && s.p[i] <= '9' && digits < 3) {
            part = part * 10 + (unsigned)(s.p[i] - '0');
            digits++;
        } else {
            return false;
        }
        if (part > 255)
            return false;
    }
    return n == 3 && digits != 0;
}

/* Telephone numbers, addresses, cashtags and IPv4 addresses that stand by themselves, with a date to the left. Bare figures
 * without a date may be any number and are not read. */
static lm_err loose(struct cash *c, const struct lm_rows_row *row)
{
    struct lm_fact f[8];
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++) {
        struct lm_when at = { .quality = LM_TIME_NONE }, self;
        struct lm_str s = row->cells[i];
        bool dated = i != 0 && moment(row->cells[i - 1], &at), ip = is_ipv4(s);
        enum lm_identifier_type type = ip ? LM_IDENTIFIER_IP : type_of(s);
        bool bare = type == LM_IDENTIFIER_PHONE && !dated && s.p[0] != '+';
        if (s.n == 0 || moment(s, &self))
            continue;
        if (type == LM_IDENTIFIER_NAME || bare || n == sizeof f / sizeof f[0]) {
            pass(c, row);
            continue;
        }
        f[n] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER };
        f[n++].identifier = (struct lm_identifier_fact){ .account = c->owner, .type = type, .value = s, .at = at,
                                                         .basis = ip ? LM_STR("login") : LM_STR("subscriber_record") };
    }
    struct lm_entry entry = { .records = &row->at, .n_records = 1, .facts = f, .n_facts = n };
    c->records += n != 0;
    return n != 0 ? c->sink->entry(c->sink, &entry) : LM_OK;
}

static lm_err take(struct cash *c, const struct lm_rows_row *row)
{
    struct lm_when none = { .quality = LM_TIME_NONE };
    bool is = false;
    if (row->sheet != c->sheet || (row->at.kind == LM_LOCATOR_SHEET && row->at.a != c->last + 1 && c->mode != PAYMENTS))
        c->mode = OUTSIDE;
    c->sheet = row->sheet;
    c->last = row->at.a;
    lm_err err = header(c, row, &is);
    if (err != LM_OK || is || label(c, row))
        return err;
    struct lm_str s = cell(row, c->column), beside = cell(row, c->column + 1);
    bool block = c->mode == NAMES || c->mode == CARDS || c->mode == BANKS;
    for (size_t i = 0; block && i < row->n; i++)
        if (row->cells[i].n != 0 && i != c->column && !(c->mode == BANKS && i == c->column + 1))
            pass(c, row);
    switch (c->mode) {
    case PAYMENTS:
        return payment(c, row);
    case SUBHEADER:
        c->mode = CARDS;
        return LM_OK;
    case NAMES:
        return s.n != 0 ? identifier(c, row, LM_IDENTIFIER_NAME, "", s, &none) : LM_OK;
    case CARDS:
        return s.n != 0 ? identifier(c, row, LM_IDENTIFIER_ACCOUNT_ID, "card:", s, &none) : LM_OK;
    case BANKS:
        s = s.n != 0 ? lm_arena_printf(c->ctx->record, "%.*s:%.*s", LM_STR_ARG(beside), LM_STR_ARG(s)) : s;
        return s.n != 0 ? identifier(c, row, LM_IDENTIFIER_ACCOUNT_ID, "bank:", s, &none) : LM_OK;
    case OUTSIDE:
        break;
    }
    return loose(c, row);
}

/* "…-for-subject-SQ_CASH-TOKEN.xlsx" */
static struct lm_str token_of(struct lm_str path)
{
    size_t at = lm_str_find(path, LM_STR("SQ_CASH-"));
    struct lm_str t = at != SIZE_MAX ? lm_str_skip(path, at + 8) : (struct lm_str){ NULL, 0 };
    return lm_str_ends(t, LM_STR(".xlsx")) ? lm_str_take(t, t.n - 5) : (struct lm_str){ NULL, 0 };
}

static lm_err walk(struct cash *c, struct lm_rows *rows)
{
    bool done = false;
    for (;;) {
        struct lm_rows_row row;
        lm_arena_reset(c->ctx->record);
        lm_err err = lm_rows_next(rows, c->ctx->record, &row, &done, c->ctx->error);
        if (err != LM_OK || done)
            return err;
        if (row.altered)
            err = lm_sink_problem(c->sink, LM_PROBLEM_ALTERED, 0, row.at, "bytes that are not UTF-8 text; each became U+FFFD");
        if (err == LM_OK && row.bad)
            err = reject(c, &row, row.reason);
        else if (err == LM_OK)
            err = take(c, &row);
        if (err != LM_OK)
            return err;
    }
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_rows rows;
    struct cash *c = lm_arena_alloc(ctx->file, sizeof *c);
    struct lm_str token = token_of(ctx->in->path);
    if (c == NULL)
        return LM_ENOMEM;
    *c = (struct cash){ .ctx = ctx, .sink = sink };
    c->owner = (struct lm_account_ref){ .platform = LM_PLATFORM_OTHER, .form = token.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_OWNER };
    if (token.n != 0)
        c->owner.native = lm_arena_printf(ctx->file, "cashapp:%.*s", LM_STR_ARG(token));
    lm_err err = lm_rows_open(&rows, ctx->file, ctx->in->bytes, ctx->error);
    if (err != LM_OK)
        return err;
    lm_buf_init(&c->raw, RAW_CEILING);
    err = walk(c, &rows);
    lm_buf_free(&c->raw);
    lm_rows_close(&rows);
    if (err == LM_OK && c->passed != 0)
        err = lm_sink_problem(sink, LM_PROBLEM_DOUBTED, 0, c->passed_at, "%llu cells outside payments and identifiers are not read, the first here",
                              (unsigned long long)c->passed);
    if (err == LM_OK && c->records == 0)
        return lm_fail(ctx->error, LM_EINPUT, "no row is a payment or an identifier");
    return err;
}

/* The file's name is all that is public of such workbooks' beginning: 8 bits; with it, that it is a workbook: 40. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    return token_of(in->path).n != 0 && lm_xlsx_possible(head) ? 40 : 0;
}

const struct lm_reader lm_reader_cash_app_xlsx = {
    .name = "cash_app_xlsx",
    .title = "Cash App return to legal process, workbook",
    .reference = "labels of blocks: RLEAPP cashappReturns.py (023a5522); columns of payments are in no public source",
    .tested_on = "our own files only",
    .lookahead = 4096,
    .bid = bid,
    .read = read_all,
};
