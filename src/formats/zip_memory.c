#include "formats/zip_memory.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"

#define PIECE_BYTES ((size_t)128 << 10)

/* What libarchive reads when the zip is not in memory. */
struct feed {
    struct lm_zip_bytes zip;
    uint64_t at;
    char *piece;
};

struct lm_zip_member {
    struct archive *archive;
    struct feed feed;
    uint64_t bytes, ceiling_bytes;
};

static la_ssize_t on_read(struct archive *a, void *user, const void **ret)
{
    struct feed *f = user;
    uint64_t left = f->zip.n - f->at;
    size_t n = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
    (void)a;
    f->zip.read(f->zip.user, f->at, f->piece, n);
    f->at += n;
    *ret = f->piece;
    return (la_ssize_t)n;
}

static la_int64_t on_seek(struct archive *a, void *user, la_int64_t offset, int whence)
{
    struct feed *f = user;
    la_int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (la_int64_t)f->at : (la_int64_t)f->zip.n;
    (void)a;
    if (offset < -from || offset > (la_int64_t)f->zip.n - from)
        return ARCHIVE_FATAL;
    f->at = (uint64_t)(from + offset);
    return (la_int64_t)f->at;
}

static la_int64_t on_skip(struct archive *a, void *user, la_int64_t n)
{
    struct feed *f = user;
    la_int64_t left = (la_int64_t)(f->zip.n - f->at), moved = n < left ? n : left;
    (void)a;
    f->at += (uint64_t)moved;
    return moved;
}

/* NULL: no memory, told. *ret_err also when it is not a zip. The feed must outlive the archive. */
static struct archive *start(struct lm_zip_bytes zip, struct feed *f, lm_err *ret_err, struct lm_error *e)
{
    struct archive *a = archive_read_new();
    *f = (struct feed){ .zip = zip, .piece = zip.read != NULL ? malloc(PIECE_BYTES) : NULL };
    *ret_err = LM_OK;
    if (a == NULL || (zip.read != NULL && f->piece == NULL)) {
        (void)archive_read_free(a);
        free(f->piece);
        *ret_err = lm_fail(e, LM_ENOMEM, "out of memory");
        return NULL;
    }
    (void)archive_read_support_format_zip(a);
    int r = ARCHIVE_OK;
    if (zip.read == NULL) {
        r = archive_read_open_memory(a, zip.memory.p, zip.memory.n);
    } else {
        (void)archive_read_set_read_callback(a, on_read);
        (void)archive_read_set_seek_callback(a, on_seek);
        (void)archive_read_set_skip_callback(a, on_skip);
        (void)archive_read_set_callback_data(a, f);
        r = archive_read_open1(a);
    }
    if (r != ARCHIVE_OK)
        *ret_err = lm_fail(e, LM_EINPUT, "it is not a zip");
    return a;
}

/* NULL: no name can be had. */
static const char *name_of(struct archive_entry *entry)
{
    const char *z = archive_entry_pathname_utf8(entry);
    return z != NULL ? z : archive_entry_pathname(entry);
}

static bool is_file(struct archive_entry *entry)
{
    return name_of(entry) != NULL && archive_entry_filetype(entry) != AE_IFDIR;
}

static lm_err find(struct lm_zip_member *m, struct lm_str name, struct lm_error *e)
{
    struct archive_entry *entry;
    for (size_t i = 0; i < LM_ZIP_MAX_MEMBERS; i++) {
        int r = archive_read_next_header(m->archive, &entry);
        if (r == ARCHIVE_EOF)
            return LM_ENOTFOUND;
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
            return lm_fail(e, LM_EINPUT, "the zip around the workbook is damaged");
        if (name_of(entry) == NULL || !lm_str_is_nocase(name, name_of(entry)))
            continue;
        if (archive_entry_is_encrypted(entry) != 0)
            return lm_fail(e, LM_EINPUT, "the workbook is encrypted");
        return LM_OK;
    }
    return lm_fail(e, LM_ELIMIT, "the zip has more than %d members", LM_ZIP_MAX_MEMBERS);
}

lm_err lm_zip_next(struct lm_zip_member *m, struct lm_error *e)
{
    struct archive_entry *entry;
    m->bytes = 0;
    for (size_t i = 0; i < LM_ZIP_MAX_MEMBERS; i++) {
        int r = archive_read_next_header(m->archive, &entry);
        if (r == ARCHIVE_EOF)
            return LM_ENOTFOUND;
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
            return lm_fail(e, LM_EINPUT, "the zip is damaged");
        if (is_file(entry))
            return LM_OK;
    }
    return lm_fail(e, LM_ELIMIT, "the zip has more than %d members", LM_ZIP_MAX_MEMBERS);
}

lm_err lm_zip_walk(struct lm_zip_bytes zip, struct lm_zip_member **ret, struct lm_error *e)
{
    struct lm_zip_member *m = calloc(1, sizeof *m);
    lm_err err = LM_OK;
    if (m == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    m->archive = start(zip, &m->feed, &err, e);
    if (m->archive == NULL) {
        free(m);
        return err;
    }
    m->ceiling_bytes = LM_ZIP_FREE_BYTES;
    if (zip.n > LM_ZIP_FREE_BYTES / LM_ZIP_RATIO)
        m->ceiling_bytes = zip.n < LM_ZIP_MAX_BYTES / LM_ZIP_RATIO ? zip.n * LM_ZIP_RATIO : LM_ZIP_MAX_BYTES;
    if (err != LM_OK)
        lm_zip_close(m);
    else
        *ret = m;
    return err;
}

lm_err lm_zip_open(struct lm_zip_bytes zip, struct lm_str name, struct lm_zip_member **ret, struct lm_error *e)
{
    struct lm_zip_member *m;
    lm_err err = lm_zip_walk(zip, &m, e);
    if (err != LM_OK)
        return err;
    err = find(m, name, e);
    if (err != LM_OK)
        lm_zip_close(m);
    else
        *ret = m;
    return err;
}

/* Copied by hand: the names come from evidence, and the caller wants text. */
static lm_err add_name(struct lm_arena *a, struct archive_entry *entry, struct lm_str **list, size_t *n, size_t *cap, struct lm_error *e)
{
    if (!is_file(entry))
        return LM_OK;
    struct lm_str *grown = lm_arena_grow(a, *list, *n, cap, sizeof *grown), name = lm_utf8_repaired(a, lm_str(name_of(entry)), NULL);
    if (grown == NULL || name.p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    grown[(*n)++] = name;
    *list = grown;
    return LM_OK;
}

lm_err lm_zip_names(struct lm_arena *a, struct lm_zip_bytes zip, struct lm_str **ret, size_t *ret_n, struct lm_error *e)
{
    struct feed feed;
    struct archive_entry *entry;
    struct lm_str *list = NULL;
    size_t n = 0, cap = 0;
    lm_err err = LM_OK;
    int r = ARCHIVE_OK;
    struct archive *archive = start(zip, &feed, &err, e);
    if (archive == NULL)
        return err;
    while (err == LM_OK && (r = archive_read_next_header(archive, &entry)) != ARCHIVE_EOF) {
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
            err = lm_fail(e, LM_EINPUT, "the zip is damaged");
        else if (n == LM_ZIP_MAX_MEMBERS)
            err = lm_fail(e, LM_ELIMIT, "the zip has more than %d members", LM_ZIP_MAX_MEMBERS);
        else
            err = add_name(a, entry, &list, &n, &cap, e);
    }
    (void)archive_read_free(archive);
    free(feed.piece);
    if (err == LM_OK || err == LM_EINPUT) {
        *ret = list;
        *ret_n = n;
    }
    return err;
}

void lm_zip_close(struct lm_zip_member *m)
{
    if (m == NULL)
        return;
    (void)archive_read_free(m->archive);
    free(m->feed.piece);
    free(m);
}

lm_err lm_zip_read(struct lm_zip_member *m, struct lm_str *ret, struct lm_error *e)
{
    const void *p = NULL;
    size_t n = 0;
    la_int64_t offset;
    int r = ARCHIVE_OK;
    while (n == 0 && (r == ARCHIVE_OK || r == ARCHIVE_WARN))
        r = archive_read_data_block(m->archive, &p, &n, &offset);
    if (r == ARCHIVE_EOF) {
        *ret = (struct lm_str){ NULL, 0 };
        return LM_OK;
    }
    if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
        return lm_fail(e, LM_EINPUT, "a part of the workbook cannot be unpacked to its end");
    m->bytes += n;
    if (m->bytes > m->ceiling_bytes)
        return lm_fail(e, LM_ELIMIT, "a part of the workbook unpacks to more than %d times the size of the file", LM_ZIP_RATIO);
    *ret = (struct lm_str){ p, n };
    return LM_OK;
}

lm_err lm_zip_whole(struct lm_arena *a, struct lm_zip_bytes zip, struct lm_str name, size_t max_bytes, struct lm_str *ret,
                    struct lm_error *e)
{
    struct lm_zip_member *m;
    struct lm_buf b;
    lm_err err = lm_zip_open(zip, name, &m, e);
    if (err != LM_OK)
        return err;
    lm_buf_init(&b, max_bytes);
    struct lm_str piece = { NULL, 0 };
    do {
        err = lm_zip_read(m, &piece, e);
        if (err == LM_OK)
            lm_buf_put(&b, piece);
    } while (err == LM_OK && piece.n != 0 && !b.failed);
    if (err == LM_OK && b.failed)
        err = lm_fail(e, LM_ELIMIT, "a part of the workbook is larger than %zu MiB", max_bytes >> 20);
    if (err == LM_OK) {
        struct lm_str s = lm_arena_copy(a, lm_buf_str(&b));
        if (s.p == NULL)
            err = lm_fail(e, LM_ENOMEM, "out of memory");
        else
            *ret = s;
    }
    lm_buf_free(&b);
    lm_zip_close(m);
    return err;
}
