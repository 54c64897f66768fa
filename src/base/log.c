#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/os.h"
#include "base/terminal.h"

#define LINE_BYTES 2048
#define PERIOD_US 100000

void lm_log_init(struct lm_log *l, int fd)
{
    *l = (struct lm_log){ .fd = fd, .terminal = fd >= 0 && isatty(fd) };
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
    lm_terminal_put(&b, lm_str_take(lm_str(line), sizeof line));
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
