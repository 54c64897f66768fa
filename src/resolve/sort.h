/* sort.h - sorts records by a 64-bit key: stable, in place of a comparison sort where there are millions.
 *
 * Least digit first, 11 bits at a time; digits that all keys share are passed over.
 * cost   O(n) time, as much memory again for the while
 * errors LM_ENOMEM, both arrays untouched
 * test   tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_SORT_H
#define LM_RESOLVE_SORT_H

#include <stdint.h>

#include "base/err.h"

/* keys ascending; ids go with them. */
lm_err lm_sort_keys(uint64_t *keys, uint32_t *ids, uint32_t n);

#endif
