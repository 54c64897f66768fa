#include "readers/shared/beside.h"

#include <stdio.h>

#define MAX_NAME 1024
#define NOTES_CEILING ((size_t)64 << 20)

void lm_beside_init(struct lm_beside *b, const struct lm_input *in, const char *const *prefixes)
{
    static const char *const bare[] = { "", NULL };
    *b = (struct lm_beside){ .in = in, .prefixes = prefixes != NULL ? prefixes : bare, .n_folders = 1 };
    while (b->prefixes[b->n_prefixes] != NULL)
        b->n_prefixes++;
    for (size_t i = 0; i < in->path.n && b->n_folders <= LM_BESIDE_FOLDERS; i++)
        b->n_folders += in->path.p[i] == '/';
}

/* A relative path without anything that leads out of it; *ret_tail: of an absolute one the last two
 * components. */
static bool plain_name(struct lm_str s, struct lm_str *ret, struct lm_str *ret_tail)
{
    if (lm_str_starts(s, LM_STR("file://")))
        s = lm_str_skip(s, 7);
    if (lm_str_starts(s, LM_STR("~/")))
        s = lm_str_skip(s, 2);
    bool absolute = s.n != 0 && s.p[0] == '/';
    while (s.n != 0 && s.p[0] == '/')
        s = lm_str_skip(s, 1);
    *ret = s;
    *ret_tail = (struct lm_str){ NULL, 0 };
    size_t slashes = 0, i = s.n;
    while (absolute && i > 0 && slashes < 2)
        slashes += s.p[--i] == '/';
    if (slashes == 2)
        *ret_tail = lm_str_skip(s, i + 1);
    return s.n != 0 && s.n <= MAX_NAME && s.p[s.n - 1] != '/' && memchr(s.p, '\0', s.n) == NULL
           && lm_str_find(s, LM_STR("../")) == SIZE_MAX && lm_str_find(s, LM_STR("://")) == SIZE_MAX;
}

struct answer {
    bool there, hashed;
    struct lm_sha256 hash;
};

static lm_err look(struct lm_beside *b, struct lm_str name, size_t folder, size_t prefix, struct answer *ret)
{
    char path[MAX_NAME + 4 * LM_BESIDE_FOLDERS + 256];
    uint64_t bytes = 0;
    size_t n = 0;
    for (size_t i = 0; i < folder; i++, n += 3)
        memcpy(path + n, "../", 3);
    int more = snprintf(path + n, sizeof path - n, "%s%.*s", b->prefixes[prefix], LM_STR_ARG(name));
    if (more <= 0 || n + (size_t)more >= sizeof path || b->asked >= LM_BESIDE_ASKED)
        return LM_OK;
    b->asked++;
    lm_err err = lm_input_sibling_hash(b->in, (struct lm_str){ path, n + (size_t)more },
                                       LM_BESIDE_BYTES - b->bytes, &ret->hash, &bytes);
    if (err != LM_OK && err != LM_ELIMIT)
        return err == LM_ENOMEM ? err : LM_OK;
    ret->there = b->any = true;
    ret->hashed = err == LM_OK;
    b->bytes += ret->hashed ? bytes : 0;
    b->folder = folder;
    b->prefix = prefix;
    return LM_OK;
}

static lm_err find(struct lm_beside *b, struct lm_str name, struct answer *ret)
{
    lm_err err = b->any ? look(b, name, b->folder, b->prefix, ret) : LM_OK;
    if (err != LM_OK || ret->there || b->misses >= LM_BESIDE_MISSES)
        return err;
    for (size_t folder = 0; folder < b->n_folders; folder++)
        for (size_t prefix = 0; prefix < b->n_prefixes; prefix++) {
            bool asked = b->any && folder == b->folder && prefix == b->prefix;
            err = asked ? LM_OK : look(b, name, folder, prefix, ret);
            if (err != LM_OK || ret->there)
                return err;
        }
    return LM_OK;
}

static lm_err add_note(struct lm_arena *a, struct lm_attachment *at, const char *note)
{
    struct lm_str s = at->note.n != 0 ? lm_arena_printf(a, "%.*s; %s", LM_STR_ARG(at->note), note)
                                      : lm_arena_copy(a, lm_str(note));
    if (s.p == NULL)
        return LM_ENOMEM;
    at->note = s;
    return LM_OK;
}

lm_err lm_beside_hash_as(struct lm_beside *b, struct lm_arena *a, struct lm_str name,
                         struct lm_attachment *at)
{
    struct answer found = { .there = false };
    struct lm_str plain, tail;
    char note[80] = "sha256 ";
    if ((b->in->sibling == NULL && b->in->sibling_hash == NULL) || !plain_name(name, &plain, &tail))
        return LM_OK;
    if (b->asked >= LM_BESIDE_ASKED || (!b->any && b->misses >= LM_BESIDE_MISSES)) {
        b->passed += b->any;
        return LM_OK;
    }
    lm_err err = find(b, plain, &found);
    if (err == LM_OK && !found.there && tail.n != 0)
        err = find(b, tail, &found);
    if (err != LM_OK)
        return err;
    if (!found.there) {
        b->misses++;
        return LM_OK;
    }
    if (!found.hashed)
        return add_note(a, at, "in the exhibit, not hashed here");
    (void)lm_sha256_hex(&found.hash, note + 7);
    return add_note(a, at, note);
}

/* --- before a reader's sink --- */

struct before {
    struct lm_sink sink;
    struct lm_sink *inner;
    struct lm_beside beside;
    struct lm_arena a;
};

/* The event's attachments with their hashes; *ret NULL: there is nothing to add. */
static lm_err hashed(struct before *s, const struct lm_event *ev, struct lm_attachment **ret)
{
    struct lm_attachment *list = NULL;
    *ret = NULL;
    for (size_t i = 0; i < ev->n_attachments; i++) {
        struct lm_attachment one = ev->attachments[i];
        if (one.name.n == 0 || lm_str_find(one.note, LM_STR("sha256 ")) != SIZE_MAX)
            continue;
        lm_err err = lm_beside_hash_as(&s->beside, &s->a, one.name, &one);
        if (err != LM_OK)
            return err;
        if (one.note.p == ev->attachments[i].note.p)
            continue;
        if (list == NULL) {
            list = lm_arena_array(&s->a, ev->n_attachments, sizeof *list);
            if (list == NULL)
                return LM_ENOMEM;
            memcpy(list, ev->attachments, ev->n_attachments * sizeof *list);
        }
        list[i] = one;
    }
    *ret = list;
    return LM_OK;
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct before *s = (struct before *)sink;
    struct lm_fact *facts = NULL;
    for (size_t i = 0; i < entry->n_facts; i++) {
        struct lm_attachment *list = NULL;
        if (entry->facts[i].kind != LM_FACT_EVENT || entry->facts[i].event.n_attachments == 0)
            continue;
        lm_err err = hashed(s, &entry->facts[i].event, &list);
        if (err != LM_OK)
            return err;
        if (list == NULL)
            continue;
        if (facts == NULL) {
            facts = lm_arena_array(&s->a, entry->n_facts, sizeof *facts);
            if (facts == NULL)
                return LM_ENOMEM;
            memcpy(facts, entry->facts, entry->n_facts * sizeof *facts);
        }
        facts[i].event.attachments = list;
    }
    if (facts == NULL)
        return s->inner->entry(s->inner, entry);
    struct lm_entry with = *entry;
    with.facts = facts;
    lm_err err = s->inner->entry(s->inner, &with);
    lm_arena_reset(&s->a);
    return err;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    struct before *s = (struct before *)sink;
    return s->inner->problem(s->inner, problem);
}

static lm_err on_empty(struct lm_sink *sink)
{
    struct before *s = (struct before *)sink;
    return s->inner->empty(s->inner);
}

/* Where a form's names lead, seen from some folder of the exhibit. */
static const char *const *prefixes_of(const char *reader)
{
    static const char *const whatsapp[] = { "", "WhatsApp/", NULL },
                             *const iphone[] = { "Message/", "", NULL },
                             *const desktop[] = { "attachments.noindex/", "", NULL },
                             *const signal_ios[] = { "Attachments/", "", NULL };
    static const struct {
        const char *reader;
        const char *const *prefixes;
    } list[] = {
        { "whatsapp_android", whatsapp },
        { "whatsapp_ios", iphone },
        { "signal_desktop_db", desktop },
        { "signal_ios_db", signal_ios },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i].reader, reader) == 0)
            return list[i].prefixes;
    return NULL;
}

lm_err lm_beside_read(const struct lm_reader *reader, struct lm_read *ctx, struct lm_sink *sink)
{
    struct before s = { .sink = { on_entry, on_problem, on_empty }, .inner = sink };
    lm_beside_init(&s.beside, ctx->in, prefixes_of(reader->name));
    lm_arena_init(&s.a, NOTES_CEILING);
    lm_err err = reader->read(ctx, &s.sink);
    lm_arena_free(&s.a);
    if (err == LM_OK && s.beside.passed != 0)
        err = lm_sink_problem(
            sink, LM_PROBLEM_DOUBTED, 0, (struct lm_locator){ 0 },
            "%llu more names of media were not looked for in the exhibit: no hash stands beside them",
            (unsigned long long)s.beside.passed);
    return err;
}
