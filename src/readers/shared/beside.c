#include "readers/shared/beside.h"

#include <stdio.h>

#include "base/hash.h"

#define MAX_NAME 1024

void lm_beside_init(struct lm_beside *b, const struct lm_input *in, const char *const *prefixes)
{
    static const char *const bare[] = { "", NULL };
    *b = (struct lm_beside){ .in = in, .prefixes = prefixes != NULL ? prefixes : bare, .n_folders = 1 };
    while (b->prefixes[b->n_prefixes] != NULL)
        b->n_prefixes++;
    for (size_t i = 0; i < in->path.n && b->n_folders <= LM_BESIDE_FOLDERS; i++)
        b->n_folders += in->path.p[i] == '/';
}

/* A relative path without anything that leads out of it. */
static bool plain_name(struct lm_str s, struct lm_str *ret)
{
    if (lm_str_starts(s, LM_STR("file://")))
        s = lm_str_skip(s, 7);
    if (lm_str_starts(s, LM_STR("~/")))
        s = lm_str_skip(s, 2);
    while (s.n != 0 && s.p[0] == '/')
        s = lm_str_skip(s, 1);
    *ret = s;
    return s.n != 0 && s.n <= MAX_NAME && s.p[s.n - 1] != '/' && memchr(s.p, '\0', s.n) == NULL
           && lm_str_find(s, LM_STR("../")) == SIZE_MAX && lm_str_find(s, LM_STR("://")) == SIZE_MAX;
}

static bool look(struct lm_beside *b, struct lm_str name, size_t folder, size_t prefix, struct lm_str *ret)
{
    char path[MAX_NAME + 4 * LM_BESIDE_FOLDERS + 256];
    size_t n = 0;
    for (size_t i = 0; i < folder; i++, n += 3)
        memcpy(path + n, "../", 3);
    int more = snprintf(path + n, sizeof path - n, "%s%.*s", b->prefixes[prefix], LM_STR_ARG(name));
    if (more <= 0 || n + (size_t)more >= sizeof path)
        return false;
    if (lm_input_sibling(b->in, (struct lm_str){ path, n + (size_t)more }, ret) != LM_OK)
        return false;
    b->any = true;
    b->folder = folder;
    b->prefix = prefix;
    return true;
}

static bool find(struct lm_beside *b, struct lm_str name, struct lm_str *ret)
{
    if (b->any && look(b, name, b->folder, b->prefix, ret))
        return true;
    for (size_t folder = 0; folder < b->n_folders; folder++)
        for (size_t prefix = 0; prefix < b->n_prefixes; prefix++)
            if (look(b, name, folder, prefix, ret))
                return true;
    return false;
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
    struct lm_str bytes, plain;
    struct lm_sha256 h;
    char note[80] = "sha256 ";
    bool over = b->files >= LM_BESIDE_FILES || (!b->any && b->misses >= LM_BESIDE_MISSES);
    if (b->in->sibling == NULL || over || !plain_name(name, &plain))
        return LM_OK;
    if (!find(b, plain, &bytes)) {
        b->misses++;
        return LM_OK;
    }
    b->files++;
    if (bytes.n > LM_BESIDE_BYTES - b->bytes)
        return add_note(a, at, "in the exhibit, not hashed here");
    b->bytes += bytes.n;
    lm_err err = lm_sha256_of(bytes, &h);
    if (err != LM_OK)
        return err;
    (void)lm_sha256_hex(&h, note + 7);
    return add_note(a, at, note);
}

lm_err lm_beside_hash(struct lm_beside *b, struct lm_arena *a, struct lm_attachment *at)
{
    return lm_beside_hash_as(b, a, at->name, at);
}

lm_err lm_beside_hash_all(struct lm_beside *b, struct lm_arena *a, struct lm_attachment *list, size_t n)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < n && err == LM_OK; i++)
        err = lm_beside_hash(b, a, &list[i]);
    return err;
}
