#include <inttypes.h>
#include <stdio.h>

#include "report/brief_data.h"

#define PATH_WIDTH 40
#define LABEL_WIDTH 34
#define ROWS_SHOWN 4
#define ROWS_AT 58 /* the column in which the rows of a figure begin */
#define RULE_AT 28 /* and, on a line of its own, the rule */
#define EXHIBITS_SHOWN 10
#define SCRATCH_BYTES (64 << 10)

static void heading(struct lm_buf *out, const char *title)
{
    lm_buf_printf(out, "\n%s\n", title);
    for (size_t i = 0; i < strlen(title); i++)
        lm_buf_putc(out, '-');
    lm_buf_putc(out, '\n');
}

#define N_COUNTS 7

static void counts_of(const struct lm_counts *c, uint64_t v[N_COUNTS])
{
    const uint64_t all[N_COUNTS] = { c->seen, c->kept, c->duplicate, c->held, c->rejected, c->facts, c->problems };
    memcpy(v, all, sizeof all);
}

/* Columns as wide as their heading and their total, which no row exceeds. */
struct ledger_columns {
    int count[N_COUNTS];
    size_t reader, authority;
};

static void put_counts(struct lm_buf *out, const struct ledger_columns *w, const struct lm_counts *c)
{
    uint64_t v[N_COUNTS];
    char g[LM_GROUPED_TEXT];
    counts_of(c, v);
    for (size_t i = 0; i < N_COUNTS; i++)
        lm_buf_printf(out, " %*s", w->count[i], lm_grouped(v[i], g));
}

static struct lm_str reader_of(const struct lm_brief_source *s)
{
    return s->reader.n != 0 ? s->reader : LM_STR("no reader");
}

static size_t wider(size_t width, struct lm_str s)
{
    size_t mine = lm_terminal_width(s);
    return mine > width ? mine : width;
}

static void put_ledger(const struct lm_brief *b, struct lm_buf *out)
{
    static const char *const heads[N_COUNTS] = { "seen", "kept", "duplicate", "held", "rejected", "facts", "problems" };
    struct ledger_columns w = { .reader = strlen("reader"), .authority = strlen("authority") };
    uint64_t v[N_COUNTS];
    char g[LM_GROUPED_TEXT], total[32];
    counts_of(&b->totals, v);
    heading(out, "Ledger");
    lm_terminal_cell(out, LM_STR("source"), PATH_WIDTH, LM_CUT_END);
    for (size_t i = 0; i < N_COUNTS; i++) {
        size_t digits = strlen(lm_grouped(v[i], g)), head = strlen(heads[i]);
        w.count[i] = (int)(digits > head ? digits : head);
        lm_buf_printf(out, " %*s", w.count[i], heads[i]);
    }
    for (size_t i = 0; i < b->n_sources; i++) {
        w.reader = wider(w.reader, reader_of(&b->sources[i]));
        w.authority = wider(w.authority, b->sources[i].authority);
    }
    lm_buf_printf(out, "  %-*s  authority\n", (int)w.reader, "reader");
    for (size_t i = 0; i < b->n_sources; i++) {
        const struct lm_brief_source *s = &b->sources[i];
        bool state = s->revoked || s->state != LM_SOURCE_READ, note = state || !s->closes;
        lm_terminal_cell(out, s->path, PATH_WIDTH, LM_CUT_MIDDLE);
        put_counts(out, &w, &s->counts);
        lm_buf_put(out, LM_STR("  "));
        lm_terminal_cell(out, reader_of(s), w.reader, LM_CUT_END);
        lm_buf_put(out, LM_STR("  "));
        if (note)
            lm_terminal_cell(out, s->authority, w.authority, LM_CUT_END);
        else
            lm_terminal_put(out, s->authority);
        if (state)
            lm_buf_printf(out, "  %s", s->revoked ? "revoked" : lm_source_state_word(s->state));
        lm_buf_printf(out, "%s\n", s->closes ? "" : "  DOES NOT CLOSE");
    }
    (void)snprintf(total, sizeof total, "all %zu sources", b->n_sources);
    lm_terminal_cell(out, lm_str(total), PATH_WIDTH, LM_CUT_END);
    put_counts(out, &w, &b->totals);
    lm_buf_printf(out, "  %s\n", b->n_open == 0 ? "every source closes" : "NOT EVERY SOURCE CLOSES");
}

/* "seizures.csv row 3 (byte 120)": what comes before " row ", and the number; false for any other form. */
static bool split_row(struct lm_str ref, struct lm_str *file, struct lm_str *number)
{
    size_t byte = SIZE_MAX, row = SIZE_MAX;
    for (size_t at = 0, next; (next = lm_str_find(lm_str_skip(ref, at), LM_STR(" row "))) != SIZE_MAX; at = row + 1)
        row = at + next;
    if (row == SIZE_MAX)
        return false;
    *file = lm_str_take(ref, row);
    *number = lm_str_skip(ref, row + strlen(" row "));
    byte = lm_str_find(*number, LM_STR(" (byte "));
    if (byte != SIZE_MAX)
        *number = lm_str_take(*number, byte);
    int64_t parsed;
    return lm_str_to_i64(*number, &parsed);
}

/* The first rows, those of one file together: "seizures.csv rows 2, 3, 6, 7 and 3 more". All of them, each with its
 * place, are in the JSON. */
static void say_rows(const struct lm_figure *f, struct lm_buf *out)
{
    struct lm_str before = { NULL, 0 };
    for (size_t i = 0; i < f->n_rows && i < ROWS_SHOWN; i++) {
        struct lm_str file, number, next_file, next_number;
        bool plain = split_row(f->rows[i], &file, &number);
        bool same = plain && before.p != NULL && lm_str_eq(file, before);
        lm_buf_put(out, i == 0 ? LM_STR("") : same ? LM_STR(", ") : LM_STR("; "));
        if (!plain) {
            lm_buf_put(out, f->rows[i]);
        } else if (same) {
            lm_buf_put(out, number);
        } else {
            bool more = i + 1 < f->n_rows && i + 1 < ROWS_SHOWN && split_row(f->rows[i + 1], &next_file, &next_number)
                        && lm_str_eq(file, next_file);
            lm_buf_put(out, file);
            lm_buf_printf(out, " row%s ", more ? "s" : "");
            lm_buf_put(out, number);
        }
        before = plain ? file : (struct lm_str){ NULL, 0 };
    }
    if (f->n_rows > ROWS_SHOWN)
        lm_buf_printf(out, " and %zu more", f->n_rows - ROWS_SHOWN);
}

static void say_value(const struct lm_figure *f, struct lm_buf *out)
{
    static const char *const said[] = { [LM_QUALIFIER_EXACT] = "", [LM_QUALIFIER_NEARLY] = "nearly ",
                                        [LM_QUALIFIER_ABOUT] = "about ", [LM_QUALIFIER_MORE_THAN] = "more than ",
                                        [LM_QUALIFIER_AT_LEAST] = "at least " };
    lm_buf_put(out, lm_str((size_t)f->qualifier < sizeof said / sizeof said[0] ? said[f->qualifier] : ""));
    lm_buf_grouped(out, f->value);
}

static void say_rule(const struct lm_figure *f, struct lm_buf *out)
{
    char number[LM_QUANTITY_TEXT];
    lm_buf_put(out, LM_STR("rule "));
    lm_buf_put(out, f->rule);
    if (f->has_range) {
        lm_buf_put(out, LM_STR("; over the rules "));
        lm_buf_grouped(out, lm_str(lm_quantity_format(f->low, f->unit, number)));
        lm_buf_put(out, LM_STR(" to "));
        lm_buf_grouped(out, lm_str(lm_quantity_format(f->high, f->unit, number)));
    }
}

/* What `say` writes, wrapped from the column `at` on. */
static void wrapped(void (*say)(const struct lm_figure *f, struct lm_buf *out), const struct lm_figure *f, size_t at,
                    struct lm_buf *out)
{
    struct lm_buf text;
    lm_buf_init(&text, SCRATCH_BYTES);
    say(f, &text);
    lm_terminal_wrap(out, lm_buf_str(&text), at, at);
    out->failed = out->failed || text.failed;
    lm_buf_free(&text);
}

/* The name, the number flush right at column 49, its unit, the rows; below, why it is refused and by which rule. */
static void put_figure(const struct lm_figure *f, struct lm_buf *out)
{
    struct lm_buf value;
    size_t name = lm_terminal_width(f->name);
    lm_terminal_put(out, f->name);
    lm_buf_init(&value, SCRATCH_BYTES);
    if (f->refused)
        lm_buf_put(&value, LM_STR("refused"));
    else
        say_value(f, &value);
    size_t width = lm_terminal_width(lm_buf_str(&value)), room = name < 48 ? 49 - name : 1;
    lm_buf_printf(out, "%*s", (int)(width < room ? room - width : 1), "");
    lm_terminal_put(out, lm_buf_str(&value));
    bool unit = !f->refused && f->unit != LM_UNIT_COUNT && f->unit != LM_UNIT_NONE;
    lm_buf_printf(out, " %-6s  ", unit ? lm_unit_word(f->unit) : "");
    wrapped(say_rows, f, ROWS_AT, out);
    if (f->refused) {
        lm_buf_printf(out, "%*s", RULE_AT, "");
        lm_terminal_wrap(out, f->note, RULE_AT, RULE_AT);
    }
    if (f->rule.n != 0) {
        lm_buf_printf(out, "%*s", RULE_AT, "");
        wrapped(say_rule, f, RULE_AT, out);
    }
    out->failed = out->failed || value.failed;
    lm_buf_free(&value);
}

static void put_totals(const struct lm_brief *b, struct lm_buf *out)
{
    heading(out, "Totals of the operation");
    if (b->rollup.n_figures == 0)
        lm_buf_printf(out, "No tables of the operation have been imported.\n");
    for (size_t i = 0; i < b->rollup.n_figures; i++)
        put_figure(&b->rollup.figures[i], out);
    for (size_t i = 0; i < b->rollup.n_set_aside; i++) {
        const struct lm_set_aside *x = &b->rollup.set_aside[i];
        struct lm_buf text;
        lm_buf_init(&text, SCRATCH_BYTES);
        lm_buf_printf(&text, "set aside: %.*s: %.*s", LM_STR_ARG(x->row), LM_STR_ARG(x->because));
        lm_terminal_wrap(out, lm_buf_str(&text), 0, 4);
        out->failed = out->failed || text.failed;
        lm_buf_free(&text);
    }
}

static void put_exhibits(const struct lm_contact_net *n, struct lm_buf *out)
{
    char g[2][LM_GROUPED_TEXT];
    lm_buf_put(out, LM_STR("\n     "));
    lm_terminal_cell(out, LM_STR("supplied by the exhibit"), LABEL_WIDTH, LM_CUT_END);
    lm_buf_printf(out, " %-15s %9s %9s\n", "SHA-256", "pairs", "contacts");
    for (size_t i = 0; i < n->n_exhibits && i < EXHIBITS_SHOWN; i++) {
        const struct lm_contact_exhibit *x = &n->exhibits[i];
        lm_buf_put(out, LM_STR("     "));
        lm_terminal_cell(out, x->name, LABEL_WIDTH, LM_CUT_MIDDLE);
        lm_buf_printf(out, " %.*s…   %9s %9s\n", LM_STR_ARG(lm_str_take(x->sha256, 12)), lm_grouped(x->pairs, g[0]),
                      lm_grouped(x->contacts, g[1]));
    }
    if (n->n_exhibits > EXHIBITS_SHOWN)
        lm_buf_printf(out, "     and %zu more\n", n->n_exhibits - EXHIBITS_SHOWN);
}

static void put_network(const struct lm_brief *b, struct lm_buf *out)
{
    const struct lm_brief_network *n = &b->network;
    char g[3][LM_GROUPED_TEXT];
    heading(out, "Key components");
    lm_buf_printf(out, "%s\n", LM_BRIEF_SENTENCE);
    lm_buf_printf(out, "%s accounts, %s pairs in contact by %s messages and calls; %" PRIu32 " piece%s, the largest with %"
                  PRIu32 " accounts.\n\n", lm_grouped(n->net.n, g[0]), lm_grouped(n->pairs, g[1]),
                  lm_grouped(n->net.contacts, g[2]), n->components, n->components == 1 ? "" : "s", n->largest);
    if (n->n_keys == 0) {
        lm_buf_printf(out, "No account stands between two others in the data held.\n");
        return;
    }
    lm_buf_printf(out, "%3s  ", "k");
    lm_terminal_cell(out, LM_STR("identifier"), LABEL_WIDTH, LM_CUT_END);
    lm_buf_printf(out, " %-10s %7s %11s %10s %8s %9s %9s\n", "standing", "degree", "betweenness", "rank range",
                  "largest", "pairs", "contacts");
    for (uint32_t i = 0; i < n->n_keys; i++) {
        const struct lm_brief_key *k = &n->keys[i];
        char range[32];
        (void)snprintf(range, sizeof range, "%" PRIu32 "-%" PRIu32, k->rank.low, k->rank.high);
        lm_buf_printf(out, "%3" PRIu32 "  ", i + 1);
        lm_terminal_cell(out, k->label, LABEL_WIDTH, LM_CUT_END);
        lm_buf_printf(out, " %-10s %7" PRIu64 " %11.1f %10s %8" PRIu32 " %9" PRIu64 " %9" PRIu64 "\n", "unassessed",
                      k->degree, k->betweenness, n->ranks.runs != 0 ? range : "-", k->largest_after, k->pairs_after,
                      k->contacts);
    }
    lm_buf_putc(out, '\n');
    lm_terminal_wrap(out, n->method, 0, 0);
    put_exhibits(&n->net, out);
}

static void put_apart(struct lm_buf *out, uint64_t n, const char *one, const char *more)
{
    char g[LM_GROUPED_TEXT];
    if (n != 0)
        lm_buf_printf(out, ", %s %s", lm_grouped(n, g), n == 1 ? one : more);
}

/* "80 messages and calls in 212 records; apart, 3 attempts." */
static void put_occurrences(const struct lm_brief *b, struct lm_buf *out)
{
    const struct lm_occurrence_totals *n = &b->occurrences;
    char g[2][LM_GROUPED_TEXT];
    lm_buf_printf(out, "%s messages and calls in %s records", lm_grouped(n->occurrences, g[0]), lm_grouped(n->records, g[1]));
    if (n->attempts + n->voicemails + n->forwards != 0) {
        lm_buf_put(out, LM_STR("; counted apart"));
        put_apart(out, n->attempts, "attempt", "attempts");
        put_apart(out, n->voicemails, "voicemail", "voicemails");
        put_apart(out, n->forwards, "forwarded call", "forwarded calls");
    }
    lm_buf_put(out, n->current ? LM_STR(".\n") : LM_STR(" (not joined since the last change: occurrence rebuild).\n"));
}

void lm_brief_text(const struct lm_brief *b, struct lm_buf *out)
{
    char iso[LM_WHEN_TEXT], g[LM_GROUPED_TEXT];
    const struct lm_summary *y = &b->summary;
    (void)lm_when_format(&y->last, iso);
    lm_buf_printf(out, "Brief of ");
    lm_terminal_put(out, b->investigation.id);
    lm_buf_printf(out, ": ");
    lm_terminal_put(out, b->investigation.title);
    lm_buf_printf(out, "\nData cut-off: %s%s; %s events held in reach.\n", iso[0] != '\0' ? iso : "no dated event",
                  y->last.quality == LM_TIME_LOCAL ? " (local)" : "", lm_grouped(y->events, g));
    put_occurrences(b, out);
    heading(out, "Read this first");
    for (size_t i = 0; i < b->warnings.n; i++) {
        lm_buf_printf(out, "* ");
        lm_terminal_wrap(out, b->warnings.list[i].text, 2, 2);
    }
    put_ledger(b, out);
    put_totals(b, out);
    put_network(b, out);
}
