/* fuzz_identity_forms.c - any bytes as any kind of identifier; the first byte chooses the kind, the second
 * the platform.
 *
 * Besides not crashing: an answer has a key exactly when it is not refused, its texts are UTF-8, and the
 * normal form is a fixed point: asked again it has the same key. Names and addresses hold together: parts lie
 * in the buffer, roles add up, every other reading has the same parts. */
#include <stdint.h>
#include <stdlib.h>

#include "model/address.h"
#include "model/birth.h"
#include "model/form.h"
#include "model/name.h"
#include "model/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void utf8(struct lm_str s)
{
    require(lm_utf8_valid_prefix(s) == s.n);
}

/* Kinds whose normal form says all that the key is made of. */
static bool fixed(enum lm_form_kind k)
{
    return k == LM_FORM_PHONE || k == LM_FORM_EMAIL || k == LM_FORM_IMEI || k == LM_FORM_IMSI
           || k == LM_FORM_MEID || k == LM_FORM_MAC || k == LM_FORM_SERIAL || k == LM_FORM_ANDROID_ID
           || k == LM_FORM_AD_ID || k == LM_FORM_IP || k == LM_FORM_CASHTAG || k == LM_FORM_VENMO
           || k == LM_FORM_COIN || k == LM_FORM_VIN;
}

static void form(struct lm_arena *a, struct lm_fold *fold, const struct lm_form_context *c,
                 enum lm_form_kind kind, struct lm_str raw)
{
    struct lm_form f, again;
    require(lm_form_of(a, fold, c, kind, raw, &f) == LM_OK);
    require((f.standing == LM_FORM_REFUSED) == (f.key.n == 0) && lm_str_eq(f.raw, raw));
    require((f.standing == LM_FORM_VALID) == (f.reason == LM_FORM_REASON_NONE));
    utf8(f.latin);
    utf8(f.skeleton);
    for (size_t i = 0; i < LM_FORM_DETAILS; i++)
        require(f.standing != LM_FORM_REFUSED || f.detail[i].n == 0);
    if (f.standing == LM_FORM_REFUSED || !fixed(f.kind))
        return;
    utf8(f.key);
    utf8(f.wide);
    require(f.normal.n > 0);
    require(lm_form_of(a, fold, c, f.kind, f.normal, &again) == LM_OK);
    require(again.kind == f.kind && lm_str_eq(again.key, f.key));
}

static void name(const struct lm_name *n, const char *buf, size_t cap)
{
    struct lm_name other;
    char x[LM_NAME_BYTES], y[LM_NAME_BYTES];
    size_t count = (size_t)n->n_given + n->n_paternal + n->n_maternal;
    require(count <= LM_NAME_PARTS);
    for (size_t i = 0; i < count; i++) {
        require(n->part[i].core.n > 0 && n->part[i].place < count);
        require(n->part[i].core.p >= buf && n->part[i].core.p + n->part[i].core.n <= buf + cap);
    }
    if (!lm_name_other(n, &other))
        return;
    require((size_t)other.n_given + other.n_paternal + other.n_maternal == count);
    size_t k = lm_name_bag(n, x, sizeof x), m = lm_name_bag(&other, y, sizeof y);
    require(lm_str_eq((struct lm_str){ x, k }, (struct lm_str){ y, m }));
}

static void names(struct lm_fold *fold, struct lm_str raw)
{
    char buf[LM_NAME_BYTES];
    struct lm_name n;
    for (int order = LM_NAME_ANY_ORDER; order <= LM_NAME_SURNAME_FIRST; order++)
        if (lm_name_parse(fold, raw, (enum lm_name_order)order, buf, sizeof buf, &n))
            name(&n, buf, sizeof buf);
    struct lm_name_columns c = { lm_str_take(raw, raw.n / 2), lm_str_skip(raw, raw.n / 2),
                                 lm_str_take(raw, raw.n / 3), lm_str_take(raw, raw.n % 4) };
    if (lm_name_from_columns(fold, &c, buf, sizeof buf, &n))
        name(&n, buf, sizeof buf);
    if (lm_name_from_columns(fold, &c, buf, 24, &n)) /* hardly any room */
        name(&n, buf, 24);
}

static void addresses(struct lm_fold *fold, struct lm_str raw)
{
    char buf[LM_ADDRESS_BYTES], out[LM_ADDRESS_BYTES];
    struct lm_address d;
    struct lm_address_columns c = { lm_str_take(raw, raw.n / 2), lm_str_take(raw, raw.n / 5),
                                    lm_str_skip(raw, raw.n / 2), lm_str_take(raw, raw.n % 3),
                                    lm_str_take(raw, raw.n % 11) };
    if (lm_address_parse(fold, raw, buf, sizeof buf, &d))
        require(lm_address_text(&d, out, sizeof out) > 0);
    if (lm_address_from_columns(fold, &c, buf, sizeof buf, &d))
        (void)lm_address_key(&d, out, 7);
    (void)lm_address_parse(fold, raw, buf, 16, &d);
}

static void births(struct lm_str raw, int32_t day)
{
    struct lm_birth b;
    char key[LM_BIRTH_KEY];
    if (!lm_birth_parse(raw, day, &b))
        return;
    require(b.n >= 1 && b.n <= 2 && lm_birth_compare(&b, &b) >= LM_BIRTH_COMPATIBLE);
    for (size_t i = 0; i < b.n; i++)
        require(b.reading[i].first_day <= b.reading[i].last_day && lm_birth_key(&b, i, key) > 0);
}

static void folds(struct lm_fold *fold, struct lm_str raw)
{
    char out[LM_FOLD_INPUT * 4], small[9];
    bool cut;
    struct lm_str once = { out, lm_fold_latin(fold, raw, out, sizeof out, &cut) };
    utf8(once);
    require(once.n == 0 || (once.p[0] != ' ' && once.p[once.n - 1] != ' '));
    utf8((struct lm_str){ small, lm_fold_latin(fold, raw, small, sizeof small, NULL) });
    utf8((struct lm_str){ small, lm_fold_skeleton(fold, raw, small, sizeof small, NULL) });
    (void)lm_fold_east_asian(raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lm_arena tables, a;
    static struct lm_fold *fold;
    if (fold == NULL) {
        lm_arena_init(&tables, 0);
        lm_arena_init(&a, 0);
        require(lm_fold_open(&tables, &fold, NULL) == LM_OK);
    }
    if (size < 2)
        return 0;
    lm_arena_reset(&a);
    struct lm_str raw = { (const char *)data + 2, size - 2 };
    enum lm_form_kind kind = (enum lm_form_kind)(data[0] % (LM_FORM_MONIKER + 1));
    struct lm_form_context c = { .platform = (enum lm_platform)(data[1] % (LM_PLATFORM_OTHER + 1)),
                                 .plate_region = (data[1] & 64) != 0 ? "NM" : NULL,
                                 .region = (data[1] & 32) != 0 ? "MX" : NULL,
                                 .day = (data[1] & 128) != 0 ? 19875 : LM_DAY_NONE };
    form(&a, fold, &c, kind, raw);
    if (kind == LM_FORM_NAME)
        names(fold, raw);
    else if (kind == LM_FORM_ADDRESS)
        addresses(fold, raw);
    else if (kind == LM_FORM_BIRTH_DATE)
        births(raw, c.day);
    else if (kind == LM_FORM_MONIKER)
        folds(fold, raw);
    return 0;
}
