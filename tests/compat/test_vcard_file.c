/* test_vcard_file.c - vcard_file on a contact list of another project ($LM_SHARED/samples/device/contacts.vcf).
 *
 * The expected values come from a second, much simpler reading of the same file: one property at a time, by its
 * first letters, with soft line breaks taken out of the whole file first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../reader_capture.h"

#define MAX_VALUES 64

struct values {
    struct lm_sink sink;
    char text[MAX_VALUES][256]; /* "card 1 phone 555…", in the order of the file */
    size_t n, n_cards, n_rejected, n_accounts;
};

static void put(struct values *v, size_t card, const char *what, const char *p, size_t n)
{
    assert_true(v->n < MAX_VALUES);
    (void)snprintf(v->text[v->n++], sizeof v->text[0], "card %zu %s %.*s", card, what, (int)n, p);
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct values *v = (struct values *)sink;
    v->n_cards++;
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_identifier_fact *f = &entry->facts[i].identifier;
        assert_int_equal(entry->facts[i].kind, LM_FACT_IDENTIFIER);
        assert_true(lm_str_eq(f->basis, LM_STR("contact_list")));
        v->n_accounts += i == 0 && f->account.form == LM_ACCOUNT_NATIVE;
        put(v, v->n_cards, lm_identifier_type_word(f->type), f->value.p, f->value.n);
    }
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    ((struct values *)sink)->n_rejected += problem->records;
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    fail();
    return LM_OK;
}

/* The whole file, terminated; NULL when it is not there. */
static char *load(size_t *ret_n)
{
    char path[4096];
    const char *top = getenv("LM_SHARED");
    (void)snprintf(path, sizeof path, "%s/samples/device/contacts.vcf", top != NULL ? top : ".");
    FILE *f = fopen(path, "rb");
    char *p = f != NULL ? malloc(65536) : NULL;
    *ret_n = p != NULL ? fread(p, 1, 65535, f) : 0;
    if (p != NULL)
        p[*ret_n] = '\0';
    if (f != NULL)
        (void)fclose(f);
    return p;
}

/* In place: CR and "=" LF go, "=XX" becomes its byte when `hex`. */
static void simplify(char *p, bool hex)
{
    char *out = p;
    for (; *p != '\0'; p++) {
        unsigned byte;
        char two[3] = { p[0] == '=' ? p[1] : '\0', p[0] == '=' && p[1] != '\0' ? p[2] : '\0', '\0' };
        if (*p == '\r')
            continue;
        if (!hex && p[0] == '=' && (p[1] == '\n' || (p[1] == '\r' && p[2] == '\n')))
            p += p[1] == '\r' ? 2 : 1;
        else if (hex && two[0] != '\0' && two[1] != '\0' && sscanf(two, "%2x", &byte) == 1) {
            *out++ = (char)byte;
            p += 2;
        } else
            *out++ = *p;
    }
    *out = '\0';
}

/* TEL of every card; its name: FN, else ORG. What comes first in the file comes first; ORG, being a stopgap, last. */
static void expect(char *text, struct values *v)
{
    char *org = NULL, *next;
    bool named = false;
    simplify(text, false);
    for (char *line = text; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        char *value = strchr(line, ':');
        if (value == NULL)
            continue;
        *value++ = '\0';
        if (strstr(line, "QUOTED-PRINTABLE") != NULL)
            simplify(value, true);
        if (strncmp(line, "BEGIN", 5) == 0) {
            v->n_cards++;
            org = NULL;
            named = false;
        } else if (strncmp(line, "FN", 2) == 0) {
            put(v, v->n_cards, "name", value, strlen(value));
            named = true;
        } else if (strncmp(line, "TEL", 3) == 0) {
            put(v, v->n_cards, "phone", value, strlen(value));
        } else if (strncmp(line, "ORG", 3) == 0) {
            org = value;
        } else if (strncmp(line, "END", 3) == 0 && org != NULL && !named) {
            put(v, v->n_cards, "name", org, strlen(org));
        }
    }
}

static void test_contacts(void **state)
{
    (void)state;
    static struct values got, want;
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    size_t n = 0;
    char *text = load(&n);
    assert_non_null(text);
    const struct lm_reader *reader = lm_reader_find(LM_STR("vcard_file"));
    assert_non_null(reader);
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    got.sink = (struct lm_sink){ on_entry, on_problem, on_empty };
    struct lm_input in = { .bytes = { text, n }, .path = LM_STR("contacts.vcf") };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    assert_true(reader->bid(&in, lm_str_take(in.bytes, reader->lookahead)) >= 64);
    assert_int_equal(reader->read(&ctx, &got.sink), LM_OK);
    expect(text, &want);
    assert_true(want.n >= 12);
    assert_int_equal(got.n, want.n);
    for (size_t i = 0; i < got.n; i++)
        assert_string_equal(got.text[i], want.text[i]);
    assert_int_equal(got.n_cards, want.n_cards);
    assert_int_equal(got.n_rejected, 0);
    assert_int_equal(got.n_accounts, want.n_cards); /* each card of the sample has a whole number */
    print_message("# %zu values compared: names and numbers of %zu cards\n", got.n, got.n_cards);
    lm_arena_free(&file);
    lm_arena_free(&record);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_contacts) };
    if (capture_none_shared("samples/device/contacts.vcf"))
        return 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
