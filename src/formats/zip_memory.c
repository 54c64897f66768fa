#include "formats/zip_memory.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"

struct lm_zip_member {
    struct archive *archive;
    uint64_t bytes, ceiling_bytes;
    size_t zip_bytes;
};

static bool same_name(struct archive_entry *entry, struct lm_str name)
{
    const char *z = archive_entry_pathname_utf8(entry);
    if (z == NULL)
        z = archive_entry_pathname(entry);
    return z != NULL && lm_str_is_nocase(name, z);
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
        if (!same_name(entry, name))
            continue;
        if (archive_entry_is_encrypted(entry) != 0)
            return lm_fail(e, LM_EINPUT, "the workbook is encrypted");
        return LM_OK;
    }
    return lm_fail(e, LM_ELIMIT, "the zip has more than %d members", LM_ZIP_MAX_MEMBERS);
}

lm_err lm_zip_open(struct lm_str zip, struct lm_str name, struct lm_zip_member **ret, struct lm_error *e)
{
    struct lm_zip_member *m = calloc(1, sizeof *m);
    if (m == NULL || (m->archive = archive_read_new()) == NULL) {
        free(m);
        return lm_fail(e, LM_ENOMEM, "out of memory");
    }
    m->ceiling_bytes = LM_ZIP_FREE_BYTES;
    if (zip.n > LM_ZIP_FREE_BYTES / LM_ZIP_RATIO)
        m->ceiling_bytes = zip.n < LM_ZIP_MAX_BYTES / LM_ZIP_RATIO ? zip.n * LM_ZIP_RATIO : LM_ZIP_MAX_BYTES;
    (void)archive_read_support_format_zip(m->archive);
    lm_err err = LM_OK;
    if (archive_read_open_memory(m->archive, zip.p, zip.n) != ARCHIVE_OK)
        err = lm_fail(e, LM_EINPUT, "it is not a zip");
    if (err == LM_OK)
        err = find(m, name, e);
    if (err != LM_OK) {
        lm_zip_close(m);
        return err;
    }
    *ret = m;
    return LM_OK;
}

/* Copied by hand: the names come from evidence, and the caller wants text. */
static lm_err add_name(struct lm_arena *a, struct archive_entry *entry, struct lm_str **list, size_t *n, size_t *cap, struct lm_error *e)
{
    const char *z = archive_entry_pathname_utf8(entry);
    if (z == NULL)
        z = archive_entry_pathname(entry);
    if (z == NULL || archive_entry_filetype(entry) == AE_IFDIR)
        return LM_OK;
    struct lm_str *grown = lm_arena_grow(a, *list, *n, cap, sizeof *grown), name = lm_utf8_repaired(a, lm_str(z), NULL);
    if (grown == NULL || name.p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    grown[(*n)++] = name;
    *list = grown;
    return LM_OK;
}

lm_err lm_zip_names(struct lm_arena *a, struct lm_str zip, struct lm_str **ret, size_t *ret_n, struct lm_error *e)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    struct lm_str *list = NULL;
    size_t n = 0, cap = 0;
    lm_err err = LM_OK;
    int r = ARCHIVE_OK;
    if (archive == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    (void)archive_read_support_format_zip(archive);
    if (archive_read_open_memory(archive, zip.p, zip.n) != ARCHIVE_OK)
        err = lm_fail(e, LM_EINPUT, "it is not a zip");
    while (err == LM_OK && (r = archive_read_next_header(archive, &entry)) != ARCHIVE_EOF) {
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
            err = lm_fail(e, LM_EINPUT, "the zip is damaged");
        else if (n == LM_ZIP_MAX_MEMBERS)
            err = lm_fail(e, LM_ELIMIT, "the zip has more than %d members", LM_ZIP_MAX_MEMBERS);
        else
            err = add_name(a, entry, &list, &n, &cap, e);
    }
    (void)archive_read_free(archive);
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

lm_err lm_zip_whole(struct lm_arena *a, struct lm_str zip, struct lm_str name, size_t max_bytes, struct lm_str *ret,
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
