#include "cli/document_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

lm_err lm_cli_write_file(struct lm_cli *cli, const char *path, struct lm_str bytes)
{
    struct lm_str beside = lm_arena_printf(&cli->run, "%s.part-%ld", path, (long)getpid());
    if (beside.p == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    int fd = open(beside.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0;
    size_t done = 0;
    while (good && done < bytes.n) {
        ssize_t n = write(fd, bytes.p + done, bytes.n - done);
        good = n > 0 || (n < 0 && errno == EINTR);
        done += n > 0 ? (size_t)n : 0;
    }
    good = good && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && rename(beside.p, path) != 0) {
        good = false;
        why = errno;
    }
    if (good)
        return LM_OK;
    if (fd >= 0)
        (void)unlink(beside.p);
    (void)lm_fail(&cli->error, LM_EIO, "cannot write the file: %s", strerror(why));
    lm_fail_at(&cli->error, path, "%s", "");
    return LM_EIO;
}

lm_err lm_cli_write_document(struct lm_cli *cli, const char *path, bool pdf, const struct lm_document *d)
{
    struct lm_buf out;
    lm_buf_init(&out, LM_DOCUMENT_CEILING);
    lm_err err = pdf ? lm_document_pdf(d, &out, NULL, &cli->error) : lm_document_html(d, &out, &cli->error);
    if (err == LM_OK && out.failed)
        err = lm_fail(&cli->error, LM_ELIMIT, "%s: the document is larger than %zu bytes", path, LM_DOCUMENT_CEILING);
    if (err == LM_OK)
        err = lm_cli_write_file(cli, path, lm_buf_str(&out));
    lm_buf_free(&out);
    return err;
}
