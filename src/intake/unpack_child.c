/* The process that unpacks containers: libarchive, members as frames, nothing written to disk. See child.h.
 *
 * Zip, tar, 7z, and gz, bz2, xz around a tar or a single file; messages that carry an RSMF file. Other formats that libarchive knows stay off: each is
 * more code in front of hostile bytes. Size, ratio and count are watched by intake, which does not trust us.
 */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <unistd.h>

#include "formats/mime.h"
#include "intake/child.h"
#include "intake/member.h"

#define PIECE_BYTES ((size_t)256 << 10)
#define MAX_RETRIES 16

struct unpack {
    struct lm_frame_out *out;
    struct archive *archive;
};

static struct archive *open_container(struct lm_str bytes)
{
    struct archive *a = archive_read_new();
    if (a == NULL)
        return NULL;
    (void)archive_read_support_filter_gzip(a);
    (void)archive_read_support_filter_bzip2(a);
    (void)archive_read_support_filter_xz(a);
    (void)archive_read_support_format_zip(a);
    (void)archive_read_support_format_7zip(a);
    (void)archive_read_support_format_tar(a);
    (void)archive_read_support_format_raw(a); /* a single compressed file */
    if (archive_read_open_memory(a, bytes.p, bytes.n) != ARCHIVE_OK) {
        /* kept for its message */
    }
    return a;
}

/* libarchive's words, as valid text without control characters. */
static struct lm_str reason(struct archive *a, char *out, size_t cap)
{
    const char *z = archive_error_string(a);
    (void)snprintf(out, cap, "%s", z != NULL ? z : "cannot be read");
    struct lm_str s = lm_str(out);
    return lm_str_take(s, lm_utf8_valid_prefix(s));
}

static lm_err send_bytes(struct unpack *u, const char *p, size_t n)
{
    while (n > 0) {
        size_t k = n < PIECE_BYTES ? n : PIECE_BYTES;
        lm_err err = lm_frame_put_data(u->out, (struct lm_str){ p, k });
        if (err != LM_OK)
            return err;
        p += k;
        n -= k;
    }
    return LM_OK;
}

/* The hole of a sparse file: zeros, as any other tool would write; intake stops us when it is too much. */
static lm_err send_zeros(struct unpack *u, uint64_t n)
{
    static const char zeros[65536];
    lm_err err = LM_OK;
    for (; n > 0 && err == LM_OK; n -= n < sizeof zeros ? n : sizeof zeros)
        err = send_bytes(u, zeros, n < sizeof zeros ? (size_t)n : sizeof zeros);
    return err;
}

static lm_err send_data(struct unpack *u, struct lm_frame_member_end *end, char *words, size_t cap)
{
    uint64_t at = 0;
    for (;;) {
        const void *p;
        size_t n;
        la_int64_t offset;
        int r = archive_read_data_block(u->archive, &p, &n, &offset);
        if (r == ARCHIVE_EOF)
            return LM_OK;
        if (r != ARCHIVE_OK) {
            end->reason = reason(u->archive, words, cap);
            end->state = r == ARCHIVE_WARN ? LM_MEMBER_DOUBTED : LM_MEMBER_BROKEN;
            if (r != ARCHIVE_WARN)
                return LM_OK;
        }
        lm_err err = LM_OK;
        if (offset > 0 && (uint64_t)offset > at) {
            err = send_zeros(u, (uint64_t)offset - at);
            at = (uint64_t)offset;
        }
        if (err == LM_OK)
            err = send_bytes(u, p, n);
        if (err != LM_OK)
            return err;
        at += n;
    }
}

static enum lm_member_kind kind_of(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry) != NULL)
        return LM_MEMBER_LINK;
    switch (archive_entry_filetype(entry)) {
    case 0:
    case AE_IFREG:
        return LM_MEMBER_FILE;
    case AE_IFDIR:
        return LM_MEMBER_FOLDER;
    case AE_IFLNK:
        return LM_MEMBER_LINK;
    default:
        return LM_MEMBER_SPECIAL;
    }
}

static lm_err send_member(struct unpack *u, struct archive_entry *entry)
{
    char words[200];
    const char *name = archive_entry_pathname(entry);
    if (name == NULL)
        name = archive_entry_pathname_utf8(entry);
    struct lm_frame_member m = { .kind = kind_of(entry), .encrypted = archive_entry_is_encrypted(entry) != 0,
                                 .name = lm_str(name != NULL ? name : "") };
    struct lm_frame_member_end end = { .state = LM_MEMBER_WHOLE };
    lm_err err = lm_frame_put_member(u->out, &m);
    if (err != LM_OK)
        return err;
    if (m.encrypted)
        end.state = LM_MEMBER_ENCRYPTED;
    else if (m.kind == LM_MEMBER_FILE)
        err = send_data(u, &end, words, sizeof words);
    if (err != LM_OK)
        return err;
    return lm_frame_put_member_end(u->out, &end);
}

static lm_err send_members(struct unpack *u, struct lm_error *e)
{
    int retries = 0;
    for (;;) {
        struct archive_entry *entry;
        int r = archive_read_next_header(u->archive, &entry);
        if (r == ARCHIVE_EOF)
            return LM_OK;
        if (r == ARCHIVE_RETRY && retries++ < MAX_RETRIES)
            continue;
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN) {
            char words[200];
            bool locked = archive_read_has_encrypted_entries(u->archive) > 0;
            struct lm_str why = reason(u->archive, words, sizeof words);
            (void)lm_fail(e, locked ? LM_EDENIED : LM_EINPUT, "%.*s", LM_STR_ARG(why));
            lm_fail_at(e, "", "byte %llu", (unsigned long long)archive_filter_bytes(u->archive, -1));
            return e->code;
        }
        lm_err err = send_member(u, entry);
        if (err != LM_OK)
            return err;
    }
}

/* --- a message with attachments --- */

static lm_err put_piece(void *user, const char *p, size_t n)
{
    return send_bytes(user, p, n);
}

static lm_err send_part(struct unpack *u, const struct lm_mime_part *part, unsigned number)
{
    char name[40];
    bool clean = true;
    bool text = lm_str_eq_nocase(part->type, LM_STR("text/plain"));
    (void)snprintf(name, sizeof name, "part-%u%s", number, text ? ".txt" : "");
    struct lm_frame_member m = { .kind = LM_MEMBER_FILE, .name = part->name.n != 0 ? part->name : lm_str(name) };
    struct lm_frame_member_end end = { .state = LM_MEMBER_WHOLE };
    lm_err err = lm_frame_put_member(u->out, &m);
    if (err == LM_OK)
        err = lm_mime_decode(part, put_piece, u, &clean);
    if (err != LM_OK)
        return err;
    if (!part->whole) {
        end.state = LM_MEMBER_BROKEN;
        end.reason = LM_STR("the message ends inside it");
    } else if (!clean) {
        end.state = LM_MEMBER_DOUBTED;
        end.reason = part->encoding == LM_MIME_UNKNOWN ? LM_STR("a transfer encoding that is not known: the bytes are as they stand")
                                                       : LM_STR("bytes that do not belong in its transfer encoding");
    }
    return lm_frame_put_member_end(u->out, &end);
}

static lm_err send_parts(struct unpack *u, struct lm_mime *mime)
{
    struct lm_mime_part part;
    unsigned number = 0;
    while (lm_mime_next(mime, &part)) {
        lm_err err = send_part(u, &part, ++number);
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

static lm_err take_apart(struct lm_child *child, struct lm_str bytes, struct lm_error *e)
{
    struct lm_mime mime;
    struct unpack u = { &child->out, NULL };
    if (lm_container_sniff(lm_str_take(bytes, LM_CONTAINER_HEAD_BYTES)) == LM_CONTAINER_RSMF && lm_mime_open(bytes, &mime))
        return send_parts(&u, &mime);
    u.archive = open_container(bytes);
    lm_err err = u.archive != NULL ? send_members(&u, e) : LM_ENOMEM;
    (void)archive_read_free(u.archive);
    return err;
}

_Noreturn void lm_unpack_child(const struct lm_child_options *o)
{
    struct lm_child child;
    struct lm_child_job job;
    lm_child_start(&child, o);
    for (;;) {
        struct lm_error e = { 0 };
        lm_child_next(&child, &job);
        lm_err err = take_apart(&child, job.bytes, &e);
        lm_child_end(&child, &job, err, &e);
    }
}
