/* link.h - how strong a link between two persons is.
 *
 * A record proves number to number. Between the persons behind the numbers stand two attributions, and the link is as weak
 * as the weakest of the three (DESIGN, section 3).
 *
 * test  tests/unit/test_attribute.c
 */
#ifndef LM_MODEL_LINK_H
#define LM_MODEL_LINK_H

#include "model/words.h"

/* The weaker one; a value outside the enum counts as machine. */
enum lm_link_class lm_link_weaker(enum lm_link_class a, enum lm_link_class b);

/* The class of a link between two persons: of the event between two numbers, and of both attributions. */
enum lm_link_class lm_link_between_persons(enum lm_link_class event, enum lm_link_class from, enum lm_link_class to);

/* What an attribution is worth once a person has decided it: subscriber records, own cards and logins are records of the
 * number itself (evidenced); what others wrote into their address books, and a person's word, is said by somebody
 * (reported). Before that everything is machine. */
enum lm_link_class lm_link_of_attribution(enum lm_attribution_basis basis, enum lm_attribution_state state);

#endif
