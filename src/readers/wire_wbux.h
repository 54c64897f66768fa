/* wire_wbux.h - what the files of the reader wire_wbux share. */
#ifndef LM_READERS_WIRE_WBUX_H
#define LM_READERS_WIRE_WBUX_H

#include "base/buf.h"
#include "base/map.h"
#include "formats/protobuf.h"
#include "formats/zip_memory.h"
#include "lastmile/reader.h"

struct wbx {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_str owner;      /* from the pages; empty: not said */
    struct lm_map names;      /* a user's id → index into shown; a conversation's likewise */
    struct lm_str *shown;
    size_t n_shown, cap_shown;
    uint64_t records;
    bool told_info, lost, more_names;

    struct lm_str page;       /* the name of the page in hand */
    uint64_t item;            /* counts its records from 1 */
    bool altered;
    const char *doubted;
    struct lm_buf raw;
};

#define WBX_MAX_RECORD ((size_t)16 << 20)
#define WBX_MAX_NAMES ((size_t)1 << 16)

/* A page while it is unpacked: one record of it is held. */
struct wbx_stream {
    struct lm_zip_member *m;
    struct lm_str piece;   /* of m, what is not in the window yet */
    struct lm_buf *window;
    size_t used;           /* of the window */
    uint64_t bytes, read;  /* that came out; that became fields */
    bool end;              /* nothing more comes out */
    lm_err err;            /* why not; LM_OK: it is the end of the page */
};
/* False: no further field. Then s->read < s->bytes: the rest is damaged, or larger than WBX_MAX_RECORD. */
bool wbx_next(struct wbx_stream *s, struct lm_pb_field *ret);

/* Names and the owner, from a page that is looked at before all are read. LM_ENOMEM. */
lm_err wbx_look(struct wbx *w, struct wbx_stream *page);
/* Every record of a page. */
lm_err wbx_page(struct wbx *w, struct wbx_stream *page);

#endif
