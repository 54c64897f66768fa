#include "readers/shared/return_service.h"

#include "readers/shared/return_record.h"

struct look {
    struct lm_arena *a;
    struct lm_return_service found;
    bool in_request;
};

static const char *const whatsapp_sections[] = { "message_log", "call_logs", "prospective_login_ips", "address_book_info", "groups_info",
                                                 "connection_info", "web_info", "small_medium_business", "offline_log_info",
                                                 "offline_info", "registrations_info" };

static lm_err on_section(void *user, struct lm_str id, uint64_t at)
{
    struct look *l = user;
    (void)at;
    bool leaves = l->in_request && id.n != 0 && l->found.service.n != 0;
    l->in_request = lm_str_eq(id, LM_STR("request_parameters")) || lm_str_eq(id, LM_STR("home"));
    l->found.any_section |= id.n != 0;
    for (size_t i = 0; i < sizeof whatsapp_sections / sizeof *whatsapp_sections; i++)
        l->found.whatsapp_section |= lm_str_is(id, whatsapp_sections[i]);
    return leaves ? LM_ECANCELLED : LM_OK;
}

static lm_err on_field(void *user, const struct lm_return_field *f)
{
    struct look *l = user;
    l->found.instagram |= lm_str_find(f->value, LM_STR("(instagram: ")) != SIZE_MAX;
    struct lm_str *to = lm_retrec_is(f->label, "service")              ? &l->found.service
                        : lm_retrec_is(f->label, "target")             ? &l->found.target
                        : lm_retrec_is(f->label, "account identifier") ? &l->found.account
                                                                       : NULL;
    if (to == NULL || to->n != 0 || f->value.n == 0 || f->value.n > 512)
        return LM_OK;
    l->found.any_label = true;
    *to = lm_arena_copy(l->a, f->value);
    return to->p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err lm_return_service(struct lm_arena *a, struct lm_str head, struct lm_return_service *ret)
{
    static const struct lm_return_on on = { on_section, on_field };
    struct look l = { .a = a };
    struct lm_return_end end;
    head = lm_str_take(head, LM_RETURN_LOOK);
    l.found.text_form = lm_return_is_text(head);
    lm_err err = l.found.text_form ? lm_return_text(head, &on, &l, &end, NULL) : lm_return_html(head, &on, &l, &end, NULL);
    if (err == LM_ENOMEM)
        return err;
    *ret = l.found;
    return LM_OK;
}

lm_err lm_return_service_of(struct lm_arena *a, lm_err (*walk)(void *user, const struct lm_return_on *on, void *to), void *user,
                            struct lm_return_service *ret)
{
    static const struct lm_return_on on = { on_section, on_field };
    struct look l = { .a = a };
    lm_err err = walk(user, &on, &l);
    if (err == LM_ENOMEM)
        return err;
    *ret = l.found;
    return LM_OK;
}

bool lm_return_is_titled(struct lm_str head)
{
    return lm_str_find(head, LM_STR("Business Record")) != SIZE_MAX || lm_str_find(head, LM_STR("Facebook Legal Request")) != SIZE_MAX;
}

bool lm_return_possible(struct lm_str head)
{
    return lm_str_find(head, LM_STR("=\"property-")) != SIZE_MAX || lm_str_find(head, LM_STR("='property-")) != SIZE_MAX
           || lm_return_is_titled(head) || lm_return_is_text(head);
}

bool lm_return_is_whatsapp(const struct lm_return_service *s, struct lm_str head)
{
    if (s->service.n != 0)
        return lm_str_eq_nocase(lm_str_take(s->service, 8), LM_STR("whatsapp"));
    return s->whatsapp_section || lm_str_find(head, LM_STR("WhatsApp Business Record")) != SIZE_MAX;
}
