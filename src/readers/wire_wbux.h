/* wire_wbux.h - what the files of the reader wire_wbux share. */
#ifndef LM_READERS_WIRE_WBUX_H
#define LM_READERS_WIRE_WBUX_H

#include "base/buf.h"
#include "base/map.h"
#include "formats/protobuf.h"
#include "lastmile/reader.h"

struct wbx {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_str owner;      /* from the pages; empty: not said */
    struct lm_map names;      /* a user's id → index into shown; a conversation's likewise */
    struct lm_str *shown;
    size_t n_shown, cap_shown;
    uint64_t records;
    bool told_info, lost;

    struct lm_str page;       /* the name of the page in hand */
    uint64_t item;            /* counts its records from 1 */
    bool altered;
    const char *doubted;
    struct lm_buf raw;
};

/* Names and the owner, from a page that is looked at before all are read. LM_ENOMEM. */
lm_err wbx_look(struct wbx *w, struct lm_str page);
/* Every record of a page. */
lm_err wbx_page(struct wbx *w, struct lm_str page);

#endif
