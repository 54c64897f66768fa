#include "cli/map.h"

#include <stdio.h>

#include "base/embedded.h"
#include "base/terminal.h"
#include "base/os.h"
#include "formats/json_out.h"
#include "readers/shared/layout.h"

/* --- the map itself --- */

static lm_err read_map(struct lm_cli *cli, const char *path, struct lm_str *ret)
{
    struct lm_str mapped = { NULL, 0 };
    enum lm_os_kind kind;
    uint64_t bytes = 0;
    int fd = -1;
    lm_err err = lm_os_open_input(path, &fd, &kind, &cli->error);
    if (err != LM_OK)
        return err;
    if (kind != LM_OS_FILE)
        err = lm_fail(&cli->error, LM_EUSAGE, "the map is not a file");
    else if (lm_os_size(fd, &bytes) != LM_OK || (bytes != 0 && bytes <= LM_LAYOUT_MAX_BYTES && lm_os_map(fd, bytes, &mapped) != LM_OK))
        err = lm_fail(&cli->error, LM_EIO, "the map cannot be read");
    else if (bytes == 0)
        err = lm_fail(&cli->error, LM_EINPUT, "the map is empty");
    else if (bytes > LM_LAYOUT_MAX_BYTES)
        err = lm_fail(&cli->error, LM_ELIMIT, "the map is larger than %zu KiB", LM_LAYOUT_MAX_BYTES >> 10);
    lm_os_close(&fd);
    if (err != LM_OK)
        return err;
    *ret = lm_arena_copy(&cli->run, mapped);
    lm_os_unmap(mapped);
    return ret->p != NULL ? LM_OK : lm_fail(&cli->error, LM_ENOMEM, "out of memory");
}

/* "telegram": a map that comes with the program, where no file has that name. */
static bool named_map(struct lm_cli *cli, const char *name, struct lm_str *ret)
{
    static const char *const folders[] = { "data/providers", "data/carriers" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders && strchr(name, '/') == NULL; i++) {
        struct lm_str path = lm_arena_printf(&cli->run, "%s/%s.csv", folders[i], name);
        *ret = path.p != NULL ? lm_embedded(path) : path;
        if (ret->p != NULL)
            return true;
    }
    return false;
}

lm_err lm_cli_map_load(struct lm_cli *cli, const char *path, struct lm_str *ret)
{
    struct lm_layout l;
    struct lm_str text;
    lm_err err = read_map(cli, path, &text);
    if (err == LM_ENOTFOUND && named_map(cli, path, &text))
        err = LM_OK;
    if (err == LM_OK)
        err = lm_layout_parse(&cli->run, lm_str(path), text, &l, &cli->error);
    if (err == LM_OK) {
        *ret = text;
        return LM_OK;
    }
    (void)snprintf(cli->error.file, sizeof cli->error.file, "%s", path);
    if (err == LM_EINPUT)
        lm_fail_hint(&cli->error, "docs/maps.md has the words of a map; import --map-template FILE makes one to start from");
    return err;
}

/* --- the preview --- */

struct showing {
    struct lm_cli *cli;
    struct lm_json_out json;
};

static const char *what(const struct lm_event *e)
{
    return lm_event_kind_word(e->kind);
}

static struct lm_str account_text(const struct lm_account_ref *a)
{
    if (a->form == LM_ACCOUNT_NATIVE)
        return a->native;
    if (a->form == LM_ACCOUNT_NAME)
        return a->display;
    return a->form == LM_ACCOUNT_OWNER ? LM_STR("(the owner)") : LM_STR("(nobody)");
}

static void put_places(struct lm_buf *b, const struct lm_entry *entry)
{
    char where[LM_LOCATOR_TEXT];
    for (size_t i = 0; i < entry->n_records && i < 3; i++) {
        lm_buf_put(b, i == 0 ? LM_STR("") : LM_STR(", "));
        (void)lm_terminal_put(b, lm_str(lm_locator_format(&entry->records[i], where)));
    }
    if (entry->n_records > 3)
        lm_buf_printf(b, " and %zu more", entry->n_records - 3);
}

static void put_event(struct lm_buf *b, const struct lm_event *e)
{
    char iso[LM_WHEN_TEXT];
    lm_buf_printf(b, "    %s  %s%s  ", what(e), e->at.quality == LM_TIME_NONE ? "no moment" : lm_when_format(&e->at, iso),
                  e->at.quality == LM_TIME_LOCAL ? " (local)" : "");
    (void)lm_terminal_put(b, account_text(&e->from));
    lm_buf_put(b, LM_STR(" -> "));
    for (size_t i = 0; i < e->n_to && i < 4; i++) {
        lm_buf_put(b, i == 0 ? LM_STR("") : LM_STR(", "));
        (void)lm_terminal_put(b, account_text(&e->to[i]));
    }
    if (e->n_to == 0)
        lm_buf_put(b, LM_STR("(nobody)"));
    if (e->n_to > 4)
        lm_buf_printf(b, " and %zu more", e->n_to - 4);
    if (e->duration_s >= 0)
        lm_buf_printf(b, "  %lld s", (long long)e->duration_s);
    for (unsigned k = 0; e->flags >> k != 0; k++)
        if ((e->flags >> k & 1) != 0 && 1u << k != LM_EVENT_TRAFFIC)
            lm_buf_printf(b, "  [%s]", lm_event_flag_word((enum lm_event_flag)k));
    if (e->detail.n != 0) {
        lm_buf_put(b, LM_STR("  "));
        (void)lm_terminal_put(b, e->detail);
    }
    lm_buf_putc(b, '\n');
    if (e->text.n != 0) {
        lm_buf_put(b, LM_STR("    text: "));
        (void)lm_terminal_put(b, lm_str_take(e->text, 200));
        lm_buf_putc(b, '\n');
    }
    if (e->raw.n != 0) {
        lm_buf_printf(b, "    beside it, %s: ", (e->flags & LM_EVENT_TRAFFIC) != 0 ? "traffic data" : "content");
        (void)lm_terminal_put(b, lm_str_take(e->raw, 400));
        lm_buf_put(b, e->raw.n > 400 ? LM_STR(" …\n") : LM_STR("\n"));
    }
}

static lm_err take_text(void *user, const struct lm_entry *entry)
{
    struct lm_buf *b = &((struct showing *)user)->cli->out;
    put_places(b, entry);
    lm_buf_putc(b, '\n');
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_fact *f = &entry->facts[i];
        if (f->kind == LM_FACT_EVENT) {
            put_event(b, &f->event);
        } else if (f->kind == LM_FACT_IDENTIFIER) {
            lm_buf_printf(b, "    %s of ", lm_identifier_type_word(f->identifier.type));
            (void)lm_terminal_put(b, account_text(&f->identifier.account));
            lm_buf_put(b, LM_STR(": "));
            (void)lm_terminal_put(b, f->identifier.value);
            lm_buf_putc(b, '\n');
        } else {
            lm_buf_printf(b, "    a row of the table %s\n", lm_op_table_word(f->op_row.table));
        }
    }
    return b->failed ? LM_ENOMEM : LM_OK;
}

static void json_account(struct lm_json_out *o, const struct lm_account_ref *a)
{
    static const char *const forms[] = { "none", "native", "name", "owner" };
    lm_json_object(o);
    lm_json_kv_z(o, "form", (size_t)a->form < 4 ? forms[a->form] : "none");
    lm_json_kv_text(o, "native", a->native);
    lm_json_kv_text(o, "display", a->display);
    lm_json_object_end(o);
}

static void json_event(struct lm_json_out *o, const struct lm_event *e)
{
    lm_json_kv_z(o, "fact", "event");
    lm_json_kv_z(o, "kind", what(e));
    lm_json_kv_when(o, "at", &e->at);
    lm_json_key(o, "from");
    json_account(o, &e->from);
    lm_json_key(o, "to");
    lm_json_array(o);
    for (size_t i = 0; i < e->n_to; i++)
        json_account(o, &e->to[i]);
    lm_json_array_end(o);
    lm_json_key(o, "duration_s");
    if (e->duration_s >= 0)
        lm_json_i64(o, e->duration_s);
    else
        lm_json_null(o);
    lm_json_key(o, "flags");
    lm_json_array(o);
    for (unsigned k = 0; e->flags >> k != 0; k++)
        if ((e->flags >> k & 1) != 0)
            lm_json_z(o, lm_event_flag_word((enum lm_event_flag)k));
    lm_json_array_end(o);
    lm_json_kv_text(o, "detail", e->detail);
    lm_json_kv_text(o, "text", e->text);
    lm_json_kv_text(o, "beside", e->raw);
}

static lm_err take_json(void *user, const struct lm_entry *entry)
{
    struct showing *s = user;
    struct lm_json_out *o = &s->json;
    char where[LM_LOCATOR_TEXT];
    lm_json_object(o);
    lm_json_key(o, "records");
    lm_json_array(o);
    for (size_t i = 0; i < entry->n_records; i++)
        lm_json_z(o, lm_locator_format(&entry->records[i], where));
    lm_json_array_end(o);
    lm_json_key(o, "facts");
    lm_json_array(o);
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_fact *f = &entry->facts[i];
        lm_json_object(o);
        if (f->kind == LM_FACT_EVENT) {
            json_event(o, &f->event);
        } else if (f->kind == LM_FACT_IDENTIFIER) {
            lm_json_kv_z(o, "fact", "identifier");
            lm_json_kv_z(o, "kind", lm_identifier_type_word(f->identifier.type));
            lm_json_key(o, "account");
            json_account(o, &f->identifier.account);
            lm_json_kv_str(o, "value", f->identifier.value);
        } else {
            lm_json_kv_z(o, "fact", "row");
            lm_json_kv_z(o, "kind", lm_op_table_word(f->op_row.table));
        }
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
    return s->cli->out.failed ? LM_ENOMEM : LM_OK;
}

static void end_text(struct lm_buf *b, const struct lm_preview *p)
{
    if (p->reader.n == 0)
        lm_buf_put(b, LM_STR("No reader knows this form of file; lastmile import --map-template FILE makes a map of a table.\n"));
    else
        lm_buf_printf(b, "\nRead as %.*s: %llu entries from %llu records, %llu records rejected, %llu problems.\n", LM_STR_ARG(p->reader),
                      (unsigned long long)p->entries, (unsigned long long)p->records, (unsigned long long)p->rejected,
                      (unsigned long long)p->all_problems);
    for (size_t i = 0; i < p->n_problems; i++) {
        lm_buf_printf(b, "  %-8s %s%s", lm_problem_kind_word(p->problems[i].kind), p->problems[i].locator,
                      p->problems[i].locator[0] != '\0' ? ": " : "");
        (void)lm_terminal_put(b, p->problems[i].reason);
        lm_buf_putc(b, '\n');
    }
    if (p->all_problems > p->n_problems)
        lm_buf_printf(b, "  … and %llu more\n", (unsigned long long)(p->all_problems - p->n_problems));
    if (p->error.code != LM_OK) {
        lm_buf_printf(b, "  lost     %s%s", p->error.locator, p->error.locator[0] != '\0' ? ": " : "");
        (void)lm_terminal_put(b, lm_str(p->error.message));
        lm_buf_putc(b, '\n');
        if (p->error.hint[0] != '\0')
            lm_buf_printf(b, "           %s\n", p->error.hint);
    }
    lm_buf_put(b, LM_STR("Nothing was written.\n"));
}

static void end_json(struct lm_json_out *o, const struct lm_preview *p)
{
    lm_json_array_end(o);
    lm_json_kv_text(o, "reader", p->reader);
    lm_json_kv_u64(o, "entries", p->entries);
    lm_json_kv_u64(o, "records", p->records);
    lm_json_kv_u64(o, "rejected", p->rejected);
    lm_json_kv_u64(o, "problems", p->all_problems);
    lm_json_key(o, "problem_list");
    lm_json_array(o);
    for (size_t i = 0; i < p->n_problems; i++) {
        lm_json_object(o);
        lm_json_kv_z(o, "kind", lm_problem_kind_word(p->problems[i].kind));
        lm_json_kv_z(o, "locator", p->problems[i].locator[0] != '\0' ? p->problems[i].locator : NULL);
        lm_json_kv_str(o, "reason", p->problems[i].reason);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_key(o, "broken");
    if (p->error.code != LM_OK) {
        lm_json_object(o);
        lm_json_kv_z(o, "message", p->error.message);
        lm_json_kv_z(o, "locator", p->error.locator[0] != '\0' ? p->error.locator : NULL);
        lm_json_kv_z(o, "hint", p->error.hint[0] != '\0' ? p->error.hint : NULL);
        lm_json_object_end(o);
    } else {
        lm_json_null(o);
    }
    lm_json_object_end(o);
}

lm_err lm_cli_preview(struct lm_cli *cli, const char *path, const struct lm_intake_options *o)
{
    struct showing s = { .cli = cli };
    struct lm_preview p;
    if (cli->json) {
        lm_json_out_init(&s.json, &cli->out);
        lm_json_object(&s.json);
        lm_json_key(&s.json, "rows");
        lm_json_array(&s.json);
    }
    lm_err err = lm_intake_preview(&cli->run, path, o, cli->json ? take_json : take_text, &s, &p, &cli->error);
    if (err != LM_OK)
        return err;
    if (cli->json) {
        end_json(&s.json, &p);
        lm_buf_putc(&cli->out, '\n');
    } else {
        end_text(&cli->out, &p);
    }
    cli->problems = p.all_problems != 0 || p.error.code != LM_OK;
    cli->refused = p.entries == 0 && p.rejected == 0 && (p.reader.n == 0 || p.error.code != LM_OK);
    return LM_OK;
}

lm_err lm_cli_map_template(struct lm_cli *cli, const char *path, const struct lm_intake_options *o)
{
    struct lm_str map;
    struct lm_json_out j;
    lm_err err = lm_intake_map_template(&cli->run, path, o, &map, &cli->error);
    if (err != LM_OK)
        return err;
    if (!cli->json) {
        lm_buf_put(&cli->out, map);
        return LM_OK;
    }
    lm_json_out_init(&j, &cli->out);
    lm_json_object(&j);
    lm_json_kv_str(&j, "map", map);
    lm_json_object_end(&j);
    lm_buf_putc(&cli->out, '\n');
    return LM_OK;
}
