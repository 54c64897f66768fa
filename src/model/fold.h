/* fold.h - text as letters that can be compared: a Latin key and, kept apart from it, a key for look-alikes.
 *
 * latin     NFKC with case folding (Unicode 15.0, UAX 15 and UTS 46's NFKC_Casefold), ICU's Any-Latin, then
 * CLDR's Latin-ASCII, lower case: "José Ñúñez" → "jose nunez", "Жуков" → "zukov", "王小明" → "wang xiao
 * ming". Accents, marks, apostrophes and modifier letters fall away, other signs become one space, white
 * space is single, none at the ends. What has no Latin form is kept. The German umlaut loses its dots (not
 * "ue"): a comparison may forgive that, a key cannot. skeleton  UTS 39 section 4 (ICU uspoof) of the
 * case-folded text, folded again, so that "b0b", "bob" and "bоb" with a Cyrillic о are one key. Only for text
 * that imitates other text (handles, addresses of sites): it garbles Cyrillic names and folds digits into
 * letters, so it never replaces the Latin key.
 *
 * fast path ASCII and the Latin blocks never reach ICU: tables made from ICU when a fold is opened, so both
 * ways agree bounds    at most LM_FOLD_INPUT bytes of the input are read; beyond, or beyond cap, the text is
 * cut between code points and *ret_cut (may be NULL) set. Bytes that are no UTF-8 count as a space. threads
 * a fold belongs to one thread at a time; open one for each cost      opening about 50 ms; ASCII about 1
 * ns/byte, other Latin 5 ns/byte, other scripts 5 to 50 us (first use of a script more) test
 * tests/unit/test_fold.c; fuzz/fuzz_identity_forms.c; bench/bench_forms.c
 */
#ifndef LM_MODEL_FOLD_H
#define LM_MODEL_FOLD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define LM_FOLD_INPUT ((size_t)1024)

struct lm_fold;

/* Tables live in a. LM_EINTERNAL: ICU has no data. Give back with lm_fold_close (NULL allowed). */
lm_err lm_fold_open(struct lm_arena *a, struct lm_fold **ret, struct lm_error *e);
void lm_fold_close(struct lm_fold *f);

/* Both write at most cap bytes at out (no NUL) and return how many. */
size_t lm_fold_latin(struct lm_fold *f, struct lm_str raw, char *out, size_t cap, bool *ret_cut);
size_t lm_fold_skeleton(struct lm_fold *f, struct lm_str raw, char *out, size_t cap, bool *ret_cut);

/* The Latin key with the ASCII signs left in and nothing joined: what names and addresses take apart. Control
 * characters and signs without an ASCII form are spaces. */
size_t lm_fold_marked(struct lm_fold *f, struct lm_str raw, char *out, size_t cap, bool *ret_cut);

/* The text holds Han, kana or Hangul: names in these scripts are written surname first. */
bool lm_fold_east_asian(struct lm_str raw);

#endif
