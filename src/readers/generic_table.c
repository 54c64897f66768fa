/* generic_table.c - any table of calls and messages, or about accounts, by a map (docs/maps.md).
 *
 * The map is one that a person gives at import, and then its match lines are not asked for; or one of data/tables/,
 * tried by the header. shared/traffic.h says how rows are read.
 */
#include "readers/shared/traffic.h"

#define TABLES LM_STR("data/tables/")
#define A_PERSON_SAID 4096 /* more than any layout of our own */

static int bid(const struct lm_input *in, struct lm_str head)
{
    int bits = in->map.n != 0 ? lm_traffic_bid_map(head, in->map) : 0;
    return bits != 0 ? A_PERSON_SAID + bits : lm_traffic_bid(head, TABLES);
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_layout *layouts, own;
    size_t n = 0;
    lm_err err;
    if (ctx->in->map.n != 0) {
        err = lm_layout_parse(ctx->file, LM_STR("--map"), ctx->in->map, &own, ctx->error);
        return err != LM_OK ? err : lm_traffic_read(ctx, sink, &own, 1, true);
    }
    err = lm_layouts_embedded(ctx->file, TABLES, &layouts, &n);
    return err != LM_OK ? err : lm_traffic_read(ctx, sink, layouts, n, false);
}

const struct lm_reader lm_reader_generic_table = {
    .name = "generic_table",
    .title = "Tables of calls and messages, or about accounts, of any origin, by a map (--map), CSV and XLSX",
    .reference = "docs/maps.md: the map says what the columns mean",
    .tested_on = "our own files only",
    .lookahead = SIZE_MAX, /* of workbooks; of text 256 KiB */
    .bid = bid,
    .read = read_all,
};
