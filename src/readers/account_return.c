/* account_return.c - what providers answer about accounts, as tables, by the maps in data/providers/.
 *
 * Telegram, Wire and Wickr say what they give, and nobody has published how it looks; so the names of columns
 * are a map's and the import says that (docs/readers/account_return.md). shared/traffic.h says how rows are
 * read. A person states the provider with --map telegram, wire or wickr where no column names it; then
 * generic_table reads it.
 */
#include "readers/shared/traffic.h"

#define PROVIDERS LM_STR("data/providers/")

static int bid(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    return lm_traffic_bid(head, PROVIDERS);
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_layout *layouts;
    size_t n = 0;
    lm_err err = lm_layouts_embedded(ctx->file, PROVIDERS, &layouts, &n);
    return err != LM_OK ? err : lm_traffic_read(ctx, sink, layouts, n, false);
}

const struct lm_reader lm_reader_account_return = {
    .name = "account_return",
    .title = "Answers of Telegram, Wire and Wickr about accounts, by maps (--map telegram, wire, wickr), CSV "
             "and XLSX",
    .reference = "what is answered: Telegram privacy policy 8.3, Wire privacy whitepaper, Wickr information "
                 "request reporting; the layout is "
                 "stated by our maps, no real file has been seen; checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = SIZE_MAX, /* of workbooks; of text 256 KiB */
    .bid = bid,
    .read = read_all,
};
