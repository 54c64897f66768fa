/* postbox.h - the key/value encoding of Telegram's "Postbox" (Telegram for iOS and macOS): keys, typed values, objects in objects.
 *
 * A value is a run of entries: length of the key (one byte), the key, a type (one byte), the value. Integers are little-endian. An object is the
 * hash of its class's name (MurmurHash3, 32 bits), a length, and entries of its own; a root object stands under the key "_". Layout:
 * TelegramMessenger/Telegram-iOS, submodules/Postbox/Sources/Coding.swift, checked 2026-11.
 *
 * Nothing is copied and nothing allocated: slices point into the bytes. Any bytes may be given; what does not fit ends the walk with `bad`.
 *
 * test  tests/unit/test_postbox.c, the fixtures of telegram_ios_db
 */
#ifndef LM_FORMATS_POSTBOX_H
#define LM_FORMATS_POSTBOX_H

#include "base/str.h"
#include "formats/json_out.h"

enum lm_pbx_type {
    LM_PBX_INT32, LM_PBX_INT64, LM_PBX_BOOL, LM_PBX_DOUBLE, LM_PBX_STRING, LM_PBX_OBJECT, LM_PBX_INT32_ARRAY, LM_PBX_INT64_ARRAY,
    LM_PBX_OBJECT_ARRAY, LM_PBX_OBJECT_DICTIONARY, LM_PBX_BYTES, LM_PBX_NIL, LM_PBX_STRING_ARRAY, LM_PBX_BYTES_ARRAY,
};

struct lm_pbx_value {
    enum lm_pbx_type type;
    int64_t i;         /* INT32, INT64, BOOL; of arrays and dictionaries how many */
    double d;          /* DOUBLE */
    uint32_t hash;     /* OBJECT: of its class's name */
    struct lm_str s;   /* STRING and BYTES; OBJECT: its entries; arrays and dictionaries: their items */
};

struct lm_pbx {
    struct lm_str rest;
    bool bad;
};

/* The next entry; false at the end, or (bad) at what does not fit. */
bool lm_pbx_next(struct lm_pbx *p, struct lm_str *ret_key, struct lm_pbx_value *ret);
/* The next object of an array's or a dictionary's items, which stand in *items. */
bool lm_pbx_item(struct lm_str *items, struct lm_pbx_value *ret);

/* The entry of that key and type; an INT64 is found as INT32 too, and the other way round. False: there is none. */
bool lm_pbx_find(struct lm_str entries, const char *key, enum lm_pbx_type type, struct lm_pbx_value *ret);
struct lm_str lm_pbx_text(struct lm_str entries, const char *key);            /* {NULL, 0}: none */
bool lm_pbx_int(struct lm_str entries, const char *key, int64_t *ret);
/* The root object; false: the bytes are none, or do not fit from end to end. */
bool lm_pbx_root(struct lm_str bytes, struct lm_pbx_value *ret);
/* Do the entries fit from end to end, objects within them as well? */
bool lm_pbx_fits(struct lm_str entries);

uint32_t lm_pbx_hash(const char *class_name);

/* The entries as the members of an object, but those in `taken` (ended by NULL; may be NULL). Bytes are written in hexadecimal up to 256 of
 * them; objects deeper than 16 are left out. name (may be NULL) gives a class's name, NULL for one it does not know: then "0x0123abcd". */
void lm_pbx_json(struct lm_json_out *o, struct lm_str entries, const char *const taken[], const char *(*name)(uint32_t hash));

#endif
