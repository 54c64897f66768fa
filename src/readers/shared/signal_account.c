#include "readers/shared/signal_account.h"

struct lm_str lm_signal_uuid(struct lm_arena *a, struct lm_str bytes)
{
    static const char digits[] = "0123456789abcdef";
    bool pni = bytes.n == 17 && bytes.p[0] == 1;
    if (pni)
        bytes = lm_str_skip(bytes, 1);
    if (bytes.n != 16)
        return (struct lm_str){ NULL, 0 };
    char text[40], *out = text;
    if (pni) {
        memcpy(out, "PNI:", 4);
        out += 4;
    }
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = digits[(unsigned char)bytes.p[i] >> 4];
        *out++ = digits[bytes.p[i] & 15];
    }
    struct lm_str copy = lm_arena_copy(a, (struct lm_str){ text, (size_t)(out - text) });
    return copy.p != NULL ? copy : (struct lm_str){ NULL, 1 };
}

static bool is_uuid(struct lm_str s)
{
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        char c = s.p[i];
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (i == 8 || i == 13 || i == 18 || i == 23 ? c != '-' : !hex)
            return false;
    }
    return true;
}

static lm_err lower(struct lm_arena *a, const char *prefix, struct lm_str s, struct lm_str *ret)
{
    char text[41];
    size_t n = strlen(prefix);
    memcpy(text, prefix, n);
    for (size_t i = 0; i < s.n; i++)
        text[n++] = s.p[i] >= 'A' && s.p[i] <= 'F' ? (char)(s.p[i] + 32) : s.p[i];
    *ret = lm_arena_copy(a, (struct lm_str){ text, n });
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

static bool all_zero(struct lm_str uuid)
{
    for (size_t i = 0; i < uuid.n; i++)
        if (uuid.p[i] != '0' && uuid.p[i] != '-')
            return false;
    return true;
}

lm_err lm_signal_phone(struct lm_arena *a, struct lm_str digits, struct lm_str *ret)
{
    for (size_t i = 0; i < digits.n; i++)
        if (digits.p[i] < '0' || digits.p[i] > '9') {
            *ret = digits;
            return LM_OK;
        }
    if (digits.n < 7 || digits.n > 15) {
        *ret = digits;
        return LM_OK;
    }
    *ret = lm_arena_joined(a, LM_STR("+"), digits);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err lm_signal_name(struct lm_arena *a, struct lm_str given, struct lm_str family, struct lm_str *ret)
{
    given = lm_str_trim(given);
    family = lm_str_trim(family);
    if (given.n == 0 || family.n == 0) {
        *ret = given.n != 0 ? given : family;
        return LM_OK;
    }
    *ret = lm_arena_printf(a, "%.*s %.*s", LM_STR_ARG(given), LM_STR_ARG(family));
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err lm_signal_account(struct lm_arena *a, const struct lm_signal_who *w, struct lm_account_ref *ret)
{
    struct lm_account_ref one = { .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NATIVE, .display = w->name };
    struct lm_str pni = lm_str_starts(w->pni, LM_STR("PNI:")) ? lm_str_skip(w->pni, 4) : w->pni;
    lm_err err = LM_OK;
    if (lm_str_starts(w->aci, LM_STR("PNI:"))) /* a service id is either */
        pni = lm_str_skip(w->aci, 4);
    if (is_uuid(w->aci) && !all_zero(w->aci))
        err = lower(a, "", w->aci, &one.native);
    else if (is_uuid(pni) && !all_zero(pni))
        err = lower(a, "PNI:", pni, &one.native);
    else if (w->phone.n != 0)
        err = lm_signal_phone(a, w->phone, &one.native);
    else if (w->username.n != 0)
        one.native = w->username;
    else
        one.form = w->name.n != 0 ? LM_ACCOUNT_NAME : LM_ACCOUNT_NONE;
    if (err == LM_OK)
        *ret = one;
    return err;
}

void lm_signal_identifier(struct lm_signal_facts *f, struct lm_account_ref a, enum lm_identifier_type type, struct lm_str value,
                          const char *basis)
{
    if (value.n == 0 || f->n == LM_SIGNAL_MAX_FACTS)
        return;
    for (size_t i = 0; i < f->n; i++)
        if (f->items[i].kind == LM_FACT_IDENTIFIER && f->items[i].identifier.type == type && lm_str_eq(f->items[i].identifier.value, value))
            return;
    f->items[f->n++] = (struct lm_fact){
        .kind = LM_FACT_IDENTIFIER,
        .identifier = { .account = a, .type = type, .value = value, .basis = lm_str(basis) },
    };
}
