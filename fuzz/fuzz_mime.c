/* fuzz_mime.c - multipart messages on any bytes.
 *
 * Besides not crashing: parts lie in the message, one after the other, and decode to no more than they hold. */
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "formats/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static lm_err count(void *user, const char *p, size_t n)
{
    static volatile char last;
    require(n != 0);
    last = p[n - 1];
    (void)last;
    *(size_t *)user += n;
    return LM_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_str message = { (const char *)data, size };
    struct lm_mime m;
    struct lm_mime_part part;
    const char *before = message.p;
    if (!lm_mime_open(message, &m))
        return 0;
    require(m.boundary.n != 0 && m.rest.p >= message.p && m.rest.p + m.rest.n == message.p + message.n);
    while (lm_mime_next(&m, &part)) {
        size_t out = 0;
        bool clean;
        require(part.body.n == 0 || (part.body.p >= before && part.body.p + part.body.n <= m.rest.p));
        require(lm_mime_decode(&part, count, &out, &clean) == LM_OK && out <= part.body.n);
        before = m.rest.p;
    }
    return 0;
}
