/* tiktok_return_xlsx.c - workbooks that TikTok returns to legal process: "… - IP Data.xlsx", "… - video metadata.xlsx".
 *
 * The header is the first row that names a moment or an address; columns by name (docs/readers/tiktok_return_xlsx.md).
 */
#include <stdio.h>

#include "formats/json_out.h"
#include "lastmile/reader.h"
#include "readers/shared/cell.h"
#include "readers/shared/layout.h"
#include "readers/shared/rows.h"

#define MAX_COLUMNS 256
#define RAW_CEILING ((size_t)64 << 10)
#define MAX_HEADING_ROWS 64

enum column { OTHER, TIME, START, ADDRESS, COUNTRY, ID, TEXT, REFUSED };
static const struct {
    const char *key;
    enum column column;
} names[] = {
    { "timestamp", TIME },   { "time", TIME },        { "createtime", TIME }, { "posttime", TIME }, { "uploadtime", TIME },
    { "createdtime", TIME }, { "date", TIME },         { "activestarttime", START }, { "ip", ADDRESS }, { "ipaddress", ADDRESS }, { "ipcountry", COUNTRY },
    { "videoid", ID },       { "itemid", ID },         { "id", ID },            { "description", TEXT }, { "caption", TEXT }, { "title", TEXT },
};

struct workbook {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_account_ref owner;
    bool addresses;
    uint8_t what[MAX_COLUMNS];
    struct lm_str head[MAX_COLUMNS];
    struct lm_cell_zone zone[MAX_COLUMNS];
    size_t n_head;
    uint32_t sheet;
    uint64_t headings; /* rows of the sheet above its header */
    bool any_header;
    struct lm_buf raw;
    uint64_t records;
};

static bool ends_nocase(struct lm_str s, const char *tail)
{
    size_t n = strlen(tail);
    return s.n > n && lm_str_is_nocase(lm_str_skip(s, s.n - n), tail);
}

static bool is_addresses(struct lm_str path)
{
    return ends_nocase(path, "- IP Data.xlsx");
}

static bool is_videos(struct lm_str path)
{
    return ends_nocase(path, "- video metadata.xlsx");
}

/* What stands before " - IP Data.xlsx" in the file's name. */
static struct lm_str subject(struct lm_str path)
{
    size_t from = path.n;
    while (from > 0 && path.p[from - 1] != '/')
        from--;
    struct lm_str s = lm_str_skip(path, from);
    size_t tail = is_addresses(path) ? strlen("- IP Data.xlsx") : is_videos(path) ? strlen("- video metadata.xlsx") : s.n;
    return tail < s.n ? lm_str_trim(lm_str_take(s, s.n - tail)) : (struct lm_str){ NULL, 0 };
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    return (is_addresses(in->path) || is_videos(in->path)) && lm_xlsx_possible(head) ? 40 : 0;
}

static enum column column_of(struct lm_str s)
{
    char room[LM_LAYOUT_KEY];
    struct lm_str key = lm_layout_key(s, room);
    if (lm_str_ends(key, LM_STR("utc"))) /* the zone is read elsewhere */
        key.n -= 3;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (lm_str_is(key, names[i].key))
            return names[i].column;
    return lm_table_protected(s) ? REFUSED : OTHER;
}

static lm_err header(struct workbook *w, const struct lm_rows_row *row, bool *ret)
{
    uint8_t what[MAX_COLUMNS] = { 0 };
    bool time = false, address = false;
    size_t n = row->n < MAX_COLUMNS ? row->n : MAX_COLUMNS;
    for (size_t i = 0; i < n; i++) {
        what[i] = (uint8_t)column_of(row->cells[i]);
        time = time || what[i] == TIME;
        address = address || what[i] == ADDRESS || what[i] == ID;
    }
    *ret = time || address;
    if (!*ret)
        return LM_OK;
    memcpy(w->what, what, sizeof what);
    w->n_head = n;
    w->any_header = true;
    for (size_t i = 0; i < n; i++) {
        w->zone[i] = lm_cell_zone_of_header(row->cells[i]);
        w->head[i] = lm_arena_copy(w->ctx->file, lm_str_take(row->cells[i], 95));
        if (w->head[i].p == NULL)
            return LM_ENOMEM;
        if (what[i] == REFUSED) {
            lm_err e = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, row->at, "column %zu is of a kind that no file may bring; it is not read", i + 1);
            if (e != LM_OK)
                return e;
        }
    }
    return LM_OK;
}

static bool moment(struct lm_str s, struct lm_cell_zone zone, struct lm_when *ret)
{
    struct lm_cell_form form = { .order = LM_ORDER_MDY, .zone = zone };
    struct lm_cell_moment m;
    bool figures = s.n == 10 || s.n == 13;
    for (size_t i = 0; i < s.n; i++)
        figures = figures && s.p[i] >= '0' && s.p[i] <= '9';
    if (figures)
        form.epoch = s.n == 10 ? LM_EPOCH_UNIX_S : LM_EPOCH_UNIX_MS;
    if (s.n == 0 || !lm_cell_moment(s, (struct lm_str){ NULL, 0 }, &form, &m) || !m.timed)
        return false;
    *ret = m.when;
    return true;
}

static lm_err record(struct workbook *w, const struct lm_rows_row *row)
{
    struct lm_fact f[2] = { { .kind = LM_FACT_EVENT }, { .kind = LM_FACT_IDENTIFIER } };
    struct lm_event *ev = &f[0].event;
    struct lm_json_out o;
    struct lm_str address = { NULL, 0 };
    bool unread = false, content = false;
    *ev = (struct lm_event){ .kind = w->addresses ? LM_EVENT_LOGIN : LM_EVENT_OTHER, .platform = LM_PLATFORM_TIKTOK, .from = w->owner, .duration_s = -1,
                             .detail = w->addresses ? LM_STR("ip_data") : LM_STR("video") };
    lm_buf_clear(&w->raw);
    lm_json_out_init(&o, &w->raw);
    lm_json_object(&o);
    for (size_t i = 0; i < row->n; i++) {
        struct lm_str c = row->cells[i];
        enum column k = i < w->n_head ? (enum column)w->what[i] : OTHER;
        bool used = c.n == 0 || k == REFUSED;
        if (!used && k == TIME && ev->at.quality == LM_TIME_NONE) {
            used = moment(c, w->zone[i], &ev->at);
            unread = unread || !used;
        } else if (!used && k == ADDRESS && address.n == 0) {
            address = c;
            used = true;
        } else if (!used && k == ID && ev->native_id.n == 0) {
            ev->native_id = c;
            used = true;
        } else if (!used && k == TEXT && ev->text.n == 0) {
            ev->text = c;
            used = true;
        }
        if (used)
            continue;
        content = content || k == OTHER || k == TEXT || k == ID;
        lm_json_kv_str(&o, i < w->n_head && w->head[i].n != 0 ? w->head[i].p : "(no name)", c);
    }
    lm_json_object_end(&o);
    w->records++;
    if (!w->raw.failed && w->raw.n > 2) {
        ev->raw = lm_buf_str(&w->raw);
        ev->flags |= w->addresses && !content ? (unsigned)LM_EVENT_TRAFFIC : 0;
    }
    f[1].identifier = (struct lm_identifier_fact){ .account = w->owner, .type = LM_IDENTIFIER_IP, .value = address, .basis = LM_STR("login") };
    struct lm_entry entry = { .records = &row->at, .n_records = 1, .facts = f, .n_facts = address.n != 0 ? 2 : 1 };
    lm_err e = w->sink->entry(w->sink, &entry);
    if (e == LM_OK && unread)
        e = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, row->at, "a moment that cannot be read; kept as written");
    if (e == LM_OK && w->raw.failed)
        e = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, row->at, "cells beyond 64 KiB are left out");
    return e;
}

static lm_err take(struct workbook *w, const struct lm_rows_row *row)
{
    bool is = false;
    lm_err e = LM_OK;
    if (row->sheet != w->sheet) {
        w->sheet = row->sheet;
        w->n_head = 0;
        w->headings = 0;
    }
    if (row->altered)
        e = lm_sink_problem(w->sink, LM_PROBLEM_ALTERED, 0, row->at, "bytes that are not UTF-8 text; each became U+FFFD");
    if (e == LM_OK && row->bad) {
        w->records++;
        return lm_sink_problem(w->sink, LM_PROBLEM_REJECTED, 1, row->at, "%s", row->reason);
    }
    if (e == LM_OK && row->reason[0] != '\0')
        e = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, row->at, "%s", row->reason);
    if (e == LM_OK && w->n_head == 0 && w->headings < MAX_HEADING_ROWS)
        e = header(w, row, &is);
    if (e != LM_OK || is)
        return e;
    if (w->n_head != 0)
        return record(w, row);
    return ++w->headings == 1 ? lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, row->at, "a row above the header of its sheet is not read, nor are those that follow it") : LM_OK;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_rows rows;
    struct workbook *w = lm_arena_alloc(ctx->file, sizeof *w);
    bool done = false;
    if (w == NULL)
        return LM_ENOMEM;
    *w = (struct workbook){ .ctx = ctx, .sink = sink, .addresses = !is_videos(ctx->in->path) };
    w->owner = (struct lm_account_ref){ .platform = LM_PLATFORM_TIKTOK, .form = LM_ACCOUNT_OWNER, .display = subject(ctx->in->path) };
    lm_err e = lm_rows_open(&rows, ctx->file, ctx->in->bytes, ctx->error);
    if (e != LM_OK)
        return e;
    lm_buf_init(&w->raw, RAW_CEILING);
    while (e == LM_OK) {
        struct lm_rows_row row;
        lm_arena_reset(ctx->record);
        e = lm_rows_next(&rows, ctx->record, &row, &done, ctx->error);
        if (e != LM_OK || done)
            break;
        e = take(w, &row);
    }
    lm_buf_free(&w->raw);
    lm_rows_close(&rows);
    if (e != LM_OK || w->records != 0)
        return e;
    return w->any_header ? sink->empty(sink) : lm_fail(ctx->error, LM_EINPUT, "no row names a moment, an address or a video");
}

const struct lm_reader lm_reader_tiktok_return_xlsx = {
    .name = "tiktok_return_xlsx",
    .title = "TikTok return to legal process: addresses and videos, workbook",
    .reference = "file names and columns of addresses: RLEAPP tikTok*.py; columns of videos are in no public source; checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = 4096,
    .bid = bid,
    .read = read_all,
};
