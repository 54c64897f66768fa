/* What a reader unpacks and must have whole: a nameless file in the folder for unpacked members, written here and given back read-only. See run.h. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/os.h"
#include "intake/run.h"

void intake_spill_close(struct intake_spill *s)
{
    lm_os_close(&s->write_fd);
    lm_os_close(&s->read_fd);
    *s = INTAKE_NO_SPILL;
}

static lm_err begin(struct intake *in, struct intake_spill *s, uint64_t source_bytes)
{
    intake_spill_close(s);
    if (in->x.budget.root_bytes == 0)
        in->x.budget.root_bytes = source_bytes;
    in->x.budget.members++;
    lm_err err = intake_spool(in);
    return err == LM_OK ? lm_spool_nameless(&in->spool, &s->write_fd, &s->read_fd, in->e) : err;
}

/* Beyond the limits of unpacking nothing more is kept, and the reader hears that it was too much. */
static lm_err data(struct intake *in, struct intake_spill *s, struct lm_str bytes)
{
    if (s->write_fd < 0)
        return LM_EINPUT;
    s->n += bytes.n;
    in->x.budget.bytes += bytes.n;
    s->over = s->over || lm_unpack_spent(&in->x.budget);
    while (bytes.n > 0 && !s->over) {
        ssize_t k = write(s->write_fd, bytes.p, bytes.n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return lm_fail(in->e, LM_EIO, "cannot write what was unpacked: %s", strerror(errno));
        bytes = lm_str_skip(bytes, (size_t)k);
    }
    return LM_OK;
}

lm_err intake_spill_frame(struct intake *in, struct intake_spill *s, const struct lm_frame *f, uint64_t source_bytes)
{
    if (f->type == LM_FRAME_MEMBER)
        return begin(in, s, source_bytes);
    if (f->type == LM_FRAME_DATA)
        return data(in, s, f->data);
    if (s->write_fd < 0)
        return LM_EINPUT;
    lm_os_close(&s->write_fd);
    if (f->member_end.state != LM_MEMBER_WHOLE) /* nobody will ask for it */
        intake_spill_close(s);
    else
        s->done = true;
    return LM_OK;
}

lm_err intake_spill_take(struct intake_spill *s, uint64_t bytes, int *ret_fd)
{
    if (!s->done)
        return LM_ENOTFOUND;
    bool good = !s->over && s->n == bytes;
    if (good) {
        *ret_fd = s->read_fd;
        s->read_fd = -1;
    }
    intake_spill_close(s);
    return good ? LM_OK : LM_ELIMIT;
}
