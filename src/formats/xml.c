#include "formats/xml.h"

#include <stdio.h>
#include <stdlib.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#define STEP 16384                       /* bytes given to libxml2 at a time */
#define TEXT_CEILING (LM_XML_MAX_TEXT + ((size_t)32 << 20))
#define QUEUE_CEILING ((size_t)64 << 20) /* events of one step: far less, unless libxml2 held back */
#define MARK 0x7f                        /* stands for a byte that XML does not have: DEL, which is itself one of them */
#define CUT_SHORT "the file ends in the middle of an element"
#define AROUND "<x>"                     /* the element that is not there, when reading begins inside */

struct event {
    enum lm_xml_type type;
    const xmlChar *name, *ns; /* libxml2's own copies: they live as long as the context */
    size_t text, n_text;      /* in the text buffer */
    size_t attributes, n_attributes;
    uint64_t at;
    uint32_t depth;
    unsigned oddities;
};

struct span {
    const xmlChar *name, *ns;
    size_t text, n_text;
};

struct lm_xml {
    struct lm_str in;
    bool inside, around_seen, started, done, in_text;
    size_t fed;                /* bytes of in given to libxml2, or passed over before it */
    size_t passed_over, added; /* bytes of in that it did not get; bytes it got that are not of in */
    xmlParserCtxtPtr ctxt;
    uint32_t depth;
    uint64_t offset;
    unsigned pending; /* oddities of the tag being read */
    lm_err failed;    /* told when the queue is empty */
    uint64_t failed_at;
    const char *why;
    struct lm_buf text, events, spans, given; /* arrays of struct event, span, lm_xml_attribute */
    size_t next; /* event to be given */
};

static void fail_at(struct lm_xml *x, lm_err err, uint64_t at, const char *why)
{
    if (x->failed != LM_OK)
        return;
    x->failed = err;
    x->failed_at = at;
    x->why = why;
}

static uint64_t position(const struct lm_xml *x)
{
    long n = x->ctxt != NULL ? xmlByteConsumed(x->ctxt) : 0;
    uint64_t at = (n < 0 ? 0 : (uint64_t)n) + x->passed_over;
    at = at > x->added ? at - x->added : 0;
    return at < x->in.n ? at : x->in.n;
}

static void fail(struct lm_xml *x, lm_err err, const char *why)
{
    fail_at(x, err, position(x), why);
}

/* --- what libxml2 says, one call at a time --- */

static size_t n_events(const struct lm_xml *x)
{
    return x->events.n / sizeof(struct event);
}

static struct event *event_at(const struct lm_xml *x, size_t i)
{
    return (struct event *)(void *)x->events.p + i;
}

static struct event *new_event(struct lm_xml *x, enum lm_xml_type type)
{
    struct event *e = (struct event *)(void *)lm_buf_reserve(&x->events, sizeof *e);
    if (e == NULL) {
        fail(x, LM_ENOMEM, "out of memory");
        return NULL;
    }
    x->events.n += sizeof *e;
    *e = (struct event){ .type = type, .text = x->text.n, .depth = x->depth };
    x->in_text = type == LM_XML_TEXT;
    return e;
}

/* Text with MARK for what could not be text. */
static void put_text(struct lm_xml *x, struct lm_str s, size_t start, unsigned *oddities)
{
    while (s.n != 0) {
        const char *mark = memchr(s.p, MARK, s.n);
        struct lm_str good = lm_str_take(s, mark != NULL ? (size_t)(mark - s.p) : s.n);
        if (x->text.n - start + good.n + 3 > LM_XML_MAX_TEXT) {
            *oddities |= LM_XML_CUT;
            return;
        }
        lm_buf_put(&x->text, good);
        s = lm_str_skip(s, good.n);
        if (mark != NULL) {
            lm_buf_put(&x->text, LM_STR("\xef\xbf\xbd"));
            *oddities |= LM_XML_BAD_BYTES;
            s = lm_str_skip(s, 1);
        }
    }
    if (x->text.failed)
        fail(x, LM_ENOMEM, "out of memory");
}

static void add_text(struct lm_xml *x, struct lm_str s, unsigned oddities)
{
    if (x->failed != LM_OK || x->depth == 0)
        return;
    struct event *e = x->in_text ? event_at(x, n_events(x) - 1) : new_event(x, LM_XML_TEXT);
    if (e == NULL)
        return;
    if (e->n_text == 0)
        e->at = position(x);
    if ((e->oddities & LM_XML_CUT) == 0)
        put_text(x, s, e->text, &e->oddities);
    e->n_text = x->text.n - e->text;
    e->oddities |= oddities;
}

static void on_characters(void *user, const xmlChar *p, int n)
{
    add_text(user, (struct lm_str){ (const char *)p, (size_t)n }, 0);
}

/* '<' cannot stand inside a tag, so the nearest one before the tag's end begins it. */
static uint64_t tag_start(const struct lm_xml *x, uint64_t end)
{
    while (end > 0 && x->in.p[end - 1] != '<')
        end--;
    return end > 0 ? end - 1 : 0;
}

static bool add_attribute(struct lm_xml *x, const xmlChar **a)
{
    struct span *s = (struct span *)(void *)lm_buf_reserve(&x->spans, sizeof *s);
    if (s == NULL) {
        fail(x, LM_ENOMEM, "out of memory");
        return false;
    }
    x->spans.n += sizeof *s;
    *s = (struct span){ .name = a[0], .ns = a[2], .text = x->text.n };
    struct lm_str value = { (const char *)a[3], (size_t)(a[4] - a[3]) };
    put_text(x, value, x->text.n, &x->pending);
    s->n_text = x->text.n - s->text;
    return x->failed == LM_OK;
}

static void on_open(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                    const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct lm_xml *x = user;
    const xmlChar *cur = x->ctxt->input->cur;
    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (x->failed != LM_OK)
        return;
    if (x->inside && !x->around_seen) {
        x->around_seen = true; /* the element that is not there */
        return;
    }
    if (cur[0] != '>' && (cur[0] != '/' || cur[1] != '>')) {
        fail(x, LM_EINPUT, "a tag is not finished");
        return;
    }
    if (x->depth >= LM_XML_MAX_DEPTH || n_attributes > LM_XML_MAX_ATTRIBUTES) {
        fail(x, LM_ELIMIT, x->depth >= LM_XML_MAX_DEPTH ? "elements in elements, more than 256 deep" : "more than 256 attributes");
        return;
    }
    size_t first = x->spans.n / sizeof(struct span);
    for (int i = 0; i < n_attributes; i++)
        if (!add_attribute(x, attributes + 5 * i))
            return;
    struct event *e = new_event(x, LM_XML_OPEN);
    if (e == NULL)
        return;
    e->name = name;
    e->ns = uri;
    e->attributes = first;
    e->n_attributes = (size_t)n_attributes;
    e->oddities = x->pending;
    e->at = tag_start(x, position(x));
    x->pending = 0;
    x->depth++;
}

static void on_close(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct lm_xml *x = user;
    (void)prefix;
    if (x->failed != LM_OK || x->depth == 0)
        return;
    x->depth--;
    struct event *e = new_event(x, LM_XML_CLOSE);
    if (e == NULL)
        return;
    e->name = name;
    e->ns = uri;
    e->at = position(x);
}

/* Declarations cannot be reached, since a document type with brackets is refused before; should one be, it ends here. */
static void on_entity(void *user, const xmlChar *name, int type, const xmlChar *public_id, const xmlChar *system_id, xmlChar *content)
{
    (void)name, (void)type, (void)public_id, (void)system_id, (void)content;
    fail(user, LM_EINPUT, "it declares entities of its own, which is refused");
}

/* What XML calls fatal but a reader of evidence can pass: *ret_kept is what stands there as text. */
static bool tolerable(const struct lm_xml *x, const xmlError *error, struct lm_str *ret_kept, char room[72])
{
    const char *name = error->str1 != NULL ? error->str1 : "";
    switch (error->code) {
    case XML_ERR_INVALID_CHAR: /* of a reference: the bytes were seen to before */
    case XML_ERR_INVALID_HEX_CHARREF:
    case XML_ERR_INVALID_DEC_CHARREF:
    case XML_ERR_INVALID_CHARREF:
        *ret_kept = LM_STR("\xef\xbf\xbd");
        return true;
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_WAR_UNDECLARED_ENTITY:
        *ret_kept = (struct lm_str){ room, (size_t)snprintf(room, 72, "&%.64s;", name) };
        return true;
    case XML_ERR_NAME_REQUIRED:
    case XML_ERR_ENTITYREF_SEMICOL_MISSING:
        *ret_kept = LM_STR("&");
        return error->message != NULL && x->ctxt->instate != XML_PARSER_PROLOG
               && (error->code == XML_ERR_ENTITYREF_SEMICOL_MISSING || strstr(error->message, "EntityRef") != NULL);
    default:
        return false;
    }
}

static const char *words_for(int code)
{
    switch (code) {
    case XML_ERR_TAG_NAME_MISMATCH:
        return "a tag closes another element than the one that is open";
    case XML_ERR_DOCUMENT_END:
    case XML_ERR_CDATA_NOT_FINISHED:
    case XML_ERR_COMMENT_NOT_FINISHED:
    case XML_ERR_PI_NOT_FINISHED:
        return CUT_SHORT;
    case XML_ERR_DOCUMENT_EMPTY:
        return "there is no element in it";
    case XML_ERR_MISPLACED_CDATA_END:
        return "]]> outside of a CDATA section";
    case XML_ERR_ATTRIBUTE_REDEFINED:
        return "an attribute stands twice in one tag";
    case XML_ERR_LT_IN_ATTRIBUTE:
    case XML_ERR_LTSLASH_REQUIRED:
    case XML_ERR_GT_REQUIRED:
    case XML_ERR_TAG_NOT_FINISHED:
        return "a tag is not finished";
    default:
        return "not well-formed XML";
    }
}

/* libxml2 has no code of its own for its ceilings. */
static bool is_ceiling(const char *message)
{
    static const char *const words[] = { "Huge input", "too long", "too big", "dictionary" };
    for (size_t i = 0; message != NULL && i < sizeof words / sizeof *words; i++)
        if (strstr(message, words[i]) != NULL)
            return true;
    return false;
}

static void on_error_seen(struct lm_xml *x, const xmlError *error)
{
    char room[72];
    struct lm_str kept = { NULL, 0 };
    if (x->failed != LM_OK || error->level == XML_ERR_WARNING || error->domain == XML_FROM_NAMESPACE)
        return;
    if (error->code == XML_ERR_NO_MEMORY) {
        fail(x, LM_ENOMEM, "out of memory");
    } else if (tolerable(x, error, &kept, room)) {
        bool in_attribute = x->ctxt->instate == XML_PARSER_ATTRIBUTE_VALUE;
        if (in_attribute)
            x->pending |= LM_XML_BAD_REFERENCE;
        else
            add_text(x, kept, LM_XML_BAD_REFERENCE);
    } else if (is_ceiling(error->message)) {
        fail(x, LM_ELIMIT, "a tag, a comment or a name is too long");
    } else {
        fail(x, LM_EINPUT, words_for(error->code));
    }
}

#if LIBXML_VERSION >= 21200
static void on_error(void *user, const xmlError *error)
#else
static void on_error(void *user, xmlErrorPtr error)
#endif
{
    if (error != NULL)
        on_error_seen(user, error);
}

/* --- what libxml2 is given --- */

static bool is_forbidden(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == MARK;
}

/* How many bytes from the start of s are characters that XML has. */
static size_t clean_prefix(struct lm_str s)
{
    size_t n = lm_utf8_valid_prefix(s);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_forbidden(c))
            return i;
        if (c == 0xef && n - i >= 3 && (unsigned char)s.p[i + 1] == 0xbf && (unsigned char)s.p[i + 2] >= 0xbe)
            return i; /* U+FFFE, U+FFFF */
    }
    return n;
}

/* The next step: ends between characters. */
static struct lm_str next_step(const struct lm_xml *x)
{
    struct lm_str s = lm_str_take(lm_str_skip(x->in, x->fed), STEP);
    if (x->fed + s.n == x->in.n)
        return s;
    for (size_t k = 1; k <= 3; k++) {
        unsigned char c = (unsigned char)s.p[s.n - k];
        if (c >= 0xc0)
            return lm_str_take(s, s.n - k);
        if (c < 0x80)
            break;
    }
    return s;
}

static void give(struct lm_xml *x, struct lm_str s)
{
    char copy[STEP];
    size_t n = clean_prefix(s);
    if (n < s.n) { /* each bad byte becomes one other byte, so that offsets stay what they are */
        memcpy(copy, s.p, s.n);
        while (n < s.n) {
            copy[n++] = MARK;
            n += clean_prefix(lm_str_skip(s, n));
        }
        s.p = copy;
    }
    (void)xmlParseChunk(x->ctxt, s.p, (int)s.n, 0);
    x->fed += s.n;
}

/* The input is given to its end: libxml2 may have waited for more. */
static void finish(struct lm_xml *x)
{
    x->done = true;
    if (x->inside && x->depth == 0)
        return;
    (void)xmlParseChunk(x->ctxt, "", 0, 1);
    if (x->failed == LM_OK && x->depth != 0)
        fail_at(x, LM_EINPUT, x->in.n, CUT_SHORT);
    if (x->failed != LM_EINPUT)
        return;
    struct lm_str rest = lm_str_skip(x->in, (size_t)x->failed_at);
    if (rest.n == 0 || memchr(rest.p, '>', rest.n) == NULL) {
        x->failed_at = x->in.n;
        x->why = CUT_SHORT;
    }
}

static void step(struct lm_xml *x)
{
    if (x->fed < x->in.n)
        give(x, next_step(x));
    else
        finish(x);
    if (x->failed == LM_OK && !x->done && x->ctxt->instate == XML_PARSER_EOF)
        fail(x, LM_EINPUT, "not well-formed XML");
}

/* --- the beginning --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* encoding="…" of an XML declaration; empty when it has none. */
static struct lm_str stated_encoding(struct lm_str declaration)
{
    size_t at = lm_str_find(declaration, LM_STR("encoding"));
    if (at == SIZE_MAX)
        return LM_STR("");
    struct lm_str s = lm_str_skip(declaration, at + 8);
    while (s.n != 0 && (is_space(s.p[0]) || s.p[0] == '='))
        s = lm_str_skip(s, 1);
    if (s.n == 0 || (s.p[0] != '"' && s.p[0] != '\''))
        return LM_STR("");
    const char *end = memchr(s.p + 1, s.p[0], s.n - 1);
    return end != NULL ? (struct lm_str){ s.p + 1, (size_t)(end - s.p - 1) } : LM_STR("");
}

static bool readable_encoding(struct lm_str e)
{
    return e.n == 0 || lm_str_eq_nocase(e, LM_STR("utf-8")) || lm_str_eq_nocase(e, LM_STR("utf8"))
           || lm_str_eq_nocase(e, LM_STR("us-ascii")) || lm_str_eq_nocase(e, LM_STR("ascii"));
}

/* Past a comment or a processing instruction; SIZE_MAX when it has no end. */
static size_t past(struct lm_str s, size_t at, const char *end)
{
    size_t n = lm_str_find(lm_str_skip(s, at), lm_str(end));
    return n == SIZE_MAX ? SIZE_MAX : at + n + strlen(end);
}

/* A document type: fine as long as it only names one. SIZE_MAX: it does not end. */
static size_t past_doctype(struct lm_xml *x, size_t at)
{
    char quote = 0;
    for (size_t i = at; i < x->in.n; i++) {
        char c = x->in.p[i];
        if (quote != 0) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[') {
            fail_at(x, LM_EINPUT, i, "it declares a document type of its own (that is how XML bombs are made), which is refused");
            return SIZE_MAX;
        } else if (c == '>') {
            return i + 1;
        }
    }
    return SIZE_MAX;
}

/* Everything before the root element, so that libxml2 never meets a declaration. */
static void check_prolog(struct lm_xml *x)
{
    struct lm_str in = x->in;
    size_t at = x->fed;
    if (lm_str_starts(lm_str_skip(in, at), LM_STR("<?xml")) && past(in, at, "?>") != SIZE_MAX) {
        struct lm_str declaration = { in.p + at, past(in, at, "?>") - at };
        if (!readable_encoding(stated_encoding(declaration)))
            fail_at(x, LM_EINPUT, at, "it states an encoding other than UTF-8, which is not read");
    }
    while (x->failed == LM_OK && at < in.n) {
        struct lm_str rest = lm_str_skip(in, at);
        if (is_space(in.p[at]))
            at++;
        else if (lm_str_starts(rest, LM_STR("<?")))
            at = past(in, at, "?>");
        else if (lm_str_starts(rest, LM_STR("<!--")))
            at = past(in, at + 4, "-->");
        else if (lm_str_starts(rest, LM_STR("<!DOCTYPE")))
            at = past_doctype(x, at);
        else
            break;
    }
    if (x->failed == LM_OK && (at >= in.n || in.p[at] != '<'))
        fail_at(x, LM_EINPUT, at < in.n ? at : in.n, at < in.n ? "it does not begin with an element" : "there is no element in it");
}

static void start(struct lm_xml *x)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_open,
        .endElementNs = on_close,
        .characters = on_characters,
        .ignorableWhitespace = on_characters,
        .cdataBlock = on_characters,
        .entityDecl = on_entity,
        .serror = on_error,
    };
    x->started = true;
    if (!x->inside) {
        if (lm_str_starts(x->in, LM_STR("\xff\xfe")) || lm_str_starts(x->in, LM_STR("\xfe\xff")))
            fail_at(x, LM_EINPUT, 0, "it is in UTF-16, which is not read");
        if (lm_str_starts(x->in, LM_STR("\xef\xbb\xbf")))
            x->fed = 3;
        while (x->fed < x->in.n && is_space(x->in.p[x->fed]))
            x->fed++;
        x->passed_over = x->fed;
        check_prolog(x);
    }
    if (x->failed != LM_OK)
        return;
    x->ctxt = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    if (x->ctxt == NULL) {
        fail_at(x, LM_ENOMEM, x->fed, "out of memory");
        return;
    }
    /* NOENT or `&amp;` in an attribute comes as `&#38;`; there are no entities that it could bring in. */
    (void)xmlCtxtUseOptions(x->ctxt,
                            XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOCDATA | XML_PARSE_NOENT);
    if (x->inside) {
        x->added = strlen(AROUND);
        (void)xmlParseChunk(x->ctxt, AROUND, (int)x->added, 0);
    }
}

/* --- the caller's side --- */

struct lm_xml *lm_xml_new(struct lm_str in, bool inside)
{
    struct lm_xml *x = calloc(1, sizeof *x);
    if (x == NULL)
        return NULL;
    x->in = in;
    x->inside = inside;
    lm_buf_init(&x->text, TEXT_CEILING);
    lm_buf_init(&x->events, QUEUE_CEILING);
    lm_buf_init(&x->spans, QUEUE_CEILING);
    lm_buf_init(&x->given, QUEUE_CEILING);
    return x;
}

void lm_xml_free(struct lm_xml *x)
{
    if (x == NULL)
        return;
    if (x->ctxt != NULL) {
        xmlFreeDoc(x->ctxt->myDoc);
        xmlFreeParserCtxt(x->ctxt);
    }
    lm_buf_free(&x->text);
    lm_buf_free(&x->events);
    lm_buf_free(&x->spans);
    lm_buf_free(&x->given);
    free(x);
}

/* Everything was given: makes room, keeping a text that may go on. */
static void drop_given(struct lm_xml *x)
{
    size_t n = n_events(x);
    if (x->next == 0)
        return;
    if (x->next < n) {
        struct event last = *event_at(x, n - 1);
        memmove(x->text.p, x->text.p + last.text, last.n_text);
        x->text.n = last.n_text;
        last.text = 0;
        *event_at(x, 0) = last;
        x->events.n = sizeof last;
    } else {
        x->text.n = 0;
        x->events.n = 0;
        x->in_text = false;
    }
    x->spans.n = 0;
    x->next = 0;
}

static struct lm_str slice(const xmlChar *z)
{
    return lm_str((const char *)z);
}

/* Before any text there is no buffer, and nothing may be added to NULL. */
static struct lm_str given_text(const struct lm_xml *x, size_t at, size_t n)
{
    return n != 0 ? (struct lm_str){ x->text.p + at, n } : (struct lm_str){ NULL, 0 };
}

static lm_err give_event(struct lm_xml *x, const struct event *e, struct lm_xml_token *ret)
{
    size_t bytes = e->n_attributes * sizeof(struct lm_xml_attribute);
    lm_buf_clear(&x->given);
    struct lm_xml_attribute *a = (struct lm_xml_attribute *)(void *)lm_buf_reserve(&x->given, bytes != 0 ? bytes : 1);
    if (a == NULL) {
        fail_at(x, LM_ENOMEM, e->at, "out of memory");
        return x->failed;
    }
    for (size_t i = 0; i < e->n_attributes; i++) {
        const struct span *s = (const struct span *)(const void *)x->spans.p + e->attributes + i;
        a[i] = (struct lm_xml_attribute){ slice(s->name), slice(s->ns), given_text(x, s->text, s->n_text) };
    }
    *ret = (struct lm_xml_token){ .type = e->type, .name = slice(e->name), .ns = slice(e->ns), .attributes = a,
                                  .n_attributes = e->n_attributes, .at = e->at, .depth = e->depth, .oddities = e->oddities };
    if (e->type == LM_XML_TEXT)
        ret->text = given_text(x, e->text, e->n_text);
    x->offset = e->at;
    x->next++;
    return LM_OK;
}

lm_err lm_xml_next(struct lm_xml *x, struct lm_xml_token *ret)
{
    if (!x->started)
        start(x);
    for (;;) {
        size_t n = n_events(x), ready = n - (x->in_text ? 1 : 0);
        if (x->next < ready)
            return give_event(x, event_at(x, x->next), ret);
        if (x->failed != LM_OK) {
            x->offset = x->failed_at;
            return x->failed;
        }
        if (x->done) {
            *ret = (struct lm_xml_token){ .type = LM_XML_END, .at = x->in.n };
            x->offset = x->in.n;
            return LM_OK;
        }
        drop_given(x);
        step(x);
    }
}

lm_err lm_xml_skip(struct lm_xml *x, uint32_t depth, uint64_t *ret_end)
{
    struct lm_xml_token t;
    lm_err err;
    do
        err = lm_xml_next(x, &t);
    while (err == LM_OK && t.type != LM_XML_END && (t.type != LM_XML_CLOSE || t.depth > depth));
    if (err == LM_OK && ret_end != NULL)
        *ret_end = t.at;
    return err;
}

uint64_t lm_xml_offset(const struct lm_xml *x)
{
    return x->offset;
}

const char *lm_xml_why(const struct lm_xml *x)
{
    return x->why;
}

struct lm_str lm_xml_attribute(const struct lm_xml_token *t, struct lm_str name)
{
    for (size_t i = 0; i < t->n_attributes; i++)
        if (lm_str_eq(t->attributes[i].name, name))
            return t->attributes[i].value;
    return (struct lm_str){ NULL, 0 };
}
