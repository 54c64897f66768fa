/* log.h - messages and progress for the person at the terminal, on standard error.
 *
 * Never evidence: paths, counts and reasons only; control characters are shown as '?', so that a file name
 * cannot drive the terminal. Progress appears only on a terminal, at most ten times a second, on one line.
 */
#ifndef LM_BASE_LOG_H
#define LM_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct lm_log {
    int fd;
    bool terminal;
    bool open_line;
    int64_t next_us;
};

/* fd -1: says nothing. */
void lm_log_init(struct lm_log *l, int fd);
void lm_log_line(struct lm_log *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Replaces the progress line. */
void lm_log_progress(struct lm_log *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Takes the progress line away. */
void lm_log_done(struct lm_log *l);

/* Text of unknown origin for people: control characters (C0, C1, bidirectional overrides) and what is not
 * UTF-8 become U+FFFD. */
void lm_log_safe(struct lm_buf *out, struct lm_str s);

#endif
