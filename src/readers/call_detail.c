/* call_detail.c - call records as carriers return them, by the layouts in data/carriers/.
 *
 * A layout is a map (shared/layout.h); shared/traffic.h says how rows are read. Nothing here is about one carrier.
 */
#include "readers/shared/traffic.h"

#define CARRIERS LM_STR("data/carriers/")

static int bid(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    return lm_traffic_bid(head, CARRIERS);
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_layout *layouts;
    size_t n = 0;
    lm_err err = lm_layouts_embedded(ctx->file, CARRIERS, &layouts, &n);
    return err != LM_OK ? err : lm_traffic_read(ctx, sink, layouts, n, false);
}

const struct lm_reader lm_reader_call_detail = {
    .name = "call_detail",
    .title = "Call records of carriers: AT&T, T-Mobile, Sprint",
    .reference = "AT&T Records Key (EFTA01338294), T-Mobile CDR key v.170711 (EFTA01342680), Sprint column names; the keys "
                 "themselves as summarised in our notes, 2026-11",
    .tested_on = "our own files only",
    .lookahead = SIZE_MAX, /* of workbooks; of text 256 KiB */
    .bid = bid,
    .read = read_all,
};
