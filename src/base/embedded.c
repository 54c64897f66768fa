#include "base/embedded.h"

struct lm_str lm_embedded(struct lm_str name)
{
    for (const struct lm_embedded_file *f = lm_embedded_files; f->name.p != NULL; f++)
        if (lm_str_eq(f->name, name))
            return f->bytes;
    return (struct lm_str){ NULL, 0 };
}
