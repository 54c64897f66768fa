/* traffic.h - tables of calls and messages, or about accounts, read by a layout: what call_detail, account_return and
 * generic_table share. (A table about accounts has no legs: docs/readers/account_return.md.)
 *
 * The header row may stand anywhere: rows above it, and between a table and the next header, are headings; rows with neither
 * a moment nor anybody are notes or totals. Neither are records; how many there were below the first header is said. The
 * header may be repeated, in the same order of columns or in another, and several tables with headers of their own may follow
 * each other.
 *
 * Rows are legs: a call whose moment, two sides and kind are the same in several rows that follow each other (or that have
 * the same id) is one event with several records; it takes the longest duration. Messages are joined only when every cell is
 * the same, the number of the row apart. Forwarding and voicemail are events of their own.
 *
 * Whose records they are: a column, the headings, or the number that stands in most rows. It is needed where a table knows
 * only "the other number", and to say whose the IMEI and IMSI are: an identifier fact "imei:…" / "imsi:…" (basis "network")
 * when a number first shows with one, and when it changes.
 *
 * memory  one row, 32 events that begin at the same moment, 200,000 numbers' devices
 * cost    the first 20,000 rows are read twice
 * test    tests/unit/test_traffic.c, tests/fixtures/call_detail/, tests/fixtures/generic_table/
 */
#ifndef LM_READERS_SHARED_TRAFFIC_H
#define LM_READERS_SHARED_TRAFFIC_H

#include "lastmile/reader.h"
#include "readers/shared/layout.h"

/* Bits: 16 and 8 for every column of the header that one of the embedded layouts knows; 0 when none fits. */
int lm_traffic_bid(struct lm_str head, struct lm_str prefix);
/* The same for one map that a person gave, its match lines not asked for. 0 when the map itself is wrong. */
int lm_traffic_bid_map(struct lm_str head, struct lm_str map);

/* own: a person chose the layout; its match lines are not asked for. LM_EINPUT: no row holds the names of its columns. */
lm_err lm_traffic_read(struct lm_read *ctx, struct lm_sink *sink, const struct lm_layout *layouts, size_t n_layouts, bool own);

#endif
