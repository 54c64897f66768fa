/* What SQLite keeps beside a database: -wal, -shm, -journal.
 *
 * Readers of databases read them together with the database that they belong to; here only whether it is there is looked at, so
 * that no such file is listed as one that nobody knows. docs/readers/sqlite_beside.md
 */
#include "lastmile/reader.h"
#include "readers/shared/text.h"

enum kind { NONE, WAL, INDEX, JOURNAL };
static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

static enum kind named(struct lm_str path)
{
    for (enum kind k = WAL; k <= JOURNAL; k++)
        if (path.n > strlen(suffixes[k]) && lm_str_ends(path, lm_str(suffixes[k])))
            return k;
    return NONE;
}

/* www.sqlite.org/fileformat2.html, walformat.html */
static enum kind magic(struct lm_str s)
{
    static const char wal_little[] = "\x37\x7f\x06\x82", wal_big[] = "\x37\x7f\x06\x83", version[] = "\x00\x2d\xe2\x18";
    static const char index_little[] = "\x18\xe2\x2d\x00", journal[] = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
    struct lm_str start = lm_str_take(s, 4), next = lm_str_take(lm_str_skip(s, 4), 4), v = { version, 4 };
    bool wal = lm_str_eq(start, (struct lm_str){ wal_little, 4 }) || lm_str_eq(start, (struct lm_str){ wal_big, 4 });
    if (wal && lm_str_eq(next, v))
        return WAL;
    bool index = lm_str_eq(start, v) || lm_str_eq(start, (struct lm_str){ index_little, 4 });
    if (index && s.n >= 96 && memcmp(s.p, s.p + 48, 48) == 0) /* its header stands there twice */
        return INDEX;
    return lm_str_eq(lm_str_take(s, 8), (struct lm_str){ journal, 8 }) ? JOURNAL : NONE;
}

/* Contents 64 bits; a name 8, also of a file that is empty or was overwritten with zeros when its transaction ended. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    enum kind by_content = magic(head), by_name = named(in->path);
    return (by_content != NONE ? 64 : 0) + (by_name != NONE ? 8 : 0);
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    enum kind k = named(ctx->in->path);
    struct lm_str own = lm_text_file_name(ctx->in->path), bytes;
    if (k == NONE)
        return lm_fail(ctx->error, LM_EINPUT, "a %s file of SQLite under another name: the database that it belongs to is not known",
                       suffixes[magic(ctx->in->bytes)]);
    lm_err err = lm_input_sibling(ctx->in, lm_str_take(own, own.n - strlen(suffixes[k])), &bytes);
    if (err == LM_ENOTFOUND && ctx->in->bytes.n == 0)
        return sink->empty(sink);
    if (err == LM_ENOTFOUND)
        return lm_fail(ctx->error, LM_EINPUT, "the database that it belongs to is not beside it");
    return err == LM_OK ? sink->empty(sink) : err;
}

const struct lm_reader lm_reader_sqlite_beside = {
    .name = "sqlite_beside",
    .title = "What SQLite keeps beside a database: -wal, -shm, -journal (read with it)",
    .reference = "www.sqlite.org/fileformat2.html, www.sqlite.org/walformat.html, checked 2026-11",
    .tested_on = "files of other projects",
    .lookahead = 128,
    .bid = bid,
    .read = read_all,
};
