/* test_formats.c - real files of other projects through both our readers and libyajl or libcsv. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include <csv.h>
#include <yajl/yajl_parse.h>

#include "base/map.h"
#include "formats/csv.h"
#include "formats/json.h"

#define MAX_PATHS 512

/* --- files --- */

struct paths {
    char *path[MAX_PATHS];
    size_t n;
};

static struct paths found; /* nftw gives its visitor no argument */

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    struct lm_str s = lm_str(path);
    if (type == FTW_F && found.n < MAX_PATHS
        && (lm_str_ends(s, LM_STR(".json")) || lm_str_ends(s, LM_STR(".csv"))))
        found.path[found.n++] = strdup(path);
    return 0;
}

static struct lm_str map_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fail_msg("cannot open %s", path);
    assert_int_equal(fstat(fd, &st), 0);
    void *p = st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    assert_true(p != MAP_FAILED);
    (void)close(fd);
    return (struct lm_str){ p, (size_t)st.st_size };
}

/* --- JSON --- */

struct digest {
    uint64_t n, mix;
};

static void add(struct digest *d, char kind, const void *p, size_t n)
{
    d->n++;
    d->mix =
        (d->mix ^ lm_hash64((struct lm_str){ p, n }, 0) ^ (uint64_t)(unsigned char)kind) * 0x9e3779b97f4a7c15u;
}

static int on_null(void *d)
{
    add(d, 'n', "", 0);
    return 1;
}

static int on_bool(void *d, int v)
{
    add(d, v ? 't' : 'f', "", 0);
    return 1;
}

static int on_number(void *d, const char *p, size_t n)
{
    add(d, '#', p, n);
    return 1;
}

static int on_string(void *d, const unsigned char *p, size_t n)
{
    add(d, 's', p, n);
    return 1;
}

static int on_key(void *d, const unsigned char *p, size_t n)
{
    add(d, 'k', p, n);
    return 1;
}

static int on_map(void *d)
{
    add(d, '{', "", 0);
    return 1;
}

static int on_map_end(void *d)
{
    add(d, '}', "", 0);
    return 1;
}

static int on_array(void *d)
{
    add(d, '[', "", 0);
    return 1;
}

static int on_array_end(void *d)
{
    add(d, ']', "", 0);
    return 1;
}

static bool yajl_reads(struct lm_str in, struct digest *d)
{
    static const yajl_callbacks callbacks = {
        .yajl_null = on_null,
        .yajl_boolean = on_bool,
        .yajl_number = on_number,
        .yajl_string = on_string,
        .yajl_map_key = on_key,
        .yajl_start_map = on_map,
        .yajl_end_map = on_map_end,
        .yajl_start_array = on_array,
        .yajl_end_array = on_array_end,
    };
    yajl_handle h = yajl_alloc(&callbacks, NULL, d);
    assert_non_null(h);
    if (lm_str_starts(in, LM_STR("\xef\xbb\xbf")))
        in = lm_str_skip(in, 3);
    bool ok = yajl_parse(h, (const unsigned char *)in.p, in.n) == yajl_status_ok
              && yajl_complete_parse(h) == yajl_status_ok;
    yajl_free(h);
    return ok;
}

static bool we_read(struct lm_str in, struct digest *d, unsigned *ret_oddities)
{
    static const char letters[] = "E{}[]ks#tfn";
    struct lm_json j;
    struct lm_json_token t;
    lm_err e;
    *ret_oddities = 0;
    lm_json_init(&j, in);
    while ((e = lm_json_next(&j, &t)) == LM_OK && t.type != LM_JSON_END) {
        bool text = t.type == LM_JSON_KEY || t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER;
        add(d, letters[t.type], text ? t.text.p : "", text ? t.text.n : 0);
        *ret_oddities |= t.oddities;
    }
    lm_json_free(&j);
    return e == LM_OK;
}

static void json_files_read_as_yajl_reads_them(void **state)
{
    (void)state;
    unsigned long files = 0, refused = 0, tokens = 0;
    for (size_t k = 0; k < found.n; k++) {
        if (!lm_str_ends(lm_str(found.path[k]), LM_STR(".json")))
            continue;
        struct lm_str in = map_file(found.path[k]);
        struct digest ours = { 0 }, theirs = { 0 };
        unsigned oddities;
        bool we = we_read(in, &ours, &oddities), they = yajl_reads(in, &theirs);
        if (oddities != 0 ? they : we != they || (we && memcmp(&ours, &theirs, sizeof ours) != 0))
            fail_msg("%s: ours %d (%llu tokens, oddities %u), yajl %d (%llu)", found.path[k], we,
                     (unsigned long long)ours.n, oddities, they, (unsigned long long)theirs.n);
        files++;
        refused += !we;
        tokens += ours.n;
        if (in.n > 0)
            (void)munmap((void *)(uintptr_t)in.p, in.n);
    }
    assert_true(files > 0);
    print_message("# %lu files, %lu tokens compared; %lu files refused by both\n", files, tokens, refused);
}

/* --- tables --- */

/* libcsv takes spaces and tabs off bare cells and leaves empty lines out; so does this, for the
 * comparison. */
static void on_cell(void *p, size_t n, void *d)
{
    struct lm_str s = { p, p != NULL ? n : 0 };
    s = lm_str_trim(s);
    add(d, 'c', s.p != NULL ? s.p : "", s.n);
}

static void on_row(int c, void *d)
{
    (void)c;
    add(d, 'r', "", 0);
}

static void tables_read_as_libcsv_reads_them(void **state)
{
    (void)state;
    unsigned long files = 0, rows = 0, cells = 0, odd = 0;
    for (size_t k = 0; k < found.n; k++) {
        if (!lm_str_ends(lm_str(found.path[k]), LM_STR(".csv")))
            continue;
        struct lm_str in = map_file(found.path[k]);
        struct digest ours = { 0 }, theirs = { 0 };
        struct lm_csv c;
        struct lm_csv_row r;
        bool done = false;
        unsigned oddities = 0;
        lm_csv_init(&c, in, 0);
        while (lm_csv_next(&c, &r, &done) == LM_OK && !done) {
            oddities |= r.oddities;
            if (r.at == r.end)
                continue;
            for (size_t i = 0; i < r.n; i++)
                on_cell((void *)(uintptr_t)r.cells[i].p, r.cells[i].n, &ours);
            on_row(0, &ours);
            rows++;
            cells += r.n;
        }
        assert_true(done);
        struct csv_parser oracle;
        struct lm_str body = lm_str_starts(in, LM_STR("\xef\xbb\xbf")) ? lm_str_skip(in, 3) : in;
        assert_int_equal(csv_init(&oracle, 0), 0);
        csv_set_delim(&oracle, (unsigned char)c.separator);
        assert_int_equal(csv_parse(&oracle, body.p, body.n, on_cell, on_row, &theirs), body.n);
        assert_int_equal(csv_fini(&oracle, on_cell, on_row, &theirs), 0);
        csv_free(&oracle);
        lm_csv_free(&c);
        if (oddities == 0 && memcmp(&ours, &theirs, sizeof ours) != 0)
            fail_msg("%s: %llu cells and rows, libcsv %llu", found.path[k], (unsigned long long)ours.n,
                     (unsigned long long)theirs.n);
        files++;
        odd += oddities != 0;
        if (in.n > 0)
            (void)munmap((void *)(uintptr_t)in.p, in.n);
    }
    assert_true(files > 0);
    print_message("# %lu files, %lu rows, %lu cells compared; %lu files with odd quoting left out\n", files,
                  rows, cells, odd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_files_read_as_yajl_reads_them),
        cmocka_unit_test(tables_read_as_libcsv_reads_them),
    };
    const char *shared = getenv("LM_SHARED");
    if (shared == NULL || nftw(shared, visit, 16, FTW_PHYS) != 0 || found.n == 0) {
        printf("1..0 # SKIP no files of other projects in LM_SHARED\n"); /* cmocka's skip() says "not ok" */
        return 0;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t k = 0; k < found.n; k++)
        free(found.path[k]);
    return failed;
}
