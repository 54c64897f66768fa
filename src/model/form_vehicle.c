/* Vehicles: number plates and VINs. VIN: 49 CFR 565.15 (content, check digit) and ISO 3779; the check digit
 * is law in North America only. */
#include "model/form_parts.h"

/* Regions of plates: U.S. states and territories (USPS), "US" for federal ones; Mexico's states by ISO
 * 3166-2:MX, so that nothing of one country is taken for the other: "TX" is Texas, "CHH" Chihuahua. */
static const char *const regions[] = {
    "AL",  "AK",  "AS",  "AZ",  "AR",  "CA",  "CO",  "CT",  "DE",  "DC",  "FL",  "GA",  "GU",  "HI",  "ID",
    "IL",  "IN",  "IA",  "KS",  "KY",  "LA",  "ME",  "MD",  "MA",  "MI",  "MN",  "MS",  "MO",  "MP",  "MT",
    "NE",  "NV",  "NH",  "NJ",  "NM",  "NY",  "NC",  "ND",  "OH",  "OK",  "OR",  "PA",  "PR",  "RI",  "SC",
    "SD",  "TN",  "TX",  "US",  "UT",  "VT",  "VI",  "VA",  "WA",  "WV",  "WI",  "WY",  "AGU", "BCN", "BCS",
    "CAM", "CHH", "CHP", "CMX", "COA", "COL", "DUR", "GRO", "GUA", "HID", "JAL", "MEX", "MIC", "MOR", "NAY",
    "NLE", "OAX", "PUE", "QUE", "ROO", "SIN", "SLP", "SON", "TAB", "TAM", "TLA", "VER", "YUC", "ZAC",
};

static struct lm_str region_of(struct lm_str s)
{
    struct lm_str none = { NULL, 0 };
    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++)
        if (lm_str_eq_nocase(s, lm_str(regions[i])))
            return lm_str(regions[i]);
    return none;
}

static bool alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The signs around s[i], none of them a letter or digit, part more than a space does. */
static bool parted(struct lm_str s, size_t i)
{
    size_t from = i, to = i;
    while (from > 0 && !alnum(s.p[from - 1]))
        from--;
    while (to < s.n && !alnum(s.p[to]))
        to++;
    for (; from < to; from++)
        if (memchr(":/,|(", s.p[from], 5) != NULL)
            return true;
    return false;
}

/* The region in front ("TX:ABC1234", "TX ABC-1234") or behind ("ABC1234 (TX)", "ABC1234, TX"). A plain space
 * or hyphen may as well be a part of the plate: *ret_sure tells. */
static struct lm_str take_region(struct lm_str *s, bool *ret_sure)
{
    size_t front = 0, back = s->n;
    *ret_sure = false;
    while (front < s->n && alnum(s->p[front]))
        front++;
    struct lm_str r = region_of(lm_str_take(*s, front));
    if (r.n > 0 && front < s->n) {
        *ret_sure = parted(*s, front);
        *s = lm_str_skip(*s, front);
        return r;
    }
    size_t end = s->n;
    while (end > 0 && !alnum(s->p[end - 1]))
        end--;
    back = end;
    while (back > 0 && alnum(s->p[back - 1]))
        back--;
    if (back == 0) /* nothing but letters: the plate itself */
        return (struct lm_str){ NULL, 0 };
    r = region_of((struct lm_str){ s->p + back, end - back });
    if (r.n > 0) {
        *ret_sure = parted(*s, back - 1);
        *s = lm_str_take(*s, back);
    }
    return r;
}

bool lm_form_plate(struct lm_form_work *w)
{
    struct lm_str s = w->raw, region = { NULL, 0 };
    char p[16], alike[16];
    size_t n = 0;
    bool sure = true;
    if (lm_form_nothing(s) || lm_str_eq_nocase(s, LM_STR("no plate")) || lm_str_eq_nocase(s, LM_STR("temp")))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    bool given = w->context->plate_region != NULL;
    region = take_region(&s, &sure);
    if (given && region.n > 0 && !sure && !lm_str_eq_nocase(region, lm_str(w->context->plate_region))) {
        s = w->raw; /* the plate's own letters */
        region.n = 0;
    }
    bool taken = given && region.n == 0;
    if (taken) {
        struct lm_str known = region_of(lm_str(w->context->plate_region));
        region = known.n > 0 ? known : lm_form_upper(w->a, lm_str(w->context->plate_region));
    }
    for (size_t i = 0; i < s.n; i++) {
        if (!alnum(s.p[i])) {
            if ((unsigned char)s.p[i] >= 0x80 || memchr(" -.:/,|()*#'", s.p[i], 12) == NULL)
                return lm_form_refuse(w, LM_FORM_REASON_CHARACTERS);
            continue;
        }
        if (n == sizeof p)
            return lm_form_refuse(w, LM_FORM_REASON_LENGTH);
        char c = s.p[i] >= 'a' ? (char)(s.p[i] - 32) : s.p[i];
        p[n] = c;
        alike[n++] = c == 'O' || c == 'Q' ? '0' : c == 'I' ? '1' : c;
    }
    if (n == 0)
        return lm_form_refuse(w, LM_FORM_REASON_NOT_THIS);
    if (n < 2 || n > 8)
        (void)lm_form_doubt(w, LM_FORM_REASON_LENGTH);
    if (region.n == 0)
        (void)lm_form_doubt(w, LM_FORM_REASON_INCOMPLETE);
    else if (!sure && !given)
        (void)lm_form_doubt(w, LM_FORM_REASON_TWO_READINGS);
    if (taken)
        w->ret->flags |= LM_FORM_REGION_TAKEN;
    w->ret->key = lm_arena_printf(w->a, "%.*s:%.*s", LM_STR_ARG(region), (int)n, p);
    w->ret->normal = region.n > 0 ? w->ret->key : lm_str_skip(w->ret->key, 1);
    w->ret->wide = lm_arena_copy(w->a, (struct lm_str){ alike, n });
    w->ret->detail[0] = region;
    return w->ret->key.p != NULL && w->ret->wide.p != NULL;
}

/* 49 CFR 565.15, table III (values) and IV (weights): the sum modulo 11, 10 written as X. */
static char vin_check_digit(const char v[17])
{
    static const char values[] =
        "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ"; /* the place modulo 10 is the value */
    static const uint8_t weights[17] = { 8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2 };
    unsigned sum = 0;
    for (size_t i = 0; i < 17; i++) {
        const char *at = strchr(values, v[i]);
        sum += (unsigned)((at != NULL ? at - values : 0) % 10) * weights[i];
    }
    return "0123456789X"[sum % 11];
}

bool lm_form_vin(struct lm_form_work *w)
{
    struct lm_str s = w->raw;
    char v[20];
    size_t n = 0;
    bool same = true, repaired = false;
    const struct lm_str label = LM_STR("vin");
    if (lm_form_nothing(s))
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    if (s.n > 4 && lm_str_eq_nocase(lm_str_take(s, 3), label) && !alnum(s.p[3]))
        s = lm_str_skip(s, 3);
    if (s.n > 0 && s.p[0] == '#')
        s = lm_str_skip(s, 1);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '*')
            return lm_form_refuse(w, LM_FORM_REASON_INCOMPLETE); /* masked by whoever wrote it */
    if (!lm_form_alnum(s, v, 17, &n))
        return lm_form_refuse(w, lm_form_alnum(s, v, sizeof v, &n) || s.n > 17 ? LM_FORM_REASON_LENGTH
                                                                               : LM_FORM_REASON_CHARACTERS);
    if (n < 5)
        return lm_form_refuse(w, LM_FORM_REASON_LENGTH);
    for (size_t i = 0; i < n; i++) {
        v[i] = v[i] >= 'a' && v[i] <= 'z' ? (char)(v[i] - 32) : v[i];
        if (n == 17 && (v[i] == 'I' || v[i] == 'O' || v[i] == 'Q')) { /* not used in VINs: read wrongly */
            v[i] = v[i] == 'I' ? '1' : '0';
            repaired = true;
        }
        same &= v[i] == v[0];
    }
    if (same)
        return lm_form_refuse(w, LM_FORM_REASON_PLACEHOLDER);
    w->ret->normal = w->ret->key = lm_arena_copy(w->a, (struct lm_str){ v, n });
    if (n != 17) /* before 1981, or cut */
        return lm_form_doubt(w, LM_FORM_REASON_LENGTH) && w->ret->key.p != NULL;
    char wide[9];
    memcpy(wide, v, 8);
    wide[8] = v[9];
    w->ret->wide = lm_arena_copy(w->a, (struct lm_str){ wide, sizeof wide });
    if (vin_check_digit(v) == v[8])
        w->ret->flags |= LM_FORM_CHECKED;
    else
        (void)lm_form_doubt(w, v[0] >= '1' && v[0] <= '5' ? LM_FORM_REASON_CHECK_DIGIT
                                                          : LM_FORM_REASON_NO_CHECK);
    if (repaired)
        (void)lm_form_doubt(w, LM_FORM_REASON_REPAIRED);
    return w->ret->key.p != NULL && w->ret->wide.p != NULL;
}
