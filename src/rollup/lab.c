/* lab.c - what the laboratory says of each seizure, in doses.
 *
 * A result belongs to the counted seizure of its drug that it names by seizure id, by exhibit number, or by
 * both. When that is nobody or several, the result is not used and a note says so. Tablets: count × mg per
 * tablet; otherwise net mass × purity. The count or mass that the result does not state is taken from the
 * seizure.
 */
#include "rollup/internal.h"

#define CHAIN_MAX 64

static bool starts_word(struct lm_str s, struct lm_str word)
{
    if (s.n < word.n || !lm_str_eq_nocase(lm_str_take(s, word.n), word))
        return false;
    char c = s.n > word.n ? s.p[word.n] : ' ';
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
             || c == '_');
}

bool lm_rollup_is_fentanyl(struct lm_str drug)
{
    return starts_word(drug, LM_STR("fentanyl"));
}

bool lm_rollup_is_meth(struct lm_str drug)
{
    return starts_word(drug, LM_STR("methamphetamine")) || lm_str_eq_nocase(drug, LM_STR("meth"));
}

bool lm_rollup_is_pill_form(struct lm_str form)
{
    static const char *const words[] = { "pills", "pill", "tablets", "tablet" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (lm_str_eq_nocase(form, lm_str(words[i])))
            return true;
    return false;
}

/* Seizures chained by id and by exhibit number. */
struct index {
    struct lm_map map;
    struct lm_buf key;
    uint32_t *next[2];
};

static lm_err index_key(struct index *x, char which, struct lm_str text)
{
    lm_buf_clear(&x->key);
    lm_buf_putc(&x->key, which);
    return lm_rollup_fold(&x->key, text) ? LM_OK : LM_ENOMEM;
}

static lm_err build(struct work *w, struct index *x)
{
    for (int which = 0; which < 2; which++) {
        x->next[which] = lm_arena_array(w->a, w->rows.n, sizeof(uint32_t));
        if (x->next[which] == NULL)
            return LM_ENOMEM;
        for (uint32_t i = w->rows.n; i-- > 0;) { /* backwards: chains run in row order */
            const struct lm_op_row *o = &w->rows.v[i].op;
            struct lm_str text = which == 0 ? o->id : o->exhibit_number;
            uint64_t *head;
            bool fresh;
            x->next[which][i] = ROW_NONE;
            if (o->table != LM_OP_SEIZURE || text.n == 0)
                continue;
            if (index_key(x, which == 0 ? 's' : 'e', text) != LM_OK
                || lm_map_put(&x->map, lm_buf_str(&x->key), i, &head, &fresh) != LM_OK)
                return LM_ENOMEM;
            if (!fresh) {
                x->next[which][i] = (uint32_t)*head;
                *head = i;
            }
        }
    }
    return LM_OK;
}

static bool agree_or_silent(struct lm_str a, struct lm_str b)
{
    return a.n == 0 || b.n == 0 || lm_str_eq_nocase(a, b);
}

/* Does the seizure fit the result where both speak? Tablets do not answer for powder. */
static bool fits(const struct lm_op_row *lab, const struct lm_op_row *seizure)
{
    bool drug = lm_rollup_is_fentanyl(lab->drug) ? lm_rollup_is_fentanyl(seizure->drug)
                                                 : lm_str_eq_nocase(lab->drug, seizure->drug)
                                                       || (lm_rollup_is_meth(lab->drug) && lm_rollup_is_meth(seizure->drug));
    return drug && agree_or_silent(lab->exhibit_number, seizure->exhibit_number)
           && agree_or_silent(lab->investigation, seizure->investigation)
           && (lab->form.n == 0 || seizure->form.n == 0
               || lm_rollup_is_pill_form(lab->form) == lm_rollup_is_pill_form(seizure->form));
}

/* The one counted seizure that the result is about; ROW_NONE with *ret_found 0 or 2 (several). */
static uint32_t find_seizure(struct work *w, struct index *x, const struct lm_op_row *lab, int *ret_found)
{
    int which = lab->seizure.n != 0 ? 0 : 1;
    struct lm_str text = which == 0 ? lab->seizure : lab->exhibit_number;
    uint32_t hit = ROW_NONE;
    *ret_found = 0;
    if (text.n == 0 || index_key(x, which == 0 ? 's' : 'e', text) != LM_OK)
        return ROW_NONE;
    uint64_t *head = lm_map_get(&x->map, lm_buf_str(&x->key));
    uint32_t steps = 0;
    for (uint32_t i = head != NULL ? (uint32_t)*head : ROW_NONE; i != ROW_NONE; i = x->next[which][i]) {
        uint32_t counted = lm_rollup_counted(w, i);
        if (++steps > CHAIN_MAX) {
            *ret_found = 2;
            return ROW_NONE;
        }
        if (!fits(lab, &w->rows.v[i].op) || counted == hit)
            continue;
        *ret_found += 1;
        if (*ret_found > 1)
            return ROW_NONE;
        hit = counted;
    }
    return hit;
}

/* Adds one result to its seizure's answer; false when it does not state enough. */
static bool measured(const struct lm_op_row *lab, const struct lm_op_row *seizure, struct lab_answer *answer)
{
    const struct lm_quantity *pills =
        lab->amount.dimension == LM_DIMENSION_COUNT ? &lab->amount : &seizure->amount;
    const struct lm_quantity *mass = lab->net.dimension == LM_DIMENSION_MASS ? &lab->net : &seizure->amount;
    bool by_pill = lab->ug_per_pill >= 0 && pills->dimension == LM_DIMENSION_COUNT && pills->value >= 0;
    bool by_mass = lab->purity_ppm >= 0 && mass->dimension == LM_DIMENSION_MASS && mass->value >= 0;
    if (!by_pill && !by_mass)
        return false;
    enum lm_qualifier q = by_pill ? pills->qualifier : mass->qualifier;
    bool fits_in = by_pill ? lm_dose_add_pills_measured(pills->value, lab->ug_per_pill, &answer->sum)
                           : lm_dose_add_mass_measured(mass->value, lab->purity_ppm, &answer->sum);
    answer->overflow |= !fits_in;
    answer->qualifier = answer->answered ? lm_qualifier_join(answer->qualifier, q) : q;
    answer->answered = true;
    return true;
}

static lm_err one_result(struct work *w, struct index *x, uint32_t i, struct lab_answer *answers,
                         uint32_t *lab_next)
{
    const struct held_row *r = &w->rows.v[i];
    int found;
    uint32_t at = find_seizure(w, x, &r->op, &found);
    if (at == ROW_NONE)
        return lm_rollup_note(w, r->ref, "the laboratory result is not used: %s",
                              found == 0 ? "it names no seizure of its drug among these rows"
                                         : "it fits several seizures; name the seizure and the exhibit number");
    lab_next[i] = answers[at].first_row;
    answers[at].first_row = i;
    if (!lm_rollup_is_fentanyl(r->op.drug))
        return LM_OK;
    answers[i].answered = measured(&r->op, &w->rows.v[at].op, &answers[at]);
    return answers[i].answered ? LM_OK
                               : lm_rollup_note(w, r->ref,
                                                "the laboratory result is in no dose figure: it needs mg per tablet "
                                                "and a count, or a purity and a net mass");
}

lm_err lm_rollup_laboratory(struct work *w, struct lab_answer *answers, uint32_t *lab_next)
{
    struct index x = { 0 };
    lm_map_init(&x.map, w->a);
    lm_buf_init(&x.key, (size_t)64 << 20);
    lm_err err = build(w, &x);
    if (err != LM_OK)
        (void)lm_fail(w->e, err, "out of memory");
    for (uint32_t i = 0; i < w->rows.n; i++) {
        answers[i].first_row = ROW_NONE;
        lab_next[i] = ROW_NONE;
    }
    for (uint32_t i = 0; err == LM_OK && i < w->rows.n; i++)
        if (w->rows.v[i].op.table == LM_OP_LAB_RESULT && w->rows.v[i].same_as == ROW_NONE)
            err = one_result(w, &x, i, answers, lab_next);
    lm_buf_free(&x.key);
    return err;
}
