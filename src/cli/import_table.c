#include "cli/import_table.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/os.h"
#include "base/terminal.h"
#include "formats/csv.h"
#include "formats/json_out.h"
#include "resolve/join.h"

enum column {
    ID, INVESTIGATION, KIND, REACH, PATH, REQUIRED, /* the next ones may be absent */
    TITLE = REQUIRED, AGENCY, DIVISION, NUMBER, COURT, ISSUED, FROM, TO, EXPIRES, ACCOUNTS, OWNER, ZONE, COLUMNS
};
static const char *const column_names[COLUMNS] = { "id",     "investigation", "kind",  "reach", "path", "title",   "agency",   "division", "number",
                                                   "court",  "issued",        "from",  "to",    "expires", "accounts", "owner", "zone" };

struct entry {
    struct lm_investigation investigation;
    struct lm_authority authority;
    struct lm_str path, owner, zone;
    uint64_t row;
};

struct table {
    struct lm_cli *cli;
    struct lm_store *st;
    const char *file, *folder;
    int at[COLUMNS]; /* place of the column, -1: not there */
    struct entry *v;
    size_t n, cap;
    /* while importing */
    struct lm_json_out o;
    struct lm_counts totals;
    struct lm_joined joined;
    uint64_t n_refused;
};

static lm_err refuse(struct table *t, uint64_t row, const char *what, struct lm_str value)
{
    (void)lm_fail(&t->cli->error, LM_EUSAGE, "%s: %.*s", what, (int)(value.n < 80 ? value.n : 80), value.p != NULL ? value.p : "");
    lm_fail_at(&t->cli->error, t->file, "row %llu", (unsigned long long)row);
    return LM_EUSAGE;
}

static lm_err no_memory(struct table *t)
{
    return lm_fail(&t->cli->error, LM_ENOMEM, "out of memory");
}

/* --- the table --- */

static lm_err header(struct table *t, const struct lm_csv_row *row)
{
    for (int c = 0; c < COLUMNS; c++)
        t->at[c] = -1;
    for (size_t i = 0; i < row->n; i++) {
        int c = 0;
        while (c < COLUMNS && !lm_str_eq(lm_str_trim(row->cells[i]), lm_str(column_names[c])))
            c++;
        if (c == COLUMNS || t->at[c] >= 0)
            return refuse(t, 1, c == COLUMNS ? "not a column of a table of authorities" : "this column stands twice", row->cells[i]);
        t->at[c] = (int)i;
    }
    for (int c = 0; c < REQUIRED; c++)
        if (t->at[c] < 0)
            return refuse(t, 1, "a table of authorities needs the column", lm_str(column_names[c]));
    return LM_OK;
}

/* The cell, copied: it lives as long as the command. */
static struct lm_str cell(struct table *t, const struct lm_csv_row *row, enum column c)
{
    if (t->at[c] < 0)
        return (struct lm_str){ NULL, 0 };
    return lm_arena_copy(&t->cli->run, lm_str_trim(row->cells[t->at[c]]));
}

static lm_err take_day(struct table *t, const struct lm_csv_row *row, enum column c, int32_t *ret)
{
    struct lm_str text = cell(t, row, c);
    *ret = LM_DAY_NONE;
    return text.n == 0 || lm_day_parse(text, ret) ? LM_OK : refuse(t, row->number, "not a date, YYYY-MM-DD", text);
}

static lm_err take_accounts(struct table *t, struct lm_str text, uint64_t row, struct lm_authority *a)
{
    struct lm_covered_account *v = NULL;
    size_t n = 0, cap = 0;
    while (text.n != 0) {
        size_t end = lm_str_find(text, LM_STR(" ")), colon;
        struct lm_str one = end == SIZE_MAX ? text : lm_str_take(text, end);
        text = end == SIZE_MAX ? (struct lm_str){ NULL, 0 } : lm_str_skip(text, end + 1);
        if (one.n == 0)
            continue;
        struct lm_covered_account *more = lm_arena_grow(&t->cli->run, v, n, &cap, sizeof *v);
        if (more == NULL)
            return no_memory(t);
        v = more;
        colon = lm_str_find(one, LM_STR(":"));
        if (colon == SIZE_MAX || colon + 1 == one.n || !lm_platform_parse(lm_str_take(one, colon), &v[n].platform)
            || v[n].platform == LM_PLATFORM_NONE)
            return refuse(t, row, "an account is written PLATFORM:ID", one);
        v[n++].id = lm_str_skip(one, colon + 1);
    }
    a->accounts = v;
    a->n_accounts = n;
    return LM_OK;
}

/* Below the folder, whatever it is called there. */
static bool stays_below(struct lm_str path)
{
    if (path.n == 0 || path.p[0] == '/')
        return false;
    for (size_t i = 0; i + 1 < path.n; i++)
        if (path.p[i] == '.' && path.p[i + 1] == '.' && (i == 0 || path.p[i - 1] == '/') && (i + 2 == path.n || path.p[i + 2] == '/'))
            return false;
    return memchr(path.p, '\0', path.n) == NULL;
}

static lm_err take_row(struct table *t, const struct lm_csv_row *row)
{
    struct entry *v = lm_arena_grow(&t->cli->run, t->v, t->n, &t->cap, sizeof *v);
    if (v == NULL)
        return no_memory(t);
    t->v = v;
    struct entry *x = &v[t->n];
    *x = (struct entry){ .row = row->number };
    struct lm_authority *a = &x->authority;
    a->id = cell(t, row, ID);
    a->investigation = cell(t, row, INVESTIGATION);
    a->number = cell(t, row, NUMBER);
    a->court = cell(t, row, COURT);
    x->investigation = (struct lm_investigation){ a->investigation, cell(t, row, TITLE), cell(t, row, AGENCY), cell(t, row, DIVISION) };
    if (x->investigation.title.n == 0)
        x->investigation.title = a->investigation;
    x->path = cell(t, row, PATH);
    x->owner = cell(t, row, OWNER);
    x->zone = cell(t, row, ZONE);
    struct lm_str kind = cell(t, row, KIND), reach = cell(t, row, REACH);
    if (!lm_authority_kind_parse(kind, &a->kind))
        return refuse(t, row->number, "not a kind of authority", kind);
    if (!lm_reach_parse(reach, &a->reach))
        return refuse(t, row->number, "not a reach", reach);
    if (!stays_below(x->path))
        return refuse(t, row->number, "a path is relative to the folder and stays below it", x->path);
    lm_err err = take_accounts(t, cell(t, row, ACCOUNTS), row->number, a);
    if (err == LM_OK)
        err = take_day(t, row, ISSUED, &a->issued_day);
    if (err == LM_OK)
        err = take_day(t, row, FROM, &a->from_day);
    if (err == LM_OK)
        err = take_day(t, row, TO, &a->to_day);
    if (err == LM_OK)
        err = take_day(t, row, EXPIRES, &a->expires_day);
    t->n += err == LM_OK;
    return err;
}

static lm_err read_rows(struct table *t, struct lm_csv *csv)
{
    for (;;) {
        struct lm_csv_row row;
        bool done = false;
        lm_err err = lm_csv_next(csv, &row, &done);
        if (err != LM_OK)
            return lm_fail(&t->cli->error, err, "%s: row %llu cannot be read", t->file, (unsigned long long)csv->number);
        if (done)
            return t->n != 0 ? LM_OK : refuse(t, 1, "no authority in the table", lm_str(t->file));
        if (row.number == 1) {
            err = header(t, &row);
        } else if (row.n != 1 || row.cells[0].n != 0) {
            size_t wide = 0;
            for (int c = 0; c < COLUMNS; c++)
                wide = t->at[c] >= 0 && (size_t)t->at[c] >= wide ? (size_t)t->at[c] + 1 : wide;
            if (row.oddities != 0 || row.n != wide)
                return refuse(t, row.number, "damaged quoting, or not as many cells as the header", lm_str(""));
            err = take_row(t, &row);
        }
        if (err != LM_OK)
            return err;
    }
}

static lm_err read_table(struct table *t)
{
    enum lm_os_kind kind;
    uint64_t bytes = 0;
    int fd = -1;
    struct lm_str in = { NULL, 0 };
    lm_err err = lm_os_open_input(t->file, &fd, &kind, &t->cli->error);
    if (err != LM_OK)
        return err;
    if (kind != LM_OS_FILE || lm_os_size(fd, &bytes) != LM_OK || lm_os_map(fd, bytes, &in) != LM_OK)
        err = lm_fail(&t->cli->error, LM_EUSAGE, "%s: not a table of authorities", t->file);
    lm_os_close(&fd);
    if (err != LM_OK)
        return err;
    struct lm_csv csv;
    lm_csv_init(&csv, in, ',');
    err = read_rows(t, &csv);
    lm_csv_free(&csv);
    lm_os_unmap(in);
    return err;
}

/* Evidence cannot authorise itself: the table comes from a person, not out of the evidence. */
static lm_err stands_apart(struct table *t)
{
    char *folder = realpath(t->folder, NULL), *file = realpath(t->file, NULL);
    size_t n = folder != NULL ? strlen(folder) : 0;
    lm_err err = LM_OK;
    if (folder == NULL || file == NULL)
        err = lm_fail(&t->cli->error, LM_ENOTFOUND, "%s: no such %s", folder == NULL ? t->folder : t->file,
                      folder == NULL ? "folder" : "file");
    else if (strncmp(file, folder, n) == 0 && (file[n] == '/' || (n != 0 && folder[n - 1] == '/')))
        err = lm_fail(&t->cli->error, LM_EDENIED, "%s stands inside the evidence, which cannot authorise itself", t->file);
    free(folder);
    free(file);
    return err;
}

/* --- entering and importing --- */

struct wanted {
    struct lm_str id;
    bool found;
};

static lm_err compare(void *user, const struct lm_investigation *i)
{
    struct wanted *w = user;
    w->found = w->found || lm_str_eq(i->id, w->id);
    return LM_OK;
}

static lm_err enter(struct table *t, const struct entry *x, bool new_investigation)
{
    struct wanted w = { .id = x->investigation.id };
    lm_err err = new_investigation ? lm_store_investigations(t->st, compare, &w, &t->cli->error) : LM_OK;
    if (err == LM_OK && new_investigation && !w.found)
        err = lm_store_add_investigation(t->st, &x->investigation, &t->cli->error);
    if (err == LM_OK)
        err = lm_store_add_authority(t->st, &x->authority, &t->cli->error);
    if (err != LM_OK)
        lm_fail_at(&t->cli->error, t->file, "row %llu", (unsigned long long)x->row);
    return err;
}

static void print_one(struct table *t, const struct entry *x, const struct lm_intake_result *r)
{
    const struct lm_counts *c = &r->totals;
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_str(&t->o, "authority", x->authority.id);
        lm_json_kv_str(&t->o, "investigation", x->authority.investigation);
        lm_json_kv_str(&t->o, "path", x->path);
        lm_json_kv_u64(&t->o, "sources", r->n_sources);
        lm_json_kv_u64(&t->o, "seen", c->seen);
        lm_json_kv_u64(&t->o, "kept", c->kept);
        lm_json_kv_u64(&t->o, "duplicate", c->duplicate);
        lm_json_kv_u64(&t->o, "held", c->held);
        lm_json_kv_u64(&t->o, "rejected", c->rejected);
        lm_json_kv_u64(&t->o, "facts", c->facts);
        lm_json_kv_u64(&t->o, "problems", r->all_problems);
        lm_json_kv_bool(&t->o, "nothing_read", r->nothing_read);
        lm_json_object_end(&t->o);
        return;
    }
    lm_buf_printf(&t->cli->out, "%9llu %9llu %9llu %9llu %9llu %9llu  ", (unsigned long long)c->seen, (unsigned long long)c->kept,
                  (unsigned long long)c->duplicate, (unsigned long long)c->held, (unsigned long long)c->rejected,
                  (unsigned long long)r->all_problems);
    lm_terminal_put(&t->cli->out, x->authority.id);
    lm_buf_put(&t->cli->out, LM_STR("  "));
    lm_terminal_put(&t->cli->out, x->path);
    lm_buf_put(&t->cli->out, r->nothing_read ? LM_STR("  (nothing could be read)\n") : LM_STR("\n"));
}

static lm_err import_one(struct table *t, struct lm_arena *a, const struct entry *x, struct lm_intake_options *o)
{
    struct lm_intake_result r = { 0 };
    struct lm_str path = lm_arena_printf(a, "%s/%.*s", t->folder, LM_STR_ARG(x->path));
    const char *paths[1] = { path.p };
    if (path.p == NULL)
        return no_memory(t);
    o->owner = x->owner;
    o->zone = x->zone;
    lm_err err = lm_intake_run(a, t->st, x->authority.id, paths, 1, o, &r, &t->cli->error);
    if (err != LM_OK)
        return err;
    print_one(t, x, &r);
    lm_counts_add(&t->totals, &r.totals);
    t->cli->problems |= r.all_problems != 0;
    t->n_refused += r.nothing_read;
    return LM_OK;
}

static lm_err join(struct table *t, struct lm_str investigation)
{
    struct lm_joined j = { 0 };
    lm_err err = lm_join(t->st, investigation, false, NULL, &j, &t->cli->error);
    t->joined.reports += j.reports;
    t->joined.read += j.read;
    t->joined.written += j.written;
    return err;
}

static lm_err import_all(struct table *t, struct lm_intake_options *o)
{
    struct lm_arena a;
    lm_err err = LM_OK;
    lm_arena_init(&a, 0);
    for (size_t i = 0; i < t->n && err == LM_OK; i++) {
        struct lm_str investigation = t->v[i].authority.investigation;
        bool first = i == 0 || !lm_str_eq(t->v[i - 1].authority.investigation, investigation);
        bool last = i + 1 == t->n || !lm_str_eq(t->v[i + 1].authority.investigation, investigation);
        err = enter(t, &t->v[i], first);
        if (err == LM_OK)
            err = import_one(t, &a, &t->v[i], o);
        if (err == LM_OK && last)
            err = join(t, investigation);
        if (err == LM_OK && !t->cli->json && last)
            err = lm_cli_flush(t->cli);
        lm_arena_reset(&a);
    }
    lm_arena_free(&a);
    return err;
}

static void print_end(struct table *t)
{
    const struct lm_counts *c = &t->totals;
    if (!t->cli->json) {
        lm_buf_printf(&t->cli->out, "%9llu %9llu %9llu %9llu %9llu %9llu  all %zu authorities; %llu occurrences written\n",
                      (unsigned long long)c->seen, (unsigned long long)c->kept, (unsigned long long)c->duplicate,
                      (unsigned long long)c->held, (unsigned long long)c->rejected, (unsigned long long)c->problems, t->n,
                      (unsigned long long)t->joined.written);
        return;
    }
    struct lm_json_out *o = &t->o;
    lm_json_array_end(o);
    lm_json_key(o, "totals");
    lm_json_object(o);
    lm_json_kv_u64(o, "seen", c->seen);
    lm_json_kv_u64(o, "kept", c->kept);
    lm_json_kv_u64(o, "duplicate", c->duplicate);
    lm_json_kv_u64(o, "held", c->held);
    lm_json_kv_u64(o, "rejected", c->rejected);
    lm_json_kv_u64(o, "facts", c->facts);
    lm_json_kv_u64(o, "problems", c->problems);
    lm_json_object_end(o);
    lm_json_key(o, "occurrences");
    lm_json_object(o);
    lm_json_kv_u64(o, "reports", t->joined.reports);
    lm_json_kv_u64(o, "written", t->joined.written);
    lm_json_object_end(o);
    lm_json_object_end(o);
    lm_buf_putc(&t->cli->out, '\n');
}

lm_err lm_cli_import_table(struct lm_cli *cli, struct lm_store *st, const char *table, const char *folder,
                           struct lm_intake_options *o)
{
    struct table t = { .cli = cli, .st = st, .file = table, .folder = folder };
    lm_err err = stands_apart(&t);
    if (err == LM_OK)
        err = read_table(&t);
    if (err != LM_OK)
        return err;
    lm_json_out_init(&t.o, &cli->out);
    if (cli->json) {
        lm_json_object(&t.o);
        lm_json_key(&t.o, "authorities");
        lm_json_array(&t.o);
    } else {
        lm_buf_printf(&cli->out, "%9s %9s %9s %9s %9s %9s  authority, exhibit\n", "seen", "kept", "duplicate", "held", "rejected", "problems");
    }
    err = import_all(&t, o);
    if (err != LM_OK)
        return err;
    print_end(&t);
    cli->problems |= t.n_refused != 0;
    cli->refused = t.n_refused == t.n;
    return LM_OK;
}
