#include "readers/shared/json_sniff.h"

#define NAME_ROOM 40

struct walk {
    const struct lm_sniff_clue *clues;
    size_t n_clues;
    uint64_t found;
    char names[LM_SNIFF_MAX_DEPTH + 1]
              [NAME_ROOM];                  /* of the container open at each depth, and of the last key */
    size_t lengths[LM_SNIFF_MAX_DEPTH + 1]; /* SIZE_MAX: too long to be any clue's */
};

static unsigned kind_of(enum lm_json_type t)
{
    switch (t) {
    case LM_JSON_STRING:
        return LM_SNIFF_STRING;
    case LM_JSON_NUMBER:
        return LM_SNIFF_NUMBER;
    case LM_JSON_OBJECT:
        return LM_SNIFF_OBJECT;
    case LM_JSON_ARRAY:
        return LM_SNIFF_ARRAY;
    case LM_JSON_TRUE:
    case LM_JSON_FALSE:
    case LM_JSON_NULL:
        return LM_SNIFF_OTHER;
    case LM_JSON_END:
    case LM_JSON_OBJECT_END:
    case LM_JSON_ARRAY_END:
    case LM_JSON_KEY:
        break;
    }
    return 0;
}

static void set_name(struct walk *w, uint32_t depth, struct lm_str name)
{
    if (depth > LM_SNIFF_MAX_DEPTH)
        return;
    w->lengths[depth] = SIZE_MAX;
    if (name.n <= NAME_ROOM) {
        w->lengths[depth] = name.n;
        if (name.n != 0)
            memcpy(w->names[depth], name.p, name.n);
    }
}

/* Is the path of a value inside `depth` containers the clue's? */
static bool path_is(const struct walk *w, uint32_t depth, const char *path)
{
    struct lm_str rest = lm_str(path);
    for (uint32_t d = 1; d <= depth; d++) {
        if (w->lengths[d] == SIZE_MAX || rest.n == 0)
            return false;
        struct lm_str name = { w->names[d], w->lengths[d] };
        rest = lm_str_skip(rest, 1);
        if (!lm_str_starts(rest, name))
            return false;
        rest = lm_str_skip(rest, name.n);
        if (rest.n != 0 && rest.p[0] != '/')
            return false;
    }
    return rest.n == 0;
}

static bool among(const char *words, struct lm_str s)
{
    struct lm_str all = lm_str(words);
    for (size_t at; s.n != 0 && (at = lm_str_find(all, s)) != SIZE_MAX; all = lm_str_skip(all, at + s.n))
        if (at > 0 && all.p[at - 1] == ' ' && at + s.n < all.n && all.p[at + s.n] == ' ')
            return true;
    return false;
}

static void look_up(struct walk *w, const struct lm_json_token *t)
{
    unsigned kind = kind_of(t->type);
    if (kind == 0 || t->depth == 0 || t->depth > LM_SNIFF_MAX_DEPTH)
        return;
    for (size_t i = 0; i < w->n_clues; i++) {
        const struct lm_sniff_clue *c = &w->clues[i];
        if ((c->kinds & kind) != 0 && (w->found >> i & 1) == 0 && path_is(w, t->depth, c->path)
            && (c->words == NULL || among(c->words, t->text)))
            w->found |= (uint64_t)1 << i;
    }
}

/* The next value with its path in w; false at the end. */
static bool next_value(struct walk *w, struct lm_json *j, struct lm_json_token *t)
{
    if (t->type == LM_JSON_ARRAY)
        set_name(w, t->depth + 1, LM_STR("[]"));
    while (lm_json_next(j, t) == LM_OK && t->type != LM_JSON_END) {
        if (t->type != LM_JSON_KEY)
            return true;
        set_name(w, t->depth, t->text);
    }
    return false;
}

int lm_json_sniff(struct lm_str head, const struct lm_sniff_clue *clues, size_t n_clues, uint64_t *ret_found)
{
    struct walk w = { .clues = clues,
                      .n_clues = n_clues < LM_SNIFF_MAX_CLUES ? n_clues : LM_SNIFF_MAX_CLUES };
    struct lm_json j;
    struct lm_json_token t;
    int bits = 0;
    lm_json_init(&j, head);
    bool rooted = lm_json_next(&j, &t) == LM_OK && (t.type == LM_JSON_OBJECT || t.type == LM_JSON_ARRAY);
    while (rooted && next_value(&w, &j, &t))
        look_up(&w, &t);
    lm_json_free(&j);
    for (size_t i = 0; i < w.n_clues; i++) {
        if ((w.found >> i & 1) == 0)
            continue;
        if (clues[i].bits < 0) {
            bits = 0;
            w.found = 0;
            break;
        }
        bits += clues[i].bits;
    }
    if (ret_found != NULL)
        *ret_found = w.found;
    return bits;
}

void lm_json_pick(struct lm_str doc, const char *const *paths, size_t n_paths, lm_json_take take, void *user)
{
    struct walk w = { .n_clues = 0 };
    struct lm_json j;
    struct lm_json_token t;
    lm_json_init(&j, doc);
    bool rooted = lm_json_next(&j, &t) == LM_OK && (t.type == LM_JSON_OBJECT || t.type == LM_JSON_ARRAY);
    while (rooted && next_value(&w, &j, &t))
        for (size_t i = 0;
             i < n_paths && t.depth > 0 && t.depth <= LM_SNIFF_MAX_DEPTH && kind_of(t.type) != 0; i++)
            if (path_is(&w, t.depth, paths[i]))
                take(user, i, &t);
    lm_json_free(&j);
}
