#include "cli/passwords.h"

#include "base/os.h"
#include "base/password.h"

#define MAX_FILE_BYTES (UINT64_C(64) << 10)

static lm_err check(struct lm_cli *cli, const char *path, struct lm_str lines)
{
    size_t n = 0;
    for (struct lm_str rest = lines, one; (one = lm_password_next(&rest)).p != NULL;) {
        n++;
        if (one.n > LM_CLI_MAX_PASSWORD_BYTES || memchr(one.p, '\0', one.n) != NULL)
            return lm_fail(&cli->error, LM_EUSAGE, "%s: password %zu is longer than %d bytes, or holds a NUL", path, n, LM_CLI_MAX_PASSWORD_BYTES);
    }
    if (n == 0)
        return lm_fail(&cli->error, LM_EUSAGE, "%s: no password in it", path);
    if (n > LM_CLI_MAX_PASSWORDS) /* each costs memory and a second for each source */
        return lm_fail(&cli->error, LM_EUSAGE, "%s: more than %d passwords", path, LM_CLI_MAX_PASSWORDS);
    return LM_OK;
}

lm_err lm_cli_passwords_load(struct lm_cli *cli, const char *path, struct lm_str *ret)
{
    enum lm_os_kind kind;
    uint64_t bytes = 0;
    int fd = -1;
    struct lm_str lines = { NULL, 0 };
    lm_err err = lm_os_open_input(path, &fd, &kind, &cli->error);
    if (err != LM_OK)
        return err;
    if (kind != LM_OS_FILE || lm_os_size(fd, &bytes) != LM_OK)
        err = lm_fail(&cli->error, LM_EUSAGE, "%s: not a file with passwords", path);
    else if (bytes > MAX_FILE_BYTES)
        err = lm_fail(&cli->error, LM_EUSAGE, "%s: larger than 64 KiB: not a file with passwords", path);
    else if (lm_os_map(fd, bytes, &lines) != LM_OK)
        err = lm_fail(&cli->error, LM_EIO, "%s: cannot be read", path);
    lm_os_close(&fd);
    if (err == LM_OK)
        err = check(cli, path, lines);
    if (err != LM_OK)
        lm_os_unmap(lines);
    else
        *ret = lines;
    return err;
}
