/* words.h - what the made-up people are called, where they are and what they write. All of it is invented; numbers are of
 * ranges that are kept for fiction (docs/simulator.md names them). */
#ifndef LM_SIMULATE_WORDS_H
#define LM_SIMULATE_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct sim_city {
    const char *name, *state, *division, *zone;
    const char *sheriff; /* the agency that also claims what was seized there */
};
enum { SIM_CITIES = 14 };
extern const struct sim_city sim_cities[SIM_CITIES];

enum { SIM_TEXT = 240, SIM_NAME = 64, SIM_NUMBER = 16 };
struct sim_name {
    char given[SIM_NAME], family[SIM_NAME], moniker[SIM_NAME];
    char full[2 * SIM_NAME + 8]; /* given and family; two surnames where that is the custom */
};
void sim_make_name(uint64_t bits, struct sim_name *ret);

/* A line of a conversation; the same bits give the same line. No quotes, no backslash, no angle brackets, no commas that a
 * table would need to quote. Returns its length. */
size_t sim_make_text(uint64_t bits, char out[SIM_TEXT]);

/* Numbers in ranges that are kept for fiction, in E.164: g-th of each range, beginning again at its end. */
void sim_number_nanp(uint64_t g, char out[SIM_NUMBER]);     /* area code + 555-0100 … 0199 */
void sim_number_france(uint64_t g, char out[SIM_NUMBER]);   /* six ranges of 10,000 */
void sim_number_kingdom(uint64_t g, char out[SIM_NUMBER]);  /* 07700 900000 … 900999, 01632 960000 … 960999 */

#endif
