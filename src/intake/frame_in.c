/* The reading side: runs in intake, and believes nothing. */
#include <math.h>

#include "intake/frame.h"
#include "intake/frame_bits.h"

#define ONE(id, word) +1
enum {
    N_PLATFORMS = 0 LM_PLATFORMS(ONE),
    N_EVENT_KINDS = 0 LM_EVENT_KINDS(ONE),
    N_THREAD_KINDS = 0 LM_THREAD_KINDS(ONE),
    N_QUALIFIERS = 0 LM_QUALIFIERS(ONE),
    N_UNITS = 0 LM_UNITS(ONE),
    N_IDENTIFIER_TYPES = 0 LM_IDENTIFIER_TYPES(ONE),
    N_TIME_QUALITIES = 0 LM_TIME_QUALITIES(ONE),
    N_OP_TABLES = 0 LM_OP_TABLES(ONE),
};

#define FIRST_US (INT64_C(-62135596800) * LM_SECOND_US) /* 0001-01-01 */
#define LAST_US (INT64_C(253402300800) * LM_SECOND_US)  /* 10000-01-01 */
#define REASON_BYTES 4096

/* Failure is sticky: afterwards everything reads as zero. */
struct in {
    const unsigned char *p, *end;
    struct lm_arena *a;
    lm_err failed;
};

static void fail(struct in *in, lm_err code)
{
    if (in->failed == LM_OK)
        in->failed = code;
    in->p = in->end;
}

static unsigned get_u8(struct in *in)
{
    if (in->p == in->end) {
        fail(in, LM_EINPUT);
        return 0;
    }
    return *in->p++;
}

/* An enum of n values. */
static unsigned get_enum(struct in *in, unsigned n)
{
    unsigned v = get_u8(in);
    if (v >= n) {
        fail(in, LM_EINPUT);
        return 0;
    }
    return v;
}

static bool get_bool(struct in *in)
{
    return get_enum(in, 2) != 0;
}

static uint64_t get_u64(struct in *in)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned c = get_u8(in);
        if (shift == 63 && c > 1)
            break;
        v |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80)
            return v;
    }
    fail(in, LM_EINPUT);
    return 0;
}

static uint64_t get_u64_max(struct in *in, uint64_t max)
{
    uint64_t v = get_u64(in);
    if (v > max) {
        fail(in, LM_EINPUT);
        return 0;
    }
    return v;
}

static int64_t get_i64(struct in *in, int64_t min, int64_t max)
{
    uint64_t z = get_u64(in);
    int64_t v = (int64_t)(z >> 1 ^ (0 - (z & 1)));
    if (v < min || v > max) {
        fail(in, LM_EINPUT);
        return 0;
    }
    return v;
}

static struct lm_str get_bytes(struct in *in)
{
    uint64_t n = get_u64(in);
    if (n > (uint64_t)(in->end - in->p)) {
        fail(in, LM_EINPUT);
        return (struct lm_str){ NULL, 0 };
    }
    struct lm_str s = { (const char *)in->p, (size_t)n };
    in->p += n;
    return n != 0 ? s : (struct lm_str){ NULL, 0 };
}

static struct lm_str get_text(struct in *in)
{
    struct lm_str s = get_bytes(in);
    if (s.n != 0 && lm_utf8_valid_prefix(s) != s.n) {
        fail(in, LM_EINPUT);
        return (struct lm_str){ NULL, 0 };
    }
    return s;
}

static struct lm_str get_text_max(struct in *in, size_t max)
{
    struct lm_str s = get_text(in);
    if (s.n > max) {
        fail(in, LM_EINPUT);
        return (struct lm_str){ NULL, 0 };
    }
    return s;
}

/* Room for a count of things that take at least least_bytes each in the frame; so a count is never larger than the
 * frame can hold. */
static void *get_array(struct in *in, size_t least_bytes, size_t size, size_t *ret_n)
{
    uint64_t n = get_u64(in);
    if (n == 0 || n > (uint64_t)(in->end - in->p) / least_bytes) {
        fail(in, LM_EINPUT);
        return NULL;
    }
    void *p = lm_arena_array(in->a, (size_t)n, size);
    if (p == NULL) {
        fail(in, LM_ENOMEM);
        return NULL;
    }
    *ret_n = (size_t)n;
    return p;
}

static double get_double(struct in *in, double limit)
{
    double v;
    if (in->end - in->p < (ptrdiff_t)sizeof v) {
        fail(in, LM_EINPUT);
        return 0;
    }
    memcpy(&v, in->p, sizeof v);
    in->p += sizeof v;
    if (!(fabs(v) <= limit)) {
        fail(in, LM_EINPUT);
        return 0;
    }
    return v;
}

static struct lm_locator get_locator(struct in *in)
{
    struct lm_locator l = { .kind = get_enum(in, LM_LOCATOR_SHEET + 1) };
    if (l.kind == LM_LOCATOR_NONE)
        return l;
    l.a = get_u64(in);
    l.b = get_u64(in);
    l.name = get_text_max(in, REASON_BYTES);
    return l;
}

static struct lm_when get_when(struct in *in)
{
    struct lm_when w = { .quality = get_enum(in, N_TIME_QUALITIES) };
    if (w.quality == LM_TIME_NONE)
        return w;
    w.us = get_i64(in, FIRST_US, LAST_US - 1);
    if (w.quality == LM_TIME_ZONE)
        w.offset_s = (int32_t)get_i64(in, -86400, 86400);
    return w;
}

static struct lm_account_ref get_account(struct in *in)
{
    struct lm_account_ref r = { .platform = get_enum(in, N_PLATFORMS), .form = get_enum(in, LM_ACCOUNT_OWNER + 1) };
    r.native = get_text(in);
    r.display = get_text(in);
    return r;
}

static void get_lists(struct in *in, uint64_t m, struct lm_event *e)
{
    if (m & HAS_TO) {
        struct lm_account_ref *to = get_array(in, 4, sizeof *to, &e->n_to);
        for (size_t i = 0; i < e->n_to && in->failed == LM_OK; i++)
            to[i] = get_account(in);
        e->to = to;
    }
    if (m & HAS_ATTACHMENTS) {
        struct lm_attachment *t = get_array(in, 4, sizeof *t, &e->n_attachments);
        for (size_t i = 0; i < e->n_attachments && in->failed == LM_OK; i++) {
            t[i].name = get_text(in);
            t[i].type = get_text(in);
            t[i].bytes = get_i64(in, -1, INT64_MAX);
            t[i].note = get_text(in);
        }
        e->attachments = t;
    }
    if (m & HAS_REACTIONS) {
        struct lm_reaction *r = get_array(in, 5, sizeof *r, &e->n_reactions);
        for (size_t i = 0; i < e->n_reactions && in->failed == LM_OK; i++) {
            r[i].by = get_account(in);
            r[i].what = get_text(in);
        }
        e->reactions = r;
    }
    if (m & HAS_EDITS) {
        struct lm_edit *d = get_array(in, 2, sizeof *d, &e->n_edits);
        for (size_t i = 0; i < e->n_edits && in->failed == LM_OK; i++) {
            d[i].at = get_when(in);
            d[i].text = get_text(in);
        }
        e->edits = d;
    }
}

static struct lm_money get_money(struct in *in)
{
    struct lm_money m = { .minor = get_i64(in, INT64_MIN, INT64_MAX) };
    for (int i = 0; i < 3; i++) {
        unsigned c = get_u8(in);
        if (c < 'A' || c > 'Z')
            fail(in, LM_EINPUT);
        m.currency[i] = (char)c;
    }
    m.exponent = (int8_t)get_enum(in, 13); /* 12: MobileCoin counts millionths of millionths */
    return m;
}

static struct lm_event get_event(struct in *in)
{
    struct lm_event e = { .duration_s = -1 };
    uint64_t m = get_u64_max(in, HAS_ALL);
    e.kind = get_enum(in, N_EVENT_KINDS);
    e.platform = get_enum(in, N_PLATFORMS);
    e.flags = (unsigned)get_u64_max(in, 2 * LM_EVENT_CELL_SITE - 1);
    e.at = get_when(in);
    if (m & HAS_NATIVE_ID)
        e.native_id = get_text(in);
    if (m & HAS_DETAIL)
        e.detail = get_text(in);
    if (m & HAS_THREAD) {
        e.thread.native = get_text(in);
        e.thread.title = get_text(in);
        e.thread.kind = get_enum(in, N_THREAD_KINDS);
    }
    if (m & HAS_FROM)
        e.from = get_account(in);
    if (m & HAS_TEXT)
        e.text = get_text(in);
    if (m & HAS_DURATION)
        e.duration_s = get_i64(in, 0, INT64_MAX);
    if (m & HAS_AMOUNT) {
        e.has_amount = true;
        e.amount = get_money(in);
    }
    if (m & HAS_REPLY_TO)
        e.reply_to = get_text(in);
    if (m & HAS_PLACE) {
        e.has_place = true;
        e.latitude = get_double(in, 90);
        e.longitude = get_double(in, 180);
    }
    if (m & HAS_RAW)
        e.raw = get_text(in);
    get_lists(in, m, &e);
    return e;
}

static struct lm_quantity get_quantity(struct in *in)
{
    struct lm_quantity q = { .dimension = get_enum(in, LM_DIMENSION_MONEY + 1) };
    if (q.dimension == LM_DIMENSION_NONE)
        return q;
    q.value = get_i64(in, 0, INT64_MAX);
    q.unit = get_enum(in, N_UNITS);
    q.qualifier = get_enum(in, N_QUALIFIERS);
    q.original = get_text(in);
    return q;
}

static struct lm_op_row get_op_row(struct in *in)
{
    struct lm_op_row r = { .table = get_enum(in, N_OP_TABLES) };
    struct lm_str *const places[] = OP_ROW_TEXT_PLACES(&r);
    const size_t n = sizeof places / sizeof *places;
    uint64_t m = get_u64_max(in, (UINT64_C(1) << n) - 1);
    for (size_t i = 0; i < n; i++)
        if (m >> i & 1)
            *places[i] = get_text(in);
    r.day = (int32_t)get_i64(in, LM_DAY_NONE, INT32_MAX);
    if (r.day != LM_DAY_NONE && (r.day < FIRST_US / LM_DAY_US || r.day >= LAST_US / LM_DAY_US))
        fail(in, LM_EINPUT);
    r.amount = get_quantity(in);
    r.net = get_quantity(in);
    r.purity_ppm = get_i64(in, -1, 1000000);
    r.ug_per_pill = get_i64(in, -1, INT64_MAX);
    r.platforms = (uint32_t)get_u64_max(in, (UINT64_C(1) << N_PLATFORMS) - 1);
    r.social_media = (int8_t)get_i64(in, -1, 1);
    r.encrypted = (int8_t)get_i64(in, -1, 1);
    r.fatal = get_bool(in);
    return r;
}

static void get_fact(struct in *in, struct lm_fact *f)
{
    f->kind = get_enum(in, LM_FACT_OP_ROW + 1);
    switch (f->kind) {
    case LM_FACT_EVENT:
        f->event = get_event(in);
        break;
    case LM_FACT_IDENTIFIER:
        f->identifier.account = get_account(in);
        f->identifier.type = get_enum(in, N_IDENTIFIER_TYPES);
        f->identifier.value = get_text(in);
        f->identifier.basis = get_text(in);
        f->identifier.at = get_when(in);
        break;
    case LM_FACT_OP_ROW:
        f->op_row = get_op_row(in);
        break;
    }
}

static void get_entry(struct in *in, struct lm_frame *f)
{
    struct lm_entry e = { 0 };
    struct lm_locator *records = get_array(in, 1, sizeof *records, &e.n_records);
    for (size_t i = 0; i < e.n_records && in->failed == LM_OK; i++)
        records[i] = get_locator(in);
    /* the smallest fact is an identifier: kind, account (4), type, value, basis, moment */
    struct lm_fact *facts = get_array(in, 9, sizeof *facts, &e.n_facts);
    for (size_t i = 0; i < e.n_facts && in->failed == LM_OK; i++)
        get_fact(in, &facts[i]);
    e.records = records;
    e.facts = facts;
    f->entry.entry = e;
    f->entry.facts = facts;
}

static void get_problem(struct in *in, struct lm_problem *p)
{
    p->kind = get_enum(in, LM_PROBLEM_LOST + 1);
    p->records = get_u64_max(in, UINT32_MAX);
    p->at = get_locator(in);
    p->reason = get_text_max(in, REASON_BYTES);
    if ((p->kind == LM_PROBLEM_REJECTED) != (p->records > 0))
        fail(in, LM_EINPUT);
}

static void get_payload(struct in *in, struct lm_frame *f)
{
    switch (f->type) {
    case LM_FRAME_READY:
        f->ready.no_new_privs = get_bool(in);
        f->ready.limits = get_bool(in);
        f->ready.landlock = get_bool(in);
        f->ready.seccomp = get_bool(in);
        break;
    case LM_FRAME_HELLO:
        f->hello.reader = get_text_max(in, 64);
        f->hello.bid = (uint32_t)get_u64_max(in, INT32_MAX);
        f->hello.second = get_text_max(in, 64);
        f->hello.second_bid = (uint32_t)get_u64_max(in, INT32_MAX);
        break;
    case LM_FRAME_ENTRY:
        get_entry(in, f);
        break;
    case LM_FRAME_PROBLEM:
        get_problem(in, &f->problem);
        break;
    case LM_FRAME_EMPTY:
        break;
    case LM_FRAME_END:
        f->end.code = get_enum(in, LM_EINTERNAL + 1);
        f->end.locator = get_text_max(in, REASON_BYTES);
        f->end.message = get_text_max(in, REASON_BYTES);
        f->end.hint = get_text_max(in, REASON_BYTES);
        break;
    case LM_FRAME_MEMBER:
        f->member.kind = get_enum(in, LM_MEMBER_SPECIAL + 1);
        f->member.encrypted = get_bool(in);
        f->member.name = get_bytes(in);
        break;
    case LM_FRAME_DATA:
        f->data = get_bytes(in);
        break;
    case LM_FRAME_MEMBER_END:
        f->member_end.state = get_enum(in, LM_MEMBER_ENCRYPTED + 1);
        f->member_end.reason = get_text_max(in, REASON_BYTES);
        break;
    }
}

lm_err lm_frame_decode(struct lm_arena *a, struct lm_str bytes, size_t frame_ceiling_bytes, struct lm_frame *ret_frame,
                       size_t *ret_used)
{
    if (bytes.n < LM_FRAME_HEADER_BYTES) {
        *ret_used = 0;
        return LM_OK;
    }
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t n = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
    if (p[4] < LM_FRAME_READY || p[4] > LM_FRAME_MEMBER_END)
        return LM_EINPUT;
    if (n > frame_ceiling_bytes)
        return LM_ELIMIT;
    if (bytes.n - LM_FRAME_HEADER_BYTES < n) {
        *ret_used = 0;
        return LM_OK;
    }
    struct lm_frame f = { .type = p[4] };
    struct in in = { .p = p + LM_FRAME_HEADER_BYTES, .end = p + LM_FRAME_HEADER_BYTES + n, .a = a };
    get_payload(&in, &f);
    if (in.failed == LM_OK && in.p != in.end)
        return LM_EINPUT;
    if (in.failed != LM_OK)
        return in.failed;
    *ret_frame = f;
    *ret_used = LM_FRAME_HEADER_BYTES + n;
    return LM_OK;
}
