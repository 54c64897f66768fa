#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/os.h"

#define LINE_BYTES 2048
#define PERIOD_US 100000

void lm_log_init(struct lm_log *l, int fd)
{
    *l = (struct lm_log){ .fd = fd, .terminal = fd >= 0 && isatty(fd) };
}

static bool is_active(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e)
           || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

/* The first character of *s as it may be shown; *s is moved behind it. */
static struct lm_str next_shown(struct lm_str *s)
{
    uint32_t cp = 0;
    size_t k = lm_utf8_decode(*s, &cp);
    struct lm_str shown = k == 0 || is_active(cp) ? LM_STR("\xef\xbf\xbd") : lm_str_take(*s, k);
    *s = lm_str_skip(*s, k == 0 ? 1 : k);
    return shown;
}

size_t lm_log_width(struct lm_str s)
{
    size_t n = 0;
    for (; s.n > 0; n++)
        (void)next_shown(&s);
    return n;
}

size_t lm_log_safe_cut(struct lm_buf *out, struct lm_str s, size_t max)
{
    bool cut = max != 0 && lm_log_width(s) > max;
    size_t n = 0;
    for (; s.n > 0 && !(cut && n == max - 1); n++)
        lm_buf_put(out, next_shown(&s));
    if (cut)
        lm_buf_put(out, LM_STR("…"));
    return n + cut;
}

size_t lm_log_safe(struct lm_buf *out, struct lm_str s)
{
    return lm_log_safe_cut(out, s, 0);
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
