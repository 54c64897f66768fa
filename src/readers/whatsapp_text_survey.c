/* The first pass: which lines are headers, what their numbers mean, who writes.
 *
 * The input is read twice rather than kept: memory does not grow with it, except for at most
 * LM_WA_AUTHORS_MAX names. */
#include "base/utf8.h"
#include "readers/whatsapp_text.h"

/* --- style --- */

#define STYLES_MAX 32
#define STYLE_BYTES \
    ((size_t)4 << 20) /* looked at to choose the style, and longer while there are few headers */
#define STYLE_HEADERS 256

struct tally {
    uint32_t style;
    uint64_t n;
    size_t first;
};

bool lm_wa_header_counts(const struct lm_wa_header *h, struct lm_str line)
{
    if ((h->style & LM_WA_TAIL) != LM_WA_BARE && (h->style & LM_WA_NO_YEAR) == 0)
        return true;
    struct lm_str author, rest = lm_str_skip(line, h->rest);
    size_t body;
    struct lm_wa_notice notice;
    if (lm_wa_author_split(rest, &author, &body))
        return true;
    if ((h->style & LM_WA_NO_YEAR) != 0)
        return false;
    return lm_str_starts(rest, LM_STR("\xe2\x80\x8e")) || lm_wa_notice_find(rest, true, &notice);
}

static struct tally *count(struct tally *tallies, size_t *n, uint32_t style, size_t at)
{
    for (size_t i = 0; i < *n; i++) {
        if (tallies[i].style == style) {
            tallies[i].n++;
            return &tallies[i];
        }
    }
    if (*n == STYLES_MAX)
        return NULL;
    tallies[*n] = (struct tally){ .style = style, .n = 1, .first = at };
    return &tallies[(*n)++];
}

bool lm_wa_style_choose(struct lm_str bytes, struct lm_wa_style_choice *ret)
{
    struct tally tallies[STYLES_MAX];
    size_t n = 0;
    uint64_t n_lines = 0, n_headers = 0;
    bool first_is_header = false;
    struct lm_wa_shapes shapes = { 0 };
    for (size_t at = 0; at < bytes.n && (at < STYLE_BYTES || n_headers < STYLE_HEADERS);) {
        struct lm_str line;
        struct lm_wa_header h;
        size_t here = at;
        at = lm_wa_line(bytes, at, &line);
        if (lm_wa_header_next(&shapes, line, &h) && (h.style & LM_WA_NO_YEAR) == 0
            && lm_wa_header_counts(&h, line)) {
            if (n_headers++ == 0)
                shapes.style = h.style;
            (void)count(tallies, &n, h.style, here);
            first_is_header |= n_lines == 0;
        }
        if (n_lines != 0 || lm_wa_trim(line).n != 0)
            n_lines++;
    }
    if (n == 0)
        return false;
    struct tally *best = &tallies[0]; /* the style seen first wins a tie */
    for (size_t i = 1; i < n; i++)
        if (tallies[i].n > best->n)
            best = &tallies[i];
    /* An export starts with a header. A message may quote a thousand lines of another one, but it comes
     * later. */
    bool first = first_is_header && (tallies[0].n >= 2 || best->n < 3);
    if (first)
        best = &tallies[0];
    *ret = (struct lm_wa_style_choice){ .style = best->style,
                                        .n_headers = best->n,
                                        .n_lines = n_lines,
                                        .first_header = best->first,
                                        .first_line = first_is_header && best == tallies };
    return true;
}

/* --- order of year, month and day --- */

struct hypothesis {
    struct lm_wa_order order;
    uint64_t bad;   /* header lines whose date cannot be in this order */
    uint64_t backs; /* how often the day before the last one follows */
    int32_t day;
    bool is_bad; /* the date at hand */
    bool any;
};

struct dates {
    struct hypothesis h[3];
    size_t n;
    uint16_t v[3];
    bool any;
    bool differ;         /* some date is possible in both of the first two orders, and not the same day */
    bool padded, single; /* "03" was seen, "3" was seen among the first two numbers */
};

static void dates_init(struct dates *d, uint32_t style)
{
    unsigned year = (style & LM_WA_YEAR) >> 4;
    static const struct lm_wa_order known[3][2] = {
        { { 0, 1, 2 }, { 0, 2, 1 } }, /* 2018/06/13 before 2018/13/06 */
        { { 1, 2, 0 }, { 1, 0, 2 } }, /* 13/2018/06 before 06/2018/13 */
        { { 2, 1, 0 }, { 2, 0, 1 } }, /* 13/06/2018 before 06/13/2018 */
    };
    static const struct lm_wa_order unknown[3] = { { 2, 1, 0 }, { 2, 0, 1 }, { 0, 1, 2 } };
    *d = (struct dates){ .n = year < 3 ? 2 : 3 };
    for (size_t i = 0; i < d->n; i++)
        d->h[i].order = year < 3 ? known[year][i] : unknown[i];
}

static bool day_of(const uint16_t v[3], struct lm_wa_order o, int32_t *ret)
{
    return lm_wa_day(v, o, ret, &(bool){ false });
}

static void dates_add(struct dates *d, const struct lm_wa_header *h)
{
    if (d->any && memcmp(d->v, h->v, sizeof d->v) == 0) {
        for (size_t i = 0; i < d->n; i++)
            d->h[i].bad += d->h[i].is_bad;
        return;
    }
    memcpy(d->v, h->v, sizeof d->v);
    d->any = true;
    for (int i = 0; i < 2; i++) {
        d->padded |= h->w[i] == 2 && h->v[i] < 10;
        d->single |= h->w[i] == 1;
    }
    for (size_t i = 0; i < d->n; i++) {
        struct hypothesis *p = &d->h[i];
        int32_t day;
        p->is_bad = !day_of(h->v, p->order, &day);
        if (p->is_bad) {
            p->bad++;
            continue;
        }
        p->backs += p->any && day < p->day;
        p->day = day;
        p->any = true;
    }
    d->differ |= !d->h[0].is_bad && !d->h[1].is_bad && d->h[0].day != d->h[1].day;
}

/* Whether a runs forward and b does not. A right order may have a few steps back (a phone that was off). */
static bool runs_better(const struct hypothesis *a, const struct hypothesis *b)
{
    return (a->backs == 0 && b->backs > 0) || (b->backs >= 10 && a->backs * 10 <= b->backs);
}

static void dates_decide(const struct dates *d, uint32_t style, bool english, struct lm_wa_survey *s)
{
    const struct hypothesis *first = &d->h[0], *second = &d->h[1], *won = first;
    bool year_first = (style & LM_WA_YEAR) == 0;
    s->told = LM_WA_TOLD;
    if (first->bad != second->bad) {
        won = first->bad < second->bad ? first : second;
    } else if (d->differ) {
        if (runs_better(first, second) || runs_better(second, first)) {
            won = runs_better(first, second) ? first : second;
            s->told = year_first ? LM_WA_TOLD : LM_WA_TOLD_BY_TIMES;
        } else if (!year_first) {
            /* CLDR 42: "M/d/yy" without zeros is en-US; en-AU and en-SG write "d/M/yy", so it stays a guess. */
            bool us = english && (style & LM_WA_YEAR) == LM_WA_YEAR
                      && (style & LM_WA_SEPARATOR) == LM_WA_SLASH && (style & LM_WA_COMMA) != 0 && d->single
                      && !d->padded;
            won = us ? second : first;
            s->told = us ? LM_WA_GUESSED_US : LM_WA_NOT_TOLD;
        }
    }
    if (d->n == 3) {
        /* Two-digit years in front: the habit of Korea, China, Japan and of French Canada ("18-06-13 21 h
         * 25"). */
        const struct hypothesis *third = &d->h[2];
        bool habit = (style & LM_WA_EAST_ASIAN) != 0
                     || ((style & LM_WA_CLOCK) == 2u << 8 && (style & LM_WA_SEPARATOR) == LM_WA_HYPHEN);
        if (third->bad < won->bad
            || (third->bad == won->bad && (habit || (won->backs >= 3 && runs_better(third, won))))) {
            s->told = third->bad < won->bad || habit ? LM_WA_TOLD : LM_WA_TOLD_BY_TIMES;
            won = third;
        }
    }
    s->order = won->order;
}

bool lm_wa_day(const uint16_t v[3], struct lm_wa_order o, int32_t *ret, bool *ret_buddhist)
{
    int32_t year = v[o.year];
    bool buddhist = year >= 2552 && year < 2700; /* 2552 is 2009, the year of the first WhatsApp */
    if (year < 100)
        year += 2000;
    *ret_buddhist = buddhist;
    return lm_day_from_civil(buddhist ? year - 543 : year, v[o.month], v[o.day], ret);
}

/* --- authors --- */

/* "Work: Bob" of "Work: Bob: hello": the name up to the second ": ", when the line has one near. */
static struct lm_str longer_name(struct lm_str rest, struct lm_str author, size_t body)
{
    struct lm_str second;
    size_t after;
    struct lm_str tail = lm_str_skip(rest, body);
    if (!lm_wa_author_split(lm_str_take(tail, 100), &second, &after) || second.p != tail.p || after >= tail.n)
        return (struct lm_str){ NULL, 0 };
    return (struct lm_str){ author.p, (size_t)(second.p + second.n - author.p) };
}

struct lm_wa_author *lm_wa_author_find(struct lm_wa_survey *s, struct lm_str name)
{
    struct lm_wa_author **recent = &s->recent[(name.n + (unsigned char)name.p[name.n - 1]) & 7];
    if (*recent != NULL && lm_str_eq((*recent)->raw, name))
        return *recent;
    uint64_t *index = lm_map_get(&s->author_index, name);
    if (index == NULL)
        return NULL;
    return *recent = &s->authors[*index];
}

static bool authors_grow(struct lm_arena *a, struct lm_wa_survey *s)
{
    size_t cap = s->authors_cap == 0 ? 16 : s->authors_cap * 4;
    struct lm_wa_author *more = lm_arena_array(a, cap, sizeof *more);
    if (more == NULL)
        return false;
    if (s->n_authors != 0)
        memcpy(more, s->authors, s->n_authors * sizeof *more);
    s->authors = more;
    s->authors_cap = cap;
    memset(s->recent, 0, sizeof s->recent); /* they point into the old table */
    return true;
}

/* *ret is NULL when there are too many. */
static lm_err author_add(struct lm_wa_survey *s, struct lm_str author, uint64_t offset,
                         struct lm_wa_author **ret)
{
    uint64_t *index;
    struct lm_wa_author *a = lm_wa_author_find(s, author);
    if (a == NULL && s->n_authors == LM_WA_AUTHORS_MAX) {
        s->authors_overflow = true;
    } else if (a == NULL) {
        if (s->n_authors == s->authors_cap && !authors_grow(s->author_index.a, s))
            return LM_ENOMEM;
        if (lm_map_put(&s->author_index, author, s->n_authors, &index, NULL) != LM_OK)
            return LM_ENOMEM;
        a = &s->authors[s->n_authors++];
        *a = (struct lm_wa_author){ .raw = author, .first_offset = offset };
    }
    *ret = a;
    return LM_OK;
}

static void notice_seen(struct lm_wa_survey *s, const struct lm_wa_notice *n)
{
    s->group |= n->group;
    s->english |= n->english;
}

static lm_err author_line(struct lm_wa_survey *s, const struct lm_wa_filter *f, struct lm_str rest,
                          uint64_t offset)
{
    struct lm_str author;
    struct lm_wa_notice notice;
    struct lm_wa_author *a;
    size_t at;
    if (!lm_wa_author_split(rest, &author, &at)) {
        if (lm_wa_notice_find(rest, true, &notice))
            notice_seen(s, &notice);
        return LM_OK;
    }
    if (author_add(s, author, offset, &a) != LM_OK)
        return LM_ENOMEM;
    if (a == NULL)
        return LM_OK;
    struct lm_str body = lm_str_skip(rest, at);
    if (a->n_lines++ == 0) {
        /* 'Jane changed the subject to "Plan: B"' */
        a->notice = lm_wa_notice_find(author, true, &notice) && notice.word != NULL;
        a->longer = longer_name(rest, author, at);
        if (a->notice)
            notice_seen(s, &notice);
    } else if (a->longer.n != 0) {
        size_t n = a->longer.n - a->raw.n;
        struct lm_str second = lm_str_skip(rest, (size_t)(author.p + author.n - rest.p));
        if (second.n < n + 2 || memcmp(second.p, a->raw.p + a->raw.n, n) != 0
            || memcmp(second.p + n, ": ", 2) != 0)
            a->longer.n = 0;
    }
    if (a->notice)
        return LM_OK;
    if (!lm_str_starts(body, LM_STR("\xe2\x80\x8e"))) {
        a->n_messages++;
        return LM_OK;
    }
    struct lm_wa_body b;
    lm_wa_body_read(body, true, true, f, &b);
    if (b.has_notice && b.notice.kind != LM_EVENT_MESSAGE && b.notice.kind != LM_EVENT_CALL)
        notice_seen(s, &b.notice);
    else
        a->n_messages++;
    return LM_OK;
}

#define LONGER_NAME_LINES 4

static lm_err authors_finish(struct lm_read *ctx, struct lm_wa_survey *s)
{
    for (size_t i = 0; i < s->n_authors; i++) {
        struct lm_wa_author *a = &s->authors[i];
        if (a->n_lines < LONGER_NAME_LINES || a->notice)
            a->longer.n = 0;
        if (lm_wa_account(ctx->file, a->longer.n != 0 ? a->longer : a->raw, &a->ref) != LM_OK)
            return LM_ENOMEM;
    }
    return LM_OK;
}

lm_err lm_wa_survey_run(struct lm_read *ctx, const struct lm_wa_filter *f, struct lm_wa_survey *ret)
{
    struct lm_str bytes = ctx->in->bytes;
    struct lm_wa_style_choice choice;
    struct lm_wa_survey *s = ret;
    struct dates dates;
    if (!lm_wa_style_choose(bytes, &choice))
        return LM_EINPUT;
    *s = (struct lm_wa_survey){ .style = choice.style, .first_header = choice.first_header };
    lm_map_init(&s->author_index, ctx->file);
    dates_init(&dates, s->style);
    struct lm_wa_shapes shapes = { .style = s->style };
    for (size_t at = choice.first_header; at < bytes.n;) {
        struct lm_str line;
        struct lm_wa_header h;
        size_t here = at;
        at = lm_wa_line(bytes, at, &line);
        if (!lm_wa_header_next(&shapes, line, &h) || h.style != s->style || !lm_wa_header_counts(&h, line))
            continue;
        s->n_headers++;
        dates_add(&dates, &h);
        if (author_line(s, f, lm_str_skip(line, h.rest), here) != LM_OK)
            return LM_ENOMEM;
    }
    dates_decide(&dates, s->style, s->english, s);
    return authors_finish(ctx, s);
}

/* --- names --- */

/* "+1 (303) 555-0101" -> "+13035550101", also with the digits of other scripts; false when it is no number.
 */
static bool phone_number(struct lm_str name, char out[24], size_t *ret_n)
{
    size_t n = 0;
    if (name.n == 0 || name.p[0] != '+')
        return false;
    out[n++] = '+';
    for (size_t i = 1; i < name.n;) {
        uint32_t cp;
        bool mark;
        struct lm_str rest = lm_str_skip(name, i);
        size_t k = lm_wa_blank(rest, &mark);
        if (k == 0) {
            k = lm_utf8_decode(rest, &cp);
            unsigned digit = lm_wa_digit(rest);
            if (digit < 10 && n < 17)
                out[n++] = (char)('0' + digit);
            else if (k == 0
                     || (cp != '-' && cp != '(' && cp != ')' && cp != '.' && (cp < 0x2010 || cp > 0x2013)))
                return false;
        }
        i += k;
    }
    *ret_n = n;
    return n >= 7 && n <= 16; /* E.164: at most 15 digits */
}

lm_err lm_wa_account(struct lm_arena *a, struct lm_str name, struct lm_account_ref *ret)
{
    char digits[24];
    size_t n;
    uint64_t altered;
    struct lm_account_ref r = { .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_NAME, .display = name };
    if (!lm_wa_is_clean(name, NULL)) {
        r.display = lm_wa_repair(a, name, &altered);
        if (r.display.p == NULL)
            return LM_ENOMEM;
    }
    if (phone_number(name, digits, &n)) {
        r.form = LM_ACCOUNT_NATIVE;
        r.native = lm_arena_copy(a, (struct lm_str){ digits, n });
        if (r.native.p == NULL)
            return LM_ENOMEM;
    }
    *ret = r;
    return LM_OK;
}

bool lm_wa_is_clean(struct lm_str s, bool *ret_mark)
{
    const char *p = s.p, *e = s.n != 0 ? s.p + s.n : s.p;
    bool marked = false;
    while (p < e) {
        if ((size_t)(e - p) >= sizeof(uint64_t)) {
            uint64_t w;
            memcpy(&w, p, sizeof w);
            /* The lowest bit set stands in the first byte that is above 0x7f or zero. */
            w = (w | (w - 0x0101010101010101u)) & 0x8080808080808080u;
            if (w == 0) {
                p += sizeof w;
                continue;
            }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            p += __builtin_ctzll(w) >> 3;
#endif
        }
        while (p < e && (signed char)*p > 0)
            p++;
        uint32_t cp;
        if (p == e)
            break;
        size_t k = lm_utf8_decode((struct lm_str){ p, (size_t)(e - p) }, &cp);
        if (k == 0 || cp == 0) {
            if (ret_mark != NULL)
                *ret_mark = true;
            return false;
        }
        marked |= cp == 0x200e;
        p += k;
    }
    if (ret_mark != NULL)
        *ret_mark = marked;
    return true;
}

struct lm_str lm_wa_repair(struct lm_arena *a, struct lm_str s, uint64_t *ret_altered)
{
    struct lm_str text = lm_utf8_repaired(a, s, ret_altered);
    char *out = (char *)(uintptr_t)text.p; /* ours, just made */
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '\r' || i + 1 == text.n || text.p[i + 1] != '\n')
            out[n++] = text.p[i];
    return (struct lm_str){ out, n };
}
