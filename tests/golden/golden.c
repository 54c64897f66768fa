/* golden.c - reads every fixture of one reader and compares what it emits with what is expected.
 *
 * usage: golden READER FIXTURE_FOLDER [--update]
 * Every file (folders below included) is a fixture, but FIELDS (fields.mjs), PASSWORDS (what a person supplied for all of them) and those that end in .expected, .map,
 * .neighbour, -wal, -shm and -journal (they are there for another one), .sql and .sh (they make one); its expected lines
 * are in <file>.expected. A <file>.map is what a person said about its columns (docs/maps.md).
 * The last line of those is the outcome: {"outcome":"ok"} or {"outcome":"input","at":"byte 120"}.
 * --update writes the expected files from what is read now: read the difference before committing it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "golden/fact_json.h"
#include "readers/shared/beside.h"

#define CEILING ((size_t)256 << 20)

struct golden_sink {
    struct lm_sink sink;
    struct lm_buf out;
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct golden_sink *g = (struct golden_sink *)sink;
    lm_entry_to_json(entry, &g->out);
    return g->out.failed ? LM_ENOMEM : LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    struct golden_sink *g = (struct golden_sink *)sink;
    lm_problem_to_json(problem, &g->out);
    return g->out.failed ? LM_ENOMEM : LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    struct golden_sink *g = (struct golden_sink *)sink;
    lm_buf_put(&g->out, LM_STR("{\"empty\":true}\n"));
    return LM_OK;
}

static bool load(const char *path, struct lm_buf *ret)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    for (;;) {
        char *p = lm_buf_reserve(ret, 65536);
        size_t n = p != NULL ? fread(p, 1, 65536, f) : 0;
        ret->n += n;
        if (n == 0)
            break;
    }
    (void)fclose(f);
    return !ret->failed;
}

/* Set once in main. */
static const char *top_folder;
static const struct lm_reader *reader;
static bool update;
static int n_tests, n_failed;

#define MAX_NEIGHBOURS 64

struct neighbours { /* each stays until the reader is done */
    struct lm_buf files[MAX_NEIGHBOURS];
    size_t n;
};

/* Neighbours of a fixture come from its own folder tree, as they would from the exhibit. */
static lm_err sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret_bytes)
{
    static const char suffix[] = ".neighbour";
    char own[4096], full[8200];
    struct neighbours *all = in->user;
    if (all->n == MAX_NEIGHBOURS)
        return LM_ELIMIT;
    struct lm_buf *buffer = &all->files[all->n];
    lm_buf_init(buffer, CEILING);
    (void)snprintf(own, sizeof own, "%s/%.*s", top_folder, LM_STR_ARG(in->path));
    (void)snprintf(full, sizeof full, "%.*s/%.*s", (int)(strrchr(own, '/') - own), own, LM_STR_ARG(path));
    bool found = load(full, buffer);
    size_t n = strlen(full);
    if (!found && n + sizeof suffix <= sizeof full) {
        memcpy(full + n, suffix, sizeof suffix);
        found = load(full, buffer);
    }
    if (!found) {
        lm_buf_free(buffer);
        return LM_ENOTFOUND;
    }
    all->n++;
    *ret_bytes = lm_buf_str(buffer);
    return LM_OK;
}

static void run_reader(const char *relative, struct lm_str bytes, struct golden_sink *g)
{
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    struct neighbours neighbours = { .n = 0 };
    struct lm_buf map;
    struct lm_buf passwords;
    char map_path[8300];
    lm_buf_init(&map, CEILING);
    lm_buf_init(&passwords, CEILING);
    (void)snprintf(map_path, sizeof map_path, "%s/PASSWORDS", top_folder);
    (void)load(map_path, &passwords); /* most have none */
    (void)snprintf(map_path, sizeof map_path, "%s/%s.map", top_folder, relative);
    (void)load(map_path, &map); /* most have none */
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    struct lm_input in = { .bytes = bytes, .path = lm_str(relative), .sibling = sibling, .user = &neighbours,
                            .map = lm_buf_str(&map), .passwords = lm_buf_str(&passwords) };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    int bid = reader->bid(&in, lm_str_take(bytes, reader->lookahead));
    lm_buf_printf(&g->out, "{\"bid\":%s}\n", bid > 0 ? "true" : "false");
    lm_err err = lm_beside_read(reader, &ctx, &g->sink); /* as intake runs it */
    lm_buf_printf(&g->out, "{\"outcome\":\"%s\"", lm_err_name(err));
    if (e.locator[0] != '\0')
        lm_buf_printf(&g->out, ",\"at\":\"%s\"", e.locator);
    lm_buf_put(&g->out, LM_STR("}\n"));
    lm_buf_free(&map);
    lm_buf_free(&passwords);
    for (size_t i = 0; i < neighbours.n; i++)
        lm_buf_free(&neighbours.files[i]);
    lm_arena_free(&file);
    lm_arena_free(&record);
}

static void show_difference(struct lm_str want, struct lm_str got)
{
    size_t i = 0, line = 1, start = 0;
    for (; i < want.n && i < got.n && want.p[i] == got.p[i]; i++) {
        if (want.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    struct lm_str w = lm_str_skip(want, start), g = lm_str_skip(got, start);
    const char *we = w.n != 0 ? memchr(w.p, '\n', w.n) : NULL, *ge = g.n != 0 ? memchr(g.p, '\n', g.n) : NULL;
    printf("# line %zu\n# expected: %.*s\n# got:      %.*s\n", line, we != NULL ? (int)(we - w.p) : 0, w.p,
           ge != NULL ? (int)(ge - g.p) : 0, g.p);
}

static void one_fixture(const char *relative)
{
    char path[8200], expected_path[8300];
    (void)snprintf(path, sizeof path, "%s/%s", top_folder, relative);
    (void)snprintf(expected_path, sizeof expected_path, "%s.expected", path);
    struct lm_buf bytes, want;
    struct golden_sink g = { .sink = { on_entry, on_problem, on_empty } };
    lm_buf_init(&bytes, CEILING);
    lm_buf_init(&want, CEILING);
    lm_buf_init(&g.out, CEILING);
    bool loaded = load(path, &bytes);
    if (loaded)
        run_reader(relative, lm_buf_str(&bytes), &g);
    if (update && loaded) {
        FILE *f = fopen(expected_path, "wb");
        if (f != NULL) {
            (void)fwrite(g.out.p, 1, g.out.n, f);
            (void)fclose(f);
        }
    }
    bool same = loaded && load(expected_path, &want) && lm_str_eq(lm_buf_str(&want), lm_buf_str(&g.out));
    printf("%s %d - %s: %s\n", same ? "ok" : "not ok", ++n_tests, reader->name, relative);
    if (!same) {
        n_failed++;
        show_difference(lm_buf_str(&want), lm_buf_str(&g.out));
    }
    lm_buf_free(&bytes);
    lm_buf_free(&want);
    lm_buf_free(&g.out);
}

static bool is_fixture(struct lm_str name)
{
    static const char *const others[] = { ".expected", ".map", ".neighbour", "-wal", "-shm", "-journal", ".sql", ".sh" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (lm_str_ends(name, lm_str(others[i])))
            return false;
    return !lm_str_eq(name, LM_STR("FIELDS")) && !lm_str_eq(name, LM_STR("PASSWORDS"));
}

static void walk(const char *relative)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", top_folder, relative);
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        char child[4096], full[8200];
        (void)snprintf(child, sizeof child, "%s%s%s", relative, relative[0] != '\0' ? "/" : "", name);
        (void)snprintf(full, sizeof full, "%s/%s", top_folder, child);
        struct stat st;
        if (name[0] != '.' && stat(full, &st) == 0) {
            if (S_ISDIR(st.st_mode))
                walk(child);
            else if (is_fixture(lm_str(name)))
                one_fixture(child);
        }
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

int main(int argc, char **argv)
{
    if (argc < 3 || (reader = lm_reader_find(lm_str(argv[1]))) == NULL) {
        fprintf(stderr, "usage: golden READER FIXTURE_FOLDER [--update]\n");
        return 2;
    }
    top_folder = argv[2];
    update = argc > 3 && strcmp(argv[3], "--update") == 0;
    walk("");
    if (n_tests == 0) {
        printf("not ok %d - %s has no fixture in %s\n", ++n_tests, reader->name, top_folder);
        n_failed++;
    }
    printf("1..%d\n", n_tests);
    return n_failed != 0;
}
