/* operation.h - a small made-up operation, written as evidence files with planted truth.
 *
 * Two upstream sources, wholesalers in four cities, dealers, customers. What is planted is written to truth/, so that a
 * run of the whole road can be scored: nothing here shares code with resolve or network. Names, numbers (555-01xx)
 * and places of business are invented. Same seed, same bytes.
 *
 * writes   DIR/evidence/…       what a provider, a phone or an agency would hand over
 *          DIR/authorities.csv  id,kind,reach,number,court,from,to,owner,path: for a person to enter
 *          DIR/truth/persons.csv     id,name,role,city,phone,telegram,facebook
 *          DIR/truth/messages.csv    exhibit,from,to,count: messages inside the authority's dates
 *          DIR/truth/held.csv        exhibit,records: planted outside the authority's dates
 *          DIR/truth/claimed_twice.csv  seizures that two agencies both report
 * errors   LM_EEXIST when DIR/evidence is there, LM_EIO
 * test     tests/cli/sample.sh
 */
#ifndef LM_SIMULATE_OPERATION_H
#define LM_SIMULATE_OPERATION_H

#include "base/err.h"
#include "base/str.h"

lm_err lm_simulate_operation(const char *folder, uint64_t seed, struct lm_error *e);

#endif
