#include "store/schema.h"

#include <stddef.h>

#include "model/words.h"

const char *const lm_schema_steps[LM_SCHEMA_VERSION] = { lm_schema_v1, lm_schema_v2, lm_schema_v3, lm_schema_v4,
                                                          lm_schema_v5 };

#define WORD_OF(name)                                                                                        \
    static const char *name##_word(int code)                                                                 \
    {                                                                                                        \
        return lm_##name##_word((enum lm_##name)code);                                                       \
    }
WORD_OF(platform)
WORD_OF(event_kind)
WORD_OF(thread_kind)
WORD_OF(authority_kind)
WORD_OF(reach)
WORD_OF(qualifier)
WORD_OF(unit)
WORD_OF(identifier_type)
WORD_OF(time_quality)
WORD_OF(op_table)
WORD_OF(event_outcome)

const struct lm_schema_words lm_schema_word_lists[] = {
    { "platform", platform_word },
    { "event_kind", event_kind_word },
    { "thread_kind", thread_kind_word },
    { "authority_kind", authority_kind_word },
    { "reach", reach_word },
    { "qualifier", qualifier_word },
    { "unit", unit_word },
    { "identifier_type", identifier_type_word },
    { "time_quality", time_quality_word },
    { "op_table", op_table_word },
    { "event_outcome", event_outcome_word },
    { NULL, NULL },
};
