/* make_db.c - an SQLite database from SQL, the same bytes each time: for fixtures.
 *
 * usage: make_db SQL_FILE OUT            writes OUT and, when there is one, OUT-wal or OUT-journal
 *        make_db --check SQL_FILE FILE   says whether FILE (and what lies beside it) is what SQL_FILE makes
 *        make_db --version               the number of the SQLite that it is built on
 * Lines of the SQL file that begin with "-- @" are not SQL:
 *   -- @wal            what follows is committed into the -wal, one transaction a statement, and never moved into the file
 *   -- @hot            what follows is a transaction that never ends: the -journal stays beside a half written file
 *   -- @cut BYTES      at the end: the file is cut to that size, or by that size when it begins with '-'
 *   -- @fill PAGE HEX  at the end: the page is overwritten with one byte
 *   -- @cutwal BYTES   at the end: the -wal is cut the same way
 * Random numbers (salts, nonces) are zeros, so the files depend on the version of SQLite only; its number in the header is fixed.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_DAMAGE 16

struct bytes {
    char *p;
    size_t n;
};

struct damage {
    char what[8];
    long a;
    int byte;
};

struct made {
    char folder[64], path[96];
    sqlite3 *db;
    struct damage damage[MAX_DAMAGE];
    int n_damage;
    struct bytes main, wal, journal;
};

static void die(const char *what, const char *why)
{
    fprintf(stderr, "make_db: %s: %s\n", what, why);
    exit(2);
}

static int no_randomness(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    memset(out, 0, (size_t)n);
    return n;
}

static struct bytes load(const char *path)
{
    struct bytes b = { NULL, 0 };
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return b;
    (void)fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    b.p = malloc((size_t)n + 1);
    if (b.p == NULL || fread(b.p, 1, (size_t)n, f) != (size_t)n)
        die(path, "cannot be read");
    b.p[n] = '\0';
    b.n = (size_t)n;
    (void)fclose(f);
    return b;
}

static struct bytes load_beside(const struct made *m, const char *suffix)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s%s", m->path, suffix);
    return load(path);
}

static void run(struct made *m, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(m->db, sql, NULL, NULL, &why) != SQLITE_OK)
        die("SQL", why != NULL ? why : "failed");
}

static void directive(struct made *m, const char *line)
{
    struct damage d = { .a = 0 };
    unsigned byte = 0;
    if (strncmp(line, "wal", 3) == 0 && (line[3] == '\n' || line[3] == '\0')) {
        run(m, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;");
        (void)sqlite3_db_config(m->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return;
    }
    if (strncmp(line, "hot", 3) == 0) {
        run(m, "PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN IMMEDIATE;");
        return;
    }
    int n = sscanf(line, "%7s %ld %x", d.what, &d.a, &byte);
    if (n < 2 || m->n_damage == MAX_DAMAGE)
        die("directive", line);
    d.byte = (int)byte;
    m->damage[m->n_damage++] = d;
}

/* One line of SQL after the other, so that a directive takes effect where it stands. */
static void run_all(struct made *m, char *text)
{
    struct bytes pending = { malloc(strlen(text) + 1), 0 };
    if (pending.p == NULL)
        die("memory", "none");
    for (char *line = text; *line != '\0';) {
        char *end = strchr(line, '\n');
        size_t n = end != NULL ? (size_t)(end - line) + 1 : strlen(line);
        if (strncmp(line, "-- @", 4) == 0) {
            pending.p[pending.n] = '\0';
            run(m, pending.p);
            pending.n = 0;
            directive(m, line + 4);
        } else {
            memcpy(pending.p + pending.n, line, n);
            pending.n += n;
        }
        line += n;
    }
    pending.p[pending.n] = '\0';
    run(m, pending.p);
    free(pending.p);
}

static void cut(struct bytes *b, long at)
{
    size_t n = at >= 0 ? (size_t)at : b->n - (size_t)-at;
    if (n > b->n)
        die("cut", "the file is shorter");
    b->n = n;
}

static void spoil(struct made *m)
{
    unsigned char *h = (unsigned char *)m->main.p;
    static const unsigned char version[4] = { 0, 0x2e, 0x63, 1 }; /* 3040001 */
    size_t page = (size_t)h[16] << 8 | h[17];
    page = page == 1 ? 65536 : page;
    memcpy(h + 96, version, 4);
    for (int i = 0; i < m->n_damage; i++) {
        const struct damage *d = &m->damage[i];
        if (strcmp(d->what, "cut") == 0)
            cut(&m->main, d->a);
        else if (strcmp(d->what, "cutwal") == 0)
            cut(&m->wal, d->a);
        else if (strcmp(d->what, "fill") == 0 && d->a > 0 && (size_t)d->a * page <= m->main.n)
            memset(m->main.p + ((size_t)d->a - 1) * page, d->byte, page);
        else
            die("damage", d->what);
    }
}

static void make(struct made *m, const char *sql_file)
{
    struct bytes sql = load(sql_file);
    if (sql.p == NULL)
        die(sql_file, "not there");
    (void)snprintf(m->folder, sizeof m->folder, "/tmp/make_db.XXXXXX");
    if (mkdtemp(m->folder) == NULL)
        die("/tmp", "no folder");
    (void)snprintf(m->path, sizeof m->path, "%s/made.db", m->folder);
    if (sqlite3_open(m->path, &m->db) != SQLITE_OK)
        die("open", sqlite3_errmsg(m->db));
    run_all(m, sql.p);
    m->main = load(m->path);
    m->wal = load_beside(m, "-wal");
    m->journal = load_beside(m, "-journal");
    (void)sqlite3_close(m->db);
    static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", m->path, suffixes[i]);
        (void)unlink(path);
    }
    (void)rmdir(m->folder);
    spoil(m);
    free(sql.p);
}

static int keep(const char *out, const char *suffix, const struct bytes *b, int check)
{
    char path[4096];
    int same = 1;
    (void)snprintf(path, sizeof path, "%s%s", out, suffix);
    if (check) {
        struct bytes there = load(path);
        same = there.n == b->n && (b->n == 0 || memcmp(there.p, b->p, b->n) == 0);
        free(there.p);
        return same;
    }
    if (b->n == 0 && suffix[0] != '\0')
        return 1;
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(b->p, 1, b->n, f) != b->n || fclose(f) != 0)
        die(path, "cannot be written");
    return same;
}

int main(int argc, char **argv)
{
    struct made m = { .db = NULL };
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("%d\n", sqlite3_libversion_number());
        return 0;
    }
    int check = argc > 1 && strcmp(argv[1], "--check") == 0;
    if (argc != 3 + check) {
        fprintf(stderr, "usage: make_db [--check] SQL_FILE DATABASE\n");
        return 2;
    }
    sqlite3_vfs vfs = *sqlite3_vfs_find(NULL);
    vfs.zName = "make_db";
    vfs.xRandomness = no_randomness;
    (void)sqlite3_vfs_register(&vfs, 1);
    make(&m, argv[1 + check]);
    int same = keep(argv[2 + check], "", &m.main, check);
    same = keep(argv[2 + check], "-wal", &m.wal, check) && same;
    same = keep(argv[2 + check], "-journal", &m.journal, check) && same;
    free(m.main.p);
    free(m.wal.p);
    free(m.journal.p);
    return !same;
}
