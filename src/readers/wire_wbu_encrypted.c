/* wire_wbu_encrypted.c - the sealed backups of Wire's older apps: WBUA (Android) and WBUI (iOS), opened with their password.
 *
 * "WBUA", 0, version 2 (2 bytes), salt 16, hashed user id 32, passes 4, memory 4, a stream of one message, Argon2id. "WBUI", 0, version 1,
 * salt 16, hashed user id 32, a stream of messages of 1 MiB, Argon2i with 6 passes over 128 MiB. Big endian. In the stream stands a zip
 * with a database and a file that says whose it is: each member goes to the reader that knows it, and the places of its records are
 * "MEMBER/TABLE". docs/readers/wire.md has the rules.
 */
#include <stdio.h>

#include "formats/zip_memory.h"
#include "readers/shared/text.h"
#include "readers/shared/wire_sealed.h"

#define MAX_MEMBER ((size_t)1 << 30) /* where there is no place for it but memory */
#define HEADER_ANDROID 63
#define HEADER_IOS 55

static bool has_magic(struct lm_str s, const char *magic)
{
    return s.n >= 7 && memcmp(s.p, magic, 4) == 0 && s.p[4] == '\0';
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    return has_magic(head, "WBUA") || has_magic(head, "WBUI") ? 40 : 0;
}

/* --- what is inside is read by others --- */

struct inside {
    struct lm_read *ctx;
    struct lm_zip_bytes zip;
    struct lm_str *names;
    size_t n;
    struct lm_str folder; /* of the member in hand */
};

static lm_err next_piece(void *from, struct lm_str *ret)
{
    return lm_zip_read(from, ret, NULL);
}

static lm_err member_bytes(struct inside *z, struct lm_str name, struct lm_str *ret)
{
    struct lm_zip_member *m;
    lm_err err = lm_zip_open(z->zip, name, &m, NULL);
    if (err != LM_OK)
        return err;
    err = lm_input_spill(z->ctx->in, z->ctx->file, MAX_MEMBER, next_piece, m, ret);
    lm_zip_close(m);
    return err;
}

static lm_err sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret)
{
    struct inside *z = in->user;
    char full[1024];
    int k = snprintf(full, sizeof full, "%.*s%.*s", LM_STR_ARG(z->folder), LM_STR_ARG(path));
    for (size_t i = 0; k > 0 && (size_t)k < sizeof full && i < z->n; i++)
        if (lm_str_is(z->names[i], full))
            return member_bytes(z, z->names[i], ret);
    return LM_ENOTFOUND;
}

/* Passes on what a reader says, with the member's name before each place. */
struct relay {
    struct lm_sink sink;
    struct lm_sink *to;
    struct lm_str member;
    struct lm_arena *a; /* reset before each entry */
    uint64_t records;
};

static lm_err moved(struct relay *r, struct lm_locator *l)
{
    if (l->kind == LM_LOCATOR_TABLE || l->kind == LM_LOCATOR_SHEET)
        l->name = lm_arena_printf(r->a, "%.*s/%.*s", LM_STR_ARG(r->member), LM_STR_ARG(l->name));
    else
        *l = (struct lm_locator){ .kind = LM_LOCATOR_TABLE, .name = r->member, .a = l->a };
    return l->name.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct relay *r = (struct relay *)sink;
    struct lm_entry e = *entry;
    lm_arena_reset(r->a);
    struct lm_locator *places = lm_arena_array(r->a, e.n_records, sizeof *places);
    lm_err err = places != NULL ? LM_OK : LM_ENOMEM;
    for (size_t i = 0; err == LM_OK && i < e.n_records; i++) {
        places[i] = e.records[i];
        err = moved(r, &places[i]);
    }
    e.records = places;
    r->records += e.n_records;
    return err == LM_OK ? r->to->entry(r->to, &e) : err;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    struct relay *r = (struct relay *)sink;
    struct lm_problem p = *problem;
    lm_arena_reset(r->a);
    lm_err err = moved(r, &p.at);
    r->records += p.records;
    return err == LM_OK ? r->to->problem(r->to, &p) : err;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static const struct lm_reader *reader_of(const struct lm_input *in)
{
    static const char *const names[] = { "wire_android_db", "wire_ios_db", "wire_desktop_wbu" };
    const struct lm_reader *best = NULL;
    int most = 0;
    if (lm_str_eq(in->path, LM_STR("export.json"))) /* shorter than the desktop's, and the same keys */
        return lm_reader_find(LM_STR("wire_desktop_wbu"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct lm_reader *r = lm_reader_find(lm_str(names[i]));
        int bits = r != NULL ? r->bid(in, lm_str_take(in->bytes, r->lookahead)) : 0;
        if (bits > most) {
            most = bits;
            best = r;
        }
    }
    return best;
}

/* -wal, -shm and the like: read with the file that they belong to, when that is there. */
static bool belongs_to_another(const struct inside *z, struct lm_str name)
{
    static const char *const ends[] = { "-wal", "-shm", "-journal" };
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; lm_str_ends(name, lm_str(ends[k])) && i < z->n; i++)
            if (lm_str_eq(z->names[i], lm_str_take(name, name.n - strlen(ends[k]))))
                return true;
    return false;
}

static lm_err one_member(struct inside *z, size_t i, struct relay *relay)
{
    struct lm_str name = z->names[i], bytes = { NULL, 0 };
    struct lm_locator at = { .kind = LM_LOCATOR_TABLE, .name = name };
    struct lm_error why = { 0 };
    z->folder = lm_str_take(name, name.n - lm_text_file_name(name).n);
    if (belongs_to_another(z, name))
        return LM_OK;
    lm_err err = member_bytes(z, name, &bytes);
    if (err == LM_ENOMEM)
        return err;
    if (err != LM_OK)
        return lm_sink_problem(relay->to, LM_PROBLEM_LOST, 0, at, err == LM_ELIMIT ? "a member of the backup is too large to be unpacked"
                                                                                   : "a member of the backup cannot be unpacked to its end");
    struct lm_input in = { .bytes = bytes, .path = name, .sibling = sibling, .user = z };
    struct lm_read ctx = { .in = &in, .file = z->ctx->file, .record = z->ctx->record, .error = &why };
    const struct lm_reader *reader = bytes.n != 0 ? reader_of(&in) : NULL;
    if (reader == NULL)
        return lm_sink_problem(relay->to, LM_PROBLEM_DOUBTED, 0, at, "a member of the backup that no reader knows: not read");
    relay->member = name;
    err = reader->read(&ctx, &relay->sink);
    if (err != LM_EINPUT && err != LM_ELIMIT)
        return err;
    return lm_sink_problem(relay->to, LM_PROBLEM_LOST, 0, at, "a member of the backup breaks: %s", why.message);
}

static lm_err read_zip(struct lm_read *ctx, struct lm_sink *sink, struct lm_zip_bytes zip)
{
    struct lm_arena places;
    struct inside z = { .ctx = ctx, .zip = zip };
    struct relay relay = { .sink = { on_entry, on_problem, on_empty }, .to = sink, .a = &places };
    lm_err err = lm_zip_names(ctx->file, zip, &z.names, &z.n, ctx->error);
    if (err != LM_OK && (err != LM_EINPUT || z.n == 0))
        return err;
    bool cut = err != LM_OK;
    lm_arena_init(&places, (size_t)64 << 20);
    err = cut ? lm_sink_problem(sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ 0 }, "the zip in the backup is damaged: %zu members are there", z.n)
              : LM_OK;
    for (size_t i = 0; err == LM_OK && i < z.n; i++)
        err = one_member(&z, i, &relay);
    lm_arena_free(&places);
    return err == LM_OK && relay.records == 0 && !cut && z.n == 0 ? sink->empty(sink) : err;
}

/* --- the seal --- */

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str in = ctx->in->bytes;
    struct lm_sealed text;
    const unsigned char *p = (const unsigned char *)in.p;
    bool android = has_magic(in, "WBUA");
    size_t header = android ? HEADER_ANDROID : HEADER_IOS;
    unsigned version = android ? 2 : 1;
    if (!android && !has_magic(in, "WBUI"))
        return lm_fail(ctx->error, LM_EINPUT, "not a sealed backup of Wire's older apps");
    if (in.n < header + LM_SEALED_HEADER_BYTES + LM_SEALED_EXTRA_BYTES)
        return lm_fail(ctx->error, LM_EINPUT, "the file ends inside its header");
    if (lm_wire_be(p + 5, 2) != version)
        return lm_fail(ctx->error, LM_EINPUT, "version %u of the backup is not known here: only %u is", (unsigned)lm_wire_be(p + 5, 2), version);
    struct lm_wire_seal s = { .kind = LM_PASSWORD_ARGON2ID, .salt = p + 7, .header = p + header,
                              .sealed = lm_str_skip(in, header + LM_SEALED_HEADER_BYTES) };
    if (android) {
        s.passes = lm_wire_be(p + 55, 4);
        s.memory_bytes = lm_wire_be(p + 59, 4);
    } else {
        s.kind = LM_PASSWORD_ARGON2I;
        s.passes = 6;
        s.memory_bytes = UINT64_C(128) << 20;
        s.message_bytes = (size_t)1 << 20;
    }
    lm_err err = lm_wire_unseal(ctx, &s, &text);
    if (err != LM_OK)
        return err == LM_ENOMEM && ctx->error->message[0] == '\0' ? lm_fail(ctx->error, err, "out of memory") : err;
    if (!text.whole)
        err = lm_sink_problem(sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ 0 }, "the sealed stream is damaged or cut: what is behind byte %llu of its"
                                                                                " text is not read", (unsigned long long)text.n);
    if (err == LM_OK)
        err = read_zip(ctx, sink, lm_wire_zip(&text));
    lm_sealed_close(&text);
    return err == LM_ENOMEM && ctx->error->message[0] == '\0' ? lm_fail(ctx->error, err, "out of memory") : err;
}

const struct lm_reader lm_reader_wire_wbu_encrypted = {
    .name = "wire_wbu_encrypted",
    .title = "Wire backup of the older Android and iOS apps (WBUA, WBUI), with its password",
    .reference = "LukasForst/wire-android-backup 2391500b (headers, keys), checked 2026-11",
    .tested_on = "WBUA: one backup of another project; WBUI: our own files only",
    .lookahead = 64,
    .bid = bid,
    .read = read_all,
};
