#include "formats/pdf_poppler.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

lm_err lm_poppler_load(struct lm_poppler *ret)
{
    struct lm_poppler l = { 0 };
    /* it brings glib and gobject, whose names are looked up through it; loaded already, no file is touched */
    void *handle = dlopen("libpoppler-glib.so.8", RTLD_NOW | RTLD_LOCAL);
    bool all = handle != NULL;
    void *at;
    if (handle == NULL)
        return LM_ENOTFOUND;
#define FIND(name)                                                                                           \
    at = dlsym(handle, #name);                                                                               \
    all = all && at != NULL;                                                                                 \
    memcpy(&l.name, &at, sizeof at);
    LM_POPPLER_FUNCTIONS(FIND)
#undef FIND
    if (!all)
        return LM_ENOTFOUND;
    *ret = l;
    return LM_OK;
}
