/* IP addresses, with a port where one is written: RFC 791, RFC 4291; text as RFC 5952 has it. Ranges with a
 * meaning of their own: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates),
 * checked 2026-11. */
#include <arpa/inet.h>

#include "model/form_parts.h"

struct range {
    uint8_t b[16];
    uint8_t bits;
    const char *word;
    unsigned flags;
    bool doubtful; /* never seen on the open internet */
};

#define ALONE LM_FORM_NEVER_ALONE
/* Narrow ranges before the wide ones that hold them. */
static const struct range v4[] = {
    { { 0 }, 8, "unspecified", ALONE, true },
    { { 10 }, 8, "private", ALONE, true },
    { { 100, 64 }, 10, "carrier_nat", ALONE | LM_FORM_SHARED, true }, /* RFC 6598 */
    { { 127 }, 8, "loopback", ALONE, true },
    { { 169, 254 }, 16, "link_local", ALONE, true },
    { { 172, 16 }, 12, "private", ALONE, true },
    { { 192, 0, 0 }, 24, "protocol", ALONE, true },
    { { 192, 0, 2 }, 24, "documentation", 0, true },
    { { 192, 88, 99 }, 24, "relay", ALONE, true },
    { { 192, 168 }, 16, "private", ALONE, true },
    { { 198, 18 }, 15, "benchmark", ALONE, true },
    { { 198, 51, 100 }, 24, "documentation", 0, true },
    { { 203, 0, 113 }, 24, "documentation", 0, true },
    { { 224 }, 4, "multicast", ALONE, true },
    { { 240 }, 4, "reserved", ALONE, true },
};
static const struct range v6[] = {
    { { 0 }, 127, "loopback", ALONE, true },                                         /* :: and ::1 */
    { { 0x00, 0x64, 0xff, 0x9b }, 96, "translated", ALONE | LM_FORM_SHARED, false }, /* NAT64, RFC 6052 */
    { { 0x01 }, 64, "discard", ALONE, true },
    { { 0x20, 0x01, 0x00, 0x00 }, 32, "teredo", 0, false }, /* RFC 4380 */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32, "documentation", 0, true },
    { { 0x3f, 0xff }, 20, "documentation", 0, true }, /* RFC 9637 */
    { { 0x20, 0x02 }, 16, "6to4", 0, false },
    { { 0xfc }, 7, "private", ALONE, true },
    { { 0xfe, 0x80 }, 10, "link_local", ALONE, true },
    { { 0xff }, 8, "multicast", ALONE, true },
};

static bool within(const uint8_t *a, const struct range *r)
{
    size_t whole = r->bits / 8u;
    unsigned rest = r->bits % 8u;
    if (memcmp(a, r->b, whole) != 0)
        return false;
    return rest == 0 || ((a[whole] ^ r->b[whole]) >> (8 - rest)) == 0;
}

static void look_up(struct lm_form_work *w, const uint8_t *a, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (within(a, &ranges[i])) {
            w->ret->detail[1] = lm_str(ranges[i].word);
            w->ret->flags |= ranges[i].flags;
            if (ranges[i].doubtful)
                (void)lm_form_doubt(w, LM_FORM_REASON_RESERVED);
            return;
        }
}

static bool as_v4(struct lm_form_work *w, const uint8_t a[4])
{
    w->ret->normal = lm_arena_printf(w->a, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
    w->ret->key = w->ret->normal;
    look_up(w, a, v4, sizeof v4 / sizeof v4[0]);
    return w->ret->key.p != NULL;
}

static bool as_v6(struct lm_form_work *w, const uint8_t a[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    char text[INET6_ADDRSTRLEN], prefix[INET6_ADDRSTRLEN];
    uint8_t net[16] = { 0 };
    if (memcmp(a, mapped, sizeof mapped) == 0)
        return as_v4(w, a + 12);
    memcpy(net, a, 8);
    if (inet_ntop(AF_INET6, a, text, sizeof text) == NULL
        || inet_ntop(AF_INET6, net, prefix, sizeof prefix) == NULL)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    w->ret->normal = w->ret->key = lm_arena_copy(w->a, lm_str(text));
    w->ret->wide = lm_arena_printf(w->a, "%s/64", prefix);
    look_up(w, a, v6, sizeof v6 / sizeof v6[0]);
    return w->ret->key.p != NULL && w->ret->wide.p != NULL;
}

/* Four numbers of 0 … 255; a zero in front of a digit is octal to some and decimal to others. */
static bool dotted(struct lm_str s, uint8_t out[4], bool *ret_zeros)
{
    size_t part = 0, at = 0;
    *ret_zeros = false;
    for (; part < 4; part++) {
        unsigned v = 0;
        size_t n = 0;
        for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9' && n < 4; at++, n++)
            v = v * 10 + (unsigned)(s.p[at] - '0');
        *ret_zeros |= n > 1 && s.p[at - n] == '0';
        if (n == 0 || n > 3 || v > 255 || (part < 3 && (at == s.n || s.p[at++] != '.')))
            return false;
        out[part] = (uint8_t)v;
    }
    return at == s.n;
}

static bool take_port(struct lm_form_work *w, struct lm_str port)
{
    int64_t v;
    if (!lm_form_all_digits(port.p, port.n) || port.n > 5 || !lm_str_to_i64(port, &v) || v > 65535)
        return false;
    w->ret->detail[0] = lm_arena_copy(w->a, port);
    return true;
}

bool lm_form_ip(struct lm_form_work *w)
{
    struct lm_str s = w->raw, port = { NULL, 0 };
    uint8_t a[16];
    char text[64];
    bool zeros;
    if (lm_form_nothing(s))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    const char *close = s.p[0] == '[' ? memchr(s.p, ']', s.n) : NULL;
    if (close != NULL) { /* "[2001:db8::1]:443" */
        struct lm_str rest = lm_str_skip(s, (size_t)(close - s.p) + 1);
        s = (struct lm_str){ s.p + 1, (size_t)(close - s.p) - 1 };
        if (rest.n > 1 && rest.p[0] == ':')
            port = lm_str_skip(rest, 1);
        else if (rest.n != 0)
            return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    } else {
        const char *colon = memchr(s.p, ':', s.n);
        if (colon != NULL && memchr(s.p, '.', (size_t)(colon - s.p)) != NULL) { /* "192.0.2.7:443" */
            port = lm_str_skip(s, (size_t)(colon - s.p) + 1);
            s = lm_str_take(s, (size_t)(colon - s.p));
            if (port.n == 0)
                return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
        }
    }
    if (port.n != 0 && !take_port(w, port))
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    if (dotted(s, a, &zeros)) {
        if (zeros)
            (void)lm_form_doubt(w, LM_FORM_REASON_TWO_READINGS);
        return as_v4(w, a);
    }
    const char *zone = memchr(s.p, '%', s.n); /* RFC 4007: the interface, of no use elsewhere */
    if (zone != NULL)
        s = lm_str_take(s, (size_t)(zone - s.p));
    if (s.n == 0 || s.n >= sizeof text)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    if (memchr(text, '\0', s.n) != NULL || inet_pton(AF_INET6, text, a) != 1)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    return as_v6(w, a);
}

lm_err lm_ip_use_key(struct lm_arena *a, const struct lm_form *ip, const struct lm_when *at, struct lm_str *ret)
{
    char text[LM_WHEN_TEXT];
    struct lm_str key = { NULL, 0 };
    bool known = at->quality == LM_TIME_UTC || at->quality == LM_TIME_ZONE;
    if (ip->key.n > 0 && ip->detail[0].n > 0 && known) {
        int64_t rest = at->us % LM_SECOND_US;
        struct lm_when utc = { .us = at->us - (rest < 0 ? rest + LM_SECOND_US : rest), .quality = LM_TIME_UTC };
        bool colons = memchr(ip->key.p, ':', ip->key.n) != NULL;
        key = lm_arena_printf(a, "%s%.*s%s:%.*s@%s", colons ? "[" : "", LM_STR_ARG(ip->key), colons ? "]" : "",
                              LM_STR_ARG(ip->detail[0]), lm_when_format(&utc, text));
        if (key.p == NULL)
            return LM_ENOMEM;
    }
    *ret = key;
    return LM_OK;
}
