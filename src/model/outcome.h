/* outcome.h - whether an event took place between two people, or was an attempt, a voicemail, a forwarding.
 *
 * The four are never added together. A message is never forwarded in this sense: there the flag says that its text came
 * from elsewhere, which a carrier does not know.
 *
 * test  tests/unit/test_model.c
 */
#ifndef LM_MODEL_OUTCOME_H
#define LM_MODEL_OUTCOME_H

#include "model/fact.h"

/* detail: the source's own word; a call whose detail speaks of voice mail is one. Forwarding goes before voicemail, and
 * both before attempt. */
enum lm_event_outcome lm_outcome_of(enum lm_event_kind kind, unsigned flags, struct lm_str detail);

#endif
