/* Takes one body apart: what the person wrote, and what the app put in its place or around it. */
#include "readers/whatsapp_text.h"

#define LRM "\xe2\x80\x8e" /* U+200E, which the iOS app puts before everything that it writes itself */

static struct lm_str slice(const char *from, const char *to)
{
    return (struct lm_str){ from, (size_t)(to - from) };
}

static const char *end_of(struct lm_str s)
{
    return s.p + s.n;
}

static struct lm_str first_line(struct lm_str s)
{
    const char *nl = s.n != 0 ? memchr(s.p, '\n', s.n) : NULL;
    return nl != NULL ? slice(s.p, nl - (nl > s.p && nl[-1] == '\r')) : s;
}

/* Without line ends, white space and marks at the end. */
static struct lm_str trim_end(struct lm_str s)
{
    for (;;) {
        size_t n = s.n;
        while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
            s.n--;
        s = lm_wa_trim_end(s);
        if (s.n == n)
            return s;
    }
}

/* "a.jpg", "Invoice 3.pdf": an extension of letters and digits, no path, no angle brackets. */
static bool is_file_name(struct lm_str s)
{
    size_t dot = s.n;
    if (s.n > 255 || s.n < 3)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.')
            dot = i;
        else if (s.p[i] == '/' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == '\n')
            return false;
    }
    if (dot == 0 || dot + 1 >= s.n || s.n - dot > 9)
        return false;
    for (size_t i = dot + 1; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            return false;
    }
    return true;
}

/* "IMG-20210428-WA0001.jpg" (Android), "00000042-PHOTO-2020-06-07-15-13-20.jpg" (iOS). */
static bool is_app_name(struct lm_str s)
{
    static const char *const kinds[] = { "IMG-", "VID-", "AUD-", "PTT-", "STK-", "DOC-" };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (lm_str_starts(s, lm_str(kinds[i])) && lm_str_find(s, LM_STR("-WA")) != SIZE_MAX)
            return true;
    size_t n = 0;
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    return n == 8 && s.n > 9 && s.p[8] == '-' && s.p[9] >= 'A' && s.p[9] <= 'Z';
}

static void attach(struct lm_wa_body *b, struct lm_str name, struct lm_str note)
{
    b->has_attachment = true;
    b->attachment = (struct lm_attachment){ .name = name, .bytes = -1, .note = note };
}

/* The caption stands before or after what was taken out, or on the lines below; on both sides: nothing is
 * cut. */
static void caption(struct lm_wa_body *b, struct lm_str whole, struct lm_str taken)
{
    struct lm_str before = trim_end(slice(whole.p, taken.p));
    struct lm_str after = slice(end_of(taken), end_of(whole));
    bool mark;
    for (size_t k; (k = lm_wa_blank(after, &mark)) != 0;)
        after = lm_str_skip(after, k);
    if (after.n != 0 && after.p[0] == '\r')
        after = lm_str_skip(after, 1);
    if (after.n != 0 && after.p[0] == '\n')
        after = lm_str_skip(after, 1);
    if (before.n == 0)
        b->text = after;
    else
        b->text = trim_end(after).n == 0 ? before : whole;
}

/* "<attached: NAME>" in any language, "<Media omitted>". */
static bool in_angles(struct lm_str whole, struct lm_str tag, struct lm_wa_body *b)
{
    struct lm_str inner = lm_wa_trim(lm_str_take(lm_str_skip(tag, 1), tag.n - 2));
    if (lm_wa_is_omitted(inner)) {
        attach(b, (struct lm_str){ NULL, 0 }, tag);
        caption(b, whole, tag);
        return true;
    }
    const char *colon = inner.n != 0 ? memchr(inner.p, ':', inner.n) : NULL;
    size_t wide = colon == NULL ? lm_str_find(inner, LM_STR("：")) : SIZE_MAX;
    if (colon == NULL && wide == SIZE_MAX)
        return false;
    struct lm_str name = colon != NULL ? slice(colon + 1, end_of(inner)) : lm_str_skip(inner, wide + 3);
    name = lm_wa_trim(name);
    if (!is_file_name(name))
        return false;
    attach(b, name, (struct lm_str){ NULL, 0 });
    caption(b, whole, tag);
    return true;
}

/* "NAME (file attached)", "NAME <attached>": the words are known, or the app's own mark or naming stands
 * there. */
static bool behind_name(struct lm_str whole, struct lm_str line, struct lm_str tag, bool marked,
                        struct lm_wa_body *b)
{
    struct lm_str name = lm_wa_trim(slice(line.p, tag.p));
    struct lm_str inner = lm_str_take(lm_str_skip(tag, 1), tag.n - 2);
    if (name.n == 0 || tag.p == line.p || !is_file_name(name))
        return false;
    if (!lm_wa_is_attached(inner) && !(tag.p[0] == '(' && (marked || is_app_name(name))))
        return false;
    attach(b, name, tag);
    caption(b, slice(line.p, end_of(whole)), slice(line.p, end_of(tag)));
    return true;
}

/* "image omitted" behind a mark at the end of the line, perhaps with the document's name or a caption before
 * it: "Report.pdf • 3 pages document omitted". */
static bool behind_mark(struct lm_str whole, struct lm_str line, struct lm_wa_body *b)
{
    const char *p = line.p, *last = NULL;
    while ((p = memmem(p, (size_t)(end_of(line) - p), LRM, 3)) != NULL) {
        last = p;
        p += 3;
    }
    if (last == NULL)
        return false;
    struct lm_str phrase = slice(last, end_of(line));
    if (!lm_wa_is_omitted(phrase))
        return false;
    struct lm_str before = slice(line.p, last);
    size_t bullet = lm_str_find(before, LM_STR("•"));
    struct lm_str name = bullet != SIZE_MAX ? lm_wa_trim(lm_str_take(before, bullet)) : lm_wa_trim(before);
    if (bullet == SIZE_MAX && !is_file_name(name))
        name = (struct lm_str){ NULL, 0 };
    attach(b, name, lm_wa_trim(phrase));
    if (name.n != 0)
        caption(b, slice(line.p, end_of(whole)), line);
    else
        caption(b, whole, phrase);
    return true;
}

static const char *last_of(struct lm_str s, char c)
{
    return s.n != 0 ? memrchr(s.p, c, s.n) : NULL;
}

/* One line that may hold an attachment at its end or front. */
static bool attachment_in(struct lm_str whole, struct lm_str line, bool marked, bool first,
                          struct lm_wa_body *b)
{
    struct lm_str t = trim_end(line);
    char last = t.n != 0 ? t.p[t.n - 1] : '\0';
    if (last == '>' || last == ')') {
        const char *open = last_of(t, last == '>' ? '<' : '(');
        if (open != NULL) {
            struct lm_str tag = slice(open, end_of(t));
            if (last == '>' && in_angles(whole, tag, b))
                return true;
            if (first && behind_name(whole, t, tag, marked, b))
                return true;
        }
    }
    struct lm_str front = lm_wa_trim(t);
    const char *close = front.n != 0 && front.p[0] == '<' ? memchr(front.p, '>', front.n) : NULL;
    if (first && close != NULL && in_angles(whole, slice(front.p, close + 1), b))
        return true;
    return marked && behind_mark(whole, t, b);
}

static void find_attachment(struct lm_str whole, const struct lm_wa_filter *f, bool marked,
                            struct lm_wa_body *b)
{
    struct lm_str first = first_line(whole), trimmed = lm_wa_trim(first);
    if (trimmed.n == 0)
        return;
    if (lm_wa_filter_may(f, trimmed) && lm_wa_is_omitted(trimmed)) {
        attach(b, (struct lm_str){ NULL, 0 }, trimmed);
        caption(b, whole, trimmed);
        return;
    }
    char last = trimmed.p[trimmed.n - 1];
    if ((last == '>' || last == ')' || trimmed.p[0] == '<' || marked)
        && attachment_in(whole, first, marked, true, b))
        return;
    if (first.n == whole.n)
        return;
    struct lm_str end = trim_end(whole);
    const char *nl = last_of(end, '\n');
    if (nl != NULL && end.p[end.n - 1] == '>')
        (void)attachment_in(whole, slice(nl + 1, end_of(end)), marked, false, b);
}

/* "<This message was edited>" at the end. */
static void find_edited(struct lm_wa_body *b)
{
    struct lm_str t = trim_end(b->text);
    if (t.n == 0 || t.p[t.n - 1] != '>')
        return;
    const char *open = last_of(lm_str_skip(t, t.n > 120 ? t.n - 120 : 0), '<');
    if (open == NULL || !lm_wa_is_edited(slice(open + 1, end_of(t) - 1)))
        return;
    b->flags |= LM_EVENT_EDITED;
    b->text = trim_end(slice(t.p, open));
}

static bool degrees(struct lm_str s, double limit, double *ret)
{
    return lm_str_to_double(s, ret) && *ret >= -limit && *ret <= limit;
}

/* "Location: https://maps.google.com/?q=39.73,-104.99", also with a name before the address and without any
 * label. */
static void find_place(struct lm_wa_body *b)
{
    static const struct lm_str address = { "https://maps.google.com/?q=", 27 };
    if (memchr(b->text.p, ':', b->text.n < 48 ? b->text.n : 48) == NULL)
        return;
    struct lm_str line = first_line(b->text);
    size_t at = lm_str_find(line, address);
    if (at == SIZE_MAX)
        return;
    struct lm_str numbers = lm_str_skip(line, at + address.n);
    size_t n = 0, comma = SIZE_MAX;
    while (n < numbers.n && (strchr("+-.,0123456789", numbers.p[n]) != NULL && numbers.p[n] != '\0')) {
        if (numbers.p[n] == ',') {
            if (comma != SIZE_MAX)
                break;
            comma = n;
        }
        n++;
    }
    double latitude, longitude;
    if (comma == SIZE_MAX || !degrees(lm_str_take(numbers, comma), 90, &latitude)
        || !degrees(lm_str_take(lm_str_skip(numbers, comma + 1), n - comma - 1), 180, &longitude))
        return;
    b->has_place = true;
    b->latitude = latitude;
    b->longitude = longitude;
}

/* Nothing of the app's can be in the body: most bodies. */
static bool is_plain(struct lm_str raw, const struct lm_wa_filter *f)
{
    unsigned char first = (unsigned char)raw.p[0], last = (unsigned char)raw.p[raw.n - 1];
    return first > ' ' && first < 0x80 && first != '<' && last > ' ' && last < 0x80 && last != '>'
           && last != ')' && !lm_wa_filter_may(f, raw);
}

void lm_wa_body_read(struct lm_str raw, bool one_line, bool may_hold_mark, const struct lm_wa_filter *f,
                     struct lm_wa_body *ret)
{
    struct lm_wa_body *b = ret;
    b->text = raw;
    b->flags = 0;
    b->has_attachment = b->has_place = b->has_notice = false;
    if (raw.n == 0)
        return;
    /* The app's mark stands at the front of a notice, and before an attachment or an edit at the end. */
    bool has_mark =
        may_hold_mark && memchr(raw.p, 0xe2, raw.n) != NULL && memmem(raw.p, raw.n, LRM, 3) != NULL;
    if (!one_line || has_mark || !is_plain(raw, f)) {
        bool marked = has_mark && lm_str_starts(raw, LM_STR(LRM));
        find_edited(b);
        if (b->text.n == 0)
            return;
        find_attachment(b->text, f, has_mark, b);
        if (b->has_attachment)
            return;
        struct lm_str trimmed = lm_wa_trim(trim_end(b->text));
        if ((marked || lm_wa_filter_may(f, trimmed)) && lm_wa_notice_find(trimmed, marked, &b->notice)) {
            b->has_notice = true;
            b->notice_text = trimmed;
            return;
        }
    }
    if (b->text.n > 30)
        find_place(b);
}
