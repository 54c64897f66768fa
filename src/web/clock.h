/* clock.h - the server's clock: for timeouts and idle sessions, never for anything that is reported. */
#ifndef LM_WEB_CLOCK_H
#define LM_WEB_CLOCK_H

#include <stdint.h>

/* Monotonic, microseconds. */
int64_t lm_web_now_us(void);

#endif
