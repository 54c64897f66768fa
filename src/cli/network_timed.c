#include "cli/network_timed.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/log.h"
#include "base/map.h"
#include "base/terminal.h"
#include "cli/look.h"

#define BASIS "position in the data held, never guilt or rank"

/* --- options --- */

lm_err lm_network_time(struct lm_cli *cli, const struct lm_args *args, const char *option, int64_t *ret, bool *ret_given)
{
    const char *value = lm_args_get(args, option);
    struct lm_when w;
    *ret_given = value != NULL;
    if (value == NULL)
        return LM_OK;
    if (!lm_contact_time(lm_str(value), &w)) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "%s wants a moment", option);
        lm_fail_hint(&cli->error, "2023-05-01T10:00:00Z, a day, or seconds since 1970");
        return LM_EUSAGE;
    }
    *ret = w.us;
    return LM_OK;
}

lm_err lm_network_duration(struct lm_cli *cli, const struct lm_args *args, const char *option, int64_t fallback, int64_t *ret)
{
    static const struct {
        char unit;
        int64_t us;
    } units[] = { { 's', LM_SECOND_US }, { 'm', 60 * LM_SECOND_US }, { 'h', 3600 * LM_SECOND_US }, { 'd', LM_DAY_US } };
    struct lm_str s = lm_str(lm_args_get(args, option));
    int64_t n;
    if (s.p == NULL) {
        *ret = fallback;
        return LM_OK;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (s.n > 1 && s.p[s.n - 1] == units[i].unit && lm_str_to_i64(lm_str_take(s, s.n - 1), &n) && n > 0
            && n <= 3650 * (LM_DAY_US / units[i].us)) {
            *ret = n * units[i].us;
            return LM_OK;
        }
    return lm_fail(&cli->error, LM_EUSAGE, "%s wants a time such as 90s, 15m, 36h or 2d, at most ten years", option);
}

struct lm_when lm_network_timed_when(const struct lm_network_timed *s, int64_t us)
{
    return (struct lm_when){ .us = us, .quality = s->all.local ? LM_TIME_LOCAL : LM_TIME_UTC };
}

/* --- where the contacts come from --- */

static lm_err order(struct lm_network_timed *s, const struct lm_str *names, size_t n, struct lm_timed_contact *list, size_t m)
{
    lm_err err = lm_contacts_order(&s->cli->run, names, n, list, m, s->machine, &s->all, &s->cli->error);
    if (err == LM_OK)
        s->contacts = lm_contacts_window(&s->all, s->from_us, s->to_us);
    return err;
}

lm_err lm_network_timed_load_file(struct lm_cli *cli, const char *file, const struct lm_network_timed *like,
                                  struct lm_network_timed *ret)
{
    struct lm_network_timed s = { .cli = cli,
                                  .file = file,
                                  .directed = like->directed,
                                  .machine = like->machine,
                                  .from_us = like->from_us,
                                  .to_us = like->to_us,
                                  .warnings = { .a = &cli->run } };
    lm_err err = lm_contacts_file_read(&cli->run, file, &s.table, &cli->error);
    if (err == LM_OK)
        err = order(&s, s.table.names, s.table.n_names, s.table.list, s.table.n);
    if (err == LM_OK)
        *ret = s;
    return err;
}

static struct lm_str words_of(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_str all = LM_STR("");
    for (size_t i = 1; i < args->n_operands && all.p != NULL && all.n < 2000; i++)
        all = lm_arena_printf(&cli->run, "%.*s%s%s", LM_STR_ARG(all), i > 1 ? ", " : "", args->operands[i]);
    return all;
}

static lm_err load_workspace(struct lm_cli *cli, const struct lm_args *args, const char *action, struct lm_network_timed *s)
{
    struct lm_filter f;
    lm_err err = lm_cli_look(cli, args, action, &f);
    struct lm_str what = words_of(cli, args);
    if (err == LM_OK && what.p == NULL)
        err = lm_fail(&cli->error, LM_ENOMEM, "out of memory");
    if (err == LM_OK)
        err = lm_cli_open(cli, &s->st);
    if (err != LM_OK)
        return err;
    s->investigation = f.investigation;
    err = lm_timed_open(&cli->run, s->st, &f, action, what, &s->held, &cli->error);
    if (err == LM_OK)
        err = order(s, s->held.names, s->held.n_names, s->held.list, s->held.n);
    if (err == LM_OK && s->all.m == 0)
        err = lm_fail(&cli->error, LM_ENOTFOUND, "no contacts between accounts in the data held");
    return err == LM_OK ? LM_OK : lm_network_timed_end(s, err);
}

lm_err lm_network_timed_load(struct lm_cli *cli, const struct lm_args *args, const char *action, struct lm_network_timed *ret)
{
    struct lm_network_timed s = { .cli = cli,
                                  .directed = lm_args_get(args, "--directed") != NULL,
                                  .machine = lm_args_get(args, "--machine") != NULL,
                                  .from_us = INT64_MIN,
                                  .to_us = INT64_MAX,
                                  .warnings = { .a = &cli->run } };
    const char *file = lm_args_get(args, "--edges");
    bool given;
    lm_err err = lm_network_time(cli, args, "--from", &s.from_us, &given);
    if (err == LM_OK)
        err = lm_network_time(cli, args, "--to", &s.to_us, &given);
    if (err == LM_OK && s.from_us >= s.to_us)
        err = lm_fail(&cli->error, LM_EUSAGE, "--from lies not before --to");
    if (err != LM_OK)
        return err;
    if (file != NULL) {
        err = lm_cli_no_look(cli, args, "--edges");
        if (err == LM_OK)
            err = lm_network_timed_load_file(cli, file, &s, &s);
    } else if (cli->workspace != NULL) {
        err = load_workspace(cli, args, action, &s);
    } else {
        err = lm_fail(&cli->error, LM_EUSAGE, "no network is named");
        lm_fail_hint(&cli->error, "--edges FILE, or -w WORKSPACE before the verb and -i ID");
    }
    if (err == LM_OK)
        *ret = s;
    return err;
}

lm_err lm_network_timed_end(struct lm_network_timed *s, lm_err err)
{
    if (s->held.look != NULL)
        err = lm_timed_close(&s->held, err, &s->cli->error);
    if (s->st != NULL)
        lm_store_close(s->st);
    s->st = NULL;
    return err;
}

lm_err lm_network_timed_name(struct lm_network_timed *s, const char *text, uint32_t *ret)
{
    struct lm_str name = lm_str(text);
    lm_err err = s->file == NULL ? lm_timed_meant(&s->held, name, &name, &s->cli->error) : LM_OK;
    if (err != LM_OK)
        return err;
    *ret = lm_contacts_find(&s->all, name);
    if (*ret != UINT32_MAX)
        return LM_OK;
    (void)lm_fail(&s->cli->error, LM_EUSAGE, "nobody is called %.200s in the data held", text);
    lm_fail_hint(&s->cli->error, "%s", s->file != NULL ? "names are compared byte for byte"
                                                       : "a name is an identifier, as `network show` lists them");
    return LM_EUSAGE;
}

/* --- rows --- */

static struct lm_str ref_of(const struct lm_network_timed *s, const struct lm_timed_contact *x)
{
    size_t low = 0, high = s->table.n;
    if (s->table.refs == NULL)
        return LM_STR("");
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->table.ref_rows[middle] < x->row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->table.n && s->table.ref_rows[low] == x->row ? s->table.refs[low] : LM_STR("");
}

lm_err lm_network_timed_json_row(struct lm_network_timed *s, struct lm_json_out *o, const struct lm_timed_contact *x)
{
    lm_err err = LM_OK;
    lm_json_object(o);
    lm_json_kv_when(o, "at", &x->at);
    lm_json_kv_str(o, "from", s->all.names[x->from]);
    lm_json_kv_str(o, "to", s->all.names[x->to]);
    lm_json_kv_z(o, "class", lm_link_class_word(x->link));
    if (s->file != NULL) {
        lm_json_kv_u64(o, "row", x->row);
        lm_json_kv_text(o, "reference", ref_of(s, x));
    } else {
        const struct lm_timed_row *row = &s->held.rows[x->row];
        const struct lm_toll_source *source;
        struct lm_str locator;
        err = lm_timed_locate(&s->held, row, &locator, &source, &s->cli->error);
        if (err == LM_OK) {
            lm_json_kv_i64(o, "occurrence", row->occurrence);
            lm_json_kv_u64(o, "reports", row->reports);
            lm_json_kv_u64(o, "records", row->records);
            lm_json_kv_text(o, "exhibit", source->exhibit);
            lm_json_kv_str(o, "source", source->path);
            lm_json_kv_text(o, "authority", source->authority);
            lm_json_kv_str(o, "locator", locator);
        }
    }
    lm_json_object_end(o);
    return err;
}

lm_err lm_network_timed_text_row(struct lm_network_timed *s, struct lm_buf *b, const struct lm_timed_contact *x)
{
    char at[LM_WHEN_TEXT];
    lm_buf_printf(b, "%s  ", x->at.quality == LM_TIME_NONE ? "undated" : lm_when_format(&x->at, at));
    lm_terminal_put(b, s->all.names[x->from]);
    lm_buf_printf(b, " -> ");
    lm_terminal_put(b, s->all.names[x->to]);
    if (x->link != LM_LINK_EVIDENCED)
        lm_buf_printf(b, " (%s)", lm_link_class_word(x->link));
    if (s->file != NULL) {
        struct lm_str ref = ref_of(s, x);
        lm_buf_printf(b, "  row %" PRIu64, x->row);
        if (ref.n != 0) {
            lm_buf_printf(b, ", ");
            lm_terminal_put(b, ref);
        }
        return LM_OK;
    }
    const struct lm_timed_row *row = &s->held.rows[x->row];
    const struct lm_toll_source *source;
    struct lm_str locator;
    lm_err err = lm_timed_locate(&s->held, row, &locator, &source, &s->cli->error);
    if (err != LM_OK)
        return err;
    lm_buf_printf(b, "  occurrence %" PRId64 ", %" PRIu32 " record%s: ", row->occurrence, row->records, row->records == 1 ? "" : "s");
    lm_terminal_put(b, source->path);
    lm_buf_printf(b, " %.*s [%.*s]", LM_STR_ARG(locator), LM_STR_ARG(source->authority));
    return LM_OK;
}

/* --- the contacts behind a tie --- */

lm_err lm_network_timed_ties(struct lm_network_timed *s, size_t n, struct lm_tie_rows **ret)
{
    struct lm_tie_rows *ties = lm_arena_array(&s->cli->run, n, sizeof *ties);
    if (ties == NULL)
        return lm_fail(&s->cli->error, LM_ENOMEM, "no memory for the ties");
    for (size_t i = 0; i < n; i++)
        ties[i].first = ties[i].last = SIZE_MAX;
    *ret = ties;
    return LM_OK;
}

static struct lm_str key_of(const uint32_t ends[2])
{
    return (struct lm_str){ (const char *)ends, 2 * sizeof *ends };
}

static void order_ends(uint32_t ends[2], bool directed)
{
    uint32_t a = ends[0];
    if (directed || ends[0] <= ends[1])
        return;
    ends[0] = ends[1];
    ends[1] = a;
}

static lm_err add_row(struct lm_network_timed *s, struct lm_tie_rows *t, size_t contact, size_t most)
{
    t->n++;
    if (contact < s->contacts.dated) {
        t->first = t->first == SIZE_MAX ? contact : t->first;
        t->last = contact;
    }
    if (t->n_rows >= most)
        return LM_OK;
    size_t *rows = lm_arena_grow(&s->cli->run, t->rows, t->n_rows, &t->cap, sizeof *rows);
    if (rows == NULL)
        return lm_fail(&s->cli->error, LM_ENOMEM, "no memory for the ties");
    t->rows = rows;
    rows[t->n_rows++] = contact;
    return LM_OK;
}

lm_err lm_network_timed_gather(struct lm_network_timed *s, struct lm_tie_rows *ties, size_t n, bool directed, size_t most)
{
    const struct lm_contacts *c = &s->contacts;
    struct lm_map places;
    bool *concerned = lm_arena_array(&s->cli->run, c->n, sizeof *concerned);
    lm_err err = concerned != NULL ? LM_OK : LM_ENOMEM;
    lm_map_init(&places, &s->cli->run);
    for (size_t i = 0; i < n && err == LM_OK; i++) {
        uint32_t ends[2] = { ties[i].a, ties[i].b };
        uint64_t *at;
        concerned[ends[0]] = concerned[ends[1]] = true;
        order_ends(ends, directed);
        err = lm_map_put(&places, key_of(ends), i, &at, NULL);
    }
    if (err != LM_OK)
        return lm_fail(&s->cli->error, LM_ENOMEM, "no memory for the ties");
    for (size_t k = 0; k < c->m && err == LM_OK; k++) {
        uint32_t ends[2] = { c->list[k].from, c->list[k].to };
        if (!concerned[ends[0]] || !concerned[ends[1]])
            continue;
        order_ends(ends, directed);
        const uint64_t *at = lm_map_get(&places, key_of(ends));
        if (at != NULL)
            err = add_row(s, &ties[*at], k, most);
    }
    return err;
}

lm_err lm_network_timed_json_rows(struct lm_network_timed *s, struct lm_json_out *o, const struct lm_tie_rows *t)
{
    lm_err err = LM_OK;
    lm_json_kv_u64(o, "contacts", t->n);
    lm_json_kv_u64(o, "rows_not_listed", t->n - t->n_rows);
    lm_json_key(o, "rows");
    lm_json_array(o);
    for (size_t k = 0; k < t->n_rows && err == LM_OK; k++)
        err = lm_network_timed_json_row(s, o, &s->contacts.list[t->rows[k]]);
    lm_json_array_end(o);
    return err;
}

lm_err lm_network_timed_text_rows(struct lm_network_timed *s, struct lm_buf *b, const struct lm_tie_rows *t)
{
    lm_err err = LM_OK;
    for (size_t k = 0; k < t->n_rows && err == LM_OK; k++) {
        lm_buf_printf(b, "    ");
        err = lm_network_timed_text_row(s, b, &s->contacts.list[t->rows[k]]);
        lm_buf_putc(b, '\n');
    }
    if (t->n > t->n_rows)
        lm_buf_printf(b, "    and %" PRIu64 " more (--rows)\n", t->n - t->n_rows);
    return err;
}

/* --- around the answer --- */

lm_err lm_network_timed_warned(struct lm_network_timed *s)
{
    const struct lm_contacts *c = &s->contacts;
    char n[LM_GROUPED_TEXT];
    struct lm_warnings *w = &s->warnings;
    if (s->file == NULL)
        lm_contact_net_warn(&s->held.net, w);
    else
        lm_warn(w, "devices_unknown", "An edge list does not say which device or account supplied a tie: no share of one device is "
                                      "checked.");
    if (c->local)
        lm_warn(w, "local_times", "No moment states its zone: all are taken as one clock. Where the clocks differ the order may be wrong.");
    if (c->local_apart != 0)
        lm_warn(w, "local_apart", "%s contacts have a wall clock without a zone and others a moment in UTC: those have no place in the "
                                  "order and stand as undated.", lm_grouped(c->local_apart, n));
    if (c->dated < c->m)
        lm_warn(w, "undated", "%s contacts have no time: they join names, but are in no order.", lm_grouped(c->m - c->dated, n));
    if (c->machine != 0)
        lm_warn(w, "machine_left_out", "%s links were inferred by a machine and are left out (--machine takes them in).",
                lm_grouped(c->machine, n));
    else if (s->machine)
        lm_warn(w, "machine_links", "Links that a machine inferred are taken in: what rests on one is no evidence.");
    lm_warn(w, "no_data", "No data held is not no contact.");
    return w->failed ? lm_fail(&s->cli->error, LM_ENOMEM, "no memory for the warnings") : LM_OK;
}

void lm_network_timed_say(const struct lm_network_timed *s)
{
    const struct lm_contacts_file *t = &s->table;
    struct lm_log log;
    lm_log_init(&log, STDERR_FILENO);
    for (size_t i = 0; i < t->n_problems; i++)
        lm_log_line(&log, "%s: row %" PRIu64 ", byte %" PRIu64 ": %s", s->file, t->problems[i].line, t->problems[i].byte,
                    t->problems[i].reason);
    if (t->n_damaged > 0)
        lm_log_line(&log, "%s: %" PRIu64 " rows are not in the network", s->file, t->n_damaged);
    if (t->columns_ignored > 0)
        lm_log_line(&log, "%s: %zu columns were not read", s->file, t->columns_ignored);
    s->cli->problems = s->cli->problems || t->n_damaged > 0;
}

static void json_file(const struct lm_network_timed *s, struct lm_json_out *o)
{
    const struct lm_contacts_file *t = &s->table;
    const char separator[2] = { t->separator, '\0' };
    lm_json_kv_z(o, "file", s->file);
    lm_json_kv_u64(o, "rows", t->n_rows);
    lm_json_kv_z(o, "separator", separator);
    lm_json_kv_bool(o, "header", t->header);
    lm_json_kv_bool(o, "timed", t->timed);
    lm_json_kv_bool(o, "weighted", t->weighted);
    lm_json_kv_u64(o, "columns_ignored", t->columns_ignored);
}

void lm_network_timed_json(const struct lm_network_timed *s, struct lm_json_out *o)
{
    const struct lm_contacts *c = &s->contacts;
    lm_json_kv_z(o, "basis", BASIS);
    lm_json_kv_bool(o, "directed", s->directed);
    lm_json_key(o, "input");
    lm_json_object(o);
    if (s->file != NULL) {
        json_file(s, o);
    } else {
        lm_json_kv_str(o, "investigation", s->investigation);
        lm_json_kv_u64(o, "left_out", s->held.net.left_out);
        lm_contact_net_json_exhibits(&s->held.net, o);
    }
    lm_json_kv_u64(o, "contacts", c->m);
    lm_json_kv_u64(o, "undated", c->m - c->dated);
    lm_json_kv_u64(o, "local_apart", c->local_apart);
    lm_json_kv_bool(o, "local_clock", c->local);
    lm_json_kv_u64(o, "self", c->self);
    lm_json_kv_u64(o, "machine_left_out", c->machine);
    lm_json_kv_u64(o, "outside_window", c->outside);
    lm_json_object_end(o);
    lm_warnings_json(&s->warnings, o);
    lm_json_kv_u64(o, "problems", s->table.n_damaged);
    lm_json_key(o, "problem_list");
    lm_json_array(o);
    for (size_t i = 0; i < s->table.n_problems; i++) {
        lm_json_object(o);
        lm_json_kv_u64(o, "row", s->table.problems[i].line);
        lm_json_kv_u64(o, "byte", s->table.problems[i].byte);
        lm_json_kv_z(o, "reason", s->table.problems[i].reason);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

void lm_network_timed_text_head(const struct lm_network_timed *s)
{
    const struct lm_contacts *c = &s->contacts;
    struct lm_buf *b = &s->cli->out;
    char n[4][LM_GROUPED_TEXT];
    lm_buf_printf(b, "%s names, %s contacts", lm_grouped(s->all.n, n[0]), lm_grouped(c->m, n[1]));
    if (c->m != c->dated)
        lm_buf_printf(b, ", %s of them undated", lm_grouped(c->m - c->dated, n[2]));
    if (c->outside != 0)
        lm_buf_printf(b, ", %s outside the time asked for", lm_grouped(c->outside, n[3]));
    if (c->self != 0)
        lm_buf_printf(b, ", %" PRIu64 " of a name to itself left out", c->self);
    lm_buf_putc(b, '\n');
}

void lm_network_timed_text_foot(const struct lm_network_timed *s)
{
    struct lm_buf *b = &s->cli->out;
    lm_buf_printf(b, "\nA measure describes the position in the data held, never guilt or rank.\n");
    for (size_t i = 0; i < s->warnings.n; i++) {
        lm_buf_put(b, LM_STR("* "));
        lm_terminal_wrap(b, s->warnings.list[i].text, 2, 2);
    }
}
