#include "intake/intake.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/os.h"
#include "intake/run.h"

#define MANIFEST_CEILING_BYTES ((size_t)2 << 30)
#define SCRATCH_CEILING_BYTES ((size_t)1 << 20) /* a path: at most 64 containers deep, 8 KiB each */
#define LAST_WORDS_BYTES ((size_t)1 << 20)

void lm_intake_defaults(struct lm_intake_options *o)
{
    *o = (struct lm_intake_options){
        .readers = lm_readers,
        .proc = { .memory_bytes = (uint64_t)2 << 30, .frame_ceiling_bytes = LM_FRAME_CEILING_BYTES, .base_us = 20 * LM_SECOND_US,
                  .per_mib_us = LM_SECOND_US },
        .unpack = { .bytes = (uint64_t)64 << 30, .members = 1000000, .depth = 8, .ratio = 200,
                    .ratio_from_bytes = (uint64_t)64 << 20 },
    };
}

/* --- one exhibit --- */

static lm_err begin_exhibit(struct intake *in, const struct lm_exhibit *x)
{
    char hex[65];
    int64_t id = 0;
    bool known = false;
    in->x.name = x->name;
    in->x.hex = lm_arena_copy(in->a, lm_str(lm_sha256_hex(&x->sha256, hex)));
    if (in->x.hex.p == NULL)
        return intake_no_memory(in);
    lm_err err = lm_import_exhibit(in->im, x, &id, &known, in->e);
    in->x.id = id;
    return err;
}

static struct lm_exhibit exhibit_of(const struct intake *in, struct lm_sha256 sha256, struct lm_str name, uint64_t bytes, bool folder)
{
    return (struct lm_exhibit){ .sha256 = sha256, .name = name, .folder = folder, .bytes = bytes, .zone = in->o->zone,
                                .owner = in->o->owner };
}

static void forget_exhibit(struct intake *in)
{
    /* evidence of one exhibit is not within reach of another's processes */
    lm_proc_stop(in->reader.p);
    lm_proc_stop(in->pdf_reader.p);
    lm_proc_stop(in->unpacker.p);
    in->reader = in->pdf_reader = in->unpacker = (struct intake_proc){ 0 };
    if (in->spool.folder.n != 0)
        (void)lm_os_remove_tree(in->spool.folder.p);
    in->spool = (struct lm_spool){ 0 };
    lm_arena_free(&in->x.a);
    in->x = (struct intake_exhibit){ 0 };
}

static lm_err new_exhibit(struct intake *in)
{
    struct intake_exhibit *x = &in->x;
    *x = (struct intake_exhibit){ .budget = { .limits = &in->o->unpack } };
    lm_arena_init(&x->a, in->o->exhibit_memory_bytes);
    lm_map_init(&x->by_path, &x->a);
    lm_map_init(&x->next_twin, &x->a);
    return lm_scope_init(&x->scope, &x->a, &in->authority, &in->owner) == LM_OK ? LM_OK : intake_no_memory(in);
}

static struct lm_str last_component(const char *path)
{
    struct lm_str s = lm_str(path);
    while (s.n > 1 && s.p[s.n - 1] == '/')
        s.n--;
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == '/' && i < s.n)
            return lm_str_skip(s, i);
    return s;
}

/* A path from which nothing came: no exhibit, no source, only the word about it. */
static lm_err refuse_path(struct intake *in, const char *path, const struct lm_error *why)
{
    struct lm_problem p = { .kind = LM_PROBLEM_LOST, .reason = lm_str(why->message) };
    return intake_problem_note(in, lm_str(path), (struct lm_str){ NULL, 0 }, &p);
}

static lm_err import_file(struct intake *in, const char *path, int fd)
{
    struct intake_item item = { 0 };
    const char *renamed;
    size_t index;
    bool twin;
    lm_err err = lm_import_blob(in->im, fd, &item.sha256, &item.bytes, in->e);
    if (err == LM_OK)
        err = lm_member_path(&in->x.a, last_component(path), false, &item.path, &renamed);
    if (err != LM_OK)
        return err;
    struct lm_exhibit x = exhibit_of(in, item.sha256, item.path, item.bytes, false);
    err = begin_exhibit(in, &x);
    if (err == LM_OK)
        err = intake_item_add(in, item, &index, &twin);
    return err != LM_OK ? err : intake_item_read(in, index, 0, true);
}

/* --- folders --- */

struct folder {
    struct lm_os_listing listing;
    struct lm_str *paths;       /* as shown, one per item */
    const char **why;           /* NULL, or why the item is listed and not read */
    const char **renamed;
    size_t *indices;
    struct lm_buf manifest;
};

static const char *listed_only(enum lm_os_kind kind)
{
    switch (kind) {
    case LM_OS_FILE:
        return NULL;
    case LM_OS_LINK:
        return "a symbolic link; listed, not followed";
    case LM_OS_FOLDER:
        return "a folder that cannot be listed, or not to its end";
    case LM_OS_SPECIAL:
        break;
    }
    return "neither a file nor a folder; listed, not read";
}

/* Keeps one file of the folder and adds its line to the manifest. */
static lm_err keep_item(struct intake *in, int folder_fd, struct folder *f, size_t i)
{
    const struct lm_os_item *o = &f->listing.items[i];
    struct intake_item item = { 0 };
    struct lm_error why = { 0 };
    char hex[65];
    int fd = -1;
    bool twin;
    if (lm_member_path(&in->x.a, o->path, false, &item.path, &f->renamed[i]) != LM_OK)
        return intake_no_memory(in);
    f->paths[i] = item.path;
    f->why[i] = listed_only(o->kind);
    if (f->why[i] != NULL)
        return LM_OK;
    if (lm_os_open_below(folder_fd, o->path.p, &fd, &why) != LM_OK) {
        f->why[i] = lm_arena_copy(&in->x.a, lm_str(why.message)).p;
        return f->why[i] != NULL ? LM_OK : intake_no_memory(in);
    }
    lm_err err = lm_import_blob(in->im, fd, &item.sha256, &item.bytes, in->e);
    lm_os_close(&fd);
    if (err != LM_OK)
        return err;
    lm_log_progress(in->o->log, "keeping %.*s", LM_STR_ARG(item.path));
    lm_buf_printf(&f->manifest, "%s  %llu  %.*s\n", lm_sha256_hex(&item.sha256, hex), (unsigned long long)item.bytes,
                  LM_STR_ARG(item.path));
    err = intake_item_add(in, item, &f->indices[i], &twin);
    if (err == LM_OK)
        f->paths[i] = in->x.items[f->indices[i]].path;
    return err;
}

/* The manifest of a folder and the map of an import are kept like any other bytes, so that they can be hashed again. */
static lm_err keep_bytes(struct intake *in, const struct lm_buf *bytes, const char *what, struct lm_sha256 *ret, uint64_t *ret_bytes)
{
    if (bytes->failed)
        return lm_fail(in->e, LM_ELIMIT, "the %s is too large", what);
    int fd = -1;
    if (lm_os_memory_file(lm_buf_str(bytes), &fd) != LM_OK)
        return lm_fail(in->e, LM_EIO, "the %s cannot be written", what);
    lm_err err = lm_import_blob(in->im, fd, ret, ret_bytes, in->e);
    lm_os_close(&fd);
    return err;
}

static lm_err read_items(struct intake *in, const struct folder *f)
{
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < f->listing.n; i++) {
        struct lm_str path = in->x.at = f->paths[i];
        if (f->renamed[i] != NULL) {
            struct lm_problem p = { .kind = LM_PROBLEM_DOUBTED, .reason = lm_str(f->renamed[i]) };
            err = intake_problem_note(in, path, (struct lm_str){ NULL, 0 }, &p);
        }
        if (err == LM_OK)
            err = f->why[i] != NULL ? intake_source_list(in, path, LM_SOURCE_UNCLAIMED, f->why[i]) : intake_item_read(in, f->indices[i], 0, false);
    }
    return err;
}

static lm_err import_listing(struct intake *in, const char *path, int fd, struct folder *f)
{
    struct lm_sha256 sha256;
    uint64_t bytes = 0, manifest_bytes;
    const char *renamed;
    struct lm_str name;
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < f->listing.n; i++)
        err = keep_item(in, fd, f, i);
    if (err == LM_OK)
        err = keep_bytes(in, &f->manifest, "manifest of the folder", &sha256, &manifest_bytes);
    for (size_t i = 0; i < in->x.n_items; i++)
        bytes += in->x.items[i].bytes;
    if (err == LM_OK)
        err = lm_member_path(&in->x.a, last_component(path), false, &name, &renamed);
    if (err != LM_OK)
        return err;
    struct lm_exhibit x = exhibit_of(in, sha256, name, bytes, true);
    err = begin_exhibit(in, &x);
    return err != LM_OK ? err : read_items(in, f);
}

static lm_err import_folder(struct intake *in, const char *path, int fd)
{
    struct folder f = { 0 };
    struct lm_error why = { 0 };
    if (lm_os_walk(&in->x.a, fd, &f.listing, &why) != LM_OK)
        return refuse_path(in, path, &why);
    if (f.listing.n == 0) {
        (void)lm_fail(&why, LM_EINPUT, "the folder holds no file");
        return refuse_path(in, path, &why);
    }
    f.paths = lm_arena_array(&in->x.a, f.listing.n, sizeof *f.paths);
    f.why = lm_arena_array(&in->x.a, f.listing.n, sizeof *f.why);
    f.renamed = lm_arena_array(&in->x.a, f.listing.n, sizeof *f.renamed);
    f.indices = lm_arena_array(&in->x.a, f.listing.n, sizeof *f.indices);
    if (f.paths == NULL || f.why == NULL || f.renamed == NULL || f.indices == NULL)
        return intake_no_memory(in);
    lm_buf_init(&f.manifest, MANIFEST_CEILING_BYTES);
    lm_err err = import_listing(in, path, fd, &f);
    lm_buf_free(&f.manifest);
    return err;
}

static lm_err import_opened(struct intake *in, const char *path, int fd, enum lm_os_kind kind)
{
    lm_err err = new_exhibit(in);
    if (err != LM_OK)
        return err;
    return kind == LM_OS_FOLDER ? import_folder(in, path, fd) : import_file(in, path, fd);
}

/* What does not fit into memory, or into a limit of ours, is the trouble of one exhibit alone: it is closed as broken. */
static lm_err give_up_exhibit(struct intake *in, const char *path, const struct lm_error *why)
{
    struct intake_source *s = &in->source;
    lm_err err = LM_OK;
    if (in->x.id == 0)
        return refuse_path(in, path, why);
    if (s->open && (s->row->path = lm_arena_copy(in->a, s->row->path)).p == NULL) /* that may be what there was no room for */
        return intake_no_memory(in);
    if (!s->open)
        err = intake_source_open(in, in->x.at.n != 0 ? in->x.at : in->x.name, NULL, 0, (struct lm_str){ NULL, 0 });
    if (err == LM_OK)
        err = intake_source_says(in, LM_PROBLEM_LOST, "%s; what was read of this exhibit before that stays, the rest of it is not read; "
                                 "import its parts one by one", why->message);
    return err != LM_OK ? err : intake_source_close(in, LM_SOURCE_BROKEN);
}

/* An exhibit may fill half of what the list of results has room for, the last one nearly all of it: there is always room
 * for the words about what does not fit. */
static size_t share_of(const struct lm_arena *a, bool last)
{
    size_t free = a->ceiling_bytes > a->used_bytes ? a->ceiling_bytes - a->used_bytes : 0;
    size_t left = last && free / 2 > LAST_WORDS_BYTES ? LAST_WORDS_BYTES : free / 2;
    return a->used_bytes + free - left;
}

static lm_err import_path(struct intake *in, const char *path, bool last)
{
    struct lm_error why = { 0 };
    enum lm_os_kind kind;
    int fd;
    if (lm_os_open_input(path, &fd, &kind, &why) != LM_OK)
        return refuse_path(in, path, &why);
    size_t ceiling = in->a->ceiling_bytes;
    in->a->ceiling_bytes = share_of(in->a, last);
    in->e->code = LM_OK;
    lm_err err = import_opened(in, path, fd, kind);
    in->a->ceiling_bytes = ceiling;
    lm_os_close(&fd);
    if (err == LM_ENOMEM || err == LM_ELIMIT) {
        if (in->e->code != err)
            (void)lm_fail(in->e, err, "%s", err == LM_ENOMEM ? "out of memory" : "a limit was reached");
        why = *in->e;
        err = give_up_exhibit(in, path, &why);
    }
    if (err != LM_OK && in->e->file[0] == '\0')
        (void)snprintf(in->e->file, sizeof in->e->file, "%s", path);
    forget_exhibit(in);
    return err;
}

/* --- the run --- */

/* The map is evidence of how evidence was read: its bytes are kept, and the chain says which import used them. */
static lm_err keep_map(struct intake *in)
{
    struct lm_sha256 sha256;
    uint64_t bytes = 0;
    struct lm_buf map = { 0 };
    if (in->o->proc.map.n == 0)
        return LM_OK;
    lm_buf_init(&map, in->o->proc.map.n + 1);
    lm_buf_put(&map, in->o->proc.map);
    lm_err err = keep_bytes(in, &map, "map", &sha256, &bytes);
    lm_buf_free(&map);
    if (err != LM_OK)
        return err;
    in->result.has_map = true;
    in->result.map_sha256 = sha256;
    return lm_import_map(in->im, in->o->map_name, &sha256, in->e);
}

lm_err intake_check_options(struct intake *in)
{
    const struct lm_intake_options *o = in->o;
    struct lm_error *e = in->e;
    bool found = o->reader.n == 0;
    for (size_t i = 0; o->readers[i] != NULL; i++)
        found = found || lm_str_eq(lm_str(o->readers[i]->name), o->reader);
    if (!found) {
        (void)lm_fail(e, LM_EUSAGE, "there is no reader %.*s", LM_STR_ARG(o->reader));
        lm_fail_hint(e, "lastmile formats lists them");
        return LM_EUSAGE;
    }
    if (o->owner.n != 0) {
        size_t colon = lm_str_find(o->owner, LM_STR(":"));
        struct lm_str word = lm_str_take(o->owner, colon != SIZE_MAX ? colon : 0);
        in->owner.id = lm_str_skip(o->owner, colon != SIZE_MAX ? colon + 1 : o->owner.n);
        size_t equals = lm_str_find(in->owner.id, LM_STR("="));
        in->owner.id = lm_str_take(in->owner.id, equals != SIZE_MAX && equals > 0 ? equals : in->owner.id.n);
        if (!lm_platform_parse(word, &in->owner.platform) || in->owner.platform == LM_PLATFORM_NONE || in->owner.id.n == 0) {
            (void)lm_fail(e, LM_EUSAGE, "the owner of an exhibit is written PLATFORM:ID or PLATFORM:ID=NAME");
            lm_fail_hint(e, "platforms: %s", lm_platform_words());
            return LM_EUSAGE;
        }
    }
    in->has_zone = o->zone.n != 0;
    lm_err err = in->has_zone ? lm_zone_load(in->a, o->zone, &in->zone, e) : LM_OK;
    return err == LM_ENOTFOUND ? (e->code = LM_EUSAGE) : err;
}

static lm_err import_paths(struct intake *in, const char *const paths[], size_t n_paths)
{
    in->result.problems = lm_arena_array(in->a, LM_INTAKE_LISTED_PROBLEMS, sizeof *in->result.problems);
    lm_err err = in->result.problems != NULL ? LM_OK : intake_no_memory(in);
    lm_buf_init(&in->scratch, SCRATCH_CEILING_BYTES);
    /* what a run that was cut off left behind; we hold the writer's lock, so nobody is using it */
    (void)lm_os_remove_tree(in->o->spool_parent);
    for (size_t i = 0; err == LM_OK && i < n_paths; i++)
        err = import_path(in, paths[i], i + 1 == n_paths);
    lm_buf_free(&in->scratch);
    forget_exhibit(in);
    (void)lm_os_remove_tree(in->o->spool_parent);
    lm_log_done(in->o->log);
    return err;
}

lm_err lm_intake_run(struct lm_arena *a, struct lm_store *st, struct lm_str authority, const char *const paths[], size_t n_paths,
                     const struct lm_intake_options *o, struct lm_intake_result *ret, struct lm_error *e)
{
    struct lm_error own = { 0 };
    struct intake in = { .a = a, .o = o, .e = e != NULL ? e : &own, .result = { .nothing_read = true } };
    lm_err err = intake_check_options(&in);
    if (err == LM_OK)
        err = lm_store_authority(st, a, authority, &in.authority, in.e);
    if (err == LM_ENOTFOUND)
        lm_fail_hint(in.e, "a person enters it first: lastmile authority add");
    if (err == LM_OK)
        err = lm_import_begin(st, authority, &in.im, in.e);
    if (err != LM_OK)
        return err;
    err = keep_map(&in);
    if (err == LM_OK)
        err = import_paths(&in, paths, n_paths);
    if (err != LM_OK) {
        lm_import_abandon(in.im);
        return err;
    }
    err = lm_import_end(in.im, &in.result.totals, in.e);
    if (err == LM_OK)
        *ret = in.result;
    return err;
}
