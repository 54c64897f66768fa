#include "model/link.h"

enum lm_link_class lm_link_weaker(enum lm_link_class a, enum lm_link_class b)
{
    enum lm_link_class weaker = a > b ? a : b;
    return weaker > LM_LINK_MACHINE ? LM_LINK_MACHINE : weaker;
}

enum lm_link_class lm_link_between_persons(enum lm_link_class event, enum lm_link_class from, enum lm_link_class to)
{
    return lm_link_weaker(event, lm_link_weaker(from, to));
}

enum lm_link_class lm_link_of_attribution(enum lm_attribution_basis basis, enum lm_attribution_state state)
{
    if (state != LM_ATTRIBUTION_DECIDED)
        return LM_LINK_MACHINE;
    return basis == LM_BASIS_OTHERS_CONTACT_CARDS || basis == LM_BASIS_PERSONS_WORD ? LM_LINK_REPORTED : LM_LINK_EVIDENCED;
}
