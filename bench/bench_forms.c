/* bench_forms - normal forms per second on one core: names as three populations write them, telephone numbers
 * and mailboxes as keys and as whole answers, addresses and dates of birth. The peer of the keys is what they
 * spare: libphonenumber, ICU.
 *
 * Made-up records; the same bytes go through every run. CPU time, median of five. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "model/address.h"
#include "model/birth.h"
#include "model/form.h"
#include "model/name.h"
#include "model/phone_e164.h"
#include "model/selector.h"
#include "resolve/fold.h"

#define N 200000
#define ROUNDS 5

static const char *const ascii[] = { "GARCIA LOPEZ, Juan Carlos",
                                     "John Q. Smith Jr.",
                                     "Maria del Carmen Ruiz Mora",
                                     "O'Brien, Pat",
                                     "WASHINGTON, DESHAWN",
                                     "Ahmad al-Hassan",
                                     "Nguyen Van An",
                                     "Smith-Jones, Mary Ann" };
static const char *const latin[] = { "GARCÍA LÓPEZ, José Ángel", "Núñez Peña, Íñigo", "Müller, Jörg",
                                     "Nguyễn Văn Đức" };
static const char *const other[] = { "Жуков Александр", "王小明", "محمد عبد الرحمن", "김철수" };

static double cpu_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(const char *what, double times[ROUNDS], size_t n, size_t check)
{
    qsort(times, ROUNDS, sizeof times[0], by_value);
    printf("%-28s %10.0f /s  (%.0f ns each, CPU, median of %d; sum %zu)\n", what,
           (double)n / times[ROUNDS / 2], times[ROUNDS / 2] * 1e9 / (double)n, ROUNDS, check);
}

static void names(struct lm_fold *f, const char *what, const char *const *list, size_t n_list, size_t n)
{
    double times[ROUNDS];
    size_t check = 0;
    for (size_t r = 0; r < ROUNDS; r++) {
        double from = cpu_s();
        for (size_t i = 0; i < n; i++) {
            char buf[LM_NAME_BYTES], key[256];
            struct lm_name name;
            if (lm_name_parse(f, lm_str(list[i % n_list]), LM_NAME_ANY_ORDER, buf, sizeof buf, &name))
                check += lm_name_key(&name, key, sizeof key);
        }
        times[r] = cpu_s() - from;
    }
    report(what, times, n, check);
}

/* A different number each time, so that nothing is remembered. */
struct pattern {
    const char *before, *between, *after;
};

static struct lm_str number(size_t i, struct pattern p, char out[48])
{
    int n = snprintf(out, 48, "%s%03u%s%02u%s", p.before, (unsigned)(i % 800 + 200), p.between,
                     (unsigned)(i / 7 % 100), p.after);
    return (struct lm_str){ out, n > 0 ? (size_t)n : 0 };
}

static void phones(struct lm_arena *a, const char *what, struct pattern pattern, size_t n, bool peer)
{
    double times[ROUNDS];
    size_t check = 0;
    for (size_t r = 0; r < ROUNDS; r++) {
        double from = cpu_s();
        for (size_t i = 0; i < n; i++) {
            char text[48], out[40];
            struct lm_str raw = number(i, pattern, text), key;
            lm_arena_reset(a);
            if (peer)
                check += lm_phone_e164(raw.p, raw.n, "US", out, sizeof out);
            else if (lm_phone_key(a, raw, &key))
                check += key.n;
        }
        times[r] = cpu_s() - from;
    }
    report(what, times, n, check);
}

static void forms(struct lm_arena *a, struct lm_fold *f, const char *what, enum lm_form_kind kind,
                  struct pattern pattern, unsigned wish, size_t n)
{
    double times[ROUNDS];
    size_t check = 0;
    struct lm_form_context c = { .day = 19875, .wish = wish };
    for (size_t r = 0; r < ROUNDS; r++) {
        double from = cpu_s();
        for (size_t i = 0; i < n; i++) {
            char text[48];
            struct lm_form form;
            lm_arena_reset(a);
            if (lm_form_of(a, f, &c, kind, number(i, pattern, text), &form) == LM_OK)
                check += form.key.n;
        }
        times[r] = cpu_s() - from;
    }
    report(what, times, n, check);
}

static void folds(struct lm_fold *f, const char *what, const char *const *list, size_t n_list, size_t n)
{
    double times[ROUNDS];
    size_t check = 0;
    for (size_t r = 0; r < ROUNDS; r++) {
        double from = cpu_s();
        for (size_t i = 0; i < n; i++) {
            char out[256];
            check += lm_fold_latin(f, lm_str(list[i % n_list]), out, sizeof out, NULL);
        }
        times[r] = cpu_s() - from;
    }
    report(what, times, n, check);
}

static void births(size_t n)
{
    double times[ROUNDS];
    size_t check = 0;
    for (size_t r = 0; r < ROUNDS; r++) {
        double from = cpu_s();
        for (size_t i = 0; i < n; i++) {
            char text[40];
            struct lm_birth b;
            int k = snprintf(text, sizeof text, "%04u-%02u-%02u", (unsigned)(1940 + i % 70),
                             (unsigned)(1 + i % 12), (unsigned)(1 + i % 28));
            check += lm_birth_parse((struct lm_str){ text, (size_t)k }, 19875, &b);
        }
        times[r] = cpu_s() - from;
    }
    report("dates of birth", times, n, check);
}

static void addresses(struct lm_fold *f, size_t n)
{
    double times[ROUNDS];
    size_t check = 0;
    for (size_t r = 0; r < ROUNDS; r++) {
        double from = cpu_s();
        for (size_t i = 0; i < n; i++) {
            char text[96], buf[LM_ADDRESS_BYTES], key[256];
            struct lm_address d;
            int k = snprintf(text, sizeof text, "%u North Main St., Apt %u, Denver, CO 80202-1234",
                             (unsigned)(i % 9000), (unsigned)(i % 40));
            if (lm_address_parse(f, (struct lm_str){ text, (size_t)k }, buf, sizeof buf, &d))
                check += lm_address_key(&d, key, sizeof key);
        }
        times[r] = cpu_s() - from;
    }
    report("addresses", times, n, check);
}

/* Cells of a table as they are compared: each from a list, or a number never seen before. */
static void cells(struct lm_folder *f, const char *what, enum lm_field_kind kind, unsigned how, const char *const *list, size_t n_list,
                  struct pattern pattern, size_t n)
{
    double times[ROUNDS];
    size_t check = 0;
    for (size_t r = 0; r < ROUNDS; r++) {
        double from = cpu_s();
        for (size_t i = 0; i < n; i++) {
            char text[48], out[LM_FORM_TEXT_MAX];
            struct lm_str raw = list != NULL ? lm_str(list[i % n_list]) : number(i, pattern, text);
            check += lm_fold_cell(f, kind, how, raw, out).n;
        }
        times[r] = cpu_s() - from;
    }
    report(what, times, n, check);
}

static void all_cells(struct lm_arena *a)
{
    const struct pattern none = { "", "", "" };
    struct lm_folder *f;
    if (lm_folder_open(a, &f, NULL) != LM_OK)
        return;
    cells(f, "cells: words, ASCII", LM_FIELD_WORDS, 0, ascii, sizeof ascii / sizeof ascii[0], none, N);
    cells(f, "cells: words, accents", LM_FIELD_WORDS, 0, latin, sizeof latin / sizeof latin[0], none, N);
    cells(f, "cells: words, remembered", LM_FIELD_WORDS, 0, other, sizeof other / sizeof other[0], none, N);
    cells(f, "cells: words, Cyrillic, new", LM_FIELD_WORDS, 0, NULL, 0, (struct pattern){ "Жуков ", "", "" }, N / 20);
    cells(f, "cells: surnames, ASCII", LM_FIELD_SURNAME, 0, ascii, sizeof ascii / sizeof ascii[0], none, N);
    cells(f, "cells: phones, North America", LM_FIELD_CODE, LM_FOLD_PHONE, NULL, 0, (struct pattern){ "(", ") 555-01", "" }, N);
    cells(f, "cells: phones, +49", LM_FIELD_CODE, LM_FOLD_PHONE, NULL, 0, (struct pattern){ "+49 30 ", " 55 ", "" }, N / 20);
    cells(f, "cells: phones, national", LM_FIELD_CODE, LM_FOLD_PHONE, NULL, 0, (struct pattern){ "030 ", " 55 ", "" }, N);
    cells(f, "cells: mailboxes", LM_FIELD_EMAIL, 0, NULL, 0, (struct pattern){ "Juan.Garcia", "+", "@gmail.com" }, N);
    cells(f, "cells: dates", LM_FIELD_DATE, 0, NULL, 0, (struct pattern){ "1990-0", "-", "" }, N);
    lm_folder_close(f);
}

int main(void)
{
    struct lm_arena a, record;
    struct lm_fold *f;
    lm_arena_init(&a, 0);
    double from = cpu_s();
    if (lm_fold_open(&a, &f, NULL) != LM_OK)
        return 1;
    printf("%-28s %10.1f ms\n", "opening a fold", (cpu_s() - from) * 1e3);
    names(f, "names, ASCII", ascii, sizeof ascii / sizeof ascii[0], N);
    names(f, "names, Latin with accents", latin, sizeof latin / sizeof latin[0], N);
    names(f, "names, other scripts (ICU)", other, sizeof other / sizeof other[0], N / 100);
    folds(f, "Latin keys, ASCII", ascii, sizeof ascii / sizeof ascii[0], N);
    folds(f, "Latin keys, accents", latin, sizeof latin / sizeof latin[0], N);
    lm_arena_init(&record, 0);
    phones(&record, "phone keys, North America", (struct pattern){ "(", ") 555-01", "" }, N, false);
    phones(&record, "  libphonenumber alone", (struct pattern){ "(", ") 555-01", "" }, N / 20, true);
    phones(&record, "phone keys, Mexico", (struct pattern){ "+52 1 ", " 555 01", "" }, N / 20, false);
    forms(&record, f, "phone forms, keys only", LM_FORM_PHONE, (struct pattern){ "(", ") 555-01", "" },
          LM_FORM_KEYS_ONLY, N);
    forms(&record, f, "phone forms, with ranges", LM_FORM_PHONE, (struct pattern){ "(", ") 555-01", "" }, 0,
          N / 20);
    forms(&record, f, "mailbox forms, keys only", LM_FORM_EMAIL,
          (struct pattern){ "Juan.Garcia", "+", "@gmail.com" }, LM_FORM_KEYS_ONLY, N);
    forms(&record, f, "mailbox forms", LM_FORM_EMAIL, (struct pattern){ "Juan.Garcia", "+", "@gmail.com" }, 0,
          N);
    forms(&record, f, "handle forms, keys only", LM_FORM_HANDLE, (struct pattern){ "@El_Chuy", "_", "" },
          LM_FORM_KEYS_ONLY, N);
    addresses(f, N);
    births(N);
    all_cells(&a);
    lm_arena_free(&record);
    lm_fold_close(f);
    lm_arena_free(&a);
    return 0;
}
