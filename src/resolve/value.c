#include "resolve/value.h"

#include <math.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/map.h"
#include "model/name.h"
#include "resolve/metric.h"

#define VALUES_MOST ((uint32_t)1 << 31)

void lm_values_init(struct lm_values *v)
{
    *v = (struct lm_values){ 0 };
    if (getrandom(&v->seed, sizeof v->seed, GRND_NONBLOCK) != (ssize_t)sizeof v->seed)
        v->seed = (uint64_t)(uintptr_t)v;
}

void lm_values_free(struct lm_values *v)
{
    free(v->text);
    free(v->at);
    free(v->slots);
    free(v->signature);
    free(v->words_at);
    free(v->words);
    free(v->rarity);
    free(v->common);
    free(v->rest);
    if (v->word_values != NULL)
        lm_values_free(v->word_values);
    free(v->word_values);
    *v = (struct lm_values){ 0 };
}

static void *resized(void *p, size_t n, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(n, size, &bytes) ? NULL : realloc(p, bytes != 0 ? bytes : 1);
}

static struct lm_value_slot *slot_of(const struct lm_values *v, struct lm_str s, uint32_t hash)
{
    uint32_t mask = v->n_slots - 1, i = hash & mask;
    while (v->slots[i].id != 0 && (v->slots[i].hash != hash || !lm_str_eq(lm_value(v, v->slots[i].id), s)))
        i = (i + 1) & mask;
    return v->slots + i;
}

static uint32_t hash_of(const struct lm_values *v, struct lm_str s)
{
    return (uint32_t)lm_hash64(s, v->seed);
}

uint32_t lm_values_find(const struct lm_values *v, struct lm_str s)
{
    return s.n == 0 || v->n_slots == 0 ? 0 : slot_of(v, s, hash_of(v, s))->id;
}

static lm_err more_slots(struct lm_values *v)
{
    uint32_t n = v->n_slots == 0 ? 64 : v->n_slots * 2, mask = n - 1;
    struct lm_value_slot *slots = calloc(n, sizeof *slots);
    if (slots == NULL)
        return LM_ENOMEM;
    for (uint32_t k = 0; k < v->n_slots; k++) {
        uint32_t i = v->slots[k].hash & mask;
        if (v->slots[k].id == 0)
            continue;
        while (slots[i].id != 0)
            i = (i + 1) & mask;
        slots[i] = v->slots[k];
    }
    free(v->slots);
    v->slots = slots;
    v->n_slots = n;
    return LM_OK;
}

static lm_err more_values(struct lm_values *v)
{
    uint32_t cap = v->cap == 0 ? 64 : v->cap + v->cap / 2;
    uint32_t *at = resized(v->at, (size_t)cap + 1, sizeof *at);
    if (at == NULL)
        return LM_ENOMEM;
    at[0] = 0;
    v->at = at;
    v->cap = cap;
    return LM_OK;
}

static lm_err more_text(struct lm_values *v, size_t n)
{
    if (n > UINT32_MAX - 1 - v->n_text)
        return LM_ELIMIT;
    uint64_t cap = v->text_cap == 0 ? 1024 : (uint64_t)v->text_cap + v->text_cap / 2;
    if (cap < v->n_text + n)
        cap = v->n_text + n;
    if (cap > UINT32_MAX - 1)
        cap = UINT32_MAX - 1;
    char *text = realloc(v->text, cap);
    if (text == NULL)
        return LM_ENOMEM;
    v->text = text;
    v->text_cap = (uint32_t)cap;
    return LM_OK;
}

lm_err lm_values_put(struct lm_values *v, struct lm_str s, uint32_t *ret)
{
    if (s.n == 0) {
        *ret = 0;
        return LM_OK;
    }
    if (v->n >= VALUES_MOST)
        return LM_ELIMIT;
    lm_err err = LM_OK;
    if (v->n_slots / 4 * 3 <= v->n)
        err = more_slots(v);
    if (err == LM_OK && v->n == v->cap)
        err = more_values(v);
    if (err == LM_OK && v->text_cap - v->n_text < s.n)
        err = more_text(v, s.n);
    if (err != LM_OK)
        return err;
    uint32_t hash = hash_of(v, s);
    struct lm_value_slot *slot = slot_of(v, s, hash);
    if (slot->id == 0) {
        memcpy(v->text + v->n_text, s.p, s.n);
        v->n_text += (uint32_t)s.n;
        v->at[++v->n] = v->n_text;
        *slot = (struct lm_value_slot){ v->n, hash };
    }
    *ret = slot->id;
    return LM_OK;
}

/* The next word of *rest; empty when there is none. */
static struct lm_str next_word(struct lm_str *rest, enum lm_word_cut cut)
{
    struct lm_str w = *rest;
    if (cut == LM_CUT_DOMAIN) {
        size_t i = w.n;
        while (i > 0 && w.p[i - 1] != '@')
            i--;
        *rest = lm_str_skip(w, w.n);
        return i > 0 ? lm_str_skip(w, i) : *rest;
    }
    const char *end = memchr(w.p, ' ', w.n);
    w.n = end != NULL ? (size_t)(end - w.p) : w.n;
    *rest = lm_str_skip(*rest, w.n + 1);
    return w;
}

static int ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* n words as a set; returns how many are left. */
static size_t as_set(uint32_t *words, size_t n)
{
    size_t m = 0;
    qsort(words, n, sizeof *words, ascending);
    for (size_t i = 0; i < n; i++)
        if (m == 0 || words[m - 1] != words[i])
            words[m++] = words[i];
    return m;
}

/* The words of a value. As long as they are not signed, they are put; later, appended. */
static lm_err cut_one(struct lm_values *v, uint32_t id, enum lm_word_cut cut)
{
    struct lm_str rest = lm_value(v, id);
    size_t n = v->n_words;
    for (unsigned k = 0; rest.n > 0 && k < LM_WORDS_MOST; k++) {
        if (n == v->words_cap) {
            size_t cap = n + n / 2 + 16;
            uint32_t *grown = cap <= UINT32_MAX ? resized(v->words, cap, sizeof *grown) : NULL;
            if (grown == NULL)
                return cap <= UINT32_MAX ? LM_ENOMEM : LM_ELIMIT;
            v->words = grown;
            v->words_cap = (uint32_t)cap;
        }
        struct lm_str w = next_word(&rest, cut);
        if (w.n == 0)
            continue;
        lm_err err = v->signature == NULL ? lm_values_put(v->word_values, w, &v->words[n])
                                          : lm_values_append(v->word_values, LM_CUT_NONE, w, &v->words[n]);
        if (err != LM_OK)
            return err;
        n++;
    }
    if (cut == LM_CUT_SET)
        n = v->n_words + as_set(v->words + v->n_words, n - v->n_words);
    v->words_at[id] = v->n_words = (uint32_t)n;
    return LM_OK;
}

static lm_err cut_words(struct lm_values *v, enum lm_word_cut cut)
{
    lm_err err = LM_OK;
    v->words_cap = v->n < UINT32_MAX - 16 ? v->n + 16 : v->n;
    v->word_values = malloc(sizeof *v->word_values);
    v->words_at = malloc(((size_t)v->n + 1) * sizeof *v->words_at);
    v->words = malloc(v->words_cap * sizeof *v->words);
    if (v->word_values != NULL)
        lm_values_init(v->word_values);
    if (v->word_values == NULL || v->words_at == NULL || v->words == NULL)
        return LM_ENOMEM;
    v->words_at[0] = 0;
    for (uint32_t id = 1; id <= v->n && err == LM_OK; id++)
        err = cut_one(v, id, cut);
    return err == LM_OK ? lm_values_seal(v->word_values, LM_CUT_NONE) : err;
}

lm_err lm_values_seal(struct lm_values *v, enum lm_word_cut cut)
{
    free(v->slots);
    v->slots = NULL;
    v->n_slots = 0;
    return cut == LM_CUT_NONE || cut == LM_CUT_DATE || cut == LM_CUT_CODE ? LM_OK : cut_words(v, cut);
}

/* "street", and "setreet" as well. */
static bool is_common(const struct lm_values *w, uint32_t id)
{
    struct lm_str s = lm_value(w, id);
    bool common = false;
    for (unsigned k = 0; k < w->n_frequent && !common; k++)
        common = w->frequent[k] == id || (s.n >= 5 && lm_edits(s, lm_value(w, w->frequent[k])) <= 2);
    return common;
}

static lm_err find_common(struct lm_values *w)
{
    w->common = calloc((size_t)w->n + 1, 1);
    if (w->common == NULL)
        return LM_ENOMEM;
    for (uint32_t id = 1; id <= w->n; id++)
        if (w->rarity[id] < LM_WORD_FREQUENT && w->n_frequent < LM_WORDS_FREQUENT)
            w->frequent[w->n_frequent++] = id;
    for (uint32_t id = 1; id <= w->n; id++)
        w->common[id] = is_common(w, id);
    return LM_OK;
}

static lm_err weigh_words(struct lm_values *v, const uint64_t *records)
{
    struct lm_values *w = v->word_values;
    uint64_t all = 0;
    uint64_t *with = calloc((size_t)w->n + 1, sizeof *with);
    w->rarity = calloc((size_t)w->n + 1, sizeof *w->rarity);
    if (with == NULL || w->rarity == NULL) {
        free(with);
        return LM_ENOMEM;
    }
    for (uint32_t id = 1; id <= v->n; id++) {
        all += records[id];
        for (uint32_t k = v->words_at[id - 1]; k < v->words_at[id]; k++)
            with[v->words[k]] += records[id];
    }
    for (uint32_t id = 1; id <= w->n; id++)
        w->rarity[id] = with[id] < all ? (float)log2((double)all / (double)with[id]) : 0;
    w->rarest = all > 1 ? (float)log2((double)all) : 0;
    free(with);
    return find_common(w);
}

static uint64_t word_bit(uint64_t hash)
{
    return (uint64_t)1 << (32 + hash % 31);
}

/* What the only word may be short for: "bob" and "robert" have a bit in common. */
static uint64_t short_for(struct lm_str word)
{
    struct lm_str names[LM_GIVEN_NAMES];
    uint64_t r = 0;
    for (size_t n = lm_given_names(word, names), k = 0; k < n; k++)
        r |= word_bit(lm_hash64(names[k], 1));
    return r;
}

static uint64_t words_of(const struct lm_values *v, uint32_t id)
{
    const uint32_t *words;
    uint32_t n = lm_value_words(v, id, &words);
    uint64_t r = n > 1 ? LM_SIGN_SEVERAL : n == 1 ? short_for(lm_value(v, id)) : 0;
    for (uint32_t k = 0; k < n; k++)
        if (v->word_values->rarity[words[k]] >= LM_WORD_FREQUENT)
            r |= word_bit(lm_hash64(lm_value(v->word_values, words[k]), 1));
    return r;
}

static uint64_t email_bits(struct lm_str s)
{
    size_t at = s.n;
    uint64_t r = 0;
    while (at > 0 && s.p[at - 1] != '@')
        at--;
    struct lm_str local = at > 0 ? lm_str_take(s, at - 1) : s;
    for (size_t i = 0; i < local.n; i++)
        r ^= (uint64_t)1 << (LM_SIGN_ABOVE + (unsigned char)local.p[i] % 23);
    return r | (uint64_t)(lm_beginning(s) & 0x1ff) << (LM_SIGN_ABOVE + LM_SIGN_BEGIN);
}

static uint64_t digit_bits(struct lm_str s)
{
    unsigned count[10] = { 0 };
    uint64_t r = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9') {
            unsigned d = (unsigned)(s.p[i] - '0');
            if (count[d] < 3)
                r |= (uint64_t)1 << (LM_SIGN_ABOVE + 3 * d + count[d]++);
        }
    return r;
}

static uint64_t date_bits(struct lm_str s)
{
    uint32_t r = 0;
    for (size_t i = 0; i < s.n && i < 8; i++)
        r = r << 4 | ((unsigned char)s.p[i] & 15);
    return (uint64_t)r << LM_SIGN_ABOVE;
}

static uint64_t above(const struct lm_values *v, uint32_t id, enum lm_word_cut cut)
{
    switch (cut) {
    case LM_CUT_BLANKS:
    case LM_CUT_SET: return words_of(v, id);
    case LM_CUT_DOMAIN: return email_bits(lm_value(v, id));
    case LM_CUT_DATE: return date_bits(lm_value(v, id));
    case LM_CUT_CODE: return digit_bits(lm_value(v, id));
    case LM_CUT_NONE: break;
    }
    return 0;
}

static uint32_t rest_of(const struct lm_values *v, uint32_t id, enum lm_word_cut cut)
{
    if (v->words == NULL)
        return lm_beginning(lm_value(v, id));
    const uint32_t *words;
    uint32_t n = lm_value_words(v, id, &words), letters = 0, length = 0;
    if (cut == LM_CUT_DOMAIN)
        return n == 1 ? words[0] : 0;
    if (n <= 1)
        return lm_beginning(lm_value(v, id))
               | (n == 1 && v->word_values->common[words[0]] ? LM_REST_COMMON : 0);
    for (uint32_t k = 0; k < n; k++)
        if (!v->word_values->common[words[k]]) {
            uint32_t s = lm_signature(lm_value(v->word_values, words[k]));
            letters ^= s & LM_SIGNATURE_LETTERS;
            length += lm_signature_length(s);
        }
    return letters | (length < 63 ? length : 63) << 26;
}

static void sign_one(struct lm_values *v, uint32_t id, enum lm_word_cut cut)
{
    v->signature[id] = lm_signature(lm_value(v, id)) | above(v, id, cut);
    if (v->rest != NULL)
        v->rest[id] = rest_of(v, id, cut);
}

lm_err lm_values_sign(struct lm_values *v, enum lm_word_cut cut, const uint64_t *records)
{
    lm_err err = LM_OK;
    v->signature = malloc(((size_t)v->n + 1) * sizeof *v->signature);
    if (v->signature == NULL)
        return LM_ENOMEM;
    bool with_rest = cut == LM_CUT_BLANKS || cut == LM_CUT_DOMAIN || records == NULL;
    if (with_rest)
        v->rest = calloc((size_t)v->n + 1, sizeof *v->rest);
    if (with_rest && v->rest == NULL)
        return LM_ENOMEM;
    if (v->words != NULL)
        err = weigh_words(v, records);
    if (err == LM_OK && v->words != NULL)
        err = lm_values_sign(v->word_values, LM_CUT_NONE, NULL);
    if (err != LM_OK)
        return err;
    v->signature[0] = 0;
    v->signed_cap = v->n;
    for (uint32_t id = 1; id <= v->n; id++)
        sign_one(v, id, cut);
    return LM_OK;
}

/* --- later --- */

lm_err lm_values_reopen(struct lm_values *v)
{
    uint32_t n = 64;
    while (n / 4 * 3 <= v->n)
        n *= 2;
    v->slots = calloc(n, sizeof *v->slots);
    if (v->slots == NULL)
        return LM_ENOMEM;
    v->n_slots = n;
    for (uint32_t id = 1; id <= v->n; id++) {
        uint32_t hash = hash_of(v, lm_value(v, id)), i = hash & (n - 1);
        while (v->slots[i].id != 0)
            i = (i + 1) & (n - 1);
        v->slots[i] = (struct lm_value_slot){ id, hash };
    }
    return v->word_values != NULL ? lm_values_reopen(v->word_values) : LM_OK;
}

static bool more_of(void *array, size_t n, size_t size)
{
    void **at = array;
    void *grown = *at != NULL ? resized(*at, n, size) : NULL;
    if (grown != NULL)
        *at = grown;
    return grown != NULL || *at == NULL;
}

static lm_err more_signed(struct lm_values *v)
{
    uint64_t cap = (uint64_t)v->n + v->n / 8 + 64;
    size_t n = cap < VALUES_MOST ? (size_t)cap + 1 : (size_t)VALUES_MOST + 1;
    if (!more_of(&v->signature, n, sizeof *v->signature) || !more_of(&v->rest, n, sizeof *v->rest)
        || !more_of(&v->words_at, n, sizeof *v->words_at) || !more_of(&v->rarity, n, sizeof *v->rarity)
        || !more_of(&v->common, n, sizeof *v->common))
        return LM_ENOMEM;
    v->signed_cap = (uint32_t)(n - 1);
    return LM_OK;
}

lm_err lm_values_append(struct lm_values *v, enum lm_word_cut cut, struct lm_str s, uint32_t *ret)
{
    uint32_t before = v->n;
    lm_err err = v->n == v->signed_cap ? more_signed(v) : LM_OK;
    if (err == LM_OK)
        err = lm_values_put(v, s, ret);
    if (err != LM_OK || v->n == before)
        return err;
    if (v->rarity != NULL) {
        v->rarity[v->n] = v->rarest;
        v->common[v->n] = is_common(v, v->n);
    }
    if (v->words != NULL)
        err = cut_one(v, v->n, cut);
    if (err == LM_OK)
        sign_one(v, v->n, cut);
    return err;
}
