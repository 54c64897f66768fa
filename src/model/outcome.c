#include "model/outcome.h"

/* "voicemail", "Voice mail", "to_voice-mail" */
static bool speaks_of_voicemail(struct lm_str s)
{
    static const char voice[] = "voice";
    for (size_t i = 0; i + 9 <= s.n; i++) {
        if (!lm_str_is_nocase((struct lm_str){ s.p + i, 5 }, voice))
            continue;
        size_t at = i + 5;
        if (s.p[at] == ' ' || s.p[at] == '-' || s.p[at] == '_')
            at++;
        if (at + 4 <= s.n && lm_str_eq_nocase((struct lm_str){ s.p + at, 4 }, LM_STR("mail")))
            return true;
    }
    return false;
}

enum lm_event_outcome lm_outcome_of(enum lm_event_kind kind, unsigned flags, struct lm_str detail)
{
    if (kind == LM_EVENT_CALL && (flags & LM_EVENT_FORWARDED))
        return LM_OUTCOME_FORWARDED;
    if (kind == LM_EVENT_CALL && speaks_of_voicemail(detail))
        return LM_OUTCOME_VOICEMAIL;
    return flags & LM_EVENT_ATTEMPT ? LM_OUTCOME_ATTEMPT : LM_OUTCOME_TOOK_PLACE;
}
