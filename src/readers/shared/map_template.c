/* A map from a header: see map_template.h. */
#include "readers/shared/map_template.h"

#include <stdio.h>

#include "readers/shared/layout.h"
#include "readers/shared/return_record.h"
#include "readers/shared/rows.h"

#define HEADER_ROWS 200   /* the header stands among these */
#define SAMPLE_ROWS 500
#define MAX_COLUMNS 256
#define MAP_CEILING ((size_t)24 << 10)
#define SHAPE 32
#define WORDS 12          /* a column with at most so many different words: they are the kinds of something */
#define WORD_BYTES 24

struct column {
    struct lm_str name;
    size_t filled, moments, days, times, numbers, phones, colons, addresses, mails, first_phones, unix_s, unix_ms;
    unsigned orders;               /* that its dates allow */
    char shape[SHAPE];
    char words[WORDS][WORD_BYTES];
    size_t n_words;                /* WORDS + 1: too many */
    enum lm_meaning means;
    enum lm_meaning also;          /* a second meaning; the same: none */
    const char *format;
};

struct guess {
    struct column c[MAX_COLUMNS];
    size_t n, rows;
    bool says_utc;
    bool of_accounts;
};

/* --- what cells look like --- */

static bool is_digits(struct lm_str s)
{
    size_t i = 0;
    while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '.' && i != 0)))
        i++;
    return s.n != 0 && i == s.n;
}

static bool has_letter(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z')
            return true;
    return false;
}

static bool is_moment(struct lm_str s, bool *ret_timed)
{
    static const struct lm_cell_form mdy = { .order = LM_ORDER_MDY }, dmy = { .order = LM_ORDER_DMY };
    struct lm_cell_moment m;
    if (s.n < 6 || s.n > 48)
        return false;
    if (!lm_cell_moment(s, LM_STR(""), &mdy, &m) && !lm_cell_moment(s, LM_STR(""), &dmy, &m))
        return false;
    *ret_timed = m.timed;
    return true;
}

/* "10:15:23", "10:15 PM": with a day before it, a moment. */
static bool is_clock(struct lm_str s)
{
    static const struct lm_cell_form form = { .order = LM_ORDER_YMD };
    struct lm_cell_moment m;
    if (s.n < 4 || memchr(s.p, ':', s.n) == NULL)
        return false;
    return lm_cell_moment(LM_STR("2025-03-01"), s, &form, &m) && m.timed;
}

static bool is_phone(struct lm_str s)
{
    char room[LM_NUMBER_ROOM];
    struct lm_cell_number n = lm_cell_number(s, room);
    size_t digits = 0;
    for (size_t i = 0; i < n.value.n; i++)
        digits += n.value.p[i] >= '0' && n.value.p[i] <= '9';
    return n.kind == LM_NUMBER_ROUNDED || (n.kind == LM_NUMBER_PHONE && digits >= 7 && digits <= 15);
}

static void shape_of(struct lm_str s, char out[SHAPE])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n + 1 < SHAPE; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool letter = has_letter((struct lm_str){ s.p + i, 1 }) || c >= 0x80;
        out[n++] = c >= '0' && c <= '9' ? '9' : letter ? 'a' : c < 0x20 || c == '"' ? ' ' : (char)c;
    }
    out[n] = '\0';
}

static void take_word(struct column *c, struct lm_str s)
{
    char word[WORD_BYTES];
    if (c->n_words > WORDS)
        return;
    if (s.n >= WORD_BYTES || !has_letter(s)) {
        c->n_words = WORDS + 1;
        return;
    }
    memcpy(word, s.p, s.n);
    word[s.n] = '\0';
    for (size_t i = 0; i < c->n_words; i++)
        if (strcmp(c->words[i], word) == 0)
            return;
    if (c->n_words < WORDS)
        memcpy(c->words[c->n_words], word, sizeof word);
    c->n_words++;
}

/* The length of the first of several values in a cell. */
static size_t first_of(struct lm_str s)
{
    size_t n = 0;
    while (n < s.n && (s.p[n] == '\0' || strchr(",;|\n", s.p[n]) == NULL))
        n++;
    return n;
}

static void take_cell(struct column *c, struct lm_str s)
{
    bool timed = false;
    if (lm_cell_says_nothing(s))
        return;
    take_word(c, s);
    if (c->filled++ == 0)
        shape_of(s, c->shape);
    if (is_moment(s, &timed)) {
        c->moments += timed;
        c->days += !timed;
        c->orders &= lm_cell_orders(s);
    } else if (is_clock(s)) {
        c->times++;
    }
    c->colons += memchr(s.p, ':', s.n) != NULL;
    c->phones += is_phone(s);
    c->numbers += is_digits(s);
    c->unix_s += is_digits(s) && s.n == 10;
    c->unix_ms += is_digits(s) && s.n == 13;
    struct lm_str first = lm_str_trim(lm_str_take(s, first_of(s)));
    c->addresses += lm_return_ip(first).n != 0;
    c->mails += lm_return_email(first).n != 0;
    c->first_phones += is_phone(first);
}

/* --- what names mean --- */

struct rule {
    const char *names; /* patterns of keys, '|' between */
    enum lm_meaning means;
};

static const struct rule rules[] = {
    { "*imei*", LM_MEANS_IMEI },
    { "*imsi*", LM_MEANS_IMSI },
    { "*cell*|*tower*|*sector*|*azimuth*|*site*|*latitude*|*longitude*|lat|long|lon|lac"
      "|*cgi*|*enodeb*", LM_MEANS_CELL },
    { "*name", LM_MEANS_FROM_NAME },
    { "*called*|*dialed*|*dialled*|to|tonumber|*recipient*|*terminating*|*destination*"
      "|bnumber*|bparty*|*callee*|*receiv*num*", LM_MEANS_TO },
    { "*calling*|from|fromnumber|*caller*|*originating*|*origin*|anumber*|aparty*|*sender*", LM_MEANS_FROM },
    { "*target*|*subscriber*|*msisdn*|owner|*servednumber*|mobilenumber", LM_MEANS_OWNER },
    { "*other*|*number*|*party*|*phone*", LM_MEANS_OTHER },
    { "dir|*direction*|*inout*|mr|io|*orig*term*|mobilerole", LM_MEANS_DIRECTION },
    { "*duration*|*elapsed*|*length*|*talktime*|secs|seconds|sec|mins|minutes|min|len"
      "|dur|et", LM_MEANS_DURATION },
    { "*end*|*disconnect*|*release*|*stop*", LM_MEANS_END },
    { "*start*|*begin*|*connect*|*seiz*|*answer*|*date*|*time*|*when*", LM_MEANS_START },
    { "*zone*|tz", LM_MEANS_ZONE },
    { "*type*|*kind*|*service*", LM_MEANS_KIND },
    { "*status*|*result*|*outcome*|*disposition*|*feature*|*completion*", LM_MEANS_OUTCOME },
    { "item|itemno|rowno|rownumber|recno|recordno|recordnumber|seq*|no|line", LM_MEANS_ITEM },
    { "*callid*|*recordid*|*eventid*|*correlation*|uuid", LM_MEANS_ID },
    { "*switch*|*route*|*trunk*|*network*|*plan*|*billing*|*charge*|*cause*", LM_MEANS_KEEP },
    { "*text*|*body*|*content*", LM_MEANS_TEXT },
};

#define N_RULES (sizeof rules / sizeof *rules)

/* Of tables about accounts: what providers say of one, and where it connected from. */
static const struct rule account_rules[] = {
    { "*imei*", LM_MEANS_IMEI },
    { "*imsi*", LM_MEANS_IMSI },
    { "*country*|*region*|*city*|*isp|*useragent*|*browser*|*version*|*model*|*devicetype*|*typeofdevice*|*numberof*"
      "|*messages*|*status*|*platform*", LM_MEANS_KEEP },
    { "*deviceid*|*clientid*|*uuid*|*udid*|*fingerprint*", LM_MEANS_DEVICE },
    { "*device*", LM_MEANS_KEEP },
    { "*regist*ip*|*creat*ip*|*signup*ip*", LM_MEANS_CREATED_IP },
    { "port|*ipport|*sourceport|*srcport|*clientport", LM_MEANS_PORT },
    { "ip|ips|*ipaddress*|*ipv4*|*ipv6*|*loginip|*lastip|*sourceip|*clientip", LM_MEANS_IP },
    { "*lastseen*|*lastlogin*|*lastactiv*|*lastuse*|*lastonline*|*lastconnect*", LM_MEANS_LAST_SEEN },
    { "*created*|*creation*|*registr*|*registered*|*signup*|*joined*|*opened*", LM_MEANS_CREATED },
    { "*email*|*mailaddress*", LM_MEANS_EMAIL },
    { "*phone*|*mobile*|*msisdn*", LM_MEANS_PHONE },
    { "*userid*|*accountid*|uid|*subscriberid*|*customerid*|account|*telegramid|*wireid", LM_MEANS_ACCOUNT },
    { "*username*|*handle*|*screenname*|*nickname*|*wickrid|*vanity*", LM_MEANS_USERNAME },
    { "*displayname*|*firstname*|*lastname*|*fullname*|name|*subscribername*", LM_MEANS_NAME },
    { "*zone*|tz", LM_MEANS_ZONE },
    { "*action*|*event*|*type*", LM_MEANS_KIND },
    { "*logout*|*end*|*stop*", LM_MEANS_KEEP },
    { "*time*|*date*|*when*|*login*|*session*|*start*", LM_MEANS_START },
};

#define N_ACCOUNT_RULES (sizeof account_rules / sizeof *account_rules)

static bool any_glob(const char *patterns, struct lm_str key)
{
    struct lm_str rest = lm_str(patterns);
    while (rest.n != 0) {
        const char *bar = memchr(rest.p, '|', rest.n);
        struct lm_str one = lm_str_take(rest, bar != NULL ? (size_t)(bar - rest.p) : rest.n);
        if (lm_layout_glob(one, key))
            return true;
        rest = lm_str_skip(rest, one.n + (bar != NULL));
    }
    return false;
}

/* What the rules of accounts make of a name; CONTENT: nothing. */
static enum lm_meaning account_word(struct lm_str name)
{
    char room[LM_LAYOUT_KEY];
    struct lm_str key = lm_layout_key(name, room);
    for (size_t k = 0; k < N_ACCOUNT_RULES && key.n != 0; k++)
        if (any_glob(account_rules[k].names, key))
            return account_rules[k].means;
    return LM_MEANS_CONTENT;
}

/* --- the header --- */

/* Names: at least three cells, each with a letter, none of them a moment, a number or said twice. */
static bool could_be_header(const struct lm_rows_row *row)
{
    size_t filled = 0, known = 0;
    if (row->bad || row->n > MAX_COLUMNS)
        return false;
    for (size_t i = 0; i < row->n; i++) {
        struct lm_str s = row->cells[i];
        bool timed;
        if (s.n == 0)
            continue;
        if (!has_letter(s) || s.n > 80 || is_moment(s, &timed) || is_phone(s))
            return false;
        known += account_word(s) != LM_MEANS_CONTENT;
        filled++;
    }
    return filled >= 3 || (filled == 2 && known == 2);
}

static bool could_be_record(const struct lm_rows_row *row)
{
    bool timed, somebody = false, moment = false;
    for (size_t i = 0; !row->bad && i < row->n; i++) {
        moment = moment || is_moment(row->cells[i], &timed);
        somebody = somebody || is_phone(row->cells[i]) || lm_return_ip(row->cells[i]).n != 0;
    }
    return moment || somebody;
}

static lm_err keep_names(struct lm_arena *a, struct guess *g, const struct lm_rows_row *row)
{
    *g = (struct guess){ .n = row->n, .says_utc = g->says_utc };
    for (size_t i = 0; i < row->n; i++) {
        g->c[i] = (struct column){ .name = lm_arena_copy(a, row->cells[i]), .orders = 7, .format = "",
                                   .means = LM_MEANS_CONTENT };
        if (g->c[i].name.p == NULL)
            return LM_ENOMEM;
    }
    return LM_OK;
}

static bool is_repeated(const struct guess *g, const struct lm_rows_row *row)
{
    size_t same = 0;
    for (size_t i = 0; i < row->n && i < g->n; i++)
        same += row->cells[i].n != 0 && lm_str_eq(row->cells[i], g->c[i].name);
    return same >= 3;
}

/* What a provider says of one account, line by line: names below each other, the values beside them. */
static lm_err look_at_list(struct lm_read *ctx, struct guess *g, bool *ret_found)
{
    struct lm_rows rows;
    bool done = false, says_utc = g->says_utc;
    size_t known = 0;
    lm_err err = lm_rows_open(&rows, ctx->file, ctx->in->bytes, ctx->error);
    if (err != LM_OK)
        return err;
    *g = (struct guess){ .rows = 1, .says_utc = says_utc };
    for (size_t i = 0; err == LM_OK && i < HEADER_ROWS; i++) {
        struct lm_rows_row row;
        lm_arena_reset(ctx->record);
        err = lm_rows_next(&rows, ctx->record, &row, &done, NULL);
        if (err != LM_OK || done)
            break;
        if (row.bad || row.n < 2 || row.cells[0].n == 0 || row.cells[0].n > 80 || row.cells[1].n == 0 || !has_letter(row.cells[0]))
            continue;
        size_t at = 0;
        while (at < g->n && !lm_str_eq_nocase(g->c[at].name, row.cells[0]))
            at++;
        if (at == MAX_COLUMNS)
            break;
        if (at == g->n) {
            g->c[g->n++] = (struct column){ .name = lm_arena_copy(ctx->file, row.cells[0]), .orders = 7, .format = "", .means = LM_MEANS_CONTENT };
            if (g->c[at].name.p == NULL)
                err = LM_ENOMEM;
            known += account_word(row.cells[0]) != LM_MEANS_CONTENT;
        }
        take_cell(&g->c[at], row.cells[1]);
    }
    lm_rows_close(&rows);
    *ret_found = known >= 2;
    return err;
}

static lm_err look(struct lm_read *ctx, struct guess *g)
{
    struct lm_rows rows;
    bool candidate = false, found = false, done = false;
    lm_err err = lm_rows_open(&rows, ctx->file, ctx->in->bytes, ctx->error);
    if (err != LM_OK)
        return err;
    for (size_t i = 0; err == LM_OK && (found ? g->rows < SAMPLE_ROWS : i < HEADER_ROWS); i++) {
        struct lm_rows_row row;
        lm_arena_reset(ctx->record);
        err = lm_rows_next(&rows, ctx->record, &row, &done, NULL);
        if (err != LM_OK || done)
            break;
        if (!found && could_be_header(&row)) {
            err = keep_names(ctx->file, g, &row);
            candidate = true;
        } else if (candidate && !row.bad && (found || could_be_record(&row))) {
            found = true;
            g->rows++;
            if (is_repeated(g, &row))
                continue;
            for (size_t k = 0; k < row.n && k < g->n; k++)
                take_cell(&g->c[k], row.cells[k]);
        } else if (!found) {
            for (size_t k = 0; k < row.n && !row.bad; k++)
                g->says_utc = g->says_utc || lm_layout_glob(LM_STR("*UTC*"), lm_str_take(row.cells[k], 300));
        }
    }
    lm_rows_close(&rows);
    if (err != LM_ENOMEM && !found)
        err = look_at_list(ctx, g, &found);
    if (err == LM_ENOMEM)
        return err;
    if (found)
        return LM_OK;
    (void)lm_fail(ctx->error, LM_EINPUT, "no row looks like the names of columns with records below it");
    lm_fail_hint(ctx->error, "docs/maps.md says how a map is written by hand");
    return LM_EINPUT;
}

/* --- what a column is --- */

static bool most(size_t n, const struct column *c)
{
    return c->filled != 0 && n * 10 >= c->filled * 7;
}

/* Start and end as whole moments, days or times of day; anything else is no moment. */
static enum lm_meaning moment_meaning(struct column *c, enum lm_meaning whole)
{
    if (most(c->unix_s, c) || most(c->unix_ms, c)) {
        c->format = most(c->unix_s, c) ? "unix" : "unix_ms";
        return whole;
    }
    if (most(c->moments, c))
        return whole;
    if (most(c->days, c))
        return (enum lm_meaning)(whole + 1);
    return most(c->times, c) ? (enum lm_meaning)(whole + 2) : LM_MEANS_CONTENT;
}

/* What its name says, where its cells do not say otherwise. */
static enum lm_meaning meaning_of(struct column *c, enum lm_meaning said)
{
    if (said == LM_MEANS_START || said == LM_MEANS_END)
        return moment_meaning(c, said);
    if (said == LM_MEANS_FROM || said == LM_MEANS_TO || said == LM_MEANS_OWNER || said == LM_MEANS_OTHER)
        return c->filled == 0 || most(c->phones, c) ? said : LM_MEANS_CONTENT;
    if (said == LM_MEANS_KIND || said == LM_MEANS_DIRECTION || said == LM_MEANS_OUTCOME) {
        if (c->n_words != 0 && c->n_words <= WORDS)
            return said;
        return said == LM_MEANS_OUTCOME ? LM_MEANS_KEEP : LM_MEANS_CONTENT;
    }
    if (said == LM_MEANS_DURATION)
        return most(c->numbers + c->colons, c) && !most(c->moments + c->days, c) ? said : LM_MEANS_CONTENT;
    return said;
}

/* How many of the column's words the common words of that meaning know. *ret_says: they name calls, messages
 * or data (of a kind), or both ways (of a direction). */
static size_t known_words(const struct column *c, enum lm_meaning m, bool *ret_says)
{
    const struct lm_layout_column line = { .means = m };
    size_t known = 0, out = 0, in = 0, kinds = 0;
    for (size_t i = 0; c->n_words <= WORDS && i < c->n_words; i++) {
        enum lm_cell_value v = lm_layout_says(&line, lm_str(c->words[i]));
        known += v != LM_SAYS_NOTHING;
        kinds += v == LM_SAYS_CALL || v == LM_SAYS_MESSAGE || v == LM_SAYS_DATA;
        out += v == LM_SAYS_OUT;
        in += v == LM_SAYS_IN;
    }
    *ret_says = m == LM_MEANS_DIRECTION ? out != 0 && in != 0 : kinds != 0;
    return known;
}

/* Its words are those of a kind: more than half of them are known, and they stand in most rows. */
static bool speaks_of_kinds(const struct guess *g, const struct column *c)
{
    bool says = false;
    size_t known = known_words(c, LM_MEANS_KIND, &says);
    return says && known * 2 > c->n_words && c->filled * 10 >= g->rows * 5;
}

static bool may_be_kind(const struct column *c)
{
    enum lm_meaning m = c->means;
    bool says;
    if (m == LM_MEANS_OUTCOME) /* "Missed call", "Answered call" */
        return known_words(c, m, &says) != c->n_words;
    return m == LM_MEANS_KEEP || m == LM_MEANS_CONTENT || m == LM_MEANS_KIND || m == LM_MEANS_ITEM
           || m == LM_MEANS_CELL || m == LM_MEANS_ZONE || m == LM_MEANS_ID;
}

/* The kind is in the column whose words say it, whatever its name is; a name alone decides where no words do.
 * "Outgoing SMS" says the direction too. */
static void find_kind(struct guess *g)
{
    struct column *kind = NULL, *named = NULL;
    bool says = false, direction = false;
    for (size_t i = 0; i < g->n; i++) {
        struct column *c = &g->c[i];
        direction = direction || c->means == LM_MEANS_DIRECTION;
        named = named == NULL && c->means == LM_MEANS_KIND ? c : named;
        bool better = kind == NULL || (kind->means != LM_MEANS_KIND && c->means == LM_MEANS_KIND);
        if (better && may_be_kind(c) && speaks_of_kinds(g, c))
            kind = c;
    }
    if (kind == NULL)
        kind = named;
    for (size_t i = 0; i < g->n; i++)
        if (g->c[i].means == LM_MEANS_KIND)
            g->c[i].means = g->c[i].also = LM_MEANS_KEEP;
    if (kind != NULL)
        kind->means = kind->also = LM_MEANS_KIND;
    for (size_t i = 0; i < g->n; i++) {
        struct column *c = &g->c[i];
        if (kind == NULL && c->means == LM_MEANS_DIRECTION && speaks_of_kinds(g, c)) {
            c->also = LM_MEANS_KIND;
            return;
        }
        if (c == kind && !direction && known_words(c, LM_MEANS_DIRECTION, &says) * 2 > c->n_words && says)
            c->also = LM_MEANS_DIRECTION;
    }
}

/* Answers about accounts are short and often of several tables: half is enough. */
static bool half(size_t n, const struct column *c)
{
    return c->filled != 0 && n * 2 >= c->filled;
}

/* The same for tables about accounts. */
static enum lm_meaning account_meaning(struct column *c, enum lm_meaning said)
{
    bool empty = c->filled == 0;
    switch ((int)said) {
    case LM_MEANS_START:
        return moment_meaning(c, said);
    case LM_MEANS_CREATED: case LM_MEANS_LAST_SEEN:
        return empty || moment_meaning(c, LM_MEANS_START) == LM_MEANS_START || half(c->days + c->moments, c) ? said : LM_MEANS_CONTENT;
    case LM_MEANS_IP: case LM_MEANS_CREATED_IP:
        return empty || half(c->addresses, c) ? said : LM_MEANS_CONTENT;
    case LM_MEANS_EMAIL:
        return empty || half(c->mails, c) ? said : LM_MEANS_CONTENT;
    case LM_MEANS_PHONE:
        return empty || half(c->first_phones, c) ? said : LM_MEANS_CONTENT;
    case LM_MEANS_KIND:
        return c->n_words != 0 && c->n_words <= WORDS ? said : LM_MEANS_CONTENT;
    default:
        return said;
    }
}

/* About accounts: a column of addresses, or names that speak of an account, and nothing of a call. */
static bool is_of_accounts(const struct guess *g)
{
    size_t account = 0, from = 0, to = 0, call = 0;
    for (size_t i = 0; i < g->n; i++) {
        char room[LM_LAYOUT_KEY];
        struct lm_str key = lm_layout_key(g->c[i].name, room);
        enum lm_meaning a = account_word(g->c[i].name), m = LM_MEANS_CONTENT;
        for (size_t k = 0; k < N_RULES && key.n != 0 && m == LM_MEANS_CONTENT; k++)
            m = any_glob(rules[k].names, key) ? rules[k].means : m;
        from += m == LM_MEANS_FROM;
        to += m == LM_MEANS_TO;
        call += m == LM_MEANS_DURATION || m == LM_MEANS_DIRECTION;
        account += half(g->c[i].addresses, &g->c[i]) || a == LM_MEANS_IP || a == LM_MEANS_CREATED || a == LM_MEANS_LAST_SEEN
                   || a == LM_MEANS_USERNAME || a == LM_MEANS_ACCOUNT || a == LM_MEANS_EMAIL;
    }
    return account != 0 && call == 0 && (from == 0 || to == 0);
}

static void name_account_columns(struct guess *g)
{
    size_t kinds = 0, starts = 0;
    for (size_t i = 0; i < g->n; i++) {
        struct column *c = &g->c[i];
        enum lm_meaning m = account_word(c->name);
        c->means = account_meaning(c, m);
        if (m == LM_MEANS_CONTENT && half(c->addresses, c))
            c->means = LM_MEANS_IP;
        if (m == LM_MEANS_CONTENT && half(c->mails, c))
            c->means = LM_MEANS_EMAIL;
        bool again = (c->means == LM_MEANS_KIND && kinds++ != 0) || (c->means == LM_MEANS_START && starts++ != 0);
        if (again)
            c->means = LM_MEANS_KEEP;
        c->also = c->means;
    }
}

static void name_columns(struct guess *g)
{
    for (size_t i = 0; i < g->n; i++) {
        struct column *c = &g->c[i];
        char room[LM_LAYOUT_KEY];
        struct lm_str key = lm_layout_key(c->name, room);
        for (size_t k = 0; k < N_RULES && key.n != 0 && c->means == LM_MEANS_CONTENT; k++)
            if (any_glob(rules[k].names, key))
                c->means = meaning_of(c, rules[k].means);
        if (c->means == LM_MEANS_CONTENT && most(c->moments, c))
            c->means = LM_MEANS_START;
        /* whatever it is called, it holds numbers: settle() makes ends of them */
        if (c->means == LM_MEANS_CONTENT && most(c->phones, c) && c->filled * 3 > g->rows)
            c->means = LM_MEANS_OTHER;
        if (c->means == LM_MEANS_DURATION)
            c->format = most(c->colons, c) ? "" : "seconds";
        c->also = c->means;
    }
    find_kind(g);
}

static size_t count(const struct guess *g, enum lm_meaning m)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) /* a second meaning is a kind or a direction */
        n += g->c[i].means == m || (m == LM_MEANS_DIRECTION && g->c[i].also == m);
    return n;
}

static void change(struct guess *g, enum lm_meaning from, enum lm_meaning to, size_t beyond)
{
    for (size_t i = 0, n = 0; i < g->n; i++)
        if (g->c[i].means == from && n++ >= beyond)
            g->c[i].means = g->c[i].also = to;
}

/* Columns together make sense: one start, sides that fit each other. */
static void settle(struct guess *g)
{
    if (count(g, LM_MEANS_TO) == 0 && count(g, LM_MEANS_FROM) > 1)
        change(g, LM_MEANS_FROM, LM_MEANS_TO, 1);
    size_t named = count(g, LM_MEANS_FROM) + count(g, LM_MEANS_TO) + count(g, LM_MEANS_OWNER);
    if (named == 0 && count(g, LM_MEANS_OTHER) > 1 && count(g, LM_MEANS_DIRECTION) == 0) {
        change(g, LM_MEANS_OTHER, LM_MEANS_TO, 1);
        change(g, LM_MEANS_TO, LM_MEANS_KEEP, 1);
        change(g, LM_MEANS_OTHER, LM_MEANS_FROM, 0);
    }
    bool both = count(g, LM_MEANS_FROM) != 0 && count(g, LM_MEANS_TO) != 0;
    if (both)
        change(g, LM_MEANS_OTHER, LM_MEANS_KEEP, 0);
    else if (count(g, LM_MEANS_DIRECTION) == 0)
        change(g, LM_MEANS_OTHER, count(g, LM_MEANS_FROM) != 0 ? LM_MEANS_TO : LM_MEANS_FROM, 0);
    else if (count(g, LM_MEANS_OTHER) == 0 && count(g, LM_MEANS_FROM) == 0 && count(g, LM_MEANS_OWNER) > 1)
        change(g, LM_MEANS_OWNER, LM_MEANS_OTHER, 1);
    change(g, LM_MEANS_OTHER, LM_MEANS_KEEP, 1);
    change(g, LM_MEANS_FROM_NAME, LM_MEANS_TO_NAME, 1);
    change(g, LM_MEANS_TO_NAME, LM_MEANS_CONTENT, 1);
    change(g, LM_MEANS_START, LM_MEANS_KEEP, 1);
    if (count(g, LM_MEANS_START) != 0) {
        change(g, LM_MEANS_START_DATE, LM_MEANS_KEEP, 0);
        change(g, LM_MEANS_START_TIME, LM_MEANS_KEEP, 0);
    }
    change(g, LM_MEANS_START_DATE, LM_MEANS_KEEP, 1);
    change(g, LM_MEANS_START_TIME, LM_MEANS_KEEP, 1);
    change(g, LM_MEANS_DURATION, LM_MEANS_KEEP, 1);
    change(g, LM_MEANS_DIRECTION, LM_MEANS_KEEP, 1);
}

/* --- the map as text --- */

static void put_name(struct lm_buf *b, struct lm_str name)
{
    bool quoted = false;
    while (name.n != 0 && (name.p[0] == '#' || name.p[0] == '*'))
        name = lm_str_trim(lm_str_skip(name, 1)); /* '#' begins a comment; compared is without either */
    for (size_t i = 0; i < name.n; i++)
        quoted = quoted || strchr(",\"\r\n", name.p[i]) != NULL;
    if (quoted)
        lm_buf_putc(b, '"');
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c == '"')
            lm_buf_putc(b, '"');
        lm_buf_putc(b, c == '\n' || c == '\r' || c == '\0' ? ' ' : c == '*' ? ' ' : c);
    }
    if (quoted)
        lm_buf_putc(b, '"');
}

static bool has_groups(enum lm_meaning m)
{
    return m == LM_MEANS_KIND || m == LM_MEANS_OUTCOME || m == LM_MEANS_DIRECTION;
}

/* The words of a column of kinds; those that are in no group of the format, for a person to put there. */
static void put_words(struct lm_buf *b, const struct column *c, enum lm_meaning means)
{
    struct lm_layout_column line = { .means = means };
    if (c->n_words == 0 || c->n_words > WORDS || !has_groups(means))
        return;
    for (int round = 0; round < 2; round++) {
        size_t n = 0;
        for (size_t k = 0; k < c->n_words; k++) {
            if (round == 1 && lm_layout_says(&line, lm_str(c->words[k])) != LM_SAYS_NOTHING)
                continue;
            static const char *const heads[] = { "# its words: ", "# in no group yet: " };
            lm_buf_put(b, lm_str(n++ != 0 ? " | " : heads[round]));
            for (const char *p = c->words[k]; *p != '\0'; p++)
                lm_buf_putc(b, (unsigned char)*p < 0x20 || *p == '"' ? ' ' : *p);
        }
        if (n != 0)
            lm_buf_putc(b, '\n');
    }
}

/* "call=V|VOICE;message=SMS" by the common words; those that are in none of them stand above the line. */
static void put_values(struct lm_buf *b, const struct column *c, enum lm_meaning means)
{
    static const struct {
        enum lm_cell_value says;
        const char *word;
    } list[] = {
        { LM_SAYS_CALL, "call" },       { LM_SAYS_MESSAGE, "message" }, { LM_SAYS_FORWARDED, "forwarded" },
        { LM_SAYS_VOICEMAIL, "voicemail" }, { LM_SAYS_ATTEMPT, "attempt" }, { LM_SAYS_ANSWERED, "answered" },
        { LM_SAYS_DATA, "data" },       { LM_SAYS_OUT, "out" },         { LM_SAYS_IN, "in" },
    };
    struct lm_layout_column line = { .means = means };
    bool any = false;
    if (c->n_words > WORDS || !has_groups(means))
        return;
    for (size_t v = 0; v < sizeof list / sizeof *list; v++) {
        bool first = true;
        for (size_t k = 0; k < c->n_words; k++) {
            struct lm_str w = lm_str(c->words[k]);
            bool writable = true;
            for (size_t i = 0; i < w.n; i++)
                writable = writable && strchr("|;=\"*", w.p[i]) == NULL && (unsigned char)w.p[i] >= 0x20;
            if (!writable || lm_layout_says(&line, w) != list[v].says)
                continue;
            if (!any)
                lm_buf_putc(b, '"');
            lm_buf_printf(b, "%s%s%s%.*s", first && any ? ";" : "", first ? list[v].word : "",
                          first ? "=" : "|", LM_STR_ARG(w));
            any = true;
            first = false;
        }
    }
    if (any)
        lm_buf_putc(b, '"');
}

static void put_order(struct lm_buf *b, const struct guess *g)
{
    unsigned orders = 7;
    size_t moments = 0;
    for (size_t i = 0; i < g->n; i++) {
        enum lm_meaning m = g->c[i].means;
        bool moment = (m >= LM_MEANS_START && m <= LM_MEANS_END_TIME) || m == LM_MEANS_CREATED || m == LM_MEANS_LAST_SEEN;
        if (g->c[i].moments + g->c[i].days == 0 || !moment)
            continue;
        orders &= g->c[i].orders;
        moments++;
    }
    if (moments == 0 || (orders & 3) == 0 || orders == 7)
        return;
    if ((orders & 3) == 3)
        lm_buf_put(b, LM_STR("# No date decides whether the month or the day stands first (mdy, dmy).\n"));
    lm_buf_printf(b, "%s,dates,%s\n", (orders & 3) == 3 ? "# " : "", (orders & 1) != 0 ? "mdy" : "dmy");
}

static void put_line(struct lm_buf *b, const struct column *c, enum lm_meaning means)
{
    put_words(b, c, means);
    put_name(b, c->name);
    bool moment = means == LM_MEANS_START || means == LM_MEANS_CREATED || means == LM_MEANS_LAST_SEEN;
    lm_buf_printf(b, ",%s,%s", lm_meaning_word(means), means == LM_MEANS_DURATION || moment ? c->format : "");
    put_values(b, c, means);
    lm_buf_putc(b, '\n');
}

static void put_map(struct lm_buf *b, const struct guess *g)
{
    lm_buf_put(b, LM_STR("column,means,format\n"
                         "# Guessed from the header and the shape of the first rows: check every line"
                         " (docs/maps.md has the words).\n"));
    lm_buf_put(b, g->of_accounts ? LM_STR(",title,\"Accounts, unknown provider\"\n"
                                          "# Whose service it is: take the mark away and say it"
                                          " (telegram, wire, wickr, signal, snapchat … or other).\n# ,platform,other\n")
                                 : LM_STR(",title,\"Call records, unknown carrier\"\n"));
    put_order(b, g);
    lm_buf_put(b, g->says_utc ? LM_STR("# A line above the header speaks of UTC.\n,zone,UTC\n")
                              : LM_STR("# Take the mark away when the carrier says that times are UTC;"
                                       " else: import --zone.\n"
                                       "# ,zone,UTC\n"));
    for (size_t i = 0; i < g->n; i++) {
        const struct column *c = &g->c[i];
        char room[LM_LAYOUT_KEY];
        if (lm_layout_key(c->name, room).n == 0)
            continue;
        lm_buf_printf(b, "# %s\n", c->filled == 0 ? "always empty here" : c->shape);
        put_line(b, c, c->means);
        if (c->also != c->means)
            put_line(b, c, c->also);
    }
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    (void)head;
    return 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = { .kind = LM_EVENT_OTHER, .duration_s = -1 } };
    struct guess *g = lm_arena_alloc(ctx->file, sizeof *g);
    struct lm_buf b;
    if (g == NULL)
        return LM_ENOMEM;
    *g = (struct guess){ .n = 0 };
    lm_err err = look(ctx, g);
    if (err != LM_OK)
        return err;
    g->of_accounts = is_of_accounts(g);
    if (g->of_accounts) {
        name_account_columns(g);
    } else {
        name_columns(g);
        settle(g);
    }
    lm_buf_init(&b, MAP_CEILING);
    put_map(&b, g);
    fact.event.text = lm_buf_str(&b);
    err = b.failed ? lm_fail(ctx->error, LM_ELIMIT, "the header is too large for a map")
                   : lm_sink_fact(sink, (struct lm_locator){ 0 }, &fact);
    lm_buf_free(&b);
    return err;
}

const struct lm_reader lm_reader_map_template = {
    .name = "map_template",
    .title = "A map from the header of a table",
    .reference = "docs/maps.md",
    .tested_on = "our own files only",
    .lookahead = 0,
    .bid = bid,
    .read = read_all,
};
