/* toll.h - what a contact pack reads of some numbers: their legs, their devices, what the sources are.
 *
 * One look (look.h): its audit entry names the numbers, everything is read from one snapshot, and the second entry says how
 * many records were given. Only rows of live authorities of the investigation are seen; what review keeps back is not.
 * A number is every account of the investigation on platform phone, whatsapp or signal whose phone key it is: what an
 * address book says of another account is not that.
 *
 * ownership  slices of a callback's row live until it returns; other slices live in the arena given
 * cost       legs: one walk over each of the indexes leg_from and leg_to, then the events in order of id: each page of
 *            them is read once, whatever the numbers share; at most 32 bytes of
 *            memory for each leg. Rows come from two connections where there are (by_id.h)
 *            Others of a number: one step into an index for each distinct one, never the legs between
 * errors     those of store.h
 * test       tests/unit/test_toll.c, tests/cli/toll.sh, bench/bench_toll.c
 */
#ifndef LM_STORE_TOLL_H
#define LM_STORE_TOLL_H

#include "model/outcome.h"
#include "store/mask.h"
#include "store/store.h"

struct lm_toll_look;

/* what: of the audit entry, "numbers +13035550101, +13035550102". Always ended by lm_toll_look_end, whatever err is. */
lm_err lm_toll_look_begin(struct lm_store *st, const struct lm_filter *f, const char *action, struct lm_str what,
                          struct lm_toll_look **ret, struct lm_error *e);
/* Returns err, or why the second entry could not be written. NULL is ignored. */
lm_err lm_toll_look_end(struct lm_toll_look *t, lm_err err, struct lm_error *e);

/* The accounts of a phone key. */
lm_err lm_toll_accounts(struct lm_toll_look *t, struct lm_arena *a, struct lm_str key, int64_t **ret, size_t *ret_n,
                        struct lm_error *e);

/* How accounts are known: the phone key for a number, "" for what has none. accounts: rising, each once; ret: n keys. */
lm_err lm_toll_keys(struct lm_toll_look *t, struct lm_arena *a, const int64_t *accounts, size_t n, struct lm_str **ret,
                    struct lm_error *e);

/* One end of an event: a call or a message between the account and one other account. */
struct lm_toll_leg {
    int64_t event, other; /* other 0: nobody is named */
    int64_t occurrence;   /* the event that leads all records of the real one; the event itself when it stands alone */
    int64_t source, record;
    struct lm_when at;
    enum lm_event_kind kind;
    enum lm_event_outcome outcome;
    bool out;             /* from the account */
    int64_t duration_s;   /* -1: not stated */
    uint32_t n_to, n_records;
};
/* Calls and messages of n accounts that are not an app's own lines, in order of event; account: index of the one that it is
 * a leg of. An event between two of them is given once for each. expect: called for each account before the first leg,
 * with the most legs that it can have. */
lm_err lm_toll_legs(struct lm_toll_look *t, const int64_t *accounts, size_t n,
                    lm_err (*expect)(void *user, size_t account, size_t most),
                    lm_err (*each)(void *user, size_t account, const struct lm_toll_leg *leg), void *user,
                    struct lm_error *e);

/* Distinct accounts in contact with the accounts, in either direction, themselves left out; counted up to most. */
lm_err lm_toll_others(struct lm_toll_look *t, const int64_t *accounts, size_t n, uint64_t most, uint64_t *ret,
                      struct lm_error *e);

/* What the sources say of devices of the account: "imei:…", "imsi:…", from this record on. */
struct lm_toll_device {
    struct lm_str id;
    struct lm_when at;
    int64_t source, record; /* record 0: not stated */
};
lm_err lm_toll_devices(struct lm_toll_look *t, int64_t account,
                       lm_err (*each)(void *user, const struct lm_toll_device *d), void *user, struct lm_error *e);

struct lm_toll_source {
    int64_t id;
    struct lm_str path, reader, exhibit, exhibit_name, authority; /* exhibit: SHA-256 in hex */
    struct lm_str owner; /* phone key of the owner that a person stated; empty: none */
    struct lm_sha256 sha256; /* of the source's bytes */
    struct lm_counts counts;
    struct lm_str zone;
    int32_t from_day, to_day; /* of the authority */
};
/* The live sources, in order of id. */
lm_err lm_toll_sources(struct lm_toll_look *t, struct lm_arena *a, struct lm_toll_source **ret, size_t *ret_n,
                       struct lm_error *e);

/* "row 8 (byte 307)" of a record, from a. */
lm_err lm_toll_locator(struct lm_toll_look *t, struct lm_arena *a, int64_t record, struct lm_str *ret, struct lm_error *e);

/* Who is never named; lives until lm_toll_look_end. */
lm_err lm_toll_mask(struct lm_toll_look *t, const struct lm_mask **ret, struct lm_error *e);

#endif
