#include "intake/member.h"

#include <stdio.h>

#include "base/buf.h"
#include "formats/mime.h"

#define MAX_PATH_BYTES 4096
#define MAX_COMPONENT_BYTES 255

/* Header checksum of a tar block, POSIX.1-1988: the sum of its bytes with the checksum field as blanks. */
static bool tar_checksum_holds(struct lm_str head)
{
    uint32_t sum = 0, said = 0;
    size_t i = 148;
    for (size_t k = 0; k < 512; k++)
        sum += k >= 148 && k < 156 ? ' ' : (unsigned char)head.p[k];
    while (i < 156 && head.p[i] == ' ')
        i++;
    if (i == 156 || head.p[i] < '0' || head.p[i] > '7')
        return false;
    for (; i < 156 && head.p[i] >= '0' && head.p[i] <= '7'; i++)
        said = said * 8 + (uint32_t)(head.p[i] - '0');
    return said == sum && head.p[0] != '\0';
}

/* Header fields from the first byte, X-RSMF-Version among them (RSMF 2.0.0), and the parts of a multipart behind them. */
static bool is_rsmf(struct lm_str head)
{
    struct lm_mime mime;
    const char *colon = head.n != 0 ? memchr(head.p, ':', head.n < 80 ? head.n : 80) : NULL;
    for (const char *p = head.p; colon != NULL && p < colon; p++)
        if (*p <= ' ' || *p > '~')
            return false;
    return colon != NULL && lm_mime_field(head, LM_STR("X-RSMF-Version")).n != 0 && lm_mime_open(head, &mime);
}

enum lm_container lm_container_sniff(struct lm_str head)
{
    if (lm_str_starts(head, LM_STR("PK\3\4")) || lm_str_starts(head, LM_STR("PK\5\6"))
        || lm_str_starts(head, LM_STR("PK\7\10PK\3\4")))
        return LM_CONTAINER_ZIP;
    if (lm_str_starts(head, LM_STR("7z\xbc\xaf\x27\x1c")))
        return LM_CONTAINER_7Z;
    if (lm_str_starts(head, LM_STR("\x1f\x8b\x08")))
        return LM_CONTAINER_GZ;
    if (lm_str_starts(head, LM_STR("\xfd" "7zXZ\0")))
        return LM_CONTAINER_XZ;
    if (head.n >= 10 && lm_str_starts(head, LM_STR("BZh")) && head.p[3] >= '1' && head.p[3] <= '9'
        && (memcmp(head.p + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 || memcmp(head.p + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0))
        return LM_CONTAINER_BZ2;
    if (head.n >= 512 && tar_checksum_holds(head))
        return LM_CONTAINER_TAR;
    return is_rsmf(head) ? LM_CONTAINER_RSMF : LM_CONTAINER_NONE;
}

const char *lm_container_word(enum lm_container c)
{
    static const char *const words[] = { NULL, "zip", "7z", "tar", "gz", "bz2", "xz", "rsmf" };
    return words[c];
}

/* One component as safe text. */
static void put_component(struct lm_buf *b, struct lm_str s, const char **ret_why)
{
    size_t start = b->n;
    while (s.n > 0) {
        uint32_t cp = 0;
        size_t k = lm_utf8_decode(s, &cp);
        if (b->n - start > MAX_COMPONENT_BYTES - 4) {
            *ret_why = "the name is too long and was cut";
            return;
        }
        if (k == 0 || cp < 0x20 || cp == 0x7f) {
            lm_buf_printf(b, "%%%02X", (unsigned char)s.p[0]);
            *ret_why = k == 0 ? "the name is not UTF-8; its bytes are written as %XX"
                              : "the name holds control characters; they are written as %XX";
            k = 1;
        } else {
            lm_buf_put(b, lm_str_take(s, k));
        }
        s = lm_str_skip(s, k);
    }
}

static struct lm_str next_component(struct lm_str *s, char separator)
{
    const char *end = s->n != 0 ? memchr(s->p, separator, s->n) : NULL;
    struct lm_str part = lm_str_take(*s, end != NULL ? (size_t)(end - s->p) : s->n);
    *s = lm_str_skip(*s, part.n + (end != NULL));
    return part;
}

lm_err lm_member_path(struct lm_arena *a, struct lm_str name, bool windows, struct lm_str *ret, const char **ret_why)
{
    struct lm_buf b;
    const char *why = NULL;
    char separator = windows && name.n != 0 && memchr(name.p, '/', name.n) == NULL ? '\\' : '/';
    lm_buf_init(&b, 2 * MAX_PATH_BYTES);
    if (name.n != 0 && name.p[0] == separator)
        why = "the name is an absolute path; it is read as a relative one";
    if (windows && name.n >= 2 && name.p[1] == ':' && (name.n == 2 || name.p[2] == '\\' || name.p[2] == '/')) {
        why = "the name is an absolute path; it is read as a relative one";
        name = lm_str_skip(name, 2);
    }
    while (name.n > 0) {
        struct lm_str part = next_component(&name, separator);
        if (part.n == 0 || lm_str_eq(part, LM_STR(".")))
            continue;
        if (lm_str_eq(part, LM_STR(".."))) {
            why = "the name steps outside its container (\"..\"); it is read inside it";
            continue;
        }
        if (b.n > MAX_PATH_BYTES - MAX_COMPONENT_BYTES - 1) {
            why = "the name is too long and was cut";
            break;
        }
        if (b.n != 0)
            lm_buf_putc(&b, '/');
        put_component(&b, part, &why);
    }
    if (b.n == 0) {
        lm_buf_put(&b, LM_STR("unnamed"));
        why = why != NULL ? why : "the member has no name";
    }
    struct lm_str path = b.failed ? (struct lm_str){ NULL, 0 } : lm_arena_copy(a, lm_buf_str(&b));
    lm_buf_free(&b);
    if (path.p == NULL)
        return LM_ENOMEM;
    *ret = path;
    *ret_why = why;
    return LM_OK;
}

struct lm_str lm_member_of_single(struct lm_arena *a, struct lm_str container_path)
{
    static const struct {
        const char *suffix, *becomes;
    } known[] = { { ".tgz", ".tar" }, { ".tbz2", ".tar" }, { ".txz", ".tar" }, { ".gz", "" }, { ".bz2", "" }, { ".xz", "" } };
    struct lm_str name = container_path;
    for (size_t i = container_path.n; i > 0; i--) {
        if (container_path.p[i - 1] == '/') {
            name = lm_str_skip(container_path, i);
            break;
        }
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].suffix);
        if (name.n > n && lm_str_eq_nocase(lm_str_skip(name, name.n - n), lm_str(known[i].suffix)))
            return lm_arena_printf(a, "%.*s%s", (int)(name.n - n), name.p, known[i].becomes);
    }
    return lm_arena_printf(a, "%.*s.unpacked", LM_STR_ARG(name));
}

bool lm_member_relative(struct lm_arena *a, struct lm_str from, struct lm_str path, struct lm_str *ret)
{
    char out[2 * MAX_PATH_BYTES];
    size_t n = from.n;
    while (n > 0 && from.p[n - 1] != '/')
        n--;
    if (path.n == 0 || path.p[0] == '/' || n + path.n + 1 > sizeof out)
        return false;
    if (n != 0)
        memcpy(out, from.p, n);
    while (path.n > 0) {
        struct lm_str part = next_component(&path, '/');
        if (part.n == 0 || lm_str_eq(part, LM_STR(".")))
            continue;
        if (lm_str_eq(part, LM_STR(".."))) {
            if (n == 0)
                return false;
            for (n--; n > 0 && out[n - 1] != '/'; n--)
                ;
            continue;
        }
        memcpy(out + n, part.p, part.n);
        n += part.n;
        if (path.n > 0)
            out[n++] = '/';
    }
    struct lm_str s = n != 0 && out[n - 1] != '/' ? lm_arena_copy(a, (struct lm_str){ out, n }) : (struct lm_str){ NULL, 0 };
    if (s.p == NULL)
        return false;
    *ret = s;
    return true;
}
