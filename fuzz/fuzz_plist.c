/* fuzz_plist.c - binary property lists, and archives in them, on any bytes: the tree stays within its limits and can be written as JSON. */
#include <stdint.h>
#include <stdlib.h>

#include "formats/json_out.h"
#include "formats/plist.h"
#include "readers/shared/archive_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(const struct lm_jnode *n, unsigned depth)
{
    size_t all = 1;
    if (depth > LM_JTREE_MAX_DEPTH + 1)
        abort();
    for (const struct lm_jnode *c = n->first; c != NULL; c = c->next)
        all += count(c, depth + 1);
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_str bytes = { (const char *)data, size };
    struct lm_arena a;
    struct lm_plist p;
    struct lm_jnode *root;
    struct lm_buf b;
    struct lm_json_out o;
    bool odd, broken;
    lm_arena_init(&a, (size_t)256 << 20);
    if (lm_plist_open(bytes, &p, NULL) == LM_OK)
        for (uint64_t i = 0; i < p.n && i < 1024; i++) {
            struct lm_plist_object one;
            struct lm_str text;
            if (lm_plist_get(&p, i, &one) != LM_OK)
                continue;
            size_t items = one.type == LM_PLIST_DICT ? 2 * one.n : one.n;
            for (size_t k = 0; k < items && k < 1024; k++)
                (void)lm_plist_item(&p, &one, k);
            (void)lm_plist_text(&a, &one, &text, NULL);
        }
    if (lm_archive_tree(&a, bytes, &root, &odd, &broken) == LM_OK) {
        if (count(root, 0) > 4 * (size_t)LM_JTREE_MAX_NODES)
            abort();
        lm_buf_init(&b, (size_t)64 << 20);
        lm_json_out_init(&o, &b);
        lm_json_object(&o);
        lm_jtree_rest(&o, root);
        lm_json_object_end(&o);
        lm_buf_free(&b);
    }
    lm_arena_free(&a);
    return 0;
}
