#include "rollup/compare.h"

static bool approximate(enum lm_qualifier q)
{
    return q == LM_QUALIFIER_NEARLY || q == LM_QUALIFIER_ABOUT;
}

enum lm_qualifier lm_qualifier_join(enum lm_qualifier a, enum lm_qualifier b)
{
    if (a == b)
        return a;
    if (approximate(a) || approximate(b))
        return LM_QUALIFIER_ABOUT;
    return a == LM_QUALIFIER_MORE_THAN || b == LM_QUALIFIER_MORE_THAN ? LM_QUALIFIER_MORE_THAN
                                                                      : LM_QUALIFIER_AT_LEAST;
}

bool lm_value_agrees(int64_t computed, int64_t published, enum lm_qualifier qualifier)
{
    int64_t off, room;
    if (__builtin_sub_overflow(computed, published, &off))
        return false;
    room = published / 100 * LM_NEAR_PERCENT + published % 100 * LM_NEAR_PERCENT / 100;
    switch (qualifier) {
    case LM_QUALIFIER_EXACT:
        return off == 0;
    case LM_QUALIFIER_AT_LEAST:
        return off >= 0;
    case LM_QUALIFIER_MORE_THAN:
        return off > 0;
    case LM_QUALIFIER_NEARLY:
        return off <= 0 && off >= -room;
    case LM_QUALIFIER_ABOUT:
        return off <= room && off >= -room;
    }
    return false;
}
