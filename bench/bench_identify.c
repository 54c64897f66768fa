/* bench_identify - who is who in a workspace of made-up accounts: what joins by itself, what that costs, and whether strangers are ever joined.
 *
 *   bench_identify [ACCOUNTS] [LATER]     (200,000 and 2,000 unless asked)
 *
 * Persons as in identities.h, one account for each of their records: WhatsApp, then Signal under the same number, then Facebook, then Telegram
 * under ids of their own. Each account's profile has a name, a number and a mailbox. Of one account in twenty one of the three is a
 * stranger's: the number, the mailbox, or the name. Printed: accounts of different people that are one person (wrong), accounts of one person that
 * are one, the largest person, the time of a first run and of another one after LATER more accounts.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "identities.h"
#include "resolve/identify.h"

#define SEED 3

static void must(bool ok, const char *what, const struct lm_error *e)
{
    if (!ok) {
        (void)fprintf(stderr, "bench_identify: %s failed: %s\n", what, e != NULL ? e->message : "");
        exit(1);
    }
}

static double cpu(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *f)
{
    (void)s;
    (void)type;
    (void)f;
    return remove(path);
}

/* --- accounts --- */

struct world {
    struct lm_store *st;
    uint32_t n_persons, person; /* the next one */
    unsigned copy;
    uint64_t n, place;
};

static void number_of(uint32_t person, char out[32])
{
    (void)snprintf(out, 32, "+9990%08u", person);
}

static void put(struct lm_import *im, struct world *w, int64_t source, struct lm_account_ref a, enum lm_identifier_type type, const char *value)
{
    struct lm_fact f = { .kind = LM_FACT_IDENTIFIER };
    struct lm_locator l = { .kind = LM_LOCATOR_BYTES, .a = w->place++, .b = 1 };
    struct lm_entry entry = { &l, 1, &f, 1 };
    enum lm_outcome o;
    struct lm_error e = { 0 };
    f.identifier = (struct lm_identifier_fact){ .account = a, .type = type, .value = lm_str(value), .basis = LM_STR("own_profile") };
    if (value[0] != '\0')
        must(lm_import_entry(im, source, &entry, &o, &e) == LM_OK, "an entry", &e);
}

static void put_account(struct lm_import *im, struct world *w, int64_t source)
{
    static const enum lm_platform on[4] = { LM_PLATFORM_WHATSAPP, LM_PLATFORM_SIGNAL, LM_PLATFORM_FACEBOOK, LM_PLATFORM_TELEGRAM };
    struct lm_rng r = { (uint64_t)w->person * 4 + w->copy + 77 };
    uint64_t shares = lm_rng_below(&r, 60); /* 0 … 2: what */
    uint32_t stranger = (uint32_t)lm_rng_below(&r, w->n_persons);
    struct identity mine, other;
    char own[32], number[32], name[2 * ID_CELL + 2], id[48];
    identity_make(SEED, w->n_persons, w->person, w->copy, &mine);
    identity_make(SEED, w->n_persons, stranger, 0, &other);
    number_of(w->person, own);
    number_of(shares == 0 ? stranger : w->person, number);
    (void)snprintf(id, sizeof id, "%u%u", w->person + 100000000, w->copy);
    const struct identity *named = shares == 1 ? &other : &mine;
    (void)snprintf(name, sizeof name, "%s %s", named->cell[ID_GIVEN], named->cell[ID_SURNAME]);
    struct lm_account_ref a = { .platform = on[w->copy], .form = LM_ACCOUNT_NATIVE, .native = lm_str(w->copy < 2 ? own : id) };
    put(im, w, source, a, LM_IDENTIFIER_NAME, name);
    put(im, w, source, a, LM_IDENTIFIER_PHONE, number);
    put(im, w, source, a, LM_IDENTIFIER_EMAIL, (shares == 2 ? &other : &mine)->cell[ID_EMAIL]);
    w->n++;
    if (++w->copy == identity_copies(SEED, w->person)) {
        w->copy = 0;
        w->person++;
    }
}

static void import(struct world *w, uint64_t n, const char *path)
{
    struct lm_error e = { 0 };
    struct lm_import *im;
    struct lm_sha256 hash;
    struct lm_counts counts;
    uint64_t bytes = 0;
    int64_t exhibit, source;
    bool known;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && dprintf(fd, "%llu", (unsigned long long)w->n) > 0, "a file", NULL);
    must(lm_import_begin(w->st, LM_STR("A1"), &im, &e) == LM_OK && lm_import_blob(im, fd, &hash, &bytes, &e) == LM_OK, "import", &e);
    (void)close(fd);
    struct lm_exhibit x = { .sha256 = hash, .name = LM_STR("made-up"), .bytes = bytes };
    must(lm_import_exhibit(im, &x, &exhibit, &known, &e) == LM_OK, "exhibit", &e);
    struct lm_source s = { .exhibit = exhibit, .path = LM_STR("made-up"), .sha256 = hash, .bytes = bytes, .reader = LM_STR("generic_table") };
    must(lm_import_source(im, &s, &source, &e) == LM_OK, "source", &e);
    for (uint64_t i = 0; i < n; i++)
        put_account(im, w, source);
    must(lm_import_source_end(im, source, LM_SOURCE_READ, &counts, &e) == LM_OK && lm_import_end(im, &counts, &e) == LM_OK, "end", &e);
}

/* --- what came of it --- */

static int64_t number(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    must(sqlite3_open(path, &db) == SQLITE_OK && sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK, sql, NULL);
    int64_t v = sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int64(q, 0) : -1;
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
    return v;
}

/* Whose an account is, by its key. */
#define TRUTH "iif(c.platform IN (5, 7), CAST(substr(c.key, 6) AS INTEGER), CAST(substr(c.key, 1, length(c.key) - 1) AS INTEGER) - 100000000)"

static void report(const char *path, const char *what, const struct lm_identified *n, double took)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    (void)printf("%-12s %8.2f CPU s, peak %ld MiB: %llu accounts looked at, %llu new edges, %llu accounts changed, largest person %u, %llu proposals\n",
                 what, took, u.ru_maxrss / 1024, (unsigned long long)n->accounts, (unsigned long long)n->edges, (unsigned long long)n->changed,
                 n->largest, (unsigned long long)n->likenesses);
    (void)printf("%-12s wrong: %lld persons with accounts of different people; right: %lld pairs of one person joined\n", "",
                 (long long)number(path, "SELECT count(*) FROM (SELECT m.person FROM identity_member m JOIN account c ON c.id = m.account"
                                         " GROUP BY m.person HAVING count(DISTINCT " TRUTH ") > 1)"),
                 (long long)number(path, "SELECT ifnull(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM identity_member m"
                                         " JOIN account c ON c.id = m.account GROUP BY m.person, " TRUTH ")"));
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 200000, later = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    char folder[] = "/var/tmp/bench_identify.XXXXXX", path[128], evidence[128];
    struct lm_error e = { 0 };
    struct world w = { .n_persons = (uint32_t)((n + later) / 2 + 16) };
    must(n > 0 && n < UINT32_MAX && mkdtemp(folder) != NULL, "a folder", NULL);
    (void)snprintf(path, sizeof path, "%s/w.lastmile", folder);
    (void)snprintf(evidence, sizeof evidence, "%s/evidence", folder);
    struct lm_investigation i = { .id = LM_STR("I1"), .title = LM_STR("made-up") };
    struct lm_authority a = { .id = LM_STR("A1"), .investigation = LM_STR("I1"), .kind = LM_AUTHORITY_CONSENT, .reach = LM_REACH_CONTENT,
                              .issued_day = LM_DAY_NONE, .from_day = LM_DAY_NONE, .to_day = LM_DAY_NONE, .expires_day = LM_DAY_NONE };
    must(lm_store_create(path, "bench", &e) == LM_OK && lm_store_open(path, LM_STORE_WRITE, "bench", &w.st, &e) == LM_OK
             && lm_store_add_investigation(w.st, &i, &e) == LM_OK && lm_store_add_authority(w.st, &a, &e) == LM_OK, "a workspace", &e);
    double began = cpu();
    import(&w, n, evidence);
    (void)printf("%-12s %8.2f CPU s for %llu accounts, 3 identifiers each\n", "import", cpu() - began, (unsigned long long)n);
    struct lm_identified r = { 0 };
    began = cpu();
    must(lm_identify(w.st, LM_STR("I1"), false, &r, &e) == LM_OK, "resolve", &e);
    report(path, "first run", &r, cpu() - began);
    import(&w, later, evidence);
    began = cpu();
    must(lm_identify(w.st, LM_STR("I1"), false, &r, &e) == LM_OK, "resolve", &e);
    report(path, "later", &r, cpu() - began);
    lm_store_close(w.st);
    (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
