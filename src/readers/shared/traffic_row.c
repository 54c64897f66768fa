/* One row of a call table: see traffic_parts.h. */
#include "readers/shared/traffic_parts.h"

#include <stdio.h>

#define DIGEST_SEED UINT64_C(0x6c6d)
#define LONGEST_CALL_US (7 * LM_DAY_US)

/* --- what is said about rows --- */

static const struct {
    enum lm_problem_kind kind;
    const char *text;
} doubt_words[N_DOUBTS] = {
    [DOUBT_NOTES] = { LM_PROBLEM_DOUBTED, "below the header, neither a moment nor anybody: a note, a total "
                                          "or a heading, not a record" },
    [DOUBT_BYTES] = { LM_PROBLEM_ALTERED, "bytes that are not UTF-8 text; each became U+FFFD" },
    [DOUBT_QUOTES] = { LM_PROBLEM_DOUBTED,
                       "the quoting is damaged: a quote stands inside a cell; read as it stands" },
    [DOUBT_FEW_CELLS] = { LM_PROBLEM_DOUBTED, "the row has fewer cells than the header; those that are "
                                              "missing are taken as empty" },
    [DOUBT_EXTRA_CELLS] = { LM_PROBLEM_DOUBTED, "the row has cells beyond the header; kept as content" },
    [DOUBT_EXCHANGED] = { LM_PROBLEM_DOUBTED, "day and month could be exchanged, and no date in the file "
                                              "decides: read as month/day" },
    [DOUBT_SERIAL] = { LM_PROBLEM_ALTERED,
                       "the date is a spreadsheet's day number; read as days since 1899-12-30" },
    [DOUBT_ZONE] = { LM_PROBLEM_DOUBTED, "the zone that is named is no one offset; kept as local time" },
    [DOUBT_UNTIMED] = { LM_PROBLEM_DOUBTED, "a date without a time of day: no moment; the date is kept beside the record" },
    [DOUBT_ROUNDED] = { LM_PROBLEM_DOUBTED, "a number was rounded by a spreadsheet program: digits are lost, "
                                            "so it names nobody and no device" },
    [DOUBT_DURATION] = { LM_PROBLEM_DOUBTED, "the duration cannot be read; kept beside the record" },
    [DOUBT_KIND] = { LM_PROBLEM_DOUBTED, "the kind is not in the map; kept as an event of another kind" },
    [DOUBT_DIRECTION] = { LM_PROBLEM_DOUBTED, "the direction is not in the map" },
    [DOUBT_RAW] = { LM_PROBLEM_DOUBTED,
                    "the cells to be kept beside the record are longer than 64 KiB; left out" },
    [DOUBT_SAME] = { LM_PROBLEM_DOUBTED,
                     "every cell is the same as in a row before it; taken as the same message" },
    [DOUBT_LEGS] = { LM_PROBLEM_DOUBTED, "more than 64 rows for one event; a further event begins" },
    [DOUBT_PLACE] = { LM_PROBLEM_DOUBTED, "latitude and longitude are not a place; kept beside the record" },
    [DOUBT_BOOK] = { LM_PROBLEM_DOUBTED, "a cell of the workbook is not whole: its shared string is missing, "
                                         "or it is too long, or beyond column 4,096" },
    [DOUBT_END] = { LM_PROBLEM_DOUBTED,
                    "the end cannot be read, or is before the start; kept beside the record" },
    [DOUBT_VALUE] = { LM_PROBLEM_DOUBTED, "a cell is not what the map says of its column (an address, a number, a moment); kept beside the record" },
    [DOUBT_WHOSE] = { LM_PROBLEM_DOUBTED, "no cell says whose account it is; import --owner states it" },
    [DOUBT_MANY] = { LM_PROBLEM_DOUBTED, "more than 64 addresses and names in one row; the rest stands in the source" },
};

lm_err traffic_doubt(struct traffic *t, enum traffic_doubt what, const struct lm_locator *at)
{
    if (t->surveying)
        return LM_OK;
    if (t->doubts[what]++ == TRAFFIC_SAID)
        t->doubt_at[what] = *at;
    if (t->doubts[what] > TRAFFIC_SAID)
        return LM_OK;
    return lm_sink_problem(t->sink, doubt_words[what].kind, 0, *at, "%s", doubt_words[what].text);
}

lm_err traffic_tell_doubts(struct traffic *t)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < N_DOUBTS && err == LM_OK; i++)
        if (t->doubts[i] > TRAFFIC_SAID)
            err = lm_sink_problem(t->sink, doubt_words[i].kind, 0, t->doubt_at[i],
                                  "%s; %llu more rows, the first here", doubt_words[i].text,
                                  (unsigned long long)(t->doubts[i] - TRAFFIC_SAID));
    return err;
}

/* --- the row at hand --- */

struct reading {
    struct traffic *t;
    const struct lm_rows_row *row;
    struct traffic_row *r;
    bool keep_moment, keep_duration, keep_end, keep_place; /* the cell says more than the event */
    bool withheld;
    unsigned doubts;
};

static void note(struct reading *g, enum traffic_doubt d)
{
    g->doubts |= 1u << d;
}

static struct lm_str cell(const struct reading *g, enum lm_meaning m,
                          const struct lm_layout_column **ret_line)
{
    return lm_binding_cell(&g->t->bound, m, g->row->cells, g->row->n, ret_line);
}

static bool is_rounded(const struct reading *g, struct lm_str c)
{
    for (size_t i = 0; g->row->marks != NULL && i < g->row->n; i++)
        if (g->row->cells[i].p == c.p)
            return (g->row->marks[i] & LM_CELL_ROUNDED) != 0;
    return false;
}

/* The zone of the row, the nearest statement first; a zone inside the cell of the time wins over all. */
static struct lm_cell_zone zone_of(struct traffic *t, const struct lm_rows_row *row, const struct lm_layout_column *line)
{
    struct lm_cell_zone z = { LM_CELL_ZONE_NONE, 0 };
    const struct lm_binding *b = &t->bound;
    struct lm_str c = lm_binding_cell(b, LM_MEANS_ZONE, row->cells, row->n, NULL);
    if (c.n != 0) {
        if (!lm_cell_zone(c, &z))
            z.state = LM_CELL_ZONE_UNKNOWN;
        return z;
    }
    if (line->moment.zone.state != LM_CELL_ZONE_NONE)
        return line->moment.zone;
    if (b->header_zone.state != LM_CELL_ZONE_NONE)
        return b->header_zone;
    if (b->layout->zone.state != LM_CELL_ZONE_NONE)
        return b->layout->zone;
    if (traffic_section(t)->says_utc)
        z.state = LM_CELL_ZONE_UTC;
    return z;
}

enum traffic_moment traffic_moment(struct traffic *t, const struct lm_rows_row *row, enum lm_meaning whole, struct lm_cell_moment *ret)
{
    const struct lm_layout_column *line = NULL;
    const struct lm_binding *b = &t->bound;
    bool in_parts = whole == LM_MEANS_START || whole == LM_MEANS_END; /* day and time follow it in the list of meanings */
    struct lm_str day = lm_binding_cell(b, whole, row->cells, row->n, &line), time = { NULL, 0 };
    if (in_parts)
        time = lm_binding_cell(b, (enum lm_meaning)(whole + 2), row->cells, row->n, NULL);
    if (day.n == 0 && in_parts)
        day = lm_binding_cell(b, (enum lm_meaning)(whole + 1), row->cells, row->n, &line);
    if (day.n == 0)
        return TRAFFIC_NO_MOMENT;
    struct lm_cell_form form = line->moment;
    form.zone = zone_of(t, row, line);
    unsigned orders = traffic_section(t)->orders;
    if (!line->has_order && (orders & 3) != 0)
        form.order = (orders & 1) != 0 ? LM_ORDER_MDY : LM_ORDER_DMY;
    if (!lm_cell_moment(day, time, &form, ret))
        return TRAFFIC_BAD_MOMENT;
    if (line->has_order || (orders & 3) != 3)
        ret->exchanged = false;
    return TRAFFIC_MOMENT;
}

/* One side of the record. */
static struct lm_account_ref account(struct reading *g, enum lm_meaning number, enum lm_meaning name,
                                     char *room)
{
    enum lm_platform platform = g->t->bound.layout->platform;
    struct lm_account_ref a = { .platform = platform };
    struct lm_str c = cell(g, number, NULL);
    a.display = name != LM_MEANS_IGNORE ? cell(g, name, NULL) : a.display;
    if (platform != LM_PLATFORM_PHONE && c.n != 0) {
        a.form = LM_ACCOUNT_NATIVE;
        a.native = c;
    } else if (c.n != 0) {
        struct lm_cell_number n = lm_cell_number(c, room);
        if (n.kind == LM_NUMBER_PHONE && is_rounded(g, c))
            n.kind = LM_NUMBER_ROUNDED;
        g->withheld = g->withheld || n.kind == LM_NUMBER_NONE || n.kind == LM_NUMBER_ROUNDED;
        if (n.kind == LM_NUMBER_ROUNDED)
            note(g, DOUBT_ROUNDED);
        if (n.kind == LM_NUMBER_PHONE || n.kind == LM_NUMBER_ADDRESS) {
            a.form = LM_ACCOUNT_NATIVE;
            a.native = n.value;
        }
        if (n.kind == LM_NUMBER_ADDRESS)
            a.platform = LM_PLATFORM_EMAIL;
        if (n.kind == LM_NUMBER_WORD) {
            a.form = LM_ACCOUNT_NAME;
            a.display = c;
        }
    }
    if (a.form == LM_ACCOUNT_NONE && a.display.n != 0)
        a.form = LM_ACCOUNT_NAME;
    return a;
}

static struct lm_account_ref owner(struct reading *g)
{
    struct lm_account_ref a = account(g, LM_MEANS_OWNER, LM_MEANS_IGNORE, g->r->owner_room);
    if (a.form != LM_ACCOUNT_NONE)
        return a;
    a.platform = g->t->bound.layout->platform;
    a.native = traffic_section(g->t)->owner;
    a.form = a.native.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_OWNER;
    return a;
}

static bool is_owner(const struct lm_account_ref *a, const struct lm_account_ref *o)
{
    return a->form == LM_ACCOUNT_NATIVE && o->form == LM_ACCOUNT_NATIVE
           && lm_cell_same_number(a->native, o->native);
}

static bool has(const struct reading *g, enum lm_meaning m)
{
    return g->t->bound.n_at[m] != 0;
}

static enum lm_cell_value direction(struct reading *g)
{
    enum lm_cell_value said = LM_SAYS_NOTHING;
    const struct lm_binding *b = &g->t->bound;
    for (size_t k = 0; k < b->n_at[LM_MEANS_DIRECTION] && said == LM_SAYS_NOTHING; k++) {
        size_t i = b->at[LM_MEANS_DIRECTION][k];
        if (i < g->row->n && g->row->cells[i].n != 0)
            said = lm_layout_says(&b->layout->columns[b->line[LM_MEANS_DIRECTION][k]], g->row->cells[i]);
    }
    return said;
}

/* Both sides, and whose the telephone's numbers are. False: the direction is needed and not known. */
static bool sides(struct reading *g)
{
    struct traffic_row *r = g->r;
    enum lm_cell_value way = direction(g);
    struct lm_account_ref mine = owner(g);
    r->ev.from = account(g, LM_MEANS_FROM, LM_MEANS_FROM_NAME, r->from_room);
    r->to = account(g, LM_MEANS_TO, LM_MEANS_TO_NAME, r->to_room);
    if (has(g, LM_MEANS_OTHER)) {
        struct lm_account_ref other =
            account(g, LM_MEANS_OTHER, has(g, LM_MEANS_FROM_NAME) ? LM_MEANS_FROM_NAME : LM_MEANS_TO_NAME,
                    r->to_room);
        if (other.form != LM_ACCOUNT_NONE || g->withheld) {
            if (way == LM_SAYS_NOTHING)
                return false;
            r->ev.from = way == LM_SAYS_OUT ? mine : other;
            r->to = way == LM_SAYS_OUT ? other : mine;
        } else if (way != LM_SAYS_NOTHING && cell(g, LM_MEANS_OWNER, NULL).n != 0) {
            /* blank or -1: the row still says whose it is */
            if (way == LM_SAYS_OUT)
                r->ev.from = mine;
            else
                r->to = mine;
        }
    }
    if (way == LM_SAYS_OUT || way == LM_SAYS_IN)
        r->device_of = way == LM_SAYS_OUT ? r->ev.from : r->to;
    else if (is_owner(&r->ev.from, &mine) != is_owner(&r->to, &mine))
        r->device_of = is_owner(&r->ev.from, &mine) ? r->ev.from : r->to;
    return true;
}

/* --- what it was --- */

static void class_of(struct reading *g)
{
    struct lm_event *ev = &g->r->ev;
    const struct lm_layout_column *line = NULL;
    struct lm_str c = cell(g, LM_MEANS_KIND, &line), o;
    enum lm_cell_value kind = g->t->bound.layout->kind, outcome = LM_SAYS_NOTHING;
    if (c.n != 0) {
        kind = lm_layout_says(line, c);
        ev->detail = c;
        if (kind == LM_SAYS_NOTHING) {
            note(g, DOUBT_KIND);
            kind = LM_SAYS_OTHER;
        }
    }
    o = cell(g, LM_MEANS_OUTCOME, &line);
    if (o.n != 0)
        outcome = lm_layout_says(line, o);
    if (kind == LM_SAYS_CALL && (outcome == LM_SAYS_FORWARDED || outcome == LM_SAYS_VOICEMAIL))
        kind = outcome;
    bool attempt = kind == LM_SAYS_ATTEMPT || outcome == LM_SAYS_ATTEMPT
                   || (ev->duration_s == 0 && kind == LM_SAYS_CALL && outcome != LM_SAYS_ANSWERED);
    kind = kind == LM_SAYS_ATTEMPT ? LM_SAYS_CALL : kind;
    ev->kind = kind == LM_SAYS_MESSAGE                         ? LM_EVENT_MESSAGE
               : kind == LM_SAYS_DATA || kind == LM_SAYS_OTHER ? LM_EVENT_OTHER
                                                               : LM_EVENT_CALL;
    if (attempt && ev->kind == LM_EVENT_CALL)
        ev->flags |= LM_EVENT_ATTEMPT;
    if (kind == LM_SAYS_FORWARDED) {
        ev->flags |= LM_EVENT_FORWARDED;
        ev->detail = LM_STR("forwarded");
    }
    if (kind == LM_SAYS_VOICEMAIL)
        ev->detail = LM_STR("voicemail");
    if (kind == LM_SAYS_DATA && ev->detail.n == 0)
        ev->detail = LM_STR("data");
    g->r->kind = kind;
}

static void duration(struct reading *g)
{
    struct lm_event *ev = &g->r->ev;
    const struct lm_layout_column *line = NULL;
    struct lm_str c = cell(g, LM_MEANS_DURATION, &line);
    struct lm_cell_moment end;
    ev->duration_s = -1;
    if (c.n != 0 && lm_cell_duration(c, line->duration, &ev->duration_s) == LM_SAID_NONSENSE) {
        note(g, DOUBT_DURATION);
        g->keep_duration = true;
    }
    if (c.n != 0 || (!has(g, LM_MEANS_END) && !has(g, LM_MEANS_END_DATE)))
        return;
    enum traffic_moment said = traffic_moment(g->t, g->row, LM_MEANS_END, &end);
    if (said == TRAFFIC_NO_MOMENT || (said == TRAFFIC_MOMENT && !end.timed))
        return;
    int64_t us = said == TRAFFIC_MOMENT ? end.when.us - ev->at.us : -1;
    if (us < 0 || us > LONGEST_CALL_US) {
        note(g, DOUBT_END);
        g->keep_end = true;
    } else if ((end.when.quality == LM_TIME_LOCAL) == (ev->at.quality == LM_TIME_LOCAL)
               && ev->at.quality != LM_TIME_NONE) {
        ev->duration_s = us / LM_SECOND_US;
    }
}

static void place(struct reading *g)
{
    struct lm_event *ev = &g->r->ev;
    struct lm_str a = cell(g, LM_MEANS_LATITUDE, NULL), b = cell(g, LM_MEANS_LONGITUDE, NULL);
    double lat, lon;
    if (a.n == 0 && b.n == 0)
        return;
    if (lm_str_to_double(a, &lat) && lm_str_to_double(b, &lon) && lat >= -90 && lat <= 90 && lon >= -180
        && lon <= 180 && (lat != 0 || lon != 0)) {
        ev->has_place = true;
        ev->latitude = lat;
        ev->longitude = lon;
        return;
    }
    note(g, DOUBT_PLACE);
    g->keep_place = true;
}

/* --- what is kept beside it --- */

static bool is_side(struct lm_str c, const struct lm_account_ref *a)
{
    return a->form == LM_ACCOUNT_NATIVE ? lm_cell_same_number(c, a->native)
                                        : a->form != LM_ACCOUNT_NONE && lm_str_eq(c, a->display);
}

/* Does the event itself hold what this column says? */
static bool in_event(const struct reading *g, enum lm_meaning m, struct lm_str c)
{
    if (m == LM_MEANS_FROM || m == LM_MEANS_TO || m == LM_MEANS_OTHER || m == LM_MEANS_OWNER)
        return is_side(c, &g->r->ev.from) || is_side(c, &g->r->to);
    if (m == LM_MEANS_START || m == LM_MEANS_START_DATE || m == LM_MEANS_START_TIME)
        return !g->keep_moment;
    if (m == LM_MEANS_END || m == LM_MEANS_END_DATE || m == LM_MEANS_END_TIME)
        return !g->keep_end && !has(g, LM_MEANS_DURATION);
    if (m == LM_MEANS_DURATION)
        return !g->keep_duration;
    if (m == LM_MEANS_LATITUDE || m == LM_MEANS_LONGITUDE)
        return !g->keep_place;
    if (m == LM_MEANS_KIND)
        return g->r->kind != LM_SAYS_FORWARDED && g->r->kind != LM_SAYS_VOICEMAIL;
    return m == LM_MEANS_ID || m == LM_MEANS_TEXT || m == LM_MEANS_THREAD || m == LM_MEANS_FROM_NAME || m == LM_MEANS_TO_NAME
           || m == LM_MEANS_IGNORE;
}

static lm_err raw(struct reading *g)
{
    struct traffic *t = g->t;
    const struct lm_binding *b = &t->bound;
    struct lm_json_out o;
    bool any = false, content = false, cells = false;
    lm_buf_clear(&t->raw);
    lm_json_out_init(&o, &t->raw);
    lm_json_object(&o);
    for (size_t i = 0; i < g->row->n; i++) {
        enum lm_meaning m = i < b->n_columns ? (enum lm_meaning)b->means[i] : LM_MEANS_CONTENT;
        if (g->row->cells[i].n == 0 || in_event(g, m, g->row->cells[i]))
            continue;
        if (i < b->n_columns) {
            lm_json_key_as(&o, b->keys[i]);
        } else {
            char name[32];
            (void)snprintf(name, sizeof name, "column %zu", i + 1);
            lm_json_key(&o, name);
        }
        lm_json_str(&o, g->row->cells[i]);
        any = true;
        content = content || m == LM_MEANS_CONTENT;
        cells = cells || m == LM_MEANS_CELL || m == LM_MEANS_LATITUDE || m == LM_MEANS_LONGITUDE;
    }
    lm_json_object_end(&o);
    if (t->raw.failed)
        note(g, DOUBT_RAW);
    else if (any)
        g->r->ev.raw = lm_buf_str(&t->raw);
    g->r->ev.flags |=
        (any && !content ? (unsigned)LM_EVENT_TRAFFIC : 0) | (cells ? (unsigned)LM_EVENT_CELL_SITE : 0);
    return LM_OK;
}

/* An IMEI or IMSI; one whose last figures a spreadsheet program has lost names no device. */
static struct lm_str device(struct reading *g, enum lm_meaning m)
{
    struct lm_str c = cell(g, m, NULL);
    if (c.n == 0 || !is_rounded(g, c))
        return c;
    note(g, DOUBT_ROUNDED);
    return (struct lm_str){ NULL, 0 };
}

static uint64_t digest(const struct reading *g)
{
    const struct lm_binding *b = &g->t->bound;
    uint64_t h = DIGEST_SEED;
    for (size_t i = 0; i < g->row->n; i++)
        if (i >= b->n_columns || b->means[i] != LM_MEANS_ITEM)
            h = lm_hash64(g->row->cells[i], h + i);
    return h;
}

/* --- all of it --- */

static size_t filled(const struct lm_rows_row *row)
{
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++)
        n += row->cells[i].n != 0;
    return n;
}

static lm_err tell(struct reading *g)
{
    const struct lm_binding *b = &g->t->bound;
    const struct lm_rows_row *row = g->row;
    lm_err err = LM_OK;
    if (row->altered)
        note(g, DOUBT_BYTES);
    if (row->reason[0] != '\0')
        note(g, row->at.kind == LM_LOCATOR_ROW ? DOUBT_QUOTES : DOUBT_BOOK);
    if (row->at.kind == LM_LOCATOR_ROW && row->n < b->n_columns)
        note(g, DOUBT_FEW_CELLS);
    if (row->n > b->n_columns && row->at.kind != LM_LOCATOR_ROW)
        for (size_t i = b->n_columns; i < row->n; i++)
            if (row->cells[i].n != 0)
                note(g, DOUBT_EXTRA_CELLS);
    for (unsigned d = 0; g->doubts != 0 && d < N_DOUBTS && err == LM_OK; d++)
        if ((g->doubts >> d & 1) != 0)
            err = traffic_doubt(g->t, (enum traffic_doubt)d, &row->at);
    return err;
}

/* More cells than the header has: a separator stands inside one of them, and nobody can say in which. */
static bool is_shifted(const struct reading *g)
{
    for (size_t i = g->t->bound.n_columns; i < g->row->n; i++)
        if (g->row->cells[i].n != 0)
            return g->row->at.kind == LM_LOCATOR_ROW;
    return false;
}

lm_err traffic_read_row(struct traffic *t, const struct lm_rows_row *row, struct traffic_row *ret,
                        enum traffic_what *ret_what, const char **ret_why)
{
    struct lm_cell_moment at = { 0 };
    memset(ret, 0, offsetof(struct traffic_row, from_room)); /* what the rooms hold is told by those who point there */
    ret->at = row->at;
    struct reading g = { .t = t, .row = row, .r = ret };
    enum traffic_moment said = traffic_moment(t, row, LM_MEANS_START, &at);
    bool directed = sides(&g);
    bool somebody = ret->ev.from.form != LM_ACCOUNT_NONE || ret->to.form != LM_ACCOUNT_NONE;
    bool a_number = ret->ev.from.form == LM_ACCOUNT_NATIVE || ret->to.form == LM_ACCOUNT_NATIVE;
    *ret_what = TRAFFIC_UNREADABLE;
    if (said != TRAFFIC_MOMENT && !a_number && !(directed && g.withheld) && filled(row) * 2 < t->bound.matched) {
        *ret_what = TRAFFIC_NOTE;
        return LM_OK;
    }
    *ret_why = NULL;
    if (row->cut && row->n < t->bound.n_columns)
        *ret_why = "the file ends in the middle of the row";
    else if (is_shifted(&g))
        *ret_why = "the row has more cells than the header: its columns are shifted";
    else if (said == TRAFFIC_NO_MOMENT)
        *ret_why = "the row has no date";
    else if (said == TRAFFIC_BAD_MOMENT)
        *ret_why = "the date or the time cannot be read";
    else if (!directed)
        *ret_why = "the direction is not known, and with it who called whom";
    else if (!somebody && !g.withheld)
        *ret_why = "the row names nobody";
    if (*ret_why != NULL)
        return LM_OK;
    *ret_what = TRAFFIC_RECORD;
    ret->ev.platform = t->bound.layout->platform;
    if (at.timed) {
        ret->ev.at = at.when;
    } else {
        g.keep_moment = true;
        note(&g, DOUBT_UNTIMED);
    }
    if (at.exchanged)
        note(&g, DOUBT_EXCHANGED);
    if (at.serial)
        note(&g, DOUBT_SERIAL);
    if (at.zone_unread)
        note(&g, DOUBT_ZONE);
    duration(&g);
    class_of(&g);
    place(&g);
    ret->ev.native_id = cell(&g, LM_MEANS_ID, NULL);
    ret->ev.text = cell(&g, LM_MEANS_TEXT, NULL);
    ret->ev.thread.native = cell(&g, LM_MEANS_THREAD, NULL);
    ret->imei = device(&g, LM_MEANS_IMEI);
    ret->imsi = device(&g, LM_MEANS_IMSI);
    if (ret->ev.kind == LM_EVENT_MESSAGE)
        ret->digest = digest(&g);
    lm_err err = raw(&g);
    return err != LM_OK ? err : tell(&g);
}
