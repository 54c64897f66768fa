#include "web/guard.h"

#include <stdio.h>

bool lm_host_ours(struct lm_str host, uint16_t port)
{
    char ours[32];
    for (int i = 0; i < 2; i++) {
        (void)snprintf(ours, sizeof ours, "%s:%u", i == 0 ? "127.0.0.1" : "localhost", port);
        if (lm_str_eq_nocase(host, lm_str(ours)))
            return true;
    }
    return false;
}

bool lm_fetch_site_ours(struct lm_str site)
{
    return site.n == 0 || lm_str_eq(site, LM_STR("same-origin")) || lm_str_eq(site, LM_STR("none"));
}

bool lm_param_clean(struct lm_str value, size_t max)
{
    if (value.n > max || lm_utf8_valid_prefix(value) != value.n)
        return false;
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
            return false;
    return true;
}

bool lm_word_listed(const char *words, struct lm_str name)
{
    struct lm_str rest = lm_str(words);
    while (rest.n != 0 && name.n != 0) {
        size_t end = lm_str_find(rest, LM_STR(" "));
        if (end == SIZE_MAX)
            end = rest.n;
        if (lm_str_eq(lm_str_take(rest, end), name))
            return true;
        rest = lm_str_skip(rest, end + 1);
    }
    return false;
}

bool lm_etag_listed(struct lm_str list, struct lm_str etag)
{
    while (list.n != 0) {
        size_t end = lm_str_find(list, LM_STR(","));
        struct lm_str one = lm_str_trim(lm_str_take(list, end == SIZE_MAX ? list.n : end));
        if (lm_str_starts(one, LM_STR("W/"))) /* weak comparison is the one for If-None-Match (RFC 9110 13.1.2) */
            one = lm_str_skip(one, 2);
        if (lm_str_eq(one, etag) || lm_str_eq(one, LM_STR("*")))
            return true;
        list = end == SIZE_MAX ? (struct lm_str){ NULL, 0 } : lm_str_skip(list, end + 1);
    }
    return false;
}
