/* The process that runs readers: see child.h. */
#include <stdlib.h>
#include <unistd.h>

#include "base/os.h"
#include "intake/child.h"
#include "intake/wire.h"
#include "readers/shared/beside.h"
#include "readers/shared/map_template.h"

#define MAX_SIBLINGS 64
#define PIECE_BYTES ((size_t)256 << 10)
#define EARLY_HELLO_BYTES ((size_t)1 << 20)

struct run {
    struct lm_child *child;
    struct lm_str siblings[MAX_SIBLINGS]; /* and what was spilled: mapped, until the job ends */
    size_t n_siblings;
};

struct frame_sink {
    struct lm_sink sink;
    struct lm_frame_out *out;
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct frame_sink *s = (struct frame_sink *)sink;
    if (entry->n_records == 0 || entry->n_facts == 0)
        return LM_EINTERNAL;
    lm_err err = lm_frame_put_entry(s->out, entry);
    if (err != LM_ELIMIT)
        return err;
    struct lm_problem p = { .kind = LM_PROBLEM_REJECTED, .records = entry->n_records, .at = entry->records[0],
                            .reason = LM_STR("the record is larger than intake takes in one piece") };
    return lm_frame_put_problem(s->out, &p);
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    struct frame_sink *s = (struct frame_sink *)sink;
    struct lm_problem p = *problem;
    /* a reason cut to its room may end inside a character */
    p.reason = lm_str_take(p.reason, lm_utf8_valid_prefix(p.reason));
    if ((p.kind == LM_PROBLEM_REJECTED) != (p.records > 0))
        return LM_EINTERNAL;
    return lm_frame_put_problem(s->out, &p);
}

static lm_err on_empty(struct lm_sink *sink)
{
    return lm_frame_put_empty(((struct frame_sink *)sink)->out);
}

/* Asks the parent for a neighbour, and maps it; bytes beyond `most` are not mapped: LM_ELIMIT. */
static lm_err ask(struct lm_str path, uint64_t most, struct lm_str *ret_bytes, uint64_t *ret_n)
{
    struct lm_wire_message m = { .head = { .kind = LM_WIRE_SIBLING } };
    size_t n = 0;
    int fd = -1;
    if (path.n > sizeof m.text)
        return LM_ELIMIT;
    m.head.path_bytes = m.head.text_bytes = (uint32_t)path.n;
    if (path.n != 0)
        memcpy(m.text, path.p, path.n);
    if (lm_os_send(LM_WIRE_CONTROL_FD, (struct lm_str){ (const char *)&m, sizeof m.head + path.n }, -1) != LM_OK
        || lm_os_receive(LM_WIRE_CONTROL_FD, &m, sizeof m, &n, &fd) != LM_OK || n < sizeof m.head
        || m.head.kind != LM_WIRE_SIBLING_IS)
        _exit(5);
    if (m.head.bytes == UINT64_MAX)
        return LM_ENOTFOUND;
    struct lm_str bytes = { NULL, 0 };
    lm_err err = m.head.bytes > most ? LM_ELIMIT : m.head.bytes != 0 ? lm_os_map(fd, m.head.bytes, &bytes) : LM_OK;
    lm_os_close(&fd);
    *ret_n = m.head.bytes;
    if (err == LM_OK)
        *ret_bytes = bytes;
    return err;
}

static lm_err sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret_bytes)
{
    struct run *r = in->user;
    struct lm_str bytes;
    uint64_t n;
    if (r->n_siblings == MAX_SIBLINGS)
        return LM_ELIMIT;
    lm_err err = ask(path, UINT64_MAX - 1, &bytes, &n);
    if (err != LM_OK)
        return err;
    r->siblings[r->n_siblings++] = bytes;
    *ret_bytes = bytes;
    return LM_OK;
}

/* Nothing stays mapped: a folder may hold more media than a process has room for. */
static lm_err sibling_hash(const struct lm_input *in, struct lm_str path, uint64_t most, struct lm_sha256 *ret, uint64_t *ret_bytes)
{
    struct lm_str bytes;
    (void)in;
    lm_err err = ask(path, most, &bytes, ret_bytes);
    if (err != LM_OK)
        return err;
    err = lm_sha256_of(bytes, ret);
    lm_os_unmap(bytes);
    return err;
}

/* Out through the pipe, and back as a file that the parent made of it: this process writes none. */
static lm_err send_spill(struct lm_frame_out *out, lm_err (*next)(void *from, struct lm_str *ret), void *from, uint64_t *ret_n)
{
    const struct lm_frame_member m = { .kind = LM_MEMBER_FILE, .name = LM_STR("spill") };
    struct lm_frame_member_end end = { .state = LM_MEMBER_WHOLE };
    struct lm_str piece = { NULL, 0 };
    uint64_t n = 0;
    lm_err err = lm_frame_put_member(out, &m), given = LM_OK;
    do {
        given = next(from, &piece);
        n += given == LM_OK ? piece.n : 0;
        for (struct lm_str rest = piece; given == LM_OK && err == LM_OK && rest.n != 0; rest = lm_str_skip(rest, PIECE_BYTES))
            err = lm_frame_put_data(out, lm_str_take(rest, PIECE_BYTES));
    } while (given == LM_OK && err == LM_OK && piece.n != 0);
    if (given != LM_OK)
        end.state = LM_MEMBER_BROKEN;
    if (err == LM_OK)
        err = lm_frame_put_member_end(out, &end);
    if (err == LM_OK)
        err = lm_frame_flush(out);
    *ret_n = n;
    return err != LM_OK ? err : given;
}

static lm_err spill(const struct lm_input *in, lm_err (*next)(void *from, struct lm_str *ret), void *from, struct lm_str *ret_bytes)
{
    struct run *r = in->user;
    struct lm_wire m = { .kind = LM_WIRE_SPILL };
    struct lm_str bytes = { NULL, 0 };
    size_t got = 0;
    int fd = -1;
    if (r->n_siblings == MAX_SIBLINGS)
        return LM_ELIMIT;
    lm_err err = send_spill(&r->child->out, next, from, &m.bytes);
    if (err != LM_OK)
        return err;
    if (lm_os_send(LM_WIRE_CONTROL_FD, (struct lm_str){ (const char *)&m, sizeof m }, -1) != LM_OK
        || lm_os_receive(LM_WIRE_CONTROL_FD, &m, sizeof m, &got, &fd) != LM_OK || got != sizeof m || m.kind != LM_WIRE_SPILL_IS)
        _exit(5);
    if (m.bytes == UINT64_MAX)
        return LM_ELIMIT;
    err = m.bytes != 0 ? lm_os_map(fd, m.bytes, &bytes) : LM_OK;
    lm_os_close(&fd);
    if (err != LM_OK)
        return err;
    r->siblings[r->n_siblings++] = bytes;
    *ret_bytes = bytes;
    return LM_OK;
}

/* The best bid, the first in the list among equals; and the next best. A named reader takes the job when it
 * bids at all, or when it must. The one that makes a map reads no evidence: it is in no list, and never chosen but by name. */
static const struct lm_reader *choose(const struct lm_reader *const *readers, const struct lm_input *in,
                                      const struct lm_child_job *job, struct lm_frame_hello *ret)
{
    const struct lm_reader *best = NULL;
    struct lm_frame_hello h = { 0 };
    if (job->force && lm_str_eq(job->reader, lm_str(lm_reader_map_template.name))) {
        *ret = (struct lm_frame_hello){ .reader = job->reader };
        return &lm_reader_map_template;
    }
    for (size_t i = 0; readers[i] != NULL; i++) {
        const struct lm_reader *r = readers[i];
        int bid = r->bid(in, lm_str_take(in->bytes, r->lookahead));
        bool named = job->reader.n != 0 && lm_str_eq(lm_str(r->name), job->reader);
        if (named && (bid > 0 || job->force)) {
            *ret = (struct lm_frame_hello){ .reader = lm_str(r->name), .bid = bid > 0 ? (uint32_t)bid : 0 };
            return r;
        }
        if (bid > 0 && (uint32_t)bid > h.bid) {
            h = (struct lm_frame_hello){ lm_str(r->name), (uint32_t)bid, h.reader, h.bid };
            best = r;
        } else if (bid > 0 && (uint32_t)bid > h.second_bid) {
            h.second = lm_str(r->name);
            h.second_bid = (uint32_t)bid;
        }
    }
    *ret = h;
    return best;
}

static void run_job(struct lm_child *child, const struct lm_reader *const *readers, struct lm_child_job *job)
{
    struct run r = { .child = child };
    struct lm_input in = { .bytes = job->bytes, .path = job->path, .sibling = sibling, .sibling_hash = sibling_hash, .spill = job->spills ? spill : NULL, .user = &r, .map = child->map,
                            .passwords = child->passwords };
    struct lm_frame_hello hello;
    struct lm_error e = { 0 };
    struct lm_arena file, record;
    const struct lm_reader *reader = choose(readers, &in, job, &hello);
    lm_err err = lm_frame_put_hello(&child->out, &hello);
    if (err == LM_OK && job->bytes.n >= EARLY_HELLO_BYTES)
        err = lm_frame_flush(&child->out); /* if the kernel takes the process down, the reader's name is known */
    lm_arena_init(&file, (size_t)child->o->limits.memory_bytes);
    lm_arena_init(&record, (size_t)child->o->limits.memory_bytes);
    if (err == LM_OK && reader != NULL) {
        struct frame_sink sink = { { on_entry, on_problem, on_empty }, &child->out };
        struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
        err = lm_beside_read(reader, &ctx, &sink.sink);
    }
    if (err != LM_OK && e.message[0] == '\0')
        (void)lm_fail(&e, err, "%s", err == LM_ENOMEM ? "needs more memory than a reader gets" : lm_err_name(err));
    lm_arena_free(&file);
    lm_arena_free(&record);
    for (size_t i = 0; i < r.n_siblings; i++)
        lm_os_unmap(r.siblings[i]);
    lm_child_end(child, job, err, &e);
}

_Noreturn void lm_reader_child(const struct lm_child_options *o, const struct lm_reader *const *readers)
{
    struct lm_child child;
    struct lm_child_job job;
    lm_child_start(&child, o);
    for (;;) {
        lm_child_next(&child, &job);
        run_job(&child, readers, &job);
    }
}
