/* What Signal answers to legal process: when an account was created and when it last connected, as text.
 *
 *     +1 303 555 0101
 *     Last connection date: 1454198400000 (unix millis)
 *     Account created: 1453475222063 (unix millis)
 *
 * The answers that Signal published (signal.org/bigbrother) hold these two values for a number, or say that there is no account. Their
 * layout is a letter's: which words stand on which line is our reading of them. docs/readers/signal_account_return.md
 */
#include "base/utf8.h"
#include "lastmile/reader.h"
#include "readers/shared/signal_account.h"
#include "readers/shared/text.h"

enum what { NOTHING, CREATED, CONNECTED, NO_ACCOUNT };

/* Does the line have these words, letter case apart? *ret_after: what follows them. */
static bool has(struct lm_str line, const char *words, struct lm_str *ret_after)
{
    size_t n = strlen(words);
    for (size_t i = 0; i + n <= line.n; i++)
        if (lm_ascii_small(line.p[i]) == lm_ascii_small(words[0]) && lm_str_is_nocase((struct lm_str){ line.p + i, n }, words)) {
            *ret_after = lm_str_skip(line, i + n);
            return true;
        }
    return false;
}

static enum what kind(struct lm_str line, struct lm_str *ret_after)
{
    if (has(line, "last connection date", ret_after) || has(line, "last connection", ret_after) || has(line, "last connected", ret_after))
        return CONNECTED;
    if (has(line, "account created", ret_after) || has(line, "account creation", ret_after) || has(line, "creation date", ret_after))
        return CREATED;
    if (has(line, "no account", ret_after) || has(line, "not a registered", ret_after) || has(line, "N/A", ret_after))
        return NO_ACCOUNT;
    return NOTHING;
}

/* The first run of nine to sixteen digits: seconds up to eleven digits, else milliseconds; or a date. */
static bool moment(struct lm_str s, struct lm_when *ret)
{
    for (size_t i = 0; i < s.n; i++) {
        size_t n = 0;
        int64_t v = 0;
        while (i + n < s.n && n < 17 && s.p[i + n] >= '0' && s.p[i + n] <= '9')
            v = v * 10 + (s.p[i + n++] - '0');
        if (n >= 9 && n <= 14) {
            *ret = (struct lm_when){ .us = n <= 11 ? v * LM_SECOND_US : v * 1000, .quality = LM_TIME_UTC };
            return v > 0;
        }
        i += n;
    }
    s = lm_str_trim(s);
    while (s.n != 0 && (s.p[0] == ':' || s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '|' || s.p[0] == ','))
        s = lm_str_skip(s, 1);
    return lm_when_parse_iso(s, ret);
}

/* A telephone number at the beginning of the line, behind "Account:" or "Phone number:" too; digits of a time are none. Empty: there is none. */
static struct lm_str account(struct lm_str line, char room[24])
{
    char *digits = room + 1; /* a plus may stand before them */
    size_t n = 0, i = 0;
    bool plus = false;
    struct lm_str rest = lm_str_trim(line), after;
    if (has(rest, "phone number:", &after) || has(rest, "account:", &after))
        rest = lm_str_trim(after);
    for (; i < rest.n && n < 16; i++) {
        char c = rest.p[i];
        if (c >= '0' && c <= '9')
            digits[n++] = c;
        else if (c == '+' && n == 0)
            plus = true;
        else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.')
            break;
    }
    if (n < 8 || n > 15 || (!plus && n != 10 && n != 11))
        return (struct lm_str){ NULL, 0 };
    room[0] = '+';
    return (struct lm_str){ plus ? room : digits, n + plus };
}

static lm_err emit(struct lm_sink *sink, struct lm_locator at, enum what w, struct lm_str number, struct lm_when when)
{
    struct lm_signal_facts f = { .n = 0 };
    struct lm_account_ref a = { .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NATIVE, .native = number };
    if (number.n == 0)
        a = (struct lm_account_ref){ .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_OWNER };
    lm_signal_identifier(&f, a, LM_IDENTIFIER_PHONE, number, "own_profile");
    f.items[f.n++] = (struct lm_fact){
        .kind = LM_FACT_EVENT,
        .event = { .kind = w == CONNECTED ? LM_EVENT_LOGIN : LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .at = when, .from = a, .duration_s = -1,
                   .detail = w == CREATED ? LM_STR("account created") : w == CONNECTED ? LM_STR("last connection date") : LM_STR("no account") },
    };
    struct lm_entry entry = { .records = &at, .n_records = 1, .facts = f.items, .n_facts = f.n };
    lm_err err = sink->entry(sink, &entry);
    if (err == LM_OK && number.n == 0)
        err = lm_sink_problem(sink, LM_PROBLEM_DOUBTED, 0, at, "no telephone number stands before it: whose account it is, is not known");
    return err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str all = ctx->in->bytes, rest = all, number = { NULL, 0 };
    char room[2][24]; /* of the number at hand, and of what may be the next */
    unsigned at_hand = 0;
    uint64_t records = 0;
    lm_err err = LM_OK;
    while (err == LM_OK && rest.n != 0) {
        size_t from = (size_t)(rest.p - all.p);
        struct lm_str line = lm_text_line(&rest), after;
        struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = from, .b = line.n };
        struct lm_when when = { .quality = LM_TIME_NONE };
        if (line.n > 4096)
            line = lm_str_take(line, 4096);
        struct lm_str found = account(line, room[at_hand ^ 1]);
        if (found.n != 0) {
            number = found;
            at_hand ^= 1;
        }
        enum what w = kind(line, &after);
        if (w == NOTHING || (w == NO_ACCOUNT && number.n == 0))
            continue;
        records++;
        if (w != NO_ACCOUNT && !moment(after, &when))
            err = lm_sink_problem(sink, LM_PROBLEM_REJECTED, 1, at, "no time stands behind the words");
        else
            err = emit(sink, at, w, number, when);
    }
    if (err == LM_OK && records == 0)
        err = lm_fail(ctx->error, LM_EINPUT, "it names neither the creation of an account nor a last connection");
    return err;
}

/* Both phrases of the answers, with a time behind each: about 50 bits. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_str after;
    struct lm_when when;
    unsigned found = 0;
    (void)in;
    if (lm_utf8_valid_prefix(lm_str_take(head, 512)) + 3 < lm_str_take(head, 512).n)
        return 0;
    while (head.n != 0) {
        struct lm_str line = lm_str_take(lm_text_line(&head), 4096);
        enum what w = kind(line, &after);
        if ((w == CREATED || w == CONNECTED) && moment(after, &when) && when.quality == LM_TIME_UTC)
            found |= w == CREATED ? 1U : 2U;
    }
    return found == 3 ? 48 : 0;
}

const struct lm_reader lm_reader_signal_account_return = {
    .name = "signal_account_return",
    .title = "Signal's answer to legal process: account creation and last connection, as text",
    .reference = "signal.org/bigbrother (the two values, in Unix time); layout of the text unverified, no public sample as a file; checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = 65536,
    .bid = bid,
    .read = read_all,
};
