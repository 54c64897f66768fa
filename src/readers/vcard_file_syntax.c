#include "readers/vcard_file.h"

#include "base/utf8.h"
#include "readers/shared/text.h"

/* RFC 6350 section 6, RFC 2426, versit vCard 2.1 (1996), RFC 4770 (IMPP), RFC 6474, RFC 6715, RFC 9554; X- names as
 * Android's VCardConstants.java, Apple's and Evolution's address books write them. */
static const struct {
    struct lm_str name;
    enum vcard_property property;
} names[VCARD_N_NAMES] = {
    { LM_STR_INIT("FN"), VCARD_FN },
    { LM_STR_INIT("N"), VCARD_N },
    { LM_STR_INIT("NICKNAME"), VCARD_NICKNAME },
    { LM_STR_INIT("X-NICKNAME"), VCARD_NICKNAME },
    { LM_STR_INIT("ORG"), VCARD_ORG },
    { LM_STR_INIT("TEL"), VCARD_TEL },
    { LM_STR_INIT("EMAIL"), VCARD_EMAIL },
    { LM_STR_INIT("IMPP"), VCARD_HANDLE },
    { LM_STR_INIT("SOCIALPROFILE"), VCARD_HANDLE },
    { LM_STR_INIT("X-SOCIALPROFILE"), VCARD_HANDLE },
    { LM_STR_INIT("X-AIM"), VCARD_HANDLE },
    { LM_STR_INIT("X-ICQ"), VCARD_HANDLE },
    { LM_STR_INIT("X-JABBER"), VCARD_HANDLE },
    { LM_STR_INIT("X-MSN"), VCARD_HANDLE },
    { LM_STR_INIT("X-YAHOO"), VCARD_HANDLE },
    { LM_STR_INIT("X-GOOGLE-TALK"), VCARD_HANDLE },
    { LM_STR_INIT("X-GOOGLE TALK"), VCARD_HANDLE },
    { LM_STR_INIT("X-GTALK"), VCARD_HANDLE },
    { LM_STR_INIT("X-SKYPE"), VCARD_HANDLE },
    { LM_STR_INIT("X-SKYPE-USERNAME"), VCARD_HANDLE },
    { LM_STR_INIT("X-SKYPE-PSTNNUMBER"), VCARD_TEL },
    { LM_STR_INIT("X-QQ"), VCARD_HANDLE },
    { LM_STR_INIT("X-NETMEETING"), VCARD_HANDLE },
    { LM_STR_INIT("X-GADUGADU"), VCARD_HANDLE },
    { LM_STR_INIT("X-GROUPWISE"), VCARD_HANDLE },
    { LM_STR_INIT("X-SIP"), VCARD_HANDLE },
    { LM_STR_INIT("X-TWITTER"), VCARD_HANDLE },
    { LM_STR_INIT("X-FACEBOOK"), VCARD_HANDLE },
    { LM_STR_INIT("X-INSTAGRAM"), VCARD_HANDLE },
    { LM_STR_INIT("X-SNAPCHAT"), VCARD_HANDLE },
    { LM_STR_INIT("X-TELEGRAM"), VCARD_HANDLE },
    { LM_STR_INIT("X-SIGNAL"), VCARD_HANDLE },
    { LM_STR_INIT("X-WHATSAPP"), VCARD_HANDLE },
    { LM_STR_INIT("X-WICKR"), VCARD_HANDLE },
    { LM_STR_INIT("X-ANDROID-CUSTOM"), VCARD_ANDROID_CUSTOM },
    { LM_STR_INIT("BEGIN"), VCARD_STRUCTURE },
    { LM_STR_INIT("END"), VCARD_STRUCTURE },
    { LM_STR_INIT("VERSION"), VCARD_STRUCTURE },
    { LM_STR_INIT("PRODID"), VCARD_STRUCTURE },
    { LM_STR_INIT("PROFILE"), VCARD_STRUCTURE },
    { LM_STR_INIT("SOURCE"), VCARD_STRUCTURE },
    { LM_STR_INIT("NAME"), VCARD_STRUCTURE },
    { LM_STR_INIT("KIND"), VCARD_STRUCTURE },
    { LM_STR_INIT("REV"), VCARD_STRUCTURE },
    { LM_STR_INIT("UID"), VCARD_STRUCTURE },
    { LM_STR_INIT("CLIENTPIDMAP"), VCARD_STRUCTURE },
    { LM_STR_INIT("CLASS"), VCARD_STRUCTURE },
    { LM_STR_INIT("MAILER"), VCARD_STRUCTURE },
    { LM_STR_INIT("LANGUAGE"), VCARD_STRUCTURE },
    { LM_STR_INIT("SORT-STRING"), VCARD_STRUCTURE },
    { LM_STR_INIT("PHOTO"), VCARD_STRUCTURE },
    { LM_STR_INIT("LOGO"), VCARD_STRUCTURE },
    { LM_STR_INIT("SOUND"), VCARD_STRUCTURE },
    { LM_STR_INIT("KEY"), VCARD_STRUCTURE },
    { LM_STR_INIT("X-ABADR"), VCARD_STRUCTURE },
    { LM_STR_INIT("X-ABUID"), VCARD_STRUCTURE },
    { LM_STR_INIT("ADR"), VCARD_NOT_KEPT },
    { LM_STR_INIT("AGENT"), VCARD_NOT_KEPT },
    { LM_STR_INIT("ANNIVERSARY"), VCARD_NOT_KEPT },
    { LM_STR_INIT("BDAY"), VCARD_NOT_KEPT },
    { LM_STR_INIT("CATEGORIES"), VCARD_NOT_KEPT },
    { LM_STR_INIT("GENDER"), VCARD_NOT_KEPT },
    { LM_STR_INIT("GEO"), VCARD_NOT_KEPT },
    { LM_STR_INIT("LABEL"), VCARD_NOT_KEPT },
    { LM_STR_INIT("MEMBER"), VCARD_NOT_KEPT },
    { LM_STR_INIT("NOTE"), VCARD_NOT_KEPT },
    { LM_STR_INIT("RELATED"), VCARD_NOT_KEPT },
    { LM_STR_INIT("ROLE"), VCARD_NOT_KEPT },
    { LM_STR_INIT("TITLE"), VCARD_NOT_KEPT },
    { LM_STR_INIT("URL"), VCARD_NOT_KEPT },
    { LM_STR_INIT("X-SAMSUNGADR"), VCARD_NOT_KEPT },
    { LM_STR_INIT("LANG"), VCARD_NOT_KEPT },
    { LM_STR_INIT("TZ"), VCARD_NOT_KEPT },
    { LM_STR_INIT("X-ABLABEL"), VCARD_NOT_KEPT },
    { LM_STR_INIT(""), VCARD_UNKNOWN },
};
_Static_assert(sizeof names / sizeof *names == VCARD_N_NAMES, "names");

const char *vcard_name(size_t index)
{
    return names[index].name.p;
}

size_t vcard_index(struct lm_str name)
{
    size_t i = 0;
    while (i < VCARD_N_NAMES - 1 && !lm_str_eq_nocase(name, names[i].name))
        i++;
    return i;
}

/* Where the sign first stands outside quotes; s.n when it does not. */
static size_t span_to(struct lm_str s, char sign)
{
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            quoted = !quoted;
        else if (!quoted && s.p[i] == sign)
            return i;
    }
    return s.n;
}

/* The next parameter: "TYPE=CELL", or a bare word as 2.1 has them (then *ret_name is empty). */
static bool next_param(struct lm_str *rest, struct lm_str *ret_name, struct lm_str *ret_value)
{
    if (rest->n == 0)
        return false;
    struct lm_str all = lm_str_skip(*rest, 1); /* behind the ';' */
    struct lm_str one = lm_str_take(all, span_to(all, ';'));
    size_t eq = span_to(one, '=');
    *rest = lm_str_skip(all, one.n);
    *ret_name = eq < one.n ? lm_str_trim(lm_str_take(one, eq)) : (struct lm_str){ NULL, 0 };
    *ret_value = lm_str_trim(eq < one.n ? lm_str_skip(one, eq + 1) : one);
    if (ret_value->n >= 2 && ret_value->p[0] == '"' && ret_value->p[ret_value->n - 1] == '"')
        *ret_value = lm_str_take(lm_str_skip(*ret_value, 1), ret_value->n - 2);
    return true;
}

struct lm_str vcard_param(const struct vcard_line *l, const char *name)
{
    struct lm_str rest = l->params, key, value;
    while (next_param(&rest, &key, &value))
        if (lm_str_is_nocase(key, name))
            return value;
    return (struct lm_str){ NULL, 0 };
}

/* group "." name *(";" param) ":" value. False: no property. */
static bool split(struct lm_str s, struct vcard_line *ret)
{
    size_t colon = span_to(s, ':');
    if (colon == s.n) { /* a quote that never closes */
        colon = lm_str_find(s, LM_STR(":"));
        if (colon == SIZE_MAX)
            return false;
    }
    struct lm_str head = lm_str_take(s, colon), key, value;
    struct lm_str name = lm_str_take(head, span_to(head, ';'));
    struct vcard_line l = { .params = lm_str_skip(head, name.n), .value = lm_str_skip(s, colon + 1) };
    size_t dot = lm_str_find(name, LM_STR("."));
    name = lm_str_trim(dot != SIZE_MAX ? lm_str_skip(name, dot + 1) : name);
    if (name.n == 0)
        return false;
    l.index = vcard_index(name);
    l.property = names[l.index].property;
    for (struct lm_str rest = l.params; next_param(&rest, &key, &value);) {
        bool encoding = key.n == 0 || lm_str_eq_nocase(key, LM_STR("ENCODING"));
        if (encoding && lm_str_eq_nocase(value, LM_STR("QUOTED-PRINTABLE")))
            l.quoted_printable = true;
        else if (encoding
                 && (lm_str_eq_nocase(value, LM_STR("BASE64")) || lm_str_eq_nocase(value, LM_STR("B"))))
            l.binary = true;
        else if (lm_str_eq_nocase(key, LM_STR("CHARSET")))
            l.charset = value;
    }
    *ret = l;
    return true;
}

static bool folded(struct lm_str rest)
{
    return rest.n != 0 && (rest.p[0] == ' ' || rest.p[0] == '\t');
}

/* A continuation line without what marks it as one: 2.1 folds at a blank and keeps it, later ones add it. */
static struct lm_str take_fold(const struct vcard_card *c, struct lm_str *rest)
{
    struct lm_str line = lm_text_line(rest);
    return c->v21 ? line : lm_str_skip(line, 1);
}

/* `first` and n more lines from *rest (folded ones, or those behind a soft line break, whose '=' goes), as one. */
static lm_err join(struct vcard_card *c, struct lm_str first, size_t n, bool soft, size_t bytes, struct lm_str *ret)
{
    char *p = lm_arena_alloc(c->a, bytes);
    size_t used = 0;
    struct lm_str line = first;
    if (p == NULL)
        return LM_ENOMEM;
    for (size_t i = 0;; i++) {
        size_t k = line.n - (soft && i < n && line.n != 0);
        if (k != 0)
            memcpy(p + used, line.p, k);
        used += k;
        if (i == n)
            break;
        line = soft ? lm_text_line(&c->rest) : take_fold(c, &c->rest);
    }
    *ret = (struct lm_str){ p, used };
    return LM_OK;
}

/* The folded lines behind `first`. A property that is too long is cut to its first line. */
static lm_err unfold(struct vcard_card *c, struct lm_str first, struct lm_str *ret, bool *ret_long)
{
    struct lm_str rest = c->rest;
    size_t n = 0, bytes = first.n;
    while (folded(rest)) {
        bytes += take_fold(c, &rest).n;
        n++;
    }
    *ret = first;
    *ret_long = bytes > VCARD_MAX_LINE;
    if (n == 0)
        return LM_OK;
    if (!*ret_long)
        return join(c, first, n, false, bytes, ret);
    c->rest = rest;
    return LM_OK;
}

/* Does a line begin like a property that we know? Then a '=' before it was no soft line break. */
static bool known_property(struct lm_str line)
{
    size_t n = 0;
    while (n < line.n && n < 32 && line.p[n] != ':' && line.p[n] != ';')
        n++;
    return n != 0 && n < line.n && vcard_index(lm_str_take(line, n)) < VCARD_N_NAMES - 1;
}

/* The lines behind soft line breaks of QUOTED-PRINTABLE. */
static lm_err unbreak(struct vcard_card *c, struct vcard_line *l)
{
    struct lm_str rest = c->rest, line = l->value;
    size_t n = 0, bytes = line.n;
    while (line.n != 0 && line.p[line.n - 1] == '=' && rest.n != 0) {
        struct lm_str before = rest;
        line = lm_text_line(&rest);
        if (known_property(line)) {
            rest = before;
            break;
        }
        bytes += line.n;
        n++;
    }
    l->too_long |= bytes > VCARD_MAX_LINE;
    if (n != 0 && !l->too_long)
        return join(c, l->value, n, true, bytes, &l->value);
    c->rest = rest;
    return LM_OK;
}

/* 2.1 does not have to indent base64: it ends where a line holds anything else. */
static void skip_base64(struct vcard_card *c)
{
    for (;;) {
        struct lm_str rest = c->rest, line = lm_str_trim(lm_text_line(&rest));
        size_t i = 0;
        while (i < line.n
               && ((line.p[i] >= 'A' && line.p[i] <= 'Z') || (line.p[i] >= 'a' && line.p[i] <= 'z')
                   || (line.p[i] >= '0' && line.p[i] <= '9') || strchr("+/=", line.p[i]) != NULL)
               && line.p[i] != '\0')
            i++;
        if (line.n == 0 || i < line.n)
            return;
        c->rest = rest;
    }
}

/* A blank behind a soft line break belongs to the text: such a line is not folded. */
static bool ends_soft(struct lm_str line)
{
    struct vcard_line l;
    return line.n != 0 && line.p[line.n - 1] == '=' && split(line, &l) && l.quoted_printable;
}

lm_err vcard_next(struct vcard_card *c, struct vcard_line *ret)
{
    while (c->rest.n != 0) {
        struct vcard_line l;
        bool too_long = false;
        struct lm_str text = lm_text_line(&c->rest);
        bool soft = ends_soft(text);
        lm_err err = soft ? LM_OK : unfold(c, text, &text, &too_long);
        if (err != LM_OK)
            return err;
        if (lm_str_trim(text).n == 0)
            continue;
        if (!split(text, &l)) {
            c->odd |= VCARD_ODD_LINE;
            continue;
        }
        l.too_long = too_long;
        if (l.binary)
            skip_base64(c);
        else if (l.quoted_printable && (err = unbreak(c, &l)) != LM_OK)
            return err;
        *ret = l;
        return LM_OK;
    }
    return LM_ENOTFOUND;
}

/* --- text --- */

struct lm_str vcard_part(struct lm_str *rest, char separator)
{
    size_t i = 0;
    while (i < rest->n && rest->p[i] != separator)
        i += rest->p[i] == '\\' && i + 1 < rest->n ? 2 : 1;
    struct lm_str part = lm_str_take(*rest, i);
    *rest = lm_str_skip(*rest, i + (i < rest->n));
    return part;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c & ~0x20);
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* RFC 2045, 6.7. An escape that is none stays as it is written. */
static lm_err decode_quoted(struct vcard_card *c, struct lm_str s, struct lm_str *ret)
{
    char *p = lm_arena_alloc(c->a, s.n);
    size_t n = 0;
    if (p == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '=' && s.n - i > 2 ? hex(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex(s.p[i + 2]) : -1;
        if (low >= 0) {
            p[n++] = (char)(high << 4 | low);
            i += 2;
            continue;
        }
        if (s.p[i] == '=')
            c->odd |= VCARD_ODD_ESCAPE;
        p[n++] = s.p[i];
    }
    *ret = (struct lm_str){ p, n };
    return LM_OK;
}

static bool charset_is(struct lm_str charset, const char *words)
{
    if (charset.n == 0)
        return false;
    for (struct lm_str rest = lm_str(words); rest.n != 0;)
        if (lm_str_eq_nocase(charset, vcard_part(&rest, ' ')))
            return true;
    return false;
}

static lm_err from_latin(struct vcard_card *c, struct lm_str s, bool windows, struct lm_str *ret)
{
    char *p = lm_arena_alloc(c->a, s.n * 3);
    size_t n = 0;
    if (p == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < s.n; i++) {
        uint32_t cp = (unsigned char)s.p[i];
        if (windows)
            cp = lm_windows_1252((unsigned char)cp);
        if (cp == 0 || (windows && cp >= 0x80 && cp < 0xa0)) { /* no character there */
            c->odd |= VCARD_ODD_BYTES;
            cp = 0xfffd;
        }
        n += lm_utf8_encode(cp, p + n);
    }
    *ret = (struct lm_str){ p, n };
    return LM_OK;
}

static lm_err to_utf8(struct vcard_card *c, struct lm_str charset, struct lm_str s, struct lm_str *ret)
{
    *ret = s;
    if (lm_utf8_is_ascii(s))
        return LM_OK;
    if (charset_is(charset, "ISO-8859-1 ISO_8859-1 LATIN1"))
        return from_latin(c, s, false, ret);
    if (charset_is(charset, "WINDOWS-1252 CP1252"))
        return from_latin(c, s, true, ret);
    if (!charset_is(charset, "UTF-8 UTF8 US-ASCII ASCII") && charset.n != 0)
        c->odd |= VCARD_ODD_CHARSET;
    if (lm_utf8_is_text(s))
        return LM_OK;
    c->odd |= VCARD_ODD_BYTES;
    *ret = lm_utf8_repaired(c->a, s, NULL);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err vcard_text(struct vcard_card *c, const struct vcard_line *l, struct lm_str part, struct lm_str *ret)
{
    lm_err err = l->quoted_printable ? decode_quoted(c, part, &part) : LM_OK;
    if (err == LM_OK)
        err = to_utf8(c, l->charset, part, &part);
    if (err != LM_OK)
        return err;
    if (part.n != 0 && memchr(part.p, '\\', part.n) != NULL) {
        char *p = lm_arena_alloc(c->a, part.n);
        size_t n = 0;
        if (p == NULL)
            return LM_ENOMEM;
        for (size_t i = 0; i < part.n; i++) {
            char next = part.p[i] == '\\' && i + 1 < part.n ? part.p[i + 1] : '\0';
            bool escape = next == ';' || (!c->v21 && next != '\0' && strchr("\\,:nN", next) != NULL);
            i += escape;
            p[n++] = !escape ? part.p[i] : (next | 0x20) == 'n' ? '\n' : next;
        }
        part = (struct lm_str){ p, n };
    }
    *ret = lm_str_trim(part);
    return LM_OK;
}
