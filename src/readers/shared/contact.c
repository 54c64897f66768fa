#include "readers/shared/contact.h"

#include "readers/shared/text.h"

lm_err lm_contact_add(struct lm_contact *c, enum lm_identifier_type type, struct lm_str value)
{
    value = lm_str_trim(value);
    if (value.n == 0)
        return LM_OK;
    if (c->n == LM_CONTACT_MAX_FACTS) {
        c->many = true;
        return LM_OK;
    }
    for (size_t i = 0; i < c->n && c->n < 64; i++) /* address books repeat a number under several labels */
        if (c->facts[i].identifier.type == type && lm_str_eq(c->facts[i].identifier.value, value))
            return LM_OK;
    struct lm_fact *facts = lm_arena_grow(c->a, c->facts, c->n, &c->cap, sizeof *facts);
    if (facts == NULL)
        return LM_ENOMEM;
    c->facts = facts;
    facts[c->n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                      .identifier = { .type = type, .value = value, .basis = c->basis, .at = c->at } };
    if (type == LM_IDENTIFIER_PHONE && c->number.n == 0 && lm_text_is_whole_number(value))
        c->number = value;
    return LM_OK;
}

void lm_contact_settle(struct lm_contact *c, struct lm_str shown)
{
    struct lm_account_ref account = { .platform = LM_PLATFORM_PHONE, .display = shown };
    account.form = c->number.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NAME;
    account.native = c->number;
    if (account.form == LM_ACCOUNT_NAME && shown.n == 0 && c->n != 0)
        account.display = c->facts[0].identifier.value; /* saved without a name */
    for (size_t i = 0; i < c->n; i++)
        c->facts[i].identifier.account = account;
}
