#include "network/tie.h"

const char *const lm_layer_words[LM_LAYERS] = {
    [LM_LAYER_UNSTATED] = "unstated",       [LM_LAYER_COMMUNICATION] = "communication",
    [LM_LAYER_DRUG_TRANSFER] = "drug_transfer", [LM_LAYER_MONEY] = "money",
    [LM_LAYER_CO_TRAVEL] = "co_travel",     [LM_LAYER_LABORATORY] = "laboratory",
    [LM_LAYER_FIREARM] = "firearm",         [LM_LAYER_OVERDOSE] = "overdose",
};

enum lm_layer lm_layer_called(struct lm_str word)
{
    enum lm_layer l = LM_LAYER_UNSTATED;
    for (; l < LM_LAYERS; l++) {
        const char *z = lm_layer_words[l];
        size_t i = 0;
        while (i < word.n && z[i] != '\0'
               && (lm_ascii_small(word.p[i]) == (unsigned char)z[i] || (z[i] == '_' && strchr(" -", word.p[i]) != NULL)))
            i++;
        if (i == word.n && z[i] == '\0')
            break;
    }
    return l;
}

static bool is_chosen(const struct lm_tie *t, struct lm_tie_choice c, struct lm_tie_counts *k)
{
    k->layer[t->layer]++;
    k->link[t->link]++;
    k->dated += t->time_us != LM_TIE_UNDATED;
    k->placed += t->place != LM_TIE_NOWHERE;
    if (t->link == LM_LINK_MACHINE && !c.machine) {
        k->machine_left_out++;
        return false;
    }
    if (c.layers != 0 && (c.layers >> t->layer & 1) == 0) {
        k->layers_left_out++;
        return false;
    }
    return true;
}

lm_err lm_ties_choose(struct lm_str *names, size_t n_names, struct lm_edge_in *edges, struct lm_tie *ties, size_t n,
                      struct lm_tie_choice choice, size_t *ret_n_names, size_t *ret_n, struct lm_tie_counts *ret,
                      struct lm_error *e)
{
    struct lm_arena tmp;
    struct lm_tie_counts counts = { 0 };
    size_t kept = 0, kept_names = 0;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    uint32_t *number = lm_arena_array(&tmp, n_names, sizeof *number); /* plus 1; 0: in no chosen tie */
    if (number == NULL)
        return lm_fail(e, LM_ENOMEM, "no memory for the choice of ties");
    for (size_t i = 0; i < n; i++) {
        if (!is_chosen(&ties[i], choice, &counts))
            continue;
        number[edges[i].a] = number[edges[i].b] = 1;
        edges[kept] = edges[i];
        ties[kept++] = ties[i];
    }
    for (size_t i = 0; i < n_names; i++)
        if (number[i] != 0) {
            names[kept_names++] = names[i];
            number[i] = (uint32_t)kept_names;
        }
    for (size_t i = 0; i < kept; i++) {
        edges[i].a = number[edges[i].a] - 1;
        edges[i].b = number[edges[i].b] - 1;
    }
    lm_arena_free(&tmp);
    *ret_n_names = kept_names;
    *ret_n = kept;
    *ret = counts;
    return LM_OK;
}
