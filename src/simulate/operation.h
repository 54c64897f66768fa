/* operation.h - a whole made-up operation, written as evidence with planted truth; docs/simulator.md is its specification.
 *
 * writes   DIR/evidence/INVESTIGATION/EXHIBIT/…   what a provider, a carrier, a phone or an agency hands over
 *          DIR/authorities.csv                    for a person to enter: lastmile import --authorities
 *          DIR/truth/…                            for lastmile score
 * cost     one investigation at a time: memory does not grow with scale
 * errors   LM_EEXIST when DIR/evidence is there, LM_EIO, LM_ENOTFOUND (no tzdata)
 * test     tests/unit/test_simulate.c, tests/cli/sample.sh
 */
#ifndef LM_SIMULATE_OPERATION_H
#define LM_SIMULATE_OPERATION_H

#include "base/err.h"
#include "base/str.h"

struct sim_written {
    int64_t investigations, people;
    uint64_t sources, records, held, events, bytes;
};
/* Same seed and scale, same bytes. scale: 1 is the published national operation. */
lm_err lm_simulate_operation(const char *folder, uint64_t seed, double scale, struct sim_written *ret, struct lm_error *e);

#endif
