/* Payment tags: $cashtags, Venmo names, addresses of crypto currencies; Zelle is known by a phone or a
 * mailbox. */
#include "model/coin.h"
#include "model/form_parts.h"

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Without "https://", "www." and the site; false when it is another one. What is behind the name is cut off.
 */
static bool of_site(struct lm_str *s, struct lm_str site)
{
    static const struct lm_str before[] = { LM_STR_INIT("https://"), LM_STR_INIT("http://"), LM_STR_INIT("www."),
                                            LM_STR_INIT("account."), LM_STR_INIT("app.") };
    struct lm_str t = *s;
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        if (t.n > before[i].n && lm_str_eq_nocase(lm_str_take(t, before[i].n), before[i]))
            t = lm_str_skip(t, before[i].n);
    if (t.n <= site.n || !lm_str_eq_nocase(lm_str_take(t, site.n), site))
        return false;
    t = lm_str_skip(t, site.n);
    size_t n = 0;
    while (n < t.n && t.p[n] != '/' && t.p[n] != '?' && t.p[n] != '#')
        n++;
    *s = lm_str_take(t, n);
    return true;
}

/* "$name": letters and digits, at least one letter, at most 20 (Cash App help, "Cashtags", checked 2026-11).
 */
static bool cashtag(struct lm_form_work *w, struct lm_str s)
{
    bool any = false, fine = true;
    if (lm_str_starts(s, LM_STR("\xc2\xa3"))) /* £ in the United Kingdom */
        s = lm_str_skip(s, 2);
    else if (s.n > 0 && s.p[0] == '$')
        s = lm_str_skip(s, 1);
    for (size_t i = 0; i < s.n; i++) {
        any |= letter(s.p[i]);
        fine &= letter(s.p[i]) || digit(s.p[i]) || s.p[i] == '-' || s.p[i] == '_';
        if (s.p[i] == '-' || s.p[i] == '_')
            (void)lm_form_doubt(w, LM_FORM_REASON_CHARACTERS);
    }
    if (!any || !fine) /* "$500" is money */
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    if (s.n > 20)
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    char *p = lm_arena_alloc(w->a, s.n + 1);
    struct lm_str lower = lm_form_lower(w->a, s);
    if (p == NULL || lower.p == NULL)
        return false;
    p[0] = '$';
    memcpy(p + 1, lower.p, s.n);
    w->ret->kind = LM_FORM_CASHTAG;
    w->ret->key = w->ret->normal = (struct lm_str){ p, s.n + 1 };
    w->ret->detail[0] = LM_STR("cashapp");
    return lm_form_letters(w, lower, true);
}

/* "@name": 5 to 30 letters, digits, hyphens and underscores (Venmo help, "Username"). */
static bool venmo(struct lm_form_work *w, struct lm_str s)
{
    size_t n = 0;
    if (s.n > 0 && s.p[0] == '@')
        s = lm_str_skip(s, 1);
    char *p = lm_arena_alloc(w->a, s.n + 1), *wide = lm_arena_alloc(w->a, s.n + 1);
    struct lm_str lower = lm_form_lower(w->a, s);
    if (p == NULL || wide == NULL || lower.p == NULL)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool sign = s.p[i] == '-' || s.p[i] == '_';
        if (!sign && !letter(s.p[i]) && !digit(s.p[i]))
            return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
        if (!sign)
            wide[n++] = lower.p[i];
    }
    if (n == 0)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    if (s.n < 5 || s.n > 30)
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    p[0] = '@';
    memcpy(p + 1, lower.p, s.n);
    w->ret->kind = LM_FORM_VENMO;
    w->ret->key = w->ret->normal = (struct lm_str){ p, s.n + 1 };
    w->ret->wide = (struct lm_str){ wide, n };
    w->ret->detail[0] = LM_STR("venmo");
    return lm_form_letters(w, lower, true);
}

/* The address in "bitcoin:ADDRESS?amount=..." (BIP 21, ERC-681); the network's name stays with CashAddr,
 * where it is a part. */
static struct lm_str without_scheme(struct lm_str s)
{
    static const struct lm_str schemes[] = { LM_STR_INIT("bitcoin:"), LM_STR_INIT("litecoin:"), LM_STR_INIT("ethereum:"),
                                             LM_STR_INIT("monero:"),  LM_STR_INIT("dogecoin:"), LM_STR_INIT("tron:"),
                                             LM_STR_INIT("solana:") };
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (s.n > schemes[i].n && lm_str_eq_nocase(lm_str_take(s, schemes[i].n), schemes[i]))
            s = lm_str_skip(s, schemes[i].n);
    const char *q = memchr(s.p, '?', s.n);
    return q != NULL ? lm_str_take(s, (size_t)(q - s.p)) : s;
}

static bool coin(struct lm_form_work *w, bool *ret_is)
{
    struct lm_coin c;
    enum lm_coin_result r = lm_coin_parse(without_scheme(w->raw), &c);
    *ret_is = r != LM_COIN_NOT;
    if (r == LM_COIN_NOT)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    w->ret->kind = LM_FORM_COIN;
    w->ret->normal = lm_arena_copy(w->a, lm_str(c.text));
    w->ret->key = lm_arena_copy(w->a, lm_str(c.key[0] != '\0' ? c.key : c.text));
    w->ret->detail[0] = lm_str(c.network);
    if (c.checked)
        w->ret->flags |= LM_FORM_CHECKED;
    if (r == LM_COIN_WRONG)
        (void)lm_form_doubt(w, LM_FORM_REASON_CHECK_DIGIT);
    else if (lm_str_eq(lm_str(c.network), LM_STR("solana")))
        (void)lm_form_doubt(w, LM_FORM_REASON_NO_CHECK);
    return w->ret->normal.p != NULL && w->ret->key.p != NULL;
}

bool lm_form_payment(struct lm_form_work *w)
{
    struct lm_str s = w->raw;
    bool is_coin = false;
    if (lm_form_nothing(s))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (w->ret->kind == LM_FORM_COIN)
        return coin(w, &is_coin);
    bool any = w->ret->kind == LM_FORM_PAYMENT;
    if (any || w->ret->kind == LM_FORM_CASHTAG) {
        if (of_site(&s, LM_STR("cash.app/")) || of_site(&s, LM_STR("cash.me/")) || !any
            || (s.n > 1 && s.p[0] == '$'))
            return cashtag(w, s);
    }
    if (of_site(&s, LM_STR("venmo.com/u/")) || of_site(&s, LM_STR("venmo.com/")) || !any || s.p[0] == '@')
        return venmo(w, s);
    struct lm_form before = *w->ret;
    if (!coin(w, &is_coin))
        return false;
    if (is_coin)
        return true;
    *w->ret = before; /* Zelle: what it is written with */
    bool mail = memchr(s.p, '@', s.n) != NULL;
    w->ret->kind = mail ? LM_FORM_EMAIL : LM_FORM_PHONE;
    return mail ? lm_form_email(w) : lm_form_phone(w);
}
