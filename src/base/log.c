#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/os.h"

#define LINE_BYTES 1024
#define PERIOD_US 100000

void lm_log_init(struct lm_log *l, int fd)
{
    *l = (struct lm_log){ .fd = fd, .terminal = fd >= 0 && isatty(fd) };
}

static bool control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 || (cp >= 0x202a && cp <= 0x202e)
           || (cp >= 0x2066 && cp <= 0x2069);
}

void lm_log_safe(struct lm_buf *out, struct lm_str s)
{
    while (s.n > 0) {
        uint32_t cp = 0;
        size_t k = lm_utf8_decode(s, &cp);
        lm_buf_put(out, k == 0 || control(cp) ? LM_STR("\xef\xbf\xbd") : lm_str_take(s, k));
        s = lm_str_skip(s, k == 0 ? 1 : k);
    }
}

__attribute__((format(printf, 4, 0))) static void put(struct lm_log *l, const char *before, const char *after, const char *fmt, va_list ap)
{
    char line[LINE_BYTES];
    int n = vsnprintf(line, sizeof line, fmt, ap);
    struct lm_buf b;
    if (n < 0)
        return;
    lm_buf_init(&b, 4 * LINE_BYTES);
    lm_buf_put(&b, lm_str(before));
    lm_log_safe(&b, lm_str_take(lm_str(line), sizeof line));
    lm_buf_put(&b, lm_str(after));
    if (!b.failed && write(l->fd, b.p, b.n) < 0)
        l->fd = -1;
    lm_buf_free(&b);
}

void lm_log_done(struct lm_log *l)
{
    if (l->open_line && write(l->fd, "\r\033[K", 4) < 0)
        l->fd = -1;
    l->open_line = false;
}

void lm_log_line(struct lm_log *l, const char *fmt, ...)
{
    va_list ap;
    if (l->fd < 0)
        return;
    lm_log_done(l);
    va_start(ap, fmt);
    put(l, "lastmile: ", "\n", fmt, ap);
    va_end(ap);
}

void lm_log_progress(struct lm_log *l, const char *fmt, ...)
{
    va_list ap;
    int64_t now = lm_os_now_us();
    if (!l->terminal || now < l->next_us)
        return;
    l->next_us = now + PERIOD_US;
    va_start(ap, fmt);
    put(l, "\r\033[K", "", fmt, ap);
    va_end(ap);
    l->open_line = true;
}
