/* One block: see calea_text.h. */
#include "readers/calea_text.h"

#include "base/utf8.h"
#include "readers/shared/cell.h"
#include "readers/shared/text.h"

/* --- heads --- */

static const struct {
    struct lm_str name;
    enum cx_type type;
} heads[] = {
    { LM_STR_INIT("origination"), CX_ORIGINATION }, { LM_STR_INIT("origAttempt"), CX_ORIGINATION },
    { LM_STR_INIT("termAttempt"), CX_TERMINATION }, { LM_STR_INIT("terminationAttempt"), CX_TERMINATION },
    { LM_STR_INIT("answer"), CX_ANSWER }, { LM_STR_INIT("release"), CX_RELEASE },
    { LM_STR_INIT("redirection"), CX_REDIRECTION }, { LM_STR_INIT("ccOpen"), CX_CC },
    { LM_STR_INIT("ccClose"), CX_CC }, { LM_STR_INIT("ccChange"), CX_CC },
    { LM_STR_INIT("ccUnavailable"), CX_CC }, { LM_STR_INIT("directSignalReporting"), CX_SIGNAL },
    { LM_STR_INIT("subjectSignal"), CX_SIGNAL }, { LM_STR_INIT("networkSignal"), CX_SIGNAL },
    { LM_STR_INIT("change"), CX_SIGNAL }, { LM_STR_INIT("connection"), CX_SIGNAL },
    { LM_STR_INIT("connectionBreak"), CX_SIGNAL }, { LM_STR_INIT("conferencePartyChange"), CX_SIGNAL },
    { LM_STR_INIT("dialedDigitExtraction"), CX_DIGITS }, { LM_STR_INIT("smsMessage"), CX_MESSAGE },
    { LM_STR_INIT("mmsMessage"), CX_MESSAGE }, { LM_STR_INIT("message"), CX_MESSAGE },
    { LM_STR_INIT("servingSystem"), CX_SERVING },
};

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool starts_nocase(struct lm_str s, struct lm_str prefix)
{
    return s.n >= prefix.n && lm_str_eq_nocase(lm_str_take(s, prefix.n), prefix);
}

/* " Version 3" and nothing but a number of that kind behind it. */
static bool is_version(struct lm_str s)
{
    s = lm_str_trim(s);
    if (!starts_nocase(s, LM_STR("Version ")))
        return false;
    s = lm_str_trim(lm_str_skip(s, 8));
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.')
            return false;
    return s.n != 0 && s.n < 12;
}

bool cx_head(struct lm_str line, enum cx_type *ret_type, struct lm_str *ret_name, bool *ret_known)
{
    struct lm_str s = lm_str_trim(line), bare;
    size_t n = 0;
    while (n < s.n && is_name_char(s.p[n]))
        n++;
    if (n == 0 || n > 64 || (s.p[0] >= '0' && s.p[0] <= '9'))
        return false;
    bool version = is_version(lm_str_skip(s, n));
    if (!version && (n != s.n || s.p != line.p)) /* a bare name stands at the beginning of its line */
        return false;
    bare = lm_str_take(s, n);
    if (starts_nocase(bare, LM_STR("ims_3gpp_voip_")))
        bare = lm_str_skip(bare, 14);
    enum cx_type type = CX_OTHER;
    bool known = false;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0] && !known; i++) {
        known = lm_str_eq_nocase(bare, heads[i].name);
        type = known ? heads[i].type : type;
    }
    if (!known && !version)
        return false;
    *ret_type = type;
    *ret_name = lm_str_take(s, n);
    *ret_known = known;
    return true;
}

/* --- moments --- */

static bool all_digits(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n != 0;
}

/* X.680 GeneralizedTime, rewritten as ISO 8601. */
static bool generalized(struct lm_str s, struct lm_when *ret)
{
    char iso[64];
    size_t n = 0;
    if (s.n < 14 || s.n > 32 || !all_digits(lm_str_take(s, 14)))
        return false;
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    size_t k = 0;
    for (size_t i = 0; form[i] != '\0'; i++)
        iso[n++] = form[i] == 'd' ? s.p[k++] : form[i];
    struct lm_str rest = lm_str_skip(s, 14);
    if (rest.n > 1 && (rest.p[0] == '.' || rest.p[0] == ',')) {
        iso[n++] = '.';
        for (rest = lm_str_skip(rest, 1); rest.n != 0 && rest.p[0] >= '0' && rest.p[0] <= '9'; rest = lm_str_skip(rest, 1))
            iso[n++] = rest.p[0];
    }
    bool compact = rest.n == 5 && (rest.p[0] == '+' || rest.p[0] == '-');
    for (size_t i = 0; i < rest.n; i++) {
        if (compact && i == 3)
            iso[n++] = ':';
        iso[n++] = rest.p[i];
    }
    return lm_when_parse_iso((struct lm_str){ iso, n }, ret);
}

bool cx_moment(struct lm_str s, struct lm_when *ret)
{
    s = lm_str_trim(s);
    return generalized(s, ret) || lm_when_parse_iso(s, ret);
}

/* --- keys --- */

enum what {
    KNOWN, CASE, MOMENT, CALL, CORRELATION, MAIN, URI, SIP_HEADER, SDP, SIP, FROM, TO, INPUT, DIGITS, CONTENT, CELL,
};

static const struct {
    struct lm_str name;
    enum what what;
    bool nested; /* stands under a section, whatever the indentation */
} keys[] = {
    { LM_STR_INIT("caseId"), CASE, false }, { LM_STR_INIT("caseIdentifier"), CASE, false },
    { LM_STR_INIT("timestamp"), MOMENT, false }, { LM_STR_INIT("eventTimestamp"), MOMENT, false },
    { LM_STR_INIT("callId"), CALL, false }, { LM_STR_INIT("callIdentifier"), CALL, false },
    { LM_STR_INIT("contentIdentifier"), CALL, false }, { LM_STR_INIT("main"), MAIN, true },
    { LM_STR_INIT("leg"), KNOWN, true }, { LM_STR_INIT("correlationID"), CORRELATION, false },
    { LM_STR_INIT("uri"), URI, true }, { LM_STR_INIT("dn"), URI, true },
    { LM_STR_INIT("sipHeader"), SIP_HEADER, true }, { LM_STR_INIT("sdp"), SDP, true },
    { LM_STR_INIT("signalingMsg"), SIP, false }, { LM_STR_INIT("sigMsg"), SIP, false },
    { LM_STR_INIT("originator"), FROM, false }, { LM_STR_INIT("recipient"), TO, false },
    { LM_STR_INIT("calling"), FROM, false }, { LM_STR_INIT("called"), TO, false },
    { LM_STR_INIT("userInput"), INPUT, true }, { LM_STR_INIT("translationInput"), INPUT, true },
    { LM_STR_INIT("digits"), DIGITS, false }, { LM_STR_INIT("smsMessage"), CONTENT, false },
    { LM_STR_INIT("mmsMessage"), CONTENT, false }, { LM_STR_INIT("content"), CONTENT, false },
    { LM_STR_INIT("body"), CONTENT, false }, { LM_STR_INIT("text"), CONTENT, false },
    { LM_STR_INIT("userData"), CONTENT, false }, { LM_STR_INIT("locationType"), CELL, true },
    { LM_STR_INIT("locationData"), CELL, true }, { LM_STR_INIT("signalingType"), KNOWN, true },
    { LM_STR_INIT("iAPSystemId"), KNOWN, false }, { LM_STR_INIT("systemIdentity"), KNOWN, false },
    { LM_STR_INIT("version"), KNOWN, false }, { LM_STR_INIT("sequenceNumber"), KNOWN, false },
    { LM_STR_INIT("direction"), KNOWN, false }, { LM_STR_INIT("cause"), KNOWN, false },
    { LM_STR_INIT("causeCode"), KNOWN, true }, { LM_STR_INIT("originationCause"), KNOWN, false },
    { LM_STR_INIT("transitCarrierId"), KNOWN, false }, { LM_STR_INIT("bearerCapability"), KNOWN, false },
    { LM_STR_INIT("cccId"), KNOWN, true }, { LM_STR_INIT("combCCC"), KNOWN, true },
    { LM_STR_INIT("leaIPAddress"), KNOWN, true }, { LM_STR_INIT("leaPortNumber"), KNOWN, true },
    { LM_STR_INIT("mimeType"), KNOWN, true }, { LM_STR_INIT("protocol"), KNOWN, true },
};

static const struct lm_str sections[] = {
    LM_STR_INIT("calling"), LM_STR_INIT("called"), LM_STR_INIT("answering"), LM_STR_INIT("redirectedTo"),
    LM_STR_INIT("callId"), LM_STR_INIT("callIdentifier"), LM_STR_INIT("contentIdentifier"),
    LM_STR_INIT("cause"), LM_STR_INIT("originationCause"), LM_STR_INIT("location"), LM_STR_INIT("input"),
    LM_STR_INIT("subjectMedia"), LM_STR_INIT("associateMedia"), LM_STR_INIT("contactAddresses"),
    LM_STR_INIT("deliveryIdentifier"), LM_STR_INIT("ccDeliveryFormat"), LM_STR_INIT("signalingMsg"),
    LM_STR_INIT("originator"), LM_STR_INIT("recipient"), LM_STR_INIT("protocolSpecificParameters"),
    LM_STR_INIT("sip"), LM_STR_INIT("partyIdentity"), LM_STR_INIT("characteristics"),
};
enum { AT_CALLING, AT_CALLED, AT_ANSWERING, AT_REDIRECTED, AT_CALL_1, AT_CALL_2, AT_CALL_3, AT_ORIGINATOR = 17, AT_RECIPIENT };
#define N_SECTIONS (sizeof sections / sizeof sections[0])
#define NO_SECTION N_SECTIONS

/* "uri[0]" → "uri" */
static struct lm_str bare_key(struct lm_str key)
{
    if (key.n > 2 && key.p[key.n - 1] == ']') {
        size_t open = lm_str_find(key, LM_STR("["));
        if (open != SIZE_MAX && all_digits((struct lm_str){ key.p + open + 1, key.n - open - 2 }))
            return lm_str_take(key, open);
    }
    return key;
}

static bool find_key(struct lm_str key, size_t *ret)
{
    key = bare_key(key);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (lm_str_eq_nocase(key, keys[i].name)) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static size_t find_section(struct lm_str line)
{
    line = bare_key(line);
    for (size_t i = 0; i < N_SECTIONS; i++)
        if (lm_str_eq_nocase(line, sections[i]))
            return i;
    return NO_SECTION;
}

/* --- SIP (RFC 3261, 3325, 7315): headers that address, route or identify; nothing else is kept --- */

static const struct lm_str sip_kept[] = {
    LM_STR_INIT("From"), LM_STR_INIT("To"), LM_STR_INIT("P-Asserted-Identity"),
    LM_STR_INIT("P-Preferred-Identity"), LM_STR_INIT("P-Called-Party-ID"), LM_STR_INIT("Call-ID"),
    LM_STR_INIT("Contact"), LM_STR_INIT("Diversion"), LM_STR_INIT("History-Info"),
    LM_STR_INIT("Referred-By"), LM_STR_INIT("Refer-To"), LM_STR_INIT("User-Agent"),
    LM_STR_INIT("P-Access-Network-Info"), LM_STR_INIT("Cellular-Network-Info"), LM_STR_INIT("CSeq"),
    LM_STR_INIT("Reason"), LM_STR_INIT("P-Charging-Vector"), LM_STR_INIT("Privacy"), LM_STR_INIT("f"),
    LM_STR_INIT("t"), LM_STR_INIT("i"), LM_STR_INIT("m"),
};

struct reading {
    struct lm_arena *a;
    struct cx_block *b;
    struct lm_json_out *out;
    size_t section, section_indent;
    struct lm_str section_name;
    bool no_memory;
    /* a value that may run over several lines */
    bool open;
    size_t open_key, open_at;
    struct lm_str open_name, open_value;
};

static struct lm_str as_text(struct reading *g, struct lm_str s)
{
    if (lm_utf8_is_text(s))
        return s;
    s = lm_utf8_repaired(g->a, s, NULL);
    g->no_memory = g->no_memory || s.p == NULL;
    return s;
}

static void keep(struct reading *g, struct lm_str name, const char *between, struct lm_str value)
{
    if (g->out == NULL)
        return;
    bool in = g->section != NO_SECTION && name.n != 0;
    struct lm_str above = { g->section_name.p, in ? g->section_name.n : 0 };
    const struct lm_str parts[] = { as_text(g, above), in ? LM_STR(".") : LM_STR(""), as_text(g, name), lm_str(between),
                                    as_text(g, value) };
    lm_json_str_of(g->out, parts, sizeof parts / sizeof parts[0]);
}

static void content(struct reading *g, struct lm_str value)
{
    g->b->content = true;
    if (g->b->text.n == 0)
        g->b->text = as_text(g, value);
}

static bool sip_is_kept(struct lm_str name)
{
    for (size_t i = 0; i < sizeof sip_kept / sizeof sip_kept[0]; i++)
        if (lm_str_eq_nocase(name, sip_kept[i]))
            return true;
    return false;
}

static bool split_header(struct lm_str line, struct lm_str *ret_name, struct lm_str *ret_value)
{
    size_t colon = lm_str_find(line, LM_STR(":"));
    if (colon == SIZE_MAX || colon == 0)
        return false;
    *ret_name = lm_str_trim(lm_str_take(line, colon));
    *ret_value = lm_str_trim(lm_str_skip(line, colon + 1));
    return true;
}

static void sip_header(struct reading *g, struct lm_str key, struct lm_str line)
{
    struct lm_str name, value;
    if (!split_header(line, &name, &value) || !sip_is_kept(name)) {
        g->b->left_out++;
        return;
    }
    if (lm_str_eq_nocase(name, LM_STR("P-Access-Network-Info")) || lm_str_eq_nocase(name, LM_STR("Cellular-Network-Info")))
        g->b->cell = true;
    keep(g, key, " = ", line);
}

/* "<sip:+13035550101@example.org>;tag=1" → the URI. */
static struct lm_str uri_of(struct lm_str s)
{
    size_t open = lm_str_find(s, LM_STR("<")), end;
    if (open != SIZE_MAX)
        s = lm_str_skip(s, open + 1);
    end = lm_str_find(s, open != SIZE_MAX ? LM_STR(">") : LM_STR(";"));
    return lm_str_trim(lm_str_take(s, end));
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Hexadecimal figures, perhaps with 0x in front and white space between, become bytes; anything else stays. */
static struct lm_str unhexed(struct reading *g, struct lm_str s)
{
    struct lm_str in = starts_nocase(s, LM_STR("0x")) ? lm_str_skip(s, 2) : s;
    char *out;
    size_t n = 0;
    int high = -1;
    if (in.n < 8 || (out = lm_arena_alloc(g->a, in.n / 2 + 1)) == NULL)
        return s;
    for (size_t i = 0; i < in.n; i++) {
        int v = hex_of(in.p[i]);
        if (v < 0 && strchr(" \t\r\n", in.p[i]) == NULL)
            return s;
        if (v >= 0 && high < 0)
            high = v;
        else if (v >= 0) {
            out[n++] = (char)(high * 16 + v);
            high = -1;
        }
    }
    return high < 0 && n != 0 ? (struct lm_str){ out, n } : s;
}

/* A whole SIP message: kept headers; its body, when it is no session description, is content. */
static void sip_message(struct reading *g, struct lm_str key, struct lm_str s)
{
    bool sdp = false, first = true, is_text = false;
    s = unhexed(g, lm_str_trim(s));
    while (s.n != 0) {
        struct lm_str line = lm_str_trim(lm_text_line(&s)), name, value;
        if (line.n == 0)
            break;
        if (first) {
            is_text = lm_str_starts(line, LM_STR("MESSAGE "));
            if (lm_str_find(line, LM_STR("SIP/2.0")) == SIZE_MAX) { /* not SIP: nobody can say what it is */
                g->b->unknown = g->b->unknown.n == 0 ? key : g->b->unknown;
                content(g, line);
                keep(g, key, " = ", line);
                return;
            }
            keep(g, key, " = ", line);
            first = false;
            continue;
        }
        if (split_header(line, &name, &value)) {
            sdp = sdp || (lm_str_eq_nocase(name, LM_STR("Content-Type")) && starts_nocase(value, LM_STR("application/sdp")));
            if (lm_str_eq_nocase(name, LM_STR("From")) && g->b->calling.n == 0)
                g->b->calling = uri_of(value);
            if (lm_str_eq_nocase(name, LM_STR("To")) && g->b->called.n == 0)
                g->b->called = uri_of(value);
        }
        sip_header(g, key, line);
    }
    s = lm_str_trim(s);
    if (s.n != 0 && (is_text || !sdp)) {
        content(g, s);
        keep(g, key, " body = ", s);
    } else if (s.n != 0) {
        g->b->left_out++;
    }
}

/* --- values --- */

static void first(struct lm_str *at, struct lm_str value)
{
    if (at->n == 0)
        *at = value;
}

static void party(struct reading *g, struct lm_str value)
{
    struct cx_block *b = g->b;
    if (g->section == AT_CALLING || g->section == AT_ORIGINATOR)
        first(&b->calling, value);
    else if (g->section == AT_CALLED || g->section == AT_RECIPIENT)
        first(&b->called, value);
    else if (g->section == AT_ANSWERING)
        first(&b->answering, value);
    else if (g->section == AT_REDIRECTED)
        first(&b->redirected, value);
}

/* Star, number sign and figures: what can be dialled. */
static bool is_dialled(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (strchr("0123456789*#+-() ", s.p[i]) == NULL || s.p[i] == '\0')
            return false;
    return s.n != 0 && s.n <= 32;
}

static void value_is(struct reading *g, size_t k, struct lm_str name, struct lm_str value)
{
    struct cx_block *b = g->b;
    bool begins = b->type == CX_ORIGINATION || b->type == CX_TERMINATION;
    switch (keys[k].what) {
    case CASE:
        first(&b->case_id, value);
        break;
    case MOMENT:
        b->bad_time = b->bad_time || (!b->timed && !cx_moment(value, &b->at));
        b->timed = b->timed || !b->bad_time;
        break;
    case MAIN:
        if (g->section < AT_CALL_1 || g->section > AT_CALL_3)
            break;
        first(&b->call_id, value);
        break;
    case CALL:
        first(&b->call_id, value);
        break;
    case CORRELATION:
        first(&b->correlation, value);
        break;
    case URI:
        party(g, value);
        break;
    case FROM:
        first(&b->calling, value);
        break;
    case TO:
        first(&b->called, value);
        break;
    case CELL:
        b->cell = true;
        break;
    case INPUT: /* in front of cut-through it is the number that was dialled */
        if (begins && is_dialled(value)) {
            if (b->type == CX_ORIGINATION)
                first(&b->called, value);
            break;
        }
        content(g, value);
        break;
    case DIGITS:
    case CONTENT:
        content(g, value);
        break;
    case SDP:
        b->left_out++;
        return;
    case SIP_HEADER:
        sip_header(g, name, value);
        return;
    case SIP:
        sip_message(g, name, value);
        return;
    case KNOWN:
        break;
    }
    keep(g, name, " = ", value);
}

static void close_value(struct reading *g)
{
    if (g->open)
        value_is(g, g->open_key, g->open_name, lm_str_trim(g->open_value));
    g->open = false;
}

static bool runs_on(enum what w)
{
    return w == SDP || w == SIP || w == INPUT || w == CONTENT;
}

static bool split_value(struct lm_str line, struct lm_str *ret_name, struct lm_str *ret_value)
{
    size_t eq = lm_str_find(line, LM_STR("="));
    if (eq == SIZE_MAX || eq == 0 || eq > 64)
        return false;
    *ret_name = lm_str_trim(lm_str_take(line, eq));
    *ret_value = lm_str_trim(lm_str_skip(line, eq + 1));
    for (size_t i = 0; i < ret_name->n; i++)
        if (!is_name_char(ret_name->p[i]) && strchr("[].-", ret_name->p[i]) == NULL)
            return false;
    return ret_name->n != 0;
}

/* A line that no list has: content, as everything that is not understood. */
static void unknown(struct reading *g, struct lm_str name, struct lm_str line)
{
    if (g->b->unknown.n == 0)
        g->b->unknown = name;
    g->b->content = true;
    keep(g, (struct lm_str){ NULL, 0 }, "", line);
}

static void one_line(struct reading *g, struct lm_str whole)
{
    struct lm_str line = lm_str_trim(whole), name, value;
    size_t indent = line.n != 0 ? (size_t)(line.p - whole.p) : 0, k = 0, section = find_section(line);
    bool is_value = split_value(line, &name, &value), known = is_value && find_key(name, &k);
    if (g->open && !known && section == NO_SECTION && !lm_str_eq(line, LM_STR("[bin]"))) {
        g->open_value.n = (size_t)(whole.p + whole.n - g->open_value.p);
        return;
    }
    close_value(g);
    if (line.n == 0 || lm_str_eq(line, LM_STR("{")) || lm_str_eq(line, LM_STR("}")) || lm_str_eq(line, LM_STR("[bin]")))
        return;
    if (section != NO_SECTION) {
        /* a party's own sections do not end it: calling, partyIdentity, uri[0] */
        if (section >= N_SECTIONS - 3 && g->section != NO_SECTION && indent > g->section_indent)
            return;
        g->section = section;
        g->section_indent = indent;
        g->section_name = line;
        return;
    }
    if (g->section != NO_SECTION && (indent < g->section_indent || (indent == g->section_indent && !(known && keys[k].nested))))
        g->section = NO_SECTION;
    if (!known) {
        unknown(g, is_value ? name : LM_STR("a line without a key"), line);
    } else if (runs_on(keys[k].what)) {
        g->open = true;
        g->open_key = k;
        g->open_name = name;
        g->open_value = value;
        if (value.n == 0) /* begins on the next line */
            g->open_value = (struct lm_str){ whole.p + whole.n, 0 };
    } else {
        value_is(g, k, name, value);
    }
}

lm_err cx_read(struct lm_arena *a, struct lm_str block, struct cx_block *ret, struct lm_json_out *out)
{
    struct lm_str rest = block;
    bool known;
    *ret = (struct cx_block){ .type = CX_OTHER };
    struct reading g = { .a = a, .b = ret, .out = out, .section = NO_SECTION };
    (void)cx_head(lm_text_line(&rest), &ret->type, &ret->name, &known);
    if (out != NULL) {
        lm_json_object(out);
        lm_json_kv_str(out, "block", ret->name);
        lm_json_key(out, "lines");
        lm_json_array(out);
    }
    while (rest.n != 0)
        one_line(&g, lm_text_line(&rest));
    close_value(&g);
    if (out != NULL) {
        lm_json_array_end(out);
        lm_json_object_end(out);
    }
    return g.no_memory ? LM_ENOMEM : LM_OK;
}
