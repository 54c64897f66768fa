#include "model/address.h"

#include "model/address_words.h"
#include "model/put.h"

#define TOKENS 48
#define BREAK '\x02' /* between columns: stronger than a comma */

struct token {
    struct lm_str s;
    uint8_t segment;
};

struct work {
    char *buf;
    size_t n, cap;
    struct token t[TOKENS];
    size_t nt;
    bool taken[TOKENS]; /* by ZIP, state or country */
    struct lm_address made;
};

static bool is(struct lm_str s, const char *word)
{
    return lm_str_eq(s, lm_str(word));
}

static bool digits(struct lm_str s, size_t n)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0 && (n == 0 || s.n == n);
}

static bool starts_with_digit(struct lm_str s)
{
    return s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

static bool word_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static bool digit_at(const struct work *w, size_t i)
{
    return i < w->n && w->buf[i] >= '0' && w->buf[i] <= '9';
}

/* Words, with '-' and '/' kept between digits ("80202-1234", "1/2"); dots of "N.W." fall away; '#' is a word.
 * Written to the front with one space after each, never beyond what was read. */
static void tokens(struct work *w)
{
    size_t to = 0;
    uint8_t segment = 0;
    bool inside = false;
    for (size_t i = 0; i < w->n; i++) {
        unsigned char c = (unsigned char)w->buf[i];
        bool joins = inside && i > 0 && (c == '-' || c == '/') && digit_at(w, i - 1) && digit_at(w, i + 1);
        if (word_byte(c) || joins || (c == '#' && !inside)) {
            if (!inside) {
                if (w->nt == TOKENS) {
                    w->made.flags |= LM_ADDRESS_CUT;
                    break;
                }
                w->t[w->nt++] = (struct token){ { w->buf + to, 0 }, segment };
            }
            inside = true;
            w->buf[to++] = (char)c;
            w->t[w->nt - 1].s.n++;
            continue;
        }
        bool initial = inside && c == '.' && w->t[w->nt - 1].s.n <= 2 && i + 2 < w->n
                       && word_byte((unsigned char)w->buf[i + 1]) && w->buf[i + 2] == '.';
        if (c == '\'' || c == '`' || initial)
            continue;
        if (inside)
            w->buf[to++] = ' ';
        inside = false;
        if ((c == ',' || c == ';' || c == (unsigned char)BREAK) && w->nt > 0
            && w->t[w->nt - 1].segment == segment && segment < UINT8_MAX)
            segment++;
    }
    w->n = to;
}

/* Tokens i … i+n-1 as they stand in the buffer, single spaces between them. */
static struct lm_str span(const struct work *w, size_t i, size_t n)
{
    if (n == 0)
        return (struct lm_str){ NULL, 0 };
    const struct lm_str *last = &w->t[i + n - 1].s;
    return (struct lm_str){ w->t[i].s.p, (size_t)(last->p - w->t[i].s.p) + last->n };
}

static size_t segment_end(const struct work *w, size_t i)
{
    size_t e = i;
    while (e < w->nt && w->t[e].segment == w->t[i].segment)
        e++;
    return e;
}

/* The longest run of tokens ending before `end` that is a word of this kind; at most four tokens. */
static size_t tail_word(const struct work *w, size_t begin, size_t end, enum lm_address_word kind,
                        struct lm_str *ret)
{
    for (size_t n = end - begin < 4 ? end - begin : 4; n > 0; n--) {
        struct lm_str s = lm_address_word(span(w, end - n, n), kind);
        if (s.p != NULL) {
            *ret = s;
            return n;
        }
    }
    return 0;
}

static bool zip_of(struct lm_str s, struct lm_address *d)
{
    if (digits(s, 5)) {
        d->zip = s;
    } else if (digits(s, 9)) {
        d->zip = lm_str_take(s, 5);
        d->zip4 = lm_str_skip(s, 5);
    } else if (s.n == 10 && s.p[5] == '-' && digits(lm_str_take(s, 5), 5) && digits(lm_str_skip(s, 6), 4)) {
        d->zip = lm_str_take(s, 5);
        d->zip4 = lm_str_skip(s, 6);
    } else {
        return false;
    }
    return true;
}

static bool any_suffix(const struct work *w, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (lm_address_word(w->t[i].s, LM_ADDRESS_SUFFIX).p != NULL)
            return true;
    return false;
}

/* Country, ZIP and state stand at the end of a segment, in this order from its end. Segments are tried from
 * the last one on. */
static void place(struct work *w)
{
    for (size_t end = w->nt; end > 0;) {
        size_t begin = end - 1, e = end, k;
        while (begin > 0 && w->t[begin - 1].segment == w->t[end - 1].segment)
            begin--;
        struct lm_str word;
        k = tail_word(w, begin, e, LM_ADDRESS_COUNTRY, &word);
        if (k > 0 && (k < e - begin || begin > 0))
            e -= k;
        bool number_only = begin == 0 && e == 1 && w->nt > 1; /* "12345, Main St": a house number */
        if (w->made.zip.n == 0 && e > begin && !number_only && (e - begin > 1 || begin > 0 || w->nt == 1)
            && zip_of(w->t[e - 1].s, &w->made))
            e--;
        k = e > begin && w->made.state.n == 0 ? tail_word(w, begin, e, LM_ADDRESS_STATE, &word) : 0;
        bool suffix_too = k == 1 && lm_address_word(w->t[e - 1].s, LM_ADDRESS_SUFFIX).p != NULL;
        bool street_here = starts_with_digit(w->t[begin].s);
        bool certain = e < end || !street_here || any_suffix(w, begin, e - (k > 0 ? 1 : 0));
        if (k > 0 && (!suffix_too || certain)
            && !(k == e - begin && k < 2 && begin == 0 && w->nt > 1 && e == end && suffix_too)) {
            w->made.state = word;
            e -= k;
        }
        for (size_t i = e; i < end; i++)
            w->taken[i] = true;
        end = begin;
    }
}

static bool po_box(struct work *w, size_t i, size_t e, size_t *ret_used)
{
    static const char *const openings[] = { "po box", "p o box",         "post office box", "pobox",
                                            "box",    "apartado postal", "apartado",        "apdo" };
    for (size_t k = 0; k < sizeof openings / sizeof openings[0]; k++) {
        size_t words = 1;
        for (const char *p = openings[k]; *p != '\0'; p++)
            words += *p == ' ';
        if (i + words < e && is(span(w, i, words), openings[k])) {
            size_t at = i + words;
            if (is(w->t[at].s, "#") && at + 1 < e)
                at++;
            w->made.box = w->t[at].s;
            if (w->made.box.n > 1 && w->made.box.p[0] == '#')
                w->made.box = lm_str_skip(w->made.box, 1);
            *ret_used = at + 1 - i;
            return true;
        }
    }
    return false;
}

/* "apt 4", "#4", "# 4", "rear"; returns the tokens used. A unit word that is also a street's suffix ("trlr")
 * needs what follows. */
static size_t unit_at(struct work *w, size_t i, size_t e)
{
    struct lm_str s = w->t[i].s, kind = lm_address_word(s, LM_ADDRESS_UNIT);
    if (s.p[0] == '#') {
        size_t used = 1;
        s = lm_str_skip(s, 1);
        if (s.n == 0 && i + 1 < e) {
            s = w->t[i + 1].s;
            used = 2;
        }
        w->made.unit = s;
        return used;
    }
    bool alone = is(kind, "bsmt") || is(kind, "frnt") || is(kind, "lbby") || is(kind, "lowr")
                 || is(kind, "rear") || is(kind, "side") || is(kind, "uppr") || is(kind, "ph");
    if (kind.p == NULL || (i + 1 >= e && !alone))
        return 0;
    bool id = i + 1 < e
              && (starts_with_digit(w->t[i + 1].s) || w->t[i + 1].s.n == 1 || w->t[i + 1].s.p[0] == '#'
                  || (w->t[i + 1].s.n <= 3
                      && starts_with_digit((struct lm_str){ w->t[i + 1].s.p + w->t[i + 1].s.n - 1, 1 })));
    if (!id && !alone)
        return 0;
    w->made.unit_kind = kind;
    if (!id)
        return 1;
    size_t used = 2;
    w->made.unit = w->t[i + 1].s;
    if (w->made.unit.p[0] == '#') {
        w->made.unit = lm_str_skip(w->made.unit, 1);
        if (w->made.unit.n == 0 && i + 2 < e) {
            w->made.unit = w->t[i + 2].s;
            used = 3;
        }
    }
    return used;
}

static struct lm_str direction(const struct work *w, size_t i, size_t e)
{
    if (i >= e)
        return (struct lm_str){ NULL, 0 };
    return lm_address_word(w->t[i].s, LM_ADDRESS_DIRECTION);
}

/* The suffix that ends the street: the last of the segment when a city cannot follow, else the first chain of
 * them. */
static size_t suffix_at(const struct work *w, size_t i, size_t e, bool city_follows)
{
    size_t found = e;
    for (size_t k = i + 1; k < e; k++) {
        bool suffix = lm_address_word(w->t[k].s, LM_ADDRESS_SUFFIX).p != NULL;
        if (suffix)
            found = k;
        else if (found != e && city_follows)
            break;
    }
    return found;
}

/* Street words in the standard spelling where there is one ("first" → "1st", "av" → "ave"), behind the text,
 * where they have room to grow; without room they stay as they are. */
static struct lm_str street_words(struct work *w, size_t i, size_t n)
{
    size_t from = w->n;
    for (size_t k = 0; k < n; k++) {
        struct lm_str s = w->t[i + k].s, o = lm_address_word(s, LM_ADDRESS_ORDINAL);
        if (o.p == NULL)
            o = lm_address_word(s, LM_ADDRESS_SUFFIX);
        if (o.p == NULL)
            o = is(s, "saint") ? LM_STR("st") : s;
        if (o.n + 1 > w->cap - w->n) {
            w->n = from;
            return span(w, i, n);
        }
        if (k > 0)
            w->buf[w->n++] = ' ';
        memcpy(w->buf + w->n, o.p, o.n);
        w->n += o.n;
    }
    return (struct lm_str){ w->buf + from, w->n - from };
}

/* Words left behind the street in its own segment are the city, when no other segment is. */
static void set_city(struct work *w, size_t i, size_t e)
{
    if (i < e && w->made.city.n == 0)
        w->made.city = span(w, i, e - i);
}

/* [i, e) begins with a house number or ends with one. */
static void delivery(struct work *w, size_t i, size_t e, bool city_follows)
{
    struct lm_address *d = &w->made;
    if (starts_with_digit(w->t[i].s)) {
        d->number = w->t[i++].s;
        if (i < e && w->t[i].s.n == 3 && w->t[i].s.p[1] == '/' && starts_with_digit(w->t[i].s)) {
            d->number = span(w, i - 1, 2);
            i++;
        }
    }
    struct lm_str pre = direction(w, i, e);
    if (pre.p != NULL && i + 1 < e
        && !(i + 2 == e && lm_address_word(w->t[i + 1].s, LM_ADDRESS_SUFFIX).p != NULL)) {
        d->predir = pre;
        i++;
    }
    size_t stop = e, used = 0;
    for (size_t k = i + 1; k < e && used == 0; k++) {
        used = unit_at(w, k, e);
        if (used > 0)
            stop = k;
    }
    size_t after = stop + used, s = suffix_at(w, i, stop, city_follows);
    if (s < stop) {
        d->suffix = lm_address_word(w->t[s].s, LM_ADDRESS_SUFFIX);
        size_t behind = s + 1;
        struct lm_str post = direction(w, behind, stop);
        if (post.p != NULL && (behind + 1 == stop || post.n == w->t[behind].s.n)) {
            d->postdir = post;
            behind++;
        }
        if (behind < stop && starts_with_digit(w->t[behind].s) && d->number.n == 0)
            d->number = w->t[behind++].s; /* "Main Street 123" */
        if (behind < stop && used == 0) {
            size_t u = unit_at(w, behind, stop);
            behind += u;
        }
        d->street = street_words(w, i, s - i);
        if (city_follows || used == 0)
            set_city(w, behind, stop);
        set_city(w, after, e);
        return;
    }
    size_t n = stop - i;
    if (n > 1 && d->number.n == 0 && starts_with_digit(w->t[stop - 1].s)) {
        d->number = w->t[stop - 1].s; /* "Avenida Juarez 123" */
        n--;
        d->flags |= LM_ADDRESS_SPLIT_UNKNOWN;
    } else if (n > 1 && city_follows && used == 0) {
        d->flags |= LM_ADDRESS_SPLIT_UNKNOWN;
        n = 1;
        set_city(w, i + 1, stop);
    }
    d->street = street_words(w, i, n);
    set_city(w, after, e);
}

/* Which segment is the delivery line, which the city. The first with a number or a box is the first. */
static void lines(struct work *w)
{
    size_t used;
    size_t segments = 0, first = w->nt;
    for (size_t i = 0; i < w->nt; i = segment_end(w, i)) {
        if (!w->taken[i]) {
            segments++;
            if (first == w->nt)
                first = i;
        }
    }
    size_t street = w->nt;
    for (size_t i = 0; i < w->nt && street == w->nt; i = segment_end(w, i)) {
        size_t e = segment_end(w, i);
        while (e > i && w->taken[e - 1])
            e--;
        if (e > i && (starts_with_digit(w->t[i].s) || po_box(w, i, e, &used)))
            street = i;
    }
    for (size_t i = 0; i < w->nt && street == w->nt;
         i = segment_end(w, i)) { /* a number behind, or a suffix */
        size_t e = segment_end(w, i);
        while (e > i && w->taken[e - 1])
            e--;
        if (e > i + 1 && (starts_with_digit(w->t[e - 1].s) || any_suffix(w, i + 1, e)) && segments > 1)
            street = i;
    }
    for (size_t i = 0; i < w->nt; i = segment_end(w, i)) {
        size_t e = segment_end(w, i), from = i;
        while (e > i && w->taken[e - 1])
            e--;
        if (e == i)
            continue;
        if (po_box(w, from, e, &used)) {
            from += used;
            set_city(w, from, e);
        } else if (i == street && e == i + 1 && digits(w->t[i].s, 0) && segments > 1) {
            w->made.number = w->t[i].s; /* "123, Main St": the street is in the next one */
            street = segment_end(w, i);
        } else if (i == street) {
            delivery(w, from, e, segments == 1);
        } else if ((used = unit_at(w, from, e)) > 0) {
            set_city(w, from + used, e);
        } else {
            set_city(w, from, e);
        }
    }
}

bool lm_address_parse(struct lm_fold *f, struct lm_str raw, char *buf, size_t cap, struct lm_address *ret)
{
    struct work w = { .buf = buf, .cap = cap };
    bool cut = false;
    w.n = lm_fold_marked(f, raw, buf, cap, &cut);
    if (cut)
        w.made.flags |= LM_ADDRESS_CUT;
    for (size_t i = 0; i < raw.n && i < w.n; i++) /* a line end parts as a comma does */
        if ((raw.p[i] == '\n' || raw.p[i] == '\t') && raw.n == w.n)
            buf[i] = ',';
    tokens(&w);
    place(&w);
    lines(&w);
    struct lm_address *d = &w.made;
    if (d->street.n + d->box.n + d->city.n + d->zip.n + d->number.n == 0)
        return false;
    *ret = *d;
    return true;
}

/* One column behind the others; returns where it begins. */
static size_t put_column(struct lm_fold *f, struct lm_str s, char *buf, size_t cap, size_t *n, bool *cut)
{
    bool c = false;
    size_t at = *n;
    size_t k = lm_fold_latin(f, lm_str_trim(s), buf + at, cap - at, &c);
    *n += k;
    *cut |= c;
    return at;
}

bool lm_address_from_columns(struct lm_fold *f, const struct lm_address_columns *c, char *buf, size_t cap,
                             struct lm_address *ret)
{
    struct work w = { .buf = buf, .cap = cap / 2 };
    bool cut = false;
    size_t n = lm_fold_marked(f, lm_str_trim(c->street), buf, cap / 2, &cut);
    for (size_t i = 0; i < n; i++)
        if (buf[i] == ',' || buf[i] == ';')
            buf[i] = ' ';
    w.n = n;
    tokens(&w);
    lines(&w);
    struct lm_address *d = &w.made;
    size_t to = cap / 2, at;
    if (d->city.n > 0) { /* words behind the suffix belong to the street: the city has its own column */
        d->flags |= LM_ADDRESS_SPLIT_UNKNOWN;
        d->city.n = 0;
    }
    at = put_column(f, c->city, buf, cap, &to, &cut);
    d->city = (struct lm_str){ buf + at, to - at };
    at = put_column(f, c->state, buf, cap, &to, &cut);
    struct lm_str state = { buf + at, to - at }, standard = lm_address_word(state, LM_ADDRESS_STATE);
    d->state = standard.p != NULL ? standard : state;
    if (c->unit.n > 0) {
        at = put_column(f, c->unit, buf, cap, &to, &cut);
        d->unit = (struct lm_str){ buf + at, to - at };
        const char *gap = memchr(d->unit.p, ' ', d->unit.n);
        struct lm_str kind = { d->unit.p, gap != NULL ? (size_t)(gap - d->unit.p) : 0 };
        kind = lm_address_word(kind, LM_ADDRESS_UNIT);
        if (gap != NULL && kind.p != NULL) {
            d->unit_kind = kind;
            d->unit = lm_str_skip(d->unit, (size_t)(gap - d->unit.p) + 1);
        }
    }
    struct lm_str zip = lm_str_trim(c->zip);
    at = to;
    for (size_t i = 0; i < zip.n && i < 16 && to < cap; i++)
        buf[to++] = zip.p[i] >= 'A' && zip.p[i] <= 'Z' ? (char)(zip.p[i] + 32) : zip.p[i];
    if (!zip_of((struct lm_str){ buf + at, to - at }, d))
        d->zip = (struct lm_str){ buf + at, to - at };
    if (cut)
        d->flags |= LM_ADDRESS_CUT;
    if (d->street.n + d->box.n + d->city.n + d->zip.n + d->number.n == 0)
        return false;
    *ret = *d;
    return true;
}

static void put_all(struct lm_put *o, const struct lm_str *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            lm_put(o, LM_STR("|"));
        lm_put(o, parts[i]);
    }
}

size_t lm_address_key(const struct lm_address *d, char *out, size_t cap)
{
    struct lm_put o = { out, 0, cap };
    const struct lm_str parts[] = { d->number, d->predir, d->street, d->suffix, d->postdir,
                                    d->unit,   d->box,    d->city,   d->state,  d->zip };
    put_all(&o, parts, sizeof parts / sizeof parts[0]);
    return o.n;
}

size_t lm_address_wide_key(const struct lm_address *d, char *out, size_t cap)
{
    struct lm_put o = { out, 0, cap };
    const struct lm_str parts[] = { d->box.n > 0 ? LM_STR("box") : d->number,
                                    d->box.n > 0 ? d->box : d->street, d->zip.n > 0 ? d->zip : d->city };
    put_all(&o, parts, 3);
    return o.n;
}

size_t lm_address_text(const struct lm_address *d, char *out, size_t cap)
{
    struct lm_put o = { out, 0, cap };
    const struct lm_str line[] = { d->number,  d->predir,    d->street, d->suffix,
                                   d->postdir, d->unit_kind, d->unit };
    const struct lm_str end[] = { d->city, d->state, d->zip };
    for (size_t i = 0; i < 7; i++)
        if (line[i].n > 0) {
            lm_put(&o, o.n > 0 ? LM_STR(" ") : LM_STR(""));
            lm_put(&o, i == 6 && d->unit_kind.n == 0 ? LM_STR("#") : LM_STR(""));
            lm_put(&o, line[i]);
        }
    if (d->box.n > 0) {
        lm_put(&o, o.n > 0 ? LM_STR(", po box ") : LM_STR("po box "));
        lm_put(&o, d->box);
    }
    for (size_t i = 0; i < 3; i++)
        if (end[i].n > 0) {
            lm_put(&o, o.n == 0 ? LM_STR("") : i == 2 && d->state.n > 0 ? LM_STR(" ") : LM_STR(", "));
            lm_put(&o, end[i]);
        }
    if (d->zip.n > 0 && d->zip4.n > 0) {
        lm_put(&o, LM_STR("-"));
        lm_put(&o, d->zip4);
    }
    return o.n;
}
