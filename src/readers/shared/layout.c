#include "readers/shared/layout.h"

#include "base/embedded.h"
#include "formats/csv.h"
#include "formats/json_out.h"
#include "readers/operation_csv_table.h"

#define KEYS_CEILING (8 * LM_CSV_MAX_ROW) /* of a name whose every byte is escaped */
#define WORD(id, word) word,
static const char *const meaning_words[] = { LM_MEANINGS(WORD) };
#undef WORD

const char *lm_meaning_word(enum lm_meaning m)
{
    return m < LM_N_MEANINGS ? meaning_words[m] : "?";
}

static bool whole_file_only(enum lm_meaning m)
{
    return m == LM_MEANS_TITLE || m == LM_MEANS_MATCH || m == LM_MEANS_DATES || m == LM_MEANS_PLATFORM
           || m == LM_MEANS_NOTE;
}

static bool whole_file_too(enum lm_meaning m)
{
    return whole_file_only(m) || m == LM_MEANS_ZONE || m == LM_MEANS_KIND;
}

static bool is_moment(enum lm_meaning m)
{
    return (m >= LM_MEANS_START && m <= LM_MEANS_END_TIME) || m == LM_MEANS_CREATED || m == LM_MEANS_LAST_SEEN;
}

static bool is_of_accounts(enum lm_meaning m)
{
    return m >= LM_MEANS_ACCOUNT && m <= LM_MEANS_LAST_SEEN;
}

/* --- names --- */

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool in_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static struct lm_str key_of(struct lm_str header, bool stars, char room[LM_LAYOUT_KEY])
{
    size_t n = 0;
    for (size_t i = 0; i < header.n; i++) {
        char c = small(header.p[i]);
        if (!in_key(c) && !(stars && c == '*'))
            continue;
        if (n == LM_LAYOUT_KEY)
            return (struct lm_str){ room, 0 };
        room[n++] = c;
    }
    return (struct lm_str){ room, n };
}

struct lm_str lm_layout_key(struct lm_str header, char room[LM_LAYOUT_KEY])
{
    return key_of(header, false, room);
}

bool lm_layout_glob(struct lm_str pattern, struct lm_str s)
{
    size_t p = 0, i = 0, star = SIZE_MAX, mark = 0;
    while (i < s.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            mark = i;
        } else if (p < pattern.n && small(pattern.p[p]) == small(s.p[i])) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}

/* --- words of a column --- */

static const struct {
    const char *word;
    enum lm_cell_value says;
} says_words[] = {
    { "call", LM_SAYS_CALL },           { "message", LM_SAYS_MESSAGE }, { "forwarded", LM_SAYS_FORWARDED },
    { "voicemail", LM_SAYS_VOICEMAIL }, { "attempt", LM_SAYS_ATTEMPT }, { "answered", LM_SAYS_ANSWERED },
    { "data", LM_SAYS_DATA },           { "other", LM_SAYS_OTHER },     { "out", LM_SAYS_OUT },
    { "in", LM_SAYS_IN },               { "login", LM_SAYS_LOGIN },
};

static bool says_of(struct lm_str word, enum lm_cell_value *ret)
{
    for (size_t i = 0; i < sizeof says_words / sizeof *says_words; i++) {
        if (lm_str_is_nocase(word, says_words[i].word)) {
            *ret = says_words[i].says;
            return true;
        }
    }
    return false;
}

struct common {
    const char *pattern;
    enum lm_cell_value says;
};

static const struct common common_kinds[] = {
    { "*voicemail*", LM_SAYS_VOICEMAIL }, { "*voice mail*", LM_SAYS_VOICEMAIL }, { "vm", LM_SAYS_VOICEMAIL },
    { "*vmail*", LM_SAYS_VOICEMAIL },
    { "*forward*", LM_SAYS_FORWARDED },   { "*missed*", LM_SAYS_ATTEMPT },       { "*sms*", LM_SAYS_MESSAGE },
    { "*mms*", LM_SAYS_MESSAGE },         { "*text*", LM_SAYS_MESSAGE },         { "*message*", LM_SAYS_MESSAGE },
    { "*data*", LM_SAYS_DATA },           { "*gprs*", LM_SAYS_DATA },            { "*call*", LM_SAYS_CALL },
    { "*voice*", LM_SAYS_CALL },          { "moc", LM_SAYS_CALL },               { "mtc", LM_SAYS_CALL },
    { "v", LM_SAYS_CALL },                { "s", LM_SAYS_MESSAGE },
};
static const struct common common_outcomes[] = {
    { "*voicemail*", LM_SAYS_VOICEMAIL }, { "*forward*", LM_SAYS_FORWARDED },  { "*miss*", LM_SAYS_ATTEMPT },
    { "*no*answer*", LM_SAYS_ATTEMPT },   { "*unanswered*", LM_SAYS_ATTEMPT }, { "*busy*", LM_SAYS_ATTEMPT },
    { "*fail*", LM_SAYS_ATTEMPT },        { "*reject*", LM_SAYS_ATTEMPT },     { "*declin*", LM_SAYS_ATTEMPT },
    { "*cancel*", LM_SAYS_ATTEMPT },      { "*incomplete*", LM_SAYS_ATTEMPT }, { "*not*complete*", LM_SAYS_ATTEMPT },
    { "*answered*", LM_SAYS_ANSWERED },   { "*complete*", LM_SAYS_ANSWERED },  { "*connected*", LM_SAYS_ANSWERED },
    { "*success*", LM_SAYS_ANSWERED },    { "ok", LM_SAYS_ANSWERED },
};
static const struct common common_directions[] = {
    { "out*", LM_SAYS_OUT }, { "o", LM_SAYS_OUT },     { "mo", LM_SAYS_OUT },    { "orig*", LM_SAYS_OUT },
    { "sent*", LM_SAYS_OUT }, { "dialed", LM_SAYS_OUT }, { "to", LM_SAYS_OUT },   { "in*", LM_SAYS_IN },
    { "i", LM_SAYS_IN },     { "mt", LM_SAYS_IN },     { "term*", LM_SAYS_IN },  { "rec*", LM_SAYS_IN },
    { "from", LM_SAYS_IN },
};

enum lm_cell_value lm_layout_says(const struct lm_layout_column *line, struct lm_str cell)
{
    const struct common *c = NULL;
    size_t n = 0;
    for (size_t i = 0; i < line->n_values; i++)
        if (lm_layout_glob(line->values[i].pattern, cell))
            return line->values[i].says;
    if (line->n_values != 0)
        return LM_SAYS_NOTHING;
    if (line->means == LM_MEANS_KIND) {
        c = common_kinds;
        n = sizeof common_kinds / sizeof *c;
    } else if (line->means == LM_MEANS_OUTCOME) {
        c = common_outcomes;
        n = sizeof common_outcomes / sizeof *c;
    } else if (line->means == LM_MEANS_DIRECTION) {
        c = common_directions;
        n = sizeof common_directions / sizeof *c;
    }
    for (size_t i = 0; i < n; i++)
        if (lm_layout_glob(lm_str(c[i].pattern), cell))
            return c[i].says;
    return LM_SAYS_NOTHING;
}

/* --- reading a map --- */

struct parsing {
    struct lm_arena *a;
    struct lm_layout l;
    size_t cap, cap_match, cap_patterns;
    struct lm_error *e;
    unsigned long long row;
    bool has_platform;
};

static lm_err wrong(struct parsing *p, const char *what)
{
    (void)lm_fail(p->e, LM_EINPUT, "the map: %s", what);
    lm_fail_at(p->e, "", "row %llu", p->row);
    return LM_EINPUT;
}

static struct lm_str next_part(struct lm_str *rest, char separator)
{
    const char *end = rest->n != 0 ? memchr(rest->p, separator, rest->n) : NULL;
    struct lm_str part = lm_str_take(*rest, end != NULL ? (size_t)(end - rest->p) : rest->n);
    *rest = lm_str_skip(*rest, part.n + (end != NULL));
    return lm_str_trim(part);
}

/* "call=moc|mtc; message=*SMS*" */
static lm_err read_values(struct parsing *p, struct lm_layout_column *c)
{
    struct lm_str rest = c->format;
    struct lm_layout_value *v = NULL;
    size_t cap = 0;
    while (rest.n != 0) {
        struct lm_str group = next_part(&rest, ';');
        struct lm_str word = next_part(&group, '=');
        enum lm_cell_value says;
        bool direction;
        if (word.n == 0)
            continue;
        if (!says_of(word, &says))
            return wrong(p, "a word before '=' is none of call, message, forwarded, voicemail, attempt, answered, data, "
                            "login, other, out, in");
        direction = says == LM_SAYS_OUT || says == LM_SAYS_IN;
        if (direction != (c->means == LM_MEANS_DIRECTION))
            return wrong(p, "out and in belong to direction, the other words to kind and outcome");
        while (group.n != 0) {
            struct lm_layout_value *grown = lm_arena_grow(p->a, v, c->n_values, &cap, sizeof *v);
            if (grown == NULL)
                return lm_fail(p->e, LM_ENOMEM, "out of memory");
            v = grown;
            v[c->n_values++] = (struct lm_layout_value){ next_part(&group, '|'), says };
        }
    }
    c->values = v;
    return LM_OK;
}

static bool order_word(struct lm_str w, enum lm_cell_order *ret)
{
    static const char *const words[] = { "mdy", "dmy", "ymd" };
    for (unsigned i = 0; i < 3; i++) {
        if (lm_str_is_nocase(w, words[i])) {
            *ret = (enum lm_cell_order)i;
            return true;
        }
    }
    return false;
}

/* "mdy UTC", "unix_ms", "-06:00" */
static lm_err read_moment(struct parsing *p, struct lm_layout_column *c)
{
    static const char *const epochs[] = { "", "unix", "unix_ms", "unix_us" };
    struct lm_str rest = c->format;
    while (rest.n != 0) {
        struct lm_str w = next_part(&rest, ' ');
        bool known = w.n == 0;
        for (unsigned i = 1; i < 4; i++) {
            if (lm_str_is_nocase(w, epochs[i])) {
                c->moment.epoch = (enum lm_cell_epoch)i;
                known = true;
            }
        }
        if (!known && order_word(w, &c->moment.order))
            known = c->has_order = true;
        if (!known && !lm_cell_zone(w, &c->moment.zone))
            return wrong(p, "the format of a moment is made of mdy, dmy, ymd, unix, unix_ms, unix_us and a zone (UTC, -06:00)");
    }
    return LM_OK;
}

static lm_err read_duration(struct parsing *p, struct lm_layout_column *c)
{
    static const char *const words[] = { "auto", "seconds", "minutes", "ms" };
    struct lm_str f = c->format;
    if (f.n == 0 || lm_str_eq_nocase(f, LM_STR("MM:SS")) || lm_str_eq_nocase(f, LM_STR("HH:MM:SS")))
        return LM_OK;
    for (unsigned i = 0; i < 4; i++) {
        if (lm_str_is_nocase(f, words[i])) {
            c->duration = (enum lm_cell_duration_form)i;
            return LM_OK;
        }
    }
    return wrong(p, "the format of a duration is one of seconds, minutes, ms, MM:SS, HH:MM:SS");
}

static lm_err add_column(struct parsing *p, struct lm_str name, enum lm_meaning means, struct lm_str format)
{
    char room[LM_LAYOUT_KEY];
    struct lm_layout_column c = { .name = name, .means = means, .format = format };
    struct lm_layout *l = &p->l;
    lm_err err = LM_OK;
    if (whole_file_only(means))
        return wrong(p, "this word states something of the whole file: its column stays empty");
    if (l->n == LM_LAYOUT_MAX_COLUMNS)
        return wrong(p, "more than 512 lines");
    struct lm_str key = key_of(name, true, room);
    bool only_stars = true;
    for (size_t i = 0; i < key.n; i++)
        only_stars = only_stars && key.p[i] == '*';
    c.key = lm_arena_copy(p->a, key);
    if (only_stars)
        return wrong(p, "the name of the column has neither letters nor digits, or is too long");
    if (is_moment(means))
        err = read_moment(p, &c);
    else if (means == LM_MEANS_DURATION)
        err = read_duration(p, &c);
    else if (means == LM_MEANS_KIND || means == LM_MEANS_OUTCOME || means == LM_MEANS_DIRECTION)
        err = read_values(p, &c);
    else if (format.n != 0)
        err = wrong(p, "this meaning has no format");
    if (err != LM_OK)
        return err;
    struct lm_layout_column *grown = lm_arena_grow(p->a, l->columns, l->n, &p->cap, sizeof c);
    uint64_t *first;
    bool fresh = false;
    if (grown == NULL || c.key.p == NULL || lm_map_put(&l->by_key, c.key, l->n, &first, &fresh) != LM_OK)
        return lm_fail(p->e, LM_ENOMEM, "out of memory");
    l->columns = grown;
    l->columns[l->n] = c;
    if (memchr(c.key.p, '*', c.key.n) != NULL) {
        size_t *more = lm_arena_grow(p->a, (size_t *)(uintptr_t)l->patterns, l->n_patterns, &p->cap_patterns, sizeof *more);
        if (more == NULL)
            return lm_fail(p->e, LM_ENOMEM, "out of memory");
        more[l->n_patterns++] = l->n;
        l->patterns = more;
    }
    if (!fresh) {
        size_t i = (size_t)*first;
        while (l->columns[i].next != 0)
            i = l->columns[i].next - 1;
        l->columns[i].next = l->n + 1;
    }
    l->n++;
    return LM_OK;
}

static lm_err add_match(struct parsing *p, struct lm_str name)
{
    char room[LM_LAYOUT_KEY];
    struct lm_layout *l = &p->l;
    struct lm_str key = lm_arena_copy(p->a, key_of(name, true, room));
    struct lm_str *grown = lm_arena_grow(p->a, (struct lm_str *)(uintptr_t)l->match, l->n_match, &p->cap_match, sizeof key);
    if (grown == NULL || key.p == NULL)
        return lm_fail(p->e, LM_ENOMEM, "out of memory");
    if (key.n == 0)
        return wrong(p, "match names a column of the header");
    grown[l->n_match++] = key;
    l->match = grown;
    return LM_OK;
}

static lm_err add_statement(struct parsing *p, enum lm_meaning means, struct lm_str format)
{
    struct lm_layout *l = &p->l;
    if (!whole_file_too(means))
        return wrong(p, "this word needs the name of a column before it");
    if (format.n == 0)
        return wrong(p, "the statement is empty");
    if (means == LM_MEANS_TITLE)
        l->title = format;
    if (means == LM_MEANS_NOTE)
        l->note = format;
    if (means == LM_MEANS_MATCH)
        return add_match(p, format);
    if (means == LM_MEANS_DATES) {
        l->has_order = true;
        if (!order_word(format, &l->order))
            return wrong(p, "dates are one of mdy, dmy, ymd");
    }
    if (means == LM_MEANS_ZONE && (!lm_cell_zone(format, &l->zone) || l->zone.state == LM_CELL_ZONE_UNKNOWN))
        return wrong(p, "the zone of a file is UTC or one offset, -06:00; a named zone is given with --zone");
    if (means == LM_MEANS_PLATFORM && (!lm_platform_parse(format, &l->platform) || l->platform == LM_PLATFORM_NONE))
        return wrong(p, "no such platform");
    p->has_platform = p->has_platform || means == LM_MEANS_PLATFORM;
    if (means == LM_MEANS_KIND
        && (!says_of(format, &l->kind) || l->kind == LM_SAYS_OUT || l->kind == LM_SAYS_IN || l->kind == LM_SAYS_ANSWERED))
        return wrong(p, "the kind of all rows is one of call, message, forwarded, voicemail, attempt, data, other");
    return LM_OK;
}

static lm_err read_line(struct parsing *p, const struct lm_csv_row *row)
{
    struct lm_str cells[3] = { 0 };
    if (lm_str_starts(lm_str_trim(row->cells[0]), LM_STR("#")))
        return LM_OK;
    for (size_t i = 0; i < row->n; i++) {
        struct lm_str s = lm_str_trim(row->cells[i]);
        if (i >= 3 && s.n != 0)
            return wrong(p, "a line has more than three cells (a format with a comma stands in quotes)");
        if (i < 3)
            cells[i] = lm_arena_copy(p->a, s);
        if (i < 3 && cells[i].p == NULL)
            return lm_fail(p->e, LM_ENOMEM, "out of memory");
    }
    if (row->oddities != 0 || lm_utf8_valid_prefix(cells[0]) != cells[0].n || lm_utf8_valid_prefix(cells[2]) != cells[2].n)
        return wrong(p, "the quoting or the encoding of a line is damaged");
    if (cells[0].n == 0 && cells[1].n == 0 && cells[2].n == 0)
        return LM_OK;
    if (lm_str_eq_nocase(cells[0], LM_STR("column")) && lm_str_eq_nocase(cells[1], LM_STR("means")))
        return LM_OK;
    for (unsigned m = 0; m < LM_N_MEANINGS; m++)
        if (lm_str_is_nocase(cells[1], meaning_words[m]))
            return cells[0].n != 0 ? add_column(p, cells[0], (enum lm_meaning)m, cells[2])
                                   : add_statement(p, (enum lm_meaning)m, cells[2]);
    return wrong(p, "the second cell is no word of a map (docs/maps.md lists them)");
}

static bool has(const struct lm_layout *l, enum lm_meaning m)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->columns[i].means == m)
            return true;
    return false;
}

static bool says_login(const struct lm_layout *l)
{
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->columns[i].n_values; k++)
            if (l->columns[i].values[k].says == LM_SAYS_LOGIN)
                return true;
    return l->kind == LM_SAYS_LOGIN;
}

/* Of accounts: no sides and no calls. */
static lm_err check_accounts(struct parsing *p)
{
    static const enum lm_meaning not[] = { LM_MEANS_FROM,    LM_MEANS_TO,    LM_MEANS_OTHER,     LM_MEANS_FROM_NAME,
                                           LM_MEANS_TO_NAME, LM_MEANS_OWNER, LM_MEANS_DIRECTION, LM_MEANS_DURATION,
                                           LM_MEANS_OUTCOME, LM_MEANS_TEXT,  LM_MEANS_THREAD };
    if (!p->has_platform)
        return wrong(p, "a map of accounts says on which platform they are: ,platform,telegram (or other)");
    for (size_t i = 0; i < sizeof not / sizeof *not; i++)
        if (has(&p->l, not[i]))
            return wrong(p, "a map is of calls and messages (from, to, other, owner, …) or of accounts (account, ip, "
                            "created, …), not of both");
    for (size_t i = 0; i < p->l.n; i++)
        for (size_t k = 0; k < p->l.columns[i].n_values; k++)
            if (p->l.columns[i].values[k].says != LM_SAYS_LOGIN && p->l.columns[i].values[k].says != LM_SAYS_OTHER)
                return wrong(p, "in a table about accounts the kinds are login and other");
    return LM_OK;
}

static lm_err check_whole(struct parsing *p)
{
    const struct lm_layout *l = &p->l;
    p->row = 1;
    for (size_t i = 0; i < l->n; i++)
        p->l.of_accounts = l->of_accounts || is_of_accounts(l->columns[i].means);
    if (l->of_accounts)
        return check_accounts(p);
    if (says_login(l))
        return wrong(p, "login is a kind in tables about accounts: no column means account, ip or the like");
    if (!has(l, LM_MEANS_START) && !has(l, LM_MEANS_START_DATE))
        return wrong(p, "no column means start or start_date: a record needs a moment");
    if (!has(l, LM_MEANS_FROM) && !has(l, LM_MEANS_TO) && !has(l, LM_MEANS_OTHER) && !has(l, LM_MEANS_FROM_NAME)
        && !has(l, LM_MEANS_TO_NAME))
        return wrong(p, "no column means from, to or other: a record needs somebody");
    if (has(l, LM_MEANS_OTHER) && !has(l, LM_MEANS_DIRECTION))
        return wrong(p, "a column means other, and none means direction");
    return LM_OK;
}

/* Every date in the file in one order: what a line does not say, the file's statement says. */
static void hand_down(struct lm_layout *l)
{
    for (size_t i = 0; i < l->n; i++) {
        struct lm_layout_column *c = &l->columns[i];
        if (!c->has_order)
            c->moment.order = l->order;
        c->has_order = c->has_order || l->has_order;
    }
}

lm_err lm_layout_parse(struct lm_arena *a, struct lm_str id, struct lm_str text, struct lm_layout *ret, struct lm_error *e)
{
    struct parsing p = { .a = a, .e = e };
    struct lm_csv csv;
    struct lm_csv_row row;
    bool done = false;
    p.l = (struct lm_layout){ .id = id, .platform = LM_PLATFORM_PHONE, .kind = LM_SAYS_CALL };
    lm_map_init(&p.l.by_key, a);
    if (text.n > LM_LAYOUT_MAX_BYTES)
        return lm_fail(e, LM_ELIMIT, "the map is larger than %zu KiB", LM_LAYOUT_MAX_BYTES >> 10);
    lm_csv_init(&csv, text, ',');
    lm_err err = LM_OK;
    while (err == LM_OK) {
        err = lm_csv_next(&csv, &row, &done);
        if (err != LM_OK || done)
            break;
        p.row = (unsigned long long)row.number;
        err = read_line(&p, &row);
    }
    lm_csv_free(&csv);
    if (err == LM_ELIMIT)
        err = wrong(&p, "a line has too many cells");
    if (err == LM_OK)
        err = check_whole(&p);
    if (err != LM_OK)
        return err;
    hand_down(&p.l);
    if (p.l.title.n == 0)
        p.l.title = id;
    *ret = p.l;
    return LM_OK;
}

lm_err lm_layouts_embedded(struct lm_arena *a, struct lm_str prefix, struct lm_layout **ret, size_t *ret_n)
{
    size_t n = 0, k = 0;
    for (const struct lm_embedded_file *f = lm_embedded_files; f->name.p != NULL; f++)
        n += lm_str_starts(f->name, prefix);
    struct lm_layout *l = lm_arena_array(a, n, sizeof *l);
    if (l == NULL)
        return LM_ENOMEM;
    for (const struct lm_embedded_file *f = lm_embedded_files; f->name.p != NULL; f++) {
        if (!lm_str_starts(f->name, prefix))
            continue;
        lm_err err = lm_layout_parse(a, f->name, f->bytes, &l[k++], NULL);
        if (err != LM_OK)
            return err == LM_ENOMEM ? err : LM_EINTERNAL;
    }
    *ret = l;
    *ret_n = n;
    return LM_OK;
}

/* --- on a header --- */

/* The first line for this key, by name or by pattern; SIZE_MAX: none. */
static size_t line_for(const struct lm_layout *l, struct lm_str key)
{
    uint64_t *at = key.n != 0 ? lm_map_get(&l->by_key, key) : NULL;
    if (at != NULL)
        return (size_t)*at;
    for (size_t i = 0; key.n != 0 && i < l->n_patterns; i++)
        if (lm_layout_glob(l->columns[l->patterns[i]].key, key))
            return l->patterns[i];
    return SIZE_MAX;
}

static bool is_there(struct lm_str match, const struct lm_str *cells, size_t n)
{
    char room[LM_LAYOUT_KEY];
    for (size_t i = 0; i < n; i++)
        if (lm_layout_glob(match, lm_layout_key(cells[i], room)))
            return true;
    return false;
}

size_t lm_layout_fits(const struct lm_layout *l, const struct lm_str *cells, size_t n, bool own)
{
    size_t known = 0;
    bool moment = false, somebody = false, account = false, matched = own || l->n_match != 0;
    for (size_t k = 0; k < l->n_match && !own && matched; k++)
        matched = is_there(l->match[k], cells, n);
    for (size_t i = 0; i < n; i++) {
        char room[LM_LAYOUT_KEY];
        struct lm_str key = lm_layout_key(cells[i], room);
        size_t line = line_for(l, key);
        known += line != SIZE_MAX;
        for (; line != SIZE_MAX; line = l->columns[line].next != 0 ? l->columns[line].next - 1 : SIZE_MAX) {
            enum lm_meaning m = l->columns[line].means;
            account = account || is_of_accounts(m);
            moment = moment || m == LM_MEANS_START || m == LM_MEANS_START_DATE;
            somebody = somebody || m == LM_MEANS_FROM || m == LM_MEANS_TO || m == LM_MEANS_OTHER || m == LM_MEANS_FROM_NAME
                       || m == LM_MEANS_TO_NAME;
        }
    }
    if (l->of_accounts ? !account || known < 2 : !moment || !somebody)
        return 0;
    return matched ? known : 0;
}

static lm_err name_columns(struct lm_arena *a, struct lm_binding *b, const struct lm_str *cells)
{
    struct lm_map seen;
    lm_map_init(&seen, a);
    for (size_t i = 0; i < b->n_columns; i++) {
        uint64_t *times;
        struct lm_str name = cells[i].n != 0 ? lm_arena_copy(a, cells[i]) : lm_arena_printf(a, "column %zu", i + 1);
        if (name.p == NULL || lm_map_put(&seen, name, 0, &times, NULL) != LM_OK)
            return LM_ENOMEM;
        if (++*times > 1)
            name = lm_arena_printf(a, "%.*s (%llu)", LM_STR_ARG(name), (unsigned long long)*times);
        if (name.p == NULL)
            return LM_ENOMEM;
        b->names[i] = name;
    }
    return LM_OK;
}

static lm_err make_keys(struct lm_arena *a, struct lm_binding *b)
{
    struct lm_buf text;
    struct lm_json_out o;
    lm_buf_init(&text, KEYS_CEILING);
    for (size_t i = 0; i < b->n_columns && !text.failed; i++) {
        lm_buf_clear(&text);
        lm_json_out_init(&o, &text);
        lm_json_key(&o, b->names[i].p);
        b->keys[i] = lm_arena_copy(a, lm_buf_str(&text));
        text.failed = text.failed || b->keys[i].p == NULL;
    }
    bool ok = !text.failed;
    lm_buf_free(&text);
    return ok ? LM_OK : LM_ENOMEM;
}

static void bind_line(struct lm_binding *b, size_t line, size_t column)
{
    enum lm_meaning m = b->layout->columns[line].means;
    size_t n = b->n_at[m];
    if (n == LM_BINDING_SAME)
        return;
    /* in the order of the map's lines, and of the columns where one line fits several */
    size_t k = n;
    for (; k > 0 && b->line[m][k - 1] > line; k--) {
        b->line[m][k] = b->line[m][k - 1];
        b->at[m][k] = b->at[m][k - 1];
    }
    b->line[m][k] = (uint16_t)line;
    b->at[m][k] = (uint16_t)column;
    b->n_at[m]++;
}

lm_err lm_layout_bind(struct lm_arena *a, const struct lm_layout *l, const struct lm_str *cells, size_t n,
                      struct lm_binding *ret)
{
    struct lm_binding b = { .layout = l, .n_columns = n < UINT16_MAX ? n : UINT16_MAX };
    b.names = lm_arena_array(a, b.n_columns, sizeof *b.names);
    b.keys = lm_arena_array(a, b.n_columns, sizeof *b.keys);
    b.means = lm_arena_alloc(a, b.n_columns);
    b.in_map = lm_arena_alloc(a, b.n_columns);
    if (b.names == NULL || b.keys == NULL || b.means == NULL || b.in_map == NULL || name_columns(a, &b, cells) != LM_OK
        || make_keys(a, &b) != LM_OK)
        return LM_ENOMEM;
    for (size_t i = 0; i < b.n_columns; i++) {
        char room[LM_LAYOUT_KEY];
        size_t line = line_for(l, lm_layout_key(cells[i], room));
        b.means[i] = LM_MEANS_CONTENT;
        b.in_map[i] = line != SIZE_MAX;
        if (lm_table_protected(cells[i])) {
            b.means[i] = LM_MEANS_IGNORE;
            b.refused++;
            continue;
        }
        if (line == SIZE_MAX) {
            b.unknown += cells[i].n != 0;
            continue;
        }
        b.matched++;
        b.means[i] = (uint8_t)l->columns[line].means;
        for (; line != SIZE_MAX; line = l->columns[line].next != 0 ? l->columns[line].next - 1 : SIZE_MAX) {
            bind_line(&b, line, i);
            bool start = l->columns[line].means == LM_MEANS_START || l->columns[line].means == LM_MEANS_START_TIME;
            struct lm_cell_zone z = lm_cell_zone_of_header(cells[i]);
            if (start && z.state != LM_CELL_ZONE_NONE)
                b.header_zone = z;
        }
    }
    *ret = b;
    return LM_OK;
}

struct lm_str lm_binding_cell(const struct lm_binding *b, enum lm_meaning m, const struct lm_str *cells, size_t n,
                              const struct lm_layout_column **ret_line)
{
    for (size_t k = 0; k < b->n_at[m]; k++) {
        size_t i = b->at[m][k];
        if (i >= n || lm_cell_says_nothing(cells[i]))
            continue;
        if (ret_line != NULL)
            *ret_line = &b->layout->columns[b->line[m][k]];
        return cells[i];
    }
    return (struct lm_str){ NULL, 0 };
}
