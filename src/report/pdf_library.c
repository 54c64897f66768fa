#include "report/pdf_library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
/* Read by the leak checker of a build with sanitizers: fontconfig and Pango keep their caches until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libglib\nleak:libcairo\n";
}
#endif

lm_err lm_pdf_library_load(struct lm_pdf_library *ret, struct lm_error *e)
{
    struct lm_pdf_library l = { 0 };
    bool all = true;
    /* it brings pango, cairo and gobject, whose names are looked up through it */
    void *handle = dlopen("libpangocairo-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
    if (handle != NULL) {
        void *at;
#define FIND(name)                                                                                           \
    at = dlsym(handle, #name);                                                                               \
    all = all && at != NULL;                                                                                 \
    memcpy(&l.name, &at, sizeof at);
        LM_PDF_FUNCTIONS(FIND)
#undef FIND
    }
    if (handle == NULL || !all) {
        (void)lm_fail(e, LM_ENOTFOUND, "no PDF: Pango is not on this machine");
        lm_fail_hint(e, "apt-get install libpangocairo-1.0-0; or --html");
        return LM_ENOTFOUND;
    }
    *ret = l;
    return LM_OK;
}
