#include <stdio.h>
#include <string.h>

#include "base/terminal.h"
#include "cli/command.h"

#define LINE_CEILING_BYTES ((size_t)1 << 30)

/* Text leaves as lines that a terminal does not obey, whatever a verb put into it; JSON escapes for itself. */
static bool put_text(struct lm_str s)
{
    struct lm_buf line;
    bool good = true;
    lm_buf_init(&line, LINE_CEILING_BYTES);
    while (good && s.n > 0) {
        const char *end = memchr(s.p, '\n', s.n);
        size_t n = end != NULL ? (size_t)(end - s.p) : s.n;
        lm_buf_clear(&line);
        (void)lm_terminal_put(&line, lm_str_take(s, n));
        if (end != NULL)
            lm_buf_putc(&line, '\n');
        good = !line.failed && (line.n == 0 || fwrite(line.p, 1, line.n, stdout) == line.n);
        s = lm_str_skip(s, n + (end != NULL));
    }
    lm_buf_free(&line);
    return good;
}

lm_err lm_cli_flush(struct lm_cli *cli)
{
    struct lm_str out = lm_buf_str(&cli->out);
    if (cli->out.failed)
        return lm_fail(&cli->error, LM_ELIMIT, "the answer is larger than %zu bytes", cli->out.ceiling_bytes);
    if (out.n != 0 && !(cli->json ? fwrite(out.p, 1, out.n, stdout) == out.n : put_text(out)))
        return lm_fail(&cli->error, LM_EIO, "cannot write to standard output");
    lm_buf_clear(&cli->out);
    if (fflush(stdout) != 0)
        return lm_fail(&cli->error, LM_EIO, "cannot write to standard output");
    return LM_OK;
}
