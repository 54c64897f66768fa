#include "readers/operation_csv_table.h"

#include <stdio.h>

/* --- header names --- */

void lm_table_name(struct lm_str header, char out[LM_TABLE_NAME])
{
    size_t n = 0;
    header = lm_str_trim(header);
    for (size_t i = 0; i < header.n; i++) {
        char c = header.p[i];
        if (n == LM_TABLE_NAME - 1 || c == '\0') {
            n = 0;
            break;
        }
        if (c == ' ' || c == '-' || c == '\t')
            c = '_';
        out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    out[n] = '\0';
}

/* The ASCII letter under an accent, lower case (Latin-1 block, and the same bytes bare); 0 when there is
 * none. */
static char unaccented(uint32_t cp)
{
    static const char letters[] = "aaaaaaaceeeeiiii-nooooo-ouuuuy--";
    if (cp >= 0xc0 && cp <= 0xff) {
        char c = letters[(cp - 0xc0) % 32];
        return c != '-' ? c : 0;
    }
    return 0;
}

/* Lower-case ASCII words between single `_`; a capital after a small letter starts a word. */
static size_t words_of(struct lm_str header, char out[2 * LM_TABLE_NAME])
{
    size_t n = 0;
    bool small_before = false;
    for (size_t i = 0; i < header.n && n + 2 < 2 * LM_TABLE_NAME;) {
        uint32_t cp = (unsigned char)header.p[i];
        size_t k = lm_utf8_decode(lm_str_skip(header, i), &cp);
        i += k != 0 ? k : 1;
        if (cp >= 0x300 && cp <= 0x36f)
            continue; /* a combining accent */
        bool capital = cp >= 'A' && cp <= 'Z', small = (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');
        char c = capital ? (char)(cp + 32) : small ? (char)cp : unaccented(cp);
        if (c == 0 || (capital && small_before)) {
            if (n > 0 && out[n - 1] != '_')
                out[n++] = '_';
        }
        if (c != 0)
            out[n++] = c;
        small_before = small || (c != 0 && !capital);
    }
    out[n] = '\0';
    return n;
}

bool lm_table_protected(struct lm_str header)
{
    /* Whole words; short enough to occur inside others ("trace", "terrace"). */
    static const char *const tokens[] = {
        "race",        "races",         "raza",       "ethnic",     "ethnicity",  "etnia",      "etnico",
        "etnica",      "hispanic",      "faith",      "creed",      "religion",   "religious",  "political",
        "politics",    "politico",      "politica",   "ideology",   "ideologia",  "citizen",    "citizenship",
        "ciudadano",   "ciudadana",     "ciudadania", "immigrant",  "inmigrante", "migratorio", "migratoria",
        "nationality", "nationalities", "pob",        "birthplace",
    };
    /* Anywhere in the name without its `_`. */
    static const char *const stems[] = {
        "ethnic",           "religio",         "nationalit",        "nacionalidad",
        "citizen",          "ciudadania",      "immigra",           "inmigra",
        "migratori",        "birthplace",      "placeofbirth",      "countryofbirth",
        "birthcountry",     "cityofbirth",     "stateofbirth",      "lugardenacimiento",
        "paisdenacimiento", "lugarnacimiento", "paisnacimiento",    "politicalview",
        "politicalparty",   "partidopolitico", "politicalaffil",    "nationalorigin",
        "birthstate",       "birthcity",         "birthtown",         "birthcounty",
        "geburtsort",       "geburtsland",       "lieudenaissance",   "lieunaissance",
        "paysdenaissance",  "paysnaissance",     "naturalidade",      "localdenascimento",
        "localnascimento",  "staatsangeh",       "staatsbuerger",     "staatsburger",
        "countryoforigin",  "paisdeorigen",    "socialview",        "visastatus",
        "aliennumber",      "alienstatus",     "opinionessociales", "opinionespoliticas",
        "opinionpolitica",  "opinionsocial",   "skincolo",
    };
    char words[2 * LM_TABLE_NAME], compact[2 * LM_TABLE_NAME];
    size_t n = words_of(header, words), m = 0;
    for (size_t i = 0; i < n;) {
        size_t from = i;
        while (i < n && words[i] != '_')
            compact[m++] = words[i++];
        struct lm_str word = { words + from, i - from };
        for (size_t t = 0; t < sizeof tokens / sizeof tokens[0]; t++)
            if (lm_str_is(word, tokens[t]))
                return true;
        i += i < n;
    }
    for (size_t t = 0; t < sizeof stems / sizeof stems[0]; t++)
        if (lm_str_find((struct lm_str){ compact, m }, lm_str(stems[t])) != SIZE_MAX)
            return true;
    return false;
}

/* --- rows --- */

static bool blank(const struct lm_csv_row *row)
{
    for (size_t i = 0; i < row->n; i++)
        if (row->cells[i].n != 0 && lm_str_trim(row->cells[i]).n != 0)
            return false;
    return row->oddities == 0;
}

void lm_table_init(struct lm_table *t, struct lm_str in)
{
    t->reread_bytes = 0;
    lm_csv_init(&t->csv, in, 0);
}

void lm_table_free(struct lm_table *t)
{
    lm_csv_free(&t->csv);
}

/* Stands the reader at the line after the one where the row starts; false when that has been done too often.
 */
static bool go_on_at_next_line(struct lm_table *t, const struct lm_csv_row *row)
{
    struct lm_csv *csv = &t->csv;
    size_t i = (size_t)row->at;
    if (t->reread_bytes / LM_TABLE_REREAD > csv->in.n)
        return false;
    while (i < csv->in.n && csv->in.p[i] != '\n' && csv->in.p[i] != '\r')
        i++;
    if (i + 1 < csv->in.n && csv->in.p[i] == '\r' && csv->in.p[i + 1] == '\n')
        i++;
    i = i < csv->in.n ? i + 1 : csv->in.n;
    t->reread_bytes += csv->pos - i;
    csv->pos = i;
    return true;
}

static bool has_line_end(const struct lm_csv *csv, const struct lm_csv_row *row)
{
    const char *p = csv->in.p + row->at;
    size_t n = (size_t)(row->end - row->at);
    return memchr(p, '\n', n) != NULL || memchr(p, '\r', n) != NULL;
}

static void judge(struct lm_table *t, size_t n_columns, struct lm_table_row *r)
{
    bool quotes = (r->row.oddities & (LM_CSV_TEXT_AFTER_QUOTE | LM_CSV_QUOTE_IN_BARE)) != 0;
    r->reason = "";
    r->bad = false;
    if (r->row.oddities == 0 && (n_columns == 0 || r->row.n == n_columns))
        return;
    r->bad = true;
    r->reason = t->reason;
    if ((r->row.oddities & LM_CSV_OPEN_QUOTE) != 0) {
        (void)snprintf(t->reason, sizeof t->reason, "a quote is never closed; reading goes on %s",
                       go_on_at_next_line(t, &r->row) ? "at the next line" : "after it");
    } else if ((r->row.oddities & LM_CSV_NUL) != 0) {
        (void)snprintf(t->reason, sizeof t->reason, "the row holds a NUL byte");
    } else if (quotes && has_line_end(&t->csv, &r->row)) {
        (void)snprintf(t->reason, sizeof t->reason,
                       "the quoting is damaged and runs over a line end; reading goes on %s",
                       go_on_at_next_line(t, &r->row) ? "at the next line" : "after it");
    } else if (n_columns != 0 && r->row.n != n_columns) {
        (void)snprintf(t->reason, sizeof t->reason, "the row has %zu cells, the header has %zu%s", r->row.n,
                       n_columns, quotes ? "; its quoting is damaged" : "");
    } else {
        r->bad = false;
        r->reason = quotes ? "the quoting is damaged: a quote stands inside a cell; read as it stands" : "";
    }
}

lm_err lm_table_next(struct lm_table *t, size_t n_columns, struct lm_table_row *ret, bool *ret_done)
{
    for (;;) {
        struct lm_table_row r = { .at = { .kind = LM_LOCATOR_ROW, .b = t->csv.pos } };
        bool done = false;
        lm_err err = lm_csv_next(&t->csv, &r.row, &done);
        r.at.a = t->csv.number;
        if (err == LM_ENOMEM)
            return err;
        if (err == LM_OK && (done || blank(&r.row))) {
            if (!done)
                continue;
            *ret_done = true;
            return LM_OK;
        }
        if (err != LM_OK) {
            r.bad = true;
            r.reason = t->reason;
            (void)snprintf(t->reason, sizeof t->reason,
                           "the row is longer than %zu MiB or has more than %d cells", LM_CSV_MAX_ROW >> 20,
                           LM_CSV_MAX_CELLS);
        } else {
            r.at.b = r.row.at;
            judge(t, n_columns, &r);
        }
        *ret = r;
        *ret_done = false;
        return LM_OK;
    }
}
