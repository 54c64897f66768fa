/* Which conversation the file holds: its title, whether it is direct, who the other end of a message is. */
#include "readers/whatsapp_text.h"

static struct lm_str last_component(struct lm_str path, struct lm_str *ret_folder)
{
    const char *slash = path.n != 0 ? memrchr(path.p, '/', path.n) : NULL;
    if (slash == NULL) {
        *ret_folder = (struct lm_str){ NULL, 0 };
        return path;
    }
    *ret_folder = (struct lm_str){ path.p, (size_t)(slash - path.p) };
    return lm_str_skip(path, (size_t)(slash + 1 - path.p));
}

static struct lm_str without_ending(struct lm_str name)
{
    static const char *const endings[] = { ".txt", ".zip", "_txt", "_zip" };
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
            if (name.n > 4 && lm_str_is_nocase(lm_str_skip(name, name.n - 4), endings[i])) {
                name = lm_str_take(name, name.n - 4);
                again = true;
            }
        }
        /* "Name (1)": a second copy in a download folder */
        if (name.n > 4 && name.p[name.n - 1] == ')' && name.p[name.n - 3] == '(' && name.p[name.n - 4] == ' '
            && name.p[name.n - 2] >= '0' && name.p[name.n - 2] <= '9') {
            name = lm_str_take(name, name.n - 4);
            again = true;
        }
    }
    return name;
}

/* What follows "WhatsApp Chat with", "Chat de WhatsApp con", "WhatsApp-Chat mit"… */
static bool title_in(struct lm_str name, struct lm_str *ret)
{
    static const char *const links[] = { " - ",      " with ", " mit ", " con ", " com ",
                                         " avec ",   " met ",  " med ", " z ",   " ile ",
                                         " dengan ", " cu ",   " s ",   " с ",   " no chat " };
    size_t app = lm_str_find(name, LM_STR("WhatsApp"));
    if (app == SIZE_MAX)
        return false;
    struct lm_str rest = lm_str_skip(name, app + 8), best = { NULL, 0 };
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        size_t at = lm_str_find(rest, lm_str(links[i]));
        struct lm_str title =
            at != SIZE_MAX ? lm_str_skip(rest, at + strlen(links[i])) : (struct lm_str){ NULL, 0 };
        if (title.n > best.n)
            best = title; /* the link that stands first */
    }
    best = lm_wa_trim(best);
    if (best.n == 0)
        return false;
    *ret = best;
    return true;
}

struct lm_str lm_wa_title(struct lm_str path)
{
    struct lm_str folder, title, name = last_component(path, &folder);
    if (title_in(without_ending(name), &title))
        return title;
    /* "_chat.txt" is the name inside the archive that iOS makes: the archive or folder carries the title. */
    name = last_component(folder, &folder);
    if (title_in(without_ending(name), &title))
        return title;
    return (struct lm_str){ NULL, 0 };
}

/* ASCII letters in lower case, digits, and letters of other scripts; no emoji, marks or signs, which file
 * names lose. */
static size_t letters_of(struct lm_str s, char *out, size_t max)
{
    size_t n = 0;
    bool mark;
    for (size_t i = 0; i < s.n;) {
        struct lm_str rest = lm_str_skip(s, i);
        uint32_t cp;
        size_t k = lm_wa_blank(rest, &mark);
        if (k != 0 || (k = lm_utf8_decode(rest, &cp)) == 0) {
            i += k != 0 ? k : 1;
            continue;
        }
        bool ascii = (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
        if ((ascii || (cp >= 0xc0 && cp < 0x2000) || (cp >= 0x3000 && cp < 0xfe00)) && n + k <= max) {
            memcpy(out + n, rest.p, k);
            if (cp >= 'A' && cp <= 'Z')
                out[n] = (char)(out[n] | 0x20);
            n += k;
        }
        i += k;
    }
    return n;
}

/* File names lose signs and emoji, and may be cut: one inside the other is enough, and so is having no
 * letters. */
static bool names_agree(struct lm_str a, struct lm_str b)
{
    char left[128], right[128];
    struct lm_str l = { left, letters_of(a, left, sizeof left) },
                  r = { right, letters_of(b, right, sizeof right) };
    return l.n == 0 || r.n == 0 || lm_str_find(l, r) != SIZE_MAX || lm_str_find(r, l) != SIZE_MAX;
}

static bool is_member(const struct lm_wa_author *a)
{
    return a->n_messages > 0 && !a->notice;
}

lm_err lm_wa_thread_init(struct lm_read *ctx, const struct lm_wa_survey *s, struct lm_wa_thread *ret)
{
    struct lm_wa_thread t = { .title = lm_wa_title(ctx->in->path) };
    size_t n = 0;
    for (size_t i = 0; i < s->n_authors; i++) {
        if (!is_member(&s->authors[i]))
            continue;
        if (n < 2)
            t.pair[n] = &s->authors[i];
        n++;
    }
    if (s->group || n > 2 || s->authors_overflow)
        t.kind = LM_THREAD_GROUP;
    else if (n == 2 && t.title.n != 0 && !names_agree(t.title, t.pair[0]->ref.display)
             && !names_agree(t.title, t.pair[1]->ref.display))
        t.stranger = true;
    else if (n == 2)
        t.kind = LM_THREAD_DIRECT;
    if (!lm_wa_is_clean(t.title, NULL)) {
        uint64_t altered;
        t.title = lm_wa_repair(ctx->file, t.title, &altered);
        if (t.title.p == NULL)
            return LM_ENOMEM;
    }
    *ret = t;
    return LM_OK;
}

const struct lm_account_ref *lm_wa_other_end(const struct lm_wa_thread *t, const struct lm_wa_author *from)
{
    if (t->kind != LM_THREAD_DIRECT || (from != t->pair[0] && from != t->pair[1]))
        return NULL;
    return &t->pair[from == t->pair[0]]->ref;
}
