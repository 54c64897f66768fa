#include "model/name.h"

#include "model/name_words.h"
#include "model/put.h"

#define TOKENS 24
#define MONIKER_BYTES 128
#define SPLIT '\x01' /* between two surnames of different columns */

struct token {
    struct lm_str s;
    unsigned bits;
    uint8_t segment; /* commas before it */
    bool hyphen;     /* joined to the token before it */
    bool split;      /* another column */
};

struct unit { /* parts that a hyphen joins count as one surname */
    uint8_t first, n;
    uint8_t segment;
    bool conjoined; /* "y" stood before it, or it comes from another column */
};

struct work {
    char *buf;
    size_t n, cap; /* text that is there; room */
    struct token t[TOKENS];
    size_t nt;
    char moniker[MONIKER_BYTES];
    size_t moniker_n;
    struct lm_name_part part[LM_NAME_PARTS];
    struct unit unit[LM_NAME_PARTS];
    uint8_t np, nu;
    unsigned flags;
    bool comma; /* surnames stand in the first segment */
    struct lm_str suffix, late_particle;
};

static bool word_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static bool is(struct lm_str s, const char *word)
{
    return lm_str_eq(s, lm_str(word));
}

/* --- from text to tokens --- */

/* Words of [from, to) with single spaces, kept apart until the tokens are written. The first moniker stays.
 */
static void take_moniker(struct work *w, size_t from, size_t to)
{
    if (w->moniker_n != 0)
        return;
    for (size_t i = from; i < to && w->moniker_n < MONIKER_BYTES; i++) {
        unsigned char c = (unsigned char)w->buf[i];
        bool gap = w->moniker_n == 0 || w->moniker[w->moniker_n - 1] == ' ';
        if (c == '\'' || (!word_byte(c) && gap))
            continue;
        w->moniker[w->moniker_n++] = word_byte(c) ? (char)c : ' ';
    }
    while (w->moniker_n > 0 && w->moniker[w->moniker_n - 1] == ' ')
        w->moniker_n--;
}

/* The other end of a quotation that opens at i; 0: none. A single quote opens before a word and closes after
 * one. */
static size_t closing(const struct work *w, size_t i)
{
    char open = w->buf[i], close = open == '(' ? ')' : open;
    if (open != '"' && open != '(' && open != '\'')
        return 0;
    if (open == '\'' && i > 0 && w->buf[i - 1] != ' ')
        return 0;
    for (size_t k = i + 2; k < w->n; k++)
        if (w->buf[k] == close
            && (open != '\''
                || ((k + 1 == w->n || !word_byte((unsigned char)w->buf[k + 1])) && w->buf[k - 1] != ' ')))
            return k;
    return 0;
}

/* Quoted parts become spaces. */
static void monikers(struct work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        size_t end = closing(w, i);
        if (end == 0)
            continue;
        take_moniker(w, i + 1, end);
        memset(w->buf + i, ' ', end - i + 1);
        i = end;
    }
}

/* Tokens are moved to the front, one space after each: never beyond what has been read. */
static void tokens(struct work *w)
{
    size_t to = 0;
    uint8_t segment = 0;
    bool hyphen = false, split = false, inside = false, used = false;
    for (size_t i = 0; i < w->n; i++) {
        unsigned char c = (unsigned char)w->buf[i];
        if (word_byte(c)) {
            if (!inside) {
                if (w->nt == TOKENS) {
                    w->flags |= LM_NAME_CUT;
                    break;
                }
                w->t[w->nt++] = (struct token){ { w->buf + to, 0 }, 0, segment, hyphen, split };
                used = true;
                hyphen = split = false;
            }
            inside = true;
            w->buf[to++] = (char)c;
            w->t[w->nt - 1].s.n++;
            continue;
        }
        if ((c == '\'' || c == '`') && (inside || (i + 1 < w->n && word_byte((unsigned char)w->buf[i + 1]))))
            continue;
        if (inside)
            w->buf[to++] = ' ';
        hyphen = inside && c == '-';
        inside = false;
        split |= c == SPLIT;
        if ((c == ',' || c == ';') && (used || segment == 0) && segment < TOKENS) {
            segment++; /* ", Juan" lacks its surname; further empty segments are not counted */
            used = false;
        }
    }
    w->n = to;
    for (size_t i = 0; i < w->nt; i++)
        w->t[i].bits = lm_name_word(w->t[i].s);
}

/* A segment that is gone with it is not counted, unless a placeholder stood in a name's place. */
static void remove_token(struct work *w, size_t at, bool alone, bool placeholder)
{
    memmove(w->t + at, w->t + at + 1, (w->nt - at - 1) * sizeof w->t[0]);
    w->nt--;
    for (size_t i = at; alone && !placeholder && i < w->nt; i++)
        w->t[i].segment--;
}

/* "aka" or "alias" and what follows. */
static void aliases(struct work *w)
{
    for (size_t i = 1; i < w->nt; i++) {
        if (!is(w->t[i].s, "aka") && !is(w->t[i].s, "alias"))
            continue;
        if (i + 1 < w->nt) {
            struct lm_str last = w->t[w->nt - 1].s;
            take_moniker(w, (size_t)(w->t[i + 1].s.p - w->buf), (size_t)(last.p - w->buf) + last.n);
        }
        w->n = (size_t)(w->t[i].s.p - w->buf);
        w->nt = i;
    }
}

static bool last_of_segment(const struct work *w, size_t i)
{
    return i + 1 == w->nt || w->t[i + 1].segment != w->t[i].segment;
}

/* Suffixes at the end of a segment, titles and degrees at its ends; placeholders and organisations anywhere.
 */
static void strip(struct work *w)
{
    for (size_t i = w->nt; i-- > 0;) {
        unsigned bits = w->t[i].bits;
        bool first = i == 0 || w->t[i - 1].segment != w->t[i].segment, last = last_of_segment(w, i);
        bool suffix = (bits & LM_WORD_SUFFIX) != 0 && last && i > 0 && !w->t[i].hyphen
                      && (w->nt > 2 || !is(w->t[i].s, "v"));
        if ((bits & LM_WORD_ORGANISATION) != 0 && last && i > 0)
            w->flags |= LM_NAME_ORGANISATION;
        if ((bits & LM_WORD_PLACEHOLDER) != 0) {
            w->flags |= LM_NAME_PLACEHOLDER;
            w->comma |= w->t[i].segment > 0;
        }
        if (suffix)
            w->suffix = w->t[i].s;
        else if ((bits & LM_WORD_PLACEHOLDER) == 0 && !((bits & LM_WORD_DEGREE) != 0 && last && i > 0)
                 && !((bits & LM_WORD_TITLE) != 0 && (first || last) && w->nt > 1))
            continue;
        remove_token(w, i, first && last, (bits & LM_WORD_PLACEHOLDER) != 0);
    }
}

/* --- from tokens to parts --- */

/* "abd al rahman", "abdul rahman", "abdelrahman" → "abdrahman", written where it stands. Returns the tokens
 * used. */
static size_t abd(struct work *w, size_t i, struct lm_str *ret)
{
    static const char *const articles[] = { "al", "el", "ul", "ar", "ur", "as", "us", "an", "ad" };
    size_t k = i + 1;
    for (size_t a = 0; k < w->nt && a < sizeof articles / sizeof articles[0]; a++)
        if (is(w->t[k].s, articles[a]) && k + 1 < w->nt) {
            k++;
            break;
        }
    if (k >= w->nt || w->t[k].segment != w->t[i].segment || w->t[k].s.n < 3)
        return 0;
    char *p = w->buf + (w->t[i].s.p - w->buf);
    memmove(p + 3, w->t[k].s.p, w->t[k].s.n);
    *ret = (struct lm_str){ p, 3 + w->t[k].s.n };
    return k + 1 - i;
}

static struct lm_str abd_together(struct work *w, struct lm_str s)
{
    bool vowel =
        s.n >= 9 && lm_str_starts(s, LM_STR("abd")) && (s.p[3] == 'u' || s.p[3] == 'e' || s.p[3] == 'a');
    if (!vowel || (s.p[4] != 'l' && s.p[4] != 'r'))
        return s;
    char *p = w->buf + (s.p - w->buf);
    memmove(p + 3, p + 5, s.n - 5);
    return (struct lm_str){ p, s.n - 2 };
}

static size_t gaelic(struct work *w, size_t i, bool surnames, struct lm_str *ret)
{
    struct lm_str s = w->t[i].s;
    if (!lm_name_joins(s, surnames) || last_of_segment(w, i) || w->t[i + 1].s.n < 3)
        return 0;
    char *p = w->buf + (s.p - w->buf);
    memmove(p + s.n, w->t[i + 1].s.p, w->t[i + 1].s.n);
    *ret = (struct lm_str){ p, s.n + w->t[i + 1].s.n };
    return 2;
}

static void add_part(struct work *w, struct lm_str core, struct lm_str particle, const struct token *t,
                     bool hyphen, bool conjoined)
{
    if (w->np == LM_NAME_PARTS) {
        w->flags |= LM_NAME_CUT;
        return;
    }
    for (size_t i = 0; i < core.n; i++)
        if (core.p[i] >= '0' && core.p[i] <= '9')
            w->flags |= LM_NAME_DIGIT;
    struct unit *last = w->nu > 0 ? &w->unit[w->nu - 1] : NULL;
    if (hyphen && last != NULL && last->segment == t->segment)
        last->n++;
    else
        w->unit[w->nu++] = (struct unit){ w->np, 1, t->segment, conjoined };
    w->part[w->np] = (struct lm_name_part){ core, particle, w->np };
    w->np++;
}

/* How many tokens from i on are particles of the core that follows them. */
static size_t particles(const struct work *w, size_t i, bool may_be_first)
{
    size_t k = i;
    bool first = i == 0 || w->t[i - 1].segment != w->t[i].segment;
    bool asian = (w->t[0].bits & LM_WORD_ASIAN) != 0;
    if (first && !may_be_first)
        return 0;
    while (k < w->nt && w->t[k].segment == w->t[i].segment && (w->t[k].bits & LM_WORD_PARTICLE) != 0
           && !(asian && (is(w->t[k].s, "van") || is(w->t[k].s, "do"))))
        k++;
    return k - i;
}

/* "y" between two surnames; an initial when only a given name stands before it. */
static bool conjunction(const struct work *w, size_t i, bool surnames)
{
    return is(w->t[i].s, "y") && !last_of_segment(w, i) && w->nu >= (surnames ? 1 : 2);
}

static void parts(struct work *w, bool surname_first)
{
    bool conjoined = false;
    for (size_t i = 0, used; i < w->nt; i += used) {
        bool surnames = w->comma ? w->t[i].segment == 0 : surname_first && i == 0;
        size_t k = particles(w, i, surnames);
        struct lm_str particle = { w->t[i].s.p, 0 }, core;
        used = 1;
        conjoined |= w->t[i].split;
        if (k == 0 && conjunction(w, i, w->comma && surnames)) {
            conjoined = true;
            continue;
        }
        if (k > 0)
            particle.n = (size_t)(w->t[i + k - 1].s.p - particle.p) + w->t[i + k - 1].s.n;
        if (k > 0 && (i + k == w->nt || w->t[i + k].segment != w->t[i].segment)) {
            if (w->comma && !surnames) { /* "Cruz, Juan de la" */
                w->late_particle = particle;
                used = k;
                continue;
            }
            k--; /* "Juan San": the last of them is the name */
            particle.n = k > 0 ? (size_t)(w->t[i + k - 1].s.p - particle.p) + w->t[i + k - 1].s.n : 0;
        }
        size_t at = i + k;
        used = (w->t[at].bits & LM_WORD_ABD) != 0 ? abd(w, at, &core) : gaelic(w, at, surnames, &core);
        if (used == 0) {
            core = abd_together(w, w->t[at].s);
            used = 1;
        }
        add_part(w, core, particle, &w->t[i], w->t[i].hyphen, conjoined);
        used += k;
        conjoined = false;
    }
}

/* --- from parts to roles --- */

static bool unit_is(const struct work *w, size_t u, unsigned bit)
{
    const struct lm_name_part *p = &w->part[w->unit[u].first];
    return (lm_name_word(p->core) & bit) != 0;
}

static bool with_de(const struct lm_name_part *p)
{
    return lm_str_starts(p->particle, LM_STR("de"));
}

/* "maria" + "del carmen", a name is still to come after it. */
static bool marian(const struct work *w, size_t u)
{
    return u > 0 && u + 1 < w->nu && with_de(&w->part[w->unit[u].first]) && unit_is(w, u - 1, LM_WORD_MARIAN);
}

static bool spanish(const struct work *w, size_t u)
{
    return !marian(w, u) && (unit_is(w, u, LM_WORD_SPANISH) || with_de(&w->part[w->unit[u].first]));
}

/* Units [g, g + n) of each role into ret, in the order of the roles. */
static void give(const struct work *w, struct lm_name *ret, size_t u, size_t n, uint8_t *count)
{
    uint8_t at = (uint8_t)(ret->n_given + ret->n_paternal + ret->n_maternal);
    for (size_t i = u; i < u + n; i++)
        for (uint8_t k = 0; k < w->unit[i].n; k++, at++, (*count)++)
            ret->part[at] = w->part[w->unit[i].first + k];
}

static void roles(const struct work *w, struct lm_name *ret, size_t given, size_t n_given, size_t paternal,
                  size_t n_paternal, size_t maternal, size_t n_maternal)
{
    give(w, ret, given, n_given, &ret->n_given);
    give(w, ret, paternal, n_paternal, &ret->n_paternal);
    give(w, ret, maternal, n_maternal, &ret->n_maternal);
}

static void by_comma(struct work *w, struct lm_name *ret)
{
    size_t s = 0, split = 0;
    while (s < w->nu && w->unit[s].segment == 0)
        s++;
    for (size_t u = 1; u < s; u++)
        if (w->unit[u].conjoined)
            split = u;
    if (split == 0 && s > 2)
        w->flags |= LM_NAME_SPLIT_UNKNOWN;
    if (split == 0)
        split = s > 0 ? 1 : 0;
    roles(w, ret, s, w->nu - s, 0, split, split, s - split);
    if (ret->n_paternal > 0 && ret->part[ret->n_given].particle.n == 0)
        ret->part[ret->n_given].particle = w->late_particle;
}

static void surname_first(struct work *w, struct lm_name *ret, bool certain)
{
    bool two = w->nu > 2 && (w->unit[1].conjoined || (spanish(w, 0) && spanish(w, 1)));
    if (!certain && w->nu > 2 && !two && (spanish(w, 0) || spanish(w, 1)))
        w->flags |= LM_NAME_SPLIT_UNKNOWN;
    size_t s = two ? 2 : 1;
    roles(w, ret, s, w->nu - s, 0, 1, 1, s - 1);
}

static void given_first(struct work *w, struct lm_name *ret)
{
    size_t n = w->nu, conjoined = 0;
    for (size_t u = 2; u < n; u++)
        if (w->unit[u].conjoined)
            conjoined = u;
    bool two = conjoined == 0 && n > 2 && spanish(w, n - 1) && spanish(w, n - 2);
    if (conjoined != 0) {
        roles(w, ret, 0, conjoined - 1, conjoined - 1, 1, conjoined, n - conjoined);
    } else if (two) {
        roles(w, ret, 0, n - 2, n - 2, 1, n - 1, 1);
    } else {
        if (n > 2 && !marian(w, n - 2) && (spanish(w, n - 1) || spanish(w, n - 2)))
            w->flags |= LM_NAME_SPLIT_UNKNOWN;
        roles(w, ret, 0, n - 1, n - 1, 1, n, 0);
    }
}

static void assign(struct work *w, enum lm_name_order order, bool east_asian, struct lm_name *ret)
{
    if (w->comma) {
        by_comma(w, ret);
    } else if (w->nu == 1) {
        w->flags |= LM_NAME_SINGLE;
        roles(w, ret, 0, 1, 0, 0, 0, 0);
    } else if (order == LM_NAME_SURNAME_FIRST || (order == LM_NAME_ANY_ORDER && east_asian)) {
        surname_first(w, ret, east_asian);
    } else {
        bool first = order == LM_NAME_ANY_ORDER && unit_is(w, 0, LM_WORD_ASIAN);
        bool last = unit_is(w, w->nu - 1u, LM_WORD_ASIAN);
        if (first)
            w->flags |= LM_NAME_ORDER_UNKNOWN;
        if (first && !last)
            surname_first(w, ret, true);
        else
            given_first(w, ret);
    }
    for (size_t i = 0; i < ret->n_paternal + ret->n_maternal; i++) {
        const struct lm_name_part *p = &ret->part[ret->n_given + i];
        for (size_t u = 0; u < w->nu; u++)
            if (w->unit[u].n > 1 && w->part[w->unit[u].first].core.p == p->core.p)
                w->flags |= LM_NAME_HYPHEN;
    }
}

/* "John Doe", "Jane Doe": names that U.S. records give to those who have none. */
static bool doe(const struct lm_name *n)
{
    if (n->n_given == 0 || n->n_paternal != 1 || n->n_maternal != 0 || !is(lm_name_paternal(n)->core, "doe"))
        return false;
    return is(n->part[0].core, "john") || is(n->part[0].core, "jane");
}

static bool finish(struct work *w, enum lm_name_order order, bool east_asian, struct lm_name *ret)
{
    struct lm_name made = { .suffix = w->suffix };
    if (w->np > 0)
        assign(w, order, east_asian, &made);
    if (w->moniker_n > 0
        && w->moniker_n <= w->cap - w->n) { /* it came from the text, so there is room behind the tokens */
        memcpy(w->buf + w->n, w->moniker, w->moniker_n);
        made.moniker = (struct lm_str){ w->buf + w->n, w->moniker_n };
    }
    if (doe(&made))
        w->flags |= LM_NAME_PLACEHOLDER;
    made.flags = (uint8_t)w->flags;
    *ret = made;
    return w->np > 0;
}

static bool take_apart(struct work *w, enum lm_name_order order, bool east_asian, bool force_comma,
                       struct lm_name *ret)
{
    monikers(w);
    tokens(w);
    aliases(w);
    strip(w);
    w->comma |= force_comma || (w->nt > 0 && w->t[w->nt - 1].segment > 0);
    parts(w, order == LM_NAME_SURNAME_FIRST);
    return finish(w, order, east_asian, ret);
}

bool lm_name_parse(struct lm_fold *f, struct lm_str raw, enum lm_name_order order, char *buf, size_t cap,
                   struct lm_name *ret)
{
    struct work w = { .buf = buf, .cap = cap };
    bool cut = false;
    raw = lm_str_trim(raw);
    w.n = lm_fold_marked(f, raw, buf, cap, &cut);
    w.flags = cut ? LM_NAME_CUT : 0;
    if (w.n == 3 && memcmp(buf, "n/a", 3) == 0) {
        w.n = 0;
        w.flags |= LM_NAME_PLACEHOLDER;
    }
    bool trailing = w.n > 0 && buf[w.n - 1] == ','; /* "Garcia," is a surname alone */
    return take_apart(&w, order, lm_fold_east_asian(raw), trailing, ret);
}

/* One column at the end of what is there; its commas are spaces. */
static void put_column(struct work *w, struct lm_fold *f, struct lm_str s, size_t cap, char before)
{
    bool cut = false;
    if (before != '\0' && w->n < cap)
        w->buf[w->n++] = before;
    size_t n = lm_fold_marked(f, s, w->buf + w->n, cap - w->n, &cut);
    for (size_t i = 0; i < n; i++)
        if (w->buf[w->n + i] == ',' || w->buf[w->n + i] == ';')
            w->buf[w->n + i] = ' ';
    w->n += n;
    if (cut)
        w->flags |= LM_NAME_CUT;
}

bool lm_name_from_columns(struct lm_fold *f, const struct lm_name_columns *c, char *buf, size_t cap,
                          struct lm_name *ret)
{
    struct lm_str given = lm_str_trim(c->given), surname = lm_str_trim(c->surname);
    struct lm_str second = lm_str_trim(c->second_surname), suffix = lm_str_trim(c->suffix);
    struct lm_str whole = surname.n == 0 ? given : surname;
    bool one = (given.n == 0 || surname.n == 0) && second.n == 0 && suffix.n == 0;
    if (one && whole.n > 0 && memchr(whole.p, ',', whole.n) != NULL)
        return lm_name_parse(f, whole, LM_NAME_ANY_ORDER, buf, cap, ret);
    struct work w = { .buf = buf, .cap = cap };
    bool any_surname = surname.n + second.n > 0;
    put_column(&w, f, surname, cap, '\0');
    if (second.n > 0)
        put_column(&w, f, second, cap, surname.n > 0 ? SPLIT : '\0');
    put_column(&w, f, given, cap, any_surname ? ',' : '\0');
    if (suffix.n > 0)
        put_column(&w, f, suffix, cap, ' ');
    if (any_surname)
        return take_apart(&w, LM_NAME_ANY_ORDER, false, true, ret);
    monikers(&w); /* given names only, and known to be that */
    tokens(&w);
    strip(&w);
    parts(&w, false);
    struct lm_name made = { .suffix = w.suffix };
    roles(&w, &made, 0, w.nu, 0, 0, 0, 0);
    made.flags = (uint8_t)w.flags;
    *ret = made;
    return w.np > 0;
}

/* --- the other reading, keys --- */

static void by_place(const struct lm_name *n, struct lm_name_part *out, size_t *ret_n)
{
    size_t count = (size_t)n->n_given + n->n_paternal + n->n_maternal;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            if (n->part[k].place == i)
                out[i] = n->part[k];
    *ret_n = count;
}

static bool other_order(const struct lm_name *n, struct lm_name *ret)
{
    size_t count;
    struct lm_name_part p[LM_NAME_PARTS] = { { .place = 0 } };
    by_place(n, p, &count);
    if (count < 2)
        return false;
    bool surname_first = n->n_paternal > 0 && lm_name_paternal(n)->place == 0;
    memcpy(ret->part, surname_first ? p : p + 1, (count - 1) * sizeof p[0]);
    ret->part[count - 1] = surname_first ? p[count - 1] : p[0];
    ret->n_given = (uint8_t)(count - 1);
    ret->n_paternal = 1;
    ret->n_maternal = 0;
    return true;
}

/* A middle part changes its role. */
static bool other_split(const struct lm_name *n, struct lm_name *ret)
{
    if (n->n_maternal > 0
        && n->n_paternal + n->n_maternal > 2) { /* three surnames: the border moves by one */
        ret->n_paternal++;
        ret->n_maternal--;
        return true;
    }
    if (n->n_given < 2 || n->n_paternal == 0 || n->n_maternal > 0)
        return false;
    struct lm_name_part paternal = *lm_name_paternal(n), middle;
    bool first = paternal.place == 0;
    middle = first ? n->part[0] : n->part[n->n_given - 1];
    bool father_last = !first && (lm_name_word(paternal.particle) & LM_WORD_PORTUGUESE) != 0;
    size_t g = (size_t)n->n_given - 1;
    memmove(ret->part, n->part + first, g * sizeof ret->part[0]);
    if (n->n_paternal > 1 || first || father_last) {
        memmove(ret->part + g, n->part + n->n_given, n->n_paternal * sizeof ret->part[0]);
        ret->part[g + n->n_paternal] = middle;
        ret->n_maternal = 1;
    } else {
        ret->part[g] = middle;
        ret->part[g + 1] = paternal;
        ret->n_maternal = 1;
    }
    ret->n_given = (uint8_t)g;
    return true;
}

bool lm_name_other(const struct lm_name *n, struct lm_name *ret)
{
    struct lm_name made = *n;
    bool there = false;
    if ((n->flags & LM_NAME_ORDER_UNKNOWN) != 0) {
        there = other_order(n, &made);
    } else if ((n->flags & LM_NAME_SPLIT_UNKNOWN) != 0) {
        there = other_split(n, &made);
    } else if ((n->flags & LM_NAME_SINGLE) != 0) {
        made.n_paternal = made.n_given;
        made.n_given = 0;
        there = true;
    }
    if (there)
        *ret = made;
    return there;
}

static void put_cores(struct lm_put *o, const struct lm_name_part *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            lm_put(o, LM_STR(" "));
        lm_put(o, p[i].core);
    }
}

size_t lm_name_key(const struct lm_name *n, char *out, size_t cap)
{
    struct lm_put o = { out, 0, cap };
    put_cores(&o, lm_name_given(n), n->n_given);
    lm_put(&o, LM_STR("|"));
    put_cores(&o, lm_name_paternal(n), n->n_paternal);
    lm_put(&o, LM_STR("|"));
    put_cores(&o, lm_name_maternal(n), n->n_maternal);
    lm_put(&o, LM_STR("|"));
    lm_put(&o, n->suffix);
    return o.n;
}

size_t lm_name_bag(const struct lm_name *n, char *out, size_t cap)
{
    struct lm_put o = { out, 0, cap };
    struct lm_name_part p[LM_NAME_PARTS];
    size_t count = (size_t)n->n_given + n->n_paternal + n->n_maternal;
    for (size_t i = 0; i < count; i++) {
        size_t k = i;
        for (; k > 0 && lm_str_cmp(p[k - 1].core, n->part[i].core) > 0; k--)
            p[k] = p[k - 1];
        p[k] = n->part[i];
    }
    put_cores(&o, p, count);
    return o.n;
}

size_t lm_name_text(const struct lm_name *n, char *out, size_t cap)
{
    struct lm_put o = { out, 0, cap };
    for (size_t i = 0; i < (size_t)n->n_given + n->n_paternal + n->n_maternal; i++) {
        if (i > 0)
            lm_put(&o, LM_STR(" "));
        lm_put(&o, n->part[i].particle);
        if (n->part[i].particle.n > 0)
            lm_put(&o, LM_STR(" "));
        lm_put(&o, n->part[i].core);
    }
    if (n->suffix.n > 0) {
        lm_put(&o, LM_STR(", "));
        lm_put(&o, n->suffix);
    }
    return o.n;
}
