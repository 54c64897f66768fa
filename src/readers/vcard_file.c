/* vCard files: contact lists of phones and address books (RFC 6350, RFC 2426, versit vCard 2.1).
 *
 * One card, BEGIN:VCARD … END:VCARD, is one record and becomes one entry: the identifiers that the card says belong
 * together. Its account is the card's first number that is complete enough to be the same telephone wherever it is
 * dialled; a card without one has only its name. docs/readers/vcard_file.md has the rules and what is not kept.
 */
#include "lastmile/reader.h"
#include "readers/shared/text.h"
#include "readers/vcard_file.h"

#include <inttypes.h>
#include <stdio.h>

#define MAX_CARD ((size_t)64 << 20)
#define MAX_FACTS 4096 /* of one card */

struct tally { /* of one property that is not kept, over the file */
    uint64_t n, first;
};

struct file {
    struct lm_read *ctx;
    struct lm_sink *sink;
    size_t begin, end, version, org, agent; /* vcard_index of these */
    struct tally tallies[VCARD_N_NAMES];
};

struct contact {
    struct vcard_card card;
    struct lm_fact *facts;
    size_t n, cap;
    struct lm_str formatted, composed, nickname, org; /* the card's names, best first */
    struct lm_str number;                             /* the account's */
    bool version;
};

static lm_err add(struct contact *c, enum lm_identifier_type type, struct lm_str value)
{
    if (value.n == 0)
        return LM_OK;
    if (c->n == MAX_FACTS) {
        c->card.odd |= VCARD_ODD_MANY;
        return LM_OK;
    }
    for (size_t i = 0; i < c->n && c->n < 64; i++) /* address books repeat a number under several labels */
        if (c->facts[i].identifier.type == type && lm_str_eq(c->facts[i].identifier.value, value))
            return LM_OK;
    struct lm_fact *facts = lm_arena_grow(c->card.a, c->facts, c->n, &c->cap, sizeof *facts);
    if (facts == NULL)
        return LM_ENOMEM;
    c->facts = facts;
    facts[c->n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                      .identifier = { .type = type, .value = value, .basis = LM_STR("contact_list") } };
    return LM_OK;
}

static lm_err add_number(struct contact *c, const struct vcard_line *l)
{
    struct lm_str text, id = vcard_param(l, "WAID"); /* WhatsApp's id, in cards that were shared there */
    lm_err err = vcard_text(&c->card, l, l->value, &text);
    if (err != LM_OK)
        return err;
    if (lm_str_eq_nocase(lm_str_take(text, 4), LM_STR("tel:"))) { /* RFC 3966 */
        struct lm_str rest = lm_str_skip(text, 4);
        text = vcard_part(&rest, ';');
        if (rest.n != 0)
            c->card.odd |= VCARD_ODD_TEL;
    }
    if (c->number.n == 0 && lm_text_is_whole_number(text))
        c->number = text;
    err = add(c, LM_IDENTIFIER_PHONE, text);
    if (err == LM_OK && id.n != 0 && (err = vcard_text(&c->card, l, id, &id)) == LM_OK)
        err = add(c, LM_IDENTIFIER_ACCOUNT_ID, id);
    return err;
}

/* "skype:beto.g", "https://example.com/beto.g?x=1", "beto.g" → beto.g */
static struct lm_str bare_handle(struct lm_str s)
{
    size_t colon = lm_str_find(s, LM_STR(":")), web = lm_str_find(s, LM_STR("://"));
    if (colon == SIZE_MAX)
        return s;
    if (web != colon)
        return lm_str_skip(s, colon + 1);
    s = lm_str_skip(s, web + 3);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '?' || s.p[i] == '#')
            s = lm_str_take(s, i);
    while (s.n != 0 && s.p[s.n - 1] == '/')
        s = lm_str_take(s, s.n - 1);
    size_t start = s.n;
    while (start > 0 && s.p[start - 1] != '/')
        start--;
    return start != 0 ? lm_str_skip(s, start) : (struct lm_str){ NULL, 0 }; /* a host alone names nobody */
}

static lm_err add_handle(struct contact *c, const struct vcard_line *l, bool *ret_kept)
{
    struct lm_str text, user = vcard_param(l, "X-USER");
    if (user.n == 0)
        user = vcard_param(l, "USERNAME"); /* RFC 9554 */
    lm_err err = vcard_text(&c->card, l, user.n != 0 ? user : l->value, &text);
    if (err != LM_OK)
        return err;
    text = lm_str_trim(user.n != 0 ? text : bare_handle(text));
    *ret_kept = text.n != 0;
    return add(c, LM_IDENTIFIER_HANDLE, text);
}

/* Components as people say them: prefix, given, additional, family, suffix; or in the card's order. */
static lm_err compose(struct contact *c, const struct vcard_line *l, bool person, struct lm_str *ret)
{
    static const size_t order[] = { 3, 1, 2, 0, 4 };
    struct lm_str parts[5] = { 0 }, rest = l->value;
    char *p = lm_arena_alloc(c->card.a, l->value.n * 3 + 5);
    size_t n = 0;
    if (p == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < 5 && rest.n != 0; i++) {
        lm_err err = vcard_text(&c->card, l, i < 4 || person ? vcard_part(&rest, ';') : rest, &parts[i]);
        if (err != LM_OK)
            return err;
    }
    for (size_t i = 0; i < 5; i++) {
        struct lm_str one = parts[person ? order[i] : i];
        if (one.n == 0)
            continue;
        if (n != 0)
            p[n++] = ' ';
        memcpy(p + n, one.p, one.n);
        n += one.n;
    }
    *ret = (struct lm_str){ p, n };
    return LM_OK;
}

static lm_err add_nicknames(struct contact *c, const struct vcard_line *l, struct lm_str rest)
{
    lm_err err = LM_OK;
    while (err == LM_OK && rest.n != 0) {
        struct lm_str name, one = c->card.v21 ? rest : vcard_part(&rest, ',');
        err = vcard_text(&c->card, l, one, &name);
        if (err == LM_OK && c->nickname.n == 0)
            c->nickname = name;
        if (err == LM_OK)
            err = add(c, LM_IDENTIFIER_NAME, name);
        if (c->card.v21)
            break;
    }
    return err;
}

/* "vnd.android.cursor.item/nickname;VALUE;…" */
static lm_err add_android(struct contact *c, const struct vcard_line *l, bool *ret_kept)
{
    struct lm_str type, name, rest = l->value;
    lm_err err = vcard_text(&c->card, l, vcard_part(&rest, ';'), &type);
    *ret_kept = err == LM_OK && lm_str_eq(type, LM_STR("vnd.android.cursor.item/nickname"));
    if (err != LM_OK || !*ret_kept)
        return err;
    err = vcard_text(&c->card, l, vcard_part(&rest, ';'), &name);
    if (err == LM_OK && c->nickname.n == 0)
        c->nickname = name;
    return err == LM_OK ? add(c, LM_IDENTIFIER_NAME, name) : err;
}

static lm_err add_formatted(struct contact *c, const struct vcard_line *l)
{
    struct lm_str name;
    lm_err err = vcard_text(&c->card, l, l->value, &name);
    if (err == LM_OK && c->formatted.n == 0)
        c->formatted = name;
    return err == LM_OK ? add(c, LM_IDENTIFIER_NAME, name) : err;
}

/* One property. *ret_kept: something was made of it, or nothing is in it. */
static lm_err read_property(struct contact *c, const struct vcard_line *l, bool *ret_kept)
{
    struct lm_str text;
    lm_err err = LM_OK;
    switch (l->property) {
    case VCARD_FN:
        return add_formatted(c, l);
    case VCARD_N:
        return c->composed.n == 0 ? compose(c, l, true, &c->composed) : LM_OK;
    case VCARD_NICKNAME:
        return add_nicknames(c, l, l->value);
    case VCARD_ORG:
        *ret_kept = c->org.n == 0; /* for now */
        return c->org.n == 0 ? compose(c, l, false, &c->org) : LM_OK;
    case VCARD_TEL:
        return add_number(c, l);
    case VCARD_EMAIL:
        err = vcard_text(&c->card, l, l->value, &text);
        return err == LM_OK ? add(c, LM_IDENTIFIER_EMAIL, text) : err;
    case VCARD_HANDLE:
        return add_handle(c, l, ret_kept);
    case VCARD_ANDROID_CUSTOM:
        return add_android(c, l, ret_kept);
    case VCARD_STRUCTURE:
        return LM_OK;
    case VCARD_NOT_KEPT:
    case VCARD_UNKNOWN:
        *ret_kept = false;
        return LM_OK;
    }
    return LM_EINTERNAL;
}

static bool is_blank(struct lm_str value)
{
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] != ';' && value.p[i] != ' ' && value.p[i] != '\t')
            return false;
    return true;
}

static void count(struct tally *t, uint64_t at)
{
    if (t->n == 0)
        t->first = at;
    t->n++;
}

static bool known_version(struct lm_str v)
{
    return lm_str_eq(v, LM_STR("2.1")) || lm_str_eq(v, LM_STR("3.0")) || lm_str_eq(v, LM_STR("4.0"));
}

static lm_err read_card(struct file *f, struct contact *c, uint64_t at)
{
    struct vcard_line l;
    size_t depth = 0;
    lm_err err;
    while ((err = vcard_next(&c->card, &l)) == LM_OK) {
        bool kept = true, person = l.property < VCARD_STRUCTURE;
        if (l.index == f->begin && depth++ == 0) /* of 2.1's AGENT: somebody else's card inside this one */
            count(&f->tallies[f->agent], at);
        if (l.index == f->end && depth != 0)
            depth--;
        if (depth != 0)
            continue;
        if (l.index == f->version)
            c->version |= known_version(lm_str_trim(l.value));
        if (person && (l.too_long || l.binary))
            c->card.odd |= l.binary ? VCARD_ODD_ENCODED : VCARD_ODD_LONG;
        else if (!is_blank(l.value))
            err = read_property(c, &l, &kept);
        if (err != LM_OK)
            return err;
        if (!kept)
            count(&f->tallies[l.index], at);
    }
    return err == LM_ENOTFOUND ? LM_OK : err;
}

/* Does every component of the composed name stand in the formatted one? Then it tells nothing more. */
static bool says_more(struct lm_str composed, struct lm_str formatted)
{
    for (struct lm_str rest = composed; rest.n != 0;)
        if (lm_str_find(formatted, vcard_part(&rest, ' ')) == SIZE_MAX)
            return true;
    return false;
}

/* All names are known: which of them the card is shown under, and what its account is. */
static lm_err settle(struct file *f, struct contact *c, uint64_t at)
{
    struct lm_str shown = c->formatted;
    lm_err err = LM_OK;
    if (says_more(c->composed, c->formatted))
        err = add(c, LM_IDENTIFIER_NAME, c->composed);
    if (shown.n == 0)
        shown = c->composed.n != 0 ? c->composed : c->nickname;
    if (shown.n != 0 && c->org.n != 0)
        count(&f->tallies[f->org], at);
    else if (c->org.n != 0 && err == LM_OK) {
        shown = c->org; /* as phones show such a card */
        err = add(c, LM_IDENTIFIER_NAME, c->org);
    }
    struct lm_account_ref account = { .platform = LM_PLATFORM_PHONE, .display = shown };
    account.form = c->number.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NAME;
    account.native = c->number;
    if (account.form == LM_ACCOUNT_NAME && shown.n == 0 && c->n != 0)
        account.display = c->facts[0].identifier.value; /* saved without a name */
    for (size_t i = 0; i < c->n; i++)
        c->facts[i].identifier.account = account;
    return err;
}

/* What is odd, in words; at most 240 bytes. */
static void odd_words(unsigned odd, char out[240])
{
    static const char *const words[] = {
        "lines that are no property",
        "QUOTED-PRINTABLE that is not",
        "an unread CHARSET",
        "bytes that are not text became U+FFFD",
        "an identifier too long",
        "an identifier in base64 left out",
        "parameters of a tel: URI left out",
        "more identifiers than a card may have",
    };
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if ((odd >> i & 1) == 0)
            continue;
        int k = snprintf(out + n, 240 - n, "%s%s", n != 0 ? "; " : "", words[i]);
        n += k > 0 && (size_t)k < 240 - n ? (size_t)k : 0;
    }
}

static bool is_version_2_1(struct lm_str body)
{
    while (body.n != 0) {
        struct lm_str line = lm_text_line(&body);
        if (lm_str_eq_nocase(lm_str_take(line, 8), LM_STR("VERSION:")))
            return lm_str_eq(lm_str_trim(lm_str_skip(line, 8)), LM_STR("2.1"));
    }
    return false;
}

static lm_err no_memory(struct file *f)
{
    return lm_fail(f->ctx->error, LM_ENOMEM, "out of memory");
}

/* A card with both its ends: at is all of it, body what lies between. */
static lm_err emit(struct file *f, struct lm_locator at, struct lm_str body)
{
    char words[240];
    struct contact c = { .card = { .rest = body, .a = f->ctx->record, .v21 = is_version_2_1(body) } };
    if (at.b > MAX_CARD)
        return lm_sink_problem(f->sink, LM_PROBLEM_REJECTED, 1, at, "a card larger than 64 MiB");
    lm_arena_reset(f->ctx->record);
    lm_err err = read_card(f, &c, at.a);
    if (err == LM_OK)
        err = settle(f, &c, at.a);
    if (err != LM_OK)
        return err == LM_ENOMEM ? no_memory(f) : err;
    odd_words(c.card.odd, words);
    if (c.n == 0)
        return lm_sink_problem(f->sink, LM_PROBLEM_REJECTED, 1, at,
                               "a card without a name, number, address or handle%s%s",
                               words[0] != '\0' ? ": " : "", words);
    if (c.card.odd != 0)
        err = lm_sink_problem(f->sink, LM_PROBLEM_ALTERED, 0, at, "%s", words);
    if (err == LM_OK && !c.version)
        err = lm_sink_problem(f->sink, LM_PROBLEM_DOUBTED, 0, at, "no VERSION that is known: read as 3.0");
    struct lm_entry entry = { .records = &at, .n_records = 1, .facts = c.facts, .n_facts = c.n };
    return err != LM_OK ? err : f->sink->entry(f->sink, &entry);
}

/* --- the file --- */

static bool is_begin(struct lm_str line)
{
    return line.n >= 11 && lm_str_eq_nocase(lm_str_take(line, 11), LM_STR("BEGIN:VCARD"))
           && lm_str_trim(lm_str_skip(line, 11)).n == 0;
}

static bool is_end(struct lm_str line)
{
    return line.n >= 9 && lm_str_eq_nocase(lm_str_take(line, 9), LM_STR("END:VCARD"))
           && lm_str_trim(lm_str_skip(line, 9)).n == 0;
}

/* 2.1: the card of somebody's agent stands inside, behind "AGENT:" and a line break. */
static bool opens_agent(struct lm_str line)
{
    return lm_str_eq_nocase(lm_str_take(line, 5), LM_STR("AGENT")) && lm_str_ends(lm_str_trim(line), LM_STR(":"));
}

struct walk {
    size_t start, body; /* of the open card; of what lies outside of cards */
    size_t end;         /* of the last line that is not blank */
    size_t depth;       /* 0: outside of cards; above 1: inside an agent's */
    bool stray, agent;
};

static struct lm_locator range(size_t start, size_t end)
{
    return (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = start, .b = end - start };
}

/* What was open before `at` ends there without an end of its own. */
static lm_err broken_off(struct file *f, struct walk *w)
{
    lm_err err = LM_OK;
    if (w->depth != 0)
        err = lm_sink_problem(f->sink, LM_PROBLEM_REJECTED, 1, range(w->start, w->end), "a card without END:VCARD");
    else if (w->stray)
        err = lm_sink_problem(f->sink, LM_PROBLEM_LOST, 0, range(w->start, w->end), "%zu bytes outside of any card",
                              w->end - w->start);
    w->depth = 0;
    w->stray = false;
    return err;
}

static lm_err take_line(struct file *f, struct walk *w, struct lm_str line, size_t at, size_t next)
{
    const char *all = f->ctx->in->bytes.p;
    lm_err err = LM_OK;
    if (lm_str_trim(line).n == 0)
        return LM_OK;
    bool agent = w->agent;
    w->agent = w->depth != 0 && opens_agent(line);
    if (is_begin(line) && w->depth != 0 && agent) {
        w->depth++;
    } else if (is_begin(line)) {
        err = broken_off(f, w);
        w->depth = 1;
        w->start = at;
        w->body = next;
    } else if (w->depth == 0 && !w->stray) {
        w->stray = true;
        w->start = at;
    } else if (w->depth != 0 && is_end(line) && --w->depth == 0) {
        err = emit(f, range(w->start, at + line.n), (struct lm_str){ all + w->body, at - w->body });
    }
    w->end = at + line.n;
    return err;
}

/* Properties that no identifier comes from: once for each name, with the first card that has one. */
static lm_err tell_not_kept(struct file *f)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < VCARD_N_NAMES && err == LM_OK; i++) {
        const struct tally *t = &f->tallies[i];
        const char *name = vcard_name(i)[0] != '\0' ? vcard_name(i) : "unknown";
        struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = t->first };
        if (t->n != 0)
            err = lm_sink_problem(f->sink, LM_PROBLEM_DOUBTED, 0, at,
                                  "%s properties are not kept: %" PRIu64 ", the first in the card here", name, t->n);
    }
    return err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct file f = { .ctx = ctx, .sink = sink, .begin = vcard_index(LM_STR("BEGIN")), .end = vcard_index(LM_STR("END")),
                      .version = vcard_index(LM_STR("VERSION")), .org = vcard_index(LM_STR("ORG")),
                      .agent = vcard_index(LM_STR("AGENT")) };
    struct walk w = { 0 };
    struct lm_str all = ctx->in->bytes, rest = all;
    bool any = false;
    lm_err err = LM_OK;
    if (lm_str_starts(rest, LM_STR("\xef\xbb\xbf")))
        rest = lm_str_skip(rest, 3);
    if (lm_str_trim(rest).n == 0)
        return sink->empty(sink);
    while (err == LM_OK && rest.n != 0) {
        size_t at = (size_t)(rest.p - all.p);
        struct lm_str line = lm_text_line(&rest);
        any |= is_begin(line);
        err = take_line(&f, &w, line, at, (size_t)(rest.p - all.p));
    }
    if (err == LM_OK && !any) {
        (void)lm_fail(ctx->error, LM_EINPUT, "no line reads BEGIN:VCARD");
        lm_fail_at(ctx->error, NULL, "byte %d", 0);
        return LM_EINPUT;
    }
    if (err == LM_OK)
        err = broken_off(&f, &w);
    return err != LM_OK ? err : tell_not_kept(&f);
}

/* BEGIN:VCARD, eleven signs, at the start: 64 bits; a line of that behind something else counts 16, and only in a file
 * named so; the name: 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    bool named = in->path.n >= 4 && lm_str_eq_nocase(lm_str_skip(in->path, in->path.n - 4), LM_STR(".vcf"));
    if (lm_str_starts(head, LM_STR("\xef\xbb\xbf")))
        head = lm_str_skip(head, 3);
    if (lm_str_trim(head).n == 0)
        return named ? 8 : 0;
    for (bool first = true; head.n != 0;) {
        struct lm_str line = lm_text_line(&head);
        if (is_begin(line))
            return (first ? 64 : 16) + (named ? 8 : 0);
        if (lm_str_trim(line).n == 0)
            continue;
        if (!named)
            return 0;
        first = false;
    }
    return 0;
}

const struct lm_reader lm_reader_vcard_file = {
    .name = "vcard_file",
    .title = "Contact list, vCard 2.1, 3.0 and 4.0",
    .reference = "RFC 6350, RFC 2426, versit vCard 2.1 (1996), Android VCardBuilder.java; only the 2.1 escaping was checked against source, 2026-11",
    .tested_on = "one file of another project; our own files",
    .lookahead = 4096,
    .bid = bid,
    .read = read_all,
};
