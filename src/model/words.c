#include "model/words.h"

#define WORD(id, word) word,
#define LISTED(id, word) word ", "

static bool parse(const char *const *words, size_t n, struct lm_str word, size_t *ret)
{
    for (size_t i = 0; i < n; i++) {
        if (lm_str_is_nocase(word, words[i])) {
            *ret = i;
            return true;
        }
    }
    return false;
}

#define DEFINE(name, list)                                                                                   \
    static const char *const name##_table[] = { list(WORD) };                                                \
    const char *lm_##name##_word(enum lm_##name v)                                                           \
    {                                                                                                        \
        return (size_t)v < sizeof name##_table / sizeof name##_table[0] ? name##_table[v] : "?";             \
    }                                                                                                        \
    bool lm_##name##_parse(struct lm_str word, enum lm_##name *ret)                                          \
    {                                                                                                        \
        size_t at;                                                                                           \
        if (!parse(name##_table, sizeof name##_table / sizeof name##_table[0], word, &at))                   \
            return false;                                                                                    \
        *ret = (enum lm_##name)at;                                                                           \
        return true;                                                                                         \
    }                                                                                                        \
    const char *lm_##name##_words(void)                                                                      \
    {                                                                                                        \
        return list(LISTED);                                                                                 \
    }

DEFINE(platform, LM_PLATFORMS)
DEFINE(event_kind, LM_EVENT_KINDS)
DEFINE(event_flag, LM_EVENT_FLAGS)
DEFINE(thread_kind, LM_THREAD_KINDS)
DEFINE(authority_kind, LM_AUTHORITY_KINDS)
DEFINE(reach, LM_REACHES)
DEFINE(qualifier, LM_QUALIFIERS)
DEFINE(unit, LM_UNITS)
DEFINE(identifier_type, LM_IDENTIFIER_TYPES)
DEFINE(time_quality, LM_TIME_QUALITIES)
DEFINE(op_table, LM_OP_TABLES)
DEFINE(org_measure, LM_ORG_MEASURES)
DEFINE(org_scope, LM_ORG_SCOPES)

DEFINE(firearm_link, LM_FIREARM_LINKS)
DEFINE(event_outcome, LM_EVENT_OUTCOMES)
DEFINE(link_class, LM_LINK_CLASSES)
DEFINE(attribution_basis, LM_ATTRIBUTION_BASES)
DEFINE(identity_kind, LM_IDENTITY_KINDS)
DEFINE(identity_verdict, LM_IDENTITY_VERDICTS)
DEFINE(attribution_state, LM_ATTRIBUTION_STATES)
DEFINE(form_kind, LM_FORM_KINDS)
DEFINE(form_reason, LM_FORM_REASONS)

const char *lm_event_flag_said(enum lm_event_flag v)
{
    static const char *const said[] = {
        [LM_EVENT_FLAG_SYSTEM] = "written by the app",
        [LM_EVENT_FLAG_DELETED] = "deleted",
        [LM_EVENT_FLAG_EDITED] = "edited",
        [LM_EVENT_FLAG_ATTEMPT] = "attempt",
        [LM_EVENT_FLAG_FORWARDED] = "forwarded",
        [LM_EVENT_FLAG_HEADER_IN_BODY] = "looks like two messages",
        [LM_EVENT_FLAG_PAYMENT_HINT] = "marked as about money",
    };
    return (size_t)v < sizeof said / sizeof said[0] ? said[v] : NULL;
}

bool lm_platform_is_social(enum lm_platform p)
{
    return p == LM_PLATFORM_FACEBOOK || p == LM_PLATFORM_INSTAGRAM || p == LM_PLATFORM_TIKTOK
           || p == LM_PLATFORM_SNAPCHAT;
}

bool lm_platform_is_encrypted(enum lm_platform p)
{
    return p == LM_PLATFORM_WHATSAPP || p == LM_PLATFORM_TELEGRAM || p == LM_PLATFORM_SIGNAL
           || p == LM_PLATFORM_WIRE || p == LM_PLATFORM_WICKR;
}

const char *lm_firearm_link_said(enum lm_firearm_link v)
{
    static const char *const said[] = {
        ": NIBIN lead, not confirmed, to ",
        ": NIBIN hit, confirmed, with ",
        ": first retail purchaser by eTrace, who need not be the possessor: ",
    };
    return (size_t)v < sizeof said / sizeof said[0] ? said[v] : ": ";
}
