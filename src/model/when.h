/* when.h - moments: microseconds since 1970-01-01T00:00:00Z, with what is known of the zone.
 *
 * Proleptic Gregorian calendar, years 1 … 9999; no leap seconds. Nothing here reads the clock, the
 * environment or the system's zone. A moment of quality LM_TIME_LOCAL holds the wall clock as if it were UTC and
 * stands for the interval [us - 14 h, us + 12 h] of UTC (zones run from UTC-12 to UTC+14).
 */
#ifndef LM_MODEL_WHEN_H
#define LM_MODEL_WHEN_H

#include "base/str.h"
#include "model/words.h"

#define LM_SECOND_US INT64_C(1000000)
#define LM_DAY_US (INT64_C(86400) * LM_SECOND_US)
#define LM_DAY_NONE INT32_MIN

struct lm_when {
    int64_t us;       /* UTC; for LOCAL the wall clock */
    int32_t offset_s; /* seconds east of UTC; meaningful for ZONE only */
    enum lm_time_quality quality;
};

struct lm_civil {
    int32_t year, month, day; /* month 1 … 12, day 1 … 31 */
    int32_t hour, minute, second, microsecond;
};

/* False for an impossible date or time (month 13, 30 February, 24:00:01). 24:00:00 is refused;
 * second 60 is refused. */
bool lm_civil_to_us(const struct lm_civil *c, int64_t *ret);
void lm_civil_from_us(int64_t us, struct lm_civil *ret);

/* Days since 1970-01-01; false for an impossible date. */
bool lm_day_from_civil(int32_t year, int32_t month, int32_t day, int32_t *ret);

/* "2023-05-01" (also 2023/05/01); the whole slice. */
bool lm_day_parse(struct lm_str s, int32_t *ret);

/* ISO 8601 as exports write it: "2023-05-01T10:00:00", with ' ' for 'T', optional seconds and fraction (up to 9
 * digits, cut to microseconds), optional "Z", " UTC" or ±hh:mm. Without a zone the quality is LOCAL. */
bool lm_when_parse_iso(struct lm_str s, struct lm_when *ret);

/* The earliest and latest UTC moment that w can be; for UTC and ZONE both are w.us. */
void lm_when_interval(const struct lm_when *w, int64_t *ret_first_us, int64_t *ret_last_us);

/* Longest text that lm_when_format writes, with its NUL. */
#define LM_WHEN_TEXT 40

/* "2023-05-01T10:00:00Z" for UTC, "…-06:00" for ZONE (in that zone's wall clock), no suffix for
 * LOCAL, "" for NONE. Microseconds only when they are not zero. Returns out. */
const char *lm_when_format(const struct lm_when *w, char out[LM_WHEN_TEXT]);
const char *lm_day_format(int32_t day, char out[LM_WHEN_TEXT]);

#endif
