/* tie.h - what a row says of a tie beside its two names and its weight, and which ties a network is made of.
 *
 * test  tests/unit/test_network_edges_file.c, tests/cli/network.sh
 */
#ifndef LM_NETWORK_TIE_H
#define LM_NETWORK_TIE_H

#include "model/words.h"
#include "network/graph.h"

/* What kind of thing ties the two. */
enum lm_layer {
    LM_LAYER_UNSTATED,
    LM_LAYER_COMMUNICATION,
    LM_LAYER_DRUG_TRANSFER,
    LM_LAYER_MONEY,
    LM_LAYER_CO_TRAVEL,
    LM_LAYER_LABORATORY,
    LM_LAYER_FIREARM,
    LM_LAYER_OVERDOSE,
    LM_LAYERS
};

extern const char *const lm_layer_words[LM_LAYERS];

/* LM_LAYERS when no layer is called that; blanks and dashes stand for the underline. */
enum lm_layer lm_layer_called(struct lm_str word);

struct lm_tie {
    int64_t time_us;          /* UTC; LM_TIE_UNDATED when the row has none */
    uint64_t line;            /* the row of the file, 1 for the first line */
    uint32_t place;           /* city or division: into the places read; LM_TIE_NOWHERE */
    uint8_t layer;            /* enum lm_layer */
    uint8_t link;             /* enum lm_link_class; evidenced unless the row says otherwise */
};
#define LM_TIE_CLASSES 3 /* of enum lm_link_class */
#define LM_TIE_UNDATED INT64_MIN
#define LM_TIE_NOWHERE UINT32_MAX

/* Which of them a network is made of. Machine links are in no measure unless somebody asks for them. */
struct lm_tie_choice {
    uint32_t layers; /* a bit for each; 0: all */
    bool machine;
};

/* What there was, before anything was left out, and what was. */
struct lm_tie_counts {
    uint64_t layer[LM_LAYERS], link[LM_TIE_CLASSES];
    uint64_t dated, placed;
    uint64_t machine_left_out, layers_left_out; /* a machine link of another layer counts as machine */
};

/* lm_ties_choose - moves what is chosen to the front, in order. Names that no chosen tie has are not in the network:
 * their places in `names` close up, too.
 * names, edges, ties  changed; ties are beside edges
 * ret_n_*             what is left
 * errors              LM_ENOMEM */
lm_err lm_ties_choose(struct lm_str *names, size_t n_names, struct lm_edge_in *edges, struct lm_tie *ties, size_t n,
                      struct lm_tie_choice choice, size_t *ret_n_names, size_t *ret_n, struct lm_tie_counts *ret,
                      struct lm_error *e);

#endif
