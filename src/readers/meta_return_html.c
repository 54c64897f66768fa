/* meta_return_html.c - Meta's legal returns as HTML, all four generations of it, and its preservation snapshots. */
#include "readers/meta_return.h"

/* id="home" alone is any page's. */
static bool only_home(struct lm_str head)
{
    return lm_str_find(head, LM_STR("property-")) == SIZE_MAX;
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_return_service s;
    struct lm_arena a;
    int bits = 0;
    (void)in;
    if (!lm_return_possible(head))
        return 0;
    lm_arena_init(&a, 4 << 20);
    if (lm_return_service(&a, head, &s) == LM_OK && !s.text_form && !lm_return_is_whatsapp(&s, head)) {
        bool titled = lm_return_is_titled(head);
        bits = (s.any_section && (s.any_label || !only_home(head))) || (titled && s.any_label) ? 40 : 0;
        bits += bits != 0 && s.any_label ? 24 : 0;
        bits += bits != 0 && titled ? 24 : 0;
    }
    lm_arena_free(&a);
    return bits;
}

static lm_err walk(void *user, const struct lm_return_on *on, void *to, struct lm_return_end *ret, struct lm_error *e)
{
    const struct lm_str *bytes = user;
    return lm_return_html(*bytes, on, to, ret, e);
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str bytes = ctx->in->bytes;
    struct lm_return_service service;
    /* without a service, the accounts say it */
    bool instagram = lm_str_find(lm_str_take(bytes, LM_RETURN_LOOK), LM_STR("(instagram: ")) != SIZE_MAX;
    struct mret_form form = { &service, instagram ? LM_PLATFORM_INSTAGRAM : LM_PLATFORM_FACEBOOK, walk, &bytes };
    lm_err err = lm_return_service(ctx->file, bytes, &service);
    return err == LM_OK ? mret_read(&form, ctx, sink) : err;
}

const struct lm_reader lm_reader_meta_return_html = {
    .name = "meta_return_html",
    .title = "Facebook and Instagram legal return (\"Meta Platforms Business Record\"), HTML",
    .reference = "TWalkingSE/Meta_Chat_Exporter accf88d4 (tests), abrignoni/RLEAPP 042c87b1 (fbigUnifiedmessaging.py), checked 2026-11; "
                 "no public return exists",
    .tested_on = "ten made-up returns of another project; our own files",
    .lookahead = 262144,
    .bid = bid,
    .read = read_all,
};
