/* zone.h - a time zone from the system's tzdata: wall clock → UTC.
 *
 * Layout: TZif versions 2 to 4, RFC 8536 (and 9636), from /usr/share/zoneinfo; the POSIX TZ string in
 * the footer serves the times after the last transition. No environment, no localtime(), no leap seconds (the "right"
 * files are refused). A version 1 file is refused: it ends in 2037.
 *
 * memory  one file, at most 1 MiB, in the arena
 * cost    O(log transitions) per conversion
 * test    tests/unit/test_zone.c
 */
#ifndef LM_MODEL_ZONE_H
#define LM_MODEL_ZONE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/when.h"

/* "Mm.w.d", "Jn" or "n", with its second of the day. */
struct lm_zone_rule_day {
    char form; /* 'M', 'J', 'N' */
    int32_t month, week, day;
    int32_t time_s;
};

struct lm_zone {
    struct lm_str name;
    const int64_t *transitions; /* UTC seconds, rising */
    const int32_t *offsets;     /* east of UTC, from transitions[i] on; same length */
    size_t n;
    int32_t first_offset_s;     /* before the first transition */
    bool has_footer, has_dst;
    int32_t std_s, dst_s;
    struct lm_zone_rule_day dst_start, dst_end;
};

/* name: "America/Denver". LM_EUSAGE: not a name; LM_ENOTFOUND: no such zone; LM_EINPUT: the file is damaged. */
lm_err lm_zone_load(struct lm_arena *a, struct lm_str name, struct lm_zone *ret, struct lm_error *e);
/* The same from the bytes of a TZif file, for tests and fuzzing. */
lm_err lm_zone_parse(struct lm_arena *a, struct lm_str tzif, struct lm_zone *ret, struct lm_error *e);

/* Seconds east of UTC at a moment. */
int32_t lm_zone_offset(const struct lm_zone *z, int64_t utc_s);

enum lm_zone_hit {
    LM_ZONE_ONCE,
    LM_ZONE_TWICE, /* clocks went back: the earlier of the two is given */
    LM_ZONE_NEVER, /* clocks went forward over it: read with the offset that was left */
};
/* w of quality LOCAL becomes quality ZONE. Other qualities stay as they are, with LM_ZONE_ONCE. */
enum lm_zone_hit lm_zone_apply(const struct lm_zone *z, struct lm_when *w);

#endif
