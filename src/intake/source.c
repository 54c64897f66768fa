/* One source through the reader process: see run.h. */
#include <stdio.h>
#include <unistd.h>

#include "base/os.h"
#include "formats/pdf.h"
#include "intake/run.h"

/* A process serves this much before a fresh one takes over. */
#define JOBS_PER_PROC 1000
#define BYTES_PER_PROC ((uint64_t)64 << 20)
#define CLOSE_BIDS 8
#define ZONE_PROBLEMS 20

struct reading {
    struct intake *in;
    const struct intake_item *item;
    bool hello, opened, empty;
    uint64_t entries, problems;  /* frames taken */
    uint64_t rejected;           /* records that problems name */
    uint64_t zone_odd;           /* moments that occur twice or never */
    struct lm_locator last;      /* of the last record or problem; name in last_name */
    char last_name[128];
    struct intake_spill spill;
};

lm_err intake_proc_for(struct intake *in, struct intake_proc *proc, const char *verb, uint64_t bytes)
{
    bool spent = proc->jobs >= JOBS_PER_PROC || (proc->jobs > 0 && proc->bytes + bytes > BYTES_PER_PROC);
    if (proc->p != NULL && (spent || !lm_proc_alive(proc->p))) {
        lm_proc_stop(proc->p);
        *proc = (struct intake_proc){ 0 };
    }
    if (proc->p == NULL) {
        struct lm_proc_options o = in->o->proc;
        o.pdf = proc == &in->pdf_reader;
        lm_err err = lm_proc_start(verb, &o, &proc->p, &in->result.ready, in->e);
        if (err != LM_OK)
            return err;
        in->result.sandboxed = true;
        proc->jobs = proc->bytes = 0;
    }
    proc->jobs++;
    proc->bytes += bytes;
    return LM_OK;
}

/* --- frames --- */

static bool known_reader(const struct intake *in, struct lm_str name)
{
    for (size_t i = 0; in->o->readers[i] != NULL; i++)
        if (lm_str_eq(lm_str(in->o->readers[i]->name), name))
            return true;
    return false;
}

static lm_err on_hello(struct reading *r, const struct lm_frame_hello *h)
{
    struct intake *in = r->in;
    if (r->hello || (h->reader.n != 0 && !known_reader(in, h->reader)) || (h->second.n != 0 && !known_reader(in, h->second)))
        return LM_EINPUT;
    r->hello = true;
    if (h->reader.n == 0)
        return LM_OK;
    if (!r->opened) { /* a second attempt finds it open */
        lm_err err = intake_source_open(in, r->item->path, &r->item->sha256, r->item->bytes, h->reader);
        if (err != LM_OK)
            return err;
        r->opened = true;
    } else if (!lm_str_eq(in->source.row->reader, h->reader)) {
        return LM_EINPUT;
    }
    if (h->second.n == 0 || h->bid - h->second_bid > CLOSE_BIDS)
        return LM_OK;
    return intake_source_says(in, LM_PROBLEM_DOUBTED,
                              "read as %.*s (%u bits), but %.*s (%u bits) claims it as well; --reader NAME decides",
                              LM_STR_ARG(h->reader), h->bid, LM_STR_ARG(h->second), h->second_bid);
}

static void remember(struct reading *r, const struct lm_locator *l)
{
    struct lm_str name = lm_str_take(l->name, sizeof r->last_name);
    r->last = *l;
    if (name.n != 0)
        memcpy(r->last_name, name.p, name.n);
    r->last.name = (struct lm_str){ name.n != 0 ? r->last_name : NULL, lm_utf8_valid_prefix(name) };
}

static lm_err odd_moment(struct reading *r, const struct lm_locator *at, enum lm_zone_hit hit)
{
    char reason[200];
    if (r->zone_odd++ >= ZONE_PROBLEMS)
        return LM_OK;
    (void)snprintf(reason, sizeof reason, hit == LM_ZONE_TWICE
                   ? "the local time occurs twice in the stated zone (clocks went back); the earlier one is taken"
                   : "the local time does not exist in the stated zone (clocks went forward); the offset before is taken");
    struct lm_problem p = { .kind = LM_PROBLEM_DOUBTED, .at = *at, .reason = lm_str(reason) };
    return intake_source_problem(r->in, &p);
}

enum lm_zone_hit intake_zone_fact(const struct lm_zone *z, struct lm_fact *f)
{
    if (f->kind == LM_FACT_IDENTIFIER)
        return lm_zone_apply(z, &f->identifier.at);
    if (f->kind != LM_FACT_EVENT)
        return LM_ZONE_ONCE;
    for (size_t k = 0; k < f->event.n_edits; k++) /* ours: decoded into our arena */
        (void)lm_zone_apply(z, &((struct lm_edit *)(uintptr_t)f->event.edits)[k].at);
    return lm_zone_apply(z, &f->event.at);
}

static lm_err apply_zone(struct reading *r, struct lm_entry *entry, struct lm_fact *facts)
{
    for (size_t i = 0; i < entry->n_facts; i++) {
        enum lm_zone_hit hit = intake_zone_fact(&r->in->zone, &facts[i]);
        lm_err err = hit == LM_ZONE_ONCE ? LM_OK : odd_moment(r, &entry->records[0], hit);
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

static lm_err on_entry(struct reading *r, struct lm_entry *entry, struct lm_fact *facts)
{
    struct intake *in = r->in;
    const char *why = NULL;
    enum lm_outcome outcome;
    lm_err err = LM_OK;
    r->entries++;
    remember(r, &entry->records[0]);
    if (in->has_zone)
        err = apply_zone(r, entry, facts);
    if (err == LM_OK && lm_scope_check(&in->x.scope, entry, &why) != LM_OK)
        err = intake_no_memory(in);
    if (err != LM_OK)
        return err;
    if (why != NULL)
        return lm_import_held(in->im, in->source.id, entry, lm_str(why), in->e);
    err = lm_import_entry(in->im, in->source.id, entry, &outcome, in->e);
    if (err != LM_OK || !lm_import_entry_differed(in->im))
        return err;
    struct lm_problem p = { .kind = LM_PROBLEM_DOUBTED, .at = entry->records[0], .reason = LM_STR(LM_IMPORT_DIFFERS) };
    return intake_problem_note(in, in->source.row->path, in->source.row->reader, &p); /* the store has it */
}

static lm_err on_frame(void *user, struct lm_frame *f)
{
    struct reading *r = user;
    if (f->type == LM_FRAME_HELLO)
        return on_hello(r, &f->hello);
    if (!r->opened)
        return LM_EINPUT; /* nobody claimed it, yet something comes */
    if (f->type == LM_FRAME_ENTRY)
        return on_entry(r, &f->entry.entry, f->entry.facts);
    if (f->type == LM_FRAME_EMPTY) {
        r->empty = true;
        return LM_OK;
    }
    if (f->type == LM_FRAME_MEMBER || f->type == LM_FRAME_DATA || f->type == LM_FRAME_MEMBER_END)
        return intake_spill_frame(r->in, &r->spill, f, r->item->bytes);
    if (f->type != LM_FRAME_PROBLEM)
        return LM_EINPUT;
    r->problems++;
    r->rejected += f->problem.records;
    remember(r, &f->problem.at);
    return intake_source_problem(r->in, &f->problem);
}

static lm_err on_sibling(void *user, struct lm_str path, int *ret_fd, uint64_t *ret_bytes)
{
    struct reading *r = user;
    struct lm_str full;
    if (!lm_member_relative(&r->in->x.a, r->item->path, path, &full))
        return LM_ENOTFOUND;
    const uint64_t *index = lm_map_get(&r->in->x.by_path, full);
    if (index == NULL)
        return LM_ENOTFOUND;
    const struct intake_item *item = &r->in->x.items[*index];
    if (intake_item_open(r->in, item, ret_fd) != LM_OK)
        return LM_ENOTFOUND;
    *ret_bytes = item->bytes;
    return LM_OK;
}

static lm_err on_spilled(void *user, uint64_t bytes, int *ret_fd)
{
    return intake_spill_take(&((struct reading *)user)->spill, bytes, ret_fd);
}

static lm_err on_idle(void *user)
{
    struct reading *r = user;
    lm_log_progress(r->in->o->log, "%.*s: %llu entries", LM_STR_ARG(r->item->path), (unsigned long long)r->entries);
    return lm_import_flush(r->in->im, r->in->e);
}

/* --- the end of a source --- */

/* The words of lm_locator_format back into a locator; NONE when they are others. */
static struct lm_locator parse_locator(const char *z)
{
    struct lm_locator l = { 0 };
    unsigned long long a = 0, b = 0;
    int end = 0;
    if (sscanf(z, "byte %20llu%n", &a, &end) == 1 && z[end] == '\0')
        l = (struct lm_locator){ LM_LOCATOR_BYTES, a, 0, { NULL, 0 } };
    else if (sscanf(z, "row %20llu (byte %20llu)%n", &a, &b, &end) == 2 && z[end] == '\0')
        l = (struct lm_locator){ LM_LOCATOR_ROW, a, b, { NULL, 0 } };
    else if (sscanf(z, "page %9llu line %9llu%n", &a, &b, &end) == 2 && z[end] == '\0')
        l = lm_locator_page((uint32_t)a, (uint32_t)b, 0);
    else if (sscanf(z, "page %9llu%n", &a, &end) == 1 && z[end] == '\0')
        l = lm_locator_page((uint32_t)a, 0, 0);
    return l;
}

static lm_err end_broken(struct reading *r, const struct lm_error *why, struct lm_locator at, const char *after)
{
    char reason[sizeof why->message + sizeof why->hint + 128];
    bool placed = at.kind == LM_LOCATOR_NONE && why->locator[0] != '\0';
    (void)snprintf(reason, sizeof reason, "%s%s%s%s%s", placed ? why->locator : "", placed ? ": " : "", why->message, after,
                   r->entries != 0 ? "; what was read before stays" : "");
    struct lm_problem p = { .kind = LM_PROBLEM_LOST, .at = at, .reason = lm_str(reason) };
    p.reason = lm_str_take(p.reason, lm_utf8_valid_prefix(p.reason));
    lm_err err = intake_source_problem(r->in, &p);
    return err != LM_OK ? err : intake_source_close(r->in, LM_SOURCE_BROKEN);
}

static lm_err end_claimed(struct reading *r, const struct lm_proc_outcome *outcome)
{
    struct intake *in = r->in;
    if (r->zone_odd > ZONE_PROBLEMS) {
        lm_err err = intake_source_says(in, LM_PROBLEM_DOUBTED, "%llu more local times occur twice or never in the stated zone",
                                        (unsigned long long)(r->zone_odd - ZONE_PROBLEMS));
        if (err != LM_OK)
            return err;
    }
    if (outcome->end != LM_PROC_ENDED)
        return end_broken(r, &outcome->error, r->last, r->last.kind != LM_LOCATOR_NONE ? "; what follows this place is not read" : "");
    if (outcome->error.code == LM_EDENIED && r->entries == 0 && r->rejected == 0) {
        lm_err err = intake_source_says(in, LM_PROBLEM_LOST, "encrypted, not read: %s", outcome->error.message);
        return err != LM_OK ? err : intake_source_close(in, LM_SOURCE_ENCRYPTED);
    }
    if (outcome->error.code != LM_OK)
        return end_broken(r, &outcome->error, parse_locator(outcome->error.locator), "");
    if (r->entries == 0 && r->rejected == 0 && !r->empty) {
        struct lm_error why;
        (void)lm_fail(&why, LM_EINPUT, "claimed by %.*s, but no record was found in it", LM_STR_ARG(in->source.row->reader));
        return end_broken(r, &why, (struct lm_locator){ 0 }, "");
    }
    return intake_source_close(in, r->entries == 0 && r->rejected == 0 ? LM_SOURCE_EMPTY : LM_SOURCE_READ);
}

static lm_err end_unclaimed(struct reading *r, const char *why)
{
    const struct intake_item *item = r->item;
    lm_err err = intake_source_open(r->in, item->path, &item->sha256, item->bytes, (struct lm_str){ NULL, 0 });
    if (err == LM_OK)
        err = intake_source_says(r->in, LM_PROBLEM_LOST, "%s", why);
    return err != LM_OK ? err : intake_source_close(r->in, LM_SOURCE_UNCLAIMED);
}

/* One attempt. What a process did wrong is in *ret_outcome; an error is ours or the workspace's. */
static lm_err attempt(struct reading *r, int fd, bool pdf, bool force, bool *ret_fresh, struct lm_proc_outcome *ret_outcome)
{
    struct intake *in = r->in;
    struct intake_proc *proc = pdf ? &in->pdf_reader : &in->reader;
    struct lm_proc_job job = { .fd = fd, .bytes = r->item->bytes, .path = r->item->path, .reader = in->o->reader, .force = force,
                               .user = r, .frame = on_frame, .sibling = on_sibling, .spilled = on_spilled, .idle = on_idle };
    lm_err err = intake_proc_for(in, proc, "reader-child", r->item->bytes);
    if (err != LM_OK)
        return err;
    *ret_fresh = proc->jobs == 1;
    in->e->code = LM_OK;
    err = lm_proc_run(proc->p, &job, ret_outcome, in->e);
    intake_spill_close(&r->spill);
    if (err == LM_EINPUT && in->e->code == LM_OK) { /* frames in an order that makes no sense */
        *ret_outcome = (struct lm_proc_outcome){ .end = LM_PROC_GARBAGE };
        (void)lm_fail(&ret_outcome->error, LM_EINPUT, "the reader process sent frames out of order");
        return LM_OK;
    }
    if (err == LM_EIO && in->e->code == LM_EIO && !lm_proc_alive(proc->p)) {
        *ret_outcome = (struct lm_proc_outcome){ .end = LM_PROC_CRASHED };
        (void)lm_fail(&ret_outcome->error, LM_EINPUT, "the reader process was gone before it was asked");
        return LM_OK;
    }
    return err;
}

static lm_err read_through(struct reading *r, int fd, unsigned depth, bool whole, size_t index)
{
    struct intake *in = r->in;
    struct lm_proc_outcome outcome = { 0 };
    bool fresh = false;
    char head[LM_CONTAINER_HEAD_BYTES];
    ssize_t n = pread(fd, head, sizeof head, 0);
    struct lm_str start = { head, n > 0 ? (size_t)n : 0 };
    enum lm_container form = lm_container_sniff(start);
    bool pdf = lm_pdf_possible(start);
    bool force = whole && in->o->reader.n != 0 && form == LM_CONTAINER_NONE;
    lm_err err = attempt(r, fd, pdf, force, &fresh, &outcome);
    /* A process that served others before may have been harmed by them: once more, with a fresh one. */
    if (err == LM_OK && outcome.end != LM_PROC_ENDED && outcome.end != LM_PROC_TIMEOUT && !fresh && r->entries == 0
        && r->problems == 0) {
        r->hello = r->empty = false;
        err = attempt(r, fd, pdf, force, &fresh, &outcome);
    }
    if (err != LM_OK)
        return err;
    if (r->opened)
        return end_claimed(r, &outcome);
    if (outcome.end != LM_PROC_ENDED || outcome.error.code != LM_OK)
        return end_unclaimed(r, outcome.error.message);
    if (form != LM_CONTAINER_NONE)
        return intake_item_peel(in, index, depth, fd, form);
    return end_unclaimed(r, whole && in->o->proc.map.n != 0
                            ? "no row of this file holds the names of the map's columns, and no reader knows its form"
                            : "no reader knows this form of file; lastmile formats lists them, --map reads a table that is in none");
}

lm_err intake_item_read(struct intake *in, size_t index, unsigned depth, bool whole)
{
    const struct intake_item item = in->x.items[index]; /* peeling may move the array */
    struct reading r = { .in = in, .item = &item, .spill = INTAKE_NO_SPILL };
    int fd = -1;
    in->x.at = item.path;
    if (item.bytes == 0)
        return end_unclaimed(&r, "the file is empty");
    lm_err err = intake_item_open(in, &item, &fd);
    if (err == LM_OK)
        err = read_through(&r, fd, depth, whole, index);
    lm_os_close(&fd);
    return err;
}
